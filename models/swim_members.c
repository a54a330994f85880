/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_members.c - the table of members of a node; see swim.h.
 *
 * A record for each node, 8 B, and in them a list of those known, in three parts:
 *
 *   0 .. visited    alive or suspect, probed in this lap, or to be left out of it
 *   .. active       alive or suspect, still to be probed
 *   .. known        dead, or left
 *
 * The next to be probed is a random one of the second part, which makes a lap a uniformly random
 * order, shuffled anew each time, without another list (the shuffle of Fisher and Yates, a step at
 * a time).  Who comes into a lap falls into its first or second part as if put at a random place.
 * The view is the first two parts.
 */
#include "models/swim.h"

#include <assert.h>

static struct member *table_of(struct node *n)
{
    return node_records(n);
}

static enum belief belief_of(enum member_state state)
{
    static const enum belief beliefs[] = {
        [UNKNOWN] = BELIEF_NONE, [ALIVE] = BELIEF_ALIVE, [SUSPECT] = BELIEF_SUSPECT,
        [DEAD] = BELIEF_DEAD,    [LEFT] = BELIEF_DEAD,
    };

    return beliefs[state];
}

static bool is_active(enum member_state state)
{
    return state == ALIVE || state == SUSPECT;
}

struct member *member_of(struct node *n, node_id id)
{
    return id < node_record_count(n) ? &table_of(n)[id] : NULL;
}

enum member_state member_state(struct node *n, node_id id)
{
    const struct member *member = member_of(n, id);

    return member ? (enum member_state)member->state : UNKNOWN;
}

uint32_t member_count(struct node *n)
{
    return ((const struct state *)node_state(n))->known + 1;
}

uint32_t members_view_count(struct node *n)
{
    return ((const struct state *)node_state(n))->active;
}

node_id members_view_at(struct node *n, uint32_t index)
{
    return (node_id)table_of(n)[index].listed;
}

/* ---- the list ---- */

static void swap(struct member *table, uint32_t a, uint32_t b)
{
    const uint32_t first = (uint32_t)table[a].listed, second = (uint32_t)table[b].listed;

    table[a].listed = second & INCARNATION_MAX;
    table[b].listed = first & INCARNATION_MAX;
    table[first].place = b & INCARNATION_MAX;
    table[second].place = a & INCARNATION_MAX;
}

/* The member is at the end of the first two parts, and comes into them; the lap has got so far with
 * the rest. */
static void enter_lap(struct node *n, struct member *table)
{
    struct state *s = node_state(n);

    if (node_random(n, s->active + 1) < s->visited)
        swap(table, s->active, s->visited++);
    s->active++;
}

static void list_add(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *table = table_of(n);

    table[s->known].listed = id & INCARNATION_MAX;
    table[id].place = s->known & INCARNATION_MAX;
    s->known++;
}

static void list_activate(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *table = table_of(n);

    swap(table, (uint32_t)table[id].place, s->active);
    enter_lap(n, table);
}

static void list_deactivate(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *table = table_of(n);

    if (table[id].place < s->visited)
        swap(table, (uint32_t)table[id].place, --s->visited);
    swap(table, (uint32_t)table[id].place, --s->active);
}

static void list_drop(struct node *n, node_id id)
{
    struct state *s = node_state(n);
    struct member *table = table_of(n);

    swap(table, (uint32_t)table[id].place, --s->known);
}

/* ---- the dead ---- */

static void bury(struct node *n, node_id id)
{
    struct grave *grave = node_list_add(n, GRAVES);

    *grave = (struct grave){ .member = id, .since = node_now(n) };
}

