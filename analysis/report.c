/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.c - see report.h.
 *
 * All estimates are made first, because the unit of a column is chosen by its median.
 * Costs O(points * strategies * metrics * runs) reads through the database's indexes.
 */
#include "analysis/report.h"

#include "analysis/summary.h"
#include "analysis/text.h"
#include "experiment/metric.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const usual_metrics[] = { "t50", "t99", "t_all", "residue", "m", NULL };
/* Only where the database knows the number of nodes. */
static const char traffic_metric[] = "bytes/node";

struct row {
    size_t point, strategy;
    size_t done, failed;
    struct estimate converged;
    struct summary *entries; /* one for each metric */
};

struct report {
    const struct study *study;
    struct metric *metrics;
    size_t metric_count;
    struct row *rows;
    size_t row_count;
    bool means;
    bool is_chosen; /* the user named the metrics: there is room for all intervals */
};

static bool is_median(const struct report *report, size_t metric)
{
    return report->metrics[metric].unit == UNIT_TIME && !report->means;
}

/* ---- estimates ---- */

static struct estimate share_of_ones(const struct series *series)
{
    size_t ones = 0, runs = 0;

    for (size_t i = 0; i < series->count; i++) {
        runs += isfinite(series->values[i]) != 0;
        ones += series->values[i] == 1;
    }
    return statistics_proportion(ones, runs, SUMMARY_CONFIDENCE);
}

static bool fill_row(const struct report *report, struct row *row, struct errors *errors)
{
    const char *strategy = report->study->strategies[row->strategy];
    struct series series;
    bool is_good;

    if (!study_count_runs(report->study, row->point, strategy, &row->done, &row->failed, errors))
        return false;
    is_good = study_read(report->study, row->point, strategy, "converged", &series, errors);
    row->converged = share_of_ones(&series);
    series_clear(&series);
    for (size_t i = 0; is_good && i < report->metric_count; i++) {
        is_good = study_read(report->study, row->point, strategy, report->metrics[i].name, &series,
                             errors);
        row->entries[i] = summary_make(&series, is_median(report, i));
        series_clear(&series);
    }
    return is_good;
}

static bool fill_rows(struct report *report, struct errors *errors)
{
    const struct study *study = report->study;

    report->row_count = study->point_count * study->strategy_count;
    report->rows = g_new0(struct row, report->row_count + 1);
    for (size_t i = 0; i < report->row_count; i++) {
        struct row *row = &report->rows[i];
        row->point = i / study->strategy_count;
        row->strategy = i % study->strategy_count;
        row->entries = g_new0(struct summary, report->metric_count + 1);
        if (!fill_row(report, row, errors))
            return false;
    }
    return true;
}

/* Takes the metrics asked for, or the usual ones. */
static bool choose_metrics(struct report *report, const char *const *asked, struct errors *errors)
{
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(struct metric));
    const char *const *names = asked ? asked : usual_metrics;
    bool is_good = true;

    for (size_t i = 0; names[i]; i++) {
        struct metric metric = metric_describe(names[i]);
        is_good = (!asked || study_check_metric(report->study, names[i], errors)) && is_good;
        g_array_append_val(metrics, metric);
    }
    if (!asked && isfinite(report->study->nodes)) {
        struct metric metric = metric_describe(traffic_metric);
        g_array_append_val(metrics, metric);
    }
    report->metric_count = metrics->len;
    report->metrics = (struct metric *)(void *)g_array_free(metrics, FALSE);
    return is_good;
}

/* ---- the table ---- */

/* How the values of a column are written. */
struct column_unit {
    struct scale scale;
    bool is_mixed; /* no unit suits all: each cell says its own, in `width` columns */
    int width;
};

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/*
 * The unit of the column's median, if that writes all values with two digits or more and no more
 * than five before the point; otherwise each value has a unit of its own.
 */
static struct column_unit column_unit(const struct report *report, size_t metric)
{
    enum metric_unit kind = report->metrics[metric].unit;
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
    if (count > 0 && (kind == UNIT_TIME || kind == UNIT_BYTES || kind == UNIT_COUNT))
        unit.is_mixed =
            sizes[0] * unit.scale.factor < 0.0295 || sizes[count - 1] * unit.scale.factor >= 99950;
    for (size_t i = 0; i < count && unit.is_mixed; i++)
        unit.width = MAX(unit.width, (int)text_width(scale_choose(kind, sizes[i]).unit));
    g_free(sizes);
    return unit;
}

