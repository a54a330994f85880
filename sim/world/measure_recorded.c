/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure_recorded.c - see measure_recorded.h. */
#include "sim/world/measure_recorded.h"

#include "sim/world/lag.h"
#include "sim/world/measure.h"
#include "sim/world/measure_knowledge.h"
#include "sim/world/network_tally.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- over nodes ---- */

/* Of the nodes of a range of the scenario's numbers. */
struct range {
    uint32_t first, nodes;
};

/* What is counted of a node. */
enum counted { COUNTED_HANDLED, COUNTED_MESSAGES, COUNTED_BYTES, COUNTED_BYTES_IN };

static uint64_t count_of(const struct run *run, node_id node, enum counted what)
{
    const struct tally_node *tally = &run->tally->nodes[node];

    switch (what) {
    case COUNTED_HANDLED:
        return run->replicas[node].handled & ~REPLICA_DOWN;
    case COUNTED_MESSAGES:
        return tally->sent.messages;
    case COUNTED_BYTES:
        return tally->sent.bytes;
    case COUNTED_BYTES_IN:
        return tally->bytes_in;
    }
    return 0;
}

/* A count over nodes: its sum, the largest, and that which 99 % of them do not exceed. */
struct counts {
    double sum, max, p99;
};

static int compare_counts(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* For a count of each node; to be freed.  NULL, and the run knows, if memory is short. */
static uint64_t *room_for_counts(struct run *run)
{
    uint64_t *room = malloc(run->nodes * sizeof *room);

    run->memory.is_short |= !room;
    return room;
}

/* `room` is for as many counts. */
static struct counts count_nodes(const struct run *run, struct range range, enum counted what,
                                 uint64_t *room)
{
    struct counts counts = { 0, 0, 0 };

    for (uint32_t i = 0; i < range.nodes; i++) {
        room[i] = count_of(run, numbering_inside(&run->numbering, range.first + i), what);
        counts.sum += (double)room[i];
    }
    if (range.nodes == 0)
        return counts;
    qsort(room, range.nodes, sizeof *room, compare_counts);
    counts.max = (double)room[range.nodes - 1];
    counts.p99 = (double)room[((uint64_t)range.nodes * 99 + 99) / 100 - 1];
    return counts;
}

static void add_counts(const struct run *run, struct range range, struct values *values,
                       uint64_t *room)
{
    const sim_time end = run_credit(run, run->node.now), begin = run->window.begin;
    const double seconds = end > begin ? (double)(end - begin) / 1e9 : 0;
    const struct counts handled = count_nodes(run, range, COUNTED_HANDLED, room);
    const struct counts messages = count_nodes(run, range, COUNTED_MESSAGES, room);
    const struct counts bytes = count_nodes(run, range, COUNTED_BYTES, room);
    const struct counts bytes_in = count_nodes(run, range, COUNTED_BYTES_IN, room);
    const double nodes = range.nodes;

    set_value(values, METRIC_MESSAGES, messages.sum);
    set_value(values, METRIC_BYTES, bytes.sum);
    if (range.nodes == 0)
        return;
    set_value(values, METRIC_LOAD_MAX, handled.max);
    set_value(values, METRIC_LOAD_MEAN, handled.sum / nodes);
    set_value(values, METRIC_LOAD_P99, handled.p99);
    if (seconds <= 0)
        return;
    set_value(values, METRIC_BYTES_RATE, bytes.sum / nodes / seconds);
    set_value(values, METRIC_BYTES_RATE_MAX, bytes.max / seconds);
    set_value(values, METRIC_BYTES_RATE_P99, bytes.p99 / seconds);
    set_value(values, METRIC_BYTES_RATE_IN, bytes_in.sum / nodes / seconds);
    set_value(values, METRIC_MESSAGES_RATE, messages.sum / nodes / seconds);
    set_value(values, METRIC_MESSAGES_RATE_MAX, messages.max / seconds);
    set_value(values, METRIC_MESSAGES_RATE_IN, handled.sum / nodes / seconds);
}

/* ---- of all nodes ---- */

static void add_ages(const struct run *run, const struct ages *ages, struct values *values)
{
    if (!run->recording->has_ages || !run->window.has_ended || ages->time == 0)
        return;
    set_value(values, METRIC_AGE_MEAN, ages_mean(ages));
    set_value(values, METRIC_AGE_P99, ages_quantile(ages, 0.99));
    set_value(values, METRIC_AGE_MAX, (double)ages->oldest / 1e9);
}

/* The tally has counted again what the run counts anyway; of that the run's own figures stay. */
static void keep_new(struct values *values, const struct values *found)
{
    for (int id = 0; id < METRICS; id++)
        if (found->has[id] && !values->has[id] && metric_table[id].record == RECORD_NODES)
            set_value(values, (enum metric_id)id, found->of[id]);
}

/* Of the nodes of a range, which the census is about; without live replicas there is none. */
static void add_lag(struct run *run, const struct census *census, struct range range,
                    struct values *values)
{
    const struct lag lag =
        lag_look(run, census, run_credit(run, run->node.now), range.first, range.nodes);

    if (lag.replicas == 0)
        return;
    set_value(values, METRIC_LAG_MAX, lag.max);
    set_value(values, METRIC_LAG_MEAN, lag.mean);
    set_value(values, METRIC_STALE_KEYS, lag.stale_keys);
}

void measure_recorded(struct run *run, struct values *values)
{
    struct values found = { 0 };
    uint64_t *room;

    if (run->config->lags)
        add_lag(run, &run->census, (struct range){ 0, run->nodes }, values);
    if (run->recording)
        add_ages(run, &run->recording->ages, values);
    if (!run->config->node_counts)
        return;
    room = room_for_counts(run);
    if (!room)
        return;
    add_counts(run, (struct range){ 0, run->nodes }, &found, room);
    keep_new(values, &found);
    free(room);
}

/* ---- of groups ---- */

size_t measure_recorded_max(const struct run *run)
{
    const size_t groups = run->recording ? run->recording->part_count : 0;

    return groups * METRICS + groups * groups * 2;
}

static void add_part(struct run *run, struct part *part, struct values *values, uint64_t *room)
{
    const struct window *window = &run->window;

    measure_knowledge(run, part, values);
    set_value(values, METRIC_ENTROPY, census_entropy(&part->census));
    if (window->has_ended && window->end > window->begin)
        set_value(values, METRIC_STALENESS_MEAN,
                  (part->stale_end - part->stale_begin) / (double)(window->end - window->begin));
    if (run->detection.nodes) {
        set_value(values, METRIC_FALSE_DEAD, (double)part->false_dead);
        set_value(values, METRIC_FALSE_DEAD_AT_HEALTHY, (double)part->false_dead_at_healthy);
    }
    add_ages(run, &part->ages, values);
    if (run->config->lags)
        add_lag(run, &part->census, (struct range){ part->first, part->nodes }, values);
    add_counts(run, (struct range){ part->first, part->nodes }, values, room);
}

static void add_between(const struct run *run, struct sim_result *result, enum metric_id id,
                        uint32_t from, uint32_t to)
{
    const char *const *names = run->config->group_names;
    const struct tally *tally = run->tally;
    const struct tally_sums *sums = &tally->between[from * tally->groups + to];
    struct sim_metric *metric =
        measure_add(result, (double)(id == METRIC_BYTES ? sums->bytes : sums->messages));

    snprintf(metric->name, sizeof metric->name, "%s@%s>%s", metric_table[id].name, names[from],
             names[to]);
}

void measure_parts(struct run *run, struct sim_result *result)
{
    struct recording *recording = run->recording;
    const uint32_t groups = recording->part_count;
    uint64_t *room = room_for_counts(run);

    for (uint32_t i = 0; i < groups && room; i++) {
        struct values values = { 0 };

        add_part(run, &recording->parts[i], &values, room);
        for (int id = 0; id < METRICS; id++)
            if (values.has[id]) {
                struct sim_metric *metric = measure_add(result, values.of[id]);

                snprintf(metric->name, sizeof metric->name, "%s@%s", metric_table[id].name,
                         run->config->group_names[i]);
            }
    }
    free(room);
    for (uint32_t i = 0; i < groups; i++)
        for (uint32_t k = 0; k < groups; k++) {
            add_between(run, result, METRIC_MESSAGES, i, k);
            add_between(run, result, METRIC_BYTES, i, k);
        }
}
