/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mean_field_test.c - what the equations of the models predict lies within what runs measure, in a
 * cluster of 100 000 nodes; and not where the mean field does not hold.
 *
 * Of each world some runs are made.  When half of the nodes know an update depends on how it took
 * off, so the predicted median has to lie between the fastest run and the slowest (which it would
 * miss once in 2^(runs-1) times), and the runs between the predicted 0.5 and 99.5 %, or nearly so.
 * How long it takes from then to 99 % does not: in events it has to be right within four standard
 * errors of the mean and half a per cent, in rounds to one round.  So have the residue and the
 * copies sent, within a hundredth of a per cent of the nodes and one per cent.
 */
#include "analysis/theory/theory.h"
#include "tests/models/harness.h"
#include "tests/theory/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { NODES = 10000 };
#else
enum { NODES = 100000 };
#endif

enum { RUNS_MAX = 200 };

/* A world and a strategy; times in seconds. */
struct law {
    const char *name, *model, *parameters;
    int runs;
    bool rounds;
    double loss, latency, exponential; /* a constant one, or the mean of one */
    double session, downtime;          /* means, exponential; 0: no churn */
    double until;                      /* 0: until all know or all is quiet */
};

static const struct law laws[] = {
    { "anti-entropy, rounds", "anti-entropy", "mode=push interval=1s", 5, .rounds = true },
    { "anti-entropy, rounds, pull", "anti-entropy", "mode=pull interval=1s", 5, .rounds = true },
    { "anti-entropy, rounds, 10 % lost", "anti-entropy", "mode=push-pull interval=1s", 5,
      .rounds = true, .loss = 0.1 },
    { "anti-entropy, push, latency", "anti-entropy", "mode=push interval=1s compare=digest", 5,
      .latency = 0.1 },
    { "anti-entropy, pull, 10 % lost", "anti-entropy", "mode=pull interval=1s", 5, .latency = 0.01,
      .loss = 0.1 },
    { "anti-entropy, push-pull, exp. latency", "anti-entropy", "mode=push-pull interval=1s", 5,
      .exponential = 0.1 },
    { "anti-entropy, Poisson, churn", "anti-entropy", "mode=push-pull interval=1s clock=poisson", 5,
      .latency = 0.01, .session = 60, .downtime = 20, .until = 60 },
    { "rumors, rounds, feedback counter", "rumor-mongering", "k=2", 5, .rounds = true,
      .until = 60 },
    { "rumors, rounds, pull", "rumor-mongering", "mode=pull k=1", 2, .rounds = true, .until = 28 },
    { "rumors, events, feedback counter", "rumor-mongering", "k=2", 9, .latency = 0.05,
      .loss = 0.1 },
    { "rumors, events, blind coin", "rumor-mongering", "stop=coin feedback=false k=4", 9,
      .exponential = 0.1 },
    { "rumors, events, push-pull coin", "rumor-mongering", "mode=push-pull stop=coin k=3", 2,
      .latency = 0.05, .until = 12 },
    { "infect and die", "rumor-mongering", "stop=rounds k=1 fanout=4", 9, .latency = 0.2 },
    { "mail, exp. latency, 5 % lost", "direct-mail", "acknowledge=false", 9, .exponential = 0.1,
      .loss = 0.05 },
    { "mail, churn, 5 % lost", "direct-mail", "queue=0", 9, .exponential = 0.1, .loss = 0.05,
      .session = 60, .downtime = 20, .until = 20 },
    { "mail, rounds, 5 % lost", "direct-mail", "acknowledge=false", 2, .rounds = true,
      .loss = 0.05 },
};

static struct distribution *law_of(enum distribution_kind kind, double seconds)
{
    const struct distribution_spec spec = { .kind = kind, .a = seconds * (double)SIM_SECOND };

    return distribution_new(&spec);
}

