/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a node picks in turn, each once a round; and shuffled, each once a lap and in any order. */
#include "asking.h"
#include "law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_visits_all_others),
        cmocka_unit_test(laps_visit_each_peer_once),
        cmocka_unit_test(orders_are_as_likely_as_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
