/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom a node picks: never itself, nobody twice, nobody who is down if the scenario says so, with
 * shards holders of its own only; all alike, however few are up, in every place of a sample,
 * however many are wanted; by distance as the law says, either way round; in turn each once a
 * round, shuffled each once a lap and in any order.  If there are fewer than wanted all come, and
 * if there is nobody a node is told so.
 */
#include "law.h"
#include "sim/truth/numbering.h"
#include "sim/value/distance.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES_MAX = 64, MANY_MAX = 4000, FEW_MAX = 12 };

/* What the nodes of a run are asked to do, once, when all faults have happened. */
struct config {
    void (*ask)(struct node *n, struct config *c);
    uint32_t nodes, wanted, replicas, picks;
    bool alive_only;
    bool is_down[MANY_MAX];
    struct numbering numbering;
    double exponent;
    uint32_t by_steps[NODES_MAX]; /* picks, by steps up the ring */
    uint32_t by_place[NODES_MAX][NODES_MAX];
    uint32_t asked, degrees;
    node_id few[FEW_MAX]; /* met so far, and how often each was picked by each */
    uint32_t few_count, by_few[FEW_MAX][FEW_MAX];
    double chi; /* square, of all nodes together, with so many degrees of freedom */
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void be_asked(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);

    (void)tag;
    (void)value;
    c->asked++;
    c->ask(n, c);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    config_of(n)->is_down[node_self(n)] = true;
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = NULL } };
static const struct model asked = {
    .name = "asked",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = be_asked,
    .on_down = go,
};

/* Asks all nodes of a run; `crash` of them are down then. */
static void ask(const struct config *how, uint32_t shards, int64_t crash, struct config *answer)
{
    const struct sim_fault fault = {
        FAULT_CRASH,     { .kind = SELECT_COUNT, .count = crash }, SIM_MILLISECOND, 0, 0,
        .obstacle = NULL
    };
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, how->nodes);
    setup_add_model(&setup, &asked, "");
    *(struct config *)setup.configs[0] = *how;
    numbering_init(&((struct config *)setup.configs[0])->numbering, how->nodes,
                   draw_key(1, 0, PURPOSE_NUMBERING));
    setup.config.peers = how->alive_only ? PEERS_ALIVE : PEERS_ALL;
    setup.config.store.shards = shards;
    setup.config.store.replicas = how->replicas;
    setup.config.workload.updates = 0;
    setup.config.faults = &fault;
    setup.config.fault_count = crash > 0;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    *answer = *(struct config *)setup.configs[0];
    assert_int_equal(answer->asked, how->nodes - crash);
    sim_result_clear(&result);
    setup_clear(&setup);
}

/* Those who may be picked: how many times each is met among this node's shards. */
static uint32_t list_others(const struct node *n, const struct config *c, uint32_t times[NODES_MAX])
{
    uint32_t others = 0;

    memset(times, 0, NODES_MAX * sizeof *times);
    for (uint32_t i = 0; i < node_shard_count(n); i++)
        for (uint32_t place = 0; place < node_replica_count(n); place++)
            times[node_holder(n, node_shard(n, i), place)]++;
    times[node_self(n)] = 0;
    for (node_id i = 0; i < c->nodes; i++) {
        if (c->alive_only && c->is_down[i])
            times[i] = 0;
        others += times[i] > 0;
    }
    return others;
}

/* Steps up the ring of the scenario's numbers from this node to `peer`. */
static uint32_t steps_to(const struct node *n, const struct config *c, node_id peer)
{
    return (numbering_outside(&c->numbering, peer) + c->nodes -
            numbering_outside(&c->numbering, node_self(n))) %
           c->nodes;
}

/* ---- several at once ---- */

static void pick_several(struct node *n, struct config *c)
{
    uint32_t times[NODES_MAX];
    const uint32_t others = list_others(n, c, times);

    for (uint32_t k = 0; k < c->picks; k++) {
        node_id peers[NODES_MAX];
        bool met[NODES_MAX] = { false };
        const int count = node_pick_peers(n, peers, (int)c->wanted);

        assert_int_equal(count, others < c->wanted ? others : c->wanted);
        for (int i = 0; i < count; i++) {
            assert_true(peers[i] < c->nodes && times[peers[i]] > 0 && !met[peers[i]]);
            met[peers[i]] = true;
            c->by_place[i][peers[i]]++;
        }
    }
}

