/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The weather between groups of nodes is what was asked for: in more than a million messages each
 * cell of a matrix of latencies has its mean and quantiles, in its direction; a pair of nodes keeps
 * its latency; a group and a pair of groups lose as many messages as they should, in bursts of the
 * right length; and at links of limited bandwidth messages wait as long as in the queue M/D/1.
 *
 * Source of the last: a Poisson stream that keeps a server of constant service time D busy a share
 * r of the time waits r D / (2 (1 - r)) on average (Pollaczek and Khinchine).
 */
#include "sim/truth/numbering.h"
#include "sim/value/distribution_family.h"
#include "sim/value/draw.h"
#include "tests/sim/courier.h"
#include "tests/sim/law.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { GROUPS = 3, EACH = 20, NODES = GROUPS * EACH, CELLS = GROUPS * GROUPS, LETTERS = 17000 };
#define MANY "letters=17000 interval=10ms" /* more than a million in all */

struct world {
    struct courier_trial t;
    struct numbering numbering;
    struct sim_group list[GROUPS];
    struct sim_groups groups;
};

static void open_world(struct world *w, const char *parameters)
{
    struct sim_config *config;

    *w = (struct world){ .groups = { .count = GROUPS } };
    courier_open(&w->t, NODES, parameters);
    config = &w->t.setup.config;
    for (int i = 0; i < GROUPS; i++)
        w->list[i] = (struct sim_group){ .nodes = EACH, .queue_bytes = -1 };
    w->groups.list = w->list;
    config->network.groups = &w->groups;
    config->network.queue_bytes = -1;
    numbering_init(&w->numbering, NODES, draw_key(config->seed, 0, PURPOSE_NUMBERING));
}

static int group_of(const struct world *w, node_id node)
{
    return (int)(numbering_outside(&w->numbering, node) / EACH);
}

/* The cell of a letter. */
static int cell_of(const struct world *w, node_id from, int64_t number)
{
    return group_of(w, from) * GROUPS + group_of(w, courier_letter(&w->t, from, number)->to);
}

/* ---- latencies ---- */

#define MS 1e6

/* All families, in some cells; means in ns. */
static const sim_time measured[] = { 3000000, 5000000, 70000000 };
static const struct law {
    struct distribution_spec spec;
    double mean;
} laws[CELLS] = {
    { { .kind = DISTRIBUTION_CONSTANT, .a = 2 * MS }, 2 * MS },
    { { .kind = DISTRIBUTION_EXPONENTIAL, .a = 40 * MS }, 40 * MS },
    { { .kind = DISTRIBUTION_UNIFORM, .a = 10 * MS, .b = 90 * MS }, 50 * MS },
    { { .kind = DISTRIBUTION_NORMAL, .a = 80 * MS, .b = 8 * MS }, 80 * MS },
    { { .kind = DISTRIBUTION_LOGNORMAL, .a = 30 * MS, .b = 0.5 }, 33.99445359200479 * MS },
    { { .kind = DISTRIBUTION_WEIBULL, .a = 20 * MS, .b = 2 }, 17.724538509055160 * MS },
    { { .kind = DISTRIBUTION_PARETO, .a = 10 * MS, .b = 5 }, 12.5 * MS },
    { { .kind = DISTRIBUTION_GAMMA, .a = 5 * MS, .b = 3 }, 15 * MS },
    { { .kind = DISTRIBUTION_EMPIRICAL, .values = measured, .value_count = 3 }, 26 * MS },
};

struct matrix {
    sim_time cells[CELLS];
    struct distribution *laws[CELLS];
};

static void make_matrix(struct matrix *matrix)
{
    for (int i = 0; i < CELLS; i++) {
        matrix->laws[i] = distribution_new(&laws[i].spec);
        assert_non_null(matrix->laws[i]);
        matrix->cells[i] = i == 0 ? (sim_time)laws[i].mean : -1 - i;
    }
}

static void clear_matrix(struct matrix *matrix)
{
    for (int i = 0; i < CELLS; i++)
        distribution_free(matrix->laws[i]);
}

