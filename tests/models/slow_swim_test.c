/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_swim_test.c - swim and a slow program of our own agree in distribution: in 200 small random
 * configurations of all its parameters and presets, in the messages of each kind and their
 * bytes, in what probes come to, in verdicts right and wrong and in their times.
 *
 * The program (tests/models/slow) was written from the manual and shares no code with what it is
 * compared with; how they are compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/slow/slow_cases.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 200 };
#ifdef SANITIZED
enum { RUNS = 4, MORE = 1 };
#else
enum { RUNS = 35, MORE = 7 };
#endif

static const char *const names[SLOW_FIGURES] = {
    [SLOW_PING] = "ping",
    [SLOW_PING_REQ] = "ping-req",
    [SLOW_ACK] = "ack",
    [SLOW_NACK] = "nack",
    [SLOW_KNOCK] = "knock",
    [SLOW_KNOCK_REPLY] = "knock-reply",
    [SLOW_GOSSIP] = "gossip",
    [SLOW_PUSH_PULL] = "push-pull",
    [SLOW_PUSH_PULL_REPLY] = "push-pull-reply",
    [SLOW_PAYLOAD] = "bytes_payload",
    [SLOW_DIGEST] = "bytes_digest",
    [SLOW_LOST] = "dropped_loss",
    [SLOW_MET_DOWN] = "dropped_down",
    [SLOW_PROBES] = "swim.probes",
    [SLOW_HELPED] = "swim.probes_helped",
    [SLOW_CONNECTED] = "swim.probes_connected",
    [SLOW_FAILED] = "swim.probes_failed",
    [SLOW_SUSPICIONS] = "swim.suspicions",
    [SLOW_VERDICTS] = "swim.verdicts",
    [SLOW_REFUTATIONS] = "swim.refutations",
    [SLOW_QUEUE_MAX] = "swim.queue_max",
    [SLOW_DROPPED] = "swim.dropped",
    [SLOW_HEALTH] = "swim.health",
    [SLOW_FALSE_SUSPECT] = "false_suspect",
    [SLOW_FALSE_DEAD] = "false_dead",
    [SLOW_FALSE_DEAD_AT_HEALTHY] = "false_dead_at_healthy",
    [SLOW_MISTAKE_TIME] = "mistake_time",
    [SLOW_ACCURACY] = "accuracy",
    [SLOW_VIEW_SIZES] = "view_sizes",
    [SLOW_UNDETECTED] = "undetected",
    [SLOW_SUSPECT_FIRST] = "suspect_first",
    [SLOW_DETECT_FIRST] = "detect_first",
    [SLOW_DETECT_T50] = "detect_t50",
    [SLOW_DETECT_T99] = "detect_t99",
    [SLOW_DETECT_ALL] = "detect_all",
    [SLOW_JOIN_T99] = "join_t99",
    [SLOW_JOIN_ALL] = "join_all",
    [SLOW_RESIDUE] = "residue",
    [SLOW_T_AVG] = "t_avg",
    [SLOW_T_LAST] = "t_last",
};

/* ---- the product ---- */

static void see_sent(void *context, const struct sight *sight)
{
    double *figures = context;

    for (int kind = 0; kind < SLOW_KINDS; kind++)
        if (strcmp(sight->model->messages[sight->kind].name, names[kind]) == 0)
            figures[kind]++;
}

struct world {
    struct sim_fault faults[SLOW_CHANGES_MAX];
    struct sim_selector sides[SLOW_CHANGES_MAX][2];
    struct sim_side parts[SLOW_CHANGES_MAX][2];
    struct sim_obstacle cuts[SLOW_CHANGES_MAX];
    struct distribution *sizes, *session, *downtime;
};

