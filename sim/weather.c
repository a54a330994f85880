/* SPDX-License-Identifier: GPL-3.0-or-later */
/* weather.c - see weather.h. */
#include "sim/weather.h"
#include "sim/network.h"

void weather_init(struct run *run)
{
    const struct sim_network *network = &run->config->network;
    struct weather *weather = &run->weather;

    if (network->loss_burst > 0)
        bursts_init(&weather->bursts, &run->memory, run->nodes, network->loss, network->loss_burst);
    run->has_weather = weather->bursts.links != NULL;
}

/* A message on its way out of the node whose turn it is. */
struct letter {
    node_id to;
    uint32_t load;   /* handle of what it carries */
    uint32_t number; /* of its sender's messages */
    uint8_t tag;     /* model << 4 | kind */
    bool is_lost;    /* on the access link */
};

/* Counts a message as sent, with what it carries. */
static void charge(struct run *run, uint32_t tag, const struct set *set)
{
    struct traffic *traffic = &run->traffic[tag];

    traffic->messages++;
    if (run->weighs)
        traffic->members += network_weigh(run, traffic, set, run->carries[tag] & CARRIES_PAYLOAD);
    else
        traffic->members += set != SET_EMPTY;
}

static bool is_lost(struct run *run, uint32_t bits)
{
    if (run->weather.bursts.links)
        return bursts_lose(&run->weather.bursts, run->node.id, bits);
    return bits < run->loss_below;
}

/* The message is on the link, and meets what lies between there and the receiver. */
static void travel(struct run *run, const struct letter *letter)
{
    const node_id from = run->node.id;
    const uint64_t link = draw(run->keys[PURPOSE_LINK], from, letter->number);
    sim_time delay;

    if (letter->is_lost) {
        run->lost++;
        network_release(run, letter->load);
        return;
    }
    delay = network_latency(run, from, letter->to, letter->number, (uint32_t)(link >> 32));
    delay += delay == 0; /* nothing arrives before it is sent */
    event_queue_put(
        &run->queue, run->node.now + delay,
        (struct event){ .when = letter->tag, .to = letter->to, .from = from, .load = letter->load },
        1);
}

void weather_send(struct run *run, node_id to, int kind, const struct set *set, uint32_t load)
{
    const uint32_t number = run->node.me->sent++;
    struct letter letter = {
        .to = to, .load = load, .number = number, .tag = (uint8_t)(run->node.model << 4 | kind)
    };

    charge(run, letter.tag, set);
    letter.is_lost = is_lost(run, (uint32_t)draw(run->keys[PURPOSE_LINK], run->node.id, number));
    travel(run, &letter);
}
