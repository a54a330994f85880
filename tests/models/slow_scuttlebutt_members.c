/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt_members.c - who there is, comes and goes; see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt_state.h"

#include <math.h>
#include <string.h>

/* ---- beliefs ---- */

static void believe(int node, int owner, enum scuttle_member state)
{
    struct scuttle_belief *b = &w->beliefs[node][owner];

    if (state >= SCUTTLE_GONE && b->state < SCUTTLE_GONE && net_is_up(owner))
        scuttle_add(SCUTTLE_FALSE_DEAD, 1);
    if (state == SCUTTLE_LIVE || b->state == SCUTTLE_LIVE || b->state == SCUTTLE_UNKNOWN)
        b->since = net_now();
    b->state = state;
    scuttle_look_at_crashes();
}

void scuttle_answered(int node, int owner)
{
    struct scuttle_belief *b = &w->beliefs[node][owner];

    if (b->state != SCUTTLE_UNKNOWN && w->views[node][owner].heartbeat != SCUTTLE_HAS_LEFT)
        believe(node, owner, SCUTTLE_LIVE);
}

static double silence_allowed(const struct scuttle_belief *b)
{
    const struct scuttle_setup *s = w->setup;
    const double mean = (b->sum + s->prior * (double)s->initial) / (b->count + s->prior);

    return s->phi ? s->threshold * mean * (s->log_10 ? log(10) : 1) : (double)s->timeout;
}

/* As if it had just been heard for the first time. */
static void begin_window(struct scuttle_belief *b)
{
    b->was_heard = true;
    b->heard = net_now();
    b->count = w->setup->prior == 0;
    b->sum = b->count ? (double)w->setup->initial : 0;
}

static void note_interval(struct scuttle_belief *b)
{
    const int64_t interval = net_now() - b->heard;

    if (!b->was_heard) {
        begin_window(b);
        return;
    }
    if (interval <= w->setup->max_interval) {
        b->count++;
        b->sum += (double)interval;
    }
    b->heard = net_now();
}

static void hear(int node, int owner)
{
    struct scuttle_belief *b = &w->beliefs[node][owner];

    note_interval(b);
    if (w->views[node][owner].heartbeat == SCUTTLE_HAS_LEFT) {
        believe(node, owner, SCUTTLE_LEFT);
        return;
    }
    if (b->state == SCUTTLE_UNKNOWN)
        believe(node, owner, SCUTTLE_NEW);
    if (b->state == SCUTTLE_LIVE || (w->setup->prior > 0 && b->count == 0))
        return;
    if (!w->setup->echo)
        believe(node, owner, SCUTTLE_LIVE);
    else
        scuttle_send(node, owner, SCUTTLE_ECHO, NULL);
}

void scuttle_hear(int node, int owner, int generation, int heartbeat)
{
    struct scuttle_view *view = &w->views[node][owner];
    const struct scuttle_view told = { .is_known = true,
                                       .generation = generation,
                                       .heartbeat = heartbeat };

    if (net_now() < w->beliefs[node][owner].quarantined_until || !scuttle_is_younger(&told, view))
        return;
    view->is_known = true;
    view->generation = generation;
    view->heartbeat = heartbeat;
    hear(node, owner);
}

void scuttle_judge(int node)
{
    for (int owner = 0; owner < w->setup->nodes; owner++) {
        struct scuttle_belief *b = &w->beliefs[node][owner];

        if (owner == node || b->state != SCUTTLE_LIVE || !b->was_heard ||
            (double)(net_now() - b->heard) <= silence_allowed(b))
            continue;
        believe(node, owner, SCUTTLE_GONE);
        if (w->setup->anew) {
            b->count = 0;
            b->sum = 0;
            b->was_heard = false;
        }
        scuttle_add(SCUTTLE_VERDICTS, 1);
    }
}

int scuttle_members(int node, bool alive, int *ids)
{
    int count = 0;

    for (int i = 0; i < w->setup->nodes; i++)
        if (i != node && w->views[node][i].is_known &&
            (w->beliefs[node][i].state == SCUTTLE_LIVE) == alive)
            ids[count++] = i;
    return count;
}

/* ---- removal ---- */

static bool is_due(const struct scuttle_belief *b, int64_t after)
{
    return after > 0 && net_now() - b->since >= after;
}

