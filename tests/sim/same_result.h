/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * same_result.h - whether two runs left the same, to the last bit; but for their memory.
 */
#ifndef TESTS_SIM_SAME_RESULT_H
#define TESTS_SIM_SAME_RESULT_H

#include "sim/sim.h"

/* NULL, or what differs first. */
const char *result_difference(const struct sim_result *a, const struct sim_result *b);

#endif
