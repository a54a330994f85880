/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slow_scuttlebutt_test.c - scuttlebutt and a slow program of our own agree in distribution: in
 * small random configurations of its three presets, with limits in deltas and bytes, losses, nodes
 * that join, leave, crash, come back and lose their data, members that are removed and kept away.
 *
 * The program (slow_scuttlebutt.c) was written from the sources and from what `gossipsim models`
 * says, and shares no code with what it is compared with; how they are compared is said in
 * two_programs.h.
 */
#include "tests/models/harness.h"
#include "tests/models/lots.h"
#include "tests/models/scuttlebutt_case.h"
#include "tests/models/two_programs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { CASES = 64, NODES = SCUTTLE_CASE_NODES, WRITES_MAX = 3000, LOOKS = 3 };
#ifdef SANITIZED
enum { RUNS = 2, MORE = 1 };
#else
enum { RUNS = 20, MORE = 4 };
#endif

static struct scuttle_case current;
static const char *const names[SCUTTLE_FIGURES] = {
    [SCUTTLE_SYNS] = "syn",
    [SCUTTLE_ACKS] = "ack",
    [SCUTTLE_ACK2S] = "ack2",
    [SCUTTLE_ECHOS] = "echo",
    [SCUTTLE_ECHO_ACKS] = "echo-reply",
    [SCUTTLE_EXCHANGES] = "scuttlebutt.exchanges",
    [SCUTTLE_DELTAS] = "scuttlebutt.deltas",
    [SCUTTLE_LEFT_OUT] = "scuttlebutt.left_out",
    [SCUTTLE_BYTES_SYN] = "scuttlebutt.bytes_syn",
    [SCUTTLE_BYTES_ACK] = "scuttlebutt.bytes_ack",
    [SCUTTLE_BYTES_ACK2] = "scuttlebutt.bytes_ack2",
    [SCUTTLE_SHADOW_ROUNDS] = "scuttlebutt.shadow_rounds",
    [SCUTTLE_VERDICTS] = "scuttlebutt.verdicts",
    [SCUTTLE_REMOVED] = "scuttlebutt.removed",
    [SCUTTLE_FALSE_DEAD] = "false_dead",
    [SCUTTLE_DETECT_FIRST] = "detect_first",
    [SCUTTLE_DETECT_T50] = "detect_t50",
    [SCUTTLE_DETECT_ALL] = "detect_all",
    [SCUTTLE_LAG_MAX] = "lag_max 1",
    "lag_max 2",
    "lag_max 3",
    [SCUTTLE_LAG_MEAN] = "lag_mean 1",
    "lag_mean 2",
    "lag_mean 3",
    [SCUTTLE_STALE] = "stale_keys 1",
    "stale_keys 2",
    "stale_keys 3",
    [SCUTTLE_ALIVE] = "held alive 1",
    "held alive 2",
    "held alive 3",
    [SCUTTLE_DEAD] = "held dead 1",
    "held dead 2",
    "held dead 3",
};

static bool is_down(const struct scuttle_case *s, int node, int64_t time)
{
    for (int i = 0; i < s->crash_count; i++)
        if (node >= s->crashes[i].first && node < s->crashes[i].first + s->crashes[i].nodes &&
            time >= s->crashes[i].at && time < s->crashes[i].until)
            return true;
    return false;
}

/* ---- the product ---- */

static struct setup setup;
static struct sim_fault faults[SCUTTLE_CASE_CRASHES];
static struct sim_write writes[WRITES_MAX];

static struct sightings {
    double *figures;
    int looked;
    bool is_alive[NODES][NODES];
} seen;

static int64_t look_at(const struct scuttle_case *s, int look)
{
    return s->end / LOOKS * (look + 1) - 1;
}

