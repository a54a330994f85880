/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_groups.c - named parts of the nodes, and selectors: which nodes something is about.
 *
 * Groups take the scenario's node numbers in the order written.  Shares become whole nodes by the
 * method of largest remainders (Hamilton's), so they always add up.  In hashes a name stands for
 * its range: what a group is called, and whether it was written as a share, changes no result.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <math.h>
#include <string.h>

#define SHARES_TOLERANCE 1e-9 /* of their sum: thirds written as 0.3333333333 add up */

/* ---- groups ---- */

/* Words that mean something else where a group could stand. */
static const char *const reserved[] = { "all", "random", "first" };

static bool check_name(const struct item *item, struct scenario_reader *reader)
{
    if (strlen(item->key) > GROUP_NAME_MAX || !g_ascii_isalpha(item->key[0]) ||
        strspn(item->key, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-") != strlen(item->key)) {
        item_error_key(item, reader->errors,
                       "a group's name has letters, digits, _ and -, begins with a letter and has "
                       "at most %d characters",
                       GROUP_NAME_MAX);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++) {
        if (strcmp(item->key, reserved[i]) == 0) {
            item_error_key(item, reader->errors, "`%s` cannot name a group; it has a meaning",
                           item->key);
            return false;
        }
    }
    return true;
}

/* Reads `40%` or `17`; false and an error. */
static bool read_part(const struct item *item, struct scenario_group *group,
                      struct scenario_reader *reader)
{
    const char *text = item->kind == ITEM_SCALAR && !item_is_null(item) ? item->text : NULL;

    if (text != NULL && quantity_read_count(text, &group->count, NULL) && group->count > 0)
        return true;
    group->is_share = true;
    if (text != NULL && quantity_read_fraction(text, &group->share, NULL) && group->share > 0)
        return true;
    item_error(item, reader->errors,
               "a share of the nodes (40%%) or a number of nodes (17) was "
               "expected, more than none");
    return false;
}

static void read_groups(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_groups *groups = field;

    if (item->kind != ITEM_MAP || item->count == 0) {
        item_error(item, reader->errors, "groups were expected, as in {eu: 40%%, us: 60%%}");
        return;
    }
    groups->list = g_new0(struct scenario_group, item->count);
    for (size_t i = 0; i < item->count; i++) {
        struct scenario_group *group = &groups->list[groups->count];

        *group = (struct scenario_group){ 0 };
        if (!check_name(item->children[i], reader) || !read_part(item->children[i], group, reader))
            continue;
        group->name = g_strdup(item->children[i]->key);
        if (group->is_share != groups->list[0].is_share)
            item_error(item->children[i], reader->errors,
                       "groups are all shares or all numbers of nodes, not some of each");
        groups->count++;
    }
}

static void write_groups(GString *out, const void *field, bool for_hash)
{
    const struct scenario_groups *groups = field;

    for (int i = 0; for_hash && i < groups->count; i++)
        g_string_append_printf(out, "%s%lld", i > 0 ? ", " : "[", (long long)groups->list[i].nodes);
    for (int i = 0; !for_hash && i < groups->count; i++) {
        const struct scenario_group *group = &groups->list[i];
        char text[QUANTITY_TEXT_MAX];

        if (!group->is_share)
            quantity_write_count(group->count, text);
        else if (group->share >= 1)
            strcpy(text, "100%"); /* 1 would be a number of nodes */
        else
            quantity_write_fraction(group->share, text);
        g_string_append_printf(out, "%s", i > 0 ? ", " : "{");
        document_write_scalar(out, group->name);
        g_string_append_printf(out, ": %s", text);
    }
    g_string_append_c(out, for_hash ? ']' : '}');
}

static void clear_groups(void *field)
{
    struct scenario_groups *groups = field;

    for (int i = 0; i < groups->count; i++)
        g_free(groups->list[i].name);
    g_free(groups->list);
    *groups = (struct scenario_groups){ 0 };
}

static bool has_no_groups(const void *field)
{
    const struct scenario_groups *groups = field;

    return groups->count == 0 || groups->is_derived;
}

const struct key_kind kind_groups = {
    .values = "name → share or number of nodes, `{eu: 40%, us: 60%}`; they add up",
    .schema = "'type':'object','minProperties':1,'propertyNames':{'pattern':'^[A-Za-z]"
              "[A-Za-z0-9_-]*$'},'additionalProperties':{'anyOf':[{'type':'number',"
              "'exclusiveMinimum':0},{" TEXT(NUMBER) "},{" TEXT(PERCENT) "}]}",
    .read = read_groups,
    .write = write_groups,
    .clear = clear_groups,
    .is_none = has_no_groups,
};

/* ---- selectors ---- */

struct numbers {
    int64_t count, node, all_but;
};
static const struct param number_rows[] = {
    PARAM_COUNT(struct numbers, count, NULL, "0..1073741824", "so many, drawn at random"),
    PARAM_COUNT(struct numbers, node, NULL, "0..1073741823", "this one; they count from 0"),
    PARAM_NAMED("all-but", COUNT, struct numbers, all_but, NULL, "0..1073741824", NULL,
                "all but so many, drawn at random"),
    PARAM_END,
};

static bool read_number(const struct item *item, struct sim_selector *nodes,
                        struct scenario_reader *reader)
{
    const struct item *inner = scenario_single(item, SELECTOR_WANTED, reader);
    const struct param *row = inner == NULL ? NULL : param_find(number_rows, inner->key);
    struct numbers numbers = { 0 };
    struct nearest nearest = { .word = inner == NULL ? "" : inner->key };

    for (int i = 0; number_rows[i].type != PARAM_TYPE_END; i++)
        nearest_offer(&nearest, number_rows[i].name);
    if (inner != NULL && row == NULL)
        scenario_unknown(inner, "selector", nearest.best, "count, node, all-but", reader);
    if (row == NULL || !scenario_read_param(inner, row, &numbers, reader))
        return false;
    if (row == &number_rows[0])
        *nodes = (struct sim_selector){ .kind = SELECT_COUNT, .count = numbers.count };
    else if (row == &number_rows[1])
        *nodes = (struct sim_selector){ .kind = SELECT_RANGE, .first = numbers.node, .nodes = 1 };
    else
        *nodes = (struct sim_selector){ .kind = SELECT_ALL_BUT, .count = numbers.all_but };
    return true;
}

bool scenario_read_selector(const struct item *item, struct scenario_selector *selector,
                            struct scenario_reader *reader)
{
    struct sim_selector *nodes = &selector->nodes;
    const char *text = item->text;
    char why[QUANTITY_WHY_MAX];
    int64_t count;

    *selector = (struct scenario_selector){ .nodes = { .kind = SELECT_ALL } };
    if (item->kind != ITEM_SCALAR)
        return read_number(item, nodes, reader);
    if (item_is_null(item)) {
        item_error(item, reader->errors, "nodes were expected: %s", SELECTOR_WANTED);
        return false;
    }
    if (strcmp(text, "all") == 0)
        return true;
    if (g_ascii_isalpha(text[0])) {
        nodes->kind = SELECT_RANGE;
        selector->group = g_strdup(text);
        return true;
    }
    nodes->kind = SELECT_SHARE;
    if (quantity_read_count(text, &count, NULL) && count > 0) {
        item_error(item, reader->errors,
                   "%.40s could be nodes or a share; write {count: %.40s} or a share such as 20%%",
                   text, text);
        return false;
    }
    if (quantity_read_fraction(text, &nodes->share, why))
        return true;
    item_error(item, reader->errors, "%s", why);
    return false;
}

void scenario_write_selector(GString *out, const struct scenario_selector *selector, bool for_hash)
{
    const struct sim_selector *nodes = &selector->nodes;
    char text[QUANTITY_TEXT_MAX];

    switch (nodes->kind) {
    case SELECT_ALL:
        g_string_append(out, "all");
        break;
    case SELECT_SHARE:
        quantity_write_fraction(nodes->share, text);
        g_string_append(out, nodes->share >= 1 ? "100%" : text);
        break;
    case SELECT_COUNT:
        g_string_append_printf(out, "{count: %lld}", (long long)nodes->count);
        break;
    case SELECT_ALL_BUT:
        g_string_append_printf(out, "{all-but: %lld}", (long long)nodes->count);
        break;
    case SELECT_RANGE:
        if (for_hash)
            g_string_append_printf(out, "{node: %lld, nodes: %lld}", (long long)nodes->first,
                                   (long long)nodes->nodes);
        else if (selector->group != NULL)
            document_write_scalar(out, selector->group);
        else
            g_string_append_printf(out, "{node: %lld}", (long long)nodes->first);
        break;
    }
}

/* An axis may go down to nothing, the value to compare with. */
static void check_some(const struct item *item, const struct sim_selector *of, int64_t nodes,
                       struct errors *errors)
{
    const bool is_none = (of->kind == SELECT_COUNT && of->count == 0) ||
                         (of->kind == SELECT_SHARE && of->share <= 0);

    if (is_none && !item_is_swept(item))
        item_error(item, errors, "no nodes, so it has no effect");
    else if (!is_none && of->kind == SELECT_SHARE && of->share * (double)nodes < 0.5)
        item_error(item, errors, "its share of %lld nodes is less than a node", (long long)nodes);
}

void scenario_check_selector(const struct item *item, const struct sim_selector *of, int64_t nodes,
                             struct errors *errors)
{
    check_some(item, of, nodes, errors);
    if (of->kind == SELECT_COUNT && of->count > nodes)
        item_error(item, errors, "%lld nodes; there are %lld", (long long)of->count,
                   (long long)nodes);
    if (of->kind == SELECT_ALL_BUT && of->count >= nodes)
        item_error(item, errors, "all but %lld of %lld nodes leave none", (long long)of->count,
                   (long long)nodes);
    if (of->kind == SELECT_RANGE && of->first >= nodes)
        item_error(item, errors, "node %lld does not exist; the %lld nodes count from 0",
                   (long long)of->first, (long long)nodes);
}

/* ---- resolving ---- */

/* Gives the nodes that rounding down left over to the largest remainders, the first of equals. */
void scenario_round_shares(struct scenario_groups *groups, int64_t nodes)
{
    double *remainders = g_new(double, (size_t)groups->count);
    int64_t left = nodes;

    for (int i = 0; i < groups->count; i++) {
        double exact = groups->list[i].share * (double)nodes;

        groups->list[i].nodes = (int64_t)floor(exact + SHARES_TOLERANCE);
        remainders[i] = exact - (double)groups->list[i].nodes;
        left -= groups->list[i].nodes;
    }
    for (; left > 0; left--) {
        int largest = 0;

        for (int i = 1; i < groups->count; i++)
            if (remainders[i] > remainders[largest])
                largest = i;
        groups->list[largest].nodes++;
        remainders[largest]--;
    }
    g_free(remainders);
}

/* False and an error if they do not add up. */
static bool add_up(const struct item *item, struct scenario_groups *groups, int64_t nodes,
                   struct errors *errors)
{
    double shares = 0;
    int64_t count = 0;
    char text[QUANTITY_TEXT_MAX];

    for (int i = 0; i < groups->count; i++) {
        groups->list[i].nodes = groups->list[i].count;
        shares += groups->list[i].share;
        count += groups->list[i].count; /* at most 1000 groups of 2^53 */
    }
    if (groups->list[0].is_share && fabs(shares - 1) > SHARES_TOLERANCE) {
        g_snprintf(text, sizeof text, "%.10g", 100 * shares);
        item_error(item, errors, "the shares add up to %s%%; they must make 100%%", text);
        return false;
    }
    if (!groups->list[0].is_share && count != nodes) {
        item_error(item, errors, "the groups have %lld nodes together; there are %lld",
                   (long long)count, (long long)nodes);
        return false;
    }
    if (groups->list[0].is_share)
        scenario_round_shares(groups, nodes);
    return true;
}

void scenario_resolve_selector(const struct item *item, const struct scenario_groups *groups,
                               struct scenario_selector *selector, const char *other,
                               struct errors *errors)
{
    struct nearest nearest = { .word = selector->group };
    GString *known = g_string_new(NULL);

    for (int i = 0; i < groups->count; i++) {
        const struct scenario_group *group = &groups->list[i];

        if (strcmp(group->name, selector->group) == 0) {
            selector->nodes.first = group->first;
            selector->nodes.nodes = group->nodes;
            if (group->nodes == 0) /* one that was not written */
                item_error(item, errors, "`%s` has no node: its share is less than one",
                           group->name);
            g_string_free(known, TRUE);
            return;
        }
        nearest_offer(&nearest, group->name);
        g_string_append_printf(known, "%s`%s`", i > 0 ? ", " : "", group->name);
    }
    if (nearest.best != NULL)
        item_error(item, errors, "there is no group `%.80s`; did you mean `%s`?", selector->group,
                   nearest.best);
    else
        item_error(item, errors, "there is no group `%.80s`: %s%s%s%s", selector->group,
                   groups->count > 0 ? "the groups are " : "the scenario has no `groups`",
                   known->str, other != NULL ? "; also possible: " : "",
                   other != NULL ? other : "");
    g_string_free(known, TRUE);
}

void scenario_resolve_groups(const struct item *root, struct scenario *scenario,
                             struct scenario_reader *reader)
{
    struct scenario_groups *groups = &scenario->groups;
    const struct item *item = item_get(root, "groups");
    int64_t first = 0;

    groups->nodes = scenario->config.nodes;
    if (groups->count == 0)
        scenario_derive_all_groups(scenario);
    if (groups->count > 0 && !groups->is_derived &&
        !add_up(item, groups, scenario->config.nodes, reader->errors))
        return;
    for (int i = 0; i < groups->count; i++) {
        groups->list[i].first = first;
        first += groups->list[i].nodes;
        if (groups->list[i].nodes == 0 && !groups->is_derived)
            item_error(item->children[i], reader->errors,
                       "its share of %lld nodes is less than a node",
                       (long long)scenario->config.nodes);
    }
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (key->kind != NULL && key->kind->resolve != NULL)
            key->kind->resolve(item_find(root, key->param.name),
                               (char *)scenario + key->param.offset, groups, reader->errors);
}