/* Whether a dead member is still told news. */
static bool is_fresh(struct node *n, node_id id)
{
    const struct config *c = node_config(n);
    const struct grave *graves = node_list(n, GRAVES);
    uint32_t i = 0;

    if (node_list_count(n, GRAVES) > 0 &&
        node_now(n) - graves[0].since <= c->forget_after) /* speed only: all are */
        return true;
    while (i < node_list_count(n, GRAVES) && graves[i].member != id)
        i++;
    return i < node_list_count(n, GRAVES) && node_now(n) - graves[i].since <= c->forget_after;
}

static void dig_up(struct node *n, node_id id)
{
    struct grave *graves = node_list(n, GRAVES);
    const uint32_t count = node_list_count(n, GRAVES);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (graves[i].member != id)
            graves[kept++] = graves[i];
    node_list_keep(n, GRAVES, kept);
}

/* Forgets those that have been dead for longer than the dead are told news. */
static void forget_dead(struct node *n)
{
    const struct config *c = node_config(n);
    struct grave *graves = node_list(n, GRAVES);
    const uint32_t count = node_list_count(n, GRAVES);
    uint32_t gone = 0;

    while (gone < count && node_now(n) - graves[gone].since > c->forget_after) {
        const node_id id = graves[gone++].member;
        struct member *member = member_of(n, id);

        node_believe(n, id, belief_of((enum member_state)member->state), BELIEF_NONE);
        list_drop(n, id);
        member->state = UNKNOWN;
        member->incarnation = 0;
    }
    for (uint32_t i = gone; i < count && gone > 0; i++)
        graves[i - gone] = graves[i];
    if (gone > 0)
        node_list_keep(n, GRAVES, count - gone);
}

/* ---- changes ---- */

/* The record of a node, which there may not have been; NULL: memory is short, and the run over. */
static struct member *record_of(struct node *n, node_id id)
{
    assert(id <= INCARNATION_MAX && id != node_self(n));
    for (uint32_t i = node_record_count(n); i <= id; i++)
        node_record_add(n);
    return member_of(n, id);
}

void member_set(struct node *n, node_id id, enum member_state state, uint32_t incarnation)
{
    enum member_state before;
    struct member *member = record_of(n, id);

    assert(state != UNKNOWN);
    if (!member)
        return;
    before = (enum member_state)member->state;
    member->state = (unsigned)state & 7;
    member->incarnation = incarnation & INCARNATION_MAX;
    if (before == state)
        return;
    node_believe(n, id, belief_of(before), belief_of(state));
    if (before == UNKNOWN)
        list_add(n, id);
    if (before == DEAD || before == LEFT)
        dig_up(n, id);
    if (is_active(state) && !is_active(before)) {
        list_activate(n, id);
        node_peer_up(n, id);
    } else if (!is_active(state) && is_active(before)) {
        list_deactivate(n, id);
        node_peer_down(n, id);
    }
    if (!is_active(state))
        bury(n, id);
    if (((const struct config *)node_config(n))->reconnect_interval > 0)
        reconnect_note(n, id, state == DEAD);
}

void members_begin(struct node *n)
{
    struct state *s = node_state(n);

    for (node_id id = 0; node_next_member(n, &id); id++) {
        struct member *member = record_of(n, id);

        if (!member)
            return;
        member->state = ALIVE;
        member->incarnation = 1;
        list_add(n, id);
        s->active++;
        node_believe(n, id, BELIEF_NONE, BELIEF_ALIVE);
        node_peer_up(n, id);
    }
}

void members_resume(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = (node_id)table_of(n)[i].listed;
        struct member *member = member_of(n, id);

        if (member->state == SUSPECT)
            member->state = ALIVE;
        member->is_queued = 0;
        node_believe(n, id, BELIEF_NONE, belief_of((enum member_state)member->state));
    }
}

void members_withdraw(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = (node_id)table_of(n)[i].listed;

        node_believe(n, id, belief_of(member_state(n, id)), BELIEF_NONE);
    }
}

/* ---- choosing ---- */

