/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distribution_family.h - which laws of random durations there are: one table, a row a family.
 *
 * A row is all that is known of a family: its parameters as people write them, their rules, what
 * they are in the terms of a table, and the quantile function that fills it.  A new family is its
 * name in enum distribution_kind, its row and its functions.
 */
#ifndef SIM_VALUE_DISTRIBUTION_FAMILY_H
#define SIM_VALUE_DISTRIBUTION_FAMILY_H

#include "base/param.h"
#include "sim/value/distribution.h"

enum { DISTRIBUTION_PARAMS_MAX = 32 }; /* bytes of the parameters of any family */

struct distribution_family {
    const char *name; /* NULL: never named, its one parameter stands for it */
    const char *help;
    const char *example;      /* as people write it; NULL like the name */
    const char *size_example; /* the same of bytes, which all that is said of times then means */

    /* The parameters, rows of a struct of the family's own.  One without a default must be given,
     * except that of `either` exactly one is; what is not given is 0. */
    const struct param *params;
    const char *either[2]; /* two ways to say one thing; NULL: there are none */
    bool takes_values;     /* and a sample, spec->values */

    /* False and why, if the parameters contradict each other; NULL: they cannot. */
    bool (*check)(const void *params, char why[PARAM_WHY_MAX]);

    /* Fills a, b, is_smooth of *spec from parameters that are good. */
    void (*specify)(const void *params, struct distribution_spec *spec);

    /* The quantile function, given the probability below (p) and above (q = 1 - p): from the nearer
     * tail a probability keeps its digits.  NULL: a sample needs none. */
    double (*quantile)(const struct distribution_spec *spec, double p, double q);
    bool is_exact; /* made of + - * alone: every nanosecond is the same everywhere */

    bool is_constant;                                       /* it has one value */
    bool (*is_zero)(const struct distribution_spec *spec);  /* all values are 0; NULL: never */
    bool (*has_mean)(const struct distribution_spec *spec); /* NULL: always */
};

/* By enum distribution_kind. */
extern const struct distribution_family distribution_families[DISTRIBUTION_KINDS];

#endif
