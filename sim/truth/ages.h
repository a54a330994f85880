/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ages.h - how old what live replicas show is: now minus the time at which the value was written.
 *
 * Exact over all time that is measured, and O(1) a change.  A replica that shows a value from one
 * time to another has it at every age between two; an interval of ages is the difference of two
 * that begin at 0, one noted when the value comes and one when it goes, so nobody need know since
 * when a replica shows what it shows.  The time spent at each age is kept in the bins of
 * log_bin.h, and is exact in each.
 *
 * A replica that shows no value of a key, or its deletion, counts for nothing there.
 */
#ifndef SIM_TRUTH_AGES_H
#define SIM_TRUTH_AGES_H

#include "sim/truth/census.h"

struct age_bin {
    int64_t wholes; /* intervals from 0 that end in a higher bin count all of this one: those that
                       end in this one, which count it ... */
    int128 parts;   /* ... up to their ends, ns */
};

struct ages {
    const struct track *tracks; /* borrowed */
    uint32_t *shown;            /* live replicas that show each update */
    uint32_t updates;
    uint64_t pairs;    /* (live replica, key that it shows a value of) */
    uint128 written;   /* sum of the times at which their values were written */
    sim_time since;    /* of what follows */
    bool is_measuring; /* time counts */
    uint128 time;      /* pairs times ns */
    double area;       /* sum of their ages over time, ns^2 */
    sim_time oldest;
    struct age_bin *bins; /* LOG_BINS */
};

/* Nothing is shown yet, and nothing is measured.  Memory of the run: 4 B an update, 30 KiB. */
void ages_init(struct ages *ages, struct memory *memory, const struct track *tracks,
               uint32_t updates);

/* A live replica comes to show `update` (by = 1), or no longer does (by = -1). */
void ages_change(struct ages *ages, update_id update, int by, sim_time now);

/* The time that is measured begins, anew if it had begun before; and ends. */
void ages_begin(struct ages *ages, sim_time now);
void ages_end(struct ages *ages, sim_time now);

/* Over the time measured, which has ended, s; there was some if ages->time > 0.  A share of the
 * time was spent at no higher age than the quantile: within its bin as if evenly spent. */
double ages_mean(const struct ages *ages);
double ages_quantile(const struct ages *ages, double share);

#endif
