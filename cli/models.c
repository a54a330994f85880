/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * models.c - `gossipsim models [MODEL]`: the list of models, and one model's manual.
 *
 * All of it comes from the models' own tables.
 */
#include "analysis/text/table.h"
#include "base/nearest.h"
#include "cli/options.h"
#include "sim/model.h"

#include <string.h>

extern const struct verb verb_models;

static void print_list(void)
{
    int width = 0;

    for (const struct model *const *m = model_registry; *m != NULL; m++)
        width = MAX(width, (int)strlen((*m)->name));
    for (const struct model *const *m = model_registry; *m != NULL; m++)
        printf("  %-*s  %s\n", width, (*m)->name, (*m)->summary);
    printf("\n`gossipsim models MODEL` prints a model's parameters.\n");
}

static void print_manual(const struct model *model)
{
    int width = 0;

    printf("%s - %s\n", model->name, model->summary);
    printf("source: %s\n", model->source);
    if (model->params->type != PARAM_TYPE_END) {
        printf("\nparameters (name, default, values):\n");
        param_print(stdout, model->params);
    }
    if (model->figures == NULL || model->figures->name == NULL)
        return;
    for (const struct model_figure *f = model->figures; f->name != NULL; f++)
        for (const char *const *rest = model_figure_metrics(f->kind); *rest != NULL; rest++)
            width = MAX(width, (int)(strlen(f->name) + strlen(*rest)));
    printf("\nmetrics of its own:\n");
    for (const struct model_figure *f = model->figures; f->name != NULL; f++)
        for (const char *const *rest = model_figure_metrics(f->kind); *rest != NULL; rest++)
            printf("  %s.%s%-*s  %s\n", model->name, f->name, width - (int)strlen(f->name), *rest,
                   f->help);
}

/* `"name": "text"`, with what separates it from the one before. */
static void print_member(const char *before, const char *name, const char *text)
{
    printf("%s\"%s\": ", before, name);
    table_json_text(stdout, text);
}

/* `, "presets": [{...}]`. */
static void print_presets_json(const struct param *row)
{
    fputs(", \"presets\": [", stdout);
    for (int i = 0; row->words[i] != NULL; i++) {
        print_member(i == 0 ? "{" : ", {", "name", row->words[i]);
        print_member(", ", "values", row->presets[i].values);
        print_member(", ", "source", row->presets[i].source);
        fputs("}", stdout);
    }
    fputs("]", stdout);
}

static void print_param_json(const struct param *row)
{
    static const char *const types[] = {
        [PARAM_TYPE_TIME] = "time",   [PARAM_TYPE_INTERVAL] = "interval",
        [PARAM_TYPE_COUNT] = "count", [PARAM_TYPE_SIZE] = "size",
        [PARAM_TYPE_REAL] = "number", [PARAM_TYPE_FRACTION] = "share",
        [PARAM_TYPE_BOOL] = "bool",   [PARAM_TYPE_CHOICE] = "choice",
    };

    print_member("{", "name", row->name);
    print_member(", ", "type", types[row->type]);
    if (row->fallback != NULL)
        print_member(", ", "default", row->fallback);
    if (row->range != NULL)
        print_member(", ", "range", row->range);
    if (row->none != NULL)
        print_member(", ", "none", row->none);
    if (row->sizes != NULL)
        print_member(", ", "sizes", row->sizes);
    for (int i = 0; row->words != NULL && row->words[i] != NULL; i++) {
        fputs(i == 0 ? ", \"words\": [" : ", ", stdout);
        table_json_text(stdout, row->words[i]);
        fputs(row->words[i + 1] == NULL ? "]" : "", stdout);
    }
    print_member(", ", "help", row->help);
    if (row->presets != NULL)
        print_presets_json(row);
    fputs("}", stdout);
}

static void print_figures_json(const struct model *model)
{
    const char *separator = "{";

    for (const struct model_figure *f = model->figures; f != NULL && f->name != NULL; f++)
        for (const char *const *rest = model_figure_metrics(f->kind); *rest != NULL; rest++) {
            char *name = g_strconcat(model->name, ".", f->name, *rest, NULL);
            print_member(separator, "name", name);
            print_member(", ", "help", f->help);
            fputs("}", stdout);
            separator = ", {";
            g_free(name);
        }
}

static void print_json(const struct model *model)
{
    print_member("{", "name", model->name);
    print_member(", ", "summary", model->summary);
    print_member(", ", "source", model->source);
    fputs(", \"parameters\": [", stdout);
    for (const struct param *row = model->params; row->type != PARAM_TYPE_END; row++) {
        fputs(row > model->params ? ", " : "", stdout);
        print_param_json(row);
    }
    fputs("], \"metrics\": [", stdout);
    print_figures_json(model);
    fputs("]}", stdout);
}

static void print_all_json(const struct model *only)
{
    const char *separator = "[";

    if (only == NULL && model_registry[0] == NULL)
        fputs("[", stdout);
    for (const struct model *const *m = model_registry; *m != NULL; m++) {
        if (only != NULL && *m != only)
            continue;
        fputs(separator, stdout);
        print_json(*m);
        separator = ",\n ";
    }
    fputs("]\n", stdout);
}

static const struct model *find(const char *name)
{
    struct nearest nearest = { .word = name };
    struct errors errors = { 0 };

    for (const struct model *const *m = model_registry; *m != NULL; m++) {
        if (strcmp((*m)->name, name) == 0)
            return *m;
        nearest_offer(&nearest, (*m)->name);
    }
    if (nearest.best != NULL)
        errors_add(&errors, ERROR_SCENARIO, "'%s' is not a model; did you mean '%s'?", name,
                   nearest.best);
    else
        errors_add(&errors, ERROR_SCENARIO, "'%s' is not a model; 'gossipsim models' lists them",
                   name);
    options_fail(&errors);
    errors_clear(&errors);
    return NULL;
}

static int run(int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "print JSON", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    const struct model *model = NULL;
    char **arguments = NULL;
    int code = EXIT_DONE;

    if (!options_parse(&verb_models, entries, 0, 1, argc, argv, &arguments, &code))
        return code;
    if (arguments[0] != NULL) {
        model = find(arguments[0]);
        code = model != NULL ? EXIT_DONE : EXIT_USAGE;
    }
    if (code == EXIT_DONE && json)
        print_all_json(model);
    else if (model != NULL)
        print_manual(model);
    else if (code == EXIT_DONE)
        print_list();
    g_strfreev(arguments);
    return code;
}

const struct verb verb_models = {
    .name = "models",
    .arguments = "[MODEL] [--json]",
    .summary = "list the models, or print one model's manual",
    .examples = "  gossipsim models\n"
                "  gossipsim models anti-entropy\n",
    .rank = 100,
    .run = run,
};
