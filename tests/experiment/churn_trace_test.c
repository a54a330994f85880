/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of churn from files: the three forms, the order of nodes, where a record begins and how
 * one that repeats closes; and whatever is wrong is refused with its line and column.
 */
#include "experiment/language/churn_trace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/churn_trace_XXXXXX";

static const char *path_of(const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    char path[200];
    FILE *out = fopen(path_of(name, path), "w");

    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

/* The nodes as `up 100 160; away 50`, in seconds, or the error as `LINE:COLUMN text`. */
static void describe(const char *path, const struct trace_meaning *meaning, char *text, size_t size)
{
    struct errors errors = { 0 };
    struct churn_trace *made = churn_trace_read(path, meaning, &errors);
    size_t length = 0;

    text[0] = 0;
    if (made == NULL)
        snprintf(text, size, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                 errors.list[0].text);
    for (uint32_t i = 0; made != NULL && i < made->trace.count; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s%s", i > 0 ? "; " : "",
                                   made->trace.begins_up[i] ? "up" : "away");
        for (uint64_t k = made->trace.start[i]; k < made->trace.start[i + 1]; k++)
            length += (size_t)snprintf(text + length, size - length, " %g",
                                       (double)made->trace.changes[k] / 1e9);
    }
    churn_trace_free(made);
    errors_clear(&errors);
}

static const struct trace_meaning in_s = { .unit = SIM_SECOND };
static const struct trace_meaning with_units = { .unit = 0 };
static const struct trace_meaning from_40 = { .unit = SIM_SECOND, .from = 40 * SIM_SECOND };
static const struct trace_meaning again = { .unit = SIM_SECOND, .repeats = true };
static const struct trace_meaning one_less = { .unit = SIM_SECOND, .skip = 1 };

static const struct {
    const char *text;
    const struct trace_meaning *meaning;
    const char *expected;
} cases[] = {
    /* rows of node, time and state */
    { "node,time,state\n0,100,down\n1,50,up\n0,160,up\n", &in_s, "up 100 160; away 50" },
    { "0,100,down\n", &in_s, "up 100" },
    { "# a comment\n\nb;5;U\r\na;7;d\r\nb;6;D\r\n", &in_s, "away 5 6; up 7" },
    { "10 1 UP\n2 1 down\n", &in_s, "up 1; away 1" },
    { "10 1 up\nx2 1 down\n", &in_s, "away 1; up 1" },
    { "7 1 up\n07 1 down\n6 2 up\n", &in_s, "away 2; away 1; up 1" },
    { "a,1min,down\na,2min,up\n", &with_units, "up 60 120" },
    { "a,0,down\na,9,up\n", &in_s, "away 9" },
    { "a,30,down\na,50,up\nb,40,up\nb,90,down\n", &from_40, "away 10; up 50" },
    { "a,1,down\nb,2,down\nb,4,up\n", &again, "up 1 4; up 2 4" },
    { "a,1,down\na,2,up\na,4,down\nb,3,up\n", &again, "up 1 2; away 3 4" },
    { "nonsense\na,1,down\n", &one_less, "up 1" },
    { "a,1,down\na,1,up\n", &in_s, "2:3 not after the node's line before, at 1s" },
    { "a,2,down\nb,1,up\na,1,up\n", &in_s, "3:3 not after the node's line before, at 2s" },
    { "a,1,down\na,2,down\n", &in_s, "2:5 the node is down already" },
    { "a,1,up\na,2,dwon\n", &in_s, "2:5 `dwon`; up or down, or U or D, was expected" },
    { "a,1,up\na,2\n", &in_s, "2:4 2 fields; a node, a time, and up or down was expected" },
    { "a,1,up\na,2,up,3\n", &in_s, "2:8 4 fields; a node, a time, and up or down was expected" },
    { "a,1,dwon\n", &in_s, "1:5 `dwon`; up or down" },
    { "a,l0,down\na,5,up\n", &in_s, "1:3 `l0` is not a number" },
    { "a,b,state\na,x,up\n", &in_s, "2:3 `x` is not a number" },
    { "a,-1,down\n", &in_s, "1:3 " },
    { "a,1,down\n", &with_units, "1:3 1 lacks a unit" },
    { "a,30,down\n", &from_40, "0:0 no node comes or goes after `from`" },
    { "", &in_s, "0:0 no node comes or goes" },
    { "1,2,3,4,x\n", &in_s, "1:9 `x` is not a number" },
    { "100 D\n160 U\n", &in_s, "1:1 a time and a state, but of which node?" },
    /* lengths */
    { "100 60\n0 50 40\n30\n", &in_s, "up 100 160; away 50 90; up 30" },
    { "1h,30min\n", &with_units, "up 3600 5400" },
    { "100 60\n0 50\n30\n", &again, "up 100 160; away 50 160; up 30 160" },
    { "100 60\n20 30 50\n", &from_40, "up 60 120; away 10 60" },
    { "100 0 3\n", &in_s, "1:5 0; only the first length may be" },
    { "36525d 36525d 36525d 1s\n", &with_units, "1:8 too late" },
};

