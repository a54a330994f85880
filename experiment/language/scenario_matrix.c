/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_matrix.c - see scenario_matrix.h. */
#include "experiment/language/scenario_matrix.h"

#include "base/nearest.h"
#include "experiment/language/region_preset.h"

#include <string.h>

#define MATRIX_WANTED "a matrix, as in {eu: {eu: 2ms, us: 40ms}, us: {us: 3ms}},"

bool scenario_is_matrix(const struct item *item)
{
    return item->kind == ITEM_MAP && item->count == 1 &&
           strcmp(item->children[0]->key, "regions") == 0;
}

/* ---- files and presets ---- */

static struct region_table *read_file(const struct item *item, const struct matrix_kind *kind,
                                      const struct file_source *source,
                                      struct scenario_reader *reader)
{
    struct region_table *table = NULL;
    char *path;
    struct csv *csv = scenario_open_source(item, source, &path, reader);

    if (csv != NULL) {
        csv_skip(csv, source->skip);
        table = region_table_read(csv, kind->read_value, source);
    }
    csv_close(csv);
    g_free(path);
    return table;
}

static struct region_table *read_preset(const struct matrix_kind *kind,
                                        const struct file_source *source,
                                        struct scenario_reader *reader)
{
    const struct region_preset *preset = region_preset_find(source->file);
    struct file_source meant = *source;
    struct csv *csv = csv_of_text(preset->name, preset->text, strlen(preset->text),
                                  CSV_AS_FIRST_ROW, reader->errors);
    struct region_table *table;

    meant.scale *= preset->scale;
    scenario_source_in_ms(&meant, kind->rows);
    table = region_table_read(csv, kind->read_value, &meant);
    csv_close(csv);
    return table;
}

/* The matrix that the source names, read once. */
static const struct region_table *find_table(const struct item *item,
                                             const struct matrix_kind *kind,
                                             const struct scenario_matrix *matrix,
                                             struct scenario_reader *reader)
{
    GString *name = g_string_new(kind->what);
    struct region_table *table;

    g_string_append(name, matrix->is_preset ? " preset " : " ");
    scenario_write_source(name, &matrix->source, matrix->is_preset ? file_preset_rows : kind->rows);
    table = g_hash_table_lookup(reader->matrices, name->str);
    if (table == NULL) {
        table = matrix->is_preset ? read_preset(kind, &matrix->source, reader)
                                  : read_file(item, kind, &matrix->source, reader);
        if (table != NULL)
            g_hash_table_insert(reader->matrices, g_strdup(name->str), table);
    }
    g_string_free(name, TRUE);
    return table;
}

/* Reads `{preset: NAME}`; what the file would be called is the preset's name then. */
static bool read_preset_name(const struct item *item, struct scenario_matrix *matrix,
                             struct scenario_reader *reader)
{
    const struct item *name = item_get(item, "preset");
    struct item rest = *item;
    bool is_good;

    if (region_preset_find(name->text) == NULL) {
        char *known = region_preset_names();

        item_error(name, reader->errors, "there is no preset `%.40s`; known are %s", name->text,
                   known);
        g_free(known);
        return false;
    }
    rest.children = g_new(struct item *, item->count);
    rest.count = 0;
    for (size_t i = 0; i < item->count; i++)
        if (item->children[i] != name)
            rest.children[rest.count++] = item->children[i];
    is_good = scenario_read_source(&rest, file_preset_rows, false, NULL, &matrix->source, reader);
    g_free(rest.children);
    g_free(matrix->source.file);
    matrix->source.file = g_strdup(name->text);
    return is_good;
}

static bool is_scalar(const struct item *item)
{
    return item != NULL && item->kind == ITEM_SCALAR && !item_is_null(item);
}

/* ---- cells ---- */

static void read_row(const struct item *row, const struct matrix_kind *kind,
                     struct scenario_matrix *matrix, char *cells, struct scenario_reader *reader)
{
    for (size_t i = 0; i < row->count; i++) {
        const int number = matrix->count++;

        matrix->pairs[number] =
            (struct scenario_pair){ g_strdup(row->key), g_strdup(row->children[i]->key) };
        kind->read(row->children[i], cells + (size_t)number * kind->size, reader);
    }
}

static void *read_cells(const struct item *map, const struct matrix_kind *kind,
                        struct scenario_matrix *matrix, struct scenario_reader *reader)
{
    size_t count = 0;
    char *list;

    for (size_t i = 0; i < map->count; i++) {
        if (map->children[i]->kind != ITEM_MAP || map->children[i]->count == 0) {
            item_error(map->children[i], reader->errors,
                       "a map of groups was expected, each with its %s", kind->what);
            return NULL;
        }
        count += map->children[i]->count;
    }
    matrix->pairs = g_new0(struct scenario_pair, count);
    list = g_malloc0_n(count, kind->size);
    for (size_t i = 0; i < map->count; i++)
        read_row(map->children[i], kind, matrix, list, reader);
    return list;
}

