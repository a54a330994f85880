/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe.h - what a run held and did, counted for estimates of larger runs.
 *
 * A run whose configuration has a probe fills it; others pay nothing.  The figures are those that
 * grow with the size of a run in ways that no formula over its configuration tells: what waits at
 * once, and what is done.  Peaks of arrays are read from their capacity, and right to within a
 * third.
 */
#ifndef SIM_PROBE_H
#define SIM_PROBE_H

#include "base/quantity.h"

#include <stdbool.h>

enum probe_figure {
    PROBE_WORK,      /* what `stop.events` counts: events, steps of the agenda and of uplinks */
    PROBE_MESSAGES,  /* sent */
    PROBE_LEARNED,   /* updates learned by a replica, and versions superseded with them */
    PROBE_OPS,       /* sets made by operations on rows of bits */
    PROBE_QUEUED,    /* most events that waited at a time, one-shot timers among them */
    PROBE_CROWD,     /* most of them in one bucket, twice if they needed sorting */
    PROBE_WAITING,   /* most messages that waited for a link, or were on their way to
                        a downlink */
    PROBE_INBOXED,   /* most messages that waited to be handled */
    PROBE_KEPT,      /* most timers and messages that waited at their own node for a pause to end */
    PROBE_PARCELS,   /* most messages with several sets, or items, that were under way */
    PROBE_ITEMS,     /* most bytes of items that were, with what they are kept in */
    PROBE_TRANSFERS, /* most messages over connections that were under way */
    PROBE_ROWS,      /* most rows of bits in use */
    PROBE_RECORDS,   /* bytes of records that models kept, but for those of each other node */
    PROBE_FIGURES
};

struct probe_reading {
    sim_time at; /* when it was taken */
    double figures[PROBE_FIGURES];
};

struct sim_probe {
    uint64_t half_work; /* a reading is taken when so much is done; 0: none */
    struct probe_reading half, end;
    uint64_t queued;    /* so far */
    uint64_t copied;    /* at the end: messages that the network made two of, */
    uint64_t inboxed;   /* and those that are in inboxes, waiting or being handled */
    uint32_t row_bytes; /* of a set in the run that this one stands for; 0: as in this one */
};

#endif
