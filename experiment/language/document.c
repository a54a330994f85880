/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.c - trees of items: finding, changing, copying, writing.
 *
 * Maps are short, so keys are found by looking at each.  Recursion is bounded by
 * DOCUMENT_DEPTH_MAX, which item_set() keeps too.
 */
#include "experiment/language/document.h"

#include "base/printable.h"

#include <stdarg.h>
#include <string.h>

void item_free(struct item *item)
{
    if (item == NULL)
        return;
    for (size_t i = 0; i < item->count; i++)
        item_free(item->children[i]);
    g_free(item->children);
    g_free(item->key);
    g_free(item->text);
    g_free(item);
}

void item_add(struct item *parent, struct item *child)
{
    if (parent->count == parent->allocated) {
        parent->allocated = parent->allocated == 0 ? 4 : 2 * parent->allocated;
        parent->children = g_renew(struct item *, parent->children, parent->allocated);
    }
    parent->children[parent->count++] = child;
    child->parent = parent;
}

struct item *item_clone(const struct item *item)
{
    struct item *clone = g_new(struct item, 1);

    *clone = *item;
    clone->key = g_strdup(item->key);
    clone->text = g_strdup(item->text);
    clone->parent = NULL;
    clone->children = NULL;
    clone->count = clone->allocated = 0;
    for (size_t i = 0; i < item->count; i++)
        item_add(clone, item_clone(item->children[i]));
    return clone;
}

bool item_is_null(const struct item *item)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

    if (item->kind != ITEM_SCALAR || item->is_quoted)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(nulls); i++)
        if (strcmp(item->text, nulls[i]) == 0)
            return true;
    return false;
}

/* True if an axis gave the item or a part of it. */
static bool has_swept(const struct item *item)
{
    for (size_t i = 0; i < item->count && !item->is_swept; i++)
        if (has_swept(item->children[i]))
            return true;
    return item->is_swept;
}

bool item_is_swept(const struct item *item)
{
    if (item == NULL || has_swept(item))
        return item != NULL;
    while (item != NULL && !item->is_swept)
        item = item->parent;
    return item != NULL;
}

struct item *item_get(const struct item *map, const char *key)
{
    for (size_t i = 0; map->kind == ITEM_MAP && i < map->count; i++)
        if (strcmp(map->children[i]->key, key) == 0)
            return map->children[i];
    return NULL;
}

/* The child of a list at the position, from 1, that `path` starts with. */
static struct item *get_position(const struct item *list, const char *path, size_t *length)
{
    size_t position = 0;

    *length = strspn(path, "0123456789");
    if (*length == 0 || *length > 6 || path[0] == '0' ||
        (path[*length] != 0 && path[*length] != '.'))
        return NULL;
    for (size_t i = 0; i < *length; i++)
        position = 10 * position + (size_t)(path[i] - '0');
    return position <= list->count ? list->children[position - 1] : NULL;
}

/* The child whose key is the longest one that `path` starts with; *length is the key's. */
static struct item *get_prefix(const struct item *map, const char *path, size_t *length)
{
    struct item *best = NULL;

    if (map->kind == ITEM_LIST)
        return get_position(map, path, length);
    for (size_t i = 0; map->kind == ITEM_MAP && i < map->count; i++) {
        const char *key = map->children[i]->key;
        size_t key_length = strlen(key);
        if (strncmp(path, key, key_length) == 0 &&
            (path[key_length] == 0 || path[key_length] == '.') &&
            (best == NULL || key_length > *length)) {
            best = map->children[i];
            *length = key_length;
        }
    }
    return best;
}

struct item *item_find(const struct item *root, const char *path)
{
    for (;;) {
        size_t length = 0;
        struct item *child = get_prefix(root, path, &length);

        if (child == NULL || path[length] == 0)
            return child;
        path += length + 1;
        root = child;
    }
}

const struct item *item_nearest(const struct item *root, const char *path)
{
    char *part = g_strdup(path), *dot;
    const struct item *item = item_find(root, part);

    while (item == NULL && (dot = strrchr(part, '.')) != NULL) {
        *dot = 0;
        item = item_find(root, part);
    }
    g_free(part);
    return item != NULL ? item : root;
}

/* Makes a null into an empty map; false and an error if the item is something else. */
static bool become_map(struct item *item, const struct item *value, struct errors *errors)
{
    if (item->kind == ITEM_MAP)
        return true;
    if (!item_is_null(item)) {
        char *path = item_path(item);
        item_error(value, errors, "`%s` is not a section here, so nothing can be set inside it",
                   path);
        g_free(path);
        return false;
    }
    item->kind = ITEM_MAP;
    g_clear_pointer(&item->text, g_free);
    return true;
}

/* Puts `value` in the place of `old`, whose key and position it takes over. */
static void replace(struct item *old, struct item *value)
{
    struct item *parent = old->parent;

    for (size_t i = 0; i < parent->count; i++)
        if (parent->children[i] == old)
            parent->children[i] = value;
    g_free(value->key);
    value->key = g_strdup(old->key);
    value->key_line = value->line;
    value->key_column = value->column;
    value->parent = parent;
    item_free(old);
}

