/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_text.c - see topology_text.h. */
#include "cli/topology_text.h"

#include <stdio.h>

bool topology_look(const struct setup *setup, size_t point, struct topology_at *at)
{
    const struct topology_notes *notes = setup_topology_notes(setup);
    const struct sim_graph *graph = setup_config(setup, 0)->graph;

    *at = (struct topology_at){ .point = point };
    if (notes != NULL)
        at->notes = *notes;
    return graph != NULL && topology_measure(graph, &at->measures);
}

static void print_notes(const struct topology_notes *notes)
{
    if (notes->loops > 0 || notes->repeated > 0)
        printf("  left out of its file: %llu links of nodes to themselves, %llu repeated ones\n",
               (unsigned long long)notes->loops, (unsigned long long)notes->repeated);
    if (notes->has_weights)
        printf("  weights without a unit are not used; `unit: 1ms` makes them latencies\n");
    if (notes->has_bandwidths)
        printf("  bandwidths of its nodes are not used\n");
}

static void print_one(const struct topology_at *at, bool has_points)
{
    const struct topology_measures *m = &at->measures;

    printf("topology%s", has_points ? " at" : "");
    if (has_points)
        printf(" point %zu", at->point + 1);
    printf(": %u nodes, %llu links, degree ", m->nodes, (unsigned long long)m->links);
    if (m->degree_min == m->degree_max)
        printf("%u", m->degree_max);
    else
        printf("%u to %u, %.3g on average", m->degree_min, m->degree_max, m->degree_mean);
    printf(", diameter %s%u, clustering %s%.3g, ", m->is_exact ? "" : "at least ", m->diameter,
           m->is_exact ? "" : "about ", m->clustering);
    if (m->components == 1)
        printf("connected\n");
    else
        printf("not connected: %u components, the largest with %.3g%% of the nodes\n",
               m->components, 100 * m->largest);
    print_notes(&at->notes);
}

void topology_print(const struct topology_at *list, size_t count, bool has_points)
{
    for (size_t i = 0; i < count; i++)
        print_one(&list[i], has_points);
}

void topology_print_json(const struct topology_at *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct topology_measures *m = &list[i].measures;

        printf("%s{\"point\": %zu, \"nodes\": %u, \"links\": %llu, \"degree_mean\": %.6g, "
               "\"degree_min\": %u,\n   \"degree_max\": %u, \"diameter\": %u, "
               "\"clustering\": %.6g, \"components\": %u,\n   \"largest\": %.6g, "
               "\"is_exact\": %s}",
               i > 0 ? ",\n  " : "", list[i].point + 1, m->nodes, (unsigned long long)m->links,
               m->degree_mean, m->degree_min, m->degree_max, m->diameter, m->clustering,
               m->components, m->largest, m->is_exact ? "true" : "false");
    }
}
