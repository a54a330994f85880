/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c - `gossipsim check SCENARIO`: every error, or the plan and what it will cost.
 *
 * The cost is estimated from pilot runs: each strategy at a few points of the sweep, with at
 * most PILOT_NODES nodes, PILOT_UPDATES updates and a share of PILOT_EVENTS events, scaled up in
 * proportion to nodes and updates, and to the rest of the run where a pilot was cut short.
 */
#include "analysis/table.h"
#include "analysis/text.h"
#include "cli/options.h"
#include "experiment/pool.h"
#include "experiment/scenario.h"

#include <string.h>
#include <time.h>

enum {
    PILOT_NODES = 1000,
    PILOT_UPDATES = 2000,
    PILOT_POINTS = 5,
    PILOT_EVENTS_FIRST = 2000,
    PILOT_EVENTS = 3000000, /* of all pilots: a fraction of a second */
};
#define PILOT_SECONDS 0.05 /* of one pilot: one that took longer is not made larger */

extern const struct verb verb_check;

/* What one run of a strategy will cost; over several points: means, and the most memory. */
struct cost {
    double events, seconds;
    double memory; /* bytes */
};

struct estimate {
    struct cost *strategies; /* by strategy of the plan */
    int64_t nodes_min, nodes_max;
    double runs, events, seconds, memory; /* of the whole study */
    int threads;
};

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Three digits and a prefix: `1.23M`. */
static char *short_number(double value)
{
    static const char *const prefixes[] = { "", "k", "M", "G", "T", "P", "E" };
    size_t i = 0;

    for (; value >= 999.5 && i + 1 < G_N_ELEMENTS(prefixes); i++)
        value /= 1000;
    return i == 0 ? g_strdup_printf("%.0f", value)
                  : g_strdup_printf("%.*f%s",
                                    value < 9.995   ? 2
                                    : value < 99.95 ? 1
                                                    : 0,
                                    value, prefixes[i]);
}

static char *bytes_text(double bytes)
{
    char *number = short_number(bytes);
    char *text = g_strdup_printf("%sB", number);

    g_free(number);
    return text;
}

/* How many nodes `count` are on the small scale: some, if it was some. */
static int64_t scaled_count(int64_t count, double scale)
{
    return count == 0 ? 0 : MAX((int64_t)((double)count / scale), 1);
}

static void scale_selector(struct sim_selector *of, double scale, int64_t nodes)
{
    of->count = scaled_count(of->count, scale);
    of->first = (int64_t)((double)of->first / scale);
    of->nodes = MIN(scaled_count(of->nodes, scale), nodes - of->first);
}

/* The faults of `config` among `nodes` nodes; free_faults() takes them. */
static struct sim_fault *scaled_faults(const struct sim_config *config, int64_t nodes)
{
    double scale = (double)config->nodes / (double)nodes;
    struct sim_fault *faults =
        g_memdup2(config->faults, config->fault_count * sizeof *config->faults);

    for (size_t i = 0; i < config->fault_count; i++) {
        const struct sim_obstacle *obstacle = faults[i].obstacle;
        struct sim_obstacle *scaled;
        struct sim_side *sides;

        scale_selector(&faults[i].of, scale, nodes);
        if (obstacle == NULL)
            continue;
        sides = g_memdup2(obstacle->sides, obstacle->side_count * sizeof *sides);
        for (size_t k = 0; k < obstacle->side_count; k++) {
            struct sim_selector *parts =
                g_memdup2(sides[k].parts, sides[k].part_count * sizeof *parts);

            for (size_t j = 0; j < sides[k].part_count; j++)
                scale_selector(&parts[j], scale, nodes);
            sides[k].parts = parts;
        }
        faults[i].obstacle = scaled = g_memdup2(obstacle, sizeof *obstacle);
        scaled->sides = sides;
    }
    return faults;
}

static void free_faults(struct sim_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sim_obstacle *obstacle = faults[i].obstacle;

        for (size_t k = 0; obstacle != NULL && k < obstacle->side_count; k++)
            g_free((struct sim_selector *)(uintptr_t)obstacle->sides[k].parts);
        g_free(obstacle != NULL ? (struct sim_side *)(uintptr_t)obstacle->sides : NULL);
        g_free((struct sim_obstacle *)(uintptr_t)obstacle);
    }
    g_free(faults);
}

