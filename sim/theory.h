/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theory.h - the equations of a model: what a model says of its own behaviour in a large cluster.
 *
 * A model's `theory` callback (sim/model.h) looks at its parameters and at the world and either
 * fills a `struct theory` or says why no law is known.  Its equations stand beside it, in
 * models/NAME_theory.c.  analysis/theory solves them.
 *
 * The state of the system is a row of numbers: compartments, which the equations move, and behind
 * them what is followed: functions of state and past that others need to look back at.  Shares are
 * of the live nodes.  Row 0 is the share that lacks the update and row 1 the copies of it that were
 * sent, a node; the others are the model's own.
 *
 * In rounds the equations are a recurrence: one call of `step` a round.  In events they are
 * differential equations with delays: `rates` gives the derivative of each compartment and the
 * value of what is followed, and looks back by theory_ago() and theory_late().  Before the start
 * everything has the value that start() gives it with a share of 0 informed.
 *
 * Mean fields say nothing of the first few nodes, where chance decides how soon an update takes
 * off.  That beginning is a branching process, which `births` describes (analysis/theory/early.h).
 *
 * Where the writer alone tells all the others, at once, there is nothing to solve: `told` says what
 * becomes of a node that a message has reached, and the latency when (analysis/theory/told.h).
 */
#ifndef SIM_THEORY_H
#define SIM_THEORY_H

#include <stdbool.h>

enum {
    THEORY_ROW_MAX = 400,
    THEORY_TYPES_MAX = 2,
    THEORY_BIRTHS_MAX = 4,
    THEORY_LEGS_MAX = 4,
    THEORY_TEXT_MAX = 160,
};

/* The rows that all systems have; THEORY_OWN is the first of the model's own. */
enum { THEORY_LACKING, THEORY_COPIES, THEORY_OWN };

/* What a run is to the equations; times in seconds, rates per second. */
struct theory_world {
    double nodes;
    bool is_rounds;
    double round;
    double arrives;    /* probability that a message is not lost */
    double latency;    /* mean of a message */
    double up;         /* share of the nodes that are up */
    double partner_up; /* probability that a partner is: 1 where peers are `alive` */
    double leaves;     /* rate at which a live node goes, */
    double returns;    /* and at which one that is down comes back; 0: nobody does */
    bool loses;        /* without its data */
    bool is_joined;    /* all know all others from the start */
    bool has_faults;
    bool has_crashes; /* and they are crashes alone */
};

/* What has been so far.  `now` counts from the injection. */
struct theory_past {
    double now;
    const struct theory_world *world;

    /* A number of the row as it was `seconds` ago. */
    double (*ago)(const struct theory_past *past, int row, double seconds);

    /* The mean of the product of two of them, of `row` when a message with so many legs to go must
     * have been sent to arrive now, of `other` as it had `other_legs` of them still to go; `other`
     * < 0: of `row` alone. */
    double (*late)(const struct theory_past *past, int row, int legs, int other, int other_legs);
};

static inline double theory_ago(const struct theory_past *past, int row, double seconds)
{
    return past->ago(past, row, seconds);
}

static inline double theory_late(const struct theory_past *past, int row, int legs)
{
    return past->late(past, row, legs, -1, 0);
}

static inline double theory_late_pair(const struct theory_past *past, int row, int legs, int other,
                                      int other_legs)
{
    return past->late(past, row, legs, other, other_legs);
}

/* How a node that has just been informed informs others as long as hardly anybody else is. */
enum theory_birth_kind {
    BIRTHS_STEADY,   /* at any time alike, `mean` a second */
    BIRTHS_AT_TICKS, /* at each tick of its clock, `trials` times with probability `chance` */
    BIRTHS_BY_OTHERS /* the same, a Poisson number of `mean` */
};

struct theory_birth {
    int from, to; /* types of nodes */
    enum theory_birth_kind kind;
    double mean, chance, trials;
    int legs; /* from the birth until the child is informed */
};

struct theory_type {
    bool is_random; /* the first tick comes at random within an interval, else after `first` s */
    double first;
    double stays; /* probability that it goes on after a tick; 0 counts as 1 */
    int ticks;    /* the most that it has; 0: no end */
};

/* What a model says.  It is zeroed before, with NAN in `detection` and `factor`. */
struct theory {
    char law[THEORY_TEXT_MAX];  /* in a few words */
    const char *source;         /* paper and section */
    char why[THEORY_TEXT_MAX];  /* no law is known because ... */
    char note[THEORY_TEXT_MAX]; /* what it leaves out of account; "": nothing */

    int compartments, followed; /* 0: there are no equations, but `told` or figures */
    int active;                 /* row of what keeps it going; 0: nothing has to */
    bool no_copies;             /* how many are sent is not known */
    double interval;            /* seconds in which a node acts once */

    void (*start)(const void *config, const struct theory_world *world, double informed,
                  double *row);
    void (*step)(const void *config, const struct theory_world *world, const double *row,
                 double *next);
    void (*rates)(const void *config, const struct theory_past *past, const double *row,
                  double *rates, double *followed);

    /* The node that writes the update is of type 0. */
    struct theory_type types[THEORY_TYPES_MAX];
    int type_count;
    struct theory_birth births[THEORY_BIRTHS_MAX];
    int birth_count;

    /* In the place of equations: of the nodes that were up when a message of the writer reached
     * them, how many are up `age` seconds later and have what it said, by the live nodes. */
    double (*told)(const struct theory_world *world, double age);

    double detection; /* seconds until a crash is noticed, mean */
    double factor;    /* by which the variance of estimates falls an interval */
};

#endif
