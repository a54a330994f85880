/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt.c - see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct scuttle_world world;
struct scuttle_world *const w = &world;

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
    for (int owner = 0; owner < w->setup->nodes; owner++)
        w->views[node][owner].has_gap |= content->tells[owner] && content->gaps[owner];
    for (int owner = 0; owner < w->setup->nodes; owner++)
        if (content->tells[owner] && owner != node)
            scuttle_hear(node, owner, content->generations[owner], content->heartbeats[owner]);
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

/* Whether the answer to a digest has one of its own of an owner. */
static bool wants(int node, int owner, const struct scuttle_view *digest)
{
    const struct scuttle_view *own =
        scuttle_tells_of(node, owner) ? &w->views[node][owner] : scuttle_nothing;

    if (!w->setup->wanted)
        return own->is_known;
    return scuttle_is_younger(digest, own) || (!scuttle_is_by_age() && digest->max > own->max) ||
           (digest->is_known && scuttle_has_gap(own, digest) &&
            keys_of(&w->views[node][owner], digest) != 0);
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

/* Digests that take twice as much. */
static int gaps_in(const struct scuttle_content *c)
{
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++)
        count += c->digests[i] && scuttle_has_gap(&c->views[i], &c->views[i]);
    return count;
}

/* Without deltas and lives. */
static int frame_of(int kind, const struct scuttle_content *c)
{
    const int digests = w->setup->digest_bytes * (count_of(c->digests) + gaps_in(c)) +
                        (scuttle_is_by_age() ? IDENTITY * keys_in(c) : 0);

    return kind == SCUTTLE_SYN   ? w->setup->syn_bytes + digests
           : kind == SCUTTLE_ACK ? LENGTH + digests + LENGTH
                                 : LENGTH;
}

static void count_bytes(int kind, const struct scuttle_content *c)
{
    const struct scuttle_setup *s = w->setup;
    const double states =
        s->state_bytes * (double)count_of(c->tells) + (double)c->count * (s->delta_bytes + s->size);

    if (kind <= SCUTTLE_ACK2)
        scuttle_add(kind == SCUTTLE_SYN   ? SCUTTLE_BYTES_SYN
                    : kind == SCUTTLE_ACK ? SCUTTLE_BYTES_ACK
                                          : SCUTTLE_BYTES_ACK2,
                    frame_of(kind, c) + states);
}

static void *copy(void *old, const void *of, size_t bytes)
{
    void *new = realloc(old, bytes + 1);

    assert(new);
    return memcpy(new, of, bytes);
}

static struct scuttle_content *empty_content(void)
{
    struct scuttle_content *c = &w->content[w->sent % UNDER_WAY];

    c->is_empty = c->is_all = false;
    c->count = 0;
    memset(c->digests, 0, sizeof c->digests);
    memset(c->tells, 0, sizeof c->tells);
    memset(c->keys, 0, sizeof c->keys);
    return c;
}

static void post(int node, int to, int kind, struct scuttle_content *c)
{
    for (int i = 0; i < w->setup->nodes; i++) {
        c->generations[i] = w->views[node][i].generation;
        c->heartbeats[i] = w->views[node][i].heartbeat;
        c->gaps[i] = w->views[node][i].has_gap;
    }
    count_bytes(kind, c);
    net_send((struct net_event){ .node = node,
                                 .other = to,
                                 .kind = kind,
                                 .about = w->sent++,
                                 .is_datagram = w->setup->is_datagram });
}

static void write_digest(int node, int kind, const struct scuttle_content *asked,
                         struct scuttle_content *c)
{
    const bool wanted = w->setup->wanted && kind == SCUTTLE_ACK;

    c->views = copy(c->views, w->views[node], (size_t)w->setup->nodes * sizeof *c->views);
    for (int i = 0; i < w->setup->nodes; i++) {
        struct scuttle_view *own = &c->views[i];

        c->digests[i] = kind == SCUTTLE_SYN
                            ? scuttle_tells_of(node, i)
                            : kind == SCUTTLE_ACK && wants(node, i, &asked->views[i]);
        if (scuttle_is_by_age() && kind != SCUTTLE_ACK2)
            c->keys[i] = keys_of(own, wanted ? &asked->views[i] : NULL);
        if (!scuttle_tells_of(node, i)) {
            own->is_known = false;
            own->generation = own->heartbeat = own->max = 0;
        }
    }
}

static void write_states(int node, int kind, const struct scuttle_content *asked,
                         struct scuttle_content *c)
{
    static struct scuttle_delta deltas[NODES * KEYS + NODES];
    bool of[NODES];

    for (int i = 0; i < w->setup->nodes; i++)
        of[i] = scuttle_tells_of(node, i) &&
                (asked->digests[i] || !w->setup->wanted || asked->is_empty);
    c->count = scuttle_choose(node, of, asked->is_empty ? scuttle_nothing : asked->views,
                              frame_of(kind, c), deltas, c->tells);
    c->deltas = copy(c->deltas, deltas, (size_t)c->count * sizeof *deltas);
}

