/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * swim.c - a full list of members on every node, kept right by probes and gossip; defined in
 * docs/models.md.
 *
 * Every `interval` a node probes one member (swim_probe.c).  If neither it nor any helper gets an
 * answer, the node suspects the member (swim_suspicion.c) and tells others; the member can refute
 * that by raising its incarnation (swim_verdict.c), and is held dead if it does not in time.  All
 * such news waits in a queue (swim_queue.c) and rides on pings and acknowledgements, on gossip of
 * its own, and in exchanges of whole tables, by which nodes also join (swim_sync.c).  A node that
 * misses many answers trusts itself less (swim_health.c).
 *
 * Cost: a ping and an acknowledgement a node and interval where all is well, however many members;
 * 8 B of memory for each pair of nodes.
 * Source: A. Das, I. Gupta, A. Motivala, SWIM: scalable weakly-consistent infection-style process
 * group membership protocol, DSN 2002; A. Dadgar, J. Phillips, J. Currey, Lifeguard, DSN-W 2018;
 * hashicorp/memberlist at 1b4c746c.
 * Known values: the first detection of a crash after 1 / (1 - (1 - 1/(n-1))^(n-1)) intervals with
 * `order: random`; a probe of a live member fails with probability (1 - q^2)(1 - q^4)^k where
 * messages arrive with probability q and there are k helpers (tests/theory/swim_test.c).
 */
#include "models/swim.h"

#include <math.h>

/* Of what news takes one byte goes with it; the rest, which hangs on all that a message holds and
 * on compression, goes with the message. */
#define WITH_NEWS(name_)                                                               \
    {                                                                                  \
        .name = (name_), .carries = CARRIES_PAYLOAD, .item_size = sizeof(struct news), \
        .item_bytes = ITEM_BYTES                                                       \
    }

static const struct message_kind messages[] = {
    [PING] = WITH_NEWS("ping"),
    [PING_REQ] = WITH_NEWS("ping-req"),
    [ACK] = WITH_NEWS("ack"),
    [NACK] = WITH_NEWS("nack"),
    [GOSSIP] = WITH_NEWS("gossip"),
    [PUSH_PULL] = WITH_NEWS("push-pull"),
    [PUSH_PULL_REPLY] = WITH_NEWS("push-pull-reply"),
    [KNOCK] = { .name = "knock", .carries = CARRIES_PAYLOAD },
    [KNOCK_REPLY] = { .name = "knock-reply", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [PROBES] = { "probes", "probes begun", FIGURE_COUNT, UNIT_COUNT },
    [PROBES_HELPED] = { "probes_helped", "probes answered after helpers were asked", FIGURE_COUNT,
                        UNIT_COUNT },
    [PROBES_CONNECTED] = { "probes_connected", "probes answered over a connection alone",
                           FIGURE_COUNT, UNIT_COUNT },
    [PROBES_FAILED] = { "probes_failed", "probes not answered at all", FIGURE_COUNT, UNIT_COUNT },
    [SUSPICIONS] = { "suspicions", "times that a node began to suspect a member", FIGURE_COUNT,
                     UNIT_COUNT },
    [VERDICTS] = { "verdicts", "times that a node held a member dead by itself", FIGURE_COUNT,
                   UNIT_COUNT },
    [REFUTATIONS] = { "refutations", "times that a node refuted what was said of it", FIGURE_COUNT,
                      UNIT_COUNT },
    [QUEUE_MAX] = { "queue_max", "most news in one node's queue", FIGURE_PEAK, UNIT_COUNT },
    [DROPPED] = { "dropped", "updates that were too large for a message or found the queue full",
                  FIGURE_COUNT, UNIT_COUNT },
    [HEALTH] = { "health", "local health score, 0 to 7, 0 being healthy", FIGURE_GAUGE,
                 UNIT_COUNT },
    { .name = NULL },
};

static const size_t list_sizes[] = {
    [QUEUE] = sizeof(struct queued),     [SUSPICION_LIST] = sizeof(struct suspicion),
    [ACCUSERS] = sizeof(struct accuser), [GRAVES] = sizeof(struct grave),
    [RELAYS] = sizeof(struct relay),     [TABLE] = sizeof(struct news),
    [FAILED] = sizeof(struct grave),     [FAILED + 1] = 0,
};

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    node_every(n, c->interval, PHASE_RANDOM, PROBE_TICK);
    if (c->gossip_nodes > 0)
        node_every(n, c->gossip_interval, PHASE_RANDOM, GOSSIP_TICK);
    s->is_probing = s->is_late = false;
    queue_forget(n);
    suspicions_forget(n);
    node_list_keep(n, RELAYS, 0);
    if (s->incarnation == 0)
        members_begin(n);
    else
        members_resume(n);
    sync_start(n);
    reconnect_start(n);
}

