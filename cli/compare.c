/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.c - `gossipsim compare`: strategies or sweep values against a baseline.
 *
 * What --fail-if finds goes to standard error, so that standard output is the comparison alone.
 */
#include "analysis/compare.h"
#include "analysis/expectation.h"

#include "cli/options.h"
#include "cli/output.h"

static int run_compare(int argc, char **argv);

const struct verb verb_compare = {
    .name = "compare",
    .arguments = "DB [options]",
    .summary = "compare strategies with a baseline, paired by replication",
    .examples = "  gossipsim compare results/first.db --baseline anti-entropy-push\n"
                "  gossipsim compare results/sweep.db --by network.loss --metric t99\n",
    .rank = 40,
    .run = run_compare,
};

/* Prints the comparison, then what must not hold; returns the exit code. */
static int compare_and_judge(const char *path, const struct compare_options *options,
                             const struct expression *list, size_t count, struct errors *errors)
{
    struct expectation_count found;

    if (!compare_print(stdout, path, options, errors))
        return options_fail(errors);
    fflush(stdout);
    if (count > 0 &&
        !expectation_judge(stderr, path, options->study_id, list, count, false, &found, errors))
        return options_fail(errors);
    return count > 0 && found.different > 0 ? EXIT_CHECK_FAILED : EXIT_DONE;
}

static int run_compare(int argc, char **argv)
{
    gint64 study = 0;
    gboolean json = FALSE, csv = FALSE;
    char **metrics = NULL, **fail_if = NULL, **files = NULL, *by = NULL, *baseline = NULL;
    const GOptionEntry entries[] = {
        { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &baseline,
          "compare with this strategy, or value of --by (default: the first)", "S" },
        { "by", 0, 0, G_OPTION_ARG_FILENAME, &by,
          "compare the values of a swept parameter, not strategies", "PATH" },
        { "metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &metrics,
          "compare this metric (repeatable; default: t99 and bytes)", "NAME" },
        { "fail-if", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &fail_if,
          "exit with 1 if it holds, as in 'p95(t99, push) > 3s' (repeatable)", "EXPR" },
        { "study", 0, 0, G_OPTION_ARG_INT64, &study, "the study to read (default: the newest)",
          "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    struct compare_options options = { 0 };
    struct expression *list = NULL;
    size_t count = 0;
    struct errors errors = { 0 };
    int code = EXIT_DONE;

    if (!options_parse(&verb_compare, entries, 1, 1, argc, argv, &files, &code))
        goto out;
    options.study_id = study;
    options.by = by;
    options.baseline = baseline;
    options.metrics = (const char *const *)metrics;
    if (!output_style(&verb_compare, json, csv, &options.style))
        code = EXIT_USAGE;
    else if (fail_if &&
             !expectation_read(files[0], study, "--fail-if", fail_if, &list, &count, &errors))
        code = options_fail(&errors);
    else
        code = compare_and_judge(files[0], &options, list, count, &errors);
out:
    errors_clear(&errors);
    expectation_free(list, count);
    g_free(by);
    g_free(baseline);
    g_strfreev(metrics);
    g_strfreev(fail_if);
    g_strfreev(files);
    return code;
}
