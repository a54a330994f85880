/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * oracle_test.c - the engine and a slow, plain simulation of the same scenario agree in every
 * figure: on random small configurations of everything that the engine knows, with a stack of two
 * models that use every call, the oracle (oracle.h) finds the same events, times, samples and
 * sums.  What a message and a set cost to keep is the engine's art; what they mean is said there.
 */
#include "tests/sim/oracle.h"
#include "tests/sim/recounter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 600, WRITES_MAX = 30 };

/* ---- two models at once: the calls of the engine, or of the oracle ---- */

struct calls {
    const void *(*config)(const struct node *);
    uint64_t (*random)(struct node *, uint64_t);
    bool (*pick)(struct node *, node_id *);
    void (*send)(struct node *, node_id, int, struct set *);
    void (*every)(struct node *, sim_time, enum phase, int);
    void (*sleep)(struct node *, int);
    void (*wake)(struct node *, int);
    void (*after)(struct node *, sim_time, int, uint32_t);
    const struct set *(*known)(const struct node *);
    bool (*learn)(struct node *, const struct message *);
    struct set *(*copy)(const struct set *);
    struct set *(*minus)(const struct set *, const struct set *);
    bool (*is_empty)(const struct set *);
    void (*free)(struct set *);
};

static const struct calls by_engine = { node_config,  node_random, node_pick_peer, node_send,
                                        node_every,   node_sleep,  node_wake,      node_after,
                                        node_known,   node_learn,  set_copy,       set_minus,
                                        set_is_empty, set_free };
static const struct calls by_oracle = {
    oracle_node_config,  oracle_node_random, oracle_node_pick_peer, oracle_node_send,
    oracle_node_every,   oracle_node_sleep,  oracle_node_wake,      oracle_node_after,
    oracle_node_known,   oracle_node_learn,  oracle_set_copy,       oracle_set_minus,
    oracle_set_is_empty, oracle_set_free
};
static const struct calls *call = &by_engine;

struct tiny {
    sim_time interval, delay;
    int phase, talks; /* talks: one in so many messages has a consequence */
    bool answers;
};

static const struct param params[] = {
    PARAM_INTERVAL(struct tiny, interval, "1s", "1us..365d", "between offers"), PARAM_END
};

enum { OFFER, ANSWER, PING };
static const struct message_kind messages[] = {
    [OFFER] = { .name = "offer", .carries = CARRIES_PAYLOAD | CARRIES_IDENTITIES },
    [ANSWER] = { .name = "answer", .carries = CARRIES_PAYLOAD },
    [PING] = { .name = "ping", .carries = CARRIES_IDENTITIES },
    { .name = NULL },
};

enum { EVERY = 3, ONCE = 5 };

static void start(struct node *n)
{
    const struct tiny *c = call->config(n);

    call->every(n, c->interval, (enum phase)c->phase, EVERY);
}

static void offer(struct node *n, int tag, uint32_t value)
{
    node_id peer;

    (void)value;
    if (call->is_empty(call->known(n))) {
        if (tag == EVERY)
            call->sleep(n, EVERY);
    } else if (call->pick(n, &peer))
        call->send(n, peer, OFFER, call->copy(call->known(n)));
}

static void receive(struct node *n, const struct message *m)
{
    const struct tiny *c = call->config(n);

    if (m->kind == OFFER && c->answers) {
        struct set *more = call->minus(call->known(n), m->set);

        if (call->is_empty(more))
            call->free(more);
        else
            call->send(n, m->from, ANSWER, more);
    }
    if (m->kind != PING)
        call->learn(n, m);
    if (call->random(n, (uint64_t)c->talks) == 0)
        call->after(n, c->delay, ONCE, 7);
}

static void heed(struct node *n, const struct set *news, enum learned how)
{
    const struct tiny *c = call->config(n);
    node_id peer;

    call->wake(n, EVERY);
    if (how == LEARNED_LOCAL)
        call->after(n, 0, ONCE, 0);
    else if (how == LEARNED_HERE && call->random(n, (uint64_t)c->talks) == 0 &&
             call->pick(n, &peer))
        call->send(n, peer, PING, call->copy(news));
}

static void leave(struct node *n, bool graceful, bool loses)
{
    if (graceful || loses)
        offer(n, ONCE, 0);
}

