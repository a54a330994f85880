/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults hit the nodes that their selectors mean, as many as they say, any as likely as another,
 * and at one instant equal selectors the same, others independently; crashes end, overlap and come
 * again when they should; nodes keep or lose what they should, and their one-shot timers die. Churn
 * and faults move nothing of one another.  What lies between two nodes of one fault never was: it
 * reaches no share. Repair takes as long as the nodes themselves say.
 */
#include "law.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES_MAX = 100, CHANGES_MAX = 64, TICK = 0, ALARM = 1 };

/* Alarms ring every so long in a node's life. */
#define ALARM_AFTER (700 * SIM_MILLISECOND)

struct diary {
    sim_time changes[CHANGES_MAX]; /* up, down, up, ...; -1 first if it was down at the start */
    int count;
    uint32_t starts, alarms, remembered, knew;
    bool is_up, knows;
};

struct config {
    sim_time interval;
    bool gossips;
    int64_t nodes;
    struct diary diaries[NODES_MAX];
    sim_time agreed_at; /* since when all live nodes know the update, as they say; or SIM_NEVER */
};

struct state {
    uint32_t starts;
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static struct diary *diary_of(const struct node *n)
{
    return &config_of(n)->diaries[node_self(n)];
}

static void look_for_agreement(const struct node *n)
{
    struct config *c = config_of(n);
    bool agree = true, anybody = false;

    for (int64_t i = 0; i < c->nodes; i++) {
        anybody |= c->diaries[i].is_up;
        agree &= c->diaries[i].knows || !c->diaries[i].is_up;
    }
    if (!agree || !anybody)
        c->agreed_at = SIM_NEVER;
    else if (c->agreed_at == SIM_NEVER)
        c->agreed_at = node_now(n);
}

static void note_change(struct node *n, bool is_up)
{
    struct diary *d = diary_of(n);

    assert_int_equal(d->is_up, !is_up);
    assert_true(d->count < CHANGES_MAX);
    d->is_up = is_up;
    d->changes[d->count++] = node_now(n);
}

static void start(struct node *n)
{
    struct diary *d = diary_of(n);
    struct state *mine = node_state(n);

    if (d->count == 0 && node_now(n) > 0)
        d->changes[d->count++] = -1;
    note_change(n, true);
    d->starts++;
    d->remembered = ++mine->starts;
    d->knows = !set_is_empty(node_known(n));
    d->knew += d->knows;
    node_after(n, ALARM_AFTER, ALARM, d->starts);
    node_every(n, config_of(n)->interval, PHASE_RANDOM, TICK);
    look_for_agreement(n);
}

static void timer(struct node *n, int tag, uint32_t value)
{
    struct diary *d = diary_of(n);
    node_id peer;

    assert_true(d->is_up);
    if (tag == ALARM) {
        assert_int_equal(value, d->starts);
        if (!config_of(n)->gossips) /* then there may be rounds */
            assert_int_equal((node_now(n) - d->changes[d->count - 1]) % ALARM_AFTER, 0);
        d->alarms++;
        node_after(n, ALARM_AFTER, ALARM, value);
    } else if (config_of(n)->gossips && node_pick_peer(n, &peer))
        node_send_some(n, peer, 0, set_copy(node_known(n)));
}

static void receive(struct node *n, const struct message *m)
{
    assert_true(diary_of(n)->is_up);
    node_learn(n, m);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    (void)news;
    (void)how;
    diary_of(n)->knows = true;
    look_for_agreement(n);
}

static void go(struct node *n, bool graceful, bool loses)
{
    assert_false(graceful);
    note_change(n, false);
    diary_of(n)->knows &= !loses;
    node_send(n, 0, 0, set_copy(node_known(n))); /* in vain */
    look_for_agreement(n);
}

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between ticks"),
    PARAM_BOOL(struct config, gossips, "false", "ticks send"),
    PARAM_END,
};
static const struct message_kind messages[] = { { .name = "news", .carries = CARRIES_PAYLOAD },
                                                { .name = NULL } };

static const struct model witness = {
    .name = "witness",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .on_start = start,
    .on_timer = timer,
    .on_message = receive,
    .on_learn = learn,
    .on_down = go,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct sim_result result;
};

