/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stopped process handles and sends nothing, and when it goes on each timer that fell due fires
 * once and then what came is handled in order; one whose network is blocked goes on by itself, and
 * what it sends leaves at the end, or with it all that would have followed.  A crash ends a pause
 * and loses what waited.  Who is mute hears all and tells only what it wrote.  What happens after t
 * changes nothing before t.
 */
#include "sim/truth/numbering.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MS SIM_MILLISECOND

enum { TICK, ALARM, LOG_MAX = 64 };

/* What happened at each of two nodes: `T` a tick, `A` an alarm, digits the number of a message, `F`
 * that one could not be delivered. */
struct log {
    sim_time at[LOG_MAX];
    char what[LOG_MAX + 1];
    int count;
};

struct config {
    sim_time interval;
    bool connects;
    struct log logs[2];
};

static struct log *log_of(const struct node *n)
{
    return &((struct config *)(uintptr_t)node_config(n))->logs[node_self(n)];
}

static void note(struct node *n, char what)
{
    struct log *log = log_of(n);

    assert_true(log->count < LOG_MAX);
    log->at[log->count] = node_now(n);
    log->what[log->count++] = what;
}

static void start(struct node *n)
{
    node_every(n, SIM_SECOND, PHASE_TOGETHER, TICK);
    node_after(n, 4500 * MS, ALARM, 0);
}

/* A tick tells the other which second it was, as far as the node knows. */
static void timer(struct node *n, int tag, uint32_t value)
{
    (void)value;
    note(n, tag == ALARM ? 'A' : 'T');
    if (tag == TICK)
        node_send_pack(n, 1 - node_self(n), 0, set_new(),
                       &(struct pack){ .value = (uint32_t)(node_now(n) / SIM_SECOND) });
}

static void receive(struct node *n, const struct message *m)
{
    note(n, (char)('0' + m->value));
}

static void hear_of_failure(struct node *n, node_id to, const struct message *m)
{
    assert_int_equal(to, 1 - node_self(n));
    assert_in_range(m->value, 1, 9);
    note(n, 'F');
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->connects;
}

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between ticks"),
    PARAM_BOOL(struct config, connects, "false", "all over connections"),
    PARAM_END,
};
static const struct message_kind messages[] = { { .name = "second" }, { .name = NULL } };
static const struct model ticker = {
    .name = "ticker",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = timer,
    .on_message = receive,
    .on_failed = hear_of_failure,
    .connects = connects,
};

struct trial {
    struct setup setup;
    struct sim_result result;
    const struct log *paused, *other;
};

/* Messages that an observer saw lost, and why. */
struct lost {
    int count[WHY_INBOX + 1];
};

static void count_lost(void *context, const struct sight *sight)
{
    ((struct lost *)context)->count[sight->why]++;
}

/* What may be in a trial beside its faults. */
struct more {
    const struct distribution *processing;
    struct lost *lost;
    const char *parameters;
};

/* Nine and a half seconds of two nodes, of which the scenario's first pauses; 10 ms to each other.
 */
static void run_trial_with(struct trial *t, const struct sim_fault *faults, size_t count,
                           const struct more *more)
{
    const struct sim_observer observer = { .wants = SEEN_LOST,
                                           .see = count_lost,
                                           .context = more->lost };
    struct numbering numbering;
    struct config *config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, 2);
    setup_add_model(&t->setup, &ticker, more->parameters ? more->parameters : "");
    t->setup.config.workload.updates = 0;
    t->setup.config.store.preload = 1;
    t->setup.config.network.processing = more->processing;
    t->setup.config.network.inbox_max = -1;
    t->setup.config.stop.at = 9500 * MS;
    t->setup.config.stop.when = STOP_NEVER;
    t->setup.config.faults = faults;
    t->setup.config.fault_count = count;
    t->setup.config.observer = more->lost ? &observer : NULL;
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
    numbering_init(&numbering, 2, draw_key(t->setup.config.seed, 0, PURPOSE_NUMBERING));
    config = t->setup.configs[0];
    t->paused = &config->logs[numbering_inside(&numbering, 0)];
    t->other = &config->logs[numbering_inside(&numbering, 1)];
}

