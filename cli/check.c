/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c - `gossipsim check SCENARIO`: every error, or the plan and what it will cost.
 */
#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/quantity.h"
#include "cli/check_messages.h"
#include "cli/check_timeline.h"
#include "cli/check_warnings.h"
#include "cli/check_weather.h"
#include "cli/cost.h"
#include "cli/options.h"
#include "cli/topology_text.h"
#include "experiment/language/scenario.h"

extern const struct verb verb_check;

/* ---- printing ---- */

static void print_strategies(const struct plan *plan, const struct cost_estimate *estimate)
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
        char *seconds = cost_seconds_text(cost->seconds);

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

static void print_plan(const struct plan *plan, const struct cost_estimate *estimate,
                       const struct setup *first)
{
    const struct replications *r = &plan->replications;
    char events[QUANTITY_TEXT_MAX], memory[QUANTITY_TEXT_MAX];
    char *seconds = cost_seconds_text(estimate->seconds);

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

static void print_json(const struct plan *plan, const struct cost_estimate *estimate,
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
    struct cost_estimate estimate;
    struct errors errors = { 0 };
    struct setup *first;
    int code = EXIT_DONE;

    if (options->full) {
        fputs(plan->scenario, stdout);
        return EXIT_DONE;
    }
    first = plan_setup(plan, 0); /* cost_estimate() says so if memory is short */
    if (!cost_estimate(plan, &estimate, &errors) || first == NULL)
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
    cost_clear(&estimate);
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
