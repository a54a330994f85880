/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bits.h - arrays of bits, a bit an update: what a node knows, and what a message carries.
 *
 * A message's bits lie in a pool and are known by number there, which fits into an event.  What
 * is given back is used again, last in, first out.
 */
#ifndef BENCH_BITS_H
#define BENCH_BITS_H

#include <stddef.h>
#include <stdint.h>

static inline void bits_put(uint64_t *bits, uint32_t i)
{
    bits[i / 64] |= (uint64_t)1 << i % 64;
}

uint64_t bits_count(const uint64_t *bits, size_t words);

struct bits_pool {
    size_t words; /* of one array */
    uint64_t *arrays;
    uint32_t *spare; /* numbers of those not in use */
    uint32_t spares, capacity;
};

struct bits_pool bits_pool_new(size_t words);
uint32_t bits_take(struct bits_pool *pool); /* its content is arbitrary */
void bits_give_back(struct bits_pool *pool, uint32_t number);
uint64_t *bits_of(const struct bits_pool *pool, uint32_t number); /* until the next bits_take() */

#endif
