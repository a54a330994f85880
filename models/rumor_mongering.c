/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering.c - tell hot rumors to random peers until they are old news.
 *
 * What a node learns is hot there until the node loses interest.  Every `interval`, its cycle, a
 * node calls `fanout` partners; H is what is hot at the caller, h at the partner.
 *
 *   push        caller --RUMOR H--> partner
 *   pull        caller --ASK------> partner        caller <--RUMOR h--- partner
 *   push-pull   caller --CALL H---> partner        caller <--RUMOR h--- partner
 *   feedback: whoever is told rumors answers KNEW with those that it knew before, and NEEDED with
 *   the others where the teller has a use for it.
 *
 * A contact is a message with hot rumors.  For each rumor in it the contact counts if the
 * recipient knew it (feedback) or in any case (blind), and
 *   stop: counter   interest is lost after k contacts that count; with `reset` a contact that
 *                   was needed sets the counter back to 0
 *   stop: coin      interest is lost with probability 1/k at each contact that counts
 *   stop: rounds    interest is lost after k cycles.  Infect-and-die is k = 1
 *   stop: never     what a node knows stays hot
 *
 * When pulling is part of it, contacts are judged per cycle, at the teller's next timer: if any
 * recipient needed the rumor the counter is reset, and if some were told and all of them knew it
 * one is added (the footnote of Table 3).  Without `reset` the counter then stays.
 *
 * minimisation: both sides of a push-pull contact send their counters along, for nothing; where
 * both are hot only the smaller counter is incremented, or both if they are equal, and no KNEW is
 * sent.  So says the paper ("Minimization" in section 1.4); incrementing the higher one instead
 * leaves a larger residue (at 1000 nodes and k = 2 about 1.5e-4 against 0.6e-4).
 *
 * A node that leaves gracefully makes a last contact, without feedback.
 *
 * Cost: O(1) messages per active node and cycle; sets as in sim/set.h, counters bit-sliced.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.4.
 * Known values: Tables 1 to 3 there; Table 1 (push, feedback, counter, 1000 nodes, rounds): k = 1
 * leaves 0.18 and sends 1.7 copies a node, k = 2 leaves 0.037 and sends 3.3
 * (tests/theory/rumor_mongering_test.c).
 */
#include "sim/model.h"

#include <stdio.h>

enum { PUSH, PULL, PUSH_PULL };
static const char *const modes[] = {
    [PUSH] = "push", [PULL] = "pull", [PUSH_PULL] = "push-pull", NULL
};

enum { COUNTER, COIN, ROUNDS, NEVER };
static const char *const stops[] = {
    [COUNTER] = "counter", [COIN] = "coin", [ROUNDS] = "rounds", [NEVER] = "never", NULL
};

static const char *const phases[] = {
    [PHASE_RANDOM] = "random", [PHASE_TOGETHER] = "together", NULL
};

enum { FANOUT_MAX = 1000 }; /* a list of partners lies on the stack */

struct config {
    int mode, phase, stop;
    int64_t fanout, k;
    sim_time interval;
    bool feedback, reset, minimisation;
};

/* The rows' places, for check(). */
enum {
    ROW_MODE,
    ROW_FANOUT,
    ROW_INTERVAL,
    ROW_PHASE,
    ROW_STOP,
    ROW_K,
    ROW_FEEDBACK,
    ROW_RESET,
    ROW_MINIMISATION,
    ROWS
};

static const struct param params[] = {
    [ROW_MODE] = PARAM_CHOICE(struct config, mode, "push", modes,
                              "who tells hot rumors: the caller, the partner, or both"),
    [ROW_FANOUT] = PARAM_COUNT(struct config, fanout, "1", "1..1000", "partners called each cycle"),
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "length of a node's cycle"),
    [ROW_PHASE] = PARAM_CHOICE(struct config, phase, "random", phases,
                               "when a node's first cycle ends: each at its own time, or together"),
    [ROW_STOP] = PARAM_CHOICE(struct config, stop, "counter", stops, "how a node loses interest"),
    /* Seven bits: the counters of minimisation ride in one message. */
    [ROW_K] =
        PARAM_COUNT(struct config, k, "2", "1..127",
                    "contacts (counter), one in so many (coin) or cycles (rounds) until then"),
    [ROW_FEEDBACK] = PARAM_BOOL(struct config, feedback, "true",
                                "true: only contacts that were unnecessary count; false: all"),
    [ROW_RESET] = PARAM_BOOL(struct config, reset, "true",
                             "a contact that was needed sets the counter back to 0"),
    [ROW_MINIMISATION] = PARAM_BOOL(struct config, minimisation, "false",
                                    "only the smaller of two counters is incremented"),
    [ROWS] = PARAM_END,
};

