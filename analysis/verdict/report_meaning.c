/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report_meaning.c - the notes that say what the columns of the summary table mean, all of them
 * from the table of sim/metric.h, and over which time costs were counted.
 */
#include "analysis/verdict/report_parts.h"

#include "analysis/text/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

enum { LINE_COLUMNS_MAX = 100, INDENT = 4, NAMED_MAX = 4 };

/* ---- what the columns mean ---- */

/* Words of which most sentences of a group consist: these are told once. */
struct sentence {
    char **words;
    size_t count;
};

/* What the metric is, in a sentence; NULL if nothing is known beside its name.  g_free() it. */
static char *meaning_of(const struct metric *metric)
{
    bool is_divided = g_str_has_suffix(metric->name, "/node");
    size_t length;

    if (!metric->meaning)
        return strcmp(metric->label, metric->name) == 0 ? NULL
                                                        : g_strdup_printf("%s.", metric->label);
    length = strlen(metric->meaning) - (g_str_has_suffix(metric->meaning, ".") ? 1 : 0);
    return g_strdup_printf("%.*s%s.", (int)length, metric->meaning,
                           is_divided ? ", divided by the number of nodes" : "");
}

static size_t common_start(const struct sentence *a, const struct sentence *b)
{
    size_t i = 0;

    while (i < a->count && i < b->count && strcmp(a->words[i], b->words[i]) == 0)
        i++;
    return i;
}

static size_t common_end(const struct sentence *a, const struct sentence *b)
{
    size_t i = 0;

    while (i < a->count && i < b->count &&
           strcmp(a->words[a->count - 1 - i], b->words[b->count - 1 - i]) == 0)
        i++;
    return i;
}

/* The longest run of sentences from the first on that differ in few words in one place; *start and
 * *end are the words that all of them begin and end with. */
static size_t group_length(const struct sentence *list, size_t count, size_t *start, size_t *end)
{
    size_t length = 1;

    *start = list[0].count;
    *end = 0;
    for (; length < count; length++) {
        size_t s = MIN(common_start(&list[0], &list[length]), *start);
        size_t e = common_end(&list[0], &list[length]);

        e = length > 1 ? MIN(e, *end) : e;
        if (s + e < list[0].count * 2 / 3 || s + e < list[length].count * 2 / 3 ||
            s + e > MIN(list[0].count, list[length].count))
            break;
        *start = s;
        *end = e;
    }
    return length;
}

static void append_words(GString *text, const struct sentence *sentence, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        g_string_append_printf(text, " %s", sentence->words[i]);
}

/* `t50, t_all: Time ... until at least 50 % of the / all live replicas know ...`. */
static void print_group(FILE *out, const struct metric *metrics, const struct sentence *list,
                        size_t count, size_t start, size_t end)
{
    GString *text = g_string_new(NULL);
    char *safe;

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", metrics[i].name);
    g_string_append_c(text, ':');
    append_words(text, &list[0], 0, start);
    for (size_t i = 0; i < count && count > 1; i++) {
        g_string_append(text, i > 0 ? " /" : "");
        append_words(text, &list[i], start, list[i].count - end);
    }
    append_words(text, &list[0], count > 1 ? list[0].count - end : start, list[0].count);
    safe = text_escape(text->str);
    text_print_lines(out, safe, LINE_COLUMNS_MAX, 0, INDENT);
    g_free(safe);
    g_string_free(text, TRUE);
}

void report_print_meanings(FILE *out, const struct report *report)
{
    struct sentence *list = g_new0(struct sentence, report->metric_count + 1);
    size_t start, end;

    for (size_t i = 0; i < report->metric_count; i++) {
        char *meaning = report_is_repeated(report, i) ? NULL : meaning_of(&report->metrics[i]);

        list[i].words = g_strsplit(meaning ? meaning : "", " ", 0);
        list[i].count = g_strv_length(list[i].words);
        g_free(meaning);
    }
    for (size_t i = 0, length; i < report->metric_count; i += length) {
        length = group_length(&list[i], report->metric_count - i, &start, &end);
        if (list[i].count > 0)
            print_group(out, &report->metrics[i], &list[i], length, start, end);
    }
    for (size_t i = 0; i < report->metric_count; i++)
        g_strfreev(list[i].words);
    g_free(list);
}

