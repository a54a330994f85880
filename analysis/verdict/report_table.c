/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_table.c - the cells of the summary table and their units; see report_parts.h. */
#include "analysis/verdict/report_parts.h"

#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values of a column that differ by this factor or more have a unit each. */
static const double apart = 100;

/* How the values of a column are written. */
struct column_unit {
    struct scale scale;
    bool is_mixed; /* each cell says its own, in `width` columns */
    int width;
};

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* The unit of the column's median, or of each cell where one would not suit all. */
static struct column_unit column_unit(const struct report *report, size_t metric)
{
    enum metric_unit kind = report_column_unit(report, metric);
    double *sizes = g_new(double, report->row_count + 1);
    struct column_unit unit = { .is_mixed = false };
    size_t count = 0;

    for (size_t i = 0; i < report->row_count; i++) {
        double size = fabs(report->rows[i].entries[metric].estimate.value);
        if (isfinite(size) && size > 0)
            sizes[count++] = size;
    }
    qsort(sizes, count, sizeof *sizes, by_size);
    unit.scale = scale_choose(kind, count ? sizes[count / 2] : 0);
    if (count > 0 && sizes[count - 1] >= apart * sizes[0])
        for (size_t i = 0; i < count; i++)
            unit.is_mixed =
                unit.is_mixed || strcmp(scale_choose(kind, sizes[i]).unit, unit.scale.unit) != 0;
    for (size_t i = 0; i < count && unit.is_mixed; i++)
        unit.width = MAX(unit.width, (int)text_width(scale_choose(kind, sizes[i]).unit));
    g_free(sizes);
    return unit;
}

/* The columns of programs: the value, its limits, and how often it never happened. */
static void add_number_columns(struct table *table, const struct report *report, size_t metric)
{
    static const char *const parts[] = { "", "_lower", "_upper" };
    const char *name = report_column_name(report, metric);
    char *quantile = report_quantile_name(report), *full;

    for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
        full =
            report_is_measure(report, metric)
                ? g_strconcat(name, parts[k], NULL)
                : g_strdup_printf("%s_%s%s", name,
                                  report_is_quantile(report, metric) ? quantile : "mean", parts[k]);
        table_column(table, full, "", COLUMN_PROGRAMS);
        g_free(full);
    }
    full = g_strdup_printf("%s_never", name);
    table_column(table, full, "", COLUMN_PROGRAMS);
    g_free(full);
    full = g_strdup_printf("%s_never_at_stop", name);
    table_column(table, full, "", COLUMN_PROGRAMS);
    g_free(full);
    g_free(quantile);
}

static struct table *make_table(const struct report *report, const struct column_unit *units)
{
    const struct study *study = report->study;
    struct table *table = table_new(&report->options->style);

    cells_axis_columns(table, study, -1);
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "failed", "", COLUMN_PROGRAMS);
    table_column(table, "runs_wanted", "", COLUMN_PROGRAMS);
    table_column(table, "", "P(converged) %", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "p_converged", "", COLUMN_PROGRAMS);
    table_column(table, "p_converged_lower", "", COLUMN_PROGRAMS);
    table_column(table, "p_converged_upper", "", COLUMN_PROGRAMS);
    for (size_t i = 0; i < report->metric_count; i++) {
        bool is_plain = units[i].is_mixed || !*units[i].scale.unit;
        char *title = g_strconcat(report_column_name(report, i), is_plain ? NULL : " ",
                                  units[i].scale.unit, NULL);
        table_column(table, "", title, COLUMN_PEOPLE | COLUMN_RIGHT);
        add_number_columns(table, report, i);
        g_free(title);
    }
    return table;
}

/* `6.61 (6.48–6.80)`, without the brackets if there is no interval or no room. */
static char *write_estimate(struct estimate e, struct scale scale, bool with_interval)
{
    struct cells_written w = cells_write(e, scale);

    if (!with_interval || isnan(e.lower) || isnan(e.upper) || (isinf(e.value) && isinf(e.lower)) ||
        (strcmp(w.value, w.lower) == 0 && strcmp(w.value, w.upper) == 0))
        return g_strdup(w.value);
    return g_strdup_printf("%s (%s–%s)", w.value, w.lower, w.upper);
}

/* The same for a cell of a column; `42.3 (41.0–43.0) ms` where each cell says its unit. */
static char *write_cell(struct estimate e, enum metric_unit kind, const struct column_unit *unit,
                        bool with_interval)
{
    double size = isinf(e.value) ? e.lower : e.value; /* `never (1.97–never) s` */
    struct scale scale = scale_choose(kind, size);
    char *number, *text;

    if (!unit->is_mixed || !isfinite(size) || size == 0)
        return write_estimate(e, unit->scale, with_interval);
    number = write_estimate(e, scale, with_interval);
    text = g_strdup_printf("%s %*s%s", number, unit->width - (int)text_width(scale.unit), "",
                           scale.unit);
    g_free(number);
    return text;
}

bool report_has_room(const struct report *report, size_t metric)
{
    return report->is_chosen || report_is_measure(report, metric) ||
           report_column_unit(report, metric) == UNIT_TIME;
}

static void add_estimate(struct table *table, struct estimate e, const char *shown)
{
    table_number(table, e.value, shown);
    cells_estimate(table, e);
}

static void add_runs(struct table *table, const struct report_row *row)
{
    struct scale percent = scale_choose(UNIT_SHARE, 1);
    char *converged = write_estimate(row->converged, percent, true);
    char some[64];

    g_snprintf(some, sizeof some, "%zu of %zu", row->done, row->wanted);
    table_number(table, (double)row->done, row->done + row->failed < row->wanted ? some : NULL);
    table_number(table, (double)row->failed, NULL);
    table_number(table, (double)row->wanted, NULL);
    add_estimate(table, row->converged, converged);
    g_free(converged);
}

static void add_row(struct table *table, const struct report *report, const struct report_row *row,
                    const struct column_unit *units)
{
    table_row(table);
    cells_axis_values(table, report->study, row->point, -1);
    table_text(table, report->study->strategies[row->strategy]);
    add_runs(table, row);
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct summary *entry = &row->entries[i];
        enum metric_unit kind = report_column_unit(report, i);
        char *text = write_cell(entry->estimate, kind, &units[i], report_has_room(report, i));
        char *shown = g_strconcat(text, report_is_partial(report, row, i) ? "†" : "", NULL);

        add_estimate(table, entry->estimate, shown);
        table_number(table, (double)entry->never, NULL);
        table_number(table, (double)row->cut_off[i], NULL);
        g_free(text);
        g_free(shown);
    }
}

struct table *report_table(const struct report *report)
{
    struct column_unit *units = g_new0(struct column_unit, report->metric_count + 1);
    struct table *table;

    for (size_t i = 0; i < report->metric_count; i++)
        units[i] = column_unit(report, i);
    table = make_table(report, units);
    for (size_t i = 0; i < report->row_count; i++)
        add_row(table, report, &report->rows[i], units);
    g_free(units);
    return table;
}