static void samples_are_of_those_there_are(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 12; nodes += 1 + nodes / 4)
        for (uint32_t shards = 1; shards <= 30; shards += 1 + shards)
            for (uint32_t replicas = 1; replicas <= nodes; replicas++)
                for (uint32_t wanted = 0; wanted <= nodes + 1; wanted += 1 + wanted / 3)
                    for (int alive = 0; alive < 2; alive++) {
                        const struct config how = { .ask = pick_several,
                                                    .nodes = nodes,
                                                    .replicas = replicas,
                                                    .wanted = wanted,
                                                    .picks = 3,
                                                    .alive_only = alive };
                        struct config answer;

                        ask(&how, shards, nodes / 3, &answer);
                    }
}

/* Each peer comes as often as another, in each place. */
static void samples_are_uniform(void **state)
{
    enum { NODES = 11, DOWN = 3 };

    (void)state;
    for (int alive = 0; alive < 2; alive++)
        for (uint32_t wanted = 1; wanted < NODES - 1; wanted++) {
            const struct config how = { .ask = pick_several,
                                        .nodes = NODES,
                                        .wanted = wanted,
                                        .picks = 1000,
                                        .alive_only = alive };
            const uint32_t live = NODES - DOWN;
            const uint32_t pool = alive ? live : NODES, places = wanted < pool - 1 ? wanted : 0;
            struct config answer;

            ask(&how, 1, DOWN, &answer);
            for (uint32_t place = 0; place < places; place++)
                for (node_id i = 0; i < NODES; i++) {
                    /* A dead one is picked by all live ones, a live one by all but itself. */
                    const double askers = live - !answer.is_down[i];
                    const double p = alive && answer.is_down[i] ? 0 : 1.0 / (pool - 1);
                    const double found = answer.by_place[place][i];

                    if (p <= 0)
                        assert_true(found <= 0);
                    else
                        assert_true(fabs(law_share(found, askers * how.picks, p)) < LAW_Z);
                }
        }
}

/* No two are found together more often than others. */
static void count_pairs(struct node *n, struct config *c)
{
    for (uint32_t k = 0; k < c->picks && node_self(n) == 0; k++) {
        node_id peers[NODES_MAX];
        const int count = node_pick_peers(n, peers, (int)c->wanted);

        for (int i = 0; i < count; i++)
            for (int j = 0; j < count; j++)
                c->by_place[peers[i]][peers[j]]++;
    }
}

static void pairs_are_as_likely_as_others(void **state)
{
    enum { NODES = 9 };

    (void)state;
    for (uint32_t wanted = 2; wanted < NODES - 1; wanted++) {
        const struct config how = {
            .ask = count_pairs, .nodes = NODES, .wanted = wanted, .picks = 20000
        };
        const double p = wanted * (wanted - 1.0) / ((NODES - 1) * (NODES - 2));
        struct config answer;

        ask(&how, 1, 0, &answer);
        for (node_id i = 1; i < NODES; i++)
            for (node_id j = 1; j < i; j++)
                assert_true(fabs(law_share(answer.by_place[i][j], how.picks, p)) < LAW_Z);
    }
}

/* ---- one ---- */

/* Each (shard, place) is as likely as another, whoever of them is up. */
static void pick_one(struct node *n, struct config *c)
{
    uint32_t times[NODES_MAX], found[NODES_MAX] = { 0 }, sum = 0;
    node_id peer;

    if (list_others(n, c, times) == 0) {
        assert_false(node_pick_peer(n, &peer));
        return;
    }
    for (uint32_t k = 0; k < c->picks; k++) {
        assert_true(node_pick_peer(n, &peer));
        found[peer]++;
    }
    for (node_id i = 0; i < c->nodes; i++)
        sum += times[i];
    for (node_id i = 0; i < c->nodes; i++) {
        const double expected = (double)c->picks * times[i] / sum;

        assert_true(times[i] > 0 || found[i] == 0);
        if (times[i] > 0)
            c->chi += pow(found[i] - expected, 2) / expected;
        c->degrees += times[i] > 0;
    }
    c->degrees--;
}

/* Of chi square, by Wilson and Hilferty. */
static double deviate(double chi, double degrees)
{
    return (cbrt(chi / degrees) - (1 - 2 / (9 * degrees))) / sqrt(2 / (9 * degrees));
}

