/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The median counter tells everybody, with O(ln ln n) copies a node, also where messages are lost;
 * and rounds and copies are those of a plain program of our own, which shares no code with it.
 *
 * Tolerances are four standard errors of the difference.
 */
#include "tests/models/harness.h"
#include "tests/theory/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Sanitizers are slow, and look for something else. */
#ifdef SANITIZED
enum { RUNS = 30, RUNS_ALL_KNOW = 30, NODES_MAX = 1000 };
#else
enum { RUNS = 200, RUNS_ALL_KNOW = 1000, NODES_MAX = 100000 };
#endif

struct point {
    int nodes, counter_max, c_rounds, max_rounds;
    double loss;
};

/* ---- the model ---- */

static void set_up(struct setup *setup, int nodes, double loss, const char *parameters)
{
    setup_init(setup, nodes);
    setup_rounds(setup);
    setup->config.network.loss = loss;
    setup->config.stop.when = STOP_NEVER; /* nodes call for ever */
    setup->config.stop.at = 60 * SIM_SECOND;
    assert_true(setup_add(setup, "median-counter", parameters));
}

static void run(struct setup *setup, int replication, struct sim_result *result)
{
    setup->config.replication = (uint32_t)replication;
    sim_run(&setup->config, result);
    assert_int_equal(result->status, SIM_DONE);
}

/* ---- the plain program ---- */

struct player {
    int counter; /* 0: A or D; `counter_max`: C */
    int rounds, cool_rounds;
    bool knows;

    /* In this round: */
    int balance;
    bool hears, hears_from_cool;
};

static void hear(struct player *player, int counter, int counter_max)
{
    player->hears |= counter > 0;
    player->hears_from_cool |= counter == counter_max;
    player->balance += counter >= player->counter && counter > 0 ? 1 : -1;
}

/* Returns how many tell the rumor. */
static int exchange(struct player *players, const struct point *p, unsigned short seed[3],
                    long *copies)
{
    int telling = 0;

    for (int i = 0; i < p->nodes; i++) {
        const int other = (i + 1 + (int)(erand48(seed) * (p->nodes - 1))) % p->nodes;
        const int mine = players[i].counter, theirs = players[other].counter;

        telling += mine > 0;
        *copies += mine > 0;
        if (erand48(seed) < p->loss)
            continue;
        hear(&players[other], mine, p->counter_max);
        *copies += theirs > 0;
        if (erand48(seed) >= p->loss)
            hear(&players[i], theirs, p->counter_max);
    }
    return telling;
}

static void judge(struct player *player, const struct point *p)
{
    if (player->counter == 0) {
        if (player->hears && !player->knows)
            player->counter = player->hears_from_cool ? p->counter_max : 1;
        player->knows |= player->hears;
    } else if (++player->rounds == p->max_rounds)
        player->counter = 0;
    else if (player->counter == p->counter_max)
        player->counter = ++player->cool_rounds == p->c_rounds ? 0 : player->counter;
    else if (player->hears_from_cool)
        player->counter = p->counter_max;
    else
        player->counter += player->balance > 0;
    player->balance = 0;
    player->hears = player->hears_from_cool = false;
}

struct outcome {
    double residue, copies, last;
};

static struct outcome spread(const struct point *p, unsigned short seed[3])
{
    struct player *players = calloc((size_t)p->nodes, sizeof *players);
    int knowing = 1, last = 0;
    long copies = 0;

    assert_non_null(players);
    players[0] = (struct player){ .counter = 1, .knows = true };
    for (int round = 1; exchange(players, p, seed, &copies) > 0; round++) {
        const int before = knowing;

        knowing = 0;
        for (int i = 0; i < p->nodes; i++) {
            judge(&players[i], p);
            knowing += players[i].knows;
        }
        last = knowing > before ? round : last;
    }
    free(players);
    return (struct outcome){ 1 - knowing / (double)p->nodes, (double)copies / p->nodes, last };
}

/* ---- tests ---- */

/* Means over runs, and of the last round how many runs were over by their median. */
enum { RESIDUE, COPIES, LAST, BY_THEN, FIGURES };
static const char *const figure_names[FIGURES] = { "residue", "m", "t_last", "over by then" };

struct sample {
    double of[FIGURES][RUNS];
};

static void take(struct sample *sample, int i, struct outcome outcome, double then)
{
    sample->of[RESIDUE][i] = outcome.residue;
    sample->of[COPIES][i] = outcome.copies;
    sample->of[LAST][i] = outcome.last;
    sample->of[BY_THEN][i] = outcome.last <= then;
}