static void give_matrix(struct world *w, struct matrix *matrix, enum sim_latency_per per)
{
    w->groups.latency = matrix->cells;
    w->groups.laws = (const struct distribution *const *)matrix->laws;
    w->t.setup.config.network.latency_per = per;
}

static void check_quantile(const double *x, size_t n, const struct law *law, double p)
{
    const double at = distribution_families[law->spec.kind].quantile(&law->spec, p, 1 - p);
    double below = 0;

    for (size_t i = 0; i < n; i++)
        below += x[i] <= at;
    assert_true(fabs(law_share(below, (double)n, p)) < LAW_Z);
}

static void check_cell(int cell, const double *x, size_t n)
{
    static const double quantiles[] = { 0.01, 0.5, 0.9, 0.99, 0.999 };
    double first = 0;

    assert_true(n > NODES * LETTERS / CELLS / 2);
    if (cell == 0) {
        for (size_t i = 0; i < n; i++)
            assert_true(x[i] == laws[0].mean);
        return;
    }
    assert_true(fabs(law_mean(x, n, laws[cell].mean)) < LAW_Z);
    for (size_t i = 0; i < 5 && !laws[cell].spec.values; i++)
        check_quantile(x, n, &laws[cell], quantiles[i]);
    for (size_t i = 0; i < n && laws[cell].spec.values; i++)
        first += x[i] == (double)measured[2];
    if (laws[cell].spec.values)
        assert_true(fabs(law_share(first, (double)n, 1.0 / 3)) < LAW_Z);
}

static void each_cell_has_its_law_in_its_direction(void **state)
{
    double *x[CELLS];
    size_t n[CELLS] = { 0 };
    struct matrix matrix;
    struct world w;

    (void)state;
    make_matrix(&matrix);
    open_world(&w, MANY);
    give_matrix(&w, &matrix, LATENCY_PER_MESSAGE);
    courier_run(&w.t);
    for (int i = 0; i < CELLS; i++)
        x[i] = calloc(NODES * LETTERS, sizeof **x);
    for (node_id from = 0; from < NODES; from++)
        for (int64_t k = 0; k < LETTERS; k++) {
            const struct letter *letter = courier_letter(&w.t, from, k);
            const int cell = cell_of(&w, from, k);

            assert_int_equal(letter->arrivals, 1);
            x[cell][n[cell]++] = (double)(letter->arrived[0] - letter->sent);
        }
    for (int i = 0; i < CELLS; i++) {
        check_cell(i, x[i], n[i]);
        free(x[i]);
    }
    courier_close(&w.t);
    clear_matrix(&matrix);
}

/* The latencies of the ordered pairs of nodes in a cell are a sample of its law; jitter moves each
 * message by its own share of it. */
static void a_pair_keeps_its_latency(void **state)
{
    struct matrix matrix;

    (void)state;
    make_matrix(&matrix);
    for (int has_jitter = 0; has_jitter < 2; has_jitter++) {
        double *share = calloc(NODES * LETTERS, sizeof *share), *pairs[CELLS];
        sim_time latencies[NODES][NODES] = { { 0 } };
        size_t count = 0, n[CELLS] = { 0 };
        struct world w;

        open_world(&w, MANY);
        give_matrix(&w, &matrix, LATENCY_PER_PAIR);
        courier_run(&w.t);
        for (node_id from = 0; from < NODES; from++)
            for (int64_t k = 0; k < NODES; k++) {
                const struct letter *letter = courier_letter(&w.t, from, k);

                latencies[from][letter->to] = letter->arrived[0] - letter->sent;
            }
        if (has_jitter) {
            w.t.setup.config.network.jitter = 0.2;
            courier_run(&w.t);
        }
        for (node_id from = 0; from < NODES; from++)
            for (int64_t k = 0; k < LETTERS; k++) {
                const struct letter *letter = courier_letter(&w.t, from, k);
                const double took = (double)(letter->arrived[0] - letter->sent);
                const double latency = (double)latencies[from][letter->to];

                share[count++] = took / latency;
                if (!has_jitter)
                    assert_true(took == latency);
                else
                    assert_true(fabs(took / latency - 1) <= 0.2 + 1 / latency);
            }
        if (has_jitter)
            assert_true(fabs(law_mean(share, count, 1)) < LAW_Z);
        for (int i = 0; i < CELLS; i++)
            pairs[i] = calloc(NODES * NODES, sizeof **pairs);
        for (node_id a = 0; a < NODES; a++)
            for (node_id b = 0; b < NODES; b++) {
                const int cell = group_of(&w, a) * GROUPS + group_of(&w, b);

                if (a != b)
                    pairs[cell][n[cell]++] = (double)latencies[a][b];
            }
        for (int i = 1; i < CELLS; i++)
            assert_true(fabs(law_mean(pairs[i], n[i], laws[i].mean)) < LAW_Z);
        for (int i = 0; i < CELLS; i++)
            free(pairs[i]);
        free(share);
        courier_close(&w.t);
    }
    clear_matrix(&matrix);
}