/* Nodes that gossip or not, for ten seconds. */
static void open_trial(struct trial *t, int64_t nodes, bool gossips)
{
    *t = (struct trial){ 0 };
    setup_init(&t->setup, nodes);
    setup_add_model(&t->setup, &witness, gossips ? "gossips=true" : "");
    t->config = t->setup.configs[0];
    t->config->nodes = nodes;
    t->setup.config.stop.at = 10 * SIM_SECOND;
    t->setup.config.stop.when = STOP_NEVER;
    t->setup.config.sample_every = SIM_SECOND / 2;
}

static void run_trial(struct trial *t, const struct sim_fault *faults, size_t count)
{
    memset(t->config->diaries, 0, sizeof t->config->diaries);
    t->config->agreed_at = SIM_NEVER;
    t->setup.config.faults = faults;
    t->setup.config.fault_count = count;
    sim_result_clear(&t->result);
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

static void assert_event(const struct trial *t, size_t index, sim_time at, const char *kind,
                         uint32_t nodes)
{
    const struct sim_fault_event *event = &t->result.faults[index];

    assert_true(index < t->result.fault_count);
    assert_int_equal(event->at, at);
    assert_string_equal(event->kind, kind);
    assert_int_equal(event->nodes, nodes);
}

static bool is_up(const struct trial *t, int64_t node)
{
    return t->config->diaries[node].is_up;
}

static uint32_t down_at_end(const struct trial *t)
{
    uint32_t down = 0;

    for (int64_t i = 0; i < t->config->nodes; i++)
        down += !is_up(t, i);
    return down;
}

/* ---- who is meant ---- */

static void selectors_mean_so_many(void **state)
{
    static const struct {
        int64_t nodes;
        struct sim_selector of;
        uint32_t count;
    } cases[] = {
        { 20, { .kind = SELECT_ALL }, 20 },
        { 1, { .kind = SELECT_ALL }, 1 },
        { 20, { .kind = SELECT_SHARE, .share = 0.2 }, 4 },
        { 7, { .kind = SELECT_SHARE, .share = 0.5 }, 4 }, /* 3.5, rounded */
        { 7, { .kind = SELECT_SHARE, .share = 0.07 }, 0 },
        { 7, { .kind = SELECT_SHARE, .share = 0 }, 0 },
        { 7, { .kind = SELECT_SHARE, .share = 1 }, 7 },
        { 20, { .kind = SELECT_COUNT, .count = 3 }, 3 },
        { 20, { .kind = SELECT_COUNT, .count = 0 }, 0 },
        { 20, { .kind = SELECT_COUNT, .count = 21 }, 20 },
        { 20, { .kind = SELECT_ALL_BUT, .count = 1 }, 19 },
        { 20, { .kind = SELECT_ALL_BUT, .count = 20 }, 0 },
        { 20, { .kind = SELECT_ALL_BUT, .count = 30 }, 0 },
        { 20, { .kind = SELECT_RANGE, .first = 0, .nodes = 1 }, 1 },
        { 20, { .kind = SELECT_RANGE, .first = 17, .nodes = 3 }, 3 },
        { 20, { .kind = SELECT_RANGE, .first = 0, .nodes = 20 }, 20 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct sim_fault fault = { .kind = FAULT_CRASH,
                                         .of = cases[k].of,
                                         .at = 2 * SIM_SECOND };
        struct trial t;

        open_trial(&t, cases[k].nodes, false);
        run_trial(&t, &fault, 1);
        assert_int_equal(down_at_end(&t), cases[k].count);
        assert_int_equal(t.result.fault_count, 1);
        assert_event(&t, 0, 2 * SIM_SECOND, "crash", cases[k].count);
        for (size_t i = 0; i < t.result.sample_count; i++)
            assert_int_equal(t.result.samples[i].alive,
                             cases[k].nodes -
                                 (t.result.samples[i].at < fault.at ? 0 : cases[k].count));
        close_trial(&t);
    }
}

static void a_range_is_of_the_scenarios_numbers(void **state)
{
    const struct sim_fault fault = { FAULT_CRASH, { .kind = SELECT_RANGE, .first = 5, .nodes = 9 },
                                     SIM_SECOND,  0,
                                     0,           .obstacle = NULL };
    struct numbering numbering;
    struct trial t;

    (void)state;
    open_trial(&t, 30, false);
    run_trial(&t, &fault, 1);
    numbering_init(&numbering, 30, draw_key(1, 0, PURPOSE_NUMBERING));
    for (node_id i = 0; i < 30; i++)
        assert_int_equal(is_up(&t, numbering_inside(&numbering, i)), i < 5 || i >= 14);
    close_trial(&t);
}

static void any_node_is_as_likely_as_another(void **state)
{
    enum { NODES = 13, PICKED = 4, TRIALS = 3000 };
    const struct sim_fault fault = { FAULT_CRASH, { .kind = SELECT_COUNT, .count = PICKED },
                                     1000,        0,
                                     0,           .obstacle = NULL };
    uint32_t alone[NODES] = { 0 }, pairs[NODES * NODES] = { 0 }, met[NODES * (NODES - 1) / 2];
    struct trial t;
    size_t count = 0;

    (void)state;
    open_trial(&t, NODES, false);
    t.setup.config.stop.at = 2000;
    for (uint32_t k = 0; k < TRIALS; k++) {
        t.setup.config.replication = k;
        run_trial(&t, &fault, 1);
        for (int i = 0; i < NODES; i++) {
            alone[i] += !is_up(&t, i);
            for (int j = 0; j < i; j++)
                pairs[i * NODES + j] += !is_up(&t, i) && !is_up(&t, j);
        }
    }
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < i; j++)
            met[count++] = pairs[i * NODES + j];
    assert_true(law_even(alone, NODES) < LAW_Z);
    assert_true(law_even(met, count) < LAW_Z);
    close_trial(&t);
}

/* At one instant equal selectors pick the same; at others, others. */
static void equal_selectors_at_one_instant(void **state)
{
    const struct sim_selector half = { .kind = SELECT_SHARE, .share = 0.5 };

    (void)state;
    for (int later = 0; later < 2; later++) {
        const struct sim_fault faults[] = {
            { FAULT_CRASH, half, SIM_SECOND, 0, 0, .obstacle = NULL },
            { FAULT_WIPE, half, SIM_SECOND + later, 0, 0, .obstacle = NULL },
        };
        struct trial t;
        uint32_t hit = 0;

        open_trial(&t, 40, true);
        t.setup.config.store.preload = 1;
        t.setup.config.workload.updates = 0;
        run_trial(&t, faults, 2);
        for (int i = 0; i < 40; i++)
            hit += is_up(&t, i) && t.config->diaries[i].starts > 1;
        assert_int_equal(hit > 0, later); /* the wipe met nodes that were up */
        assert_event(&t, 0, SIM_SECOND, "crash", 20);
        assert_event(&t, 1, SIM_SECOND + later, "wipe", 20);
        close_trial(&t);
    }
}

/* Different selectors of one instant: how many nodes two of them share is hypergeometric. */
static void different_selectors_are_independent(void **state)
{
    static const struct sim_selector pairs[][2] = {
        { { .kind = SELECT_SHARE, .share = 0.3 }, { .kind = SELECT_SHARE, .share = 0.4 } },
        { { .kind = SELECT_SHARE, .share = 0.3 }, { .kind = SELECT_COUNT, .count = 20 } },
        { { .kind = SELECT_COUNT, .count = 10 }, { .kind = SELECT_ALL_BUT, .count = 10 } },
        { { .kind = SELECT_SHARE, .share = 0.5 }, { .kind = SELECT_COUNT, .count = 25 } },
    };
    enum { NODES = 50, TRIALS = 400 };

    (void)state;
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        const struct sim_fault faults[] = {
            { FAULT_CRASH, pairs[k][0], 1000, 0, 0, .obstacle = NULL },
            { FAULT_CRASH, pairs[k][1], 1000, 0, 0, .obstacle = NULL },
        };
        struct trial t;
        double sizes[2] = { 0 }, both = 0;

        open_trial(&t, NODES, false);
        t.setup.config.stop.at = 2000;
        for (uint32_t r = 0; r < TRIALS; r++) {
            t.setup.config.replication = r;
            run_trial(&t, faults, 2);
            sizes[0] = t.result.faults[0].nodes;
            both -= t.result.faults[1].nodes; /* who was up still */
            run_trial(&t, faults + 1, 1);
            sizes[1] = t.result.faults[0].nodes;
            both += sizes[1];
        }
        const double a = sizes[0] / NODES, b = sizes[1] / NODES;
        const double variance = NODES * a * b * (1 - a) * (1 - b) * NODES / (NODES - 1);

        assert_true(fabs(both / TRIALS - NODES * a * b) < LAW_Z * sqrt(variance / TRIALS));
        close_trial(&t);
    }
}

