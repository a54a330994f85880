/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every topology is a simple graph with the links that its definition counts; random ones have the
 * degrees, triangles and clustering that theory has for them, to 4 standard errors, and are a
 * function of the seed alone.
 */
#include "experiment/topology/links.h"
#include "experiment/topology/topology.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct topology_kind *kind_called(const char *name)
{
    const struct topology_kind *kind = topology_kinds;

    while (strcmp(kind->name, name) != 0)
        kind++;
    return kind;
}

/* Reads "rows=3 columns=5". */
static void fill(const struct topology_kind *kind, const char *text, void *params)
{
    char copy[200], why[PARAM_WHY_MAX];

    param_defaults(kind->params, params);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');

        *value++ = 0;
        if (!param_set(param_find(kind->params, word), params, value, why))
            fail_msg("%s", why);
    }
}

static bool has_link(const struct sim_graph *graph, uint32_t a, uint32_t b)
{
    for (uint64_t k = graph->start[a]; k < graph->start[a + 1]; k++)
        if (graph->to[k] == b)
            return true;
    return false;
}

static uint32_t degree(const struct sim_graph *graph, uint32_t node)
{
    return (uint32_t)(graph->start[node + 1] - graph->start[node]);
}

/* Neighbours in ascending order, each once, not the node itself, and from both sides. */
static void check_simple(const struct sim_graph *graph)
{
    for (uint32_t i = 0; i < graph->nodes; i++)
        for (uint64_t k = graph->start[i]; k < graph->start[i + 1]; k++) {
            assert_true(graph->to[k] < graph->nodes && graph->to[k] != i);
            assert_true(k == graph->start[i] || graph->to[k - 1] < graph->to[k]);
            assert_true(has_link(graph, graph->to[k], i));
        }
}

static struct sim_graph *make(const char *name, const char *text, uint32_t nodes, uint64_t seed)
{
    const struct topology_kind *kind = kind_called(name);
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
    char why[PARAM_WHY_MAX];
    struct sim_graph *graph;

    fill(kind, text, params);
    if (!topology_check(kind, params, nodes, why))
        fail_msg("%s %s: %s", name, text, why);
    graph = topology_make(kind, params, nodes, seed);
    assert_non_null(graph);
    assert_int_equal(graph->nodes, nodes);
    check_simple(graph);
    return graph;
}

static uint64_t links_of(const struct sim_graph *graph)
{
    return graph->start[graph->nodes] / 2;
}

