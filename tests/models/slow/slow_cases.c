/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_cases.c - see slow_cases.h. */
#include "tests/models/slow/slow_cases.h"
#include "tests/models/lots.h"

#include <stdio.h>

#define SLOW_HOUR (3600 * SLOW_SECOND)

static void draw_changes(struct slow_setup *s)
{
    const int64_t span = s->end;
    const int last = s->nodes - 1;

    s->change_count = 0;
    for (int i = lots_one_in(5) ? 0 : 1 + lots_below(s->churning > 0 ? 1 : 2); i > 0; i--) {
        struct slow_change *c = &s->changes[s->change_count++];

        *c = (struct slow_change){ .kind = lots_one_in(2) ? SLOW_CRASH
                                                          : (enum slow_change_kind)lots_below(8),
                                   .first = last > 2 ? lots_below(last) : last,
                                   .nodes = last > 5 && lots_one_in(3) ? 2 : 1,
                                   .at = lots_part(span, 0.1, 0.4) };
        if (c->kind == SLOW_JOIN) {
            c->nodes = s->absents = 1 + lots_below(s->nodes / 2);
            c->first = s->absent = s->nodes - c->nodes;
            if (s->forms || s->change_count > 1)
                s->change_count--, s->absents = 0;
        } else if (c->kind == SLOW_PARTITION) {
            c->first = 0;
            c->nodes = 1 + lots_below(last);
            c->lasts = lots_part(span, 0.1, 0.3);
        } else if (c->kind != SLOW_LEAVE && c->kind != SLOW_WIPE &&
                   (c->kind != SLOW_CRASH || lots_one_in(2)))
            c->lasts = lots_part(span, 0.05, 0.4);
        if (c->kind == SLOW_JOIN || c->kind == SLOW_LEAVE)
            break;
    }
}

static void draw_churn(struct slow_setup *s)
{
    s->churning = lots_one_in(2) ? 1 : 0.5;
    s->session = lots_part(s->interval, 4, 12);
    s->downtime = lots_part(s->interval, 0.3, 8);
    s->loses = lots_one_in(2);
    s->says_goodbye = lots_one_in(3);
    s->begins_up = lots_one_in(3);
}

/* Where intervals are hours: a contact is given 10 s, and who is alone does nothing but try. */
static void draw_slow_world(struct slow_setup *s)
{
    s->nodes = s->seeds = 4 + lots_below(6);
    s->latency /= 3600;
    s->latency_spread /= 3600;
    s->retransmit /= 3600;
}

static void draw_world(struct slow_setup *s)
{
    static const double losses[] = { 0, 0, 0.05, 0.1, 0.2, 0.3 };

    s->mtu = lots_one_in(2) ? 1400 : 256 + lots_below(1200);
    s->nodes = lots_one_in(60) ? 33 + lots_below(8) : 2 + lots_below(11);
    s->seeds = 1 + lots_below(s->nodes < 3 ? s->nodes : 3);
    s->forms = lots_one_in(8);
    s->join_rate = lots_one_in(2) ? 0 : 1 + 3 * lots_share();
    s->loss = losses[lots_below(6)];
    s->duplicate = lots_one_in(4) ? 0.2 : 0;
    s->latency = lots_part(s->timeout, 0.02, 0.5);
    s->latency_spread = lots_one_in(3) ? 0 : s->latency;
    s->retransmit = s->latency * 2 + lots_part(s->interval, 0.05, 0.3);
    if (s->interval > SLOW_HOUR)
        draw_slow_world(s);
    s->end = (s->nodes > 12 ? 12 : s->preset ? 40 : 25) * s->interval;
    if (lots_one_in(4) && s->interval < SLOW_HOUR)
        draw_churn(s);
    draw_changes(s);
}

static void draw_updates(struct slow_setup *s)
{
    const int sizes[] = { 20, 100, s->mtu / 3, s->mtu - 60, s->mtu + 50 };

    s->updates = lots_one_in(2) ? 0 : 1 + lots_below(12);
    s->update_size = sizes[lots_below(5)];
    s->update_spread = lots_one_in(2) && s->update_size < s->mtu / 2 ? s->mtu * 2 / 3 : 0;
    s->first_update = lots_part(s->end, 0.05, 0.3);
    s->every = lots_part(s->end, 0.01, 0.05);
    if (s->loses)
        s->updates = 0;
    for (int i = 0; i < s->change_count; i++)
        if (s->changes[i].kind == SLOW_WIPE)
            s->updates = 0;
}

static void set_preset(struct slow_setup *s, const char *name)
{
    const int64_t second = SLOW_SECOND;

    *s = (struct slow_setup){ .preset = name,
                              .interval = second,
                              .timeout = second / 2,
                              .helpers = 3,
                              .connection_probe = true,
                              .suspicion = true,
                              .suspicion_mult = 4,
                              .suspicion_max_mult = 6,
                              .retransmit_mult = 4,
                              .gossip_interval = second / 5,
                              .gossip_nodes = 3,
                              .forget_after = 30 * second,
                              .push_pull_interval = 30 * second,
                              .lifeguard = true,
                              .local_health = true,
                              .nacks = true,
                              .buddy = true,
                              .broadcasts = true,
                              .compression = true };
}

