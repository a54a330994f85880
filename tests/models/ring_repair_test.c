/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ring repair: for n = 2..9 holders, every start and 1000 random patterns of gaps, one check makes
 * all holders equal by exactly 2n - 2 sends, clockwise from the start that the hash says, within
 * the bound on time; what is missing whole is copied; what is equal costs the check alone.  With
 * any one message lost, any one node crashing or wiped at any step, or updates written meanwhile,
 * the loop ends, nobody loses anything, and the next check completes the repair.
 *
 * A spy stands between engine and model: it notes what each node knows whenever a check begins and
 * the way of the sends, and it swallows the arrival that a test names, which is that message lost.
 */
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { HOLDERS_MAX = 9, ENTRIES = 10, TICKS_MAX = 8, WAY_MAX = 64, NO_ARRIVAL = -1 };

static const sim_time latency = 10 * SIM_MILLISECOND, interval = 10 * SIM_SECOND;
static const char *const comparisons[] = { "full", "checksum", "digest" };
static const char *const failures[] = { "skip", "wait", "restart" };

struct spy {
    alignas(16) char config[64]; /* first, because the model looks for it here */
    struct model table;          /* of the model that the engine runs */
    const struct model *inner;
    int64_t swallow;                         /* the number of the arrival that is lost */
    int64_t arrivals;                        /* so far */
    bool swallowed_hand_over, swallowed_ack; /* it belonged to the loop */
    uint64_t known[TICKS_MAX][HOLDERS_MAX];  /* at tick t of a node */
    int ticks[HOLDERS_MAX];                  /* by its own count of intervals since 0 */
    node_id way[WAY_MAX][2];                 /* from, to of the sends, first to last */
    int sends;                               /* that arrived */
    uint64_t checks_of[HOLDERS_MAX];         /* by the node that sent them */
    uint64_t newest[HOLDERS_MAX];            /* check and turn that a node handed on last */
    bool is_out_of_turn;                     /* it then handed on an older one, or one to itself */
    struct sim_config *run;
    uint64_t restarted;          /* the newest check that was begun anew, and how often */
    bool is_restarted_elsewhere; /* not by its start */
};

static struct spy *spy_of(const struct node *n)
{
    return (struct spy *)(uintptr_t)node_config(n);
}

static void spy_timer(struct node *n, int tag, uint32_t value)
{
    struct spy *spy = spy_of(n);
    const int64_t tick = node_now(n) / interval;

    if (tag == 0 && tick < TICKS_MAX && node_now(n) % interval == 0 && node_self(n) < HOLDERS_MAX) {
        uint64_t *known = &spy->known[tick][node_self(n)];

        *known = 0;
        for (update_id i = 0; set_next(node_known(n), &i) && i < 64; i++)
            *known |= (uint64_t)1 << i;
        spy->ticks[node_self(n)] = (int)tick;
    }
    spy->inner->on_timer(n, tag, value);
}

static bool is_of(const struct spy *spy, int kind, const char *name)
{
    return strcmp(spy->inner->messages[kind].name, name) == 0;
}

/* The place of the start of a check, by the rule that the model states; and that of a node. */
static uint32_t start_place(const struct sim_config *c, uint32_t shard, uint32_t check)
{
    const uint64_t key = draw_key(c->seed, c->replication, PURPOSE_SHARED);

    return (uint32_t)draw_below(draw(key, shard, check), (uint64_t)c->nodes);
}

static uint32_t place_of(const struct sim_config *c, node_id node)
{
    struct numbering numbering;

    numbering_init(&numbering, (uint32_t)c->nodes,
                   draw_key(c->seed, c->replication, PURPOSE_NUMBERING));
    return numbering_outside(&numbering, node);
}

/* Watches that nobody takes up an older loop or turn; messages keep their order here. */
static void watch_turns(struct spy *spy, const struct node *n, const struct message *m)
{
    const uint64_t turn = (uint64_t)m->stamp << 16 | (m->value & 0xffff);

    if (!is_of(spy, m->kind, "ask") && !is_of(spy, m->kind, "offer"))
        return;
    spy->is_out_of_turn |= turn < spy->newest[m->from] || m->from == node_self(n);
    spy->newest[m->from] = turn;

    const uint64_t restarts = (turn & 0xff) - 1, restarted = (uint64_t)m->stamp << 8 | restarts / 2;

    if (restarts < 2 || restarted <= spy->restarted)
        return;
    spy->restarted = restarted;
    spy->is_restarted_elsewhere |=
        place_of(spy->run, m->from) != start_place(spy->run, 0, m->stamp);
}

