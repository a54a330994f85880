/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With shards, writes go to holders, a node learns nothing that it should not hold whatever it is
 * sent, what is missing at the start comes as often as asked for, and in the end every holder has
 * everything, crashes or not; copies count as the nodes themselves count them.  Parcels arrive as
 * they were sent, their hashes are paid for, and they leave nothing behind, lost or not.  The
 * ranges of keys partition the updates, all alike; updates know since when they are written.
 */
#include "law.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 24, UPDATES_MAX = 5000, HASHES = 3 };

struct config {
    bool knows[NODES][UPDATES_MAX];
    uint32_t first[UPDATES_MAX]; /* nodes that knew it when they started at time 0 */
    uint64_t news, known, foreign, written, received;
    uint32_t updates, burst; /* burst: packs sent while one is handled */
    bool asks_ranges;
    sim_time every; /* between writes */
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static bool holds(const struct node *n, update_id update)
{
    bool does = false;

    for (uint32_t i = 0; i < node_shard_count(n) && !does; i++) {
        struct set *of = node_shard_updates(n, node_shard(n, i));

        does = set_has(of, update);
        set_free(of);
    }
    return does;
}

static void assert_ranges(const struct node *n)
{
    const struct config *c = config_of(n);
    static const uint32_t ranges_of[] = { 1, 2, 3, 64, 1000, 4096 };

    for (size_t k = 0; k < sizeof ranges_of / sizeof *ranges_of; k++) {
        const uint32_t ranges = ranges_of[k];
        uint32_t counts[4096], sum = 0;
        struct set *all = set_new();

        for (uint32_t i = 0; i < ranges; i++) {
            struct set *range = node_key_range(n, i, ranges);

            sum += counts[i] = set_count(range);
            set_add(&all, range);
            set_free(range);
        }
        assert_int_equal(sum, c->updates);
        assert_int_equal(set_count(all), c->updates);
        if (ranges > 1 && ranges <= 64)
            assert_true(law_even(counts, ranges) < LAW_Z);
        set_free(all);
    }
}

/* The ranges of the first and the last update are those of all ranges that have one of them. */
static void assert_ranges_of_two(const struct node *n)
{
    const struct config *c = config_of(n);
    static const uint32_t ranges_of[] = { 1, 2, 3, 64, 1000 };

    for (size_t k = 0; k < sizeof ranges_of / sizeof *ranges_of; k++) {
        const uint32_t ranges = ranges_of[k];
        const update_id last = (update_id)c->updates - 1;
        struct set *all = node_key_range(n, 0, 1);
        struct set *two = set_only(all, 0), *other = set_only(all, last), *expected = set_new();
        uint32_t count = 0, found;

        set_add(&two, other);
        for (uint32_t i = 0; i < ranges; i++) {
            struct set *range = node_key_range(n, i, ranges);

            if (set_has(range, 0) || set_has(range, last)) {
                set_add(&expected, range);
                count++;
            }
            set_free(range);
        }
        struct set *met = node_key_ranges(n, two, ranges, &found);

        assert_int_equal(found, count);
        assert_true(set_is_equal(met, expected));
        set_free(met);
        set_free(expected);
        set_free(other);
        set_free(two);
        set_free(all);
    }
}

static void start(struct node *n)
{
    struct config *c = config_of(n);

    for (update_id u = 0; set_next(node_known(n), &u); u++) {
        assert_true(holds(n, u));
        c->knows[node_self(n)][u] = true;
        c->first[u] += node_now(n) == 0;
    }
    if (c->asks_ranges && node_self(n) == 0) {
        assert_ranges(n);
        assert_ranges_of_two(n);
    }
    node_every(n, SIM_SECOND, PHASE_RANDOM, 0);
}

/* To anybody, and all that is known: also what the other should not hold. */
static void tell(struct node *n)
{
    node_id to = (node_id)node_random(n, NODES);
    struct set *more[] = { set_copy(node_known(n)), set_new(), set_copy(node_known(n)) };
    update_id first = 0;

    if (set_next(node_known(n), &first)) /* a row of its own */
        set_drop(&more[2], first);
    node_send_pack(
        n, to, 0, set_copy(node_known(n)),
        &(struct pack){
            .more = more, .count = 3, .value = set_count(node_known(n)), .hashes = HASHES });
}

static void timer(struct node *n, int tag, uint32_t value)
{
    (void)tag;
    (void)value;
    tell(n);
}

static void receive(struct node *n, const struct message *m)
{
    struct config *c = config_of(n);
    const uint32_t burst = c->burst;

    c->received++;
    c->burst = 0;
    for (uint32_t i = 0; i < burst; i++)
        tell(n);
    assert_int_equal(m->more_count, 3);
    assert_true(set_is_equal(m->set, m->more[0]));
    assert_true(set_is_empty(m->more[1]));
    assert_int_equal(set_count(m->more[2]) + !set_is_empty(m->set), set_count(m->set));
    assert_int_equal(m->value, set_count(m->set));
    for (update_id u = 0; set_next(m->set, &u); u++)
        *(c->knows[node_self(n)][u] ? &c->known : holds(n, u) ? &c->news : &c->foreign) += 1;
    node_learn(n, m);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    struct config *c = config_of(n);

    for (update_id u = 0; set_next(news, &u); u++) {
        assert_true(holds(n, u));
        assert_false(c->knows[node_self(n)][u]);
        c->knows[node_self(n)][u] = true;
    }
    c->written += how == LEARNED_LOCAL;
    if (c->every == 0)
        return;
    for (sim_time since = 0; since <= node_now(n) + 1; since += c->every / 2) {
        struct set *young = node_written_since(n, news, since);

        for (update_id u = 0; set_next(news, &u); u++)
            assert_int_equal(set_has(young, u), (sim_time)u * c->every >= since);
        set_free(young);
    }
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = "all", .carries = CARRIES_PAYLOAD },
                                                { .name = NULL } };
