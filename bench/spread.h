/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spread.h - what is said of the turns of a measurement, and the file that has them all. */
#ifndef BENCH_SPREAD_H
#define BENCH_SPREAD_H

#include <stdio.h>

enum { TURNS_MAX = 16 };

struct spread {
    double low, median, high;
};

struct spread spread_of(const double *values, int count); /* 1 .. TURNS_MAX */

/* Ends the benchmark with a sentence if the file cannot be written. */
FILE *table_create(const char *folder, const char *name, const char *header);
void table_close(FILE *table);

#endif