static void look(int at)
{
    double pairs[2] = { 0 }, right[2] = { 0 };

    for (int i = 0; i < current.setup.nodes; i++)
        for (int j = 0; j < current.setup.nodes; j++) {
            const bool down = is_down(&current, j, look_at(&current, at));

            if (i == j || is_down(&current, i, look_at(&current, at)))
                continue;
            pairs[down]++;
            right[down] += down ? !seen.is_alive[i][j] : seen.is_alive[i][j];
        }
    seen.figures[SCUTTLE_ALIVE + at] = right[0] / pairs[0];
    seen.figures[SCUTTLE_DEAD + at] = pairs[1] > 0 ? right[1] / pairs[1] : 1;
}

static void see(void *context, const struct sight *sight)
{
    const char *name = sight->what == SEEN_SENT ? sight->model->messages[sight->kind].name : NULL;

    (void)context;
    if (name && strcmp(name, "syn-exact") == 0)
        name = "syn";
    while (seen.looked < LOOKS && sight->at > look_at(&current, seen.looked))
        look(seen.looked++);
    if (sight->what == SEEN_BELIEF) {
        if (sight->peer < NODES && sight->node < NODES)
            seen.is_alive[sight->node][sight->peer] = sight->to == BELIEF_ALIVE;
        return;
    }
    for (int i = SCUTTLE_SYNS; i < SCUTTLE_EXCHANGES; i++)
        if (strcmp(name, names[i]) == 0) {
            seen.figures[i]++;
            return;
        }
    fail_msg("%s", name);
}

/* Each node writes at random times, while it is up. */
static int draw_writes(const struct scuttle_case *s)
{
    int64_t time = s->writes_from;
    int count = 0;

    for (;;) {
        const int node = lots_below(s->setup.nodes), key = lots_below(s->setup.keys);

        time += (int64_t)(-log(1 - lots_share()) / s->rate / s->setup.nodes * 1e9);
        if (time >= s->end)
            return count;
        assert_true(count < WRITES_MAX);
        if (!is_down(s, node, time))
            writes[count++] = (struct sim_write){ .at = time,
                                                  .node = (node_id)node,
                                                  .key = (uint32_t)(node * s->setup.keys + key),
                                                  .bytes = (uint32_t)s->setup.size };
    }
}

static void open_case(int number)
{
    char parameters[1000];
    struct sim_config *c = &setup.config;
    const struct scuttle_case *s = &current;

    lots_begin(number);
    scuttle_case_draw(&current, number);
    setup_init(&setup, s->setup.nodes);
    scuttle_case_write(s, parameters, sizeof parameters);
    if (!setup_add(&setup, "scuttlebutt", parameters))
        fail_msg("refused: %s", parameters);
    for (int i = 0; i < s->crash_count; i++)
        faults[i] =
            (struct sim_fault){ .kind = s->crashes[i].leaves  ? FAULT_LEAVE
                                        : s->crashes[i].loses ? FAULT_WIPE
                                                              : FAULT_CRASH,
                                .of = { .kind = SELECT_RANGE,
                                        .first = s->crashes[i].first,
                                        .nodes = s->crashes[i].nodes },
                                .at = s->crashes[i].at,
                                .lasts = s->crashes[i].until < s->end && !s->crashes[i].loses
                                             ? s->crashes[i].until - s->crashes[i].at
                                             : 0 };
    c->faults = faults;
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
    c->network.mtu = SIM_MTU_MAX;
    c->seeds = s->setup.seeds;
    c->members = s->forms ? MEMBERS_JOIN : MEMBERS_JOINED;
    c->join_rate = s->join_rate;
    c->seed = (uint64_t)number + 1; /* else all cases would share their losses */
    c->lags = true;
    c->sample_every = s->end / LOOKS;
    c->stop.when = STOP_NEVER;
    c->stop.at = s->end;
}

static double seconds_until(sim_time passed, sim_time since)
{
    return (double)(passed == SIM_NEVER ? current.end - since : passed) / (double)SIM_SECOND;
}

