/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_file_graphml.c - graphs from GraphML; see topology_file.h.
 *
 * GLib's parser of a subset of XML reads it: it knows lines and columns, expands no entities of a
 * file's own and opens no other files.
 * Source: http://graphml.graphdrawing.org/specification.html
 */
#include "experiment/topology/topology_file_edges.h"

#include <string.h>

enum { ATTRIBUTES_MAX = 32, TEXT_MAX = 256, PIECE = 4096 };

/* What a <key> declares that counts. */
enum meaning { MEANS_NOTHING, MEANS_WEIGHT, MEANS_LOSS, MEANS_BANDWIDTH };

struct graphml {
    struct graph_file *file;
    GMarkupParseContext *context;
    GHashTable *keys;    /* id -> enum meaning */
    GHashTable *places;  /* name of a node -> its place + 1 */
    GArray *is_declared; /* of each place: bool */
    bool is_directed;
    bool is_in_edge;
    struct edge edge;
    enum meaning meaning; /* of the <data> that is being read */
    char text[TEXT_MAX];
    size_t length;
};

static void place_of(const struct graphml *g, int *line, int *column)
{
    g_markup_parse_context_get_position(g->context, line, column);
}

/* Stops the parser after an error of ours. */
static void stop(GError **error)
{
    g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "told already");
}

static const char *attribute(const char **names, const char **values, const char *name)
{
    for (int i = 0; names[i] != NULL && i < ATTRIBUTES_MAX; i++)
        if (strcmp(names[i], name) == 0)
            return values[i];
    return NULL;
}

static uint64_t place_of_node(struct graphml *g, const char *name, bool is_declared)
{
    const bool no = false;
    gpointer place = g_hash_table_lookup(g->places, name);

    if (place == NULL) {
        g_array_append_val(g->is_declared, no);
        place = GUINT_TO_POINTER(g->is_declared->len);
        g_hash_table_insert(g->places, g_strdup(name), place);
    }
    if (is_declared)
        g_array_index(g->is_declared, bool, GPOINTER_TO_UINT(place) - 1) = true;
    return GPOINTER_TO_UINT(place) - 1;
}

static void declare_key(struct graphml *g, const char *id, const char *name)
{
    enum meaning meaning = MEANS_NOTHING;

    if (strcmp(name, "latency") == 0 || strcmp(name, "weight") == 0)
        meaning = MEANS_WEIGHT;
    else if (strcmp(name, "packet_loss") == 0)
        meaning = MEANS_LOSS;
    else if (strstr(name, "bandwidth") != NULL)
        meaning = MEANS_BANDWIDTH;
    g_hash_table_insert(g->keys, g_strdup(id), GINT_TO_POINTER(meaning));
}

static bool begin_edge(struct graphml *g, const char **names, const char **values)
{
    const char *source = attribute(names, values, "source");
    const char *target = attribute(names, values, "target");
    const char *directed = attribute(names, values, "directed");

    g->edge = (struct edge){ .latency = NO_LATENCY, .is_directed = g->is_directed };
    place_of(g, &g->edge.line, &g->edge.column);
    if (source == NULL || target == NULL)
        return file_fail(g->file, g->edge.line, g->edge.column, "an edge without `%s`",
                         source == NULL ? "source" : "target");
    if (directed != NULL)
        g->edge.is_directed = strcmp(directed, "true") == 0;
    g->edge.a = place_of_node(g, source, false);
    g->edge.b = place_of_node(g, target, false);
    g->is_in_edge = true;
    return true;
}

