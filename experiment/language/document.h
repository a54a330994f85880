/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h - a scenario's text as a tree that knows where each part was written.
 *
 * The text is a strict subset of YAML: one document in UTF-8, no duplicate keys, no merge keys, no
 * tags, keys that are plain words; aliases stand for a copy and cannot contain themselves.  Every
 * bound below is checked while reading, so that no text costs more than these allow.
 */
#ifndef EXPERIMENT_LANGUAGE_DOCUMENT_H
#define EXPERIMENT_LANGUAGE_DOCUMENT_H

#include "base/errors.h"

#include <glib.h>

enum {
    DOCUMENT_BYTES_MAX = 16 << 20, /* of a file */
    DOCUMENT_DEPTH_MAX = 32,       /* maps and lists within each other */
    DOCUMENT_ITEMS_MAX = 250000,   /* of a tree, aliases counted as often as they are used */
    DOCUMENT_KEYS_MAX = 1000,      /* of one map: finding duplicates is quadratic */
};

/* A text that items come from: a file, or the value of an option of the command line. */
struct source {
    char *file;        /* as the user named it; NULL: an option */
    char *option;      /* `--set nodes=5`; NULL: a file */
    char *option_path; /* `nodes`: what the option is about */
    char *text;        /* without byte order mark, valid UTF-8 without NUL */
    size_t bytes;
};

enum item_kind { ITEM_SCALAR, ITEM_LIST, ITEM_MAP };

struct item {
    enum item_kind kind;
    char *key;           /* in a map; NULL elsewhere */
    char *text;          /* of a scalar; NULL elsewhere */
    bool is_quoted;      /* a quoted scalar is never null */
    bool is_swept;       /* put there by an axis, for this point of the sweep */
    struct item *parent; /* NULL: the root */
    struct item **children;
    size_t count, allocated;
    const struct source *source; /* borrowed */
    int line, column;            /* of the value, from 1 */
    int key_line, key_column;    /* of the key; 0: none */
};

/* Reads a regular file of at most DOCUMENT_BYTES_MAX; NULL and an ERROR_IO if that fails, or an
 * error with its place if it is not UTF-8.  Never waits for a pipe. */
struct source *source_read(const char *path, struct errors *errors);

/* The same, or what comes in through an open file, to its end: standard input as `-` or /dev/stdin,
 * and what a shell has opened, as in <(sed …), which names it /dev/fd/63. */
struct source *source_read_input(const char *path, struct errors *errors);

/* `stdin` for what source_read_input() takes for an open file, else `path`. */
const char *source_name(const char *path);

/* A text that was read before, from the file `path` or as it would be one. */
struct source *source_of_text(const char *path, const char *text, struct errors *errors);

/* The value `text` of `option`, which is about the key `path`. */
struct source *source_of_option(const char *option, const char *path, const char *text,
                                struct errors *errors);
void source_free(struct source *source);

/*
 * The tree of a text; NULL and an error if it cannot be read to its end.  Duplicate and merge
 * keys are errors too, but their values are left out and the rest is returned, so that one pass
 * finds more errors.  An empty text is a null.
 */
struct item *document_parse(const struct source *source, struct errors *errors);

void item_free(struct item *item);
struct item *item_clone(const struct item *item); /* a root of its own */

/* Adds `child` at the end of a map or list, which owns it then. */
void item_add(struct item *parent, struct item *child);

/* True for `~`, `null` and nothing at all. */
bool item_is_null(const struct item *item);

/* True if an axis gave the item, a part of it, or what it is a part of.  NULL: nothing did. */
bool item_is_swept(const struct item *item);

/* The child of a map called `key`, or NULL. */
struct item *item_get(const struct item *map, const char *key);

/* The item at a dotted path below `root`, or NULL.  A key with dots in it is found as well; an
 * entry of a list by its position from 1, as in `faults.1.crash`. */
struct item *item_find(const struct item *root, const char *path);

/* The item at a path, or else the section nearest to it, at last the root: where errors about what
 * is missing belong. */
const struct item *item_nearest(const struct item *root, const char *path);

/*
 * Puts `value` at a dotted path below the map `root`, making the maps on the way, in the place of
 * entries of lists that are there.  Takes `value`.  False and an error if the path leads nowhere.
 */
bool item_set(struct item *root, const char *path, struct item *value, struct errors *errors);

/* Where the item stands, as in `network.loss` or `sweep.axes.nodes.2`; g_free() it.  A root has
 * a place only if somebody gave it a key. */
char *item_path(const struct item *item);

/* Appends an error about the item: at its value, or at its key. */
void item_error(const struct item *item, struct errors *errors, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void item_error_key(const struct item *item, struct errors *errors, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where it stands, for an error about another item: `line 7`, or the option that gave it; to be
 * freed with g_free(). */
char *item_place(const struct item *item);

/* Appends `text` as a YAML scalar, quoted where that is safer. */
void document_write_scalar(GString *out, const char *text);

/* Appends the item in flow style: `{a: 1, b: [2, 3]}`. */
void item_write(GString *out, const struct item *item);

#endif
