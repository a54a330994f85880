/* SPDX-License-Identifier: GPL-3.0-or-later */
/* churn_trace.c - see churn_trace.h. */
#include "experiment/language/churn_trace.h"

#include "base/csv.h"

#include <glib.h>
#include <string.h>

/* What is known of a recorded node while it is read. */
struct recorded {
    bool begins_up, is_up; /* at the beginning of what counts, and now */
    bool has_changed;      /* there was a line about it */
    sim_time last;         /* when, in the file's time */
    uint64_t changes;      /* of what counts */
    sim_time last_change;  /* among these */
};

struct change {
    uint32_t node;
    sim_time time; /* from where the record is to begin, > 0 */
};

struct reading {
    const struct trace_meaning *meaning;
    struct csv *csv;
    GHashTable *numbers; /* name -> number, 1 up */
    GPtrArray *names;    /* as they came; empty where nodes have none */
    GArray *nodes;       /* struct recorded */
    GArray *changes;     /* struct change */
    sim_time length;
};

static struct recorded *recorded_node(struct reading *r, uint32_t node)
{
    return &g_array_index(r->nodes, struct recorded, node);
}

/* ---- changes ---- */

/* A node that nothing is known of; false and an error if it is one too many. */
static bool add_node(struct reading *r)
{
    const struct recorded node = { .begins_up = true, .is_up = true };

    if (r->nodes->len == TRACE_NODES_MAX) {
        csv_error(r->csv, 0, "more than %d nodes", TRACE_NODES_MAX);
        return false;
    }
    g_array_append_val(r->nodes, node);
    return true;
}

/* A node goes or comes at `time` of the file, which is after all it did before. */
static bool add_change(struct reading *r, uint32_t number, sim_time time, bool is_up, size_t field)
{
    struct recorded *node = recorded_node(r, number);
    const struct change change = { .node = number, .time = time - r->meaning->from };

    if (!node->has_changed || change.time <= 0)
        node->begins_up = change.time <= 0 ? is_up : !is_up;
    node->has_changed = true;
    node->is_up = is_up;
    node->last = time;
    if (change.time <= 0)
        return true;
    if (r->changes->len == TRACE_CHANGES_MAX) {
        csv_error(r->csv, field, "more than %d changes", TRACE_CHANGES_MAX);
        return false;
    }
    g_array_append_val(r->changes, change);
    node->changes++;
    node->last_change = change.time;
    r->length = MAX(r->length, change.time);
    return true;
}

/* ---- lines of a time and what a node is from then on ---- */

/* Whether a field says so; *is_up is what it says. */
static bool is_state(const char *text, bool *is_up)
{
    *is_up = g_ascii_strcasecmp(text, "up") == 0 || g_ascii_strcasecmp(text, "u") == 0;
    return *is_up || g_ascii_strcasecmp(text, "down") == 0 || g_ascii_strcasecmp(text, "d") == 0;
}

/* Reads both from the row, the time in `field` and the state in the next one. */
static bool read_change(struct reading *r, uint32_t number, size_t field)
{
    const struct recorded *node = recorded_node(r, number);
    char text[QUANTITY_TEXT_MAX];
    sim_time time = 0;
    bool is_up = false;

    if (!csv_read_time(r->csv, field, r->meaning->unit, 1, &time))
        return false;
    if (!is_state(csv_field(r->csv, field + 1), &is_up)) {
        csv_error(r->csv, field + 1, "`%.40s`; up or down, or U or D, was expected",
                  csv_field(r->csv, field + 1));
        return false;
    }
    if (node->has_changed && time <= node->last) {
        quantity_write_time(node->last, text);
        csv_error(r->csv, field, "not after the node's line before, at %s", text);
        return false;
    }
    if (node->has_changed && is_up == node->is_up) {
        csv_error(r->csv, field + 1, "the node is %s already", is_up ? "up" : "down");
        return false;
    }
    return add_change(r, number, time, is_up, field);
}

static bool has_fields(struct reading *r, size_t count, const char *wanted)
{
    if (csv_count(r->csv) == count)
        return true;
    csv_error(r->csv, count < csv_count(r->csv) ? count : csv_count(r->csv),
              "%zu field%s; %s was expected", csv_count(r->csv), csv_count(r->csv) == 1 ? "" : "s",
              wanted);
    return false;
}

/* The number of the node that the row names; false and an error if it is one too many. */
static bool find_node(struct reading *r, uint32_t *number)
{
    const char *name = csv_field(r->csv, 0);
    gpointer found = g_hash_table_lookup(r->numbers, name);
    char *copy;

    if (found == NULL) {
        if (!add_node(r))
            return false;
        copy = g_strdup(name);
        g_ptr_array_add(r->names, copy);
        found = GUINT_TO_POINTER(r->nodes->len);
        g_hash_table_insert(r->numbers, copy, found);
    }
    *number = GPOINTER_TO_UINT(found) - 1;
    return true;
}

