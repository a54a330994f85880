/* SPDX-License-Identifier: GPL-3.0-or-later */
/* courier.c - see courier.h. */
#include "courier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LETTER, ANSWER };
static const struct message_kind messages[] = {
    [LETTER] = { .name = "letter", .carries = CARRIES_CONTROL },
    [ANSWER] = { .name = "answer", .carries = CARRIES_CONTROL },
    { .name = NULL },
};

static struct courier_config *config_of(const struct node *n)
{
    return (struct courier_config *)(uintptr_t)node_config(n);
}

static void start(struct node *n)
{
    const struct courier_config *c = config_of(n);

    node_every(n, c->interval,
               c->by_chance  ? PHASE_POISSON
               : c->together ? PHASE_TOGETHER
                             : PHASE_RANDOM,
               0);
}

static void post(struct node *n, node_id to, int kind)
{
    struct courier_config *c = config_of(n);
    const node_id me = node_self(n);
    const struct pack pack = { .value = c->sent[me] };

    if (c->sent[me] == c->letters)
        return;
    c->post[me * c->letters + c->sent[me]++] = (struct letter){ .sent = node_now(n), .to = to };
    node_send_pack(n, to, kind, set_new(), &pack);
}

/* Whom it writes to next. */
static node_id next_of(struct node *n, node_id me)
{
    const struct courier_config *c = config_of(n);
    const uint64_t others = c->nodes - 1;

    return (node_id)((me + 1 + (c->by_chance ? node_random(n, others) : c->sent[me] % others)) %
                     c->nodes);
}

static void tick(struct node *n, int tag, uint32_t value)
{
    const struct courier_config *c = config_of(n);
    const node_id me = node_self(n);

    (void)tag;
    (void)value;
    for (int64_t i = 0; i < c->batch && (me == 0 || !c->one_sends); i++)
        post(n, next_of(n, me), LETTER);
}

static void receive(struct node *n, const struct message *m)
{
    const struct courier_config *c = config_of(n);
    struct letter *letter = &c->post[m->from * c->letters + m->value];

    assert_int_equal(letter->to, node_self(n));
    assert_true(letter->arrivals < 2);
    letter->arrived[letter->arrivals++] = node_now(n);
    if (c->answers && m->kind == LETTER)
        post(n, m->from, ANSWER);
}

static const struct param params[] = {
    PARAM_INTERVAL(struct courier_config, interval, "1s", "1us..365d", "between ticks"),
    PARAM_COUNT(struct courier_config, batch, "1", "1..1000", "letters a tick"),
    PARAM_COUNT(struct courier_config, letters, "300", "1..100000", "from each node"),
    PARAM_BOOL(struct courier_config, together, "false", "all nodes tick at once"),
    PARAM_BOOL(struct courier_config, one_sends, "false", "only node 0 does"),
    PARAM_BOOL(struct courier_config, by_chance, "false", "random times and receivers"),
    PARAM_BOOL(struct courier_config, answers, "false", "letters are answered"),
    PARAM_END,
};

static const struct model courier = {
    .name = "courier",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct courier_config),
    .on_start = start,
    .on_timer = tick,
    .on_message = receive,
};

void courier_open(struct courier_trial *t, int64_t nodes, const char *parameters)
{
    struct sim_config *c = &t->setup.config;

    *t = (struct courier_trial){ 0 };
    setup_init(&t->setup, nodes);
    assert_true(setup_add_model(&t->setup, &courier, parameters));
    t->config = t->setup.configs[0];
    t->config->nodes = (uint32_t)nodes;
    t->config->post = calloc((size_t)(nodes * t->config->letters), sizeof *t->config->post);
    t->config->sent = calloc((size_t)nodes, sizeof *t->config->sent);
    c->workload = (struct sim_workload){ 0 };
    c->stop.at = (t->config->letters / t->config->batch + 60) * t->config->interval;
    c->stop.when = STOP_NEVER;
}

void courier_run(struct courier_trial *t)
{
    struct courier_config *c = t->config;
    const size_t nodes = (size_t)t->setup.config.nodes;

    memset(c->post, 0, nodes * (size_t)c->letters * sizeof *c->post);
    memset(c->sent, 0, nodes * sizeof *c->sent);
    sim_result_clear(&t->result);
    sim_run(&t->setup.config, &t->result);
    assert_int_equal(t->result.status, SIM_DONE);
}

void courier_close(struct courier_trial *t)
{
    sim_result_clear(&t->result);
    free(t->config->post);
    free(t->config->sent);
    setup_clear(&t->setup);
}
