/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every model of the build must keep, with its defaults and with every value of every choice
 * and switch that its check() allows, the first three also with every pair of them, in some of the
 * ways to live; a build with sanitizers has no time for pairs:
 *
 *   - a node that is down is never called, nor a node that is up started again;
 *   - a node learns only what a message brought it or a client wrote there, and once;
 *   - it sends only what it has known;
 *   - a node that goes believes nothing of others any more, and what it says that it believed until
 *     now is what it said last (sim/truth/detection.c stops the program otherwise);
 *   - where every message is lost nobody learns, and where nothing is known no payload is sent;
 *   - timers do not multiply: the events of a second do not grow as time goes on;
 *   - the same configuration gives the same result, also in two threads at once, and another
 *     replication gives another;
 *   - where memory runs out, at whatever moment, the run fails and the program goes on, with the
 *     defaults alone and over a view.
 *
 * Arguments name the models that are tried one by one; none: all.
 *
 * A spy stands between engine and model: a model table with the spy's callbacks, whose config is
 * the model's own followed by what the spy notes.
 */
#include "tests/main.h"
#include "tests/models/harness.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { IN_PAIRS = false };
#else
enum { IN_PAIRS = true };
#endif
enum { NODES = 40, UPDATES = 36, CONFIG_MAX = 256 }; /* above 30 updates sets are rows */

static char *const *wanted; /* their names, closed by NULL */

static bool is_wanted(const struct model *model)
{
    bool is_named = !*wanted;

    for (char *const *name = wanted; *name; name++)
        is_named |= strcmp(*name, model->name) == 0;
    return is_named;
}

struct spy {
    alignas(16) char config[CONFIG_MAX]; /* first, because the model looks for it here */
    const struct model *inner;
    struct model table;    /* of the model that the engine runs */
    const char *violation; /* the first, or NULL */
    uint64_t calls;
    bool is_up[NODES];
    uint64_t known[NODES];    /* updates, since the node last lost its data */
    uint64_t ever[NODES];     /* known at any time */
    uint64_t received[NODES]; /* with payload, since the node last lost its data */
};

static struct spy *spy_of(const struct node *n)
{
    return (struct spy *)(uintptr_t)node_config(n);
}

static void demand(struct spy *spy, bool holds, const char *otherwise)
{
    spy->calls++;
    if (!holds && !spy->violation)
        spy->violation = otherwise;
}

static uint64_t bits(const struct set *set)
{
    uint64_t result = 0;

    for (update_id i = 0; set_next(set, &i); i++)
        result |= (uint64_t)1 << i;
    return result;
}

static void spy_start(struct node *n)
{
    struct spy *spy = spy_of(n);

    demand(spy, !spy->is_up[node_self(n)], "a node was started that was up");
    spy->is_up[node_self(n)] = true;
    if (spy->inner->on_start)
        spy->inner->on_start(n);
}

static void spy_timer(struct node *n, int tag, uint32_t value)
{
    struct spy *spy = spy_of(n);

    demand(spy, spy->is_up[node_self(n)], "a timer of a node fired that was down");
    if (spy->inner->on_timer)
        spy->inner->on_timer(n, tag, value);
}

static void spy_message(struct node *n, const struct message *m)
{
    struct spy *spy = spy_of(n);
    const uint64_t carried = bits(m->set);

    demand(spy, spy->is_up[node_self(n)], "a message came to a node that was down");
    demand(spy, m->from != node_self(n), "a node sent to itself");
    if (spy->inner->messages[m->kind].carries & CARRIES_PAYLOAD) {
        demand(spy, !(carried & ~spy->ever[m->from]), "a node sent what it never knew");
        spy->received[node_self(n)] |= carried;
    }
    if (spy->inner->on_message)
        spy->inner->on_message(n, m);
}

static void spy_failed(struct node *n, node_id to, const struct message *m)
{
    struct spy *spy = spy_of(n);

    demand(spy, spy->is_up[node_self(n)], "a node that was down heard of a failure");
    demand(spy, m->from == node_self(n) && to != m->from, "a node heard of another's failure");
    if (spy->inner->on_failed)
        spy->inner->on_failed(n, to, m);
}

static void spy_learn(struct node *n, const struct set *news, enum learned how)
{
    struct spy *spy = spy_of(n);
    const node_id self = node_self(n);
    const uint64_t learned = bits(news);

    demand(spy, spy->is_up[self], "a node learned that was down");
    demand(spy, learned != 0, "a node learned nothing");
    demand(spy, !(learned & spy->known[self]), "a node learned what it knew");
    if (how != LEARNED_LOCAL)
        demand(spy, !(learned & ~spy->received[self]), "a node learned what nobody sent it");
    spy->known[self] |= learned;
    spy->ever[self] |= learned;
    if (spy->inner->on_learn)
        spy->inner->on_learn(n, news, how);
}

