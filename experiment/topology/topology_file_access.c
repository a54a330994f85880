/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_file_access.c - the access links of nodes that a file tells of: its classes are the
 * different pairs of bandwidths, in the order in which nodes have them.
 */
#include "experiment/topology/topology_file_edges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a unit of bandwidth counts, bit/s: `bit`, `kbit`, `Kibit`, `Mbit/s`; 0: it is none. */
static double unit_scale(const char *unit)
{
    static const char prefixes[] = "kmgt";
    const char *prefix = unit[0] == 0 ? NULL : strchr(prefixes, g_ascii_tolower(unit[0]));
    double scale = 1;

    if (prefix != NULL) {
        const bool is_binary = unit[1] == 'i' && unit[2] == 'b';

        scale = pow(is_binary ? 1024 : 1000, (double)(prefix - prefixes + 1));
        unit += is_binary ? 2 : 1;
    }
    return strcmp(unit, "bit") == 0 || strcmp(unit, "bit/s") == 0 ? scale : 0;
}

/* Bits a second, at least 1; 0: it says none. */
static int64_t read_bandwidth(const char *text)
{
    char *end;
    const double number = g_ascii_strtod(text, &end);
    double bits;

    while (*end == ' ' || *end == '\t')
        end++;
    bits = number * unit_scale(end);
    return end != text && bits >= 1 && bits < 0x1p62 ? (int64_t)(bits + 0.5) : 0;
}

void file_bandwidth(struct graph_file *file, const char *key, const char *text, int line,
                    int column, struct declared *node)
{
    const int64_t bits = read_bandwidth(text);

    file->notes.has_bandwidths = true;
    if (bits == 0 && file->access_why[0] == 0)
        g_snprintf(file->access_why, TOPOLOGY_WHY_MAX,
                   "`%.40s` at line %d, column %d of its file is no bandwidth with a unit, as in "
                   "76200 Kibit",
                   text, line, column);
    if (!g_str_has_suffix(key, "down"))
        node->up = bits;
    if (!g_str_has_suffix(key, "up"))
        node->down = bits;
}

/* The class of these bandwidths, a new one if there is none; ACCESS_CLASSES_MAX: there are too
 * many. */
static guint class_of(GHashTable *known, GArray *classes, const struct declared *node)
{
    const struct sim_access_class new = { .bandwidth = node->up, .downlink = node->down };
    char *key = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, node->up, node->down);
    gpointer found = g_hash_table_lookup(known, key);

    if (found == NULL && classes->len < ACCESS_CLASSES_MAX) {
        g_array_append_val(classes, new);
        found = GUINT_TO_POINTER(classes->len);
        g_hash_table_insert(known, g_strdup(key), found);
    }
    g_free(key);
    return found == NULL ? ACCESS_CLASSES_MAX : GPOINTER_TO_UINT(found) - 1;
}

/* The class of each declared node, by its place in the graph; false: there are too many. */
static bool sort_out(const struct graph_file *file, const GArray *numbers, GArray *classes,
                     uint16_t *of)
{
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint class = 0;

    for (guint i = 0; i < file->nodes->len && class < ACCESS_CLASSES_MAX; i++) {
        const struct declared *node = &g_array_index(file->nodes, struct declared, i);
        uint32_t place;

        class = class_of(known, classes, node);
        if (class < ACCESS_CLASSES_MAX && file_place(numbers, node->number, &place))
            of[place] = (uint16_t) class;
    }
    g_hash_table_destroy(known);
    return class < ACCESS_CLASSES_MAX;
}

static void seal(struct topology_access *access, guint nodes)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (size_t i = 0; i < access->count; i++) {
        const int64_t rates[] = { access->classes[i].bandwidth, access->classes[i].downlink };

        g_checksum_update(sum, (const guchar *)rates, sizeof rates);
    }
    g_checksum_update(sum, (const guchar *)access->of, (gssize)(nodes * sizeof *access->of));
    g_strlcpy(access->sha256, g_checksum_get_string(sum), sizeof access->sha256);
    g_checksum_free(sum);
}

void file_access(struct graph_file *file, const GArray *numbers, struct topology_access *access)
{
    const double nodes = numbers->len;
    GArray *classes;

    if (!file->notes.has_bandwidths)
        g_strlcpy(file->access_why, "the nodes of its file have no bandwidths", TOPOLOGY_WHY_MAX);
    for (guint i = 0; file->access_why[0] == 0 && i < file->nodes->len; i++) {
        const struct declared *node = &g_array_index(file->nodes, struct declared, i);

        if (node->up == 0 || node->down == 0)
            g_snprintf(file->access_why, TOPOLOGY_WHY_MAX,
                       "node %" G_GUINT64_FORMAT " of its file has no `host_bandwidth_%s`",
                       node->number, node->up == 0 ? "up" : "down");
    }
    g_strlcpy(access->why, file->access_why, sizeof access->why);
    if (access->why[0] != 0)
        return;
    classes = g_array_new(FALSE, TRUE, sizeof(struct sim_access_class));
    access->of = g_new0(uint16_t, numbers->len);
    if (!sort_out(file, numbers, classes, access->of)) {
        g_snprintf(access->why, sizeof access->why,
                   "its file has more than %d different pairs of bandwidths", ACCESS_CLASSES_MAX);
        g_array_free(classes, TRUE);
        return;
    }
    for (guint i = 0; i < numbers->len; i++)
        g_array_index(classes, struct sim_access_class, access->of[i]).share += 1 / nodes;
    access->count = classes->len;
    access->classes = (struct sim_access_class *)(void *)g_array_free(classes, FALSE);
    seal(access, numbers->len);
}
