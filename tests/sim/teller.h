/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * teller.h - a model for tests of runs: its timers tell a random peer all that the node knows,
 * and it keeps a log of what it was told itself.
 */
#ifndef TESTS_SIM_TELLER_H
#define TESTS_SIM_TELLER_H

#include "tests/models/harness.h"

enum { TELLER_LOG_MAX = 40000 };

/* What the model is told, in the order in which things of one instant come. */
enum what { WRITTEN, ARRIVED, ONE_SHOT, TICKED, WHATS };

struct entry {
    sim_time at;
    enum what what;
    node_id node;
    uint32_t number; /* of the message, in the order of sending */
};

struct teller_config {
    int64_t interval, delay;
    bool together; /* all nodes tick at once */
    bool ticks;    /* there are ticks, every `interval` */
    bool sends;    /* timers tell a peer */
    bool shoots;   /* one-shots follow one another, `delay` apart */
    bool flood;    /* who hears tells two */
    uint32_t sent;
    struct entry *log; /* NULL: not kept */
    size_t count;
};

/* A setup of the harness with one layer, and the result of its last run. */
struct trial {
    struct setup setup;
    struct teller_config *config;
    struct sim_result result;
};

/* `parameters` as setup_add() takes them. */
void trial_open(struct trial *t, int64_t nodes, const char *parameters);
void trial_keep_log(struct trial *t);
void trial_run(struct trial *t);
void trial_close(struct trial *t);

#endif
