/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_sync.c - gossip, whole tables, coming and going, and what calls the rest; slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <math.h>

#define DAY (24 * 3600 * SLOW_SECOND)

enum { SCALED_FROM = 32, CONTACT_SECONDS = 10, GOODBYE_BYTES = 51 };

/* ---- gossip ---- */

static bool hears_gossip(const struct member *m)
{
    return m->state == ALIVE || m->state == SUSPECT ||
           (m->state == DEAD && !m->has_left && slow.now - m->since <= slow.setup->forget_after);
}

static bool is_live(const struct member *m)
{
    return m->state == ALIVE || m->state == SUSPECT;
}

static bool is_alive(const struct member *m)
{
    return m->state == ALIVE;
}

static void gossip(int node)
{
    int list[NODES];
    const int count = slow_pick(node, hears_gossip, -1, list, slow.setup->gossip_nodes);

    for (int i = 0; i < count && slow.nodes[node].queue_count > 0; i++) {
        struct packet packet = { .kind = SLOW_GOSSIP, .from = node, .to = list[i] };

        slow_pack(node, &packet, 0);
        slow_send(&packet);
    }
}

/* ---- whole tables ---- */

static void send_table(int node, int to, enum slow_kind kind)
{
    const struct node *n = &slow.nodes[node];
    struct packet packet = { .kind = kind, .from = node, .to = to };

    for (int i = 0; i < slow.setup->nodes; i++) {
        const struct member *m = &n->table[i];

        if (m->state != NOTHING)
            packet.news[packet.count++] =
                (struct news){ m->state, i, m->has_left ? i : node, m->incarnation };
    }
    packet.bytes = slow_table_bytes(packet.count);
    packet.updates = slow.setup->broadcasts ? n->known : 0;
    slow_connect(&packet);
}

static void merge(int node, const struct packet *packet)
{
    for (int i = 0; i < packet->count; i++) {
        const struct news news = packet->news[i];

        if (news.state == ALIVE || (news.state == DEAD && news.from == news.member))
            slow_hear(node, news);
        else
            slow_suspect_by_table(node, news.member, news.incarnation);
    }
    slow_learn(node, packet->updates, true);
}

static int64_t sync_interval(int node)
{
    const int members = slow_members(node);
    const int times = members > SCALED_FROM ? 1 + (int)ceil(log2(members) - log2(SCALED_FROM)) : 1;

    return times * slow.setup->push_pull_interval;
}

static void sync(int node)
{
    int list[NODES];

    slow_after(node, sync_interval(node), SYNC_OVER, 0);
    if (slow_pick(node, is_alive, -1, list, 1) > 0)
        send_table(node, list[0], SLOW_PUSH_PULL);
}

static void reconnect(int node)
{
    const struct node *n = &slow.nodes[node];
    int failed[NODES], live[NODES], failed_count = 0;
    const int live_count = slow_pick(node, is_live, -1, live, NODES) + 1;

    slow_after(node, slow.setup->reconnect_interval, RECONNECT_OVER, 0);
    for (int i = 0; i < slow.setup->nodes; i++)
        if (n->failed[i] > 0 && slow.now - n->failed[i] <= DAY)
            failed[failed_count++] = i;
    slow_shuffle(failed, failed_count);
    if (failed_count > 0 && slow_uniform() * live_count < failed_count)
        send_table(node, failed[0], SLOW_PUSH_PULL);
}

/* ---- coming and going ---- */

static void ask_contact(int node)
{
    struct node *n = &slow.nodes[node];
    int contact, list[NODES];

    if (n->contact_count > 0)
        contact = n->contacts[n->contact_next++ % n->contact_count];
    else if (slow_pick(node, is_alive, -1, list, 1) > 0)
        contact = list[0];
    else
        return;
    n->is_contacting = true;
    n->contact = ++n->counted;
    send_table(node, contact, SLOW_PUSH_PULL);
    slow_after(node, CONTACT_SECONDS * SLOW_SECOND, CONTACT_OVER, n->contact);
}

static void begin_alone(int node)
{
    struct node *n = &slow.nodes[node];
    struct member *self = &n->table[node];

    n->probe.is_on = n->probe.is_awaited = false;
    n->relay_count = 0;
    self->incarnation++;
    self->state = ALIVE;
    slow_chance(node);
    n->queue_count = 0;
    slow_tell(node, (struct news){ ALIVE, node, node, self->incarnation });
    n->contact_count = n->contact_next = 0;
    for (int i = 0; i < slow.setup->seeds; i++)
        if (i != node)
            n->contacts[n->contact_count++] = i;
    slow_shuffle(n->contacts, n->contact_count);
    ask_contact(node);
}

void slow_begin(int node, bool joined)
{
    const struct slow_setup *s = slow.setup;
    struct node *n = &slow.nodes[node];

    for (int i = 0; i < s->nodes && joined; i++)
        if (slow.nodes[i].is_up) {
            n->table[i].incarnation = 1;
            if (i != node)
                n->lap[n->lap_count++] = i;
            slow_believe(node, i, ALIVE);
        }
    if (joined)
        slow_shuffle(n->lap, n->lap_count);
    if (!joined || n->lap_count == 0)
        begin_alone(node);
    if (s->push_pull_interval > 0)
        slow_after(node, (int64_t)(slow_uniform() * (double)sync_interval(node)), SYNC_OVER, 0);
    if (s->reconnect_interval > 0)
        slow_after(node, s->reconnect_interval, RECONNECT_OVER, 0);
}

void slow_farewell(int node)
{
    const struct member *self = &slow.nodes[node].table[node];

    int list[NODES];
    const int count =
        slow_pick(node, is_live, -1, list, slow.setup->retransmit_mult * slow_rounded(node));

    for (int i = 0; i < count; i++)
        slow_send(&(struct packet){ .kind = SLOW_GOSSIP,
                                    .from = node,
                                    .to = list[i],
                                    .bytes = GOODBYE_BYTES,
                                    .count = 1,
                                    .news = { { DEAD, node, node, self->incarnation } } });
}

/* ---- what happens to a node ---- */

void slow_tick(int node, enum tag tag)
{
    if (tag == TICK_PROBE)
        slow_probe_tick(node);
    else
        gossip(node);
}

void slow_timer(int node, enum tag tag, uint32_t value)
{
    const struct node *n = &slow.nodes[node];

    if (tag == SUSPICION_OVER)
        slow_suspicion_over(node, value);
    else if (tag == SYNC_OVER)
        sync(node);
    else if (tag == RECONNECT_OVER)
        reconnect(node);
    else if (tag != CONTACT_OVER)
        slow_probe_timer(node, tag, value);
    else if (n->is_contacting && n->contact == value)
        ask_contact(node);
}

void slow_given_up(int node, const struct packet *packet)
{
    if (packet->kind == SLOW_PUSH_PULL && slow.nodes[node].is_contacting)
        ask_contact(node);
}

void slow_receive(int node, const struct packet *packet)
{
    if (packet->kind == SLOW_PUSH_PULL)
        send_table(node, packet->from, SLOW_PUSH_PULL_REPLY);
    if (packet->kind == SLOW_PUSH_PULL || packet->kind == SLOW_PUSH_PULL_REPLY) {
        slow.nodes[node].is_contacting = false;
        merge(node, packet);
        return;
    }
    slow_answer(node, packet); /* before it heeds the news */
    for (int i = 0; i < packet->count; i++)
        slow_hear(node, packet->news[i]);
    slow_learn(node, packet->updates, false);
}
