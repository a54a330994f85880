/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verify.c - `gossipsim verify`: makes stored runs again and compares; looks at the file's own
 * order, too.
 */
#include "experiment/runner/verify.h"

#include "base/printable.h"
#include "base/quantity.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/progress.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLE = 20, SHOWN_MAX = 50 };

static int run(int argc, char **argv);

const struct verb verb_verify = {
    .name = "verify",
    .arguments = "DB [options]",
    .summary = "make stored runs again and compare them, byte for byte; check the file itself",
    .examples = "  gossipsim verify results/first.db\n"
                "  gossipsim verify results/first.db --all\n",
    .rank = 95,
    .run = run,
};

struct wishes {
    gboolean is_all, is_quiet;
    gint64 runs;
    int threads;
    char *folder;
};

struct telling {
    struct progress progress;
    uint64_t count;
};

static void tell(void *context, const char *text)
{
    struct telling *telling = context;

    progress_clear(&telling->progress);
    if (++telling->count <= SHOWN_MAX)
        printable_line(stdout, "%s", text);
}

static void notice(void *context, const char *text)
{
    struct telling *telling = context;

    progress_notice(&telling->progress, text);
}

static void show(void *context, const struct runner_progress *state)
{
    struct telling *telling = context;

    progress_show(&telling->progress, state);
}

/* How it went, on standard output. */
static int conclude(const char *path, const struct verify_outcome *outcome)
{
    const unsigned long long checked = outcome->checked, stored = outcome->stored;

    if (outcome->is_interrupted) {
        fflush(stdout);
        printable_line(stderr, "gossipsim: interrupted; nothing was compared to its end");
        return EXIT_INTERRUPTED;
    }
    if (outcome->off > SHOWN_MAX)
        printf("... and %llu more\n", (unsigned long long)outcome->off - SHOWN_MAX);
    printable_line(stdout, "'%s': %llu of %llu run%s made again, %s", path, checked, stored,
                   stored == 1 ? "" : "s",
                   outcome->off > 0 ? "NOT all is as it should be"
                                    : "all as stored; the file is in order");
    if (outcome->refused > 0) {
        fflush(stdout);
        printable_line(stderr,
                       "gossipsim: error: %llu runs could not be made: they need more "
                       "memory than there is",
                       (unsigned long long)outcome->refused);
    }
    return outcome->off > 0       ? EXIT_CHECK_FAILED
           : outcome->refused > 0 ? EXIT_RUNS_FAILED
                                  : EXIT_DONE;
}

static int verify(const char *path, const struct wishes *wishes)
{
    struct telling telling = { .count = 0 };
    const struct verify_options options = {
        .runner = { .threads = options_threads(wishes->threads),
                    .stop = &interrupt_wanted,
                    .progress = show,
                    .notice = notice,
                    .context = &telling },
        .sample = wishes->is_all     ? 0
                  : wishes->runs > 0 ? (uint64_t)wishes->runs
                                     : SAMPLE,
        .version = GOSSIPSIM_VERSION,
        .folder = wishes->folder,
        .found = tell,
        .notice = notice,
        .context = &telling,
    };
    struct verify_outcome outcome;
    struct errors errors = { .count = 0 };
    char *words = strdup("gossipsim: interrupted\n"); /* its taker uses free() */
    int exit_code;

    progress_init(&telling.progress, wishes->is_quiet);
    if (interrupt_catch(words, &errors) && verify_database(path, &options, &outcome, &errors)) {
        progress_clear(&telling.progress);
        exit_code = conclude(path, &outcome);
    } else {
        progress_clear(&telling.progress);
        exit_code = options_fail(&errors);
    }
    interrupt_release();
    errors_clear(&errors);
    return exit_code;
}

static int run(int argc, char **argv)
{
    struct wishes wishes = { .threads = 0 };
    char **arguments = NULL;
    const GOptionEntry entries[] = {
        { "all", 0, 0, G_OPTION_ARG_NONE, &wishes.is_all, "make all runs again", NULL },
        { "runs", 0, 0, G_OPTION_ARG_INT64, &wishes.runs,
          "make so many again, spread over all (default: 20)", "N" },
        { "threads", 'j', 0, G_OPTION_ARG_INT, &wishes.threads,
          "runs at a time, from 1 (default: as many as there are cores)", "N" },
        { "folder", 0, 0, G_OPTION_ARG_FILENAME, &wishes.folder,
          "where the files are that scenarios name (default: beside the scenario that was run)",
          "DIR" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &wishes.is_quiet, "show no progress", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int exit_code;

    if (options_parse(&verb_verify, entries, 1, 1, argc, argv, &arguments, &exit_code)) {
        if (options_threads(wishes.threads) == 0)
            exit_code = EXIT_USAGE;
        else if (wishes.is_all && wishes.runs > 0)
            exit_code = options_usage_error(&verb_verify, "both --all and --runs are asked for");
        else
            exit_code = verify(arguments[0], &wishes);
    }
    g_strfreev(arguments);
    g_free(wishes.folder);
    return exit_code;
}
