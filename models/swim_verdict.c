/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_verdict.c - news of members, from messages, from push/pull and from a node's own probes; see
 * swim.h.
 *
 * Each member has an incarnation, a number that only it raises.  Of two pieces of news the one with
 * the higher incarnation counts; within one, dead counts over suspected, and that over alive.  A
 * member that hears that it is suspected or dead raises its incarnation and says that it is alive:
 * that refutes what was said of the former one.
 *
 * Source: A. Das, I. Gupta, A. Motivala, SWIM, DSN 2002, section 4.2; memberlist's state.go,
 * aliveNode(), suspectNode(), deadNode() and refute().
 */
#include "models/swim.h"

static void tell(struct node *n, node_id member, enum member_state state, uint32_t incarnation,
                 node_id from)
{
    queue_news(n, &(struct news){ .member = member,
                                  .from = from,
                                  .incarnation = incarnation & INCARNATION_MAX,
                                  .state = (unsigned)state & 7 });
}

/* It was said of this node that it is not well. */
static void refute(struct node *n, uint32_t accused)
{
    struct state *s = node_state(n);

    s->incarnation = (accused > s->incarnation ? accused : s->incarnation) + 1;
    if (s->incarnation > INCARNATION_MAX)
        s->incarnation = INCARNATION_MAX;
    node_count(n, REFUTATIONS, 1);
    health_change(n, 1);
    tell(n, node_self(n), ALIVE, s->incarnation, node_self(n));
}

void hear_alive(struct node *n, node_id member, uint32_t incarnation)
{
    const struct state *s = node_state(n);
    const struct member *known = member_of(n, member);

    if (member == node_self(n)) {
        if (incarnation > s->incarnation) /* from a life of which it knows nothing */
            refute(n, incarnation);
        return;
    }
    if (known && known->state != UNKNOWN && incarnation <= known->incarnation)
        return;
    if (known && known->state == SUSPECT)
        suspicion_end(n, member);
    member_set(n, member, ALIVE, incarnation);
    tell(n, member, ALIVE, incarnation, member);
}

/* What is known of another that is accused; NULL if that is to be passed over, because it is older
 * news, or because it is the node itself, which refutes it. */
static const struct member *heed(struct node *n, node_id member, uint32_t incarnation)
{
    const struct state *s = node_state(n);
    const struct member *known = member_of(n, member);

    if (member != node_self(n))
        return known && known->state != UNKNOWN && incarnation >= known->incarnation ? known : NULL;
    if (incarnation >= s->incarnation)
        refute(n, incarnation);
    return NULL;
}

void hear_suspect(struct node *n, node_id member, uint32_t incarnation, node_id from)
{
    const struct config *c = node_config(n);
    const struct member *known = heed(n, member, incarnation);

    if (!known)
        return;
    if (known->state == SUSPECT) {
        if (suspicion_confirm(n, member, from))
            tell(n, member, SUSPECT, incarnation, from);
        return;
    }
    if (known->state != ALIVE)
        return;
    if (!c->suspicion) { /* what a push/pull says of the dead */
        hear_dead(n, member, incarnation, from);
        return;
    }
    node_count(n, SUSPICIONS, 1);
    tell(n, member, SUSPECT, incarnation, from);
    member_set(n, member, SUSPECT, incarnation);
    suspicion_begin(n, member, from);
}

bool hear_dead(struct node *n, node_id member, uint32_t incarnation, node_id from)
{
    const struct member *known = heed(n, member, incarnation);

    if (!known)
        return false;
    if (known->state == SUSPECT)
        suspicion_end(n, member);
    if (known->state == DEAD || known->state == LEFT)
        return false;
    tell(n, member, DEAD, incarnation, from);
    member_set(n, member, from == member ? LEFT : DEAD, incarnation);
    return true;
}

void hear_news(struct node *n, const struct message *m)
{
    const struct news *news = m->items;

    for (uint32_t i = 0; i < m->item_count; i++) /* speed only: they come from memory together */
        __builtin_prefetch(member_of(n, news[i].member));
    for (uint32_t i = 0; i < m->item_count; i++)
        if (news[i].state == ALIVE)
            hear_alive(n, news[i].member, news[i].incarnation);
        else if (news[i].state == SUSPECT)
            hear_suspect(n, news[i].member, news[i].incarnation, news[i].from);
        else
            hear_dead(n, news[i].member, news[i].incarnation, news[i].from);
}
