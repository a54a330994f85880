/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - a table of results, printed for people, as CSV or as JSON.
 *
 * Declare the columns, then add rows cell by cell from left to right.  People and programs want
 * different columns (`6.61 (6.48–6.80)` in one, three numbers in the other), so a column says
 * for whom it is.  Cells hold raw text; escaping, quoting and alignment happen at printing.
 *
 * A number that never happened is INFINITY, one that does not apply NAN: CSV prints `inf` and an
 * empty field, JSON null and no key.
 */
#ifndef ANALYSIS_TEXT_TABLE_H
#define ANALYSIS_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum table_format { TABLE_PEOPLE, TABLE_CSV, TABLE_JSON };

enum table_column_flags {
    COLUMN_PEOPLE = 1,   /* in the table for people */
    COLUMN_PROGRAMS = 2, /* in CSV and JSON */
    COLUMN_ALL = COLUMN_PEOPLE | COLUMN_PROGRAMS,
    COLUMN_KEY = 4,   /* names the row; repeated when a narrow terminal splits the table */
    COLUMN_RIGHT = 8, /* aligned to the right */
};

struct table_style {
    enum table_format format;
    int width;   /* TABLE_PEOPLE: columns of the terminal; 0: no limit */
    bool colour; /* TABLE_PEOPLE: bold titles */
};

struct table;

/* A table to be printed in this style: it keeps only what that shows. */
struct table *table_new(const struct table_style *style);
void table_free(struct table *table);

/* Adds a column, before the first row.  `name` is its CSV and JSON name, `title` its head for
 * people; both are copied. */
void table_column(struct table *table, const char *name, const char *title, unsigned flags);

/* Starts a row; the one before must be full. */
void table_row(struct table *table);

/* The next cell of the row, also in a column that the style does not show: a text, or a number with
 * the text that people see (NULL: the number itself).  Texts are copied. */
void table_text(struct table *table, const char *text);
void table_number(struct table *table, double value, const char *shown);

/* What a table of TABLE_PEOPLE shows, for those who print it elsewhere: its columns from left to
 * right, the flags of enum table_column_flags, and the cells.  Texts are escaped, and the table's;
 * *value is what the cell was made of, NAN of a text. */
size_t table_rows(const struct table *table);
size_t table_columns(const struct table *table);
const char *table_title(const struct table *table, size_t column, unsigned *flags);
const char *table_cell(const struct table *table, size_t row, size_t column, double *value);

/* Prints the table.  JSON is an array of objects, closed by a newline.  O(cells). */
void table_print(FILE *out, const struct table *table);

/* Writes `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void table_json_text(FILE *out, const char *text);

/*
 * Writes a text as a cell of CSV by RFC 4180.  One that begins with =, +, - or @ gets a ' before
 * it, or spreadsheets would take it for a formula.  What would move a terminal comes out escaped
 * (text_escape()), as tables are looked at behind pipes, too; JSON can give the text itself.
 */
void table_csv_text(FILE *out, const char *text);

#endif
