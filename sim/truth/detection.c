/* SPDX-License-Identifier: GPL-3.0-or-later */
/* detection.c - see detection.h. */
#include "sim/truth/detection.h"

#include <assert.h>
#include <math.h>

#define BIT(milestone) (UINT32_C(1) << (milestone))
#define AFTER_CRASH                                                                            \
    (BIT(MILESTONE_SUSPECT) | BIT(MILESTONE_FIRST) | BIT(MILESTONE_T50) | BIT(MILESTONE_T99) | \
     BIT(MILESTONE_ALL))
#define AFTER_RETURN (BIT(MILESTONE_JOIN_T99) | BIT(MILESTONE_JOIN_ALL))

/* Who counts for a milestone, and how many of the live nodes, the one in question apart, they must
 * be: a share in thousandths, or 0 for one of them. */
static const struct {
    enum belief belief;
    uint32_t permille;
} wanted[MILESTONES] = {
    [MILESTONE_SUSPECT] = { BELIEF_SUSPECT, 0 },   [MILESTONE_FIRST] = { BELIEF_DEAD, 0 },
    [MILESTONE_T50] = { BELIEF_DEAD, 500 },        [MILESTONE_T99] = { BELIEF_DEAD, 990 },
    [MILESTONE_ALL] = { BELIEF_DEAD, 1000 },       [MILESTONE_JOIN_T99] = { BELIEF_ALIVE, 990 },
    [MILESTONE_JOIN_ALL] = { BELIEF_ALIVE, 1000 },
};

void detection_init(struct detection *d, struct memory *memory, uint32_t nodes)
{
    d->count = d->live = nodes;
    d->awaited = memory_get(memory, nodes, sizeof *d->awaited);
    crash_log_init(&d->log, memory);
    d->nodes = d->awaited ? memory_get(memory, nodes, sizeof *d->nodes) : NULL;
    for (node_id i = 0; i < nodes && d->nodes; i++)
        d->nodes[i].wrong_since = DETECTION_NEVER;
}

/* ---- the log ---- */

/* The share of `live` nodes that hold a node dead. */
static double share_dead(const struct believed *b, uint32_t live)
{
    return live > 0 ? (double)b->by[BELIEF_DEAD] / live : 0;
}

/* Who believes nothing any more mostly does so because it goes, and counts no longer. */
static void log_spread(struct detection *d, struct believed *b, const struct belief_change *change,
                       sim_time now)
{
    if (b->crash.row && (change->from == BELIEF_DEAD || change->to == BELIEF_DEAD))
        crash_log_spread(&d->log, &b->crash, share_dead(b, d->live - (change->to == BELIEF_NONE)),
                         now - b->since);
}

static void log_milestone(struct detection *d, const struct believed *b, enum milestone milestone,
                          sim_time time)
{
    struct sim_detection *row = crash_log_row(&d->log, &b->crash);

    if (!row)
        return;
    if (milestone == MILESTONE_SUSPECT)
        row->suspected = time;
    else if (milestone == MILESTONE_FIRST)
        row->first = time;
    else if (milestone == MILESTONE_T50)
        row->t50 = time;
    else if (milestone == MILESTONE_T99)
        row->t99 = time;
    else if (milestone == MILESTONE_ALL)
        row->all = time;
}

/* ---- milestones ---- */

static void await(struct detection *d, node_id node, uint32_t milestones)
{
    d->awaited[d->awaited_count++] = node;
    d->nodes[node].place = d->awaited_count;
    d->nodes[node].awaits = milestones;
    d->ceiling = UINT32_MAX; /* to be looked at when all that changes at this instant has */
}

static void await_no_more(struct detection *d, struct believed *b)
{
    const node_id last = d->awaited[--d->awaited_count];

    d->awaited[b->place - 1] = last;
    d->nodes[last].place = b->place;
    b->awaits = 0;
}

