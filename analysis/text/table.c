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
    char *name; /* for people: what stands above it */
    unsigned flags;
};

struct cell {
    char *text;   /* for people, escaped and short; for programs as it was given, NULL: a number */
    double value; /* number cell for programs */
};

struct table {
    struct table_style style;
    GArray *is_shown; /* bool, of each column as they were added */
    GArray *columns;  /* struct column: those that are shown */
    GArray *cells;    /* struct cell of these, row by row */
    size_t rows;
    guint place; /* column of the next cell */
};

struct table *table_new(const struct table_style *style)
{
    struct table *table = g_new0(struct table, 1);

    table->style = *style;
    table->is_shown = g_array_new(FALSE, TRUE, sizeof(bool));
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
    for (size_t i = 0; i < table->columns->len; i++)
        g_free(column_at(table, i)->name);
    for (size_t i = 0; i < table->cells->len; i++)
        g_free(g_array_index(table->cells, struct cell, i).text);
    g_array_free(table->is_shown, TRUE);
    g_array_free(table->columns, TRUE);
    g_array_free(table->cells, TRUE);
    g_free(table);
}

static bool is_for_people(const struct table *table)
{
    return table->style.format == TABLE_PEOPLE;
}

/* As people see it. */
static char *shorten(const char *text)
{
    char *safe = text_escape(text);
    char *shown = text_shorten_middle(safe, CELL_WIDTH_MAX, CELL_WIDTH_MAX / 2);

    g_free(safe);
    return shown;
}

void table_column(struct table *table, const char *name, const char *title, unsigned flags)
{
    bool is_shown = flags & (is_for_people(table) ? COLUMN_PEOPLE : COLUMN_PROGRAMS);
    struct column column = { .flags = flags };

    assert(table->rows == 0);
    g_array_append_val(table->is_shown, is_shown);
    table->place = table->is_shown->len;
    if (!is_shown)
        return;
    column.name = is_for_people(table) ? shorten(title) : g_strdup(name);
    g_array_append_val(table->columns, column);
}

void table_row(struct table *table)
{
    assert(table->place == table->is_shown->len);
    table->rows++;
    table->place = 0;
}

/* Goes on to the next cell; false if it is not shown. */
static bool step(struct table *table)
{
    assert(table->place < table->is_shown->len);
    return g_array_index(table->is_shown, bool, table->place++);
}

void table_text(struct table *table, const char *text)
{
    struct cell cell = { .value = NAN };

    if (!step(table))
        return;
    cell.text = is_for_people(table) ? shorten(text) : g_strdup(text ? text : "");
    g_array_append_val(table->cells, cell);
}

void table_number(struct table *table, double value, const char *shown)
{
    struct cell cell = { .value = value };
    char number[32];

    if (!step(table))
        return;
    if (is_for_people(table) && !shown)
        text_number(number, value);
    if (is_for_people(table))
        cell.text = shorten(shown ? shown : number);
    g_array_append_val(table->cells, cell);
}

/* ---- for those who print it elsewhere ---- */

size_t table_rows(const struct table *table)
{
    return table->rows;
}

size_t table_columns(const struct table *table)
{
    return table->columns->len;
}

const char *table_title(const struct table *table, size_t column, unsigned *flags)
{
    *flags = column_at(table, column)->flags;
    return column_at(table, column)->name;
}

const char *table_cell(const struct table *table, size_t row, size_t column, double *value)
{
    *value = cell_at(table, row, column)->value;
    return cell_at(table, row, column)->text;
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
        put_padded(out, column_at(table, shown[i])->name, widths[shown[i]],
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
        widths[c] = text_width(column_at(table, c)->name);
        for (size_t row = 0; row < table->rows; row++)
            widths[c] = MAX(widths[c], text_width(cell_at(table, row, c)->text));
    }
    return widths;
}

/*
 * One block if everything fits, otherwise several under each other: each repeats the key
 * columns and takes as many of the others as fit, at least one.
 */
static void print_people(FILE *out, const struct table *table)
{
    const struct table_style *style = &table->style;
    size_t columns = table->columns->len, keys = 0, keys_width = 0, next = 0;
    size_t *widths = column_widths(table), *shown = g_new0(size_t, columns + 1);
    bool is_first = true;

    for (size_t c = 0; c < columns; c++) {
        if (column_at(table, c)->flags & COLUMN_KEY) {
            shown[keys++] = c;
            keys_width += widths[c] + GAP;
        }
    }
    while (next < columns) {
        size_t count = keys, width = keys_width;
        for (; next < columns; next++) {
            if (column_at(table, next)->flags & COLUMN_KEY)
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
            fputs(separator, out);
            separator = ",";
            if (row == 0) {
                table_csv_text(out, column_at(table, c)->name);
                continue;
            }
            const struct cell *cell = cell_at(table, row - 1, c);
            if (!cell->text && !isnan(cell->value))
                text_number(number, cell->value);
            if (cell->text)
                table_csv_text(out, cell->text);
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
            if (!cell->text && isnan(cell->value))
                continue;
            fputs(separator, out);
            separator = ", ";
            table_json_text(out, column_at(table, c)->name);
            fputs(": ", out);
            text_number(number, cell->value);
            if (cell->text)
                table_json_text(out, cell->text);
            else
                fputs(isinf(cell->value) ? "null" : number, out);
        }
        fputs(row + 1 < table->rows ? "},\n" : "}\n", out);
    }
    fputs("]\n", out);
}

void table_print(FILE *out, const struct table *table)
{
    assert(table->cells->len == table->rows * table->columns->len);
    if (is_for_people(table))
        print_people(out, table);
    else if (table->style.format == TABLE_CSV)
        print_csv(out, table);
    else
        print_json(out, table);
}