static bool is_time(const char *text)
{
    return quantity_read_real(text, &(double){ 0 }, NULL) ||
           quantity_read_time(text, &(sim_time){ 0 }, NULL);
}

/* Rows of a node, a time and a state, the first of which is there. */
static void read_named(struct reading *r)
{
    uint32_t number;
    bool is_up;

    if (!is_state(csv_field(r->csv, 2), &is_up) && !is_time(csv_field(r->csv, 1)) &&
        !csv_next(r->csv)) /* a heading */
        return;
    do {
        if (!has_fields(r, 3, "a node, a time, and up or down") || !find_node(r, &number) ||
            !read_change(r, number, 1))
            return;
    } while (csv_next(r->csv));
}

/* ---- lines of lengths ---- */

static bool read_lengths(struct reading *r)
{
    bool is_up = true;
    sim_time time = 0;

    if (!add_node(r))
        return false;
    for (size_t i = 0; i < csv_count(r->csv); i++) {
        sim_time length = 0;

        if (!csv_read_time(r->csv, i, r->meaning->unit, 1, &length))
            return false;
        if (length == 0 && i > 0) {
            csv_error(r->csv, i, "0; only the first length may be, of a node that begins away");
            return false;
        }
        if (__builtin_add_overflow(time, length, &time) || time > SIM_TIME_MAX) {
            csv_error(r->csv, i, "too late: the lengths before and this one are too long a time");
            return false;
        }
        is_up = !is_up;
        if (!add_change(r, r->nodes->len - 1, time, is_up, i))
            return false;
    }
    return true;
}

/* ---- files and folders ---- */

static void read_one_file(struct reading *r)
{
    bool is_up;

    csv_skip(r->csv, r->meaning->skip);
    if (!csv_next(r->csv))
        return;
    if (csv_count(r->csv) == 2 && is_state(csv_field(r->csv, 1), &is_up))
        csv_error(r->csv, 0,
                  "a time and a state, but of which node? Put a file for each node into "
                  "a folder, and name that");
    else if (csv_count(r->csv) == 3 && !is_time(csv_field(r->csv, 2)))
        read_named(r);
    else
        while (read_lengths(r) && csv_next(r->csv))
            ;
}

/* A file of one node's changes. */
static void read_node_file(struct reading *r)
{
    csv_skip(r->csv, r->meaning->skip);
    if (!add_node(r))
        return;
    while (csv_next(r->csv))
        if (!has_fields(r, 2, "a time, and U or D") || !read_change(r, r->nodes->len - 1, 0))
            return;
}

/* Opens a file, reads it with `read`, and closes it; false after an error. */
static bool with_file(struct reading *r, const char *path, void (*read)(struct reading *r),
                      struct errors *errors)
{
    bool is_good;

    r->csv = csv_open(path, CSV_AS_FIRST_ROW, errors);
    if (r->csv != NULL)
        read(r);
    is_good = csv_is_good(r->csv);
    csv_close(r->csv);
    return is_good;
}

static int compare_names(const void *a, const void *b)
{
    return strverscmp(*(char *const *)a, *(char *const *)b);
}

static bool read_folder(struct reading *r, const char *path, struct errors *errors)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;
    bool is_good = folder != NULL;

    if (!is_good)
        errors_add(errors, ERROR_IO, "cannot read the folder '%s'", path);
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        if (name[0] != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_clear_pointer(&folder, g_dir_close);
    if (names->len > 0)
        qsort(names->pdata, names->len, sizeof *names->pdata, compare_names);
    for (guint i = 0; i < names->len && is_good; i++) {
        char *file = g_build_filename(path, names->pdata[i], NULL);

        is_good = with_file(r, file, read_node_file, errors);
        g_free(file);
    }
    g_ptr_array_free(names, TRUE);
    return is_good;
}

/* ---- the trace ---- */

/* Whether the node has one more change at the end, or one less, to end as it begins. */
static int closing_change(const struct reading *r, const struct recorded *node)
{
    if (!r->meaning->repeats || node->changes % 2 == 0)
        return 0;
    return node->last_change == r->length ? -1 : 1;
}

static bool read_number(const char *name, int64_t *number)
{
    return g_ascii_isdigit(*name) && strspn(name, "0123456789") == strlen(name) &&
           quantity_read_count(name, number, NULL);
}

struct place_of_node {
    int64_t number; /* its name */
    uint32_t node;
};

