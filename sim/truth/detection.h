/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detection.h - how well nodes know who is up: what failure detectors are measured by.
 *
 * A model says what it comes to believe of another node (node_believe()); the engine, which knows
 * the truth, counts.  Of each node is kept how many live nodes hold it alive, suspect or dead, and
 * nothing by pair: 68 bytes a node and O(1) a change of belief, a going and a coming.  Only where a
 * node that goes may have been the last that did not know, all nodes of which something is awaited
 * are looked at, once for all that go at one instant.
 *
 * Sources: W. Chen, S. Toueg, M. K. Aguilera, "On the Quality of Service of Failure Detectors",
 * IEEE Transactions on Computers 51(5), 2002, section 2: detection time, mistake rate, mistake
 * duration and query accuracy, here of a node and over all that watch it.  A. Das, I. Gupta,
 * A. Motivala, "SWIM: Scalable Weakly-consistent Infection-style Process Group Membership
 * Protocol", DSN 2002, section 5: first detection and its dissemination.
 */
#ifndef SIM_TRUTH_DETECTION_H
#define SIM_TRUTH_DETECTION_H

#include "sim/truth/crash_log.h"

/* What is awaited of a node: after a crash that others hold it dead, after its coming back that
 * they hold it alive. */
enum milestone {
    MILESTONE_SUSPECT, /* a live node suspects it */
    MILESTONE_FIRST,   /* a live node holds it dead */
    MILESTONE_T50,     /* half of the live nodes do */
    MILESTONE_T99,
    MILESTONE_ALL,
    MILESTONE_JOIN_T99, /* so many of the other live nodes hold it alive */
    MILESTONE_JOIN_ALL,
    MILESTONES
};

/* A node as the others believe it to be, and as it is. */
struct believed {
    uint32_t by[BELIEFS]; /* live nodes that hold it so; those of BELIEF_NONE are not counted */
    uint32_t holds;       /* others that it believes something of itself */
    uint32_t awaits;      /* milestones, a bit each */
    uint32_t place;       /* in `awaited`, 1 up, if it awaits some */
    bool is_down;
    struct crashed crash;
    sim_time since;       /* its last going or coming */
    sim_time wrong_since; /* it is up and held dead from then on; DETECTION_NEVER: by nobody */
};

#define DETECTION_NEVER INT64_MIN

/* How long a milestone took, over the nodes of which it was awaited. */
struct milestone_times {
    uint64_t reached, missed; /* missed: not by the end of the run */
    double sum;               /* ns */
    sim_time max;
};

struct detection {
    struct believed *nodes; /* NULL: no model of the stack believes anything */
    uint32_t count, live;
    node_id *awaited;
    uint32_t awaited_count;
    uint32_t ceiling;    /* with no more live nodes than that one of them may reach a milestone */
    sim_time changed_at; /* when a node came or went last */
    struct milestone_times times[MILESTONES];
    struct crash_log log;
    uint64_t undetected; /* crashes that were over before anybody held the node dead */

    uint64_t false_suspect, false_dead, false_dead_at_healthy;
    uint64_t mistakes;
    double mistake_time; /* ns */

    uint64_t alive_up;  /* pairs of a live node and another, which is up and it holds alive */
    uint64_t held_down; /* which is down and it holds alive or suspect */
    double right_area;  /* integral over time of the share of pairs in which it is right, ns */
    double pairs_time;  /* while there were pairs, ns */
    sim_time area_since;
};

/* All nodes are up, and nobody believes anything of anybody.  If memory is short nothing is kept.
 */
void detection_init(struct detection *d, struct memory *memory, uint32_t nodes);

/* A live node changes its mind about another. */
struct belief_change {
    node_id observer, subject;
    enum belief from, to; /* different; `from` is what it said last */
    bool is_excused;      /* messages between them are stopped, or the observer has just come back
                             and believes what it did: whatever it says is no verdict */
    bool is_disturbed;    /* the observer is cut off, slowed or the like itself */
};

/* True: it holds one dead that is up and within reach. */
bool detection_believe(struct detection *d, const struct belief_change *change, sim_time now);

/* A node goes, having withdrawn what it believed; `is_awaited`: that the others find out. */
void detection_down(struct detection *d, node_id node, bool is_awaited, sim_time now);

/* It comes back; `is_awaited`: that the others find that out. */
void detection_up(struct detection *d, node_id node, bool is_awaited, sim_time now);

/* Verdicts, mistakes and what is right are counted from now on. */
void detection_begin(struct detection *d, sim_time now);

/* The share of the pairs of a live node and another that were right, from detection_begin() until
 * `now`; NAN if there were none.  Nothing may change before that. */
double detection_accuracy(struct detection *d, sim_time now);

/* The run is over: mistakes last until now, and what is still awaited is missed. */
void detection_end(struct detection *d, sim_time now);

#endif
