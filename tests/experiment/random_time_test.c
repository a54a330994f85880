/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random quantities become what the engine draws from, of whatever family or file.
 */
#include "tests/experiment/reading.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void measured_values_come_from_a_file(void **state)
{
    static const char text[] = START STRATEGIES "network: {latency: {empirical: {file: x.csv}}}\n";
    static const char smooth[] =
        START STRATEGIES "network: {latency: {empirical: {file: x.csv, smooth: true}}}\n";
    char *folder = g_dir_make_tmp("scenario-XXXXXX", NULL);
    char *values = g_build_filename(folder, "x.csv", NULL);
    char *path = g_build_filename(folder, "a.yaml", NULL);
    struct distribution_spec spec;
    struct outcome o;
    char *first, *second;

    (void)state;
    assert_true(g_file_set_contents(values, "# rtt\n10ms\n\n 2.5ms \r\n1s", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    errors_print(stderr, &o.errors);
    assert_true(o.is_good);
    random_time_spec(&o.scenario.latency.all, &spec);
    assert_int_equal(spec.kind, DISTRIBUTION_EMPIRICAL);
    assert_int_equal(spec.value_count, 3);
    assert_int_equal(spec.values[1], 2500000);
    first = completed(&o.scenario, true);
    outcome_clear(&o);

    assert_true(g_file_set_contents(values, "10ms\n2.5ms\n2s\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    second = completed(&o.scenario, true);
    assert_string_not_equal(first, second);
    outcome_clear(&o);

    read_text(&o, path, smooth, sizeof smooth - 1);
    assert_true(o.is_good);
    random_time_spec(&o.scenario.latency.all, &spec);
    assert_true(spec.is_smooth);
    g_free(second);
    second = completed(&o.scenario, false);
    assert_non_null(strstr(second, "{empirical: {file: x.csv, smooth: true}}"));
    outcome_clear(&o);
    g_free(first);
    g_free(second);

    assert_true(g_file_set_contents(values, "10ms\n7\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    assert_int_equal(o.errors.count, 1);
    assert_string_equal(o.errors.list[0].file, values);
    assert_int_equal(o.errors.list[0].line, 2);
    outcome_clear(&o);
    assert_true(g_file_set_contents(values, "# nothing\n", -1, NULL));
    read_text(&o, path, text, sizeof text - 1);
    assert_int_equal(o.errors.count, 1);
    outcome_clear(&o);
    remove(values);
    remove(folder);
    g_free(values);
    g_free(path);
    g_free(folder);
}

/* The values that a scenario takes of a text, as `1.5ms 2ms`, or the first error. */
static char *values_of(const char *options, const char *text)
{
    char *folder = g_dir_make_tmp("scenario-XXXXXX", NULL);
    char *values = g_build_filename(folder, "x.csv", NULL);
    char *path = g_build_filename(folder, "a.yaml", NULL);
    char *scenario = g_strdup_printf(
        START STRATEGIES "network: {latency: {empirical: {file: x.csv%s}}}\n", options);
    GString *found = g_string_new(NULL);
    struct distribution_spec spec;
    struct outcome o;

    assert_true(g_file_set_contents(values, text, -1, NULL));
    read_text(&o, path, scenario, strlen(scenario));
    if (o.is_good) {
        char *again = completed(&o.scenario, false);

        assert_non_null(strstr(again, options)); /* it is written back as it was */
        g_free(again);
        random_time_spec(&o.scenario.latency.all, &spec);
    }
    for (size_t i = 0; o.is_good && i < spec.value_count; i++) {
        char time[QUANTITY_TEXT_MAX];

        quantity_write_time(spec.values[i], time);
        g_string_append_printf(found, "%s%s", i > 0 ? " " : "", time);
    }
    if (!o.is_good)
        g_string_printf(found, "%d:%d %s", o.errors.list[0].line, o.errors.list[0].column,
                        o.errors.list[0].text);
    outcome_clear(&o);
    remove(values);
    remove(folder);
    g_free(scenario);
    g_free(values);
    g_free(path);
    g_free(folder);
    return g_string_free(found, FALSE);
}

static void measured_values_are_a_column(void **state)
{
    static const char pings[] = "host,\"avg, ms\",avg\na,1,3\nb,2,0\nc,4,5.5\n";
    static const struct {
        const char *options, *text, *found;
    } cases[] = {
        { ", column: avg, unit: ms", pings, "3ms 0s 5500us" },
        { ", column: avg, unit: ms, scale: 0.5, drop_zeros: true", pings, "1500us 2750us" },
        { ", column: \"avg, ms\", unit: us", pings, "1us 2us 4us" },
        { ", column: 2, unit: s, skip: 1", pings, "1s 2s 4s" },
        { ", column: avg, unit: ms, skip: 1", pings, "3ms 0s 5500us" },
        { ", column: avg, unit: ms, skip: 1", "made by ping\navg;n\n3;1\n", "3ms" },
        { ", unit: us", "# King\n1000\n2500.5\n", "1ms 2500500ns" },
        { ", column: 3", "a b 40ms\nc d 1s\n", "40ms 1s" },
        { ", column: avg, unit: ms", "host,max\na,1\n", "1:1 there is no column `avg` in" },
        { ", column: 2, unit: ms", pings, "1:6 `avg, ms` is not a number" },
        { ", unit: ms", "1,2\n", "1:3 2 fields; say which in the scenario, as in `column: 2`" },
        { ", column: avg, unit: ms", "avg\n1\n-2\n", "3:1 -2 is negative" },
        { ", column: avg, unit: ms, drop_zeros: true", "avg\n0\n0\n", "0:1 no values" },
        { ", column: avg, unit: m", pings, "4:" },
        { ", colum: avg", pings, "4:46 unknown parameter; did you mean `column`?" },
        { ", column: avg, unit: ms, scale: 0", pings, "4:" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *found = values_of(cases[i].options, cases[i].text);

        if (!g_str_has_prefix(found, cases[i].found))
            fail_msg("%s: %s instead of %s", cases[i].options, found, cases[i].found);
        g_free(found);
    }
}

static void families_become_the_engines_terms(void **state)
{
    static const struct {
        const char *text;
        enum distribution_kind kind;
        double a, b;
    } cases[] = {
        { "40ms", DISTRIBUTION_CONSTANT, 4e7, 0 },
        { "{exponential: {mean: 1s}}", DISTRIBUTION_EXPONENTIAL, 1e9, 0 },
        { "{uniform: {min: 1s, max: 2s}}", DISTRIBUTION_UNIFORM, 1e9, 2e9 },
        { "{normal: {mean: 1s, sd: 1ms}}", DISTRIBUTION_NORMAL, 1e9, 1e6 },
        /* ln(e^2.326...) / 2.326... */
        { "{lognormal: {median: 1s, p99: 10240473670ns}}", DISTRIBUTION_LOGNORMAL, 1e9, 1 },
        { "{lognormal: {median: 1s, sigma: 0.5}}", DISTRIBUTION_LOGNORMAL, 1e9, 0.5 },
        /* Gamma(3) = 2 */
        { "{weibull: {shape: 0.5, mean: 1h}}", DISTRIBUTION_WEIBULL, 1.8e12, 0.5 },
        { "{weibull: {shape: 0.5, scale: 1h}}", DISTRIBUTION_WEIBULL, 3.6e12, 0.5 },
        { "{pareto: {shape: 1.5, min: 1min}}", DISTRIBUTION_PARETO, 6e10, 1.5 },
        { "{lomax: {shape: 1.5, scale: 1min}}", DISTRIBUTION_LOMAX, 6e10, 1.5 },
        { "{gamma: {shape: 2, mean: 1s}}", DISTRIBUTION_GAMMA, 5e8, 2 },
        { "{gamma: {shape: 2, scale: 1s}}", DISTRIBUTION_GAMMA, 1e9, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strdup_printf(START STRATEGIES "network: {latency: %s}\n", cases[i].text);
        struct distribution_spec spec;
        struct outcome o;

        read_text(&o, "a.yaml", text, strlen(text));
        assert_true(o.is_good);
        random_time_spec(&o.scenario.latency.all, &spec);
        assert_int_equal(spec.kind, cases[i].kind);
        assert_true(fabs(spec.a / cases[i].a - 1) < 1e-9);
        assert_true(fabs(spec.b - cases[i].b) < 1e-9);
        g_free(text);
        outcome_clear(&o);
    }
}

/* Errors show how a family is written, so that must be right. */
static void examples_of_families_are_read(void **state)
{
    (void)state;
    for (int i = 0; i < DISTRIBUTION_KINDS; i++) {
        const struct distribution_family *family = &distribution_families[i];
        struct outcome o;
        char *text;

        assert_true((family->example != NULL) == (family->name != NULL));
        if (family->example == NULL)
            continue;
        text = g_strdup_printf(START STRATEGIES "network: {latency: %s}\n", family->example);
        read_text(&o, "nowhere/a.yaml", text, strlen(text));
        if (family->takes_values) /* there is no such file */
            assert_non_null(strstr(o.errors.list[0].text, "cannot read nowhere/latencies.txt"));
        else
            assert_true(o.is_good);
        assert_ptr_equal(o.scenario.latency.all.family, family);
        g_free(text);
        outcome_clear(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured_values_come_from_a_file),
        cmocka_unit_test(measured_values_are_a_column),
        cmocka_unit_test(families_become_the_engines_terms),
        cmocka_unit_test(examples_of_families_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
