/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit.c - see limit.h. */
#include "models/limit.h"

const char *const first_names[] = {
    [FIRST_OLDEST] = "oldest", [FIRST_NEWEST] = "newest", [FIRST_RANDOM] = "random", NULL
};

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

struct set *limit_entries(struct node *n, struct set *a, int64_t limit, enum first first)
{
    struct set *entries, *rest;
    update_id border = 0;
    uint32_t count;

    if (limit == 0)
        return a;
    entries = node_newest(n, a);
    set_free(a);
    count = set_count(entries);
    if (count <= limit)
        return entries;
    if (first == FIRST_RANDOM) {
        keep_random(n, &entries, (uint32_t)limit, count);
        return entries;
    }
    set_nth(entries, first == FIRST_OLDEST ? (uint32_t)limit : count - (uint32_t)limit, &border);
    rest = set_below(entries, border);
    if (first == FIRST_OLDEST) {
        set_free(entries);
        return rest;
    }
    set_remove(&entries, rest);
    set_free(rest);
    return entries;
}
