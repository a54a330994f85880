/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A variate of a table follows the distribution function of its kind, from one tail to the other,
 * grows with its draw, and stays between 0 and the longest time whatever the parameters; its mean
 * and its residual life are those of the law.
 */
#include "law.h"
#include "sim/value/distribution.h"
#include "sim/value/draw.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SPEC(kind_, a_, b_)                                \
    {                                                      \
        .kind = DISTRIBUTION_##kind_, .a = (a_), .b = (b_) \
    }

/* The laws of the tests, with closed forms of mean and standard deviation, ns. */
struct law {
    struct distribution_spec spec;
    double mean, sd; /* sd 0: too heavy a tail to compare */
};

/* Mean and standard deviation of a Weibull variate of scale 1. */
static double weibull_mean(double shape)
{
    return gsl_sf_gamma(1 + 1 / shape);
}

static double weibull_sd(double shape)
{
    return sqrt(gsl_sf_gamma(1 + 2 / shape) - pow(weibull_mean(shape), 2));
}

enum { LAWS = 20 };

static void list_laws(struct law *laws)
{
    const struct law all[LAWS] = {
        { SPEC(UNIFORM, 1e7, 5e7), 3e7, 4e7 / sqrt(12) },
        { SPEC(UNIFORM, 0, 1e9), 5e8, 1e9 / sqrt(12) },
        { SPEC(EXPONENTIAL, 1e9, 0), 1e9, 1e9 },
        { SPEC(EXPONENTIAL, 3e13, 0), 3e13, 3e13 },
        { SPEC(NORMAL, 4e7, 5e6), 4e7, 5e6 },
        { SPEC(NORMAL, 1e9, 2e9), 0, 0 }, /* filled in below: cut at 0 */
        { SPEC(LOGNORMAL, 4e7, 0.69), 4e7 * exp(0.69 * 0.69 / 2), 0 },
        { SPEC(LOGNORMAL, 1e9, 0.05), 1e9 * exp(0.05 * 0.05 / 2), 0 },
        { SPEC(WEIBULL, 1e12, 0.5), 1e12 * weibull_mean(0.5), 1e12 * weibull_sd(0.5) },
        { SPEC(WEIBULL, 1e12, 0.6), 1e12 * weibull_mean(0.6), 1e12 * weibull_sd(0.6) },
        { SPEC(WEIBULL, 1e12, 3), 1e12 * weibull_mean(3), 1e12 * weibull_sd(3) },
        { SPEC(PARETO, 6e10, 3), 6e10 * 3 / 2, 0 },
        { SPEC(PARETO, 6e10, 1.5), 6e10 * 3, 0 },
        { SPEC(LOMAX, 6e10, 3), 6e10 / 2, 0 },
        { SPEC(LOMAX, 6e10, 1.5), 6e10 / 0.5, 0 },
        { SPEC(GAMMA, 5e8, 2), 1e9, 5e8 * sqrt(2) },
        { SPEC(GAMMA, 1e12, 0.3), 3e11, 1e12 * sqrt(0.3) },
        { SPEC(GAMMA, 1e16, 0.1), 1e15, 1e16 * sqrt(0.1) },
        { SPEC(GAMMA, 1e7, 50), 5e8, 1e7 * sqrt(50) },
        { SPEC(CONSTANT, 4e7, 0), 4e7, 0 },
    };

    for (int i = 0; i < LAWS; i++) {
        laws[i] = all[i];
        if (laws[i].mean == 0) { /* a normal law cut at 0 */
            double mean = laws[i].spec.a, sd = laws[i].spec.b, z = -mean / sd;
            double ratio = gsl_ran_ugaussian_pdf(z) / gsl_cdf_ugaussian_Q(z);

            laws[i].mean = mean + sd * ratio;
            laws[i].sd = sd * sqrt(1 + z * ratio - ratio * ratio);
        }
    }
    for (int i = 0; i < LAWS; i++)
        if (laws[i].spec.kind == DISTRIBUTION_LOGNORMAL)
            laws[i].sd = laws[i].mean * sqrt(expm1(laws[i].spec.b * laws[i].spec.b));
}

