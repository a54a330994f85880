/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage_test.c - intervals cover the truth, and verdicts are right, as often as
 * docs/statistics.md says: at least 93 % of studies, within 3 standard errors, from 10 runs on.
 * Methods that promise 95 % whatever the distribution are held to that.
 *
 *   build/release/tests/analysis/coverage_test STUDIES [DATABASE]
 *
 * prints the page's tables instead, also of the runs in a database (`make coverage`).
 */
#include "tests/analysis/coverage.h"

#include "analysis/study/study.h"
#include "base/statistics.h"
#include "tests/main.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STUDIES = 4000 };

static const size_t sizes[] = { 10, 30, 100 };

/* ---- the suite ---- */

static void assert_right(const struct tally *tally, double least, const char *what, const char *of,
                         size_t runs)
{
    size_t with = tally->studies - tally->without;
    double error = sqrt(least * (1 - least) / (double)MAX(with, 1));

    if (with > 100 && coverage_share(tally) < least - 3 * error)
        fail_msg("%s, %s, %zu runs: right in %.1f %% of %zu studies", what, of, runs,
                 100 * coverage_share(tally), with);
}

static void means_of_amounts(void **state)
{
    (void)state;
    for (const struct source *s = coverage_amounts; s->name; s++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            struct tally tally = coverage_of_mean(s, sizes[i], STUDIES);
            assert_right(&tally, 0.93, "mean", s->name, sizes[i]);
            if (s == coverage_amounts) /* normal: no wider than need be */
                assert_true(coverage_share(&tally) < 0.97 + 3 * sqrt(0.03 * 0.97 / STUDIES));
        }
}

static void means_of_shares(void **state)
{
    (void)state;
    for (const struct source *s = coverage_shares; s->name; s++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            struct tally tally = coverage_of_mean(s, sizes[i], STUDIES);
            assert_int_equal(tally.without, 0);
            assert_right(&tally, 0.93, "mean share", s->name, sizes[i]);
            if (strncmp(s->name, "normal", 6) == 0) /* no wider than need be */
                assert_true(coverage_share(&tally) < 0.97 + 3 * sqrt(0.03 * 0.97 / STUDIES));
        }
}

/* What no run shows is in no limit: an outlier in one run of 20 takes 100 runs to be seen. */
static void means_with_outliers(void **state)
{
    (void)state;
    for (const struct source *s = coverage_outliers; s->name; s++) {
        struct tally tally = coverage_of_mean(s, 100, STUDIES);
        assert_right(&tally, 0.93, "mean with outliers", s->name, 100);
    }
}

static void quantiles(void **state)
{
    (void)state;
    for (const struct source *s = coverage_amounts; s->name; s++) {
        struct tally median = coverage_of_quantile(s, 0.5, 30, STUDIES);
        struct tally high = coverage_of_quantile(s, 0.99, 1000, STUDIES / 5);
        struct tally few = coverage_of_quantile(s, 0.99, 100, 10);
        assert_right(&median, 0.95, "median", s->name, 30);
        assert_right(&high, 0.95, "p99", s->name, 1000);
        assert_int_equal(few.without, 10);
    }
}

/* Two strategies that nearly do the same, but for one pair of 50: the mean of the differences is
 * mostly of that pair. */
