/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The indices of functions whose indices are known are found, from grids, Sobol's points and random
 * ones, without and with noise; what cannot be told is not told.
 */
#include "base/sensitivity.h"

#include "sim/value/draw.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { AXES_MAX = 4, VALUES_MAX = 200000 };

static double x[VALUES_MAX], y[VALUES_MAX];
static bool is_word[AXES_MAX];

typedef double function(const double *u);

/* A draw of (0, 1). */
static double uniform(uint64_t key, size_t point, size_t number)
{
    return ((double)(draw(key, (uint32_t)point, (uint32_t)number) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t key, size_t point, size_t number)
{
    return gsl_cdf_ugaussian_Pinv(uniform(key, point, number));
}

/* Points of a design; steps > 0: a grid of so many values an axis; < 0: random; 0: Sobol's. */
static struct sensitivity_data design(size_t axes, size_t points, int steps, uint64_t seed)
{
    gsl_qrng *sobol = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)axes);

    memset(is_word, 0, sizeof is_word);
    for (size_t i = 0; i < points; i++) {
        size_t rest = i;

        gsl_qrng_get(sobol, &x[i * axes]);
        for (size_t k = 0; k < axes && steps != 0; k++) {
            x[i * axes + k] = steps > 0 ? ((double)(rest % (size_t)steps) + 0.5) / steps
                                        : uniform(draw_key(seed, 0, PURPOSE_DESIGN), i, k);
            rest /= steps > 0 ? (size_t)steps : 1;
        }
    }
    gsl_qrng_free(sobol);
    return (struct sensitivity_data){
        .points = points, .axes = axes, .replications = 1, .x = x, .is_word = is_word, .y = y
    };
}

/* Values of the function, with noise of its own at each point, and noise that all points share. */
static void evaluate(struct sensitivity_data *data, function *of, size_t replications, double own,
                     double shared, uint64_t seed)
{
    const uint64_t key = draw_key(seed, 1, PURPOSE_DESIGN);

    data->replications = replications;
    for (size_t i = 0; i < data->points; i++)
        for (size_t r = 0; r < replications; r++)
            y[i * replications + r] = of(&x[i * data->axes]) + own * normal(key, i, r) +
                                      shared * normal(key, VALUES_MAX, r);
}

/* T. Ishigami and T. Homma, 1990, with a = 7 and b = 0.1. */
static double ishigami(const double *u)
{
    const double a = G_PI * (2 * u[0] - 1), b = G_PI * (2 * u[1] - 1), c = G_PI * (2 * u[2] - 1);

    return sin(a) + 7 * sin(b) * sin(b) + 0.1 * pow(c, 4) * sin(a);
}
static const double ishigami_indices[] = { 0.3139, 0.4424, 0, 0.2437 };

/* Variances 16, 4, 1 and 0 of 21. */
static double additive(const double *u)
{
    return 4 * u[0] + 2 * u[1] - u[2];
}
static const double additive_indices[] = { 16.0 / 21, 4.0 / 21, 1.0 / 21, 0, 0 };

static double product(const double *u)
{
    return (u[0] - 0.5) * (u[1] - 0.5);
}

static void expect_near(struct estimate found, double expected, double tolerance)
{
    if (!(fabs(found.value - expected) <= tolerance))
        fail_msg("%g is not %g", found.value, expected);
}

static void expect_indices(const struct sensitivity_data *data, const double *expected,
                           double tolerance)
{
    struct sensitivity found;

    assert_int_equal(sensitivity_find(data, 0.95, &found), SENSITIVITY_DONE);
    for (size_t k = 0; k < data->axes; k++)
        expect_near(found.axes[k], expected[k], tolerance);
    expect_near(found.rest, expected[data->axes], tolerance);
    sensitivity_clear(&found);
}

static void indices_of_ishigamis_function(void **state)
{
    struct sensitivity_data data = design(3, 1024, 0, 0);
    struct sensitivity found;

    (void)state;
    evaluate(&data, ishigami, 1, 0, 0, 0);
    expect_indices(&data, ishigami_indices, 0.01);
    data = design(3, 128, 0, 0);
    evaluate(&data, ishigami, 1, 0, 0, 0);
    assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_DONE);
    for (int k = 0; k < 3; k++) {
        assert_true(found.axes[k].lower <= ishigami_indices[k]);
        assert_true(found.axes[k].upper >= ishigami_indices[k]);
        assert_true(found.axes[k].upper - found.axes[k].lower < 0.35);
    }
    sensitivity_clear(&found);
    data = design(3, 30 * 30 * 30, 30, 0);
    evaluate(&data, ishigami, 1, 0, 0, 0);
    expect_indices(&data, ishigami_indices, 0.01);
}

static void indices_of_a_sum(void **state)
{
    struct sensitivity_data data = design(4, 64, 0, 0);

    (void)state;
    evaluate(&data, additive, 1, 0, 0, 0);
    expect_indices(&data, additive_indices, 0.03);
    data = design(4, 4 * 4 * 4 * 4, 4, 0);
    evaluate(&data, additive, 1, 0, 0, 0);
    expect_indices(&data, additive_indices, 1e-9);
}

