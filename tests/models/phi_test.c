/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * phi_test.c - when accrual detectors reach their verdict: the laws of Cassandra, Akka and
 * chitchat, and that the few sums kept of a window say what all its intervals would.
 */
#include "models/phi.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A table as models have it. */
struct config {
    int preset;
    struct phi_params phi;
};
enum { CASSANDRA, AKKA, CHITCHAT };
static const char *const words[] = { "cassandra", "akka", "chitchat", NULL };
static const struct param_preset presets[] = {
    { "a", "" },
    { "b", PHI_AKKA },
    { "c", PHI_CHITCHAT },
};
enum { ROW_PRESET, PHI_PLACES, ROWS };
static const struct param rows[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "cassandra", words, "p", .presets = presets),
    PHI_ROWS(struct config, phi),
    [ROWS] = PARAM_END,
};

/* An observer of one subject. */
struct observer {
    struct phi_judge judge;
    struct phi phi;
    struct phi_squares squares;
    sim_time now;
};

static void set(struct config *c, const char *name, const char *text)
{
    char why[PARAM_WHY_MAX];

    assert_true(param_set(param_find(rows, name), c, text, why));
}

static struct config config_of(const char *preset)
{
    struct config c;

    param_defaults(rows, &c);
    set(&c, "preset", preset);
    return c;
}

static struct observer observer_of(const struct config *c)
{
    struct observer o = { .now = 17 * SIM_SECOND };

    phi_prepare(&o.judge, &c->phi);
    return o;
}

static struct phi_squares *squares_of(struct observer *o)
{
    return phi_has_squares(&o->judge) ? &o->squares : NULL;
}

static void hear_after(struct observer *o, sim_time interval, bool is_dead)
{
    o->now += interval;
    phi_hear(&o->judge, &o->phi, squares_of(o), o->now, is_dead);
}

static void hear_often(struct observer *o, int times, sim_time interval)
{
    for (int i = 0; i < times; i++)
        hear_after(o, interval, false);
}

/* The silence that leads to the verdict, in seconds. */
static double silence(struct observer *o)
{
    return (double)(phi_due(&o->judge, &o->phi, squares_of(o)) - o->phi.heard) / SIM_SECOND;
}

static void assert_near(double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance))
        fail_msg("%.9g instead of %.9g", value, wanted);
}

/* ---- the three laws ---- */

static void cassandra_waits_for_18_mean_intervals(void **state)
{
    const struct config c = config_of("cassandra");
    struct observer o = observer_of(&c);

    (void)state;
    assert_true(phi_due(&o.judge, &o.phi, NULL) == SIM_TIME_MAX); /* never heard */
    hear_after(&o, 0, false);
    assert_near(silence(&o), 8 * log(10) * 2, 1e-4); /* the first interval is 2 s */
    hear_often(&o, 999, SIM_SECOND);
    assert_near(silence(&o), 8 * log(10) * 1.001, 1e-4);
    hear_often(&o, 1, SIM_SECOND); /* and now it is out of the window's 1000, a seventh at a time */
    assert_near(silence(&o), 8 * log(10) * (1 + 1 / 1000.0 * 142 / 143), 1e-4);
    hear_often(&o, 142, SIM_SECOND);
    assert_near(silence(&o), 18.42068, 1e-4);
    assert_near(phi_level(&o.judge, &o.phi, NULL, o.now + 5 * SIM_SECOND), 5 / 18.42068, 1e-6);
}

static void chitchat_s_8_is_3_47_of_cassandra_s(void **state)
{
    struct config theirs = config_of("chitchat"), same = config_of("cassandra");
    struct observer o = observer_of(&theirs), other;
    char text[32];

    (void)state;
    hear_after(&o, 0, false);
    assert_near(silence(&o), 8 * 5, 1e-4);
    hear_often(&o, 10, SIM_SECOND);
    assert_near(silence(&o), 8 * (5 * 5 + 10) / 15.0, 1e-4); /* five of 5 s beside */
    hear_often(&o, 2000, SIM_SECOND);
    assert_near(silence(&o), 8 * (5 * 5 + 1000) / 1005.0, 1e-4);

    assert_near(8 * M_LOG10E, 3.474, 5e-4);
    snprintf(text, sizeof text, "%.9f", 8 * M_LOG10E);
    set(&same, "phi_threshold", text);
    set(&same, "phi_initial", "1s");
    other = observer_of(&same);
    hear_often(&other, 10, SIM_SECOND);
    assert_near(silence(&other), 8, 1e-4);
}