static void spy_message(struct node *n, const struct message *m)
{
    struct spy *spy = spy_of(n);

    if (m->from < HOLDERS_MAX)
        watch_turns(spy, n, m);
    if (is_of(spy, m->kind, "send") && spy->sends < WAY_MAX) {
        spy->way[spy->sends][0] = m->from;
        spy->way[spy->sends++][1] = node_self(n);
    }
    if (is_of(spy, m->kind, "check") && m->from < HOLDERS_MAX)
        spy->checks_of[m->from]++;
    if (spy->arrivals++ != spy->swallow) {
        spy->inner->on_message(n, m);
        return;
    }
    spy->swallowed_ack = is_of(spy, m->kind, "ack");
    spy->swallowed_hand_over = spy->swallowed_ack || is_of(spy, m->kind, "ask") ||
                               is_of(spy, m->kind, "digest") || is_of(spy, m->kind, "offer") ||
                               is_of(spy, m->kind, "want") || is_of(spy, m->kind, "send");
}

/* ---- runs ---- */

struct trial {
    struct setup setup;
    struct spy spy;
    struct sim_fault faults[2];
    struct sim_result result;
};

/* `holders` replicas of one shard, each with random gaps; the first check comes after 10 s. */
static void trial_init(struct trial *t, int64_t holders, uint32_t replication,
                       const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    memset(t, 0, sizeof *t);
    setup_init(&t->setup, holders);
    c->replication = replication;
    c->round = 100 * SIM_MILLISECOND;
    c->workload.updates = 0;
    c->store = (struct sim_store){ .preload = ENTRIES, .missing = 0.4, .missing_shards = 0.1 };
    c->sample_every = interval; /* speed only */
    c->stop.when = STOP_NEVER;
    c->stop.at = 2 * interval + 5 * SIM_SECOND;
    c->faults = t->faults;
    assert_true(setup_add(&t->setup, "ring-repair", parameters));
    t->spy.inner = t->setup.layers[0].model;
    assert_true(t->spy.inner->config_size <= sizeof t->spy.config);
    memcpy(t->spy.config, t->setup.layers[0].config, t->spy.inner->config_size);
    t->spy.swallow = NO_ARRIVAL;
    t->spy.table = *t->spy.inner;
    t->spy.table.config_size = sizeof t->spy;
    t->spy.table.on_timer = spy_timer;
    t->spy.table.on_message = spy_message;
    t->setup.layers[0] = (struct sim_layer){ .model = &t->spy.table, .config = &t->spy };
}

