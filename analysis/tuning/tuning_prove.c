/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_prove.c - the last two stages of a search: which settings are worth a test, and the tests.
 *
 * A row of tests begins with the cheapest setting among those that few runs will prove, and goes
 * on, a step in cost at a time, with what needs the fewest: the nearer to where a goal is just met,
 * the cheaper, and the harder to tell.
 */
#include "analysis/tuning/tuning_parts.h"

#include <math.h>

enum {
    ROW = 12,        /* tests in a row at most */
    ROWS = 3,        /* rows */
    WAY = 8,         /* parts of the way from the safest setting to the best */
    RAISES_MAX = 12, /* rounds in which what looks best may change */
    BEST = 3,        /* settings that are looked at more closely because they are cheap, */
    BEST_ROUNDS = 2, /* so many times */
};

/* Where the row begins: so many times the runs that the safest setting needs. */
static const double few = 1.25;

/* A setting that is not cheaper by so much is not worth a test. */
static const double worth = 0.02;

/* ---- the row ---- */

static bool may_be_tested(const struct tuning_setting *setting)
{
    return setting->runs >= TUNING_FIRST && setting->state == TUNING_TRIED &&
           isfinite(setting->cost) && isfinite(setting->outlook.needed);
}

/* The cheapest setting that looks like being proved with few runs; NULL: none looks like it. */
static struct tuning_setting *find_first(const struct tuning *tuning)
{
    struct tuning_setting *first = NULL;
    double least = INFINITY;

    for (guint i = 0; i < tuning->settings->len; i++)
        if (may_be_tested(tuning_get(tuning, i)))
            least = fmin(least, tuning_get(tuning, i)->outlook.needed);
    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        if (may_be_tested(setting) && setting->outlook.needed <= few * least &&
            (!first || setting->cost < first->cost))
            first = setting;
    }
    return first;
}

/* Of those that cost at most `cost` the one that needs the fewest runs, then the cheapest; NULL:
 * there is none. */
static struct tuning_setting *find_next(const struct tuning *tuning, double cost)
{
    struct tuning_setting *next = NULL;

    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        if (may_be_tested(setting) && setting->cost <= cost &&
            (!next || setting->outlook.needed < next->outlook.needed ||
             (setting->outlook.needed <= next->outlook.needed && setting->cost < next->cost)))
            next = setting;
    }
    return next;
}

/* Fills the row, from the safest to the cheapest; returns how many. */
static size_t fill_row(const struct tuning *tuning, struct tuning_setting *row[ROW])
{
    struct tuning_setting *setting = find_first(tuning);
    size_t count = 0;

    for (; count < ROW && setting; setting = find_next(tuning, (1 - worth) * setting->cost))
        row[count++] = setting;
    return count;
}

/*
 * Where the goals are just met refining has left settings close together, and few on the way from
 * there to where it is safe, which is where tests will end.  So that is filled.
 */
static bool fill_way(struct tuning *tuning, struct errors *errors)
{
    const struct tuning_problem *problem = tuning->problem;
    GPtrArray *ranked = tuning_ranked(tuning, TUNING_EXPLORED);
    const struct tuning_setting *first = find_first(tuning);
    double *u = g_new(double, problem->axes);

    for (int k = 1; k < WAY && first && ranked->len > 0; k++) {
        const struct tuning_setting *best = g_ptr_array_index(ranked, 0);
        struct tuning_setting *setting;

        for (size_t i = 0; i < problem->axes; i++)
            u[i] = problem->is_choice[i]
                       ? best->u[i]
                       : first->u[i] + (best->u[i] - first->u[i]) * k / (double)WAY;
        setting = tuning_try(tuning, u);
        if (setting)
            tuning_want(setting, TUNING_EXPLORED);
    }
    g_free(u);
    g_ptr_array_free(ranked, TRUE);
    return tuning_evaluate(tuning, errors);
}

/* Wants all replications of the search for a setting; true if it lacks some. */
static bool deepen(const struct tuning *tuning, struct tuning_setting *setting)
{
    const bool is_raised = setting->runs < tuning->depth;

    tuning_want(setting, tuning->depth);
    return is_raised;
}

/* The same for the best of those that may well meet the goals, whether or not that could be shown
 * by what is known of them. */
static bool raise_best(const struct tuning *tuning)
{
    GPtrArray *ranked = tuning_ranked(tuning, TUNING_FIRST);
    bool is_raised = false;

    for (guint i = 0; i < ranked->len && i < BEST; i++)
        is_raised = deepen(tuning, g_ptr_array_index(ranked, i)) || is_raised;
    g_ptr_array_free(ranked, TRUE);
    return is_raised;
}

/* What may be in the row gets all replications that the search looks at, until nothing changes. */
static bool raise_row(struct tuning *tuning, struct tuning_setting *row[ROW], size_t *count,
                      struct errors *errors)
{
    for (unsigned i = 0; i < RAISES_MAX; i++) {
        bool is_raised = i < BEST_ROUNDS && raise_best(tuning);

        *count = fill_row(tuning, row);
        for (size_t k = 0; k < *count; k++)
            is_raised = deepen(tuning, row[k]) || is_raised;
        if (!is_raised)
            return true;
        if (!tuning_evaluate(tuning, errors))
            return false;
    }
    *count = fill_row(tuning, row);
    return true;
}

