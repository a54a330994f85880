/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.h - the progress line of a study on standard error.
 *
 * On a terminal one line that rewrites itself: `512/4000 runs  12%  38 runs/s  ETA 1m32s`; while
 * a run takes long, also its simulated time, live nodes and share informed.  Elsewhere a line
 * every 10 s.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "experiment/runner/runner.h"

enum { PROGRESS_TIME_MAX = 32 };

struct progress {
    bool is_quiet;
    bool is_terminal;
    bool is_shown;       /* the terminal's line has something on it */
    double last_seconds; /* when it was last printed */
};

/* `is_quiet`: shows nothing but notices. */
void progress_init(struct progress *progress, bool is_quiet);

/* For struct runner_options; the context is the struct progress. */
void progress_show(void *progress, const struct runner_progress *state);
void progress_notice(void *progress, const char *text);

/* Takes the terminal's line away, for what is printed next. */
void progress_clear(struct progress *progress);

/* `850ms`, `12s`, `1m32s`, `2h05m`, `3d04h`. */
void progress_time(double seconds, char text[PROGRESS_TIME_MAX]);

#endif
