/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_effects.c - see network_effects.h. */
#include "sim/world/network_effects.h"
#include "sim/world/access_links.h"
#include "sim/world/link.h"
#include "sim/world/network.h"
#include "sim/world/network_connection.h"
#include "sim/world/network_downlink.h"
#include "sim/world/network_fair.h"
#include "sim/world/network_pause.h"
#include "sim/world/network_tally.h"
#include "sim/world/observation.h"

void effects_init(struct run *run)
{
    const uint32_t kinds = run->layer_count * MODEL_KINDS_MAX;
    const struct sim_network *network = &run->config->network;
    struct effects *effects = &run->effects;

    if (network->loss_burst > 0)
        bursts_init(&effects->bursts, &run->memory, run->nodes, network->loss, network->loss_burst);
    regions_init(&effects->regions, &run->memory, network, &run->numbering);
    effects->loses = effects->bursts.links ? LOSES_IN_BURSTS : LOSES_EACH;
    if (effects->regions.links || effects->regions.paths ||
        (run->config->graph && run->config->graph->loss))
        effects->loses = LOSES_BY_PLACE;
    access_links_init(run);
    if (effects->uplinks.nodes && network->sharing == SHARING_FAIR)
        fair_links_init(&effects->fair, &run->memory, run->nodes);
    if (effects->uplinks.nodes || effects->downlinks.nodes)
        effects->charged = memory_get(&run->memory, kinds, sizeof *effects->charged);
    else if (run->observation)
        effects->charged = run->observation->charged;
    else if (run->is_noted)
        effects->charged = memory_get(&run->memory, kinds, sizeof *effects->charged);
    for (uint32_t k = 0; effects->charged && k < kinds; k++)
        effects->charged[k] = (struct charge){ 0, network_toll(run, k) };
    effects->minds_arrivals = run->observation || effects->downlinks.nodes;
    effects->more = effects->charged || effects->connects ? MORE_ANY : MORE_NOTHING;
    if (effects->uplinks.nodes && !effects->fair.nodes && !effects->connects &&
        !effects->minds_arrivals && !run->is_noted)
        effects->more = MORE_UPLINKS;
    effects->copied_below = (uint64_t)(network->duplicate * 0x1p32 + 0.5);
    effects_look(run);
}

void effects_look(struct run *run)
{
    struct effects *effects = &run->effects;

    effects->stands = effects->obstacles.standing_count > 0 || run->pauses.blocked > 0;
    run->has_effects = effects->loses != LOSES_EACH || effects->uplinks.nodes ||
                       effects->downlinks.nodes || effects->copied_below > 0 || effects->stands ||
                       effects->connects || run->is_noted;
}

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

/* Whether a message is lost where groups, or links of the topology, have losses of their own. */
static RARE bool is_lost_by_place(struct run *run, node_id to, uint32_t number, uint32_t bits)
{
    struct regions *regions = &run->effects.regions;
    const struct sim_graph *graph = run->config->graph;
    const node_id from = run->node.id;
    const bool is_on_link = graph && graph->loss;
    uint64_t path = 0;
    bool is_lost;

    if (regions->links)
        is_lost = regions_lose_on_link(regions, from, bits);
    else if (run->effects.bursts.links)
        is_lost = bursts_lose(&run->effects.bursts, from, bits);
    else
        is_lost = bits < run->loss_below;
    if (regions->paths || is_on_link)
        path = draw(run->keys[PURPOSE_PATH], from, number);
    if (regions->paths)
        is_lost |= regions_lose_on_path(regions, from, to, (uint32_t)path);
    if (is_on_link)
        is_lost |= link_loses(run, from, to, (uint32_t)(path >> 32));
    return is_lost;
}

static bool is_lost(struct run *run, node_id to, uint32_t number, uint32_t bits)
{
    if (LIKELY(run->effects.loses == LOSES_EACH))
        return bits < run->loss_below;
    if (run->effects.loses == LOSES_IN_BURSTS)
        return bursts_lose(&run->effects.bursts, run->node.id, bits);
    return is_lost_by_place(run, to, number, bits);
}

