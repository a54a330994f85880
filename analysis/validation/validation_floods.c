/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_floods.c - flooding topologies: what it costs, and what it reaches where nodes are
 * down.
 *
 * Percolation of random r-regular graphs whose nodes are up with probability q: R. Cohen, K. Erez,
 * D. ben-Avraham, S. Havlin, Resilience of the Internet to random breakdowns, Phys. Rev. Lett. 85,
 * 2000.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

enum { DEGREE = 5 };

#define FLOOD(topology_, nodes_, runs_, quick_, down_)                                       \
    {                                                                                        \
        .model = "flood", .parameters = "", .nodes = (nodes_), .runs = (runs_),              \
        .quick_runs = (quick_), .stop = STOP_QUIET, .topology = (topology_), .down = (down_) \
    }

static const struct validation_trial regular = FLOOD("random-regular degree=8", 1000, 20, 5, 0),
                                     torus = FLOOD("grid wrap=true", 1024, 20, 5, 0),
                                     above = FLOOD("random-regular degree=5", 10000, 400, 60, 0.6),
                                     below =
                                         FLOOD("random-regular degree=5", 10000, 1000, 200, 0.85);

static double messages(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->messages;
}

/* All degrees together, less the link on which each node but the origin got it. */
static double links_less_a_tree(const struct validation_row *row, const struct validation_run *run)
{
    const double nodes = (double)row->trial->nodes;

    (void)run;
    return row->argument * nodes - (nodes - 1);
}

static double reached_share(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return 1 - run->residue;
}

static double reached_nodes(const struct validation_row *row, const struct validation_run *run)
{
    return (1 - run->residue) * (double)row->trial->nodes * (1 - row->trial->down);
}

/* Of the live nodes the share 1 - u^r is in the large component, and so is the origin with that
 * probability. */
static double giant_squared(const struct validation_row *row, const struct validation_run *run)
{
    const double up = 1 - row->trial->down;
    double u = 0;

    (void)run;
    for (int i = 0; i < 1000; i++)
        u = 1 - up + up * pow(u, DEGREE - 1);
    return pow(1 - pow(u, DEGREE), 2);
}

static double small_component(const struct validation_row *row, const struct validation_run *run)
{
    const double up = 1 - row->trial->down;

    (void)run;
    return 1 + DEGREE * up / (1 - (DEGREE - 1) * up);
}

const struct validation_row validation_floods[] = {
    { "flood, 8-regular, n=1000: payloads", "count over links", .trial = &regular,
      .figure = messages, .law = links_less_a_tree, .formula = "S - (n - 1)", .argument = 8 },
    { "flood, torus, n=1024: payloads", "count over links", .trial = &torus, .figure = messages,
      .law = links_less_a_tree, .formula = "S - (n - 1)", .argument = 4 },
    { "flood, 5-regular, 40 % up: share reached", "Cohen et al. 2000", .trial = &above,
      .figure = reached_share, .law = giant_squared, .formula = "(1 - u^r)^2", .window = 0.001,
      .share = SHARE_OF_RUNS },
    { "flood, 5-regular, 15 % up: nodes reached", "Cohen et al. 2000", .trial = &below,
      .figure = reached_nodes, .law = small_component, .formula = "1+rq/(1-(r-1)q)" },
    { .what = NULL },
};
