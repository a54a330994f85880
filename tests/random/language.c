/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language.c - see language.h.  JSON is read as the YAML that it is. */
#include "tests/random/language.h"

#include "experiment/language/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void language_open(struct language *language)
{
    yaml_parser_t parser;
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);

    scenario_print_schema(file);
    fclose(file);
    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, bytes);
    if (!yaml_parser_load(&parser, &language->schema) ||
        !yaml_document_get_root_node(&language->schema)) {
        fprintf(stderr, "the schema cannot be read: line %zu: %s\n", parser.problem_mark.line + 1,
                parser.problem ? parser.problem : "");
        abort();
    }
    yaml_parser_delete(&parser);
    free(text);
}

void language_close(struct language *language)
{
    yaml_document_delete(&language->schema);
}

/* Follows references to definitions. */
static rule *resolve(struct language *language, rule *found)
{
    rule *reference =
        found && found->type == YAML_MAPPING_NODE ? rule_get(language, found, "$ref") : NULL;
    const char *slash = reference ? strrchr(rule_text(reference), '/') : NULL;

    if (!slash)
        return found;
    return rule_get(language, rule_get(language, language_root(language), "definitions"),
                    slash + 1);
}

rule *language_root(struct language *language)
{
    return yaml_document_get_root_node(&language->schema);
}

size_t rule_count(rule *parent)
{
    if (parent && parent->type == YAML_MAPPING_NODE)
        return (size_t)(parent->data.mapping.pairs.top - parent->data.mapping.pairs.start);
    if (parent && parent->type == YAML_SEQUENCE_NODE)
        return (size_t)(parent->data.sequence.items.top - parent->data.sequence.items.start);
    return 0;
}

const char *rule_name(struct language *language, rule *map, size_t i)
{
    if (i >= rule_count(map))
        return NULL;
    return rule_text(
        yaml_document_get_node(&language->schema, map->data.mapping.pairs.start[i].key));
}

rule *rule_at(struct language *language, rule *parent, size_t i)
{
    int node;

    if (i >= rule_count(parent))
        return NULL;
    node = parent->type == YAML_MAPPING_NODE ? parent->data.mapping.pairs.start[i].value
                                             : parent->data.sequence.items.start[i];
    return resolve(language, yaml_document_get_node(&language->schema, node));
}

rule *rule_get(struct language *language, rule *map, const char *name)
{
    if (!map || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (size_t i = 0; i < rule_count(map); i++)
        if (strcmp(rule_name(language, map, i), name) == 0)
            return rule_at(language, map, i);
    return NULL;
}

const char *rule_text(rule *text)
{
    return text && text->type == YAML_SCALAR_NODE ? (const char *)text->data.scalar.value : NULL;
}

bool rule_has(struct language *language, rule *list, const char *text)
{
    const char *own = rule_text(list);

    if (own)
        return strcmp(own, text) == 0;
    for (size_t i = 0; i < rule_count(list); i++) {
        const char *entry = rule_text(rule_at(language, list, i));

        if (entry && strcmp(entry, text) == 0)
            return true;
    }
    return false;
}
