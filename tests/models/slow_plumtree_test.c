/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_plumtree_test.c - plumtree and a slow program of our own agree in distribution: in small
 * random configurations of all its parameters and of its presets, over random graphs, rings and
 * grids, with losses and nodes that crash and come back, as datagrams and over connections.
 *
 * The program (slow_plumtree.c) was written from the manual and shares no code with what it is
 * compared with; how they are compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/lots.h"
#include "tests/models/plumtree_case.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 80, MORE = 3, CRASHES = 4 };
#ifdef SANITIZED
enum { RUNS = 2 };
#else
enum { RUNS = 40 };
#endif

/* Times in ns. */
struct crash {
    int first, nodes; /* none of them is an origin */
    int64_t at, lasts;
    bool is_for_good; /* else it is over after `lasts` */
};

struct scenario {
    struct plumtree_case plumtree;
    bool is_peer[NET_NODES_MAX][NET_NODES_MAX];
    int64_t latency, latency_spread, retransmit, first_update, every;
    double loss;
    struct crash crashes[CRASHES];
    int crash_count;
};

static struct scenario current;

/* ---- configurations ---- */

static void join(struct scenario *s, int i, int j)
{
    if (i != j)
        s->is_peer[i][j] = s->is_peer[j][i] = true;
}

static void draw_links(struct scenario *s)
{
    const int nodes = s->plumtree.setup.nodes, kind = lots_below(3), reach = 1 + lots_below(3);
    const int width = 3 + lots_below(4);

    for (int i = 0; i < nodes; i++)
        if (kind == 0)
            for (int k = 1; k <= reach; k++)
                join(s, i, (i + k) % nodes);
        else if (kind == 1) {
            join(s, i, i + width < nodes ? i + width : i);
            join(s, i, (i + 1) % width > 0 && i + 1 < nodes ? i + 1 : i);
        } else
            for (int k = 0; k <= reach; k++)
                join(s, i, lots_below(nodes));
}

static void draw_world(struct scenario *s)
{
    s->first_update = lots_part(SIM_MILLISECOND, 10, 100);
    s->every = lots_part(SIM_MILLISECOND, 5, 300);
    s->latency = lots_part(SIM_MILLISECOND, 2, 20);
    s->latency_spread = lots_part(s->latency, 0, 3);
    s->loss = s->plumtree.preset ? 0.3 : lots_one_in(3) ? 0 : 0.3 * lots_share();
}

/* Each among nodes of its own. */
static void draw_crashes(struct scenario *s, int64_t least, int64_t most)
{
    const struct plumtree_setup *t = &s->plumtree.setup;
    const int part_of_nodes = (t->nodes - t->origins) / CRASHES;

    for (int i = 0; i < s->crash_count; i++) {
        struct crash *c = &s->crashes[i];

        c->nodes = 1 + lots_below(part_of_nodes);
        c->first = t->origins + i * part_of_nodes + lots_below(part_of_nodes - c->nodes + 1);
        c->at = s->first_update + lots_part(t->updates * s->every, 0, 0.8);
        c->lasts = least + lots_part(most - least, 0, 1);
        c->is_for_good = lots_one_in(4);
    }
}

/* More than an announcement has room for, on links that have become lazy before. */
static void let_many_wait(struct scenario *s)
{
    s->plumtree.setup.updates = PLUMTREE_UPDATES_MAX;
    s->plumtree.setup.lazy_interval = lots_part(SIM_MILLISECOND, 180, 250);
    s->every = lots_part(SIM_MILLISECOND, 1, 2);
    s->latency = lots_part(SIM_MILLISECOND, 1, 2);
    s->latency_spread = s->latency;
}

/* Those who announced an update have all been asked in vain when others do. */
static void let_announcers_run_out(struct scenario *s)
{
    s->plumtree.setup.graft_timeout = 0;
    s->plumtree.setup.regraft_timeout = lots_part(SIM_MILLISECOND, 1, 5);
    s->plumtree.setup.lazy_interval = lots_part(SIM_MILLISECOND, 20, 50);
    s->plumtree.setup.is_datagram = true;
    s->loss = 0.2 + 0.2 * lots_share();
}

/* Updates come by long ways before and after they are announced. */
static void let_ways_change(struct scenario *s)
{
    s->plumtree.setup.updates = 30;
    s->plumtree.setup.threshold = 1;
    s->plumtree.setup.lazy_interval = 0;
    s->plumtree.setup.per_origin = lots_one_in(4);
    s->every = lots_part(SIM_MILLISECOND, 40, 80);
    s->latency_spread = 3 * s->latency;
    s->loss = 0.2 * lots_share();
}

