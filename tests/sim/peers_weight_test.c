/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Picks by weight: each peer as often as its weight says, one that weighs nothing never; of all
 * nodes, of those that are up however little they weigh, of neighbours and of holders.  Several
 * picked at once are different ones, each by its weight among those who are left.
 */
#include "models/partner.h"
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 16, PICKS = 2000, FEW_PICKS = 50 };

/* The first four, which are down in some tests, weigh most. */
static const double some[NODES] = { 50, 20, 0, 30, 1, 2, 0, 0.5, 3, 1, 1, 0, 2.5, 4, 0.1, 1 };
static const double one[NODES] = { [3] = 1 };
static const double steep[NODES] = { 1e9, 1, 1, 1, 1 };
static const double down_alone[NODES] = { 1, 1, 1, 1 };

/* A ring with chords between opposites. */
static uint64_t starts[NODES + 1];
static uint32_t to[3 * NODES];
static const struct sim_graph ring = { .nodes = NODES, .start = starts, .to = to };

struct config {
    int several; /* partners of a pick */
    int picks;   /* of each node */
    struct numbering numbering;
    uint32_t by[NODES][NODES];          /* picks of each by each, in the scenario's numbers */
    uint32_t second[NODES][NODES];      /* by node 0: who came second, by who came first */
    uint32_t met[NODES], fewest, asked; /* met: partners of each in all */
    bool is_held_with[NODES][NODES];    /* another node holds a shard of the node */
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    node_after(n, SIM_SECOND, 0, 0);
}

static void note_holders(struct node *n, struct config *c, uint32_t own)
{
    for (uint32_t i = 0; i < node_shard_count(n); i++)
        for (uint32_t k = 0; k < node_replica_count(n); k++)
            c->is_held_with[own][numbering_outside(&c->numbering,
                                                   node_holder(n, node_shard(n, i), k))] = true;
}

static void pick(struct node *n, int tag, uint32_t value)
{
    const struct partners partners = { .how = PARTNER_WEIGHTED, .own_group = -1 };
    struct config *c = config_of(n);
    const uint32_t own = numbering_outside(&c->numbering, node_self(n));

    (void)tag;
    (void)value;
    c->asked++;
    note_holders(n, c, own);
    for (int i = 0; i < c->picks; i++) {
        node_id found[NODES];
        const int count = partner_pick_some(n, &partners, NULL, found, c->several);

        c->fewest = (uint32_t)count < c->fewest ? (uint32_t)count : c->fewest;
        c->met[own] += (uint32_t)count;
        for (int k = 0; k < count; k++) {
            found[k] = numbering_outside(&c->numbering, found[k]);
            for (int before = 0; before < k; before++)
                assert_int_not_equal(found[before], found[k]);
        }
        if (count > 0)
            c->by[own][found[0]]++;
        if (count > 1 && own == 0)
            c->second[found[0]][found[1]]++;
    }
}

static const struct param params[] = { PARAM_END };
static const struct model picker = {
    .name = "picker",
    .params = params,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = pick,
};

struct world {
    const double *weights;
    int several;
    int picks;    /* of each node; 0: PICKS */
    int64_t down; /* of the first nodes; then only live ones are picked */
    const struct sim_graph *graph;
    int64_t replicas; /* of 8 shards; 0: one shard on all */
};

static void ask(const struct world *world, struct config *answers)
{
    const struct sim_fault fault = {
        .kind = FAULT_CRASH,
        .of = { .kind = SELECT_RANGE, .nodes = world->down },
        .at = SIM_MILLISECOND,
    };
    struct weights *weights = weights_new(world->weights, NODES);
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, NODES);
    setup_add_model(&setup, &picker, "");
    struct config *c = setup.configs[0];

    c->several = world->several > 0 ? world->several : 1;
    c->picks = world->picks > 0 ? world->picks : PICKS;
    c->fewest = NODES;
    numbering_init(&c->numbering, NODES, draw_key(1, 0, PURPOSE_NUMBERING));
    setup.layers[0].weights = weights;
    setup.config.graph = world->graph;
    setup.config.peers = world->down > 0 ? PEERS_ALIVE : PEERS_ALL;
    setup.config.store.shards = world->replicas > 0 ? 8 : 1;
    setup.config.store.replicas = world->replicas;
    setup.config.workload.updates = 0;
    setup.config.faults = &fault;
    setup.config.fault_count = world->down > 0;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_int_equal(c->asked, NODES - world->down);
    *answers = *c;
    sim_result_clear(&result);
    setup_clear(&setup);
    weights_free(weights);
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

