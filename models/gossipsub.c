/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gossipsub.c - messages along a mesh of few links, and word of them to some others; defined in
 * docs/models.md.
 *
 *   node that learns --MESSAGE--> its mesh, but not back to the sender
 *   each heartbeat   --GRAFT----> a peer, if the mesh is too small;  --PRUNE--> if it is too large
 *                    --IHAVE----> some peers outside the mesh: what came of late
 *                    <--IWANT---- who lacks some of it  --MESSAGE-->
 *
 * One topic that all nodes are in, so that there is no fan-out for others.  Version 1.1 without
 * scores, and so without what hangs on them: opportunistic grafting, promises, exchange of peers,
 * limits on misbehaving ones.  All goes over connections: libp2p knows nothing else.
 *
 * Source: D. Vyzovitis et al., GossipSub: attack-resilient message propagation in the Filecoin and
 * ETH2.0 networks, 2020; libp2p/specs at 7740c076, pubsub/gossipsub; libp2p/go-libp2p-pubsub at
 * 41b11d5c, gossipsub.go.
 * Known values: copies that are not the first, a node and message, between d/2 - 1 (each link of
 * the mesh used once) and d - 2 (from both ends), d being the mean size of the meshes
 * (tests/theory/gossipsub_test.c).
 */
#include "models/gossipsub.h"

static const struct message_kind messages[] = {
    [MESSAGE] = { .name = "message", .carries = CARRIES_PAYLOAD },
    [IHAVE] = { .name = "ihave", .carries = CARRIES_IDENTITIES },
    [IWANT] = { .name = "iwant", .carries = CARRIES_IDENTITIES },
    [IDONTWANT] = { .name = "idontwant", .carries = CARRIES_IDENTITIES },
    [GRAFT] = { .name = "graft", .carries = CARRIES_CONTROL },
    [PRUNE] = { .name = "prune", .carries = CARRIES_CONTROL },
    [SUBSCRIBE] = { .name = "subscribe", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [MESH] = { "mesh", "peers in the mesh of a node", FIGURE_GAUGE, UNIT_COUNT },
    [GRAFTS] = { "grafts", "peers asked into a mesh", FIGURE_COUNT, UNIT_COUNT },
    [PRUNES] = { "prunes", "peers dropped from a mesh, or refused", FIGURE_COUNT, UNIT_COUNT },
    [IHAVES] = { "ihaves", "messages that tell a peer what there is", FIGURE_COUNT, UNIT_COUNT },
    [IWANTS] = { "iwants", "messages that ask for what a peer told of", FIGURE_COUNT, UNIT_COUNT },
    [IDONTWANTS] = { "idontwants", "messages that refuse what is there", FIGURE_COUNT, UNIT_COUNT },
    [DUPLICATES] = { "duplicates", "copies received of what was known", FIGURE_COUNT, UNIT_COUNT },
    [SPARED] = { "spared", "copies not sent because the peer refused them", FIGURE_COUNT,
                 UNIT_COUNT },
    { .name = NULL },
};

enum { REFUSALS };
static const size_t lists[] = { [REFUSALS] = sizeof(struct refusal), 0 };

enum { BEAT }; /* tags of timers */

/* ---- what is large, and who does not want it ---- */

/* Of `news`, what takes enough bytes; a new set. */
static struct set *large_ones(struct node *n, const struct set *news)
{
    const struct config *c = node_config(n);
    struct set *large = set_new();
    update_id i;

    for (i = 0; set_next(news, &i); i++) {
        if (node_update_bytes(n, i) >= c->idontwant_threshold) {
            struct set *one = set_only(news, i);

            set_add(&large, one);
            set_free(one);
        }
    }
    return large;
}

static void refuse(struct node *n, const struct set *news, node_id from)
{
    struct set *large = large_ones(n, news);
    uint32_t count;
    const struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count && !set_is_empty(large); i++) {
        if (links[i].is_in_mesh && links[i].peer != from) {
            node_count(n, IDONTWANTS, 1);
            node_send(n, links[i].peer, IDONTWANT, set_copy(large));
        }
    }
    set_free(large);
}

static void note_refusals(struct node *n, const struct message *m)
{
    const struct state *s = node_state(n);
    update_id i;

    for (i = 0; set_next(m->set, &i); i++) {
        struct refusal *refusal = node_list_add(n, REFUSALS);

        *refusal = (struct refusal){ m->from, i, s->beat };
    }
}

