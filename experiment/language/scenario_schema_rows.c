/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_schema_rows.c - what the rows of tables are in a JSON Schema; see scenario_schema.h. */
#include "experiment/language/scenario_schema.h"
#include "experiment/language/scenario_weights.h"

#include <string.h>

/* ---- writing ---- */

void schema_put(GString *out, const char *json)
{
    for (; *json != 0; json++)
        g_string_append_c(out, *json == '\'' ? '"' : *json);
}

void schema_text(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text != 0; text++)
        if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else
            g_string_append_c(out, *text);
    g_string_append_c(out, '"');
}

void schema_name(GString *out, const char *name)
{
    if (out->str[out->len - 1] != '{')
        g_string_append_c(out, ',');
    g_string_append_c(out, '\n');
    schema_text(out, name);
    g_string_append_c(out, ':');
}

void schema_default(GString *out, const char *text)
{
    double number;
    bool is_plain =
        strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
        (strspn(text, "0123456789.") == strlen(text) && quantity_read_real(text, &number, NULL));

    schema_put(out, ",'default':");
    if (is_plain)
        g_string_append(out, text);
    else
        schema_text(out, text);
}

void schema_description(GString *out, const char *help, const char *values)
{
    char *text = values != NULL ? g_strdup_printf("%s (%s)", help, values) : g_strdup(help);

    schema_put(out, "'description':");
    schema_text(out, text);
    g_free(text);
}

/* ---- parameters ---- */

/* Appends what bounds a number: the ends of the row's range. */
static void put_bounds(GString *out, const struct param *row)
{
    const char *dots = row->range != NULL ? strstr(row->range, "..") : NULL;
    double low = 0, high = 0;
    char *text;

    if (dots == NULL)
        return;
    text = g_strndup(row->range, (gsize)(dots - row->range));
    if (quantity_read_real(text, &low, NULL) && quantity_read_real(dots + 2, &high, NULL))
        g_string_append_printf(out, ",\"minimum\":%.17g,\"maximum\":%.17g", low, high);
    g_free(text);
}

/* A quantity with a unit; 0 is none where the range starts above it. */
static void put_quantity(GString *out, const struct param *row, const char *type)
{
    bool may_be_zero = row->range == NULL || row->range[0] == '0';

    schema_put(out, type);
    if (!may_be_zero)
        schema_put(out, ",'not':{'pattern':'^" ZERO "[a-zA-Z]'}");
}

/* The words of a choice, and those that may hold parameters: `{spatial: {exponent: 2}}`. */
static void put_choice(GString *out, const struct param *row, const struct param *rows);

/* True or false, or the parameters named after the switch: `{rounds: 3}`. */
static void put_switch(GString *out, const struct param *row, const struct param *rows);

/* Appends what the parameter may be; `rows` is the table it stands in. */
static void put_values(GString *out, const struct param *row, const struct param *rows)
{
    switch (row->type) {
    case PARAM_TYPE_TIME:
    case PARAM_TYPE_INTERVAL:
        put_quantity(out, row, TEXT(NUMBER TIME_UNITS));
        break;
    case PARAM_TYPE_SIZE:
        put_quantity(out, row, TEXT(NUMBER SIZE_UNITS));
        break;
    case PARAM_TYPE_COUNT:
        schema_put(out, "'anyOf':[{'type':'integer'");
        put_bounds(out, row);
        schema_put(out, "},{" TEXT(NUMBER) "}");
        schema_put(out, row->sizes != NULL ? ",{" TEXT(NUMBER SIZE_UNITS) "}]" : "]");
        break;
    case PARAM_TYPE_REAL:
        schema_put(out, "'anyOf':[{'type':'number'");
        put_bounds(out, row);
        schema_put(out, "},{" TEXT("-?" NUMBER) "}]");
        break;
    case PARAM_TYPE_FRACTION:
        schema_put(out, row->none != NULL ? "'anyOf':[{'enum':[" : "");
        if (row->none != NULL)
            schema_text(out, row->none);
        schema_put(out, row->none != NULL ? "]},{" A_SHARE "}]" : A_SHARE);
        break;
    case PARAM_TYPE_BOOL:
        put_switch(out, row, rows);
        break;
    case PARAM_TYPE_CHOICE:
        put_choice(out, row, rows);
        break;
    case PARAM_TYPE_END:
        break;
    }
}

