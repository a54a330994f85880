/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_gossipsub.c - meshes of GossipSub, and what goes through them.
 *
 * The simulation of vyzo/gerbil-simsub is published with the figures of one run without a seed: 100
 * nodes, each of which dials 20, five of them with ten messages in all, latencies of 10 to 150 ms
 * for each link, and a jitter of a tenth.
 *
 * Copies that are not the first, a node and message, lie between d/2 - 1, where each link of the
 * mesh is used once, and d - 2, where both ends send; d is the mean size of the meshes.  Where a
 * message takes no time to send, both ends always do: each has it at the latest when the other's
 * copy comes.  Somebody writes it: 1/n and 2/n more.  That each
 * mesh is as large as it should be, and has no link that only one end knows of, is tested node by
 * node (tests/theory/gossipsub_test.c).
 */
#include "analysis/validation/validation_lists.h"

static const char simsub[] = "vyzo/gerbil-simsub, one run", law[] = "count over links";

enum { UPDATES = 10 };

static const struct validation_mesh small = {
    .latency_min = 10, .latency_max = 150, .jitter = 0.1, .origins = 5, .at = 5, .bytes = 100
};

/* Uplinks that a message keeps busy for longer than it is on its way. */
static const struct validation_mesh large = { .latency_min = 10,
                                              .latency_max = 150,
                                              .jitter = 0.1,
                                              .origins = 5,
                                              .at = 5,
                                              .bytes = 200000,
                                              .is_narrow = true };

#define MESH(parameters_, mesh_)                                                          \
    {                                                                                     \
        .model = "gossipsub", .parameters = (parameters_), .nodes = 100, .runs = 40,      \
        .quick_runs = 20, .stop = STOP_NEVER, .seconds = 30, .topology = "dial links=20", \
        .updates = UPDATES, .every = 1, .mesh = (mesh_)                                   \
    }

static const struct validation_trial as_published = MESH("preset=simsub", &small),
                                     flooding = MESH("preset=simsub flood_publish=true", &small),
                                     silent = MESH("d_lazy=0 gossip_factor=0", &small),
                                     eth2 = MESH("preset=eth2 d_lazy=0 gossip_factor=0", &small),
                                     refusing =
                                         MESH("preset=eth2 d_lazy=0 gossip_factor=0 idontwant=true",
                                              &large);

/* Copies, where they do not count themselves. */
static double copies(const struct validation_row *row, const struct validation_run *run)
{
    return run->m * (double)row->trial->nodes * UPDATES;
}

static double within(const struct validation_row *row, const struct validation_run *run)
{
    return run->within[(int)row->argument];
}

static double ihaves(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->ihaves;
}

static double iwants(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->iwants;
}

static double grafts(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->grafts;
}

static double prunes(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->prunes;
}

static double mesh(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->mesh;
}

/* A node and message. */
static double duplicates(const struct validation_row *row, const struct validation_run *run)
{
    return run->duplicates / ((double)row->trial->nodes * UPDATES);
}

/* The origin has none that is the first. */
static double both_ends_send(const struct validation_row *row, const struct validation_run *run)
{
    return run->mesh - 2 + 2.0 / (double)row->trial->nodes;
}

/* 0 for the fewest copies that there can be, and 1 for the most. */
static double place(const struct validation_row *row, const struct validation_run *run)
{
    const double own = 1.0 / (double)row->trial->nodes, fewest = run->mesh / 2 - 1 + own;

    return (duplicates(row, run) - fewest) / (both_ends_send(row, run) - fewest);
}

static double middle(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument;
}

#define ONE_RUN(what_, trial_, figure_, published_)                                     \
    {                                                                                   \
        what_, simsub, .trial = (trial_), .figure = figure_, .published = (published_), \
                       .is_of_one_run = true                                            \
    }
#define WITHIN(what_, trial_, tenth, published_)                                       \
    {                                                                                  \
        what_, simsub, .trial = (trial_), .figure = within, .published = (published_), \
                       .argument = (tenth), .is_of_one_run = true                      \
    }
#define MESHES(name, trial_, low, high)                                                           \
    { name ": peers in a mesh",                                                                   \
      law,                                                                                        \
      .trial = (trial_),                                                                          \
      .figure = mesh,                                                                             \
      .law = middle,                                                                              \
      .formula = "d_low to d_high",                                                               \
      .argument = ((low) + (high)) / 2.0,                                                         \
      .window = ((high) - (low)) / 2.0 },                                                         \
    {                                                                                             \
        name ": duplicates", law, .trial = (trial_), .figure = duplicates, .law = both_ends_send, \
                                  .formula = "d - 2 + 2/n"                                        \
    }

const struct validation_row validation_meshes[] = {
    WITHIN("gossipsub, simsub: within 100 ms", &as_published, 0, "156"),
    WITHIN("gossipsub, simsub: 100 to 200 ms", &as_published, 1, "722"),
    WITHIN("gossipsub, simsub: 200 to 300 ms", &as_published, 2, "112"),
    ONE_RUN("gossipsub, simsub: copies", &as_published, copies, "6280"),
    ONE_RUN("gossipsub, simsub: IHAVEs", &as_published, ihaves, "7212"),
    ONE_RUN("gossipsub, simsub: IWANTs", &as_published, iwants, "44"),
    ONE_RUN("gossipsub, simsub: GRAFTs", &as_published, grafts, "372"),
    ONE_RUN("gossipsub, simsub: PRUNEs", &as_published, prunes, "7"),
    WITHIN("gossipsub, simsub, flood publish: within 100 ms", &flooding, 0, "527"),
    WITHIN("gossipsub, simsub, flood publish: 100 to 200 ms", &flooding, 1, "463"),
    ONE_RUN("gossipsub, simsub, flood publish: copies", &flooding, copies, "6738"),
    MESHES("gossipsub, 6 of 5 to 12", &silent, 5, 12),
    MESHES("gossipsub, 8 of 6 to 12", &eth2, 6, 12),
    { "gossipsub, IDONTWANT: from d/2 - 1 to d - 2", law, .trial = &refusing, .figure = place,
      .law = middle, .formula = "0 to 1", .argument = 0.5, .window = 0.5 },
    { .what = NULL },
};
