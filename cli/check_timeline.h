/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_timeline.h - what `check` says of the faults at the first point of a study: when they
 * happen, to how many nodes, and how often.
 */
#ifndef CLI_CHECK_TIMELINE_H
#define CLI_CHECK_TIMELINE_H

#include "experiment/plan/plan.h"

/* For people: a table in the order of time, of a long timeline its first entries; nothing without
 * faults. */
void check_timeline_print(const struct plan *plan, const struct setup *setup);

/* The same as a JSON list, of all entries as the scenario has them, without a newline at its
 * end. */
void check_timeline_json(const struct setup *setup);

#endif
