/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slow_world.c - all that is to come, in order, and what happens to nodes; see slow_state.h. */
#include "tests/models/slow/slow_state.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_rng.h>

struct slow slow;
static gsl_rng *randomness;

double slow_uniform(void)
{
    return gsl_rng_uniform(randomness);
}

int slow_below(int limit)
{
    return (int)gsl_rng_uniform_int(randomness, (unsigned long)limit);
}

void slow_shuffle(int *list, int count)
{
    for (int i = count - 1; i > 0; i--) {
        const int k = slow_below(i + 1), other = list[k];

        list[k] = list[i];
        list[i] = other;
    }
}

/* ---- what is to come ---- */

static bool is_before(const struct coming *a, const struct coming *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->class != b->class)
        return a->class < b->class;
    return a->number < b->number;
}

void slow_expect(struct coming coming)
{
    size_t i = slow.count;

    if (coming.time > slow.setup->end) {
        free(coming.packet);
        return;
    }
    slow.count++;
    assert(slow.count <= COMING_MAX);
    coming.number = slow.number++;
    for (; i > 0 && is_before(&slow.coming[i - 1], &coming); i--)
        slow.coming[i] = slow.coming[i - 1];
    slow.coming[i] = coming;
}

void slow_after(int node, int64_t delay, enum tag tag, uint32_t value)
{
    slow_expect((struct coming){ .time = slow.now + delay,
                                 .class = ONE_SHOT,
                                 .node = node,
                                 .tag = (int)tag,
                                 .life = slow.nodes[node].life,
                                 .value = value });
}

static void expect_tick(int node, int tag, int64_t time)
{
    slow_expect((struct coming){ .time = time, .class = PERIODIC, .node = node, .tag = tag });
}

static int64_t interval_of(int tag)
{
    const struct slow_setup *s = slow.setup;
    const int64_t intervals[TICKS] = {
        [TICK_PROBE] = s->interval,
        [TICK_GOSSIP] = s->gossip_nodes > 0 ? s->gossip_interval : 0,
    };

    return intervals[tag];
}

/* ---- coming and going ---- */

static void come(int node, bool joined)
{
    struct node *n = &slow.nodes[node];

    slow_count_beliefs();
    n->is_up = n->is_there = true;
    n->has_left = false;
    n->life++;
    slow_came(node, slow.now > 0 || !slow.is_beginning);
    slow_begin(node, joined);
}

/* Its turn; what keeps it away may not be over. */
static void join(int node)
{
    struct node *n = &slow.nodes[node];

    if (!n->is_there && n->reasons == 0)
        come(node, false);
    n->is_there = true;
}

static void lose_all(struct node *n)
{
    *n = (struct node){
        .is_there = n->is_there, .has_left = n->has_left, .reasons = n->reasons, .life = n->life
    };
}

static void drop_what_is_held(int node)
{
    size_t left = 0;

    for (size_t i = 0; i < slow.held_count; i++) {
        const struct coming *c = &slow.held[i];

        if (c->node != node)
            slow.held[left++] = *c;
        else if (c->class == ARRIVAL && !c->is_again)
            slow_drop(c->packet);
        else
            free(c->packet);
    }
    slow.held_count = left;
}

static void go(int node, bool gracefully)
{
    struct node *n = &slow.nodes[node];

    if (gracefully && !n->is_paused)
        slow_farewell(node);
    slow_count_beliefs();
    n->is_up = n->is_paused = false;
    n->well_from = 0;
    n->life++;
    drop_what_is_held(node);
    slow_went(node, gracefully);
}

static void resume(int node)
{
    struct node *n = &slow.nodes[node];
    struct coming mine[COMING_MAX];
    size_t count = 0, left = 0;

    n->is_paused = false;
    for (size_t i = 0; i < slow.held_count; i++)
        if (slow.held[i].node == node)
            mine[count++] = slow.held[i];
        else
            slow.held[left++] = slow.held[i];
    slow.held_count = left;
    n->well_from = slow.now + 1;
    for (int turn = 0; turn < 2; turn++) /* what came, last */
        for (size_t i = 0; i < count; i++)
            if ((mine[i].class == ARRIVAL && !mine[i].is_again) == (turn == 1)) {
                if (mine[i].is_again && mine[i].time > 0)
                    slow_resend(mine[i].packet);
                else if (mine[i].is_again)
                    slow_depart(mine[i].packet);
                else
                    slow_handle(&mine[i]);
            }
}

/* Where pauses overlap, the one that holds most is what there is until the last is over. */
static void pause(struct node *n, const struct slow_change *change)
{
    const int64_t until = change->at + change->lasts;

    if (!n->is_paused) {
        n->is_paused = true;
        n->how = SLOW_PAUSE_RUN;
        n->until = 0;
        memset(n->has_ticked, 0, sizeof n->has_ticked);
    }
    n->how = change->kind < n->how ? change->kind : n->how;
    n->until = until > n->until ? until : n->until;
}

