/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_theory.c - when the first of many nodes that probe at random finds that one has crashed.
 *
 * Each of the N others picks the crashed one with probability 1/N in an interval T, at a phase of
 * its own.  So nobody has by mT + x with probability r^m (1 - x/(NT))^N, r = (1 - 1/N)^N, and the
 * mean time until somebody does is the integral of that: N/(N+1) (1 - (1-1/N)^(N+1)) / (1 - r)
 * intervals, 1 where N is large.  Counted in whole intervals, as the paper does, it is 1/(1 - r),
 * e/(e-1).  The probe then takes an interval to fail.
 */
#include "models/swim.h"

#include <math.h>
#include <stdio.h>

bool swim_theory(const void *config, const struct theory_world *world, struct theory *theory)
{
    const struct config *c = config;
    const double T = (double)c->interval / (double)SIM_SECOND, others = world->nodes - 1;
    const char *why = NULL;
    double rest;

    if (world->is_rounds)
        why = "probes take their time, which rounds do not have";
    else if (!world->has_crashes)
        why = "its law is about crashes, and there is none or more than that";
    else if (!world->is_joined || world->leaves > 0 || world->arrives < 1)
        why = "the law is of a cluster that knows itself and loses no messages";
    else if (c->order != RANDOM)
        why = "with `order: shuffled` laps are in step with the start, a law of `random` is known";
    else if (c->suspicion || c->lifeguard)
        why = "a suspicion ends when chance has spread it; the law is of `suspicion: false`";
    if (why) {
        snprintf(theory->why, sizeof theory->why, "%s", why);
        return false;
    }
    if (world->nodes < 3) {
        snprintf(theory->why, sizeof theory->why, "there is nobody to pick from");
        return false;
    }
    theory->source = "Das et al., DSN 2002, section 3.1";
    snprintf(theory->law, sizeof theory->law, "first detection, random probes");
    rest = pow(1 - 1 / others, others); /* nobody picks it in an interval */
    snprintf(theory->note, sizeof theory->note,
             "of a single crash; 1/(1-(1-1/(n-1))^(n-1)) whole intervals until it is probed, and "
             "one until that fails");
    theory->detection =
        T + T * others / (others + 1) * (1 - pow(1 - 1 / others, others + 1)) / (1 - rest);
    return true;
}
