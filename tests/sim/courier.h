/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * courier.h - a model for tests of the network: its timers send numbered letters to the other nodes
 * in turn, and it notes when each was sent and when it came, once, twice or never.
 */
#ifndef TESTS_SIM_COURIER_H
#define TESTS_SIM_COURIER_H

#include "tests/models/harness.h"

struct letter {
    sim_time sent, arrived[2]; /* the first and the second time */
    int arrivals;
    node_id to;
};

struct courier_config {
    int64_t interval, batch; /* so many letters a tick */
    int64_t letters;         /* in all, from each node */
    uint32_t nodes;          /* there are */
    bool together;           /* all nodes tick at once */
    bool one_sends;          /* only node 0 */
    bool by_chance;          /* ticks come in Poisson processes, letters go to random nodes */
    bool answers;            /* a letter is answered, if it is no answer */
    struct letter *post;     /* `letters` of each node */
    uint32_t *sent;          /* by each node */
};

struct courier_trial {
    struct setup setup;
    struct courier_config *config;
    struct sim_result result;
};

/* `parameters` as setup_add() takes them; letters are control messages of 8 B. */
void courier_open(struct courier_trial *t, int64_t nodes, const char *parameters);
void courier_run(struct courier_trial *t);
void courier_close(struct courier_trial *t);

static inline const struct letter *courier_letter(const struct courier_trial *t, node_id from,
                                                  int64_t number)
{
    return &t->config->post[from * t->config->letters + number];
}

#endif
