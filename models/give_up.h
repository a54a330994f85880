/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * give_up.h - when a node takes its estimate for right: what models that average offer as
 * `give_up`.
 *
 * A node that acts for so many cycles in a row without its estimate having changed by `change` or
 * more since it acted before sends nothing from then on; it still takes in what it is sent.  It
 * starts anew when it comes back after an absence.
 */
#ifndef MODELS_GIVE_UP_H
#define MODELS_GIVE_UP_H

#include "base/param.h"

#include <stdbool.h>
#include <stdint.h>

struct give_up {
    bool is_on;
    double change;
    int64_t rounds;
};

#define GIVE_UP_PLACES ROW_GIVE_UP, ROW_GIVE_UP_CHANGE, ROW_GIVE_UP_ROUNDS
#define GIVE_UP_ROWS(config, field)                                                            \
    [ROW_GIVE_UP] = PARAM_NAMED("give_up", BOOL, config, field.is_on, "false", NULL, NULL,     \
                                "a node whose estimate has stood still sends nothing more"),   \
    [ROW_GIVE_UP_CHANGE] =                                                                     \
        PARAM_NAMED("give_up_change", REAL, config, field.change, "1e-10", "0..1e300", NULL,   \
                    "it stands still where it changes by less than this from cycle to cycle"), \
    [ROW_GIVE_UP_ROUNDS] = PARAM_NAMED("give_up_rounds", COUNT, config, field.rounds, "3",     \
                                       "1..1000000", NULL, "for so many cycles in a row")

/* Which of them have an effect. */
#define GIVE_UP_RULES(give_up)                                  \
    { ROW_GIVE_UP_CHANGE, (give_up).is_on, "`give_up: true`" }, \
    {                                                           \
        ROW_GIVE_UP_ROUNDS, (give_up).is_on, "`give_up: true`"  \
    }

/* Part of a node's state, 0 at first and again when the node starts. */
struct stillness {
    double before; /* the estimate as the node acted last */
    uint32_t rounds;
    bool has_acted, has_given_up;
};

/* The node is about to act: whether it gives up instead, or has. */
bool give_up(const struct give_up *rule, struct stillness *still, double estimate);

#endif