/* Nodes are away for less time than things wait. */
static void let_things_wait(struct scenario *s)
{
    s->plumtree.setup.updates = 15;
    s->plumtree.setup.lazy_interval = lots_part(SIM_MILLISECOND, 30, 100);
    s->plumtree.setup.graft_timeout = lots_part(SIM_MILLISECOND, 50, 150);
    s->every = lots_part(SIM_MILLISECOND, 5, 30);
    s->latency = lots_part(SIM_MILLISECOND, 1, 4);
    s->latency_spread = lots_part(s->latency, 0, 2);
    s->crash_count = CRASHES;
}

static void draw_case(struct scenario *s, int number)
{
    static void (*const bend[8])(struct scenario *) = {
        [1] = let_many_wait,   [2] = let_announcers_run_out, [3] = let_ways_change,
        [5] = let_things_wait, [6] = let_things_wait,
    };

    lots_begin(number);
    memset(s, 0, sizeof *s);
    s->plumtree.setup.nodes = 12 + lots_below(NET_NODES_MAX - 12 + 1);
    draw_links(s);
    plumtree_case_draw(&s->plumtree, number);
    draw_world(s);
    s->crash_count = lots_below(CRASHES + 1) * lots_one_in(2);
    if (bend[number % 8])
        bend[number % 8](s);
    if (bend[number % 8] == let_things_wait)
        draw_crashes(s, SIM_MILLISECOND, 50 * SIM_MILLISECOND);
    else
        draw_crashes(s, SIM_MILLISECOND, s->plumtree.setup.updates * s->every / 2);
    s->retransmit = s->latency + s->latency_spread + lots_part(SIM_MILLISECOND, 1, 30);
    s->plumtree.setup.end = s->first_update + s->plumtree.setup.updates * s->every + 4 * SIM_SECOND;
    lots_end();
}

/* ---- the product ---- */

static struct setup setup;

struct world {
    struct sim_graph graph;
    struct sim_fault faults[CRASHES];
    uint64_t start[NET_NODES_MAX + 1];
    uint32_t to[NET_NODES_MAX * NET_NODES_MAX];
};

static void set_graph(const struct scenario *s, struct world *world)
{
    uint64_t count = 0;

    for (int i = 0; i < s->plumtree.setup.nodes; i++) {
        world->start[i] = count;
        for (int j = 0; j < s->plumtree.setup.nodes; j++)
            if (s->is_peer[i][j])
                world->to[count++] = (uint32_t)j;
    }
    world->start[s->plumtree.setup.nodes] = count;
    world->graph = (struct sim_graph){ .nodes = (uint32_t)s->plumtree.setup.nodes,
                                       .start = world->start,
                                       .to = world->to };
}

static void set_faults(const struct scenario *s, struct world *world)
{
    for (int i = 0; i < s->crash_count; i++) {
        const struct crash *c = &s->crashes[i];

        world->faults[i] = (struct sim_fault){
            .kind = FAULT_CRASH,
            .of = { .kind = SELECT_RANGE, .first = c->first, .nodes = c->nodes },
            .at = c->at,
            .lasts = c->is_for_good ? 0 : c->lasts
        };
    }
}

static void open_setup(const struct scenario *s, struct world *world)
{
    char parameters[500];
    struct sim_config *c = &setup.config;

    setup_init(&setup, s->plumtree.setup.nodes);
    plumtree_case_write(&s->plumtree, parameters, sizeof parameters);
    if (!setup_add(&setup, "plumtree", parameters))
        fail_msg("refused: %s", parameters);
    set_graph(s, world);
    set_faults(s, world);
    c->graph = &world->graph;
    c->faults = world->faults;
    c->fault_count = (size_t)s->crash_count;
    distribution_free(setup.latency);
    setup.latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                     .a = (double)s->latency,
                                     .b = (double)(s->latency + s->latency_spread) });
    c->network.latency = setup.latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.loss = s->loss;
    c->network.retransmit = s->retransmit;
    c->workload = (struct sim_workload){ .updates = s->plumtree.setup.updates,
                                         .keys = s->plumtree.setup.updates,
                                         .size_bytes = 1000,
                                         .at = s->first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = s->every,
                                         .origin = ORIGIN_RANGE,
                                         .origin_nodes = s->plumtree.setup.origins };
    c->stop.when = STOP_NEVER;
    c->stop.at = s->plumtree.setup.end;
}

