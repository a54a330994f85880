/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * two_programs.h - whether a model and a slow program of our own agree in distribution.
 *
 * Each runs each of many small random configurations `runs` times, with its own random numbers.  Of
 * each figure the means must be as close as Student's t allows, and so must the sums over all
 * configurations; with `spreads` also the means of the squares of the deviations from the common
 * mean.  The chance that any of all these comparisons fails where both programs mean the same is at
 * most 1e-3.  Fewer than 20 runs, as with sanitizers, are not judged: they may be alike by chance,
 * and then have no error to judge by.
 *
 * `make test-all` sets SCENARIOS and has `more` times as many runs; CASE=17 RUNS=1000 looks at one
 * configuration, where two programs differ.
 */
#ifndef TESTS_MODELS_TWO_PROGRAMS_H
#define TESTS_MODELS_TWO_PROGRAMS_H

#include <stdbool.h>

struct two_programs {
    const char *const *names; /* of the figures */
    int figures, cases, runs, more;
    bool spreads;
    void (*open)(int number); /* a configuration; then run after run of both: */
    void (*run)(int run, unsigned long seed, double *model, double *slow);
    void (*close)(int number, bool differs); /* prints it if they differ */
};

/* Fails the test where they differ. */
void two_programs_agree(const struct two_programs *two);

#endif
