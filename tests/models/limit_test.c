/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an exchange moves at most so many entries, or bytes of them, the rest waits for the next
 * one: the oldest go first, or the newest, or any; each entry goes once, and older values of a key
 * do not go at all.  So do hot rumors, a message at a time.
 */
#include "sim/observe.h"
#include "sim/value/distribution.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { UPDATES = 100, LIMIT = 8, INTERVAL = 10 };

/* Of the usual updates of 100 B eight fit into that, too. */
#define EIGHT_IN_BYTES "850B"

#define RUMORS "relay=false stop=transmissions k="

/* One of two nodes has all, and the other calls each interval, or is called.  `how`: RUMORS and
 * how often, or what anti-entropy compares. */
static void open_setup(struct setup *setup, const char *mode, const char *how, const char *limit,
                       const char *first)
{
    const bool has_rumors = strncmp(how, RUMORS, strlen(RUMORS)) == 0;
    char parameters[160];

    snprintf(parameters, sizeof parameters,
             "interval=10s phase=together mode=%s %s%s limit=%s first=%s", mode,
             has_rumors ? "" : "compare=", how, limit, first);
    setup_init(setup, 2);
    setup->config.workload.updates = setup->config.workload.keys = UPDATES;
    setup->config.workload.origin = ORIGIN_FIRST;
    assert_true(setup_add(setup, has_rumors ? "rumor-mongering" : "anti-entropy", parameters));
}

/* The exchange, from 1, that brings an update to the other node. */
static int64_t exchange_of(const struct sim_outcome *outcome)
{
    return (int64_t)((double)outcome->t_all / 1e9 / INTERVAL + 0.01);
}

static int64_t expected_of(update_id update, const char *first)
{
    const int64_t before = first[0] != 'n' ? update : UPDATES - 1 - update;

    return before / LIMIT + 1;
}

static void check_order(const char *mode, const char *how, const char *limit, const char *first)
{
    struct setup setup;
    struct sim_result r;
    int64_t count[UPDATES + 1] = { 0 };

    open_setup(&setup, mode, how, limit, first);
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "converged") == 1);
    assert_true(metric(&r, "bytes_payload") == UPDATES * 100);
    assert_int_equal(r.outcome_count, UPDATES);
    for (size_t i = 0; i < r.outcome_count; i++) {
        const int64_t exchange = exchange_of(&r.outcomes[i]);

        assert_true(exchange >= 1 && exchange <= UPDATES);
        if (first[0] != 'r')
            assert_int_equal(exchange, expected_of(r.outcomes[i].update, first));
        count[exchange]++;
    }
    for (int64_t k = 1; k <= (UPDATES + LIMIT - 1) / LIMIT; k++)
        assert_int_equal(count[k], k <= UPDATES / LIMIT ? LIMIT : UPDATES % LIMIT);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void what_does_not_fit_waits_for_the_next_exchange(void **state)
{
    static const char *const modes[] = { "push", "pull" };
    static const char *const hows[] = { "digest", "merkle", RUMORS "1" };
    static const char *const firsts[] = { "oldest", "newest", "random" };

    (void)state;
    for (int i = 0; i < 2 * 3 * 3; i++) {
        check_order(modes[i % 2], hows[i / 2 % 3], "8", firsts[i / 6]);
        check_order(modes[i % 2], hows[i / 2 % 3], EIGHT_IN_BYTES, firsts[i / 6]);
    }
}

/* All have gone once before any goes twice, in the thirteenth message; each may go five times. */
static void check_fewest_sent(const char *limit)
{
    struct setup setup;
    struct sim_result r;

    open_setup(&setup, "push", RUMORS "5", limit, "fewest-sent");
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "converged") == 1);
    assert_true(metric(&r, "bytes_payload") == 13 * LIMIT * 100);
    for (size_t i = 0; i < r.outcome_count; i++)
        assert_int_equal(exchange_of(&r.outcomes[i]),
                         expected_of(r.outcomes[i].update, "fewest-sent"));
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void who_was_sent_least_goes_first(void **state)
{
    (void)state;
    check_fewest_sent("8");
    check_fewest_sent(EIGHT_IN_BYTES);
}

/* ---- sizes that differ ---- */

enum { ROOM = 850, MESSAGES_MAX = 600 };

/* What each message with payload brought. */
struct log {
    bool has[MESSAGES_MAX][UPDATES];
    uint64_t bytes[MESSAGES_MAX];
    int count;
};

static void note_message(void *context, const struct sight *sight)
{
    struct log *log = context;

    if (strcmp(sight->model->messages[sight->kind].name, "want") == 0)
        assert_true(sight->bytes <= ROOM); /* 53 identities; of these the sizes decide */
    if (!(sight->model->messages[sight->kind].carries & CARRIES_PAYLOAD))
        return;
    assert_in_range(log->count, 0, MESSAGES_MAX - 1);
    for (update_id i = 0; set_next(sight->carried->set, &i); i++)
        log->has[log->count][i] = true;
    log->bytes[log->count++] = sight->bytes;
}

/* Of those still to be sent the one that goes before all others. */
static int next_of(const int sent[UPDATES], const bool taken[UPDATES], int most, bool newest)
{
    int best = -1;

    for (int i = 0; i < UPDATES; i++)
        if (!taken[i] && sent[i] < most &&
            (best < 0 || sent[i] < sent[best] || (newest && sent[i] == sent[best])))
            best = i;
    return best;
}

/* What the message should have brought: one after another until the next does not fit. */
static void fill(const int sent[UPDATES], const uint64_t sizes[UPDATES], int most, bool newest,
                 bool taken[UPDATES])
{
    uint64_t bytes = 0;

    for (;;) {
        const int i = next_of(sent, taken, most, newest);

        if (i < 0 || (bytes > 0 && bytes + sizes[i] > ROOM))
            return;
        taken[i] = true;
        bytes += sizes[i];
    }
}

