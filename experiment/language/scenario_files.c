/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_files.c - see scenario_files.h. */
#include "experiment/language/scenario_files.h"

#include "base/nearest.h"

#include <string.h>

static const char *const units[] = { "ns", "us", "ms", "s", "min", "h", "d", NULL };
static const sim_time unit_ns[] = {
    1, SIM_MICROSECOND, SIM_MILLISECOND, SIM_SECOND, 60 * SIM_SECOND, 3600 * SIM_SECOND, SIM_DAY,
};

static const char *const size_units[] = { "B", "kB", "MB", "GB", "KiB", "MiB", "GiB", NULL };
static const int64_t unit_bytes[] = {
    1, 1000, 1000000, 1000000000, 1 << 10, 1 << 20, 1 << 30,
};

#define UNIT                                            \
    PARAM_CHOICE(struct file_source, unit, NULL, units, \
                 "of the values; not given: each has its own")
#define SIZE_UNIT                                            \
    PARAM_CHOICE(struct file_source, unit, NULL, size_units, \
                 "of the values; not given: each has its own")
#define SCALE(help) PARAM_REAL(struct file_source, scale, "1", "1e-9..1e9", help)
#define SKIP        PARAM_COUNT(struct file_source, skip, "0", "0..1000000", "lines at the start")
#define INSIDE                                                  \
    PARAM_TIME(struct file_source, inside, "1ms", "0s..36525d", \
               "within a group, where its cell is empty; 1ms if not given")

const struct param file_value_rows[] = {
    UNIT,
    SCALE("of the values, 0.5 for round trips"),
    SKIP,
    PARAM_BOOL(struct file_source, drop_zeros, "false", "zeros are lost pings, and left out"),
    PARAM_END,
};
const struct param file_size_rows[] = {
    SIZE_UNIT, SCALE("of the values"),
    SKIP,      PARAM_BOOL(struct file_source, drop_zeros, "false", "zeros are left out"),
    PARAM_END,
};
const struct param file_trace_rows[] = {
    PARAM_CHOICE(struct file_source, unit, NULL, units,
                 "of the times; not given: each has its own"),
    SCALE("of the times"),
    SKIP,
    PARAM_END,
};
const struct param file_matrix_rows[] = {
    UNIT, SCALE("of the values, 0.5 for round trips"), SKIP, INSIDE, PARAM_END,
};
const struct param file_preset_rows[] = {
    SCALE("of the latencies"),
    INSIDE,
    PARAM_END,
};
const struct param file_share_rows[] = {
    SCALE("of the values, 0.01 for percents"),
    SKIP,
    PARAM_END,
};
const struct param file_churn_rows[] = { UNIT, SKIP, PARAM_END };
const struct param file_weight_rows[] = { SKIP, PARAM_END };

/* ---- as written ---- */

static void offer(struct nearest *nearest, GString *known, const char *name)
{
    nearest_offer(nearest, name);
    g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", name);
}