static void set_fault(const struct slow_setup *s, int i, struct world *w)
{
    static const enum sim_fault_kind kinds[] = { FAULT_CRASH, FAULT_LEAVE,    FAULT_JOIN,
                                                 FAULT_WIPE,  FAULT_PAUSE,    FAULT_PAUSE,
                                                 FAULT_PAUSE, FAULT_PARTITION };
    static const enum sim_timers timers[] = { [SLOW_PAUSE_LATE] = TIMERS_LATE,
                                              [SLOW_PAUSE_BLOCK] = TIMERS_BLOCK,
                                              [SLOW_PAUSE_RUN] = TIMERS_RUN };
    const struct slow_change *c = &s->changes[i];
    const bool is_pause = c->kind >= SLOW_PAUSE_LATE && c->kind <= SLOW_PAUSE_RUN;

    w->faults[i] =
        (struct sim_fault){ .kind = kinds[c->kind],
                            .of = { .kind = SELECT_RANGE, .first = c->first, .nodes = c->nodes },
                            .at = c->at,
                            .lasts = c->lasts,
                            .timers = is_pause ? timers[c->kind] : TIMERS_LATE };
    if (c->kind != SLOW_PARTITION)
        return;
    for (int k = 0; k < 2; k++) {
        w->sides[i][k] = (struct sim_selector){ .kind = SELECT_RANGE,
                                                .first = k ? c->nodes : 0,
                                                .nodes = k ? s->nodes - c->nodes : c->nodes };
        w->parts[i][k] = (struct sim_side){ .parts = &w->sides[i][k], .part_count = 1 };
    }
    w->cuts[i] = (struct sim_obstacle){ .sides = w->parts[i], .side_count = 2 };
    w->faults[i].of = (struct sim_selector){ .kind = SELECT_ALL };
    w->faults[i].obstacle = &w->cuts[i];
}

static struct distribution *exponential(int64_t mean)
{
    return distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = (double)mean });
}

static void set_churn(const struct slow_setup *s, struct sim_churn *churn, struct world *w)
{
    w->session = s->churning > 0 ? exponential(s->session) : NULL;
    w->downtime = s->churning > 0 ? exponential(s->downtime) : NULL;
    *churn = (struct sim_churn){ .session = w->session,
                                 .downtime = w->downtime,
                                 .share = s->churning,
                                 .rejoin = s->loses ? REJOIN_LOSE : REJOIN_KEEP,
                                 .leave = s->says_goodbye ? LEAVE_GRACEFUL : LEAVE_CRASH,
                                 .start = s->begins_up ? CHURN_UP : CHURN_STATIONARY };
}

static void open_setup(struct setup *setup, const struct slow_setup *s, struct world *w)
{
    char parameters[SLOW_PARAMETERS_MAX];
    struct sim_config *c;

    setup_init(setup, s->nodes);
    slow_write_parameters(s, parameters);
    if (!setup_add(setup, "swim", parameters))
        fail_msg("refused: %s", parameters);
    c = &setup->config;
    distribution_free(setup->latency);
    w->sizes =
        distribution_new(&(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                                      .a = s->update_size,
                                                      .b = s->update_size + s->update_spread });
    setup->latency = distribution_new(&(struct distribution_spec){
        .kind = s->latency_spread ? DISTRIBUTION_UNIFORM : DISTRIBUTION_CONSTANT,
        .a = (double)s->latency,
        .b = (double)(s->latency + s->latency_spread) });
    c->network.latency = setup->latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.loss = s->loss;
    c->network.duplicate = s->duplicate;
    c->network.retransmit = s->retransmit;
    c->network.mtu = s->mtu;
    set_churn(s, &c->churn, w);
    c->seeds = s->seeds;
    c->members = s->forms ? MEMBERS_JOIN : MEMBERS_JOINED;
    c->join_rate = s->join_rate;
    c->absent_first = (node_id)s->absent;
    c->absent_nodes = s->absents;
    for (int i = 0; i < s->change_count; i++)
        set_fault(s, i, w);
    c->faults = w->faults;
    c->fault_count = (size_t)s->change_count;
    c->workload = (struct sim_workload){ .updates = s->updates,
                                         .keys = s->updates,
                                         .size_bytes = s->update_size,
                                         .sizes = s->update_spread ? w->sizes : NULL,
                                         .at = s->first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = s->every,
                                         .origin = ORIGIN_NODE,
                                         .origin_node = (node_id)s->origin };
    if (s->updates == 0)
        c->workload = (struct sim_workload){ .updates = 0 };
    c->stop.when = STOP_NEVER;
    c->stop.at = s->end;
}

