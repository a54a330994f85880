/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * While a partition holds nothing crosses it, and before and after it all does; what was on its way
 * when it began arrives.  A one-way cut stops one way only; nodes on no side reach all; cuts that
 * hold at once combine; sides of equal shares are drawn apart; each ends when it should, or all
 * when they are healed, and repair is timed from then.
 */
#include "courier.h"
#include "law.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 20 };

#define LATENCY (10 * SIM_MILLISECOND) /* of the harness */

/* The scenario's node numbers first .. first + nodes - 1. */
#define RANGE(first_, nodes_)                                      \
    {                                                              \
        .kind = SELECT_RANGE, .first = (first_), .nodes = (nodes_) \
    }

static const struct sim_selector ranges[] = { RANGE(0, 5), RANGE(5, 8), RANGE(13, 3),
                                              RANGE(16, 4) };
static const struct sim_side sides[] = { { .parts = &ranges[0], .part_count = 1 },
                                         { .parts = &ranges[1], .part_count = 2 },
                                         { .parts = &ranges[3], .part_count = 1 } };
static const struct sim_obstacle two_sides = { .sides = sides, .side_count = 2 },
                                 three_sides = { .sides = sides, .side_count = 3 };
static const struct sim_obstacle other_sides = { .sides = sides + 1, .side_count = 2 };

/* Which side of `sides` a node is on: 0, 1, 2. */
static int side_of(node_id node)
{
    struct numbering numbering;

    numbering_init(&numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    const node_id number = numbering_outside(&numbering, node);

    return number < 5 ? 0 : number < 16 ? 1 : 2;
}

static void open_with(struct courier_trial *t, const struct sim_fault *faults, size_t count)
{
    courier_open(t, NODES, "letters=2000 interval=50ms batch=5");
    t->setup.config.stop.at = 22 * SIM_SECOND;
    t->setup.config.faults = faults;
    t->setup.config.fault_count = count;
    courier_run(t);
}

/* What stops a letter that is sent at some time from one side to another. */
typedef bool rule(sim_time at, int from, int to);

static void assert_stopped(const struct courier_trial *t, rule *stops)
{
    double stopped = 0;

    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < t->config->letters; k++) {
            const struct letter *letter = courier_letter(t, i, k);
            const bool is_stopped = stops(letter->sent, side_of(i), side_of(letter->to));

            assert_int_equal(letter->arrivals, !is_stopped);
            stopped += is_stopped;
        }
    assert_true(stopped > 0);
    assert_true(metric(&t->result, "dropped_partition") == stopped);
    assert_true(metric(&t->result, "dropped_loss") == 0);
}

static bool by_two_sides(sim_time at, int from, int to)
{
    return at >= 5 * SIM_SECOND && at < 9 * SIM_SECOND && from + to == 1;
}

static void nothing_crosses_a_partition(void **state)
{
    const struct sim_fault fault = { .kind = FAULT_PARTITION,
                                     .at = 5 * SIM_SECOND,
                                     .lasts = 4 * SIM_SECOND,
                                     .obstacle = &two_sides };
    struct courier_trial t;
    int64_t on_its_way = 0;

    (void)state;
    open_with(&t, &fault, 1);
    assert_stopped(&t, by_two_sides);
    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < t.config->letters; k++) {
            const struct letter *letter = courier_letter(&t, i, k);

            on_its_way += letter->sent < fault.at && letter->sent + LATENCY > fault.at &&
                          side_of(i) + side_of(letter->to) == 1;
        }
    assert_true(on_its_way > 0); /* and it arrived */
    assert_int_equal(t.result.fault_count, 2);
    assert_string_equal(t.result.faults[0].kind, "partition");
    assert_int_equal(t.result.faults[0].nodes, 16);
    assert_string_equal(t.result.faults[1].kind, "heal");
    assert_int_equal(t.result.faults[1].at, 9 * SIM_SECOND);
    assert_int_equal(t.result.faults[1].nodes, 16);
    courier_close(&t);
}

static bool by_one_way(sim_time at, int from, int to)
{
    return at >= 5 * SIM_SECOND && from == 0 && to == 1;
}

static void one_way_is_one_way(void **state)
{
    const struct sim_fault fault = { .kind = FAULT_ONE_WAY,
                                     .at = 5 * SIM_SECOND,
                                     .obstacle = &two_sides };
    struct courier_trial t;

    (void)state;
    open_with(&t, &fault, 1);
    assert_stopped(&t, by_one_way);
    courier_close(&t);
}

static bool by_all_of_them(sim_time at, int from, int to)
{
    const bool three = at >= 2 * SIM_SECOND && at < 6 * SIM_SECOND && from != to;
    const bool two = at >= 4 * SIM_SECOND && at < 12 * SIM_SECOND && from + to == 1;
    const bool one_way = at >= 8 * SIM_SECOND && at < 12 * SIM_SECOND && from == 1 && to == 2;
    const bool again = at >= 14 * SIM_SECOND && at < 15 * SIM_SECOND && from != to;

    return three || two || one_way || again;
}

