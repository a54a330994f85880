/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom a node picks by distance among the other groups where its own fills the ring around it: as
 * the law says among these alone, also of those who are up; where the law is so steep that all of
 * them weigh nothing, the nearest.
 */
#include "asking.h"
#include "law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 600, EVERY = 100, STEEP = 30 };
static const uint32_t ends[] = { 250, NODES };

static bool is_asked(const struct node *n, const struct config *c)
{
    return numbering_outside(&c->numbering, node_self(n)) % EVERY == 0;
}

static uint32_t distance_to(const struct node *n, const struct config *c, node_id peer)
{
    const uint32_t steps = steps_to(n, c, peer);

    return steps < NODES - steps ? steps : NODES - steps;
}

static bool is_beyond(const struct node *n, const struct config *c, node_id peer)
{
    const bool is_first = numbering_outside(&c->numbering, peer) < ends[0];

    return is_first != (numbering_outside(&c->numbering, node_self(n)) < ends[0]) &&
           !c->is_down[peer];
}

/* The weights of all nodes by the law; returns their sum. */
static double weigh(const struct node *n, const struct config *c, double weights[NODES])
{
    uint32_t least = NODES;
    double sum = 0;

    for (node_id i = 0; i < NODES; i++)
        if (is_beyond(n, c, i) && distance_to(n, c, i) < least)
            least = distance_to(n, c, i);
    for (node_id i = 0; i < NODES; i++) {
        const uint32_t distance = distance_to(n, c, i);

        weights[i] = !is_beyond(n, c, i)    ? 0
                     : c->exponent >= STEEP ? distance == least
                                            : pow(distance / (double)least, -c->exponent);
        sum += weights[i];
    }
    return sum;
}

static void pick_beyond(struct node *n, struct config *c)
{
    uint32_t found[NODES] = { 0 };
    double weights[NODES], sum;
    node_id peer;

    if (!is_asked(n, c))
        return;
    sum = weigh(n, c, weights);
    node_narrow(n, false);
    for (uint32_t k = 0; k < c->picks; k++) {
        const bool is_there = node_pick_by_distance(n, c->exponent, &peer);

        assert_int_equal(is_there, sum > 0);
        if (is_there)
            found[peer]++;
    }
    node_widen(n);
    for (node_id i = 0; i < NODES && sum > 0; i++) {
        const double share = weights[i] / sum, expected = c->picks * share;

        assert_true(weights[i] > 0 || found[i] == 0);
        if (expected > 5 && share < 1) {
            c->chi += pow(found[i] - expected, 2) / expected / (1 - share);
            c->degrees++;
        }
    }
}

static void those_beyond_follow_the_law(void **state)
{
    static const double exponents[] = { 0, 2, 5, STEEP, 70 };
    static const int64_t crashes[] = { 0, 300, 590 };

    (void)state;
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++)
        for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
            const struct config how = { .ask = pick_beyond,
                                        .nodes = NODES,
                                        .picks = 2000,
                                        .alive_only = crashes[i] > 0,
                                        .exponent = exponents[k],
                                        .group_ends = ends,
                                        .group_count = sizeof ends / sizeof *ends };
            struct config answer;

            ask(&how, 1, crashes[i], &answer);
            if (answer.degrees > 0 && !(law_chi(answer.chi, answer.degrees) < LAW_Z))
                fail_msg("exponent %g, %d down: chi square %g of %u", exponents[k], (int)crashes[i],
                         answer.chi, answer.degrees);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(those_beyond_follow_the_law) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