static void run_trial(struct trial *t, const struct sim_fault *faults, size_t count,
                      const struct distribution *processing)
{
    run_trial_with(t, faults, count, &(struct more){ .processing = processing });
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

static const struct sim_selector first = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 };

/* From 3.5 s to 6.7 s. */
static struct sim_fault pause_of(enum sim_timers timers)
{
    return (struct sim_fault){
        .kind = FAULT_PAUSE, .of = first, .at = 3500 * MS, .lasts = 3200 * MS, .timers = timers
    };
}

static void a_stopped_process_goes_on_where_it_was(void **state)
{
    const struct sim_fault fault = pause_of(TIMERS_LATE);
    struct trial t;

    (void)state;
    run_trial(&t, &fault, 1, NULL);
    assert_string_equal(t.paused->what, "T1T2T3TA456T7T8T9");
    for (int i = 6; i <= 10; i++)
        assert_int_equal(t.paused->at[i], 6700 * MS);
    assert_int_equal(t.paused->at[11], 7000 * MS);
    /* It tells of the sixth second as soon as it can. */
    assert_string_equal(t.other->what, "T1T2T3TATT6T7T8T9");
    assert_int_equal(t.other->at[10], 6710 * MS);
    close_trial(&t);
}

static void what_a_blocked_node_sends_waits(void **state)
{
    const struct sim_fault fault = pause_of(TIMERS_RUN);
    struct trial t;

    (void)state;
    run_trial(&t, &fault, 1, NULL);
    assert_string_equal(t.paused->what, "T1T2T3TATT456T7T8T9");
    assert_string_equal(t.other->what, "T1T2T3TATT456T7T8T9");
    for (int i = 10; i <= 12; i++) {
        assert_int_equal(t.paused->at[i], 6700 * MS);
        assert_int_equal(t.other->at[i], 6710 * MS);
    }
    close_trial(&t);
}

/* The tick of the fourth second sends, and blocks the next; the alarm and one tick wait. */
static void a_send_blocks_whoever_sends(void **state)
{
    const struct sim_fault fault = pause_of(TIMERS_BLOCK);
    struct trial t;

    (void)state;
    run_trial(&t, &fault, 1, NULL);
    assert_string_equal(t.paused->what, "T1T2T3TAT456T7T8T9");
    assert_int_equal(t.paused->at[6], 4000 * MS);
    for (int i = 7; i <= 11; i++)
        assert_int_equal(t.paused->at[i], 6700 * MS);
    assert_string_equal(t.other->what, "T1T2T3TATT46T7T8T9");
    for (int i = 10; i <= 11; i++)
        assert_int_equal(t.other->at[i], 6710 * MS);
    close_trial(&t);
}

/* Each message takes 300 ms; the one of the fourth second is at hand when the pause begins. */
static void the_inbox_is_worked_off_at_its_pace(void **state)
{
    struct distribution *processing = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_CONSTANT, .a = 300.0 * MS });
    struct sim_fault fault = pause_of(TIMERS_LATE);
    struct trial t;

    (void)state;
    fault.at = 3200 * MS;
    fault.lasts = 3500 * MS;
    run_trial(&t, &fault, 1, processing);
    assert_string_equal(t.paused->what, "T1T2TTA34T567T8T9");
    assert_int_equal(t.paused->at[7], 6700 * MS); /* 3: it was at hand */
    assert_int_equal(t.paused->at[8], 7000 * MS); /* 4, and the tick that is in time */
    assert_int_equal(t.paused->at[9], 7000 * MS);
    assert_int_equal(t.paused->at[10], 7300 * MS);
    assert_int_equal(t.paused->at[11], 7600 * MS);
    close_trial(&t);
    distribution_free(processing);
}

