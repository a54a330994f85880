/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What clients write is what the workload says: sizes by their law, to the byte wherever they are
 * charged for; keys by Zipf's; every node's own key at its times, unless it is down; and a trace
 * write by write.
 */
#include "tests/models/harness.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a model that notes what is written, and tells it to all others ---- */

struct noted {
    sim_time at;
    struct update_info info;
    bool is_delete;
};

enum { NOTED_MAX = 200000 };
static struct noted noted[NOTED_MAX];
static uint32_t noted_count;

struct config {
    bool tells;
};
static const struct param params[] = {
    PARAM_BOOL(struct config, tells, "true", "what it learns"),
    PARAM_END,
};
enum { NEWS };
static const struct message_kind messages[] = {
    [NEWS] = { .name = "news", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};

static void learn(struct node *n, const struct set *news, enum learned how)
{
    struct set *deletions = node_deletions(n, news);
    const struct config *c = node_config(n);

    for (update_id i = 0; how == LEARNED_LOCAL && set_next(news, &i); i++) {
        assert_true(noted_count < NOTED_MAX);
        noted[noted_count++] =
            (struct noted){ node_written(n, i), node_update_info(n, i), set_has(deletions, i) };
    }
    for (uint32_t i = 0; how == LEARNED_LOCAL && c->tells && i < node_peer_places(n); i++) {
        node_id peer;

        if (node_peer_at(n, i, &peer))
            node_send(n, peer, NEWS, set_copy(news));
    }
    set_free(deletions);
}

static void hear(struct node *n, const struct message *m)
{
    node_learn(n, m);
}

static const struct model clerk = { .name = "clerk",
                                    .params = params,
                                    .messages = messages,
                                    .config_size = sizeof(struct config),
                                    .on_learn = learn,
                                    .on_message = hear };

static void begin(struct setup *setup, int64_t nodes, const char *parameters)
{
    setup_init(setup, nodes);
    assert_true(setup_add_model(setup, &clerk, parameters));
    noted_count = 0;
}

static struct sim_result run(const struct setup *setup)
{
    struct sim_result r;

    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    return r;
}

static double metric_of(const struct setup *setup, const char *name)
{
    struct sim_result r = run(setup);
    const double value = metric(&r, name);

    sim_result_clear(&r);
    return value;
}

/* ---- sizes ---- */

enum { MANY = 50000 };

static struct distribution *lognormal(double median, double p99)
{
    return distribution_new(&(struct distribution_spec){
        .kind = DISTRIBUTION_LOGNORMAL, .a = median, .b = log(p99 / median) / 2.3263478740408411 });
}

static void sizes_follow_their_law(void **state)
{
    static const double quantiles[][2] = { { -2.3263478740408411, 0.01 },
                                           { -1.2815515655446004, 0.1 },
                                           { 0, 0.5 },
                                           { 1.2815515655446004, 0.9 },
                                           { 2.3263478740408411, 0.99 } };
    struct distribution *law = lognormal(2e5, 1e7);
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 1, "tells=false");
    setup.config.workload = (struct sim_workload){ .updates = MANY, .keys = MANY, .sizes = law };
    r = run(&setup);
    assert_int_equal(noted_count, MANY);
    for (size_t k = 0; k < sizeof quantiles / sizeof *quantiles; k++) {
        const double z = quantiles[k][0];
        const double limit = 2e5 * exp(z * log(50) / 2.3263478740408411);
        uint32_t below = 0;

        for (uint32_t i = 0; i < MANY; i++)
            below += noted[i].info.bytes < limit;
        assert_true(fabs(law_share(below, MANY, quantiles[k][1])) < LAW_Z);
    }
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(law);
}