/* What a row is for; of presets also what each stands for. */
static void put_help(GString *out, const struct param *row)
{
    GString *help = g_string_new(row->help);
    char *values = row->sizes != NULL ? g_strconcat(row->range, " or ", row->sizes, NULL)
                                      : g_strdup(row->range);

    for (int i = 0; row->presets != NULL && row->words[i] != NULL; i++) {
        const struct param_preset *preset = &row->presets[i];

        g_string_append_printf(help, "%s%s: %s (%s)", i > 0 ? "; " : ". ", row->words[i],
                               preset->values[0] != 0 ? preset->values : "the defaults",
                               preset->source);
    }
    schema_description(out, help->str, values);
    g_free(values);
    g_string_free(help, TRUE);
}

void schema_param(GString *out, const char *name, const struct param *row, const struct param *rows)
{
    schema_name(out, name);
    g_string_append_c(out, '{');
    put_help(out, row);
    if (row->fallback != NULL)
        schema_default(out, row->fallback);
    g_string_append_c(out, ',');
    put_values(out, row, rows);
    g_string_append_c(out, '}');
}

void schema_params(GString *out, const struct param *rows)
{
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++)
        schema_param(out, row->name, row, rows);
}

/* Appends `before` and a member for each of the rows that are named after `word`; nothing and false
 * if none is. */
static bool put_rows_named_after(GString *out, const char *word, const char *before,
                                 const struct param *rows)
{
    char *prefix = g_strdelimit(g_strconcat(word, "_", NULL), "-", '_');
    bool is_first = true;

    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        if (!g_str_has_prefix(row->name, prefix))
            continue;
        if (is_first)
            schema_put(out, before);
        is_first = false;
        schema_param(out, row->name + strlen(prefix), row, rows);
    }
    g_free(prefix);
    return !is_first;
}

/* Appends `,{schema}` for a word that has parameters of its own, the rows named after it. */
static void put_word_with_rows(GString *out, const char *word, const struct param *rows)
{
    char *before = g_strconcat(",{'type':'object'," NO_OTHERS ",'properties':{\n'", word,
                               "':{'type':['object','null']," NO_OTHERS ",'properties':{", NULL);

    if (put_rows_named_after(out, word, before, rows))
        schema_put(out, "}}}}");
    g_free(before);
}

static void put_switch(GString *out, const struct param *row, const struct param *rows)
{
    schema_put(out, "'anyOf':[{'enum':[true,false,'true','false']}");
    if (put_rows_named_after(out, row->name, ",{'type':'object'," NO_OTHERS ",'properties':{",
                             rows))
        schema_put(out, "}}");
    schema_put(out, "]");
}

static void put_choice(GString *out, const struct param *row, const struct param *rows)
{
    schema_put(out, "'anyOf':[{'enum':[");
    for (int i = 0; row->words[i] != NULL; i++) {
        if (scenario_is_for_weights(row->words[i]))
            continue; /* not without them */
        g_string_append(out, i > 0 ? "," : "");
        schema_text(out, row->words[i]);
        if (strspn(row->words[i], "0123456789") == strlen(row->words[i]))
            g_string_append_printf(out, ",%s", row->words[i]); /* as YAML reads it */
    }
    schema_put(out, "]}");
    for (int i = 0; row->words[i] != NULL; i++)
        put_word_with_rows(out, row->words[i], rows);
    if (scenario_takes_weights(row))
        scenario_put_weights(out);
    schema_put(out, "]");
}