static const struct model tiny = {
    .name = "tiny",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct tiny),
    .on_start = start,
    .on_timer = offer,
    .on_message = receive,
    .on_learn = heed,
    .on_down = leave,
};

/* ---- random configurations ---- */

struct scene {
    struct sim_config config;
    struct tiny tiny[2];
    struct sim_layer stack[2];
    struct distribution *latency, *other_latency, *session, *downtime;
    struct sim_fault faults[ORACLE_FAULTS_MAX];
    struct sim_obstacle obstacles[ORACLE_FAULTS_MAX];
    struct sim_side sides[ORACLE_FAULTS_MAX][ORACLE_SIDES_MAX];
    struct sim_selector parts[ORACLE_FAULTS_MAX][ORACLE_SIDES_MAX];
    struct sim_groups groups;
    struct sim_group list[ORACLE_GROUPS_MAX];
    sim_time cells[ORACLE_GROUPS_MAX * ORACLE_GROUPS_MAX];
    const struct distribution *laws[2];
    struct distribution *sizes;
    struct sim_write writes[WRITES_MAX];
    struct sim_path_loss losses[ORACLE_GROUPS_MAX * ORACLE_GROUPS_MAX];
    uint64_t key;
    uint32_t drawn;
};

static uint64_t below(struct scene *s, uint64_t limit)
{
    return draw_below(draw(s->key, 1, s->drawn++), limit);
}

static bool one_in(struct scene *s, uint64_t n)
{
    return below(s, n) == 0;
}

static struct distribution *stay(struct scene *s, sim_time mean)
{
    static const enum distribution_kind kinds[] = { DISTRIBUTION_CONSTANT, DISTRIBUTION_EXPONENTIAL,
                                                    DISTRIBUTION_UNIFORM };
    const enum distribution_kind kind = kinds[below(s, 3)];
    const double a = (double)below(s, (uint64_t)mean) + (double)mean / 10;

    return distribution_new(&(struct distribution_spec){ .kind = kind, .a = a, .b = 2 * a });
}

static void draw_network(struct scene *s)
{
    struct sim_network *net = &s->config.network;

    s->latency = stay(s, one_in(s, 3) ? 20 * SIM_MICROSECOND : 300 * SIM_MILLISECOND);
    net->latency = s->latency;
    net->latency_per = one_in(s, 2) ? LATENCY_PER_MESSAGE : LATENCY_PER_PAIR;
    net->jitter = one_in(s, 2) ? (double)below(s, 101) / 100 : 0;
    net->loss = one_in(s, 2) ? (double)below(s, 60) / 100 : 0;
    net->loss_burst = one_in(s, 3) ? 1.5 + (double)below(s, 80) / 10 : 0;
    net->header_bytes = 28;
    net->duplicate = one_in(s, 3) ? (double)below(s, 31) / 100 : 0;
    if (s->config.timing == TIMING_EVENTS && one_in(s, 3))
        net->bandwidth = (int64_t)500 << below(s, 12);
    net->queue_bytes = one_in(s, 2) ? (int64_t)below(s, 2000) : -1;
}

/* Three groups, which may be empty, with their own of this and that. */
static void draw_groups(struct scene *s)
{
    const struct sim_network *net = &s->config.network;
    int64_t left = s->config.nodes;

    for (int i = 0; i < ORACLE_GROUPS_MAX; i++) {
        struct sim_group *group = &s->list[i];

        *group =
            (struct sim_group){ i < ORACLE_GROUPS_MAX - 1 ? (int64_t)below(s, (uint64_t)left + 1)
                                                          : left,
                                net->loss,
                                net->loss_burst,
                                net->bandwidth,
                                0,
                                net->queue_bytes };
        left -= group->nodes;
        if (one_in(s, 2))
            group->loss = (double)below(s, 60) / 100;
        if (one_in(s, 2) && s->config.timing == TIMING_EVENTS)
            group->bandwidth = one_in(s, 4) ? 0 : (int64_t)500 << below(s, 12);
        if (one_in(s, 2))
            group->queue_bytes = (int64_t)below(s, 2000);
    }
    s->laws[0] = s->latency;
    s->laws[1] = s->other_latency = stay(s, 300 * SIM_MILLISECOND);
    for (int i = 0; i < ORACLE_GROUPS_MAX * ORACLE_GROUPS_MAX; i++) {
        s->cells[i] =
            one_in(s, 3) ? (sim_time)below(s, (uint64_t)SIM_SECOND) : -1 - (sim_time)below(s, 2);
        s->losses[i] = (struct sim_path_loss){ (double)below(s, 60) / 100,
                                               one_in(s, 2) ? 1.5 + (double)below(s, 8) : 0 };
    }
    s->groups = (struct sim_groups){ .list = s->list, .count = ORACLE_GROUPS_MAX };
    if (one_in(s, 2)) {
        s->groups.latency = s->cells;
        s->groups.laws = s->laws;
    }
    s->groups.loss = one_in(s, 2) ? s->losses : NULL;
    s->config.network.groups = &s->groups;
}

