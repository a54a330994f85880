/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hyparview_params.c - parameters of hyparview, and what real systems ship; see hyparview.h. */
#include "models/hyparview.h"
#include "models/rule.h"

#include <stdio.h>

enum { PAPER, IROH, PARTISAN };
static const char *const preset_names[] = {
    [PAPER] = "paper", [IROH] = "iroh", [PARTISAN] = "partisan", NULL
};
static const struct param_preset presets[] = {
    [PAPER] = { "Leitao et al. 2007, section 5.1; a cycle there is a second here", "" },
    [IROH] = { "iroh-gossip at 2ce78afe, src/proto/hyparview.rs",
               "interval: 60s, promotion_interval: 0s, refill: true, request_timeout: 500ms" },
    [PARTISAN] = { "partisan at c5309d47, include/partisan.hrl",
                   "active: 6, active_min: 3, prwl: 6, interval: 10s, promotion_interval: 5s" },
};

enum {
    ROW_PRESET,
    ROW_ACTIVE,
    ROW_ACTIVE_MIN,
    ROW_PASSIVE,
    ROW_ARWL,
    ROW_PRWL,
    ROW_SHUFFLE_ACTIVE,
    ROW_SHUFFLE_PASSIVE,
    ROW_INTERVAL,
    ROW_PROMOTION_INTERVAL,
    ROW_REFILL,
    ROW_REQUEST_TIMEOUT,
    ROW_KEEP_ALIVE,
    ROWS
};

const struct param hyparview_params[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "paper", preset_names,
                                "the values that a system ships with", .presets = presets),
    [ROW_ACTIVE] = PARAM_COUNT(struct config, active, "5", "1..100",
                               "links that a node keeps at most: its view"),
    [ROW_ACTIVE_MIN] =
        PARAM_COUNT(struct config, active_min, "5", "1..100",
                    "with fewer links a node looks for more at its looks, see below"),
    [ROW_PASSIVE] = PARAM_COUNT(struct config, passive, "30", "1..1000",
                                "further nodes that it knows of, to replace lost links"),
    [ROW_ARWL] = PARAM_COUNT(struct config, arwl, "6", "0..100",
                             "steps of the walks of newcomers, and of shuffles"),
    [ROW_PRWL] =
        PARAM_COUNT(struct config, prwl, "3", "0..100",
                    "steps before its end at which a newcomer's walk leaves it as passive"),
    [ROW_SHUFFLE_ACTIVE] =
        PARAM_COUNT(struct config, shuffle_active, "3", "0..100",
                    "active peers told of in a shuffle, never the one that it goes to"),
    [ROW_SHUFFLE_PASSIVE] = PARAM_COUNT(struct config, shuffle_passive, "4", "0..1000",
                                        "passive peers told of in a shuffle"),
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between a node's shuffles"),
    [ROW_PROMOTION_INTERVAL] = PARAM_TIME(
        struct config, promotion_interval, "1s", "0s..365d",
        "between looks whether links are missing, beside those after shuffles of its own; 0s: "
        "none"),
    [ROW_REFILL] = PARAM_BOOL(struct config, refill, "false",
                              "true: who is let go by a peer looks for another at once, as who "
                              "loses one otherwise does; false: at the next look"),
    [ROW_REQUEST_TIMEOUT] = PARAM_TIME(
        struct config, request_timeout, "30s", "1us..365d",
        "without an answer until a node that was asked for a link is given up; the connection may "
        "fail before"),
    [ROW_KEEP_ALIVE] = PARAM_TIME(
        struct config, keep_alive, "0s", "0s..365d",
        "between messages on every link, so that dead ones are noticed; 0s: none but what is sent "
        "anyway"),
    [ROWS] = PARAM_END,
};

bool hyparview_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        { ROW_ACTIVE_MIN, c->promotion_interval > 0, "`promotion_interval` above 0s" },
    };

    if (c->active_min > c->active && c->promotion_interval > 0 && given >> ROW_ACTIVE_MIN & 1) {
        snprintf(why, PARAM_WHY_MAX,
                 "`active_min` must not exceed `active`, which is all there is");
        return false;
    }
    if (!c->refill && c->promotion_interval == 0) {
        snprintf(why, PARAM_WHY_MAX,
                 "`promotion_interval: 0s` needs `refill: true`: somebody has to make links again");
        return false;
    }
    if (c->prwl > c->arwl) {
        snprintf(why, PARAM_WHY_MAX,
                 "`prwl` must not exceed `arwl`: a newcomer's walk begins with so many steps left");
        return false;
    }
    return rules_are_kept(rules, sizeof rules / sizeof *rules, hyparview_params, given, why);
}
