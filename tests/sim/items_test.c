/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Items come as they were sent, to each of several receivers and again in a duplicate, whatever
 * happens to other messages; they are charged to the byte, as digest and on an uplink; and when
 * their messages are over nothing of them is left.
 */
#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { NODES = 30, ITEM_BYTES = 11, EXTRA_BYTES = 17, PEERS = 3, ITEMS_MAX = 400 };

struct item {
    uint64_t word; /* of the sender, the number of its message, and the item */
    uint32_t index;
};

struct config {
    sim_time interval;
    int64_t items_max;
    int64_t once; /* so many in one message of each node, and no others; < 0: not so */
    uint64_t digest, control, messages, came; /* what must have been counted */
    sim_time last;                            /* arrival */
};

struct state {
    uint32_t sent;
};

enum { ALONE, PACKED, BARE };
static const struct message_kind messages[] = {
    [ALONE] = { .name = "alone",
                .carries = CARRIES_CONTROL,
                .item_size = sizeof(struct item),
                .item_bytes = ITEM_BYTES },
    [PACKED] = { .name = "packed",
                 .carries = CARRIES_IDENTITIES,
                 .item_size = sizeof(struct item),
                 .item_bytes = ITEM_BYTES },
    [BARE] = { .name = "bare", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    if (config_of(n)->once < 0)
        node_every(n, config_of(n)->interval, PHASE_RANDOM, 0);
    else
        node_after(n, 1, 0, 0);
}

static uint64_t word_of(node_id from, uint32_t number, uint32_t index)
{
    return ((uint64_t)from << 40 ^ (uint64_t)number << 20 ^ index) * 0x9e3779b97f4a7c15u;
}

/* Of 0 to `items_max` items, as the number of the message says. */
static uint32_t make_items(const struct config *c, node_id from, uint32_t number,
                           struct item *items)
{
    const uint32_t count = (uint32_t)(number * 7 % (c->items_max + 1));

    for (uint32_t i = 0; i < ITEMS_MAX; i++)
        items[i] = (struct item){ word_of(from, number, i), i };
    return count;
}

static void send_alone(struct node *n, node_id to, const struct item *items, uint32_t count)
{
    struct config *c = config_of(n);

    node_send_items(n, to, ALONE, items, count);
    c->messages++;
    c->control += 8;
    c->digest += count * ITEM_BYTES;
}

static void send_packed(struct node *n, uint32_t number, const struct item *items, uint32_t count)
{
    struct config *c = config_of(n);
    struct set *more = set_copy(node_known(n));
    const struct pack pack = { .more = &more,
                               .count = 1,
                               .value = number,
                               .stamp = ~number,
                               .hashes = 2,
                               .items = items,
                               .item_count = count,
                               .extra_bytes = EXTRA_BYTES };
    node_id peers[PEERS];
    const uint32_t found = (uint32_t)node_pick_peers(n, peers, PEERS);

    node_send_pack_to(n, peers, (int)found, PACKED, set_copy(node_known(n)), &pack);
    c->messages += found;
    c->digest += found * (2 * 8 + count * ITEM_BYTES + EXTRA_BYTES +
                          16 * (uint64_t)set_count(node_known(n)));
}

static void tick(struct node *n, int tag, uint32_t value)
{
    static const struct pack none = { .value = 1 };
    struct state *mine = node_state(n);
    const int64_t once = config_of(n)->once;
    struct item items[ITEMS_MAX];
    const uint32_t count = make_items(config_of(n), node_self(n), mine->sent, items);
    node_id peer;

    (void)tag;
    (void)value;
    node_pick_peer(n, &peer);
    if (once >= 0 || mine->sent % 3 == 0)
        send_alone(n, peer, items, once >= 0 ? (uint32_t)once : count);
    else if (mine->sent % 3 == 1)
        send_packed(n, mine->sent, items, count);
    else {
        node_send_pack(n, peer, BARE, set_new(), &none);
        config_of(n)->messages++;
        config_of(n)->control += 8;
    }
    mine->sent++;
}

static void receive(struct node *n, const struct message *m)
{
    struct config *c = config_of(n);
    const struct item *items = m->items;

    c->came++;
    c->last = node_now(n);
    if (m->kind == BARE) {
        assert_null(m->items);
        assert_int_equal(m->item_count, 0);
        return;
    }
    if (m->kind == PACKED) {
        assert_int_equal(m->stamp, ~m->value);
        assert_int_equal(m->item_count, m->value * 7 % (c->items_max + 1));
        assert_int_equal(set_count(m->set), set_count(m->more[0]));
    }
    for (uint32_t i = 0; i < m->item_count; i++) {
        assert_int_equal(items[i].index, i);
        if (m->kind == PACKED)
            assert_true(items[i].word == word_of(m->from, m->value, i));
    }
}

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "100ms", "1us..365d", "between messages"),
    PARAM_COUNT(struct config, items_max, "20", "0..400", "in a message"),
    PARAM_END,
};

static const struct model freight = {
    .name = "freight",
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
    struct sim_result result;
};

static void open_trial(struct trial *t, const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, NODES);
    assert_true(setup_add_model(&t->setup, &freight, parameters));
    t->config = t->setup.configs[0];
    t->config->once = -1;
    c->workload.updates = c->workload.keys = 3;
    c->stop.when = STOP_NEVER;
    c->stop.at = 20 * SIM_SECOND;
}

