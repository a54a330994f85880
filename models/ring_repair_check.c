/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ring_repair_check.c - ring-repair's checks, and shards that a holder lacks whole; see
 * ring_repair.c.
 */
#include "models/ring_repair.h"

void check_send(struct node *n, uint32_t shard, uint32_t check, bool again)
{
    struct set *part = ring_part(n, shard);

    for (uint32_t ahead = 1; ahead < node_replica_count(n); ahead++)
        ring_tell(n, ring_holder(n, shard, ahead), CHECK, set_copy(part), shard, again, check);
    set_free(part);
}

void check_start(struct node *n)
{
    const uint32_t check = ring_check_number(n);

    for (uint32_t i = 0; i < node_shard_count(n); i++) {
        const uint32_t shard = node_shard(n, i);

        if (node_place(n, shard) == ring_start(n, shard, check))
            check_send(n, shard, check, false);
    }
}

void check_compare(struct node *n, const struct message *m)
{
    struct set *part = ring_part(n, shard_of(m));

    if (!set_is_equal(part, m->set))
        ring_answer(n, m, set_is_empty(part) && copies_shards(n) ? REQUEST : DIFFERS, set_new());
    set_free(part);
}

void check_give(struct node *n, const struct message *m)
{
    struct set *part = ring_part(n, shard_of(m));

    if (set_is_empty(part))
        set_free(part);
    else
        ring_answer(n, m, SHARD, part);
}

void check_take(struct node *n, const struct message *m)
{
    const uint32_t shard = shard_of(m);

    node_count(n, SHARDS_COPIED, node_learn(n, m));

    struct loop *loop = ring_loop(n, shard);

    if (loop->check == m->stamp && loop->turn == 0)
        node_after(n, 0, CHECK_AGAIN, timer_value(shard, loop));
}
