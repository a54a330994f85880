/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a cluster comes together: who is there at 0 s is told to all who start then, and stays so;
 * nodes that join do so one after another in a random order, or all at once; contact points are
 * those of the scenario, in a random order; and how many sizes of views there were is what a
 * recount from all changes of views finds.
 */
#include "law.h"
#include "sim/observe.h"
#include "sim/truth/numbering.h"
#include "sim/value/distance.h"
#include "sim/value/draw.h"
#include "tests/models/harness.h"
#include "tests/models/shuffle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 40, SEEDS = 3 };

/* ---- a model that notes what it is told ---- */

struct config {
    sim_time interval;
    sim_time started[NODES]; /* each node, by its id; -1: never */
    uint32_t starts;
    uint64_t members;      /* those who know each other as the run begins; bit a node */
    uint32_t told;         /* how many of them were told */
    uint32_t first[NODES]; /* contact points that were the first, by the scenario's number */
    struct numbering numbering;
};

static const struct param params[] = {
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "not used"),
    PARAM_END,
};
static const struct message_kind messages[] = { { .name = NULL } };

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void look_at_members(struct node *n, struct config *c)
{
    uint64_t members = 0;

    for (node_id peer = 0; node_next_member(n, &peer); peer++)
        members |= (uint64_t)1 << peer;
    assert_false(members >> node_self(n) & 1);
    if (members == 0)
        return;
    assert_true(node_now(n) == 0);
    members |= (uint64_t)1 << node_self(n);
    assert_true(!c->members || c->members == members); /* the same for all */
    c->members = members;
    c->told++;
}

static void look_at_seeds(struct node *n, struct config *c)
{
    uint64_t met = 0;
    node_id seed;
    uint32_t i = 0;

    for (; node_seed(n, i, &seed); i++) {
        const node_id number = numbering_outside(&c->numbering, seed);

        assert_true(number < SEEDS && seed != node_self(n) && !(met >> number & 1));
        met |= (uint64_t)1 << number;
        c->first[number] += i == 0;
    }
    assert_int_equal(i, SEEDS - (numbering_outside(&c->numbering, node_self(n)) < SEEDS));
}

static void start(struct node *n)
{
    struct config *c = config_of(n);

    if (c->started[node_self(n)] < 0)
        c->started[node_self(n)] = node_now(n);
    c->starts++;
    look_at_members(n, c);
    look_at_seeds(n, c);
}

static void hear(struct node *n, const struct message *m)
{
    (void)n;
    (void)m;
}

static void wait(struct node *n, int tag, uint32_t value)
{
    (void)n;
    (void)tag;
    (void)value;
}

static uint32_t see_nobody(struct node *n)
{
    (void)n;
    return 0;
}

static node_id name_nobody(struct node *n, uint32_t index)
{
    (void)n;
    return index;
}

static const struct model witness = {
    .name = "witness",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .on_start = start,
    .on_timer = wait,
    .on_message = hear,
    .view_count = see_nobody,
    .view_at = name_nobody,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct sim_result result;
};

static void open_trial(struct trial *t)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, NODES);
    assert_true(setup_add_model(&t->setup, &witness, ""));
    t->config = t->setup.configs[0];
    c->seeds = SEEDS;
    c->stop.when = STOP_NEVER;
    c->stop.at = 60 * SIM_SECOND;
}

static void run_trial(struct trial *t, uint32_t replication)
{
    sim_result_clear(&t->result);
    t->setup.config.replication = replication;
    t->config->members = t->config->told = 0;
    t->config->starts = 0;
    memset(t->config->started, -1, sizeof t->config->started);
    numbering_init(&t->config->numbering, NODES, draw_key(1, replication, PURPOSE_NUMBERING));
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    setup_clear(&t->setup);
}

/* When the scenario's node came. */
static sim_time came(const struct trial *t, node_id number)
{
    return t->config->started[numbering_inside(&t->config->numbering, number)];
}

static struct distribution *exponential(double seconds)
{
    return distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = seconds * SIM_SECOND });
}

/* ---- as after a long time ---- */

