/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_format.h - the forms in which the recording of a run is written: a file for each,
 * trace_NAME.c, and a row of the list in trace_format.c.
 *
 * Names of a scenario are hostile: each form quotes them by its own rules.
 */
#ifndef ANALYSIS_REPLAY_TRACE_FORMAT_H
#define ANALYSIS_REPLAY_TRACE_FORMAT_H

#include "base/errors.h"
#include "experiment/trace/recording.h"

#include <stdio.h>

struct trace_wishes {
    sim_time from, until; /* what is shown, both ends in it */
    update_id update;     /* of a form that shows one: which, */
    bool is_chosen;       /* if it is said; else the first that there is */
};

/* What means something to a form. */
enum trace_takes {
    TRACE_UPDATE = 1 << 0,
    TRACE_WINDOW = 1 << 1,
};

struct trace_format {
    const char *name;    /* as --format has it */
    const char *ending;  /* of files that are it, or NULL: no ending says so */
    const char *summary; /* lower case, no full stop */
    unsigned takes;      /* of enum trace_takes */

    /* Writes it; false and an error if there is nothing to write, as of an update that is not
     * there.  Whether `out` took it all is the caller's to see. */
    bool (*write)(FILE *out, const struct recording *recording, const struct trace_wishes *wishes,
                  struct errors *errors);
};

/* Whether what happens at this time is wished for. */
static inline bool trace_shows(const struct trace_wishes *wishes, sim_time at)
{
    return at >= wishes->from && at <= wishes->until;
}

/* All forms, the usual one first, closed by NULL. */
extern const struct trace_format *const trace_formats[];

/* NULL: there is none of this name. */
const struct trace_format *trace_format_find(const char *name);

#endif
