/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A membership model of one file serves its view to the rest of the stack: all ways of picking stay
 * within the view and are as likely as they should be; on_peer() tells of all that comes and goes
 * and of nothing else, whatever happens to nodes and messages; the dead stay in views until the
 * model drops them; and what it sends is counted to the byte.  How nodes get in is tested in
 * members_test.c.
 */
#include "law.h"
#include "sim/truth/numbering.h"
#include "sim/value/distance.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"
#include "tests/models/shuffle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 40, VIEW = 8, SEEDS = 3 };

/* ---- a model that pushes all it knows over the view, and keeps links of its own ---- */

struct config {
    sim_time interval;
    void (*look)(struct node *n, struct config *c); /* at every tick */
    uint64_t notices, looks, dead, entries;
    uint64_t items, shuffles; /* that came to the membership model, and its messages */
    bool has_shards;          /* nothing is pushed */
    bool is_down[NODES];
    node_id seeds[SEEDS];
    struct numbering numbering;
    uint32_t counts[VIEW]; /* of picks, by what a look says */
};

struct state {
    uint64_t links; /* bit a node */
};

enum { NEWS };
static const struct message_kind messages[] = {
    [NEWS] = { .name = "news", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "250ms", "1us..365d", "between messages"),
    PARAM_END,
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static uint64_t view_of(struct node *n)
{
    const uint32_t count = node_view_count(n);
    uint64_t view = 0;

    assert_true(count <= VIEW);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t bit = (uint64_t)1 << node_view_at(n, i);

        assert_false(view & bit);
        view |= bit;
    }
    assert_false(view >> node_self(n) & 1);
    return view;
}

static void start(struct node *n)
{
    const struct state *mine = node_state(n);

    config_of(n)->is_down[node_self(n)] = false;
    assert_true(mine->links == view_of(n)); /* kept both, or lost both */
    node_every(n, config_of(n)->interval, PHASE_RANDOM, 0);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    config_of(n)->is_down[node_self(n)] = true;
}

static void note_peer(struct node *n, node_id peer, bool is_there)
{
    struct state *mine = node_state(n);
    const uint64_t bit = (uint64_t)1 << peer;

    config_of(n)->notices++;
    assert_true(!(mine->links & bit) == is_there);
    mine->links ^= bit;
    assert_true(mine->links == view_of(n)); /* told at once */
}

static void push(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);
    const struct state *mine = node_state(n);
    node_id peer;

    (void)tag;
    (void)value;
    assert_true(mine->links == view_of(n));
    c->looks++;
    if (c->look)
        c->look(n, c);
    if (c->has_shards)
        return;
    assert_true(node_pick_peer(n, &peer) == (mine->links > 0));
    if (mine->links == 0)
        return;
    assert_true(mine->links >> peer & 1);
    if (!set_is_empty(node_known(n)))
        node_send(n, peer, NEWS, set_copy(node_known(n)));
}

static void hear(struct node *n, const struct message *m)
{
    node_learn(n, m);
}

static const struct model pusher = {
    .name = "pusher",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .on_start = start,
    .on_timer = push,
    .on_message = hear,
    .on_peer = note_peer,
    .on_down = go,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct sim_result result;
};

/* The pusher stands before or behind the shuffle. */
static void open_trial(struct trial *t, bool is_first, const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, NODES);
    if (is_first)
        assert_true(setup_add_model(&t->setup, &pusher, ""));
    assert_true(setup_add_model(&t->setup, &model_shuffle, parameters));
    if (!is_first)
        assert_true(setup_add_model(&t->setup, &pusher, ""));
    t->config = t->setup.configs[is_first ? 0 : 1];
    numbering_init(&t->config->numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    for (uint32_t i = 0; i < SEEDS; i++)
        t->config->seeds[i] = numbering_inside(&t->config->numbering, i);
    c->peers = PEERS_VIEW;
    c->seeds = SEEDS;
    c->members = MEMBERS_JOIN;
    c->workload.updates = c->workload.keys = 5;
    c->workload.arrival = ARRIVAL_EVERY;
    c->workload.every = 5 * SIM_SECOND;
    c->stop.when = STOP_NEVER;
    c->stop.at = 60 * SIM_SECOND;
}

