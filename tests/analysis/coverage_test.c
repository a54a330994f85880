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

#include "analysis/study.h"
#include "experiment/statistics.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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
            assert_right(&tally, 0.95, "mean share", s->name, sizes[i]);
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

/* ---- the page ---- */

static void print_row(const char *what, const char *of, const char *runs, const struct tally *t)
{
    printf("| %s | %s | %s | ", what, of, runs);
    if (t->without == t->studies)
        printf("–");
    else
        printf("%.1f", 100 * coverage_share(t));
    printf(" | %.1f | ", 100 * (double)t->without / (double)t->studies);
    if (t->student > 0)
        printf("%.1f", 100 * (double)t->student / (double)t->studies);
    printf(" |\n");
}

static void print_sized(const char *what, const char *of, size_t runs, struct tally t)
{
    char *text = g_strdup_printf("%zu", runs);

    print_row(what, of, text, &t);
    g_free(text);
}

static void print_means(const struct source *source, const char *what, size_t studies)
{
    for (size_t i = 0; source && i < G_N_ELEMENTS(sizes); i++)
        print_sized(what, source->name, sizes[i], coverage_of_mean(source, sizes[i], studies));
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

    printf("\n| never | runs | one row | ten rows |\n|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
            struct tally one = coverage_of_verdicts(never[i], 1, sizes[k], studies);
            struct tally ten = coverage_of_verdicts(never[i], 10, sizes[k], studies);
            printf("| %.0f %% | %zu | %.1f | %.1f |\n", 100 * never[i], sizes[k],
                   100 * (1 - coverage_share(&one)), 100 * (1 - coverage_share(&ten)));
        }
}

static void print_laws(size_t studies)
{
    static const double shares[] = { 0.5, 0.9, 0.99, 0.995 };

    for (const struct source *s = coverage_amounts; s->name; s++)
        print_means(s, "mean", studies);
    print_means(coverage_outliers, "mean", studies);
    for (const struct source *s = coverage_shares; s->name; s++)
        print_means(s, "mean share", studies);
    for (const struct source *s = coverage_amounts; s < coverage_amounts + 4; s++) {
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
            print_sized("median", s->name, sizes[i],
                        coverage_of_quantile(s, 0.5, sizes[i], studies));
        print_sized("p99", s->name, 1000, coverage_of_quantile(s, 0.99, 1000, studies));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
            char *of = g_strdup_printf("converges in %g %%", 100 * shares[i]);
            print_sized("P", of, sizes[k], coverage_of_proportion(shares[i], sizes[k], studies));
            g_free(of);
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
    struct source source = { .name = g_strdup_printf("%s of %s%s%s", metric, name,
                                                     partner ? " and " : "",
                                                     partner ? partner : "") };

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
    } means[] = { { "residue", "push" }, { "residue", "pull" }, { "m", "push" }, { "m", "pull" },
                  { "bytes", "pull" },   { "redundancy", "push" } };
    static const char *const times[] = { "t50", "t90", "t99" };

    for (size_t i = 0; i < G_N_ELEMENTS(means); i++) {
        struct source s = read_pool(study, means[i].metric, means[i].strategy, NULL);
        print_means(&s, s.is_share ? "mean share" : "mean", studies);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        struct source one = read_pool(study, times[i], "pull", NULL);
        struct source s = read_pool(study, times[i], "sooner", "later");
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
            print_sized("median", one.name, sizes[k],
                        coverage_of_quantile(&one, 0.5, sizes[k], studies));
            print_sized("difference", s.name, sizes[k],
                        coverage_of_pairs(&s, false, sizes[k], studies));
            print_sized("ratio", s.name, sizes[k], coverage_of_pairs(&s, true, sizes[k], studies));
        }
    }
}

static int print_page(size_t studies, const char *path)
{
    static const double widths[] = { 0.02, 0.05, 0.1, 0.2 };
    struct errors errors = { 0 };
    struct study *study = path ? study_open(path, 0, &errors) : NULL;

    printf("| estimate | of | runs | covers %% | no interval %% | Student's t %% |\n"
           "|---|---|--:|--:|--:|--:|\n");
    print_laws(studies);
    if (study)
        print_runs(study, studies);
    printf("\n| mean of | half width | runs | covers %% | Student's t %% | near enough %% |\n"
           "|---|--:|--:|--:|--:|--:|\n");
    for (const struct source *s = coverage_amounts; s < coverage_amounts + 4; s++)
        for (size_t i = s == coverage_amounts ? 0 : 1; i < G_N_ELEMENTS(widths); i++)
            print_rule(s, widths[i], studies);
    if (study) {
        struct source s = read_pool(study, "t99", "pull", NULL);
        for (size_t i = 0; i < 3; i++)
            print_rule(&s, widths[i], studies);
    }
    print_verdicts(studies);
    study_close(study);
    return path && !study;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_amounts),
        cmocka_unit_test(means_of_shares),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(pairs_with_rare_outliers),
        cmocka_unit_test(rule_for_replications),
        cmocka_unit_test(verdicts_on_the_same_strategy),
    };

    if (argc > 1)
        return print_page((size_t)g_ascii_strtoull(argv[1], NULL, 10), argc > 2 ? argv[2] : NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
