/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Picks by group: within the own group as often as asked, and there and elsewhere by the way of
 * choosing, each as likely as another or by weight; with `peers: alive` only those that are up,
 * with a topology only neighbours; and others where a group has nobody else.  Picks by latency: the
 * least round trip of d is as short as order statistics have it.
 */
#include "models/partner.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Nodes 0 .. 3, 4 .. 10, and 11 alone. */
enum { NODES = 12, PICKS = 1000 };
static const uint32_t ends[] = { 4, 11, 12 };

/* A ring, whose node 0 has 11 and 1 beside it, with chords between opposites. */
static uint64_t starts[NODES + 1];
static uint32_t to[3 * NODES];
static const struct sim_graph ring = { NODES, starts, to, NULL, NULL };

/* Of each node; all of the last group weigh nothing. */
static const double weights[NODES] = { 1, 0, 3, 1.5, 2, 0, 0, 1, 5, 0.25, 1, 0 };

struct config {
    struct partners partners;
    bool measures; /* the round trip to one partner, instead of picking many */
    struct numbering numbering;
    uint32_t by[NODES][NODES]; /* picks of each by each, in the scenario's numbers */
    uint32_t asked, trips;
    double sum, squares; /* of round trips, s */
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void pick(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);
    uint32_t *turns = node_state(n);
    node_id peer;

    (void)tag;
    (void)value;
    c->asked++;
    for (int i = 0; !c->measures && i < PICKS; i++) {
        if (!partner_pick(n, &c->partners, turns, &peer))
            continue;
        c->by[numbering_outside(&c->numbering, node_self(n))]
             [numbering_outside(&c->numbering, peer)]++;
    }
    if (c->measures && partner_pick(n, &c->partners, turns, &peer))
        node_send(n, peer, 0, set_new());
}

/* The one who was picked answers at once. */
static void answer(struct node *n, const struct message *m)
{
    struct config *c = config_of(n);
    const double took = (double)(node_now(n) - SIM_SECOND) / SIM_SECOND;

    if (m->kind == 0) {
        node_send(n, m->from, 1, set_new());
        return;
    }
    c->trips++;
    c->sum += took;
    c->squares += took * took;
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = "ping" },
                                                { .name = "pong" },
                                                { .name = NULL } };
static const struct model picker = {
    .name = "picker",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = 2 * sizeof(uint32_t),
    .on_start = start,
    .on_timer = pick,
    .on_message = answer,
};

/* Runs it; of the nodes from 2 on `down` have crashed. */
static void ask(const struct config *how, const struct sim_graph *graph, int64_t down,
                struct config *answers)
{
    const struct sim_fault fault = {
        .kind = FAULT_CRASH,
        .of = { .kind = SELECT_RANGE, .first = 2, .nodes = down },
        .at = SIM_MILLISECOND,
    };
    struct weights *table = weights_new(weights, NODES);
    struct distribution *latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = SIM_SECOND });
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &picker, "");
    struct config *config = setup.configs[0];

    setup.layers[0].weights = table;
    setup.config.network.latency = latency;

    *config = *how;
    numbering_init(&config->numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    setup.config.graph = graph;
    setup.config.peers = down > 0 ? PEERS_ALIVE : PEERS_ALL;
    setup.config.group_ends = ends;
    setup.config.group_count = sizeof ends / sizeof *ends;
    setup.config.workload.updates = 0;
    setup.config.faults = &fault;
    setup.config.fault_count = down > 0;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_int_equal(config->asked, NODES - down);
    *answers = *config;
    sim_result_clear(&result);
    setup_clear(&setup);
    distribution_free(latency);
    weights_free(table);
}

static int group_of(uint32_t node)
{
    int group = 0;

    while (ends[group] <= node)
        group++;
    return group;
}

static bool are_linked(uint32_t a, uint32_t b)
{
    for (uint64_t k = starts[a]; k < starts[a + 1]; k++)
        if (to[k] == b)
            return true;
    return false;
}

/* Whether b may be picked by a, as far as groups go not. */
static bool may_be_picked(const struct sim_graph *graph, uint32_t down, uint32_t a, uint32_t b)
{
    return b != a && !(b >= 2 && b < 2 + down) && (!graph || are_linked(a, b));
}

/* Each pick as likely as the law says, within 4.5 standard errors: there are some 3000 of them;
 * of whom all weigh nothing, nobody. */
static void check(const struct config *c, const struct sim_graph *graph, uint32_t down)
{
    const bool is_weighted = c->partners.how == PARTNER_WEIGHTED;

    for (uint32_t a = 0; a < NODES; a++) {
        double own = 0, others = 0, weight[NODES];

        if (a >= 2 && a < 2 + down)
            continue;
        for (uint32_t b = 0; b < NODES; b++) {
            weight[b] = may_be_picked(graph, down, a, b) ? is_weighted ? weights[b] : 1 : 0;
            *(group_of(a) == group_of(b) ? &own : &others) += weight[b];
        }
        for (uint32_t b = 0; b < NODES; b++) {
            const bool is_own = group_of(a) == group_of(b);
            const double chance = own == 0 || others == 0 ? 1
                                  : is_own                ? c->partners.own_group
                                                          : 1 - c->partners.own_group;
            const double share = weight[b] > 0 ? chance * weight[b] / (is_own ? own : others) : 0;
            const double error = sqrt(PICKS * share * (1 - share));

            if (fabs(c->by[a][b] - PICKS * share) > 4.5 * error + 1e-6)
                fail_msg("%s: node %u picked %u %u times, %.0f expected, standard error %.0f",
                         partner_names[c->partners.how], a, b, c->by[a][b], PICKS * share, error);
        }
    }
}