/* ---- when ---- */

static void crashes_end_and_come_again(void **state)
{
    const struct sim_fault fault = { FAULT_CRASH,    { .kind = SELECT_COUNT, .count = 3 },
                                     2 * SIM_SECOND, SIM_SECOND,
                                     4 * SIM_SECOND, .obstacle = NULL };
    struct trial t;
    uint32_t downs = 0;

    (void)state;
    open_trial(&t, 10, false);
    run_trial(&t, &fault, 1);
    assert_int_equal(t.result.fault_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_event(&t, i, (2 + (sim_time)(i / 2) * 4 + (sim_time)(i % 2)) * SIM_SECOND,
                     i % 2 ? "recover" : "crash", 3);
    for (int i = 0; i < 10; i++)
        for (int k = 1; k < t.config->diaries[i].count; k++) {
            downs += k % 2 == 1;
            assert_int_equal(t.config->diaries[i].changes[k] % (4 * SIM_SECOND),
                             k % 2 ? 2 * SIM_SECOND : 3 * SIM_SECOND);
        }
    assert_int_equal(downs, 9);
    close_trial(&t);
}

/* A crash that ends does not end another; recovering ends all. */
static void overlapping_crashes(void **state)
{
    const struct sim_selector one = { .kind = SELECT_RANGE, .first = 2, .nodes = 1 };
    const struct sim_selector two = { .kind = SELECT_RANGE, .first = 2, .nodes = 2 };
    const struct sim_fault faults[] = {
        { FAULT_CRASH, one, 1 * SIM_SECOND, 3 * SIM_SECOND, 0, .obstacle = NULL }, /* until 4 s */
        { FAULT_CRASH, two, 2 * SIM_SECOND, 1 * SIM_SECOND, 0, .obstacle = NULL }, /* until 3 s */
        { FAULT_CRASH, one, 5 * SIM_SECOND, 0, 0, .obstacle = NULL },
        { FAULT_CRASH, two, 6 * SIM_SECOND, 1 * SIM_SECOND, 0, .obstacle = NULL }, /* until 7 s */
        { FAULT_RECOVER, two, 8 * SIM_SECOND, 0, 0, .obstacle = NULL },
        { FAULT_RECOVER, two, 9 * SIM_SECOND, 0, 0, .obstacle = NULL },
    };
    struct trial t;

    (void)state;
    open_trial(&t, 5, false);
    run_trial(&t, faults, sizeof faults / sizeof *faults);
    assert_int_equal(t.result.fault_count, 9);
    assert_event(&t, 0, 1 * SIM_SECOND, "crash", 1);
    assert_event(&t, 1, 2 * SIM_SECOND, "crash", 1);
    assert_event(&t, 2, 3 * SIM_SECOND, "recover", 1);
    assert_event(&t, 3, 4 * SIM_SECOND, "recover", 1);
    assert_event(&t, 4, 5 * SIM_SECOND, "crash", 1);
    assert_event(&t, 5, 6 * SIM_SECOND, "crash", 1);
    assert_event(&t, 6, 7 * SIM_SECOND, "recover", 1);
    assert_event(&t, 7, 8 * SIM_SECOND, "recover", 1);
    assert_event(&t, 8, 9 * SIM_SECOND, "recover", 0);
    assert_int_equal(down_at_end(&t), 0);
    close_trial(&t);
}

/* ---- what becomes of the nodes ---- */

static void who_crashes_remembers_who_is_wiped_forgets(void **state)
{
    const struct sim_selector all = { .kind = SELECT_ALL };
    const struct sim_fault cases[][3] = {
        { { FAULT_CRASH, all, SIM_SECOND, SIM_SECOND, 0, .obstacle = NULL } },
        { { FAULT_WIPE, all, SIM_SECOND, 0, 0, .obstacle = NULL } },
        { { FAULT_CRASH, all, SIM_SECOND, 2 * SIM_SECOND, 0, .obstacle = NULL },
          { FAULT_WIPE, all, 2 * SIM_SECOND, 0, 0, .obstacle = NULL } },
        { { FAULT_CRASH, all, SIM_SECOND, 2 * SIM_SECOND, 0, .obstacle = NULL },
          { FAULT_WIPE, all, SIM_SECOND, 0, 0, .obstacle = NULL } },
    };

    (void)state;
    for (int k = 0; k < 4; k++) {
        struct trial t;

        open_trial(&t, 20, false);
        t.setup.config.store.preload = 1;
        t.setup.config.workload.updates = 0;
        run_trial(&t, cases[k], 1 + (k > 1));
        for (int i = 0; i < 20; i++) {
            const struct diary *d = &t.config->diaries[i];
            const sim_time back = k == 0 ? 2 * SIM_SECOND : k == 1 ? SIM_SECOND : 3 * SIM_SECOND;

            assert_int_equal(d->count, 3);
            assert_int_equal(d->changes[1], SIM_SECOND);
            assert_int_equal(d->changes[2], back);
            assert_int_equal(d->remembered, k == 0 ? 2 : 1);
            assert_int_equal(d->knew, k == 0 ? 2 : 1);
            assert_int_equal(d->alarms, 1 + (10 * SIM_SECOND - back) / ALARM_AFTER);
        }
        assert_int_equal((int)metric(&t.result, "residue"), k > 0);
        assert_int_equal((int)metric(&t.result, "lost_updates"), k > 0);
        assert_true(metric(&t.result, "messages") == 0); /* no farewells */
        close_trial(&t);
    }
}

/* ---- with churn ---- */

/* Whether the node was up at `at` by a diary of churn alone. */
static bool was_up(const struct diary *d, sim_time at)
{
    bool up = false;

    for (int i = 0; i < d->count && d->changes[i] <= at; i++)
        up = (i % 2 == 0) == (d->changes[0] >= 0);
    return up;
}

static void churn_and_faults_move_nothing_of_each_other(void **state)
{
    const struct distribution_spec session = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 1.5e9 };
    const struct distribution_spec downtime = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 0.7e9 };
    const struct sim_fault fault = {
        FAULT_CRASH,     { .kind = SELECT_SHARE, .share = 0.4 }, 3 * SIM_SECOND, 4 * SIM_SECOND, 0,
        .obstacle = NULL
    };
    static struct diary churned[NODES_MAX];
    bool crashed[NODES_MAX];
    struct trial t;

    (void)state;
    open_trial(&t, NODES_MAX, false);
    t.setup.config.stop.at = 5 * SIM_SECOND;
    run_trial(&t, &fault, 1);
    for (int i = 0; i < NODES_MAX; i++)
        crashed[i] = !is_up(&t, i);
    t.setup.config.stop.at = 10 * SIM_SECOND;
    t.setup.config.churn.session = distribution_new(&session);
    t.setup.config.churn.downtime = distribution_new(&downtime);
    run_trial(&t, NULL, 0);
    memcpy(churned, t.config->diaries, sizeof churned);
    run_trial(&t, &fault, 1);
    assert_event(&t, 0, 3 * SIM_SECOND, "crash", 40);
    assert_event(&t, 1, 7 * SIM_SECOND, "recover", 40);
    for (int i = 0; i < NODES_MAX; i++)
        for (sim_time at = 0; at < 10 * SIM_SECOND; at += SIM_SECOND / 100) {
            const bool is_away = crashed[i] && at >= 3 * SIM_SECOND && at < 7 * SIM_SECOND;

            assert_int_equal(was_up(&t.config->diaries[i], at),
                             was_up(&churned[i], at) && !is_away);
        }
    distribution_free((struct distribution *)(uintptr_t)t.setup.config.churn.session);
    distribution_free((struct distribution *)(uintptr_t)t.setup.config.churn.downtime);
    close_trial(&t);
}

