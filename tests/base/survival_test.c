/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * survival_test.c - the Kaplan-Meier estimate, its standard error, its quantiles and the log-rank
 * test equal what is published of leukaemia patients in remission; what was cut off counts neither
 * as come nor as never.
 */
#include "base/survival.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.10g is not %.10g within %g", value, expected, tolerance);
}

/*
 * Weeks in remission of 21 pairs of patients (E. Freireich et al., Blood 21, 1963) with
 * 6-mercaptopurine and with a placebo; `+`: still in remission when last seen.  The numbers below
 * are those of D. Kleinbaum and M. Klein, Survival Analysis, sections 2.2 and 2.3.
 */
#define REACHED(t) \
    {              \
        t, true, 0 \
    }
#define CUT(t)      \
    {               \
        t, false, 0 \
    }
static const struct survival_time treated[] = {
    CUT(35),    CUT(34),     CUT(32),     CUT(32),     CUT(25), REACHED(6),  REACHED(6),
    REACHED(6), REACHED(7),  CUT(6),      REACHED(10), CUT(10), CUT(11),     REACHED(13),
    CUT(17),    REACHED(16), REACHED(23), CUT(19),     CUT(20), REACHED(22), CUT(9),
};
static const struct survival_time placebo[] = {
    REACHED(1),  REACHED(1),  REACHED(2),  REACHED(2),  REACHED(3),  REACHED(4),  REACHED(4),
    REACHED(5),  REACHED(5),  REACHED(8),  REACHED(8),  REACHED(8),  REACHED(8),  REACHED(11),
    REACHED(11), REACHED(12), REACHED(12), REACHED(15), REACHED(17), REACHED(22), REACHED(23),
};
enum { PATIENTS = 21 };

static void shares_as_published(void **state)
{
    static const struct {
        double week, share, error;
    } published[] = { { 5, 1, 0 },          { 6, .8571, .0764 },  { 7, .8067, .0869 },
                      { 10, .7529, .0963 }, { 13, .6902, .1068 }, { 16, .6275, .1141 },
                      { 22, .5378, .1282 }, { 23, .4482, .1346 }, { 35, .4482, .1346 } };

    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        struct survival_share s = survival_share(treated, PATIENTS, published[i].week);
        assert_near(s.value, published[i].share, 5e-5);
        assert_near(s.error, published[i].error, 5.1e-5);
    }
    assert_near(survival_share(placebo, PATIENTS, 8).value, 8.0 / 21, 1e-12);
    assert_true(survival_share(placebo, PATIENTS, 30).value == 0);
}

/* Medians of 23 and 8 weeks; intervals on the scale of log(-log) as SAS's LIFETEST gives them: 13
 * to unknown, 4 to 11. */
static void medians_as_published(void **state)
{
    struct estimate with = survival_quantile(treated, PATIENTS, PATIENTS, 0.5, 0.95);
    struct estimate without = survival_quantile(placebo, PATIENTS, PATIENTS, 0.5, 0.95);

    (void)state;
    assert_true(with.value == 23 && with.lower == 13 && isinf(with.upper));
    assert_true(without.value == 8 && without.lower == 4 && without.upper == 11);
    assert_true(isinf(survival_quantile(treated, PATIENTS, PATIENTS, 0.9, 0.95).value));
}

/* 9 relapses where 19.25 were expected; chi-squared 16.79. */
static void log_rank_as_published(void **state)
{
    struct survival_test test = survival_test(treated, PATIENTS, placebo, PATIENTS);
    struct survival_test turned = survival_test(placebo, PATIENTS, treated, PATIENTS);
    double away = test.observed - test.expected;

    (void)state;
    assert_true(test.observed == 9);
    assert_near(test.expected, 19.25, 5e-3);
    assert_near(test.variance, 6.257, 5e-4);
    assert_near(away * away / test.variance, 16.79, 5e-3);
    assert_near(test.p, 2 * gsl_cdf_tdist_Q(sqrt(16.79), 40), 1e-6);
    assert_true(turned.observed == 21);
    assert_near(turned.expected, 10.75, 5e-3);
    assert_near(turned.p, test.p, 1e-15);
}