static const struct model hoarder = {
    .name = "hoarder",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = timer,
    .on_message = receive,
    .on_learn = learn,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct sim_result result;
};

static void open_trial(struct trial *t, int64_t preload, int64_t writes)
{
    *t = (struct trial){ 0 };
    setup_init(&t->setup, NODES);
    setup_add_model(&t->setup, &hoarder, "");
    t->config = t->setup.configs[0];
    t->config->updates = (uint32_t)(preload + writes);
    t->setup.config.store.preload = preload;
    t->setup.config.workload.updates = t->setup.config.workload.keys = writes;
}

static void run_trial(struct trial *t)
{
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

static void holders_meet_and_others_learn_nothing(void **state)
{
    static const int64_t sizes[][2] = { { 0, 20 }, { 10, 10 }, { 60, 90 } };
    static const int64_t placements[][2] = { { 1, 5 }, { 7, 3 }, { 50, 1 }, { 13, 24 }, { 1, 0 } };
    const struct sim_fault faults[] = {
        { FAULT_CRASH,
          { .kind = SELECT_SHARE, .share = 0.5 },
          0,
          3 * SIM_SECOND,
          0,
          .obstacle = NULL },
    };

    (void)state;
    for (int s = 0; s < 3; s++)
        for (int p = 0; p < 5; p++)
            for (int crash = 0; crash < 2; crash++) {
                const int64_t replicas = placements[p][1] ? placements[p][1] : NODES;
                struct trial t;
                uint64_t pairs = 0;

                open_trial(&t, sizes[s][0], sizes[s][1]);
                t.setup.config.store.shards = placements[p][0];
                t.setup.config.store.replicas = placements[p][1];
                t.setup.config.store.missing = 0.5;
                t.setup.config.network.loss = 0.2;
                t.setup.config.faults = faults;
                t.setup.config.fault_count = (size_t)crash;
                run_trial(&t);
                assert_string_equal(t.result.stop_reason, "converged");
                assert_int_equal(t.config->written, sizes[s][1]);
                for (int i = 0; i < NODES; i++)
                    for (uint32_t u = 0; u < t.config->updates; u++)
                        pairs += t.config->knows[i][u];
                assert_int_equal(pairs, t.config->updates * replicas);
                assert_true(metric(&t.result, "residue") == 0);
                assert_true(metric(&t.result, "bytes_digest") ==
                            8 * HASHES * metric(&t.result, "messages"));
                if (t.config->news > 0)
                    assert_true(fabs(metric(&t.result, "redundancy") -
                                     (double)t.config->known / (double)t.config->news) < 1e-9);
                if (replicas != 1) /* else it is over before anything is sent */
                    assert_int_equal(t.config->foreign > 0, replicas < NODES);
                for (size_t i = 0; i < t.result.outcome_count; i++)
                    assert_int_equal(t.result.outcomes[i].informed, replicas);
                close_trial(&t);
            }
}

/*
 * Each replica lacks an entry with the probability asked for, or its whole shard, or both; what all
 * of them lack goes back to one, as many as are foretold.
 */
static void what_is_missing_at_the_start(void **state)
{
    static const struct {
        int64_t shards, replicas;
        double missing, missing_shards;
    } cases[] = {
        { 500, 4, 0.3, 0 },   { 500, 2, 0.3, 0 },   { 500, 4, 0, 0.3 }, { 500, 2, 0, 0.3 },
        { 500, 2, 0.3, 0.4 }, { 500, 1, 0.3, 0.3 }, { 1, 0, 0.9, 0 },   { 500, 3, 1, 0 },
    };
    enum { ENTRIES = 2000 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double r = cases[i].replicas ? (double)cases[i].replicas : NODES;
        const double p = cases[i].missing, q = cases[i].missing_shards;
        /* A shard that went back to one node is given there, but for the entries that miss. */
        const double given = r * (1 - q) * (1 - p) + pow(q, r) * (1 - p);
        struct trial t;
        uint64_t known = 0;

        open_trial(&t, ENTRIES, 0);
        t.setup.config.store.shards = cases[i].shards;
        t.setup.config.store.replicas = cases[i].replicas;
        t.setup.config.store.missing = p;
        t.setup.config.store.missing_shards = q;
        t.setup.config.stop.at = 0;
        const struct sim_given_back back = sim_given_back(&t.setup.config);

        run_trial(&t);
        for (uint32_t u = 0; u < ENTRIES; u++) {
            assert_true(t.config->first[u] >= 1 && t.config->first[u] <= r);
            known += t.config->first[u];
        }
        /* The four entries of a shard may miss together; to give back only lessens the variance. */
        const double variance = r * (1 - p) * p + (q > 0 ? 4 * r * (1 - q) * q : 0);

        assert_true(fabs((double)known - ENTRIES * given - back.entries) <=
                    LAW_Z * sqrt(variance * ENTRIES) + 1e-6);
        assert_true(fabs(back.shards - 500 * pow(q, r)) < 1e-9 || q <= 0);
        assert_true(fabs(t.result.samples[0].informed - (double)known / ENTRIES * NODES / r) <
                    1e-9);
        close_trial(&t);
    }
}

/* What misses everywhere goes back to a replica that is there, and nobody else has anything. */
static void nothing_is_given_to_who_has_not_joined(void **state)
{
    static const struct {
        int64_t shards, replicas;
        double missing, missing_shards;
    } cases[] = { { 1, 0, 1, 0 }, { 1, 0, 0.9, 0 }, { 24, 12, 0, 1 }, { 24, 12, 0.9, 0.9 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial t;

        open_trial(&t, 500, 0);
        t.setup.config.store.shards = cases[i].shards;
        t.setup.config.store.replicas = cases[i].replicas;
        t.setup.config.store.missing = cases[i].missing;
        t.setup.config.store.missing_shards = cases[i].missing_shards;
        t.setup.config.absent_first = 13; /* some of the holders of a shard are there */
        t.setup.config.absent_nodes = 11;
        t.setup.config.stop.at = 0;
        run_trial(&t);
        for (uint32_t u = 0; u < 500; u++)
            assert_in_range(t.config->first[u], 1, cases[i].missing < 1 ? 13 : 1);
        assert_true(metric(&t.result, "lost_updates") == 0);
        close_trial(&t);
    }
}

/* Nor does it go back to a replica that is down at the start and loses its data. */
static void nothing_is_given_to_who_loses_it(void **state)
{
    static const struct {
        int64_t shards, replicas;
        double missing, missing_shards;
    } cases[] = { { 1, 0, 1, 0 }, { 24, 12, 1, 0 }, { 24, 12, 0, 1 }, { 24, 12, 0.9, 0.9 } };
    const struct distribution_spec second = { .kind = DISTRIBUTION_CONSTANT, .a = SIM_SECOND };
    struct distribution *stay = distribution_new(&second);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trial t;

        open_trial(&t, 500, 0);
        t.setup.config.store.shards = cases[i].shards;
        t.setup.config.store.replicas = cases[i].replicas;
        t.setup.config.store.missing = cases[i].missing;
        t.setup.config.store.missing_shards = cases[i].missing_shards;
        t.setup.config.churn = (struct sim_churn){
            .session = stay, .downtime = stay, .rejoin = REJOIN_LOSE, .share = 1
        };
        t.setup.config.stop.at = 0;
        run_trial(&t);
        for (uint32_t u = 0; u < 500; u++) /* at least one of twelve is up */
            assert_in_range(t.config->first[u], 1, cases[i].missing < 1 ? 12 : 1);
        assert_true(metric(&t.result, "lost_updates") == 0);
        close_trial(&t);
    }
    distribution_free(stay);
}

/* The same room for ten times as many, lost on the way, at dead receivers, or grown in between. */
static void parcels_leave_nothing_behind(void **state)
{
    const struct sim_fault fault = { FAULT_CRASH, { .kind = SELECT_COUNT, .count = 6 },
                                     SIM_SECOND,  0,
                                     0,           .obstacle = NULL };
    uint64_t peak[2];

    (void)state;
    for (int is_long = 0; is_long < 2; is_long++) {
        struct trial t;

        open_trial(&t, 0, 100);
        t.config->burst = 5000; /* the first that arrives makes the array grow */
        t.setup.config.network.loss = 0.3;
        t.setup.config.faults = &fault;
        t.setup.config.fault_count = 1;
        t.setup.config.stop.at = (is_long ? 2000 : 200) * SIM_SECOND;
        t.setup.config.stop.when = STOP_NEVER;
        t.setup.config.sample_every = 100 * SIM_SECOND;
        run_trial(&t);
        assert_true(metric(&t.result, "dropped_down") > 0 && metric(&t.result, "dropped_loss") > 0);
        assert_true(metric(&t.result, "messages") > 5000);
        peak[is_long] = t.result.peak_bytes;
        close_trial(&t);
    }
    /* Chunks of the queue come in batches; a tenth of the parcels or rows would be more. */
    assert_true(peak[1] <= peak[0] + 200000);
}

static void ranges_partition_the_keys(void **state)
{
    static const int64_t updates_of[] = { 1, 25, 64, 5000 };

    (void)state;
    for (size_t k = 0; k < sizeof updates_of / sizeof *updates_of; k++) {
        struct trial t;

        open_trial(&t, updates_of[k], 0);
        t.config->asks_ranges = true;
        t.setup.config.stop.at = 0;
        run_trial(&t);
        close_trial(&t);
    }
}

static void updates_know_when_they_were_written(void **state)
{
    static const int64_t updates_of[] = { 10, 100 };

    (void)state;
    for (size_t k = 0; k < sizeof updates_of / sizeof *updates_of; k++) {
        struct trial t;

        open_trial(&t, 0, updates_of[k]);
        t.config->every = SIM_SECOND;
        t.setup.config.workload.arrival = ARRIVAL_EVERY;
        t.setup.config.workload.every = SIM_SECOND;
        run_trial(&t);
        assert_string_equal(t.result.stop_reason, "converged");
        close_trial(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holders_meet_and_others_learn_nothing),
        cmocka_unit_test(what_is_missing_at_the_start),
        cmocka_unit_test(nothing_is_given_to_who_has_not_joined),
        cmocka_unit_test(nothing_is_given_to_who_loses_it),
        cmocka_unit_test(parcels_leave_nothing_behind),
        cmocka_unit_test(ranges_partition_the_keys),
        cmocka_unit_test(updates_know_when_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
