/* SPDX-License-Identifier: GPL-3.0-or-later */
/* region_table.c - see region_table.h. */
#include "experiment/language/region_table.h"

#include <string.h>

#define WEIGHT "weight"

struct reading {
    struct csv *csv;
    region_value_read *read;
    const void *about;
    struct region_table *table;
    size_t count; /* regions, once the cells are there */
};

void region_table_free(struct region_table *table)
{
    if (table == NULL)
        return;
    g_ptr_array_free(table->names, TRUE);
    g_hash_table_destroy(table->numbers);
    g_free(table->weights);
    g_free(table->cells);
    g_free(table->is_given);
    g_free(table);
}

int region_table_find(const struct region_table *table, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(table->numbers, name)) - 1;
}

/* The place of a region, which is new if it was not there; -1 and an error if it is one too many.
 */
static int intern(struct reading *r, size_t field, const char *name)
{
    struct region_table *table = r->table;
    char *copy;

    if (g_hash_table_contains(table->numbers, name))
        return region_table_find(table, name);
    if (table->names->len == REGIONS_MAX) {
        csv_error(r->csv, field, "more than %d regions", REGIONS_MAX);
        return -1;
    }
    copy = g_strdup(name);
    g_ptr_array_add(table->names, copy);
    g_hash_table_insert(table->numbers, copy, GINT_TO_POINTER((int)table->names->len));
    return (int)table->names->len - 1;
}

static void make_cells(struct reading *r)
{
    r->count = r->table->names->len;
    r->table->cells = g_new0(union region_value, r->count * r->count);
    r->table->is_given = g_new0(bool, r->count * r->count);
}

/* Fills a cell from a field that may be empty; false and an error. */
static bool fill(struct reading *r, size_t field, size_t from, size_t to)
{
    const size_t cell = from * r->count + to;
    union region_value value = { 0 };

    if (*csv_field(r->csv, field) == 0)
        return true;
    if (!r->read(r->csv, field, r->about, &value))
        return false;
    r->table->cells[cell] = value;
    r->table->is_given[cell] = from != to || value.time != 0; /* a share of 0 is no bit, too */
    return true;
}

static bool is_number(const struct csv *csv, size_t field)
{
    double value;

    return quantity_read_real(csv_field(csv, field), &value, NULL) ||
           quantity_read_fraction(csv_field(csv, field), &value, NULL) ||
           quantity_read_time(csv_field(csv, field), &(sim_time){ 0 }, NULL);
}

/* ---- a square ---- */

static bool has_fields(struct reading *r, size_t count)
{
    if (csv_count(r->csv) == count)
        return true;
    csv_error(r->csv, count, "the line has %zu field%s, not %zu as the first one",
              csv_count(r->csv), csv_count(r->csv) == 1 ? "" : "s", count);
    return false;
}

/* What stands in each field of a square's rows, from its header: a region, or the weight. */
struct header {
    size_t count;
    int *regions; /* -1: it is the weight */
};

static bool read_weight(struct reading *r, size_t field, double *weight)
{
    if (!csv_read_real(r->csv, field, weight))
        return false;
    if (*weight > 0 && *weight <= 1e15)
        return true;
    csv_error(r->csv, field, "a weight is more than 0 and at most 1e15");
    return false;
}

/* One row of a square with names. */
static bool read_named_row(struct reading *r, const struct header *header, bool *was_there)
{
    const int from = region_table_find(r->table, csv_field(r->csv, 0));

    if (from < 0) {
        csv_error(r->csv, 0, "`%.80s` has a row and no column", csv_field(r->csv, 0));
        return false;
    }
    if (was_there[from]) {
        csv_error(r->csv, 0, "a second row for `%.80s`", csv_field(r->csv, 0));
        return false;
    }
    was_there[from] = true;
    if (!has_fields(r, header->count))
        return false;
    for (size_t i = 1; i < header->count; i++)
        if (header->regions[i] < 0 ? !read_weight(r, i, &r->table->weights[from])
                                   : !fill(r, i, (size_t)from, (size_t)header->regions[i]))
            return false;
    return true;
}

/* All rows, the first of which is there. */
static void read_named_rows(struct reading *r, const struct header *header)
{
    bool *was_there = g_new0(bool, r->count);

    do {
        if (!read_named_row(r, header, was_there))
            break;
    } while (csv_next(r->csv));
    for (size_t i = 0; i < r->count && csv_is_good(r->csv); i++)
        if (!was_there[i])
            csv_error_of_file(r->csv, "`%.80s` has a column and no row",
                              (char *)g_ptr_array_index(r->table->names, i));
    g_free(was_there);
}

/* Reads the names of the first line. */
static bool read_header(struct reading *r, struct header *header)
{
    struct csv *csv = r->csv;

    header->count = csv_count(csv);
    header->regions = g_new0(int, header->count);
    for (size_t i = 1; i < header->count; i++) {
        const char *name = csv_field(csv, i);
        const guint before = r->table->names->len;

        header->regions[i] = -1;
        if (strcmp(name, WEIGHT) == 0)
            continue;
        header->regions[i] = intern(r, i, name);
        if (header->regions[i] >= 0 && r->table->names->len == before)
            csv_error(csv, i, "a second column for `%.80s`", name);
        if (!csv_is_good(csv))
            return false;
    }
    return true;
}

