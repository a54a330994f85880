/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * study_test.c - a study is read as it was written: strategies and points in their order, values
 * by replication, what never happened told from what does not apply; a convergence curve equals
 * the one that the database's own view gives.
 */
#include "analysis/study/curve.h"
#include "analysis/study/study.h"
#include "analysis/study/summary.h"
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct study *open_study(const char *path, int64_t study_id)
{
    struct errors errors = { 0 };
    struct study *study = study_open(path, study_id, &errors);

    assert_non_null(study);
    errors_clear(&errors);
    return study;
}

static void the_newest_study_is_read(void **state)
{
    char *path = fixture_make("sweep.sql", NULL), *name;
    struct study *study = open_study(path, 0);

    (void)state;
    assert_string_equal(study->name, "sweep");
    assert_int_equal(study->count, 2);
    assert_int_equal(study->point_count, 3);
    assert_int_equal(study->axis_count, 1);
    assert_string_equal(study->axes[0], "nodes");
    assert_string_equal(study->strategies[1], "b");
    assert_true(study->points[2].values[0].number == 10000);
    name = study_point_name(study, 2, -1);
    assert_string_equal(name, "nodes=10_000");
    g_free(name);
    name = study_point_name(study, 2, 0);
    assert_string_equal(name, "");
    g_free(name);
    study_close(study);
    study = open_study(path, 1);
    assert_string_equal(study->name, "old");
    assert_true(study->nodes == 5);
    study_close(study);
    fixture_remove(path);
}

/* The axes stand as written, not by name. */
static void axes_keep_their_order(void **state)
{
    char *path = fixture_make("sweep.sql", "UPDATE study_axis SET position = 1;"
                                           "INSERT INTO study_axis VALUES (2, 0, 'z');"
                                           "INSERT INTO param SELECT 2, position, 'z', '1', 1, '' "
                                           "FROM study_point WHERE study_id = 2;");
    struct study *study = open_study(path, 0);

    (void)state;
    assert_int_equal(study->axis_count, 2);
    assert_string_equal(study->axes[0], "z");
    assert_string_equal(study->axes[1], "nodes");
    study_close(study);
    fixture_remove(path);
}

static void never_and_not_applicable_differ(void **state)
{
    char *path = fixture_make("results.sql", NULL);
    struct study *study = open_study(path, 0);
    struct errors errors = { 0 };
    struct series series;

    (void)state;
    assert_true(study_read(study, 0, "mail", "t99", &series, &errors));
    assert_int_equal(series.count, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(series.replications[i], i);
        assert_true(i < 10 ? isfinite(series.values[i]) : isinf(series.values[i]));
    }
    series_clear(&series);
    assert_true(study_read(study, 0, "push", "direct-mail.lost", &series, &errors));
    assert_true(series.count == 20 && isnan(series.values[0]));
    series_clear(&series);
    assert_true(study_read(study, 0, "push", "bytes/node", &series, &errors));
    assert_true(series.values[1] == 1600001 / 1000.0);
    series_clear(&series);
    assert_true(study_read(study, 0, "push", "sim_end", &series, &errors));
    assert_true(series.values[0] == 10);
    series_clear(&series);
    study_close(study);
    fixture_remove(path);
}

/* A run with many metrics has several rows of them, whose order says nothing. */
static void a_metric_stands_in_one_of_several_rows(void **state)
{
    static const char rows[] =
        "INSERT INTO metric_name VALUES (-1, 'early', 0), (9000000000000000000, 'late', 63);"
        "INSERT INTO metric_value (run_id, set_id, v0) SELECT run_id, -1, replication FROM run;"
        "INSERT INTO metric_value (run_id, set_id, v63) SELECT run_id, 9000000000000000000, "
        "iif(replication > 0, replication / 2.0, NULL) FROM run WHERE replication < 19;";
    char *path = fixture_make("results.sql", rows);
    struct study *study = open_study(path, 0);
    struct errors errors = { 0 };
    struct series early, middle, late;

    (void)state;
    assert_true(study_read(study, 0, "push", "early", &early, &errors));
    assert_true(study_read(study, 0, "push", "bytes", &middle, &errors));
    assert_true(study_read(study, 0, "push", "late", &late, &errors));
    assert_true(early.count == 20 && middle.count == 20 && late.count == 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(late.replications[i], i);
        assert_true(early.values[i] == i);
        assert_true(middle.values[i] == 1.6e6 + i);
        assert_true(i == 0    ? isinf(late.values[i])
                    : i == 19 ? isnan(late.values[i])
                              : late.values[i] == i / 2.0);
    }
    series_clear(&early);
    series_clear(&middle);
    series_clear(&late);
    study_close(study);
    fixture_remove(path);
}

