/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_answer.c - what was found, in two sentences a strategy; see page_parts.h.
 *
 * The first says how soon, the second at what price.  What a time is of comes from the table of
 * metrics, as in "reaches 99 % of the nodes"; of a sweep the sentences give the best and the worst
 * point.  A time that half of the runs never reach is not a number here but a count of runs.
 */
#include "analysis/page/page_parts.h"

#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"
#include "base/markup.h"

#include <math.h>
#include <string.h>

enum { STRATEGIES_MAX = 60, METRICS_MAX = 8 };

/* What is asked of studies of updates, of beliefs, of estimates, in this order; the first time of
 * each that some run has is the lead, what is no time is told as a price.  NULL closes each. */
static const char *const of_updates[] = { "t99",        "t_all",      "residue",
                                          "bytes/node", "bytes_rate", NULL };
static const char *const of_beliefs[] = { "detect_first", "detect_t99", "join_t99", "false_dead",
                                          "undetected",   "bytes_rate", NULL };
static const char *const of_estimates[] = { "estimate_time", "estimate_error", "bytes/node",
                                            "bytes_rate", NULL };
static const char *const of_others[] = { "bytes/node", "bytes_rate", NULL };

/* Fills `names`, which NULL closes, with what is told of the study; where no run is done, with
 * something that it does not have. */
static void choose(const struct study *study, const char *names[METRICS_MAX])
{
    const char *const *list = page_has_metric(study, "t99")              ? of_updates
                              : page_has_metric(study, "detect_first")   ? of_beliefs
                              : page_has_metric(study, "false_dead")     ? of_beliefs
                              : page_has_metric(study, "estimate_error") ? of_estimates
                                                                         : of_others;
    size_t count = 0;

    for (size_t i = 0; list[i]; i++)
        if (page_has_metric(study, list[i]))
            names[count++] = list[i];
    if (count == 0)
        names[count++] = of_updates[0];
    names[count] = NULL;
}

/* ---- values ---- */

/* Between a number and its unit, where no line shall break. */
#define BLANK "\xc2\xa0"

static void add_value(GString *out, double value, enum metric_unit unit)
{
    struct scale scale = scale_choose(unit, value);
    char text[32];

    scale_write(text, value, scale);
    g_string_append_printf(out, "<b>%s%s%s</b>", text, *scale.unit ? BLANK : "", scale.unit);
}

/* `6.61 s (6.48 to 6.80)`. */
static void add_estimate(GString *out, struct estimate e, enum metric_unit unit)
{
    struct cells_written w = cells_write(e, scale_choose(unit, e.value));

    add_value(out, e.value, unit);
    if (isfinite(e.value) && !isnan(e.lower) && !isnan(e.upper) && strcmp(w.lower, w.upper) != 0)
        g_string_append_printf(out, " (%s to %s)", w.lower, w.upper);
}

static bool is_time(const struct report *report, size_t metric)
{
    return report->metrics[metric].unit == UNIT_TIME;
}

static void add_event(GString *out, const struct metric *metric)
{
    markup_text(out, metric->event ? metric->event : metric->label);
}

/* ---- one point ---- */

/* Of a time: when, or in how many runs. */
static void add_time(GString *out, const struct report *report, const struct report_row *row,
                     size_t metric)
{
    const struct summary *entry = &row->entries[metric];
    const size_t reached = entry->runs - entry->never;

    add_event(out, &report->metrics[metric]);
    if (reached == 0 && entry->runs == 1) {
        g_string_append(out, ": <b>never</b>");
    } else if (reached == 0) {
        g_string_append_printf(out, " in <b>none of %zu runs</b>", entry->runs);
    } else if (isinf(entry->estimate.value)) {
        g_string_append_printf(out, " in <b>%zu of %zu runs</b> only", reached, entry->runs);
    } else {
        g_string_append(out, " in ");
        add_estimate(out, entry->estimate, UNIT_TIME);
        if (entry->never > 0)
            g_string_append_printf(out, ", but in <b>%zu of %zu runs never</b>", entry->never,
                                   entry->runs);
    }
}

/* Why there are runs that did not get there. */
static void add_reason(GString *out, const struct report_row *row)
{
    char *why = never_brief(&row->never);

    g_string_append_printf(out, " (%s", row->never.count < row->done ? "the others: " : "");
    markup_text(out, why);
    g_string_append_c(out, ')');
    g_free(why);
}

/* The times that some run has, up to the first that none reaches. */
static void add_times(GString *out, const struct report *report, const struct report_row *row)
{
    bool is_first = true, is_reached = true;

    for (size_t i = 0; i < report->metric_count && is_reached; i++) {
        const struct summary *entry = &row->entries[i];
        if (!is_time(report, i) || entry->runs == 0)
            continue;
        g_string_append(out, is_first ? " " : " and ");
        add_time(out, report, row, i);
        is_first = false;
        is_reached = entry->never < entry->runs;
    }
    if (!is_first && row->never.count > 0)
        add_reason(out, row);
    g_string_append(out, is_first ? "" : ".");
}

static void add_costs(GString *out, const struct report *report, const struct report_row *row)
{
    if (row->done == 1)
        g_string_append(out, " In its one run: ");
    else
        g_string_append_printf(out, " In its %zu runs on average: ", row->done);
    for (size_t i = 0, told = 0; i < report->metric_count; i++) {
        const struct metric *metric = &report->metrics[i];
        const struct summary *entry = &row->entries[i];
        if (is_time(report, i) || entry->runs == 0)
            continue;
        g_string_append(out, told++ == 0 ? "" : ", ");
        markup_text(out, metric->label);
        g_string_append_c(out, ' ');
        add_estimate(out, entry->estimate, metric->unit);
    }
    g_string_append_c(out, '.');
}

