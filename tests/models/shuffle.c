/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shuffle.c - see shuffle.h.
 *
 *   at 0 s                             random ones of those who are there
 *   joining       --HELLO--> seed      over a connection: the newcomer; another seed if it fails
 *   every tick    --OFFER--> oldest    itself and some of its view, the oldest no longer in it
 *                 <-ANSWER-- partner   some of its view
 *
 * Who takes entries in fills its view up and then lets the oldest go for them.  A partner that does
 * not answer is gone from the view, as is a seed that cannot be reached: so the dead leave it, one
 * after another.
 *
 * After S. Voulgaris, D. Gavidia, M. van Steen, CYCLON: inexpensive membership management for
 * unstructured P2P overlays, Journal of Network and Systems Management 13(2), 2005; but for what is
 * kept of one's own entries after a swap.
 */
#include "tests/models/shuffle.h"

enum { SWAP_MAX = 32, VIEW_MAX = 1000 };

struct config {
    sim_time interval;
    int64_t view, swap;
};
static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between offers"),
    PARAM_COUNT(struct config, view, "8", "1..1000", "peers that a node knows"),
    PARAM_COUNT(struct config, swap, "4", "1..32", "entries of an offer"),
    PARAM_END,
};

struct entry {
    node_id peer;
    uint32_t age; /* offers since its peer made it */
};

enum { HELLO, OFFER, ANSWER };
static const struct message_kind messages[] = {
    [HELLO] = { .name = "hello",
                .carries = CARRIES_CONTROL,
                .item_size = sizeof(struct entry),
                .item_bytes = SHUFFLE_ENTRY_BYTES },
    [OFFER] = { .name = "offer",
                .carries = CARRIES_CONTROL,
                .item_size = sizeof(struct entry),
                .item_bytes = SHUFFLE_ENTRY_BYTES },
    [ANSWER] = { .name = "answer",
                 .carries = CARRIES_CONTROL,
                 .item_size = sizeof(struct entry),
                 .item_bytes = SHUFFLE_ENTRY_BYTES },
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [SHUFFLE_FAILED] = { "failed", "seeds that could not be reached", FIGURE_COUNT, UNIT_COUNT },
    [SHUFFLE_DROPPED] = { "dropped", "entries that left a view", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

struct state {
    uint32_t seeds; /* tried so far */
};

/* ---- the view ---- */

static uint32_t count(struct node *n)
{
    return node_record_count(n);
}

static node_id at(struct node *n, uint32_t index)
{
    return ((const struct entry *)node_records(n))[index].peer;
}

static uint32_t find(struct node *n, node_id peer)
{
    uint32_t i = 0;

    while (i < node_record_count(n) && at(n, i) != peer)
        i++;
    return i;
}

static void drop(struct node *n, uint32_t index)
{
    struct entry *entries = node_records(n);
    const uint32_t last = node_record_count(n) - 1;
    const node_id peer = entries[index].peer;

    entries[index] = entries[last];
    node_records_keep(n, last);
    node_count(n, SHUFFLE_DROPPED, 1);
    node_peer_down(n, peer);
}

static uint32_t oldest(struct node *n)
{
    const struct entry *entries = node_records(n);
    uint32_t found = 0;

    for (uint32_t i = 1; i < node_record_count(n); i++)
        if (entries[i].age > entries[found].age)
            found = i;
    return found;
}

static void take_in(struct node *n, const struct entry *entry)
{
    const struct config *c = node_config(n);

    if (entry->peer == node_self(n) || find(n, entry->peer) < node_record_count(n))
        return;
    if (node_record_count(n) == (uint32_t)c->view)
        drop(n, oldest(n));
    *(struct entry *)node_record_add(n) = *entry;
    node_peer_up(n, entry->peer);
}

/* ---- joining ---- */

static void join(struct node *n)
{
    struct state *s = node_state(n);
    const struct entry mine = { .peer = node_self(n) };
    struct entry seed = { .age = 0 };

    if (!node_seed(n, s->seeds, &seed.peer))
        return;
    s->seeds++;
    take_in(n, &seed);
    node_send_reliably(n, seed.peer, HELLO, set_new(),
                       &(struct pack){ .items = &mine, .item_count = 1 });
}

/* As after a long time: a random view of those who are there. */
static void begin_among_members(struct node *n)
{
    const struct config *c = node_config(n);
    struct entry chosen[VIEW_MAX];
    uint64_t met = 0;

    for (node_id peer = 0; node_next_member(n, &peer); peer++) {
        const uint64_t place = met < (uint64_t)c->view ? met : node_random(n, met + 1);

        met++;
        if (place < (uint64_t)c->view)
            chosen[place] = (struct entry){ .peer = peer };
    }
    for (uint64_t i = 0; i < met && i < (uint64_t)c->view; i++)
        take_in(n, &chosen[i]);
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    node_every(n, c->interval, PHASE_RANDOM, 0);
    if (node_record_count(n) == 0)
        begin_among_members(n);
    if (node_record_count(n) == 0)
        join(n);
}

static void fail(struct node *n, node_id to, const struct message *m)
{
    const uint32_t index = find(n, to);

    (void)m;
    node_count(n, SHUFFLE_FAILED, 1);
    if (index < node_record_count(n))
        drop(n, index);
    join(n);
}

/* ---- swapping ---- */

/* Up to so many entries at random. */
static uint32_t choose(struct node *n, uint32_t wanted, struct entry *chosen)
{
    struct entry *entries = node_records(n);
    const uint32_t known = node_record_count(n);
    uint32_t taken = 0;

    for (; taken < wanted && taken < known; taken++) {
        const uint32_t other = taken + (uint32_t)node_random(n, known - taken);
        const struct entry entry = entries[other];

        entries[other] = entries[taken];
        entries[taken] = chosen[taken] = entry;
    }
    return taken;
}

static void offer(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    struct entry *entries = node_records(n);
    struct entry offered[SWAP_MAX] = { { .peer = node_self(n) } };
    node_id partner;
    uint32_t sent;

    (void)tag;
    (void)value;
    if (node_record_count(n) == 0) {
        ((struct state *)node_state(n))->seeds = 0;
        join(n);
        return;
    }
    for (uint32_t i = 0; i < node_record_count(n); i++)
        entries[i].age++;
    partner = at(n, oldest(n));
    drop(n, oldest(n));
    sent = 1 + choose(n, (uint32_t)c->swap - 1, offered + 1);
    node_send_items(n, partner, OFFER, offered, sent);
}

static void receive(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct entry *entries = m->items;
    struct entry answered[SWAP_MAX];

    if (m->kind != ANSWER)
        node_send_items(n, m->from, ANSWER, answered, choose(n, (uint32_t)c->swap, answered));
    for (uint32_t i = 0; i < m->item_count; i++)
        take_in(n, &entries[i]);
}

const struct model model_shuffle = {
    .name = "shuffle",
    .summary = "a view of a few peers, some of which are swapped for others",
    .source = "Voulgaris et al., CYCLON, JNSM 13(2), 2005",
    .params = params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct entry),
    .on_start = start,
    .on_timer = offer,
    .on_message = receive,
    .on_failed = fail,
    .view_count = count,
    .view_at = at,
};
