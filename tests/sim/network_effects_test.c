/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Losses come in bursts of the length and the share that the scenario says, from the first message
 * on, and those of bursts of chance are exactly those of an independent loss; of the messages that
 * arrive so many do twice, the second time after a latency of its own.  Faults lose and delay the
 * messages that their nodes send, while they last.
 */
#include "courier.h"
#include "law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 100, LETTERS = 2000 };

/* ---- losses in bursts ---- */

struct chain {
    double first_lost;                        /* of NODES first letters */
    double after_lost, lost_after_lost;       /* letters that followed a lost one, and their lost */
    double after_arrived, lost_after_arrived; /* that followed one that came */
    double *bursts;                           /* lengths of those that began in the first half */
    size_t burst_count;
    double lost;
};

static bool was_lost(const struct courier_trial *t, node_id node, int64_t number)
{
    return courier_letter(t, node, number)->arrivals == 0;
}

static struct chain chain_of(const struct courier_trial *t)
{
    struct chain c = { .bursts = calloc(NODES * LETTERS, sizeof *c.bursts) };

    for (node_id i = 0; i < NODES; i++) {
        c.first_lost += was_lost(t, i, 0);
        for (int64_t k = 0; k < LETTERS; k++) {
            const bool is_lost = was_lost(t, i, k);
            const bool follows_lost = k > 0 && was_lost(t, i, k - 1);

            c.lost += is_lost;
            c.after_lost += follows_lost;
            c.lost_after_lost += follows_lost && is_lost;
            c.after_arrived += k > 0 && !follows_lost;
            c.lost_after_arrived += k > 0 && !follows_lost && is_lost;
            if (k < LETTERS / 2 && is_lost && !follows_lost) {
                int64_t end = k;

                while (end < LETTERS && was_lost(t, i, end))
                    end++;
                c.bursts[c.burst_count++] = (double)(end - k);
            }
        }
    }
    return c;
}

static void bursts_are_as_long_and_as_many_as_asked_for(void **state)
{
    static const double cases[][2] = { { 0.05, 4 },  { 0.01, 20 }, { 0.5, 2.5 },
                                       { 0.8, 4.5 }, { 0.2, 1 },   { 0.3, 1 / 0.7 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double mean = cases[i][0], burst = cases[i][1], stays = 1 - 1 / burst;
        const double turns = mean / (burst * (1 - mean)), correlation = stays - turns;
        struct courier_trial t;
        struct chain c;

        courier_open(&t, NODES, "letters=2000 interval=10ms");
        t.setup.config.network.loss = mean;
        t.setup.config.network.loss_burst = burst;
        courier_run(&t);
        c = chain_of(&t);
        assert_true(metric(&t.result, "dropped_loss") == c.lost);
        /* the variance of a mean of correlated trials is (1 + r) / (1 - r) times as large */
        assert_true(fabs(law_share(c.lost, NODES * LETTERS, mean)) <
                    LAW_Z * sqrt((1 + correlation) / (1 - correlation)));
        assert_true(fabs(law_share(c.first_lost, NODES, mean)) < LAW_Z);
        assert_true(fabs(law_share(c.lost_after_arrived, c.after_arrived, turns)) < LAW_Z);
        if (burst > 1) {
            assert_true(fabs(law_share(c.lost_after_lost, c.after_lost, stays)) < LAW_Z);
            assert_true(fabs(law_mean(c.bursts, c.burst_count, burst)) < LAW_Z);
        } else
            assert_true(c.lost_after_lost == 0);
        print_message("loss %.4f of %.4f, bursts %.4f of %.4f\n", c.lost / (NODES * LETTERS), mean,
                      c.lost_after_lost < c.after_lost
                          ? c.after_lost / (c.after_lost - c.lost_after_lost)
                          : INFINITY,
                      burst);
        free(c.bursts);
        courier_close(&t);
    }
}

static void assert_same_post(const struct courier_trial *a, const struct courier_trial *b)
{
    assert_int_equal(a->result.fingerprint, b->result.fingerprint);
    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < LETTERS; k++)
            assert_int_equal(was_lost(a, i, k), was_lost(b, i, k));
}

