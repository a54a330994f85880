/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recounter.c - see recounter.h. */
#include "tests/sim/recounter.h"

#include "tests/models/harness.h"
#include "tests/sim/same_result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t permille[RECOUNTER_SHARES] = { 500, 900, 950, 990, 999, 1000 };

static void demand(struct recounter *r, bool holds, const char *otherwise)
{
    if (!holds && !r->violation)
        r->violation = otherwise;
}

/* ---- messages ---- */

/* What is noted of a message, at first nothing. */
static struct recounted_message *message_of(struct recounter *r, const struct sight *sight)
{
    const uint32_t given = (uint32_t)sight->message, is_repeated = given >> 31;
    const size_t number = is_repeated ? ~given : given;
    struct recounted_message **messages = &r->messages[sight->node][is_repeated];
    size_t *capacity = &r->capacities[sight->node][is_repeated];

    if (number >= *capacity) {
        const size_t after = 2 * number + 16;

        *messages = realloc(*messages, after * sizeof **messages);
        if (!*messages)
            abort();
        memset(*messages + *capacity, 0, (after - *capacity) * sizeof **messages);
        *capacity = after;
    }
    return &(*messages)[number];
}

/* Each sender has an upper half of its own: a number that is new for its node is new for all. */
static void check_number(struct recounter *r, const struct sight *sight)
{
    const uint64_t half = sight->message >> 32;
    const bool is_known = half < RECOUNTER_NODES;

    demand(r, is_known, "a message has a number of no node");
    if (is_known && !r->senders[half])
        r->senders[half] = sight->node + 1;
    demand(r, !is_known || r->senders[half] == sight->node + 1,
           "messages of two nodes have one number");
}

static void see_sent(struct recounter *r, const struct sight *sight)
{
    struct recounted_message *m = message_of(r, sight);

    check_number(r, sight);
    demand(r, !m->model, "a message was sent twice");
    demand(r, !r->is_down[sight->node], "a node sent that was down");
    *m = (struct recounted_message){ sight->node, sight->peer, sight->model, sight->kind, 0 };
    r->all_sent++;
    if (sight->at < r->begin)
        return;
    r->sent++;
    r->bytes += sight->bytes;
}

/* It arrived or was lost. */
static void see_end(struct recounter *r, const struct sight *sight)
{
    struct recounted_message *m = message_of(r, sight);
    const bool is_measured = sight->at >= r->begin;
    const bool met = sight->what == SEEN_ARRIVED || sight->why == WHY_DOWN;

    demand(r,
           m->model == sight->model && m->kind == sight->kind && m->from == sight->node &&
               m->to == sight->peer && sight->carried->from == sight->node &&
               sight->carried->kind == sight->kind,
           "a message is not what was sent");
    demand(r, m->ended++ < (r->config->network.duplicate > 0 && met ? 2u : 1u),
           "a message came to its end twice");
    demand(r, !met || r->is_down[sight->peer] == (sight->why == WHY_DOWN),
           "a message was handled by a node that was down, or not by one that was up");
    r->all_ended++;
    r->events += met;
    if (sight->what == SEEN_ARRIVED)
        r->handled[sight->peer] += is_measured;
    else
        r->lost[sight->why] += is_measured;
}

/* ---- knowledge ---- */

static uint32_t count_live(const struct recounter *r)
{
    uint32_t live = 0;

    for (node_id i = 0; i < r->config->nodes; i++)
        live += !r->is_down[i];
    return live;
}

static uint32_t count_knowers(const struct recounter *r, update_id update)
{
    uint32_t knowers = 0;

    for (node_id i = 0; i < r->config->nodes; i++)
        knowers += !r->is_down[i] && (r->knows[i] >> update & 1);
    return knowers;
}

/* How things stand now that somebody has come, gone or learned. */
static void look(struct recounter *r, sim_time now)
{
    const uint32_t live = count_live(r);

    for (update_id i = 0; i < RECOUNTER_UPDATES; i++) {
        struct recounted_update *u = &r->updates[i];
        const uint32_t knowers = u->is_written ? count_knowers(r, i) : 0;

        if (!u->is_written)
            continue;
        for (int s = 0; s < RECOUNTER_SHARES; s++)
            if (u->reached[s] == SIM_NEVER && knowers > 0 && 1000 * knowers >= permille[s] * live)
                u->reached[s] = now - u->written;
        if (live == 0 || knowers < live)
            u->settled = SIM_NEVER;
        else if (u->settled == SIM_NEVER)
            u->settled = now;
    }
}

