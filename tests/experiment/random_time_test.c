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
        cmocka_unit_test(families_become_the_engines_terms),
        cmocka_unit_test(examples_of_families_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
