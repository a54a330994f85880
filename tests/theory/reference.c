/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reference.c - see reference.h. */
#include "tests/theory/reference.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_rng.h>

enum { CYCLES_MAX = 100000 };

enum interest { SUSCEPTIBLE, INFECTIVE, REMOVED };

struct site {
    enum interest now, next;
    int counter;     /* at the start of the cycle */
    int unnecessary; /* contacts of this cycle that count against interest */
    bool was_needed; /* by a recipient of this cycle */
};

struct population {
    const struct reference_setup *setup;
    gsl_rng *random;
    struct site *sites;
    int informed, last;
    double copies;
};

static int random_partner(struct population *p, int caller, const int *others, int count)
{
    for (;;) {
        int partner = (int)gsl_rng_uniform_int(p->random, (unsigned long)p->setup->nodes);
        bool is_taken = partner == caller;

        for (int i = 0; i < count; i++)
            is_taken |= partner == others[i];
        if (!is_taken)
            return partner;
    }
}

static bool arrives(struct population *p)
{
    return p->setup->loss == 0 || gsl_rng_uniform(p->random) >= p->setup->loss;
}

/* One copy of the rumor goes from `teller` to `listener`. */
static void tell(struct population *p, struct site *teller, struct site *listener, int cycle)
{
    const struct reference_setup *u = p->setup;

    p->copies++;
    if (!arrives(p)) {
        teller->unnecessary += !u->feedback;
        return;
    }
    if (listener->now == SUSCEPTIBLE) {
        if (listener->next == SUSCEPTIBLE) {
            listener->next = INFECTIVE;
            p->informed++;
            p->last = cycle;
        }
        teller->was_needed |= arrives(p);
        teller->unnecessary += !u->feedback;
        return;
    }
    if (u->minimisation && listener->now == INFECTIVE && teller->counter > listener->counter)
        return;
    teller->unnecessary += !u->feedback || arrives(p);
}

static void contact(struct population *p, struct site *caller, struct site *partner, int cycle)
{
    const struct reference_setup *u = p->setup;

    if (u->mode != REFERENCE_PULL && caller->now == INFECTIVE)
        tell(p, caller, partner, cycle);
    if (u->mode != REFERENCE_PUSH && partner->now == INFECTIVE && arrives(p))
        tell(p, partner, caller, cycle);
}

/* Pushes count each, what pulls bring counts once a cycle. */
static void count(const struct reference_setup *u, struct site *s)
{
    const bool was_needed = s->was_needed && u->feedback;

    if (was_needed && u->reset)
        s->counter = 0;
    if (u->mode == REFERENCE_PUSH)
        s->counter += s->unnecessary;
    else if (!was_needed)
        s->counter += s->unnecessary > 0;
}

static void lose_interest(struct population *p, struct site *s)
{
    const struct reference_setup *u = p->setup;

    switch (u->stop) {
    case REFERENCE_COIN:
        for (int i = 0; i < s->unnecessary; i++)
            if (gsl_rng_uniform_int(p->random, (unsigned long)u->k) == 0)
                s->next = REMOVED;
        return;
    case REFERENCE_COUNTER:
        count(u, s);
        break;
    case REFERENCE_ROUNDS:
        s->counter++;
        break;
    }
    if (s->counter >= u->k)
        s->next = REMOVED;
}

static void call_partners(struct population *p, int caller, int cycle)
{
    const struct reference_setup *u = p->setup;
    int partners[64];

    if (u->mode == REFERENCE_PUSH && p->sites[caller].now != INFECTIVE)
        return;
    for (int f = 0; f < u->fanout; f++) {
        partners[f] = random_partner(p, caller, partners, f);
        contact(p, &p->sites[caller], &p->sites[partners[f]], cycle);
    }
}

/* Returns how many are still infective. */
static int run_cycle(struct population *p, int cycle)
{
    const int n = p->setup->nodes;
    int infective = 0;

    for (int i = 0; i < n; i++)
        call_partners(p, i, cycle);
    for (int i = 0; i < n; i++) {
        struct site *s = &p->sites[i];

        if (s->now == INFECTIVE)
            lose_interest(p, s);
        s->now = s->next;
        s->unnecessary = 0;
        s->was_needed = false;
        infective += s->now == INFECTIVE;
    }
    return infective;
}

void reference_measure(const struct reference_setup *setup, int runs, unsigned long seed,
                       struct reference_figures *figures)
{
    struct population p = { .setup = setup, .random = gsl_rng_alloc(gsl_rng_mt19937) };
    double *residue = malloc((size_t)runs * 3 * sizeof *residue);
    double *copies = residue + runs, *last = copies + runs;

    gsl_rng_set(p.random, seed);
    for (int i = 0; i < runs; i++) {
        p.sites = calloc((size_t)setup->nodes, sizeof *p.sites);
        p.sites[0].now = p.sites[0].next = INFECTIVE;
        p.informed = 1;
        p.last = 0;
        p.copies = 0;
        for (int cycle = 1; cycle <= CYCLES_MAX && run_cycle(&p, cycle) > 0; cycle++) {
        }
        residue[i] = 1 - (double)p.informed / setup->nodes;
        copies[i] = p.copies / setup->nodes;
        last[i] = p.last;
        free(p.sites);
    }
    figures->residue = figure_of(residue, runs);
    figures->copies = figure_of(copies, runs);
    figures->last = figure_of(last, runs);
    free(residue);
    gsl_rng_free(p.random);
}

struct figure figure_of(const double *values, int count)
{
    double sum = 0, squares = 0;
    struct figure figure;

    for (int i = 0; i < count; i++)
        sum += values[i];
    figure.mean = sum / count;
    for (int i = 0; i < count; i++)
        squares += (values[i] - figure.mean) * (values[i] - figure.mean);
    figure.error = sqrt(squares / (count - 1) / count);
    return figure;
}