static void check_point(struct point p, double then)
{
    unsigned short seed[3] = { 1, 2, 3 };
    struct sample *samples = calloc(2, sizeof *samples);
    char parameters[100];
    struct setup setup;

    assert_non_null(samples);
    snprintf(parameters, sizeof parameters, "counter_max=%d c_rounds=%d max_rounds=%d",
             p.counter_max, p.c_rounds, p.max_rounds);
    set_up(&setup, p.nodes, p.loss, parameters);
    setup.config.stop.at = (p.max_rounds + 14) * SIM_SECOND; /* all tell no more */
    for (int i = 0; i < RUNS; i++) {
        struct sim_result r;

        run(&setup, i, &r);
        take(&samples[0], i,
             (struct outcome){ metric(&r, "residue"), metric(&r, "m"), metric(&r, "t_last") },
             then);
        take(&samples[1], i, spread(&p, seed), then);
        sim_result_clear(&r);
    }
    for (int i = 0; i < FIGURES; i++) {
        const struct figure found = figure_of(samples[0].of[i], RUNS);
        const struct figure expected = figure_of(samples[1].of[i], RUNS);

        if (!(fabs(found.mean - expected.mean) <= 4 * hypot(found.error, expected.error)))
            fail_msg("%s, %d nodes: %s %g +- %g found, %g +- %g by the plain program", parameters,
                     p.nodes, figure_names[i], found.mean, found.error, expected.mean,
                     expected.error);
    }
    setup_clear(&setup);
    free(samples);
}

static void it_does_as_a_plain_program_does(void **state)
{
    (void)state;
    check_point((struct point){ 300, 3, 3, 20, 0 }, 8);
    check_point((struct point){ 300, 3, 3, 20, 0.1 }, 9);
    check_point((struct point){ 200, 2, 1, 20, 0 }, 9);     /* leaves some without the rumor, */
    check_point((struct point){ 200, 6, 2, 7, 0.2 }, 9);    /* also by the third limit; */
    check_point((struct point){ 200, 12, 1, 30, 0.05 }, 8); /* counters of four bits */
}

/* How many of the nodes know, over all runs. */
static double all_know(int nodes, double loss)
{
    struct setup setup;
    double lacking = 0;

    set_up(&setup, nodes, loss, "");
    setup.config.stop.when = STOP_CONVERGED;
    for (int i = 0; i < RUNS_ALL_KNOW; i++) {
        struct sim_result r;

        run(&setup, i, &r);
        lacking += metric(&r, "residue");
        sim_result_clear(&r);
    }
    setup_clear(&setup);
    return lacking;
}

static void all_know_in_a_thousand_runs(void **state)
{
    (void)state;
    for (int nodes = 2; nodes <= 50; nodes *= 5)
        assert_true(all_know(nodes, 0) == 0 && all_know(nodes, 0.1) == 0);
}

/* A node in B or C tells who it calls and, on average, one who calls it: 2 copies a round, and it
 * is there for about counter_max + c_rounds, each at most 2 + ln ln n. */
static void copies_grow_as_ln_ln_n(void **state)
{
    (void)state;
    for (int nodes = 1000; nodes <= NODES_MAX; nodes *= 10)
        for (int lossy = 0; lossy < 2; lossy++) {
            struct setup setup;
            struct sim_result r;

            set_up(&setup, nodes, lossy ? 0.1 : 0, "");
            setup.config.stop.at = 24 * SIM_SECOND;
            run(&setup, 0, &r);
            assert_true(metric(&r, "residue") == 0);
            assert_true(metric(&r, "m") <= 9 + 4 * log(log(nodes)));
            sim_result_clear(&r);
            setup_clear(&setup);
        }
}

/* Where all others are in D, the last one in B stops after `max_rounds`. */
static void nobody_tells_for_ever(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    set_up(&setup, 50, 1, "max_rounds=9");
    run(&setup, 0, &r);
    assert_true(metric(&r, "m") * 50 == 9);
    assert_true(metric(&r, "median-counter.given_up") == 1);
    assert_true(metric(&r, "median-counter.retired") == 1);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Defaults follow from the number of replicas: the parameters that they stand for do the same. */
static void defaults_are_those_of_the_rule(void **state)
{
    static const struct {
        int nodes;
        const char *parameters, *other;
    } cases[] = {
        { 15, "counter_max=3 c_rounds=3 max_rounds=12", "counter_max=2" },
        { 1618, "counter_max=3 c_rounds=3 max_rounds=32", "c_rounds=4" },
        { 1619, "counter_max=4 c_rounds=4 max_rounds=32", "counter_max=3" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const parameters[] = { "", cases[i].parameters, cases[i].other };
        double m[3];

        for (int k = 0; k < 3; k++) {
            struct setup setup;
            struct sim_result r;

            set_up(&setup, cases[i].nodes, 0, parameters[k]);
            run(&setup, 0, &r);
            m[k] = metric(&r, "m");
            sim_result_clear(&r);
            setup_clear(&setup);
        }
        assert_true(m[0] == m[1] && m[0] != m[2]);
    }
}

/* Nobody else should hold what a node writes: it has nobody to tell. */
static void who_is_alone_tells_nobody(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    set_up(&setup, 5, 0, "");
    setup.config.store.shards = 2;
    setup.config.store.replicas = 1;
    run(&setup, 0, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "m") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void a_counter_has_room_for_b(void **state)
{
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    assert_false(setup_add(&setup, "median-counter", "counter_max=1"));
    assert_false(setup_add(&setup, "median-counter", "hunt=2"));
    assert_true(setup_add(&setup, "median-counter", "counter_max=2"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_as_a_plain_program_does),
        cmocka_unit_test(all_know_in_a_thousand_runs),
        cmocka_unit_test(copies_grow_as_ln_ln_n),
        cmocka_unit_test(nobody_tells_for_ever),
        cmocka_unit_test(defaults_are_those_of_the_rule),
        cmocka_unit_test(who_is_alone_tells_nobody),
        cmocka_unit_test(a_counter_has_room_for_b),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
