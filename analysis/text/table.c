/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - see table.h. */
#include "analysis/text/table.h"

#include "analysis/text/text.h"
#include "base/printable.h"

#include <assert.h>
#include <glib.h>
#include <math.h>
#include <string.h>

enum {
    GAP = 2,            /* blanks between two columns for people */
    CELL_WIDTH_MAX = 48 /* a longer text is cut in its middle for people, as its ends tell most: one
                           hostile name must not push every other column off the screen */
};

struct column {
    char *name, *title;
    unsigned flags;
};

struct cell {
    char *text;   /* for people, escaped and short; of a text cell for programs too, escaped */
    char *full;   /* text cell: as it was given; NULL: a number */
    double value; /* number cell */
};

struct table {
    GArray *columns; /* struct column */
    GArray *cells;   /* struct cell, row by row */
    size_t rows;
};

struct table *table_new(void)
{
    struct table *table = g_new0(struct table, 1);

    table->columns = g_array_new(FALSE, TRUE, sizeof(struct column));
    table->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
    return table;
}

static const struct column *column_at(const struct table *table, size_t i)
{
    return &g_array_index(table->columns, struct column, i);
}

static const struct cell *cell_at(const struct table *table, size_t row, size_t column)
{
    return &g_array_index(table->cells, struct cell, row * table->columns->len + column);
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->columns->len; i++) {
        g_free(column_at(table, i)->name);
        g_free(column_at(table, i)->title);
    }
    for (size_t i = 0; i < table->cells->len; i++) {
        g_free(g_array_index(table->cells, struct cell, i).text);
        g_free(g_array_index(table->cells, struct cell, i).full);
    }
    g_array_free(table->columns, TRUE);
    g_array_free(table->cells, TRUE);
    g_free(table);
}

void table_column(struct table *table, const char *name, const char *title, unsigned flags)
{
    char *safe = text_escape(title);
    struct column column = { g_strdup(name),
                             text_shorten_middle(safe, CELL_WIDTH_MAX, CELL_WIDTH_MAX / 2), flags };

    assert(table->rows == 0);
    g_array_append_val(table->columns, column);
    g_free(safe);
}

void table_row(struct table *table)
{
    assert(table->cells->len == table->rows * table->columns->len);
    table->rows++;
}

static void add_cell(struct table *table, const char *shown, const char *full, double value)
{
    char *safe = text_escape(shown);
    struct cell cell = { text_shorten_middle(safe, CELL_WIDTH_MAX, CELL_WIDTH_MAX / 2),
                         g_strdup(full), value };

    assert(table->cells->len < table->rows * table->columns->len);
    g_array_append_val(table->cells, cell);
    g_free(safe);
}

void table_text(struct table *table, const char *text)
{
    add_cell(table, text, text ? text : "", NAN);
}

void table_number(struct table *table, double value, const char *shown)
{
    char number[32];

    text_number(number, value);
    add_cell(table, shown ? shown : number, NULL, value);
}

/* ---- for people ---- */

static void put_padded(FILE *out, const char *text, size_t width, unsigned flags, bool last)
{
    size_t pad = width - text_width(text);

    if (flags & COLUMN_RIGHT)
        fprintf(out, "%*s%s", (int)pad, "", text);
    else
        fprintf(out, "%s%*s", text, last ? 0 : (int)pad, "");
    fprintf(out, "%*s", last ? 0 : GAP, "");
}

/* Prints the columns listed in `shown`, `count` of them. */
static void print_block(FILE *out, const struct table *table, const size_t *shown,
                        const size_t *widths, size_t count, bool colour)
{
    fputs(colour ? "\033[1m" : "", out);
    for (size_t i = 0; i < count; i++)
        put_padded(out, column_at(table, shown[i])->title, widths[shown[i]],
                   column_at(table, shown[i])->flags, i + 1 == count);
    fprintf(out, "%s\n", colour ? "\033[0m" : "");
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < count; i++)
            put_padded(out, cell_at(table, row, shown[i])->text, widths[shown[i]],
                       column_at(table, shown[i])->flags, i + 1 == count);
        fputc('\n', out);
    }
}

static size_t *column_widths(const struct table *table)
{
    size_t *widths = g_new0(size_t, table->columns->len);

    for (size_t c = 0; c < table->columns->len; c++) {
        widths[c] = text_width(column_at(table, c)->title);
        for (size_t row = 0; row < table->rows; row++)
            widths[c] = MAX(widths[c], text_width(cell_at(table, row, c)->text));
    }
    return widths;
}

