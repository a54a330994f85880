/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * runner_test.c - the set of runs follows from the scenario: all that is asked for, once each,
 * whatever the threads; a rule adds replications until its own condition holds and decides the
 * same after an interruption; what fails or does not fit is counted and stops nothing else;
 * memory does not grow with the number of runs.
 */
#include "base/statistics.h"
#include "experiment/runner/runner.h"
#include "experiment/store/database.h"
#include "tests/experiment/storing.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <gsl/gsl_cdf.h>
#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char head[] = "gossipsim: 1\n"
                           "strategies:\n"
                           "  push:      {anti-entropy: {mode: push, interval: 1s}}\n"
                           "  push-pull: {anti-entropy: {mode: push-pull, interval: 1s}}\n";

/* What the callbacks see and do. */
struct watcher {
    atomic_bool stop;
    uint64_t stop_after; /* runs made; 0: never */
    uint64_t calls, last_done;
    size_t first_bytes; /* allocated, the most in the first quarter of the runs, */
    size_t last_bytes;  /* and the least in the last quarter before the end; 0: not seen */
    char *notice;
};

static void watch(void *context, const struct runner_progress *progress)
{
    struct watcher *watcher = context;
    const size_t bytes = mallinfo2().uordblks;

    watcher->calls++;
    assert_true(progress->done >= watcher->last_done && progress->done <= progress->total);
    assert_true(progress->made <= progress->done);
    watcher->last_done = progress->done;
    if (watcher->stop_after > 0 && progress->made >= watcher->stop_after)
        atomic_store(&watcher->stop, true);
    if (progress->done * 4 < progress->total)
        watcher->first_bytes = MAX(watcher->first_bytes, bytes);
    else if (progress->done * 4 > progress->total * 3 && progress->done < progress->total)
        watcher->last_bytes = watcher->last_bytes ? MIN(watcher->last_bytes, bytes) : bytes;
}

static void notice(void *context, const char *text)
{
    struct watcher *watcher = context;

    assert_null(watcher->notice); /* said once */
    watcher->notice = g_strdup(text);
}

/* Runs the scenario `head` with `body` into NAME.db of the folder. */
static struct runner_outcome run(void **state, const char *name, const char *body, int threads,
                                 uint64_t memory, struct watcher *watcher)
{
    char *scenario = g_strdup_printf("%s/%s.yaml", (char *)*state, name);
    char *database = g_strdup_printf("%s/%s.db", (char *)*state, name);
    char *text = g_strconcat(head, body, NULL);
    struct plan_options nothing = { .sets = NULL };
    struct runner_options options = { .threads = threads, .memory = memory };
    struct runner_outcome outcome;
    struct errors errors = { .count = 0 };
    struct plan *plan;
    struct results *results;

    if (watcher) {
        options.stop = &watcher->stop;
        options.progress = watch;
        options.notice = notice;
        options.context = watcher;
    }
    assert_true(g_file_set_contents(scenario, text, -1, NULL));
    plan = plan_read(scenario, &nothing, &errors);
    errors_print(stderr, &errors);
    assert_non_null(plan);
    results = results_open(database, &errors);
    assert_non_null(results);
    assert_true(results_add_study(results, plan, "", "", &errors));
    assert_true(runner_run(results, plan, &options, &outcome, &errors));
    assert_true(results_close(results, &errors));
    assert_int_equal(errors.count, 0);
    plan_free(plan);
    g_free(text);
    g_free(database);
    g_free(scenario);
    return outcome;
}

/* Rows of a query over NAME.db, a line each; the caller frees it. */
static char *query(void **state, const char *name, const char *sql)
{
    char *path = g_strdup_printf("%s/%s.db", (char *)*state, name);
    struct errors errors = { .count = 0 };
    sqlite3 *database = database_open(path, DATABASE_READ, &errors);
    sqlite3_stmt *statement = database_prepare(database, path, sql, &errors);
    GString *text = g_string_new(NULL);

    assert_non_null(statement);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            g_string_append_printf(text, "%s%c", (const char *)sqlite3_column_text(statement, i),
                                   i + 1 < sqlite3_column_count(statement) ? '|' : '\n');
    sqlite3_finalize(statement);
    sqlite3_close(database);
    g_free(path);
    return g_string_free(text, FALSE);
}

