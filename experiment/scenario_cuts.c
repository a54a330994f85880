/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_cuts.c - faults that cut the network: `partition: {groups: [[eu], [us]]}`,
 * `partition: {shares: [40%, 60%]}` and `one_way: {from: eu, to: 20%}`.
 */
#include "base/nearest.h"
#include "experiment/scenario_keys.h"

#include <math.h>
#include <string.h>

#define SHARES_TOLERANCE 1e-9 /* of their sum, as with groups */

/* The two sides of a one-way cut. */
static const char *const ways[] = { "from", "to" };

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

static void check_sum(const struct item *list, const struct scenario_cut *cut,
                      struct errors *errors)
{
    char text[QUANTITY_TEXT_MAX];
    double sum = 0;

    for (int i = 0; i < cut->count; i++)
        sum += cut->sides[i].share;
    g_snprintf(text, sizeof text, "%.10g", 100 * sum);
    if (fabs(sum - 1) > SHARES_TOLERANCE)
        item_error(list, errors, "the shares add up to %s%%; they must make 100%%", text);
}

static void read_partition(const struct item *item, struct scenario_cut *cut,
                           struct scenario_reader *reader)
{
    const struct item *list = scenario_single(item,
                                              "`{groups: [[eu], [us]]}` or `{shares: [40%, "
                                              "60%]}`",
                                              reader);
    size_t before = reader->errors->count;
    struct nearest nearest = { .word = list != NULL ? list->key : "" };

    if (list == NULL)
        return;
    nearest_offer(&nearest, "groups");
    nearest_offer(&nearest, "shares");
    cut->is_shares = strcmp(list->key, "shares") == 0;
    if (!cut->is_shares && strcmp(list->key, "groups") != 0) {
        scenario_unknown(list, "kind of partition", nearest.best, "groups, shares", reader);
        return;
    }
    if (list->kind != ITEM_LIST || list->count < 2 || list->count > SIM_SIDES_MAX) {
        item_error(list, reader->errors, "a list of 2 to %d sides was expected, as in %s",
                   SIM_SIDES_MAX, cut->is_shares ? "[40%, 60%]" : "[[eu], [us]]");
        return;
    }
    cut->sides = g_new0(struct scenario_side, list->count);
    cut->count = (int)list->count;
    for (size_t i = 0; i < list->count; i++)
        if (cut->is_shares)
            read_share_of_side(list->children[i], &cut->sides[i], reader);
        else
            read_groups_of_side(list->children[i], &cut->sides[i], reader);
    if (cut->is_shares && reader->errors->count == before)
        check_sum(list, cut, reader->errors);
}

static void read_one_way(const struct item *item, struct scenario_cut *cut,
                         struct scenario_reader *reader)
{
    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "`{from: eu, to: us}` was expected");
        return;
    }
    for (size_t i = 0; i < item->count; i++) {
        struct nearest nearest = { .word = item->children[i]->key };

        nearest_offer(&nearest, ways[0]);
        nearest_offer(&nearest, ways[1]);
        if (strcmp(item->children[i]->key, ways[0]) != 0 &&
            strcmp(item->children[i]->key, ways[1]) != 0)
            scenario_unknown(item->children[i], "key", nearest.best, "from, to", reader);
    }
    cut->sides = g_new0(struct scenario_side, 2);
    cut->count = 2;
    for (int i = 0; i < 2; i++) {
        struct scenario_side *side = &cut->sides[i];
        const struct item *selector = item_get(item, ways[i]);

        side->parts = g_new0(struct scenario_selector, 1);
        side->count = 1;
        if (selector == NULL)
            item_error(item, reader->errors, "`%s` is missing: %s", ways[i],
                       i == 0 ? "whose messages do not pass" : "who does not get them");
        else
            scenario_read_selector(selector, &side->parts[0], reader);
    }
}

void scenario_read_cut(const struct item *item, int action, struct scenario_cut *cut,
                       struct scenario_reader *reader)
{
    if (action == FAULT_PARTITION)
        read_partition(item, cut, reader);
    else
        read_one_way(item, cut, reader);
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

void scenario_write_cut(GString *out, int action, const struct scenario_cut *cut, bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    if (action == FAULT_ONE_WAY) {
        g_string_append(out, "{from: ");
        scenario_write_selector(out, &cut->sides[0].parts[0], for_hash);
        g_string_append(out, ", to: ");
        scenario_write_selector(out, &cut->sides[1].parts[0], for_hash);
        g_string_append_c(out, '}');
        return;
    }
    g_string_append(out, cut->is_shares ? "{shares: [" : "{groups: [");
    for (int i = 0; i < cut->count; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (cut->is_shares) {
            quantity_write_fraction(cut->sides[i].share, text);
            g_string_append(out, text);
        } else {
            write_groups(out, &cut->sides[i], for_hash);
        }
    }
    g_string_append(out, "]}");
}

void scenario_clear_cut(struct scenario_cut *cut)
{
    for (int i = 0; i < cut->count; i++) {
        for (int k = 0; k < cut->sides[i].count; k++)
            g_free(cut->sides[i].parts[k].group);
        g_free(cut->sides[i].parts);
    }
    g_free(cut->sides);
    *cut = (struct scenario_cut){ 0 };
}

/* ---- rules ---- */

const struct item *scenario_cut_part(const struct item *item, int action, int side, int part)
{
    if (action == FAULT_ONE_WAY)
        return item_get(item, ways[side]);
    return list_of(item, false)->children[side]->children[part];
}

/* Each group stands on one side, once. */
static void check_groups(const struct item *list, const struct scenario_cut *cut,
                         struct errors *errors)
{
    GHashTable *met = g_hash_table_new(g_str_hash, g_str_equal);

    for (int i = 0; i < cut->count; i++)
        for (int k = 0; k < cut->sides[i].count; k++)
            if (!g_hash_table_add(met, cut->sides[i].parts[k].group))
                item_error(list->children[i]->children[k], errors,
                           "`%.80s` is on a side already; a node has one side",
                           cut->sides[i].parts[k].group);
    g_hash_table_destroy(met);
}

static void check_shares(const struct item *list, const struct scenario_cut *cut, int64_t nodes,
                         struct errors *errors)
{
    for (int i = 0; i < cut->count; i++)
        if (cut->sides[i].share * (double)nodes < 0.5)
            item_error(list->children[i], errors, "its share of %lld nodes is less than a node",
                       (long long)nodes);
}

void scenario_check_cut(const struct item *item, int action, const struct scenario_cut *cut,
                        int64_t nodes, struct errors *errors)
{
    if (action == FAULT_ONE_WAY)
        for (int i = 0; i < 2; i++)
            scenario_check_selector(item_get(item, ways[i]), &cut->sides[i].parts[0].nodes, nodes,
                                    errors);
    else if (cut->is_shares)
        check_shares(list_of(item, true), cut, nodes, errors);
    else
        check_groups(list_of(item, false), cut, errors);
}
