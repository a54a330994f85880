/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_network.c - messages on their way; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <stdlib.h>

enum { TRIES = 7 };

static bool is_within(const struct slow_change *c, int node)
{
    return node >= c->first && node < c->first + c->nodes;
}

bool slow_is_cut(int a, int b)
{
    for (int i = 0; i < slow.setup->change_count; i++) {
        const struct slow_change *c = &slow.setup->changes[i];

        if (slow.stands[i] && is_within(c, a) != is_within(c, b))
            return true;
    }
    return false;
}

static int64_t draw_latency(void)
{
    const struct slow_setup *s = slow.setup;

    return s->latency + (int64_t)(slow_uniform() * (double)s->latency_spread);
}

static void arrive_later(struct packet *packet)
{
    slow_expect((struct coming){ .time = slow.now + draw_latency(),
                                 .class = ARRIVAL,
                                 .node = packet->to,
                                 .packet = packet });
}

/* What is lost on a connection is sent again, or its sender learns that it failed. */
static void try_again(struct packet *packet, int64_t when)
{
    if (!packet->is_connection)
        free(packet);
    else
        slow_expect((struct coming){ .time = when,
                                     .class = ARRIVAL,
                                     .node = packet->from,
                                     .is_again = true,
                                     .packet = packet });
}

static int64_t next_time(const struct packet *packet)
{
    return packet->sent + (slow.setup->retransmit << packet->tries);
}

void slow_depart(struct packet *packet)
{
    const struct slow_setup *s = slow.setup;

    packet->sent = slow.now;
    if (slow_is_cut(packet->from, packet->to)) {
        try_again(packet, next_time(packet));
        return;
    }
    if (slow_uniform() < s->loss) {
        slow.figures[SLOW_LOST]++;
        try_again(packet, next_time(packet));
        return;
    }
    if (!packet->is_connection && slow_uniform() < s->duplicate) {
        struct packet *copy = malloc(sizeof *copy);

        *copy = *packet;
        arrive_later(copy);
    }
    arrive_later(packet);
}

static int bytes_of(uint64_t updates)
{
    int bytes = 0;

    for (int i = 0; i < slow.written_count; i++)
        bytes += updates >> i & 1 ? slow.sizes[i] : 0;
    return bytes;
}

/* Counts as sent, and leaves or waits for the end of its sender's pause. */
static void set_out(struct packet *packet)
{
    const struct node *n = &slow.nodes[packet->from];

    slow.figures[packet->kind]++;
    slow.figures[SLOW_DIGEST] += packet->bytes;
    slow.figures[SLOW_PAYLOAD] += bytes_of(packet->updates);
    if (n->is_paused)
        slow_hold(&(struct coming){
            .class = ARRIVAL, .node = packet->from, .is_again = true, .packet = packet });
    else
        slow_depart(packet);
}

void slow_send(const struct packet *packet)
{
    struct packet *copy = malloc(sizeof *copy);

    *copy = *packet;
    copy->life = slow.nodes[packet->from].life;
    set_out(copy);
}

void slow_connect(struct packet *packet)
{
    packet->is_connection = true;
    slow_send(packet);
}

void slow_drop(struct packet *packet)
{
    const int64_t when = next_time(packet);

    try_again(packet, when > slow.now ? when : slow.now);
}

void slow_resend(struct packet *packet)
{
    const struct node *n = &slow.nodes[packet->from];

    if (!n->is_up || n->life != packet->life) {
        free(packet);
        return;
    }
    if (++packet->tries < TRIES) {
        set_out(packet);
        return;
    }
    slow_given_up(packet->from, packet);
    free(packet);
}

void slow_met_down(struct packet *packet)
{
    slow.figures[SLOW_MET_DOWN]++;
    if (slow.nodes[packet->to].has_left && slow.nodes[packet->to].reasons == 1) {
        /* Its machine refuses. */
        packet->tries = TRIES - 1;
        try_again(packet, slow.now + draw_latency());
    } else
        try_again(packet, next_time(packet));
}
