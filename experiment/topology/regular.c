/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * regular.c - random regular graphs; see topology.h.
 *
 * The configuration model: each node gets as many ends of links as its degree says, and the ends
 * are paired at random.  That leaves about (d^2 - 1) / 4 loops and repeated links, however many
 * nodes there are; each of these, (a, b), is then switched with a random link (c, d) into (a, c)
 * and (b, d), where that makes a simple graph.  Should switches be in vain, all is drawn anew; a
 * degree above half of the others is drawn as the graph of the links that are not there.
 *
 * Uniform in the limit of many nodes.  Sources: B. Bollobas, A probabilistic proof of an asymptotic
 * formula for the number of labelled regular graphs, European J. Combinatorics 1 (1980);
 * B. McKay, N. Wormald, Uniform generation of random regular graphs of moderate degree,
 * J. Algorithms 11 (1990), for the switches.
 */
#include "experiment/topology/kinds.h"
#include "experiment/topology/links.h"

#include <stdio.h>
#include <stdlib.h>

enum { SWITCHES_MAX = 1000, ATTEMPTS_MAX = 1000 };

struct regular {
    int64_t degree;
};

const struct param regular_rows[] = {
    PARAM_COUNT(struct regular, degree, "8", "0..1000000000", "neighbours of each node"),
    PARAM_END,
};

bool regular_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const int64_t degree = ((const struct regular *)params)->degree;

    if (degree >= nodes) {
        snprintf(why, PARAM_WHY_MAX, "a degree of %lld among %lld nodes; at most %lld",
                 (long long)degree, (long long)nodes, (long long)nodes - 1);
        return false;
    }
    if (nodes % 2 == 0 || degree % 2 == 0)
        return true;
    snprintf(why, PARAM_WHY_MAX,
             "%lld nodes of degree %lld have an odd number of ends; one of the two must be even",
             (long long)nodes, (long long)degree);
    return false;
}

double regular_count(const void *params, int64_t nodes)
{
    return (double)((const struct regular *)params)->degree * (double)nodes / 2;
}

static void swap(uint32_t *a, uint32_t *b)
{
    const uint32_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Pairs the ends, which lie in the list of links one after another: a shuffle. */
static void pair_ends(struct links *links, uint32_t degree, struct stream *stream)
{
    uint32_t *ends = &links->list[0].a;
    const uint64_t count = 2 * (uint64_t)links->count;

    for (uint64_t i = 0; i < count; i++)
        ends[i] = (uint32_t)(i / degree);
    for (uint64_t i = count; i > 1; i--)
        swap(&ends[i - 1], &ends[stream_below(stream, i)]);
}

/* A loop, or a link that is there already.  In the list there is a loop in its place. */
struct bad {
    size_t place;
    struct link link;
};

/* Puts two links in the place of the bad one and of a random good one; false: in vain. */
static bool switch_link(struct links *links, const struct bad *bad, struct link_set *set,
                        struct stream *stream)
{
    const struct link *link = &bad->link;

    for (int tries = 0; tries < SWITCHES_MAX; tries++) {
        struct link *other = &links->list[stream_below(stream, links->count)];
        struct link turned = *other;

        if (stream_bits(stream) & 1)
            swap(&turned.a, &turned.b);
        if (other->a == other->b || link->a == turned.a || link->b == turned.b ||
            (link->a == turned.b && link->b == turned.a) || /* the two would be one */
            link_set_has(set, link->a, turned.a) || link_set_has(set, link->b, turned.b))
            continue;
        link_set_add(set, link->a, turned.a);
        link_set_add(set, link->b, turned.b);
        link_set_remove(set, turned.a, turned.b);
        *other = (struct link){ link->b, turned.b };
        links->list[bad->place] = (struct link){ link->a, turned.a };
        return true;
    }
    return false;
}

/* Fills the links with those of a regular graph; false: it came to no end. */
static bool try(struct links *links, uint32_t degree, struct link_set *set, struct bad *bad,
                struct stream *stream)
{
    size_t bad_count = 0;

    pair_ends(links, degree, stream);
    for (size_t i = 0; i < links->count; i++) {
        const struct link link = links->list[i];

        if (link.a != link.b && link_set_add(set, link.a, link.b))
            continue;
        bad[bad_count++] = (struct bad){ i, link };
        links->list[i].b = link.a;
    }
    while (bad_count > 0)
        if (!switch_link(links, &bad[--bad_count], set, stream))
            return false;
    return true;
}

/* The same, with as many attempts as it takes; the set has the links then. */
static bool draw_sparse(struct links *links, uint32_t nodes, uint32_t degree, uint64_t key,
                        struct link_set *set)
{
    const size_t count = (size_t)nodes * degree / 2;
    struct bad *bad = malloc((count + 1) * sizeof *bad);
    bool is_done = false;

    for (size_t i = 0; i < count && !links->is_short; i++)
        links_add(links, 0, 0);
    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX && !is_done; attempt++) {
        struct stream stream = stream_of(key, attempt);

        link_set_clear(set);
        if (links->is_short || !bad || !link_set_init(set, count))
            break;
        is_done = count == 0 || try(links, degree, set, bad, &stream);
    }
    free(bad);
    return is_done;
}

bool regular_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const uint32_t degree = (uint32_t)((const struct regular *)params)->degree;
    const bool is_dense = degree > (nodes - 1) / 2;
    struct link_set set = { 0 };
    struct links others = { 0 };
    bool is_done;

    is_done = draw_sparse(is_dense ? &others : links, nodes, is_dense ? nodes - 1 - degree : degree,
                          key, &set);
    if (is_dense && is_done)
        link_set_add_others(&set, nodes, links);
    links_clear(&others);
    link_set_clear(&set);
    return is_done && !links->is_short;
}