/* Compiled twice, so that a run which nobody looks at does not ask whether somebody does. */
#define FOR_EITHER static inline __attribute__((always_inline))

/* The observer is shown that a message is lost. */
static RARE void show_loss(struct run *run, const struct letter *letter, enum why why)
{
    struct opened opened;

    if (!run->observation)
        return;
    network_open(run, letter->load, run->node.id, letter->tag & 15, &opened);
    observation_lose(run, letter, &opened.message, why);
}

/* It arrives after `delay` on the access link and `latency` from there to the receiver. */
FOR_EITHER void expect_arrival(struct run *run, const struct letter *letter, sim_time delay,
                               sim_time latency, bool is_seen)
{
    delay += latency + (latency == 0); /* nothing arrives before it is sent */

    const sim_time arrives = run->node.now + (delay < SIM_TIME_MAX ? delay : SIM_TIME_MAX);

    if (is_seen && downlink_takes(run, letter, arrives))
        return;
    if (is_seen && run->observation)
        observation_depart(run, letter, arrives);
    event_queue_put(
        &run->queue, arrives,
        (struct event){
            .when = letter->tag, .to = letter->to, .from = run->node.id, .load = letter->load },
        1);
}

/* A latency that obstacles multiply. */
static sim_time slowed(sim_time latency, double factor)
{
    const double product = (double)latency * factor;

    if (factor == 1) /* exact */
        return latency;
    return product < (double)SIM_TIME_MAX ? (sim_time)product : SIM_TIME_MAX;
}

/* The network may make a second copy, which takes a latency of its own. */
FOR_EITHER void copy(struct run *run, const struct letter *letter, sim_time delay,
                     const struct fate *fate, bool is_seen)
{
    const node_id from = run->node.id;
    const uint64_t bits = draw(run->keys[PURPOSE_COPY], from, letter->number);
    uint32_t high = (uint32_t)(bits >> 32), jitter = high;
    struct letter second = *letter;

    if ((uint32_t)bits >= fate->copied_below)
        return;
    if (run->jitters_apart)
        jitter = (uint32_t)(draw(run->keys[PURPOSE_COPY_JITTER], from, letter->number) >> 32);
    second.load = network_share(run, letter->load);
    run->effects.copied++;
    expect_arrival(run, &second, delay,
                   slowed(network_latency_of(run, from, letter->to, high, jitter), fate->factor),
                   is_seen);
}

/* A message did not get through; one of a connection may be sent again. */
static void fail(struct run *run, const struct letter *letter)
{
    if (handle_is_transfer(letter->load))
        connection_miss(run, letter->load);
    else
        network_release(run, letter->load);
}

/* The message is on its way, after `delay` on the access link, and gets through or not. */
FOR_EITHER void meet_fate(struct run *run, const struct letter *letter, sim_time delay,
                          const struct fate *fate, bool is_seen)
{
    if (fate->passage != PASSAGE_FREE) {
        run->effects.obstacles.dropped += fate->passage == PASSAGE_CUT;
        run->lost += fate->passage == PASSAGE_LOST;
        if (is_seen)
            show_loss(run, letter, fate->passage == PASSAGE_CUT ? WHY_PARTITION : WHY_LOSS);
        fail(run, letter);
        return;
    }
    expect_arrival(
        run, letter, delay,
        slowed(network_latency_likely(run, letter->to, letter->number, letter->bits), fate->factor),
        is_seen);
    if (fate->copied_below && !handle_is_transfer(letter->load))
        copy(run, letter, delay, fate, is_seen);
}

/* The same past the obstacles that stand.  A connection needs the way back, too; but the message
 * has met all the others when that is cut. */
