/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GossipSub: a mesh that both ends agree on, of as many peers as it should have; as many copies as
 * its links say; and the figures that vyzo's simulator published.
 */
#include "tests/models/harness.h"
#include "tests/theory/graphs.h"

#include "sim/observe.h"
#include "sim/value/distribution.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES_MAX = 200 };
enum { MESSAGE, IHAVE, IWANT, IDONTWANT, GRAFT, PRUNE, SUBSCRIBE }; /* its table of messages */

/* Who has whom in its mesh, as its own messages and those that it hears say. */
struct meshes {
    bool has[NODES_MAX][NODES_MAX];
};

static void see(void *context, const struct sight *sight)
{
    struct meshes *meshes = context;
    const bool is_sent = sight->what == SEEN_SENT;
    const node_id self = is_sent ? sight->node : sight->peer;
    const node_id other = is_sent ? sight->peer : sight->node;

    if (sight->kind == GRAFT)
        meshes->has[self][other] = true;
    else if (sight->kind == PRUNE)
        meshes->has[self][other] = false;
    else if (sight->kind == SUBSCRIBE)
        meshes->has[self][other] = false;
}

static uint32_t degree(const struct meshes *meshes, uint32_t node, uint32_t nodes)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < nodes; i++)
        count += meshes->has[node][i];
    return count;
}

static void meshes_are_symmetric_and_of_the_right_size(void **state)
{
    static const struct {
        const char *params;
        uint32_t low, high, beats; /* a narrow band takes longer */
    } cases[] = { { "", 5, 12, 2 },
                  { "preset=spec-1.0", 4, 12, 2 },
                  { "preset=eth2 heartbeat=1s", 6, 12, 2 },
                  { "d=4 d_low=3 d_high=5 d_out=1", 3, 5, 10 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_graph *graph = graph_make("dial", "links", "20", 100, i + 1);
        struct meshes meshes = { 0 };
        const struct sim_observer observer = { SEEN_SENT | SEEN_ARRIVED, see, &meshes };
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, graph->nodes);
        assert_true(setup_add(&setup, "gossipsub", cases[i].params));
        setup.config.graph = graph;
        setup.config.observer = &observer;
        setup.config.stop.when = STOP_NEVER;
        /* each node has had its last beat 20 ms ago or earlier: what it set going is over */
        setup.config.stop.at = cases[i].beats * SIM_SECOND + 20 * SIM_MILLISECOND;
        sim_run(&setup.config, &r);
        for (uint32_t a = 0; a < graph->nodes; a++) {
            for (uint32_t b = 0; b < a; b++)
                assert_int_equal(meshes.has[a][b], meshes.has[b][a]);
            assert_in_range(degree(&meshes, a, graph->nodes), cases[i].low, cases[i].high);
        }
        sim_result_clear(&r);
        setup_clear(&setup);
        sim_graph_free(graph);
    }
}

/* ---- the figures of vyzo's simulator ---- */

enum { RUNS = 40, UPDATES = 10 };

/* Of a run: deliveries within 100 ms, 200 ms, 300 ms, and what was sent. */
enum { IN_100, IN_200, IN_300, COPIES, IHAVES, IWANTS, GRAFTS, PRUNES, FIGURES };

/* The published ones, of one run; 0: not compared. */
struct published {
    const char *params;
    double figures[FIGURES];
};

static void note_delivery(void *context, const struct sight *sight)
{
    double *figures = context;
    const sim_time after = sight->at % SIM_SECOND; /* updates are written on the second */

    if (sight->peer != OBSERVE_NOBODY && after < 300 * SIM_MILLISECOND)
        figures[after / (100 * SIM_MILLISECOND)]++;
}

static void setup_simsub(struct setup *setup, const char *params, const struct sim_graph *graph)
{
    const struct distribution_spec latency = { .kind = DISTRIBUTION_UNIFORM,
                                               .a = 10.0 * SIM_MILLISECOND,
                                               .b = 150.0 * SIM_MILLISECOND };

    setup_init(setup, graph->nodes);
    assert_true(setup_add(setup, "gossipsub", params));
    distribution_free(setup->latency);
    setup->config.network.latency = setup->latency = distribution_new(&latency);
    setup->config.network.jitter = 0.1;
    setup->config.graph = graph;
    setup->config.workload.updates = setup->config.workload.keys = UPDATES;
    setup->config.workload.arrival = ARRIVAL_EVERY;
    setup->config.workload.at = 5 * SIM_SECOND;
    setup->config.workload.every = SIM_SECOND;
    setup->config.workload.origin = ORIGIN_RANGE;
    setup->config.workload.origin_nodes = 5;
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = 30 * SIM_SECOND;
}

