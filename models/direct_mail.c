/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail.c - whoever accepts an update mails it to every other replica at once.
 *
 *   origin --MAIL update--> each other replica      acknowledge: origin <--ACK-- replica
 *
 * A mail that is not acknowledged within `timeout` is a failure and goes to the origin's cache,
 * which holds `queue` mails; what does not fit is lost (`overflow` says which).  The cache is sent
 * again `retry_every`, and each mail in it awaits its acknowledgement anew; with a `backoff` above
 * 1 a mail's waits grow by that factor.  A mail leaves the cache when it is acknowledged, however
 * late, or given up: after `attempts` retransmissions, `give_up_after` its first sending, or when
 * the origin itself has forgotten the update (a deletion).
 * Whatever is lost here nobody sends again: direct mail alone cannot guarantee that replicas
 * converge.
 *
 * Failures of several updates share one pass over the cache, so passes are at least `retry_every`
 * apart, but where a new failure is due before those that have backed off; no timer runs for an
 * empty cache.  When the node crashes its cache is lost, and with it the knowledge that mails were
 * under way; `durable` keeps both if the node keeps its data, and the node then goes on when it
 * is back.  A node that leaves gracefully sends its cache once more and gives up on it, unless it
 * is durable.
 *
 * A mail is a record, sorted by (update, receiver).  Updates are written in the order of their
 * numbers; what another model hands on (revive: mail) is put in its place.  Records no longer
 * needed stay, marked, until they are half of the list.
 *
 * Cost: O(replicas) messages an update; O(log mails) an acknowledgement, by binary search; the list
 * is walked at timers only.  40 bytes a mail under way.
 * Source: A. Demers et al., Epidemic algorithms for replicated database maintenance, PODC 1987,
 * section 1.2, where the mail system's queues may overflow.
 * Known value: without loss n-1 mails and n-1 acknowledgements; with a loss of p each way a mail
 * is sent 1/(1-p)^2 times in the mean (tests/theory/direct_mail_test.c).
 */
#include "sim/model.h"

#include <stdio.h>

enum { DROP_NEWEST, DROP_OLDEST };
static const char *const overflows[] = {
    [DROP_NEWEST] = "drop-newest", [DROP_OLDEST] = "drop-oldest", NULL
};

struct config {
    bool acknowledge, durable;
    int overflow;
    int64_t queue, attempts;
    sim_time timeout, retry_every, give_up_after;
    double backoff;
};

/* The rows' places, for check(). */
enum {
    ROW_ACKNOWLEDGE,
    ROW_TIMEOUT,
    ROW_QUEUE,
    ROW_OVERFLOW,
    ROW_RETRY_EVERY,
    ROW_BACKOFF,
    ROW_ATTEMPTS,
    ROW_GIVE_UP_AFTER,
    ROW_DURABLE,
    ROWS
};

static const struct param params[] = {
    [ROW_ACKNOWLEDGE] =
        PARAM_BOOL(struct config, acknowledge, "true", "receivers answer; false: fire and forget"),
    [ROW_TIMEOUT] = PARAM_TIME(struct config, timeout, "200ms", "1us..365d",
                               "without an acknowledgement for so long a mail has failed"),
    [ROW_QUEUE] = PARAM_COUNT(struct config, queue, "1000", "0..1000000000",
                              "failed mails that a node caches; 0: none is sent again"),
    [ROW_OVERFLOW] = PARAM_CHOICE(struct config, overflow, "drop-newest", overflows,
                                  "which mail is lost when the cache is full"),
    [ROW_RETRY_EVERY] = PARAM_TIME(struct config, retry_every, "1s", "1us..365d",
                                   "between retransmissions of the cache"),
    [ROW_BACKOFF] = PARAM_REAL(struct config, backoff, "1", "1..1000",
                               "factor by which a mail's wait grows at each retransmission"),
    [ROW_ATTEMPTS] = PARAM_COUNT(struct config, attempts, "0", "0..1000000000",
                                 "retransmissions until a mail is given up; 0: no limit"),
    [ROW_GIVE_UP_AFTER] = PARAM_TIME(struct config, give_up_after, "0s", "0s..36500d",
                                     "time until a mail is given up; 0 s: never"),
    [ROW_DURABLE] = PARAM_BOOL(struct config, durable, "false",
                               "the cache survives a crash of a node that keeps its data"),
    [ROWS] = PARAM_END,
};

enum { MAIL, ACK };
static const struct message_kind messages[] = {
    [MAIL] = { "mail", CARRIES_PAYLOAD },
    [ACK] = { "ack", CARRIES_CONTROL }, /* its set stands for the mail's number */
    { NULL, CARRIES_CONTROL },
};

