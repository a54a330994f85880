/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told.c - see told.h. */
#include "analysis/theory/told.h"

#include <glib.h>
#include <math.h>

enum {
    MESSAGES = 1000, /* as many latencies, each as likely as another */
    TAIL = 500,      /* points behind the last of them, while nodes come and go */
};

struct telling {
    const struct theory *law;
    const struct theory_world *world;
    double latencies[MESSAGES];
};

/* The informed share when so many of the messages have arrived, the next one just by half. */
static double share_at(const struct telling *t, double seconds, int arrived, double next)
{
    const double others = (t->world->nodes - 1) / t->world->nodes * t->world->arrives;
    const double writer = 1 / (t->world->nodes * t->world->up);
    double sum = next * t->law->told(t->world, 0);

    for (int i = 0; i < arrived; i++)
        sum += t->law->told(t->world, seconds - t->latencies[i]);
    return fmin(1, others * sum / MESSAGES + writer * t->law->told(t->world, seconds));
}

static void add(struct theory_curve *curve, double time, double share)
{
    curve->times[curve->count] = time;
    curve->informed[curve->count++] = share;
}

/* The mean.  Where several messages take the same time it is a step. */
static void draw_curve(const struct telling *t, double end, struct theory_curve *curve)
{
    const int points = t->world->leaves > 0 ? TAIL : t->world->is_rounds ? 0 : 1;
    int arrived = 0;
    double from;

    *curve = (struct theory_curve){ .times = g_new(double, MESSAGES + TAIL + 3),
                                    .informed = g_new(double, MESSAGES + TAIL + 3) };
    add(curve, 0, share_at(t, 0, 0, 0));
    if (t->latencies[0] <= end)
        add(curve, t->latencies[0], share_at(t, t->latencies[0], 0, 0));
    for (; arrived < MESSAGES && t->latencies[arrived] <= end; arrived++)
        add(curve, t->latencies[arrived], share_at(t, t->latencies[arrived], arrived, 0.5));
    from = curve->times[curve->count - 1];
    add(curve, from, share_at(t, from, arrived, 0));
    for (int i = 1; i <= points; i++) {
        const double time = from + (end - from) * i / points;
        add(curve, time, share_at(t, time, arrived, 0));
    }
}

void told_curve(const struct theory *law, const struct sim_config *config,
                const struct theory_world *world, struct theory_curve *mean)
{
    struct telling t = { .law = law, .world = world };

    world_latencies(config, MESSAGES, t.latencies);
    draw_curve(&t, (double)(config->stop.at - config->workload.at) / (double)SIM_SECOND, mean);
}

void told_shifted(const struct theory_curve *mean, double nodes, double deviations,
                  struct theory_curve *curve)
{
    *curve = (struct theory_curve){ .count = mean->count,
                                    .times = g_memdup2(mean->times, mean->count * sizeof(double)),
                                    .informed = g_new(double, mean->count) };
    for (size_t i = 0; i < mean->count; i++) {
        const double share = mean->informed[i];
        curve->informed[i] = CLAMP(share + deviations * sqrt(share * (1 - share) / nodes), 0, 1);
    }
}