static void run_simsub(const char *params, uint32_t replication, double figures[FIGURES])
{
    struct sim_graph *graph = graph_make("dial", "links", "20", 100, replication + 1);
    const struct sim_observer observer = { SEEN_LEARNED, note_delivery, figures };
    struct setup setup;
    struct sim_result r;

    setup_simsub(&setup, params, graph);
    setup.config.observer = &observer;
    setup.config.replication = replication;
    sim_run(&setup.config, &r);
    figures[COPIES] = metric(&r, "m") * UPDATES * graph->nodes;
    figures[IHAVES] = metric(&r, "gossipsub.ihaves");
    figures[IWANTS] = metric(&r, "gossipsub.iwants");
    figures[GRAFTS] = metric(&r, "gossipsub.grafts");
    figures[PRUNES] = metric(&r, "gossipsub.prunes");
    sim_result_clear(&r);
    setup_clear(&setup);
    sim_graph_free(graph);
}

/* What one run gave could be one of ours: within 4 standard deviations of a run. */
static void the_published_run_is_like_ours(void **state)
{
    static const struct published published[] = {
        { "preset=simsub", { 156, 722, 112, 6280, 7212, 44, 372, 7 } },
        { "preset=simsub flood_publish=true", { 527, 463, 0, 6738, 0, 0, 0, 0 } },
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        double sum[FIGURES] = { 0 }, squares[FIGURES] = { 0 };

        for (uint32_t run = 0; run < RUNS; run++) {
            double figures[FIGURES] = { 0 };

            run_simsub(published[i].params, run, figures);
            for (int f = 0; f < FIGURES; f++) {
                sum[f] += figures[f];
                squares[f] += figures[f] * figures[f];
            }
        }
        for (int f = 0; f < FIGURES; f++) {
            const double mean = sum[f] / RUNS, wanted = published[i].figures[f];
            const double sd = sqrt((squares[f] - RUNS * mean * mean) / (RUNS - 1));

            if (wanted > 0 && fabs(wanted - mean) > 4 * sd)
                fail_msg("%s: figure %d: %g published, %g +- %g", published[i].params, f, wanted,
                         mean, sd);
        }
    }
}

/* ---- copies ---- */

/* Copies after the first, a node and message: a link of the mesh brings one to either end or to
 * both, but for the n - 1 that were the first. */
static void copies_are_as_many_as_the_links_of_the_mesh_say(void **state)
{
    static const char *const cases[] = { "d_lazy=0 gossip_factor=0",
                                         "preset=eth2 d_lazy=0 gossip_factor=0",
                                         "d=4 d_low=3 d_high=6 d_out=1 d_lazy=0 gossip_factor=0" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sim_graph *graph = graph_make("dial", "links", "20", 100, i + 1);
        struct setup setup;
        const double all = (double)graph->nodes * UPDATES;
        struct sim_result r;
        double d, copies;

        setup_simsub(&setup, cases[i], graph);
        sim_run(&setup.config, &r);
        d = metric(&r, "gossipsub.mesh");
        copies = metric(&r, "m") * all;
        assert_true(metric(&r, "residue") == 0);
        /* payloads: n d / 2 links carry one or two copies, that to the first sender none */
        assert_true(copies >= d / 2 * all - 0.5);
        assert_true(copies <=
                    d * all - (all - UPDATES) + 0.5); /* whole numbers, but for rounding */
        assert_true(metric(&r, "gossipsub.duplicates") == round(copies) - (all - UPDATES));
        sim_result_clear(&r);
        setup_clear(&setup);
        sim_graph_free(graph);
    }
}

/* With a copy sent while another is on the way nothing can be spared; over slow uplinks much can.
 */
static void idontwant_spares_copies(void **state)
{
    double spared[2], m[2];

    (void)state;
    for (int with = 0; with < 2; with++) {
        struct sim_graph *graph = graph_make("dial", "links", "20", 100, 1);
        struct setup setup;
        struct sim_result r;

        setup_simsub(&setup, with ? "idontwant=true" : "", graph);
        setup.config.workload.size_bytes = 100 * 1000;
        setup.config.network.bandwidth = 50 * 1000 * 1000;
        setup.config.network.queue_bytes = -1;
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "residue") == 0);
        spared[with] = metric(&r, "gossipsub.spared");
        m[with] = metric(&r, "m");
        sim_result_clear(&r);
        setup_clear(&setup);
        sim_graph_free(graph);
    }
    assert_true(spared[0] == 0 && spared[1] > 0);
    assert_true(m[1] < m[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meshes_are_symmetric_and_of_the_right_size),
        cmocka_unit_test(the_published_run_is_like_ours),
        cmocka_unit_test(copies_are_as_many_as_the_links_of_the_mesh_say),
        cmocka_unit_test(idontwant_spares_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