/* An error about a parameter that nobody knows. */
static void refuse_unknown(const struct item *item, const struct param *rows, bool has_column,
                           const struct param *other, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    offer(&nearest, known, "file");
    if (has_column)
        offer(&nearest, known, "column");
    for (; rows->type != PARAM_TYPE_END; rows++)
        offer(&nearest, known, rows->name);
    for (; other != NULL && other->type != PARAM_TYPE_END; other++)
        offer(&nearest, known, other->name);
    scenario_unknown(item, "parameter", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
}

bool scenario_names_file(const struct item *item, struct errors *errors)
{
    const bool is_name = item->kind == ITEM_SCALAR && !item_is_null(item) && item->text[0] != 0;

    if (!is_name)
        item_error(item, errors, "a name was expected");
    else if (strcmp(item->text, "-") == 0)
        item_error(item, errors,
                   "only the scenario itself may come through standard input; a file that is "
                   "called so is `./-`");
    else
        return true;
    return false;
}

static void read_file_name(const struct item *item, char **file, struct scenario_reader *reader)
{
    if (scenario_names_file(item, reader->errors))
        *file = g_strdup(item->text);
}

/* Reads a text into *text. */
static void read_text(const struct item *item, char **text, struct scenario_reader *reader)
{
    if (item->kind == ITEM_SCALAR && !item_is_null(item) && *item->text != 0)
        *text = g_strdup(item->text);
    else
        item_error(item, reader->errors, "a name was expected");
}

bool scenario_read_source(const struct item *item, const struct param *rows, bool has_column,
                          const struct param *other, struct file_source *source,
                          struct scenario_reader *reader)
{
    const size_t before = reader->errors->count;
    struct item rest = *item;

    param_defaults(rows, source);
    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++) {
        struct item *child = item->children[i];

        if (strcmp(child->key, "file") == 0)
            read_file_name(child, &source->file, reader);
        else if (has_column && strcmp(child->key, "column") == 0)
            read_text(child, &source->column, reader);
        else if (param_find(rows, child->key) != NULL)
            rest.children[rest.count++] = child;
        else if (other == NULL || param_find(other, child->key) == NULL)
            refuse_unknown(child, rows, has_column, other, reader);
    }
    scenario_read_params(&rest, rows, source, &source->given, reader);
    g_free(rest.children);
    return reader->errors->count == before;
}

void scenario_write_source(GString *out, const struct file_source *source, const struct param *rows)
{
    char text[QUANTITY_TEXT_MAX];

    g_string_append(out, "file: ");
    document_write_scalar(out, source->file);
    if (source->column != NULL) {
        g_string_append(out, ", column: ");
        document_write_scalar(out, source->column);
    }
    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        if (!(source->given >> i & 1))
            continue;
        param_get(&rows[i], source, text);
        g_string_append_printf(out, ", %s: %s", rows[i].name, text);
    }
}

void scenario_clear_source(struct file_source *source)
{
    g_free(source->file);
    g_free(source->column);
    *source = (struct file_source){ 0 };
}

sim_time scenario_source_unit(const struct file_source *source, const struct param *rows)
{
    const struct param *row = param_find(rows, "unit");

    if (row == NULL || !(source->given >> (row - rows) & 1))
        return 0;
    return rows == file_size_rows ? unit_bytes[source->unit] : unit_ns[source->unit];
}

void scenario_source_in_ms(struct file_source *source, const struct param *rows)
{
    const struct param *row = param_find(rows, "unit");
    char why[PARAM_WHY_MAX];
    const bool is_unit = row != NULL && param_set(row, source, "ms", why);

    g_assert(is_unit);
    source->given = (uint64_t)1 << (row - rows);
}

/* ---- values ---- */

char *scenario_source_path(const struct file_source *source, const struct scenario_reader *reader)
{
    return g_path_is_absolute(source->file) ? g_strdup(source->file)
                                            : g_build_filename(reader->folder, source->file, NULL);
}

bool scenario_source_opens(const struct item *item, const char *path,
                           struct scenario_reader *reader)
{
    struct errors trouble = { 0 };
    struct csv *csv = csv_open(path, CSV_AS_FIRST_ROW, &trouble);
    const bool is_good = csv != NULL;

    csv_close(csv);
    if (!is_good)
        item_error(item, reader->errors, "%s", trouble.list[0].text);
    errors_clear(&trouble);
    return is_good;
}

struct csv *scenario_open_source(const struct item *item, const struct file_source *source,
                                 char **path, struct scenario_reader *reader)
{
    *path = scenario_source_path(source, reader);
    return scenario_source_opens(item, *path, reader)
               ? csv_open(*path, CSV_AS_FIRST_ROW, reader->errors)
               : NULL;
}

/* Finds the column; the row is a header if it is found by name in it, and is_header tells whether
 * values come only behind it.  False and an error. */
