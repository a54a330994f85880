/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange_theory.c - see exchange_theory.h; the equations are explained in docs/theory.md.
 *
 * s: share of the live nodes that lack the update, i = 1 - s; f partners an interval T; q: a
 * message arrives; u: the partner is up; b legs of a push.
 *
 * Rounds: s' = s exp(-f u q^b i) by push, s (1 - u q^2 i)^f by pull, both factors by push-pull.
 *
 * Events.  C: share that lacks it among the nodes that call just now.  A call comes from an
 * informed node, and a push out of it arrives, at the rate h = f/T u q^b (1 - C), b legs ago.
 *     ds/dt = -h s - f/T u q^2 [C i a leg before now, of those not told since by others]
 * With a Poisson clock C = s.  With a periodic one who calls now called T ago:
 *     C(t) = C(t - T) (1 - u q^2 i(t - T + one leg))^f exp(-H(t) + H(t - T)),   dH/dt = h,
 * or came up since, of which there are so many that 1 = e^-aT + the integral of a e^-ax, a being
 * the rate at which nodes go.
 */
#include "models/exchange_theory.h"

#include <math.h>
#include <stdio.h>

enum { PUSHED = THEORY_OWN, DOWN_LACKING, CALLING, WEIGHED, ROWS };

/* Enough that nobody is left whom no push has reached; e to it is still a number. */
#define PUSHED_MAX 600

enum { JOIN_STEPS = 8 };

bool calls_theory(const struct calls *calls, const struct theory_world *world,
                  struct theory *theory)
{
    const char *why = NULL;

    theory->interval = (double)calls->interval / (double)SIM_SECOND;
    if (!partner_is_anybody(&calls->partners))
        why = "partners are not picked at random from all";
    else if (calls->connection_limit > 0)
        why = "a `connection_limit` makes calls depend on each other";
    else if (world->is_rounds && calls->clock == CALL_POISSON)
        why = "a Poisson clock in rounds has no recurrence";
    else if (world->is_rounds && fabs(theory->interval / world->round - 1) > 1e-9)
        why = "the interval is longer than a round, so that nodes take turns";
    else if (!world->is_rounds && calls->clock == CALL_PERIODIC && calls->phase == 1)
        why = "with `phase: together` all act at once, but not in rounds";
    if (why)
        snprintf(theory->why, sizeof theory->why, "%s", why);
    return !why;
}

/* How those who are told first tell others. */
static void describe_births(const struct exchange *x, const struct theory_world *w,
                            struct theory *theory)
{
    const double push = w->partner_up * pow(w->arrives, x->push_legs);
    const double pull = x->fanout * w->partner_up * pow(w->arrives, 2);
    const bool is_clocked = w->is_rounds || !x->is_poisson;
    const int own = w->is_rounds || x->is_poisson ? 0 : 1; /* type of who has learned by a call */

    theory->type_count = own + 1;
    theory->types[0] = (struct theory_type){ .is_random = !w->is_rounds, .first = x->interval };
    theory->types[1] = (struct theory_type){ .first = fmax(0, x->interval - 2 * w->latency) };
    for (int type = 0; type <= own; type++) {
        if (x->pushes)
            theory->births[theory->birth_count++] =
                (struct theory_birth){ .from = type,
                                       .kind = is_clocked ? BIRTHS_AT_TICKS : BIRTHS_STEADY,
                                       .trials = x->fanout,
                                       .chance = push,
                                       .mean = x->fanout * push / x->interval,
                                       .legs = x->push_legs };
        if (x->pulls)
            theory->births[theory->birth_count++] =
                (struct theory_birth){ .from = type,
                                       .to = own,
                                       .kind = w->is_rounds ? BIRTHS_BY_OTHERS : BIRTHS_STEADY,
                                       .mean = w->is_rounds ? pull : pull / x->interval,
                                       .legs = 1 };
    }
}

bool exchange_theory(const struct exchange *x, const struct theory_world *world,
                     struct theory *theory)
{
    if (!world->is_rounds && x->pulls && 2 * world->latency > x->interval) {
        snprintf(theory->why, sizeof theory->why,
                 "a round trip takes longer than the interval, so that a node has several calls "
                 "under way");
        return false;
    }
    theory->compartments = CALLING;
    theory->followed = ROWS - CALLING;
    theory->no_copies = x->pushes_each;
    describe_births(x, world, theory);
    return true;
}

void exchange_start(const struct theory_world *world, double informed, double *row)
{
    (void)world;
    row[THEORY_LACKING] = row[CALLING] = 1 - informed;
    row[THEORY_COPIES] = row[PUSHED] = 0;
    row[DOWN_LACKING] = 1;
    row[WEIGHED] = row[CALLING];
}

