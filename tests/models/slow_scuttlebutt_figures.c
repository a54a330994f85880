/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_scuttlebutt_figures.c - how far nodes are behind, and right; see slow_scuttlebutt.h. */
#include "tests/models/slow_scuttlebutt_state.h"

#include <assert.h>
#include <math.h>

void scuttle_add(enum scuttle_figure figure, double much)
{
    if (w->figures)
        w->figures[figure] += much;
}

void slow_scuttlebutt_sent(const struct net_event *message)
{
    scuttle_add((enum scuttle_figure)(SCUTTLE_SYNS + (message->kind - SCUTTLE_SYN)), 1);
}

/* 0: it is not stale. */
static int superseding(int node, int owner, int key)
{
    const int version = w->views[node][owner].versions[key];

    return version > 0 ? w->next[owner][version] : w->first[owner][key];
}

struct scuttle_lag slow_scuttlebutt_lag(void)
{
    struct scuttle_lag sum = { 0 };
    double up = 0, keys = 0;

    for (int node = 0; node < w->setup->nodes; node++) {
        double max = 0;

        if (!net_is_up(node))
            continue;
        up++;
        for (int owner = 0; owner < w->setup->nodes; owner++)
            for (int key = 0; key < w->setup->keys; key++) {
                const int by = superseding(node, owner, key);
                const double lag = by > 0 ? (double)(net_now() - w->times[owner][by]) / SECOND : 0;

                max = lag > max ? lag : max;
                sum.mean += lag;
                sum.stale += by > 0;
            }
        sum.max += max;
    }
    for (int owner = 0; owner < w->setup->nodes; owner++)
        for (int key = 0; key < w->setup->keys; key++)
            keys += w->first[owner][key] > 0;
    return (struct scuttle_lag){ sum.max / up, sum.mean / up / fmax(1, keys), sum.stale / up };
}

double slow_scuttlebutt_right(bool is_up)
{
    double pairs = 0, right = 0;

    for (int node = 0; node < w->setup->nodes; node++)
        for (int other = 0; other < w->setup->nodes; other++)
            if (node != other && net_is_up(node) && net_is_up(other) == is_up) {
                pairs++;
                right += (w->beliefs[node][other].state == SCUTTLE_LIVE) == is_up;
            }
    return pairs > 0 ? right / pairs : 1;
}

/* ---- crashes ---- */

static void reach(int64_t *when, bool is_reached)
{
    if (is_reached && *when == 0)
        *when = net_now();
}

void scuttle_look_at_crashes(void)
{
    for (int i = 0; i < w->crash_count; i++) {
        struct scuttle_found *c = &w->found[i];
        int observers = 0, count = 0;

        for (int node = 0; node < w->setup->nodes && !c->is_over; node++)
            if (node != c->node && net_is_up(node)) {
                observers++;
                count += w->beliefs[node][c->node].state >= SCUTTLE_GONE;
            }
        if (c->is_over || observers == 0)
            continue;
        reach(&c->first, count > 0);
        reach(&c->half, 2 * count >= observers);
        reach(&c->all, count == observers);
    }
}

void scuttle_went(int node)
{
    assert(w->crash_count < CRASHES);
    w->found[w->crash_count++] = (struct scuttle_found){ .node = node, .at = net_now() };
    scuttle_look_at_crashes();
}

void scuttle_came(int node)
{
    for (int i = 0; i < w->crash_count; i++)
        w->found[i].is_over |= w->found[i].node == node;
    scuttle_look_at_crashes();
}

static double seconds_until(int64_t when, int64_t since, int64_t end)
{
    return (double)((when ? when : end) - since) / SECOND;
}

void slow_scuttlebutt_conclude(int64_t end)
{
    for (int i = 0; i < w->crash_count; i++) {
        const struct scuttle_found *c = &w->found[i];

        scuttle_add(SCUTTLE_DETECT_FIRST, seconds_until(c->first, c->at, end) / w->crash_count);
        scuttle_add(SCUTTLE_DETECT_T50, seconds_until(c->half, c->at, end) / w->crash_count);
        scuttle_add(SCUTTLE_DETECT_ALL, seconds_until(c->all, c->at, end) / w->crash_count);
    }
}
