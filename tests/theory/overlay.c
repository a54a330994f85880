/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overlay.c - see overlay.h. */
#include "tests/theory/overlay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool has(const struct overlay *o, node_id from, node_id to)
{
    for (uint32_t i = 0; i < o->degrees[from]; i++)
        if (o->peers[from][i] == to)
            return true;
    return false;
}

static void see(void *context, const struct sight *sight)
{
    struct overlay *o = context;
    node_id *peers = o->peers[sight->node];
    uint32_t *degree = &o->degrees[sight->node], i = 0;

    if (sight->what == SEEN_WIPED)
        *degree = 0;
    else if (sight->what != SEEN_VIEW)
        o->is_up[sight->node] = sight->what == SEEN_UP;
    else if (sight->is_there) {
        assert(*degree < OVERLAY_DEGREE_MAX && !has(o, sight->node, sight->peer));
        peers[(*degree)++] = sight->peer;
    } else {
        while (peers[i] != sight->peer)
            i++;
        peers[i] = peers[--*degree];
    }
}

void overlay_init(struct overlay *o, struct sim_config *config)
{
    o->nodes = (uint32_t)config->nodes;
    o->degrees = calloc(o->nodes, sizeof *o->degrees);
    o->peers = calloc(o->nodes, sizeof *o->peers);
    o->is_up = malloc(o->nodes);
    assert(o->degrees && o->peers && o->is_up);
    memset(o->is_up, true, o->nodes);
    o->observer = (struct sim_observer){ SEEN_VIEW | SEEN_UP | SEEN_DOWN | SEEN_WIPED, see, o };
    config->observer = &o->observer;
}

void overlay_clear(struct overlay *o)
{
    free(o->degrees);
    free(o->peers);
    free(o->is_up);
}

/* ---- counts ---- */

uint32_t overlay_one_way(const struct overlay *o)
{
    uint32_t count = 0;

    for (node_id from = 0; from < o->nodes; from++)
        for (uint32_t i = 0; o->is_up[from] && i < o->degrees[from]; i++)
            count += o->is_up[o->peers[from][i]] && !has(o, o->peers[from][i], from);
    return count;
}

uint32_t overlay_dead(const struct overlay *o)
{
    uint32_t count = 0;

    for (node_id from = 0; from < o->nodes; from++)
        for (uint32_t i = 0; o->is_up[from] && i < o->degrees[from]; i++)
            count += !o->is_up[o->peers[from][i]];
    return count;
}

double overlay_share_of(const struct overlay *o, uint32_t degree)
{
    uint32_t count = 0, live = 0;

    for (node_id node = 0; node < o->nodes; node++) {
        live += o->is_up[node];
        count += o->is_up[node] && o->degrees[node] == degree;
    }
    return (double)count / live;
}

uint64_t overlay_links(const struct overlay *o)
{
    uint64_t links = 0;

    for (node_id node = 0; node < o->nodes; node++)
        links += o->is_up[node] ? o->degrees[node] : 0;
    return links;
}

/* ---- the graph ---- */

static uint32_t linked_pairs(const struct overlay *o, node_id node)
{
    const node_id *peers = o->peers[node];
    uint32_t pairs = 0;

    for (uint32_t i = 0; i < o->degrees[node]; i++)
        for (uint32_t k = 0; k < i; k++)
            pairs += has(o, peers[i], peers[k]) || has(o, peers[k], peers[i]);
    return pairs;
}

double overlay_clustering(const struct overlay *o)
{
    double sum = 0;
    uint32_t live = 0;

    for (node_id node = 0; node < o->nodes; node++) {
        const uint32_t degree = o->degrees[node];

        live += o->is_up[node];
        if (o->is_up[node] && degree > 1)
            sum += 2.0 * linked_pairs(o, node) / degree / (degree - 1);
    }
    return sum / live;
}

/* Nodes that `source` reaches, itself among them, and the sum of the lengths of the ways; over the
 * links that live nodes have.  Breadth first. */
static uint32_t walk(const struct overlay *o, node_id source, uint64_t *lengths)
{
    uint32_t *depths = calloc(o->nodes, sizeof *depths); /* 1 up */
    node_id *queue = malloc(o->nodes * sizeof *queue);
    uint32_t count = 1;

    assert(depths && queue);
    queue[0] = source;
    depths[source] = 1;
    *lengths = 0;
    for (uint32_t next = 0; next < count; next++) {
        const node_id node = queue[next];

        *lengths += depths[node] - 1;
        for (uint32_t i = 0; i < o->degrees[node]; i++) {
            const node_id peer = o->peers[node][i];

            if (o->is_up[peer] && depths[peer] == 0) {
                depths[peer] = depths[node] + 1;
                queue[count++] = peer;
            }
        }
    }
    free(depths);
    free(queue);
    return count;
}

static node_id live_node(const struct overlay *o, uint32_t index)
{
    node_id node = 0;

    while (!o->is_up[node] || index-- > 0)
        node++;
    return node;
}

double overlay_path(const struct overlay *o, uint32_t sources)
{
    uint64_t sum = 0, pairs = 0;

    for (uint32_t i = 0; i < sources; i++) {
        uint64_t lengths;

        pairs += walk(o, live_node(o, i), &lengths) - 1;
        sum += lengths;
    }
    return (double)sum / (double)pairs;
}

uint32_t overlay_reached(const struct overlay *o)
{
    uint64_t lengths;

    return walk(o, live_node(o, 0), &lengths);
}