static void peers_are_holders_of_random_shards(void **state)
{
    (void)state;
    for (int alive = 0; alive < 2; alive++)
        for (uint32_t replicas = 1; replicas <= 7; replicas += 2)
            for (uint32_t shards = 1; shards <= 40; shards += 13)
                for (int64_t crash = 0; crash <= 11; crash += 4) {
                    const struct config how = { .ask = pick_one,
                                                .nodes = 12,
                                                .replicas = replicas,
                                                .picks = 1000,
                                                .alive_only = alive };
                    struct config answer;

                    ask(&how, shards, crash, &answer);
                    if (answer.degrees > 0)
                        assert_true(deviate(answer.chi, answer.degrees) < LAW_Z);
                }
}

static uint32_t place_among_few(struct config *c, node_id node)
{
    uint32_t i = 0;

    while (i < c->few_count && c->few[i] != node)
        i++;
    assert_true(i < FEW_MAX);
    c->few[i] = node;
    c->few_count += i == c->few_count;
    return i;
}

static void pick_among_few(struct node *n, struct config *c)
{
    const uint32_t self = place_among_few(c, node_self(n));
    node_id peer;

    for (uint32_t k = 0; k < c->picks; k++) {
        assert_true(node_pick_peer(n, &peer));
        c->by_few[self][place_among_few(c, peer)]++;
    }
}

/* A handful of thousands is up: each of them comes as often as another. */
static void the_few_who_are_up_come_alike(void **state)
{
    enum { LIVE = 10, PICKS = 20000 };
    const struct config how = {
        .ask = pick_among_few, .nodes = MANY_MAX, .picks = PICKS, .alive_only = true
    };
    const double expected = PICKS / (LIVE - 1.0);
    struct config answer;
    double chi = 0;

    (void)state;
    ask(&how, 1, MANY_MAX - LIVE, &answer);
    assert_int_equal(answer.few_count, LIVE);
    for (int i = 0; i < LIVE; i++)
        for (int k = 0; k < LIVE; k++) {
            if (i != k)
                chi += pow(answer.by_few[i][k] - expected, 2) / expected;
            else
                assert_int_equal(answer.by_few[i][k], 0);
        }
    assert_true(fabs(deviate(chi, LIVE * (LIVE - 2))) < LAW_Z);
}

/* The weights of all nodes by the law, among those who are up on the rings of this node. */
static double weigh(const struct node *n, const struct config *c, double weights[MANY_MAX])
{
    const uint32_t size = node_replica_count(n);
    double sum = 0;

    memset(weights, 0, MANY_MAX * sizeof *weights);
    for (uint32_t i = 0; i < node_shard_count(n); i++)
        for (uint32_t place = 0; place < size; place++) {
            const uint32_t shard = node_shard(n, i), own = node_place(n, shard);
            const uint32_t steps = place > own ? place - own : own - place;
            const node_id node = node_holder(n, shard, place);

            if (steps == 0 || c->is_down[node])
                continue;
            const double weight = pow(steps < size - steps ? steps : size - steps, -c->exponent);

            weights[node] += weight;
            sum += weight;
        }
    return sum;
}

static void pick_live_by_distance(struct node *n, struct config *c)
{
    static double weights[MANY_MAX];
    uint32_t found[MANY_MAX] = { 0 };
    const double sum = weigh(n, c, weights);
    node_id peer;

    if (sum <= 0) {
        assert_false(node_pick_by_distance(n, c->exponent, &peer));
        return;
    }
    for (uint32_t k = 0; k < c->picks; k++) {
        assert_true(node_pick_by_distance(n, c->exponent, &peer));
        found[peer]++;
    }
    for (node_id i = 0; i < c->nodes; i++) {
        const double expected = c->picks * weights[i] / sum;

        assert_true(weights[i] > 0 || found[i] == 0);
        if (expected > 5) {
            c->chi += pow(found[i] - expected, 2) / expected / (1 - weights[i] / sum + 1e-9);
            c->degrees++;
        }
    }
}

/* Among the live the law holds as among all, whether most of the ring is up or hardly anybody.
 * (Shares of one node are not quite independent: each counts as a degree of its own.) */