static void begin(struct setup *setup, const struct law *law, int64_t nodes)
{
    struct sim_config *c = &setup->config;

    setup_init(setup, nodes);
    distribution_free(setup->latency);
    setup->latency = law->exponential > 0 ? law_of(DISTRIBUTION_EXPONENTIAL, law->exponential)
                                          : law_of(DISTRIBUTION_CONSTANT, law->latency);
    c->network.latency = setup->latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.loss = law->loss;
    c->timing = law->rounds ? TIMING_ROUNDS : TIMING_EVENTS;
    if (law->session > 0) {
        c->churn.session = law_of(DISTRIBUTION_EXPONENTIAL, law->session);
        c->churn.downtime = law_of(DISTRIBUTION_EXPONENTIAL, law->downtime);
    }
    if (law->until > 0)
        c->stop.at = (sim_time)(law->until * (double)SIM_SECOND);
    assert_true(setup_add(setup, law->model, law->parameters));
}

static void end(struct setup *setup)
{
    distribution_free((struct distribution *)setup->config.churn.session);
    distribution_free((struct distribution *)setup->config.churn.downtime);
    setup_clear(setup);
}

struct runs {
    double t50[RUNS_MAX], rise[RUNS_MAX], residue[RUNS_MAX], copies[RUNS_MAX];
    double fastest, slowest;
};

static void measure(struct setup *setup, int count, struct runs *runs)
{
    runs->fastest = INFINITY;
    runs->slowest = 0;
    for (int i = 0; i < count; i++) {
        struct sim_result r;
        setup->config.replication = (uint32_t)i;
        sim_run(&setup->config, &r);
        assert_int_equal(r.status, SIM_DONE);
        runs->t50[i] = metric(&r, "t50");
        runs->rise[i] = metric(&r, "t90") - runs->t50[i];
        if (!isnan(metric(&r, "t99")))
            runs->rise[i] = metric(&r, "t99") - runs->t50[i];
        runs->residue[i] = metric(&r, "residue");
        runs->copies[i] = metric(&r, "m");
        runs->fastest = fmin(runs->fastest, runs->t50[i]);
        runs->slowest = fmax(runs->slowest, runs->t50[i]);
        sim_result_clear(&r);
    }
}

static void expect(const struct law *law, const char *what, double predicted, double measured,
                   double tolerance)
{
    print_message("%-34s %-8s theory %.5g runs %.5g +- %.2g\n", law->name, what, predicted,
                  measured, tolerance);
    if (!(fabs(predicted - measured) <= tolerance))
        fail_msg("%s: %s: theory says %.6g, runs %.6g; tolerance %.2g", law->name, what, predicted,
                 measured, tolerance);
}

static void expect_law(const struct law *law)
{
    struct theory_prediction p;
    struct setup setup;
    static struct runs runs;
    struct figure rise, residue, copies;
    double rest;

    begin(&setup, law, NODES);
    setup.config.seed = (uint64_t)(1 + law - laws); /* not the same luck for all of them */
    theory_predict(&setup.config, &p);
    if (!p.applies)
        fail_msg("%s: no law, since %s", law->name, p.law.why);
    measure(&setup, law->runs, &runs);
    rise = figure_of(runs.rise, law->runs);
    residue = figure_of(runs.residue, law->runs);
    copies = figure_of(runs.copies, law->runs);
    expect(law, "t50", p.t50[THEORY_MEDIAN], (runs.fastest + runs.slowest) / 2,
           (runs.slowest - runs.fastest) / 2 + (law->rounds ? 1 : 0));
    rest = (isinf(p.t99[THEORY_MEDIAN]) ? p.t90 : p.t99)[THEORY_MEDIAN] - p.t50[THEORY_MEDIAN];
    expect(law, "rise", rest, rise.mean, law->rounds ? 1 : 4 * rise.error + 0.005 * rest);
    /* Few runs may happen to lie close together, but nodes miss the update one by one. */
    residue.error =
        fmax(residue.error, sqrt(p.residue * (1 - p.residue) / ((double)NODES * law->runs)));
    expect(law, "residue", p.residue, residue.mean, 4 * residue.error + 1e-4);
    if (!isnan(p.copies))
        expect(law, "m", p.copies, copies.mean, 4 * copies.error + 0.01 * copies.mean);
    theory_clear(&p);
    end(&setup);
}

static void theory_lies_within_the_runs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        expect_law(&laws[i]);
}

/* ---- figures without a curve ---- */

