/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gossipsub_params.c - parameters of the model gossipsub and the values of real systems. */
#include "models/gossipsub.h"
#include "models/rule.h"

#include <stdio.h>

enum { GO_1_1, SPEC_1_0, ETH2, SIMSUB };
static const char *const preset_names[] = {
    [GO_1_1] = "go-1.1", [SPEC_1_0] = "spec-1.0", [ETH2] = "eth2", [SIMSUB] = "simsub", NULL,
};

#define VERSION_1_0 "d_out: 0, gossip_factor: 0, backoff: 0s, refuse_when_full: false"

static const struct param_preset presets[] = {
    [GO_1_1] = { "libp2p/go-libp2p-pubsub at 41b11d5c, gossipsub.go", "" },
    [SPEC_1_0] = { "libp2p/specs at 7740c076, gossipsub-v1.0.md", "d_low: 4, " VERSION_1_0 },
    [ETH2] = { "Ethereum consensus-specs, p2p-interface.md, from memory",
               "d: 8, d_low: 6, heartbeat: 700ms, history: 6" },
    [SIMSUB] = { "vyzo/gerbil-simsub, as published with its figures",
                 "d_low: 4, history: 120, " VERSION_1_0 },
};

enum {
    ROW_PRESET,
    ROW_D,
    ROW_D_LOW,
    ROW_D_HIGH,
    ROW_D_OUT,
    ROW_D_LAZY,
    ROW_GOSSIP_FACTOR,
    ROW_HEARTBEAT,
    ROW_HISTORY,
    ROW_GOSSIP_WINDOW,
    ROW_BACKOFF,
    ROW_REFUSE_WHEN_FULL,
    ROW_FLOOD_PUBLISH,
    ROW_IDONTWANT,
    ROW_IDONTWANT_THRESHOLD,
    ROW_IDONTWANT_TTL,
    ROWS
};

const struct param gossipsub_params[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "go-1.1", preset_names,
                                "the values that a system ships with", .presets = presets),
    [ROW_D] = PARAM_COUNT(struct config, d, "6", "1..1000",
                          "peers that the mesh of a node is brought to"),
    [ROW_D_LOW] = PARAM_COUNT(struct config, d_low, "5", "0..1000", "with fewer it grafts others"),
    [ROW_D_HIGH] = PARAM_COUNT(struct config, d_high, "12", "1..1000", "with more it prunes some"),
    [ROW_D_OUT] = PARAM_COUNT(struct config, d_out, "2", "0..1000",
                              "peers of the mesh to which the node itself has opened the link"),
    [ROW_D_LAZY] = PARAM_COUNT(struct config, d_lazy, "6", "0..1000",
                               "peers outside the mesh told each heartbeat what there is"),
    [ROW_GOSSIP_FACTOR] = PARAM_FRACTION(struct config, gossip_factor, "25%", "0..1",
                                         "share of the peers outside the mesh told, if more"),
    [ROW_HEARTBEAT] = PARAM_INTERVAL(struct config, heartbeat, "1s", "1us..365d",
                                     "between two looks at the mesh"),
    [ROW_HISTORY] = PARAM_COUNT(struct config, history, "5", "1..1000",
                                "heartbeats that a node holds a message for those who ask"),
    [ROW_GOSSIP_WINDOW] = PARAM_COUNT(struct config, gossip_window, "3", "1..1000",
                                      "heartbeats that it tells others of it"),
    [ROW_BACKOFF] = PARAM_TIME(struct config, backoff, "1min", "0s..365d",
                               "after a prune until the two may graft each other again"),
    [ROW_REFUSE_WHEN_FULL] = PARAM_BOOL(
        struct config, refuse_when_full, "true",
        "a node with d_high peers in its mesh prunes at once who opened a link to it and "
        "grafts it; false: at the next heartbeat, any"),
    [ROW_FLOOD_PUBLISH] = PARAM_BOOL(struct config, flood_publish, "false",
                                     "who writes an update sends it to all its peers"),
    [ROW_IDONTWANT] =
        PARAM_BOOL(struct config, idontwant, "false",
                   "version 1.2: a node tells its mesh of a large message that it has got"),
    [ROW_IDONTWANT_THRESHOLD] = PARAM_SIZE(struct config, idontwant_threshold, "1KiB", "1B..1GiB",
                                           "from how many bytes on"),
    [ROW_IDONTWANT_TTL] = PARAM_COUNT(struct config, idontwant_ttl, "3", "1..1000",
                                      "heartbeats that peers remember it"),
    [ROWS] = PARAM_END,
};

bool gossipsub_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        { ROW_IDONTWANT_THRESHOLD, c->idontwant, "`idontwant: true`" },
        { ROW_IDONTWANT_TTL, c->idontwant, "`idontwant: true`" },
    };

    if (c->d_low > c->d || c->d > c->d_high) {
        snprintf(why, PARAM_WHY_MAX, "there must be d_low <= d <= d_high, not %lld, %lld, %lld",
                 (long long)c->d_low, (long long)c->d, (long long)c->d_high);
        return false;
    }
    if (c->d_out > 0 && (c->d_out >= c->d_low || c->d_out > c->d / 2)) {
        snprintf(why, PARAM_WHY_MAX, "`d_out` must be below `d_low` and at most half of `d`");
        return false;
    }
    if (c->gossip_window > c->history) {
        snprintf(why, PARAM_WHY_MAX,
                 "`gossip_window` must not exceed `history`: who asks would get nothing");
        return false;
    }
    return rules_are_kept(rules, sizeof rules / sizeof *rules, gossipsub_params, given, why);
}
