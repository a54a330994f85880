/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message over a connection comes late by the timeouts of what was lost, to the nanosecond, and
 * as often as the law says; or its sender is told that it failed: when the last timeout is over, or
 * after one latency by who left gracefully.  It comes once, and never both; what is cut off comes
 * when the way is free again; with the sender dies what it sends; every transmission is counted and
 * has a fate.
 */
#include "law.h"
#include "tests/models/harness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TRIES = 7, ITEM_BYTES = 10 };

#define TIMEOUT (50 * SIM_MILLISECOND)
#define LATENCY (10 * SIM_MILLISECOND) /* of the harness */

struct letter {
    node_id to;
    sim_time sent, arrived, failed; /* 0: not */
};

struct config {
    sim_time gap;    /* between the letters of a node */
    int64_t letters; /* of each node, */
    bool one_sends;  /* or only of node 0, */
    bool plainly;    /* by node_send_pack(), */
    bool connects;   /* which sends over connections, too */
    bool resumes;    /* who crashed sends the rest later */
    bool barely;     /* without a pack: they come, but nobody knows which */
    uint32_t nodes;
    uint64_t came, failures;
    struct letter *post; /* `letters` of each node */
};

struct state {
    uint32_t sent;
};

enum { LETTER };
static const struct message_kind messages[] = {
    [LETTER] = { .name = "letter",
                 .carries = CARRIES_IDENTITIES,
                 .item_size = sizeof(uint64_t),
                 .item_bytes = ITEM_BYTES },
    { .name = NULL },
};

static struct config *config_of(const struct node *n)
{
    return (struct config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    const struct config *c = config_of(n);
    const struct state *mine = node_state(n);

    if (mine->sent > 0 && (!c->resumes || mine->sent == c->letters))
        return;
    if (!c->one_sends || node_self(n) == 0)
        node_after(n, SIM_SECOND + (sim_time)node_self(n) * 1000003, 0, 0);
}

static void post(struct node *n, int tag, uint32_t value)
{
    struct config *c = config_of(n);
    struct state *mine = node_state(n);
    const node_id me = node_self(n);
    const node_id to = (me + 1 + mine->sent % (c->nodes - 1)) % c->nodes;
    const uint64_t item = (uint64_t)me << 32 | mine->sent;
    const struct pack pack = { .value = mine->sent, .items = &item, .item_count = 1 };

    (void)tag;
    (void)value;
    c->post[me * c->letters + mine->sent] = (struct letter){ .to = to, .sent = node_now(n) };
    if (c->barely)
        node_send_reliably(n, to, LETTER, set_copy(node_known(n)), NULL);
    else if (c->plainly)
        node_send_pack(n, to, LETTER, set_copy(node_known(n)), &pack);
    else
        node_send_reliably(n, to, LETTER, set_copy(node_known(n)), &pack);
    if (++mine->sent < c->letters)
        node_after(n, c->gap, 0, 0);
}

static struct letter *letter_of(struct node *n, const struct message *m)
{
    const struct config *c = config_of(n);
    const uint64_t *items = m->items;

    assert_int_equal(m->item_count, 1);
    assert_true(items[0] == ((uint64_t)m->from << 32 | m->value));
    return &c->post[m->from * c->letters + m->value];
}

static void receive(struct node *n, const struct message *m)
{
    struct config *c = config_of(n);
    struct letter *letter;

    c->came++;
    if (c->barely)
        return;
    letter = letter_of(n, m);
    assert_int_equal(letter->to, node_self(n));
    assert_int_equal(letter->arrived, 0);
    letter->arrived = node_now(n);
}

static void fail_to_send(struct node *n, node_id to, const struct message *m)
{
    struct config *c = config_of(n);
    struct letter *letter;

    c->failures++;
    assert_int_equal(m->from, node_self(n));
    assert_int_equal(m->kind, LETTER);
    if (c->barely)
        return;
    letter = letter_of(n, m);
    assert_int_equal(letter->to, to);
    assert_int_equal(letter->failed, 0);
    letter->failed = node_now(n);
}

static const struct param params[] = {
    PARAM_TIME(struct config, gap, "1s", "1us..365d", "between letters"),
    PARAM_COUNT(struct config, letters, "200", "1..100000", "from each node"),
    PARAM_BOOL(struct config, one_sends, "false", "only node 0 sends"),
    PARAM_BOOL(struct config, plainly, "false", "as datagrams"),
    PARAM_BOOL(struct config, connects, "false", "all over connections"),
    PARAM_BOOL(struct config, resumes, "false", "who crashed sends the rest later"),
    PARAM_BOOL(struct config, barely, "false", "without a pack"),
    PARAM_END,
};

static bool connects(const void *config)
{
    return ((const struct config *)config)->connects;
}

static const struct model caller = {
    .name = "caller",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct config),
    .state_size = sizeof(struct state),
    .connects = connects,
    .on_start = start,
    .on_timer = post,
    .on_message = receive,
    .on_failed = fail_to_send,
};

