/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline.c - see timeline.h. */
#include "sim/estimate/timeline.h"

#include "sim/fault_kind.h"

#include <math.h>

double timeline_log(const struct sim_config *config, double end)
{
    double entries = 0;

    for (size_t i = 0; i < config->fault_count; i++) {
        const struct sim_fault *fault = &config->faults[i];
        const double steps = fault_steps(fault, (uint32_t)config->nodes);
        const double left = end - (double)fault->at;
        const double times = fault->every > 0 ? 1 + floor(left / (double)fault->every) : 1;
        const double each =
            steps > 0 ? steps * (fault->down > 0 ? 2 : 1) : 1 + (fault->lasts > 0 ? 1 : 0);

        entries += left < 0 ? 0 : times * each;
    }
    return entries;
}

/* Its nodes, as a share of all, and how long each of them stands still at a stretch: where a pause
 * comes again before it is over, it meets some that still pause. */
static void weigh(const struct sim_config *config, const struct sim_fault *fault, double end,
                  double *share, double *lasts)
{
    const double nodes = fault_nodes(&fault->of, (uint32_t)config->nodes);
    const double left = fmax(end - (double)fault->at, 0);
    double together = 1;

    *lasts = fault->lasts > 0 ? fmin((double)fault->lasts, left) : left;
    if (fault->every > 0)
        together = fmax(*lasts / (double)fault->every, 1);
    *share = fmin(nodes / fmax((double)config->nodes, 1) * together, 1);
    if (together > 1)
        *lasts = *share < 1 ? fmin(*lasts / (1 - *share), left) : left;
}

static bool overlap(const struct sim_fault *a, const struct sim_fault *b)
{
    return (b->every > 0 || b->lasts == 0 || a->at < b->at + b->lasts) &&
           (a->every > 0 || a->lasts == 0 || b->at < a->at + a->lasts);
}

struct standstill timeline_standstill(const struct sim_config *config, double end)
{
    struct standstill most = { 0 };

    for (size_t i = 0; i < config->fault_count; i++) {
        struct standstill found = { 0 };

        for (size_t k = 0; k < config->fault_count && config->faults[i].kind == FAULT_PAUSE; k++) {
            const struct sim_fault *fault = &config->faults[k];
            double share, lasts;

            if (fault->kind != FAULT_PAUSE || !overlap(&config->faults[i], fault))
                continue;
            weigh(config, fault, end, &share, &lasts);
            found.waited += share * (double)config->nodes * lasts;
            if (fault->timers == TIMERS_RUN)
                found.blocked += share * (double)config->nodes * lasts;
            else
                found.share = fmin(found.share + share, 1);
        }
        found.waited = fmin(found.waited, (double)config->nodes * end);
        found.blocked = fmin(found.blocked, found.waited);
        if (found.waited > most.waited)
            most = found;
    }
    return most;
}
