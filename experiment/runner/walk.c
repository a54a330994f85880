/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk.c - see walk.h. */
#include "experiment/runner/walk.h"

#include <glib.h>

enum { READ_MIN = 1024 }; /* replications of a cell that are looked up at once */

/* What of a cell (plan.h) has been met and is stored. */
struct cell {
    uint32_t wanted;    /* replications, by the point that wants most */
    uint32_t walked;    /* replications that the walk has looked at */
    uint32_t read;      /* replications that `is_stored` tells of */
    uint8_t *is_stored; /* a bit each */
};

struct walk {
    const struct plan *plan;
    struct walk_part part;
    walk_states *states;
    void *context;
    uint32_t *wanted, most; /* replications of each point, and of that which wants most */
    struct cell *cells;
    uint64_t total, stored;
    struct walk_step next; /* the next to look at */
};

static bool has(const struct walk *walk, size_t point, int strategy, uint32_t replication)
{
    return !walk->part.has || walk->part.has(walk->part.part, point, strategy, replication);
}

/* Counts the runs that the study got with the latest change of what a point wants. */
static void count_point(struct walk *walk, size_t point)
{
    const uint32_t wanted = walk->wanted[point];

    for (int i = 0; i < walk->plan->strategy_count; i++) {
        struct cell *cell = &walk->cells[plan_cell(walk->plan, point, i)];

        if (!walk->part.has)
            walk->total += wanted > cell->wanted ? wanted - cell->wanted : 0;
        for (uint32_t k = cell->wanted; walk->part.has && k < wanted; k++)
            walk->total += has(walk, point, i, k);
        cell->wanted = MAX(cell->wanted, wanted);
    }
    walk->most = MAX(walk->most, wanted);
}

struct walk *walk_new(const struct plan *plan, const struct walk_part *part, walk_states *states,
                      void *context)
{
    struct walk *walk = g_new0(struct walk, 1);

    walk->plan = plan;
    walk->part = part ? *part : (struct walk_part){ NULL, NULL };
    walk->states = states;
    walk->context = context;
    walk->wanted = g_new0(uint32_t, plan->point_count);
    walk->cells = g_new0(struct cell, plan->cell_count);
    for (size_t i = 0; i < plan->point_count; i++)
        walk_want(walk, i, plan->replications.min);
    return walk;
}

void walk_free(struct walk *walk)
{
    for (size_t i = 0; i < walk->plan->cell_count; i++)
        g_free(walk->cells[i].is_stored);
    g_free(walk->cells);
    g_free(walk->wanted);
    g_free(walk);
}

uint32_t walk_wanted(const struct walk *walk, size_t point)
{
    return walk->wanted[point];
}

void walk_want(struct walk *walk, size_t point, uint32_t replications)
{
    walk->wanted[point] = replications;
    count_point(walk, point);
}

void walk_restart(struct walk *walk)
{
    walk->next = (struct walk_step){ 0 };
}

uint64_t walk_total(const struct walk *walk)
{
    return walk->total;
}

uint64_t walk_stored(const struct walk *walk)
{
    return walk->stored;
}

/* Reads what is stored of a cell up to the step and some way on, as the walk may never come to the
 * last of a million replications; false if that fails. */
static bool read_cell(struct walk *walk, struct cell *cell, const struct walk_step *at,
                      struct errors *errors)
{
    const uint32_t count = MIN(cell->wanted, MAX(READ_MIN, 2 * at->replication));
    enum results_state *states = g_new(enum results_state, count);
    bool is_good = walk->states(walk->context, at->point, at->strategy, count, states, errors);

    g_free(cell->is_stored);
    cell->is_stored = g_malloc0(count / 8 + 1);
    cell->read = count;
    for (uint32_t i = 0; i < count && is_good; i++)
        cell->is_stored[i / 8] |= (uint8_t)((states[i] != RESULTS_MISSING) << i % 8);
    g_free(states);
    return is_good;
}

/* Looks at a run, unless it was looked at; sets *is_missing.  False if reading failed. */
static bool look(struct walk *walk, const struct walk_step *at, bool *is_missing,
                 struct errors *errors)
{
    struct cell *cell = &walk->cells[plan_cell(walk->plan, at->point, at->strategy)];
    const uint32_t i = at->replication;

    *is_missing = false;
    if (i < cell->walked || !has(walk, at->point, at->strategy, i))
        return true;
    if (walk->states != NULL && i >= cell->read && !read_cell(walk, cell, at, errors))
        return false;
    *is_missing = cell->is_stored == NULL || !(cell->is_stored[i / 8] >> i % 8 & 1);
    walk->stored += !*is_missing;
    cell->walked = i + 1;
    return true;
}

/* Steps on: strategies first, then points, then replications. */
static void step_on(struct walk *walk)
{
    struct walk_step *next = &walk->next;

    if (++next->strategy < walk->plan->strategy_count)
        return;
    next->strategy = 0;
    if (++next->point < walk->plan->point_count)
        return;
    next->point = 0;
    next->replication++;
}

bool walk_next(struct walk *walk, struct walk_step *step, struct errors *errors)
{
    while (walk->next.replication < walk->most) {
        const struct walk_step at = walk->next;
        bool is_missing = false;

        step_on(walk);
        if (at.replication < walk->wanted[at.point] && !look(walk, &at, &is_missing, errors))
            return false;
        if (is_missing) {
            *step = at;
            return true;
        }
    }
    return false;
}