static void start_element(GMarkupParseContext *context, const char *name, const char **names,
                          const char **values, gpointer data, GError **error)
{
    struct graphml *g = data;
    const char *id = attribute(names, values, "id"), *about;
    int line, column;

    (void)context;
    place_of(g, &line, &column);
    if (strcmp(name, "key") == 0) {
        about = attribute(names, values, "attr.name");
        declare_key(g, id != NULL ? id : "", about != NULL ? about : "");
    } else if (strcmp(name, "graph") == 0) {
        about = attribute(names, values, "edgedefault");
        g->is_directed = about != NULL && strcmp(about, "directed") == 0;
    } else if (strcmp(name, "node") == 0 && id == NULL) {
        file_fail(g->file, line, column, "a node without `id`");
    } else if (strcmp(name, "node") == 0) {
        place_of_node(g, id, true);
    } else if (strcmp(name, "edge") == 0) {
        begin_edge(g, names, values);
    } else if (strcmp(name, "data") == 0) {
        about = attribute(names, values, "key");
        g->length = 0;
        g->meaning =
            (enum meaning)GPOINTER_TO_INT(g_hash_table_lookup(g->keys, about != NULL ? about : ""));
    }
    if (g->file->has_failed)
        stop(error);
}

static void read_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data,
                      GError **error)
{
    struct graphml *g = data;

    (void)context;
    (void)error;
    for (gsize i = 0; i < length && g->meaning != MEANS_NOTHING && g->length + 1 < TEXT_MAX; i++)
        g->text[g->length++] = text[i];
}

static void end_data(struct graphml *g)
{
    int line, column;

    place_of(g, &line, &column);
    g->text[g->length] = 0;
    g_strstrip(g->text);
    if (g->meaning == MEANS_BANDWIDTH)
        g->file->notes.has_bandwidths = true;
    else if (g->is_in_edge && g->meaning == MEANS_WEIGHT)
        file_weight(g->file, g->text, line, column, &g->edge.latency);
    else if (g->is_in_edge && g->meaning == MEANS_LOSS)
        file_loss(g->file, g->text, line, column);
    g->meaning = MEANS_NOTHING;
}

static void end_element(GMarkupParseContext *context, const char *name, gpointer data,
                        GError **error)
{
    struct graphml *g = data;

    (void)context;
    if (strcmp(name, "data") == 0)
        end_data(g);
    if (strcmp(name, "edge") == 0) {
        file_edge(g->file, &g->edge);
        g->is_in_edge = false;
    }
    if (g->file->has_failed)
        stop(error);
}

/* Hands the text over piece by piece. */
static void parse(struct graphml *g)
{
    struct graph_file *file = g->file;
    GError *error = NULL;
    bool is_good = true;

    while (is_good && file_peek(file) != EOF) {
        char piece[PIECE];
        gssize length = 0;

        for (; length < PIECE && file_peek(file) != EOF; file_skip(file))
            piece[length++] = (char)file_peek(file);
        is_good = g_markup_parse_context_parse(g->context, piece, length, &error);
    }
    is_good = is_good && g_markup_parse_context_end_parse(g->context, &error);
    if (!is_good) {
        int line, column;

        place_of(g, &line, &column);
        file_fail(file, line, column, "no GraphML: %.120s", error->message);
    }
    g_clear_error(&error);
}

/* All nodes of edges must be there. */
static void check_nodes(struct graphml *g)
{
    const struct graph_file *file = g->file;

    g->file->nodes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (uint64_t i = 0; i < g->is_declared->len; i++)
        if (g_array_index(g->is_declared, bool, i))
            g_array_append_val(g->file->nodes, i);
    for (guint i = 0; i < file->edges->len && !file->has_failed; i++) {
        const struct edge *edge = &g_array_index(file->edges, struct edge, i);

        if (!g_array_index(g->is_declared, bool, edge->a) ||
            !g_array_index(g->is_declared, bool, edge->b))
            file_fail(g->file, edge->line, edge->column,
                      "an edge of a node that the file does not have");
    }
}

bool file_read_graphml(struct graph_file *file)
{
    static const GMarkupParser parser = { .start_element = start_element,
                                          .end_element = end_element,
                                          .text = read_text };
    struct graphml g = { .file = file };

    g.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g.is_declared = g_array_new(FALSE, FALSE, sizeof(bool));
    g.context = g_markup_parse_context_new(&parser, 0, &g, NULL);
    parse(&g);
    if (!file->has_failed)
        check_nodes(&g);
    g_markup_parse_context_free(g.context);
    g_array_free(g.is_declared, TRUE);
    g_hash_table_destroy(g.places);
    g_hash_table_destroy(g.keys);
    return !file->has_failed;
}
