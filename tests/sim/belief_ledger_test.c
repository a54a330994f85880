/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine counts of beliefs in O(1) a change, a ledger counts in full: a table of who
 * believes what of whom, gone through after every change; and the crashes one by one.  Over random
 * changes of mind, churn, crashes of many at once and partitions both find the same.
 */
#include "sim/value/draw.h"
#include "tests/models/harness.h"
#include "tests/sim/crash_recount.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 400, NODES_MAX = 12 };

/* ---- a model that changes its mind at random ---- */

struct fickle {
    sim_time interval;
    int64_t nodes, trust; /* trust: so many of eight changes are to what is true at the start */
};

static const struct param params[] = {
    PARAM_INTERVAL(struct fickle, interval, "200ms", "1us..365d", "between changes of mind"),
    PARAM_COUNT(struct fickle, nodes, "2", "1..1000", "that there are"),
    PARAM_COUNT(struct fickle, trust, "2", "0..8", "changes of eight to alive"),
    PARAM_END,
};

static void believe(struct node *n, node_id about, enum belief to)
{
    enum belief *beliefs = node_records(n);

    if (about == node_self(n))
        return;
    node_believe(n, about, beliefs[about], to);
    beliefs[about] = to;
}

static void start(struct node *n)
{
    const struct fickle *c = node_config(n);

    while (node_record_count(n) < c->nodes)
        node_record_add(n);
    for (node_id i = 0; i < c->nodes; i++) /* of one at least, so that one sees it start */
        believe(n, i, i < 2 || node_random(n, 4) ? BELIEF_ALIVE : BELIEF_NONE);
    node_every(n, c->interval, PHASE_RANDOM, 0);
}

static void change_mind(struct node *n, int tag, uint32_t value)
{
    const struct fickle *c = node_config(n);
    const node_id about = (node_id)node_random(n, (uint64_t)c->nodes);
    const bool trusts = node_random(n, 8) < (uint64_t)c->trust;

    (void)tag;
    (void)value;
    believe(n, about, trusts ? BELIEF_ALIVE : (enum belief)node_random(n, BELIEFS));
    if (node_random(n, 8) == 0) /* somebody is done for: it is all over the place */
        believe(n, about, BELIEF_DEAD);
}

static void hear(struct node *n, const struct message *m)
{
    (void)n;
    (void)m;
}

static void withdraw(struct node *n, bool graceful, bool loses)
{
    (void)graceful;
    (void)loses;
    for (node_id i = 0; i < node_record_count(n); i++)
        believe(n, i, BELIEF_NONE);
}

static const struct model fickle = {
    .name = "fickle",
    .params = params,
    .config_size = sizeof(struct fickle),
    .record_size = sizeof(enum belief),
    .believes = true,
    .on_start = start,
    .on_timer = change_mind,
    .on_message = hear,
    .on_down = withdraw,
};

/* ---- the ledger ---- */

enum { SUSPECT, FIRST, T50, T99, ALL, JOIN_T99, JOIN_ALL, TIMES };

struct ledger {
    const struct sim_config *config;
    struct sim_observer observer;
    sim_time begin, end, latest;
    bool is_down[NODES_MAX], awaits[NODES_MAX][TIMES];
    enum belief beliefs[NODES_MAX][NODES_MAX]; /* of the first about the second */
    sim_time since[NODES_MAX], wrong_since[NODES_MAX];
    double sums[TIMES], counts[TIMES], missed[TIMES], longest;
    double undetected, false_dead, false_suspect, at_healthy, mistakes, mistake_time;
    double right_area, time;
    bool has_begun, has_started;
    struct crash_recount *crashes;
};

static uint32_t count_live(const struct ledger *l)
{
    uint32_t live = 0;

    for (node_id i = 0; i < l->config->nodes; i++)
        live += !l->is_down[i];
    return live;
}

static uint32_t count_believers(const struct ledger *l, node_id about, enum belief belief)
{
    uint32_t believers = 0;

    for (node_id i = 0; i < l->config->nodes; i++)
        believers += i != about && !l->is_down[i] && l->beliefs[i][about] == belief;
    return believers;
}

/* The share of pairs that are right; NAN if there are none. */
static double share_right(const struct ledger *l)
{
    double right = 0, pairs = 0;

    for (node_id i = 0; i < l->config->nodes; i++)
        for (node_id k = 0; k < l->config->nodes; k++) {
            const enum belief belief = l->beliefs[i][k];

            if (i == k || l->is_down[i])
                continue;
            pairs++;
            right += l->is_down[k] ? belief == BELIEF_DEAD || belief == BELIEF_NONE
                                   : belief == BELIEF_ALIVE;
        }
    return right / pairs;
}