/* The sums of what nodes say, of the outcomes and of the bytes of payload are one. */
static void what_is_charged_is_what_was_drawn(void **state)
{
    struct distribution *law = lognormal(300, 3000);
    struct setup setup;
    struct sim_result r;
    double payload = 0, outcomes = 0;

    (void)state;
    for (int deletes = 0; deletes < 2; deletes++)
        for (int keys = 7; keys <= 70; keys += 63) {
            begin(&setup, 20, "");
            setup.config.workload = (struct sim_workload){ .updates = 70,
                                                           .keys = keys,
                                                           .sizes = law,
                                                           .arrival = ARRIVAL_EVERY,
                                                           .every = SIM_SECOND,
                                                           .deletes = 0.3 * deletes };
            setup.config.store.preload = 5; /* nobody is told of these */
            r = run(&setup);
            payload = outcomes = 0;
            for (uint32_t i = 0; i < noted_count; i++)
                payload += 19.0 * noted[i].info.bytes;
            for (size_t i = 0; i < r.outcome_count; i++)
                outcomes += (double)r.outcomes[i].bytes;
            assert_int_equal(noted_count, 70);
            assert_true(payload == outcomes);
            assert_true(payload == metric(&r, "bytes_payload"));
            sim_result_clear(&r);
            setup_clear(&setup);
        }
    distribution_free(law);
}

/* A message of a size takes its own time on the uplink. */
static void uplinks_take_the_size_that_was_drawn(void **state)
{
    struct distribution *law = lognormal(2000, 20000);
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 2, "");
    setup.config.network.bandwidth = 8000; /* a byte a millisecond */
    setup.config.network.queue_bytes = -1;
    setup.config.workload = (struct sim_workload){
        .updates = 5, .keys = 5, .sizes = law, .arrival = ARRIVAL_EVERY, .every = 600 * SIM_SECOND
    };
    r = run(&setup);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(r.outcomes[i].t_all,
                         (noted[i].info.bytes + 28 + 10) * (uint64_t)SIM_MILLISECOND);
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(law);
}

static void nothing_is_larger_than_the_most(void **state)
{
    struct distribution *law = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_PARETO, .a = 1000, .b = 0.1 });
    struct setup setup;
    struct sim_result r;
    uint32_t most = 0;

    (void)state;
    begin(&setup, 1, "tells=false");
    setup.config.workload = (struct sim_workload){ .updates = 1000, .keys = 1000, .sizes = law };
    r = run(&setup);
    for (uint32_t i = 0; i < noted_count; i++)
        most = noted[i].info.bytes > most ? noted[i].info.bytes : most;
    assert_int_equal(most, SIM_SIZE_MAX);
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(law);
}

/* ---- keys ---- */

static void keys_are_drawn_by_zipfs_law(void **state)
{
    enum { KEYS = 100 };
    uint32_t counts[KEYS] = { 0 };
    double shares[KEYS], sum = 0;
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 1, "tells=false");
    setup.config.store.preload = 10;
    setup.config.workload = (struct sim_workload){
        .updates = MANY, .keys = KEYS, .draws_keys = true, .zipf = 1.1, .size_bytes = 1
    };
    r = run(&setup);
    for (uint32_t i = 0; i < KEYS; i++)
        sum += shares[i] = pow(i + 1.0, -1.1);
    for (uint32_t i = 0; i < KEYS; i++)
        shares[i] /= sum;
    for (uint32_t i = 0; i < noted_count; i++) {
        assert_in_range(noted[i].info.key, 10, 10 + KEYS - 1);
        counts[noted[i].info.key - 10]++;
    }
    assert_true(fabs(law_counts(counts, shares, KEYS)) < LAW_Z);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* With more keys than updates some are still written twice, and supersede; deleted or on shards. */
static void drawn_keys_supersede_wherever_they_meet(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 30);
    assert_true(setup_add(&setup, "anti-entropy", "interval=1s"));
    setup.config.store.shards = 7;
    setup.config.store.replicas = 5;
    setup.config.workload = (struct sim_workload){ .updates = 200,
                                                   .keys = 300,
                                                   .draws_keys = true,
                                                   .zipf = 1,
                                                   .size_bytes = 100,
                                                   .arrival = ARRIVAL_EVERY,
                                                   .every = 100 * SIM_MILLISECOND,
                                                   .deletes = 0.2 };
    r = run(&setup);
    assert_true(metric(&r, "converged") == 1 && metric(&r, "staleness") == 0);
    assert_true(metric(&r, "m") < 1); /* old values of hot keys do not go to all */
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- every node's own key ---- */

