/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom a node calls, when, and whether it is let in:
 *
 *   - a limit L lets in min(calls, L) at each node and interval, calls being binomial; who may hunt
 *     is let in as long as there is a place; a rejected caller sends no data;
 *   - push with a limit of 1 leaves s = e^(-lambda m), lambda = 1/(1-1/e), where all are active
 *     (Demers et al., PODC 1987, section 1.4);
 *   - a Poisson clock's ticks are exponential times apart, on average an interval;
 *   - round-robin calls each other node once in n-1 intervals; nearest calls neighbours on the
 * ring; spatial calls distance d with a probability that falls as d^-exponent;
 *   - what another model of the stack brings is made hot, mailed or left, as `revive` says; rumors
 *     that are hot together travel together.
 *
 * Tolerances are four standard errors of the laws.
 */
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the limit ---- */

/* Exchanges of `rounds` rounds in which each of `n` nodes, all equal, calls. */
static void call_in_rounds(int64_t n, int rounds, const char *more, struct sim_result *result)
{
    struct setup setup;
    char text[120];

    setup_init(&setup, n);
    setup_rounds(&setup);
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = rounds * SIM_SECOND + SIM_MILLISECOND;
    setup.config.workload.updates = 0;
    setup.config.store.preload = 3;
    snprintf(text, sizeof text, "interval=1s phase=together %s", more);
    assert_true(setup_add(&setup, "anti-entropy", text));
    sim_run(&setup.config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(&setup);
}

static void a_limit_lets_in_so_many(void **state)
{
    static const double let_in[] = { 0, 0.63212, 0.89636, 0.97666 }; /* E min(Poisson(1), L) */
    const double n = 2000, rounds = 10;

    (void)state;
    for (int limit = 1; limit <= 3; limit++) {
        struct sim_result r;
        char text[40];
        double exchanges, error = sqrt(0.3 * n * rounds); /* the variance is below 0.3 a node */

        snprintf(text, sizeof text, "connection_limit=%d", limit);
        call_in_rounds((int64_t)n, (int)rounds, text, &r);
        exchanges = metric(&r, "anti-entropy.exchanges");
        assert_true(fabs(exchanges - let_in[limit] * n * rounds) <= 4 * error);
        assert_true(exchanges + metric(&r, "anti-entropy.rejected") == n * rounds);
        assert_true(metric(&r, "bytes_digest") == exchanges * 3 * 16);
        assert_true(metric(&r, "bytes_control") == 2 * n * rounds * 8);
        sim_result_clear(&r);
    }
}

static void who_may_hunt_finds_a_place(void **state)
{
    struct sim_result r;
    double exchanges;

    (void)state;
    call_in_rounds(50, 20, "connection_limit=1 hunt=1000", &r);
    exchanges = metric(&r, "anti-entropy.exchanges");
    /* The last caller of a round may find no place but its own. */
    assert_true(exchanges >= 20 * 49 && exchanges <= 20 * 50);
    assert_true(metric(&r, "anti-entropy.rejected") > 20);
    sim_result_clear(&r);
    call_in_rounds(50, 20, "connection_limit=1 hunt=2", &r);
    assert_true(metric(&r, "anti-entropy.exchanges") < exchanges);
    assert_true(metric(&r, "anti-entropy.exchanges") > 20 * 50 * 0.7);
    sim_result_clear(&r);
}

/* An answer that arrives twice counts once: each caller asks 1 + hunt partners at most, and of what
 * it asks two copies arrive and two answers leave.  What comes after the cycle starts no hunt. */
static void a_duplicate_of_an_answer_starts_no_hunt(void **state)
{
    enum { CALLERS = 50, CYCLES = 20, HUNT = 20 };
    static const char *const models[] = { "anti-entropy", "rumor-mongering" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct setup setup;
        struct sim_result r;
        char text[120];

        setup_init(&setup, CALLERS);
        setup.config.network.duplicate = 1;
        setup.config.network.jitter = 0.9;
        setup.config.workload.updates = 0;
        setup.config.store.preload = 1;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = CYCLES * SIM_SECOND;
        snprintf(text, sizeof text, "connection_limit=1 hunt=%d interval=%s%s", HUNT,
                 i < 2 ? "1s" : "25ms", i % 2 ? " stop=never" : "");
        assert_true(setup_add(&setup, models[i % 2], text));
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        const double calls = CALLERS * CYCLES * (i < 2 ? 1 : 40);

        assert_true(metric(&r, "bytes_control") <= 8 * calls * (1 + HUNT) * 3);
        assert_true(metric(&r, "bytes_control") >= 8 * calls * 3);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void limited_push_obeys_its_law(void **state)
{
    const double n = 60000, lambda_1 = 1 / (1 - exp(-1));
    struct setup setup;
    struct sim_result r;
    double lambda = 0;
    int steps = 0;

    (void)state;
    setup_init(&setup, (int64_t)n);
    setup_rounds(&setup);
    setup.config.workload.updates = 0;
    setup.config.store = (struct sim_store){ .preload = 1, .missing = 0.03 };
    setup.config.stop.when = STOP_CONVERGED;
    setup.config.sample_every = SIM_SECOND;
    assert_true(setup_add(&setup, "rumor-mongering",
                          "stop=never interval=1s phase=together connection_limit=1"));
    sim_run(&setup.config, &r);
    for (size_t i = 1; i < r.sample_count; i++) {
        const double active = r.samples[i - 1].informed / n, s = 1 - active;
        const double next = 1 - r.samples[i].informed / n;
        const double sent =
            (double)(r.samples[i].bytes_payload - r.samples[i - 1].bytes_payload) / 100 / n;
        double left;

        if (sent <= 0 || s * n < 100)
            continue;
        lambda = active / (1 - exp(-active));
        left = exp(-lambda * sent);
        assert_true(fabs(next - s * left) <= 4 * sqrt(s * left * (1 - left) / n));
        assert_true(fabs(sent - (1 - exp(-active))) <= 4 * sqrt(0.1 / n));
        steps++;
    }
    assert_true(steps >= 2);
    assert_true(fabs(lambda / lambda_1 - 1) < 0.005); /* nearly all are active */
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- clocks and partners, seen by a spy ---- */

enum { NODES = 41, CONFIG_MAX = 256 };

/* The model's config, and what the spy notes beside it. */
struct spy {
    alignas(16) char config[CONFIG_MAX];
    const struct model *inner;
    sim_time ticked[NODES];
    double gaps, sum, over_one, over_two; /* between ticks; longer than so many intervals */
    uint32_t calls[NODES][NODES];         /* by the scenario's numbers: [called][caller] */
    struct numbering numbering;
};

static void spy_timer(struct node *n, int tag, uint32_t value)
{
    struct spy *spy = (struct spy *)(uintptr_t)node_config(n);
    sim_time *ticked = &spy->ticked[node_self(n)];

    if (*ticked > 0) {
        const double gap = (double)(node_now(n) - *ticked) / (double)SIM_SECOND;

        spy->gaps++;
        spy->sum += gap;
        spy->over_one += gap > 1;
        spy->over_two += gap > 2;
    }
    *ticked = node_now(n);
    spy->inner->on_timer(n, tag, value);
}

static void spy_message(struct node *n, const struct message *m)
{
    struct spy *spy = (struct spy *)(uintptr_t)node_config(n);

    spy->calls[numbering_outside(&spy->numbering, node_self(n))]
              [numbering_outside(&spy->numbering, m->from)]++;
    spy->inner->on_message(n, m);
}

/* Equal nodes that call each other by checksum, which nobody answers, for so many intervals. */
static struct spy *watch(const char *model, const char *more, int seconds)
{
    struct spy *spy = calloc(1, sizeof *spy);
    struct model table;
    struct setup setup;
    struct sim_result result;
    char text[120];

    setup_init(&setup, NODES);
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = seconds * SIM_SECOND;
    setup.config.workload.updates = 0;
    setup.config.store.preload = 1;
    snprintf(text, sizeof text, "interval=1s %s", more);
    assert_true(setup_add(&setup, model, text));
    table = *setup.layers[0].model;
    assert_true(table.config_size <= CONFIG_MAX);
    memcpy(spy->config, setup.layers[0].config, table.config_size);
    spy->inner = setup.layers[0].model;
    numbering_init(&spy->numbering, NODES,
                   draw_key(setup.config.seed, setup.config.replication, PURPOSE_NUMBERING));
    table.on_timer = spy_timer;
    table.on_message = spy_message;
    setup.layers[0] = (struct sim_layer){ .model = &table, .config = spy };
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    sim_result_clear(&result);
    setup_clear(&setup);
    return spy;
}

static void a_poisson_clock_ticks_at_exponential_times(void **state)
{
    static const char *const models[] = { "anti-entropy", "rumor-mongering" };
    static const char *const parameters[] = { "compare=checksum clock=poisson",
                                              "stop=never clock=poisson" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct spy *spy = watch(models[i], parameters[i], 500);
        const double n = spy->gaps;

        assert_true(fabs(n - 499.0 * NODES) <= 4 * sqrt(500.0 * NODES));
        assert_true(fabs(spy->sum / n - 1) <= 4 / sqrt(n));
        assert_true(fabs(spy->over_one / n - exp(-1)) <= 4 * sqrt(0.233 / n));
        assert_true(fabs(spy->over_two / n - exp(-2)) <= 4 * sqrt(0.117 / n));
        free(spy);
    }
}

static void round_robin_calls_each_once(void **state)
{
    struct spy *spy = watch("anti-entropy", "compare=checksum partner=round-robin", NODES);

    (void)state;
    /* The calls of the first n intervals but for one or two of each node: n-1 calls visit all. */
    for (int to = 0; to < NODES; to++)
        for (int from = 0; from < NODES; from++)
            if (from == to)
                assert_int_equal(spy->calls[to][from], 0);
            else
                assert_in_range(spy->calls[to][from], 1, 2);
    free(spy);
}

/* Calls over the distance d on the ring, either way. */
static double calls_over(const struct spy *spy, int d)
{
    double calls = 0;

    for (int from = 0; from < NODES; from++)
        calls +=
            spy->calls[(from + d) % NODES][from] + spy->calls[(from + NODES - d) % NODES][from];
    return calls;
}

static void partners_are_near_by_their_law(void **state)
{
    struct spy *spy = watch("anti-entropy", "compare=checksum partner=nearest", 50);
    double weights = 0, all = 0;

    (void)state;
    for (int d = 2; d <= NODES / 2; d++)
        assert_true(calls_over(spy, d) <= 0);
    assert_true(calls_over(spy, 1) > 49.0 * NODES);
    free(spy);

    spy = watch("anti-entropy", "compare=checksum partner=spatial spatial_exponent=1.5", 500);
    for (int d = 1; d <= NODES / 2; d++) {
        weights += pow(d, -1.5);
        all += calls_over(spy, d);
    }
    for (int d = 1; d <= NODES / 2; d++) {
        const double p = pow(d, -1.5) / weights;

        assert_true(fabs(calls_over(spy, d) - p * all) <= 4 * sqrt(all * p * (1 - p)));
    }
    free(spy);
}

/* ---- rumors ---- */

/*
 * A node is away while an update is mailed; anti-entropy brings it the update afterwards.  Returns
 * the copies of the update that the whole run sent.
 */
static double copies_with(const char *revive, double *contacts)
{
    const struct sim_fault away = { .kind = FAULT_CRASH,
                                    .of = { .kind = SELECT_RANGE, .first = 5, .nodes = 1 },
                                    .lasts = 10 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;
    char text[80];
    double copies;

    setup_init(&setup, 20);
    setup.config.workload.at = SIM_SECOND;
    setup.config.workload.origin = ORIGIN_FIRST;
    setup.config.faults = &away;
    setup.config.fault_count = 1;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 60 * SIM_SECOND;
    snprintf(text, sizeof text, "stop=rounds k=1 revive=%s", revive);
    assert_true(setup_add(&setup, "rumor-mongering", text));
    assert_true(setup_add(&setup, "direct-mail", "acknowledge=false"));
    assert_true(setup_add(&setup, "anti-entropy", "interval=5s"));
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "residue") == 0);
    assert_true(metric(&r, "learned_by.anti-entropy") > 0.04);
    copies = metric(&r, "bytes_payload") / 100;
    *contacts = metric(&r, "rumor-mongering.contacts");
    sim_result_clear(&r);
    setup_clear(&setup);
    return copies;
}

static void backup_finds_are_revived(void **state)
{
    double contacts, copies;

    (void)state;
    /* 19 mails and the one that anti-entropy brings. */
    copies = copies_with("none", &contacts);
    assert_true(contacts == 1 && copies == 19 + 1 + 1);
    copies = copies_with("mail", &contacts);
    assert_true(contacts == 1 && copies == 19 + 1 + 1 + 19);
    copies = copies_with("hot", &contacts);
    assert_true(contacts == 20 && copies == 19 + 1 + 20);
}

/* Retransmissions of mail until `end`. */
static double retransmissions_until(sim_time end)
{
    static const struct sim_fault away[] = {
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 5, .nodes = 1 },
          .lasts = 10 * SIM_SECOND },
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 7, .nodes = 1 },
          .lasts = 100 * SIM_SECOND },
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 6, .nodes = 1 },
          .at = 9 * SIM_SECOND,
          .lasts = SIM_SECOND / 2 },
    };
    struct setup setup;
    struct sim_result r;
    double retransmissions;

    setup_init(&setup, 20);
    setup.config.workload = (struct sim_workload){ .updates = 6,
                                                   .keys = 6,
                                                   .size_bytes = 100,
                                                   .at = SIM_SECOND,
                                                   .arrival = ARRIVAL_EVERY,
                                                   .every = 3 * SIM_SECOND,
                                                   .origin = ORIGIN_NODE,
                                                   .origin_node = 5 };
    setup.config.faults = away;
    setup.config.fault_count = 3;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = end;
    assert_true(setup_add(&setup, "rumor-mongering", "stop=rounds k=1 interval=1h revive=mail"));
    assert_true(setup_add(&setup, "direct-mail", "retry=all"));
    assert_true(setup_add(&setup, "anti-entropy", "interval=30s"));
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "residue") == 0);
    assert_true(metric(&r, "learned_by.anti-entropy") > 0);
    assert_true(metric(&r, "direct-mail.lost_overflow") == 0);
    retransmissions = metric(&r, "direct-mail.retransmissions");
    sim_result_clear(&r);
    setup_clear(&setup);
    return retransmissions;
}

