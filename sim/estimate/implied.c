/* SPDX-License-Identifier: GPL-3.0-or-later */
/* implied.c - see implied.h. */
#include "sim/estimate/implied.h"
#include "sim/fault_kind.h"

#include <math.h>
#include <string.h>

enum { QUANTILES = 1024, EXCHANGE_MESSAGES = 3 };

double implied_latency(const struct sim_config *config, double time)
{
    double sum = 0;

    if (config->timing == TIMING_ROUNDS)
        return fmin((double)config->round, time) / 1e9;
    if ((double)distribution_value(config->network.latency, UINT32_MAX) <= time) /* speed only */
        return distribution_mean(config->network.latency) / 1e9;
    for (uint32_t i = 0; i < QUANTILES; i++) {
        const uint32_t bits = (2 * i + 1) * (UINT32_MAX / (2 * QUANTILES));

        sum += fmin((double)distribution_value(config->network.latency, bits), time);
    }
    return sum / QUANTILES / 1e9;
}

/* Intervals of a model a second: how often a node of it acts of its own accord. */
static double layer_rate(const struct sim_layer *layer)
{
    double rate = 0;

    for (const struct param *row = layer->model->params; row->type != PARAM_TYPE_END; row++)
        if (row->type == PARAM_TYPE_INTERVAL) {
            sim_time interval;

            memcpy(&interval, (const char *)layer->config + row->offset, sizeof interval);
            rate += 1e9 / (double)(interval > 0 ? interval : 1);
        }
    return rate;
}

static int64_t layer_fanout(const struct sim_layer *layer)
{
    return layer->model->fanout ? layer->model->fanout(layer->config) : 1;
}

double implied_sends(const struct sim_config *config)
{
    double rate = 0;

    for (int i = 0; i < config->stack_count; i++)
        rate += layer_rate(&config->stack[i]) *
                fmin((double)layer_fanout(&config->stack[i]), (double)config->nodes);
    return rate;
}

double implied_looks(const struct sim_config *config)
{
    const double nodes = (double)config->nodes;
    double rate = 0;

    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model->goes_through_all)
            rate += layer_rate(&config->stack[i]) *
                    fmin((double)layer_fanout(&config->stack[i]), nodes) * EXCHANGE_MESSAGES;
    return rate * nodes * nodes;
}

/* The length of a cycle, in which most nodes are told one thing more, ns. */
static double cycle_of(const struct sim_config *config)
{
    double most = 0;

    for (int i = 0; i < config->stack_count; i++)
        most = fmax(most, layer_rate(&config->stack[i]));
    return most > 0 ? 1e9 / most : 1e9;
}

int64_t implied_fanout(const struct sim_config *config)
{
    int64_t most = 1;

    for (int i = 0; i < config->stack_count; i++) {
        const int64_t fanout = layer_fanout(&config->stack[i]);

        most = fanout > most ? fanout : most;
    }
    return most;
}

/* The most peers that a view holds; all others where peers are no view, or one of all. */
static double view_size(const struct sim_config *config)
{
    double most = (double)config->nodes - 1;

    for (int i = 0; i < config->stack_count && config->peers == PEERS_VIEW; i++) {
        const struct sim_layer *layer = &config->stack[i];

        if (layer->model->view_size)
            most = fmin(most, (double)layer->model->view_size(layer->config));
    }
    return most;
}

/* All the peers that replicas of an update have among each other. */
static double peers_among(const struct sim_config *config, double replicas)
{
    const double nodes = (double)config->nodes;

    if (!config->graph)
        return replicas * fmin(replicas - 1, view_size(config) * replicas / nodes);
    return (double)config->graph->start[config->graph->nodes] * (replicas / nodes) *
           (replicas / nodes);
}

/* Messages of a flood of an update. */
static double flood_of(const struct sim_config *config, const struct sim_layer *layer,
                       double replicas)
{
    const double peers = peers_among(config, replicas);

    if (layer->model->relays && !layer->model->relays(layer->config))
        return peers / replicas;
    return fmax(peers - (replicas - 1), 0);
}

void implied_mails(const struct sim_config *config, double *messages, double *record_bytes)
{
    const int64_t replicas = config->store.replicas ? config->store.replicas : config->nodes;

    *messages = *record_bytes = 0;
    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model->floods)
            *messages += flood_of(config, &config->stack[i], (double)replicas);
        if (!model->mails)
            continue;
        *messages += (double)(replicas - 1);
        *record_bytes += (double)(replicas - 1) * (double)model->record_size;
    }
}