void *scenario_read_matrix(const struct item *item, const struct matrix_kind *kind,
                           struct scenario_matrix *matrix, struct scenario_reader *reader)
{
    const struct item *map = item->children[0];

    matrix->is_given = true;
    if (map->kind != ITEM_MAP || map->count == 0) {
        item_error(map, reader->errors, MATRIX_WANTED " a file or a preset was expected");
        return NULL;
    }
    matrix->is_preset = kind->has_presets && is_scalar(item_get(map, "preset"));
    if (matrix->is_preset) {
        if (read_preset_name(map, matrix, reader))
            matrix->table = find_table(map, kind, matrix, reader);
    } else if (is_scalar(item_get(map, "file"))) {
        if (scenario_read_source(map, kind->rows, false, NULL, &matrix->source, reader))
            matrix->table = find_table(item_get(map, "file"), kind, matrix, reader);
    } else
        return read_cells(map, kind, matrix, reader);
    return NULL;
}

void scenario_write_matrix(GString *out, const struct matrix_kind *kind,
                           const struct scenario_matrix *matrix, const void *cells)
{
    const char *from = NULL;

    g_string_append(out, "{regions: {");
    if (matrix->source.file != NULL) {
        const gsize start = out->len;

        scenario_write_source(out, &matrix->source,
                              matrix->is_preset ? file_preset_rows : kind->rows);
        if (matrix->is_preset) {
            g_string_erase(out, (gssize)start, (gssize)strlen("file"));
            g_string_insert(out, (gssize)start, "preset");
        }
    }
    for (int i = 0; i < matrix->count; i++) {
        const bool is_new = from == NULL || strcmp(from, matrix->pairs[i].from) != 0;

        if (is_new && from != NULL)
            g_string_append_c(out, '}');
        g_string_append(out, i > 0 ? ", " : "");
        from = matrix->pairs[i].from;
        if (is_new) {
            document_write_scalar(out, from);
            g_string_append(out, ": {");
        }
        document_write_scalar(out, matrix->pairs[i].to);
        g_string_append(out, ": ");
        kind->write(out, (const char *)cells + (size_t)i * kind->size, false);
    }
    g_string_append(out, from != NULL ? "}}}" : "}}");
}

void scenario_clear_matrix(struct scenario_matrix *matrix)
{
    for (int i = 0; i < matrix->count; i++) {
        g_free(matrix->pairs[i].from);
        g_free(matrix->pairs[i].to);
    }
    g_free(matrix->pairs);
    scenario_clear_source(&matrix->source);
    *matrix = (struct scenario_matrix){ 0 };
}

/* ---- groups ---- */

/* Makes groups of the regions of a file or preset, for `nodes` nodes. */
static void derive_groups(const struct scenario_matrix *matrix, struct scenario_groups *groups,
                          int64_t nodes)
{
    const struct region_table *table = matrix->table;
    double sum = 0;

    groups->is_derived = true;
    groups->count = (int)table->names->len;
    groups->list = g_new0(struct scenario_group, (gsize)groups->count);
    for (int i = 0; i < groups->count; i++)
        sum += table->weights != NULL ? table->weights[i] : 1;
    for (int i = 0; i < groups->count; i++) {
        struct scenario_group *group = &groups->list[i];

        group->name = g_strdup(g_ptr_array_index(table->names, i));
        group->is_share = true;
        group->share = (table->weights != NULL ? table->weights[i] : 1) / sum;
    }
    scenario_round_shares(groups, nodes);
}

/* For resolving one matrix. */
struct resolving {
    const struct item *map;
    const struct matrix_kind *kind;
    const struct scenario_matrix *matrix;
    const struct scenario_groups *groups;
    struct errors *errors;
    int *places; /* of the groups, in the file; or from * groups + to, of the cell written, or -1 */
};

/* The place of a group that a cell names; -1 and an error. */
static int group_of(const struct resolving *r, GHashTable *numbers, const struct item *row,
                    const char *name)
{
    const int number = GPOINTER_TO_INT(g_hash_table_lookup(numbers, name)) - 1;
    struct nearest nearest = { .word = name };

    if (number >= 0)
        return number;
    for (int i = 0; i < r->groups->count; i++)
        nearest_offer(&nearest, r->groups->list[i].name);
    if (r->groups->count == 0)
        item_error_key(row, r->errors,
                       "there are no `groups`, the parts of the nodes that a matrix is between");
    else if (nearest.best != NULL)
        item_error_key(row, r->errors, "there is no group `%.80s`; did you mean `%s`?", name,
                       nearest.best);
    else
        item_error_key(row, r->errors, "there is no group `%.80s` among the `groups`", name);
    return number;
}

