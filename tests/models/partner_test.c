/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hunt goes to whoever was not yet called, each peer once, whatever the way of choosing partners
 * and whoever is down; next neighbours are two.  And a shuffled list spreads news as random
 * partners do, while node numbers in step do not.
 */
#include "models/partner.h"
#include "tests/models/harness.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 12, DOWN = 4, HUNTS = 400 };

struct config {
    int how, reach; /* reach: partners that there are */
    uint32_t
        second[NODES * NODES]; /* who came second, by who came first, of the others of node 0 */
};

struct state {
    uint32_t turn;
};

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void hunt(struct node *n, int tag, uint32_t value)
{
    struct config *c = (struct config *)(uintptr_t)node_config(n);
    const struct partners partners = { .how = c->how, .spatial_exponent = 1, .own_group = -1 };
    uint32_t *turn = &((struct state *)node_state(n))->turn;

    (void)tag;
    (void)value;
    for (int k = 0; k < HUNTS; k++) {
        bool met[NODES] = { false };
        node_id order[NODES];
        int count = 0;

        hunt_begin(n);
        for (node_id partner; hunt_pick(n, &partners, turn, &partner); count++) {
            assert_true(partner < NODES && partner != node_self(n) && !met[partner]);
            met[partner] = true;
            order[count] = partner;
            hunt_note(n, partner);
        }
        assert_int_equal(count, c->reach);
        if (node_self(n) == 0)
            c->second[order[0] * NODES + order[1]]++;
    }
}

static const struct param params[] = { PARAM_END };
static const struct model hunter = {
    .name = "hunter",
    .params = params,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct called),
    .on_start = start,
    .on_timer = hunt,
};

/* Hunts of all nodes of which DOWN are down or none; `second` as in the config. */
static void let_hunt(int how, bool alive, uint32_t second[NODES * NODES])
{
    const struct sim_fault fault = {
        FAULT_CRASH,     { .kind = SELECT_COUNT, .count = DOWN }, SIM_MILLISECOND, 0, 0,
        .obstacle = NULL
    };
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &hunter, "");
    struct config *c = setup.configs[0];

    c->how = how;
    c->reach = how == PARTNER_NEAREST ? 2 : NODES - 1 - (alive ? DOWN : 0);
    setup.config.workload.updates = 0;
    setup.config.peers = alive ? PEERS_ALIVE : PEERS_ALL;
    setup.config.faults = &fault;
    setup.config.fault_count = alive;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    memcpy(second, c->second, sizeof c->second);
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void a_hunt_calls_nobody_twice(void **state)
{
    uint32_t second[NODES * NODES];

    (void)state;
    for (int how = PARTNER_RANDOM; how <= PARTNER_SPATIAL; how++)
        for (int alive = 0; alive < 2; alive++)
            let_hunt(how, alive, second);
}

/* Whoever comes first, any other is as likely to come next. */
static void a_hunt_tries_among_the_others(void **state)
{
    static const int hows[] = { PARTNER_RANDOM, PARTNER_SHUFFLED };

    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t second[NODES * NODES], counts[NODES * NODES];
        size_t count = 0;

        let_hunt(hows[i], false, second);
        for (int a = 1; a < NODES; a++)
            for (int b = 1; b < NODES; b++)
                if (a != b)
                    counts[count++] = second[a * NODES + b];
        assert_true(fabs(law_even(counts, count)) < LAW_Z);
    }
}

/* Means over some runs of the time until all of 1000 nodes know. */
static double time_to_all(const char *parameters, double *error)
{
    enum { RUNS = 12 };
    double sum = 0, squares = 0;

    for (uint32_t i = 0; i < RUNS; i++) {
        struct setup setup;
        struct sim_result result;

        setup_init(&setup, 1000);
        assert_true(setup_add(&setup, "anti-entropy", parameters));
        setup.config.replication = i;
        sim_run(&setup.config, &result);
        const double time = metric(&result, "t_all");

        sum += time;
        squares += time * time;
        sim_result_clear(&result);
        setup_clear(&setup);
    }
    *error = sqrt((squares / RUNS - sum / RUNS * sum / RUNS) / (RUNS - 1));
    return sum / RUNS;
}

static void shuffled_lists_spread_as_random_partners_do(void **state)
{
    static const char *const modes[] = { "push", "pull", "push-pull" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        char text[80];
        double times[2], errors[2];

        for (int shuffled = 0; shuffled < 2; shuffled++) {
            snprintf(text, sizeof text, "interval=1s mode=%s partner=%s", modes[i],
                     shuffled ? "shuffled" : "random");
            times[shuffled] = time_to_all(text, &errors[shuffled]);
        }
        assert_true(fabs(times[1] - times[0]) < LAW_Z * hypot(errors[0], errors[1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hunt_calls_nobody_twice),
        cmocka_unit_test(a_hunt_tries_among_the_others),
        cmocka_unit_test(shuffled_lists_spread_as_random_partners_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