static void distances_among_the_live_follow_the_law(void **state)
{
    static const struct {
        uint32_t nodes, shards, replicas;
        int64_t crash;
    } cases[] = { { 16, 1, 0, 5 },  { 16, 1, 0, 13 },  { 2000, 1, 0, 1994 },
                  { 13, 13, 5, 4 }, { 13, 13, 5, 10 }, { 60, 20, 6, 52 } };
    static const double exponents[] = { 0, 1, 2 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
            const struct config how = { .ask = pick_live_by_distance,
                                        .nodes = cases[i].nodes,
                                        .replicas = cases[i].replicas,
                                        .picks = 3000,
                                        .alive_only = true,
                                        .exponent = exponents[k] };
            struct config answer;

            ask(&how, cases[i].shards, cases[i].crash, &answer);
            if (answer.degrees > 0)
                assert_true(deviate(answer.chi, answer.degrees) < LAW_Z);
        }
}

/* Next neighbours only: the next who are up, one on either side. */
static void pick_live_neighbour(struct node *n, struct config *c)
{
    uint32_t near[2] = { c->nodes, c->nodes }, found[2] = { 0 };
    node_id peer;

    for (node_id i = 0; i < c->nodes; i++) {
        const uint32_t steps = steps_to(n, c, i);

        if (c->is_down[i] || steps == 0)
            continue;
        near[0] = steps < near[0] ? steps : near[0];
        near[1] = c->nodes - steps < near[1] ? c->nodes - steps : near[1];
    }
    for (uint32_t k = 0; k < c->picks; k++) {
        assert_true(node_pick_by_distance(n, c->exponent, &peer));
        const uint32_t steps = steps_to(n, c, peer);

        assert_true(steps == near[0] || c->nodes - steps == near[1]);
        found[steps != near[0]]++;
    }
    if (near[0] + near[1] < c->nodes)
        assert_true(fabs(law_share(found[0], c->picks, 0.5)) < LAW_Z);
}

static void next_neighbours_are_those_who_are_up(void **state)
{
    (void)state;
    for (int64_t crash = 0; crash <= 18; crash += 3) {
        const struct config how = { .ask = pick_live_neighbour,
                                    .nodes = 20,
                                    .picks = 1000,
                                    .alive_only = true,
                                    .exponent = 1000 };
        struct config answer;

        ask(&how, 1, crash, &answer);
    }
}

static void pick_by_distance(struct node *n, struct config *c)
{
    node_id peer;

    for (uint32_t k = 0; k < c->picks; k++) {
        assert_true(node_pick_by_distance(n, c->exponent, &peer));
        c->by_steps[steps_to(n, c, peer)]++;
    }
}

static void distances_follow_their_law(void **state)
{
    static const double exponents[] = { 0, 0.5, 1, 2, 4, 1e9 };

    (void)state;
    for (uint32_t nodes = 2; nodes <= 16; nodes += 1 + nodes / 4)
        for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
            const struct config how = {
                .ask = pick_by_distance, .nodes = nodes, .picks = 1000, .exponent = exponents[k]
            };
            struct config answer;
            double weights[NODES_MAX], sum = 0;

            ask(&how, 1, 0, &answer);
            for (uint32_t s = 1; s < nodes; s++)
                sum += weights[s] = pow(s < nodes - s ? s : nodes - s, -exponents[k]);
            assert_int_equal(answer.by_steps[0], 0);
            for (uint32_t s = 1; s < nodes; s++) {
                const double p = weights[s] / sum, picks = nodes * 1000.0;

                if (p <= 0 || p >= 1)
                    assert_true(fabs(answer.by_steps[s] - p * picks) < 0.5);
                else
                    assert_true(fabs(law_share(answer.by_steps[s], picks, p)) < LAW_Z);
            }
        }
}

/* Among five holders in a row: the outermost are next to each other on their ring. */
static void distances_are_among_the_holders(void **state)
{
    enum { REPLICAS = 5 };
    const struct config how = {
        .ask = pick_by_distance, .nodes = 13, .replicas = REPLICAS, .picks = 1000, .exponent = 1e9
    };
    struct config answer;

    (void)state;
    ask(&how, 13, 0, &answer); /* each node is at every place of some shard */
    for (uint32_t s = 0; s < 13; s++) {
        const bool is_next = s == 1 || s == 12, is_round = s == 4 || s == 9;
        const double p = is_next ? 0.4 : 0.1;

        if (is_next || is_round)
            assert_true(fabs(law_share(answer.by_steps[s], 13000, p)) < LAW_Z);
        else
            assert_int_equal(answer.by_steps[s], 0);
    }
}

