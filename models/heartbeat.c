/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * heartbeat.c - every node says straight to others that it lives; who is silent for too long is
 * held dead; defined in docs/models.md.
 *
 * Each `interval` a node looks whose silence has become too long (heartbeat_watch.c, by the laws of
 * phi.h), and sends its heartbeat to all others, or asks those whom it watches, who answer:
 *
 *   one --BEAT--> all others         one --ASK--> those it watches      each --ANSWER--> one
 *
 * Who is new joins through a contact point, and what nodes know of each other is in each of these
 * messages as a hash (heartbeat_join.c).  Who leaves says so, which is a verdict at once.  Nobody
 * tells others of verdicts.
 *
 * Cost: n - 1 messages a node and interval, or 2 * `monitors`; 8 B of memory for each pair of
 * nodes, and 52 B, for a normal law 116 B, for each that one watches.
 * Source: as phi.h; akka-cluster's ClusterHeartbeat.scala; Scylla's direct failure detector.
 * Known values: with steady heartbeats and Cassandra's law 18.42 intervals of silence, and so the
 * first verdict so long after a crash; with loss p a run of k losses begins with probability
 * (1 - p) p^k (tests/theory/heartbeat_test.c).
 */
#include "models/heartbeat.h"

#define PLAIN(name_)                                \
    {                                               \
        .name = (name_), .carries = CARRIES_CONTROL \
    }
#define WITH_MEMBERS(name_)                                                            \
    {                                                                                  \
        .name = (name_), .carries = CARRIES_CONTROL, .item_size = sizeof(struct told), \
        .item_bytes = ADDRESS_BYTES                                                    \
    }

static const struct message_kind messages[] = {
    [BEAT] = PLAIN("beat"),        [ASK] = PLAIN("ask"),   [ANSWER] = PLAIN("answer"),
    [JOIN] = PLAIN("join"),        [WANT] = PLAIN("want"), [MEMBERS] = WITH_MEMBERS("members"),
    [NEWS] = WITH_MEMBERS("news"), [BYE] = PLAIN("bye"),   { .name = NULL },
};

static const struct model_figure figures[] = {
    [VERDICTS] = { "verdicts", "times that a node held another dead by its silence", FIGURE_COUNT,
                   UNIT_COUNT },
    [RETURNS] = { "returns", "times that a node heard of one that it held dead", FIGURE_COUNT,
                  UNIT_COUNT },
    [SILENCE] = { "silence",
                  "silences in which a heartbeat was missing, but no verdict came, as a "
                  "share of what would have led to it",
                  FIGURE_OBSERVED, UNIT_SHARE },
    { .name = NULL },
};

static const size_t list_sizes[] = { [WATCHED] = sizeof(node_id),
                                     [PHIS] = sizeof(struct phi),
                                     [SQUARES] = sizeof(struct phi_squares),
                                     [TOLD] = sizeof(struct told),
                                     [TOLD + 1] = 0 };

static void answer(struct node *n, node_id to)
{
    struct pack pack = { .count = 0 };

    heartbeat_join_fill(n, &pack);
    node_send_pack(n, to, ANSWER, set_new(), &pack);
}

/* Those who watch hear its heartbeats; the others may have heard that it left, and no more. */
static void greet(struct node *n)
{
    const struct state *s = node_state(n);

    for (uint32_t i = 0; i < s->active; i++)
        answer(n, heartbeat_roster_at(n, i));
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    node_every(n, c->interval, PHASE_RANDOM, TICK);
    heartbeat_watch_begin(n);
    if (s->has_lived)
        heartbeat_roster_resume(n);
    else
        heartbeat_roster_begin(n);
    heartbeat_watch_choose(n);
    heartbeat_join_start(n);
    if (s->has_lived && c->monitors > 0)
        greet(n);
    s->has_lived = true;
}

static void fire(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (tag == JOIN_AGAIN) {
        heartbeat_join_again(n, value);
        return;
    }
    s->wants = false;
    heartbeat_watch_judge(n);
    heartbeat_watch_choose(n);
    heartbeat_watch_send(n, c->ask ? ASK : BEAT);
}

static void receive(struct node *n, const struct message *m)
{
    const bool is_new = peer_state(n, m->from) == UNKNOWN;

    if (is_new && !peer_add(n, m->from, ALIVE))
        return;
    if (is_new)
        heartbeat_watch_choose(n);
    switch (m->kind) {
    case ASK:
        answer(n, m->from);
        heartbeat_join_compare(n, m);
        break;
    case BEAT:
    case ANSWER:
        heartbeat_watch_hear(n, m->from);
        heartbeat_join_compare(n, m);
        break;
    case JOIN:
        heartbeat_join_asked(n, m->from, is_new);
        break;
    case WANT:
        heartbeat_join_tell(n, m->from);
        break;
    case MEMBERS:
    case NEWS:
        heartbeat_join_learn(n, m);
        break;
    case BYE:
        peer_set(n, m->from, DEAD);
        break;
    }
}

static void go(struct node *n, bool graceful, bool loses)
{
    const struct state *s = node_state(n);

    (void)loses;
    for (uint32_t i = 0; i < s->active && graceful; i++)
        node_send(n, heartbeat_roster_at(n, i), BYE, set_new());
    heartbeat_roster_withdraw(n);
}

static int64_t fanout(const void *config)
{
    const struct config *c = config;

    return c->monitors > 0 ? c->monitors : INT32_MAX;
}

static bool lists_all(const void *config, int list)
{
    const struct config *c = config;

    return c->monitors == 0 &&
           (list == WATCHED || list == PHIS || (list == SQUARES && phi_needs_squares(&c->phi)));
}

const struct model model_heartbeat = {
    .name = "heartbeat",
    .summary = "every node says straight to others that it lives, and who is silent is held dead",
    .source = "Hayashibara et al., SRDS 2004; akka-cluster; ScyllaDB",
    .params = heartbeat_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct peer),
    .list_sizes = list_sizes,
    .knows_all = true,
    .lists_all = lists_all,
    .believes = true,
    .fanout = fanout,
    .check = heartbeat_check,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
    .view_count = heartbeat_roster_view_count,
    .view_at = heartbeat_roster_at,
    .on_down = go,
};
