/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * median_counter.c - push and pull until those whom a node meets have told a rumor for as long as
 * itself; defined in docs/models.md.
 *
 *   caller --CALL  its rumors--> partner       caller <--ANSWER its rumors--- partner
 *
 * Of each update a node is in one of four states:
 *
 *   A   it does not know it
 *   B   it tells it, and counts: 1 at first
 *   C   it tells it for `c_rounds` more rounds
 *   D   it tells it no more
 *
 * Each round, an `interval`, every node calls a partner, also if it has nothing to tell, and both
 * tell what is in B or C at them, with the counters.  At the end of its round a node in B
 *
 *   goes to C, if it met a node in C;
 *   counts one more, if it met more nodes in B whose counter was at least its own than others (the
 *   median rule); with `counter_max` it is in C.
 *
 * A node in A that is told comes into B, or into C if a node in C told it.  A node in D says
 * nothing, and so looks as one in A does: where all others are in D, one in B would go on for ever.
 * So a node tells an update for `max_rounds` at most.
 *
 * By default the three follow from the number n of nodes that should hold the update, as the
 * theorem asks: counter_max = c_rounds = O(ln ln n), max_rounds = O(ln n).  The constants are ours.
 *
 * Contacts are those of whole rounds: what comes in the middle of a cycle is judged from the next
 * one on.  Of more than 30 contacts in a round, as at the hub of a star, the rule counts the first
 * 30.
 *
 * Cost: a call and mostly an answer for each node and round, for ever; of an update O(ln ln n)
 * copies a node.  Sets as in sim/set.h, counters bit-sliced.
 * Source: R. Karp, C. Schindelhauer, S. Shenker, B. Voecking, Randomized rumor spreading, FOCS
 * 2000, section 3.
 * Known values: all n nodes know it after log3 n + O(ln ln n) rounds, as by push-pull that never
 * stops, from O(n ln ln n) copies (tests/theory/median_counter_test.c).
 */
#include "models/call.h"
#include "models/counters.h"
#include "models/transport.h"

#include <stdio.h>

struct config {
    struct calls calls;
    int64_t counter_max, c_rounds, max_rounds;
    int transport;
};

enum {
    ROW_INTERVAL,
    ROW_CLOCK,
    ROW_PHASE,
    ROW_FANOUT,
    PARTNER_PLACES,
    ROW_COUNTER_MAX,
    ROW_C_ROUNDS,
    ROW_MAX_ROUNDS,
    ROW_CONNECTION_LIMIT,
    ROW_HUNT,
    ROW_TRANSPORT,
    ROWS
};

static const struct param params[] = {
    CALL_ROWS(struct config, calls, "1s", "length of a round", false, false),
    /* Six bits: the counters ride in one message. */
    [ROW_COUNTER_MAX] =
        PARAM_COUNT(struct config, counter_max, "0", "0..63",
                    "counter with which a node in B goes to C; 0: by the number n of nodes that "
                    "should hold an update, ln ln n rounded up, and 1, but at least 3"),
    [ROW_C_ROUNDS] = PARAM_COUNT(struct config, c_rounds, "0", "0..63",
                                 "rounds in C; 0: as by default for `counter_max`"),
    [ROW_MAX_ROUNDS] = PARAM_COUNT(struct config, max_rounds, "0", "0..1000",
                                   "rounds in B and C at most; 0: 4 ln n, ln n rounded up"),
    [ROW_TRANSPORT] =
        PARAM_CHOICE(struct config, transport, "datagram", transport_names, TRANSPORT_HELP),
    [ROWS] = PARAM_END,
};

