/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random.c - see random.h. */
#include "bench/random.h"

#include "bench/work.h"

#include <math.h>

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t random_bits(struct random *r)
{
    uint64_t *s = r->state;
    const uint64_t out = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

struct random random_seed(uint64_t seed) /* by splitmix64, as the authors advise */
{
    struct random r;

    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        r.state[i] = z ^ z >> 31;
    }
    return r;
}

double random_uniform(struct random *r)
{
    return ((double)(random_bits(r) >> 12) + 0.5) * 0x1p-52;
}

uint32_t random_below(struct random *r, uint32_t limit)
{
    return (uint32_t)((random_bits(r) >> 32) * limit >> 32);
}

int64_t random_exponential(struct random *r, double mean_s)
{
    return (int64_t)(-log(random_uniform(r)) * mean_s * 1e9);
}

uint32_t random_peer(struct random *r, uint32_t node, uint32_t nodes)
{
    const uint32_t peer = random_below(r, nodes - 1);

    return peer + (peer >= node);
}

bool random_loss(struct random *r)
{
    return random_uniform(r) < WORK_LOSS;
}

int64_t random_latency(struct random *r)
{
    return random_exponential(r, WORK_LATENCY_S);
}

int64_t random_phase(struct random *r)
{
    return (int64_t)(random_uniform(r) * (double)WORK_INTERVAL);
}