static void run_trial(struct trial *t)
{
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
    assert_true(t->config->looks > NODES && t->config->notices > NODES);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

/* ---- a life of it ---- */

static void the_view_carries_news_to_all(void **state)
{
    (void)state;
    for (int is_first = 0; is_first < 2; is_first++) {
        struct trial t;

        open_trial(&t, is_first, "");
        run_trial(&t);
        assert_true(metric(&t.result, "converged") == 1);
        assert_true(metric(&t.result, "shuffle.failed") == 0);
        close_trial(&t);
    }
}

static struct distribution *exponential(double seconds)
{
    return distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = seconds * SIM_SECOND });
}

#define SOME                               \
    {                                      \
        .kind = SELECT_SHARE, .share = 0.4 \
    }

/* note_peer(), push() and start() look on all the while. */
static void notices_and_view_agree_whatever_happens(void **state)
{
    static const struct sim_fault faults[] = {
        { FAULT_CRASH, SOME, 13 * SIM_SECOND, 5 * SIM_SECOND, 20 * SIM_SECOND, .obstacle = NULL },
        { FAULT_WIPE, SOME, 17 * SIM_SECOND, 0, 15 * SIM_SECOND, .obstacle = NULL },
        { FAULT_JOIN,
          { .kind = SELECT_RANGE, .first = 30, .nodes = 6 },
          .at = 25 * SIM_SECOND,
          .batch = 2,
          .pace = SIM_SECOND },
        { .kind = FAULT_LEAVE,
          .of = { .kind = SELECT_RANGE, .first = 10, .nodes = 5 },
          .at = 45 * SIM_SECOND },
    };
    struct distribution *session = exponential(20), *downtime = exponential(5);

    (void)state;
    for (int way = 0; way < 16; way++) {
        struct trial t;
        struct sim_config *c = &t.setup.config;

        open_trial(&t, way & 1, "interval=500ms view=5 swap=3");
        c->churn.session = session;
        c->churn.downtime = downtime;
        c->churn.rejoin = way & 2 ? REJOIN_LOSE : REJOIN_KEEP;
        c->churn.leave = way & 4 ? LEAVE_GRACEFUL : LEAVE_CRASH;
        c->timing = way & 8 ? TIMING_ROUNDS : TIMING_EVENTS;
        c->round = 250 * SIM_MILLISECOND;
        c->network.loss = 0.1;
        c->network.duplicate = 0.1;
        c->network.retransmit = 20 * SIM_MILLISECOND;
        c->members = (way ^ way >> 1 ^ way >> 2) & 1 ? MEMBERS_JOIN : MEMBERS_JOINED;
        c->join_rate = c->members == MEMBERS_JOIN && way & 8 ? 10 : 0;
        c->absent_first = 30;
        c->absent_nodes = 6;
        c->faults = faults;
        c->fault_count = sizeof faults / sizeof *faults;
        run_trial(&t);
        assert_true(metric(&t.result, "shuffle.failed") > 0);
        close_trial(&t);
    }
    distribution_free(session);
    distribution_free(downtime);
}

/* ---- what is counted ---- */

static struct config *counted;

static void count_items(struct node *n, const struct message *m)
{
    counted->shuffles++;
    counted->items += m->item_count;
    model_shuffle.on_message(n, m);
}

static void items_are_counted_to_the_byte(void **state)
{
    struct model spied = model_shuffle;
    struct trial t;

    (void)state;
    open_trial(&t, true, "swap=5");
    setup_rounds(&t.setup); /* nothing is under way between two */
    t.setup.config.stop.when = STOP_NEVER;
    spied.on_message = count_items;
    counted = t.config;
    t.setup.layers[1].model = &spied;
    run_trial(&t);
    assert_true(counted->items > 1000);
    assert_true(metric(&t.result, "bytes_digest") == (double)counted->items * SHUFFLE_ENTRY_BYTES);
    assert_true(metric(&t.result, "bytes_control") == (double)counted->shuffles * 8);
    close_trial(&t);
}

/* ---- the dead ---- */

static void count_dead(struct node *n, struct config *c)
{
    for (uint32_t i = 0; i < node_view_count(n); i++) {
        c->entries++;
        c->dead += c->is_down[node_view_at(n, i)];
    }
}

/* The share of entries that are dead between two times, of live nodes, after a crash of 16 of 40 at
 * 20 s. */
