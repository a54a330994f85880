/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_obstacles.c - faults of the network: `partition: {groups: [[eu], [us]]}`,
 * `partition: {shares: [40%, 60%]}`, `one_way: {from: eu, to: 20%}`, `loss: {mean: 30%, of: eu}`
 * and `latency: {factor: 10, of: eu}`.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <math.h>
#include <string.h>

#define SHARES_TOLERANCE 1e-9 /* of their sum, as with groups */

#define PARTITION_WANTED "`{groups: [[eu], [us]]}` or `{shares: [40%, 60%]}`"

/* The sides of obstacles that have selectors, and what is missing without one. */
static const char *const ways[] = { "from", "to" };
static const char *const of_missing[] = { "whose messages do not pass", "who does not get them",
                                          "whose messages it hits" };

const struct param scenario_no_rows[] = { PARAM_END };
const struct param scenario_factor_rows[] = {
    PARAM_REAL(struct scenario_obstacle, factor, NULL, "0.001..1e6", "of the latency"),
    PARAM_END,
};

/* The key of a side's selector. */
static const char *way(int action, int side)
{
    return action == FAULT_ONE_WAY ? ways[side] : "of";
}

/* The list that a side's items stand in. */
static const struct item *list_of(const struct item *partition, bool is_shares)
{
    return item_get(partition, is_shares ? "shares" : "groups");
}

/* ---- reading ---- */

static void read_groups_of_side(const struct item *item, struct scenario_side *side,
                                struct scenario_reader *reader)
{
    if (item->kind != ITEM_LIST || item->count == 0) {
        item_error(item, reader->errors, "a side is a list of groups, as in [eu, us]");
        return;
    }
    side->parts = g_new0(struct scenario_selector, item->count);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *name = item->children[i];

        if (name->kind != ITEM_SCALAR || item_is_null(name)) {
            item_error(name, reader->errors, "the name of a group was expected");
            return;
        }
        side->parts[side->count].nodes.kind = SELECT_RANGE;
        side->parts[side->count++].group = g_strdup(name->text);
    }
}

static void read_share_of_side(const struct item *item, struct scenario_side *side,
                               struct scenario_reader *reader)
{
    char why[QUANTITY_WHY_MAX];

    if (item->kind != ITEM_SCALAR || item_is_null(item))
        item_error(item, reader->errors, "a share of the nodes was expected, as in 40%%");
    else if (!quantity_read_fraction(item->text, &side->share, why))
        item_error(item, reader->errors, "%s", why);
    else if (side->share <= 0)
        item_error(item, reader->errors, "a side without nodes; its share must be more than 0");
}

static void check_sum(const struct item *list, const struct scenario_obstacle *obstacle,
                      struct errors *errors)
{
    char text[QUANTITY_TEXT_MAX];
    double sum = 0;

    for (int i = 0; i < obstacle->count; i++)
        sum += obstacle->sides[i].share;
    g_snprintf(text, sizeof text, "%.10g", 100 * sum);
    if (fabs(sum - 1) > SHARES_TOLERANCE)
        item_error(list, errors, "the shares add up to %s%%; they must make 100%%", text);
}

static void read_partition(const struct item *item, struct scenario_obstacle *obstacle,
                           struct scenario_reader *reader)
{
    const struct item *list = scenario_single(item, PARTITION_WANTED, reader);
    size_t before = reader->errors->count;
    struct nearest nearest = { .word = list != NULL ? list->key : "" };

    if (list == NULL)
        return;
    nearest_offer(&nearest, "groups");
    nearest_offer(&nearest, "shares");
    obstacle->is_shares = strcmp(list->key, "shares") == 0;
    if (!obstacle->is_shares && strcmp(list->key, "groups") != 0) {
        scenario_unknown(list, "kind of partition", nearest.best, "groups, shares", reader);
        return;
    }
    if (list->kind != ITEM_LIST || list->count < 2 || list->count > SIM_SIDES_MAX) {
        item_error(list, reader->errors, "a list of 2 to %d sides was expected, as in %s",
                   SIM_SIDES_MAX, obstacle->is_shares ? "[40%, 60%]" : "[[eu], [us]]");
        return;
    }
    obstacle->sides = g_new0(struct scenario_side, list->count);
    obstacle->count = (int)list->count;
    for (size_t i = 0; i < list->count; i++)
        if (obstacle->is_shares)
            read_share_of_side(list->children[i], &obstacle->sides[i], reader);
        else
            read_groups_of_side(list->children[i], &obstacle->sides[i], reader);
    if (obstacle->is_shares && reader->errors->count == before)
        check_sum(list, obstacle, reader->errors);
}

