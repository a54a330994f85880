/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle_fault.c - faults of the network, in the oracle; see oracle.h. */
#include "tests/sim/oracle_state.h"

#include <assert.h>
#include <string.h>

void oracle_begin_faults(void)
{
    for (uint32_t i = 0; i < oracle.config->fault_count; i++)
        oracle_expect((struct coming){
            .time = oracle.config->faults[i].at, .class = FAULT, .value = i, .is_awaited = true });
}

/* The engine's node that a selector means as its `index`-th, or UINT32_MAX. */
static node_id selected(const struct sim_selector *of, const struct numbering *order,
                        const struct numbering *numbering, uint32_t index)
{
    const int64_t nodes = oracle.node_count;
    const int64_t count = of->kind == SELECT_SHARE     ? (int64_t)(of->share * (double)nodes + 0.5)
                          : of->kind == SELECT_COUNT   ? of->count
                          : of->kind == SELECT_ALL_BUT ? nodes - of->count
                          : of->kind == SELECT_RANGE   ? of->nodes
                                                       : nodes;

    if (index >= count || index >= nodes)
        return UINT32_MAX;
    return of->kind == SELECT_RANGE ? numbering_inside(numbering, (node_id)of->first + index)
                                    : numbering_inside(order, index);
}

/* The order in which nodes are drawn now: for the nodes of a selector of a side of a one-way cut
 * (1, 2) or of another fault (0), or for the shares of a partition (3). */
static struct numbering order_of(uint32_t what_for, const struct sim_selector *of)
{
    const uint64_t seed =
        draw(oracle.keys[PURPOSE_FAULT], (uint32_t)(oracle.now >> 32), (uint32_t)oracle.now);
    uint64_t word = of ? (uint64_t)of->count : 0;
    struct numbering order;

    if (of && of->kind == SELECT_SHARE)
        memcpy(&word, &of->share, sizeof word);
    numbering_init(
        &order, oracle.node_count,
        draw_key(seed ^ word, 8 * what_for + (of ? (uint32_t)of->kind : 7), PURPOSE_FAULT));
    return order;
}

static void put_on_sides(const struct numbering *numbering, uint32_t number)
{
    const struct sim_fault *fault = &oracle.config->faults[number];
    const struct sim_obstacle *obstacle = fault->obstacle;
    const struct numbering all = order_of(3, NULL);
    double taken = 0;

    for (size_t s = 0; s < obstacle->side_count; s++) {
        const struct sim_side *side = &obstacle->sides[s];
        const uint32_t what_for = fault->kind == FAULT_ONE_WAY ? 1 + (uint32_t)s : 0;

        for (size_t p = 0; p < side->part_count; p++) {
            const struct numbering order = order_of(what_for, &side->parts[p]);

            for (uint32_t i = 0; i < oracle.node_count; i++) {
                const node_id node = selected(&side->parts[p], &order, numbering, i);

                if (node != UINT32_MAX)
                    oracle.sides[number][s][node] = true;
            }
        }
        for (uint32_t i = 0; i < oracle.node_count; i++) /* the middle of its place is in it */
            if (taken * oracle.node_count < i + 0.5 &&
                i + 0.5 <= (taken + side->share) * oracle.node_count)
                oracle.sides[number][s][numbering_inside(&all, i)] = true;
        taken += side->share;
    }
}

/* What a fault put up falls, and nothing waits for that any more. */
static void take_down(uint32_t number)
{
    for (size_t s = 0; s < ORACLE_SIDES_MAX; s++)
        for (node_id i = 0; i < oracle.node_count; i++)
            oracle.sides[number][s][i] = oracle.links[number][i].has_sent = false;
    for (size_t i = 0; i < oracle.count; i++)
        if (oracle.coming[i].class == FAULT && oracle.coming[i].is_end &&
            oracle.coming[i].value == number)
            oracle.coming[i].is_awaited = false;
}

