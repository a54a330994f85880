/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_loss.c - losses: of every message, alone or in bursts, or a matrix of such between
 * groups.
 */
#include "experiment/language/scenario_matrix.h"
#include "experiment/language/scenario_schema.h"
#include "sim/net/burst.h"

#include <string.h>

/* ---- one loss ---- */

static const struct param share_row =
    PARAM_FRACTION(struct scenario_loss, mean, NULL, "0..1", "of the messages");
static const struct param burst_rows[] = {
    PARAM_FRACTION(struct scenario_loss, mean, NULL, "0..1", "share of the messages that are lost"),
    PARAM_REAL(struct scenario_loss, burst, NULL, "1..1e9", "mean number of them lost in a row"),
    PARAM_END,
};

static void read_bursts(const struct item *item, struct scenario_loss *loss,
                        struct scenario_reader *reader)
{
    uint64_t given = 0;
    char why[QUANTITY_WHY_MAX];

    if (!scenario_read_params(item, burst_rows, loss, &given, reader))
        return;
    for (int i = 0; burst_rows[i].type != PARAM_TYPE_END; i++)
        if (!(given >> i & 1))
            item_error(item, reader->errors, "`%s` is missing: %s", burst_rows[i].name,
                       burst_rows[i].help);
    if (given == 3 && !bursts_are_possible(loss->mean, loss->burst, why))
        item_error(item, reader->errors, "%s", why);
}

static void read_loss(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_loss *loss = field;

    *loss = (struct scenario_loss){ 0 };
    if (item->kind == ITEM_MAP)
        read_bursts(item, loss, reader);
    else
        scenario_read_param(item, &share_row, loss, reader);
}

static void write_loss(GString *out, const void *field, bool for_hash)
{
    const struct scenario_loss *loss = field;
    char mean[QUANTITY_TEXT_MAX], burst[QUANTITY_TEXT_MAX];

    (void)for_hash;
    quantity_write_fraction(loss->mean, mean);
    quantity_write_real(loss->burst, burst);
    if (loss->burst > 0)
        g_string_append_printf(out, "{mean: %s, burst: %s}", mean, burst);
    else
        g_string_append(out, mean);
}

/* Members of an `anyOf`. */
static void put_either(GString *out)
{
    schema_put(out, "{" A_SHARE "},{'type':'object'," NO_OTHERS ",'required':['mean','burst'],"
                    "'properties':{");
    schema_params(out, burst_rows);
    schema_put(out, "}}");
}

static void put_loss(GString *out)
{
    schema_put(out, "'anyOf':[");
    put_either(out);
    schema_put(out, "]");
}

const struct key_kind kind_loss = {
    .values = "share, 0..1, or `{mean: 5%, burst: 4}`",
    .put_schema = put_loss,
    .read = read_loss,
    .write = write_loss,
};

/* ---- network.loss ---- */

static bool read_share(struct csv *csv, size_t field, const void *about, union region_value *value)
{
    const struct file_source *source = about;
    const char *text = csv_field(csv, field);
    char why[QUANTITY_WHY_MAX];
    double share = 0;
    bool is_good = g_str_has_suffix(text, "%") ? quantity_read_fraction(text, &share, why)
                                               : quantity_read_real(text, &share, why);

    if (!is_good) {
        csv_error(csv, field, "%s", why);
        return false;
    }
    share *= source->scale;
    if (!(share >= 0 && share <= 1)) {
        csv_error(csv, field, "%.40s is no share of the messages, 0..1 after `scale`", text);
        return false;
    }
    value->share = share;
    return true;
}

static const struct matrix_kind path_losses = {
    .what = "loss",
    .rows = file_share_rows,
    .size = sizeof(struct scenario_loss),
    .read = read_loss,
    .write = write_loss,
    .read_value = read_share,
};

static void clear_losses(void *field)
{
    struct scenario_losses *losses = field;

    g_free(losses->laws);
    g_free(losses->cells);
    g_free(losses->group_nodes);
    scenario_clear_matrix(&losses->regions);
    *losses = (struct scenario_losses){ 0 };
}

