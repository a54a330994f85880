/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_overlays.c - broadcast over HyParView's links: by flooding them, and by Plumtree.
 *
 * The published runs have 10 000 nodes, which join one by one through one contact; messages take no
 * time, and in a cycle every node shuffles once.  Here a cycle is 100 s and a message takes 1 us.
 * S is the sum of the sizes of all active views, as they are when a message is sent.  Announcements
 * are counted where nothing else is sent: nodes do not shuffle, and have links as after many
 * cycles.
 *
 * After a failure the paper sends a first message, whose failures show each node which of its links
 * are broken, and 999 more once these are replaced.  Here keep-alives show it, also to nodes that
 * the first message does not reach; of the others 19 stand for 999.  Nodes have not joined one by
 * one there, but are in a random graph of the same degrees from the start.
 *
 * Sources: J. Leitao, J. Pereira, L. Rodrigues, HyParView, DSN 2007, and Epidemic broadcast trees,
 * SRDS 2007.
 */
#include "analysis/validation/validation_lists.h"

static const char dsn[] = "Leitao et al., DSN 2007", srds[] = "Leitao et al., SRDS 2007";

enum { NODES = 10000 };

#define OVER(model_, parameters_, view_, updates_, every_, seconds_)                            \
    .model = (model_), .parameters = (parameters_), .view = (view_), .nodes = NODES, .runs = 4, \
    .quick_runs = 2, .updates = (updates_), .every = (every_), .seconds = (seconds_),           \
    .stop = STOP_NEVER

#define CYCLES "interval=100s promotion_interval=100s"
#define TREE   "transport=datagram graft_timeout=1s"

static const struct validation_trial flood = { OVER("flood", "", CYCLES, 5, 100, 401),
                                               .joins = true },
                                     tree = { OVER("plumtree", TREE, CYCLES, 5, 100, 401),
                                              .joins = true },
                                     old_flood = { OVER("flood", "", CYCLES, 5, 1000, 5001),
                                                   .joins = true },
                                     settled_flood = { OVER("flood", "", CYCLES, 2, 5000, 0),
                                                       .joins = true, .ends_with_last = true },
                                     settled_tree = { OVER("plumtree", TREE, CYCLES, 11, 500, 5010),
                                                      .joins = true };

/* Nothing changes the links but the first update, which makes the tree. */
static const struct validation_trial still = { OVER("plumtree", TREE " threshold=0",
                                                    "interval=1h promotion_interval=1h", 2, 100, 0),
                                               .ends_with_last = true };

/* No cycle goes by. */
#define FAILING(share)                                                         \
    {                                                                          \
        OVER("flood", "transport=connection",                                  \
             "interval=1h promotion_interval=1h keep_alive=900ms", 20, 1, 20), \
            .fails = (share)                                                   \
    }
static const struct validation_trial failing[] = { FAILING(.1), FAILING(.3), FAILING(.5),
                                                   FAILING(.7), FAILING(.9) };

/* 50 nodes a cycle. */
static const struct validation_trial wearing = { OVER("plumtree", "",
                                                      "interval=10s "
                                                      "promotion_interval=10s",
                                                      100, 10, 1000),
                                                 .fails = 50, .fails_every = 10 };

static double redundancy(const struct validation_row *row, const struct validation_run *run)
{
    return run->updates[row->trial->updates - 1 - (int)row->argument].rmr;
}

static double payloads(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->updates[0].payloads;
}

/* All views together. */
static double links(const struct validation_run *run)
{
    return run->in_degree * NODES;
}

static double links_less_a_tree(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return links(run) - (NODES - 1);
}

static double a_tree(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return NODES - 1;
}

static double links_less_two_trees(const struct validation_row *row,
                                   const struct validation_run *run)
{
    (void)row;
    return links(run) - 2 * (NODES - 1);
}

/* All other messages. */
static double announcements(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->messages - run->updates[0].payloads;
}

/* Where two published programs differ: what is between them. */
static double middle(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument;
}

