/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rumor mongering in synchronous rounds gives the figures that Demers et al. published (PODC 1987,
 * Tables 1 to 3: residue, traffic m and t_last of 1000 nodes) and those of a plain program of our
 * own, for every stop rule; and it obeys the laws s = e^-m (any push), s = e^-((k+1)(1-s)) (push,
 * feedback, coin), reached = 1 - e^(-reached*fanout) (infect and die) and P(all) = e^-e^-c (infect
 * and die with a fanout of ln n + c).
 *
 * Tolerances are four standard errors of what is measured here; published figures have also half
 * a unit of their last digit.
 */
#include "tests/models/harness.h"
#include "tests/theory/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Sanitizers are slow, and look for something else. */
#ifdef SANITIZED
enum { RUNS = 40, POINT_RUNS = 20 };
#else
enum { RUNS = 400, POINT_RUNS = 120 };
#endif
enum { NODES = 1000, ROUNDS_OF_PULL = 40 };

/* What `runs` replications of a strategy gave, run by run. */
struct measured {
    int runs;
    double *residue, *copies, *last;
};

static struct measured measure(struct setup *setup, int runs)
{
    struct measured m = { .runs = runs, .residue = calloc((size_t)runs * 3, sizeof(double)) };

    m.copies = m.residue + runs;
    m.last = m.copies + runs;
    for (int i = 0; i < runs; i++) {
        struct sim_result result;

        setup->config.replication = (uint32_t)i;
        sim_run(&setup->config, &result);
        assert_int_equal(result.status, SIM_DONE);
        m.residue[i] = metric(&result, "residue");
        m.copies[i] = metric(&result, "m");
        m.last[i] = metric(&result, "t_last");
        sim_result_clear(&result);
    }
    return m;
}

/* Those who pull ask for ever; their rumors are long dead by then. */
static struct measured measure_rounds(const char *parameters, int64_t nodes, int runs)
{
    struct setup setup;
    struct measured m;

    setup_init(&setup, nodes);
    setup_rounds(&setup);
    setup.config.stop.at =
        strstr(parameters, "pull") ? ROUNDS_OF_PULL * SIM_SECOND : 2000 * SIM_SECOND;
    assert_true(setup_add(&setup, "rumor-mongering", parameters));
    m = measure(&setup, runs);
    setup_clear(&setup);
    return m;
}

static void forget(struct measured *m)
{
    free(m->residue);
}

static void check_figure(const char *what, struct figure found, double expected, double tolerance)
{
    if (!(fabs(found.mean - expected) <= tolerance))
        fail_msg("%s: %g +- %g found, %g +- %g expected", what, found.mean, found.error, expected,
                 tolerance);
}

static void check_published(const char *what, struct figure found, double published, double digit)
{
    check_figure(what, found, published, 4 * found.error + digit / 2);
}

static void check_reference(const char *what, struct figure found, struct figure reference)
{
    check_figure(what, found, reference.mean, 4 * hypot(found.error, reference.error));
}

static void check_all(const char *what, const struct measured *m, struct reference_setup setup)
{
    struct reference_figures r;
    char text[160];

    setup.nodes = NODES;
    reference_measure(&setup, m->runs, 1, &r);
    snprintf(text, sizeof text, "%s, residue", what);
    check_reference(text, figure_of(m->residue, m->runs), r.residue);
    snprintf(text, sizeof text, "%s, m", what);
    check_reference(text, figure_of(m->copies, m->runs), r.copies);
    snprintf(text, sizeof text, "%s, t_last", what);
    check_reference(text, figure_of(m->last, m->runs), r.last);
}

/* Contacts go to uniform partners, so what they miss falls off as e^-m; the origin needs none. */
static void check_push_law(const char *what, const struct measured *m)
{
    double *difference = calloc((size_t)m->runs, sizeof *difference);

    for (int i = 0; i < m->runs; i++)
        difference[i] = m->residue[i] - exp(-m->copies[i]) * (1 - 1.0 / NODES);
    check_published(what, figure_of(difference, m->runs), 0, 0);
    free(difference);
}

struct published {
    double residue, residue_digit, copies, last, last_digit;
};

static void check_table(const char *name, const char *parameters, const struct published *rows,
                        int count, struct reference_setup reference)
{
    for (int k = 1; k <= count; k++) {
        const struct published *p = &rows[k - 1];
        char text[160];
        struct measured m;

        snprintf(text, sizeof text, "%s k=%d", parameters, k);
        m = measure_rounds(text, NODES, RUNS);
        snprintf(text, sizeof text, "%s k=%d residue", name, k);
        check_published(text, figure_of(m.residue, m.runs), p->residue, p->residue_digit);
        snprintf(text, sizeof text, "%s k=%d m", name, k);
        check_published(text, figure_of(m.copies, m.runs), p->copies, p->copies < 1 ? 0.01 : 0.1);
        snprintf(text, sizeof text, "%s k=%d t_last", name, k);
        check_published(text, figure_of(m.last, m.runs), p->last, p->last_digit);
        reference.k = k;
        snprintf(text, sizeof text, "%s k=%d against the reference", name, k);
        check_all(text, &m, reference);
        if (reference.mode == REFERENCE_PUSH) {
            snprintf(text, sizeof text, "%s k=%d residue - e^-m", name, k);
            check_push_law(text, &m);
        }
        forget(&m);
    }
}

