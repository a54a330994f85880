/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_reconnect.c - members that a node has held dead and tries to reach again; see swim.h.
 *
 * Nobody pings the dead, and after a while they are forgotten: a partition that lasts longer than
 * that never heals.  So serf keeps those that failed for a day, and every interval, with a
 * probability of failed to live members, exchanges tables with a random one of them.
 *
 * Source: hashicorp/serf at a24f620f, serf/serf.go, reconnect(); serf/config.go.
 */
#include "models/swim.h"

#define KEPT (24 * 3600 * SIM_SECOND) /* serf's ReconnectTimeout */

/* Forgets who failed long ago, and one of the others. */
static void forget(struct node *n, node_id member)
{
    struct grave *failed = node_list(n, FAILED);
    const uint32_t count = node_list_count(n, FAILED);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < count; i++)
        if (failed[i].member != member && node_now(n) - failed[i].since <= KEPT)
            failed[kept++] = failed[i];
    if (kept < count)
        node_list_keep(n, FAILED, kept);
}

void reconnect_note(struct node *n, node_id member, bool is_dead)
{
    forget(n, member);
    if (is_dead)
        *(struct grave *)node_list_add(n, FAILED) =
            (struct grave){ .member = member, .since = node_now(n) };
}

void reconnect_start(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    if (c->reconnect_interval > 0)
        node_after(n, c->reconnect_interval, RECONNECT, s->life);
}

void reconnect_tick(struct node *n, uint32_t life)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    uint32_t count;

    if (life != s->life)
        return;
    forget(n, node_self(n));
    count = node_list_count(n, FAILED);
    if (count > 0 && node_random(n, s->active + 1) < count) {
        const struct grave *failed = node_list(n, FAILED);

        sync_with(n, failed[node_random(n, count)].member);
    }
    node_after(n, c->reconnect_interval, RECONNECT, life);
}
