/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scuttlebutt_case.c - see scuttlebutt_case.h. */
#include "tests/models/scuttlebutt_case.h"
#include "tests/models/lots.h"

#include <stdio.h>
#include <string.h>

#define MILLISECOND INT64_C(1000000)
#define SECOND      (1000 * MILLISECOND)

static const char *const presets[] = { "paper", "cassandra", "chitchat", "cassandra" };
static const char *const orders[] = { "breadth", "depth", "oldest", "newest" };

static void set_preset(struct scuttle_setup *s, enum scuttle_preset preset)
{
    s->fanout = 1;
    s->goodbye = true;
    s->syn_bytes = 60;
    s->digest_bytes = 13;
    s->state_bytes = 17;
    s->delta_bytes = 10;
    if (preset == SCUTTLE_PAPER) {
        s->is_datagram = true;
        return;
    }
    s->heartbeats = s->try_dead = s->try_seeds = s->phi = true;
    s->threshold = 8;
    s->goodbye = preset == SCUTTLE_CASSANDRA;
    if (preset == SCUTTLE_CASSANDRA) {
        s->wanted = s->echo = s->log_10 = s->shadow_round = true;
        s->initial = s->max_interval = 2 * SECOND;
    } else {
        s->is_datagram = s->anew = true;
        s->fanout = 3;
        s->initial = 5 * SECOND;
        s->max_interval = 10 * SECOND;
        s->prior = 5;
        s->syn_bytes = 20;
        s->digest_bytes = 45;
        s->state_bytes = 39;
        s->delta_bytes = 23;
    }
}

static void mix(struct scuttle_setup *s)
{
    s->fanout = 1 + lots_below(3);
    s->wanted = lots_one_in(2);
    s->is_datagram = lots_one_in(2);
    s->try_seeds = lots_one_in(2);
    s->heartbeats = !lots_one_in(8);
    s->try_dead = s->heartbeats && lots_one_in(2);
    s->echo = s->heartbeats && lots_one_in(2);
    s->shadow_round = lots_one_in(2);
    s->phi = !lots_one_in(3);
    s->threshold = (s->log_10 ? 1 : 2.3) * (.7 + 4 * lots_share());
    s->timeout = lots_part(10 * SECOND, .2, 1);
    s->initial = lots_part(SECOND, .5, 5);
    s->max_interval = lots_part(SECOND, 2, 10);
    s->prior = !s->heartbeats || !s->phi || lots_one_in(2) ? 0 : 1 + lots_below(5);
    s->anew = s->heartbeats && s->phi && lots_one_in(2);
    s->goodbye = lots_one_in(2);
    s->syn_bytes = 8 + lots_below(60);
    s->digest_bytes = 1 + lots_below(60);
    s->state_bytes = 1 + lots_below(60);
    s->delta_bytes = lots_below(60);
}

static void draw_limit(struct scuttle_setup *s)
{
    s->limit = lots_one_in(3) ? 0 : 1 + lots_below(2 * s->nodes);
    s->limit_bytes = 0;
    s->first = s->limit > 0 ? (enum scuttle_order)lots_below(4) : SCUTTLE_DEPTH;
    s->limit_from = s->limit > 0 && lots_one_in(2) ? lots_part(20 * SECOND, .1, 1) : 0;
}

/* Room for the digests, as a rule, and some deltas. */
static void limit_bytes(struct scuttle_setup *s)
{
    s->limit_bytes = 50 + (int)lots_part((s->digest_bytes + s->state_bytes) * s->nodes, .5, 1.5) +
                     (int)lots_part((s->delta_bytes + s->size + 1) * s->limit, 0, .5);
    if (lots_one_in(3)) /* not even for the digests */
        s->limit_bytes /= 4;
    s->limit = 0;
}

static void draw_removal(struct scuttle_setup *s)
{
    s->remove_dead = lots_one_in(3) ? 0 : lots_part(SECOND, 1, 10);
    s->silent_after = lots_one_in(2)       ? 0
                      : s->remove_dead > 0 ? lots_part(s->remove_dead, .1, .9)
                                           : lots_part(SECOND, .5, 5);
    s->remove_left = lots_one_in(3) ? 0 : lots_part(SECOND, 1, 8);
    s->quarantine = lots_one_in(2) ? 0 : lots_part(SECOND, 1, 12);
}

/* One of the others may leave as well. */
static void draw_leave(struct scuttle_case *s)
{
    const int node = 1 + lots_below(s->setup.nodes - 1);

    if (s->crash_count == 0 || s->crashes[0].first != node)
        s->crashes[s->crash_count++] = (struct scuttle_crash){ .first = node,
                                                               .nodes = 1,
                                                               .at = lots_part(s->end, .4, .7),
                                                               .until = s->end,
                                                               .leaves = true };
}

/* Another one loses its data. */
static void draw_wipe(struct scuttle_case *s)
{
    const int node = lots_below(s->setup.nodes);
    const int64_t at = lots_part(s->end, .3, .5);

    for (int i = 0; i < s->crash_count; i++)
        if (s->crashes[i].first == node)
            return;
    s->crashes[s->crash_count++] =
        (struct scuttle_crash){ .first = node, .nodes = 1, .at = at, .until = at, .loses = true };
}

