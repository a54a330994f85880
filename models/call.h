/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call.h - who calls partners once an interval: the clock, how many partners, who they are, and how
 * many calls a partner accepts.
 *
 * A model has a `struct calls` in its configuration and the rows of CALL_ROWS in its table, a
 * `struct call_state` as its state and records of `struct called`.  With a connection limit a
 * caller asks first (CONNECT); a partner accepts so many calls in an interval, which begins with
 * the first, and rejects others; a rejected caller tries `hunt` more partners that it has not
 * called in this cycle.  Of what a partner answers a CONNECT, and the network duplicates, the first
 * counts; a hunt ends with its cycle.
 */
#ifndef MODELS_CALL_H
#define MODELS_CALL_H

#include "models/partner.h"
#include "sim/model.h"

enum { CALL_PERIODIC, CALL_POISSON };
extern const char *const call_clocks[], *const call_phases[];

struct calls {
    sim_time interval;
    int clock, phase;
    int64_t fanout, connection_limit, hunt;
    struct partners partners;
};

enum { CALL_FANOUT_MAX = 1000 }; /* a list of partners lies on the stack */

/*
 * The rows; a model names their places ROW_INTERVAL and so on in its enum, in any order, and those
 * of the choice of partners by PARTNER_PLACES.  The default of the interval and its help are the
 * model's.  `..._is_new`: the model was there before this one of its rows was.
 */
#define CALL_ROWS(config, field, every, interval_help, fanout_is_new, partner_is_new)              \
    [ROW_INTERVAL] = PARAM_NAMED("interval", INTERVAL, config, field.interval, every, "1us..365d", \
                                 NULL, interval_help),                                             \
    [ROW_CLOCK] =                                                                                  \
        PARAM_NAMED("clock", CHOICE, config, field.clock, "periodic", NULL, call_clocks,           \
                    "calls exactly an interval apart, or a Poisson process of that mean"),         \
    [ROW_PHASE] = PARAM_NAMED("phase", CHOICE, config, field.phase, "random", NULL, call_phases,   \
                              "when a node first calls: each at its own time, or all at once"),    \
    [ROW_FANOUT] =                                                                                 \
        PARAM_NAMED("fanout", COUNT, config, field.fanout, "1", "1..1000", NULL,                   \
                    "different partners called each interval", .is_young = (fanout_is_new)),       \
    [ROW_CONNECTION_LIMIT] =                                                                       \
        PARAM_NAMED("connection_limit", COUNT, config, field.connection_limit, "0", "0..1000000",  \
                    NULL, "calls that a partner accepts per interval; 0: no limit"),               \
    [ROW_HUNT] =                                                                                   \
        PARAM_NAMED("hunt", COUNT, config, field.hunt, "0", "0..1000", NULL,                       \
                    "partners not yet called in this cycle that a rejected caller tries"),         \
    PARTNER_ROWS(config, field.partners, partner_is_new)

/* Which of them have an effect. */
#define CALL_RULES(calls)                                                 \
    { ROW_PHASE, (calls).clock == CALL_PERIODIC, "`clock: periodic`" },   \
        { ROW_HUNT, (calls).connection_limit > 0, "`connection_limit`" }, \
        PARTNER_RULES((calls).partners)

struct call_state {
    uint32_t turns[2]; /* partner: shuffled, round-robin */

    /* With a connection limit: calls accepted in the interval that began then. */
    uint32_t cycle, accepted;
    sim_time opened;
};

/* Whether a model needs a state and records for its calls. */
bool calls_need_state(const struct calls *calls);

/* Whether one call to anybody is all that there is to do each interval. */
bool calls_are_plain(const struct calls *calls);

/* on_timer(n, 0, 0) once an interval. */
void call_every(struct node *n, const struct calls *calls);

/* Up to `fanout` different partners; returns how many. */
int call_pick(struct node *n, const struct calls *calls, node_id partners[CALL_FANOUT_MAX]);

/* ---- with a connection limit ---- */

/* The model's kinds of messages that ask and answer, which carry control, and its figure. */
struct call_kinds {
    int connect, accept, reject;
    int rejected;
};

/* A cycle begins: asks the partners picked. */
void call_ask(struct node *n, const struct calls *calls, const struct call_kinds *kinds);

/* A CONNECT: accepts or rejects; an ACCEPT: true if the call goes on, false if it is a copy; a
 * REJECT: asks another. */
void call_answer(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                 const struct message *m);
bool call_accepted(struct node *n, const struct message *m);
void call_again(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
                const struct message *m);

/* What cannot be delivered: who cannot be asked for a connection counts as having rejected it. */
void call_fail(struct node *n, const struct calls *calls, const struct call_kinds *kinds,
               node_id to, const struct message *m);

#endif
