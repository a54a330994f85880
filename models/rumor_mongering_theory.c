/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_theory.c - the mean field of rumor mongering: a recurrence over the share that
 * lacks the rumor and the shares of hot nodes by their counters; in events, see
 * rumor_mongering_theory_events.c.
 *
 * Rounds: s' = s exp(-f u q a) by push, s (1 - u q^2 a)^f by pull, both factors by push-pull, a
 * being the share of hot nodes; who learns is hot with a counter of 0 from the next round on.
 */
#include "models/rumor_mongering_theory.h"
#include "models/transport.h"

#include <math.h>
#include <stdio.h>

/* ---- stop: never ---- */

static struct exchange exchange_of(const struct config *c)
{
    return (struct exchange){ .interval = (double)c->calls.interval / (double)SIM_SECOND,
                              .fanout = (double)c->calls.fanout,
                              .pushes = c->mode != PULL,
                              .pulls = c->mode != PUSH,
                              .is_poisson = c->calls.clock == CALL_POISSON,
                              .push_legs = 1,
                              .pushes_each = true };
}

static void never_start(const void *config, const struct theory_world *world, double informed,
                        double *row)
{
    (void)config;
    exchange_start(world, informed, row);
}

static void never_step(const void *config, const struct theory_world *world, const double *row,
                       double *next)
{
    const struct exchange x = exchange_of(config);

    exchange_step(&x, world, row, next);
}

static void never_rates(const void *config, const struct theory_past *past, const double *row,
                        double *rates, double *followed)
{
    const struct exchange x = exchange_of(config);

    exchange_rates(&x, past, row, rates, followed);
}

/* ---- rounds ---- */

enum { HOT_SHARE = THEORY_OWN, STAGES };

static void rounds_start(const void *config, const struct theory_world *world, double informed,
                         double *row)
{
    (void)world;
    for (int j = 0; j < rumor_stages(config); j++)
        row[STAGES + j] = 0;
    row[THEORY_LACKING] = 1 - informed;
    row[THEORY_COPIES] = 0;
    row[HOT_SHARE] = row[STAGES] = informed;
}

static void rounds_step(const void *config, const struct theory_world *w, const double *row,
                        double *next)
{
    const struct config *c = config;
    const double s = row[THEORY_LACKING], u = w->partner_up, q = w->arrives;
    const double fanout = (double)c->calls.fanout;
    const int stages = rumor_stages(c);
    const struct contacts contacts = { .own = c->mode != PULL ? fanout : 0,
                                       .own_lacking = s,
                                       .asked = c->mode != PUSH ? fanout * u * q : 0,
                                       .asked_lacking = s,
                                       .arrives = q,
                                       .up = u };
    double sent = 0;

    next[THEORY_LACKING] = s;
    next[THEORY_COPIES] = row[THEORY_COPIES];
    for (int j = 0; j < stages; j++) {
        sent += row[STAGES + j] * rumor_sends(c, j);
        next[STAGES + j] = 0;
    }
    if (c->mode != PULL) {
        next[THEORY_LACKING] *= exp(-u * q * sent);
        next[THEORY_COPIES] += sent;
    }
    if (c->mode != PUSH) {
        next[THEORY_LACKING] *= pow(1 - u * q * q * row[HOT_SHARE], fanout);
        next[THEORY_COPIES] += row[HOT_SHARE] * fanout * u * q;
    }
    rumor_judge(c, &contacts, row + STAGES, next + STAGES);
    next[STAGES] += s - next[THEORY_LACKING];
    next[HOT_SHARE] = 0;
    for (int j = 0; j < stages; j++)
        next[HOT_SHARE] += next[STAGES + j];
}

/* ---- what is declared ---- */

/* How long a node stays hot while nobody else knows: blind ones and those that count cycles do not
 * stay for ever. */
