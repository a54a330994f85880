/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The laws of Scuttlebutt: a delta goes to nobody who has it, and a maximum says all; a change is
 * everywhere in 5 to 6 rounds of 128 nodes; limits hold, and which deltas go first.
 */
#include "models/scuttlebutt.h"
#include "sim/observe.h"
#include "tests/models/scuttlebutt_setup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 16, UPDATES = 60 };

static uint64_t bits(const struct set *set)
{
    uint64_t result = 0;

    for (update_id i = 0; set_next(set, &i); i++)
        result |= (uint64_t)1 << i;
    return result;
}

static int count(uint64_t set)
{
    return __builtin_popcountll(set);
}

/* ---- deltas and maxima ---- */

/* What one knows of the other as a message of an exchange tells it; nodes are the scenario's. */
struct exchanges {
    uint64_t written[NODES];     /* by each */
    uint64_t told[NODES][NODES]; /* known by the first, as it last said to the second */
    node_id name[NODES];         /* of nodes, by the number that models know */
    int first;                   /* of enum first of the model, -1: no limit */
    uint64_t limit;
    uint64_t deltas, limited;
    bool has_keys_once;
};

/* What is known of an owner ends with the maximum: also where a limit leaves some of it untold. */
static void check_maxima(const struct exchanges *x, const struct digest *table, uint64_t known)
{
    for (int i = 0; i < NODES; i++) {
        const uint64_t below = ((uint64_t)1 << table[i].version) - 1;

        assert_true((x->written[x->name[i]] & (below ^ known)) == 0);
    }
}

/* The deltas of a message, of those that its receiver lacks. */
static void check_by_owner(const struct exchanges *x, uint64_t sent, uint64_t lacking)
{
    int least_open = UPDATES, most = 0, least_whole = UPDATES, most_none = 0, parts = 0;

    for (int i = 0; i < NODES; i++) {
        const uint64_t of_owner = lacking & x->written[i], taken = sent & x->written[i];
        const int had = count(of_owner), got = count(taken);

        assert_true(taken == 0 || (of_owner & ~taken) == 0 ||
                    __builtin_ctzll(of_owner & ~taken) > 63 - __builtin_clzll(taken));
        if (had == 0)
            continue;
        most = got > most ? got : most;
        least_open = got < had && got < least_open ? got : least_open;
        parts += got > 0 && got < had;
        least_whole = got == had && had < least_whole ? had : least_whole;
        most_none = got == 0 && had > most_none ? had : most_none;
    }
    if (x->first == BREADTH)
        assert_true(most <= least_open + 1);
    else
        assert_true(parts <= 1 && most_none <= least_whole);
}

static void check_order(struct exchanges *x, uint64_t sent, uint64_t lacking)
{
    const uint64_t left = lacking & ~sent;

    assert_true((sent & ~lacking) == 0);
    x->deltas += (uint64_t)count(sent);
    if (x->first < 0) {
        assert_true(left == 0 || !x->has_keys_once);
        return;
    }
    assert_true((uint64_t)count(sent) <= x->limit);
    if (left == 0)
        return;
    x->limited++;
    assert_true((uint64_t)count(sent) == x->limit);
    if (x->first == OLDEST)
        assert_true(__builtin_ctzll(left) > 63 - __builtin_clzll(sent));
    else if (x->first == NEWEST)
        assert_true(__builtin_ctzll(sent) > 63 - __builtin_clzll(left));
    else
        check_by_owner(x, sent, lacking);
}

static void see_exchange(void *context, const struct sight *sight)
{
    struct exchanges *x = context;
    const struct message *m = sight->carried;

    if (sight->what == SEEN_LEARNED) {
        if (sight->peer == OBSERVE_NOBODY)
            x->written[sight->node] |= bits(sight->set);
        return;
    }
    if (m->item_count == 0 || m->value & 1) /* of a shadow round */
        return;
    for (node_id i = 0; i < NODES; i++)
        x->name[i] = observe_node(sight, i);
    if (sight->kind == SYN || sight->kind == SYN_EXACT || sight->kind == ACK) {
        x->told[sight->node][sight->peer] = bits(m->more[0]);
        if (x->has_keys_once && x->first != OLDEST && x->first != NEWEST)
            check_maxima(x, m->items, bits(m->more[0]));
    }
    if (sight->kind == ACK)
        check_order(x, bits(m->set), bits(m->more[0]) & ~x->told[sight->peer][sight->node]);
    else if (sight->kind == ACK2)
        assert_true((bits(m->set) & x->told[sight->peer][sight->node]) == 0);
}

