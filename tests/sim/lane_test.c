/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A periodic timer fires at its node's own phase, once an interval, for as long as the node is
 * armed, whenever it was armed: what fires is what a plain table of all ticks says, in the order
 * of (time, lane, place).  Sleep changes nothing: the ticks of a node that was disarmed are those
 * it would have had, less the ones it slept through.
 */
#include "law.h"
#include "sim/time/lane.h"
#include "sim/value/draw.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES_MAX = 300, LANES = 3 };

/* Every tick of a lane is offset[place] + k * interval. */
struct table {
    sim_time interval, offset[NODES_MAX];
    node_id node[NODES_MAX];
    uint32_t place[NODES_MAX]; /* of each node */
    bool armed[NODES_MAX];     /* by place */
};

struct trial {
    struct memory memory;
    struct lanes lanes;
    struct table tables[LANES];
    int count;
    uint32_t nodes;
    uint64_t key;
    uint32_t drawn;
    /* what has passed: everything before this tick and the tick itself */
    sim_time time;
    int lane;
    int64_t place;
    uint64_t fired;
};

static uint32_t any(struct trial *t, uint32_t limit)
{
    return (uint32_t)draw_below(draw(t->key, 1, t->drawn++), limit);
}

struct phase_of_node {
    uint32_t phase;
    node_id node;
};

static int compare_phases(const void *a, const void *b)
{
    const struct phase_of_node *x = a, *y = b;

    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node;
}

static sim_time offset_of(const struct trial *t, uint32_t phase, sim_time interval, bool together)
{
    const sim_time round = t->lanes.round;

    if (together)
        return interval;
    if (round)
        return round * (1 + (sim_time)((uint128)(interval / round) * phase >> 32));
    return (sim_time)((uint128)interval * phase >> 32);
}

/* Adds a lane to both; the first lane numbers the nodes, so that their phases ascend. */
static void add_lane(struct trial *t, sim_time interval, bool together)
{
    struct table *table = &t->tables[t->count];
    struct phase_of_node phases[NODES_MAX];

    assert_non_null(
        lanes_add(&t->lanes, t->count, 5, interval, together ? PHASE_TOGETHER : PHASE_RANDOM));
    for (node_id i = 0; i < t->nodes; i++)
        phases[i] =
            (struct phase_of_node){ (uint32_t)(draw(t->lanes.key, i, (uint32_t)t->count) >> 32),
                                    i };
    qsort(phases, t->nodes, sizeof *phases, compare_phases);
    table->interval = interval;
    for (uint32_t place = 0; place < t->nodes; place++) {
        table->offset[place] = offset_of(t, phases[place].phase, interval, together);
        table->node[place] = t->count == 0 ? place : phases[place].node;
        table->place[table->node[place]] = place;
    }
    t->count++;
}

static void open_trial(struct trial *t, uint32_t nodes, sim_time round, uint64_t seed)
{
    *t = (struct trial){ .nodes = nodes, .key = draw_key(seed, nodes, 0), .time = -1 };
    lanes_init(&t->lanes, &t->memory, nodes, round, draw_key(seed, nodes, PURPOSE_PHASE),
               draw_key(seed, nodes, PURPOSE_CLOCK));
}

static void close_trial(struct trial *t)
{
    lanes_clear(&t->lanes);
    memory_clear(&t->memory);
}

/* The first tick of an armed node behind what has passed; false if nobody is armed. */
static bool next_tick(const struct trial *t, sim_time *time, int *lane, uint32_t *place)
{
    *time = INT64_MAX;
    for (int l = 0; l < t->count; l++)
        for (uint32_t p = 0; p < t->nodes; p++) {
            const struct table *table = &t->tables[l];
            sim_time at = table->offset[p];

            if (!table->armed[p])
                continue;
            if (at < t->time)
                at += (t->time - at + table->interval - 1) / table->interval * table->interval;
            if (at == t->time && (l < t->lane || (l == t->lane && p <= t->place)))
                at += table->interval;
            if (at < *time) {
                *time = at;
                *lane = l;
                *place = p;
            }
        }
    return *time != INT64_MAX;
}

/* Arms or disarms somebody, in both. */
static void change(struct trial *t, int lane, node_id node, bool arms, sim_time now)
{
    struct lane *changed = lanes_find(&t->lanes, lane, 5);

    t->tables[lane].armed[t->tables[lane].place[node]] = arms;
    if (arms)
        lane_arm(&t->lanes, changed, node, now);
    else
        lane_disarm(&t->lanes, changed, node);
}

