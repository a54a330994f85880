/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation.h - published figures and laws beside what this build measures.
 *
 * A row says what is compared: a figure of a trial's runs with a number as it was printed, or with
 * a law.  A trial is one model alone under the world that the source looks at, run many times;
 * rows may share one.  Rows are declared in validation_*.c, which is the only place to add one.
 *
 * A row agrees if |measured - published| <= 4 standard errors + leeway, where the leeway is half a
 * unit of the last printed digit, or the window that a law leaves open.  Where a law holds run by
 * run (s = e^-m), the standard error is that of the differences.  A figure without spread must be
 * equal.
 */
#ifndef ANALYSIS_VALIDATION_VALIDATION_H
#define ANALYSIS_VALIDATION_VALIDATION_H

#include "analysis/text/table.h"
#include "base/errors.h"
#include "sim/sim.h"

enum { VALIDATION_LOOKS = 3 }; /* at how far nodes with `own_keys` are behind */
enum { VALIDATION_ROUNDS_KEPT = 8, VALIDATION_VARIANTS = 3, VALIDATION_UPDATES_KEPT = 32 };
enum { VALIDATION_DELAYS = 3 };

/* Members stop for so long and then run, again and again, in ms; see validation_stalls.c. */
struct validation_stall {
    int stops, runs;
};

/* A mesh over a topology; see validation_gossipsub.c. */
struct validation_mesh {
    int latency_min, latency_max; /* ms, uniform */
    double jitter;
    int origins; /* nodes that write; 0: any */
    int at;      /* s, the first update */
    int bytes;
    bool is_narrow; /* five classes of links, of 40 to 200 Mbit/s */
};

struct validation_trial {
    const char *model;
    const char *parameters; /* as in "mode=pull k=3"; all others have their defaults */
    int64_t nodes;
    int runs, quick_runs; /* at least 2 */
    int rounds;           /* synchronous rounds until the latest end; 0: real-valued time */
    enum sim_stop_when stop;
    double loss;
    int64_t preload; /* updates of which every node lacks the share `missing` at the start; 0: a
                        random node writes one */
    double missing;
    const char *topology; /* as in "random-regular degree=8"; NULL: complete */
    double down;          /* share of the nodes that are down from the start */
    int seconds;          /* until the latest end in real-valued time; 0: an hour */
    bool crashes;         /* a random node does, after a third of a second */
    int crash_after;      /* and so many seconds */
    int warmup;           /* rounds before anything is measured */

    /* Parameters of rumors that `updates` are told by in the model's view when the cluster, which
     * forms node by node through one contact, is `seconds` old, right after the share `down` has
     * crashed; it ends a second later.  NULL: the model is alone. */
    const char *gossip;

    const char *view;    /* parameters of hyparview, whose view are the peers; NULL: all nodes are.
                            Latencies are 1 us, and a message that cannot be delivered is known
                            after 127 times as long */
    bool joins;          /* one by one through one contact, in the first 100 ms; else all know
                            each other from the start */
    int updates, every;  /* written from 150 ms on, every so many seconds; 0: one at once, or, with
                            `gossip`, all */
    bool ends_with_last; /* the graph of views is measured as the last is written, and messages are
                            counted from then on; the run ends 10 ms later */
    double fails;    /* share of the nodes that fail at 100 ms, from 1 on their number, or, with */
    int fails_every; /* that, again and again, in seconds */
    const struct validation_mesh *mesh; /* with `updates` and `every`; NULL: none */
    int own_keys; /* each node writes a random one of so many of its own once a second, twice from
                     25 to 75 s, not at all after 120 s; messages take 10 ms; 0: none has any */

    /* A run is one with each of these, for the parameters and those besides; NULL: none. */
    const struct validation_stall *stalls;
    int stall_count, stalled; /* nodes that stall */
    const char *besides[VALIDATION_VARIANTS - 1];
};

/* With one set of parameters, over all stalls. */
struct validation_verdicts {
    double false_dead; /* about nodes that never stalled, */
    double in_time;    /* and where those that did run for 16 ms or more */
    double messages;
};

