/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_strategies.c - named stacks of models, read by the models' own tables.
 *
 * The order of a stack is the order written: it decides whose callback comes first.  Parameters
 * without effect are refused by the model's check() and check_stack(), so the completed scenario
 * leaves out those defaults that the model would refuse if somebody wrote them.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_peers.h"
#include "experiment/language/scenario_schema.h"
#include "experiment/language/scenario_weights.h"

#include <string.h>

static const struct model *find_model(const struct item *item, struct scenario_reader *reader)
{
    struct nearest nearest = { .word = item->key };
    GString *known = g_string_new(NULL);

    for (const struct model *const *model = reader->models; *model != NULL; model++) {
        if (strcmp((*model)->name, item->key) == 0) {
            g_string_free(known, TRUE);
            return *model;
        }
        nearest_offer(&nearest, (*model)->name);
        g_string_append_printf(known, "%s%s", known->len > 0 ? ", " : "", (*model)->name);
    }
    scenario_unknown(item, "model", nearest.best, known->str, reader);
    g_string_free(known, TRUE);
    return NULL;
}

/* Every parameter that must be given was given. */
static void check_required(const struct item *item, const struct scenario_layer *layer,
                           struct errors *errors)
{
    const struct param *rows = layer->model->params;

    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++)
        if (rows[i].fallback == NULL && !(layer->given >> i & 1))
            item_error_key(item, errors, "`%s` is missing: %s", rows[i].name, rows[i].help);
}

/*
 * Reads the parameters of a layer.  Of `partner: {weights: …}` the table of parameters knows the
 * word `weighted` alone.
 */
static void read_params(const struct item *item, struct scenario_layer *layer,
                        struct scenario_reader *reader)
{
    char weighted[] = WEIGHTED;
    const struct item *weights = scenario_find_weights(item, layer->model->params);
    struct item rest = *item, word;

    if (weights == NULL) {
        scenario_read_params(item, layer->model->params, layer->config, &layer->given, reader);
        return;
    }
    word = *weights->parent;
    word.kind = ITEM_SCALAR;
    word.text = weighted;
    word.count = 0;
    rest.children = g_memdup2(item->children, item->count * sizeof *item->children);
    for (size_t i = 0; i < item->count; i++)
        if (item->children[i] == weights->parent)
            rest.children[i] = &word;
    scenario_read_params(&rest, layer->model->params, layer->config, &layer->given, reader);
    g_free(rest.children);
    layer->weights = scenario_read_weights(weights, reader);
}

/* The rules of a model, as if the scenario gave these rows: of `stack` if that is not NULL, else
 * its own. */
static bool keeps_rules(const struct scenario_layer *layer, uint64_t given,
                        const struct model *const *stack, char why[PARAM_WHY_MAX])
{
    const struct model *model = layer->model;

    if (stack != NULL)
        return model->check_stack == NULL || model->check_stack(layer->config, given, stack, why);
    return model->check == NULL || model->check(layer->config, given, why);
}

/* Where the model at `item` breaks them: at the parameter that is wrong to be given, or else, as
 * with values that do not go together, at the model. */
static void check_rules(const struct item *item, const struct scenario_layer *layer,
                        const struct model *const *stack, struct errors *errors)
{
    const struct param *rows = layer->model->params;
    const struct item *where = NULL;
    char why[PARAM_WHY_MAX] = "", alone[PARAM_WHY_MAX] = "";

    if (keeps_rules(layer, layer->given, stack, why))
        return;
    if (keeps_rules(layer, 0, stack, alone))
        for (int i = 0; rows[i].type != PARAM_TYPE_END && where == NULL; i++)
            if (layer->given >> i & 1 && !keeps_rules(layer, (uint64_t)1 << i, stack, alone) &&
                strcmp(alone, why) == 0)
                where = item_get(item, rows[i].name);
    item_error_key(where != NULL ? where : item, errors, "%s", why);
}

