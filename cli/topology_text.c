/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology_text.c - see topology_text.h. */
#include "cli/topology_text.h"

#include <math.h>
#include <stdio.h>

static void take(struct link_span *span, double value, uint64_t nth)
{
    if (nth == 0)
        *span = (struct link_span){ value, 0, value };
    span->low = fmin(span->low, value);
    span->high = fmax(span->high, value);
    span->mean += (value - span->mean) / (double)(nth + 1);
}

/* What its links have of their own. */
static void look_at_links(const struct sim_graph *graph, struct topology_at *at)
{
    at->has_latency = graph->latency != NULL;
    at->has_loss = graph->loss != NULL;
    for (uint64_t i = 0; i < graph->start[graph->nodes]; i++) {
        if (at->has_latency)
            take(&at->latency, (double)graph->latency[i], i);
        if (at->has_loss)
            take(&at->loss, (double)graph->loss[i], i);
    }
}

bool topology_look(const struct setup *setup, size_t point, struct topology_at *at)
{
    const struct topology_notes *notes = setup_topology_notes(setup);
    const struct sim_graph *graph = setup_config(setup, 0)->graph;

    *at = (struct topology_at){ .point = point,
                                .uses_access = setup_config(setup, 0)->network.access_of != NULL };
    if (notes != NULL)
        at->notes = *notes;
    if (graph != NULL)
        look_at_links(graph, at);
    return graph != NULL && topology_measure(graph, &at->measures);
}

static void print_notes(const struct topology_at *at)
{
    const struct topology_notes *notes = &at->notes;

    if (notes->loops > 0 || notes->repeated > 0)
        printf("  left out of its file: %llu links of nodes to themselves, %llu repeated ones\n",
               (unsigned long long)notes->loops, (unsigned long long)notes->repeated);
    if (notes->has_weights)
        printf("  weights without a unit are not used; `unit: 1ms` makes them latencies\n");
    if (notes->has_bandwidths && !at->uses_access)
        printf("  bandwidths of its nodes are not used; `network.access: topology` makes them "
               "links\n");
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
    if (at->has_latency)
        printf("  latency of links: %.4g to %.4g ms, %.4g ms on average\n", at->latency.low / 1e6,
               at->latency.high / 1e6, at->latency.mean / 1e6);
    if (at->has_loss)
        printf("  loss on links: %.3g to %.3g %%, %.3g %% on average\n", 100 * at->loss.low,
               100 * at->loss.high, 100 * at->loss.mean);
    print_notes(at);
}

void topology_print(const struct topology_at *list, size_t count, bool has_points)
{
    for (size_t i = 0; i < count; i++)
        print_one(&list[i], has_points);
}

/* Members for what links have: seconds, or a share. */
static void print_json_span(const char *key, const struct link_span *span, double unit)
{
    printf(",\n   \"%s_min\": %.6g, \"%s_mean\": %.6g, \"%s_max\": %.6g", key, span->low * unit,
           key, span->mean * unit, key, span->high * unit);
}

void topology_print_json(const struct topology_at *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct topology_measures *m = &list[i].measures;

        printf("%s{\"point\": %zu, \"nodes\": %u, \"links\": %llu, \"degree_mean\": %.6g, "
               "\"degree_min\": %u,\n   \"degree_max\": %u, \"diameter\": %u, "
               "\"clustering\": %.6g, \"components\": %u,\n   \"largest\": %.6g, "
               "\"is_exact\": %s",
               i > 0 ? ",\n  " : "", list[i].point + 1, m->nodes, (unsigned long long)m->links,
               m->degree_mean, m->degree_min, m->degree_max, m->diameter, m->clustering,
               m->components, m->largest, m->is_exact ? "true" : "false");
        if (list[i].has_latency)
            print_json_span("latency", &list[i].latency, 1e-9);
        if (list[i].has_loss)
            print_json_span("loss", &list[i].loss, 1);
        putchar('}');
    }
}