static void a_crash_ends_a_pause(void **state)
{
    const struct sim_fault faults[] = {
        pause_of(TIMERS_LATE),
        { .kind = FAULT_CRASH, .of = first, .at = 5200 * MS, .lasts = 300 * MS }
    };
    struct trial t;

    (void)state;
    run_trial(&t, faults, 2, NULL);
    assert_string_equal(t.paused->what, "T1T2T3T6T7T8T9");
    assert_int_equal(t.paused->at[7], 6010 * MS);
    assert_true(metric(&t.result, "dropped_inbox") == 2); /* 4 and 5 */
    assert_int_equal(t.result.fault_count, 4);
    assert_int_equal(t.result.faults[3].nodes, 0);
    close_trial(&t);
}

/* What it sent in the fourth and fifth second had not set out. */
static void what_a_blocked_node_holds_back_dies_with_it(void **state)
{
    const struct sim_fault faults[] = {
        pause_of(TIMERS_RUN),
        { .kind = FAULT_CRASH, .of = first, .at = 5200 * MS, .lasts = 300 * MS }
    };
    struct lost lost = { 0 };
    struct trial t;

    (void)state;
    run_trial_with(&t, faults, 2, &(struct more){ .lost = &lost });
    assert_string_equal(t.other->what, "T1T2T3TATT6T7T8T9");
    assert_true(metric(&t.result, "dropped_queue") == 2);
    assert_int_equal(lost.count[WHY_QUEUE], 2);
    assert_int_equal(lost.count[WHY_INBOX], 2);
    close_trial(&t);
}

/* Overlapping, the last of them and the one that holds most count. */
static void overlapping_pauses_are_one(void **state)
{
    static const struct {
        enum sim_timers first, second;
        const char *what;
    } cases[] = {
        { TIMERS_LATE, TIMERS_RUN, "T1T2T3TA456T7T8T9" },
        { TIMERS_BLOCK, TIMERS_LATE, "T1T2T3TA456T7T8T9" },
        { TIMERS_BLOCK, TIMERS_RUN, "T1T2T3TAT456T7T8T9" },
        { TIMERS_RUN, TIMERS_BLOCK, "T1T2T3TAT456T7T8T9" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sim_fault faults[] = { pause_of(cases[i].first), pause_of(cases[i].second) };
        struct trial t;

        faults[0].lasts = 1000 * MS;
        run_trial(&t, faults, 2, NULL);
        assert_string_equal(t.paused->what, cases[i].what);
        close_trial(&t);
    }
}

/* ---- over connections ---- */

static const struct more connected = { .parameters = "connects=true" };

/* What is sent to a node that pauses waits there, and is not sent again: all is as without
 * connections. */
static void no_connection_fails_at_a_pause(void **state)
{
    (void)state;
    for (enum sim_timers timers = TIMERS_LATE; timers <= TIMERS_RUN; timers++) {
        const struct sim_fault fault = pause_of(timers);
        struct trial plain, t;

        run_trial(&plain, &fault, 1, NULL);
        run_trial_with(&t, &fault, 1, &connected);
        assert_string_equal(t.paused->what, plain.paused->what);
        assert_string_equal(t.other->what, plain.other->what);
        assert_memory_equal(t.paused->at, plain.paused->at, sizeof t.paused->at);
        assert_memory_equal(t.other->at, plain.other->at, sizeof t.other->at);
        assert_true(metric(&t.result, "messages") == metric(&plain.result, "messages"));
        close_trial(&plain);
        close_trial(&t);
    }
}

/* The other leaves after 2.5 s and refuses what comes after 3 s.  A stopped process hears of it as
 * it goes on; one whose network is blocked sends on meanwhile, and has it refused later. */
static void a_stopped_node_hears_of_a_failure_as_it_goes_on(void **state)
{
    const struct sim_fault leave = { .kind = FAULT_LEAVE,
                                     .of = { .kind = SELECT_RANGE, .first = 1, .nodes = 1 },
                                     .at = 2500 * MS };
    struct sim_fault faults[] = { leave, pause_of(TIMERS_LATE) };
    struct trial t;

    (void)state;
    faults[1].at = 3015 * MS;
    faults[1].lasts = 6700 * MS - faults[1].at;
    run_trial_with(&t, faults, 2, &connected);
    assert_string_equal(t.paused->what, "T1T2TFTAFTFTFTF");
    assert_int_equal(t.paused->at[5], 6700 * MS); /* the failure, and what fell due */
    assert_int_equal(t.paused->at[6], 6700 * MS);
    assert_int_equal(t.paused->at[9], 7000 * MS);
    close_trial(&t);
    faults[1].timers = TIMERS_RUN;
    run_trial_with(&t, faults, 2, &connected);
    assert_string_equal(t.paused->what, "T1T2TFTATTFFFTFTFTF");
    assert_int_equal(t.paused->at[5], 3020 * MS);
    assert_int_equal(t.paused->at[10], 6720 * MS); /* there and back */
    close_trial(&t);
}

/* The other is away for a second; its message is sent again as the stopped process goes on. */
static void a_stopped_node_sends_again_as_it_goes_on(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 1, .nodes = 1 },
                                     .at = 2900 * MS,
                                     .lasts = SIM_SECOND };
    struct sim_fault faults[] = { crash, pause_of(TIMERS_LATE) };
    struct trial t;

    (void)state;
    faults[1].at = 3100 * MS;
    faults[1].lasts = 6700 * MS - faults[1].at;
    run_trial_with(&t, faults, 2, &connected);
    assert_string_equal(t.other->what, "T1T2TTT36T7T8AT9");
    close_trial(&t);
}

