/* SPDX-License-Identifier: GPL-3.0-or-later */
/* partner.c - see partner.h. */
#include "models/partner.h"

const char *const partner_names[] = {
    [PARTNER_RANDOM] = "random",           [PARTNER_SHUFFLED] = "shuffled",
    [PARTNER_ROUND_ROBIN] = "round-robin", [PARTNER_NEAREST] = "nearest",
    [PARTNER_SPATIAL] = "spatial",         NULL
};

bool partner_takes_turns(int how)
{
    return how == PARTNER_SHUFFLED || how == PARTNER_ROUND_ROBIN;
}

bool partner_pick(struct node *n, const struct partner_choice *choice, node_id *partner)
{
    const double next_only = 1000; /* 2^-1000 is no chance */

    switch (choice->how) {
    case PARTNER_RANDOM:
        break;
    case PARTNER_SHUFFLED:
        return node_pick_shuffled(n, choice->turn, partner);
    case PARTNER_ROUND_ROBIN:
        return node_pick_in_turn(n, choice->turn, partner);
    case PARTNER_NEAREST:
        return node_pick_by_distance(n, next_only, partner);
    case PARTNER_SPATIAL:
        return node_pick_by_distance(n, choice->exponent, partner);
    }
    return node_pick_peer(n, partner);
}

void hunt_begin(struct node *n)
{
    node_records_keep(n, 0);
}

static bool was_called(struct node *n, node_id partner)
{
    const struct called *called = node_records(n);

    for (uint32_t i = 0; i < node_record_count(n); i++)
        if (called[i].partner == partner)
            return true;
    return false;
}

void hunt_note(struct node *n, node_id partner)
{
    if (!was_called(n, partner))
        ((struct called *)node_record_add(n))->partner = partner;
}

bool hunt_pick(struct node *n, const struct partner_choice *choice, node_id *partner)
{
    /* The last one of n equally likely ones is missed in one of e^32 hunts. */
    const uint32_t tries_max = 64 + 32 * node_record_count(n);

    for (uint32_t tries = 0; tries < tries_max; tries++) {
        if (!partner_pick(n, choice, partner))
            return false;
        if (!was_called(n, *partner))
            return true;
    }
    return false;
}
