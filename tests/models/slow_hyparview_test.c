/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_hyparview_test.c - hyparview with a flood over its links and a slow program of our own agree
 * in distribution: in small random configurations of all its parameters, whose nodes join through a
 * contact, and some of which crash.
 *
 * The program (slow_hyparview.c) was written from the manual and shares no code with what it is
 * compared with; how they are compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/slow_hyparview.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>

enum { CASES = 20, MORE = 7 };
#ifdef SANITIZED
enum { RUNS = 2 };
#else
enum { RUNS = 30 };
#endif

static const char *const names[HYPARVIEW_FIGURES] = {
    [HYPARVIEW_JOIN] = "messages JOIN",
    [HYPARVIEW_FORWARD_JOIN] = "messages FORWARD-JOIN",
    [HYPARVIEW_REQUEST] = "messages NEIGHBOR",
    [HYPARVIEW_ANSWER] = "answers to NEIGHBOR",
    [HYPARVIEW_DISCONNECT] = "messages DISCONNECT",
    [HYPARVIEW_SHUFFLE] = "messages SHUFFLE",
    [HYPARVIEW_REPLY] = "answers to SHUFFLE",
    [HYPARVIEW_KEEP_ALIVE] = "keep-alives",
    [HYPARVIEW_LINKS] = "hyparview.links",
    [HYPARVIEW_REQUESTS] = "hyparview.requests",
    [HYPARVIEW_REFUSALS] = "hyparview.refusals",
    [HYPARVIEW_EVICTIONS] = "hyparview.evictions",
    [HYPARVIEW_FAILURES] = "hyparview.failures",
    [HYPARVIEW_VIEW_MEAN] = "mean view",
    [HYPARVIEW_VIEW_SD] = "spread of views",
    [HYPARVIEW_TRIANGLES] = "triangles",
    [HYPARVIEW_VIEW_MEAN_END] = "mean view at the end",
    [HYPARVIEW_VIEW_SD_END] = "spread of views at the end",
    [HYPARVIEW_TRIANGLES_END] = "triangles at the end",
    [HYPARVIEW_DEAD_END] = "links with the dead",
    [HYPARVIEW_COPIES] = "copies of the first update",
    [HYPARVIEW_COPIES + 1] = "copies after the crash",
    [HYPARVIEW_COPIES + 2] = "copies at last",
    [HYPARVIEW_LAST_HOP] = "last hop of the first update",
    [HYPARVIEW_LAST_HOP + 1] = "last hop after the crash",
    [HYPARVIEW_LAST_HOP + 2] = "last hop at last",
    [HYPARVIEW_LEARNED] = "learned the first update",
    [HYPARVIEW_LEARNED + 1] = "learned after the crash",
    [HYPARVIEW_LEARNED + 2] = "learned at last",
};

/* ---- configurations ---- */

static gsl_rng *dice;

static int below(int limit)
{
    return (int)gsl_rng_uniform_int(dice, (unsigned long)limit);
}

static bool one_in(int n)
{
    return below(n) == 0;
}

/* Between the two shares of a time, and seldom equal to another that is drawn so. */
static int64_t part(int64_t time, double least, double most)
{
    return (int64_t)((least + (most - least) * gsl_rng_uniform(dice)) * (double)time);
}

static void draw_model(struct hyparview_setup *s)
{
    s->active = 3 + below(4);
    s->active_min = one_in(2) ? s->active : 1 + below(s->active);
    s->passive = 3 + below(18);
    s->arwl = 2 + below(5);
    s->prwl = below(s->arwl + 1);
    s->shuffle_active = below(4);
    s->shuffle_passive = below(5);
    s->interval = part(SIM_SECOND, 0.5, 1.5);
    s->promotion_interval = one_in(4) ? 0 : part(SIM_SECOND, 0.3, 1.2);
    s->request_timeout = part(SIM_SECOND, 0.05, 0.5);
    s->keep_alive = one_in(3) ? 0 : part(SIM_SECOND, 0.3, 1);
    s->refill = s->promotion_interval == 0 || one_in(2); /* else nobody would look */
}

static void draw_case(struct hyparview_setup *s, int number)
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, (unsigned long)number + 1);
    memset(s, 0, sizeof *s);
    s->nodes = 20 + below(HYPARVIEW_NODES_MAX - 20 + 1);
    draw_model(s);
    s->join_every = 50 * SIM_MILLISECOND;
    s->latency = part(SIM_MILLISECOND, 0.5, 1.5);
    s->latency_spread = part(s->latency, 0, 0.5);
    s->retransmit = part(SIM_MILLISECOND, 3, 6);
    s->origins = 1 + below(3);
    s->first_update = 4 * SIM_SECOND;
    s->every = 2 * SIM_SECOND;
    s->first_crashed = s->origins + below(4);
    s->crashed = one_in(4) ? 0 : 1 + below(s->nodes / 2);
    s->crash = s->first_update + s->every - 10 * SIM_MILLISECOND;
    s->end = s->first_update + 3 * s->every;
    gsl_rng_free(dice);
}

/* What has no effect is refused, so it is left out. */
static void write_parameters(const struct hyparview_setup *s, char *text, size_t size)
{
    int used = snprintf(text, size,
                        "active=%d passive=%d arwl=%d prwl=%d shuffle_active=%d shuffle_passive=%d "
                        "interval=%lldns promotion_interval=%lldns request_timeout=%lldns "
                        "keep_alive=%lldns refill=%s",
                        s->active, s->passive, s->arwl, s->prwl, s->shuffle_active,
                        s->shuffle_passive, (long long)s->interval,
                        (long long)s->promotion_interval, (long long)s->request_timeout,
                        (long long)s->keep_alive, s->refill ? "true" : "false");

    if (s->promotion_interval > 0)
        snprintf(text + used, size - (size_t)used, " active_min=%d", s->active_min);
}

