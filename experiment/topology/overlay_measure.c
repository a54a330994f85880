/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overlay_measure.c - see overlay_measure.h. */
#include "experiment/topology/overlay_measure.h"
#include "experiment/topology/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 64, BATCHES_MAX = 16 };
#define STEPS_MAX ((uint64_t)1 << 29) /* of a search, and of counting triangles */

struct views {
    struct sim_views *of;
    uint32_t nodes, live;
    uint32_t *in;           /* of each node: live views that it is in */
    node_id *up;            /* the live nodes */
    uint64_t entries;       /* of live views */
    uint64_t dead;          /* of these */
    struct sim_graph graph; /* of live nodes, both ways, each link once */
    uint64_t bytes;
};

static void *room(struct views *v, uint64_t count, size_t size)
{
    v->bytes += count * size;
    return calloc(count, size);
}

/* ---- degrees ---- */

static bool count_entries(struct views *v)
{
    v->in = room(v, v->nodes, sizeof *v->in);
    v->up = room(v, v->nodes, sizeof *v->up);
    if (!v->in || !v->up)
        return false;
    for (node_id node = 0; node < v->nodes; node++) {
        if (!sim_views_is_up(v->of, node))
            continue;
        const uint32_t count = sim_views_turn(v->of, node);

        v->up[v->live++] = node;
        v->entries += count;
        for (uint32_t i = 0; i < count; i++) {
            const node_id peer = sim_views_at(v->of, i);

            if (sim_views_is_up(v->of, peer))
                v->in[peer]++;
            else
                v->dead++;
        }
    }
    return true;
}

static void fill_bins(const struct views *v, struct sim_overlay *row)
{
    row->bin_first = (uint32_t)row->in_degree_min;
    row->bin_width = (uint32_t)(row->in_degree_max - row->in_degree_min) / OVERLAY_BINS + 1;
    for (uint32_t i = 0; i < v->live; i++)
        row->bins[(v->in[v->up[i]] - row->bin_first) / row->bin_width]++;
}

static void find_degrees(const struct views *v, struct sim_overlay *row)
{
    const double mean = (double)(v->entries - v->dead) / v->live;
    uint32_t least = UINT32_MAX, most = 0;
    double squares = 0;

    for (uint32_t i = 0; i < v->live; i++) {
        const uint32_t degree = v->in[v->up[i]];

        least = degree < least ? degree : least;
        most = degree > most ? degree : most;
        squares += (degree - mean) * (degree - mean);
    }
    row->out_degree_mean = (double)v->entries / v->live;
    row->in_degree_mean = mean;
    row->in_degree_sd = sqrt(squares / v->live);
    row->in_degree_min = least;
    row->in_degree_max = most;
    if (v->entries > 0)
        row->dead_share = (double)v->dead / (double)v->entries;
    fill_bins(v, row);
}

/* ---- the graph ---- */

/* Each entry at both its ends, from `place` on of each. */
static void list_entries(struct views *v, uint64_t *place)
{
    for (uint32_t k = 0; k < v->live; k++) {
        const node_id node = v->up[k];
        const uint32_t count = sim_views_turn(v->of, node);

        for (uint32_t i = 0; i < count; i++) {
            const node_id peer = sim_views_at(v->of, i);

            if (sim_views_is_up(v->of, peer)) {
                v->graph.to[place[node]++] = peer;
                v->graph.to[place[peer]++] = node;
            }
        }
    }
}

/* Where the lists of nodes begin; two are one where both have each other. */
static void find_starts(struct views *v, uint64_t *start)
{
    uint64_t next = 0;

    for (node_id node = 0; node < v->nodes; node++) {
        uint32_t out = 0;

        start[node] = next;
        if (!sim_views_is_up(v->of, node))
            continue;
        const uint32_t count = sim_views_turn(v->of, node);

        for (uint32_t i = 0; i < count; i++)
            out += sim_views_is_up(v->of, sim_views_at(v->of, i));
        next += out + v->in[node];
    }
    start[v->nodes] = next;
}

/* Leaves each neighbour of a node once. */
static void drop_doubles(struct views *v, const uint64_t *end, uint32_t *marks)
{
    struct sim_graph *graph = &v->graph;
    uint64_t kept = 0;

    for (node_id node = 0; node < v->nodes; node++) {
        const uint64_t begin = graph->start[node];

        graph->start[node] = kept;
        for (uint64_t k = begin; k < end[node]; k++)
            if (marks[graph->to[k]] != node + 1) {
                marks[graph->to[k]] = node + 1;
                graph->to[kept++] = graph->to[k];
            }
    }
    graph->start[v->nodes] = kept;
}

static bool make_graph(struct views *v)
{
    uint64_t *place = room(v, v->nodes + 1, sizeof *place);
    uint32_t *marks = room(v, v->nodes, sizeof *marks);
    const bool is_good = place && marks;

    v->graph.nodes = v->nodes;
    v->graph.start = room(v, (uint64_t)v->nodes + 1, sizeof *v->graph.start);
    v->graph.to = room(v, 2 * (v->entries - v->dead) + 1, sizeof *v->graph.to);
    if (is_good && v->graph.start && v->graph.to) {
        find_starts(v, v->graph.start);
        memcpy(place, v->graph.start, (v->nodes + 1) * sizeof *place);
        list_entries(v, place);
        drop_doubles(v, place, marks);
    }
    free(place);
    free(marks);
    return is_good && v->graph.start && v->graph.to;
}

