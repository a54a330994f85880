/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_gossipsub_test.c - gossipsub and a slow program of our own agree in distribution: in small
 * random configurations of all its parameters, over dial graphs, with losses and nodes that crash
 * and come back.
 *
 * The program (slow_gossipsub.c) was written from the manual and shares no code with what it is
 * compared with; how they are compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/lots.h"
#include "tests/models/slow_gossipsub.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 80, MORE = 7 };
#ifdef SANITIZED
enum { RUNS = 2 };
#else
enum { RUNS = 40 };
#endif

static const char *const names[GOSSIPSUB_FIGURES] = {
    [GOSSIPSUB_MESSAGE] = "messages of updates",
    [GOSSIPSUB_IHAVE] = "messages IHAVE",
    [GOSSIPSUB_IWANT] = "messages IWANT",
    [GOSSIPSUB_IDONTWANT] = "messages IDONTWANT",
    [GOSSIPSUB_GRAFT] = "messages GRAFT",
    [GOSSIPSUB_PRUNE] = "messages PRUNE",
    [GOSSIPSUB_SUBSCRIBE] = "messages SUBSCRIBE",
    [GOSSIPSUB_MESH] = "gossipsub.mesh",
    [GOSSIPSUB_GRAFTS] = "gossipsub.grafts",
    [GOSSIPSUB_PRUNES] = "gossipsub.prunes",
    [GOSSIPSUB_IHAVES] = "gossipsub.ihaves",
    [GOSSIPSUB_IWANTS] = "gossipsub.iwants",
    [GOSSIPSUB_IDONTWANTS] = "gossipsub.idontwants",
    [GOSSIPSUB_DUPLICATES] = "gossipsub.duplicates",
    [GOSSIPSUB_SPARED] = "gossipsub.spared",
    [GOSSIPSUB_M] = "m",
    [GOSSIPSUB_T_AVG] = "t_avg",
    [GOSSIPSUB_T_LAST_MEAN] = "t_last_mean",
    [GOSSIPSUB_RESIDUE] = "residue",
};

/* ---- configurations ---- */

static void dial(struct gossipsub_setup *s)
{
    for (int i = 0; i < s->nodes; i++)
        for (int count = 0; count < s->links;) {
            const int other = lots_below(s->nodes);

            if (other == i || s->is_peer[i][other])
                continue;
            s->is_peer[i][other] = s->is_peer[other][i] = true;
            count++;
        }
}

static void draw_model(struct gossipsub_setup *s)
{
    s->d_low = 1 + lots_below(6);
    s->d = s->d_low + lots_below(4);
    s->d_high = s->d + lots_below(5);
    s->d_out = lots_below(s->d / 2 + 1);
    s->d_out = s->d_out < s->d_low ? s->d_out : s->d_low - 1;
    s->d_lazy = lots_below(7);
    s->gossip_factor = lots_one_in(2) ? 0 : 0.5 * lots_share();
    s->history = 1 + lots_below(5);
    s->gossip_window = 1 + lots_below(s->history);
    s->heartbeat = lots_part(SIM_SECOND, 0.5, 1.5);
    s->backoff = lots_one_in(3) ? 0 : lots_part(s->heartbeat, 0.1, 2.5);
    s->refuse_when_full = lots_one_in(2);
    s->flood_publish = lots_one_in(3);
    s->idontwant = lots_one_in(2);
    s->threshold = lots_one_in(3) ? 2000 : 500;
    s->ttl = 1 + lots_below(3);
}

