/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail_cache.c - mails that failed and the receivers that they wait for; see direct_mail.c.
 *
 * The records are sorted by (update, receiver), those of receivers last.  Settled ones stay,
 * marked, until they are half of all.  Mails that failed are on their receiver's list, in order, so
 * that what concerns one receiver goes over no other's.
 */
#include "models/direct_mail.h"

/* Speed only: where all records are mails of the update, the place of one follows nearly from how
 * many receivers there can be before and after it. */
static void narrow(const struct mail *first, const struct mail *last, node_id to, uint32_t *low,
                   uint32_t *high)
{
    const uint32_t end = *high - 1;

    if (to <= first->to) {
        *high = 0;
    } else if (to > last->to) {
        *low = *high;
    } else {
        *low = last->to - to < end ? end - (last->to - to) : 0;
        *high = to - first->to < end ? to - first->to : end;
    }
}

uint32_t cache_find(struct node *n, uint32_t high, update_id update, node_id to)
{
    const struct mail *mails = node_records(n);
    uint32_t low = 0;

    if (high > 0 && mails[0].update == update && mails[high - 1].update == update)
        narrow(&mails[0], &mails[high - 1], to, &low, &high);
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

/* ---- receivers ---- */

/* The record of a receiver among the first `high`, settled or not; NULL: none. */
static struct mail *receiver_below(struct node *n, uint32_t high, node_id to)
{
    const uint32_t at = cache_find(n, high, NO_UPDATE, to);
    struct mail *mails = node_records(n);

    return at < high && mails[at].update == NO_UPDATE && mails[at].to == to ? &mails[at] : NULL;
}

static struct mail *receiver_of(struct node *n, node_id to)
{
    return receiver_below(n, node_record_count(n), to);
}

/* Whether mails of the cache wait for it. */
static bool owes(const struct mail *receiver)
{
    return receiver->progress >= OWING;
}

bool cache_is_silent(struct node *n, uint32_t high, node_id to)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const struct mail *r =
        s->owing > 0 && c->retry == RETRY_PROBE ? receiver_below(n, high, to) : NULL;

    return r && owes(r) && r->attempts > 0;
}

/* A new record for a receiver, put into its place. */
static struct mail *add_receiver(struct node *n, node_id to)
{
    const uint32_t count = node_record_count(n), at = cache_find(n, count, NO_UPDATE, to);
    struct mail *last = node_record_add(n), *mails = node_records(n);
    struct mail added = *last;

    added.update = NO_UPDATE;
    added.to = to;
    added.first = NOWHERE;
    added.progress = SETTLED;
    for (uint32_t i = count; i > at; i--)
        mails[i] = mails[i - 1];
    mails[at] = added;
    return &mails[at];
}

static struct mail *open_receiver(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *r = receiver_of(n, to);

    if (r && owes(r))
        return r;
    s->settled -= r && r->progress == SETTLED;
    if (!r)
        r = add_receiver(n, to);
    s->owing++;
    r->progress = OWING;
    r->attempts = 0;
    r->queued = 0;
    r->wait = c->retry_every;
    r->due = cache_plan_pass(n);
    return r;
}

/* Whether anything is left of it: if not, it is to be forgotten. */
static void look_at_receiver(struct node *n, struct mail *r)
{
    struct state *s = node_state(n);

    if (r->queued > 0)
        return;
    s->owing -= owes(r);
    r->progress = r->first == NOWHERE ? SETTLED : RESTING;
    s->settled += r->progress == SETTLED;
}

/* ---- lists ---- */

static bool is_listed(const struct mail *m)
{
    return m->next != NOWHERE;
}

/* Puts the mail at `i` into its place on its receiver's list, mostly the end. */
static void enlist(struct mail *mails, uint32_t i, struct mail *r)
{
    struct mail *m = &mails[i];
    uint32_t after = r->first;

    m->next = m->previous = i;
    if (after == NOWHERE) {
        r->first = i;
        return;
    }
    after = mails[after].previous;
    while (after > i && after != r->first)
        after = mails[after].previous;
    if (after > i) {
        after = mails[after].previous;
        r->first = i;
    }
    m->previous = after;
    m->next = mails[after].next;
    mails[m->next].previous = i;
    mails[after].next = i;
}

