/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scuttlebutt.c - every node owns keys with versions, and all nodes come to hold all of them;
 * defined in docs/models.md.
 *
 *   every interval --SYN--> a live member       of each owner: generation, heartbeat, version
 *                  <--ACK-- what the caller lacks, and what it is asked for
 *                  --ACK2-> what it was asked for
 *
 * The keys are the updates of the workload, each of the node that writes it.  Their deltas go in
 * the order of their versions, so that of each owner one number, the maximum, says all that a node
 * holds: this is what makes digests short.  Where a message may not have all deltas, those of some
 * owners go first (scuttlebutt_deltas.c); the paper compares this with telling exactly what is
 * missing, `first: oldest` and `newest`.
 *
 * A heartbeat that each owner raises goes the same way, and by when it is heard a node judges who
 * is up (phi.h): so the state of all is also the list of members.  A node that comes back has a new
 * generation; its keys go on where they were, and of those that it lost, who has them tells it.
 *
 * Cost: three messages an exchange, 13 B of digest an owner in the first; the time of an exchange
 * grows with the nodes; 72 B of memory for each pair of nodes.
 * Source: R. van Renesse, D. Dumitriu, V. Gough, C. Thomas, Efficient reconciliation and flow
 * control for anti-entropy protocols, LADIS 2008; apache/cassandra at ac8c8b21, Gossiper.java;
 * quickwit-oss/chitchat at 1e773603.
 * Known values: without a limit a change is everywhere in 5 to 6 rounds at n = 128; a SYN takes
 * 13 n + 60 B (tests/models/scuttlebutt_test.c).
 */
#include "models/scuttlebutt.h"
#include "models/transport.h"

/* A copy of the table goes with it, of which the model says what it takes on the wire. */
#define WITH_TABLE(name_, carries_)                                                 \
    {                                                                               \
        .name = (name_), .carries = (carries_), .item_size = sizeof(struct digest), \
        .weighs_items = true                                                        \
    }

static const struct message_kind messages[] = {
    [SYN] = WITH_TABLE("syn", CARRIES_CONTROL),
    [SYN_EXACT] = WITH_TABLE("syn-exact", CARRIES_IDENTITIES),
    [ACK] = WITH_TABLE("ack", CARRIES_PAYLOAD),
    [ACK2] = WITH_TABLE("ack2", CARRIES_PAYLOAD),
    [ECHO] = { .name = "echo", .carries = CARRIES_CONTROL },
    [ECHO_REPLY] = { .name = "echo-reply", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [EXCHANGES] = { "exchanges", "exchanges begun", FIGURE_COUNT, UNIT_COUNT },
    [DELTAS] = { "deltas", "deltas sent", FIGURE_COUNT, UNIT_COUNT },
    [LEFT_OUT] = { "left_out", "deltas that a message had no room for", FIGURE_COUNT, UNIT_COUNT },
    [SYN_BYTES] = { "bytes_syn", "bytes of SYN, without headers", FIGURE_COUNT, UNIT_BYTES },
    [ACK_BYTES] = { "bytes_ack", "bytes of ACK, without headers", FIGURE_COUNT, UNIT_BYTES },
    [ACK2_BYTES] = { "bytes_ack2", "bytes of ACK2, without headers", FIGURE_COUNT, UNIT_BYTES },
    [VERDICTS] = { "verdicts", "times that a node held a member dead for its silence", FIGURE_COUNT,
                   UNIT_COUNT },
    [REMOVED] = { "removed", "times that a node removed a member", FIGURE_COUNT, UNIT_COUNT },
    [SHADOW_ROUNDS] = { "shadow_rounds", "times that a node asked the seeds before it began",
                        FIGURE_COUNT, UNIT_COUNT },
    [RATE] = { "rate", "updates a second that a node is allowed by flow control, 0 without it",
               FIGURE_GAUGE, UNIT_RATE },
    { .name = NULL },
};

static const size_t list_sizes[] = {
    [TABLE] = sizeof(struct digest),        [GRAVES] = sizeof(struct grave),
    [SAVED] = sizeof(struct saved),         [PENDING] = sizeof(struct pending),
    [OWNERS] = sizeof(struct owner),        [DELTA_IDS] = sizeof(update_id),
    [SQUARES] = sizeof(struct phi_squares), [SQUARES + 1] = 0,
};

static void start(struct node *n)
{
    roster_start(n);
    if (!((const struct state *)node_state(n))->has_begun)
        return; /* memory is short */
    versions_start(n);
    rate_start(n);
    round_start(n);
    join_start(n);
}

static void fire(struct node *n, int tag, uint32_t value)
{
    (void)value;
    switch (tag) {
    case ROUND:
        round_act(n);
        break;
    case SHADOW_AGAIN:
        join_again(n);
        break;
    case SHADOW_OVER:
        join_over(n);
        break;
    }
}

MODEL_HOT static void receive(struct node *n, const struct message *m)
{
    if (!((const struct state *)node_state(n))->has_begun)
        return;
    versions_settle(n);
    switch (m->kind) {
    case SYN:
    case SYN_EXACT:
        exchange_syn(n, m);
        break;
    case ACK:
        exchange_ack(n, m);
        break;
    case ACK2:
        exchange_ack2(n, m);
        break;
    case ECHO:
        node_send(n, m->from, ECHO_REPLY, set_new());
        break;
    case ECHO_REPLY:
        member_echoed(n, m->from);
        break;
    }
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    if (how != LEARNED_LOCAL)
        return;
    versions_note_written(n, news);
    rate_note_written(n, news);
}

static void go(struct node *n, bool graceful, bool loses)
{
    (void)loses;
    if (graceful && ((const struct config *)node_config(n))->goodbye)
        join_leave(n);
    roster_withdraw(n);
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static bool controls_flow(const void *config)
{
    return ((const struct config *)config)->flow_control;
}

static int64_t fanout(const void *config)
{
    return ((const struct config *)config)->fanout;
}

static bool lists_all(const void *config, int list)
{
    const struct config *c = config;

    return list == TABLE || (list == SQUARES && phi_needs_squares(&c->phi));
}

const struct model model_scuttlebutt = {
    .name = "scuttlebutt",
    .summary = "every node owns versioned keys; digests of maxima say what is missing",
    .source = "van Renesse et al., LADIS 2008; Apache Cassandra; chitchat",
    .params = scuttlebutt_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct member),
    .list_sizes = list_sizes,
    .knows_all = true,
    .lists_all = lists_all,
    .goes_through_all = true,
    .keeps_all = true,
    .believes = true,
    .connects = connects,
    .fanout = fanout,
    .check = scuttlebutt_check,
    .on_start = start,
    .on_timer = fire,
    .on_message = receive,
    .on_learn = learn,
    .on_down = go,
    .holds_back = rate_wait,
    .controls_flow = controls_flow,
    .view_count = roster_view_count,
    .view_at = roster_view_at,
};