static void fire(struct node *n, int tag, uint32_t value)
{
    switch (tag) {
    case PROBE_TICK:
        probe_tick(n);
        break;
    case GOSSIP_TICK:
        queue_gossip(n);
        break;
    case NO_ACK:
        probe_no_ack(n, value);
        break;
    case PROBE_OVER:
        probe_over(n, value);
        break;
    case RELAY_OVER:
        probe_relay_over(n, value);
        break;
    case SUSPICION_OVER:
        suspicion_over(n, value);
        break;
    case PUSH_PULL_TICK:
        sync_tick(n, value);
        break;
    case RECONNECT:
        reconnect_tick(n, value);
        break;
    case JOIN_AGAIN:
        sync_join_again(n, value);
        break;
    }
}

/* What a message is, before the news in it: an answer leaves before that is handled. */
static void answer(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case PING:
        queue_send(n, m->from,
                   &(struct header){ .kind = ACK, .bytes = ACK_BYTES, .value = m->value }, NULL);
        break;
    case PING_REQ:
        probe_relay(n, m);
        break;
    case ACK:
        probe_ack(n, m->value);
        break;
    case NACK:
        probe_nack(n, m->value);
        break;
    case KNOCK:
        node_send_reliably(n, m->from, KNOCK_REPLY, set_new(),
                           &(struct pack){ .value = m->value, .extra_bytes = ACK_BYTES });
        break;
    case KNOCK_REPLY:
        probe_knocked(n, m->value);
        break;
    }
}

static void receive(struct node *n, const struct message *m)
{
    if (m->kind == PUSH_PULL) {
        sync_answer(n, m);
    } else if (m->kind == PUSH_PULL_REPLY) {
        sync_merge(n, m);
    } else {
        answer(n, m);
        hear_news(n, m);
        if (!set_is_empty(m->set))
            node_learn(n, m);
    }
}

/* What a push/pull brings is not told on, nor what another model does: that model tells it. */
static void learn(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);

    if (c->broadcasts && !s->is_merging && how != LEARNED_OTHER)
        queue_updates(n, news);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)loses;
    if (graceful)
        sync_leave(n);
    members_withdraw(n);
}

static int64_t fanout(const void *config)
{
    const struct config *c = config;

    return c->gossip_nodes > 0 ? c->gossip_nodes : 1;
}

#define NEWS_OF_CHANGE 2.0 /* suspected and dead; alive, and often still suspected */

/* As if each piece of news had messages of its own, but for those of nodes that have always some
 * to tell. */
static double tells(const void *config, double nodes, double changes)
{
    const struct config *c = config;
    const double most = (double)c->gossip_nodes * SIM_SECOND / (double)c->gossip_interval;
    const double wanted = NEWS_OF_CHANGE * changes * swim_transmit_limit(c, (uint32_t)nodes);

    return most > 0 ? most * (1 - exp(-wanted / most)) : 0;
}

const struct model model_swim = {
    .name = "swim",
    .summary = "every node knows all members, probes them in turn and gossips who came and went",
    .source = "Das, Gupta, Motivala, SWIM, DSN 2002; Lifeguard, DSN-W 2018; hashicorp/memberlist",
    .params = swim_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct member),
    .list_sizes = list_sizes,
    .knows_all = true,
    .believes = true,
    .fanout = fanout,
    .tells = tells,
    .theory = swim_theory,
    .check = swim_check,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
    .on_failed = sync_fail,
    .view_count = members_view_count,
    .view_at = members_view_at,
    .on_learn = learn,
    .on_down = go,
};
