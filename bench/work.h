/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.h - the workloads of the benchmark, and the line its programs print.
 *
 *   W1   n nodes with a timer of 1 s each at a random phase; at its timer a node that knows the
 *        rumor sends it to one uniformly random other node
 *   W2   the same timers; every node calls a random other node with all it knows, which may be
 *        nothing, and the called node answers with all that it knew before, if it knew anything
 *
 * A message is lost with probability 5 %, else it takes an exponential time of mean 100 ms.  One
 * random node knows the rumor at time 0; the run ends at the instant when all do.  An event is a
 * timer that fires (in W1 of an ignorant node too) or a message that arrives; a lost one makes
 * none.  bench/w1.yaml and bench/w2.yaml are the same work for gossipsim.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdint.h>

#define WORK_INTERVAL  INT64_C(1000000000) /* ns */
#define WORK_LATENCY_S 0.1
#define WORK_LOSS      0.05

struct work {
    const char *name;
    int number; /* its place among those that the program can do, from 1 */
    uint32_t nodes;
    uint64_t seed;
    double started; /* wall clock, s */
};

struct outcome {
    uint64_t events;
    uint64_t messages; /* sent, lost ones too */
    double t_last_s;   /* when somebody learned something for the last time */

    /* What only some programs count; 0 is not printed. */
    uint64_t copies;    /* of updates, in the messages sent */
    uint64_t lacking;   /* pairs of a node and an update that it does not know at the end */
    uint64_t to_away;   /* messages that met a node that was away */
    uint64_t in_flight; /* messages under way at the end */
};

/* Reads `WORK NODES SEED`, where WORK is one of `names`, which blanks separate; prints the usage
 * and exits with 2 if they are none. */
struct work work_begin(int argc, char **argv, const char *names);

/* Prints the line: what was run, what came out, what it cost (of the whole process). */
void work_end(const struct work *w, const struct outcome *o);

/* Memory from the system, zeroed; exits with 3 if there is none. */
void *work_allocate(uint64_t bytes);
void *work_resize(void *block, uint64_t bytes); /* realloc; exits as well */

#endif
