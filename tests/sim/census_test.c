/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every reading of the census is what a recount of all nodes would find, after any sequence of
 * writes, learnings, comings and goings, with several versions of a key: who is informed, what is
 * stale now and over time, the entropy, whether all agree, and when which share was reached.
 */
#include "sim/truth/census.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 40, UPDATES = 48, STEPS = 4000 };

struct world {
    struct memory memory;
    struct set_pool pool;
    struct numbering numbering;
    struct placement placement;
    struct census census;
    uint32_t keys, injected, drawn;
    uint64_t key;
    sim_time now;
    double stale_area;
    bool up[NODES], knows[NODES][UPDATES];
    sim_time written[UPDATES], reached[UPDATES][SHARES], settled[UPDATES];
};

static uint32_t any(struct world *w, uint32_t limit)
{
    return (uint32_t)draw_below(draw(w->key, 0, w->drawn++), limit);
}

static uint32_t alive(const struct world *w)
{
    uint32_t count = 0;

    for (int i = 0; i < NODES; i++)
        count += w->up[i];
    return count;
}

static uint32_t knowers(const struct world *w, update_id u)
{
    uint32_t count = 0;

    for (int i = 0; i < NODES; i++)
        count += w->up[i] && w->knows[i][u];
    return count;
}

static bool is_newest(const struct world *w, update_id u)
{
    return u + w->keys >= w->injected;
}

static double staleness(const struct world *w)
{
    double stale = 0, pairs = 0;

    for (update_id u = 0; u < w->injected; u++)
        if (is_newest(w, u)) {
            stale += alive(w) - knowers(w, u);
            pairs += alive(w);
        }
    return pairs > 0 ? stale / pairs : 0;
}

static double term(double share)
{
    return share > 0 ? -share * log2(share) : 0;
}

/* A node holds the newest value that it knows of a key, or none. */
static double entropy(const struct world *w)
{
    double sum = 0;
    uint32_t written = 0;

    for (update_id newest = 0; newest < w->injected && alive(w) > 0; newest++) {
        uint32_t newer = 0;

        if (!is_newest(w, newest))
            continue;
        written++;
        for (int64_t u = newest; u >= 0; u -= w->keys) {
            sum += term((double)(knowers(w, (update_id)u) - newer) / alive(w));
            newer = knowers(w, (update_id)u);
        }
        sum += term((double)(alive(w) - newer) / alive(w));
    }
    return written ? sum / written : 0;
}

/* Notes the shares that are reached by now, in order, each once. */
static void note_shares(struct world *w)
{
    static const double shares[SHARES] = { 0.5, 0.9, 0.95, 0.99, 0.999, 1 };

    for (update_id u = 0; u < w->injected; u++)
        for (int k = 0; k < SHARES; k++) {
            if (w->reached[u][k] != SIM_NEVER)
                continue;
            if (knowers(w, u) == 0 || knowers(w, u) < shares[k] * alive(w) - 1e-9)
                break;
            w->reached[u][k] = w->now - w->written[u];
        }
}

/* Notes since when all live nodes, of which there are some, know an update. */
static void note_settled(struct world *w)
{
    for (update_id u = 0; u < w->injected; u++)
        if (alive(w) == 0 || knowers(w, u) < alive(w))
            w->settled[u] = SIM_NEVER;
        else if (w->settled[u] == SIM_NEVER)
            w->settled[u] = w->now;
}

static void assert_readings(struct world *w)
{
    double informed = 0;
    bool is_complete = alive(w) > 0;

    note_shares(w);
    note_settled(w);
    for (update_id u = 0; u < w->injected; u++) {
        const struct track *track = &w->census.tracks[u];

        informed += (double)knowers(w, u) / w->injected;
        is_complete = is_complete && knowers(w, u) == alive(w);
        assert_int_equal(census_is_agreed(&w->census, track), w->settled[u] != SIM_NEVER);
        if (w->settled[u] != SIM_NEVER)
            assert_int_equal(track->settled, w->settled[u]);
        for (int k = 0; k < SHARES; k++)
            assert_int_equal(w->census.tracks[u].reached[k], w->reached[u][k]);
    }
    assert_int_equal(w->census.alive, alive(w));
    assert_true(fabs(census_informed(&w->census) - informed) < 1e-9);
    assert_true(fabs(census_staleness(&w->census) - staleness(w)) < 1e-12);
    assert_true(fabs(census_entropy(&w->census) - entropy(w)) < 1e-9);
    assert_int_equal(census_is_complete(&w->census), is_complete);
    if (w->now > 0)
        assert_true(fabs(census_stale_area(&w->census, w->now) - w->stale_area) <
                    1e-9 * (double)w->now);
}