/* Notes for each two groups which cell is about them. */
static bool place_cells(struct resolving *r)
{
    const struct scenario_groups *groups = r->groups;
    GHashTable *numbers = g_hash_table_new(g_str_hash, g_str_equal);
    const size_t before = r->errors->count;
    int number = 0;

    for (int i = 0; i < groups->count; i++)
        g_hash_table_insert(numbers, groups->list[i].name, GINT_TO_POINTER(i + 1));
    r->places = g_new(int, (gsize)groups->count *(gsize)groups->count + 1);
    for (size_t i = 0; i < (size_t)groups->count * (size_t)groups->count; i++)
        r->places[i] = -1;
    for (size_t i = 0; i < r->map->count; i++) {
        const struct item *row = r->map->children[i];
        const int from = group_of(r, numbers, row, row->key);

        for (size_t k = 0; k < row->count; k++, number++) {
            const int to =
                from < 0 ? -1 : group_of(r, numbers, row->children[k], row->children[k]->key);

            if (to >= 0)
                r->places[from * groups->count + to] = number;
        }
        if (groups->count == 0)
            break;
    }
    g_hash_table_destroy(numbers);
    return r->errors->count == before;
}

/* `; did you mean that?`, or else some names; to be freed with g_free(). */
static char *regions_text(const struct region_table *table, const char *nearest)
{
    enum { SOME = 3 };
    GString *text = g_string_new(NULL);

    if (nearest != NULL)
        g_string_printf(text, "; did you mean `%.80s`?", nearest);
    for (guint i = 0; i < table->names->len && i < SOME && nearest == NULL; i++)
        g_string_append_printf(text, "%s%.80s", i > 0 ? ", " : ": ",
                               (char *)g_ptr_array_index(table->names, i));
    if (nearest == NULL && table->names->len > SOME)
        g_string_append(text, ", …");
    return g_string_free(text, FALSE);
}

/* The same in a file. */
static bool place_groups(struct resolving *r)
{
    const struct region_table *table = r->matrix->table;
    const size_t before = r->errors->count;

    r->places = g_new(int, (gsize)r->groups->count + 1);
    for (int i = 0; i < r->groups->count; i++) {
        const char *name = r->groups->list[i].name;
        struct nearest nearest = { .word = name };
        char *known;

        r->places[i] = region_table_find(table, name);
        if (r->places[i] >= 0)
            continue;
        for (guint k = 0; k < table->names->len; k++)
            nearest_offer(&nearest, g_ptr_array_index(table->names, k));
        known = regions_text(table, nearest.best);
        item_error(r->map, r->errors,
                   "the group `%s` is none of the %u regions of %s%s; without `groups` they all "
                   "become groups",
                   name, table->names->len, r->matrix->source.file, known);
        g_free(known);
    }
    return r->errors->count == before;
}

static struct matrix_cell cell_of(const struct resolving *r, int from, int to)
{
    const struct region_table *table = r->matrix->table;
    struct matrix_cell cell = { .written = -1 };
    size_t there, back;

    if (table == NULL) {
        const int count = r->groups->count, place = r->places[from * count + to];

        cell.written = place >= 0 ? place : r->places[to * count + from];
        return cell;
    }
    there = (size_t)r->places[from] * table->names->len + (size_t)r->places[to];
    back = (size_t)r->places[to] * table->names->len + (size_t)r->places[from];
    cell.is_of_file = table->is_given[there] || table->is_given[back];
    cell.value = table->cells[table->is_given[there] ? there : back];
    cell.is_inside = !cell.is_of_file && from == to;
    return cell;
}

bool scenario_resolve_matrix(const struct item *item, const struct matrix_kind *kind,
                             const struct scenario_matrix *matrix,
                             const struct scenario_groups *groups, bool must_have_all,
                             struct errors *errors,
                             void (*take)(void *about, size_t cell, const struct matrix_cell *is),
                             void *about)
{
    struct resolving r = {
        .map = item->children[0], .kind = kind, .matrix = matrix, .groups = groups, .errors = errors
    };
    bool is_good = matrix->table != NULL ? place_groups(&r) : place_cells(&r);
    size_t number = 0;

    for (int from = 0; from < groups->count && is_good; from++)
        for (int to = 0; to < groups->count && is_good; to++) {
            const struct matrix_cell cell = cell_of(&r, from, to);

            take(about, number++, &cell);
            if (!must_have_all || cell.written >= 0 || cell.is_of_file || cell.is_inside)
                continue;
            is_good = false;
            item_error(r.map, errors, "no %s from `%s` to `%s`, nor back", kind->what,
                       groups->list[from].name, groups->list[to].name);
        }
    g_free(r.places);
    return is_good;
}

void scenario_derive_all_groups(struct scenario *scenario)
{
    const struct scenario_matrix *matrices[] = { &scenario->latency.regions,
                                                 &scenario->loss.regions };

    for (size_t i = 0; i < G_N_ELEMENTS(matrices); i++)
        if (matrices[i]->table != NULL && scenario->groups.count == 0)
            derive_groups(matrices[i], &scenario->groups, scenario->config.nodes);
}