struct trial {
    struct setup setup;
    struct config *config;
    struct sim_result result;
    size_t letters;
};

static void open_trial(struct trial *t, int64_t nodes, const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct trial){ 0 };
    setup_init(&t->setup, nodes);
    assert_true(setup_add_model(&t->setup, &caller, parameters));
    t->config = t->setup.configs[0];
    t->config->nodes = (uint32_t)nodes;
    t->letters = (size_t)(nodes * t->config->letters);
    t->config->post = calloc(t->letters, sizeof *t->config->post);
    c->network.retransmit = TIMEOUT;
    c->workload.updates = 0;
    c->stop.when = STOP_NEVER;
    c->stop.at = t->config->letters * t->config->gap + 60 * SIM_SECOND;
}

static void run_trial(struct trial *t)
{
    const struct sim_result *r = &t->result;
    double gone;

    sim_result_clear(&t->result);
    memset(t->config->post, 0, t->letters * sizeof *t->config->post);
    t->config->came = t->config->failures = 0;
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(r->status, SIM_DONE);
    assert_int_equal(r->samples[r->sample_count - 1].in_flight, 0);
    gone = metric(r, "dropped_loss") + metric(r, "dropped_down");
    if (has_metric(r, "dropped_queue"))
        gone += metric(r, "dropped_queue");
    if (has_metric(r, "dropped_partition"))
        gone += metric(r, "dropped_partition");
    assert_true(metric(r, "messages") == gone + (double)t->config->came);
    if (!t->config->barely)
        assert_true(metric(r, "bytes_digest") == metric(r, "messages") * ITEM_BYTES);
}

static void close_trial(struct trial *t)
{
    sim_result_clear(&t->result);
    free(t->config->post);
    setup_clear(&t->setup);
}

static const struct letter *letter_at(const struct trial *t, node_id from, int64_t number)
{
    return &t->config->post[from * t->config->letters + number];
}

/* The timeouts of so many transmissions together. */
static sim_time waited(int tries, sim_time timeout)
{
    return ((1 << tries) - 1) * timeout;
}

/* ---- loss ---- */

/* How often each number of transmissions came, by the times of letters; [TRIES]: failed. */
static void count_tries(const struct trial *t, sim_time timeout, uint32_t counts[TRIES + 1])
{
    memset(counts, 0, (TRIES + 1) * sizeof *counts);
    for (size_t i = 0; i < t->letters; i++) {
        const struct letter *letter = &t->config->post[i];
        int tries = 0;

        if (letter->failed) {
            assert_int_equal(letter->arrived, 0);
            assert_int_equal(letter->failed - letter->sent, waited(TRIES, timeout));
            counts[TRIES]++;
            continue;
        }
        while (tries < TRIES && letter->arrived - letter->sent != LATENCY + waited(tries, timeout))
            tries++;
        assert_true(tries < TRIES);
        counts[tries]++;
    }
}

static void check_law(double loss, int64_t nodes, const char *parameters)
{
    struct trial t;
    uint32_t counts[TRIES + 1];
    double probability = 1, transmissions = 0;

    open_trial(&t, nodes, parameters);
    t.setup.config.network.loss = loss;
    run_trial(&t);
    count_tries(&t, TIMEOUT, counts);
    for (int tries = 0; tries <= TRIES; tries++, probability *= loss) {
        const double share = tries < TRIES ? probability * (1 - loss) : probability;

        transmissions += counts[tries] * (tries < TRIES ? tries + 1.0 : TRIES);
        if (share > 0 && share < 1)
            assert_true(fabs(law_share(counts[tries], (double)t.letters, share)) < LAW_Z);
        else
            assert_true(counts[tries] == share * (double)t.letters);
    }
    assert_true(metric(&t.result, "messages") == transmissions);
    close_trial(&t);
}