static void unknown_key(const struct item *item, int action, int sides, const struct param *rows,
                        struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    for (int i = 0; i < sides; i++) {
        nearest_offer(&nearest, way(action, i));
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", way(action, i));
    }
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        nearest_offer(&nearest, row->name);
        g_string_append_printf(known, ", %s", row->name);
    }
    scenario_unknown(item, "key", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
}

/* Reads the sides of all but partitions, and the parameters of the action by their rows. */
static void read_selectors(const struct item *item, int action, struct scenario_obstacle *obstacle,
                           const struct param *rows, void *config, struct scenario_reader *reader)
{
    const int count = action == FAULT_ONE_WAY ? 2 : 1;

    obstacle->sides = g_new0(struct scenario_side, (gsize)count);
    obstacle->count = count;
    for (int i = 0; i < count; i++) {
        struct scenario_side *side = &obstacle->sides[i];
        const struct item *selector = item_get(item, way(action, i));

        side->parts = g_new0(struct scenario_selector, 1);
        side->count = 1;
        if (selector == NULL)
            item_error(item, reader->errors, "`%s` is missing: %s", way(action, i),
                       of_missing[count == 2 ? i : 2]);
        else
            scenario_read_selector(selector, &side->parts[0], reader);
    }
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rows, child->key);

        if (row != NULL)
            scenario_read_param(child, row, config, reader);
        else if (strcmp(child->key, way(action, 0)) != 0 &&
                 strcmp(child->key, way(action, count - 1)) != 0)
            unknown_key(child, action, count, rows, reader);
    }
}

static void read_loss(const struct item *item, struct scenario_obstacle *obstacle,
                      struct scenario_reader *reader)
{
    size_t before = reader->errors->count;

    read_selectors(item, FAULT_LOSS, obstacle, scenario_burst_rows, &obstacle->loss, reader);
    if (reader->errors->count > before)
        return;
    if (item_get(item, "mean") == NULL)
        item_error(item, reader->errors, "`mean` is missing: share of the messages that are lost");
    else if (item_get(item, "burst") != NULL)
        scenario_check_bursts(item, &obstacle->loss, reader->errors);
}

static void read_latency(const struct item *item, struct scenario_obstacle *obstacle,
                         struct scenario_reader *reader)
{
    read_selectors(item, FAULT_LATENCY, obstacle, scenario_factor_rows, obstacle, reader);
    if (item_get(item, "factor") == NULL)
        item_error(item, reader->errors, "`factor` is missing: how many times as long it takes");
}

void scenario_read_obstacle(const struct item *item, int action, struct scenario_obstacle *obstacle,
                            struct scenario_reader *reader)
{
    static const char *const wanted[] = { [FAULT_ONE_WAY] = "{from: eu, to: us}",
                                          [FAULT_LOSS] = "{mean: 30%, of: eu}",
                                          [FAULT_LATENCY] = "{factor: 10, of: eu}" };

    if (action == FAULT_PARTITION)
        read_partition(item, obstacle, reader);
    else if (item->kind != ITEM_MAP)
        item_error(item, reader->errors, "`%s` was expected", wanted[action]);
    else if (action == FAULT_ONE_WAY)
        read_selectors(item, action, obstacle, scenario_no_rows, NULL, reader);
    else if (action == FAULT_LOSS)
        read_loss(item, obstacle, reader);
    else
        read_latency(item, obstacle, reader);
}

/* ---- writing ---- */

static void write_groups(GString *out, const struct scenario_side *side, bool for_hash)
{
    g_string_append_c(out, '[');
    for (int i = 0; i < side->count; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        scenario_write_selector(out, &side->parts[i], for_hash);
    }
    g_string_append_c(out, ']');
}

static void write_partition(GString *out, const struct scenario_obstacle *obstacle, bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    g_string_append(out, obstacle->is_shares ? "shares: [" : "groups: [");
    for (int i = 0; i < obstacle->count; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (obstacle->is_shares) {
            quantity_write_fraction(obstacle->sides[i].share, text);
            g_string_append(out, text);
        } else {
            write_groups(out, &obstacle->sides[i], for_hash);
        }
    }
    g_string_append_c(out, ']');
}