static struct sim_workload renewals(int64_t nodes, int64_t rounds, sim_time every)
{
    return (struct sim_workload){ .updates = nodes * rounds,
                                  .keys = nodes,
                                  .size_bytes = 100,
                                  .at = SIM_SECOND,
                                  .arrival = ARRIVAL_RENEWAL,
                                  .every = every };
}

enum { NODES = 50, ROUNDS = 6 };
#define EVERY (10 * SIM_SECOND)

static void every_node_writes_its_key_once_a_period(void **state)
{
    struct setup setup;
    sim_time first[NODES];
    uint32_t written[NODES] = { 0 }, keys[NODES];

    (void)state;
    begin(&setup, NODES, "");
    setup.config.workload = renewals(NODES, ROUNDS, EVERY);
    setup.config.stop.at = SIM_SECOND + ROUNDS * EVERY;
    assert_true(metric_of(&setup, "converged") == 1);
    assert_int_equal(noted_count, NODES * ROUNDS);
    for (uint32_t i = 0; i < noted_count; i++) {
        const struct noted *w = &noted[i];
        const node_id node = w->info.origin;

        if (written[node] == 0) {
            first[node] = w->at;
            keys[node] = w->info.key;
            assert_in_range(w->at, SIM_SECOND, SIM_SECOND + EVERY - 1);
        }
        assert_int_equal(w->at, first[node] + written[node]++ * EVERY);
        assert_int_equal(w->info.key, keys[node]);
    }
    for (node_id i = 0; i < NODES; i++) {
        assert_int_equal(written[i], ROUNDS);
        for (node_id k = 0; k < i; k++)
            assert_int_not_equal(keys[i], keys[k]);
    }
    setup_clear(&setup);
}

/* Phases are even over the period, and another seed has others. */
static void phases_are_random(void **state)
{
    enum { PHASES = 20000, BINS = 50 };
    uint32_t counts[BINS] = { 0 };
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, PHASES, "tells=false");
    setup.config.workload = renewals(PHASES, 1, EVERY);
    setup.config.stop.at = SIM_SECOND + EVERY;
    r = run(&setup);
    for (uint32_t i = 0; i < noted_count; i++)
        counts[(noted[i].at - SIM_SECOND) * BINS / EVERY]++;
    assert_int_equal(noted_count, PHASES);
    assert_true(fabs(law_even(counts, BINS)) < LAW_Z);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void together_is_at_one_instant_and_none_at_the_end(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "");
    setup.config.workload = renewals(NODES, 3, EVERY);
    setup.config.workload.is_together = true;
    setup.config.stop.at = SIM_SECOND + 2 * EVERY;
    setup.config.stop.when = STOP_NEVER;
    r = run(&setup);
    assert_int_equal(noted_count, 2 * NODES);
    for (uint32_t i = 0; i < noted_count; i++)
        assert_int_equal(noted[i].at, SIM_SECOND + (i < NODES ? 0 : EVERY));
    assert_true(metric(&r, "converged") == 1);
    assert_int_equal(r.end, setup.config.stop.at);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Who is down writes nothing, and nobody in its place; who was down goes on in its turn. */
