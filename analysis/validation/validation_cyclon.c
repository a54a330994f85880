/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_cyclon.c - partial views: what graph they make, and how far gossip over it reaches
 * when nodes have crashed and nobody has noticed yet.
 *
 * Source: J. Leitao, J. Pereira, L. Rodrigues, HyParView: a membership protocol for reliable
 * gossip-based broadcast, DSN 2007, which measures Cyclon beside it: 10 000 nodes that join one by
 * one through one contact, 50 cycles, and messages that each node forwards once, when it first gets
 * one, to four random peers of its view, dead or not.  Reliability is the share of the live nodes
 * that get a message.
 */
#include "analysis/validation/validation_lists.h"

static const char leitao[] = "Leitao et al., HyParView, 2007";

#define CYCLON(down_)                                                                        \
    {                                                                                        \
        .model = "cyclon", .parameters = "view=35 shuffle=14", .nodes = 10000, .runs = 6,    \
        .quick_runs = 3, .stop = STOP_NEVER, .seconds = 50, .updates = 100, .down = (down_), \
        .gossip = "mode=push stop=rounds k=1 fanout=4 interval=10ms phase=together"          \
    }
static const struct validation_trial whole = CYCLON(0);
static const struct validation_trial after[] = { CYCLON(.1), CYCLON(.3), CYCLON(.5), CYCLON(.7),
                                                 CYCLON(.9) };

double validation_clustering(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->clustering;
}

double validation_path_length(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->path_length;
}

static double in_degree(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->in_degree;
}

static double last_hop(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->last_hop;
}

static double reliability(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return 1 - run->residue;
}

static double view(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument;
}

#define PRINTED(what_, trial_, figure_, published_)                                    \
    {                                                                                  \
        what_, leitao, .trial = (trial_), .figure = figure_, .published = (published_) \
    }
#define REACHES(what_, trial_, published_)                                                  \
    {                                                                                       \
        what_, leitao, .trial = (trial_), .figure = reliability, .published = (published_), \
                       .share = SHARE_OF_NODES                                              \
    }

const struct validation_row validation_cyclons[] = {
    { "cyclon 35/14: views that a node is in", "Voulgaris et al., 2005", .trial = &whole,
      .figure = in_degree, .law = view, .formula = "view", .argument = 35, .window = 0.001 },
    PRINTED("cyclon 35/14: clustering", &whole, validation_clustering, ".0068"),
    PRINTED("cyclon 35/14: mean path", &whole, validation_path_length, "2.604"),
    PRINTED("cyclon 35/14, fanout 4: last hop", &whole, last_hop, "10.6"),
    REACHES("cyclon 35/14, fanout 4: reliability", &whole, ".984"),
    REACHES("cyclon, 10 % crashed: reliability", &after[0], ".974"),
    REACHES("cyclon, 30 % crashed: reliability", &after[1], ".926"),
    REACHES("cyclon, 50 % crashed: reliability", &after[2], ".734"),
    REACHES("cyclon, 70 % crashed: reliability", &after[3], ".118"),
    REACHES("cyclon, 90 % crashed: reliability", &after[4], ".002"),
    { .what = NULL },
};
