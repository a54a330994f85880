/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_exchange.c - SYN, ACK and ACK2; see scuttlebutt.h.
 *
 * Each carries its sender's whole table, marked with what it tells of and what is wanted; who
 * receives it heeds the marked entries only, and no others are charged for.  With an ACK or SYN
 * goes what its sender knows, which costs nothing: it is what the maxima stand for, so that the
 * deltas are found at once.  A table that tells less than it holds (of those long dead nothing, of
 * some owners not all deltas) is changed for the message, and then set right again.
 */
#include "models/scuttlebutt.h"

enum { CONTROL_BYTES = 8, ACK_FRAME_BYTES = 8, ACK2_FRAME_BYTES = 4 };
enum { HASH_BYTES = 8, IDENTITY_HASHES = 2 }; /* an identity takes as much as two hashes */

/* Of those that are told of no more the table says nothing, until it is restored. */
static void hide_silent(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = s->live; i < s->known && s->silent > 0; i++) {
        const node_id id = (node_id)members_of(n)[i].listed;

        if (members_of(n)[id].is_silent) {
            table_save(n, id);
            table_of(n)[id] = (struct digest){ 0 };
        }
    }
}

/* Digests in a message: one for each that is told of, and the node itself; of those with a gap one
 * more. */
static uint64_t digests_bytes(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    return (uint64_t)c->digest_bytes *
           (s->known - s->silent + 1 + (s->has_gaps ? count_marked(n, GAP) : 0));
}

static uint64_t wanted_bytes(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const struct digest *table = table_of(n);
    uint64_t count = count_marked(n, WANTED);

    for (uint32_t i = 0; s->has_gaps && i < node_list_count(n, TABLE); i++)
        count += (table[i].marks & (WANTED | GAP)) == (WANTED | GAP);
    return (uint64_t)c->digest_bytes * count;
}

static uint32_t flag_gaps(struct node *n)
{
    return ((const struct state *)node_state(n))->has_gaps ? HAS_GAPS : 0;
}

/* ---- SYN ---- */

static void ask_for_all(struct node *n, const node_id *to, int count)
{
    const struct config *c = node_config(n);

    node_send_pack_to(n, to, count, SYN, set_new(),
                      &(struct pack){ .value = IS_SHADOW,
                                      .extra_bytes = (uint32_t)c->syn_bytes - CONTROL_BYTES });
    node_count(n, SYN_BYTES, (uint64_t)c->syn_bytes * (uint64_t)count);
}

static void send_syn(struct node *n, const node_id *to, int count)
{
    const struct config *c = node_config(n);
    const bool exact = is_exact(c);
    const uint64_t bytes = (uint64_t)c->syn_bytes + rate_bytes(c, SYN) + digests_bytes(n);
    struct set *known = set_copy(node_known(n)), *entries = exact ? node_newest(n, known) : NULL;
    struct pack pack = { .more = &known,
                         .count = 1,
                         .value = flag_gaps(n),
                         .items = table_of(n),
                         .item_count = node_list_count(n, TABLE),
                         .extra_bytes = (uint32_t)bytes - (exact ? 0 : CONTROL_BYTES) };

    rate_tell(n, &pack);
    node_send_pack_to(n, to, count, exact ? SYN_EXACT : SYN, exact ? set_copy(known) : set_new(),
                      &pack);
    node_count(n, SYN_BYTES,
               (bytes + (exact ? HASH_BYTES * IDENTITY_HASHES * (uint64_t)set_count(entries) : 0)) *
                   (uint64_t)count);
    if (entries)
        set_free(entries);
}

void exchange_begin(struct node *n, const node_id *to, int count, bool is_empty)
{
    if (count == 0)
        return;
    if (is_empty) {
        ask_for_all(n, to, count);
        return;
    }
    hide_silent(n);
    send_syn(n, to, count);
    table_restore(n);
    node_count(n, EXCHANGES, (uint64_t)count);
}

/* ---- what each has that the other lacks ---- */

