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

struct key {
    enum meaning meaning;
    char *name;
};

/* A node that was named: by its own element, or by an edge alone. */
struct met {
    bool is_declared;
    struct declared node;
};

struct graphml {
    struct graph_file *file;
    GMarkupParseContext *context;
    GHashTable *keys;   /* id -> struct key */
    GHashTable *places; /* name of a node -> its place + 1 */
    GArray *nodes;      /* of each place: struct met */
    bool is_directed;
    bool is_in_edge, is_in_node;
    uint64_t node; /* that is being read */
    struct edge edge;
    const struct key *key; /* of the <data> that is being read; NULL: it does not count */
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

static uint64_t place_of_node(struct graphml *g, const char *name)
{
    const struct met new = { .node = { .number = g->nodes->len } };
    gpointer place = g_hash_table_lookup(g->places, name);

    if (place == NULL) {
        g_array_append_val(g->nodes, new);
        place = GUINT_TO_POINTER(g->nodes->len);
        g_hash_table_insert(g->places, g_strdup(name), place);
    }
    return GPOINTER_TO_UINT(place) - 1;
}

static void begin_node(struct graphml *g, const char *id, int line, int column)
{
    struct met *met;

    g->node = place_of_node(g, id);
    met = &g_array_index(g->nodes, struct met, g->node);
    if (met->is_declared)
        file_fail(g->file, line, column, "node `%.40s` is there already", id);
    met->is_declared = true;
    g->is_in_node = true;
}

static void declare_key(struct graphml *g, const char *id, const char *name)
{
    enum meaning meaning = MEANS_NOTHING;
    struct key *key;

    if (strcmp(name, "latency") == 0 || strcmp(name, "weight") == 0)
        meaning = MEANS_WEIGHT;
    else if (strcmp(name, "packet_loss") == 0)
        meaning = MEANS_LOSS;
    else if (strstr(name, "bandwidth") != NULL)
        meaning = MEANS_BANDWIDTH;
    if (meaning == MEANS_NOTHING)
        return;
    key = g_new(struct key, 1);
    *key = (struct key){ meaning, g_strdup(name) };
    g_hash_table_insert(g->keys, g_strdup(id), key);
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
    g->edge.a = place_of_node(g, source);
    g->edge.b = place_of_node(g, target);
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
        begin_node(g, id, line, column);
    } else if (strcmp(name, "edge") == 0) {
        begin_edge(g, names, values);
    } else if (strcmp(name, "data") == 0) {
        about = attribute(names, values, "key");
        g->length = 0;
        g->key = g_hash_table_lookup(g->keys, about != NULL ? about : "");
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
    for (gsize i = 0; i < length && g->key != NULL && g->length + 1 < TEXT_MAX; i++)
        g->text[g->length++] = text[i];
}

static void end_data(struct graphml *g)
{
    int line, column;

    if (g->key == NULL)
        return;
    place_of(g, &line, &column);
    g->text[g->length] = 0;
    g_strstrip(g->text);
    if (g->is_in_node && g->key->meaning == MEANS_BANDWIDTH)
        file_bandwidth(g->file, g->key->name, g->text, line, column,
                       &g_array_index(g->nodes, struct met, g->node).node);
    else if (g->is_in_edge && g->key->meaning == MEANS_WEIGHT)
        file_weight(g->file, g->text, line, column, &g->edge.latency);
    else if (g->is_in_edge && g->key->meaning == MEANS_LOSS)
        file_loss(g->file, g->text, line, column, &g->edge.loss);
    g->key = NULL;
}

static void end_element(GMarkupParseContext *context, const char *name, gpointer data,
                        GError **error)
{
    struct graphml *g = data;

    (void)context;
    if (strcmp(name, "data") == 0)
        end_data(g);
    if (strcmp(name, "node") == 0)
        g->is_in_node = false;
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

    g->file->nodes = g_array_new(FALSE, FALSE, sizeof(struct declared));
    for (guint i = 0; i < g->nodes->len; i++)
        if (g_array_index(g->nodes, struct met, i).is_declared)
            g_array_append_val(g->file->nodes, g_array_index(g->nodes, struct met, i).node);
    for (guint i = 0; i < file->edges->len && !file->has_failed; i++) {
        const struct edge *edge = &g_array_index(file->edges, struct edge, i);

        if (!g_array_index(g->nodes, struct met, edge->a).is_declared ||
            !g_array_index(g->nodes, struct met, edge->b).is_declared)
            file_fail(g->file, edge->line, edge->column,
                      "an edge of a node that the file does not have");
    }
}

static void free_key(gpointer data)
{
    struct key *key = data;

    g_free(key->name);
    g_free(key);
}

bool file_read_graphml(struct graph_file *file)
{
    static const GMarkupParser parser = { .start_element = start_element,
                                          .end_element = end_element,
                                          .text = read_text };
    struct graphml g = { .file = file };

    g.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_key);
    g.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g.nodes = g_array_new(FALSE, FALSE, sizeof(struct met));
    g.context = g_markup_parse_context_new(&parser, 0, &g, NULL);
    parse(&g);
    if (!file->has_failed)
        check_nodes(&g);
    g_markup_parse_context_free(g.context);
    g_array_free(g.nodes, TRUE);
    g_hash_table_destroy(g.places);
    g_hash_table_destroy(g.keys);
    return !file->has_failed;
}
