/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * witness.h - an observer of any run, which holds the engine to what every run keeps: only nodes
 * that are up send, handle messages and hear their timers; what is sent arrives, is lost, is
 * still under way or waits to be handled, once; a node learns only what its teller has known or a
 * client wrote; time does not go back; and the figures of the result add up to what was seen.
 *
 * What a metric is worth in detail is worked out anew by recounter.h, for small runs.
 */
#ifndef TESTS_RANDOM_WITNESS_H
#define TESTS_RANDOM_WITNESS_H

#include "sim/sim.h"

/*
 * Makes the run with a witness and without.  NULL: all is as it has to be, and *result, which is to
 * be cleared, is the run's; or else what is not, in words, and *result holds nothing.
 */
const char *witness_run(const struct sim_config *config, struct sim_result *result);

#endif