/* Somebody is on a side of it now. */
static bool has_sides(uint32_t fault)
{
    for (int s = 0; s < ORACLE_SIDES_MAX; s++)
        for (node_id i = 0; i < oracle.node_count; i++)
            if (oracle.sides[fault][s][i])
                return true;
    return false;
}

/* The last fault so far: what has been injected is to be agreed upon. */
static void strike(void)
{
    oracle.struck = oracle.injected;
    oracle.struck_at = oracle_credit();
    oracle.repaired_at = SIM_NEVER;
    oracle.has_struck = true;
}

void oracle_fault(const struct coming *c, const struct numbering *numbering)
{
    const struct sim_fault *fault = &oracle.config->faults[c->value];

    if (c->is_end) {
        if (c->is_awaited && has_sides(c->value))
            strike();
        if (c->is_awaited)
            take_down(c->value);
        return;
    }
    strike();
    if (fault->obstacle)
        take_down(c->value);
    if (fault->lasts > 0)
        oracle_expect((struct coming){ .time = oracle.now + fault->lasts,
                                       .class = FAULT,
                                       .value = c->value,
                                       .is_end = true,
                                       .is_awaited = true });
    if (fault->every > 0)
        oracle_expect((struct coming){
            .time = oracle.now + fault->every, .class = FAULT, .value = c->value });
    if (fault->obstacle)
        put_on_sides(numbering, c->value);
    for (uint32_t i = 0; i < oracle.config->fault_count && fault->kind == FAULT_HEAL; i++)
        if (oracle.config->faults[i].kind == FAULT_PARTITION ||
            oracle.config->faults[i].kind == FAULT_ONE_WAY)
            take_down(i);
}

bool oracle_awaits_fault(void)
{
    for (size_t i = 0; i < oracle.count; i++)
        if (oracle.coming[i].class == FAULT && oracle.coming[i].is_awaited)
            return true;
    return false;
}

bool oracle_is_cut(node_id from, node_id to)
{
    for (uint32_t f = 0; f < oracle.config->fault_count; f++)
        for (int s = 0; s < ORACLE_SIDES_MAX; s++)
            for (int t = 0; t < ORACLE_SIDES_MAX; t++) {
                const enum sim_fault_kind kind = oracle.config->faults[f].kind;

                if (((kind == FAULT_ONE_WAY && s < t) || (kind == FAULT_PARTITION && s != t)) &&
                    oracle.sides[f][s][from] && oracle.sides[f][t][to])
                    return true;
            }
    return false;
}

bool oracle_is_lost(struct oracle_link *link, uint32_t bits, double loss, double burst)
{
    double chance = loss;

    if (burst > 0 && link->has_sent)
        chance = link->was_lost ? 1 - 1 / burst : loss > 0 ? loss / (burst * (1 - loss)) : 0;
    link->has_sent = true;
    return link->was_lost = bits < (uint64_t)(chance * 0x1p32 + 0.5);
}

bool oracle_is_lost_by_fault(node_id from, uint32_t message)
{
    bool is_lost = false;

    for (uint32_t f = 0; f < oracle.config->fault_count; f++) {
        const struct sim_fault *fault = &oracle.config->faults[f];
        const uint64_t key =
            draw_key(draw(oracle.keys[PURPOSE_OBSTACLE], f, 0), 0, PURPOSE_OBSTACLE);

        if (fault->kind == FAULT_LOSS && oracle.sides[f][0][from])
            is_lost |= oracle_is_lost(&oracle.links[f][from], (uint32_t)draw(key, from, message),
                                      fault->obstacle->loss, fault->obstacle->loss_burst);
    }
    return is_lost;
}

double oracle_factor(node_id from)
{
    double factor = 1;

    for (uint32_t f = 0; f < oracle.config->fault_count; f++)
        if (oracle.config->faults[f].kind == FAULT_LATENCY && oracle.sides[f][0][from])
            factor *= oracle.config->faults[f].obstacle->factor;
    return factor;
}
