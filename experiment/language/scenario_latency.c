/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_latency.c - network.latency: one random quantity, or a matrix of them between groups.
 */
#include "experiment/language/scenario_matrix.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

static void read_law(const struct item *item, void *cell, struct scenario_reader *reader)
{
    kind_random_time.read(item, cell, reader);
}

static void write_law(GString *out, const void *cell, bool for_hash)
{
    kind_random_time.write(out, cell, for_hash);
}

static bool read_time(struct csv *csv, size_t field, const void *about, union region_value *value)
{
    const struct file_source *source = about;

    return csv_read_time(csv, field, scenario_source_unit(source, file_matrix_rows), source->scale,
                         &value->time);
}

static const struct matrix_kind latencies = {
    .what = "latency",
    .rows = file_matrix_rows,
    .has_presets = true,
    .size = sizeof(struct random_time),
    .read = read_law,
    .write = write_law,
    .read_value = read_time,
};

static void clear_latency(void *field)
{
    struct scenario_latency *latency = field;

    kind_random_time.clear(&latency->all);
    for (int i = 0; i < latency->regions.count && latency->laws != NULL; i++)
        kind_random_time.clear(&latency->laws[i]);
    g_free(latency->laws);
    g_free(latency->cells);
    g_free(latency->group_nodes);
    scenario_clear_matrix(&latency->regions);
    *latency = (struct scenario_latency){ 0 };
}

static void read_latency(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_latency *latency = field;

    clear_latency(latency);
    if (scenario_is_matrix(item))
        latency->laws = scenario_read_matrix(item, &latencies, &latency->regions, reader);
    else
        kind_random_time.read(item, &latency->all, reader);
}

/* What the latencies are, whatever groups are called and files are named: for a hash. */
static void write_meaning(GString *out, const struct scenario_latency *latency)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    GString *text = g_string_new(NULL);

    for (int i = 0; i < latency->group_count; i++)
        g_string_append_printf(text, "%lld ", (long long)latency->group_nodes[i]);
    for (int i = 0; i < latency->regions.count; i++)
        write_law(text, &latency->laws[i], true);
    g_checksum_update(sum, (const guchar *)text->str, (gssize)text->len);
    g_checksum_update(sum, (const guchar *)latency->cells,
                      (gssize)((size_t)latency->group_count * (size_t)latency->group_count *
                               sizeof *latency->cells));
    g_string_append_printf(out, "{regions: %s}", g_checksum_get_string(sum));
    g_string_free(text, TRUE);
    g_checksum_free(sum);
}

static void write_latency(GString *out, const void *field, bool for_hash)
{
    const struct scenario_latency *latency = field;

    if (!latency->regions.is_given)
        kind_random_time.write(out, &latency->all, for_hash);
    else if (for_hash)
        write_meaning(out, latency);
    else
        scenario_write_matrix(out, &latencies, &latency->regions, latency->laws);
}

static void take(void *about, size_t cell, const struct matrix_cell *is)
{
    struct scenario_latency *latency = about;

    if (is->written >= 0)
        latency->cells[cell] = -1 - is->written;
    else
        latency->cells[cell] = is->is_of_file ? is->value.time : latency->regions.source.inside;
}

static void resolve_latency(const struct item *item, void *field,
                            const struct scenario_groups *groups, struct errors *errors)
{
    struct scenario_latency *latency = field;
    const size_t count = (size_t)groups->count;

    if (!latency->regions.is_given)
        return;
    latency->cells = g_new0(sim_time, count * count + 1);
    latency->group_count = groups->count;
    latency->group_nodes = g_new0(int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        latency->group_nodes[i] = groups->list[i].nodes;
    scenario_resolve_matrix(item, &latencies, &latency->regions, groups, true, errors, take,
                            latency);
}

bool scenario_latency_is_constant(const struct scenario_latency *latency)
{
    if (!latency->regions.is_given)
        return random_time_is_constant(&latency->all);
    for (int i = 0; i < latency->regions.count; i++)
        if (!random_time_is_constant(&latency->laws[i]))
            return false;
    return true;
}

bool scenario_latency_is_zero(const struct scenario_latency *latency)
{
    return !latency->regions.is_given && random_time_is_zero(&latency->all);
}

static void put_latency(GString *out)
{
    schema_put(
        out,
        "'anyOf':[" REF(
            "random-quantity") ",{'type':'object','required':['regions']," NO_OTHERS
                               ",'properties':{'regions':{'anyOf':[{'type':'object','required':"
                               "['preset']," NO_OTHERS ",'properties':{'preset':{'type':'string'}");
    schema_params(out, file_preset_rows);
    schema_put(out, "}},{'type':'object','required':['file']," NO_OTHERS
                    ",'properties':{'file':{'type':'string'}");
    schema_params(out, file_matrix_rows);
    schema_put(out, "}},{'type':'object','additionalProperties':{'type':'object',"
                    "'additionalProperties':" REF("random-quantity") "}}]}}}]");
}

const struct key_kind kind_latency = {
    .values = "a time, a [random quantity](#random-quantities), or a matrix "
              "[between groups](#networks-of-groups), `{regions: {eu: {eu: 2ms, us: 40ms}, us: "
              "{us: 3ms}}}`",
    .put_schema = put_latency,
    .read = read_latency,
    .write = write_latency,
    .clear = clear_latency,
    .resolve = resolve_latency,
};
