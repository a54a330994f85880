/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_notes.c - what stands before and after the summary table; see report_parts.h. */
#include "analysis/verdict/report_parts.h"

#include "analysis/text/text.h"
#include "analysis/verdict/never.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* ---- the head ---- */

/* That the file has a part of the study only. */
static void print_shard(FILE *out, const char *shard, size_t made, size_t wanted)
{
    char *safe = text_escape(shard);

    fprintf(out,
            "Shard %s of the study: %zu of its %zu runs are here; `gossipsim merge` joins the "
            "shards.\n",
            safe, made, wanted);
    g_free(safe);
}

static void print_progress(FILE *out, const struct report *report)
{
    size_t made = 0, wanted = 0;

    for (size_t i = 0; i < report->row_count; i++) {
        made += report->rows[i].done + report->rows[i].failed;
        wanted += report->rows[i].wanted;
    }
    if (report->study->shard)
        print_shard(out, report->study->shard, made, wanted);
    else if (made < wanted)
        fprintf(out, "Not finished: %zu of %zu runs are made; `gossipsim run` makes the others.\n",
                made, wanted);
}

size_t report_count_runs(const struct report *report)
{
    const struct study *study = report->study;
    GHashTable *met = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    size_t runs = 0;

    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];
        gint64 *key = g_new(gint64, 1);

        *key = study_cell(study, row->point, row->strategy);
        if (g_hash_table_add(met, key))
            runs += row->done;
    }
    g_hash_table_destroy(met);
    return runs;
}

void report_print_head(FILE *out, const struct report *report)
{
    const struct study *study = report->study;
    char *name = text_escape(study->name);
    const size_t runs = report_count_runs(report);

    fprintf(out, "%s: %zu run%s", name, runs, runs == 1 ? "" : "s");
    if (isfinite(study->nodes) && !g_strv_contains((const char *const *)study->axes, "nodes"))
        fprintf(out, ", %.0f node%s", study->nodes, study->nodes == 1 ? "" : "s");
    fprintf(out, ", seed %llu", (unsigned long long)study->seed);
    if (study->count > 1)
        fprintf(out, " (study %lld of %zu; --study N shows another)", (long long)study->study_id,
                study->count);
    fputc('\n', out);
    print_progress(out, report);
    fputc('\n', out);
    g_free(name);
}

/* ---- how the values were made ---- */

/* The names of the metrics that are quantiles (or means), escaped, joined by commas. */
static char *list_metrics(const struct report *report, bool quantiles)
{
    GString *list = g_string_new(NULL);
    char *safe;

    for (size_t i = 0; i < report->metric_count; i++)
        if (report_is_quantile(report, i) == quantiles && !report_is_measure(report, i))
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", report->metrics[i].name);
    safe = text_escape(list->str);
    g_string_free(list, TRUE);
    return safe;
}

/* True if some value has no interval though there is data. */
static bool lacks_interval(const struct report *report)
{
    for (size_t r = 0; r < report->row_count; r++)
        for (size_t i = 0; i < report->metric_count; i++) {
            const struct estimate *e = &report->rows[r].entries[i].estimate;
            if (isfinite(e->value) && (isnan(e->lower) || isnan(e->upper)))
                return true;
        }
    return false;
}

/* Says where the intervals are for which the table has no room. */
static void print_no_room(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->metric_count; i++)
        if (!report_has_room(report, i)) {
            char *safe = text_escape(report->metrics[i].name);
            fprintf(out, " (their intervals: `report --metric %s` and so on)", safe);
            g_free(safe);
            return;
        }
}

static void print_kinds(FILE *out, const struct report *report)
{
    char *quantiles = list_metrics(report, true), *means = list_metrics(report, false);
    char *name = report_quantile_name(report);

    fprintf(out, "\nIn brackets: 95 %% confidence intervals%s.\n",
            lacks_interval(report) ? "; where one is missing, the runs are too few or too alike"
                                   : "");
    if (*quantiles && report->quantile == 0.5)
        fprintf(out, "Medians over all runs, never counting as infinite: %s.\n", quantiles);
    else if (*quantiles)
        fprintf(out, "%s over all runs, never counting as infinite: %s.\n", name, quantiles);
    if (*means) {
        fprintf(out, "Means: %s", means);
        print_no_room(out, report);
        fputs(".\n", out);
    }
    g_free(quantiles);
    g_free(means);
    g_free(name);
}

/* What stands in columns that were asked for as expressions. */
static void print_measures(FILE *out, const struct report *report)
{
    GString *list = g_string_new(NULL);
    char *safe;

    for (size_t i = 0; i < report->metric_count; i++)
        if (report_is_measure(report, i))
            g_string_append_printf(list, "%s%s", list->len ? ", " : "", report->measures[i].text);
    safe = text_escape(list->str);
    if (list->len > 0)
        fprintf(out, "As written, over the runs to which the metric applies: %s.\n", safe);
    g_string_free(list, TRUE);
    g_free(safe);
}

static void print_partial_means(FILE *out, const struct report *report)
{
    for (size_t i = 0; i < report->metric_count; i++) {
        size_t runs = 0, never = 0;
        for (size_t r = 0; r < report->row_count; r++) {
            const struct summary *entry = &report->rows[r].entries[i];
            bool is_partial = report_is_partial(report, &report->rows[r], i);
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

static void print_never(FILE *out, const struct report *report)
{
    struct never_notes *notes =
        never_notes_new(report->study, report->metrics, report->metric_count);

    for (size_t r = 0; r < report->row_count; r++) {
        const struct report_row *row = &report->rows[r];
        never_notes_add(notes, row->strategy, &row->never);
        for (size_t i = 0; i < report->metric_count; i++)
            if (!report_is_repeated(report, i))
                never_notes_count(notes, row->strategy, i, row->entries[i].runs,
                                  row->entries[i].never);
    }
    never_notes_print(out, notes, "");
    never_notes_free(notes);
}

void report_print_caveats(FILE *out, const struct report *report)
{
    print_kinds(out, report);
    print_measures(out, report);
    print_partial_means(out, report);
    print_never(out, report);
    report_print_absent(out, report);
    report_print_windows(out, report);
}

void report_print_notes(FILE *out, const struct report *report)
{
    size_t failed = 0;

    for (size_t i = 0; i < report->row_count; i++)
        failed += report->rows[i].failed;
    report_print_caveats(out, report);
    report_print_meanings(out, report);
    if (failed > 0)
        fprintf(out, "%zu run%s failed and %s not counted; `gossipsim status` says why.\n", failed,
                failed == 1 ? "" : "s", failed == 1 ? "is" : "are");
}
