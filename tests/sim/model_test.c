/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model whose tables exceed their limits, or that has but half of what belongs together, is
 * refused with a sentence, by the check and by a run, and runs no callback, as is a stack of two
 * views; tables that are just full work, all of them at once.  The models of the build say what
 * they and their parameters are.
 */
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 70 };

/* Tables of so many rows. */
static struct message_kind some_kinds[MANY + 1];
static struct model_figure some_figures[MANY + 1];
static struct param some_params[MANY + 1];

struct config {
    bool flag;
};
static const struct param no_params[] = { PARAM_END };

static void fill_tables(int kinds_wanted, int figures_wanted, int params_wanted)
{
    static const struct param row = PARAM_BOOL(struct config, flag, "false", "a flag");

    memset(some_kinds, 0, sizeof some_kinds);
    memset(some_figures, 0, sizeof some_figures);
    memset(some_params, 0, sizeof some_params);
    for (int i = 0; i < kinds_wanted; i++)
        some_kinds[i].name = "kind";
    for (int i = 0; i < figures_wanted; i++)
        some_figures[i] = (struct model_figure){ "counter", "a counter", FIGURE_COUNT, UNIT_COUNT };
    for (int i = 0; i < params_wanted; i++)
        some_params[i] = row;
}

static uint32_t fired, heard;

static void start(struct node *n)
{
    for (int tag = 0; tag < MODEL_TAGS_MAX; tag++)
        node_every(n, SIM_SECOND, PHASE_RANDOM, tag);
}

/* Every tag speaks by a kind and counts by a counter of its number. */
static void fire(struct node *n, int tag, uint32_t value)
{
    node_id peer;

    (void)value;
    fired++;
    if (node_pick_peer(n, &peer))
        node_send(n, peer, tag, set_new());
    if (tag < MODEL_FIGURES_MAX)
        node_count(n, tag, (uint64_t)tag);
}

static void hear(struct node *n, const struct message *m)
{
    (void)n;
    heard += (uint32_t)m->kind;
}

static const struct model model = {
    .name = "full",
    .params = some_params,
    .messages = some_kinds,
    .figures = some_figures,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = fire,
    .on_message = hear,
};

/* A stack of `models` of these on 5 nodes for ten seconds. */
static void run_stack(int models, struct sim_result *result)
{
    struct setup setup;

    fired = heard = 0;
    setup_init(&setup, 5);
    for (int i = 0; i < models; i++)
        setup_add_model(&setup, &model, "");
    setup.config.workload.updates = 0;
    setup.config.stop.when = STOP_NEVER;
    setup.config.stop.at = 10 * SIM_SECOND;
    sim_run(&setup.config, result);
    setup_clear(&setup);
}

