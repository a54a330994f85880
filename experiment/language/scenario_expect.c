/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_expect.c - the expectations of a study: a list of expressions, each about metrics and
 * strategies that the study has.  They are no part of what a run computes.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_keys.h"

#include <string.h>

enum { EXPECTATIONS_MAX = 1000 };

static void read_expect(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_expect *expect = field;
    char why[EXPRESSION_WHY_MAX];

    if (item->kind != ITEM_LIST || item->count == 0) {
        item_error(item, reader->errors,
                   "a list of expectations was expected, as in [\"P(converged, push) >= 99%%\"]");
        return;
    }
    if (item->count > EXPECTATIONS_MAX) {
        item_error(item, reader->errors, "%zu expectations; at most %d", item->count,
                   EXPECTATIONS_MAX);
        return;
    }
    expect->list = g_new0(struct expression, item->count);
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];

        if (child->kind != ITEM_SCALAR || item_is_null(child))
            item_error(child, reader->errors,
                       "an expectation was expected, as in P(converged, push) >= 99%%");
        else if (!expression_read(child->text, &expect->list[expect->count], why))
            item_error(child, reader->errors, "%s", why);
        else if (expression_is_relative(&expect->list[expect->count++]))
            item_error(child, reader->errors,
                       "ratio and diff are to the baseline of a comparison, which a scenario does "
                       "not have; `gossipsim compare --fail-if` takes them");
    }
}

static void write_expect(GString *out, const void *field, bool for_hash)
{
    const struct scenario_expect *expect = field;

    (void)for_hash;
    g_string_truncate(out, out->len - 1); /* the blank after the colon */
    for (int i = 0; i < expect->count; i++) {
        g_string_append(out, "\n  - ");
        document_write_scalar(out, expect->list[i].text);
    }
}

static void clear_expect(void *field)
{
    struct scenario_expect *expect = field;

    for (int i = 0; i < expect->count; i++)
        expression_clear(&expect->list[i]);
    g_free(expect->list);
    *expect = (struct scenario_expect){ 0 };
}

/* ---- what they are about ---- */

/* `name` against the figures that a model makes of its own; the nearest is offered. */
static bool is_of_model(const char *name, const struct model *model, struct nearest *nearest,
                        GPtrArray *names)
{
    char *own = g_strconcat("learned_by.", model->name, NULL);
    bool is_found = strcmp(name, own) == 0;

    g_ptr_array_add(names, own);
    nearest_offer(nearest, own);
    for (const struct model_figure *f = model->figures; f != NULL && f->name != NULL; f++)
        for (const char *const *rest = model_figure_metrics(f->kind); *rest != NULL; rest++) {
            own = g_strconcat(model->name, ".", f->name, *rest, NULL);
            is_found = is_found || strcmp(name, own) == 0;
            g_ptr_array_add(names, own);
            nearest_offer(nearest, own);
        }
    return is_found;
}

/* A figure of a model's own: its model must be in a stack that is meant.  The others are known to
 * exist since they were read. */
static void check_metric(const struct item *item, const struct scenario *scenario,
                         const struct expression *e, struct errors *errors)
{
    if (strchr(e->metric, '.') == NULL)
        return;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char *name = g_str_has_suffix(e->metric, "/node")
                     ? g_strndup(e->metric, strlen(e->metric) - strlen("/node"))
                     : g_strdup(e->metric);
    struct nearest nearest = { .word = name };
    bool is_found = false, is_elsewhere = false;

    for (int i = 0; i < scenario->strategies.count; i++) {
        const struct scenario_strategy *strategy = &scenario->strategies.list[i];
        bool is_meant = e->strategy == NULL || strcmp(e->strategy, strategy->name) == 0;

        for (int j = 0; j < strategy->count; j++) {
            bool is_here = is_of_model(name, strategy->layers[j].model, &nearest, names);
            is_found = is_found || (is_here && is_meant);
            is_elsewhere = is_elsewhere || is_here;
        }
    }
    if (!is_found && is_elsewhere)
        item_error(item, errors, "strategy `%s` has no metric `%s`: its model is not in the stack",
                   e->strategy, name);
    else if (!is_found && nearest.best != NULL)
        item_error(item, errors, "there is no metric `%.80s`; did you mean `%s`?", name,
                   nearest.best);
    else if (!is_found)
        item_error(item, errors,
                   "there is no metric `%.80s`; `gossipsim models MODEL` names those of a model",
                   name);
    g_ptr_array_free(names, TRUE);
    g_free(name);
}

static void check_strategy(const struct item *item, const struct scenario *scenario,
                           const char *name, struct errors *errors)
{
    struct nearest nearest = { .word = name };

    for (int i = 0; i < scenario->strategies.count; i++) {
        if (strcmp(scenario->strategies.list[i].name, name) == 0)
            return;
        nearest_offer(&nearest, scenario->strategies.list[i].name);
    }
    item_error(item, errors, "there is no strategy `%.80s`%s%s%s", name,
               nearest.best != NULL ? "; did you mean `" : "",
               nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "`?" : "");
}

static void check_expect(const struct item *root, const struct scenario *scenario,
                         struct errors *errors)
{
    const struct item *items = item_get(root, "expect");

    for (int i = 0; i < scenario->expect.count; i++) {
        const struct expression *e = &scenario->expect.list[i];
        size_t before = errors->count;

        if (e->strategy != NULL)
            check_strategy(items->children[i], scenario, e->strategy, errors);
        if (errors->count == before)
            check_metric(items->children[i], scenario, e, errors);
    }
}

static bool has_no_expectations(const void *field)
{
    return ((const struct scenario_expect *)field)->count == 0;
}

const struct key_kind kind_expect = {
    .values = "a list of `STAT(METRIC, STRATEGY) OP VALUE`; see [below](#expectations)",
    .schema = "'type':'array','minItems':1,'items':{'type':'string','pattern':'[(].*[)].*[<>]'}",
    .read = read_expect,
    .write = write_expect,
    .clear = clear_expect,
    .is_none = has_no_expectations,
    .check = check_expect,
};
