/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.h - tables in text files as people have them, read a row at a time.
 *
 *     struct csv *csv = csv_open(path, CSV_AS_FIRST_ROW, errors);
 *
 *     while (csv_next(csv))
 *         if (csv_read_time(csv, 0, SIM_SECOND, 1, &at))
 *             add(at, csv_field(csv, 1));
 *     is_good = csv_is_good(csv);
 *     csv_close(csv);
 *
 * A row is a line.  Its fields are separated by commas, semicolons, tabs or blanks: by that of
 * these, in this order, which the first row has outside quotes, or as the caller says.  A field may
 * stand in double quotes, within which "" is a quote; a line end may not.  Blanks around fields do
 * not count.  Empty lines and lines that start with # are passed over, lines end with LF or CR LF,
 * and a byte order mark is dropped.
 *
 * Only regular files are opened.  One row is held at a time, and none is longer than CSV_LINE_MAX.
 *
 * Errors go to the list given at the start, with file, line, column and the line itself.  The
 * first one ends the reading: csv_next() is false then, so that a caller asks once, at the end.
 * All functions take a NULL of csv_open() as a table without rows that is not good.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/errors.h"
#include "base/quantity.h"

enum {
    CSV_LINE_MAX = 1 << 20,   /* bytes of a line */
    CSV_FIELDS_MAX = 1 << 16, /* of a row */
    CSV_BYTES_MAX = 1 << 30,  /* of a file */
};

enum csv_separator {
    CSV_AS_FIRST_ROW,
    CSV_COMMA,
    CSV_SEMICOLON,
    CSV_TAB,    /* one between two fields: between two of them is an empty one */
    CSV_BLANKS, /* blanks and tabs, any number of them */
};

struct csv;

/* NULL and an ERROR_IO if the file cannot be read.  `path` and `errors` are borrowed until
 * csv_close(). */
struct csv *csv_open(const char *path, enum csv_separator separator, struct errors *errors);

/* The same of a text in memory, borrowed likewise; errors call it `name`. */
struct csv *csv_of_text(const char *name, const char *text, size_t bytes,
                        enum csv_separator separator, struct errors *errors);

void csv_close(struct csv *csv);

/* Goes on to the next row; false at the end, and after an error. */
bool csv_next(struct csv *csv);

/* Passes over so many lines, whatever they hold.  The last of them is the row then, for somebody
 * who looks for names in it; fewer lines are no error. */
void csv_skip(struct csv *csv, int64_t lines);

/* True as long as there was no error. */
bool csv_is_good(const struct csv *csv);

/* ---- the row ---- */

/* How many fields it has, at least 1 after csv_next(). */
size_t csv_count(const struct csv *csv);

/* A field, from 0, without quotes and blanks around it; "" beyond the last.  Good until the next
 * row. */
const char *csv_field(const struct csv *csv, size_t field);

/* The line of the file that it stands in, from 1. */
int csv_line(const struct csv *csv);

/* The first field called `name`; false if there is none. */
bool csv_find(const struct csv *csv, const char *name, size_t *field);

/* Each reads a field; false and an error, which names the field, if it holds no such value or is
 * missing. */
bool csv_read_real(struct csv *csv, size_t field, double *value); /* finite */
bool csv_read_count(struct csv *csv, size_t field, int64_t *value);

/* A time: a number of `unit` ns, or if `unit` is 0 one with its unit, as in 40ms; then times
 * `scale`, > 0, and rounded to whole ns.  0 to SIM_TIME_MAX. */
bool csv_read_time(struct csv *csv, size_t field, sim_time unit, double scale, sim_time *value);

/* A size likewise: a number of `unit` bytes, or with its unit, as in 2kB.  0 to `most`. */
bool csv_read_size(struct csv *csv, size_t field, int64_t unit, double scale, int64_t most,
                   int64_t *value);

/* Appends an error about a field (one beyond the last: about the end of the line), or about the
 * whole file.  Ends the reading. */
void csv_error(struct csv *csv, size_t field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void csv_error_of_file(struct csv *csv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
