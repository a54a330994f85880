/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * average.h - what nodes estimate the mean of all values to be, and what it is.
 *
 * The truth is the mean of the values of all nodes that have ever been up: what a node brings stays
 * part of it when the node goes, for the others have it in their estimates; it moves when one comes
 * that was never there.  What a node holds is a sum of values and a weight, its estimate the one by
 * the other: sums and weights are the mass that a protocol must not lose.
 *
 * 17 bytes a node; O(1) for each change of an estimate, O(nodes) to look at all.
 */
#ifndef SIM_TRUTH_AVERAGE_H
#define SIM_TRUTH_AVERAGE_H

#include "sim/node.h"
#include "sim/value/memory.h"

struct held {
    double sum, weight;
};

/* How the variance falls, cycle by cycle, see average_end_cycle(). */
struct average_fall {
    double first, last; /* variance before the first cycle, and after so many: */
    uint32_t cycles;
    uint32_t passed; /* cycles since the first */
    bool has_begun, is_over;
};

struct average {
    struct held *held; /* of each node; NULL: no model of the stack estimates */
    uint8_t *is;       /* of each node: it has come, is up, is far off */
    uint32_t nodes, came, up;
    double total;     /* of the values of those that have come */
    double near;      /* the share of the truth by which an estimate may be off; 0: nobody asks */
    uint32_t far;     /* live nodes whose estimate is off by more, */
    bool is_moved;    /* unless the truth has moved since they were counted */
    sim_time cycle;   /* > 0 */
    sim_time near_at; /* when all were near; SIM_NEVER: not yet */
    struct average_fall fall;
};

/* How things stand. */
struct average_state {
    uint32_t live;     /* 0: nothing else is known */
    double variance;   /* with live - 1 in the denominator, as the papers have it; 0 of one node */
    double error, rms; /* the largest, and the root of the mean square, as shares of the truth */
    double mass, weight; /* that live nodes hold, as shares of what all brought who ever came */
};

/* Nobody has come yet.  If memory is short nothing is kept. */
void average_init(struct average *a, struct memory *memory, uint32_t nodes, sim_time cycle,
                  double near);

/* Whether a node was ever up; the one that has not been brings `value`. */
bool average_has(const struct average *a, node_id node);
void average_come(struct average *a, node_id node, double value);

/* A live node that has come holds something else. */
void average_hold(struct average *a, node_id node, double sum, double weight);

/* A node goes down. */
void average_down(struct average *a, node_id node);

struct average_state average_look(const struct average *a);

/* Whether all estimates of live nodes, and there are some, are near the truth: as far as one knows
 * without counting anew. */
bool average_is_near(const struct average *a);

/* A cycle is over, or none has begun yet.  Counts anew what is not near, if that has to be. */
void average_end_cycle(struct average *a);

/* Forgets the cycles so far. */
void average_begin(struct average *a);

/* The factor of the variance a cycle, the geometric mean; NAN if no cycle is over. */
double average_factor(const struct average *a);

#endif