static void all_who_are_up_at_first_know_each_other(void **state)
{
    static const struct sim_fault join = { .kind = FAULT_JOIN,
                                           .of = { .kind = SELECT_RANGE, .first = 30, .nodes = 5 },
                                           .at = 10 * SIM_SECOND };
    struct distribution *session = exponential(20), *downtime = exponential(10);
    struct trial t;
    uint32_t away = 0;

    (void)state;
    open_trial(&t);
    run_trial(&t, 0);
    assert_true(t.config->members == ((uint64_t)1 << NODES) - 1 && t.config->told == NODES);

    t.setup.config.churn.session = session;
    t.setup.config.churn.downtime = downtime;
    t.setup.config.absent_first = 30;
    t.setup.config.absent_nodes = 5;
    t.setup.config.faults = &join;
    t.setup.config.fault_count = 1;
    for (uint32_t i = 0; i < 20; i++) {
        run_trial(&t, i);
        assert_true(t.config->starts > NODES);
        for (node_id k = 0; k < NODES; k++) {
            assert_true((t.config->members >> k & 1) == (t.config->started[k] == 0));
            away += t.config->started[k] != 0;
        }
        assert_int_equal(t.config->told, __builtin_popcountll(t.config->members));
        for (node_id k = 30; k < 35; k++)
            assert_true(came(&t, k) != 0);
    }
    assert_true(away > 20 * (5 + NODES / 4)); /* a third of the others */
    close_trial(&t);
    distribution_free(session);
    distribution_free(downtime);
}

/* ---- joining ---- */

static void all_join_at_once_if_no_rate_is_given(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t);
    t.setup.config.members = MEMBERS_JOIN;
    t.setup.config.stop.when = STOP_QUIET; /* but not before they have come */
    run_trial(&t, 0);
    assert_true(t.config->told == 0 && t.config->starts == NODES);
    for (node_id i = 0; i < NODES; i++)
        assert_true(t.config->started[i] == 0);
    assert_true(t.result.end == 0);
    close_trial(&t);
}

/* Each of those who join is as likely the first as another, and the last. */
static void nodes_join_one_after_another(void **state)
{
    enum { ABSENT = 7, FROM = 20, RUNS = 400 };
    uint32_t first[NODES] = { 0 }, last[NODES] = { 0 };
    struct trial t;

    (void)state;
    open_trial(&t);
    t.setup.config.members = MEMBERS_JOIN;
    t.setup.config.join_rate = 4;
    t.setup.config.absent_first = FROM;
    t.setup.config.absent_nodes = ABSENT;
    t.setup.config.stop.when = STOP_QUIET; /* as all are as they come; but all join first */
    t.setup.config.workload.updates = 0;
    t.setup.config.store.preload = 1;
    for (uint32_t i = 0; i < RUNS; i++) {
        sim_time latest = 0;
        uint64_t times = 0;

        run_trial(&t, i);
        assert_true(t.result.end == (NODES - SEEDS - ABSENT) * SIM_SECOND / 4);
        for (node_id k = 0; k < NODES; k++) {
            const sim_time at = came(&t, k);

            if (k < SEEDS) {
                assert_true(at == 0);
                continue;
            }
            if (k >= FROM && k < FROM + ABSENT) {
                assert_true(at == -1);
                continue;
            }
            assert_true(at > 0 && at % (SIM_SECOND / 4) == 0);
            times |= (uint64_t)1 << at / (SIM_SECOND / 4);
            latest = at > latest ? at : latest;
            first[k - SEEDS] += at == SIM_SECOND / 4;
            last[k - SEEDS] += at == t.result.end;
        }
        assert_true(latest == t.result.end && times == (((uint64_t)1 << 30) - 1) << 1);
    }
    memmove(first + FROM - SEEDS, first + FROM - SEEDS + ABSENT, 13 * sizeof *first);
    memmove(last + FROM - SEEDS, last + FROM - SEEDS + ABSENT, 13 * sizeof *last);
    assert_true(fabs(law_even(first, NODES - SEEDS - ABSENT)) < LAW_Z);
    assert_true(fabs(law_even(last, NODES - SEEDS - ABSENT)) < LAW_Z);
    close_trial(&t);
}

/* A node joins once, however a fault has it: brought early, crashed before, gone for good. */
/* What is stored before the run begins is with the seeds: all entries, also what would be missing
 * everywhere. */
