/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_choice.h - which run of a scenario is meant: a strategy, a point, a replication. */
#ifndef CLI_TRACE_CHOICE_H
#define CLI_TRACE_CHOICE_H

#include "experiment/plan/plan.h"

struct trace_choice {
    int strategy; /* of the plan */
    size_t point;
    uint32_t replication;
};

/*
 * Finds what the texts of --strategy, --replication and the settings of --where mean.  Without a
 * strategy or a setting there may be only one to choose; without a replication it is the first.
 * False and errors, which say what there is.
 */
bool trace_choose(const struct plan *plan, const char *strategy, const char *replication,
                  const struct setting *where, size_t where_count, struct trace_choice *choice,
                  struct errors *errors);

#endif