static void who_is_down_does_not_write(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 20 },
                                     .at = SIM_SECOND + 2 * EVERY,
                                     .lasts = 2 * EVERY };
    struct setup setup;
    uint32_t before;
    struct noted *all = malloc(sizeof noted);
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "");
    setup.config.workload = renewals(NODES, ROUNDS, EVERY);
    setup.config.stop.at = SIM_SECOND + ROUNDS * EVERY + 5 * SIM_SECOND;
    r = run(&setup);
    before = noted_count;
    memcpy(all, noted, sizeof noted);
    sim_result_clear(&r);

    noted_count = 0;
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    r = run(&setup);
    assert_int_equal(noted_count, before - 20 * 2);
    for (uint32_t i = 0, k = 0; k < before; k++) { /* the others are as they were */
        const bool is_gone = all[k].at >= crash.at && all[k].at < crash.at + crash.lasts &&
                             (i == noted_count || all[k].at != noted[i].at);

        if (is_gone)
            continue;
        assert_int_equal(noted[i].at, all[k].at);
        assert_int_equal(noted[i].info.origin, all[k].info.origin);
        assert_int_equal(noted[i].info.key, all[k].info.key);
        i++;
    }
    assert_int_equal(r.outcome_count, noted_count);
    for (size_t i = 0; i < r.outcome_count; i++)
        assert_in_range(r.outcomes[i].origin, 0, NODES - 1);
    sim_result_clear(&r);
    setup_clear(&setup);
    free(all);
}

/* The numbers of a node's updates have no gap where its turn was missed. */
static void a_missed_turn_leaves_no_gap(void **state)
{
    const struct sim_fault pause = { .kind = FAULT_PAUSE,
                                     .of = { .kind = SELECT_SHARE, .share = 0.4 },
                                     .at = SIM_SECOND + EVERY / 2,
                                     .lasts = EVERY,
                                     .every = 2 * EVERY };
    struct setup setup;
    uint32_t written[NODES] = { 0 };
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "");
    setup.config.workload = renewals(NODES, ROUNDS, EVERY);
    setup.config.stop.at = SIM_SECOND + ROUNDS * EVERY;
    setup.config.faults = &pause;
    setup.config.fault_count = 1;
    r = run(&setup);
    assert_in_range(noted_count, NODES * ROUNDS / 2, NODES * ROUNDS - NODES);
    for (uint32_t i = 0; i < noted_count; i++)
        assert_int_equal(noted[i].info.number, written[noted[i].info.origin]++);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* What all agreed on before a fault is so again though some turns were missed. */
static void repair_heeds_what_was_written_only(void **state)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_SHARE, .share = 0.2 },
          .at = SIM_SECOND + EVERY,
          .lasts = 2 * EVERY },
        { .kind = FAULT_PARTITION, .at = SIM_SECOND + 4 * EVERY, .lasts = SIM_SECOND },
    };
    struct sim_fault list[2] = { faults[0], faults[1] };
    const struct sim_side sides[] = { { .share = 0.5 }, { .share = 0.5 } };
    const struct sim_obstacle halves = { .sides = sides, .side_count = 2 };
    struct setup setup;

    (void)state;
    list[1].obstacle = &halves;
    setup_init(&setup, NODES);
    assert_true(setup_add(&setup, "anti-entropy", "interval=500ms"));
    setup.config.workload = renewals(NODES, ROUNDS, EVERY);
    setup.config.stop.at = SIM_SECOND + ROUNDS * EVERY;
    setup.config.faults = list;
    setup.config.fault_count = 2;
    assert_true(metric_of(&setup, "repair_time") < 6);
    setup_clear(&setup);
}

/* Where a node does not hold its key, the next that does takes the write. */
static void renewals_go_to_who_holds_the_key(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, NODES, "tells=false");
    setup.config.store.shards = 10;
    setup.config.store.replicas = 3;
    setup.config.workload = renewals(NODES, ROUNDS, EVERY);
    setup.config.stop.at = SIM_SECOND + ROUNDS * EVERY;
    r = run(&setup);
    assert_int_equal(noted_count, NODES * ROUNDS);
    for (uint32_t i = 0; i < noted_count; i++) { /* keys fall on shards in turn */
        const uint32_t first = noted[i].info.key % 10 * NODES / 10;
        const uint32_t origin = r.outcomes[i].origin;

        assert_true((origin + NODES - first) % NODES < 3);
        assert_int_equal(noted[i].info.key, i % NODES);
    }
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- a trace ---- */

