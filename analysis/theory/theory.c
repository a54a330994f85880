/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory.c - see theory.h. */
#include "analysis/theory/theory.h"

#include "analysis/theory/early.h"
#include "analysis/theory/solve.h"
#include "analysis/theory/told.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double chances[THEORY_PATHS] = {
    [THEORY_SLOW] = 0.05, [THEORY_MEDIAN] = 0.5, [THEORY_FAST] = 0.95
};

enum {
    BEGINNINGS = 40,    /* for the mean over runs */
    MEAN_POINTS = 1000, /* of that */
    STAYS_MAX = 100,    /* an interval has at most so many sessions and times down: the equations'
                           steps, a 256th of it, are stable then */
};

static bool refuse(struct theory_prediction *p, const char *why)
{
    g_strlcpy(p->law.why, why, sizeof p->law.why);
    return false;
}

/* ---- reading the curves ---- */

static void read_off(struct theory_prediction *p, const struct theory_world *world)
{
    const bool is_rounds = world->is_rounds;
    const struct theory_curve *median = &p->curves[THEORY_MEDIAN];

    for (int i = 0; i < THEORY_PATHS; i++) {
        p->t50[i] = theory_reached(&p->curves[i], is_rounds, 0.5);
        p->t90[i] = theory_reached(&p->curves[i], is_rounds, 0.9);
        p->t99[i] = theory_reached(&p->curves[i], is_rounds, 0.99);
    }
    p->residue = 1 - median->informed[median->count - 1];
    if (p->residue * world->nodes < 0.01) /* where solving stops */
        p->residue = 0;
    if (p->law.no_copies)
        p->copies = NAN;
}

/* ---- solving ---- */

/*
 * The mean over runs.  Beginnings that differ in size differ, in events, by a shift in time, so the
 * median's curve does for all of them; a recurrence is solved for each.
 */
static void average(struct solve *what, const struct early *early, struct theory_prediction *p)
{
    const struct theory_curve *median = &p->curves[THEORY_MEDIAN];
    const double nodes = what->world->nodes * what->world->up;
    const bool is_rounds = what->world->is_rounds;
    const double end = p->curves[THEORY_SLOW].times[p->curves[THEORY_SLOW].count - 1];
    const double step = is_rounds ? what->world->round : fmax(end / MEAN_POINTS, 1e-9);
    const size_t count = (size_t)(end / step + 0.5) + 1;

    p->mean = (struct theory_curve){ .count = count,
                                     .times = g_new(double, count),
                                     .informed = g_new0(double, count) };
    for (size_t i = 0; i < count; i++)
        p->mean.times[i] = (double)i * step;
    for (int k = 0; k < BEGINNINGS; k++) {
        const double size = early_size(early, (k + 0.5) / BEGINNINGS);
        const double shift = log(size / early_size(early, 0.5)) / early->rate;
        struct theory_curve own = *median;
        double copies;
        bool is_over;

        what->informed = fmin(0.5, size / nodes);
        if (is_rounds)
            (void)solve(what, &own, &copies, &is_over);
        for (size_t i = 0; i < count; i++)
            p->mean.informed[i] +=
                theory_informed(&own, is_rounds, p->mean.times[i] + (is_rounds ? 0 : shift)) /
                BEGINNINGS;
        if (is_rounds) {
            g_free(own.times);
            g_free(own.informed);
        }
    }
}

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

    if (!world->is_rounds && (world->leaves + world->returns) * p->law.interval > STAYS_MAX)
        return refuse(p, "nodes come and go many times within an interval");
    world_delays(config, &delays);
    early_find(&p->law, &delays, &early);
    if (!early.takes_hold)
        return refuse(p, "a node informs no more than one other, so that chance ends it early");
    for (int i = 0; i < THEORY_PATHS; i++) {
        double copies;
        what.informed = fmin(0.5, early_size(&early, chances[i]) / (world->nodes * world->up));
        if (!solve(&what, &p->curves[i], &copies, &is_over))
            return refuse(p, "it takes so long that an earlier `stop.at` is needed to tell");
        if (i == THEORY_MEDIAN)
            p->copies = copies;
    }
    p->copies *= world->up;
    if (world->loses && world->leaves > 0)
        p->copies = NAN; /* they go on */
    average(&what, &early, p);
    return true;
}

/* ---- told by the writer ---- */

static void tell(const struct sim_config *config, const struct theory_world *world,
                 struct theory_prediction *p)
{
    static const double ahead[THEORY_PATHS] = {
        [THEORY_SLOW] = -1.645, [THEORY_MEDIAN] = 0, [THEORY_FAST] = 1.645
    };

    told_curve(&p->law, config, world, &p->mean);
    for (int i = 0; i < THEORY_PATHS; i++)
        told_shifted(&p->mean, world->nodes * world->up, ahead[i], &p->curves[i]);
    p->copies = (world->nodes - 1) / world->nodes;
}

/* ---- all of it ---- */

static bool predict_curve(const struct sim_config *config, const struct theory_world *world,
                          struct theory_prediction *p)
{
    if (!world_has_update(config, p->law.why))
        return false;
    if (config->fault_count > 0)
        return refuse(p, "faults come in between");
    if (p->law.told)
        tell(config, world, p);
    else if (!solve_equations(config, world, p))
        return false;
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
    prediction->applies = model->theory(config->stack[0].config, &world, &prediction->law) &&
                          ((prediction->law.compartments == 0 && !prediction->law.told) ||
                           predict_curve(config, &world, prediction));
}

void theory_clear(struct theory_prediction *prediction)
{
    for (int i = 0; i < THEORY_PATHS; i++) {
        g_free(prediction->curves[i].times);
        g_free(prediction->curves[i].informed);
        prediction->curves[i] = (struct theory_curve){ .count = 0 };
    }
    g_free(prediction->mean.times);
    g_free(prediction->mean.informed);
    prediction->mean = (struct theory_curve){ .count = 0 };
}