static void draw_churn(struct scene *s)
{
    struct sim_churn *churn = &s->config.churn;

    s->session = s->downtime = NULL;
    if (one_in(s, 2))
        return;
    s->session = stay(s, 6 * SIM_SECOND);
    s->downtime = stay(s, 4 * SIM_SECOND);
    *churn = (struct sim_churn){ .session = s->session,
                                 .downtime = s->downtime,
                                 .share = one_in(s, 2) ? 1 : 0.6,
                                 .rejoin = one_in(s, 2) ? REJOIN_KEEP : REJOIN_LOSE,
                                 .leave = one_in(s, 2) ? LEAVE_CRASH : LEAVE_GRACEFUL,
                                 .start = one_in(s, 2) ? CHURN_UP : CHURN_STATIONARY };
}

/* Sides of a partition that have no node in common: ranges, or shares. */
static void draw_sides(struct scene *s, int number)
{
    const int64_t nodes = s->config.nodes;
    const bool by_share = one_in(s, 2);
    int64_t first = 0;
    double left = 1;

    for (int i = 0; i < ORACLE_SIDES_MAX; i++) {
        struct sim_side *side = &s->sides[number][i];
        struct sim_selector *part = &s->parts[number][i];

        *part = (struct sim_selector){ .kind = SELECT_RANGE, .first = first };
        part->nodes = (int64_t)below(s, (uint64_t)(nodes - first + 1));
        first += part->nodes;
        if (by_share) {
            side->share = i < ORACLE_SIDES_MAX - 1 ? left * (double)below(s, 100) / 100 : left;
            left -= side->share;
        } else if (part->nodes > 0)
            *side = (struct sim_side){ .parts = part, .part_count = 1 };
    }
    s->obstacles[number].side_count = ORACLE_SIDES_MAX;
}

/* Any nodes on either side. */
static void draw_ways(struct scene *s, int number, int ways)
{
    struct sim_obstacle *obstacle = &s->obstacles[number];
    const uint64_t nodes = (uint64_t)s->config.nodes;

    for (int i = 0; i < ways; i++) {
        s->parts[number][i] = (struct sim_selector){ .kind = (enum sim_select)below(s, 4),
                                                     .share = (double)below(s, 101) / 100,
                                                     .count = (int64_t)below(s, nodes + 1) };
        s->sides[number][i] = (struct sim_side){ .parts = &s->parts[number][i], .part_count = 1 };
    }
    obstacle->side_count = (size_t)ways;
    obstacle->loss = (double)below(s, 60) / 100;
    obstacle->loss_burst = one_in(s, 2) ? 1.5 + (double)below(s, 80) / 10 : 0;
    obstacle->factor = (double)(1 + below(s, 64)) / 8;
}

static void draw_faults(struct scene *s)
{
    static const enum sim_fault_kind kinds[] = { FAULT_PARTITION, FAULT_ONE_WAY, FAULT_HEAL,
                                                 FAULT_LOSS, FAULT_LATENCY };

    s->config.fault_count = one_in(s, 2) ? below(s, ORACLE_FAULTS_MAX + 1) : 0;
    s->config.faults = s->faults;
    for (int i = 0; i < (int)s->config.fault_count; i++) {
        struct sim_fault *fault = &s->faults[i];

        fault->kind = kinds[below(s, s->config.timing == TIMING_EVENTS ? 5 : 4)];
        fault->at = (sim_time)below(s, (uint64_t)(5 * SIM_SECOND));
        fault->every = one_in(s, 3) ? 1 + (sim_time)below(s, (uint64_t)(3 * SIM_SECOND)) : 0;
        if (fault->kind == FAULT_HEAL)
            continue;
        fault->lasts = one_in(s, 3) ? 0 : 1 + (sim_time)below(s, (uint64_t)(3 * SIM_SECOND));
        fault->obstacle = &s->obstacles[i];
        s->obstacles[i].sides = s->sides[i];
        if (fault->kind == FAULT_PARTITION)
            draw_sides(s, i);
        else
            draw_ways(s, i, fault->kind == FAULT_ONE_WAY ? 2 : 1);
    }
}

