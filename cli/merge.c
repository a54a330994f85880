/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * merge.c - `gossipsim merge`: joins the databases of shards or of machines.
 */
#include "experiment/store/merge.h"

#include "base/printable.h"
#include "cli/command.h"
#include "cli/options.h"
#include "experiment/store/results.h"

#include <stdio.h>
#include <string.h>

static int run(int argc, char **argv);

const struct verb verb_merge = {
    .name = "merge",
    .arguments = "OUT DB... [options]",
    .summary = "join the databases of shards or machines into one",
    .examples = "  gossipsim merge results/first.db results/first.*-of-4.db\n",
    .rank = 55,
    .run = run,
};

/* Without the words that say where to: --shard I/N, -o FILE. */
static char *strip(const char *command)
{
    static const char pattern[] = " (--shard[ =][0-9]+/[0-9]+|(-q?o ?|--output[ =])"
                                  "(\\$?'([^'\\\\]|\\\\.)*'|[^ '\"]+))(?= |$)";
    GRegex *words = g_regex_new(pattern, G_REGEX_RAW, 0, NULL);
    char *stripped = g_regex_replace_literal(words, command, -1, 0, "", 0, NULL);

    g_regex_unref(words);
    return stripped ? stripped : g_strdup(command);
}

/* Of the command line of a shard one that goes on with the study in `path`. */
static char *whole_command(const char *argv, const char *path)
{
    char *stripped = strip(argv), *word = command_word(path);
    char *command = g_strconcat(stripped, " -o ", word, NULL);

    g_free(word);
    g_free(stripped);
    return command;
}

static void say(const char *path, const struct merge_counts *counts)
{
    char *shared = counts->shared > 0
                       ? g_strdup_printf(", %llu were there", (unsigned long long)counts->shared)
                       : g_strdup("");

    if (counts->is_same_file)
        printable_line(stderr, "'%s' is the one that the others go into", path);
    else
        printable_line(stderr, "'%s': %llu run%s added%s%s", path,
                       (unsigned long long)counts->added, counts->added == 1 ? "" : "s", shared,
                       counts->is_being_written ? "; a run is writing it now: merge again when it "
                                                  "has ended"
                                                : "");
    g_free(shared);
}

/* Adds each of the databases; false at the first that does not join. */
static bool add_all(struct merge *merge, char **paths, struct merge_counts *counts,
                    struct errors *errors)
{
    for (int i = 0; paths[i]; i++)
        if (!merge_add(merge, paths[i], &counts[i], errors))
            return false;
    return true;
}

static int merge(char **paths, bool is_quiet)
{
    struct errors errors = { .count = 0 };
    size_t count = g_strv_length(paths + 1);
    struct merge_counts *counts = g_new0(struct merge_counts, count);
    struct merge *joined = merge_begin(paths[0], whole_command, &errors);
    bool is_good = joined && add_all(joined, paths + 1, counts, &errors);
    char *next;

    if (joined)
        is_good = merge_end(joined, is_good, &errors) && is_good;
    for (size_t i = 0; i < count && is_good && !is_quiet; i++)
        say(paths[i + 1], &counts[i]);
    if (is_good && results_have_log(paths[0]))
        printable_line(stderr,
                       "gossipsim: '%s' is being read by another program, so part of it is in "
                       "'%s-wal'; keep both together, the next run or merge makes them one",
                       paths[0], paths[0]);
    if (is_good && !is_quiet) {
        next = command_suggestion(2, (char *[]){ "status", paths[0] });
        printable_line(stderr, "next: %s", next);
        g_free(next);
    }
    is_good = is_good || (options_fail(&errors), false);
    errors_clear(&errors);
    g_free(counts);
    return is_good ? EXIT_DONE : EXIT_IO;
}

static int run(int argc, char **argv)
{
    gboolean is_quiet = FALSE;
    char **arguments = NULL;
    const GOptionEntry entries[] = {
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &is_quiet, "show errors only", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int exit_code;

    if (options_parse(&verb_merge, entries, 2, G_MAXINT, argc, argv, &arguments, &exit_code))
        exit_code = merge(arguments, is_quiet);
    g_strfreev(arguments);
    return exit_code;
}
