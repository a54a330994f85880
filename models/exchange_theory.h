/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange_theory.h - the mean field of nodes that call partners again and again and never stop:
 * what anti-entropy and rumor mongering that never cools down have in common.
 */
#ifndef MODELS_EXCHANGE_THEORY_H
#define MODELS_EXCHANGE_THEORY_H

#include "models/call.h"
#include "sim/theory.h"

/* What the equations must know of a model. */
struct exchange {
    double interval; /* s */
    double fanout;
    bool pushes, pulls;
    bool is_poisson;
    int push_legs;    /* messages from a call until the partner learns; the caller needs 2 */
    int copy_legs;    /* of a push: those before the one that carries the copy, */
    bool pushes_each; /* which goes to partners that know it, too */
};

/* Whether what the model says of its calls leaves room for a law; else says why not.  Both fill
 * what follows of it. */
bool calls_theory(const struct calls *calls, const struct theory_world *world,
                  struct theory *theory);

/* Fills all but law and source, and the three functions. */
bool exchange_theory(const struct exchange *x, const struct theory_world *world,
                     struct theory *theory);

/* The functions, which a model gives its `struct exchange` to. */
void exchange_start(const struct theory_world *world, double informed, double *row);
void exchange_step(const struct exchange *x, const struct theory_world *world, const double *row,
                   double *next);
void exchange_rates(const struct exchange *x, const struct theory_past *past, const double *row,
                    double *rates, double *followed);

#endif
