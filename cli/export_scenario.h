/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export_scenario.h - the scenario that a study ran, as a file that can be run again.
 */
#ifndef CLI_EXPORT_SCENARIO_H
#define CLI_EXPORT_SCENARIO_H

#include "analysis/study/study.h"

#include <stdio.h>

/*
 * Writes the completed scenario of the study, with all that the command line changed, below a line
 * that says when and by which command it was run.  False and an error if it cannot be read.
 */
bool export_scenario(const struct study *study, FILE *out, struct errors *errors);

#endif
