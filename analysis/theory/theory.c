/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory.c - see theory.h. */
#include "analysis/theory/theory.h"

#include "analysis/theory/early.h"
#include "analysis/theory/solve.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double chances[THEORY_PATHS] = {
    [THEORY_SLOW] = 0.05, [THEORY_MEDIAN] = 0.5, [THEORY_FAST] = 0.95
};

static bool refuse(struct theory_prediction *p, const char *why)
{
    g_strlcpy(p->law.why, why, sizeof p->law.why);
    return false;
}

/* ---- reading the curves ---- */

static double reached(const struct theory_curve *curve, bool is_rounds, double share)
{
    for (size_t i = 0; i < curve->count; i++)
        if (curve->informed[i] >= share) {
            if (is_rounds || i == 0)
                return curve->times[i];
            return curve->times[i - 1] + (curve->times[i] - curve->times[i - 1]) *
                                             (share - curve->informed[i - 1]) /
                                             (curve->informed[i] - curve->informed[i - 1]);
        }
    return INFINITY;
}

double theory_informed(const struct theory_curve *curve, bool is_rounds, double seconds)
{
    size_t low = 0, high = curve->count;
    double share;

    if (seconds < 0 || curve->count == 0)
        return 0;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (curve->times[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    share = curve->informed[low];
    if (is_rounds || high == curve->count)
        return share;
    return share + (curve->informed[high] - share) * (seconds - curve->times[low]) /
                       (curve->times[high] - curve->times[low]);
}

static void read_off(struct theory_prediction *p, const struct theory_world *world)
{
    const bool is_rounds = world->is_rounds;
    const struct theory_curve *median = &p->curves[THEORY_MEDIAN];

    for (int i = 0; i < THEORY_PATHS; i++) {
        p->t50[i] = reached(&p->curves[i], is_rounds, 0.5);
        p->t90[i] = reached(&p->curves[i], is_rounds, 0.9);
        p->t99[i] = reached(&p->curves[i], is_rounds, 0.99);
    }
    p->residue = 1 - median->informed[median->count - 1];
    if (p->residue * world->nodes < 0.01) /* where solving stops */
        p->residue = 0;
    p->copies *= world->up;
    if (p->law.no_copies || (world->loses && world->leaves > 0))
        p->copies = NAN; /* they go on */
}

/* ---- solving ---- */

static bool solve_equations(const struct sim_config *config, const struct theory_world *world,
                            struct theory_prediction *p)
{
    struct world_delays delays;
    struct early early;
    bool is_over = true;
    struct solve what = { .theory = &p->law,
                          .config = config->stack[0].config,
                          .world = world,
                          .delays = &delays,
                          .end = (double)(config->stop.at - config->workload.at) /
                                 (double)SIM_SECOND };

    if (!world_has_update(config, p->law.why))
        return false;
    if (config->fault_count > 0)
        return refuse(p, "faults come in between");
    world_delays(config, &delays);
    early_find(&p->law, &delays, &early);
    if (!early.takes_hold)
        return refuse(p, "a node informs no more than one other, so that chance ends it early");
    for (int i = 0; i < THEORY_PATHS; i++) {
        double copies;
        what.informed = fmin(0.5, early_size(&early, chances[i]) / (world->nodes * world->up));
        solve(&what, &p->curves[i], &copies, &is_over);
        if (i == THEORY_MEDIAN)
            p->copies = copies;
    }
    p->has_curve = true;
    read_off(p, world);
    if (!world_is_memoryless(config) && !p->law.note[0])
        g_strlcpy(p->law.note, "sessions are taken as exponential", sizeof p->law.note);
    return true;
}

static void begin(struct theory_prediction *p)
{
    *p = (struct theory_prediction){ .residue = NAN, .copies = NAN };
    p->law.detection = p->law.factor = NAN;
    for (int i = 0; i < THEORY_PATHS; i++)
        p->t50[i] = p->t90[i] = p->t99[i] = NAN;
}

void theory_predict(const struct sim_config *config, struct theory_prediction *prediction)
{
    const struct model *model = config->stack[0].model;
    struct theory_world world;

    begin(prediction);
    if (!world_of(config, &world, prediction->law.why))
        return;
    prediction->model = model->name;
    if (!model->theory) {
        snprintf(prediction->law.why, sizeof prediction->law.why, "no equations of %s are declared",
                 model->name);
        return;
    }
    prediction->applies =
        model->theory(config->stack[0].config, &world, &prediction->law) &&
        (prediction->law.compartments == 0 || solve_equations(config, &world, prediction));
}

void theory_clear(struct theory_prediction *prediction)
{
    for (int i = 0; i < THEORY_PATHS; i++) {
        g_free(prediction->curves[i].times);
        g_free(prediction->curves[i].informed);
        prediction->curves[i] = (struct theory_curve){ .count = 0 };
    }
}