/* `config` with fewer nodes and updates; *scale becomes what its events stand for. */
static struct sim_config shrunk(const struct sim_config *config, double *scale)
{
    struct sim_config small = *config;

    small.nodes = MIN(config->nodes, PILOT_NODES);
    small.workload.updates = MIN(config->workload.updates, PILOT_UPDATES);
    small.workload.keys = MIN(config->workload.keys, MAX(small.workload.updates, 1));
    small.store.preload = MIN(config->store.preload, PILOT_UPDATES);
    *scale = (double)config->nodes / (double)small.nodes;
    small.store.replicas = MIN(config->store.replicas, small.nodes);
    small.workload.origin_node = (node_id)((double)config->workload.origin_node / *scale);
    small.workload.origin_nodes = MIN(scaled_count(config->workload.origin_nodes, *scale),
                                      small.nodes - (int64_t)small.workload.origin_node);
    if (small.workload.updates > 0)
        *scale *= (double)config->workload.updates / (double)small.workload.updates;
    return small;
}

/* Runs a small version of `config`, longer and longer while it is quick, and scales it up. */
static struct cost pilot(const struct sim_config *config, uint64_t events)
{
    struct cost cost = { .memory = (double)sim_memory_estimate(config) };
    double scale = 1, elapsed;
    struct sim_config small = shrunk(config, &scale);
    struct sim_fault *faults = scaled_faults(config, small.nodes);
    uint64_t cap = PILOT_EVENTS_FIRST;
    bool is_cut;

    small.faults = faults;
    do {
        struct sim_result result = { 0 };
        double started = now_seconds(), rest = 1;

        small.stop.events = MIN(config->stop.events, cap);
        sim_run(&small, &result);
        elapsed = now_seconds() - started;
        is_cut = result.status == SIM_FAILED;
        if (is_cut && result.end > 0)
            rest = (double)config->stop.at / (double)result.end;
        cost.events = MIN((double)result.events * scale * rest, (double)config->stop.events);
        cost.seconds = elapsed * cost.events / MAX((double)result.events, 1);
        cap *= 8;
        sim_result_clear(&result);
    } while (is_cut && elapsed < PILOT_SECONDS && cap < 8 * events);
    free_faults(faults, config->fault_count);
    return cost;
}

/* Refuses what the machine cannot hold. */
static bool fits(const char *strategy, double memory, struct errors *errors)
{
    double available = (double)pool_memory_available();
    char *needed = bytes_text(memory), *left = bytes_text(available);

    if (memory > available)
        errors_add(errors, ERROR_SCENARIO,
                   "a run of '%s' needs about %s of memory; %s are available", strategy, needed,
                   left);
    g_free(needed);
    g_free(left);
    return memory <= available;
}

/* Pilots of all strategies at one of `points` points. */
static void pilot_point(const struct plan *plan, size_t point, size_t points,
                        struct estimate *estimate, struct errors *errors)
{
    struct setup *setup = plan_setup(plan, point);
    uint64_t events = PILOT_EVENTS / ((uint64_t)points * (uint64_t)plan->strategy_count);

    if (setup == NULL) {
        errors_add(errors, ERROR_IO, "out of memory");
        return;
    }
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct sim_config *config = setup_config(setup, i);
        struct cost *sum = &estimate->strategies[i], cost;

        if (!fits(plan->strategies[i], (double)sim_memory_estimate(config), errors))
            continue;
        cost = pilot(config, MAX(events, PILOT_EVENTS_FIRST));
        sum->events += cost.events / (double)points;
        sum->seconds += cost.seconds / (double)points;
        sum->memory = MAX(sum->memory, cost.memory);
        estimate->nodes_min = MIN(estimate->nodes_min, config->nodes);
        estimate->nodes_max = MAX(estimate->nodes_max, config->nodes);
    }
    setup_free(setup);
}

/* Fills *estimate from pilots at some points of the study; false and errors if memory is short. */
static bool estimate_study(const struct plan *plan, struct estimate *estimate,
                           struct errors *errors)
{
    size_t points = MIN(plan->point_count, PILOT_POINTS);
    double each = (double)plan->point_count * plan->replications.max, most = 0;