static void add_metric_columns(struct table *table, const struct report *report, size_t i,
                               const struct column_unit *unit)
{
    const char *name = report->metrics[i].name, *kind = is_median(report, i) ? "median" : "mean";
    bool is_plain = unit->is_mixed || !*unit->scale.unit;
    char *title = is_plain ? g_strdup(name) : g_strdup_printf("%s %s", name, unit->scale.unit);
    static const char *const parts[] = { "", "_lower", "_upper" };

    table_column(table, "", title, COLUMN_PEOPLE | COLUMN_RIGHT);
    for (size_t k = 0; k < G_N_ELEMENTS(parts); k++) {
        char *full = g_strdup_printf("%s_%s%s", name, kind, parts[k]);
        table_column(table, full, "", COLUMN_PROGRAMS);
        g_free(full);
    }
    g_free(title);
    title = g_strdup_printf("%s_never", name);
    table_column(table, title, "", COLUMN_PROGRAMS);
    g_free(title);
}

static struct table *make_table(const struct report *report, const struct column_unit *units)
{
    const struct study *study = report->study;
    struct table *table = table_new();

    for (size_t axis = 0; axis < study->axis_count; axis++)
        table_column(table, study->axes[axis], study->axes[axis],
                     COLUMN_ALL | COLUMN_KEY | COLUMN_RIGHT);
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "failed", "", COLUMN_PROGRAMS);
    table_column(table, "", "P(converged) %", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "p_converged", "", COLUMN_PROGRAMS);
    table_column(table, "p_converged_lower", "", COLUMN_PROGRAMS);
    table_column(table, "p_converged_upper", "", COLUMN_PROGRAMS);
    for (size_t i = 0; i < report->metric_count; i++)
        add_metric_columns(table, report, i, &units[i]);
    return table;
}

/* `6.61 (6.48–6.80)`, without the brackets if there is no interval or no room. */
static char *write_estimate(struct estimate e, struct scale scale, bool with_interval)
{
    char value[32], lower[32], upper[32];

    scale_write(value, e.value, scale);
    scale_write(lower, e.lower, scale);
    scale_write(upper, e.upper, scale);
    if (!with_interval || isnan(e.lower) || isnan(e.upper) || (isinf(e.value) && isinf(e.lower)) ||
        (strcmp(value, lower) == 0 && strcmp(value, upper) == 0))
        return g_strdup(value);
    return g_strdup_printf("%s (%s–%s)", value, lower, upper);
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

static void add_estimate(struct table *table, struct estimate e, const char *shown)
{
    table_text(table, shown);
    table_number(table, e.value, NULL);
    table_number(table, e.lower, NULL);
    table_number(table, e.upper, NULL);
}

static void add_row(struct table *table, const struct report *report, const struct row *row,
                    const struct column_unit *units)
{
    const struct study *study = report->study;
    struct scale percent = scale_choose(UNIT_SHARE, 1);
    char *shown = write_estimate(row->converged, percent, true);

    table_row(table);
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        const struct study_value *value = &study->points[row->point].values[axis];
        if (value->text && isfinite(value->number))
            table_number(table, value->number, value->text);
        else
            table_text(table, value->text);
    }
    table_text(table, study->strategies[row->strategy]);
    table_number(table, (double)row->done, NULL);
    table_number(table, (double)row->failed, NULL);
    add_estimate(table, row->converged, shown);
    g_free(shown);
    for (size_t i = 0; i < report->metric_count; i++) {
        const struct summary *entry = &row->entries[i];
        bool is_partial = !is_median(report, i) && entry->never > 0 && entry->never < entry->runs;
        char *text = write_cell(entry->estimate, report->metrics[i].unit, &units[i],
                                report->is_chosen || report->metrics[i].unit == UNIT_TIME);
        shown = g_strconcat(text, is_partial ? "†" : "", NULL);
        add_estimate(table, entry->estimate, shown);
        table_number(table, (double)entry->never, NULL);
        g_free(text);
        g_free(shown);
    }
}