/* Nodes that have not joined are away once, whether churn keeps them away or not. */
static void who_has_not_joined_is_away_once(void **state)
{
    const struct distribution_spec stay = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 1e9 };
    const struct sim_fault join = { .kind = FAULT_JOIN,
                                    .of = { .kind = SELECT_ALL },
                                    .at = 5 * SIM_SECOND };
    uint32_t most_late = 0;
    struct trial t;

    (void)state;
    open_trial(&t, NODES_MAX, false);
    t.setup.config.churn.session = distribution_new(&stay);
    t.setup.config.churn.downtime = distribution_new(&stay);
    t.setup.config.absent_first = 10;
    t.setup.config.absent_nodes = 90;
    run_trial(&t, &join, 1);
    assert_event(&t, 0, 5 * SIM_SECOND, "join", 90);
    for (size_t i = 0; i < t.result.sample_count; i++)
        if (t.result.samples[i].at < 5 * SIM_SECOND)
            assert_in_range(t.result.samples[i].alive, 0, 10);
        else if (t.result.samples[i].alive > most_late)
            most_late = (uint32_t)t.result.samples[i].alive;
    assert_in_range(most_late, 11, NODES_MAX);
    assert_int_equal(t.result.samples[t.result.sample_count - 1].alive,
                     NODES_MAX - down_at_end(&t));
    distribution_free((struct distribution *)(uintptr_t)t.setup.config.churn.session);
    distribution_free((struct distribution *)(uintptr_t)t.setup.config.churn.downtime);
    close_trial(&t);
}

