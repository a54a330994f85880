/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers_hops.c - picking a node of the topology by how many hops away it is; see peers.h.
 *
 * A search in breadth from the node puts all others in the order of their distance; the distance is
 * drawn by the weight of its nodes, then one of these.  It goes over nodes that are down, too: they
 * are a map, and the call is routed.  Next neighbours alone need no more of the search than the
 * first nodes that may be called.
 *
 * Cost: O(nodes + links) a pick and 20 bytes a node; nothing is kept of a search, since all of them
 * together are nodes^2.  The scenario language bounds the nodes.
 * Source of the law: Demers et al., PODC 1987, section 3.
 */
#include "sim/world/peers.h"

enum { NEXT_ONLY = 63 }; /* exponents above it are for next neighbours: 2^-63 is no chance */

struct hops {
    uint32_t *seen;  /* the last search that met a node of the scenario */
    uint32_t *found; /* nodes in the order of their distance */
    uint64_t *level; /* [d]: nodes nearer than d hops */
    uint32_t searches;
};

static struct hops *hops_of(struct run *run)
{
    struct hops *hops = run->hops;

    if (hops)
        return hops;
    hops = memory_get(&run->memory, 1, sizeof *hops);
    if (!hops)
        return NULL;
    hops->seen = memory_get(&run->memory, run->nodes, sizeof *hops->seen);
    hops->found = memory_get(&run->memory, run->nodes, sizeof *hops->found);
    hops->level = memory_get(&run->memory, run->nodes + (size_t)2, sizeof *hops->level);
    if (run->memory.is_short)
        return NULL;
    run->hops = hops;
    return hops;
}

static bool may_be_called(struct node *n, uint32_t place)
{
    const struct run *run = run_of(n);

    return !run->peers->has || run->peers->has(n, run->inside[place]);
}

/* Adds the neighbours of found[begin .. end-1] that no search has met before; returns how many are
 * found then. */
static uint64_t widen(const struct sim_graph *graph, struct hops *hops, uint64_t begin,
                      uint64_t end)
{
    uint64_t found = end;

    for (uint64_t i = begin; i < end; i++) {
        const uint32_t place = hops->found[i];

        for (uint64_t k = graph->start[place]; k < graph->start[place + 1]; k++) {
            const uint32_t next = graph->to[k];

            if (hops->seen[next] == hops->searches)
                continue;
            hops->seen[next] = hops->searches;
            hops->found[found++] = next;
        }
    }
    return found;
}

static uint64_t count_callable(struct node *n, const struct hops *hops, uint64_t begin,
                               uint64_t end)
{
    uint64_t count = 0;

    if (!run_of(n)->peers->has)
        return end - begin;
    for (uint64_t i = begin; i < end; i++)
        count += may_be_called(n, hops->found[i]);
    return count;
}

/* The `index`-th of those at a distance who may be called. */
static node_id callable(struct node *n, const struct hops *hops, uint32_t distance, uint64_t index)
{
    uint64_t i = hops->level[distance];

    while (!may_be_called(n, hops->found[i]) || index-- > 0)
        i++;
    return run_of(n)->inside[hops->found[i]];
}

static double weight(struct run *run, double exponent, uint32_t distance)
{
    const uint32_t ring = 2 * run->nodes; /* whose distances go as far */

    return distances_weight(&run->distances, &run->memory, exponent, ring, distance);
}

/* Searches on; level[1 .. d] are known then, and the sum of weights is returned. */
static double search(struct node *n, struct hops *hops, double exponent, uint32_t *levels)
{
    struct run *run = run_of(n);
    uint32_t d = 1;
    double sum = 0;

    if (++hops->searches == 0) { /* all stamps have been used */
        memset(hops->seen, 0, run->nodes * sizeof *hops->seen);
        hops->searches = 1;
    }
    hops->found[0] = run->outside[n->id];
    hops->seen[hops->found[0]] = hops->searches;
    hops->level[0] = 0;
    for (hops->level[1] = 1; hops->level[d] > hops->level[d - 1]; d++) {
        hops->level[d + 1] = widen(run->config->graph, hops, hops->level[d - 1], hops->level[d]);
        const uint64_t count = count_callable(n, hops, hops->level[d], hops->level[d + 1]);

        if (count > 0 && exponent > NEXT_ONLY) {
            *levels = d;
            return (double)count;
        }
        sum += count > 0 ? (double)count * weight(run, exponent, d) : 0;
    }
    *levels = d - 1;
    return sum;
}

bool peers_pick_by_hops(struct node *n, double exponent, node_id *peer)
{
    struct run *run = run_of(n);
    struct hops *hops = hops_of(run);
    uint32_t levels, last = 0;
    double sum, at;

    if (!hops)
        return false;
    sum = search(n, hops, exponent, &levels);
    at = sum * ((double)(peers_draw(n) >> 11) * 0x1p-53);
    for (uint32_t d = exponent > NEXT_ONLY ? levels : 1; d <= levels; d++) {
        const uint64_t count = count_callable(n, hops, hops->level[d], hops->level[d + 1]);
        const double each = exponent > NEXT_ONLY ? 1 : weight(run, exponent, d);

        if (count == 0)
            continue;
        last = d;
        if (at < (double)count * each || sum <= 0) /* those who are there are too far to count */
            break;
        at -= (double)count * each;
    }
    if (last == 0)
        return false;
    const uint64_t count = count_callable(n, hops, hops->level[last], hops->level[last + 1]);

    *peer = callable(n, hops, last, draw_below(peers_draw(n), count));
    return true;
}
