/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overlay.h - the views of all nodes of a run, kept up to date by an observer, as a graph. */
#ifndef TESTS_THEORY_OVERLAY_H
#define TESTS_THEORY_OVERLAY_H

#include "sim/sim.h"

enum { OVERLAY_DEGREE_MAX = 16 };

struct overlay {
    uint32_t nodes;
    uint32_t *degrees; /* of each node: its peers, by the scenario's numbers */
    node_id (*peers)[OVERLAY_DEGREE_MAX];
    bool *is_up;
    struct sim_observer observer;
};

/* Watches runs of `config`, one at a time; to be cleared. */
void overlay_init(struct overlay *overlay, struct sim_config *config);
void overlay_clear(struct overlay *overlay);

/* Links both ends of which have them, of links that live nodes have with live ones; those with
 * others; and of all live nodes the share that has `degree` of them. */
uint32_t overlay_one_way(const struct overlay *overlay);
uint32_t overlay_dead(const struct overlay *overlay);
double overlay_share_of(const struct overlay *overlay, uint32_t degree);
uint64_t overlay_links(const struct overlay *overlay);

/* Of live nodes, all links taken both ways: the mean of local clustering coefficients, the mean
 * length of shortest paths from the first `sources` of them, and how many nodes the first reaches,
 * itself among them. */
double overlay_clustering(const struct overlay *overlay);
double overlay_path(const struct overlay *overlay, uint32_t sources);
uint32_t overlay_reached(const struct overlay *overlay);

#endif