static void each_has_its_links(void **state)
{
    static const struct {
        const char *name, *params;
        uint32_t nodes;
        uint64_t links;
    } cases[] = {
        { "line", "", 1, 0 },
        { "line", "", 100, 99 },
        { "star", "", 100, 99 },
        { "tree", "branching=3", 100, 99 },
        { "ring", "", 3, 3 },
        { "ring", "neighbours=6", 100, 300 },
        { "grid", "rows=5 columns=20", 100, 5 * 19 + 4 * 20 },
        { "grid", "", 100, 2 * 10 * 9 }, /* the sides as near as can be */
        { "grid", "", 101, 100 },        /* a prime: a line */
        { "grid", "rows=4", 100, 4 * 24 + 3 * 25 },
        { "grid", "layers=4", 100, 4 * 2 * 5 * 4 + 3 * 25 },
        { "grid", "wrap=true", 100, 200 },
        { "grid", "wrap=true layers=4", 100, 300 },
        { "grid", "wrap=true rows=2", 100, 2 * 50 + 50 }, /* two rows are next to each other once */
        { "grid", "far_links=1", 100, 2 * 10 * 9 + 100 },
        { "random-regular", "degree=8", 100, 400 },
        { "random-regular", "degree=97", 100, 4850 },
        { "random-regular", "degree=99", 100, 4950 },
        { "random-regular", "degree=0", 5, 0 },
        { "small-world", "", 100, 300 },
        { "small-world", "rewire=1", 100, 300 },
        { "small-world", "rewire=1 degree=8", 10, 40 }, /* nearly all links there are */
        { "scale-free", "", 100, 6 + 3 * 96 },
        { "scale-free", "links=99", 100, 4950 },
        { "erdos-renyi", "", 100, 400 },
        { "erdos-renyi", "mean_degree=99", 100, 4950 },
        { "erdos-renyi", "mean_degree=80", 100, 4000 },
        { "erdos-renyi", "mean_degree=0", 100, 0 },
        { "dial", "links=99", 100, 4950 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_graph *graph = make(cases[i].name, cases[i].params, cases[i].nodes, 1);

        if (links_of(graph) != cases[i].links)
            fail_msg("%s %s: %llu links", cases[i].name, cases[i].params,
                     (unsigned long long)links_of(graph));
        sim_graph_free(graph);
    }
}

static void impossible_ones_are_refused(void **state)
{
    static const struct {
        const char *name, *params;
        int64_t nodes;
        const char *why;
    } cases[] = {
        { "ring", "neighbours=3", 100, "`neighbours` must be even" },
        { "ring", "neighbours=100", 100, "100 neighbours of each of 100 nodes; at most 99" },
        { "grid", "rows=3", 100, "no such grid has 100 nodes" },
        { "grid", "rows=10 columns=11", 100, "no such grid" },
        { "grid", "layers=3", 100, "no such grid" },
        { "grid", "columns=200", 100, "no such grid" },
        { "grid", "far_links=95", 100, "95 far links of each node among 100 nodes" },
        { "random-regular", "degree=100", 100, "a degree of 100 among 100 nodes; at most 99" },
        { "random-regular", "degree=3", 101, "101 nodes of degree 3 have an odd number of ends" },
        { "random-regular", "degree=8", 1 << 30, "would have 4.29e+09 links; at most 268435456" },
        { "small-world", "degree=5", 100, "`degree` must be even" },
        { "small-world", "degree=100", 101, "a degree of 100 among 101 nodes; at most 99" },
        { "scale-free", "links=100", 100, "100 links of each of 100 nodes; at most 99" },
        { "dial", "links=100", 100, "100 links of each of 100 nodes; at most 99" },
        { "erdos-renyi", "mean_degree=99.5", 100, "a mean degree of 99.5 among 100 nodes" },
        { "line", "", (int64_t)1 << 29, "would have 5.37e+08 links" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct topology_kind *kind = kind_called(cases[i].name);
        _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
        char why[PARAM_WHY_MAX] = "";

        fill(kind, cases[i].params, params);
        assert_false(topology_check(kind, params, cases[i].nodes, why));
        if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("%s %s: %s", cases[i].name, cases[i].params, why);
    }
}

static void neighbours_stand_where_they_should(void **state)
{
    struct sim_graph *torus = make("grid", "rows=4 columns=5 layers=3 wrap=true", 60, 1);
    struct sim_graph *tree = make("tree", "branching=3", 40, 1);

    (void)state;
    for (uint32_t i = 0; i < 60; i++)
        assert_int_equal(degree(torus, i), 6);
    assert_true(has_link(torus, 0, 4) && has_link(torus, 0, 15) && has_link(torus, 0, 40));
    assert_true(has_link(torus, 26, 27) && has_link(torus, 26, 31) && has_link(torus, 26, 46));
    assert_true(has_link(tree, 0, 3) && has_link(tree, 1, 4) && has_link(tree, 12, 39));
    sim_graph_free(torus);
    sim_graph_free(tree);
}

/* All degrees that there are among so few nodes, where switches are often in vain. */
static void regular_ones_are_regular(void **state)
{
    char text[20];

    (void)state;
    for (uint32_t nodes = 2; nodes <= 12; nodes++)
        for (uint32_t d = 0; d < nodes; d++)
            for (uint64_t seed = 1; seed <= 5 && nodes * d % 2 == 0; seed++) {
                struct sim_graph *graph;

                snprintf(text, sizeof text, "degree=%u", d);
                graph = make("random-regular", text, nodes, seed);
                for (uint32_t i = 0; i < nodes; i++)
                    assert_int_equal(degree(graph, i), d);
                sim_graph_free(graph);
            }
}

/* Three times the triangles, and pairs of links at a node. */
static void count_triples(const struct sim_graph *graph, double *closed, double *all)
{
    *closed = *all = 0;
    for (uint32_t i = 0; i < graph->nodes; i++) {
        const double d = degree(graph, i);

        *all += d * (d - 1) / 2;
        for (uint64_t k = graph->start[i]; k < graph->start[i + 1]; k++)
            for (uint64_t m = graph->start[i]; m < k; m++)
                *closed += has_link(graph, graph->to[k], graph->to[m]);
    }
}

/* A mean and its standard error. */
struct mean {
    double sum, squares, count;
};
static void note(struct mean *mean, double value)
{
    mean->sum += value;
    mean->squares += value * value;
    mean->count++;
}
static void check_mean(const struct mean *mean, double expected, double bias)
{
    const double m = mean->sum / mean->count;
    const double error = sqrt((mean->squares / mean->count - m * m) / (mean->count - 1));

    if (fabs(m - expected) > 4 * error + bias)
        fail_msg("%g +- %g instead of %g", m, error, expected);
}

/* Triangles of a random d-regular graph: Poisson of mean (d-1)^3/6 in the limit (Bollobas 1980). */
static void triangles_of_regular_ones(void **state)
{
    struct mean triangles = { 0 };
    double closed, all;

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct sim_graph *graph = make("random-regular", "degree=5", 2000, seed);

        count_triples(graph, &closed, &all);
        note(&triangles, closed / 3);
        sim_graph_free(graph);
    }
    check_mean(&triangles, 64 / 6.0, 64 / 6.0 * 5 / 2000 * 3);
}

/* C(p) = C(0) (1-p)^3 + O(1/n), with C(0) = 3 (k-2) / (4 (k-1)), C as the share of closed triples:
 * A. Barrat, M. Weigt, On the properties of small-world network models, Eur. Phys. J. B 13 (2000).
 */
static void clustering_of_small_worlds(void **state)
{
    static const char *const shares[] = { "rewire=0", "rewire=0.05", "rewire=0.1", "rewire=0.3" };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const double p = strtod(shares[i] + 7, NULL), k = 6;
        struct mean closed = { 0 };

        for (uint64_t seed = 1; seed <= 20; seed++) {
            struct sim_graph *graph = make("small-world", shares[i], 2000, seed);
            double triples, all;

            count_triples(graph, &triples, &all);
            note(&closed, triples / ((double)graph->nodes * k * (k - 1) / 2));
            sim_graph_free(graph);
        }
        check_mean(&closed, 3 * (k - 2) / (4 * (k - 1)) * pow(1 - p, 3), 3 * k / 2000 + 1e-12);
    }
}

