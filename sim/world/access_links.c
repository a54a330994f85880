/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access_links.c - see access_links.h. */
#include "sim/world/access_links.h"

#include <assert.h>

static uint64_t queue_max_of(int64_t queue_bytes)
{
    return queue_bytes < 0 ? UINT64_MAX : (uint64_t)queue_bytes;
}

/* The class of each node's access link: given, or drawn. */
static const uint16_t *find_classes(struct run *run)
{
    const struct sim_network *network = &run->config->network;
    uint16_t *classes = memory_get(&run->memory, run->nodes, sizeof *classes);

    for (node_id i = 0; classes && network->access_of && i < run->nodes; i++)
        classes[i] = network->access_of[numbering_outside(&run->numbering, i)];
    for (node_id i = 0; classes && !network->access_of && i < run->nodes; i++) {
        const uint64_t bits = draw(run->keys[PURPOSE_ACCESS], i, 0);
        double below = network->access[0].share;

        while (classes[i] + 1u < network->access_count && !draw_chance(bits, below))
            below += network->access[++classes[i]].share;
    }
    return classes;
}

/* The limits of the access links of one direction: those of classes, those of groups, or one for
 * all. */
struct limits {
    struct link_rate all;
    struct link_rate *rates; /* NULL: all are alike */
    bool are_limits;
};

static struct limits limits_of(struct run *run, bool is_down)
{
    const struct sim_network *network = &run->config->network;
    const struct sim_groups *groups = network->groups;
    const size_t count = network->access ? network->access_count : groups ? groups->count : 0;
    struct limits limits = { .all = { (uint64_t)(is_down ? network->downlink : network->bandwidth),
                                      queue_max_of(network->queue_bytes) } };

    limits.are_limits = count == 0 && limits.all.bandwidth > 0;
    limits.rates = count > 0 ? memory_get(&run->memory, count, sizeof *limits.rates) : NULL;
    for (size_t i = 0; limits.rates && i < count; i++) {
        struct link_rate *rate = &limits.rates[i];

        *rate = limits.all;
        if (network->access) {
            const struct sim_access_class *class = &network->access[i];

            rate->bandwidth = (uint64_t)(is_down ? class->downlink : class->bandwidth);
        } else {
            const struct sim_group *group = &groups->list[i];

            rate->bandwidth = (uint64_t)(is_down ? group->downlink : group->bandwidth);
            rate->queue_max = queue_max_of(group->queue_bytes);
        }
        limits.are_limits |= rate->bandwidth > 0;
    }
    return limits;
}

/* The access links of one direction; `kinds`: which of the limits each node has. */
static void init_links(struct run *run, struct uplinks *links, const uint16_t *kinds, bool is_down)
{
    const struct limits limits = limits_of(run, is_down);

    if (!limits.are_limits)
        return;
    uplinks_init(links, &run->memory, run->nodes, limits.all.bandwidth, limits.all.queue_max);
    links->rates = limits.rates;
    links->kinds = kinds;
}

void access_links_init(struct run *run)
{
    const struct sim_network *network = &run->config->network;
    struct effects *effects = &run->effects;

    const uint16_t *kinds = network->access ? find_classes(run) : effects->regions.of;

    if (run->memory.is_short)
        return;
    init_links(run, &effects->uplinks, kinds, false);
    init_links(run, &effects->downlinks, kinds, true);
    assert(!run->round || (!effects->uplinks.nodes && !effects->downlinks.nodes));
}
