/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_groups.c - see plan_groups.h. */
#include "experiment/plan/plan_groups.h"

#include <math.h>

enum { SAMPLE = 4096 }; /* values of the law of all latencies: what it shapes needs no more */

struct plan_groups {
    struct sim_groups groups;
    struct sim_group *list;
    const struct distribution **laws; /* of the cells written; NULL: a constant */
    size_t law_count;
    sim_time *cells;
    struct distribution *latency; /* of all */
};

const struct sim_groups *plan_groups_of(const struct plan_groups *groups)
{
    return &groups->groups;
}

const struct distribution *plan_groups_latency(const struct plan_groups *groups)
{
    return groups->latency;
}

void plan_groups_free(struct plan_groups *groups, struct plan_tables *tables)
{
    if (groups == NULL)
        return;
    for (size_t i = 0; i < groups->law_count; i++)
        plan_tables_return(tables, groups->laws[i]);
    distribution_free(groups->latency);
    g_free(groups->laws);
    g_free(groups->cells);
    g_free(groups->list);
    g_free(groups);
}

/* What each group has of its own, or as all. */
static void fill_list(struct plan_groups *made, const struct scenario *s)
{
    for (int i = 0; i < s->groups.count; i++)
        made->list[i] = (struct sim_group){ .nodes = s->groups.list[i].nodes,
                                            .loss = s->loss.all.mean,
                                            .loss_burst = s->loss.all.burst,
                                            .bandwidth = s->config.network.bandwidth,
                                            .downlink = s->config.network.downlink,
                                            .queue_bytes = s->config.network.queue_bytes };
    for (int i = 0; i < s->by_group.count; i++)
        for (int k = 0; k < s->groups.count; k++)
            if (s->groups.list[k].first == s->by_group.list[i].group.nodes.first &&
                s->groups.list[k].nodes > 0)
                scenario_give_group(&s->by_group.list[i], &made->list[k]);
}

/* The tables of the cells written, and for each two groups a constant or one of them. */
static bool make_cells(struct plan_groups *made, const struct scenario *s,
                       struct plan_tables *tables)
{
    const size_t count = (size_t)s->groups.count;
    struct distribution_spec spec;

    made->law_count = (size_t)s->latency.regions.count;
    made->laws = g_new0(const struct distribution *, made->law_count + 1);
    for (size_t i = 0; i < made->law_count; i++) {
        if (random_time_is_constant(&s->latency.laws[i]))
            continue;
        random_time_spec(&s->latency.laws[i], &spec);
        made->laws[i] = plan_tables_take(tables, &spec);
        if (made->laws[i] == NULL)
            return false;
    }
    made->cells = g_new(sim_time, count * count);
    for (size_t i = 0; i < count * count; i++) {
        const sim_time cell = s->latency.cells[i];

        made->cells[i] = cell;
        if (cell >= 0 || made->laws[-1 - cell] != NULL)
            continue;
        random_time_spec(&s->latency.laws[-1 - cell], &spec);
        made->cells[i] = (sim_time)spec.a;
    }
    made->groups.latency = made->cells;
    made->groups.laws = made->laws;
    return true;
}

static sim_time value_of(const struct plan_groups *made, size_t cell, double place)
{
    const sim_time is = made->cells[cell];

    return is >= 0 ? is
                   : distribution_value(made->laws[-1 - is],
                                        (uint32_t)fmin(place * 0x1p32, (double)UINT32_MAX));
}

/*
 * The law of the latency between two random nodes, as a sample: the cells stand one behind the
 * other, each as long as it is likely, and each value of the sample is what is found so far on.
 */
static bool mix_latencies(struct plan_groups *made, const struct scenario *s)
{
    const size_t count = (size_t)s->groups.count;
    const double nodes = (double)s->config.nodes;
    sim_time *values = g_new(sim_time, SAMPLE);
    double begin = 0;
    size_t next = 0;

    for (size_t from = 0; from < count; from++)
        for (size_t to = 0; to < count; to++) {
            const double weight =
                (double)made->list[from].nodes / nodes * ((double)made->list[to].nodes / nodes);

            for (; next < SAMPLE && ((double)next + 0.5) / SAMPLE < begin + weight; next++)
                values[next] = value_of(made, from * count + to,
                                        (((double)next + 0.5) / SAMPLE - begin) / weight);
            begin += weight;
        }
    for (; next < SAMPLE; next++) /* sums are not exact */
        values[next] = values[next - 1];
    made->latency = distribution_new(&(struct distribution_spec){
        .kind = DISTRIBUTION_EMPIRICAL, .values = values, .value_count = SAMPLE });
    g_free(values);
    return made->latency != NULL;
}

bool plan_groups_new(const struct scenario *s, struct plan_tables *tables,
                     struct plan_groups **made)
{
    const bool has_latencies = s->latency.regions.is_given;
    bool is_good = true;

    *made = NULL;
    if (!has_latencies && !s->loss.regions.is_given && s->by_group.count == 0)
        return true;
    *made = g_new0(struct plan_groups, 1);
    (*made)->list = g_new0(struct sim_group, (gsize)s->groups.count);
    fill_list(*made, s);
    (*made)->groups.list = (*made)->list;
    (*made)->groups.count = (size_t)s->groups.count;
    (*made)->groups.loss = s->loss.cells;
    if (has_latencies)
        is_good = make_cells(*made, s, tables) && mix_latencies(*made, s);
    if (!is_good) {
        plan_groups_free(*made, tables);
        *made = NULL;
    }
    return is_good;
}
