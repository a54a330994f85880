/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds.h - what topology.c lists, from the files that make the graphs; see topology.h.
 */
#ifndef EXPERIMENT_TOPOLOGY_KINDS_H
#define EXPERIMENT_TOPOLOGY_KINDS_H

#include "base/param.h"

struct links;

struct edges_params {
    sim_time unit; /* of plain weights; 0: they are no latencies */
};

extern const struct param line_rows[], ring_rows[], grid_rows[], regular_rows[], small_world_rows[],
    scale_free_rows[], erdos_renyi_rows[], dial_rows[], tree_rows[], star_rows[];

bool ring_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool grid_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool regular_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool small_world_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool scale_free_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool erdos_renyi_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);
bool dial_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX]);

double line_count(const void *params, int64_t nodes);
double ring_count(const void *params, int64_t nodes);
double grid_count(const void *params, int64_t nodes);
double regular_count(const void *params, int64_t nodes);
double small_world_count(const void *params, int64_t nodes);
double scale_free_count(const void *params, int64_t nodes);
double erdos_renyi_count(const void *params, int64_t nodes);
double dial_count(const void *params, int64_t nodes);
double tree_count(const void *params, int64_t nodes);

bool line_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool ring_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool grid_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool regular_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool small_world_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool scale_free_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool erdos_renyi_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool dial_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool tree_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);
bool star_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links);

#endif
