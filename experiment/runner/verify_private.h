/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify_private.h - what the files of the verification share: verify.c makes runs again and
 * compares, verify_file.c looks at the file alone. */
#ifndef EXPERIMENT_RUNNER_VERIFY_PRIVATE_H
#define EXPERIMENT_RUNNER_VERIFY_PRIVATE_H

#include "experiment/runner/verify.h"
#include "experiment/store/run_rows.h"

#include <glib.h>

struct verify {
    const struct verify_options *options;
    struct verify_outcome *outcome;
    struct errors *errors;
    struct run_reader stored;
    GHashTable *seen; /* run_id of those that a study has had already */
};

/* Counts a thing that is off and tells of it; takes the text. */
void verify_found(struct verify *verify, char *text);

/* Looks at the file alone.  *is_whole: its pages are in order, so that more can be read.  False
 * after an error. */
bool verify_file(struct verify *verify, bool *is_whole);

#endif
