/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_rounds.c - what one cycle of anti-entropy leaves, how long an update takes to reach
 * all, how many messages are sent.
 *
 * Sources: A. Demers et al., PODC 1987, sections 1.2 and 1.3; B. Pittel, On spreading a rumor,
 * SIAM J. Appl. Math. 47, 1987; R. Karp et al., Randomized rumor spreading, FOCS 2000.
 */
#include "analysis/validation/validation_lists.h"

#include <math.h>

const struct validation_row *const validation_lists[] = {
    validation_tables,   validation_residues, validation_cycles,      validation_spreading,
    validation_medians,  validation_counts,   validation_floods,      validation_averages,
    validation_members,  validation_silences, validation_stalls,      validation_cyclons,
    validation_overlays, validation_meshes,   validation_scuttlebutt, NULL,
};

/* --------------------------------------------------------------------------- anti-entropy */

#define CYCLES(mode)                                                                      \
    {                                                                                     \
        .model = "anti-entropy", .parameters = "interval=1s mode=" mode, .nodes = 100000, \
        .runs = 50, .quick_runs = 30, .rounds = 5, .stop = STOP_CONVERGED, .preload = 1,  \
        .missing = 0.5                                                                    \
    }

static const struct validation_trial push_cycles = CYCLES("push"), pull_cycles = CYCLES("pull"),
                                     push_pull_cycles = CYCLES("push-pull");

/* Share without the update after cycle number `argument`. */
static double lacking(const struct validation_row *row, const struct validation_run *run)
{
    return run->lacking[(int)row->argument];
}

static double before(const struct validation_row *row, const struct validation_run *run)
{
    return run->lacking[(int)row->argument - 1];
}

static double left_by_push(const struct validation_row *row, const struct validation_run *run)
{
    const double s = before(row, run);

    return s * exp(-(1 - s));
}

static double left_by_pull(const struct validation_row *row, const struct validation_run *run)
{
    const double s = before(row, run);

    return s * s;
}

static double left_by_push_pull(const struct validation_row *row, const struct validation_run *run)
{
    const double s = before(row, run);

    return s * s * exp(-(1 - s));
}

#define CYCLE(mode, number, trial_, law_, formula_)                                            \
    {                                                                                          \
        "anti-entropy, " mode ", cycle " #number ": share lacking", "Demers et al. 1987, 1.3", \
            .trial = (trial_), .figure = lacking, .law = (law_), .formula = (formula_),        \
            .argument = (number)                                                               \
    }
#define PUSH_CYCLE(number) CYCLE("push", number, &push_cycles, left_by_push, "s e^-(1-s)")
#define PULL_CYCLE(number) CYCLE("pull", number, &pull_cycles, left_by_pull, "s^2")
#define PUSH_PULL_CYCLE(number) \
    CYCLE("push-pull", number, &push_pull_cycles, left_by_push_pull, "s^2 e^-(1-s)")

const struct validation_row validation_cycles[] = {
    PUSH_CYCLE(1),      PUSH_CYCLE(2),      PUSH_CYCLE(3),      PUSH_CYCLE(4),
    PUSH_CYCLE(5),      PULL_CYCLE(1),      PULL_CYCLE(2),      PULL_CYCLE(3),
    PUSH_PULL_CYCLE(1), PUSH_PULL_CYCLE(2), PUSH_PULL_CYCLE(3), { .what = NULL },
};

/* ------------------------------------------------------------------------- spreading times */

#define SPREADING(mode, nodes_, runs_, quick_)                                                \
    {                                                                                         \
        .model = "rumor-mongering", .parameters = "stop=never mode=" mode, .nodes = (nodes_), \
        .runs = (runs_), .quick_runs = (quick_), .rounds = 2000, .stop = STOP_CONVERGED       \
    }

static const struct validation_trial pushes[] = {
    SPREADING("push", 1000, 2000, 400),
    SPREADING("push", 10000, 500, 100),
    SPREADING("push", 100000, 100, 30),
    SPREADING("push", 1000000, 30, 30),
};
static const struct validation_trial pulls[] = {
    SPREADING("pull", 1000, 2000, 400),
    SPREADING("pull", 10000, 300, 60),
    SPREADING("pull", 100000, 40, 20),
    SPREADING("pull", 1000000, 20, 20),
};
static const struct validation_trial push_pulls[] = {
    SPREADING("push-pull", 1000, 1000, 400),
    SPREADING("push-pull", 10000, 200, 50),
    SPREADING("push-pull", 100000, 60, 30),
    SPREADING("push-pull", 1000000, 20, 20),
};

static double rounds(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->t_all;
}

/* R. Daknama et al. (Asymptotics for push on the complete graph, Stochastic Processes and their
 * Applications 137, 2021) show that what is beyond log2 n + ln n swings by 0.0002 only. */
