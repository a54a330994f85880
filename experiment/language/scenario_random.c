/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_random.c - random quantities: `40ms`, `{exponential: {mean: 30s}}`, ..., and of bytes:
 * `200B`, `{lognormal: {median: 2kB, p99: 1MB}}`, ...
 *
 * What families there are, and their parameters, is the engine's to say (distribution_family.h).
 * What the user wrote is kept, so that it is written back in the same words, and turned into the
 * engine's terms only by random_time_spec().
 */
#include "base/nearest.h"
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

/* ---- sizes ---- */

const struct param *scenario_size_rows(const struct distribution_family *family,
                                       struct size_rows *room)
{
    int count = 0;

    for (const struct param *row = family->params; row->type != PARAM_TYPE_END; row++) {
        const bool may_be_zero = row->range == NULL || row->range[0] == '0';

        g_assert(count < SIZE_ROWS_MAX - 1);
        room->rows[count] = *row;
        if (row->type == PARAM_TYPE_TIME) {
            room->rows[count].type = PARAM_TYPE_SIZE;
            room->rows[count].range = may_be_zero ? "0B..1GiB" : "1B..1GiB";
        }
        count++;
    }
    room->rows[count] = (struct param)PARAM_END;
    return room->rows;
}

/* The parameters of the family as the quantity has them. */
static const struct param *rows_of(const struct random_time *time, struct size_rows *room)
{
    return time->is_size ? scenario_size_rows(time->family, room) : time->family->params;
}

static const struct param *file_rows_of(const struct random_time *time)
{
    return time->is_size ? file_size_rows : file_value_rows;
}

/* ---- reading ---- */

static bool is_given(const struct random_time *time, const char *name)
{
    const struct param *rows = time->family->params;

    return time->given >> (param_find(rows, name) - rows) & 1;
}

/* Reports what a family needs and was not given, or was given twice, or contradicts itself. */
static void check_params(const struct item *item, const struct random_time *time,
                         struct errors *errors)
{
    const struct distribution_family *family = time->family;
    const char *const example = time->is_size ? family->size_example : family->example;
    const char *const *either = family->either;
    const size_t before = errors->count;
    char why[PARAM_WHY_MAX];

    for (const struct param *row = family->params; row->type != PARAM_TYPE_END; row++) {
        bool is_either = either[0] != NULL &&
                         (strcmp(row->name, either[0]) == 0 || strcmp(row->name, either[1]) == 0);
        if (!is_either && row->fallback == NULL && !is_given(time, row->name))
            item_error_key(item, errors, "`%s` is missing, as in %s", row->name, example);
    }
    if (either[0] != NULL && is_given(time, either[0]) == is_given(time, either[1]))
        item_error_key(item, errors, "exactly one of `%s` and `%s` is needed, as in %s", either[0],
                       either[1], example);
    if (errors->count == before && family->check != NULL && !family->check(time->params, why))
        item_error(item, errors, "%s", why);
}

static void read_params(const struct item *item, struct random_time *time,
                        struct scenario_reader *reader)
{
    struct size_rows room;

    if (scenario_read_params(item, rows_of(time, &room), time->params, &time->given, reader))
        check_params(item, time, reader->errors);
}

/* `{file: NAME}`, perhaps with what is said of the file, and the family's parameters beside it. */
static void read_values_and_params(const struct item *item, struct random_time *time,
                                   struct scenario_reader *reader)
{
    const struct param *rows = time->family->params;
    struct item rest = *item;

    if (!scenario_read_source(item, file_rows_of(time), true, rows, &time->source, reader))
        return;
    if (time->source.file == NULL) {
        item_error(item, reader->errors, "`file` is missing, a file with one %s a line, as in %s",
                   time->is_size ? "size" : "time",
                   time->is_size ? time->family->size_example : time->family->example);
        return;
    }
    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++)
        if (param_find(rows, item->children[i]->key) != NULL)
            rest.children[rest.count++] = item->children[i];
    read_params(&rest, time, reader);
    g_free(rest.children);
    time->measured =
        scenario_measure(item_get(item, "file"), &time->source, file_rows_of(time), reader);
}

