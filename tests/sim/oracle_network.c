/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle_network.c - what becomes of a message in the oracle; see oracle.h. */
#include "tests/sim/oracle_state.h"

#include <assert.h>
#include <stdlib.h>

/* ---- groups ---- */

void oracle_settle(const struct numbering *numbering)
{
    const struct sim_groups *groups = oracle.config->network.groups;

    for (node_id node = 0; groups && node < oracle.node_count; node++) {
        int64_t before = 0;

        for (size_t i = 0; before <= numbering_outside(numbering, node); i++) {
            oracle.groups[node] = i;
            before += groups->list[i].nodes;
        }
    }
}

static struct sim_group group_of(node_id node)
{
    const struct sim_network *net = &oracle.config->network;

    if (net->groups)
        return net->groups->list[oracle.groups[node]];
    return (struct sim_group){ .loss = net->loss,
                               .loss_burst = net->loss_burst,
                               .bandwidth = net->bandwidth,
                               .queue_bytes = net->queue_bytes };
}

static size_t cell_of(node_id from, node_id to)
{
    return oracle.groups[from] * oracle.config->network.groups->count + oracle.groups[to];
}

static bool is_lost_on_path(node_id from, node_id to, uint32_t number)
{
    const struct sim_groups *groups = oracle.config->network.groups;

    if (!groups || !groups->loss)
        return false;
    return oracle_is_lost(&oracle.paths[from][oracle.groups[to]],
                          (uint32_t)draw(oracle.keys[PURPOSE_PATH], from, number),
                          groups->loss[cell_of(from, to)].mean,
                          groups->loss[cell_of(from, to)].burst);
}

/* ---- latencies ---- */

/* The latency of a message, or of the second copy of it. */
static sim_time latency_of(node_id from, node_id to, uint32_t number, bool is_copy)
{
    const struct sim_network *net = &oracle.config->network;
    const uint64_t *keys = oracle.keys;
    uint32_t high =
        (uint32_t)(draw(keys[is_copy ? PURPOSE_COPY : PURPOSE_LINK], from, number) >> 32);
    uint32_t jitter = high, latency_draw = 0;
    sim_time latency;

    if (oracle.round)
        return oracle.is_outside ? oracle.round - oracle.now % oracle.round + 1 : 1;
    const sim_time *cells = net->groups ? net->groups->latency : NULL;

    if (cells || !distribution_is_constant(net->latency)) {
        if (net->latency_per == LATENCY_PER_PAIR)
            latency_draw = (uint32_t)(draw(keys[PURPOSE_PAIR], from, to) >> 32);
        else {
            latency_draw = high;
            jitter = (uint32_t)(draw(keys[is_copy ? PURPOSE_COPY_JITTER : PURPOSE_JITTER], from,
                                     number) >>
                                32);
        }
    }
    if (!cells)
        latency = distribution_value(net->latency, latency_draw);
    else if (cells[cell_of(from, to)] >= 0)
        latency = cells[cell_of(from, to)];
    else
        latency =
            distribution_value(net->groups->laws[-1 - cells[cell_of(from, to)]], latency_draw);
    int128 part = (int128)(net->jitter * 0x1p32) * ((int64_t)jitter - ((int64_t)1 << 31)) >> 31;

    return latency + (sim_time)(latency * part >> 32);
}

/* It leaves its node, the last bit of it after `delay`. */
static void leave(struct coming c, sim_time delay)
{
    const bool is_lost = oracle_is_lost_by_fault(c.from, c.message);

    if (oracle_is_cut(c.from, c.node)) {
        oracle.f->dropped_partition++;
        return;
    }
    if (c.is_lost || is_lost) {
        oracle.f->lost++;
        return;
    }
    const uint32_t bits = (uint32_t)draw(oracle.keys[PURPOSE_COPY], c.from, c.message);

    for (int is_copy = 0; is_copy < 2; is_copy++) {
        if (is_copy && bits >= (uint64_t)(oracle.config->network.duplicate * 0x1p32 + 0.5))
            break;
        const double latency =
            (double)latency_of(c.from, c.node, c.message, is_copy) * oracle_factor(c.from);

        c.time = oracle.now + delay + (latency >= 1 ? (sim_time)latency : 1);
        oracle_expect(c);
        oracle.f->duplicated += (uint64_t)is_copy;
    }
}

/* ---- uplinks ---- */

static void leave_by_uplink(struct coming c)
{
    const uint64_t bandwidth = (uint64_t)group_of(c.from).bandwidth;
    const uint64_t nanobits = c.bytes * 8 * (uint64_t)SIM_SECOND;
    const sim_time time = (sim_time)(nanobits / bandwidth + (nanobits % bandwidth > 0));

    oracle.nodes[c.from].idle_at = oracle.now + (time > 0 ? time : 1);
    leave(c, oracle.nodes[c.from].idle_at - oracle.now);
}

