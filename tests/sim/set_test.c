/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of updates behave as arrays of booleans do, in a word and in rows of any length; what was
 * handed out never changes; and when all are freed every row is back in the pool.
 */
#include "sim/truth/set_row.h"
#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SETS = 12, UPDATES_MAX = 5000, PLANES_MAX = 5 };

static const uint32_t sizes[] = { 1, 2, 29, 30, 31, 63, 64, 65, 127, 128, 1000, 5000 };

struct world {
    struct memory memory;
    struct set_pool pool;
    uint32_t updates;
    uint32_t drawn;
    struct set *sets[SETS];
    bool (*model)[UPDATES_MAX]; /* what the sets should hold */
};

static uint32_t any(struct world *w, uint32_t limit)
{
    return (uint32_t)draw_below(draw(draw_key(w->updates, 0, PURPOSE_MODEL), 0, w->drawn++), limit);
}

static void open_world(struct world *w, uint32_t updates)
{
    *w = (struct world){ .updates = updates };
    set_pool_init(&w->pool, &w->memory, updates);
    w->model = calloc(SETS, sizeof *w->model);
    assert_non_null(w->model);
    for (int i = 0; i < SETS; i++)
        w->sets[i] = set_new();
}

static uint32_t free_rows(const struct set_pool *pool)
{
    uint32_t count = 0;

    for (const struct set *row = pool->free; row; row = (const void *)row->pool)
        count++;
    return count;
}

static void close_world(struct world *w)
{
    for (int i = 0; i < SETS; i++)
        set_free(w->sets[i]);
    /* all but the one for a shortage */
    assert_int_equal(free_rows(&w->pool), w->pool.made ? w->pool.made - 1 : 0);
    assert_false(w->memory.is_short);
    if (w->updates <= SET_INLINE_MAX)
        assert_int_equal(w->pool.made, 0);
    memory_clear(&w->memory);
    free(w->model);
}

static void assert_same(const struct world *w, const struct set *set, const bool *model)
{
    uint32_t count = 0;
    update_id i = 0;

    for (uint32_t u = 0; u < w->updates; u++) {
        assert_int_equal(set_has(set, u), model[u]);
        if (!model[u])
            continue;
        count++;
        assert_true(set_next(set, &i));
        assert_int_equal(i, u);
        assert_true(set_nth(set, count - 1, &i));
        assert_int_equal(i, u);
        i++;
    }
    assert_false(set_next(set, &i));
    assert_false(set_nth(set, count, &i));
    assert_int_equal(set_count(set), count);
    assert_int_equal(set_is_empty(set), count == 0);
}

/* Gives set `i` a new value; the model is what it should hold. */
static void put(struct world *w, int i, struct set *set, const bool *model)
{
    set_free(w->sets[i]);
    w->sets[i] = set;
    memmove(w->model[i], model, sizeof w->model[i]);
}

enum {
    COPY,
    MINUS,
    COMMON,
    JOIN,
    BELOW,
    ONLY,
    REMOVE,
    ADD,
    CLEAR,
    DROP,
    SINGLE,
    FIRST,
    PUT,
    OPERATIONS
};

static void fill_model(struct world *w, bool *result, int operation, int a, int b, uint32_t u)
{
    for (uint32_t i = 0; i < w->updates; i++) {
        const bool in_a = w->model[a][i], in_b = w->model[b][i];
        const bool results[OPERATIONS] = {
            [COPY] = in_a,           [MINUS] = in_a && !in_b,  [COMMON] = in_a && in_b,
            [JOIN] = in_a || in_b,   [REMOVE] = in_a && !in_b, [ADD] = in_a || in_b,
            [CLEAR] = false,         [DROP] = in_a && i != u,  [SINGLE] = i == u,
            [FIRST] = i < u,         [PUT] = in_a || i == u,   [BELOW] = in_a && i < u,
            [ONLY] = in_a && i == u,
        };

        result[i] = results[operation];
    }
}

/* Joined with itself set by set, so that a row of the caller's own comes to be. */
static void own(struct world *w, int i)
{
    struct set *single = set_single(&w->pool, 0);
    struct set *copy = set_minus(w->sets[i], single);

    if (w->model[i][0])
        set_add(&copy, single);
    set_free(single);
    set_free(w->sets[i]);
    w->sets[i] = copy;
}

