/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network.h - what happens to a message between sender and receiver (docs/world.md).
 *
 * One 64-bit draw a message, keyed by (sender, its messages so far): the low half decides whether
 * it is lost, the high half its latency, or its jitter where the latency belongs to the pair.  The
 * draw does not depend on the strategy, so strategies meet the same network.
 */
#ifndef SIM_WORLD_NETWORK_H
#define SIM_WORLD_NETWORK_H

#include "sim/world/network_effects.h"

/* Of an update on the wire: key hash and version, which is all there is of a deletion. */
enum { IDENTITY_BYTES = 16 };

enum { COPY_PLANES = 40 }; /* copies of an update are counted up to 2^40 */

/* The layer whose turn it is and one of its kinds of message, or timer tags, in 8 bits. */
static inline uint32_t network_tag(const struct node *node, int kind)
{
    return node->layer->index << 4 | (uint32_t)kind;
}

/* Sets up the network of the run from its configuration; also the shape of the event queue. */
void network_init(struct run *run);

/* The part of it that shapes the queue of events by what the configuration makes expect. */
void network_init_queue(const struct sim_config *config, struct memory *memory,
                        struct event_queue *queue);

/* The latency of a message under the rules that draw it: `number` is the sender's message. */
RARE sim_time network_latency(const struct run *run, node_id from, node_id to, uint32_t number,
                              uint32_t high);

/* The same of a message from the node whose turn it is; speed only: without a call where a table
 * or a constant says it all. */
static inline sim_time network_latency_likely(const struct run *run, node_id to, uint32_t number,
                                              uint32_t high)
{
    if (LIKELY(run->draws_latency))
        return distribution_value_of_table(run->latency, high);
    if (run->latency_rule != LATENCY_FIXED || run->jitter)
        return network_latency(run, run->node.id, to, number, high);
    return run->network_delay;
}

/* The same, given the random bits: `bits` for the latency, if the rules draw it by message, and
 * `jitter` for the jitter. */
sim_time network_latency_of(const struct run *run, node_id from, node_id to, uint32_t bits,
                            uint32_t jitter);

/* The latency that belongs to a pair of nodes, without jitter; where each message has its own, the
 * same for all pairs. */
sim_time network_pair_latency(const struct run *run, node_id from, node_id to);

/* What a message with `set` carries: all but values that it holds a newer one of.  A new set. */
struct set *network_carried(const struct run *run, const struct set *set);

/* Counts what a set of several updates carries, and its copies; returns its members. */
__attribute__((noinline)) uint32_t network_weigh(struct run *run, struct traffic *traffic,
                                                 const struct set *set, bool has_payload);

/* Payload copies of `update` sent so far. */
uint64_t network_copies(const struct run *run, update_id update);

struct network_bytes network_bytes(const struct run *run);

/* The same of messages of one kind. */
struct network_bytes network_bytes_of(const struct run *run, uint32_t kind);

/* What messages of a kind are charged for, of all classes and with headers. */
struct toll network_toll(const struct run *run, uint32_t kind);

/* What a message of kind `tag`, layer and kind, is charged for, with nothing beside its set. */
uint64_t network_set_bytes(const struct run *run, uint32_t tag, const struct set *set);

/* A parcel of `first` and what goes with it in a message of `kind`, all taken, for so many
 * messages; returns its handle.  0, and all of it is freed, if memory is short. */
uint32_t network_parcel(struct run *run, int kind, struct set *first, const struct pack *pack,
                        uint32_t messages);

/* Bytes of digest that a message of `kind` of the layer whose turn it is has beside its set. */
uint64_t network_bytes_beside(const struct run *run, int kind, const struct pack *pack);

/* What an event carries as its receiver sees it, with room for the sets.  It is good as long as the
 * load is not released. */
struct opened {
    struct message message;
    const struct set *sets[PACK_SETS_MAX];
};
void network_open(struct run *run, uint32_t load, node_id from, int kind, struct opened *opened);

/* Another handle of what an event carries, to be released by itself. */
uint32_t network_share(struct run *run, uint32_t load);

/* Keeps the first set of a parcel that is under way by its members, where these are so few that a
 * row of bits would take many times as much. */
void network_fold(struct run *run, uint32_t parcel);

/* A row or a parcel that an event carried is no longer needed. */
__attribute__((noinline)) void network_release_counted(struct run *run, uint32_t load);

/* What an event carried is no longer needed. */
static inline void network_release(struct run *run, uint32_t load)
{
    if (UNLIKELY(!handle_is_inline(load)))
        network_release_counted(run, load);
}

/* Sends from the node whose turn it is.  `load` is the handle of `set` or of the parcel it heads.
 */
static inline void network_send(struct run *run, node_id to, int kind, const struct set *set,
                                uint32_t load)
{
    if (UNLIKELY(run->has_effects)) {
        effects_send(run, to, kind, set, load);
        return;
    }
    struct replica *me = run->node.me;
    const uint32_t number = me->sent++;
    const uint64_t link = ahead_draw(&run->ahead.links, run->ahead.turn, run->keys[PURPOSE_LINK],
                                     run->node.id, number);
    const uint32_t keep = (uint32_t)link >= run->loss_below;
    const uint32_t tag = network_tag(&run->node, kind);
    struct traffic *traffic = &run->traffic[tag];
    sim_time delay = network_latency_likely(run, to, number, (uint32_t)(link >> 32));

    delay += delay == 0; /* nothing arrives before it is sent */

    traffic->messages++;
    run->lost += !keep;
    if (LIKELY(!run->weighs))
        traffic->members += set != SET_EMPTY;
    else
        traffic->members += network_weigh(run, traffic, set, run->carries[tag] & CARRIES_PAYLOAD);

    event_queue_put(&run->queue, run->node.now + delay,
                    (struct event){ .when = tag, .to = to, .from = run->node.id, .load = load },
                    keep);
    if (UNLIKELY(!handle_is_inline(load)) && !keep)
        network_release_counted(run, load);
}

#endif