/* A large ring by evenly spread draws: the table's shares against sums of the law. */
static void distances_of_a_large_ring(void **state)
{
    enum { SIZE = 200001, DRAWS = 1 << 16 };
    static const double exponents[] = { 0, 1, 1.5, 2 };
    static const uint32_t within[] = { 1, 2, 10, 1000, SIZE / 4, SIZE / 2 };
    struct memory memory = { 0 };
    struct distances distances = { .count = 0 };

    (void)state;
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        double all = 0;

        for (uint32_t d = 1; d <= SIZE / 2; d++)
            all += pow(d, -exponents[k]);
        for (size_t w = 0; w < sizeof within / sizeof *within; w++) {
            double share = 0;
            uint32_t found = 0;

            for (uint32_t d = 1; d <= within[w]; d++)
                share += pow(d, -exponents[k]) / all;
            for (uint64_t i = 0; i < DRAWS; i++)
                found +=
                    distances_draw(&distances, &memory, exponents[k], SIZE, i << 48) <= within[w];
            assert_true(fabs(found - share * DRAWS) <= 1.01);
        }
    }
    assert_int_equal(distances.count, 4);
    memory_clear(&memory);
}

/* ---- in turn ---- */

static void pick_in_turn(struct node *n, struct config *c)
{
    const uint32_t others = node_replica_count(n) - 1, round = others * node_shard_count(n);
    uint32_t times[NODES_MAX], found[NODES_MAX] = { 0 }, turn = 0;
    node_id peer;

    if (list_others(n, c, times) == 0) {
        assert_false(node_pick_in_turn(n, &turn, &peer));
        return;
    }
    for (uint32_t k = 0; k < 3 * round; k++) {
        assert_int_equal(turn, k);
        assert_true(node_pick_in_turn(n, &turn, &peer));
        if (others == c->nodes - 1 && node_shard_count(n) == 1)
            assert_int_equal(steps_to(n, c, peer), k % others + 1);
        found[peer]++;
    }
    for (node_id i = 0; i < c->nodes; i++)
        assert_int_equal(found[i], 3 * times[i]);
}

static void a_round_visits_all_others(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 9; nodes += 2)
        for (uint32_t replicas = 1; replicas <= nodes; replicas++)
            for (uint32_t shards = 1; shards <= 20; shards += 1 + shards) {
                const struct config how = { .ask = pick_in_turn,
                                            .nodes = nodes,
                                            .replicas = replicas };
                struct config answer;

                ask(&how, shards, 0, &answer);
            }
}

/* Those who are up, with shards as often as they are met. */
static void pick_live_in_turn(struct node *n, struct config *c)
{
    uint32_t times[NODES_MAX], found[NODES_MAX] = { 0 }, turn = 0, round = 0;
    node_id peer;

    list_others(n, c, times);
    for (node_id i = 0; i < c->nodes; i++)
        round += times[i];
    if (round == 0)
        assert_false(node_pick_in_turn(n, &turn, &peer));
    for (uint32_t k = 0; k < 2 * round; k++) {
        assert_true(node_pick_in_turn(n, &turn, &peer));
        found[peer]++;
    }
    for (node_id i = 0; i < c->nodes; i++)
        assert_int_equal(found[i], 2 * times[i]);
}

/* ---- shuffled ---- */

static void pick_shuffled(struct node *n, struct config *c)
{
    uint32_t times[NODES_MAX], turn = 0;
    const uint32_t others = list_others(n, c, times);
    node_id peer;

    if (others == 0)
        assert_false(node_pick_shuffled(n, &turn, &peer));
    for (int lap = 0; lap < 3; lap++) {
        uint32_t found[NODES_MAX] = { 0 };

        for (uint32_t k = 0; k < others; k++) {
            assert_true(node_pick_shuffled(n, &turn, &peer));
            found[peer]++;
        }
        for (node_id i = 0; i < c->nodes; i++)
            assert_int_equal(found[i], times[i] > 0);
    }
}

