/* SPDX-License-Identifier: GPL-3.0-or-later */
/* partner.c - see partner.h. */
#include "models/partner.h"

const char *const partner_names[] = {
    [PARTNER_RANDOM] = "random",           [PARTNER_SHUFFLED] = "shuffled",
    [PARTNER_ROUND_ROBIN] = "round-robin", [PARTNER_NEAREST] = "nearest",
    [PARTNER_SPATIAL] = "spatial",         [PARTNER_LATENCY] = "latency",
    [PARTNER_WEIGHTED] = "weighted",       NULL
};

bool partner_is_anybody(const struct partners *partners)
{
    return partners->how == PARTNER_RANDOM && partners->own_group < 0;
}

bool partner_takes_turns(const struct partners *partners)
{
    return partners->how == PARTNER_SHUFFLED || partners->how == PARTNER_ROUND_ROBIN;
}

static bool pick_besides(struct node *n, const struct partners *partners, uint32_t *turns,
                         const node_id *found, int count, node_id *partner);

/* Of the part that is drawn, or of the other one if there is nobody; where all of it are in
 * `found`, one of these again. */
static __attribute__((noinline)) bool pick_by_group(struct node *n, const struct partners *partners,
                                                    uint32_t *turns, const node_id *found,
                                                    int count, node_id *partner)
{
    const bool is_own = node_draw_own(n, partners->own_group);
    struct partners within = *partners;
    bool is_met = false;

    within.own_group = -1;
    for (int i = 0; i < 2 && !is_met; i++) {
        const bool to_own = is_own == (i == 0);

        node_narrow(n, to_own);
        is_met = pick_besides(n, &within, turns ? &turns[!to_own] : NULL, found, count, partner);
        if (!is_met && count > 0)
            is_met = pick_besides(n, &within, turns ? &turns[!to_own] : NULL, NULL, 0, partner);
        node_widen(n);
    }
    return is_met;
}

/* By weight one that is none of the `count` in `found`. */
static bool pick_besides(struct node *n, const struct partners *partners, uint32_t *turns,
                         const node_id *found, int count, node_id *partner)
{
    if (partners->own_group >= 0)
        return pick_by_group(n, partners, turns, found, count, partner);
    if (partners->how == PARTNER_WEIGHTED)
        return node_pick_by_weight(n, found, count, partner);
    return partner_pick(n, partners, turns, partner);
}

bool partner_pick(struct node *n, const struct partners *partners, uint32_t *turns,
                  node_id *partner)
{
    const double next_only = 1000; /* 2^-1000 is no chance */

    if (partners->own_group >= 0)
        return pick_by_group(n, partners, turns, NULL, 0, partner);
    switch ((enum partner)partners->how) {
    case PARTNER_RANDOM:
        break;
    case PARTNER_SHUFFLED:
        return node_pick_shuffled(n, turns, partner);
    case PARTNER_ROUND_ROBIN:
        return node_pick_in_turn(n, turns, partner);
    case PARTNER_NEAREST:
        return node_pick_by_distance(n, next_only, partner);
    case PARTNER_SPATIAL:
        return node_pick_by_distance(n, partners->spatial_exponent, partner);
    case PARTNER_LATENCY:
        return node_pick_by_latency(n, (uint32_t)partners->latency_choices, partner);
    case PARTNER_WEIGHTED:
        return node_pick_by_weight(n, NULL, 0, partner);
    }
    return node_pick_peer(n, partner);
}

static bool is_among(const node_id *partners, int count, node_id partner)
{
    for (int i = 0; i < count; i++)
        if (partners[i] == partner)
            return true;
    return false;
}

int partner_pick_some(struct node *n, const struct partners *partners, uint32_t *turns,
                      node_id *found, int count)
{
    /* A lap that ends brings at most `count` again; of the others one is rare that comes so late.
     * There are few neighbours, one as likely as the other: they come soon, or not at all. */
    const int tries_max = partner_takes_turns(partners) ? 2 * count : 32 * count;
    const int vain_max = partners->how == PARTNER_NEAREST ? 32 : tries_max;
    int met = 0, vain = 0;

    if (count == 1)
        return partner_pick(n, partners, turns, found);
    if (partner_is_anybody(partners))
        return node_pick_peers(n, found, count);
    for (int tries = 0; met < count && tries < tries_max && vain < vain_max; tries++) {
        if (!pick_besides(n, partners, turns, found, met, &found[met]))
            break;
        vain = is_among(found, met, found[met]) ? vain + 1 : 0;
        met += vain == 0;
    }
    return met;
}

void hunt_begin(struct node *n)
{
    node_records_keep(n, 0);
}

/* The record of a partner that was called in this cycle, or NULL. */
static struct called *find_called(struct node *n, node_id partner)
{
    struct called *called = node_records(n);

    for (uint32_t i = 0; i < node_record_count(n); i++)
        if (called[i].partner == partner)
            return &called[i];
    return NULL;
}

void hunt_note(struct node *n, node_id partner)
{
    if (!find_called(n, partner))
        *(struct called *)node_record_add(n) = (struct called){ .partner = partner & INT32_MAX };
}

bool hunt_hear(struct node *n, node_id partner)
{
    struct called *called = find_called(n, partner);

    if (!called || called->has_answered)
        return false;
    called->has_answered = true;
    return true;
}

bool hunt_pick(struct node *n, const struct partners *partners, uint32_t *turns, node_id *partner)
{
    /* The last one of n equally likely ones is missed in one of e^32 hunts. */
    const uint32_t tries_max = 64 + 32 * node_record_count(n);

    for (uint32_t tries = 0; tries < tries_max; tries++) {
        if (!partner_pick(n, partners, turns, partner))
            return false;
        if (!find_called(n, *partner))
            return true;
    }
    return false;
}
