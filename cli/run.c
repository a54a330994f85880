/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.c - `gossipsim run`: makes the runs of a scenario that its database lacks.
 *
 * An interrupt (SIGINT, SIGTERM, SIGHUP) keeps what is done and says how to go on; a second one
 * ends the program on the spot, which harms nothing either.
 */
#include "base/printable.h"
#include "cli/check_warnings.h"
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run_words.h"
#include "experiment/plan/plan_shard.h"
#include "experiment/runner/runner.h"
#include "experiment/store/results.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int run(int argc, char **argv);

const struct verb verb_run = {
    .name = "run",
    .arguments = "SCENARIO [options]",
    .summary = "run a scenario, or what is missing of it, into a database",
    .examples =
        "  gossipsim run scenarios/first.yaml\n"
        "  gossipsim run scenarios/first.yaml -o loss.db --sweep network.loss=0%,5%,10%\n"
        "  gossipsim run scenarios/first.yaml -o spread.db --points 8 --sweep "
        "network.loss=0%..9%\n"
        "  gossipsim run scenarios/first.yaml -o mail.db --only direct-mail --set nodes=500\n"
        "  gossipsim run scenarios/first.yaml --shard 2/4\n",
    .rank = 10,
    .run = run,
};

/* The database's name; makes the folder of the default one.  NULL after an error. */
static char *database_path(const struct run_options *options, const struct plan *plan,
                           struct errors *errors)
{
    if (options->output)
        return g_strdup(options->output);
    if (!options->is_dry && g_mkdir("results", 0777) != 0 && errno != EEXIST) {
        errors_add(errors, ERROR_IO, "cannot make the folder 'results': %s", strerror(errno));
        return NULL;
    }
    if (options->shard)
        return g_strdup_printf("results/%s.%u-of-%u.db", plan->name, options->shard_number,
                               options->shard_count);
    return g_strdup_printf("results/%s.db", plan->name);
}

static struct plan *read_plan(const char *scenario, const struct run_options *options,
                              int *exit_code)
{
    struct plan_options changes = {
        .only = (const char *const *)options->only,
        .only_count = options->only ? g_strv_length(options->only) : 0,
        .design = options->design,
        .points = options->points,
        .replications = options->replications,
        .seed = options->seed,
    };
    struct setting *sets = NULL, *sweeps = NULL;
    struct errors errors = { .count = 0 };
    struct plan *plan = NULL;

    *exit_code = EXIT_USAGE;
    if (!options_settings("--set", options->sets, &sets, &changes.set_count) ||
        !options_settings("--sweep", options->sweeps, &sweeps, &changes.sweep_count))
        goto out;
    changes.sets = sets;
    changes.sweeps = sweeps;
    plan = plan_read(scenario, &changes, &errors);
    if (!plan)
        *exit_code = options_fail(&errors);
out:
    errors_clear(&errors);
    g_free(sets);
    g_free(sweeps);
    return plan;
}

/* A study of which nothing can be made is not put into the database. */
static bool may_add(struct results *results, const struct plan *plan, int threads,
                    struct errors *errors)
{
    bool is_there;

    return results_has_study(results, plan, &is_there, errors) &&
           (is_there || runner_fits(plan, threads, errors));
}

/* Says what may come to nothing, before it takes its time. */
static void warn(const struct run_options *options, const struct plan *plan)
{
    struct setup *first = options->is_quiet ? NULL : plan_setup(plan, 0);

    if (first) /* if memory is short, the runs say so */
        check_warn(plan, first);
    setup_free(first);
}

/* Runs what is missing and closes the database; false after an error. */
static bool run_missing(const struct run_options *options, const struct plan *plan,
                        const char *path, struct runner_outcome *outcome, int64_t *study_id,
                        struct errors *errors)
{
    struct progress progress;
    struct runner_options how = {
        .threads = options_threads(options->threads),
        .stop = &interrupt_wanted,
        .progress = progress_show,
        .notice = progress_notice,
        .context = &progress,
    };
    struct results *results = results_open(path, errors);
    struct plan_shard *shard = NULL;
    bool is_good;

    if (!results)
        return false;
    if (options->shard) {
        shard = plan_shard_new(plan, options->shard_number, options->shard_count);
        results_set_shard(results, options->shard_number, options->shard_count);
        how.part = (struct walk_part){ plan_shard_has, shard };
    }
    progress_init(&progress, options->is_quiet);
    is_good = may_add(results, plan, how.threads, errors) &&
              results_add_study(results, plan, options->command, GOSSIPSIM_VERSION, errors);
    if (is_good) {
        *study_id = results_study(results);
        is_good = command_catch_interrupts(options->command, path, errors) &&
                  runner_run(results, plan, &how, outcome, errors);
        progress_clear(&progress);
    }
    is_good = results_close(results, errors) && is_good;
    plan_shard_free(shard);
    interrupt_release();
    if (results_have_log(path))
        printable_line(stderr,
                       "gossipsim: '%s' is being read by another program, so part of it is in "
                       "'%s-wal'; keep both together, the next run makes them one",
                       path, path);
    return is_good;
}