static void full_tables_work(void **state)
{
    char why[PARAM_WHY_MAX];
    struct sim_result r;

    (void)state;
    fill_tables(MODEL_KINDS_MAX, MODEL_FIGURES_MAX, 64);
    assert_true(model_check(&model, why));
    run_stack(MODEL_STACK_MAX, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_int_equal(fired, 10 * 5 * MODEL_STACK_MAX * MODEL_TAGS_MAX);
    assert_true(heard > 0.9 * fired * 7.5);
    sim_result_clear(&r);
    run_stack(1, &r); /* where a counter is counted once a node and second */
    for (size_t i = 0, number = 0; i < r.metric_count; i++)
        if (strcmp(r.metrics[i].name, "full.counter") == 0)
            assert_true(r.metrics[i].value == 50.0 * (double)number++);
    sim_result_clear(&r);
}

static void longer_tables_are_refused(void **state)
{
    static const struct {
        int kinds, figures, params;
        const char *why;
    } cases[] = {
        { 17, 1, 1, "has 17 kinds of messages; at most 16 are possible" },
        { 1, 17, 1, "has 17 figures; at most 16 are possible" },
        { 1, 18, 1, "has 18 figures; at most 16 are possible" },
        { 1, 1, 65, "has 65 parameters; at most 64 are possible" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[PARAM_WHY_MAX];

        fill_tables(cases[i].kinds, cases[i].figures, cases[i].params);
        assert_false(model_check(&model, why));
        assert_string_equal(why, cases[i].why);
        for (int models = 1; models < 3; models++) {
            struct sim_result r;

            run_stack(models, &r);
            assert_int_equal(r.status, SIM_FAILED);
            assert_non_null(strstr(r.error, cases[i].why));
            assert_int_equal(fired, 0);
            sim_result_clear(&r);
        }
    }
}

#define AND_SO_ON                 \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "bbbbbbbbbbbbbbbbbbbbbbbbbbb" \
    "ccccccccccccccccccccccccccc" \
    "ddddddddddddddddddddddddddd" \
    "eeeeeeeeeeeeeeeeeeeeeeeeeee"

static void other_faults_of_a_table_are_refused(void **state)
{
    static const struct model_figure long_figure[] = {
        { .name = "a_figure_with_a_name_that_no_metric_could_ever_bear" AND_SO_ON,
          .kind = FIGURE_OBSERVED },
        { .name = NULL },
    };
    static const struct param outside[] = { PARAM_BOOL(struct config, flag, "false", ""),
                                            PARAM_END };
    static const struct model bad[] = {
        { .params = no_params },
        { .name = "x" },
        { .name = "a-model-with-a-name-that-no-metric-could-ever-bear" AND_SO_ON,
          .params = no_params },
        { .name = "x-and-y", .params = no_params, .figures = long_figure },
        { .name = "x", .params = outside }, /* config_size is 0 */
        { .name = "peers", .params = no_params },
    };
    char why[PARAM_WHY_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(model_check(&bad[i], why));
    for (const struct model *const *m = model_registry; *m; m++)
        assert_true(model_check(*m, why));
}

/* ---- what belongs together ---- */

static void ignore_message(struct node *n, const struct message *m)
{
    (void)n;
    (void)m;
}

static void ignore_peer(struct node *n, node_id peer, bool is_there)
{
    (void)n;
    (void)peer;
    (void)is_there;
}

static uint32_t count_none(struct node *n)
{
    (void)n;
    return 0;
}

static node_id never_at(struct node *n, uint32_t index)
{
    (void)n;
    return index;
}

static void halves_are_refused(void **state)
{
    static const struct message_kind plain[] = { { .name = "a" }, { .name = NULL } };
    static const struct message_kind weightless[] = { { .name = "a", .item_size = 8 },
                                                      { .name = NULL } };
    static const struct message_kind unreal[] = { { .name = "a", .item_bytes = 8 },
                                                  { .name = NULL } };
    static const struct {
        struct model model;
        const char *why;
    } cases[] = {
        { { .messages = plain }, "has messages, but no on_message()" },
        { { .messages = weightless, .on_message = ignore_message },
          "has items of `a` that take no bytes on the wire" },
        { { .messages = unreal, .on_message = ignore_message },
          "has items of `a` that take no bytes in memory" },
        { { .view_count = count_none }, "has half a view: view_count() goes with view_at()" },
        { { .view_at = never_at }, "has half a view: view_count() goes with view_at()" },
        { { .view_count = count_none, .view_at = never_at, .on_peer = ignore_peer },
          "has a view, and on_peer(), which only others are told" },
        { { .believes = true }, "believes, but has no on_down() to take back what it believes" },
    };
    char why[PARAM_WHY_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct model bad = cases[i].model;

        bad.name = "bad";
        bad.params = no_params;
        assert_false(model_check(&bad, why));
        assert_string_equal(why, cases[i].why);
    }
}

/* A stack has one view at most, and one where nodes pick from it. */
static void a_stack_has_one_view(void **state)
{
    static const struct model viewer = {
        .name = "viewer", .params = no_params, .view_count = count_none, .view_at = never_at
    };
    static const struct model blind = { .name = "blind", .params = no_params };
    static const struct {
        const struct model *models[2];
        enum sim_peers peers;
        const char *why; /* NULL: it runs */
    } cases[] = {
        { { &viewer, &blind }, PEERS_VIEW, NULL },
        { { &viewer, &blind }, PEERS_ALL, NULL },
        { { &blind, &blind }, PEERS_ALL, NULL },
        { { &blind, &blind }, PEERS_VIEW, "no model of the stack has a view" },
        { { &viewer, &viewer }, PEERS_VIEW, "the model viewer has a view, and so has viewer" },
        { { &viewer, &viewer }, PEERS_ALL, "the model viewer has a view, and so has viewer" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, 5);
        setup_add_model(&setup, cases[i].models[0], "");
        setup_add_model(&setup, cases[i].models[1], "");
        setup.config.peers = cases[i].peers;
        setup.config.workload.updates = 0;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, cases[i].why ? SIM_FAILED : SIM_DONE);
        assert_string_equal(r.error, cases[i].why ? cases[i].why : "");
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- a view that breaks its word ---- */

static uint32_t count_eight(struct node *n)
{
    (void)n;
    return 8;
}

static node_id next_one(struct node *n, uint32_t index)
{
    (void)index;
    return (node_self(n) + 1) % 5;
}

static uint32_t picked;

static void pick_several(struct node *n)
{
    node_id peers[3];
    const int count = node_pick_peers(n, peers, 3);

    for (int i = 0; i < count; i++)
        assert_int_equal(peers[i], next_one(n, 0));
    picked += count > 0;
}

/* Eight places, and one peer in all of them: whoever asks for three does not wait for ever. */
static void a_view_of_one_peer_many_times_holds_nobody_up(void **state)
{
    static const struct model repeater = {
        .name = "repeater", .params = no_params, .view_count = count_eight, .view_at = next_one
    };
    static const struct model picker = { .name = "picker",
                                         .params = no_params,
                                         .on_start = pick_several };
    struct setup setup;
    struct sim_result r;

    (void)state;
    picked = 0;
    setup_init(&setup, 5);
    setup_add_model(&setup, &repeater, "");
    setup_add_model(&setup, &picker, "");
    setup.config.peers = PEERS_VIEW;
    setup.config.workload.updates = 0;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_int_equal(picked, 5);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- estimates ---- */

/* Each distribution that a model observes takes its 8 KiB. */
static void observed_figures_are_estimated(void **state)
{
    static const struct model_figure counted[] = { { "a", "a", FIGURE_COUNT, UNIT_COUNT },
                                                   { "b", "b", FIGURE_COUNT, UNIT_COUNT },
                                                   { .name = NULL } };
    static const struct model_figure observed[] = { { "a", "a", FIGURE_OBSERVED, UNIT_COUNT },
                                                    { "b", "b", FIGURE_OBSERVED, UNIT_COUNT },
                                                    { .name = NULL } };
    uint64_t bytes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct model own = { .name = "own",
                                   .params = no_params,
                                   .figures = i ? observed : counted };
        struct setup setup;

        setup_init(&setup, 5);
        setup_add_model(&setup, &own, "");
        bytes[i] = sim_memory_estimate(&setup.config, UINT64_MAX);
        setup_clear(&setup);
    }
    assert_in_range(bytes[1] - bytes[0], 16 << 10, 17 << 10);
}

/* ---- the models of the build ---- */

static void models_say_what_they_are(void **state)
{
    (void)state;
    for (const struct model *const *m = model_registry; *m; m++) {
        assert_true((*m)->summary && *(*m)->summary);
        assert_true((*m)->source && *(*m)->source);
        for (const struct param *row = (*m)->params; row->type != PARAM_TYPE_END; row++) {
            assert_true(row->help && *row->help);
            assert_ptr_equal(param_find((*m)->params, row->name), row); /* no other before it */
        }
        for (int i = 0; (*m)->params->presets && (*m)->params->words[i]; i++) {
            assert_true(*(*m)->params->presets[i].source);
            if (strcmp((*m)->params->words[i], (*m)->params->fallback) == 0)
                assert_string_equal((*m)->params->presets[i].values, ""); /* what is shown is so */
        }
        for (const struct model_figure *f = (*m)->figures; f && f->name; f++) {
            assert_true(f->help && *f->help);
            for (const struct model_figure *g = (*m)->figures; g < f; g++)
                assert_string_not_equal(f->name, g->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_tables_work),
        cmocka_unit_test(longer_tables_are_refused),
        cmocka_unit_test(other_faults_of_a_table_are_refused),
        cmocka_unit_test(halves_are_refused),
        cmocka_unit_test(a_stack_has_one_view),
        cmocka_unit_test(a_view_of_one_peer_many_times_holds_nobody_up),
        cmocka_unit_test(observed_figures_are_estimated),
        cmocka_unit_test(models_say_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