/* Had the patients who were still well when last seen been taken as well for ever, the median
 * would be later: here 9 of 21 relapsed, so there would be none. */
static void cut_off_is_not_never(void **state)
{
    struct survival_time x[PATIENTS];

    (void)state;
    for (size_t i = 0; i < PATIENTS; i++) {
        x[i] = treated[i];
        if (!x[i].is_reached)
            x[i].time = INFINITY;
    }
    assert_true(isinf(survival_quantile(x, PATIENTS, PATIENTS, 0.5, 0.95).value));
    assert_near(survival_share(x, PATIENTS, 23).value, 12.0 / 21, 1e-12);
}

/* That each time is there twice, both of one run, tells no more than once. */
static void times_of_a_run_hang_together(void **state)
{
    struct survival_time twice[2 * PATIENTS];
    struct estimate once = survival_quantile(placebo, PATIENTS, PATIENTS, 0.5, 0.95), both, apart;

    (void)state;
    for (size_t i = 0; i < PATIENTS; i++) {
        twice[2 * i] = twice[2 * i + 1] = placebo[i];
        twice[2 * i].run = twice[2 * i + 1].run = i;
    }
    both = survival_quantile(twice, 2 * PATIENTS, PATIENTS, 0.5, 0.95);
    apart = survival_quantile(twice, 2 * PATIENTS, 2 * PATIENTS, 0.5, 0.95);
    assert_true(both.value == once.value && apart.value == once.value);
    assert_true(both.lower <= once.lower && both.upper >= once.upper);
    assert_true(apart.lower > once.lower || apart.upper < once.upper);
    assert_true(isnan(survival_quantile(twice, 10, 5, 0.5, 0.95).lower));
}

/* Nothing is seen of what is later than all that came, but that it is. */
static void beyond_what_was_seen(void **state)
{
    struct survival_time x[PATIENTS];
    struct estimate e;

    (void)state;
    for (size_t i = 0; i < PATIENTS; i++)
        x[i] = (struct survival_time){ i < 2 ? 5 : 10, i < 2, 0 };
    e = survival_quantile(x, PATIENTS, PATIENTS, 0.5, 0.95);
    assert_true(isinf(e.value) && e.lower == 5 && isinf(e.upper));
    e = survival_quantile(x + 2, PATIENTS - 2, PATIENTS - 2, 0.5, 0.95);
    assert_true(isinf(e.value) && e.lower == 0 && isinf(e.upper));
}

static void few_times_give_no_limits(void **state)
{
    struct estimate none = survival_quantile(placebo, 0, 0, 0.5, 0.95);
    struct estimate five = survival_quantile(placebo, 5, 5, 0.5, 0.95);
    struct estimate first = survival_quantile(placebo, PATIENTS, PATIENTS, 0.1, 0.95);
    struct estimate last = survival_quantile(placebo, PATIENTS, PATIENTS, 0.9, 0.95);

    (void)state;
    assert_true(isnan(none.value) && isnan(none.lower) && isnan(none.upper));
    assert_true(five.value == 2 && isnan(five.lower) && isnan(five.upper));
    assert_true(first.value == 2 && isnan(first.lower) && first.upper == 3);
    assert_true(last.value == 17 && last.lower == 12 && isnan(last.upper));
    assert_true(isnan(survival_share(placebo, 0, 1).value));
}

static void a_test_of_nothing_tells_nothing(void **state)
{
    static const struct survival_time cut[] = { CUT(3), CUT(4) };

    (void)state;
    assert_true(survival_test(cut, 2, cut, 2).p == 1);
    assert_true(survival_test(cut, 0, placebo, PATIENTS).p == 1);
    assert_near(survival_test(treated, PATIENTS, treated, PATIENTS).p, 1, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_as_published),
        cmocka_unit_test(medians_as_published),
        cmocka_unit_test(log_rank_as_published),
        cmocka_unit_test(cut_off_is_not_never),
        cmocka_unit_test(times_of_a_run_hang_together),
        cmocka_unit_test(beyond_what_was_seen),
        cmocka_unit_test(few_times_give_no_limits),
        cmocka_unit_test(a_test_of_nothing_tells_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