static void failed_runs_count_apart(void **state)
{
    char *path = fixture_make("results.sql", "UPDATE run SET status = 'failed', error = 'memory' "
                                             "WHERE strategy_id = 1 AND replication IN (3, 4);");
    struct study *study = open_study(path, 0);
    struct errors errors = { 0 };
    struct series series;
    size_t done = 0, failed = 0;

    (void)state;
    assert_true(study_count_runs(study, 0, "push", &done, &failed, &errors));
    assert_int_equal(done, 18);
    assert_int_equal(failed, 2);
    assert_true(study_read(study, 0, "push", "t99", &series, &errors));
    assert_int_equal(series.count, 18);
    assert_int_equal(series.replications[3], 5);
    series_clear(&series);
    study_close(study);
    fixture_remove(path);
}

static void assert_fails(const char *path, int64_t study_id, enum error_kind kind,
                         const char *words)
{
    struct errors errors = { 0 };

    assert_null(study_open(path, study_id, &errors));
    assert_int_equal(errors.count, 1);
    assert_int_equal(errors.list[0].kind, kind);
    assert_non_null(strstr(errors.list[0].text, words));
    errors_clear(&errors);
}

static void what_is_no_study_is_refused(void **state)
{
    char *path = fixture_make("results.sql", NULL);

    (void)state;
    assert_fails(path, 9, ERROR_SCENARIO, "no study 9");
    fixture_remove(path);
    path = fixture_make("results.sql", "DELETE FROM study_point; DELETE FROM study_strategy;");
    assert_fails(path, 0, ERROR_IO, "no points");
    fixture_remove(path);
    path = fixture_make("results.sql", "UPDATE study_point SET variant = 7;");
    assert_fails(path, 0, ERROR_IO, "lost some of its strategies");
    fixture_remove(path);
    path = fixture_make("results.sql", "DROP TABLE study_point;");
    assert_fails(path, 0, ERROR_IO, "tables that differ from what this program makes");
    fixture_remove(path);
    path = fixture_make("results.sql", "PRAGMA user_version = 99;");
    assert_fails(path, 0, ERROR_IO, "format 99");
    fixture_remove(path);
}

/* The yaml is the user's: only its top-level `nodes` counts, and nothing in it may do harm. */
static void nodes_come_from_the_scenario(void **state)
{
    static const struct {
        const char *yaml;
        double nodes;
    } cases[] = {
        { "strategies: {nodes: 7}\\nnodes: 1e3\\n", 1000 },
        { "nodes: many", NAN },
        { "[nodes, 5]", NAN },
        { "a: [nodes, 5]\\n? {nodes: 1}\\n: nodes\\nnodes: 8", 8 },
        { "nodes: *x", NAN },
        { "{{{{{{", NAN },
        { "", NAN },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strcompress(cases[i].yaml);
        char *sql = g_strdup_printf("UPDATE study SET scenario_yaml = '%s';", text);
        char *path = fixture_make("results.sql", sql);
        struct study *study = open_study(path, 0);
        assert_true(isnan(cases[i].nodes) ? isnan(study->nodes) : study->nodes == cases[i].nodes);
        study_close(study);
        fixture_remove(path);
        g_free(sql);
        g_free(text);
    }
}

