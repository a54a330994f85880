/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit.c - see limit.h. */
#include "models/limit.h"

const char *const first_names[] = {
    [FIRST_OLDEST] = "oldest", [FIRST_NEWEST] = "newest", [FIRST_RANDOM] = "random", NULL
};

enum { IDENTITY_BYTES = 16 }; /* as CARRIES_IDENTITIES is charged */

/* ---- so many ---- */

/* Keeps `limit` of the `count` members, each as likely as another (Knuth, The Art of Computer
 * Programming 2, section 3.4.2, algorithm S). */
static void keep_random(struct node *n, struct set **a, uint32_t limit, uint32_t count)
{
    for (update_id i = 0; set_next(*a, &i); i++, count--)
        if (node_random(n, count) < limit)
            limit--;
        else
            set_drop(a, i);
}

static struct set *keep_count(struct node *n, struct set *entries, uint32_t limit, enum first first)
{
    const uint32_t count = set_count(entries);
    update_id border = 0;
    struct set *rest;

    if (count <= limit)
        return entries;
    if (first == FIRST_RANDOM) {
        keep_random(n, &entries, limit, count);
        return entries;
    }
    set_nth(entries, first == FIRST_OLDEST ? limit : count - limit, &border);
    rest = set_below(entries, border);
    if (first == FIRST_OLDEST) {
        set_free(entries);
        return rest;
    }
    set_remove(&entries, rest);
    set_free(rest);
    return entries;
}

/* ---- so many bytes ---- */

/* The oldest that fit into `room` bytes; `first_goes`: one of them in any case. */
static struct set *keep_oldest(struct node *n, struct set *entries, int64_t room, bool first_goes)
{
    update_id i = 0;
    struct set *kept;

    for (; set_next(entries, &i); i++, first_goes = false) {
        const int64_t bytes = node_update_bytes(n, i);

        if (bytes > room && !first_goes) {
            kept = set_below(entries, i);
            set_free(entries);
            return kept;
        }
        room -= bytes;
    }
    return entries;
}

/* The newest, of entries that take `all` bytes. */
static struct set *keep_newest(struct node *n, struct set *entries, int64_t room, int64_t all)
{
    uint32_t count = set_count(entries);
    update_id i = 0;
    struct set *older;

    for (; set_next(entries, &i) && all > room && count > 1; i++, count--)
        all -= node_update_bytes(n, i);
    older = set_below(entries, i);
    set_remove(&entries, older);
    set_free(older);
    return entries;
}

/* One after another, each of those left as likely as another, until one does not fit. */
static struct set *draw_some(struct node *n, struct set *entries, int64_t room)
{
    struct set *drawn = set_new();

    for (uint32_t count = set_count(entries); count > 0; count--) {
        update_id i = 0;
        struct set *one;

        set_nth(entries, (uint32_t)node_random(n, count), &i);
        if (node_update_bytes(n, i) > room && !set_is_empty(drawn))
            break;
        room -= node_update_bytes(n, i);
        one = set_only(entries, i);
        set_add(&drawn, one);
        set_remove(&entries, one);
        set_free(one);
    }
    set_free(entries);
    return drawn;
}

static struct set *keep_bytes(struct node *n, struct set *entries, int64_t room, enum first first)
{
    const int64_t all = (int64_t)node_set_bytes(n, entries);

    if (all <= room)
        return entries;
    if (first == FIRST_RANDOM)
        return draw_some(n, entries, room);
    return first == FIRST_OLDEST ? keep_oldest(n, entries, room, true)
                                 : keep_newest(n, entries, room, all);
}

/* ---- either ---- */

/* What a set takes of such a limit. */
static int64_t take_of(struct node *n, const struct set *a, int64_t limit)
{
    return limit > 0 ? set_count(a) : (int64_t)node_set_bytes(n, a);
}

struct set *limit_entries(struct node *n, struct set *a, int64_t limit, enum first first)
{
    struct set *entries;

    if (limit == 0)
        return a;
    entries = node_newest(n, a);
    set_free(a);
    return limit > 0 ? keep_count(n, entries, (uint32_t)limit, first)
                     : keep_bytes(n, entries, -limit, first);
}

struct set *limit_identities(struct node *n, struct set *a, int64_t limit, enum first first)
{
    if (limit < 0)
        limit = -limit > IDENTITY_BYTES ? -limit / IDENTITY_BYTES : 1;
    return limit_entries(n, a, limit, first);
}

/* Bit by bit of the counters, the highest first. */
struct set *limit_by_counter(struct node *n, struct set *a, int64_t limit,
                             struct set *const *planes, int plane_count)
{
    int64_t room = limit > 0 ? limit : -limit;
    struct set *chosen = set_new();

    for (int i = plane_count - 1; i >= 0 && take_of(n, a, limit) > room; i--) {
        struct set *fewer = set_minus(a, planes[i]);

        if (take_of(n, fewer, limit) <= room) {
            room -= take_of(n, fewer, limit);
            set_add(&chosen, fewer);
            set_remove(&a, fewer);
            set_free(fewer);
        } else {
            set_free(a);
            a = fewer;
        }
    }
    a = limit > 0 ? keep_count(n, a, (uint32_t)room, FIRST_OLDEST)
                  : keep_oldest(n, a, room, set_is_empty(chosen));
    set_add(&chosen, a);
    set_free(a);
    return chosen;
}
