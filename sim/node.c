/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node.c - the world as one node's model sees it; see node.h. */
#include "sim/knowledge.h"
#include "sim/network.h"
#include "sim/run.h"

#include <assert.h>

/* ---- itself ---- */

const void *node_config(const struct node *n)
{
    return n->config;
}

node_id node_self(const struct node *n)
{
    return n->id;
}

sim_time node_now(const struct node *n)
{
    return run_credit(run_of_const(n), n->now);
}

void *node_state(struct node *n)
{
    struct layer *layer = &run_of(n)->layers[n->model];

    return layer->states + (size_t)n->id * layer->model->state_size;
}

struct set **node_sets(struct node *n)
{
    struct layer *layer = &run_of(n)->layers[n->model];

    return layer->sets + (size_t)n->id * (size_t)layer->set_count;
}

uint64_t node_random(struct node *n, uint64_t limit)
{
    struct run *run = run_of(n);

    return draw_below(draw(run->keys[PURPOSE_MODEL], n->id, n->me->drawn++), limit);
}

/* ---- peers ---- */

/* One draw: a node other than this one, uniformly. */
static node_id draw_other(struct node *n)
{
    struct run *run = run_of(n);
    uint64_t bits = draw(run->keys[PURPOSE_PEER], n->id, n->me->drawn++);
    node_id other = (node_id)draw_below(bits, run->nodes - 1);

    return other + (other >= n->id);
}

enum { TRIES_MAX = 256 }; /* then the next live node is taken: at 1 in 10 alive, one in 10^11 */

bool node_pick_peer(struct node *n, node_id *peer)
{
    struct run *run = run_of(n);

    if (UNLIKELY(run->nodes < 2))
        return false;
    *peer = draw_other(n);
    if (LIKELY(run->config->peers == PEERS_ALL))
        return true;
    if (run->census.alive - !run_is_down(run, n->id) == 0)
        return false;
    for (int tries = 1; run_is_down(run, *peer) && tries < TRIES_MAX; tries++)
        *peer = draw_other(n);
    while (run_is_down(run, *peer) || *peer == n->id)
        *peer = (*peer + 1) % run->nodes;
    return true;
}

int node_pick_peers(struct node *n, node_id *peers, int count)
{
    struct run *run = run_of(n);
    uint32_t others = (run->config->peers == PEERS_ALL ? run->nodes : run->census.alive) - 1;
    int found = 0;

    if (others <= (uint32_t)count) { /* everybody there is */
        for (node_id i = 0; i < run->nodes && found < (int)others; i++)
            if (i != n->id && (run->config->peers == PEERS_ALL || !run_is_down(run, i)))
                peers[found++] = i;
        return found;
    }
    while (found < count) {
        int same = 0;

        node_pick_peer(n, &peers[found]);
        while (same < found && peers[same] != peers[found])
            same++;
        found += same == found;
    }
    return found;
}

bool node_next_replica(const struct node *n, node_id *peer)
{
    *peer += *peer == n->id;
    return *peer < run_of_const(n)->nodes;
}

/* ---- messages ---- */

void node_send(struct node *n, node_id to, int kind, struct set *set)
{
    struct run *run = run_of(n);

    if (UNLIKELY(run->is_muted))
        set_free(set);
    else
        network_send(run, to, kind, set, set_handle(set));
}

void node_send_some(struct node *n, node_id to, int kind, struct set *set)
{
    if (!set_is_empty(set))
        node_send(n, to, kind, set);
}

void node_send_pack(struct node *n, node_id to, int kind, struct set *set, struct set **more,
                    int count)
{
    struct run *run = run_of(n);

    assert(count >= 0 && count < PACK_SETS_MAX);
    if (UNLIKELY(run->is_muted)) {
        set_free(set);
        for (int i = 0; i < count; i++)
            set_free(more[i]);
        return;
    }
    network_send(run, to, kind, set, network_pack(run, set, more, count));
}

/* ---- timers ---- */

