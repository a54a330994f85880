/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario.c - reads a tree by the table of keys, completes it and writes it back.
 *
 * Reading walks the tree in its written order, so errors come in that order; then defaults fill
 * what was silent, and scenario_check() looks at rules over several keys.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

static void *field_of(const struct key *key, struct scenario *scenario)
{
    return (char *)scenario + key->param.offset;
}

bool scenario_read_param(const struct item *item, const struct param *row, void *config,
                         struct scenario_reader *reader)
{
    const char *near = NULL;
    char why[PARAM_WHY_MAX];

    if (item->kind != ITEM_SCALAR || item_is_null(item)) {
        item_error(item, reader->errors, "a single value was expected, not %s",
                   item->kind == ITEM_LIST  ? "a list"
                   : item->kind == ITEM_MAP ? "a section"
                                            : "nothing");
        return false;
    }
    if (param_set(row, config, item->text, why))
        return true;
    if (row->words != NULL && row->words[1] != NULL) /* an only one is named anyway */
        near = nearest_among(row->words, item->text);
    if (near != NULL)
        item_error(item, reader->errors, "%s; did you mean `%s`?", why, near);
    else
        item_error(item, reader->errors, "%s", why);
    return false;
}

static void unknown_parameter(const struct item *item, const struct param *rows, const char *prefix,
                              struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);
    size_t length = strlen(prefix);

    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        if (strncmp(row->name, prefix, length) != 0)
            continue;
        nearest_offer(&nearest, row->name + length);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", row->name + length);
    }
    scenario_unknown(item, "parameter", nearest.best,
                     known->len > 0 ? known->str : "none, it has no parameters", reader);
    g_string_free(known, TRUE);
}

/* One parameter of a table, unless it was given already in its other form. */
static void read_row(const struct item *item, const struct param *row, const struct param *rows,
                     void *config, uint64_t *given, struct scenario_reader *reader)
{
    uint64_t bit = (uint64_t)1 << (row - rows);

    if (*given & bit) {
        item_error_key(item, reader->errors,
                       "`%s` is given twice: by itself and within the braces of a choice",
                       row->name);
        return;
    }
    *given |= bit;
    scenario_read_param(item, row, config, reader);
}

/* The map `item`: the rows named `name` and then as its members are. */
static void read_named_after(const struct item *item, const char *name, const struct param *rows,
                             void *config, uint64_t *given, struct scenario_reader *reader)
{
    char *prefix = g_strdelimit(g_strconcat(name, "_", NULL), "-", '_');

    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        char *whole = g_strconcat(prefix, child->key, NULL);
        const struct param *sibling = param_find(rows, whole);

        if (sibling != NULL)
            read_row(child, sibling, rows, config, given, reader);
        else
            unknown_parameter(child, rows, prefix, reader);
        g_free(whole);
    }
    g_free(prefix);
}

/* Whether rows are named after this one. */
static bool has_named_after(const struct param *row, const struct param *rows)
{
    char *prefix = g_strconcat(row->name, "_", NULL);
    bool has = false;

    for (; rows->type != PARAM_TYPE_END; rows++)
        has |= g_str_has_prefix(rows->name, prefix);
    g_free(prefix);
    return has;
}

/* A switch with parameters, `give_up: {rounds: 3}`: it is on, and the rows named after it are
 * given, `give_up: true, give_up_rounds: 3`. */
static void read_switch(const struct item *item, const struct param *row, const struct param *rows,
                        void *config, uint64_t *given, struct scenario_reader *reader)
{
    char on[] = "true";
    struct item word = *item;

    word.kind = ITEM_SCALAR;
    word.text = on;
    word.count = 0;
    read_row(&word, row, rows, config, given, reader);
    read_named_after(item, row->name, rows, config, given, reader);
}

/*
 * A choice with parameters of its own, `partner: {spatial: {exponent: 2}}`: the word, and the rows
 * named after it, `spatial_exponent: 2`.
 */
static void read_choice(const struct item *item, const struct param *row, const struct param *rows,
                        void *config, uint64_t *given, struct scenario_reader *reader)
{
    const struct item *inner =
        scenario_single(item, "one of its words, perhaps with parameters,", reader);
    struct item word;

    if (inner == NULL)
        return;
    word = *inner; /* an error about the word stands at the word */
    word.kind = ITEM_SCALAR;
    word.text = inner->key;
    word.line = inner->key_line;
    word.column = inner->key_column;
    *given |= (uint64_t)1 << (row - rows);
    if (!scenario_read_param(&word, row, config, reader) || item_is_null(inner))
        return;
    if (inner->kind != ITEM_MAP) {
        item_error(inner, reader->errors, "parameters were expected, as in {name: value}");
        return;
    }
    read_named_after(inner, inner->key, rows, config, given, reader);
}

