/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topology_file_gml.c - graphs from GML; see topology_file.h.
 *
 * GML is lists of keys and values: numbers, "strings" and [ lists ].  Of `graph [ … ]` we read
 * `directed`, the `id` and bandwidths of each `node` and the `source`, `target`, `latency`,
 * `weight` and `packet_loss` of each `edge`; all else is passed over. Source: M. Himsolt, GML: a
 * portable graph file format, Universitaet Passau, 1997.
 */
#include "base/quantity.h"
#include "experiment/topology/topology_file_edges.h"

#include <string.h>

enum { TOKEN_MAX = 256, DEPTH_MAX = 32 };

#define UNQUOTED "a value with a unit stands in quotes, as in \"5%%\" or \"10 ms\""

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_VALUE, TOKEN_OPEN, TOKEN_CLOSE };

struct token {
    enum token_kind kind;
    char text[TOKEN_MAX]; /* of a string without its quotes, cut off where it is longer */
    int line, column;
};

static void skip_blanks(struct graph_file *file)
{
    for (;;) {
        const int c = file_peek(file);

        if (c == '#')
            while (file_peek(file) != '\n' && file_peek(file) != EOF)
                file_skip(file);
        else if (c != EOF && strchr(" \t\r\n\v\f", c) != NULL)
            file_skip(file);
        else
            return;
    }
}

static bool read_string(struct graph_file *file, struct token *token)
{
    size_t length = 0;

    file_skip(file);
    for (; file_peek(file) != '"'; file_skip(file)) {
        if (file_peek(file) == EOF)
            return file_fail(file, token->line, token->column, "this text has no end");
        if (length + 1 < TOKEN_MAX)
            token->text[length++] = (char)file_peek(file);
    }
    token->text[length] = 0;
    file_skip(file);
    token->kind = TOKEN_VALUE;
    return true;
}

static bool read_token(struct graph_file *file, struct token *token)
{
    size_t length = 0;
    int c;

    skip_blanks(file);
    c = file_peek(file);
    *token = (struct token){ .line = file->line, .column = file->column };
    if (c == EOF)
        return !file->has_failed;
    if (c == '"')
        return read_string(file, token);
    if (c == '[' || c == ']') {
        file_skip(file);
        token->kind = c == '[' ? TOKEN_OPEN : TOKEN_CLOSE;
        return true;
    }
    for (; c != EOF && (g_ascii_isalnum(c) || strchr("_.+-", c) != NULL); c = file_peek(file)) {
        if (length + 1 == TOKEN_MAX)
            return file_fail(file, token->line, token->column, "too long for a word of GML");
        token->text[length++] = (char)c;
        file_skip(file);
    }
    if (length > 0 && (c == '%' || c == '/'))
        return file_fail(file, token->line, token->column, UNQUOTED);
    token->kind = g_ascii_isalpha(token->text[0]) ? TOKEN_WORD : TOKEN_VALUE;
    return length > 0 ||
           file_fail(file, token->line, token->column,
                     "`%c` has no place in GML: keys, numbers, \"texts\" and [ lists ]", c);
}

/* The key that comes next in a list; *is_end at its end. */
static bool read_key(struct graph_file *file, struct token *key, bool is_inside, bool *is_end)
{
    if (!read_token(file, key))
        return false;
    *is_end = key->kind == (is_inside ? TOKEN_CLOSE : TOKEN_END);
    if (*is_end || key->kind == TOKEN_WORD)
        return true;
    if (key->kind == TOKEN_END)
        return file_fail(file, key->line, key->column, "a `]` is missing before the end");
    return file_fail(file, key->line, key->column, "a key of GML was expected");
}

/* What follows a number that should be in quotes with it. */
static bool is_unit(const char *word)
{
    char *one = g_strconcat("1", word, NULL);
    sim_time ignored;
    const bool is_time = quantity_read_time(one, &ignored, NULL);

    g_free(one);
    return is_time || g_str_has_suffix(word, "bit");
}

static bool read_value(struct graph_file *file, const struct token *key, struct token *value)
{
    if (!read_token(file, value))
        return false;
    if (value->kind != TOKEN_VALUE && value->kind != TOKEN_OPEN && is_unit(key->text))
        return file_fail(file, key->line, key->column, UNQUOTED);
    return value->kind == TOKEN_VALUE || value->kind == TOKEN_OPEN ||
           file_fail(file, value->line, value->column, "a value of `%s` was expected", key->text);
}

