/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt.c - see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt_state.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct scuttle_world world;
struct scuttle_world *const w = &world;

void scuttle_add(enum scuttle_figure figure, double much)
{
    if (w->figures)
        w->figures[figure] += much;
}

/* ---- beliefs ---- */

static double silence_allowed(const struct scuttle_belief *b)
{
    const struct scuttle_setup *s = w->setup;
    const double mean = (b->sum + s->prior * (double)s->initial) / (b->count + s->prior);

    return s->phi ? s->threshold * mean * (s->log_10 ? log(10) : 1) : (double)s->timeout;
}

static void send(int node, int to, int kind, const struct scuttle_content *asked);

static void hear(int node, int owner)
{
    struct scuttle_belief *b = &w->beliefs[node][owner];
    const int64_t interval = net_now() - b->heard;

    if (b->was_heard && interval <= w->setup->max_interval) {
        b->count++;
        b->sum += (double)interval;
    } else if (!b->was_heard && w->setup->prior == 0) {
        b->count = 1;
        b->sum = (double)w->setup->initial;
    }
    b->was_heard = true;
    b->heard = net_now();
    if (b->is_alive || (w->setup->prior > 0 && b->count == 0))
        return;
    if (!w->setup->echo)
        b->is_alive = true;
    else if (!b->asks) {
        b->asks = true;
        send(node, owner, SCUTTLE_ECHO, NULL);
    }
}

static void judge(int node)
{
    for (int owner = 0; owner < w->setup->nodes; owner++) {
        struct scuttle_belief *b = &w->beliefs[node][owner];

        if (owner == node || !b->is_alive || !b->was_heard ||
            (double)(net_now() - b->heard) <= silence_allowed(b))
            continue;
        b->is_alive = false;
        if (w->setup->anew) {
            b->count = 0;
            b->sum = 0;
            b->was_heard = false;
        }
        scuttle_add(SCUTTLE_VERDICTS, 1);
    }
}

static int some(int node, bool alive, int *ids)
{
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++)
        if (i != node && w->views[node][i].is_known && w->beliefs[node][i].is_alive == alive)
            ids[count++] = i;
    return count;
}

/* ---- exchanges ---- */

static void apply(int node, const struct scuttle_content *content)
{
    for (int i = 0; i < content->count; i++) {
        const struct scuttle_delta *d = &content->deltas[i];
        struct scuttle_view *view = &w->views[node][d->owner];

        if (d->version > view->versions[d->key])
            view->versions[d->key] = d->version;
        if (d->version > view->max)
            view->max = d->version;
    }
    for (int owner = 0; owner < w->setup->nodes; owner++) {
        struct scuttle_view *view = &w->views[node][owner];
        const struct scuttle_view *told = &content->views[owner];

        if (!content->tells[owner] || owner == node)
            continue;
        if (!scuttle_is_younger(told, view))
            continue;
        view->is_known = true;
        view->generation = told->generation;
        view->heartbeat = told->heartbeat;
        if (w->setup->heartbeats)
            hear(node, owner);
    }
}

/* Of which owners a message with these values tells the heartbeat. */
static void tell(int node, const bool *of, const struct scuttle_view *digest,
                 const struct scuttle_delta *deltas, int count, bool *tells)
{
    for (int i = 0; i < count && !scuttle_is_by_age(); i++)
        tells[deltas[i].owner] = true;
    for (int i = 0; i < w->setup->nodes; i++)
        if (of[i] && scuttle_is_younger(&w->views[node][i], &digest[i]))
            tells[i] = true;
}

/* Whether the answer to a digest has one of its own of an owner. */
static bool wants(const struct scuttle_view *own, const struct scuttle_view *digest)
{
    return !w->setup->wanted ? own->is_known
                             : scuttle_is_younger(digest, own) ||
                                   (!scuttle_is_by_age() && digest->max > own->max);
}

