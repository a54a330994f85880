/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printable.h - text that is not ours, made safe for a terminal.
 *
 * Names in scenarios, databases, file names and arguments may hold anything: control sequences,
 * line ends, text that runs from right to left, characters without width, broken UTF-8.  Everything
 * that is printed of them passes through here and comes out visible: \n, \t, \r, \x1b, \x9b,
 * \u202e, \U000e0041, and bytes that are not UTF-8 as \xff.  The rest stays as it was.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { PRINTABLE_BYTES = 12 }; /* the longest escape, \U0010ffff, with its final 0 */

/* The character at `s`, which has `left` > 0 bytes: its length, or 0 if it is not UTF-8. */
size_t printable_decode(const char *s, size_t left, uint32_t *character);

/* True if a terminal shows the character where it stands, and does nothing else. */
bool printable_is_safe(uint32_t character);

/* The next character of *text as it may be printed; false at the end.  Moves *text on. */
bool printable_next(const char **text, char out[PRINTABLE_BYTES]);

/* Prints `text`, whatever it holds.  Takes no memory. */
void printable_put(FILE *out, const char *text);

/* Prints a formatted text likewise, and ends the line. */
void printable_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
