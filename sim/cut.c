/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cut.c - see cut.h. */
#include "sim/cut.h"
#include "sim/selection.h"
#include "sim/weather.h"

void cuts_init(struct run *run)
{
    const struct sim_config *config = run->config;
    struct cuts *cuts = &run->weather.cuts;
    size_t count = 0;

    for (size_t i = 0; i < config->fault_count; i++)
        count += config->faults[i].cut != NULL;
    if (count == 0)
        return;
    cuts->of_fault = memory_get(&run->memory, config->fault_count, sizeof *cuts->of_fault);
    cuts->holding = memory_get(&run->memory, count, sizeof(struct cut *));
}

/* ---- sides ---- */

static void mark(struct cut *cut, node_id node, size_t side)
{
    if (cut->is_one_way)
        cut->sides[node] |= side == 0 ? CUT_FROM : CUT_TO;
    else
        cut->sides[node] = (uint8_t)(side + 1);
}

static uint32_t nodes_of_share(double share, uint32_t nodes)
{
    const double count = share * nodes + 0.5;

    return count < nodes ? (uint32_t)count : nodes;
}

static void draw_sides(const struct run *run, struct cut *cut, const struct sim_cut *plan)
{
    struct selection selection;
    double before = 0;

    selection_init(&selection, run, run->node.now);
    for (size_t i = 0; i < plan->side_count; i++) {
        const struct sim_side *side = &plan->sides[i];

        for (size_t k = 0; k < side->part_count; k++)
            for (uint32_t n = selection_count(&selection, &side->parts[k]); n-- > 0;)
                mark(cut, selection_node(&selection, &side->parts[k], n), i);
        for (uint32_t n = nodes_of_share(before, run->nodes);
             n < nodes_of_share(before + side->share, run->nodes); n++)
            mark(cut, selection_drawn(&selection, n), i);
        before += side->share;
    }
}

/* Whether a node is on a side of any cut that holds. */
static bool is_cut(const struct cuts *cuts, node_id node)
{
    for (uint32_t i = 0; i < cuts->holding_count; i++)
        if (cuts->holding[i]->sides[node])
            return true;
    return false;
}

static uint32_t count_on_sides(const struct run *run, const struct cut *cut)
{
    uint32_t count = 0;

    for (node_id i = 0; i < run->nodes; i++)
        count += cut->sides[i] > 0;
    return count;
}

/* ---- beginning and ending ---- */

/* False if the cut did not hold.  An end that the run still waited for will not come. */
static bool release(struct run *run, const struct cut *cut)
{
    struct cuts *cuts = &run->weather.cuts;

    for (uint32_t i = 0; i < cuts->holding_count; i++) {
        if (cuts->holding[i] != cut)
            continue;
        cuts->holding[i] = cuts->holding[--cuts->holding_count];
        run->faults_left -= cut->until != INT64_MAX;
        return true;
    }
    return false;
}

uint32_t cut_begin(struct run *run, uint32_t fault, sim_time until)
{
    struct cuts *cuts = &run->weather.cuts;
    struct cut *cut = &cuts->of_fault[fault];

    release(run, cut);
    if (cut->sides)
        memset(cut->sides, 0, run->nodes);
    else
        cut->sides = memory_get(&run->memory, run->nodes, sizeof *cut->sides);
    if (!cut->sides)
        return 0;
    cut->is_one_way = run->config->faults[fault].kind == FAULT_ONE_WAY;
    cut->until = until;
    run->faults_left += until != INT64_MAX;
    draw_sides(run, cut, run->config->faults[fault].cut);
    cuts->holding[cuts->holding_count++] = cut;
    weather_look(run);
    return count_on_sides(run, cut);
}

uint32_t cut_end(struct run *run, uint32_t fault)
{
    const struct cut *cut = &run->weather.cuts.of_fault[fault];

    if (cut->until != run->node.now || !release(run, cut))
        return 0;
    weather_look(run);
    return count_on_sides(run, cut);
}

uint32_t cut_heal(struct run *run)
{
    struct cuts *cuts = &run->weather.cuts;
    uint32_t count = 0;

    for (node_id i = 0; i < run->nodes && cuts->holding_count > 0; i++)
        count += is_cut(cuts, i);
    while (cuts->holding_count > 0)
        release(run, cuts->holding[cuts->holding_count - 1]);
    weather_look(run);
    return count;
}
