/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.h - what went wrong for the user, one sentence each.
 *
 * Functions that can fail for a reason outside the program (a bad scenario, a full disk)
 * return false and append to a `struct errors`; only cli/ prints.  Reading goes on after
 * an error, so one pass reports them all; the first ERRORS_KEPT_MAX are kept, the rest counted.
 */
#ifndef BASE_ERRORS_H
#define BASE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { ERRORS_KEPT_MAX = 20 };

/* What kind of trouble; decides the exit code of the program, 2 or 3. */
enum error_kind {
    ERROR_SCENARIO, /* a scenario or an option is wrong */
    ERROR_IO,       /* a file or a database cannot be used */
};

/* Where in a text an error lies.  Lines and columns count from 1; line 0: the whole file. */
struct place {
    const char *file;   /* as the user named it; NULL: no file */
    const char *source; /* the text of the file, for the caret; NULL: none shown */
    size_t source_bytes;
    int source_line; /* the line that `source` begins with; 0: the first */
    int line, column;
};

struct error {
    enum error_kind kind;
    char *file;    /* NULL: none */
    char *path;    /* of the key, as in `network.loss`; NULL: none */
    char *text;    /* what is wrong, what was expected; lower case, no full stop */
    char *excerpt; /* the source line or a part of it, cleaned for printing; NULL: none */
    int caret;     /* column in the excerpt, from 1 */
    int line, column;
};

struct errors {
    struct error list[ERRORS_KEPT_MAX];
    size_t count; /* all errors met, including those not kept */
};

/* Appends an error that has no place in a text. */
void errors_add(struct errors *errors, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends a scenario error at `place`, about the key `path` (either may be NULL).  Copies all. */
void errors_add_at(struct errors *errors, const struct place *place, const char *path,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Prints each as `FILE:LINE:COLUMN: error: PATH: text` with the source line and a caret under
 * it, or as `PROGRAM: error: text` where there is no file; a last line counts those not kept.
 * Control characters of the user's text come out escaped.
 */
void errors_print(FILE *out, const struct errors *errors);

/* Frees what the list holds and empties it.  A zeroed struct is an empty list. */
void errors_clear(struct errors *errors);

#endif
