/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scuttlebutt_params.c - parameters of the model scuttlebutt and the values of real systems; see
 * scuttlebutt.h. */
#include "models/limit.h"
#include "models/scuttlebutt.h"
#include "models/transport.h"

#include <stdio.h>

enum { PAPER, CASSANDRA, CHITCHAT };
static const char *const preset_names[] = {
    [PAPER] = "paper", [CASSANDRA] = "cassandra", [CHITCHAT] = "chitchat", NULL
};

static const struct param_preset presets[] = {
    [PAPER] = { "van Renesse, Dumitriu, Gough, Thomas, LADIS 2008; it says nothing of membership "
                "and of bytes",
                "heartbeats: false, try_dead: false, try_seeds: false, echo: false, "
                "shadow_round: false, remove_left: 0s, quarantine: 0s, reply: all, "
                "transport: datagram" },
    [CASSANDRA] = { "apache/cassandra at ac8c8b21, Gossiper.java; bytes of states, and that a seed "
                    "gives up after 30 s, from memory",
                    "" },
    [CHITCHAT] = { "quickwit-oss/chitchat at 1e773603, server.rs, state.rs, lib.rs; bytes with "
                   "names of 12 letters, keys of 10 and IPv4, from memory",
                   "fanout: 3, echo: false, shadow_round: false, goodbye: false, "
                   "silent_after: 12h, remove_dead: 24h, remove_left: 24h, quarantine: 0s, "
                   "reply: all, limit: 65507B, transport: datagram, syn_bytes: 20B, "
                   "digest_bytes: 45B, state_bytes: 39B, delta_bytes: 23B, " PHI_CHITCHAT },
};

static const char *const firsts[] = {
    [BREADTH] = "breadth", [DEPTH] = "depth", [OLDEST] = "oldest", [NEWEST] = "newest", NULL
};
static const char *const replies[] = { [REPLY_WANTED] = "wanted", [REPLY_ALL] = "all", NULL };

enum {
    ROW_PRESET,
    ROW_INTERVAL,
    ROW_FANOUT,
    ROW_TRY_DEAD,
    ROW_TRY_SEEDS,
    ROW_REPLY,
    ROW_FIRST,
    ROW_LIMIT,
    ROW_LIMIT_FROM,
    ROW_FLOW_CONTROL,
    ROW_RATE_INITIAL,
    ROW_RATE_INCREASE,
    ROW_RATE_DECREASE,
    ROW_RATE_MIN,
    ROW_RATE_MAX,
    ROW_TRANSPORT,
    ROW_HEARTBEATS,
    PHI_PLACES,
    ROW_ECHO,
    ROW_SHADOW_ROUND,
    ROW_GOODBYE,
    ROW_SILENT_AFTER,
    ROW_REMOVE_DEAD,
    ROW_REMOVE_LEFT,
    ROW_QUARANTINE,
    ROW_SYN_BYTES,
    ROW_DIGEST_BYTES,
    ROW_STATE_BYTES,
    ROW_DELTA_BYTES,
    ROWS
};

