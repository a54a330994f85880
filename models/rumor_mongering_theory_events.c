/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_theory_events.c - the mean field of rumor mongering where nodes call at times of
 * their own; explained in docs/theory.md.
 *
 * Push, periodic: A_j, the calls an interval T of nodes whose counter is j.
 *     A_0(t) = s(t - T) - s(t), the first calls, and what of A(t - T) was judged to be 0
 *     A_j(t) = what of A(t - T) was judged to be j, by the share that lacked it a leg later
 *     ds/dt  = -f/T u q s A, a leg ago
 * Push, Poisson: the stages are compartments; feedback comes two legs after a call.
 *
 * Pull and push-pull: who has the timer at t judges the interval before it.
 *     C(t) = C(t-T) (1 - x)^f e^-dM        it lacks the rumor still
 *     N(t) = C(t-T) (1 - (1 - x)^f)        it has learned it by its call at t - T
 *     P(t) = C(t-T) (1 - x)^f (1 - e^-dM)  it was told since
 *     Z(t) = Z(t-T), N and P, each judged by the askers of its time
 *     da/dt = -ds/dt - (Z(t-T) + N + P - Z(t)) / T
 * with x = u q^2 a(t - T + one leg) and dM the pushes to a node in the interval.
 */
#include "models/rumor_mongering_theory.h"

#include <math.h>

static double total(const double *stages, int count)
{
    double sum = 0;

    for (int j = 0; j < count; j++)
        sum += stages[j];
    return sum;
}

static double interval_of(const struct config *c)
{
    return (double)c->calls.interval / (double)SIM_SECOND;
}

/* ---- push ---- */

void rumor_push_start(const void *config, const struct theory_world *world, double informed,
                      double *row)
{
    (void)world;
    for (int j = 0; j < rumor_stages(config); j++)
        row[RUMOR_STAGES + j] = 0;
    row[THEORY_LACKING] = 1 - informed;
    row[THEORY_COPIES] = 0;
    row[RUMOR_CALLS] = row[RUMOR_STAGES] = informed;
}

/* The calls of now, by stages, from those of an interval ago; returns the messages they are. */
static double periodic_calls(const struct config *c, const struct theory_past *past,
                             const double *row, double *calls)
{
    const struct theory_world *w = past->world;
    const double T = interval_of(c);
    const int stages = rumor_stages(c);
    const struct contacts contacts = {
        .own = (double)c->calls.fanout,
        .own_lacking = theory_ago(past, THEORY_LACKING, T - fmin(T, w->latency)),
        .arrives = w->arrives,
        .up = w->partner_up,
    };
    double before[RUMOR_STAGES_MAX], sent = 0;

    for (int j = 0; j < stages; j++) {
        before[j] = past->now < T ? 0 : theory_ago(past, RUMOR_STAGES + j, T);
        calls[j] = 0;
    }
    rumor_judge(c, &contacts, before, calls);
    calls[0] += theory_ago(past, THEORY_LACKING, T) - row[THEORY_LACKING];
    for (int j = 0; j < stages; j++)
        sent += calls[j] * rumor_sends(c, j);
    return sent;
}

/* Derivatives of the stages, their sum among them, where calls are a Poisson process: what a whole
 * cycle would do, at the rate of cycles.  Whose feedback cannot have come yet stays. */
static double poisson_calls(const struct config *c, const struct theory_past *past,
                            const double *row, double *rates)
{
    const struct theory_world *w = past->world;
    const double T = interval_of(c);
    const int stages = rumor_stages(c);
    const struct contacts contacts = { .own = (double)c->calls.fanout,
                                       .own_lacking = theory_late(past, THEORY_LACKING, 1),
                                       .arrives = w->arrives,
                                       .up = w->partner_up };
    double hot[RUMOR_STAGES_MAX], judged[RUMOR_STAGES_MAX] = { 0 }, sent = 0;

    for (int j = 0; j < stages; j++) {
        hot[j] = row[RUMOR_STAGES + j];
        sent += hot[j] * rumor_sends(c, j);
    }
    if (wants_knew(c))
        hot[0] -=
            fmin(hot[0], theory_ago(past, THEORY_LACKING, 2 * w->latency) - row[THEORY_LACKING]);
    rumor_judge(c, &contacts, hot, judged);
    for (int j = 0; j < stages; j++)
        rates[RUMOR_STAGES + j] = (judged[j] - hot[j]) / T;
    return sent;
}

void rumor_push_rates(const void *config, const struct theory_past *past, const double *row,
                      double *rates, double *followed)
{
    const struct config *c = config;
    const struct theory_world *w = past->world;
    const double T = interval_of(c), s = row[THEORY_LACKING];
    const bool is_poisson = c->calls.clock == CALL_POISSON;
    const int stages = rumor_stages(c);
    double sent;

    if (is_poisson)
        sent = poisson_calls(c, past, row, rates);
    else
        sent = periodic_calls(c, past, row, followed + RUMOR_STAGES - RUMOR_CALLS);
    rates[THEORY_LACKING] = -s * w->partner_up * w->arrives * theory_late(past, RUMOR_CALLS, 1) /
                            T * (is_poisson ? (double)c->calls.fanout : 1);
    rates[THEORY_COPIES] = sent / T;
    if (is_poisson) {
        rates[RUMOR_STAGES] -= rates[THEORY_LACKING];
        rates[RUMOR_CALLS] = total(rates + RUMOR_STAGES, stages);
    } else {
        followed[0] = sent;
    }
}

/* ---- pull and push-pull ---- */

