/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An expression is read into its parts whatever its blanks, its value in the unit of its metric;
 * its canonical text reads back to the same; what is none is refused with a reason; and it holds
 * for exactly the values that its order allows, never counting as more than any and no data as
 * none.
 */
#include "experiment/language/expression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text, *canonical;
    enum expression_stat stat;
    double quantile;
    const char *metric, *strategy;
    enum expression_order order;
    double value;
} good[] = {
    { "mean(bytes_rate) < 20kB/s", "mean(bytes_rate) < 20kB/s", STAT_MEAN, 0, "bytes_rate", NULL,
      ORDER_LESS, 20000 },
    { "max(bytes_rate, a) <= 160kbit/s", "max(bytes_rate, a) <= 160kbit/s", STAT_MAX, 0,
      "bytes_rate", "a", ORDER_AT_MOST, 20000 },
    { "p95(t99@eu, a) < 90s", "p95(t99@eu, a) < 90s", STAT_QUANTILE, 0.95, "t99@eu", "a",
      ORDER_LESS, 90 },
    { "mean(bytes@eu>us_2) <= 1MB", "mean(bytes@eu>us_2) <= 1MB", STAT_MEAN, 0, "bytes@eu>us_2",
      NULL, ORDER_AT_MOST, 1e6 },
    { "mean(age_p99) < 3s", "mean(age_p99) < 3s", STAT_MEAN, 0, "age_p99", NULL, ORDER_LESS, 3 },
    { "mean(messages_rate) < 30/min", "mean(messages_rate) < 30/min", STAT_MEAN, 0, "messages_rate",
      NULL, ORDER_LESS, 0.5 },
    { "P(converged, push) >= 99%", "P(converged, push) >= 99%", STAT_PROBABILITY, 0, "converged",
      "push", ORDER_AT_LEAST, 0.99 },
    { "  p95 ( t99,repaired )<90s ", "p95(t99, repaired) < 90s", STAT_QUANTILE, 0.95, "t99",
      "repaired", ORDER_LESS, 90 },
    { "p99.9(t_all) <= 1500ms", "p99.9(t_all) <= 1500ms", STAT_QUANTILE, 0.999, "t_all", NULL,
      ORDER_AT_MOST, 1.5 },
    { "p1(hops_max) > 3", "p1(hops_max) > 3", STAT_QUANTILE, 0.01, "hops_max", NULL, ORDER_MORE,
      3 },
    { "median(bytes/node)<2kB", "median(bytes/node) < 2kB", STAT_QUANTILE, 0.5, "bytes/node", NULL,
      ORDER_LESS, 2000 },
    { "mean(residue) < 5e-3", "mean(residue) < 5e-3", STAT_MEAN, 0, "residue", NULL, ORDER_LESS,
      0.005 },
    { "max(messages) < 1e6", "max(messages) < 1e6", STAT_MAX, 0, "messages", NULL, ORDER_LESS,
      1e6 },
    { "min(m, a, (b) <= c) > 1.5", "min(m, a, (b) <= c) > 1.5", STAT_MIN, 0, "m", "a, (b) <= c",
      ORDER_MORE, 1.5 },
    { "mean(ring-repair.steps) > 10_000", "mean(ring-repair.steps) > 10_000", STAT_MEAN, 0,
      "ring-repair.steps", NULL, ORDER_MORE, 10000 },
    { "P( t_all<15s , s ) >=99.9%", "P(t_all < 15s, s) >= 99.9%", STAT_PROBABILITY, 0, "t_all", "s",
      ORDER_AT_LEAST, 0.999 },
    { "P(residue <= 1%) > 0.5", "P(residue <= 1%) > 0.5", STAT_PROBABILITY, 0, "residue", NULL,
      ORDER_MORE, 0.5 },
    { "P(bytes/node >= 2kB, a, b < c) < 1%", "P(bytes/node >= 2kB, a, b < c) < 1%",
      STAT_PROBABILITY, 0, "bytes/node", "a, b < c", ORDER_LESS, 0.01 },
    { "P(converged >= 1) >= 99%", "P(converged >= 1) >= 99%", STAT_PROBABILITY, 0, "converged",
      NULL, ORDER_AT_LEAST, 0.99 },
    { "p99.9(bytes_payload/node)<=20kB", "p99.9(bytes_payload/node) <= 20kB", STAT_QUANTILE, 0.999,
      "bytes_payload/node", NULL, ORDER_AT_MOST, 20000 },
    { "ratio(t99, push) > 1.2", "ratio(t99, push) > 1.2", STAT_RATIO, 0, "t99", "push", ORDER_MORE,
      1.2 },
    { "diff(t99) > -1.5s", "diff(t99) > -1.5s", STAT_DIFFERENCE, 0, "t99", NULL, ORDER_MORE, -1.5 },
};

