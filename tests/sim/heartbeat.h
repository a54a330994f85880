/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat.h - the simplest failure detector, for tests: every `interval` a node says to all
 * others that it lives; one that was not heard of for `suspect` is suspected, and after `timeout`
 * held dead.  Who is heard of is alive.
 */
#ifndef TESTS_SIM_HEARTBEAT_H
#define TESTS_SIM_HEARTBEAT_H

#include "sim/model.h"

struct heartbeat_config {
    sim_time interval, suspect, timeout; /* suspect 0: nobody is suspected */
    int64_t nodes;
};

extern const struct model heartbeat;

#endif