static void forget_refusals(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const uint32_t count = node_list_count(n, REFUSALS);
    struct refusal *list = node_list(n, REFUSALS);
    uint32_t old = 0;

    while (old < count && s->beat - list[old].beat >= c->idontwant_ttl)
        old++;
    if (old == 0)
        return;
    for (uint32_t i = old; i < count; i++)
        list[i - old] = list[i];
    node_list_keep(n, REFUSALS, count - old);
}

/* *meant without what the peer has refused. */
static void spare(struct node *n, node_id peer, struct set **meant)
{
    const struct refusal *list = node_list(n, REFUSALS);
    const uint32_t before = set_count(*meant);

    for (uint32_t i = 0; i < node_list_count(n, REFUSALS); i++)
        if (list[i].peer == peer)
            set_drop(meant, list[i].update);
    node_count(n, SPARED, before - set_count(*meant));
}

/* ---- callbacks ---- */

static void forward(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);
    const bool is_own = how == LEARNED_LOCAL, is_to_all = is_own && c->flood_publish;
    node_id from;
    uint32_t count;

    if (is_own || !node_learned_from(n, &from))
        from = node_self(n);
    cache_add(n, news);
    if (c->idontwant && !is_own)
        refuse(n, news, from);
    const struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count; i++) {
        struct set *meant;

        if (links[i].peer == from || links[i].is_down || !(is_to_all || links[i].is_in_mesh))
            continue;
        meant = node_meant_for(n, links[i].peer, news);
        spare(n, links[i].peer, &meant);
        node_send_some(n, links[i].peer, MESSAGE, meant);
    }
}

static void take(struct node *n, const struct message *m)
{
    struct set *again = set_common(m->set, node_known(n));

    node_count(n, DUPLICATES, set_count(again));
    set_free(again);
    node_learn(n, m);
}

static void receive(struct node *n, const struct message *m)
{
    link_answers(n, m->from);
    switch (m->kind) {
    case MESSAGE:
        take(n, m);
        break;
    case IHAVE:
        cache_ask(n, m);
        break;
    case IWANT:
        cache_answer(n, m);
        break;
    case IDONTWANT:
        note_refusals(n, m);
        break;
    case GRAFT:
        mesh_graft(n, m);
        break;
    case PRUNE:
        mesh_prune(n, m);
        break;
    case SUBSCRIBE: /* a new process: what was agreed with the old one is over */
        mesh_set(n, link_open(n, m->from), false);
        break;
    }
}

static void beat(struct node *n, int tag, uint32_t value)
{
    (void)tag;
    (void)value;
    mesh_beat(n);
    cache_beat(n);
    forget_refusals(n);
}

static void say_hello(struct node *n)
{
    uint32_t count;
    const struct link *links = links_of(n, &count);

    for (uint32_t i = 0; i < count; i++)
        node_send(n, links[i].peer, SUBSCRIBE, set_new());
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    node_every(n, c->heartbeat, PHASE_RANDOM, BEAT);
    *s = (struct state){ .beat = s->beat };
    node_gauge(n, MESH, 0);
    cache_forget(n);
    node_list_keep(n, REFUSALS, 0);
    links_start(n);
    if (node_now(n) > 0)
        say_hello(n);
}

static void hear_of_peer(struct node *n, node_id peer, bool is_there)
{
    if (is_there)
        link_open(n, peer);
    else
        link_drop(n, peer);
}

static void stop(struct node *n, bool graceful, bool loses)
{
    (void)loses;
    if (graceful)
        mesh_leave(n);
}

static void fail(struct node *n, node_id to, const struct message *m)
{
    (void)m;
    link_fail(n, to);
}

static bool connects(const void *config)
{
    (void)config;
    return true;
}

const struct model model_gossipsub = {
    .name = "gossipsub",
    .summary = "send what is new along a mesh of few links, and tell some others what there is",
    .source = "Vyzovitis et al., GossipSub, 2020; libp2p/specs, gossipsub v1.0 to v1.2",
    .params = gossipsub_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct link),
    .list_sizes = lists,
    .sets = cache_sets,
    .connects = connects,
    .check = gossipsub_check,
    .on_start = start,
    .on_timer = beat,
    .on_message = receive,
    .on_learn = forward,
    .on_peer = hear_of_peer,
    .on_failed = fail,
    .on_down = stop,
};