/* How many nodes have each degree, summed over seeds. */
static void count_degrees(const char *name, uint32_t nodes, int seeds, double *counts, int most)
{
    for (int seed = 1; seed <= seeds; seed++) {
        struct sim_graph *graph = make(name, "", nodes, (uint64_t)seed);

        for (uint32_t i = 0; i < nodes; i++)
            counts[degree(graph, i) < (uint32_t)most ? (int)degree(graph, i) : most]++;
        sim_graph_free(graph);
    }
}

/* Binomial, of n-1 others at a chance of 8/(n-1). */
static void degrees_of_erdos_renyi(void **state)
{
    enum { NODES = 2000, SEEDS = 10, MOST = 16 };
    double counts[MOST + 1] = { 0 }, share = pow(1 - 8.0 / (NODES - 1), NODES - 1);

    (void)state;
    count_degrees("erdos-renyi", NODES, SEEDS, counts, MOST);
    for (int d = 0; d < MOST; d++) {
        const double expected = share * NODES * SEEDS;

        if (fabs(counts[d] - expected) > 4 * sqrt(expected) + 0.5)
            fail_msg("%g nodes of degree %d instead of %g", counts[d], d, expected);
        share *= (NODES - 1.0 - d) / (d + 1) * (8.0 / (NODES - 1)) / (1 - 8.0 / (NODES - 1));
    }
}

/* Its own links, and of the others that it did not dial each with probability 20/(n-1). */
static void degrees_of_dial(void **state)
{
    enum { NODES = 2000, SEEDS = 10, EACH = 20, MOST = 60 };
    double counts[MOST + 1] = { 0 };
    const double chance = (double)EACH / (NODES - 1);
    double share = pow(1 - chance, NODES - 1 - EACH);

    (void)state;
    count_degrees("dial", NODES, SEEDS, counts, MOST);
    for (int d = 0; d < EACH; d++)
        assert_true(counts[d] == 0);
    for (int d = EACH; d < MOST; d++) {
        const double expected = share * NODES * SEEDS;
        const int from = d - EACH;

        if (fabs(counts[d] - expected) > 4 * sqrt(expected) + 0.5)
            fail_msg("%g nodes of degree %d instead of %g", counts[d], d, expected);
        share *= (NODES - 1.0 - EACH - from) / (from + 1) * chance / (1 - chance);
    }
}

