/* SPDX-License-Identifier: GPL-3.0-or-later */
/* obstacle.c - see obstacle.h. */
#include "sim/net/obstacle.h"

#include "sim/value/draw.h"

static bool cuts(const struct obstacle *obstacle, uint32_t from, uint32_t to)
{
    const uint8_t a = obstacle->sides[from], b = obstacle->sides[to];

    if (obstacle->kind == FAULT_PARTITION)
        return a && b && a != b;
    return obstacle->kind == FAULT_ONE_WAY && (a & SIDE_FROM) && (b & SIDE_TO);
}

bool obstacles_cut(const struct obstacles *obstacles, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (cuts(obstacles->standing[i], from, to))
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
        const uint8_t side = obstacle->sides[from];

        met = cuts(obstacle, from, to) ? PASSAGE_CUT : PASSAGE_FREE;
        if (obstacle->kind == FAULT_LATENCY && side)
            *factor *= obstacle->factor;
        else if (obstacle->kind == FAULT_LOSS && side &&
                 bursts_lose(&obstacle->bursts, from, (uint32_t)draw(obstacle->key, from, number)))
            met = PASSAGE_LOST;
        passage = met > passage ? met : passage;
    }
    return passage;
}
