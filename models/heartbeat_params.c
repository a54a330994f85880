/* SPDX-License-Identifier: GPL-3.0-or-later */
/* heartbeat_params.c - parameters of the model heartbeat and the values of real systems. */
#include "models/heartbeat.h"

enum { DIRECT, AKKA, SCYLLA };
static const char *const preset_names[] = {
    [DIRECT] = "direct",
    [AKKA] = "akka",
    [SCYLLA] = "scylla",
    NULL,
};

static const struct param_preset presets[] = {
    [DIRECT] = { "all watch all, ours; the detector as apache/cassandra at 48cf9bf7 ships it", "" },
    [AKKA] = { "akka/akka at 9892c5e4, akka-cluster's reference.conf; the longest interval is ours",
               "ask: true, monitors: 9, " PHI_AKKA },
    [SCYLLA] = { "scylladb, failure_detector_timeout_in_ms; the interval is ours",
                 "ask: true, phi: false, timeout: 20s" },
};

enum { ROW_PRESET, ROW_INTERVAL, ROW_ASK, ROW_MONITORS, PHI_PLACES, ROWS };

const struct param heartbeat_params[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "direct", preset_names,
                                "the values that a system ships with", .presets = presets),
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "1s", "1us..365d",
                       "between a node's heartbeats, and between its looks who is silent"),
    [ROW_ASK] = PARAM_BOOL(struct config, ask, "false",
                           "a node asks those whom it watches, and hears of who answers; false: it "
                           "sends heartbeats to all, unasked"),
    [ROW_MONITORS] = PARAM_COUNT(
        struct config, monitors, "0", "0..1000000",
        "nodes that each one watches: those next in a random order that all know; 0: all others"),
    PHI_ROWS(struct config, phi),
    [ROWS] = PARAM_END,
};

bool heartbeat_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        { ROW_MONITORS, c->ask || c->monitors == 0, "`ask: true`" },
        PHI_RULES(c->phi),
    };

    return rules_are_kept(rules, sizeof rules / sizeof *rules, heartbeat_params, given, why);
}
