/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy_tree.c - anti-entropy by hash trees; see anti_entropy.c.
 *
 *   compare: merkle       caller --CHECKSUM of C--> partner; silence if it is that of P, else they
 *                         descend by turns a tree of `branching`^`depth` ranges of the keys' hashes
 *                 one --TREE hashes of the ranges below those that differ--> other, until
 *                 one --DIGEST of the leaves that differ--> other, and on as in `digest`
 *
 * A node of the tree is one of `branching`^level equal ranges of the hashes of keys; its hash is
 * that of the entries whose keys fall into it.  What the hashes of a message stand for rides along,
 * and the union of the ranges they belong to.
 *
 * Cost: `depth` + 2 messages or three; some operations on sets and a look at each member of the
 * ranges that differ at each level.
 * Source: G. DeCandia et al., Dynamo, SOSP 2007, section 4.7.
 * Known value: with one leaf differing 8 B for the root and 8 B * branching * depth below
 * (tests/models/anti_entropy_test.c).
 */
#include "models/anti_entropy.h"

static uint32_t ranges_of_level(const struct config *c, uint32_t level)
{
    uint32_t ranges = 1;

    while (level-- > 0)
        ranges *= (uint32_t)c->branching;
    return ranges;
}

/* The ranges of `level` in which a and b differ, and how many they are; a new set. */
static struct set *find_differing(struct node *n, const struct set *a, const struct set *b,
                                  uint32_t level, uint32_t *count)
{
    struct set *differing = set_minus(a, b), *others = set_minus(b, a), *ranges;

    set_add(&differing, others);
    ranges = node_key_ranges(n, differing, ranges_of_level(node_config(n), level), count);
    set_free(differing);
    set_free(others);
    return ranges;
}

/* Sends the hashes of what of `mine` lies below `count` ranges, taken, of the level above. */
static void send_tree(struct node *n, node_id to, uint32_t level, const struct set *mine,
                      struct set *ranges, uint32_t count)
{
    const struct config *c = node_config(n);

    node_send_pack(n, to, TREE, set_new(),
                   &(struct pack){ .more = (struct set *[]){ set_common(mine, ranges), ranges },
                                   .count = 2,
                                   .value = level,
                                   .hashes = count * (uint32_t)c->branching });
}

void tree_take(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    struct set *known = shared_with(n, m->from);
    struct set *mine = set_common(known, m->more[1]);
    uint32_t count;
    struct set *ranges = find_differing(n, mine, m->more[0], m->value, &count);

    if (count == 0)
        set_free(ranges);
    else if (m->value < c->depth)
        send_tree(n, m->from, m->value + 1, mine, ranges, count);
    else
        node_send_pack(n, m->from, DIGEST, set_common(mine, ranges),
                       &(struct pack){ .more = &ranges, .count = 1 });
    set_free(mine);
    set_free(known);
}

void tree_descend(struct node *n, node_id caller)
{
    struct set *mine = shared_with(n, caller);

    send_tree(n, caller, 1, mine, node_key_range(n, 0, 1), 1);
    set_free(mine);
}