static const struct sim_write trace[] = {
    { 0, 3, 0, 500, false },
    { 2 * SIM_SECOND, 7, 1, 0, false },
    { 2 * SIM_SECOND, 3, 0, 70000, false },
    { 5 * SIM_SECOND, 0, 2, SIM_SIZE_MAX, false },
    { 9 * SIM_SECOND, 7, 1, 1, true },
};
enum { WRITES = sizeof trace / sizeof *trace };

static void set_trace(struct setup *setup)
{
    setup->config.workload = (struct sim_workload){ .updates = WRITES,
                                                    .keys = 3,
                                                    .size_bytes = 33,
                                                    .arrival = ARRIVAL_TRACE,
                                                    .writes = trace,
                                                    .deletes = 0.2 };
}

static void a_trace_is_written_as_it_stands(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (uint32_t preload = 0; preload < 3; preload++) {
        begin(&setup, 10, "");
        set_trace(&setup);
        setup.config.store.preload = preload;
        r = run(&setup);
        assert_int_equal(noted_count, WRITES);
        for (uint32_t i = 0; i < WRITES; i++) {
            assert_int_equal(noted[i].at, trace[i].at);
            assert_int_equal(r.outcomes[preload + i].origin, trace[i].node);
            assert_int_equal(noted[i].info.key, preload + trace[i].key);
            assert_int_equal(noted[i].info.bytes, trace[i].is_delete ? 16 : trace[i].bytes);
            assert_int_equal(noted[i].is_delete, trace[i].is_delete);
        }
        assert_true(metric(&r, "converged") == 1 && metric(&r, "resurrected") == 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* A write for a node that is down goes to the next; while nobody is up it waits, and so do those
 * behind it. */
static void a_trace_goes_round_who_is_down(void **state)
{
    struct sim_fault crash = { .kind = FAULT_CRASH,
                               .of = { .kind = SELECT_RANGE, .first = 3, .nodes = 2 },
                               .at = SIM_SECOND,
                               .lasts = 5500 * SIM_MILLISECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    begin(&setup, 10, "");
    set_trace(&setup);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    r = run(&setup);
    assert_int_equal(r.outcomes[2].origin, 5);
    assert_int_equal(r.outcomes[2].injected, trace[2].at);
    sim_result_clear(&r);

    crash.of = (struct sim_selector){ .kind = SELECT_ALL };
    r = run(&setup);
    assert_int_equal(r.outcomes[1].injected, 7 * SIM_SECOND);
    assert_int_equal(r.outcomes[2].injected, 7 * SIM_SECOND);
    assert_int_equal(r.outcomes[3].injected, 7 * SIM_SECOND);
    assert_int_equal(r.outcomes[4].injected, 9 * SIM_SECOND);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_follow_their_law),
        cmocka_unit_test(what_is_charged_is_what_was_drawn),
        cmocka_unit_test(uplinks_take_the_size_that_was_drawn),
        cmocka_unit_test(nothing_is_larger_than_the_most),
        cmocka_unit_test(keys_are_drawn_by_zipfs_law),
        cmocka_unit_test(drawn_keys_supersede_wherever_they_meet),
        cmocka_unit_test(every_node_writes_its_key_once_a_period),
        cmocka_unit_test(phases_are_random),
        cmocka_unit_test(together_is_at_one_instant_and_none_at_the_end),
        cmocka_unit_test(who_is_down_does_not_write),
        cmocka_unit_test(a_missed_turn_leaves_no_gap),
        cmocka_unit_test(repair_heeds_what_was_written_only),
        cmocka_unit_test(renewals_go_to_who_holds_the_key),
        cmocka_unit_test(a_trace_is_written_as_it_stands),
        cmocka_unit_test(a_trace_goes_round_who_is_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
