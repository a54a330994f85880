/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distance.c - see distance.h. */
#include "sim/value/distance.h"
#include "sim/value/draw.h"

#include <math.h>

/* The weight of distance d, that of distance 1 being 2^log2. */
static uint64_t weight(uint32_t d, double exponent, int log2)
{
    int binary;
    double fraction = frexp(pow(d, -exponent), &binary);

    return (uint64_t)(ldexp(floor(ldexp(fraction, 24) + 0.5), binary - 24 + log2) + 0.5);
}

/* So that as many as `reach` weights add up to less than 2^63. */
static int log2_of_first(uint32_t reach)
{
    int log2 = 62;

    for (; reach > 0; reach /= 2)
        log2--;
    return log2;
}

static struct distance_law *find(struct distances *distances, struct memory *memory,
                                 double exponent, uint32_t size)
{
    for (int i = 0; i < distances->count; i++)
        if (distances->laws[i].size == size && !(distances->laws[i].exponent < exponent) &&
            !(distances->laws[i].exponent > exponent))
            return &distances->laws[i];
    if (distances->count == DISTANCE_LAWS_MAX)
        return NULL;

    struct distance_law *law = &distances->laws[distances->count];
    const uint32_t reach = size / 2;
    const int log2 = log2_of_first(reach);
    uint64_t sum = 0;

    *law =
        (struct distance_law){ exponent, size, memory_get(memory, reach, sizeof *law->cumulated) };
    if (!law->cumulated)
        return NULL;
    for (uint32_t d = 1; d <= reach; d++) /* right across lies one node, not two */
        law->cumulated[d - 1] = sum += weight(d, exponent, log2 - (2 * d == size));
    distances->count++;
    return law;
}

/* The first distance whose cumulated weight exceeds this. */
static uint32_t distance_at(const struct distance_law *law, uint64_t at)
{
    uint32_t low = 0, high = law->size / 2;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (law->cumulated[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low + 1;
}

uint32_t distances_draw(struct distances *distances, struct memory *memory, double exponent,
                        uint32_t size, uint64_t bits)
{
    const struct distance_law *law = size > 3 ? find(distances, memory, exponent, size) : NULL;

    return law ? distance_at(law, draw_below(bits, law->cumulated[size / 2 - 1])) : 1;
}

/* What all distances below one weigh together. */
static uint64_t weight_below(const struct distance_law *law, uint32_t distance)
{
    return distance > 1 ? law->cumulated[distance - 2] : 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t distances_draw_between(struct distances *distances, struct memory *memory, double exponent,
                                uint32_t size, uint32_t from, uint32_t to, uint64_t bits)
{
    const struct distance_law *law = size > 3 ? find(distances, memory, exponent, size) : NULL;
    const uint32_t reach = size / 2, up_to = least(to, reach), down_to = least(size - from, reach);
    uint64_t up, down, at;

    if (!law)
        return 0;
    up = from <= up_to ? weight_below(law, up_to + 1) - weight_below(law, from) : 0;
    down = size - to <= down_to ? weight_below(law, down_to + 1) - weight_below(law, size - to) : 0;
    if (up + down == 0)
        return 0;
    at = draw_below(bits, up + down);
    if (at < up)
        return distance_at(law, weight_below(law, from) + at);
    return size - distance_at(law, weight_below(law, size - to) + (at - up));
}

double distances_weight(struct distances *distances, struct memory *memory, double exponent,
                        uint32_t size, uint32_t steps)
{
    const struct distance_law *law = size > 3 ? find(distances, memory, exponent, size) : NULL;
    const uint32_t distance = steps < size - steps ? steps : size - steps;

    if (!law)
        return distance == 1;
    const uint64_t before = distance > 1 ? law->cumulated[distance - 2] : 0;
    const double weight = (double)(law->cumulated[distance - 1] - before);

    return 2 * distance == size ? 2 * weight : weight; /* of one node, not two */
}