static void trial_run(struct trial *t)
{
    t->spy.run = &t->setup.config;
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void trial_clear(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

static double own(const struct trial *t, const char *counter)
{
    char name[64];

    snprintf(name, sizeof name, "ring-repair.%s", counter);
    return metric(&t->result, name);
}

static bool all_know(const struct trial *t, int tick, uint64_t what)
{
    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        if (t->spy.known[tick][i] != what)
            return false;
    return true;
}

static bool all_are_equal(const struct trial *t, int tick)
{
    return all_know(t, tick, t->spy.known[tick][0]);
}

static const uint64_t everything = ((uint64_t)1 << ENTRIES) - 1;

static uint64_t union_at(const struct trial *t, int tick)
{
    uint64_t all = 0;

    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        all |= t->spy.known[tick][i];
    return all;
}

/* Two holders have different parts of the shard; the number of those without any. */
static bool is_inconsistent(const struct trial *t, int *empty)
{
    uint64_t some = 0;
    bool differs = false;

    *empty = 0;
    for (int64_t i = 0; i < t->setup.config.nodes; i++) {
        const uint64_t known = t->spy.known[1][i];

        differs |= known && some && known != some;
        some = known ? known : some;
        *empty += !known;
    }
    return differs;
}

/* ---- sends, contents, way, time ---- */

static void assert_clockwise_from_start(const struct trial *t)
{
    const struct sim_config *c = &t->setup.config;
    const uint32_t n = (uint32_t)c->nodes, start = start_place(c, 0, 1);

    for (uint32_t i = 0; i < 2 * n - 2; i++) {
        assert_int_equal(place_of(c, t->spy.way[i][0]), (start + i) % n);
        assert_int_equal(place_of(c, t->spy.way[i][1]), (start + i + 1) % n);
    }
}

static void repair_once(int64_t n, uint32_t replication, int pattern, int loops[2])
{
    const int compare = pattern % 3;
    const bool in_rounds = pattern % 4 == 3;
    char parameters[64];
    struct trial t;
    int empty;

    snprintf(parameters, sizeof parameters, "compare=%s", comparisons[compare]);
    trial_init(&t, n, replication, parameters);
    t.setup.config.timing = in_rounds ? TIMING_ROUNDS : TIMING_EVENTS;
    trial_run(&t);

    const bool is_loop = is_inconsistent(&t, &empty);

    loops[is_loop]++;
    assert_true(all_know(&t, 2, everything));
    assert_true(own(&t, "sends") == (is_loop ? 2 * (double)n - 2 : 0));
    assert_true(own(&t, "passes") == is_loop);
    if (compare != 0) /* in full the loop may come before the copy */
        assert_true(own(&t, "shards_copied") == empty);
    if (is_loop && compare != 1) { /* by checksum equal holders send nothing */
        assert_int_equal(t.spy.sends, 2 * n - 2);
        assert_clockwise_from_start(&t);
    }
    trial_clear(&t);
}

static void sends_are_2n_minus_2_and_contents_equal(void **state)
{
    (void)state;
    for (uint32_t n = 2; n <= HOLDERS_MAX; n++)
        for (uint32_t start = 0; start < n; start++) {
            int loops[2] = { 0 };
            int done = 0;

            for (uint32_t r = 0; done < 24; r++) { /* 44 starts: 1056 patterns */
                const uint64_t key = draw_key(1, r, PURPOSE_SHARED);

                if (draw_below(draw(key, 0, 1), n) != start)
                    continue;
                repair_once(n, r, done++, loops);
            }
            assert_true(loops[true] >= 12);
        }
}

static void a_repair_ends_within_its_bound(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n++)
        for (uint32_t r = 0; r < 60; r++) {
            const bool is_full = r % 3 == 0;
            const int64_t bound = is_full ? 2 * n + 4 : 6 * n;
            char parameters[64];
            struct trial t;

            snprintf(parameters, sizeof parameters, "compare=%s", comparisons[r % 3]);
            trial_init(&t, n, r, parameters);
            t.setup.config.stop.when = STOP_CONVERGED;
            trial_run(&t);
            assert_string_equal(t.result.stop_reason, "converged");
            assert_true(t.result.end <= interval + bound * latency);
            trial_clear(&t);
        }
}

static void what_is_equal_costs_the_check_alone(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= HOLDERS_MAX; n++)
        for (int preload = 0; preload <= ENTRIES; preload += ENTRIES) {
            struct trial t;

            trial_init(&t, n, 0, "");
            t.setup.config.store = (struct sim_store){ .preload = preload };
            trial_run(&t);
            assert_true(metric(&t.result, "messages") == 2 * ((double)n - 1)); /* two checks */
            assert_true(metric(&t.result, "bytes_digest") == 16 * ((double)n - 1));
            assert_true(metric(&t.result, "bytes_control") == 0);
            assert_true(own(&t, "sends") + own(&t, "passes") + own(&t, "shards_copied") == 0);
            trial_clear(&t);
        }
}

/* The start's second turn is under way when the time of its first one has run out. */
static void no_timer_of_one_turn_fails_another(void **state)
{
    (void)state;
    for (int64_t n = 3; n <= HOLDERS_MAX; n++) {
        char parameters[64];
        struct trial t;

        snprintf(parameters, sizeof parameters, "timeout=%dms", 30 * (int)n + 20);
        trial_init(&t, n, 1, parameters);
        t.setup.config.store.missing_shards = 0;
        trial_run(&t);
        assert_true(own(&t, "sends") == 2 * (double)n - 2);
        trial_clear(&t);
    }
}

