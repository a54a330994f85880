/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language.h - the scenario language as its JSON Schema has it, which is printed from the tables
 * that read scenarios: so a key, a model or a fault that is added is known here at once.
 */
#ifndef TESTS_RANDOM_LANGUAGE_H
#define TESTS_RANDOM_LANGUAGE_H

#include <stdbool.h>
#include <yaml.h>

struct language {
    yaml_document_t schema;
};

/* A part of the schema: a map, a list or a text. */
typedef const yaml_node_t rule;

void language_open(struct language *language);
void language_close(struct language *language);

/* The whole of it. */
rule *language_root(struct language *language);

/* What a map has under `name`, or NULL; a reference in its place is followed. */
rule *rule_get(struct language *language, rule *map, const char *name);

/* The i-th of a list or of the values of a map, likewise, and the name that it has there; NULL
 * behind the last. */
rule *rule_at(struct language *language, rule *parent, size_t i);
const char *rule_name(struct language *language, rule *map, size_t i);
size_t rule_count(rule *parent);

/* Of a text; NULL of others. */
const char *rule_text(rule *text);

/* Whether a list has the text; or, with the list missing, `text` alone is it. */
bool rule_has(struct language *language, rule *list, const char *text);

#endif
