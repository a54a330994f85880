/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash_recount.h - the crashes of a run and how word of them spreads, written down change by
 * change and gone through in full: against what the engine keeps in bins.
 */
#ifndef TESTS_SIM_CRASH_RECOUNT_H
#define TESTS_SIM_CRASH_RECOUNT_H

#include "sim/sim.h"

enum { RECOUNT_CRASHES = 2000, RECOUNT_CHANGES = 40000 };

/* From `age` after crash number `crash` on so many of the live nodes hold the node dead. */
struct share_change {
    uint32_t crash;
    sim_time age;
    double share;
};

struct crash_recount {
    struct sim_detection crashes[RECOUNT_CRASHES];
    sim_time ends[RECOUNT_CRASHES]; /* how long they last; -1: still */
    uint32_t crash_count;
    struct share_change changes[RECOUNT_CHANGES]; /* as they came */
    uint32_t change_count;
    sim_time mistakes[RECOUNT_CHANGES]; /* since the latest crash */
    uint32_t mistake_count;
};

/* A node crashes; its latest crash is over, or changes; so many hold it dead. */
void recount_crash(struct crash_recount *r, node_id node, sim_time at, double share);
void recount_end(struct crash_recount *r, node_id node, sim_time at);
void recount_share(struct crash_recount *r, node_id node, sim_time at, double share);
void recount_mistake(struct crash_recount *r, sim_time at);

/* The latest crash of a node that is not over; NULL: there is none. */
struct sim_detection *recount_find(struct crash_recount *r, node_id node);

/* Fails unless the result has these crashes and this curve. */
void recount_compare(const struct crash_recount *r, uint32_t number,
                     const struct sim_result *result);

#endif