/* ---- over which time costs were counted ---- */

/* The least and the most of a strategy's rows, or of all. */
struct span {
    double least, most; /* seconds; NAN: no run */
};

static struct span span_of(const struct report *report, size_t strategy, bool all)
{
    struct span span = { NAN, NAN };

    for (size_t r = 0; r < report->row_count; r++) {
        double time = report->rows[r].measured_time;
        if (!all && report->rows[r].strategy != strategy)
            continue;
        span.least = fmin(span.least, time); /* that is the other one of a number and NAN */
        span.most = fmax(span.most, time);
    }
    return span;
}

static bool is_one_time(struct span span)
{
    return !(span.most > 1.01 * span.least);
}

/* `3.2 s` or `3.2 to 8.1 s`. */
static void append_span(GString *text, struct span span)
{
    struct scale scale = scale_choose(UNIT_TIME, span.most);
    char least[32], most[32];

    scale_write(least, span.least, scale);
    scale_write(most, span.most, scale);
    if (is_one_time(span))
        g_string_append_printf(text, "%s %s", most, scale.unit);
    else
        g_string_append_printf(text, "%s to %s %s", least, most, scale.unit);
}

static void append_strategy(GString *text, const struct report *report, size_t strategy,
                            const char *before)
{
    struct span span = span_of(report, strategy, false);

    if (isnan(span.most))
        return;
    g_string_append(text, before);
    append_span(text, span);
    g_string_append_printf(text, " with %s", report->study->strategies[strategy]);
}

/* Of few strategies the time of each, of many those with the least and the most. */
static void append_strategies(GString *text, const struct report *report)
{
    size_t count = report->study->strategy_count, first = 0, last = 0;

    for (size_t s = 0; s < count && count <= NAMED_MAX; s++)
        append_strategy(text, report, s, s > 0 ? ", " : "");
    if (count <= NAMED_MAX)
        return;
    for (size_t s = 1; s < count; s++) {
        if (span_of(report, s, false).least < span_of(report, first, false).least)
            first = s;
        if (span_of(report, s, false).most > span_of(report, last, false).most)
            last = s;
    }
    append_strategy(text, report, first, "from ");
    append_strategy(text, report, last, " up to ");
}

void report_print_windows(FILE *out, const struct report *report)
{
    struct span all = span_of(report, 0, true);
    GString *text = g_string_new("Counted from `warmup` to the end of each run: ");
    size_t count = 0;
    char *safe;

    for (size_t i = 0; i < report->metric_count; i++)
        if (report->metrics[i].window == WINDOW_MEASURED && !report_is_repeated(report, i))
            g_string_append_printf(text, "%s%s", count++ > 0 ? ", " : "", report->metrics[i].name);
    g_string_append(text, "; that was ");
    if (is_one_time(all))
        append_span(text, all);
    else
        append_strategies(text, report);
    g_string_append(text, is_one_time(all) ? "."
                                           : ", on average over the runs. Where these times "
                                             "differ, totals say what it took to get there, rates "
                                             "what it takes to keep running.");
    safe = text_escape(text->str);
    if (count > 0 && !isnan(all.most))
        text_print_lines(out, safe, LINE_COLUMNS_MAX, 0, INDENT);
    g_free(safe);
    g_string_free(text, TRUE);
}

/* ---- what could not be measured ---- */

void report_print_absent(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->metric_count; i++) {
        const char *name = report->metrics[i].name;
        size_t runs = 0, absent = 0;

        for (size_t r = 0; r < report->row_count; r++) {
            runs += report->rows[r].done;
            absent += report->rows[r].done - report->rows[r].entries[i].runs;
        }
        if (report_is_repeated(report, i))
            continue;
        if (report->metrics[i].window == WINDOW_HORIZON && absent > 0)
            fprintf(out,
                    "%s is not known of %zu of %zu runs: they ended while churn, faults or "
                    "updates\n%*swere still to come; `stop: {when: never}` measures them to the "
                    "end.\n",
                    name, absent, runs, INDENT, "");
        else if (absent == runs && runs > 0)
            fprintf(out, "%s: no run has it.\n", name);
    }
}
