/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_cases.c - see slow_cases.h. */
#include "tests/models/slow/slow_cases.h"

#include <stdio.h>

#include <gsl/gsl_rng.h>

static gsl_rng *dice;

static int below(int limit)
{
    return (int)gsl_rng_uniform_int(dice, (unsigned long)limit);
}

static bool one_in(int n)
{
    return below(n) == 0;
}

/* Between the two shares of a time, and seldom equal to another that is drawn so. */
static int64_t part(int64_t time, double least, double most)
{
    return (int64_t)((least + (most - least) * gsl_rng_uniform(dice)) * (double)time);
}

static void draw_changes(struct slow_setup *s)
{
    const int64_t span = s->end;
    const int last = s->nodes - 1;

    s->change_count = 0;
    for (int i = one_in(5) ? 0 : 1 + below(2); i > 0; i--) {
        struct slow_change *c = &s->changes[s->change_count++];

        *c = (struct slow_change){ .kind = one_in(2) ? SLOW_CRASH : (enum slow_change_kind)below(7),
                                   .first = last > 2 ? below(last) : last,
                                   .nodes = last > 5 && one_in(3) ? 2 : 1,
                                   .at = part(span, 0.1, 0.4) };
        if (c->kind == SLOW_JOIN) {
            c->nodes = s->absents = 1 + below(s->nodes / 2);
            c->first = s->absent = s->nodes - c->nodes;
            if (s->forms || s->change_count > 1)
                s->change_count--, s->absents = 0;
        } else if (c->kind == SLOW_PARTITION) {
            c->first = 0;
            c->nodes = 1 + below(last);
            c->lasts = part(span, 0.1, 0.3);
        } else if (c->kind != SLOW_LEAVE && c->kind != SLOW_WIPE &&
                   (c->kind != SLOW_CRASH || one_in(2)))
            c->lasts = part(span, 0.05, 0.4);
        if (c->kind == SLOW_JOIN || c->kind == SLOW_LEAVE)
            break;
    }
}

static void draw_world(struct slow_setup *s)
{
    static const double losses[] = { 0, 0, 0.05, 0.1, 0.2, 0.3 };

    s->nodes = one_in(60) ? 33 + below(8) : 2 + below(11);
    s->seeds = 1 + below(s->nodes < 3 ? s->nodes : 3);
    s->forms = one_in(8);
    s->join_rate = one_in(2) ? 0 : 1 + 3 * gsl_rng_uniform(dice);
    s->loss = losses[below(6)];
    s->duplicate = one_in(4) ? 0.2 : 0;
    s->latency = part(s->timeout, 0.02, 0.5);
    s->latency_spread = one_in(3) ? 0 : s->latency;
    s->retransmit = s->latency * 2 + part(s->interval, 0.05, 0.3);
    s->end = (s->nodes > 12 ? 12 : 25) * s->interval;
    draw_changes(s);
}

static void draw_updates(struct slow_setup *s)
{
    static const int sizes[] = { 20, 100, 500, 1340, 1450 };

    s->broadcasts = !one_in(4);
    s->updates = one_in(2) ? 0 : 1 + below(12);
    s->update_size = sizes[below(5)];
    s->update_spread = one_in(2) && s->update_size < 1000 ? 900 : 0;
    s->first_update = part(s->end, 0.05, 0.3);
    s->every = part(s->end, 0.01, 0.05);
    for (int i = 0; i < s->change_count; i++)
        if (s->changes[i].kind == SLOW_WIPE)
            s->updates = 0;
}

static void draw_swim(struct slow_setup *s)
{
    s->interval = SLOW_SECOND / 2 + below((int)SLOW_SECOND);
    s->timeout = part(s->interval, 0.2, 0.6);
    s->helpers = below(6);
    s->is_random = one_in(3);
    s->connection_probe = one_in(2);
    s->suspicion = !one_in(4);
    s->suspicion_mult = 1 + below(5);
    s->suspicion_max_mult = 1 + below(4);
    s->natural = one_in(3);
    s->retransmit_mult = 1 + below(5);
    s->gossip_interval = part(s->interval, 0.1, 0.6);
    s->gossip_nodes = one_in(4) ? 0 : 1 + below(4);
    s->forget_after = one_in(4) ? 0 : part(s->interval, 1, 12);
    s->push_pull_interval = one_in(3) ? 0 : part(s->interval, 2, 12);
    s->reconnect_interval = one_in(4) ? part(s->interval, 2, 8) : 0;
    s->lifeguard = !one_in(4);
    s->local_health = !one_in(3);
    s->nacks = !one_in(3) || !s->local_health || s->helpers == 0; /* refused: without effect */
    s->buddy = !one_in(3);
}

void slow_draw_case(struct slow_setup *s, int number)
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, (unsigned long)number + 1);
    *s = (struct slow_setup){ .nodes = 0 };
    draw_swim(s);
    draw_world(s);
    draw_updates(s);
    gsl_rng_free(dice);
}

static const char *word(bool is_so)
{
    return is_so ? "true" : "false";
}

void slow_write_parameters(const struct slow_setup *s, char text[SLOW_PARAMETERS_MAX])
{
    int used = snprintf(
        text, SLOW_PARAMETERS_MAX,
        "interval=%lldns timeout=%lldns helpers=%d order=%s connection_probe=%s suspicion=%s "
        "log=%s retransmit_mult=%d gossip_nodes=%d push_pull_interval=%lldns forget_after=%lldns "
        "reconnect_interval=%lldns lifeguard=%s broadcasts=%s compression=false",
        (long long)s->interval, (long long)s->timeout, s->helpers,
        s->is_random ? "random" : "shuffled", word(s->connection_probe), word(s->suspicion),
        s->natural ? "e" : "10", s->retransmit_mult, s->gossip_nodes,
        (long long)s->push_pull_interval, (long long)s->forget_after,
        (long long)s->reconnect_interval, word(s->lifeguard), word(s->broadcasts));

    if (s->gossip_nodes > 0)
        used += snprintf(text + used, (size_t)(SLOW_PARAMETERS_MAX - used),
                         " gossip_interval=%lldns", (long long)s->gossip_interval);
    if (s->suspicion)
        used += snprintf(text + used, (size_t)(SLOW_PARAMETERS_MAX - used), " suspicion_mult=%d",
                         s->suspicion_mult);
    if (s->suspicion && s->lifeguard)
        used += snprintf(text + used, (size_t)(SLOW_PARAMETERS_MAX - used),
                         " suspicion_max_mult=%d buddy=%s", s->suspicion_max_mult, word(s->buddy));
    if (s->lifeguard)
        used += snprintf(text + used, (size_t)(SLOW_PARAMETERS_MAX - used), " local_health=%s",
                         word(s->local_health));
    if (s->lifeguard && s->helpers > 0 && s->local_health)
        snprintf(text + used, (size_t)(SLOW_PARAMETERS_MAX - used), " nacks=%s", word(s->nacks));
}