/* ---- what is measured ---- */

/*
 * Of some nodes one knows.  As they crash or are wiped one after another it would be most of those
 * who are left, or all; but all go at one instant.
 */
static void no_share_is_reached_within_a_fault(void **state)
{
    const struct sim_selector all = { .kind = SELECT_ALL };
    const struct sim_fault faults[] = {
        { FAULT_CRASH, all, SIM_SECOND, SIM_SECOND, 0, .obstacle = NULL },
        { FAULT_WIPE, all, SIM_SECOND, 0, 0, .obstacle = NULL },
        { FAULT_CRASH, { .kind = SELECT_ALL_BUT, .count = 2 }, SIM_SECOND, 0, 0, .obstacle = NULL },
    };
    static const int64_t nodes[] = { 12, 3, 12 };
    uint32_t survived = 0;

    (void)state;
    for (int f = 0; f < 3; f++) {
        struct trial t;

        open_trial(&t, nodes[f], false);
        for (uint32_t k = 0; k < 200; k++) {
            bool is_half = false;

            t.setup.config.replication = k;
            run_trial(&t, &faults[f], 1);
            for (int i = 0; i < nodes[f] && f == 2; i++) /* one of two is half */
                is_half |= is_up(&t, i) && t.config->diaries[i].knows;
            survived += is_half;
            if (is_half)
                assert_true(metric(&t.result, "t50") == 1);
            else
                assert_true(isnan(metric(&t.result, "t50")));
            assert_true(isnan(metric(&t.result, "t90")));
            assert_true(isnan(metric(&t.result, "t_all")));
        }
        close_trial(&t);
    }
    assert_true(fabs(law_share(survived, 200, 1.0 / 6)) < LAW_Z);
}