static void run_trial(struct trial *t)
{
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
    assert_true(metric(&t->result, "messages") == (double)t->config->messages);
    assert_true(metric(&t->result, "bytes_digest") == (double)t->config->digest);
    assert_true(metric(&t->result, "bytes_control") == (double)t->config->control);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

/* ---- whatever happens ---- */

#define SOME                               \
    {                                      \
        .kind = SELECT_SHARE, .share = 0.4 \
    }

static void bad_network(struct sim_network *network)
{
    network->loss = 0.2;
    network->duplicate = 0.3;
    network->jitter = 0.5;
}

static void narrow(struct sim_network *network)
{
    bad_network(network);
    network->bandwidth = 20000;
    network->queue_bytes = 3000;
}

static void items_come_as_they_were_sent(void **state)
{
    static const struct sim_side sides[] = { { .share = 0.5 }, { .share = 0.5 } };
    static const struct sim_obstacle cut = { .sides = sides, .side_count = 2, .factor = 1 };
    static const struct sim_fault faults[] = {
        { FAULT_CRASH, SOME, 3 * SIM_SECOND, 2 * SIM_SECOND, 6 * SIM_SECOND, .obstacle = NULL },
        { FAULT_WIPE, SOME, 5 * SIM_SECOND, 0, 0, .obstacle = NULL },
        { FAULT_PARTITION, SOME, 8 * SIM_SECOND, 4 * SIM_SECOND, 0, .obstacle = &cut },
    };

    (void)state;
    for (int way = 0; way < 16; way++) {
        struct trial t;
        struct sim_config *c = &t.setup.config;

        open_trial(&t, way & 8 ? "items_max=400" : "items_max=13");
        if (way & 1)
            bad_network(&c->network);
        if (way & 2) {
            c->faults = faults;
            c->fault_count = sizeof faults / sizeof *faults;
        }
        if (way & 4 && way & 1) {
            c->timing = TIMING_ROUNDS;
            c->round = 100 * SIM_MILLISECOND;
        } else if (way & 4)
            narrow(&c->network);
        run_trial(&t);
        assert_true(t.config->came > t.config->messages / 10);
        if (!(way & 7))
            assert_true((double)t.config->came > 0.99 * (double)t.config->messages);
        close_trial(&t);
    }
}

/* ---- on an uplink ---- */

static void items_take_their_time_on_an_uplink(void **state)
{
    static const int64_t counts[] = { 0, 1, 2, 3, 50, 400 };
    const int64_t bandwidth = 12345;

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const int64_t bits = 8 * (8 + 28 + counts[i] * ITEM_BYTES);
        struct trial t;

        open_trial(&t, "interval=1min");
        t.config->once = counts[i];
        t.setup.config.workload = (struct sim_workload){ 0 };
        t.setup.config.network.bandwidth = bandwidth;
        t.setup.config.network.queue_bytes = -1;
        run_trial(&t);
        assert_int_equal(t.config->came, NODES);
        assert_int_equal(t.config->last, 1 + (bits * SIM_SECOND + bandwidth - 1) / bandwidth +
                                             10 * SIM_MILLISECOND);
        close_trial(&t);
    }
}

/* ---- memory ---- */

static uint64_t peak_after(sim_time end)
{
    struct trial t;
    uint64_t peak;

    open_trial(&t, "items_max=400");
    bad_network(&t.setup.config.network);
    t.setup.config.stop.at = end;
    run_trial(&t);
    peak = t.result.peak_bytes;
    close_trial(&t);
    return peak;
}

static void nothing_of_them_is_left(void **state)
{
    (void)state; /* two minutes of items are 40 MB; blocks of memory are at most 256 KiB */
    assert_true(peak_after(150 * SIM_SECOND) < peak_after(30 * SIM_SECOND) + (1 << 20));
}

static void the_estimate_knows_of_items(void **state)
{
    static const char *const parameters[] = { "items_max=5", "items_max=400",
                                              "items_max=400 interval=1s" };

    (void)state;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        struct trial t;

        open_trial(&t, parameters[i]);
        t.setup.config.nodes = 3000;
        t.setup.config.stop.at = 3 * SIM_SECOND;
        const double estimate = (double)sim_memory_estimate(&t.setup.config, 0);

        t.config->messages = t.config->digest = t.config->control = 0; /* of the pilots */
        run_trial(&t);
        assert_true(estimate > 0.5 * (double)t.result.peak_bytes);
        assert_true(estimate < 2 * (double)t.result.peak_bytes);
        close_trial(&t);
    }
}

static void a_run_with_too_little_memory_fails(void **state)
{
    const uint64_t enough = peak_after(20 * SIM_SECOND);
    int failed = 0;

    (void)state;
    for (uint64_t most = enough / 2; most <= enough; most += 4096) {
        struct trial t;

        open_trial(&t, "items_max=400");
        bad_network(&t.setup.config.network);
        t.setup.config.memory_max = most;
        sim_run(&t.setup.config, &t.result);
        if (t.result.status == SIM_FAILED)
            assert_string_equal(t.result.stop_reason, "memory");
        failed += t.result.status == SIM_FAILED;
        close_trial(&t);
    }
    assert_true(failed > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_as_they_were_sent),
        cmocka_unit_test(items_take_their_time_on_an_uplink),
        cmocka_unit_test(nothing_of_them_is_left),
        cmocka_unit_test(the_estimate_knows_of_items),
        cmocka_unit_test(a_run_with_too_little_memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