void scenario_write_obstacle(GString *out, int action, const struct scenario_obstacle *obstacle,
                             bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    g_string_append_c(out, '{');
    if (action == FAULT_PARTITION)
        write_partition(out, obstacle, for_hash);
    if (action == FAULT_LOSS) {
        scenario_write_bursts(out, &obstacle->loss);
        g_string_append(out, ", ");
    }
    if (action == FAULT_LATENCY) {
        quantity_write_real(obstacle->factor, text);
        g_string_append_printf(out, "factor: %s, ", text);
    }
    for (int i = 0; i < obstacle->count && action != FAULT_PARTITION; i++) {
        g_string_append_printf(out, "%s%s: ", i > 0 ? ", " : "", way(action, i));
        scenario_write_selector(out, &obstacle->sides[i].parts[0], for_hash);
    }
    g_string_append_c(out, '}');
}

void scenario_clear_obstacle(struct scenario_obstacle *obstacle)
{
    for (int i = 0; i < obstacle->count; i++) {
        for (int k = 0; k < obstacle->sides[i].count; k++)
            g_free(obstacle->sides[i].parts[k].group);
        g_free(obstacle->sides[i].parts);
    }
    g_free(obstacle->sides);
    *obstacle = (struct scenario_obstacle){ 0 };
}

/* ---- rules ---- */

const struct item *scenario_obstacle_part(const struct item *item, int action, int side, int part)
{
    if (action != FAULT_PARTITION)
        return item_get(item, way(action, side));
    return list_of(item, false)->children[side]->children[part];
}

/* Each group stands on one side, once. */
static void check_groups(const struct item *list, const struct scenario_obstacle *obstacle,
                         struct errors *errors)
{
    GHashTable *met = g_hash_table_new(g_str_hash, g_str_equal);

    for (int i = 0; i < obstacle->count; i++)
        for (int k = 0; k < obstacle->sides[i].count; k++)
            if (!g_hash_table_add(met, obstacle->sides[i].parts[k].group))
                item_error(list->children[i]->children[k], errors,
                           "`%.80s` is on a side already; a node has one side",
                           obstacle->sides[i].parts[k].group);
    g_hash_table_destroy(met);
}

static void check_shares(const struct item *list, const struct scenario_obstacle *obstacle,
                         int64_t nodes, struct errors *errors)
{
    for (int i = 0; i < obstacle->count; i++)
        if (obstacle->sides[i].share * (double)nodes < 0.5)
            item_error(list->children[i], errors, "its share of %lld nodes is less than a node",
                       (long long)nodes);
}

/* What changes nothing; an axis may go down to it, the value to compare with. */
static void check_effect(const struct item *item, int action,
                         const struct scenario_obstacle *obstacle, struct errors *errors)
{
    const struct item *mean = item_get(item, "mean"), *factor = item_get(item, "factor");
    const struct sim_selector *from, *to;

    if (action == FAULT_LOSS && obstacle->loss.mean <= 0 && !item_is_swept(mean))
        item_error(mean, errors, "loses no message, so it has no effect");
    if (action == FAULT_LATENCY && obstacle->factor == 1 && !item_is_swept(factor))
        item_error(factor, errors, "changes no latency, so it has no effect");
    if (action != FAULT_ONE_WAY)
        return;
    from = &obstacle->sides[0].parts[0].nodes;
    to = &obstacle->sides[1].parts[0].nodes;
    if (from->kind == SELECT_RANGE && to->kind == SELECT_RANGE && from->first == to->first &&
        from->nodes == 1 && to->nodes == 1)
        item_error(item, errors, "from one node to itself: nothing goes that way");
}

void scenario_check_obstacle(const struct item *item, int action,
                             const struct scenario_obstacle *obstacle, int64_t nodes,
                             struct errors *errors)
{
    if (action != FAULT_PARTITION)
        check_effect(item, action, obstacle, errors);
    if (action != FAULT_PARTITION)
        for (int i = 0; i < obstacle->count; i++)
            scenario_check_selector(item_get(item, way(action, i)),
                                    &obstacle->sides[i].parts[0].nodes, nodes, errors);
    else if (obstacle->is_shares)
        check_shares(list_of(item, true), obstacle, nodes, errors);
    else
        check_groups(list_of(item, false), obstacle, errors);
}