void exchange_step(const struct exchange *x, const struct theory_world *w, const double *row,
                   double *next)
{
    const double s = row[THEORY_LACKING], i = 1 - s, u = w->partner_up, q = w->arrives;
    const double goes = 1 - exp(-w->leaves * w->round), back = 1 - exp(-w->returns * w->round);
    double told = s, copies = 0;

    if (x->pushes) {
        told *= exp(-x->fanout * u * pow(q, x->push_legs) * i);
        copies += x->fanout * u * pow(q, x->copy_legs) * i * s;
    }
    if (x->pulls) {
        told *= pow(1 - u * q * q * i, x->fanout);
        copies += x->fanout * u * q * i * s;
    }
    next[THEORY_LACKING] = told + goes * ((w->loses ? 1 : row[DOWN_LACKING]) - told);
    next[THEORY_COPIES] = row[THEORY_COPIES] + copies;
    next[DOWN_LACKING] = row[DOWN_LACKING] + back * (told - row[DOWN_LACKING]);
    next[PUSHED] = next[CALLING] = next[WEIGHED] = 0;
}

/* Of those who came up since they called last, the share that lacks it, by the trapezia of the
 * integral over the time since. */
static double joined_lacking(const struct exchange *x, const struct theory_past *past,
                             const double *row)
{
    const struct theory_world *w = past->world;
    const double step = x->interval / JOIN_STEPS;
    double sum = 0;

    for (int k = 0; k < JOIN_STEPS; k++) {
        const double age = (k + 0.5) * step;
        const double lacks = w->loses ? 1 : theory_ago(past, DOWN_LACKING, age);
        const double share = exp(-w->leaves * (age - step / 2)) * (1 - exp(-w->leaves * step));
        sum += share * lacks * exp(theory_ago(past, PUSHED, age) - row[PUSHED]);
    }
    return sum;
}

static double calling(const struct exchange *x, const struct theory_past *past, const double *row)
{
    const struct theory_world *w = past->world;
    const double T = x->interval, q = w->arrives;
    double before, staying;

    if (x->is_poisson || !x->pulls)
        return row[THEORY_LACKING];
    before = theory_ago(past, CALLING, T) * exp(theory_ago(past, PUSHED, T) - row[PUSHED]);
    if (past->now < T) /* it has never called: it lacks the update unless it wrote it */
        before *= theory_ago(past, CALLING, past->now);
    else
        before *= pow(1 - w->partner_up * q * q *
                              (1 - theory_ago(past, THEORY_LACKING, T - fmin(T, w->latency))),
                      x->fanout);
    if (w->leaves <= 0)
        return before;
    staying = exp(-w->leaves * T);
    return staying * before + joined_lacking(x, past, row);
}

/* Periodic calls: at what rate nodes learn by a call of theirs, two legs ago, whom no push has
 * reached since: C e^(H - H(t)) then, averaged over the latency. */
static double pulled_now(const struct exchange *x, const struct theory_past *past,
                         const double *row)
{
    const struct theory_world *w = past->world;
    const double called = theory_late(past, WEIGHED, 2);
    const double lacking = theory_late_pair(past, WEIGHED, 2, THEORY_LACKING, 1);
    const double untold = exp(-fmin(row[PUSHED], PUSHED_MAX));
    const double answered = w->partner_up * pow(w->arrives, 2);

    if (called <= 0)
        return 0;
    return called * untold * (1 - pow(1 - answered * (1 - lacking / called), x->fanout)) /
           x->interval;
}

void exchange_rates(const struct exchange *x, const struct theory_past *past, const double *row,
                    double *rates, double *followed)
{
    const struct theory_world *w = past->world;
    const double s = row[THEORY_LACKING], u = w->partner_up, q = w->arrives;
    const double calls = x->fanout / x->interval * u;
    double pushed = 0, pulled = 0, copies = 0;

    followed[0] = calling(x, past, row);
    followed[1] = followed[0] * exp(fmin(row[PUSHED], PUSHED_MAX));
    if (x->pushes)
        pushed = calls * pow(q, x->push_legs) * (1 - theory_late(past, CALLING, x->push_legs));
    if (x->pushes && !x->pushes_each)
        copies += calls * pow(q, x->copy_legs) *
                  (theory_late(past, THEORY_LACKING, x->copy_legs - 1) -
                   theory_late_pair(past, CALLING, x->copy_legs, THEORY_LACKING, x->copy_legs - 1));
    if (x->pulls && x->is_poisson)
        pulled = calls * q * q * s * (1 - theory_late(past, THEORY_LACKING, 1));
    else if (x->pulls)
        pulled = pulled_now(x, past, row);
    if (x->pulls)
        copies += calls * q * theory_late(past, CALLING, 1) * (1 - s);
    rates[THEORY_LACKING] = -pushed * s - pulled;
    rates[THEORY_COPIES] = copies;
    rates[PUSHED] = pushed;
    rates[THEORY_LACKING] += w->leaves * ((w->loses ? 1 : row[DOWN_LACKING]) - s);
    rates[DOWN_LACKING] = w->returns * (s - row[DOWN_LACKING]);
}