/* Each ends by itself or with all others, and one that was healed does not end again. */
static void cuts_that_hold_at_once_combine(void **state)
{
    const struct sim_fault faults[] = {
        { .kind = FAULT_PARTITION,
          .at = 2 * SIM_SECOND,
          .lasts = 4 * SIM_SECOND,
          .every = 12 * SIM_SECOND, /* 2..6, .obstacle = 14.. */
          .obstacle = &three_sides },
        { .kind = FAULT_PARTITION,
          .at = 4 * SIM_SECOND,
          .lasts = 16 * SIM_SECOND, /* healed at 12 */
          .obstacle = &two_sides },
        { .kind = FAULT_ONE_WAY, .at = 8 * SIM_SECOND, .obstacle = &other_sides },
        { .kind = FAULT_HEAL, .at = 12 * SIM_SECOND, .every = 3 * SIM_SECOND },
    };
    struct courier_trial t;

    (void)state;
    open_with(&t, faults, 4);
    assert_stopped(&t, by_all_of_them);
    courier_close(&t);
}

/* What comes again while it holds ends by its last end. */
static bool by_ranges_again(sim_time at, int from, int to)
{
    return at >= 2 * SIM_SECOND && from + to == 1;
}

static void a_cut_that_comes_again_takes_its_own_place(void **state)
{
    const struct sim_fault fault = { .kind = FAULT_PARTITION,
                                     .at = 2 * SIM_SECOND,
                                     .lasts = 5 * SIM_SECOND,
                                     .every = 4 * SIM_SECOND,
                                     .obstacle = &two_sides };
    struct courier_trial t;

    (void)state;
    open_with(&t, &fault, 1);
    assert_stopped(&t, by_ranges_again);
    for (size_t i = 0; i < t.result.fault_count; i++)
        assert_string_equal(t.result.faults[i].kind, "partition");
    courier_close(&t);
}

/* Who reaches whom by what arrives: classes of nodes, of the sizes that the shares make. */
static void shares_take_every_node(void **state)
{
    static const struct {
        double shares[3];
        int sizes[3];
    } cases[] = { { { 0.4, 0.6, 0 }, { 8, 12, 0 } },
                  { { 0.5, 0.25, 0.25 }, { 10, 5, 5 } },
                  { { 0.34, 0.33, 0.33 }, { 7, 6, 7 } }, /* 6.8 and 13.4 of 20 are the bounds */
                  { { 0.05, 0.95, 0 }, { 1, 19, 0 } } };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct sim_side drawn[3];
        const struct sim_obstacle cut = { .sides = drawn,
                                          .side_count = cases[c].shares[2] > 0 ? 3 : 2 };
        const struct sim_fault fault = { .kind = FAULT_PARTITION, .obstacle = &cut };
        struct courier_trial t;
        int met[NODES] = { 0 }, wanted[NODES + 1] = { 0 };

        for (int i = 0; i < 3; i++)
            drawn[i] = (struct sim_side){ .share = cases[c].shares[i] };
        for (int i = 0; i < 3; i++)
            wanted[cases[c].sizes[i]] += cases[c].sizes[i];
        open_with(&t, &fault, 1);
        for (node_id i = 0; i < NODES; i++)
            for (int64_t k = 0; k < NODES - 1; k++)
                met[i] += courier_letter(&t, i, k)->arrivals;
        for (node_id i = 0; i < NODES; i++) /* as many as its side has, but for itself */
            wanted[met[i] + 1]--;
        for (int i = 0; i <= NODES; i++)
            assert_int_equal(wanted[i], 0);
        courier_close(&t);
    }
}

enum { FROM, TO, LATE, SIDES };

/* From one 40 % to one 40 % nothing passes, and what one 40 % send takes twice three times as long:
 * who is which, by what arrives when. */
static void find_sides(uint32_t replication, bool is_in[SIDES][NODES])
{
    static const struct sim_selector some = { .kind = SELECT_SHARE, .share = 0.4 };
    static const struct sim_side side[] = { { .parts = &some, .part_count = 1 },
                                            { .parts = &some, .part_count = 1 } };
    const struct sim_obstacle cut = { .sides = side, .side_count = 2 };
    const struct sim_obstacle delay = { .sides = side, .side_count = 1, .factor = 3 };
    const struct sim_fault faults[] = {
        { .kind = FAULT_LATENCY, .obstacle = &delay },
        { .kind = FAULT_ONE_WAY, .obstacle = &cut },
        { .kind = FAULT_LATENCY, .obstacle = &delay },
    };
    struct courier_trial t;

    memset(is_in, 0, SIDES * sizeof *is_in);
    courier_open(&t, NODES, "letters=19 interval=50ms batch=19");
    t.setup.config.replication = replication;
    t.setup.config.faults = faults;
    t.setup.config.fault_count = 3;
    courier_run(&t);
    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < NODES - 1; k++) {
            const struct letter *letter = courier_letter(&t, i, k);

            if (letter->arrivals == 0)
                is_in[FROM][i] = is_in[TO][letter->to] = true;
            else if (letter->arrived[0] - letter->sent == 9 * LATENCY)
                is_in[LATE][i] = true;
            else /* equal selectors are of the same nodes: never one delay alone */
                assert_int_equal(letter->arrived[0] - letter->sent, LATENCY);
        }
    courier_close(&t);
}

