/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solve.c - see solve.h. */
#include "analysis/theory/solve.h"

#include <assert.h>
#include <glib.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <string.h>

enum {
    STEPS = 256,         /* an interval */
    BYTES_MAX = 1 << 25, /* of the rows kept: some thousand intervals, a second's work */
    CALM_INTERVALS = 8,  /* so long nothing may move for it to be over */
};

/* Less than this part of a node counts as nobody. */
#define NOBODY 1e-3

struct solution {
    struct theory_past past; /* first: the callbacks get it */
    const struct solve *what;
    double step;
    size_t width, count, room;
    double *rows;   /* `count` of them, of `width`, a step apart; in rounds a round */
    double *before; /* the row of all times before the start */
};

static double *row_of(const struct solution *s, size_t index)
{
    return s->rows + index * s->width;
}

/* ---- looking back ---- */

static double value_at(const struct solution *s, int row, double time)
{
    const double place = time / s->step;
    size_t index;

    if (time < -1e-9 * s->step)
        return s->before[row];
    if (s->count < 2)
        return row_of(s, 0)[row];
    index = (size_t)fmin(fmax(place, 0), (double)s->count - 2);
    return row_of(s, index)[row] +
           (place - (double)index) * (row_of(s, index + 1)[row] - row_of(s, index)[row]);
}

static double look_back(const struct theory_past *past, int row, double seconds)
{
    return value_at((const struct solution *)past, row, past->now - seconds);
}

static double look_late(const struct theory_past *past, int row, int legs, int other,
                        int other_legs)
{
    const struct solution *s = (const struct solution *)past;
    const struct world_delays *delays = s->what->delays;
    double sum = 0;

    for (int i = 0; i < delays->count; i++) {
        const double late = delays->of[legs][i];
        double value = value_at(s, row, past->now - late);
        if (other >= 0)
            value *= value_at(s, other, past->now - late * other_legs / legs);
        sum += value;
    }
    return sum / delays->count;
}

/* ---- rows ---- */

/* A new row behind the last; NULL: there are enough. */
static double *add_row(struct solution *s)
{
    if ((s->count + 1) * s->width * sizeof(double) > BYTES_MAX)
        return NULL;
    if (s->count == s->room) {
        s->room = 2 * s->room + 64;
        s->rows = g_renew(double, s->rows, s->room * s->width);
    }
    return row_of(s, s->count++);
}

static void begin(struct solution *s, const struct solve *what)
{
    const struct theory *t = what->theory;

    *s = (struct solution){ .past = { .world = what->world, .ago = look_back, .late = look_late },
                            .what = what };
    assert(t->compartments + t->followed <= THEORY_ROW_MAX);
    s->width = (size_t)(t->compartments + t->followed);
    s->step = what->world->is_rounds ? what->world->round : t->interval / STEPS;
    s->before = g_new0(double, s->width);
    t->start(what->config, what->world, 0, s->before);
    memset(add_row(s), 0, s->width * sizeof(double));
    t->start(what->config, what->world, what->informed, s->rows);
}

/* Whether nothing more can come. */
static bool is_calm(const struct solution *s)
{
    const struct solve *what = s->what;
    const double nobody = NOBODY / what->world->nodes, *row = row_of(s, s->count - 1);
    const size_t back = (size_t)(CALM_INTERVALS * what->theory->interval / s->step);
    const double *then = s->count > back ? row_of(s, s->count - 1 - back) : NULL;

    if (row[THEORY_LACKING] < nobody)
        return true;
    if (what->theory->active > 0 && row[what->theory->active] < nobody && then)
        return true;
    return then && then[THEORY_LACKING] < 0.5 &&
           fabs(then[THEORY_LACKING] - row[THEORY_LACKING]) < 1e-7;
}

/* ---- rounds and events ---- */

static bool make_round(struct solution *s)
{
    double *next = add_row(s);

    if (!next)
        return false;
    s->what->theory->step(s->what->config, s->what->world, row_of(s, s->count - 2), next);
    return true;
}

static int rates_at(double time, const double y[], double rates[], void *context)
{
    struct solution *s = context;
    const struct theory *t = s->what->theory;
    double row[THEORY_ROW_MAX];

    s->past.now = time;
    memcpy(row, y, (size_t)t->compartments * sizeof *y);
    memset(row + t->compartments, 0, (size_t)t->followed * sizeof *y);
    t->rates(s->what->config, &s->past, row, rates, row + t->compartments);
    return GSL_SUCCESS;
}

/* Notes what is followed at the last row. */
static void follow(struct solution *s)
{
    const struct theory *t = s->what->theory;
    double rates[THEORY_ROW_MAX], *row = row_of(s, s->count - 1);

    s->past.now = (double)(s->count - 1) * s->step;
    t->rates(s->what->config, &s->past, row, rates, row + t->compartments);
}

static bool make_step(struct solution *s, gsl_odeiv2_step *stepper)
{
    const size_t compartments = (size_t)s->what->theory->compartments;
    const gsl_odeiv2_system system = { rates_at, NULL, compartments, s };
    double y[THEORY_ROW_MAX], errors[THEORY_ROW_MAX];
    const double now = (double)(s->count - 1) * s->step;
    double *next;

    memcpy(y, row_of(s, s->count - 1), compartments * sizeof *y);
    if (gsl_odeiv2_step_apply(stepper, now, s->step, y, errors, NULL, NULL, &system) != GSL_SUCCESS)
        return false;
    next = add_row(s);
    if (!next)
        return false;
    memcpy(next, y, compartments * sizeof *y);
    memcpy(next + compartments, next - s->width + compartments,
           (s->width - compartments) * sizeof *y);
    follow(s);
    return true;
}

/* False if there was no room for all rows up to the end. */
static bool run(struct solution *s, bool *is_over)
{
    const size_t last = (size_t)fmin(s->what->end / s->step, 1e9);
    gsl_odeiv2_step *stepper = NULL;

    if (!s->what->world->is_rounds)
        stepper = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rk4, (size_t)s->what->theory->compartments);
    *is_over = is_calm(s);
    while (!*is_over && s->count <= last && (stepper ? make_step(s, stepper) : make_round(s)))
        *is_over = is_calm(s);
    if (stepper)
        gsl_odeiv2_step_free(stepper);
    return *is_over || s->count > last;
}

bool solve(const struct solve *what, struct theory_curve *curve, double *copies, bool *is_over)
{
    struct solution s;
    bool is_whole;

    begin(&s, what);
    is_whole = run(&s, is_over);
    *curve = (struct theory_curve){ .count = s.count,
                                    .times = g_new(double, s.count),
                                    .informed = g_new(double, s.count) };
    for (size_t i = 0; i < s.count; i++) {
        curve->times[i] = (double)i * s.step;
        curve->informed[i] = 1 - CLAMP(row_of(&s, i)[THEORY_LACKING], 0, 1);
    }
    *copies = row_of(&s, s.count - 1)[THEORY_COPIES];
    g_free(s.rows);
    g_free(s.before);
    return is_whole;
}