/* A preset comes before what is given beside it, wherever it is written. */
static void read_preset(const struct item *item, const struct param *rows, void *config,
                        uint64_t *given, struct scenario_reader *reader)
{
    const struct item *preset = rows->presets != NULL ? item_get(item, rows->name) : NULL;

    if (preset != NULL)
        read_row(preset, rows, rows, config, given, reader);
}

bool scenario_read_params(const struct item *item, const struct param *rows, void *config,
                          uint64_t *given, struct scenario_reader *reader)
{
    size_t before = reader->errors->count;

    *given = 0;
    if (item_is_null(item))
        return true;
    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors, "parameters were expected, as in {name: value}");
        return false;
    }
    read_preset(item, rows, config, given, reader);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        const struct param *row = param_find(rows, child->key);

        if (row != NULL && row->presets != NULL)
            continue;
        if (row == NULL)
            unknown_parameter(child, rows, "", reader);
        else if (row->type == PARAM_TYPE_CHOICE && child->kind == ITEM_MAP)
            read_choice(child, row, rows, config, given, reader);
        else if (row->type == PARAM_TYPE_BOOL && child->kind == ITEM_MAP &&
                 has_named_after(row, rows))
            read_switch(child, row, rows, config, given, reader);
        else
            read_row(child, row, rows, config, given, reader);
    }
    return reader->errors->count == before;
}

/* The part of a key's path that follows the section `prefix` ("" or "network."), if it does. */
static const char *within(const struct key *key, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(key->param.name, prefix, length) == 0 ? key->param.name + length : NULL;
}

/* True if the table has keys below the section whose path, with its dot, is `prefix`. */
static bool is_section(const char *prefix)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (within(key, prefix) != NULL)
            return true;
    return false;
}

static void unknown_key(const struct item *item, const char *prefix, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter names_left;
    gpointer name;

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *rest = within(key, prefix);
        char *first = rest == NULL ? NULL : g_strndup(rest, strcspn(rest, "."));
        if (first != NULL && !g_hash_table_contains(names, first))
            g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", first);
        if (first != NULL)
            g_hash_table_add(names, first);
    }
    g_hash_table_iter_init(&names_left, names);
    while (g_hash_table_iter_next(&names_left, &name, NULL))
        nearest_offer(&nearest, name);
    scenario_unknown(item, "key", nearest.best, known->str, reader);
    g_hash_table_destroy(names);
    g_string_free(known, TRUE);
}

static void read_key(const struct item *item, const struct key *key, struct scenario *scenario,
                     struct scenario_reader *reader)
{
    scenario->given[key - scenario_keys] = true;
    if (key->kind != NULL)
        key->kind->read(item, field_of(key, scenario), reader);
    else
        scenario_read_param(item, &key->param, scenario, reader);
}

/* Reads a section's keys; `prefix` is its path with a dot, "" the whole scenario. */
static void read_section(const struct item *map, const char *prefix, struct scenario *scenario,
                         struct scenario_reader *reader)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct item *child = map->children[i];
        char *path = g_strconcat(prefix, child->key, NULL);
        char *inner = g_strconcat(path, ".", NULL);
        const struct key *key = scenario_find_key(path);

        if (key != NULL) {
            read_key(child, key, scenario, reader);
        } else if (prefix[0] != 0 || !is_section(inner)) {
            unknown_key(child, prefix, reader);
        } else if (child->kind == ITEM_MAP) {
            read_section(child, inner, scenario, reader);
        } else if (!item_is_null(child)) {
            item_error(child, reader->errors, "a section was expected, as in `%s: {…}`", path);
        }
        g_free(inner);
        g_free(path);
    }
}

static void set_default(const struct key *key, struct scenario *scenario,
                        struct scenario_reader *reader)
{
    const struct item item = { .kind = ITEM_SCALAR, .text = (char *)key->param.fallback };
    char why[PARAM_WHY_MAX];

