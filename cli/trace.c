/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.c - `gossipsim trace`: one run of a scenario made again, and what happened in it written
 * event by event.
 */
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "base/printable.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/trace_choice.h"
#include "experiment/runner/pool.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Events of the longest run that is made for a trace: some minutes. */
#define RUN_EVENTS_MAX 1e9

static int run(int argc, char **argv);
static void print_formats(void);

const struct verb verb_trace = {
    .name = "trace",
    .arguments = "SCENARIO [options]",
    .summary = "make one run again, and write what happens in it event by event",
    .examples = "  gossipsim trace scenarios/first.yaml --strategy rumor-mongering --set nodes=20\n"
                "  gossipsim trace scenarios/losses.yaml --strategy one --where network.loss=20% "
                "-o one.csv\n"
                "  gossipsim trace scenarios/first.yaml --strategy rumor-mongering -o run.html\n",
    .print_more = print_formats,
    .rank = 65,
    .run = run,
};

/* What the user wrote. */
struct wishes {
    char **sets, **sweeps, **where;
    char *strategy, *replication, *seed, *format, *output, *from, *until, *update, *limit, *stop_at;
    struct recording_options options;
    struct trace_wishes shown;
    const struct trace_format *as;
};

static void clear_wishes(struct wishes *w)
{
    g_strfreev(w->sets);
    g_strfreev(w->sweeps);
    g_strfreev(w->where);
    g_free(w->strategy);
    g_free(w->replication);
    g_free(w->seed);
    g_free(w->format);
    g_free(w->output);
    g_free(w->from);
    g_free(w->until);
    g_free(w->update);
    g_free(w->limit);
    g_free(w->stop_at);
}

/* ---- options ---- */

static void print_formats(void)
{
    int width = 0;

    printf("\nformats:\n");
    for (size_t i = 0; trace_formats[i]; i++)
        width = MAX(width, (int)strlen(trace_formats[i]->name));
    for (size_t i = 0; trace_formats[i]; i++)
        printf("  %-*s  %s\n", width, trace_formats[i]->name, trace_formats[i]->summary);
}

/* `csv, json or dot`; g_free() it. */
static char *list_formats(void)
{
    GString *names = g_string_new(trace_formats[0]->name);

    for (size_t i = 1; trace_formats[i]; i++)
        g_string_append_printf(names, "%s%s", trace_formats[i + 1] ? ", " : " or ",
                               trace_formats[i]->name);
    return g_string_free(names, FALSE);
}

/* Without --format the ending of the file decides; one that says nothing is refused, so that no
 * table is written into tree.svg.  Names without an ending, and no name, have the first format. */
static bool read_ending(struct wishes *w)
{
    const char *slash = w->output ? strrchr(w->output, '/') : NULL;
    const char *ending = w->output ? strrchr(slash ? slash : w->output, '.') : NULL;
    char *names;

    w->as = trace_formats[0];
    if (!ending)
        return true;
    for (size_t i = 0; trace_formats[i]; i++)
        if (g_strcmp0(trace_formats[i]->ending, ending) == 0) {
            w->as = trace_formats[i];
            return true;
        }
    names = list_formats();
    options_usage_error(&verb_trace, "-o '%s': the ending does not say which --format: %s",
                        w->output, names);
    g_free(names);
    return false;
}

static bool read_format(struct wishes *w)
{
    char *names;

    if (!w->format)
        return read_ending(w);
    w->as = trace_format_find(w->format);
    if (w->as)
        return true;
    names = list_formats();
    options_usage_error(&verb_trace, "--format '%s': expected %s", w->format, names);
    g_free(names);
    return false;
}

/* A time of an option; without one *time stays as it is. */
static bool read_time(const char *option, const char *text, sim_time *time)
{
    char why[QUANTITY_WHY_MAX];

    if (!text || quantity_read_time(text, time, why))
        return true;
    options_usage_error(&verb_trace, "%s '%s': %s", option, text, why);
    return false;
}

static bool read_count(const char *option, const char *text, int64_t min, int64_t max,
                       int64_t *count)
{
    char why[QUANTITY_WHY_MAX];

    if (!text)
        return true;
    if (!quantity_read_count(text, count, why))
        options_usage_error(&verb_trace, "%s '%s': %s", option, text, why);
    else if (*count < min || *count > max)
        options_usage_error(&verb_trace, "%s '%s': expected %lld to %lld", option, text,
                            (long long)min, (long long)max);
    else
        return true;
    return false;
}

