/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Churn is stationary from the first instant: the share of nodes that are up is E[session] /
 * (E[session] + E[downtime]) at every moment, what is left of the first sessions follows the
 * equilibrium law and not that of sessions, and later ones follow theirs.  What a node was about
 * to do dies with it, its data stay or go as the scenario says, and only who leaves gracefully
 * says goodbye.  Where nodes follow a record, each does what is recorded.
 */
#include "law.h"
#include "tests/models/harness.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NODES = 2000, STAYS_MAX = 80, ALARM = 1 };

#define ALARM_AFTER (50 * SIM_SECOND)

/* What the model under test noted of a node. */
struct diary {
    sim_time changes[STAYS_MAX]; /* ups and downs in turn; 0 first if it was up from the start */
    int count;
    sim_time since; /* the last change, listed or not */
    bool is_up;
    uint32_t starts, alarms, remembered; /* remembered: starts that its state counts */
    uint32_t knew;                       /* starts at which it knew the update */
    uint32_t false_alarms;               /* of a former life */
};

struct config {
    struct diary *diaries;
    uint64_t farewells; /* heard */
    bool is_graceful, loses;
};

struct state {
    uint32_t starts;
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void note_change(struct node *n, bool is_up)
{
    struct diary *diary = &config_of(n)->diaries[node_self(n)];

    assert_int_equal(diary->is_up, !is_up);
    diary->is_up = is_up;
    diary->since = node_now(n);
    if (diary->count < STAYS_MAX)
        diary->changes[diary->count++] = node_now(n);
}

static void start(struct node *n)
{
    struct diary *diary = &config_of(n)->diaries[node_self(n)];
    struct state *mine = node_state(n);

    if (diary->count == 0 && node_now(n) > 0) /* it was down at first */
        diary->changes[diary->count++] = -1;
    note_change(n, true);
    diary->starts++;
    diary->remembered = ++mine->starts;
    diary->knew += !set_is_empty(node_known(n));
    node_after(n, ALARM_AFTER, ALARM, diary->starts);
}

static void alarm(struct node *n, int tag, uint32_t value)
{
    struct diary *diary = &config_of(n)->diaries[node_self(n)];

    assert_int_equal(tag, ALARM);
    assert_true(diary->is_up);
    diary->alarms++;
    diary->false_alarms += value != diary->starts;
    assert_int_equal(node_now(n), diary->since + ALARM_AFTER);
}

static void farewell(struct node *n, bool graceful, bool loses)
{
    node_id peer;

    assert_int_equal(graceful, config_of(n)->is_graceful);
    assert_int_equal(loses, config_of(n)->loses);
    note_change(n, false);
    if (node_pick_peer(n, &peer))
        node_send(n, peer, 0, set_new());
}

static void hear(struct node *n, const struct message *m)
{
    (void)m;
    assert_true(config_of(n)->diaries[node_self(n)].is_up);
    config_of(n)->farewells++;
}

static const struct param params[] = { PARAM_END };
static const struct message_kind messages[] = { { .name = "bye", .carries = CARRIES_CONTROL },
                                                { .name = NULL } };

static const struct model diarist = {
    .name = "diarist",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .on_start = start,
    .on_timer = alarm,
    .on_message = hear,
    .on_down = farewell,
};

struct trial {
    struct setup setup;
    struct distribution *session, *downtime;
    struct config *config;
    struct sim_result result;
};

static void open_trial(struct trial *t, const struct distribution_spec *session,
                       const struct distribution_spec *downtime)
{
    struct sim_config *c = &t->setup.config;

    setup_init(&t->setup, NODES);
    assert_true(setup_add_model(&t->setup, &diarist, ""));
    t->session = distribution_new(session);
    t->downtime = distribution_new(downtime);
    t->config = t->setup.configs[0];
    t->config->diaries = calloc(NODES, sizeof *t->config->diaries);
    t->config->loses = false;
    c->churn.session = t->session;
    c->churn.downtime = t->downtime;
    c->workload = (struct sim_workload){ 0 };
    c->store.preload = 1;
    c->stop.at = 4000 * SIM_SECOND;
    c->stop.when = STOP_NEVER;
    c->sample_every = 100 * SIM_SECOND;
}

static void run_trial(struct trial *t)
{
    t->config->is_graceful = t->setup.config.churn.leave == LEAVE_GRACEFUL;
    t->config->loses = t->setup.config.churn.rejoin == REJOIN_LOSE;
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    free(t->config->diaries);
    distribution_free(t->session);
    distribution_free(t->downtime);
    setup_clear(&t->setup);
}

/* ---- laws of sessions with a mean of 600 s and what is left of them at a random moment ---- */

#define MEAN 600e9

static double exponential(double x, const void *about)
{
    (void)about;
    return gsl_cdf_exponential_P(x, MEAN);
}

static double weibull_scale(void)
{
    return MEAN / gsl_sf_gamma(1 + 1 / 0.6);
}

static double weibull(double x, const void *about)
{
    (void)about;
    return gsl_cdf_weibull_P(x, weibull_scale(), 0.6);
}

static double weibull_residual(double x, const void *about)
{
    (void)about;
    return gsl_sf_gamma_inc_P(1 / 0.6, pow(fmax(x, 0) / weibull_scale(), 0.6));
}

static double constant_residual(double x, const void *about)
{
    (void)about;
    return gsl_cdf_flat_P(x, 0, MEAN);
}

static double uniform(double x, const void *about)
{
    (void)about;
    return gsl_cdf_flat_P(x, 0, 2 * MEAN);
}

static double uniform_residual(double x, const void *about)
{
    double share = x / MEAN / 2;

    (void)about;
    return x > 2 * MEAN ? 1 : 2 * share - share * share;
}

static const struct {
    struct distribution_spec spec;
    law_cdf *session, *residual;
} laws[] = {
    { { .kind = DISTRIBUTION_EXPONENTIAL, .a = MEAN }, exponential, exponential },
    { { .kind = DISTRIBUTION_WEIBULL, .a = MEAN / 1.5045754882515558, .b = 0.6 },
      weibull,
      weibull_residual },
    { { .kind = DISTRIBUTION_CONSTANT, .a = MEAN }, NULL, constant_residual },
    { { .kind = DISTRIBUTION_UNIFORM, .a = 0, .b = 2 * MEAN }, uniform, uniform_residual },
};

enum { LAWS = sizeof laws / sizeof *laws };

static const struct distribution_spec downtime_of_200s = { .kind = DISTRIBUTION_EXPONENTIAL,
                                                           .a = MEAN / 3 };

static void the_share_of_live_nodes_is_the_same_at_all_times(void **state)
{
    (void)state;
    for (int k = 0; k < LAWS; k++)
        for (uint32_t replication = 0; replication < 2; replication++) {
            struct trial t = { 0 };

            open_trial(&t, &laws[k].spec, &downtime_of_200s);
            t.setup.config.replication = replication;
            run_trial(&t);
            assert_true(t.result.sample_count >= 40);
            for (size_t i = 0; i < t.result.sample_count; i++)
                assert_true(fabs(law_share(t.result.samples[i].alive, NODES, 0.75)) < LAW_Z);
            close_trial(&t);
        }
}

/* First stays (after the start) of nodes that were up, or down, then; ns. */
static size_t first_stays(const struct trial *t, bool up, double *stays)
{
    size_t count = 0;

    for (int i = 0; i < NODES; i++) {
        const struct diary *d = &t->config->diaries[i];

        if (d->count > 1 && (d->changes[0] == 0) == up)
            stays[count++] = (double)d->changes[1];
    }
    return count;
}

static void what_is_left_of_the_first_sessions(void **state)
{
    double *stays = malloc(NODES * sizeof *stays);

    (void)state;
    for (int k = 0; k < LAWS; k++) {
        struct trial t = { 0 };
        size_t count;

        open_trial(&t, &laws[k].spec, &downtime_of_200s);
        t.setup.config.stop.at = 40000 * SIM_SECOND; /* so that none is cut */
        t.setup.config.sample_every = 20000 * SIM_SECOND;
        run_trial(&t);
        count = first_stays(&t, true, stays);
        assert_true(count > NODES / 2);
        assert_true(law_ks(stays, count, laws[k].residual, NULL) < LAW_KS);
        if (laws[k].session && laws[k].session != laws[k].residual)
            assert_true(law_ks(stays, count, laws[k].session, NULL) > LAW_KS_NEVER);
        close_trial(&t);
    }
    free(stays);
}

/* Second sessions, cut by nothing because the run outlasts them. */
static void later_sessions_are_whole(void **state)
{
    double *stays = malloc(NODES * sizeof *stays);

    (void)state;
    for (int k = 0; k < LAWS; k++) {
        struct trial t = { 0 };
        size_t count = 0;

        open_trial(&t, &laws[k].spec, &downtime_of_200s);
        t.setup.config.stop.at = 40000 * SIM_SECOND;
        t.setup.config.sample_every = 20000 * SIM_SECOND;
        run_trial(&t);
        for (int i = 0; i < NODES; i++) {
            const struct diary *d = &t.config->diaries[i];
            const int from = d->changes[0] == 0 ? 2 : 1;

            assert_true(d->count > from + 1);
            stays[count++] = (double)(d->changes[from + 1] - d->changes[from]);
            if (!laws[k].session)
                assert_true(stays[count - 1] == MEAN);
        }
        if (laws[k].session)
            assert_true(law_ks(stays, count, laws[k].session, NULL) < LAW_KS);
        close_trial(&t);
    }
    free(stays);
}

static void all_may_start_up(void **state)
{
    double *stays = malloc(NODES * sizeof *stays);
    struct trial t = { 0 };

    (void)state;
    open_trial(&t, &laws[1].spec, &downtime_of_200s);
    t.setup.config.churn.start = CHURN_UP;
    t.setup.config.stop.at = 40000 * SIM_SECOND;
    t.setup.config.sample_every = 20000 * SIM_SECOND;
    run_trial(&t);
    assert_int_equal(t.result.samples[0].alive, NODES);
    assert_int_equal(first_stays(&t, true, stays), NODES);
    assert_true(law_ks(stays, NODES, weibull, NULL) < LAW_KS);
    close_trial(&t);
    free(stays);
}

static void only_a_share_of_the_nodes_churns(void **state)
{
    struct trial t = { 0 };
    uint32_t still = 0;

    (void)state;
    open_trial(&t, &laws[0].spec, &downtime_of_200s);
    t.setup.config.churn.share = 0.3;
    t.setup.config.stop.at = 10000 * SIM_SECOND;
    run_trial(&t);
    for (int i = 0; i < NODES; i++)
        still += t.config->diaries[i].count == 1 && t.config->diaries[i].changes[0] == 0;
    assert_true(fabs(law_share(still, NODES, 0.7)) < LAW_Z);
    close_trial(&t);
}

/* Alarms ring for every life that lasts long enough, and for no other. */
static void timers_die_with_their_node(void **state)
{
    (void)state;
    for (int loses = 0; loses < 2; loses++) {
        struct trial t = { 0 };
        const struct distribution_spec short_lives = { .kind = DISTRIBUTION_EXPONENTIAL,
                                                       .a = 60e9 };
        const struct distribution_spec short_gaps = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 5e9 };

        open_trial(&t, &short_lives, &short_gaps);
        t.setup.config.churn.rejoin = loses ? REJOIN_LOSE : REJOIN_KEEP;
        t.setup.config.stop.at = 600 * SIM_SECOND;
        run_trial(&t);
        for (int i = 0; i < NODES; i++) {
            const struct diary *d = &t.config->diaries[i];
            uint32_t expected = 0;

            assert_true(d->count < STAYS_MAX);
            for (int k = d->changes[0] == 0 ? 0 : 1; k < d->count; k += 2) {
                sim_time end = k + 1 < d->count ? d->changes[k + 1] : 600 * SIM_SECOND + 1;

                expected += end - d->changes[k] > ALARM_AFTER;
            }
            assert_int_equal(d->alarms, expected);
            assert_int_equal(d->false_alarms, 0);
        }
        close_trial(&t);
    }
}

