/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plumtree_missing.c - what was announced and has not come: after a while it is asked for, from who
 * announced it first and then the others, and the link to who is asked becomes one of the tree.
 * See plumtree.h.
 */
#include "models/plumtree.h"

static bool is_listed(struct node *n, int list, size_t size, update_id update)
{
    const char *record = node_list(n, list);

    for (uint32_t i = 0; i < node_list_count(n, list); i++, record += size)
        if (*(const uint32_t *)(const void *)record == update)
            return true;
    return false;
}

bool is_received(struct node *n, update_id update)
{
    return set_has(node_known(n), update) ||
           is_listed(n, RECEIVED, sizeof(struct received), update);
}

/* ---- messages ---- */

void send_graft(struct node *n, node_id to, update_id update, uint32_t round)
{
    node_count(n, GRAFTS, 1);
    node_send_pack(
        n, to, GRAFT, set_new(),
        &(struct pack){ .value = round, .stamp = update, .extra_bytes = ID_BYTES + ROUND_BYTES });
}

void send_prune(struct node *n, node_id to, uint32_t tree)
{
    const struct config *c = node_config(n);

    node_count(n, PRUNES, 1);
    node_send_pack(n, to, PRUNE, set_new(),
                   &(struct pack){ .stamp = tree, .extra_bytes = c->per_origin ? NODE_BYTES : 0 });
}

/* ---- announcements ---- */

static void note(struct node *n, const struct announced *a, node_id announcer)
{
    const struct config *c = node_config(n);
    struct missing *missing = node_list_add(n, MISSING);
    uint32_t *waiting;

    *missing = (struct missing){ a->update, a->round, announcer };
    if (is_listed(n, WAITING, sizeof *waiting, a->update))
        return;
    waiting = node_list_add(n, WAITING);
    *waiting = a->update;
    node_after(n, c->graft_timeout, GRAFT_DUE, a->update);
}

void missing_announced(struct node *n, const struct message *m)
{
    const struct announced *announced = m->items;

    for (uint32_t i = 0; i < m->item_count; i++)
        if (!is_received(n, announced[i].update))
            note(n, &announced[i], m->from);
}

/* ---- grafting ---- */

/* Takes the first announcement of an update; false if there is none left. */
static bool take_first(struct node *n, update_id update, struct missing *first)
{
    struct missing *missing = node_list(n, MISSING);
    const uint32_t count = node_list_count(n, MISSING);
    uint32_t i = 0;

    while (i < count && missing[i].update != update)
        i++;
    if (i == count)
        return false;
    *first = missing[i];
    for (; i + 1 < count; i++)
        missing[i] = missing[i + 1];
    node_list_keep(n, MISSING, count - 1);
    return true;
}

void missing_due(struct node *n, update_id update)
{
    const struct config *c = node_config(n);
    struct missing first;

    if (!is_listed(n, WAITING, sizeof(uint32_t), update) || is_received(n, update))
        return;
    if (!take_first(n, update, &first)) {
        missing_found(n, update);
        return;
    }
    make_eager(n, tree_of(n, update), first.announcer);
    send_graft(n, first.announcer, update, first.round);
    node_after(n, c->regraft_timeout, GRAFT_DUE, update);
}

void missing_optimise(struct node *n, update_id update, uint32_t round, node_id from)
{
    const struct config *c = node_config(n);
    const struct missing *missing = node_list(n, MISSING);
    const uint32_t tree = tree_of(n, update);

    for (uint32_t i = 0; c->threshold > 0 && i < node_list_count(n, MISSING); i++) {
        const node_id announcer = missing[i].announcer;

        if (missing[i].update != update || announcer == from ||
            (int64_t)missing[i].round + c->threshold > (int64_t)round)
            continue;
        node_count(n, OPTIMISED, 1);
        make_eager(n, tree, announcer);
        send_graft(n, announcer, update, NO_PAYLOAD);
        make_lazy(n, tree, from);
        send_prune(n, from, tree);
        return;
    }
}

void missing_found(struct node *n, update_id update)
{
    struct missing *missing = node_list(n, MISSING);
    uint32_t *waiting = node_list(n, WAITING);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < node_list_count(n, MISSING); i++)
        if (missing[i].update != update)
            missing[kept++] = missing[i];
    node_list_keep(n, MISSING, kept);
    kept = 0;
    for (uint32_t i = 0; i < node_list_count(n, WAITING); i++)
        if (waiting[i] != update)
            waiting[kept++] = waiting[i];
    node_list_keep(n, WAITING, kept);
}

void missing_forget(struct node *n, node_id announcer)
{
    struct missing *missing = node_list(n, MISSING);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < node_list_count(n, MISSING); i++)
        if (missing[i].announcer != announcer)
            missing[kept++] = missing[i];
    node_list_keep(n, MISSING, kept);
}