static void draw_members(struct scuttle_case *s)
{
    const int joining = s->setup.nodes - s->setup.seeds;

    s->forms = lots_one_in(3);
    s->join_rate = joining / (.5 + 4.5 * lots_share());
    s->writes_from = s->forms ? 5 * SECOND : 0;
    s->removes = lots_one_in(2);
    if (s->removes)
        draw_removal(&s->setup);
    if (lots_one_in(3))
        draw_leave(s);
    if (lots_one_in(3))
        draw_wipe(s);
}

void scuttle_case_draw(struct scuttle_case *s, int number)
{
    struct scuttle_setup *setup = &s->setup;

    memset(s, 0, sizeof *s);
    s->preset = (enum scuttle_preset)(number % 4);
    set_preset(setup, s->preset == SCUTTLE_MIXED ? (enum scuttle_preset)lots_below(3) : s->preset);
    if (s->preset == SCUTTLE_MIXED)
        mix(setup);
    setup->nodes = 4 + lots_below(SCUTTLE_CASE_NODES - 4 + 1);
    setup->keys = 1 + lots_below(8);
    setup->seeds = 1 + lots_below(3);
    setup->interval = SECOND;
    setup->size = lots_below(3) * 50;
    draw_limit(setup);
    s->latency = lots_part(MILLISECOND, 1, 50);
    s->latency_spread = lots_part(s->latency, 0, 3);
    s->retransmit = s->latency + s->latency_spread + lots_part(MILLISECOND, 1, 300);
    s->loss = lots_one_in(2) ? 0 : 0.3 * lots_share();
    s->rate = .2 + 1.8 * lots_share();
    if (number % 8 == 2) { /* whole owners are left out, again and again */
        setup->first = SCUTTLE_DEPTH;
        setup->limit = 5;
        setup->limit_from = 0;
        s->rate = 1.5;
    }
    s->end = s->preset == SCUTTLE_PAPER ? 21 * SECOND : 40 * SECOND;
    if (lots_one_in(2))
        s->crashes[s->crash_count++] =
            (struct scuttle_crash){ .first = 1 + lots_below(setup->nodes - 1),
                                    .nodes = 1,
                                    .at = lots_part(s->end, .3, .5),
                                    .until = lots_one_in(2) ? s->end : lots_part(s->end, .55, .9) };
    if (setup->limit > 0 && number % 8 != 2 && lots_one_in(2))
        limit_bytes(setup);
    draw_members(s);
}

static const char *yes(bool is_so)
{
    return is_so ? "true" : "false";
}

void scuttle_case_write(const struct scuttle_case *s, char *text, size_t size)
{
    const struct scuttle_setup *p = &s->setup;
    const bool is_limited = p->limit > 0 || p->limit_bytes > 0;
    int count = snprintf(text, size, "preset=%s shadow_round=%s limit=%d%s", presets[s->preset],
                         yes(p->shadow_round), p->limit_bytes > 0 ? p->limit_bytes : p->limit,
                         p->limit_bytes > 0 ? "B" : "");

    if (is_limited)
        count += snprintf(text + count, size - (size_t)count, " first=%s limit_from=%lldns",
                          orders[p->first], (long long)p->limit_from);
    if (s->removes)
        count += snprintf(text + count, size - (size_t)count,
                          " silent_after=%lldns remove_dead=%lldns remove_left=%lldns",
                          (long long)p->silent_after, (long long)p->remove_dead,
                          (long long)p->remove_left);
    if (s->removes && p->remove_dead + p->remove_left > 0)
        count += snprintf(text + count, size - (size_t)count, " quarantine=%lldns",
                          (long long)p->quarantine);
    if (s->preset != SCUTTLE_MIXED)
        return;
    count +=
        snprintf(text + count, size - (size_t)count,
                 " fanout=%d reply=%s transport=%s try_seeds=%s goodbye=%s "
                 "syn_bytes=%dB digest_bytes=%dB state_bytes=%dB delta_bytes=%dB",
                 p->fanout, p->wanted ? "wanted" : "all",
                 p->is_datagram ? "datagram" : "connection", yes(p->try_seeds), yes(p->goodbye),
                 p->syn_bytes, p->digest_bytes, p->state_bytes, p->delta_bytes);
    if (!p->heartbeats) {
        snprintf(text + count, size - (size_t)count, " heartbeats=false echo=false try_dead=false");
        return;
    }
    count += snprintf(text + count, size - (size_t)count, " echo=%s phi=%s try_dead=%s",
                      yes(p->echo), yes(p->phi), yes(p->try_dead));
    if (p->phi)
        snprintf(text + count, size - (size_t)count,
                 " phi_log=%s phi_threshold=%.17g phi_initial=%lldns phi_max_interval=%lldns "
                 "phi_prior=%d phi_comeback=%s",
                 p->log_10 ? "10" : "e", p->threshold, (long long)p->initial,
                 (long long)p->max_interval, p->prior, p->anew ? "anew" : "recorded");
    else
        snprintf(text + count, size - (size_t)count, " timeout=%lldns", (long long)p->timeout);
}
