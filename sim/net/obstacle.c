/* SPDX-License-Identifier: GPL-3.0-or-later */
/* obstacle.c - see obstacle.h. */
#include "sim/net/obstacle.h"

void obstacles_meet(struct obstacles *obstacles, const struct departure *message, struct fate *fate)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        obstacles->standing[i]->meet(obstacles->standing[i], message, fate);
}

/* Those that cut draw nothing, so one may ask them about messages that nobody sent. */
bool obstacles_cut(const struct obstacles *obstacles, uint32_t from, uint32_t to)
{
    const struct departure message = { .from = from, .to = to };
    struct fate fate = { .passage = PASSAGE_FREE, .factor = 1 };

    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (obstacles->standing[i]->cuts)
            obstacles->standing[i]->meet(obstacles->standing[i], &message, &fate);
    return fate.passage == PASSAGE_CUT;
}

bool obstacles_divide(const struct obstacles *obstacles, uint32_t a, uint32_t b)
{
    return obstacles_cut(obstacles, a, b) || obstacles_cut(obstacles, b, a);
}

bool obstacles_disturb(const struct obstacles *obstacles, uint32_t node)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (obstacles->standing[i]->sides[node])
            return true;
    return false;
}