static void write_update(struct recounted_update *u, sim_time now)
{
    *u = (struct recounted_update){
        .is_written = true, .written = now, .last = now, .settled = SIM_NEVER
    };
    for (int s = 0; s < RECOUNTER_SHARES; s++)
        u->reached[s] = SIM_NEVER;
}

static void see_learned(struct recounter *r, const struct sight *sight)
{
    const node_id node = sight->node;
    const bool is_start = sight->peer == OBSERVE_NOBODY && !sight->model && r->is_down[node];

    demand(r, is_start || !r->is_down[node], "a node learned that was down");
    for (update_id i = 0; set_next(sight->set, &i); i++) {
        struct recounted_update *u = &r->updates[i];
        const recounter_set bit = (recounter_set)1 << i;

        if (!u->is_written)
            write_update(u, sight->at);
        demand(r, !(r->knows[node] & bit), "a node learned what it knew");
        demand(r, sight->peer == OBSERVE_NOBODY || (r->knew[sight->peer] & bit),
               "a node learned what the other never knew");
        if (!(r->knew[node] & bit) && sight->peer != OBSERVE_NOBODY) {
            u->learned++;
            u->delay += (uint64_t)(sight->at - u->written);
        }
        if (!(r->knew[node] & bit))
            u->last = sight->at;
        r->knows[node] |= bit;
        r->knew[node] |= bit;
    }
    look(r, sight->at);
}

/* ---- all of it ---- */

/* All that come and go at one instant have. */
static void end_change(struct recounter *r)
{
    if (r->is_changing)
        look(r, r->latest);
    r->is_changing = false;
}

static bool has_node_faults(const struct sim_config *config)
{
    for (size_t i = 0; i < config->fault_count; i++)
        if (!config->faults[i].obstacle && config->faults[i].kind != FAULT_HEAL)
            return true;
    return false;
}

static void see(void *context, const struct sight *sight)
{
    struct recounter *r = context;

    demand(r, sight->at >= r->latest, "time went back");
    if (sight->at > r->latest)
        end_change(r);
    r->latest = sight->at;
    switch (sight->what) {
    case SEEN_SENT:
        see_sent(r, sight);
        break;
    case SEEN_ARRIVED:
    case SEEN_LOST:
        see_end(r, sight);
        break;
    case SEEN_LEARNED:
        see_learned(r, sight);
        break;
    case SEEN_TIMER:
        demand(r, !r->is_down[sight->node], "a timer fired on a node that was down");
        r->events++;
        r->timers++;
        break;
    case SEEN_UP:
    case SEEN_DOWN:
        demand(r, r->is_down[sight->node] == (sight->what == SEEN_UP), "a node went or came twice");
        r->is_down[sight->node] = sight->what == SEEN_DOWN;
        r->is_changing = has_node_faults(r->config);
        if (!r->is_changing)
            look(r, sight->at);
        break;
    case SEEN_WIPED:
        demand(r, r->is_down[sight->node], "a node lost its data and was up");
        r->knows[sight->node] = 0;
        break;
    case SEEN_BELIEF:
        demand(r, sight->model->believes, "a belief of a model that has none");
        break;
    case SEEN_VIEW:
        demand(r, sight->peer != sight->node, "a node is in its own view");
        break;
    case SEEN_PAUSED:
        demand(r, !r->is_down[sight->node], "a node that was down stands still");
        break;
    case SEEN_RESUMED:
        break;
    }
}

static void open_recounter(struct recounter *r, const struct sim_config *config)
{
    const sim_time round = config->timing == TIMING_ROUNDS ? config->round : 1;

    *r = (struct recounter){ .config = config };
    r->observer = (struct sim_observer){ .wants = ~0u, .see = see, .context = r };
    r->begin = (config->warmup + round - 1) / round * round;
    r->end = config->stop.at - config->cooldown;
    r->end -= r->end % round;
    if (config->nodes > RECOUNTER_NODES ||
        config->workload.updates + config->store.preload > RECOUNTER_UPDATES)
        abort();
    for (update_id i = 0; i < config->store.preload; i++) /* whoever knows it */
        write_update(&r->updates[i], 0);
}

