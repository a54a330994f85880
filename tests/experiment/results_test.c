/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_test.c - what is written is what was handed over, under numbers that depend on the
 * plan alone; a batch is stored whole or not at all; one process writes at a time.
 */
#include "experiment/store/database.h"
#include "sim/metric.h"
#include "tests/experiment/storing.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rows(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);

    store_run_alone(results, 1, 1, 2, 0.5);
    close_study(results);
    assert_query(path, "SELECT * FROM run",
                 "2000002000002|2|2|2|7|done|converged|12345|678|11|90|"
                 "0000000000000abc|NULL\n");
    assert_query(path, "SELECT name, value FROM metric", "t99|0.5\nt_all|NULL\n");
    assert_query(path, "SELECT t_ns, alive, informed, staleness, messages FROM sample",
                 "0|100|0.0|0.0|0\n1000|100|5.0|0.25|1099511627776\n");
    assert_query(path, "SELECT * FROM update_outcome",
                 "2000002000002|0|0|5|17|NULL|NULL|NULL|NULL|NULL|18|NULL|NULL|99|0|0|0\n");
    assert_query(path, "SELECT * FROM histogram", "2000002000002|load|0.0|8.0|3\n");
    assert_query(path, "SELECT * FROM fault",
                 "2000002000002|0|9|wipe|1 node\n2000002000002|1|9|crash|4 nodes\n");
    assert_query(path, "SELECT * FROM param", "1|0|nodes|1e3|1000.0|\n1|1|nodes|2e3|2000.0|\n");
    assert_query(path,
                 "SELECT study_id, study, point, params_json, strategy, replication, seed, t99, "
                 "t_all, residue FROM run_summary",
                 "1|study|2|{\"nodes\":2000}|it's \"second\"|2|7|0.5|Inf|NULL\n");
    for (int i = 0; i < METRICS; i++) { /* each metric is a column */
        char *sql = g_strdup_printf("SELECT count(*), min(%s) > 1e9 FROM run_summary",
                                    metric_table[i].name);

        assert_query(path, sql,
                     i == METRIC_T_ALL                          ? "1|1\n" /* infinite */
                     : i < METRIC_OF_PROGRAM && i != METRIC_T99 ? "1|NULL\n"
                                                                : "1|0\n");
        g_free(sql);
    }
    g_free(path);
}

static struct sim_figure_sample figures[] = { { 1, "a.b", 0.5 }, { 1, "a.c", NAN } };

/* Runs of one call, not in their order, some without rows for a table; each column has a value of
 * its own. */
