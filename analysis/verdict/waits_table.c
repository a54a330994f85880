/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waits_table.c - see waits_table.h. */
#include "analysis/verdict/waits_table.h"

#include "analysis/study/summary.h"
#include "analysis/study/waits.h"
#include "analysis/verdict/cells.h"
#include "base/survival.h"

#include <glib.h>
#include <math.h>

static struct table *make_table(const struct study *study, const struct table_style *style,
                                double quantile)
{
    static const char *const numbers[] = { "quantile", "quantile_lower", "quantile_upper" };
    struct table *table = table_new(style);
    char percent[32], *title;

    g_ascii_formatd(percent, sizeof percent, "%.10g", 100 * quantile);
    title = quantile == 0.5 ? g_strdup("median") : g_strdup_printf("p%s", percent);
    table_column(table, "metric", "metric", COLUMN_ALL | COLUMN_KEY);
    cells_axis_columns(table, study, -1);
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "updates", "updates", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "cut_off", "cut off", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "never", "never", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "", title, COLUMN_PEOPLE | COLUMN_RIGHT);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_column(table, numbers[i], "", COLUMN_PROGRAMS);
    g_free(title);
    return table;
}

static void add_quantile_text(struct table *table, struct estimate e)
{
    double size = isfinite(e.value) ? e.value : e.lower;
    struct cells_written w = cells_write(e, scale_choose(UNIT_TIME, size));
    char *shown =
        isnan(e.value)                        ? g_strdup("–")
        : isinf(e.value) && !isfinite(e.lower) ? g_strdup(w.value)
        : isnan(e.lower) || isnan(e.upper)
            ? g_strdup_printf("%s%s%s", w.value, w.blank, w.unit)
            : g_strdup_printf("%s (%s–%s)%s%s", w.value, w.lower, w.upper, w.blank, w.unit);

    table_text(table, shown);
    g_free(shown);
}

static bool add_row(struct table *table, const struct study *study, size_t point, size_t strategy,
                    const char *metric, double quantile, size_t *updates, struct errors *errors)
{
    struct waits waits;
    struct estimate e;

    if (!waits_read(study, point, study->strategies[strategy], metric, &waits, errors)) {
        waits_clear(&waits);
        return false;
    }
    e = survival_quantile(waits.times, waits.count, waits.runs, quantile, SUMMARY_CONFIDENCE);
    table_row(table);
    table_text(table, metric);
    cells_axis_values(table, study, point, -1);
    table_text(table, study->strategies[strategy]);
    table_number(table, (double)waits.runs, NULL);
    table_number(table, (double)waits.count, NULL);
    table_number(table, (double)waits.cut_off, NULL);
    table_number(table, (double)waits.never, NULL);
    add_quantile_text(table, e);
    cells_estimate(table, e);
    *updates += waits.count;
    waits_clear(&waits);
    return true;
}

static void print_notes(FILE *out)
{
    fputs("\nOver all updates of all runs, by Kaplan and Meier: those that `stop.at` cut off count "
          "as later than they\nwere waited for, those of runs that went quiet as never. In "
          "brackets: 95 % confidence intervals on the\nscale of log(-log), by Greenwood's error; "
          "of several updates a run by that of sums over runs.\n",
          out);
}

bool waits_table_print(FILE *out, const struct study *study, double quantile,
                       const struct table_style *style, struct errors *errors)
{
    struct table *table = make_table(study, style, quantile);
    size_t updates = 0;
    bool is_good = true;

    for (size_t i = 0; is_good && i < WAITS_METRICS; i++)
        for (size_t point = 0; is_good && point < study->point_count; point++)
            for (size_t s = 0; is_good && s < study->strategy_count; s++)
                is_good =
                    add_row(table, study, point, s, waits_metrics[i], quantile, &updates, errors);
    if (is_good && updates == 0) {
        errors_add(errors, ERROR_SCENARIO, "--each-update: no run has measured updates");
        is_good = false;
    }
    if (is_good)
        table_print(out, table);
    if (is_good && style->format == TABLE_PEOPLE)
        print_notes(out);
    table_free(table);
    return is_good;
}