static void who_joins_holds_nothing(void **state)
{
    static const double missing[] = { 0, 0.5, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        struct trial t;

        open_trial(&t);
        t.setup.config.members = MEMBERS_JOIN;
        t.setup.config.join_rate = 4;
        t.setup.config.workload.updates = 0;
        t.setup.config.store.preload = 40;
        t.setup.config.store.missing = missing[i];
        run_trial(&t, 0);
        const double held = NODES * 40 * (1 - metric(&t.result, "residue"));

        assert_true(held < SEEDS * 40 + 0.5);
        assert_true(fabs(held - (i == 0 ? SEEDS * 40 : i == 2 ? 40 : held)) < 0.5);
        assert_true(held > 39.5 && metric(&t.result, "lost_updates") == 0);
        close_trial(&t);
    }
}

static void faults_go_before_joining(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_JOIN,
          .of = { .kind = SELECT_RANGE, .first = 10, .nodes = 1 },
          .at = SIM_SECOND / 10 },
        { .kind = FAULT_CRASH,
          .of = { .kind = SELECT_RANGE, .first = 11, .nodes = 1 },
          .at = SIM_SECOND / 10,
          .lasts = 50 * SIM_SECOND },
        { .kind = FAULT_LEAVE,
          .of = { .kind = SELECT_RANGE, .first = 12, .nodes = 1 },
          .at = SIM_SECOND / 10 },
    };
    struct trial t;

    (void)state;
    open_trial(&t);
    t.setup.config.members = MEMBERS_JOIN;
    t.setup.config.join_rate = 1;
    t.setup.config.faults = faults;
    t.setup.config.fault_count = 3;
    for (uint32_t i = 0; i < 10; i++) {
        run_trial(&t, i);
        assert_true(came(&t, 10) == SIM_SECOND / 10);
        assert_true(came(&t, 11) == 50 * SIM_SECOND + SIM_SECOND / 10);
        assert_true(came(&t, 12) == -1);
        assert_true(t.config->starts == NODES - 1);
        assert_true(metric(&t.result, "alive") == NODES - 1);
    }
    close_trial(&t);
}

/* Who comes after the end of the run does not come. */
static void the_run_may_end_before(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t);
    t.setup.config.members = MEMBERS_JOIN;
    t.setup.config.join_rate = 0.25;
    t.setup.config.stop.when = STOP_CONVERGED;
    run_trial(&t, 0);
    assert_true(t.result.end == 60 * SIM_SECOND);
    assert_int_equal(t.config->starts, SEEDS + 15);
    close_trial(&t);
}

/* ---- contact points ---- */

/* Any of them is as likely the first, to each node and in each of its lives. */
static void the_first_contact_is_a_random_one(void **state)
{
    struct distribution *session = exponential(2), *downtime = exponential(2);
    struct trial t;
    uint32_t starts = 0;

    (void)state;
    open_trial(&t);
    t.setup.config.churn.session = session;
    t.setup.config.churn.downtime = downtime;
    for (uint32_t i = 0; i < 20; i++) {
        run_trial(&t, i);
        starts += t.config->starts;
    }
    assert_true(starts > 20 * NODES * 10);
    assert_true(fabs(law_even(t.config->first, SEEDS)) < LAW_Z);
    close_trial(&t);
    distribution_free(session);
    distribution_free(downtime);
}

/* Then all nodes are, and each knows the others. */
static void there_may_be_more_seeds_than_nodes(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t);
    t.setup.config.nodes = SEEDS; /* each knows the two others */
    t.setup.config.seeds = SIM_NODES_MAX;
    t.setup.config.members = MEMBERS_JOIN;
    memset(t.config->started, -1, sizeof t.config->started);
    numbering_init(&t.config->numbering, SEEDS, draw_key(1, 0, PURPOSE_NUMBERING));
    sim_run(&t.setup.config, &t.result);
    assert_int_equal(t.config->starts, SEEDS);
    close_trial(&t);
}

/* The first contact point is down at first: who tries it gets in by another, told by the
 * connection. */
