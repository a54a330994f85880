/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_partners.c - what models' ways of choosing partners need of the rest of a scenario. */
#include "experiment/language/scenario_keys.h"
#include "experiment/language/scenario_weights.h"

#include <string.h>

/* Whether a parameter of a model has a value other than this, or the same; a model without it has
 * neither. */
static bool is_set(const struct scenario_layer *layer, const char *name, const char *value,
                   bool is_equal)
{
    const struct param *row = param_find(layer->model->params, name);
    char text[QUANTITY_TEXT_MAX];

    if (row == NULL)
        return false;
    param_get(row, layer->config, text);
    return (strcmp(text, value) == 0) == is_equal;
}

static bool minds_groups(const struct scenario_layer *layer)
{
    return is_set(layer, "own_group", "any", false) ||
           (layer->weights != NULL && layer->weights->group_count > 0);
}

bool scenario_minds_groups(const struct scenario *scenario)
{
    for (int i = 0; i < scenario->strategies.count; i++)
        for (int k = 0; k < scenario->strategies.list[i].count; k++)
            if (minds_groups(&scenario->strategies.list[i].layers[k]))
                return true;
    return false;
}

/* Only latencies that differ between pairs and stay can be told before a call. */
static void check_latency(const struct item *item, const struct scenario *scenario,
                          struct errors *errors)
{
    const bool has_links =
        scenario->topology.read != NULL && scenario->topology.read->graph->latency != NULL;

    if (scenario->timing.mode == TIMING_ROUNDS)
        item_error(item, errors, "under `timing: rounds` nobody is nearer than another in latency");
    else if (scenario->config.network.latency_per != LATENCY_PER_PAIR)
        item_error(item, errors,
                   "latency picks nobody where each message has its own; it needs "
                   "`network.latency_per: pair`");
    else if (!has_links && !scenario->latency.regions.is_given &&
             scenario_latency_is_constant(&scenario->latency))
        item_error(item, errors, "latency picks nobody where it is the same between all nodes");
}

void scenario_check_partners(const struct item *root, const struct scenario *scenario,
                             struct errors *errors)
{
    const struct item *strategies = item_get(root, "strategies");

    for (int i = 0; i < scenario->strategies.count; i++) {
        const struct scenario_strategy *strategy = &scenario->strategies.list[i];
        const struct item *stack = item_get(strategies, strategy->name);

        for (int k = 0; k < strategy->count; k++) {
            const struct scenario_layer *layer = &strategy->layers[k];
            const struct item *item = item_get(stack, layer->model->name);
            const struct item *own = item_get(item, "own_group");
            const struct item *partner = item_get(item, "partner");

            if (is_set(layer, "own_group", "any", false) && scenario->groups.count == 0)
                item_error(own != NULL ? own : item, errors,
                           "there are no `groups` of which one could be a node's own");
            if (is_set(layer, "partner", "latency", true))
                check_latency(partner != NULL ? partner : item, scenario, errors);
            if (layer->weights != NULL)
                scenario_check_weights(item_get(partner, "weights"), layer->weights, scenario,
                                       errors);
            else if (is_set(layer, "partner", WEIGHTED, true))
                item_error(partner != NULL ? partner : item, errors,
                           "weighted by what? Write `partner: {weights: {file: stake.csv}}`, or by "
                           "group `partner: {weights: {eu: 3, us: 1}}`");
        }
    }
}
