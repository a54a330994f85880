/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document_read.c - text to tree, over libyaml's events.
 *
 * Events, not libyaml's document, because each bound must hold before the memory is spent.  The
 * parser keeps the open maps and lists on a stack of its own; an anchor is known from its start,
 * so an alias within the thing it names is seen as a cycle.
 */
#include "base/input_file.h"
#include "experiment/language/document.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

struct reading {
    const struct source *source;
    struct errors *errors;
    struct item *root;
    struct item *open[DOCUMENT_DEPTH_MAX];
    int depth;
    char *key; /* read, waiting for its value; NULL: none */
    int key_line, key_column;
    bool key_is_refused; /* its value is read, but kept out of the tree */
    GPtrArray *refused;  /* such values, owned */
    GHashTable *anchors; /* name -> item, borrowed */
    size_t items;
};

/* ---- files ---- */

static void io_error(struct errors *errors, const char *path, const char *why)
{
    errors_add(errors, ERROR_IO, "cannot read %s: %s", path, why);
}

/* The number of the open file that `path` is a name of; -1: it is a name in the file system. */
static int stream_of(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };

    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        const char *digits = path + strlen(folders[i]);

        if (g_str_has_prefix(path, folders[i]) && *digits != 0 && strlen(digits) <= 6 &&
            digits[strspn(digits, G_CSET_DIGITS)] == 0)
            return (int)g_ascii_strtoll(digits, NULL, 10);
    }
    return -1;
}

const char *source_name(const char *path)
{
    return stream_of(path) >= 0 ? "stdin" : path;
}

/* Where byte `offset` of the text stands. */
static struct place place_of(const struct source *source, size_t offset)
{
    struct place place = { .file = source->file,
                           .source = source->text,
                           .source_bytes = source->bytes,
                           .line = 1,
                           .column = 1 };

