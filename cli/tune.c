/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tune.c - `gossipsim tune`: the cheapest setting that meets its goals.
 *
 * The search is a study in a database as any other.  An interrupt keeps what is done; the same
 * command goes on from there to the same end.
 */
#include "analysis/tuning/tuning_study.h"
#include "analysis/tuning/tuning_words.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static int run_tune(int argc, char **argv);

const struct verb verb_tune = {
    .name = "tune",
    .arguments = "SCENARIO --goal EXPR --vary PATH=VALUES --minimise METRIC [options]",
    .summary = "find the cheapest setting that meets a goal",
    .examples = "  gossipsim tune scenarios/tune-push.yaml --goal 'p99(t99, push) < 3s' \\\n"
                "      --vary strategies.push.rumor-mongering.fanout=1..8 \\\n"
                "      --vary strategies.push.rumor-mongering.interval=100ms..2s \\\n"
                "      --minimise bytes_rate\n",
    .rank = 35,
    .run = run_tune,
};

/* What the command line asks for. */
struct wishes {
    char *output, *best, *minimise, *confidence, *seed, *command;
    char **goals, **vary, **sets;
    int threads;
    gint64 budget;
    gboolean is_quiet, json, csv;
};

static bool read_confidence(const char *text, double *confidence)
{
    char why[QUANTITY_WHY_MAX];

    *confidence = 0.95;
    if (!text)
        return true;
    if (!quantity_read_fraction(text, confidence, why))
        options_usage_error(&verb_tune, "--confidence: %s", why);
    else if (!(*confidence >= 0.5 && *confidence <= 0.9999))
        options_usage_error(&verb_tune, "--confidence '%s': expected 50%% to 99.99%%", text);
    else
        return true;
    return false;
}

/* A scenario is read for each setting that is tried, so it must stay what it is. */
static bool is_file(const char *path)
{
    struct stat info;

    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return true; /* what cannot be opened is told by who reads it */
    options_usage_error(&verb_tune, "'%s' is not a file; tune reads its scenario again and again",
                        path);
    return false;
}

static char *database_path(const struct wishes *w, const struct plan *plan, struct errors *errors)
{
    if (w->output)
        return g_strdup(w->output);
    if (g_mkdir("results", 0777) != 0 && errno != EEXIST) {
        errors_add(errors, ERROR_IO, "cannot make the folder 'results': %s", strerror(errno));
        return NULL;
    }
    return g_strdup_printf("results/%s-tune.db", plan->name);
}

/* ---- the answer ---- */

/* The command that runs the chosen setting.  g_free() it. */
static char *run_command(const struct wishes *w, const struct tuning_study *study)
{
    const struct tuning_request *request = study->request;
    const struct tuning_setting *chosen = tuning_get(&study->tuning, study->tuning.chosen);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    char *command;

    g_ptr_array_add(words, g_strdup("run"));
    g_ptr_array_add(words, g_strdup(request->scenario));
    for (size_t i = 0; i < request->set_count; i++) {
        g_ptr_array_add(words, g_strdup("--set"));
        g_ptr_array_add(words,
                        g_strdup_printf("%s=%s", request->sets[i].path, request->sets[i].value));
    }
    for (size_t i = 0; i < study->problem.axes; i++) {
        g_ptr_array_add(words, g_strdup("--set"));
        g_ptr_array_add(words, g_strdup_printf("%s=%s", study->axes[i].path, chosen->texts[i]));
    }
    if (w->seed) {
        g_ptr_array_add(words, g_strdup("--seed"));
        g_ptr_array_add(words, g_strdup(w->seed));
    }
    command = command_suggestion((int)words->len, (char **)words->pdata);
    g_ptr_array_free(words, TRUE);
    return command;
}