static RARE void travel_past(struct run *run, const struct letter *letter, sim_time delay,
                             struct fate fate, bool is_seen)
{
    struct obstacles *obstacles = &run->effects.obstacles;
    const struct departure message = { run->node.id, letter->to, letter->number };

    if (pause_keeps_letter(run, letter))
        return;
    obstacles_meet(obstacles, &message, &fate);
    if (handle_is_transfer(letter->load) && obstacles_cut(obstacles, message.to, message.from))
        fate.passage = PASSAGE_CUT;
    meet_fate(run, letter, delay, &fate, is_seen);
}

/* Here, most often, nothing stands, and the compiler knows most of its fate. */
FOR_EITHER void travel_on(struct run *run, const struct letter *letter, sim_time delay,
                          bool is_seen)
{
    const struct fate fate = { .passage = letter->is_lost ? PASSAGE_LOST : PASSAGE_FREE,
                               .factor = 1,
                               .copied_below = run->effects.copied_below };

    if (UNLIKELY(run->effects.stands))
        travel_past(run, letter, delay, fate, is_seen);
    else
        meet_fate(run, letter, delay, &fate, is_seen);
}

static void travel(struct run *run, const struct letter *letter, sim_time delay)
{
    travel_on(run, letter, delay, false);
}

static RARE void travel_seen(struct run *run, const struct letter *letter, sim_time delay)
{
    travel_on(run, letter, delay, true);
}

/* The same where somebody may look on, or it may meet a downlink. */
void effects_set_out(struct run *run, const struct letter *letter, sim_time delay)
{
    if (UNLIKELY(run->effects.minds_arrivals))
        travel_seen(run, letter, delay);
    else
        travel(run, letter, delay);
}

/* ---- uplinks ---- */

/* What the message just counted is charged for, in bytes. */
static uint64_t message_bytes(struct run *run, uint32_t tag)
{
    const struct traffic *sent = &run->traffic[tag];
    struct charge *charge = &run->effects.charged[tag];
    const uint64_t before = charge->so_far;

    charge->so_far = sent->messages * charge->toll.message + sent->members * charge->toll.member +
                     sent->deletes * charge->toll.deletion + sent->beside;
    if (run->payloads)
        charge->so_far += run->payloads[tag];
    return charge->so_far - before;
}

/* Has the uplink look after its queue when it is idle again. */
static void expect_idle(struct run *run)
{
    const node_id node = run->node.id;

    event_queue_put(
        &run->queue, run->effects.uplinks.nodes[node].idle_at,
        (struct event){ .when = EVENT_TIMER << 8 | LAYER_ENGINE << 4 | ENGINE_UPLINK_IDLE,
                        .to = node },
        1);
}

void effects_drop(struct run *run, const struct letter *letter)
{
    run->effects.dropped_queue++;
    if (UNLIKELY(run->observation != NULL))
        show_loss(run, letter, WHY_QUEUE);
}

FOR_EITHER void send_by_uplink(struct run *run, const struct letter *letter, uint64_t bytes,
                               bool is_seen)
{
    struct uplinks *uplinks = &run->effects.uplinks;
    const node_id node = run->node.id;
    const bool is_first = uplinks->nodes[node].first == 0;

    if (uplink_is_idle(uplinks, node, run->node.now)) {
        const sim_time delay = uplink_occupy(uplinks, node, run->node.now, bytes);

        if (is_seen)
            effects_set_out(run, letter, delay);
        else
            travel(run, letter, delay);
    } else if (!uplink_queue(uplinks, node, letter, bytes)) {
        effects_drop(run, letter);
        fail(run, letter);
    } else if (is_first)
        expect_idle(run);
}

void effects_depart(struct run *run)
{
    struct uplinks *uplinks = &run->effects.uplinks;
    const node_id node = run->node.id;
    struct letter letter;
    uint64_t bytes;

    if (run->effects.fair.nodes) {
        fair_depart(run);
        return;
    }
    /* A crash left this timer behind, and the node has sent again since. */
    if (uplinks->nodes[node].idle_at > run->node.now)
        return;
    if (!uplink_take(uplinks, node, &letter, &bytes))
        return;
    run->effects.bytes = bytes;
    effects_set_out(run, &letter, uplink_occupy(uplinks, node, run->node.now, bytes));
    if (uplinks->nodes[node].first)
        expect_idle(run);
}