/* Also: the way through network_effects.c is the short path of network.h where there is none. */
static void bursts_of_chance_are_independent_losses(void **state)
{
    struct courier_trial a, b;

    (void)state;
    for (int per = 0; per < 2; per++) {
        const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 40e6 };
        struct distribution *latency = distribution_new(&spec);

        courier_open(&a, NODES, "letters=2000 interval=10ms");
        courier_open(&b, NODES, "letters=2000 interval=10ms");
        for (int k = 0; k < 2; k++) {
            struct sim_network *network = k ? &a.setup.config.network : &b.setup.config.network;

            network->loss = 0.25;
            network->latency = latency;
            network->latency_per = per ? LATENCY_PER_MESSAGE : LATENCY_PER_PAIR;
            network->jitter = 0.1;
        }
        a.setup.config.network.loss_burst = 1 / 0.75;
        courier_run(&a);
        courier_run(&b);
        assert_same_post(&a, &b);
        courier_close(&a);
        courier_close(&b);
        distribution_free(latency);
    }
}

/* Which letters a node loses does not depend on when and how fast it writes. */
static void the_nth_message_of_a_node_has_one_fate(void **state)
{
    struct courier_trial a, b;

    (void)state;
    courier_open(&a, NODES, "letters=2000 interval=10ms");
    courier_open(&b, NODES, "letters=2000 interval=70ms batch=50 together=true");
    a.setup.config.network.loss = b.setup.config.network.loss = 0.3;
    a.setup.config.network.loss_burst = b.setup.config.network.loss_burst = 3;
    courier_run(&a);
    courier_run(&b);
    for (node_id i = 0; i < NODES; i++)
        for (int64_t k = 0; k < LETTERS; k++)
            assert_int_equal(was_lost(&a, i, k), was_lost(&b, i, k));
    courier_close(&a);
    courier_close(&b);
}

/* ---- messages that arrive twice ---- */

/* So many do; the second copy has a latency of its own, of the same law, where messages have. */
static void messages_arrive_twice(void **state)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_UNIFORM, .a = 10e6, .b = 90e6 };
    static const double shares[] = { 0, 0.01, 0.3, 1 };
    struct distribution *latency = distribution_new(&spec);
    double *first = calloc(NODES * LETTERS, sizeof *first);
    double *second = calloc(NODES * LETTERS, sizeof *second);

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        struct courier_trial t;
        size_t twice = 0, once = 0;

        courier_open(&t, NODES, "letters=2000 interval=10ms");
        t.setup.config.network.loss = 0.1;
        t.setup.config.network.duplicate = shares[i];
        t.setup.config.network.latency = latency;
        t.setup.config.network.latency_per = LATENCY_PER_MESSAGE;
        courier_run(&t);
        for (node_id node = 0; node < NODES; node++)
            for (int64_t k = 0; k < LETTERS; k++) {
                const struct letter *letter = courier_letter(&t, node, k);

                once += letter->arrivals == 1;
                if (letter->arrivals < 2)
                    continue;
                first[twice] = (double)(letter->arrived[0] - letter->sent);
                second[twice++] = (double)(letter->arrived[1] - letter->sent);
            }
        assert_true(metric(&t.result, "messages") == NODES * LETTERS);
        assert_true(shares[i] > 0 ? metric(&t.result, "duplicated") == (double)twice
                                  : !has_metric(&t.result, "duplicated"));
        assert_true(metric(&t.result, "load_mean") * NODES == (double)(once + 2 * twice));
        if (shares[i] <= 0 || shares[i] >= 1)
            assert_int_equal(shares[i] > 0 ? once : twice, 0);
        else
            assert_true(fabs(law_share((double)twice, (double)(once + twice), shares[i])) < LAW_Z);
        /* the first and the last of two uniform: a third and two thirds of the way */
        if (shares[i] > 0) {
            assert_true(fabs(law_mean(first, twice, 10e6 + 80e6 / 3)) < LAW_Z);
            assert_true(fabs(law_mean(second, twice, 10e6 + 160e6 / 3)) < LAW_Z);
        }
        print_message("twice %.5f of %.5f\n", (double)twice / (double)(once + twice), shares[i]);
        courier_close(&t);
    }
    distribution_free(latency);
    free(first);
    free(second);
}

