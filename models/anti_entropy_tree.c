/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy_tree.c - anti-entropy by hash trees; see anti_entropy.c.
 *
 *   compare: merkle       caller --CHECKSUM of C--> partner; silence if it is that of P, else they
 *                         descend by turns a tree of `branching`^`depth` ranges of the keys' hashes
 *                 one --TREE hashes of the ranges below those that differ--> other, until
 *                 one --DIGEST of the leaves that differ--> other, and on as in `digest`
 *     tree: whole         the partner tells the hashes of all leaves, and the caller knows which
 *     stream: leaves      instead of a DIGEST, who knows which leaves differ, of push-pull
 *                 one --SWAP all in them--> other        one <--ENTRIES all in them--- other
 *                         and else ENTRIES, or an ASK for them
 *
 * A node of the tree is one of `branching`^level equal ranges of the hashes of keys; its hash is
 * that of the entries whose keys fall into it.  What the hashes of a message stand for rides along,
 * and the union of the ranges they belong to.
 *
 * Cost: `depth` + 2 messages or three; some operations on sets and a look at each member of the
 * ranges that differ at each level.
 * Source: G. DeCandia et al., Dynamo, SOSP 2007, section 4.7.
 * Whole trees, as deep as there are keys, and whole leaves: Apache Cassandra, ValidationManager.
 * Known values: with one leaf differing 8 B for the root and 8 B * branching * depth below
 * (tests/models/anti_entropy_test.c); whole leaves bring the rows of a leaf for each that differs
 * (tests/models/anti_entropy_leaves_test.c).
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

/* The value of a TREE: the level of its hashes, and how many levels there are. */
enum { LEVEL_MASK = 0xff, DEPTH_SHIFT = 8 };

/* With `depth: 0`: as many levels as the keys of `mine` need. */
static uint32_t depth_of(struct node *n, const struct set *mine)
{
    const struct config *c = node_config(n);
    struct set *newest;
    uint64_t keys, leaves = (uint64_t)c->branching;
    uint32_t depth = 1;

    if (c->depth > 0)
        return (uint32_t)c->depth;
    newest = node_newest(n, mine);
    keys = set_count(newest);
    set_free(newest);
    for (; leaves < keys && leaves * (uint64_t)c->branching <= LEAVES_MAX; depth++)
        leaves *= (uint64_t)c->branching;
    return depth;
}

/* Sends the hashes of what of `mine` lies in `ranges`, taken, `hashes` of that level. */
static void send_tree(struct node *n, node_id to, uint32_t level, uint32_t depth,
                      const struct set *mine, struct set *ranges, uint32_t hashes)
{
    node_send_pack(n, to, TREE, set_new(),
                   &(struct pack){ .more = (struct set *[]){ set_common(mine, ranges), ranges },
                                   .count = 2,
                                   .value = level | depth << DEPTH_SHIFT,
                                   .hashes = hashes });
}

/* The leaves that differ are `ranges`, taken: all that is in them is exchanged, or told. */
static void stream(struct node *n, node_id other, bool is_caller, struct set *part,
                   struct set *ranges)
{
    const struct config *c = node_config(n);
    const struct pack about = { .more = &ranges, .count = 1 };

    if (c->mode == PUSH_PULL)
        node_send_pack(n, other, SWAP, part, &about);
    else if ((c->mode == PUSH) == is_caller) {
        node_send_some(n, other, ENTRIES, part);
        set_free(ranges);
    } else {
        node_send_pack(n, other, ASK, set_new(), &about);
        set_free(part);
    }
}

void tree_take(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const uint32_t level = m->value & LEVEL_MASK, depth = m->value >> DEPTH_SHIFT;
    const bool is_caller = c->tree == WHOLE || level % 2 == 1; /* they take turns */
    struct set *known = shared_with(n, m->from);
    struct set *mine = set_common(known, m->more[1]);
    uint32_t count;
    struct set *ranges = find_differing(n, mine, m->more[0], level, &count);

    if (count == 0)
        set_free(ranges);
    else if (level < depth)
        send_tree(n, m->from, level + 1, depth, mine, ranges, count * (uint32_t)c->branching);
    else if (c->stream == LEAVES)
        stream(n, m->from, is_caller, set_common(mine, ranges), ranges);
    else
        node_send_pack(n, m->from, DIGEST, set_common(mine, ranges),
                       &(struct pack){ .more = &ranges, .count = 1, .value = !is_caller });
    set_free(mine);
    set_free(known);
}

void tree_descend(struct node *n, node_id caller)
{
    const struct config *c = node_config(n);
    struct set *mine = shared_with(n, caller);
    const uint32_t depth = depth_of(n, mine), level = c->tree == WHOLE ? depth : 1;

    send_tree(n, caller, level, depth, mine, node_key_range(n, 0, 1), ranges_of_level(c, level));
    set_free(mine);
}