/* One who has heard so many intervals of 0.8 s and 1.2 s in turn. */
static struct observer unsteady(const struct config *c, int pairs)
{
    struct observer o = observer_of(c);

    hear_after(&o, 0, false);
    for (int i = 0; i < pairs; i++) {
        hear_after(&o, 800 * SIM_MILLISECOND, false);
        hear_after(&o, 1200 * SIM_MILLISECOND, false);
    }
    return o;
}

static void a_normal_law_waits_for_deviations_above_the_mean(void **state)
{
    struct config c = config_of("akka");
    struct observer o;

    (void)state;
    set(&c, "phi_distribution", "normal");
    for (int threshold = 1; threshold <= 16; threshold++) {
        const double z = gsl_cdf_ugaussian_Qinv(pow(10, -threshold));
        char text[8];

        snprintf(text, sizeof text, "%d", threshold);
        set(&c, "phi_threshold", text);
        o = unsteady(&c, 0); /* 0.75 s and 1.25 s stand for the beginning */
        assert_near(silence(&o), 3 + 1 + z * 0.25, 2e-4);
        o = unsteady(&c, 800);
        assert_near(silence(&o), 3 + 1 + z * 0.2, 2e-4);
        hear_often(&o, 1600, SIM_SECOND); /* the least deviation */
        assert_near(silence(&o), 3 + 1 + z * 0.1, 2e-4);
    }
}

/* Its z by the formula that Akka has, which gives phi for a y. */
static void akka_waits_as_its_formula_says(void **state)
{
    const struct config c = config_of("akka");
    struct observer o = unsteady(&c, 800);
    const double y = (silence(&o) - 3 - 1) / 0.2, e = exp(-y * (1.5976 + 0.070566 * y * y));

    (void)state;
    assert_near(-log10(e / (1 + e)), 8, 2e-2); /* 1e-4 s of silence is 0.005 */
    assert_near(y, 5.2223, 5e-3);
    assert_near(gsl_cdf_ugaussian_Qinv(1e-8), 5.6120, 5e-4);
}

static void a_fixed_time_heeds_no_interval(void **state)
{
    struct config c = config_of("cassandra");
    struct observer o;

    (void)state;
    set(&c, "phi", "false");
    o = observer_of(&c);
    hear_often(&o, 100, 3 * SIM_SECOND);
    assert_near(silence(&o), 20, 0);
    assert_true(phi_is_enough(&o.judge, &o.phi));
}

/* ---- what counts ---- */

static void long_intervals_do_not_count(void **state)
{
    const struct config c = config_of("cassandra");
    struct observer o = observer_of(&c);

    (void)state;
    hear_often(&o, 2000, SIM_SECOND);
    hear_often(&o, 500, 2 * SIM_SECOND + 1);
    assert_near(silence(&o), 8 * log(10), 1e-4);
    hear_often(&o, 500, 2 * SIM_SECOND);
    assert_near(silence(&o), 8 * log(10) * 1.5, 1e-4);
}

static void one_that_comes_back_is_taken_up_as_it_says(void **state)
{
    struct config recorded = config_of("cassandra"), skipped = config_of("akka"),
                  anew = config_of("chitchat");
    struct observer o;

    (void)state;
    set(&recorded, "phi_max_interval", "60s");
    o = observer_of(&recorded);
    hear_often(&o, 100, SIM_SECOND);
    hear_after(&o, 50 * SIM_SECOND, true);
    assert_near(silence(&o), 8 * log(10) * (2 + 99 + 50) / 101.0, 1e-4);

    o = observer_of(&skipped);
    hear_often(&o, 2000, SIM_SECOND);
    const double before = silence(&o);
    hear_after(&o, 50 * SIM_SECOND, true);
    assert_near(silence(&o), before, 1e-9);
    hear_after(&o, (sim_time)(before * SIM_SECOND), true);
    assert_near(silence(&o), before, 1e-9);
    hear_after(&o, (sim_time)(before * SIM_SECOND) - 1, false);
    assert_true(silence(&o) > before + 0.001);

    o = observer_of(&anew);
    hear_often(&o, 2000, SIM_SECOND);
    assert_true(phi_is_enough(&o.judge, &o.phi));
    hear_after(&o, 50 * SIM_SECOND, true);
    assert_false(phi_is_enough(&o.judge, &o.phi)); /* not held alive before the second */
    assert_near(silence(&o), 40, 1e-4);
    hear_after(&o, SIM_SECOND, true);
    assert_true(phi_is_enough(&o.judge, &o.phi));
    assert_near(silence(&o), 8 * (25 + 1) / 6.0, 1e-4);
}