static void delist(struct mail *mails, struct mail *m, struct mail *r)
{
    const uint32_t i = (uint32_t)(m - mails);

    mails[m->previous].next = m->next;
    mails[m->next].previous = m->previous;
    if (r->first == i)
        r->first = m->next == i ? NOWHERE : m->next;
    m->next = NOWHERE;
}

void cache_relink(struct node *n)
{
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);
    const uint32_t count = node_record_count(n), end = cache_find(n, count, NO_UPDATE, 0);

    s->oldest = 0;
    for (uint32_t i = end; i < count; i++)
        mails[i].first = NOWHERE;
    for (uint32_t i = 0; i < end; i++)
        if (is_listed(&mails[i]))
            enlist(mails, i, receiver_of(n, mails[i].to));
}

/* ---- mails ---- */

void cache_settle(struct node *n, struct mail *m)
{
    struct state *s = node_state(n);

    if (is_listed(m)) {
        struct mail *r = receiver_of(n, m->to);

        delist(node_records(n), m, r);
        s->cached -= m->progress == CACHED;
        r->queued -= m->progress == CACHED;
        look_at_receiver(n, r);
    }
    s->settled++;
    m->progress = SETTLED;
}

void cache_forget_settled(struct node *n)
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
    cache_relink(n);
}

/* Whether one more mail may go into the cache; if not it is lost, and counted. */
static bool has_room(struct node *n)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const bool has = s->cached < c->queue || (c->queue > 0 && c->overflow == DROP_OLDEST);

    node_count(n, LOST_OVERFLOW, !has);
    return has;
}

/* The mail at `i` is in the cache from now on.  Records after it may move. */
static void put_in(struct node *n, uint32_t i)
{
    struct state *s = node_state(n);
    struct mail *mails = node_records(n), *r = open_receiver(n, mails[i].to);

    mails = node_records(n);
    mails[i].progress = CACHED;
    s->cached++;
    s->oldest = i < s->oldest ? i : s->oldest;
    r->queued++;
    if (!is_listed(&mails[i]))
        enlist(mails, i, r);
}

/* Drops the oldest mails of a cache that holds too many, and notes how many it holds. */
static void bound(struct node *n)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n);

    for (; s->cached > c->queue; s->oldest++) {
        if (mails[s->oldest].progress != CACHED)
            continue;
        cache_settle(n, &mails[s->oldest]);
        node_count(n, LOST_OVERFLOW, 1);
    }
    node_peak(n, QUEUE_MAX, s->cached);
}

/* The mail at `i`, which was under way, has failed. */
static void fail(struct node *n, uint32_t i)
{
    if (has_room(n))
        put_in(n, i);
    else
        cache_settle(n, (struct mail *)node_records(n) + i);
}

void cache_fail(struct node *n, uint32_t low, uint32_t high, bool all)
{
    for (uint32_t i = low; i < high; i++) {
        const struct mail *m = (struct mail *)node_records(n) + i; /* the array may have moved */

        if (m->progress == UNDER_WAY && (all || m->due <= node_now(n)))
            fail(n, i);
    }
    bound(n);
}

void cache_fail_again(struct node *n, node_id to)
{
    const struct mail *r = receiver_of(n, to);
    uint32_t i = r ? r->first : NOWHERE;
    const uint32_t last = i == NOWHERE ? i : ((struct mail *)node_records(n))[i].previous;

    while (i != NOWHERE) {
        const struct mail *m = (struct mail *)node_records(n) + i;
        const uint32_t next = i == last ? NOWHERE : m->next;

        if (m->progress == UNDER_WAY && m->due <= node_now(n))
            fail(n, i);
        i = next;
    }
    bound(n);
}