/* ---- losses ---- */

/* Of senders' links and of paths: mean, burst. */
static const double links[GROUPS][2] = { { 0, 0 }, { 0.05, 4 }, { 0.02, 0 } };
static const struct sim_path_loss paths[CELLS] = {
    { 0.1, 5 }, { 0.01, 0 }, { 0.3, 2 }, { 0, 0 }, { 0.02, 3 },
    { 0, 0 },   { 0, 0 },    { 0.5, 0 }, { 0, 0 },
};

/* What the letters of a sender to one group tell: how many were lost, and follow a lost one. */
struct chain {
    double sent, lost, after_lost, lost_after_lost;
};

static void follow(struct chain *chain, bool is_lost, bool *was_lost)
{
    chain->sent++;
    chain->lost += is_lost;
    chain->after_lost += *was_lost;
    chain->lost_after_lost += *was_lost && is_lost;
    *was_lost = is_lost;
}

/* The variance of a share of a chain is so many times that of independent trials. */
static double spread_of(double mean, double burst)
{
    const double correlation = burst > 0 ? 1 - 1 / burst - mean / (burst * (1 - mean)) : 0;

    return (1 + correlation) / (1 - correlation);
}

static void check_chain(const struct chain *chain, int cell)
{
    const double *link = links[cell / GROUPS];
    const struct sim_path_loss *path = &paths[cell];
    const double p = 1 - (1 - link[0]) * (1 - path->mean);
    const double spread = fmax(spread_of(link[0], link[1]), spread_of(path->mean, path->burst));

    if (p <= 0) {
        assert_true(chain->lost == 0);
        return;
    }
    assert_true(fabs(law_share(chain->lost, chain->sent, p)) < LAW_Z * sqrt(spread));
    if (link[0] > 0) /* another group's letters have come between */
        return;
    assert_true(fabs(law_share(chain->lost_after_lost, chain->after_lost,
                               path->burst > 0 ? 1 - 1 / path->burst : p)) < LAW_Z);
}

static void groups_and_pairs_lose_what_they_should(void **state)
{
    struct chain chains[CELLS] = { { 0 } }, access[GROUPS] = { { 0 } };
    struct world w;
    double lost = 0;

    (void)state;
    open_world(&w, MANY);
    for (int i = 0; i < GROUPS; i++) {
        w.list[i].loss = links[i][0];
        w.list[i].loss_burst = links[i][1];
    }
    w.groups.loss = paths;
    courier_run(&w.t);
    for (node_id from = 0; from < NODES; from++) {
        bool was_lost[GROUPS] = { false };

        for (int64_t k = 0; k < LETTERS; k++) {
            const int cell = cell_of(&w, from, k);
            const bool is_lost = courier_letter(&w.t, from, k)->arrivals == 0;

            follow(&chains[cell], is_lost, &was_lost[cell % GROUPS]);
            lost += is_lost;
        }
    }
    assert_true(metric(&w.t.result, "dropped_loss") == lost);
    for (int i = 0; i < CELLS; i++)
        check_chain(&chains[i], i);

    /* links alone: their bursts are of all that a node sends */
    w.groups.loss = NULL;
    courier_run(&w.t);
    for (node_id from = 0; from < NODES; from++) {
        bool was_lost = false;

        for (int64_t k = 0; k < LETTERS; k++)
            follow(&access[group_of(&w, from)], courier_letter(&w.t, from, k)->arrivals == 0,
                   &was_lost);
    }
    assert_true(access[0].lost == 0);
    for (int i = 1; i < GROUPS; i++) {
        const double stays = links[i][1] > 0 ? 1 - 1 / links[i][1] : links[i][0];

        assert_true(fabs(law_share(access[i].lost, access[i].sent, links[i][0])) <
                    LAW_Z * sqrt(spread_of(links[i][0], links[i][1])));
        assert_true(fabs(law_share(access[i].lost_after_lost, access[i].after_lost, stays)) <
                    LAW_Z);
    }
    courier_close(&w.t);
}

