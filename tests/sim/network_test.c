/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages are lost, delayed and charged as the scenario says: the share that is lost, the law of
 * the latency by message or by ordered pair, the range of the jitter, the bytes of each class; and
 * the fate of a node's n-th message is the same whatever the strategy.
 */
#include "law.h"
#include "tests/models/harness.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 60, TICKS = 300, SENT = NODES * TICKS };

/* One message of the model under test; it carries its own number. */
struct letter {
    sim_time sent, arrived; /* arrived: 0 if it has not */
    node_id to;
};

struct config {
    int64_t interval;
    struct letter (*letters)[TICKS]; /* of each node */
    uint32_t counts[NODES];
    uint32_t kinds; /* takes kinds 0 .. kinds-1 in turn */
    bool sends_sets;
    bool pauses;                  /* sends at every other tick only */
    uint64_t sent[8], members[8]; /* of each kind */
};

struct state {
    uint32_t ticks;
};

enum { CONTROL, CHECKSUM, IDENTITIES, PAYLOAD, BOTH };

static const struct message_kind messages[] = {
    [CONTROL] = { .name = "control", .carries = CARRIES_CONTROL },
    [CHECKSUM] = { .name = "checksum", .carries = CARRIES_CHECKSUM },
    [IDENTITIES] = { .name = "identities", .carries = CARRIES_IDENTITIES },
    [PAYLOAD] = { .name = "payload", .carries = CARRIES_PAYLOAD },
    [BOTH] = { .name = "both", .carries = CARRIES_IDENTITIES | CARRIES_PAYLOAD },
    { .name = NULL },
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    node_every(n, config_of(n)->interval, PHASE_RANDOM, 0);
}

static void tick(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);
    struct state *mine = node_state(n);
    const node_id me = node_self(n);
    const uint32_t number = c->counts[me];
    const struct pack pack = { .value = number };

    (void)tag;
    (void)value;
    if (number == TICKS || (c->pauses && ++mine->ticks % 2))
        return;
    const node_id to = (me + 1 + number % (NODES - 1)) % NODES;
    const int kind = c->kinds ? (int)(number % c->kinds) : 0;

    c->letters[me][number] = (struct letter){ .sent = node_now(n), .to = to };
    c->counts[me]++;
    c->sent[kind]++;
    c->members[kind] += set_count(node_known(n));
    node_send_pack(n, to, kind, c->sends_sets ? set_copy(node_known(n)) : set_new(), &pack);
}

static void receive(struct node *n, const struct message *m)
{
    struct letter *letter = &config_of(n)->letters[m->from][m->value];

    assert_int_equal(letter->to, node_self(n));
    assert_int_equal(letter->arrived, 0);
    letter->arrived = node_now(n);
}

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between letters"),
    PARAM_END,
};

static const struct model postman = {
    .name = "postman",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .on_start = start,
    .on_timer = tick,
    .on_message = receive,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct distribution *latency;
    struct sim_result result;
};

static void open_trial(struct trial *t, const struct distribution_spec *latency)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, NODES);
    assert_true(setup_add_model(&t->setup, &postman, ""));
    t->config = t->setup.configs[0];
    t->config->letters = calloc(NODES, sizeof *t->config->letters);
    if (latency)
        c->network.latency = t->latency = distribution_new(latency);
    c->workload = (struct sim_workload){ 0 };
    c->stop.at = (2 * TICKS + 60) * SIM_SECOND;
    c->stop.when = STOP_NEVER;
}

static void run_trial(struct trial *t)
{
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
    for (int i = 0; i < NODES; i++)
        assert_int_equal(t->config->counts[i], TICKS);
    assert_int_equal(metric(&t->result, "messages"), SENT);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    free(t->config->letters);
    distribution_free(t->latency);
    setup_clear(&t->setup);
}

static uint32_t count_arrived(const struct trial *t)
{
    uint32_t arrived = 0;

    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < TICKS; k++)
            arrived += t->config->letters[i][k].arrived > 0;
    return arrived;
}