void cache_learn_of_failure(struct node *n, uint32_t low, uint32_t high, node_id to)
{
    const struct state *s = node_state(n);
    struct mail *r;

    cache_fail(n, low, high, true);
    r = s->owing > 0 ? receiver_of(n, to) : NULL;
    if (!r || !owes(r) || r->due - node_now(n) <= r->wait)
        return;
    r->due = node_now(n) + r->wait;
    cache_plan_pass(n);
}

static bool is_given_up(const struct config *c, const struct mail *m, sim_time now)
{
    return (c->attempts > 0 && m->attempts >= c->attempts) ||
           (c->give_up_after > 0 && now - m->sent >= c->give_up_after);
}

/* The set with one update, kept from one mail to the next: speed only. */
struct content {
    update_id update;
    struct set *set;
};

/* Sends a mail of the cache again. */
static void send_again(struct node *n, struct mail *m, struct content *content)
{
    if (m->update != content->update) {
        set_free(content->set);
        *content = (struct content){ m->update, set_only(node_known(n), m->update) };
    }
    node_send(n, m->to, MAIL, set_copy(content->set));
    node_count(n, RETRANSMISSIONS, 1);
}

void cache_replay(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    struct mail *mails = node_records(n), *r = s->owing > 0 ? receiver_of(n, to) : NULL;

    if (!r || !owes(r))
        return;
    if (c->retry == RETRY_ALL) { /* the cache is sent at its time; but it begins anew to wait */
        r->attempts = 0;
        r->wait = c->retry_every;
        return;
    }
    struct content content = { NO_UPDATE, set_new() };

    for (uint32_t i = r->first, next; owes(r); i = next) {
        struct mail *m = &mails[i];

        next = m->next;
        if (m->progress != CACHED)
            continue;
        if (is_given_up(c, m, node_now(n)) || !set_has(node_known(n), m->update)) {
            cache_settle(n, m);
            node_count(n, LOST_GIVEN_UP, 1);
            continue;
        }
        m->progress = UNDER_WAY;
        m->attempts++;
        m->due = node_now(n) + c->timeout;
        s->cached--;
        r->queued--;
        look_at_receiver(n, r);
        send_again(n, m, &content);
    }
    set_free(content.set);
    node_after(n, c->timeout, TIMEOUT_AGAIN, to);
}

/* ---- passes ---- */

sim_time cache_plan_pass(struct node *n)
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

static sim_time longer(const struct config *c, sim_time wait)
{
    const double next = (double)wait * c->backoff;

    return next < (double)SIM_TIME_MAX ? (sim_time)next : SIM_TIME_MAX;
}

/* The turn of the receivers that are due begins; says when that of the first other is. */
static sim_time begin_turns(struct node *n, uint32_t first)
{
    const struct config *c = node_config(n);
    struct mail *mails = node_records(n);
    const sim_time now = node_now(n);
    sim_time next = INT64_MAX;

    for (uint32_t i = first; i < node_record_count(n); i++) {
        struct mail *r = &mails[i];

        if (r->progress != OWING)
            continue;
        if (r->due > now) {
            next = r->due < next ? r->due : next;
            continue;
        }
        r->progress = DUE;
        r->wait = longer(c, r->wait);
        r->due = now + (r->wait > c->timeout ? r->wait : c->timeout);
    }
    return next;
}

/* One mail in the cache of a receiver whose turn it is: it is sent if it is the first, or with
 * `retry: all`, and in any case tried once more.  Brings the next turn forward to when the mail is
 * to be given up. */
static void take_turn(struct node *n, struct mail *m, struct mail *r, struct content *content)
{
    const struct config *c = node_config(n);
    const sim_time now = node_now(n);
    sim_time last = INT64_MAX;

    if (is_given_up(c, m, now) || !set_has(node_known(n), m->update)) {
        cache_settle(n, m);
        node_count(n, LOST_GIVEN_UP, 1);
        return;
    }
    if (r->progress == DUE || c->retry == RETRY_ALL)
        send_again(n, m, content);
    r->progress = ASKED;
    m->attempts++;
    if (c->attempts > 0 && m->attempts >= c->attempts)
        last = now + c->timeout;
    if (c->give_up_after > 0 && m->sent + c->give_up_after < last)
        last = m->sent + c->give_up_after;
    r->due = last < r->due ? last : r->due;
}