static double dead_share(sim_time until)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_COUNT, .count = 16 },
                                            .at = 20 * SIM_SECOND };
    struct trial t;
    double entries, dead;

    open_trial(&t, true, "");
    t.config->look = count_dead;
    t.setup.config.faults = &crash;
    t.setup.config.fault_count = 1;
    t.setup.config.stop.at = until - SIM_SECOND;
    run_trial(&t);
    entries = (double)t.config->entries;
    dead = (double)t.config->dead;
    t.config->entries = t.config->dead = t.config->looks = t.config->notices = 0;
    memset(t.config->is_down, 0, sizeof t.config->is_down);
    sim_result_clear(&t.result);
    t.setup.config.stop.at = until;
    run_trial(&t);
    assert_true(metric(&t.result, "dropped_down") > 0 || until <= crash.at);
    entries = (double)t.config->entries - entries;
    dead = (double)t.config->dead - dead;
    close_trial(&t);
    return dead / entries;
}

static void the_dead_stay_until_they_are_dropped(void **state)
{
    (void)state;
    assert_true(dead_share(20 * SIM_SECOND) == 0);
    /* Of 24 * 8 entries 16/39 are dead, and hardly any has been dropped: 4 standard errors. */
    assert_true(fabs(dead_share(20 * SIM_SECOND + SIM_SECOND / 2) - 16.0 / 39 / 2) < 0.1);
    assert_true(dead_share(22 * SIM_SECOND) > 0.2);
    assert_true(dead_share(60 * SIM_SECOND) == 0);
}

/* ---- picking ---- */

static uint32_t place_in_view(struct node *n, node_id peer)
{
    uint32_t i = 0;

    while (i < node_view_count(n) && node_view_at(n, i) != peer)
        i++;
    assert_true(i < node_view_count(n));
    return i;
}

/* Each way, from views that are full: counted by place in the view. */
static void pick_one(struct node *n, struct config *c)
{
    node_id peer;

    for (int k = 0; k < 20 && node_view_count(n) == VIEW; k++) {
        assert_true(node_pick_peer(n, &peer));
        c->counts[place_in_view(n, peer)]++;
    }
}

static void pick_three(struct node *n, struct config *c)
{
    node_id peers[VIEW + 1];
    uint64_t met = 0;

    if (node_view_count(n) < VIEW)
        return;
    assert_int_equal(node_pick_peers(n, peers, 3), 3);
    for (int i = 0; i < 3; i++) {
        assert_false(met >> peers[i] & 1);
        met |= (uint64_t)1 << peers[i];
        c->counts[place_in_view(n, peers[i])]++;
    }
    assert_int_equal(node_pick_peers(n, peers, VIEW - 1), VIEW - 1);
    c->counts[place_in_view(n, peers[0])]++; /* in any order */
    assert_int_equal(node_pick_peers(n, peers, VIEW + 1), VIEW);
}

/* A lap has each once; the first of it is anybody. */
static void pick_laps(struct node *n, struct config *c)
{
    uint32_t shuffled = VIEW * (uint32_t)(node_now(n) / SIM_SECOND), turn = 0;
    uint64_t met = 0, round = 0;
    node_id peer;

    if (node_view_count(n) < VIEW)
        return;
    for (int i = 0; i < VIEW; i++) {
        assert_true(node_pick_shuffled(n, &shuffled, &peer));
        c->counts[place_in_view(n, peer)] += i == 0;
        met |= (uint64_t)1 << peer;
        assert_true(node_pick_in_turn(n, &turn, &peer));
        round |= (uint64_t)1 << peer;
    }
    assert_true(met == view_of(n) && round == view_of(n));
}

static void check_even(void (*look)(struct node *n, struct config *c))
{
    struct trial t;

    open_trial(&t, true, "");
    t.config->look = look;
    t.setup.config.stop.at = 200 * SIM_SECOND;
    run_trial(&t);
    assert_true(t.config->counts[0] > 1000);
    assert_true(fabs(law_even(t.config->counts, VIEW)) < LAW_Z);
    close_trial(&t);
}

static void picks_are_even(void **state)
{
    (void)state;
    check_even(pick_one);
    check_even(pick_three);
    check_even(pick_laps);
}