static void draw_world(struct gossipsub_setup *s)
{
    const int64_t span = 9 * s->heartbeat;

    s->origins = 1 + lots_below(5);
    s->update_size = 1000;
    s->updates = 2 + lots_below(GOSSIPSUB_UPDATES_MAX - 1);
    s->first_update = lots_part(s->heartbeat, 0.1, 4);
    s->every = lots_part(s->heartbeat, 0.05, 0.5);
    s->latency = lots_part(s->heartbeat, 0.005, lots_one_in(4) ? 0.8 : 0.1);
    s->latency_spread = lots_part(s->latency, 0, 3);
    s->retransmit = s->latency + s->latency_spread + lots_part(s->heartbeat, 0.01, 0.1);
    if (lots_one_in(3)) { /* connections break within two heartbeats */
        s->latency /= 20;
        s->latency_spread /= 20;
        s->retransmit = s->latency + s->latency_spread + lots_part(s->heartbeat, 0.001, 0.005);
    }
    s->loss = lots_one_in(2) ? 0 : 0.3 * lots_share();
    s->end = span;
    for (int i = lots_below(GOSSIPSUB_CRASHES_MAX + 1); i > 0; i--) {
        struct gossipsub_crash *c = &s->crashes[s->crash_count++];
        const int half = (s->nodes - s->origins) / 2;

        c->nodes = 1 + lots_below(half / 2);
        c->first = s->origins + i % 2 * half + lots_below(half - c->nodes + 1);
        c->at = lots_part(span, 0.1, 0.6);
        c->lasts = lots_part(span, 0.02, 0.3);
        c->is_for_good = lots_one_in(3);
    }
}

static void draw_case(struct gossipsub_setup *s, int number)
{
    lots_begin(number);
    memset(s, 0, sizeof *s);
    s->nodes = 20 + lots_below(GOSSIPSUB_NODES_MAX - 20 + 1);
    s->links = 3 + lots_below(6);
    dial(s);
    draw_model(s);
    draw_world(s);
    if (number % 8 == 0) { /* refusals are forgotten while copies are under way */
        s->idontwant = true;
        s->threshold = 500;
        s->ttl = 1;
        s->latency = lots_part(s->heartbeat, 0.1, 0.3);
        s->latency_spread = 2 * s->heartbeat;
        s->retransmit = 3 * s->heartbeat;
    } else if (number % 8 == 1) { /* meshes never settle */
        s->d_low = s->d = s->d_high = 2 * s->links - 1;
        s->d_out = lots_below(2);
        s->backoff = lots_part(s->heartbeat, 0.1, 0.9);
    }
    lots_end();
}

static const char *word(bool is_so)
{
    return is_so ? "true" : "false";
}

/* What has no effect is refused, so it is left out. */
static void write_parameters(const struct gossipsub_setup *s, char *text, size_t size)
{
    int used =
        snprintf(text, size,
                 "d=%d d_low=%d d_high=%d d_out=%d d_lazy=%d gossip_factor=%.17g history=%d "
                 "gossip_window=%d heartbeat=%lldns backoff=%lldns refuse_when_full=%s "
                 "flood_publish=%s idontwant=%s",
                 s->d, s->d_low, s->d_high, s->d_out, s->d_lazy, s->gossip_factor, s->history,
                 s->gossip_window, (long long)s->heartbeat, (long long)s->backoff,
                 word(s->refuse_when_full), word(s->flood_publish), word(s->idontwant));

    if (s->idontwant)
        snprintf(text + used, size - (size_t)used, " idontwant_threshold=%dB idontwant_ttl=%d",
                 s->threshold, s->ttl);
}

/* ---- the product ---- */

struct world {
    struct sim_graph graph;
    struct sim_fault faults[GOSSIPSUB_CRASHES_MAX];
    uint64_t start[GOSSIPSUB_NODES_MAX + 1];
    uint32_t to[GOSSIPSUB_NODES_MAX * GOSSIPSUB_NODES_MAX];
};

static void set_graph(const struct gossipsub_setup *s, struct world *world)
{
    uint64_t count = 0;

    for (int i = 0; i < s->nodes; i++) {
        world->start[i] = count;
        for (int j = 0; j < s->nodes; j++)
            if (s->is_peer[i][j])
                world->to[count++] = (uint32_t)j;
    }
    world->start[s->nodes] = count;
    world->graph =
        (struct sim_graph){ .nodes = (uint32_t)s->nodes, .start = world->start, .to = world->to };
}