/* Written by every node, where none is ever down, or as a trace has it. */
static void draw_writes(struct scene *s)
{
    struct sim_workload *w = &s->config.workload;

    if (!s->config.churn.session && one_in(s, 2)) {
        w->arrival = ARRIVAL_RENEWAL;
        w->every = (1 + (sim_time)below(s, 4)) * SIM_SECOND;
        w->is_together = one_in(s, 4);
        w->keys = s->config.nodes;
        w->updates = w->keys * (int64_t)(1 + below(s, (uint64_t)(70 / w->keys)));
        return;
    }
    w->arrival = ARRIVAL_TRACE;
    w->updates = 1 + (int64_t)below(s, WRITES_MAX);
    w->keys = 1 + (int64_t)below(s, 20);
    w->writes = s->writes;
    for (int64_t i = 0; i < w->updates; i++)
        s->writes[i] = (struct sim_write){ .at = (i > 0 ? s->writes[i - 1].at : 0) +
                                                 (sim_time)below(s, SIM_SECOND / 5),
                                           .node = (node_id)below(s, (uint64_t)s->config.nodes),
                                           .key = (uint32_t)below(s, (uint64_t)w->keys),
                                           .bytes = (uint32_t)below(s, 5000),
                                           .is_delete = w->deletes > 0 && one_in(s, 3) };
}

static void draw_workload(struct scene *s)
{
    struct sim_workload *w = &s->config.workload;

    s->config.store.preload = one_in(s, 3) ? (int64_t)below(s, 30) : 0;
    s->config.store.missing = one_in(s, 2) ? (double)below(s, 100) / 100 : 0;
    w->updates = (int64_t)below(s, one_in(s, 2) ? 5 : 70);
    w->keys =
        one_in(s, 2) || w->updates == 0 ? w->updates : 1 + (int64_t)below(s, (uint64_t)w->updates);
    w->size_bytes = 100;
    w->at = one_in(s, 2) ? 0 : (sim_time)below(s, (uint64_t)(2 * SIM_SECOND));
    w->arrival = (enum sim_arrival)below(s, 3);
    w->rate = 20;
    w->every = (sim_time)below(s, (uint64_t)(100 * SIM_MILLISECOND));
    w->origin = (enum sim_origin)below(s, 3);
    w->origin_node = (node_id)below(s, (uint64_t)s->config.nodes);
    w->deletes = one_in(s, 3) ? 0.4 : 0;
    w->draws_keys = w->keys > 0 && one_in(s, 3);
    w->zipf = (double)below(s, 200) / 100;
    s->sizes = stay(s, 500);
    w->sizes = one_in(s, 2) ? s->sizes : NULL;
    if (one_in(s, 4)) {
        w->draws_keys = false;
        draw_writes(s);
    }
}

static void draw_tiny(struct scene *s, struct tiny *c)
{
    c->interval = SIM_SECOND * (sim_time)(1 + below(s, 3)) / (s->config.round ? 1 : 4);
    c->delay = (sim_time)below(s, (uint64_t)SIM_SECOND);
    c->phase = one_in(s, 2) ? PHASE_RANDOM : PHASE_TOGETHER;
    c->talks = 2 + (int)below(s, 5);
    c->answers = one_in(s, 2);
}

