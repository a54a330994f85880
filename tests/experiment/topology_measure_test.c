/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is measured of graphs whose figures are known; of large ones the diameter is a lower bound
 * that lattices reach, and clustering is that of a sample.
 */
#include "experiment/topology/links.h"
#include "experiment/topology/topology.h"
#include "experiment/topology/topology_measure.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct topology_measures measure(const char *name, const char *row, const char *value,
                                        uint32_t nodes)
{
    const struct topology_kind *kind = topology_kinds;
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
    char why[PARAM_WHY_MAX];
    struct topology_measures measures;
    struct sim_graph *graph;

    while (strcmp(kind->name, name) != 0)
        kind++;
    param_defaults(kind->params, params);
    if (row)
        assert_true(param_set(param_find(kind->params, row), params, value, why));
    assert_true(topology_check(kind, params, nodes, why));
    graph = topology_make(kind, params, nodes, 1);
    assert_true(topology_measure(graph, &measures));
    sim_graph_free(graph);
    return measures;
}

static void known_graphs(void **state)
{
    static const struct {
        const char *name, *row, *value;
        uint32_t nodes, least, most, diameter;
        double clustering;
    } cases[] = {
        { "line", NULL, NULL, 100, 1, 2, 99, 0 },
        { "line", NULL, NULL, 1, 0, 0, 0, 0 },
        { "ring", NULL, NULL, 101, 2, 2, 50, 0 },
        { "ring", "neighbours", "6", 100, 6, 6, 17, 0.6 },
        { "grid", NULL, NULL, 100, 2, 4, 18, 0 },
        { "grid", "wrap", "true", 100, 4, 4, 10, 0 },
        { "star", NULL, NULL, 100, 1, 99, 2, 0 },
        { "tree", NULL, NULL, 127, 1, 3, 12, 0 },
        { "erdos-renyi", "mean_degree", "99", 100, 99, 99, 1, 1 },
        /* large */
        { "line", NULL, NULL, 5000, 1, 2, 4999, 0 },
        { "ring", "neighbours", "6", 6000, 6, 6, 1000, 0.6 },
        { "tree", NULL, NULL, 8191, 1, 3, 24, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct topology_measures m =
            measure(cases[i].name, cases[i].row, cases[i].value, cases[i].nodes);

        assert_int_equal(m.nodes, cases[i].nodes);
        assert_int_equal(m.degree_min, cases[i].least);
        assert_int_equal(m.degree_max, cases[i].most);
        assert_true(fabs(m.degree_mean - 2 * (double)m.links / m.nodes) < 1e-12);
        assert_int_equal(m.diameter, cases[i].diameter);
        assert_true(fabs(m.clustering - cases[i].clustering) < 1e-9);
        assert_int_equal(m.components, 1);
        assert_true(fabs(m.largest - 1) < 1e-12);
        assert_int_equal(m.is_exact, m.nodes <= TOPOLOGY_EXACT_MAX);
    }
}

static void components_are_counted(void **state)
{
    struct links links = { 0 };
    struct topology_measures m;
    struct sim_graph *graph;

    (void)state;
    for (uint32_t i = 0; i < 6; i++) /* a ring of six, a triangle, a node alone */
        links_add(&links, i, (i + 1) % 6);
    for (uint32_t i = 0; i < 3; i++)
        links_add(&links, 6 + i, 6 + (i + 1) % 3);
    graph = links_graph(&links, 10);
    assert_true(topology_measure(graph, &m));
    assert_int_equal(m.components, 3);
    assert_true(fabs(m.largest - 0.6) < 1e-12);
    assert_int_equal(m.diameter, 3);
    assert_int_equal(m.degree_min, 0);
    assert_true(fabs(m.clustering - 0.3) < 1e-12);
    sim_graph_free(graph);
    links_clear(&links);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_graphs),
        cmocka_unit_test(components_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
