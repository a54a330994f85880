/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_path.c - see check_path.h. */
#include "cli/check_path.h"

#include <glib.h>
#include <math.h>

enum { QUANTILES = 1000 };

/* ---- latencies ---- */

const struct distribution *path_law(const struct sim_network *network, size_t from, size_t to,
                                    sim_time *constant)
{
    const struct sim_groups *groups = network->groups;
    sim_time cell;

    *constant = 0;
    if (groups == NULL || groups->latency == NULL)
        return network->latency;
    cell = groups->latency[from * groups->count + to];
    *constant = cell >= 0 ? cell : 0;
    return cell >= 0 ? NULL : groups->laws[-1 - cell];
}

static double quantile(const struct distribution *law, sim_time constant, double p)
{
    return law == NULL ? (double)constant : (double)distribution_value(law, (uint32_t)(p * 0x1p32));
}

/* The share of latencies, each varied by up to `jitter` of it, that are at most `x`. */
static double share_below(const double *latencies, double jitter, double x)
{
    double sum = 0;

    for (int i = 0; i < QUANTILES; i++)
        sum += latencies[i] > 0 ? CLAMP((x / latencies[i] - (1 - jitter)) / (2 * jitter), 0.0, 1.0)
                                : 1;
    return sum / QUANTILES;
}

/* The 99th percentile of a latency with its jitter, by bisection. */
static double p99_of(const struct distribution *law, sim_time constant, double jitter)
{
    double latencies[QUANTILES], low = 0, high;

    if (jitter <= 0)
        return quantile(law, constant, 0.99);
    for (int i = 0; i < QUANTILES; i++)
        latencies[i] = quantile(law, constant, (i + 0.5) / QUANTILES);
    high = 2 * latencies[QUANTILES - 1];
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;

        if (share_below(latencies, jitter, middle) < 0.99)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* ---- losses ---- */

/* A chain of a share of losses, in bursts or of each message by itself: the chance that a message
 * that follows one that got through is lost. */
static double turns_bad(double mean, double burst)
{
    if (mean <= 0)
        return 0;
    return burst > 0 && mean < 1 ? mean / (burst * (1 - mean)) : mean;
}

/* A run of losses begins where both let the one before through. */
void path_join_losses(struct path *path, double mean, double burst, double more, double more_burst)
{
    const double through = (1 - mean) * (1 - more);
    const double begins =
        through * (1 - (1 - turns_bad(mean, burst)) * (1 - turns_bad(more, more_burst)));

    path->loss = 1 - through;
    path->burst = begins > 0 ? path->loss / begins : path->loss > 0 ? INFINITY : NAN;
}

struct path path_of(const struct sim_config *config, size_t from, size_t to)
{
    const struct sim_network *network = &config->network;
    const struct sim_groups *groups = network->groups;
    struct path path = { 0 };
    sim_time constant;
    const struct distribution *law = path_law(network, from, to, &constant);

    path.mean = law == NULL ? (double)constant : distribution_mean(law);
    path.p99 = p99_of(law, constant, network->jitter);
    if (groups == NULL) {
        path_join_losses(&path, network->loss, network->loss_burst, 0, 0);
        return path;
    }
    const struct sim_group *group = &groups->list[from];
    const struct sim_path_loss none = { 0 };
    const struct sim_path_loss *more =
        groups->loss != NULL ? &groups->loss[from * groups->count + to] : &none;

    path_join_losses(&path, group->loss, group->loss_burst, more->mean, more->burst);
    return path;
}