static void operate(struct world *w, int operation)
{
    const int to = (int)any(w, SETS), a = (int)any(w, SETS), b = (int)any(w, SETS);
    const uint32_t u = any(w, w->updates);
    bool result[UPDATES_MAX] = { 0 };
    struct set **at = &w->sets[a];

    fill_model(w, result, operation, a, b, u);
    switch (operation) {
    case COPY:
        put(w, to, set_copy(*at), result);
        return;
    case MINUS:
        put(w, to, set_minus(*at, w->sets[b]), result);
        return;
    case COMMON:
        put(w, to, set_common(*at, w->sets[b]), result);
        return;
    case JOIN:
        put(w, to, set_join(*at, w->sets[b]), result);
        return;
    case BELOW:
        put(w, to, set_below(*at, u), result);
        return;
    case ONLY:
        put(w, to, set_only(*at, u), result);
        return;
    case SINGLE:
        put(w, to, set_single(&w->pool, u), result);
        return;
    case FIRST:
        put(w, to, set_first(&w->pool, u), result);
        return;
    case REMOVE:
        set_remove(at, w->sets[b]);
        break;
    case ADD:
        set_add(at, w->sets[b]);
        break;
    case CLEAR:
        set_clear(at);
        break;
    case DROP:
        set_drop(at, u);
        break;
    case PUT: /* the only holder may do this */
        if (!set_is_inline(*at) && (*at)->refs > 1)
            return;
        set_put(&w->pool, at, u);
        break;
    }
    memcpy(w->model[a], result, sizeof result);
}

static void operations_do_what_arrays_do(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const int steps = sizes[s] > 500 ? 600 : 3000;
        struct world w;

        open_world(&w, sizes[s]);
        for (int step = 0; step < steps; step++) {
            /* joins and first more often than not: sets fill up */
            const int operation = (int)any(&w, OPERATIONS + 2);

            operate(&w, operation < OPERATIONS ? operation : JOIN + (operation - OPERATIONS) * 6);
            if (step % 7 == 0)
                own(&w, (int)any(&w, SETS));
            if (step % 16 == 0 || step + 1 == steps)
                for (int i = 0; i < SETS; i++)
                    assert_same(&w, w.sets[i], w.model[i]);
        }
        for (int i = 0; i < SETS; i++)
            for (int k = 0; k < SETS; k++)
                assert_int_equal(set_is_equal(w.sets[i], w.sets[k]),
                                 !memcmp(w.model[i], w.model[k], sizeof w.model[i]));
        close_world(&w);
    }
}

static void a_set_handed_out_never_changes(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct world w;
        struct set *mine, *copy, *one;

        open_world(&w, sizes[s]);
        mine = set_first(&w.pool, sizes[s]);
        one = set_single(&w.pool, sizes[s] - 1);
        copy = set_copy(mine);
        set_drop(&mine, sizes[s] - 1);
        assert_int_equal(set_count(copy), sizes[s]);
        set_add(&mine, one);
        assert_true(set_is_equal(mine, copy));
        set_free(copy);
        copy = set_copy(mine);
        set_remove(&mine, one);
        assert_int_equal(set_count(copy), sizes[s]);
        assert_int_equal(set_count(mine), sizes[s] - 1);
        set_clear(&copy);
        assert_int_equal(set_count(mine), sizes[s] - 1);
        set_free(mine);
        set_free(copy);
        set_free(one);
        close_world(&w);
    }
}

static void handles_come_back_as_the_same_set(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct world w;

        open_world(&w, sizes[s]);
        for (int i = 0; i < SETS; i++) {
            struct set *set = set_first(&w.pool, any(&w, sizes[s] + 1));

            assert_ptr_equal(set_of_handle(&w.pool, set_handle(set)), set);
            assert_false(handle_is_parcel(set_handle(set)));
            set_free(set);
        }
        assert_ptr_equal(set_of_handle(&w.pool, set_handle(SET_EMPTY)), SET_EMPTY);
        close_world(&w);
    }
}

static void walking_stops_at_the_ends(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const uint32_t last = sizes[s] - 1;
        struct world w;
        struct set *set;
        update_id i;

        open_world(&w, sizes[s]);
        set = set_single(&w.pool, last);
        i = 0;
        assert_true(set_next(set, &i));
        assert_int_equal(i, last);
        i = last;
        assert_true(set_next(set, &i));
        assert_int_equal(i, last);
        for (i = last + 1; i < last + 200; i++) {
            update_id from = i;

            assert_false(set_next(set, &from));
            assert_int_equal(from, i);
        }
        i = UINT32_MAX;
        assert_false(set_next(set, &i));
        i = 0;
        assert_false(set_next(SET_EMPTY, &i));
        set_drop(&set, last);
        set_drop(&set, last);
        assert_true(set_is_empty(set));
        set_free(set);
        close_world(&w);
    }
}

static void asking_beyond_the_updates_of_a_word_is_harmless(void **state)
{
    struct set *all = set_of_bits(((((uint64_t)1) << 30) - 1) << 2);

    (void)state;
    assert_int_equal(set_count(all), 30);
    assert_true(set_has(all, 29));
    assert_false(set_has(all, 30));
    assert_false(set_has(all, 1u << 20));
}