static bool are_linked(uint32_t a, uint32_t b)
{
    for (uint64_t k = starts[a]; k < starts[a + 1]; k++)
        if (to[k] == b)
            return true;
    return false;
}

static bool may_pick(const struct world *world, const struct config *c, uint32_t a, uint32_t b)
{
    return a != b && b >= world->down && (!world->graph || are_linked(a, b)) &&
           (world->replicas == 0 || c->is_held_with[a][b]);
}

/* Counts against shares in proportion to `weights`, as a deviate; those of weight 0 are none. */
static double deviate(const uint32_t *counts, const double *weights)
{
    uint32_t found[NODES];
    double shares[NODES], sum = 0;
    size_t count = 0;

    for (uint32_t i = 0; i < NODES; i++) {
        sum += weights[i];
        if (weights[i] > 0) {
            found[count] = counts[i];
            shares[count++] = weights[i];
        } else
            assert_int_equal(counts[i], 0);
    }
    for (size_t i = 0; i < count; i++)
        shares[i] /= sum;
    return count > 1 ? law_counts(found, shares, count) : 0;
}

static void each_is_picked_as_often_as_it_weighs(void **state)
{
    const struct world worlds[] = {
        { .weights = some },
        { .weights = some, .down = 4 },
        { .weights = some, .graph = &ring },
        { .weights = some, .graph = &ring, .down = 4 },
        { .weights = some, .replicas = 3 },
        { .weights = some, .replicas = 3, .down = 4 },
        { .weights = one },
    };

    (void)state;
    make_ring();
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        struct config c;

        ask(&worlds[i], &c);
        for (uint32_t a = (uint32_t)worlds[i].down; a < NODES; a++) {
            double weights[NODES] = { 0 }, sum = 0;

            for (uint32_t b = 0; b < NODES; b++) {
                weights[b] = may_pick(&worlds[i], &c, a, b) ? worlds[i].weights[b] : 0;
                sum += weights[b];
            }
            assert_int_equal(c.met[a], sum > 0 ? PICKS : 0);
            if (fabs(deviate(c.by[a], weights)) > LAW_Z)
                fail_msg("world %zu, node %u: %.1f standard errors", i, a,
                         deviate(c.by[a], weights));
        }
    }
}

/* However much one of them weighs, and also where all weight is down. */
static void several_are_different_ones(void **state)
{
    struct config c;

    (void)state;
    ask(&(struct world){ .weights = some, .several = 3 }, &c);
    assert_int_equal(c.fewest, 3);
    for (uint32_t first = 0; first < NODES; first++) {
        double weights[NODES];

        if (c.by[0][first] < PICKS / 8) /* too few for a chi square */
            continue;
        memcpy(weights, some, sizeof weights);
        weights[0] = weights[first] = 0;
        assert_true(fabs(deviate(c.second[first], weights)) < LAW_Z);
    }
    assert_true(c.by[0][1] >= PICKS / 8 && c.by[0][3] >= PICKS / 8);
    ask(&(struct world){ .weights = steep, .several = 3, .picks = FEW_PICKS }, &c);
    assert_int_equal(c.fewest, 3);
    ask(&(struct world){ .weights = steep, .several = 3, .picks = FEW_PICKS, .down = 1 }, &c);
    assert_int_equal(c.fewest, 3);
    ask(&(struct world){ .weights = down_alone, .several = 3, .picks = FEW_PICKS, .down = 4 }, &c);
    for (uint32_t a = 4; a < NODES; a++)
        assert_int_equal(c.met[a], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_picked_as_often_as_it_weighs),
        cmocka_unit_test(several_are_different_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
