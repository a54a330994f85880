/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_kind.h - what can break: one table, a row a kind of fault.
 *
 * A row is all that is known of a kind: the action that scenarios write, what that takes, what the
 * reference says of it, which rules it is under, and what the engine does when it happens and when
 * it is over.  Whoever reads, writes, checks or describes faults asks the table, so that a new kind
 * is its name in enum sim_fault_kind, its row and its functions.
 */
#ifndef SIM_FAULT_KIND_H
#define SIM_FAULT_KIND_H

#include "base/param.h"
#include "sim/sim.h"

struct fate;
struct obstacle;
struct run;
struct departure;

/* What an action names. */
enum fault_about {
    ABOUT_NODES,   /* the nodes of a selector: `crash: 10%` */
    ABOUT_SIDES,   /* the sides of a partition: `{groups: [[eu], [us]]}`, `{shares: [40%, 60%]}` */
    ABOUT_WAY,     /* from some nodes to some: `{from: eu, to: us}` */
    ABOUT_SENDERS, /* the messages of some nodes: `{of: eu}` */
    ABOUT_ALL,     /* whatever there is: `heal: all` */
    ABOUTS
};

/* What an entry of the timeline may say beside its action, `at` and `every`. */
enum fault_word {
    WORD_FOR = 1 << 0,    /* how long it lasts */
    WORD_REDRAW = 1 << 1, /* whether random nodes are drawn anew when it happens again */
    WORD_BATCH = 1 << 2,  /* it takes its nodes in steps of so many */
    WORD_PACE = 1 << 3,   /* and so long after one another */
    WORD_DOWN = 1 << 4,   /* how long each of its nodes is down */
    WORD_TIMERS = 1 << 5, /* whether its nodes' timers wait */
};

struct fault_kind {
    const char *name;    /* the action, in scenarios and results */
    const char *example; /* of what it is given */
    const char *summary; /* a sentence, in Markdown */
    enum fault_about about;
    uint32_t takes; /* of enum fault_word: what may be said, */
    uint32_t needs; /* and what must be */

    /* ABOUT_WAY, ABOUT_SENDERS: parameters beside the selectors, rows of struct sim_obstacle; NULL:
     * none.  A row without default must be given, but for the optional ones: bit i stands for row
     * i. */
    const struct param *params;
    uint64_t optional;

    /* False and why, if the parameters contradict each other; NULL: they cannot. */
    bool (*check)(const struct sim_obstacle *plan, char why[PARAM_WHY_MAX]);

    /* The value of a parameter with which it does nothing, and that nothing; NULL: there is none.
     */
    struct {
        const char *param, *value, *why;
    } idle;

    uint32_t ends;     /* bit k: it ends what faults of kind k began, and does nothing else */
    bool takes_time;   /* it acts on latencies, so there must be some */
    double node_bytes; /* that it keeps for each node of the run */

    /* Fault number `fault` happens, until `until` (INT64_MAX: until something ends it), or is over
     * by itself. */
    void (*happen)(struct run *run, uint32_t fault, sim_time until);
    void (*end)(struct run *run, uint32_t fault);

    /* Of what takes its nodes in steps: a step begins, or is over (NULL: it is not undone). */
    void (*step)(struct run *run, uint32_t fault);
    void (*end_step)(struct run *run, uint32_t fault);

    /* Of what stands in the way of messages, see net/obstacle.h: gets what it needs beside its
     * sides each time that it is put up (NULL: nothing); and a message meets it. */
    void (*put_up)(struct run *run, struct obstacle *obstacle);
    void (*meet)(struct obstacle *obstacle, const struct departure *message, struct fate *fate);
};

/* How many of so many nodes a selector means. */
uint32_t fault_nodes(const struct sim_selector *of, uint32_t nodes);

/* How many steps a fault takes among so many nodes, 0 if none; and how long it takes from its
 * beginning to its end, 0 if it has none of its own, SIM_TIME_MAX if longer. */
uint32_t fault_steps(const struct sim_fault *fault, uint32_t nodes);
sim_time fault_length(const struct sim_fault *fault, uint32_t nodes);

/* By enum sim_fault_kind. */
extern const struct fault_kind fault_kinds[FAULT_KINDS];

#endif
