/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.c - `gossipsim compare`: strategies, sweep values or a whole study against a baseline.
 *
 * What --fail-if finds goes to standard error, so that standard output is the comparison alone.
 */
#include "analysis/verdict/compare.h"
#include "analysis/verdict/expectation.h"

#include "cli/options.h"
#include "cli/output.h"
#include "cli/selection.h"

static int run_compare(int argc, char **argv);

const struct verb verb_compare = {
    .name = "compare",
    .arguments = "DB [options]",
    .summary = "compare strategies, or two studies, paired by replication",
    .examples = "  gossipsim compare results/first.db --baseline anti-entropy-push\n"
                "  gossipsim compare results/sweep.db --by network.loss --metric t99\n"
                "  gossipsim compare after.db --against before.db --fail-if 'ratio(t99) > 1.1'\n"
                "  gossipsim compare results/first.db "
                "--fail-if 'P(t_all < 1min, anti-entropy-push) < 90%'\n",
    .rank = 40,
    .run = run_compare,
};

/* What the command line asks for. */
struct wishes {
    struct selection selection;
    gboolean json, csv, all;
    char **metrics, **fail_if, *by, *baseline, *against;
    gint64 against_study; /* 0: the newest */
};

/* One strategy has nothing to be compared with, but may be judged by itself. */
static bool is_for_one(const struct study *study, const struct compare_options *options,
                       const struct expression *list, size_t count)
{
    bool is_for_one = !options->by && !options->against && study->strategy_count == 1 && count > 0;

    for (size_t i = 0; i < count; i++)
        is_for_one = is_for_one && !expression_is_relative(&list[i]);
    return is_for_one;
}

/* Writes the comparison to `out`, to `judged` how what must not hold did; false after an error. */
static bool write_both(FILE *out, FILE *judged, const struct study *study,
                       const struct compare_options *options, const struct expression *list,
                       size_t count, size_t *different, struct errors *errors)
{
    const bool compares = !is_for_one(study, options, list, count);
    struct expectation_count found = { 0 };
    bool is_good =
        (!compares || compare_print(out, study, options, errors)) &&
        expectation_judge(judged, study, list, count, false, &found, errors) &&
        (!compares || compare_judge(judged, study, options, list, count, different, errors));

    *different += found.different;
    return is_good;
}

/* Prints the comparison, then how what must not hold did; returns the exit code. */
static int compare_and_judge(struct study *study, struct study *against,
                             const struct compare_options *options, const struct expression *list,
                             size_t count, struct errors *errors)
{
    struct output output;
    size_t different = 0, length;
    char *text = NULL;
    FILE *judged;
    bool is_good;

    if (!output_open(&output, NULL, study->path, errors))
        return options_fail(errors);
    judged = open_memstream(&text, &length);
    is_good = write_both(output.stream, judged, study, options, list, count, &different, errors);
    fclose(judged);
    study_end_reading(study);
    if (against)
        study_end_reading(against);
    is_good = output_close(&output, is_good, errors) && is_good;
    fflush(stdout);
    if (is_good)
        fputs(text, stderr);
    free(text);
    if (!is_good)
        return options_fail(errors);
    return different > 0 ? EXIT_CHECK_FAILED : EXIT_DONE;
}

/* The baseline cannot differ from itself. */
static bool check_relative(const struct expression *list, size_t count, const char *baseline,
                           struct errors *errors)
{
    size_t before = errors->count;

    for (size_t i = 0; i < count; i++)
        if (expression_is_relative(&list[i]) && g_strcmp0(list[i].strategy, baseline) == 0 &&
            baseline)
            errors_add(errors, ERROR_SCENARIO,
                       "--fail-if '%s': '%s' is the baseline; --baseline sets another one",
                       list[i].text, baseline);
    return errors->count == before;
}