static void draw_scene(struct scene *s, uint32_t number)
{
    *s = (struct scene){ .key = draw_key(number, 0, PURPOSE_MODEL) };
    s->config.nodes = 1 + (int64_t)below(s, one_in(s, 2) ? 6 : 40);
    s->config.seed = number;
    s->config.replication = (uint32_t)below(s, 3);
    s->config.timing = one_in(s, 3) ? TIMING_ROUNDS : TIMING_EVENTS;
    s->config.round = s->config.timing == TIMING_ROUNDS ? SIM_SECOND / 2 : 0;
    s->config.peers = one_in(s, 2) ? PEERS_ALL : PEERS_ALIVE;
    draw_network(s);
    draw_churn(s);
    draw_faults(s);
    draw_workload(s);
    s->config.stop = (struct sim_stop){ .at = 6 * SIM_SECOND,
                                        .when = (enum sim_stop_when)below(s, 3),
                                        .events = 1000000 };
    s->config.warmup = one_in(s, 4) ? (sim_time)below(s, (uint64_t)(2 * SIM_SECOND)) : 0;
    s->config.cooldown = one_in(s, 4) ? (sim_time)below(s, (uint64_t)(3 * SIM_SECOND)) : 0;
    s->config.sample_every = SIM_SECOND / 2;
    s->config.node_histograms = true;
    s->config.stack = s->stack;
    s->config.stack_count = 1 + (int)below(s, 2);
    for (int i = 0; i < s->config.stack_count; i++) {
        draw_tiny(s, &s->tiny[i]);
        s->stack[i] = (struct sim_layer){ .model = &tiny, .config = &s->tiny[i] };
    }
    if (one_in(s, 3)) /* last, so that other configurations stay as they were */
        draw_groups(s);
}

static void clear_scene(struct scene *s)
{
    distribution_free(s->latency);
    distribution_free(s->other_latency);
    distribution_free(s->session);
    distribution_free(s->downtime);
    distribution_free(s->sizes);
}

/* ---- comparison ---- */

static int differences;

static void differs(uint32_t number, const char *what, size_t index, double engine_says,
                    double oracle_says)
{
    const double scale = fmax(1, fmax(fabs(engine_says), fabs(oracle_says)));

    if (fabs(engine_says - oracle_says) <= 1e-9 * scale ||
        (isnan(engine_says) && isnan(oracle_says)))
        return;
    if (++differences <= 20)
        print_error("case %u: %s [%zu]: the engine says %.17g, the oracle %.17g\n", number, what,
                    index, engine_says, oracle_says);
}

static void compare_metrics(uint32_t number, const struct sim_result *r,
                            const struct oracle_figures *f)
{
    const struct {
        const char *name;
        double value;
    } expected[] = {
        { "t50", f->times[0] },
        { "t90", f->times[1] },
        { "t95", f->times[2] },
        { "t99", f->times[3] },
        { "t999", f->times[4] },
        { "t_all", f->times[5] },
        { "t_last", f->times[6] },
        { "t_settled", f->times[7] },
        { "t_avg", f->t_avg },
        { "m", f->m },
        { "messages", (double)f->messages },
        { "bytes_payload", (double)f->payload },
        { "bytes_digest", (double)f->digest },
        { "bytes_control", (double)f->control },
        { "bytes_header", 28 * (double)f->messages },
        { "repair_time", f->repair_time },
        { "measured_time", f->measured_time },
        { "bytes_rate", f->bytes_rate },
        { "messages_rate", f->messages_rate },
        { "messages_rate_in", f->messages_rate_in },
        { "load_mean", f->load_mean },
        { "redundancy", (double)f->duplicates / (double)f->useful },
        { "dropped_loss", (double)f->lost },
        { "dropped_down", (double)f->met_down },
        { "duplicated", (double)f->duplicated },
        { "dropped_partition", (double)f->dropped_partition },
        { "dropped_queue", (double)f->dropped_queue },
        { "load_max", f->load_max },
        { "hops_max", f->hops_max },
        { "hops_mean", f->hops_mean },
        { "last_hop", f->last_hop },
        { "rmr", f->rmr },
        { "residue", f->residue },
        { "reliability", 1 - f->residue },
        { "converged", f->has_converged },
        { "staleness", f->staleness },
        { "staleness_mean", f->staleness_mean },
        { "entropy", f->entropy },
        { "lost_updates", f->lost_updates },
    };

    bool has_mean = false;

    for (size_t i = 0; i < r->metric_count; i++)
        has_mean = has_mean || strcmp(r->metrics[i].name, "staleness_mean") == 0;
    differs(number, "staleness_mean applies", 0, has_mean, !isnan(f->staleness_mean));
    for (size_t i = 0; i < r->metric_count; i++)
        for (size_t k = 0; k < sizeof expected / sizeof *expected; k++)
            if (strcmp(r->metrics[i].name, expected[k].name) == 0)
                differs(number, expected[k].name, i, r->metrics[i].value, expected[k].value);
}

