/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever finds the differences, anti-entropy ends with complete replicas, in every mode, with
 * loss, with shards, with overwritten keys, in real time and in rounds; and an exchange sends, by
 * class of bytes, what closed forms say:
 *
 *   K entries known to both, d written since at one of the two, the rich; the other is the poor.
 *   full      push K+d; pull K+d and 8 B; push-pull 2K+d
 *   checksum  that, after 8 B (and 8 B to ask for a push)
 *   digest    d entries; 16 B for each identity of the caller's, and of the d if they are asked for
 *   recent    d entries and 8 B, where the d are recent and the K are not
 *   peel-back 2^c - 1 entries, the least that are not fewer than d, in c chunks; 8 B each way each;
 *             if the poor peels, its newest one and the d
 *   merkle    8 B for the root, 8 B * branching * depth, the differing leaf's identities, d entries
 */
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PUSH, PULL, PUSH_PULL, MODES };
static const char *const modes[] = { "push", "pull", "push-pull" };
enum { FULL, CHECKSUM, DIGEST, RECENT, PEEL_BACK, MERKLE, COMPARISONS };
static const char *const comparisons[] = { "full",   "checksum",  "digest",
                                           "recent", "peel-back", "merkle" };

static void add(struct setup *setup, int mode, int comparison, const char *more)
{
    char text[160];

    snprintf(text, sizeof text, "mode=%s compare=%s %s", modes[mode], comparisons[comparison],
             more);
    assert_true(setup_add(setup, "anti-entropy", text));
}

/* ---- the end is the same ---- */

enum { WITH_LOSS = 1, IN_ROUNDS = 2, WITH_SHARDS = 4, OVERWRITTEN = 8, WITH_LIMIT = 16, WAYS = 32 };

static void check_end(int mode, int comparison, int way)
{
    struct setup setup;
    struct sim_result result;
    char text[80];

    setup_init(&setup, 24);
    setup.config.network.loss = way & WITH_LOSS ? 0.2 : 0;
    setup.config.timing = way & IN_ROUNDS ? TIMING_ROUNDS : TIMING_EVENTS;
    setup.config.store = (struct sim_store){ .preload = 30, .missing = 0.3 };
    if (way & WITH_SHARDS) {
        setup.config.store.shards = 7;
        setup.config.store.replicas = 4;
    }
    setup.config.workload.updates = 20;
    setup.config.workload.keys = way & OVERWRITTEN ? 4 : 20;
    setup.config.workload.arrival = ARRIVAL_POISSON;
    setup.config.workload.rate = 4;
    snprintf(text, sizeof text, "interval=1s%s%s%s",
             way & WITH_LIMIT ? " connection_limit=1 hunt=1" : "",
             comparison == RECENT ? " recent=2s" : "",
             comparison == MERKLE ? " depth=3 branching=3" : "");
    add(&setup, mode, comparison, text);
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    if (strcmp(result.stop_reason, "converged") != 0 || metric(&result, "residue") > 0)
        fail_msg("%s, %s, way %d: ends %s with a residue of %g", modes[mode],
                 comparisons[comparison], way, result.stop_reason, metric(&result, "residue"));
    assert_true(metric(&result, "anti-entropy.useful") > 0);
    assert_true(metric(&result, "anti-entropy.useful") <=
                metric(&result, "anti-entropy.exchanges"));
    sim_result_clear(&result);
    setup_clear(&setup);
}

static void every_variant_ends_in_the_same_state(void **state)
{
    (void)state;
    for (int mode = 0; mode < MODES; mode++)
        for (int comparison = 0; comparison < COMPARISONS; comparison++)
            for (int way = 0; way < WAYS; way++)
                check_end(mode, comparison, way);
}

/* ---- bytes in closed form ---- */

/* What one exchange sends. */
struct cost {
    double entries, identities, hashes, controls, messages;
};

static struct cost plus(struct cost a, struct cost b, double times)
{
    return (struct cost){ a.entries + times * b.entries, a.identities + times * b.identities,
                          a.hashes + times * b.hashes, a.controls + times * b.controls,
                          a.messages + times * b.messages };
}

/* Two nodes with `k` entries in common and `d` only the rich has; trees have `depth` and
 * `branching`, and the d = 1 is alone in its leaf. */
struct case_of {
    int mode, comparison;
    double k, d, depth, branching;
};

/* Of an exchange between equals; `is_young`: the k count as recent. */
static struct cost cost_equal(const struct case_of *t, bool is_young)
{
    const double k = t->k;