void scuttle_bury(int node)
{
    const struct scuttle_setup *s = w->setup;

    for (int owner = 0; owner < s->nodes; owner++) {
        struct scuttle_belief *b = &w->beliefs[node][owner];
        struct scuttle_view *view = &w->views[node][owner];

        if (owner == node || !view->is_known || b->state == SCUTTLE_LIVE)
            continue;
        b->is_silent = is_due(b, s->silent_after);
        if (!is_due(b, b->state == SCUTTLE_LEFT ? s->remove_left : s->remove_dead))
            continue;
        *b = (struct scuttle_belief){ .quarantined_until = net_now() + s->quarantine };
        view->is_known = view->has_gap = false;
        view->generation = view->heartbeat = 0;
        scuttle_add(SCUTTLE_REMOVED, 1);
        scuttle_look_at_crashes();
    }
}

bool scuttle_tells_of(int node, int owner)
{
    const struct scuttle_belief *b = &w->beliefs[node][owner];

    return w->views[node][owner].is_known && !(b->is_silent && b->state != SCUTTLE_LIVE);
}

/* ---- who comes and goes ---- */

static int count_other_seeds(int node)
{
    return w->setup->seeds - (node < w->setup->seeds);
}

void scuttle_ask_seeds(int node)
{
    for (int seed = 0; seed < w->setup->seeds; seed++)
        if (seed != node)
            scuttle_send(node, seed, SCUTTLE_SYN, NULL);
    net_set_timer(node, SCUTTLE_SHADOW, 0, 5 * (int64_t)SECOND);
}

static void boot(int node)
{
    net_set_up(node, true);
    for (int i = 0; i < w->setup->nodes; i++) {
        struct scuttle_belief *b = &w->beliefs[node][i];

        w->has_refused[node][i] = false;
        if (b->state != SCUTTLE_UNKNOWN)
            begin_window(b);
    }
    scuttle_came(node);
    w->in_shadow[node] = w->setup->shadow_round && count_other_seeds(node) > 0;
    if (!w->in_shadow[node]) {
        scuttle_begin_rounds(node);
        return;
    }
    scuttle_add(SCUTTLE_SHADOW_ROUNDS, 1);
    scuttle_ask_seeds(node);
    if (node < w->setup->seeds)
        net_set_timer(node, SCUTTLE_GIVE_UP, 0, 30 * (int64_t)SECOND);
}

void scuttle_end_shadow(int node)
{
    w->in_shadow[node] = false;
    scuttle_begin_rounds(node);
}

void scuttle_refused(int node, int by)
{
    int count = 0;

    w->has_refused[node][by] = true;
    for (int i = 0; i < w->setup->seeds; i++)
        count += i != node && w->has_refused[node][i];
    if (node < w->setup->seeds && count == count_other_seeds(node))
        scuttle_end_shadow(node);
}

static void set_generation(int node)
{
    struct scuttle_view *own = &w->views[node][node];
    const int by_time = 2 + (int)(net_now() / 100000000);

    own->is_known = true;
    own->generation = own->generation + 1 > by_time ? own->generation + 1 : by_time;
    own->heartbeat = 0;
}

void slow_scuttlebutt_start(int node)
{
    net_set_up(node, true);
    for (int i = 0; i < w->setup->nodes; i++) {
        w->views[node][i].is_known = true;
        w->views[node][i].generation = 1;
        w->beliefs[node][i].state = SCUTTLE_LIVE;
        begin_window(&w->beliefs[node][i]);
    }
    w->phases[node] = net_part_of(w->setup->interval);
    scuttle_begin_rounds(node);
}

void slow_scuttlebutt_join(int node)
{
    w->phases[node] = net_part_of(w->setup->interval);
    set_generation(node);
    boot(node);
}

void slow_scuttlebutt_crash(int node)
{
    net_set_up(node, false);
    scuttle_went(node);
}

void slow_scuttlebutt_return(int node)
{
    set_generation(node);
    boot(node);
}

void slow_scuttlebutt_wipe(int node)
{
    memset(w->views[node], 0, sizeof w->views[node]);
    memset(w->beliefs[node], 0, sizeof w->beliefs[node]);
    set_generation(node);
    boot(node);
}

void slow_scuttlebutt_leave(int node)
{
    int live[NODES];
    const int count = scuttle_members(node, true, live);

    w->views[node][node].heartbeat = SCUTTLE_HAS_LEFT;
    for (int i = 0; i < count && w->setup->goodbye && !w->in_shadow[node]; i++)
        scuttle_send_goodbye(node, live[i]);
    net_leave(node);
    scuttle_look_at_crashes();
}
