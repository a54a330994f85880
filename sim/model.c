/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.c - what a model's table must keep; see model.h. */
#include "sim/model.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_MAX = 64 }; /* `given` of check() has a bit a row */

const char *const *model_figure_metrics(enum model_figure_kind kind)
{
    static const char *const one[] = { "", NULL };
    static const char *const distribution[] = { ".mean", ".p50", ".p99", ".max", NULL };

    return kind == FIGURE_OBSERVED ? distribution : one;
}

static size_t count_params(const struct model *model)
{
    size_t count = 0;

    while (model->params[count].type != PARAM_TYPE_END)
        count++;
    return count;
}

static size_t count_kinds(const struct model *model)
{
    size_t count = 0;

    while (model->messages && model->messages[count].name)
        count++;
    return count;
}

static size_t count_figures(const struct model *model)
{
    size_t count = 0;

    while (model->figures && model->figures[count].name)
        count++;
    return count;
}

static size_t count_lists(const struct model *model)
{
    size_t count = 0;

    while (model->list_sizes && model->list_sizes[count] > 0)
        count++;
    return count;
}

static bool fits(const char *what, size_t count, size_t most, char why[PARAM_WHY_MAX])
{
    if (count > most)
        snprintf(why, PARAM_WHY_MAX, "has %zu %s; at most %zu are possible", count, what, most);
    return count <= most;
}

/* Whether the names that its metrics will have can be stored. */
static bool names_fit(const struct model *model, char why[PARAM_WHY_MAX])
{
    if (strlen("learned_by.") + strlen(model->name) > METRIC_NAME_MAX) {
        snprintf(why, PARAM_WHY_MAX, "has too long a name");
        return false;
    }
    if (strcmp(model->name, "peers") == 0) {
        snprintf(why, PARAM_WHY_MAX, "has the name under which a stack says whom its nodes pick");
        return false;
    }
    for (const struct model_figure *f = model->figures; f && f->name; f++)
        for (const char *const *rest = model_figure_metrics(f->kind); *rest; rest++) {
            if (strlen(model->name) + 1 + strlen(f->name) + strlen(*rest) <= METRIC_NAME_MAX)
                continue;
            snprintf(why, PARAM_WHY_MAX, "has a figure with too long a name: %.60s", f->name);
            return false;
        }
    return true;
}

/* Whether its kinds of messages can come and be charged for. */
static bool kinds_fit(const struct model *model, char why[PARAM_WHY_MAX])
{
    const struct message_kind *kind = model->messages;

    for (; kind && kind->name; kind++) {
        if (!model->on_message) {
            snprintf(why, PARAM_WHY_MAX, "has messages, but no on_message()");
            return false;
        }
        if ((kind->item_size > 0) == (kind->item_bytes > 0 || kind->weighs_items))
            continue;
        snprintf(why, PARAM_WHY_MAX, "has items of `%.40s` that take no bytes %s", kind->name,
                 kind->item_size > 0 ? "on the wire" : "in memory");
        return false;
    }
    return true;
}

/* Whether those of its callbacks are there that belong together. */
static bool callbacks_fit(const struct model *model, char why[PARAM_WHY_MAX])
{
    const char *wrong = NULL;

    if (!model->view_count != !model->view_at)
        wrong = "has half a view: view_count() goes with view_at()";
    else if (model->view_count && model->on_peer)
        wrong = "has a view, and on_peer(), which only others are told";
    else if (model->on_unreachable && !model->view_count)
        wrong = "has on_unreachable(), but no view";
    else if (model->believes && !model->on_down)
        wrong = "believes, but has no on_down() to take back what it believes";
    if (wrong)
        snprintf(why, PARAM_WHY_MAX, "%s", wrong);
    return !wrong;
}

bool model_check(const struct model *model, char why[PARAM_WHY_MAX])
{
    const char *missing = !model->name ? "name" : !model->params ? "table of parameters" : NULL;

    if (missing) {
        snprintf(why, PARAM_WHY_MAX, "has no %s", missing);
        return false;
    }
    for (const struct param *row = model->params; row->type != PARAM_TYPE_END; row++)
        if (row->offset >= model->config_size) {
            snprintf(why, PARAM_WHY_MAX, "has its parameter `%s` outside `config_size`", row->name);
            return false;
        }
    return fits("parameters", count_params(model), ROWS_MAX, why) &&
           fits("kinds of messages", count_kinds(model), MODEL_KINDS_MAX, why) &&
           fits("figures", count_figures(model), MODEL_FIGURES_MAX, why) &&
           fits("lists", count_lists(model), MODEL_LISTS_MAX, why) && names_fit(model, why) &&
           kinds_fit(model, why) && callbacks_fit(model, why);
}

bool model_connects(const struct model *model, const void *config)
{
    return model->connects ? model->connects(config) : model->on_failed != NULL;
}

bool model_lists_all(const struct model *model, const void *config, int list)
{
    return model->lists_all && model->lists_all(config, list);
}

bool model_holds_back(const struct model *model, const void *config)
{
    return model->holds_back && (!model->controls_flow || model->controls_flow(config));
}
