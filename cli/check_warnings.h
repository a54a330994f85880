/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_warnings.h - what `check` and `run` say of scenarios that are good and may not be meant:
 * runs that end before what a strategy is there for has happened, floods of everybody by everybody.
 */
#ifndef CLI_CHECK_WARNINGS_H
#define CLI_CHECK_WARNINGS_H

#include "experiment/plan/plan.h"

/* On standard error, of the first point. */
void check_warn(const struct plan *plan, const struct setup *setup);

#endif
