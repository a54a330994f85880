/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fair_link.c - see fair_link.h. */
#include "sim/net/fair_link.h"

enum { FRACTION_BITS = 16 };

void fair_links_init(struct fair_links *links, struct memory *memory, uint32_t nodes)
{
    links->nodes = memory_get(memory, nodes, sizeof *links->nodes);
    links->memory = memory;
}

/* Counts what has been served since the link was last looked at. */
static void serve(struct fair_link *link, sim_time now, uint64_t bandwidth)
{
    if (link->count > 0)
        link->served += ((uint128)(now - link->at) * bandwidth << FRACTION_BITS) / link->count;
    link->at = now;
}

/* ---- the heap ---- */

static bool is_before(const struct stream *a, const struct stream *b)
{
    return a->ends < b->ends || (a->ends == b->ends && a->order < b->order);
}

static void add(struct fair_link *link, const struct stream *stream)
{
    uint32_t at = link->count++;

    for (; at > 0 && is_before(stream, &link->streams[(at - 1) / 2]); at = (at - 1) / 2)
        link->streams[at] = link->streams[(at - 1) / 2];
    link->streams[at] = *stream;
}

static void drop_first(struct fair_link *link)
{
    const struct stream *last = &link->streams[--link->count];
    uint32_t at = 0;

    for (uint32_t child = 1; child < link->count; child = 2 * at + 1) {
        child +=
            child + 1 < link->count && is_before(&link->streams[child + 1], &link->streams[child]);
        if (!is_before(&link->streams[child], last))
            break;
        link->streams[at] = link->streams[child];
        at = child;
    }
    link->streams[at] = *last;
}

/* ---- the link ---- */

bool fair_link_add(struct fair_links *links, uint32_t node, sim_time now, uint64_t bandwidth,
                   const struct letter *letter, uint64_t bytes)
{
    struct fair_link *link = &links->nodes[node];
    const size_t before = link->capacity;
    const uint128 bits = (uint128)bytes * 8 * (uint128)SIM_SECOND << FRACTION_BITS;

    serve(link, now, bandwidth);
    if (link->count == 0)
        link->served = 0; /* it never grows large */
    if (!memory_grow(links->memory, &link->streams, &link->capacity, link->count + 1,
                     sizeof *link->streams))
        return false;
    links->places += link->capacity - before;
    add(link, &(struct stream){ .ends = link->served + bits,
                                .order = link->order++,
                                .letter = *letter,
                                .bytes = bytes });
    return true;
}

bool fair_link_take(struct fair_links *links, uint32_t node, sim_time now, uint64_t bandwidth,
                    struct letter *letter, uint64_t *bytes)
{
    struct fair_link *link = &links->nodes[node];

    serve(link, now, bandwidth);
    if (link->count == 0 || link->streams[0].ends > link->served)
        return false;
    *letter = link->streams[0].letter;
    *bytes = link->streams[0].bytes;
    drop_first(link);
    return true;
}

sim_time fair_link_next(const struct fair_links *links, uint32_t node, uint64_t bandwidth)
{
    const struct fair_link *link = &links->nodes[node];
    const uint128 rate = (uint128)bandwidth << FRACTION_BITS;
    uint128 left;

    if (link->count == 0)
        return 0;
    left = link->streams[0].ends > link->served ? link->streams[0].ends - link->served : 0;
    left = (left * link->count + rate - 1) / rate;
    left += left == 0; /* as on a link of its own */
    return left < (uint128)(SIM_TIME_MAX - link->at) ? link->at + (sim_time)left : SIM_TIME_MAX;
}

bool fair_link_drop(struct fair_links *links, uint32_t node, struct letter *letter)
{
    struct fair_link *link = &links->nodes[node];

    if (link->count == 0)
        return false;
    *letter = link->streams[0].letter;
    drop_first(link);
    return true;
}
