/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle.c - see oracle.h. */
#include "tests/sim/oracle_state.h"

#include <math.h>
#include <stdlib.h>

struct oracle oracle;

/* ---- churn and workload ---- */

static void expect_change(node_id node, const struct distribution *stay)
{
    const uint64_t bits = draw(oracle.keys[PURPOSE_CHURN], node, 2 + oracle.nodes[node].changes++);

    oracle_expect(
        (struct coming){ .time = oracle.now + distribution_value(stay, (uint32_t)(bits >> 32)),
                         .class = CHURN,
                         .node = node });
}

static void start_node(void)
{
    for (oracle.layer = 0; oracle.layer < oracle.config->stack_count; oracle.layer++)
        if (oracle.config->stack[oracle.layer].model->on_start)
            oracle.config->stack[oracle.layer].model->on_start(NULL);
}

/* The node comes or goes: the last of the list takes the place of one that goes. */
static void list_or_strike(node_id node)
{
    if (oracle.config->peers == PEERS_ALL)
        return;
    if (oracle.nodes[node].is_up) {
        oracle.listed[oracle.listed_count++] = node;
        return;
    }
    oracle.listed_count--;
    for (uint32_t i = 0; i < oracle.listed_count; i++)
        if (oracle.listed[i] == node)
            oracle.listed[i] = oracle.listed[oracle.listed_count];
}

static void change(node_id node)
{
    const struct sim_churn *churn = &oracle.config->churn;
    const bool loses = churn->rejoin == REJOIN_LOSE, graceful = churn->leave == LEAVE_GRACEFUL;
    struct oracle_node *me = &oracle.nodes[node];

    oracle.self = node;
    oracle.has_changed = true;
    if (me->is_up) {
        oracle.is_muted = !graceful;
        for (oracle.layer = 0; oracle.layer < oracle.config->stack_count; oracle.layer++)
            if (oracle.config->stack[oracle.layer].model->on_down)
                oracle.config->stack[oracle.layer].model->on_down(NULL, graceful, loses);
        oracle.is_muted = false;
        if (!graceful)
            oracle_lose_queue(node);
        if (loses)
            me->known = 0;
    }
    me->is_up = !me->is_up;
    me->life++;
    list_or_strike(node);
    if (me->is_up)
        start_node();
    expect_change(node, me->is_up ? churn->session : churn->downtime);
}

static void begin_churn(void)
{
    const struct sim_churn *churn = &oracle.config->churn;

    if (!churn->session)
        return;
    oracle.first_session = distribution_residual(churn->session);
    oracle.first_downtime = distribution_residual(churn->downtime);
    double up = distribution_mean(churn->session), down = distribution_mean(churn->downtime);

    for (node_id i = 0; i < oracle.node_count; i++) {
        if (!draw_chance(draw(oracle.keys[PURPOSE_CHURN], i, 0), churn->share))
            continue;
        if (churn->start == CHURN_STATIONARY)
            oracle.nodes[i].is_up =
                draw_chance(draw(oracle.keys[PURPOSE_CHURN], i, 1), up / (up + down));
        if (!oracle.nodes[i].is_up)
            list_or_strike(i);
        expect_change(i, churn->start == CHURN_UP ? churn->session
                         : oracle.nodes[i].is_up  ? oracle.first_session
                                                  : oracle.first_downtime);
    }
}

/* ---- what is written ---- */

static uint64_t workload_draw(uint32_t about, uint32_t what)
{
    return draw(oracle.keys[PURPOSE_WORKLOAD], about, what);
}

/* The number of an update among those that are injected. */
static uint32_t number_of(uint32_t update)
{
    return update - (uint32_t)oracle.config->store.preload;
}

static uint32_t size_of(uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;
    const bool is_preloaded = update < (uint32_t)oracle.config->store.preload;
    sim_time size = w->size_bytes;

    if (w->arrival == ARRIVAL_TRACE && !is_preloaded)
        return w->writes[number_of(update)].bytes;
    if (w->sizes)
        size = distribution_value(w->sizes, (uint32_t)(workload_draw(update, 2) >> 32));
    return size < SIM_SIZE_MAX ? (uint32_t)size : SIM_SIZE_MAX;
}

/* The first key up to which the probabilities add up to what is drawn. */
static uint32_t drawn_key(uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;
    double all = 0, sum = 0, at = (double)(workload_draw(update, 3) >> 11) * 0x1p-53;
    uint32_t key = 0;

    for (int64_t k = 1; k <= w->keys; k++)
        all += pow((double)k, -w->zipf);
    while (sum + pow(key + 1.0, -w->zipf) / all <= at)
        sum += pow(++key, -w->zipf) / all;
    return key;
}