const struct param scuttlebutt_params[] = {
    [ROW_PRESET] = PARAM_CHOICE(struct config, preset, "cassandra", preset_names,
                                "the values that a system ships with", .presets = presets),
    [ROW_INTERVAL] =
        PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between a node's rounds"),
    [ROW_FANOUT] = PARAM_COUNT(struct config, fanout, "1", "1..100",
                               "live members that a node begins an exchange with in a round"),
    [ROW_TRY_DEAD] = PARAM_BOOL(struct config, try_dead, "true",
                                "and with one held dead, with the probability dead / (live + 1)"),
    [ROW_TRY_SEEDS] =
        PARAM_BOOL(struct config, try_seeds, "true",
                   "and, if none of the live was a seed, with one, with the probability seeds / "
                   "(live + dead); false: only where nobody is held alive"),
    [ROW_REPLY] = PARAM_CHOICE(struct config, reply, "wanted", replies,
                               "what an ACK tells of what its sender has: what it lacks, and of "
                               "owners in the SYN alone, as Cassandra; or all, as chitchat"),
    [ROW_FIRST] =
        PARAM_CHOICE(struct config, first, "depth", firsts,
                     "limit: deltas of as many owners as possible, or of those first that have the "
                     "most; oldest and newest compare all keys instead of maxima"),
    [ROW_LIMIT] = LIMIT_ROW(struct config, limit,
                            "most deltas of an ACK or ACK2, or bytes of all that is in it; 0: all"),
    [ROW_LIMIT_FROM] = PARAM_TIME(struct config, limit_from, "0s", "0s..36500d",
                                  "limit: from when on there is one"),
    [ROW_FLOW_CONTROL] =
        PARAM_BOOL(struct config, flow_control, "false",
                   "limit: a node's clients write no faster than it is allowed, by a rate that "
                   "partners balance, messages that have room raise, and others cut"),
    [ROW_RATE_INITIAL] =
        PARAM_REAL(struct config, rate_initial, "1", "0.001..1e6",
                   "flow_control: updates a second that a node is allowed as it starts"),
    [ROW_RATE_INCREASE] = PARAM_REAL(struct config, rate_increase, "0.1", "0..1e6",
                                     "the same: added for an ACK or ACK2 that has room for all "
                                     "that is due, up to twice what the node's clients want"),
    [ROW_RATE_DECREASE] = PARAM_FRACTION(struct config, rate_decrease, "0.9", "0.01..1",
                                         "the same: a factor for one that has not"),
    [ROW_RATE_MIN] =
        PARAM_REAL(struct config, rate_min, "0.01", "0.001..1e6", "the same: it is never less"),
    [ROW_RATE_MAX] =
        PARAM_REAL(struct config, rate_max, "1000", "0.001..1e6", "the same: it is never more"),
    [ROW_TRANSPORT] =
        PARAM_CHOICE(struct config, transport, "connection", transport_names, TRANSPORT_HELP),
    [ROW_HEARTBEATS] =
        PARAM_BOOL(struct config, heartbeats, "true",
                   "each node raises a heartbeat a round; false: nobody is found dead"),
    PHI_ROWS(struct config, phi),
    [ROW_ECHO] = PARAM_BOOL(struct config, echo, "true",
                            "a member is held alive once it has answered, not as it is heard of"),
    [ROW_SHADOW_ROUND] =
        PARAM_BOOL(struct config, shadow_round, "true",
                   "who boots asks the seeds for all before it takes part, every 5 s until one "
                   "answers"),
    [ROW_GOODBYE] = PARAM_BOOL(struct config, goodbye, "true",
                               "who goes gracefully tells all live members at once"),
    [ROW_SILENT_AFTER] =
        PARAM_TIME(struct config, silent_after, "0s", "0s..3650d",
                   "one held dead for so long is no longer told of; 0s: it is until it is removed"),
    [ROW_REMOVE_DEAD] = PARAM_TIME(struct config, remove_dead, "0s", "0s..3650d",
                                   "one held dead for so long is removed; 0s: never"),
    [ROW_REMOVE_LEFT] =
        PARAM_TIME(struct config, remove_left, "72h", "0s..3650d", "the same of one that has left"),
    [ROW_QUARANTINE] = PARAM_TIME(struct config, quarantine, "60s", "0s..3650d",
                                  "how long nothing counts that is said of one removed"),
    [ROW_SYN_BYTES] =
        PARAM_SIZE(struct config, syn_bytes, "60B", "8B..64KiB", "of a SYN beside its digests"),
    [ROW_DIGEST_BYTES] =
        PARAM_SIZE(struct config, digest_bytes, "13B", "1B..64KiB", "of an owner in a digest"),
    [ROW_STATE_BYTES] = PARAM_SIZE(struct config, state_bytes, "17B", "1B..64KiB",
                                   "of an owner whose heartbeat or deltas are told"),
    [ROW_DELTA_BYTES] =
        PARAM_SIZE(struct config, delta_bytes, "10B", "0B..64KiB", "of a delta beside its value"),
    [ROWS] = PARAM_END,
};

/* The rows of the detector say nothing without heartbeats. */
static bool detector_is_heard(const struct config *c, uint64_t given, char why[PARAM_WHY_MAX])
{
    for (int row = ROW_PHI; row <= ROW_TIMEOUT && !c->heartbeats; row++) {
        const struct rule rule = { row, false, "`heartbeats: true`" };

        if (!rules_are_kept(&rule, 1, scuttlebutt_params, given, why))
            return false;
    }
    return true;
}

bool scuttlebutt_check(const void *config, uint64_t given, char why[PARAM_WHY_MAX])
{
    const struct config *c = config;
    const struct rule rules[] = {
        { ROW_FIRST, c->limit != 0 || is_exact(c), "`limit`, or as `oldest` or `newest`" },
        { ROW_LIMIT_FROM, c->limit != 0, "`limit`" },
        { ROW_FLOW_CONTROL, c->limit != 0 || !c->flow_control, "`limit`" },
        { ROW_RATE_INITIAL, c->flow_control, "`flow_control: true`" },
        { ROW_RATE_INCREASE, c->flow_control, "`flow_control: true`" },
        { ROW_RATE_DECREASE, c->flow_control, "`flow_control: true`" },
        { ROW_RATE_MIN, c->flow_control, "`flow_control: true`" },
        { ROW_RATE_MAX, c->flow_control, "`flow_control: true`" },
        { ROW_QUARANTINE, c->remove_dead > 0 || c->remove_left > 0,
          "`remove_dead` or `remove_left` above 0s" },
        PHI_RULES(c->phi),
    };

    if (c->silent_after > 0 && c->remove_dead > 0 && c->silent_after >= c->remove_dead) {
        snprintf(why, PARAM_WHY_MAX,
                 "`silent_after` must be less than `remove_dead`, when all is gone");
        return false;
    }
    if (c->rate_min > c->rate_initial || c->rate_initial > c->rate_max) {
        snprintf(why, PARAM_WHY_MAX, "`rate_initial` must be between `rate_min` and `rate_max`");
        return false;
    }
    return detector_is_heard(c, given, why) &&
           rules_are_kept(rules, sizeof rules / sizeof *rules, scuttlebutt_params, given, why);
}
