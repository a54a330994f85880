/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flood.c - send what is new to every peer but the one it came from; defined in docs/models.md.
 *
 *   node that learns --NEWS--> each of its peers, but not back to the sender
 *
 * A node forwards an update once, when it first learns it, whoever brought it; with `relay: false`
 * only who wrote it sends it.  It remembers nothing, and nobody repeats what is lost.  In a
 * topology its peers are its neighbours; without one every node sends to all, n^2 messages in all.
 *
 * Cost: S - (n - 1) messages an update on a connected topology, S being the sum of all degrees:
 * each node sends to all neighbours, all but the origin to one less.
 * Source: the flooding that broadcast trees are measured against in J. Leitao, J. Pereira,
 * L. Rodrigues, Epidemic broadcast trees, SRDS 2007.
 * Known values: the count above; the last hop is the eccentricity of the origin if all messages
 * take the same time; on a random r-regular graph little is reached where at most 1/(r-1) of the
 * nodes are up (tests/theory/flood_test.c).
 */
#include "models/transport.h"
#include "sim/model.h"

struct config {
    bool relay;
    int transport;
};

static const struct param params[] = {
    PARAM_BOOL(struct config, relay, "true", "false: only who wrote an update sends it",
               .is_young = true),
    PARAM_CHOICE(struct config, transport, "datagram", transport_names, TRANSPORT_HELP,
                 .is_young = true),
    PARAM_END,
};

enum { NEWS };
static const struct message_kind messages[] = {
    [NEWS] = { .name = "news", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};

static bool relays(const void *config)
{
    return ((const struct config *)config)->relay;
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static void forward(struct node *n, const struct set *news, enum learned how)
{
    const uint32_t places = node_peer_places(n);
    const bool is_sent = how == LEARNED_HERE || how == LEARNED_OTHER;
    node_id from, peer;
    const bool has_sender = node_learned_from(n, &from) && is_sent;

    if (how != LEARNED_LOCAL && !relays(node_config(n)))
        return;
    for (uint32_t i = 0; i < places; i++)
        if (node_peer_at(n, i, &peer) && !(has_sender && peer == from))
            node_send_some(n, peer, NEWS, node_meant_for(n, peer, news));
}

static void receive(struct node *n, const struct message *m)
{
    node_learn(n, m);
}

const struct model model_flood = {
    .name = "flood",
    .summary = "send what is new to every peer but the one it came from",
    .source = "Leitao et al., Epidemic broadcast trees, SRDS 2007 (as the baseline there)",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .floods = true,
    .relays = relays,
    .connects = connects,
    .on_message = receive,
    .on_learn = forward,
};