static void compare_samples(uint32_t number, const struct sim_result *r,
                            const struct oracle_figures *f)
{
    differs(number, "samples", 0, (double)r->sample_count, (double)f->sample_count);
    for (size_t i = 0; i < r->sample_count && i < f->sample_count; i++) {
        const struct sim_sample *a = &r->samples[i], *b = &f->samples[i];

        differs(number, "sample at", i, (double)a->at, (double)b->at);
        differs(number, "sample alive", i, a->alive, b->alive);
        differs(number, "sample informed", i, a->informed, b->informed);
        differs(number, "sample staleness", i, a->staleness, b->staleness);
        differs(number, "sample entropy", i, a->entropy, b->entropy);
        differs(number, "sample messages", i, (double)a->messages, (double)b->messages);
        differs(number, "sample payload", i, (double)a->bytes_payload, (double)b->bytes_payload);
        differs(number, "sample digest", i, (double)a->bytes_digest, (double)b->bytes_digest);
        differs(number, "sample control", i, (double)a->bytes_control, (double)b->bytes_control);
        differs(number, "sample duplicates", i, (double)a->duplicates, (double)b->duplicates);
        differs(number, "sample dropped", i, (double)a->dropped, (double)b->dropped);
        differs(number, "sample in flight", i, (double)a->in_flight, (double)b->in_flight);
    }
}

static void compare_outcomes(uint32_t number, const struct sim_result *r,
                             const struct oracle_figures *f)
{
    differs(number, "outcomes", 0, (double)r->outcome_count, (double)f->outcome_count);
    for (size_t i = 0; i < r->outcome_count && i < f->outcome_count; i++) {
        const struct sim_outcome *a = &r->outcomes[i], *b = &f->outcomes[i];

        differs(number, "update", i, a->update, b->update);
        differs(number, "origin", i, a->origin, b->origin);
        differs(number, "injected", i, (double)a->injected, (double)b->injected);
        differs(number, "t50 of", i, (double)a->t50, (double)b->t50);
        differs(number, "t90 of", i, (double)a->t90, (double)b->t90);
        differs(number, "t95 of", i, (double)a->t95, (double)b->t95);
        differs(number, "t99 of", i, (double)a->t99, (double)b->t99);
        differs(number, "t999 of", i, (double)a->t999, (double)b->t999);
        differs(number, "t_all of", i, (double)a->t_all, (double)b->t_all);
        differs(number, "t_last of", i, (double)a->t_last, (double)b->t_last);
        differs(number, "t_settled of", i, (double)a->t_settled, (double)b->t_settled);
        differs(number, "t_avg of", i, a->t_avg, b->t_avg);
        differs(number, "informed of", i, a->informed, b->informed);
        differs(number, "hops of", i, a->hops_max, b->hops_max);
        differs(number, "copies of", i, (double)a->copies, (double)b->copies);
        differs(number, "bytes of", i, (double)a->bytes, (double)b->bytes);
    }
}

static void compare(uint32_t number, const struct sim_config *config, const struct sim_result *r)
{
    static struct oracle_figures f;

    oracle_run(config, &f);
    differs(number, "end", 0, (double)r->end, (double)f.end);
    differs(number, "events", 0, (double)r->events, (double)f.events);
    compare_samples(number, r, &f);
    compare_outcomes(number, r, &f);
    compare_metrics(number, r, &f);
}

static void test_engine_and_oracle_agree(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < CASES && differences == 0; number++) {
        struct scene scene;
        struct sim_result result;

        draw_scene(&scene, number);
        call = &by_engine;
        sim_run(&scene.config, &result);
        assert_int_equal(result.status, SIM_DONE);
        call = &by_oracle;
        compare(number, &scene.config, &result);
        sim_result_clear(&result);
        clear_scene(&scene);
    }
    assert_int_equal(differences, 0);
}

/* Who looks on changes nothing, and sees enough to work out what the engine measures. */
static void test_an_observer_sees_all_and_changes_nothing(void **state)
{
    (void)state;
    call = &by_engine;
    for (uint32_t number = 0; number < CASES; number++) {
        struct scene scene;
        const char *difference;

        draw_scene(&scene, number);
        difference = recounter_difference(&scene.config);
        if (difference)
            fail_msg("case %u: with an observer, or by what it saw, another: %s", number,
                     difference);
        clear_scene(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine_and_oracle_agree),
        cmocka_unit_test(test_an_observer_sees_all_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