static void pairs_with_rare_outliers(void **state)
{
    double slow[5000], fast[5000];
    struct source source = { .name = "pairs", .pool = fast, .partner = slow, .pool_count = 5000 };

    (void)state;
    for (int i = 0; i < 5000; i++) {
        slow[i] = 5 + (double)(i * 7919 % 5000) / 1000;
        fast[i] = 0.9 * slow[i] + (i % 50 == 0 ? 8 : 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (int ratio = 0; ratio < 2; ratio++) {
            struct tally tally = coverage_of_pairs(&source, ratio, sizes[i], STUDIES);
            assert_right(&tally, 0.95, "pairs", ratio ? "ratio" : "difference", sizes[i]);
        }
}

static void rule_for_replications(void **state)
{
    static const double widths[] = { 0.04, 0.2, 0.1 }; /* of the first three laws */

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        struct tally tally = coverage_of_rule(&coverage_amounts[i], widths[i], STUDIES);
        assert_right(&tally, 0.93, "rule", coverage_amounts[i].name, 0);
        assert_true((double)tally.near > 0.95 * STUDIES);
    }
}

static void verdicts_on_the_same_strategy(void **state)
{
    static const double never[] = { 0, 0.25, 0.5 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
            struct tally one = coverage_of_verdicts(never[i], 1, sizes[k], STUDIES);
            struct tally many = coverage_of_verdicts(never[i], 10, sizes[k], STUDIES / 5);
            assert_right(&one, 0.95, "verdict", "one row", sizes[k]);
            assert_right(&many, 0.95, "verdict", "ten rows", sizes[k]);
        }
}

static void times_that_were_cut_off(void **state)
{
    (void)state;
    for (size_t i = 1; i < G_N_ELEMENTS(sizes); i++) {
        struct tally one = coverage_of_cut_off(0.5, 0.3, 1, sizes[i], STUDIES);
        struct tally ten = coverage_of_cut_off(0.5, 0.3, 10, sizes[i], STUDIES / 10);
        assert_true(one.runs > 0.2 && one.runs < 0.6); /* cut off */
        assert_right(&one, 0.93, "median of cut off", "one a run", sizes[i]);
        assert_right(&ten, 0.93, "median of cut off", "ten a run", sizes[i]);
    }
}

static void log_rank_tests_of_the_same_strategy(void **state)
{
    static const double never[] = { 0, 0.25, 0.5 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++) {
        struct tally tally = coverage_of_log_rank(never[i], 30, STUDIES);
        assert_right(&tally, 0.94, "log-rank test", "the same", 30);
    }
}

static void levels_of_series(void **state)
{
    struct tally half = coverage_of_levels(COVERAGE_KEEPS_HALF, 10, 200, STUDIES / 4);
    struct tally most = coverage_of_levels(COVERAGE_KEEPS_0_9, 10, 1000, STUDIES / 20);
    struct tally queue = coverage_of_levels(COVERAGE_QUEUE_HALF, 1, 10000, STUDIES / 40);
    struct tally brief = coverage_of_levels(COVERAGE_KEEPS_0_9, 1, 200, 100);

    (void)state;
    assert_right(&half, 0.93, "level", "half kept", 10);
    assert_right(&most, 0.93, "level", "0.9 kept", 10);
    assert_right(&queue, 0.93, "level", "queue", 1);
    assert_int_equal(brief.without, 100);
}

/* ---- the page ---- */

static void print_head(const char *of, bool has_student)
{
    printf("\n| %s | 10 runs | 30 | 100 |%s\n|---|--:|--:|--:|%s\n", of,
           has_student ? " t: 10 | 30 | 100 |" : "", has_student ? "--:|--:|--:|" : "");
}

/* `95.2`, or `99.5 (41 % none)` where some studies have no interval. */
static void print_cell(const struct tally *t)
{
    double none = (double)t->without / (double)t->studies;

    if (t->without == t->studies)
        printf(" none |");
    else if (none >= 0.005)
        printf(" %.1f (%.0f %% none) |", 100 * coverage_share(t), 100 * none);
    else
        printf(" %.1f |", 100 * coverage_share(t));
}

static void print_row(const char *of, const struct tally tallies[static 3])
{
    printf("| %s |", of);
    for (size_t i = 0; i < 3; i++)
        print_cell(&tallies[i]);
    for (size_t i = 0; i < 3 && tallies[i].student > 0; i++)
        printf(" %.1f |", 100 * (double)tallies[i].student / (double)tallies[i].studies);
    printf("\n");
}

static void print_mean(const struct source *source, size_t studies)
{
    struct tally tallies[3];

    for (size_t i = 0; i < 3; i++)
        tallies[i] = coverage_of_mean(source, sizes[i], studies);
    print_row(source->name, tallies);
}

static void print_quantile(const struct source *source, double p, const size_t *runs,
                           size_t studies)
{
    struct tally tallies[3];

    for (size_t i = 0; i < 3; i++)
        tallies[i] = coverage_of_quantile(source, p, runs[i], studies);
    print_row(source->name, tallies);
}

static void print_pairs(const struct source *source, bool ratio, size_t studies)
{
    struct tally tallies[3];
    char *of = g_strdup_printf("%s of %s", ratio ? "ratio" : "difference", source->name);

    for (size_t i = 0; i < 3; i++)
        tallies[i] = coverage_of_pairs(source, ratio, sizes[i], studies);
    print_row(of, tallies);
    g_free(of);
}

static void print_proportions(size_t studies)
{
    static const double shares[] = { 0.5, 0.9, 0.99, 0.995 };

    print_head("P, where it is", false);
    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
        struct tally tallies[3];
        char *of = g_strdup_printf("%g %%", 100 * shares[i]);

        for (size_t k = 0; k < 3; k++)
            tallies[k] = coverage_of_proportion(shares[i], sizes[k], studies);
        print_row(of, tallies);
        g_free(of);
    }
}

