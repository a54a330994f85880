/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.c - see report.h.
 *
 * All estimates are made first, because they decide on the units of a column and on the order of
 * the rows.  Costs O(points * strategies * metrics * runs) reads through the database's indexes.
 */
#include "analysis/verdict/report.h"

#include "analysis/study/usual.h"
#include "analysis/text/text.h"
#include "analysis/verdict/expectation.h"
#include "analysis/verdict/report_parts.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const spread[] = { "t50", "t99", "t_all", "residue", "m", NULL };
static const char *const beliefs[] = { "detect_first", "detect_t99", "detect_all", "false_dead",
                                       NULL };
/* Only where the database knows the number of nodes. */
static const char traffic_metric[] = "bytes/node";
/* Beside it, because a run that ends sooner has sent less, however much it sends a second. */
static const char rate_metric[] = "bytes_rate";

bool report_is_measure(const struct report *report, size_t metric)
{
    return report->measures[metric].text != NULL;
}

const char *report_column_name(const struct report *report, size_t metric)
{
    return report_is_measure(report, metric) ? report->measures[metric].text
                                             : report->metrics[metric].name;
}

enum metric_unit report_column_unit(const struct report *report, size_t metric)
{
    return report_is_measure(report, metric) ? expression_unit(&report->measures[metric])
                                             : report->metrics[metric].unit;
}

bool report_is_repeated(const struct report *report, size_t metric)
{
    for (size_t i = 0; i < metric; i++)
        if (strcmp(report->metrics[i].name, report->metrics[metric].name) == 0)
            return true;
    return false;
}

bool report_is_quantile(const struct report *report, size_t metric)
{
    if (report_is_measure(report, metric))
        return report->measures[metric].stat != STAT_MEAN;
    return report->metrics[metric].unit == UNIT_TIME && !report->options->means;
}

bool report_is_partial(const struct report *report, const struct report_row *row, size_t metric)
{
    const struct summary *entry = &row->entries[metric];

    return !report_is_quantile(report, metric) && entry->never > 0 && entry->never < entry->runs;
}

