/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_averages.c - how fast estimates of a mean come right: the factor of their variance a
 * cycle.
 *
 * M. Jelasity, A. Montresor, O. Babaoglu, Gossip-based aggregation in large dynamic networks, ACM
 * TOCS 23(3), 2005.  A call is in vain here because the partner is down, which costs it what a lost
 * question does.  The random graph of 20 links out of each node, of which plain programs have
 * .3165, is one here whose links lead both ways, 40 from each node.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

#define AVERAGES(parameters_, topology_, down_)                                       \
    {                                                                                 \
        .model = "averaging", .parameters = (parameters_), .nodes = 2000, .runs = 50, \
        .quick_runs = 20, .rounds = 16, .stop = STOP_NEVER, .topology = (topology_),  \
        .down = (down_)                                                               \
    }

static const struct validation_trial redrawn = AVERAGES("phase=redrawn", NULL, 0),
                                     fixed = AVERAGES("phase=fixed", NULL, 0),
                                     graph =
                                         AVERAGES("phase=redrawn", "random-regular degree=40", 0),
                                     some_down = AVERAGES("phase=redrawn", NULL, 0.2),
                                     many_down = AVERAGES("phase=redrawn", NULL, 0.6);
static const struct validation_trial sums = { .model = "push-sum",
                                              .parameters = "",
                                              .nodes = 2000,
                                              .runs = 50,
                                              .quick_runs = 20,
                                              .rounds = 50,
                                              .stop = STOP_NEVER,
                                              .warmup = 15 };

static double factor(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->variance_factor;
}

static double one_over_two_roots(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 1 / (2 * sqrt(exp(1)));
}

static double in_vain(const struct validation_row *row, const struct validation_run *run)
{
    const double p = row->trial->down;

    (void)run;
    return (p + (1 - p) / 2) * exp(-(1 - p) / 2);
}

static double half(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 0.5;
}

static double mass(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->mass_kept;
}

static double all_of_it(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 1;
}

const struct validation_row validation_averages[] = {
    { "averaging, order redrawn: variance a cycle", "Jelasity et al. 2005", .trial = &redrawn,
      .figure = factor, .law = one_over_two_roots, .formula = "1/(2 sqrt(e))" },
    { "averaging, fixed phases: variance a cycle", "plain programs", .trial = &fixed,
      .figure = factor, .published = "0.2941" },
    { "averaging, random graph: variance a cycle", "plain programs", .trial = &graph,
      .figure = factor, .published = "0.3165", .window = 0.001 },
    { "averaging, 20 % in vain: variance a cycle", "Jelasity et al. 2005", .trial = &some_down,
      .figure = factor, .law = in_vain, .formula = "(p+(1-p)/2) e^-(1-p)/2" },
    { "averaging, 60 % in vain: variance a cycle", "Jelasity et al. 2005", .trial = &many_down,
      .figure = factor, .law = in_vain, .formula = "(p+(1-p)/2) e^-(1-p)/2" },
    { "push-sum: variance a round", "Kempe et al. 2003", .trial = &sums, .figure = factor,
      .law = half, .formula = "1/2" },
    { "averaging: mass kept", "Jelasity et al. 2005", .trial = &redrawn, .figure = mass,
      .law = all_of_it, .formula = "all" },
    { "push-sum: mass kept", "Kempe et al. 2003", .trial = &sums, .figure = mass, .law = all_of_it,
      .formula = "all" },
    { .what = NULL },
};
