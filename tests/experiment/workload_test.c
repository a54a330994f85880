/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scenario may say of what is written: sizes as random quantities, keys that are drawn, a
 * key of each node, a trace in a file.  Two that contradict each other are refused with both
 * places, and whatever is wrong in a file with its line and column.
 */
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *folder, *scenario_path, *trace_path;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("workload-XXXXXX", NULL);
    scenario_path = g_build_filename(folder, "a.yaml", NULL);
    trace_path = g_build_filename(folder, "w.csv", NULL);
    return folder == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    remove(trace_path);
    remove(folder);
    g_free(folder);
    g_free(scenario_path);
    g_free(trace_path);
    return 0;
}

static void write_file(const char *text)
{
    assert_true(g_file_set_contents(trace_path, text, -1, NULL));
}

/* ---- the keys ---- */

#define TRACE "time,node,key,bytes\n1s,3,a,10\n2s,99,b,20\n"

/* What stands behind START and STRATEGIES, and how its only errors start; NULL: it is good and is
 * completed in these words. */
static const struct {
    const char *text, *error, *completed;
} cases[] = {
    { "workload: {size: {lognormal: {median: 2kB, p99: 1MB}}}\n", NULL,
      "  size: {lognormal: {median: 2kB, p99: 1MB}}\n" },
    { "workload: {size: {pareto: {min: 100B, shape: 1.2}}}\n", NULL,
      "  size: {pareto: {shape: 1.2, min: 100B}}\n" },
    { "workload: {size: 0B}\n", NULL, "  size: 0B\n" },
    { "workload: {size: {lognormal: {median: 2kB}}}\n",
      "4:19 workload.size.lognormal: exactly one of `p99` and `sigma` is needed, as in {lognormal: "
      "{median: 2kB, p99: 1MB}}",
      NULL },
    { "workload: {size: {exponential: {mean: 2s}}}\n",
      "4:39 workload.size.exponential.mean: `2s` has an unknown unit; a size has", NULL },
    { "workload: {size: {exponential: {mean: 0B}}}\n",
      "4:39 workload.size.exponential.mean: 0B is outside 1B..1GiB", NULL },
    { "workload: {size: 2GiB}\n", "4:18 workload.size: 2GiB is outside 0B..1GiB", NULL },
    { "workload: {size: many}\n", "4:18 workload.size: `many` is neither a size nor a distribution",
      NULL },
    { "workload: {size: {empirical: {file: w.csv, column: bytes, unit: ms}}}\n",
      "4:65 workload.size.empirical.unit: `ms` is none of B, kB, MB, GB, KiB, MiB, GiB", NULL },
    { "workload: {size: {empirical: {file: w.csv, column: bytes, unit: kB}}}\n", NULL,
      "  size: {empirical: {file: w.csv, column: bytes, unit: kB}}\n" },
    { "network: {latency: {empirical: {file: w.csv, column: time}}}\n"
      "workload: {size: {empirical: {file: w.csv, column: time}}}\n",
      "2:1 : `1s` has an unknown unit; a size has", NULL },

    { "workload: {updates: 9, keys: {count: 1000, zipf: 1.1}}\n", NULL,
      "  keys: {count: 1000, zipf: 1.1}\n" },
    { "workload: {updates: 9, keys: {count: 3, zipf: 0}}\n", NULL,
      "  keys: {count: 3, zipf: 0}\n" },
    { "workload: {updates: 9, keys: 10}\n",
      "4:30 workload.keys: 10 keys for 9 updates; at most a key each", NULL },
    { "workload: {updates: 9, keys: {count: 5}}\n",
      "4:24 workload.keys: `zipf` is missing, as in {count: 1000, zipf: 1.1}", NULL },
    { "workload: {updates: 9, keys: {count: 5, zipf: -1}}\n",
      "4:47 workload.keys.zipf: -1 is outside 0..10", NULL },
    { "workload: {updates: 9, keys: {count: 0, zipf: 1}}\n",
      "4:38 workload.keys.count: 0 is outside 1..1048576", NULL },
    { "workload: {updates: 9, keys: {cuont: 5, zipf: 1}}\n",
      "4:31 workload.keys.cuont: unknown parameter; did you mean `count`?", NULL },

    { "workload: {each_node: {every: 1min}}\n", NULL,
      "  each_node: {every: 60s, size: 100B, phase: random}\n  at: 0s\n" },
    { "workload: {each_node: {every: 1min, phase: together, size: {uniform: {min: 1B, max: "
      "9B}}}}\n",
      NULL, "  each_node: {every: 60s, size: {uniform: {min: 1B, max: 9B}}, phase: together}\n" },
    { "workload:\n  each_node: {every: 1min}\n  updates: 4\n",
      "6:3 workload.updates: has no effect where every node writes a key of its own, by "
      "`workload.each_node` (line 5)",
      NULL },
    { "workload:\n  size: 1kB\n  each_node: {every: 1min}\n", "5:3 workload.size: has no effect",
      NULL },
    { "workload:\n  arrival: {every: 1s}\n  each_node: {every: 1min}\n",
      "5:3 workload.arrival: has no effect where every node writes a key of its own, by "
      "`workload.each_node` (line 6)",
      NULL },
    { "workload: {each_node: {every: 3s}}\n", NULL, "  each_node: {every: 3s" },
    { "workload: {each_node: {every: 300ms}}\n",
      "4:31 workload.each_node.every: more than 1048576 updates by all nodes until `stop.at: 1h`",
      NULL },
    { "workload: {each_node: {every: 1ns}}\nstop: {at: 36525d}\n",
      "4:31 workload.each_node.every: more than 1048576 updates", NULL },
    { "workload: {each_node: {every: 3s}, at: 1h}\n",
      "4:40 workload.at: the first update would come only after the end of the run, `stop.at: 1h`",
      NULL },
    { "workload: {each_node: {}, rate: [{from: 0s, rate: 0/s}]}\n",
      "4:33 workload.rate: nobody writes before the end of the run, `stop.at: 1h`", NULL },
    { "workload: {each_node: {}, rate: [{from: 1h, rate: 9/s}]}\n",
      "4:33 workload.rate: nobody writes before the end of the run, `stop.at: 1h`", NULL },
    { "workload: {each_node: {}}\n", "4:12 workload.each_node: `every` is missing", NULL },
    { "workload: {each_node: {every: 1min, keys: 64, clock: poisson}}\n", NULL,
      "  each_node: {every: 60s, size: 100B, clock: poisson, keys: 64, order: random}\n  at" },
    { "workload:\n  each_node: {keys: 2, order: in-turn}\n"
      "  rate: [{from: 0s, rate: 1/s}, {from: 9s, rate: 0/s}]\n",
      NULL,
      "  each_node: {size: 100B, phase: random, keys: 2, order: in-turn}\n"
      "  rate: [{from: 0s, rate: 1/s}, {from: 9s, rate: 0/s}]\n  at" },
    { "workload: {each_node: {keys: 3}}\n", "4:12 workload.each_node: `every` is missing", NULL },
    { "workload: {each_node: {every: 1min, order: in-turn}}\n",
      "4:37 workload.each_node.order: has no effect on one key", NULL },
    { "workload: {each_node: {every: 1min, clock: poisson, phase: random}}\n",
      "4:53 workload.each_node.phase: has no effect with `clock: poisson`", NULL },
    { "workload: {each_node: {every: 1min, keys: 1048576}}\n",
      "4:23 workload.each_node: 1048576 keys of each of", NULL },
    { "workload: {each_node: {every: 1s}, rate: [{from: 0s, rate: 1/s}]}\n",
      "4:24 workload.each_node.every: has no effect: `workload.rate` says how often", NULL },
    { "workload: {rate: [{from: 0s, rate: 0.1/s}, {from: 9s, rate: 0/s}], keys: 7}\n", NULL,
      "  keys: 7\n  size: 100B\n  rate: [{from: 0s, rate: 0.1/s}, {from: 9s, rate: 0/s}]\n  at: "
      "0s\n  origin: random\n  deletes: 0\n" },
    { "workload:\n  rate: [{from: 0s, rate: 1/s}]\n  updates: 4\n",
      "6:3 workload.updates: has no effect where rates say when updates are written, by "
      "`workload.rate` (line 5)",
      NULL },
    { "workload:\n  arrival: {every: 1s}\n  rate: [{from: 0s, rate: 1/s}]\n",
      "5:3 workload.arrival: has no effect where rates say when updates are written, by "
      "`workload.rate` (line 6)",
      NULL },
    { "workload: {rate: [{from: 0s, rate: 400/s}]}\n",
      "4:18 workload.rate: more than 1048576 updates until `stop.at: 1h`", NULL },
    { "workload: {rate: [{from: 0s, rate: 1e9/s}]}\nstop: {at: 36525d}\n",
      "4:18 workload.rate: more than 1048576 updates", NULL },
    { "workload: {rate: [{from: 0s, rate: 0/s}]}\n",
      "4:18 workload.rate: nobody writes before the end of the run, `stop.at: 1h`", NULL },
    { "workload: {rate: [{from: 0s, rate: 9/s}], at: 1h}\n",
      "4:18 workload.rate: nobody writes before the end of the run, `stop.at: 1h`", NULL },
    { "workload:\n  trace: {file: w.csv}\n  rate: [{from: 0s, rate: 1/s}]\n",
      "6:3 workload.rate: has no effect where a file says what is written, by `workload.trace` "
      "(line 5)",
      NULL },
    { "workload: {each_node: {}, rate: 3/s}\n", "4:33 workload.rate: a list was expected", NULL },
    { "workload: {each_node: {}, rate: [{from: 5s, rate: 1/s}, {from: 5s, rate: 2/s}]}\n",
      "4:64 workload.rate.2.from: comes no later than the step before", NULL },
    { "workload: {each_node: {}, rate: [{from: 5s, rate: -1/s}]}\n",
      "4:51 workload.rate.1.rate: -1/s is negative", NULL },
    { "workload: {each_node: {}, rate: [{from: 5s}]}\n",
      "4:34 workload.rate.1: `{from: 25s, rate: 2/s}` was expected", NULL },
    { "workload: {each_node: {}, rate: [{from: 5s, rate: 1e9/s}]}\n",
      "4:33 workload.rate: more than 1048576 updates by all nodes", NULL },
    { "workload: {each_node: 1min}\n", "4:23 workload.each_node: `{every: 1min, size: 1kB}` was",
      NULL },
    { "workload: {each_node: {evry: 1min}}\n",
      "4:24 workload.each_node.evry: unknown parameter; did you mean `every`?", NULL },

    { "workload: {trace: {file: w.csv}}\n", NULL, "  trace: {file: w.csv}\nstore" },
    { "workload: {trace: {file: w.csv}, size: 1kB}\nstore: {preload: 5}\n", NULL,
      "  size: 1kB\n  trace: {file: w.csv}\n" },
    { "workload: {trace: {file: w.csv, scale: 2, skip: 0}}\n", NULL,
      "  trace: {file: w.csv, scale: 2, skip: 0}\n" },
    { "workload: {trace: {file: w.csv}, size: 1kB}\n",
      "4:34 workload.size: has no effect without `store.preload` where a file says how much is "
      "written, by `workload.trace` (line 4)",
      NULL },
    { "workload: {trace: {file: w.csv}, at: 1s}\n",
      "4:34 workload.at: has no effect where a file says what is written, by `workload.trace` "
      "(line "
      "4)",
      NULL },
    { "workload:\n  each_node: {every: 1s}\n  trace: {file: w.csv}\n",
      "5:3 workload.each_node: has no effect where a file says what is written, by "
      "`workload.trace` (line 6)",
      NULL },
    { "workload: {trace: {file: w.csv}}\nstop: {at: 2s}\n",
      "4:26 workload.trace.file: line 3 of it: the last write would come only after the end of the "
      "run, `stop.at: 2s`",
      NULL },
    { "workload: {trace: {file: none.csv}}\n", "4:26 workload.trace.file: cannot read", NULL },
    { "workload: {trace: w.csv}\n", "4:19 workload.trace: `{file: writes.csv}` was expected",
      NULL },
    { "workload: {trace: {file: w.csv, column: 2}}\n",
      "4:33 workload.trace.column: unknown parameter; known are file, unit, scale, skip", NULL },
};

