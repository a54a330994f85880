/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.c - see metric.h.  What each metric means is defined where it is measured, in sim/. */
#include "experiment/metric.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define REACH(share) "reaches " share " of the nodes"
#define UNTIL(share) "time until " share " of the nodes know it"

static const struct metric metrics[] = {
    { "t50", UNTIL("50 %"), REACH("50 %"), METRIC_TIME },
    { "t90", UNTIL("90 %"), REACH("90 %"), METRIC_TIME },
    { "t99", UNTIL("99 %"), REACH("99 %"), METRIC_TIME },
    { "t999", UNTIL("99.9 %"), REACH("99.9 %"), METRIC_TIME },
    { "t_all", "time until all nodes know it", "reaches all nodes", METRIC_TIME },
    { "t_last", "time until the last one learns it", "reaches the last node it ever reaches",
      METRIC_TIME },
    { "t_avg", "mean delay of a node", "reaches a node on average", METRIC_TIME },
    { "t50_mean", UNTIL("50 %") ", mean of the updates", REACH("50 %") ", on average over updates,",
      METRIC_TIME },
    { "t90_mean", UNTIL("90 %") ", mean of the updates", REACH("90 %") ", on average over updates,",
      METRIC_TIME },
    { "t99_mean", UNTIL("99 %") ", mean of the updates", REACH("99 %") ", on average over updates,",
      METRIC_TIME },
    { "t999_mean", UNTIL("99.9 %") ", mean of the updates",
      REACH("99.9 %") ", on average over updates,", METRIC_TIME },
    { "t_all_mean", UNTIL("all") ", mean of the updates",
      "reaches all nodes, on average over updates,", METRIC_TIME },
    { "t_last_mean", "time until the last one learns it, mean of the updates",
      "reaches the last node it ever reaches, on average over updates,", METRIC_TIME },
    { "repair_time", "time from the last fault until all agree", "repairs the last fault",
      METRIC_TIME },
    { "sim_end", "simulated time of a run", "ends its run", METRIC_TIME },
    { "wall", "computing time of a run", "is computed", METRIC_TIME },
    { "residue", "nodes left uninformed", NULL, METRIC_SHARE },
    { "converged", "runs that converged", NULL, METRIC_SHARE },
    { "staleness", "stale replicas at the end", NULL, METRIC_SHARE },
    { "staleness_mean", "stale replicas, mean over the run", NULL, METRIC_SHARE },
    { "entropy", "entropy of the replicas, bits", NULL, METRIC_NUMBER },
    { "m", "payload copies sent per node", NULL, METRIC_NUMBER },
    { "redundancy", "useless payload copies per useful one", NULL, METRIC_NUMBER },
    { "messages", "messages sent", NULL, METRIC_COUNT },
    { "bytes", "bytes sent", NULL, METRIC_BYTES },
    { "bytes_payload", "payload bytes sent", NULL, METRIC_BYTES },
    { "bytes_digest", "digest bytes sent", NULL, METRIC_BYTES },
    { "bytes_control", "control bytes sent", NULL, METRIC_BYTES },
    { "bytes_header", "header bytes sent", NULL, METRIC_BYTES },
    { "messages/node", "messages sent per node", NULL, METRIC_NUMBER },
    { "bytes/node", "bytes sent per node", NULL, METRIC_BYTES },
    { "load_max", "most messages handled by one node", NULL, METRIC_COUNT },
    { "load_mean", "messages handled by a node", NULL, METRIC_NUMBER },
    { "hops_max", "longest infection path, hops", NULL, METRIC_COUNT },
    { "hops_mean", "infection path, hops", NULL, METRIC_NUMBER },
    { "dropped_loss", "messages lost on the way", NULL, METRIC_COUNT },
    { "dropped_down", "messages to nodes that were down", NULL, METRIC_COUNT },
    { "dropped_queue", "messages dropped by full uplinks", NULL, METRIC_COUNT },
    { "dropped_partition", "messages dropped by partitions", NULL, METRIC_COUNT },
    { "duplicated", "messages that arrive twice", NULL, METRIC_COUNT },
    { "alive", "live nodes at the end", NULL, METRIC_COUNT },
    { "lost_updates", "updates lost", NULL, METRIC_COUNT },
    { "resurrected", "deletions undone", NULL, METRIC_COUNT },
    { "events", "events of a run", NULL, METRIC_COUNT },
    { "peak_bytes", "memory of a run", NULL, METRIC_BYTES },
};

const char *metric_name(size_t index)
{
    return index < G_N_ELEMENTS(metrics) ? metrics[index].name : NULL;
}

struct metric metric_describe(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++)
        if (strcmp(metrics[i].name, name) == 0)
            return metrics[i];
    return (struct metric){ name, name, NULL, METRIC_NUMBER };
}

struct scale scale_choose(enum metric_unit unit, double largest)
{
    static const struct {
        double from; /* smallest value written so */
        struct scale scale;
    } times[] = { { 7200, { 1 / 3600., "h" } }, { 180, { 1 / 60., "min" } }, { 1, { 1, "s" } },
                  { 1e-3, { 1e3, "ms" } },      { 1e-6, { 1e6, "µs" } },     { 0, { 1e9, "ns" } } },
      bytes[] = { { 1e12, { 1e-12, "TB" } },
                  { 1e9, { 1e-9, "GB" } },
                  { 1e6, { 1e-6, "MB" } },
                  { 1e3, { 1e-3, "kB" } },
                  { 0, { 1, "B" } } },
      counts[] = {
          { 1e11, { 1e-9, "G" } }, { 1e8, { 1e-6, "M" } }, { 1e5, { 1e-3, "k" } }, { 0, { 1, "" } }
      };
    double size = isfinite(largest) && largest != 0 ? fabs(largest) : 1;
    size_t i = 0;

    switch (unit) {
    case METRIC_TIME:
        while (size < times[i].from)
            i++;
        return times[i].scale;
    case METRIC_BYTES:
        while (size < bytes[i].from)
            i++;
        return bytes[i].scale;
    case METRIC_COUNT:
        while (size < counts[i].from)
            i++;
        return counts[i].scale;
    case METRIC_SHARE:
        return (struct scale){ 100, "%" };
    case METRIC_NUMBER:
        break;
    }
    return (struct scale){ 1, "" };
}

void scale_write(char out[32], double value, struct scale scale)
{
    double shown = value * scale.factor, size = fabs(shown);

    if (isnan(value))
        g_strlcpy(out, "–", 32);
    else if (isinf(value))
        g_strlcpy(out, "never", 32);
    else if (shown == 0)
        g_strlcpy(out, "0", 32);
    else if (size >= 1e9 || size < 1e-3)
        g_ascii_formatd(out, 32, "%.2e", shown);
    else
        g_ascii_formatd(out, 32,
                        size >= 99.95    ? "%.0f"
                        : size >= 9.995  ? "%.1f"
                        : size >= 0.0995 ? "%.2f"
                                         : "%.3f",
                        shown);
}