static const char run_query[] = "SELECT run_id, strategy_id, fingerprint, stop_reason, sim_end_ns "
                                "FROM run ORDER BY run_id";

static void assert_same_runs(void **state, const char *one, const char *two)
{
    char *a = query(state, one, run_query);
    char *b = query(state, two, run_query);

    assert_string_equal(a, b);
    g_free(a);
    g_free(b);
}

static const char sweep[] = "nodes: 40\nreplications: 7\n"
                            "sweep: {axes: {nodes: [30, 40, 50]}}\n";

static void test_all_runs_once(void **state)
{
    struct runner_outcome one = run(state, "one", sweep, 1, 0, NULL);
    struct runner_outcome four = run(state, "four", sweep, 4, 0, NULL);
    struct runner_outcome again = run(state, "four", sweep, 4, 0, NULL);

    assert_int_equal(one.total, 3 * 2 * 7);
    assert_int_equal(one.made, one.total);
    assert_int_equal(one.failed + one.refused, 0);
    assert_false(one.is_interrupted);
    assert_int_equal(four.made, four.total);
    assert_int_equal(again.made, 0);
    assert_int_equal(again.total, 42);
    assert_same_runs(state, "one", "four");
}

/* A sweep over one strategy's parameter: the other one's runs are made once, for all points. */
static const char one_strategy[] =
    "nodes: 40\nreplications: 7\n"
    "sweep: {axes: {strategies.push.anti-entropy.interval: [1s, 2s, 3s]}}\n";

static void test_points_share_runs(void **state)
{
    struct watcher watcher = { .stop_after = 5 };
    struct runner_outcome one = run(state, "one", one_strategy, 1, 0, NULL);
    struct runner_outcome four = run(state, "four", one_strategy, 4, 0, NULL);
    struct runner_outcome cut = run(state, "cut", one_strategy, 2, 0, &watcher);
    struct runner_outcome rest = run(state, "cut", one_strategy, 2, 0, NULL);
    char *rows;

    assert_int_equal(one.total, (3 + 1) * 7);
    assert_int_equal(one.made, one.total);
    assert_int_equal(four.made, four.total);
    assert_int_equal(cut.made + rest.made, one.total);
    assert_same_runs(state, "one", "four");
    assert_same_runs(state, "one", "cut");
    rows = query(state, "one",
                 "SELECT strategy, count(*), count(DISTINCT run_id), count(DISTINCT t99) "
                 "FROM run_summary GROUP BY strategy");
    assert_string_equal(rows, "push|21|21|21\npush-pull|21|7|7\n");
    g_free(rows);
}

/* Shared runs are those that a study without the sweep makes for itself. */
static void test_shared_runs_are_the_same(void **state)
{
    static const char sql[] =
        "SELECT r.replication, fingerprint, t99, bytes FROM run_summary JOIN run r USING (run_id) "
        "WHERE strategy = 'push-pull' AND point IN (1, 3) GROUP BY run_id ORDER BY 1";
    char *a, *b;

    run(state, "one", one_strategy, 2, 0, NULL);
    run(state, "alone", "nodes: 40\nreplications: 7\n", 2, 0, NULL);
    a = query(state, "one", sql);
    b = query(state, "alone", sql);
    assert_string_equal(a, b);
    g_free(a);
    g_free(b);
}

static void test_stop_and_resume(void **state)
{
    struct watcher watcher = { .stop_after = 5 };
    const char long_sweep[] = "nodes: 400\nreplications: 200\nnetwork: {loss: 30%}\n"
                              "sweep: {axes: {nodes: [300, 400]}}\n";
    struct runner_outcome outcome = run(state, "cut", long_sweep, 2, 0, &watcher);
    uint64_t made = outcome.made;

    assert_true(outcome.is_interrupted);
    assert_true(made >= 5 && made < outcome.total);
    outcome = run(state, "cut", long_sweep, 2, 0, NULL);
    assert_false(outcome.is_interrupted);
    assert_int_equal(made + outcome.made, outcome.total);
    run(state, "whole", long_sweep, 2, 0, NULL);
    assert_same_runs(state, "cut", "whole");
}