static void what_is_written_reads_as_it_is_meant(void **state)
{
    (void)state;
    write_file(TRACE);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strconcat(START, STRATEGIES, cases[i].text, NULL), *found, *whole = NULL;
        struct outcome o;

        read_text(&o, scenario_path, text, strlen(text));
        found = o.errors.count == 0
                    ? whole = completed(&o.scenario, false)
                    : g_strdup_printf("%d:%d %s: %s", MAX(o.errors.list[0].line, 1),
                                      MAX(o.errors.list[0].column, 1),
                                      o.errors.list[0].path ? o.errors.list[0].path : "",
                                      o.errors.list[0].text);
        if (cases[i].completed != NULL ? whole == NULL || strstr(whole, cases[i].completed) == NULL
                                       : !g_str_has_prefix(found, cases[i].error))
            fail_msg("%s\nexpected: %s\nfound:    %s", cases[i].text,
                     cases[i].error != NULL ? cases[i].error : cases[i].completed, found);
        g_free(found);
        g_free(text);
        outcome_clear(&o);
    }
}

static void a_node_that_does_not_exist_is_named_with_its_line(void **state)
{
    struct outcome o;
    const char text[] = START STRATEGIES "workload: {trace: {file: w.csv}}\n";

    (void)state;
    write_file("time,node,key,bytes\n1s,3,a,10\n\n2s,100,b,20\n");
    read_text(&o, scenario_path, text, strlen(text));
    assert_int_equal(o.errors.count, 1);
    assert_string_equal(o.errors.list[0].text,
                        "line 4 of it: node 100 does not exist; the 100 nodes count from 0");
    outcome_clear(&o);
}