static void read_losses(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_losses *losses = field;

    clear_losses(losses);
    if (scenario_is_matrix(item))
        losses->laws = scenario_read_matrix(item, &path_losses, &losses->regions, reader);
    else
        read_loss(item, &losses->all, reader);
}

/* For a hash: from each group, of so many nodes, to each. */
static void write_meaning(GString *out, const struct scenario_losses *losses)
{
    for (int i = 0; i < losses->group_count; i++) {
        g_string_append_printf(out, "%s%lld: [", i > 0 ? ", " : "{",
                               (long long)losses->group_nodes[i]);
        for (int k = 0; k < losses->group_count; k++) {
            const struct sim_path_loss *cell = &losses->cells[i * losses->group_count + k];

            g_string_append(out, k > 0 ? ", " : "");
            write_loss(out, &(struct scenario_loss){ cell->mean, cell->burst }, true);
        }
        g_string_append(out, "]");
    }
    g_string_append_c(out, '}');
}

static void write_losses(GString *out, const void *field, bool for_hash)
{
    const struct scenario_losses *losses = field;

    if (!losses->regions.is_given)
        write_loss(out, &losses->all, for_hash);
    else if (for_hash)
        write_meaning(out, losses);
    else
        scenario_write_matrix(out, &path_losses, &losses->regions, losses->laws);
}

static void take(void *about, size_t cell, const struct matrix_cell *is)
{
    struct scenario_losses *losses = about;

    if (is->written >= 0)
        losses->cells[cell] = (struct sim_path_loss){ losses->laws[is->written].mean,
                                                      losses->laws[is->written].burst };
    else if (is->is_of_file)
        losses->cells[cell].mean = is->value.share;
}

static void resolve_losses(const struct item *item, void *field,
                           const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_losses *losses = field;
    const size_t count = (size_t)groups->count;

    if (!losses->regions.is_given)
        return;
    losses->cells = g_new0(struct sim_path_loss, count * count + 1);
    losses->group_count = groups->count;
    losses->group_nodes = g_new0(int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        losses->group_nodes[i] = groups->list[i].nodes;
    scenario_resolve_matrix(item, &path_losses, &losses->regions, groups, false, errors, take,
                            losses);
}

static void check_losses(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct item *item = item_find(root, "network.loss");
    const struct scenario_losses *losses = &scenario->loss;
    bool is_some = false;

    if (losses->all.burst > 0 && losses->all.mean <= 0 && !item_is_swept(item))
        item_error(item_get(item, "burst"), errors, "has no effect: no message is lost");
    for (int i = 0; i < losses->group_count * losses->group_count; i++)
        is_some |= losses->cells[i].mean > 0;
    if (losses->regions.is_given && !is_some && !item_is_swept(item))
        item_error(item, errors, "has no effect: no message is lost");
}

static void put_losses(GString *out)
{
    schema_put(out, "'anyOf':[");
    put_either(out);
    schema_put(out,
               ",{'type':'object','required':['regions']," NO_OTHERS
               ",'properties':{'regions':{'anyOf':[{'type':'object','required':['file']," NO_OTHERS
               ",'properties':{'file':{'type':'string'}");
    schema_params(out, file_share_rows);
    schema_put(out, "}},{'type':'object','additionalProperties':{'type':'object',"
                    "'additionalProperties':{'anyOf':[");
    put_either(out);
    schema_put(out, "]}}}]}}}]");
}

const struct key_kind kind_losses = {
    .values = "share, 0..1, or `{mean: 5%, burst: 4}`, or a matrix of them "
              "[between groups](#networks-of-groups), `{regions: {eu: {us: 1%}}}`",
    .put_schema = put_losses,
    .read = read_losses,
    .write = write_losses,
    .clear = clear_losses,
    .resolve = resolve_losses,
    .check = check_losses,
};