static void draw_preset(struct slow_setup *s)
{
    static const char *const names[] = { "paper",    "memberlist-wan", "memberlist-local",
                                         "serf-lan", "consul-lan",     "memberlist-lan" };
    const int which = lots_below(6);

    set_preset(s, names[which]);
    if (which == 0) {
        s->interval = 2 * SLOW_SECOND;
        s->helpers = 1;
        s->natural = true;
        s->suspicion_mult = s->retransmit_mult = 3;
        s->suspicion_max_mult = 1;
        s->gossip_nodes = 0;
        s->push_pull_interval = 0;
        s->lifeguard = s->connection_probe = s->compression = false;
    } else if (which == 1) {
        s->interval = 5 * SLOW_SECOND;
        s->timeout = 3 * SLOW_SECOND;
        s->suspicion_mult = 6;
        s->gossip_interval = SLOW_SECOND / 2;
        s->gossip_nodes = 4;
        s->forget_after = s->push_pull_interval = 60 * SLOW_SECOND;
    } else if (which == 2) {
        s->timeout = SLOW_SECOND / 5;
        s->helpers = 1;
        s->suspicion_mult = 3;
        s->retransmit_mult = 2;
        s->gossip_interval = SLOW_SECOND / 10;
        s->forget_after = s->push_pull_interval = 15 * SLOW_SECOND;
    } else if (which < 5)
        s->reconnect_interval = 30 * SLOW_SECOND;
    s->helpers = lots_one_in(3) ? 1 + lots_below(4) : s->helpers;
}

static void draw_swim(struct slow_setup *s)
{
    s->interval = SLOW_SECOND / 2 + lots_below((int)SLOW_SECOND);
    if (lots_one_in(20))
        s->interval += SLOW_HOUR;
    s->timeout = lots_part(s->interval, 0.2, 0.6);
    s->helpers = lots_below(6);
    s->is_random = lots_one_in(3);
    s->connection_probe = lots_one_in(2);
    s->suspicion = !lots_one_in(4);
    s->suspicion_mult = 1 + lots_below(5);
    s->suspicion_max_mult = 1 + lots_below(4);
    s->natural = lots_one_in(3);
    s->retransmit_mult = 1 + lots_below(5);
    s->gossip_interval = lots_part(s->interval, 0.1, 0.6);
    s->gossip_nodes = lots_one_in(4) ? 0 : 1 + lots_below(4);
    s->forget_after = lots_one_in(4) ? 0 : lots_part(s->interval, 1, 12);
    s->push_pull_interval = lots_one_in(3) ? 0 : lots_part(s->interval, 2, 12);
    s->reconnect_interval =
        lots_one_in(4) || s->interval > SLOW_HOUR ? lots_part(s->interval, 1, 6) : 0;
    s->lifeguard = !lots_one_in(4);
    s->local_health = !lots_one_in(3);
    s->nacks = !lots_one_in(3) || !s->local_health || s->helpers == 0; /* refused: without effect */
    s->buddy = !lots_one_in(3);
    s->broadcasts = !lots_one_in(4);
    s->compression = lots_one_in(2);
}

void slow_draw_case(struct slow_setup *s, int number)
{
    lots_begin(number);
    *s = (struct slow_setup){ .nodes = 0 };
    if (lots_one_in(10))
        draw_preset(s);
    else
        draw_swim(s);
    draw_world(s);
    draw_updates(s);
    lots_end();
}

static const char *word(bool is_so)
{
    return is_so ? "true" : "false";
}

static void write_all(const struct slow_setup *s, char text[SLOW_PARAMETERS_MAX])
{
    int used = snprintf(
        text, SLOW_PARAMETERS_MAX,
        "interval=%lldns timeout=%lldns helpers=%d order=%s connection_probe=%s suspicion=%s "
        "log=%s retransmit_mult=%d gossip_nodes=%d push_pull_interval=%lldns forget_after=%lldns "
        "reconnect_interval=%lldns lifeguard=%s broadcasts=%s compression=%s",
        (long long)s->interval, (long long)s->timeout, s->helpers,
        s->is_random ? "random" : "shuffled", word(s->connection_probe), word(s->suspicion),
        s->natural ? "e" : "10", s->retransmit_mult, s->gossip_nodes,
        (long long)s->push_pull_interval, (long long)s->forget_after,
        (long long)s->reconnect_interval, word(s->lifeguard), word(s->broadcasts),
        word(s->compression));

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

void slow_write_parameters(const struct slow_setup *s, char text[SLOW_PARAMETERS_MAX])
{
    if (s->preset)
        snprintf(text, SLOW_PARAMETERS_MAX, "preset=%s helpers=%d", s->preset, s->helpers);
    else
        write_all(s, text);
}
