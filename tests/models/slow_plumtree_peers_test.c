/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_plumtree_peers_test.c - plumtree and the slow program of it agree where peers come and go
 * all the time, each end of a link by itself: what is kept of who has gone, and what is new of who
 * has come back.
 *
 * The view is that of a membership model of this test alone, which knows neighbours on a ring in
 * random order, and lets go or takes back a random one of them now and then.  How the programs are
 * compared is said in two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/lots.h"
#include "tests/models/plumtree_case.h"
#include "tests/models/two_programs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 24, MORE = 3, REACH = 3, PLACES = 2 * REACH };
#ifdef SANITIZED
enum { RUNS = 2 };
#else
enum { RUNS = 60 };
#endif

static struct {
    struct plumtree_case plumtree;
    int64_t latency, latency_spread, retransmit, first_update, every, interval;
    double loss;
} current;

/* ---- the view ---- */

struct flicker {
    bool is_there[PLACES];
};

static node_id neighbour(struct node *n, int place)
{
    const uint32_t nodes = node_shared_count(n), step = (uint32_t)(place / 2 + 1);
    const uint32_t at = node_shared_place(n, 0, node_self(n));

    return node_shared_at(n, 0, (at + (place % 2 ? step : nodes - step)) % nodes);
}

static void flicker(struct node *n, int tag, uint32_t value)
{
    struct flicker *f = node_state(n);
    const int place = (int)node_random(n, PLACES);

    (void)tag;
    (void)value;
    f->is_there[place] = !f->is_there[place];
    if (f->is_there[place])
        node_peer_up(n, neighbour(n, place));
    else
        node_peer_down(n, neighbour(n, place));
}

static void light(struct node *n)
{
    struct flicker *f = node_state(n);

    for (int i = 0; i < PLACES; i++) {
        f->is_there[i] = true;
        node_peer_up(n, neighbour(n, i));
    }
    node_every(n, current.interval, PHASE_RANDOM, 0);
}

static uint32_t count_lit(struct node *n)
{
    const struct flicker *f = node_state(n);
    uint32_t count = 0;

    for (int i = 0; i < PLACES; i++)
        count += f->is_there[i];
    return count;
}

static node_id lit_at(struct node *n, uint32_t index)
{
    const struct flicker *f = node_state(n);
    int place = 0;

    for (;; place++)
        if (f->is_there[place] && index-- == 0)
            return neighbour(n, place);
}

static const struct param no_params[] = { PARAM_END };
static const struct message_kind no_messages[] = { { .name = NULL } };

static const struct model model_flicker = { .name = "flicker",
                                            .summary = "neighbours that come and go",
                                            .source = "this test",
                                            .params = no_params,
                                            .messages = no_messages,
                                            .state_size = sizeof(struct flicker),
                                            .on_start = light,
                                            .on_timer = flicker,
                                            .view_count = count_lit,
                                            .view_at = lit_at };

/* ---- configurations ---- */

static int64_t between(double least, double most)
{
    return (int64_t)((least + (most - least) * lots_share()) * SIM_MILLISECOND);
}

static void draw_case(int number)
{
    struct plumtree_setup *s = &current.plumtree.setup;

    lots_begin(number);
    memset(&current, 0, sizeof current);
    plumtree_case_draw(&current.plumtree, number);
    s->nodes = 12 + lots_below(20);
    s->updates = 10 + lots_below(15);
    current.latency = between(2, 10);
    current.latency_spread = between(0, 20);
    current.retransmit = current.latency + current.latency_spread + between(1, 30);
    current.first_update = between(10, 100);
    current.every = between(20, 150);
    current.interval = between(20, 300);
    current.loss = lots_below(3) ? 0.3 * lots_share() : 0;
    s->end = current.first_update + s->updates * current.every + 2 * SIM_SECOND;
    lots_end();
}

/* ---- the product ---- */

static struct setup setup;