/* ---- the product ---- */

static void open_setup(struct setup *setup, const struct hyparview_setup *s,
                       struct sim_fault *crash)
{
    char parameters[500];
    struct sim_config *c = &setup->config;

    setup_init(setup, s->nodes);
    write_parameters(s, parameters, sizeof parameters);
    if (!setup_add(setup, "hyparview", parameters) ||
        !setup_add(setup, "flood", "transport=connection"))
        fail_msg("refused: %s", parameters);
    *crash = (struct sim_fault){
        .kind = FAULT_CRASH,
        .of = { .kind = SELECT_RANGE, .first = s->first_crashed, .nodes = s->crashed },
        .at = s->crash
    };
    c->faults = crash;
    c->fault_count = s->crashed > 0;
    distribution_free(setup->latency);
    setup->latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                     .a = (double)s->latency,
                                     .b = (double)(s->latency + s->latency_spread) });
    c->network.latency = setup->latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.retransmit = s->retransmit;
    c->peers = PEERS_VIEW;
    c->seeds = 1;
    c->members = MEMBERS_JOIN;
    c->join_rate = (double)SIM_SECOND / (double)s->join_every;
    c->workload = (struct sim_workload){ .updates = HYPARVIEW_UPDATES,
                                         .keys = HYPARVIEW_UPDATES,
                                         .size_bytes = 100,
                                         .at = s->first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = s->every,
                                         .origin = ORIGIN_RANGE,
                                         .origin_nodes = s->origins };
    c->stop.when = STOP_NEVER;
    c->stop.at = s->end;
}

struct watch {
    const struct hyparview_setup *s;
    double *figures;
    hyparview_views views;
    bool is_up[HYPARVIEW_NODES_MAX], has_begun;
    int hops[HYPARVIEW_UPDATES][HYPARVIEW_NODES_MAX];
};

/* Each update is over long before the next. */
static void see_learned(struct watch *w, const struct sight *sight, int update)
{
    double *last = &w->figures[HYPARVIEW_LAST_HOP + update];
    const int hops = sight->peer == OBSERVE_NOBODY ? 0 : w->hops[update][sight->peer] + 1;

    if (!w->has_begun) {
        double none;

        hyparview_look(w->views, w->is_up, w->s->nodes, &w->figures[HYPARVIEW_VIEW_MEAN], &none);
        w->has_begun = true;
    }
    w->hops[update][sight->node] = hops;
    *last = fmax(*last, hops);
    w->figures[HYPARVIEW_LEARNED + update]++;
}

static void see(void *context, const struct sight *sight)
{
    struct watch *w = context;
    const int update = (int)((sight->at - w->s->first_update) / w->s->every);

    if (sight->what == SEEN_VIEW)
        w->views[sight->node][sight->peer] = sight->is_there;
    else if (sight->what == SEEN_DOWN)
        w->is_up[sight->node] = false;
    else if (sight->what == SEEN_UP)
        w->is_up[sight->node] = true;
    else if (sight->what == SEEN_LEARNED)
        see_learned(w, sight, update);
    else if (strcmp(sight->model->name, "hyparview") != 0)
        w->figures[HYPARVIEW_COPIES + update]++;
    else
        w->figures[sight->kind]++;
}

static void run_product(struct setup *setup, const struct hyparview_setup *s, uint32_t replication,
                        double figures[HYPARVIEW_FIGURES])
{
    struct watch watch = { .s = s, .figures = figures };
    const struct sim_observer observer = {
        SEEN_SENT | SEEN_LEARNED | SEEN_VIEW | SEEN_UP | SEEN_DOWN, see, &watch
    };
    struct sim_result r;

    memset(figures, 0, HYPARVIEW_FIGURES * sizeof *figures);
    memset(watch.is_up, true, sizeof watch.is_up);
    setup->config.replication = replication;
    setup->config.observer = &observer;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    for (int i = HYPARVIEW_LINKS; i <= HYPARVIEW_FAILURES; i++)
        figures[i] = metric(&r, names[i]);
    hyparview_look(watch.views, watch.is_up, s->nodes, &figures[HYPARVIEW_VIEW_MEAN_END],
                   &figures[HYPARVIEW_DEAD_END]);
    sim_result_clear(&r);
}

/* ---- comparison ---- */

static void describe(int number, const struct hyparview_setup *s)
{
    char parameters[500];

    write_parameters(s, parameters, sizeof parameters);
    print_error("case %d: %d nodes, latency %.2f ms + %.2f, resent after %.2f ms, %d origins, "
                "crash of %d from %d; %s\n",
                number, s->nodes, (double)s->latency / 1e6, (double)s->latency_spread / 1e6,
                (double)s->retransmit / 1e6, s->origins, s->crashed, s->first_crashed, parameters);
}

static struct hyparview_setup current;
static struct setup setup;

static void open_case(int number)
{
    static struct sim_fault crash;

    draw_case(&current, number);
    open_setup(&setup, &current, &crash);
    setup.config.seed = (uint64_t)number + 1;
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    run_product(&setup, &current, (uint32_t)run, model);
    slow_hyparview_run(&current, seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number, &current);
    setup_clear(&setup);
}

static void hyparview_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = names,
                                               .figures = HYPARVIEW_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .open = open_case,
                                               .run = run_both,
                                               .close = close_case });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hyparview_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