static void a_seed_that_is_down_is_passed_over(void **state)
{
    static const struct sim_fault crash = { .kind = FAULT_CRASH,
                                            .of = { .kind = SELECT_RANGE, .nodes = 1 },
                                            .lasts = 30 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, NODES);
    assert_true(setup_add_model(&setup, &model_shuffle, "interval=5s"));
    setup_add(&setup, "anti-entropy", "interval=1s");
    setup.config.peers = PEERS_VIEW;
    setup.config.seeds = SEEDS;
    setup.config.members = MEMBERS_JOIN;
    setup.config.faults = &crash;
    setup.config.fault_count = 1;
    setup.config.network.retransmit = 10 * SIM_MILLISECOND;
    setup.config.stop.at = 120 * SIM_SECOND;
    sim_run(&setup.config, &r);
    /* a third of them do; the other two seeds have each other, or it */
    assert_true(fabs(metric(&r, "shuffle.failed") - NODES / 3.0) < 4 * sqrt(NODES * 2 / 9.0));
    assert_true(metric(&r, "converged") == 1);
    sim_result_clear(&r);
    setup_clear(&setup);
}

/* ---- sizes of views ---- */

/* What all changes of views add up to. */
struct recount {
    struct sim_observer observer;
    uint32_t sizes[NODES];
    bool has[NODES + 1];
    bool is_changing;
    node_id node;
    sim_time at;
};

static void settle(struct recount *r)
{
    if (r->is_changing)
        r->has[r->sizes[r->node]] = true;
    r->is_changing = false;
}

static void see(void *context, const struct sight *sight)
{
    struct recount *r = context;

    if (r->node != sight->node || r->at != sight->at)
        settle(r);
    if (sight->what == SEEN_WIPED) {
        settle(r);
        r->sizes[sight->node] = 0;
        return;
    }
    r->is_changing = true;
    r->node = sight->node;
    r->at = sight->at;
    r->sizes[sight->node] += sight->is_there ? 1 : UINT32_MAX;
}

static double recounted(struct recount *r)
{
    double count = 0;

    settle(r);
    for (int i = 0; i <= NODES; i++)
        count += r->has[i];
    return count;
}

static void sizes_of_views_are_those_of_a_recount(void **state)
{
    static const struct sim_fault wipe = { .kind = FAULT_WIPE,
                                           .of = { .kind = SELECT_SHARE, .share = 0.3 },
                                           .at = 20 * SIM_SECOND };
    double least = NODES, most = 0;

    (void)state;
    for (int way = 0; way < 16; way++) {
        struct recount recount = { .observer = { .wants = SEEN_VIEW | SEEN_WIPED, .see = see } };
        struct setup setup;
        struct sim_result r;

        setup_init(&setup, NODES);
        assert_true(setup_add_model(&setup, &model_shuffle, "view=35 swap=10"));
        recount.observer.context = &recount;
        setup.config.observer = &recount.observer;
        setup.config.seeds = way & 1 ? 1 : SEEDS;
        setup.config.members = way & 2 ? MEMBERS_JOIN : MEMBERS_JOINED;
        setup.config.join_rate = way & 4 ? 3 : 0;
        setup.config.faults = &wipe;
        setup.config.fault_count = way & 8 ? 1 : 0;
        setup.config.stop.when = STOP_NEVER;
        setup.config.stop.at = 40 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_true(metric(&r, "view_sizes") == recounted(&recount));
        least = fmin(least, metric(&r, "view_sizes"));
        most = fmax(most, metric(&r, "view_sizes"));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    assert_true(least < 8 && most > 30 && most <= 36); /* joined, and while the cluster forms */
}

static void without_views_there_are_no_sizes(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 5);
    setup_add(&setup, "anti-entropy", "");
    sim_run(&setup.config, &r);
    assert_false(has_metric(&r, "view_sizes"));
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_who_are_up_at_first_know_each_other),
        cmocka_unit_test(all_join_at_once_if_no_rate_is_given),
        cmocka_unit_test(nodes_join_one_after_another),
        cmocka_unit_test(who_joins_holds_nothing),
        cmocka_unit_test(faults_go_before_joining),
        cmocka_unit_test(the_run_may_end_before),
        cmocka_unit_test(the_first_contact_is_a_random_one),
        cmocka_unit_test(there_may_be_more_seeds_than_nodes),
        cmocka_unit_test(a_seed_that_is_down_is_passed_over),
        cmocka_unit_test(sizes_of_views_are_those_of_a_recount),
        cmocka_unit_test(without_views_there_are_no_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