static void see_sent(void *context, const struct sight *sight)
{
    double *figures = context;

    figures[sight->kind]++;
}

static void run_product(uint32_t replication, double figures[PLUMTREE_FIGURES])
{
    const struct sim_observer observer = { SEEN_SENT, see_sent, figures };
    struct sim_result r;

    memset(figures, 0, PLUMTREE_FIGURES * sizeof *figures);
    setup.config.replication = replication;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    plumtree_case_figures(&current.plumtree, &r, figures);
    sim_result_clear(&r);
}

/* ---- the slow program ---- */

enum { WRITE, CRASH, RETURN };

static void start(int node)
{
    net_set_up(node, true);
    slow_plumtree_start(node);
}

static void happen(const struct net_event *e)
{
    const struct crash *c = &current.crashes[e->node];

    if (e->kind == WRITE) {
        slow_plumtree_write();
        return;
    }
    for (int i = c->first; i < c->first + c->nodes; i++)
        if (e->kind == CRASH)
            net_set_up(i, false);
        else
            start(i);
    slow_plumtree_look();
}

/* Links stay as they are. */
static void stay(const struct net_event *message)
{
    (void)message;
}

static void set_out(const struct scenario *s)
{
    for (int i = 0; i < s->plumtree.setup.nodes; i++) {
        start(i);
        for (int j = 0; j < s->plumtree.setup.nodes; j++)
            if (s->is_peer[i][j])
                slow_plumtree_peer(i, j, true);
    }
    for (int i = 0; i < s->plumtree.setup.updates; i++)
        net_happens(WRITE, 0, s->first_update + i * s->every);
    for (int i = 0; i < s->crash_count; i++) {
        net_happens(CRASH, i, s->crashes[i].at);
        if (!s->crashes[i].is_for_good)
            net_happens(RETURN, i, s->crashes[i].at + s->crashes[i].lasts);
    }
}

static void run_slowly(const struct scenario *s, unsigned long seed,
                       double figures[PLUMTREE_FIGURES])
{
    const struct net_program program = { .latency = s->latency,
                                         .latency_spread = s->latency_spread,
                                         .retransmit = s->retransmit,
                                         .end = s->plumtree.setup.end,
                                         .loss = s->loss,
                                         .sent = slow_plumtree_sent,
                                         .receive = slow_plumtree_receive,
                                         .fail = stay,
                                         .timer = slow_plumtree_timer,
                                         .happen = happen };

    memset(figures, 0, PLUMTREE_FIGURES * sizeof *figures);
    net_begin(&program, seed);
    slow_plumtree_begin(&s->plumtree.setup, figures);
    set_out(s);
    net_go_on();
    slow_plumtree_end();
}

/* ---- comparison ---- */

static void describe(int number, const struct scenario *s)
{
    char parameters[500];

    plumtree_case_write(&s->plumtree, parameters, sizeof parameters);
    print_error("case %d: %d nodes, latency %.1f ms + %.1f, loss %g, resent after %.1f ms, "
                "%d updates of %d nodes from %.1f ms every %.2f; %s\n",
                number, s->plumtree.setup.nodes, (double)s->latency / 1e6,
                (double)s->latency_spread / 1e6, s->loss, (double)s->retransmit / 1e6,
                s->plumtree.setup.updates, s->plumtree.setup.origins, (double)s->first_update / 1e6,
                (double)s->every / 1e6, parameters);
    for (int i = 0; i < s->crash_count; i++)
        print_error("  crash: node %d + %d, at %.3f s, for %.3f s\n", s->crashes[i].first,
                    s->crashes[i].nodes, (double)s->crashes[i].at / 1e9,
                    s->crashes[i].is_for_good ? INFINITY : (double)s->crashes[i].lasts / 1e9);
}

static void open_case(int number)
{
    static struct world world;

    draw_case(&current, number);
    open_setup(&current, &world);
    setup.config.seed = (uint64_t)number + 1; /* else all cases would share their losses */
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    run_product((uint32_t)run, model);
    run_slowly(&current, seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number, &current);
    setup_clear(&setup);
}

static void plumtree_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = plumtree_figure_names,
                                               .figures = PLUMTREE_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .open = open_case,
                                               .run = run_both,
                                               .close = close_case });
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(plumtree_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