    for (size_t i = 0; i < offset && i < source->bytes; i++) {
        if (source->text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)source->text[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* An error at a place of the source, in the form that its kind of source has. */
static void source_error(const struct source *source, struct place place, struct errors *errors,
                         const char *text)
{
    if (source->option != NULL)
        errors_add_at(errors, NULL, source->option, "%s", text);
    else
        errors_add_at(errors, &place, NULL, "%s", text);
}

/* Drops a byte order mark; false and an error if the text is not UTF-8 or holds a NUL. */
static bool check_text(struct source *source, struct errors *errors)
{
    static const char database[] = "SQLite format 3";
    const char *bad = NULL;

    if (source->bytes >= sizeof database && memcmp(source->text, database, sizeof database) == 0) {
        source_error(source, place_of(source, 0), errors,
                     "a database, not a scenario; `gossipsim export DB scenario` writes the one "
                     "that was run");
        return false;
    }
    if (source->bytes >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0) {
        source->bytes -= 3;
        memmove(source->text, source->text + 3, source->bytes + 1);
    }
    if (g_utf8_validate_len(source->text, source->bytes, &bad))
        return true;
    source_error(source, place_of(source, (size_t)(bad - source->text)), errors,
                 *bad == 0 ? "a NUL byte; a scenario is text in UTF-8"
                           : "not valid UTF-8; save the file in that encoding");
    return false;
}

/* Reads some of the file, waiting for it; as read() does. */
static ssize_t read_some(int file, char *to, size_t bytes)
{
    struct pollfd wait = { .fd = file, .events = POLLIN };
    ssize_t got;

    do {
        got = read(file, to, bytes);
        if (got < 0 && errno == EAGAIN)
            poll(&wait, 1, -1);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    return got;
}

/* The whole text of an open file, called `path`; NULL and an error. */
static struct source *read_open(int file, const char *path, struct errors *errors)
{
    struct source *source = g_new0(struct source, 1);
    ssize_t got;

    source->file = g_strdup(path);
    source->text = g_malloc(DOCUMENT_BYTES_MAX + 2);
    do {
        got = read_some(file, source->text + source->bytes, DOCUMENT_BYTES_MAX + 1 - source->bytes);
        source->bytes += got > 0 ? (size_t)got : 0;
    } while (got > 0);
    source->text[source->bytes] = 0;
    source->text = g_realloc(source->text, source->bytes + 1);
    if (got < 0)
        io_error(errors, path, g_strerror(errno));
    else if (source->bytes > DOCUMENT_BYTES_MAX)
        io_error(errors, path, "it has more than 16 MiB");
    else if (check_text(source, errors))
        return source;
    source_free(source);
    return NULL;
}

struct source *source_read(const char *path, struct errors *errors)
{
    int file = input_file_open(path, DOCUMENT_BYTES_MAX,
                               "it is a pipe; `-` reads standard input, as in - <PIPE", errors);
    struct source *source;

    if (file < 0)
        return NULL;
    source = read_open(file, path, errors);
    close(file);
    return source;
}

struct source *source_read_input(const char *path, struct errors *errors)
{
    int file = stream_of(path);

    return file >= 0 ? read_open(file, source_name(path), errors) : source_read(path, errors);
}

struct source *source_of_text(const char *path, const char *text, struct errors *errors)
{
    struct source *source = g_new0(struct source, 1);

    source->file = g_strdup(path);
    source->text = g_strdup(text);
    source->bytes = strlen(text);
    if (check_text(source, errors))
        return source;
    source_free(source);
    return NULL;
}

struct source *source_of_option(const char *option, const char *path, const char *text,
                                struct errors *errors)
{
    struct source *source = g_new0(struct source, 1);

    source->option = g_strdup(option);
    source->option_path = g_strdup(path);
    source->text = g_strdup(text);
    source->bytes = strlen(text);
    if (check_text(source, errors))
        return source;
    source_free(source);
    return NULL;
}

void source_free(struct source *source)
{
    if (source == NULL)
        return;
    g_free(source->file);
    g_free(source->option);
    g_free(source->option_path);
    g_free(source->text);
    g_free(source);
}

/* ---- events ---- */

/* Reports an error at a mark; always false. */
static bool fail(struct reading *r, const yaml_mark_t *mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool fail(struct reading *r, const yaml_mark_t *mark, const char *format, ...)
{
    struct place place = place_of(r->source, 0);
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    place.line = (int)mark->line + 1;
    place.column = (int)mark->column + 1;
    source_error(r->source, place, r->errors, text);
    g_free(text);
    return false;
}

/* Says why libyaml gave up. */
static void parser_error(struct reading *r, const yaml_parser_t *parser)
{
    const char *problem = parser->problem != NULL ? parser->problem : "it ends too early";

    if (parser->error == YAML_READER_ERROR)
        source_error(r->source, place_of(r->source, parser->problem_offset), r->errors,
                     "a control character; write it as an escape in double quotes");
    else if (parser->context != NULL)
        fail(r, &parser->problem_mark, "not YAML: %s, %s", parser->context, problem);
    else
        fail(r, &parser->problem_mark, "not YAML: %s", problem);
}

static size_t tree_size(const struct item *item)
{
    size_t size = 1;

    for (size_t i = 0; i < item->count; i++)
        size += tree_size(item->children[i]);
    return size;
}

static int tree_depth(const struct item *item)
{
    int deepest = 0;

    for (size_t i = 0; i < item->count; i++)
        deepest = MAX(deepest, tree_depth(item->children[i]));
    return deepest + 1;
}

/* True if a map waits for its next key. */
static bool wants_key(const struct reading *r)
{
    return r->depth > 0 && r->open[r->depth - 1]->kind == ITEM_MAP && r->key == NULL;
}

/* The key of the next value.  A duplicate is reported, and its value will be dropped. */
static bool take_key(struct reading *r, const yaml_event_t *event)
{
    const char *key = (const char *)event->data.scalar.value;
    const struct item *map = r->open[r->depth - 1];
    const struct item *first = item_get(map, key);

    if (map->count == DOCUMENT_KEYS_MAX)
        return fail(r, &event->start_mark, "more than %d keys in one map", DOCUMENT_KEYS_MAX);
    if (event->data.scalar.length != strlen(key))
        return fail(r, &event->start_mark, "a key with a NUL character");
    r->key = g_strdup(key);
    r->key_line = (int)event->start_mark.line + 1;
    r->key_column = (int)event->start_mark.column + 1;
    r->key_is_refused = true;
    if (strcmp(key, "<<") == 0)
        fail(r, &event->start_mark,
             "merge keys (<<) are not part of scenarios; write the keys out");
    else if (first != NULL)
        fail(r, &event->start_mark, "duplicate key `%s`, first given at line %d, column %d", key,
             first->key_line, first->key_column);
    else
        r->key_is_refused = false;
    return true;
}

/* Puts a value where it belongs: the root, a list's end, or under the key read before. */
static void attach(struct reading *r, struct item *item)
{
    struct item *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;

    if (parent == NULL) {
        r->root = item;
        return;
    }
    if (r->key != NULL) {
        item->key = g_steal_pointer(&r->key);
        item->key_line = r->key_line;
        item->key_column = r->key_column;
    }
    if (parent->kind == ITEM_MAP && r->key_is_refused) {
        item->parent = parent;
        g_ptr_array_add(r->refused, item);
    } else {
        item_add(parent, item);
    }
    r->key_is_refused = false;
}

/* A new value at the event's place; NULL if the tree grows too large. */
static struct item *new_item(struct reading *r, const yaml_event_t *event, enum item_kind kind,
                             const yaml_char_t *anchor)
{
    struct item *item;

    if (r->items++ == DOCUMENT_ITEMS_MAX) {
        fail(r, &event->start_mark, "more than %d values", DOCUMENT_ITEMS_MAX);
        return NULL;
    }
    item = g_new0(struct item, 1);
    item->kind = kind;
    item->source = r->source;
    item->line = (int)event->start_mark.line + 1;
    item->column = (int)event->start_mark.column + 1;
    if (anchor != NULL)
        g_hash_table_replace(r->anchors, g_strdup((const char *)anchor), item);
    return item;
}

static bool take_scalar(struct reading *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    struct item *item;

    if (event->data.scalar.tag != NULL)
        return fail(r, &event->start_mark, "tags (!) are not part of scenarios");
    if (wants_key(r) && event->data.scalar.anchor == NULL)
        return take_key(r, event);
    if (wants_key(r))
        return fail(r, &event->start_mark, "a key cannot have an anchor");
    if (event->data.scalar.length != strlen(text))
        return fail(r, &event->start_mark, "a text with a NUL character");
    item = new_item(r, event, ITEM_SCALAR, event->data.scalar.anchor);
    if (item == NULL)
        return false;
    item->text = g_strdup(text);
    item->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    attach(r, item);
    return true;
}

static bool take_start(struct reading *r, const yaml_event_t *event, enum item_kind kind)
{
    bool is_map = kind == ITEM_MAP;
    const yaml_char_t *tag =
        is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *anchor =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    struct item *item;

    if (tag != NULL)
        return fail(r, &event->start_mark, "tags (!) are not part of scenarios");
    if (wants_key(r))
        return fail(r, &event->start_mark, "a key must be a word");
    if (r->depth == DOCUMENT_DEPTH_MAX)
        return fail(r, &event->start_mark, "nested more than %d deep", DOCUMENT_DEPTH_MAX);
    item = new_item(r, event, kind, anchor);
    if (item == NULL)
        return false;
    attach(r, item);
    r->open[r->depth++] = item;
    return true;
}

static bool take_alias(struct reading *r, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct item *target = g_hash_table_lookup(r->anchors, name);
    struct item *copy;
    size_t size;

    if (wants_key(r))
        return fail(r, &event->start_mark, "a key must be a word");
    if (target == NULL)
        return fail(r, &event->start_mark, "unknown anchor `%s`", name);
    for (int i = 0; i < r->depth; i++)
        if (r->open[i] == target)
            return fail(r, &event->start_mark, "`*%s` contains itself", name);
    size = tree_size(target);
    if (r->items + size > DOCUMENT_ITEMS_MAX)
        return fail(r, &event->start_mark, "aliases make more than %d values", DOCUMENT_ITEMS_MAX);
    if (r->depth + tree_depth(target) > DOCUMENT_DEPTH_MAX)
        return fail(r, &event->start_mark, "nested more than %d deep", DOCUMENT_DEPTH_MAX);
    r->items += size;
    copy = item_clone(target);
    g_clear_pointer(&copy->key, g_free);
    copy->key_line = copy->key_column = 0;
    attach(r, copy);
    return true;
}

/* False ends the reading: the errors say why. */
static bool take_event(struct reading *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->root == NULL ||
               fail(r, &event->start_mark, "a second document; a scenario is one document");
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_MAPPING_START_EVENT:
        return take_start(r, event, ITEM_MAP);
    case YAML_SEQUENCE_START_EVENT:
        return take_start(r, event, ITEM_LIST);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        r->depth--;
        return true;
    case YAML_ALIAS_EVENT:
        return take_alias(r, event);
    default:
        return true;
    }
}

/* True if the text was read to its end. */
static bool read_events(struct reading *r, yaml_parser_t *parser)
{
    for (;;) {
        yaml_event_t event;
        bool goes_on, is_end;

        if (!yaml_parser_parse(parser, &event)) {
            parser_error(r, parser);
            return false;
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        goes_on = take_event(r, &event);
        yaml_event_delete(&event);
        if (!goes_on || is_end)
            return goes_on;
    }
}

struct item *document_parse(const struct source *source, struct errors *errors)
{
    struct reading r = { .source = source, .errors = errors };
    yaml_parser_t parser;
    bool is_whole;

    if (!yaml_parser_initialize(&parser)) {
        errors_add(errors, ERROR_IO, "out of memory");
        return NULL;
    }
    r.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r.refused = g_ptr_array_new();
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->text, source->bytes);
    is_whole = read_events(&r, &parser);
    if (is_whole && r.root == NULL) {
        r.root = g_new0(struct item, 1);
        *r.root = (struct item){ .text = g_strdup(""), .source = source, .line = 1, .column = 1 };
    }
    if (!is_whole) {
        item_free(r.root);
        r.root = NULL;
    }
    for (guint i = 0; i < r.refused->len; i++)
        item_free(g_ptr_array_index(r.refused, i));
    g_ptr_array_free(r.refused, TRUE);
    g_hash_table_destroy(r.anchors);
    g_free(r.key);
    yaml_parser_delete(&parser);
    return r.root;
}