static bool find_column(struct csv *csv, const struct file_source *source, size_t *column,
                        bool *is_row)
{
    int64_t number = 0;
    bool was_skipped;

    csv_skip(csv, source->skip);
    *column = 0;
    if (source->column == NULL ||
        (quantity_read_count(source->column, &number, NULL) && number > 0)) {
        *column = number > 0 ? (size_t)number - 1 : 0;
        *is_row = csv_next(csv);
        return true;
    }
    was_skipped = source->skip > 0 && csv_find(csv, source->column, column);
    *is_row = csv_next(csv);
    if (*is_row && !was_skipped) {
        if (!csv_find(csv, source->column, column)) {
            csv_error(csv, 0, "there is no column `%.40s` in this first line", source->column);
            return false;
        }
        *is_row = csv_next(csv);
    }
    return true;
}

static bool read_value(struct csv *csv, const struct file_source *source, const struct param *rows,
                       size_t column, sim_time *value)
{
    const sim_time unit = scenario_source_unit(source, rows);

    return rows == file_size_rows
               ? csv_read_size(csv, column, unit, source->scale, SIM_SIZE_MAX, value)
               : csv_read_time(csv, column, unit, source->scale, value);
}

/* Adds the value of the row; false and an error. */
static bool add_value(struct csv *csv, const struct file_source *source, const struct param *rows,
                      size_t column, GArray *values)
{
    sim_time value = 0;

    if (source->column == NULL && csv_count(csv) > 1) {
        csv_error(csv, 1, "%zu fields; say which in the scenario, as in `column: %zu`",
                  csv_count(csv), csv_count(csv));
        return false;
    }
    if (!read_value(csv, source, rows, column, &value))
        return false;
    if (value == 0 && source->drop_zeros)
        return true;
    if (values->len == MEASUREMENTS_MAX) {
        csv_error(csv, column, "more than %d values", MEASUREMENTS_MAX);
        return false;
    }
    g_array_append_val(values, value);
    return true;
}

static bool read_values(struct csv *csv, const struct file_source *source, const struct param *rows,
                        GArray *values)
{
    size_t column = 0;
    bool is_row = false;

    if (!find_column(csv, source, &column, &is_row))
        return false;
    for (; is_row; is_row = csv_next(csv))
        if (!add_value(csv, source, rows, column, values))
            return false;
    if (csv_is_good(csv) && values->len == 0)
        csv_error_of_file(csv, "no values; one %s a line was expected, as in %s",
                          rows == file_size_rows ? "size" : "time",
                          rows == file_size_rows ? "2kB" : "40ms");
    return csv_is_good(csv);
}

/* Takes the values. */
static struct measurements *measurements_new(GArray *values)
{
    struct measurements *made = g_new0(struct measurements, 1);
    char *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)values->data,
                                               values->len * sizeof(sim_time));

    g_strlcpy(made->sha256, sha256, sizeof made->sha256);
    g_free(sha256);
    made->count = values->len;
    made->values = (sim_time *)(void *)g_array_free(values, FALSE);
    return made;
}

const struct measurements *scenario_measure(const struct item *item,
                                            const struct file_source *source,
                                            const struct param *rows,
                                            struct scenario_reader *reader)
{
    GString *name = g_string_new(rows == file_size_rows ? "sizes, " : "times, ");
    struct measurements *found;
    GArray *values;
    struct csv *csv;
    char *path;

    scenario_write_source(name, source, rows);
    found = g_hash_table_lookup(reader->measured, name->str);
    if (found == NULL) {
        values = g_array_new(FALSE, FALSE, sizeof(sim_time));
        csv = scenario_open_source(item, source, &path, reader);
        if (csv != NULL && read_values(csv, source, rows, values)) {
            found = measurements_new(values);
            g_hash_table_insert(reader->measured, g_strdup(name->str), found);
        } else
            g_array_free(values, TRUE);
        csv_close(csv);
        g_free(path);
    }
    g_string_free(name, TRUE);
    return found;
}