static sim_time spy_hold(struct node *n)
{
    struct spy *spy = spy_of(n);

    demand(spy, spy->is_up[node_self(n)], "a node was asked about a write that was down");
    return spy->inner->holds_back(n);
}

static void spy_down(struct node *n, bool graceful, bool loses)
{
    struct spy *spy = spy_of(n);
    const node_id self = node_self(n);

    demand(spy, spy->is_up[self], "a node went down that was down");
    if (spy->inner->on_down)
        spy->inner->on_down(n, graceful, loses);
    spy->is_up[self] = false;
    if (loses)
        spy->known[self] = spy->received[self] = 0;
}

static void watch(struct spy *spy, const struct sim_layer *layer)
{
    memset(spy, 0, sizeof *spy);
    assert_true(layer->model->config_size <= CONFIG_MAX);
    memcpy(spy->config, layer->config, layer->model->config_size);
    spy->inner = layer->model;
    spy->table = *layer->model;
    spy->table.config_size = sizeof *spy;
    spy->table.on_start = spy_start;
    spy->table.on_timer = spy_timer;
    spy->table.on_message = spy_message;
    spy->table.on_failed = spy_failed;
    spy->table.on_learn = spy_learn;
    spy->table.on_down = spy_down;
    if (layer->model->holds_back)
        spy->table.holds_back = spy_hold;
}

/* ---- the variants of a model ---- */

typedef void act_function(const struct model *model, const char *parameters);

/* Acts on each value of the row after `before`, and on its pairs with those of later rows. */
static void for_each_value(const struct model *model, const struct param *row, const char *before,
                           bool in_pairs, act_function *act)
{
    static const char *const switches[] = { "false", "true", NULL };
    const char *const *words = row->type == PARAM_TYPE_CHOICE ? row->words
                               : row->type == PARAM_TYPE_BOOL ? switches
                                                              : NULL;

    for (; words && *words; words++) {
        char text[200];
        struct setup setup;

        snprintf(text, sizeof text, "%s%s=%s ", before, row->name, *words);
        setup_init(&setup, NODES);
        if (setup_add_model(&setup, model, text))
            act(model, text);
        for (const struct param *next = row + 1; in_pairs && next->type != PARAM_TYPE_END; next++)
            for_each_value(model, next, text, false, act);
        setup_clear(&setup);
    }
}

/* Acts on the defaults of every model and on each value, as in "mode=pull ". */
static void for_each_variant(bool in_pairs, act_function *act)
{
    for (const struct model *const *m = model_registry; *m; m++) {
        if (!is_wanted(*m))
            continue;
        act(*m, "");
        for (const struct param *row = (*m)->params; row->type != PARAM_TYPE_END; row++)
            for_each_value(*m, row, "", in_pairs, act);
    }
}

/* ---- a hard life: churn, loss, a stream of updates ---- */

struct life {
    struct setup setup;
    struct distribution *session, *downtime;
};

static struct distribution *exponential(double mean_seconds)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL,
                                            .a = mean_seconds * SIM_SECOND };

    return distribution_new(&spec);
}

static void life_init(struct life *life)
{
    struct sim_config *c = &life->setup.config;

    setup_init(&life->setup, NODES);
    life->session = exponential(15);
    life->downtime = exponential(5);
    c->churn.session = life->session;
    c->churn.downtime = life->downtime;
    c->network.loss = 0.1;
    c->network.jitter = 0.2;
    c->workload.updates = c->workload.keys = UPDATES;
    c->workload.arrival = ARRIVAL_POISSON;
    c->workload.rate = 2;
    c->stop.when = STOP_NEVER;
    c->stop.at = 40 * SIM_SECOND;
}

static void life_clear(struct life *life)
{
    setup_clear(&life->setup);
    distribution_free(life->session);
    distribution_free(life->downtime);
}

/* Whether a life is tried one way: with two values at once in two of the eight ways, each the
 * other's opposite, which ones by their names, so that either value meets all eight. */
static bool is_tried(const char *parameters, int way)
{
    const char *first = strchr(parameters, '=');
    unsigned int hash = 0;

    if (!first || !strchr(first + 1, '='))
        return true;
    for (const char *letter = parameters; *letter; letter++)
        hash = 31 * hash + (unsigned char)*letter;
    return (way < 4 ? way : 7 - way) == (int)(hash / 8 % 4);
}

