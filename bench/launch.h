/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * launch.h - the programs that a benchmark runs, and what a run of one costs.
 *
 * Costs are of the whole process, as the kernel counts them.  What goes wrong ends the benchmark
 * with a sentence: half a table is of no use.
 */
#ifndef BENCH_LAUNCH_H
#define BENCH_LAUNCH_H

#include <stdbool.h>

enum { LAUNCH_TEXT_MAX = 4096, PROGRAMS_MAX = 8 };

struct program {
    const char *name, *path;
};

struct cost {
    double wall_s, cpu_s, peak_bytes;
};

/* Reads NAME=PATH arguments, which stay in use; returns how many. */
int launch_programs(struct program programs[PROGRAMS_MAX], char **arguments, int count);

/* What a program may take; 0: as much as it likes. */
struct limits {
    unsigned long cpu_s, bytes; /* bytes: of its address space, so it is told that there are none */
};

enum { LAUNCH_OVER_TIME = -1 };

/*
 * Runs argv[0] to its end, on one core if `pinned`.  Its standard output, cut to what has room,
 * goes to `text`.  Returns its exit code, or LAUNCH_OVER_TIME if the limit has ended it.
 */
int launch(char *const *argv, bool pinned, struct limits limits, char text[LAUNCH_TEXT_MAX],
           struct cost *cost);

_Noreturn void die(const char *what, const char *which);

#endif
