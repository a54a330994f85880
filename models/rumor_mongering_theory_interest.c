/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_theory_interest.c - how many of the hot nodes go on after a cycle, and with which
 * counter: what rumor_mongering_interest.c does, in the mean.
 */
#include "models/rumor_mongering_theory.h"

#include <math.h>
#include <string.h>

int rumor_stages(const struct config *c)
{
    if (c->stop == COIN)
        return 1;
    if (c->stop == TRANSMISSIONS)
        return (int)((c->k + c->calls.fanout - 1) / c->calls.fanout);
    return (int)c->k;
}

double rumor_sends(const struct config *c, int stage)
{
    const int64_t sent = stage * c->calls.fanout;

    if (c->stop != TRANSMISSIONS)
        return (double)c->calls.fanout;
    return (double)(c->k - sent < c->calls.fanout ? c->k - sent : c->calls.fanout);
}

/* What a contact, or with pull a cycle, does. */
struct change {
    double counts; /* probability that the counter goes on, */
    double resets; /* that it goes back to 0 */
    double stops;  /* that a coin ends it */
};

static void apply(const struct change *change, int stages, double *hot)
{
    double next[RUMOR_STAGES_MAX] = { 0 };

    for (int j = 0; j < stages; j++) {
        next[j] += hot[j] * (1 - change->counts - change->resets - change->stops);
        next[0] += hot[j] * change->resets;
        if (j + 1 < stages)
            next[j + 1] += hot[j] * change->counts;
    }
    memcpy(hot, next, (size_t)stages * sizeof *hot);
}

/* Each contact by itself: push. */
static struct change of_contact(const struct config *c, const struct contacts *t)
{
    const double heard = t->up * t->arrives * t->arrives;
    const double counts = c->feedback ? heard * (1 - t->own_lacking) : 1;

    if (c->stop == COIN)
        return (struct change){ .stops = counts / (double)c->k };
    return (struct change){ .counts = counts,
                            .resets = wants_needed(c) ? heard * t->own_lacking : 0 };
}

/* A whole cycle: pull and push-pull, by what all who were told say. */
static struct change of_cycle(const struct config *c, const struct contacts *t)
{
    const double heard = t->up * t->arrives * t->arrives; /* of a contact of its own */
    const double asked = t->asked * (c->feedback ? t->arrives * t->arrives : 1);
    const double need = heard * t->own_lacking, knew = heard * (1 - t->own_lacking);
    const double nobody_needs = exp(-asked * t->asked_lacking) * pow(1 - need, t->own);
    const double silence = exp(-asked) * pow(1 - heard, t->own);
    const double k = (double)c->k;

    if (c->stop == ROUNDS)
        return (struct change){ .counts = 1 };
    if (c->stop == COIN && c->feedback)
        return (struct change){ .stops = 1 - exp(-asked * (1 - t->asked_lacking) / k) *
                                                 pow(1 - knew / k, t->own) };
    if (c->stop == COIN)
        return (struct change){ .stops = 1 - exp(-asked / k) * pow(1 - 1 / k, t->own) };
    if (!c->feedback)
        return (struct change){ .counts = t->own > 0 ? 1 : 1 - exp(-asked) };
    return (struct change){ .counts = nobody_needs - silence,
                            .resets = c->reset ? 1 - nobody_needs : 0 };
}

void rumor_judge(const struct config *c, const struct contacts *contacts, const double *now,
                 double *next)
{
    const int stages = rumor_stages(c);
    double hot[RUMOR_STAGES_MAX];
    struct change change;

    memcpy(hot, now, (size_t)stages * sizeof *hot);
    if (c->stop == ROUNDS || c->stop == TRANSMISSIONS) {
        change = (struct change){ .counts = 1 };
        apply(&change, stages, hot);
    } else if (c->mode == PUSH) {
        change = of_contact(c, contacts);
        for (int64_t i = 0; i < c->calls.fanout; i++)
            apply(&change, stages, hot);
    } else {
        change = of_cycle(c, contacts);
        apply(&change, stages, hot);
    }
    for (int j = 0; j < stages; j++)
        next[j] += hot[j];
}