static void make_ring(void)
{
    for (uint32_t i = 0; i < NODES; i++) {
        const uint32_t next[] = { (i + NODES - 1) % NODES, (i + 1) % NODES,
                                  (i + NODES / 2) % NODES };
        uint64_t end = starts[i];

        for (uint32_t b = 0; b < NODES; b++)
            if (b == next[0] || b == next[1] || b == next[2])
                to[end++] = b;
        starts[i + 1] = end;
    }
}

/* A spatial law of exponent 0 takes nobody for nearer than another, neighbour or not. */
static void own_group_is_picked_as_often_as_asked(void **state)
{
    static const double owns[] = { 0, 0.3, 1 };
    static const int hows[] = { PARTNER_RANDOM, PARTNER_SHUFFLED, PARTNER_WEIGHTED,
                                PARTNER_SPATIAL };
    struct config c;

    (void)state;
    make_ring();
    for (size_t k = 0; k < sizeof hows / sizeof *hows; k++)
        for (size_t i = 0; i < sizeof owns / sizeof *owns; i++)
            for (uint32_t down = 0; down <= 3; down += 3) {
                const struct config how = { .partners = { .how = hows[k], .own_group = owns[i] } };

                ask(&how, NULL, down, &c);
                check(&c, NULL, down);
                if (hows[k] == PARTNER_SPATIAL)
                    continue;
                ask(&how, &ring, down, &c);
                check(&c, &ring, down);
            }
}

/* Who is in the part that node `a` picks from: its own group, or if there is nobody the others. */
static bool is_in_part(const struct config *c, uint32_t down, uint32_t a, uint32_t b)
{
    const bool wants_own = c->partners.own_group > 0;
    bool has_any = false;

    for (uint32_t k = 0; k < NODES; k++)
        has_any = has_any ||
                  (may_be_picked(NULL, down, a, k) && (group_of(a) == group_of(k)) == wants_own);
    return may_be_picked(NULL, down, a, b) &&
           (group_of(a) == group_of(b)) == (has_any ? wants_own : !wants_own);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    const uint32_t steps = (a + NODES - b) % NODES;

    return steps < NODES - steps ? steps : NODES - steps;
}

static void check_nearest(const struct config *c, uint32_t down, uint32_t a)
{
    uint32_t least = NODES, picked = 0;

    for (uint32_t b = 0; b < NODES; b++)
        if (is_in_part(c, down, a, b) && distance(a, b) < least)
            least = distance(a, b);
    for (uint32_t b = 0; b < NODES; b++) {
        const bool is_nearest = is_in_part(c, down, a, b) && distance(a, b) == least;

        picked += c->by[a][b] > 0;
        if (c->by[a][b] > 0 && !is_in_part(c, down, a, b))
            fail_msg("node %u picked %u", a, b);
        if (c->partners.how == PARTNER_NEAREST && (c->by[a][b] > 0) != is_nearest)
            fail_msg("node %u picked %u %u times", a, b, c->by[a][b]);
    }
    if (c->partners.how == PARTNER_LATENCY)
        assert_int_equal(picked, 1);
}

/* In the part drawn, the nearest: on the ring of node numbers, or by latency always the same. */
static void the_nearest_of_a_part_is_picked(void **state)
{
    static const int hows[] = { PARTNER_NEAREST, PARTNER_LATENCY };

    (void)state;
    for (int k = 0; k < 2; k++)
        for (int own = 0; own <= 1; own++)
            for (uint32_t down = 0; down <= 3; down += 3) {
                const struct config how = {
                    .partners = { .how = hows[k], .own_group = own, .latency_choices = 64 }
                };
                struct config c;

                ask(&how, NULL, down, &c);
                for (uint32_t a = 0; a < NODES; a++)
                    if (a < 2 || a >= 2 + down)
                        check_nearest(&c, down, a);
            }
}

/* ---- latency ---- */

/* The mean of the least of d sums of two exponential times of mean 1: the integral of
 * ((1 + x) e^-x)^d. */
static double least_of(int d)
{
    double sum = 0, term = 1.0 / d; /* C(d, k) k! / d^(k + 1) */

    for (int k = 0; k <= d; k++) {
        sum += term;
        term *= (double)(d - k) / d;
    }
    return sum;
}

static void the_least_round_trip_is_as_short_as_its_law(void **state)
{
    static const int choices[] = { 2, 3, 8, 64 };
    const double mean = 0.1;

    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        struct distribution *latency = distribution_new(&(struct distribution_spec){
            .kind = DISTRIBUTION_EXPONENTIAL, .a = mean * SIM_SECOND });
        struct setup setup;
        struct sim_result result;

        setup_init(&setup, 2000);
        setup_add_model(&setup, &picker, "");
        struct config *c = setup.configs[0];

        c->measures = true;
        c->partners = (struct partners){ .how = PARTNER_LATENCY,
                                         .latency_choices = choices[i],
                                         .own_group = -1 };
        setup.config.network.latency = latency;
        setup.config.workload.updates = 0;
        setup.config.stop.when = STOP_QUIET;
        sim_run(&setup.config, &result);
        assert_int_equal(c->trips, 2000);
        const double trip = c->sum / c->trips;
        const double error = sqrt((c->squares / c->trips - trip * trip) / c->trips);

        if (fabs(trip - mean * least_of(choices[i])) > 4 * error)
            fail_msg("least of %d: %.4f, %.4f expected, standard error %.4f", choices[i], trip,
                     mean * least_of(choices[i]), error);
        sim_result_clear(&result);
        setup_clear(&setup);
        distribution_free(latency);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_group_is_picked_as_often_as_asked),
        cmocka_unit_test(the_nearest_of_a_part_is_picked),
        cmocka_unit_test(the_least_round_trip_is_as_short_as_its_law),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