/* Marks what this node lacks of a partner's table, and what the partner lacks. */
static void compare(struct node *n, const struct digest *theirs, bool tells_unasked)
{
    struct digest *mine = table_of(n);
    const uint32_t all = node_list_count(n, TABLE);

    for (uint32_t i = 0; i < all; i++) {
        const bool wanted = (theirs[i].life > mine[i].life) | (theirs[i].version > mine[i].version);
        const bool told =
            ((mine[i].life > theirs[i].life) | (mine[i].version > theirs[i].version)) &
            (tells_unasked | (theirs[i].life != 0));

        mine[i].marks = (mine[i].marks & GAP) | (wanted ? WANTED : 0) | (told ? TOLD : 0);
    }
}

/* Marks all that one who knows nothing lacks. */
static void mark_all(struct node *n)
{
    struct digest *mine = table_of(n);

    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        mine[i].marks = (mine[i].marks & GAP) | (mine[i].life != 0 ? TOLD : 0);
}

/* Marks what is newer of what is wanted. */
static void mark_wanted(struct node *n, const struct digest *theirs, bool tells_unasked)
{
    struct digest *mine = table_of(n);
    const uint32_t all = node_list_count(n, TABLE);

    for (uint32_t i = 0; i < all; i++) {
        const bool is_newer =
            (mine[i].life > theirs[i].life) | (mine[i].version > theirs[i].version);

        const bool told = is_newer & (tells_unasked | ((theirs[i].marks & WANTED) != 0));

        mine[i].marks = (mine[i].marks & GAP) | (told ? TOLD : 0);
    }
}

static void unmark_silent(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = s->live; i < s->known && s->silent > 0; i++) {
        const node_id id = (node_id)members_of(n)[i].listed;

        if (members_of(n)[id].is_silent)
            table_of(n)[id].marks &= ~(uint32_t)TOLD;
    }
}

/* Takes in what a message tells of.  Nearly all members are heard of, in order: speed only, their
 * records are fetched ahead. */
static void take(struct node *n, const struct message *m)
{
    enum { AHEAD = 6 };
    const struct member *members = members_of(n);
    const struct digest *theirs = m->items;
    const struct digest *mine = table_of(n);

    if (!set_is_empty(m->set))
        node_learn(n, m);
    for (node_id i = 0; i < m->item_count; i++) {
        if (i + AHEAD < m->item_count)
            __builtin_prefetch(&members[i + AHEAD].phi.sums);
        if (!(theirs[i].marks & TOLD))
            continue;
        if (theirs[i].life > mine[i].life)
            member_hear(n, i, theirs[i].life);
        if (told_version(&theirs[i]) > mine[i].version && !members[i].is_quarantined)
            version_raise(n, i, told_version(&theirs[i]));
        if ((theirs[i].marks & GAP) && !members[i].is_quarantined)
            version_note_gap(n, i);
    }
}

/* ---- ACK and ACK2 ---- */

/* Sends the marked entries of the table with these deltas, which it takes, and restores it. */
static void send_states(struct node *n, node_id to, int kind, struct set *deltas,
                        const struct demand *demand, struct pack pack)
{
    const struct config *c = node_config(n);
    const uint64_t count = set_count(deltas);
    const uint64_t bytes = demand->bytes + (uint64_t)c->state_bytes * count_marked(n, TOLD) +
                           (uint64_t)c->delta_bytes * count;

    node_count(n, kind == ACK ? ACK_BYTES : ACK2_BYTES, bytes + node_set_bytes(n, deltas));
    node_count(n, DELTAS, count);
    pack.items = table_of(n);
    pack.item_count = node_list_count(n, TABLE);
    pack.extra_bytes = (uint32_t)(bytes - (uint64_t)pack.hashes * HASH_BYTES);
    node_send_pack(n, to, kind, deltas, &pack);
    table_restore(n);
}

/* How many hashes say what keys a node lacks, or has: only where the maxima do not. */
static uint32_t count_hashes(struct node *n, const struct set *theirs)
{
    const struct config *c = node_config(n);
    struct set *all, *entries;
    uint32_t count;

    if (!is_exact(c))
        return 0;
    all = c->reply == REPLY_ALL ? set_copy(node_known(n)) : set_minus(theirs, node_known(n));
    entries = node_newest(n, all);
    count = IDENTITY_HASHES * set_count(entries);
    set_free(entries);
    set_free(all);
    return count;
}

