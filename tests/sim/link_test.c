/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link of the topology loses its share of messages, each direction its own, beside what the
 * network loses everywhere; where there is no link only the network does.
 */
#include "courier.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { NODES = 4, LETTERS = 12000 };

/* 0-1, 1-2 and 2-0; nobody is linked with 3. */
static uint64_t starts[] = { 0, 2, 4, 6, 6 };
static uint32_t ends[] = { 1, 2, 0, 2, 0, 1 };
static float losses[] = { 0.5F, 0, 0.25F, 1, 0.01F, 0.1F };
static struct sim_graph graph = { NODES, starts, ends, NULL, losses };

static double loss_between(node_id from, node_id to)
{
    for (uint64_t k = starts[from]; k < starts[from + 1]; k++)
        if (ends[k] == to)
            return (double)losses[k];
    return 0;
}

static void check_losses(double everywhere, double burst)
{
    double sent[NODES][NODES] = { 0 }, lost[NODES][NODES] = { 0 };
    struct numbering numbering;
    struct courier_trial t;

    numbering_init(&numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    courier_open(&t, NODES, "letters=12000 batch=100 interval=1s");
    t.setup.config.graph = &graph;
    t.setup.config.network.loss = everywhere;
    t.setup.config.network.loss_burst = burst;
    t.setup.config.stop.at = 200 * SIM_SECOND;
    courier_run(&t);
    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < LETTERS; k++) {
            const struct letter *letter = courier_letter(&t, i, k);
            const node_id from = numbering_outside(&numbering, i);
            const node_id to = numbering_outside(&numbering, letter->to);

            sent[from][to]++;
            lost[from][to] += letter->arrivals == 0;
        }
    for (node_id a = 0; a < NODES; a++)
        for (node_id b = 0; b < NODES; b++) {
            const double p = 1 - (1 - everywhere) * (1 - loss_between(a, b));
            /* Losses in bursts of b messages vary as much as 2b - 1 times as few do by themselves;
             * a pair has every third of them. */
            const double spread = burst > 0 ? 2 * burst - 1 : 1;

            assert_true(a == b || sent[a][b] == LETTERS / (NODES - 1));
            assert_true(fabs(lost[a][b] - sent[a][b] * p) <=
                        4 * sqrt(sent[a][b] * p * (1 - p) * spread));
        }
    courier_close(&t);
}

static void links_lose_their_share(void **state)
{
    (void)state;
    check_losses(0, 0);
    check_losses(0.2, 0);
    check_losses(0.2, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_lose_their_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