static void open_setup(void)
{
    const struct plumtree_setup *s = &current.plumtree.setup;
    struct sim_config *c = &setup.config;
    char parameters[500];

    setup_init(&setup, s->nodes);
    plumtree_case_write(&current.plumtree, parameters, sizeof parameters);
    if (!setup_add_model(&setup, &model_flicker, "") || !setup_add(&setup, "plumtree", parameters))
        fail_msg("refused: %s", parameters);
    distribution_free(setup.latency);
    setup.latency = distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_UNIFORM,
                                     .a = (double)current.latency,
                                     .b = (double)(current.latency + current.latency_spread) });
    c->peers = PEERS_VIEW;
    c->network.latency = setup.latency;
    c->network.latency_per = LATENCY_PER_MESSAGE;
    c->network.loss = current.loss;
    c->network.retransmit = current.retransmit;
    c->workload = (struct sim_workload){ .updates = s->updates,
                                         .keys = s->updates,
                                         .size_bytes = 1000,
                                         .at = current.first_update,
                                         .arrival = ARRIVAL_EVERY,
                                         .every = current.every,
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

static void run_product(uint32_t replication, double figures[PLUMTREE_FIGURES])
{
    const struct sim_observer observer = { SEEN_SENT, see_sent, figures };
    struct sim_result r;

    setup.config.replication = replication;
    setup.config.observer = &observer;
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    plumtree_case_figures(&current.plumtree, &r, figures);
    sim_result_clear(&r);
}

/* ---- the slow program ---- */

static struct {
    bool is_there[NET_NODES_MAX][PLACES];
    int order[NET_NODES_MAX], place[NET_NODES_MAX];
} ring;

static int slow_neighbour(int node, int place)
{
    const int nodes = current.plumtree.setup.nodes, step = place / 2 + 1;

    return ring.order[(ring.place[node] + (place % 2 ? step : nodes - step)) % nodes];
}

static void turn(int node, int place)
{
    ring.is_there[node][place] = !ring.is_there[node][place];
    slow_plumtree_peer(node, slow_neighbour(node, place), ring.is_there[node][place]);
}

static void fire(const struct net_event *timer)
{
    if (timer->kind >= NET_BROADCAST) {
        slow_plumtree_timer(timer);
        return;
    }
    turn(timer->node, net_below(PLACES));
    net_repeat(timer, current.interval);
}

static void happen(const struct net_event *e)
{
    (void)e;
    slow_plumtree_write();
}

static void stay(const struct net_event *message)
{
    (void)message;
}

static void set_out(void)
{
    const struct plumtree_setup *s = &current.plumtree.setup;

    memset(&ring, 0, sizeof ring);
    for (int i = 0; i < s->nodes; i++) {
        const int at = net_below(i + 1);

        ring.order[i] = ring.order[at];
        ring.order[at] = i;
    }
    for (int i = 0; i < s->nodes; i++)
        ring.place[ring.order[i]] = i;
    for (int i = 0; i < s->nodes; i++) {
        net_set_up(i, true);
        for (int place = 0; place < PLACES; place++)
            turn(i, place);
        net_set_timer(i, 0, 0, net_part_of(current.interval));
    }
    for (int i = 0; i < s->updates; i++)
        net_happens(0, 0, current.first_update + i * current.every);
}

static void run_slowly(unsigned long seed, double figures[PLUMTREE_FIGURES])
{
    const struct net_program program = { .latency = current.latency,
                                         .latency_spread = current.latency_spread,
                                         .retransmit = current.retransmit,
                                         .end = current.plumtree.setup.end,
                                         .loss = current.loss,
                                         .sent = slow_plumtree_sent,
                                         .receive = slow_plumtree_receive,
                                         .fail = stay,
                                         .timer = fire,
                                         .happen = happen };

    net_begin(&program, seed);
    slow_plumtree_begin(&current.plumtree.setup, figures);
    set_out();
    net_go_on();
    slow_plumtree_end();
}

/* ---- comparison ---- */

static void open_case(int number)
{
    draw_case(number);
    open_setup();
    setup.config.seed = (uint64_t)number + 1;
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    memset(model, 0, PLUMTREE_FIGURES * sizeof *model);
    memset(slow, 0, PLUMTREE_FIGURES * sizeof *slow);
    run_product((uint32_t)run, model);
    run_slowly(seed, slow);
}

static void close_case(int number, bool differs)
{
    char parameters[500];

    plumtree_case_write(&current.plumtree, parameters, sizeof parameters);
    if (differs)
        print_error("case %d: %d nodes, %d updates of %d every %.1f ms, latency %.1f ms + %.1f, "
                    "loss %g, a peer changes every %.1f ms; %s\n",
                    number, current.plumtree.setup.nodes, current.plumtree.setup.updates,
                    current.plumtree.setup.origins, (double)current.every / 1e6,
                    (double)current.latency / 1e6, (double)current.latency_spread / 1e6,
                    current.loss, (double)current.interval / 1e6, parameters);
    setup_clear(&setup);
}

static void they_agree_where_peers_come_and_go(void **state)
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
    const struct CMUnitTest tests[] = { cmocka_unit_test(they_agree_where_peers_come_and_go) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