/* ---- mute nodes ---- */

/* The longest way that an update went, every node having heard of it in the end. */
static double hops(const char *parameters, const struct sim_fault *faults, size_t count)
{
    struct sim_result result;
    struct setup setup;
    double most;

    setup_init(&setup, 40);
    setup_add(&setup, "anti-entropy", parameters);
    setup.config.workload.updates = setup.config.workload.keys = 20;
    setup.config.stop.at = 30000 * SIM_SECOND;
    setup.config.faults = faults;
    setup.config.fault_count = count;
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_true(metric(&result, "converged") == 1);
    most = metric(&result, "hops_max");
    sim_result_clear(&result);
    setup_clear(&setup);
    return most;
}

static void who_is_mute_tells_only_its_own(void **state)
{
    static const char *const ways[] = { "", "compare=full", "mode=push", "mode=pull" };
    struct sim_fault fault = { .kind = FAULT_MUTE, .of = { .kind = SELECT_ALL } };

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        fault.lasts = 0;
        assert_true(hops(ways[i], NULL, 0) > 1);
        assert_true(hops(ways[i], &fault, 1) == 1);
        fault.lasts = 5 * SIM_SECOND; /* half of an interval: then they speak */
        assert_true(hops(ways[i], &fault, 1) > 1);
    }
}

/* ---- common weather ---- */

enum { SEEN_MAX = 1000 };

struct seen_changes {
    sim_time at[SEEN_MAX];
    node_id nodes[SEEN_MAX];
    size_t count;
};

static void see(void *context, const struct sight *sight)
{
    struct seen_changes *seen = context;

    assert_true(seen->count < SEEN_MAX);
    seen->at[seen->count] = sight->at;
    seen->nodes[seen->count++] = sight->node;
}

static void run_weather(const char *model, const struct sim_fault *faults, size_t count,
                        struct seen_changes *seen, struct sim_result *result)
{
    const struct sim_observer observer = { .wants = SEEN_DOWN | SEEN_UP,
                                           .see = see,
                                           .context = seen };
    struct setup setup;

    seen->count = 0;
    setup_init(&setup, 60);
    setup_add(&setup, model, "");
    setup.config.network.loss = 0.1;
    setup.config.workload.updates = setup.config.workload.keys = 30;
    setup.config.workload.arrival = ARRIVAL_EVERY;
    setup.config.workload.every = SIM_SECOND;
    setup.config.stop.at = 60 * SIM_SECOND;
    setup.config.stop.when = STOP_NEVER;
    setup.config.sample_every = SIM_SECOND;
    setup.config.faults = faults;
    setup.config.fault_count = count;
    setup.config.observer = &observer;
    sim_run(&setup.config, result);
    assert_int_equal(result->status, SIM_DONE);
    setup_clear(&setup);
}

#define TWENTY_SECONDS (20 * SIM_SECOND)
#define HALF                               \
    {                                      \
        .kind = SELECT_SHARE, .share = 0.5 \
    }
