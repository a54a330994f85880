/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_path.h - what the messages from one group to another meet: latencies with their jitter, and
 * the losses of the sender's link and of the path together.  A burst is a run of lost messages
 * among those that one sender sends on that path, as if it sent to nobody else.
 */
#ifndef CLI_CHECK_PATH_H
#define CLI_CHECK_PATH_H

#include "sim/sim.h"

/* What messages meet from one group to another, or everywhere. */
struct path {
    double mean, p99;   /* of the latency, ns */
    double loss, burst; /* burst NAN: nothing is lost */
};

/* From group `from` to group `to`; without groups, both 0: of all. */
struct path path_of(const struct sim_config *config, size_t from, size_t to);

/* The law of its latencies, or NULL and a constant. */
const struct distribution *path_law(const struct sim_network *network, size_t from, size_t to,
                                    sim_time *constant);

/* Sets the losses of two chains in a row: shares `mean` and `more`, in bursts or, burst 0, of each
 * message by itself. */
void path_join_losses(struct path *path, double mean, double burst, double more, double more_burst);

#endif