/* It goes or comes for the reason that began or is over. */
static void go_or_come(int node, bool is_gone, bool gracefully, bool loses)
{
    struct node *n = &slow.nodes[node];

    n->reasons += is_gone ? 1 : -1;
    if (is_gone && n->is_up) {
        go(node, gracefully);
        n->has_left = gracefully;
        if (loses)
            lose_all(n);
    } else if (!is_gone && n->reasons == 0 && n->is_there)
        come(node, false);
}

/* ---- churn ---- */

static void stay(int node, bool is_away)
{
    const struct slow_setup *s = slow.setup;
    const double mean = (double)(is_away ? s->downtime : s->session);

    slow_expect((struct coming){ .time = slow.now + 1 - (int64_t)(mean * log(1 - slow_uniform())),
                                 .class = CHANGE,
                                 .node = node,
                                 .is_churn = true,
                                 .is_end = is_away });
}

static void churn(const struct coming *c)
{
    const struct slow_setup *s = slow.setup;

    go_or_come(c->node, !c->is_end, s->says_goodbye, s->loses && !c->is_end);
    stay(c->node, !c->is_end);
}

/* As after a long time: what is left of an exponential stay is one. */
static void begin_churn(void)
{
    const struct slow_setup *s = slow.setup;
    const double up = (double)s->session / (double)(s->session + s->downtime);

    for (int i = 0; i < s->nodes; i++)
        if (slow_uniform() < s->churning) {
            const bool is_away = !s->begins_up && slow_uniform() >= up;

            slow.nodes[i].reasons = is_away;
            slow.nodes[i].has_left = is_away && s->says_goodbye;
            stay(i, is_away);
        }
}

/* ---- faults ---- */

static void cut(const struct slow_change *change, bool is_end)
{
    slow.stands[change - slow.setup->changes] = !is_end;
}

static void change_node(const struct slow_change *change, int node, bool is_end)
{
    struct node *n = &slow.nodes[node];

    switch (change->kind) {
    case SLOW_CRASH:
        go_or_come(node, !is_end, false, false);
        break;
    case SLOW_LEAVE:
        go_or_come(node, true, true, false);
        break;
    case SLOW_JOIN:
        join(node);
        break;
    case SLOW_WIPE:
        if (n->is_up)
            go(node, false);
        lose_all(n);
        if (n->is_there && n->reasons == 0)
            come(node, false);
        break;
    case SLOW_PAUSE_LATE:
    case SLOW_PAUSE_BLOCK:
    case SLOW_PAUSE_RUN:
        if (is_end && n->is_paused && n->until <= slow.now)
            resume(node);
        else if (!is_end && n->is_up)
            pause(n, change);
        break;
    case SLOW_PARTITION:
        break;
    }
}

static void join_in_turn(const struct coming *c)
{
    join(c->node);
}

static void change(const struct coming *c)
{
    const struct slow_change *change = &slow.setup->changes[c->tag];

    if (c->is_turn || c->is_churn) {
        (c->is_turn ? join_in_turn : churn)(c);
        return;
    }
    if (change->kind == SLOW_PARTITION)
        cut(change, c->is_end);
    for (int i = change->first; i < change->first + change->nodes; i++)
        change_node(change, i, c->is_end);
}

/* ---- updates ---- */

void slow_learn(int node, uint64_t updates, bool by_table)
{
    struct node *n = &slow.nodes[node];
    const uint64_t news = updates & ~n->known;

    for (int i = 0; i < slow.written_count; i++)
        if (news >> i & 1)
            n->learned[i] = slow.now;
    n->known |= news;
    if (news && !by_table)
        slow_queue_updates(node, news);
}

static void write_update(void)
{
    const int update = slow.written_count;
    int node = slow.setup->origin, asked = 0;

    while (asked < slow.setup->nodes && (!slow.nodes[node].is_up || slow.nodes[node].is_paused)) {
        node = (node + 1) % slow.setup->nodes;
        asked++;
    }
    if (asked == slow.setup->nodes) {
        slow_expect((struct coming){ .time = slow.now + SLOW_SECOND, .class = WRITE });
        return;
    }
    slow.written_count++;
    slow.written[update] = slow.now;
    slow.sizes[update] = slow.setup->update_size + slow_below(slow.setup->update_spread + 1);
    slow_learn(node, UINT64_C(1) << update, false);
}

/* ---- a run ---- */

void slow_handle(struct coming *c)
{
    if (c->class == ARRIVAL) {
        slow_receive(c->node, c->packet);
        free(c->packet);
    } else if (c->class == PERIODIC)
        slow_tick(c->node, (enum tag)c->tag);
    else
        slow_timer(c->node, (enum tag)c->tag, c->value);
}

