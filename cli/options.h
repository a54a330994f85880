/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.h - the command line of a verb: parsing, help, and how it ends in trouble.
 *
 * A verb declares its options as GLib entries, and options_parse() does the rest, --help too:
 *
 *     char **files = NULL;
 *     GOptionEntry entries[] = {
 *         { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "write to FILE", "FILE" },
 *         { NULL, 0, 0, 0, NULL, NULL, NULL },
 *     };
 *     if (!options_parse(&verb_NAME, entries, 1, 1, argc, argv, &files, &code))
 *         return code;
 *
 * Texts are taken as bytes (G_OPTION_ARG_FILENAME and its _ARRAY, never _STRING), so that no
 * locale can refuse a name.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/errors.h"
#include "cli/verb.h"
#include "experiment/plan/plan.h"

#include <glib.h>

/*
 * Parses the verb's command line: options by `entries`, and between `arguments_min` and
 * `arguments_max` others, which end up in *arguments (NULL-terminated; g_strfreev()).  False
 * after --help or a mistake, which it has told the user; *exit_code is then what the verb
 * returns.
 */
bool options_parse(const struct verb *verb, const GOptionEntry *entries, int arguments_min,
                   int arguments_max, int argc, char **argv, char ***arguments, int *exit_code);

/*
 * Splits each PATH=VALUE of `texts` (NULL: none) at its first `=`.  The settings point into
 * `texts`, which it changes; *settings is freed with g_free().  False after a complaint about
 * `option`, such as `--set`.
 */
bool options_settings(const char *option, char **texts, struct setting **settings, size_t *count);

/* Threads for -j: `wanted`, or with 0 as many as this process may use cores.  0 after a
 * complaint. */
int options_threads(int wanted);

/* Complains `gossipsim: error: ...` on standard error; returns EXIT_USAGE. */
int options_usage_error(const struct verb *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the errors on standard error and returns the exit code they call for. */
int options_fail(const struct errors *errors);

#endif
