/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_dotted.c - `network.loss: 5%` in the place of `network: {loss: 5%}`.
 *
 * A scenario may spell the path of a key out.  Such keys move into their sections before anything
 * else looks at the tree, so that a path has one spelling from there on, and one value.
 */
#include "experiment/language/scenario_keys.h"

#include <string.h>

/* The map that the section's keys stand in, made if there is none; NULL if it is no section. */
static struct item *section_of(struct item *root, const struct item *item, size_t length)
{
    char *name = g_strndup(item->key, length);
    struct item *section = item_get(root, name);

    if (section == NULL) {
        section = g_new(struct item, 1);
        *section = (struct item){ .kind = ITEM_MAP,
                                  .key = g_strdup(name),
                                  .source = item->source,
                                  .line = item->key_line,
                                  .column = item->key_column,
                                  .key_line = item->key_line,
                                  .key_column = item->key_column };
        item_add(root, section);
    } else if (item_is_null(section)) {
        section->kind = ITEM_MAP;
        g_clear_pointer(&section->text, g_free);
    }
    g_free(name);
    return section->kind == ITEM_MAP ? section : NULL;
}

/* True if the key moved into its section, or was refused there: it is no child of the root. */
static bool move(struct item *root, struct item *item, struct errors *errors)
{
    size_t length = strcspn(item->key, ".");
    struct item *section = section_of(root, item, length);
    const struct item *first;

    if (section == NULL)
        return false; /* reading says what is wrong with the section */
    first = item_get(section, item->key + length + 1);
    if (first != NULL &&
        (first->key_line < item->key_line ||
         (first->key_line == item->key_line && first->key_column < item->key_column)))
        item_error_key(item, errors, "duplicate key, first given at line %d, column %d",
                       first->key_line, first->key_column);
    else if (first != NULL)
        item_error_key(first, errors, "duplicate key, first given at line %d, column %d",
                       item->key_line, item->key_column);
    if (first != NULL) {
        item_free(item);
        return true;
    }
    memmove(item->key, item->key + length + 1, strlen(item->key + length + 1) + 1);
    item_add(section, item);
    return true;
}

void scenario_join_dotted(struct item *root, struct errors *errors)
{
    size_t before = root->count, kept = 0;

    for (size_t i = 0; i < root->count; i++) { /* sections made on the way stand behind */
        struct item *item = root->children[i];

        if (i >= before || strchr(item->key, '.') == NULL || scenario_find_key(item->key) == NULL ||
            !move(root, item, errors))
            root->children[kept++] = item;
    }
    root->count = kept;
}