/* ---- tests ---- */

/* What the goals that are still open want next; 0: give up. */
static size_t next_count(const struct tuning *tuning, const struct tuning_setting *setting,
                         uint32_t base, const bool *is_met)
{
    const struct tuning_problem *problem = tuning->problem;
    size_t next = 0;

    for (size_t i = 0; i < problem->goal_count; i++) {
        size_t one;

        if (is_met[i])
            continue;
        one = tuning_goal_next(&problem->goals[i], setting->values[i] + base, setting->runs - base);
        if (one == 0)
            return 0;
        next = next == 0 ? one : MIN(next, one);
    }
    return next;
}

/* Tests the goals that are still open, on what lies behind `base`. */
static enum tuning_finding look(const struct tuning *tuning, const struct tuning_setting *setting,
                                uint32_t base, unsigned number, bool *is_met)
{
    const struct tuning_problem *problem = tuning->problem;
    enum tuning_finding all = TUNING_MEETS;

    for (size_t i = 0; i < problem->goal_count; i++) {
        enum tuning_finding one = TUNING_MEETS;

        if (!is_met[i])
            one = tuning_goal_test(&problem->goals[i], setting->values[i] + base,
                                   setting->runs - base, number);
        if (one == TUNING_MISSES)
            return TUNING_MISSES;
        is_met[i] = one == TUNING_MEETS;
        if (one == TUNING_OPEN)
            all = TUNING_OPEN;
    }
    return all;
}

/* Tests a setting on the replications from `base` on until something is found, or given up. */
static bool test(struct tuning *tuning, struct tuning_setting *setting, uint32_t base,
                 struct errors *errors)
{
    bool *is_met = g_new0(bool, tuning->problem->goal_count);
    enum tuning_finding found = TUNING_OPEN;
    bool is_good = true;

    tuning_want(setting, base);
    is_good = tuning_evaluate(tuning, errors);
    tuning->tests++;
    for (unsigned number = 0; is_good && found == TUNING_OPEN; number++) {
        size_t next = next_count(tuning, setting, base, is_met);

        if (next == 0)
            break;
        tuning_want(setting, base + (uint32_t)next);
        is_good = tuning_evaluate(tuning, errors);
        if (is_good)
            found = look(tuning, setting, base, number, is_met);
    }
    setting->state = found == TUNING_MEETS    ? TUNING_ACCEPTED
                     : found == TUNING_MISSES ? TUNING_REJECTED
                                              : TUNING_UNPROVED;
    g_free(is_met);
    return is_good;
}

/* Tests the row until one is not accepted; the last that was is chosen. */
static bool test_row(struct tuning *tuning, struct tuning_setting *const *row, size_t count,
                     uint32_t base, struct errors *errors)
{
    bool is_good = true;

    for (size_t i = 0; i < count && is_good; i++) {
        is_good = test(tuning, row[i], base, errors);
        if (row[i]->state != TUNING_ACCEPTED)
            break;
        tuning->chosen = row[i]->number;
    }
    return is_good;
}

/* Nothing looks like meeting the goals: what comes nearest is to be known well. */
static bool raise_nearest(struct tuning *tuning, struct errors *errors)
{
    for (unsigned i = 0; i < RAISES_MAX; i++) {
        GPtrArray *ranked = tuning_ranked(tuning, TUNING_EXPLORED);
        struct tuning_setting *best = ranked->len > 0 ? g_ptr_array_index(ranked, 0) : NULL;
        bool is_known = !best || best->runs >= tuning->depth;

        g_ptr_array_free(ranked, TRUE);
        if (is_known)
            return true;
        tuning_want(best, tuning->depth);
        if (!tuning_evaluate(tuning, errors))
            return false;
    }
    return true;
}

bool tuning_prove(struct tuning *tuning, struct errors *errors)
{
    uint32_t depth = tuning->depth;
    bool is_good = true;

    for (unsigned i = 0; i < ROWS && is_good && tuning->chosen == SIZE_MAX; i++) {
        struct tuning_setting *row[ROW];
        size_t count = 0;

        is_good = fill_way(tuning, errors) && raise_row(tuning, row, &count, errors);
        if (is_good && count == 0)
            break;
        /* Beyond everything that anybody has looked at. */
        for (guint k = 0; k < tuning->settings->len; k++)
            depth = MAX(depth, tuning_get(tuning, k)->runs);
        is_good = is_good && test_row(tuning, row, count, depth, errors);
        tuning_set_alpha(tuning, tuning->alpha / 2);
    }
    if (is_good && tuning->chosen == SIZE_MAX)
        is_good = raise_nearest(tuning, errors);
    if (tuning->chosen != SIZE_MAX)
        tuning_get(tuning, tuning->chosen)->state = TUNING_CHOSEN;
    return is_good;
}
