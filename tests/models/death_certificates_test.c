/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Death certificates keep deleted keys deleted, at a price in space:
 *
 *   - where certificates are kept for less than replicas are absent, old values come back; where
 *     for longer, in none of 1000 runs;
 *   - dormant copies make up for a short retention: they wake up, and in the end nothing is back;
 *   - a value written after the deletion survives an awakened certificate, in every order;
 *   - certificates are let go of on time, to the instant, and a node holds d * retain of them at d
 *     deletions a second; as many nodes keep dormant ones as there are sites;
 *   - whatever the stack, timing and churn, what is kept for long ends in agreement.
 */
#include "sim/world/run.h"
#include "tests/models/harness.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 20 };

static struct distribution *uniform(double low_seconds, double high_seconds)
{
    return distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                                         .a = low_seconds * SIM_SECOND,
                                                         .b = high_seconds * SIM_SECOND });
}

/* Keys are written, then half of them deleted, while nodes are absent for 20 to 40 s. */
struct world {
    struct setup setup;
    struct distribution *session, *downtime;
};

static void world_open(struct world *w, uint32_t replication)
{
    struct sim_config *c = &w->setup.config;

    setup_init(&w->setup, NODES);
    w->session = uniform(60, 600);
    w->downtime = uniform(20, 40);
    c->replication = replication;
    c->churn.session = w->session;
    c->churn.downtime = w->downtime;
    c->workload.updates = 24;
    c->workload.keys = 12;
    c->workload.deletes = 0.5;
    c->workload.arrival = ARRIVAL_EVERY;
    c->workload.every = 2 * SIM_SECOND;
    c->stop.when = STOP_NEVER;
    c->stop.at = 200 * SIM_SECOND;
    c->sample_every = 100 * SIM_SECOND;
}

static void world_close(struct world *w)
{
    setup_clear(&w->setup);
    distribution_free(w->session);
    distribution_free(w->downtime);
}

struct outcome {
    double resurrected, residue, awakened, held_max;
};

static struct outcome run(const struct sim_config *config)
{
    struct sim_result result;
    struct outcome outcome;

    sim_run(config, &result);
    assert_int_equal(result.status, SIM_DONE);
    outcome = (struct outcome){ metric(&result, "resurrected"), metric(&result, "residue"),
                                metric(&result, "death-certificates.awakened"),
                                metric(&result, "death-certificates.held_max") };
    sim_result_clear(&result);
    return outcome;
}

static struct outcome run_world(const char *certificates, uint32_t replication)
{
    struct world w;
    struct outcome outcome;

    world_open(&w, replication);
    assert_true(setup_add(&w.setup, "anti-entropy", "interval=1s"));
    assert_true(setup_add(&w.setup, "death-certificates", certificates));
    outcome = run(&w.setup.config);
    world_close(&w);
    return outcome;
}

/* ---- resurrection ---- */

static void old_values_come_back_without_certificates(void **state)
{
    static const char *const certificates[] = { "retain=0s", "retain=10s" };
    enum { RUNS = 40 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        int hit = 0;

        for (uint32_t r = 0; r < RUNS; r++) {
            const struct outcome outcome = run_world(certificates[i], r);

            hit += outcome.resurrected > 0;
            assert_true(outcome.awakened == 0);
            assert_true(outcome.resurrected == 0 || outcome.residue > 0);
        }
        if (hit <= RUNS * 3 / 4)
            fail_msg("%s: deleted keys are back in %d of %d runs only", certificates[i], hit, RUNS);
    }
}

static void none_comes_back_in_1000_runs_with_certificates(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 1000; r++) {
        const struct outcome outcome = run_world("retain=60s", r);

        if (outcome.resurrected != 0)
            fail_msg("replication %u: %g deletions undone", r, outcome.resurrected);
    }
}

static void dormant_certificates_wake_up(void **state)
{
    double awakened = 0;

    (void)state;
    for (uint32_t r = 0; r < 100; r++) {
        const struct outcome outcome =
            run_world("retain=10s dormant_sites=4 dormant_retain=1000s", r);

        if (outcome.resurrected != 0)
            fail_msg("replication %u: %g deletions undone", r, outcome.resurrected);
        awakened += outcome.awakened;
    }
    assert_true(awakened > 100);
}

/* ---- the newer value wins ---- */

