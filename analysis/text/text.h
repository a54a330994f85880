/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - text from scenarios and databases made safe to show, and numbers made readable.
 *
 * A name in a database may hold anything: terminal control sequences, newlines, text that runs
 * from right to left, broken UTF-8.  Whatever is shown to people passes text_escape() first.
 */
#ifndef ANALYSIS_TEXT_TEXT_H
#define ANALYSIS_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Copy of `text` as valid UTF-8 that cannot move a terminal, as base/printable.h has it.  NULL
 * gives an empty text.  The caller frees it with g_free().
 */
char *text_escape(const char *text);

/* Columns that escaped text takes on a terminal: wide characters count two, accents none. */
size_t text_width(const char *text);

/* Copy of escaped `text`, cut to at most `columns` (>= 1) with a closing `…` if it is longer.
 * The caller frees it with g_free(). */
char *text_shorten(const char *text, size_t columns);

/* The same, cut in the middle: the first `head` (< columns) columns stay, and as much of its end.
 */
char *text_shorten_middle(const char *text, size_t columns, size_t head);

/* Prints escaped `text` in lines of at most `columns`, broken at blanks, the first behind `first`
 * blanks, the others behind `indent`. */
void text_print_lines(FILE *out, const char *text, size_t columns, int first, int indent);

/* Writes the shortest decimal that reads back to `value`: 0.1, 1e+300, inf.  Needs 32 bytes. */
void text_number(char out[32], double value);

/* Columns of the terminal that `file` writes to; 0 if it is none.  COLUMNS overrides it. */
int text_terminal_width(FILE *file);

/* True if `file` is a terminal and NO_COLOR and TERM=dumb do not forbid colour. */
bool text_may_colour(FILE *file);

#endif