/* Nothing but an interaction: a grid sees exactly that. */
static void interactions_are_what_is_left(void **state)
{
    static const double expected[] = { 0, 0, 1 };
    struct sensitivity_data data = design(2, 36, 6, 0);

    (void)state;
    evaluate(&data, product, 1, 0, 0, 0);
    expect_indices(&data, expected, 1e-9);
    data = design(2, 256, 0, 0);
    evaluate(&data, product, 1, 0, 0, 0);
    expect_indices(&data, expected, 0.06);
}

/* Noise takes nothing from the indices, and its share is found: the sum varies by 21 / 12. */
static void noise_is_kept_apart(void **state)
{
    const double own = 2, shared = 3, all = own * own + shared * shared;
    struct sensitivity found;

    (void)state;
    for (int steps = 0; steps <= 4; steps += 4) {
        struct sensitivity_data data = design(4, 256, steps, 0);
        const double variance = steps ? 21.0 / 12 * 15 / 16 : 21.0 / 12;

        evaluate(&data, additive, 20, own, shared, 5);
        expect_indices(&data, additive_indices, 0.05);
        assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_DONE);
        /* The share has the error of a variance that 20 replications share. */
        assert_true(fabs(found.noise - all / (all + variance)) < 0.15);
        sensitivity_clear(&found);
    }
}

/* Intervals hold the truth about as often as they say: of 200 studies each, 4 standard errors
 * below 95 %. */
static void intervals_cover(void **state)
{
    enum { STUDIES = 200 };
    const double least = 0.95 - 4 * sqrt(0.95 * 0.05 / STUDIES);

    (void)state;
    for (int steps = -1; steps <= 4; steps += 5) {
        int hits[2] = { 0 };

        for (uint64_t seed = 0; seed < STUDIES; seed++) {
            struct sensitivity_data data = design(3, 64, steps, seed);
            struct sensitivity found;

            evaluate(&data, additive, 10, 1, 1, seed);
            assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_DONE);
            for (int k = 0; k < 2; k++)
                hits[k] += found.axes[k].lower <= additive_indices[k] &&
                           found.axes[k].upper >= additive_indices[k];
            sensitivity_clear(&found);
        }
        for (int k = 0; k < 2; k++)
            if (hits[k] < least * STUDIES)
                fail_msg("%d of %d with %d steps, axis %d", hits[k], STUDIES, steps, k);
    }
}

/* Words in any order: 0, 3 and 1 are three constants. */
static double of_words(const double *u)
{
    return 4 * u[0] + (u[1] == 0 ? 5 : u[1] == 3 ? -5 : 0);
}

static void words_are_constants(void **state)
{
    static const double words[] = { 0, 3, 1 };
    struct sensitivity_data data = design(2, 96, 0, 0);
    const double line = 16.0 / 12, steps = 50.0 / 3;
    const double expected[] = { line / (line + steps), steps / (line + steps), 0 };

    (void)state;
    for (size_t i = 0; i < data.points; i++)
        x[2 * i + 1] = words[(int)(x[2 * i + 1] * 3)];
    is_word[1] = true;
    evaluate(&data, of_words, 1, 0, 0, 0);
    expect_indices(&data, expected, 0.02);
}

static void what_cannot_be_told_is_not(void **state)
{
    struct sensitivity_data data = design(2, 64, 0, 0);
    struct sensitivity found;

    (void)state;
    for (size_t i = 0; i < data.points; i++)
        x[2 * i + 1] = x[2 * i];
    evaluate(&data, additive, 1, 0, 0, 0);
    assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_TIED);
    data = design(4, 8, 0, 0);
    evaluate(&data, additive, 1, 0, 0, 0);
    assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_TOO_FEW);
    data = design(2, 16, 4, 0);
    memset(y, 0, sizeof y);
    assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_CONSTANT);
}

/* An axis of one value explains nothing; replications that are not there are left out. */
static void a_study_may_have_holes(void **state)
{
    struct sensitivity_data data = design(3, 64, 4, 0);
    struct sensitivity found;

    (void)state;
    evaluate(&data, additive, 4, 0.1, 1, 3);
    for (size_t i = 0; i < data.points; i++) {
        x[3 * i + 2] = 7;
        y[4 * i + 3] = i % 3 ? y[4 * i + 3] : NAN;
    }
    data.points = 60;
    assert_int_equal(sensitivity_find(&data, 0.95, &found), SENSITIVITY_DONE);
    assert_false(found.is_grid);
    assert_true(found.axes[2].value == 0);
    expect_near(found.axes[0], 0.8, 0.1);
    sensitivity_clear(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices_of_ishigamis_function),
        cmocka_unit_test(indices_of_a_sum),
        cmocka_unit_test(interactions_are_what_is_left),
        cmocka_unit_test(noise_is_kept_apart),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(words_are_constants),
        cmocka_unit_test(what_cannot_be_told_is_not),
        cmocka_unit_test(a_study_may_have_holes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
