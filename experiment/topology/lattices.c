/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lattices.c - topologies without chance, and the grid with far links; see topology.h. */
#include "experiment/topology/kinds.h"
#include "experiment/topology/links.h"

#include <stdio.h>

/* ---- line, star, tree ---- */

const struct param line_rows[] = { PARAM_END }, star_rows[] = { PARAM_END };

double line_count(const void *params, int64_t nodes)
{
    (void)params;
    return (double)nodes - 1;
}

bool line_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    (void)params;
    (void)key;
    for (uint32_t i = 1; i < nodes; i++)
        links_add(links, i - 1, i);
    return true;
}

bool star_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    (void)params;
    (void)key;
    for (uint32_t i = 1; i < nodes; i++)
        links_add(links, 0, i);
    return true;
}

struct tree {
    int64_t branching;
};

const struct param tree_rows[] = {
    PARAM_COUNT(struct tree, branching, "2", "1..1000000000", "children of a node"),
    PARAM_END,
};

double tree_count(const void *params, int64_t nodes)
{
    return line_count(params, nodes);
}

bool tree_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const struct tree *tree = params;

    (void)key;
    for (uint32_t i = 1; i < nodes; i++)
        links_add(links, (uint32_t)((i - 1) / tree->branching), i);
    return true;
}

/* ---- ring ---- */

struct ring {
    int64_t neighbours;
};

const struct param ring_rows[] = {
    PARAM_COUNT(struct ring, neighbours, "2", "2..1000000000", "of each node, an even number"),
    PARAM_END,
};

bool ring_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const int64_t neighbours = ((const struct ring *)params)->neighbours;

    if (neighbours % 2 == 0 && neighbours < nodes)
        return true;
    if (neighbours % 2 != 0)
        snprintf(why, PARAM_WHY_MAX, "`neighbours` must be even: half of them on each side");
    else
        snprintf(why, PARAM_WHY_MAX, "%lld neighbours of each of %lld nodes; at most %lld",
                 (long long)neighbours, (long long)nodes, (long long)nodes - 1);
    return false;
}

double ring_count(const void *params, int64_t nodes)
{
    return (double)((const struct ring *)params)->neighbours / 2 * (double)nodes;
}

bool ring_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const struct ring *ring = params;

    (void)key;
    for (uint32_t i = 0; i < nodes; i++)
        for (uint32_t k = 1; k <= ring->neighbours / 2; k++)
            links_add(links, i, (uint32_t)(((uint64_t)i + k) % nodes));
    return true;
}

/* ---- grid ---- */

struct grid {
    int64_t rows, columns, layers, far_links;
    bool wrap;
};

const struct param grid_rows[] = {
    PARAM_COUNT(struct grid, rows, "0", "0..1073741824",
                "of the grid; 0: as the other sides have it, or as near to a square as can be"),
    PARAM_COUNT(struct grid, columns, "0", "0..1073741824", "likewise"),
    PARAM_COUNT(struct grid, layers, "1", "1..1073741824", "grids upon each other"),
    PARAM_BOOL(struct grid, wrap, "false", "true: the last of a row is next to the first: a torus"),
    PARAM_COUNT(struct grid, far_links, "0", "0..1000",
                "links that each node has besides, to random others: the imperfect grid"),
    PARAM_END,
};

/* Fills in the sides that were left open; false: they do not give so many nodes. */
static bool complete_sides(struct grid *grid, int64_t nodes)
{
    const int64_t area = nodes / grid->layers;

    if (nodes % grid->layers != 0)
        return false;
    if (grid->rows == 0 && grid->columns == 0) {
        grid->rows = 1;
        for (int64_t side = 2; side * side <= area; side++)
            grid->rows = area % side == 0 ? side : grid->rows;
    }
    if (grid->rows == 0)
        grid->rows = area / grid->columns;
    if (grid->columns == 0)
        grid->columns = area / grid->rows;
    return grid->rows > 0 && grid->columns == area / grid->rows && area % grid->rows == 0;
}

bool grid_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    struct grid grid = *(const struct grid *)params;

    if (!complete_sides(&grid, nodes)) {
        snprintf(why, PARAM_WHY_MAX, "no such grid has %lld nodes: rows x columns x layers",
                 (long long)nodes);
        return false;
    }
    if (grid.far_links == 0 || grid.far_links + 6 < nodes)
        return true;
    snprintf(why, PARAM_WHY_MAX, "%lld far links of each node among %lld nodes",
             (long long)grid.far_links, (long long)nodes);
    return false;
}

double grid_count(const void *params, int64_t nodes)
{
    return (double)nodes * (double)(3 + ((const struct grid *)params)->far_links);
}

/* Links to the next along one side of the grid, whose nodes are `stride` apart. */
static void add_side(struct links *links, uint32_t node, uint64_t place, uint64_t size,
                     uint64_t stride, bool wrap)
{
    if (place + 1 < size)
        links_add(links, node, (uint32_t)(node + stride));
    else if (wrap && size > 2)
        links_add(links, node, (uint32_t)(node - place * stride));
}

/* Each node draws others until it has met so many that it is not linked to. */
static bool add_far_links(struct links *links, uint32_t nodes, int64_t each, uint64_t key)
{
    struct stream stream = stream_of(key, 0);
    struct link_set set;

    if (!link_set_init(&set, links->count + (size_t)each * nodes))
        return false;
    for (size_t i = 0; i < links->count; i++)
        link_set_add(&set, links->list[i].a, links->list[i].b);
    for (uint32_t i = 0; i < nodes; i++)
        for (int64_t found = 0, tries = 0; found < each && tries < 64 * (each + 1); tries++) {
            const uint32_t other = stream_below(&stream, nodes);

            if (other == i || !link_set_add(&set, i, other))
                continue;
            links_add(links, i, other);
            found++;
        }
    link_set_clear(&set);
    return true;
}

bool grid_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    struct grid grid = *(const struct grid *)params;

    complete_sides(&grid, nodes);
    const uint64_t columns = (uint64_t)grid.columns, area = (uint64_t)grid.rows * columns;

    for (uint32_t i = 0; i < nodes; i++) {
        add_side(links, i, i % columns, columns, 1, grid.wrap);
        add_side(links, i, i % area / columns, (uint64_t)grid.rows, columns, grid.wrap);
        add_side(links, i, i / area, (uint64_t)grid.layers, area, grid.wrap);
    }
    return grid.far_links == 0 || add_far_links(links, nodes, grid.far_links, key);
}
