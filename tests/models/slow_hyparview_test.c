/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_hyparview_test.c - hyparview with a flood or with plumtree over its links and slow programs
 * of our own agree in distribution: in small random configurations of all their parameters, whose
 * nodes join through a contact, and some of which crash.
 *
 * The programs (slow_hyparview.c, slow_plumtree.c) were written from the manual and share no code
 * with what they are compared with; how they are compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/lots.h"
#include "tests/models/plumtree_case.h"
#include "tests/models/slow_hyparview.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 20, MORE = 7, UPDATES = 3 };
#ifdef SANITIZED
enum { RUNS = 2 };
#else
enum { RUNS = 30 };
#endif

/* After those of HyParView: what becomes of each update of a flood, or what Plumtree has. */
enum {
    FLOOD_COPIES = HYPARVIEW_FIGURES,
    FLOOD_LAST_HOP = FLOOD_COPIES + UPDATES,
    FLOOD_LEARNED = FLOOD_LAST_HOP + UPDATES,
    FLOOD_FIGURES = FLOOD_LEARNED + UPDATES,
    TREE_FIGURES = HYPARVIEW_FIGURES + PLUMTREE_FIGURES,
    FIGURES = TREE_FIGURES > FLOOD_FIGURES ? TREE_FIGURES : FLOOD_FIGURES
};

static const char *const names[FLOOD_FIGURES] = {
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
    [FLOOD_COPIES] = "copies of the first update",
    [FLOOD_COPIES + 1] = "copies after the crash",
    [FLOOD_COPIES + 2] = "copies at last",
    [FLOOD_LAST_HOP] = "last hop of the first update",
    [FLOOD_LAST_HOP + 1] = "last hop after the crash",
    [FLOOD_LAST_HOP + 2] = "last hop at last",
    [FLOOD_LEARNED] = "learned the first update",
    [FLOOD_LEARNED + 1] = "learned after the crash",
    [FLOOD_LEARNED + 2] = "learned at last",
};

/* ---- configurations ---- */

static struct {
    struct hyparview_setup views;
    int origins; /* the first nodes */
    bool is_tree;
    struct plumtree_case tree;
} current;

static void draw_model(struct hyparview_setup *s)
{
    s->active = 3 + lots_below(4);
    s->active_min = lots_one_in(2) ? s->active : 1 + lots_below(s->active);
    s->passive = 3 + lots_below(18);
    s->arwl = 2 + lots_below(5);
    s->prwl = lots_below(s->arwl + 1);
    s->shuffle_active = lots_below(4);
    s->shuffle_passive = lots_below(5);
    s->interval = lots_part(SIM_SECOND, 0.5, 1.5);
    s->promotion_interval = lots_one_in(4) ? 0 : lots_part(SIM_SECOND, 0.3, 1.2);
    s->request_timeout = lots_part(SIM_SECOND, 0.05, 0.5);
    s->keep_alive = lots_one_in(3) ? 0 : lots_part(SIM_SECOND, 0.3, 1);
    s->refill = s->promotion_interval == 0 || lots_one_in(2); /* else nobody would look */
}

static void draw_world(struct hyparview_setup *s)
{
    s->nodes = 20 + lots_below(HYPARVIEW_NODES_MAX - 20 + 1);
    s->join_every = 50 * SIM_MILLISECOND;
    s->latency = lots_part(SIM_MILLISECOND, 0.5, 1.5);
    s->latency_spread = lots_part(s->latency, 0, 0.5);
    s->retransmit = lots_part(SIM_MILLISECOND, 3, 6);
    s->first_update = 4 * SIM_SECOND;
    s->crashed = lots_one_in(4) ? 0 : 1 + lots_below(s->nodes / 2);
}

/* The crash is right before the second update. */
static void draw_flood(struct hyparview_setup *s)
{
    current.origins = 1 + lots_below(3);
    s->updates = UPDATES;
    s->every = 2 * SIM_SECOND;
    s->crash = s->first_update + s->every - 10 * SIM_MILLISECOND;
    s->end = s->first_update + 3 * s->every;
}

/* Links come and go while updates are under way: nodes still join, and a crash is noticed while
 * something is awaited. */
static void draw_tree(struct hyparview_setup *s, int number)
{
    struct plumtree_setup *tree = &current.tree.setup;

    plumtree_case_draw(&current.tree, number);
    current.origins = tree->origins;
    tree->updates = s->updates = 10 + lots_below(10);
    s->nodes -= lots_below(10);
    s->latency /= 4;
    s->retransmit /= 4;
    s->join_every = lots_part(SIM_MILLISECOND, 30, 50);
    s->first_update = lots_part(SIM_SECOND, 0.3, 1);
    s->every = lots_part(SIM_SECOND, 0.02, 0.2);
    s->crashed = s->crashed * 3 / 4;
    s->crash = s->nodes * s->join_every + lots_part(SIM_SECOND, 0, 0.5);
    s->end = s->crash + s->updates * s->every + 3 * SIM_SECOND;
    tree->nodes = s->nodes;
    tree->end = s->end;
}

