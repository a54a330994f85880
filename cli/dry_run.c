/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dry_run.c - see dry_run.h. */
#include "cli/dry_run.h"

#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/printable.h"
#include "base/quantity.h"
#include "cli/cost.h"
#include "experiment/store/results_peek.h"

#include <errno.h>
#include <glib.h>
#include <sys/stat.h>

enum { SHOWN_MAX = 20 }; /* runs that are listed */

static bool read_states(void *peek, size_t point, int strategy, uint32_t count,
                        enum results_state *states, struct errors *errors)
{
    return results_peek_states(peek, point, strategy, count, states, errors);
}

static struct table *start_list(const struct plan *plan)
{
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };
    struct table *table = table_new(&style);

    table_column(table, "replication", "replication", COLUMN_ALL | COLUMN_RIGHT | COLUMN_KEY);
    for (size_t i = 0; i < plan->axis_count; i++)
        table_column(table, plan->axes[i].path, plan->axes[i].path, COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "strategy", "strategy", COLUMN_ALL);
    return table;
}

static void list_run(struct table *table, const struct plan *plan, const struct walk_step *step)
{
    table_row(table);
    table_number(table, step->replication + 1.0, NULL);
    for (size_t i = 0; i < plan->axis_count; i++)
        table_text(table, plan_param(plan, step->point, i)->text);
    table_text(table, plan->strategies[step->strategy]);
}

/* Walks to the end; fills the list, and missing[] by strategy. */
static bool walk_all(const struct plan *plan, struct walk *walk, struct table *table,
                     uint64_t *missing, struct errors *errors)
{
    struct walk_step step;
    uint64_t count = 0;

    while (walk_next(walk, &step, errors)) {
        if (count++ < SHOWN_MAX)
            list_run(table, plan, &step);
        missing[step.strategy]++;
    }
    return errors->count == 0;
}

/* Whether there is something, or can be nothing: not so of a new file, and of an empty one. */
static bool is_there(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return errno != ENOENT || *path == 0;
    return !S_ISREG(about.st_mode) || about.st_size > 0;
}

static void print_size(const struct plan *plan, const struct walk *walk, const char *path)
{
    const struct replications *r = &plan->replications;

    printf("%s: %zu point%s x %d strateg%s x %u replication%s", plan->name, plan->point_count,
           plan->point_count == 1 ? "" : "s", plan->strategy_count,
           plan->strategy_count == 1 ? "y" : "ies", r->min, r->min == 1 ? "" : "s");
    printf(" = %llu run%s\n", (unsigned long long)walk_total(walk),
           walk_total(walk) == 1 ? "" : "s");
    if (is_there(path))
        printable_line(stdout, "%llu of them stand in '%s'", (unsigned long long)walk_stored(walk),
                       path);
    else
        printable_line(stdout, "'%s' would be made", path);
}

/* What the missing runs will take: of each strategy what its pilots tell. */
static bool print_cost(const struct plan *plan, const uint64_t *missing, uint64_t all, int threads,
                       struct errors *errors)
{
    struct cost_estimate estimate;
    const bool is_good = cost_estimate(plan, &estimate, errors);
    double events = 0, seconds = 0;
    char *time, events_text[QUANTITY_TEXT_MAX];

    for (int i = 0; i < plan->strategy_count; i++) {
        events += (double)missing[i] * estimate.strategies[i].events;
        seconds += (double)missing[i] * estimate.strategies[i].seconds;
    }
    cost_clear(&estimate);
    if (!is_good)
        return false;
    threads = (int)MIN((uint64_t)threads, all);
    time = cost_seconds_text(seconds / threads);
    quantity_write_short(events, events_text);
    printf("\nabout %s events, %s on %d thread%s (an estimate, rough in time)\n", events_text, time,
           threads, threads == 1 ? "" : "s");
    g_free(time);
    return true;
}

static bool print_walk(const struct plan *plan, struct walk *walk, const char *path, int threads,
                       struct errors *errors)
{
    const struct replications *r = &plan->replications;
    uint64_t *missing = g_new0(uint64_t, (gsize)plan->strategy_count);
    struct table *table = start_list(plan);
    bool is_good = walk_all(plan, walk, table, missing, errors);
    const uint64_t all = walk_total(walk) - walk_stored(walk);

    if (is_good) {
        print_size(plan, walk, path);
        printf("%llu run%s would be made%s\n", (unsigned long long)all, all == 1 ? "" : "s",
               all > 0 ? ", in this order:\n" : "");
    }
    if (is_good && all > 0) {
        table_print(stdout, table);
        if (all > SHOWN_MAX)
            printf("... and %llu more\n", (unsigned long long)(all - SHOWN_MAX));
    }
    if (is_good && r->metric != NULL)
        printf("\nthen up to %u replications, until %s is known to %.3g %%\n", r->max, r->metric,
               r->half_width * 100);
    is_good = is_good && (all == 0 || print_cost(plan, missing, all, threads, errors));
    table_free(table);
    g_free(missing);
    return is_good;
}

bool dry_run_print(const struct plan *plan, const struct walk_part *part, const char *path,
                   int threads, struct errors *errors)
{
    struct results_peek *peek = is_there(path) ? results_peek_open(path, plan, errors) : NULL;
    struct walk *walk;
    bool is_good;

    if (errors->count > 0)
        return false;
    walk = walk_new(plan, part, peek != NULL ? read_states : NULL, peek);
    is_good = print_walk(plan, walk, path, threads, errors);
    walk_free(walk);
    results_peek_close(peek);
    return is_good;
}
