/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Validation calls off what is off: rows agree as they are declared, and each is off when the
 * model, a parameter, the network or the published figure is another.  Every declared trial can be
 * made.  Outcomes depend on no thread.
 */
#include "analysis/validation/validation.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { WRONG_STEP = 4 };
#else
enum { WRONG_STEP = 1 };
#endif

static const struct validation_row *row_called(const char *what)
{
    for (const struct validation_row *const *list = validation_lists; *list; list++)
        for (const struct validation_row *row = *list; row->what; row++)
            if (strcmp(row->what, what) == 0)
                return row;
    fail_msg("there is no row '%s'", what);
    return NULL;
}

static struct validation_outcome outcome_of(const struct validation_row *row, int threads)
{
    const struct validation_options options = { .threads = threads, .is_quick = true, .seed = 1 };
    struct validation_outcome outcome;
    struct errors errors = { 0 };

    assert_true(validation_measure(&row, 1, &options, &outcome, &errors));
    assert_int_equal(errors.count, 0);
    return outcome;
}

/* The row on another trial of as many runs. */
static struct validation_outcome outcome_of_other(const struct validation_row *row,
                                                  struct validation_trial trial)
{
    struct validation_row other = *row;

    other.trial = &trial;
    return outcome_of(&other, 2);
}

/* What a row may leave open: of what was read from a plot a quarter. */
static double most_open(const struct validation_row *row)
{
    const struct validation_trial *trial = row->trial;

    if (trial->own_keys > 0)
        return row->published ? fmax(3, 0.25 * strtod(row->published, NULL)) : 25;
    return trial->view ? 20 : trial->mesh ? 3.5 : 1.5;
}

static void rows_are_complete(void **state)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    (void)state;
    for (const struct validation_row *const *list = validation_lists; *list; list++)
        for (const struct validation_row *row = *list; row->what; row++) {
            if (!g_hash_table_add(seen, (gpointer)row->what))
                fail_msg("two rows are called '%s'", row->what);
            assert_non_null(row->source);
            assert_non_null(row->figure);
            assert_true((row->published != NULL) != (row->law != NULL));
            assert_true((row->law != NULL) == (row->formula != NULL));
            assert_true(row->window >= 0 && row->window <= most_open(row));
            /* Fewer would make 4 standard errors a coin toss; of many parts, or with a window for
             * what a large overlay or thousands of keys leave to chance, they are the least. */
            assert_true(((row->trial->view || row->trial->gossip || row->trial->own_keys > 0) &&
                         row->trial->quick_runs >= 2) ||
                        (row->trial->runs >= 20 && row->trial->quick_runs >= 20) ||
                        (validation_parts(row->trial) >= 20 && row->trial->quick_runs >= 2));
        }
    assert_true(g_hash_table_size(seen) >= 82);
    g_hash_table_destroy(seen);
}

static void every_trial_can_be_made(void **state)
{
    (void)state;
    for (const struct validation_row *const *list = validation_lists; *list; list++)
        for (const struct validation_row *row = *list; row->what; row++) {
            struct validation_trial small = *row->trial;
            struct validation_world *world;
            struct validation_run run = { 0 };
            struct sim_result result;

            small.nodes = MIN(small.nodes, 1000);
            if (small.stalls) { /* the last is enough */
                small.stalls += small.stall_count - 1;
                small.stall_count = 1;
            }
            world = validation_world_new(&small, 1);
            for (int part = 0; part < validation_parts(&small); part++) {
                sim_run(validation_world_config(world, part), &result);
                assert_int_equal(result.status, SIM_DONE);
                validation_keep(&small, part, &result, &run);
                sim_result_clear(&result);
            }
            assert_true(isfinite(row->figure(row, &run)));
            validation_world_free(world);
        }
}

