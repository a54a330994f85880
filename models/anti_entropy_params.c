/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anti_entropy_params.c - parameters of the model anti-entropy and the values of real systems. */
#include "models/anti_entropy.h"
#include "models/limit.h"
#include "models/transport.h"

#include <stdio.h>

static const char *const modes[] = {
    [PUSH] = "push", [PULL] = "pull", [PUSH_PULL] = "push-pull", [MODES] = NULL
};

static const char *const comparisons[] = {
    [FULL] = "full",      [BY_CHECKSUM] = "checksum", [BY_DIGEST] = "digest",
    [RECENT] = "recent",  [PEEL_BACK] = "peel-back",  [MERKLE] = "merkle",
    [COMPARISONS] = NULL,
};

static const char *const trees[] = { [BY_LEVEL] = "by-level", [WHOLE] = "whole", NULL };
static const char *const streams[] = { [DIFFERENCES] = "differences", [LEAVES] = "leaves", NULL };

enum { NONE, CASSANDRA_REPAIR, RIAK_AAE, RIAK_TICTAC };
static const char *const preset_names[] = {
    [NONE] = "none",
    [CASSANDRA_REPAIR] = "cassandra-repair",
    [RIAK_AAE] = "riak-aae",
    [RIAK_TICTAC] = "riak-tictac",
    NULL,
};

#define RIAK_TREE "compare: merkle, depth: 2, branching: 1024, partner: round-robin, "

static const struct param_preset presets[] = {
    [NONE] = { "of no system", "" },
    [CASSANDRA_REPAIR] = { "apache/cassandra at 15a2fe00, repair/ValidationManager.java; three "
                           "replicas, every week are ours",
                           "interval: 7d, fanout: 2, compare: merkle, depth: 0, branching: 2, "
                           "tree: "
                           "whole, stream: leaves, transport: connection" },
    [RIAK_AAE] = { "basho/riak_kv at b02f24e0, riak_kv.schema and riak_kv_entropy_manager.erl; "
                   "basho/riak_core, hashtree.erl",
                   RIAK_TREE "interval: 15s, connection_limit: 2, transport: connection" },
    [RIAK_TICTAC] = { "basho/riak_kv at b02f24e0, riak_kv.schema: tictacaae_maxresults, 256 in "
                      "earlier ones; its tree has 4 times as many leaves",
                      RIAK_TREE "interval: 480s, transport: connection, limit: 64" },
};

/* The rows' places, for check(). */
enum {
    ROW_PRESET,
    ROW_ENABLED,
    ROW_INTERVAL,
    ROW_FANOUT,
    ROW_CLOCK,
    ROW_PHASE,
    ROW_MODE,
    ROW_COMPARE,
    ROW_RECENT,
    ROW_DEPTH,
    ROW_BRANCHING,
    PARTNER_PLACES,
    ROW_CONNECTION_LIMIT,
    ROW_HUNT,
    ROW_TRANSPORT,
    ROW_LIMIT,
    ROW_FIRST,
    ROW_TREE,
    ROW_STREAM,
    ROWS
};

const struct param anti_entropy_params[] = {
    [ROW_PRESET] =
        PARAM_CHOICE(struct config, preset, "none", preset_names,
                     "the values that a system ships with", .presets = presets, .is_young = true),
    [ROW_ENABLED] =
        PARAM_BOOL(struct config, enabled, "true", "false: no node ever starts an exchange"),
    CALL_ROWS(struct config, calls, "10s", "between the exchanges that a node starts", true, false),
    [ROW_MODE] = PARAM_CHOICE(struct config, mode, "push-pull", modes,
                              "who learns: the partner, the caller, or both"),
    [ROW_COMPARE] = PARAM_CHOICE(
        struct config, compare, "digest", comparisons,
        "what finds the differences: all data, a checksum first, identities first, recent "
        "updates first, newest updates first, or hash trees"),
    /* Demers: longer than an update takes to reach nearly all; 3 default intervals. */
    [ROW_RECENT] = PARAM_TIME(struct config, recent, "30s", "1us..365d",
                              "compare: recent: age up to which updates are told unasked"),
    /* 256 leaves: some entries a leaf at a thousand keys, in two steps. */
    [ROW_DEPTH] = PARAM_COUNT(struct config, depth, "2", "0..20",
                              "compare: merkle: levels of the tree below its root; 0: so many that "
                              "there is a leaf for each key, up to 2^20"),
    [ROW_BRANCHING] = PARAM_COUNT(struct config, branching, "16", "2..1024",
                                  "compare: merkle: children of a node of the tree"),
    [ROW_TRANSPORT] = PARAM_CHOICE(struct config, transport, "datagram", transport_names,
                                   TRANSPORT_HELP, .is_young = true),
    [ROW_LIMIT] = LIMIT_ROW(struct config, limit,
                            "compare: digest, merkle: entries, or bytes of them, that a message "
                            "brings, or asks for; the rest waits for another exchange; 0: none"),
    [ROW_FIRST] = FIRST_ROW(struct config, first, first_names),
    [ROW_TREE] = PARAM_CHOICE(struct config, tree, "by-level", trees,
                              "compare: merkle: hashes below those that differ, level by level, or "
                              "of all leaves at once",
                              .is_young = true),
    [ROW_STREAM] = PARAM_CHOICE(struct config, stream, "differences", streams,
                                "compare: merkle: of leaves that differ, what the other lacks, or "
                                "all that is in them",
                                .is_young = true),
    [ROWS] = PARAM_END,
};

static bool has_too_many_leaves(const struct config *c)
{
    int64_t leaves = 1;

    for (int64_t i = 0; i < c->depth && leaves <= LEAVES_MAX; i++)
        leaves *= c->branching;
    return leaves > LEAVES_MAX;
}

bool anti_entropy_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        CALL_RULES(c->calls),
        { ROW_RECENT, c->compare == RECENT, "`compare: recent`" },
        { ROW_DEPTH, c->compare == MERKLE, "`compare: merkle`" },
        { ROW_BRANCHING, c->compare == MERKLE, "`compare: merkle`" },
        { ROW_LIMIT, c->compare == BY_DIGEST || (c->compare == MERKLE && c->stream == DIFFERENCES),
          "`compare: digest` or `merkle`, and `stream: differences`" },
        { ROW_FIRST, c->limit != 0, "`limit`" },
        { ROW_TREE, c->compare == MERKLE, "`compare: merkle`" },
        { ROW_STREAM, c->compare == MERKLE, "`compare: merkle`" },
    };

    if (!rules_are_kept(rules, sizeof rules / sizeof *rules, anti_entropy_params, given, why))
        return false;
    if (has_too_many_leaves(c)) {
        snprintf(why, PARAM_WHY_MAX, "`branching` to the power of `depth` exceeds %d leaves",
                 LEAVES_MAX);
        return false;
    }
    return true;
}
