/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reference.h - rumor mongering once more, in the plainest way, to compare the product with.
 *
 * Synchronous cycles over an array of nodes and one rumor; nothing of the engine, the models or
 * their random numbers is used.  The conventions are those that reproduce Demers' tables: every
 * contact of a cycle is judged on the state at its start, so several that reach the same node all
 * count as needed; the first contacts are made in cycle 1.
 */
#ifndef TESTS_THEORY_REFERENCE_H
#define TESTS_THEORY_REFERENCE_H

#include <stdbool.h>

enum reference_mode { REFERENCE_PUSH, REFERENCE_PULL, REFERENCE_PUSH_PULL };
enum reference_stop { REFERENCE_COUNTER, REFERENCE_COIN, REFERENCE_ROUNDS };

struct reference_setup {
    int nodes, k, fanout;
    enum reference_mode mode;
    enum reference_stop stop;
    bool feedback, reset, minimisation;
    double loss; /* probability that a message is lost: a call, a rumor, or what answers it */
};

/* A mean over runs, with its standard error. */
struct figure {
    double mean, error;
};

struct reference_figures {
    struct figure residue; /* share of nodes that never knew */
    struct figure copies;  /* of the rumor sent, per node: Demers' m */
    struct figure last;    /* cycle in which the last node learned */
};

void reference_measure(const struct reference_setup *setup, int runs, unsigned long seed,
                       struct reference_figures *figures);

/* Mean and standard error of `count` > 1 values. */
struct figure figure_of(const double *values, int count);

#endif
