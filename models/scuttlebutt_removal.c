/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_removal.c - members that are not alive: after a while they are told of no more, later
 * removed, and for a while nothing counts that others still say of them; see scuttlebutt.h.
 *
 * Without either of the two, one node would hear again from another of a member that it has just
 * removed.  Cassandra does the one, chitchat the other.
 */
#include "models/scuttlebutt.h"

void removal_note(struct node *n, node_id id)
{
    struct grave *grave = node_list_add(n, GRAVES);

    *grave = (struct grave){ .member = id, .since = node_now(n) };
}

static void set_silent(struct node *n, node_id id, bool is_silent)
{
    struct state *s = node_state(n);
    struct member *member = &members_of(n)[id];

    s->silent += is_silent;
    s->silent -= (uint32_t)member->is_silent;
    member->is_silent = is_silent;
}

void removal_undo(struct node *n, node_id id)
{
    struct grave *graves = node_list(n, GRAVES);
    const uint32_t count = node_list_count(n, GRAVES);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (graves[i].member != id)
            graves[kept++] = graves[i];
    node_list_keep(n, GRAVES, kept);
    set_silent(n, id, false);
}

/* Whether there is something left to be waited for. */
static bool look_at(struct node *n, struct grave *grave)
{
    const struct config *c = node_config(n);
    struct member *member = &members_of(n)[grave->member];
    const sim_time passed = node_now(n) - grave->since;
    const sim_time remove = member->state == LEFT ? c->remove_left : c->remove_dead;

    if (grave->is_quarantine) {
        if (passed > c->quarantine)
            member->is_quarantined = 0;
        return member->is_quarantined;
    }
    if (c->silent_after > 0 && passed >= c->silent_after && !member->is_silent)
        set_silent(n, grave->member, true);
    if (remove == 0 || passed < remove)
        return true;
    set_silent(n, grave->member, false);
    member_forget(n, grave->member);
    member->is_quarantined = c->quarantine > 0;
    *grave = (struct grave){ grave->member, true, node_now(n) };
    return member->is_quarantined;
}

void removal_look(struct node *n)
{
    struct grave *graves = node_list(n, GRAVES);
    const uint32_t count = node_list_count(n, GRAVES);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (look_at(n, &graves[i]))
            graves[kept++] = graves[i];
    if (kept < count)
        node_list_keep(n, GRAVES, kept);
}
