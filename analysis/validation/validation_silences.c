/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation_silences.c - how long accrual detectors let a node be silent, and how often they are
 * wrong where messages are lost.
 *
 * Sources: apache/cassandra at 07242de0, FailureDetector.java; akka/akka at 016c6ce3,
 * PhiAccrualFailureDetector.scala; quickwit-oss/chitchat at 1e773603, failure_detector.rs.
 */
#include "analysis/validation/validation_lists.h"

static const char cassandra[] = "Cassandra's code", akka[] = "Akka's code",
                  chitchat[] = "chitchat's code", runs_of_losses[] = "runs of losses";

#define HEARTBEAT(parameters_, seconds_)                                                   \
    .model = "heartbeat", .parameters = (parameters_), .nodes = 30, .seconds = (seconds_), \
    .stop = STOP_NEVER

/* When a minute is over the window has nothing but whole intervals. */
#define CRASH(parameters_)                                                             \
    {                                                                                  \
        HEARTBEAT("phi_window=50" parameters_, 85), .runs = 200, .quick_runs = 40,     \
                                                    .crashes = true, .crash_after = 60 \
    }
static const struct validation_trial by_cassandra = CRASH("");
static const struct validation_trial by_akka =
    CRASH(" phi_distribution=logistic phi_initial=1s phi_max_interval=60s phi_pause=3s");
static const struct validation_trial by_normal =
    CRASH(" phi_distribution=normal phi_initial=1s phi_max_interval=60s phi_pause=3s");
static const struct validation_trial by_chitchat =
    CRASH(" phi_log=e phi_initial=5s phi_prior=5 phi_max_interval=10s");

#define LOSSY(parameters_, loss_)                                                   \
    {                                                                               \
        HEARTBEAT(parameters_, 1000), .runs = 20, .quick_runs = 20, .loss = (loss_) \
    }
static const struct validation_trial fixed = LOSSY("phi=false timeout=3s", .1);
static const struct validation_trial asked = LOSSY("ask=true phi=false timeout=3s", .05);
/* With the first heartbeat, half a second after the start in the mean, the initial interval makes
 * two of the mean. */
static const struct validation_trial accrual =
    LOSSY("phi_initial=1.9s phi_threshold=1.2666803", .25);

static double first_verdict(const struct validation_row *row, const struct validation_run *run)
{
    (void)row;
    return run->detect_first;
}

/* The last heartbeat is half an interval old in the mean, and the first of those who look comes
 * 1/n of one late. */
static double silence(const struct validation_row *row, const struct validation_run *run)
{
    (void)run;
    return row->argument - 0.5 + 1 / (double)row->trial->nodes;
}

/* By each heartbeat that was sent, or was asked for. */
static double verdicts(const struct validation_row *row, const struct validation_run *run)
{
    const double nodes = (double)row->trial->nodes;

    return run->verdicts / (nodes * (nodes - 1) * row->trial->seconds);
}

static double three_in_a_row(const struct validation_row *row, const struct validation_run *run)
{
    const double p = row->argument;

    (void)run;
    return (1 - p) * p * p * p;
}

/* Of silences of four intervals half are looked at after 3.5 of them. */
static double three_and_a_half(const struct validation_row *row, const struct validation_run *run)
{
    const double p = row->argument;

    return three_in_a_row(row, run) * ((1 - p) / 2 + p);
}

#define FIRST(what_, source_, trial_, formula_, silence_)                           \
    {                                                                               \
        what_, source_, .trial = (trial_), .figure = first_verdict, .law = silence, \
                        .formula = (formula_), .argument = (silence_)               \
    }

const struct validation_row validation_silences[] = {
    FIRST("heartbeat, Cassandra's law: first verdict, s", cassandra, &by_cassandra,
          "8 ln 10 - 1/2 + 1/n", 18.42068),
    FIRST("heartbeat, Akka's law: first verdict, s", akka, &by_akka, "4 + 5.222/10 - 1/2 + 1/n",
          4.52223),
    FIRST("heartbeat, a normal law: first verdict, s", akka, &by_normal, "4 + z/10 - 1/2 + 1/n",
          4.56120),
    FIRST("heartbeat, chitchat's law: first verdict, s", chitchat, &by_chitchat,
          "8 * 75/55 - 1/2 + 1/n", 10.90909),
    { "heartbeat, p=.10: false verdicts a heartbeat", runs_of_losses, .trial = &fixed,
      .figure = verdicts, .law = three_in_a_row, .formula = "(1-p) p^3", .argument = .1 },
    { "heartbeat, asked, p=.0975: false verdicts", runs_of_losses, .trial = &asked,
      .figure = verdicts, .law = three_in_a_row, .formula = "(1-p) p^3", .argument = .0975 },
    { "heartbeat, p=.25, mean 1.2 s: false verdicts", runs_of_losses, .trial = &accrual,
      .figure = verdicts, .law = three_and_a_half, .formula = "p^3 (1-p^2)/2", .argument = .25,
      .window = 3e-5 /* ends of a run */ },
    { .what = NULL },
};
