/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.h - whether the results in a database are what this program makes of its scenarios.
 *
 * The file is checked as such: its pages, what refers to what, its views, and what must hold
 * between tables.  Then each study is read anew from its completed scenario, and runs are made
 * again, into a database of their own in the folder for temporary files; all their rows must be the
 * same, byte for byte, but for the wall clock.  Nothing is written to the database.
 */
#ifndef EXPERIMENT_RUNNER_VERIFY_H
#define EXPERIMENT_RUNNER_VERIFY_H

#include "experiment/runner/runner.h"

struct verify_options {
    struct runner_options runner; /* how runs are made */
    uint64_t sample;              /* of this many runs, spread over all; 0: of all */
    const char *version;          /* of this program */
    const char *folder; /* where the files are that scenarios name; NULL: where the scenario was
                           that the study's command line names */

    /* Called with each thing that is off, a sentence; and with what is worth knowing besides. */
    void (*found)(void *context, const char *text);
    void (*notice)(void *context, const char *text);
    void *context;
};

struct verify_outcome {
    uint64_t stored;  /* runs */
    uint64_t checked; /* of them */
    uint64_t off;     /* things that are */
    uint64_t refused; /* runs that could not be made again: memory would not do */
    bool is_interrupted;
};

/* False and errors if the database cannot be used. */
bool verify_database(const char *path, const struct verify_options *options,
                     struct verify_outcome *outcome, struct errors *errors);

#endif