static struct exchanges run_exchanges(const char *parameters, int64_t keys, int first, double loss,
                                      enum sim_rejoin rejoin)
{
    struct exchanges x = { .first = first, .limit = 3, .has_keys_once = keys == UPDATES };
    const struct sim_observer observer = { SEEN_SENT | SEEN_LEARNED, see_exchange, &x };
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 3 },
                                     .at = 2 * SIM_SECOND,
                                     .lasts = 3 * SIM_SECOND,
                                     .every = 4 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    scuttlebutt_setup(&setup, NODES, parameters, 60);
    scuttlebutt_write(&setup, UPDATES, keys, 10);
    setup.config.network.loss = loss;
    setup.config.observer = &observer;
    setup.config.churn.rejoin = rejoin;
    if (loss > 0) {
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
    }
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(loss > 0 || metric(&r, "residue") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
    return x;
}

static void a_delta_goes_to_nobody_who_has_it(void **state)
{
    static const char *const presets[] = { "preset=paper", "preset=cassandra transport=datagram",
                                           "preset=chitchat" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(run_exchanges(presets[i], UPDATES, -1, 0, REJOIN_KEEP).deltas > 300);
        run_exchanges(presets[i], 10, -1, 0, REJOIN_KEEP);
        run_exchanges(presets[i], UPDATES, -1, 0.2, REJOIN_KEEP);
        run_exchanges(presets[i], 10, -1, 0.2, REJOIN_KEEP);
    }
}

static void limits_leave_those_first_that_they_should(void **state)
{
    static const char *const words[] = {
        [BREADTH] = "preset=paper limit=3 first=breadth",
        [DEPTH] = "preset=paper limit=3 first=depth",
        [OLDEST] = "preset=paper limit=3 first=oldest",
        [NEWEST] = "preset=paper limit=3 first=newest",
    };

    (void)state;
    for (int first = BREADTH; first <= NEWEST; first++)
        assert_true(run_exchanges(words[first], UPDATES, first, 0, REJOIN_KEEP).limited > 50);
}

/* ---- bytes ---- */

struct sizes {
    uint64_t syn, syns, most, over;
    sim_time from;
};

static void see_bytes(void *context, const struct sight *sight)
{
    struct sizes *w = context;

    if (sight->kind == SYN) {
        w->syns++;
        w->syn += sight->bytes == 28 + 13 * NODES + 60;
    } else if (sight->kind == ACK || sight->kind == ACK2) {
        if (sight->bytes - 28 > 500 && sight->at < w->from)
            w->over++;
        if (sight->bytes - 28 > w->most && sight->at >= w->from)
            w->most = sight->bytes - 28;
    }
}

static void messages_are_as_large_as_they_may(void **state)
{
    static const char *const parameters[] = {
        "preset=cassandra transport=datagram limit=500B limit_from=5s",
        "preset=cassandra transport=datagram limit=500B limit_from=5s first=breadth",
        "preset=cassandra transport=datagram first=newest",
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sizes w = { .from = 5 * SIM_SECOND };
        const struct sim_observer observer = { SEEN_SENT, see_bytes, &w };
        struct setup setup;
        struct sim_result r;
        double sum;

        scuttlebutt_setup(&setup, NODES, parameters[i], 30);
        scuttlebutt_write(&setup, UPDATES * 2, UPDATES * 2, 15);
        setup.config.network.header_bytes = 28;
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(i == 2 || (w.syns > 0 && w.syn == w.syns));
        assert_true(i == 2 || (w.over > 0 && w.most <= 500 && w.most > 500 - 137));
        assert_true((metric(&r, "scuttlebutt.left_out") > 0) == (i < 2));
        assert_true(metric(&r, "residue") == 0);
        sum = metric(&r, "scuttlebutt.bytes_syn") + metric(&r, "scuttlebutt.bytes_ack") +
              metric(&r, "scuttlebutt.bytes_ack2");
        assert_true(sum == metric(&r, "bytes_digest") + metric(&r, "bytes_payload") +
                               metric(&r, "bytes_control"));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- how fast ---- */

static void a_change_is_everywhere_in_five_to_six_rounds(void **state)
{
    enum { RUNS = 60 };
    double sum = 0, squares = 0;

    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct setup setup;
        struct sim_result r;

        scuttlebutt_setup(&setup, 128, "preset=paper", 60);
        setup.config.workload.updates = setup.config.workload.keys = 1;
        setup.config.stop.when = STOP_CONVERGED;
        setup.config.replication = i;
        sim_run(&setup.config, &r);
        const double rounds = ceil(metric(&r, "t_all"));

        sum += rounds;
        squares += rounds * rounds;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    const double mean = sum / RUNS, error = sqrt((squares / RUNS - mean * mean) / RUNS);

    if (mean + 4 * error > 6 || mean - 4 * error < 4.8)
        fail_msg("%g rounds, standard error %g", mean, error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delta_goes_to_nobody_who_has_it),
        cmocka_unit_test(limits_leave_those_first_that_they_should),
        cmocka_unit_test(messages_are_as_large_as_they_may),
        cmocka_unit_test(a_change_is_everywhere_in_five_to_six_rounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