    switch (t->comparison) {
    case FULL:
        return t->mode == PUSH   ? (struct cost){ k, 0, 0, 0, 1 }
               : t->mode == PULL ? (struct cost){ k, 0, 0, 1, 2 }
                                 : (struct cost){ 2 * k, 0, 0, 0, 2 };
    case DIGEST:
        return (struct cost){ 0, k, 0, 0, 1 };
    case RECENT:
        return t->mode == PULL ? (struct cost){ is_young ? k : 0, 0, 1, 1, 2 }
                               : (struct cost){ is_young ? k : 0, 0, 1, 0, 1 };
    }
    return (struct cost){ 0, 0, 1, 0, 1 };
}

/* Chunks of 1, 2, 4, ... that hold d. */
static double chunks(double d)
{
    double c = 0;

    while (ldexp(1, (int)c) - 1 < d)
        c++;
    return c;
}

static struct cost cost_merkle(const struct case_of *t, bool caller_is_rich)
{
    const bool caller_tells = (int)t->depth % 2 == 1; /* the leaf's identities */
    const bool rich_tells = caller_tells == caller_is_rich;
    const bool moves = t->mode == PUSH_PULL || (t->mode == PUSH) == caller_is_rich;
    struct cost cost = { 0, rich_tells, 1 + t->branching * t->depth, t->depth, t->depth + 2 };

    /* If the poor told its leaf the rich just sends; otherwise the poor asks first. */
    if (moves)
        cost = plus(cost, (struct cost){ 1, rich_tells, 0, 0, rich_tells ? 2 : 1 }, 1);
    return cost;
}

/* Of the exchange that a node calls for after the rich got its d. */
static struct cost cost_different(const struct case_of *t, bool caller_is_rich)
{
    const double k = t->k, d = t->d, c = chunks(d), peeled = ldexp(1, (int)c) - 1;
    const double mine = caller_is_rich ? k + d : k, theirs = caller_is_rich ? k : k + d;
    const double moved = (t->mode == PUSH) == caller_is_rich || t->mode == PUSH_PULL ? d : 0;

    switch (t->comparison) {
    case FULL:
        return t->mode == PUSH   ? (struct cost){ mine, 0, 0, 0, 1 }
               : t->mode == PULL ? (struct cost){ theirs, 0, 0, 1, 2 }
                                 : (struct cost){ 2 * k + d, 0, 0, 0, 2 };
    case CHECKSUM:
        return t->mode == PUSH   ? (struct cost){ mine, 0, 1, 1, 3 }
               : t->mode == PULL ? (struct cost){ theirs, 0, 1, 0, 2 }
                                 : (struct cost){ 2 * k + d, 0, 1, 0, 3 };
    case DIGEST:
        if (moved <= 0)
            return (struct cost){ 0, mine, 0, 0, 1 };
        return caller_is_rich ? (struct cost){ d, mine + d, 0, 0, 3 }
                              : (struct cost){ d, mine, 0, 0, 2 };
    case RECENT:
        if (t->mode == PULL)
            return (struct cost){ moved, 0, 1, 1, 2 };
        return (struct cost){ moved, 0, 1, 0, t->mode == PUSH_PULL && !caller_is_rich ? 2 : 1 };
    case PEEL_BACK:
        if (t->mode == PUSH)
            return caller_is_rich ? (struct cost){ peeled, 0, 2 * c + 1, 0, 2 * c + 1 }
                                  : (struct cost){ 1, 0, 3, 0, 3 };
        if (!caller_is_rich)
            return (struct cost){ peeled, 0, 2 * c, 0, 2 * c };
        return t->mode == PULL ? (struct cost){ 1, 0, 2, 0, 2 }
                               : (struct cost){ 1 + d, 0, 2, 0, 3 };
    }
    return cost_merkle(t, caller_is_rich);
}

static bool is_cost(const struct sim_result *r, struct cost cost)
{
    return fabs(metric(r, "bytes_payload") - 100 * cost.entries) < 0.5 &&
           fabs(metric(r, "bytes_digest") - 16 * cost.identities - 8 * cost.hashes) < 0.5 &&
           fabs(metric(r, "bytes_control") - 8 * cost.controls) < 0.5 &&
           fabs(metric(r, "messages") - cost.messages) < 0.5;
}

/*
 * Each of the two calls ten times before the rich gets its d after 100 s, in the first 30 s with
 * all young.  Returns whether the rich is then the first to call.
 */
