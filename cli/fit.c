/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.c - `gossipsim fit`: the parameters that explain a measured curve.
 *
 * What it simulates are two studies in a database as any others.  An interrupt keeps what is done;
 * the same command goes on from there to the same end.
 */
#include "analysis/fitting/fitting_words.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "experiment/runner/runner.h"
#include "experiment/store/results.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum { POINTS = 1000, BROADCASTS_MAX = 1000 };

static int run_fit(int argc, char **argv);

const struct verb verb_fit = {
    .name = "fit",
    .arguments = "SCENARIO --measured FILE --vary PATH=VALUES [options]",
    .summary = "find the parameters that explain a measured curve",
    .examples =
        "  gossipsim fit scenarios/fit.yaml --measured scenarios/data/fit/curve.csv \\\n"
        "      --vary network.loss=0%..30% \\\n"
        "      --vary strategies.repaired.anti-entropy.interval=1s..60s:log -o results/fit.db\n",
    .rank = 36,
    .run = run_fit,
};

/* What the command line asks for. */
struct wishes {
    char *output, *measured, *strategy, *points, *broadcasts, *seed, *command;
    char **vary, **sets;
    int threads;
    gboolean is_quiet, json, csv;
};

static bool read_count(const char *option, const char *text, int64_t usual, int64_t least,
                       int64_t most, size_t *value)
{
    char why[QUANTITY_WHY_MAX];
    int64_t count = usual;

    if (text && !quantity_read_count(text, &count, why)) {
        options_usage_error(&verb_fit, "%s '%s': %s", option, text, why);
        return false;
    }
    if (count < least || count > most) {
        options_usage_error(&verb_fit, "%s %s: expected %lld to %lld", option, text,
                            (long long)least, (long long)most);
        return false;
    }
    *value = (size_t)count;
    return true;
}

static char *database_path(const struct wishes *w, const struct fitting *fitting,
                           struct errors *errors)
{
    if (w->output)
        return g_strdup(w->output);
    if (g_mkdir("results", 0777) != 0 && errno != EEXIST) {
        errors_add(errors, ERROR_IO, "cannot make the folder 'results': %s", strerror(errno));
        return NULL;
    }
    return g_strdup_printf("results/%s-fit.db", fitting->first->name);
}

/* ---- the runs ---- */

/* What the two studies took. */
struct making {
    const struct wishes *wishes;
    const char *path;
    uint64_t made, total, failed;
    int64_t study; /* that was read last, 0: it is the newest */
    char *failure;
    bool is_interrupted;
};

static bool make_runs(struct making *m, struct results *results, const struct plan *plan,
                      struct runner_outcome *outcome, struct errors *errors)
{
    struct progress progress;
    struct runner_options how = {
        .threads = options_threads(m->wishes->threads),
        .stop = &interrupt_wanted,
        .progress = progress_show,
        .notice = progress_notice,
        .context = &progress,
    };
    bool is_good;

    progress_init(&progress, m->wishes->is_quiet);
    is_good = runner_fits(plan, how.threads, errors) &&
              results_add_study(results, plan, m->wishes->command, GOSSIPSIM_VERSION, errors) &&
              command_catch_interrupts(m->wishes->command, m->path, errors) &&
              runner_run(results, plan, &how, outcome, errors);
    progress_clear(&progress);
    return is_good;
}

/* Makes what is missing of a study and opens it to be read; NULL after errors, or without one if
 * that was interrupted. */
static struct study *complete(struct making *m, const struct plan *plan, struct errors *errors)
{
    struct runner_outcome outcome = { .total = 0 };
    struct results *results = results_open(m->path, errors);
    bool is_good = results && make_runs(m, results, plan, &outcome, errors);
    const int64_t study_id = is_good ? results_study(results) : 0;
    struct study *study;