void scuttle_send(int node, int to, int kind, const struct scuttle_content *asked)
{
    struct scuttle_content *c = empty_content();

    c->is_empty = w->in_shadow[node];
    c->is_all = asked && asked->is_empty;
    if (kind <= SCUTTLE_ACK2 && !c->is_empty && !c->is_all)
        write_digest(node, kind, asked, c);
    if ((kind == SCUTTLE_ACK || kind == SCUTTLE_ACK2) && !c->is_empty)
        write_states(node, kind, asked, c);
    post(node, to, kind, c);
}

void scuttle_send_goodbye(int node, int to)
{
    struct scuttle_content *c = empty_content();

    c->tells[node] = true;
    post(node, to, SCUTTLE_ACK2, c);
}

void scuttle_begin_rounds(int node)
{
    const int64_t interval = w->setup->interval;
    const int64_t passed = (net_now() - w->phases[node] + interval) % interval;

    net_set_timer(node, SCUTTLE_ROUND, 0, (interval - passed) % interval);
}

static void receive_ack(const struct net_event *e, const struct scuttle_content *content)
{
    const int node = e->other;

    if (w->in_shadow[node] && content->is_empty)
        scuttle_refused(node, e->node);
    if (content->is_empty || (w->in_shadow[node] && !content->is_all))
        return;
    apply(node, content);
    if (w->in_shadow[node])
        scuttle_end_shadow(node);
    else if (!content->is_all)
        scuttle_send(node, e->node, SCUTTLE_ACK2, content);
}

void slow_scuttlebutt_receive(const struct net_event *e)
{
    const struct scuttle_content *content = &w->content[e->about % UNDER_WAY];
    const bool takes_part = !w->in_shadow[e->other];

    assert(w->sent - e->about <= UNDER_WAY);
    if (e->kind == SCUTTLE_SYN && (takes_part || content->is_empty))
        scuttle_send(e->other, e->node, SCUTTLE_ACK, content);
    else if (e->kind == SCUTTLE_ACK)
        receive_ack(e, content);
    else if (e->kind == SCUTTLE_ACK2 && takes_part)
        apply(e->other, content);
    else if (e->kind == SCUTTLE_ECHO)
        scuttle_send(e->other, e->node, SCUTTLE_ECHO_ACK, NULL);
    else if (e->kind == SCUTTLE_ECHO_ACK)
        scuttle_answered(e->other, e->node);
}

static void begin_exchange(int node, int with)
{
    scuttle_add(SCUTTLE_EXCHANGES, 1);
    scuttle_send(node, with, SCUTTLE_SYN, NULL);
}

static bool happens(double probability)
{
    return (double)net_part_of(1 << 30) < probability * (1 << 30);
}

static void gossip(int node)
{
    const struct scuttle_setup *s = w->setup;
    int live[NODES], dead[NODES];
    const int live_count = scuttle_members(node, true, live);
    const int dead_count = scuttle_members(node, false, dead);
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

void slow_scuttlebutt_timer(const struct net_event *timer)
{
    const int node = timer->node;

    if (timer->kind != SCUTTLE_ROUND) {
        if (!w->in_shadow[node])
            return;
        if (timer->kind == SCUTTLE_SHADOW)
            scuttle_ask_seeds(node);
        else
            scuttle_end_shadow(node);
        return;
    }
    scuttle_bury(node);
    if (w->setup->heartbeats)
        w->views[node][node].heartbeat++;
    gossip(node);
    if (w->setup->heartbeats)
        scuttle_judge(node);
    net_repeat(timer, w->setup->interval);
}

void slow_scuttlebutt_write(int node, int key)
{
    const int version = ++w->written[node];
    struct scuttle_view *own = &w->views[node][node];

    assert(version <= WRITES);
    if (version > 1 && own->versions[w->last_key[node]] != version - 1)
        own->has_gap = true;
    w->last_key[node] = key;
    w->times[node][version] = net_now();
    *(w->latest[node][key] == 0 ? &w->first[node][key] : &w->next[node][w->latest[node][key]]) =
        version;
    w->latest[node][key] = version;
    own->versions[key] = own->max = version;
}

void slow_scuttlebutt_begin(const struct scuttle_setup *setup, double *figures)
{
    const size_t nodes = (size_t)setup->nodes;

    memset(w->views, 0, nodes * sizeof *w->views);
    memset(w->beliefs, 0, nodes * sizeof *w->beliefs);
    memset(w->written, 0, sizeof w->written);
    memset(w->next, 0, nodes * sizeof *w->next);
    memset(w->first, 0, nodes * sizeof *w->first);
    memset(w->latest, 0, nodes * sizeof *w->latest);
    memset(w->in_shadow, 0, sizeof w->in_shadow);
    memset(w->has_refused, 0, nodes * sizeof *w->has_refused);
    w->crash_count = 0;
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