static void laps_visit_each_peer_once(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= 13; nodes += 3)
        for (uint32_t replicas = 1; replicas <= nodes; replicas++)
            for (uint32_t shards = 1; shards <= 20; shards += 1 + shards)
                for (int64_t crash = 0; crash < nodes; crash += 3)
                    for (int turn = 0; turn < 2; turn++) {
                        const struct config how = { .ask = turn ? pick_live_in_turn : pick_shuffled,
                                                    .nodes = nodes,
                                                    .replicas = replicas,
                                                    .alive_only = true };
                        struct config answer;

                        ask(&how, shards, crash, &answer);
                    }
}

/* Laps of all nodes: who comes at which place, who after whom, who in the next lap at the place. */
static void note_orders(struct node *n, struct config *c)
{
    const uint32_t others = c->nodes - 1;
    uint32_t turn = 0;
    node_id before[NODES_MAX] = { 0 }, now[NODES_MAX];

    for (uint32_t lap = 0; lap < c->picks; lap++) {
        for (uint32_t k = 0; k < others; k++) {
            assert_true(node_pick_shuffled(n, &turn, &now[k]));
            now[k] -= now[k] > node_self(n); /* its number among the others */
            if (c->wanted == 0)
                c->by_place[k][now[k]]++;
            else if (c->wanted == 1 && k > 0)
                c->by_place[now[k - 1]][now[k]]++;
            else if (c->wanted == 2 && lap > 0)
                c->by_place[before[k]][now[k]]++;
        }
        memcpy(before, now, sizeof before);
    }
}

static void orders_are_as_likely_as_others(void **state)
{
    enum { LAPS = 600 };
    static const uint32_t nodes_of[] = { 4, 8, 12, 40 };

    (void)state;
    for (size_t s = 0; s < sizeof nodes_of / sizeof *nodes_of; s++)
        for (uint32_t wanted = 0; wanted < 3; wanted++) {
            const struct config how = {
                .ask = note_orders, .nodes = nodes_of[s], .wanted = wanted, .picks = LAPS
            };
            const uint32_t others = nodes_of[s] - 1;
            uint32_t counts[NODES_MAX * NODES_MAX];
            struct config answer;
            size_t count = 0;

            ask(&how, 1, 0, &answer);
            for (uint32_t i = 0; i < others; i++)
                for (uint32_t k = 0; k < others; k++) {
                    if (wanted == 1 && i == k)
                        assert_int_equal(answer.by_place[i][k], 0);
                    else
                        counts[count++] = answer.by_place[i][k];
                }
            assert_true(fabs(law_even(counts, count)) < LAW_Z);
        }
}

static void pick_nobody(struct node *n, struct config *c)
{
    uint32_t turn = 0;
    node_id peer;

    (void)c;
    assert_false(node_pick_peer(n, &peer));
    assert_false(node_pick_by_distance(n, 1, &peer));
    assert_false(node_pick_in_turn(n, &turn, &peer));
    assert_false(node_pick_shuffled(n, &turn, &peer));
    assert_int_equal(node_pick_peers(n, &peer, 1), 0);
}

static void alone_there_is_nobody(void **state)
{
    struct config answer;

    (void)state;
    ask(&(struct config){ .ask = pick_nobody, .nodes = 1 }, 1, 0, &answer);
    ask(&(struct config){ .ask = pick_nobody, .nodes = 5, .replicas = 1 }, 7, 0, &answer);
    ask(&(struct config){ .ask = pick_nobody, .nodes = 5, .replicas = 1 }, 3, 0, &answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_of_those_there_are),
        cmocka_unit_test(samples_are_uniform),
        cmocka_unit_test(pairs_are_as_likely_as_others),
        cmocka_unit_test(peers_are_holders_of_random_shards),
        cmocka_unit_test(the_few_who_are_up_come_alike),
        cmocka_unit_test(distances_among_the_live_follow_the_law),
        cmocka_unit_test(next_neighbours_are_those_who_are_up),
        cmocka_unit_test(distances_follow_their_law),
        cmocka_unit_test(distances_are_among_the_holders),
        cmocka_unit_test(distances_of_a_large_ring),
        cmocka_unit_test(a_round_visits_all_others),
        cmocka_unit_test(laps_visit_each_peer_once),
        cmocka_unit_test(orders_are_as_likely_as_others),
        cmocka_unit_test(alone_there_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