enum { RUMOR, CALL, ASK, KNEW, NEEDED, FAREWELL };
static const struct message_kind messages[] = {
    [RUMOR] = { "rumor", CARRIES_PAYLOAD },
    [CALL] = { "call", CARRIES_PAYLOAD },
    [ASK] = { "ask", CARRIES_CONTROL },
    [KNEW] = { "knew", CARRIES_IDENTITIES },
    [NEEDED] = { "needed", CARRIES_IDENTITIES },
    [FAREWELL] = { "farewell", CARRIES_PAYLOAD },
    { NULL, CARRIES_CONTROL },
};

enum { CONTACTS, UNNECESSARY, RETIRED };
static const struct model_counter counters[] = {
    [CONTACTS] = { "contacts", "messages with hot rumors sent" },
    [UNNECESSARY] = { "unnecessary", "of these, received by a node that knew all of it" },
    [RETIRED] = { "retired", "times that a node lost interest in a rumor" },
    { NULL, NULL },
};

/*
 * A node's sets: what is hot, and then the planes of the counters; where pulling is part of it
 * two more between them collect a cycle for the next timer: what was told in vain (coin: what
 * fell; rounds: what has been hot since the last timer), and what was needed.
 */
enum { HOT, PLANES_PUSH, VAIN = PLANES_PUSH, WANTED, PLANES_PULL };

static int first_plane(const struct config *c)
{
    return c->mode == PUSH ? PLANES_PUSH : PLANES_PULL;
}

static int plane_count(const struct config *c)
{
    return c->stop == COUNTER || c->stop == ROUNDS ? set_tally_planes((unsigned)c->k) : 0;
}

static int sets(const void *config)
{
    const struct config *c = config;

    return c->stop == NEVER ? 0 : first_plane(c) + plane_count(c);
}

static const struct set *hot(struct node *n)
{
    const struct config *c = node_config(n);

    return c->stop == NEVER ? node_known(n) : node_sets(n)[HOT];
}

/* Does the teller of rumors want to hear which of them were known, and also which were needed? */
static bool wants_knew(const struct config *c)
{
    return c->feedback && (c->stop == COUNTER || c->stop == COIN);
}

static bool wants_needed(const struct config *c)
{
    return c->feedback && c->stop == COUNTER && (c->mode != PUSH || (c->reset && c->k > 1));
}

/* Loses interest in `old`, which it takes. */
static void retire(struct node *n, struct set *old)
{
    node_count(n, RETIRED, set_count(old));
    set_remove(&node_sets(n)[HOT], old);
    set_free(old);
}

static void tally(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set *still_hot = set_common(told, node_sets(n)[HOT]);

    retire(n, set_tally(node_sets(n) + first_plane(c), still_hot, (unsigned)c->k));
    set_free(still_hot);
}

/* Those of the hot rumors in `told` on which the coin falls. */
static struct set *toss(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set *kept = set_common(told, node_sets(n)[HOT]);
    struct set *fallen = set_copy(kept);

    for (update_id i = 0; set_next(fallen, &i); i++)
        if (node_random(n, (uint64_t)c->k) == 0)
            set_drop(&kept, i);
    set_remove(&fallen, kept);
    set_free(kept);
    return fallen;
}

/* One contact that counts, for each rumor of `told`. */
static void count_contact(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *in_vain;

    if (c->mode == PUSH) {
        if (c->stop == COIN)
            retire(n, toss(n, told));
        else
            tally(n, told);
        return;
    }
    in_vain = c->stop == COIN ? toss(n, told) : set_common(told, s[HOT]);
    set_add(&s[VAIN], in_vain);
    set_free(in_vain);
}