/* In bursts of mean length 4 what is lost is lost again with probability 3/4. */
static void check_bursts(void)
{
    struct trial t;
    uint32_t counts[TRIES + 1], lost[TRIES + 1] = { 0 };

    open_trial(&t, 40, "letters=500 gap=20s");
    t.setup.config.network.loss = 0.2;
    t.setup.config.network.loss_burst = 4;
    run_trial(&t);
    count_tries(&t, TIMEOUT, counts);
    for (int tries = TRIES; tries > 0; tries--) /* lost at least so often */
        lost[tries] = counts[tries] + (tries < TRIES ? lost[tries + 1] : 0);
    for (int tries = 1; tries < TRIES; tries++)
        assert_true(fabs(law_share(lost[tries + 1], lost[tries], 0.75)) < LAW_Z);
    close_trial(&t);
}

static void what_is_lost_comes_late_by_the_law(void **state)
{
    static const double losses[] = { 0, 0.01, 0.1, 0.5, 0.7, 1 };

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        check_law(losses[i], 40, "letters=500 gap=20s");
    check_bursts();
}

/* All that a model sends goes so if it says that it connects. */
static void a_million_sends_of_a_model_that_connects_follow_the_law(void **state)
{
    (void)state;
    check_law(0.3, 2000, "letters=500 gap=6s plainly=true connects=true");
}

/* What gets through at once is what gets through as a datagram, at the same times. */
static void the_first_transmission_has_the_fate_of_a_datagram(void **state)
{
    static const struct distribution_spec spec = { .kind = DISTRIBUTION_EXPONENTIAL, .a = 3e7 };
    struct distribution *latency = distribution_new(&spec);
    uint32_t at_once = 0;
    struct trial t, plain;

    (void)state;
    open_trial(&t, 20, "letters=200");
    open_trial(&plain, 20, "letters=200 plainly=true");
    for (int i = 0; i < 2; i++) {
        struct sim_network *network = &(i ? &plain : &t)->setup.config.network;

        network->latency = latency;
        network->latency_per = LATENCY_PER_MESSAGE;
        network->jitter = 0.3;
        network->loss = 0.2;
    }
    run_trial(&t);
    run_trial(&plain);
    for (size_t i = 0; i < t.letters; i++) {
        const struct letter *a = &t.config->post[i], *b = &plain.config->post[i];

        assert_int_equal(a->sent, b->sent);
        if (b->arrived)
            assert_int_equal(a->arrived, b->arrived);
        else
            assert_true(a->failed || a->arrived > a->sent + TIMEOUT);
        at_once += b->arrived > 0;
    }
    assert_true(fabs(law_share(at_once, (double)t.letters, 0.8)) < LAW_Z);
    close_trial(&t);
    close_trial(&plain);
    distribution_free(latency);
}

static void no_duplicate_comes(void **state)
{
    struct trial t;

    (void)state;
    open_trial(&t, 5, "");
    t.setup.config.network.duplicate = 1;
    run_trial(&t);
    assert_int_equal(t.config->came, t.letters);
    close_trial(&t);
}

/* The usual timeout, and a message with nothing in it. */
static void the_timeout_is_200_ms_by_default(void **state)
{
    struct trial t;
    uint32_t counts[TRIES + 1];

    (void)state;
    open_trial(&t, 10, "letters=100");
    t.setup.config.network.retransmit = 0;
    t.setup.config.network.loss = 0.4;
    run_trial(&t);
    assert_int_equal(SIM_RETRANSMIT, 200 * SIM_MILLISECOND);
    count_tries(&t, SIM_RETRANSMIT, counts);
    assert_true(counts[0] > 0 && counts[1] > 0 && counts[2] > 0);
    t.config->barely = true;
    run_trial(&t);
    assert_int_equal(t.config->came + t.config->failures, t.letters);
    close_trial(&t);
}

/* ---- who is not there ---- */

static void run_with_fault(struct trial *t, const struct sim_fault *fault)
{
    t->setup.config.faults = fault;
    t->setup.config.fault_count = 1;
    run_trial(t);
}