/* What a link or a path loses of a node's n-th message is the same whether there is the other. */
static void losses_move_no_other(void **state)
{
    struct world both, alone;

    (void)state;
    open_world(&both, "letters=2000 interval=10ms");
    open_world(&alone, "letters=2000 interval=10ms");
    for (int i = 0; i < GROUPS; i++) {
        both.list[i].loss = alone.list[i].loss = links[i][0];
        both.list[i].loss_burst = alone.list[i].loss_burst = links[i][1];
    }
    both.groups.loss = paths;
    courier_run(&both.t);
    courier_run(&alone.t);
    for (node_id from = 0; from < NODES; from++)
        for (int64_t k = 0; k < 2000; k++)
            if (courier_letter(&alone.t, from, k)->arrivals == 0)
                assert_int_equal(courier_letter(&both.t, from, k)->arrivals, 0);
    courier_close(&both.t);
    courier_close(&alone.t);
}

/* ---- links ---- */

enum { BYTES = 8 + 28, AT_FIRST = 500 }; /* AT_FIRST: letters that find the queues still short */

/* Mean time beyond the latency that a node's letters took to leave, or to reach it. */
static void mean_waits(const struct world *w, bool is_down, double *waits)
{
    double n[NODES] = { 0 };

    for (node_id i = 0; i < NODES; i++)
        waits[i] = 0;
    for (node_id from = 0; from < NODES; from++)
        for (int64_t k = AT_FIRST; k < LETTERS - AT_FIRST; k++) {
            const struct letter *letter = courier_letter(&w->t, from, k);
            const node_id at = is_down ? letter->to : from;

            assert_int_equal(letter->arrivals, 1);
            waits[at] += (double)(letter->arrived[0] - letter->sent - 10 * SIM_MILLISECOND);
            n[at]++;
        }
    for (node_id i = 0; i < NODES; i++)
        waits[i] /= n[i];
}

/* The first group has no limit, the others are busy for these shares of the time. */
static void messages_wait_as_in_m_d_1(void **state)
{
    static const double busy[GROUPS] = { 0, 0.5, 0.8 };

    (void)state;
    for (int is_down = 0; is_down < 2; is_down++) {
        double waits[NODES], of_group[GROUPS][EACH];
        size_t n[GROUPS] = { 0 };
        struct world w;

        open_world(&w, MANY " by_chance=true");
        for (int i = 1; i < GROUPS; i++)
            *(is_down ? &w.list[i].downlink : &w.list[i].bandwidth) =
                (int64_t)(BYTES * 8 * 100 / busy[i]); /* 100 a second */
        courier_run(&w.t);
        mean_waits(&w, is_down, waits);
        for (node_id i = 0; i < NODES; i++) {
            const int group = group_of(&w, i);

            of_group[group][n[group]++] = waits[i];
        }
        for (int i = 0; i < EACH; i++)
            assert_true(of_group[0][i] == 0);
        for (int i = 1; i < GROUPS; i++) {
            const double service = 10e6 * busy[i];

            assert_true(fabs(law_mean(of_group[i], EACH,
                                      service + busy[i] * service / (2 * (1 - busy[i])))) < LAW_Z);
        }
        assert_true(metric(&w.t.result, "dropped_queue") == 0);
        courier_close(&w.t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_cell_has_its_law_in_its_direction),
        cmocka_unit_test(a_pair_keeps_its_latency),
        cmocka_unit_test(groups_and_pairs_lose_what_they_should),
        cmocka_unit_test(losses_move_no_other),
        cmocka_unit_test(messages_wait_as_in_m_d_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