/* Probability of at most x. */
static double below(double x, const void *about)
{
    const struct distribution_spec *s = about;

    switch (s->kind) {
    case DISTRIBUTION_UNIFORM:
        return gsl_cdf_flat_P(x, s->a, s->b);
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_cdf_exponential_P(x, s->a);
    case DISTRIBUTION_NORMAL:
        return 1 - gsl_cdf_gaussian_Q(x - s->a, s->b) / gsl_cdf_gaussian_Q(-s->a, s->b);
    case DISTRIBUTION_LOGNORMAL:
        return gsl_cdf_lognormal_P(x, log(s->a), s->b);
    case DISTRIBUTION_WEIBULL:
        return gsl_cdf_weibull_P(x, s->a, s->b);
    case DISTRIBUTION_PARETO:
        return gsl_cdf_pareto_P(x, s->b, s->a);
    case DISTRIBUTION_LOMAX:
        return gsl_cdf_pareto_P(x + s->a, s->b, s->a);
    case DISTRIBUTION_GAMMA:
        return gsl_cdf_gamma_P(x, s->b, s->a);
    default:
        return x >= s->a;
    }
}

static double above(double x, const struct distribution_spec *s)
{
    switch (s->kind) {
    case DISTRIBUTION_EXPONENTIAL:
        return gsl_cdf_exponential_Q(x, s->a);
    case DISTRIBUTION_NORMAL:
        return gsl_cdf_gaussian_Q(x - s->a, s->b) / gsl_cdf_gaussian_Q(-s->a, s->b);
    case DISTRIBUTION_LOGNORMAL:
        return gsl_cdf_lognormal_Q(x, log(s->a), s->b);
    case DISTRIBUTION_WEIBULL:
        return gsl_cdf_weibull_Q(x, s->a, s->b);
    case DISTRIBUTION_PARETO:
        return gsl_cdf_pareto_Q(x, s->b, s->a);
    case DISTRIBUTION_LOMAX:
        return gsl_cdf_pareto_Q(x + s->a, s->b, s->a);
    case DISTRIBUTION_GAMMA:
        return gsl_cdf_gamma_Q(x, s->b, s->a);
    default:
        return 1 - below(x, s);
    }
}

/* The probability that lies within the rounding of a variate: whole nanoseconds, 24 bits. */
static double rounding(double x, const struct distribution_spec *spec)
{
    return below(x * (1 + 0x1p-23) + 1, spec) - below(x * (1 - 0x1p-23) - 1, spec);
}

static uint32_t draw_of(double p)
{
    return (uint32_t)(p * 0x1p32);
}

/*
 * The knots of an octave are 64: what is between them bends by at most
 * (step)^2 / 8 * |Q''|, less than 1/1000 of the tail's probability for these laws.
 */
static void quantiles_are_those_of_the_law(void **state)
{
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (int k = 0; k < LAWS; k++) {
        const struct distribution_spec *spec = &laws[k].spec;
        struct distribution *d = distribution_new(spec);

        if (spec->kind == DISTRIBUTION_CONSTANT) {
            distribution_free(d);
            continue;
        }
        for (double tail = 0x1p-26; tail < 0.5; tail *= 1.07) {
            double low = (double)distribution_value(d, draw_of(tail));
            double high = (double)distribution_value(d, ~draw_of(tail));
            double exact = ((double)draw_of(tail) + 0.5) * 0x1p-32;
            double slack = exact * 1e-3;

            if (fabs(below(low, spec) - exact) > slack + rounding(low, spec))
                fail_msg("law %d: %g of %g are below %g", k, below(low, spec), exact, low);
            if (fabs(above(high, spec) - exact) > slack + rounding(high, spec))
                fail_msg("law %d: %g of %g are above %g", k, above(high, spec), exact, high);
        }
        distribution_free(d);
    }
}

