/* SPDX-License-Identifier: GPL-3.0-or-later */
/* obstacle.c - see obstacle.h. */
#include "sim/net/obstacle.h"

#include "sim/value/draw.h"

enum passage obstacles_pass(struct obstacles *obstacles, enum passage without, uint32_t from,
                            uint32_t to, uint32_t number, double *factor)
{
    enum passage passage = without, met;

    *factor = 1;
    for (uint32_t i = 0; i < obstacles->standing_count; i++) {
        struct obstacle *obstacle = obstacles->standing[i];
        const uint8_t a = obstacle->sides[from], b = obstacle->sides[to];

        met = PASSAGE_FREE;
        if (obstacle->kind == FAULT_PARTITION)
            met = a && b && a != b ? PASSAGE_CUT : PASSAGE_FREE;
        else if (obstacle->kind == FAULT_ONE_WAY)
            met = (a & SIDE_FROM) && (b & SIDE_TO) ? PASSAGE_CUT : PASSAGE_FREE;
        else if (obstacle->kind == FAULT_LATENCY && a)
            *factor *= obstacle->factor;
        else if (obstacle->kind == FAULT_LOSS && a &&
                 bursts_lose(&obstacle->bursts, from, (uint32_t)draw(obstacle->key, from, number)))
            met = PASSAGE_LOST;
        passage = met > passage ? met : passage;
    }
    return passage;
}