/* What the runs of a point depend on, as it is hashed, with the trace in the file. */
static char *hashed(const char *trace)
{
    const char text[] = START STRATEGIES "workload: {trace: {file: w.csv}}\n";
    struct outcome o;
    char *found;

    write_file(trace);
    read_text(&o, scenario_path, text, strlen(text));
    assert_true(o.is_good);
    found = completed(&o.scenario, true);
    outcome_clear(&o);
    return found;
}

static void a_changed_trace_is_another_point(void **state)
{
    static const char *const others[] = {
        "time,node,key,bytes\n1s,3,a,10\n2s,99,b,21\n",
        "time,node,key,bytes\n1s,3,a,10\n2s,99,a,20\n",
        "time,node,key,bytes,delete\n1s,3,a,10,\n2s,99,b,20,true\n",
        "time,node,key,bytes\n1s,3,a,10\n2001ms,99,b,20\n",
    };
    char *one = hashed(TRACE), *same = hashed("bytes key node,time,key,node,bytes\n"
                                              ",2000ms,user:b,99,20B\n,1s,user:a,3,10\n");

    (void)state;
    assert_string_equal(one, same); /* other names of keys, another order */
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        char *other = hashed(others[i]);

        assert_string_not_equal(one, other);
        g_free(other);
    }
    g_free(one);
    g_free(same);
}