void slow_hold(const struct coming *c)
{
    for (size_t i = 0; i < slow.held_count; i++) /* a tick fires once */
        if (c->class == PERIODIC && slow.held[i].class == PERIODIC &&
            slow.held[i].node == c->node && slow.held[i].tag == c->tag)
            return;
    assert(slow.held_count < COMING_MAX);
    slow.held[slow.held_count++] = *c;
}

/* Whether it falls due while its node stands still, and waits: where whoever sends must wait, the
 * first tick of each timer does not. */
static bool waits(struct node *n, const struct coming *c)
{
    const bool is_arrival = c->class == ARRIVAL && !c->is_again;
    const bool is_first =
        n->how == SLOW_PAUSE_BLOCK && c->class == PERIODIC && !n->has_ticked[c->tag];

    if (!n->is_paused || (n->how == SLOW_PAUSE_RUN && !is_arrival))
        return false;
    if (is_first)
        n->has_ticked[c->tag] = true;
    return !is_first;
}

static void happen(struct coming *c)
{
    struct node *n = &slow.nodes[c->node];

    if (c->class == PERIODIC)
        expect_tick(c->node, c->tag, c->time + interval_of(c->tag));
    if (c->class == CHANGE)
        change(c);
    else if (c->class == WRITE)
        write_update();
    else if (c->class == ARRIVAL && !c->is_again && !n->is_up)
        slow_met_down(c->packet);
    else if (!c->is_again && (!n->is_up || (c->class == ONE_SHOT && c->life != n->life)))
        return;
    else if (waits(n, c))
        slow_hold(c);
    else if (c->is_again)
        slow_resend(c->packet);
    else
        slow_handle(c);
}

static void schedule(void)
{
    const struct slow_setup *s = slow.setup;

    for (int i = 0; i < s->change_count; i++)
        for (int is_end = 0; is_end <= (s->changes[i].lasts > 0); is_end++)
            slow_expect(
                (struct coming){ .time = s->changes[i].at + (is_end ? s->changes[i].lasts : 0),
                                 .class = CHANGE,
                                 .tag = i,
                                 .is_end = is_end });
    for (int i = 0; i < s->updates; i++)
        slow_expect((struct coming){ .time = s->first_update + i * s->every, .class = WRITE });
    for (int tag = 0; tag < TICKS; tag++)
        for (int i = 0; i < s->nodes && interval_of(tag) > 0; i++)
            expect_tick(i, tag, 1 + (int64_t)(slow_uniform() * (double)interval_of(tag)));
}

static bool is_absent(int node)
{
    const struct slow_setup *s = slow.setup;

    return node >= s->absent && node < s->absent + s->absents;
}

/* All at once, or the contact points and then the others in a random order. */
static void assemble(void)
{
    const struct slow_setup *s = slow.setup;
    int late[NODES], count = 0;

    for (int i = 0; i < s->nodes; i++)
        if (!is_absent(i)) {
            if (!s->forms || i < s->seeds) {
                slow.nodes[i].is_there = true;
                slow.nodes[i].is_up = slow.nodes[i].reasons == 0;
            } else
                late[count++] = i;
        }
    for (int i = 0; i < s->nodes; i++)
        if (slow.nodes[i].is_up)
            come(i, !s->forms);
    slow_look();
    slow.is_beginning = false;
    slow_shuffle(late, count);
    for (int i = 0; i < count; i++)
        slow_expect(
            (struct coming){ .time = s->join_rate > 0 ? (int64_t)((i + 1) * 1e9 / s->join_rate) : 0,
                             .class = CHANGE,
                             .node = late[i],
                             .is_turn = true });
}

void slow_run(const struct slow_setup *setup, unsigned long seed, double figures[SLOW_FIGURES])
{
    if (!randomness)
        randomness = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(randomness, seed);
    memset(&slow, 0, sizeof slow);
    memset(figures, 0, SLOW_FIGURES * sizeof *figures);
    slow.setup = setup;
    slow.figures = figures;
    for (int i = 0; i < NODES; i++)
        slow.mistaken[i] = NEVER;
    schedule();
    slow.is_beginning = true;
    begin_churn();
    assemble();
    while (slow.count > 0 && slow.coming[slow.count - 1].time <= setup->end) {
        struct coming c = slow.coming[--slow.count];

        slow.now = c.time;
        happen(&c);
        slow_look();
    }
    slow.now = setup->end;
    slow_add_up();
    while (slow.count > 0)
        free(slow.coming[--slow.count].packet);
    while (slow.held_count > 0)
        free(slow.held[--slow.held_count].packet);
}
