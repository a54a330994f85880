/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay.h - the graph that views make: what a run hands out of it, and what is found of it.
 *
 * The engine knows no graph theory: whoever asks for rows gives a function that makes one from all
 * views at an instant (struct sim_config).
 */
#ifndef SIM_OVERLAY_H
#define SIM_OVERLAY_H

#include "sim/node.h"

#include <stdint.h>

/* The views of a run's nodes, as they are during the call that is given it. */
struct sim_views;

uint32_t sim_views_nodes(const struct sim_views *views);
bool sim_views_is_up(const struct sim_views *views, node_id node);

/* How many peers are in the view of a live node, whose turn it then is, and the `index`-th of them,
 * which may be down. */
uint32_t sim_views_turn(struct sim_views *views, node_id node);
node_id sim_views_at(struct sim_views *views, uint32_t index);

enum { OVERLAY_BINS = 64 };

/* What the overlay is like; NAN: there is no such, or it was not found. */
struct sim_overlay {
    sim_time at;
    double out_degree_mean; /* peers in the view of a live node, dead ones too */
    double in_degree_mean, in_degree_sd, in_degree_min, in_degree_max; /* live views that a live
                                                                          node is in */
    double dead_share; /* of the peers in live views, those that are down */

    /* Of live nodes, linked where one has the other in its view. */
    double clustering;  /* mean over nodes of the share of pairs of neighbours that are linked */
    double path_length; /* mean least number of links between two that are connected */
    double components;
    double largest; /* of the components: share of the live nodes */

    uint32_t bin_first, bin_width; /* bin i: live nodes with an in-degree from bin_first + i *
                                      bin_width on */
    uint32_t bins[OVERLAY_BINS];
    uint64_t bytes; /* that it took to find this */
};

/* Fills *row but for its time; false if memory is short.  Makes the same of the same views. */
typedef bool sim_overlay_measure(struct sim_views *views, struct sim_overlay *row);

#endif
