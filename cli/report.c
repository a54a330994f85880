/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - `gossipsim report`: the summary table of a study. */
#include "analysis/report.h"

#include "cli/options.h"
#include "cli/output.h"

static int run_report(int argc, char **argv);

const struct verb verb_report = {
    .name = "report",
    .arguments = "DB [options]",
    .summary = "print the summary table: a row per point and strategy",
    .examples = "  gossipsim report results/first.db\n"
                "  gossipsim report results/first.db --metric t90 --metric messages/node\n"
                "  gossipsim report results/first.db --study 1 --csv >first.csv\n",
    .rank = 30,
    .run = run_report,
};

static int run_report(int argc, char **argv)
{
    gint64 study = 0;
    gboolean json = FALSE, csv = FALSE, mean = FALSE;
    char **metrics = NULL, **files = NULL;
    const GOptionEntry entries[] = {
        { "metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &metrics,
          "show this column, as in t90 or messages/node (repeatable)", "NAME" },
        { "mean", 0, 0, G_OPTION_ARG_NONE, &mean,
          "show times as means over the runs in which they happened, not medians", NULL },
        { "study", 0, 0, G_OPTION_ARG_INT64, &study, "the study to show (default: the newest)",
          "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    struct report_options options = { 0 };
    struct errors errors = { 0 };
    int code = EXIT_DONE;

    if (!options_parse(&verb_report, entries, 1, 1, argc, argv, &files, &code))
        goto out;
    options.study_id = study;
    options.metrics = (const char *const *)metrics;
    options.means = mean;
    if (!output_style(&verb_report, json, csv, &options.style))
        code = EXIT_USAGE;
    else if (!report_print(stdout, files[0], &options, &errors))
        code = options_fail(&errors);
out:
    errors_clear(&errors);
    g_strfreev(metrics);
    g_strfreev(files);
    return code;
}
