/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much swim puts into a datagram: as many pieces of news as fit into the MTU and never more,
 * 26 of 51 B into memberlist's 1400 B; an update goes if it fits alone, and is dropped otherwise.
 */
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* As models/swim.h has them: of a message of several, of each of them, a suspicion, an update. */
enum { COMPOUND = 2, PART = 2, SUSPECT = 51, USER = 1 };

struct datagrams {
    uint64_t bytes_max, count;
    uint32_t news_max;
};

static void note_message(void *context, const struct sight *sight)
{
    struct datagrams *datagrams = context;

    if (sight->is_connection)
        return;
    datagrams->count++;
    if (sight->bytes > datagrams->bytes_max)
        datagrams->bytes_max = sight->bytes;
    if (sight->carried->item_count > datagrams->news_max)
        datagrams->news_max = sight->carried->item_count;
}

static void open_setup(struct setup *setup, int64_t nodes, int64_t mtu,
                       const struct sim_observer *observer)
{
    setup_init(setup, nodes);
    setup->config.network.header_bytes = 0;
    setup->config.network.mtu = mtu;
    setup->config.observer = observer;
    assert_true(setup_add(setup, "swim", "push_pull_interval=0s compression=false"));
}

/* Half of the members crash together: there is more to tell than fits. */
static void a_datagram_holds_as_much_news_as_fits(void **state)
{
    static const struct {
        int64_t given, bytes; /* 0: by default */
    } mtus[] = { { 0, 1400 }, { 256, 256 }, { 576, 576 }, { 1400, 1400 }, { 65507, 65507 } };

    (void)state;
    for (size_t i = 0; i < sizeof mtus / sizeof *mtus; i++) {
        struct datagrams datagrams = { 0 };
        const struct sim_observer observer = { SEEN_SENT, note_message, &datagrams };
        const struct sim_fault crash = { .kind = FAULT_CRASH,
                                         .of = { SELECT_RANGE, .first = 0, .nodes = 200 },
                                         .at = SIM_SECOND };
        const uint32_t fit = (uint32_t)((mtus[i].bytes - COMPOUND) / (PART + SUSPECT));
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, 400, mtus[i].given, &observer);
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
        setup.config.workload.updates = 0;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 20 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(datagrams.count > 1000);
        assert_true(datagrams.bytes_max <= (uint64_t)mtus[i].bytes);
        if (fit < 100) /* more are to be told of */
            assert_int_equal(datagrams.news_max, fit);
        else
            assert_in_range(datagrams.news_max, 27, 255); /* parts of a message */
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void an_update_goes_if_it_fits_alone(void **state)
{
    (void)state;
    for (int64_t mtu = 256; mtu <= 9000; mtu *= 6)
        for (int64_t beyond = 0; beyond < 2; beyond++) {
            struct datagrams datagrams = { 0 };
            const struct sim_observer observer = { SEEN_SENT, note_message, &datagrams };
            struct setup setup;
            struct sim_result r;

            open_setup(&setup, 10, mtu, &observer);
            setup.config.workload.size_bytes = mtu - COMPOUND - PART - USER + beyond;
            setup.config.stop.when = STOP_CONVERGED;
            setup.config.stop.at = 5 * SIM_SECOND;
            sim_run(&setup.config, &r);
            assert_true(metric(&r, "converged") == !beyond);
            assert_true(metric(&r, "swim.dropped") == (double)beyond);
            assert_true(beyond ? datagrams.bytes_max < (uint64_t)mtu
                               : datagrams.bytes_max >= (uint64_t)mtu - COMPOUND - PART &&
                                     datagrams.bytes_max <= (uint64_t)mtu);
            sim_result_clear(&r);
            setup_clear(&setup);
        }
}

/* Updates of one size and two to a datagram, written at one instant. */
static void note_updates(void *context, const struct sight *sight)
{
    update_id *first = context, update = 0;
    const bool has_any = set_next(sight->carried->set, &update);

    if (has_any && *first == UINT32_MAX)
        *first = update;
}

static void the_newest_goes_first(void **state)
{
    enum { UPDATES = 10 };
    update_id first = UINT32_MAX;
    const struct sim_observer observer = { SEEN_SENT, note_updates, &first };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, 10, 256, &observer);
    setup.config.workload.updates = setup.config.workload.keys = UPDATES;
    setup.config.workload.size_bytes = 100;
    setup.config.workload.origin = ORIGIN_FIRST;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 5 * SIM_SECOND;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_int_equal(first, UPDATES - 2); /* and the last */
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Thousands of certificates are forgotten while they wait to be told: a queue of them is cleared,
 * and what comes after is told. */
static void what_is_forgotten_waits_no_longer(void **state)
{
    enum { DELETES = 4000 };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 3);
    assert_true(setup_add(&setup, "swim",
                          "gossip_interval=10s push_pull_interval=0s connection_probe=false"));
    assert_true(setup_add(&setup, "death-certificates", "retain=2s"));
    setup.config.workload.updates = DELETES;
    setup.config.workload.keys = DELETES;
    setup.config.workload.deletes = 1;
    setup.config.workload.size_bytes = 1;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 30 * SIM_SECOND;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "swim.queue_max") > DELETES / 4);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_holds_as_much_news_as_fits),
        cmocka_unit_test(an_update_goes_if_it_fits_alone),
        cmocka_unit_test(the_newest_goes_first),
        cmocka_unit_test(what_is_forgotten_waits_no_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
