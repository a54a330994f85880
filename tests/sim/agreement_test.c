/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is agreed upon, and since when: an update that no live replica holds is not; a replica that
 * lost its data and learns it again is not slow; a node that comes back is counted by `t_settled`;
 * and a repair is of what there was when the fault was over, whatever is written since.
 */
#include "teller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { NODES = 30 };

static void add_fault(struct trial *t, const struct sim_fault *fault)
{
    t->setup.config.faults = fault;
    t->setup.config.fault_count = 1;
}

/* ---- nobody there ---- */

/* Two holders of each of ten entries, and one node left: eight or nine entries have nobody. */
static void what_no_live_replica_holds_is_not_agreed_upon(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_ALL_BUT, .count = 1 },
                                     .at = SIM_SECOND,
                                     .lasts = 20 * SIM_SECOND };
    struct trial t;

    (void)state;
    for (int is_over = 0; is_over < 2; is_over++) {
        trial_open(&t, NODES, is_over ? "interval=100ms" : "ticks=false");
        t.setup.config.workload = (struct sim_workload){ .size_bytes = 100 };
        t.setup.config.store =
            (struct sim_store){ .shards = 10, .replicas = 2, .preload = 10, .missing = 0.5 };
        t.setup.config.stop.at = is_over ? 60 * SIM_SECOND : 15 * SIM_SECOND;
        add_fault(&t, &crash);
        trial_run(&t);
        assert_string_equal(t.result.stop_reason, is_over ? "converged" : "time");
        assert_true(metric(&t.result, "converged") == is_over);
        assert_true((isnan(metric(&t.result, "t_settled")) != 0) == !is_over);
        if (is_over) /* not while they were away */
            assert_true(t.result.end < SIM_SECOND || t.result.end >= 21 * SIM_SECOND);
        else /* what has nobody is lacked by both its replicas, and of the node's own at most all */
            assert_true(metric(&t.result, "residue") > 0.5);
        trial_close(&t);
    }
}

/* All down: nothing is known, nothing converged, and it is agreed upon anew when they are back. */
static void nobody_knows_nothing(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .at = 10 * SIM_SECOND,
                                     .lasts = 20 * SIM_SECOND };
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "interval=100ms");
    t.setup.config.stop = (struct sim_stop){ 20 * SIM_SECOND, STOP_NEVER, 1000000 };
    add_fault(&t, &crash);
    trial_run(&t);
    assert_true(metric(&t.result, "alive") == 0);
    assert_true(metric(&t.result, "t_all") < 2);
    assert_true(isnan(metric(&t.result, "t_settled")) != 0);
    assert_true(metric(&t.result, "residue") == 1);
    assert_true(metric(&t.result, "converged") == 0);
    t.setup.config.stop.at = 40 * SIM_SECOND;
    trial_run(&t);
    assert_true(metric(&t.result, "residue") == 0);
    assert_true(metric(&t.result, "converged") == 1);
    assert_true(metric(&t.result, "t_all") < 2);
    assert_true(metric(&t.result, "t_settled") == 30);
    assert_true(metric(&t.result, "repair_time") == 0);
    trial_close(&t);
}

/* ---- those who come back ---- */

/* Nodes that were down when all others had it come back without it, and nobody tells them. */
static void t_all_leaves_out_who_is_away_and_t_settled_does_not(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 10 },
                                     .lasts = 60 * SIM_SECOND };
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "interval=100ms");
    add_fault(&t, &crash);
    trial_run(&t);
    assert_true(metric(&t.result, "t_all") < 2);
    assert_true(metric(&t.result, "t_settled") > 60);
    assert_true(metric(&t.result, "t_settled") == (double)t.result.end / 1e9);
    assert_int_equal(t.result.outcomes[0].t_settled, t.result.end);
    t.setup.config.stop = (struct sim_stop){ 60 * SIM_SECOND, STOP_NEVER, 1000000 };
    trial_run(&t); /* they are back, and it ends */
    assert_true(metric(&t.result, "t_all") < 2);
    assert_true(isnan(metric(&t.result, "t_settled")) != 0);
    assert_true(metric(&t.result, "residue") == 10.0 / NODES);
    trial_close(&t);
}

/* ---- learning again ---- */

