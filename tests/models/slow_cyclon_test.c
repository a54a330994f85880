/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_cyclon_test.c - cyclon and a slow program of our own agree in distribution: in how
 * in-degrees spread, in clustering, and in the share of dead entries after a part of the nodes has
 * crashed.
 *
 * The program below was written from the paper, and docs/models.md where that adds to it, with
 * arrays and exchanges that take no time; it shares no code with what it is compared with.  Each
 * runs each configuration RUNS times, with its own random numbers.  At each moment the means must
 * be as close as Welch's t allows; the chance that any comparison fails where both mean the same is
 * at most FAMILY.
 */
#include "experiment/topology/overlay_measure.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

enum { RUNS = 60, NODES_MAX = 100, VIEW_MAX = 20, CYCLES = 40, EVERY = 10 };
#define FAMILY 1e-3

enum figure { IN_DEGREE_SD, CLUSTERING, DEAD_SHARE, ENTRIES, FIGURES };
enum { MOMENTS = CYCLES / EVERY, COMPARISONS = 4 * MOMENTS * FIGURES };

struct trial {
    int nodes, view, shuffle;
    int crash; /* so many nodes, after CYCLES / 2 */
};
static const struct trial trials[] = {
    { 100, 8, 4, 0 },
    { 100, 8, 4, 50 },
    { 60, 12, 12, 20 },
    { 30, 20, 5, 10 }, /* views of most of the others */
};

struct outcome {
    double of[MOMENTS][FIGURES];
};

/* ---- the slow program ---- */

struct neighbour {
    int id, age;
};
static struct neighbour cache[NODES_MAX][VIEW_MAX];
static int size[NODES_MAX];
static bool is_dead[NODES_MAX];
static uint64_t seed;

/* Knuth's MMIX generator. */
static double chance(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

static int below(int limit)
{
    return (int)(chance() * limit);
}

static bool contains(int node, int id)
{
    for (int i = 0; i < size[node]; i++)
        if (cache[node][i].id == id)
            return true;
    return false;
}

/* Moves `wanted` random neighbours to the front; how many there are. */
static int take(int node, int wanted)
{
    if (wanted > size[node])
        wanted = size[node];
    for (int i = 0; i < wanted; i++) {
        const int other = i + below(size[node] - i);
        const struct neighbour neighbour = cache[node][other];

        cache[node][other] = cache[node][i];
        cache[node][i] = neighbour;
    }
    return wanted;
}

static void merge(const struct trial *t, int node, const struct neighbour *got, int count,
                  const struct neighbour *sent, int sent_count)
{
    bool is_known[VIEW_MAX + 1];
    int next = 0;

    for (int i = 0; i < count; i++)
        is_known[i] = got[i].id == node || contains(node, got[i].id);
    for (int i = 0; i < count; i++) {
        if (is_known[i])
            continue;
        if (size[node] < t->view) {
            cache[node][size[node]++] = got[i];
            continue;
        }
        for (; next < sent_count; next++) { /* one of those that were sent goes */
            int k = 0;

            while (k < size[node] && cache[node][k].id != sent[next].id)
                k++;
            if (k < size[node]) {
                cache[node][k] = got[i];
                next++;
                break;
            }
        }
    }
}

static void exchange(const struct trial *t, int p)
{
    struct neighbour offer[VIEW_MAX], reply[VIEW_MAX];
    int oldest = 0, offered, replied, q;

    if (size[p] == 0)
        return;
    for (int i = 0; i < size[p]; i++)
        cache[p][i].age++;
    oldest = below(size[p]); /* any of the oldest */
    for (int i = 0; i < size[p]; i++)
        if (cache[p][i].age > cache[p][oldest].age)
            oldest = i;
    q = cache[p][oldest].id;
    cache[p][oldest] = cache[p][--size[p]];
    offered = take(p, t->shuffle - 1);
    memcpy(offer, cache[p], sizeof offer);
    offer[offered] = (struct neighbour){ .id = p };
    if (is_dead[q])
        return;
    replied = take(q, t->shuffle);
    memcpy(reply, cache[q], sizeof reply);
    merge(t, q, offer, offered + 1, reply, replied);
    merge(t, p, reply, replied, offer, offered);
    if (size[p] < t->view && !contains(p, q))
        cache[p][size[p]++] = (struct neighbour){ .id = q };
}

static bool is_linked(int a, int b)
{
    return contains(a, b) || contains(b, a);
}

static double clustering_of(const struct trial *t, int node)
{
    int near[NODES_MAX], count = 0, linked = 0;

    for (int i = 0; i < t->nodes; i++)
        if (i != node && !is_dead[i] && is_linked(node, i))
            near[count++] = i;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < i; k++)
            linked += is_linked(near[i], near[k]);
    return count < 2 ? 0 : 2. * linked / count / (count - 1);
}

static void look(const struct trial *t, double *figures)
{
    double live = 0, in[NODES_MAX] = { 0 }, entries = 0, dead = 0;

    for (int i = 0; i < FIGURES; i++)
        figures[i] = 0;
    for (int i = 0; i < t->nodes; i++) {
        live += !is_dead[i];
        for (int k = 0; k < size[i] && !is_dead[i]; k++) {
            entries++;
            dead += is_dead[cache[i][k].id];
            in[cache[i][k].id]++;
        }
    }
    for (int i = 0; i < t->nodes; i++)
        if (!is_dead[i]) {
            const double off = in[i] - (entries - dead) / live;

            figures[IN_DEGREE_SD] += off * off / live;
            figures[CLUSTERING] += clustering_of(t, i) / live;
        }
    figures[IN_DEGREE_SD] = sqrt(figures[IN_DEGREE_SD]);
    figures[DEAD_SHARE] = dead / entries;
    figures[ENTRIES] = entries / live;
}

