/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weight_table.c - see weight_table.h. */
#include "experiment/language/weight_table.h"

#include <glib.h>

enum { NO_COLUMN = -1 };

struct reading {
    struct csv *csv;
    const char *what;
    int64_t node, weight; /* columns; node may be NO_COLUMN: rows are in order */
    bool is_asked;        /* the scenario says which column */
    uint32_t rows;
    GArray *each; /* double */
};

/* ---- columns ---- */

static bool is_number(const struct csv *csv, int64_t field)
{
    return quantity_read_real(csv_field(csv, (size_t)field), &(double){ 0 }, NULL);
}

/* The column called so, or NO_COLUMN. */
static int64_t column_called(const struct csv *csv, const char *name)
{
    size_t field;

    return csv_find(csv, name, &field) ? (int64_t)field : NO_COLUMN;
}

/* Of a first row, which may be a heading, where no column is asked for. */
static bool guess_columns(struct reading *r)
{
    const size_t count = csv_count(r->csv);
    const int64_t named = column_called(r->csv, r->what);

    r->node = count == 2 ? 0 : NO_COLUMN;
    r->weight = count == 2 ? 1 : 0;
    if (named >= 0) {
        r->node = column_called(r->csv, "node");
        r->weight = named;
    } else if (count > 2) {
        csv_error(r->csv, 1, "%zu fields; say which in the scenario, as in `column: %zu`", count,
                  count);
        return false;
    }
    return true;
}

/* Finds the columns in the first row, and goes on to the next if it is a heading. */
static bool find_columns(struct reading *r, const char *column)
{
    int64_t number = 0;
    bool is_good = true;

    r->is_asked = column != NULL;
    if (column == NULL)
        is_good = guess_columns(r);
    else if (quantity_read_count(column, &number, NULL) && number > 0) {
        r->node = NO_COLUMN;
        r->weight = number - 1;
    } else {
        r->node = column_called(r->csv, "node");
        r->weight = column_called(r->csv, column);
        is_good = r->weight >= 0;
        if (!is_good)
            csv_error(r->csv, 0, "there is no column `%.40s` in this first line", column);
    }
    if (!is_good || is_number(r->csv, r->weight))
        return is_good;
    if (number > 0)
        r->node = column_called(r->csv, "node");
    return csv_next(r->csv);
}

/* ---- rows ---- */

static bool read_weight(struct reading *r, double *weight)
{
    const size_t field = (size_t)r->weight;

    if (!csv_read_real(r->csv, field, weight))
        return false;
    if (*weight >= 0 && *weight <= WEIGHT_MAX)
        return true;
    csv_error(r->csv, field, "a %s is at least 0 and at most %g", r->what, WEIGHT_MAX);
    return false;
}

/* The node that the row is about. */
static bool read_node(struct reading *r, int64_t *node)
{
    const size_t field = r->node < 0 ? 0 : (size_t)r->node;

    *node = r->rows;
    if (r->node >= 0 && (!quantity_read_count(csv_field(r->csv, field), node, NULL) || *node < 0)) {
        csv_error(r->csv, field, "`%.40s` is no number of a node, which count from 0%s",
                  csv_field(r->csv, field),
                  r->is_asked ? "" : "; with `column: 2` the lines are the nodes in order");
        return false;
    }
    if (*node < WEIGHT_NODES_MAX)
        return true;
    csv_error(r->csv, field, "more than %d nodes", WEIGHT_NODES_MAX);
    return false;
}

static bool read_row(struct reading *r)
{
    const double none = -1;
    double weight = 0;
    int64_t node;

    if (!read_node(r, &node) || !read_weight(r, &weight))
        return false;
    while (r->each->len <= node)
        g_array_append_val(r->each, none);
    if (g_array_index(r->each, double, node) >= 0) {
        csv_error(r->csv, (size_t)r->node, "a second %s of node %lld", r->what, (long long)node);
        return false;
    }
    g_array_index(r->each, double, node) = weight + 0.0; /* -0 is 0 */
    r->rows++;
    return true;
}

static bool read_rows(struct reading *r, const char *column)
{
    bool is_row = csv_next(r->csv) && find_columns(r, column);

    for (; is_row; is_row = csv_next(r->csv))
        if (!read_row(r))
            return false;
    if (csv_is_good(r->csv) && r->rows == 0)
        csv_error_of_file(r->csv,
                          "no %ss; one number a line was expected, or a node and its %s, as in "
                          "`17,3.5`",
                          r->what, r->what);
    return csv_is_good(r->csv);
}

struct weight_table *weight_table_read(struct csv *csv, const char *column, const char *what)
{
    struct reading r = { .csv = csv,
                         .what = what,
                         .each = g_array_new(FALSE, FALSE, sizeof(double)) };
    struct weight_table *made;
    char *sha256;

    if (!read_rows(&r, column)) {
        g_array_free(r.each, TRUE);
        return NULL;
    }
    made = g_new0(struct weight_table, 1);
    sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)r.each->data,
                                         r.each->len * sizeof(double));
    g_strlcpy(made->sha256, sha256, sizeof made->sha256);
    g_free(sha256);
    made->count = r.each->len;
    made->each = (double *)(void *)g_array_free(r.each, FALSE);
    return made;
}

void weight_table_free(struct weight_table *table)
{
    if (table == NULL)
        return;
    g_free(table->each);
    g_free(table);
}
