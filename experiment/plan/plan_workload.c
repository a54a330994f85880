/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_workload.c - see plan_workload.h. */
#include "experiment/plan/plan_workload.h"

static void plan_arrival(const struct scenario *s, struct sim_workload *workload)
{
    workload->arrival = (enum sim_arrival)s->arrival.mode;
    workload->rate = s->arrival.rate;
    workload->every = s->arrival.every;
    workload->keys = s->keys.count;
    workload->draws_keys = s->keys.is_drawn;
    workload->zipf = s->keys.zipf;
    workload->origin = (enum sim_origin)s->origin.mode;
    workload->origin_node =
        (node_id)(s->origin.mode == ORIGIN_RANGE ? s->origin.of.nodes.first : s->origin.node);
    workload->origin_nodes = s->origin.of.nodes.nodes;
}

static void plan_trace(const struct write_trace *trace, struct sim_workload *workload)
{
    workload->arrival = ARRIVAL_TRACE;
    workload->writes = trace->writes;
    workload->keys = trace->keys;
    workload->deletes = (double)trace->deletes / (double)trace->count;
}

void plan_workload(const struct scenario *s, const struct distribution *sizes,
                   struct sim_workload *workload)
{
    workload->updates = scenario_updates(s);
    workload->size_bytes = distribution_value(sizes, 0);
    workload->sizes = distribution_is_constant(sizes) ? NULL : sizes;
    if (s->renewal.is_given)
        scenario_own_writes(s, workload);
    else if (s->trace.read != NULL)
        plan_trace(s->trace.read, workload);
    else
        plan_arrival(s, workload);
    if (scenario_has_rate_of_all(s))
        scenario_rate_of_all(s, workload);
}
