/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_deltas.c - which deltas go, and which of them first; see scuttlebutt.h.
 *
 * A partner lacks the updates of an owner from its maximum for it on.  Those that a newer one of
 * their key supersedes are no deltas.  With a limit, and until the next one does not fit:
 *
 *   breadth   the oldest of each owner, then the next of each, and so on; owners in random order
 *   depth     all of the owner with the most, of the one with the next most, and so on; of equals
 *             a random one
 *   oldest    by when they were written, whoever owns them
 *   newest    the same from behind
 *
 * A newer heartbeat is the first of its owner's things, and counts as one of them.  Of a limit in
 * deltas it takes nothing, and goes even where no delta of its owner does.  One delta goes in any
 * case: one larger than the limit would never go otherwise.
 *
 * Source: van Renesse et al., LADIS 2008, section 3: orders from memory; chitchat's state.rs,
 * compute_delta(), for depth and heartbeats.
 */
#include "models/scuttlebutt.h"

#include <stdlib.h>

static bool has_limit(struct node *n, const struct demand *demand)
{
    const struct config *c = node_config(n);

    return c->limit != 0 && demand->digests && node_now(n) >= c->limit_from;
}

/* ---- all that the partner lacks ---- */

static uint32_t version_of(const struct demand *demand, node_id owner)
{
    return demand->digests ? demand->digests[owner].version : 0;
}

/* Whether a partner that says nothing of an owner is to be told of it: all, for who removed the
 * owner has its keys, but says of none that it has it. */
static bool is_absent(const struct digest *mine, const struct digest *theirs)
{
    return (mine->marks & TOLD) && theirs->life == 0 && mine->version > 0;
}

/* Whether the maxima leave anything to be told; *absent: of any owner all. */
static bool is_ahead(struct node *n, const struct demand *demand, bool *absent)
{
    const struct digest *table = table_of(n);
    const struct digest *theirs = demand->digests;
    const uint32_t all = node_list_count(n, TABLE);
    uint32_t ahead = 0;

    *absent = false;
    if (is_exact(node_config(n)) || !theirs)
        return true;
    for (uint32_t i = 0; i < all; i++) {
        ahead |= (table[i].marks & TOLD) != 0 && table[i].version > theirs[i].version;
        *absent |= is_absent(&table[i], &theirs[i]);
    }
    return ahead || *absent || demand->has_gaps;
}

static bool has_gap(struct node *n, const struct demand *demand, node_id owner)
{
    return demand->has_gaps &&
           ((table_of(n)[owner].marks | demand->digests[owner].marks) & GAP) != 0;
}

/* Whether an update that a node has is to be told. */
static bool is_to_be_told(struct node *n, const struct demand *demand, update_id id)
{
    const node_id owner = node_update_info(n, id).origin;
    const struct digest *mine = &table_of(n)[owner];

    if (!(mine->marks & TOLD))
        return false;
    if (demand->digests && is_absent(mine, &demand->digests[owner]))
        return id < mine->version;
    if (has_gap(n, demand, owner))
        return !set_has(demand->known, id);
    return id >= version_of(demand, owner) && id < mine->version;
}

static struct set *choose_all(struct node *n, const struct demand *demand)
{
    struct set *lacking, *deltas;
    bool absent;

    if (!is_ahead(n, demand, &absent))
        return set_new();
    lacking = absent ? set_copy(node_known(n)) : set_minus(node_known(n), demand->known);
    deltas = node_newest(n, lacking);
    set_free(lacking);
    for (update_id id = 0; !is_exact(node_config(n)) && set_next(deltas, &id); id++)
        if (!is_to_be_told(n, demand, id))
            set_drop(&deltas, id);
    return deltas;
}

/* ---- by owner ---- */

/* Adds an owner for each that has something to be told of; marks say, above their bits, which it
 * is. */
static void list_owners(struct node *n, const struct demand *demand, const struct set *deltas)
{
    const struct config *c = node_config(n);
    struct digest *table = table_of(n);
    uint32_t first = 0;

    for (update_id id = 0; set_next(deltas, &id); id++)
        table[node_update_info(n, id).origin].marks += 1 << MARK_BITS;
    for (node_id i = 0; i < node_list_count(n, TABLE); i++) {
        const uint32_t count = table[i].marks >> MARK_BITS;
        const bool has_beat = table[i].life > demand->digests[i].life;

        table[i].marks &= MARKS;
        if (!(table[i].marks & TOLD) || (count == 0 && c->limit > 0))
            continue;
        table[i].marks |= node_list_count(n, OWNERS) << MARK_BITS;
        *(struct owner *)node_list_add(n, OWNERS) =
            (struct owner){ .node = i,
                            .tie = (uint32_t)node_random(n, 1 << 30),
                            .first = first,
                            .count = count,
                            .has_beat = has_beat,
                            .has_header = has_beat && c->limit > 0 };
        first += count;
    }
}

