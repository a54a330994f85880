/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graphs.c - see graphs.h. */
#include "tests/theory/graphs.h"

#include "experiment/topology/topology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sim_graph *graph_make(const char *name, const char *row, const char *value, uint32_t nodes,
                             uint64_t seed)
{
    const struct topology_kind *kind = topology_kinds;
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
    char why[PARAM_WHY_MAX];
    struct sim_graph *graph;

    while (strcmp(kind->name, name) != 0)
        kind++;
    param_defaults(kind->params, params);
    if (row)
        assert_true(param_set(param_find(kind->params, row), params, value, why));
    assert_true(topology_check(kind, params, nodes, why));
    graph = topology_make(kind, params, nodes, seed);
    assert_non_null(graph);
    return graph;
}

uint32_t graph_eccentricity(const struct sim_graph *graph, uint32_t node)
{
    uint32_t *hops = calloc(graph->nodes, sizeof *hops),
             *found = calloc(graph->nodes, sizeof *found);
    uint32_t count = 1, farthest;

    found[0] = node;
    for (uint32_t i = 0; i < count; i++)
        for (uint64_t k = graph->start[found[i]]; k < graph->start[found[i] + 1]; k++)
            if (graph->to[k] != node && hops[graph->to[k]] == 0) {
                hops[graph->to[k]] = hops[found[i]] + 1;
                found[count++] = graph->to[k];
            }
    assert_int_equal(count, graph->nodes);
    farthest = hops[found[count - 1]];
    free(hops);
    free(found);
    return farthest;
}
