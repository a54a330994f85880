/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a recording notes of a run adds up to what the run itself measured, message by message and
 * node by node: of every shipped scenario and every model, at the first point of its sweep, large
 * ones smaller.  And the run is the one that `run` makes: the fingerprint is that of a run that
 * nobody looks at.
 */
#include "tests/experiment/recount.h"

#include <glib.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#ifdef SANITIZED
enum { ONE_IN = 4 }; /* of the scenarios, by their names */
#else
enum { ONE_IN = 1 };
#endif

enum {
    EVENTS_MAX = 30000,   /* of a run that is looked at as it is, */
    CUT_MAX = 15000,      /* and where one that has more is cut off */
    STRATEGIES_MAX = 100, /* of a scenario */
};

/* What makes a large scenario small, tried in turn until one does. */
static const char *const sizes[] = { NULL, "300", "100", "50" };

struct tally {
    int scenarios, runs, whole;
    GHashTable *models; /* whose runs were looked at, by name */
};

/* NULL: this scenario cannot have so many nodes. */
static struct plan *read_with(const char *path, const char *nodes)
{
    const struct setting set = { "nodes", nodes };
    const struct plan_options options = { .sets = &set, .set_count = nodes != NULL };
    struct errors errors = { .count = 0 };
    struct plan *plan = plan_read(path, &options, &errors);

    errors_clear(&errors);
    return plan;
}

/* Makes a run that nobody looks at, of at most so many events; false if it has more, *end then
 * being when it had as many. */
static bool make_plainly(const struct plan *plan, int strategy, uint64_t events, sim_time stop_at,
                         sim_time *end, uint64_t *fingerprint)
{
    struct setup *setup = plan_setup(plan, 0);
    struct sim_config config = *setup_config(setup, strategy);
    struct sim_result result;
    bool is_done;

    config.stop.events = events;
    config.stop.at = stop_at > 0 ? MIN(stop_at, config.stop.at) : config.stop.at;
    config.replication = 1;
    sim_run(&config, &result);
    is_done = result.status == SIM_DONE;
    *end = result.end;
    *fingerprint = result.fingerprint;
    sim_result_clear(&result);
    setup_free(setup);
    return is_done;
}

static void check_run(const struct plan *plan, int strategy, sim_time stop_at, uint64_t fingerprint,
                      struct tally *tally)
{
    const struct recording_options options = { .events_max = RECORDING_EVENTS_MAX,
                                               .until = INT64_MAX,
                                               .stop_at = stop_at };
    struct errors errors = { .count = 0 };
    struct recording *recording = recording_make(plan, 0, strategy, 1, &options, &errors);
    char why[RECOUNT_WHY] = "";

    assert_non_null(recording);
    assert_true(recording->event_count == recording->events_seen);
    if (recording->result.fingerprint != fingerprint)
        fail_msg("%s, %s: the recorded run is another", plan->name, plan->strategies[strategy]);
    if (!recount_agrees(recording, why))
        fail_msg("%s, %s: %s", plan->name, plan->strategies[strategy], why);
    for (int i = 0; i < recording->config.stack_count; i++)
        g_hash_table_add(tally->models, g_strdup(recording->config.stack[i].model->name));
    tally->runs++;
    tally->whole += stop_at == 0;
    recording_free(recording);
}

/* Cuts off a run that is too large. */
static void check_beginning(const struct plan *plan, int strategy, struct tally *tally)
{
    sim_time end, cut;
    uint64_t fingerprint;

    if (!make_plainly(plan, strategy, CUT_MAX, 0, &end, &fingerprint)) {
        cut = MAX(end - end % SIM_MILLISECOND, SIM_MILLISECOND);
        assert_true(make_plainly(plan, strategy, UINT64_MAX, cut, &end, &fingerprint));
        check_run(plan, strategy, cut, fingerprint, tally);
    } else
        check_run(plan, strategy, 0, fingerprint, tally);
}

static void check_scenario(const char *path, struct tally *tally)
{
    bool is_checked[STRATEGIES_MAX] = { false };
    struct plan *smallest = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct plan *plan = read_with(path, sizes[i]);
        uint64_t fingerprint;
        sim_time end;

        if (!plan)
            continue;
        plan_free(smallest);
        smallest = plan;
        assert_true(plan->strategy_count <= STRATEGIES_MAX);
        for (int k = 0; k < plan->strategy_count; k++)
            if (!is_checked[k] && make_plainly(plan, k, EVENTS_MAX, 0, &end, &fingerprint)) {
                check_run(plan, k, 0, fingerprint, tally);
                is_checked[k] = true;
            }
    }
    assert_non_null(smallest);
    for (int k = 0; k < smallest->strategy_count; k++)
        if (!is_checked[k])
            check_beginning(smallest, k, tally);
    plan_free(smallest);
    tally->scenarios++;
}