bool item_set(struct item *root, const char *path, struct item *value, struct errors *errors)
{
    for (int depth = 0; depth < DOCUMENT_DEPTH_MAX / 2; depth++) {
        size_t length = 0;
        struct item *child;

        if (root->kind != ITEM_LIST && !become_map(root, value, errors))
            goto fail;
        child = get_prefix(root, path, &length);
        if (child != NULL && path[length] == 0) {
            replace(child, value);
            return true;
        }
        if (child == NULL && root->kind == ITEM_LIST) {
            item_error(value, errors, "the list has %zu entries, numbered from 1; `%s` is none",
                       root->count, path);
            goto fail;
        }
        if (child == NULL) {
            length = strcspn(path, ".");
            if (length == 0 || root->count == DOCUMENT_KEYS_MAX)
                break;
            child = path[length] == 0 ? value : g_new0(struct item, 1);
            if (child != value)
                *child = (struct item){ .kind = ITEM_MAP, .source = value->source };
            g_free(child->key);
            child->key = g_strndup(path, length);
            child->line = child->key_line = value->line;
            child->column = child->key_column = value->column;
            item_add(root, child);
            if (child == value)
                return true;
        }
        path += length + 1;
        root = child;
    }
    item_error(value, errors, "is not a path of keys, as in network.loss");
fail:
    item_free(value);
    return false;
}

char *item_path(const struct item *item)
{
    const struct item *chain[2 * DOCUMENT_DEPTH_MAX];
    GString *path = g_string_new(NULL);
    size_t depth = 0;

    for (; item != NULL && depth < G_N_ELEMENTS(chain); item = item->parent)
        chain[depth++] = item;
    while (depth-- > 0) {
        const struct item *step = chain[depth];
        size_t position = 0;

        if (step->parent == NULL && step->key == NULL)
            continue; /* a root */
        if (path->len > 0)
            g_string_append_c(path, '.');
        while (step->key == NULL && step->parent->children[position] != step)
            position++;
        if (step->key != NULL)
            g_string_append(path, step->key);
        else
            g_string_append_printf(path, "%zu", position + 1);
    }
    return g_string_free(path, FALSE);
}

static void add_error(const struct item *item, int line, int column, struct errors *errors,
                      const char *format, va_list arguments)
{
    const struct source *source = item->source;
    char *path = item_path(item), *text = g_strdup_vprintf(format, arguments);
    struct place place = { .file = source->file,
                           .source = source->text,
                           .source_bytes = source->bytes,
                           .line = line,
                           .column = column };

    if (source->option == NULL)
        errors_add_at(errors, &place, path, "%s", text);
    else if (path[0] == 0 || strcmp(path, source->option_path) == 0)
        errors_add_at(errors, NULL, source->option, "%s", text);
    else
        errors_add_at(errors, NULL, source->option, "%s: %s", path, text);
    g_free(path);
    g_free(text);
}

void item_error(const struct item *item, struct errors *errors, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_error(item, item->line, item->column, errors, format, arguments);
    va_end(arguments);
}

void item_error_key(const struct item *item, struct errors *errors, const char *format, ...)
{
    bool has_key = item->key_line > 0;
    va_list arguments;

    va_start(arguments, format);
    add_error(item, has_key ? item->key_line : item->line,
              has_key ? item->key_column : item->column, errors, format, arguments);
    va_end(arguments);
}

char *item_place(const struct item *item)
{
    if (item->source != NULL && item->source->option != NULL)
        return g_strdup_printf("%.80s", item->source->option);
    return g_strdup_printf("line %d", item->key_line > 0 ? item->key_line : item->line);
}

/* True if `text` means the same without quotes in every context of YAML. */
static bool is_plain(const char *text)
{
    struct item scalar = { .kind = ITEM_SCALAR, .text = (char *)text };

    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./%+-") ==
               strlen(text) &&
           !item_is_null(&scalar) && (g_ascii_isalnum(text[0]) || g_ascii_isdigit(text[1]));
}

void document_write_scalar(GString *out, const char *text)
{
    if (is_plain(text)) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *s = text; *s != 0; s = g_utf8_next_char(s)) {
        gunichar c = g_utf8_get_char(s);

        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", (char)c);
        else if (c == '\n')
            g_string_append(out, "\\n");
        else if (c == '\t')
            g_string_append(out, "\\t");
        else if (!printable_is_safe(c) || !g_unichar_isprint(c))
            g_string_append_printf(out, c > 0xffff ? "\\U%08X" : "\\u%04X", c);
        else
            g_string_append_unichar(out, c);
    }
    g_string_append_c(out, '"');
}

void item_write(GString *out, const struct item *item)
{
    if (item->kind == ITEM_SCALAR) {
        if (item_is_null(item))
            g_string_append(out, "null");
        else
            document_write_scalar(out, item->text);
        return;
    }
    g_string_append_c(out, item->kind == ITEM_MAP ? '{' : '[');
    for (size_t i = 0; i < item->count; i++) {
        if (i > 0)
            g_string_append(out, ", ");
        if (item->kind == ITEM_MAP) {
            document_write_scalar(out, item->children[i]->key);
            g_string_append(out, ": ");
        }
        item_write(out, item->children[i]);
    }
    g_string_append_c(out, item->kind == ITEM_MAP ? '}' : ']');
}
