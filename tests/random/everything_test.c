/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random scenarios use the whole language: every key, every parameter of every model, every word of
 * a choice, every kind of fault and distribution comes in some of them.  Where this fails after a
 * key was added, the program refuses all that is drawn for it: tests/random/draft*.c need to know
 * what it wants.
 */
#include "experiment/language/document.h"
#include "sim/value/distribution_family.h"
#include "tests/random/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* It reads scenarios and runs none: a sanitizer has nothing to see that other tests do not show,
 * and takes minutes. */
#ifdef SANITIZED
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

enum { COUNT_MAX = 10000, WORDS_MAX = 20 };

/* The path of what is called `name` at `path`; distributions are the same wherever they stand. */
static char *path_below(const char *path, const char *name)
{
    for (int i = 0; i < DISTRIBUTION_KINDS; i++)
        if (g_strcmp0(name, distribution_families[i].name) == 0)
            return g_strdup(name);
    return g_strconcat(path, *path ? "." : "", name, NULL);
}

/* ---- what there is: paths, of choices with their words ---- */

static void list_rule(struct language *language, rule *what, const char *path, GHashTable *all);

static void list_words(struct language *language, rule *words, const char *path, GHashTable *all)
{
    if (rule_count(words) > WORDS_MAX) /* metrics */
        return;
    for (size_t i = 0; i < rule_count(words); i++)
        g_hash_table_add(all, g_strconcat(path, "=", rule_text(rule_at(language, words, i)), NULL));
}

static void list_members(struct language *language, rule *members, const char *path,
                         GHashTable *all)
{
    for (size_t i = 0; i < rule_count(members); i++) {
        char *place = path_below(path, rule_name(language, members, i));

        g_hash_table_add(all, g_strdup(place));
        list_rule(language, rule_at(language, members, i), place, all);
        g_free(place);
    }
}

static void list_rule(struct language *language, rule *what, const char *path, GHashTable *all)
{
    rule *choices = rule_get(language, what, "anyOf");
    rule *only = rule_get(language, what, "const");
    rule *others = rule_get(language, what, "additionalProperties");

    for (size_t i = 0; i < rule_count(choices); i++)
        list_rule(language, rule_at(language, choices, i), path, all);
    if (only)
        g_hash_table_add(all, g_strconcat(path, "=", rule_text(only), NULL));
    list_words(language, rule_get(language, what, "enum"), path, all);
    list_members(language, rule_get(language, what, "properties"), path, all);
    if (rule_count(others)) {
        char *place = g_strconcat(path, ".*", NULL);

        list_rule(language, others, place, all);
        g_free(place);
    }
    if (rule_get(language, what, "items"))
        list_rule(language, rule_get(language, what, "items"), path, all);
}

/* ---- what came ---- */

/* Names that are the scenario's own are a star. */
static void collect(const struct item *item, const char *path, GHashTable *all, GHashTable *seen)
{
    g_hash_table_add(seen, g_strdup(path));
    if (item->kind == ITEM_SCALAR)
        g_hash_table_add(seen, g_strconcat(path, "=", item->text, NULL));
    for (size_t i = 0; i < item->count; i++) {
        const struct item *child = item->children[i];
        char *place = child->key ? path_below(path, child->key) : g_strdup(path);

        if (child->key && !g_hash_table_contains(all, place)) {
            g_free(place);
            place = g_strconcat(path, ".*", NULL);
        }
        collect(child, place, all, seen);
        g_free(place);
    }
}

static struct item *parse(const char *text)
{
    const struct source source = { .file = (char *)"random",
                                   .text = (char *)text,
                                   .bytes = strlen(text) };
    struct errors errors = { 0 };
    struct item *root = document_parse(&source, &errors);

    assert_non_null(root);
    errors_clear(&errors);
    return root;
}

static void collect_scenario(struct language *language, uint64_t number, GHashTable *all,
                             GHashTable *seen)
{
    char *text = random_scenario(language, number, NULL);
    struct item *root = parse(text);

    collect(root, "", all, seen);
    item_free(root);
    g_free(text);
}

/* What has not come; prints it if asked to. */
static unsigned count_missed(GHashTable *all, GHashTable *seen, bool is_told)
{
    GHashTableIter each;
    unsigned missed = 0;
    gpointer path;

    g_hash_table_iter_init(&each, all);
    while (g_hash_table_iter_next(&each, &path, NULL))
        if (!g_hash_table_contains(seen, path)) {
            if (is_told)
                print_message("in no scenario: %s\n", (const char *)path);
            missed++;
        }
    return missed;
}

static void everything_comes(void **state)
{
    GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct language language;
    uint64_t number = 0;

    (void)state;
    if (HAS_SANITIZER)
        skip();
    language_open(&language);
    list_rule(&language, language_root(&language), "", all);
    assert_true(g_hash_table_size(all) > 200);
    while (number < COUNT_MAX && (number % 500 || count_missed(all, seen, false)))
        collect_scenario(&language, ++number, all, seen);
    print_message("%u things in %u scenarios\n", g_hash_table_size(all), (unsigned)number);
    assert_int_equal(count_missed(all, seen, true), 0);
    language_close(&language);
    g_hash_table_destroy(all);
    g_hash_table_destroy(seen);
}

/* Of a draft with all models only those would be left that others do not rule out: the same ones
 * each time. */
static void stacks_are_of_a_few_models(void **state)
{
    struct language language;

    (void)state;
    language_open(&language);
    for (uint64_t number = 1; number <= 100; number++) {
        char *text = random_scenario(&language, number, NULL);
        struct item *root = parse(text), *strategies = item_get(root, "strategies");

        for (size_t i = 0; i < strategies->count; i++) {
            const struct item *stack = strategies->children[i];

            assert_in_range(stack->count - (item_get(stack, "peers") ? 1 : 0), 1, 4);
        }
        item_free(root);
        g_free(text);
    }
    language_close(&language);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacks_are_of_a_few_models),
        cmocka_unit_test(everything_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