static void data_stay_or_go(void **state)
{
    (void)state;
    for (int loses = 0; loses < 2; loses++) {
        struct trial t = { 0 };

        open_trial(&t, &laws[0].spec, &downtime_of_200s);
        t.setup.config.churn.rejoin = loses ? REJOIN_LOSE : REJOIN_KEEP;
        run_trial(&t);
        for (int i = 0; i < NODES; i++) {
            const struct diary *d = &t.config->diaries[i];
            const bool was_up = d->count > 0 && d->changes[0] == 0;

            if (d->starts == 0)
                continue;
            assert_int_equal(d->remembered, loses ? 1 : d->starts);
            assert_int_equal(d->knew, loses ? was_up : d->starts);
        }
        assert_true(loses ? metric(&t.result, "residue") > 0.5 : metric(&t.result, "residue") == 0);
        close_trial(&t);
    }
}

static void only_the_graceful_say_goodbye(void **state)
{
    (void)state;
    for (int graceful = 0; graceful < 2; graceful++) {
        struct trial t = { 0 };

        open_trial(&t, &laws[0].spec, &downtime_of_200s);
        t.setup.config.churn.leave = graceful ? LEAVE_GRACEFUL : LEAVE_CRASH;
        run_trial(&t);
        if (graceful) {
            assert_true(t.config->farewells > NODES);
            assert_true(metric(&t.result, "dropped_down") > 0);
            assert_true(fabs(law_share((double)t.config->farewells, metric(&t.result, "messages"),
                                       0.75)) < LAW_Z);
        } else
            assert_true(metric(&t.result, "messages") == 0);
        close_trial(&t);
    }
}

