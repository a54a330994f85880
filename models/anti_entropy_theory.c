/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy_theory.c - the mean field of anti-entropy: Demers' recurrences in rounds, and what
 * they become where nodes call at times of their own (exchange_theory.c).
 */
#include "models/anti_entropy.h"
#include "models/exchange_theory.h"
#include "models/transport.h"

#include <stdio.h>

static struct exchange exchange_of(const struct config *c)
{
    const bool tells_all = c->compare == FULL;

    return (struct exchange){ .interval = (double)c->calls.interval / (double)SIM_SECOND,
                              .fanout = (double)c->calls.fanout,
                              .pushes = c->mode != PULL,
                              .pulls = c->mode != PUSH,
                              .is_poisson = c->calls.clock == CALL_POISSON,
                              .push_legs = tells_all ? 1 : 3,
                              .copy_legs = tells_all ? 0 : 2,
                              .pushes_each = tells_all };
}

static void start(const void *config, const struct theory_world *world, double informed,
                  double *row)
{
    (void)config;
    exchange_start(world, informed, row);
}

static void step(const void *config, const struct theory_world *world, const double *row,
                 double *next)
{
    const struct exchange x = exchange_of(config);

    exchange_step(&x, world, row, next);
}

static void rates(const void *config, const struct theory_past *past, const double *row,
                  double *derivatives, double *followed)
{
    const struct exchange x = exchange_of(config);

    exchange_rates(&x, past, row, derivatives, followed);
}

bool anti_entropy_theory(const void *config, const struct theory_world *world,
                         struct theory *theory)
{
    static const char *const modes[] = { "push", "pull", "push-pull" };
    const struct config *c = config;
    const struct exchange x = exchange_of(c);
    const char *why = NULL;

    if (!c->enabled)
        why = "it is not enabled";
    else if (c->compare > BY_DIGEST)
        why = "`compare` takes as many messages as there are differences to find";
    else if (c->transport != TRANSPORT_DATAGRAM && world->arrives < 1)
        why = "over connections what is lost comes late instead";
    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    theory->source = "Demers et al., PODC 1987, section 1.3";
    snprintf(theory->law, sizeof theory->law, "%s, %s", modes[c->mode],
             world->is_rounds ? "recurrence"
             : x.is_poisson   ? "Poisson calls"
                              : "periodic calls");
    theory->start = start;
    theory->step = step;
    theory->rates = rates;
    return calls_theory(&c->calls, world, theory) && exchange_theory(&x, world, theory);
}
