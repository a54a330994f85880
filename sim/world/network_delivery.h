/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_delivery.h - how a message gets to its model: at once as it comes, or out of an inbox. */
#ifndef SIM_WORLD_NETWORK_DELIVERY_H
#define SIM_WORLD_NETWORK_DELIVERY_H

#include "sim/world/fetch.h"
#include "sim/world/network.h"

/* To the node whose turn it is, which is up, and its layer, which is chosen: `load`, as in an
 * event, whose low byte `when` has the kind. */
static inline void delivery_make(struct run *run, uint32_t when, uint32_t from, uint32_t load)
{
    struct replica *me = run->node.me;
    struct opened opened;

    me->handled += me->handled < HANDLED_MAX;
    if (handle_is_row(load))
        fetch_rows(run);
    network_open(run, load, from, when & 15, &opened);
    run->node.layer->model->on_message(&run->node, &opened.message);
    network_release(run, load);
}

#endif