/* Sessions or gaps of no length at all must not stop the clock for ever. */
static void the_end_comes_whatever_the_sessions(void **state)
{
    static const double means[][2] = { { 1, 1 }, { 1e18, 1 }, { 1, 1e18 }, { 1e18, 1e18 } };

    (void)state;
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        struct trial t = { 0 };
        const struct distribution_spec session = { .a = means[i][0] };
        const struct distribution_spec downtime = { .a = means[i][1] };

        open_trial(&t, &session, &downtime);
        t.setup.config.stop.at = 100;
        t.setup.config.sample_every = 10;
        run_trial(&t);
        assert_string_equal(t.result.stop_reason, "time");
        assert_int_equal(t.result.end, 100);
        close_trial(&t);
    }
}

/* ---- a record ---- */

enum { RECORDED = 500 };

/* Nodes that come and go at times of their own: node i with i % 5 times `each` changes. */
static struct sim_trace *new_trace(uint64_t each)
{
    struct sim_trace *trace = calloc(1, sizeof *trace);
    bool *begins_up = calloc(RECORDED, sizeof *begins_up);
    uint64_t *start = calloc(RECORDED + 1, sizeof *start);
    sim_time *changes = calloc(5 * each * RECORDED, sizeof *changes);

    for (uint64_t i = 0; i < RECORDED; i++) {
        begins_up[i] = i % 3 > 0;
        start[i + 1] = start[i] + each * (i % 5);
        for (uint64_t k = start[i]; k < start[i + 1]; k++)
            changes[k] = (sim_time)(700 * (k - start[i] + 1) + i) * SIM_SECOND;
    }
    *trace = (struct sim_trace){ .count = RECORDED,
                                 .begins_up = begins_up,
                                 .start = start,
                                 .changes = changes,
                                 .length = 6000 * SIM_SECOND };
    return trace;
}