/* A model that no scenario looked at has. */
static void check_model(const struct model *model, struct tally *tally)
{
    char *text = g_strdup_printf("gossipsim: 1\nnodes: 30\nstrategies: {one: {%s: {}}}\n"
                                 "network: {loss: 5%%}\nfaults: [{at: 10s, crash: 10%%}]\n"
                                 "stop: {at: 30s, when: never}\n",
                                 model->name);
    const struct plan_options options = { .text = text };
    struct errors errors = { .count = 0 };
    struct plan *plan = plan_read("model", &options, &errors);

    if (!plan)
        errors_print(stderr, &errors);
    assert_non_null(plan);
    check_beginning(plan, 0, tally);
    plan_free(plan);
    g_free(text);
}

static void events_add_up_to_what_is_measured(void **state)
{
    struct tally tally = { .models = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
    GDir *folder = g_dir_open("scenarios", 0, NULL);
    const char *name;

    (void)state;
    assert_non_null(folder);
    while ((name = g_dir_read_name(folder))) {
        char *path = g_build_filename("scenarios", name, NULL);

        if (g_str_has_suffix(name, ".yaml") && g_str_hash(name) % ONE_IN == 0)
            check_scenario(path, &tally);
        g_free(path);
    }
    assert_true(tally.scenarios > 5 && tally.whole > tally.runs / 2);
    for (size_t i = 0; model_registry[i]; i++)
        if (!g_hash_table_contains(tally.models, model_registry[i]->name))
            check_model(model_registry[i], &tally);
    g_hash_table_destroy(tally.models);
    g_dir_close(folder);
}

/* ---- what is left out ---- */

static struct plan *read_first(void)
{
    struct plan *plan = read_with("scenarios/first.yaml", "60");

    assert_non_null(plan);
    return plan;
}

static struct recording *record(const struct plan *plan, struct recording_options options)
{
    struct errors errors = { .count = 0 };
    struct recording *recording;

    recording = recording_make(plan, 0, plan->strategy_count - 1, 0, &options, &errors);
    assert_non_null(recording);
    return recording;
}

static void beyond_the_limit_nothing_is_noted(void **state)
{
    const struct recording_options all = { .events_max = RECORDING_EVENTS, .until = INT64_MAX };
    const struct recording_options some = { .events_max = 100, .until = INT64_MAX };
    struct plan *plan = read_first();
    struct recording *whole = record(plan, all), *cut = record(plan, some);

    (void)state;
    assert_int_equal(whole->noted_until, whole->result.end);
    assert_int_equal(cut->event_count, 100);
    assert_int_equal(cut->events_seen, whole->event_count);
    assert_int_equal(cut->noted_until, whole->events[99].at);
    assert_memory_equal(cut->messages, whole->messages, sizeof *cut->messages);
    assert_int_equal(cut->result.fingerprint, whole->result.fingerprint);
    assert_int_equal(cut->result.end, whole->result.end);
    recording_free(whole);
    recording_free(cut);
    plan_free(plan);
}

/* Of a window: its messages and timers, and all else. */
static void a_window_has_the_rest_of_what_happens_beside_it(void **state)
{
    const struct recording_options all = { .events_max = RECORDING_EVENTS, .until = INT64_MAX };
    const struct recording_options some = { .events_max = RECORDING_EVENTS,
                                            .from = SIM_SECOND,
                                            .until = 3 * SIM_SECOND };
    struct plan *plan = read_first();
    struct recording *whole = record(plan, all), *part = record(plan, some);
    size_t next = 0, late = 0;

    (void)state;
    for (size_t i = 0; i < whole->event_count; i++) {
        const struct recorded_event *event = &whole->events[i];
        const bool is_inside = event->at >= some.from && event->at <= some.until;

        if (!is_inside && event->what & (SEEN_SENT | SEEN_ARRIVED | SEEN_LOST | SEEN_TIMER))
            continue;
        assert_true(next < part->event_count);
        assert_int_equal(part->events[next].at, event->at);
        assert_int_equal(part->events[next].what, event->what);
        assert_int_equal(part->events[next].node, event->node);
        next++;
    }
    assert_int_equal(next, part->event_count);
    assert_true(next < whole->event_count);
    for (size_t i = 1; i < part->message_count; i++) {
        const struct recorded_message *m = &part->messages[i];

        assert_true(m->sent == SIM_NEVER || (m->sent >= some.from && m->sent <= some.until));
        late += m->sent != SIM_NEVER && m->ended > some.until; /* its end is known all the same */
    }
    assert_true(late > 0);
    recording_free(whole);
    recording_free(part);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_add_up_to_what_is_measured),
        cmocka_unit_test(beyond_the_limit_nothing_is_noted),
        cmocka_unit_test(a_window_has_the_rest_of_what_happens_beside_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