static void samples_follow_the_law(void **state)
{
    enum { N = 20000 };
    double *x = malloc(N * sizeof *x);
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (uint32_t k = 0; k < LAWS; k++) {
        const struct law *law = &laws[k];
        struct distribution *d = distribution_new(&law->spec);
        double squares = 0;

        for (uint32_t i = 0; i < N; i++) {
            x[i] = (double)distribution_value(d, (uint32_t)(draw(draw_key(k, 0, 0), i, 0) >> 32));
            squares += pow(x[i] - law->mean, 2) / N;
        }
        if (law->spec.kind != DISTRIBUTION_CONSTANT) {
            double ks = law_ks(x, N, below, &law->spec);

            if (ks > LAW_KS + sqrt(N) * rounding(0, &law->spec))
                fail_msg("law %u: a distance of %g", k, ks);
            assert_true(fabs(law_mean(x, N, distribution_mean(d))) < LAW_Z);
        }
        if (law->sd > 0) { /* the variance of a variance is at most some 200 / n here */
            double fourth = 0;

            for (uint32_t i = 0; i < N; i++)
                fourth += pow(x[i] - law->mean, 4) / N;
            assert_true(fabs(squares - law->sd * law->sd) <
                        LAW_Z * sqrt((fourth - squares * squares) / N));
        }
        distribution_free(d);
    }
    free(x);
}

/* A law whose mean lives in its tail loses what lies beyond the last draw: for a Pareto tail of
 * shape a the share (2^-33)^(1 - 1/a). */
static void means_are_those_of_the_law(void **state)
{
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (int k = 0; k < LAWS; k++) {
        const struct distribution_spec *spec = &laws[k].spec;
        struct distribution *d = distribution_new(spec);
        double slack = 1e-4; /* chords lie above a convex quantile function */

        if (spec->kind == DISTRIBUTION_PARETO || spec->kind == DISTRIBUTION_LOMAX)
            slack += 2 * exp2(-33 * (1 - 1 / spec->b));
        if (fabs(distribution_mean(d) / laws[k].mean - 1) > slack)
            fail_msg("law %d: mean %.9g, not %.9g", k, distribution_mean(d), laws[k].mean);
        distribution_free(d);
    }
}

static void assert_monotone(const struct distribution *d)
{
    sim_time before = distribution_value(d, 0);

    assert_true(before >= 0);
    for (unsigned bit = 0; bit < 32; bit++) /* where octaves meet */
        for (uint32_t i = 0; i < 200; i++) {
            uint32_t u = (1u << bit) - 100 + i;

            if (u < UINT32_MAX && u + 1 > u) {
                assert_true(distribution_value(d, u) <= distribution_value(d, u + 1));
                assert_true(distribution_value(d, ~u - 1) <= distribution_value(d, ~u));
            }
        }
    for (uint32_t u = 0; u < UINT32_MAX - 65537; u += 65537) {
        assert_true(distribution_value(d, u) >= before);
        before = distribution_value(d, u);
    }
    assert_true(distribution_value(d, UINT32_MAX) >= before);
    assert_true(distribution_value(d, UINT32_MAX) <= SIM_TIME_MAX);
    assert_true(distribution_mean(d) >= (double)distribution_value(d, 0) * (1 - 1e-12));
    assert_true(distribution_mean(d) <= (double)distribution_value(d, UINT32_MAX) * (1 + 1e-12));
}

static void variates_grow_with_their_draws(void **state)
{
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (int k = 0; k < LAWS; k++) {
        struct distribution *d = distribution_new(&laws[k].spec);

        assert_monotone(d);
        assert_int_equal(distribution_is_constant(d), laws[k].spec.kind == DISTRIBUTION_CONSTANT);
        distribution_free(d);
    }
}