/* 2 m (m+1) / (k (k+1) (k+2)) of the nodes have degree k: a tail of exponent 3. */
static void degrees_of_scale_free(void **state)
{
    enum { NODES = 5000, SEEDS = 10, MOST = 12, M = 3 };
    double counts[MOST + 1] = { 0 }, rest = (double)NODES * SEEDS;

    (void)state;
    count_degrees("scale-free", NODES, SEEDS, counts, MOST);
    for (int k = 0; k < M; k++)
        assert_true(counts[k] < 0.5);
    for (int k = M; k < MOST; k++) {
        const double share = 2.0 * M * (M + 1) / (k * (k + 1.0) * (k + 2.0));
        const double expected = share * NODES * SEEDS;

        if (fabs(counts[k] - expected) > 4 * sqrt(expected) + 0.002 * expected)
            fail_msg("%g nodes of degree %d instead of %g", counts[k], k, expected);
        rest -= counts[k];
    }
    assert_true(fabs(counts[MOST] - rest) < 0.5);
    /* the tail: m (m+1) / (k (k+1)) have k or more */
    const double tail = (double)M * (M + 1) / (MOST * (MOST + 1.0)) * NODES * SEEDS;

    assert_true(fabs(rest - tail) < 4 * sqrt(tail) + 0.02 * tail);
}

/* FNV-1a over all neighbours. */
static uint64_t digest(const struct sim_graph *graph)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (uint64_t k = 0; k < graph->start[graph->nodes]; k++)
        hash = (hash ^ graph->to[k]) * UINT64_C(0x100000001b3);
    return hash;
}

/* By a key of the test's own, which no other purpose of draws can move. */
static uint64_t digest_by_key(const char *name, const char *text)
{
    const struct topology_kind *kind = kind_called(name);
    _Alignas(max_align_t) char params[TOPOLOGY_PARAMS_MAX];
    struct links links = { 0 };
    struct sim_graph *graph;
    uint64_t hash;

    fill(kind, text, params);
    assert_true(kind->draw(params, 200, UINT64_C(0x9b7d2f5e8c4a6d31), &links));
    graph = links_graph(&links, 200);
    hash = digest(graph);
    sim_graph_free(graph);
    links_clear(&links);
    return hash;
}

static void the_seed_alone_decides(void **state)
{
    static const struct {
        const char *name, *params;
        uint64_t digest; /* recorded: another one moves results of users */
    } cases[] = {
        { "random-regular", "", UINT64_C(0x7aa34228473d3a49) },
        { "small-world", "", UINT64_C(0xa6ba448f1f6a3166) },
        { "scale-free", "", UINT64_C(0x8492c30d60bf423) },
        { "erdos-renyi", "", UINT64_C(0xf871d24be3bee3a2) },
        { "dial", "", UINT64_C(0xa016ef25bbb035c3) },
        { "grid", "far_links=1", UINT64_C(0xa76d89042702943d) },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_graph *one = make(cases[i].name, cases[i].params, 200, 1);
        struct sim_graph *again = make(cases[i].name, cases[i].params, 200, 1);
        struct sim_graph *other = make(cases[i].name, cases[i].params, 200, 2);
        const uint64_t by_key = digest_by_key(cases[i].name, cases[i].params);

        assert_true(digest(one) == digest(again));
        assert_false(digest(one) == digest(other));
        if (by_key != cases[i].digest)
            fail_msg("%s: 0x%llx", cases[i].name, (unsigned long long)by_key);
        sim_graph_free(one);
        sim_graph_free(again);
        sim_graph_free(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_links),
        cmocka_unit_test(impossible_ones_are_refused),
        cmocka_unit_test(neighbours_stand_where_they_should),
        cmocka_unit_test(regular_ones_are_regular),
        cmocka_unit_test(triangles_of_regular_ones),
        cmocka_unit_test(clustering_of_small_worlds),
        cmocka_unit_test(degrees_of_erdos_renyi),
        cmocka_unit_test(degrees_of_dial),
        cmocka_unit_test(degrees_of_scale_free),
        cmocka_unit_test(the_seed_alone_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