static void a_receiver_that_crashed_is_waited_for(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_RANGE, .first = 0, .nodes = 1 },
                                     .at = 20 * SIM_SECOND,
                                     .lasts = 10 * SIM_SECOND };
    uint32_t failed = 0, late = 0;
    struct trial t;

    (void)state;
    open_trial(&t, 3, "letters=500 gap=100ms");
    run_with_fault(&t, &crash);
    for (size_t i = 0; i < t.letters; i++) {
        const struct letter *letter = &t.config->post[i];
        int tries = 0;

        if (letter->failed) { /* it was down all the while */
            assert_int_equal(letter->failed - letter->sent, waited(TRIES, TIMEOUT));
            assert_true(letter->sent + LATENCY >= crash.at);
            assert_true(letter->sent + waited(TRIES - 1, TIMEOUT) + LATENCY <
                        crash.at + crash.lasts);
            failed++;
        } else if (letter->arrived > letter->sent + LATENCY) { /* the first that found it up */
            while (letter->sent + waited(tries, TIMEOUT) + LATENCY < crash.at + crash.lasts)
                tries++;
            assert_int_equal(letter->arrived, letter->sent + waited(tries, TIMEOUT) + LATENCY);
            late++;
        }
    }
    assert_true(failed > 50 && late > 20);
    close_trial(&t);
}

/* Of a crashed sender nothing comes later, and nothing is told. */
static void a_sender_that_crashed_sends_no_more(void **state)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_SHARE, .share = 1 },
                                     .at = 20 * SIM_SECOND,
                                     .lasts = SIM_SECOND };
    uint32_t neither = 0;
    struct trial t;

    (void)state;
    open_trial(&t, 10, "letters=300 gap=100ms");
    t.setup.config.network.loss = 0.8;
    run_with_fault(&t, &crash);
    for (size_t i = 0; i < t.letters; i++) {
        const struct letter *letter = &t.config->post[i];

        if (!letter->sent)
            continue;
        neither += !letter->arrived && !letter->failed;
        assert_true(letter->failed < crash.at);
        assert_true(letter->arrived < crash.at);
    }
    assert_true(neither > 100);
    close_trial(&t);
}

static void who_left_gracefully_refuses(void **state)
{
    static const struct distribution_spec spec = { .a = 10.0 * SIM_SECOND };
    struct distribution *stay = distribution_new(&spec);
    uint32_t refused = 0;
    struct trial t;

    (void)state;
    open_trial(&t, 30, "letters=200 gap=200ms one_sends=true");
    t.setup.config.churn.session = t.setup.config.churn.downtime = stay;
    t.setup.config.churn.leave = LEAVE_GRACEFUL;
    run_trial(&t);
    for (int64_t i = 0; i < t.config->letters; i++) {
        const struct letter *letter = letter_at(&t, 0, i);

        if (!letter->sent)
            break;
        if (letter->failed) {
            assert_int_equal(letter->failed, letter->sent + 2 * LATENCY);
            refused++;
        } else if (letter->arrived)
            assert_int_equal(letter->arrived, letter->sent + LATENCY);
    }
    assert_true(refused > 10);
    close_trial(&t);
    distribution_free(stay);
}

/* ---- cuts ---- */

static void check_cut(const struct sim_obstacle *cut, enum sim_fault_kind kind, sim_time lasts)
{
    const struct sim_fault fault = {
        .kind = kind, .at = 10 * SIM_SECOND, .lasts = lasts, .obstacle = cut
    };
    uint32_t late = 0, failed = 0;
    struct trial t;

    open_trial(&t, 12, "letters=300 gap=100ms");
    run_with_fault(&t, &fault);
    for (size_t i = 0; i < t.letters; i++) {
        const struct letter *letter = &t.config->post[i];
        int tries = 0;

        if (letter->arrived == letter->sent + LATENCY)
            continue;
        assert_true(letter->sent >= fault.at);
        while (tries < TRIES && letter->sent + waited(tries, TIMEOUT) < fault.at + lasts)
            tries++;
        if (tries < TRIES)
            assert_int_equal(letter->arrived, letter->sent + waited(tries, TIMEOUT) + LATENCY);
        else
            assert_int_equal(letter->failed, letter->sent + waited(TRIES, TIMEOUT));
        late += tries < TRIES;
        failed += tries == TRIES;
    }
    assert_true(late > 100 && failed > 100);
    assert_true(metric(&t.result, "dropped_partition") > 0);
    assert_int_equal(t.config->failures, failed);
    close_trial(&t);
}