/* ---- counters ---- */

struct counters {
    struct set *planes[PLANES_MAX];
    uint8_t *model;
};

static struct set *random_set(struct world *w)
{
    struct set *set = set_new();
    const uint32_t members = any(w, w->updates) + 1;

    for (uint32_t i = 0; i < members; i++)
        set_put(&w->pool, &set, any(w, w->updates));
    return set;
}

static void tally_once(struct world *w, struct counters *c, unsigned limit)
{
    struct set *set = random_set(w);
    bool full[UPDATES_MAX] = { 0 };

    if (any(w, 4) == 0) {
        for (uint32_t i = 0; i < w->updates; i++)
            c->model[i] = set_has(set, i) ? 0 : c->model[i];
        if (any(w, 2) == 0)
            set_tally_reset(c->planes, set, limit);
        else /* as when a node forgets updates */
            for (int k = 0; k < set_tally_planes(limit); k++)
                set_remove(&c->planes[k], set);
        set_free(set);
        return;
    }
    for (uint32_t i = 0; i < w->updates; i++)
        if (set_has(set, i) && ++c->model[i] == limit) {
            c->model[i] = 0;
            full[i] = true;
        }
    struct set *reached = set_tally(c->planes, set, limit);

    assert_same(w, reached, full);
    set_free(reached);
    set_free(set);
}

static void assert_counts(const struct world *w, const struct counters *c, int planes)
{
    for (uint32_t i = 0; i < w->updates; i++) {
        unsigned count = 0;

        for (int k = 0; k < planes; k++)
            count |= (unsigned)set_has(c->planes[k], i) << k;
        assert_int_equal(count, c->model[i]);
    }
}

static void tallies_count_as_plain_counters_do(void **state)
{
    static const unsigned limits[] = { 1, 2, 3, 5, 8, 15, 16 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
            const int planes = set_tally_planes(limits[k]);
            struct world w;
            struct counters c = { .model = calloc(sizes[s], 1) };

            open_world(&w, sizes[s]);
            for (int i = 0; i < planes; i++)
                c.planes[i] = set_new();
            for (int step = 0; step < (sizes[s] > 500 ? 20 : 120); step++) {
                tally_once(&w, &c, limits[k]);
                assert_counts(&w, &c, planes);
            }
            for (int i = 0; i < planes; i++)
                set_free(c.planes[i]);
            free(c.model);
            close_world(&w);
        }
}

/* A node that loses its state clears its planes; a copy of a plane keeps what it held. */
static void planes_can_be_cleared_and_copied(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct world w;
        struct set *planes[2] = { set_new(), set_new() };
        struct set *all, *copy, *reached;

        open_world(&w, sizes[s]);
        all = set_first(&w.pool, sizes[s]);
        set_free(set_tally(planes, all, 3)); /* all count 1 */
        copy = set_copy(planes[0]);
        set_free(set_tally(planes, all, 3)); /* all count 2 */
        for (uint32_t i = 0; i < sizes[s]; i++)
            assert_true(set_has(copy, i));
        reached = set_tally(planes, all, 3);
        assert_true(set_is_equal(reached, all));
        set_free(reached);
        set_free(copy);
        set_free(set_tally(planes, all, 3));
        set_clear(&planes[0]);
        set_clear(&planes[1]);
        set_free(set_tally(planes, all, 2));
        reached = set_tally(planes, all, 2);
        assert_true(set_is_equal(reached, all));
        set_free(reached);
        set_tally_reset(planes, SET_EMPTY, 2);
        set_free(planes[0]);
        set_free(planes[1]);
        set_free(all);
        close_world(&w);
    }
}

static void as_many_planes_as_the_limit_has_bits(void **state)
{
    (void)state;
    assert_int_equal(set_tally_planes(1), 1);
    assert_int_equal(set_tally_planes(2), 2);
    assert_int_equal(set_tally_planes(3), 2);
    assert_int_equal(set_tally_planes(4), 3);
    assert_int_equal(set_tally_planes(15), 4);
    assert_int_equal(set_tally_planes(16), 5);
    assert_int_equal(set_tally_planes(UINT32_MAX), 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_do_what_arrays_do),
        cmocka_unit_test(a_set_handed_out_never_changes),
        cmocka_unit_test(handles_come_back_as_the_same_set),
        cmocka_unit_test(walking_stops_at_the_ends),
        cmocka_unit_test(asking_beyond_the_updates_of_a_word_is_harmless),
        cmocka_unit_test(tallies_count_as_plain_counters_do),
        cmocka_unit_test(planes_can_be_cleared_and_copied),
        cmocka_unit_test(as_many_planes_as_the_limit_has_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