/*
 * One block if everything fits, otherwise several under each other: each repeats the key
 * columns and takes as many of the others as fit, at least one.
 */
static void print_people(FILE *out, const struct table *table, const struct table_style *style)
{
    size_t columns = table->columns->len, keys = 0, keys_width = 0, next = 0;
    size_t *widths = column_widths(table), *shown = g_new0(size_t, columns + 1);
    bool is_first = true;

    for (size_t c = 0; c < columns; c++) {
        unsigned flags = column_at(table, c)->flags;
        if ((flags & COLUMN_KEY) && (flags & COLUMN_PEOPLE)) {
            shown[keys++] = c;
            keys_width += widths[c] + GAP;
        }
    }
    while (next < columns) {
        size_t count = keys, width = keys_width;
        for (; next < columns; next++) {
            unsigned flags = column_at(table, next)->flags;
            if ((flags & COLUMN_KEY) || !(flags & COLUMN_PEOPLE))
                continue;
            if (style->width > 0 && count > keys && width + widths[next] > (size_t)style->width)
                break;
            shown[count++] = next;
            width += widths[next] + GAP;
        }
        if (count == keys && !is_first)
            break;
        fputs(is_first ? "" : "\n", out);
        print_block(out, table, shown, widths, count, style->colour);
        is_first = false;
    }
    g_free(shown);
    g_free(widths);
}

/* ---- for programs ---- */

void table_csv_text(FILE *out, const char *text)
{
    char *safe = text_escape(text);
    bool is_formula = *safe && strchr("=+-@", *safe);
    bool is_quoted = strpbrk(safe, ",\"") != NULL;

    fputs(is_quoted ? "\"" : "", out);
    fputs(is_formula ? "'" : "", out);
    for (const char *c = safe; *c; c++)
        fputs(*c == '"' ? "\"\"" : (char[]){ *c, '\0' }, out);
    fputs(is_quoted ? "\"" : "", out);
    g_free(safe);
}

static void print_csv(FILE *out, const struct table *table)
{
    for (size_t row = 0; row <= table->rows; row++) {
        const char *separator = "";
        for (size_t c = 0; c < table->columns->len; c++) {
            char number[32] = "";
            if (!(column_at(table, c)->flags & COLUMN_PROGRAMS))
                continue;
            fputs(separator, out);
            separator = ",";
            if (row == 0) {
                table_csv_text(out, column_at(table, c)->name);
                continue;
            }
            const struct cell *cell = cell_at(table, row - 1, c);
            if (!cell->full && !isnan(cell->value))
                text_number(number, cell->value);
            if (cell->full)
                table_csv_text(out, cell->full);
            else
                fputs(number, out);
        }
        fputc('\n', out);
    }
}

void table_json_text(FILE *out, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    fputc('"', out);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", (int)c);
        else if (!printable_is_safe(c) && c >= 0x10000)
            fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
        else if (!printable_is_safe(c))
            fprintf(out, "\\u%04x", c);
        else
            fprintf(out, "%.*s", (int)(g_utf8_next_char(at) - at), at);
    }
    fputc('"', out);
    g_free(valid);
}

static void print_json(FILE *out, const struct table *table)
{
    fputs(table->rows ? "[\n" : "[", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *separator = "";
        fputs("  {", out);
        for (size_t c = 0; c < table->columns->len; c++) {
            const struct cell *cell = cell_at(table, row, c);
            char number[32];
            if (!(column_at(table, c)->flags & COLUMN_PROGRAMS) ||
                (!cell->full && isnan(cell->value)))
                continue;
            fputs(separator, out);
            separator = ", ";
            table_json_text(out, column_at(table, c)->name);
            fputs(": ", out);
            text_number(number, cell->value);
            if (cell->full)
                table_json_text(out, cell->full);
            else
                fputs(isinf(cell->value) ? "null" : number, out);
        }
        fputs(row + 1 < table->rows ? "},\n" : "}\n", out);
    }
    fputs("]\n", out);
}

void table_print(FILE *out, const struct table *table, const struct table_style *style)
{
    assert(table->cells->len == table->rows * table->columns->len);
    if (style->format == TABLE_PEOPLE)
        print_people(out, table, style);
    else if (style->format == TABLE_CSV)
        print_csv(out, table);
    else
        print_json(out, table);
}