/* Of what an interruption leaves, each place has as many runs as each other, or one more; but for
 * those that were in the making, one for each thread. */
static void test_a_cut_study_is_a_smaller_one(void **state)
{
    const char body[] = "nodes: 300\nreplications: 5000\n" /* more than anybody waits for */
                        "sweep: {axes: {nodes: [280, 300, 320], network.loss: [10%, 20%]}}\n";
    const char count_query[] =
        "WITH cell AS (SELECT count(run_id) AS runs FROM study_point "
        "JOIN study_strategy USING (study_id, variant) "
        "LEFT JOIN run USING (point_id, strategy_id) GROUP BY point_id, strategy_id), "
        "most AS (SELECT max(runs) AS runs FROM cell) "
        "SELECT count(*), sum(most.runs - 1 - min(cell.runs, most.runs - 1)) FROM cell, most";
    struct watcher watcher = { .stop_after = 30 };
    struct runner_outcome outcome = run(state, "cut", body, 2, 0, &watcher);
    char *found = query(state, "cut", count_query), **words = g_strsplit(found, "|", 2);

    assert_true(outcome.is_interrupted);
    assert_int_equal(atoi(words[0]), 12);
    assert_in_range(atoi(words[1]), 0, 2);
    g_strfreev(words);
    g_free(found);
}

static void test_stop_before_the_first_run(void **state)
{
    struct watcher watcher = { .stop = true };
    struct runner_outcome outcome = run(state, "cut", sweep, 2, 0, &watcher);

    assert_true(outcome.is_interrupted);
    assert_int_equal(outcome.made, 0);
}

static void test_failed_runs_are_kept(void **state)
{
    const char body[] = "nodes: 40\nreplications: 7\nstop: {events: 10_000}\n"
                        "sweep: {axes: {nodes: [20, 3000]}}\n";
    struct runner_outcome outcome = run(state, "x", body, 2, 0, NULL);
    char *rows;

    assert_int_equal(outcome.made, 2 * 2 * 7);
    assert_int_equal(outcome.failed, 2 * 7);
    assert_non_null(outcome.failure);
    runner_outcome_clear(&outcome);
    rows = query(state, "x",
                 "SELECT point_id, count(*) FROM run WHERE status = 'failed' "
                 "AND stop_reason = 'events' AND error <> '' GROUP BY point_id");
    assert_string_equal(rows, "2|14\n");
    g_free(rows);
    /* They are as done as can be. */
    outcome = run(state, "x", body, 2, 0, NULL);
    assert_int_equal(outcome.made, 0);
    assert_int_equal(outcome.failed, 14);
    runner_outcome_clear(&outcome);
}

/* The largest estimate of a run at the first point of the scenario, in bytes. */
static uint64_t estimate(void **state, const char *body)
{
    char *path = g_strdup_printf("%s/estimate.yaml", (char *)*state);
    char *text = g_strconcat(head, body, NULL);
    struct plan_options nothing = { .sets = NULL };
    struct errors errors = { .count = 0 };
    struct plan *plan;
    struct setup *setup;
    uint64_t bytes;

    assert_true(g_file_set_contents(path, text, -1, NULL));
    plan = plan_read(path, &nothing, &errors);
    assert_non_null(plan);
    setup = plan_setup(plan, 0);
    bytes = MAX(sim_memory_estimate(setup_config(setup, 0), 0),
                sim_memory_estimate(setup_config(setup, 1), 0));
    setup_free(setup);
    plan_free(plan);
    g_free(text);
    g_free(path);
    return bytes;
}

static void test_refuses_what_does_not_fit(void **state)
{
    const char body[] = "nodes: 40\nreplications: 3\nstop: {at: 1s}\n"
                        "sweep: {axes: {nodes: [100_000, 40]}}\n";
    struct runner_outcome outcome = run(state, "x", body, 2, estimate(state, body) / 2, NULL);

    assert_int_equal(outcome.total, 12);
    assert_int_equal(outcome.made, 6);
    assert_int_equal(outcome.refused, 6);
    assert_non_null(strstr(outcome.refusal, "at point 1 needs about "));
    assert_false(outcome.is_interrupted);
    runner_outcome_clear(&outcome);
    /* They are missing, not failed: with memory they are made. */
    outcome = run(state, "x", body, 2, 0, NULL);
    assert_int_equal(outcome.made, 6);
    assert_int_equal(outcome.refused, 0);
}

