/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt_members.c - who there is, alive or not, and heartbeats heard; see scuttlebutt.h.
 *
 * Records are by node.  `listed` makes a list of those that are known: in the first places the
 * `live`, then the others up to `known`; `place` is its inverse.
 */
#include "models/scuttlebutt.h"

#include <assert.h>

/* Tenths of a second tell lives apart. */
#define GENERATION_UNIT (100 * SIM_MILLISECOND)

static enum belief belief_of(enum member_state state)
{
    return state == ALIVE                   ? BELIEF_ALIVE
           : state == DEAD || state == LEFT ? BELIEF_DEAD
                                            : BELIEF_NONE;
}

uint32_t roster_view_count(struct node *n)
{
    return ((const struct state *)node_state(n))->live;
}

node_id roster_view_at(struct node *n, uint32_t index)
{
    return (node_id)members_of(n)[index].listed;
}

/* ---- the list ---- */

static void swap(struct member *members, uint32_t a, uint32_t b)
{
    const uint32_t first = (uint32_t)members[a].listed, second = (uint32_t)members[b].listed;

    members[a].listed = second & PLACE_MAX;
    members[b].listed = first & PLACE_MAX;
    members[first].place = b & PLACE_MAX;
    members[second].place = a & PLACE_MAX;
}

static void list_add(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *members = members_of(n);

    members[s->known].listed = id & PLACE_MAX;
    members[id].place = s->known++ & PLACE_MAX;
}

bool member_pick(struct node *n, bool is_live, node_id *id)
{
    const struct state *s = node_state(n);
    const uint32_t first = is_live ? 0 : s->live, count = is_live ? s->live : s->known - s->live;

    if (count == 0)
        return false;
    *id = (node_id)members_of(n)[first + node_random(n, count)].listed;
    return true;
}

/* ---- changes ---- */

static void member_set(struct node *n, node_id id, enum member_state state)
{
    struct state *s = node_state(n);
    struct member *members = members_of(n), *member = &members[id];
    const enum member_state before = (enum member_state)member->state;

    if (before == state)
        return;
    member->state = (unsigned)state & 7;
    if (belief_of(before) != belief_of(state))
        node_believe(n, id, belief_of(before), belief_of(state));
    if (before == UNKNOWN)
        list_add(n, id);
    if (state == ALIVE) {
        removal_undo(n, id);
        swap(members, (uint32_t)member->place, s->live++);
        node_peer_up(n, id);
    } else if (before == ALIVE) {
        swap(members, (uint32_t)member->place, --s->live);
        removal_note(n, id);
        node_peer_down(n, id);
    } else if (before == UNKNOWN) {
        removal_note(n, id);
    }
}

/* It is not alive. */
void member_forget(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *members = members_of(n), *member = &members[id];
    const uint32_t last = --s->known;

    node_believe(n, id, belief_of((enum member_state)member->state), BELIEF_NONE);
    swap(members, (uint32_t)member->place, last);
    member->state = UNKNOWN;
    member->phi = (struct phi){ 0 };
    table_of(n)[id] = (struct digest){ 0 };
    node_count(n, REMOVED, 1);
}

/* ---- what is heard ---- */

static struct phi_squares *squares_of(struct node *n, node_id id)
{
    struct phi_squares *squares = node_list(n, SQUARES);

    return squares ? &squares[id] : NULL;
}

static void hear_anew(struct node *n, node_id id)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    struct phi *phi = &members_of(n)[id].phi;

    *phi = (struct phi){ 0 };
    if (c->heartbeats)
        phi_hear(&s->judge, phi, squares_of(n, id), node_now(n), false);
}

/* Somebody has heard of a later life of this node than it knows of: it begins another. */
static void outlive(struct node *n, uint64_t life)
{
    table_of(n)[node_self(n)].life = life_of((uint32_t)(life >> 32) + 1, 0);
}