static void print_laws(size_t studies)
{
    static const size_t many[] = { 300, 1000, 3000 };

    print_head("mean of amounts", true);
    for (const struct source *s = coverage_amounts; s->name; s++)
        print_mean(s, studies);
    print_head("mean of shares", true);
    for (const struct source *s = coverage_shares; s->name; s++)
        print_mean(s, studies);
    print_head("mean, with outliers that few runs show", true);
    for (const struct source *s = coverage_outliers; s->name; s++)
        print_mean(s, studies);
    print_head("median of", false);
    for (const struct source *s = coverage_amounts; s->name; s++)
        print_quantile(s, 0.5, sizes, studies);
    printf("\n| p99 of | 300 runs | 1000 | 3000 |\n|---|--:|--:|--:|\n");
    for (const struct source *s = coverage_amounts; s < coverage_amounts + 4; s++)
        print_quantile(s, 0.99, many, studies);
    print_proportions(studies);
}

static void print_rule(const struct source *source, double half_width, size_t studies)
{
    struct tally t = coverage_of_rule(source, half_width, studies);

    printf("| %s | %g %% | %.0f | %.1f | %.1f | %.1f |\n", source->name, 100 * half_width, t.runs,
           100 * coverage_share(&t), 100 * (double)t.student / (double)t.studies,
           100 * (double)t.near / (double)t.studies);
}

static void print_verdicts(size_t studies)
{
    static const double never[] = { 0, 0.25, 0.5 };
    static const size_t rows[] = { 1, 10 };

    printf("\n| never | one row: 10 runs | 30 | 100 | ten rows: 10 runs | 30 | 100 |\n"
           "|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++) {
        printf("| %.0f %% |", 100 * never[i]);
        for (size_t k = 0; k < G_N_ELEMENTS(rows) * G_N_ELEMENTS(sizes); k++) {
            struct tally t = coverage_of_verdicts(never[i], rows[k / 3], sizes[k % 3], studies);
            printf(" %.1f |", 100 * (1 - coverage_share(&t)));
        }
        printf("\n");
    }
}

/* The values of a metric over the runs of a strategy as a source; those of runs that it did not
 * happen to are left out of both sides.  The arrays stay. */
static struct source read_pool(const struct study *study, const char *metric, const char *name,
                               const char *partner)
{
    struct errors errors = { 0 };
    struct series x, y;
    size_t used = 0;
    struct source source = { .name =
                                 g_strdup_printf("%s of %s%s%s", metric, name,
                                                 partner ? " and " : "", partner ? partner : "") };

    if (!study_read(study, 0, name, metric, &x, &errors) ||
        !study_read(study, 0, partner ? partner : name, metric, &y, &errors) || x.count != y.count)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < x.count; i++)
        if (isfinite(x.values[i]) && isfinite(y.values[i])) {
            x.values[used] = x.values[i];
            y.values[used++] = y.values[i];
        }
    source.pool = x.values;
    source.partner = y.values;
    source.pool_count = used;
    source.is_share = x.is_share;
    source.median = statistics_quantile(x.values, used, 0.5, 0.95).value;
    source.p99 = statistics_quantile(x.values, used, 0.99, 0.95).value;
    source.mean = statistics_mean(x.values, used, x.is_share, 0.95).value;
    return source;
}

static void print_runs(const struct study *study, size_t studies)
{
    static const struct {
        const char *metric, *strategy;
    } means[] = { { "residue", "push" }, { "residue", "pull" },    { "m", "push" },
                  { "m", "pull" },       { "redundancy", "push" }, { "bytes", "pull" } };
    static const char *const times[] = { "t50", "t90", "t99" };

    print_head("mean over runs of", true);
    for (size_t i = 0; i < G_N_ELEMENTS(means); i++) {
        struct source s = read_pool(study, means[i].metric, means[i].strategy, NULL);
        print_mean(&s, studies);
    }
    print_head("median over runs of", false);
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        struct source one = read_pool(study, times[i], "pull", NULL);
        struct source s = read_pool(study, times[i], "sooner", "later");
        print_quantile(&one, 0.5, sizes, studies);
        print_pairs(&s, false, studies);
        print_pairs(&s, true, studies);
    }
}

