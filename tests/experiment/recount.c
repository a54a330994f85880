/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recount.c - see recount.h. */
#include "tests/experiment/recount.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { SHARES = 6, HOPS_MAX = 255, REASONS = WHY_INBOX + 1 };

static const uint64_t permille[SHARES] = { 500, 900, 950, 990, 999, 1000 };

struct recounted_update {
    bool is_written;
    node_id origin;   /* OBSERVE_NOBODY: many had it from the start */
    uint32_t knowers; /* that are up */
    sim_time written, last, settled;
    sim_time reached[SHARES];
    uint64_t learned, copies;
    double delay;
    uint32_t hops_max;
};

struct recount {
    const struct recording *recording;
    const struct sim_config *config;
    const struct sim_result *result;
    sim_time begin, end; /* of what is measured */
    uint32_t nodes, updates, live;
    bool *is_down;
    uint8_t *knows, *knew; /* of each node, each update */
    uint8_t *hops;         /* the same */
    uint64_t *handled;     /* of each node */
    struct recounted_update *of;
    bool is_changing; /* many come and go at once: they are looked at when all have */
    sim_time latest;

    uint64_t messages, bytes, payload, digest, control, lost[REASONS]; /* from `begin` on */
    uint64_t timers, arrived, met_down;                                /* from 0 on */
    bool is_cut; /* of what a message carries not all was kept */
    char *why;
};

static bool differ(struct recount *r, const char *what, double seen, double stored)
{
    g_snprintf(r->why, RECOUNT_WHY, "%s: %.17g by its events, %.17g stored", what, seen, stored);
    return false;
}

/* ---- who knows what ---- */

static void look_at(struct recount *r, update_id update, sim_time now)
{
    struct recounted_update *u = &r->of[update];

    for (int s = 0; s < SHARES && u->knowers > 0; s++)
        if (u->reached[s] == SIM_NEVER && 1000 * (uint64_t)u->knowers >= permille[s] * r->live)
            u->reached[s] = now - u->written;
    if (r->live == 0 || u->knowers < r->live)
        u->settled = SIM_NEVER;
    else if (u->settled == SIM_NEVER)
        u->settled = now;
}

static void look(struct recount *r, sim_time now)
{
    for (update_id i = 0; i < r->updates; i++)
        if (r->of[i].is_written)
            look_at(r, i, now);
}

static void write_update(struct recount *r, update_id update, node_id origin, sim_time now)
{
    struct recounted_update *u = &r->of[update];

    u->is_written = true;
    u->origin = origin;
    u->written = u->last = now;
    u->settled = SIM_NEVER;
    for (int s = 0; s < SHARES; s++)
        u->reached[s] = SIM_NEVER;
}

static void learn(struct recount *r, const struct recorded_event *event, update_id update)
{
    struct recounted_update *u = &r->of[update];
    const size_t place = (size_t)event->node * r->updates + update;
    const bool is_told = event->peer != OBSERVE_NOBODY;

    if (!u->is_written)
        write_update(r, update, event->node, event->at);
    if (r->knows[place]) /* again, as it had forgotten it or let it sleep */
        return;
    r->hops[place] =
        is_told ? (uint8_t)MIN(r->hops[(size_t)event->peer * r->updates + update] + 1, HOPS_MAX)
                : 0;
    if (!r->knew[place]) {
        u->last = event->at;
        u->learned += is_told;
        u->delay += is_told ? (double)(event->at - u->written) : 0;
        u->hops_max = MAX(u->hops_max, r->hops[place]);
    }
    r->knows[place] = r->knew[place] = 1;
    if (!r->is_down[event->node])
        u->knowers++;
    look_at(r, update, event->at);
}

static void see_learned(struct recount *r, const struct recorded_event *event)
{
    struct recorded_walk walk = { 0 };
    update_id update;

    while (recording_next(r->recording, &event->learned, &walk, &update))
        learn(r, event, update);
}

static void see_presence(struct recount *r, const struct recorded_event *event)
{
    const uint8_t *knows = &r->knows[(size_t)event->node * r->updates];
    const bool is_up = event->what == SEEN_UP;

    r->is_down[event->node] = !is_up;
    r->live += is_up ? 1 : UINT32_MAX;
    for (update_id i = 0; i < r->updates; i++)
        r->of[i].knowers += knows[i] ? (is_up ? 1 : UINT32_MAX) : 0;
    if (!r->is_changing)
        look(r, event->at);
}

/* ---- messages ---- */

static void see_sent(struct recount *r, const struct recorded_event *event)
{
    const struct recorded_message *m = &r->recording->messages[event->message];
    struct recorded_walk walk = { 0 };
    update_id update;
    uint32_t kept = 0;

    while (m->copies > 0 && recording_next(r->recording, &m->carries, &walk, &update)) {
        r->of[update].copies++;
        kept++;
    }
    r->is_cut = r->is_cut || (m->copies > 0 && kept < m->carries.count);
    if (event->at < r->begin)
        return;
    r->messages++;
    r->bytes += m->bytes;
    r->payload += m->payload;
    r->digest += m->digest;
    r->control += m->control;
}

