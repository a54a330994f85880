/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim_health.c - how well a node thinks that it is itself: Lifeguard's local health multiplier;
 * see swim.h.
 *
 * A score from 0, healthy, to 7.  A probe that succeeds takes one off; to be suspected, and so to
 * refute, adds one, and so does every helper that was asked and said nothing at all, or a failed
 * probe where none can.  Who misses answers from many sides is likely to be slow itself.
 *
 * Source: A. Dadgar, J. Phillips, J. Currey, Lifeguard: local health awareness for more accurate
 * failure detection, DSN-W 2018, section IV; memberlist's awareness.go, which scales how long a
 * probe may take, and not the timeout until helpers are asked.
 */
#include "models/swim.h"

enum { HEALTH_MAX = 8 }; /* memberlist's AwarenessMaxMultiplier */

void health_change(struct node *n, int by)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    int health = s->health + by;

    if (!c->lifeguard || !c->local_health)
        return;
    health = health < 0 ? 0 : health >= HEALTH_MAX ? HEALTH_MAX - 1 : health;
    if (health == s->health)
        return;
    s->health = health;
    node_gauge(n, HEALTH, health);
}

sim_time health_scale(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    return c->interval * (s->health + 1);
}
