/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_members.c - how the cluster comes together: who is not there from the start. */
#include "experiment/language/scenario_schema.h"

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
        scenario_resolve_selector(item, groups, absent, "none", errors);
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
