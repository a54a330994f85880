/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rumor_mongering_params.c - parameters of rumor-mongering and what must go together; see
 * rumor_mongering.c.
 */
#include "models/rule.h"
#include "models/rumor_mongering.h"
#include "models/transport.h"

#include <stdio.h>
#include <string.h>

static const char *const modes[] = {
    [PUSH] = "push", [PULL] = "pull", [PUSH_PULL] = "push-pull", NULL
};

static const char *const stops[] = { [COUNTER] = "counter", [COIN] = "coin",
                                     [ROUNDS] = "rounds",   [TRANSMISSIONS] = "transmissions",
                                     [NEVER] = "never",     NULL };

static const char *const revivals[] = {
    [HOT_AGAIN] = "hot", [MAIL_AGAIN] = "mail", [LEAVE_COLD] = "none", NULL
};

static const char *const firsts[] = { "oldest", "newest", "random", "fewest-sent", NULL };

/* The rows' places, for check(). */
enum {
    ROW_MODE,
    ROW_FANOUT,
    ROW_INTERVAL,
    ROW_CLOCK,
    ROW_PHASE,
    PARTNER_PLACES,
    ROW_STOP,
    ROW_K,
    ROW_FEEDBACK,
    ROW_RESET,
    ROW_MINIMISATION,
    ROW_REVIVE,
    ROW_RELAY,
    ROW_CONNECTION_LIMIT,
    ROW_HUNT,
    ROW_TRANSPORT,
    ROW_LIMIT,
    ROW_FIRST,
    ROWS
};

const struct param rumor_params[] = {
    [ROW_MODE] = PARAM_CHOICE(struct config, mode, "push", modes,
                              "who tells hot rumors: the caller, the partner, or both"),
    CALL_ROWS(struct config, calls, "1s", "length of a node's cycle", false, true),
    [ROW_STOP] = PARAM_CHOICE(struct config, stop, "counter", stops, "how a node loses interest"),
    /* Seven bits: the counters of minimisation ride in one message. */
    [ROW_K] = PARAM_COUNT(
        struct config, k, "2", "1..127",
        "contacts (counter), one in so many (coin), cycles (rounds) or messages with the "
        "rumor (transmissions) until then"),
    [ROW_FEEDBACK] = PARAM_BOOL(struct config, feedback, "true",
                                "true: only contacts that were unnecessary count; false: all"),
    [ROW_RESET] = PARAM_BOOL(struct config, reset, "true",
                             "a contact that was needed sets the counter back to 0"),
    [ROW_MINIMISATION] = PARAM_BOOL(struct config, minimisation, "false",
                                    "only the smaller of two counters is incremented"),
    [ROW_REVIVE] = PARAM_CHOICE(
        struct config, revive, "hot", revivals,
        "what another model of the stack brings is made hot, mailed by direct-mail, or left"),
    [ROW_RELAY] = PARAM_BOOL(struct config, relay, "true",
                             "false: only who wrote an update tells it", .is_young = true),
    [ROW_TRANSPORT] = PARAM_CHOICE(struct config, transport, "datagram", transport_names,
                                   TRANSPORT_HELP, .is_young = true),
    [ROW_LIMIT] = LIMIT_ROW(struct config, limit,
                            "hot rumors, or bytes of them, that a message brings; the others wait; "
                            "0: no limit"),
    [ROW_FIRST] = FIRST_ROW(struct config, first, firsts),
    [ROWS] = PARAM_END,
};

bool rumor_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const bool counts = c->stop == COUNTER || c->stop == COIN;
    const bool has_feedback = c->stop == COUNTER && c->feedback;
    const struct rule rules[] = {
        CALL_RULES(c->calls),
        { ROW_K, c->stop != NEVER, "`stop: counter`, `coin`, `rounds` or `transmissions`" },
        { ROW_FEEDBACK, counts, "`stop: counter` or `coin`, where contacts count" },
        { ROW_RESET, has_feedback, "`stop: counter` and `feedback: true`" },
        { ROW_MINIMISATION, c->mode == PUSH_PULL && has_feedback,
          "`mode: push-pull`, `stop: counter` and `feedback: true`" },
        { ROW_REVIVE, c->stop != NEVER, "`stop: counter`, `coin`, `rounds` or `transmissions`" },
        { ROW_REVIVE, c->relay, "`relay: true`" },
        { ROW_FIRST, c->limit != 0, "`limit`" },
    };

    return rules_are_kept(rules, sizeof rules / sizeof *rules, rumor_params, given, why) &&
           interest_can_limit(c, why);
}

/* To revive takes another model that brings something, and to mail it one that mails. */
bool rumor_check_stack(const void *config, uint64_t given, const struct model *const *stack,
                       char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    bool has_mail = false;
    int count = 0;

    for (; stack[count] != NULL; count++)
        has_mail = has_mail || strcmp(stack[count]->name, "direct-mail") == 0;
    if (!(given >> ROW_REVIVE & 1) || (count > 1 && (c->revive != MAIL_AGAIN || has_mail)))
        return true;
    if (count > 1)
        snprintf(why, PARAM_WHY_MAX, "`revive: mail` has no effect without direct-mail");
    else
        snprintf(why, PARAM_WHY_MAX, "`revive` has no effect without another model in the stack");
    return false;
}
