/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - see world.h. */
#include "analysis/theory/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double seconds(sim_time time)
{
    return (double)time / (double)SIM_SECOND;
}

/* What of the network no equation has a place for; NULL: nothing. */
static const char *odd_network(const struct sim_network *n)
{
    if (n->groups)
        return "the network differs from group to group";
    if (n->bandwidth > 0 || n->downlink > 0 || n->access)
        return "messages wait for each other on links of limited bandwidth";
    if (n->processing)
        return "messages wait until their receiver has time for them";
    if (n->loss > 0 && n->loss_burst > 1)
        return "losses come in bursts";
    return NULL;
}

static const char *odd_members(const struct sim_config *c)
{
    if (c->graph)
        return "in a topology the neighbours of who is informed are informed, too: nodes are not "
               "mixed";
    if (c->peers == PEERS_VIEW)
        return "peers are those of a view, which changes and clusters";
    if (c->churn.trace)
        return "nodes come and go as recorded";
    if (c->churn.session && (c->churn.share < 1 || c->churn.start == CHURN_UP))
        return "churn is not the same for all nodes and at all times";
    if (c->absent_nodes > 0)
        return "nodes are absent at first";
    return NULL;
}

static const char *odd_world(const struct sim_config *c)
{
    const char *network = odd_network(&c->network), *members = odd_members(c);

    if (network)
        return network;
    if (members)
        return members;
    if (c->stack_count != 1)
        return "several models act together in the stack";
    return NULL;
}

static bool has_crashes_alone(const struct sim_config *c)
{
    for (size_t i = 0; i < c->fault_count; i++)
        if (c->faults[i].kind != FAULT_CRASH)
            return false;
    return c->fault_count > 0;
}

bool world_of(const struct sim_config *config, struct theory_world *world,
              char why[THEORY_TEXT_MAX])
{
    const struct sim_churn *churn = &config->churn;
    const char *odd = odd_world(config);
    const double session =
        churn->session ? distribution_mean(churn->session) / (double)SIM_SECOND : INFINITY;
    const double downtime =
        churn->session ? distribution_mean(churn->downtime) / (double)SIM_SECOND : 0;

    *world = (struct theory_world){
        .nodes = (double)config->nodes,
        .is_rounds = config->timing == TIMING_ROUNDS,
        .round = config->timing == TIMING_ROUNDS ? seconds(config->round) : 0,
        .arrives = 1 - config->network.loss,
        .latency = config->timing == TIMING_ROUNDS
                       ? 0
                       : distribution_mean(config->network.latency) / (double)SIM_SECOND,
        .up = churn->session ? session / (session + downtime) : 1,
        .leaves = 1 / session,
        .returns = downtime > 0 ? 1 / downtime : 0,
        .loses = churn->rejoin == REJOIN_LOSE,
        .is_joined = config->members == MEMBERS_JOINED,
        .has_faults = config->fault_count > 0,
        .has_crashes = has_crashes_alone(config),
    };
    world->partner_up = config->peers == PEERS_ALIVE ? 1 : world->up;
    if (odd)
        snprintf(why, THEORY_TEXT_MAX, "%s", odd);
    return !odd;
}

bool world_has_update(const struct sim_config *config, char why[THEORY_TEXT_MAX])
{
    const struct sim_store *store = &config->store;
    const char *odd = NULL;

    if (config->nodes < WORLD_NODES_MIN)
        odd = "fewer than 100 nodes: chance decides, not the mean";
    else if (config->members == MEMBERS_JOIN)
        odd = "the cluster is still coming together";
    else if (store->preload > 0)
        odd = "the data is there from the start, with gaps; an update of one node is asked for";
    else if (config->workload.updates != 1)
        odd = "there is a law of one update; of several, metrics tell of the slowest";
    else if (store->shards > 1 || (store->replicas > 0 && store->replicas < config->nodes))
        odd = "not all nodes hold the update";
    if (odd)
        snprintf(why, THEORY_TEXT_MAX, "%s", odd);
    return !odd;
}

static bool is_exponential(const struct distribution *d)
{
    const double median = (double)distribution_value(d, UINT32_C(1) << 31);

    return fabs(median / distribution_mean(d) / log(2) - 1) < 0.01;
}

bool world_is_memoryless(const struct sim_config *config)
{
    return !config->churn.session ||
           (is_exponential(config->churn.session) && is_exponential(config->churn.downtime));
}

/* ---- delays ---- */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The means of equal parts of the sorted values, of which there are `count` a part. */
static void gather(double *values, int count, double *out)
{
    qsort(values, (size_t)(count * WORLD_DELAYS), sizeof *values, compare);
    for (int i = 0; i < WORLD_DELAYS; i++) {
        out[i] = 0;
        for (int k = 0; k < count; k++)
            out[i] += values[i * count + k] / count;
    }
}

enum { FINE = 64 }; /* quantiles a part, so that those of the tail have the right mean */

static void one_message(const struct sim_network *network, double *out)
{
    static const double sides[] = { -2.0 / 3, 0, 2.0 / 3 }; /* thirds of what jitter adds */
    double values[3 * FINE * WORLD_DELAYS];
    const int count = FINE * WORLD_DELAYS;

    for (int i = 0; i < count; i++) {
        const uint32_t u = (uint32_t)((i + 0.5) / count * 4294967296.0);
        const double latency = seconds(distribution_value(network->latency, u));
        for (int k = 0; k < 3; k++)
            values[3 * i + k] = latency * (1 + network->jitter * sides[k]);
    }
    gather(values, 3 * FINE, out);
}

void world_delays(const struct sim_config *config, struct world_delays *delays)
{
    const bool is_constant =
        distribution_is_constant(config->network.latency) && config->network.jitter <= 0;
    double sums[WORLD_DELAYS * WORLD_DELAYS];

    *delays = (struct world_delays){ .count = is_constant ? 1 : WORLD_DELAYS };
    if (config->timing == TIMING_ROUNDS) { /* latency plays no part */
        *delays = (struct world_delays){ .count = 1 };
        return;
    }
    one_message(&config->network, delays->of[1]);
    for (int legs = 2; legs <= THEORY_LEGS_MAX; legs++) {
        for (int i = 0; i < WORLD_DELAYS; i++)
            for (int k = 0; k < WORLD_DELAYS; k++)
                sums[i * WORLD_DELAYS + k] = delays->of[1][i] + delays->of[legs - 1][k];
        gather(sums, WORLD_DELAYS, delays->of[legs]);
    }
}

/* A draw for the latency with one for its jitter: the steps of the golden ratio spread these evenly
 * over those.  In rounds what is told in one is known in the next. */
void world_latencies(const struct sim_config *config, int count, double *latencies)
{
    const struct sim_network *network = &config->network;

    for (int i = 0; i < count; i++) {
        const double u = (i + 0.5) / count, v = fmod(i * 0.6180339887498949, 1);
        latencies[i] = config->timing == TIMING_ROUNDS
                           ? seconds(config->round)
                           : seconds(distribution_value(network->latency, (uint32_t)(u * 0x1p32))) *
                                 (1 + network->jitter * (2 * v - 1));
    }
    qsort(latencies, (size_t)count, sizeof *latencies, compare);
}
