/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storing.c - see storing.h.
 */
#include "tests/experiment/storing.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { POINTS = 2, STRATEGIES = 2 };

static struct point_param node_counts[POINTS] = {
    { .text = "1e3", .is_number = true, .number = 1000, .unit = "" },
    { .text = "2e3", .is_number = true, .number = 2000, .unit = "" },
};
static struct plan_axis nodes = { .path = "nodes", .values = node_counts, .count = POINTS };
static struct plan_point points[POINTS] = { { .hash = "hash of 1000" },
                                            { .hash = "hash of 2000" } };
static char *strategies[] = { "first", "it's \"second\"" };
static struct plan_stack stacks[] = { { .hash = "hash of one", .text = "one: {}" },
                                      { .hash = "hash of two", .text = "two: {}" } };
static uint32_t variants[] = { 0, 1 };

struct plan study_plan(const char *sha256)
{
    struct plan plan = { .name = "study",
                         .scenario = "gossipsim: 1\n",
                         .seed = 7,
                         .replications = { .min = 3, .max = 3 },
                         .strategies = strategies,
                         .strategy_count = STRATEGIES,
                         .axes = &nodes,
                         .axis_count = 1,
                         .points = points,
                         .point_count = POINTS,
                         .stacks = stacks,
                         .stack_count = STRATEGIES,
                         .variants = variants,
                         .variant_count = 1 };

    g_strlcpy(plan.sha256, sha256, sizeof plan.sha256);
    return plan;
}

int make_study_folder(void **state)
{
    *state = g_dir_make_tmp("storing_XXXXXX", NULL);
    return *state ? 0 : -1;
}

int remove_study_folder(void **state)
{
    GDir *folder = g_dir_open(*state, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder))) {
        char *path = g_build_filename(*state, name, NULL);
        g_unlink(path);
        g_free(path);
    }
    g_dir_close(folder);
    g_rmdir(*state);
    g_free(*state);
    return 0;
}

char *study_database(void **state)
{
    return g_build_filename(*state, "x.db", NULL);
}

struct results *open_study(const char *path, const struct plan *plan)
{
    struct errors errors = { .count = 0 };
    struct results *results = results_open(path, &errors);

    assert_non_null(results);
    assert_true(results_add_study(results, plan, "gossipsim run x", "0.1.0", &errors));
    return results;
}

void close_study(struct results *results)
{
    struct errors errors = { .count = 0 };

    assert_true(results_close(results, &errors));
    assert_int_equal(errors.count, 0);
}

void store_run(struct results *results, size_t point, int strategy, uint32_t replication,
               double value)
{
    struct errors errors = { .count = 0 };
    struct sim_metric metrics[] = { { .name = "t99", .value = value },
                                    { .name = "t_all", .never = true } };
    struct sim_sample samples[] = { { .at = 0, .alive = 100 },
                                    { .at = 1000 * (1 + replication % 2),
                                      .alive = 100,
                                      .informed = value * 10,
                                      .staleness = 0.25,
                                      .messages = UINT64_C(1) << 40 } };
    struct sim_outcome outcome = { .injected = 5,
                                   .t50 = 17,
                                   .t90 = SIM_NEVER,
                                   .t95 = SIM_NEVER,
                                   .t99 = SIM_NEVER,
                                   .t999 = SIM_NEVER,
                                   .t_all = SIM_NEVER,
                                   .t_last = 18,
                                   .t_settled = SIM_NEVER,
                                   .t_avg = NAN,
                                   .informed = 99 };
    struct sim_bin bin = { .name = "load", .lo = 0, .hi = 8, .count = 3 };
    struct sim_fault_event faults[] = { { .at = 9, .kind = "wipe", .nodes = 1 },
                                        { .at = 9, .kind = "crash", .nodes = 4 } };
    struct sim_result result = { .status = SIM_DONE,
                                 .stop_reason = "converged",
                                 .end = 12345,
                                 .events = 678,
                                 .fingerprint = 0xabc,
                                 .peak_bytes = 90,
                                 .metrics = metrics,
                                 .metric_count = 2,
                                 .samples = samples,
                                 .sample_count = 2,
                                 .outcomes = &outcome,
                                 .outcome_count = 1,
                                 .bins = &bin,
                                 .bin_count = 1,
                                 .faults = faults,
                                 .fault_count = 2 };
    struct results_run run = { .point = point,
                               .strategy = strategy,
                               .replication = replication,
                               .seed = 7,
                               .wall_ns = 11,
                               .result = &result };

    assert_true(results_add_runs(results, &run, 1, &errors));
}

void store_run_alone(struct results *results, size_t point, int strategy, uint32_t replication,
                     double value)
{
    struct errors errors = { .count = 0 };

    assert_true(results_begin(results, &errors));
    store_run(results, point, strategy, replication, value);
    assert_true(results_commit(results, &errors));
}

char *query_rows(const char *path, const char *sql)
{
    struct errors errors = { .count = 0 };
    sqlite3 *database = database_open(path, DATABASE_READ, &errors);
    sqlite3_stmt *statement = database_prepare(database, path, sql, &errors);
    GString *text = g_string_new(NULL);

    assert_non_null(statement);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);
            g_string_append_printf(text, "%s%c", cell ? cell : "NULL",
                                   i + 1 < sqlite3_column_count(statement) ? '|' : '\n');
        }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return g_string_free(text, FALSE);
}

void assert_query(const char *path, const char *sql, const char *expected)
{
    char *text = query_rows(path, sql);

    assert_string_equal(text, expected);
    g_free(text);
}
