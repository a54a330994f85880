/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random.c - small worlds, scale-free graphs and those of Erdos and Renyi; see topology.h.
 *
 * All arithmetic is in whole numbers but for one comparison with a share, so that the same seed
 * makes the same graph everywhere.
 */
#include "experiment/topology/kinds.h"
#include "experiment/topology/links.h"
#include "sim/value/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- small world ---- */

/*
 * D. Watts, S. Strogatz, Collective dynamics of 'small-world' networks, Nature 393 (1998): a ring
 * in which each node has degree/2 neighbours on each side; lap by lap, first the links to the next,
 * then those to the next but one, each link keeps its first end and with probability `rewire` gets
 * another second one, any node that gives neither a loop nor a link that is there.
 */
struct small_world {
    int64_t degree;
    double rewire;
};

const struct param small_world_rows[] = {
    PARAM_COUNT(struct small_world, degree, "6", "2..1000000000",
                "neighbours of each node on the ring, an even number"),
    PARAM_FRACTION(struct small_world, rewire, "10%", "0..1", "share of the links that are moved"),
    PARAM_END,
};

bool small_world_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const int64_t degree = ((const struct small_world *)params)->degree;

    if (degree % 2 == 0 && degree < nodes - 1)
        return true;
    if (degree % 2 != 0)
        snprintf(why, PARAM_WHY_MAX, "`degree` must be even: half of the ring's on each side");
    else
        snprintf(why, PARAM_WHY_MAX, "a degree of %lld among %lld nodes; at most %lld",
                 (long long)degree, (long long)nodes, (long long)nodes - 2);
    return false;
}

double small_world_count(const void *params, int64_t nodes)
{
    return (double)((const struct small_world *)params)->degree / 2 * (double)nodes;
}

/* A node that gets a link from `from` in the place of one that it has; `from` if it has them all.
 */
static uint32_t other_end(struct link_set *set, uint32_t from, uint32_t nodes, uint32_t degree,
                          struct stream *stream)
{
    const uint64_t tries_max = 64 * (uint64_t)nodes;

    for (uint64_t tries = 0; tries < tries_max && degree < nodes - 1; tries++) {
        const uint32_t other = stream_below(stream, nodes);

        if (other != from && link_set_add(set, from, other))
            return other;
    }
    return from;
}

bool small_world_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const struct small_world *world = params;
    struct stream chances = stream_of(key, 0), ends = stream_of(key, 1);
    uint32_t *degrees = calloc(nodes, sizeof *degrees);
    struct link_set set = { 0 };
    bool is_good;

    for (uint32_t k = 1; k <= world->degree / 2; k++)
        for (uint32_t i = 0; i < nodes; i++)
            links_add(links, i, (uint32_t)(((uint64_t)i + k) % nodes));
    is_good = !links->is_short && degrees && link_set_init(&set, 2 * links->count);
    for (uint32_t i = 0; i < nodes && is_good; i++)
        degrees[i] = (uint32_t)world->degree;
    for (size_t i = 0; i < links->count && is_good; i++)
        link_set_add(&set, links->list[i].a, links->list[i].b);
    for (size_t i = 0; i < links->count && is_good; i++) {
        struct link *link = &links->list[i];
        uint32_t end;

        if (!draw_chance(stream_bits(&chances), world->rewire))
            continue;
        end = other_end(&set, link->a, nodes, degrees[link->a], &ends);
        if (end == link->a)
            continue;
        link_set_remove(&set, link->a, link->b);
        degrees[link->b]--;
        degrees[end]++;
        link->b = end;
    }
    link_set_clear(&set);
    free(degrees);
    return is_good;
}

/* ---- scale free ---- */

/*
 * A.-L. Barabasi, R. Albert, Emergence of scaling in random networks, Science 286 (1999): to a
 * complete graph of links + 1 nodes the others come one after another, each with `links` links to
 * different nodes that are there, one as likely as it has links.  The share of nodes of degree k
 * tends to 2 m (m+1) / (k (k+1) (k+2)): B. Bollobas et al., The degree sequence of a scale-free
 * random graph process, Random Structures & Algorithms 18 (2001).
 */
struct scale_free {
    int64_t links;
};

