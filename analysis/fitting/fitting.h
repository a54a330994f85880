/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fitting.h - the parameters of a scenario that explain a measured curve, from two studies:
 *
 *   table   settings spread over the ranges by Sobol's sequence, a run each, or as many as there
 *           were broadcasts.  Each has a seed of its own, so that no two share any chance.
 *   check   further runs of the best setting, under the seed of the scenario: is the measured curve
 *           like these?
 *
 * posterior.h has the method.  Both studies follow from the request and are stored as any others:
 * made again, they are found there.
 */
#ifndef ANALYSIS_FITTING_FITTING_H
#define ANALYSIS_FITTING_FITTING_H

#include "analysis/fitting/glimpse.h"
#include "analysis/fitting/posterior.h"
#include "analysis/study/study.h"
#include "experiment/language/axis.h"
#include "experiment/plan/plan.h"

enum {
    FITTING_AXES_MAX = 8,
    FITTING_CHECKS = 199, /* looks at the best setting */
};

#define FITTING_LEVEL      0.01 /* below it the best setting does not explain the curve */
#define FITTING_CONFIDENCE 0.95

/* What the command line asks for; all is borrowed. */
struct fitting_request {
    const char *scenario;
    const char *measured; /* a file */
    const struct setting *sets, *vary;
    size_t set_count, vary_count;
    const char *strategy; /* NULL: the only one */
    const char *seed;     /* text as in a scenario; NULL: the scenario's */
    size_t points, broadcasts;
};

/* What is said of a parameter. */
struct fitting_finding {
    char *value;         /* the best one, as written: the median, or the most likely choice */
    char *lower, *upper; /* of the interval; of choices NULL */
    double width;        /* of the interval, as a share of the range */
    double at_end;       /* the likelihood of the outer twentieths of the range, the greater */
    size_t *choices;     /* most likely first; NULL: a range */
    double *chances;     /* of these */
    size_t other;        /* the axis with which it is correlated most; itself: there is no other */
    double correlation;  /* with that */
};

/* How the measurement lies to runs of the best setting. */
struct fitting_check {
    double p;         /* see posterior_check() */
    size_t number;    /* of the glimpse: where it is furthest off */
    double seen;      /* what the measurement has there, */
    double low, high; /* and 95 % of the runs */
};

struct fitting {
    const struct fitting_request *request;
    struct measured measured;
    struct plan *first; /* of the scenario without axes */
    const char *strategy;
    struct plan *table, *check; /* the studies; check: after fitting_find() */
    GPtrArray *sources;         /* texts of the axes */
    struct axis axes[FITTING_AXES_MAX];
    size_t choices[FITTING_AXES_MAX]; /* of each axis; 0: a range */
    struct glimpse glimpse;
    size_t left_out; /* settings whose run failed or in which nothing was written */
    struct posterior posterior;
    struct fitting_finding findings[FITTING_AXES_MAX];
    struct fitting_check checked;
};

/* Reads curve and scenario and plans the table; NULL and errors if they are not usable. */
struct fitting *fitting_new(const struct fitting_request *request, struct errors *errors);
void fitting_free(struct fitting *fitting);

/* With the table's runs made, in `study`: finds the parameters and plans the check.  False and
 * errors. */
bool fitting_find(struct fitting *fitting, const struct study *study, struct errors *errors);

/* With the check's runs made, in `study`: judges.  False and errors. */
bool fitting_judge(struct fitting *fitting, const struct study *study, struct errors *errors);

/* Whether the best setting explains the curve. */
bool fitting_is_explained(const struct fitting *fitting);

/* The options that make a scenario the best setting: those of the request, then a value of each
 * parameter.  Texts are the fitting's; g_free() the list. */
struct setting *fitting_settings(const struct fitting *fitting, size_t *count);

#endif