static void test_waits_for_memory(void **state)
{
    /* So long that more than two are at work at a time, however the threads are scheduled. */
    const char body[] = "nodes: 10000\nreplications: 20\nstop: {at: 5s}\n";
    struct watcher watcher = { .stop = false };
    struct runner_outcome outcome = run(state, "x", body, 4, estimate(state, body) * 2, &watcher);

    assert_int_equal(outcome.made, 40);
    assert_int_equal(outcome.refused, 0);
    assert_non_null(watcher.notice);
    assert_non_null(strstr(watcher.notice, "fewer than 4 runs at a time"));
    g_free(watcher.notice);
}

static void test_precision(void **state)
{
    static const double values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    static const double never[] = { 1, 2, 3, 4, 5, NAN, 7, 8, 9, 10 };
    static const double negative[] = { -1, -2, -3, -4, -5, -6, -7, -8, -9, -10 };
    static const double rare[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, equal[10] = { 0 };
    const double error = sqrt(82.5 / 9 / 10) / 5.5; /* without skewness Student's interval */
    const double at_95 = gsl_cdf_tdist_Pinv(0.975, 9) * error;
    const double at_90 = gsl_cdf_tdist_Pinv(0.95, 9) * error;

    (void)state;
    assert_true(runner_is_precise(values, 10, false, at_95 + 1e-9, 0.95));
    assert_false(runner_is_precise(values, 10, false, at_95 - 1e-9, 0.95));
    assert_true(runner_is_precise(values, 10, false, at_90 + 1e-9, 0.9));
    assert_false(runner_is_precise(values, 10, false, at_90 - 1e-9, 0.9));
    assert_true(runner_is_precise(negative, 10, false, at_95 + 1e-9, 0.95));
    assert_false(runner_is_precise(values, 7, false, 1, 0.95)); /* too few for an interval */
    assert_false(runner_is_precise(never, 10, false, 1, 0.95));
    assert_false(runner_is_precise(rare, 10, false, 1, 0.95)); /* what one run shows is no mean */
    assert_true(runner_is_precise(equal, 10, false, 0.01, 0.95));
    assert_true(runner_is_precise(equal, 10, true, 0.01, 0.95));
}

static const char rule[] =
    "nodes: 60\n"
    "replications: {min: 20, max: 100, until: {metric: t99, half_width: 4%, confidence: 95%}}\n"
    "sweep: {axes: {network.loss: [0%, 30%]}}\n";

/* Points with one strategy in common: the one that needs most decides how many runs that gets. */
static void test_rule_with_shared_runs(void **state)
{
    static const char body[] =
        "nodes: 60\n"
        "replications: {min: 20, max: 100, until: {metric: t99, half_width: 5%, confidence: 95%}}\n"
        "sweep: {axes: {strategies.push.anti-entropy.interval: [1s, 7s]}}\n";
    struct watcher watcher = { .stop_after = 9 };
    struct runner_outcome one = run(state, "one", body, 1, 0, NULL), again;
    char *made = query(state, "one", "SELECT count(*) FROM run");
    char *level = query(state, "one",
                        "SELECT max(n) = (SELECT count(*) FROM run JOIN study_strategy USING "
                        "(strategy_id) WHERE strategy = 'push-pull' AND variant = 0) FROM "
                        "(SELECT count(*) AS n FROM run JOIN study_strategy USING (strategy_id) "
                        "WHERE strategy = 'push' GROUP BY strategy_id)");

    assert_int_equal(one.made, one.total);
    assert_int_equal(g_ascii_strtoll(made, NULL, 10), one.total);
    assert_string_equal(level, "1\n");
    again = run(state, "one", body, 4, 0, NULL);
    assert_int_equal(again.made, 0);
    assert_int_equal(again.total, one.total);
    run(state, "cut", body, 1, 0, &watcher);
    run(state, "cut", body, 4, 0, NULL);
    assert_same_runs(state, "one", "cut");
    g_free(made);
    g_free(level);
}

/* How far the interval reaches, as a share of the mean, over the first `count` runs. */
static double half_width(void **state, const char *strategy, int point, uint32_t count)
{
    char *sql = g_strdup_printf("SELECT group_concat(value) FROM run JOIN metric USING (run_id) "
                                "JOIN study_strategy USING (strategy_id) WHERE point_id = %d AND "
                                "strategy = '%s' AND replication < %u "
                                "AND name = 't99'",
                                point, strategy, count);
    char *text = query(state, "one", sql), **parts = g_strsplit(text, ",", 0);
    double values[100];
    struct estimate e;

    assert_int_equal(g_strv_length(parts), count);
    for (uint32_t i = 0; i < count; i++)
        values[i] = g_ascii_strtod(parts[i], NULL);
    e = statistics_mean(values, count, false, 0.95);
    g_strfreev(parts);
    g_free(text);
    g_free(sql);
    return fmax(e.upper - e.value, e.value - e.lower) / e.value;
}

static void test_rule(void **state)
{
    const uint32_t steps[] = { 20, 30, 45, 68, 100 };
    struct watcher watcher = { .stop_after = 21 };
    struct runner_outcome outcome = run(state, "one", rule, 1, 0, NULL);
    uint64_t total = 0;

    for (int point = 1; point <= 2; point++) {
        char *sql = g_strdup_printf("SELECT max(replication) + 1, count(*) FROM run "
                                    "WHERE point_id = %d",
                                    point);
        char *text = query(state, "one", sql);
        unsigned count, rows, i = 0;
        assert_int_equal(sscanf(text, "%u|%u", &count, &rows), 2);
        assert_int_equal(rows, 2 * count); /* both strategies, every replication */
        total += rows;
        while (steps[i] < count)
            i++;
        assert_int_equal(steps[i], count);
        assert_true(count > 20); /* else this test shows nothing */
        if (count < 100)
            assert_true(half_width(state, "push", point, count) <= 0.04 &&
                        half_width(state, "push-pull", point, count) <= 0.04);
        assert_true(half_width(state, "push", point, steps[i - 1]) > 0.04 ||
                    half_width(state, "push-pull", point, steps[i - 1]) > 0.04);
        g_free(text);
        g_free(sql);
    }
    assert_int_equal(outcome.total, total);
    assert_int_equal(outcome.made, total);
    run(state, "two", rule, 2, 0, &watcher);
    outcome = run(state, "two", rule, 2, 0, NULL);
    assert_false(outcome.is_interrupted);
    assert_same_runs(state, "one", "two");
}

/* Nobody is reached in time: the rule is never met, its maximum ends it. */
static void test_rule_with_a_metric_that_never_happens(void **state)
{
    struct runner_outcome outcome =
        run(state, "x",
            "nodes: 60\nstop: {at: 500ms}\nreplications: {min: 20, max: 25, until: "
            "{metric: t99, half_width: 50%, confidence: 95%}}\n",
            2, 0, NULL);

    assert_int_equal(outcome.total, 2 * 25);
    assert_int_equal(outcome.made, 2 * 25);
}

static void test_memory_stays_flat(void **state)
{
    struct watcher watcher = { .stop = false };
    struct runner_outcome outcome =
        run(state, "x", "nodes: 5\nreplications: 1500\nsweep: {axes: {nodes: [4, 5, 6, 7]}}\n", 2,
            0, &watcher);

    assert_int_equal(outcome.made, 12000);
    /* SQLite takes more now and then, and gives it back; 6000 results kept would be 30 MB. */
    assert_true(watcher.first_bytes == 0 || watcher.last_bytes < watcher.first_bytes + 8000000);
    assert_true(watcher.calls > 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_study_folder, remove_study_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_runs_once),
        TEST(test_points_share_runs),
        TEST(test_shared_runs_are_the_same),
        TEST(test_rule_with_shared_runs),
        TEST(test_stop_and_resume),
        TEST(test_a_cut_study_is_a_smaller_one),
        TEST(test_stop_before_the_first_run),
        TEST(test_failed_runs_are_kept),
        TEST(test_refuses_what_does_not_fit),
        TEST(test_waits_for_memory),
        TEST(test_precision),
        TEST(test_rule),
        TEST(test_rule_with_a_metric_that_never_happens),
        TEST(test_memory_stays_flat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