void effects_crash(struct run *run)
{
    struct letter letter;
    uint64_t bytes;

    while (run->effects.uplinks.nodes &&
           uplink_take(&run->effects.uplinks, run->node.id, &letter, &bytes)) {
        effects_drop(run, &letter);
        network_release(run, letter.load);
    }
    while (run->effects.fair.nodes && fair_link_drop(&run->effects.fair, run->node.id, &letter)) {
        effects_drop(run, &letter);
        network_release(run, letter.load);
    }
}

/* ---- sending ---- */

/* A tally or an observer looks at the message. */
static RARE void note_sent(struct run *run, const struct letter *letter, uint64_t bytes)
{
    struct network_bytes so_far;
    struct opened opened;

    if (run->tally)
        tally_send(run->tally, run, letter, bytes);
    if (!run->observation)
        return;
    so_far = network_bytes_of(run, letter->tag);
    network_open(run, letter->load, run->node.id, letter->tag & 15, &opened);
    observation_send(run, letter, &opened.message, bytes, &so_far);
}

/* Where it is asked what a message is charged for: by an uplink, or by who looks on. */
static RARE void send_weighed(struct run *run, const struct letter *letter)
{
    const uint64_t bytes = message_bytes(run, letter->tag);

    if (UNLIKELY(run->is_noted))
        note_sent(run, letter, bytes);
    run->effects.bytes = bytes;
    if (run->effects.fair.nodes)
        fair_send(run, letter, bytes);
    else if (run->effects.uplinks.nodes)
        send_by_uplink(run, letter, bytes, true);
    else
        effects_set_out(run, letter, 0);
}

/* Where there is more to a message than what becomes of it on the way.  It comes in parts: to be
 * handed on as a whole it would have to be in memory, also where it is sent without more. */
static RARE void send_with_more(struct run *run, node_id to, uint32_t load, uint32_t number,
                                uint32_t bits, uint32_t tag_and_loss)
{
    struct letter letter = { .to = to,
                             .load = load,
                             .number = number,
                             .bits = bits,
                             .tag = (uint8_t)tag_and_loss,
                             .is_lost = tag_and_loss >> 8 };

    if (run->effects.more == MORE_UPLINKS) {
        send_by_uplink(run, &letter, message_bytes(run, letter.tag), false);
        return;
    }
    if (run->effects.connects && run->layers[letter.tag >> 4].connects &&
        !handle_is_transfer(letter.load) && !connection_open(run, &letter))
        return;
    if (run->effects.charged)
        send_weighed(run, &letter);
    else
        effects_set_out(run, &letter, 0);
}

void effects_transmit(struct run *run, node_id to, uint32_t tag, uint32_t number,
                      const struct set *set, uint32_t load)
{
    const uint64_t link = ahead_draw(&run->ahead.links, run->ahead.turn, run->keys[PURPOSE_LINK],
                                     run->node.id, number);
    const struct letter letter = { .to = to,
                                   .load = load,
                                   .number = number,
                                   .bits = (uint32_t)(link >> 32),
                                   .tag = (uint8_t)tag,
                                   .is_lost = is_lost(run, to, number, (uint32_t)link) };

    charge(run, tag, set);
    if (UNLIKELY(run->effects.more))
        send_with_more(run, to, load, number, letter.bits, tag | (uint32_t)letter.is_lost << 8);
    else
        travel_on(run, &letter, 0, false);
}

void effects_send(struct run *run, node_id to, int kind, const struct set *set, uint32_t load)
{
    effects_transmit(run, to, network_tag(&run->node, kind), run->node.me->sent++, set, load);
}
