/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail_cache.c - mails that failed and the receivers that they wait for; see direct_mail.c.
 * How they are sent again is in direct_mail_pass.c.
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

struct mail *cache_receiver(struct node *n, node_id to)
{
    return receiver_below(n, node_record_count(n), to);
}

bool cache_is_silent(struct node *n, uint32_t high, node_id to)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    const struct mail *r =
        s->owing > 0 && c->retry == RETRY_PROBE ? receiver_below(n, high, to) : NULL;

    return r && cache_owes(r) && r->attempts > 0;
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

void cache_owe(struct node *n, struct mail *r, sim_time since)
{
    const struct config *c = node_config(n);

    if (r->progress == REPLAYED) /* what was sent so has its timeout to come */
        node_after(n, c->timeout, TIMEOUT_AGAIN, r->to);
    ((struct state *)node_state(n))->owing++;
    r->progress = OWING;
    r->attempts = 0;
    r->wait = c->retry_every;
    r->due = cache_plan_pass(n);
    if (c->hint_window > 0)
        hints_note_silence(n, r->to, since);
}

static struct mail *open_receiver(struct node *n, node_id to, sim_time since)
{
    struct state *s = node_state(n);
    struct mail *r = cache_receiver(n, to);

    if (r && cache_owes(r))
        return r;
    s->settled -= r && r->progress == SETTLED;
    if (!r)
        r = add_receiver(n, to);
    if (r->progress != REPLAYED)
        r->queued = 0;
    cache_owe(n, r, since);
    return r;
}

void cache_look_at_receiver(struct node *n, struct mail *r)
{
    struct state *s = node_state(n);

    if (r->queued > 0)
        return;
    if (cache_owes(r)) {
        s->owing--;
        hints_end_silence(n, r->to);
    }
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
            enlist(mails, i, cache_receiver(n, mails[i].to));
}

/* ---- mails ---- */

void cache_settle(struct node *n, struct mail *m)
{
    struct state *s = node_state(n);

    if (is_listed(m)) {
        struct mail *r = cache_receiver(n, m->to);

        delist(node_records(n), m, r);
        s->cached -= m->progress == CACHED;
        r->queued -= m->progress == CACHED;
        cache_look_at_receiver(n, r);
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
    struct mail *mails = node_records(n), *r = open_receiver(n, mails[i].to, mails[i].sent);

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

/* Whether a mail that failed may wait as a hint; if not it is lost, and counted.  What has waited
 * before may. */
static bool is_in_window(struct node *n, const struct mail *m)
{
    const struct config *c = node_config(n);
    bool is_in;

    if (c->hint_window == 0 || is_listed(m))
        return true;
    is_in = hints_accept(n, m, cache_receiver(n, m->to));
    node_count(n, LOST_GIVEN_UP, !is_in);
    return is_in;
}

/* The mail at `i`, which was under way, has failed. */
static void fail(struct node *n, uint32_t i)
{
    struct mail *m = (struct mail *)node_records(n) + i;

    if (is_in_window(n, m) && has_room(n))
        put_in(n, i);
    else
        cache_settle(n, m);
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
    const struct mail *r = cache_receiver(n, to);
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
    r = s->owing > 0 ? cache_receiver(n, to) : NULL;
    if (!r || !cache_owes(r) || r->due - node_now(n) <= r->wait)
        return;
    r->due = node_now(n) + r->wait;
    cache_plan_pass(n);
}
