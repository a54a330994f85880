/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured.h - a curve that somebody measured, read from a text file (csv.h).
 *
 *     time,share            delay_ms
 *     100ms,0.02            0
 *     250ms,0.41            212
 *     900ms,1               341
 *                           never
 *
 * Two columns: the share of the nodes that are informed, at a time since the update was written.
 * Times ascend and shares do not sink.  One column: the delay of each node, in any order; `never`
 * of one that has not heard.  Their distribution is the curve then.
 *
 * Times have their unit, or the head of the column has it: `time_ms`, `delay (s)`.  Shares are
 * 0..1 or have a %, if not the head of the column has it.
 */
#ifndef ANALYSIS_FITTING_MEASURED_H
#define ANALYSIS_FITTING_MEASURED_H

#include "base/errors.h"

#include <stdbool.h>
#include <stddef.h>

enum { MEASURED_ROWS_MAX = 1000000 };

struct measured {
    bool is_delays;  /* one column */
    double *times;   /* seconds, ascending: of each row, of each delay that is one */
    double *shares;  /* 0..1 at these times; of delays: of all rows that are not later */
    size_t count;    /* of these */
    size_t never;    /* delays: nodes that did not hear */
    bool has_origin; /* delays: one of 0 is there */
};

/* False and errors, with the line, if it is no curve; ERROR_IO if the file cannot be read.
 * *measured is ended by measured_clear() in any case. */
bool measured_read(const char *path, struct measured *measured, struct errors *errors);
void measured_clear(struct measured *measured);

/* Rows of the file that count: also nodes that did not hear. */
size_t measured_rows(const struct measured *measured);

#endif