static void each_difference_is_sent_once(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 50; r++) { /* by identities nobody gets what he has */
        struct trial t;
        double lacking = 0;

        trial_init(&t, 5, r, "compare=digest");
        t.setup.config.store.missing_shards = 0;
        trial_run(&t);
        for (int i = 0; i < 5; i++)
            for (uint64_t lacks = everything & ~t.spy.known[1][i]; lacks; lacks &= lacks - 1)
                lacking++;
        assert_true(metric(&t.result, "bytes_payload") == 100 * lacking);
        assert_true(metric(&t.result, "redundancy") == 0);
        trial_clear(&t);
    }
}

static void disabled_it_does_nothing(void **state)
{
    struct trial t;

    (void)state;
    trial_init(&t, 5, 0, "enabled=false");
    trial_run(&t);
    assert_true(metric(&t.result, "messages") == 0);
    trial_clear(&t);
    setup_init(&t.setup, 5);
    assert_false(setup_add(&t.setup, "ring-repair", "interval=1s timeout=1s"));
    assert_true(setup_add(&t.setup, "ring-repair", "interval=1s timeout=999ms"));
    setup_clear(&t.setup);
}

/* The hash takes every holder alike, and another one with every check: 4 standard errors. */
static void every_holder_starts_equally_often(void **state)
{
    enum { CHECKS = 2000, HOLDERS = 5 };
    const double mean = CHECKS / (double)HOLDERS;
    struct trial t;

    (void)state;
    trial_init(&t, HOLDERS, 3, "interval=10ms timeout=1ms");
    t.setup.config.store = (struct sim_store){ .preload = ENTRIES };
    t.setup.config.stop.at = CHECKS * 10 * SIM_MILLISECOND + 15 * SIM_MILLISECOND;
    trial_run(&t);
    for (int i = 0; i < HOLDERS; i++)
        assert_true(fabs((double)t.spy.checks_of[i] / (HOLDERS - 1) - mean) <=
                    4 * sqrt(mean * (1 - 1.0 / HOLDERS)) + 1);
    trial_clear(&t);
}

/* ---- one message is lost ---- */

/* Nobody has lost anything since the last tick. */
static void assert_nothing_lost(const struct trial *t, int tick)
{
    for (int64_t i = 0; i < t->setup.config.nodes; i++)
        assert_true((t->spy.known[tick - 1][i] & ~t->spy.known[tick][i]) == 0);
}

static bool lose_one(int64_t n, uint32_t r, const char *parameters, int failure, int64_t arrival)
{
    struct trial t;
    const double sends = 2 * (double)n - 2;
    bool was_sent, is_complete;

    trial_init(&t, n, r, parameters);
    t.spy.swallow = arrival;
    t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
    trial_run(&t);
    was_sent = t.spy.arrivals > arrival;
    is_complete = all_know(&t, 2, everything);
    assert_nothing_lost(&t, 2);
    assert_nothing_lost(&t, 3);
    if (!all_know(&t, 3, everything))
        fail_msg("n %d, %s, replication %u: message %d lost, not repaired", (int)n, parameters, r,
                 (int)arrival);
    if (t.spy.swallowed_hand_over) /* sent again */
        assert_true(is_complete);
    if (t.spy.swallowed_hand_over && failure != 2) /* the loop itself may come in an ACK's stead */
        assert_true(own(&t, "sends") == sends + 1 ||
                    (t.spy.swallowed_ack && own(&t, "sends") == sends));
    assert_true((t.spy.restarted & 0xff) <= 1 && !t.spy.is_restarted_elsewhere);
    assert_true(own(&t, "sends") <= 4 * sends + (double)n);
    trial_clear(&t);
    return was_sent;
}

static void any_lost_message_is_made_good(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n += n < 5 ? 1 : 2)
        for (int way = 0; way < 9; way++) {
            char parameters[96];

            snprintf(parameters, sizeof parameters, "compare=%s on_failure=%s timeout=400ms",
                     comparisons[way % 3], failures[way / 3]);
            for (uint32_t r = 0; r < (n < 6 ? 3 : 1); r++)
                for (int64_t arrival = 0; lose_one(n, r, parameters, way / 3, arrival); arrival++)
                    continue;
        }
}

/* ---- one node crashes ---- */