static void reach(struct detection *d, struct believed *b, enum milestone milestone, sim_time at)
{
    struct milestone_times *times = &d->times[milestone];
    const sim_time time = at - b->since;

    times->reached++;
    times->sum += (double)time;
    times->max = time > times->max ? time : times->max;
    log_milestone(d, b, milestone, time);
    b->awaits &= ~BIT(milestone);
    if (milestone == MILESTONE_FIRST) /* a suspicion from now on is not the first sign */
        b->awaits &= ~BIT(MILESTONE_SUSPECT);
}

/* The most nodes of which `holders` are the milestone's share. */
static uint32_t most_others(enum milestone milestone, uint32_t holders)
{
    const uint32_t permille = wanted[milestone].permille;

    if (permille == 0)
        return holders > 0 ? UINT32_MAX : 0;
    return (uint32_t)((uint64_t)holders * 1000 / permille);
}

/* Notes the milestones that a node has reached `at`, and with how many live nodes it would reach
 * others. */
static void look(struct detection *d, struct believed *b, sim_time at)
{
    const uint32_t itself = !b->is_down, others = d->live - itself;

    for (enum milestone m = 0; m < MILESTONES; m++) {
        uint32_t most;

        if (!(b->awaits & BIT(m)))
            continue;
        most = most_others(m, b->by[wanted[m].belief]);
        if (others > 0 && others <= most)
            reach(d, b, m, at);
        else if (most > 0 && most + itself > d->ceiling)
            d->ceiling = most + itself;
    }
    if (!b->awaits)
        await_no_more(d, b);
}

/* Backwards: one that awaits no more has its place taken by one that was looked at before. */
static void look_at_all(struct detection *d)
{
    d->ceiling = 0;
    for (uint32_t i = d->awaited_count; i-- > 0;)
        look(d, &d->nodes[d->awaited[i]], d->changed_at);
}

/* ---- time ---- */

/* A live node is right about one that is up if it holds it alive, and about one that is down if it
 * holds it dead or nothing at all.  A suspicion is right about neither. */
static double share_right(const struct detection *d)
{
    const double live = d->live, down = d->count - d->live;

    return ((double)d->alive_up + live * down - (double)d->held_down) / (live * (d->count - 1));
}

/* Until `now` things were as they are. */
static void advance(struct detection *d, sim_time now)
{
    const double time = (double)(now - d->area_since);

    if (d->changed_at < now && d->live <= d->ceiling)
        look_at_all(d);
    d->area_since = now;
    if (time > 0 && d->live > 0 && d->count > 1) {
        d->right_area += share_right(d) * time;
        d->pairs_time += time;
    }
}

/* ---- what changes ---- */

static void end_mistake(struct detection *d, struct believed *b, sim_time now)
{
    if (b->wrong_since != DETECTION_NEVER)
        d->mistake_time += (double)(now - b->wrong_since);
    b->wrong_since = DETECTION_NEVER;
}

/* A verdict about a node that is up and that messages could reach; true if it is "dead". */
static bool note_false(struct detection *d, const struct belief_change *change, sim_time now)
{
    struct believed *b = &d->nodes[change->subject];

    d->false_suspect += change->to == BELIEF_SUSPECT;
    if (change->to != BELIEF_DEAD)
        return false;
    d->false_dead++;
    d->false_dead_at_healthy += !change->is_disturbed;
    crash_log_mistake(&d->log, now);
    if (b->wrong_since == DETECTION_NEVER) {
        b->wrong_since = now;
        d->mistakes++;
    }
    return true;
}

/* Adds the pairs of those who hold a node so to the sums of its kind, or takes them off. */
static void move_pairs(struct detection *d, const struct believed *b, enum belief belief,
                       int64_t pairs)
{
    if (!b->is_down)
        d->alive_up += (uint64_t)(belief == BELIEF_ALIVE ? pairs : 0);
    else if (belief == BELIEF_ALIVE || belief == BELIEF_SUSPECT)
        d->held_down += (uint64_t)pairs;
}