static void see(struct recount *r, const struct recorded_event *event, bool has_node_faults)
{
    const bool is_measured = event->at >= r->begin;

    if (event->at > r->latest && r->is_changing) {
        look(r, r->latest);
        r->is_changing = false;
    }
    r->latest = event->at;
    switch ((enum seen)event->what) {
    case SEEN_SENT:
        see_sent(r, event);
        break;
    case SEEN_ARRIVED:
        r->arrived++;
        r->handled[event->peer] += is_measured;
        break;
    case SEEN_LOST:
        r->lost[event->why] += is_measured;
        r->met_down += event->why == WHY_DOWN;
        break;
    case SEEN_LEARNED:
        see_learned(r, event);
        break;
    case SEEN_TIMER:
        r->timers++;
        break;
    case SEEN_UP:
    case SEEN_DOWN:
        r->is_changing = r->is_changing || has_node_faults;
        see_presence(r, event);
        break;
    case SEEN_WIPED:
        memset(&r->knows[(size_t)event->node * r->updates], 0, r->updates);
        break;
    case SEEN_BELIEF:
    case SEEN_PAUSED:
    case SEEN_RESUMED:
    case SEEN_VIEW:
        break;
    }
}

/* ---- what the run says ---- */

static const struct sim_metric *find(const struct recount *r, const char *name)
{
    for (size_t i = 0; i < r->result->metric_count; i++)
        if (strcmp(r->result->metrics[i].name, name) == 0)
            return &r->result->metrics[i];
    return NULL;
}

static bool agree(struct recount *r, const char *name, double seen)
{
    const struct sim_metric *metric = find(r, name);

    if (!metric || fabs(metric->value - seen) <= 1e-9 * fmax(1, fabs(seen)))
        return true;
    return differ(r, name, seen, metric->value);
}

static bool costs_agree(struct recount *r)
{
    double most = 0, sum = 0;

    for (uint32_t i = 0; i < r->nodes; i++) {
        most = fmax(most, (double)r->handled[i]);
        sum += (double)r->handled[i];
    }
    return agree(r, "messages", (double)r->messages) && agree(r, "bytes", (double)r->bytes) &&
           agree(r, "bytes_payload", (double)r->payload) &&
           agree(r, "bytes_digest", (double)r->digest) &&
           agree(r, "bytes_control", (double)r->control) &&
           agree(r, "bytes_header",
                 (double)r->messages * (double)r->config->network.header_bytes) &&
           agree(r, "dropped_loss", (double)r->lost[WHY_LOSS]) &&
           agree(r, "dropped_partition", (double)r->lost[WHY_PARTITION]) &&
           agree(r, "dropped_queue", (double)r->lost[WHY_QUEUE]) &&
           agree(r, "dropped_down", (double)r->lost[WHY_DOWN]) &&
           agree(r, "dropped_inbox", (double)r->lost[WHY_INBOX]) && agree(r, "load_max", most) &&
           agree(r, "load_mean", sum / r->nodes) && agree(r, "alive", r->live);
}

/* One time of an update. */
static bool same(struct recount *r, update_id update, const char *what, sim_time seen,
                 sim_time stored)
{
    if (seen == stored)
        return true;
    g_snprintf(r->why, RECOUNT_WHY,
               "%s of update %" PRIu32 ": %" PRId64 " by its events, %" PRId64 " stored", what,
               update, seen, stored);
    return false;
}

static bool outcome_agrees(struct recount *r, const struct sim_outcome *o, bool has_shares,
                           bool has_copies)
{
    static const char *const names[SHARES] = { "t50", "t90", "t95", "t99", "t999", "t_all" };
    const sim_time stored[SHARES] = { o->t50, o->t90, o->t95, o->t99, o->t999, o->t_all };
    const struct recounted_update *u = &r->of[o->update];
    const sim_time settled = u->settled == SIM_NEVER ? SIM_NEVER : u->settled - u->written;
    const double delay = u->learned > 0 ? u->delay / (double)u->learned : NAN;

    for (int s = 0; s < SHARES && has_shares; s++)
        if (!same(r, o->update, names[s], u->reached[s], stored[s]))
            return false;
    if (has_shares && !same(r, o->update, "t_settled", settled, o->t_settled))
        return false;
    if (has_shares && !same(r, o->update, "informed", u->knowers, o->informed))
        return false;
    if (has_copies && !same(r, o->update, "copies", (sim_time)u->copies, (sim_time)o->copies))
        return false;
    if (u->learned > 0 && fabs(o->t_avg - delay) > 1e-9 * fmax(1, delay))
        return differ(r, "t_avg of an update", delay, o->t_avg);
    return same(r, o->update, "injected", u->written, o->injected) &&
           same(r, o->update, "t_last", u->last - u->written, o->t_last) &&
           same(r, o->update, "hops_max", u->hops_max, o->hops_max) &&
           (u->origin == OBSERVE_NOBODY || same(r, o->update, "origin", u->origin, o->origin));
}

