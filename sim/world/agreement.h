/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agreement.h - whether all live replicas agree, which may end a run.
 */
#ifndef SIM_WORLD_AGREEMENT_H
#define SIM_WORLD_AGREEMENT_H

#include "sim/world/run.h"

/* Looks whether they do now; notes the repair of what faults broke, and ends a run that was to stop
 * when all agree. */
void agreement_look(struct run *run);

#endif