/* Reads what must not hold, and compares. */
static int read_and_compare(struct study *study, struct study *against, const struct wishes *w,
                            const struct compare_options *options, struct errors *errors)
{
    const char *baseline = w->by || w->against ? NULL
                           : w->baseline       ? w->baseline
                                               : study->strategies[0];
    struct expression *list = NULL;
    size_t count = 0;
    int code;

    if (w->fail_if && !expectation_read(study, "--fail-if", w->fail_if, &list, &count, errors))
        return options_fail(errors);
    code = check_relative(list, count, baseline, errors)
               ? compare_and_judge(study, against, options, list, count, errors)
               : options_fail(errors);
    expectation_free(list, count);
    return code;
}

/* Opens what the options set the study against, if they do, and compares. */
static int open_and_compare(struct study *study, const struct wishes *w,
                            struct compare_options *options, struct errors *errors)
{
    struct study *against = NULL;
    int code;

    if (w->against) {
        against = study_open(w->against, w->against_study, errors);
        if (!against)
            return options_fail(errors);
        options->against = against;
    }
    code = read_and_compare(study, against, w, options, errors);
    study_close(against);
    return code;
}

static bool check_against(const struct wishes *w)
{
    if (w->against && w->by)
        options_usage_error(&verb_compare, "compare: --against and --by exclude each other: the "
                                           "baseline is another study, or another value");
    else if (w->against_study && !w->against)
        options_usage_error(&verb_compare, "compare: --against-study is of the database that "
                                           "--against names");
    else
        return true;
    return false;
}

static int check_and_compare(const char *path, struct wishes *w)
{
    struct compare_options options = { .by = w->by,
                                       .baseline = w->baseline,
                                       .metrics = (const char *const *)w->metrics,
                                       .all = w->all };
    const bool is_within = !w->by && !w->against;
    struct errors errors = { 0 };
    struct study *study;
    int code;

    if (!output_style(&verb_compare, w->json, w->csv, &options.style) || !check_against(w))
        return EXIT_USAGE;
    /* The baseline is not left out. */
    w->selection.keep = is_within ? w->baseline : NULL;
    w->selection.keeps_first = is_within && !w->baseline;
    study = selection_open(&w->selection, path, &code);
    if (study)
        code = open_and_compare(study, w, &options, &errors);
    study_close(study);
    errors_clear(&errors);
    return code;
}

static int run_compare(int argc, char **argv)
{
    struct wishes w = { 0 };
    char **files = NULL;
    const GOptionEntry entries[] = {
        { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &w.baseline,
          "compare with this strategy, or value of --by (default: the first)", "S" },
        { "by", 0, 0, G_OPTION_ARG_FILENAME, &w.by,
          "compare the values of a swept parameter, not strategies", "PATH" },
        { "against", 0, 0, G_OPTION_ARG_FILENAME, &w.against,
          "compare with the same strategies and points in this database", "DB" },
        { "against-study", 0, 0, G_OPTION_ARG_INT64, &w.against_study,
          "its study to read (default: the newest)", "N" },
        { "metric", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.metrics,
          "compare this metric (repeatable; default: t99, bytes and bytes_rate)", "NAME" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.where,
          "compare only points with this value (repeatable)", "PATH=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.only,
          "compare this strategy, not the others (repeatable)", "STRATEGY" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &w.all,
          "print every comparison, not a summary where there are more than 40", NULL },
        { "fail-if", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.fail_if,
          "exit with 1 if it holds anywhere, as in 'p95(t99, push) > 3s' (repeatable)", "EXPR" },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.selection.study,
          "the study to read (default: the newest)", "N" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int code = EXIT_DONE;

    if (options_parse(&verb_compare, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_compare(files[0], &w);
    g_free(w.by);
    g_free(w.baseline);
    g_free(w.against);
    g_strfreev(w.metrics);
    selection_clear(&w.selection);
    g_strfreev(w.fail_if);
    g_strfreev(files);
    return code;
}
