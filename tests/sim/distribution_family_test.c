/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written of a distribution comes true: its mean, median or 99th percentile is the one of
 * the table made of it, whichever of two ways it was written.  Parameters that contradict each
 * other are refused, and a family says where its mean is infinite.
 */
#include "sim/value/distribution_family.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct written {
    enum distribution_kind kind;
    _Alignas(max_align_t) char params[DISTRIBUTION_PARAMS_MAX];
};

/* Reads `name value name value ...`, as the language does. */
static void write_down(struct written *w, enum distribution_kind kind, const char *text)
{
    char copy[100], why[PARAM_WHY_MAX], *rest = NULL;

    *w = (struct written){ .kind = kind };
    strcpy(copy, text);
    for (char *name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        const struct param *row = param_find(distribution_families[kind].params, name);

        assert_non_null(row);
        assert_true(param_set(row, w->params, strtok_r(NULL, " ", &rest), why));
    }
}

static struct distribution_spec spec_of(const struct written *w)
{
    struct distribution_spec spec = { .kind = w->kind };

    distribution_families[w->kind].specify(w->params, &spec);
    return spec;
}

#define HOUR (3600e9)

/* What else is known of a law that is written down, ns; 0: not asked. */
static const struct {
    enum distribution_kind kind;
    const char *text;
    double mean, median, p99;
} laws[] = {
    { DISTRIBUTION_CONSTANT, "value 40ms", 40e6, 40e6, 40e6 },
    { DISTRIBUTION_EXPONENTIAL, "mean 1h", HOUR, HOUR *M_LN2, HOUR * 4.605170185988091 },
    { DISTRIBUTION_UNIFORM, "min 1h max 3h", 2 * HOUR, 2 * HOUR, 2.98 * HOUR },
    { DISTRIBUTION_NORMAL, "mean 10h sd 1h", 10 * HOUR, 10 * HOUR, 12.326347874 * HOUR },
    { DISTRIBUTION_LOGNORMAL, "median 1h p99 2h", 0, HOUR, 2 * HOUR },
    { DISTRIBUTION_LOGNORMAL, "median 1h sigma 0.5", 1.1331484530668263 * HOUR, HOUR, 0 },
    { DISTRIBUTION_WEIBULL, "shape 0.6 mean 2h", 2 * HOUR, 0, 0 },
    { DISTRIBUTION_WEIBULL, "shape 2 scale 1h", 0.886226925 * HOUR, 0.832554611 * HOUR, 0 },
    { DISTRIBUTION_PARETO, "shape 3 min 1h", 1.5 * HOUR, 1.25992105 * HOUR, 0 },
    { DISTRIBUTION_LOMAX, "shape 3 scale 1h", 0.5 * HOUR, 0.25992105 * HOUR, 0 },
    { DISTRIBUTION_GAMMA, "shape 0.3 mean 2h", 2 * HOUR, 0, 0 },
    { DISTRIBUTION_GAMMA, "shape 5 scale 1h", 5 * HOUR, 4.670908883 * HOUR, 0 },
};
enum { LAWS = sizeof laws / sizeof laws[0] };

static void expect_near(double found, double expected)
{
    if (expected > 0) /* the tables' own error, see distribution.h; quantiles by interpolation */
        assert_true(fabs(found / expected - 1) < 2e-4);
}

static void what_is_written_comes_true(void **state)
{
    (void)state;
    for (int i = 0; i < LAWS; i++) {
        struct distribution_spec spec;
        struct distribution *d;
        struct written w;

        write_down(&w, laws[i].kind, laws[i].text);
        spec = spec_of(&w);
        d = distribution_new(&spec);
        expect_near(distribution_mean(d), laws[i].mean);
        expect_near((double)distribution_value(d, UINT32_MAX / 2), laws[i].median);
        expect_near((double)distribution_value(d, (uint32_t)(0.99 * UINT32_MAX)), laws[i].p99);
        distribution_free(d);
    }
}