/* Every message in turn; each update goes `most` times. */
static void check_log(const struct log *log, const uint64_t sizes[UPDATES], int most,
                      const char *first)
{
    int sent[UPDATES] = { 0 };

    for (int m = 0; m < log->count; m++) {
        bool expected[UPDATES] = { false };
        int count = 0;

        fill(sent, sizes, most, first[0] == 'n', expected);
        if (first[0] != 'r')
            assert_memory_equal(log->has[m], expected, sizeof expected);
        for (int i = 0; i < UPDATES; i++) {
            count += log->has[m][i];
            sent[i] += log->has[m][i];
        }
        assert_true(count > 0 && (log->bytes[m] <= ROOM || count == 1));
    }
    for (int i = 0; i < UPDATES; i++)
        assert_int_equal(sent[i], most);
}

static void check_sizes(const char *mode, const char *how, int most, const char *first)
{
    const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 300 };
    struct distribution *sizes = distribution_new(&spec);
    static struct log log;
    const struct sim_observer observer = { SEEN_SENT, note_message, &log };
    uint64_t of_updates[UPDATES] = { 0 };
    struct setup setup;
    struct sim_result r;

    log = (struct log){ .count = 0 };
    open_setup(&setup, mode, how, "850B", first);
    setup.config.workload.sizes = sizes;
    setup.config.network.header_bytes = 0;
    setup.config.stop.when = STOP_QUIET;
    setup.config.stop.at = 4000 * SIM_SECOND;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.outcome_count, UPDATES);
    for (int i = 0; i < UPDATES; i++)
        of_updates[r.outcomes[i].update] = r.outcomes[i].bytes / r.outcomes[i].copies;
    check_log(&log, of_updates, most, first);
    sim_result_clear(&r);
    setup_clear(&setup);
    distribution_free(sizes);
}

/* A sixteenth of them are larger than the limit, and go alone. */
static void entries_go_until_the_next_does_not_fit(void **state)
{
    static const char *const hows[] = { "digest", "merkle", RUMORS "1" };
    static const char *const firsts[] = { "oldest", "newest", "random" };

    (void)state;
    for (int i = 0; i < 3 * 3; i++) {
        check_sizes("push", hows[i % 3], 1, firsts[i / 3]);
        check_sizes("pull", hows[i % 3], 1, firsts[i / 3]);
    }
    check_sizes("push", RUMORS "5", 5, "fewest-sent");
}

/* With random entries the first exchange moves each as often as another. */
static void check_random(const char *limit)
{
    enum { RUNS = 1000 };
    double moved[UPDATES] = { 0 };
    const double share = (double)LIMIT / UPDATES;

    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, "pull", "digest", limit, "random");
        setup.config.seed = seed;
        setup.config.stop.at = 11 * SIM_SECOND;
        sim_run(&setup.config, &r);
        for (size_t i = 0; i < r.outcome_count; i++)
            moved[r.outcomes[i].update] += r.outcomes[i].t_all != SIM_NEVER;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    for (int i = 0; i < UPDATES; i++) /* 100 of them: one in 160 tests by chance */
        assert_true(fabs(moved[i] - RUNS * share) < 4 * sqrt(RUNS * share * (1 - share)));
}

static void random_entries_are_random(void **state)
{
    (void)state;
    check_random("8");
    check_random(EIGHT_IN_BYTES);
}

/* A hundred values of four keys are four entries. */
static void older_values_are_no_entries(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, "pull", "digest", "8", "oldest");
    setup.config.workload.keys = 4;
    sim_run(&setup.config, &r);
    assert_true(metric(&r, "t_all") < INTERVAL + 1);
    assert_true(metric(&r, "bytes_payload") == 4 * 100);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* Nor are they rumors: the teller loses interest in all hundred, and tells four. */
static void older_values_cool_down(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, "push", RUMORS "1", "8", "oldest");
    setup.config.workload.keys = 4;
    setup.config.stop.when = STOP_QUIET;
    sim_run(&setup.config, &r);
    assert_string_equal(r.stop_reason, "quiet");
    assert_true(metric(&r, "bytes_payload") == 4 * 100);
    assert_true(metric(&r, "rumor-mongering.retired") == UPDATES);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void a_limit_needs_to_know_what_waits(void **state)
{
    struct setup setup;

    (void)state;
    setup_init(&setup, 2);
    assert_false(setup_add(&setup, "anti-entropy", "compare=full limit=8"));
    assert_false(setup_add(&setup, "anti-entropy", "compare=peel-back limit=8"));
    assert_false(setup_add(&setup, "anti-entropy", "first=random"));
    assert_false(setup_add(&setup, "rumor-mongering", "first=random"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 stop=never"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 feedback=false"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=8 first=fewest-sent"));
    assert_false(setup_add(&setup, "anti-entropy", "compare=full limit=1kB"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=1kB stop=never"));
    assert_false(setup_add(&setup, "rumor-mongering", "limit=1kB feedback=false"));
    assert_true(setup_add(&setup, "anti-entropy", "limit=1kB first=newest"));
    assert_true(setup_add(&setup, "rumor-mongering", "limit=8 first=random"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_waits_for_the_next_exchange),
        cmocka_unit_test(who_was_sent_least_goes_first),
        cmocka_unit_test(entries_go_until_the_next_does_not_fit),
        cmocka_unit_test(random_entries_are_random),
        cmocka_unit_test(older_values_are_no_entries),
        cmocka_unit_test(older_values_cool_down),
        cmocka_unit_test(a_limit_needs_to_know_what_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