static void draw_case(int number, bool is_tree)
{
    struct hyparview_setup *s = &current.views;

    lots_begin(number);
    memset(&current, 0, sizeof current);
    current.is_tree = is_tree;
    draw_model(s);
    draw_world(s);
    if (is_tree)
        draw_tree(s, number);
    else
        draw_flood(s);
    s->first_crashed = current.origins + lots_below(4);
    lots_end();
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

static struct setup setup;

static void add_models(void)
{
    char parameters[500];

    write_parameters(&current.views, parameters, sizeof parameters);
    if (!setup_add(&setup, "hyparview", parameters))
        fail_msg("refused: %s", parameters);
    plumtree_case_write(&current.tree, parameters, sizeof parameters);
    if (!(current.is_tree ? setup_add(&setup, "plumtree", parameters)
                          : setup_add(&setup, "flood", "transport=connection")))
        fail_msg("refused: %s", parameters);
}

static void open_setup(const struct hyparview_setup *s, struct sim_fault *crash)
{
    struct sim_config *c = &setup.config;

    setup_init(&setup, s->nodes);
    add_models();
    *crash = (struct sim_fault){
        .kind = FAULT_CRASH,
        .of = { .kind = SELECT_RANGE, .first = s->first_crashed, .nodes = s->crashed },
        .at = s->crash
    };
    c->faults = crash;
    c->fault_count = s->crashed > 0;
    distribution_free(setup.latency);
    setup.latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                     .a = (double)s->latency,
                                     .b = (double)(s->latency + s->latency_spread) });
    c->network.latency = setup.latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.retransmit = s->retransmit;
    c->peers = PEERS_VIEW;
    c->seeds = 1;
    c->members = MEMBERS_JOIN;
    c->join_rate = (double)SIM_SECOND / (double)s->join_every;
    c->workload = (struct sim_workload){ .updates = s->updates,
                                         .keys = s->updates,
                                         .size_bytes = 100,
                                         .at = s->first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = s->every,
                                         .origin = ORIGIN_RANGE,
                                         .origin_nodes = current.origins };
    c->stop.when = STOP_NEVER;
    c->stop.at = s->end;
}

struct watch {
    double *figures;
    hyparview_views views;
    bool is_up[HYPARVIEW_NODES_MAX], has_begun;
    int hops[UPDATES][HYPARVIEW_NODES_MAX];
};

/* Each update is over long before the next. */
static int flooded(const struct sight *sight)
{
    return (int)((sight->at - current.views.first_update) / current.views.every);
}

static void see_learned(struct watch *w, const struct sight *sight)
{
    if (!w->has_begun) {
        double none;

        hyparview_look(w->views, w->is_up, current.views.nodes, &w->figures[HYPARVIEW_VIEW_MEAN],
                       &none);
        w->has_begun = true;
    }
    if (!current.is_tree) {
        int *hops = w->hops[flooded(sight)];
        double *last = &w->figures[FLOOD_LAST_HOP + flooded(sight)];

        hops[sight->node] = sight->peer == OBSERVE_NOBODY ? 0 : hops[sight->peer] + 1;
        *last = fmax(*last, hops[sight->node]);
        w->figures[FLOOD_LEARNED + flooded(sight)]++;
    }
}

static void see(void *context, const struct sight *sight)
{
    struct watch *w = context;

    if (sight->what == SEEN_VIEW)
        w->views[sight->node][sight->peer] = sight->is_there;
    else if (sight->what == SEEN_DOWN)
        w->is_up[sight->node] = false;
    else if (sight->what == SEEN_UP)
        w->is_up[sight->node] = true;
    else if (sight->what == SEEN_LEARNED)
        see_learned(w, sight);
    else if (strcmp(sight->model->name, "hyparview") == 0)
        w->figures[sight->kind]++;
    else if (current.is_tree)
        w->figures[HYPARVIEW_FIGURES + sight->kind]++;
    else
        w->figures[FLOOD_COPIES + flooded(sight)]++;
}

static void run_product(uint32_t replication, double *figures)
{
    struct watch watch = { .figures = figures };
    const struct sim_observer observer = {
        SEEN_SENT | SEEN_LEARNED | SEEN_VIEW | SEEN_UP | SEEN_DOWN, see, &watch
    };
    struct sim_result r;

    memset(watch.is_up, true, sizeof watch.is_up);
    setup.config.replication = replication;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    for (int i = HYPARVIEW_LINKS; i <= HYPARVIEW_FAILURES; i++)
        figures[i] = metric(&r, names[i]);
    hyparview_look(watch.views, watch.is_up, current.views.nodes, &figures[HYPARVIEW_VIEW_MEAN_END],
                   &figures[HYPARVIEW_DEAD_END]);
    if (current.is_tree)
        plumtree_case_figures(&current.tree, &r, &figures[HYPARVIEW_FIGURES]);
    sim_result_clear(&r);
}