void node_every(struct node *n, sim_time interval, enum phase phase, int tag)
{
    struct run *run = run_of(n);
    struct lane *lane = lanes_find(&run->lanes, n->model, tag);

    assert(tag >= 0 && tag < MODEL_TAGS_MAX && interval > 0);
    if (!lane) {
        assert(run->lanes.count < LANES_MAX);
        lane = lanes_add(&run->lanes, n->model, tag, interval, phase);
    }
    if (lane)
        lane_arm(&run->lanes, lane, n->id, n->now);
}

void node_sleep(struct node *n, int tag)
{
    struct run *run = run_of(n);

    lane_disarm(&run->lanes, lanes_find(&run->lanes, n->model, tag), n->id);
}

void node_wake(struct node *n, int tag)
{
    struct run *run = run_of(n);

    lane_arm(&run->lanes, lanes_find(&run->lanes, n->model, tag), n->id, n->now);
}

void node_after(struct node *n, sim_time delay, int tag, uint32_t value)
{
    struct run *run = run_of(n);
    sim_time time = n->now + delay;

    assert(tag >= 0 && tag < MODEL_TAGS_MAX && delay >= 0);
    if (run->round) { /* in whole rounds from the one that a message sent now belongs to */
        sim_time rounds = (delay + run->round - 1) / run->round;

        time = n->now + run->network_delay - 1;
        time = run_credit(run, time) + (rounds ? rounds : 1) * run->round;
    }
    event_queue_put(&run->queue, time,
                    (struct event){ .when = (uint32_t)EVENT_TIMER << 8 | (uint32_t)n->model << 4 |
                                            (uint32_t)tag,
                                    .to = n->id,
                                    .from = run->lives ? run->lives[n->id] : 0,
                                    .load = value },
                    1);
}

/* ---- knowledge ---- */

const struct set *node_known(const struct node *n)
{
    return set_of_handle(&run_of_const(n)->pool, n->me->known);
}

bool node_learn(struct node *n, const struct message *m)
{
    struct run *run = run_of(n);

    assert(run->carries[n->model << 4 | m->kind] & CARRIES_PAYLOAD);
    if (UNLIKELY(run->round))
        return knowledge_defer(run, m->from, m->set);
    if (LIKELY(set_is_inline(m->set) && (n->me->known & 1))) { /* speed only: nothing new */
        uint64_t known = n->me->known & ~(uint64_t)3;

        if ((set_bits(m->set) & ~known) == 0) {
            run->census.duplicates += run->weighs ? set_count(m->set) : !set_is_empty(m->set);
            return false;
        }
    }
    return knowledge_learn(run, m->from, m->set);
}

/* ---- records and figures ---- */

uint32_t node_record_count(const struct node *n)
{
    return run_of_const(n)->layers[n->model].records[n->id].count;
}

void *node_records(struct node *n)
{
    return run_of(n)->layers[n->model].records[n->id].items;
}

void *node_record_add(struct node *n)
{
    struct run *run = run_of(n);
    struct layer *layer = &run->layers[n->model];
    struct records *records = &layer->records[n->id];
    const size_t size = layer->model->record_size;
    size_t capacity = records->capacity;

    if (!memory_grow(&run->memory, &records->items, &capacity, records->count + 1, size)) {
        /* the run is about to stop: its records no longer matter */
        records->count = records->count ? records->count - 1 : 0;
        return records->items ? records->items + records->count++ * size : layer->spare_record;
    }
    records->capacity = (uint32_t)capacity;
    return memset(records->items + size * records->count++, 0, size);
}

void node_records_keep(struct node *n, uint32_t count)
{
    struct records *records = &run_of(n)->layers[n->model].records[n->id];

    assert(count <= records->count);
    records->count = count;
}

void node_count(struct node *n, int counter, uint64_t amount)
{
    run_of(n)->layers[n->model].counters[counter] += amount;
}

void node_peak(struct node *n, int counter, uint64_t value)
{
    uint64_t *peak = &run_of(n)->layers[n->model].counters[counter];

    *peak = value > *peak ? value : *peak;
}