static void add_holder(struct detection *d, const struct belief_change *change, enum belief belief,
                       int sign)
{
    struct believed *subject = &d->nodes[change->subject];

    if (belief == BELIEF_NONE)
        return;
    assert(sign > 0 || subject->by[belief] > 0); /* a model said `from` and had said otherwise */
    subject->by[belief] += (uint32_t)sign;
    d->nodes[change->observer].holds += (uint32_t)sign;
    move_pairs(d, subject, belief, sign);
}

bool detection_believe(struct detection *d, const struct belief_change *change, sim_time now)
{
    struct believed *b = &d->nodes[change->subject];
    bool is_false_dead;

    assert(change->subject < d->count && change->subject != change->observer);
    assert(change->from != change->to);
    advance(d, now);
    add_holder(d, change, change->from, -1);
    add_holder(d, change, change->to, 1);
    log_spread(d, b, change, now);
    if (b->awaits)
        look(d, b, now);
    is_false_dead = !b->is_down && !change->is_excused && note_false(d, change, now);
    if (b->by[BELIEF_DEAD] == 0)
        end_mistake(d, b, now);
    return is_false_dead;
}

/* What others believe of a node stays, but is about one that is up, or down, from now on. */
static void turn(struct detection *d, node_id node, bool is_down, sim_time now)
{
    struct believed *b = &d->nodes[node];

    if (b->awaits)
        await_no_more(d, b);
    for (enum belief belief = BELIEF_ALIVE; belief < BELIEFS; belief++)
        move_pairs(d, b, belief, -(int64_t)b->by[belief]);
    b->is_down = is_down;
    for (enum belief belief = BELIEF_ALIVE; belief < BELIEFS; belief++)
        move_pairs(d, b, belief, b->by[belief]);
    b->since = d->changed_at = now;
}

void detection_down(struct detection *d, node_id node, bool is_awaited, sim_time now)
{
    struct believed *b = &d->nodes[node];

    advance(d, now);
    assert(b->holds == 0); /* its model withdraws all that it believes in on_down() */
    end_mistake(d, b, now);
    turn(d, node, true, now);
    d->live--;
    if (!is_awaited)
        return;
    crash_log_begin(&d->log, &b->crash, node, share_dead(b, d->live), now);
    await(d, node, AFTER_CRASH);
}

void detection_up(struct detection *d, node_id node, bool is_awaited, sim_time now)
{
    struct believed *b = &d->nodes[node];

    advance(d, now);
    d->undetected += (b->awaits & BIT(MILESTONE_FIRST)) && b->since < now;
    if (b->crash.row)
        crash_log_end(&d->log, &b->crash, now - b->since);
    turn(d, node, false, now);
    d->live++;
    if (is_awaited)
        await(d, node, AFTER_RETURN);
}

/* ---- what is measured ---- */

void detection_begin(struct detection *d, sim_time now)
{
    advance(d, now);
    d->false_dead = d->false_suspect = d->false_dead_at_healthy = d->mistakes = 0;
    d->mistake_time = d->right_area = d->pairs_time = 0;
    for (node_id i = 0; i < d->count; i++)
        d->nodes[i].wrong_since = DETECTION_NEVER;
}

double detection_accuracy(struct detection *d, sim_time now)
{
    advance(d, now);
    return d->pairs_time > 0 ? d->right_area / d->pairs_time : NAN;
}

void detection_end(struct detection *d, sim_time now)
{
    if (d->live <= d->ceiling)
        look_at_all(d);
    for (uint32_t i = 0; i < d->awaited_count; i++)
        for (enum milestone m = 0; m < MILESTONES; m++)
            d->times[m].missed += d->nodes[d->awaited[i]].awaits >> m & 1;
    for (node_id i = 0; i < d->count; i++) {
        end_mistake(d, &d->nodes[i], now);
        if (d->nodes[i].crash.row)
            crash_log_end(&d->log, &d->nodes[i].crash, now - d->nodes[i].since);
    }
}