static void as_many_are_lost_as_asked_for(void **state)
{
    static const double losses[] = { 0, 0.001, 0.05, 0.5, 0.9, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        struct trial t;

        open_trial(&t, NULL);
        t.setup.config.network.loss = losses[i];
        run_trial(&t);
        const double lost = SENT - count_arrived(&t);

        assert_true(lost == metric(&t.result, "dropped_loss"));
        assert_true(metric(&t.result, "dropped_down") == 0);
        if (losses[i] == 0 || losses[i] == 1)
            assert_true(lost == losses[i] * SENT);
        else
            assert_true(fabs(law_share(lost, SENT, losses[i])) < LAW_Z);
        assert_true(metric(&t.result, "load_mean") * NODES == SENT - lost);
        close_trial(&t);
    }
}

/* Which message of a node is lost does not depend on which was lost before. */
static void losses_are_independent(void **state)
{
    struct trial t;
    double *x = malloc(SENT * sizeof *x), *y = malloc(SENT * sizeof *y);
    size_t count = 0;

    (void)state;
    open_trial(&t, NULL);
    t.setup.config.network.loss = 0.3;
    run_trial(&t);
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k + 1 < TICKS; k++) {
            x[count] = t.config->letters[i][k].arrived > 0;
            y[count++] = t.config->letters[i][k + 1].arrived > 0;
        }
    assert_true(fabs(law_correlation(x, y, count)) < LAW_Z);
    close_trial(&t);
    free(x);
    free(y);
}

/* Latencies of all that arrived, ns. */
static size_t latencies(const struct trial *t, double *x)
{
    size_t count = 0;

    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < TICKS; k++) {
            const struct letter *letter = &t->config->letters[i][k];

            if (letter->arrived)
                x[count++] = (double)(letter->arrived - letter->sent);
        }
    return count;
}

static const struct distribution_spec exponential_40ms = { .kind = DISTRIBUTION_EXPONENTIAL,
                                                           .a = 40e6 };

static double exponential(double x, const void *about)
{
    (void)about;
    return gsl_cdf_exponential_P(x, 40e6);
}

static void a_constant_latency_is_exact(void **state)
{
    static const sim_time values[] = { 0, 1, 33333333, 10 * SIM_MILLISECOND, 17 * SIM_SECOND };
    double *x = malloc(SENT * sizeof *x);

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int per = 0; per < 2; per++) {
            const struct distribution_spec spec = { .a = (double)values[i] };
            struct trial t;

            open_trial(&t, &spec);
            t.setup.config.network.latency_per = per ? LATENCY_PER_MESSAGE : LATENCY_PER_PAIR;
            run_trial(&t);
            assert_int_equal(latencies(&t, x), SENT);
            for (int k = 0; k < SENT; k++) /* nothing arrives before it is sent */
                assert_true((sim_time)x[k] == (values[i] ? values[i] : 1));
            close_trial(&t);
        }
    free(x);
}

static void a_latency_by_message_follows_its_law(void **state)
{
    struct trial t;
    double *x = malloc(SENT * sizeof *x);

    (void)state;
    open_trial(&t, &exponential_40ms);
    t.setup.config.network.latency_per = LATENCY_PER_MESSAGE;
    t.setup.config.network.loss = 0.2; /* who is lost and who is late are independent */
    run_trial(&t);
    assert_true(law_ks(x, latencies(&t, x), exponential, NULL) < LAW_KS);
    close_trial(&t);
    free(x);
}

