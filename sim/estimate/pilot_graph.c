/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pilot_graph.c - see pilot_graph.h. */
#include "sim/estimate/pilot_graph.h"

#include "sim/value/draw.h"

#include <stdlib.h>

enum { TRIES = 64 }; /* to find an end that may be joined to another */

/* A link as one of its nodes has it, by the numbers of the piece. */
struct arc {
    uint32_t from, to;
    sim_time latency;
    float loss;
};

struct piece {
    const struct sim_graph *graph;
    uint32_t nodes;
    uint32_t *places;  /* of the nodes of the whole in the piece, 1 up; 0: it is not in it */
    uint32_t *members; /* of the piece, in the order in which they were met */
    struct arc *arcs;
    size_t arc_count;
};

/* Takes a node in, if it is not there. */
static void meet(struct piece *piece, uint32_t node, uint32_t *met)
{
    if (*met == piece->nodes || piece->places[node])
        return;
    piece->members[(*met)++] = node;
    piece->places[node] = *met;
}

/* The nodes that a search in breadth from the middle one meets first. */
static void search(struct piece *piece)
{
    const struct sim_graph *graph = piece->graph;
    uint32_t met = 0, next = graph->nodes / 2;

    for (uint32_t i = 0; met < piece->nodes; i++) {
        if (i == met) { /* another component */
            while (piece->places[next])
                next = (next + 1) % graph->nodes;
            meet(piece, next, &met);
        }
        const uint32_t node = piece->members[i];

        for (uint64_t k = graph->start[node]; k < graph->start[node + 1]; k++)
            meet(piece, graph->to[k], &met);
    }
}

/* The ends of links, at most so many, and of those that lead out every `step`-th, which have no
 * other end yet: to == from.  Returns how many lead out. */
static uint64_t collect(struct piece *piece, uint64_t step)
{
    const struct sim_graph *graph = piece->graph;
    uint64_t out = 0;

    piece->arc_count = 0;
    for (uint32_t i = 0; i < piece->nodes; i++) {
        const uint32_t node = piece->members[i];

        for (uint64_t k = graph->start[node]; k < graph->start[node + 1]; k++) {
            const uint32_t place = piece->places[graph->to[k]];
            const bool is_out = place == 0;

            if (is_out && out++ % step != 0)
                continue;
            if (piece->arcs)
                piece->arcs[piece->arc_count] =
                    (struct arc){ i, is_out ? i : place - 1, graph->latency ? graph->latency[k] : 0,
                                  graph->loss ? graph->loss[k] : 0 };
            piece->arc_count++;
        }
    }
    return out;
}

static void shuffle(struct arc **ends, size_t count)
{
    const uint64_t key = draw_key(0, 0, PURPOSE_TOPOLOGY);

    for (size_t i = count; i > 1; i--) {
        const size_t k = draw_below(draw(key, 0, (uint32_t)i), i);
        struct arc *kept = ends[i - 1];

        ends[i - 1] = ends[k];
        ends[k] = kept;
    }
}

static bool is_joined(const struct piece *piece, const struct arc *arc, uint32_t to)
{
    const struct arc *first = arc, *end = piece->arcs + piece->arc_count;

    while (first > piece->arcs && first[-1].from == arc->from)
        first--;
    for (; first < end && first->from == arc->from; first++)
        if (first->to == to)
            return true;
    return false;
}

static void join_two(struct arc *a, struct arc *b)
{
    a->to = b->from;
    b->to = a->from;
}

/* Each with a random one of another node, as far as one is found that is no neighbour yet: so a
 * small piece of a dense graph has the degrees of the whole. */
static void join_at_random(struct piece *piece, struct arc **ends, size_t count)
{
    shuffle(ends, count);
    for (; count > 1; count--) {
        struct arc *arc = ends[count - 1];
        size_t other = count - 1;

        for (size_t i = 0; i < TRIES && i + 1 < count && other == count - 1; i++)
            if (!is_joined(piece, arc, ends[count - 2 - i]->from))
                other = count - 2 - i;
        if (other == count - 1)
            continue;
        join_two(arc, ends[other]);
        ends[other] = ends[--count - 1];
    }
}

/* Joins the ends that lead out, the first with the one in the middle of them, and so on.  Their
 * order keeps what is near together.  Where most lead out, nothing is near, and a node's many ends
 * in a row would all be joined to one other node's: there the order is random. */
static void join(struct piece *piece)
{
    size_t count = 0;
    struct arc **ends = malloc((piece->arc_count + 1) * sizeof *ends);

    for (size_t i = 0; i < piece->arc_count && ends; i++)
        if (piece->arcs[i].to == piece->arcs[i].from)
            ends[count++] = &piece->arcs[i];
    if (count > piece->arc_count - count)
        join_at_random(piece, ends, count);
    else
        for (size_t i = 0; 2 * i + 1 < count; i++)
            join_two(ends[i], ends[i + count / 2]);
    free(ends);
}

static int compare(const void *a, const void *b)
{
    const struct arc *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static struct sim_graph *graph_of(struct piece *piece)
{
    struct sim_graph *made = calloc(1, sizeof *made);
    uint64_t count = 0;

    if (!made)
        return NULL;
    made->nodes = piece->nodes;
    made->start = calloc(piece->nodes + (size_t)1, sizeof *made->start);
    made->to = malloc((piece->arc_count + 1) * sizeof *made->to);
    if (piece->graph->latency)
        made->latency = malloc((piece->arc_count + 1) * sizeof *made->latency);
    if (piece->graph->loss)
        made->loss = malloc((piece->arc_count + 1) * sizeof *made->loss);
    if (!made->start || !made->to || (piece->graph->latency && !made->latency) ||
        (piece->graph->loss && !made->loss)) {
        sim_graph_free(made);
        return NULL;
    }
    qsort(piece->arcs, piece->arc_count, sizeof *piece->arcs, compare);
    for (size_t i = 0; i < piece->arc_count; i++) {
        const struct arc *arc = &piece->arcs[i];
        const bool is_again = i > 0 && compare(arc, arc - 1) == 0;

        if (arc->to == arc->from || is_again)
            continue;
        if (made->latency)
            made->latency[count] = arc->latency;
        if (made->loss)
            made->loss[count] = arc->loss;
        made->to[count++] = arc->to;
        made->start[arc->from + 1] = count;
    }
    for (uint32_t i = 0; i < piece->nodes; i++)
        if (made->start[i + 1] == 0) /* it has none */
            made->start[i + 1] = made->start[i];
    return made;
}

struct sim_graph *pilot_graph(const struct sim_graph *graph, uint32_t nodes)
{
    struct piece piece = { .graph = graph, .nodes = nodes };
    struct sim_graph *made = NULL;
    uint64_t out, wanted, inside;

    piece.places = calloc(graph->nodes, sizeof *piece.places);
    piece.members = malloc(nodes * sizeof *piece.members);
    if (piece.places && piece.members) {
        search(&piece);
        out = collect(&piece, 1);
        inside = piece.arc_count - out;
        wanted = graph->start[graph->nodes] / (graph->nodes / nodes);
        wanted = wanted > inside ? wanted - inside : 1;
        piece.arcs = malloc((piece.arc_count + 1) * sizeof *piece.arcs);
        if (piece.arcs) {
            collect(&piece, out > wanted ? (out + wanted - 1) / wanted : 1);
            join(&piece);
            made = graph_of(&piece);
        }
    }
    free(piece.places);
    free(piece.members);
    free(piece.arcs);
    return made;
}