static int run_study(const struct run_options *options, const struct plan *plan, const char *path,
                     struct errors *errors)
{
    struct runner_outcome outcome = { .total = 0 };
    int64_t start = g_get_monotonic_time();
    int64_t study_id = 0;
    int exit_code;

    if (!run_missing(options, plan, path, &outcome, &study_id, errors)) {
        exit_code = options_fail(errors);
    } else {
        run_say_how_it_went(options, path, &outcome,
                            (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
        exit_code = outcome.is_interrupted
                        ? EXIT_INTERRUPTED
                        : run_print_summary(options, plan, path, study_id, errors);
        if (exit_code <= EXIT_CHECK_FAILED && outcome.failed + outcome.refused > 0)
            exit_code = EXIT_RUNS_FAILED;
    }
    runner_outcome_clear(&outcome);
    return exit_code;
}

/* False after a complaint. */
static bool read_shard(struct run_options *options, int *exit_code)
{
    if (!options->shard ||
        plan_shard_read(options->shard, &options->shard_number, &options->shard_count))
        return true;
    *exit_code = options_usage_error(&verb_run,
                                     "run: --shard '%s': expected I/N, as in 2/4: the I-th of N "
                                     "parts, N at most %d",
                                     options->shard, SHARDS_MAX);
    return false;
}

static int tell_what_would_run(const struct run_options *options, const struct plan *plan,
                               const char *path, struct errors *errors)
{
    struct plan_shard *shard = NULL;
    struct walk_part part = { NULL, NULL };
    bool is_good;

    if (options->shard) {
        shard = plan_shard_new(plan, options->shard_number, options->shard_count);
        part = (struct walk_part){ plan_shard_has, shard };
    }
    is_good = dry_run_print(plan, &part, path, options_threads(options->threads), errors);
    plan_shard_free(shard);
    return is_good ? EXIT_DONE : options_fail(errors);
}

static void clear_options(struct run_options *options)
{
    g_free(options->command);
    g_free(options->output);
    g_free(options->design);
    g_free(options->points);
    g_free(options->shard);
    g_free(options->replications);
    g_free(options->seed);
    g_strfreev(options->only);
    g_strfreev(options->sets);
    g_strfreev(options->sweeps);
}

/* Runs the scenario, or says what would be run. */
static int run_scenario(struct run_options *options, const char *scenario)
{
    struct errors errors = { .count = 0 };
    struct plan *plan = NULL;
    char *path = NULL;
    int exit_code = EXIT_USAGE;

    if (options_threads(options->threads) == 0 || !read_shard(options, &exit_code))
        return exit_code;
    plan = read_plan(scenario, options, &exit_code);
    if (!plan)
        return exit_code;
    warn(options, plan);
    path = database_path(options, plan, &errors);
    exit_code = !path             ? options_fail(&errors)
                : options->is_dry ? tell_what_would_run(options, plan, path, &errors)
                                  : run_study(options, plan, path, &errors);
    errors_clear(&errors);
    plan_free(plan);
    g_free(path);
    return exit_code;
}

static int run(int argc, char **argv)
{
    struct run_options options = { .threads = 0 };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
          "the database (default: results/NAME.db)", "FILE" },
        { "threads", 'j', 0, G_OPTION_ARG_INT, &options.threads,
          "runs at a time, from 1 (default: as many as there are cores)", "N" },
        { "replications", 0, 0, G_OPTION_ARG_FILENAME, &options.replications,
          "runs of every point and strategy (default: the scenario's, 30)", "R" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &options.seed,
          "master seed (default: the scenario's, 1)", "S" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.only,
          "run this strategy, not the others (repeatable)", "STRATEGY" },
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.sets,
          "change the scenario, as in network.loss=5% (repeatable)", "PATH=VALUE" },
        { "sweep", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.sweeps,
          "run it for each value, as in nodes=100,1000 (repeatable)", "PATH=V1,V2" },
        { "design", 0, 0, G_OPTION_ARG_FILENAME, &options.design,
          "which points of the axes: grid, zip, sobol or random", "DESIGN" },
        { "points", 0, 0, G_OPTION_ARG_FILENAME, &options.points,
          "so many points of a sobol or random design, with --sweep PATH=1..8", "N" },
        { "shard", 0, 0, G_OPTION_ARG_FILENAME, &options.shard,
          "make the I-th of N parts only, for merge to join (docs/cluster.md)", "I/N" },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry,
          "print which runs are missing, in their order, and what they take; make none", NULL },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.is_quiet, "show results and errors only",
          NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **arguments = NULL;
    int exit_code;

    options.command = command_text(argc, argv);
    if (options_parse(&verb_run, entries, 1, 1, argc, argv, &arguments, &exit_code))
        exit_code = run_scenario(&options, arguments[0]);
    g_strfreev(arguments);
    clear_options(&options);
    return exit_code;
}
