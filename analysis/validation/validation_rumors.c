/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_rumors.c - rumor mongering: the published tables, and the laws of what is left.
 *
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.4.  Its tables are means of simulations of 1000 nodes, of how many it does not say;
 * half a unit of their last digit is all that is allowed for their own errors.  Of infect and die:
 * P. Eugster et al., From epidemics to distributed computing, IEEE Computer 37, 2004, and A.-M.
 * Kermarrec et al., Probabilistic reliable dissemination in large-scale systems, IEEE TPDS 14,
 * 2003.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

static const char table_1[] = "Demers et al. 1987, Table 1",
                  table_2[] = "Demers et al. 1987, Table 2",
                  table_3[] = "Demers et al. 1987, Table 3",
                  section_1_4[] = "Demers et al. 1987, 1.4";

#define RUMORS(parameters_, nodes_, runs_, quick_, rounds_)                              \
    {                                                                                    \
        .model = "rumor-mongering", .parameters = (parameters_), .nodes = (nodes_),      \
        .runs = (runs_), .quick_runs = (quick_), .rounds = (rounds_), .stop = STOP_QUIET \
    }
#define TABLE_1(k) RUMORS("stop=counter k=" #k, 1000, 400, 100, 2000)
#define TABLE_2(k) RUMORS("stop=coin feedback=false k=" #k, 1000, 400, 100, 2000)
/* Those who pull ask for ever; the rumors are long dead by then. */
#define TABLE_3(k, runs, quick) RUMORS("mode=pull stop=counter k=" #k, 1000, runs, quick, 40)

static const struct validation_trial counters[] = { TABLE_1(1), TABLE_1(2), TABLE_1(3), TABLE_1(4),
                                                    TABLE_1(5) };
static const struct validation_trial coins[] = { TABLE_2(1), TABLE_2(2), TABLE_2(3), TABLE_2(4),
                                                 TABLE_2(5) };
static const struct validation_trial pulls[] = { TABLE_3(1, 400, 100), TABLE_3(2, 400, 100),
                                                 TABLE_3(3, 2000, 200) };

static double residue(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->residue;
}

static double traffic(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->m;
}

static double last(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->t_last;
}

#define PRINTED(table, variant, trial_, residue_, m_, last_)                               \
    {                                                                                      \
        variant ": residue",     table,                                                    \
        .trial = (trial_),       .figure = residue,                                        \
        .published = (residue_), .share = SHARE_OF_NODES                                   \
    },                                                                                     \
        { variant ": m", table, .trial = (trial_), .figure = traffic, .published = (m_) }, \
    {                                                                                      \
        variant ": t_last", table, .trial = (trial_), .figure = last, .published = (last_) \
    }

const struct validation_row validation_tables[] = {
    PRINTED(table_1, "push, feedback, counter, k=1", &counters[0], "0.18", "1.7", "16.8"),
    PRINTED(table_1, "push, feedback, counter, k=2", &counters[1], "0.037", "3.3", "16.9"),
    PRINTED(table_1, "push, feedback, counter, k=3", &counters[2], "0.011", "4.5", "17.4"),
    PRINTED(table_1, "push, feedback, counter, k=4", &counters[3], "0.0036", "5.6", "17.5"),
    PRINTED(table_1, "push, feedback, counter, k=5", &counters[4], "0.0012", "6.7", "17.7"),
    PRINTED(table_2, "push, blind, coin, k=1", &coins[0], "0.96", "0.04", "38"),
    PRINTED(table_2, "push, blind, coin, k=2", &coins[1], "0.20", "1.6", "33"),
    PRINTED(table_2, "push, blind, coin, k=3", &coins[2], "0.060", "2.8", "32"),
    PRINTED(table_2, "push, blind, coin, k=4", &coins[3], "0.021", "3.9", "32"),
    PRINTED(table_2, "push, blind, coin, k=5", &coins[4], "0.008", "4.9", "32"),
    PRINTED(table_3, "pull, feedback, counter, k=1", &pulls[0], "0.031", "2.7", "17.6"),
    PRINTED(table_3, "pull, feedback, counter, k=2", &pulls[1], "0.00058", "4.5", "15.4"),
    PRINTED(table_3, "pull, feedback, counter, k=3", &pulls[2], "0.000004", "6.1", "14.0"),
    { .what = NULL },
};

/* --------------------------------------------------------------------------------- the laws */

/* What n nodes miss of contacts with uniform partners, run by run. */
static double missed(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return exp(-run->m);
}

/*
 * The same with a connection limit of 1, where copies are not spent on nodes that have been told
 * in the cycle: the law is that of cycles in which all nodes call.
 */
static double missed_by_accepted(const struct validation_row *row, const struct validation_run *run)
{
    const double lambda = 1 / (1 - exp(-1));

    (void)row;
    return run->lacking[0] * exp(-lambda * run->m);
}

