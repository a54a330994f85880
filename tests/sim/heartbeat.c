/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heartbeat.c - see heartbeat.h. */
#include "tests/sim/heartbeat.h"

/* Of each node, one for each other. */
struct peer {
    sim_time heard;
    enum belief belief;
};

enum { BEAT, WATCH }; /* tags of timers */

static const struct param params[] = {
    PARAM_INTERVAL(struct heartbeat_config, interval, "1s", "1us..365d", "between two beats"),
    PARAM_TIME(struct heartbeat_config, suspect, "0s", "0s..365d", "of silence before suspicion"),
    PARAM_TIME(struct heartbeat_config, timeout, "2500ms", "1us..365d", "of silence before death"),
    PARAM_COUNT(struct heartbeat_config, nodes, "2", "1..1000000", "that there are"),
    PARAM_END,
};

static const struct message_kind messages[] = {
    { .name = "beat", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static struct peer *peer_of(struct node *n, node_id id)
{
    return (struct peer *)node_records(n) + id;
}

static void believe(struct node *n, node_id id, enum belief belief)
{
    struct peer *peer = peer_of(n, id);

    node_believe(n, id, peer->belief, belief);
    peer->belief = belief;
}

/* It was heard of just now, or is taken to be. */
static void hear_of(struct node *n, node_id id)
{
    const struct heartbeat_config *c = node_config(n);

    peer_of(n, id)->heard = node_now(n);
    believe(n, id, BELIEF_ALIVE);
    node_after(n, c->suspect ? c->suspect : c->timeout, WATCH, id);
}

static void start(struct node *n)
{
    const struct heartbeat_config *c = node_config(n);

    while (node_record_count(n) < c->nodes)
        node_record_add(n);
    for (node_id id = 0; id < c->nodes; id++)
        if (id != node_self(n))
            hear_of(n, id);
    node_every(n, c->interval, PHASE_RANDOM, BEAT);
}

static void watch(struct node *n, node_id id)
{
    const struct heartbeat_config *c = node_config(n);
    const struct peer *peer = peer_of(n, id);
    const sim_time silence = node_now(n) - peer->heard;

    if (silence >= c->timeout)
        believe(n, id, BELIEF_DEAD);
    else if (c->suspect && silence >= c->suspect && peer->belief == BELIEF_ALIVE) {
        believe(n, id, BELIEF_SUSPECT);
        node_after(n, c->timeout - silence, WATCH, id);
    }
}

static void fire(struct node *n, int tag, uint32_t value)
{
    const struct heartbeat_config *c = node_config(n);

    if (tag == WATCH) {
        watch(n, value);
        return;
    }
    for (node_id id = 0; id < c->nodes; id++)
        if (id != node_self(n))
            node_send(n, id, 0, set_new());
}

static void hear(struct node *n, const struct message *m)
{
    hear_of(n, m->from);
}

static void stop(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    for (node_id id = 0; id < node_record_count(n); id++)
        if (id != node_self(n))
            believe(n, id, BELIEF_NONE);
}

const struct model heartbeat = {
    .name = "heartbeat",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct heartbeat_config),
    .record_size = sizeof(struct peer),
    .believes = true,
    .on_start = start,
    .on_timer = fire,
    .on_message = hear,
    .on_down = stop,
};
