/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The laws of Scuttlebutt: a delta goes to nobody who has it, and a maximum says all; a change is
 * everywhere in 5 to 6 rounds of 128 nodes; limits hold, and which deltas go first.  And its
 * members: who boots asks the seeds first, who comes back has a new generation and gets its keys
 * back, who left is forgotten for good only where nobody listens to the others for a while.
 */
#include "models/scuttlebutt.h"
#include "sim/observe.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NODES = 16, UPDATES = 60 };

static void open_setup(struct setup *setup, int64_t nodes, const char *parameters, int seconds)
{
    setup_init(setup, nodes);
    assert_true(setup_add(setup, "scuttlebutt", parameters));
    setup->config.seeds = 3;
    setup->config.workload.updates = setup->config.workload.keys = 0;
    setup->config.stop.when = STOP_NEVER;
    setup->config.stop.at = seconds * SIM_SECOND;
}

/* So many updates of 100 B, each of a key of its own unless `keys` are fewer. */
static void write_updates(struct setup *setup, int64_t updates, int64_t keys, double seconds)
{
    struct sim_workload *workload = &setup->config.workload;

    workload->updates = updates;
    workload->keys = keys;
    workload->arrival = ARRIVAL_EVERY;
    workload->every = (sim_time)(seconds * SIM_SECOND / (double)updates);
}

static uint64_t bits(const struct set *set)
{
    uint64_t result = 0;

    for (update_id i = 0; set_next(set, &i); i++)
        result |= (uint64_t)1 << i;
    return result;
}

static int count(uint64_t set)
{
    return __builtin_popcountll(set);
}

/* ---- deltas and maxima ---- */

/* What one knows of the other as a message of an exchange tells it; nodes are the scenario's. */
struct exchanges {
    uint64_t written[NODES];     /* by each */
    uint64_t told[NODES][NODES]; /* known by the first, as it last said to the second */
    node_id name[NODES];         /* of nodes, by the number that models know */
    int first;                   /* of enum first of the model, -1: no limit */
    uint64_t limit;
    uint64_t deltas, limited;
    bool has_keys_once;
};

/* What is known of an owner ends with the maximum: also where a limit leaves some of it untold. */
static void check_maxima(const struct exchanges *x, const struct digest *table, uint64_t known)
{
    for (int i = 0; i < NODES; i++) {
        const uint64_t below = ((uint64_t)1 << table[i].version) - 1;

        assert_true((x->written[x->name[i]] & (below ^ known)) == 0);
    }
}

/* The deltas of a message, of those that its receiver lacks. */
static void check_by_owner(const struct exchanges *x, uint64_t sent, uint64_t lacking)
{
    int least_open = UPDATES, most = 0, least_whole = UPDATES, most_none = 0, parts = 0;

    for (int i = 0; i < NODES; i++) {
        const uint64_t of_owner = lacking & x->written[i], taken = sent & x->written[i];
        const int had = count(of_owner), got = count(taken);

        assert_true(taken == 0 || (of_owner & ~taken) == 0 ||
                    __builtin_ctzll(of_owner & ~taken) > 63 - __builtin_clzll(taken));
        if (had == 0)
            continue;
        most = got > most ? got : most;
        least_open = got < had && got < least_open ? got : least_open;
        parts += got > 0 && got < had;
        least_whole = got == had && had < least_whole ? had : least_whole;
        most_none = got == 0 && had > most_none ? had : most_none;
    }
    if (x->first == BREADTH)
        assert_true(most <= least_open + 1);
    else
        assert_true(parts <= 1 && most_none <= least_whole);
}

static void check_order(struct exchanges *x, uint64_t sent, uint64_t lacking)
{
    const uint64_t left = lacking & ~sent;

    assert_true((sent & ~lacking) == 0);
    x->deltas += (uint64_t)count(sent);
    if (x->first < 0) {
        assert_true(left == 0 || !x->has_keys_once);
        return;
    }
    assert_true((uint64_t)count(sent) <= x->limit);
    if (left == 0)
        return;
    x->limited++;
    assert_true((uint64_t)count(sent) == x->limit);
    if (x->first == OLDEST)
        assert_true(__builtin_ctzll(left) > 63 - __builtin_clzll(sent));
    else if (x->first == NEWEST)
        assert_true(__builtin_ctzll(sent) > 63 - __builtin_clzll(left));
    else
        check_by_owner(x, sent, lacking);
}