/* The recipient of a contact needed the rumors in `told`. */
static void count_needed(struct node *n, const struct set *told)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);

    if (c->mode == PUSH)
        set_tally_reset(s + PLANES_PUSH, told, (unsigned)c->k);
    else
        set_add(&s[WANTED], told);
}

/* What follows from having told all that is hot to `contacts` partners, whatever they say. */
static void count_told(struct node *n, int contacts)
{
    const struct config *c = node_config(n);
    struct set *told;

    if (set_is_empty(hot(n)))
        return;
    node_count(n, CONTACTS, (uint64_t)contacts);
    if (c->feedback || c->stop == NEVER || c->stop == ROUNDS)
        return;
    told = set_copy(hot(n));
    for (int i = 0; i < contacts; i++)
        count_contact(n, told);
    set_free(told);
}

/* Judges the cycle that ends, where pulling is part of it. */
static void end_cycle(struct node *n)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *told;

    if (c->stop == COIN) {
        retire(n, set_copy(s[VAIN]));
        set_clear(&s[VAIN]);
        return;
    }
    if (c->reset)
        set_tally_reset(s + PLANES_PULL, s[WANTED], (unsigned)c->k);
    told = set_minus(s[VAIN], s[WANTED]);
    tally(n, told);
    set_free(told);
    set_clear(&s[WANTED]);
    set_clear(&s[VAIN]);
    if (c->stop == ROUNDS)
        s[VAIN] = set_copy(s[HOT]);
}

/* Sends all that is hot, with the counters if these matter. */
static void tell(struct node *n, node_id to, int kind)
{
    const struct config *c = node_config(n);
    struct set **s = node_sets(n);
    struct set *planes[8];
    const int count = plane_count(c);

    if (!c->minimisation) {
        node_send(n, to, kind, set_copy(hot(n)));
        return;
    }
    for (int i = 0; i < count; i++)
        planes[i] = set_common(s[PLANES_PULL + i], s[HOT]);
    node_send_pack(n, to, kind, set_copy(s[HOT]), &(struct pack){ .more = planes, .count = count });
}

static void call(struct node *n, node_id partner)
{
    const struct config *c = node_config(n);

    if (c->mode == PULL)
        node_send(n, partner, ASK, set_new());
    else
        tell(n, partner, c->mode == PUSH ? RUMOR : CALL);
}

static int call_partners(struct node *n)
{
    const struct config *c = node_config(n);
    node_id partners[FANOUT_MAX];
    int count;

    if (c->fanout == 1) /* speed only */
        count = node_pick_peer(n, partners);
    else
        count = node_pick_peers(n, partners, (int)c->fanout);
    for (int i = 0; i < count; i++)
        call(n, partners[i]);
    return count;
}

static void start(struct node *n)
{
    const struct config *c = node_config(n);

    node_every(n, c->interval, (enum phase)c->phase, 0);
}

static void start_cycle(struct node *n, int tag, uint32_t value)
{
    const struct config *c = node_config(n);
    int contacts;

    (void)value;
    if (c->mode == PUSH && set_is_empty(hot(n))) {
        node_sleep(n, tag);
        return;
    }
    if (c->mode != PUSH && c->stop != NEVER && !set_is_empty(hot(n)))
        end_cycle(n);
    contacts = call_partners(n);
    if (c->mode != PULL)
        count_told(n, contacts);
    if (c->mode == PUSH && c->stop == ROUNDS)
        tally(n, hot(n));
}

static void heat(struct node *n, const struct set *news, enum learned how)
{
    const struct config *c = node_config(n);

    (void)how;
    if (c->stop != NEVER)
        set_add(&node_sets(n)[HOT], news);
    if (c->mode == PUSH)
        node_wake(n, 0);
}

/* Minimisation: those of `both`, hot here and there, whose counter here is not the larger. */
static struct set *not_larger(struct node *n, const struct message *m, const struct set *both)
{
    struct set **mine = node_sets(n) + PLANES_PULL;
    struct set *equal = set_copy(both); /* in all higher bits */
    struct set *result = set_new();