/* ---- components, and how linked neighbours are ---- */

/* The i-th of the live nodes in an order of which every part is spread evenly. */
static node_id spread(const struct views *v, uint32_t stride, uint32_t i)
{
    return v->up[(uint64_t)i * stride % v->live];
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b > 0) {
        const uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* About the golden section of their number, and so that all are met. */
static uint32_t find_stride(const struct views *v)
{
    uint32_t stride = (uint32_t)(0.6180339887 * v->live) | 1;

    while (common_divisor(v->live, stride) != 1)
        stride++;
    return stride;
}

static void find_components(const struct views *v, struct search *search, struct sim_overlay *row)
{
    uint32_t largest = 0;

    row->components = 0;
    for (uint32_t i = 0; i < v->live; i++) {
        if (search->hops[v->up[i]])
            continue;
        const uint32_t count = search_from(search, v->up[i]);

        largest = count > largest ? count : largest;
        row->components++;
    }
    row->largest = (double)largest / v->live;
}

static void find_clustering(const struct views *v, uint32_t stride, uint32_t *marks,
                            struct sim_overlay *row)
{
    uint64_t steps = 0;
    uint32_t i = 0;
    double sum = 0;

    memset(marks, 0, v->nodes * sizeof *marks);
    for (; i < v->live && steps < STEPS_MAX; i++) {
        const node_id node = spread(v, stride, i);

        for (uint64_t k = v->graph.start[node]; k < v->graph.start[node + 1]; k++)
            steps += v->graph.start[v->graph.to[k] + 1] - v->graph.start[v->graph.to[k]];
        sum += search_share_linked(&v->graph, node, marks);
    }
    row->clustering = sum / i;
}

/* ---- paths ---- */

/* Which of the batch's searches have met a node: a bit each. */
struct reach {
    uint64_t seen, now, next; /* by now; in this level; in the next one */
};

/* Goes one level on; how many were met. */
static uint64_t step_on(const struct views *v, struct reach *reach, uint64_t *steps)
{
    uint64_t met = 0;

    for (uint32_t i = 0; i < v->live; i++) {
        const node_id node = v->up[i];
        const uint64_t begin = v->graph.start[node], end = v->graph.start[node + 1];

        if (reach[node].now == 0)
            continue;
        *steps += end - begin;
        for (uint64_t k = begin; k < end; k++)
            reach[v->graph.to[k]].next |= reach[node].now;
    }
    for (uint32_t i = 0; i < v->live; i++) {
        struct reach *r = &reach[v->up[i]];

        r->now = r->next & ~r->seen;
        r->seen |= r->now;
        r->next = 0;
        met += (uint64_t)__builtin_popcountll(r->now);
    }
    *steps += v->live;
    return met;
}

static bool find_paths(struct views *v, uint32_t stride, struct sim_overlay *row)
{
    struct reach *reach = room(v, v->nodes, sizeof *reach);
    const uint32_t all = (v->live + AT_ONCE - 1) / AT_ONCE;
    const uint32_t batches = v->live <= OVERLAY_EXACT_MAX ? all : BATCHES_MAX;
    uint64_t steps = 0, pairs = 0;
    double sum = 0;

    for (uint32_t batch = 0; batch < batches && steps < STEPS_MAX && reach; batch++) {
        uint64_t met = 1;

        memset(reach, 0, v->nodes * sizeof *reach);
        for (uint32_t i = 0; i < AT_ONCE && batch * AT_ONCE + i < v->live; i++) {
            struct reach *from = &reach[spread(v, stride, batch * AT_ONCE + i)];

            from->now = from->seen = (uint64_t)1 << i;
        }
        for (uint32_t level = 1; met > 0; level++) {
            met = step_on(v, reach, &steps);
            pairs += met;
            sum += (double)met * level;
        }
    }
    if (pairs > 0)
        row->path_length = sum / (double)pairs;
    free(reach);
    return reach != NULL;
}

/* ---- all of it ---- */

static bool measure_graph(struct views *v, struct sim_overlay *row)
{
    const uint32_t stride = find_stride(v);
    struct search search;
    bool is_good;

    if (!make_graph(v))
        return false;
    is_good = search_init(&search, &v->graph);
    v->bytes += 2 * (uint64_t)v->nodes * sizeof *search.hops;
    if (is_good) {
        find_components(v, &search, row);
        find_clustering(v, stride, search.hops, row);
    }
    search_clear(&search);
    return is_good && find_paths(v, stride, row);
}

bool overlay_measure(struct sim_views *views, struct sim_overlay *row)
{
    struct views v = { .of = views, .nodes = sim_views_nodes(views) };
    bool is_good = count_entries(&v);

    *row = (struct sim_overlay){ .out_degree_mean = NAN,
                                 .in_degree_mean = NAN,
                                 .in_degree_sd = NAN,
                                 .in_degree_min = NAN,
                                 .in_degree_max = NAN,
                                 .dead_share = NAN,
                                 .clustering = NAN,
                                 .path_length = NAN,
                                 .components = NAN,
                                 .largest = NAN };
    if (is_good && v.live > 0) {
        find_degrees(&v, row);
        if (v.entries - v.dead <= OVERLAY_LINKS_MAX)
            is_good = measure_graph(&v, row);
    }
    row->bytes = v.bytes;
    free(v.in);
    free(v.up);
    free(v.graph.start);
    free(v.graph.to);
    return is_good;
}
