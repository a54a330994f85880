/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_warnings.c - see check_warnings.h. */
#include "cli/check_warnings.h"

#include "base/printable.h"

enum { FLOOD_OTHERS = 100 }; /* fewer neighbours for each node are no surprise */

static bool believes(const struct sim_config *config)
{
    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model->believes)
            return true;
    return false;
}

static bool has_crashes(const struct sim_config *config)
{
    const struct sim_churn *churn = &config->churn;

    for (size_t i = 0; i < config->fault_count; i++)
        if (config->faults[i].kind == FAULT_CRASH || config->faults[i].kind == FAULT_RESTART)
            return true;
    return (churn->session != NULL || churn->trace != NULL) && churn->leave == LEAVE_CRASH;
}

/* Where at the first point runs end as they converge, whether crashes are detected or not, and the
 * scenario does not say that it wants that. */
static void warn_of_ends(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config;

    for (int i = 0; i < plan->strategy_count && !setup_was_given(setup, "stop.when"); i++) {
        config = setup_config(setup, i);
        if (config->stop.when != STOP_CONVERGED || !believes(config) || !has_crashes(config))
            continue;
        printable_line(stderr,
                       "gossipsim: warning: '%s' judges who is up, but its runs end as soon as all "
                       "live nodes know all updates, maybe before a crash is detected: "
                       "`detect_first` and the like are then \"never\"",
                       plan->strategies[i]);
        printable_line(stderr, "to measure detection, write `workload: {updates: 0}`, or with "
                               "updates `stop: {when: never}`: runs then go on to `stop.at`; to "
                               "measure how updates spread, `stop: {when: converged}`");
        return;
    }
}

/* Whether a model sends each update to all peers of each node, and these are all other nodes. */
static bool floods_all(const struct sim_config *config)
{
    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model->floods && (model->relays == NULL || model->relays(config->stack[i].config)))
            return config->graph == NULL && config->peers != PEERS_VIEW;
    }
    return false;
}

static void warn_of_floods(const struct plan *plan, const struct setup *setup)
{
    for (int i = 0; i < plan->strategy_count; i++) {
        const struct sim_config *config = setup_config(setup, i);
        const double others = (double)config->nodes - 1;

        if (others < FLOOD_OTHERS || config->store.replicas > 0 || !floods_all(config))
            continue;
        printable_line(stderr,
                       "gossipsim: warning: in '%s' every node has all %.0f others for neighbours, "
                       "so that each update is sent or announced some %.1e times",
                       plan->strategies[i], others, others * others);
        printable_line(stderr, "a `topology`, or `peers: hyparview` with that model in the stack, "
                               "gives nodes a few neighbours");
        return;
    }
}

/* Where there are few values, points of a design are the same. */
static void tell_of_fewer_points(const struct plan *plan)
{
    if (plan->points_asked > plan->point_count)
        printable_line(stderr, "gossipsim: note: %zu points of %zu: the others come again",
                       plan->point_count, plan->points_asked);
}

void check_warn(const struct plan *plan, const struct setup *setup)
{
    warn_of_ends(plan, setup);
    warn_of_floods(plan, setup);
    tell_of_fewer_points(plan);
}