static void expressions_have_their_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char why[EXPRESSION_WHY_MAX] = "";
        struct expression e, again;

        if (!expression_read(good[i].text, &e, why))
            fail_msg("%s: %s", good[i].text, why);
        assert_string_equal(e.text, good[i].canonical);
        assert_int_equal(e.stat, good[i].stat);
        assert_true(fabs(e.quantile - good[i].quantile) < 1e-12);
        assert_string_equal(e.metric, good[i].metric);
        if (good[i].strategy == NULL)
            assert_null(e.strategy);
        else
            assert_string_equal(e.strategy, good[i].strategy);
        assert_int_equal(e.bound.order, good[i].order);
        assert_true(e.bound.value == good[i].value);
        assert_true(expression_read(e.text, &again, why));
        assert_string_equal(again.text, e.text);
        assert_true(again.bound.value == e.bound.value);
        expression_clear(&e);
        expression_clear(&again);
    }
}

static void others_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        { "", "`` is not an expression; the form is STAT(METRIC, STRATEGY) OP VALUE" },
        { "t99 < 3s", "`t99 < 3s` is not an expression" },
        { "p95(t99", "the `(` is not closed; within a [list]" },
        { ")p95(t99 < 3s", "the `(` is not closed" },
        { "median(t50) < median(t99)", "the right side is a value, as in median(t99) < 15s" },
        { "p95() < 3s", "a metric is missing" },
        { "mean(bytes_rate) < 20kB", "`20kB` is not a rate of bytes, as in 20kB/s or 160kbit/s" },
        { "mean(messages_rate) < 3", "3 lacks a unit; a rate has one of the units /s" },
        { "p95(t99,) < 3s", "a strategy is missing" },
        { "p0(t99) < 3s", "unknown statistic `p0`" },
        { "p100(t99) < 3s", "unknown statistic `p100`" },
        { "p9.(t99) < 3s", "unknown statistic `p9.`" },
        { "meen(t99) < 3s", "unknown statistic `meen`; did you mean `mean`?" },
        { "sum(t99) < 3s", "unknown statistic `sum`; known are mean, median, min, max, P, p1" },
        { "P(t99) < 3s", "P is the share of runs in which something holds" },
        { "P(t99 < 3s) > 15s", "" },
        { "P(t99 < 3) > 15%", "3 lacks a unit" },
        { "P(t99 <> 3s) > 15%", "one of < <= > >= and a value were expected after the metric" },
        { "P(< 3s) > 15%", "a metric is missing" },
        { "mean(t99 < 3s) > 15s", "`t99 < 3s` is a condition, which only P takes" },
        { "p95(t9, push) < 90s", "there is no metric `t9`; did you mean `t" },
        { "P(tall < 15s, s) > 1%", "there is no metric `tall`; did you mean `t_all`?" },
        { "mean(byte/node) < 2kB", "there is no metric `byte`; did you mean `bytes`?" },
        { "mean(zzz) < 2", "there is no metric `zzz`; `gossipsim help metrics` lists" },
        { "mean(direct-mail.lost) < 3s", "this figure of a model is a plain number; " },
        { "ratio(t99, push) > 1.2s", "" },
        { "ratio(t99, push) > -1.2s", "" },
        { "mean(t99, push) > -1s", "" },
        { "diff(t99, push) > 1.2", "1.2 lacks a unit" },
        { "p95(t99)", "one of < <= > >= and a value were expected" },
        { "p95(t99) = 3s", "one of < <= > >= and a value were expected" },
        { "p95(t99) =< 3s", "one of < <= > >= and a value were expected" },
        { "p95(t99) < ", "" },
        { "p95(t99) < 3", "3 lacks a unit; a time has one of" },
        { "p95(t99) < 3kB", "" },
        { "P(converged) > 101%", "101% is not a share" },
        { "mean(bytes) < 3", "3 lacks a unit" },
        { "mean(m) < 3s", "" },
        { "mean(m) < nan", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char why[EXPRESSION_WHY_MAX] = "";
        struct expression e;

        if (expression_read(bad[i].text, &e, why))
            fail_msg("accepted: %s", bad[i].text);
        if (strncmp(why, bad[i].why, strlen(bad[i].why)) != 0 || why[0] == 0)
            fail_msg("%s\nexpected: %s\nfound:    %s", bad[i].text, bad[i].why, why);
    }
}