/* A node that learns a value counts as knowing the older ones of its key. */
static void learn(struct world *w, node_id node, update_id update, node_id from)
{
    for (int64_t u = update; u >= 0; u -= w->keys)
        if (!w->knows[node][u]) {
            w->knows[node][u] = true;
            census_learn(&w->census, (update_id)u, node, from, true, w->now);
        }
}

static void inject(struct world *w)
{
    const node_id node = any(w, NODES);
    const update_id u = w->injected;

    if (!w->up[node] || u == UPDATES)
        return;
    census_inject(&w->census, &w->pool, u, u % w->keys, false, true, w->now);
    w->injected++;
    w->written[u] = w->now;
    w->settled[u] = SIM_NEVER;
    for (int k = 0; k < SHARES; k++)
        w->reached[u][k] = SIM_NEVER;
    learn(w, node, u, NODE_NONE);
}

static void come_or_go(struct world *w, node_id node)
{
    struct set *known = set_new();

    for (update_id u = 0; u < w->injected; u++)
        if (w->knows[node][u])
            set_put(&w->pool, &known, u);
    w->up[node] = !w->up[node];
    if (w->up[node])
        census_up(&w->census, node, known, w->now);
    else {
        census_down(&w->census, node, known, w->now);
        for (update_id u = 0; u < UPDATES && any(w, 3) == 0; u++)
            w->knows[node][u] = false;              /* it lost the oldest */
        for (update_id u = UPDATES; u-- > w->keys;) /* sets stay closed downwards */
            if (w->knows[node][u])
                w->knows[node][u - w->keys] = true;
    }
    set_free(known);
}

static void step(struct world *w)
{
    const uint32_t what = any(w, 100);
    const node_id node = any(w, NODES), from = any(w, NODES);
    const sim_time later = w->now + (sim_time)any(w, 50);

    w->stale_area += staleness(w) * (double)(later - w->now);
    w->now = later;
    if (what < 4)
        inject(w);
    else if (what < 14)
        come_or_go(w, node);
    else if (w->injected > 0 && w->up[node] && node != from)
        for (int i = 0; i < 4; i++) {
            const update_id u = any(w, w->injected);

            if (w->knows[from][u])
                learn(w, node, u, from);
        }
}

static void readings_are_those_of_a_recount(void **state)
{
    static const uint32_t keys[] = { UPDATES, 16, 5, 1 };

    (void)state;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        struct world w = { .keys = keys[k], .key = draw_key(k, 0, PURPOSE_MODEL) };

        set_pool_init(&w.pool, &w.memory, UPDATES);
        numbering_init(&w.numbering, NODES, w.key);
        placement_init(&w.placement, &w.memory, &w.pool, &w.numbering, 1, 0);
        census_init(&w.census, &w.memory, &w.placement,
                    &(struct census_config){ .nodes = NODES,
                                             .updates = UPDATES,
                                             .keys = keys[k],
                                             .has_versions = keys[k] < UPDATES });
        for (int i = 0; i < NODES; i++)
            w.up[i] = true;
        for (int i = 0; i < STEPS; i++) {
            step(&w);
            assert_readings(&w);
        }
        assert_int_equal(w.injected, UPDATES);
        memory_clear(&w.memory);
    }
}

/* All nodes may leave; nobody is informed then, and nothing is complete. */
static void nobody_there_is_nobody_informed(void **state)
{
    struct world w = { .keys = UPDATES, .key = draw_key(9, 0, PURPOSE_MODEL) };

    (void)state;
    set_pool_init(&w.pool, &w.memory, UPDATES);
    numbering_init(&w.numbering, NODES, w.key);
    placement_init(&w.placement, &w.memory, &w.pool, &w.numbering, 1, 0);
    census_init(&w.census, &w.memory, &w.placement,
                &(struct census_config){ .nodes = NODES, .updates = UPDATES, .keys = UPDATES });
    for (int i = 0; i < NODES; i++)
        w.up[i] = true;
    inject(&w);
    for (node_id i = 0; i < NODES; i++) {
        w.now += 10;
        w.stale_area += staleness(&w) * 10;
        come_or_go(&w, i);
        assert_readings(&w);
    }
    assert_false(census_is_complete(&w.census));
    assert_true(census_informed(&w.census) == 0);
    memory_clear(&w.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_are_those_of_a_recount),
        cmocka_unit_test(nobody_there_is_nobody_informed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