static void limit_types(const struct config *c, struct theory *theory)
{
    const double k = (double)c->k, fanout = (double)c->calls.fanout;

    for (int i = 0; i < theory->type_count; i++) {
        struct theory_type *type = &theory->types[i];
        if (c->stop == ROUNDS || c->stop == TRANSMISSIONS)
            type->ticks = rumor_stages(c);
        else if (!c->feedback && c->stop == COUNTER)
            type->ticks = c->mode == PUSH ? (int)ceil(k / fanout) : (int)c->k;
        else if (!c->feedback && c->k > 1)
            type->stays = c->mode == PUSH   ? pow(1 - 1 / k, fanout)
                          : c->mode == PULL ? exp(-fanout / k)
                                            : exp(-fanout / k) * pow(1 - 1 / k, fanout);
        else if (!c->feedback)
            type->ticks = 1;
    }
}

static const char *odd_config(const struct config *c, const struct theory_world *world)
{
    if (!c->relay)
        return "only who wrote the update tells it";
    if (c->minimisation)
        return "with `minimisation` counters depend on each other";
    if (c->limit != 0)
        return "messages are limited";
    if (c->transport != TRANSPORT_DATAGRAM && (world->arrives < 1 || world->leaves > 0))
        return "over connections what is lost comes late, or fails";
    if (c->stop != NEVER && world->leaves > 0)
        return "nodes come and go while they lose interest";
    if (c->stop == TRANSMISSIONS && c->mode != PUSH)
        return "how often a node is asked until its transmissions are over depends on chance";
    if (c->mode != PUSH && c->stop != NEVER && !world->is_rounds && c->calls.clock == CALL_POISSON)
        return "cycles of different lengths are judged";
    return NULL;
}

static void declare_stops(const struct config *c, const struct theory_world *world,
                          struct theory *theory)
{
    const int stages = rumor_stages(c);

    theory->no_copies = false;
    limit_types(c, theory);
    if (world->is_rounds) {
        theory->start = rounds_start;
        theory->step = rounds_step;
        theory->compartments = STAGES + stages;
        theory->followed = 0;
        theory->active = HOT_SHARE;
    } else if (c->mode == PUSH) {
        const bool is_poisson = c->calls.clock == CALL_POISSON;
        theory->start = rumor_push_start;
        theory->rates = rumor_push_rates;
        theory->compartments = is_poisson ? RUMOR_STAGES + stages : THEORY_OWN;
        theory->followed = is_poisson ? 0 : RUMOR_STAGES + stages - THEORY_OWN;
        theory->active = RUMOR_CALLS;
    } else {
        theory->start = rumor_mixed_start;
        theory->rates = rumor_mixed_rates;
        theory->compartments = MIXED_CALLING;
        theory->followed = MIXED_STAGES + stages - MIXED_CALLING;
        theory->active = MIXED_HOT;
    }
}

static void name_law(const struct config *c, const struct theory_world *world,
                     struct theory *theory)
{
    static const char *const modes[] = { "push", "pull", "push-pull" };
    static const char *const stops[] = { "counter", "coin", "rounds", "transmissions", "never" };
    const bool counts = c->stop == COUNTER || c->stop == COIN;

    theory->source = c->stop == ROUNDS || c->stop == TRANSMISSIONS
                         ? "Eugster et al., IEEE Computer 37(5), 2004"
                     : c->stop == NEVER ? "Pittel, SIAM J. Appl. Math. 47(1), 1987"
                                        : "Demers et al., PODC 1987, section 1.4";
    snprintf(theory->law, sizeof theory->law, "%s, %s%s, %s", modes[c->mode],
             !counts       ? ""
             : c->feedback ? "feedback "
                           : "blind ",
             stops[c->stop],
             world->is_rounds                 ? "recurrence"
             : c->calls.clock == CALL_POISSON ? "Poisson calls"
                                              : "periodic calls");
}

bool rumor_theory(const void *config, const struct theory_world *world, struct theory *theory)
{
    const struct config *c = config;
    const struct exchange x = exchange_of(c);
    const char *why = odd_config(c, world);

    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    name_law(c, world, theory);
    theory->start = never_start;
    theory->step = never_step;
    theory->rates = never_rates;
    if (!calls_theory(&c->calls, world, theory) || !exchange_theory(&x, world, theory))
        return false;
    if (c->stop != NEVER)
        declare_stops(c, world, theory);
    return true;
}
