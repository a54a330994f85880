/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ring repair with a limit: a turn takes as many messages as it needs, none of which brings more,
 * two latencies each; the loop still makes all holders equal by 2n - 2 sends, whole missing shards
 * too.  Nobody takes a turn for failed that only takes long, and copies of messages do not
 * multiply.
 */
#include "sim/observe.h"
#include "tests/models/ring_trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 100 };

/* What messages with entries brought. */
struct brought {
    uint64_t bytes_max, messages;
    uint32_t entries_max;
};

static void note_message(void *context, const struct sight *sight)
{
    struct brought *brought = context;
    const uint32_t entries = set_count(sight->carried->set);

    if (!(sight->model->messages[sight->kind].carries & CARRIES_PAYLOAD) || entries == 0)
        return;
    brought->messages++;
    if (entries > brought->entries_max)
        brought->entries_max = entries;
    if (sight->bytes > brought->bytes_max)
        brought->bytes_max = sight->bytes;
}

/* A trial whose messages are looked at. */
static void run(struct ring_trial *t, struct brought *brought)
{
    const struct sim_observer observer = { SEEN_SENT, note_message, brought };

    *brought = (struct brought){ 0 };
    t->setup.config.network.header_bytes = 0;
    t->setup.config.observer = &observer;
    ring_trial_run(t);
}

/* ---- contents and sends ---- */

static const struct {
    const char *text;
    uint32_t entries;
} limits[] = { { "1", 1 }, { "3", 3 }, { "1000", ENTRIES }, { "250B", 2 }, { "1B", 1 } };

static void repair_once(int64_t n, uint32_t r, int limit, const char *first)
{
    const bool in_rounds = r % 4 == 3;
    char parameters[96];
    struct brought brought;
    struct ring_trial t;
    int empty;

    snprintf(parameters, sizeof parameters, "compare=%s limit=%s first=%s", ring_comparisons[r % 3],
             limits[limit].text, first);
    ring_trial_init(&t, n, r, parameters);
    t.setup.config.timing = in_rounds ? TIMING_ROUNDS : TIMING_EVENTS;
    run(&t, &brought);

    const bool is_loop = is_inconsistent(&t, &empty) || (empty > 0 && empty < n);

    assert_true(all_know(&t, 2, everything));
    assert_true(ring_trial_counter(&t, "sends") == (is_loop ? 2 * (double)n - 2 : 0));
    assert_true(ring_trial_counter(&t, "passes") == is_loop);
    assert_true(ring_trial_counter(&t, "shards_copied") == 0);
    assert_true(brought.entries_max <= limits[limit].entries);
    assert_true(brought.bytes_max <= limits[limit].entries * SIZE);
    ring_trial_clear(&t);
}

static void a_limit_changes_messages_and_not_what_they_do(void **state)
{
    static const char *const firsts[] = { "oldest", "newest", "random" };

    (void)state;
    for (int64_t n = 2; n <= HOLDERS_MAX; n++)
        for (int limit = 0; limit < 5; limit++)
            for (uint32_t r = 0; r < 12; r++)
                repair_once(n, r, limit, firsts[(r + (uint32_t)limit) % 3]);
}

/* ---- time ---- */

/* Two holders, one of which has nothing: CHECK, DIFFERS, and then the turn of each. */
static void each_further_message_takes_two_latencies(void **state)
{
    (void)state;
    for (uint32_t r = 0; r < 20; r++)
        for (int64_t limit = 1; limit <= ENTRIES + 1; limit++) {
            const int64_t messages = (ENTRIES + limit - 1) / limit;
            char parameters[64];
            struct brought brought;
            struct ring_trial t;
            bool rich_starts;

            /* all messages of a turn take longer than a timeout */
            snprintf(parameters, sizeof parameters, "limit=%d timeout=50ms", (int)limit);
            ring_trial_init(&t, 2, r, parameters);
            t.setup.config.store = (struct sim_store){ .preload = ENTRIES };
            t.faults[0] = (struct sim_fault){ .kind = FAULT_WIPE,
                                              .of = { SELECT_RANGE, .first = 0, .nodes = 1 },
                                              .at = SIM_SECOND };
            t.setup.config.fault_count = 1;
            t.setup.config.stop.when = STOP_CONVERGED;
            run(&t, &brought);
            rich_starts = ring_trial_start(&t.setup.config, 0, 1) == 1;
            assert_string_equal(t.result.stop_reason, "converged");
            assert_true(t.result.end ==
                        interval + ((rich_starts ? 3 : 6) + 2 * messages) * latency);
            assert_int_equal(brought.messages, messages);
            assert_true(ring_trial_counter(&t, "sends") == (rich_starts ? 1 : 2));
            ring_trial_clear(&t);
        }
}

/* ---- copies ---- */

/* Each message comes twice, of the 80 that a turn takes.  What brings data is sent once, and at the
 * most a copy is answered as its original is: no more than twice as many. */
static void copies_of_messages_do_not_multiply(void **state)
{
    (void)state;
    for (int way = 0; way < 6; way++) {
        double messages[2];

        for (int doubled = 0; doubled < 2; doubled++) {
            char parameters[64];
            struct ring_trial t;

            snprintf(parameters, sizeof parameters, "compare=%s limit=1",
                     ring_comparisons[way % 3]);
            ring_trial_init(&t, 3, 1, parameters);
            t.setup.config.timing = way < 3 ? TIMING_EVENTS : TIMING_ROUNDS;
            t.setup.config.store = (struct sim_store){ .preload = 80, .missing = 0.4 };
            t.setup.config.network.duplicate = doubled;
            t.setup.config.stop.at = 2 * interval - 1;
            ring_trial_run(&t);
            assert_true(metric(&t.result, "converged") == 1);
            messages[doubled] = metric(&t.result, "messages");
            ring_trial_clear(&t);
        }
        assert_true(messages[1] > messages[0] && messages[1] <= 2 * messages[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_changes_messages_and_not_what_they_do),
        cmocka_unit_test(each_further_message_takes_two_latencies),
        cmocka_unit_test(copies_of_messages_do_not_multiply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
