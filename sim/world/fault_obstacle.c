/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault_obstacle.c - see fault_obstacle.h. */
#include "sim/world/fault_obstacle.h"

#include "sim/fault_kind.h"
#include "sim/world/fault.h"
#include "sim/world/network_effects.h"
#include "sim/world/selection.h"

void obstacles_init(struct run *run)
{
    const struct sim_config *config = run->config;
    struct obstacles *obstacles = &run->effects.obstacles;
    size_t count = 0;

    for (size_t i = 0; i < config->fault_count; i++)
        count += config->faults[i].obstacle != NULL;
    if (count == 0)
        return;
    obstacles->of_fault =
        memory_get(&run->memory, config->fault_count, sizeof *obstacles->of_fault);
    obstacles->standing = memory_get(&run->memory, count, sizeof *obstacles->standing);
}

/* ---- sides ---- */

static void mark(struct obstacle *obstacle, node_id node, size_t side)
{
    if (fault_kinds[obstacle->kind].about == ABOUT_SIDES)
        obstacle->sides[node] = (uint8_t)(side + 1);
    else
        obstacle->sides[node] |= side == 0 ? SIDE_FROM : SIDE_TO;
}

static uint32_t nodes_of_share(double share, uint32_t nodes)
{
    const double count = share * nodes + 0.5;

    return count < nodes ? (uint32_t)count : nodes;
}

/* All nodes that the parts of a side mean. */
static void mark_parts(const struct run *run, struct obstacle *obstacle, sim_time drawn,
                       const struct sim_side *side, size_t number)
{
    const uint32_t what_for = fault_kinds[obstacle->kind].about == ABOUT_WAY
                                  ? SELECTED_SIDES_ONE_WAY + (uint32_t)number
                                  : SELECTED_NODES;
    struct selection selection;

    for (size_t k = 0; k < side->part_count; k++) {
        selection_init(&selection, run, drawn, what_for, &side->parts[k]);
        for (uint32_t i = 0; i < selection.count; i++)
            mark(obstacle, selection_node(&selection, i), number);
    }
}

static void draw_sides(const struct run *run, struct obstacle *obstacle, sim_time drawn)
{
    const struct sim_obstacle *plan = obstacle->plan;
    struct selection all;
    double before = 0;

    selection_init(&all, run, drawn, SELECTED_SIDES, NULL);
    for (size_t i = 0; i < plan->side_count; i++) {
        const struct sim_side *side = &plan->sides[i];

        mark_parts(run, obstacle, drawn, side, i);
        for (uint32_t n = nodes_of_share(before, run->nodes);
             n < nodes_of_share(before + side->share, run->nodes); n++)
            mark(obstacle, selection_node(&all, n), i);
        before += side->share;
    }
}

static uint32_t count_on_sides(const struct run *run, const struct obstacle *obstacle)
{
    uint32_t count = 0;

    for (node_id i = 0; i < run->nodes; i++)
        count += obstacle->sides[i] > 0;
    return count;
}

/* ---- putting up and taking down ---- */

/* False if it did not stand.  An end that the run still waited for will not come. */
static bool take_down(struct run *run, const struct obstacle *obstacle)
{
    struct obstacles *obstacles = &run->effects.obstacles;

    for (uint32_t i = 0; i < obstacles->standing_count; i++) {
        if (obstacles->standing[i] != obstacle)
            continue;
        obstacles->standing[i] = obstacles->standing[--obstacles->standing_count];
        run->faults_left -= obstacle->until != INT64_MAX;
        return true;
    }
    return false;
}

/* Room for it, once, and what its fault says; false if memory is short. */
static bool make(struct run *run, struct obstacle *obstacle, uint32_t fault)
{
    const struct sim_fault *plan = &run->config->faults[fault];
    const struct fault_kind *kind = &fault_kinds[plan->kind];

    obstacle->kind = plan->kind;
    obstacle->meet = kind->meet;
    obstacle->cuts = kind->about == ABOUT_SIDES || kind->about == ABOUT_WAY;
    obstacle->plan = plan->obstacle;
    obstacle->key = draw_key(draw(run->keys[PURPOSE_OBSTACLE], fault, 0), 0, PURPOSE_OBSTACLE);
    if (!obstacle->sides)
        obstacle->sides = memory_get(&run->memory, run->nodes, sizeof *obstacle->sides);
    if (kind->put_up)
        kind->put_up(run, obstacle);
    if (run->memory.is_short)
        return false;
    memset(obstacle->sides, 0, run->nodes);
    return true;
}

uint32_t obstacle_begin(struct run *run, uint32_t fault, sim_time until)
{
    struct obstacles *obstacles = &run->effects.obstacles;
    struct obstacle *obstacle = &obstacles->of_fault[fault];

    take_down(run, obstacle);
    if (!make(run, obstacle, fault))
        return 0;
    draw_sides(run, obstacle, fault_drawn(&run->config->faults[fault], run->node.now));
    obstacle->until = until;
    run->faults_left += until != INT64_MAX;
    obstacles->standing[obstacles->standing_count++] = obstacle;
    effects_look(run);
    return count_on_sides(run, obstacle);
}

uint32_t obstacle_end(struct run *run, uint32_t fault)
{
    const struct obstacle *obstacle = &run->effects.obstacles.of_fault[fault];

    if (obstacle->until != run->node.now || !take_down(run, obstacle))
        return 0;
    effects_look(run);
    return count_on_sides(run, obstacle);
}

static bool is_among(const struct obstacle *obstacle, uint32_t kinds)
{
    return kinds >> obstacle->kind & 1;
}

/* Whether a node is on a side of any that stands of these kinds. */
static bool is_on_side(const struct obstacles *obstacles, node_id node, uint32_t kinds)
{
    for (uint32_t i = 0; i < obstacles->standing_count; i++)
        if (is_among(obstacles->standing[i], kinds) && obstacles->standing[i]->sides[node])
            return true;
    return false;
}

uint32_t obstacles_end(struct run *run, uint32_t kinds)
{
    struct obstacles *obstacles = &run->effects.obstacles;
    uint32_t count = 0;

    for (node_id i = 0; i < run->nodes && obstacles->standing_count > 0; i++)
        count += is_on_side(obstacles, i, kinds);
    for (uint32_t i = obstacles->standing_count; i-- > 0;)
        if (is_among(obstacles->standing[i], kinds))
            take_down(run, obstacles->standing[i]);
    effects_look(run);
    return count;
}
