/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plumtree_case.c - see plumtree_case.h. */
#include "tests/models/plumtree_case.h"
#include "tests/models/harness.h"
#include "tests/models/lots.h"

#include <math.h>
#include <stdio.h>

const char *const plumtree_figure_names[PLUMTREE_FIGURES] = {
    [PLUMTREE_GOSSIPS_SENT] = "messages GOSSIP",
    [PLUMTREE_IHAVES_SENT] = "messages IHAVE",
    [PLUMTREE_GRAFTS_SENT] = "messages GRAFT",
    [PLUMTREE_PRUNES_SENT] = "messages PRUNE",
    [PLUMTREE_GRAFTS] = "plumtree.grafts",
    [PLUMTREE_PRUNES] = "plumtree.prunes",
    [PLUMTREE_OPTIMISED] = "plumtree.optimised",
    [PLUMTREE_RELIABILITY] = "reliability",
    [PLUMTREE_RMR] = "rmr",
    [PLUMTREE_LAST_HOP] = "last_hop",
    [PLUMTREE_HOPS_MEAN] = "hops_mean",
    [PLUMTREE_T_AVG] = "t_avg",
    [PLUMTREE_T90] = "t90_mean",
    [PLUMTREE_T99] = "t99_mean",
};

/* ---- configurations ---- */

static int64_t between(double least, double most)
{
    return (int64_t)((least + (most - least) * lots_share()) * SIM_MILLISECOND);
}

static void set_preset(struct plumtree_case *c, int which)
{
    static const struct {
        const char *name;
        int graft, regraft, lazy, threshold;
        bool per_origin;
    } presets[] = { { "paper", 500, 250, 0, 7, false },
                    { "iroh", 80, 40, 5, 7, false },
                    { "riak", 0, 1000, 1000, 0, true } };
    struct plumtree_setup *s = &c->setup;

    c->preset = presets[which].name;
    s->graft_timeout = presets[which].graft * SIM_MILLISECOND;
    s->regraft_timeout = presets[which].regraft * SIM_MILLISECOND;
    s->lazy_interval = presets[which].lazy * SIM_MILLISECOND;
    s->threshold = presets[which].threshold;
    s->per_origin = presets[which].per_origin;
}

void plumtree_case_draw(struct plumtree_case *c, int number)
{
    struct plumtree_setup *s = &c->setup;

    s->graft_timeout = lots_below(6) == 0 ? 0 : between(5, 150);
    s->regraft_timeout = between(5, 150);
    s->lazy_interval = lots_below(2) ? 0 : between(1, 100);
    s->threshold = lots_below(5);
    s->per_origin = lots_below(2);
    s->is_datagram = lots_below(2);
    s->origins = 1 + lots_below(PLUMTREE_ORIGINS_MAX);
    s->updates = 2 + lots_below(8);
    if (number % 4 == 0)
        set_preset(c, number / 4 % 3);
}

void plumtree_case_write(const struct plumtree_case *c, char *text, size_t size)
{
    const struct plumtree_setup *s = &c->setup;
    const char *transport = s->is_datagram ? "datagram" : "connection";

    if (c->preset)
        snprintf(text, size, "preset=%s transport=%s", c->preset, transport);
    else
        snprintf(text, size,
                 "graft_timeout=%lldns regraft_timeout=%lldns lazy_interval=%lldns threshold=%d "
                 "per_origin=%s transport=%s",
                 (long long)s->graft_timeout, (long long)s->regraft_timeout,
                 (long long)s->lazy_interval, s->threshold, s->per_origin ? "true" : "false",
                 transport);
}

/* ---- figures ---- */

void plumtree_case_figures(const struct plumtree_case *c, const struct sim_result *result,
                           double figures[PLUMTREE_FIGURES])
{
    for (int i = PLUMTREE_GRAFTS; i < PLUMTREE_FIGURES; i++) {
        if (!has_metric(result, plumtree_figure_names[i])) /* nobody was reached */
            continue;
        figures[i] = metric(result, plumtree_figure_names[i]);
        if (isnan(figures[i])) /* it never came */
            figures[i] = (double)c->setup.end / SIM_SECOND;
    }
}