static void print_rules(const struct study *study, size_t studies)
{
    static const double widths[] = { 0.02, 0.05, 0.1, 0.2 };

    printf("\n| mean of | half width | runs | covers | t covers | near enough |\n"
           "|---|--:|--:|--:|--:|--:|\n");
    for (const struct source *s = coverage_amounts; s < coverage_amounts + 4; s++)
        for (size_t i = s == coverage_amounts ? 0 : 1; i < G_N_ELEMENTS(widths); i++)
            print_rule(s, widths[i], studies);
    if (study) {
        struct source s = read_pool(study, "t99", "pull", NULL);
        for (size_t i = 0; i < 3; i++)
            print_rule(&s, widths[i], studies);
    }
}

static void print_cut_off(size_t studies)
{
    static const struct {
        double p, slack;
        size_t each;
    } rows[] = {
        { 0.5, 0.8, 1 }, { 0.5, 0.3, 1 }, { 0.9, 0.8, 1 }, { 0.5, 0.3, 10 }, { 0.9, 0.8, 10 }
    };

    print_head("quantile of updates, some of them cut off", false);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct tally tallies[3];
        char *of;

        for (size_t k = 0; k < 3; k++)
            tallies[k] =
                coverage_of_cut_off(rows[i].p, rows[i].slack, rows[i].each, sizes[k], studies);
        of = g_strdup_printf("p%g, %zu a run, %.0f %% cut off", 100 * rows[i].p, rows[i].each,
                             100 * tallies[2].runs);
        print_row(of, tallies);
        g_free(of);
    }
    print_head("log-rank test of equal strategies finds none, of which never come", false);
    for (int i = 0; i <= 2; i++) {
        struct tally tallies[3];
        char *of = g_strdup_printf("%d %%", 25 * i);

        for (size_t k = 0; k < 3; k++)
            tallies[k] = coverage_of_log_rank(0.25 * i, sizes[k], studies);
        print_row(of, tallies);
        g_free(of);
    }
}

static void print_levels(size_t studies)
{
    static const char *const kinds[] = { "that keep 0.5 of the last", "that keep 0.9 of the last",
                                         "of waits, queue used by 50 %",
                                         "of waits, queue used by 80 %" };
    static const size_t shapes[][2] = {
        { 1, 1000 }, { 1, 10000 }, { 10, 200 }, { 10, 2000 }, { 30, 200 }
    };

    printf("\n| level of values | 1 run of 1000 | 1 of 10 000 | 10 of 200 | 10 of 2000 | 30 of 200 "
           "|\n|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        printf("| %s |", kinds[i]);
        for (size_t k = 0; k < G_N_ELEMENTS(shapes); k++) {
            struct tally t =
                coverage_of_levels((enum coverage_series)i, shapes[k][0], shapes[k][1], studies);
            print_cell(&t);
        }
        printf("\n");
    }
}

static int print_page(size_t studies, const char *path)
{
    struct errors errors = { 0 };
    struct study *study = path ? study_open(path, 0, &errors) : NULL;

    print_laws(studies);
    if (study)
        print_runs(study, studies);
    print_rules(study, studies);
    print_verdicts(studies);
    print_cut_off(studies);
    print_levels(studies);
    study_close(study);
    return path && !study;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_amounts),
        cmocka_unit_test(means_of_shares),
        cmocka_unit_test(means_with_outliers),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(pairs_with_rare_outliers),
        cmocka_unit_test(rule_for_replications),
        cmocka_unit_test(verdicts_on_the_same_strategy),
        cmocka_unit_test(times_that_were_cut_off),
        cmocka_unit_test(log_rank_tests_of_the_same_strategy),
        cmocka_unit_test(levels_of_series),
    };

    if (test_argc > 1)
        return print_page((size_t)g_ascii_strtoull(test_argv[1], NULL, 10),
                          test_argc > 2 ? test_argv[2] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
