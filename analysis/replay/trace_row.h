/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_row.h - an event of a recording as the columns of a table, which CSV and JSON share.
 *
 * Columns that do not apply are empty in the one and missing in the other.
 */
#ifndef ANALYSIS_REPLAY_TRACE_ROW_H
#define ANALYSIS_REPLAY_TRACE_ROW_H

#include "experiment/trace/recording.h"

#include <glib.h>
#include <stdio.h>

enum { TRACE_TIME_TEXT = 32 };

struct trace_column {
    const char *name;
    bool is_number; /* its texts are numbers, as JSON has them, or `true` */

    /* Appends the value, or nothing if it does not apply. */
    void (*write)(GString *out, const struct recording *recording,
                  const struct recorded_event *event);
};

/* In their order, closed by a NULL name. */
extern const struct trace_column trace_columns[];

/* Writes the columns that apply as members of a JSON object, `first` before them. */
void trace_members(FILE *out, const struct recording *recording, const struct recorded_event *event,
                   const char *first);

/* Seconds, to the nanosecond, without zeros that say nothing: `1.5`. */
void trace_time(sim_time at, char out[TRACE_TIME_TEXT]);

/* The same to the millisecond, for labels. */
void trace_time_short(sim_time at, char out[TRACE_TIME_TEXT]);

/* The ranges of updates that were kept, as in `0-99 103`, with ` ...` behind them if there are
 * more. */
void trace_updates(GString *out, const struct recording *recording,
                   const struct recorded_updates *updates);

#endif