/* Of an exact digest: the keys of an owner that there are or, in answer to one, that are wanted. */
static uint64_t keys_of(const struct scuttle_view *own, const struct scuttle_view *digest)
{
    uint64_t keys = 0;

    for (int k = 0; k < w->setup->keys; k++)
        if (digest ? digest->versions[k] > own->versions[k] : own->versions[k] > 0)
            keys |= UINT64_C(1) << k;
    return keys;
}

static int count_of(const bool *which)
{
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++)
        count += which[i];
    return count;
}

static int keys_in(const struct scuttle_content *c)
{
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++)
        for (int k = 0; k < w->setup->keys; k++)
            count += (int)(c->keys[i] >> k & 1);
    return count;
}

static void count_bytes(int kind, const struct scuttle_content *c)
{
    const struct scuttle_setup *s = w->setup;
    const double digests = s->digest_bytes * (double)count_of(c->digests) +
                           (scuttle_is_by_age() ? IDENTITY * (double)keys_in(c) : 0);
    const double states =
        s->state_bytes * (double)count_of(c->tells) + (double)c->count * (s->delta_bytes + s->size);

    if (kind == SCUTTLE_SYN)
        scuttle_add(SCUTTLE_BYTES_SYN, s->syn_bytes + digests);
    else if (kind == SCUTTLE_ACK)
        scuttle_add(SCUTTLE_BYTES_ACK, LENGTH + digests + LENGTH + states);
    else if (kind == SCUTTLE_ACK2)
        scuttle_add(SCUTTLE_BYTES_ACK2, LENGTH + states);
}

static void *copy(void *old, const void *of, size_t bytes)
{
    void *new = realloc(old, bytes + 1);

    assert(new);
    return memcpy(new, of, bytes);
}

/* What it answers; NULL: nothing. */
static void send(int node, int to, int kind, const struct scuttle_content *asked)
{
    static struct scuttle_delta deltas[NODES * KEYS];
    struct scuttle_content *c = &w->content[w->sent % UNDER_WAY];
    const bool answers = kind == SCUTTLE_ACK || kind == SCUTTLE_ACK2;
    const bool wanted = w->setup->wanted && kind == SCUTTLE_ACK;
    const bool is_shadow = kind == SCUTTLE_SYN
                               ? w->in_shadow[node]
                               : kind == SCUTTLE_ACK && count_of(asked->digests) == 0;
    bool of[NODES], digests[NODES] = { false }, tells[NODES] = { false };
    uint64_t keys[NODES];
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++) {
        const struct scuttle_view *own = &w->views[node][i];

        digests[i] = kind == SCUTTLE_SYN
                         ? own->is_known && !w->in_shadow[node]
                         : kind == SCUTTLE_ACK && !is_shadow && wants(own, &asked->views[i]);
        keys[i] =
            !scuttle_is_by_age() || is_shadow ? 0 : keys_of(own, wanted ? &asked->views[i] : NULL);
        of[i] = answers &&
                (asked->digests[i] || (kind == SCUTTLE_ACK && (!w->setup->wanted || is_shadow)));
    }
    if (answers) {
        count = scuttle_choose(node, of, is_shadow ? scuttle_nothing : asked->views, deltas);
        tell(node, of, is_shadow ? scuttle_nothing : asked->views, deltas, count, tells);
    }
    memcpy(c->keys, keys, sizeof keys);
    c->views = copy(c->views, w->views[node], (size_t)w->setup->nodes * sizeof *c->views);
    c->deltas = copy(c->deltas, deltas, (size_t)count * sizeof *deltas);
    c->count = count;
    memcpy(c->digests, digests, sizeof digests);
    memcpy(c->tells, tells, sizeof tells);
    count_bytes(kind, c);
    net_send((struct net_event){ .node = node,
                                 .other = to,
                                 .kind = kind,
                                 .about = w->sent++,
                                 .is_datagram = w->setup->is_datagram });
}