/* The scenario with the chosen setting, completed. */
static bool write_best(const struct wishes *w, const struct tuning_study *study,
                       const char *database, struct errors *errors)
{
    const struct tuning_request *request = study->request;
    const struct tuning_setting *chosen = tuning_get(&study->tuning, study->tuning.chosen);
    const size_t count = request->set_count + study->problem.axes;
    struct setting *sets = g_new0(struct setting, count);
    struct plan_options options = { .sets = sets, .set_count = count, .seed = request->seed };
    struct output output;
    struct plan *plan;
    bool is_good;

    if (request->set_count > 0)
        memcpy(sets, request->sets, request->set_count * sizeof *sets);
    for (size_t i = 0; i < study->problem.axes; i++)
        sets[request->set_count + i] = (struct setting){ study->axes[i].path, chosen->texts[i] };
    plan = plan_read(request->scenario, &options, errors);
    g_free(sets);
    is_good = plan && output_open(&output, w->best, database, errors);
    if (is_good) {
        fputs(plan->scenario, output.stream);
        is_good = output_close(&output, true, errors);
    }
    plan_free(plan);
    return is_good;
}

static void say_next(const struct wishes *w, const struct tuning_study *study, const char *path)
{
    char *run, *plot = command_suggestion(6, (char *[]){ "plot", (char *)path, "--kind", "frontier",
                                                         "-o", "frontier.svg" });

    fflush(stdout);
    if (study->tuning.chosen != SIZE_MAX) {
        run = run_command(w, study);
        printable_line(stderr, "next: %s", run);
        printable_line(stderr, "      %s", plot);
        g_free(run);
    } else {
        printable_line(stderr, "next: %s", plot);
    }
    g_free(plot);
}

static int show(const struct wishes *w, const struct tuning_study *study, const char *path,
                int64_t study_id, const struct table_style *style, struct errors *errors)
{
    struct study *stored = study_open(path, study_id, errors);
    struct output output;
    bool is_good = stored && output_open(&output, NULL, path, errors);

    if (is_good) {
        is_good = tuning_words_print(output.stream, study, stored, style, errors);
        study_end_reading(stored);
        is_good = output_close(&output, is_good, errors) && is_good;
    }
    study_close(stored);
    if (is_good && w->best && study->tuning.chosen != SIZE_MAX)
        is_good = write_best(w, study, path, errors);
    if (!is_good)
        return options_fail(errors);
    if (!w->is_quiet)
        say_next(w, study, path);
    if (study->failed > 0)
        return EXIT_RUNS_FAILED;
    return study->tuning.chosen != SIZE_MAX ? EXIT_DONE : EXIT_CHECK_FAILED;
}

/* ---- the search ---- */

static void say_how_it_went(const struct wishes *w, const struct tuning_study *study,
                            const char *path)
{
    const unsigned long long made = study->made;

    if (study->is_interrupted) {
        char *command = command_typed(w->command);
        printable_line(stderr, "gossipsim: interrupted; %llu new run%s stored in '%s'", made,
                       made == 1 ? " is" : "s are", path);
        printable_line(stderr, "to go on: %s", command);
        g_free(command);
        return;
    }
    if (!w->is_quiet && made > 0)
        printable_line(stderr, "%llu runs, stored in '%s'", made, path);
    else if (!w->is_quiet)
        printable_line(stderr, "nothing to do: all %llu runs are in '%s'",
                       (unsigned long long)study->tuning.runs, path);
    if (study->failed > 0)
        printable_line(stderr,
                       "gossipsim: error: %llu runs failed, which meets no goal; the first: %s",
                       (unsigned long long)study->failed, study->failure);
}

/* Makes what is missing and closes the database; false after an error. */
static bool search(const struct wishes *w, struct tuning_study *study, const char *path,
                   int64_t *study_id, struct errors *errors)
{
    struct progress progress;
    struct runner_options how = {
        .threads = options_threads(w->threads),
        .stop = &interrupt_wanted,
        .progress = progress_show,
        .notice = progress_notice,
        .context = &progress,
    };
    struct results *results = results_open(path, errors);
    bool is_good;

    if (!results)
        return false;
    progress_init(&progress, w->is_quiet);
    is_good = runner_fits(study->first, how.threads, errors) &&
              command_catch_interrupts(w->command, path, errors) &&
              tuning_study_run(study, results, &how, errors);
    progress_clear(&progress);
    *study_id = results_study(results);
    is_good = results_close(results, errors) && is_good;
    interrupt_release();
    return is_good;
}

