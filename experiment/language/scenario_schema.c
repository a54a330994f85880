/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_schema.c - a JSON Schema (draft-07) of the scenario language, for editors.
 *
 * Keys, parameters of models, distributions and faults come from the tables that read scenarios.
 * What a kind of key may hold besides is written below.  The schema takes whatever the program
 * takes; what it cannot say (rules over several keys, upper bounds of quantities with units) is
 * left to `gossipsim check`.
 */
#include "experiment/language/scenario_schema.h"
#include "sim/metric.h"

#include <string.h>

/* ---- kinds of keys ---- */

static void put_metrics(GString *out)
{
    schema_put(out, "'enum':[");
    for (int i = 0; i < METRIC_OF_PROGRAM; i++) {
        g_string_append(out, i > 0 ? "," : "");
        schema_text(out, metric_table[i].name);
    }
    schema_put(out, "]");
}

static void put_replications(GString *out)
{
    schema_put(out, "'anyOf':[{" COUNT "},{'type':'object'," NO_OTHERS ",'required':['until'],"
                    "'properties':{'min':{" COUNT "},'max':{" COUNT "},"
                    "'until':{'type':'object'," NO_OTHERS ",'properties':{'metric':{");
    put_metrics(out);
    schema_put(out, "},'half_width':{" SHARE "},'confidence':{" SHARE "}}}}}]");
}

static void put_loss(GString *out)
{
    schema_put(out,
               "'anyOf':[{" SHARE "},{'type':'object'," NO_OTHERS ",'required':['mean','burst'],"
               "'properties':{");
    schema_params(out, scenario_burst_rows);
    schema_put(out, "}}]");
}

static void put_faults(GString *out)
{
    schema_put(out,
               "'type':'array','minItems':1,'items':{'type':'object','required':['at']," NO_OTHERS
               ",'properties':{");
    schema_params(out, scenario_when_rows);
    for (int i = 0; i < FAULT_KINDS; i++) {
        schema_name(out, fault_kinds[i].name);
        scenario_put_action(out, &fault_kinds[i]);
    }
    schema_put(out, "},'oneOf':[");
    for (int i = 0; i < FAULT_KINDS; i++) {
        schema_put(out, i > 0 ? ",{'required':[" : "{'required':[");
        schema_text(out, fault_kinds[i].name);
        schema_put(out, "]}");
    }
    schema_put(out, "]}");
}

static void put_sweep(GString *out)
{
    schema_put(out, "'type':['object','null'],'required':['axes']," NO_OTHERS ",'properties':{"
                    "'design':{'enum':['grid','zip'],'default':'grid',"
                    "'description':'every combination, or the lists walked together'},"
                    "'axes':{'type':'object','minProperties':1,"
                    "'description':'path and values, as in network.loss: [0, 5%]',"
                    "'additionalProperties':" REF("axis") "}}");
}

