/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.h - how a verb prints its tables (as JSON, as CSV, or for the terminal that it writes to),
 * and how it writes what it has read of a database, to standard output or the file that -o names.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "analysis/text/table.h"
#include "base/errors.h"
#include "cli/verb.h"

/* The style that the options ask for; false after a complaint if both are given. */
bool output_style(const struct verb *verb, bool json, bool csv, struct table_style *style);

/* What is being written, to standard output or in the place of the file that -o names. */
struct output {
    FILE *stream;    /* to write to */
    FILE *target;    /* gets what stands in `stream`, a temporary file; NULL: none does */
    char *path;      /* NULL: standard output */
    char *beside;    /* the file that `stream` is, if another; NULL: it is none */
    bool is_unnamed; /* it is one that gets this name when it is closed */
};

/*
 * Opens an output for `path`, NULL for standard output.  A file appears whole or not at all: it is
 * written beside its place, without a name where the system can do that, and moved there when it is
 * closed, so an old one stays until then and an interrupt leaves nothing.
 * Standard output, a device and a pipe get everything at the end: they may make a writer wait,
 * which is no time to hold a database.  False and an error if that cannot be, or if it is the
 * database that is being read; NULL: none is.
 */
bool output_open(struct output *output, const char *path, const char *database,
                 struct errors *errors);

/* For what takes long before it is written: false and an error if output_open() would fail now.  A
 * device or a pipe is not tried. */
bool output_can_open(const char *path, const char *database, struct errors *errors);

/* Ends it, best with the database closed: keeps what was written if `is_good`, else leaves no
 * trace.  False, with an error, if something could not be written; of standard output itself only
 * main() tells. */
bool output_close(struct output *output, bool is_good, struct errors *errors);

#endif
