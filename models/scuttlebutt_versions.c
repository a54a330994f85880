/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_versions.c - the maxima, and what may raise them; see scuttlebutt.h.
 *
 * What is true throughout: of an owner with version v in its table, a node knows each update with a
 * number below v, or one that supersedes it; where nodes write each other's keys, it may still have
 * to hear of that one, from its own owner.
 */
#include "models/scuttlebutt.h"

/* Of what it holds from the start it takes those of an owner up to the first that it lacks: marks
 * count them. */
void versions_start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const struct set *known = node_known(n);
    struct digest *table = table_of(n);
    bool has_versions = is_exact(c);

    node_list_keep(n, PENDING, 0);
    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        has_versions |= table[i].version > 0;
    s->recovers |= !has_versions && (s->known == 0 || !set_is_empty(known));
    for (update_id id = 0; !has_versions && set_next(known, &id); id++) {
        const struct update_info info = node_update_info(n, id);

        if (info.number != table[info.origin].marks)
            continue;
        table[info.origin].marks++;
        table[info.origin].version = id + 1;
    }
    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        table[i].marks = 0;
}

static void raise(struct digest *digest, uint32_t version)
{
    if (digest->version < version)
        digest->version = version;
}

/* In rounds nothing is known before a round is over. */
void version_raise(struct node *n, node_id owner, uint32_t version)
{
    struct state *s = node_state(n);

    if (!node_has_rounds(n)) {
        raise(&table_of(n)[owner], version);
        return;
    }
    *(struct pending *)node_list_add(n, PENDING) = (struct pending){ owner, version };
    s->pending_since = node_now(n);
}

void versions_settle(struct node *n)
{
    const struct state *s = node_state(n);
    const struct pending *pending = node_list(n, PENDING);

    if (node_list_count(n, PENDING) == 0 || node_now(n) == s->pending_since)
        return;
    for (uint32_t i = 0; i < node_list_count(n, PENDING); i++)
        raise(&table_of(n)[pending[i].owner], pending[i].version);
    node_list_keep(n, PENDING, 0);
}

void versions_note_written(struct node *n, const struct set *news)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    for (update_id id = 0; s->has_begun && !is_exact(c) && set_next(news, &id); id++)
        if (node_update_info(n, id).origin == node_self(n))
            raise(&table_of(n)[node_self(n)], id + 1);
}

uint32_t count_marked(struct node *n, uint32_t mark)
{
    const struct digest *table = table_of(n);
    const uint32_t all = node_list_count(n, TABLE);
    uint32_t count = 0;

    for (uint32_t i = 0; i < all; i++)
        count += (table[i].marks & mark) != 0;
    return count;
}

void table_save(struct node *n, node_id owner)
{
    *(struct saved *)node_list_add(n, SAVED) = (struct saved){ owner, table_of(n)[owner] };
}

void table_restore(struct node *n)
{
    const struct saved *saved = node_list(n, SAVED);

    for (uint32_t i = node_list_count(n, SAVED); i-- > 0;)
        table_of(n)[saved[i].owner] = saved[i].digest;
    if (node_list_count(n, SAVED) > 0)
        node_list_keep(n, SAVED, 0);
}