enum { RETRANSMISSIONS, QUEUE_MAX, LOST_OVERFLOW, LOST_GIVEN_UP, LOST_CRASH };
static const struct model_counter counters[] = {
    [RETRANSMISSIONS] = { "retransmissions", "mails sent again" },
    [QUEUE_MAX] = { "queue_max", "most mails that a node's cache held" },
    [LOST_OVERFLOW] = { "lost_overflow", "failed mails lost because they did not fit" },
    [LOST_GIVEN_UP] = { "lost_given_up", "mails given up" },
    [LOST_CRASH] = { "lost_crash", "cached mails lost in a crash" },
    { NULL, NULL },
};

enum progress {
    UNDER_WAY, /* sent once, its timeout still to come */
    CACHED,    /* failed; to be sent again, or sent again and unanswered */
    SETTLED,   /* acknowledged or lost: to be forgotten */
};

struct mail {
    update_id update;
    node_id to;
    enum progress progress;
    uint32_t attempts; /* retransmissions made */
    sim_time sent;     /* for the first time */
    sim_time wait;     /* CACHED: until the retransmission after the next */
    sim_time due;      /* CACHED: of the next retransmission, or of giving up */
};

struct state {
    uint32_t cached, settled; /* mails */
    uint32_t pass;            /* number of the pass that is to come; timers of others are void */
    bool has_pass;            /* a pass is to come */
    sim_time pass_at;
};

enum { TIMEOUT, PASS }; /* timers: of the update `value`; of the pass `value` */

/* The first mail not before (update, to) in the list. */
static uint32_t find(struct node *n, update_id update, node_id to)
{
    const struct mail *mails = node_records(n);
    uint32_t low = 0, high = node_record_count(n);

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct mail *m = &mails[middle];

        if (m->update < update || (m->update == update && m->to < to))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void settle(struct state *s, struct mail *m)
{
    s->cached -= m->progress == CACHED;
    s->settled++;
    m->progress = SETTLED;
}

/* Forgets the settled mails when they are half of the list: constant cost a mail. */
static void forget_settled(struct node *n)
{
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);
    const uint32_t count = node_record_count(n);
    uint32_t kept = 0;

    if (s->settled < count - s->settled || count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (mails[i].progress != SETTLED)
            mails[kept++] = mails[i];
    node_records_keep(n, kept);
    s->settled = 0;
}

/* Makes sure that a pass comes within `retry_every`, and says when. */
static sim_time plan_pass(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const sim_time latest = node_now(n) + c->retry_every;

    if (!s->has_pass || s->pass_at > latest) {
        s->has_pass = true;
        s->pass_at = latest;
        node_after(n, c->retry_every, PASS, ++s->pass);
    }
    return s->pass_at;
}

/* Drops the oldest mails of a cache that holds too many. */
static void drop_oldest(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);

    for (uint32_t i = 0; s->cached > c->queue; i++) {
        if (mails[i].progress != CACHED)
            continue;
        settle(s, &mails[i]);
        node_count(n, LOST_OVERFLOW, 1);
    }
}

/* Puts those of the mails [low, high) that are unanswered into the cache. */
static void fail(struct node *n, uint32_t low, uint32_t high)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);

    for (uint32_t i = low; i < high; i++) {
        if (mails[i].progress != UNDER_WAY)
            continue;
        if (s->cached >= c->queue && (c->queue == 0 || c->overflow == DROP_NEWEST)) {
            settle(s, &mails[i]);
            node_count(n, LOST_OVERFLOW, 1);
            continue;
        }
        mails[i].progress = CACHED;
        mails[i].wait = c->retry_every;
        mails[i].due = plan_pass(n);
        s->cached++;
    }
    drop_oldest(n);
    node_peak(n, QUEUE_MAX, s->cached);
}

static bool is_given_up(const struct config *c, const struct mail *m, sim_time now)
{
    return (c->attempts > 0 && m->attempts >= c->attempts) ||
           (c->give_up_after > 0 && now - m->sent >= c->give_up_after);
}

/* The set with the one update, as far as the replica still knows it. */
static struct set *only(const struct set *known, update_id update)
{
    struct set *others = set_copy(known);
    struct set *result;

    set_drop(&others, update);
    result = set_minus(known, others);
    set_free(others);
    return result;
}

static sim_time longer(const struct config *c, sim_time wait)
{
    const double next = (double)wait * c->backoff;

    return next < (double)SIM_TIME_MAX ? (sim_time)next : SIM_TIME_MAX;
}

/* When to look at a mail again that is being sent for the `attempts`-th time. */
static void plan_mail(const struct config *c, struct mail *m, sim_time now)
{
    sim_time wait;

    m->wait = longer(c, m->wait);
    wait = m->wait > c->timeout ? m->wait : c->timeout;
    if (c->attempts > 0 && m->attempts >= c->attempts)
        wait = c->timeout;
    m->due = now + wait;
    if (c->give_up_after > 0 && m->due - m->sent > c->give_up_after)
        m->due = m->sent + c->give_up_after;
}