/* Whatever a scenario may hold. */
static void no_parameter_is_too_wild(void **state)
{
    static const struct distribution_spec wild[] = {
        SPEC(CONSTANT, (double)SIM_TIME_MAX, 0),
        SPEC(UNIFORM, 0, 1),
        SPEC(UNIFORM, 0, (double)SIM_TIME_MAX),
        SPEC(EXPONENTIAL, 1, 0),
        SPEC(EXPONENTIAL, 1e-9, 0),
        SPEC(EXPONENTIAL, (double)SIM_TIME_MAX, 0),
        SPEC(NORMAL, 1, 1e18),
        SPEC(NORMAL, 0, 1e6),
        SPEC(NORMAL, 1e18, 1),
        SPEC(NORMAL, 1e9, 1e-3),
        SPEC(LOGNORMAL, 1, 1e3),
        SPEC(LOGNORMAL, 1e18, 50),
        SPEC(LOGNORMAL, 1e9, 1e-9),
        SPEC(WEIBULL, 1e9, 0.01),
        SPEC(WEIBULL, 1e9, 1e-3),
        SPEC(WEIBULL, 1e9, 1e3),
        SPEC(WEIBULL, 1e9, 1e6),
        SPEC(PARETO, 1e9, 0.01),
        SPEC(PARETO, 1e9, 1e-6),
        SPEC(PARETO, 1e9, 1e6),
        SPEC(LOMAX, 1e9, 0.01),
        SPEC(LOMAX, 1e9, 1e-6),
        SPEC(GAMMA, 1e9, 1),
        SPEC(GAMMA, 1e18, 0.1),
        SPEC(GAMMA, 1e9, 0.13),
        SPEC(GAMMA, 1e9, 0.17),
        SPEC(GAMMA, 1e18, 1e3),
        SPEC(GAMMA, 1e9, 0.1),
        SPEC(GAMMA, 1e9, 37),
        SPEC(GAMMA, 1e9, 1e3),
    };

    (void)state;
    for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
        struct distribution *d = distribution_new(&wild[i]);
        const struct distribution *residual = distribution_residual(d);

        assert_non_null(d);
        assert_non_null(residual);
        assert_monotone(d);
        assert_monotone(residual);
        distribution_free(d);
    }
}

static void a_constant_is_one(void **state)
{
    static const sim_time values[] = { 0, 1, 40000000, SIM_DAY };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct distribution *d =
            distribution_new(&(struct distribution_spec)SPEC(CONSTANT, (double)values[i], 0));

        assert_true(distribution_is_constant(d));
        for (uint32_t u = 0; u < UINT32_MAX - 99991; u += 99991)
            assert_int_equal(distribution_value(d, u), values[i]);
        assert_true(fabs(distribution_mean(d) - (double)values[i]) <= 1e-9 * (double)values[i]);
        distribution_free(d);
    }
}

static struct distribution *empirical(const sim_time *values, size_t count, bool is_smooth)
{
    return distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_EMPIRICAL,
                                                         .values = values,
                                                         .value_count = count,
                                                         .is_smooth = is_smooth });
}

static void one_value_is_a_constant(void **state)
{
    static const sim_time one[] = { 7000 };

    (void)state;
    for (int is_smooth = 0; is_smooth < 2; is_smooth++) {
        struct distribution *d = empirical(one, 1, is_smooth);

        assert_true(distribution_is_constant(d));
        for (uint32_t u = 0; u < UINT32_MAX - 99991; u += 99991)
            assert_int_equal(distribution_value(d, u), 7000);
        assert_int_equal(distribution_value(d, UINT32_MAX), 7000);
        distribution_free(d);
    }
}

/* 10, 20 and 100 ms: these three, each in a third of all draws to the draw, and their mean. */
static void a_sample_is_its_own_law(void **state)
{
    static const sim_time values[] = { 100000000, 10000000, 20000000 };
    static const sim_time five[] = { 9, 1, 4, 4, 0 };
    struct distribution *d = empirical(values, 3, false);

    (void)state;
    assert_false(distribution_is_constant(d));
    assert_true(fabs(distribution_mean(d) - 130e6 / 3) < 1e-6);
    assert_int_equal(distribution_value(d, 0), 10000000);
    assert_int_equal(distribution_value(d, 1431655765), 10000000); /* 2^32 / 3 = 1431655765.33 */
    assert_int_equal(distribution_value(d, 1431655766), 20000000);
    assert_int_equal(distribution_value(d, 2863311530), 20000000);
    assert_int_equal(distribution_value(d, 2863311531), 100000000);
    assert_int_equal(distribution_value(d, UINT32_MAX), 100000000);
    distribution_free(d);

    uint32_t counts[10] = { 0 };

    d = empirical(five, 5, false);
    for (uint32_t u = 0; u < 1000; u++)
        counts[distribution_value(d, draw_of((u + 0.5) / 1000))]++;
    for (int i = 0; i < 10; i++)
        assert_int_equal(counts[i], i == 4 ? 400 : i == 0 || i == 1 || i == 9 ? 200 : 0);
    distribution_free(d);
}