char *report_quantile_name(const struct report *report)
{
    char number[32];

    if (report->quantile == 0.5)
        return g_strdup("median");
    g_ascii_formatd(number, sizeof number, "%.10g", report->quantile * 100);
    return g_strdup_printf("p%s", number);
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

/* What was asked for as an expression. */
static bool fill_measure(const struct report *report, const struct report_row *row, size_t metric,
                         const struct series *series, struct errors *errors)
{
    struct summary *entry = &row->entries[metric];
    struct finding finding = { .runs = 0 };
    bool is_good =
        expectation_find(report->study, row->point, report->study->strategies[row->strategy],
                         &report->measures[metric], &finding, errors);

    *entry = summary_quantile(series, 0.5); /* counts the runs */
    entry->estimate = finding.estimate;
    return is_good;
}

/* One metric of a row, and how the runs ended in which it never happened. */
static bool fill_entry(const struct report *report, struct report_row *row, size_t metric,
                       struct endings *endings, struct errors *errors)
{
    const char *strategy = report->study->strategies[row->strategy];
    struct series series;
    bool is_good = study_read(report->study, row->point, strategy, report->metrics[metric].name,
                              &series, errors);

    if (report_is_measure(report, metric))
        is_good = fill_measure(report, row, metric, &series, errors) && is_good;
    else if (report_is_quantile(report, metric))
        row->entries[metric] = summary_quantile(&series, report->quantile);
    else
        row->entries[metric] = summary_mean(&series);
    row->cut_off[metric] = endings_cut_off(endings, &series);
    endings_note(endings, &series);
    series_clear(&series);
    return is_good;
}

/* The mean of a metric over the runs; NAN if there is none. */
static bool read_mean(const struct report *report, const struct report_row *row, const char *name,
                      double *mean, struct errors *errors)
{
    struct series series;
    bool is_good = study_read(report->study, row->point, report->study->strategies[row->strategy],
                              name, &series, errors);

    *mean = summary_mean(&series).estimate.value;
    series_clear(&series);
    return is_good;
}

static bool fill_row(const struct report *report, struct report_row *row, struct errors *errors)
{
    const char *strategy = report->study->strategies[row->strategy];
    struct endings *endings;
    struct series series;
    bool is_good;

    if (!study_count_runs(report->study, row->point, strategy, &row->done, &row->failed, errors))
        return false;
    endings = endings_read(report->study, row->point, strategy, errors);
    if (!endings)
        return false;
    row->wanted = MAX(endings_wanted(endings, report->study), row->done + row->failed);
    is_good = study_read(report->study, row->point, strategy, "converged", &series, errors);
    row->converged = share_of_ones(&series);
    series_clear(&series);
    is_good = is_good && read_mean(report, row, "measured_time", &row->measured_time, errors);
    for (size_t i = 0; is_good && i < report->metric_count; i++)
        is_good = fill_entry(report, row, i, endings, errors);
    endings_count(endings, &row->never);
    endings_free(endings);
    return is_good;
}

/* A point needs as many runs of each strategy as of the one that has most: so the rule for more
 * replications works. */
static void level_wanted(struct report *report)
{
    size_t strategies = report->study->strategy_count;

    for (size_t first = 0; first < report->row_count; first += strategies) {
        size_t most = 0;
        for (size_t s = 0; s < strategies; s++)
            most = MAX(most, report->rows[first + s].wanted);
        for (size_t s = 0; s < strategies; s++)
            report->rows[first + s].wanted = most;
    }
}

static bool fill_rows(struct report *report, struct errors *errors)
{
    const struct study *study = report->study;

    report->row_count = study->point_count * study->strategy_count;
    report->rows = g_new0(struct report_row, report->row_count + 1);
    for (size_t i = 0; i < report->row_count; i++) {
        struct report_row *row = &report->rows[i];
        row->point = i / study->strategy_count;
        row->strategy = i % study->strategy_count;
        row->entries = g_new0(struct summary, report->metric_count + 1);
        row->cut_off = g_new0(size_t, report->metric_count + 1);
        if (!fill_row(report, row, errors))
            return false;
    }
    level_wanted(report);
    return true;
}

/* ---- the metrics ---- */

/* The column of that name; the number of columns if there is none. */
static size_t find_column(const struct report *report, const char *name)
{
    size_t i = 0;

    while (i < report->metric_count && strcmp(report_column_name(report, i), name) != 0)
        i++;
    return i;
}

/* Adds a column, if there is none of its name; takes the measure. */
static void add_column(struct report *report, const char *metric, struct expression *measure)
{
    const size_t count = report->metric_count;

    if (find_column(report, measure->text ? measure->text : metric) < count) {
        expression_clear(measure);
        return;
    }
    report->metrics = g_renew(struct metric, report->metrics, count + 1);
    report->measures = g_renew(struct expression, report->measures, count + 1);
    report->metrics[count] = metric_describe(metric);
    report->measures[count] = *measure;
    report->metric_count++;
}

static void add_metric(struct report *report, const char *name)
{
    struct expression none = { .text = NULL };

    add_column(report, name, &none);
}

/* True of every metric that there is, even of one that no run has: a note says so then. */
static bool check_metric(const struct report *report, const char *name, struct errors *errors)
{
    return metric_find(name) || study_check_metric(report->study, name, errors);
}

/* Adds what was asked for: a metric, or an expression of one.  *place is its column. */
static bool add_asked(struct report *report, const char *asked, size_t *place,
                      struct errors *errors)
{
    struct expression measure = { .text = NULL };
    char why[EXPRESSION_WHY_MAX], *name;
    bool is_good;

    if (!strchr(asked, '(')) {
        is_good = check_metric(report, asked, errors);
        add_metric(report, asked);
        *place = find_column(report, asked);
        return is_good;
    }
    if (!expression_read_measure(asked, &measure, why)) {
        errors_add(errors, ERROR_SCENARIO, "%s", why);
        return false;
    }
    is_good = check_metric(report, measure.metric, errors);
    name = g_strdup(measure.text);
    add_column(report, measure.metric, &measure);
    *place = find_column(report, name);
    g_free(name);
    return is_good;
}

/* Takes the metrics asked for, or the usual ones. */
static bool choose_metrics(struct report *report, struct errors *errors)
{
    const char *const *asked = report->options->metrics;
    const char *usual[USUAL_MAX];
    const char *const *names = asked ? asked : usual;
    bool is_good = true;

    usual_metrics(report->study, spread, beliefs, usual);

    for (size_t i = 0, place; names[i]; i++) {
        if (asked)
            is_good = add_asked(report, names[i], &place, errors) && is_good;
        else
            add_metric(report, names[i]);
    }
    if (!asked && isfinite(report->study->nodes))
        add_metric(report, traffic_metric);
    if (!asked)
        add_metric(report, rate_metric);
    return is_good;
}

/* ---- the order ---- */

enum { BY_STRATEGY = -1, BY_RUNS = -2, BY_CONVERGED = -3, BY_AXIS = -4 };

struct order {
    const struct report *report;
    int column;  /* of report->metrics, or one of the above */
    size_t axis; /* BY_AXIS */
};

/* Finds the column; a metric that is not shown becomes one. */
static bool choose_order(struct report *report, struct order *order, struct errors *errors)
{
    const char *name = report->options->sort;
    const struct study *study = report->study;
    size_t place;

    order->report = report;
    for (order->axis = 0; order->axis < study->axis_count; order->axis++)
        if (strcmp(study->axes[order->axis], name) == 0) {
            order->column = BY_AXIS;
            return true;
        }
    if (strcmp(name, "strategy") == 0) {
        order->column = BY_STRATEGY;
    } else if (strcmp(name, "runs") == 0) {
        order->column = BY_RUNS;
    } else if (strcmp(name, "converged") == 0 || strcmp(name, "P(converged)") == 0) {
        order->column = BY_CONVERGED;
    } else {
        if (!add_asked(report, name, &place, errors))
            return false;
        order->column = (int)place;
    }
    return true;
}

static double sort_value(const struct order *order, const struct report_row *row)
{
    switch (order->column) {
    case BY_STRATEGY:
        return (double)row->strategy;
    case BY_RUNS:
        return (double)row->done;
    case BY_CONVERGED:
        return row->converged.value;
    case BY_AXIS:
        return order->report->study->points[row->point].values[order->axis].number;
    default:
        return row->entries[order->column].estimate.value;
    }
}

/* The least first, then never, then what does not apply; equals stay as they were written. */
static int by_order(const void *left, const void *right, void *context)
{
    const struct report_row *a = left, *b = right;
    double x = sort_value(context, a), y = sort_value(context, b);

    if (isnan(x) || isnan(y))
        return isnan(x) && isnan(y) ? 0 : isnan(x) ? 1 : -1;
    return (x > y) - (x < y);
}

/* ---- all together ---- */

void report_free(struct report *report)
{
    if (!report)
        return;
    for (size_t i = 0; report->rows && i < report->row_count; i++) {
        g_free(report->rows[i].entries);
        g_free(report->rows[i].cut_off);
    }
    for (size_t i = 0; i < report->metric_count; i++)
        expression_clear(&report->measures[i]);
    g_free(report->rows);
    g_free(report->measures);
    g_free(report->metrics);
    g_free(report);
}

struct report *report_make(const struct study *study, const struct report_options *options,
                           struct errors *errors)
{
    struct report *report = g_new0(struct report, 1);
    struct order order = { .report = report };

    report->study = study;
    report->options = options;
    report->quantile = options->quantile > 0 ? options->quantile : 0.5;
    report->is_chosen = options->metrics;
    if (!choose_metrics(report, errors) ||
        (options->sort && !choose_order(report, &order, errors)) || !fill_rows(report, errors)) {
        report_free(report);
        return NULL;
    }
    if (options->sort)
        g_qsort_with_data(report->rows, (int)report->row_count, sizeof *report->rows, by_order,
                          &order);
    return report;
}

static void print_report(FILE *out, const struct report *report)
{
    const bool is_for_people = report->options->style.format == TABLE_PEOPLE;
    struct table *table = report_table(report);

    if (is_for_people)
        report_print_head(out, report);
    table_print(out, table);
    if (is_for_people)
        report_print_notes(out, report);
    table_free(table);
}

bool report_print(FILE *out, const struct study *study, const struct report_options *options,
                  struct errors *errors)
{
    struct report *report = report_make(study, options, errors);
    const bool is_good = report != NULL;

    if (report)
        print_report(out, report);
    report_free(report);
    return is_good;
}
