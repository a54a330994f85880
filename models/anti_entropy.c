/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy.c - two replicas periodically remove their differences; defined in docs/models.md.
 *
 * Every `interval` a node, the caller, picks `fanout` different partners; with each of them, C and
 * P being what the two know of what both should hold:
 *
 *   compare: full
 *     push        caller --ENTRIES C---> partner
 *     pull        caller --ASK---------> partner     caller <--ENTRIES P--- partner
 *     push-pull   caller --SWAP C------> partner     caller <--ENTRIES P--- partner
 *   compare: checksum     caller --CHECKSUM of C--> partner; silence if it is that of P, else
 *     push        caller <--ASK--------- partner     caller --ENTRIES C---> partner
 *     pull        caller <--ENTRIES P--- partner
 *     push-pull   caller <--SWAP P------ partner     caller --ENTRIES C---> partner
 *   compare: digest       caller --DIGEST of C----> partner; silence if nothing differs, else
 *     pull        caller <--ENTRIES P-C- partner
 *     push        caller <--WANT C-P---- partner     caller --ENTRIES C-P-> partner
 *     push-pull   both of these
 *   compare: recent, peel-back: see anti_entropy_peel.c
 *   compare: merkle: see anti_entropy_tree.c
 *
 * P answers a SWAP as it was before it learned from it, so each side's whole replica crosses the
 * wire once.  A SWAP, a DIGEST and a PEEL are sent even if they are empty: they are the call.  A
 * node that has nothing to push calls nobody.
 *
 * Nodes remember no exchange; what one needs is in its messages.  A lost message or a dead partner
 * spoils that exchange only, and the next one finds the same differences again.
 *
 * connection_limit: a caller asks first (CONNECT); a partner accepts so many in an interval, which
 * begins with the first, and rejects others; a rejected caller tries `hunt` more partners that it
 * has not called in this cycle.
 *
 * limit: with `digest` and `merkle`, ENTRIES bring at most so many, or so many bytes of them, and a
 * WANT asks for no more; the rest waits for another exchange, which finds it again.  Who asks does
 * not know how large what he lacks is: by bytes, his WANT has the identities that fit into it, and
 * of these who answers sends what fits.
 *
 * transport: connection   a call that fails is one less: nobody else is called before the next
 * interval, except that with a connection_limit who cannot be asked counts as having rejected.
 *
 * A node that leaves gracefully says no farewell: it could not await the answers of a comparison,
 * and to push everything unasked costs a whole replica for data that its exchanges have offered
 * once per interval anyway.
 *
 * `useful` is counted by the one node that sees it: by whoever gets the SWAP or the DIGEST of a
 * push-pull exchange and finds a difference, by the taker of a PEEL, by whoever learns something of
 * another push or pull.
 *
 * Cost: O(1) messages per node and interval, O(log d) to peel d back, `depth` to descend; sets as
 * in sim/set.h, and what lies in the ranges that differ at each level of a tree.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * sections 1.3 and 3; an exchange takes no time there, as here under `timing: rounds`.  Hash
 * trees: G. DeCandia et al., Dynamo, SOSP 2007, section 4.7.
 * Known values: if a share s of the nodes lacks an update, one cycle leaves s*exp(-(1-s)) by push,
 * s^2 by pull, s^2*exp(-(1-s)) by push-pull (tests/theory/anti_entropy_test.c).  Bytes by class in
 * closed form: tests/models/anti_entropy_test.c.
 */
#include "models/anti_entropy.h"
#include "models/limit.h"
#include "models/transport.h"