static const struct {
    const struct key_kind *kind;
    void (*put)(GString *out); /* NULL: `json` */
    const char *json;
} kinds[] = {
    { &kind_version, NULL, "'enum':[1,'1']" },
    { &kind_name, NULL,
      "'type':['string','number'],'pattern':'^[a-z0-9][a-z0-9_-]*$','maxLength':64" },
    { &kind_text, NULL, "'type':['string','number','boolean'],'maxLength':10000" },
    { &kind_replications, put_replications, NULL },
    { &kind_timing, NULL,
      "'anyOf':[{'enum':['events','rounds']},{'type':'object','required':['rounds']," NO_OTHERS
      ",'properties':{'rounds':" REF("time") "}}]" },
    { &kind_groups, NULL,
      "'type':'object','minProperties':1,'propertyNames':{'pattern':'^[A-Za-z][A-Za-z0-9_-]*$'},"
      "'additionalProperties':{'anyOf':[{'type':'number','exclusiveMinimum':0},{" TEXT(
          NUMBER) "},{" TEXT(PERCENT) "}]}" },
    { &kind_random_time, NULL, "'anyOf':[" REF("random-quantity") "]" },
    { &kind_loss, put_loss, NULL },
    { &kind_bandwidth, NULL, "'anyOf':[{'const':'unlimited'},{" TEXT(NUMBER BITRATE_UNITS) "}]" },
    { &kind_queue, NULL, "'anyOf':[{'const':'unlimited'},{" TEXT(NUMBER SIZE_UNITS) "}]" },
    { &kind_arrival, NULL,
      "'anyOf':[{'const':'at-once'},{'type':'object','minProperties':1,'maxProperties':1," NO_OTHERS
      ",'properties':{'every':" REF(
          "time") ",'poisson':{'type':'object','required':['rate']," NO_OTHERS
                  ",'properties':{'rate':{" TEXT(NUMBER RATE_UNITS) "}}}}}]" },
    { &kind_origin, NULL,
      "'anyOf':[{'type':'string'},{'type':'object','required':['node']," NO_OTHERS
      ",'properties':{'node':{" COUNT "}}}]" },
    { &kind_replicas, NULL, "'anyOf':[{'const':'all'},{" COUNT "}]" },
    { &kind_faults, put_faults, NULL },
    { &kind_strategies, NULL,
      "'type':'object','minProperties':1,'maxProperties':64,"
      "'additionalProperties':" REF("stack") },
    { &kind_auto_time, NULL, "'anyOf':[{'const':'auto'}," REF("time") "]" },
    { &kind_expect, NULL,
      "'type':'array','minItems':1,'items':{'type':'string','pattern':'[(].*[)].*[<>]'}" },
    { &kind_sweep, put_sweep, NULL },
};

static void put_kind(GString *out, const struct key *key)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(kinds) && kinds[i].kind != key->kind)
        i++;
    g_assert(i < G_N_ELEMENTS(kinds)); /* a new kind needs its line above */
    if (kinds[i].put != NULL)
        kinds[i].put(out);
    else
        schema_put(out, kinds[i].json);
}

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
    put_kind(out, key);
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

static void put_families(GString *out)
{
    schema_name(out, "random-quantity");
    schema_put(out, "{'anyOf':[" REF("time"));
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
                       "'one time a line, path relative to the scenario'}");
        else
            schema_put(out, ",'properties':{");
        schema_params(out, family->params);
        schema_put(out, "}}}}");
    }
    schema_put(out, "]}");
}

static void put_models(GString *out)
{
    schema_name(out, "stack");
    schema_put(out, "{'type':'object','minProperties':1,'maxProperties':15," NO_OTHERS
                    ",'properties':{");
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
                TIME_UNITS) "},\n'share':{" SHARE "},\n"
                            "'selector':{'anyOf':[{'type':'string','pattern':'^([A-Za-z]|" NUMBER
                            "$|" PERCENT "$)'},{'type':'number','minimum':0,'maximum':1},"
                            "{'type':'object','minProperties':1,'maxProperties':1," NO_OTHERS
                            ",'properties':{"
                            "'count':{" COUNT "},'node':{" COUNT "},'all-but':{" COUNT "}}}],"
                            "'description':'20%, {count: 3}, {node: 17}, {all-but: 1}, the name of "
                            "a group, or "
                            "all'},\n"
                            "'axis':{'anyOf':[{'type':'array','minItems':1},{'type':'object',"
                            "'required':['from','to','steps']," NO_OTHERS ",'properties':{"
                            "'from':{'type':['number','string']},'to':{'type':['number','string']},"
                            "'steps':{" COUNT
                            "},'scale':{'enum':['linear','log'],'default':'linear'}}}]}");
    put_families(out);
    put_models(out);
    schema_put(out, "}");
}

void scenario_print_schema(FILE *file)
{
    GString *out = g_string_new(NULL);

    schema_put(out,
               "{\n'$schema':'http://json-schema.org/draft-07/schema#',\n"
               "'title':'gossipsim scenario',\n'type':'object',\n"
               "'required':['gossipsim','nodes','strategies'],\n" NO_OTHERS ",\n'properties':{");
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
