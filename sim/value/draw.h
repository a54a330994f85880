/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draw.h - random numbers: a draw is a pure function of what it is for (docs/determinism.md).
 *
 * Every draw is keyed by (seed, replication, purpose) and counted by (entity, number): no stream
 * is shared, so a new model, strategy or observer moves no other draw, and strategies are
 * compared under the same churn, losses and latencies.
 *
 * Source: B. Widynski, Squares: a fast counter-based RNG, arXiv:2004.06278 (version 3, the
 * 64-bit variant of five rounds, and the rules for its keys).
 */
#ifndef SIM_VALUE_DRAW_H
#define SIM_VALUE_DRAW_H

#include <stdint.h>

enum purpose {
    PURPOSE_PHASE,       /* (node, lane) of a periodic timer */
    PURPOSE_PEER,        /* (node, its draws so far) */
    PURPOSE_MODEL,       /* (node, its draws so far) */
    PURPOSE_LINK,        /* (sender, its messages so far): loss and jitter or latency */
    PURPOSE_JITTER,      /* (sender, its messages so far), where the latency took the link draw */
    PURPOSE_PAIR,        /* (sender, receiver): latency of the ordered pair */
    PURPOSE_CHURN,       /* (node, its changes so far) */
    PURPOSE_WORKLOAD,    /* (update, what of it) */
    PURPOSE_ORIGIN,      /* (update, try) */
    PURPOSE_STORE,       /* (node, preloaded update) */
    PURPOSE_NUMBERING,   /* the scenario's node numbers */
    PURPOSE_FAULT,       /* (its time, in two halves): the orders in which it picks nodes */
    PURPOSE_CLOCK,       /* (lane, tick) of the Poisson clocks */
    PURPOSE_SHARED,      /* what models ask about, alike on all nodes */
    PURPOSE_COPY,        /* (sender, its messages so far): whether it arrives twice, and when */
    PURPOSE_COPY_JITTER, /* as PURPOSE_JITTER, of the second copy */
    PURPOSE_OBSTACLE,    /* of a fault (fault), and for it (sender, its messages so far): loss */
    PURPOSE_ORDER,       /* (node, lap) of the order in which it calls its peers */
    PURPOSE_PATH,        /* (sender, its messages so far): loss between groups, and on links */
    PURPOSE_PROCESSING,  /* (receiver, messages it has taken up): how long one takes */
    PURPOSE_TOPOLOGY,    /* (stage, number) of a random graph: sim_graph, in replication 0 */
    PURPOSE_ACCESS,      /* (node): the class of its access link */
    PURPOSE_MEMBERS,     /* (node, its life): the order of its contact points; (nodes, 0): of
                            joining; (nodes + 1, what about): one that all nodes share */
    PURPOSE_VALUE,       /* (node): what it starts with where a model estimates the mean of that */
    PURPOSE_TURN,        /* (round): the order in which nodes act who must act alone */
    PURPOSE_KNOWN,       /* (node): the order of those of whom it knows some at the start */
    PURPOSE_DESIGN,      /* (point, axis) of a random design of a sweep: in replication 0 */
    PURPOSE_GLIMPSE,     /* (run, rank): which nodes a measurement saw; seed: a point's number */
    PURPOSE_COUNT
};

/* The key of one purpose in one replication.  Costs about 100 ns. */
uint64_t draw_key(uint64_t seed, uint32_t replication, enum purpose purpose);

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

static inline uint64_t draw_swap_halves(uint64_t x)
{
    return x >> 32 | x << 32;
}

/* What a draw is counted by. */
static inline uint64_t draw_counter(uint32_t entity, uint32_t number)
{
    return (uint64_t)entity << 32 | number;
}

/* 64 random bits: Squares. */
static inline uint64_t draw_bits(uint64_t key, uint64_t counter)
{
    uint64_t x = counter * key;
    const uint64_t y = x, z = y + key;

    x = draw_swap_halves(x * x + y);
    x = draw_swap_halves(x * x + z);
    x = draw_swap_halves(x * x + y);
    x = x * x + z;

    const uint64_t fourth = x;

    x = draw_swap_halves(x);
    return fourth ^ (x * x + y) >> 32;
}

/* The `number`-th 64 random bits of an entity. */
static inline uint64_t draw(uint64_t key, uint32_t entity, uint32_t number)
{
    return draw_bits(key, draw_counter(entity, number));
}

/* A draw scaled to [0, limit): the high half of the product, biased by less than limit / 2^64. */
static inline uint64_t draw_below(uint64_t bits, uint64_t limit)
{
    return (uint64_t)((uint128)bits * limit >> 64);
}

/* True with probability `p`, 0..1, to a resolution of 2^-53. */
static inline int draw_chance(uint64_t bits, double p)
{
    return (double)(bits >> 11) * 0x1p-53 < p;
}

#endif
