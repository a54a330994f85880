/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_gossipsub.c - see slow_gossipsub.h. */
#include "tests/models/slow_gossipsub.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_rng.h>

enum { NODES = GOSSIPSUB_NODES_MAX, UPDATES = GOSSIPSUB_UPDATES_MAX, TRIES = 7, WAITING = 40000 };
enum what { ARRIVAL, TIMEOUT, HEARTBEAT, WRITE, CRASH, RETURN };

#define NEVER  (INT64_MIN / 2)
#define SECOND 1e9

struct event {
    int64_t time, sent;
    uint64_t number;
    enum what what;
    int node, other; /* of a message: sender and receiver; of a crash: which */
    enum gossipsub_figure kind;
    unsigned updates; /* bits */
    int tries, life;  /* of the sender */
};

struct peer {
    bool is_mine, in_mesh, is_broken; /* mine: I have opened the link */
    int64_t pruned;
    int refused[UPDATES]; /* heartbeats for which it wants no copy; 0: it does */
};

struct node {
    bool is_up;
    int life;
    int64_t phase;
    struct peer peers[NODES];
    unsigned known, held; /* held: came since it came up, and is not forgotten */
    int age[UPDATES];     /* of what is held: heartbeats since it came */
    int64_t learned[UPDATES];
};

static struct world {
    const struct gossipsub_setup *setup;
    double *figures;
    int64_t now;
    uint64_t number;
    struct event events[WAITING]; /* a heap */
    int count;
    struct node nodes[NODES];
    int64_t written[UPDATES];
    int written_count;
} w;

static gsl_rng *dice;

/* ---- events ---- */

static bool is_before(const struct event *a, const struct event *b)
{
    return a->time != b->time ? a->time < b->time : a->number < b->number;
}

static void swap(int i, int j)
{
    const struct event kept = w.events[i];

    w.events[i] = w.events[j];
    w.events[j] = kept;
}

static void expect(struct event event)
{
    int i = w.count++;

    assert(i < WAITING);
    event.number = w.number++;
    w.events[i] = event;
    for (; i > 0 && is_before(&w.events[i], &w.events[(i - 1) / 2]); i = (i - 1) / 2)
        swap(i, (i - 1) / 2);
}

static struct event next_event(void)
{
    const struct event first = w.events[0];

    w.events[0] = w.events[--w.count];
    for (int i = 0, child; (child = 2 * i + 1) < w.count; i = child) {
        if (child + 1 < w.count && is_before(&w.events[child + 1], &w.events[child]))
            child++;
        if (!is_before(&w.events[child], &w.events[i]))
            break;
        swap(i, child);
    }
    return first;
}

/* ---- network ---- */

