/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_measure.c - who believes what of whom, and whether it is right; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <math.h>

static double seconds(int64_t time)
{
    return (double)time / (double)SLOW_SECOND;
}

/* ---- beliefs ---- */

static bool is_right(const struct node *observer, int other)
{
    const enum belief belief = observer->table[other].state;

    return slow.nodes[other].is_up ? belief == ALIVE : belief == DEAD || belief == NOTHING;
}

static double share_of_right(void)
{
    int right = 0, pairs = 0;

    for (int i = 0; i < slow.setup->nodes; i++)
        for (int k = 0; k < slow.setup->nodes && slow.nodes[i].is_up; k++)
            if (i != k) {
                pairs++;
                right += is_right(&slow.nodes[i], k);
            }
    return pairs > 0 ? (double)right / pairs : 1;
}

void slow_count_beliefs(void)
{
    if (slow.now > slow.counted)
        slow.right += share_of_right() * (double)(slow.now - slow.counted);
    slow.counted = slow.now;
}

static void count_size(int node)
{
    int size = 0;

    for (int i = 0; i < slow.setup->nodes; i++)
        size += i != node && (slow.nodes[node].table[i].state == ALIVE ||
                              slow.nodes[node].table[i].state == SUSPECT);
    slow.has_size[size] = true;
}

static void count_sizes(void)
{
    for (int i = 0; i < slow.setup->nodes; i++)
        if (slow.nodes[i].has_new_size) {
            slow.nodes[i].has_new_size = false;
            count_size(i);
        }
}

static bool stands_partition(void)
{
    for (int i = 0; i < slow.setup->change_count; i++)
        if (slow.stands[i])
            return true;
    return false;
}

static void judge(int node, int other, enum belief belief)
{
    if (!slow.nodes[other].is_up || slow.nodes[other].is_paused || slow_is_cut(node, other))
        return;
    if (belief == SUSPECT)
        slow.figures[SLOW_FALSE_SUSPECT]++;
    if (belief != DEAD)
        return;
    slow.figures[SLOW_FALSE_DEAD]++;
    slow.figures[SLOW_FALSE_DEAD_AT_HEALTHY] += !stands_partition() &&
                                                !slow.nodes[node].is_paused &&
                                                slow.now >= slow.nodes[node].well_from;
    if (slow.mistaken[other] == NEVER)
        slow.mistaken[other] = slow.now;
}

void slow_believe(int node, int other, enum belief belief)
{
    struct member *m = &slow.nodes[node].table[other];

    if (m->state == belief)
        return;
    slow_count_beliefs();
    m->state = belief;
    if (node == other)
        return;
    judge(node, other, belief);
    slow.nodes[node].has_new_size = slow.has_changed = true;
}

/* ---- crashes and returns ---- */

void slow_went(int node, bool gracefully)
{
    slow.has_changed = true;
    for (int i = 0; i < slow.return_count; i++)
        if (slow.returns[i].node == node)
            slow.returns[i].is_over = true;
    if (!gracefully)
        slow.crashes[slow.crash_count++] = (struct crash){ .node = node,
                                                           .at = slow.now,
                                                           .suspected = NEVER,
                                                           .first = NEVER,
                                                           .half = NEVER,
                                                           .most = NEVER,
                                                           .all = NEVER,
                                                           .end = NEVER };
}

void slow_came(int node, bool counts)
{
    slow.has_changed = true;
    for (int i = 0; i < slow.crash_count; i++)
        if (slow.crashes[i].node == node && slow.crashes[i].end == NEVER)
            slow.crashes[i].end = slow.now;
    if (counts)
        slow.returns[slow.return_count++] =
            (struct comeback){ .node = node, .at = slow.now, .most = NEVER, .all = NEVER };
}

static int count_who_holds(int other, enum belief belief, int *observers)
{
    int count = 0;

    *observers = 0;
    for (int i = 0; i < slow.setup->nodes; i++)
        if (i != other && slow.nodes[i].is_up) {
            ++*observers;
            count += slow.nodes[i].table[other].state == belief;
        }
    return count;
}

static void reach(int64_t *when, bool is_reached)
{
    if (is_reached && *when == NEVER)
        *when = slow.now;
}

static void look_at_crash(struct crash *c)
{
    int observers;
    const int suspect = count_who_holds(c->node, SUSPECT, &observers);
    const int dead = count_who_holds(c->node, DEAD, &observers);

    if (c->first == NEVER)
        reach(&c->suspected, suspect > 0);
    reach(&c->first, dead > 0);
    reach(&c->half, dead > 0 && 2 * dead >= observers);
    reach(&c->most, dead > 0 && 100 * dead >= 99 * observers);
    reach(&c->all, dead > 0 && dead == observers);
}