/* What is kept of a run.  Times in rounds (seconds). */
struct validation_run {
    double residue, m, t_last, t_all;
    double messages;
    double sends;                 /* ring-repair.sends; 0 without that model, as the next */
    double sent_again;            /* direct-mail.retransmissions */
    double probes, probes_failed; /* of swim */
    double verdicts;              /* of heartbeat */
    double detect_first, suspect_first;
    double variance_factor, mass_kept;         /* of models that estimate a mean */
    double clustering, path_length, in_degree; /* of the graph of views */
    double rmr, last_hop;
    double t_avg;
    struct {
        double max, keys;
    } behind[VALIDATION_LOOKS]; /* lag_max and stale_keys at 20, 75 and 90 s */
    double stale_keys;          /* mean from 40 to 74 s */
    double fresh_from;          /* the first whole second from which there are none; 0: never */
    double mesh, duplicates, ihaves, iwants, grafts, prunes; /* of gossipsub */
    double within[VALIDATION_DELAYS]; /* of what nodes learned, that which they did in so many
                                         tenths of a second, and no earlier */
    struct {
        double reliability, rmr, last_hop, payloads;
    } updates[VALIDATION_UPDATES_KEPT];     /* the last of them, the last first */
    double lacking[VALIDATION_ROUNDS_KEPT]; /* share of nodes without the update after i rounds */
    struct validation_verdicts of[VALIDATION_VARIANTS];
};

/* What a share is a share of, which bounds its standard error from below (binomial law). */
enum validation_share { SHARE_OF_NOTHING, SHARE_OF_RUNS, SHARE_OF_NODES };

struct validation_row {
    const char *what;   /* NULL closes a list */
    const char *source; /* paper and place */
    const struct validation_trial *trial;
    const struct validation_trial *base; /* its mean is subtracted; NULL: nothing is */
    double (*figure)(const struct validation_row *row, const struct validation_run *run);
    const char *published; /* a number as it is printed, or NULL and a law: */
    double (*law)(const struct validation_row *row, const struct validation_run *run);
    const char *formula; /* of the law, for people */
    double argument;     /* of figure and law, as they like */
    double window;       /* what the law leaves open, either side */
    enum validation_share share;
    bool is_of_one_run; /* what is published, and so it has the spread of one */
};

struct validation_outcome {
    double published, measured;
    double leeway;    /* of `published`: half a unit of its last digit and the row's window */
    double error;     /* standard error of measured - published */
    double deviation; /* of `measured` from published +- leeway, in standard errors: 0 within,
                         infinite beyond without error */
    int runs;
    bool is_off;
};

struct validation_options {
    int threads;
    bool is_quick; /* fewer runs */
    uint64_t seed;

    /* Called by the caller's thread about ten times a second with the share of the work that is
     * done; may be NULL. */
    void (*progress)(void *context, double done, double seconds);
    void *context;
};

/* The lists of rows, each closed by a row without `what`, and NULL after the last list. */
extern const struct validation_row *const validation_lists[];

/* Trials of more nodes are left out by --quick. */
enum { VALIDATION_QUICK_NODES = 100000 };

/* Measures `count` rows.  False, with an error, if a run failed or memory is short for one. */
bool validation_measure(const struct validation_row *const *rows, size_t count,
                        const struct validation_options *options,
                        struct validation_outcome *outcomes, struct errors *errors);

/* Prints the rows as a table. */
void validation_print(FILE *out, const struct validation_row *const *rows, size_t count,
                      const struct validation_outcome *outcomes, const struct table_style *style);

/*
 * The world of a trial, in which its runs are made.  A model or a parameter that the build does not
 * have is a bug: it aborts.
 */
struct validation_world;
struct validation_world *validation_world_new(const struct validation_trial *trial, uint64_t seed);
void validation_world_free(struct validation_world *world);

/* How many simulations make a run, one if nothing stalls, and the configuration of each. */
int validation_parts(const struct validation_trial *trial);
const struct sim_config *validation_world_config(const struct validation_world *world, int part);

/* Bytes of a simulation, about (sim_memory_estimate()); estimated at the first call. */
uint64_t validation_world_memory(struct validation_world *world, int part, uint64_t enough);

/* Keeps of a part of a run that is done what rows look at, in any order of the parts. */
void validation_keep(const struct validation_trial *trial, int part,
                     const struct sim_result *result, struct validation_run *run);

#endif