static void reach(struct ledger *l, node_id node, int which, sim_time at)
{
    const double time = (double)(at - l->since[node]) / 1e9;
    struct sim_detection *crash = recount_find(l->crashes, node);

    if (crash && which <= ALL)
        *(sim_time *[]){ &crash->suspected, &crash->first, &crash->t50, &crash->t99,
                         &crash->all }[which] = at - l->since[node];
    l->awaits[node][which] = false;
    l->sums[which] += time;
    l->counts[which]++;
    if (which == FIRST) {
        l->longest = fmax(l->longest, time);
        l->awaits[node][SUSPECT] = false;
    }
}

static void look(struct ledger *l, node_id node, sim_time at)
{
    static const uint32_t permille[TIMES] = { 0, 0, 500, 990, 1000, 990, 1000 };
    static const enum belief wanted[TIMES] = { BELIEF_SUSPECT, BELIEF_DEAD, BELIEF_DEAD,
                                               BELIEF_DEAD,    BELIEF_DEAD, BELIEF_ALIVE,
                                               BELIEF_ALIVE };
    const uint32_t others = count_live(l) - !l->is_down[node];

    for (int i = 0; i < TIMES; i++) {
        const uint32_t believers = count_believers(l, node, wanted[i]);

        if (l->awaits[node][i] && believers > 0 && 1000 * believers >= permille[i] * others)
            reach(l, node, i, at);
    }
}

/* Time goes on to `at`; what happened at one instant has happened. */
static void advance(struct ledger *l, sim_time at)
{
    const sim_time from = l->latest > l->begin ? l->latest : l->begin;
    const sim_time to = at < l->end ? at : l->end;
    const double share = share_right(l);

    if (at <= l->latest)
        return;
    for (node_id i = 0; i < l->config->nodes; i++)
        look(l, i, l->latest);
    if (to > from && !isnan(share)) {
        l->right_area += share * (double)(to - from);
        l->time += (double)(to - from);
    }
    l->latest = at;
    if (at < l->begin || l->has_begun)
        return;
    l->has_begun = true; /* mistakes of before do not count, nor do they go on */
    l->false_dead = l->false_suspect = l->at_healthy = l->mistakes = l->mistake_time = 0;
    for (node_id i = 0; i < l->config->nodes; i++)
        l->wrong_since[i] = SIM_NEVER;
}

static void end_mistake(struct ledger *l, node_id node, sim_time at)
{
    if (l->wrong_since[node] != SIM_NEVER)
        l->mistake_time += (double)(at - l->wrong_since[node]) / 1e9;
    l->wrong_since[node] = SIM_NEVER;
}

/* Which side of the partition that stands a node is on; 0: none, or none stands. */
static int side_of(const struct ledger *l, node_id node, sim_time at)
{
    for (size_t i = 0; i < l->config->fault_count; i++) {
        const struct sim_fault *fault = &l->config->faults[i];

        if (!fault->obstacle || at < fault->at || at >= fault->at + fault->lasts)
            continue;
        for (int side = 0; side < 2; side++) {
            const struct sim_selector *part = fault->obstacle->sides[side].parts;

            if (node >= part->first && node < part->first + part->nodes)
                return side + 1;
        }
    }
    return 0;
}

static void see_belief(struct ledger *l, const struct sight *sight)
{
    const node_id self = sight->node, about = sight->peer;
    const int mine = side_of(l, self, sight->at), theirs = side_of(l, about, sight->at);

    l->has_started = true;
    assert_int_equal(l->beliefs[self][about], sight->from);
    l->beliefs[self][about] = sight->to;
    look(l, about, sight->at);
    if (sight->from == BELIEF_DEAD || sight->to == BELIEF_DEAD) /* who says nothing more goes */
        recount_share(l->crashes, about, sight->at,
                      count_believers(l, about, BELIEF_DEAD) /
                          fmax(1, count_live(l) - (sight->to == BELIEF_NONE)));
    if (!l->is_down[about] && !(mine && theirs && mine != theirs)) {
        l->false_suspect += sight->to == BELIEF_SUSPECT;
        l->false_dead += sight->to == BELIEF_DEAD;
        l->at_healthy += sight->to == BELIEF_DEAD && !mine;
        if (sight->to == BELIEF_DEAD)
            recount_mistake(l->crashes, sight->at);
        if (sight->to == BELIEF_DEAD && l->wrong_since[about] == SIM_NEVER) {
            l->wrong_since[about] = sight->at;
            l->mistakes++;
        }
    }
    if (count_believers(l, about, BELIEF_DEAD) == 0)
        end_mistake(l, about, sight->at);
}