static const struct sim_fault struck[] = {
    { .kind = FAULT_CRASH, .of = HALF, .at = TWENTY_SECONDS, .lasts = SIM_SECOND },
    { .kind = FAULT_PAUSE, .of = HALF, .at = TWENTY_SECONDS, .lasts = 9 * SIM_SECOND },
    { .kind = FAULT_PAUSE, .of = HALF, .at = TWENTY_SECONDS, .timers = TIMERS_RUN },
    { .kind = FAULT_PAUSE, .of = HALF, .at = TWENTY_SECONDS, .timers = TIMERS_BLOCK },
    { .kind = FAULT_MUTE, .of = HALF, .at = TWENTY_SECONDS },
    { .kind = FAULT_LEAVE, .of = HALF, .at = TWENTY_SECONDS },
    { .kind = FAULT_RESTART,
      .of = HALF,
      .at = TWENTY_SECONDS,
      .batch = 7,
      .pace = SIM_SECOND,
      .down = 3 * SIM_SECOND },
};
enum { STRUCK = sizeof struck / sizeof *struck };

static void what_comes_later_changes_nothing_before(void **state)
{
    struct sim_result plain, with;
    struct seen_changes seen;

    (void)state;
    run_weather("anti-entropy", NULL, 0, &seen, &plain);
    for (size_t k = 0; k < STRUCK; k++) {
        bool differs = false;

        run_weather("anti-entropy", &struck[k], 1, &seen, &with);
        for (size_t i = 0; i < plain.sample_count && i < with.sample_count; i++) {
            const struct sim_sample *a = &plain.samples[i], *b = &with.samples[i];

            if (a->at >= TWENTY_SECONDS) {
                differs |= a->staleness != b->staleness || a->messages != b->messages;
                continue;
            }
            assert_int_equal(a->at, b->at);
            assert_int_equal(a->alive, b->alive);
            assert_true(a->informed == b->informed && a->staleness == b->staleness);
            assert_int_equal(a->messages, b->messages);
            assert_int_equal(a->bytes_payload, b->bytes_payload);
            assert_int_equal(a->in_flight, b->in_flight);
        }
        assert_true(differs);
        sim_result_clear(&with);
    }
    sim_result_clear(&plain);
}

static void strategies_meet_the_same_faults(void **state)
{
    static struct seen_changes first_seen, second_seen;
    struct sim_fault faults[STRUCK];
    struct sim_result result;

    (void)state;
    for (int k = 0; k < STRUCK; k++) { /* at one instant they would mean the same nodes */
        faults[k] = struck[k];
        faults[k].at += k * SIM_SECOND;
    }
    run_weather("anti-entropy", faults, STRUCK, &first_seen, &result);
    sim_result_clear(&result);
    run_weather("rumor-mongering", faults, STRUCK, &second_seen, &result);
    sim_result_clear(&result);
    assert_true(first_seen.count > 60);
    assert_int_equal(first_seen.count, second_seen.count);
    assert_memory_equal(first_seen.at, second_seen.at, first_seen.count * sizeof *first_seen.at);
    assert_memory_equal(first_seen.nodes, second_seen.nodes,
                        first_seen.count * sizeof *first_seen.nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_process_goes_on_where_it_was),
        cmocka_unit_test(what_a_blocked_node_sends_waits),
        cmocka_unit_test(a_send_blocks_whoever_sends),
        cmocka_unit_test(the_inbox_is_worked_off_at_its_pace),
        cmocka_unit_test(a_crash_ends_a_pause),
        cmocka_unit_test(what_a_blocked_node_holds_back_dies_with_it),
        cmocka_unit_test(no_connection_fails_at_a_pause),
        cmocka_unit_test(a_stopped_node_hears_of_a_failure_as_it_goes_on),
        cmocka_unit_test(a_stopped_node_sends_again_as_it_goes_on),
        cmocka_unit_test(overlapping_pauses_are_one),
        cmocka_unit_test(who_is_mute_tells_only_its_own),
        cmocka_unit_test(what_comes_later_changes_nothing_before),
        cmocka_unit_test(strategies_meet_the_same_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