static int tune(const struct wishes *w, struct tuning_request *request,
                const struct table_style *style)
{
    struct errors errors = { .count = 0 };
    struct tuning_study *study = tuning_study_new(request, &errors);
    char *path = study ? database_path(w, study->first, &errors) : NULL;
    int64_t study_id = 0;
    int code;

    request->database = path;
    if (!path || (w->best && !output_can_open(w->best, path, &errors)) ||
        !search(w, study, path, &study_id, &errors)) {
        code = options_fail(&errors);
    } else {
        say_how_it_went(w, study, path);
        code = study->is_interrupted ? EXIT_INTERRUPTED
                                     : show(w, study, path, study_id, style, &errors);
    }
    tuning_study_free(study);
    errors_clear(&errors);
    g_free(path);
    return code;
}

static int check_and_tune(const char *scenario, struct wishes *w)
{
    struct tuning_request request = { .scenario = scenario,
                                      .goals = w->goals,
                                      .minimise = w->minimise,
                                      .seed = w->seed,
                                      .budget = (uint64_t)w->budget,
                                      .command = w->command,
                                      .version = GOSSIPSIM_VERSION };
    struct table_style style;
    struct setting *sets = NULL, *vary = NULL;
    int code = EXIT_USAGE;

    if (output_style(&verb_tune, w->json, w->csv, &style) && options_threads(w->threads) > 0 &&
        read_confidence(w->confidence, &request.confidence) && is_file(scenario) &&
        options_settings("--set", w->sets, &sets, &request.set_count) &&
        options_settings("--vary", w->vary, &vary, &request.vary_count)) {
        request.sets = sets;
        request.vary = vary;
        code = tune(w, &request, &style);
    }
    g_free(sets);
    g_free(vary);
    return code;
}

static void clear_wishes(struct wishes *w)
{
    g_free(w->output);
    g_free(w->best);
    g_free(w->minimise);
    g_free(w->confidence);
    g_free(w->seed);
    g_free(w->command);
    g_strfreev(w->goals);
    g_strfreev(w->vary);
    g_strfreev(w->sets);
}

static int run_tune(int argc, char **argv)
{
    struct wishes w = { .command = command_text(argc, argv) };
    const GOptionEntry entries[] = {
        { "goal", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.goals,
          "what is to hold, as in 'p99(t99, push) < 3s' (repeatable)", "EXPR" },
        { "vary", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.vary,
          "choose it from 1..8, 100ms..2s, 1kB..1MB:log or a,b,c (repeatable)", "PATH=VALUES" },
        { "minimise", 0, 0, G_OPTION_ARG_FILENAME, &w.minimise,
          "the cost, whose mean is to be low, as in bytes_rate or 'bytes_rate, push'", "METRIC" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "the database (default: results/NAME-tune.db)", "FILE" },
        { "best", 'O', 0, G_OPTION_ARG_FILENAME, &w.best,
          "write the scenario with the chosen setting", "FILE" },
        { "threads", 'j', 0, G_OPTION_ARG_INT, &w.threads,
          "runs at a time, from 1 (default: as many as there are cores)", "N" },
        { "confidence", 0, 0, G_OPTION_ARG_FILENAME, &w.confidence,
          "how sure it is to be that the goals are met (default: 95%)", "SHARE" },
        { "budget", 0, 0, G_OPTION_ARG_INT64, &w.budget,
          "runs at most (default: as many as it takes)", "RUNS" },
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.sets,
          "change the scenario, as in network.loss=5% (repeatable)", "PATH=VALUE" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &w.seed, "master seed (default: the scenario's, 1)",
          "S" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &w.is_quiet, "show results and errors only", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print every setting as JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print every setting as CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **files = NULL;
    int code;

    if (options_parse(&verb_tune, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_tune(files[0], &w);
    g_strfreev(files);
    clear_wishes(&w);
    return code;
}