static void begin(const struct trial *t, double *phases)
{
    for (int i = 0; i < t->nodes; i++) {
        is_dead[i] = false;
        size[i] = 0;
        phases[i] = chance();
        while (size[i] < t->view) {
            const int id = below(t->nodes);

            if (id != i && !contains(i, id))
                cache[i][size[i]++] = (struct neighbour){ .id = id };
        }
    }
}

static void run_slow(const struct trial *t, struct outcome *outcome)
{
    double phases[NODES_MAX];

    begin(t, phases);
    for (int cycle = 0; cycle < CYCLES; cycle++) {
        double last = -1;

        if (cycle == CYCLES / 2)
            for (int left = t->crash; left > 0;) {
                const int node = below(t->nodes);

                left -= !is_dead[node];
                is_dead[node] = true;
            }
        for (int turn = 0; turn < t->nodes; turn++) { /* in the order of their phases */
            int next = -1;

            for (int i = 0; i < t->nodes; i++)
                if (phases[i] > last && (next < 0 || phases[i] < phases[next]))
                    next = i;
            last = phases[next];
            if (!is_dead[next])
                exchange(t, next);
        }
        if ((cycle + 1) % EVERY == 0)
            look(t, outcome->of[(cycle + 1) / EVERY - 1]);
    }
}

/* ---- the product ---- */

static void run_product(const struct trial *t, uint32_t replication, struct outcome *outcome)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = t->crash },
                                     .at = CYCLES / 2 * SIM_SECOND + 1 }; /* after the look */
    const struct distribution_spec at_once = { .kind = DISTRIBUTION_CONSTANT, .a = 1 };
    struct distribution *latency = distribution_new(&at_once);
    struct setup setup;
    struct sim_result r;
    char parameters[64];

    snprintf(parameters, sizeof parameters, "view=%d shuffle=%d", t->view, t->shuffle);
    setup_init(&setup, t->nodes);
    assert_true(setup_add(&setup, "cyclon", parameters));
    setup.config.network.latency = latency;
    setup.config.replication = replication;
    setup.config.peers = PEERS_VIEW;
    setup.config.workload.updates = 0;
    setup.config.overlay = overlay_measure;
    setup.config.overlay_every = EVERY * SIM_SECOND;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = CYCLES * SIM_SECOND;
    setup.config.faults = &crash;
    setup.config.fault_count = t->crash > 0;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_int_equal(r.overlay_count, MOMENTS + 1);
    for (int i = 0; i < MOMENTS; i++) {
        const struct sim_overlay *row = &r.overlay[i + 1];

        outcome->of[i][IN_DEGREE_SD] = row->in_degree_sd;
        outcome->of[i][CLUSTERING] = row->clustering;
        outcome->of[i][DEAD_SHARE] = row->dead_share;
        outcome->of[i][ENTRIES] = row->out_degree_mean;
    }
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(latency);
}

/* ---- both ---- */

struct sums {
    double sum, squares;
};

static void add(struct sums *sums, double value)
{
    sums->sum += value;
    sums->squares += value * value;
}

/* Welch's: the probability of means as far apart; 1 where both are without spread and equal. */
static double chance_of(const struct sums *a, const struct sums *b)
{
    const double mean_a = a->sum / RUNS, mean_b = b->sum / RUNS;
    const double v = fmax(a->squares / RUNS - mean_a * mean_a, 0) / (RUNS - 1);
    const double w = fmax(b->squares / RUNS - mean_b * mean_b, 0) / (RUNS - 1);

    if (fabs(mean_a - mean_b) < 1e-9)
        return 1;
    if (v + w < 1e-20)
        return 0;
    return 2 * gsl_cdf_tdist_Q(fabs(mean_a - mean_b) / sqrt(v + w),
                               (v + w) * (v + w) * (RUNS - 1) / (v * v + w * w));
}

static void cyclon_and_a_slow_program_agree(void **state)
{
    int off = 0;

    (void)state;
    seed = 20051;
    for (size_t k = 0; k < sizeof trials / sizeof *trials; k++) {
        struct sums sums[2][MOMENTS][FIGURES] = { 0 };

        for (uint32_t run = 0; run < RUNS; run++) {
            struct outcome of[2];

            run_product(&trials[k], run, &of[0]);
            run_slow(&trials[k], &of[1]);
            for (int i = 0; i < 2 * MOMENTS * FIGURES; i++)
                add(&sums[i % 2][i / 2 % MOMENTS][i / 2 / MOMENTS],
                    of[i % 2].of[i / 2 % MOMENTS][i / 2 / MOMENTS]);
        }
        for (int m = 0; m < MOMENTS; m++)
            for (int f = 0; f < FIGURES; f++)
                if (chance_of(&sums[0][m][f], &sums[1][m][f]) < FAMILY / COMPARISONS) {
                    print_message("trial %zu, moment %d, figure %d: %g, slow %g\n", k, m, f,
                                  sums[0][m][f].sum / RUNS, sums[1][m][f].sum / RUNS);
                    off++;
                }
    }
    assert_int_equal(off, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cyclon_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