/* ---- around the table ---- */

static void print_head(FILE *out, const struct report *report)
{
    const struct study *study = report->study;
    char *name = text_escape(study->name);
    size_t runs = 0;

    for (size_t i = 0; i < report->row_count; i++)
        runs += report->rows[i].done;
    fprintf(out, "%s: %zu run%s", name, runs, runs == 1 ? "" : "s");
    if (isfinite(study->nodes) && !g_strv_contains((const char *const *)study->axes, "nodes"))
        fprintf(out, ", %.0f node%s", study->nodes, study->nodes == 1 ? "" : "s");
    fprintf(out, ", seed %llu", (unsigned long long)study->seed);
    if (study->count > 1)
        fprintf(out, " (study %lld of %zu; --study N shows another)", (long long)study->study_id,
                study->count);
    fputs("\n\n", out);
    g_free(name);
}

/* The names of the metrics that are medians (or means), joined by commas.  g_free() it. */
static char *list_metrics(const struct report *report, bool median)
{
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < report->metric_count; i++)
        if (is_median(report, i) == median)
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", report->metrics[i].name);
    return g_string_free(list, FALSE);
}

static void print_partial_means(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->metric_count; i++) {
        size_t runs = 0, never = 0;
        for (size_t r = 0; r < report->row_count && !is_median(report, i); r++) {
            const struct summary *entry = &report->rows[r].entries[i];
            bool is_partial = entry->never > 0 && entry->never < entry->runs;
            runs += is_partial ? entry->runs : 0;
            never += is_partial ? entry->never : 0;
        }
        if (never > 0)
            fprintf(out,
                    "† mean of %s over the runs in which it happened: in %zu of %zu it never "
                    "did\n",
                    report->metrics[i].name, never, runs);
    }
}

static void print_notes(FILE *out, const struct report *report)
{
    char *medians = list_metrics(report, true), *means = list_metrics(report, false);
    size_t failed = 0;

    for (size_t i = 0; i < report->row_count; i++)
        failed += report->rows[i].failed;
    fputs("\nIn brackets: 95 % confidence intervals (of P(converged) Wilson's).\n", out);
    if (*medians)
        fprintf(out, "Medians over all runs, never counting as infinite: %s.\n", medians);
    if (*means) {
        char *safe = text_escape(means);
        fprintf(out, "Means: %s.\n", safe);
        g_free(safe);
    }
    print_partial_means(out, report);
    if (failed > 0)
        fprintf(out, "%zu run%s failed and %s not counted; `gossipsim status` says why.\n", failed,
                failed == 1 ? "" : "s", failed == 1 ? "is" : "are");
    g_free(medians);
    g_free(means);
}

static void print_report(FILE *out, const struct report *report, const struct table_style *style)
{
    struct column_unit *units = g_new0(struct column_unit, report->metric_count + 1);
    struct table *table;

    for (size_t i = 0; i < report->metric_count; i++)
        units[i] = column_unit(report, i);
    table = make_table(report, units);
    for (size_t i = 0; i < report->row_count; i++)
        add_row(table, report, &report->rows[i], units);
    if (style->format == TABLE_PEOPLE)
        print_head(out, report);
    table_print(out, table, style);
    if (style->format == TABLE_PEOPLE)
        print_notes(out, report);
    table_free(table);
    g_free(units);
}

bool report_print(FILE *out, const char *path, const struct report_options *options,
                  struct errors *errors)
{
    struct study *study = study_open(path, options->study_id, errors);
    struct report report = { .study = study,
                             .means = options->means,
                             .is_chosen = options->metrics };
    bool is_good;

    if (!study)
        return false;
    is_good = choose_metrics(&report, options->metrics, errors) && fill_rows(&report, errors);
    if (is_good)
        print_report(out, &report, &options->style);
    for (size_t i = 0; report.rows && i < report.row_count; i++)
        g_free(report.rows[i].entries);
    g_free(report.rows);
    g_free(report.metrics);
    study_close(study);
    return is_good;
}