static void a_latency_by_pair_is_kept(void **state)
{
    enum { PAIRS = NODES * (NODES - 1) };
    struct trial t;
    double *there = calloc(PAIRS, sizeof *there), *back = calloc(PAIRS, sizeof *back);
    sim_time(*found)[NODES] = calloc(NODES, sizeof *found);
    size_t count = 0;

    (void)state;
    open_trial(&t, &exponential_40ms);
    run_trial(&t);
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < TICKS; k++) {
            const struct letter *letter = &t.config->letters[i][k];
            const sim_time latency = letter->arrived - letter->sent;

            if (found[i][letter->to])
                assert_int_equal(latency, found[i][letter->to]);
            found[i][letter->to] = latency;
        }
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < NODES; k++)
            if (i != k) {
                assert_int_not_equal(found[i][k], found[k][i]);
                there[count] = (double)found[i][k];
                back[count++] = (double)found[k][i];
            }
    assert_int_equal(count, PAIRS);
    /* each pair counts twice: half as many are independent */
    assert_true(fabs(law_correlation(there, back, count)) < LAW_Z * sqrt(2));
    assert_true(law_ks(there, count, exponential, NULL) < LAW_KS);
    close_trial(&t);
    free(there);
    free(back);
    free(found);
}

static double even_around_10ms(double x, const void *fraction)
{
    const double f = *(const double *)fraction;

    return gsl_cdf_flat_P(x, 10e6 * (1 - f), 10e6 * (1 + f));
}

static void jitter_is_even_around_the_latency(void **state)
{
    static const double fractions[] = { 0.05, 0.5, 1 };
    double *x = malloc(SENT * sizeof *x);

    (void)state;
    for (size_t i = 0; i < sizeof fractions / sizeof *fractions; i++) {
        struct trial t;
        size_t count;

        open_trial(&t, NULL);
        t.setup.config.network.jitter = fractions[i];
        run_trial(&t);
        count = latencies(&t, x);
        assert_true(law_ks(x, count, even_around_10ms, &fractions[i]) < LAW_KS);
        assert_true(x[0] >= 10e6 * (1 - fractions[i]) - 1); /* sorted by now */
        assert_true(x[count - 1] <= 10e6 * (1 + fractions[i]) + 1);
        close_trial(&t);
    }
    free(x);
}

/* Jitter comes on top of a latency of the pair's own, within its fraction. */
static void jitter_varies_the_latency_of_a_pair(void **state)
{
    struct trial plain, varied;
    double *shares = malloc(SENT * sizeof *shares);
    const double one = 1;
    size_t count = 0;

    (void)state;
    open_trial(&plain, &exponential_40ms);
    run_trial(&plain);
    open_trial(&varied, &exponential_40ms);
    varied.setup.config.network.jitter = 0.2;
    run_trial(&varied);
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < TICKS; k++) {
            const struct letter *a = &plain.config->letters[i][k];
            const struct letter *b = &varied.config->letters[i][k];
            double share = (double)(b->arrived - b->sent) / (double)(a->arrived - a->sent);

            if (a->arrived - a->sent > 1000000) /* 10 ms * (1 + (share - 1) / 0.2) */
                shares[count++] = 10e6 * (1 + (share - 1) / 0.2);
        }
    assert_true(law_ks(shares, count, even_around_10ms, &one) < LAW_KS);
    close_trial(&plain);
    close_trial(&varied);
    free(shares);
}

static void bytes_are_those_of_what_is_carried(void **state)
{
    static const int64_t preloads[] = { 0, 1, 2, 30, 31, 100 };

    (void)state;
    for (size_t i = 0; i < sizeof preloads / sizeof *preloads; i++) {
        const double each = SENT / 5.0, updates = (double)preloads[i];
        struct trial t;

        open_trial(&t, NULL);
        t.config->kinds = 5;
        t.config->sends_sets = true;
        t.setup.config.store.preload = preloads[i];
        t.setup.config.workload.size_bytes = 200;
        run_trial(&t);
        assert_true(metric(&t.result, "bytes_control") == 8 * each);
        assert_true(metric(&t.result, "bytes_digest") == each * (8 + 2 * 16 * updates));
        assert_true(metric(&t.result, "bytes_payload") == each * 2 * 200 * updates);
        assert_true(metric(&t.result, "bytes_header") == 28.0 * SENT);
        assert_true(metric(&t.result, "bytes") ==
                    metric(&t.result, "bytes_control") + metric(&t.result, "bytes_digest") +
                        metric(&t.result, "bytes_payload") + metric(&t.result, "bytes_header"));
        assert_int_equal(t.result.outcome_count, preloads[i]);
        for (size_t u = 0; u < t.result.outcome_count; u++) {
            assert_int_equal(t.result.outcomes[u].copies, 2 * (uint64_t)each);
            assert_int_equal(t.result.outcomes[u].bytes, 400 * (uint64_t)each);
        }
        if (updates > 0)
            assert_true(fabs(metric(&t.result, "m") - 2 * each / NODES) < 1e-9);
        close_trial(&t);
    }
}