/* Jitter is all that two copies of one pair differ by. */
static void copies_differ_by_their_jitter(void **state)
{
    (void)state;
    for (int has_jitter = 0; has_jitter < 2; has_jitter++) {
        struct courier_trial t;
        int64_t apart = 0;

        courier_open(&t, NODES, "letters=20");
        t.setup.config.network.duplicate = 1;
        t.setup.config.network.jitter = has_jitter ? 0.5 : 0;
        courier_run(&t);
        for (node_id node = 0; node < NODES; node++)
            for (int64_t k = 0; k < 20; k++) {
                const struct letter *letter = courier_letter(&t, node, k);

                assert_int_equal(letter->arrivals, 2);
                assert_in_range(letter->arrived[1] - letter->sent,
                                (10 - 5 * has_jitter) * SIM_MILLISECOND,
                                (10 + 5 * has_jitter) * SIM_MILLISECOND);
                apart += letter->arrived[1] > letter->arrived[0];
            }
        assert_int_equal(apart, has_jitter * NODES * 20);
        courier_close(&t);
    }
}

/* ---- faults ---- */

/* While it lasts the letters of the nodes meant are lost as it says, beside those that are anyway,
 * of which it moves none; before and after, and of others, no more are. */
static void a_fault_loses_what_its_nodes_send(void **state)
{
    static const double bursts[] = { 0, 6 };
    const struct sim_selector half = { .kind = SELECT_SHARE, .share = 0.5 };
    const struct sim_side side = { .parts = &half, .part_count = 1 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct sim_obstacle obstacle = {
            .sides = &side, .side_count = 1, .loss = 0.4, .loss_burst = bursts[i]
        };
        const struct sim_fault fault = { .kind = FAULT_LOSS,
                                         .at = 5 * SIM_SECOND,
                                         .lasts = 10 * SIM_SECOND,
                                         .obstacle = &obstacle };
        const double correlation = bursts[i] > 0 ? 1 - 1 / bursts[i] - 0.4 / (6 * 0.6) : 0;
        struct courier_trial t[2];
        double met = 0, lost = 0, hit[NODES] = { 0 }, nodes_hit = 0;

        for (size_t k = 0; k < 2; k++) {
            courier_open(&t[k], NODES, "letters=2000 interval=10ms");
            t[k].setup.config.network.loss = 0.2;
            t[k].setup.config.faults = &fault;
            t[k].setup.config.fault_count = k;
            courier_run(&t[k]);
        }
        for (int pass = 0; pass < 2; pass++)
            for (node_id node = 0; node < NODES; node++)
                for (int64_t k = 0; k < LETTERS; k++) {
                    const struct letter *a = courier_letter(&t[0], node, k);
                    const struct letter *b = courier_letter(&t[1], node, k);

                    assert_true(b->arrivals <= a->arrivals);
                    if (pass == 0) {
                        hit[node] += a->arrivals > b->arrivals;
                        continue;
                    }
                    if (a->arrivals > b->arrivals)
                        assert_in_range(a->sent, fault.at, fault.at + fault.lasts - 1);
                    if (hit[node] > 0 && a->arrivals && a->sent >= fault.at &&
                        a->sent < fault.at + fault.lasts) {
                        met++;
                        lost += !b->arrivals;
                    }
                }
        for (node_id node = 0; node < NODES; node++)
            nodes_hit += hit[node] > 0;
        assert_true(nodes_hit == NODES / 2);
        /* met are four fifths of the letters, at random: the correlation is no larger */
        assert_true(fabs(law_share(lost, met, 0.4)) <
                    LAW_Z * sqrt((1 + correlation) / (1 - correlation)));
        assert_string_equal(t[1].result.faults[0].kind, "loss");
        assert_string_equal(t[1].result.faults[1].kind, "heal");
        courier_close(&t[0]);
        courier_close(&t[1]);
    }
}

