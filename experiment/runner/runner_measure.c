/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner_measure.c - see runner_measure.h. */
#include "experiment/runner/runner_measure.h"

#include <glib.h>

bool runner_measure(struct runner_measuring *measuring, struct results *results, size_t point,
                    const struct sim_graph *graph, struct errors *errors)
{
    struct topology_measures measures;
    bool has;

    if (!graph || measuring->is_done[point])
        return true;
    measuring->is_done[point] = true;
    if (!results_has_topology(results, point, &has, errors))
        return false;
    if (has)
        return true;
    if (!topology_measure(graph, &measures)) {
        errors_add(errors, ERROR_IO, "out of memory");
        return false;
    }
    if (measures.components > 1 && !measuring->notice)
        measuring->notice =
            g_strdup_printf("the topology of point %zu is not connected: %u components, the "
                            "largest with %.3g%% of the nodes",
                            point + 1, measures.components, 100 * measures.largest);
    return results_add_topology(results, point, &measures, errors);
}