void rumor_mixed_start(const void *config, const struct theory_world *world, double informed,
                       double *row)
{
    (void)world;
    for (int j = 0; j < rumor_stages(config); j++)
        row[MIXED_STAGES + j] = 0;
    row[THEORY_LACKING] = row[MIXED_CALLING] = row[MIXED_WEIGHED] = 1 - informed;
    row[THEORY_COPIES] = row[MIXED_TOLD] = row[MIXED_ASKED] = 0;
    row[MIXED_HOT] = row[MIXED_CALLS] = row[MIXED_STAGES] = informed;
}

/* A node's interval until now. */
struct cycle {
    double lacking, learned, told; /* C, N and P: where those go that lacked it before */
    double asked_lacking;          /* of those who called in it, the share that lacked the rumor */
};

static struct cycle cycle_of(const struct config *c, const struct theory_past *past,
                             const double *row)
{
    const struct theory_world *w = past->world;
    const double T = interval_of(c), fanout = (double)c->calls.fanout;
    const double reply = T - fmin(T, w->latency);
    const double hot = past->now < reply ? 0 : theory_ago(past, MIXED_HOT, reply);
    const double before = theory_ago(past, MIXED_CALLING, T);
    const double missed = pow(1 - w->partner_up * w->arrives * w->arrives * hot, fanout);
    const double untold = exp(theory_ago(past, MIXED_TOLD, T) - row[MIXED_TOLD]);
    struct cycle cycle = { .lacking = before * missed * untold,
                           .learned = before * (1 - missed),
                           .told = before * missed * (1 - untold) };

    if (past->now < T) { /* it has not called yet; who wrote it counts as told */
        const double wrote = 1 - theory_ago(past, MIXED_CALLING, past->now);
        cycle = (struct cycle){ .lacking = (1 - wrote) * untold };
        cycle.told = 1 - cycle.lacking;
    }
    cycle.asked_lacking = (row[MIXED_ASKED] - theory_ago(past, MIXED_ASKED, T)) / T;
    if (past->now < T)
        cycle.asked_lacking += 1 - past->now / T;
    return cycle;
}

/* Z(t), into `calls`; returns Z(t-T) + N + P. */
static double judge_cycle(const struct config *c, const struct theory_past *past,
                          const struct cycle *cycle, double *calls)
{
    const struct theory_world *w = past->world;
    const double T = interval_of(c), asked = (double)c->calls.fanout * w->partner_up * w->arrives;
    const int stages = rumor_stages(c);
    const double unheard = c->feedback ? 2 * w->latency / T : 0; /* whose feedback comes too late */
    struct contacts contacts = {
        .own = c->mode == PUSH_PULL ? (double)c->calls.fanout : 0,
        .own_lacking = theory_ago(past, THEORY_LACKING, T - fmin(T, w->latency)),
        .asked = asked,
        .asked_lacking = cycle->asked_lacking,
        .arrives = w->arrives,
        .up = w->partner_up,
    };
    double before[RUMOR_STAGES_MAX] = { 0 }, fresh[RUMOR_STAGES_MAX] = { 0 };

    for (int j = 0; j < stages; j++) {
        before[j] = past->now < T ? 0 : theory_ago(past, MIXED_STAGES + j, T);
        calls[j] = 0;
    }
    rumor_judge(c, &contacts, before, calls);
    if (c->stop == ROUNDS) { /* a cycle that has begun without it does not count */
        calls[0] += cycle->learned + cycle->told;
        return total(before, stages) + cycle->learned + cycle->told;
    }
    contacts.own = 0;
    fresh[0] = cycle->learned; /* two legs after the cycle began, */
    contacts.asked = asked * fmax(0, 1 - 2 * w->latency / T - unheard);
    rumor_judge(c, &contacts, fresh, calls);
    fresh[0] = cycle->told; /* at any time of it */
    contacts.asked = asked * pow(fmax(0, 1 - unheard), 2) / 2;
    rumor_judge(c, &contacts, fresh, calls);
    return total(before, stages) + cycle->learned + cycle->told;
}

void rumor_mixed_rates(const void *config, const struct theory_past *past, const double *row,
                       double *rates, double *followed)
{
    const struct config *c = config;
    const struct theory_world *w = past->world;
    const double T = interval_of(c), fanout = (double)c->calls.fanout;
    const double u = w->partner_up, q = w->arrives, s = row[THEORY_LACKING];
    const struct cycle cycle = cycle_of(c, past, row);
    double *calls = followed + MIXED_CALLS - MIXED_CALLING;
    double *stages = followed + MIXED_STAGES - MIXED_CALLING;
    const double were_hot = judge_cycle(c, past, &cycle, stages);
    const double called = theory_late(past, MIXED_WEIGHED, 2);
    const double hot =
        called > 0 ? theory_late_pair(past, MIXED_WEIGHED, 2, MIXED_HOT, 1) / called : 0;
    const double untold = exp(-row[MIXED_TOLD]);
    const double told =
        c->mode == PUSH_PULL ? fanout / T * u * q * theory_late(past, MIXED_CALLS, 1) : 0;

    followed[0] = cycle.lacking;
    followed[MIXED_WEIGHED - MIXED_CALLING] = cycle.lacking * exp(row[MIXED_TOLD]);
    *calls = total(stages, rumor_stages(c));
    rates[MIXED_TOLD] = told;
    rates[MIXED_ASKED] = cycle.lacking;
    rates[THEORY_LACKING] =
        -told * s - called * untold * (1 - pow(1 - u * q * q * hot, fanout)) / T;
    rates[MIXED_HOT] = -rates[THEORY_LACKING] - (were_hot - *calls) / T;
    rates[THEORY_COPIES] =
        fanout / T * (u * q * row[MIXED_HOT] + (c->mode == PUSH_PULL ? *calls : 0));
}
