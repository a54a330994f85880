/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail.c - whoever accepts an update mails it to every other replica at once; defined in
 * docs/models.md.
 *
 *   origin --MAIL update--> each other replica      acknowledge: origin <--ACK-- replica
 *
 * A mail that is not acknowledged within `timeout` is a failure and goes to the origin's cache,
 * which holds `queue` mails; what does not fit is lost (`overflow` says which).  Its receiver is
 * then tried again after `retry_every`; with a `backoff` above 1 the waits grow by that factor.
 *
 *   retry: probe   with the oldest of the mails that wait for it.  After one try in vain what is
 *                  newly written waits too, unsent; when the receiver gives any sign of life, all
 *                  that waits for it is sent.  The hint queues of Cassandra and InfluxDB work like
 *                  that: an outage costs its data once, and the probes
 *   retry: all     with all of them each time, and what is written meanwhile is sent at once
 *
 * A mail leaves the cache when it is acknowledged, however late, or given up: after `attempts`
 * retransmissions, its own or of others in its place, when `give_up_after` has passed since it was
 * first sent, or when the origin itself has forgotten the update (a deletion).  Nobody sends again
 * what is lost here: direct mail alone cannot guarantee that replicas converge.
 *
 * Failures share one pass over the cache, so passes are at least `retry_every` apart, except where
 * a new failure is due before those that have backed off; no timer runs for an empty cache.  When
 * the node crashes its cache is lost, and with it the knowledge that mails were under way;
 * `durable` keeps both if the node keeps its data, and the node then goes on when it is back.  A
 * node that leaves gracefully sends its cache once more and gives up on it, unless it is durable.
 *
 * hint_window, replay_rate: for how long mails are put away for a silent receiver, and how fast
 * they are sent when it is back; see direct_mail_hints.c.
 *
 * transport: connection   a mail has failed, and goes to the cache, as soon as its connection is
 * refused or has given up, and else after `timeout` as always: one that is lost once comes after
 * 200 ms, and has failed by then if the timeout is not longer.  Without acknowledgements nothing
 * follows from a failure.
 *
 * A mail is a record, sorted by (update, receiver), and so is a receiver with mails in the cache
 * (direct_mail_cache.c).  Updates are written in the order of their numbers; what another model
 * hands on (revive: mail) is put in its place.
 *
 * Cost: O(replicas) messages an update; O(log mails) an acknowledgement, by binary search, and a
 * mail that fails or is sent again.  A pass looks at each receiver that owes an answer, and at each
 * mail of the cache only where all of them are sent or can be given up.  40 bytes a mail under way,
 * and as much a receiver that owes an answer.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.2, where the mail system's queues may overflow.
 * Known values: without loss n-1 mails and n-1 acknowledgements; with a loss of p each way a mail
 * is sent 1/(1-p)^2 times in the mean; an outage of a receiver during which u updates are written
 * costs u mails and a probe each `retry_every` (tests/theory/direct_mail_test.c).
 */
#include "models/direct_mail.h"
#include "models/rule.h"
#include "models/transport.h"

#include <stdio.h>

static const char *const overflows[] = {
    [DROP_NEWEST] = "drop-newest", [DROP_OLDEST] = "drop-oldest", NULL
};

static const char *const retries[] = { [RETRY_PROBE] = "probe", [RETRY_ALL] = "all", NULL };

enum { NONE, CASSANDRA_HINTS };
static const char *const preset_names[] = {
    [NONE] = "none", [CASSANDRA_HINTS] = "cassandra-hints", NULL
};
static const struct param_preset presets[] = {
    [NONE] = { "of no system", "" },
    [CASSANDRA_HINTS] = { "apache/cassandra at 00219074, conf/cassandra.yaml; every 10 s from "
                          "HintsDispatchTrigger.java at 01e3c1b3",
                          "timeout: 2s, queue: 1000000000, retry_every: 10s, durable: true, "
                          "transport: connection, hint_window: 3h, replay_rate: 1MiB" },
};

