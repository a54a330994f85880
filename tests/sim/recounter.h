/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recounter.h - an observer that knows of a run only what it is shown, and works out from that what
 * the engine measures: messages, bytes and losses, load, who knows what and since when.
 *
 * For small runs in which nobody forgets.
 */
#ifndef TESTS_SIM_RECOUNTER_H
#define TESTS_SIM_RECOUNTER_H

#include "sim/sim.h"

enum { RECOUNTER_NODES = 48, RECOUNTER_UPDATES = 128, RECOUNTER_SHARES = 6 };

__extension__ typedef unsigned __int128 recounter_set;

struct recounted_update {
    bool is_written;
    sim_time written, last, settled; /* settled: SIM_NEVER while somebody lacks it */
    sim_time reached[RECOUNTER_SHARES];
    uint64_t learned, delay;
};

/* What is known of one message. */
struct recounted_message {
    node_id from, to;
    const struct model *model;
    int kind;
    uint32_t ended; /* times that it arrived or was lost */
};

struct recounter {
    struct sim_observer observer; /* for the run's configuration */
    const struct sim_config *config;
    sim_time begin, end;   /* of what is measured */
    const char *violation; /* of what sights have to keep: the first, or NULL */

    uint64_t events, timers, all_sent, all_ended; /* from 0 on */
    uint64_t sent, bytes, lost[5];                /* from `begin` on, as the next; by enum why */
    uint64_t handled[RECOUNTER_NODES];
    sim_time latest;

    bool is_down[RECOUNTER_NODES];
    recounter_set knows[RECOUNTER_NODES], knew[RECOUNTER_NODES]; /* knew: ever */
    struct recounted_update updates[RECOUNTER_UPDATES];

    struct recounted_message *messages[RECOUNTER_NODES][2]; /* repetitions are numbered downwards */
    size_t capacities[RECOUNTER_NODES][2];
    node_id senders[RECOUNTER_NODES]; /* 1 up; by the upper half of their messages' numbers */
    bool is_changing; /* many nodes come and go at once: they are looked at when all have */
};

/*
 * Makes the run with a recounter and without.  NULL: the two agree, and so does what was recounted;
 * or else which figure does not, in words.
 */
const char *recounter_difference(const struct sim_config *config);

#endif