double implied_changes(const struct sim_config *config, double end)
{
    const struct sim_churn *churn = &config->churn;

    if (churn->trace) {
        const double length = (double)churn->trace->length;

        return churn->share * (double)config->nodes *
               ((double)churn->trace->start[churn->trace->count] / churn->trace->count) *
               (churn->repeats ? end / length : fmin(end / length, 1));
    }
    if (!churn->session)
        return 0;
    return 2 * churn->share * (double)config->nodes * end /
           fmax(distribution_mean(churn->session) + distribution_mean(churn->downtime), 1);
}

/* The share of the time that nodes are up, but for faults and where a record tells. */
static double time_up(const struct sim_churn *churn)
{
    double session, downtime;

    if (!churn->session)
        return 1;
    session = distribution_mean(churn->session);
    downtime = distribution_mean(churn->downtime);
    return 1 - churn->share * downtime / fmax(session + downtime, 1);
}

void implied_news(const struct sim_config *config, double nodes, double time, double *messages,
                  double *timers)
{
    const double changes = implied_changes(config, 1e9) * nodes / (double)config->nodes;
    const double seconds = time / 1e9 * time_up(&config->churn);

    *messages = *timers = 0;
    for (int i = 0; i < config->stack_count && changes > 0; i++) {
        const struct sim_layer *layer = &config->stack[i];
        const double told =
            layer->model->tells ? layer->model->tells(layer->config, nodes, changes) * seconds : 0;

        *messages += told;
        *timers += told / (double)layer_fanout(layer);
    }
}

/* The highest of the rates, a second. */
static double highest_rate(const struct sim_workload *workload)
{
    double most = 0;

    for (size_t i = 0; i < workload->rate_count; i++)
        most = fmax(most, workload->rates[i].rate);
    return most;
}

/* Between two updates, ns; the least. */
static double gap_of(const struct sim_config *config)
{
    const struct sim_workload *workload = &config->workload;

    if (workload->arrival == ARRIVAL_EVERY)
        return (double)workload->every;
    if (workload->arrival == ARRIVAL_RENEWAL)
        return (double)workload->every / (double)config->nodes;
    if (workload->arrival == ARRIVAL_OWN)
        return fmax((double)(config->stop.at - workload->at), 1) /
               fmax((double)workload->updates, 1);
    if (workload->arrival == ARRIVAL_RATES)
        return 1e9 / fmax(highest_rate(workload), 1e-9);
    return workload->arrival == ARRIVAL_POISSON ? 1e9 / workload->rate : 0;
}

/* The most of a trace that are written within so long. */
static double most_of_trace(const struct sim_workload *workload, double time)
{
    int64_t most = 0;

    for (int64_t last = 0, first = 0; last < workload->updates; last++) {
        while ((double)(workload->writes[last].at - workload->writes[first].at) > time)
            first++;
        most = last - first + 1 > most ? last - first + 1 : most;
    }
    return (double)most;
}

double implied_updates(const struct sim_config *config, double time)
{
    const struct sim_workload *workload = &config->workload;
    const double gap = gap_of(config);
    double all = (double)workload->updates;

    if (workload->arrival == ARRIVAL_TRACE)
        return most_of_trace(workload, time);
    if (workload->arrival == ARRIVAL_RATES) /* there is room for more */
        all = fmin(all, ceil(sim_rated_updates(workload, config->nodes, config->stop.at)));
    if (workload->arrival == ARRIVAL_RENEWAL && workload->is_together)
        return fmin(all, (double)config->nodes * (1 + floor(time / (double)workload->every)));
    return gap > 0 ? fmin(all, 1 + time / gap) : all;
}

/* When the rates come to nothing, or the run to its end. */
static double last_of_rates(const struct sim_config *config)
{
    const struct sim_workload *workload = &config->workload;
    const struct sim_rate *last = &workload->rates[workload->rate_count - 1];
    const double stop = (double)config->stop.at;

    return last->rate > 0 ? stop : fmin((double)workload->at + (double)last->from, stop);
}

/* When the last of them is written. */
static double last_write(const struct sim_config *config)
{
    const struct sim_workload *workload = &config->workload;

    if (workload->arrival == ARRIVAL_TRACE)
        return (double)workload->writes[workload->updates - 1].at;
    if (workload->arrival == ARRIVAL_RATES)
        return last_of_rates(config);
    return (double)workload->at + gap_of(config) * (double)workload->updates;
}

double implied_convergence(const struct sim_config *config)
{
    const double cycles = 2 * (log2((double)config->nodes + 1) + log((double)config->nodes + 1));
    double begin = last_write(config);

    for (size_t i = 0; i < config->fault_count; i++)
        begin = config->faults[i].every > 0
                    ? (double)config->stop.at
                    : fmax(begin,
                           (double)config->faults[i].at +
                               (double)fault_length(&config->faults[i], (uint32_t)config->nodes));
    return begin +
           cycles * (cycle_of(config) + 2e9 * implied_latency(config, (double)config->stop.at));
}
