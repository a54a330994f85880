/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random.h - one stream of random numbers, and what the plain programs draw from it.
 *
 * xoshiro256++ (Blackman and Vigna, 2019, public domain): one of the fastest good generators, so
 * that the plain programs are not slow for their random numbers.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

struct random random_seed(uint64_t seed);
uint64_t random_bits(struct random *r);
double random_uniform(struct random *r); /* in (0, 1) */
uint32_t random_below(struct random *r, uint32_t limit);

int64_t random_exponential(struct random *r, double mean_s); /* ns */

/* A random other node than `node`. */
uint32_t random_peer(struct random *r, uint32_t node, uint32_t nodes);

/* By the rules of bench/work.h: whether a message is lost, and how long it takes in ns; when in
 * its first second a node's timer fires. */
bool random_loss(struct random *r);
int64_t random_latency(struct random *r);
int64_t random_phase(struct random *r);

#endif
