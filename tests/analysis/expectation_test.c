/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expectations are judged on all runs that are done: a time never reached is infinite to
 * quantiles and extremes and left out of means, P counts the runs that meet its condition; every
 * place where one fails is told with what was found there and how runs ended that did not get
 * there, and where none fails, the place that came closest.
 */
#include "analysis/verdict/expectation.h"
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct expression expression_of(const char *text)
{
    char why[EXPRESSION_WHY_MAX];
    struct expression e;

    if (!expression_read(text, &e, why))
        fail_msg("%s: %s", text, why);
    return e;
}

/* What the expression finds for its strategy in the fixture results.sql, which describes the
 * values: t99 of push are 7.81, 7.83 ... 8.19 s, mail has ten such around 2 s and ten never. */
static void values_are_those_of_all_runs(void **state)
{
    static const struct {
        const char *text;
        double value;
        bool holds;
    } cases[] = {
        { "mean(t99, push) < 8.001s", 8, true },
        { "median(t99, push) < 8s", 8, false },
        { "min(t99, push) >= 7.81s", 7.81, true },
        { "max(t99, push) < 8.19s", 8.19, false },
        { "p90(t99, push) < 9s", 7.81 + 0.02 * 0.9 * 19, true },
        { "p90(t99, mail) < 9s", INFINITY, false },
        { "max(t99, mail) < 1h", INFINITY, false },
        { "mean(t99, mail) < 2.2s", 2, true }, /* the ten that got there: within 0.19 s */
        { "mean(t_all, mail) < 1h", INFINITY, false },
        { "mean(t_all, mail) > 1h", INFINITY, true },
        { "P(converged, push) >= 100%", 1, true },
        { "P(converged, mail) > 0%", 0, false },
        { "mean(bytes/node, push-pull) < 1300B", 1200.0095, true },
        { "mean(direct-mail.lost, mail) <= 9.5", 9.5, true },
        { "mean(direct-mail.lost, push) <= 9.5", NAN, false },
        { "P(t99 < 2s, mail) >= 35%", 0.35, true }, /* 1.81 ... 1.99: seven of twenty */
        { "P(t99 < 1h, mail) > 50%", 0.5, false },
        { "P(t99 > 1h, mail) >= 50%", 0.5, true }, /* never is later than any time */
        { "P(t99 <= 8s, push) >= 50%", 0.5, true },
        { "P(direct-mail.lost < 10, mail) >= 50%", 0.5, true },
        { "p99.9(t99, push) < 8.2s", 7.81 + 0.02 * 0.999 * 19, true },
    };
    struct errors errors = { 0 };
    char *path = fixture_make("results.sql", NULL);
    struct study *study = study_open(path, 0, &errors);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct expression e = expression_of(cases[i].text);
        struct finding found;

        assert_true(expectation_find(study, 0, e.strategy, &e, &found, &errors));
        if (isfinite(cases[i].value) && strstr(cases[i].text, "mean(t99, mail)") == NULL)
            assert_true(fabs(found.estimate.value - cases[i].value) < 1e-6);
        else if (isfinite(cases[i].value))
            assert_true(fabs(found.estimate.value - cases[i].value) < 0.2);
        else
            assert_true(isnan(cases[i].value) ? isnan(found.estimate.value)
                                              : isinf(found.estimate.value));
        if (found.holds != cases[i].holds)
            fail_msg("%s: found %g", cases[i].text, found.estimate.value);
        expression_clear(&e);
    }
    study_close(study);
    fixture_remove(path);
}

/* Judges one expression; returns what is printed. */
static char *judged(const char *path, const char *text, bool wanted,
                    struct expectation_count *count)
{
    struct expression e = expression_of(text);
    struct errors errors = { 0 };
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    struct study *study = study_open(path, 0, &errors);

    assert_true(expectation_judge(out, study, &e, 1, wanted, count, &errors));
    study_close(study);
    fclose(out);
    expression_clear(&e);
    return printed;
}

static void places_are_told(void **state)
{
    static const struct {
        const char *text;
        bool wanted;
        size_t judged, different, left_out;
        const char *printed;
    } cases[] = {
        { "P(converged, push) >= 80%", true, 1, 0, 0,
          "holds: P(converged, push) >= 80%: 100 % (95 % confidence 83.9 to 100) in 20 runs\n" },
        /* Wilson's interval at 0 of 20: 0 to z^2 / (20 + z^2), z = 1.96. */
        { "P(converged) >= 99%", true, 1, 1, 0,
          "does not hold: P(converged) >= 99%, strategy mail: 0 % (95 % confidence 0 to 16.1) in "
          "20 runs; none converged: still going on at `stop.at` (10s)\n" },
        { "p95(t99, mail) < 3s", true, 1, 1, 0,
          "does not hold: p95(t99, mail) < 3s: never in 20 runs; 10 never reached it: "
          "still going on at `stop.at` (10s)\n" },
        { "max(t99, push) < 8s", true, 1, 1, 0,
          "does not hold: max(t99, push) < 8s: 8.19 s in 20 runs\n" },
        { "mean(direct-mail.lost) < 20", true, 1, 0, 0,
          "holds: mean(direct-mail.lost) < 20, strategy mail: 9.50 (95 % confidence 6.73 to 12.3) "
          "in 20 runs\n" },
        { "mean(direct-mail.lost) < 10", true, 1, 0, 0,
          "holds: mean(direct-mail.lost) < 10, strategy mail: 9.50 (95 % confidence 6.73 to 12.3) "
          "in 20 runs; more runs may change that\n" },
        { "mean(direct-mail.lost, push) < 10", true, 1, 1, 0,
          "does not hold: mean(direct-mail.lost, push) < 10: no run has it\n" },
        { "p95(t99, push) < 9s", true, 1, 0, 0,
          "holds: p95(t99, push) < 9s: 8.17 s (too few runs for an interval) in 20 runs\n" },
        { "mean(m, mail) < 10", true, 1, 0, 0,
          "holds: mean(m, mail) < 10: 1.00 (too few runs that differ for an interval) in 20 "
          "runs\n" },
        { "mean(a.nothing) < 10", true, 1, 1, 0,
          "does not hold: mean(a.nothing) < 10: no run has it\n" },
        { "mean(m, other) < 10", true, 0, 0, 1, "" },
        { "mean(t99) > 5s", false, 1, 1, 0,
          "--fail-if holds: mean(t99) > 5s, strategy push: 8.00 s (95 % confidence 7.94 to 8.06) "
          "in "
          "20 runs\n" },
        /* The place that came closest tells what was found. */
        { "mean(t99) > 9s", false, 1, 0, 0,
          "--fail-if does not hold: mean(t99) > 9s, strategy push: 8.00 s (95 % confidence 7.94 to "
          "8.06) in 20 runs; the closest of 3\n" },
    };
    char *path = fixture_make("results.sql", NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct expectation_count count;
        char *printed = judged(path, cases[i].text, cases[i].wanted, &count);

        assert_string_equal(printed, cases[i].printed);
        assert_int_equal(count.judged, cases[i].judged);
        assert_int_equal(count.different, cases[i].different);
        assert_int_equal(count.left_out, cases[i].left_out);
        free(printed);
    }
    fixture_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_all_runs),
        cmocka_unit_test(places_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