static void add_place(GString *out, const struct report *report, const struct report_row *row)
{
    if (row->done == 0) {
        g_string_append(out, row->failed > 0 ? ": all of its runs failed." : ": no run is done.");
        return;
    }
    add_times(out, report, row);
    add_costs(out, report, row);
    if (row->failed > 0)
        g_string_append_printf(out, " %zu run%s failed and %s not counted.", row->failed,
                               row->failed == 1 ? "" : "s", row->failed == 1 ? "is" : "are");
}

/* ---- a sweep ---- */

/* A metric of a strategy over the points. */
struct range {
    const struct report_row *least, *most; /* of the finite values; NULL: there is none */
    size_t points, never;                  /* with runs that have it; where it is infinite */
};

static struct range range_of(const struct report *report, size_t strategy, size_t metric)
{
    struct range range = { .points = 0 };

    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];
        const double value = row->entries[metric].estimate.value;
        if (row->strategy != strategy || row->entries[metric].runs == 0)
            continue;
        range.points++;
        range.never += isinf(value) != 0;
        if (!isfinite(value))
            continue;
        if (!range.least || value < range.least->entries[metric].estimate.value)
            range.least = row;
        if (!range.most || value > range.most->entries[metric].estimate.value)
            range.most = row;
    }
    return range;
}

static void add_end(GString *out, const struct report *report, const struct report_row *row,
                    size_t metric)
{
    char *name = study_point_name(report->study, row->point, -1);

    add_value(out, row->entries[metric].estimate.value, report->metrics[metric].unit);
    g_string_append(out, " (");
    markup_text(out, name);
    g_string_append(out, ")");
    g_free(name);
}

static void add_range(GString *out, const struct report *report, size_t metric,
                      const struct range *range)
{
    const bool is_one = range->least && range->least->entries[metric].estimate.value ==
                                            range->most->entries[metric].estimate.value;

    if (is_one) {
        add_value(out, range->least->entries[metric].estimate.value, report->metrics[metric].unit);
        g_string_append(out, range->never > 0 ? "" : " everywhere");
    } else if (range->least) {
        add_end(out, report, range->least, metric);
        g_string_append(out, " to ");
        add_end(out, report, range->most, metric);
    }
    if (range->never == range->points)
        g_string_append_printf(out, " at <b>none of %zu points in half of the runs</b>",
                               range->points);
    else if (range->never > 0)
        g_string_append_printf(out, "%s at <b>%zu of %zu points not in half of the runs</b>",
                               range->least ? ", and" : "", range->never, range->points);
}

/* The first time, and the prices but for rates. */
static void add_sweep(GString *out, const struct report *report, size_t strategy)
{
    bool has_time = false, has_cost = false;

    for (size_t i = 0; i < report->metric_count; i++) {
        const struct metric *metric = &report->metrics[i];
        const struct range range = range_of(report, strategy, i);

        if (range.points == 0 || (is_time(report, i) && has_time) ||
            (metric->unit == UNIT_BYTE_RATE && has_cost))
            continue;
        if (is_time(report, i)) {
            g_string_append_c(out, ' ');
            add_event(out, metric);
            g_string_append(out, range.least ? " in " : "");
            has_time = true;
        } else {
            g_string_append(out, has_cost ? "; " : has_time ? ". On average: " : ": ");
            markup_text(out, metric->label);
            g_string_append_c(out, ' ');
            has_cost = true;
        }
        add_range(out, report, i, &range);
    }
    g_string_append(out, has_time || has_cost ? "." : ": no run is done.");
}

/* ---- all strategies ---- */

static void add_strategies(GString *out, const struct report *report)
{
    const struct study *study = report->study;

    g_string_append(out, "<ul class=\"answer\">\n");
    for (size_t s = 0; s < study->strategy_count && s < STRATEGIES_MAX; s++) {
        g_string_append(out, "<li><b class=\"name\">");
        markup_text(out, study->strategies[s]);
        g_string_append(out, "</b>");
        if (study->point_count == 1)
            add_place(out, report, &report->rows[s]);
        else
            add_sweep(out, report, s);
        g_string_append(out, "</li>\n");
    }
    g_string_append(out, "</ul>\n");
    g_string_append(out, "<p class=\"note\">Times are medians over all runs, a run that never gets "
                         "there counting as infinite; the rest are means. In brackets: ");
    g_string_append(out, study->point_count > 1 ? "the points of the sweep.</p>\n"
                                                : "95 % confidence intervals, where there are runs "
                                                  "enough for them.</p>\n");
    if (study->strategy_count > STRATEGIES_MAX)
        g_string_append_printf(out, "<p class=\"note\">%zu more strategies are in the table.</p>\n",
                               study->strategy_count - STRATEGIES_MAX);
}

bool page_add_answer(GString *out, const struct page *page, struct errors *errors)
{
    const char *names[METRICS_MAX];
    const struct report_options options = { .metrics = names };
    struct report *report;

    choose(page->study, names);
    report = report_make(page->study, &options, errors);
    if (!report)
        return false;
    g_string_append(out, "<section id=\"answer\">\n<h2>The answer</h2>\n");
    add_strategies(out, report);
    report_free(report);
    return true;
}
