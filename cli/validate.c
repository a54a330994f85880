/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validate.c - `gossipsim validate`: published figures beside what this build measures.
 */
#include "analysis/validation/validation.h"

#include "base/quantity.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"

static int run_validate(int argc, char **argv);

const struct verb verb_validate = {
    .name = "validate",
    .arguments = "[options]",
    .summary = "reproduce published tables and laws beside what this build measures",
    .examples = "  gossipsim validate --quick --only 'Demers*'\n"
                "  gossipsim validate --csv >validation.csv\n",
    .rank = 110,
    .run = run_validate,
};

/* On a terminal one line that rewrites itself, elsewhere a line every 10 s. */
static void show_progress(void *context, double done, double seconds)
{
    struct progress *progress = context;
    char left[PROGRESS_TIME_MAX] = "?";

    if (progress->is_quiet)
        return;
    if (seconds < progress->last_seconds + (progress->is_terminal ? 0.1 : 10))
        return;
    if (done > 0)
        progress_time(seconds * (1 - done) / done, left);
    fprintf(stderr, progress->is_terminal ? "\r%.0f%%  ETA %s\033[K" : "%.0f%%  ETA %s\n",
            100 * done, left);
    fflush(stderr);
    progress->is_shown = true;
    progress->last_seconds = seconds;
}

static bool is_meant(const struct validation_row *row, const char *only)
{
    char *pattern, *text;
    bool is_match;

    if (!only)
        return true;
    pattern = g_strdup_printf("*%s*", only);
    text = g_strdup_printf("%s, %s", row->what, row->source);
    is_match = g_pattern_match_simple(pattern, text);
    g_free(pattern);
    g_free(text);
    return is_match;
}

static bool is_large(const struct validation_row *row)
{
    return row->trial->nodes > VALIDATION_QUICK_NODES;
}

/* The rows to measure; *left_out: how many of those meant --quick does without. */
static GPtrArray *select_rows(const char *only, bool is_quick, int *left_out)
{
    GPtrArray *rows = g_ptr_array_new();

    *left_out = 0;
    for (const struct validation_row *const *list = validation_lists; *list; list++)
        for (const struct validation_row *row = *list; row->what; row++) {
            if (!is_meant(row, only))
                continue;
            if (is_quick && is_large(row))
                ++*left_out;
            else
                g_ptr_array_add(rows, (gpointer)row);
        }
    return rows;
}

/* Says how it went, after a table for people. */
static void print_summary(const struct validation_outcome *outcomes, guint count, int left_out,
                          uint64_t seed)
{
    guint off = 0;

    for (guint i = 0; i < count; i++)
        off += outcomes[i].is_off;
    printf("\n%u of %u rows agree, %u are off; seed %llu.\n", count - off, count, off,
           (unsigned long long)seed);
    if (left_out > 0)
        printf("Left out by --quick: %d with more than %d nodes.\n", left_out,
               VALIDATION_QUICK_NODES);
    printf("SE: standard error of the difference. A row is off by more than 4 SE beyond half a "
           "unit of\n"
           "the last digit as printed, or beyond what its law leaves open (± in `published`).\n");
}

static int measure_and_print(const GPtrArray *rows, int left_out,
                             const struct validation_options *options,
                             const struct table_style *style)
{
    const struct validation_row *const *list = (const void *)rows->pdata;
    struct validation_outcome *outcomes = g_new0(struct validation_outcome, rows->len);
    struct errors errors = { 0 };
    int code = EXIT_DONE;

    if (validation_measure(list, rows->len, options, outcomes, &errors)) {
        progress_clear(options->context);
        validation_print(stdout, list, rows->len, outcomes, style);
        if (style->format == TABLE_PEOPLE)
            print_summary(outcomes, rows->len, left_out, options->seed);
        for (guint i = 0; i < rows->len; i++)
            if (outcomes[i].is_off)
                code = EXIT_CHECK_FAILED;
    } else {
        progress_clear(options->context);
        options_fail(&errors);
        code = EXIT_RUNS_FAILED;
    }
    errors_clear(&errors);
    g_free(outcomes);
    return code;
}

static int run_validate(int argc, char **argv)
{
    gboolean json = FALSE, csv = FALSE, quick = FALSE, quiet = FALSE;
    gint threads = 0;
    int64_t seed = 1;
    char **arguments = NULL, *only = NULL, *seed_text = NULL, why[QUANTITY_WHY_MAX];
    const GOptionEntry entries[] = {
        { "only", 0, 0, G_OPTION_ARG_FILENAME, &only,
          "rows whose name or source has PATTERN in it (* and ? as in file names)", "PATTERN" },
        { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "fewer runs, and no very large networks",
          NULL },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &seed_text, "other random numbers (default: 1)",
          "N" },
        { "threads", 'j', 0, G_OPTION_ARG_INT, &threads, "threads (default: all cores)", "N" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "show no progress", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    struct validation_options options = { .progress = show_progress };
    struct progress progress;
    struct table_style style;
    GPtrArray *rows = NULL;
    int code = EXIT_DONE, left_out = 0;

    if (!options_parse(&verb_validate, entries, 0, 0, argc, argv, &arguments, &code))
        goto out;
    rows = select_rows(only, quick, &left_out);
    progress_init(&progress, quiet);
    options.context = &progress;
    options.is_quick = quick;
    options.threads = options_threads(threads);
    if (options.threads == 0 || !output_style(&verb_validate, json, csv, &style))
        code = EXIT_USAGE;
    else if (seed_text && !quantity_read_count(seed_text, &seed, why))
        code = options_usage_error(&verb_validate, "validate: --seed %s: %s", seed_text, why);
    else if (rows->len == 0)
        code = options_usage_error(&verb_validate, "--only '%s': no row has that in it%s", only,
                                   left_out > 0 ? " but those that --quick leaves out" : "");
    options.seed = (uint64_t)seed;
    if (code == EXIT_DONE)
        code = measure_and_print(rows, left_out, &options, &style);
out:
    if (rows)
        g_ptr_array_free(rows, TRUE);
    g_free(only);
    g_free(seed_text);
    g_strfreev(arguments);
    return code;
}
