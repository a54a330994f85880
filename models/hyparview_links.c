/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hyparview_links.c - how links come and go; see hyparview.h.
 *
 *   newcomer  --JOIN--> contact            which takes it in and answers NEIGHBOR-REPLY
 *   contact   --FORWARD-JOIN--> ...        to each of its peers, and on at random
 *   the last  --NEIGHBOR, high--> newcomer which cannot refuse: NEIGHBOR-REPLY
 *   one with room --NEIGHBOR--> passive peer, which may, unless the one has no links at all
 *   one that is full --DISCONNECT--> random peer, to make room for who must not be refused
 *
 * A link stands on a side once that side knows that the other has it.  Messages may overtake each
 * other, so that one side may keep a link that the other has not: it is told when it uses it.
 */
#include "models/hyparview.h"

enum { REFUSED, ACCEPTED, ACCEPTED_HIGH }; /* what a NEIGHBOR-REPLY says */

/* ---- asking ---- */

static void ask(struct node *n, node_id peer, int kind, uint32_t value)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    s->is_asking = true;
    s->asked = peer;
    s->number++;
    node_count(n, REQUESTS, 1);
    node_send_pack(n, peer, kind, set_new(), &(struct pack){ .value = value, .stamp = s->number });
    node_after(n, c->request_timeout, REQUEST_OVER, s->number);
}

/* Through a contact point; when all have been tried, again at the next look. */
static void join(struct node *n)
{
    struct state *s = node_state(n);
    node_id seed;

    if (node_seed(n, s->seeds_tried, &seed)) {
        s->seeds_tried++;
        ask(n, seed, JOIN, 0);
    } else
        s->seeds_tried = 0;
}

void links_refill(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    node_id peer = 0;

    if (s->is_asking || active_count(n) >= (uint32_t)c->active)
        return;
    if (passive_pick(n, &peer))
        ask(n, peer, NEIGHBOR, active_count(n) == 0);
    else if (active_count(n) == 0)
        join(n);
}

void links_refill_anew(struct node *n)
{
    passive_new_round(n);
    links_refill(n);
}

void links_promote(struct node *n)
{
    const struct config *c = node_config(n);

    if (c->promotion_interval > 0 && active_count(n) < (uint32_t)c->active_min)
        links_refill_anew(n);
}

/* The request under way has come to an end; another may follow. */
static void end_request(struct node *n)
{
    ((struct state *)node_state(n))->is_asking = false;
    links_refill(n);
}

static bool is_request(struct node *n, node_id peer, uint32_t number)
{
    const struct state *s = node_state(n);

    return s->is_asking && s->asked == peer && s->number == number;
}

/* ---- being asked ---- */

static void reply(struct node *n, const struct message *m, uint32_t answer)
{
    node_send_pack(n, m->from, NEIGHBOR_REPLY, set_new(),
                   &(struct pack){ .value = answer, .stamp = m->stamp });
}

void links_asked(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool is_high = m->value != 0;

    if (!is_high && !active_has(n, m->from) && active_count(n) >= (uint32_t)c->active) {
        node_count(n, REFUSALS, 1);
        reply(n, m, REFUSED);
        return;
    }
    active_add(n, m->from);
    reply(n, m, is_high ? ACCEPTED_HIGH : ACCEPTED);
}

/* Who has filled up since it asked does without, unless it was to take the other in anyway. */
void links_answered(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    if (m->value == REFUSED)
        passive_refused(n, m->from);
    else if (m->value == ACCEPTED_HIGH || active_count(n) < (uint32_t)c->active)
        active_add(n, m->from);
    else
        links_agree(n, m->from);
    if (is_request(n, m->from, m->stamp))
        end_request(n);
}

/* ---- newcomers ---- */

static void forward_join(struct node *n, node_id to, node_id newcomer, uint32_t steps)
{
    node_send_pack(
        n, to, FORWARD_JOIN, set_new(),
        &(struct pack){ .value = steps, .stamp = newcomer, .extra_bytes = ADDRESS_BYTES });
}

void links_join(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    active_add(n, m->from);
    reply(n, m, ACCEPTED_HIGH);
    for (uint32_t i = 0; i < active_count(n); i++)
        if (active_at(n, i) != m->from)
            forward_join(n, active_at(n, i), m->from, (uint32_t)c->arwl);
}

void links_forward_join(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const node_id newcomer = m->stamp;
    node_id next;

    links_agree(n, m->from);
    if (m->value > 0 && active_count(n) > 1) {
        if (m->value == (uint32_t)c->prwl)
            passive_add(n, newcomer, LISTS);
        if (active_pick(n, m->from, newcomer, &next)) {
            forward_join(n, next, newcomer, m->value - 1);
            return;
        }
    }
    if (newcomer != node_self(n) && !active_has(n, newcomer))
        node_send_pack(n, newcomer, NEIGHBOR, set_new(), &(struct pack){ .value = 1 });
}

/* ---- losing them ---- */

bool links_agree(struct node *n, node_id from)
{
    if (active_has(n, from))
        return true;
    node_send_pack(n, from, DISCONNECT, set_new(), &(struct pack){ .value = 1 });
    return false;
}

void links_disconnected(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool was_there = active_has(n, m->from);

    active_drop(n, m->from);
    if (m->value == 0)
        passive_drop(n, m->from);
    else if (was_there)
        passive_add(n, m->from, LISTS);
    if (was_there && c->refill)
        links_refill_anew(n);
}

void links_unreachable(struct node *n, node_id peer)
{
    passive_drop(n, peer);
    if (!active_has(n, peer))
        return;
    node_count(n, FAILURES, 1);
    active_drop(n, peer);
    links_refill_anew(n);
}

void links_failed(struct node *n, node_id to, const struct message *m)
{
    links_unreachable(n, to);
    if ((m->kind == JOIN || m->kind == NEIGHBOR) && is_request(n, to, m->stamp))
        end_request(n);
}

void links_request_over(struct node *n, uint32_t number)
{
    const struct state *s = node_state(n);

    if (!s->is_asking || s->number != number)
        return;
    passive_drop(n, s->asked);
    end_request(n);
}

void links_keep_alive(struct node *n)
{
    for (uint32_t i = 0; i < active_count(n); i++)
        node_send(n, active_at(n, i), KEEP_ALIVE, set_new());
}

void links_leave(struct node *n)
{
    for (uint32_t i = 0; i < active_count(n); i++)
        node_send_pack(n, active_at(n, i), DISCONNECT, set_new(), &(struct pack){ .value = 0 });
}