static const struct message_kind messages[] = {
    [ENTRIES] = { .name = "entries", .carries = CARRIES_PAYLOAD },
    [SWAP] = { .name = "swap", .carries = CARRIES_PAYLOAD, .asks = true },
    [ASK] = { .name = "ask", .carries = CARRIES_CONTROL },
    [CHECKSUM] = { .name = "checksum", .carries = CARRIES_CHECKSUM },
    [DIGEST] = { .name = "digest", .carries = CARRIES_IDENTITIES },
    [WANT] = { .name = "want", .carries = CARRIES_IDENTITIES },
    [PEEL] = { .name = "peel", .carries = CARRIES_PAYLOAD | CARRIES_CHECKSUM },
    [BACK] = { .name = "back", .carries = CARRIES_PAYLOAD | CARRIES_CHECKSUM },
    [TREE] = { .name = "tree", .carries = CARRIES_CONTROL }, /* where its hashes belong */
    [CONNECT] = { .name = "connect", .carries = CARRIES_CONTROL },
    [ACCEPT] = { .name = "accept", .carries = CARRIES_CONTROL },
    [REJECT] = { .name = "reject", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [EXCHANGES] = { "exchanges", "exchanges started", FIGURE_COUNT, UNIT_COUNT },
    [USEFUL] = { "useful", "exchanges that moved data", FIGURE_COUNT, UNIT_COUNT },
    [REJECTED] = { "rejected", "calls that a partner rejected", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

/* The message that opens an exchange. */
static const int openings[COMPARISONS][MODES] = {
    [FULL] = { [PUSH] = ENTRIES, [PULL] = ASK, [PUSH_PULL] = SWAP },
    [BY_CHECKSUM] = { CHECKSUM, CHECKSUM, CHECKSUM },
    [BY_DIGEST] = { DIGEST, DIGEST, DIGEST },
    [RECENT] = { [PUSH] = PEEL, [PULL] = ASK, [PUSH_PULL] = PEEL },
    [PEEL_BACK] = { CHECKSUM, CHECKSUM, CHECKSUM },
    [MERKLE] = { CHECKSUM, CHECKSUM, CHECKSUM },
};

struct set *shared_with(struct node *n, node_id peer)
{
    return node_meant_for(n, peer, node_known(n));
}

/* The same, or what of it lies in the ranges that the message is about; a new set. */
static struct set *asked_for(struct node *n, const struct message *m)
{
    struct set *all = shared_with(n, m->from), *some;

    if (m->more_count == 0)
        return all;
    some = set_common(all, m->more[0]);
    set_free(all);
    return some;
}

static void learn(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool was_news = node_learn(n, m);

    node_count(n, USEFUL, was_news && c->mode != PUSH_PULL);
}

/* ---- full, checksum, digest ---- */

static void swap(struct node *n, const struct message *m)
{
    struct set *mine = asked_for(n, m);

    node_count(n, USEFUL, !set_is_equal(m->set, mine));
    node_send_some(n, m->from, ENTRIES, mine);
    node_learn(n, m);
}

/* What the partner does when its checksum is another than the caller's. */
static void act_on_difference(struct node *n, node_id caller)
{
    const struct config *c = node_config(n);

    if (c->compare == MERKLE)
        tree_descend(n, caller);
    else if (c->compare == PEEL_BACK && c->mode == PUSH)
        peel_ask(n, caller);
    else if (c->compare == PEEL_BACK)
        peel_first(n, caller);
    else if (c->mode == PUSH)
        node_send(n, caller, ASK, set_new());
    else if (c->mode == PULL)
        node_send_some(n, caller, ENTRIES, shared_with(n, caller));
    else
        node_send(n, caller, SWAP, shared_with(n, caller));
}

static void compare_checksums(struct node *n, const struct message *m)
{
    struct set *mine = shared_with(n, m->from);

    if (!set_is_equal(m->set, mine))
        act_on_difference(n, m->from);
    set_free(mine);
}

/* What of the differences, taken, goes into one message. */
static struct set *limited(struct node *n, struct set *differences)
{
    const struct config *c = node_config(n);

    return limit_entries(n, differences, c->limit, (enum first)c->first);
}

/* The digest is of all, or of the leaves that differ of trees; its value says whether this node is
 * the caller. */
static void compare_digests(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool is_caller = m->value;
    struct set *mine = asked_for(n, m);

    if (!set_is_equal(m->set, mine)) {
        node_count(n, USEFUL, c->mode == PUSH_PULL);
        if (c->mode == PUSH_PULL || (c->mode == PUSH) == is_caller)
            node_send_some(n, m->from, ENTRIES, limited(n, set_minus(mine, m->set)));
        if (c->mode == PUSH_PULL || (c->mode == PULL) == is_caller)
            node_send_some(
                n, m->from, WANT,
                limit_identities(n, set_minus(m->set, mine), c->limit, (enum first)c->first));
    }
    set_free(mine);
}

/* ---- calling ---- */

static inline void open_exchange(struct node *n, node_id partner)
{
    const struct config *c = node_config(n);
    const int opening = openings[c->compare][c->mode];

    node_count(n, EXCHANGES, 1);
    if (opening == PEEL)
        peel_first(n, partner);
    else
        node_send(n, partner, opening, opening == ASK ? set_new() : shared_with(n, partner));
}

static const struct call_kinds call_kinds = { CONNECT, ACCEPT, REJECT, REJECTED };

static __attribute__((noinline)) void call(struct node *n)
{
    const struct config *c = node_config(n);
    node_id partners[CALL_FANOUT_MAX];
    int count;

    if (c->calls.connection_limit > 0) {
        call_ask(n, &c->calls, &call_kinds);
        return;
    }
    count = call_pick(n, &c->calls, partners);
    for (int i = 0; i < count; i++)
        open_exchange(n, partners[i]);
}

static __attribute__((noinline)) void be_accepted(struct node *n, node_id partner)
{
    open_exchange(n, partner);
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    if (c->enabled)
        call_every(n, &c->calls);
}

static MODEL_HOT void start_exchange(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    node_id partner;

    (void)value;
    if (c->mode == PUSH && set_is_empty(node_known(n)))
        node_sleep(n, tag);
    else if (!node_is_plain(n))
        call(n);
    else if (node_pick_peer(n, &partner)) /* speed only */
        open_exchange(n, partner);
}

static void wake(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);

    (void)news;
    (void)how;
    if (c->enabled && c->mode == PUSH)
        node_wake(n, 0);
}

/* An ASK: what is here is wanted, as it is or peeled. */
static void answer(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    if (c->compare == RECENT)
        peel_first(n, m->from);
    else
        node_send_some(n, m->from, ENTRIES, asked_for(n, m));
}

static __attribute__((noinline)) void converse(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    switch (m->kind) {
    case ASK:
        answer(n, m);
        break;
    case CHECKSUM:
        compare_checksums(n, m);
        break;
    case DIGEST:
        compare_digests(n, m);
        break;
    case WANT:
        node_send_some(n, m->from, ENTRIES, limited(n, set_common(m->set, node_known(n))));
        break;
    case PEEL:
        peel_take(n, m);
        break;
    case BACK:
        peel_go_on(n, m);
        break;
    case TREE:
        tree_take(n, m);
        break;
    case CONNECT:
        call_answer(n, &c->calls, &call_kinds, m);
        break;
    case ACCEPT:
        if (call_accepted(n, m))
            be_accepted(n, m->from);
        break;
    case REJECT:
        call_again(n, &c->calls, &call_kinds, m);
        break;
    }
}

static MODEL_HOT void receive(struct node *n, const struct message *m)
{
    if (m->kind == SWAP)
        swap(n, m);
    else if (m->kind == ENTRIES)
        learn(n, m);
    else
        converse(n, m);
}

/* Nothing else that fails is made good: the next exchange finds the same differences. */
static void fail(struct node *n, node_id to, const struct message *m)
{
    const struct config *c = node_config(n);

    call_fail(n, &c->calls, &call_kinds, to, m);
}

static bool needs_state(const void *config)
{
    return calls_need_state(&((const struct config *)config)->calls);
}

static bool is_plain(const void *config)
{
    return calls_are_plain(&((const struct config *)config)->calls);
}

static int64_t fanout(const void *config)
{
    return ((const struct config *)config)->calls.fanout;
}

/* Whether all goes over connections. */
static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

const struct model model_anti_entropy = {
    .name = "anti-entropy",
    .summary = "two replicas periodically remove their differences",
    .source = "Demers et al., PODC 1987, section 1.3",
    .params = anti_entropy_params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct call_state),
    .record_size = sizeof(struct called),
    .needs_state = needs_state,
    .is_plain = is_plain,
    .connects = connects,
    .fanout = fanout,
    .theory = anti_entropy_theory,
    .check = anti_entropy_check,
    .on_start = start,
    .on_timer = start_exchange,
    .on_message = receive,
    .on_failed = fail,
    .on_learn = wake,
};
