/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_schema.h - pieces of a JSON Schema, written to a string.  For scenario_schema*.c only.
 *
 * JSON is written with ' for " to be legible in C.
 */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_SCHEMA_H
#define EXPERIMENT_LANGUAGE_SCENARIO_SCHEMA_H

#include "experiment/language/scenario_keys.h"

/* A number as base/quantity.h reads it, in classes of characters: no \ to escape. */
#define NUMBER  "[+]?[0-9][0-9_]*([.][0-9][0-9_]*)?([eE][-+]?[0-9]+)?"
#define ZERO    "[+]?[0_]+([.][0_]+)?([eE][-+]?[0-9]+)?"
#define PERCENT "[+]?(0*(100([.]0+)?|[0-9]{1,2}([.][0-9]+)?)|[0-9][0-9._]*[_eE][-+0-9_.eE]*)%"

#define TIME_UNITS    "(ns|us|ms|s|min|h|d)"
#define SIZE_UNITS    "(B|kB|MB|GB|KiB|MiB|GiB)"
#define BITRATE_UNITS "(bit/s|kbit/s|Mbit/s|Gbit/s)"
#define RATE_UNITS    "(/s|/min|/h)"

#define TEXT(pattern) "'type':'string','pattern':'^" pattern "$'"
#define A_COUNT       "'anyOf':[{'type':'integer','minimum':0},{" TEXT(NUMBER) "}]"
#define A_SHARE \
    "'anyOf':[{'type':'number','minimum':0,'maximum':1},{" TEXT(NUMBER) "},{" TEXT(PERCENT) "}]"
#define NO_OTHERS "'additionalProperties':false"
#define REF(name) "{'$ref':'#/definitions/" name "'}"

/* Appends JSON that is written with ' for ". */
void schema_put(GString *out, const char *json);

/* Appends a text of ours as a JSON string: without control characters. */
void schema_text(GString *out, const char *text);

/* Appends `"name":` on a line of its own, after a comma if it is not the first of its object. */
void schema_name(GString *out, const char *name);

/* Appends `"description": "help (values)"`; `values` may be NULL. */
void schema_description(GString *out, const char *help, const char *values);

/* Appends `,"default":` and the text as the scalar that YAML reads it as. */
void schema_default(GString *out, const char *text);

/* Appends the member `name` for the parameter `row` of the table `rows`, or one for each row. */
void schema_param(GString *out, const char *name, const struct param *row,
                  const struct param *rows);
void schema_params(GString *out, const struct param *rows);

#endif
