/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * push_sum_test.c - push-sum keeps its sums, halves the variance of its estimates a round, and does
 * what a plain program written from the paper does.
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 500, RUNS = 40, FIGURES = 4 };
static const int rounds_of[FIGURES] = { 0, 5, 12, 25 }; /* 0: the largest error after 25 rounds */

/* Decimal logarithms: variances after so many rounds, and an error. */
struct figures {
    double of[FIGURES];
};

static void init(struct setup *setup, int rounds)
{
    setup_init(setup, NODES);
    setup->config.timing = TIMING_ROUNDS;
    setup->config.workload.updates = setup->config.workload.keys = 0;
    setup->config.sample_every = SIM_SECOND;
    /* the first round is that at 1 s */
    setup->config.stop =
        (struct sim_stop){ rounds * SIM_SECOND + 1, STOP_NEVER, .events = 10000000 };
}

static struct figures run(uint32_t replication, double loss)
{
    struct figures figures = { { 0 } };
    struct setup setup;
    struct sim_result r;

    init(&setup, 25);
    setup.config.replication = replication;
    setup.config.network.loss = loss;
    assert_true(setup_add(&setup, "push-sum", ""));
    sim_run(&setup.config, &r);
    for (int i = 1; i < FIGURES; i++)
        for (size_t k = 0; k < r.sample_count; k++)
            if (r.samples[k].at == rounds_of[i] * SIM_SECOND)
                figures.of[i] = log10(r.samples[k].variance);
    figures.of[0] = log10(metric(&r, "estimate_error"));
    sim_result_clear(&r);
    setup_clear(&setup);
    return figures;
}

/* ---- the plain program: D. Kempe, A. Dobra, J. Gehrke, FOCS 2003, algorithm 1 ---- */

static double plain_random(uint64_t *state)
{
    *state ^= *state << 13; /* G. Marsaglia, Xorshift RNGs, 2003 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) * 0x1p-53;
}

/* A round: all send at once, half to themselves and half to anybody else. */
static void plain_round(double s[NODES], double w[NODES], double loss, uint64_t *state)
{
    double next_s[NODES] = { 0 }, next_w[NODES] = { 0 };

    for (int i = 0; i < NODES; i++) {
        const int other = (int)(plain_random(state) * (NODES - 1));
        const int to = other + (other >= i);
        const double gets = plain_random(state) >= loss ? 0.5 : 0;

        next_s[i] += s[i] / 2;
        next_w[i] += w[i] / 2;
        next_s[to] += gets * s[i];
        next_w[to] += gets * w[i];
    }
    memcpy(s, next_s, sizeof next_s);
    memcpy(w, next_w, sizeof next_w);
}

static double plain_variance(const double s[NODES], const double w[NODES])
{
    double sum = 0, squares = 0;

    for (int i = 0; i < NODES; i++)
        sum += s[i] / w[i];
    for (int i = 0; i < NODES; i++)
        squares += (s[i] / w[i] - sum / NODES) * (s[i] / w[i] - sum / NODES);
    return squares / (NODES - 1);
}

static struct figures plain(double loss, uint64_t *state)
{
    const double truth = (NODES + 1) / 2.0;
    struct figures figures = { { 0 } };
    double s[NODES], w[NODES], most = 0;

    for (int i = 0; i < NODES; i++) {
        s[i] = i + 1;
        w[i] = 1;
    }
    for (int round = 1; round <= 25; round++) {
        plain_round(s, w, loss, state);
        for (int i = 1; i < FIGURES; i++)
            if (round == rounds_of[i])
                figures.of[i] = log10(plain_variance(s, w));
    }
    for (int i = 0; i < NODES; i++)
        most = fmax(most, fabs(s[i] / w[i] - truth) / truth);
    figures.of[0] = log10(most);
    return figures;
}

static void compare(double loss)
{
    double sums[2][FIGURES] = { { 0 } }, squares[2][FIGURES] = { { 0 } };
    uint64_t state = 88172645463325252u;

    for (uint32_t i = 0; i < RUNS; i++) {
        const struct figures found[2] = { run(i, loss), plain(loss, &state) };

        for (int side = 0; side < 2; side++)
            for (int k = 0; k < FIGURES; k++) {
                sums[side][k] += found[side].of[k] / RUNS;
                squares[side][k] += found[side].of[k] * found[side].of[k] / RUNS;
            }
    }
    for (int k = 0; k < FIGURES; k++) {
        const double ours = squares[0][k] - sums[0][k] * sums[0][k];
        const double theirs = squares[1][k] - sums[1][k] * sums[1][k];
        const double error = sqrt((ours + theirs) / (RUNS - 1));

        if (!(fabs(sums[0][k] - sums[1][k]) <= 4 * error))
            fail_msg("figure %d at a loss of %g: %g, plainly %g, +- %g", k, loss, sums[0][k],
                     sums[1][k], error);
    }
}

static void a_plain_program_agrees(void **state)
{
    (void)state;
    compare(0);
    compare(0.05);
}

/* ---- laws ---- */

/* To half, less 1/(2n), once the start is forgotten. */
static void the_variance_halves_a_round(void **state)
{
    double sum = 0, squares = 0;

    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct setup setup;
        struct sim_result r;

        init(&setup, 50);
        setup.config.replication = i;
        setup.config.warmup = 15 * SIM_SECOND;
        assert_true(setup_add(&setup, "push-sum", ""));
        sim_run(&setup.config, &r);
        const double factor = metric(&r, "variance_factor");

        sum += factor / RUNS;
        squares += factor * factor / RUNS;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    const double error = sqrt((squares - sum * sum) / (RUNS - 1));

    if (!(fabs(sum - 0.5) <= 4 * error))
        fail_msg("a factor of %.4f +- %.4f", sum, error);
}

/* Whatever happens to messages but loss; in rounds none is under way between two of them. */
static void sums_are_kept_without_loss(void **state)
{
    static const char *const ways[] = { "", "fanout=3", "partner=shuffled", "interval=3s" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct setup setup;
        struct sim_result r;

        init(&setup, 60);
        assert_true(setup_add(&setup, "push-sum", ways[i]));
        sim_run(&setup.config, &r);
        assert_true(fabs(metric(&r, "mass_kept") - 1) < 1e-12);
        assert_true(fabs(metric(&r, "weight_kept") - 1) < 1e-12);
        assert_true(metric(&r, "estimate_error") < 0.1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* Each message takes half of what its sender has: with a loss of p the share 1 - p/2 stays. */
static void mass_leaks_with_loss(void **state)
{
    const double loss = 0.1, left = pow(1 - loss / 2, 20);
    double sum = 0, squares = 0;

    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct setup setup;
        struct sim_result r;

        init(&setup, 20);
        setup.config.replication = i;
        setup.config.network.loss = loss;
        assert_true(setup_add(&setup, "push-sum", ""));
        sim_run(&setup.config, &r);
        const double weight = metric(&r, "weight_kept");

        sum += weight / RUNS;
        squares += weight * weight / RUNS;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    assert_true(fabs(sum - left) <= 4 * sqrt((squares - sum * sum) / (RUNS - 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_program_agrees),
        cmocka_unit_test(the_variance_halves_a_round),
        cmocka_unit_test(sums_are_kept_without_loss),
        cmocka_unit_test(mass_leaks_with_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