static double last_hop(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->last_hop;
}

/* Of a thousand messages, the first on the broken overlay. */
static double reliability(const struct validation_row *row, const struct validation_run *run)
{
    const int others = row->trial->updates - 1;
    double sum = 0;

    for (int i = 0; i < others; i++)
        sum += run->updates[i].reliability;
    return (run->updates[others].reliability + 999 * sum / others) / 1000;
}

static double reached(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return 1 - run->residue;
}

#define CYCLE(what_, trial_, cycle, published_, window_)                                       \
    {                                                                                          \
        what_ ", cycle " #cycle ": redundancy", srds, .trial = (trial_), .figure = redundancy, \
                                                      .published = (published_),               \
                                                      .argument = (cycle), .window = (window_) \
    }
#define FAILED(percent, i, published_, window_)                                     \
    {                                                                               \
        "hyparview, " percent " % failed: reliability", dsn,                        \
            .trial = &failing[i], .figure = reliability, .published = (published_), \
            .window = (window_)                                                     \
    }

const struct validation_row validation_overlays[] = {
    CYCLE("flood, hyparview", &flood, 0, "2.03", 0.02),
    CYCLE("flood, hyparview", &flood, 1, "2.90", 0.02),
    CYCLE("flood, hyparview", &flood, 2, "2.94", 0.01),
    CYCLE("flood, hyparview", &flood, 3, "2.96", 0.01),
    CYCLE("flood, hyparview", &flood, 4, "2.97", 0.01),
    CYCLE("plumtree, hyparview", &tree, 0, "2.03", 0.02),
    CYCLE("plumtree, hyparview", &tree, 1, ".89", 0.02),
    CYCLE("plumtree, hyparview", &tree, 2, ".04", 0),
    CYCLE("plumtree, hyparview", &tree, 3, ".017", 0.002),
    CYCLE("plumtree, hyparview", &tree, 4, ".009", 0.002),
    { "hyparview, 50 cycles: clustering", dsn, .trial = &settled_flood,
      .figure = validation_clustering, .law = middle, .formula = ".0003 to .0011",
      .argument = 0.0007, .window = 0.0004 },
    { "hyparview, 50 cycles: mean path", dsn, .trial = &settled_flood,
      .figure = validation_path_length, .published = "6.385", .window = 0.01 },
    { "flood, hyparview, to 40 cycles: last hop", dsn, .trial = &old_flood, .figure = last_hop,
      .law = middle, .formula = "8.0 to 9.2", .argument = 8.6, .window = 0.6 },
    { "flood, hyparview, 50 cycles: payloads", srds, .trial = &settled_flood, .figure = payloads,
      .published = "39984", .window = 20 },
    { "flood, hyparview, 50 cycles: by links", srds, .trial = &settled_flood, .figure = payloads,
      .law = links_less_a_tree, .formula = "S - (n - 1)" },
    { "plumtree, hyparview, 50 cycles: payloads", srds, .trial = &settled_tree, .figure = payloads,
      .published = "9999", .window = 20 },
    { "plumtree, hyparview: payloads by nodes", srds, .trial = &still, .figure = payloads,
      .law = a_tree, .formula = "n - 1" },
    { "plumtree, hyparview: IHAVEs", srds, .trial = &still, .figure = announcements,
      .published = "29987", .window = 20 },
    { "plumtree, hyparview: IHAVEs by links", srds, .trial = &still, .figure = announcements,
      .law = links_less_two_trees, .formula = "S - 2(n - 1)" },
    FAILED("10", 0, "1.000", 0),
    FAILED("30", 1, "1.000", 0),
    FAILED("50", 2, "1.000", 0.0005),
    FAILED("70", 3, ".999", 0.001),
    FAILED("90", 4, ".9965", 0.004),
    { "plumtree, 50 fail a cycle: reliability", srds, .trial = &wearing, .figure = reached,
      .published = "1.0000", .window = 0.0001 },
    { .what = NULL },
};