/*
 * One key, written at 0, 30 and 60 s, each time perhaps deleted.  When all but the sites have
 * forgotten a deletion at 30 s, node 0 comes back, just before or after the third write, with what
 * it knew at 15 s.
 */
static void a_newer_value_survives_an_awakened_certificate(void **state)
{
    struct setup setup;
    double awakened = 0;

    (void)state;
    for (uint32_t r = 0; r < 200; r++) {
        const struct sim_fault away = { .kind = FAULT_CRASH,
                                        .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 },
                                        .at = 15 * SIM_SECOND,
                                        .lasts = (44 + r % 3) * SIM_SECOND };
        struct sim_result result;

        setup_init(&setup, NODES);
        setup.config.replication = r;
        setup.config.faults = &away;
        setup.config.fault_count = 1;
        setup.config.workload.updates = 3;
        setup.config.workload.keys = 1;
        setup.config.workload.deletes = 0.5;
        setup.config.workload.arrival = ARRIVAL_EVERY;
        setup.config.workload.every = 30 * SIM_SECOND;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 150 * SIM_SECOND;
        assert_true(setup_add(&setup, "anti-entropy", "interval=1s"));
        assert_true(setup_add(&setup, "death-certificates",
                              "retain=20s dormant_sites=5 dormant_retain=1000s"));
        sim_run(&setup.config, &result);
        awakened += metric(&result, "death-certificates.awakened");
        assert_int_equal(result.outcome_count, 3);
        assert_int_equal(result.outcomes[2].informed, NODES);
        assert_true(metric(&result, "staleness") == 0);
        sim_result_clear(&result);
        setup_clear(&setup);
    }
    assert_true(awakened > 0);
}

/* ---- time and space ---- */

/* All deletions, of different keys, one a second: what a node holds is counted out. */
static double held_max(const char *certificates, enum sim_timing timing)
{
    struct setup setup;
    struct outcome outcome;

    setup_init(&setup, NODES);
    setup.config.timing = timing;
    setup.config.workload.updates = setup.config.workload.keys = 200;
    setup.config.workload.deletes = 1;
    setup.config.workload.arrival = ARRIVAL_EVERY;
    setup.config.workload.every = SIM_SECOND;
    setup.config.workload.origin = ORIGIN_FIRST;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 400 * SIM_SECOND;
    assert_true(setup_add(&setup, "direct-mail", "acknowledge=false"));
    assert_true(setup_add(&setup, "death-certificates", certificates));
    outcome = run(&setup.config);
    assert_true(outcome.residue == 0);
    assert_true(outcome.resurrected == 0);
    setup_clear(&setup);
    return outcome.held_max;
}

static void space_is_deletions_a_second_times_retention(void **state)
{
    (void)state;
    /* at the origin: one falls due just before the next but `retain` is written */
    assert_true(held_max("retain=0s", TIMING_EVENTS) == 0);
    assert_true(held_max("retain=500ms", TIMING_EVENTS) == 1);
    assert_true(held_max("retain=10500ms", TIMING_EVENTS) == 11);
    assert_true(held_max("retain=50500ms", TIMING_EVENTS) == 51);
    assert_true(held_max("retain=1h", TIMING_EVENTS) == 200);
    assert_true(held_max("retain=0s", TIMING_ROUNDS) == 0);
    assert_true(held_max("retain=1h", TIMING_ROUNDS) == 200);
    /* and 100 s of dormant ones on a site: a quarter of all, of all where all are sites */
    assert_true(held_max("retain=10500ms dormant_sites=20 dormant_retain=100s", TIMING_EVENTS) ==
                111);
    assert_true(held_max("retain=10500ms dormant_sites=99 dormant_retain=100s", TIMING_EVENTS) ==
                111);

    /* the most that any of 20 nodes ever has: a binomial's mean of 25, and some deviations more */
    const double held =
        held_max("retain=10500ms dormant_sites=5 dormant_retain=100s", TIMING_EVENTS);

    assert_true(held > 11 + 25 && held < 11 + 25 + 5 * sqrt(100 * 0.25 * 0.75));
}

/* ---- sites ---- */

/* A model that looks, once on each node, which deletions are dormant there. */
struct prober_config {
    int64_t at;
    uint32_t *copies;    /* of each update */
    uint32_t *by_number; /* of any update, by the scenario's number of the node; NULL: not asked */
};