/* The family that an item names, or NULL and an error. */
static const struct distribution_family *find_family(const struct item *item,
                                                     struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    const struct distribution_family *found = NULL;
    GString *known = g_string_new(NULL);

    for (int i = 0; i < DISTRIBUTION_KINDS; i++) {
        const char *name = distribution_families[i].name;

        if (name == NULL)
            continue;
        if (strcmp(name, item->key) == 0)
            found = &distribution_families[i];
        nearest_offer(&nearest, name);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", name);
    }
    if (found == NULL)
        scenario_unknown(item, "distribution", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
    return found;
}

static void clear_random_time(void *field)
{
    struct random_time *time = field;

    scenario_clear_source(&time->source);
    *time = (struct random_time){ 0 };
}

static void read_constant(const struct item *item, struct random_time *time,
                          struct scenario_reader *reader)
{
    struct size_rows room;

    time->family = &distribution_families[DISTRIBUTION_CONSTANT];
    if (g_ascii_isalpha(item->text[0]))
        item_error(item, reader->errors, "`%.40s` is neither a %s nor a distribution, as in %s",
                   item->text, time->is_size ? "size" : "time",
                   time->is_size ? "200B or {lognormal: {median: 2kB, p99: 1MB}}"
                                 : "40ms or {exponential: {mean: 30s}}");
    else
        scenario_read_param(item, rows_of(time, &room), time->params, reader);
}

static void read_random(const struct item *item, struct random_time *time,
                        struct scenario_reader *reader)
{
    const struct item *inner;

    if (item->kind == ITEM_SCALAR && !item_is_null(item)) {
        read_constant(item, time, reader);
        return;
    }
    inner = scenario_single(
        item,
        time->is_size ? "a size or one distribution, as in {lognormal: {median: 2kB, p99: 1MB}},"
                      : "a time or one distribution, as in {exponential: {mean: 30s}},",
        reader);
    if (inner != NULL)
        time->family = find_family(inner, reader);
    if (time->family == NULL)
        return;
    if (time->family->takes_values)
        read_values_and_params(inner, time, reader);
    else
        read_params(inner, time, reader);
}

static void read_random_time(const struct item *item, void *field, struct scenario_reader *reader)
{
    clear_random_time(field);
    read_random(item, field, reader);
}

static void read_random_size(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct random_time *size = field;

    clear_random_time(field);
    size->is_size = true;
    read_random(item, field, reader);
}

static void write_random_time(GString *out, const void *field, bool for_hash)
{
    const struct random_time *time = field;
    const struct distribution_family *family = time->family;
    char text[QUANTITY_TEXT_MAX];
    struct size_rows room;
    const struct param *rows = rows_of(time, &room);
    const char *separator = "";

    if (family->name == NULL) {
        param_get(rows, time->params, text);
        g_string_append(out, text);
        return;
    }
    g_string_append_printf(out, "{%s: {", family->name);
    if (family->takes_values) {
        if (for_hash)
            g_string_append_printf(out, "file: %s", time->measured->sha256);
        else
            scenario_write_source(out, &time->source, file_rows_of(time));
        separator = ", ";
    }
    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        if (!(time->given >> i & 1))
            continue;
        param_get(&rows[i], time->params, text);
        g_string_append_printf(out, "%s%s: %s", separator, rows[i].name, text);
        separator = ", ";
    }
    g_string_append(out, "}}");
}

static bool is_silent(const void *field)
{
    return ((const struct random_time *)field)->family == NULL;
}

const struct key_kind kind_random_time = {
    .values = "a time, or a [random quantity](#random-quantities)",
    .schema = "'anyOf':[" REF("random-quantity") "]",
    .read = read_random_time,
    .write = write_random_time,
    .clear = clear_random_time,
    .is_none = is_silent,
};

const struct key_kind kind_random_size = {
    .values = "a size, 0B..1GiB, or a [random quantity](#random-quantities) of bytes",
    .schema = "'anyOf':[" REF("random-size") "]",
    .read = read_random_size,
    .write = write_random_time,
    .clear = clear_random_time,
    .is_none = is_silent,
};

void random_time_spec(const struct random_time *time, struct distribution_spec *spec)
{
    *spec = (struct distribution_spec){ .kind = (enum distribution_kind)(time->family -
                                                                         distribution_families) };
    if (time->family->takes_values) {
        spec->values = time->measured->values;
        spec->value_count = time->measured->count;
    }
    time->family->specify(time->params, spec);
}

bool random_time_is_constant(const struct random_time *time)
{
    return time->family->is_constant;
}

bool random_time_is_zero(const struct random_time *time)
{
    struct distribution_spec spec;

    if (time->family->is_zero == NULL)
        return false;
    random_time_spec(time, &spec);
    return time->family->is_zero(&spec);
}
