/* SPDX-License-Identifier: GPL-3.0-or-later */
/* obstacle.c - see obstacle.h. */
#include "sim/net/obstacle.h"

#include "sim/value/draw.h"

static bool stops(const struct obstacle *obstacle, uint32_t from, uint32_t to)
{
    const uint8_t a = obstacle->sides[from], b = obstacle->sides[to];

    return obstacle->kind == FAULT_PARTITION
               ? a && b && a != b
               : obstacle->kind == FAULT_ONE_WAY && (a & SIDE_FROM) && (b & SIDE_TO);
}

bool obstacles_divide(const struct obstacles *obstacles, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (stops(obstacles->standing[i], a, b) || stops(obstacles->standing[i], b, a))
            return true;
    return false;
}

bool obstacles_disturb(const struct obstacles *obstacles, uint32_t node)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (obstacles->standing[i]->sides[node])
            return true;
    return false;
}

enum passage obstacles_pass(struct obstacles *obstacles, enum passage without, uint32_t from,
                            uint32_t to, uint32_t number, double *factor)
{
    enum passage passage = without, met;

    *factor = 1;
    for (uint32_t i = 0; i < obstacles->standing_count; i++) {
        struct obstacle *obstacle = obstacles->standing[i];
        const uint8_t a = obstacle->sides[from];

        met = PASSAGE_FREE;
        if (stops(obstacle, from, to))
            met = PASSAGE_CUT;
        else if (obstacle->kind == FAULT_LATENCY && a)
            *factor *= obstacle->factor;
        else if (obstacle->kind == FAULT_LOSS && a &&
                 bursts_lose(&obstacle->bursts, from, (uint32_t)draw(obstacle->key, from, number)))
            met = PASSAGE_LOST;
        passage = met > passage ? met : passage;
    }
    return passage;
}
