/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anti_entropy.c - two replicas periodically remove their differences.
 *
 * Every `interval` a node, the caller, picks a partner; C and P are what the two know.
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
 *
 * P answers a SWAP as it was before it learned from it, so each side's whole replica crosses the
 * wire once.  A SWAP and a DIGEST go out also when they are empty: they are the call.  A node
 * that has nothing to push calls nobody.
 *
 * Nodes remember no exchange: a lost message or a dead partner spoils that exchange only, and the
 * next one finds the same differences again.  A node that leaves gracefully says no farewell: it
 * could not await the answers of a comparison, and to push everything unasked costs a whole
 * replica for data that its exchanges have offered once per interval anyway.
 *
 * `useful` is counted by the one node that sees it: by whoever gets the SWAP or the DIGEST of a
 * push-pull exchange and finds a difference, by whoever learns something of a push or a pull.
 *
 * Cost: O(1) messages per node and interval; sets as in sim/set.h.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.3; an exchange takes no time there, as here under `timing: rounds`.
 * Known values: if a share s of the nodes lacks an update, one cycle leaves s*exp(-(1-s)) by push,
 * s^2 by pull, s^2*exp(-(1-s)) by push-pull (tests/theory/anti_entropy_test.c).
 */
#include "sim/model.h"

enum { PUSH, PULL, PUSH_PULL, MODES };
static const char *const modes[] = {
    [PUSH] = "push", [PULL] = "pull", [PUSH_PULL] = "push-pull", [MODES] = NULL
};

enum { FULL, BY_CHECKSUM, BY_DIGEST, COMPARISONS };
static const char *const comparisons[] = {
    [FULL] = "full", [BY_CHECKSUM] = "checksum", [BY_DIGEST] = "digest", [COMPARISONS] = NULL
};

static const char *const phases[] = {
    [PHASE_RANDOM] = "random", [PHASE_TOGETHER] = "together", NULL
};

struct config {
    bool enabled;
    sim_time interval;
    int phase, mode, compare;
};

static const struct param params[] = {
    PARAM_BOOL(struct config, enabled, "true", "false: no node ever starts an exchange"),
    PARAM_INTERVAL(struct config, interval, "10s", "1us..365d",
                   "between the exchanges that a node starts"),
    PARAM_CHOICE(struct config, phase, "random", phases,
                 "when a node's first exchange starts: each at its own time, or all at once"),
    PARAM_CHOICE(struct config, mode, "push-pull", modes,
                 "who learns: the partner, the caller, or both"),
    PARAM_CHOICE(struct config, compare, "digest", comparisons,
                 "what finds the differences: all data, a checksum first, or identities first"),
    PARAM_END,
};

enum { ENTRIES, SWAP, ASK, CHECKSUM, DIGEST, WANT };
static const struct message_kind messages[] = {
    [ENTRIES] = { "entries", CARRIES_PAYLOAD },
    [SWAP] = { "swap", CARRIES_PAYLOAD },
    [ASK] = { "ask", CARRIES_CONTROL },
    [CHECKSUM] = { "checksum", CARRIES_CHECKSUM },
    [DIGEST] = { "digest", CARRIES_IDENTITIES },
    [WANT] = { "want", CARRIES_IDENTITIES },
    { NULL, CARRIES_CONTROL },
};

enum { EXCHANGES, USEFUL };
static const struct model_counter counters[] = {
    [EXCHANGES] = { "exchanges", "exchanges started" },
    [USEFUL] = { "useful", "exchanges that moved data" },
    { NULL, NULL },
};

/* The message that opens an exchange. */
static const int openings[COMPARISONS][MODES] = {
    [FULL] = { [PUSH] = ENTRIES, [PULL] = ASK, [PUSH_PULL] = SWAP },
    [BY_CHECKSUM] = { CHECKSUM, CHECKSUM, CHECKSUM },
    [BY_DIGEST] = { DIGEST, DIGEST, DIGEST },
};

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    if (c->enabled)
        node_every(n, c->interval, (enum phase)c->phase, 0);
}

static void start_exchange(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);
    const int opening = openings[c->compare][c->mode];
    node_id partner;

    (void)value;
    if (c->mode == PUSH && set_is_empty(known)) {
        node_sleep(n, tag);
        return;
    }
    if (!node_pick_peer(n, &partner))
        return;
    node_count(n, EXCHANGES, 1);
    node_send(n, partner, opening, opening == ASK ? set_new() : set_copy(known));
}

static void wake(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);

    (void)news;
    (void)how;
    if (c->enabled && c->mode == PUSH)
        node_wake(n, 0);
}

static void learn(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const bool was_news = node_learn(n, m);

    node_count(n, USEFUL, was_news && c->mode != PUSH_PULL);
}

static void swap(struct node *n, const struct message *m)
{
    const struct set *known = node_known(n);

    node_count(n, USEFUL, !set_is_equal(m->set, known));
    node_send_some(n, m->from, ENTRIES, set_copy(known));
    node_learn(n, m);
}

static void compare_checksums(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);

    if (set_is_equal(m->set, known))
        return;
    if (c->mode == PUSH)
        node_send(n, m->from, ASK, set_new());
    else if (c->mode == PULL)
        node_send_some(n, m->from, ENTRIES, set_copy(known));
    else
        node_send(n, m->from, SWAP, set_copy(known));
}

static void compare_digests(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);

    if (set_is_equal(m->set, known)) /* speed only */
        return;
    node_count(n, USEFUL, c->mode == PUSH_PULL);
    if (c->mode != PUSH)
        node_send_some(n, m->from, ENTRIES, set_minus(known, m->set));
    if (c->mode != PULL)
        node_send_some(n, m->from, WANT, set_minus(m->set, known));
}

static void receive(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case ENTRIES:
        learn(n, m);
        break;
    case SWAP:
        swap(n, m);
        break;
    case ASK:
        node_send_some(n, m->from, ENTRIES, set_copy(node_known(n)));
        break;
    case CHECKSUM:
        compare_checksums(n, m);
        break;
    case DIGEST:
        compare_digests(n, m);
        break;
    case WANT:
        node_send_some(n, m->from, ENTRIES, set_common(m->set, node_known(n)));
        break;
    }
}

const struct model model_anti_entropy = {
    .name = "anti-entropy",
    .summary = "two replicas periodically remove their differences",
    .source = "Demers et al., PODC 1987, section 1.3",
    .params = params,
    .messages = messages,
    .counters = counters,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = start_exchange,
    .on_message = receive,
    .on_learn = wake,
};
