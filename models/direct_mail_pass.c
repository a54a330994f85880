/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail_pass.c - sends what is in the cache again: to one receiver that gave a sign of life,
 * or, pass by pass, what is due; see direct_mail.c.
 */
#include "models/direct_mail.h"

static bool is_given_up(const struct config *c, const struct mail *m, sim_time now)
{
    return (c->attempts > 0 && m->attempts >= c->attempts) ||
           (c->give_up_after > 0 && now - m->sent >= c->give_up_after);
}

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

bool cache_send_again(struct node *n, struct mail *m, struct mail *r, struct content *content)
{
    const struct config *c = node_config(n);

    if (is_given_up(c, m, node_now(n)) || !set_has(node_known(n), m->update)) {
        cache_settle(n, m);
        node_count(n, LOST_GIVEN_UP, 1);
        return false;
    }
    m->progress = UNDER_WAY;
    m->attempts++;
    m->due = node_now(n) + c->timeout;
    ((struct state *)node_state(n))->cached--;
    r->queued--;
    cache_look_at_receiver(n, r);
    send_again(n, m, content);
    return true;
}

void cache_replay(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    const struct state *s = node_state(n);
    struct mail *mails = node_records(n), *r = s->owing > 0 ? cache_receiver(n, to) : NULL;

    if (!r || !cache_owes(r))
        return;
    if (c->retry == RETRY_ALL) { /* the cache is sent at its time; but it begins anew to wait */
        r->attempts = 0;
        r->wait = c->retry_every;
        return;
    }
    if (c->replay_rate > 0) {
        hints_replay(n, r);
        return;
    }
    struct content content = { NO_UPDATE, set_new() };

    for (uint32_t i = r->first, next; cache_owes(r); i = next) {
        next = mails[i].next;
        if (mails[i].progress == CACHED)
            cache_send_again(n, &mails[i], r, &content);
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
        struct mail *r = m->progress == CACHED ? cache_receiver(n, m->to) : NULL;

        left -= m->progress == CACHED;
        if (r && r->progress > OWING)
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
        take_turn(n, &mails[run], cache_receiver(n, mails[run].to), content);
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
    if (s->owing > 0) {
        s->has_pass = true;
        s->pass_at = next - now > c->retry_every ? next : now + c->retry_every;
        node_after(n, s->pass_at - now, PASS, ++s->pass);
    }
    cache_forget_settled(n);
}
