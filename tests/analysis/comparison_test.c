/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comparison_test.c - runs are paired by replication, a pair in which one never happened is
 * counted and has no difference, many comparisons are judged together, and the sentence says no
 * more than the numbers allow.
 */
#include "analysis/verdict/compare.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { RUNS = 12 };

static struct comparison compare(const char *metric, double *x, double *y)
{
    static const int64_t replications[RUNS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    struct series a = { .count = RUNS,
                        .replications = (int64_t *)g_memdup2(replications, sizeof(replications)),
                        .values = x };
    struct series b = { .count = RUNS, .replications = a.replications, .values = y };
    struct comparison c = { .metric = metric_describe(metric) };

    comparison_fill(&c, &a, &b);
    g_free(a.replications);
    return c;
}

static void assert_says(const struct comparison *c, const char *expected)
{
    char *said = comparison_sentence(c, "new", "old");

    assert_string_equal(said, expected);
    g_free(said);
}

/* The common weather of +-5 cancels: the difference is exactly known. */
static void pairing_cancels_what_both_share(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        y[i] = 10 + (i % 2 ? 5 : -5);
        x[i] = y[i] - 2 + (i % 3 - 1) * 0.1;
    }
    struct comparison c = compare("t99", x, y);
    assert_true(fabs(c.difference.value + 2) < 1e-12);
    assert_true(c.difference.upper < -1.8 && c.difference.lower > -2.2);
    assert_true(c.ratio.lower > 0 && c.ratio.lower <= c.ratio.value && c.ratio.upper < 1);
    assert_int_equal(comparison_verdict(&c), VERDICT_LESS);
    assert_says(&c, "new reaches 99 % of the nodes 2.00 s (1.90 to 2.10) sooner than old, 1.35 "
                    "times as fast; sooner in 12 of 12 paired runs");
}

static void replications_of_one_side_only_are_left_out(void **state)
{
    double x[] = { 1, 2, 3 }, y[] = { 10, 20, 30 };
    int64_t left[] = { 1, 4, 7 }, right[] = { 0, 4, 9 };
    struct series a = { .count = 3, .replications = left, .values = x };
    struct series b = { .count = 3, .replications = right, .values = y };
    struct comparison c = { .metric = metric_describe("t99") };

    (void)state;
    comparison_fill(&c, &a, &b);
    assert_int_equal(c.pairs, 1);
    assert_true(c.difference.value == -18);
    assert_int_equal(comparison_verdict(&c), VERDICT_NONE);
    assert_says(&c, "new and old, time until 99 % of the nodes know it: one pair cannot tell a "
                    "difference from chance; 1 paired run");
}

static void never_is_reported_before_the_difference(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        x[i] = i < 8 ? INFINITY : 4;
        y[i] = i == 11 ? NAN : 6;
    }
    struct comparison c = compare("t99", x, y);
    assert_int_equal(c.pairs, 11); /* a metric that does not apply makes no pair */
    assert_int_equal(c.both, 3);
    assert_int_equal(c.subject_never, 8);
    assert_int_equal(comparison_verdict(&c), VERDICT_LESS_OFTEN);
    assert_says(&c,
                "new reaches 99 % of the nodes less often than old: in 3 of 11 paired runs, "
                "old in 11; where both do, so few pairs cannot tell a difference from chance; "
                "over all pairs together later (log-rank test, p = 0.033)");
    assert_true(fabs(c.curves.observed - 3) < 1e-12); /* 3 at 4 s of 22, then 11 at 6 s of 19 */
    assert_true(fabs(c.curves.expected - (1.5 + 11 * 8.0 / 19)) < 1e-12);
    for (int i = 0; i < 6; i++)
        x[i] = i == 5 ? INFINITY : 4;
    c = compare("t99", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_LESS); /* 3 of 11 may be chance */
    assert_says(&c, "new reaches 99 % of the nodes in 8 of 11 paired runs, old in 11; where both "
                    "do, 2.00 s (2.00 to 2.00) sooner than old, 1.50 times as fast; sooner in 8 "
                    "of 8 paired runs; over all pairs together no difference that they "
                    "could show (log-rank test, p = 0.23)");
}

static void never_on_both_sides_is_no_verdict(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++)
        x[i] = y[i] = INFINITY;
    struct comparison c = compare("t_all", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_NONE);
    assert_says(&c, "new reaches all nodes in 0 of 12 paired runs, old in 0");
    x[0] = 1; /* one pair is no proof */
    c = compare("t_all", x, y);
    assert_int_equal(c.baseline_never, 1);
    assert_int_equal(comparison_verdict(&c), VERDICT_NONE);
    assert_says(&c, "new reaches all nodes in 1 of 12 paired runs, old in 0; in no pair both do");
}

