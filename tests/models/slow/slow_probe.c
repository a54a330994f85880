/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_probe.c - who is probed when, and what comes of it; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <assert.h>

enum {
    PING_BYTES = 85,
    PING_REQ_BYTES = 111,
    ACK_BYTES = 22,
    NACK_BYTES = 13,
    SUSPECT_BYTES = 51,
    PART = 2
};

static bool is_alive(const struct member *m)
{
    return m->state == ALIVE;
}

static bool is_probed(const struct member *m)
{
    return m->state == ALIVE || m->state == SUSPECT;
}

int slow_pick(int node, bool (*fits)(const struct member *), int but, int *list, int most)
{
    int count = 0;

    for (int i = 0; i < slow.setup->nodes; i++)
        if (i != node && i != but && fits(&slow.nodes[node].table[i]))
            list[count++] = i;
    slow_shuffle(list, count);
    return count < most ? count : most;
}

/* The next of the lap. */
static int walk(int node)
{
    struct node *n = &slow.nodes[node];

    for (int laps = 0; laps < 2;) {
        if (n->lap_next >= n->lap_count) {
            slow_forget(node);
            slow_shuffle(n->lap, n->lap_count);
            n->lap_next = 0;
            laps++;
        } else if (is_probed(&n->table[n->lap[n->lap_next++]]))
            return n->lap[n->lap_next - 1];
    }
    return -1;
}

/* Anybody; but the dead are forgotten as if there were laps. */
static int next_target(int node)
{
    const int next = walk(node);
    int list[NODES];

    if (slow.setup->is_random && slow_pick(node, is_probed, -1, list, 1) > 0)
        return list[0];
    return next;
}

static void ping(int node, int target, uint32_t number, bool accuses)
{
    const struct member *m = &slow.nodes[node].table[target];
    struct packet packet = { .kind = SLOW_PING, .from = node, .to = target, .number = number };

    if (accuses) { /* and nothing else */
        packet.news[packet.count++] = (struct news){ SUSPECT, target, node, m->incarnation };
        packet.bytes = slow_compressed(PING_BYTES + SUSPECT_BYTES + 3 * PART);
    } else
        slow_pack(node, &packet, PING_BYTES);
    slow_send(&packet);
}

static void begin_probe(int node)
{
    const struct slow_setup *s = slow.setup;
    struct node *n = &slow.nodes[node];
    const int target = next_target(node);

    if (target < 0)
        return;
    n->probe = (struct probe){ .is_on = true,
                               .target = target,
                               .incarnation = n->table[target].incarnation,
                               .number = ++n->counted };
    slow.figures[SLOW_PROBES]++;
    slow_after(node, s->timeout, ASK_HELPERS, n->probe.number);
    slow_after(node, (n->score + 1) * s->interval, PROBE_OVER, n->probe.number);
    ping(node, target, n->probe.number,
         n->table[target].state == SUSPECT && s->lifeguard && s->buddy);
}

void slow_probe_tick(int node)
{
    struct probe *p = &slow.nodes[node].probe;

    if (p->is_on)
        p->is_awaited = true;
    else
        begin_probe(node);
}

static void end_probe(int node)
{
    struct probe *p = &slow.nodes[node].probe;

    p->is_on = false;
    if (p->is_awaited)
        begin_probe(node);
}

static void ask_helpers(int node)
{
    const struct slow_setup *s = slow.setup;
    struct probe *p = &slow.nodes[node].probe;
    int helpers[NODES];
    const int count = slow_pick(node, is_alive, p->target, helpers, s->helpers);

    p->is_helped = true;
    p->expected = s->lifeguard && s->nacks ? count : 0;
    for (int i = 0; i < count; i++) {
        struct packet packet = { .kind = SLOW_PING_REQ,
                                 .from = node,
                                 .to = helpers[i],
                                 .subject = p->target,
                                 .number = p->number,
                                 .wants_nack = p->expected > 0 };

        slow_pack(node, &packet, PING_REQ_BYTES);
        slow_send(&packet);
    }
    if (s->connection_probe)
        slow_connect(&(struct packet){ .kind = SLOW_KNOCK,
                                       .from = node,
                                       .to = p->target,
                                       .number = p->number,
                                       .bytes = PING_BYTES });
}