static void see_change(struct ledger *l, const struct sight *sight)
{
    const node_id node = sight->node;
    const bool is_down = sight->what == SEEN_DOWN, at_start = !l->has_started;
    const bool is_measured = sight->at >= l->begin && sight->at <= l->end;

    if (is_down)
        end_mistake(l, node, sight->at);
    else
        l->undetected += l->awaits[node][FIRST] && sight->at > l->since[node];
    l->is_down[node] = is_down;
    l->since[node] = sight->at;
    recount_end(l->crashes, node, sight->at);
    if (is_down && is_measured && !at_start && l->config->churn.leave == LEAVE_CRASH)
        recount_crash(l->crashes, node, sight->at,
                      count_believers(l, node, BELIEF_DEAD) / fmax(1, count_live(l)));
    for (int i = 0; i < TIMES; i++)
        l->awaits[node][i] = is_measured && !at_start && (i < JOIN_T99) == is_down &&
                             (!is_down || l->config->churn.leave == LEAVE_CRASH);
}

static void see(void *context, const struct sight *sight)
{
    struct ledger *l = context;

    advance(l, sight->at);
    if (sight->what == SEEN_BELIEF)
        see_belief(l, sight);
    else
        see_change(l, sight);
}

static void conclude(struct ledger *l, sim_time at)
{
    advance(l, at);
    for (node_id i = 0; i < l->config->nodes; i++) {
        look(l, i, l->latest);
        end_mistake(l, i, at);
        for (int k = 0; k < TIMES; k++)
            l->missed[k] += l->awaits[i][k];
        recount_end(l->crashes, i, at);
    }
}

/* ---- comparison ---- */

static void compare(uint32_t number, const struct sim_result *r, const char *name, bool applies,
                    double value)
{
    if (has_metric(r, name) != applies)
        fail_msg("case %u: %s %s", number, name, applies ? "is missing" : "is there");
    if (applies && !(fabs(metric(r, name) - value) <= 1e-9 * fmax(1, fabs(value))) &&
        !(isnan(value) && isnan(metric(r, name))))
        fail_msg("case %u: %s is %.17g, the ledger says %.17g", number, name, metric(r, name),
                 value);
}

static void compare_all(uint32_t number, const struct ledger *l, const struct sim_result *r)
{
    static const char *const names[TIMES] = { "suspect_first", "detect_first", "detect_t50",
                                              "detect_t99",    "detect_all",   "join_t99",
                                              "join_all" };

    for (int i = FIRST; i < TIMES; i++)
        compare(number, r, names[i], l->counts[i] + l->missed[i] > 0,
                l->missed[i] > 0 ? NAN : l->sums[i] / l->counts[i]);
    compare(number, r, names[SUSPECT], l->counts[SUSPECT] > 0,
            l->sums[SUSPECT] / l->counts[SUSPECT]);
    compare(number, r, "detect_first_max", l->counts[FIRST] + l->missed[FIRST] > 0,
            l->missed[FIRST] > 0 ? NAN : l->longest);
    compare(number, r, "undetected", true, l->undetected);
    compare(number, r, "false_dead", true, l->false_dead);
    compare(number, r, "false_suspect", true, l->false_suspect);
    compare(number, r, "false_dead_at_healthy", true, l->at_healthy);
    compare(number, r, "mistake_time", l->mistakes > 0, l->mistake_time / l->mistakes);
    compare(number, r, "accuracy", l->time > 0, l->right_area / l->time);
}

/* ---- random lives ---- */

struct scene {
    struct setup setup;
    struct distribution *session, *downtime;
    struct sim_fault faults[3];
    struct sim_selector parts[2];
    struct sim_side sides[2];
    struct sim_obstacle cut;
    uint64_t key;
    uint32_t drawn;
};

static uint64_t below(struct scene *s, uint64_t limit)
{
    return draw_below(draw(s->key, 1, s->drawn++), limit);
}

static sim_time any_time(struct scene *s, int seconds)
{
    return 1 + (sim_time)below(s, (uint64_t)(seconds * SIM_SECOND));
}