static void test_runs_at_once(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);
    struct errors errors = { .count = 0 };
    struct sim_sample samples[] = {
        { 1, 2, 3.5, 4.5, 5.5, 0.5, 0.75, 1.5, 1.25, 2.5, 6, 7, 8, 9, 10, 11, 12 },
        { .at = 2, .variance = NAN, .estimate_error = NAN, .lag_max = NAN, .lag_mean = NAN }
    };
    struct sim_outcome outcome = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.5, 13, 14, 15, 16 };
    struct sim_detection detections[] = { { 3, 4, 5, 6, 7, 8, 9 },
                                          { 1, 2, SIM_NEVER, 1, 2, SIM_NEVER, SIM_NEVER } };
    struct sim_spread spread[] = { { 1, 2, 0.25, 4 }, { 5, 0, NAN, 6 } };
    struct sim_result few = { .stop_reason = "time", .samples = samples + 1, .sample_count = 1 };
    struct sim_result none = { .stop_reason = "quiet" };
    struct sim_result many = { .stop_reason = "time",
                               .samples = samples,
                               .sample_count = 2,
                               .figures = figures,
                               .figure_count = 2,
                               .outcomes = &outcome,
                               .outcome_count = 1,
                               .detections = detections,
                               .detection_count = 2,
                               .spread = spread,
                               .spread_count = 2 };
    const struct results_run runs[] = {
        { .replication = 2, .result = &few, .seed = 1 },
        { .replication = 1, .result = &none, .seed = 2 },
        { .replication = 0, .result = &many, .seed = UINT64_C(1) << 63 }
    };
    const struct results_run twice[] = { { .replication = 3, .result = &many },
                                         { .replication = 3, .result = &many } };

    assert_true(results_begin(results, &errors));
    assert_true(results_add_runs(results, runs, 3, &errors));
    assert_true(results_add_runs(results, runs, 0, &errors));
    assert_true(results_commit(results, &errors));
    assert_true(results_begin(results, &errors));
    assert_false(results_add_runs(results, twice, 2, &errors));
    errors_clear(&errors);
    close_study(results);
    assert_query(path, "SELECT replication, seed, stop_reason FROM run ORDER BY replication",
                 "0|-9223372036854775808|time\n1|2|quiet\n2|1|time\n");
    assert_query(path, "SELECT * FROM sample",
                 "1000001000000|1|2|3.5|4.5|5.5|0.5|0.75|1.5|1.25|2.5|6|7|8|9|10|11|12\n"
                 "1000001000000|2|0|0.0|0.0|0.0|NULL|NULL|NULL|NULL|0.0|0|0|0|0|0|0|0\n"
                 "1000001000002|2|0|0.0|0.0|0.0|NULL|NULL|NULL|NULL|0.0|0|0|0|0|0|0|0\n");
    assert_query(path, "SELECT * FROM figure_sample",
                 "1000001000000|1|a.b|0.5\n1000001000000|1|a.c|NULL\n");
    assert_query(path, "SELECT * FROM update_outcome",
                 "1000001000000|1|2|3|4|5|6|7|8|9|10|11|12.5|13|14|15|16\n");
    assert_query(path, "SELECT * FROM detection",
                 "1000001000000|1|2|NULL|1|2|NULL|NULL\n1000001000000|3|4|5|6|7|8|9\n");
    assert_query(path, "SELECT * FROM detection_curve",
                 "1000001000000|1|2|0.25|4\n1000001000000|5|0|NULL|6\n");
    assert_query(path,
                 "SELECT (SELECT count(*) FROM histogram) + (SELECT count(*) FROM fault) + "
                 "(SELECT count(*) FROM metric_value)",
                 "0\n");
    g_free(path);
}

static void test_order_of_storing_is_no_matter(void **state)
{
    struct plan plan = study_plan("a");
    char *one = g_build_filename(*state, "one.db", NULL);
    char *two = g_build_filename(*state, "two.db", NULL);
    struct results *results = open_study(one, &plan);
    char *a, *b;

    for (int i = 0; i < 12; i++)
        store_run_alone(results, (size_t)i / 6, i / 3 % 2, (uint32_t)i % 3, i);
    close_study(results);
    results = open_study(two, &plan);
    for (int i = 11; i >= 0; i--)
        store_run_alone(results, (size_t)i / 6, i / 3 % 2, (uint32_t)i % 3, i);
    close_study(results);
    a = query_rows(one, "SELECT * FROM run JOIN metric USING (run_id)");
    b = query_rows(two, "SELECT * FROM run JOIN metric USING (run_id)");
    assert_string_equal(a, b);
    g_free(a);
    g_free(b);
    g_free(one);
    g_free(two);
}

static void test_states_and_values(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);
    struct errors errors = { .count = 0 };
    struct sim_result bad = { .status = SIM_FAILED, .stop_reason = "events", .error = "too many" };
    struct results_run run = { .strategy = 1, .replication = 1, .result = &bad };
    enum results_state states[3];
    double values[3];
    uint32_t found;

    store_run_alone(results, 0, 1, 2, 3.5);
    store_run_alone(results, 0, 1, 0, 1.5);
    assert_true(results_begin(results, &errors) && results_add_runs(results, &run, 1, &errors) &&
                results_commit(results, &errors));
    assert_true(results_states(results, 0, 1, 3, states, &errors));
    assert_int_equal(states[0], RESULTS_DONE);
    assert_int_equal(states[1], RESULTS_FAILED);
    assert_int_equal(states[2], RESULTS_DONE);
    assert_true(results_states(results, 0, 0, 3, states, &errors));
    assert_int_equal(states[0], RESULTS_MISSING);
    assert_true(results_values(results, 0, 1, "t99", 3, values, &found, &errors));
    assert_int_equal(found, 2);
    assert_true(values[0] == 1.5 && values[1] == 3.5);
    assert_true(results_values(results, 0, 1, "t99", 2, values, &found, &errors));
    assert_int_equal(found, 1);
    assert_true(results_values(results, 0, 1, "t_all", 3, values, &found, &errors));
    assert_int_equal(found, 2);
    assert_true(isnan(values[0]) && isnan(values[1]));
    assert_true(results_values(results, 0, 1, "other", 3, values, &found, &errors));
    assert_int_equal(found, 0);
    close_study(results);
    g_free(path);
}

