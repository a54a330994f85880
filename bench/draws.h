/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draws.h - random numbers in batches, for the messages of W1 and W2.
 *
 * A draw has a peer, uniform in 0 .. nodes-2 (the sender itself left out), and a delay in ticks,
 * negative if the message is lost.  One number of 31 bits gives both: below the loss rate it is
 * lost, what lies above is a uniform number again.
 */
#ifndef BENCH_DRAWS_H
#define BENCH_DRAWS_H

#include <stdint.h>

#define TICKS_S 0x1p30 /* ticks in a second */

enum { STREAMS = 8, BATCH = 1024 };

struct draws {
    uint64_t state[4][STREAMS]; /* xoshiro256++ (Blackman and Vigna, 2019), side by side */
    uint32_t peer[BATCH];
    int32_t delay[BATCH];
    uint32_t next;     /* the first that is not used; BATCH: call draws_fill() */
    uint32_t peers;    /* nodes - 1 */
    int32_t delay_max; /* longer ones are cut to it */
};

void draws_fill(struct draws *d);
void draws_start(struct draws *d, uint64_t seed, uint32_t nodes, int32_t delay_max);

/* Fills phase[0 .. nodes-1] with ascending random ticks, below a second, and closes with
 * UINT32_MAX. */
void draws_phases(struct draws *d, uint32_t *phase, uint32_t nodes);

#endif
