/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dry_run.h - what `run` would do, for people. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "experiment/runner/walk.h"

/*
 * Prints how many runs of the plan, or of a part of it, the database `path` has, the first of those
 * that it lacks in their order, and what all of them will take.  Makes and changes nothing.  False
 * and errors if the file is no database or the machine cannot hold a run.
 */
bool dry_run_print(const struct plan *plan, const struct walk_part *part, const char *path,
                   int threads, struct errors *errors);

#endif
