/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links.c - see links.h. */
#include "experiment/topology/links.h"

#include "sim/value/draw.h"

#include <stdlib.h>
#include <string.h>

void links_add(struct links *links, uint32_t a, uint32_t b)
{
    if (links->count == links->capacity) {
        const size_t larger = links->capacity ? 2 * links->capacity : 64;
        struct link *list = realloc(links->list, larger * sizeof *list);

        if (!list) {
            links->is_short = true;
            return;
        }
        links->list = list;
        links->capacity = larger;
    }
    links->list[links->count++] = (struct link){ a, b };
}

void links_clear(struct links *links)
{
    free(links->list);
    *links = (struct links){ 0 };
}

/* ---- the graph ---- */

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void sort(uint32_t *list, size_t count)
{
    enum { FEW = 64 };

    if (count > FEW) {
        qsort(list, count, sizeof *list, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        const uint32_t value = list[i];
        size_t k = i;

        for (; k > 0 && list[k - 1] > value; k--)
            list[k] = list[k - 1];
        list[k] = value;
    }
}

/* Sorts the neighbours of each node and leaves each once. */
static void tidy(struct sim_graph *graph)
{
    uint64_t kept = 0, begin = 0;

    for (uint32_t i = 0; i < graph->nodes; i++) {
        const uint64_t end = graph->start[i + 1];

        sort(graph->to + begin, end - begin);
        for (uint64_t k = begin; k < end; k++)
            if (k == begin || graph->to[k] != graph->to[k - 1])
                graph->to[kept++] = graph->to[k];
        begin = end;
        graph->start[i + 1] = kept;
    }
}

struct sim_graph *links_graph(const struct links *links, uint32_t nodes)
{
    struct sim_graph *graph = calloc(1, sizeof *graph);

    if (!graph)
        return NULL;
    graph->nodes = nodes;
    graph->start = calloc((size_t)nodes + 2, sizeof *graph->start);
    graph->to = malloc((2 * links->count + 1) * sizeof *graph->to);
    if (links->is_short || !graph->start || !graph->to) {
        sim_graph_free(graph);
        return NULL;
    }
    uint64_t *next = graph->start + 1; /* of each node; in the end where the following one starts */

    for (size_t i = 0; i < links->count; i++)
        if (links->list[i].a != links->list[i].b) {
            next[links->list[i].a + 1]++;
            next[links->list[i].b + 1]++;
        }
    for (uint32_t i = 0; i < nodes; i++)
        next[i + 1] += next[i];
    for (size_t i = 0; i < links->count; i++) {
        const struct link link = links->list[i];

        if (link.a == link.b)
            continue;
        graph->to[next[link.a]++] = link.b;
        graph->to[next[link.b]++] = link.a;
    }
    tidy(graph);
    return graph;
}

/* ---- draws ---- */

enum { STAGE_BITS = 40 }; /* the draws of a stage are fewer than 2^40 */

struct stream stream_of(uint64_t key, uint32_t stage)
{
    return (struct stream){ .key = key, .next = (uint64_t)stage << STAGE_BITS };
}

uint64_t stream_bits(struct stream *stream)
{
    return draw_bits(stream->key, stream->next++);
}

uint32_t stream_below(struct stream *stream, uint64_t limit)
{
    return (uint32_t)draw_below(stream_bits(stream), limit);
}

/* ---- sets ---- */

enum { SLOT_EMPTY = 0, SLOT_LEFT = 1 }; /* no links: these have a second node above the first */

bool link_set_init(struct link_set *set, size_t links)
{
    uint64_t slots = 16;

    while (slots < 2 * (uint64_t)links)
        slots *= 2;
    set->slots = calloc(slots, sizeof *set->slots);
    set->mask = slots - 1;
    return set->slots != NULL;
}

void link_set_clear(struct link_set *set)
{
    free(set->slots);
    *set = (struct link_set){ 0 };
}

/* The two nodes, the larger one in the high half: at least 1 << 32. */
static uint64_t value_of(uint32_t a, uint32_t b)
{
    return a > b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

/* Where the link is, or the empty slot that ends the search. */
static uint64_t *slot_of(const struct link_set *set, uint64_t value)
{
    uint64_t i = (value * UINT64_C(0x9e3779b97f4a7c15)) >> 20;

    while (set->slots[i & set->mask] != SLOT_EMPTY && set->slots[i & set->mask] != value)
        i++;
    return &set->slots[i & set->mask];
}

bool link_set_has(const struct link_set *set, uint32_t a, uint32_t b)
{
    return *slot_of(set, value_of(a, b)) != SLOT_EMPTY;
}

bool link_set_add(struct link_set *set, uint32_t a, uint32_t b)
{
    const uint64_t value = value_of(a, b);
    uint64_t *slot = slot_of(set, value);

    if (*slot == value)
        return false;
    *slot = value;
    return true;
}

void link_set_remove(struct link_set *set, uint32_t a, uint32_t b)
{
    *slot_of(set, value_of(a, b)) = SLOT_LEFT;
}

void link_set_add_others(const struct link_set *set, uint32_t nodes, struct links *links)
{
    for (uint32_t a = 1; a < nodes && !links->is_short; a++)
        for (uint32_t b = 0; b < a; b++)
            if (!link_set_has(set, a, b))
                links_add(links, a, b);
}