static int count_bits(unsigned bits)
{
    int count = 0;

    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void transmit(struct event message)
{
    const struct gossipsub_setup *s = w.setup;

    w.figures[message.kind]++;
    if (message.kind == GOSSIPSUB_MESSAGE)
        w.figures[GOSSIPSUB_M] += (double)count_bits(message.updates) / s->nodes / s->updates;
    message.sent = w.now;
    message.what = ARRIVAL;
    message.time =
        w.now + s->latency + (int64_t)(gsl_rng_uniform(dice) * (double)s->latency_spread);
    if (gsl_rng_uniform(dice) < s->loss) {
        message.what = TIMEOUT;
        message.time = w.now + (s->retransmit << message.tries);
    }
    expect(message);
}

static void send(int node, int peer, enum gossipsub_figure kind, unsigned updates)
{
    transmit((struct event){ .node = node,
                             .other = peer,
                             .kind = kind,
                             .updates = updates,
                             .life = w.nodes[node].life });
}

/* ---- GossipSub ---- */

static int list_peers(int node, bool (*fits)(const struct peer *), int *list)
{
    int count = 0;

    for (int i = 0; i < w.setup->nodes; i++)
        if (w.setup->is_peer[node][i] && fits(&w.nodes[node].peers[i])) {
            const int at = (int)gsl_rng_uniform_int(dice, (unsigned long)++count);

            list[count - 1] = list[at];
            list[at] = i;
        }
    return count;
}

static bool is_meshed(const struct peer *p)
{
    return p->in_mesh;
}

static bool is_mine_meshed(const struct peer *p)
{
    return p->in_mesh && p->is_mine;
}

static bool is_outside(const struct peer *p)
{
    return !p->in_mesh && !p->is_broken;
}

static bool may_be_grafted(const struct peer *p)
{
    const struct gossipsub_setup *s = w.setup;

    return is_outside(p) && (s->backoff == 0 || w.now >= p->pruned + s->backoff + 2 * s->heartbeat);
}

static bool mine_may_be_grafted(const struct peer *p)
{
    return p->is_mine && may_be_grafted(p);
}

static int mesh_size(int node)
{
    int list[NODES];

    return list_peers(node, is_meshed, list);
}

static void graft(int node, bool (*fits)(const struct peer *), int most)
{
    int list[NODES];
    const int count = list_peers(node, fits, list);

    for (int i = 0; i < count && i < most; i++) {
        w.nodes[node].peers[list[i]].in_mesh = true;
        w.figures[GOSSIPSUB_GRAFTS]++;
        send(node, list[i], GOSSIPSUB_GRAFT, 0);
    }
}

static void prune(int node, int peer)
{
    struct peer *p = &w.nodes[node].peers[peer];

    p->in_mesh = false;
    p->pruned = w.now;
    w.figures[GOSSIPSUB_PRUNES]++;
    send(node, peer, GOSSIPSUB_PRUNE, 0);
}

/* Random ones down to d, d_out of its own links among them if there are so many. */
static void prune_some(int node)
{
    const struct gossipsub_setup *s = w.setup;
    int list[NODES], own = 0;
    const int count = list_peers(node, is_meshed, list);

    for (int i = 0; i < s->d; i++)
        own += w.nodes[node].peers[list[i]].is_mine;
    for (int i = s->d, at = s->d - 1; i < count && own < s->d_out; i++) {
        if (!w.nodes[node].peers[list[i]].is_mine)
            continue;
        while (at >= 0 && w.nodes[node].peers[list[at]].is_mine)
            at--;
        if (at < 0)
            break;
        const int kept = list[at];

        list[at] = list[i];
        list[i] = kept;
        own++;
    }
    for (int i = s->d; i < count; i++)
        prune(node, list[i]);
}

static void tell(int node)
{
    const struct gossipsub_setup *s = w.setup;
    int list[NODES];
    unsigned news = 0;
    const int count = list_peers(node, is_outside, list);
    const int share = (int)(s->gossip_factor * count);

    for (int u = 0; u < s->updates; u++)
        if (w.nodes[node].held >> u & 1 && w.nodes[node].age[u] < s->gossip_window)
            news |= 1U << u;
    for (int i = 0; news && i < count && i < (share > s->d_lazy ? share : s->d_lazy); i++) {
        w.figures[GOSSIPSUB_IHAVES]++;
        send(node, list[i], GOSSIPSUB_IHAVE, news);
    }
}

static void grow_older(int node)
{
    struct node *n = &w.nodes[node];

    for (int u = 0; u < w.setup->updates; u++) {
        if (n->held >> u & 1 && ++n->age[u] >= w.setup->history)
            n->held &= ~(1U << u);
        for (int i = 0; i < w.setup->nodes; i++)
            if (n->peers[i].refused[u] > 0)
                n->peers[i].refused[u]--;
    }
}

static void heartbeat(int node)
{
    const struct gossipsub_setup *s = w.setup;
    int size = mesh_size(node), list[NODES], own;

    if (size < s->d_low)
        graft(node, may_be_grafted, s->d - size);
    else if (size > s->d_high)
        prune_some(node);
    own = list_peers(node, is_mine_meshed, list);
    if (mesh_size(node) >= s->d_low && own < s->d_out)
        graft(node, mine_may_be_grafted, s->d_out - own);
    tell(node);
    grow_older(node);
}

static void refuse(int node, int from, unsigned updates)
{
    for (int i = 0; i < w.setup->nodes; i++)
        if (w.nodes[node].peers[i].in_mesh && i != from) {
            w.figures[GOSSIPSUB_IDONTWANTS]++;
            send(node, i, GOSSIPSUB_IDONTWANT, updates);
        }
}

/* `from`: who sent them; -1: the node has written them. */
static void spread(int node, int from, unsigned updates)
{
    const bool to_all = from < 0 && w.setup->flood_publish;

    for (int i = 0; i < w.setup->nodes; i++) {
        const struct peer *p = &w.nodes[node].peers[i];
        unsigned left = updates;

        if (i == from || !w.setup->is_peer[node][i] || !(to_all ? !p->is_broken : p->in_mesh))
            continue;
        for (int u = 0; u < UPDATES; u++)
            if (updates >> u & 1 && p->refused[u] > 0) {
                w.figures[GOSSIPSUB_SPARED]++;
                left &= ~(1U << u);
            }
        if (left)
            send(node, i, GOSSIPSUB_MESSAGE, left);
    }
}

static void learn(int node, int from, unsigned updates)
{
    const struct gossipsub_setup *s = w.setup;
    struct node *n = &w.nodes[node];

    n->known |= updates;
    n->held |= updates;
    for (int u = 0; u < UPDATES; u++)
        if (updates >> u & 1) {
            n->age[u] = 0;
            n->learned[u] = w.now;
        }
    if (from >= 0 && s->idontwant && s->update_size >= s->threshold)
        refuse(node, from, updates);
    spread(node, from, updates);
}

static void take_graft(int node, int from)
{
    const struct gossipsub_setup *s = w.setup;
    struct peer *p = &w.nodes[node].peers[from];

    if (p->in_mesh)
        return;
    if ((s->backoff > 0 && w.now < p->pruned + s->backoff) ||
        (s->refuse_when_full && mesh_size(node) >= s->d_high && !p->is_mine))
        prune(node, from);
    else
        p->in_mesh = true;
}

static void receive(const struct event *e)
{
    struct node *n = &w.nodes[e->other];
    struct peer *p = &n->peers[e->node];
    unsigned wanted = e->updates & ~n->known;

    p->is_broken = false;
    switch (e->kind) {
    case GOSSIPSUB_MESSAGE:
        w.figures[GOSSIPSUB_DUPLICATES] += count_bits(e->updates & n->known);
        if (wanted)
            learn(e->other, e->node, wanted);
        break;
    case GOSSIPSUB_IHAVE:
        if (wanted) {
            w.figures[GOSSIPSUB_IWANTS]++;
            send(e->other, e->node, GOSSIPSUB_IWANT, wanted);
        }
        break;
    case GOSSIPSUB_IWANT:
        if (e->updates & n->held)
            send(e->other, e->node, GOSSIPSUB_MESSAGE, e->updates & n->held);
        break;
    case GOSSIPSUB_IDONTWANT:
        for (int u = 0; u < UPDATES; u++)
            if (e->updates >> u & 1)
                p->refused[u] = w.setup->ttl;
        break;
    case GOSSIPSUB_GRAFT:
        take_graft(e->other, e->node);
        break;
    case GOSSIPSUB_PRUNE:
        p->in_mesh = false;
        p->pruned = w.now;
        break;
    default:
        p->in_mesh = false;
        break;
    }
}

/* ---- world ---- */

static void begin(int node)
{
    struct node *n = &w.nodes[node];

    n->is_up = true;
    for (int i = 0; i < w.setup->nodes; i++) {
        struct peer *p = &n->peers[i];

        p->in_mesh = p->is_broken = false;
        p->pruned = NEVER;
        memset(p->refused, 0, sizeof p->refused);
    }
    n->held = 0;
    for (int i = 0; w.now > 0 && i < w.setup->nodes; i++)
        if (w.setup->is_peer[node][i])
            send(node, i, GOSSIPSUB_SUBSCRIBE, 0);
}

static void change(const struct event *e)
{
    const struct gossipsub_crash *c = &w.setup->crashes[e->other];

    for (int i = c->first; i < c->first + c->nodes; i++)
        if (e->what == CRASH) {
            w.nodes[i].is_up = false;
            w.nodes[i].life++;
        } else
            begin(i);
}

static void try_again(struct event message)
{
    struct node *n = &w.nodes[message.node];

    if (!n->is_up || n->life != message.life)
        return;
    if (++message.tries < TRIES) {
        transmit(message);
        return;
    }
    n->peers[message.other].in_mesh = false;
    n->peers[message.other].is_broken = true;
}

/* It met nobody: its sender waits for the end of the time that it has given it. */
static void wait_for_timeout(struct event message)
{
    message.what = TIMEOUT;
    message.time = message.sent + (w.setup->retransmit << message.tries);
    expect(message);
}

static void handle(const struct event *e)
{
    struct event again = *e;

    if (e->what == ARRIVAL && w.nodes[e->other].is_up)
        receive(e);
    else if (e->what == ARRIVAL)
        wait_for_timeout(*e);
    else if (e->what == TIMEOUT)
        try_again(*e);
    else if (e->what == HEARTBEAT) {
        if (w.nodes[e->node].is_up)
            heartbeat(e->node);
        again.time += w.setup->heartbeat;
        expect(again);
    } else if (e->what == WRITE) {
        w.written[w.written_count] = w.now;
        learn((int)gsl_rng_uniform_int(dice, (unsigned long)w.setup->origins), -1,
              1U << w.written_count);
        w.written_count++;
    } else
        change(e);
}

static void open_links(void)
{
    for (int i = 0; i < w.setup->nodes; i++)
        for (int j = 0; j < i; j++) {
            const bool is_mine = gsl_rng_uniform_int(dice, 2);

            w.nodes[i].peers[j].is_mine = is_mine;
            w.nodes[j].peers[i].is_mine = !is_mine;
        }
}

static void set_out(void)
{
    const struct gossipsub_setup *s = w.setup;

    open_links();
    for (int i = 0; i < s->nodes; i++) {
        begin(i);
        expect((struct event){ .time = (int64_t)(gsl_rng_uniform(dice) * (double)s->heartbeat),
                               .what = HEARTBEAT,
                               .node = i });
    }
    for (int i = 0; i < s->updates; i++)
        expect((struct event){ .time = s->first_update + i * s->every, .what = WRITE });
    for (int i = 0; i < s->crash_count; i++) {
        const struct gossipsub_crash *c = &s->crashes[i];

        expect((struct event){ .time = c->at, .what = CRASH, .other = i });
        if (!c->is_for_good)
            expect((struct event){ .time = c->at + c->lasts, .what = RETURN, .other = i });
    }
}

static void add_up(void)
{
    const struct gossipsub_setup *s = w.setup;
    double up = 0, mesh = 0, lacking = 0, times = 0, deliveries = 0;

    for (int i = 0; i < s->nodes; i++)
        if (w.nodes[i].is_up) {
            up++;
            mesh += mesh_size(i);
            lacking += s->updates - count_bits(w.nodes[i].known);
        }
    w.figures[GOSSIPSUB_MESH] = mesh / up;
    w.figures[GOSSIPSUB_RESIDUE] = lacking / up / s->updates;
    for (int u = 0; u < s->updates; u++) {
        int64_t last = w.written[u];

        for (int i = 0; i < s->nodes; i++)
            if (w.nodes[i].known >> u & 1 && w.nodes[i].learned[u] > w.written[u]) {
                times += (double)(w.nodes[i].learned[u] - w.written[u]);
                deliveries++;
                last = w.nodes[i].learned[u] > last ? w.nodes[i].learned[u] : last;
            }
        w.figures[GOSSIPSUB_T_LAST_MEAN] += (double)(last - w.written[u]) / s->updates / SECOND;
    }
    w.figures[GOSSIPSUB_T_AVG] = deliveries > 0 ? times / deliveries / SECOND : 0;
}

void slow_gossipsub_run(const struct gossipsub_setup *setup, unsigned long seed,
                        double figures[GOSSIPSUB_FIGURES])
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, seed);
    memset(figures, 0, GOSSIPSUB_FIGURES * sizeof *figures);
    memset(w.nodes, 0, sizeof w.nodes);
    w.count = w.written_count = 0;
    w.now = 0;
    w.setup = setup;
    w.figures = figures;
    set_out();
    while (w.count > 0 && w.events[0].time < setup->end) {
        const struct event e = next_event();

        w.now = e.time;
        handle(&e);
    }
    add_up();
    gsl_rng_free(dice);
}
