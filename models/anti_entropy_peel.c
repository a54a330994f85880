/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy_peel.c - anti-entropy's comparisons that go back in time; see anti_entropy.c.
 *
 *   compare: peel-back    caller --CHECKSUM of C--> partner; silence if it is that of P, else one
 *                         of them gives its updates, newest first: 1, 2, 4, ... at a time
 *                 giver --PEEL chunk, checksum of what is older---> taker; silence if the taker's
 *                         is the same, else
 *                 giver <--BACK checksum of what is older--- taker, and the next chunk
 *     push        the caller gives, asked by a BACK; pull: the partner gives
 *     push-pull   the partner gives; a BACK holds what the taker has of the chunk's time and the
 *                 chunk has not, and ENTRIES hold it when the checksums agree
 *   compare: recent       the same, from the PEEL on, with two chunks: what was written in the last
 *                         `recent`, and if the checksums then differ all the rest
 *     pull        the partner gives, asked by an ASK; push and push-pull: the caller gives
 *
 * Updates are numbered in the order of their writing, so a number stands for a time.  As what has
 * been peeled is equal then, checksums of what is older agree when those of the whole do.  (Where
 * keys are overwritten and time goes in rounds, what a PEEL supersedes is gone only after the
 * round, and more is peeled than need be.)
 *
 * Cost: O(log d) messages to peel d updates back, their chunks at most twice d.
 * Source: A. Demers et al., PODC 1987, section 1.3.
 * Known value: with the newest d differing 2^j - 1 updates are peeled, the least that are not fewer
 * than d (tests/models/anti_entropy_test.c).
 */
#include "models/anti_entropy.h"

enum {
    WAS_USEFUL = 1 << 30,    /* flag of a PEEL's or BACK's value: this exchange has moved data */
    NEWEST = WAS_USEFUL - 1, /* above all numbers of updates: nothing is peeled yet */
};

static update_id oldest(const struct set *a)
{
    update_id i = 0;

    return set_next(a, &i) ? i : NEWEST;
}

/* The first update that is recent, whether this node knows it or not, or one above all. */
static update_id first_recent(struct node *n)
{
    const struct config *c = node_config(n);
    struct set *all = node_key_range(n, 0, 1);
    struct set *recent = node_written_since(n, all, node_now(n) - c->recent);
    update_id first = oldest(recent);

    if (first == NEWEST)
        first--;
    set_free(recent);
    set_free(all);
    return first;
}

/* The first of the last `count` members of `a`, or 0: no more are left. */
static update_id first_of_last(const struct set *a, uint32_t count)
{
    const uint32_t all = set_count(a);
    update_id i = 0;

    if (all > count)
        set_nth(a, all - count, &i);
    return i;
}

/* Gives the chunk that comes before the update `high`. */
static void peel(struct node *n, node_id to, update_id high, uint32_t was_useful)
{
    const struct config *c = node_config(n);
    struct set *mine = shared_with(n, to);
    struct set *chunk = set_below(mine, high);
    struct set *peeled = set_minus(mine, chunk); /* stands for `high`, the time of its oldest */
    struct set *rest;
    update_id low;

    if (c->compare == PEEL_BACK)
        low = first_of_last(chunk, set_count(peeled) + 1);
    else
        low = high == NEWEST ? first_recent(n) : 0;
    rest = set_below(chunk, low);
    set_remove(&chunk, rest);
    set_free(mine);
    node_send_pack(n, to, PEEL, chunk,
                   &(struct pack){ .more = (struct set *[]){ rest, peeled },
                                   .count = 2,
                                   .value = low | was_useful });
}

static void send_back(struct node *n, node_id to, struct set *back, struct set *rest,
                      uint32_t value)
{
    node_send_pack(n, to, BACK, back, &(struct pack){ .more = &rest, .count = 1, .value = value });
}

void peel_take(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const update_id low = m->value & NEWEST, high = oldest(m->more[1]);
    const bool was_news = node_learn(n, m);
    struct set *mine = shared_with(n, m->from);
    struct set *rest = set_below(mine, low);
    struct set *back = c->mode == PUSH_PULL ? set_below(mine, high) : set_new();
    uint32_t value = m->value;

    set_remove(&back, rest);
    set_remove(&back, m->set);
    if (!(value & WAS_USEFUL) && (was_news || !set_is_empty(back))) {
        node_count(n, USEFUL, 1);
        value |= WAS_USEFUL;
    }
    if (!set_is_equal(rest, m->more[0]))
        send_back(n, m->from, back, rest, value);
    else {
        node_send_some(n, m->from, ENTRIES, back);
        set_free(rest);
    }
    set_free(mine);
}

void peel_go_on(struct node *n, const struct message *m)
{
    const update_id low = m->value & NEWEST;
    struct set *mine, *rest;

    node_learn(n, m);
    mine = shared_with(n, m->from);
    rest = set_below(mine, low);
    if (!set_is_equal(rest, m->more[0]))
        peel(n, m->from, low, m->value & WAS_USEFUL);
    set_free(rest);
    set_free(mine);
}

void peel_first(struct node *n, node_id taker)
{
    peel(n, taker, NEWEST, 0);
}

void peel_ask(struct node *n, node_id giver)
{
    send_back(n, giver, set_new(), shared_with(n, giver), NEWEST);
}
