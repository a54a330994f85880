/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_table.c - what a node makes of the news that it hears; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <math.h>

enum { SCORE_MAX = 7 };

int slow_members(int node)
{
    int count = 0;

    for (int i = 0; i < slow.setup->nodes; i++)
        count += slow.nodes[node].table[i].state != NOTHING;
    return count;
}

void slow_set_score(int node, int score)
{
    const struct slow_setup *s = slow.setup;

    if (s->lifeguard && s->local_health)
        slow.nodes[node].score = score < 0 ? 0 : score > SCORE_MAX ? SCORE_MAX : score;
}

/* ---- suspicions ---- */

static double factor(int members)
{
    if (slow.setup->natural)
        return fmax(1, ceil(log(members + 1)));
    return floor(1000 * fmax(1, log10(members))) / 1000;
}

static int64_t length(const struct member *m)
{
    if (m->wanted < 1)
        return m->min;
    return (int64_t)fmax((double)m->min, (double)m->max - (double)(m->max - m->min) *
                                                              log(m->confirmed + 1) /
                                                              log(m->wanted + 1));
}

static void set_timer(int node, int member)
{
    struct node *n = &slow.nodes[node];
    struct member *m = &n->table[member];
    const int64_t left = m->start + length(m) - slow.now;

    m->timer = ++n->counted;
    slow_after(node, left > 0 ? left : 0, SUSPICION_OVER, m->timer);
}

static void begin_suspicion(int node, int member, int by)
{
    const struct slow_setup *s = slow.setup;
    struct member *m = &slow.nodes[node].table[member];
    const int members = slow_members(node), wanted = s->suspicion_mult - 2;

    m->is_timed = true;
    m->start = slow.now;
    m->min = (int64_t)(s->suspicion_mult * factor(members) * (double)s->interval);
    m->max = m->min * s->suspicion_max_mult;
    m->wanted = s->lifeguard && members - 2 >= wanted ? wanted : 0;
    m->confirmed = 0;
    for (int i = 0; i < NODES; i++)
        m->has_confirmed[i] = i == by;
    set_timer(node, member);
}

static void confirm(int node, struct news news)
{
    struct member *m = &slow.nodes[node].table[news.member];

    if (m->confirmed >= m->wanted || m->has_confirmed[news.from])
        return;
    m->has_confirmed[news.from] = true;
    m->confirmed++;
    set_timer(node, news.member);
    slow_tell(node, news);
}

/* ---- the list that is walked ---- */

/* At a random place among those that are probed: before or after those that were in this lap. */
static void add_to_lap(struct node *n, int member)
{
    int live = 0, done = 0, at = 0;

    for (int i = 0; i < n->lap_count; i++) {
        const enum belief state = n->table[n->lap[i]].state;

        live += state == ALIVE || state == SUSPECT;
        done += i < n->lap_next && (state == ALIVE || state == SUSPECT);
    }
    if (slow_below(live + 1) < done)
        n->lap_next++;
    else
        at = n->lap_next + slow_below(n->lap_count - n->lap_next + 1);
    for (int i = n->lap_count++; i > at; i--)
        n->lap[i] = n->lap[i - 1];
    n->lap[at] = member;
}

static void leave_lap(struct node *n, int member)
{
    int at = 0;

    while (n->lap[at] != member)
        at++;
    n->lap_count--;
    n->lap_next -= at < n->lap_next;
    for (int i = at; i < n->lap_count; i++)
        n->lap[i] = n->lap[i + 1];
}

/* ---- what is heard ---- */

static void set_state(int node, int member, enum belief state, int incarnation)
{
    struct member *m = &slow.nodes[node].table[member];

    m->is_timed = false;
    m->incarnation = incarnation;
    m->since = slow.now;
    slow.nodes[node].failed[member] = state == DEAD && !m->has_left ? slow.now : 0;
    slow_believe(node, member, state);
}

