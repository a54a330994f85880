/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_sync.c - push/pull of whole tables, joining and leaving; see swim.h.
 *
 *   one --PUSH-PULL all that it knows--> other      other --PUSH-PULL-REPLY the same--> one
 *
 * Both over a connection; each then takes in what the other knows.  What somebody else holds dead
 * is only suspected.  The interval grows with the members, so that the exchanges of all of them
 * do not grow with the square.
 *
 * Who comes up exchanges tables with a contact point, a random one first, and the others if there
 * is no answer in time; who has none, or is itself the only one, with a member that it knows.  Who
 * leaves tells as many members at once as it would have told, had it waited until its news had been
 * told as often as the limit says.
 *
 * Source: memberlist's state.go, pushPull() and mergeState(), and memberlist.go, Join() and
 * Leave(); util.go, pushPullScale().
 */
#include "models/swim.h"

enum { SCALE_FROM = 32 };              /* members up to which exchanges come at the interval */
#define JOIN_TIMEOUT (10 * SIM_SECOND) /* memberlist's TCPTimeout */

static sim_time scaled_interval(const struct config *c, uint32_t members)
{
    sim_time intervals = 1;

    for (uint64_t size = SCALE_FROM; size < members; size *= 2)
        intervals++;
    return members > SCALE_FROM ? intervals * c->push_pull_interval : c->push_pull_interval;
}

static void send_table(struct node *n, node_id to, int kind)
{
    const struct config *c = node_config(n);
    uint32_t count;
    const struct news *news = members_tell(n, &count);
    const uint32_t bytes =
        c->compression ? swim_compressed_table(count) : PUSH_PULL_BYTES + ENTRY_BYTES * count;

    node_send_reliably(n, to, kind, c->broadcasts ? set_copy(node_known(n)) : set_new(),
                       &(struct pack){ .items = news,
                                       .item_count = count,
                                       .extra_bytes = bytes - count * ITEM_BYTES });
    members_told_over(n);
}

void sync_with(struct node *n, node_id partner)
{
    send_table(n, partner, PUSH_PULL);
}

void sync_merge(struct node *n, const struct message *m)
{
    struct state *s = node_state(n);
    const struct news *news = m->items;

    for (uint32_t i = 0; i < m->item_count; i++)
        if (news[i].state == ALIVE)
            hear_alive(n, news[i].member, news[i].incarnation);
        else if (news[i].state == LEFT)
            hear_dead(n, news[i].member, news[i].incarnation, news[i].member);
        else
            hear_suspect(n, news[i].member, news[i].incarnation, node_self(n));
    s->has_joined = true;
    s->is_merging = true;
    if (!set_is_empty(m->set))
        node_learn(n, m);
    s->is_merging = false;
}

void sync_answer(struct node *n, const struct message *m)
{
    send_table(n, m->from, PUSH_PULL_REPLY);
    sync_merge(n, m);
}

void sync_tick(struct node *n, uint32_t life)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    node_id partner;

    if (life != s->life)
        return;
    if (members_pick(n, PICK_ALIVE, 1, node_self(n), &partner) > 0)
        send_table(n, partner, PUSH_PULL);
    node_after(n, scaled_interval(c, member_count(n)), PUSH_PULL_TICK, life);
}

/* ---- joining ---- */

static void join(struct node *n)
{
    struct state *s = node_state(n);
    const uint32_t seeds = node_seed_count(n);
    node_id contact = node_self(n);

    if (seeds > 0) { /* they come in a random order */
        node_seed(n, s->seeds_tried++ % seeds, &contact);
    } else if (members_pick(n, PICK_ALIVE, 1, node_self(n), &contact) == 0) {
        s->has_joined = true; /* there is nobody to be asked */
        return;
    }
    send_table(n, contact, PUSH_PULL);
    node_after(n, JOIN_TIMEOUT, JOIN_AGAIN, s->seeds_tried);
}

void sync_join_again(struct node *n, uint32_t tried)
{
    const struct state *s = node_state(n);

    if (!s->has_joined && tried == s->seeds_tried)
        join(n);
}

void sync_start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const bool is_first = s->incarnation == 0, begins = is_first && s->known > 0;

    s->life++;
    s->incarnation++;
    s->seeds_tried = 0;
    s->has_joined = begins;
    if (c->push_pull_interval > 0)
        node_after(n, (sim_time)node_random(n, (uint64_t)scaled_interval(c, member_count(n))),
                   PUSH_PULL_TICK, s->life);
    if (begins)
        return;
    queue_news(n, &(struct news){ .member = node_self(n),
                                  .from = node_self(n),
                                  .incarnation = s->incarnation & INCARNATION_MAX,
                                  .state = ALIVE });
    join(n);
}

void sync_fail(struct node *n, node_id to, const struct message *m)
{
    const struct state *s = node_state(n);

    (void)to;
    if (m->kind == PUSH_PULL && !s->has_joined)
        join(n);
}

void sync_leave(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const uint32_t limit = swim_transmit_limit(c, member_count(n));
    const struct news goodbye = { .member = node_self(n),
                                  .from = node_self(n),
                                  .incarnation = s->incarnation & INCARNATION_MAX,
                                  .state = LEFT };
    node_id to[MEMBERS_PICK_MAX];
    const uint32_t count = members_pick(n, PICK_ACTIVE, limit, node_self(n), to);

    for (uint32_t i = 0; i < count; i++)
        queue_send(n, to[i], &(struct header){ .kind = GOSSIP }, &goodbye);
}