/*
 * Node 5 is away when the first updates are written by node 6, whose cache of mail a crash empties.
 * Then node 5 writes the later ones, finds the first by anti-entropy and mails all: also to node 7,
 * which is away longer.  Each mail is acknowledged once 7 is back, whatever the order.
 */
static void revived_mail_is_acknowledged_in_any_order(void **state)
{
    const double early = retransmissions_until(110 * SIM_SECOND);

    (void)state;
    assert_true(early > 3 * 90); /* a second apart: more than node 5's own */
    assert_true(retransmissions_until(200 * SIM_SECOND) == early);
}

/* Two nodes infect and die: each tells all five rumors in one message. */
static void rumors_travel_together(void **state)
{
    (void)state;
    for (int limit = 0; limit < 2; limit++) {
        struct setup setup;
        struct sim_result r;
        char text[80];

        setup_init(&setup, 2);
        setup.config.workload.updates = setup.config.workload.keys = 5;
        setup.config.workload.origin = ORIGIN_FIRST;
        setup.config.stop.when = STOP_QUIET;
        snprintf(text, sizeof text, "stop=rounds k=1 connection_limit=%d", limit);
        assert_true(setup_add(&setup, "rumor-mongering", text));
        sim_run(&setup.config, &r);
        assert_string_equal(r.stop_reason, "quiet");
        assert_true(metric(&r, "residue") == 0);
        assert_true(metric(&r, "rumor-mongering.contacts") == 2);
        assert_true(metric(&r, "rumor-mongering.retired") == 10);
        assert_true(metric(&r, "bytes_payload") == 2 * 5 * 100);
        assert_true(metric(&r, "messages") == (limit ? 6 : 2));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void rumors_reach_the_holders_of_their_shards(void **state)
{
    static const char *const modes[] = { "push", "pull", "push-pull" };

    (void)state;
    for (int i = 0; i < 6; i++) {
        struct setup setup;
        struct sim_result r;
        char text[80];

        setup_init(&setup, 20);
        setup.config.store = (struct sim_store){ .shards = 8, .replicas = 4 };
        setup.config.workload.updates = setup.config.workload.keys = 36;
        snprintf(text, sizeof text, "stop=never mode=%s connection_limit=%d", modes[i / 2], i % 2);
        assert_true(setup_add(&setup, "rumor-mongering", text));
        sim_run(&setup.config, &r);
        assert_string_equal(r.stop_reason, "converged");
        assert_true(metric(&r, "residue") == 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = { "hunt=2", "clock=poisson phase=random",
                                           "stop=never revive=mail" };
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(setup_add(&setup, "rumor-mongering", refused[i]));
    assert_true(setup_add(&setup, "rumor-mongering", "connection_limit=1 hunt=2 revive=none"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_lets_in_so_many),
        cmocka_unit_test(who_may_hunt_finds_a_place),
        cmocka_unit_test(a_duplicate_of_an_answer_starts_no_hunt),
        cmocka_unit_test(limited_push_obeys_its_law),
        cmocka_unit_test(a_poisson_clock_ticks_at_exponential_times),
        cmocka_unit_test(round_robin_calls_each_once),
        cmocka_unit_test(partners_are_near_by_their_law),
        cmocka_unit_test(backup_finds_are_revived),
        cmocka_unit_test(revived_mail_is_acknowledged_in_any_order),
        cmocka_unit_test(rumors_travel_together),
        cmocka_unit_test(rumors_reach_the_holders_of_their_shards),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