static void refute(int node, int accused)
{
    struct member *self = &slow.nodes[node].table[node];

    self->incarnation = (accused > self->incarnation ? accused : self->incarnation) + 1;
    slow.figures[SLOW_REFUTATIONS]++;
    slow_set_score(node, slow.nodes[node].score + 1);
    slow_tell(node, (struct news){ ALIVE, node, node, self->incarnation });
}

static void hear_alive(int node, struct news news)
{
    struct member *m = &slow.nodes[node].table[news.member];

    if (m->state != NOTHING && news.incarnation <= m->incarnation)
        return;
    if (news.member == node) {
        refute(node, news.incarnation);
        return;
    }
    if (m->state == DEAD)
        leave_lap(&slow.nodes[node], news.member);
    if (m->state == NOTHING || m->state == DEAD)
        add_to_lap(&slow.nodes[node], news.member);
    m->has_left = false;
    set_state(node, news.member, ALIVE, news.incarnation);
    slow_tell(node, news);
}

static void hear_dead(int node, struct news news)
{
    struct member *m = &slow.nodes[node].table[news.member];

    if (m->state == NOTHING || m->state == DEAD || news.incarnation < m->incarnation)
        return;
    if (news.member == node) {
        refute(node, news.incarnation);
        return;
    }
    m->has_left = news.from == news.member;
    set_state(node, news.member, DEAD, news.incarnation);
    slow_tell(node, news);
}

static void hear_suspect(int node, struct news news)
{
    struct member *m = &slow.nodes[node].table[news.member];

    if (m->state == NOTHING || news.incarnation < m->incarnation)
        return;
    if (m->state == SUSPECT)
        confirm(node, news);
    if (m->state != ALIVE)
        return;
    if (news.member == node) {
        refute(node, news.incarnation);
        return;
    }
    set_state(node, news.member, SUSPECT, news.incarnation);
    slow.figures[SLOW_SUSPICIONS]++;
    slow_tell(node, news);
    begin_suspicion(node, news.member, news.from);
}

void slow_hear(int node, struct news news)
{
    if (news.state == ALIVE)
        hear_alive(node, news);
    else if (news.state == SUSPECT)
        hear_suspect(node, news);
    else
        hear_dead(node, news);
}

/* What others hold suspect or dead. */
void slow_suspect_by_table(int node, int member, int incarnation)
{
    slow_hear(node,
              (struct news){ slow.setup->suspicion ? SUSPECT : DEAD, member, node, incarnation });
}

static void condemn(int node, int member, int incarnation)
{
    const struct member *m = &slow.nodes[node].table[member];

    if ((m->state == ALIVE || m->state == SUSPECT) && incarnation >= m->incarnation)
        slow.figures[SLOW_VERDICTS]++;
    slow_hear(node, (struct news){ DEAD, member, node, incarnation });
}

/* A probe failed that began when the member had that incarnation. */
void slow_failed(int node, int member, int incarnation)
{
    if (slow.setup->suspicion)
        slow_hear(node, (struct news){ SUSPECT, member, node, incarnation });
    else
        condemn(node, member, incarnation);
}

void slow_suspicion_over(int node, uint32_t value)
{
    struct node *n = &slow.nodes[node];

    for (int i = 0; i < slow.setup->nodes; i++)
        if (n->table[i].state == SUSPECT && n->table[i].is_timed && n->table[i].timer == value)
            condemn(node, i, n->table[i].incarnation);
}

void slow_chance(int node)
{
    struct node *n = &slow.nodes[node];

    for (int i = 0; i < slow.setup->nodes; i++)
        if (n->table[i].state == SUSPECT)
            set_state(node, i, ALIVE, n->table[i].incarnation);
}

/* The dead are forgotten some time after. */
void slow_forget(int node)
{
    struct node *n = &slow.nodes[node];
    int left = 0;

    for (int i = 0; i < n->lap_count; i++) {
        const int member = n->lap[i];

        if (n->table[member].state == DEAD &&
            n->table[member].since + slow.setup->forget_after < slow.now)
            slow_believe(node, member, NOTHING);
        else
            n->lap[left++] = member;
    }
    n->lap_count = left;
}