static void an_interval_with_zero_is_no_verdict(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        x[i] = 1000 + (i % 2 ? 100 : -90);
        y[i] = 1000;
    }
    struct comparison c = compare("bytes", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_NONE);
    assert_says(&c, "new and old, bytes sent: no difference that the runs could show (-90.0 to "
                    "100 B); 12 paired runs");
    c = compare("bytes", y, y);
    assert_says(&c, "new and old, bytes sent: no difference at all; 12 paired runs");
}

static void more_is_said_with_its_ratio(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        x[i] = 3e6 + i;
        y[i] = 1e6 + i;
    }
    struct comparison c = compare("bytes", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_MORE);
    assert_says(&c, "new: bytes sent 2.00 MB (2.00 to 2.00) more than old, 3.00 times as much; "
                    "more in 12 of 12 paired runs");
}

/* The median of the differences is 0, and yet the strategy has more, where they differ. */
static void what_is_mostly_zero_is_counted(void **state)
{
    double x[RUNS] = { 0 }, y[RUNS] = { 0 };

    (void)state;
    for (int i = 0; i < 6; i++)
        x[i] = i + 1;
    struct comparison c = compare("lost_updates", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_MORE);
    assert_true(c.difference.lower == 0 && isnan(c.ratio.value)); /* no number times 0 */
    x[6] = 0;
    y[6] = 1;
    c = compare("lost_updates", x, y);
    assert_int_equal(comparison_verdict(&c), VERDICT_NONE);
    y[6] = 0;
    for (int i = 0; i < 5; i++)
        x[i] = 0;
    for (int i = 6; i < 11; i++)
        x[i] = 2;
    c = compare("residue", x, y);
    assert_says(&c, "new: nodes left uninformed more than old in 6 of 12 paired runs, less in 0");
}

/* One of ten equal comparisons is by itself significant, p = 0.0063; together none is until it
 * has ten pairs of ten. */
static void many_comparisons_need_more(void **state)
{
    double x[RUNS], y[RUNS];
    struct comparison list[10];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        y[i] = 5;
        x[i] = i == 3 ? 4 : 6 + i;
    }
    list[0] = compare("t99", x, y);
    assert_int_equal(comparison_verdict(&list[0]), VERDICT_MORE);
    for (int i = 1; i < 10; i++) {
        for (int k = 0; k < RUNS; k++)
            x[k] = k % 2 ? 4 : 6;
        list[i] = compare("t99", x, y);
    }
    comparison_correct(list, 10);
    assert_int_equal(list[0].tests, 10);
    assert_true(fabs(list[0].p_much - 10 * 26 / 4096.0) < 1e-12);
    assert_int_equal(comparison_verdict(&list[0]), VERDICT_NONE);
    assert_says(&list[0], "new and old, time until 99 % of the nodes know it: a difference by "
                          "itself (2.00 to 10.0 s), but too few pairs for a verdict among 10 "
                          "tests; about 13 that differ as these do would tell; 12 paired runs");
}

/* The log-rank tests of two comparisons cost each other a factor of 2; the four sign tests beside
 * them are another family. */
static void log_rank_tests_are_corrected_among_themselves(void **state)
{
    double x[RUNS], y[RUNS];
    struct comparison list[3];
    double alone;

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        x[i] = i == 3 ? INFINITY : 4.0 + i;
        y[i] = i < 4 ? INFINITY : 8.0 + i;
    }
    for (int i = 0; i < 3; i++)
        list[i] = compare("t99", x, y);
    alone = list[0].curves.p;
    assert_true(alone > 0 && alone < 0.5);
    comparison_correct(list, 2);
    assert_int_equal(list[0].tests, 4);
    assert_true(fabs(list[0].curves.p - 2 * alone) < 1e-12);
}

/* Runs that share their weather differ less than runs that do not. */
static void pairs_say_what_they_are_worth(void **state)
{
    double x[RUNS], y[RUNS];

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        y[i] = 10 + i;
        x[i] = 5 + i + 0.5 * (i % 2);
    }
    struct comparison c = compare("t99", x, y);
    assert_true(c.pairing.correlation > 0.99 && c.pairing.gain > 100);
    for (int i = 0; i < RUNS; i++)
        x[i] = 5 + i;
    c = compare("t99", x, y);
    assert_true(isinf(c.pairing.gain));
    for (int i = 4; i < RUNS; i++)
        x[i] = INFINITY; /* four pairs say nothing */
    c = compare("t99", x, y);
    assert_true(isnan(c.pairing.gain));
}