/* So that a new one is tested here, and as a table in distribution_test.c. */
static void every_family_is_among_them(void **state)
{
    (void)state;
    for (int kind = 0; kind < DISTRIBUTION_KINDS; kind++) {
        const struct distribution_family *family = &distribution_families[kind];
        bool is_there = family->takes_values;

        for (int i = 0; i < LAWS; i++)
            is_there = is_there || (int)laws[i].kind == kind;
        assert_true(is_there);
        assert_true((family->quantile != NULL) != family->takes_values);
        assert_true((family->name != NULL) == (family->help != NULL));
        for (int k = 0; k < 2; k++)
            assert_true(!family->either[k] || param_find(family->params, family->either[k]));
    }
}

static void contradictions_are_refused(void **state)
{
    static const struct {
        enum distribution_kind kind;
        const char *bad, *good, *why;
    } cases[] = {
        { DISTRIBUTION_UNIFORM, "min 2s max 2s", "min 2s max 3s", "`min` must be less than `max`" },
        { DISTRIBUTION_LOGNORMAL, "median 2s p99 2s", "median 2s p99 3s",
          "`median` must be less than `p99`" },
        { DISTRIBUTION_LOGNORMAL, "median 2s p99 1s", "median 2s sigma 1",
          "`median` must be less than `p99`" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct distribution_family *family = &distribution_families[cases[i].kind];
        char why[PARAM_WHY_MAX] = "";
        struct written w;

        write_down(&w, cases[i].kind, cases[i].good);
        assert_true(family->check(w.params, why));
        write_down(&w, cases[i].kind, cases[i].bad);
        assert_false(family->check(w.params, why));
        assert_string_equal(why, cases[i].why);
    }
}

static void a_power_law_may_have_no_mean(void **state)
{
    static const struct {
        enum distribution_kind kind;
        const char *without, *with;
    } cases[] = { { DISTRIBUTION_PARETO, "shape 1 min 1s", "shape 1.01 min 1s" },
                  { DISTRIBUTION_LOMAX, "shape 1 scale 1s", "shape 1.01 scale 1s" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct distribution_spec spec;
        struct written w;

        write_down(&w, cases[i].kind, cases[i].without);
        spec = spec_of(&w);
        assert_false(distribution_families[w.kind].has_mean(&spec));
        write_down(&w, cases[i].kind, cases[i].with);
        spec = spec_of(&w);
        assert_true(distribution_families[w.kind].has_mean(&spec));
    }
}

/* A table's rows say it of all their laws, and of a sample by its values. */
static void what_has_one_value_or_is_0_says_so(void **state)
{
    static const sim_time values[] = { 0, 0, 1 };
    struct distribution_spec spec;
    struct written w;

    (void)state;
    for (int i = 0; i < LAWS; i++) {
        const struct distribution_family *family = &distribution_families[laws[i].kind];

        write_down(&w, laws[i].kind, laws[i].text);
        spec = spec_of(&w);
        assert_true(family->is_constant ==
                    (family->quantile(&spec, 0.1, 0.9) == family->quantile(&spec, 0.9, 0.1)));
        assert_false(family->is_zero != NULL && family->is_zero(&spec));
    }
    write_down(&w, DISTRIBUTION_CONSTANT, "value 0s");
    spec = spec_of(&w);
    assert_true(distribution_families[DISTRIBUTION_CONSTANT].is_zero(&spec));
    spec = (struct distribution_spec){ .values = values, .value_count = 2 };
    assert_true(distribution_families[DISTRIBUTION_EMPIRICAL].is_zero(&spec));
    spec.value_count = 3;
    assert_false(distribution_families[DISTRIBUTION_EMPIRICAL].is_zero(&spec));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_true),
        cmocka_unit_test(every_family_is_among_them),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(a_power_law_may_have_no_mean),
        cmocka_unit_test(what_has_one_value_or_is_0_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