/* s = e^(-(k+1)(1-s)), below 1. */
static double left_by_coins(const struct validation_row *row, const struct validation_run *run)
{
    double s = 0;

    (void)run;
    for (int i = 0; i < 1000; i++)
        s = exp(-(row->argument + 1) * (1 - s));
    return s;
}

static double reached(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return 1 - run->residue;
}

/* pi = 1 - e^(-pi f), above 0. */
static double giant_component(const struct validation_row *row, const struct validation_run *run)
{
    double share = 1;

    (void)run;
    for (int i = 0; i < 1000; i++)
        share = 1 - exp(-share * row->argument);
    return share;
}

static double reached_all(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->residue == 0;
}

/* A fanout of ln n + c reaches all with probability e^-e^-c. */
static double covered(const struct validation_row *row, const struct validation_run *run)
{
    const double c = row->argument - log((double)row->trial->nodes);

    (void)run;
    return exp(-exp(-c));
}

static const struct validation_trial many_counters[] = {
    RUMORS("stop=counter k=1", 10000, 100, 30, 2000),
    RUMORS("stop=counter k=2", 10000, 100, 30, 2000),
    RUMORS("stop=coin feedback=false k=3", 10000, 100, 30, 2000),
    RUMORS("stop=coin k=2", 10000, 100, 30, 2000),
};
static const struct validation_trial limited = {
    .model = "rumor-mongering",
    .parameters = "stop=never connection_limit=1",
    .nodes = 100000,
    .runs = 100,
    .quick_runs = 30,
    .rounds = 2,
    .stop = STOP_NEVER,
    .preload = 1,
    .missing = 0.005,
};
/* The law looks at contacts one after another: real-valued time, quick messages. */
static const struct validation_trial contacts_in_turn[] = {
    RUMORS("stop=coin k=1", 20000, 60, 30, 0),
    RUMORS("stop=coin k=2", 20000, 60, 30, 0),
    RUMORS("stop=coin k=3", 20000, 60, 30, 0),
};
static const struct validation_trial infect_and_die[] = {
    RUMORS("stop=rounds k=1 fanout=2", 20000, 100, 30, 2000),
    RUMORS("stop=rounds k=1 fanout=3", 20000, 100, 30, 2000),
    RUMORS("stop=rounds k=1 fanout=4", 20000, 100, 30, 2000),
};
static const struct validation_trial covering[] = {
    RUMORS("stop=rounds k=1 fanout=8", 10000, 500, 100, 2000),
    RUMORS("stop=rounds k=1 fanout=9", 10000, 500, 100, 2000),
    RUMORS("stop=rounds k=1 fanout=10", 10000, 500, 100, 2000),
    RUMORS("stop=rounds k=1 fanout=11", 10000, 500, 100, 2000),
};

#define MISSED(variant, trial_)                                                                \
    {                                                                                          \
        variant ": residue", section_1_4, .trial = (trial_), .figure = residue, .law = missed, \
                                          .formula = "e^-m"                                    \
    }
#define COINS(k, trial_)                                                             \
    {                                                                                \
        "push, feedback, coin, k=" #k ", asynchronous: residue", section_1_4,        \
            .trial = (trial_), .figure = residue, .law = left_by_coins,              \
            .formula = "s = e^-(k+1)(1-s)", .argument = (k), .share = SHARE_OF_NODES \
    }
#define REACHED(f, trial_)                                                     \
    {                                                                          \
        "infect and die, fanout " #f ": share reached", "Eugster et al. 2004", \
            .trial = (trial_), .figure = reached, .law = giant_component,      \
            .formula = "p = 1-e^-pf", .argument = (f), .share = SHARE_OF_NODES \
    }
#define COVERED(f, trial_)                                                                  \
    {                                                                                       \
        "infect and die, fanout " #f ", n=10000: P(all)", "Kermarrec et al. 2003",          \
            .trial = (trial_), .figure = reached_all, .law = covered, .formula = "e^-e^-c", \
            .argument = (f), .share = SHARE_OF_RUNS                                         \
    }

const struct validation_row validation_residues[] = {
    MISSED("push, feedback, counter, k=1, n=10000", &many_counters[0]),
    MISSED("push, feedback, counter, k=2, n=10000", &many_counters[1]),
    MISSED("push, blind, coin, k=3, n=10000", &many_counters[2]),
    MISSED("push, feedback, coin, k=2, n=10000", &many_counters[3]),
    { "push, connection limit 1, all active: residue", section_1_4, .trial = &limited,
      .figure = residue, .law = missed_by_accepted, .formula = "s0 e^-m/(1-1/e)" },
    COINS(1, &contacts_in_turn[0]),
    COINS(2, &contacts_in_turn[1]),
    COINS(3, &contacts_in_turn[2]),
    REACHED(2, &infect_and_die[0]),
    REACHED(3, &infect_and_die[1]),
    REACHED(4, &infect_and_die[2]),
    COVERED(8, &covering[0]),
    COVERED(9, &covering[1]),
    COVERED(10, &covering[2]),
    COVERED(11, &covering[3]),
    { .what = NULL },
};