    *estimate = (struct estimate){ .nodes_min = INT64_MAX, .threads = options_threads(0) };
    estimate->strategies = g_new0(struct cost, (size_t)plan->strategy_count);
    for (size_t i = 0; i < points && errors->count == 0; i++)
        pilot_point(plan, points == 1 ? 0 : i * (plan->point_count - 1) / (points - 1), points,
                    estimate, errors);
    estimate->runs = each * plan->strategy_count;
    estimate->threads = (int)MIN(estimate->threads, estimate->runs);
    for (int i = 0; i < plan->strategy_count; i++) {
        estimate->events += each * estimate->strategies[i].events;
        estimate->seconds += each * estimate->strategies[i].seconds / estimate->threads;
        most = MAX(most, estimate->strategies[i].memory);
    }
    estimate->memory = most * estimate->threads;
    return errors->count == 0;
}

/* ---- printing ---- */

static char *seconds_text(double seconds)
{
    if (seconds < 0.0995)
        return g_strdup_printf("%.2g ms", MAX(seconds * 1000, 0.1));
    if (seconds < 100)
        return g_strdup_printf("%.2g s", seconds);
    if (seconds < 6000)
        return g_strdup_printf("%.0f min", seconds / 60);
    return seconds < 100 * 3600 ? g_strdup_printf("%.0f h", seconds / 3600)
                                : g_strdup_printf("%.0f days", seconds / 86400);
}

static void print_strategies(const struct plan *plan, const struct estimate *estimate)
{
    struct table *table = table_new();
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };

    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "events", "events a run", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "seconds", "time a run", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "memory_bytes", "memory a run", COLUMN_ALL | COLUMN_RIGHT);
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct cost *cost = &estimate->strategies[i];
        char *events = short_number(cost->events), *seconds = seconds_text(cost->seconds);
        char *memory = bytes_text(cost->memory);

        table_row(table);
        table_text(table, plan->strategies[i]);
        table_number(table, cost->events, events);
        table_number(table, cost->seconds, seconds);
        table_number(table, cost->memory, memory);
        g_free(events);
        g_free(seconds);
        g_free(memory);
    }
    table_print(stdout, table, &style);
    table_free(table);
}

static void print_plan(const struct plan *plan, const struct estimate *estimate)
{
    const struct replications *r = &plan->replications;
    char *events = short_number(estimate->events), *memory = bytes_text(estimate->memory);
    char *seconds = seconds_text(estimate->seconds);

    printf("%s: %zu point%s x %d strateg%s x ", plan->name, plan->point_count,
           plan->point_count == 1 ? "" : "s", plan->strategy_count,
           plan->strategy_count == 1 ? "y" : "ies");
    if (r->metric != NULL)
        printf("%u to %u replications = at most %.0f runs", r->min, r->max, estimate->runs);
    else
        printf("%u replication%s = %.0f run%s", r->min, r->min == 1 ? "" : "s", estimate->runs,
               estimate->runs > 1 ? "s" : "");
    if (estimate->nodes_min == estimate->nodes_max)
        printf(" of %lld nodes\n\n", (long long)estimate->nodes_max);
    else
        printf(" of %lld to %lld nodes\n\n", (long long)estimate->nodes_min,
               (long long)estimate->nodes_max);
    print_strategies(plan, estimate);
    printf("\nabout %s events, %s and %s of memory on %d thread%s"
           " (an estimate from small pilot runs)\n",
           events, seconds, memory, estimate->threads, estimate->threads == 1 ? "" : "s");
    g_free(events);
    g_free(memory);
    g_free(seconds);
}

static void print_json(const struct plan *plan, const struct estimate *estimate)
{
    printf("{\"name\": ");
    table_json_text(stdout, plan->name);
    printf(", \"points\": %zu, \"replications_min\": %u, \"replications_max\": %u,\n"
           " \"runs\": %.0f, \"nodes_min\": %lld, \"nodes_max\": %lld, \"seed\": %llu,\n"
           " \"events\": %.0f, \"seconds\": %.6g, \"memory_bytes\": %.0f, \"threads\": %d,\n"
           " \"strategies\": [",
           plan->point_count, plan->replications.min, plan->replications.max, estimate->runs,
           (long long)estimate->nodes_min, (long long)estimate->nodes_max,
           (unsigned long long)plan->seed, estimate->events, estimate->seconds, estimate->memory,
           estimate->threads);
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct cost *cost = &estimate->strategies[i];
        printf("%s{\"strategy\": ", i > 0 ? ",\n  " : "");
        table_json_text(stdout, plan->strategies[i]);
        printf(", \"events\": %.0f, \"seconds\": %.6g, \"memory_bytes\": %.0f}", cost->events,
               cost->seconds, cost->memory);
    }
    printf("]}\n");
}