static void crash_one(int64_t n, const char *parameters, enum sim_fault_kind kind, int64_t node,
                      sim_time at)
{
    struct trial t;

    trial_init(&t, n, 1, parameters);
    t.setup.config.store.missing_shards = 0;
    t.setup.config.stop.at = 4 * interval + 5 * SIM_SECOND;
    t.faults[0] = (struct sim_fault){ .kind = kind,
                                      .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                      .at = at,
                                      .lasts = kind == FAULT_CRASH ? 2 * interval - at - 1 : 0 };
    t.setup.config.fault_count = 1;
    trial_run(&t);
    if (kind == FAULT_CRASH) {
        assert_nothing_lost(&t, 2);
        assert_nothing_lost(&t, 3);
    }
    if (!all_are_equal(&t, 3) || (kind == FAULT_CRASH && union_at(&t, 3) != everything))
        fail_msg("n %d, %s: node %d down at %g s, not repaired", (int)n, parameters, (int)node,
                 (double)at / 1e9);
    assert_true(all_are_equal(&t, 4));
    /* `skip` tries the others in turn, `wait` the same one until the next check, of which there
     * are four: none goes on for ever */
    assert_true(own(&t, "sends") <= 4 * 2 * (double)n * ((double)n - 1 + 10 / 0.3));
    trial_clear(&t);
}

static void any_crash_at_any_step_is_made_good(void **state)
{
    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n += n < 4 ? 1 : 5)
        for (int way = 0; way < 9; way++) {
            char parameters[96];
            const int64_t steps = way % 3 == 0 ? 2 * n + 4 : 6 * n;

            snprintf(parameters, sizeof parameters, "compare=%s on_failure=%s timeout=300ms",
                     comparisons[way % 3], failures[way / 3]);
            for (int64_t node = 0; node < n; node++)
                for (int64_t step = 0; step <= steps; step++) { /* before what arrives then */
                    const sim_time at = interval + step * latency - 1;

                    crash_one(n, parameters, FAULT_CRASH, node, at);
                    if (way < 3)
                        crash_one(n, parameters, FAULT_WIPE, node, at);
                }
        }
}

/* Sends to a holder that is down, once more each, in the first check whose start is not. */
static int sends_in_vain(const struct trial *t, uint32_t down)
{
    const struct sim_config *c = &t->setup.config;
    const uint32_t n = (uint32_t)c->nodes;
    uint32_t check = 1;
    int empty;

    while (start_place(c, 0, check) == down)
        check++;
    if (!is_inconsistent(t, &empty) || check > 2) /* later it is up again */
        return 0;
    return start_place(c, 0, check) == (down + 1) % n ? 1 : 2;
}

/* A holder stays down: by `skip` the others are equal after the check all the same, and the loop
 * makes each of its 2n - 2 sends once, those to the one that is down twice. */
static void who_is_down_delays_nobody(void **state)
{
    enum { N = 5 };

    (void)state;
    for (int64_t node = 0; node < N; node++)
        for (uint32_t r = 0; r < 30; r++) {
            const int compare = (int)r % 3;
            char parameters[64];
            struct trial t;
            uint64_t live = 0;

            snprintf(parameters, sizeof parameters, "compare=%s", comparisons[compare]);
            trial_init(&t, N, r, parameters);
            t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                              .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                              .at = SIM_SECOND,
                                              .lasts = 3 * interval - 2 * SIM_SECOND };
            t.setup.config.fault_count = 1;
            t.setup.config.stop.at = 4 * interval + 5 * SIM_SECOND;
            trial_run(&t);
            live = union_at(&t, 1);
            if (start_place(&t.setup.config, 0, 1) != (uint32_t)node)
                for (int i = 0; i < N; i++)
                    assert_true(t.spy.ticks[i] < 4 || t.spy.known[1][i] == 0 ||
                                t.spy.known[2][i] == live);
            assert_true(all_know(&t, 4, everything));
            assert_true(fmod(own(&t, "sends"), 2 * N - 2) == sends_in_vain(&t, (uint32_t)node));
            trial_clear(&t);
        }
}

