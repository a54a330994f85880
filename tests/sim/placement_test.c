/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every shard has exactly `replicas` different holders, in ring order; a node's list of shards is
 * the inverse of that, each shard once; no node holds many more than another; and what a node
 * should hold of a set are the updates of its shards; two nodes meet where they hold one in common.
 */
#include "sim/truth/placement.h"
#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES_MAX = 40, SHARDS_MAX = 100 };

struct world {
    struct memory memory;
    struct set_pool pool;
    struct numbering numbering;
    struct placement placement;
    bool holds[SHARDS_MAX][NODES_MAX];
};

static void open_world(struct world *w, uint32_t nodes, uint32_t shards, uint32_t replicas,
                       uint32_t updates)
{
    *w = (struct world){ .memory = { 0 } };
    set_pool_init(&w->pool, &w->memory, updates);
    numbering_init(&w->numbering, nodes, draw_key(nodes, shards, PURPOSE_NUMBERING));
    placement_init(&w->placement, &w->memory, &w->pool, &w->numbering, shards, replicas);
}

static void assert_holders(struct world *w)
{
    const struct placement *p = &w->placement;

    for (uint32_t shard = 0; shard < p->shards; shard++) {
        const node_id first = placement_holder(p, shard, 0);
        uint32_t position = numbering_outside(&w->numbering, first), held = 0;

        for (uint32_t place = 0; place < p->replicas; place++) {
            const node_id node = placement_holder(p, shard, place);

            assert_true(node < p->nodes);
            assert_int_equal(numbering_outside(&w->numbering, node), position % p->nodes);
            assert_false(w->holds[shard][node]);
            w->holds[shard][node] = true;
            assert_int_equal(placement_place(p, shard, node), place);
            position++;
        }
        for (node_id node = 0; node < p->nodes; node++) {
            assert_int_equal(placement_place(p, shard, node) >= 0, w->holds[shard][node]);
            held += w->holds[shard][node];
        }
        assert_int_equal(held, p->replicas);
    }
}

static void assert_lists(const struct world *w)
{
    const struct placement *p = &w->placement;
    uint32_t sum = 0, least = UINT32_MAX, most = 0;

    for (node_id node = 0; node < p->nodes; node++) {
        const uint32_t count = placement_count(p, node);
        bool listed[SHARDS_MAX] = { false };
        uint32_t held = 0;

        for (uint32_t i = 0; i < count; i++) {
            const uint32_t shard = placement_of(p, node, i);

            assert_true(shard < p->shards);
            assert_false(listed[shard]);
            assert_true(w->holds[shard][node]);
            listed[shard] = true;
        }
        for (uint32_t shard = 0; shard < p->shards; shard++)
            held += w->holds[shard][node];
        assert_int_equal(count, held);
        sum += count;
        least = count < least ? count : least;
        most = count > most ? count : most;
    }
    assert_int_equal(sum, p->shards * p->replicas);
    /* The shards that start at `replicas` neighbours: an even spread is out by at most one. */
    assert_true(most - least <= 1);
}

/* The shards that two nodes share, b being after a on the ring and before it. */
static uint32_t common_both_ways(const struct world *w, node_id a, node_id b)
{
    const struct placement *p = &w->placement;
    const int64_t nodes = p->nodes, replicas = p->replicas;
    const int64_t after =
        (numbering_outside(&w->numbering, b) + nodes - numbering_outside(&w->numbering, a)) % nodes;

    return (after < replicas ? placement_common(p, a, after) : 0) +
           (nodes - after < replicas ? placement_common(p, a, after - nodes) : 0);
}

static void assert_starts(const struct world *w)
{
    uint32_t starts[2 * NODES_MAX] = { 0 };

    for (uint32_t shard = 0; shard < w->placement.shards; shard++)
        starts[numbering_outside(&w->numbering, placement_holder(&w->placement, shard, 0))]++;
    for (uint32_t i = 0; i < 2 * w->placement.nodes; i++)
        assert_int_equal(placement_starting(&w->placement, i), starts[i % w->placement.nodes]);
}

static void assert_meetings(const struct world *w)
{
    const struct placement *p = &w->placement;

    for (node_id a = 0; a < p->nodes; a++)
        for (node_id b = 0; b < p->nodes; b++) {
            uint32_t common = 0;

            for (uint32_t shard = 0; shard < p->shards; shard++)
                common += w->holds[shard][a] && w->holds[shard][b];
            assert_int_equal(placement_meet(p, a, b), common > 0);
            if (a != b)
                assert_int_equal(common_both_ways(w, a, b), common);
        }
}

static void holders_and_lists_are_inverse(void **state)
{
    (void)state;
    for (uint32_t nodes = 1; nodes <= NODES_MAX; nodes++)
        for (uint32_t shards = 1; shards <= SHARDS_MAX; shards += shards < 12 ? 1 : 11)
            for (uint32_t replicas = 1; replicas <= nodes; replicas += replicas < 6 ? 1 : 5) {
                struct world w;

                open_world(&w, nodes, shards, replicas, 1);
                assert_int_equal(placement_is_everywhere(&w.placement),
                                 shards == 1 && replicas == nodes);
                assert_holders(&w);
                assert_lists(&w);
                assert_starts(&w);
                assert_meetings(&w);
                memory_clear(&w.memory);
            }
}