void member_hear(struct node *n, node_id id, uint64_t life)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    struct member *member = &members_of(n)[id];
    struct digest *digest = &table_of(n)[id];
    const bool is_dead = member->state == DEAD || member->state == LEFT;

    if (id == node_self(n)) {
        outlive(n, life);
        return;
    }
    if (member->is_quarantined)
        return;
    if (is_dead && life >> 32 > digest->life >> 32) {
        member->phi = (struct phi){ 0 };
        removal_undo(n, id);
        removal_note(n, id);
    }
    digest->life = life;
    if (has_left(life)) {
        member_set(n, id, LEFT);
        return;
    }
    if (c->heartbeats)
        phi_hear(&s->judge, &member->phi, squares_of(n, id), node_now(n), is_dead);
    if (member->state == ALIVE)
        return;
    if (member->state == UNKNOWN || member->state == LEFT)
        member_set(n, id, MEMBER_NEW);
    if (c->heartbeats && !phi_is_enough(&s->judge, &member->phi))
        return;
    if (c->echo)
        node_send(n, id, ECHO, set_new());
    else
        member_set(n, id, ALIVE);
}

void member_echoed(struct node *n, node_id id)
{
    const enum member_state state = (enum member_state)members_of(n)[id].state;

    if (state == MEMBER_NEW || state == DEAD)
        member_set(n, id, ALIVE);
}

void roster_judge(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const struct member *members = members_of(n);
    const uint32_t all = node_record_count(n);
    const sim_time now = node_now(n);

    if (!c->heartbeats || !phi_watch_look(&s->judge, &s->watch, now))
        return;
    for (node_id id = 0; id < all; id++)
        if (members[id].state == ALIVE && !phi_is_early(&s->judge, &members[id].phi, now) &&
            now >= phi_due(&s->judge, &members[id].phi, squares_of(n, id))) {
            node_count(n, VERDICTS, 1);
            member_set(n, id, DEAD);
        }
}

/* ---- lives ---- */

/* False if there is no memory for it. */
static bool make_room(struct node *n)
{
    const struct state *s = node_state(n);
    const uint32_t all = node_shared_count(n);

    assert(all <= PLACE_MAX);
    for (uint32_t i = 0; i < all; i++) {
        node_record_add(n);
        node_list_add(n, TABLE);
        if (phi_has_squares(&s->judge))
            node_list_add(n, SQUARES);
    }
    return node_record_count(n) == all && node_list_count(n, TABLE) == all &&
           node_list_count(n, SQUARES) == (phi_has_squares(&s->judge) ? all : 0);
}

static void begin(struct node *n)
{
    for (node_id id = 0; node_next_member(n, &id); id++) {
        table_of(n)[id].life = life_of(FIRST_GENERATION, 0);
        hear_anew(n, id);
        member_set(n, id, ALIVE);
    }
}

/* Up again with what it knew: those that it held alive get another chance. */
static void resume(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = (node_id)members_of(n)[i].listed;
        const enum member_state state = (enum member_state)members_of(n)[id].state;

        if (state == ALIVE)
            hear_anew(n, id);
        if (belief_of(state) != BELIEF_NONE)
            node_believe(n, id, BELIEF_NONE, belief_of(state));
    }
}

void roster_start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const uint32_t by_clock = (uint32_t)(node_now(n) / GENERATION_UNIT) + FIRST_GENERATION + 1;
    const bool has_begun = s->has_begun;
    uint32_t generation;

    phi_prepare(&s->judge, &c->phi);
    phi_watch_begin(&s->watch, node_now(n));
    if (has_begun)
        resume(n);
    else if (make_room(n))
        begin(n);
    else
        return;
    s->has_begun = true;
    generation = (uint32_t)(table_of(n)[node_self(n)].life >> 32) + 1;
    if (generation < by_clock && (has_begun || s->known == 0))
        generation = by_clock;
    table_of(n)[node_self(n)].life = life_of(generation, 0);
}

void roster_withdraw(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = (node_id)members_of(n)[i].listed;
        const enum belief belief = belief_of((enum member_state)members_of(n)[id].state);

        if (belief != BELIEF_NONE)
            node_believe(n, id, belief, BELIEF_NONE);
    }
}