/* A node that holds a newer value sends that alone; a deletion is 16 B whatever the size. */
static void superseded_values_and_deletions_weigh_less(void **state)
{
    static const struct {
        int64_t updates, keys;
        double deletes;
    } cases[] = { { 6, 6, 0 }, { 6, 2, 0 }, { 6, 2, 1 }, { 1, 1, 1 }, { 60, 60, 1 }, { 60, 7, 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double size = cases[i].deletes > 0 ? 16 : 100, keys = (double)cases[i].keys;
        struct trial t;

        open_trial(&t, NULL);
        t.config->kinds = 5;
        t.config->sends_sets = true;
        t.setup.config.workload = (struct sim_workload){ .updates = cases[i].updates,
                                                         .keys = cases[i].keys,
                                                         .size_bytes = 100,
                                                         .origin = ORIGIN_FIRST,
                                                         .deletes = cases[i].deletes };
        run_trial(&t);
        /* one node knows all, from the start; nobody learns, for the model ignores what comes */
        assert_true(metric(&t.result, "bytes_payload") == 2 * TICKS / 5 * keys * size);
        assert_true(metric(&t.result, "bytes_digest") == 8 * SENT / 5 + 2 * TICKS / 5 * keys * 16);
        for (size_t u = 0; u < t.result.outcome_count; u++)
            assert_int_equal(t.result.outcomes[u].copies,
                             (int64_t)u >= cases[i].updates - cases[i].keys ? 2 * TICKS / 5 : 0);
        close_trial(&t);
    }
}

/* Common random numbers: other intervals, kinds and contents meet the same network. */
static void the_nth_message_of_a_node_has_one_fate(void **state)
{
    struct trial a, b;

    (void)state;
    open_trial(&a, &exponential_40ms);
    open_trial(&b, &exponential_40ms);
    a.setup.config.network.loss = b.setup.config.network.loss = 0.3;
    a.setup.config.network.latency_per = b.setup.config.network.latency_per = LATENCY_PER_MESSAGE;
    b.config->pauses = true;
    b.config->kinds = 5;
    b.config->sends_sets = true;
    b.setup.config.store.preload = 40;
    run_trial(&a);
    run_trial(&b);
    for (int i = 0; i < NODES; i++)
        for (int k = 0; k < TICKS; k++) {
            const struct letter *x = &a.config->letters[i][k], *y = &b.config->letters[i][k];

            assert_int_equal(x->arrived > 0, y->arrived > 0);
            if (x->arrived)
                assert_int_equal(x->arrived - x->sent, y->arrived - y->sent);
        }
    close_trial(&a);
    close_trial(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_are_lost_as_asked_for),
        cmocka_unit_test(losses_are_independent),
        cmocka_unit_test(a_constant_latency_is_exact),
        cmocka_unit_test(a_latency_by_message_follows_its_law),
        cmocka_unit_test(a_latency_by_pair_is_kept),
        cmocka_unit_test(jitter_is_even_around_the_latency),
        cmocka_unit_test(jitter_varies_the_latency_of_a_pair),
        cmocka_unit_test(bytes_are_those_of_what_is_carried),
        cmocka_unit_test(superseded_values_and_deletions_weigh_less),
        cmocka_unit_test(the_nth_message_of_a_node_has_one_fate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