/* More metrics than fit into a row, and runs that have different ones: each reads back its own. */
static void test_many_metrics(void **state)
{
    enum { MANY = 120 };
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);
    struct errors errors = { .count = 0 };
    struct sim_metric metrics[MANY] = { { .never = false } };
    double values[3];
    uint32_t found;

    for (int i = 0; i < MANY; i++) {
        g_snprintf(metrics[i].name, sizeof metrics[i].name, "metric %d", i);
        metrics[i].value = i / 7.0;
        metrics[i].never = i % 50 == 3;
    }
    for (uint32_t i = 0; i < 3; i++) {
        struct sim_result result = { .stop_reason = "time",
                                     .metrics = metrics + i,
                                     .metric_count = MANY - 2 * i };
        struct results_run run = { .replication = i, .result = &result };
        assert_true(results_begin(results, &errors));
        assert_true(results_add_runs(results, &run, 1, &errors));
        assert_true(results_commit(results, &errors));
    }
    assert_true(results_values(results, 0, 0, "metric 70", 3, values, &found, &errors));
    assert_int_equal(found, 3);
    assert_true(values[0] == 10 && values[1] == 10 && values[2] == 10);
    assert_true(results_values(results, 0, 0, "metric 1", 3, values, &found, &errors));
    assert_int_equal(found, 2);
    close_study(results);
    assert_query(path, "SELECT count(*), count(value), count(DISTINCT name) FROM metric",
                 "354|345|120\n");
    assert_query(path,
                 "SELECT count(*) FROM metric WHERE abs(value - substr(name, 8) / 7.0) > 1e-12",
                 "0\n");
    g_free(path);
}

static void test_failure_undoes_the_batch(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);
    struct errors errors = { .count = 0 };
    struct sim_metric twice[] = { { .name = "t99" }, { .name = "t99" } };
    struct sim_result bad = { .stop_reason = "time", .metrics = twice, .metric_count = 2 };
    struct results_run run = { .replication = 1, .result = &bad };

    assert_true(results_begin(results, &errors));
    store_run(results, 0, 0, 0, 1);
    assert_false(results_add_runs(results, &run, 1, &errors));
    assert_int_equal(errors.count, 1);
    assert_int_equal(errors.list[0].kind, ERROR_IO);
    errors_clear(&errors);
    store_run_alone(results, 0, 0, 2, 1);
    close_study(results);
    assert_query(path, "SELECT replication FROM run", "2\n");
    g_free(path);
}

