/* SPDX-License-Identifier: GPL-3.0-or-later */
/* swim_params.c - parameters of the model swim and the values of real systems; see swim.h. */
#include "models/rule.h"
#include "models/swim.h"

#include <stdio.h>

enum { PAPER, MEMBERLIST_LAN, MEMBERLIST_WAN, MEMBERLIST_LOCAL, CONSUL_LAN, SERF_LAN };
static const char *const preset_names[] = {
    [PAPER] = "paper",
    [MEMBERLIST_LAN] = "memberlist-lan",
    [MEMBERLIST_WAN] = "memberlist-wan",
    [MEMBERLIST_LOCAL] = "memberlist-local",
    [CONSUL_LAN] = "consul-lan",
    [SERF_LAN] = "serf-lan",
    NULL,
};

#define MEMBERLIST "hashicorp/memberlist at 1b4c746c, config.go: "

static const struct param_preset presets[] = {
    [PAPER] = { "Das, Gupta, Motivala, DSN 2002; period, helpers and limits of section 5 from "
                "memory, "
                "the timeout is ours",
                "interval: 2s, timeout: 500ms, helpers: 1, log: e, suspicion_mult: 3, "
                "suspicion_max_mult: 1, retransmit_mult: 3, gossip_nodes: 0, "
                "push_pull_interval: 0s, lifeguard: false, connection_probe: false, "
                "compression: false" },
    [MEMBERLIST_LAN] = { MEMBERLIST "DefaultLANConfig", "" },
    [MEMBERLIST_WAN] = { MEMBERLIST "DefaultWANConfig",
                         "interval: 5s, timeout: 3s, suspicion_mult: 6, gossip_interval: 500ms, "
                         "gossip_nodes: 4, forget_after: 60s, push_pull_interval: 60s" },
    [MEMBERLIST_LOCAL] = { MEMBERLIST "DefaultLocalConfig",
                           "timeout: 200ms, helpers: 1, suspicion_mult: 3, retransmit_mult: 2, "
                           "gossip_interval: 100ms, forget_after: 15s, push_pull_interval: 15s" },
    [CONSUL_LAN] = { "Consul's documentation of gossip_lan; on serf-lan, from memory",
                     "reconnect_interval: 30s" },
    [SERF_LAN] = { "hashicorp/serf at a24f620f, serf/config.go: memberlist-lan, and reconnecting",
                   "reconnect_interval: 30s" },
};

const char *const swim_orders[] = { [SHUFFLED] = "shuffled", [RANDOM] = "random", NULL };
static const char *const logs[] = { [LOG_10] = "10", [LOG_E] = "e", NULL };

enum {
    ROW_PRESET,
    ROW_INTERVAL,
    ROW_TIMEOUT,
    ROW_HELPERS,
    ROW_ORDER,
    ROW_CONNECTION_PROBE,
    ROW_SUSPICION,
    ROW_SUSPICION_MULT,
    ROW_SUSPICION_MAX_MULT,
    ROW_LOG,
    ROW_RETRANSMIT_MULT,
    ROW_GOSSIP_INTERVAL,
    ROW_GOSSIP_NODES,
    ROW_FORGET_AFTER,
    ROW_PUSH_PULL_INTERVAL,
    ROW_RECONNECT_INTERVAL,
    ROW_LIFEGUARD,
    ROW_LOCAL_HEALTH,
    ROW_NACKS,
    ROW_BUDDY,
    ROW_BROADCASTS,
    ROW_COMPRESSION,
    ROWS
};