static void spy_on(const struct model *model, const char *parameters)
{
    for (int way = 0; way < 8; way++) {
        if (!is_tried(parameters, way))
            continue;
        struct life life;
        struct spy spy;
        struct sim_result result;

        life_init(&life);
        if (way & 1)
            life.setup.config.timing = TIMING_ROUNDS;
        life.setup.config.churn.rejoin = way & 2 ? REJOIN_LOSE : REJOIN_KEEP;
        life.setup.config.churn.leave = way & 4 ? LEAVE_GRACEFUL : LEAVE_CRASH;
        assert_true(setup_add_model(&life.setup, model, parameters));
        watch(&spy, &life.setup.layers[0]);
        life.setup.layers[0] = (struct sim_layer){ .model = &spy.table, .config = &spy };
        sim_run(&life.setup.config, &result);
        assert_int_equal(result.status, SIM_DONE);
        assert_true(spy.calls > NODES);
        if (spy.violation)
            fail_msg("%s %s, way %d: %s", model->name, parameters, way, spy.violation);
        sim_result_clear(&result);
        life_clear(&life);
    }
}

static void the_dead_rest_and_knowledge_is_carried(void **state)
{
    (void)state;
    for_each_variant(IN_PAIRS, spy_on);
}

/* ---- nothing comes of nothing ---- */