static void table_1_push_feedback_counter(void **state)
{
    static const struct published rows[] = {
        { 0.18, 0.01, 1.7, 16.8, 0.1 },     { 0.037, 0.001, 3.3, 16.9, 0.1 },
        { 0.011, 0.001, 4.5, 17.4, 0.1 },   { 0.0036, 0.0001, 5.6, 17.5, 0.1 },
        { 0.0012, 0.0001, 6.7, 17.7, 0.1 },
    };

    (void)state;
    check_table("Table 1", "stop=counter", rows, 5,
                (struct reference_setup){ .fanout = 1,
                                          .mode = REFERENCE_PUSH,
                                          .stop = REFERENCE_COUNTER,
                                          .feedback = true,
                                          .reset = true });
}

static void table_2_push_blind_coin(void **state)
{
    static const struct published rows[] = {
        { 0.96, 0.01, 0.04, 38, 1 },  { 0.20, 0.01, 1.6, 33, 1 },   { 0.060, 0.001, 2.8, 32, 1 },
        { 0.021, 0.001, 3.9, 32, 1 }, { 0.008, 0.001, 4.9, 32, 1 },
    };

    (void)state;
    check_table(
        "Table 2", "stop=coin feedback=false", rows, 5,
        (struct reference_setup){ .fanout = 1, .mode = REFERENCE_PUSH, .stop = REFERENCE_COIN });
}

static void table_3_pull_feedback_counter(void **state)
{
    static const struct published rows[] = {
        { 0.031, 0.001, 2.7, 17.6, 0.1 },
        { 0.00058, 0.00001, 4.5, 15.4, 0.1 },
        { 0.000004, 0.00001, 6.1, 14.0, 0.1 }, /* 400 runs do not resolve 4 in a million */
    };

    (void)state;
    check_table("Table 3", "mode=pull stop=counter", rows, 3,
                (struct reference_setup){ .fanout = 1,
                                          .mode = REFERENCE_PULL,
                                          .stop = REFERENCE_COUNTER,
                                          .feedback = true,
                                          .reset = true });
}