const struct param scale_free_rows[] = {
    PARAM_COUNT(struct scale_free, links, "3", "1..10000", "that each node comes with"),
    PARAM_END,
};

bool scale_free_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const int64_t each = ((const struct scale_free *)params)->links;

    if (each < nodes)
        return true;
    snprintf(why, PARAM_WHY_MAX, "%lld links of each of %lld nodes; at most %lld", (long long)each,
             (long long)nodes, (long long)nodes - 1);
    return false;
}

double scale_free_count(const void *params, int64_t nodes)
{
    const double each = (double)((const struct scale_free *)params)->links;

    return each * ((double)nodes - (each + 1) / 2);
}

bool scale_free_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const uint32_t each = (uint32_t)((const struct scale_free *)params)->links;
    struct stream stream = stream_of(key, 0);
    uint32_t *chosen_by = calloc(nodes, sizeof *chosen_by); /* the last to link to a node */

    if (!chosen_by)
        return false;
    for (uint32_t i = 1; i <= each; i++)
        for (uint32_t k = 0; k < i; k++)
            links_add(links, i, k);
    for (uint32_t i = each + 1; i < nodes && !links->is_short; i++) {
        const size_t before = links->count;

        while (links->count < before + each && !links->is_short) {
            /* an end of a link that is there: a node as often as it has links */
            const uint64_t at = draw_below(stream_bits(&stream), 2 * (uint64_t)before);
            const struct link *link = &links->list[at / 2];
            const uint32_t end = at % 2 ? link->a : link->b;

            if (chosen_by[end] != i)
                links_add(links, i, end);
            chosen_by[end] = i;
        }
    }
    free(chosen_by);
    return !links->is_short;
}

/* ---- Erdos and Renyi ---- */

/*
 * P. Erdos, A. Renyi, On random graphs I, Publicationes Mathematicae 6 (1959): M links, each set of
 * M pairs as likely as another.  (With a probability for each pair instead, E. Gilbert's graph, M
 * would vary by its square root; degrees have the same law in the limit.)
 */
struct erdos_renyi {
    double mean_degree;
};

const struct param erdos_renyi_rows[] = {
    PARAM_REAL(struct erdos_renyi, mean_degree, "8", "0..1000000000", "links x 2 / nodes"),
    PARAM_END,
};

bool erdos_renyi_check(const void *params, int64_t nodes, char why[PARAM_WHY_MAX])
{
    const double degree = ((const struct erdos_renyi *)params)->mean_degree;

    if (degree <= (double)nodes - 1)
        return true;
    snprintf(why, PARAM_WHY_MAX, "a mean degree of %g among %lld nodes; at most %lld", degree,
             (long long)nodes, (long long)nodes - 1);
    return false;
}

double erdos_renyi_count(const void *params, int64_t nodes)
{
    return floor(((const struct erdos_renyi *)params)->mean_degree * (double)nodes / 2 + 0.5);
}

/* Adds so many different pairs to the set, and if `links` is given to these. */
static void draw_pairs(struct link_set *set, struct stream *stream, uint32_t nodes, uint64_t count,
                       struct links *links)
{
    while (count > 0) {
        const uint32_t a = stream_below(stream, nodes), b = stream_below(stream, nodes);

        if (a == b || !link_set_add(set, a, b))
            continue;
        if (links)
            links_add(links, a, b);
        count--;
    }
}

bool erdos_renyi_draw(const void *params, uint32_t nodes, uint64_t key, struct links *links)
{
    const uint64_t pairs = (uint64_t)nodes * (nodes - (uint64_t)1) / 2;
    const uint64_t count = (uint64_t)erdos_renyi_count(params, nodes);
    const bool is_dense = count > pairs / 2; /* then the pairs without a link are drawn */
    const uint64_t drawn = is_dense ? pairs - count : count;
    struct stream stream = stream_of(key, 0);
    struct link_set set;

    if (!link_set_init(&set, drawn))
        return false;
    draw_pairs(&set, &stream, nodes, drawn, is_dense ? NULL : links);
    if (is_dense)
        link_set_add_others(&set, nodes, links);
    link_set_clear(&set);
    return !links->is_short;
}
