/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure.c - see measure.h. */
#include "sim/measure.h"
#include "sim/knowledge.h"
#include "sim/metric.h"
#include "sim/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The values of the table's metrics as they are found; what no value is set for does not apply. */
struct values {
    double of[METRICS]; /* NAN: it never came */
    bool has[METRICS];
};

static void set_value(struct values *values, enum metric_id id, double value)
{
    values->of[id] = value;
    values->has[id] = true;
}

static struct sim_metric *new_metric(struct sim_result *result, double value)
{
    struct sim_metric *metric = &result->metrics[result->metric_count++]; /* zeroed */

    metric->value = value;
    metric->never = isnan(value);
    return metric;
}

static void add_values(const struct values *values, struct sim_result *result)
{
    for (int id = 0; id < METRICS; id++)
        if (values->has[id]) {
            struct sim_metric *metric = new_metric(result, values->of[id]);

            memccpy(metric->name, metric_table[id].name, '\0', sizeof metric->name - 1);
        }
}

/* Of a model: FIRST.LAST. */
static void add_own(struct sim_result *result, double value, const char *first, const char *last)
{
    struct sim_metric *metric = new_metric(result, value);

    snprintf(metric->name, sizeof metric->name, "%s.%s", first, last);
}

/* Over the measured updates: the largest and the mean of a time; both NAN if one never came. */
struct spread {
    double max, mean;
};

static struct spread spread_of(const struct census *census, int share)
{
    struct spread spread = { 0, 0 };

    for (update_id i = 0; i < census->injected; i++) {
        const struct track *track = &census->tracks[i];
        sim_time time = share < SHARES ? track->reached[share] : track->last - track->injected;

        if (!track->is_measured)
            continue;
        if (time == SIM_NEVER)
            return (struct spread){ NAN, NAN };
        spread.max = fmax(spread.max, (double)time / 1e9);
        spread.mean += (double)time / 1e9 / census->measured;
    }
    return spread;
}

static void add_times(const struct census *census, struct values *values)
{
    uint128 delay = 0;
    uint64_t learned = 0;

    for (int share = 0; share <= SHARES; share++) {
        struct spread spread = spread_of(census, share);

        set_value(values, METRIC_T50 + (unsigned)share, spread.max);
        if (census->updates > 1)
            set_value(values, METRIC_T50_MEAN + (unsigned)share, spread.mean);
    }
    for (update_id i = 0; i < census->injected; i++)
        if (census->tracks[i].is_measured) {
            delay += census->tracks[i].delay;
            learned += census->tracks[i].learned;
        }
    if (learned > 0)
        set_value(values, METRIC_T_AVG, (double)delay / (double)learned / 1e9);
}

/* Updates that nobody has who is up or can come back with its data. */
static uint32_t count_lost(struct run *run)
{
    struct set *lost = set_copy(run->census.everything);

    for (node_id i = 0; i < run->nodes && !set_is_empty(lost); i++) {
        struct set *held = knowledge_held(run, i);

        set_remove(&lost, held);
        set_free(held);
    }
    uint32_t count = set_count(lost);

    set_free(lost);
    return count;
}

static void add_knowledge(struct run *run, struct values *values)
{
    struct census *census = &run->census;
    uint64_t lacking = 0, pairs = 0;

    if (census->measured > 0) {
        for (update_id i = 0; i < census->injected; i++) {
            const struct track *track = &census->tracks[i];

            lacking += track->is_measured ? track->deficit : 0;
            pairs += track->is_measured ? census_holders(census, track) : 0;
        }
        if (pairs > 0)
            set_value(values, METRIC_RESIDUE, (double)lacking / (double)pairs);
        set_value(values, METRIC_CONVERGED,
                  census->alive > 0 && lacking == 0 && run->injections_left == 0);
        add_times(census, values);
    }
    set_value(values, METRIC_STALENESS, census_staleness(census));
    set_value(values, METRIC_STALENESS_MEAN,
              census_staleness_mean(census, run_credit(run, run->node.now)));
    set_value(values, METRIC_ENTROPY, census_entropy(census));
    set_value(values, METRIC_LOST_UPDATES, count_lost(run));
    if (run->config->workload.deletes > 0)
        set_value(values, METRIC_RESURRECTED, census->resurrected);
    set_value(values, METRIC_ALIVE, census->alive);
    if (run->config->fault_count > 0)
        set_value(values, METRIC_REPAIR_TIME,
                  run->agreed_at == SIM_NEVER ? NAN
                                              : (double)(run->agreed_at - run->fault_end) / 1e9);
}

