/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection.h - what of a database a verb reads: the options --study, --where and --only.
 *
 * The study is opened once and serves all that the verb does, so that all of it shows one moment,
 * even while another process adds runs.
 */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include "analysis/study/study.h"

#include <glib.h>

/* As the options fill it; a zeroed struct is the whole newest study. */
struct selection {
    gint64 study;         /* 0: the newest */
    char **where, **only; /* NULL: all */
    const char *keep;     /* a strategy that stays beside those of `only`; NULL: none */
    bool keeps_first;     /* the first strategy stays, too */
};

/*
 * Opens the study of the database `path`, without what is not asked for; study_close() ends it.
 * NULL after a complaint, *exit_code being what the verb then returns.  Changes the texts of
 * `where`.
 */
struct study *selection_open(struct selection *selection, const char *path, int *exit_code);

/* Frees what the options filled. */
void selection_clear(struct selection *selection);

#endif