static void set_faults(const struct gossipsub_setup *s, struct world *world)
{
    for (int i = 0; i < s->crash_count; i++) {
        const struct gossipsub_crash *c = &s->crashes[i];

        world->faults[i] = (struct sim_fault){
            .kind = FAULT_CRASH,
            .of = { .kind = SELECT_RANGE, .first = c->first, .nodes = c->nodes },
            .at = c->at,
            .lasts = c->is_for_good ? 0 : c->lasts
        };
    }
}

static void open_setup(struct setup *setup, const struct gossipsub_setup *s, struct world *world)
{
    char parameters[500];
    struct sim_config *c = &setup->config;

    setup_init(setup, s->nodes);
    write_parameters(s, parameters, sizeof parameters);
    if (!setup_add(setup, "gossipsub", parameters))
        fail_msg("refused: %s", parameters);
    set_graph(s, world);
    set_faults(s, world);
    c->graph = &world->graph;
    c->faults = world->faults;
    c->fault_count = (size_t)s->crash_count;
    distribution_free(setup->latency);
    setup->latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                     .a = (double)s->latency,
                                     .b = (double)(s->latency + s->latency_spread) });
    c->network.latency = setup->latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.loss = s->loss;
    c->network.retransmit = s->retransmit;
    c->workload = (struct sim_workload){ .updates = s->updates,
                                         .keys = s->updates,
                                         .size_bytes = s->update_size,
                                         .at = s->first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = s->every,
                                         .origin = ORIGIN_RANGE,
                                         .origin_nodes = s->origins };
    c->stop.when = STOP_NEVER;
    c->stop.at = s->end;
}

static void see_sent(void *context, const struct sight *sight)
{
    double *figures = context;

    figures[sight->kind]++;
}

static void run_product(struct setup *setup, uint32_t replication,
                        double figures[GOSSIPSUB_FIGURES])
{
    const struct sim_observer observer = { SEEN_SENT, see_sent, figures };
    struct sim_result r;

    memset(figures, 0, GOSSIPSUB_FIGURES * sizeof *figures);
    setup->config.replication = replication;
    setup->config.observer = &observer;
    sim_run(&setup->config, &r);
    assert_int_equal(r.status, SIM_DONE);
    for (int i = GOSSIPSUB_KINDS; i < GOSSIPSUB_FIGURES; i++)
        if (has_metric(&r, names[i])) /* t_avg: if anybody has learned anything */
            figures[i] = metric(&r, names[i]);
    sim_result_clear(&r);
}

/* ---- comparison ---- */

static void describe(int number, const struct gossipsub_setup *s)
{
    char parameters[500];

    write_parameters(s, parameters, sizeof parameters);
    print_error("case %d: %d nodes, %d links, latency %.3f s + %.3f, loss %g, resent after %.3f s, "
                "%d updates from %.3f s every %.3f, end %.2f s; %s\n",
                number, s->nodes, s->links, (double)s->latency / 1e9,
                (double)s->latency_spread / 1e9, s->loss, (double)s->retransmit / 1e9, s->updates,
                (double)s->first_update / 1e9, (double)s->every / 1e9, (double)s->end / 1e9,
                parameters);
    for (int i = 0; i < s->crash_count; i++)
        print_error("  crash: node %d + %d, at %.3f s, for %.3f s\n", s->crashes[i].first,
                    s->crashes[i].nodes, (double)s->crashes[i].at / 1e9,
                    s->crashes[i].is_for_good ? INFINITY : (double)s->crashes[i].lasts / 1e9);
}

static struct gossipsub_setup current;
static struct setup setup;

static void open_case(int number)
{
    static struct world world;

    draw_case(&current, number);
    open_setup(&setup, &current, &world);
    setup.config.seed = (uint64_t)number + 1; /* else all cases would share their losses */
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    run_product(&setup, (uint32_t)run, model);
    slow_gossipsub_run(&current, seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number, &current);
    setup_clear(&setup);
}

static void gossipsub_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = names,
                                               .figures = GOSSIPSUB_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .open = open_case,
                                               .run = run_both,
                                               .close = close_case });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(gossipsub_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
