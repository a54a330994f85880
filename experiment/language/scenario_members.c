/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_members.c - how the cluster comes together: who is not there from the start, and at what
 * rate nodes join.
 */
#include "experiment/language/scenario_schema.h"

#include <string.h>

static bool has_view(const struct model *model)
{
    return model->view_count != NULL;
}

static bool has_other_work(const struct model *model)
{
    return has_view(model) || model->believes || model->cycle != NULL;
}

static bool some_model(const struct scenario *s, bool (*is_such)(const struct model *model))
{
    for (int i = 0; i < s->strategies.count; i++)
        for (int k = 0; k < s->strategies.list[i].count; k++)
            if (is_such(s->strategies.list[i].layers[k].model))
                return true;
    return false;
}

bool scenario_has_other_work(const struct scenario *scenario)
{
    return some_model(scenario, has_other_work);
}

/* ---- what the keys depend on ---- */

static bool has_views(const struct scenario *s)
{
    return some_model(s, has_view);
}
const struct key_need scenario_needs_views = {
    .because = "strategies",
    .is_met = has_views,
    .otherwise = "has no effect without a membership model in a strategy, one that keeps a view of "
                 "the cluster",
};

static bool is_joined(const struct scenario *s)
{
    return s->config.members == MEMBERS_JOIN;
}
const struct key_need scenario_needs_joining = {
    .because = "members.start",
    .is_met = is_joined,
    .otherwise = "has no effect without `members.start: join`",
};

/* ---- absent ---- */

static void clear_absent(void *field)
{
    struct scenario_selector *absent = field;

    g_clear_pointer(&absent->group, g_free);
}

static void read_absent(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_selector *absent = field;

    clear_absent(field);
    if (item->kind != ITEM_SCALAR || item_is_null(item)) {
        item_error(item, reader->errors, "the name of a group was expected");
        return;
    }
    absent->nodes.kind = SELECT_RANGE;
    absent->group = g_strdup(item->text);
}

static void write_absent(GString *out, const void *field, bool for_hash)
{
    scenario_write_selector(out, field, for_hash);
}

static bool is_nobody(const void *field)
{
    return ((const struct scenario_selector *)field)->group == NULL;
}

static void resolve_absent(const struct item *item, void *field,
                           const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_selector *absent = field;

    if (absent->group != NULL)
        scenario_resolve_selector(item, groups, absent, NULL, errors);
}

/* Whether a fault means any of the group: numbers that overlap, or random nodes. */
static bool may_mean(const struct sim_selector *of, const struct sim_selector *group)
{
    return of->kind != SELECT_RANGE ||
           (of->first < group->first + group->nodes && group->first < of->first + of->nodes);
}

/* Preloaded entries are known to somebody from the start. */
static void check_preload(const struct item *item, const struct scenario *scenario,
                          struct errors *errors)
{
    struct sim_config config = scenario->config;
    int64_t shard;

    config.absent_first = (node_id)scenario->absent.nodes.first;
    config.absent_nodes = scenario->absent.nodes.nodes;
    shard = sim_absent_shard(&config);
    if (shard >= 0)
        item_error(item, errors,
                   "`%.80s` has all replicas of shard %lld, so that nobody would hold what "
                   "`store.preload` puts there",
                   scenario->absent.group, (long long)shard);
}

static void check_absent(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct item *item = item_find(root, "members.absent");
    bool joins = false;

    if (scenario->absent.group == NULL)
        return;
    for (int i = 0; i < scenario->faults.count; i++) {
        const struct scenario_fault *fault = &scenario->faults.list[i];

        joins |= fault->kind == FAULT_JOIN &&
                 may_mean(&fault->sides[0].parts[0].nodes, &scenario->absent.nodes);
    }
    if (!joins)
        item_error(item, errors, "`%.80s` never comes: `faults` has no `join` of it",
                   scenario->absent.group);
    if (scenario->absent.nodes.nodes >= scenario->config.nodes)
        item_error(item, errors, "nobody else is there at the start");
    else
        check_preload(item, scenario, errors);
}

const struct key_kind kind_absent = {
    .values = "a group's name",
    .schema = "'type':'string'",
    .read = read_absent,
    .write = write_absent,
    .clear = clear_absent,
    .is_none = is_nobody,
    .resolve = resolve_absent,
    .check = check_absent,
};

/* ---- rate ---- */

#define AT_ONCE     "at-once"
#define RATE_WANTED "`at-once` or a rate, as in `10/s`"

static void read_join_rate(const struct item *item, void *field, struct scenario_reader *reader)
{
    double *rate = field;
    char why[QUANTITY_WHY_MAX];

    if (item->kind != ITEM_SCALAR || item_is_null(item))
        item_error(item, reader->errors, "%s was expected", RATE_WANTED);
    else if (strcmp(item->text, AT_ONCE) == 0)
        *rate = 0;
    else if (scenario_is_wrong_word(item, AT_ONCE, "a rate, as in 10/s", reader))
        return;
    else if (!quantity_read_rate(item->text, rate, why))
        item_error(item, reader->errors, "%s", why);
    else if (!(*rate >= 1e-9 && *rate <= 1e9))
        item_error(item, reader->errors, "%.40s is outside 1e-9/s..1e9/s", item->text);
}

static void write_join_rate(GString *out, const void *field, bool for_hash)
{
    const double *rate = field;
    char text[QUANTITY_TEXT_MAX] = AT_ONCE;

    (void)for_hash;
    if (*rate > 0)
        quantity_write_rate(*rate, text);
    g_string_append(out, text);
}

/* Rules of a cluster that is to form. */
static void check_joining(const struct item *root, const struct scenario *scenario,
                          struct errors *errors)
{
    const struct sim_config *config = &scenario->config;
    const struct sim_selector *absent = &scenario->absent.nodes;
    const bool some_are_absent = scenario->absent.group != NULL;
    const bool all_are_absent = some_are_absent && absent->first == 0;
    const int64_t away =
        some_are_absent ? absent->first + absent->nodes - MAX(absent->first, config->seeds) : 0;

    if (config->seeds >= config->nodes - MAX(away, 0))
        item_error(item_nearest(root, item_find(root, "members.seeds") ? "members.seeds"
                                                                       : "members.start"),
                   errors, "nobody is left to join: %lld of %lld nodes are contact points%s",
                   (long long)MIN(config->seeds, config->nodes), (long long)config->nodes,
                   away > 0 ? ", and the others are absent" : "");
    else if (all_are_absent && absent->nodes >= config->seeds)
        item_error(item_find(root, "members.absent"), errors,
                   "all contact points (`members.seeds: %lld`) are among them, so that nobody is "
                   "there to join",
                   (long long)config->seeds);
    else if (config->join_rate > 0 && SIM_SECOND / config->join_rate > (double)config->stop.at)
        item_error(item_find(root, "members.rate"), errors,
                   "the first would join only after the end of the run, `stop.at`");
}

static void check_members(const struct item *root, const struct scenario *scenario,
                          struct errors *errors)
{
    const struct sim_config *config = &scenario->config;

    if (item_find(root, "members.seeds") && config->seeds > config->nodes)
        item_error(item_find(root, "members.seeds"), errors, "%lld contact points among %lld nodes",
                   (long long)config->seeds, (long long)config->nodes);
    else if (config->members == MEMBERS_JOIN)
        check_joining(root, scenario, errors);
}

const struct key_kind kind_join_rate = {
    .values = RATE_WANTED,
    .schema = "'anyOf':[{'const':'at-once'},{" TEXT(NUMBER RATE_UNITS) "}]",
    .read = read_join_rate,
    .write = write_join_rate,
    .check = check_members,
};
