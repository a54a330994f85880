/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_record.c - what runs record beyond the usual: the key `record.groups`, and what
 * expectations and `until` ask for by naming it.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

#define OVERLAY_EVERY_MAX (36525 * SIM_DAY) /* at 0 s and at the end of a run */

/* ---- record.groups ---- */

static const struct param on_row =
    PARAM_BOOL(struct scenario_record_groups, is_on, NULL, "metrics by group");

static void read_record_groups(const struct item *item, void *field, struct scenario_reader *reader)
{
    scenario_read_param(item, &on_row, field, reader);
}

/* In hashes with the groups: their names are those of metrics. */
static void write_record_groups(GString *out, const void *field, bool for_hash)
{
    const struct scenario_record_groups *record = field;

    if (for_hash && record->is_on)
        g_string_append(out, record->names);
    else
        g_string_append(out, record->is_on ? "true" : "false");
}

static void clear_record_groups(void *field)
{
    struct scenario_record_groups *record = field;

    g_clear_pointer(&record->names, g_free);
    record->is_on = false;
}

static void resolve_record_groups(const struct item *item, void *field,
                                  const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_record_groups *record = field;
    GString *names = g_string_new("{");

    (void)item;
    (void)errors;
    for (int i = 0; i < groups->count; i++)
        g_string_append_printf(names, "%s%s: %lld", i > 0 ? ", " : "", groups->list[i].name,
                               (long long)groups->list[i].nodes);
    g_string_append_c(names, '}');
    g_free(record->names);
    record->names = g_string_free(names, FALSE);
}

/* ---- record.figures ---- */

static bool has_gauge(const struct model *model)
{
    for (const struct model_figure *f = model->figures; f != NULL && f->name != NULL; f++)
        if (f->kind == FIGURE_GAUGE)
            return true;
    return false;
}

static bool some_have_gauges(const struct scenario *s)
{
    for (int i = 0; i < s->strategies.count; i++)
        for (int j = 0; j < s->strategies.list[i].count; j++)
            if (has_gauge(s->strategies.list[i].layers[j].model))
                return true;
    return false;
}
const struct key_need scenario_needs_gauges = {
    .because = "strategies",
    .is_met = some_have_gauges,
    .otherwise = "has no effect: no model of a strategy has a figure that stands somehow at a time",
    .but_default = true,
};

/* ---- what is asked for by name ---- */

static void ask_for(struct scenario *scenario, const char *metric)
{
    const struct metric *row = metric_find(metric);
    struct group_metric of_group;

    if (group_metric_read(metric, &of_group)) {
        scenario->record_groups.is_on = true;
        scenario->config.ages |= of_group.row != NULL && of_group.row->record == RECORD_AGE;
        scenario->config.lags |= of_group.row != NULL && of_group.row->record == RECORD_LAG;
    } else if (row != NULL) {
        scenario->config.ages |= row->record == RECORD_AGE;
        scenario->config.lags |= row->record == RECORD_LAG;
        scenario->config.node_histograms |= row->record == RECORD_NODES;
        if (row->record == RECORD_OVERLAY && scenario->config.overlay_every == 0)
            scenario->config.overlay_every = OVERLAY_EVERY_MAX;
    }
}

void scenario_imply_recording(struct scenario *scenario)
{
    for (int i = 0; i < scenario->expect.count; i++)
        ask_for(scenario, scenario->expect.list[i].metric);
    if (scenario->replications.metric != NULL)
        ask_for(scenario, scenario->replications.metric);
}

/* False and an error if there is no group of that name. */
static bool check_group(const struct item *item, const struct scenario_groups *groups,
                        const char *metric, const char *name, int length, struct errors *errors)
{
    char *group = g_strndup(name, (gsize)length);
    struct nearest nearest = { .word = group };
    bool is_found = false;

    for (int i = 0; i < groups->count; i++) {
        is_found = is_found || strcmp(groups->list[i].name, group) == 0;
        nearest_offer(&nearest, groups->list[i].name);
    }
    if (!is_found && groups->count == 0)
        item_error(item, errors, "`%.80s` is of a group, and the scenario has no `groups`", metric);
    else if (!is_found && nearest.best != NULL)
        item_error(item, errors, "`%.80s`: there is no group `%.80s`; did you mean `%s`?", metric,
                   group, nearest.best);
    else if (!is_found)
        item_error(item, errors, "`%.80s`: there is no group `%.80s`", metric, group);
    g_free(group);
    return is_found;
}

static void check_named(const struct item *item, const struct scenario *scenario,
                        const char *metric, struct errors *errors)
{
    struct group_metric of;

    if (!group_metric_read(metric, &of))
        return;
    if (check_group(item, &scenario->groups, metric, of.group, of.group_length, errors) &&
        of.other != NULL)
        check_group(item, &scenario->groups, metric, of.other, (int)strlen(of.other), errors);
}

static void check_record_groups(const struct item *root, const struct scenario *scenario,
                                struct errors *errors)
{
    const struct item *expectations = item_get(root, "expect");
    const char *until = scenario->replications.metric;

    if (scenario->record_groups.is_on && scenario->groups.count > SIM_GROUPS_RECORDED_MAX)
        item_error(item_nearest(root, "record.groups"), errors,
                   "metrics by group are of at most %d groups, and there are %d: fewer and larger "
                   "ones tell more",
                   SIM_GROUPS_RECORDED_MAX, scenario->groups.count);
    for (int i = 0; i < scenario->expect.count; i++)
        check_named(expectations->children[i], scenario, scenario->expect.list[i].metric, errors);
    if (until != NULL)
        check_named(item_nearest(root, "replications"), scenario, until, errors);
}

const struct key_kind kind_record_groups = {
    .values = "`true`, `false`",
    .schema = "'enum':[true,false,'true','false']",
    .read = read_record_groups,
    .write = write_record_groups,
    .clear = clear_record_groups,
    .resolve = resolve_record_groups,
    .check = check_record_groups,
};