static void refuse(struct node *n, node_id to)
{
    node_send_pack(n, to, ACK, set_new(),
                   &(struct pack){ .value = IS_REFUSED, .extra_bytes = ACK_FRAME_BYTES });
    node_count(n, ACK_BYTES, ACK_FRAME_BYTES);
}

static void answer_shadow(struct node *n, node_id to)
{
    struct set *nothing = set_new();
    const struct demand demand = { .known = nothing, .from = to, .bytes = ACK_FRAME_BYTES };

    mark_all(n);
    unmark_silent(n);
    send_states(n, to, ACK, deltas_choose(n, &demand), &demand,
                (struct pack){ .value = IS_SHADOW });
    set_free(nothing);
}

void exchange_syn(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const bool is_shadow = m->value & IS_SHADOW;
    struct demand demand = { .digests = m->items, .from = m->from };
    struct set *known;
    uint32_t hashes, taken;

    if (s->is_in_shadow) {
        if (is_shadow)
            refuse(n, m->from);
        return;
    }
    if (is_shadow) {
        answer_shadow(n, m->from);
        return;
    }
    demand.known = m->more[0];
    demand.has_gaps = s->has_gaps || (m->value & HAS_GAPS);
    taken = rate_take(n, m);
    hide_silent(n);
    compare(n, m->items, c->reply == REPLY_ALL);
    versions_mark_gaps(n, &demand, c->reply == REPLY_ALL, false);
    hashes = count_hashes(n, demand.known);
    demand.bytes = ACK_FRAME_BYTES + rate_bytes(c, ACK) + (uint64_t)hashes * HASH_BYTES +
                   (c->reply == REPLY_ALL ? digests_bytes(n) : wanted_bytes(n));
    known = set_copy(node_known(n));
    send_states(
        n, m->from, ACK, deltas_choose(n, &demand), &demand,
        (struct pack){
            .more = &known, .count = 1, .value = flag_gaps(n), .stamp = taken, .hashes = hashes });
}

void exchange_ack(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    struct demand demand = { .digests = m->items, .from = m->from, .bytes = ACK2_FRAME_BYTES };

    if (m->value & IS_REFUSED) {
        if (s->is_in_shadow)
            join_refused(n);
        return;
    }
    if (s->is_in_shadow && !(m->value & IS_SHADOW))
        return;
    take(n, m);
    if (m->value & IS_SHADOW) {
        join_over(n);
        return;
    }
    rate_give(n, m);
    demand.known = m->more[0];
    demand.has_gaps = s->has_gaps || (m->value & HAS_GAPS);
    mark_wanted(n, m->items, c->reply == REPLY_ALL);
    versions_mark_gaps(n, &demand, c->reply == REPLY_ALL, true);
    unmark_silent(n);
    send_states(n, m->from, ACK2, deltas_choose(n, &demand), &demand, (struct pack){ 0 });
}

void exchange_ack2(struct node *n, const struct message *m)
{
    const struct state *s = node_state(n);

    if (!s->is_in_shadow)
        take(n, m);
}

/* Of its life alone: what the others have of its keys it does not know. */
void exchange_tell(struct node *n, const node_id *to, int count)
{
    const struct config *c = node_config(n);
    const node_id self = node_self(n);
    struct digest *table = table_of(n);
    const uint64_t bytes = ACK2_FRAME_BYTES + (uint64_t)c->state_bytes;

    for (uint32_t i = 0; i < node_list_count(n, TABLE); i++)
        table[i].marks = (table[i].marks & GAP) | (i == self ? TOLD : 0);
    table_save(n, self);
    table[self].version = 0;
    node_send_pack_to(n, to, count, ACK2, set_new(),
                      &(struct pack){ .items = table,
                                      .item_count = node_list_count(n, TABLE),
                                      .extra_bytes = (uint32_t)bytes });
    table_restore(n);
    node_count(n, ACK2_BYTES, bytes * (uint64_t)count);
}
