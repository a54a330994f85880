/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * draws.c - peers, delays and phases for limit.c, many at a time.
 *
 * The loops are written so that a compiler makes vectors of them: no branch, no call, no carried
 * value.  1.5 ns a draw with vectors of 512 bits.
 */
#include "bench/draws.h"

#include "bench/work.h"

#include <stdlib.h>
#include <string.h>

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void random_words(struct draws *d, uint64_t out[static BATCH])
{
    uint64_t s[4][STREAMS];

    memcpy(s, d->state, sizeof s);
    for (int i = 0; i < BATCH; i += STREAMS) {
        for (int j = 0; j < STREAMS; j++) {
            const uint64_t t = s[1][j] << 17;

            out[i + j] = rotate(s[0][j] + s[3][j], 23) + s[0][j];
            s[2][j] ^= s[0][j];
            s[3][j] ^= s[1][j];
            s[1][j] ^= s[2][j];
            s[0][j] ^= s[3][j];
            s[2][j] ^= t;
            s[3][j] = rotate(s[3][j], 45);
        }
    }
    memcpy(d->state, s, sizeof s);
}

/* -ln(x) to 1e-7 for x > 0: x = m * 2^e, 0.7 < m < 1.42, and the series of artanh for ln(m). */
static inline float minus_log(float x)
{
    int32_t bits, mantissa;
    float m;

    memcpy(&bits, &x, sizeof bits);
    const int32_t e = (bits - 0x3f3504f3) >> 23;
    mantissa = bits - e * (1 << 23);
    memcpy(&m, &mantissa, sizeof m);
    const float s = (m - 1) / (m + 1), q = s * s;

    return -0.69314718f * (float)e - 2 * s * (1 + q * (1 / 3.0f + q * (1 / 5.0f + q / 7.0f)));
}

void draws_fill(struct draws *d)
{
    const int32_t lost = (int32_t)(WORK_LOSS * 0x1p31);
    const float scale = (float)(1 / (0x1p31 * (1 - WORK_LOSS)));
    const float mean = (float)(WORK_LATENCY_S * TICKS_S), longest = (float)d->delay_max;
    uint64_t word[BATCH];

    random_words(d, word);
    for (int i = 0; i < BATCH; i++)
        d->peer[i] = (uint32_t)((word[i] >> 32) * d->peers >> 32);
    for (int i = 0; i < BATCH; i++) {
        const int32_t u = (int32_t)((uint32_t)word[i] >> 1) - lost;
        const float x = mean * minus_log((float)(abs(u) + 1) * scale);
        const int32_t ticks = (int32_t)(x < longest ? x > 0 ? x : 0 : longest);

        d->delay[i] = ticks | (u & INT32_MIN);
    }
    d->next = 0;
}

void draws_start(struct draws *d, uint64_t seed, uint32_t nodes, int32_t delay_max)
{
    for (int i = 0; i < 4 * STREAMS; i++) { /* by splitmix64 */
        uint64_t z = seed += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        d->state[i % 4][i / 4] = z ^ z >> 31;
    }
    d->peers = nodes - 1;
    d->delay_max = delay_max;
    draws_fill(d);
}

/*
 * Phases in ascending order without sorting: the sums of n + 1 exponential variates over their
 * total are n sorted uniform ones (Devroye, Non-Uniform Random Variate Generation, 1986, V.3).
 */
static uint64_t spacings(struct draws *d, uint32_t *phase, uint32_t nodes, double scale)
{
    uint64_t sum = 0;

    for (uint32_t k = 0; k <= nodes;) {
        if (d->next == BATCH)
            draws_fill(d);
        const int32_t spacing = d->delay[d->next++];

        if (spacing < 0)
            continue;
        sum += (uint32_t)spacing;
        phase[k++] = (uint32_t)((double)sum * scale);
    }
    return sum;
}

void draws_phases(struct draws *d, uint32_t *phase, uint32_t nodes)
{
    struct draws again = *d;
    const uint64_t total = spacings(&again, phase, nodes, 0);

    spacings(d, phase, nodes, (TICKS_S - 1) / (double)total);
    phase[nodes] = UINT32_MAX;
}
