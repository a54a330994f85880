/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - `gossipsim report`: the summary table of a study. */
#include "analysis/verdict/report.h"

#include "cli/options.h"
#include "cli/output.h"
#include "experiment/language/expression.h"

static int run_report(int argc, char **argv);

const struct verb verb_report = {
    .name = "report",
    .arguments = "DB [options]",
    .summary = "print the summary table: a row per point and strategy",
    .examples = "  gossipsim report results/first.db\n"
                "  gossipsim report results/first.db --metric t90 --metric messages/node\n"
                "  gossipsim report results/sweep.db --where network.loss=5% --sort t99\n"
                "  gossipsim report results/first.db --quantile p95 --csv >first.csv\n",
    .rank = 30,
    .run = run_report,
};

/* What the command line asks for. */
struct wishes {
    gint64 study;
    gboolean json, csv, mean;
    char **metrics, **where, **only, *quantile, *sort;
};

static int check_and_print(const char *path, const struct wishes *w)
{
    struct report_options options = { .study_id = w->study,
                                      .metrics = (const char *const *)w->metrics,
                                      .means = w->mean,
                                      .sort = w->sort };
    struct setting *where = NULL;
    struct errors errors = { 0 };
    int code = EXIT_DONE;

    options.narrow.only = (const char *const *)w->only;
    if (w->mean && w->quantile)
        return options_usage_error(&verb_report,
                                   "report: --mean and --quantile exclude each other");
    if (w->quantile && !expression_read_quantile(w->quantile, &options.quantile))
        return options_usage_error(
            &verb_report, "report: --quantile '%s': expected median or p1 to p99.9", w->quantile);
    if (!output_style(&verb_report, w->json, w->csv, &options.style) ||
        !options_settings("--where", w->where, &where, &options.narrow.where_count))
        return EXIT_USAGE;
    options.narrow.where = where;
    if (!report_print(stdout, path, &options, &errors))
        code = options_fail(&errors);
    errors_clear(&errors);
    g_free(where);
    return code;
}

static int run_report(int argc, char **argv)
{
    struct wishes w = { 0 };
    char **files = NULL;
    const GOptionEntry entries[] = {
        { "metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.metrics,
          "show this column, as in t90 or messages/node (repeatable)", "NAME" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.where,
          "show only points with this value (repeatable)", "PATH=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.only,
          "show this strategy, not the others (repeatable)", "STRATEGY" },
        { "sort", 0, 0, G_OPTION_ARG_FILENAME, &w.sort,
          "sort by this metric or column, the least first, never last", "NAME" },
        { "quantile", 0, 0, G_OPTION_ARG_FILENAME, &w.quantile,
          "show times at this quantile over the runs, as in p99 (default: median)", "P" },
        { "mean", 0, 0, G_OPTION_ARG_NONE, &w.mean,
          "show times as means over the runs in which they happened", NULL },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.study, "the study to show (default: the newest)",
          "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int code = EXIT_DONE;

    if (options_parse(&verb_report, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_print(files[0], &w);
    g_strfreev(w.metrics);
    g_strfreev(w.where);
    g_strfreev(w.only);
    g_free(w.quantile);
    g_free(w.sort);
    g_strfreev(files);
    return code;
}