static void close_recounter(struct recounter *r)
{
    for (int i = 0; i < RECOUNTER_NODES; i++) {
        free(r->messages[i][0]);
        free(r->messages[i][1]);
    }
}

/* ---- against the run's result ---- */

static bool is_other(const struct sim_result *result, const char *name, double value)
{
    return has_metric(result, name) &&
           fabs(metric(result, name) - value) > 1e-9 * fmax(1, fabs(value));
}

static const char *cost_difference(const struct recounter *r, const struct sim_result *result)
{
    const double header = (double)r->sent * (double)r->config->network.header_bytes;
    double most = 0, sum = 0;

    for (int i = 0; i < RECOUNTER_NODES; i++) {
        most = fmax(most, (double)r->handled[i]);
        sum += (double)r->handled[i];
    }
    const struct {
        const char *name;
        double value;
    } values[] = {
        { "messages", (double)r->sent },
        { "bytes", (double)r->bytes },
        { "bytes_header", header },
        { "dropped_loss", (double)r->lost[WHY_LOSS] },
        { "dropped_partition", (double)r->lost[WHY_PARTITION] },
        { "dropped_queue", (double)r->lost[WHY_QUEUE] },
        { "dropped_down", (double)r->lost[WHY_DOWN] },
        { "load_max", most },
        { "load_mean", sum / (double)r->config->nodes },
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (is_other(result, values[i].name, values[i].value))
            return values[i].name;
    if (result->events != r->events)
        return "events";
    if (r->config->network.duplicate <= 0 && /* copies under way are not seen */
        result->samples[result->sample_count - 1].in_flight != r->all_sent - r->all_ended)
        return "in_flight";
    return NULL;
}

static bool is_outcome_other(const struct recounter *r, const struct sim_outcome *o)
{
    const struct recounted_update *u = &r->updates[o->update];
    const sim_time settled = u->settled == SIM_NEVER ? SIM_NEVER : u->settled - u->written;
    const double delay = (double)u->delay / (double)u->learned;

    return o->injected != u->written || o->t50 != u->reached[0] || o->t90 != u->reached[1] ||
           o->t95 != u->reached[2] || o->t99 != u->reached[3] || o->t999 != u->reached[4] ||
           o->t_all != u->reached[5] || o->t_last != u->last - u->written ||
           o->t_settled != settled || o->informed != count_knowers(r, o->update) ||
           (u->learned > 0 && fabs(o->t_avg - delay) > 1e-9 * fmax(1, delay));
}

/* NULL, or which metric or outcome of the run is another than what was seen. */
static const char *recounted_difference(struct recounter *r, const struct sim_result *result)
{
    const double live = count_live(r), most = live > 0 ? live : (double)r->config->nodes;
    double lacking = 0, measured = 0;
    size_t next = 0;

    end_change(r);
    if (r->violation)
        return r->violation;
    for (update_id i = 0; i < RECOUNTER_UPDATES; i++) {
        const struct recounted_update *u = &r->updates[i];

        if (!u->is_written || u->written < r->begin || u->written > r->end)
            continue;
        if (next >= result->outcome_count || result->outcomes[next].update != i ||
            is_outcome_other(r, &result->outcomes[next]))
            return "an outcome";
        next++;
        measured++;
        lacking += live > 0 ? live - count_knowers(r, i) : most;
    }
    if (next != result->outcome_count)
        return "the number of outcomes";
    if (is_other(result, "residue", lacking / measured / most))
        return "residue";
    if (is_other(result, "alive", live))
        return "alive";
    return cost_difference(r, result);
}

const char *recounter_difference(const struct sim_config *config)
{
    static struct recounter recounter;
    static char name[sizeof(struct sim_metric)]; /* a metric's ends with the results */
    struct sim_config watched = *config;
    struct sim_result plain, seen;
    const char *difference;

    sim_run(config, &plain);
    open_recounter(&recounter, config);
    watched.observer = &recounter.observer;
    sim_run(&watched, &seen);
    difference = result_difference(&plain, &seen);
    if (!difference)
        difference = recounted_difference(&recounter, &seen);
    if (!difference && plain.status != SIM_DONE)
        difference = "the run has failed";
    if (difference)
        difference = strncpy(name, difference, sizeof name - 1);
    close_recounter(&recounter);
    sim_result_clear(&plain);
    sim_result_clear(&seen);
    return difference;
}
