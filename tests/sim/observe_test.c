/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking on at runs of real models, where nodes crash, come back and lose all, messages go over
 * connections and membership models change their views: what is seen adds up to what the engine
 * measures, and nothing changes by it.  The engine's plain calls: oracle_test.c.
 */
#include "sim/value/draw.h"
#include "tests/models/harness.h"
#include "tests/models/shuffle.h"
#include "tests/sim/heartbeat.h"
#include "tests/sim/recounter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 30, CASES = 40 };

/* Runs the setup with a recounter and without, and clears it. */
static void recount(struct setup *setup, uint32_t number)
{
    const char *difference = recounter_difference(&setup->config);

    if (difference)
        fail_msg("case %u: with an observer, or by what it saw, another: %s", number, difference);
    setup_clear(setup);
}

static void open_setup(struct setup *setup, uint32_t number, struct sim_fault faults[3])
{
    static const enum sim_fault_kind kinds[] = { FAULT_CRASH, FAULT_WIPE, FAULT_RECOVER };
    const uint64_t key = draw_key(number, 0, PURPOSE_MODEL);

    for (uint32_t i = 0; i < 3; i++) {
        const uint64_t bits = draw(key, i, 0);

        faults[i] =
            (struct sim_fault){ .kind = kinds[draw_below(draw(key, i, 1), 3)],
                                .of = { .kind = SELECT_COUNT, .count = (int64_t)(bits % NODES) },
                                .at = (sim_time)(bits % (20 * (uint64_t)SIM_SECOND)),
                                .every = bits & 1 ? 4 * SIM_SECOND : 0 };
        if (faults[i].kind == FAULT_CRASH && (bits & 2))
            faults[i].lasts = (sim_time)(bits % (9 * (uint64_t)SIM_SECOND)) + 1;
    }
    setup_init(setup, NODES);
    setup->config.seed = number;
    setup->config.faults = faults;
    setup->config.fault_count = 3;
    setup->config.network.loss = 0.2;
    setup->config.workload.updates = setup->config.workload.keys = 40; /* rows of bits */
    setup->config.workload.arrival = ARRIVAL_POISSON;
    setup->config.workload.rate = 2;
    setup->config.stop.at = 40 * SIM_SECOND;
    setup->config.warmup = number % 2 ? 3 * SIM_SECOND : 0;
}

static void real_models_and_crashes_add_up(void **state)
{
    static const char *const stacks[][2] = { { "rumor-mongering", "" },
                                             { "anti-entropy", "compare=peel-back" },
                                             { "anti-entropy", "compare=merkle" },
                                             { "direct-mail", "queue=3 retry_every=300ms" } };

    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct sim_fault faults[3];
        struct setup setup;

        open_setup(&setup, number, faults);
        assert_true(setup_add(&setup, stacks[number % 4][0], stacks[number % 4][1]));
        if (number % 8 >= 4)
            assert_true(setup_add(&setup, "anti-entropy", "mode=pull"));
        recount(&setup, number);
    }
}

static void connections_views_and_beliefs_add_up(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        struct sim_fault faults[3];
        struct setup setup;

        open_setup(&setup, number, faults);
        setup.config.peers = PEERS_VIEW;
        setup.config.seeds = 3;
        assert_true(setup_add(&setup, "rumor-mongering", ""));
        assert_true(setup_add_model(&setup, &model_shuffle, ""));
        assert_true(setup_add_model(&setup, &heartbeat, "nodes=30"));
        if (number % 3 == 0)
            setup.config.network.bandwidth = 20000;
        recount(&setup, number);
    }
}

/* ---- what is shown, and what is not ---- */

struct tally {
    uint64_t of[16]; /* by the bit of enum seen */
    uint64_t views[NODES];
    bool sees_all;
};