    if (item.text == NULL)
        return;
    if (key->kind != NULL)
        key->kind->read(&item, field_of(key, scenario), reader);
    else if (!param_set(&key->param, scenario, item.text, why))
        g_error("default of %s: %s", key->param.name, why);
}

/* Fills in the defaults; reading overwrites them. */
static void set_defaults(struct scenario *scenario, struct scenario_reader *reader)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        set_default(key, scenario, reader);
}

/* What lacks what it depends on, because an axis varies that, is as if it were silent. */
static void silence_idle(struct scenario *scenario, struct scenario_reader *reader)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        if (!scenario_was_given(scenario, key) || scenario_unmet_need(scenario, key) == NULL)
            continue;
        if (key->kind != NULL && key->kind->clear != NULL)
            key->kind->clear(field_of(key, scenario));
        set_default(key, scenario, reader);
    }
}

/* When a run ends: with nothing to agree on only at `stop.at`, unless it is told otherwise. */
static void choose_end(struct scenario *scenario)
{
    const struct key *when = scenario_find_key("stop.when");

    if (!scenario_was_given(scenario, when) && scenario_updates(scenario) == 0 &&
        scenario->config.store.preload == 0)
        scenario->end.when = STOP_NEVER;
    scenario->config.stop.when = (enum sim_stop_when)scenario->end.when;
    scenario->config.estimate_error = scenario->end.estimate_error;
}

/* What silence means, and what a scenario must say. */
static void heed_silence(const struct item *root, struct scenario *scenario, struct errors *errors)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        if (scenario_was_given(scenario, key))
            continue;
        if (key->silence != NULL)
            key->silence(scenario);
        if (key->required != NULL && scenario_unmet_need(scenario, key) == NULL)
            item_error(item_nearest(root, key->param.name), errors, "%s", key->required);
    }
}

bool scenario_read(const struct item *root, struct scenario_reader *reader,
                   struct scenario *scenario)
{
    size_t before = reader->errors->count;

    *scenario = (struct scenario){ 0 };
    set_defaults(scenario, reader);
    if (item_is_null(root)) {
        item_error(root, reader->errors,
                   "the file is empty; a scenario starts with `gossipsim: 1`");
        return false;
    }
    if (root->kind != ITEM_MAP) {
        item_error(root, reader->errors, "a scenario is a map of keys, starting `gossipsim: 1`");
        return false;
    }
    read_section(root, "", scenario, reader);
    heed_silence(root, scenario, reader->errors);
    choose_end(scenario);
    scenario_imply_recording(scenario);
    scenario_find_access(scenario);
    if (reader->errors->count == before)
        scenario_resolve_groups(root, scenario, reader);
    if (reader->errors->count == before)
        scenario_check(root, scenario, reader);
    if (reader->errors->count == before)
        silence_idle(scenario, reader);
    return reader->errors->count == before;
}

void scenario_clear(struct scenario *scenario)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (key->kind != NULL && key->kind->clear != NULL)
            key->kind->clear(field_of(key, scenario));
    *scenario = (struct scenario){ 0 };
}

/* ---- writing ---- */

/* True if the text has the key.  Silence that no default tells is left silent: a number written in
 * its place would hold at every point of a sweep. */
static bool is_written(const struct scenario *scenario, const struct key *key, bool for_hash)
{
    if (!scenario_key_has_effect(scenario, key))
        return false;
    if (!for_hash)
        return key->silence == NULL || scenario_was_given(scenario, key);
    if (key->kind == &kind_groups && scenario_minds_groups(scenario))
        return true;
    return !(key->flags & KEY_OUTSIDE) &&
           !((key->flags & KEY_YOUNG) && scenario_has_default(scenario, key));
}

void scenario_write(GString *out, const struct scenario *scenario, bool for_hash)
{
    const char *section = "";
    size_t section_length = 0;

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *path = key->param.name;
        const char *dot = strchr(path, '.');

        if (!is_written(scenario, key, for_hash))
            continue;
        if (dot != NULL && (section_length != (size_t)(dot - path) ||
                            strncmp(section, path, section_length) != 0)) {
            section = path;
            section_length = (size_t)(dot - path);
            g_string_append_printf(out, "%.*s:\n", (int)section_length, section);
        }
        g_string_append_printf(out, "%s%s: ", dot != NULL ? "  " : "",
                               dot != NULL ? dot + 1 : path);
        scenario_write_key(out, scenario, key, for_hash);
        g_string_append_c(out, '\n');
    }
}
