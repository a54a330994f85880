/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lag.h - how far behind their writers live replicas are: the staleness of R. van Renesse,
 * D. Dumitriu, V. Gough, C. Thomas, Efficient reconciliation and flow control for anti-entropy
 * protocols, LADIS 2008.
 *
 * What a replica holds of a key is stale from the moment at which it was superseded where it was
 * written: when the first newer value that the replica lacks was.  Its lag is the time since then,
 * and 0 if it is not stale.  Of a key that it holds nothing of yet the first value counts.
 *
 * Made when it is asked for, and nothing is kept beside the census.  A replica knows all older
 * values of a key, too; so as many replicas hold of a key what an update superseded as lack it,
 * less those that lack the one before: O(updates) for all replicas together.  The key of a replica
 * that lags most is that of the first update that it lacks: O(live nodes * updates / 64).
 */
#ifndef SIM_WORLD_LAG_H
#define SIM_WORLD_LAG_H

#include "sim/world/run.h"

/* Over the live replicas: the nodes that are up and should hold a key that has been written. */
struct lag {
    uint32_t replicas; /* 0: there are none, and nothing below counts */
    double max;        /* largest lag of a key, mean over them, s */
    double mean;       /* lag of a key, mean over the pairs of replica and key, stale or not, s */
    double stale_keys; /* how many are stale, mean over them */
};

/* As things stand `at`, of the `count` nodes from `first` on, by the scenario's numbers, that
 * `census` is about. */
struct lag lag_look(struct run *run, const struct census *census, sim_time at, uint32_t first,
                    uint32_t count);

#endif
