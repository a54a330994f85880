/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_versions.c - the maxima, and what may raise them; see scuttlebutt.h.
 *
 * What is true throughout: of an owner with version v in its table, a node knows each update with a
 * number below v, or one that supersedes it; where nodes write each other's keys, it may still have
 * to hear of that one, from its own owner.
 *
 * An owner that has lost its data, and writes before it has all back, would break this: its maximum
 * covers keys that it lacks.  It then has a gap, and who takes its maximum takes that over.  Of
 * such an owner a maximum says nothing of older keys: what a partner lacks is found by what it
 * knows, as if the keys before and after each loss had a maximum of their own.
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
    if (has_versions)
        return;
    for (update_id id = 0; set_next(known, &id); id++) {
        const struct update_info info = node_update_info(n, id);

        if (info.number != table[info.origin].marks >> MARK_BITS) {
            version_note_gap(n, info.origin);
            continue;
        }
        table[info.origin].marks += 1 << MARK_BITS;
        table[info.origin].version = id + 1;
    }
    s->written = table[node_self(n)].marks >> MARK_BITS;
    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        table[i].marks &= GAP;
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

/* ---- gaps ---- */

void version_note_gap(struct node *n, node_id owner)
{
    ((struct state *)node_state(n))->has_gaps = true;
    table_of(n)[owner].marks |= GAP;
}

/* Whether the node knows its own update of this number, and all before it. */
static bool has_all_until(struct node *n, uint32_t number)
{
    const struct set *known = node_known(n);
    const node_id self = node_self(n);

    for (update_id id = 0; set_next(known, &id) && id < table_of(n)[self].version; id++) {
        const struct update_info info = node_update_info(n, id);

        if (info.origin == self && info.number == number)
            return true;
    }
    return false;
}

static void note_own(struct node *n, update_id id, uint32_t number)
{
    struct state *s = node_state(n);

    if (number != s->written && (number == 0 || !has_all_until(n, number - 1)))
        version_note_gap(n, node_self(n));
    s->written = number + 1;
    raise(&table_of(n)[node_self(n)], id + 1);
}

void versions_note_written(struct node *n, const struct set *news)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    for (update_id id = 0; s->has_begun && !is_exact(c) && set_next(news, &id); id++) {
        const struct update_info info = node_update_info(n, id);

        if (info.origin == node_self(n))
            note_own(n, id, info.number);
    }
}

/* Whether a partner is to hear of an owner: an ACK2 tells of those asked for. */
static bool is_asked(const struct digest *theirs, bool unasked, bool answers)
{
    return unasked || (answers ? (theirs->marks & WANTED) != 0 : theirs->life != 0);
}

/* Marks the owners with a gap of whom `one` has a key that `other` lacks, if this node knows none
 * that is newer. */
static void mark_lacked(struct node *n, const struct demand *demand, const struct set *one,
                        const struct set *other, uint32_t mark)
{
    struct set *lacked = set_minus(one, other), *newest = node_newest(n, lacked);

    for (update_id id = 0; set_next(newest, &id); id++) {
        const node_id owner = node_update_info(n, id).origin;
        struct digest *mine = &table_of(n)[owner];
        const struct digest *theirs = &demand->digests[owner];
        const uint64_t life = mark == WANTED ? theirs->life : mine->life;

        if (((mine->marks | theirs->marks) & GAP) && life != 0)
            mine->marks |= mark;
    }
    set_free(newest);
    set_free(lacked);
}

void versions_mark_gaps(struct node *n, const struct demand *demand, bool unasked, bool answers)
{
    struct digest *mine = table_of(n);

    if (!demand->has_gaps)
        return;
    mark_lacked(n, demand, node_known(n), demand->known, TOLD);
    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        if (!is_asked(&demand->digests[i], unasked, answers))
            mine[i].marks &= ~(uint32_t)TOLD;
    if (!answers)
        mark_lacked(n, demand, demand->known, node_known(n), WANTED);
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
