/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring_repair_batch.c - ring-repair's entries in messages of at most so many; see ring_repair.c.
 *
 *   the loop       node --SEND what goes first--> next, until nothing is left; only with the last
 *                  node <--WANT the rest--------- next       of it does the turn go on
 *
 * The node remembers what is left; that it rides in the messages, free of charge, stands for this.
 * A WANT must say which attempt it belongs to, and each further SEND is an attempt of its own: so
 * of copies of a message one goes on, and the timeout is that of a message, not of them all.
 */
#include "models/ring_repair.h"

void batch_send(struct node *n, node_id to, uint32_t shard, const struct loop *loop,
                struct set *part)
{
    const struct config *c = node_config(n);
    struct set *rest;
    uint32_t turn = loop->handed;

    if (c->limit == 0) {
        ring_tell(n, to, SEND, part, shard, turn, loop->check);
        return;
    }
    rest = node_newest(n, part);
    part = limit_entries(n, part, c->limit, (enum first)c->first);
    set_remove(&rest, part);
    if (!set_is_empty(rest))
        turn |= ((uint32_t)loop->attempt & TURN_MASK) << ATTEMPT_SHIFT;
    node_send_pack(n, to, SEND, part,
                   &(struct pack){ .more = &rest,
                                   .count = !set_is_empty(rest),
                                   .value = shard << SHARD_SHIFT | turn,
                                   .stamp = loop->check });
}

void batch_ask_on(struct node *n, const struct message *m)
{
    struct set *rest = set_copy(m->more[0]);

    node_send_pack(
        n, m->from, WANT, set_new(),
        &(struct pack){ .more = &rest, .count = 1, .value = m->value, .stamp = m->stamp });
}

void batch_go_on(struct node *n, const struct message *m, struct loop *loop)
{
    const struct config *c = node_config(n);
    const uint32_t shard = shard_of(m);

    if ((m->value & LOW_MASK) >> ATTEMPT_SHIFT != (loop->attempt & TURN_MASK))
        return;
    loop->attempt++;
    node_after(n, c->timeout, TURN_TIMEOUT, timer_value(shard, loop));
    batch_send(n, m->from, shard, loop, set_common(m->more[0], node_known(n)));
}
