/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an update says of itself is the same on every node: who wrote it, the how manieth of that
 * node's it is, without a gap, its key and its size.
 */
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 10, PRELOADED = 12, UPDATES = 90, KEYS = 20, BYTES = 123 };

static struct update_info infos[PRELOADED + UPDATES];
static bool is_met[PRELOADED + UPDATES];
static uint32_t written[NODES]; /* by each, as they were written */
static uint32_t heard, deletions;

struct config {
    sim_time interval;
};
static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between messages"),
    PARAM_END,
};
enum { ALL };
static const struct message_kind messages[] = {
    [ALL] = { .name = "all", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};

static void meet(const struct node *n, update_id update)
{
    const struct update_info info = node_update_info(n, update);

    if (!is_met[update])
        infos[update] = info;
    is_met[update] = true;
    assert_memory_equal(&infos[update], &info, sizeof info);
}

/* Some ask at once, and some only much later. */
static void learn(struct node *n, const struct set *news, enum learned how)
{
    for (update_id i = 0; set_next(news, &i); i++) {
        if (how == LEARNED_LOCAL && i >= PRELOADED) {
            const struct update_info info = node_update_info(n, i);

            assert_int_equal(info.origin, node_self(n));
            assert_int_equal(info.key, PRELOADED + (i - PRELOADED) % KEYS);
            assert_true(info.bytes == BYTES || info.bytes == 16);
            assert_int_equal(info.number, written[info.origin]++);
            deletions += info.bytes == 16;
        }
        heard++;
        meet(n, i);
    }
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);

    node_every(n, c->interval, PHASE_RANDOM, 0);
    for (update_id i = 0; set_next(known, &i); i++) { /* preloaded */
        assert_int_equal(node_update_info(n, i).key, i);
        if (!is_met[i])
            written[node_update_info(n, i).origin]++;
        meet(n, i);
    }
}

static void tell(struct node *n, int tag, uint32_t value)
{
    node_id peer;

    (void)tag;
    (void)value;
    if (node_pick_peer(n, &peer))
        node_send(n, peer, ALL, set_copy(node_known(n)));
}

static void hear(struct node *n, const struct message *m)
{
    node_learn(n, m);
}

static const struct model archivist = {
    .name = "archivist",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = tell,
    .on_message = hear,
    .on_learn = learn,
};

static void updates_say_the_same_everywhere(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &archivist, ""));
    setup.config.store.preload = PRELOADED;
    setup.config.workload = (struct sim_workload){ .updates = UPDATES,
                                                   .keys = KEYS,
                                                   .size_bytes = BYTES,
                                                   .arrival = ARRIVAL_EVERY,
                                                   .every = 300 * SIM_MILLISECOND,
                                                   .deletes = 0.2 };
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(heard > UPDATES * NODES / 2);
    assert_true(deletions > 5 && deletions < UPDATES / 2);
    for (size_t i = 0; i < r.outcome_count; i++)
        if (r.outcomes[i].update >= PRELOADED)
            assert_true(is_met[r.outcomes[i].update]);
    for (uint32_t i = 0, sum = 0; i < NODES; i++) {
        sum += written[i];
        assert_true(i < NODES - 1 || sum == PRELOADED + UPDATES);
    }
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(updates_say_the_same_everywhere) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