static double push_rounds_a_decade(const struct validation_row *row,
                                   const struct validation_run *run)
{
    (void)row;
    (void)run;
    return log2(10) + log(10);
}

/*
 * Pittel leaves O(1) open, which B. Doerr and M. Künnemann (Tight analysis of randomized rumor
 * spreading in complete graphs, ANALCO 2014) bound for the mean: from floor(log2 n) + ln n - 1.116
 * to ceil(log2 n) + ln n + 2.765.  The window is narrower.
 */
static double push_rounds(const struct validation_row *row, const struct validation_run *run)
{
    const double n = (double)row->trial->nodes;

    (void)run;
    return log2(n) + log(n);
}

/*
 * The term of order log log n is log2 ln n: at the end a round takes s to s^2 e^-(1-s), which
 * doubles ln s.  The time is concentrated on two or three whole numbers, so its mean swings by a
 * part of a round with n.
 */
static double push_pull_rounds(const struct validation_row *row, const struct validation_run *run)
{
    const double n = (double)row->trial->nodes;

    (void)run;
    return log(n) / log(3) + log2(log(n));
}

#define DECADE(from, to, base_, trial_)                                                        \
    {                                                                                          \
        "push, rounds from n=" from " to " to, "Pittel 1987",                                  \
            .trial = (trial_), .base = (base_), .figure = rounds, .law = push_rounds_a_decade, \
            .formula = "log2 10 + ln 10"                                                       \
    }
#define PUSH_ROUNDS(nodes, trial_)                                                               \
    {                                                                                            \
        "push, n=" nodes ": rounds", "Pittel 1987",                                              \
            .trial = (trial_), .figure = rounds, .law = push_rounds, .formula = "log2 n + ln n", \
            .window = 1.5                                                                        \
    }
#define PUSH_PULL_ROUNDS(nodes, trial_)                                   \
    {                                                                     \
        "push-pull, n=" nodes ": rounds", "Karp et al. 2000",             \
            .trial = (trial_), .figure = rounds, .law = push_pull_rounds, \
            .formula = "log3 n + log2 ln n", .window = 0.5                \
    }

/* What a plain program of another hand measured; at a million nodes in few runs. */
#define SIMULATED(mode, nodes, trial_, published_, window_)                                     \
    {                                                                                           \
        mode ", n=" nodes ": rounds by simulation", "another program's mean",                   \
            .trial = (trial_), .figure = rounds, .published = (published_), .window = (window_) \
    }

const struct validation_row validation_spreading[] = {
    PUSH_ROUNDS("1e3", &pushes[0]),
    DECADE("1e3", "1e4", &pushes[0], &pushes[1]),
    DECADE("1e4", "1e5", &pushes[1], &pushes[2]),
    DECADE("1e5", "1e6", &pushes[2], &pushes[3]),
    PUSH_PULL_ROUNDS("1e3", &push_pulls[0]),
    PUSH_PULL_ROUNDS("1e4", &push_pulls[1]),
    PUSH_PULL_ROUNDS("1e5", &push_pulls[2]),
    PUSH_PULL_ROUNDS("1e6", &push_pulls[3]),
    SIMULATED("push", "1e3", &pushes[0], "18.08", 0),
    SIMULATED("push", "1e4", &pushes[1], "23.72", 0),
    SIMULATED("push", "1e5", &pushes[2], "29.43", 0),
    SIMULATED("push", "1e6", &pushes[3], "35.0", 0.3),
    SIMULATED("pull", "1e3", &pulls[0], "13.80", 0),
    SIMULATED("pull", "1e4", &pulls[1], "17.51", 0),
    SIMULATED("pull", "1e5", &pulls[2], "21.10", 0),
    SIMULATED("pull", "1e6", &pulls[3], "24.75", 0.3),
    SIMULATED("push-pull", "1e3", &push_pulls[0], "9.17", 0),
    SIMULATED("push-pull", "1e4", &push_pulls[1], "11.58", 0),
    SIMULATED("push-pull", "1e5", &push_pulls[2], "14.03", 0),
    SIMULATED("push-pull", "1e6", &push_pulls[3], "16.33", 0.3),
    { .what = NULL },
};

/* -------------------------------------------------------------------------- median counter */

/* So long that all but a straggler have stopped telling. */
#define MEDIANS(nodes_, loss_, runs_, quick_)                                                      \
    {                                                                                              \
        .model = "median-counter", .parameters = "interval=1s", .nodes = (nodes_),                 \
        .runs = (runs_), .quick_runs = (quick_), .rounds = 30, .stop = STOP_NEVER, .loss = (loss_) \
    }

static const struct validation_trial medians[] = {
    MEDIANS(1000, 0, 1000, 100),   MEDIANS(10000, 0, 50, 20),   MEDIANS(100000, 0, 20, 20),
    MEDIANS(1000, 0.1, 1000, 100), MEDIANS(10000, 0.1, 50, 20),
};

static double never_told(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->residue;
}