static void fail(int node)
{
    struct node *n = &slow.nodes[node];
    const struct probe *p = &n->probe;

    if (p->has_knocked) {
        slow.figures[SLOW_CONNECTED]++;
        slow_set_score(node, n->score - 1);
        return;
    }
    slow.figures[SLOW_FAILED]++;
    slow_set_score(node, n->score + (p->expected > 0 ? p->expected - p->nacks : 1));
    slow_failed(node, p->target, p->incarnation);
}

/* ---- helpers ---- */

static void help(int node, const struct packet *packet)
{
    struct node *n = &slow.nodes[node];
    const uint32_t number = ++n->counted;

    assert(n->relay_count < RELAYS_MAX);
    n->relays[n->relay_count++] = (struct relay){ .number = number,
                                                  .theirs = packet->number,
                                                  .asker = packet->from,
                                                  .wants_nack = packet->wants_nack };
    slow_after(node, slow.setup->timeout, HELP_OVER, number);
    ping(node, packet->subject, number, false);
}

static void reply(int node, enum slow_kind kind, int to, uint32_t number)
{
    struct packet packet = { .kind = kind, .from = node, .to = to, .number = number };

    slow_pack(node, &packet, kind == SLOW_ACK ? ACK_BYTES : NACK_BYTES);
    slow_send(&packet);
}

/* The relay of that number, taken out; false: there is none. */
static bool find_relay(struct node *n, uint32_t number, struct relay *relay)
{
    for (int i = 0; i < n->relay_count; i++)
        if (n->relays[i].number == number) {
            *relay = n->relays[i];
            n->relays[i] = n->relays[--n->relay_count];
            return true;
        }
    return false;
}

static void receive_ack(int node, uint32_t number)
{
    struct node *n = &slow.nodes[node];
    struct relay relay;

    if (n->probe.is_on && n->probe.number == number) {
        slow.figures[SLOW_HELPED] += n->probe.is_helped;
        slow_set_score(node, n->score - 1);
        end_probe(node);
    } else if (find_relay(n, number, &relay))
        reply(node, SLOW_ACK, relay.asker, relay.theirs);
}

void slow_answer(int node, const struct packet *packet)
{
    struct probe *p = &slow.nodes[node].probe;
    const bool is_mine = p->is_on && p->number == packet->number;

    if (packet->kind == SLOW_PING)
        reply(node, SLOW_ACK, packet->from, packet->number);
    else if (packet->kind == SLOW_PING_REQ)
        help(node, packet);
    else if (packet->kind == SLOW_ACK)
        receive_ack(node, packet->number);
    else if (packet->kind == SLOW_NACK)
        p->nacks += is_mine;
    else if (packet->kind == SLOW_KNOCK)
        slow_connect(&(struct packet){ .kind = SLOW_KNOCK_REPLY,
                                       .from = node,
                                       .to = packet->from,
                                       .number = packet->number,
                                       .bytes = ACK_BYTES });
    else if (packet->kind == SLOW_KNOCK_REPLY)
        p->has_knocked |= is_mine;
}

void slow_probe_timer(int node, enum tag tag, uint32_t value)
{
    struct node *n = &slow.nodes[node];
    struct relay relay;

    if (tag == HELP_OVER) {
        if (find_relay(n, value, &relay) && relay.wants_nack)
            reply(node, SLOW_NACK, relay.asker, relay.theirs);
    } else if (!n->probe.is_on || n->probe.number != value)
        return;
    else if (tag == ASK_HELPERS)
        ask_helpers(node);
    else {
        fail(node);
        end_probe(node);
    }
}
