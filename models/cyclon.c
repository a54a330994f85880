/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cyclon.c - a view of a few peers, some of which are swapped for others at every cycle; defined in
 * docs/models.md.
 *
 *   at 0 s                               random ones of those who are there, or the next on a ring
 *   every interval --SHUFFLE--> oldest   itself and `shuffle` - 1 of its view; the oldest leaves it
 *                  <---REPLY---          `shuffle` of the partner's
 *   joining  --JOIN--> seed              over a connection; another seed if it fails
 *                      seed --WALK--> .. `view` walks of `walk` steps each
 *            <--PLACE-- their ends       an entry, whose place there the newcomer takes
 *
 * What comes in fills the view up and then takes the places of what was sent for it; what is known
 * already is passed over.  So entries change places and none is lost.  A partner that does not
 * answer is gone from the view: that is how the dead leave it.
 *
 * Messages take time here, which the paper leaves out.  While a node waits for a reply, what it
 * sent is at the front of its records, and as far as there are others it gives nobody else any of
 * these, lest two get one entry.  What comes after the next shuffle has begun only fills up.  Where
 * a reply leaves room in the view the partner takes it: in a cluster not much larger than views
 * nearly all that comes is known, and a node would lose one peer after another.
 *
 * Cost: two messages a node and interval, of `shuffle` entries each; O(view * shuffle) for each; 8
 * B an entry of memory.
 * Source: S. Voulgaris, D. Gavidia, M. van Steen, CYCLON: inexpensive membership management for
 * unstructured P2P overlays, Journal of Network and Systems Management 13(2), 2005, sections 3 and
 * 4.
 * Known values: without losses as many entries as nodes times `view`; clustering near 2 view / n
 * (tests/theory/cyclon_test.c).
 */
#include "sim/model.h"

#include <stdio.h>
#include <string.h>

enum { VIEW_MAX = 1000, SHUFFLE_MAX = 200, ENTRY_BYTES = 8 };

enum { PAPER };
static const char *const preset_names[] = { [PAPER] = "paper", NULL };
static const struct param_preset presets[] = {
    [PAPER] = { "Voulgaris, Gavidia, van Steen 2005; view and shuffle from memory, the interval is "
                "ours",
                "" },
};

enum { START_RANDOM, START_RING };
static const char *const starts[] = { [START_RANDOM] = "random", [START_RING] = "ring", NULL };

struct config {
    sim_time interval;
    int64_t view, shuffle, walk;
    int preset, start;
};
static const struct param params[] = {
    PARAM_CHOICE(struct config, preset, "paper", preset_names, "the values of a publication",
                 .presets = presets),
    PARAM_COUNT(struct config, view, "20", "1..1000", "peers that a node knows"),
    PARAM_COUNT(struct config, shuffle, "8", "1..200",
                "entries that the two of a shuffle swap, at most `view`"),
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between a node's shuffles"),
    PARAM_CHOICE(struct config, start, "random", starts,
                 "whom a node knows at 0 s of those who are there: any, or the next by number"),
    PARAM_COUNT(struct config, walk, "5", "0..100",
                "steps of the walks from a seed, at whose ends a newcomer gets its peers"),
    PARAM_END,
};

struct entry {
    node_id peer;
    uint32_t age; /* shuffles of those who had it since its peer made it */
};

#define WITH_ENTRIES(name_)                                                             \
    {                                                                                   \
        .name = (name_), .carries = CARRIES_CONTROL, .item_size = sizeof(struct entry), \
        .item_bytes = ENTRY_BYTES                                                       \
    }

enum { SHUFFLE, REPLY, JOIN, WALK, PLACE };
static const struct message_kind messages[] = {
    [SHUFFLE] = WITH_ENTRIES("shuffle"), [REPLY] = WITH_ENTRIES("reply"),
    [JOIN] = WITH_ENTRIES("join"),       [WALK] = WITH_ENTRIES("walk"),
    [PLACE] = WITH_ENTRIES("place"),     { .name = NULL },
};

