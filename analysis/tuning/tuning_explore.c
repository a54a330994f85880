/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tuning_explore.c - the first two stages of a search: where good settings are.
 *
 * Distances are those of the unit cube, along the axis on which they are largest.
 */
#include "analysis/tuning/tuning_parts.h"
#include "experiment/language/space.h"

#include <math.h>

enum {
    ROUNDS = 6,           /* of refining: 0.25 / 3^5 is a thousandth of a range */
    PARENTS_MAX = 4,      /* in the first, at most one more than parameters; one fewer each time */
    CHILDREN = 8,         /* settings around each; of one parameter half as many */
    NEIGHBOUR_ROUNDS = 3, /* in which the next whole number is looked at, however far it is */
};

/* Half the width of the box around a parent: at first, and of each round by that before. */
static const double box_first = 0.25, box_shrinks = 1.0 / 3;

/* What settings cost is near enough to the best when refining ends. */
static const double near_enough = 0.005;

/* ---- halving ---- */

/* Twice the replications for the better half, until one is left or they have them all. */
static bool halve(struct tuning *tuning, GPtrArray *settings, struct errors *errors)
{
    for (uint32_t runs = TUNING_FIRST; settings->len > 0; runs *= 2) {
        for (guint i = 0; i < settings->len; i++)
            tuning_want(g_ptr_array_index(settings, i), runs);
        if (!tuning_evaluate(tuning, errors))
            return false;
        tuning_rank(settings);
        if (runs >= TUNING_EXPLORED)
            return true;
        g_ptr_array_set_size(settings, (gint)(settings->len + 1) / 2);
    }
    return true;
}

/* ---- the first design ---- */

/* How many settings there are at most, `most` standing for more. */
static size_t count_settings(const struct tuning_problem *problem, size_t most)
{
    size_t count = 1;

    for (size_t i = 0; i < problem->axes; i++) {
        if (problem->levels[i] == 0 || problem->levels[i] > most / count)
            return most;
        count *= problem->levels[i];
    }
    return count;
}

static bool explore(struct tuning *tuning, struct errors *errors)
{
    const struct tuning_problem *problem = tuning->problem;
    const size_t wanted = count_settings(problem, CLAMP(16 * problem->axes, 16, 64));
    struct space_points *points =
        space_points_new(SPACE_SOBOL, (unsigned)problem->axes, 0 /* no seed */);
    GPtrArray *settings = g_ptr_array_new();
    double *u = g_new(double, problem->axes);
    bool is_good;

    for (size_t i = 0; i < 16 * wanted && settings->len < wanted; i++) {
        struct tuning_setting *setting;

        space_points_next(points, u);
        setting = tuning_try(tuning, u);
        if (setting)
            g_ptr_array_add(settings, setting);
    }
    is_good = halve(tuning, settings, errors);
    g_free(u);
    g_ptr_array_free(settings, TRUE);
    space_points_free(points);
    return is_good;
}

/* ---- around the best ---- */

static double distance(const struct tuning_problem *problem, const double *a, const double *b)
{
    double largest = 0;

    for (size_t i = 0; i < problem->axes; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

/* The best settings that are farther than `width` from each other, at most `most`. */
static GPtrArray *choose_parents(const struct tuning *tuning, double width, guint most)
{
    GPtrArray *ranked = tuning_ranked(tuning, TUNING_EXPLORED), *parents = g_ptr_array_new();

    for (guint i = 0; i < ranked->len && parents->len < most; i++) {
        struct tuning_setting *setting = g_ptr_array_index(ranked, i);
        bool is_apart = true;

        for (guint k = 0; k < parents->len && is_apart; k++) {
            const struct tuning_setting *parent = g_ptr_array_index(parents, k);
            is_apart = distance(tuning->problem, setting->u, parent->u) > width;
        }
        if (is_apart)
            g_ptr_array_add(parents, setting);
    }
    g_ptr_array_free(ranked, TRUE);
    return parents;
}

/* A place in the box around `parent`, where `v` is in the unit cube. */
static void place_child(const struct tuning_problem *problem, const double *parent, const double *v,
                        double width, bool sees_neighbours, double *u)
{
    for (size_t i = 0; i < problem->axes; i++) {
        double reach = width;

        if (problem->is_choice[i]) { /* every other child keeps it, at the end all */
            u[i] = sees_neighbours && v[i] < 0.5 ? 2 * v[i] : parent[i];
            continue;
        }
        if (problem->levels[i] > 0 && sees_neighbours)
            reach = fmax(reach, 1.0 / (double)problem->levels[i]);
        u[i] = CLAMP(parent[i] + (2 * v[i] - 1) * reach, 0, 1);
    }
}

/* One round; *spread: how far the costs of what survives it are from the best, as a share. */
static bool refine(struct tuning *tuning, unsigned round, double width, struct space_points *points,
                   double *spread, struct errors *errors)
{
    const struct tuning_problem *problem = tuning->problem;
    const guint most = MIN(PARENTS_MAX, (guint)problem->axes + 1);
    const unsigned each = problem->axes == 1 ? CHILDREN / 2 : CHILDREN;
    GPtrArray *parents = choose_parents(tuning, width, MAX(most, round + 1) - round);
    GPtrArray *children = g_ptr_array_new();
    double *u = g_new(double, 2 * problem->axes), *v = u + problem->axes, best = INFINITY;
    bool is_good;

    for (guint i = 0; i < parents->len; i++) {
        const struct tuning_setting *parent = g_ptr_array_index(parents, i);

        best = fmin(best, parent->cost);
        for (unsigned k = 0; k < each; k++) {
            struct tuning_setting *child;

            space_points_next(points, v);
            place_child(problem, parent->u, v, width, round < NEIGHBOUR_ROUNDS, u);
            child = tuning_try(tuning, u);
            if (child)
                g_ptr_array_add(children, child);
        }
    }
    is_good = halve(tuning, children, errors);
    *spread = 0;
    for (guint i = 0; i < children->len && is_good; i++) {
        const struct tuning_setting *child = g_ptr_array_index(children, i);
        *spread = fmax(*spread, fabs(child->cost - best) / best);
    }
    g_free(u);
    g_ptr_array_free(children, TRUE);
    g_ptr_array_free(parents, TRUE);
    return is_good;
}

bool tuning_explore(struct tuning *tuning, struct errors *errors)
{
    struct space_points *points;
    double width = box_first, spread = INFINITY;
    bool is_good = explore(tuning, errors);

    points = space_points_new(SPACE_SOBOL, (unsigned)tuning->problem->axes, 0);
    for (unsigned round = 0; is_good && round < ROUNDS; round++, width *= box_shrinks) {
        is_good = refine(tuning, round, width, points, &spread, errors);
        if (round >= NEIGHBOUR_ROUNDS && spread < near_enough)
            break;
    }
    space_points_free(points);
    return is_good;
}
