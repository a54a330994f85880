/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of metrics is complete and true: each row says all that a manual prints, what a run
 * leaves is a row or a model's own, and each row is what some run leaves.
 */
#include "experiment/topology/overlay_measure.h"
#include "sim/metric.h"
#include "tests/models/harness.h"
#include "tests/models/shuffle.h"
#include "tests/sim/heartbeat.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_row_says_what_it_is(void **state)
{
    (void)state;
    for (int i = 0; i < METRICS; i++) {
        const struct metric *m = &metric_table[i];

        assert_non_null(m->name);
        assert_non_null(m->label);
        assert_true(isupper((unsigned char)m->meaning[0]) || isdigit((unsigned char)m->meaning[0]));
        assert_int_equal(m->meaning[strlen(m->meaning) - 1], '.');
        assert_ptr_equal(metric_find(m->name), m); /* no name twice */
        assert_true((m->event != NULL) == (m->unit == UNIT_TIME));
        assert_true(!m->may_never_come || m->unit == UNIT_TIME);
        assert_true((m->window == WINDOW_PROGRAM) == (i >= METRIC_OF_PROGRAM));
    }
    assert_null(metric_find("t98"));
}

/* Notes which rows the run of a setup leaves, and that it leaves nothing else. */
static void note_rows(struct setup *setup, bool seen[METRICS])
{
    struct sim_result result;

    sim_run(&setup->config, &result);
    assert_int_equal(result.status, SIM_DONE);
    for (size_t i = 0; i < result.metric_count; i++) {
        const struct sim_metric *found = &result.metrics[i];
        const struct metric *row = metric_find(found->name);

        if (!row) {
            assert_non_null(strchr(found->name, '.')); /* a model's own */
            continue;
        }
        seen[row - metric_table] = true;
        assert_true(found->never == (bool)isnan(found->value));
        assert_true(row->may_never_come || !found->never);
        if (row->unit == UNIT_SHARE)
            assert_true(found->value >= 0 && found->value <= 1);
    }
    sim_result_clear(&result);
}

/* With a model that keeps a view and one that judges who is up. */
static void note_judging(bool *seen)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = 9 * SIM_SECOND,
                                     .lasts = 9 * SIM_SECOND };
    struct setup judging;

    setup_init(&judging, 20);
    setup_add_model(&judging, &heartbeat, "nodes=20 suspect=1500ms");
    setup_add_model(&judging, &model_shuffle, "");
    judging.config.network.loss = 0.3;
    judging.config.stop.when = STOP_NEVER;
    judging.config.stop.at = 40 * SIM_SECOND;
    judging.config.faults = &crash;
    judging.config.fault_count = 1;
    judging.config.overlay = overlay_measure;
    judging.config.overlay_every = 10 * SIM_SECOND;
    note_rows(&judging, seen);
    setup_clear(&judging);
}

/* A model that could hold clients back. */
static sim_time hold_nobody(struct node *n)
{
    (void)n;
    return 0;
}
static const struct param no_params[] = { PARAM_END };
static const struct model patient = { .name = "patient",
                                      .params = no_params,
                                      .holds_back = hold_nobody };

static void rows_and_what_runs_leave_agree(void **state)
{
    const struct sim_side sides[] = { { .share = 0.5 }, { .share = 0.5 } };
    const struct sim_obstacle cut = { .sides = sides, .side_count = 2 };
    const struct sim_fault fault = {
        .kind = FAULT_PARTITION, .at = SIM_SECOND, .lasts = SIM_SECOND, .obstacle = &cut
    };
    bool seen[METRICS] = { false };
    struct setup plain, rich, averaging;

    (void)state;
    setup_init(&plain, 20);
    setup_add(&plain, "rumor-mongering", "");
    note_rows(&plain, seen);
    assert_false(seen[METRIC_T50_MEAN] || seen[METRIC_RESURRECTED] || seen[METRIC_REPAIR_TIME] ||
                 seen[METRIC_DUPLICATED] || seen[METRIC_DROPPED_QUEUE]);
    plain.config.network.loss = 1; /* what never comes */
    note_rows(&plain, seen);
    setup_clear(&plain);

    setup_init(&rich, 20);
    setup_add(&rich, "direct-mail", "");
    setup_add(&rich, "anti-entropy", "");
    setup_add_model(&rich, &patient, "");
    rich.config.workload.updates = rich.config.workload.keys = 10;
    rich.config.workload.deletes = 0.5;
    rich.config.network.duplicate = 0.1;
    rich.config.network.bandwidth = 1000000;
    rich.config.network.queue_bytes = 1000;
    rich.config.network.processing = rich.latency;
    rich.config.network.inbox_max = 2;
    rich.config.faults = &fault;
    rich.config.fault_count = 1;
    rich.config.node_counts = true;
    rich.config.ages = true;
    rich.config.lags = true;
    note_rows(&rich, seen);
    setup_clear(&rich);

    note_judging(seen);
    setup_init(&averaging, 20);
    setup_add(&averaging, "push-sum", "");
    averaging.config.stop.when = STOP_ESTIMATED;
    averaging.config.estimate_error = 0.01;
    note_rows(&averaging, seen);
    setup_clear(&averaging);
    for (int i = 0; i < METRICS; i++)
        if (seen[i] == (i >= METRIC_OF_PROGRAM))
            fail_msg("%s: is %swritten by a run", metric_table[i].name, seen[i] ? "" : "not ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_says_what_it_is),
        cmocka_unit_test(rows_and_what_runs_leave_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