enum { UNANSWERED, JOINS };
static const struct model_figure figures[] = {
    [UNANSWERED] = { "unanswered", "shuffles without a reply before the next one", FIGURE_COUNT,
                     UNIT_COUNT },
    [JOINS] = { "joins", "times that a node asked a seed to let it in", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

struct state {
    uint32_t shuffles; /* begun so far: the number of the latest */
    uint32_t awaited;  /* the one whose reply is still to come; 0: none */
    uint32_t offered;  /* entries at the front that were sent with it */
    uint32_t seeds;    /* asked so far, of those that there are */
    bool has_asked;    /* since the latest tick */
    bool is_replacing; /* the last entry is gone, and another is about to take its place */
};

/* ---- the view ---- */

static uint32_t count(struct node *n)
{
    return node_record_count(n) - ((const struct state *)node_state(n))->is_replacing;
}

static node_id at(struct node *n, uint32_t index)
{
    return ((const struct entry *)node_records(n))[index].peer;
}

static bool knows(struct node *n, node_id peer)
{
    const struct entry *entries = node_records(n);
    const uint32_t known = node_record_count(n);
    uint32_t found = 0;

    for (uint32_t i = 0; i < known; i++) /* all of them, several at a time */
        found |= entries[i].peer == peer;
    return found;
}

static void add(struct node *n, struct entry entry)
{
    *(struct entry *)node_record_add(n) = entry;
    node_peer_up(n, entry.peer);
}

static node_id drop(struct node *n, uint32_t index)
{
    struct entry *entries = node_records(n);
    const node_id peer = entries[index].peer;
    const uint32_t last = node_record_count(n) - 1;

    entries[index] = entries[last];
    node_records_keep(n, last);
    node_peer_down(n, peer);
    return peer;
}

/* The last comes to place `index`, and the new one is the last. */
static void replace(struct node *n, uint32_t index, struct entry entry)
{
    struct entry *entries = node_records(n);
    struct state *s = node_state(n);
    const uint32_t last = node_record_count(n) - 1;
    const node_id old = entries[index].peer;

    entries[index] = entries[last];
    s->is_replacing = true;
    node_peer_down(n, old);
    s->is_replacing = false;
    entries[last] = entry;
    node_peer_up(n, entry.peer);
}

/* Brings `wanted` random ones of the entries from place `first` on there. */
static void choose(struct node *n, uint32_t first, uint32_t wanted)
{
    struct entry *entries = node_records(n);
    const uint32_t known = node_record_count(n);

    for (uint32_t i = first; i < first + wanted; i++) {
        const uint32_t other = i + (uint32_t)node_random(n, known - i);
        const struct entry entry = entries[other];

        entries[other] = entries[i];
        entries[i] = entry;
    }
}

/* Those of a message's entries that are new; how many. */
static uint32_t keep_new(struct node *n, const struct message *m, struct entry *fresh)
{
    const struct entry *entries = m->items;
    uint32_t count = 0;

    for (uint32_t i = 0; i < m->item_count; i++)
        if (entries[i].peer != node_self(n) && !knows(n, entries[i].peer))
            fresh[count++] = entries[i];
    return count;
}

/* Takes in what is new, as far as there is room, and then for the `given` entries from place
 * `first` on. */
static void take_in(struct node *n, const struct message *m, uint32_t first, uint32_t given)
{
    const uint32_t view = (uint32_t)((const struct config *)node_config(n))->view;
    struct entry fresh[SHUFFLE_MAX];
    const uint32_t count = keep_new(n, m, fresh);

    for (uint32_t i = 0; i < count; i++)
        if (node_record_count(n) < view)
            add(n, fresh[i]);
        else if (given > 0)
            replace(n, first + --given, fresh[i]); /* no other of them moves */
}

/* How many of so many wanted entries can be given away, and that from place *first on. */
static uint32_t spare(struct node *n, uint32_t wanted, uint32_t *first)
{
    struct state *s = node_state(n);
    const uint32_t known = node_record_count(n), most = wanted < known ? wanted : known;

    if (s->offered > known - most)
        s->offered = known - most;
    *first = s->offered;
    return most;
}

/* ---- swapping ---- */

/* One shuffle more for each entry, and the place of the oldest. */
static uint32_t grow_older(struct node *n)
{
    struct entry *entries = node_records(n);
    const uint32_t known = node_record_count(n);
    uint32_t oldest = 0;

    for (uint32_t i = 0; i < known; i++) {
        entries[i].age++;
        if (entries[i].age > entries[oldest].age)
            oldest = i;
    }
    return oldest;
}

static void shuffle(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct entry offer[SHUFFLE_MAX] = { { .peer = node_self(n) } };
    const node_id partner = drop(n, grow_older(n));
    const uint32_t others = (uint32_t)c->shuffle - 1;

    s->offered = others < node_record_count(n) ? others : node_record_count(n);
    s->awaited = ++s->shuffles;
    choose(n, 0, s->offered);
    if (s->offered > 0)
        memcpy(offer + 1, node_records(n), s->offered * sizeof *offer);
    node_send_pack(
        n, partner, SHUFFLE, set_new(),
        &(struct pack){ .value = s->shuffles, .items = offer, .item_count = 1 + s->offered });
}

static void answer(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    uint32_t first;
    const uint32_t given = spare(n, (uint32_t)c->shuffle, &first);
    const struct entry *entries = node_records(n);

    choose(n, first, given);
    node_send_pack(n, m->from, REPLY, set_new(),
                   &(struct pack){ .value = m->value,
                                   .items = given > 0 ? &entries[first] : NULL,
                                   .item_count = given });
    take_in(n, m, first, given);
}

static void conclude(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    if (m->value != s->awaited) {
        take_in(n, m, 0, 0);
        return;
    }
    take_in(n, m, 0, s->offered);
    s->offered = s->awaited = 0;
    if (node_record_count(n) < (uint32_t)c->view && !knows(n, m->from))
        add(n, (struct entry){ .peer = m->from });
}

/* ---- joining ---- */

static void join(struct node *n)
{
    struct state *s = node_state(n);
    node_id seed;

    if (!node_seed(n, s->seeds, &seed))
        return;
    s->seeds++;
    s->has_asked = true;
    node_count(n, JOINS, 1);
    node_send_reliably(n, seed, JOIN, set_new(), NULL);
}

/* A newcomer's walk ends here. */
static void let_in(struct node *n, node_id newcomer)
{
    const struct config *c = node_config(n);
    struct entry *entries = node_records(n);
    struct entry given = { .peer = node_self(n) };
    uint32_t first;

    if (newcomer == node_self(n) || knows(n, newcomer))
        return;
    if (spare(n, 1, &first) > 0) {
        choose(n, first, 1);
        given = entries[first];
    }
    if (node_record_count(n) == (uint32_t)c->view)
        replace(n, first, (struct entry){ .peer = newcomer });
    else
        add(n, (struct entry){ .peer = newcomer });
    node_send_items(n, newcomer, PLACE, &given, 1);
}

/* To any of the view but the newcomer itself. */
static void walk(struct node *n, node_id newcomer, uint32_t steps)
{
    const struct entry of = { .peer = newcomer };
    const uint32_t known = node_record_count(n);
    uint32_t next = known > 0 && steps > 0 ? (uint32_t)node_random(n, known) : 0;

    if (known > 0 && at(n, next) == newcomer)
        next = (next + 1) % known;
    if (steps == 0 || known == 0 || at(n, next) == newcomer)
        let_in(n, newcomer);
    else
        node_send_pack(n, at(n, next), WALK, set_new(),
                       &(struct pack){ .value = steps - 1, .items = &of, .item_count = 1 });
}

/* ---- callbacks ---- */

static void begin(struct node *n)
{
    const struct config *c = node_config(n);
    node_id members[VIEW_MAX];
    const uint32_t known = c->start == START_RING
                               ? node_next_members(n, members, (uint32_t)c->view)
                               : node_random_members(n, members, (uint32_t)c->view);

    for (uint32_t i = 0; i < known; i++)
        add(n, (struct entry){ .peer = members[i] });
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);

    s->seeds = s->awaited = s->offered = 0;
    node_every(n, c->interval, PHASE_RANDOM, 0);
    if (node_record_count(n) == 0)
        begin(n);
    if (node_record_count(n) == 0)
        join(n);
}

static void tick(struct node *n, int tag, uint32_t value)
{
    struct state *s = node_state(n);

    (void)tag;
    (void)value;
    if (s->awaited)
        node_count(n, UNANSWERED, 1);
    s->offered = s->awaited = 0;
    if (node_record_count(n) > 0) {
        shuffle(n);
    } else if (!s->has_asked) {
        s->seeds = 0;
        join(n);
        return;
    }
    s->has_asked = false;
}

static void receive(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    switch (m->kind) {
    case SHUFFLE:
        answer(n, m);
        break;
    case REPLY:
        conclude(n, m);
        break;
    case JOIN:
        for (int64_t i = 0; i < c->view; i++)
            walk(n, m->from, (uint32_t)c->walk);
        break;
    case WALK:
        walk(n, ((const struct entry *)m->items)->peer, m->value);
        break;
    default:
        take_in(n, m, 0, 0);
    }
}

static void fail(struct node *n, node_id to, const struct message *m)
{
    (void)to;
    (void)m;
    if (node_record_count(n) == 0)
        join(n);
}

static int64_t view_size(const void *config)
{
    return ((const struct config *)config)->view;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;

    (void)given;
    if (c->shuffle > c->view)
        snprintf(why, PARAM_WHY_MAX, "`shuffle` must not exceed `view`: more is never known");
    return c->shuffle <= c->view;
}

const struct model model_cyclon = {
    .name = "cyclon",
    .summary = "a view of a few peers, some of which are swapped for others at every cycle",
    .source = "Voulgaris, Gavidia, van Steen, CYCLON, JNSM 13(2), 2005",
    .params = params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct entry),
    .view_size = view_size,
    .check = check,
    .on_start = start,
    .on_timer = tick,
    .on_message = receive,
    .on_failed = fail,
    .view_count = count,
    .view_at = at,
};