static void prober_start(struct node *n)
{
    node_after(n, ((const struct prober_config *)node_config(n))->at, 0, 0);
}

static void prober_look(struct node *n, int tag, uint32_t value)
{
    const struct prober_config *c = node_config(n);
    struct run *run = run_of(n);

    (void)tag;
    (void)value;
    assert_true(set_is_empty(node_known(n)));
    if (run->dormant)
        for (update_id u = 0; set_next(set_of_handle(&run->pool, run->dormant[n->id]), &u); u++) {
            c->copies[u]++;
            if (c->by_number)
                c->by_number[numbering_outside(&run->numbering, n->id)]++;
        }
}

static const struct param prober_params[] = {
    PARAM_TIME(struct prober_config, at, "30s", "0s..365d", "when it looks"), PARAM_END
};
static const struct model prober = {
    .name = "prober",
    .params = prober_params,
    .config_size = sizeof(struct prober_config),
    .on_start = prober_start,
    .on_timer = prober_look,
};

static void count_sites(int sites, bool has_shards, uint32_t copies[])
{
    struct setup setup;
    char text[80];

    setup_init(&setup, NODES);
    setup.config.store.shards = has_shards ? 7 : 0;
    setup.config.store.replicas = has_shards ? 6 : 0;
    setup.config.workload.updates = setup.config.workload.keys = 60;
    setup.config.workload.deletes = 1;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 60 * SIM_SECOND;
    snprintf(text, sizeof text, "retain=1s");
    if (sites > 0)
        snprintf(text, sizeof text, "retain=1s dormant_sites=%d dormant_retain=1000s", sites);
    assert_true(setup_add(&setup, "direct-mail", "acknowledge=false"));
    assert_true(setup_add(&setup, "death-certificates", text));
    assert_true(setup_add_model(&setup, &prober, ""));
    ((struct prober_config *)setup.configs[2])->copies = copies;
    assert_true(run(&setup.config).residue == 0);
    setup_clear(&setup);
}

static void as_many_keep_a_dormant_copy_as_there_are_sites(void **state)
{
    (void)state;
    for (int has_shards = 0; has_shards < 2; has_shards++)
        for (int sites = 0; sites <= NODES + 1; sites++) {
            const uint32_t replicas = has_shards ? 6 : NODES;
            uint32_t copies[60] = { 0 };

            count_sites(sites, has_shards, copies);
            for (int u = 0; u < 60; u++)
                assert_int_equal(copies[u],
                                 (uint32_t)sites < replicas ? (uint32_t)sites : replicas);
        }
}

/* Three sites of one deletion, each time others: every number is one as often, by replication and
 * by seed. */
static void sites_depend_on_seed_and_replication(void **state)
{
    enum { RUNS = 300, SITES = 3 };

    (void)state;
    for (int by_seed = 0; by_seed < 2; by_seed++) {
        uint32_t counts[NODES] = { 0 };

        for (uint32_t i = 0; i < RUNS; i++) {
            uint32_t copies[1] = { 0 };
            struct setup setup;

            setup_init(&setup, NODES);
            setup.config.seed = by_seed ? i : 1;
            setup.config.replication = by_seed ? 0 : i;
            setup.config.workload.deletes = 1;
            setup.config.stop.when = STOP_NEVER;
            setup.config.stop.at = 40 * SIM_SECOND;
            assert_true(setup_add(&setup, "direct-mail", "acknowledge=false"));
            assert_true(setup_add(&setup, "death-certificates",
                                  "retain=1s dormant_sites=3 dormant_retain=1000s"));
            assert_true(setup_add_model(&setup, &prober, ""));
            *(struct prober_config *)setup.configs[2] =
                (struct prober_config){ 30 * SIM_SECOND, copies, counts };
            run(&setup.config);
            assert_int_equal(copies[0], SITES);
            setup_clear(&setup);
        }
        assert_true(fabs(law_even(counts, NODES)) < LAW_Z);
    }
}

/* ---- together with others ---- */