/* ---- files ---- */

/* The writes as `TIME NODE KEY BYTES`, or the error as `LINE:COLUMN TEXT`. */
static char *describe(const char *text, int64_t skip, sim_time unit, double scale)
{
    struct errors errors = { 0 };
    struct csv *csv = csv_of_text("w.csv", text, strlen(text), CSV_AS_FIRST_ROW, &errors);
    struct write_trace *trace = write_trace_read(csv, skip, unit, scale);
    GString *found = g_string_new(NULL);

    if (trace == NULL)
        g_string_printf(found, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                        errors.list[0].text);
    for (size_t i = 0; trace != NULL && i < trace->count; i++) {
        const struct sim_write *w = &trace->writes[i];
        char at[QUANTITY_TEXT_MAX];

        quantity_write_time(w->at, at);
        g_string_append_printf(found, "%s%s %u %u ", i > 0 ? ", " : "", at, w->node, w->key);
        g_string_append_printf(found, w->is_delete ? "deleted" : "%u", w->bytes);
    }
    write_trace_free(trace);
    csv_close(csv);
    errors_clear(&errors);
    return g_string_free(found, FALSE);
}

#define HEADER "time,node,key,bytes,delete\n"

static const struct {
    const char *text;
    int64_t skip;
    sim_time unit;
    double scale;
    const char *found;
} files[] = {
    { HEADER "1s,3,a,10,\n2s,4,b,2kB,0\n3s,3,a,,true\n", 0, 0, 1,
      "1s 3 0 10, 2s 4 1 2000, 3s 3 0 "
      "deleted" },
    { HEADER "3,1,z,1,\n1,2,y,1,\n3,2,x,1,\n2,2,z,1,\n", 0, SIM_SECOND, 0.5,
      "500ms 2 0 1, 1s 2 1 1, 1500ms 1 1 1, 1500ms 2 2 1" },
    { "log of a day\nkey;who;bytes;node;time\n\"a;b\";me;5;7;1ms\n", 1, 0, 1, "1ms 7 0 5" },
    { "# a comment\ntime node key bytes\n1s 0 a 0\n", 0, 0, 1, "1s 0 0 0" },
    { "time,node,key\n1s,2,a\n", 0, 0, 1,
      "1:1 there is no column `bytes` in this first line; a trace of writes has" },
    { "1s,2,a,3\n", 0, 0, 1, "1:1 there is no column `time` in this first line" },
    { HEADER, 0, 0, 1, "0:1 no writes behind the first line" },
    { "", 0, 0, 1, "0:1 no writes; a first line" },
    { HEADER "1s,-2,a,3,\n", 0, 0, 1, "2:4 " },
    { HEADER "1s,1e9,a,3,\n1s,2e9,a,3,\n", 0, 0, 1, "3:4 2000000000 is no number of a node" },
    { HEADER "1,2,a,3,\n", 0, 0, 1, "2:1 1 lacks a unit" },
    { HEADER "-1,2,a,3,\n", 0, SIM_SECOND, 1, "2:1 -1 is negative" },
    { HEADER "1s,2,,3,\n", 0, 0, 1, "2:6 a key was expected" },
    { HEADER "1s,2\n", 0, 0, 1, "2:5 a key was expected" },
    { HEADER "1s,2,a,,\n", 0, 0, 1, "2:8 field 4 is empty; a size, as in 2kB was expected" },
    { HEADER "1s,2,a,3x,\n", 0, 0, 1, "2:8 `3x` has an unknown unit" },
    { HEADER "1s,2,a,2GiB,\n", 0, 0, 1, "2:8 2GiB is too large; at most 1GiB" },
    { HEADER "1s,2,a,3,maybe\n", 0, 0, 1, "2:10 `maybe` is neither true nor false" },
};

static void files_are_read_as_people_have_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        char *found = describe(files[i].text, files[i].skip, files[i].unit, files[i].scale);

        if (!g_str_has_prefix(found, files[i].found))
            fail_msg("%s\nexpected: %s\nfound:    %s", files[i].text, files[i].found, found);
        g_free(found);
    }
}

static void too_many_writes_are_refused(void **state)
{
    GString *text = g_string_new("time,node,key,bytes\n");
    char *found;

    (void)state;
    for (int i = 0; i < SIM_UPDATES_MAX; i++)
        g_string_append(text, "1,0,a,1\n");
    found = describe(text->str, 0, 1, 1);
    assert_true(g_str_has_prefix(found, "1ns 0 0 1, 1ns 0 0 1"));
    g_free(found);
    g_string_append(text, "1,0,a,1\n");
    found = describe(text->str, 0, 1, 1);
    assert_string_equal(found, "1048578:1 more than 1048576 writes");
    g_free(found);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_as_it_is_meant),
        cmocka_unit_test(a_node_that_does_not_exist_is_named_with_its_line),
        cmocka_unit_test(a_changed_trace_is_another_point),
        cmocka_unit_test(files_are_read_as_people_have_them),
        cmocka_unit_test(too_many_writes_are_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
