/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_by_group.c - network.by_group: what differs from the network of all for the nodes of a
 * group.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

/* What a group may have of its own: keys of the network, each of its kind. */
static const struct own {
    const char *name;
    const struct key_kind *kind;
    size_t offset;
    const char *help;
} owns[] = {
    { "loss", &kind_loss, offsetof(struct scenario_group_network, loss),
      "of the messages that its nodes send" },
    { "bandwidth", &kind_bandwidth, offsetof(struct scenario_group_network, bandwidth),
      "of the uplink of each of its nodes" },
    { "downlink", &kind_bandwidth, offsetof(struct scenario_group_network, downlink),
      "of the downlink of each of its nodes" },
    { "queue", &kind_queue, offsetof(struct scenario_group_network, queue_bytes),
      "what may wait for such a link" },
};
enum { LOSS, BANDWIDTH, DOWNLINK, QUEUE };

static void *field_of(struct scenario_group_network *group, const struct own *own)
{
    return (char *)group + own->offset;
}

static void clear_by_group(void *field)
{
    struct scenario_by_group *by_group = field;

    for (int i = 0; i < by_group->count; i++)
        g_free(by_group->list[i].group.group);
    g_free(by_group->list);
    *by_group = (struct scenario_by_group){ 0 };
}

static void read_own(const struct item *item, struct scenario_group_network *group,
                     struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };

    for (size_t i = 0; i < G_N_ELEMENTS(owns); i++) {
        nearest_offer(&nearest, owns[i].name);
        if (strcmp(owns[i].name, item->key) != 0)
            continue;
        group->given |= 1u << i;
        owns[i].kind->read(item, field_of(group, &owns[i]), reader);
        return;
    }
    scenario_unknown(item, "key", nearest.best, "loss, bandwidth, downlink, queue", reader);
}

static void read_by_group(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_by_group *by_group = field;

    clear_by_group(by_group);
    if (item->kind != ITEM_MAP || item->count == 0) {
        item_error(item, reader->errors,
                   "groups were expected, as in {eu: {loss: 1%%, bandwidth: 50Mbit/s}}");
        return;
    }
    by_group->list = g_new0(struct scenario_group_network, item->count);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        struct scenario_group_network *group = &by_group->list[by_group->count++];

        group->group = (struct scenario_selector){ .nodes = { .kind = SELECT_RANGE },
                                                   .group = g_strdup(child->key) };
        if (child->kind != ITEM_MAP || child->count == 0)
            item_error(child, reader->errors,
                       "what differs was expected, as in {loss: 1%%, bandwidth: 50Mbit/s}");
        for (size_t k = 0; child->kind == ITEM_MAP && k < child->count; k++)
            read_own(child->children[k], group, reader);
    }
}

static void write_by_group(GString *out, const void *field, bool for_hash)
{
    const struct scenario_by_group *by_group = field;

    for (int i = 0; i < by_group->count; i++) {
        struct scenario_group_network *group = &by_group->list[i];
        const char *separator = "";

        g_string_append(out, i > 0 ? ", " : "{");
        if (for_hash)
            scenario_write_selector(out, &group->group, true);
        else
            document_write_scalar(out, group->group.group);
        g_string_append(out, ": {");
        for (size_t k = 0; k < G_N_ELEMENTS(owns); k++) {
            if (!(group->given >> k & 1))
                continue;
            g_string_append_printf(out, "%s%s: ", separator, owns[k].name);
            owns[k].kind->write(out, field_of(group, &owns[k]), for_hash);
            separator = ", ";
        }
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, '}');
}

static bool is_silent(const void *field)
{
    return ((const struct scenario_by_group *)field)->count == 0;
}

static void resolve_by_group(const struct item *item, void *field,
                             const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_by_group *by_group = field;

    for (int i = 0; i < by_group->count; i++) {
        struct item key = *item->children[i]; /* an error about the name stands at the name */

        key.line = key.key_line;
        key.column = key.key_column;
        scenario_resolve_selector(&key, groups, &by_group->list[i].group, NULL, errors);
    }
}

