/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_measure.c - see topology_measure.h.  The only file that knows igraph.
 *
 * igraph finds distances and triangles where that is exact; degrees and components, and what is
 * sampled of large graphs, need no copy of the graph in its form, which takes seconds for a million
 * nodes (G. Csardi, T. Nepusz, The igraph software package for complex network research,
 * InterJournal Complex Systems 1695, 2006).
 */
#include "experiment/topology/topology_measure.h"
#include "experiment/topology/search.h"

#include <igraph/igraph.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 1000, SWEEPS = 4 };

static void count_degrees(const struct sim_graph *graph, struct topology_measures *m)
{
    m->degree_min = UINT32_MAX;
    for (uint32_t i = 0; i < graph->nodes; i++) {
        const uint32_t degree = (uint32_t)(graph->start[i + 1] - graph->start[i]);

        m->degree_min = degree < m->degree_min ? degree : m->degree_min;
        m->degree_max = degree > m->degree_max ? degree : m->degree_max;
    }
    m->degree_mean = (double)graph->start[graph->nodes] / graph->nodes;
}

/* Returns a node of the largest one. */
static uint32_t count_components(struct search *search, struct topology_measures *m)
{
    uint32_t largest = 0, place = 0;

    for (uint32_t i = 0; i < m->nodes; i++) {
        uint32_t count;

        if (search->hops[i])
            continue;
        count = search_from(search, i);
        place = count > largest ? i : place;
        largest = count > largest ? count : largest;
        m->components++;
    }
    m->largest = (double)largest / m->nodes;
    return place;
}

/* ---- large graphs ---- */

/* From a node to one farthest from it, and so on, as long as that leads farther. */
static void sweep(struct search *search, uint32_t from, struct topology_measures *m)
{
    for (int i = 0; i < SWEEPS; i++) {
        uint32_t last, distance;

        memset(search->hops, 0, m->nodes * sizeof *search->hops);
        last = search->found[search_from(search, from) - 1];
        distance = search->hops[last] - 1;
        if (i > 0 && distance <= m->diameter)
            break;
        m->diameter = distance;
        from = last;
    }
}

static void sample_clustering(struct search *search, struct topology_measures *m)
{
    memset(search->hops, 0, m->nodes * sizeof *search->hops);
    for (uint32_t i = 0; i < SAMPLE; i++) {
        const uint32_t node = (uint32_t)((uint64_t)m->nodes * i / SAMPLE);

        m->clustering += search_share_linked(search->graph, node, search->hops) / SAMPLE;
    }
}

/* ---- igraph ---- */

/* Each link once. */
static bool list_links(const struct sim_graph *graph, igraph_vector_int_t *ends)
{
    igraph_integer_t count = 0;

    if (igraph_vector_int_init(ends, (igraph_integer_t)graph->start[graph->nodes]))
        return false;
    for (uint32_t i = 0; i < graph->nodes; i++)
        for (uint64_t k = graph->start[i]; k < graph->start[i + 1]; k++)
            if (graph->to[k] > i) {
                VECTOR(*ends)[count++] = i;
                VECTOR(*ends)[count++] = graph->to[k];
            }
    return true;
}

static bool find_diameter(const igraph_t *graph, struct topology_measures *m)
{
    igraph_real_t diameter;

    if (igraph_diameter(graph, &diameter, NULL, NULL, NULL, NULL, IGRAPH_UNDIRECTED, true))
        return false;
    m->diameter = (uint32_t)diameter;
    return true;
}

static bool find_clustering(const igraph_t *graph, struct topology_measures *m)
{
    return !igraph_transitivity_avglocal_undirected(graph, &m->clustering,
                                                    IGRAPH_TRANSITIVITY_ZERO);
}

static bool ask_igraph(const struct sim_graph *graph, struct topology_measures *m)
{
    igraph_vector_int_t ends;
    igraph_t copy;
    bool is_good;

    if (!list_links(graph, &ends))
        return false;
    is_good = !igraph_create(&copy, &ends, graph->nodes, IGRAPH_UNDIRECTED);
    igraph_vector_int_destroy(&ends);
    if (!is_good)
        return false;
    is_good = find_diameter(&copy, m) && find_clustering(&copy, m);
    igraph_destroy(&copy);
    return is_good;
}

bool topology_measure(const struct sim_graph *graph, struct topology_measures *measures)
{
    igraph_error_handler_t *before = igraph_set_error_handler(igraph_error_handler_ignore);
    struct topology_measures m = { .nodes = graph->nodes,
                                   .links = graph->start[graph->nodes] / 2,
                                   .is_exact = graph->nodes <= TOPOLOGY_EXACT_MAX };
    struct search search;
    bool is_good = search_init(&search, graph);
    uint32_t place;

    count_degrees(graph, &m);
    if (is_good) {
        place = count_components(&search, &m);
        if (!m.is_exact) {
            sweep(&search, place, &m);
            sample_clustering(&search, &m);
        }
    }
    search_clear(&search);
    is_good = is_good && (!m.is_exact || ask_igraph(graph, &m));
    igraph_set_error_handler(before);
    *measures = m;
    return is_good;
}