static void draw_faults(struct scene *s, int64_t nodes)
{
    const int64_t middle = (int64_t)below(s, (uint64_t)nodes);

    for (int i = 0; i < 2; i++) {
        s->faults[i] = (struct sim_fault){ .kind = FAULT_CRASH,
                                           .of = { .kind = SELECT_COUNT },
                                           .at = any_time(s, 8),
                                           .lasts = below(s, 2) ? any_time(s, 4) : 0,
                                           .every = below(s, 2) ? any_time(s, 5) : 0 };
        s->faults[i].of.count = (int64_t)below(s, (uint64_t)nodes + 1);
        s->parts[i] = (struct sim_selector){ .kind = SELECT_RANGE };
        s->sides[i] = (struct sim_side){ .parts = &s->parts[i], .part_count = 1 };
    }
    s->parts[0].nodes = middle;
    s->parts[1].first = middle;
    s->parts[1].nodes = (int64_t)below(s, (uint64_t)(nodes - middle)) + 1;
    s->cut = (struct sim_obstacle){ .sides = s->sides, .side_count = 2 };
    s->faults[2] = (struct sim_fault){
        .kind = FAULT_PARTITION, .at = any_time(s, 5), .lasts = any_time(s, 5), .obstacle = &s->cut
    };
}

static void draw_scene(struct scene *s, uint32_t number)
{
    struct sim_config *c = &s->setup.config;
    const int64_t nodes = 2 + (int64_t)draw_below(draw(number, 2, 2), NODES_MAX - 1);
    char text[80];

    s->key = draw_key(number, 0, PURPOSE_MODEL);
    s->drawn = 0;
    setup_init(&s->setup, nodes);
    snprintf(text, sizeof text, "nodes=%d trust=%d interval=%dms", (int)nodes, (int)below(s, 9),
             (int)(20 + below(s, 400)));
    assert_true(setup_add_model(&s->setup, &fickle, text));
    s->session = distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL,
                                                               .a = (double)any_time(s, 20) });
    s->downtime = distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL,
                                                                .a = (double)any_time(s, 5) });
    if (below(s, 2)) {
        c->churn = (struct sim_churn){ .session = s->session,
                                       .downtime = s->downtime,
                                       .share = 1,
                                       .rejoin = below(s, 2) ? REJOIN_KEEP : REJOIN_LOSE,
                                       .leave = below(s, 2) ? LEAVE_CRASH : LEAVE_GRACEFUL,
                                       .start = below(s, 2) ? CHURN_UP : CHURN_STATIONARY };
    }
    draw_faults(s, nodes);
    c->faults = s->faults;
    c->fault_count = c->churn.leave == LEAVE_CRASH ? 3 : 0; /* else one could not tell crashes */
    c->seed = number;
    c->workload = (struct sim_workload){ 0 };
    c->stop.when = STOP_NEVER;
    c->stop.at = 10 * SIM_SECOND;
    c->warmup = below(s, 2) ? any_time(s, 4) : 0;
    c->cooldown = below(s, 2) ? any_time(s, 4) : 0;
    if (below(s, 3) == 0) {
        c->timing = TIMING_ROUNDS;
        c->round = SIM_SECOND / 2;
        s->faults[2].at -= s->faults[2].at % c->round; /* of whole rounds, as what is seen */
        s->faults[2].lasts -= s->faults[2].lasts % c->round - c->round;
    }
}

static void clear_scene(struct scene *s)
{
    setup_clear(&s->setup);
    distribution_free(s->session);
    distribution_free(s->downtime);
}

static void engine_and_ledger_agree(void **state)
{
    static double seen[TIMES]; /* so that none of it is never looked at */

    (void)state;
    for (uint32_t number = 0; number < CASES; number++) {
        static struct scene scene;
        struct sim_config *c = &scene.setup.config;
        static struct crash_recount crashes;
        struct ledger ledger = { .config = c, .crashes = &crashes };
        struct sim_result r;

        crashes.crash_count = crashes.change_count = crashes.mistake_count = 0;
        draw_scene(&scene, number);
        const sim_time round = c->timing == TIMING_ROUNDS ? c->round : 1;

        ledger.observer = (struct sim_observer){ .wants = SEEN_BELIEF | SEEN_UP | SEEN_DOWN,
                                                 .see = see,
                                                 .context = &ledger };
        ledger.begin = (c->warmup + round - 1) / round * round;
        ledger.end = (c->stop.at - c->cooldown) / round * round;
        ledger.latest = -1;
        for (node_id i = 0; i < NODES_MAX; i++)
            ledger.wrong_since[i] = SIM_NEVER;
        c->observer = &ledger.observer;
        sim_run(c, &r);
        assert_int_equal(r.status, SIM_DONE);
        conclude(&ledger, r.end);
        compare_all(number, &ledger, &r);
        recount_compare(&crashes, number, &r);
        for (int i = 0; i < TIMES; i++)
            seen[i] += ledger.counts[i];
        sim_result_clear(&r);
        clear_scene(&scene);
    }
    for (int i = 0; i < TIMES; i++)
        assert_true(seen[i] > CASES / 10.);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(engine_and_ledger_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
