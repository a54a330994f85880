/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom a node picks: never itself, nobody twice, nobody who is down if the scenario says so, with
 * shards holders of its own only; all alike, however few are up, in every place of a sample,
 * however many are wanted.  If there are fewer than wanted all come, and if there is nobody a node
 * is told so.
 */
#include "asking.h"
#include "law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
                        assert_true(law_chi(answer.chi, answer.degrees) < LAW_Z);
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
    assert_true(fabs(law_chi(chi, LIVE * (LIVE - 2))) < LAW_Z);
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
        cmocka_unit_test(alone_there_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