static void lose_all(const struct model *model, const char *parameters)
{
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, NODES);
    setup.config.network.loss = 1;
    setup.config.stop.at = 100 * SIM_SECOND;
    setup.config.workload.updates = setup.config.workload.keys = 3;
    assert_true(setup_add_model(&setup, model, parameters));
    sim_run(&setup.config, &result);
    assert_int_equal(result.outcome_count, 3);
    for (int i = 0; i < 3; i++)
        if (result.outcomes[i].informed != 1)
            fail_msg("%s %s: %u nodes know what all was lost of", model->name, parameters,
                     result.outcomes[i].informed);
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void know_nothing(const struct model *model, const char *parameters)
{
    struct setup setup;
    struct sim_result result;

    setup_init(&setup, NODES);
    setup.config.workload.updates = 0;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 100 * SIM_SECOND;
    assert_true(setup_add_model(&setup, model, parameters));
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    if (metric(&result, "bytes_payload") != 0)
        fail_msg("%s %s: payload where nothing is known", model->name, parameters);
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void nothing_comes_of_nothing(void **state)
{
    (void)state;
    for_each_variant(false, lose_all);
    for_each_variant(false, know_nothing);
}

/* ---- timers do not multiply ---- */

static uint64_t events_until(const struct model *model, const char *parameters, int seconds)
{
    struct life life;
    struct sim_result result;
    uint64_t events;

    life_init(&life);
    life.setup.config.network.loss = 0.9;
    life.setup.config.stop.at = seconds * SIM_SECOND;
    life.setup.config.sample_every = SIM_SECOND;
    assert_true(setup_add_model(&life.setup, model, parameters));
    sim_run(&life.setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    events = result.events;
    sim_result_clear(&result);
    life_clear(&life);
    return events;
}

/* A connection sends a message up to seven times: its events come in clumps of that size. */
static void compare_rates(const struct model *model, const char *parameters)
{
    const double clump = strstr(parameters, "transport=connection") ? 7 : 1;
    const uint64_t at_50 = events_until(model, parameters, 50);
    const uint64_t at_100 = events_until(model, parameters, 100);
    const uint64_t at_150 = events_until(model, parameters, 150);
    const double early = (double)(at_100 - at_50), late = (double)(at_150 - at_100);

    if (late > early + 4 * sqrt(clump * early) + early / 5 || at_50 > 50 * NODES * 50)
        fail_msg("%s %s: %g events in 50 s, then %g", model->name, parameters, early, late);
}

static void timers_do_not_multiply(void **state)
{
    (void)state;
    for_each_variant(false, compare_rates);
}

/* ---- the same again ---- */

static void assert_same(const struct sim_result *a, const struct sim_result *b)
{
    assert_int_equal(a->fingerprint, b->fingerprint);
    assert_int_equal(a->events, b->events);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->metric_count, b->metric_count);
    for (size_t i = 0; i < a->metric_count; i++) {
        assert_string_equal(a->metrics[i].name, b->metrics[i].name);
        assert_int_equal(a->metrics[i].never, b->metrics[i].never);
        if (strcmp(a->metrics[i].name, "wall_ns") != 0)
            assert_memory_equal(&a->metrics[i].value, &b->metrics[i].value, sizeof(double));
    }
    assert_int_equal(a->sample_count, b->sample_count);
    for (size_t i = 0; i < a->sample_count; i++) {
        assert_int_equal(a->samples[i].at, b->samples[i].at);
        assert_int_equal(a->samples[i].messages, b->samples[i].messages);
        assert_memory_equal(&a->samples[i].informed, &b->samples[i].informed, sizeof(double));
    }
    assert_int_equal(a->outcome_count, b->outcome_count);
    for (size_t i = 0; i < a->outcome_count; i++) {
        assert_int_equal(a->outcomes[i].t_last, b->outcomes[i].t_last);
        assert_int_equal(a->outcomes[i].informed, b->outcomes[i].informed);
        assert_int_equal(a->outcomes[i].copies, b->outcomes[i].copies);
    }
}

struct job {
    const struct sim_config *config;
    struct sim_result result;
};

static void *run_job(void *argument)
{
    struct job *job = argument;

    sim_run(job->config, &job->result);
    return NULL;
}

static void run_again(const struct model *model, const char *parameters)
{
    struct life life;
    struct job jobs[3] = { 0 };
    struct sim_result other;
    pthread_t threads[2];

    life_init(&life);
    assert_true(setup_add_model(&life.setup, model, parameters));
    for (int i = 0; i < 3; i++)
        jobs[i].config = &life.setup.config;
    run_job(&jobs[2]);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_job, &jobs[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_same(&jobs[0].result, &jobs[2].result);
    assert_same(&jobs[1].result, &jobs[2].result);

    life.setup.config.replication++;
    sim_run(&life.setup.config, &other);
    assert_true(other.fingerprint != jobs[2].result.fingerprint);

    sim_result_clear(&other);
    for (int i = 0; i < 3; i++)
        sim_result_clear(&jobs[i].result);
    life_clear(&life);
}

static void the_same_again_is_the_same(void **state)
{
    (void)state;
    for_each_variant(false, run_again);
}

/* ---- too little memory ---- */

/* Alone, or as one of two; false if the run had enough. */
static bool fails_with(uint64_t memory, const struct model *view, const struct model *model,
                       uint64_t *taken)
{
    struct life life;
    struct sim_result result;
    bool has_failed;

    life_init(&life);
    life.setup.config.churn.rejoin = REJOIN_LOSE;
    if (view) {
        life.setup.config.peers = PEERS_VIEW;
        assert_true(setup_add_model(&life.setup, view, ""));
    }
    assert_true(setup_add_model(&life.setup, model, ""));
    life.setup.config.memory_max = memory;
    sim_run(&life.setup.config, &result);
    has_failed = result.status == SIM_FAILED;
    *taken = result.peak_bytes;
    sim_result_clear(&result);
    life_clear(&life);
    return has_failed;
}

static void too_little_memory_ends_the_run(void **state)
{
    enum { STEPS = 40 };
    const struct model *const views[] = { NULL, model_called("cyclon") };
    uint64_t whole, taken;

    (void)state;
    for (const struct model *const *m = model_registry; *m; m++)
        for (int i = 0; i < 2; i++) {
            const struct model *view = views[i];
            int failed = 0;

            if (!is_wanted(*m) || (view && (*m)->view_count))
                continue;
            assert_false(fails_with(0, view, *m, &whole));
            for (uint64_t k = 1; k < STEPS; k++)
                failed += fails_with(whole * k / STEPS, view, *m, &taken);
            assert_in_range(failed, STEPS / 4, STEPS);
        }
}

/* ---- all models together ---- */

static void a_stack_of_all_models_converges(void **state)
{
    struct setup setup;
    struct sim_result result;
    bool has_view = false, estimates = false;

    (void)state;
    setup_init(&setup, NODES);
    setup.config.network.loss = 0.2;
    setup.config.workload.updates = setup.config.workload.keys = UPDATES;
    for (const struct model *const *m = model_registry; *m; m++) {
        if ((has_view && (*m)->view_count) || (estimates && (*m)->cycle)) /* one at most */
            continue;
        assert_true(setup_add_model(&setup, *m, ""));
        has_view |= (*m)->view_count != NULL;
        estimates |= (*m)->cycle != NULL;
    }
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_string_equal(result.stop_reason, "converged");
    assert_true(metric(&result, "residue") == 0);
    sim_result_clear(&result);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dead_rest_and_knowledge_is_carried),
        cmocka_unit_test(nothing_comes_of_nothing),
        cmocka_unit_test(timers_do_not_multiply),
        cmocka_unit_test(the_same_again_is_the_same),
        cmocka_unit_test(too_little_memory_ends_the_run),
        cmocka_unit_test(a_stack_of_all_models_converges),
    };

    wanted = test_argv + (test_argc > 0);
    for (char *const *name = wanted; *name; name++)
        model_called(*name); /* or it fails */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