/* Sends or gives up the cached mails that are due; returns when the next of the rest is. */
static sim_time resend_due(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);
    const sim_time now = node_now(n);
    sim_time next = INT64_MAX;
    struct set *one = set_new();
    update_id update = UINT32_MAX;

    for (uint32_t i = 0, left = s->cached; left > 0; i++) {
        struct mail *m = &mails[i];

        if (m->progress != CACHED)
            continue;
        left--;
        if (m->due <= now && (is_given_up(c, m, now) || !set_has(node_known(n), m->update))) {
            settle(s, m);
            node_count(n, LOST_GIVEN_UP, 1);
            continue;
        }
        if (m->due <= now) {
            if (m->update != update) {
                update = m->update;
                set_free(one);
                one = only(node_known(n), update);
            }
            node_send(n, m->to, MAIL, set_copy(one));
            m->attempts++;
            node_count(n, RETRANSMISSIONS, 1);
            plan_mail(c, m, now);
        }
        next = m->due < next ? m->due : next;
    }
    set_free(one);
    return next;
}

static void pass(struct node *n, uint32_t number)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const sim_time now = node_now(n);
    sim_time next;

    if (number != s->pass)
        return;
    s->has_pass = false;
    next = resend_due(n);
    if (s->cached > 0) {
        s->has_pass = true;
        s->pass_at = next - now > c->retry_every ? next : now + c->retry_every;
        node_after(n, s->pass_at - now, PASS, ++s->pass);
    }
    forget_settled(n);
}

static void on_timer(struct node *n, int tag, uint32_t value)
{
    if (tag == PASS) {
        pass(n, value);
        return;
    }
    fail(n, find(n, value, 0), find(n, value + 1, 0));
    forget_settled(n);
}

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
}

/* Mails one update, and remembers the mails if they are to be acknowledged. */
static void mail_update(struct node *n, update_id update, struct set *one)
{
    const struct config *c = node_config(n);
    const uint32_t count = node_record_count(n), place = find(n, update, 0);

    if (place < count && ((struct mail *)node_records(n))[place].update == update)
        return; /* its mails are under way */
    for (node_id peer = 0; node_next_replica(n, update, &peer); peer++) {
        node_send(n, peer, MAIL, set_copy(one));
        if (c->acknowledge) {
            struct mail *m = node_record_add(n);

            m->update = update;
            m->to = peer;
            m->sent = node_now(n);
        }
    }
    sort_in(n, place, count);
    if (node_record_count(n) > count)
        node_after(n, c->timeout, TIMEOUT, update);
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    if (how != LEARNED_LOCAL)
        return;
    for (update_id i = 0; set_next(news, &i); i++) {
        struct set *one = only(news, i);

        mail_update(n, i, one);
        set_free(one);
    }
}

static void accept_ack(struct node *n, const struct message *ack)
{
    struct mail *mails = node_records(n);

    for (update_id i = 0; set_next(ack->set, &i); i++) {
        const uint32_t at = find(n, i, ack->from);

        if (at < node_record_count(n) && mails[at].update == i && mails[at].to == ack->from &&
            mails[at].progress != SETTLED)
            settle(node_state(n), &mails[at]);
    }
}

static void receive(struct node *n, const struct message *m)
{
    const struct config *c = node_config(n);

    if (m->kind == ACK) {
        accept_ack(n, m);
        return;
    }
    if (c->acknowledge)
        node_send(n, m->from, ACK, set_copy(m->set));
    node_learn(n, m);
}

/* Back after an absence with the records kept: whatever was under way has failed. */
static void start(struct node *n)
{
    struct state *s = node_state(n);

    s->has_pass = false;
    s->pass++;
    if (node_record_count(n) == 0)
        return;
    for (uint32_t i = 0, left = s->cached; left > 0; i++) {
        struct mail *m = (struct mail *)node_records(n) + i;

        if (m->progress != CACHED)
            continue;
        left--;
        m->due = plan_pass(n);
    }
    fail(n, 0, node_record_count(n));
    forget_settled(n);
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
        node_send_some(n, mails[i].to, MAIL, only(node_known(n), mails[i].update));
        node_count(n, RETRANSMISSIONS, 1);
    }
    if (c->durable && !loses)
        return;
    node_count(n, graceful ? LOST_GIVEN_UP : LOST_CRASH, s->cached);
    node_records_keep(n, 0);
    s->cached = s->settled = 0;
}

static bool check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    static const int cache_rows[] = { ROW_OVERFLOW, ROW_RETRY_EVERY,   ROW_BACKOFF,
                                      ROW_ATTEMPTS, ROW_GIVE_UP_AFTER, ROW_DURABLE };

    for (int row = ROW_TIMEOUT; row < ROWS && !c->acknowledge; row++) {
        if (!(given >> row & 1))
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
    return true;
}

const struct model model_direct_mail = {
    .name = "direct-mail",
    .summary = "whoever accepts an update mails it to every other replica at once",
    .source = "Demers et al., PODC 1987, section 1.2",
    .params = params,
    .messages = messages,
    .counters = counters,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .record_size = sizeof(struct mail),
    .mails = true,
    .check = check,
    .on_start = start,
    .on_timer = on_timer,
    .on_message = receive,
    .on_learn = learn,
    .on_down = go_down,
};