/* The other holder stays down, and no other loop takes this one's place. */
static void try_in_vain(const char *parameters, double sends_max)
{
    for (int64_t node = 0; node < 2; node++)
        for (sim_time at = interval; at < interval + 12 * latency; at += latency) {
            struct trial t;

            trial_init(&t, 2, 1, parameters);
            t.setup.config.store.missing_shards = 0;
            t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                              .of = { SELECT_RANGE, .first = node, .nodes = 1 },
                                              .at = at,
                                              .lasts = 25 * SIM_SECOND };
            t.setup.config.fault_count = 1;
            t.setup.config.stop.at = 7 * interval + 5 * SIM_SECOND;
            trial_run(&t);
            assert_true(own(&t, "sends") <= sends_max);
            assert_false(t.spy.is_out_of_turn);
            assert_true(all_know(&t, 7, everything));
            trial_clear(&t);
        }
}

static void trying_ends(void **state)
{
    (void)state; /* at most the one turn that was taken, the tries, and the loop that repairs */
    try_in_vain("on_failure=skip timeout=400ms", 1 + 2 + 2);
    try_in_vain("on_failure=wait timeout=400ms", 1 + 10 / 0.4 + 2);
    try_in_vain("on_failure=restart timeout=400ms", 1 + 4 + 2);
}

/* Both others go down just after the start has begun: two tries each, then the loop is over. */
static void each_holder_is_tried_twice(void **state)
{
    struct trial t;
    uint32_t r = 0;
    int empty;

    (void)state;
    while (draw_below(draw(draw_key(1, r, PURPOSE_SHARED), 0, 1), 3) != 0)
        r++;
    trial_init(&t, 3, r, "timeout=400ms");
    t.setup.config.store.missing_shards = 0;
    t.faults[0] = (struct sim_fault){ .kind = FAULT_CRASH,
                                      .of = { SELECT_RANGE, .first = 1, .nodes = 2 },
                                      .at = interval + 5 * latency / 2,
                                      .lasts = interval / 2 };
    t.setup.config.fault_count = 1;
    t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
    trial_run(&t);
    assert_true(is_inconsistent(&t, &empty));
    assert_true(own(&t, "sends") == 2 + 2 + 4); /* and the next check's */
    assert_true(all_know(&t, 3, everything));
    trial_clear(&t);
}

/* ---- disorder ---- */

static void messages_that_overtake_each_other_do_no_harm(void **state)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL,
                                            .a = 30 * SIM_MILLISECOND };

    (void)state;
    for (uint32_t r = 0; r < 100; r++) {
        struct distribution *slow = distribution_new(&spec);
        struct trial t;
        int empty;

        trial_init(&t, 7, r, "timeout=5s");
        t.setup.config.network.latency = slow;
        t.setup.config.network.jitter = 1;
        trial_run(&t);
        assert_true(all_know(&t, 2, everything));
        if (is_inconsistent(&t, &empty))
            assert_true(own(&t, "sends") == 12);
        trial_clear(&t);
        distribution_free(slow);
    }
}

static void what_is_written_meanwhile_the_next_check_spreads(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 60; r++) {
        struct trial t;

        trial_init(&t, 5, r, "");
        t.setup.config.workload.updates = t.setup.config.workload.keys = 8;
        t.setup.config.workload.at = interval + latency / 2;
        t.setup.config.workload.arrival = ARRIVAL_EVERY;
        t.setup.config.workload.every = 4 * latency;
        t.setup.config.stop.at = 3 * interval + 5 * SIM_SECOND;
        trial_run(&t);
        assert_nothing_lost(&t, 2);
        assert_true(all_know(&t, 3, ((uint64_t)1 << (ENTRIES + 8)) - 1));
        trial_clear(&t);
    }
}

/*
 * Loops that outlive the interval, many losses, timeouts below the round trip: a holder takes each
 * turn of a check once and none of an older check, so copies of a turn cannot multiply.
 */
static void overlap_loops(const char *timeout, const char *every, int way)
{
    enum { N = 9, SECONDS = 30, CHECKS = SECONDS * 10 };
    const bool is_short = strcmp(timeout, "15ms") == 0;
    const double generations = way / 3 == 2 ? 4 : 1, tries = way / 3 == 0 ? 2 * (N - 1) : 7;
    const double sends = CHECKS * 2 * N * generations * tries;
    char parameters[96];
    struct trial t;

    snprintf(parameters, sizeof parameters, "compare=%s on_failure=%s timeout=%s interval=%s",
             comparisons[way % 3], failures[way / 3], timeout, every);
    trial_init(&t, N, 1, parameters);
    t.setup.config.network.loss = 0.3;
    t.setup.config.workload.updates = t.setup.config.workload.keys = 100;
    t.setup.config.workload.arrival = ARRIVAL_EVERY;
    t.setup.config.workload.every = 300 * SIM_MILLISECOND;
    t.setup.config.stop.at = SECONDS * SIM_SECOND;
    trial_run(&t);
    assert_false(t.spy.is_out_of_turn || t.spy.is_restarted_elsewhere);
    assert_true(own(&t, "sends") > SECONDS && own(&t, "sends") <= sends);
    assert_true(metric(&t.result, "messages") <= CHECKS * 2.0 * N + 5 * sends);
    if (way < 3 && (!is_short || way == 0)) /* else no comparison is ever answered in time */
        assert_true(metric(&t.result, "staleness_mean") < 0.5);
    trial_clear(&t);
}