static void change_some(struct trial *t, uint32_t most, uint32_t armed_percent, sim_time now)
{
    for (uint32_t i = any(t, most + 1); i > 0; i--)
        change(t, (int)any(t, (uint32_t)t->count), any(t, t->nodes), any(t, 100) < armed_percent,
               now);
}

static void assert_agree(const struct trial *t)
{
    sim_time time;
    int lane;
    uint32_t place;

    if (!next_tick(t, &time, &lane, &place)) {
        assert_true(t->lanes.due == INT64_MAX);
        return;
    }
    assert_int_equal(t->lanes.due, time);
    assert_ptr_equal(t->lanes.next, &t->lanes.list[lane]);
    assert_int_equal(t->lanes.list[lane].cursor, place);
}

static node_id fire(struct trial *t)
{
    const struct lane *lane = t->lanes.next;

    t->time = t->lanes.due;
    t->lane = (int)(t->lanes.next - t->lanes.list);
    t->place = lane->cursor;
    t->fired++;
    node_id node = lanes_fire(&t->lanes);

    assert_int_equal(node, t->tables[t->lane].node[t->place]);
    return node;
}

/* Something outside the lanes happens at `now`, before their ticks of that instant. */
static void come_to(struct trial *t, sim_time now)
{
    if (now > t->time) {
        t->time = now;
        t->lane = -1;
        t->place = -1;
    }
}

/*
 * Random ticks, sleeps and wakings.  `pause`: mean time between changes from outside; `most`: how
 * many change at once; `armed_percent`: how many of them are armed.
 */
static void drive(struct trial *t, int steps, sim_time pause, uint32_t most, uint32_t armed_percent)
{
    sim_time outside = 0;

    for (int step = 0; step < steps; step++) {
        if (t->lanes.due < outside) {
            node_id node = fire(t);

            assert_agree(t);
            if (any(t, 3) == 0) /* the model sleeps, here or in its other lanes */
                change(t, t->lane, node, false, t->time);
            if (any(t, 3) == 0)
                change_some(t, 2, armed_percent, t->time);
        } else {
            come_to(t, outside);
            change_some(t, most, armed_percent, outside);
            outside += 1 + (sim_time)any(t, (uint32_t)(2 * pause));
            if (any(t, 20) == 0) /* everybody sleeps for a long time */
                outside += (sim_time)any(t, 100) * pause;
        }
        assert_agree(t);
    }
    assert_true(t->fired > 0);
}

static const uint32_t sizes[] = { 1, 2, 3, 20, 63, 64, 65, 300 };

/* Intervals of a few nanoseconds: many nodes share an instant. */
static const sim_time intervals[][LANES] = {
    { 1000000, 0, 0 },       { 7, 0, 0 }, { 1000, 1000, 0 },
    { 1000000, 300000, 71 }, { 8, 8, 4 }, { 50, 7, 1000000 },
};

static void ticks_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t k = 0; k < sizeof intervals / sizeof *intervals; k++)
            for (uint32_t together = 0; together < 2; together++)
                for (uint32_t busy = 20; busy <= 80; busy += 60) {
                    struct trial t;

                    open_trial(&t, sizes[s], 0, k);
                    for (uint32_t l = 0; l < LANES && intervals[k][l]; l++)
                        add_lane(&t, intervals[k][l], together && l == 1);
                    drive(&t, 2500, intervals[k][0] / 4 + 1, 4, busy);
                    close_trial(&t);
                }
}

static void in_rounds_many_tick_at_once(void **state)
{
    enum { ROUND = 1000 };

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint32_t lanes = 1; lanes <= LANES; lanes++)
            for (uint32_t rounds = 1; rounds <= 4; rounds += 3)
                for (uint32_t together = 0; together < 2; together++) {
                    struct trial t;

                    open_trial(&t, sizes[s], ROUND, lanes);
                    for (uint32_t l = 0; l < lanes; l++)
                        add_lane(&t, ROUND * (l == 2 ? 1 : rounds), together && l == 0);
                    drive(&t, 2500, ROUND / 3, 4, 60);
                    close_trial(&t);
                }
}

/* A node that is always armed ticks once an interval, and all phases are as good as another. */
static void an_undisturbed_lane_goes_round(void **state)
{
    enum { NODES = 200, LAPS = 5 };
    struct trial t;

    (void)state;
    open_trial(&t, NODES, 0, 1);
    add_lane(&t, SIM_SECOND, false);
    for (node_id i = 0; i < NODES; i++)
        change(&t, 0, i, true, 0);
    for (int lap = 0; lap < LAPS; lap++)
        for (node_id i = 0; i < NODES; i++) {
            assert_int_equal(fire(&t), i); /* the first lane numbers the nodes by phase */
            assert_int_equal(t.time, t.tables[0].offset[i] + lap * SIM_SECOND);
        }
    double mean = 0;

    for (uint32_t i = 0; i < NODES; i++)
        mean += (double)t.tables[0].offset[i] / NODES / 1e9;
    assert_true(fabs(mean - 0.5) < 4 / sqrt(12.0 * NODES));
    close_trial(&t);
}

