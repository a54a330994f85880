/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_run.c - the rows of one run; see results.h.
 *
 * A short run is over in less time than SQLite takes for a hundred rows, so there are few of them:
 * its metrics share one, of as many columns (schema.sql).  What many runs have for a table is
 * stored at once (results_rows.h).
 */
#include "experiment/store/results_private.h"

#include <glib.h>
#include <math.h>

/*
 * The number of the set of these names: a part of their SHA-256, so that it depends on nothing
 * else.  A set that is new to this writer is stored.
 */
static bool find_metric_set(struct results *results, const struct sim_metric *metrics, size_t count,
                            int64_t *set_id, struct errors *errors)
{
    enum { DIGITS = 15 };
    sqlite3_stmt *statement = results->statements[ADD_METRIC_NAME];
    char names[METRICS_IN_ROW * (sizeof metrics->name + 1)], *end = names, *sum;
    const int64_t *known;

    for (size_t i = 0; i < count; i++) {
        end = g_stpcpy(end, metrics[i].name);
        *end++ = '\n';
    }
    *end = '\0';
    known = g_hash_table_lookup(results->metric_sets, names);
    if (known) {
        *set_id = *known;
        return true;
    }
    sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, names, -1);
    sum[DIGITS] = '\0';
    *set_id = g_ascii_strtoll(sum, NULL, 16);
    g_free(sum);
    for (size_t i = 0; i < count; i++) {
        results_bind(statement, "iti", *set_id, metrics[i].name, (int64_t)i);
        if (!results_step(results, statement, errors))
            return false;
    }
    g_hash_table_insert(results->metric_sets, g_strdup(names), g_memdup2(set_id, sizeof *set_id));
    return true;
}

/* A run's rows that are not in its result as they are stored; new_rows() points to them. */
struct run_parts {
    struct run_row run;
    struct metric_row *metrics;
    size_t metric_count;
    struct fault_row *faults;
};

static void fill_run(struct results *results, const struct results_run *run, struct run_row *row)
{
    const struct sim_result *result = run->result;
    const bool is_done = result->status == SIM_DONE;

    *row = (struct run_row){
        .point_id = results->point_ids[run->point],
        .strategy_id = results->strategy_ids[plan_stack(results->plan, run->point, run->strategy)],
        .replication = run->replication,
        .seed = run->seed,
        .status = is_done ? "done" : "failed",
        .stop_reason = result->stop_reason,
        .end = result->end,
        .events = result->events,
        .wall_ns = run->wall_ns,
        .peak_bytes = result->peak_bytes,
        .error = is_done ? NULL : result->error,
    };
    g_snprintf(row->fingerprint, sizeof row->fingerprint, "%016" G_GINT64_MODIFIER "x",
               result->fingerprint);
}

static bool fill_metrics(struct results *results, const struct sim_result *result,
                         struct run_parts *parts, struct errors *errors)
{
    parts->metric_count = (result->metric_count + METRICS_IN_ROW - 1) / METRICS_IN_ROW;
    parts->metrics = g_new(struct metric_row, parts->metric_count);
    for (size_t i = 0; i < parts->metric_count; i++) {
        const struct sim_metric *metrics = &result->metrics[i * METRICS_IN_ROW];
        const size_t count = MIN(result->metric_count - i * METRICS_IN_ROW, METRICS_IN_ROW);
        struct metric_row *row = &parts->metrics[i];

        if (!find_metric_set(results, metrics, count, &row->set_id, errors))
            return false;
        for (size_t k = 0; k < METRICS_IN_ROW; k++)
            row->values[k] = k < count && !metrics[k].never ? metrics[k].value : NAN;
    }
    return true;
}

static void fill_faults(const struct sim_result *result, struct run_parts *parts)
{
    parts->faults = g_new(struct fault_row, result->fault_count);
    for (size_t i = 0; i < result->fault_count; i++) {
        const struct sim_fault_event *fault = &result->faults[i];
        struct fault_row *row = &parts->faults[i];

        *row = (struct fault_row){ .number = i, .at = fault->at, .kind = fault->kind };
        g_snprintf(row->detail, sizeof row->detail, "%u node%s", fault->nodes,
                   fault->nodes == 1 ? "" : "s");
    }
}

static struct results_rows rows_of(const struct run_parts *parts, const struct sim_result *result)
{
    return (struct results_rows){
        .run_id =
            RESULTS_FIRST_RUN(parts->run.point_id, parts->run.strategy_id) + parts->run.replication,
        .of = { [TABLE_RUN] = { &parts->run, 1 },
                [TABLE_METRIC_VALUE] = { parts->metrics, parts->metric_count },
                [TABLE_SAMPLE] = { result->samples, result->sample_count },
                [TABLE_FIGURE_SAMPLE] = { result->figures, result->figure_count },
                [TABLE_OUTCOME] = { result->outcomes, result->outcome_count },
                [TABLE_DETECTION] = { result->detections, result->detection_count },
                [TABLE_DETECTION_CURVE] = { result->spread, result->spread_count },
                [TABLE_HISTOGRAM] = { result->bins, result->bin_count },
                [TABLE_OVERLAY] = { result->overlay, result->overlay_count },
                [TABLE_FAULT] = { parts->faults, result->fault_count } }
    };
}

/* By run_id: a table's rows then go to its end one after another, or close to it. */
static int compare_rows(const void *a, const void *b)
{
    const struct results_rows *left = a, *right = b;

    return (left->run_id > right->run_id) - (left->run_id < right->run_id);
}

/* Whether any of the runs has rows for a table. */
static bool has_rows(const struct results_batch *batch, int table)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->runs[i].of[table].count > 0)
            return true;
    return false;
}

static bool add_rows(struct results *results, struct results_rows *rows, size_t count,
                     struct errors *errors)
{
    bool is_good = true;

    if (count == 0) /* qsort() wants rows */
        return true;
    qsort(rows, count, sizeof *rows, compare_rows);
    results->batch = (struct results_batch){ rows, count };
    for (int i = 0; i < TABLE_COUNT && is_good; i++)
        is_good = !has_rows(&results->batch, i) ||
                  results_step(results, results->statements[ADD_TO_TABLE + i], errors);
    results->batch.count = 0;
    return is_good;
}

bool results_add_runs(struct results *results, const struct results_run *runs, size_t count,
                      struct errors *errors)
{
    struct run_parts *parts = g_new0(struct run_parts, count);
    struct results_rows *rows = g_new(struct results_rows, count);
    bool is_good = true;

    for (size_t i = 0; i < count && is_good; i++) {
        fill_run(results, &runs[i], &parts[i].run);
        is_good = fill_metrics(results, runs[i].result, &parts[i], errors);
        fill_faults(runs[i].result, &parts[i]);
        rows[i] = rows_of(&parts[i], runs[i].result);
    }
    is_good = is_good && add_rows(results, rows, count, errors);
    for (size_t i = 0; i < count; i++) {
        g_free(parts[i].metrics);
        g_free(parts[i].faults);
    }
    g_free(rows);
    g_free(parts);
    if (!is_good)
        results_roll_back(results);
    return is_good;
}