static void a_file_is_what_its_form_says(void **state)
{
    char path[200], found[1000];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("trace", cases[i].text);
        describe(path_of("trace", path), cases[i].meaning, found, sizeof found);
        if (strncmp(found, cases[i].expected, strlen(cases[i].expected)) != 0 ||
            (strchr(cases[i].expected, ':') == NULL && strcmp(found, cases[i].expected) != 0))
            fail_msg("case %zu: \"%s\" gave \"%s\"", i, cases[i].text, found);
    }
}

static void a_folder_has_a_file_for_each_node(void **state)
{
    char path[200], found[1000];

    (void)state;
    assert_int_equal(mkdir(path_of("nodes", path), 0700), 0);
    write_file("nodes/n10", "30 D\n");
    write_file("nodes/n9", "# comment\n50\tU\n90\tD\n");
    write_file("nodes/n11", "");
    write_file("nodes/.hidden", "nonsense\n");
    describe(path, &in_s, found, sizeof found);
    assert_string_equal(found, "away 50 90; up 30; up");
    write_file("nodes/n9", "50\tU\n90\tU\n");
    describe(path, &in_s, found, sizeof found);
    assert_string_equal(found, "2:4 the node is up already");
    write_file("nodes/n9", "50\n");
    describe(path, &in_s, found, sizeof found);
    assert_string_equal(found, "1:3 1 field; a time, and U or D was expected");
    unlink(path_of("nodes/n9", path));
    unlink(path_of("nodes/n10", path));
    unlink(path_of("nodes/n11", path));
    unlink(path_of("nodes/.hidden", path));
    describe(path_of("nodes", path), &in_s, found, sizeof found);
    assert_non_null(strstr(found, "no node comes or goes"));
    assert_int_equal(rmdir(path), 0);
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void availability_is_what_was_recorded(void **state)
{
    static const bool begins_up[] = { true, false, true };
    static const uint64_t start[] = { 0, 2, 4, 4 };
    static const sim_time changes[] = { 10, 40, 5, 95 };
    const struct sim_trace trace = {
        .count = 3, .begins_up = begins_up, .start = start, .changes = changes, .length = 100
    };

    (void)state;
    assert_true(is_near(churn_trace_availability(&trace, 3, true, 7), (70 + 90 + 100) / 300.0));
    assert_true(is_near(churn_trace_availability(&trace, 1, true, 7), 0.7));
    assert_true(is_near(churn_trace_availability(&trace, 3, false, 200), (170 + 90 + 200) / 600.0));
    assert_true(is_near(churn_trace_availability(&trace, 2, false, 20), (10 + 15) / 40.0));
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    char path[200];

    (void)state;
    unlink(path_of("trace", path));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_what_its_form_says),
        cmocka_unit_test(a_folder_has_a_file_for_each_node),
        cmocka_unit_test(availability_is_what_was_recorded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
