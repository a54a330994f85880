/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_schema.c - a JSON Schema (draft-07) of the scenario language, for editors.
 *
 * Keys, parameters of models, distributions and faults come from the tables that read scenarios;
 * what a kind of key may hold, from the kind.  The schema takes whatever the program
 * takes; what it cannot say (rules over several keys, upper bounds of quantities with units) is
 * left to `gossipsim check`.
 */
#include "experiment/language/scenario_schema.h"
#include "experiment/language/scenario_files.h"
#include "experiment/language/scenario_peers.h"

#include <string.h>

/* ---- the sections ---- */

/* A key by the name that it has in its section. */
static void put_key(GString *out, const struct key *key, const char *name)
{
    if (key->kind == NULL) {
        schema_param(out, name, &key->param, scenario_no_rows);
        return;
    }
    schema_name(out, name);
    g_string_append_c(out, '{');
    schema_description(out, key->param.help, key->kind->values);
    if (key->param.fallback != NULL)
        schema_default(out, key->param.fallback);
    g_string_append_c(out, ',');
    if (key->kind->put_schema != NULL)
        key->kind->put_schema(out);
    else
        schema_put(out, key->kind->schema);
    g_string_append_c(out, '}');
}

/* The keys of the section whose path, with its dot, `key` starts with. */
static const struct key *put_section(GString *out, const struct key *key)
{
    size_t length = strcspn(key->param.name, ".") + 1;
    const char *section = key->param.name;
    char *name = g_strndup(section, length - 1);

    schema_name(out, name);
    schema_put(out, "{'type':['object','null']," NO_OTHERS ",'properties':{");
    for (; key->param.name != NULL && strncmp(key->param.name, section, length) == 0; key++)
        put_key(out, key, key->param.name + length);
    schema_put(out, "}}");
    g_free(name);
    return key;
}

/* The same keys with their sections before them, as in `network.loss: 5%`. */
static void put_dotted(GString *out)
{
    schema_put(out, ",\n'patternProperties':{");
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        const char *dot = strchr(key->param.name, '.');
        char *pattern;

        if (dot == NULL)
            continue;
        pattern =
            g_strdup_printf("^%.*s[.]%s$", (int)(dot - key->param.name), key->param.name, dot + 1);
        put_key(out, key, pattern);
        g_free(pattern);
    }
    schema_put(out, "}");
}

/* ---- the definitions ---- */

/* Random quantities: times, or sizes. */
static void put_families(GString *out, bool are_sizes)
{
    const struct param *const file_rows = are_sizes ? file_size_rows : file_value_rows;
    struct size_rows room;

    schema_name(out, are_sizes ? "random-size" : "random-quantity");
    schema_put(out,
               are_sizes ? "{'anyOf':[{" TEXT(NUMBER SIZE_UNITS) "}" : "{'anyOf':[" REF("time"));
    for (int i = 0; i < DISTRIBUTION_KINDS; i++) {
        const struct distribution_family *family = &distribution_families[i];

        if (family->name == NULL)
            continue;
        schema_put(out, ",{'type':'object','required':[");
        schema_text(out, family->name);
        schema_put(out, "]," NO_OTHERS ",'properties':{");
        schema_name(out, family->name);
        g_string_append_c(out, '{');
        schema_description(out, family->help, NULL);
        schema_put(out, ",'type':'object'," NO_OTHERS);
        if (family->takes_values)
            schema_put(out,
                       ",'required':['file'],'properties':{'file':{'type':'string','description':"
                       "'one value a line, path relative to the scenario'},'column':{'anyOf':"
                       "[{'type':'string'},{'type':'integer','minimum':1}],'description':"
                       "'of a CSV file, by name or number'}");
        else
            schema_put(out, ",'properties':{");
        if (family->takes_values)
            schema_params(out, file_rows);
        schema_params(out, are_sizes ? scenario_size_rows(family, &room) : family->params);
        schema_put(out, "}}}}");
    }
    schema_put(out, "]}");
}

static void put_models(GString *out)
{
    schema_name(out, "stack");
    schema_put(out, "{'type':'object','minProperties':1,'maxProperties':16," NO_OTHERS
                    ",'properties':{");
    schema_name(out, "peers");
    schema_put(out, "{'description':'in the place of the `peers` of the scenario',");
    scenario_schema_peers(out);
    schema_put(out, "}");
    for (const struct model *const *m = model_registry; *m != NULL; m++) {
        const char *separator = ",'required':[";

        schema_name(out, (*m)->name);
        g_string_append_c(out, '{');
        schema_description(out, (*m)->summary, (*m)->source);
        schema_put(out, ",'type':['object','null']," NO_OTHERS ",'properties':{");
        schema_params(out, (*m)->params);
        schema_put(out, "}");
        for (const struct param *row = (*m)->params; row->type != PARAM_TYPE_END; row++) {
            if (row->fallback != NULL)
                continue;
            schema_put(out, separator);
            schema_text(out, row->name);
            separator = ",";
        }
        schema_put(out, *separator == ',' && separator[1] == 0 ? "]}" : "}");
    }
    schema_put(out, "}}");
}

static void put_definitions(GString *out)
{
    schema_put(
        out,
        ",\n'definitions':{\n'time':{" TEXT(
            NUMBER
                TIME_UNITS) "},\n'share':{" A_SHARE "},\n"
                            "'selector':{'anyOf':[{'type':'string','pattern':'^([A-Za-z]|" NUMBER
                            "$|" PERCENT "$)'},{'type':'number','minimum':0,'maximum':1},"
                            "{'type':'object','minProperties':1,'maxProperties':1," NO_OTHERS
                            ",'properties':{"
                            "'count':{" A_COUNT "},'node':{" A_COUNT "},'all-but':{" A_COUNT "}}}],"
                            "'description':'20%, {count: 3}, {node: 17}, {all-but: 1}, the name of "
                            "a group, or "
                            "all'},\n"
                            "'axis':{'anyOf':[{'type':'array','minItems':1},{'type':'string','"
                            "pattern':"
                            "'[.][.]'},{'type':'object',"
                            "'required':['from','to']," NO_OTHERS ",'properties':{"
                            "'from':{'type':['number','string']},'to':{'type':['number','string']},"
                            "'steps':{" A_COUNT
                            "},'scale':{'enum':['linear','log'],'default':'linear'}}}]}");
    put_families(out, false);
    put_families(out, true);
    put_models(out);
    schema_put(out, "}");
}

/* The keys that every scenario has. */
static void put_required(GString *out)
{
    const char *separator = "";

    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        if (key->required == NULL || key->needs[0] != NULL)
            continue;
        g_string_append(out, separator);
        schema_text(out, key->param.name);
        separator = ",";
    }
}

void scenario_print_schema(FILE *file)
{
    GString *out = g_string_new(NULL);

    schema_put(out, "{\n'$schema':'http://json-schema.org/draft-07/schema#',\n"
                    "'title':'gossipsim scenario',\n'type':'object',\n"
                    "'required':[");
    put_required(out);
    schema_put(out, "],\n" NO_OTHERS ",\n'properties':{");
    for (const struct key *key = scenario_keys; key->param.name != NULL;)
        if (strchr(key->param.name, '.') != NULL) {
            key = put_section(out, key);
        } else {
            put_key(out, key, key->param.name);
            key++;
        }
    schema_put(out, "}");
    put_dotted(out);
    put_definitions(out);
    schema_put(out, "\n}\n");
    fputs(out->str, file);
    g_string_free(out, TRUE);
}