/* Fills what the texts stand for; false after a complaint. */
static bool read_wishes(struct wishes *w)
{
    int64_t limit = RECORDING_EVENTS, update = 0;
    sim_time from = 0, until = INT64_MAX, stop_at = 0;

    if (!read_format(w) || !read_time("--from", w->from, &from) ||
        !read_time("--until", w->until, &until) || !read_time("--stop-at", w->stop_at, &stop_at) ||
        !read_count("--limit", w->limit, 1, RECORDING_EVENTS_MAX, &limit) ||
        !read_count("--update", w->update, 0, SIM_UPDATES_MAX - 1, &update))
        return false;
    if (w->update && !(w->as->takes & TRACE_UPDATE)) {
        options_usage_error(&verb_trace, "--update: not with --format %s", w->as->name);
        return false;
    }
    if ((w->from || w->until) && !(w->as->takes & TRACE_WINDOW)) {
        options_usage_error(&verb_trace, "--from and --until: not with --format %s", w->as->name);
        return false;
    }
    if (from > until) {
        options_usage_error(&verb_trace, "--from %s comes after --until %s", w->from, w->until);
        return false;
    }
    if (w->stop_at && stop_at == 0) {
        options_usage_error(&verb_trace, "--stop-at '%s': expected a time above 0", w->stop_at);
        return false;
    }
    w->options = (struct recording_options){ (uint64_t)limit, from, until, stop_at };
    w->shown = (struct trace_wishes){ from, until, (update_id)update, w->update != NULL };
    return true;
}

/* ---- the run ---- */

/* Refuses a run that would take too long, or that the machine cannot hold. */
static bool fits(const struct plan *plan, const struct trace_choice *choice,
                 const struct recording_options *options, struct errors *errors)
{
    const uint64_t available = pool_memory_available();
    struct setup *setup = plan_setup(plan, choice->point);
    struct sim_estimate estimate;
    struct sim_config config;
    uint64_t needed;
    char found[QUANTITY_TEXT_MAX], most[QUANTITY_TEXT_MAX];

    if (!setup) {
        errors_add(errors, ERROR_IO, "out of memory");
        return false;
    }
    config = *setup_config(setup, choice->strategy);
    if (options->stop_at > 0)
        config.stop.at = MIN(config.stop.at, options->stop_at);
    sim_estimate(&config, SIM_ESTIMATE_BUDGET, &estimate);
    setup_free(setup);
    needed = (uint64_t)estimate.memory +
             recording_memory((uint64_t)fmin(estimate.events, (double)options->events_max));
    if (needed > available) {
        quantity_write_memory((double)needed, found);
        quantity_write_memory((double)available, most);
        errors_add(errors, ERROR_SCENARIO, "this run needs about %s of memory; %s are available",
                   found, most);
        return false;
    }
    if (estimate.events > RUN_EVENTS_MAX) {
        quantity_write_short(estimate.events, found);
        quantity_write_short(RUN_EVENTS_MAX, most);
        errors_add(errors, ERROR_SCENARIO,
                   "this run has about %s events, and a trace is made of at most %s; make it "
                   "smaller by --set nodes=N, or cut it off by --stop-at TIME",
                   found, most);
        return false;
    }
    return true;
}

/* Says what the trace lacks. */
static void tell(const struct recording *recording)
{
    const struct sim_result *result = &recording->result;
    char time[TRACE_TIME_TEXT];

    if (result->status == SIM_FAILED)
        printable_line(stderr, "gossipsim: note: the run failed: %s", result->error);
    if (recording->event_count == recording->events_seen)
        return;
    trace_time(recording->noted_until, time);
    printable_line(stderr,
                   "gossipsim: note: the first %zu of %llu events, until %s s; --limit N has more, "
                   "--from and --until others",
                   recording->event_count, (unsigned long long)recording->events_seen, time);
}

/* What is not to be overwritten, and a place where nothing can be: said before the run. */
static bool may_write(const char *path, const char *scenario, struct errors *errors)
{
    struct stat there, read;

    if (!path)
        return true;
    if (stat(path, &there) == 0 && S_ISREG(there.st_mode) && stat(scenario, &read) == 0 &&
        read.st_dev == there.st_dev && read.st_ino == there.st_ino) {
        errors_add(errors, ERROR_IO, "'%s' is the scenario itself", path);
        return false;
    }
    return output_can_open(path, NULL, errors);
}