static void another_model_or_parameter_is_off(void **state)
{
    static const struct {
        const char *what, *parameters;
    } wrong[] = {
        { "push, feedback, counter, k=1: residue", "stop=counter k=2" },
        { "push, feedback, counter, k=1: m", "stop=counter k=1 feedback=false" },
        { "push, feedback, counter, k=1: t_last", "stop=counter k=1 fanout=3" },
        { "push, feedback, counter, k=3: m", "stop=counter k=3 reset=false" },
        { "push, blind, coin, k=2: residue", "stop=coin k=2" },
        { "pull, feedback, counter, k=1: m", "mode=pull stop=counter k=1 feedback=false" },
        { "push, feedback, counter, k=1, n=10000: residue", "stop=counter k=1 connection_limit=1" },
        { "push, connection limit 1, all active: residue", "stop=never" },
        { "infect and die, fanout 3: share reached", "stop=rounds k=1 fanout=2" },
        { "anti-entropy, push, cycle 2: share lacking", "interval=1s mode=pull" },
        { "anti-entropy, pull, cycle 1: share lacking", "interval=1s mode=push-pull" },
        { "anti-entropy, push-pull, cycle 1: share lacking", "interval=1s mode=push" },
        { "push, n=1e3: rounds", "stop=never mode=push fanout=2" },
        { "push-pull, n=1e3: rounds", "stop=never mode=pull" },
        { "direct mail, n=1000: messages", "acknowledge=true" },
        { "ring repair, 5 replicas: sends", "interval=30min enabled=false" },
        { "ring repair, 3 replicas: residue after it", "interval=2h" },
        { "swim, 4 stall: false verdicts / 5960", "suspicion_mult=5" },
        { "heartbeat, Cassandra's law: first verdict, s", "phi_window=50 phi_threshold=7.5" },
        { "heartbeat, p=.25, mean 1.2 s: false verdicts",
          "phi_initial=1.9s phi_max_interval=3s phi_threshold=1.2666803" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i += WRONG_STEP) {
        const struct validation_row *row = row_called(wrong[i].what);
        struct validation_trial trial = *row->trial;
        struct validation_outcome o;

        trial.nodes = MIN(trial.nodes, 10000);
        trial.quick_runs = MIN(trial.quick_runs, 40);
        o = outcome_of_other(row, trial);
        if (o.is_off)
            fail_msg("%s: %g +- %g, published %g", row->what, o.measured, o.error, o.published);
        trial.parameters = wrong[i].parameters;
        o = outcome_of_other(row, trial);
        if (!o.is_off || !(fabs(o.deviation) > 4))
            fail_msg("%s with %s: %g +- %g called right, published %g", row->what, trial.parameters,
                     o.measured, o.error, o.published);
    }
}

static void another_network_is_off(void **state)
{
    const struct validation_row *mail = row_called("direct mail, 20 % loss: sendings of a mail");
    struct validation_row row = *row_called("push, rounds from n=1e3 to 1e4");
    struct validation_trial trial = *row.trial, base = *row.base;

    (void)state;
    trial.nodes = 2000;
    base.nodes = 200;
    base.quick_runs = 100;
    row.base = &base;
    assert_false(outcome_of_other(&row, trial).is_off);
    base.nodes = 20;
    assert_true(outcome_of_other(&row, trial).is_off);
    base.nodes = 200;
    trial.loss = 0.5;
    assert_true(outcome_of_other(&row, trial).is_off);

    /* The law knows of 20 %. */
    trial = *mail->trial;
    trial.parameters = "acknowledge=true attempts=1";
    assert_false(outcome_of(mail, 2).is_off);
    assert_true(outcome_of_other(mail, trial).is_off);
}

static void a_printed_figure_has_half_a_unit_of_leeway(void **state)
{
    struct validation_row row = *row_called("push, feedback, counter, k=1: m"); /* about 1.744 */
    struct validation_outcome o = outcome_of(&row, 2);

    (void)state;
    assert_true(o.leeway == 0.05 && o.published == 1.7 && o.deviation == 0);
    row.published = "1.70";
    o = outcome_of(&row, 2);
    assert_true(fabs(o.leeway - 0.005) < 1e-15 && o.is_off && o.deviation > 4);
    row.published = "1.9";
    assert_true(outcome_of(&row, 2).is_off && outcome_of(&row, 2).deviation < -4);
    row.published = "2";
    assert_true(outcome_of(&row, 2).leeway == 0.5 && !outcome_of(&row, 2).is_off);
}

static void what_has_no_spread_must_be_equal(void **state)
{
    struct validation_row row = *row_called("direct mail, n=1000: messages");
    struct validation_outcome o = outcome_of(&row, 1);

    (void)state;
    assert_true(o.error == 0 && o.measured == 999 && o.deviation == 0 && !o.is_off);
    row.argument = 1.002;
    o = outcome_of(&row, 1);
    assert_true(o.is_off && isinf(o.deviation) && o.deviation < 0);
}

static void no_thread_changes_an_outcome(void **state)
{
    const struct validation_row *row = row_called("push, blind, coin, k=3: t_last");
    const struct validation_outcome one = outcome_of(row, 1), five = outcome_of(row, 5);

    (void)state;
    assert_true(one.measured == five.measured && one.error == five.error);
    assert_true(one.runs == five.runs && one.deviation == five.deviation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(every_trial_can_be_made),
        cmocka_unit_test(another_model_or_parameter_is_off),
        cmocka_unit_test(another_network_is_off),
        cmocka_unit_test(a_printed_figure_has_half_a_unit_of_leeway),
        cmocka_unit_test(what_has_no_spread_must_be_equal),
        cmocka_unit_test(no_thread_changes_an_outcome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