static void swim_finds_a_crash_when_the_law_says(void **state)
{
    const struct law law = { "swim, first detection",
                             "swim",
                             "preset=paper interval=1s helpers=0 broadcasts=false suspicion=false "
                             "order=random",
                             RUNS_MAX,
                             .latency = 0.001,
                             .until = 20 };
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 1 },
                                     .at = 5 * SIM_SECOND };
    struct theory_prediction p;
    struct setup setup;
    struct figure first;
    double times[RUNS_MAX];

    (void)state;
    begin(&setup, &law, 200);
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.stop.when = STOP_NEVER;
    theory_predict(&setup.config, &p);
    assert_true(p.applies && !p.has_curve);
    for (int i = 0; i < law.runs; i++) {
        struct sim_result r;
        setup.config.replication = (uint32_t)i;
        sim_run(&setup.config, &r);
        times[i] = metric(&r, "detect_first");
        sim_result_clear(&r);
    }
    first = figure_of(times, law.runs);
    expect(&law, "first", p.law.detection, first.mean, 4 * first.error);
    end(&setup);
}

/* ---- where it does not hold ---- */

static void expect_none(struct setup *setup, const char *why)
{
    struct theory_prediction p;

    theory_predict(&setup->config, &p);
    assert_false(p.applies);
    assert_non_null(strstr(p.law.why, why));
    theory_clear(&p);
}

static void it_says_why_there_is_no_law(void **state)
{
    const struct law plain = { "", "anti-entropy", "interval=1s", 1, .latency = 0.01 };
    const struct law critical = { "", "rumor-mongering", "stop=coin feedback=false k=1", 1,
                                  .latency = 0.01 };
    const struct law slow = { "", "anti-entropy", "mode=pull interval=1s", 1, .latency = 0.7 };
    const struct law lossy = { "", "direct-mail", "", 1, .latency = 0.01, .loss = 0.1 };
    struct sim_graph ring = { .nodes = 1000 };
    const struct sim_fault fault = { .kind = FAULT_CRASH };
    struct setup setup;

    (void)state;
    begin(&setup, &plain, 50);
    expect_none(&setup, "fewer than 100 nodes");
    setup.config.nodes = 1000;
    setup.config.graph = &ring;
    expect_none(&setup, "not mixed");
    setup.config.graph = NULL;
    setup.config.workload.updates = 2;
    expect_none(&setup, "one update");
    setup.config.workload.updates = 1;
    setup.config.faults = &fault;
    setup.config.fault_count = 1;
    expect_none(&setup, "faults");
    setup.config.fault_count = 0;
    assert_true(setup_add(&setup, "direct-mail", ""));
    expect_none(&setup, "several models");
    end(&setup);
    begin(&setup, &critical, 1000);
    expect_none(&setup, "no more than one other");
    end(&setup);
    begin(&setup, &slow, 1000);
    expect_none(&setup, "round trip");
    end(&setup);
    begin(&setup, &lossy, 1000);
    expect_none(&setup, "sent again");
    end(&setup);
}

/* A few nodes: many rumors die with the first of them, which is no matter of the mean. */
static void small_clusters_depart_from_it(void **state)
{
    const struct law law = {
        "150 nodes, 30 % lost", "rumor-mongering", "stop=rounds k=1 fanout=2", RUNS_MAX,
        .latency = 0.01,        .loss = 0.3
    };
    static struct runs runs;
    struct theory_prediction p;
    struct setup setup;
    struct figure residue;

    (void)state;
    begin(&setup, &law, 150);
    theory_predict(&setup.config, &p);
    assert_true(p.applies);
    measure(&setup, law.runs, &runs);
    residue = figure_of(runs.residue, law.runs);
    print_message("150 nodes: residue: theory %.4f, runs %.4f +- %.4f\n", p.residue, residue.mean,
                  residue.error);
    assert_true(residue.mean - 4 * residue.error > p.residue);
    theory_clear(&p);
    end(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(theory_lies_within_the_runs),
        cmocka_unit_test(swim_finds_a_crash_when_the_law_says),
        cmocka_unit_test(it_says_why_there_is_no_law),
        cmocka_unit_test(small_clusters_depart_from_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