static void see_exchange(void *context, const struct sight *sight)
{
    struct exchanges *x = context;
    const struct message *m = sight->carried;

    if (sight->what == SEEN_LEARNED) {
        if (sight->peer == OBSERVE_NOBODY)
            x->written[sight->node] |= bits(sight->set);
        return;
    }
    if (m->item_count == 0 || m->value & 1) /* of a shadow round */
        return;
    for (node_id i = 0; i < NODES; i++)
        x->name[i] = observe_node(sight, i);
    if (sight->kind == SYN || sight->kind == SYN_EXACT || sight->kind == ACK) {
        x->told[sight->node][sight->peer] = bits(m->more[0]);
        if (x->has_keys_once && x->first != OLDEST && x->first != NEWEST)
            check_maxima(x, m->items, bits(m->more[0]));
    }
    if (sight->kind == ACK)
        check_order(x, bits(m->set), bits(m->more[0]) & ~x->told[sight->peer][sight->node]);
    else if (sight->kind == ACK2)
        assert_true((bits(m->set) & x->told[sight->peer][sight->node]) == 0);
}

static struct exchanges run_exchanges(const char *parameters, int64_t keys, int first, double loss,
                                      enum sim_rejoin rejoin)
{
    struct exchanges x = { .first = first, .limit = 3, .has_keys_once = keys == UPDATES };
    const struct sim_observer observer = { SEEN_SENT | SEEN_LEARNED, see_exchange, &x };
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_COUNT, .count = 3 },
                                     .at = 2 * SIM_SECOND,
                                     .lasts = 3 * SIM_SECOND,
                                     .every = 4 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    open_setup(&setup, NODES, parameters, 60);
    write_updates(&setup, UPDATES, keys, 10);
    setup.config.network.loss = loss;
    setup.config.observer = &observer;
    setup.config.churn.rejoin = rejoin;
    if (loss > 0) {
        setup.config.faults = &crash;
        setup.config.fault_count = 1;
    }
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(loss > 0 || metric(&r, "residue") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
    return x;
}

static void a_delta_goes_to_nobody_who_has_it(void **state)
{
    static const char *const presets[] = { "preset=paper", "preset=cassandra transport=datagram",
                                           "preset=chitchat" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(run_exchanges(presets[i], UPDATES, -1, 0, REJOIN_KEEP).deltas > 300);
        run_exchanges(presets[i], 10, -1, 0, REJOIN_KEEP);
        run_exchanges(presets[i], UPDATES, -1, 0.2, REJOIN_KEEP);
        run_exchanges(presets[i], 10, -1, 0.2, REJOIN_KEEP);
    }
}

static void limits_leave_those_first_that_they_should(void **state)
{
    static const char *const words[] = {
        [BREADTH] = "preset=paper limit=3 first=breadth",
        [DEPTH] = "preset=paper limit=3 first=depth",
        [OLDEST] = "preset=paper limit=3 first=oldest",
        [NEWEST] = "preset=paper limit=3 first=newest",
    };

    (void)state;
    for (int first = BREADTH; first <= NEWEST; first++)
        assert_true(run_exchanges(words[first], UPDATES, first, 0, REJOIN_KEEP).limited > 50);
}

/* ---- gaps ---- */

enum { WRITER = 0, FEW = 6 };

struct loss {
    const char *parameters;
    enum sim_fault_kind kind;
    enum sim_rejoin rejoin;
    double seconds; /* what it does */
    double missing; /* of what is there from the start */
};

/* Six nodes, of which one writes 40 updates in ten seconds, and loses its data at 4.1 s and at 7.1 s;
 * how many updates some node lacks in the end, of those that any has. */
static double run_loss(const struct loss *loss, uint32_t replication)
{
    const struct sim_fault faults[] = {
        { .kind = loss->kind,
          .of = { SELECT_RANGE, .first = WRITER, .nodes = 1 },
          .at = 4100 * SIM_MILLISECOND,
          .lasts = loss->kind == FAULT_CRASH ? 500 * SIM_MILLISECOND : 0 },
        { .kind = loss->kind,
          .of = { SELECT_RANGE, .first = WRITER, .nodes = 1 },
          .at = 7100 * SIM_MILLISECOND,
          .lasts = loss->kind == FAULT_CRASH ? 500 * SIM_MILLISECOND : 0 },
    };
    struct setup setup;
    struct sim_result r;
    double lacking;

    open_setup(&setup, FEW, loss->parameters, 60);
    write_updates(&setup, 40, 40, loss->seconds);
    setup.config.workload.origin = ORIGIN_NODE;
    setup.config.workload.origin_node = WRITER;
    setup.config.store.preload = loss->missing > 0 ? 30 : 0;
    setup.config.store.missing = loss->missing;
    setup.config.churn.rejoin = loss->rejoin;
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.replication = replication;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    lacking = metric(&r, "residue") * (40 + (double)setup.config.store.preload) -
              metric(&r, "lost_updates");
    sim_result_clear(&r);
    setup_clear(&setup);
    return lacking;
}

