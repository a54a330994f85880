/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw.c - keys for the random numbers; see draw.h. */
#include "sim/value/draw.h"

/* One step of SplitMix64: Steele, Lea, Flood, Fast splittable pseudorandom number generators,
 * OOPSLA 2014; finaliser "variant 13" of D. Stafford. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/*
 * Eight different hexadecimal digits other than 0 in irregular order, as Squares asks of each
 * half of a key: the first eight places of a shuffle of 1..15.
 */
static uint64_t eight_digits(uint64_t *state)
{
    uint8_t digit[15];
    uint64_t half = 0;

    for (uint8_t i = 0; i < 15; i++)
        digit[i] = (uint8_t)(i + 1);
    for (unsigned i = 0; i < 8; i++) {
        *state = mix(*state);
        unsigned j = i + (unsigned)draw_below(*state, 15 - i);
        uint8_t chosen = digit[j];

        digit[j] = digit[i];
        digit[i] = chosen;
        half = half << 4 | chosen;
    }
    return half;
}

uint64_t draw_key(uint64_t seed, uint32_t replication, enum purpose purpose)
{
    uint64_t state = mix(mix(mix(seed) ^ replication) ^ (uint64_t)purpose << 32);
    uint64_t high = eight_digits(&state), low;

    do /* a key must be odd; eight of the fifteen digits are */
        low = eight_digits(&state);
    while (low % 2 == 0);
    return high << 32 | low;
}
