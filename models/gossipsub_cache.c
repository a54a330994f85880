/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gossipsub_cache.c - the messages that a node still holds, by the heartbeat in which they came,
 * and telling of them those who are not in its mesh; see gossipsub.h.
 *
 * The sets of the model are a ring of windows, one a heartbeat.
 */
#include "models/gossipsub.h"

int cache_sets(const void *config)
{
    return (int)((const struct config *)config)->history;
}

static struct set **window(struct node *n, uint32_t age)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const uint32_t history = (uint32_t)c->history;

    return &node_sets(n)[(s->beat % history + history - age) % history];
}

void cache_add(struct node *n, const struct set *news)
{
    set_add(window(n, 0), news);
}

void cache_forget(struct node *n)
{
    const struct config *c = node_config(n);

    for (int64_t i = 0; i < c->history; i++)
        set_clear(window(n, (uint32_t)i));
}

/* What came in so many windows, the present one first; a new set. */
static struct set *latest(struct node *n, int64_t windows)
{
    struct set *all = set_new();

    for (int64_t i = 0; i < windows; i++)
        set_add(&all, *window(n, (uint32_t)i));
    return all;
}

static bool is_outside(const struct node *n, const struct link *link)
{
    (void)n;
    return !link->is_in_mesh && !link->is_down;
}

static void tell(struct node *n, node_id peer, const struct set *held)
{
    struct set *meant = node_meant_for(n, peer, held);

    node_count(n, IHAVES, !set_is_empty(meant));
    node_send_some(n, peer, IHAVE, meant);
}

/* Tells random peers outside the mesh, each as likely: those still to be chosen among those still
 * to come. */
static void tell_some(struct node *n, const struct set *held)
{
    const struct config *c = node_config(n);
    uint32_t count, left = 0;
    const struct link *links = links_of(n, &count);
    int64_t wanted;

    for (uint32_t i = 0; i < count; i++)
        left += is_outside(n, &links[i]);
    wanted = (int64_t)(c->gossip_factor * left);
    wanted = wanted < c->d_lazy ? c->d_lazy : wanted;
    for (uint32_t i = 0; i < count && wanted > 0; i++) {
        if (!is_outside(n, &links[i]))
            continue;
        if (left <= wanted || node_random(n, left) < (uint64_t)wanted) {
            tell(n, links[i].peer, held);
            wanted--;
        }
        left--;
    }
}

void cache_beat(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct set *held = latest(n, c->gossip_window);

    if (!set_is_empty(held))
        tell_some(n, held);
    set_free(held);
    s->beat++;
    set_clear(window(n, 0));
}

void cache_ask(struct node *n, const struct message *ihave)
{
    struct set *missing = set_minus(ihave->set, node_known(n));

    node_count(n, IWANTS, !set_is_empty(missing));
    node_send_some(n, ihave->from, IWANT, missing);
}

void cache_answer(struct node *n, const struct message *iwant)
{
    const struct config *c = node_config(n);
    struct set *held = latest(n, c->history);

    node_send_some(n, iwant->from, MESSAGE, set_common(iwant->set, held));
    set_free(held);
}
