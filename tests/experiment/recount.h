/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recount.h - the figures of a run, worked out from its recording alone: who was sent what, who
 * knew what since when, who was up.
 *
 * What a recording cannot tell is left out: shares of the replicas where shards have holders, and
 * what deletions do that were forgotten and come back.
 */
#ifndef TESTS_EXPERIMENT_RECOUNT_H
#define TESTS_EXPERIMENT_RECOUNT_H

#include "experiment/trace/recording.h"

enum { RECOUNT_WHY = 128 };

/* False, and `why` says which figure of its result is another than that of its events.  The
 * recording is whole. */
bool recount_agrees(const struct recording *recording, char why[RECOUNT_WHY]);

#endif