/* All but one are wiped when they had long learned it: what was measured by then does not move. */
static void to_learn_again_is_no_delay(void **state)
{
    static const char *const names[] = { "t_all", "t_last", "t_avg", "hops_max", "hops_mean" };
    const struct sim_fault wipe = { .kind = FAULT_WIPE,
                                    .of = { .kind = SELECT_ALL_BUT, .count = 1 },
                                    .at = 300 * SIM_SECOND };
    double values[5];
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "");
    t.setup.config.node_histograms = true;
    t.setup.config.stop = (struct sim_stop){ 400 * SIM_SECOND, STOP_NEVER, 1000000 };
    trial_run(&t);
    for (int i = 0; i < 5; i++)
        values[i] = metric(&t.result, names[i]);
    assert_true(metric(&t.result, "t_settled") == values[0]);
    add_fault(&t, &wipe);
    trial_run(&t);
    for (int i = 0; i < 5; i++)
        assert_true(metric(&t.result, names[i]) == values[i]);
    assert_true(metric(&t.result, "t_settled") > 300); /* they had to be told again */
    assert_true(fabs(metric(&t.result, "repair_time") + 300 - metric(&t.result, "t_settled")) <
                1e-9);
    for (size_t i = 0; i < t.result.bin_count; i++)
        assert_true(t.result.bins[i].name[0] != 'd' || t.result.bins[i].lo < 300);
    trial_close(&t);
}

/* The same where nodes lose their data again and again: t_avg stays below t_all. */
static void delays_do_not_grow_with_the_run(void **state)
{
    struct distribution *session = distribution_new(&(struct distribution_spec){
        .kind = DISTRIBUTION_EXPONENTIAL, .a = (double)(100 * SIM_SECOND) });
    struct distribution *downtime = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = (double)SIM_SECOND });
    struct trial t;
    double early;

    (void)state;
    trial_open(&t, NODES, "");
    t.setup.config.churn = (struct sim_churn){ .session = session,
                                               .downtime = downtime,
                                               .share = 1,
                                               .rejoin = REJOIN_LOSE,
                                               .start = CHURN_UP };
    t.setup.config.stop = (struct sim_stop){ 60 * SIM_SECOND, STOP_NEVER, 100000000 };
    trial_run(&t);
    early = metric(&t.result, "t_avg");
    t.setup.config.stop.at = 1800 * SIM_SECOND;
    trial_run(&t);
    assert_true(metric(&t.result, "t_avg") == early);
    assert_true(metric(&t.result, "t_avg") < metric(&t.result, "t_all"));
    trial_close(&t);
    distribution_free(session);
    distribution_free(downtime);
}

/* ---- repair ---- */

/* A cut of five seconds while an update a second is written, to the end of the run. */
static void a_repair_is_of_what_was_written_before_the_fault_was_over(void **state)
{
    const struct sim_side sides[] = { { .share = 0.5 }, { .share = 0.5 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_fault fault = {
        .kind = FAULT_PARTITION, .at = 10 * SIM_SECOND, .lasts = 5 * SIM_SECOND, .obstacle = &cut
    };
    struct trial t;
    double last = 0;

    (void)state;
    trial_open(&t, NODES, "interval=250ms");
    t.setup.config.workload = (struct sim_workload){ .updates = 100,
                                                     .keys = 100,
                                                     .size_bytes = 100,
                                                     .at = SIM_SECOND / 2,
                                                     .arrival = ARRIVAL_EVERY,
                                                     .every = SIM_SECOND };
    t.setup.config.stop.when = STOP_NEVER;
    t.setup.config.stop.at = 120 * SIM_SECOND;
    add_fault(&t, &fault);
    trial_run(&t);
    for (size_t i = 0; i < t.result.outcome_count; i++) { /* the last of them that all learned */
        const struct sim_outcome *o = &t.result.outcomes[i];
        const double at = (double)(o->injected + o->t_all) / 1e9;

        if (o->injected < 15 * SIM_SECOND && at > last)
            last = at;
    }
    assert_true(last > 15);
    assert_true(fabs(metric(&t.result, "repair_time") - (last - 15)) < 1e-9);
    assert_true(metric(&t.result, "repair_time") < 10);
    trial_close(&t);
}

/* Beside a fault that never strikes there is nothing to repair. */
static void what_never_struck_needs_no_repair(void **state)
{
    const struct sim_fault fault = { .kind = FAULT_WIPE, .at = 50 * SIM_SECOND };
    struct trial t;

    (void)state;
    trial_open(&t, NODES, "");
    t.setup.config.stop.at = 40 * SIM_SECOND;
    add_fault(&t, &fault);
    trial_run(&t);
    assert_false(has_metric(&t.result, "repair_time"));
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_live_replica_holds_is_not_agreed_upon),
        cmocka_unit_test(nobody_knows_nothing),
        cmocka_unit_test(t_all_leaves_out_who_is_away_and_t_settled_does_not),
        cmocka_unit_test(to_learn_again_is_no_delay),
        cmocka_unit_test(delays_do_not_grow_with_the_run),
        cmocka_unit_test(a_repair_is_of_what_was_written_before_the_fault_was_over),
        cmocka_unit_test(what_never_struck_needs_no_repair),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
