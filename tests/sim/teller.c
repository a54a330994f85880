/* SPDX-License-Identifier: GPL-3.0-or-later */
/* teller.c - see teller.h. */
#include "teller.h"

#include <stdlib.h>

enum { TICK, SHOT };

static struct teller_config *config_of(const struct node *n)
{
    return (struct teller_config *)(uintptr_t)node_config(n);
}

static void note(struct node *n, enum what what, uint32_t number)
{
    struct teller_config *c = config_of(n);

    if (c->log && c->count < TELLER_LOG_MAX)
        c->log[c->count++] = (struct entry){ node_now(n), what, node_self(n), number };
}

static void start(struct node *n)
{
    struct teller_config *c = config_of(n);

    if (c->ticks)
        node_every(n, c->interval, c->together ? PHASE_TOGETHER : PHASE_RANDOM, TICK);
    if (c->shoots)
        node_after(n, c->delay, SHOT, 0);
}

static void tell(struct node *n)
{
    struct teller_config *c = config_of(n);
    const struct pack pack = { .value = c->sent };
    node_id peer;

    if (!node_pick_peer(n, &peer))
        return;
    c->sent++;
    node_send_pack(n, peer, 0, set_copy(node_known(n)), &pack);
}

static void timer(struct node *n, int tag, uint32_t value)
{
    struct teller_config *c = config_of(n);

    note(n, tag == SHOT ? ONE_SHOT : TICKED, value);
    if (tag == SHOT)
        node_after(n, c->delay, SHOT, value + 1);
    if (c->sends)
        tell(n);
}

static void receive(struct node *n, const struct message *m)
{
    note(n, ARRIVED, m->value);
    node_learn(n, m);
    if (config_of(n)->flood) {
        tell(n);
        tell(n);
    }
}

static void learn(struct node *n, const struct set *news, enum learned how)
{
    (void)news;
    if (how == LEARNED_LOCAL) {
        note(n, WRITTEN, 0);
        if (config_of(n)->flood)
            tell(n);
    }
}

static const struct message_kind messages[] = {
    { .name = "news", .carries = CARRIES_PAYLOAD },
    { .name = NULL },
};
static const struct param params[] = {
    PARAM_INTERVAL(struct teller_config, interval, "1s", "1us..365d", "between ticks"),
    PARAM_TIME(struct teller_config, delay, "1s", "0s..365d", "of one-shots"),
    PARAM_BOOL(struct teller_config, together, "false", "all tick at once"),
    PARAM_BOOL(struct teller_config, ticks, "true", "there are ticks"),
    PARAM_BOOL(struct teller_config, sends, "true", "timers send"),
    PARAM_BOOL(struct teller_config, shoots, "false", "one-shots follow one another"),
    PARAM_BOOL(struct teller_config, flood, "false", "who hears tells two"),
    PARAM_END,
};

static const struct model teller = {
    .name = "teller",
    .params = params,
    .messages = messages,
    .config_size = sizeof(struct teller_config),
    .on_start = start,
    .on_timer = timer,
    .on_message = receive,
    .on_learn = learn,
};

void trial_open(struct trial *t, int64_t nodes, const char *parameters)
{
    *t = (struct trial){ 0 };
    setup_init(&t->setup, nodes);
    setup_add_model(&t->setup, &teller, parameters);
    t->config = t->setup.configs[0];
}

void trial_keep_log(struct trial *t)
{
    t->config->log = calloc(TELLER_LOG_MAX, sizeof *t->config->log);
}

void trial_run(struct trial *t)
{
    sim_result_clear(&t->result);
    t->config->count = 0;
    t->config->sent = 0;
    sim_run(&t->setup.config, &t->result);
}

void trial_close(struct trial *t)
{
    sim_result_clear(&t->result);
    free(t->config->log);
    setup_clear(&t->setup);
}
