/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random scenarios over the whole language run, end and keep what every run keeps (witness.h).
 *
 * SCENARIOS says how many of them, from number 1 on.  By hand:
 *
 *   scenarios_test print N          the scenario of this number
 *   scenarios_test run N [LAST]     tries this one, or all up to LAST
 *
 * Those that failed stay in build/random (docs/random.md).
 */
#include "tests/main.h"
#include "tests/random/bed.h"
#include "tests/random/scenario.h"
#include "tests/random/witness.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { COUNT = 100 };
#else
enum { COUNT = 300 };
#endif
enum { POINTS_MAX = 4, SECONDS_MAX = 120 };

#define FOLDER "build/random"

static struct language language;

/* ---- one scenario ---- */

static char *path_of(uint64_t number)
{
    return g_strdup_printf(FOLDER "/%llu.yaml", (unsigned long long)number);
}

/* For who looks into it. */
static void keep(uint64_t number, const char *text)
{
    char *path = path_of(number);
    FILE *file;

    if (g_mkdir_with_parents(FOLDER, 0777) != 0 || !(file = fopen(path, "w")))
        abort();
    fputs(text, file);
    fclose(file);
    g_free(path);
}

static void drop(uint64_t number)
{
    char *path = path_of(number);

    unlink(path);
    g_free(path);
}

/* A run of each strategy at a point. */
static const char *try_point(const struct plan *plan, size_t point)
{
    struct setup *setup = plan_setup(plan, point);
    const char *wrong = NULL;

    for (int i = 0; !wrong && i < plan->strategy_count; i++) {
        struct sim_config config = *setup_config(setup, i);
        struct sim_result result;

        config.replication = (uint32_t)i;
        wrong = witness_run(&config, &result);
        if (wrong) {
            char *text = g_strdup_printf("point %zu, strategy %s: %s", point + 1,
                                         plan->strategies[i], wrong);

            wrong = g_intern_string(text);
            g_free(text);
        } else {
            sim_result_clear(&result);
        }
    }
    setup_free(setup);
    return wrong;
}

static const char *try_number(uint64_t number)
{
    const char *wrong = NULL;
    struct plan *plan;
    char *text = random_scenario(&language, number, &plan);

    keep(number, text);
    for (size_t i = 0; !wrong && i < MIN(plan->point_count, POINTS_MAX); i++)
        wrong = try_point(plan, i);
    if (!wrong)
        drop(number);
    plan_free(plan);
    g_free(text);
    return wrong;
}

/* ---- many ---- */

static uint64_t try_all(uint64_t first, uint64_t last)
{
    const uint64_t failed = bed_try(first, last, SECONDS_MAX, try_number);

    if (failed > 0)
        printf("# they are in " FOLDER "; again: scenarios_test run NUMBER\n");
    return failed;
}

static void random_scenarios_keep_what_every_run_keeps(void **state)
{
    const char *text = g_getenv("SCENARIOS");
    const uint64_t count = text ? g_ascii_strtoull(text, NULL, 10) : COUNT;

    (void)state;
    assert_true(count > 0);
    assert_int_equal(try_all(1, count), 0);
}

static int by_hand(void)
{
    const uint64_t first = g_ascii_strtoull(test_argv[2], NULL, 10);
    const uint64_t last = test_argc > 3 ? g_ascii_strtoull(test_argv[3], NULL, 10) : first;
    char *text;

    if (strcmp(test_argv[1], "run") == 0)
        return try_all(first, last) > 0;
    text = random_scenario(&language, first, NULL);
    fputs(text, stdout);
    g_free(text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scenarios_keep_what_every_run_keeps),
    };
    int status;

    language_open(&language);
    status = test_argc > 2 ? by_hand() : cmocka_run_group_tests(tests, NULL, NULL);
    language_close(&language);
    return status;
}