/* Asked twice: what is kept is what was made. */
static void the_updates_of_a_shard(void **state)
{
    static const uint32_t shards_of[] = { 2, 7, 64, 65, 100 };
    enum { UPDATES = 300, KEYS = 90 };

    (void)state;
    for (size_t k = 0; k < sizeof shards_of / sizeof *shards_of; k++) {
        const uint32_t shards = shards_of[k];
        struct world w;

        open_world(&w, 5, shards, 2, UPDATES);
        for (update_id u = 0; u < UPDATES; u++)
            placement_add(&w.placement, u, u % KEYS);
        for (uint32_t i = 0; i < 2 * shards; i++) {
            struct set *part = placement_part(&w.placement, i % shards);

            for (update_id u = 0; u < UPDATES; u++)
                assert_int_equal(set_has(part, u), u % KEYS % shards == i % shards);
            set_free(part);
        }
        memory_clear(&w.memory);
    }
}

static void no_replicas_asked_for_are_all(void **state)
{
    struct world w;

    (void)state;
    open_world(&w, 7, 3, 0, 1);
    assert_int_equal(w.placement.replicas, 7);
    assert_false(placement_is_everywhere(&w.placement));
    assert_holders(&w);
    assert_lists(&w);
    memory_clear(&w.memory);
    open_world(&w, 7, 1, 0, 1);
    assert_true(placement_is_everywhere(&w.placement));
    memory_clear(&w.memory);
}

/* The largest system, whose products do not fit into 32 bits. */
static void a_very_large_ring(void **state)
{
    enum { NODES = 1 << 30, SHARDS = 1 << 16, REPLICAS = 100000 };
    struct world w;
    uint64_t sum = 0;

    (void)state;
    open_world(&w, NODES, SHARDS, REPLICAS, 1);
    for (uint32_t shard = 0; shard < SHARDS; shard += 997)
        for (uint32_t place = 0; place < REPLICAS; place += 9973) {
            const node_id node = placement_holder(&w.placement, shard, place);
            const uint32_t count = placement_count(&w.placement, node);
            bool is_listed = false;

            assert_int_equal(placement_place(&w.placement, shard, node), place);
            for (uint32_t i = 0; i < count; i++)
                is_listed |= placement_of(&w.placement, node, i) == shard;
            assert_true(is_listed);
            sum += count;
        }
    assert_true(sum > 0);
    memory_clear(&w.memory);
}

static void a_node_should_hold_the_updates_of_its_shards(void **state)
{
    static const uint32_t updates_of[] = { 5, 30, 31, 200 };

    (void)state;
    for (size_t k = 0; k < sizeof updates_of / sizeof *updates_of; k++)
        for (uint32_t nodes = 1; nodes <= 9; nodes += 2)
            for (uint32_t replicas = 1; replicas <= nodes; replicas++) {
                const uint32_t updates = updates_of[k], shards = 1 + nodes * replicas % 13;
                struct world w;
                struct set *some = SET_EMPTY;

                open_world(&w, nodes, shards, replicas, updates);
                for (update_id u = 0; u < updates; u++)
                    placement_add(&w.placement, u, u % 17);
                for (update_id u = 0; u < updates; u += 1 + u % 3)
                    set_put(&w.pool, &some, u);
                for (node_id node = 0; node < nodes; node++) {
                    struct set *held = placement_restrict(&w.placement, node, some);
                    struct set *nothing = placement_restrict(&w.placement, node, SET_EMPTY);

                    assert_true(set_is_empty(nothing));
                    for (update_id u = 0; u < updates; u++) {
                        const int64_t place = placement_place(&w.placement, u % 17 % shards, node);

                        assert_int_equal(set_has(held, u), set_has(some, u) && place >= 0);
                    }
                    set_free(held);
                }
                set_free(some);
                memory_clear(&w.memory);
            }
}

/* And what was given out before stays what it was. */
static void what_comes_late_belongs_to_its_shard_too(void **state)
{
    enum { NODES = 9, SHARDS = 11, UPDATES = 200, EARLY = 100, KEYS = 17 };

    (void)state;
    for (uint32_t replicas = 1; replicas <= NODES; replicas++) {
        struct set *before[NODES], *parts[SHARDS], *all;
        struct world w;

        open_world(&w, NODES, SHARDS, replicas, UPDATES);
        for (update_id u = 0; u < EARLY; u++)
            placement_add(&w.placement, u, u % KEYS);
        all = set_first(&w.pool, UPDATES);
        for (node_id node = 0; node < NODES; node++)
            before[node] = placement_restrict(&w.placement, node, all);
        for (uint32_t i = 0; i < SHARDS; i++)
            parts[i] = placement_part(&w.placement, i);
        for (update_id u = EARLY; u < UPDATES; u++)
            placement_add_late(&w.placement, u, u % KEYS);
        for (node_id node = 0; node < NODES; node++) {
            struct set *held = placement_restrict(&w.placement, node, all);

            for (update_id u = 0; u < UPDATES; u++) {
                const bool is = placement_place(&w.placement, u % KEYS % SHARDS, node) >= 0;

                assert_int_equal(set_has(held, u), is);
                assert_int_equal(set_has(before[node], u), is && (u < EARLY || replicas == NODES));
            }
            set_free(held);
            set_free(before[node]);
        }
        for (uint32_t i = 0; i < SHARDS; i++) {
            struct set *part = placement_part(&w.placement, i);

            for (update_id u = 0; u < UPDATES; u++) {
                assert_int_equal(set_has(part, u), u % KEYS % SHARDS == i);
                assert_int_equal(set_has(parts[i], u), u < EARLY && u % KEYS % SHARDS == i);
            }
            set_free(part);
            set_free(parts[i]);
        }
        set_free(all);
        memory_clear(&w.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holders_and_lists_are_inverse),
        cmocka_unit_test(the_updates_of_a_shard),
        cmocka_unit_test(no_replicas_asked_for_are_all),
        cmocka_unit_test(a_very_large_ring),
        cmocka_unit_test(a_node_should_hold_the_updates_of_its_shards),
        cmocka_unit_test(what_comes_late_belongs_to_its_shard_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
