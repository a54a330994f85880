/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is found of the graph of views is what igraph and plain counting find: of random views,
 * sparse ones in several components, full ones and empty ones, with nodes down and without; and the
 * bins of in-degrees hold all live nodes.
 */
#include "experiment/topology/overlay_measure.h"
#include "experiment/topology/topology_measure.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 150 };

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* Views that never change: who is in whose. */
static bool has[NODES][NODES];

struct config {
    sim_time interval;
};
static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "nothing"),
    PARAM_END,
};

static uint32_t count(struct node *n)
{
    uint32_t found = 0;

    for (node_id i = 0; i < NODES; i++)
        found += has[node_self(n)][i];
    return found;
}

static node_id at(struct node *n, uint32_t index)
{
    node_id i = 0;

    for (;; i++)
        if (has[node_self(n)][i] && index-- == 0)
            return i;
}

static const struct model fixed = {
    .name = "fixed",
    .params = params,
    .messages = (const struct message_kind[]){ { .name = NULL } },
    .config_size = sizeof(struct config),
    .view_count = count,
    .view_at = at,
};

/* ---- the same, plainly ---- */

static bool is_up[NODES];

static bool note_up(struct sim_views *views, struct sim_overlay *row)
{
    for (node_id i = 0; i < NODES; i++)
        is_up[i] = sim_views_is_up(views, i);
    return overlay_measure(views, row);
}

static bool is_linked(node_id a, node_id b)
{
    return is_up[a] && is_up[b] && (has[a][b] || has[b][a]);
}

static double mean_path(void)
{
    static uint32_t hops[NODES][NODES];
    double sum = 0, pairs = 0;

    for (node_id a = 0; a < NODES; a++)
        for (node_id b = 0; b < NODES; b++)
            hops[a][b] = is_linked(a, b) ? 1 : NODES;
    for (node_id k = 0; k < NODES; k++)
        for (node_id a = 0; a < NODES; a++)
            for (node_id b = 0; b < NODES; b++)
                if (hops[a][k] + hops[k][b] < hops[a][b])
                    hops[a][b] = hops[a][k] + hops[k][b];
    for (node_id a = 0; a < NODES; a++)
        for (node_id b = 0; b < NODES; b++)
            if (a != b && hops[a][b] < NODES) {
                sum += hops[a][b];
                pairs++;
            }
    return sum / pairs; /* NAN without any */
}

/* Of the live nodes, by igraph. */
static struct topology_measures ask_igraph(uint32_t live)
{
    static uint64_t start[NODES + 1];
    static uint32_t to[NODES * NODES], number[NODES];
    struct sim_graph graph = { .nodes = live, .start = start, .to = to };
    struct topology_measures m;
    uint32_t next = 0, node = 0;

    for (node_id a = 0; a < NODES; a++)
        if (is_up[a])
            number[a] = next++;
    next = 0;
    for (node_id a = 0; a < NODES; a++) {
        if (!is_up[a])
            continue;
        for (node_id b = 0; b < NODES; b++)
            if (is_linked(a, b))
                to[next++] = number[b];
        start[++node] = next;
    }
    assert_true(topology_measure(&graph, &m));
    return m;
}

static void check_degrees(const struct sim_overlay *row, uint32_t live)
{
    double entries = 0, dead = 0, squares = 0;
    uint32_t in[NODES] = { 0 }, binned = 0;

    for (node_id a = 0; a < NODES; a++)
        for (node_id b = 0; b < NODES && is_up[a]; b++) {
            entries += has[a][b];
            dead += has[a][b] && !is_up[b];
            in[b] += has[a][b];
        }
    for (node_id a = 0; a < NODES; a++) {
        const double off = in[a] - (entries - dead) / live;

        squares += is_up[a] ? off * off : 0;
    }
    assert_near(row->out_degree_mean, entries / live);
    assert_near(row->in_degree_mean, (entries - dead) / live);
    assert_near(row->in_degree_sd, sqrt(squares / live));
    if (entries > 0)
        assert_near(row->dead_share, dead / entries);
    for (int i = 0; i < OVERLAY_BINS; i++)
        binned += row->bins[i];
    assert_int_equal(binned, live);
    assert_int_equal(row->bin_first, row->in_degree_min);
}

static void check(double share, double down)
{
    const uint64_t key = draw_key(1, (uint32_t)(1000 * share), PURPOSE_MODEL);
    const struct sim_fault crash = { .of = { .kind = SELECT_SHARE, .share = down } };
    struct topology_measures m;
    struct setup setup;
    struct sim_result r;

    for (node_id a = 0; a < NODES; a++)
        for (node_id b = 0; b < NODES; b++)
            has[a][b] = a != b && (double)(draw(key, a, b) >> 11) * 0x1p-53 < share;
    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &fixed, ""));
    setup.config.peers = PEERS_VIEW;
    setup.config.workload.updates = 0;
    setup.config.overlay = note_up;
    setup.config.overlay_every = SIM_SECOND;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 2 * SIM_SECOND;
    setup.config.faults = &crash;
    setup.config.fault_count = down > 0;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_int_equal(r.overlay_count, 3);
    check_degrees(&r.overlay[2], (uint32_t)lround(NODES * (1 - down)));
    m = ask_igraph((uint32_t)lround(NODES * (1 - down)));
    assert_near(r.overlay[2].clustering, m.clustering);
    assert_int_equal(r.overlay[2].components, m.components);
    assert_near(r.overlay[2].largest, m.largest);
    if (isnan(mean_path()))
        assert_true(isnan(r.overlay[2].path_length));
    else
        assert_near(r.overlay[2].path_length, mean_path());
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void all_is_as_others_find_it(void **state)
{
    static const double shares[] = { 0, 0.004, 0.01, 0.05, 0.5, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        check(shares[i], 0);
        check(shares[i], 0.4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_is_as_others_find_it) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