/* Lines from the middle of each value's share to the middle of the next: the mean stays. */
static void a_smooth_sample_keeps_its_mean(void **state)
{
    static const sim_time values[] = { 100000000, 10000000, 20000000 };
    struct distribution *d = empirical(values, 3, true);
    double sum = 0;

    (void)state;
    assert_int_equal(distribution_value(d, 0), 10000000);
    assert_int_equal(distribution_value(d, draw_of(1.0 / 6)), 10000000);
    assert_true(llabs(distribution_value(d, draw_of(1.0 / 3)) - 15000000) <= 1);
    assert_true(llabs(distribution_value(d, draw_of(0.5)) - 20000000) <= 1);
    assert_true(llabs(distribution_value(d, draw_of(2.0 / 3)) - 60000000) <= 1);
    assert_true(llabs(distribution_value(d, draw_of(5.0 / 6)) - 100000000) <= 1);
    assert_int_equal(distribution_value(d, UINT32_MAX), 100000000);
    for (uint32_t u = 0; u < 60000; u++)
        sum += (double)distribution_value(d, draw_of((u + 0.5) / 60000));
    assert_true(fabs(sum / 60000 - 130e6 / 3) < 1);
    assert_true(fabs(distribution_mean(d) - 130e6 / 3) < 1e-6);
    distribution_free(d);
}

/* What is left of a life at a random moment: of lives of 10, 20 and 100 ms the survival is 1, 2/3
 * and 1/3 up to these, so its integral over the mean of 43.33 ms is known. */
static void residual_lives_of_a_sample(void **state)
{
    static const sim_time values[] = { 100000000, 10000000, 20000000 };

    (void)state;
    for (int is_smooth = 0; is_smooth < 2; is_smooth++) {
        struct distribution *d = empirical(values, 3, is_smooth);
        const struct distribution *rest = distribution_residual(d);

        /* F_e: 3/13 at 10 ms, 5/13 at 20 ms, 9/13 at 60 ms; smooth it rises by the squares. */
        const double at_60 = (5 + 8 * (is_smooth ? 0.625 : 0.5)) / 13;

        assert_true(fabs((double)distribution_value(rest, draw_of(1.5 / 13)) - 5e6) < 5e3);
        assert_true(fabs((double)distribution_value(rest, draw_of(3.0 / 13)) - 10e6) < 5e4);
        assert_true(fabs((double)distribution_value(rest, draw_of(at_60)) - 60e6) < 5e4);
        distribution_free(d);
    }
}

/* ---- residual lives ---- */

/* Integral of the survival from 0 to x over the mean, in steps that shrink towards 0. */
static double residual_below(double x, const struct law *law)
{
    enum { STEPS = 4000 };
    double sum = 0, from = 0;

    for (int i = 1; i <= STEPS; i++) {
        double to = x * pow((double)i / STEPS, 3), middle = (from + to) / 2;

        sum += (to - from) / 6 *
               (above(from, &law->spec) + 4 * above(middle, &law->spec) + above(to, &law->spec));
        from = to;
    }
    return sum / law->mean;
}