/* The rows' places, for check(). */
enum {
    ROW_PRESET,
    ROW_ACKNOWLEDGE,
    ROW_TIMEOUT,
    ROW_QUEUE,
    ROW_OVERFLOW,
    ROW_RETRY,
    ROW_RETRY_EVERY,
    ROW_BACKOFF,
    ROW_ATTEMPTS,
    ROW_GIVE_UP_AFTER,
    ROW_DURABLE,
    ROW_TRANSPORT,
    ROW_HINT_WINDOW,
    ROW_HINT_WINDOW_PERSISTENT,
    ROW_REPLAY_RATE,
    ROWS
};

static const struct param params[] = {
    [ROW_PRESET] =
        PARAM_CHOICE(struct config, preset, "none", preset_names,
                     "the values that a system ships with", .presets = presets, .is_young = true),
    [ROW_ACKNOWLEDGE] =
        PARAM_BOOL(struct config, acknowledge, "true", "receivers answer; false: fire and forget"),
    [ROW_TIMEOUT] = PARAM_TIME(struct config, timeout, "200ms", "1us..365d",
                               "a mail without an acknowledgement for so long has failed"),
    [ROW_QUEUE] = PARAM_COUNT(struct config, queue, "1000", "0..1000000000",
                              "failed mails that a node caches; 0: none is sent again"),
    [ROW_OVERFLOW] = PARAM_CHOICE(struct config, overflow, "drop-newest", overflows,
                                  "which mail is lost when the cache is full"),
    [ROW_RETRY] = PARAM_CHOICE(struct config, retry, "probe", retries,
                               "to a receiver that does not answer: one mail until it does, then "
                               "all that waits; or all each time"),
    [ROW_RETRY_EVERY] = PARAM_TIME(struct config, retry_every, "1s", "1us..365d",
                                   "between retransmissions to a receiver"),
    [ROW_BACKOFF] = PARAM_REAL(struct config, backoff, "1", "1..1000",
                               "factor by which this wait grows at each retransmission"),
    [ROW_ATTEMPTS] = PARAM_COUNT(struct config, attempts, "0", "0..1000000000",
                                 "retransmissions until a mail is given up; 0: no limit"),
    [ROW_GIVE_UP_AFTER] = PARAM_TIME(struct config, give_up_after, "0s", "0s..36500d",
                                     "time until a mail is given up; 0 s: never"),
    [ROW_DURABLE] = PARAM_BOOL(struct config, durable, "false",
                               "the cache survives a crash of a node that keeps its data"),
    [ROW_TRANSPORT] = PARAM_CHOICE(struct config, transport, "datagram", transport_names,
                                   TRANSPORT_HELP, .is_young = true),
    [ROW_HINT_WINDOW] = PARAM_TIME(
        struct config, hint_window, "0s", "0s..36500d",
        "how long mails are put away for a receiver that is silent, as hints; what is written "
        "later is lost to it; 0 s: always",
        .is_young = true),
    [ROW_HINT_WINDOW_PERSISTENT] =
        PARAM_BOOL(struct config, hint_window_persistent, "true",
                   "the window counts from the oldest hint there is, too; false: only from when "
                   "the receiver fell silent last",
                   .is_young = true),
    [ROW_REPLAY_RATE] = PARAM_SIZE(
        struct config, replay_rate, "0B", "0B..1000GB",
        "bytes a second at which all nodes together send to a receiver that is back what waited "
        "for it; 0B: all at once",
        .is_young = true),
    [ROWS] = PARAM_END,
};

static const struct message_kind messages[] = {
    [MAIL] = { .name = "mail", .carries = CARRIES_PAYLOAD },
    [ACK] = { .name = "ack",
              .carries = CARRIES_CONTROL }, /* its set stands for the mail's number */
    { .name = NULL },
};

static const struct model_figure figures[] = {
    [RETRANSMISSIONS] = { "retransmissions", "mails sent again", FIGURE_COUNT, UNIT_COUNT },
    [QUEUE_MAX] = { "queue_max", "most mails that a node's cache held", FIGURE_PEAK, UNIT_COUNT },
    [LOST_OVERFLOW] = { "lost_overflow", "failed mails lost because they did not fit", FIGURE_COUNT,
                        UNIT_COUNT },
    [LOST_GIVEN_UP] = { "lost_given_up", "mails given up, or too late for `hint_window`",
                        FIGURE_COUNT, UNIT_COUNT },
    [LOST_CRASH] = { "lost_crash", "cached mails lost in a crash", FIGURE_COUNT, UNIT_COUNT },
    { .name = NULL },
};

