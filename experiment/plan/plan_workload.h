/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_workload.h - what clients write, in the engine's terms. */
#ifndef EXPERIMENT_PLAN_PLAN_WORKLOAD_H
#define EXPERIMENT_PLAN_PLAN_WORKLOAD_H

#include "experiment/language/scenario.h"

/* Fills what *workload does not have as it is written; `sizes`, of the updates, is borrowed, as the
 * writes of a trace are. */
void plan_workload(const struct scenario *scenario, const struct distribution *sizes,
                   struct sim_workload *workload);

#endif