/* Factors of faults that last at once multiply; what is sent before takes its time of before. */
static void faults_stretch_latencies(void **state)
{
    const struct sim_selector all = { .kind = SELECT_ALL };
    const struct sim_side side = { .parts = &all, .part_count = 1 };
    const struct sim_obstacle ten = { .sides = &side, .side_count = 1, .factor = 10 };
    const struct sim_obstacle half = { .sides = &side, .side_count = 1, .factor = 0.5 };
    const struct sim_fault faults[] = {
        { .kind = FAULT_LATENCY, .at = 5 * SIM_SECOND, .lasts = 9 * SIM_SECOND, .obstacle = &ten },
        { .kind = FAULT_LATENCY, .at = 9 * SIM_SECOND, .obstacle = &half },
        { .kind = FAULT_HEAL, .at = 11 * SIM_SECOND }, /* heals no latency */
    };
    struct courier_trial t;

    (void)state;
    courier_open(&t, NODES, "letters=200 interval=100ms");
    t.setup.config.faults = faults;
    t.setup.config.fault_count = 3;
    t.setup.config.network.duplicate = 1;
    courier_run(&t);
    for (node_id node = 0; node < NODES; node++)
        for (int64_t k = 0; k < 200; k++) {
            const struct letter *letter = courier_letter(&t, node, k);
            sim_time latency = 10 * SIM_MILLISECOND; /* of the harness */

            latency *= letter->sent >= 5 * SIM_SECOND && letter->sent < 14 * SIM_SECOND ? 10 : 1;
            latency /= letter->sent >= 9 * SIM_SECOND ? 2 : 1;
            for (int i = 0; i < 2; i++)
                assert_int_equal(letter->arrived[i] - letter->sent, latency);
        }
    courier_close(&t);
}

/* ---- memory ---- */

/* What these effects take is in the estimate, whichever it is. */
static void the_estimate_knows_of_the_effects(void **state)
{
    const int64_t nodes = 300000;
    const struct sim_selector all = { .kind = SELECT_ALL };
    const struct sim_side sides[] = { { .parts = &all, .part_count = 1 }, { .share = 0.5 } };
    const struct sim_obstacle obstacle = { .sides = sides, .side_count = 2, .loss = 0.5 };
    const struct sim_fault faults[] = {
        { .kind = FAULT_WIPE, .of = { .kind = SELECT_COUNT }, .at = 1 },
        { .kind = FAULT_LOSS, .at = 1, .obstacle = &obstacle },
        { .kind = FAULT_PARTITION, .at = 1, .obstacle = &obstacle },
    };
    struct sim_network networks[] = { { 0 },
                                      { .loss = 0.5, .loss_burst = 2 },
                                      { .bandwidth = 1000000 },
                                      { .duplicate = 0.5 },
                                      { 0 } };
    int64_t taken[5], estimated[5];

    (void)state;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct courier_trial t;

        courier_open(&t, nodes, "letters=1");
        networks[i].latency = t.setup.latency;
        t.setup.config.network = networks[i];
        t.setup.config.faults = faults; /* the first takes no more than any */
        t.setup.config.fault_count = i == 4 ? 3 : 1;
        t.setup.config.stop.at = 10; /* ns: nobody sends */
        courier_run(&t);
        taken[i] = (int64_t)t.result.peak_bytes;
        estimated[i] = (int64_t)sim_memory_estimate(&t.setup.config, UINT64_MAX);
        assert_true(taken[i] - taken[0] <= estimated[i] - estimated[0] + 10000);
        courier_close(&t);
    }
    assert_true(taken[2] - taken[0] >= nodes * 24); /* an uplink each */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_are_as_long_and_as_many_as_asked_for),
        cmocka_unit_test(bursts_of_chance_are_independent_losses),
        cmocka_unit_test(the_nth_message_of_a_node_has_one_fate),
        cmocka_unit_test(messages_arrive_twice),
        cmocka_unit_test(copies_differ_by_their_jitter),
        cmocka_unit_test(a_fault_loses_what_its_nodes_send),
        cmocka_unit_test(faults_stretch_latencies),
        cmocka_unit_test(the_estimate_knows_of_the_effects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