    is_good = (!results || results_close(results, errors)) && is_good;
    interrupt_release();
    m->made += outcome.made;
    m->total += outcome.total;
    m->failed += outcome.failed;
    m->is_interrupted = outcome.is_interrupted;
    if (!m->failure)
        m->failure = g_strdup(outcome.failure);
    if (is_good && outcome.refused > 0) {
        errors_add(errors, ERROR_IO, "%llu runs were not made: %s",
                   (unsigned long long)outcome.refused, outcome.refusal);
        is_good = false;
    }
    runner_outcome_clear(&outcome);
    study = is_good && !m->is_interrupted ? study_open(m->path, study_id, errors) : NULL;
    m->study = study && study_id < (int64_t)study->count ? study_id : 0;
    return study;
}

static bool fit_curve(struct making *m, struct fitting *fitting, struct errors *errors)
{
    struct study *study = complete(m, fitting->table, errors);
    bool is_good = study && fitting_find(fitting, study, errors);

    study_close(study);
    if (!is_good)
        return false;
    study = complete(m, fitting->check, errors);
    is_good = study && fitting_judge(fitting, study, errors);
    study_close(study);
    return is_good;
}

/* ---- what is said of it ---- */

static void say_how_it_went(const struct making *m)
{
    const unsigned long long made = m->made;

    if (m->is_interrupted) {
        char *command = command_typed(m->wishes->command);
        printable_line(stderr, "gossipsim: interrupted; %llu new run%s stored in '%s'", made,
                       made == 1 ? " is" : "s are", m->path);
        printable_line(stderr, "to go on: %s", command);
        g_free(command);
        return;
    }
    if (!m->wishes->is_quiet && made > 0)
        printable_line(stderr, "%llu runs, stored in '%s'", made, m->path);
    else if (!m->wishes->is_quiet)
        printable_line(stderr, "nothing to do: all %llu runs are in '%s'",
                       (unsigned long long)m->total, m->path);
    if (m->failed > 0)
        printable_line(stderr, "gossipsim: error: %llu runs failed; the first: %s",
                       (unsigned long long)m->failed, m->failure);
}

/* The command that runs the best setting, with what else is asked of the scenario.  g_free() it. */
static char *run_command(const struct wishes *w, const struct fitting *fitting)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    size_t count;
    struct setting *settings = fitting_settings(fitting, &count);
    char *command;

    g_ptr_array_add(words, g_strdup("run"));
    g_ptr_array_add(words, g_strdup(fitting->request->scenario));
    for (size_t i = 0; i < count; i++) {
        g_ptr_array_add(words, g_strdup("--set"));
        g_ptr_array_add(words, g_strdup_printf("%s=%s", settings[i].path, settings[i].value));
    }
    if (w->strategy) {
        g_ptr_array_add(words, g_strdup("--only"));
        g_ptr_array_add(words, g_strdup(w->strategy));
    }
    if (w->seed) {
        g_ptr_array_add(words, g_strdup("--seed"));
        g_ptr_array_add(words, g_strdup(w->seed));
    }
    command = command_suggestion((int)words->len, (char **)words->pdata);
    g_ptr_array_free(words, TRUE);
    g_free(settings);
    return command;
}

static void say_next(const struct making *m, const struct fitting *fitting)
{
    char *run = run_command(m->wishes, fitting);
    char *study = g_strdup_printf("%" G_GINT64_FORMAT, m->study);
    char *plot = command_suggestion(
        m->study > 0 ? 8 : 6, (char *[]){ "plot", (char *)m->path, "--with", m->wishes->measured,
                                          "-o", "fit.svg", "--study", study });

    fflush(stdout);
    printable_line(stderr, "next: %s", plot);
    printable_line(stderr, "      %s", run);
    g_free(run);
    g_free(plot);
    g_free(study);
}

static int show(const struct making *m, const struct fitting *fitting,
                const struct table_style *style, struct errors *errors)
{
    struct output output;

    if (!output_open(&output, NULL, m->path, errors))
        return options_fail(errors);
    fitting_words_print(output.stream, fitting, style);
    if (!output_close(&output, true, errors))
        return options_fail(errors);
    if (!m->wishes->is_quiet)
        say_next(m, fitting);
    if (m->failed > 0)
        return EXIT_RUNS_FAILED;
    return fitting_is_explained(fitting) ? EXIT_DONE : EXIT_CHECK_FAILED;
}