/* Steps up the ring of the scenario's numbers. */
static uint32_t distance_to(struct node *n, const struct config *c, node_id peer)
{
    const uint32_t steps = (numbering_outside(&c->numbering, peer) + NODES -
                            numbering_outside(&c->numbering, node_self(n))) %
                           NODES;

    return steps < NODES - steps ? steps : NODES - steps;
}

/* The nearer half of the law is as likely as the law says; counts[0] of it, expected in micros. */
static void pick_by_distance(struct node *n, struct config *c)
{
    const uint32_t count = node_view_count(n);
    double sum = 0, first = 0;
    uint32_t least = NODES;
    node_id peer;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t distance = distance_to(n, c, node_view_at(n, i));

        sum += 1.0 / distance / distance;
        first += i == 0 ? 1.0 / distance / distance : 0;
        least = distance < least ? distance : least;
    }
    if (count == 0) {
        assert_false(node_pick_by_distance(n, 2, &peer));
        return;
    }
    c->entries += (uint64_t)(first / sum * 1e6); /* a law of 24 bits, and half a way round */
    for (int k = 0; k < 10; k++) {
        assert_true(node_pick_by_distance(n, 2, &peer));
        c->counts[0] += place_in_view(n, peer) == 0;
        c->counts[1]++;
        assert_true(node_pick_by_distance(n, 1000, &peer));
        assert_int_equal(distance_to(n, c, peer), least);
    }
}

static void picks_by_distance_follow_the_law(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, true, "");
    t.config->look = pick_by_distance;
    t.setup.config.stop.at = 100 * SIM_SECOND;
    run_trial(&t);
    const double picks = t.config->counts[1], expected = (double)t.config->entries * 1e-6 * 10;

    assert_true(fabs(t.config->counts[0] - expected) < LAW_Z * sqrt(picks * 0.25));
    close_trial(&t);
}

/* ---- with shards ---- */

static uint64_t holders_of(struct node *n)
{
    uint64_t holders = 0;

    for (uint32_t i = 0; i < node_shard_count(n); i++)
        for (uint32_t place = 0; place < node_replica_count(n); place++)
            holders |= (uint64_t)1 << node_holder(n, node_shard(n, i), place);
    return holders & ~((uint64_t)1 << node_self(n));
}

/* All ways pick from those of the view who hold a shard of the node, and find them all. */
static void pick_holders(struct node *n, struct config *c)
{
    const uint64_t peers = view_of(n) & holders_of(n);
    const int count = __builtin_popcountll(peers);
    uint32_t shuffled = 0, turn = 0;
    node_id some[VIEW], peer;
    uint64_t met = 0, round = 0, lap = 0;

    c->entries += (uint64_t)count;
    assert_int_equal(node_pick_peers(n, some, VIEW), count);
    for (int i = 0; i < count; i++) {
        met |= (uint64_t)1 << some[i];
        assert_true(node_pick_in_turn(n, &turn, &peer));
        round |= (uint64_t)1 << peer;
        assert_true(node_pick_shuffled(n, &shuffled, &peer));
        lap |= (uint64_t)1 << peer;
    }
    assert_true(met == peers && round == peers && lap == peers);
    for (int i = 0; i < 20; i++) {
        assert_true(node_pick_peer(n, &peer) == (count > 0));
        assert_true(count == 0 || peers >> peer & 1);
        assert_true(node_pick_by_distance(n, i % 2 ? 1 : 1000, &peer) == (count > 0));
        assert_true(count == 0 || peers >> peer & 1);
    }
}

static void with_shards_holders_of_the_view_are_picked(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, true, "");
    t.config->has_shards = true;
    t.config->look = pick_holders;
    t.setup.config.store.shards = 8;
    t.setup.config.store.replicas = 10;
    run_trial(&t);
    assert_true(t.config->entries > t.config->looks); /* one each at least */
    close_trial(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_view_carries_news_to_all),
        cmocka_unit_test(notices_and_view_agree_whatever_happens),
        cmocka_unit_test(items_are_counted_to_the_byte),
        cmocka_unit_test(the_dead_stay_until_they_are_dropped),
        cmocka_unit_test(picks_are_even),
        cmocka_unit_test(picks_by_distance_follow_the_law),
        cmocka_unit_test(with_shards_holders_of_the_view_are_picked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