static void reverse(struct mail *mails, uint32_t low, uint32_t high)
{
    for (; low + 1 < high; low++, high--) {
        const struct mail first = mails[low];

        mails[low] = mails[high - 1];
        mails[high - 1] = first;
    }
}

/* Puts the mails from `middle` on, added last and all of one update, into their place. */
static void sort_in(struct node *n, uint32_t place, uint32_t middle)
{
    const uint32_t end = node_record_count(n);
    struct mail *mails = node_records(n);

    if (place == middle)
        return;
    reverse(mails, place, middle);
    reverse(mails, middle, end);
    reverse(mails, place, end);
    if (mails[place + end - middle].update != NO_UPDATE)
        cache_relink(n);
}

/* Mails one update, and remembers the mails if they are to be acknowledged. */
static void mail_update(struct node *n, update_id update, struct set *one)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_record_count(n), place = cache_find(n, count, update, 0);
    const sim_time now = node_now(n);
    uint32_t added;

    if (place < count && ((struct mail *)node_records(n))[place].update == update)
        return; /* its mails are under way */
    for (node_id peer = 0; node_next_replica(n, update, &peer); peer++) {
        const bool is_silent = cache_is_silent(n, count, peer);

        if (!is_silent)
            node_send(n, peer, MAIL, set_copy(one));
        if (c->acknowledge) {
            struct mail *m = node_record_add(n);

            m->update = update;
            m->to = peer;
            m->next = NOWHERE;
            m->sent = now;
            m->due = is_silent ? now : now + c->timeout;
        }
    }
    added = node_record_count(n) - count;
    if (added == 0)
        return;
    sort_in(n, place, count);
    node_after(n, c->timeout, TIMEOUT, update);
    if (((struct state *)node_state(n))->owing > 0) /* what was not sent waits */
        cache_fail(n, place, place + added, false);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    if (how != LEARNED_LOCAL)
        return;
    for (update_id i = 0; set_next(news, &i); i++) {
        struct set *one = set_only(news, i);

        mail_update(n, i, one);
        set_free(one);
    }
}

static void accept_ack(struct node *n, const struct message *ack)
{
    struct mail *mails = node_records(n);

    for (update_id i = 0; set_next(ack->set, &i); i++) {
        const uint32_t at = cache_find(n, node_record_count(n), i, ack->from);

        if (at < node_record_count(n) && mails[at].update == i && mails[at].to == ack->from &&
            mails[at].progress != SETTLED)
            cache_settle(n, &mails[at]);
    }
    cache_replay(n, ack->from);
}

static void receive(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    if (m->kind == ACK) {
        accept_ack(n, m);
        return;
    }
    if (c->acknowledge) {
        node_send(n, m->from, ACK, set_copy(m->set));
        cache_replay(n, m->from);
    }
    node_learn(n, m);
}

/* A connection has given a mail up, or was refused: it has failed before its timeout. */
static void be_failed(struct node *n, node_id to, const struct message *m)
{
    const struct config *c = node_config(n);

    if (m->kind != MAIL || !c->acknowledge)
        return;
    for (update_id i = 0; set_next(m->set, &i); i++) {
        const uint32_t at = cache_find(n, node_record_count(n), i, to);

        if (at < node_record_count(n) && ((struct mail *)node_records(n))[at].update == i)
            cache_learn_of_failure(n, at, at + 1, to);
    }
    cache_forget_settled(n);
}

static void on_timer(struct node *n, int tag, uint32_t value)
{
    const uint32_t count = node_record_count(n);

    if (tag == PASS) {
        cache_pass(n, value);
        return;
    }
    if (tag == REPLAY)
        hints_go_on(n, value);
    else if (tag == TIMEOUT)
        cache_fail(n, cache_find(n, count, value, 0), cache_find(n, count, value + 1, 0), false);
    else
        cache_fail_again(n, value);
    cache_forget_settled(n);
}