/* A one-way cut stops both directions: nothing of a connection comes back. */
static void what_is_cut_off_comes_when_the_way_is_free(void **state)
{
    static const struct sim_selector first = { .kind = SELECT_RANGE, .first = 0, .nodes = 6 },
                                     rest = { .kind = SELECT_RANGE, .first = 6, .nodes = 6 };
    static const struct sim_side sides[] = { { &first, 1, 0 }, { &rest, 1, 0 } };
    static const struct sim_obstacle cut = { .sides = sides, .side_count = 2, .factor = 1 };

    (void)state;
    check_cut(&cut, FAULT_PARTITION, 10 * SIM_SECOND);
    check_cut(&cut, FAULT_ONE_WAY, 10 * SIM_SECOND);
}

/* A cut of the way back moves no loss: what it stops meets the others on its way, so their bursts
 * go on as they would. */
static void a_cut_of_the_way_back_moves_no_loss(void **state)
{
    static const struct sim_selector first = { .kind = SELECT_RANGE, .first = 0, .nodes = 6 },
                                     rest = { .kind = SELECT_RANGE, .first = 6, .nodes = 6 },
                                     all = { .kind = SELECT_ALL };
    static const struct sim_side way_back[] = { { &rest, 1, 0 }, { &first, 1, 0 } };
    static const struct sim_side senders[] = { { &all, 1, 0 } };
    static const struct sim_obstacle lossy = {
        .sides = senders, .side_count = 1, .factor = 1, .loss = 0.5, .loss_burst = 10
    };
    static const struct sim_obstacle cut = { .sides = way_back, .side_count = 2, .factor = 1 };
    const struct sim_fault faults[] = {
        { .kind = FAULT_LOSS, .at = SIM_SECOND / 2, .lasts = 500 * SIM_SECOND, .obstacle = &lossy },
        { .kind = FAULT_ONE_WAY, .at = 2 * SIM_SECOND, .lasts = SIM_SECOND, .obstacle = &cut },
    };
    struct trial t[2];
    uint32_t cut_off = 0;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        open_trial(&t[k], 12, "letters=50 gap=100ms");
        t[k].setup.config.network.retransmit = 20 * SIM_SECOND; /* after all have been sent */
        t[k].setup.config.stop.at = 5000 * SIM_SECOND;
        t[k].setup.config.faults = faults;
        t[k].setup.config.fault_count = 1 + k;
        run_trial(&t[k]);
    }
    for (size_t i = 0; i < t[0].letters; i++) {
        const struct letter *a = &t[0].config->post[i], *b = &t[1].config->post[i];
        const bool came = a->arrived == a->sent + LATENCY, comes = b->arrived == b->sent + LATENCY;

        assert_true(a->sent == b->sent && came >= comes);
        if (a->sent < faults[1].at || a->sent >= faults[1].at + faults[1].lasts)
            assert_true(came == comes);
        else
            cut_off += came > comes;
    }
    assert_true(cut_off > 10);
    close_trial(&t[0]);
    close_trial(&t[1]);
}

/* ---- a queue without room ---- */

static void what_an_uplink_has_no_room_for_is_sent_again(void **state)
{
    const sim_time takes = 8 * (28 + ITEM_BYTES) * SIM_SECOND / 1000; /* 304 ms on the link */
    struct trial t;

    (void)state;
    open_trial(&t, 2, "letters=2 gap=100ms one_sends=true");
    t.setup.config.network.bandwidth = 1000;
    t.setup.config.network.queue_bytes = 0;
    run_trial(&t);
    assert_int_equal(letter_at(&t, 0, 0)->arrived, SIM_SECOND + takes + LATENCY);
    /* Sent at 100, 150, 250 and 450 ms from the first. */
    assert_int_equal(letter_at(&t, 0, 1)->arrived,
                     SIM_SECOND + 450 * SIM_MILLISECOND + takes + LATENCY);
    assert_true(metric(&t.result, "dropped_queue") == 3);
    close_trial(&t);
}