static int fit(const struct wishes *w, const struct fitting_request *request,
               const struct table_style *style)
{
    struct errors errors = { .count = 0 };
    struct fitting *fitting = fitting_new(request, &errors);
    char *path = fitting ? database_path(w, fitting, &errors) : NULL;
    struct making m = { .wishes = w, .path = path };
    bool is_good = path && fit_curve(&m, fitting, &errors);
    int code;

    if (is_good || m.is_interrupted)
        say_how_it_went(&m);
    if (is_good)
        code = show(&m, fitting, style, &errors);
    else
        code = m.is_interrupted ? EXIT_INTERRUPTED : options_fail(&errors);
    fitting_free(fitting);
    errors_clear(&errors);
    g_free(m.failure);
    g_free(path);
    return code;
}

static int check_and_fit(const char *scenario, const struct wishes *w)
{
    struct fitting_request request = {
        .scenario = scenario, .measured = w->measured, .strategy = w->strategy, .seed = w->seed
    };
    struct table_style style;
    struct setting *sets = NULL, *vary = NULL;
    int code = EXIT_USAGE;

    if (!w->measured || !w->vary)
        return options_usage_error(&verb_fit, "fit: %s",
                                   w->measured ? "what may vary? --vary PATH=FROM..TO"
                                               : "which curve? --measured FILE");
    if (output_style(&verb_fit, w->json, w->csv, &style) && options_threads(w->threads) > 0 &&
        read_count("--points", w->points, POINTS, POSTERIOR_RUNS_MIN, 100000, &request.points) &&
        read_count("--broadcasts", w->broadcasts, 1, 1, BROADCASTS_MAX, &request.broadcasts) &&
        options_settings("--set", w->sets, &sets, &request.set_count) &&
        options_settings("--vary", w->vary, &vary, &request.vary_count)) {
        request.sets = sets;
        request.vary = vary;
        if (request.vary_count <= FITTING_AXES_MAX)
            code = fit(w, &request, &style);
        else
            options_usage_error(&verb_fit, "--vary: at most %d parameters", FITTING_AXES_MAX);
    }
    g_free(sets);
    g_free(vary);
    return code;
}

static void clear_wishes(struct wishes *w)
{
    g_free(w->output);
    g_free(w->measured);
    g_free(w->strategy);
    g_free(w->points);
    g_free(w->broadcasts);
    g_free(w->seed);
    g_free(w->command);
    g_strfreev(w->vary);
    g_strfreev(w->sets);
}

static int run_fit(int argc, char **argv)
{
    struct wishes w = { .command = command_text(argc, argv) };
    const GOptionEntry entries[] = {
        { "measured", 'm', 0, G_OPTION_ARG_FILENAME, &w.measured,
          "lines of a time and the share informed, `1.5s,40%`, or of a delay, `1.5s`", "FILE" },
        { "vary", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.vary,
          "find it in 0%..20%, 100ms..2s:log, 1..8 or a,b,c (repeatable)", "PATH=VALUES" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "the database (default: results/NAME-fit.db)", "FILE" },
        { "strategy", 0, 0, G_OPTION_ARG_FILENAME, &w.strategy,
          "which was measured (default: the only one)", "STRATEGY" },
        { "points", 0, 0, G_OPTION_ARG_FILENAME, &w.points,
          "settings to simulate, from 100 (default: 1000)", "N" },
        { "broadcasts", 0, 0, G_OPTION_ARG_FILENAME, &w.broadcasts,
          "how many were measured: the curve is their mean, the delays are of all (default: 1)",
          "N" },
        { "threads", 'j', 0, G_OPTION_ARG_INT, &w.threads,
          "runs at a time, from 1 (default: as many as there are cores)", "N" },
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.sets,
          "change the scenario, as in network.loss=5% (repeatable)", "PATH=VALUE" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &w.seed, "master seed (default: the scenario's, 1)",
          "S" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &w.is_quiet, "show results and errors only", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &w.json, "print the parameters as JSON", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &w.csv, "print the parameters as CSV", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **files = NULL;
    int code;

    if (options_parse(&verb_fit, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_fit(files[0], &w);
    g_strfreev(files);
    clear_wishes(&w);
    return code;
}