static void add_hops(const struct census *census, struct values *values)
{
    uint64_t hops = 0, learned = 0;
    uint32_t most = 0;

    for (update_id i = 0; i < census->injected; i++) {
        const struct track *track = &census->tracks[i];

        if (!track->is_measured)
            continue;
        hops += track->hops;
        learned += track->learned;
        most = track->hops_max > most ? track->hops_max : most;
    }
    if (!census->hops || census->measured == 0)
        return;
    set_value(values, METRIC_HOPS_MAX, most);
    if (learned > 0)
        set_value(values, METRIC_HOPS_MEAN, (double)hops / (double)learned);
}

static void add_load(const struct run *run, struct values *values)
{
    uint64_t sum = 0;
    uint32_t most = 0;

    for (node_id i = 0; i < run->nodes; i++) {
        uint32_t handled = run->replicas[i].handled & ~REPLICA_DOWN;

        sum += handled;
        most = handled > most ? handled : most;
    }
    set_value(values, METRIC_LOAD_MAX, most);
    set_value(values, METRIC_LOAD_MEAN, (double)sum / run->nodes);
}

static void add_traffic(struct run *run, struct values *values)
{
    const struct census *census = &run->census;
    const struct network_bytes bytes = network_bytes(run);
    uint64_t copies = 0;

    for (update_id i = 0; i < census->injected; i++)
        copies += census->tracks[i].is_measured ? network_copies(run, i) : 0;
    if (census->measured > 0)
        set_value(values, METRIC_M, (double)copies / run->nodes / census->measured);
    set_value(values, METRIC_MESSAGES, (double)bytes.messages);
    set_value(values, METRIC_BYTES_PAYLOAD, (double)bytes.payload);
    set_value(values, METRIC_BYTES_DIGEST, (double)bytes.digest);
    set_value(values, METRIC_BYTES_CONTROL, (double)bytes.control);
    set_value(values, METRIC_BYTES_HEADER, (double)bytes.header);
    set_value(values, METRIC_BYTES,
              (double)(bytes.payload + bytes.digest + bytes.control + bytes.header));
    if (census->useful > 0)
        set_value(values, METRIC_REDUNDANCY, (double)census->duplicates / (double)census->useful);
    set_value(values, METRIC_DROPPED_LOSS, (double)run->lost);
    set_value(values, METRIC_DROPPED_DOWN, (double)run->met_down);
    if (run->weather.copied_below)
        set_value(values, METRIC_DUPLICATED, (double)run->weather.copied);
    if (run->weather.uplinks.nodes)
        set_value(values, METRIC_DROPPED_QUEUE, (double)run->weather.dropped_queue);
    if (run->weather.obstacles.of_fault)
        set_value(values, METRIC_DROPPED_PARTITION, (double)run->weather.obstacles.dropped);
}

static void add_models(const struct run *run, struct sim_result *result)
{
    uint64_t deliveries = 0;

    for (uint32_t i = 0; i < run->layer_count; i++)
        deliveries += run->census.learned_by[i];
    for (uint32_t i = 0; i < run->layer_count; i++) {
        const struct layer *layer = &run->layers[i];
        const struct model_counter *counter = layer->model->counters;

        if (deliveries > 0)
            add_own(result, (double)run->census.learned_by[i] / (double)deliveries, "learned_by",
                    layer->model->name);
        for (int k = 0; counter && counter[k].name; k++)
            add_own(result, (double)layer->counters[k], layer->model->name, counter[k].name);
    }
}

void measure(struct run *run, struct sim_result *result)
{
    struct values values = { 0 };

    result->metrics = calloc(METRICS + (size_t)run->layer_count * (MODEL_COUNTERS_MAX + 1),
                             sizeof *result->metrics);
    if (!result->metrics)
        return;
    add_knowledge(run, &values);
    add_traffic(run, &values);
    add_load(run, &values);
    add_hops(&run->census, &values);
    add_values(&values, result);
    add_models(run, result);
}
