/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_words.c - what all readers of keys ask of an item, and how they refuse it.
 */
#include "experiment/language/scenario_keys.h"

#include <string.h>

const struct param scenario_no_rows[] = { PARAM_END };

void scenario_unknown(const struct item *item, const char *what, const char *nearest,
                      const char *known, struct scenario_reader *reader)
{
    if (nearest != NULL)
        item_error_key(item, reader->errors, "unknown %s; did you mean `%s`?", what, nearest);
    else
        item_error_key(item, reader->errors, "unknown %s; known are %s", what, known);
}

const struct item *scenario_single(const struct item *item, const char *wanted,
                                   struct scenario_reader *reader)
{
    if (item->kind == ITEM_MAP && item->count == 1)
        return item->children[0];
    item_error(item, reader->errors, "%s was expected", wanted);
    return NULL;
}

bool scenario_is_wrong_word(const struct item *item, const char *word, const char *what,
                            struct scenario_reader *reader)
{
    if (item->kind != ITEM_SCALAR || !g_ascii_isalpha(item->text[0]) || item_is_null(item))
        return false;
    item_error(item, reader->errors, "`%.40s` is neither `%s` nor %s", item->text, word, what);
    return true;
}
