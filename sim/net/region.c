/* SPDX-License-Identifier: GPL-3.0-or-later */
/* region.c - see region.h. */
#include "sim/net/region.h"

/* Whether links of some group lose otherwise than those of nodes without groups. */
static bool links_differ(const struct sim_network *network)
{
    const struct sim_groups *groups = network->groups;

    for (size_t i = 0; i < groups->count; i++)
        if (groups->list[i].loss != network->loss ||
            groups->list[i].loss_burst != network->loss_burst)
            return true;
    return false;
}

static bool paths_have_bursts(const struct sim_groups *groups)
{
    for (size_t i = 0; groups->loss && i < groups->count * groups->count; i++)
        if (groups->loss[i].burst > 0)
            return true;
    return false;
}

double regions_node_bytes(const struct sim_network *network)
{
    double bytes = 0;

    if (!network->groups)
        return 0;
    bytes += sizeof(uint16_t);
    bytes += links_differ(network) ? sizeof(uint8_t) : 0;
    bytes += paths_have_bursts(network->groups) ? (double)network->groups->count : 0;
    return bytes;
}

/* Gives each node its group. */
static void settle(struct regions *regions, const struct numbering *numbering)
{
    node_id scenarios = 0;

    for (uint32_t group = 0; group < regions->count; group++)
        for (int64_t i = 0; i < regions->plan->list[group].nodes; i++)
            regions->of[numbering_inside(numbering, scenarios++)] = (uint16_t)group;
}

static void init_links(struct regions *regions, struct memory *memory, uint32_t nodes)
{
    regions->links = memory_get(memory, regions->count, sizeof *regions->links);
    regions->link_states = memory_get(memory, nodes, sizeof *regions->link_states);
    for (uint32_t i = 0; i < regions->count && regions->links; i++)
        bursts_bounds(regions->plan->list[i].loss, regions->plan->list[i].loss_burst,
                      regions->links[i].below);
}

static void init_paths(struct regions *regions, struct memory *memory, uint32_t nodes)
{
    const size_t pairs = (size_t)regions->count * regions->count;

    regions->paths = memory_get(memory, pairs, sizeof *regions->paths);
    if (paths_have_bursts(regions->plan))
        regions->path_states =
            memory_get(memory, (size_t)nodes * regions->count, sizeof *regions->path_states);
    for (size_t i = 0; i < pairs && regions->paths; i++)
        bursts_bounds(regions->plan->loss[i].mean, regions->plan->loss[i].burst,
                      regions->paths[i].below);
}

void regions_init(struct regions *regions, struct memory *memory, const struct sim_network *network,
                  const struct numbering *numbering)
{
    const uint32_t nodes = numbering->nodes;

    if (!network->groups)
        return;
    regions->plan = network->groups;
    regions->count = (uint32_t)network->groups->count;
    regions->of = memory_get(memory, nodes, sizeof *regions->of);
    if (links_differ(network))
        init_links(regions, memory, nodes);
    if (network->groups->loss)
        init_paths(regions, memory, nodes);
    if (regions->of)
        settle(regions, numbering);
}

/* Whether a message is lost by the bounds of a link in that state, which changes. */
static bool lose(const struct loss_bounds *bounds, uint8_t *state, uint32_t bits)
{
    const bool is_lost = bits < bounds->below[*state];

    *state = is_lost ? LINK_BAD : LINK_GOOD;
    return is_lost;
}

bool regions_lose_on_link(struct regions *regions, uint32_t from, uint32_t bits)
{
    return lose(&regions->links[regions->of[from]], &regions->link_states[from], bits);
}

bool regions_lose_on_path(struct regions *regions, uint32_t from, uint32_t to, uint32_t bits)
{
    const uint32_t group = regions->of[to];
    const size_t pair = (size_t)regions->of[from] * regions->count + group;
    uint8_t none = LINK_NEW;

    return lose(&regions->paths[pair],
                regions->path_states ? &regions->path_states[(size_t)from * regions->count + group]
                                     : &none,
                bits);
}