static void read_crashes(const struct sim_result *r, double *figures)
{
    const double count = (double)r->detection_count;

    for (size_t i = 0; i < r->detection_count; i++) {
        const struct sim_detection *d = &r->detections[i];

        figures[SCUTTLE_DETECT_FIRST] += seconds_until(d->first, d->crashed) / count;
        figures[SCUTTLE_DETECT_T50] += seconds_until(d->t50, d->crashed) / count;
        figures[SCUTTLE_DETECT_ALL] += seconds_until(d->all, d->crashed) / count;
    }
}

/* Before anybody has written. */
static double or_nothing(double lag)
{
    return isnan(lag) ? 0 : lag;
}

static void run_product(uint32_t replication, double *figures)
{
    const struct sim_observer observer = { SEEN_SENT | SEEN_BELIEF, see, NULL };
    struct sim_result r;
    int looks = 0;

    seen = (struct sightings){ .figures = figures };
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < NODES; j++)
            seen.is_alive[i][j] = !current.forms;
    setup.config.replication = replication;
    setup.config.observer = &observer;
    setup.config.workload = (struct sim_workload){ .updates = draw_writes(&current),
                                                   .keys = current.setup.nodes * current.setup.keys,
                                                   .arrival = ARRIVAL_TRACE,
                                                   .writes = writes };
    sim_run(&setup.config, &r);
    assert_int_equal(r.status, SIM_DONE);
    while (seen.looked < LOOKS)
        look(seen.looked++);
    for (size_t i = 0; i < r.sample_count; i++)
        if (r.samples[i].at > 0 && looks < LOOKS) {
            figures[SCUTTLE_LAG_MAX + looks] = or_nothing(r.samples[i].lag_max);
            figures[SCUTTLE_LAG_MEAN + looks] = or_nothing(r.samples[i].lag_mean);
            figures[SCUTTLE_STALE + looks] = or_nothing(r.samples[i].stale_keys);
            looks++;
        }
    assert_int_equal(looks, LOOKS);
    for (int i = SCUTTLE_EXCHANGES; i <= SCUTTLE_FALSE_DEAD; i++)
        figures[i] = metric(&r, names[i]);
    read_crashes(&r, figures);
    sim_result_clear(&r);
}

/* ---- the slow program ---- */

enum { WRITE, CRASH, RETURN, LOOK, JOIN };

static double *slow_figures;

static void write_slowly(int node)
{
    if (!is_down(&current, node, net_now()))
        slow_scuttlebutt_write(node, net_below(current.setup.keys));
    net_happens(WRITE, node,
                net_now() + (int64_t)(-log(1 - (double)net_part_of(1 << 30) / (1 << 30)) /
                                      current.rate * 1e9));
}

static void look_slowly(int at)
{
    const struct scuttle_lag lag = slow_scuttlebutt_lag();

    slow_figures[SCUTTLE_LAG_MAX + at] = lag.max;
    slow_figures[SCUTTLE_LAG_MEAN + at] = lag.mean;
    slow_figures[SCUTTLE_STALE + at] = lag.stale;
    slow_figures[SCUTTLE_ALIVE + at] = slow_scuttlebutt_right(true);
    slow_figures[SCUTTLE_DEAD + at] = slow_scuttlebutt_right(false);
}

static void happen(const struct net_event *e)
{
    if (e->kind == WRITE)
        write_slowly(e->node);
    else if (e->kind == LOOK)
        look_slowly(e->node);
    else if (e->kind == JOIN)
        slow_scuttlebutt_join(e->node);
    else
        for (int i = current.crashes[e->node].first;
             i < current.crashes[e->node].first + current.crashes[e->node].nodes; i++)
            if (e->kind == CRASH && current.crashes[e->node].leaves)
                slow_scuttlebutt_leave(i);
            else if (e->kind == CRASH && current.crashes[e->node].loses)
                slow_scuttlebutt_wipe(i);
            else if (e->kind == CRASH)
                slow_scuttlebutt_crash(i);
            else
                slow_scuttlebutt_return(i);
}