    for (int i = m->more_count - 1; i >= 0; i--) {
        struct set *there = set_minus(m->more[i], mine[i]);
        struct set *here = set_minus(mine[i], m->more[i]);
        struct set *smaller = set_common(equal, there);

        set_add(&result, smaller);
        set_remove(&equal, there);
        set_remove(&equal, here);
        set_free(smaller);
        set_free(here);
        set_free(there);
    }
    set_add(&result, equal);
    set_free(equal);
    return result;
}

/* Tells the teller of `m` which of its rumors were known here and, if it counts, needed. */
static void give_feedback(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);
    const struct set *known = node_known(n);
    struct set *knew = set_common(m->set, known);

    if (wants_needed(c))
        node_send_some(n, m->from, NEEDED, set_minus(m->set, known));
    if (c->minimisation) {
        struct set *both = set_common(m->set, hot(n));
        struct set *counted = not_larger(n, m, both);

        count_contact(n, counted);
        set_remove(&knew, both);
        set_free(counted);
        set_free(both);
    }
    node_send_some(n, m->from, KNEW, knew);
}

static void hear(struct node *n, const struct message *m)
{
    if (set_is_empty(m->set))
        return;
    if (wants_knew(node_config(n)))
        give_feedback(n, m);
    node_count(n, UNNECESSARY, !node_learn(n, m));
}

/* Answers a call with what is hot. */
static void answer(struct node *n, node_id caller)
{
    if (set_is_empty(hot(n)))
        return;
    tell(n, caller, RUMOR);
    count_told(n, 1);
}

static void receive(struct node *n, const struct message *m)
{
    switch (m->kind) {
    case RUMOR:
        hear(n, m);
        break;
    case CALL:
        answer(n, m->from);
        hear(n, m);
        break;
    case ASK:
        answer(n, m->from);
        break;
    case KNEW:
        count_contact(n, m->set);
        break;
    case NEEDED:
        count_needed(n, m->set);
        break;
    case FAREWELL:
        node_learn(n, m);
        break;
    }
}

static void leave(struct node *n, bool graceful, bool loses)
{
    const struct config *c = node_config(n);
    node_id partners[FANOUT_MAX];
    int count;

    (void)loses;
    if (!graceful || set_is_empty(hot(n)))
        return;
    count = node_pick_peers(n, partners, (int)c->fanout);
    for (int i = 0; i < count; i++)
        node_send(n, partners[i], FAREWELL, set_copy(hot(n)));
    node_count(n, CONTACTS, (uint64_t)count);
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const bool counts = c->stop == COUNTER || c->stop == COIN;
    const bool compares = c->mode == PUSH_PULL && c->stop == COUNTER && c->feedback;
    const char *text = NULL;

    if (given >> ROW_K & 1 && c->stop == NEVER)
        text = "`k` has no effect with `stop: never`";
    else if (given >> ROW_FEEDBACK & 1 && !counts)
        text =
            "`feedback` has no effect with `stop: rounds` or `never`, where contacts do not count";
    else if (given >> ROW_RESET & 1 && !(c->stop == COUNTER && c->feedback))
        text = "`reset` has an effect only with `stop: counter` and `feedback: true`";
    else if (given >> ROW_MINIMISATION & 1 && !compares)
        text = "`minimisation` has an effect only with `mode: push-pull`, `stop: counter` and "
               "`feedback: true`";
    if (text)
        snprintf(why, PARAM_WHY_MAX, "%s", text);
    return !text;
}

const struct model model_rumor_mongering = {
    .name = "rumor-mongering",
    .summary = "tell hot rumors to random peers until they are old news",
    .source = "Demers et al., PODC 1987, section 1.4",
    .params = params,
    .messages = messages,
    .counters = counters,
    .config_size = sizeof(struct config),
    .sets = sets,
    .check = check,
    .on_start = start,
    .on_timer = start_cycle,
    .on_message = receive,
    .on_learn = heat,
    .on_down = leave,
};