static bool outcomes_agree(struct recount *r)
{
    const struct sim_workload *workload = &r->config->workload;
    const bool has_shares = r->config->store.replicas == 0;
    const bool has_versions = workload->keys < workload->updates || workload->draws_keys;
    size_t next = 0;

    if (workload->deletes > 0)
        return true;
    for (update_id i = 0; i < r->updates; i++) {
        const struct recounted_update *u = &r->of[i];

        if (!u->is_written || u->written < r->begin || u->written > r->end)
            continue;
        if (next == r->result->outcome_count || r->result->outcomes[next].update != i)
            return differ(r, "the update of an outcome", i, -1);
        if (!outcome_agrees(r, &r->result->outcomes[next], has_shares, !has_versions && !r->is_cut))
            return false;
        next++;
    }
    return next == r->result->outcome_count ||
           differ(r, "outcomes", (double)next, (double)r->result->outcome_count);
}

/* Nodes of a crash go down when it happens, those of a recovery come up. */
static bool faults_agree(struct recount *r)
{
    const struct recording *recording = r->recording;

    for (size_t i = 0; i < r->result->fault_count; i++) {
        const struct sim_fault_event *fault = &r->result->faults[i];
        const bool is_crash = strcmp(fault->kind, "crash") == 0;
        const enum seen what = is_crash ? SEEN_DOWN : SEEN_UP;
        uint32_t count = 0;

        if (!is_crash && strcmp(fault->kind, "recover") != 0)
            continue;
        for (size_t k = 0; k < recording->event_count; k++)
            count += recording->events[k].at == fault->at && recording->events[k].what == what;
        if (count < fault->nodes)
            return differ(r, fault->kind, count, fault->nodes);
    }
    return true;
}

/* Messages that wait for the end of a pause, or to be handled, are events that nobody sees. */
static bool events_agree(struct recount *r)
{
    const uint64_t seen = r->timers + r->arrived + r->met_down;
    bool may_wait = r->config->network.processing != NULL;

    for (size_t i = 0; i < r->config->fault_count; i++)
        may_wait = may_wait || r->config->faults[i].kind == FAULT_PAUSE;
    if (r->recording->event_count > 0 &&
        r->recording->events[r->recording->event_count - 1].at > r->result->end)
        return differ(r, "the end", 0, (double)r->result->end);
    return (may_wait ? seen <= r->result->events : seen == r->result->events) ||
           differ(r, "events", (double)seen, (double)r->result->events);
}

/* ---- all of it ---- */

static void open_recount(struct recount *r, const struct recording *recording)
{
    const struct sim_config *config = &recording->config;
    const sim_time round = config->timing == TIMING_ROUNDS ? config->round : 1;

    r->recording = recording;
    r->config = config;
    r->result = &recording->result;
    r->begin = (config->warmup + round - 1) / round * round;
    r->end = config->stop.at - config->cooldown;
    r->end -= r->end % round;
    r->nodes = r->live = (uint32_t)config->nodes;
    r->updates = (uint32_t)(config->workload.updates + config->store.preload);
    r->is_down = g_new0(bool, r->nodes);
    r->knows = g_malloc0((size_t)r->nodes * r->updates + 1);
    r->knew = g_malloc0((size_t)r->nodes * r->updates + 1);
    r->hops = g_malloc0((size_t)r->nodes * r->updates + 1);
    r->handled = g_new0(uint64_t, r->nodes);
    r->of = g_new0(struct recounted_update, r->updates + 1);
    for (update_id i = 0; i < config->store.preload; i++) /* whoever knows it */
        write_update(r, i, OBSERVE_NOBODY, 0);
}

static void close_recount(struct recount *r)
{
    g_free(r->is_down);
    g_free(r->knows);
    g_free(r->knew);
    g_free(r->hops);
    g_free(r->handled);
    g_free(r->of);
}

static bool has_node_faults(const struct sim_config *config)
{
    for (size_t i = 0; i < config->fault_count; i++)
        if (!config->faults[i].obstacle && config->faults[i].kind != FAULT_HEAL)
            return true;
    return false;
}

bool recount_agrees(const struct recording *recording, char why[RECOUNT_WHY])
{
    const bool changes = has_node_faults(&recording->config);
    struct recount r = { .why = why };
    bool agrees;

    open_recount(&r, recording);
    for (size_t i = 0; i < recording->event_count; i++)
        see(&r, &recording->events[i], changes);
    if (r.is_changing)
        look(&r, r.latest);
    agrees = costs_agree(&r) && events_agree(&r) && faults_agree(&r) && outcomes_agree(&r);
    close_recount(&r);
    return agrees;
}