static double seconds_until(sim_time passed, sim_time since, sim_time end)
{
    return (double)(passed == SIM_NEVER ? end - since : passed) / (double)SIM_SECOND;
}

static void read_crashes(const struct sim_result *r, sim_time end, double *f)
{
    const double count = (double)r->detection_count;

    for (size_t i = 0; i < r->detection_count; i++) {
        const struct sim_detection *d = &r->detections[i];

        f[SLOW_SUSPECT_FIRST] += seconds_until(d->suspected, d->crashed, end) / count;
        f[SLOW_DETECT_FIRST] += seconds_until(d->first, d->crashed, end) / count;
        f[SLOW_DETECT_T50] += seconds_until(d->t50, d->crashed, end) / count;
        f[SLOW_DETECT_T99] += seconds_until(d->t99, d->crashed, end) / count;
        f[SLOW_DETECT_ALL] += seconds_until(d->all, d->crashed, end) / count;
    }
}

static void run_product(struct setup *setup, uint32_t replication, double figures[SLOW_FIGURES])
{
    const struct sim_observer observer = { SEEN_SENT, see_sent, figures };
    struct sim_result r;

    memset(figures, 0, SLOW_FIGURES * sizeof *figures);
    setup->config.replication = replication;
    setup->config.observer = &observer;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    for (int i = SLOW_KINDS; i < SLOW_FIGURES; i++)
        if (i >= SLOW_SUSPECT_FIRST && i <= SLOW_DETECT_ALL)
            continue;
        else if (has_metric(&r, names[i])) {
            figures[i] = metric(&r, names[i]);
            if (isnan(figures[i]))
                figures[i] = (double)setup->config.stop.at / (double)SIM_SECOND;
        }
    read_crashes(&r, setup->config.stop.at, figures);
    sim_result_clear(&r);
}

/* ---- comparison ---- */

static void describe(int number, const struct slow_setup *s)
{
    static const char *const kinds[] = { "crash",      "leave",       "join",      "wipe",
                                         "pause late", "pause block", "pause run", "partition" };
    char parameters[SLOW_PARAMETERS_MAX];

    slow_write_parameters(s, parameters);
    print_error(
        "case %d: %d nodes, %d seeds, %s at %g/s, latency %.3f s + %.3f, loss %g, twice %g, "
        "resent after %.3f s, end %.2f s, %d updates of %d B + %d, mtu %d; churn %g of %.2f s, "
        "%.2f s%s%s%s; %s\n",
        number, s->nodes, s->seeds, s->forms ? "join" : "joined", s->join_rate,
        (double)s->latency / 1e9, (double)s->latency_spread / 1e9, s->loss, s->duplicate,
        (double)s->retransmit / 1e9, (double)s->end / 1e9, s->updates, s->update_size,
        s->update_spread, s->mtu, s->churning, (double)s->session / 1e9, (double)s->downtime / 1e9,
        s->loses ? ", lose" : "", s->says_goodbye ? ", graceful" : "", s->begins_up ? ", up" : "",
        parameters);
    for (int i = 0; i < s->change_count; i++)
        print_error("  %s: node %d + %d, at %.3f s, for %.3f s\n", kinds[s->changes[i].kind],
                    s->changes[i].first, s->changes[i].nodes, (double)s->changes[i].at / 1e9,
                    (double)s->changes[i].lasts / 1e9);
}

static struct slow_setup current;
static struct setup setup;
static struct world world;

static void open_case(int number)
{
    slow_draw_case(&current, number);
    open_setup(&setup, &current, &world);
    setup.config.seed = (uint64_t)number + 1; /* else all cases would share their losses */
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    run_product(&setup, (uint32_t)run, model);
    slow_run(&current, seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number, &current);
    distribution_free(world.sizes);
    distribution_free(world.session);
    distribution_free(world.downtime);
    setup_clear(&setup);
}

static void swim_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = names,
                                               .figures = SLOW_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .spreads = true,
                                               .open = open_case,
                                               .run = run_both,
                                               .close = close_case });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(swim_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
