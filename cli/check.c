/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c - `gossipsim check SCENARIO`: every error, or the plan and what it will cost.
 *
 * The cost is estimated from pilot runs of each strategy (sim_estimate()) at a few points of the
 * sweep, fewer where there are many strategies, so that it takes a second at most.
 */
#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/quantity.h"
#include "cli/check_messages.h"
#include "cli/check_timeline.h"
#include "cli/check_warnings.h"
#include "cli/check_weather.h"
#include "cli/options.h"
#include "cli/topology_text.h"
#include "experiment/language/scenario.h"
#include "experiment/runner/pool.h"

enum {
    POINTS_MAX = 5,       /* at which the study is tried, */
    ESTIMATES_MAX = 16,   /* but not so many that there are more estimates than that */
    EVENTS_MAX = 6400000, /* of all pilots: a second at most */
    EVENTS_MIN = 20000,   /* of one estimate's */
};

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
    double made;                          /* runs that are made: equal ones once */
    struct sim_given_back given_back;     /* the most at any point */
    int threads;
    struct topology_at topologies[POINTS_MAX]; /* at the points tried */
    size_t topology_count;
};

/* Refuses what the machine cannot hold. */
static bool fits(const char *strategy, uint64_t memory, struct errors *errors)
{
    const uint64_t available = pool_memory_available();
    char needed[QUANTITY_TEXT_MAX], left[QUANTITY_TEXT_MAX];

    if (memory <= available)
        return true;
    quantity_write_memory((double)memory, needed);
    quantity_write_memory((double)available, left);
    errors_add(errors, ERROR_SCENARIO, "a run of '%s' needs about %s of memory; %s are available",
               strategy, needed, left);
    return false;
}

static void note_given_back(struct estimate *estimate, struct sim_given_back back)
{
    estimate->given_back.entries = MAX(estimate->given_back.entries, back.entries);
    estimate->given_back.shards = MAX(estimate->given_back.shards, back.shards);
}

/* Estimates of all strategies at one of `points` points. */
static void estimate_point(const struct plan *plan, size_t point, size_t points,
                           struct estimate *estimate, struct errors *errors)
{
    const double share = (double)EVENTS_MAX / ((double)points * plan->strategy_count);
    const double budget = CLAMP(share, EVENTS_MIN, SIM_ESTIMATE_BUDGET);
    struct setup *setup = plan_setup(plan, point);

    if (setup == NULL) {
        errors_add(errors, ERROR_IO, "out of memory");
        return;
    }
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct sim_config *config = setup_config(setup, i);
        struct cost *sum = &estimate->strategies[i];
        struct sim_estimate run;

        sim_estimate(config, budget, &run);
        if (!fits(plan->strategies[i], run.memory, errors))
            continue;
        sum->events += run.events / (double)points;
        sum->seconds += run.seconds / (double)points;
        sum->memory = MAX(sum->memory, (double)run.memory);
        note_given_back(estimate, sim_given_back(config));
        estimate->nodes_min = MIN(estimate->nodes_min, config->nodes);
        estimate->nodes_max = MAX(estimate->nodes_max, config->nodes);
    }
    if (topology_look(setup, point, &estimate->topologies[estimate->topology_count]))
        estimate->topology_count++;
    setup_free(setup);
}

/* Fills *estimate at some points of the study; false and errors if memory is short. */
static bool estimate_study(const struct plan *plan, struct estimate *estimate,
                           struct errors *errors)
{
    const int points_max = CLAMP(ESTIMATES_MAX / plan->strategy_count, 1, POINTS_MAX);
    size_t points = MIN(plan->point_count, (size_t)points_max);
    double each = (double)plan->point_count * plan->replications.max, most = 0, different;

    *estimate = (struct estimate){ .nodes_min = INT64_MAX, .threads = options_threads(0) };
    estimate->strategies = g_new0(struct cost, (size_t)plan->strategy_count);
    for (size_t i = 0; i < points && errors->count == 0; i++)
        estimate_point(plan, points == 1 ? 0 : i * (plan->point_count - 1) / (points - 1), points,
                       estimate, errors);
    estimate->runs = each * plan->strategy_count;
    estimate->made = (double)plan->cell_count * plan->replications.max;
    different = estimate->made / estimate->runs;
    estimate->threads = (int)MIN(estimate->threads, estimate->made);
    for (int i = 0; i < plan->strategy_count; i++) {
        estimate->events += different * each * estimate->strategies[i].events;
        estimate->seconds += different * each * estimate->strategies[i].seconds / estimate->threads;
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
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };
    struct table *table = table_new(&style);

    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "events", "events a run", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "seconds", "time a run", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "memory_bytes", "memory a run", COLUMN_ALL | COLUMN_RIGHT);
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct cost *cost = &estimate->strategies[i];
        char events[QUANTITY_TEXT_MAX], memory[QUANTITY_TEXT_MAX];
        char *seconds = seconds_text(cost->seconds);

        quantity_write_short(cost->events, events);
        quantity_write_memory(cost->memory, memory);
        table_row(table);
        table_text(table, plan->strategies[i]);
        table_number(table, cost->events, events);
        table_number(table, cost->seconds, seconds);
        table_number(table, cost->memory, memory);
        g_free(seconds);
    }
    table_print(stdout, table);
    table_free(table);
}

