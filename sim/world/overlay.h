/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * overlay.h - what is recorded of the graph of views, if it is asked for; see sim/overlay.h.
 */
#ifndef SIM_WORLD_OVERLAY_H
#define SIM_WORLD_OVERLAY_H

#include "sim/world/run.h"

struct overlay {
    struct sim_overlay *rows;
    size_t count, capacity;
    uint64_t bytes; /* most that finding one took */
};

/* Of the agenda's samples: one of the overlay. */
enum { SAMPLE_OF_OVERLAY = 1 };

/* The first comes at 0 s, where a model keeps views and somebody asks for rows. */
void overlay_begin(struct run *run);

/* A row of this instant, and when the next one comes. */
void overlay_sample(struct run *run);

/* The last row, as the run ends. */
void overlay_conclude(struct run *run);

#endif