void scenario_give_group(const struct scenario_group_network *own, struct sim_group *group)
{
    if (own->given >> LOSS & 1) {
        group->loss = own->loss.mean;
        group->loss_burst = own->loss.burst;
    }
    if (own->given >> BANDWIDTH & 1)
        group->bandwidth = own->bandwidth;
    if (own->given >> DOWNLINK & 1)
        group->downlink = own->downlink;
    if (own->given >> QUEUE & 1)
        group->queue_bytes = own->queue_bytes;
}

bool scenario_has_uplinks(const struct scenario *scenario)
{
    bool has_some = scenario->config.network.bandwidth > 0;

    for (int i = 0; i < scenario->by_group.count; i++)
        has_some |= scenario->by_group.list[i].bandwidth > 0;
    return has_some || scenario_classes_have_links(scenario, false);
}

bool scenario_has_downlinks(const struct scenario *scenario)
{
    bool has_some = scenario->config.network.downlink > 0;

    for (int i = 0; i < scenario->by_group.count; i++)
        has_some |= scenario->by_group.list[i].downlink > 0;
    return has_some || scenario_classes_have_links(scenario, true);
}

bool scenario_groups_have_links(const struct scenario *scenario)
{
    const unsigned links = 1u << BANDWIDTH | 1u << DOWNLINK;

    for (int i = 0; i < scenario->by_group.count; i++)
        if (scenario->by_group.list[i].given & links)
            return true;
    return false;
}

static void check_by_group(const struct item *root, const struct scenario *scenario,
                           struct errors *errors)
{
    const struct item *item = item_find(root, "network.by_group");
    const struct sim_network *all = &scenario->config.network;

    for (int i = 0; i < scenario->by_group.count; i++) {
        const struct scenario_group_network *group = &scenario->by_group.list[i];
        const struct item *own = item->children[i];
        const bool has_up =
            all->sharing == SHARING_FIFO &&
            (group->given >> BANDWIDTH & 1 ? group->bandwidth > 0 : all->bandwidth > 0);
        const bool has_down =
            group->given >> DOWNLINK & 1 ? group->downlink > 0 : all->downlink > 0;

        for (int k = BANDWIDTH; k <= QUEUE; k++)
            if ((group->given >> k & 1) && scenario->timing.mode == TIMING_ROUNDS)
                item_error_key(item_get(own, owns[k].name), errors,
                               "has no effect under `timing: rounds`, where a round has time for "
                               "all its messages");
        if ((group->given >> QUEUE & 1) && !has_up && !has_down &&
            scenario->timing.mode != TIMING_ROUNDS)
            item_error_key(item_get(own, "queue"), errors,
                           "has no effect without `downlink` or, unless `network.sharing` is "
                           "`fair`, `bandwidth`: nothing queues");
        if (group->loss.burst > 0 && group->loss.mean <= 0 && !item_is_swept(item))
            item_error(item_get(own, "loss"), errors, "has no effect: no message is lost");
    }
}

static void put_by_group(GString *out)
{
    schema_put(out, "'type':'object','minProperties':1,'additionalProperties':{'type':'object',"
                    "'minProperties':1," NO_OTHERS ",'properties':{");
    for (size_t i = 0; i < G_N_ELEMENTS(owns); i++) {
        schema_name(out, owns[i].name);
        g_string_append_c(out, '{');
        schema_description(out, owns[i].help, owns[i].kind->values);
        g_string_append_c(out, ',');
        if (owns[i].kind->put_schema != NULL)
            owns[i].kind->put_schema(out);
        else
            schema_put(out, owns[i].kind->schema);
        g_string_append_c(out, '}');
    }
    schema_put(out, "}}");
}

const struct key_kind kind_by_group = {
    .values = "group → `loss`, `bandwidth`, `downlink`, `queue`, "
              "`{eu: {loss: 1%, bandwidth: 50Mbit/s}}`",
    .put_schema = put_by_group,
    .read = read_by_group,
    .write = write_by_group,
    .clear = clear_by_group,
    .is_none = is_silent,
    .resolve = resolve_by_group,
    .check = check_by_group,
};