/* Woken at its own instant by what comes before the lanes (a message, a client), a node ticks at
 * once; woken by a tick of that instant that comes after its own, it does not. */
static void waking_at_ones_own_instant(void **state)
{
    (void)state;
    for (int from = 0; from < 2; from++) {
        struct trial t;

        open_trial(&t, 10, 0, 1);
        add_lane(&t, 1000, true);
        add_lane(&t, 1000, true);
        change(&t, from, 4, true, 0);
        fire(&t);
        assert_int_equal(t.time, 1000);
        change(&t, 1 - from, 6, true, 1000);
        assert_int_equal(t.lanes.due, from == 0 ? 1000 : 2000);
        assert_agree(&t);
        close_trial(&t);
    }
}

static void nobody_armed_is_nothing_due(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, 100, 0, 1);
    add_lane(&t, SIM_SECOND, false);
    add_lane(&t, SIM_SECOND, false);
    assert_true(t.lanes.due == INT64_MAX);
    for (int lane = 0; lane < 2; lane++)
        change(&t, lane, 50, true, 0);
    fire(&t);
    for (int lane = 0; lane < 2; lane++)
        change(&t, lane, 50, false, t.time);
    assert_true(t.lanes.due == INT64_MAX);
    come_to(&t, SIM_TIME_MAX - 3 * SIM_SECOND); /* asleep for a hundred years */
    change(&t, 1, 50, true, SIM_TIME_MAX - 3 * SIM_SECOND);
    assert_agree(&t);
    assert_true(t.lanes.due - (SIM_TIME_MAX - 3 * SIM_SECOND) <= SIM_SECOND);
    close_trial(&t);
}

static double exponential(double x, const void *mean)
{
    return gsl_cdf_exponential_P(x, *(const double *)mean);
}

/* A Poisson clock has no memory: whoever sleeps or wakes, those awake tick at gaps of their own
 * that are exponential with the interval as their mean. */
static void poisson_clocks_tick_at_exponential_gaps(void **state)
{
    enum { NODES = 40, TICKS = 40000 };
    static const sim_time of[] = { 100, 1000000, SIM_DAY };

    (void)state;
    for (uint32_t k = 0; k < sizeof of / sizeof *of; k++) {
        const double mean = (double)of[k];
        struct trial t;
        double *gaps = malloc(TICKS * sizeof *gaps);
        sim_time last[NODES];
        uint32_t ticks[NODES] = { 0 }, count = 0;

        open_trial(&t, NODES, 0, k);
        struct lane *lane = lanes_add(&t.lanes, 0, 5, of[k], PHASE_POISSON);

        for (node_id i = 0; i < NODES; i++) {
            lane_arm(&t.lanes, lane, i, 0);
            last[i] = -1;
        }
        for (int i = 0; i < TICKS; i++) {
            const sim_time now = t.lanes.due;
            const node_id node = lanes_fire(&t.lanes);

            ticks[node]++;
            if (last[node] >= 0) /* whole nanoseconds: half of one more on average */
                gaps[count++] = (double)(now - last[node]) + (i % 100 + 0.5) / 100;
            last[node] = now;
            if (i % 50 == 0 && node != 7) { /* one dozes off for a moment and wakes */
                lane_disarm(&t.lanes, lane, 7);
                lane_arm(&t.lanes, lane, 7, now);
            }
            assert_true(t.lanes.due >= now);
        }
        assert_true(fabs(law_even(ticks, NODES)) < LAW_Z);
        assert_true(law_ks(gaps, count, exponential, &mean) < LAW_KS + 0.5 / mean * sqrt(count));
        for (node_id i = 0; i < NODES; i += 2)
            lane_disarm(&t.lanes, lane, i);
        for (int i = 0; i < 1000; i++)
            assert_int_equal(lanes_fire(&t.lanes) % 2, 1);
        for (node_id i = 1; i < NODES; i += 2)
            lane_disarm(&t.lanes, lane, i);
        assert_true(t.lanes.due == INT64_MAX);
        free(gaps);
        close_trial(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_those_of_the_table),
        cmocka_unit_test(in_rounds_many_tick_at_once),
        cmocka_unit_test(an_undisturbed_lane_goes_round),
        cmocka_unit_test(waking_at_ones_own_instant),
        cmocka_unit_test(nobody_armed_is_nothing_due),
        cmocka_unit_test(poisson_clocks_tick_at_exponential_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