static double nobody(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 0;
}

static double copies(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->m;
}

/* The theorem says O(ln ln n).  A node is in B and in C for about 1 + ceil(ln ln n) rounds each, as
 * its limits are, in B for somewhat longer; and a round costs two copies. */
static double median_copies(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return 4 + 4 * ceil(log(log((double)row->trial->nodes)));
}

#define MEDIAN(which, trial_)                                              \
    { "median counter, " which ": share not told",                         \
      "Karp et al. 2000, 3",                                               \
      .trial = (trial_),                                                   \
      .figure = never_told,                                                \
      .law = nobody,                                                       \
      .formula = "none" },                                                 \
    {                                                                      \
        "median counter, " which ": copies a node", "Karp et al. 2000, 3", \
            .trial = (trial_), .figure = copies, .law = median_copies,     \
            .formula = "4 + 4 ceil(ln ln n)", .window = 1.5                \
    }
#define MEDIAN_ROUNDS(nodes, trial_)                                      \
    {                                                                     \
        "median counter, n=" nodes ": rounds", "Karp et al. 2000, 3",     \
            .trial = (trial_), .figure = rounds, .law = push_pull_rounds, \
            .formula = "log3 n + log2 ln n", .window = 0.5                \
    }

const struct validation_row validation_medians[] = {
    MEDIAN_ROUNDS("1e3", &medians[0]),
    MEDIAN_ROUNDS("1e4", &medians[1]),
    MEDIAN("n=1e3", &medians[0]),
    MEDIAN("n=1e4", &medians[1]),
    MEDIAN("n=1e5", &medians[2]),
    MEDIAN("10 % loss, n=1e3", &medians[3]),
    MEDIAN("10 % loss, n=1e4", &medians[4]),
    { .what = NULL },
};

/* -------------------------------------------------------------------------- message counts */

#define MAIL(parameters_, loss_)                                                      \
    {                                                                                 \
        .model = "direct-mail", .parameters = parameters_, .nodes = 1000, .runs = 50, \
        .quick_runs = 30, .stop = STOP_QUIET, .loss = (loss_)                         \
    }

static const struct validation_trial mail = MAIL("acknowledge=false", 0),
                                     acknowledged_mail = MAIL("acknowledge=true", 0),
                                     lossy_mail = MAIL("acknowledge=true", 0.2);

static double messages(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->messages;
}

static double sendings(const struct validation_row *row, const struct validation_run *run)
{
    return 1 + run->sent_again / (double)(row->trial->nodes - 1);
}

/* `argument` for each other node. */
static double one_each(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument * (double)(row->trial->nodes - 1);
}

/* Until a mail and its acknowledgement arrive. */
static double geometric(const struct validation_row *row, const struct validation_run *run)
{
    const double arrives = 1 - row->trial->loss;

    (void)run;
    return 1 / (arrives * arrives);
}

/* Two checks; what the first repairs the second finds equal. */
#define RING(nodes_)                                                                            \
    {                                                                                           \
        .model = "ring-repair", .parameters = "interval=30min", .nodes = (nodes_), .runs = 200, \
        .quick_runs = 50, .stop = STOP_NEVER, .preload = 40, .missing = 0.5                     \
    }

static const struct validation_trial rings[] = { RING(3), RING(5), RING(9) };

static double sends(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->sends;
}

static double residue(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->residue;
}

static double two_laps(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return 2 * (double)row->trial->nodes - 2;
}

static double nothing(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    (void)run;
    return 0;
}

#define RING_ROWS(n, trial_)                                                                \
    { "ring repair, " #n " replicas: sends",                                                \
      "each to the next: a lap and n - 2 more",                                             \
      .trial = (trial_),                                                                    \
      .figure = sends,                                                                      \
      .law = two_laps,                                                                      \
      .formula = "2n - 2" },                                                                \
    {                                                                                       \
        "ring repair, " #n " replicas: residue after it",                                   \
            "each to the next: a lap and n - 2 more", .trial = (trial_), .figure = residue, \
                                                      .law = nothing, .formula = "none"     \
    }

const struct validation_row validation_counts[] = {
    { "direct mail, n=1000: messages", "Demers et al. 1987, 1.2", .trial = &mail,
      .figure = messages, .law = one_each, .formula = "n - 1", .argument = 1 },
    { "direct mail, acknowledged, n=1000: messages", "count of mails and answers",
      .trial = &acknowledged_mail, .figure = messages, .law = one_each, .formula = "2(n - 1)",
      .argument = 2 },
    { "direct mail, 20 % loss: sendings of a mail", "geometric law", .trial = &lossy_mail,
      .figure = sendings, .law = geometric, .formula = "1/(1-p)^2" },
    RING_ROWS(3, &rings[0]),
    RING_ROWS(5, &rings[1]),
    RING_ROWS(9, &rings[2]),
    { .what = NULL },
};
