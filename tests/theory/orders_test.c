/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a rumor takes on a topology, against the number of nodes.
 *
 * Where nodes call at the ticks of Poisson clocks, one a second, and messages take no time, a link
 * between a node that knows and one that does not carries the rumor at the rate at which either
 * calls the other, 1/degree + 1/degree.  On a ring, a line, a star and where all know all the time
 * until the last one knows is then a sum, or a largest, of exponential times, and its mean is known
 * exactly: n/2 seconds on a ring, log n where all know all.  On other topologies the order is
 * known: the root of n on grid and torus, log n on a grid with a far link a node and on random
 * graphs.
 */
#include "tests/models/harness.h"
#include "tests/theory/graphs.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZES = 4, SAMPLES_MAX = 400 };

struct sample {
    double mean, error; /* of the time until all know, s */
};

/* So many runs on graphs of their own; graph "complete": none. */
static struct sample spread(const char *topology, const char *row, const char *value,
                            uint32_t nodes, uint32_t runs)
{
    double sum = 0, squares = 0;

    for (uint32_t i = 0; i < runs; i++) {
        struct sim_graph *graph = NULL;
        const struct distribution_spec at_once = { .kind = DISTRIBUTION_CONSTANT, .a = 1 };
        struct setup setup;
        struct sim_result r;

        if (strcmp(topology, "complete") != 0)
            graph = graph_make(topology, row, value, nodes, i + 1);
        setup_init(&setup, nodes);
        assert_true(
            setup_add(&setup, "rumor-mongering", "mode=push-pull stop=never clock=poisson"));
        distribution_free(setup.latency);
        setup.latency = distribution_new(&at_once);
        setup.config.network.latency = setup.latency;
        setup.config.graph = graph;
        setup.config.replication = i;
        setup.config.stop.at = 1000000 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        sum += metric(&r, "t_all");
        squares += metric(&r, "t_all") * metric(&r, "t_all");
        sim_result_clear(&r);
        setup_clear(&setup);
        sim_graph_free(graph);
    }
    const double mean = sum / runs;

    return (struct sample){ mean, sqrt((squares / runs - mean * mean) / (runs - 1)) };
}

/* ---- exact means ---- */

static double harmonic(uint32_t n)
{
    double sum = 0;

    for (uint32_t i = 1; i <= n; i++)
        sum += 1.0 / i;
    return sum;
}

/* Two ends run round it, until they meet. */
static double mean_on_ring(uint32_t nodes)
{
    return (nodes - 1) / 2.0;
}

/* k nodes that know and n - k that do not: 2 k (n - k) / (n - 1) a second. */
static double mean_on_complete(uint32_t nodes)
{
    return (nodes - 1) * harmonic(nodes - 1) / nodes;
}

/* To the middle, and from there to each leaf by itself, 1 + 1 / (n - 1) a second. */
static double mean_on_star(uint32_t nodes)
{
    const double rate = 1 + 1.0 / (nodes - 1);

    return ((nodes - 1) * (1 + harmonic(nodes - 2)) + harmonic(nodes - 1)) / nodes / rate;
}

/* Links to go on a side: the last one leads to a node of one neighbour. */
static double rate_of(uint32_t left)
{
    return left == 0 ? 0 : left == 1 ? 1.5 : 1;
}

/* From `i` links to go on one side and `j` on the other, over all beginnings. */
static double mean_on_line(uint32_t nodes)
{
    double *to_go = calloc((size_t)nodes * nodes, sizeof *to_go), sum = 0;

    for (uint32_t i = 0; i < nodes; i++)
        for (uint32_t j = 0; j + i < nodes; j++) {
            const double a = rate_of(i), b = rate_of(j);

            if (i + j > 0)
                to_go[i * nodes + j] = (1 + (i > 0 ? a * to_go[(i - 1) * nodes + j] : 0) +
                                        (j > 0 ? b * to_go[i * nodes + j - 1] : 0)) /
                                       (a + b);
            if (i + j == nodes - 1)
                sum += to_go[i * nodes + j];
        }
    free(to_go);
    return sum / nodes;
}

static void times_are_those_of_exponential_steps(void **state)
{
    static const struct {
        const char *topology;
        double (*mean)(uint32_t nodes);
        uint32_t runs;
    } laws[] = {
        { "ring", mean_on_ring, 100 },
        { "line", mean_on_line, 100 },
        { "star", mean_on_star, 400 },
        { "complete", mean_on_complete, 400 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        for (uint32_t nodes = 10; nodes <= 160; nodes *= 4) {
            const struct sample s = spread(laws[i].topology, NULL, NULL, nodes, laws[i].runs);

            if (fabs(s.mean - laws[i].mean(nodes)) > 4 * s.error)
                fail_msg("%s of %u: %g +- %g s instead of %g", laws[i].topology, nodes, s.mean,
                         s.error, laws[i].mean(nodes));
        }
}

/* ---- orders ---- */

struct growth {
    double power, error; /* time goes with this power of the nodes */
    double bend;         /* by how much more the last fourfold adds than the one before, s, */
    double bend_error;   /* and its standard error */
};

static struct growth growth_on(const char *topology, const char *row, const char *value)
{
    double x[SIZES], y[SIZES], weight[SIZES], c0, c1, cov00, cov01, cov11, chi;
    struct sample s[SIZES];
    uint32_t nodes = 16;

    for (int i = 0; i < SIZES; i++, nodes *= 4) {
        s[i] = spread(topology, row, value, nodes, 16);
        x[i] = log(nodes);
        y[i] = log(s[i].mean);
        weight[i] = s[i].mean * s[i].mean / (s[i].error * s[i].error);
    }
    gsl_fit_wlinear(x, 1, weight, 1, y, 1, SIZES, &c0, &c1, &cov00, &cov01, &cov11, &chi);
    return (struct growth){
        .power = c1,
        .error = sqrt(cov11),
        .bend = s[3].mean - 2 * s[2].mean + s[1].mean,
        .bend_error =
            sqrt(s[3].error * s[3].error + 4 * s[2].error * s[2].error + s[1].error * s[1].error),
    };
}

static void times_grow_by_the_known_orders(void **state)
{
    static const struct {
        const char *topology, *row, *value;
        double power; /* 0: the logarithm */
    } orders[] = {
        { "line", NULL, NULL, 1 },       { "ring", NULL, NULL, 1 },
        { "grid", NULL, NULL, 0.5 },     { "grid", "wrap", "true", 0.5 },
        { "grid", "far_links", "1", 0 }, { "random-regular", "degree", "4", 0 },
        { "complete", NULL, NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const struct growth g = growth_on(orders[i].topology, orders[i].row, orders[i].value);
        const bool is_logarithm = orders[i].power == 0;

        print_message("%s %s: power %.3f +- %.3f, bend %.2f +- %.2f\n", orders[i].topology,
                      orders[i].row ? orders[i].row : "", g.power, g.error, g.bend, g.bend_error);
        if (is_logarithm ? fabs(g.bend) > 4 * g.bend_error || g.power > 0.35
                         : fabs(g.power - orders[i].power) > 4 * g.error + 0.05)
            fail_msg("%s: power %g +- %g, bend %g +- %g s", orders[i].topology, g.power, g.error,
                     g.bend, g.bend_error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_those_of_exponential_steps),
        cmocka_unit_test(times_grow_by_the_known_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