static void turns_do_not_multiply(void **state)
{
    (void)state;
    for (int way = 0; way < 9; way++) {
        overlap_loops("15ms", "100ms", way);
        overlap_loops("60ms", "100ms", way);
        overlap_loops("60ms", "1s", way);
    }
}

/* ---- many shards ---- */

/*
 * A share of all (holder, shard) pairs is missing whole, but for one holder of a shard that all
 * would lack; the number of copies follows its binomial within 4 standard errors.
 */
static void one_loop_a_shard_and_check(void **state)
{
    enum { NODES = 12, SHARDS = 7, REPLICAS = 3, RUNS = 90 };
    const double pairs = RUNS / 3 * SHARDS * REPLICAS;
    const double missing = 0.3 - pow(0.3, REPLICAS) / REPLICAS;
    double copies[3] = { 0 };

    (void)state;
    for (uint32_t r = 0; r < RUNS; r++) {
        char parameters[64];
        struct trial t;

        snprintf(parameters, sizeof parameters, "compare=%s", comparisons[r / 3 % 3]);
        trial_init(&t, NODES, r, parameters);
        t.setup.config.store = (struct sim_store){ .shards = SHARDS,
                                                   .replicas = REPLICAS,
                                                   .preload = 70,
                                                   .missing = r % 3 != 1 ? 0.5 : 0,
                                                   .missing_shards = r % 3 != 0 ? 0.3 : 0 };
        trial_run(&t);
        copies[r % 3] += own(&t, "shards_copied");
        assert_true(metric(&t.result, "bytes_payload") <=
                    (own(&t, "sends") + own(&t, "shards_copied")) * 10 * 100);
        assert_true(metric(&t.result, "residue") == 0);
        assert_true(own(&t, "passes") <= SHARDS);
        assert_true(own(&t, "sends") == own(&t, "passes") * (2 * REPLICAS - 2));
        if (r % 3 == 0) /* ten entries a shard: somebody lacks one */
            assert_true(own(&t, "passes") == SHARDS);
        if (r % 3 == 1) /* whole or not at all */
            assert_true(own(&t, "passes") == 0);
        trial_clear(&t);
    }
    assert_true(fabs(copies[1] - missing * pairs) <= 4 * sqrt(0.3 * 0.7 * pairs));
    assert_true(fabs(copies[2] - missing * pairs) <= 4 * sqrt(0.3 * 0.7 * pairs));
    assert_true(copies[0] <= 0.01 * pairs); /* 0.5 to the 10th by chance */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_are_2n_minus_2_and_contents_equal),
        cmocka_unit_test(a_repair_ends_within_its_bound),
        cmocka_unit_test(what_is_equal_costs_the_check_alone),
        cmocka_unit_test(no_timer_of_one_turn_fails_another),
        cmocka_unit_test(each_difference_is_sent_once),
        cmocka_unit_test(disabled_it_does_nothing),
        cmocka_unit_test(every_holder_starts_equally_often),
        cmocka_unit_test(any_lost_message_is_made_good),
        cmocka_unit_test(any_crash_at_any_step_is_made_good),
        cmocka_unit_test(who_is_down_delays_nobody),
        cmocka_unit_test(trying_ends),
        cmocka_unit_test(each_holder_is_tried_twice),
        cmocka_unit_test(messages_that_overtake_each_other_do_no_harm),
        cmocka_unit_test(what_is_written_meanwhile_the_next_check_spreads),
        cmocka_unit_test(turns_do_not_multiply),
        cmocka_unit_test(one_loop_a_shard_and_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