static void add_stack(struct setup *setup, int way)
{
    static const char *const certificates[] = { "retain=15s dormant_sites=5", "retain=1h" };

    if (way & 1)
        assert_true(setup_add(setup, "death-certificates", certificates[way >> 1 & 1]));
    assert_true(setup_add(setup, "rumor-mongering", "mode=push-pull"));
    assert_true(setup_add(setup, "direct-mail", ""));
    assert_true(setup_add(setup, "anti-entropy",
                          way & 4 ? "interval=2s compare=merkle" : "interval=2s compare=recent"));
    if (way & 8)
        assert_true(setup_add(setup, "ring-repair", "interval=20s"));
    if (!(way & 1))
        assert_true(setup_add(setup, "death-certificates", certificates[way >> 1 & 1]));
}

/* A third of the nodes is away for longer than the shorter retention, others lose their data. */
static void every_stack_ends_in_agreement(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_SHARE, .share = 0.3 },
          .at = 10 * SIM_SECOND,
          .lasts = 40 * SIM_SECOND },
        { .kind = FAULT_WIPE, .of = { .kind = SELECT_COUNT, .count = 3 }, .at = 30 * SIM_SECOND },
        { .kind = FAULT_WIPE, .of = { .kind = SELECT_COUNT, .count = 3 }, .at = 80 * SIM_SECOND },
    };

    (void)state;
    for (int way = 0; way < 16; way++)
        for (uint32_t r = 0; r < 6; r++) {
            struct setup setup;
            struct sim_result result;

            setup_init(&setup, NODES);
            setup.config.replication = r;
            setup.config.timing = way & 4 ? TIMING_ROUNDS : TIMING_EVENTS;
            setup.config.store.shards = way & 8 ? 4 : 0;
            setup.config.store.replicas = way & 8 ? 9 : 0;
            setup.config.faults = faults;
            setup.config.fault_count = 3;
            setup.config.network.loss = 0.05;
            setup.config.workload.updates = 40;
            setup.config.workload.keys = 15;
            setup.config.workload.deletes = 0.5;
            setup.config.workload.arrival = ARRIVAL_EVERY;
            setup.config.workload.every = SIM_SECOND;
            setup.config.stop.at = 600 * SIM_SECOND;
            add_stack(&setup, way);
            sim_run(&setup.config, &result);
            assert_int_equal(result.status, SIM_DONE);
            if (strcmp(result.stop_reason, "converged") != 0)
                fail_msg("way %d, replication %u: no agreement", way, r);
            assert_true(metric(&result, "staleness") == 0);
            sim_result_clear(&result);
            setup_clear(&setup);
        }
}

/* A mail to a dead node is sent once a second, until its sender has forgotten what it said. */
static void what_is_forgotten_is_not_mailed_again(void **state)
{
    static const struct sim_fault away = { .kind = FAULT_CRASH,
                                           .of = { .kind = SELECT_RANGE, .first = 3, .nodes = 1 } };
    struct setup setup;
    struct sim_result result;

    (void)state;
    setup_init(&setup, NODES);
    setup.config.faults = &away;
    setup.config.fault_count = 1;
    setup.config.workload.deletes = 1;
    setup.config.workload.origin = ORIGIN_FIRST;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 100 * SIM_SECOND;
    assert_true(setup_add(&setup, "direct-mail", ""));
    assert_true(setup_add(&setup, "death-certificates", "retain=10s"));
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_true(metric(&result, "direct-mail.retransmissions") == 9);
    assert_true(metric(&result, "direct-mail.lost_given_up") == 1);
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void options_without_effect_are_refused(void **state)
{
    struct setup setup;

    (void)state;
    setup_init(&setup, NODES);
    assert_false(setup_add(&setup, "death-certificates", "dormant_retain=5s"));
    assert_false(setup_add(&setup, "death-certificates", "dormant_retain=5s dormant_sites=0"));
    assert_true(setup_add(&setup, "death-certificates", "dormant_retain=5s dormant_sites=1"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_values_come_back_without_certificates),
        cmocka_unit_test(none_comes_back_in_1000_runs_with_certificates),
        cmocka_unit_test(dormant_certificates_wake_up),
        cmocka_unit_test(a_newer_value_survives_an_awakened_certificate),
        cmocka_unit_test(space_is_deletions_a_second_times_retention),
        cmocka_unit_test(as_many_keep_a_dormant_copy_as_there_are_sites),
        cmocka_unit_test(sites_depend_on_seed_and_replication),
        cmocka_unit_test(every_stack_ends_in_agreement),
        cmocka_unit_test(what_is_forgotten_is_not_mailed_again),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