/* Back after an absence with the records kept: whatever was under way has failed. */
static void start(struct node *n)
{
    struct state *s = node_state(n);
    const uint32_t count = node_record_count(n), mails = cache_find(n, count, NO_UPDATE, 0);
    struct mail *records = node_records(n);

    s->has_pass = false;
    s->pass++;
    for (uint32_t i = mails; i < count; i++)
        if (records[i].progress == OWING)
            records[i].due = cache_plan_pass(n);
        else if (records[i].progress == REPLAYED)
            cache_owe(n, &records[i], node_now(n));
    if (count == 0)
        return;
    cache_fail(n, 0, mails, true);
    cache_forget_settled(n);
}

static void go_down(struct node *n, bool graceful, bool loses)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);

    for (uint32_t i = 0, left = graceful ? s->cached : 0; left > 0; i++) {
        if (mails[i].progress != CACHED)
            continue;
        left--;
        node_send_some(n, mails[i].to, MAIL, set_only(node_known(n), mails[i].update));
        node_count(n, RETRANSMISSIONS, 1);
    }
    if (c->durable && !loses)
        return;
    node_count(n, graceful ? LOST_GIVEN_UP : LOST_CRASH, s->cached);
    node_records_keep(n, 0);
    if (c->hint_window > 0)
        node_list_keep(n, SILENCES, 0);
    s->cached = s->settled = s->owing = s->oldest = 0;
}

static const size_t list_sizes[] = { [SILENCES] = sizeof(struct silence), 0 };

static bool keeps_hints(const void *config)
{
    return ((const struct config *)config)->hint_window > 0;
}

/* The membership model has found a receiver to be up: a sign of life, where hints wait for one. */
static void greet(struct node *n, node_id peer, bool is_there)
{
    if (is_there && keeps_hints(node_config(n)))
        cache_replay(n, peer);
}

/* Whether all goes over connections. */
static bool connects(const void *config)
{
    return ((const struct config *)config)->transport == TRANSPORT_CONNECTION;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    static const int cache_rows[] = { ROW_OVERFLOW,   ROW_RETRY,       ROW_RETRY_EVERY,
                                      ROW_BACKOFF,    ROW_ATTEMPTS,    ROW_GIVE_UP_AFTER,
                                      ROW_DURABLE,    ROW_HINT_WINDOW, ROW_HINT_WINDOW_PERSISTENT,
                                      ROW_REPLAY_RATE };
    const struct rule rules[] = {
        { ROW_HINT_WINDOW, c->hint_window == 0 || c->retry == RETRY_PROBE, "`retry: probe`" },
        { ROW_HINT_WINDOW_PERSISTENT, c->hint_window > 0, "`hint_window`" },
        { ROW_REPLAY_RATE, c->replay_rate == 0 || c->retry == RETRY_PROBE, "`retry: probe`" },
    };

    for (int row = ROW_TIMEOUT; row <= ROW_REPLAY_RATE && !c->acknowledge; row++) {
        if (!(given >> row & 1) || row == ROW_TRANSPORT)
            continue;
        snprintf(why, PARAM_WHY_MAX, "`%s` has no effect with `acknowledge: false`",
                 params[row].name);
        return false;
    }
    for (size_t i = 0; i < sizeof(cache_rows) / sizeof(*cache_rows) && c->queue == 0; i++) {
        if (!(given >> cache_rows[i] & 1))
            continue;
        snprintf(why, PARAM_WHY_MAX, "`%s` has no effect with `queue: 0`, where nothing is cached",
                 params[cache_rows[i]].name);
        return false;
    }
    return rules_are_kept(rules, sizeof rules / sizeof *rules, params, given, why);
}

const struct model model_direct_mail = {
    .name = "direct-mail",
    .summary = "whoever accepts an update mails it to every other replica at once",
    .source = "Demers et al., PODC 1987, section 1.2",
    .params = params,
    .messages = messages,
    .figures = figures,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct mail),
    .list_sizes = list_sizes,
    .needs_lists = keeps_hints,
    .mails = true,
    .connects = connects,
    .check = check,
    .on_start = start,
    .on_timer = on_timer,
    .on_message = receive,
    .on_failed = be_failed,
    .on_peer = greet,
    .on_learn = learn,
    .on_down = go_down,
    .theory = direct_mail_theory,
};
