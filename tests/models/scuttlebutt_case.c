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
    s->try_dead = lots_one_in(2);
    s->try_seeds = lots_one_in(2);
    s->heartbeats = !lots_one_in(8);
    s->echo = s->heartbeats && lots_one_in(2);
    s->shadow_round = lots_one_in(2);
    s->phi = !lots_one_in(3);
    s->threshold = (s->log_10 ? 1 : 2.3) * (.7 + 4 * lots_share());
    s->timeout = lots_part(10 * SECOND, .2, 1);
    s->initial = lots_part(SECOND, .5, 5);
    s->max_interval = lots_part(SECOND, 2, 10);
    s->prior = !s->phi || lots_one_in(2) ? 0 : 1 + lots_below(5);
    s->anew = s->phi && lots_one_in(2);
    s->syn_bytes = 8 + lots_below(60);
    s->digest_bytes = 1 + lots_below(60);
    s->state_bytes = 1 + lots_below(60);
    s->delta_bytes = lots_below(60);
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
    setup->limit = lots_one_in(3) ? 0 : 1 + lots_below(2 * setup->nodes);
    setup->first = setup->limit > 0 ? lots_below(4) : SCUTTLE_DEPTH;
    setup->limit_from = setup->limit > 0 && lots_one_in(2) ? lots_part(10 * SECOND, .1, 1) : 0;
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
}

static const char *yes(bool is_so)
{
    return is_so ? "true" : "false";
}

void scuttle_case_write(const struct scuttle_case *s, char *text, size_t size)
{
    const struct scuttle_setup *p = &s->setup;
    int count = snprintf(text, size, "preset=%s shadow_round=%s limit=%d", presets[s->preset],
                         yes(p->shadow_round), p->limit);

    if (p->limit > 0)
        count += snprintf(text + count, size - (size_t)count, " first=%s limit_from=%lldns",
                          orders[p->first], (long long)p->limit_from);
    if (s->preset != SCUTTLE_MIXED)
        return;
    count += snprintf(text + count, size - (size_t)count,
                      " fanout=%d reply=%s transport=%s try_seeds=%s "
                      "syn_bytes=%dB digest_bytes=%dB state_bytes=%dB delta_bytes=%dB",
                      p->fanout, p->wanted ? "wanted" : "all",
                      p->is_datagram ? "datagram" : "connection", yes(p->try_seeds), p->syn_bytes,
                      p->digest_bytes, p->state_bytes, p->delta_bytes);
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
