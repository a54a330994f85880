/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model's own figures, of every kind: counts and peaks from `warmup` on, a gauge as the mean of
 * the live nodes at the end, a distribution whose quantiles are right to a sixteenth; what was
 * never observed has no metric.
 */
#include "sim/value/draw.h"
#include "sim/value/observed.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 8 };

/* ---- a model that ticks every second and shows what it counts ---- */

static const struct param params[] = { PARAM_END };

enum { TICKS, LATEST, STANDS, WAITS, IDLE };
static const struct model_figure figures[] = {
    [TICKS] = { "ticks", "ticks", FIGURE_COUNT, UNIT_COUNT },
    [LATEST] = { "latest", "seconds at the latest tick", FIGURE_PEAK, UNIT_COUNT },
    [STANDS] = { "stands", "ticks since the node had nothing", FIGURE_GAUGE, UNIT_NUMBER },
    [WAITS] = { "waits", "seconds since the start", FIGURE_OBSERVED, UNIT_TIME },
    [IDLE] = { "idle", "never", FIGURE_OBSERVED, UNIT_TIME },
    { .name = NULL },
};

static void start(struct node *n)
{
    node_every(n, SIM_SECOND, PHASE_TOGETHER, 0);
}

static void tick(struct node *n, int tag, uint32_t value)
{
    double *stands = node_state(n);

    (void)tag;
    (void)value;
    node_count(n, TICKS, 1);
    node_peak(n, LATEST, (uint64_t)(node_now(n) / SIM_SECOND));
    node_gauge(n, STANDS, ++*stands);
    node_observe(n, WAITS, (double)node_now(n) / SIM_SECOND);
}

static void hear(struct node *n, const struct message *m)
{
    (void)n;
    (void)m;
}

static const struct model ticker = {
    .name = "ticker",
    .params = params,
    .figures = figures,
    .state_size = sizeof(double),
    .on_start = start,
    .on_timer = tick,
    .on_message = hear,
};

static struct sim_fault fault_at(enum sim_fault_kind kind, double seconds, int64_t node)
{
    return (struct sim_fault){ .kind = kind,
                               .of = { .kind = SELECT_RANGE, .first = node, .nodes = 1 },
                               .at = (sim_time)(seconds * SIM_SECOND) };
}

/* 100 s and a half, in which one node is gone from 50.5 s on and another loses all at 60.5 s. */
static void run_ticker(sim_time warmup, struct sim_result *result)
{
    const struct sim_fault faults[] = { fault_at(FAULT_CRASH, 50.5, 3),
                                        fault_at(FAULT_WIPE, 60.5, 5) };
    struct setup setup;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &ticker, "");
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.warmup = warmup;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 100 * SIM_SECOND + SIM_SECOND / 2;
    sim_run(&setup.config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(&setup);
}

static void each_kind_is_what_it_says(void **state)
{
    struct sim_result r;

    (void)state;
    run_ticker(0, &r);
    assert_true(metric(&r, "ticker.ticks") == 7 * 100 + 50);
    assert_true(metric(&r, "ticker.latest") == 100);
    /* of the seven that live six have ticked 100 times, one only since it was wiped */
    assert_true(metric(&r, "ticker.stands") == (6 * 100 + 40) / 7.);
    assert_true(fabs(metric(&r, "ticker.waits.mean") -
                     (7 * 5050. + 1275) / metric(&r, "ticker.ticks")) < 1e-9);
    assert_true(metric(&r, "ticker.waits.max") == 100);
    assert_false(has_metric(&r, "ticker.waits"));
    assert_false(has_metric(&r, "ticker.idle.mean"));
    sim_result_clear(&r);
}