/* Those of one number, 7 and 07, are in the order of the file. */
static int compare_places(const void *a, const void *b)
{
    const struct place_of_node *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* The nodes in the order in which the trace has them; to be freed with g_free(). */
static uint32_t *order_nodes(const struct reading *r)
{
    const uint32_t count = r->nodes->len;
    struct place_of_node *places = g_new0(struct place_of_node, count + 1);
    uint32_t *order = g_new(uint32_t, count + 1);
    bool are_numbers = r->names->len > 0;

    for (uint32_t i = 0; i < count; i++)
        places[i] = (struct place_of_node){ .number = i, .node = i };
    for (uint32_t i = 0; i < count && are_numbers; i++)
        are_numbers = read_number(r->names->pdata[i], &places[i].number);
    if (are_numbers)
        qsort(places, count, sizeof *places, compare_places);
    for (uint32_t i = 0; i < count; i++)
        order[i] = are_numbers ? places[i].node : i;
    g_free(places);
    return order;
}

static void hash(struct churn_trace *made, const uint64_t *start)
{
    const struct sim_trace *t = &made->trace;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)&t->length, sizeof t->length);
    g_checksum_update(sum, (const guchar *)t->begins_up, (gssize)(t->count * sizeof(bool)));
    g_checksum_update(sum, (const guchar *)start, (gssize)((t->count + 1) * sizeof *start));
    g_checksum_update(sum, (const guchar *)t->changes,
                      (gssize)(start[t->count] * sizeof *t->changes));
    g_strlcpy(made->sha256, g_checksum_get_string(sum), sizeof made->sha256);
    g_checksum_free(sum);
}

/* Puts the changes behind one another, node by node. */
static struct churn_trace *assemble(const struct reading *r)
{
    struct churn_trace *made = g_new0(struct churn_trace, 1);
    const uint32_t count = r->nodes->len;
    uint32_t *order = order_nodes(r);
    uint64_t *start = g_new0(uint64_t, count + 1), *next = g_new0(uint64_t, count + 1);
    bool *begins_up = g_new0(bool, count + 1);
    sim_time *changes;

    for (uint32_t i = 0; i < count; i++) {
        const struct recorded *node = recorded_node((struct reading *)r, order[i]);

        begins_up[i] = node->begins_up;
        next[order[i]] = start[i];
        start[i + 1] = start[i] + node->changes + (uint64_t)closing_change(r, node);
    }
    changes = g_new(sim_time, start[count] + 1);
    for (guint i = 0; i < r->changes->len; i++) {
        const struct change *change = &g_array_index(r->changes, struct change, i);
        const struct recorded *node = recorded_node((struct reading *)r, change->node);

        if (closing_change(r, node) >= 0 || change->time != node->last_change)
            changes[next[change->node]++] = change->time;
    }
    for (uint32_t i = 0; i < count; i++)
        if (closing_change(r, recorded_node((struct reading *)r, i)) > 0)
            changes[next[i]] = r->length;
    made->trace = (struct sim_trace){ .count = count,
                                      .begins_up = begins_up,
                                      .start = start,
                                      .changes = changes,
                                      .length = r->length };
    hash(made, start);
    g_free(next);
    g_free(order);
    return made;
}

struct churn_trace *churn_trace_read(const char *path, const struct trace_meaning *meaning,
                                     struct errors *errors)
{
    struct reading r = { .meaning = meaning };
    struct churn_trace *made = NULL;
    bool is_good;

    r.numbers = g_hash_table_new(g_str_hash, g_str_equal);
    r.names = g_ptr_array_new_with_free_func(g_free);
    r.nodes = g_array_new(FALSE, FALSE, sizeof(struct recorded));
    r.changes = g_array_new(FALSE, FALSE, sizeof(struct change));
    is_good = g_file_test(path, G_FILE_TEST_IS_DIR) ? read_folder(&r, path, errors)
                                                    : with_file(&r, path, read_one_file, errors);
    if (is_good && r.changes->len == 0)
        errors_add_at(errors, &(struct place){ .file = path }, NULL, "no node comes or goes%s",
                      meaning->from > 0 ? " after `from`" : "");
    else if (is_good)
        made = assemble(&r);
    g_array_free(r.changes, TRUE);
    g_array_free(r.nodes, TRUE);
    g_hash_table_destroy(r.numbers);
    g_ptr_array_free(r.names, TRUE);
    return made;
}

void churn_trace_free(struct churn_trace *trace)
{
    if (trace == NULL)
        return;
    g_free((void *)trace->trace.begins_up);
    g_free((void *)trace->trace.start);
    g_free((void *)trace->trace.changes);
    g_free(trace);
}

double churn_trace_availability(const struct sim_trace *trace, uint32_t nodes, bool repeats,
                                sim_time end)
{
    const sim_time whole = repeats ? trace->length : end;
    double up = 0;

    for (uint32_t i = 0; i < nodes; i++) {
        bool is_up = trace->begins_up[i];
        sim_time since = 0;

        for (uint64_t k = trace->start[i]; k < trace->start[i + 1]; k++) {
            const sim_time at = MIN(trace->changes[k], whole);

            up += is_up ? (double)(at - since) : 0;
            since = at;
            is_up = !is_up;
        }
        up += is_up ? (double)(whole - since) : 0;
    }
    return up / ((double)whole * nodes);
}