static void read_layer(const struct item *item, struct scenario_strategy *strategy,
                       struct scenario_reader *reader)
{
    const struct model *model = find_model(item, reader);
    struct scenario_layer *layer = &strategy->layers[strategy->count];
    size_t before = reader->errors->count;

    if (model == NULL)
        return;
    if (strategy->count == MODEL_STACK_MAX) {
        item_error_key(item, reader->errors, "a stack has at most %d models", MODEL_STACK_MAX);
        return;
    }
    strategy->count++;
    *layer = (struct scenario_layer){ .model = model };
    layer->config = g_malloc0(MAX(model->config_size, 1));
    param_defaults(model->params, layer->config);
    read_params(item, layer, reader);
    check_required(item, layer, reader->errors);
    if (reader->errors->count == before)
        check_rules(item, layer, NULL, reader->errors);
}

/* What stands in the map of a strategy: its own peers, or a model. */
static void read_member(const struct item *item, struct scenario_strategy *strategy,
                        struct scenario_reader *reader)
{
    if (strcmp(item->key, "peers") != 0) {
        read_layer(item, strategy, reader);
        return;
    }
    scenario_read_peers(item, &strategy->peers, reader);
    strategy->has_peers = true;
}

/* The models of a strategy, closed by NULL. */
static void list_models(const struct scenario_strategy *strategy,
                        const struct model *stack[MODEL_STACK_MAX + 1])
{
    for (int i = 0; i < strategy->count; i++)
        stack[i] = strategy->layers[i].model;
    stack[strategy->count] = NULL;
}

/* What one model of a stack may do only one does. */
static void check_only(const struct item *item, const struct scenario_strategy *strategy,
                       bool (*does)(const struct model *), const char *what, struct errors *errors)
{
    const struct model *first = NULL;

    for (int i = 0; i < strategy->count; i++) {
        const struct model *model = strategy->layers[i].model;

        if (does(model) && first != NULL)
            item_error_key(item_get(item, model->name), errors,
                           "only one model of a stack %s; `%s` does", what, first->name);
        first = does(model) && first == NULL ? model : first;
    }
}

static bool has_view(const struct model *model)
{
    return model->view_count != NULL;
}

static bool believes(const struct model *model)
{
    return model->believes;
}

static bool estimates(const struct model *model)
{
    return model->cycle != NULL;
}

/* Of a strategy whose models are all good; `item` is its map. */
static void check_stack(const struct item *item, const struct scenario_strategy *strategy,
                        struct errors *errors)
{
    const struct model *stack[MODEL_STACK_MAX + 1];

    check_only(item, strategy, has_view, "has a view", errors);
    check_only(item, strategy, believes, "believes something of other nodes", errors);
    check_only(item, strategy, estimates, "estimates a mean", errors);
    list_models(strategy, stack);
    for (int i = 0; i < strategy->count; i++)
        check_rules(item_get(item, strategy->layers[i].model->name), &strategy->layers[i], stack,
                    errors);
}

/* A name goes into tables, figures and file names as text: any letters, but no control codes. */
static bool check_name(const struct item *item, struct scenario_reader *reader)
{
    if (item->key[0] == 0) {
        item_error_key(item, reader->errors, "a strategy needs a name");
        return false;
    }
    if (g_utf8_strlen(item->key, -1) > STRATEGY_NAME_MAX) {
        item_error_key(item, reader->errors, "a name has at most %d characters", STRATEGY_NAME_MAX);
        return false;
    }
    for (const char *s = item->key; *s != 0; s = g_utf8_next_char(s)) {
        if (!g_unichar_isprint(g_utf8_get_char(s))) {
            item_error_key(item, reader->errors, "a name cannot hold control characters");
            return false;
        }
    }
    return true;
}

static void read_strategy(const struct item *item, struct scenario_strategies *strategies,
                          struct scenario_reader *reader)
{
    struct scenario_strategy *strategy;
    size_t before;

