/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle_node.c - the oracle's sets and its answers to models; see oracle.h. */
#include "tests/sim/oracle_state.h"

#include <assert.h>
#include <stdlib.h>

/* ---- sets ---- */

struct set *oracle_set(uint128 bits)
{
    uint128 *a = malloc(sizeof *a);

    *a = bits;
    return (struct set *)(void *)a;
}

uint128 oracle_bits(const struct set *a)
{
    return *(const uint128 *)(const void *)a;
}

struct set *oracle_set_copy(const struct set *a)
{
    return oracle_set(oracle_bits(a));
}

struct set *oracle_set_minus(const struct set *a, const struct set *b)
{
    return oracle_set(oracle_bits(a) & ~oracle_bits(b));
}

bool oracle_set_is_empty(const struct set *a)
{
    return oracle_bits(a) == 0;
}

void oracle_set_free(struct set *a)
{
    free(a);
}

uint128 oracle_bit(uint32_t update)
{
    return (uint128)1 << update;
}

uint32_t oracle_count(uint128 set)
{
    uint32_t count = 0;

    for (; set; set &= set - 1)
        count++;
    return count;
}

/* Without values that the set holds a newer one of. */
uint128 oracle_newest_of(uint128 set)
{
    uint128 newest = set;

    for (uint32_t i = 0; i < oracle.injected; i++)
        for (uint32_t j = i + 1; j < oracle.injected; j++)
            if ((set & oracle_bit(j)) && oracle.updates[i].key == oracle.updates[j].key)
                newest &= ~oracle_bit(i);
    return newest;
}

/* ---- what is to come ---- */

static bool is_before(const struct coming *a, const struct coming *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return a->class != b->class ? a->class < b->class : a->number < b->number;
}

void oracle_expect(struct coming coming)
{
    size_t i = oracle.count++;

    assert(oracle.count < COMING_MAX);
    if (coming.class != PERIODIC)
        coming.number = oracle.number++;
    for (; i > 0 && is_before(&oracle.coming[i - 1], &coming); i--)
        oracle.coming[i] = oracle.coming[i - 1];
    oracle.coming[i] = coming;
}

sim_time oracle_credit(void)
{
    return oracle.round ? oracle.now / oracle.round * oracle.round : oracle.now;
}

/* ---- what models may call ---- */

const void *oracle_node_config(const struct node *n)
{
    (void)n;
    return oracle.config->stack[oracle.layer].config;
}

uint32_t oracle_alive(void)
{
    uint32_t alive = 0;

    for (node_id i = 0; i < oracle.node_count; i++)
        alive += oracle.nodes[i].is_up;
    return alive;
}

uint64_t oracle_node_random(struct node *n, uint64_t limit)
{
    (void)n;
    return draw_below(
        draw(oracle.keys[PURPOSE_MODEL], oracle.self, oracle.nodes[oracle.self].drawn++), limit);
}

bool oracle_node_pick_peer(struct node *n, node_id *peer)
{
    node_id others[ORACLE_NODES_MAX];
    uint32_t count = 0;

    (void)n;
    for (uint32_t i = 0; i < oracle.listed_count; i++)
        if (oracle.listed[i] != oracle.self)
            others[count++] = oracle.listed[i];
    if (count == 0)
        return false;
    *peer = others[draw_below(
        draw(oracle.keys[PURPOSE_PEER], oracle.self, oracle.nodes[oracle.self].drawn++), count)];
    return true;
}

struct lane_plan *oracle_lane(int tag)
{
    for (int i = 0; i < oracle.lane_count; i++)
        if (oracle.lanes[i].layer == oracle.layer && oracle.lanes[i].tag == tag)
            return &oracle.lanes[i];
    return NULL;
}

/* Node i has the i-th smallest phase of the first lane, and its own in the others. */
static void plan_phases(struct lane_plan *lane, uint32_t number)
{
    uint64_t drawn[ORACLE_NODES_MAX];

    for (node_id i = 0; i < oracle.node_count; i++)
        drawn[i] = draw(oracle.keys[PURPOSE_PHASE], i, number) >> 32;
    for (node_id i = 0; i < oracle.node_count; i++) {
        uint64_t rank = 0;

        for (node_id j = 0; j < oracle.node_count; j++)
            rank += drawn[j] < drawn[i] || (drawn[j] == drawn[i] && j < i);
        lane->place[number ? i : rank] = rank;
        lane->phase[number ? i : rank] = drawn[i];
    }
}

void oracle_expect_timer(const struct lane_plan *lane, sim_time time)
{
    const uint64_t index = (uint64_t)(lane - oracle.lanes);

    oracle_expect((struct coming){ .time = time,
                                   .class = PERIODIC,
                                   .number = index << 32 | lane->place[oracle.self],
                                   .node = oracle.self,
                                   .layer = lane->layer,
                                   .tag = lane->tag,
                                   .life = oracle.nodes[oracle.self].life });
}

