/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - `gossipsim report`: the summary table of a study. */
#include "analysis/verdict/report.h"
#include "analysis/verdict/axis_shares.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/selection.h"
#include "experiment/language/expression.h"

static int run_report(int argc, char **argv);

const struct verb verb_report = {
    .name = "report",
    .arguments = "DB [options]",
    .summary = "print the summary table: a row per point and strategy",
    .examples = "  gossipsim report results/first.db\n"
                "  gossipsim report results/first.db --metric t90 --metric messages/node\n"
                "  gossipsim report results/sweep.db --where network.loss=5% --sort t99\n"
                "  gossipsim report results/sweep.db --sensitivity --metric t99 --metric bytes\n"
                "  gossipsim report results/first.db --quantile p95 --csv >first.csv\n",
    .rank = 30,
    .run = run_report,
};

/* What the command line asks for. */
struct wishes {
    struct selection selection;
    gboolean json, csv, mean, sensitivity;
    char **metrics, *quantile, *sort;
};

static int check_and_print(const char *path, struct wishes *w)
{
    struct report_options options = { .metrics = (const char *const *)w->metrics,
                                      .means = w->mean,
                                      .sort = w->sort };
    struct errors errors = { 0 };
    struct output output;
    struct study *study;
    bool is_good;
    int code = EXIT_DONE;

    if (w->mean && w->quantile)
        return options_usage_error(&verb_report,
                                   "report: --mean and --quantile exclude each other");
    if (w->sensitivity && (w->mean || w->quantile || w->sort))
        return options_usage_error(&verb_report,
                                   "report: --sensitivity is of means over all points: --mean, "
                                   "--quantile and --sort are not for it");
    if (w->quantile && !expression_read_quantile(w->quantile, &options.quantile))
        return options_usage_error(
            &verb_report, "report: --quantile '%s': expected median or p1 to p99.9", w->quantile);
    if (!output_style(&verb_report, w->json, w->csv, &options.style))
        return EXIT_USAGE;
    study = selection_open(&w->selection, path, &code);
    if (study && output_open(&output, NULL, path, &errors)) {
        is_good = w->sensitivity ? axis_shares_print(output.stream, study, options.metrics,
                                                     &options.style, &errors)
                                 : report_print(output.stream, study, &options, &errors);
        study_end_reading(study);
        is_good = output_close(&output, is_good, &errors) && is_good;
        code = is_good ? EXIT_DONE : options_fail(&errors);
    } else if (study) {
        code = options_fail(&errors);
    }
    study_close(study);
    errors_clear(&errors);
    return code;
}

static int run_report(int argc, char **argv)
{
    struct wishes w = { 0 };
    char **files = NULL;
    const GOptionEntry entries[] = {
        { "metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.metrics,
          "show this column, as in t90 or messages/node (repeatable)", "NAME" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.where,
          "show only points with this value (repeatable)", "PATH=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.only,
          "show this strategy, not the others (repeatable)", "STRATEGY" },
        { "sort", 0, 0, G_OPTION_ARG_FILENAME, &w.sort,
          "sort by this metric or column, the least first, never last", "NAME" },
        { "quantile", 0, 0, G_OPTION_ARG_FILENAME, &w.quantile,
          "show times at this quantile over the runs, as in p99 (default: median)", "P" },
        { "mean", 0, 0, G_OPTION_ARG_NONE, &w.mean,
          "show times as means over the runs in which they happened", NULL },
        { "sensitivity", 0, 0, G_OPTION_ARG_NONE, &w.sensitivity,
          "show instead which swept parameter matters for each metric, and how much", NULL },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.selection.study,
          "the study to show (default: the newest)", "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int code = EXIT_DONE;

    if (options_parse(&verb_report, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_print(files[0], &w);
    selection_clear(&w.selection);
    g_strfreev(w.metrics);
    g_free(w.quantile);
    g_free(w.sort);
    g_strfreev(files);
    return code;
}