/* Worlds and stacks are shared; places, names, values and axes are each study's own. */
static void test_studies_share_points(void **state)
{
    struct plan first = study_plan("a"), second = study_plan("b"), part = study_plan("a");
    struct point_param none = { .text = "none", .unit = "" },
                       some = { .text = "1000", .is_number = true, .number = 1000, .unit = "" };
    struct plan_axis axes[] = { { .path = "network.loss", .values = &none, .count = 1 },
                                { .path = "nodes", .values = &some, .count = 1 } };
    struct plan_point other[] = { { .hash = "new" }, { .hash = "hash of 1000", .variant = 1 } };
    char *names[] = { "renamed", "new" };
    struct plan_stack others[] = { first.stacks[1],
                                   { .hash = "hash of three", .text = "three: {}" } };
    uint32_t both[] = { 0, 1, 0, 0 };
    char *path = study_database(state);

    second.axes = axes;
    second.axis_count = 2;
    second.points = other;
    second.strategies = names;
    second.stacks = others;
    second.variants = both;
    second.variant_count = 2;
    part.strategies = &first.strategies[1];
    part.strategy_count = 1;
    part.variants = &first.variants[1];
    close_study(open_study(path, &first));
    close_study(open_study(path, &second));
    close_study(open_study(path, &part));
    close_study(open_study(path, &first));
    assert_query(path, "SELECT study_id, position, point_id, variant, params_json FROM study_point",
                 "1|0|1|0|{\"nodes\":1000}\n1|1|2|0|{\"nodes\":2000}\n"
                 "2|0|3|0|{\"network.loss\":\"none\",\"nodes\":1000}\n"
                 "2|1|1|1|{\"network.loss\":\"none\",\"nodes\":1000}\n"
                 "3|0|1|0|{\"nodes\":1000}\n3|1|2|0|{\"nodes\":2000}\n");
    assert_query(path, "SELECT * FROM study_axis",
                 "1|0|nodes\n2|0|network.loss\n2|1|nodes\n3|0|nodes\n");
    assert_query(path, "SELECT study_id, position, text FROM param WHERE path = 'nodes'",
                 "1|0|1e3\n1|1|2e3\n2|0|1000\n2|1|1000\n3|0|1e3\n3|1|2e3\n");
    assert_query(path, "SELECT * FROM strategy",
                 "1|hash of one|one: {}\n2|hash of two|two: {}\n3|hash of three|three: {}\n");
    assert_query(path, "SELECT * FROM study_strategy",
                 "1|0|0|first|1\n1|0|1|it's \"second\"|2\n2|0|0|renamed|2\n2|0|1|new|3\n"
                 "2|1|0|renamed|2\n2|1|1|new|2\n3|0|0|it's \"second\"|2\n");
    g_free(path);
}

/* A run that two studies have stands in the views under each one's name for it, and only as far as
 * each one's replications go. */
static void test_views_know_the_study(void **state)
{
    struct plan first = study_plan("a"), second = study_plan("b");
    char *names[] = { "one", "two" };
    char *path = study_database(state);
    struct results *results = open_study(path, &first);

    second.name = "other";
    second.strategies = names;
    second.replications = (struct replications){ .min = 1, .max = 1 };
    store_run_alone(results, 0, 0, 0, 1);
    store_run_alone(results, 0, 0, 1, 3);
    close_study(results);
    close_study(open_study(path, &second));
    assert_query(path, "SELECT study_id, study, strategy, replication, t99 FROM run_summary",
                 "1|study|first|0|1.0\n1|study|first|1|3.0\n2|other|one|0|1.0\n");
    assert_query(path,
                 "SELECT study_id, study, point, strategy, seed, max(runs), round(max(mean), 9) "
                 "FROM curve GROUP BY 1, 2, 3, 4, 5",
                 "1|study|1|first|7|2|0.2\n2|other|1|one|7|1|0.1\n");
    g_free(path);
}