static void curve_equals_the_view(void **state)
{
    char *path = fixture_make("results.sql", NULL);
    struct study *study = open_study(path, 0);
    struct errors errors = { 0 };
    sqlite3_stmt *view;
    size_t rows = 0;

    (void)state;
    sqlite3_prepare_v2(study->database,
                       "SELECT t, mean, lower, upper FROM curve WHERE strategy = ? ORDER BY t", -1,
                       &view, NULL);
    for (size_t s = 0; s < study->strategy_count; s++) {
        struct trajectories t;
        assert_true(trajectories_read(study, 0, study->strategies[s], &t, &errors));
        assert_int_equal(t.run_count, 20);
        sqlite3_reset(view);
        sqlite3_bind_text(view, 1, study->strategies[s], -1, SQLITE_STATIC);
        for (; sqlite3_step(view) == SQLITE_ROW; rows++) {
            double time = sqlite3_column_double(view, 0);
            struct estimate e;
            trajectories_curve(&t, &time, 1, &e);
            assert_true(fabs(e.value - sqlite3_column_double(view, 1)) < 1e-9);
            assert_true(fabs(e.lower - sqlite3_column_double(view, 2)) < 1e-6);
            assert_true(fabs(e.upper - sqlite3_column_double(view, 3)) < 1e-6);
        }
        trajectories_clear(&t);
    }
    assert_true(rows > 100);
    sqlite3_finalize(view);
    study_close(study);
    fixture_remove(path);
}

/* Two runs: one stops at 1 s with 0.8, one goes on to 1.0 at 2 s. */
static void runs_go_straight_and_stay_at_their_last_value(void **state)
{
    double all_times[] = { 0, 1, 0, 1, 2 }, informed[] = { 0, 0.8, 0, 0.6, 1 };
    double distinct[] = { 0, 1, 2 };
    size_t starts[] = { 0, 2, 5 };
    struct trajectories t = { 2, starts, all_times, informed, distinct, 3, true, INFINITY };
    double times[] = { 0.5, 1, 1.5, 3 }, drawn[5];
    struct estimate curve[4];

    (void)state;
    trajectories_curve(&t, times, 4, curve);
    assert_true(fabs(curve[0].value - 0.35) < 1e-12);
    assert_true(fabs(curve[1].value - 0.7) < 1e-12);
    assert_true(fabs(curve[2].value - 0.8) < 1e-12);
    assert_true(fabs(curve[3].value - 0.9) < 1e-12);
    assert_true(curve[1].lower >= 0 && curve[3].upper == 1); /* cut to 0..1 */
    assert_int_equal(trajectories_times(&t, 0, 3, drawn, 5), 4);
    assert_true(drawn[0] == 0 && drawn[1] == 1 && drawn[2] == 2 && drawn[3] == 3);
    assert_int_equal(trajectories_times(&t, 0, 3, drawn, 3), 3);
}

/* A mean that rises to 1 at 2 s, sinks to 0.6 until 5 s and stays there to 9 s. */
static void a_curve_has_risen_before_it_has_settled(void **state)
{
    double times[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    double informed[] = { 0, 0.5, 1, 0.9, 0.8, 0.6, 0.605, 0.6, 0.595, 0.6 };
    size_t starts[] = { 0, 10 };
    struct trajectories t = { 1, starts, times, informed, times, 10, true, INFINITY }, none = { 0 };
    struct horizon horizon = trajectories_horizon(&t);

    (void)state;
    assert_true(horizon.risen == 2 && horizon.settled == 5 && horizon.end == 9);
    none.starts = starts;
    horizon = trajectories_horizon(&none);
    assert_true(horizon.risen == 0 && horizon.settled == 0 && horizon.end == 0);
}

static void summaries_take_never_as_asked(void **state)
{
    double values[] = { 1, 2, INFINITY, NAN, 3 };
    struct series series = { .count = 5, .values = values };
    struct summary median = summary_quantile(&series, 0.5), mean = summary_mean(&series);

    (void)state;
    assert_int_equal(mean.runs, 4);
    assert_int_equal(mean.never, 1);
    assert_true(mean.estimate.value == 2);
    assert_true(median.estimate.value == 2.5);
    values[0] = values[1] = values[4] = INFINITY;
    assert_true(isinf(summary_mean(&series).estimate.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_study_is_read),
        cmocka_unit_test(axes_keep_their_order),
        cmocka_unit_test(never_and_not_applicable_differ),
        cmocka_unit_test(a_metric_stands_in_one_of_several_rows),
        cmocka_unit_test(failed_runs_count_apart),
        cmocka_unit_test(what_is_no_study_is_refused),
        cmocka_unit_test(nodes_come_from_the_scenario),
        cmocka_unit_test(curve_equals_the_view),
        cmocka_unit_test(runs_go_straight_and_stay_at_their_last_value),
        cmocka_unit_test(a_curve_has_risen_before_it_has_settled),
        cmocka_unit_test(summaries_take_never_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