    if (!check_name(item, reader))
        return;
    if (strategies->count == STRATEGIES_MAX) {
        item_error_key(item, reader->errors, "more than %d strategies", STRATEGIES_MAX);
        return;
    }
    strategies->list =
        g_renew(struct scenario_strategy, strategies->list, (size_t)strategies->count + 1);
    strategy = &strategies->list[strategies->count++];
    *strategy = (struct scenario_strategy){ .name = g_strdup(item->key) };
    if (item->kind != ITEM_MAP || item->count == 0) {
        item_error(item, reader->errors,
                   "a stack of models was expected, as in {anti-entropy: {interval: 1s}}");
        return;
    }
    before = reader->errors->count;
    for (size_t i = 0; i < item->count; i++)
        read_member(item->children[i], strategy, reader);
    if (reader->errors->count == before && strategy->count == 0)
        item_error(item, reader->errors, "a strategy needs a model beside its peers");
    else if (reader->errors->count == before)
        check_stack(item, strategy, reader->errors);
}

static void read_strategies(const struct item *item, void *field, struct scenario_reader *reader)
{
    size_t excess = STRATEGIES_MAX + 1;

    if (item->kind != ITEM_MAP || item->count == 0) {
        item_error(item, reader->errors,
                   "strategies were expected, as in `push: {rumor-mongering: {mode: push}}`");
        return;
    }
    for (size_t i = 0; i < item->count && i < excess; i++)
        read_strategy(item->children[i], field, reader);
}

static bool has_default(const struct scenario_layer *layer, const struct param *row)
{
    char text[QUANTITY_TEXT_MAX];

    param_get(row, layer->config, text);
    return strcmp(text, row->fallback) == 0;
}

/* A row that what was stored earlier has not, at its default.  After a preset, which may have set
 * it to something else, none is. */
static bool is_still_silent(const struct scenario_layer *layer, const struct param *row)
{
    const struct param *first = layer->model->params;

    return row->is_young && has_default(layer, row) &&
           (first->presets == NULL || has_default(layer, first));
}

/* The rows that the completed scenario names: those given, and the others that would do. */
static uint64_t effective_rows(const struct scenario_strategy *strategy,
                               const struct scenario_layer *layer)
{
    const struct model *stack[MODEL_STACK_MAX + 1];
    uint64_t rows = layer->given;
    char why[PARAM_WHY_MAX];

    list_models(strategy, stack);
    for (int i = 0; layer->model->params[i].type != PARAM_TYPE_END; i++) {
        uint64_t with = rows | (uint64_t)1 << i;
        if (keeps_rules(layer, with, NULL, why) && keeps_rules(layer, with, stack, why))
            rows = with;
    }
    return rows;
}

static void write_layer(GString *out, const struct scenario_strategy *strategy,
                        const struct scenario_layer *layer, bool for_hash)
{
    const struct param *rows = layer->model->params;
    uint64_t effective = effective_rows(strategy, layer);
    const char *separator = "";
    char text[QUANTITY_TEXT_MAX];

    g_string_append_printf(out, "%s: {", layer->model->name);
    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        if (!(effective >> i & 1) || is_still_silent(layer, &rows[i]))
            continue;
        param_get(&rows[i], layer->config, text);
        g_string_append_printf(out, "%s%s: ", separator, rows[i].name);
        separator = ", ";
        if (layer->weights != NULL && scenario_takes_weights(&rows[i]))
            scenario_write_weights(out, layer->weights, for_hash);
        else
            g_string_append(out, text);
    }
    g_string_append_c(out, '}');
}

/* Its own peers, and the layers, each behind the separator. */
static void write_members(GString *out, const struct scenario_strategy *strategy,
                          const char *separator, bool for_hash)
{
    if (strategy->has_peers)
        g_string_append_printf(out, "%speers: %s", separator,
                               scenario_peers_word(&strategy->peers));
    for (int i = 0; i < strategy->count; i++) {
        g_string_append(out, separator);
        write_layer(out, strategy, &strategy->layers[i], for_hash);
    }
}

void scenario_write_stack(GString *out, const struct scenario_strategy *strategy)
{
    gsize start = out->len;

    write_members(out, strategy, "\n", true);
    g_string_erase(out, (gssize)start, 1);
}

