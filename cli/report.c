/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - `gossipsim report`: the summary table of a study. */
#include "analysis/verdict/report.h"
#include "analysis/verdict/steady_table.h"
#include "analysis/verdict/waits_table.h"

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
                "  gossipsim report results/first.db --metric 'P(t_all < 15s)' "
                "--metric 'p99(t_all)'\n"
                "  gossipsim report results/sweep.db --where network.loss=5% --sort t99\n"
                "  gossipsim report results/renewals.db --steady staleness --steady bytes_rate\n"
                "  gossipsim report results/first.db --quantile p95 --csv >first.csv\n",
    .rank = 30,
    .run = run_report,
};

/* What the command line asks for. */
struct wishes {
    struct selection selection;
    gboolean json, csv, mean, each_update;
    char **metrics, **steady, *quantile, *sort;
};

/* The table that was asked for. */
static bool print(FILE *out, const struct study *study, const struct wishes *w,
                  const struct report_options *options, struct errors *errors)
{
    if (w->steady)
        return steady_table_print(out, study, (const char *const *)w->steady, &options->style,
                                  errors);
    if (w->each_update)
        return waits_table_print(out, study, options->quantile > 0 ? options->quantile : 0.5,
                                 &options->style, errors);
    return report_print(out, study, options, errors);
}

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
    if (w->steady && (w->each_update || w->mean || w->quantile || w->metrics || w->sort))
        return options_usage_error(&verb_report,
                                   "report: --steady has a table of its own, without --metric, "
                                   "--sort, --mean, --quantile and --each-update");
    if (w->each_update && (w->mean || w->metrics || w->sort))
        return options_usage_error(&verb_report, "report: --each-update has a table of its own, "
                                                 "without --metric, --sort and --mean");
    if (w->quantile && !expression_read_quantile(w->quantile, &options.quantile))
        return options_usage_error(
            &verb_report, "report: --quantile '%s': expected median or p1 to p99.9", w->quantile);
    if (!output_style(&verb_report, w->json, w->csv, &options.style))
        return EXIT_USAGE;
    study = selection_open(&w->selection, path, &code);
    if (study && output_open(&output, NULL, path, &errors)) {
        is_good = print(output.stream, study, w, &options, &errors);
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
          "show this column, as in t90, messages/node, p95(t99) or 'P(t_all < 15s)' (repeatable)",
          "NAME" },
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
        { "steady", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.steady,
          "show the level at which a series settles, as staleness or bytes_rate (repeatable)",
          "SERIES" },
        { "each-update", 0, 0, G_OPTION_ARG_NONE, &w.each_update,
          "show times of single updates, those that were cut off by Kaplan and Meier", NULL },
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
    g_strfreev(w.steady);
    g_free(w.quantile);
    g_free(w.sort);
    g_strfreev(files);
    return code;
}