/* Whose tables are not exactly those of schema.sql is not read: a view may never end. */
static void test_other_tables_are_refused(void **state)
{
    static const struct {
        const char *sql;
        bool is_refused;
    } cases[] = {
        { "DROP VIEW metric; CREATE VIEW metric AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
          "SELECT i + 1 FROM n) SELECT i AS run_id, 't99' AS name, 1.0 AS value FROM n",
          true },
        { "DROP TABLE sample", true },
        { "ALTER TABLE run ADD COLUMN note TEXT", true },
        { "CREATE TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END", true },
        { "CREATE VIEW mine AS SELECT * FROM run; CREATE INDEX fast ON run (status)", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct plan plan = study_plan("a");
        char *path = g_strdup_printf("%s/%zu.db", (char *)*state, i);
        struct errors errors = { .count = 0 };
        sqlite3 *database;

        close_study(open_study(path, &plan));
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        assert_int_equal(sqlite3_exec(database, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(database);
        for (int use = DATABASE_READ; use <= DATABASE_WRITE; use++) {
            database = database_open(path, (enum database_use)use, &errors);
            assert_int_equal(database == NULL, cases[i].is_refused);
            sqlite3_close(database);
        }
        assert_int_equal(errors.count, cases[i].is_refused ? 2 : 0);
        if (cases[i].is_refused)
            assert_non_null(
                strstr(errors.list[0].text, "tables that differ from what this program makes"));
        errors_clear(&errors);
        g_free(path);
    }
}

static void test_one_writer(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results = open_study(path, &plan);
    struct errors errors = { .count = 0 };

    assert_true(results_are_being_written(path));
    assert_null(results_open(path, &errors));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.list[0].text, "another run is writing it"));
    errors_clear(&errors);
    assert_query(path, "SELECT count(*) FROM study", "1\n"); /* reading goes on */
    store_run_alone(results, 0, 0, 0, 1);
    close_study(results);
    assert_false(results_are_being_written(path));
    g_free(path);
}

/* Who reads keeps the log, and says so until a writer has been alone. */
static void test_a_reader_keeps_the_log(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct errors errors = { .count = 0 };
    struct results *results;
    sqlite3 *reader;

    close_study(open_study(path, &plan));
    assert_false(results_have_log(path));
    results = open_study(path, &plan);
    reader = database_open(path, DATABASE_READ, &errors);
    assert_non_null(reader);
    store_run_alone(results, 0, 0, 0, 1);
    close_study(results);
    assert_true(results_have_log(path));
    sqlite3_close(reader);
    assert_query(path, "SELECT count(*) FROM run", "1\n");
    close_study(open_study(path, &plan));
    assert_false(results_have_log(path));
    assert_query(path, "SELECT count(*) FROM run", "1\n");
    g_free(path);
}

/* A table of the user's that is called as one of the program's own takes nothing. */
static void test_names_of_new_rows(void **state)
{
    struct plan plan = study_plan("a");
    char *path = study_database(state);
    struct results *results;
    sqlite3 *database;

    close_study(open_study(path, &plan));
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database,
                                  "CREATE TABLE new_run AS SELECT * FROM run; "
                                  "CREATE VIEW new_sample AS SELECT * FROM sample",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    results = open_study(path, &plan);
    store_run_alone(results, 0, 0, 0, 1);
    assert_int_equal(
        sqlite3_exec(database, "CREATE TABLE new_fault AS SELECT * FROM fault", NULL, NULL, NULL),
        SQLITE_OK); /* meanwhile */
    sqlite3_close(database);
    store_run_alone(results, 0, 0, 1, 1);
    close_study(results);
    assert_query(path,
                 "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM sample), "
                 "(SELECT count(*) FROM fault), (SELECT count(*) FROM new_run)",
                 "2|4|4|0\n");
    g_free(path);
}

static void test_bare_file_is_removed(void **state)
{
    char *path = g_build_filename(*state, "none", "x.db", NULL);
    struct errors errors = { .count = 0 };

    assert_null(results_open(path, &errors));
    assert_int_equal(errors.list[0].kind, ERROR_IO);
    errors_clear(&errors);
    g_free(path);
    /* An empty file is as good as none, and belongs to the user. */
    path = study_database(state);
    assert_true(g_file_set_contents(path, "", 0, NULL));
    assert_true(results_close(results_open(path, &errors), &errors));
    assert_query(path, "SELECT count(*) FROM run", "0\n");
    g_free(path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_study_folder, remove_study_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rows),
        TEST(test_runs_at_once),
        TEST(test_order_of_storing_is_no_matter),
        TEST(test_states_and_values),
        TEST(test_many_metrics),
        TEST(test_failure_undoes_the_batch),
        TEST(test_studies_share_points),
        TEST(test_views_know_the_study),
        TEST(test_other_tables_are_refused),
        TEST(test_one_writer),
        TEST(test_a_reader_keeps_the_log),
        TEST(test_names_of_new_rows),
        TEST(test_bare_file_is_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