static bool check_exchange(const struct case_of *t, uint32_t replication)
{
    struct setup setup;
    struct sim_result r;
    struct cost before, if_rich, if_poor;
    char text[80] = "";
    bool rich_called;

    setup_init(&setup, 2);
    setup.config.replication = replication;
    setup.config.store.preload = (int64_t)t->k;
    setup.config.workload = (struct sim_workload){ .updates = (int64_t)t->d,
                                                   .keys = (int64_t)t->d,
                                                   .size_bytes = 100,
                                                   .at = 100 * SIM_SECOND,
                                                   .origin = ORIGIN_FIRST };
    if (t->comparison == MERKLE)
        snprintf(text, sizeof text, "depth=%g branching=%g", t->depth, t->branching);
    add(&setup, t->mode, t->comparison, text);
    sim_run(&setup.config, &r);
    assert_string_equal(r.stop_reason, "converged");
    assert_true(metric(&r, "anti-entropy.useful") == 1);

    before = plus(plus((struct cost){ 0 }, cost_equal(t, true), 6), cost_equal(t, false), 14);
    if_rich = plus(before, cost_different(t, true), 1);
    if_poor = plus(before, cost_different(t, false), 1);
    if (metric(&r, "anti-entropy.exchanges") > 21.5) { /* the first moved nothing */
        assert_true(t->mode != PUSH_PULL);
        if_rich = if_poor = plus(if_rich, cost_different(t, false), 1);
        rich_called = t->mode == PULL;
    } else
        rich_called = t->mode == PUSH_PULL ? is_cost(&r, if_rich) : t->mode == PUSH;
    if (!is_cost(&r, rich_called ? if_rich : if_poor))
        fail_msg("%s, %s, %g + %g, replication %u: %g B of payload, %g of digest, %g of control, "
                 "%g messages",
                 modes[t->mode], comparisons[t->comparison], t->k, t->d, replication,
                 metric(&r, "bytes_payload"), metric(&r, "bytes_digest"),
                 metric(&r, "bytes_control"), metric(&r, "messages"));
    sim_result_clear(&r);
    setup_clear(&setup);
    return rich_called;
}

static void check_exchanges(struct case_of t)
{
    int rich_called = 0;

    for (uint32_t replication = 0; replication < 12; replication++)
        rich_called += check_exchange(&t, replication);
    /* Where both callers cost the same one cannot tell them apart. */
    if (t.mode != PUSH_PULL || t.comparison == RECENT || t.comparison == DIGEST)
        assert_in_range(rich_called, 1, 11);
}

static void bytes_follow_closed_forms(void **state)
{
    static const double differing[] = { 1, 3, 4, 12 };

    (void)state;
    for (int mode = 0; mode < MODES; mode++) {
        for (int comparison = 0; comparison < MERKLE; comparison++)
            for (int i = 0; i < 4; i++)
                check_exchanges((struct case_of){ mode, comparison, 40, differing[i], 0, 0 });
        check_exchanges((struct case_of){ mode, MERKLE, 4, 1, 1, 1024 });
        check_exchanges((struct case_of){ mode, MERKLE, 4, 1, 2, 64 });
        check_exchanges((struct case_of){ mode, MERKLE, 4, 1, 3, 16 });
        check_exchanges((struct case_of){ mode, MERKLE, 4, 1, 12, 2 });
    }
}

/* Two replicas that differ in old updates: the list of recent ones, then everything. */
static void old_differences_cost_recent_the_whole(void **state)
{
    struct setup setup;
    struct sim_result r;

    (void)state;
    setup_init(&setup, 2);
    setup.config.store = (struct sim_store){ .preload = 40, .missing = 0.2 };
    setup.config.workload.updates = 0;
    add(&setup, PUSH_PULL, RECENT, "recent=1us");
    sim_run(&setup.config, &r);
    assert_string_equal(r.stop_reason, "converged");
    assert_true(metric(&r, "anti-entropy.exchanges") == 1);
    /* PEEL of nothing, BACK of nothing, PEEL of what the caller has, ENTRIES of the rest. */
    assert_true(metric(&r, "bytes_payload") == 40 * 100);
    assert_true(metric(&r, "bytes_digest") == 3 * 8);
    assert_true(metric(&r, "messages") == 4);
    sim_result_clear(&r);
    setup_clear(&setup);
}

static void options_without_effect_are_refused(void **state)
{
    static const char *const refused[] = {
        "recent=10s",
        "compare=digest depth=3",
        "compare=full branching=4",
        "spatial_exponent=2",
        "partner=nearest spatial_exponent=2",
        "hunt=1",
        "clock=poisson phase=together",
        "compare=merkle depth=20 branching=3",
        "compare=merkle depth=3 branching=1024",
    };
    struct setup setup;

    (void)state;
    setup_init(&setup, 10);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(setup_add(&setup, "anti-entropy", refused[i]));
    assert_true(setup_add(&setup, "anti-entropy",
                          "partner=spatial spatial_exponent=1.5 connection_limit=2 hunt=3"));
    assert_true(setup_add(&setup, "anti-entropy", "compare=merkle depth=20 branching=2"));
    setup_clear(&setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_ends_in_the_same_state),
        cmocka_unit_test(bytes_follow_closed_forms),
        cmocka_unit_test(old_differences_cost_recent_the_whole),
        cmocka_unit_test(options_without_effect_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