static void read_square_without_names(struct reading *r)
{
    const size_t count = csv_count(r->csv);
    char name[24];
    size_t row = 0;

    for (size_t i = 0; i < count; i++) {
        g_snprintf(name, sizeof name, "%zu", i + 1);
        if (intern(r, i, name) < 0)
            return;
    }
    make_cells(r);
    do {
        if (row == count)
            csv_error(r->csv, 0, "row %zu of a square of %zu columns", row + 1, count);
        if (!csv_is_good(r->csv) || !has_fields(r, count))
            return;
        for (size_t i = 0; i < count; i++)
            if (!fill(r, i, row, i))
                return;
        row++;
    } while (csv_next(r->csv));
    if (csv_is_good(r->csv) && row < count)
        csv_error_of_file(r->csv, "%zu rows and %zu columns; a matrix between regions is square",
                          row, count);
}

/* ---- triples ---- */

struct triple {
    uint16_t from, to;
    int line;
    union region_value value;
};

static bool read_triple(struct reading *r, GArray *triples)
{
    struct triple triple = { .line = csv_line(r->csv) };
    int from, to;

    if (!has_fields(r, 3))
        return false;
    from = intern(r, 0, csv_field(r->csv, 0));
    to = from < 0 ? -1 : intern(r, 1, csv_field(r->csv, 1));
    if (to < 0 || !r->read(r->csv, 2, r->about, &triple.value))
        return false;
    if (triples->len == (guint)REGIONS_MAX * REGIONS_MAX) {
        csv_error(r->csv, 0, "more than a line for each two regions");
        return false;
    }
    triple.from = (uint16_t)from;
    triple.to = (uint16_t)to;
    g_array_append_val(triples, triple);
    return true;
}

/* All of them, the first of which is there. */
static void read_triples(struct reading *r)
{
    GArray *triples = g_array_new(FALSE, FALSE, sizeof(struct triple));
    struct region_table *table = r->table;

    do {
        if (!read_triple(r, triples))
            break;
    } while (csv_next(r->csv));
    if (csv_is_good(r->csv))
        make_cells(r);
    for (guint i = 0; i < triples->len && csv_is_good(r->csv); i++) {
        const struct triple *t = &g_array_index(triples, struct triple, i);
        const size_t cell = t->from * r->count + t->to;

        if (table->is_given[cell])
            csv_error_of_file(r->csv, "line %d is the second one from `%.80s` to `%.80s`", t->line,
                              (char *)g_ptr_array_index(table->names, t->from),
                              (char *)g_ptr_array_index(table->names, t->to));
        table->cells[cell] = t->value;
        table->is_given[cell] = t->from != t->to || t->value.time != 0;
    }
    g_array_free(triples, TRUE);
}

/* ---- which form it is ---- */

/* The first line is a header: of a square, if a column is named after the next line's row. */
static void read_headed(struct reading *r)
{
    struct header header = { 0 };

    if (csv_count(r->csv) < 2) {
        csv_error(r->csv, 0, "one field; a matrix between regions has a column for each");
        return;
    }
    if (read_header(r, &header) && csv_next(r->csv)) {
        if (header.count == 3 && region_table_find(r->table, csv_field(r->csv, 0)) < 0) {
            g_hash_table_remove_all(r->table->numbers);
            g_ptr_array_set_size(r->table->names, 0);
            read_triples(r);
        } else {
            r->table->weights = g_new0(double, r->table->names->len + 1);
            make_cells(r);
            read_named_rows(r, &header);
        }
    }
    g_free(header.regions);
}

/* True if no field of the row is a name. */
static bool has_no_name(const struct csv *csv)
{
    for (size_t i = 0; i < csv_count(csv); i++)
        if (*csv_field(csv, i) != 0 && !is_number(csv, i))
            return false;
    return true;
}

struct region_table *region_table_read(struct csv *csv, region_value_read *read, const void *about)
{
    struct reading r = { .csv = csv, .read = read, .about = about };

    r.table = g_new0(struct region_table, 1);
    r.table->names = g_ptr_array_new_with_free_func(g_free);
    r.table->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    if (csv_next(csv)) {
        if (csv_count(csv) == 3 && is_number(csv, 2))
            read_triples(&r);
        else if (has_no_name(csv))
            read_square_without_names(&r);
        else
            read_headed(&r);
    }
    if (csv_is_good(csv) && r.count == 0)
        csv_error_of_file(csv, "it has no matrix between regions, as in `rtt,eu,us`, `eu,2,40`, "
                               "`us,40,3`");
    if (csv_is_good(csv)) {
        if (r.table->weights != NULL && r.table->weights[0] <= 0)
            g_clear_pointer(&r.table->weights, g_free);
        return r.table;
    }
    region_table_free(r.table);
    return NULL;
}
