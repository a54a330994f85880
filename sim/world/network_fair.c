/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_fair.c - see network_fair.h. */
#include "sim/world/network_fair.h"
#include "sim/world/network_effects.h"

/* When the next message will have left the uplink of the node whose turn it is; 0: there is none.
 */
static sim_time next_leaves(const struct run *run)
{
    return fair_link_next(&run->effects.fair, run->node.id,
                          uplinks_bandwidth(&run->effects.uplinks, run->node.id));
}

/* Has it looked after then, unless it is before. */
static void expect(struct run *run)
{
    const node_id node = run->node.id;
    struct fair_link *link = &run->effects.fair.nodes[node];
    const sim_time next = next_leaves(run);

    if (next == 0 || (link->due > 0 && link->due <= next))
        return;
    link->due = next;
    event_queue_put(
        &run->queue, next,
        (struct event){ .when = EVENT_TIMER << 8 | LAYER_ENGINE << 4 | ENGINE_UPLINK_IDLE,
                        .to = node },
        1);
}

void fair_send(struct run *run, const struct letter *letter, uint64_t bytes)
{
    struct effects *effects = &run->effects;

    if (!uplinks_limit(&effects->uplinks, run->node.id))
        effects_set_out(run, letter, 0);
    else if (fair_link_add(&effects->fair, run->node.id, run->node.now,
                           uplinks_bandwidth(&effects->uplinks, run->node.id), letter, bytes))
        expect(run);
}

void fair_depart(struct run *run)
{
    struct effects *effects = &run->effects;
    const node_id node = run->node.id;
    struct fair_link *link = &effects->fair.nodes[node];
    /* Others may have come since, and it takes longer. */
    const bool has_left = next_leaves(run) <= run->node.now;
    struct letter letter;

    if (link->due != run->node.now) /* it has been looked after earlier */
        return;
    link->due = 0;
    while (has_left && fair_link_take(&effects->fair, node, run->node.now,
                                      uplinks_bandwidth(&effects->uplinks, run->node.id), &letter,
                                      &effects->bytes))
        effects_set_out(run, &letter, 0);
    expect(run);
}