static void begin_rounds(int node)
{
    const int64_t interval = w->setup->interval;
    const int64_t passed = (net_now() - w->phases[node] + interval) % interval;

    net_set_timer(node, ROUND, 0, (interval - passed) % interval);
}

void slow_scuttlebutt_receive(const struct net_event *e)
{
    const struct scuttle_content *content = &w->content[e->about % UNDER_WAY];
    struct scuttle_belief *b = &w->beliefs[e->other][e->node];

    assert(w->sent - e->about <= UNDER_WAY);
    if (w->in_shadow[e->other] && e->kind == SCUTTLE_ACK) {
        w->in_shadow[e->other] = false;
        apply(e->other, content);
        begin_rounds(e->other);
        return;
    }
    if (w->in_shadow[e->other])
        return;
    switch (e->kind) {
    case SCUTTLE_SYN:
        send(e->other, e->node, SCUTTLE_ACK, content);
        break;
    case SCUTTLE_ACK:
        apply(e->other, content);
        send(e->other, e->node, SCUTTLE_ACK2, content);
        break;
    case SCUTTLE_ACK2:
        apply(e->other, content);
        break;
    case SCUTTLE_ECHO:
        send(e->other, e->node, SCUTTLE_ECHO_ACK, NULL);
        break;
    default:
        b->asks = false;
        b->is_alive = true;
    }
}

static void begin_exchange(int node, int with)
{
    scuttle_add(SCUTTLE_EXCHANGES, 1);
    send(node, with, SCUTTLE_SYN, NULL);
}

static bool happens(double probability)
{
    return (double)net_part_of(1 << 30) < probability * (1 << 30);
}

static void gossip(int node)
{
    const struct scuttle_setup *s = w->setup;
    int live[NODES], dead[NODES];
    const int live_count = some(node, true, live), dead_count = some(node, false, dead);
    const int others = s->seeds - (node < s->seeds);
    bool had_seed = false;

    for (int i = 0; i < s->fanout && i < live_count; i++) {
        const int at = i + net_below(live_count - i), partner = live[at];

        live[at] = live[i];
        had_seed = had_seed || partner < s->seeds;
        begin_exchange(node, partner);
    }
    if (s->try_dead && dead_count > 0 && happens(dead_count / (live_count + 1.0)))
        begin_exchange(node, dead[net_below(dead_count)]);
    if (others == 0 || (had_seed && live_count >= others))
        return;
    if (live_count == 0 || (s->try_seeds && happens(others / (double)(live_count + dead_count)))) {
        const int seed = net_below(others);

        begin_exchange(node, seed + (seed >= node));
    }
}

static void ask_a_seed(int node)
{
    const int seed = net_below(w->setup->seeds - (node < w->setup->seeds));

    send(node, seed + (seed >= node), SCUTTLE_SYN, NULL);
    net_set_timer(node, SHADOW, 0, 5 * (int64_t)SECOND);
}

void slow_scuttlebutt_timer(const struct net_event *timer)
{
    struct scuttle_view *own = &w->views[timer->node][timer->node];

    if (timer->kind == SHADOW) {
        if (w->in_shadow[timer->node])
            ask_a_seed(timer->node);
        return;
    }
    if (w->setup->heartbeats)
        own->heartbeat++;
    gossip(timer->node);
    if (w->setup->heartbeats)
        judge(timer->node);
    net_repeat(timer, w->setup->interval);
}

/* As if it had just been heard for the first time. */
static struct scuttle_belief first_belief(bool is_alive)
{
    const bool counts = w->setup->prior == 0;

    return (struct scuttle_belief){ .is_alive = is_alive,
                                    .was_heard = true,
                                    .heard = net_now(),
                                    .count = counts,
                                    .sum = counts ? (double)w->setup->initial : 0 };
}