static void repair_takes_as_long_as_the_nodes_say(void **state)
{
    const struct sim_selector half = { .kind = SELECT_SHARE, .share = 0.5 };
    uint32_t repaired = 0;

    (void)state;
    for (uint32_t k = 0; k < 200; k++) {
        const struct sim_fault faults[] = {
            { FAULT_CRASH, half, SIM_SECOND, 2 * SIM_SECOND, 0, .obstacle = NULL },
            { FAULT_WIPE, half, k % 2 ? 4 * SIM_SECOND : SIM_SECOND, 0, 0, .obstacle = NULL },
        };
        const sim_time last = k % 2 ? 4 * SIM_SECOND : 3 * SIM_SECOND;
        struct trial t;

        open_trial(&t, 2 + k % 19, true);
        t.setup.config.replication = k;
        t.setup.config.stop.when = k % 3 ? STOP_CONVERGED : STOP_NEVER;
        t.setup.config.stop.at = (k % 5 ? 20 : 5) * SIM_SECOND;
        if (k % 7 < 3) {
            t.setup.config.timing = TIMING_ROUNDS;
            t.setup.config.round = SIM_SECOND / 2;
        }
        run_trial(&t, faults, 2);
        const double repair = metric(&t.result, "repair_time");
        const sim_time agreed = t.config->agreed_at;

        assert_true(t.result.end >= last);
        if (agreed == SIM_NEVER)
            assert_true(isnan(repair));
        else {
            repaired++;
            assert_true(fabs(repair - (double)(agreed > last ? agreed - last : 0) / 1e9) < 1e-12);
            if (t.setup.config.stop.when == STOP_CONVERGED) {
                assert_string_equal(t.result.stop_reason, "converged");
                assert_int_equal(t.result.end, agreed > last ? agreed : last);
            }
        }
        close_trial(&t);
    }
    assert_true(repaired > 100 && repaired < 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_mean_so_many),
        cmocka_unit_test(a_range_is_of_the_scenarios_numbers),
        cmocka_unit_test(any_node_is_as_likely_as_another),
        cmocka_unit_test(equal_selectors_at_one_instant),
        cmocka_unit_test(different_selectors_are_independent),
        cmocka_unit_test(crashes_end_and_come_again),
        cmocka_unit_test(overlapping_crashes),
        cmocka_unit_test(who_crashes_remembers_who_is_wiped_forgets),
        cmocka_unit_test(churn_and_faults_move_nothing_of_each_other),
        cmocka_unit_test(who_has_not_joined_is_away_once),
        cmocka_unit_test(no_share_is_reached_within_a_fault),
        cmocka_unit_test(repair_takes_as_long_as_the_nodes_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