/* What a strategy sent by the end of its run says little if the runs ended at other times. */
static void costs_to_different_ends_say_so(void **state)
{
    static const int64_t replications[RUNS] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    static const char *const costs[] = { "bytes",     "bytes_payload", "bytes/node", "messages",
                                         "load_mean", "messages/node", "m" };
    static const char *const others[] = { "bytes_rate", "messages_rate", "messages_rate_in", "t99",
                                          "residue",    "mean_age",      "bytes_rate/node" };
    double x[RUNS], y[RUNS], ends_x[RUNS], ends_y[RUNS];
    struct series a = { .count = RUNS, .replications = (int64_t *)replications, .values = ends_x };
    struct series b = { .count = RUNS, .replications = (int64_t *)replications, .values = ends_y };

    (void)state;
    for (int i = 0; i < RUNS; i++) {
        x[i] = 1e6;
        y[i] = 2e6;
        ends_x[i] = 5;
        ends_y[i] = 5;
    }
    struct comparison c = compare("bytes", x, y);
    comparison_set_ends(&c, &a, &b);
    assert_false(c.ends_differ);
    ends_y[0] = 6; /* one is enough to mislead */
    comparison_set_ends(&c, &a, &b);
    assert_true(c.ends_differ);
    for (int i = 0; i < RUNS; i++)
        ends_y[i] = 50;
    comparison_set_ends(&c, &a, &b);
    assert_says(&c, "new: bytes sent 1.00 MB (1.00 to 1.00) less than old, 0.50 times as much; "
                    "less in 12 of 12 paired runs; but costs count to the end of a run, which is "
                    "at 5.00 s (median), of old at 50.0 s: compare bytes_rate");
    for (size_t i = 0; i < G_N_ELEMENTS(costs); i++) {
        c.metric = metric_describe(costs[i]);
        assert_true(comparison_is_of_costs(&c));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        c.metric = metric_describe(others[i]);
        assert_false(comparison_is_of_costs(&c));
    }
}

static void no_pair_says_so(void **state)
{
    struct comparison c = { .metric = metric_describe("t99") };

    (void)state;
    assert_says(&c, "new and old have no paired runs with t99");
}

static void numbers_are_written_for_people(void **state)
{
    static const struct {
        enum metric_unit unit;
        double value;
        const char *text, *in;
    } cases[] = {
        { UNIT_TIME, 6.613, "6.61", "s" },       { UNIT_TIME, 0.0421, "42.1", "ms" },
        { UNIT_TIME, 90, "90.0", "s" },          { UNIT_TIME, 3600, "60.0", "min" },
        { UNIT_TIME, 86400, "24.0", "h" },       { UNIT_TIME, 0, "0", "s" },
        { UNIT_SHARE, 0.0595, "5.95", "%" },     { UNIT_SHARE, 1, "100", "%" },
        { UNIT_BYTES, 1234, "1.23", "kB" },      { UNIT_BYTES, 999, "999", "B" },
        { UNIT_COUNT, 99999, "99999", "" },      { UNIT_COUNT, 5e6, "5000", "k" },
        { UNIT_NUMBER, 9.996, "10.0", "" },      { UNIT_NUMBER, -0.05, "-0.050", "" },
        { UNIT_NUMBER, 1e-9, "1.00e-09", "" },   { UNIT_NUMBER, NAN, "–", "" },
        { UNIT_TIME, INFINITY, "never", "s" },   { UNIT_BYTE_RATE, 0.5, "0.50", "B/s" },
        { UNIT_BYTE_RATE, 2e4, "20.0", "kB/s" }, { UNIT_RATE, 3.25, "3.25", "/s" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scale scale = scale_choose(cases[i].unit, cases[i].value);
        char text[32];
        scale_write(text, cases[i].value, scale);
        assert_string_equal(text, cases[i].text);
        assert_string_equal(scale.unit, cases[i].in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairing_cancels_what_both_share),
        cmocka_unit_test(replications_of_one_side_only_are_left_out),
        cmocka_unit_test(never_is_reported_before_the_difference),
        cmocka_unit_test(never_on_both_sides_is_no_verdict),
        cmocka_unit_test(an_interval_with_zero_is_no_verdict),
        cmocka_unit_test(more_is_said_with_its_ratio),
        cmocka_unit_test(what_is_mostly_zero_is_counted),
        cmocka_unit_test(log_rank_tests_are_corrected_among_themselves),
        cmocka_unit_test(pairs_say_what_they_are_worth),
        cmocka_unit_test(many_comparisons_need_more),
        cmocka_unit_test(costs_to_different_ends_say_so),
        cmocka_unit_test(no_pair_says_so),
        cmocka_unit_test(numbers_are_written_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