static void free_trace(struct sim_trace *trace)
{
    free((void *)trace->begins_up);
    free((void *)trace->start);
    free((void *)trace->changes);
    free(trace);
}

/* Whether the diary is that of recorded node `i`, whose record repeats or does not. */
static bool is_diary_of(const struct diary *d, const struct sim_trace *trace, uint64_t i,
                        bool repeats, sim_time end)
{
    int at = 1; /* behind what it began with */

    if (d->count == 0 || (d->changes[0] == 0) != trace->begins_up[i])
        return false;
    for (sim_time lap = 0; lap <= end; lap += trace->length) {
        for (uint64_t k = trace->start[i]; k < trace->start[i + 1]; k++)
            if (lap + trace->changes[k] <= end &&
                (at == d->count || d->changes[at++] != lap + trace->changes[k]))
                return false;
        if (!repeats)
            break;
    }
    return at == d->count;
}

/* Nothing is drawn of these sessions. */
static void open_recorded(struct trial *t, const struct sim_trace *trace)
{
    open_trial(t, &downtime_of_200s, &downtime_of_200s);
    t->setup.config.churn.session = t->setup.config.churn.downtime = NULL;
    t->setup.config.churn.trace = trace;
    t->setup.config.nodes = RECORDED;
}

static void each_node_does_what_is_recorded_of_it(void **state)
{
    struct sim_trace *trace = new_trace(1);

    (void)state;
    for (uint32_t replication = 0; replication < 2; replication++) {
        struct trial t = { 0 };
        int found = 0;

        open_recorded(&t, trace);
        t.setup.config.replication = replication;
        run_trial(&t);
        for (uint64_t i = 0; i < RECORDED; i++) /* numbers inside are others */
            for (int k = 0; k < RECORDED; k++)
                found += trace->start[i] < trace->start[i + 1] &&
                         is_diary_of(&t.config->diaries[k], trace, i, false, 4000 * SIM_SECOND);
        assert_int_equal(found, RECORDED / 5 * 4);
        close_trial(&t);
    }
    free_trace(trace);
}