static void ignore(const struct net_event *message)
{
    (void)message;
}

static void begin_members(const struct scuttle_case *s)
{
    int order[NODES], place = 0;

    for (int i = 0; i < s->setup.nodes; i++) {
        const int j = net_below(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    for (int i = 0; i < s->setup.nodes; i++)
        if (!s->forms)
            slow_scuttlebutt_start(i);
        else if (order[i] < s->setup.seeds)
            slow_scuttlebutt_join(order[i]);
        else
            net_happens(JOIN, order[i], (int64_t)(++place / s->join_rate * 1e9));
}

static void run_slowly(const struct scuttle_case *s, unsigned long seed, double *figures)
{
    const struct net_program program = { .latency = s->latency,
                                         .latency_spread = s->latency_spread,
                                         .retransmit = s->retransmit,
                                         .end = s->end,
                                         .loss = s->loss,
                                         .sent = slow_scuttlebutt_sent,
                                         .receive = slow_scuttlebutt_receive,
                                         .fail = ignore,
                                         .timer = slow_scuttlebutt_timer,
                                         .happen = happen };

    slow_figures = figures;
    net_begin(&program, seed);
    slow_scuttlebutt_begin(&s->setup, figures);
    begin_members(s);
    for (int i = 0; i < s->setup.nodes; i++)
        net_happens(WRITE, i,
                    s->writes_from + (int64_t)(-log(1 - (double)net_part_of(1 << 30) / (1 << 30)) /
                                               s->rate * 1e9));
    for (int i = 0; i < LOOKS; i++)
        net_happens(LOOK, i, look_at(s, i));
    for (int i = 0; i < s->crash_count; i++) {
        net_happens(CRASH, i, s->crashes[i].at);
        if (s->crashes[i].until < s->end && !s->crashes[i].loses)
            net_happens(RETURN, i, s->crashes[i].until);
    }
    net_go_on();
    slow_scuttlebutt_conclude(s->end);
    slow_scuttlebutt_end();
}

/* ---- comparison ---- */

static void describe(int number, const struct scuttle_case *s)
{
    char parameters[1000];

    scuttle_case_write(s, parameters, sizeof parameters);
    print_error("case %d: %d nodes, %d keys of %d B, %d seeds, latency %.1f ms + %.1f, loss %g, "
                "resent after %.1f ms, %.2f writes/s, join %.2f/s, end %.1f s; %s\n",
                number, s->setup.nodes, s->setup.keys, s->setup.size, s->setup.seeds,
                (double)s->latency / 1e6, (double)s->latency_spread / 1e6, s->loss,
                (double)s->retransmit / 1e6, s->rate, s->forms ? s->join_rate : 0,
                (double)s->end / 1e9, parameters);
    for (int i = 0; i < s->crash_count; i++)
        print_error("  %s: node %d + %d, from %.3f s until %.3f s\n",
                    s->crashes[i].leaves  ? "leave"
                    : s->crashes[i].loses ? "wipe"
                                          : "crash",
                    s->crashes[i].first, s->crashes[i].nodes, (double)s->crashes[i].at / 1e9,
                    (double)s->crashes[i].until / 1e9);
}

static void run_both(int run, unsigned long seed, double *model, double *slow)
{
    memset(model, 0, SCUTTLE_FIGURES * sizeof *model);
    memset(slow, 0, SCUTTLE_FIGURES * sizeof *slow);
    run_product((uint32_t)run, model);
    run_slowly(&current, seed, slow);
}

static void close_case(int number, bool differs)
{
    if (differs)
        describe(number, &current);
    setup_clear(&setup);
    lots_end();
}

static void scuttlebutt_and_a_slow_program_agree(void **state)
{
    (void)state;
    two_programs_agree(&(struct two_programs){ .names = names,
                                               .figures = SCUTTLE_FIGURES,
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
    const struct CMUnitTest tests[] = { cmocka_unit_test(scuttlebutt_and_a_slow_program_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