/* Each two have as many nodes in common as chance gives: hypergeometric. */
static void sides_of_equal_shares_are_drawn_apart(void **state)
{
    enum { TRIALS = 300, SIZE = NODES * 2 / 5 };
    const double mean = SIZE * SIZE / (double)NODES;
    const double variance = mean * 0.6 * 0.6 * NODES / (NODES - 1);
    double common[SIDES][SIDES] = { { 0 } };

    (void)state;
    for (uint32_t r = 0; r < TRIALS; r++) {
        bool is_in[SIDES][NODES];

        find_sides(r, is_in);
        for (int a = 0; a < SIDES; a++)
            for (int b = 0; b < SIDES; b++)
                for (int i = 0; i < NODES; i++)
                    common[a][b] += is_in[a][i] && is_in[b][i];
    }
    for (int a = 0; a < SIDES; a++)
        for (int b = 0; b < SIDES; b++)
            if (a == b)
                assert_true(common[a][a] == TRIALS * SIZE);
            else
                assert_true(fabs(common[a][b] / TRIALS - mean) < LAW_Z * sqrt(variance / TRIALS));
}

/* Three sides, of which one writes: the others get it only after the end, which is when it is
 * healed, not when it would have ended by itself. */
static void repair_is_timed_from_the_healing(void **state)
{
    (void)state;
    for (int healed = 0; healed < 2; healed++) {
        const struct sim_fault faults[] = {
            { .kind = FAULT_PARTITION,
              .at = SIM_SECOND,
              .lasts = healed ? 500 * SIM_SECOND : 60 * SIM_SECOND,
              .obstacle = &three_sides },
            { .kind = FAULT_HEAL, .at = 61 * SIM_SECOND },
        };
        struct setup setup;
        struct sim_result result;

        setup_init(&setup, NODES);
        assert_true(setup_add(&setup, "anti-entropy", "interval=1s"));
        setup.config.workload.at = 2 * SIM_SECOND;
        setup.config.faults = faults;
        setup.config.fault_count = 1 + (size_t)healed;
        sim_run(&setup.config, &result);
        assert_string_equal(result.stop_reason, "converged");
        assert_true(result.end > 61 * SIM_SECOND);
        assert_true(result.end < 80 * SIM_SECOND);
        assert_true(metric(&result, "repair_time") == (double)(result.end - 61 * SIM_SECOND) / 1e9);
        assert_true(metric(&result, "t_all") > 59);
        assert_string_equal(result.faults[1].kind, "heal");
        sim_result_clear(&result);
        setup_clear(&setup);
    }
}

/* Partitions move no draw: what is lost before, after and within is what would be without. */
static void a_partition_moves_no_loss(void **state)
{
    const struct sim_fault fault = { .kind = FAULT_PARTITION,
                                     .at = 5 * SIM_SECOND,
                                     .lasts = 4 * SIM_SECOND,
                                     .obstacle = &two_sides };

    (void)state;
    for (int in_bursts = 0; in_bursts < 2; in_bursts++) {
        struct courier_trial t[2];

        for (size_t i = 0; i < 2; i++) {
            courier_open(&t[i], NODES, "letters=2000 interval=50ms batch=5");
            t[i].setup.config.network.loss = 0.3;
            t[i].setup.config.network.loss_burst = in_bursts ? 5 : 0;
            t[i].setup.config.network.jitter = 0.5;
            t[i].setup.config.faults = &fault;
            t[i].setup.config.fault_count = i;
            courier_run(&t[i]);
        }
        for (node_id i = 0; i < NODES; i++)
            for (int64_t k = 0; k < t[0].config->letters; k++) {
                const struct letter *a = courier_letter(&t[0], i, k);
                const struct letter *b = courier_letter(&t[1], i, k);

                if (!by_two_sides(b->sent, side_of(i), side_of(b->to)))
                    assert_memory_equal(a, b, sizeof *a);
                else
                    assert_int_equal(b->arrivals, 0);
            }
        courier_close(&t[0]);
        courier_close(&t[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_crosses_a_partition),
        cmocka_unit_test(one_way_is_one_way),
        cmocka_unit_test(cuts_that_hold_at_once_combine),
        cmocka_unit_test(a_cut_that_comes_again_takes_its_own_place),
        cmocka_unit_test(shares_take_every_node),
        cmocka_unit_test(sides_of_equal_shares_are_drawn_apart),
        cmocka_unit_test(repair_is_timed_from_the_healing),
        cmocka_unit_test(a_partition_moves_no_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