/* ---- the command ---- */

struct check_options {
    gboolean full, json, reference;
    char **sets, **sweeps, **only;
    char *replications, *seed;
};

/* Reads the plan as the options change it; NULL after the errors were told. */
static struct plan *read_plan(const char *path, struct check_options *o, int *exit_code)
{
    struct setting *sets = NULL, *sweeps = NULL;
    struct plan_options options = { .only = (const char *const *)o->only,
                                    .only_count = o->only != NULL ? g_strv_length(o->only) : 0,
                                    .replications = o->replications,
                                    .seed = o->seed };
    struct errors errors = { 0 };
    struct plan *plan = NULL;

    if (options_settings("--set", o->sets, &sets, &options.set_count) &&
        options_settings("--sweep", o->sweeps, &sweeps, &options.sweep_count)) {
        options.sets = sets;
        options.sweeps = sweeps;
        plan = plan_read(path, &options, &errors);
        if (plan == NULL)
            *exit_code = options_fail(&errors);
    } else {
        *exit_code = EXIT_USAGE;
    }
    errors_clear(&errors);
    g_free(sets);
    g_free(sweeps);
    return plan;
}

static int check_plan(const struct plan *plan, const struct check_options *options)
{
    struct estimate estimate;
    struct errors errors = { 0 };
    int code = EXIT_DONE;

    if (options->full) {
        fputs(plan->scenario, stdout);
        return EXIT_DONE;
    }
    if (!estimate_study(plan, &estimate, &errors))
        code = options_fail(&errors);
    else if (options->json)
        print_json(plan, &estimate);
    else
        print_plan(plan, &estimate);
    errors_clear(&errors);
    g_free(estimate.strategies);
    return code;
}

static void free_options(struct check_options *options)
{
    g_strfreev(options->sets);
    g_strfreev(options->sweeps);
    g_strfreev(options->only);
    g_free(options->replications);
    g_free(options->seed);
}

static int run(int argc, char **argv)
{
    struct check_options o = { 0 };
    const GOptionEntry entries[] = {
        { "full", 0, 0, G_OPTION_ARG_NONE, &o.full,
          "print the scenario with every default filled in", NULL },
        { "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.sets,
          "change the scenario, as in network.loss=5% (repeatable)", "PATH=VALUE" },
        { "sweep", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.sweeps,
          "plan it for each value, as in nodes=100,1000 (repeatable)", "PATH=V1,V2" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.only,
          "plan this strategy, not the others (repeatable)", "STRATEGY" },
        { "replications", 0, 0, G_OPTION_ARG_FILENAME, &o.replications,
          "runs of every point and strategy (default: the scenario's, 30)", "R" },
        { "seed", 0, 0, G_OPTION_ARG_FILENAME, &o.seed, "master seed (default: the scenario's, 1)",
          "S" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "print the plan as JSON", NULL },
        { "reference", 0, 0, G_OPTION_ARG_NONE, &o.reference,
          "print the reference of the scenario language", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    char **arguments = NULL;
    struct plan *plan;
    int code = EXIT_DONE;

    if (!options_parse(&verb_check, entries, 0, 1, argc, argv, &arguments, &code)) {
        free_options(&o);
        return code;
    }
    if (o.reference) {
        scenario_print_reference(stdout);
    } else if (arguments[0] == NULL) {
        code = options_usage_error(&verb_check, "check: which scenario?");
    } else {
        plan = read_plan(arguments[0], &o, &code);
        if (plan != NULL)
            code = check_plan(plan, &o);
        plan_free(plan);
    }
    g_strfreev(arguments);
    free_options(&o);
    return code;
}

const struct verb verb_check = {
    .name = "check",
    .arguments = "SCENARIO [options]",
    .summary = "report every error of a scenario, or what running it will take",
    .examples = "  gossipsim check scenarios/first.yaml\n"
                "  gossipsim check scenarios/first.yaml --full --set nodes=5000 >mine.yaml\n"
                "  gossipsim check scenarios/sweep.yaml --json\n"
                "  gossipsim check - <scenarios/first.yaml\n",
    .rank = 20,
    .run = run,
};
