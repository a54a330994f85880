/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * direct_mail_hints.c - direct mail as hinted handoff; see direct_mail.c.
 *
 * A window is a bound on how long mails are put away for a receiver that is silent; a rate is one
 * on how fast they are sent when it is back.  A rate paces sending, whatever is answered: the first
 * mail goes at once, and the next when the bytes of the one before it have passed.  While that goes
 * on the receiver counts as up, and new mails go to it at once; it ends when nothing is left or
 * when a mail to the receiver fails.
 *
 * Source: Apache Cassandra, StorageProxy.shouldHint() and HintsDispatchExecutor.
 * Known value: a backlog takes its bytes over the rate (tests/theory/direct_mail_hints_test.c).
 */
#include "models/direct_mail.h"

/* ---- the window ---- */

static struct silence *find_silence(struct node *n, node_id to)
{
    struct silence *silences = node_list(n, SILENCES);
    const uint32_t count = node_list_count(n, SILENCES);

    for (uint32_t i = 0; i < count; i++)
        if (silences[i].to == to)
            return &silences[i];
    return NULL;
}

void hints_note_silence(struct node *n, node_id to, sim_time since)
{
    struct silence *silence = node_list_add(n, SILENCES);

    silence->to = to;
    silence->since = since;
}

void hints_end_silence(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    struct silence *silence = c->hint_window > 0 ? find_silence(n, to) : NULL;
    uint32_t last;

    if (!silence) /* or memory was short */
        return;
    last = node_list_count(n, SILENCES) - 1;
    *silence = ((struct silence *)node_list(n, SILENCES))[last];
    node_list_keep(n, SILENCES, last);
}

bool hints_accept(struct node *n, const struct mail *m, const struct mail *r)
{
    const struct config *c = node_config(n);
    const sim_time now = node_now(n);
    const struct mail *mails = node_records(n);
    const struct silence *silence = r && cache_owes(r) ? find_silence(n, m->to) : NULL;

    if (silence && now - silence->since > c->hint_window)
        return false;
    return !c->hint_window_persistent || !r || r->first == NOWHERE ||
           now - mails[r->first].sent <= c->hint_window;
}

/* ---- the rate ---- */

/* How long `bytes` take: all other nodes together send at the rate. */
static sim_time time_of(struct node *n, uint32_t bytes)
{
    const struct config *c = node_config(n);
    const double senders = (double)node_shared_count(n) - 1;
    const double time = (double)bytes * senders / (double)c->replay_rate * (double)SIM_SECOND;

    return time < (double)SIM_TIME_MAX ? (sim_time)time + 1 : SIM_TIME_MAX;
}

void hints_replay(struct node *n, struct mail *r)
{
    struct state *s = node_state(n);

    s->owing--;
    hints_end_silence(n, r->to);
    r->progress = REPLAYED;
    r->due = node_now(n);
    hints_go_on(n, r->to);
}

/* The first mail on a receiver's list that waits; NULL: one before it has not been answered in
 * time. */
static struct mail *next_of(struct node *n, const struct mail *r)
{
    struct mail *mails = node_records(n);
    uint32_t i = r->first;

    for (; mails[i].progress != CACHED; i = mails[i].next)
        if (mails[i].due <= node_now(n))
            return NULL;
    return &mails[i];
}

void hints_go_on(struct node *n, node_id to)
{
    const struct config *c = node_config(n);
    const sim_time now = node_now(n);
    struct mail *r = cache_receiver(n, to), *m;

    if (!r || r->progress != REPLAYED || r->due > now) /* a timer of a replay that has ended */
        return;
    struct content content = { NO_UPDATE, set_new() };

    while (r->progress == REPLAYED && r->due <= now && (m = next_of(n, r)) != NULL)
        if (cache_send_again(n, m, r, &content))
            r->due += time_of(n, node_update_bytes(n, content.update));
    set_free(content.set);
    if (r->progress == REPLAYED && r->due > now)
        node_after(n, r->due - now, REPLAY, to);
    else if (r->progress == REPLAYED)
        cache_fail_again(n, to);
    else
        node_after(n, c->timeout, TIMEOUT_AGAIN, to);
}
