/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_downlink.c - see network_downlink.h. */
#include "sim/world/network_downlink.h"

#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/observation.h"

/* An event of the engine's own at the receiver's downlink. */
static void expect(struct run *run, sim_time at, uint32_t tag, node_id receiver, uint32_t place)
{
    event_queue_put(&run->queue, at,
                    (struct event){ .when = EVENT_TIMER << 8 | LAYER_ENGINE << 4 | tag,
                                    .to = receiver,
                                    .load = place },
                    1);
}

bool downlink_takes(struct run *run, const struct letter *letter, sim_time arrives)
{
    struct uplinks *links = &run->effects.downlinks;
    struct letter kept = *letter;
    uint32_t place;

    if (!links->nodes || !uplinks_limit(links, letter->to))
        return false;
    kept.to = run->node.id; /* its other end, as seen from the link */
    place = uplinks_keep(links, &kept, run->effects.bytes);
    if (place)
        expect(run, arrives, ENGINE_DOWNLINK_REACHED, letter->to, place);
    else
        network_release(run, letter->load); /* memory is short: the run is about to stop */
    return true;
}

/* The message, of the node whose turn it is, is on the link of `receiver` and arrives when all of
 * it has come. */
static void carry(struct run *run, node_id receiver, const struct letter *letter, uint64_t bytes)
{
    const sim_time now = run->node.now;
    const sim_time takes = uplink_occupy(&run->effects.downlinks, receiver, now, bytes);

    if (run->observation)
        observation_depart(run, letter, now + takes);
    event_queue_put(
        &run->queue, now + takes,
        (struct event){
            .when = letter->tag, .to = receiver, .from = run->node.id, .load = letter->load },
        1);
}

/* It finds no room. */
static void lose(struct run *run, const struct letter *letter)
{
    run->effects.dropped_queue++;
    if (run->observation) {
        struct opened opened;

        network_open(run, letter->load, run->node.id, letter->tag & 15, &opened);
        observation_lose(run, letter, &opened.message, WHY_QUEUE);
    }
    if (handle_is_transfer(letter->load))
        connection_miss(run, letter->load);
    else
        network_release(run, letter->load);
}

void downlink_reached(struct run *run, uint32_t place)
{
    struct uplinks *links = &run->effects.downlinks;
    const node_id receiver = run->node.id;
    const bool is_first = links->nodes[receiver].first == 0;
    const bool is_idle = uplink_is_idle(links, receiver, run->node.now);
    struct letter letter, seen;
    uint64_t bytes;

    uplinks_drop(links, place, &letter, &bytes);
    seen = letter;
    seen.to = receiver;
    if (!is_idle && uplink_queue(links, receiver, &letter, bytes)) {
        if (is_first)
            expect(run, links->nodes[receiver].idle_at, ENGINE_DOWNLINK_IDLE, receiver, 0);
        return;
    }
    run_turn(run, letter.to); /* what follows is about the sender's message */
    if (is_idle)
        carry(run, receiver, &seen, bytes);
    else
        lose(run, &seen);
}

void downlink_idle(struct run *run)
{
    struct uplinks *links = &run->effects.downlinks;
    const node_id receiver = run->node.id;
    struct letter letter;
    uint64_t bytes;

    if (!uplink_take(links, receiver, &letter, &bytes))
        return;
    run_turn(run, letter.to);
    letter.to = receiver;
    carry(run, receiver, &letter, bytes);
    if (links->nodes[receiver].first)
        expect(run, links->nodes[receiver].idle_at, ENGINE_DOWNLINK_IDLE, receiver, 0);
}