/* Lists the deltas, those of an owner in order; false if there is no memory for it. */
static bool list_deltas(struct node *n, const struct set *deltas)
{
    const uint32_t count = set_count(deltas);
    struct digest *table = table_of(n);
    struct owner *owners = node_list(n, OWNERS);
    update_id *ids;

    for (uint32_t i = 0; i < count; i++)
        node_list_add(n, DELTA_IDS);
    if (node_list_count(n, DELTA_IDS) < count)
        return false;
    ids = node_list(n, DELTA_IDS);
    for (update_id id = 0; set_next(deltas, &id); id++) {
        struct owner *owner = &owners[table[node_update_info(n, id).origin].marks >> MARK_BITS];

        ids[owner->first + owner->taken++] = id;
    }
    for (uint32_t i = 0; i < node_list_count(n, OWNERS); i++) {
        table[owners[i].node].marks &= MARKS;
        owners[i].taken = 0;
    }
    return true;
}

static int by_tie(const void *a, const void *b)
{
    const struct owner *first = a, *second = b;

    if (first->tie != second->tie)
        return first->tie < second->tie ? -1 : 1;
    return (first->node > second->node) - (first->node < second->node);
}

static int by_count(const void *a, const void *b)
{
    const struct owner *first = a, *second = b;
    const uint32_t of_first = first->count + first->has_beat;
    const uint32_t of_second = second->count + second->has_beat;

    if (of_first != of_second)
        return of_first > of_second ? -1 : 1;
    return by_tie(a, b);
}

/* ---- what fits ---- */

/* Of a message: deltas or bytes that there is room for. */
struct room {
    int64_t left;
    bool has_delta;
};

static struct room room_for(struct node *n, const struct demand *demand)
{
    const struct config *c = node_config(n);

    return (struct room){ .left = c->limit > 0 ? c->limit : -c->limit - (int64_t)demand->bytes };
}

static bool fits(struct room *room, int64_t size, bool is_delta)
{
    if (size > room->left && (!is_delta || room->has_delta))
        return false;
    room->left -= size;
    room->has_delta |= is_delta;
    return true;
}

static int64_t size_of_header(const struct config *c)
{
    return c->limit > 0 ? 0 : c->state_bytes;
}

static int64_t size_of_delta(struct node *n, update_id id)
{
    const struct config *c = node_config(n);

    return c->limit > 0 ? 1 : c->delta_bytes + node_update_bytes(n, id);
}

/* The next thing of an owner: a heartbeat, or a delta, the first with what tells whose it is. */
enum taken { TAKEN, NOTHING_LEFT, FULL };
static enum taken take_next(struct node *n, struct owner *owner, struct room *room)
{
    const struct config *c = node_config(n);
    const update_id *ids = node_list(n, DELTA_IDS);
    int64_t size = owner->has_header ? 0 : size_of_header(c);

    if (owner->has_beat && !owner->has_header) {
        if (!fits(room, size, false))
            return FULL;
        owner->has_header = true;
        return TAKEN;
    }
    if (owner->taken == owner->count)
        return NOTHING_LEFT;
    size += size_of_delta(n, ids[owner->first + owner->taken]);
    if (!fits(room, size, true))
        return FULL;
    owner->has_header = true;
    owner->taken++;
    return TAKEN;
}

/* The first delta, where not even the heartbeats before it fit. */
static void take_one(struct owner *owners, uint32_t count, bool is_deep)
{
    struct owner *first = NULL;

    for (uint32_t i = 0; i < count; i++)
        if (owners[i].count > 0 && (!first || (!is_deep && first->has_beat && !owners[i].has_beat)))
            first = &owners[i];
    if (!first)
        return;
    first->has_header = true;
    first->taken = 1;
}

static void fill(struct node *n, struct room *room)
{
    const bool is_deep = ((const struct config *)node_config(n))->first == DEPTH;
    struct owner *owners = node_list(n, OWNERS);
    const uint32_t count = node_list_count(n, OWNERS);
    enum taken taken = TAKEN;
    bool is_over = false;

    if (count > 0)
        qsort(owners, count, sizeof *owners, is_deep ? by_count : by_tie);
    while (!is_over) {
        is_over = true;
        for (uint32_t i = 0; i < count && taken != FULL; i++)
            do {
                taken = take_next(n, &owners[i], room);
                is_over &= taken != TAKEN;
            } while (is_deep && taken == TAKEN);
        is_over |= taken == FULL;
    }
    if (!room->has_delta)
        take_one(owners, count, is_deep);
}