/* ---- rounds ---- */

/* Each loss costs a round, or as many whole ones as its timeout. */
static void in_rounds_it_comes_whole_rounds_later(void **state)
{
    static const struct {
        sim_time timeout;
        int rounds[TRIES + 1]; /* late, by losses */
    } cases[] = {
        { 50 * SIM_MILLISECOND, { 0, 1, 2, 3, 4, 5, 7, 11 } },
        { SIM_SECOND, { 0, 1, 3, 7, 15, 31, 63, 127 } },
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct trial t;
        uint32_t late = 0;

        open_trial(&t, 20, "letters=100 gap=3s");
        setup_rounds(&t.setup);
        t.setup.config.stop.at = 1000 * SIM_SECOND;
        t.setup.config.network.loss = 0.6;
        t.setup.config.network.retransmit = cases[k].timeout;
        run_trial(&t);
        for (size_t i = 0; i < t.letters; i++) {
            const struct letter *letter = &t.config->post[i];
            const sim_time end = letter->failed ? letter->failed : letter->arrived;
            int tries = 0;

            while (tries < TRIES && end - letter->sent != cases[k].rounds[tries] * SIM_SECOND)
                tries++;
            assert_int_equal(end - letter->sent, cases[k].rounds[tries] * SIM_SECOND);
            assert_true((tries == TRIES) == (letter->failed > 0));
            late += tries > 0;
        }
        assert_true(fabs(law_share(late, (double)t.letters, 0.6)) < LAW_Z);
        close_trial(&t);
    }
}

/* ---- memory ---- */

/* In a run whose senders crash again and again. */
static uint64_t peak_after(int64_t letters, double loss, int64_t bandwidth)
{
    const struct sim_fault crash = { .kind = FAULT_CRASH,
                                     .of = { .kind = SELECT_SHARE, .share = 0.3 },
                                     .at = SIM_SECOND,
                                     .lasts = 2 * SIM_SECOND,
                                     .every = 5 * SIM_SECOND };
    char parameters[40];
    struct trial t;
    uint64_t peak;

    snprintf(parameters, sizeof parameters, "letters=%d gap=20ms resumes=true", (int)letters);
    open_trial(&t, 20, parameters);
    t.setup.config.network.loss = loss;
    t.setup.config.network.bandwidth = bandwidth;
    t.setup.config.network.queue_bytes = 4000;
    run_with_fault(&t, &crash);
    for (node_id i = 0; i < 20; i++) /* all has been sent, by whoever crashed, too */
        assert_true(letter_at(&t, i, letters - 1)->sent > 0);
    peak = t.result.peak_bytes;
    close_trial(&t);
    return peak;
}

static void nothing_of_it_is_left(void **state)
{
    (void)state; /* 20 * 5400 transfers are 5 MB, and their parcels 9 */
    assert_true(peak_after(6000, 0.9, 0) < peak_after(600, 0.9, 0) + (1 << 20));
}

static void nothing_is_left_of_what_waited_when_a_node_crashed(void **state)
{
    (void)state; /* each time some 100 transfers and their parcels, 13 kB */
    assert_true(peak_after(6000, 0, 10000) < peak_after(600, 0, 10000) + (1 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_lost_comes_late_by_the_law),
        cmocka_unit_test(a_million_sends_of_a_model_that_connects_follow_the_law),
        cmocka_unit_test(the_first_transmission_has_the_fate_of_a_datagram),
        cmocka_unit_test(no_duplicate_comes),
        cmocka_unit_test(the_timeout_is_200_ms_by_default),
        cmocka_unit_test(a_receiver_that_crashed_is_waited_for),
        cmocka_unit_test(a_sender_that_crashed_sends_no_more),
        cmocka_unit_test(who_left_gracefully_refuses),
        cmocka_unit_test(what_is_cut_off_comes_when_the_way_is_free),
        cmocka_unit_test(a_cut_of_the_way_back_moves_no_loss),
        cmocka_unit_test(what_an_uplink_has_no_room_for_is_sent_again),
        cmocka_unit_test(in_rounds_it_comes_whole_rounds_later),
        cmocka_unit_test(nothing_of_it_is_left),
        cmocka_unit_test(nothing_is_left_of_what_waited_when_a_node_crashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
