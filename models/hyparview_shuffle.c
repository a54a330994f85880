/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyparview_shuffle.c - how passive views are kept fresh; see hyparview.h.
 *
 *   one --SHUFFLE: itself, some of both its views--> random peer --> ... --> the last
 *   the last --SHUFFLE-REPLY: as many of its passive view--> one
 *
 * Both take in what they hear of, in the place of what they sent.
 */
#include "models/hyparview.h"

/* The first is who shuffles. */
static void send_shuffle(struct node *n, node_id to, const node_id *nodes, uint32_t count,
                         uint32_t steps)
{
    node_send_pack(n, to, SHUFFLE, set_new(),
                   &(struct pack){ .value = steps, .items = nodes, .item_count = count });
}

static void note(struct node *n, int sent, const node_id *nodes, uint32_t count)
{
    node_list_keep(n, sent, 0);
    for (uint32_t i = 0; i < count; i++)
        *(node_id *)node_list_add(n, sent) = nodes[i];
}

void shuffle_tick(struct node *n)
{
    const struct config *c = node_config(n);
    node_id nodes[SHUFFLE_MAX] = { node_self(n) }, peer;
    uint32_t count = 1, passive;

    if (!active_pick(n, node_self(n), node_self(n), &peer)) {
        links_refill_anew(n);
        return;
    }
    count += active_sample(n, peer, (uint32_t)c->shuffle_active, nodes + count);
    passive = passive_sample(n, (uint32_t)c->shuffle_passive, nodes + count);
    note(n, SENT, nodes + count, passive);
    send_shuffle(n, peer, nodes, count + passive, (uint32_t)c->arwl);
}

static void take_in(struct node *n, const struct message *m, int sent)
{
    const node_id *nodes = m->items;

    for (uint32_t i = 0; i < m->item_count; i++)
        passive_add(n, nodes[i], sent);
    node_list_keep(n, sent, 0);
}

static void answer(struct node *n, const struct message *m)
{
    const node_id *nodes = m->items;
    node_id mine[SHUFFLE_MAX];
    const uint32_t count = passive_sample(n, m->item_count, mine);

    node_send_items(n, nodes[0], SHUFFLE_REPLY, mine, count);
    note(n, GIVEN, mine, count);
    take_in(n, m, GIVEN);
}

void shuffle_walk(struct node *n, const struct message *m)
{
    const node_id *nodes = m->items;
    node_id next;

    links_agree(n, m->from);
    if (m->value > 1 && active_count(n) > 1 && active_pick(n, m->from, nodes[0], &next))
        send_shuffle(n, next, nodes, m->item_count, m->value - 1);
    else if (nodes[0] != node_self(n))
        answer(n, m);
}

void shuffle_answered(struct node *n, const struct message *m)
{
    take_in(n, m, SENT);
    links_promote(n);
}