static void points_off_the_tables_follow_the_reference(void **state)
{
    static const struct {
        const char *parameters;
        struct reference_setup setup;
    } points[] = {
        { "k=3 reset=false", { .k = 3, .fanout = 1, .feedback = true } },
        { "k=2 fanout=2 reset=false", { .k = 2, .fanout = 2, .feedback = true } },
        { "k=4 fanout=2 feedback=false", { .k = 4, .fanout = 2 } },
        { "k=3 feedback=false", { .k = 3, .fanout = 1 } },
        { "stop=coin k=3", { .k = 3, .fanout = 1, .stop = REFERENCE_COIN, .feedback = true } },
        { "stop=coin k=2 mode=pull",
          { .k = 2,
            .fanout = 1,
            .mode = REFERENCE_PULL,
            .stop = REFERENCE_COIN,
            .feedback = true } },
        { "stop=coin k=3 mode=push-pull feedback=false",
          { .k = 3, .fanout = 1, .mode = REFERENCE_PUSH_PULL, .stop = REFERENCE_COIN } },
        { "k=2 mode=pull reset=false",
          { .k = 2, .fanout = 1, .mode = REFERENCE_PULL, .feedback = true } },
        { "k=2 mode=pull feedback=false", { .k = 2, .fanout = 1, .mode = REFERENCE_PULL } },
        { "k=1 mode=push-pull",
          { .k = 1, .fanout = 1, .mode = REFERENCE_PUSH_PULL, .feedback = true, .reset = true } },
        { "k=2 mode=push-pull minimisation=true",
          { .k = 2,
            .fanout = 1,
            .mode = REFERENCE_PUSH_PULL,
            .feedback = true,
            .reset = true,
            .minimisation = true } },
        { "stop=rounds k=2", { .k = 2, .fanout = 1, .stop = REFERENCE_ROUNDS } },
        { "stop=rounds k=3 mode=pull",
          { .k = 3, .fanout = 1, .mode = REFERENCE_PULL, .stop = REFERENCE_ROUNDS } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct measured m = measure_rounds(points[i].parameters, NODES, POINT_RUNS);

        check_all(points[i].parameters, &m, points[i].setup);
        forget(&m);
    }
}

/* Solves reached = 1 - e^(-reached * fanout), from above. */
static double reached_by(double fanout)
{
    double reached = 1;

    for (int i = 0; i < 1000; i++)
        reached = 1 - exp(-reached * fanout);
    return reached;
}

static void infect_and_die_reaches_the_giant_component(void **state)
{
    (void)state;
    for (int fanout = 2; fanout <= 4; fanout++) {
        char text[64];
        struct measured m;
        struct figure residue;

        snprintf(text, sizeof text, "stop=rounds k=1 fanout=%d", fanout);
        m = measure_rounds(text, NODES, RUNS);
        check_all(text, &m,
                  (struct reference_setup){ .k = 1, .fanout = fanout, .stop = REFERENCE_ROUNDS });
        forget(&m);
        m = measure_rounds(text, 20000, 20);
        residue = figure_of(m.residue, m.runs);
        check_published(text, residue, 1 - reached_by(fanout), 0);
        forget(&m);
    }
}

/* Everybody tells ln n + c others once: all know with probability e^-e^-c (Erdos and Renyi). */
static void a_fanout_of_ln_n_and_more_reaches_all(void **state)
{
    (void)state;
    for (int fanout = 6; fanout <= 9; fanout++) {
        const double law = exp(-exp(log(NODES) - fanout));
        struct measured m;
        double reached_all = 0;
        char text[64];

        snprintf(text, sizeof text, "stop=rounds k=1 fanout=%d", fanout);
        m = measure_rounds(text, NODES, RUNS);
        for (int i = 0; i < m.runs; i++)
            reached_all += m.residue[i] == 0;
        forget(&m);
        if (fabs(reached_all / RUNS - law) > 4 * sqrt(law * (1 - law) / RUNS))
            fail_msg("fanout %d: %g of %d runs reach all, not %g", fanout, reached_all, RUNS,
                     law * RUNS);
    }
}

/* The law looks at contacts one after another, so here time is real and messages are quick. */
static void coin_with_feedback_obeys_its_law(void **state)
{
    const struct distribution_spec quick = { .kind = DISTRIBUTION_CONSTANT, .a = 1 };

    (void)state;
    for (int k = 1; k <= 3; k++) {
        double law = 0;
        char text[64];
        struct setup setup;
        struct measured m;

        for (int i = 0; i < 1000; i++)
            law = exp(-(k + 1) * (1 - law));
        snprintf(text, sizeof text, "stop=coin k=%d", k);
        setup_init(&setup, 20000);
        distribution_free(setup.latency);
        setup.config.network.latency = setup.latency = distribution_new(&quick);
        setup.config.stop.when = STOP_QUIET;
        assert_true(setup_add(&setup, "rumor-mongering", text));
        m = measure(&setup, 30);
        check_published(text, figure_of(m.residue, m.runs), law, 0);
        forget(&m);
        setup_clear(&setup);
    }
}

/* Nodes leave after a second, long before their first cycle ends: only farewells are sent. */
static void who_leaves_gracefully_tells_its_rumors(void **state)
{
    static const char *const modes[] = { "mode=push", "mode=pull", "mode=push-pull", "stop=never" };
    const struct distribution_spec second = { .kind = DISTRIBUTION_CONSTANT, .a = SIM_SECOND };
    struct distribution *stay = distribution_new(&second);

    (void)state;
    for (int i = 0; i < 8; i++) {
        int leavers = 0;

        for (uint32_t replication = 0; replication < 20; replication++) {
            const bool is_graceful = i & 1;
            struct setup setup;
            struct sim_result result;
            char text[80];

            snprintf(text, sizeof text, "%s fanout=3 interval=1h phase=together", modes[i / 2]);
            setup_init(&setup, 10);
            setup.config.replication = replication;
            setup.config.churn =
                (struct sim_churn){ .session = stay,
                                    .downtime = stay,
                                    .share = 0.5,
                                    .start = CHURN_UP,
                                    .leave = is_graceful ? LEAVE_GRACEFUL : LEAVE_CRASH };
            setup.config.stop.at = 3 * SIM_SECOND / 2;
            assert_true(setup_add(&setup, "rumor-mongering", text));
            sim_run(&setup.config, &result);
            assert_int_equal(result.status, SIM_DONE);
            if (metric(&result, "messages") > 0) {
                assert_true(is_graceful && metric(&result, "messages") == 3);
                leavers++;
            }
            sim_result_clear(&result);
            setup_clear(&setup);
        }
        assert_true((leavers > 0) == (i % 2 == 1) && leavers < 20);
    }
    distribution_free(stay);
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = {
        "stop=never k=3",
        "stop=never feedback=true",
        "stop=rounds feedback=false",
        "stop=coin reset=true",
        "stop=counter feedback=false reset=true",
        "minimisation=true",
        "mode=push-pull stop=coin minimisation=true",
        "mode=push-pull feedback=false minimisation=true",
    };
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(setup_add(&setup, "rumor-mongering", refused[i]));
    assert_true(
        setup_add(&setup, "rumor-mongering", "mode=push-pull reset=false minimisation=true"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_1_push_feedback_counter),
        cmocka_unit_test(table_2_push_blind_coin),
        cmocka_unit_test(table_3_pull_feedback_counter),
        cmocka_unit_test(points_off_the_tables_follow_the_reference),
        cmocka_unit_test(infect_and_die_reaches_the_giant_component),
        cmocka_unit_test(a_fanout_of_ln_n_and_more_reaches_all),
        cmocka_unit_test(coin_with_feedback_obeys_its_law),
        cmocka_unit_test(who_leaves_gracefully_tells_its_rumors),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
