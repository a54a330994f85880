/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rumor_mongering_theory.h - what the files of the equations of rumor-mongering share. */
#ifndef MODELS_RUMOR_MONGERING_THEORY_H
#define MODELS_RUMOR_MONGERING_THEORY_H

#include "models/exchange_theory.h"
#include "models/rumor_mongering.h"

enum { RUMOR_STAGES_MAX = 127 }; /* as many as `k` has values */

/* Stages of a hot node: how far its counter is.  The last one may send fewer than `fanout`. */
int rumor_stages(const struct config *c);
double rumor_sends(const struct config *c, int stage);

/* What happens to the interest of a node in a cycle. */
struct contacts {
    double own;           /* contacts that it makes */
    double own_lacking;   /* share that lacks the rumor where these go */
    double asked;         /* questions that it answers, mean of a Poisson number */
    double asked_lacking; /* share of those who ask that lacks it */
    double arrives, up;   /* of messages and partners */
};

/* `next` += what the hot of `now` become, by stages. */
void rumor_judge(const struct config *c, const struct contacts *contacts, const double *now,
                 double *next);

/* Rows in events, push; pull and push-pull. */
enum { RUMOR_CALLS = THEORY_OWN, RUMOR_STAGES };
enum {
    MIXED_TOLD = THEORY_OWN,
    MIXED_ASKED,
    MIXED_HOT,
    MIXED_CALLING,
    MIXED_WEIGHED,
    MIXED_CALLS,
    MIXED_STAGES
};

void rumor_push_start(const void *config, const struct theory_world *world, double informed,
                      double *row);
void rumor_push_rates(const void *config, const struct theory_past *past, const double *row,
                      double *rates, double *followed);
void rumor_mixed_start(const void *config, const struct theory_world *world, double informed,
                       double *row);
void rumor_mixed_rates(const void *config, const struct theory_past *past, const double *row,
                       double *rates, double *followed);

#endif