static uint32_t key_of(uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;
    const uint32_t preloaded = (uint32_t)oracle.config->store.preload;

    if (w->arrival == ARRIVAL_TRACE)
        return preloaded + w->writes[number_of(update)].key;
    return preloaded + (w->draws_keys ? drawn_key(update) : number_of(update) % (uint32_t)w->keys);
}

static sim_time phase_of(node_id node)
{
    const struct sim_workload *w = &oracle.config->workload;

    return w->is_together ? 0 : (sim_time)draw_below(workload_draw(node, 4), (uint64_t)w->every);
}

/* The node of which so many come before it in a round of renewals. */
static node_id turn_of(uint32_t place)
{
    for (node_id node = 0;; node++) {
        uint32_t before = 0;

        for (node_id i = 0; i < oracle.node_count; i++)
            before += phase_of(i) < phase_of(node) || (phase_of(i) == phase_of(node) && i < node);
        if (before == place)
            return node;
    }
}

/* When an update is written, the one before having been written now. */
static sim_time time_of(uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;
    const uint32_t number = number_of(update);

    if (w->arrival == ARRIVAL_RENEWAL)
        return w->at + phase_of(turn_of(number % oracle.node_count)) +
               number / oracle.node_count * w->every;
    if (w->arrival == ARRIVAL_TRACE)
        return w->writes[number].at > oracle.now ? w->writes[number].at : oracle.now;
    if (number == 0)
        return w->at;
    if (w->arrival == ARRIVAL_POISSON)
        return oracle.now + gap_next(&oracle.gap, (uint32_t)(workload_draw(update, 0) >> 32));
    return oracle.now + (w->arrival == ARRIVAL_EVERY ? w->every : 0);
}

static void expect_write(uint32_t update)
{
    if (oracle.left == 0)
        return;
    if (oracle.config->workload.arrival == ARRIVAL_RENEWAL &&
        time_of(update) >= oracle.config->stop.at)
        oracle.left = 0;
    else
        oracle_expect((struct coming){ .time = time_of(update), .class = INJECT, .value = update });
}

static struct oracle_update *new_update(uint32_t update, uint32_t key, bool is_measured)
{
    struct oracle_update *u = &oracle.updates[update];

    *u = (struct oracle_update){
        .key = key, .size = size_of(update), .is_measured = is_measured, .injected = oracle_credit()
    };
    u->last = u->injected;
    u->settled = SIM_NEVER;
    for (int i = 0; i < 6; i++)
        u->reached[i] = SIM_NEVER;
    oracle.injected++;
    return u;
}

/* Whether what is injected now is measured. */
static bool is_measured(void)
{
    return oracle_credit() >= oracle.window_begin && oracle_credit() <= oracle.window_end;
}

/* Whether a node starts with nothing: it is down and loses what it has. */
static bool is_empty(node_id node)
{
    return !oracle.nodes[node].is_up && oracle.config->churn.rejoin == REJOIN_LOSE;
}

/* Who has entry i whatever chance says: from a random node on the first to which chance gives it,
 * or the first that can have it; if nobody can, whom the shard is drawn. */
static node_id keeper_of(uint32_t i)
{
    const uint32_t nodes = oracle.node_count;
    const uint64_t key = oracle.keys[PURPOSE_ORIGIN];
    const node_id first = (node_id)draw_below(draw(key, i, 0), nodes);
    node_id given = nodes, able = nodes;

    for (uint32_t k = nodes; k-- > 0;) {
        const node_id node = (first + k) % nodes;

        if (is_empty(node))
            continue;
        able = node;
        if (!draw_chance(draw(oracle.keys[PURPOSE_STORE], node, i), oracle.config->store.missing))
            given = node;
    }
    if (given < nodes)
        return given;
    return able < nodes ? able : (node_id)draw_below(draw(key, 0, 0x80000000u), nodes);
}

static void preload(void)
{
    const double missing = oracle.config->store.missing;

    for (uint32_t i = 0; i < (uint32_t)oracle.config->store.preload; i++) {
        struct oracle_update *u = new_update(i, i, is_measured());

        u->origin = keeper_of(i);
        for (node_id node = 0; node < oracle.node_count; node++) {
            uint64_t bits = draw(oracle.keys[PURPOSE_STORE], node, i);

            if (is_empty(node))
                continue;
            if (node == u->origin || missing <= 0 || !draw_chance(bits, missing))
                oracle.nodes[node].known |= oracle_bit(i);
            oracle.nodes[node].knew = oracle.nodes[node].known;
        }
    }
}