/* Each sample that was kept has how the gauge stood then, also where others were thinned out. */
static void a_gauge_has_samples(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (sim_time every = 0; every < 5 * SIM_SECOND; every += 5 * SIM_SECOND / 2) {
        setup_init(&setup, NODES);
        setup_add_model(&setup, &ticker, "");
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 1000 * SIM_SECOND;
        setup.config.sample_every = every;
        setup.config.figures = true;
        sim_run(&setup.config, &r);
        assert_true(r.sample_count > 20 && r.figure_count == r.sample_count);
        for (size_t i = 0; i < r.figure_count; i++) {
            assert_int_equal(r.figures[i].at, r.samples[i].at);
            assert_string_equal(r.figures[i].name, "ticker.stands");
            assert_true(r.figures[i].value == (double)(r.figures[i].at / SIM_SECOND));
        }
        sim_result_clear(&r);
        setup.config.figures = false;
        sim_run(&setup.config, &r);
        assert_int_equal(r.figure_count, 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* How it stands between two ticks, on the mean of all nodes; clears `setup`. */
static double stands_at(struct setup *setup, double seconds)
{
    struct sim_result r;
    double stands;

    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = (sim_time)(seconds * SIM_SECOND);
    sim_run(&setup->config, &r);
    assert_true(metric(&r, "alive") == NODES);
    stands = metric(&r, "ticker.stands");
    sim_result_clear(&r);
    setup_clear(setup);
    return stands;
}

static double stands_with_wipe(double seconds)
{
    const struct sim_fault wipe = fault_at(FAULT_WIPE, 60.5, 5);
    struct setup setup;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &ticker, "");
    setup.config.faults = &wipe;
    setup.config.fault_count = 1;
    return stands_at(&setup, seconds);
}

/* All nodes are gone from 10.5 to 10.7 s. */
static double stands_after_churn(enum sim_rejoin rejoin)
{
    static const struct distribution_spec session = { .a = 10.5 * SIM_SECOND },
                                          downtime = { .a = 0.2 * SIM_SECOND };
    struct distribution *stay = distribution_new(&session), *away = distribution_new(&downtime);
    struct setup setup;
    double stands;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &ticker, "");
    setup.config.churn = (struct sim_churn){
        .session = stay, .downtime = away, .share = 1, .rejoin = rejoin, .start = CHURN_UP
    };
    stands = stands_at(&setup, 10.9);
    distribution_free(stay);
    distribution_free(away);
    return stands;
}

static void a_gauge_is_0_once_a_node_has_lost_all(void **state)
{
    (void)state;
    assert_true(stands_with_wipe(60.25) == 60);
    assert_true(stands_with_wipe(60.75) == 7 * 60 / 8.);
    assert_true(stands_after_churn(REJOIN_KEEP) == 10);
    assert_true(stands_after_churn(REJOIN_LOSE) == 0);
}

static void the_warm_up_does_not_count(void **state)
{
    struct sim_result r;

    (void)state;
    run_ticker(80 * SIM_SECOND + SIM_SECOND / 4, &r);
    assert_true(metric(&r, "ticker.ticks") == 7 * 20);
    assert_true(fabs(metric(&r, "ticker.waits.mean") - 90.5) < 1);
    assert_true(metric(&r, "ticker.waits.p50") > 80);
    assert_true(metric(&r, "ticker.stands") > 80); /* how it stands does not begin then */
    sim_result_clear(&r);
    run_ticker(200 * SIM_SECOND, &r);
    assert_true(metric(&r, "ticker.ticks") == 0);
    assert_true(metric(&r, "ticker.latest") == 0);
    assert_false(has_metric(&r, "ticker.waits.mean"));
    sim_result_clear(&r);
}

/* ---- quantiles beside those of the sorted values ---- */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void quantiles_are_right_to_a_sixteenth(void **state)
{
    enum { COUNT = 1000 };
    const uint64_t key = draw_key(7, 0, PURPOSE_MODEL);
    static const double scales[] = { 1e-9, 1, 1e4 }, shares[] = { 0, 0.01, 0.5, 0.9, 0.99, 1 };

    (void)state;
    for (uint32_t trial = 0; trial < 3 * 20; trial++) {
        static double values[COUNT];
        struct observed o = { 0 };

        for (uint32_t i = 0; i < COUNT; i++) { /* over nine doublings, with many equal */
            const double u = (double)(draw(key, trial, i) >> 44) / 0x1p20;

            values[i] = scales[trial % 3] * floor(exp2(9 * u) * (1 + trial));
            observed_add(&o, values[i]);
        }
        qsort(values, COUNT, sizeof *values, compare);
        for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
            const uint32_t rank = (uint32_t)ceil(shares[s] * COUNT);
            const double exact = values[rank ? rank - 1 : 0];

            assert_true(fabs(observed_quantile(&o, shares[s]) - exact) <= exact / 16 * 1.001);
        }
        assert_true(o.max == values[COUNT - 1] && o.min == values[0] && o.count == COUNT);
    }
}

static void bins_go_on_without_a_gap(void **state)
{
    (void)state;
    assert_int_equal(observed_bin(0), 0);
    assert_int_equal(observed_bin(0x0.fffp-32), 0);
    assert_int_equal(observed_bin(0x1p-32), 1);
    assert_int_equal(observed_bin(0x1.ffffp31), OBSERVED_BINS - 2);
    assert_int_equal(observed_bin(0x1p32), OBSERVED_BINS - 1);
    assert_int_equal(observed_bin(1e300), OBSERVED_BINS - 1);
    for (double value = 0x1p-33; value < 0x1p33; value *= 1 + 1 / 64.) {
        const uint32_t step = observed_bin(value * (1 + 1 / 64.)) - observed_bin(value);

        assert_true(step <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_what_it_says),
        cmocka_unit_test(a_gauge_has_samples),
        cmocka_unit_test(a_gauge_is_0_once_a_node_has_lost_all),
        cmocka_unit_test(the_warm_up_does_not_count),
        cmocka_unit_test(quantiles_are_right_to_a_sixteenth),
        cmocka_unit_test(bins_go_on_without_a_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
