/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_run.c - the rows of one run; see results.h.
 *
 * A short run is over in less time than SQLite takes for a hundred rows, so there are few of them:
 * its metrics share one, of as many columns (schema.sql).
 */
#include "experiment/store/results_private.h"

#include <glib.h>
#include <math.h>

enum { METRICS_IN_ROW = 64 }; /* columns of metric_value */

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

static bool add_metrics(struct results *results, int64_t run_id, const struct sim_result *result,
                        struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[ADD_METRICS];

    for (size_t first = 0; first < result->metric_count; first += METRICS_IN_ROW) {
        const struct sim_metric *metrics = &result->metrics[first];
        size_t count = MIN(result->metric_count - first, METRICS_IN_ROW);
        int64_t set_id;

        if (!find_metric_set(results, metrics, count, &set_id, errors))
            return false;
        results_bind(statement, "ii", run_id, set_id);
        for (size_t i = 0; i < METRICS_IN_ROW; i++)
            if (i < count && !metrics[i].never)
                sqlite3_bind_double(statement, (int)i + 3, metrics[i].value);
            else
                sqlite3_bind_null(statement, (int)i + 3);
        if (!results_step(results, statement, errors))
            return false;
    }
    return true;
}

/* The other parts of a result, each a row per element. */

static bool add_samples(struct results *results, int64_t run_id, const struct sim_result *result,
                        struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[ADD_SAMPLE];

    for (size_t i = 0; i < result->sample_count; i++) {
        const struct sim_sample *sample = &result->samples[i];
        results_bind(statement, "iiidddiiiiiii", run_id, sample->at, (int64_t)sample->alive,
                     sample->informed, sample->staleness, sample->entropy,
                     (int64_t)sample->messages, (int64_t)sample->bytes_payload,
                     (int64_t)sample->bytes_digest, (int64_t)sample->bytes_control,
                     (int64_t)sample->duplicates, (int64_t)sample->dropped,
                     (int64_t)sample->in_flight);
        if (!results_step(results, statement, errors))
            return false;
    }
    return true;
}

static bool add_outcomes(struct results *results, int64_t run_id, const struct sim_result *result,
                         struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[ADD_OUTCOME];

    for (size_t i = 0; i < result->outcome_count; i++) {
        const struct sim_outcome *o = &result->outcomes[i];
        results_bind(statement, "iiiissssssssdiiii", run_id, (int64_t)o->update, (int64_t)o->origin,
                     o->injected, o->t50, o->t90, o->t95, o->t99, o->t999, o->t_all, o->t_last,
                     o->t_settled, o->t_avg, (int64_t)o->informed, (int64_t)o->hops_max,
                     (int64_t)o->copies, (int64_t)o->bytes);
        if (!results_step(results, statement, errors))
            return false;
    }
    return true;
}

static bool add_bins(struct results *results, int64_t run_id, const struct sim_result *result,
                     struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[ADD_BIN];

    for (size_t i = 0; i < result->bin_count; i++) {
        const struct sim_bin *bin = &result->bins[i];
        results_bind(statement, "itddi", run_id, bin->name, bin->lo, bin->hi, (int64_t)bin->count);
        if (!results_step(results, statement, errors))
            return false;
    }
    return true;
}

static bool add_faults(struct results *results, int64_t run_id, const struct sim_result *result,
                       struct errors *errors)
{
    sqlite3_stmt *statement = results->statements[ADD_FAULT];
    char detail[32];

    for (size_t i = 0; i < result->fault_count; i++) {
        const struct sim_fault_event *fault = &result->faults[i];
        g_snprintf(detail, sizeof detail, "%u node%s", fault->nodes, fault->nodes == 1 ? "" : "s");
        results_bind(statement, "iiitt", run_id, (int64_t)i, fault->at, fault->kind, detail);
        if (!results_step(results, statement, errors))
            return false;
    }
    return true;
}

/* run_id, made of the run's place: see schema.sql. */
enum { RUN_PER_STRATEGY = RESULTS_REPLICATIONS_MAX };
#define RUN_PER_POINT ((int64_t)(RESULTS_STRATEGIES_MAX + 1) * RUN_PER_STRATEGY)

bool results_add_run(struct results *results, const struct results_run *run, struct errors *errors)
{
    const struct sim_result *result = run->result;
    bool is_done = result->status == SIM_DONE;
    int64_t point_id = results->point_ids[run->point];
    int64_t strategy_id =
        results->strategy_ids[plan_stack(results->plan, run->point, run->strategy)];
    int64_t run_id = point_id * RUN_PER_POINT + strategy_id * RUN_PER_STRATEGY + run->replication;
    char fingerprint[17];

    g_snprintf(fingerprint, sizeof fingerprint, "%016" G_GINT64_MODIFIER "x", result->fingerprint);
    results_bind(results->statements[ADD_RUN], "iiiiittiiiitt", run_id, point_id, strategy_id,
                 (int64_t)run->replication, (int64_t)run->seed, is_done ? "done" : "failed",
                 result->stop_reason, result->end, (int64_t)result->events, run->wall_ns,
                 (int64_t)result->peak_bytes, fingerprint, is_done ? NULL : result->error);
    if (results_step(results, results->statements[ADD_RUN], errors) &&
        add_metrics(results, run_id, result, errors) &&
        add_samples(results, run_id, result, errors) &&
        add_outcomes(results, run_id, result, errors) &&
        add_bins(results, run_id, result, errors) && add_faults(results, run_id, result, errors))
        return true;
    results_roll_back(results);
    return false;
}
