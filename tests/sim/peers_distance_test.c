/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom a node picks by distance on the ring of numbers: as the law says, either way round, among
 * those who are up and among the holders of its shards.
 */
#include "asking.h"
#include "law.h"
#include "sim/value/distance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
                assert_true(law_chi(answer.chi, answer.degrees) < LAW_Z);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_among_the_live_follow_the_law),
        cmocka_unit_test(next_neighbours_are_those_who_are_up),
        cmocka_unit_test(distances_follow_their_law),
        cmocka_unit_test(distances_are_among_the_holders),
        cmocka_unit_test(distances_of_a_large_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