bool members_next(struct node *n, node_id *id)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct member *table = table_of(n);

    if (s->visited == s->active) { /* the lap is over */
        s->visited = 0;
        forget_dead(n);
    }
    if (s->active == 0)
        return false;
    if (c->order == RANDOM) {
        *id = (node_id)table[node_random(n, s->active)].listed;
        s->visited++; /* as long as a lap takes, the dead are kept */
        return true;
    }
    swap(table, s->visited + (uint32_t)node_random(n, s->active - s->visited), s->visited);
    *id = (node_id)table[s->visited++].listed;
    return true;
}

/* Whether who stands at a place of the list can be picked. */
static bool is_fit(struct node *n, uint32_t place, node_id id, enum pick which, node_id but)
{
    const struct state *s = node_state(n);

    if (id == but)
        return false;
    if (place < s->active)
        return which != PICK_ALIVE || member_state(n, id) == ALIVE;
    return which == PICK_GOSSIP && member_state(n, id) == DEAD && is_fresh(n, id);
}

/* Random places with replacement, thrown away if they are unfit or were drawn before: as
 * memberlist's kRandomNodes(), up to three times as many as there are members. */
static uint32_t pick_few(struct node *n, enum pick which, uint32_t count, node_id but,
                         node_id *picked)
{
    const struct state *s = node_state(n);
    const uint32_t from = which == PICK_GOSSIP ? s->known : s->active;
    uint32_t found = 0;

    for (uint32_t i = 0; i < 3 * from && found < count; i++) {
        const uint32_t place = (uint32_t)node_random(n, from);
        const node_id id = (node_id)table_of(n)[place].listed;
        bool is_new = is_fit(n, place, id, which, but);

        for (uint32_t k = 0; k < found && is_new; k++)
            is_new = picked[k] != id;
        if (is_new)
            picked[found++] = id;
    }
    return found;
}

/* Of few all are looked at, in a random order. */
static uint32_t pick_all(struct node *n, enum pick which, uint32_t count, node_id but,
                         node_id *picked)
{
    const struct state *s = node_state(n);
    const uint32_t from = which == PICK_GOSSIP ? s->known : s->active;
    uint32_t order[3 * MEMBERS_PICK_MAX], found = 0;

    for (uint32_t i = 0; i < from; i++)
        order[i] = i;
    for (uint32_t i = 0; i < from && found < count; i++) {
        const uint32_t other = i + (uint32_t)node_random(n, from - i);
        const uint32_t place = order[other];
        const node_id id = (node_id)table_of(n)[place].listed;

        order[other] = order[i];
        if (is_fit(n, place, id, which, but))
            picked[found++] = id;
    }
    return found;
}

uint32_t members_pick(struct node *n, enum pick which, uint32_t count, node_id but, node_id *picked)
{
    const struct state *s = node_state(n);
    const uint32_t from = which == PICK_GOSSIP ? s->known : s->active;

    assert(count <= MEMBERS_PICK_MAX);
    return from < 3 * count ? pick_all(n, which, count, but, picked)
                            : pick_few(n, which, count, but, picked);
}

/* ---- telling all ---- */

const struct news *members_tell(struct node *n, uint32_t *count)
{
    const struct state *s = node_state(n);
    const node_id self = node_self(n);

    *(struct news *)node_list_add(n, TABLE) =
        (struct news){ .member = self,
                       .from = self,
                       .incarnation = s->incarnation & INCARNATION_MAX,
                       .state = ALIVE };
    for (uint32_t i = 0; i < s->known; i++) {
        const node_id id = (node_id)table_of(n)[i].listed;
        const struct member *member = member_of(n, id);
        struct news *news = node_list_add(n, TABLE);

        *news = (struct news){
            .member = id,
            .from = id,
            .incarnation = member->incarnation,
            .state = member->state,
        };
    }
    *count = node_list_count(n, TABLE);
    return node_list(n, TABLE);
}

void members_told_over(struct node *n)
{
    node_list_keep(n, TABLE, 0);
}