const struct param swim_params[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "memberlist-lan", preset_names,
                                "the values that a system ships with", .presets = presets),
    [ROW_INTERVAL] = PARAM_INTERVAL(struct config, interval, "1s", "1us..365d",
                                    "between a node's probes, and how long one may take"),
    [ROW_TIMEOUT] = PARAM_TIME(struct config, timeout, "500ms", "1us..365d",
                               "without an answer until helpers are asked"),
    [ROW_HELPERS] = PARAM_COUNT(struct config, helpers, "3", "0..100",
                                "members asked to ping the one that did not answer"),
    [ROW_ORDER] = PARAM_CHOICE(struct config, order, "shuffled", swim_orders,
                               "who is probed next: each once a lap, or anybody"),
    [ROW_CONNECTION_PROBE] =
        PARAM_BOOL(struct config, connection_probe, "true",
                   "who did not answer is also tried over a connection (memberlist's TCP ping)"),
    [ROW_SUSPICION] = PARAM_BOOL(struct config, suspicion, "true",
                                 "false: who does not answer a probe is held dead at once"),
    [ROW_SUSPICION_MULT] =
        PARAM_COUNT(struct config, suspicion_mult, "4", "1..100",
                    "intervals that a suspicion lasts, times the logarithm of the members"),
    [ROW_SUSPICION_MAX_MULT] = PARAM_COUNT(struct config, suspicion_max_mult, "6", "1..100",
                                           "times as long if nobody else suspects the member"),
    [ROW_LOG] = PARAM_CHOICE(struct config, log, "10", logs,
                             "10: as memberlist; e: natural, and rounded up, as the paper"),
    [ROW_RETRANSMIT_MULT] =
        PARAM_COUNT(struct config, retransmit_mult, "4", "1..30",
                    "times the rounded logarithm of the members: how often a node tells some news"),
    [ROW_GOSSIP_INTERVAL] = PARAM_INTERVAL(struct config, gossip_interval, "200ms", "1us..365d",
                                           "between messages of nothing but news, if there is any"),
    [ROW_GOSSIP_NODES] = PARAM_COUNT(struct config, gossip_nodes, "3", "0..100",
                                     "members that get one; 0: news rides only on pings"),
    [ROW_FORGET_AFTER] =
        PARAM_TIME(struct config, forget_after, "30s", "0s..365d",
                   "how long the dead are still told news; then the next lap forgets them"),
    [ROW_PUSH_PULL_INTERVAL] = PARAM_TIME(
        struct config, push_pull_interval, "30s", "0s..365d",
        "between exchanges of whole tables, longer from 33 members on; 0s: only to join"),
    [ROW_RECONNECT_INTERVAL] = PARAM_TIME(
        struct config, reconnect_interval, "0s", "0s..365d",
        "between tries to reach a member that was held dead within a day, as serf does; 0s: none"),
    [ROW_LIFEGUARD] =
        PARAM_BOOL(struct config, lifeguard, "true",
                   "false: none of the three below, and suspicions last the shortest"),
    [ROW_LOCAL_HEALTH] =
        PARAM_BOOL(struct config, local_health, "true",
                   "a node that misses answers waits up to 8 intervals before it suspects"),
    [ROW_NACKS] =
        PARAM_BOOL(struct config, nacks, "true",
                   "helpers say when they got no answer either; silent ones count against "
                   "the health of who asked"),
    [ROW_BUDDY] =
        PARAM_BOOL(struct config, buddy, "true", "a ping tells the member that it is suspected"),
    [ROW_BROADCASTS] = PARAM_BOOL(
        struct config, broadcasts, "true",
        "news and push/pull carry the updates of the workload; false: leave them to other models"),
    [ROW_COMPRESSION] =
        PARAM_BOOL(struct config, compression, "true",
                   "messages take what they do once compressed, as memberlist's do by default"),
    [ROWS] = PARAM_END,
};

bool swim_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        { ROW_SUSPICION_MULT, c->suspicion, "`suspicion: true`" },
        { ROW_SUSPICION_MAX_MULT, c->suspicion && c->lifeguard,
          "`suspicion: true` and `lifeguard: true`" },
        { ROW_GOSSIP_INTERVAL, c->gossip_nodes > 0, "`gossip_nodes` above 0" },
        { ROW_LOCAL_HEALTH, c->lifeguard, "`lifeguard: true`" },
        { ROW_NACKS, c->lifeguard && c->local_health && c->helpers > 0,
          "`lifeguard: true`, `local_health: true` and `helpers` above 0" },
        { ROW_BUDDY, c->lifeguard && c->suspicion, "`lifeguard: true` and `suspicion: true`" },
    };

    if (c->timeout > c->interval) {
        snprintf(why, PARAM_WHY_MAX,
                 "`timeout` must not exceed `interval`, within which the helpers must answer");
        return false;
    }
    return rules_are_kept(rules, sizeof rules / sizeof *rules, swim_params, given, why);
}