/* Says how much of the preload chance would give to no replica, where that is the most. */
static void print_given_back(const struct sim_given_back *most)
{
    if (most->entries >= 0.5 || most->shards >= 0.5)
        printf("missing on all replicas, so put back on one: about %.0f entries, %.0f shards\n",
               most->entries, most->shards);
}

static void print_plan(const struct plan *plan, const struct estimate *estimate,
                       const struct setup *first)
{
    const struct replications *r = &plan->replications;
    char events[QUANTITY_TEXT_MAX], memory[QUANTITY_TEXT_MAX];
    char *seconds = seconds_text(estimate->seconds);

    quantity_write_short(estimate->events, events);
    quantity_write_memory(estimate->memory, memory);
    printf("%s: %zu point%s x %d strateg%s x ", plan->name, plan->point_count,
           plan->point_count == 1 ? "" : "s", plan->strategy_count,
           plan->strategy_count == 1 ? "y" : "ies");
    if (r->metric != NULL)
        printf("%u to %u replications = at most %.0f runs", r->min, r->max, estimate->runs);
    else
        printf("%u replication%s = %.0f run%s", r->min, r->min == 1 ? "" : "s", estimate->runs,
               estimate->runs > 1 ? "s" : "");
    if (estimate->made < estimate->runs)
        printf(" (%.0f to make, equal ones once)", estimate->made);
    if (estimate->nodes_min == estimate->nodes_max)
        printf(" of %lld nodes\n\n", (long long)estimate->nodes_max);
    else
        printf(" of %lld to %lld nodes\n\n", (long long)estimate->nodes_min,
               (long long)estimate->nodes_max);
    print_strategies(plan, estimate);
    printf("\nabout %s events, %s and %s of memory on %d thread%s"
           " (an estimate, rough in time)\n",
           events, seconds, memory, estimate->threads, estimate->threads == 1 ? "" : "s");
    print_given_back(&estimate->given_back);
    check_messages_print(plan, first);
    check_weather_print(plan, first);
    check_timeline_print(plan, first);
    topology_print(estimate->topologies, estimate->topology_count, plan->point_count > 1);
    g_free(seconds);
}

static void print_json(const struct plan *plan, const struct estimate *estimate,
                       const struct setup *first)
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
    if (estimate->topology_count > 0) {
        printf("],\n \"topologies\": [");
        topology_print_json(estimate->topologies, estimate->topology_count);
    }
    printf("],\n \"weather\": ");
    check_weather_json(first);
    printf(",\n \"messages\": ");
    check_messages_json(plan, first);
    printf(",\n \"faults\": ");
    check_timeline_json(first);
    printf("}\n");
}

/* ---- the command ---- */

struct check_options {
    gboolean full, json, reference;
    char **sets, **sweeps, **only;
    char *design, *points, *replications, *seed;
};

/* Reads the plan as the options change it; NULL after the errors were told. */
static struct plan *read_plan(const char *path, struct check_options *o, int *exit_code)
{
    struct setting *sets = NULL, *sweeps = NULL;
    struct plan_options options = { .only = (const char *const *)o->only,
                                    .only_count = o->only != NULL ? g_strv_length(o->only) : 0,
                                    .design = o->design,
                                    .points = o->points,
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
    struct setup *first;
    int code = EXIT_DONE;

    if (options->full) {
        fputs(plan->scenario, stdout);
        return EXIT_DONE;
    }
    first = plan_setup(plan, 0); /* estimate_study() says so if memory is short */
    if (!estimate_study(plan, &estimate, &errors) || first == NULL)
        code = options_fail(&errors);
    else if (options->json)
        print_json(plan, &estimate, first);
    else
        print_plan(plan, &estimate, first);
    if (code == EXIT_DONE) {
        fflush(stdout);
        check_warn(plan, first);
    }
    setup_free(first);
    errors_clear(&errors);
    g_free(estimate.strategies);
    return code;
}

static void free_options(struct check_options *options)
{
    g_strfreev(options->sets);
    g_strfreev(options->sweeps);
    g_strfreev(options->only);
    g_free(options->design);
    g_free(options->points);
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
        { "design", 0, 0, G_OPTION_ARG_FILENAME, &o.design,
          "which points of the axes: grid, zip, sobol or random", "DESIGN" },
        { "points", 0, 0, G_OPTION_ARG_FILENAME, &o.points,
          "so many points of a sobol or random design, with --sweep PATH=1..8", "N" },
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