static void look_at_mistake(int node)
{
    int observers;

    if (slow.mistaken[node] == NEVER ||
        (slow.nodes[node].is_up && count_who_holds(node, DEAD, &observers) > 0))
        return;
    slow.mistake_sum += seconds(slow.now - slow.mistaken[node]);
    slow.mistakes++;
    slow.mistaken[node] = NEVER;
}

void slow_look(void)
{
    if (!slow.has_changed)
        return;
    slow.has_changed = false;
    count_sizes();
    for (int i = 0; i < slow.crash_count; i++)
        if (slow.crashes[i].end == NEVER)
            look_at_crash(&slow.crashes[i]);
    for (int i = 0; i < slow.return_count; i++) {
        struct comeback *r = &slow.returns[i];
        int observers;
        const int alive = count_who_holds(r->node, ALIVE, &observers);

        if (r->is_over)
            continue;
        reach(&r->most, observers > 0 && 100 * alive >= 99 * observers);
        reach(&r->all, observers > 0 && alive == observers);
    }
    for (int i = 0; i < slow.setup->nodes; i++)
        look_at_mistake(i);
}

/* ---- the end ---- */

static double passed(int64_t when, int64_t since)
{
    return seconds((when == NEVER ? slow.setup->end : when) - since);
}

static void add_crashes(void)
{
    double *f = slow.figures;
    int count = 0;

    for (int i = 0; i < slow.crash_count; i++) {
        const struct crash *c = &slow.crashes[i];

        if (c->end == c->at) /* a wipe */
            continue;
        count++;
        f[SLOW_UNDETECTED] += c->end != NEVER && c->first == NEVER;
        f[SLOW_SUSPECT_FIRST] += passed(c->suspected, c->at);
        f[SLOW_DETECT_FIRST] += passed(c->first, c->at);
        f[SLOW_DETECT_T50] += passed(c->half, c->at);
        f[SLOW_DETECT_T99] += passed(c->most, c->at);
        f[SLOW_DETECT_ALL] += passed(c->all, c->at);
    }
    for (int k = SLOW_SUSPECT_FIRST; k <= SLOW_DETECT_ALL; k++)
        f[k] = count > 0 ? f[k] / count : 0;
}

/* A mean over those that are not over; the run's end where one of them never came. */
static double mean_return(bool of_all)
{
    double sum = 0;
    int count = 0;

    for (int i = 0; i < slow.return_count; i++) {
        const struct comeback *r = &slow.returns[i];
        const int64_t when = of_all ? r->all : r->most;

        if (when == NEVER && !r->is_over)
            return seconds(slow.setup->end);
        if (when == NEVER)
            continue;
        sum += seconds(when - r->at);
        count++;
    }
    return count > 0 ? sum / count : 0;
}

static void add_updates(void)
{
    const struct slow_setup *s = slow.setup;
    int live = 0, lacking = 0, learned = 0;
    double delay = 0, slowest = 0;

    for (int i = 0; i < s->nodes; i++) {
        const struct node *n = &slow.nodes[i];

        live += n->is_up;
        for (int k = 0; k < slow.written_count; k++) {
            if (n->is_up && !(n->known >> k & 1))
                lacking++;
            if (n->learned[k] > slow.written[k]) {
                const double took = seconds(n->learned[k] - slow.written[k]);

                learned++;
                delay += took;
                slowest = fmax(slowest, took);
            }
        }
    }
    slow.figures[SLOW_RESIDUE] =
        live > 0 ? (double)lacking / fmax(1, live * slow.written_count) : slow.written_count > 0;
    slow.figures[SLOW_T_AVG] = learned > 0 ? delay / learned : 0;
    slow.figures[SLOW_T_LAST] = slowest;
}

void slow_add_up(void)
{
    double *f = slow.figures;
    int live = 0;

    slow_count_beliefs();
    for (int i = 0; i < slow.setup->nodes; i++) {
        if (slow.nodes[i].is_up) {
            live++;
            f[SLOW_HEALTH] += slow.nodes[i].score;
        }
        if (slow.mistaken[i] != NEVER) {
            slow.mistake_sum += seconds(slow.now - slow.mistaken[i]);
            slow.mistakes++;
        }
    }
    for (int i = 0; i < NODES; i++)
        f[SLOW_VIEW_SIZES] += slow.has_size[i];
    f[SLOW_HEALTH] /= live > 0 ? live : 1;
    f[SLOW_ACCURACY] = slow.right / (double)slow.setup->end;
    f[SLOW_MISTAKE_TIME] = slow.mistakes > 0 ? slow.mistake_sum / slow.mistakes : 0;
    add_crashes();
    f[SLOW_JOIN_T99] = mean_return(false);
    f[SLOW_JOIN_ALL] = mean_return(true);
    add_updates();
}