/* Where moments are drawn, too, the share that is up is at all times what it is over the record. */
static void nodes_may_follow_whom_they_draw(void **state)
{
    struct sim_trace *trace = new_trace(2);
    struct trial t = { 0 };
    double up = 0;

    (void)state;
    for (uint64_t i = 0; i < RECORDED; i++) {
        const uint64_t first = trace->start[i], count = trace->start[i + 1] - first;
        double away = 0;

        for (uint64_t k = 0; k < count; k += 2)
            away += (double)(trace->changes[first + k + 1] - trace->changes[first + k]);
        up += trace->begins_up[i] ? (double)trace->length - away : away;
    }
    open_recorded(&t, trace);
    t.setup.config.nodes = NODES;
    t.setup.config.churn.is_drawn = true;
    t.setup.config.churn.repeats = true;
    t.setup.config.churn.is_shifted = true;
    t.setup.config.stop.at = 20000 * SIM_SECOND;
    t.setup.config.sample_every = 1500 * SIM_SECOND;
    run_trial(&t);
    assert_true(t.result.sample_count >= 13);
    for (size_t i = 0; i < t.result.sample_count; i++)
        assert_true(fabs(law_share(t.result.samples[i].alive, NODES,
                                   up / (double)trace->length / RECORDED)) < LAW_Z);
    close_trial(&t);
    free_trace(trace);
}

/* Every lap is like the first. */
static void a_record_may_repeat(void **state)
{
    struct sim_trace *trace = new_trace(2);
    struct trial t = { 0 };
    int found = 0;

    (void)state;
    open_recorded(&t, trace);
    t.setup.config.churn.repeats = true;
    t.setup.config.stop.at = 20000 * SIM_SECOND;
    run_trial(&t);
    for (uint64_t i = 0; i < RECORDED; i++)
        for (int k = 0; k < RECORDED; k++)
            found += trace->start[i] < trace->start[i + 1] &&
                     is_diary_of(&t.config->diaries[k], trace, i, true, 20000 * SIM_SECOND);
    assert_int_equal(found, RECORDED / 5 * 4);
    close_trial(&t);
    free_trace(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_share_of_live_nodes_is_the_same_at_all_times),
        cmocka_unit_test(what_is_left_of_the_first_sessions),
        cmocka_unit_test(later_sessions_are_whole),
        cmocka_unit_test(all_may_start_up),
        cmocka_unit_test(only_a_share_of_the_nodes_churns),
        cmocka_unit_test(timers_die_with_their_node),
        cmocka_unit_test(data_stay_or_go),
        cmocka_unit_test(only_the_graceful_say_goodbye),
        cmocka_unit_test(the_end_comes_whatever_the_sessions),
        cmocka_unit_test(each_node_does_what_is_recorded_of_it),
        cmocka_unit_test(nodes_may_follow_whom_they_draw),
        cmocka_unit_test(a_record_may_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