static void who_was_stopped_itself_holds_nobody_dead(void **state)
{
    struct config c = config_of("cassandra");
    struct observer o = observer_of(&c);
    struct phi_watch watch;

    (void)state;
    phi_watch_begin(&watch, 3 * SIM_SECOND);
    for (int s = 4; s <= 20; s++)
        assert_true(phi_watch_look(&o.judge, &watch, s * SIM_SECOND));
    assert_true(phi_watch_look(&o.judge, &watch, 25 * SIM_SECOND));
    assert_false(phi_watch_look(&o.judge, &watch, 31 * SIM_SECOND));
    assert_false(phi_watch_look(&o.judge, &watch, 35 * SIM_SECOND));
    assert_true(phi_watch_look(&o.judge, &watch, 36 * SIM_SECOND));
    assert_false(phi_watch_look(&o.judge, &watch, 46 * SIM_SECOND));
    set(&c, "phi_local_pause", "0s");
    phi_prepare(&o.judge, &c.phi);
    assert_true(phi_watch_look(&o.judge, &watch, 200 * SIM_SECOND));
}

/* ---- the window ---- */

enum { INTERVALS = 600 };

/* The silence that a normal law grants by the last so many intervals, each of them. */
static double by_all(const sim_time *intervals, int count, int window)
{
    const int from = count > window ? count - window : 0;
    double mean = 0, variance = 0;

    for (int i = from; i < count; i++)
        mean += (double)intervals[i] / (count - from);
    for (int i = from; i < count; i++)
        variance += pow((double)intervals[i] - mean, 2) / (count - from);
    return (mean + gsl_cdf_ugaussian_Qinv(1e-8) * sqrt(variance)) / SIM_SECOND;
}

/* With intervals whose like is no random number: they rise and fall slowly, and quickly. */
static void assert_window(const char *window, double tolerance)
{
    struct config c = config_of("cassandra");
    sim_time intervals[INTERVALS + 2] = { 750 * SIM_MILLISECOND, 1250 * SIM_MILLISECOND };
    struct observer o;

    set(&c, "phi_distribution", "normal");
    set(&c, "phi_min_deviation", "0s");
    set(&c, "phi_initial", "1s");
    set(&c, "phi_window", window);
    o = observer_of(&c);
    hear_after(&o, 0, false);
    for (int i = 2; i < INTERVALS + 2; i++) {
        intervals[i] = (sim_time)((1 + 0.4 * sin(i / 40.0) + 0.3 * sin(i * 2.7)) * SIM_SECOND);
        hear_after(&o, intervals[i], false);
        assert_near(silence(&o), by_all(intervals, i + 1, atoi(window)), tolerance);
    }
}

static void a_small_window_is_exact(void **state)
{
    (void)state;
    assert_window("1", 1e-5);
    assert_window("2", 1e-4); /* of two alike the deviation is a difference of large numbers */
    assert_window("5", 1e-5);
    assert_window("7", 1e-5);
}

/* The oldest of eight sums has a seventh of the intervals: that some of them are out is known of
 * their mean only, which is 4 % of the silence here. */
static void a_large_window_slides_by_its_parts(void **state)
{
    (void)state;
    assert_window("8", 0.1);
    assert_window("50", 0.1);
    assert_window("100", 0.1);
    assert_window("10000", 1e-4); /* never full */
}

static void a_pair_takes_48_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct phi), 48);
    assert_int_equal(sizeof(struct phi_squares), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cassandra_waits_for_18_mean_intervals),
        cmocka_unit_test(chitchat_s_8_is_3_47_of_cassandra_s),
        cmocka_unit_test(a_normal_law_waits_for_deviations_above_the_mean),
        cmocka_unit_test(akka_waits_as_its_formula_says),
        cmocka_unit_test(a_fixed_time_heeds_no_interval),
        cmocka_unit_test(long_intervals_do_not_count),
        cmocka_unit_test(one_that_comes_back_is_taken_up_as_it_says),
        cmocka_unit_test(who_was_stopped_itself_holds_nobody_dead),
        cmocka_unit_test(a_small_window_is_exact),
        cmocka_unit_test(a_large_window_slides_by_its_parts),
        cmocka_unit_test(a_pair_takes_48_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