void slow_scuttlebutt_start(int node)
{
    net_set_up(node, true);
    for (int i = 0; i < w->setup->nodes; i++) {
        w->views[node][i].is_known = true;
        w->beliefs[node][i] = first_belief(true);
    }
    w->phases[node] = net_part_of(w->setup->interval);
    begin_rounds(node);
}

void slow_scuttlebutt_return(int node)
{
    net_set_up(node, true);
    w->views[node][node].generation++;
    for (int i = 0; i < w->setup->nodes; i++)
        w->beliefs[node][i] = first_belief(w->beliefs[node][i].is_alive);
    w->in_shadow[node] = w->setup->shadow_round && w->setup->seeds > (node < w->setup->seeds);
    if (w->in_shadow[node]) {
        scuttle_add(SCUTTLE_SHADOW_ROUNDS, 1);
        ask_a_seed(node);
    } else
        begin_rounds(node);
}

void slow_scuttlebutt_write(int node, int key)
{
    const int version = ++w->written[node];
    struct scuttle_view *own = &w->views[node][node];

    assert(version <= WRITES);
    w->times[node][version] = net_now();
    *(own->versions[key] == 0 ? &w->first[node][key] : &w->next[node][own->versions[key]]) =
        version;
    own->versions[key] = own->max = version;
}

/* ---- figures ---- */

void slow_scuttlebutt_sent(const struct net_event *message)
{
    scuttle_add(SCUTTLE_SYNS + (message->kind - SCUTTLE_SYN), 1);
}

/* 0: it is not stale. */
static int superseding(int node, int owner, int key)
{
    const int version = w->views[node][owner].versions[key];

    return version > 0 ? w->next[owner][version] : w->first[owner][key];
}

struct scuttle_lag slow_scuttlebutt_lag(void)
{
    struct scuttle_lag sum = { 0 };
    double up = 0, keys = 0;

    for (int node = 0; node < w->setup->nodes; node++) {
        double max = 0;

        if (!net_is_up(node))
            continue;
        up++;
        for (int owner = 0; owner < w->setup->nodes; owner++)
            for (int key = 0; key < w->setup->keys; key++) {
                const int by = superseding(node, owner, key);
                const double lag = by > 0 ? (double)(net_now() - w->times[owner][by]) / SECOND : 0;

                max = lag > max ? lag : max;
                sum.mean += lag;
                sum.stale += by > 0;
            }
        sum.max += max;
    }
    for (int owner = 0; owner < w->setup->nodes; owner++)
        for (int key = 0; key < w->setup->keys; key++)
            keys += w->first[owner][key] > 0;
    return (struct scuttle_lag){ sum.max / up, sum.mean / up / fmax(1, keys), sum.stale / up };
}

double slow_scuttlebutt_right(bool is_up)
{
    double pairs = 0, right = 0;

    for (int node = 0; node < w->setup->nodes; node++)
        for (int other = 0; other < w->setup->nodes; other++)
            if (node != other && net_is_up(node) && net_is_up(other) == is_up) {
                pairs++;
                right += w->beliefs[node][other].is_alive == is_up;
            }
    return pairs > 0 ? right / pairs : 1;
}

void slow_scuttlebutt_begin(const struct scuttle_setup *setup, double *figures)
{
    const size_t nodes = (size_t)setup->nodes;

    memset(w->views, 0, nodes * sizeof *w->views);
    memset(w->beliefs, 0, nodes * sizeof *w->beliefs);
    memset(w->written, 0, sizeof w->written);
    memset(w->next, 0, nodes * sizeof *w->next);
    memset(w->first, 0, nodes * sizeof *w->first);
    memset(w->in_shadow, 0, sizeof w->in_shadow);
    w->sent = 0;
    w->setup = setup;
    w->figures = figures;
}

void slow_scuttlebutt_end(void)
{
    for (int i = 0; i < UNDER_WAY; i++) {
        free(w->content[i].views);
        free(w->content[i].deltas);
        w->content[i].views = NULL;
        w->content[i].deltas = NULL;
    }
}