/* It goes on writing before it has its own keys back, and its maximum leaps over what others lack. */
static void who_writes_before_its_keys_are_back_hides_none(void **state)
{
    static const struct loss losses[] = {
        { "preset=cassandra", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=chitchat", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=paper", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=cassandra", FAULT_CRASH, REJOIN_LOSE, 10, 0 },
        { "preset=chitchat", FAULT_CRASH, REJOIN_LOSE, 10, 0 },
        { "preset=cassandra limit=2", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=chitchat limit=2 first=breadth", FAULT_WIPE, REJOIN_KEEP, 10, 0 },
        { "preset=cassandra", FAULT_WIPE, REJOIN_KEEP, 10, 0.6 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        for (uint32_t replication = 0; replication < 30; replication++) {
            const double lacking = run_loss(&losses[i], replication);

            if (fabs(lacking) > 1e-6)
                fail_msg("%s, replication %u: %g", losses[i].parameters, replication, lacking);
        }
}

/* ---- bytes ---- */

struct sizes {
    uint64_t syn, syns, most, over;
    sim_time from;
};

static void see_bytes(void *context, const struct sight *sight)
{
    struct sizes *w = context;

    if (sight->kind == SYN) {
        w->syns++;
        w->syn += sight->bytes == 28 + 13 * NODES + 60;
    } else if (sight->kind == ACK || sight->kind == ACK2) {
        if (sight->bytes - 28 > 500 && sight->at < w->from)
            w->over++;
        if (sight->bytes - 28 > w->most && sight->at >= w->from)
            w->most = sight->bytes - 28;
    }
}

static void messages_are_as_large_as_they_may(void **state)
{
    static const char *const parameters[] = {
        "preset=cassandra transport=datagram limit=500B limit_from=5s",
        "preset=cassandra transport=datagram limit=500B limit_from=5s first=breadth",
        "preset=cassandra transport=datagram first=newest",
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sizes w = { .from = 5 * SIM_SECOND };
        const struct sim_observer observer = { SEEN_SENT, see_bytes, &w };
        struct setup setup;
        struct sim_result r;
        double sum;

        open_setup(&setup, NODES, parameters[i], 30);
        write_updates(&setup, UPDATES * 2, UPDATES * 2, 15);
        setup.config.network.header_bytes = 28;
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(i == 2 || (w.syns > 0 && w.syn == w.syns));
        assert_true(i == 2 || (w.over > 0 && w.most <= 500 && w.most > 500 - 137));
        assert_true((metric(&r, "scuttlebutt.left_out") > 0) == (i < 2));
        assert_true(metric(&r, "residue") == 0);
        sum = metric(&r, "scuttlebutt.bytes_syn") + metric(&r, "scuttlebutt.bytes_ack") +
              metric(&r, "scuttlebutt.bytes_ack2");
        assert_true(sum == metric(&r, "bytes_digest") + metric(&r, "bytes_payload") +
                               metric(&r, "bytes_control"));
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

/* ---- how fast ---- */

static void a_change_is_everywhere_in_five_to_six_rounds(void **state)
{
    enum { RUNS = 60 };
    double sum = 0, squares = 0;

    (void)state;
    for (uint32_t i = 0; i < RUNS; i++) {
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, 128, "preset=paper", 60);
        setup.config.workload.updates = setup.config.workload.keys = 1;
        setup.config.stop.when = STOP_CONVERGED;
        setup.config.replication = i;
        sim_run(&setup.config, &r);
        const double rounds = ceil(metric(&r, "t_all"));

        sum += rounds;
        squares += rounds * rounds;
        sim_result_clear(&r);
        setup_clear(&setup);
    }
    const double mean = sum / RUNS, error = sqrt((squares / RUNS - mean * mean) / RUNS);

    if (mean + 4 * error > 6 || mean - 4 * error < 4.8)
        fail_msg("%g rounds, standard error %g", mean, error);
}

/* ---- members ---- */

static void who_crashes_is_noticed_and_who_leaves_says_so(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH, .of = { SELECT_RANGE, .first = 5, .nodes = 2 }, .at = SIM_SECOND },
        { .kind = FAULT_LEAVE, .of = { SELECT_RANGE, .first = 8, .nodes = 2 }, .at = SIM_SECOND },
    };
    static const struct {
        const char *parameters;
        double accuracy; /* of those that are up: others that are held dead, and are */
    } cases[] = {
        { "preset=cassandra", 1 },
        { "preset=chitchat", 1 },
        { "preset=paper", 13.0 / 15 },
        { "preset=cassandra phi=false timeout=10s", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, NODES, cases[i].parameters, 200);
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        setup.config.warmup = 100 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(fabs(metric(&r, "accuracy") - cases[i].accuracy) < 1e-9);
        assert_true(metric(&r, "false_dead") == 0);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct lives {
    uint64_t before, after; /* of node 5, in its own SYN */
};

static void see_lives(void *context, const struct sight *sight)
{
    struct lives *lives = context;
    const struct digest *table = sight->carried->items;

    if (sight->kind != SYN || sight->node != 5 || !table)
        return;
    for (node_id i = 0; i < NODES; i++)
        if (observe_node(sight, i) == 5)
            *(sight->at < 10 * SIM_SECOND ? &lives->before : &lives->after) = table[i].life;
}

/* Its keys, too, which it may have lost. */
static void who_comes_back_has_a_new_generation(void **state)
{
    static const char *const presets[] = { "preset=cassandra", "preset=chitchat" };
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
          .at = 10 * SIM_SECOND,
          .lasts = 60 * SIM_SECOND },
        { .kind = FAULT_WIPE,
          .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
          .at = 80 * SIM_SECOND },
    };

    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct lives lives = { 0 };
        const struct sim_observer observer = { SEEN_SENT, see_lives, &lives };
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, NODES, presets[i % 2], 200);
        write_updates(&setup, 40, 40, 9);
        setup.config.workload.origin = ORIGIN_NODE;
        setup.config.workload.origin_node = 5;
        setup.config.churn.rejoin = i % 4 < 2 ? REJOIN_KEEP : REJOIN_LOSE;
        setup.config.faults = faults;
        setup.config.fault_count = 2;
        setup.config.warmup = i < 4 ? 0 : 100 * SIM_SECOND;
        setup.config.observer = &observer;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(lives.before >> 32 == 1 && lives.after >> 32 > 800);
        assert_true(i < 4 ? metric(&r, "residue") == 0 : metric(&r, "accuracy") == 1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

struct boots {
    int asked[4];      /* SYNs of nothing at their times, 5 s apart */
    int early, others; /* SYNs before the answer; afterwards */
};

static void see_boot(void *context, const struct sight *sight)
{
    struct boots *b = context;
    const sim_time since = sight->at - 10 * SIM_SECOND;

    if (sight->node != 12 || sight->kind != SYN)
        return;
    if (!sight->carried->items && since / (5 * SIM_SECOND) < 4)
        b->asked[since / (5 * SIM_SECOND)] += since % (5 * SIM_SECOND) == 0;
    else
        ++*(since < 15 * SIM_SECOND ? &b->early : &b->others);
}

/* The seeds are away until 22 s. */
static void who_boots_asks_the_seeds_until_one_answers(void **state)
{
    static const struct sim_fault faults[] = {
        { .kind = FAULT_CRASH,
          .of = { SELECT_RANGE, .first = 0, .nodes = 3 },
          .at = SIM_SECOND,
          .lasts = 21 * SIM_SECOND },
        { .kind = FAULT_JOIN,
          .of = { SELECT_RANGE, .first = 12, .nodes = 1 },
          .at = 10 * SIM_SECOND },
    };
    struct boots b = { { 0 }, 0, 0 };
    const struct sim_observer observer = { SEEN_SENT, see_boot, &b };
    struct setup setup;
    struct sim_result r;

    (void)state;
    open_setup(&setup, NODES, "preset=cassandra transport=datagram", 60);
    setup.config.absent_first = 12;
    setup.config.absent_nodes = 1;
    setup.config.faults = faults;
    setup.config.fault_count = 2;
    setup.config.warmup = 40 * SIM_SECOND;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_true(b.asked[0] == 3 && b.asked[1] == 3 && b.asked[2] == 3);
    assert_true(b.early == 0 && b.others > 25);
    assert_true(metric(&r, "accuracy") == 1);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void a_cluster_forms(void **state)
{
    static const char *const presets[] = { "preset=cassandra", "preset=chitchat", "preset=paper" };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct setup setup;
        struct sim_result r;

        open_setup(&setup, NODES, presets[i % 3], 60);
        setup.config.members = MEMBERS_JOIN;
        setup.config.join_rate = 2;
        setup.config.store.preload = 20;
        setup.config.store.missing = 0.2;
        setup.config.warmup = i < 3 ? 0 : 30 * SIM_SECOND;
        sim_run(&setup.config, &r);
        assert_int_equal(r.status, SIM_DONE);
        assert_true(i < 3 ? metric(&r, "residue") == 0 : metric(&r, "accuracy") == 1);
        sim_result_clear(&r);
        setup_clear(&setup);
    }
}

static void see_told(void *context, const struct sight *sight)
{
    int *told = context;
    const struct digest *table = sight->carried->items;

    for (node_id i = 0; sight->kind == SYN && sight->at > 100 * SIM_SECOND && i < NODES; i++)
        *told += observe_node(sight, i) == 5 && table[i].life > 0;
}

/* SYNs that tell of node 5, long after it has gone for good and was removed. */
static int told_of_the_removed(const char *parameters, enum sim_fault_kind kind)
{
    const struct sim_fault fault = { .kind = kind,
                                     .of = { SELECT_RANGE, .first = 5, .nodes = 1 },
                                     .at = SIM_SECOND };
    int told = 0;
    const struct sim_observer observer = { SEEN_SENT, see_told, &told };
    struct setup setup;
    struct sim_result r;

    open_setup(&setup, NODES, parameters, 140);
    setup.config.faults = &fault;
    setup.config.fault_count = 1;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "scuttlebutt.removed") >= NODES - 1);
    sim_result_clear(&r);
    setup_clear(&setup);
    return told;
}

/* By quarantine, or since nobody told of it any more. */
static void who_was_removed_does_not_come_back(void **state)
{
    (void)state;
    assert_true(told_of_the_removed("remove_left=5s reply=all quarantine=20s", FAULT_LEAVE) == 0);
    assert_true(told_of_the_removed("remove_left=5s reply=all quarantine=0s", FAULT_LEAVE) > 100);
    assert_true(told_of_the_removed("preset=chitchat remove_dead=40s silent_after=20s phi=false "
                                    "timeout=10s",
                                    FAULT_CRASH) == 0);
    assert_true(told_of_the_removed("preset=chitchat remove_dead=20s silent_after=0s phi=false "
                                    "timeout=10s",
                                    FAULT_CRASH) > 100);
}

/* Node 5 leaves at 1 s and is back at 66 s, when those who left are never removed, but others after
 * 50 s.  It is not held alive before several of its heartbeats are heard. */
static void who_comes_back_is_not_removed_for_its_last_life(void **state)
{
    static const sim_time changes[] = { SIM_SECOND, 66 * SIM_SECOND };
    bool begins_up[NODES];
    uint64_t start[NODES + 1];
    const struct sim_trace trace = { NODES, begins_up, start, changes, 200 * SIM_SECOND };
    struct setup setup;
    struct sim_result r;

    (void)state;
    for (uint32_t i = 0; i <= NODES; i++)
        start[i] = i <= 5 ? 0 : 2;
    memset(begins_up, true, sizeof begins_up);
    open_setup(&setup, NODES,
               "preset=chitchat goodbye=true remove_left=0s remove_dead=50s silent_after=30s", 100);
    setup.config.churn.trace = &trace;
    setup.config.churn.share = 1;
    setup.config.churn.leave = LEAVE_GRACEFUL;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    assert_true(metric(&r, "scuttlebutt.removed") == 0);
    sim_result_clear(&r);
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delta_goes_to_nobody_who_has_it),
        cmocka_unit_test(limits_leave_those_first_that_they_should),
        cmocka_unit_test(who_writes_before_its_keys_are_back_hides_none),
        cmocka_unit_test(messages_are_as_large_as_they_may),
        cmocka_unit_test(a_change_is_everywhere_in_five_to_six_rounds),
        cmocka_unit_test(who_crashes_is_noticed_and_who_leaves_says_so),
        cmocka_unit_test(who_comes_back_has_a_new_generation),
        cmocka_unit_test(who_boots_asks_the_seeds_until_one_answers),
        cmocka_unit_test(a_cluster_forms),
        cmocka_unit_test(who_was_removed_does_not_come_back),
        cmocka_unit_test(who_comes_back_is_not_removed_for_its_last_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
