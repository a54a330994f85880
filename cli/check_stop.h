/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_stop.h - what `check` and `run` say of when runs end: that they may do so before what a
 * strategy is there for has happened.
 */
#ifndef CLI_CHECK_STOP_H
#define CLI_CHECK_STOP_H

#include "experiment/plan/plan.h"

/* On standard error, where at the first point runs end as they converge, whether crashes are
 * detected or not, and the scenario does not say that it wants that. */
void check_stop_warn(const struct plan *plan, const struct setup *setup);

#endif