static node_id find_origin(const struct numbering *numbering, uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;
    node_id asked = w->origin == ORIGIN_NODE ? w->origin_node : 0;

    if (w->arrival == ARRIVAL_RENEWAL)
        asked = turn_of(number_of(update) % oracle.node_count);
    else if (w->arrival == ARRIVAL_TRACE)
        asked = w->writes[number_of(update)].node;
    else if (w->origin == ORIGIN_RANDOM) {
        node_id node = 0, first = 0;

        for (uint32_t tries = 0; tries < 64; tries++) {
            uint64_t bits = draw(oracle.keys[PURPOSE_ORIGIN], update, tries);

            node = (node_id)draw_below(bits, oracle.node_count);
            first = tries ? first : node;
            if (oracle.nodes[node].is_up)
                return node;
        }
        asked = numbering_outside(numbering, first);
    }
    while (!oracle.nodes[numbering_inside(numbering, asked)].is_up)
        asked = (asked + 1) % oracle.node_count;
    return numbering_inside(numbering, asked);
}

static void inject(const struct numbering *numbering, uint32_t update)
{
    const struct sim_workload *w = &oracle.config->workload;

    if (oracle_alive() == 0) {
        oracle_expect(
            (struct coming){ .time = oracle.now + SIM_SECOND, .class = INJECT, .value = update });
        return;
    }
    oracle.left--;
    expect_write(update + 1);
    struct oracle_update *u = new_update(update, key_of(update), is_measured());

    u->is_delete = w->arrival == ARRIVAL_TRACE ? w->writes[number_of(update)].is_delete
                                               : draw_chance(workload_draw(update, 1), w->deletes);
    u->origin = oracle.self = find_origin(numbering, update);
    oracle.layer = 0;
    oracle_learn(UINT32_MAX, oracle_bit(update));
}

/* ---- the run ---- */

static void arrive(const struct coming *c)
{
    struct set *set = oracle_set(c->set), *more[8];

    for (int i = 0; i < c->more_count; i++)
        more[i] = oracle_set(c->more[i]);
    oracle.f->events++;
    if (oracle.nodes[c->node].is_up) {
        oracle.nodes[c->node].handled++;
        oracle.config->stack[c->layer].model->on_message(
            NULL, &(struct message){ .from = c->from,
                                     .kind = c->tag,
                                     .set = set,
                                     .more = (const struct set *const *)more,
                                     .more_count = c->more_count,
                                     .value = c->value });
    } else
        oracle.f->met_down++;
    free(set);
    for (int i = 0; i < c->more_count; i++)
        free(more[i]);
}

static void fire(const struct coming *c)
{
    if (c->is_uplink) {
        oracle_uplink_is_idle(c->node);
        return;
    }
    if (oracle.nodes[c->node].life != c->life)
        return;
    if (c->class == PERIODIC) {
        struct lane_plan *lane = oracle_lane(c->tag);

        oracle_expect_timer(lane, c->time + lane->interval);
        if (!oracle.nodes[c->node].is_awake[lane - oracle.lanes])
            return;
    }
    oracle.f->events++;
    oracle.config->stack[c->layer].model->on_timer(NULL, c->tag, c->value);
}

static void happen(const struct coming *c, const struct numbering *numbering)
{
    if (c->class == CHURN && c->time > oracle.config->stop.at)
        return;
    oracle.self = c->node;
    oracle.layer = c->layer;
    oracle.is_outside = c->class <= COMMIT;
    switch (c->class) {
    case WINDOW:
        oracle_look_at_window();
        break;
    case FAULT:
        oracle_fault(c, numbering);
        break;
    case CHURN:
        change(c->node);
        break;
    case INJECT:
        inject(numbering, c->value);
        break;
    case COMMIT:
        oracle_commit();
        break;
    case ARRIVAL:
        arrive(c);
        break;
    case ONE_SHOT:
    case PERIODIC:
        fire(c);
        break;
    case SAMPLE:
        oracle_take_sample(oracle_credit());
        oracle_expect(
            (struct coming){ .time = oracle.now + oracle.config->sample_every, .class = SAMPLE });
        break;
    case END:
        oracle.is_over = true;
        break;
    }
}