static bool make_and_write(const struct plan *plan, const struct wishes *w,
                           const struct trace_choice *choice, struct errors *errors)
{
    struct recording *recording = recording_make(plan, choice->point, choice->strategy,
                                                 choice->replication, &w->options, errors);
    struct output output;
    bool is_good = recording && output_open(&output, w->output, NULL, errors);

    if (is_good) {
        is_good = w->as->write(output.stream, recording, &w->shown, errors);
        is_good = output_close(&output, is_good, errors) && is_good;
    }
    if (is_good)
        tell(recording);
    recording_free(recording);
    return is_good;
}

static int trace(const char *scenario, const struct wishes *w)
{
    struct plan_options changes = { .seed = w->seed };
    struct setting *sets = NULL, *sweeps = NULL, *where = NULL;
    struct trace_choice choice = { 0 };
    struct errors errors = { 0 };
    struct plan *plan = NULL;
    size_t where_count = 0;
    int code = EXIT_USAGE;

    if (!options_settings("--set", w->sets, &sets, &changes.set_count) ||
        !options_settings("--sweep", w->sweeps, &sweeps, &changes.sweep_count) ||
        !options_settings("--where", w->where, &where, &where_count))
        goto out;
    changes.sets = sets;
    changes.sweeps = sweeps;
    plan = plan_read(scenario, &changes, &errors);
    code = plan &&
                   trace_choose(plan, w->strategy, w->replication, where, where_count, &choice,
                                &errors) &&
                   may_write(w->output, scenario, &errors) &&
                   fits(plan, &choice, &w->options, &errors) &&
                   make_and_write(plan, w, &choice, &errors)
               ? EXIT_DONE
               : options_fail(&errors);
out:
    plan_free(plan);
    errors_clear(&errors);
    g_free(sets);
    g_free(sweeps);
    g_free(where);
    return code;
}

static int run(int argc, char **argv)
{
    char *names = list_formats();
    char *formats = g_strdup_printf("%s (default: by the ending of FILE, else csv)", names);
    struct wishes w = { 0 };
    const GOptionEntry entries[] = {
        { "strategy", 0, 0, G_OPTION_ARG_FILENAME, &w.strategy,
          "the strategy (may be left out where there is one)", "STRATEGY" },
        { "replication", 0, 0, G_OPTION_ARG_FILENAME, &w.replication,
          "which of its runs, from 0 (the default)", "R" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.where,
          "the point of a sweep with this value (repeatable)", "PATH=VALUE" },
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.sets,
          "change the scenario, as in nodes=50 (repeatable)", "PATH=VALUE" },
        { "sweep", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.sweeps,
          "another value of an axis of the sweep, as in nodes=50 (repeatable)", "PATH=VALUE" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &w.seed, "master seed (default: the scenario's, 1)",
          "S" },
        { "format", 0, 0, G_OPTION_ARG_FILENAME, &w.format, formats, "FORMAT" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "write to FILE instead of standard output", "FILE" },
        { "from", 0, 0, G_OPTION_ARG_FILENAME, &w.from, "what happens from this time on, as in 2s",
          "TIME" },
        { "until", 0, 0, G_OPTION_ARG_FILENAME, &w.until, "what happens until this time", "TIME" },
        { "update", 0, 0, G_OPTION_ARG_FILENAME, &w.update,
          "of a format that shows one update: which, from 0 (default: the first)", "N" },
        { "stop-at", 0, 0, G_OPTION_ARG_FILENAME, &w.stop_at,
          "end the run there, if it does not end before", "TIME" },
        { "limit", 0, 0, G_OPTION_ARG_FILENAME, &w.limit,
          "note at most so many events (default: 1000000)", "N" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **arguments = NULL;
    int code;

    if (options_parse(&verb_trace, entries, 1, 1, argc, argv, &arguments, &code))
        code = read_wishes(&w) ? trace(arguments[0], &w) : EXIT_USAGE;
    g_strfreev(arguments);
    g_free(formats);
    g_free(names);
    clear_wishes(&w);
    return code;
}
