/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring_trial.h - what the tests of ring repair share: a run of one shard's holders, and what its
 * nodes knew and sent in it.
 *
 * A spy stands between engine and model: it notes what each node knows whenever a check begins and
 * the way of the sends, and it swallows the arrival that a test names, which is that message lost.
 */
#ifndef TESTS_MODELS_RING_TRIAL_H
#define TESTS_MODELS_RING_TRIAL_H

#include "tests/models/harness.h"

#include <stdalign.h>

enum { HOLDERS_MAX = 9, ENTRIES = 10, TICKS_MAX = 8, WAY_MAX = 64 };

static const sim_time latency = 10 * SIM_MILLISECOND, interval = 10 * SIM_SECOND;
static const uint64_t everything = ((uint64_t)1 << ENTRIES) - 1; /* a set of entries, by bits */

extern const char *const ring_comparisons[3]; /* the values of `compare` */

struct spy {
    alignas(16) char config[64]; /* first, because the model looks for it here */
    struct model table;          /* of the model that the engine runs */
    const struct model *inner;
    int64_t swallow;                         /* the number of the arrival that is lost */
    int64_t arrivals;                        /* so far */
    bool swallowed_hand_over, swallowed_ack; /* it belonged to the loop */
    uint64_t known[TICKS_MAX][HOLDERS_MAX];  /* at tick t of a node */
    int ticks[HOLDERS_MAX];                  /* by its own count of intervals since 0 */
    node_id way[WAY_MAX][2];                 /* from, to of the sends, first to last */
    int sends;                               /* that arrived */
    uint64_t checks_of[HOLDERS_MAX];         /* by the node that sent them */
    uint64_t newest[HOLDERS_MAX];            /* check and turn that a node handed on last */
    bool is_out_of_turn;                     /* it then handed on an older one, or one to itself */
    struct sim_config *run;
    uint64_t restarted;          /* the newest check that was begun anew, and how often */
    bool is_restarted_elsewhere; /* not by its start */
};

struct ring_trial {
    struct setup setup;
    struct spy spy;
    struct sim_fault faults[2]; /* of which the test says how many count */
    struct sim_result result;
};

/* `holders` replicas of one shard, each with random gaps; the first check comes after 10 s.
 * `parameters`: of the model, as "name=value name=value". */
void ring_trial_init(struct ring_trial *t, int64_t holders, uint32_t replication,
                     const char *parameters);
void ring_trial_run(struct ring_trial *t); /* fails unless it ends well */
void ring_trial_clear(struct ring_trial *t);

/* A counter of the model's own, without its prefix. */
double ring_trial_counter(const struct ring_trial *t, const char *counter);

/* The place of the start of a check, by the rule that the model states; and that of a node. */
uint32_t ring_trial_start(const struct sim_config *c, uint32_t shard, uint32_t check);
uint32_t ring_trial_place(const struct sim_config *c, node_id node);

/* At a tick every holder knows exactly these. */
bool all_know(const struct ring_trial *t, int tick, uint64_t what);

/* At the first check two holders have different parts of the shard; the number of those without
 * any. */
bool is_inconsistent(const struct ring_trial *t, int *empty);

#endif
