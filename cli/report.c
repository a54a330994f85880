/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - `gossipsim report`: the summary table of a study, and the page that has it. */
#include "analysis/verdict/report.h"
#include "analysis/verdict/axis_shares.h"
#include "analysis/verdict/growth.h"
#include "analysis/verdict/steady_table.h"
#include "analysis/verdict/waits_table.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/report_page.h"
#include "cli/selection.h"
#include "experiment/language/expression.h"

static int run_report(int argc, char **argv);

const struct verb verb_report = {
    .name = "report",
    .arguments = "DB [options]",
    .summary = "print the summary table: a row per point and strategy; or write a page of HTML",
    .examples = "  gossipsim report results/first.db\n"
                "  gossipsim report results/first.db --metric t90 --metric messages/node\n"
                "  gossipsim report results/first.db --metric 'P(t_all < 15s)' "
                "--metric 'p99(t_all)'\n"
                "  gossipsim report results/sweep.db --where network.loss=5% --sort t99\n"
                "  gossipsim report results/churn.db --steady bytes_rate\n"
                "  gossipsim report results/sweep.db --sensitivity --metric t99 --metric bytes\n"
                "  gossipsim report results/growth.db --growth --metric t99\n"
                "  gossipsim report results/first.db --quantile p95 --csv >first.csv\n"
                "  gossipsim report results/first.db -o report.html\n",
    .rank = 30,
    .run = run_report,
};

/* What the command line asks for. */
struct wishes {
    struct selection selection;
    gboolean json, csv, mean, each_update, sensitivity, growth;
    char **metrics, **steady, *quantile, *sort, *by, *output;
};

/* A table other than the summary, and the options that go with it. */
struct kind {
    const char *option;
    bool is_wanted, takes_metric, takes_quantile, takes_by;
};

enum { KINDS = 4 };

static void list_kinds(const struct wishes *w, struct kind kinds[KINDS])
{
    kinds[0] = (struct kind){ .option = "--steady", .is_wanted = w->steady };
    kinds[1] = (struct kind){ .option = "--each-update",
                              .is_wanted = w->each_update,
                              .takes_quantile = true };
    kinds[2] = (struct kind){ .option = "--sensitivity",
                              .is_wanted = w->sensitivity,
                              .takes_metric = true };
    kinds[3] = (struct kind){
        .option = "--growth", .is_wanted = w->growth, .takes_metric = true, .takes_by = true
    };
}

/* An option that was given and that the table of this kind, NULL being the summary, does without;
 * NULL: none. */
static const char *odd_option(const struct wishes *w, const struct kind *kind)
{
    return w->by && !(kind && kind->takes_by)             ? "--by"
           : w->metrics && kind && !kind->takes_metric    ? "--metric"
           : w->quantile && kind && !kind->takes_quantile ? "--quantile"
           : kind && w->sort                              ? "--sort"
           : kind && w->mean                              ? "--mean"
                                                          : NULL;
}

/* Whether the options go together; false after a complaint. */
static bool check_wishes(const struct wishes *w)
{
    struct kind kinds[KINDS];
    const struct kind *wanted = NULL;
    const char *odd;

    list_kinds(w, kinds);
    for (size_t i = 0; i < KINDS; i++) {
        if (kinds[i].is_wanted && wanted) {
            options_usage_error(&verb_report, "report: %s and %s exclude each other",
                                wanted->option, kinds[i].option);
            return false;
        }
        if (kinds[i].is_wanted)
            wanted = &kinds[i];
    }
    odd = odd_option(w, wanted);
    if (odd && wanted)
        options_usage_error(&verb_report, "report: %s has a table of its own, without %s",
                            wanted->option, odd);
    else if (odd)
        options_usage_error(&verb_report, "report: %s is for --growth", odd);
    else if (w->mean && w->quantile)
        options_usage_error(&verb_report, "report: --mean and --quantile exclude each other");
    else
        return true;
    return false;
}

/* Whether a page can be what the options ask for; false after a complaint. */
static bool check_page(const struct wishes *w)
{
    struct kind kinds[KINDS];
    const char *odd = w->json ? "--json" : w->csv ? "--csv" : NULL;

    list_kinds(w, kinds);
    for (size_t i = 0; i < KINDS && !odd; i++)
        odd = kinds[i].is_wanted ? kinds[i].option : NULL;
    if (!g_str_has_suffix(w->output, ".html"))
        options_usage_error(&verb_report,
                            "report: -o '%s': the name must end in .html: it is for a page; tables "
                            "go to standard output",
                            w->output);
    else if (odd)
        options_usage_error(&verb_report,
                            "report: -o writes a page with the summary table, without %s", odd);
    else
        return true;
    return false;
}

/* The table that was asked for. */
static bool print(FILE *out, const struct study *study, const struct wishes *w,
                  const struct report_options *options, struct errors *errors)
{
    const struct growth_options growth = { options->metrics, w->by, options->style };

    if (w->steady)
        return steady_table_print(out, study, (const char *const *)w->steady, &options->style,
                                  errors);
    if (w->each_update)
        return waits_table_print(out, study, options->quantile > 0 ? options->quantile : 0.5,
                                 &options->style, errors);
    if (w->sensitivity)
        return axis_shares_print(out, study, options->metrics, &options->style, errors);
    if (w->growth)
        return growth_print(out, study, &growth, errors);
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

    if (!check_wishes(w) || (w->output && !check_page(w)))
        return EXIT_USAGE;
    if (w->quantile && !expression_read_quantile(w->quantile, &options.quantile))
        return options_usage_error(
            &verb_report, "report: --quantile '%s': expected median or p1 to p99.9", w->quantile);
    if (!output_style(&verb_report, w->json, w->csv, &options.style))
        return EXIT_USAGE;
    if (w->output)
        return report_page(&w->selection, path, w->output, &options);
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
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "write one page of HTML with answer, table, figures and scenario (docs/report.md)",
          "FILE.html" },
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
        { "sensitivity", 0, 0, G_OPTION_ARG_NONE, &w.sensitivity,
          "show instead which swept parameter matters for each metric, and how much", NULL },
        { "growth", 0, 0, G_OPTION_ARG_NONE, &w.growth,
          "show the law by which metrics grow with a swept parameter", NULL },
        { "by", 0, 0, G_OPTION_ARG_FILENAME, &w.by,
          "the parameter of --growth (default: nodes, or the first of numbers)", "PATH" },
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
    g_free(w.by);
    g_free(w.output);
    g_strfreev(files);
    return code;
}