/* ---- a slow flood ---- */

static struct {
    double *figures;
    int written;
    unsigned known[HYPARVIEW_NODES_MAX];
    bool is_peer[HYPARVIEW_NODES_MAX][HYPARVIEW_NODES_MAX];
} flood;

static void spread(int node, int from, int update, int hops)
{
    double *last = &flood.figures[FLOOD_LAST_HOP + update];

    if (flood.known[node] >> update & 1)
        return;
    flood.known[node] |= 1U << update;
    flood.figures[FLOOD_LEARNED + update]++;
    *last = fmax(*last, hops);
    for (int i = 0; i < current.views.nodes; i++)
        if (flood.is_peer[node][i] && i != from)
            net_send((struct net_event){ .node = node,
                                         .other = i,
                                         .kind = NET_BROADCAST,
                                         .about = update,
                                         .ttl = hops + 1 });
}

static void flood_write(void)
{
    spread(net_below(current.origins), -1, flood.written++, 0);
}

static void flood_peer(int node, int peer, bool is_there)
{
    flood.is_peer[node][peer] = is_there;
}

static void flood_sent(const struct net_event *message)
{
    flood.figures[FLOOD_COPIES + message->about]++;
}

static void flood_receive(const struct net_event *message)
{
    spread(message->other, message->node, message->about, message->ttl);
}

static void flood_crashed(void)
{
}

static void run_slowly(unsigned long seed, double *figures)
{
    static const struct slow_broadcast flooding = { .write = flood_write,
                                                    .peer = flood_peer,
                                                    .sent = flood_sent,
                                                    .receive = flood_receive,
                                                    .crashed = flood_crashed };
    static const struct slow_broadcast growing = { .write = slow_plumtree_write,
                                                   .peer = slow_plumtree_peer,
                                                   .sent = slow_plumtree_sent,
                                                   .receive = slow_plumtree_receive,
                                                   .timer = slow_plumtree_timer,
                                                   .crashed = slow_plumtree_look };

    if (current.is_tree) {
        slow_plumtree_begin(&current.tree.setup, &figures[HYPARVIEW_FIGURES]);
        slow_hyparview_run(&current.views, &growing, seed, figures);
        slow_plumtree_end();
        return;
    }
    memset(&flood, 0, sizeof flood);
    flood.figures = figures;
    slow_hyparview_run(&current.views, &flooding, seed, figures);
}

/* ---- comparison ---- */

static void describe(int number)
{
    const struct hyparview_setup *s = &current.views;
    char parameters[500], tree[500];

    write_parameters(s, parameters, sizeof parameters);
    plumtree_case_write(&current.tree, tree, sizeof tree);
    print_error("case %d: %d nodes, latency %.2f ms + %.2f, resent after %.2f ms, %d updates of %d "
                "every %.2f s, crash of %d from %d at %.2f s; %s; %s\n",
                number, s->nodes, (double)s->latency / 1e6, (double)s->latency_spread / 1e6,
                (double)s->retransmit / 1e6, s->updates, current.origins, (double)s->every / 1e9,
                s->crashed, s->first_crashed, (double)s->crash / 1e9, parameters,
                current.is_tree ? tree : "flood");
}

static void open_case(int number, bool is_tree)
{
    static struct sim_fault crash;

    draw_case(number, is_tree);
    open_setup(&current.views, &crash);
    setup.config.seed = (uint64_t)number + 1;
}

static void open_flood(int number)
{
    open_case(number, false);
}

static void open_tree(int number)
{
    open_case(number, true);
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    memset(model, 0, FIGURES * sizeof *model);
    memset(slow, 0, FIGURES * sizeof *slow);
    run_product((uint32_t)run, model);
    run_slowly(seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number);
    setup_clear(&setup);
}

static void hyparview_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = names,
                                               .figures = FLOOD_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .open = open_flood,
                                               .run = run_both,
                                               .close = close_case });
}

static void plumtree_over_hyparview_and_slow_programs_agree(void **state)
{
    const char *all[TREE_FIGURES];

    (void)state;
    for (int i = 0; i < TREE_FIGURES; i++)
        all[i] = i < HYPARVIEW_FIGURES ? names[i] : plumtree_figure_names[i - HYPARVIEW_FIGURES];
    two_programs_agree(&(struct two_programs){ .names = all,
                                               .figures = TREE_FIGURES,
                                               .cases = CASES,
                                               .runs = RUNS,
                                               .more = MORE,
                                               .open = open_tree,
                                               .run = run_both,
                                               .close = close_case });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hyparview_and_a_slow_program_agree),
        cmocka_unit_test(plumtree_over_hyparview_and_slow_programs_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
