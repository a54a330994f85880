/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt.c - see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = SCUTTLE_NODES_MAX, KEYS = SCUTTLE_KEYS_MAX, WRITES = 400, UNDER_WAY = 256 };

#define SECOND 1e9

/* What one node has of an owner. */
struct view {
    int max;
    int versions[KEYS]; /* 0: no value */
};

struct delta {
    int owner, key, version;
    double place; /* in the order of sending */
};

struct content {
    struct view digest[NODES]; /* of a SYN and an ACK */
    int count;
    struct delta deltas[]; /* of an ACK and an ACK2 */
};

static struct world {
    const struct scuttle_setup *setup;
    struct view views[NODES][NODES]; /* of a node, of an owner */
    int written[NODES];
    int64_t times[NODES][WRITES + 1];   /* of an owner's writes, from 1 on, */
    int next[NODES][WRITES + 1];        /* and which wrote the key next; 0: none yet */
    int first[NODES][KEYS];             /* which wrote the key first */
    struct content *content[UNDER_WAY]; /* of the latest messages */
    int sent;
} w;

/* ---- deltas ---- */

static bool is_by_age(void)
{
    return w.setup->first == SCUTTLE_OLDEST || w.setup->first == SCUTTLE_NEWEST;
}

/* What a node has of an owner that is not known, by version. */
static int of_owner(int node, int owner, const struct view *known, struct delta *deltas)
{
    const struct view *own = &w.views[node][owner];
    int count = 0;

    if (!is_by_age() && own->max <= known->max)
        return 0;
    for (int k = 0; k < w.setup->keys; k++) {
        const int version = own->versions[k];
        int at = count;

        if (version <= (is_by_age() ? known->versions[k] : known->max))
            continue;
        for (; at > 0 && deltas[at - 1].version > version; at--)
            deltas[at] = deltas[at - 1];
        deltas[at] = (struct delta){ .owner = owner, .key = k, .version = version };
        count++;
    }
    return count;
}

static void set_places(struct delta *deltas, int count)
{
    for (int i = 0; i < count; i++) {
        const double time = (double)w.times[deltas[i].owner][deltas[i].version];
        const double places[] = { [SCUTTLE_BREADTH] = i,
                                  [SCUTTLE_DEPTH] = -count,
                                  [SCUTTLE_OLDEST] = time,
                                  [SCUTTLE_NEWEST] = -time };

        deltas[i].place = places[w.setup->first];
    }
}

/* Behind those of the same place; what is beyond the limit falls out. */
static int insert(struct delta *deltas, int count, int limit, const struct delta *new)
{
    int at = count;

    for (; at > 0 && deltas[at - 1].place > new->place; at--)
        if (at < limit)
            deltas[at] = deltas[at - 1];
    if (at < limit)
        deltas[at] = *new;
    return count < limit ? count + 1 : limit;
}

static void shuffle(int *order, int count)
{
    for (int i = 0; i < count; i++) {
        const int j = net_below(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
}

/* What who sent the digest lacks, as far as there is room. */
static int choose(int node, const struct view *digest, struct delta *deltas)
{
    const bool is_limited = w.setup->limit > 0 && net_now() >= w.setup->limit_from;
    const int limit = is_limited ? w.setup->limit : NODES * KEYS;
    int order[NODES], count = 0;

    shuffle(order, w.setup->nodes);
    for (int i = 0; i < w.setup->nodes; i++) {
        struct delta more[KEYS];
        const int of = of_owner(node, order[i], &digest[order[i]], more);

        if (is_limited)
            set_places(more, of);
        for (int k = 0; k < of; k++)
            count = insert(deltas, count, limit, &more[k]);
    }
    return count;
}

static void apply(int node, const struct content *content)
{
    for (int i = 0; i < content->count; i++) {
        const struct delta *d = &content->deltas[i];
        struct view *view = &w.views[node][d->owner];

        if (d->version > view->versions[d->key])
            view->versions[d->key] = d->version;
        if (d->version > view->max)
            view->max = d->version;
    }
}

/* ---- exchanges ---- */

static void send(int node, int to, int kind, const struct view *digest)
{
    static struct delta deltas[NODES * KEYS];
    const int count = digest ? choose(node, digest, deltas) : 0;
    const size_t bytes = (size_t)count * sizeof *deltas;
    struct content **content = &w.content[w.sent % UNDER_WAY];

    free(*content);
    *content = malloc(sizeof **content + bytes);
    assert(*content);
    memcpy((*content)->digest, w.views[node], sizeof(*content)->digest);
    (*content)->count = count;
    memcpy((*content)->deltas, deltas, bytes);
    net_send((struct net_event){
        .node = node, .other = to, .kind = kind, .about = w.sent++, .is_datagram = true });
}

void slow_scuttlebutt_receive(const struct net_event *e)
{
    const struct content *content = w.content[e->about % UNDER_WAY];

    assert(w.sent - e->about <= UNDER_WAY);
    apply(e->other, content);
    if (e->kind == SCUTTLE_SYN)
        send(e->other, e->node, SCUTTLE_ACK, content->digest);
    else if (e->kind == SCUTTLE_ACK)
        send(e->other, e->node, SCUTTLE_ACK2, content->digest);
}

void slow_scuttlebutt_timer(const struct net_event *timer)
{
    const int partner = net_below(w.setup->nodes - 1);

    send(timer->node, partner + (partner >= timer->node), SCUTTLE_SYN, NULL);
    net_repeat(timer, w.setup->interval);
}

void slow_scuttlebutt_start(int node)
{
    net_set_up(node, true);
    net_set_timer(node, 0, 0, net_part_of(w.setup->interval));
}

void slow_scuttlebutt_write(int node)
{
    const int version = ++w.written[node], key = net_below(w.setup->keys);
    struct view *own = &w.views[node][node];

    assert(version <= WRITES);
    w.times[node][version] = net_now();
    *(own->versions[key] == 0 ? &w.first[node][key] : &w.next[node][own->versions[key]]) = version;
    own->versions[key] = own->max = version;
}

/* ---- figures ---- */

/* 0: it is not stale. */
static int superseding(int node, int owner, int key)
{
    const int version = w.views[node][owner].versions[key];

    return version > 0 ? w.next[owner][version] : w.first[owner][key];
}

struct scuttle_lag slow_scuttlebutt_lag(void)
{
    struct scuttle_lag sum = { 0 };

    for (int node = 0; node < w.setup->nodes; node++) {
        double max = 0;

        for (int owner = 0; owner < w.setup->nodes; owner++)
            for (int key = 0; key < w.setup->keys; key++) {
                const int by = superseding(node, owner, key);
                const double lag = by > 0 ? (double)(net_now() - w.times[owner][by]) / SECOND : 0;

                max = lag > max ? lag : max;
                sum.mean += lag;
                sum.stale += by > 0;
            }
        sum.max += max;
    }
    return (struct scuttle_lag){ .max = sum.max / w.setup->nodes,
                                 .mean = sum.mean / w.setup->nodes / w.setup->nodes / w.setup->keys,
                                 .stale = sum.stale / w.setup->nodes };
}

void slow_scuttlebutt_begin(const struct scuttle_setup *setup)
{
    memset(&w, 0, sizeof w);
    w.setup = setup;
}

void slow_scuttlebutt_end(void)
{
    for (int i = 0; i < UNDER_WAY; i++)
        free(w.content[i]);
}
