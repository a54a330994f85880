/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep_set.c - puts a value at a path of a scenario.
 *
 * The one way in for --set, --sweep and axes.  Sections that the scenario does not mention are
 * made; a strategy or a model that it does not have is an error, because a new one made of a
 * misspelt name would be simulated without a word.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"
#include "experiment/language/sweep.h"

#include <string.h>

/* The rest of `path` after the key `name` and its dot, "" if it ends there, NULL if it is not
 * about this key. */
static const char *after(const char *path, const char *name)
{
    size_t length = strlen(name);

    if (strncmp(path, name, length) != 0 || (path[length] != 0 && path[length] != '.'))
        return NULL;
    return path[length] == 0 ? path + length : path + length + 1;
}

/* The strategy that `path` (within `strategies`) is about, the longest name winning. */
static const struct item *find_strategy(const struct item *strategies, const char *path,
                                        const char **rest)
{
    const struct item *best = NULL;

    for (size_t i = 0; i < strategies->count; i++) {
        const struct item *strategy = strategies->children[i];
        const char *left = after(path, strategy->key);
        if (left == NULL || (best != NULL && strlen(best->key) > strlen(strategy->key)))
            continue;
        best = strategy;
        *rest = left;
    }
    return best;
}

/* Whether a path within `strategies` leads to a stack that is there. */
static bool check_strategy(const struct item *root, const char *path, const struct item *value,
                           struct errors *errors)
{
    const struct item *strategies = item_get(root, "strategies");
    const struct item *strategy;
    const char *rest = "";
    bool is_good;
    char *name;

    if (strategies == NULL || strategies->kind != ITEM_MAP)
        return true; /* reading the scenario will say what is wrong */
    strategy = find_strategy(strategies, path, &rest);
    if (strategy == NULL) {
        struct nearest nearest = { .word = NULL };
        if (strchr(path, '.') == NULL)
            return true; /* a new strategy, given whole */
        name = g_strndup(path, strcspn(path, "."));
        nearest.word = name;
        for (size_t i = 0; i < strategies->count; i++)
            nearest_offer(&nearest, strategies->children[i]->key);
        item_error(value, errors, "there is no strategy `%s`%s%s%s", name,
                   nearest.best != NULL ? "; did you mean `" : "",
                   nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "`?" : "");
        g_free(name);
        return false;
    }
    if (strchr(rest, '.') == NULL)
        return true;
    name = g_strndup(rest, strcspn(rest, "."));
    is_good = item_get(strategy, name) != NULL;
    if (!is_good)
        item_error(value, errors, "strategy `%s` has no model `%s`", strategy->key, name);
    g_free(name);
    return is_good;
}

static bool set_in_all(struct item *root, const struct model *model, const char *rest,
                       struct item *value, struct errors *errors)
{
    struct item *strategies = item_get(root, "strategies");
    bool is_good = true;
    int found = 0;

    for (size_t i = 0; is_good && strategies != NULL && i < strategies->count; i++) {
        struct item *layer = item_get(strategies->children[i], model->name);
        char *path;

        if (layer == NULL)
            continue;
        found++;
        path = g_strconcat(model->name, ".", rest, NULL);
        is_good = item_set(strategies->children[i], path, item_clone(value), errors);
        g_free(path);
    }
    if (found == 0)
        item_error(value, errors, "no strategy has the model `%s`", model->name);
    item_free(value);
    return is_good && found > 0;
}

static bool is_in_a_stack(const struct item *root, const struct model *model)
{
    const struct item *strategies = item_get(root, "strategies");

    for (size_t i = 0; strategies != NULL && i < strategies->count; i++)
        if (item_get(strategies->children[i], model->name) != NULL)
            return true;
    return false;
}

/* The path that a word alone stands for, where it is no key: `fanout` for the parameter of a model,
 * `loss` for a key of a section.  NULL: none. */
static char *meant(const struct item *root, const char *word, const struct model *const *models)
{
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++)
        if (after(key->param.name, word) != NULL)
            return NULL;
    for (; *models != NULL; models++)
        for (const struct param *row = (*models)->params; row->type != PARAM_TYPE_END; row++)
            if (strcmp(row->name, word) == 0 && is_in_a_stack(root, *models))
                return g_strconcat((*models)->name, ".", word, NULL);
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *dot = strrchr(key->param.name, '.');
        if (dot != NULL && strcmp(dot + 1, word) == 0)
            return g_strdup(key->param.name);
    }
    return NULL;
}

bool sweep_set(struct item *root, const char *path, struct item *value,
               const struct model *const *models, struct errors *errors)
{
    const char *rest = after(path, "strategies");
    char *whole;

    for (const struct model *const *model = models; *model != NULL; model++) {
        const char *parameter = after(path, (*model)->name);
        if (parameter != NULL && *parameter != 0)
            return set_in_all(root, *model, parameter, value, errors);
    }
    if (rest != NULL && *rest != 0 && !check_strategy(root, rest, value, errors)) {
        item_free(value);
        return false;
    }
    whole = strchr(path, '.') == NULL ? meant(root, path, models) : NULL;
    if (whole != NULL) {
        item_error(value, errors, "unknown key; did you mean `%s`?", whole);
        item_free(value);
        g_free(whole);
        return false;
    }
    return item_set(root, path, value, errors);
}

/* ---- where values go ---- */

/* `strategies.NAME.REST`, the dots of the name replaced by a character that is in no name. */
static char *strategy_path(const char *name, const char *rest)
{
    char *plain = g_strdelimit(g_strdup(name), ".", '\1');
    char *path = g_strconcat("strategies.", plain, *rest != 0 ? "." : "", rest, NULL);

    g_free(plain);
    return path;
}

void sweep_targets(const struct item *root, const char *path, const struct model *const *models,
                   GPtrArray *targets)
{
    const struct item *strategies = item_get(root, "strategies"), *strategy = NULL;
    const size_t count = strategies != NULL ? strategies->count : 0;
    const char *inside = after(path, "strategies"), *rest = "";

    for (const struct model *const *model = models; *model != NULL; model++) {
        const char *parameter = after(path, (*model)->name);

        for (size_t i = 0; parameter != NULL && *parameter != 0 && i < count; i++)
            if (item_get(strategies->children[i], (*model)->name) != NULL)
                g_ptr_array_add(targets, strategy_path(strategies->children[i]->key, path));
        if (parameter != NULL && *parameter != 0)
            return;
    }
    if (inside != NULL && strategies != NULL)
        strategy = find_strategy(strategies, inside, &rest);
    g_ptr_array_add(targets,
                    strategy != NULL ? strategy_path(strategy->key, rest) : g_strdup(path));
}