static void residual_lives_are_the_integral_of_the_survival(void **state)
{
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (int k = 0; k < LAWS; k++) {
        struct distribution *d = distribution_new(&laws[k].spec);
        const struct distribution *residual = distribution_residual(d);
        double slack = 1e-3;

        if (laws[k].spec.kind == DISTRIBUTION_PARETO || laws[k].spec.kind == DISTRIBUTION_LOMAX)
            slack += 2 * exp2(-33 * (1 - 1 / laws[k].spec.b));
        for (int i = 1; i < 50; i++) {
            double p = i / 50.0, x = (double)distribution_value(residual, draw_of(p));

            if (fabs(residual_below(x, &laws[k]) - p) > slack)
                fail_msg("law %d: %g of %g are below %g", k, residual_below(x, &laws[k]), p, x);
        }
        distribution_free(d);
    }
}

/* Closed forms: an exponential life has no age; a constant one is uniformly far from its end. */
static void residual_lives_that_are_known(void **state)
{
    static const struct {
        struct distribution_spec life, residual;
    } known[] = {
        { SPEC(EXPONENTIAL, 1e12, 0), SPEC(EXPONENTIAL, 1e12, 0) },
        { SPEC(CONSTANT, 6e11, 0), SPEC(UNIFORM, 0, 6e11) },
        { SPEC(LOMAX, 1e12, 4), SPEC(LOMAX, 1e12, 3) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct distribution *life = distribution_new(&known[i].life);
        const struct distribution *found = distribution_residual(life);

        for (double tail = 1e-4; tail < 0.5; tail *= 1.1) {
            double low = (double)distribution_value(found, draw_of(tail));
            double high = (double)distribution_value(found, ~draw_of(tail));

            assert_true(fabs(below(low, &known[i].residual) - tail) < 2e-3 * tail);
            assert_true(fabs(above(high, &known[i].residual) - tail) < 2e-3 * tail);
        }
        distribution_free(life);
    }
}

/* Every run of a study asks for it. */
static void a_residual_life_is_made_once(void **state)
{
    struct distribution *d = distribution_new(&(struct distribution_spec)SPEC(WEIBULL, 1e9, 0.6));

    (void)state;
    assert_non_null(distribution_residual(d));
    assert_ptr_equal(distribution_residual(d), distribution_residual(d));
    distribution_free(d);
}

/* Mean of the residual life: E[X^2] / 2 E[X]. */
static void residual_means_are_known(void **state)
{
    struct law laws[LAWS];

    (void)state;
    list_laws(laws);
    for (int k = 0; k < LAWS; k++) {
        struct distribution *d = distribution_new(&laws[k].spec);
        const struct distribution *residual = distribution_residual(d);
        double mean = (pow(laws[k].sd, 2) + pow(laws[k].mean, 2)) / 2 / laws[k].mean;

        if (laws[k].sd > 0 || laws[k].spec.kind == DISTRIBUTION_CONSTANT)
            assert_true(fabs(distribution_mean(residual) / mean - 1) < 1e-3);
        distribution_free(d);
    }
}

static void nothing_outlasts_a_life_of_no_length(void **state)
{
    struct distribution *d = distribution_new(&(struct distribution_spec)SPEC(CONSTANT, 0, 0));
    const struct distribution *residual = distribution_residual(d);

    (void)state;
    assert_int_equal(distribution_value(residual, 0), 0);
    assert_int_equal(distribution_value(residual, 1u << 31), 0);
    assert_int_equal(distribution_value(residual, UINT32_MAX), 0);
    distribution_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_law),
        cmocka_unit_test(samples_follow_the_law),
        cmocka_unit_test(means_are_those_of_the_law),
        cmocka_unit_test(variates_grow_with_their_draws),
        cmocka_unit_test(no_parameter_is_too_wild),
        cmocka_unit_test(a_constant_is_one),
        cmocka_unit_test(one_value_is_a_constant),
        cmocka_unit_test(a_sample_is_its_own_law),
        cmocka_unit_test(a_smooth_sample_keeps_its_mean),
        cmocka_unit_test(residual_lives_of_a_sample),
        cmocka_unit_test(residual_lives_are_the_integral_of_the_survival),
        cmocka_unit_test(residual_lives_that_are_known),
        cmocka_unit_test(a_residual_life_is_made_once),
        cmocka_unit_test(residual_means_are_known),
        cmocka_unit_test(nothing_outlasts_a_life_of_no_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