static void orders_allow_their_values(void **state)
{
    static const char *const texts[] = { "mean(m) < 2", "mean(m) <= 2", "mean(m) > 2",
                                         "mean(m) >= 2" };
    static const struct {
        double found;
        bool holds[4];
    } cases[] = {
        { 1, { true, true, false, false } },     { 2, { false, true, false, true } },
        { 3, { false, false, true, true } },     { INFINITY, { false, false, true, true } },
        { NAN, { false, false, false, false } },
    };

    (void)state;
    for (int i = 0; i < 4; i++) {
        char why[EXPRESSION_WHY_MAX];
        struct expression e;

        assert_true(expression_read(texts[i], &e, why));
        for (size_t j = 0; j < sizeof cases / sizeof cases[0]; j++)
            assert_int_equal(expression_holds(&e, cases[j].found), cases[j].holds[i]);
        expression_clear(&e);
    }
}

/* P counts the runs whose value meets its condition; a time never reached is later than any. */
static void conditions_count_runs(void **state)
{
    static const struct {
        const char *text;
        double value;
        bool counts;
    } cases[] = {
        { "P(t_all < 15s) > 0%", 14.9, true },
        { "P(t_all < 15s) > 0%", 15, false },
        { "P(t_all < 15s) > 0%", INFINITY, false },
        { "P(t_all > 15s) > 0%", INFINITY, true },
        { "P(residue <= 1%) > 0%", 0.01, true },
        { "P(residue <= 1%) > 0%", 0.011, false },
        { "P(bytes/node >= 2kB, a, b < c) > 0%", 2000, true },
        { "P(bytes/node >= 2kB, a, b < c) > 0%", 1999, false },
        { "P(t_all < 15s) > 0%", NAN, false },
        { "P(converged) > 0%", 1, true },
        { "P(converged) > 0%", 0, false },
        { "P(converged < 1) > 0%", 0, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char why[EXPRESSION_WHY_MAX];
        struct expression e;

        assert_true(expression_read(cases[i].text, &e, why));
        if (expression_counts(&e, cases[i].value) != cases[i].counts)
            fail_msg("%s: %g", cases[i].text, cases[i].value);
        expression_clear(&e);
    }
}

/* What is found and the value it is held against: of the metric, but for shares and ratios. */
static void units_follow_the_statistic(void **state)
{
    static const struct {
        const char *text;
        enum metric_unit unit;
        bool is_relative;
    } cases[] = {
        { "p95(t99) < 3s", UNIT_TIME, false },
        { "P(t99 < 3s) > 5%", UNIT_SHARE, false },
        { "ratio(t99) > 2", UNIT_NUMBER, true },
        { "diff(t99) > 2s", UNIT_TIME, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char why[EXPRESSION_WHY_MAX];
        struct expression e;

        assert_true(expression_read(cases[i].text, &e, why));
        assert_int_equal(expression_unit(&e), cases[i].unit);
        assert_int_equal(expression_is_relative(&e), cases[i].is_relative);
        expression_clear(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_have_their_parts),
        cmocka_unit_test(others_are_refused_with_a_reason),
        cmocka_unit_test(orders_allow_their_values),
        cmocka_unit_test(conditions_count_runs),
        cmocka_unit_test(units_follow_the_statistic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
