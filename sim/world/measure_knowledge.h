/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure_knowledge.h - who knows what by when, as metrics: of all nodes, or of a group.
 */
#ifndef SIM_WORLD_MEASURE_KNOWLEDGE_H
#define SIM_WORLD_MEASURE_KNOWLEDGE_H

#include "sim/world/measure_values.h"
#include "sim/world/recording.h"

/* Of all nodes, `part` NULL, or of a group: times, what is lacked, staleness now. */
void measure_knowledge(const struct run *run, const struct part *part, struct values *values);

#endif