/* Mails of the cache of receivers whose turn it is, in order: all of them. */
static void send_all_due(struct node *n, struct content *content)
{
    const struct state *s = node_state(n);
    struct mail *mails = node_records(n);

    for (uint32_t i = s->oldest, left = s->cached; left > 0; i++) {
        struct mail *m = &mails[i];
        struct mail *r = m->progress == CACHED ? receiver_of(n, m->to) : NULL;

        left -= m->progress == CACHED;
        if (r && r->progress != OWING)
            take_turn(n, m, r, content);
    }
}

/* The first mail of the cache for a receiver that owes an answer. */
static uint32_t first_of(const struct mail *mails, const struct mail *r)
{
    uint32_t i = r->first;

    while (mails[i].progress != CACHED)
        i = mails[i].next;
    return i;
}

/* Whether mails can be given up before they are sent: then a pass looks at each. */
static bool gives_up(struct node *n)
{
    const struct config *c = node_config(n);

    return c->attempts > 0 || c->give_up_after > 0 || node_some_are_forgotten(n);
}

/* One list of two, both in order and linked by `sent_on`. */
static uint32_t merge(struct mail *mails, uint32_t a, uint32_t b)
{
    uint32_t first = NOWHERE, last = NOWHERE;

    while (a != NOWHERE || b != NOWHERE) {
        uint32_t *from = a < b ? &a : &b; /* NOWHERE comes last */

        *(last == NOWHERE ? &first : &mails[last].sent_on) = *from;
        last = *from;
        *from = mails[last].sent_on;
        mails[last].sent_on = NOWHERE;
    }
    return first;
}

/* The first mail of each receiver whose turn it is, in the order of the records: a merge sort, in
 * which runs[k] is of 2^k. */
static void send_first_due(struct node *n, uint32_t receivers, struct content *content)
{
    struct mail *mails = node_records(n);
    uint32_t runs[32], run;

    for (int k = 0; k < 32; k++)
        runs[k] = NOWHERE;
    for (uint32_t i = receivers; i < node_record_count(n); i++) {
        int k = 0;

        if (mails[i].progress != DUE)
            continue;
        run = first_of(mails, &mails[i]);
        mails[run].sent_on = NOWHERE;
        for (; runs[k] != NOWHERE; k++) {
            run = merge(mails, runs[k], run);
            runs[k] = NOWHERE;
        }
        runs[k] = run;
    }
    run = NOWHERE;
    for (int k = 0; k < 32; k++)
        run = merge(mails, runs[k], run);
    for (; run != NOWHERE; run = mails[run].sent_on)
        take_turn(n, &mails[run], receiver_of(n, mails[run].to), content);
}

static sim_time send_due(struct node *n)
{
    const struct config *c = node_config(n);
    struct mail *mails = node_records(n);
    const uint32_t first = cache_find(n, node_record_count(n), NO_UPDATE, 0);
    sim_time next = begin_turns(n, first);
    struct content content = { NO_UPDATE, set_new() };

    if (c->retry == RETRY_ALL || gives_up(n))
        send_all_due(n, &content);
    else
        send_first_due(n, first, &content);
    set_free(content.set);
    for (uint32_t i = first; i < node_record_count(n); i++) {
        struct mail *r = &mails[i];

        if (r->progress != ASKED)
            continue;
        r->progress = OWING;
        r->attempts++;
        next = r->due < next ? r->due : next;
    }
    return next;
}

void cache_pass(struct node *n, uint32_t number)
{
    const struct config *c = node_config(n);
    struct state *s = node_state(n);
    const sim_time now = node_now(n);
    sim_time next;

    if (number != s->pass)
        return;
    s->has_pass = false;
    next = send_due(n);
    if (s->cached > 0) {
        s->has_pass = true;
        s->pass_at = next - now > c->retry_every ? next : now + c->retry_every;
        node_after(n, s->pass_at - now, PASS, ++s->pass);
    }
    cache_forget_settled(n);
}