/* Goes over what is left of a list. */
static bool pass_list(struct graph_file *file)
{
    struct token token;

    for (int depth = 1; depth > 0;) {
        if (!read_token(file, &token))
            return false;
        depth += (token.kind == TOKEN_OPEN) - (token.kind == TOKEN_CLOSE);
        if (token.kind == TOKEN_END)
            return file_fail(file, token.line, token.column, "a `]` is missing before the end");
        if (depth > DEPTH_MAX)
            return file_fail(file, token.line, token.column, "more than %d lists in each other",
                             DEPTH_MAX);
    }
    return true;
}

/* What of a node or an edge counts. */
struct found {
    bool has_id, has_source, has_target;
    struct declared node;
    struct edge edge;
};

static bool take(struct graph_file *file, const struct token *key, const struct token *value,
                 bool is_node, struct found *found)
{
    const int line = value->line, column = value->column;

    if (is_node && strcmp(key->text, "id") == 0) {
        found->has_id = true;
        return file_number(file, value->text, line, column, &found->node.number);
    }
    if (is_node && strstr(key->text, "bandwidth") != NULL)
        file_bandwidth(file, key->text, value->text, line, column, &found->node);
    if (is_node)
        return true;
    if (strcmp(key->text, "source") == 0)
        return (found->has_source = file_number(file, value->text, line, column, &found->edge.a));
    else if (strcmp(key->text, "target") == 0)
        return (found->has_target = file_number(file, value->text, line, column, &found->edge.b));
    else if (strcmp(key->text, "latency") == 0 || strcmp(key->text, "weight") == 0)
        return file_weight(file, value->text, line, column, &found->edge.latency);
    else if (strcmp(key->text, "packet_loss") == 0)
        return file_loss(file, value->text, line, column, &found->edge.loss);
    return true;
}

static bool read_part(struct graph_file *file, const struct token *at, bool is_node,
                      bool is_directed)
{
    struct found found = { .node = { .line = at->line, .column = at->column },
                           .edge = { .latency = NO_LATENCY,
                                     .line = at->line,
                                     .column = at->column,
                                     .is_directed = is_directed } };
    struct token key, value;
    bool is_end;

    while (read_key(file, &key, true, &is_end) && !is_end) {
        if (!read_value(file, &key, &value))
            return false;
        if (!(value.kind == TOKEN_OPEN ? pass_list(file)
                                       : take(file, &key, &value, is_node, &found)))
            return false;
    }
    if (file->has_failed)
        return false;
    if (is_node && !found.has_id)
        return file_fail(file, at->line, at->column, "a node without `id`");
    if (is_node) {
        g_array_append_val(file->nodes, found.node);
        return true;
    }
    if (!found.has_source || !found.has_target)
        return file_fail(file, at->line, at->column, "an edge without `%s`",
                         found.has_source ? "target" : "source");
    return file_edge(file, &found.edge);
}

static bool read_graph(struct graph_file *file)
{
    bool is_directed = false, is_end;
    struct token key, value;

    while (read_key(file, &key, true, &is_end) && !is_end) {
        const bool is_node = strcmp(key.text, "node") == 0;

        if (!read_value(file, &key, &value))
            return false;
        if (value.kind == TOKEN_OPEN && (is_node || strcmp(key.text, "edge") == 0)) {
            if (!read_part(file, &key, is_node, is_directed))
                return false;
        } else if (value.kind == TOKEN_OPEN && !pass_list(file)) {
            return false;
        } else if (strcmp(key.text, "directed") == 0) {
            is_directed = strcmp(value.text, "1") == 0;
        }
    }
    return !file->has_failed;
}

bool file_read_gml(struct graph_file *file)
{
    struct token key, value;
    bool is_end;

    file->nodes = g_array_new(FALSE, FALSE, sizeof(struct declared));
    while (read_key(file, &key, false, &is_end) && !is_end) {
        if (!read_value(file, &key, &value))
            return false;
        if (value.kind == TOKEN_OPEN &&
            !(strcmp(key.text, "graph") == 0 ? read_graph(file) : pass_list(file)))
            return false;
    }
    return !file->has_failed;
}
