/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_peers.c - the key `peers`, of the scenario or of one strategy: where a node's peers come
 * from, a word, or the name of the membership model whose view they are.
 */
#include "experiment/language/scenario_peers.h"
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

static const char *const sources[] = { [PEERS_ALL] = "all", [PEERS_ALIVE] = "alive" };

static bool has_view(const struct model *model)
{
    return model->view_count != NULL;
}

/* The model of this name whose view peers may be, or NULL. */
static const struct model *find_view(const char *name, const struct model *const *models)
{
    for (; *models != NULL; models++)
        if (has_view(*models) && strcmp((*models)->name, name) == 0)
            return *models;
    return NULL;
}

/* Calls `put` for each word that may be written. */
static void for_each(const struct model *const *models,
                     void (*put)(const char *word, void *context), void *context)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
        put(sources[i], context);
    for (; *models != NULL; models++)
        if (has_view(*models))
            put((*models)->name, context);
}

static void offer(const char *word, void *nearest)
{
    nearest_offer(nearest, word);
}

static void put_known(const char *word, void *out)
{
    g_string_append_printf(out, "%s%s", ((GString *)out)->len > 0 ? ", " : "", word);
}

static void refuse(const struct item *item, struct scenario_reader *reader)
{
    const char *text = item->kind == ITEM_SCALAR && !item_is_null(item) ? item->text : "";
    struct nearest nearest = { .word = text };
    GString *known = g_string_new(NULL);

    for_each(reader->models, offer, &nearest);
    for_each(reader->models, put_known, known);
    if (text[0] == 0)
        item_error(item, reader->errors, "one of %s was expected", known->str);
    else if (nearest.best != NULL)
        item_error(item, reader->errors, "`%.40s` is none of %s; did you mean `%s`?", text,
                   known->str, nearest.best);
    else
        item_error(item, reader->errors, "`%.40s` is none of %s", text, known->str);
    g_string_free(known, TRUE);
}

void scenario_read_peers(const struct item *item, struct scenario_peers *peers,
                         struct scenario_reader *reader)
{
    const char *text = item->kind == ITEM_SCALAR && !item_is_null(item) ? item->text : "";
    const struct model *view = find_view(text, reader->models);

    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        if (strcmp(sources[i], text) != 0)
            continue;
        *peers = (struct scenario_peers){ .source = (enum sim_peers)i };
        return;
    }
    if (view != NULL)
        *peers = (struct scenario_peers){ .source = PEERS_VIEW, .model = view };
    else
        refuse(item, reader);
}

static void read_peers(const struct item *item, void *field, struct scenario_reader *reader)
{
    scenario_read_peers(item, field, reader);
}

const char *scenario_peers_word(const struct scenario_peers *peers)
{
    return peers->source == PEERS_VIEW ? peers->model->name : sources[peers->source];
}

static void write_peers(GString *out, const void *field, bool for_hash)
{
    (void)for_hash;
    g_string_append(out, scenario_peers_word(field));
}

const struct scenario_peers *scenario_peers_of(const struct scenario *scenario,
                                               const struct scenario_strategy *strategy)
{
    return strategy->has_peers ? &strategy->peers : &scenario->peers;
}

static bool has_model(const struct scenario_strategy *strategy, const struct model *model)
{
    for (int i = 0; i < strategy->count; i++)
        if (strategy->layers[i].model == model)
            return true;
    return false;
}

/* The model must be there to ask. */
static void check_peers(const struct item *root, const struct scenario *scenario,
                        struct errors *errors)
{
    for (int i = 0; i < scenario->strategies.count; i++) {
        const struct scenario_strategy *strategy = &scenario->strategies.list[i];
        const struct model *model = scenario_peers_of(scenario, strategy)->model;
        const struct item *stack = item_get(item_get(root, "strategies"), strategy->name);

        if (model != NULL && !has_model(strategy, model))
            item_error(item_get(strategy->has_peers ? stack : root, "peers"), errors,
                       "strategy `%s` does not have the model `%s`, whose view its peers would be",
                       strategy->name, model->name);
    }
}

static void put_value(const char *word, void *out)
{
    g_string_append_printf(out, "%s`%s`", ((GString *)out)->str[0] != 0 ? ", " : "", word);
}

static void put_values(GString *out)
{
    GString *words = g_string_new(NULL);

    for_each(model_registry, put_value, words);
    g_string_append(out, words->str);
    g_string_free(words, TRUE);
}

static void put_word(const char *word, void *out)
{
    if (g_str_has_suffix(((GString *)out)->str, "\""))
        g_string_append_c(out, ',');
    schema_text(out, word);
}

void scenario_schema_peers(GString *out)
{
    schema_put(out, "'anyOf':[{'enum':[");
    for_each(model_registry, put_word, out);
    schema_put(out, "]}]");
}

const struct key_kind kind_peers = {
    .put_values = put_values,
    .put_schema = scenario_schema_peers,
    .read = read_peers,
    .write = write_peers,
    .check = check_peers,
};
