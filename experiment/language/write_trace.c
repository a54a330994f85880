/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_trace.c - see write_trace.h. */
#include "experiment/language/write_trace.h"

#include <string.h>

enum { KEY_BYTES_MAX = 1024 };

enum { TIME, NODE, KEY, BYTES, DELETE, COLUMNS };
static const char *const names[COLUMNS] = { "time", "node", "key", "bytes", "delete" };

/* A write and where it stands. */
struct entry {
    struct sim_write write;
    int line;
};

struct reading {
    struct csv *csv;
    sim_time unit;
    double scale;
    size_t columns[COLUMNS];
    bool has_deletes;
    GHashTable *keys; /* text to number, from 1 */
    GArray *entries;
};

/* The row is the header; false and an error if it is none. */
static bool find_columns(struct reading *r)
{
    for (int i = 0; i < DELETE; i++)
        if (!csv_find(r->csv, names[i], &r->columns[i])) {
            csv_error(r->csv, 0,
                      "there is no column `%s` in this first line; a trace of writes has `time`, "
                      "`node`, `key`, `bytes` and perhaps `delete`",
                      names[i]);
            return false;
        }
    r->has_deletes = csv_find(r->csv, names[DELETE], &r->columns[DELETE]);
    return true;
}

/* An empty field is none. */
static bool read_delete(struct reading *r, bool *is_delete)
{
    const char *text = r->has_deletes ? csv_field(r->csv, r->columns[DELETE]) : "";

    *is_delete = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    if (*is_delete || *text == 0 || strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        return true;
    csv_error(r->csv, r->columns[DELETE], "`%.40s` is neither true nor false", text);
    return false;
}

/* A number of bytes, or a size with its unit; a deletion may leave it out. */
static bool read_bytes(struct reading *r, struct sim_write *write)
{
    const size_t column = r->columns[BYTES];
    const char *text = csv_field(r->csv, column);
    int64_t bytes = 0;
    double number;

    if (write->is_delete && *text == 0)
        return true;
    if (!csv_read_size(r->csv, column, quantity_read_real(text, &number, NULL), 1, SIM_SIZE_MAX,
                       &bytes))
        return false;
    write->bytes = (uint32_t)bytes;
    return true;
}

static bool read_node(struct reading *r, struct sim_write *write)
{
    int64_t node = 0;

    if (!csv_read_count(r->csv, r->columns[NODE], &node))
        return false;
    if (node < 0 || node >= SIM_NODES_MAX) {
        csv_error(r->csv, r->columns[NODE], "%lld is no number of a node; they count from 0",
                  (long long)node);
        return false;
    }
    write->node = (node_id)node;
    return true;
}

static bool read_key(struct reading *r, struct sim_write *write)
{
    const char *text = csv_field(r->csv, r->columns[KEY]);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(r->keys, text));

    if (*text == 0 || strlen(text) > KEY_BYTES_MAX) {
        csv_error(r->csv, r->columns[KEY], "a key was expected, of 1 to %d bytes", KEY_BYTES_MAX);
        return false;
    }
    if (number == 0) {
        number = g_hash_table_size(r->keys) + 1;
        g_hash_table_insert(r->keys, g_strdup(text), GUINT_TO_POINTER(number));
    }
    write->key = number - 1;
    return true;
}

static bool add_row(struct reading *r)
{
    struct entry entry = { .line = csv_line(r->csv) };

    if (r->entries->len == SIM_UPDATES_MAX) {
        csv_error(r->csv, 0, "more than %d writes", SIM_UPDATES_MAX);
        return false;
    }
    if (!csv_read_time(r->csv, r->columns[TIME], r->unit, r->scale, &entry.write.at) ||
        !read_node(r, &entry.write) || !read_key(r, &entry.write) ||
        !read_delete(r, &entry.write.is_delete) || !read_bytes(r, &entry.write))
        return false;
    g_array_append_val(r->entries, entry);
    return true;
}

static bool read_rows(struct reading *r, int64_t skip)
{
    csv_skip(r->csv, skip);
    if (!csv_next(r->csv)) {
        csv_error_of_file(r->csv, "no writes; a first line `time,node,key,bytes` was expected");
        return false;
    }
    if (!find_columns(r))
        return false;
    while (csv_next(r->csv))
        if (!add_row(r))
            return false;
    if (csv_is_good(r->csv) && r->entries->len == 0)
        csv_error_of_file(r->csv, "no writes behind the first line");
    return csv_is_good(r->csv);
}

/* ---- in order ---- */

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->write.at != y->write.at)
        return x->write.at < y->write.at ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Keys count as they come up in time, whatever the order of the file. */
static void number_keys(struct write_trace *trace)
{
    uint32_t *numbers = g_new0(uint32_t, (size_t)trace->keys); /* from 1 */
    uint32_t count = 0;

    for (size_t i = 0; i < trace->count; i++) {
        uint32_t *number = &numbers[trace->writes[i].key];

        if (*number == 0)
            *number = ++count;
        trace->writes[i].key = *number - 1;
    }
    g_free(numbers);
}

static void add_word(GChecksum *sum, int64_t word)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)word >> 8 * i);
    g_checksum_update(sum, bytes, sizeof bytes);
}

static void hash(struct write_trace *trace)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (size_t i = 0; i < trace->count; i++) {
        const struct sim_write *write = &trace->writes[i];

        add_word(sum, write->at);
        add_word(sum, write->node);
        add_word(sum, write->key);
        add_word(sum, write->is_delete ? -1 : (int64_t)write->bytes);
    }
    g_strlcpy(trace->sha256, g_checksum_get_string(sum), sizeof trace->sha256);
    g_checksum_free(sum);
}

static struct write_trace *trace_of(const struct reading *r)
{
    struct write_trace *trace = g_new0(struct write_trace, 1);

    g_array_sort(r->entries, compare);
    trace->count = r->entries->len;
    trace->keys = g_hash_table_size(r->keys);
    trace->writes = g_new(struct sim_write, trace->count);
    trace->lines = g_new(int, trace->count);
    for (size_t i = 0; i < trace->count; i++) {
        const struct entry *entry = &g_array_index(r->entries, struct entry, i);

        trace->writes[i] = entry->write;
        trace->lines[i] = entry->line;
        trace->deletes += entry->write.is_delete;
    }
    number_keys(trace);
    hash(trace);
    return trace;
}

struct write_trace *write_trace_read(struct csv *csv, int64_t skip, sim_time unit, double scale)
{
    struct write_trace *trace = NULL;
    struct reading r = { .csv = csv, .unit = unit, .scale = scale };

    if (csv == NULL)
        return NULL;
    r.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r.entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    if (read_rows(&r, skip))
        trace = trace_of(&r);
    g_hash_table_destroy(r.keys);
    g_array_free(r.entries, TRUE);
    return trace;
}

void write_trace_free(struct write_trace *trace)
{
    if (trace == NULL)
        return;
    g_free(trace->writes);
    g_free(trace->lines);
    g_free(trace);
}
