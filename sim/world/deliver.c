/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deliver.c - see deliver.h. */
#include "sim/world/deliver.h"

#include "sim/world/fetch.h"
#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/presence.h"

/* Words of a set: then an event takes so long that a bucket takes seconds. */
enum { HEAVY_WORDS = 1 << 8 };

void deliver_with_care(struct run *run, uint32_t when, uint32_t from, uint32_t load)
{
    const struct model *model = run->node.layer->model;
    struct replica *me = run->node.me;
    struct opened opened;

    if (me->handled & REPLICA_DOWN) {
        run->met_down++;
        if (handle_is_transfer(load)) {
            connection_meet_down(run, load, presence_refuses(run, run->node.id));
            return;
        }
    } else {
        me->handled += me->handled < HANDLED_MAX;
        if (handle_is_row(load))
            fetch_rows(run);
        network_open(run, load, from, when & 15, &opened);
        model->on_message(&run->node, &opened.message);
    }
    network_release(run, load);
    if (run->pool.words >= HEAVY_WORDS && run_is_cancelled(run))
        run_stop(run, "cancelled");
}
