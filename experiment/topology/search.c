/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - see search.h. */
#include "experiment/topology/search.h"

#include <stdlib.h>

bool search_init(struct search *search, const struct sim_graph *graph)
{
    *search = (struct search){ .graph = graph,
                               .hops = calloc(graph->nodes, sizeof *search->hops),
                               .found = malloc(graph->nodes * sizeof *search->found) };
    return search->hops && search->found;
}

void search_clear(struct search *search)
{
    free(search->hops);
    free(search->found);
}

uint32_t search_from(struct search *search, uint32_t from)
{
    const struct sim_graph *graph = search->graph;
    uint32_t count = 1;

    search->found[0] = from;
    search->hops[from] = 1;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t node = search->found[i];

        for (uint64_t k = graph->start[node]; k < graph->start[node + 1]; k++)
            if (search->hops[graph->to[k]] == 0) {
                search->hops[graph->to[k]] = search->hops[node] + 1;
                search->found[count++] = graph->to[k];
            }
    }
    return count;
}

double search_share_linked(const struct sim_graph *graph, uint32_t node, uint32_t *marks)
{
    const uint64_t begin = graph->start[node], end = graph->start[node + 1];
    const double degree = (double)(end - begin);
    uint64_t linked = 0;

    for (uint64_t k = begin; k < end; k++)
        marks[graph->to[k]] = node + 1;
    for (uint64_t k = begin; k < end; k++)
        for (uint64_t i = graph->start[graph->to[k]]; i < graph->start[graph->to[k] + 1]; i++)
            linked += marks[graph->to[i]] == node + 1;
    return degree < 2 ? 0 : (double)linked / (degree * (degree - 1));
}
