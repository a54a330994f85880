/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weights.c - see weights.h. */
#include "sim/value/weights.h"

#include <stdlib.h>

#define UNITS 0x1p60 /* of all together; rounding up adds less than 2^32 */

static struct weights *table_of(uint32_t count)
{
    struct weights *made = malloc(sizeof *made + (count + (size_t)1) * sizeof made->below[0]);

    if (made)
        made->count = count;
    return made;
}

struct weights *weights_new(const double *each, uint32_t count)
{
    struct weights *made = table_of(count);
    double sum = 0;
    uint64_t below = 0;

    if (!made)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        sum += each[i];
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t units = each[i] > 0 ? (uint64_t)(each[i] / sum * UNITS) : 0;

        made->below[i] = below;
        below += units > 0 ? units : each[i] > 0;
    }
    made->below[count] = below;
    return made;
}

void weights_free(struct weights *weights)
{
    free(weights);
}

uint64_t weights_bytes(const struct weights *weights)
{
    return sizeof *weights + (weights->count + (uint64_t)1) * sizeof weights->below[0];
}

struct weights *weights_scaled(const struct weights *weights, uint32_t count)
{
    struct weights *made = table_of(count);

    for (uint64_t i = 0; i <= count && made; i++)
        made->below[i] = weights->below[count > 0 ? i * weights->count / count : 0];
    return made;
}

uint32_t weights_find(const struct weights *weights, uint64_t at)
{
    uint32_t low = 0, high = weights->count; /* below[low] <= at < below[high] */

    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;

        if (weights->below[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}
