/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.c - see metric.h.  The definitions at length, with what they share: docs/metrics.md. */
#include "sim/metric.h"

#include <stddef.h>
#include <string.h>

#define UNTIL(share) "time until " share " of the nodes know it"
#define REACH(share) "reaches " share " of the nodes"
#define MEAN         ", mean of the updates"
#define ON_AVERAGE   ", on average over updates,"

#define ROW(id, name_, label_, meaning_, ...) \
    [METRIC_##id] = { .name = name_, .label = label_, .meaning = meaning_, __VA_ARGS__ }

/* A time until a share of the replicas know an update, of the slowest of a run's updates; and its
 * mean over them. */
#define REACHED(id, name, share)                                                                 \
    ROW(id, name, UNTIL(share),                                                                  \
        "Time from the injection until at least " share                                          \
        " of the live replicas know the update or a newer value of its key; of several updates " \
        "the slowest.",                                                                          \
        .unit = UNIT_TIME, .window = WINDOW_UPDATES, .event = REACH(share),                      \
        .may_never_come = true)
#define REACHED_MEAN(id, name, share)                                                     \
    ROW(id, name "_mean", UNTIL(share) MEAN,                                              \
        "Mean of " name " over the updates, where there are several.", .unit = UNIT_TIME, \
        .window = WINDOW_UPDATES, .event = REACH(share) ON_AVERAGE, .may_never_come = true)

#define COUNTED(id, name, label, meaning)                                        \
    ROW(id, name, label, meaning, .unit = UNIT_COUNT, .window = WINDOW_MEASURED, \
        .per_node = label " per node")
#define SENT(id, name, what, meaning)                                                   \
    ROW(id, name, what " sent", meaning, .unit = UNIT_BYTES, .window = WINDOW_MEASURED, \
        .per_node = what " sent per node")

const struct metric metric_table[METRICS] = {
    REACHED(T50, "t50", "50 %"),
    REACHED(T90, "t90", "90 %"),
    REACHED(T95, "t95", "95 %"),
    REACHED(T99, "t99", "99 %"),
    REACHED(T999, "t999", "99.9 %"),
    ROW(T_ALL, "t_all", "time until all nodes know it",
        "Time from the injection until all live replicas know the update or a newer value of its "
        "key; of several updates the slowest.",
        .unit = UNIT_TIME, .window = WINDOW_UPDATES, .event = "reaches all nodes",
        .may_never_come = true),
    ROW(T_LAST, "t_last", "time until the last one learns it",
        "Time from the injection until the last replica that ever learned the update did so for "
        "the first time; of several updates the slowest.",
        .unit = UNIT_TIME, .window = WINDOW_UPDATES,
        .event = "reaches the last node it ever reaches"),
    ROW(T_SETTLED, "t_settled", "time until all nodes know it for good",
        "Time from the injection until all live replicas know the update and go on doing so to "
        "the end of the run, whoever comes back; of several updates the slowest.",
        .unit = UNIT_TIME, .window = WINDOW_UPDATES, .event = "reaches all nodes for good",
        .may_never_come = true),
    REACHED_MEAN(T50_MEAN, "t50", "50 %"),
    REACHED_MEAN(T90_MEAN, "t90", "90 %"),
    REACHED_MEAN(T95_MEAN, "t95", "95 %"),
    REACHED_MEAN(T99_MEAN, "t99", "99 %"),
    REACHED_MEAN(T999_MEAN, "t999", "99.9 %"),
    ROW(T_ALL_MEAN, "t_all_mean", "time until all nodes know it" MEAN,
        "Mean of t_all over the updates, where there are several.", .unit = UNIT_TIME,
        .window = WINDOW_UPDATES, .event = "reaches all nodes" ON_AVERAGE, .may_never_come = true),
    ROW(T_LAST_MEAN, "t_last_mean", "time until the last one learns it" MEAN,
        "Mean of t_last over the updates, where there are several.", .unit = UNIT_TIME,
        .window = WINDOW_UPDATES, .event = "reaches the last node it ever reaches" ON_AVERAGE),
    ROW(T_SETTLED_MEAN, "t_settled_mean", "time until all nodes know it for good" MEAN,
        "Mean of t_settled over the updates, where there are several.", .unit = UNIT_TIME,
        .window = WINDOW_UPDATES, .event = "reaches all nodes for good" ON_AVERAGE,
        .may_never_come = true),
    ROW(T_AVG, "t_avg", "mean delay of a node",
        "Mean time from the injection of an update until a replica first learned it, over the "
        "replicas that did and all updates.",
        .unit = UNIT_TIME, .window = WINDOW_UPDATES, .event = "reaches a node on average"),
    ROW(RESIDUE, "residue", "nodes left uninformed",
        "Share of the pairs of live replica and update in which the replica does not know the "
        "update; one without live replicas counts as lacked by all its replicas.",
        .unit = UNIT_SHARE, .window = WINDOW_END),
    ROW(CONVERGED, "converged", "runs that converged",
        "1 if every update has live replicas and all of them know it, else 0.", .unit = UNIT_SHARE,
        .window = WINDOW_END),
    ROW(STALENESS, "staleness", "stale replicas at the end",
        "Share of the pairs of live replica and key in which the replica lacks the key's newest "
        "value; 0 where no replica lives, for then nobody sees an old value.",
        .unit = UNIT_SHARE, .window = WINDOW_END),
    ROW(STALENESS_MEAN, "staleness_mean", "stale replicas, mean over time",
        "Mean of the staleness over time; absent where a run ended before and what would have "
        "followed cannot be told.",
        .unit = UNIT_SHARE, .window = WINDOW_HORIZON),
    ROW(ENTROPY, "entropy", "entropy of the replicas, bits",
        "Mean over the keys of the Shannon entropy, in bits, of the values that the live replicas "
        "hold, none being one of them: 0 when all agree.",
        .unit = UNIT_NUMBER, .window = WINDOW_END),
    ROW(LOST_UPDATES, "lost_updates", "updates lost",
        "Updates that no node holds, live or able to come back with its data.", .unit = UNIT_COUNT,
        .window = WINDOW_END),
    ROW(RESURRECTED, "resurrected", "deletions undone",
        "Deletions undone by an old value that came back; only where the workload deletes.",
        .unit = UNIT_COUNT, .window = WINDOW_END),
    ROW(ALIVE, "alive", "live nodes at the end", "Nodes that are up.", .unit = UNIT_COUNT,
        .window = WINDOW_END),
    ROW(REPAIR_TIME, "repair_time", "time from the last fault until all agree",
        "Time from the end of the last fault that struck until every live replica knows what was "
        "injected before that end; only where one struck.",
        .unit = UNIT_TIME, .window = WINDOW_RUN, .event = "repairs the last fault",
        .may_never_come = true),
    ROW(M, "m", "payload copies sent per node",
        "Payload copies of an update sent per node, mean over the updates: the traffic m of Demers "
        "et al.",
        .unit = UNIT_NUMBER, .window = WINDOW_UPDATES),
    COUNTED(MESSAGES, "messages", "messages sent", "Messages sent."),
    SENT(BYTES, "bytes", "bytes", "Bytes sent: payload, digest, control and header."),
    SENT(BYTES_PAYLOAD, "bytes_payload", "payload bytes", "Bytes of updates that were sent."),
    SENT(BYTES_DIGEST, "bytes_digest", "digest bytes",
         "Bytes of identities and hashes of updates that were sent."),
    SENT(BYTES_CONTROL, "bytes_control", "control bytes",
         "Bytes of messages that carry nothing of the updates."),
    SENT(BYTES_HEADER, "bytes_header", "header bytes",
         "Bytes of headers: `network.header` for each message sent."),
    ROW(MEASURED_TIME, "measured_time", "time over which costs were counted",
        "Simulated time over which costs were counted.", .unit = UNIT_TIME,
        .window = WINDOW_MEASURED, .event = "stops being measured"),
    ROW(BYTES_RATE, "bytes_rate", "bytes sent a node and second", "Bytes sent per node and second.",
        .unit = UNIT_BYTE_RATE, .window = WINDOW_MEASURED),
    ROW(MESSAGES_RATE, "messages_rate", "messages sent a node and second",
        "Messages sent per node and second.", .unit = UNIT_RATE, .window = WINDOW_MEASURED),
    ROW(MESSAGES_RATE_IN, "messages_rate_in", "messages handled a node and second",
        "Messages handled per node and second.", .unit = UNIT_RATE, .window = WINDOW_MEASURED),
    ROW(REDUNDANCY, "redundancy", "useless payload copies per useful one",
        "Payload copies received by nodes that knew them already, per copy that was news.",
        .unit = UNIT_NUMBER, .window = WINDOW_MEASURED),
    ROW(LOAD_MAX, "load_max", "most messages handled by one node",
        "Most messages that one node handled.", .unit = UNIT_COUNT, .window = WINDOW_MEASURED),
    ROW(LOAD_MEAN, "load_mean", "messages handled by a node",
        "Messages that a node handled, mean over all nodes.", .unit = UNIT_NUMBER,
        .window = WINDOW_MEASURED),
    ROW(HOPS_MAX, "hops_max", "longest infection path, hops",
        "Most nodes that an update passed on its way to a replica, the replica among them.",
        .unit = UNIT_COUNT, .window = WINDOW_UPDATES),
    ROW(HOPS_MEAN, "hops_mean", "infection path, hops",
        "Nodes that an update passed on its way to a replica, mean over the replicas that learned "
        "it and all updates.",
        .unit = UNIT_NUMBER, .window = WINDOW_UPDATES),
    COUNTED(DROPPED_LOSS, "dropped_loss", "messages lost on the way", "Messages lost on the way."),
    COUNTED(DROPPED_DOWN, "dropped_down", "messages to nodes that were down",
            "Messages that met a node that was down."),
    COUNTED(DROPPED_QUEUE, "dropped_queue", "messages dropped by full uplinks",
            "Messages for which an uplink's queue had no room, or that were in it when their node "
            "crashed; only with a limited bandwidth."),
    COUNTED(DROPPED_PARTITION, "dropped_partition", "messages dropped by partitions",
            "Messages stopped by a fault's partition, cut or loss; only with such faults."),
    COUNTED(DUPLICATED, "duplicated", "messages that arrive twice",
            "Messages that the network delivered twice; only where it duplicates."),
    ROW(SIM_END, "sim_end", "simulated time of a run", "Simulated time at which the run ended.",
        .unit = UNIT_TIME, .window = WINDOW_PROGRAM, .event = "ends its run"),
    ROW(EVENTS, "events", "events of a run", "Timers and arrivals that were simulated.",
        .unit = UNIT_COUNT, .window = WINDOW_PROGRAM, .per_node = "events per node"),
    ROW(WALL, "wall", "computing time of a run",
        "Time that the run took on this machine: not reproducible.", .unit = UNIT_TIME,
        .window = WINDOW_PROGRAM, .event = "is computed"),
    ROW(PEAK_BYTES, "peak_bytes", "memory of a run", "Most memory that the run's own data took.",
        .unit = UNIT_BYTES, .window = WINDOW_PROGRAM, .per_node = "memory per node"),
};

const struct metric *metric_find(const char *name)
{
    for (int i = 0; i < METRICS; i++)
        if (strcmp(metric_table[i].name, name) == 0)
            return &metric_table[i];
    return NULL;
}