void oracle_node_every(struct node *n, sim_time interval, enum phase phase, int tag)
{
    struct lane_plan *lane = oracle_lane(tag);

    (void)n;
    if (!lane) {
        lane = &oracle.lanes[oracle.lane_count];
        *lane = (struct lane_plan){ .layer = oracle.layer, .tag = tag, .interval = interval };
        lane->quantum = oracle.round ? oracle.round : 1;
        lane->first = phase == PHASE_TOGETHER ? interval : oracle.round;
        lane->steps = phase == PHASE_TOGETHER ? 0 : (uint64_t)(interval / lane->quantum);
        plan_phases(lane, (uint32_t)oracle.lane_count++);
    }
    sim_time time =
        lane->first +
        (sim_time)((uint128)lane->steps * lane->phase[oracle.self] >> 32) * lane->quantum;

    while (time < oracle.now)
        time += interval;
    oracle.nodes[oracle.self].is_awake[lane - oracle.lanes] = true;
    oracle_expect_timer(lane, time);
}

void oracle_node_sleep(struct node *n, int tag)
{
    (void)n;
    oracle.nodes[oracle.self].is_awake[oracle_lane(tag) - oracle.lanes] = false;
}

void oracle_node_wake(struct node *n, int tag)
{
    (void)n;
    oracle.nodes[oracle.self].is_awake[oracle_lane(tag) - oracle.lanes] = true;
}

void oracle_node_after(struct node *n, sim_time delay, int tag, uint32_t value)
{
    sim_time time = oracle.now + delay;

    (void)n;
    if (oracle.round) {
        sim_time start = oracle_credit() + (oracle.is_outside ? oracle.round : 0);
        sim_time rounds = (delay + oracle.round - 1) / oracle.round;

        time = start + (rounds > 0 ? rounds : 1) * oracle.round;
    }
    oracle_expect((struct coming){ .time = time,
                                   .class = ONE_SHOT,
                                   .node = oracle.self,
                                   .layer = oracle.layer,
                                   .tag = tag,
                                   .value = value,
                                   .life = oracle.nodes[oracle.self].life });
}

const struct set *oracle_node_known(const struct node *n)
{
    (void)n;
    return (const struct set *)(const void *)&oracle.nodes[oracle.self].known;
}

/* ---- knowledge ---- */

static void note_learned(uint32_t update, node_id from)
{
    struct oracle_node *me = &oracle.nodes[oracle.self];
    struct oracle_update *u = &oracle.updates[update];

    me->hops[update] = from == UINT32_MAX ? 0 : oracle.nodes[from].hops[update] + 1;
    if (me->knew & oracle_bit(update))
        return;
    u->last = oracle_credit();
    u->hops += me->hops[update];
    u->hops_max = me->hops[update] > u->hops_max ? me->hops[update] : u->hops_max;
    if (from != UINT32_MAX) {
        u->learned++;
        u->delay += (double)(oracle_credit() - u->injected);
    }
}

bool oracle_learn(node_id from, uint128 got)
{
    struct oracle_node *me = &oracle.nodes[oracle.self];
    const uint128 news = got & ~me->known;
    uint128 learned = news;

    if (from != UINT32_MAX) {
        oracle.f->useful += oracle_count(oracle_newest_of(got) & ~me->known);
        oracle.f->duplicates += oracle_count(oracle_newest_of(got) & me->known);
    }
    if (!news)
        return false;
    for (uint32_t i = 0; i < oracle.injected; i++)
        for (uint32_t j = 0; j < i; j++)
            if ((news & oracle_bit(i)) && oracle.updates[i].key == oracle.updates[j].key)
                learned |= oracle_bit(j) & ~me->known;
    for (uint32_t i = 0; i < oracle.injected; i++)
        if (learned & oracle_bit(i))
            note_learned(i, from);
    me->known |= learned;
    me->knew |= learned;
    oracle.has_changed = true;
    struct set *told = oracle_set(oracle_newest_of(news));
    const int through = oracle.layer;

    for (oracle.layer = 0; oracle.layer < oracle.config->stack_count; oracle.layer++)
        if (oracle.config->stack[oracle.layer].model->on_learn)
            oracle.config->stack[oracle.layer].model->on_learn(NULL, told,
                                                               from == UINT32_MAX ? LEARNED_LOCAL
                                                               : oracle.layer == through
                                                                   ? LEARNED_HERE
                                                                   : LEARNED_OTHER);
    oracle.layer = through;
    free(told);
    return true;
}

bool oracle_node_learn(struct node *n, const struct message *m)
{
    const uint128 got = oracle_bits(m->set);

    (void)n;
    if (!oracle.round || !(got & ~oracle.nodes[oracle.self].known))
        return oracle_learn(m->from, got);
    if (oracle.deferred_count == 0)
        oracle_expect(
            (struct coming){ .time = oracle_credit() + oracle.round / 2, .class = COMMIT });
    oracle.deferred[oracle.deferred_count++] =
        (struct coming){ .node = oracle.self,
                         .from = m->from,
                         .layer = oracle.layer,
                         .life = oracle.nodes[oracle.self].life,
                         .set = got };
    return true;
}

void oracle_commit(void)
{
    for (size_t i = 0; i < oracle.deferred_count; i++) {
        oracle.self = oracle.deferred[i].node;
        oracle.layer = oracle.deferred[i].layer;
        if (oracle.nodes[oracle.self].life == oracle.deferred[i].life)
            oracle_learn(oracle.deferred[i].from, oracle.deferred[i].set);
    }
    oracle.deferred_count = 0;
}