enum { CALL, ANSWER, CONNECT, ACCEPT, REJECT };
static const struct message_kind messages[] = {
    [CALL] = { .name = "call", .carries = CARRIES_PAYLOAD },
    [ANSWER] = { .name = "answer", .carries = CARRIES_PAYLOAD },
    [CONNECT] = { .name = "connect", .carries = CARRIES_CONTROL },
    [ACCEPT] = { .name = "accept", .carries = CARRIES_CONTROL },
    [REJECT] = { .name = "reject", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

enum { COOLED, RETIRED, GIVEN_UP, REJECTED };
static const struct model_figure figures[] = {
    [COOLED] = { "cooled", "times that a node went from B to C", FIGURE_COUNT, UNIT_COUNT },
    [RETIRED] = { "retired", "times that a node went to D", FIGURE_COUNT, UNIT_COUNT },
    [GIVEN_UP] = { "given_up", "of these, after `max_rounds`", FIGURE_COUNT, UNIT_COUNT },
    [REJECTED] = { "rejected", "calls that a partner rejected", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

enum { BALANCE_PLANES = 6, CONTACTS_MAX = 30 /* which the balance bears */ };

/*
 * A node's sets: what it tells, in B or C; of it what is in C; what came after the round began;
 * what nodes in C told in this round; of contacts in this round, those that count for the rule less
 * the others.  Then the planes of the counters, in B the counter less 1, in C the rounds there;
 * then those of all rounds.
 */
enum { TOLD, COOL, FRESH, FROM_COOL, BALANCE, COUNTERS = BALANCE + BALANCE_PLANES };

struct state {
    struct call_state calls;
    uint32_t contacts; /* in this round, up to CONTACTS_MAX */
};

/* ---- limits ---- */

/* How many of the powers are less than n: a logarithm rounded up. */
static int64_t count_less(const uint32_t *powers, int count, uint32_t n)
{
    int less = 0;

    while (less < count && powers[less] < n)
        less++;
    return less;
}

/* 1 + ln ln n. */
static int64_t log_log(uint32_t n)
{
    static const uint32_t powers[] = { 15, 1618, 528491311 }; /* e^e, e^e^2, e^e^3 */
    const int64_t rounded_up = 1 + count_less(powers, 3, n);

    return 1 + (rounded_up < 2 ? 2 : rounded_up);
}

/* At least 1, also where a node holds an update alone. */
static int64_t logarithm(uint32_t n)
{
    static const uint32_t powers[] = { 0,        2,         7,         20,        54,      148,
                                       403,      1096,      2980,      8103,      22026,   59874,
                                       162754,   442413,    1202604,   3269017,   8886110, 24154952,
                                       65659969, 178482300, 485165195, 1318815734 };

    return count_less(powers, (int)(sizeof powers / sizeof *powers), n);
}

/* What the defaults are at most. */
enum { LOG_LOG_MAX = 5, LOGARITHM_MAX = 22 };

static unsigned counter_max(const struct config *c, uint32_t n)
{
    return (unsigned)(c->counter_max > 0 ? c->counter_max : log_log(n));
}

static unsigned c_rounds(const struct config *c, uint32_t n)
{
    return (unsigned)(c->c_rounds > 0 ? c->c_rounds : log_log(n));
}

static unsigned max_rounds(const struct config *c, uint32_t n)
{
    return (unsigned)(c->max_rounds > 0 ? c->max_rounds : 4 * logarithm(n));
}

static int counter_planes(const struct config *c)
{
    const int64_t in_b = c->counter_max > 0 ? c->counter_max : LOG_LOG_MAX;
    const int64_t in_c = c->c_rounds > 0 ? c->c_rounds : LOG_LOG_MAX;

    return set_tally_planes((unsigned)(in_b > in_c ? in_b : in_c));
}

static int sets(const void *config)
{
    const struct config *c = config;
    const int64_t rounds = c->max_rounds > 0 ? c->max_rounds : 4 * LOGARITHM_MAX;

    return COUNTERS + counter_planes(c) + set_tally_planes((unsigned)rounds);
}

/* ---- telling ---- */

static void tell(struct node *n, node_id to, int kind)
{
    const int planes = counter_planes(node_config(n));
    struct set **s = node_sets(n), *more[8];
    struct set *told = node_meant_for(n, to, s[TOLD]);

    if (set_is_empty(told)) {
        node_send(n, to, kind, told);
        return;
    }
    more[0] = set_common(s[COOL], told);
    for (int i = 0; i < planes; i++)
        more[1 + i] = set_common(s[COUNTERS + i], told);
    node_send_pack(n, to, kind, told, &(struct pack){ .more = more, .count = 1 + planes });
}

static const struct call_kinds call_kinds = { CONNECT, ACCEPT, REJECT, REJECTED };

static void call_partners(struct node *n)
{
    const struct config *c = node_config(n);
    node_id partners[CALL_FANOUT_MAX];
    int count;

    if (c->calls.connection_limit > 0) {
        call_ask(n, &c->calls, &call_kinds);
        return;
    }
    count = call_pick(n, &c->calls, partners);
    for (int i = 0; i < count; i++)
        tell(n, partners[i], CALL);
}

/* ---- hearing ---- */

/* Those in B here that are in B or C there, with a counter that is at least the one here. */
static struct set *as_old(struct node *n, const struct message *m, const struct set *in_b)
{
    struct set *both = set_common(in_b, m->set);
    struct set *result;

    if (m->more_count == 0)
        return both; /* none */
    result = counters_not_larger(node_sets(n) + COUNTERS, m->more + 1, m->more_count - 1, both);
    set_free(both);
    return result;
}

/* Notes in what state the other node of this contact is. */
static void meet(struct node *n, const struct message *m)
{
    struct state *state = node_state(n);
    struct set **s = node_sets(n), *in_b, *older, *others;

    if (m->more_count > 0)
        set_add(&s[FROM_COOL], m->more[0]);
    if (set_is_empty(s[TOLD]) || state->contacts == CONTACTS_MAX)
        return;
    state->contacts++;
    others = set_minus(s[TOLD], s[COOL]);
    in_b = node_meant_for(n, m->from, others);
    older = as_old(n, m, in_b);
    set_free(others);
    others = set_minus(in_b, older);
    counters_step(s + BALANCE, BALANCE_PLANES, older, true);
    counters_step(s + BALANCE, BALANCE_PLANES, others, false);
    set_free(others);
    set_free(older);
    set_free(in_b);
}

/* Where neither knows anything there is nothing to answer. */
static void answer(struct node *n, const struct message *m)
{
    if (!set_is_empty(m->set) || !set_is_empty(node_sets(n)[TOLD]))
        tell(n, m->from, ANSWER);
}

static void receive(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    switch (m->kind) {
    case CALL:
        answer(n, m);
        meet(n, m);
        node_learn(n, m);
        break;
    case ANSWER:
        meet(n, m);
        node_learn(n, m);
        break;
    case CONNECT:
        call_answer(n, &c->calls, &call_kinds, m);
        break;
    case ACCEPT:
        if (call_accepted(n, m))
            tell(n, m->from, CALL);
        break;
    case REJECT:
        call_again(n, &c->calls, &call_kinds, m);
        break;
    }
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    struct set **s = node_sets(n);

    set_add(&s[TOLD], news);
    set_add(&s[FRESH], news);
    if (how == LEARNED_HERE) {
        struct set *cool = set_common(news, s[FROM_COOL]);

        set_add(&s[COOL], cool);
        set_free(cool);
    }
}

/* ---- rounds ---- */

/* B to C: takes them.  Their counter is 0 again. */
static void cool_down(struct node *n, struct set *those, unsigned limit)
{
    struct set **s = node_sets(n);

    node_count(n, COOLED, set_count(those));
    set_tally_reset(s + COUNTERS, those, limit);
    set_add(&s[COOL], those);
    set_free(those);
}

/* To D: takes them. */
static void retire(struct node *n, struct set *those)
{
    struct set **s = node_sets(n);

    node_count(n, RETIRED, set_count(those));
    for (int i = 0, count = sets(node_config(n)); i < count; i++)
        set_remove(&s[i], those);
    set_free(those);
}

/* One round more for what was told in a whole one, in C and in B. */
static void judge(struct node *n)
{
    const struct config *c = node_config(n);
    const uint32_t replicas = node_replica_count(n);
    struct set **s = node_sets(n);
    struct set *told = set_minus(s[TOLD], s[FRESH]);
    struct set *in_c = set_common(told, s[COOL]);
    struct set *in_b = set_minus(told, in_c);
    struct set *majority = counters_positive(s + BALANCE, BALANCE_PLANES, in_b);
    struct set *over = set_tally(s + COUNTERS, in_c, c_rounds(c, replicas));
    struct set *too_long =
        set_tally(s + COUNTERS + counter_planes(c), told, max_rounds(c, replicas));

    cool_down(n, set_tally(s + COUNTERS, majority, counter_max(c, replicas) - 1),
              counter_max(c, replicas));
    set_remove(&too_long, over);
    retire(n, over);
    node_count(n, GIVEN_UP, set_count(too_long));
    retire(n, too_long);
    set_free(majority);
    set_free(in_b);
    set_free(in_c);
    set_free(told);
}

/* Whom a node in C told in this round is in C, also where the news was fresh. */
static void heed(struct node *n)
{
    const unsigned limit = counter_max(node_config(n), node_replica_count(n));
    struct set **s = node_sets(n);
    struct set *in_b = set_minus(s[TOLD], s[COOL]);

    cool_down(n, set_common(in_b, s[FROM_COOL]), limit);
    set_free(in_b);
}

static void end_round(struct node *n)
{
    struct set **s = node_sets(n);

    if (!set_is_empty(s[TOLD])) {
        judge(n);
        heed(n);
    }
    for (int i = FRESH; i < COUNTERS; i++)
        set_clear(&s[i]);
    ((struct state *)node_state(n))->contacts = 0;
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    call_every(n, &c->calls);
}

static void start_round(struct node *n, int tag, uint32_t value)
{
    (void)tag;
    (void)value;
    end_round(n);
    call_partners(n);
}

/* ---- the table ---- */

static void fail(struct node *n, node_id to, const struct message *m)
{
    const struct config *c = node_config(n);

    call_fail(n, &c->calls, &call_kinds, to, m);
}

static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static int64_t fanout(const void *config)
{
    return ((const struct config *)config)->calls.fanout;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = { CALL_RULES(c->calls) };

    if (c->counter_max == 1) {
        snprintf(why, PARAM_WHY_MAX,
                 "`counter_max` must be at least 2, or 0: nothing would ever be in B");
        return false;
    }
    return rules_are_kept(rules, sizeof rules / sizeof *rules, params, given, why);
}

const struct model model_median_counter = {
    .name = "median-counter",
    .summary = "push and pull until those met have told it as long: O(ln ln n) copies a node",
    .source = "Karp et al., Randomized rumor spreading, FOCS 2000, section 3",
    .params = params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct called),
    .sets = sets,
    .connects = connects,
    .fanout = fanout,
    .check = check,
    .on_start = start,
    .on_timer = start_round,
    .on_message = receive,
    .on_failed = fail,
    .on_learn = learn,
};