static void write_strategies(GString *out, const void *field, bool for_hash)
{
    const struct scenario_strategies *strategies = field;

    g_string_truncate(out, out->len - 1); /* the blank after the colon */
    for (int i = 0; i < strategies->count; i++) {
        g_string_append(out, "\n  ");
        document_write_scalar(out, strategies->list[i].name);
        g_string_append_c(out, ':');
        write_members(out, &strategies->list[i], "\n    ", for_hash);
    }
}

static void clear_strategies(void *field)
{
    struct scenario_strategies *strategies = field;

    for (int i = 0; i < strategies->count; i++) {
        g_free(strategies->list[i].name);
        for (int j = 0; j < strategies->list[i].count; j++) {
            g_free(strategies->list[i].layers[j].config);
            scenario_free_weights(strategies->list[i].layers[j].weights);
        }
    }
    g_free(strategies->list);
    *strategies = (struct scenario_strategies){ 0 };
}

/* ---- rules ---- */

/* Intervals of a layer are whole rounds, those by default too. */
static void check_intervals(const struct item *item, const struct scenario_layer *layer,
                            sim_time length, struct errors *errors)
{
    const struct param *rows = layer->model->params;
    char round[QUANTITY_TEXT_MAX], interval[QUANTITY_TEXT_MAX];

    quantity_write_time(length, round);
    for (int i = 0; rows[i].type != PARAM_TYPE_END; i++) {
        const struct item *given = item_get(item, rows[i].name);
        sim_time value = 0;

        if (rows[i].type != PARAM_TYPE_INTERVAL)
            continue;
        memcpy(&value, (const char *)layer->config + rows[i].offset, sizeof value);
        if (value % length == 0 && value > 0)
            continue;
        quantity_write_time(value, interval);
        if (given != NULL)
            item_error(given, errors, "%s is not a whole number of rounds of %s", interval, round);
        else
            item_error_key(item, errors, "`%s` is %s by default, no whole number of rounds of %s",
                           rows[i].name, interval, round);
    }
}

/* In rounds every node acts once a round, so a random clock has no meaning. */
static void check_clock(const struct item *item, const struct scenario_layer *layer,
                        struct errors *errors)
{
    const struct param *row = param_find(layer->model->params, "clock");
    const struct item *given = item_get(item, "clock");
    char text[QUANTITY_TEXT_MAX];

    if (row == NULL || row->type != PARAM_TYPE_CHOICE)
        return;
    param_get(row, layer->config, text);
    if (strcmp(text, "poisson") == 0)
        item_error(given != NULL ? given : item, errors,
                   "a `poisson` clock ticks in real-valued time; under `timing: rounds` intervals "
                   "are whole rounds");
}

/* Rules of partners, and of rounds, over all models. */
static void check_strategies(const struct item *root, const struct scenario *scenario,
                             struct errors *errors)
{
    const struct item *strategies = item_get(root, "strategies");

    scenario_check_partners(root, scenario, errors);
    if (scenario->timing.mode != TIMING_ROUNDS)
        return;
    for (int i = 0; i < scenario->strategies.count; i++) {
        const struct scenario_strategy *strategy = &scenario->strategies.list[i];
        const struct item *stack = item_get(strategies, strategy->name);

        for (int j = 0; j < strategy->count; j++) {
            const struct item *item = item_get(stack, strategy->layers[j].model->name);

            check_intervals(item, &strategy->layers[j], scenario->timing.round, errors);
            check_clock(item, &strategy->layers[j], errors);
        }
    }
}

const struct key_kind kind_strategies = {
    .values = "name → stack of models, each `model: {parameters}`, and `peers` if it has its own; "
              "up to 64 strategies of up to 15 models",
    .schema = "'type':'object','minProperties':1,'maxProperties':64,"
              "'additionalProperties':" REF("stack"),
    .read = read_strategies,
    .write = write_strategies,
    .clear = clear_strategies,
    .check = check_strategies,
};