static void count(void *context, const struct sight *sight)
{
    struct tally *tally = context;

    tally->of[__builtin_ctz((unsigned)sight->what)]++;
    if (sight->what == SEEN_UP) /* its membership model tells anew */
        tally->views[sight->node] = 0;
    if (sight->what != SEEN_VIEW || !tally->sees_all)
        return;
    assert_true((tally->views[sight->node] >> sight->peer & 1) != sight->is_there);
    tally->views[sight->node] ^= (uint64_t)1 << sight->peer;
}

static void only_what_is_wanted_is_shown(void **state)
{
    struct tally all = { .sees_all = true };

    (void)state;
    for (unsigned wants = ~0u, bit = 0; bit < 11; wants = 1u << bit++) {
        struct tally tally = { .sees_all = wants == ~0u };
        const struct sim_observer observer = { .wants = wants, .see = count, .context = &tally };
        struct sim_fault faults[3];
        struct sim_result r;
        struct setup setup;

        open_setup(&setup, 1, faults);
        faults[0] = (struct sim_fault){ .kind = FAULT_WIPE, .of.kind = SELECT_ALL, .at = 1 };
        setup.config.peers = PEERS_VIEW;
        setup.config.seeds = 3;
        setup_add(&setup, "rumor-mongering", "");
        setup_add_model(&setup, &model_shuffle, "");
        setup_add_model(&setup, &heartbeat, "nodes=30");
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        if (wants == ~0u)
            all = tally;
        for (unsigned i = 0; i < 10; i++) {
            assert_true(all.of[i] > 0);
            assert_int_equal(tally.of[i], wants >> i & 1 ? all.of[i] : 0);
        }
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- the ids that messages carry ---- */

enum { LETTER };
static const struct message_kind letters[] = {
    [LETTER] = { .name = "letter",
                 .carries = CARRIES_IDENTITIES,
                 .item_size = sizeof(node_id),
                 .item_bytes = 4 },
    { .name = NULL },
};

static void start(struct node *n)
{
    node_every(n, SIM_SECOND, PHASE_RANDOM, 0);
}

/* Says who sends it, and to whom. */
static void post(struct node *n, int tag, uint32_t value)
{
    node_id who[2] = { node_self(n), 0 };
    const struct pack pack = { .value = node_self(n), .items = who, .item_count = 2 };

    (void)tag;
    (void)value;
    if (node_pick_peer(n, &who[1]))
        node_send_pack(n, who[1], LETTER, set_copy(node_known(n)), &pack);
}

static void receive(struct node *n, const struct message *m)
{
    const node_id *who = m->items;

    assert_true(who[0] == m->from && who[1] == node_self(n));
}

static const struct param params[] = { PARAM_END };
static const struct model introducer = {
    .name = "introducer",
    .params = params,
    .messages = letters,
    .on_start = start,
    .on_timer = post,
    .on_message = receive,
};

static void translate(void *context, const struct sight *sight)
{
    const node_id *who = sight->carried->items;

    assert_int_equal(observe_node(sight, who[0]), sight->node);
    assert_int_equal(observe_node(sight, who[1]), sight->peer);
    assert_int_equal(observe_node(sight, sight->carried->value), sight->node);
    assert_true(observe_node(sight, NODES) == OBSERVE_NOBODY);
    ++*(uint64_t *)context;
}

static void ids_in_messages_become_the_scenarios_numbers(void **state)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_SHARE, .share = 0.3 },
                                            .at = 5 * SIM_SECOND };
    uint64_t shown = 0;
    const struct sim_observer observer = { .wants = SEEN_SENT | SEEN_ARRIVED | SEEN_LOST,
                                           .see = translate,
                                           .context = &shown };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, NODES);
    setup_add_model(&setup, &introducer, "");
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.network.loss = 0.2;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 10 * SIM_SECOND;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "dropped_loss") > 0 && metric(&r, "dropped_down") > 0);
    assert_true(shown > NODES * 10);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_models_and_crashes_add_up),
        cmocka_unit_test(connections_views_and_beliefs_add_up),
        cmocka_unit_test(only_what_is_wanted_is_shown),
        cmocka_unit_test(ids_in_messages_become_the_scenarios_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
