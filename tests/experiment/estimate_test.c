/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `check` says a run will take is within a factor of 2 of what it takes, in events and in
 * memory, for scenarios of every kind that are too large to be tried; time is only printed.
 *
 * The scenarios are the files of tests/fixtures/estimate, or those named as arguments: then
 * nothing is asserted, and a table is printed (make estimates).
 */
#include "experiment/plan/plan.h"
#include "tests/main.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { ONE_IN = 3 }; /* of the scenarios, by their names: a run takes ten times as long */
#else
enum { ONE_IN = 1 };
#endif
#define FOLDER     "tests/fixtures/estimate"
#define FACTOR_MAX 2.0

/* What one run took, or was to take. */
struct taking {
    double events, bytes, seconds;
};

struct comparison {
    char *name;
    bool has_failed; /* or was refused */
    struct taking estimated, taken;
};

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct comparison compare(const struct sim_config *given)
{
    struct comparison comparison = { .name = NULL };
    struct sim_config config = *given;
    struct sim_probe probe = { 0 };
    struct sim_estimate estimate;
    struct sim_result result;
    double start;

    sim_estimate(&config, SIM_ESTIMATE_BUDGET, &estimate);
    comparison.estimated =
        (struct taking){ estimate.events, (double)estimate.memory, estimate.seconds };
    config.probe = &probe;
    start = cpu_seconds();
    sim_run(&config, &result);
    comparison.taken = (struct taking){ probe.end.figures[PROBE_WORK], (double)result.peak_bytes,
                                        cpu_seconds() - start };
    comparison.has_failed = result.status != SIM_DONE;
    sim_result_clear(&result);
    return comparison;
}

/* ---- files ---- */

static struct plan *read_plan(const char *path)
{
    const struct plan_options options = { 0 };
    struct errors errors = { 0 };
    struct plan *plan = plan_read(path, &options, &errors);

    errors_print(stderr, &errors);
    errors_clear(&errors);
    return plan;
}

/* Compares every strategy at the first point of the file. */
static void compare_file(const char *path, void (*take)(const struct comparison *comparison))
{
    struct plan *plan = read_plan(path);
    struct setup *setup;

    assert_non_null(plan);
    setup = plan_setup(plan, 0);
    assert_non_null(setup);
    for (int i = 0; i < plan->strategy_count; i++) {
        struct comparison comparison = compare(setup_config(setup, i));

        comparison.name = g_strdup_printf("%s %s", plan->name, plan->strategies[i]);
        take(&comparison);
        g_free(comparison.name);
    }
    setup_free(setup);
    plan_free(plan);
}

static double factor_of(double estimated, double taken)
{
    return fmax(estimated, 1) / fmax(taken, 1);
}

/* ---- the table ---- */

static void print_header(void)
{
    puts("| scenario and strategy | events: estimated | taken | MB: estimated | taken "
         "| s: estimated | taken |\n|---|---:|---:|---:|---:|---:|---:|");
}

static void print_row(const struct comparison *c)
{
    printf("| %s | %.3g | %.3g | %.3g | %.3g | %.2g | %.2g |\n", c->name, c->estimated.events,
           c->taken.events, c->estimated.bytes / 1e6, c->taken.bytes / 1e6, c->estimated.seconds,
           c->taken.seconds);
    if (g_getenv("FACTORS"))
        printf("    events %.2f memory %.2f time %.2f\n",
               factor_of(c->estimated.events, c->taken.events),
               factor_of(c->estimated.bytes, c->taken.bytes),
               c->estimated.seconds / c->taken.seconds);
    fflush(stdout);
}

/* ---- the test ---- */

static void check_factors(const struct comparison *c)
{
    const double events = factor_of(c->estimated.events, c->taken.events);
    const double bytes = factor_of(c->estimated.bytes, c->taken.bytes);

    print_row(c);
    if (fabs(log(events)) > log(FACTOR_MAX))
        fail_msg("%s: events are estimated at %.2f of what they are", c->name, events);
    if (fabs(log(bytes)) > log(FACTOR_MAX))
        fail_msg("%s: memory is estimated at %.2f of what it is", c->name, bytes);
}

static void estimates_are_near_what_is_taken(void **state)
{
    GDir *folder = g_dir_open(FOLDER, 0, NULL);
    const char *name;

    (void)state;
    assert_non_null(folder);
    while ((name = g_dir_read_name(folder))) {
        char *path = g_build_filename(FOLDER, name, NULL);

        if (g_str_hash(name) % ONE_IN == 0)
            compare_file(path, check_factors);
        g_free(path);
    }
    g_dir_close(folder);
}

/* Mails at once are counted, not tried: what holds them is no less than thought, and hardly more.
 */
static void check_mails(const struct comparison *c)
{
    const double bytes = factor_of(c->estimated.bytes, c->taken.bytes);

    assert_true(bytes >= 1 && bytes < 1.25);
}

static void mails_at_once_take_what_they_are_thought_to(void **state)
{
    (void)state;
    compare_file(FOLDER "/mail-at-once.yaml", check_mails);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mails_at_once_take_what_they_are_thought_to),
        cmocka_unit_test(estimates_are_near_what_is_taken),
    };

    if (test_argc == 1)
        return cmocka_run_group_tests(tests, NULL, NULL);
    print_header();
    for (int i = 1; i < test_argc; i++)
        compare_file(test_argv[i], print_row);
    return 0;
}