/* The first in the list that waits at `node`, or the end of it; *bytes wait there in all. */
static size_t first_waiting(node_id node, uint64_t *bytes)
{
    size_t first = oracle.waiting_count;

    *bytes = 0;
    for (size_t i = oracle.waiting_count; i-- > 0;)
        if (oracle.waiting[i].from == node) {
            first = i;
            *bytes += oracle.waiting[i].bytes;
        }
    return first;
}

static struct coming take_waiting(size_t index)
{
    const struct coming c = oracle.waiting[index];

    oracle.waiting_count--;
    for (size_t i = index; i < oracle.waiting_count; i++)
        oracle.waiting[i] = oracle.waiting[i + 1];
    return c;
}

static void expect_idle(node_id node)
{
    oracle_expect((struct coming){
        .time = oracle.nodes[node].idle_at, .class = ONE_SHOT, .node = node, .is_uplink = true });
}

static void queue(struct coming c)
{
    const int64_t room = group_of(c.from).queue_bytes;
    uint64_t waiting;
    const bool is_first = first_waiting(c.from, &waiting) == oracle.waiting_count;

    if (is_first && oracle.nodes[c.from].idle_at <= oracle.now)
        leave_by_uplink(c);
    else if (room >= 0 && waiting + c.bytes > (uint64_t)room)
        oracle.f->dropped_queue++;
    else {
        assert(oracle.waiting_count < COMING_MAX);
        oracle.waiting[oracle.waiting_count++] = c;
        if (is_first)
            expect_idle(c.from);
    }
}

void oracle_uplink_is_idle(node_id node)
{
    uint64_t waiting;
    const size_t first = first_waiting(node, &waiting);

    if (first == oracle.waiting_count || oracle.nodes[node].idle_at > oracle.now)
        return;
    leave_by_uplink(take_waiting(first));
    if (first_waiting(node, &waiting) < oracle.waiting_count)
        expect_idle(node);
}

void oracle_lose_queue(node_id node)
{
    uint64_t waiting;

    for (size_t i; (i = first_waiting(node, &waiting)) < oracle.waiting_count;) {
        take_waiting(i);
        oracle.f->dropped_queue++;
    }
}

/* ---- what models may call ---- */

void oracle_node_send(struct node *n, node_id to, int kind, struct set *set)
{
    oracle_node_send_pack(n, to, kind, set, &(struct pack){ .count = 0 });
}

/* Counts the message and returns what it is charged for, in bytes. */
static uint64_t charge(int kind, uint128 set, uint32_t hashes)
{
    const unsigned carries = oracle.config->stack[oracle.layer].model->messages[kind].carries;
    const uint128 carried = oracle_newest_of(set);
    struct oracle_figures *f = oracle.f;
    const uint64_t before = f->payload + f->digest + f->control;

    f->messages++;
    f->digest += 8 * hashes;
    f->control += carries == CARRIES_CONTROL ? 8 : 0;
    f->digest += carries & CARRIES_CHECKSUM ? 8 : 0;
    f->digest += carries & CARRIES_IDENTITIES ? 16 * oracle_count(carried) : 0;
    for (uint32_t i = 0; i < oracle.injected && carries & CARRIES_PAYLOAD; i++)
        if (carried & oracle_bit(i)) {
            oracle.updates[i].copies++;
            f->payload += oracle.updates[i].is_delete ? 16 : oracle.updates[i].size;
        }
    return f->payload + f->digest + f->control - before +
           (uint64_t)oracle.config->network.header_bytes;
}

void oracle_node_send_pack(struct node *n, node_id to, int kind, struct set *set,
                           const struct pack *pack)
{
    struct coming c = { .class = ARRIVAL,
                        .node = to,
                        .from = oracle.self,
                        .layer = oracle.layer,
                        .tag = kind,
                        .set = oracle_bits(set),
                        .value = pack->value,
                        .more_count = pack->count };

    (void)n;
    free(set);
    for (int i = 0; i < pack->count; i++) {
        c.more[i] = oracle_bits(pack->more[i]);
        free(pack->more[i]);
    }
    if (oracle.is_muted)
        return;
    c.message = oracle.nodes[oracle.self].sent++;
    c.bytes = charge(kind, c.set, pack->hashes);
    c.is_lost = oracle_is_lost(&oracle.nodes[oracle.self].link,
                               (uint32_t)draw(oracle.keys[PURPOSE_LINK], oracle.self, c.message),
                               group_of(oracle.self).loss, group_of(oracle.self).loss_burst);
    c.is_lost |= is_lost_on_path(oracle.self, to, c.message);
    if (group_of(oracle.self).bandwidth > 0)
        queue(c);
    else
        leave(c, 0);
}