/* The entry tells no more than this version, and has still the maximum: of an ACK's digest. */
static void leave_untold(struct digest *entry, uint32_t told)
{
    if (entry->version > told)
        entry->marks |= (entry->version - told) << MARK_BITS;
}

/* Adds what was taken of an owner to *chosen; its entry tells no more than that. */
static void conclude(struct node *n, const struct demand *demand, const struct owner *owner,
                     const struct set *deltas, struct set **chosen)
{
    const update_id *ids = node_list(n, DELTA_IDS);
    struct digest *entry = &table_of(n)[owner->node];

    for (uint32_t i = 0; i < owner->taken; i++) {
        struct set *one = set_only(deltas, ids[owner->first + i]);

        set_add(chosen, one);
        set_free(one);
    }
    if (owner->taken == owner->count && owner->has_header)
        return;
    table_save(n, owner->node);
    if (!owner->has_header)
        entry->marks &= ~(uint32_t)TOLD;
    else if (owner->count > 0)
        leave_untold(entry, owner->taken > 0 ? ids[owner->first + owner->taken - 1] + 1
                                             : version_of(demand, owner->node));
}

static struct set *limit_by_owner(struct node *n, const struct demand *demand, struct set *deltas)
{
    struct room room = room_for(n, demand);
    struct set *chosen = set_new();

    list_owners(n, demand, deltas);
    if (list_deltas(n, deltas)) {
        const struct owner *owners = node_list(n, OWNERS);

        fill(n, &room);
        for (uint32_t i = 0; i < node_list_count(n, OWNERS); i++)
            conclude(n, demand, &owners[i], deltas, &chosen);
    }
    node_list_keep(n, OWNERS, 0);
    node_list_keep(n, DELTA_IDS, 0);
    set_free(deltas);
    return chosen;
}

/* ---- by time ---- */

/* Heartbeats first, and none of those that do not fit. */
static void limit_states(struct node *n, struct room *room)
{
    const struct config *c = node_config(n);

    for (node_id i = 0; i < node_list_count(n, TABLE); i++) {
        struct digest *entry = &table_of(n)[i];

        if ((entry->marks & TOLD) && !fits(room, size_of_header(c), false)) {
            table_save(n, i);
            entry->marks &= ~(uint32_t)TOLD;
        }
    }
}

static struct set *limit_by_time(struct node *n, const struct demand *demand, struct set *deltas)
{
    const bool is_newest = ((const struct config *)node_config(n))->first == NEWEST;
    struct room room = room_for(n, demand);
    const uint32_t count = set_count(deltas);
    struct set *chosen = set_new();
    update_id id = 0;

    limit_states(n, &room);
    for (uint32_t i = 0; i < count; i++, id++) {
        struct set *one;

        if (is_newest)
            set_nth(deltas, count - 1 - i, &id);
        else
            set_next(deltas, &id);
        if (!fits(&room, size_of_delta(n, id), true))
            break;
        one = set_only(deltas, id);
        set_add(&chosen, one);
        set_free(one);
    }
    set_free(deltas);
    return chosen;
}

/* Whether there is room for all; nobody need then be put in order. */
static bool all_fit(struct node *n, const struct demand *demand, const struct set *deltas)
{
    const struct config *c = node_config(n);
    const uint32_t count = set_count(deltas);

    if (c->limit > 0)
        return count <= c->limit;
    return demand->bytes + (uint64_t)c->state_bytes * count_marked(n, TOLD) +
               (uint64_t)c->delta_bytes * count + node_set_bytes(n, deltas) <=
           (uint64_t)-c->limit;
}

struct set *deltas_choose(struct node *n, const struct demand *demand)
{
    struct set *deltas = choose_all(n, demand);
    const uint32_t count = set_count(deltas);

    if (!has_limit(n, demand) || all_fit(n, demand, deltas)) {
        rate_adapt(n, false);
        return deltas;
    }
    deltas = is_exact(node_config(n)) ? limit_by_time(n, demand, deltas)
                                      : limit_by_owner(n, demand, deltas);
    node_count(n, LEFT_OUT, count - set_count(deltas));
    rate_adapt(n, set_count(deltas) < count);
    return deltas;
}