/* In rounds, a part of one is warm-up or cool-down as a whole. */
static void begin_window(void)
{
    const struct sim_config *config = oracle.config;
    const sim_time round = oracle.round ? oracle.round : 1;

    oracle.window_begin = (config->warmup + round - 1) / round * round;
    oracle.window_end = (config->stop.at - config->cooldown) / round * round;
    oracle_expect((struct coming){ .time = oracle.window_begin, .class = WINDOW });
    oracle_expect((struct coming){ .time = oracle.window_end, .class = WINDOW });
}

static void begin(const struct sim_config *config, struct oracle_figures *figures)
{
    oracle =
        (struct oracle){ .config = config, .f = figures, .node_count = (uint32_t)config->nodes };
    *figures = (struct oracle_figures){ 0 };
    oracle.round = config->timing == TIMING_ROUNDS ? config->round : 0;
    oracle.left = (uint32_t)config->workload.updates;
    for (int i = 0; i < PURPOSE_COUNT; i++)
        oracle.keys[i] = draw_key(config->seed, config->replication, (enum purpose)i);
    if (config->workload.arrival == ARRIVAL_POISSON)
        gap_init(&oracle.gap, 1e9 / config->workload.rate);
    for (node_id i = 0; i < oracle.node_count; i++) {
        oracle.nodes[i].is_up = true;
        oracle.listed[i] = i;
    }
    oracle.listed_count = oracle.node_count;
    begin_window();
    begin_churn();
    preload();
    oracle_begin_faults();
    expect_write((uint32_t)config->store.preload);
    oracle_expect((struct coming){ .time = oracle.round / 2, .class = SAMPLE });
    oracle_expect((struct coming){ .time = config->stop.at + oracle.round / 2, .class = END });
    for (oracle.self = 0; oracle.self < oracle.node_count; oracle.self++)
        if (oracle.nodes[oracle.self].is_up)
            start_node();
    oracle.has_changed = true;
    oracle_count_anew();
}

static bool is_idle(void)
{
    for (size_t i = 0; i < oracle.count; i++) {
        const struct coming *c = &oracle.coming[i];

        oracle.layer = c->layer;
        if (c->class == ARRIVAL || c->class == INJECT || c->class == ONE_SHOT ||
            (c->class == PERIODIC && oracle.nodes[c->node].life == c->life &&
             oracle.nodes[c->node].is_awake[oracle_lane(c->tag) - oracle.lanes]))
            return false;
    }
    return !oracle_awaits_fault();
}

/* Nothing is missing, and nothing is still to come that the run waits for. */
static bool has_converged(void)
{
    return oracle_is_complete() && oracle.deferred_count == 0 && !oracle_awaits_fault();
}

/* Whether anything to come changes who is there or what is written before `time`. */
static bool is_to_change(sim_time time)
{
    for (size_t i = 0; i < oracle.count; i++) {
        const struct coming *c = &oracle.coming[i];

        if (c->time < time && c->time <= oracle.config->stop.at &&
            (c->class == CHURN || c->class == INJECT))
            return true;
    }
    return false;
}

/* Nothing happens any more until somebody comes or goes, and the run was to end then. */
static bool has_gone_quiet(void)
{
    const enum sim_stop_when when = oracle.config->stop.when;
    const bool comes_back = oracle.config->churn.session || oracle.config->fault_count > 0;

    return (when == STOP_QUIET || (when == STOP_CONVERGED && !comes_back)) && is_idle() &&
           oracle.deferred_count == 0;
}

static bool is_to_end(void)
{
    return (oracle.config->stop.when == STOP_CONVERGED && has_converged()) || has_gone_quiet();
}

void oracle_run(const struct sim_config *config, struct oracle_figures *figures)
{
    struct numbering numbering;

    begin(config, figures);
    numbering_init(&numbering, oracle.node_count, oracle.keys[PURPOSE_NUMBERING]);
    oracle_settle(&numbering);
    oracle.is_over = is_to_end();
    while (!oracle.is_over) {
        const struct coming c = oracle.coming[--oracle.count];

        oracle.now = c.time;
        oracle.stale_area += oracle.stale * (double)(oracle_credit() - oracle.stale_since);
        oracle.stale_since = oracle_credit();
        happen(&c, &numbering);
        oracle_count_anew();
        oracle_look_for_repair();
        oracle.is_over |= is_to_end();
    }
    if (figures->sample_count > 0 &&
        figures->samples[figures->sample_count - 1].at == oracle_credit())
        figures->sample_count--;
    oracle_take_sample(oracle_credit());
    oracle_add_up(&numbering, !is_to_change(oracle.window_end));
    figures->end = oracle_credit();
    gap_clear(&oracle.gap);
}
