/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text of the subset becomes the tree it describes, with the place of every key and value;
 * every other text gives one clear error at its place, within bounded time and memory.
 */
#include "experiment/language/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct source source_of(const char *text, size_t bytes)
{
    return (struct source){ .file = (char *)"a.yaml", .text = (char *)text, .bytes = bytes };
}

/* The first error of a text as `LINE:COLUMN text`. */
static void expect_error(const char *text, const char *expected)
{
    const struct source source = source_of(text, strlen(text));
    struct errors errors = { 0 };
    struct item *root = document_parse(&source, &errors);
    char *found;

    if (errors.count == 0)
        fail_msg("no error in: %.60s", text);
    found = g_strdup_printf("%d:%d %s", errors.list[0].line, errors.list[0].column,
                            errors.list[0].text);
    if (strstr(found, expected) != found)
        fail_msg("%.60s\nexpected: %s\nfound:    %s", text, expected, found);
    g_free(found);
    item_free(root);
    errors_clear(&errors);
}

/* The tree of a good text; `source` must outlive it. */
static struct item *parse(const struct source *source)
{
    struct errors errors = { 0 };
    struct item *root = document_parse(source, &errors);

    assert_int_equal(errors.count, 0);
    assert_non_null(root);
    return root;
}

static char *written(const struct item *item)
{
    GString *text = g_string_new(NULL);

    item_write(text, item);
    return g_string_free(text, FALSE);
}

/* `text` is written back in flow style as `expected`. */
static void expect_written(const char *text, const char *expected)
{
    const struct source source = source_of(text, strlen(text));
    struct item *root = parse(&source);
    char *found = written(root);

    assert_string_equal(found, expected);
    g_free(found);
    item_free(root);
}

static void keys_and_values_have_places(void **state)
{
    static const char text[] = "nodes: 7\nnetwork:\n  loss: 5%\n  list: [a, b]\n";
    const struct source source = source_of(text, sizeof text - 1);
    struct item *root = parse(&source);
    const struct item *loss = item_find(root, "network.loss");
    const struct item *list = item_find(root, "network.list");
    char *path;

    (void)state;
    assert_non_null(loss);
    assert_int_equal(loss->key_line, 3);
    assert_int_equal(loss->key_column, 3);
    assert_int_equal(loss->line, 3);
    assert_int_equal(loss->column, 9);
    assert_string_equal(loss->text, "5%");
    assert_int_equal(list->children[1]->column, 13);
    path = item_path(list->children[1]);
    assert_string_equal(path, "network.list.2");
    g_free(path);
    assert_null(item_find(root, "network.los"));
    assert_null(item_find(root, "nodes.x"));
    item_free(root);
}

static void trees_are_written_back_safely(void **state)
{
    (void)state;
    expect_written("{a: 1, b: [x, {c: ~}], d: {}}", "{a: 1, b: [x, {c: null}], d: {}}");
    expect_written("a: 'null'", "{a: \"null\"}");
    expect_written("a: \"x: y\\n\\\"\\\\`$\"", "{a: \"x: y\\n\\\"\\\\`$\"}");
    expect_written("a: '-'", "{a: \"-\"}");
    expect_written("a: -5%", "{a: -5%}");
    expect_written("'k y': \"\\u202e\"", "{\"k y\": \"\\u202E\"}");
    expect_written("a: &x {b: 1}\nc: *x\n", "{a: {b: 1}, c: {b: 1}}");
    expect_written("a: |\n  two\n  lines\n", "{a: \"two\\nlines\\n\"}");
    expect_written("", "null");
    expect_written("# nothing\n", "null");
    expect_written("--- \na: 1\n...\n", "{a: 1}");
    expect_written("a: 1\r\nb: 2\r\n", "{a: 1, b: 2}");
}

static void what_is_not_of_the_subset_is_refused(void **state)
{
    (void)state;
    expect_error("a: 1\nb: 2\na: 3\n", "3:1 duplicate key `a`, first given at line 1, column 1");
    expect_error("a: {b: 1}\nc:\n  <<: {}\n", "3:3 merge keys");
    expect_error("a: !!str 5\n", "1:4 tags");
    expect_error("a: !x {}\n", "1:4 tags");
    expect_error("a: &x [1, *x]\n", "1:11 `*x` contains itself");
    expect_error("a: &x {b: {c: *x}}\n", "1:15 `*x` contains itself");
    expect_error("a: *y\n", "1:4 unknown anchor `y`");
    expect_error("[1]: 2\n", "1:1 a key must be a word");
    expect_error("a: 1\n---\nb: 2\n", "2:1 a second document");
    expect_error("a: [1, 2\n", "2:1 not YAML: ");
    expect_error("a: 1\n\tb: 2\n", "2:1 not YAML: ");
    expect_error("a: \"\x07\"\n", "1:5 a control character");
    expect_error("a: \"x\\0y\"\n", "1:4 a text with a NUL");
    expect_error("\"x\\0y\": 1\n", "1:1 a key with a NUL");
    expect_error("&k a: 1\n", "1:");
}

static void reading_goes_on_after_a_duplicate(void **state)
{
    static const char text[] = "a: 1\na: {x: 1, x: 2}\nb: 3\n<<: {c: 4}\n";
    const struct source source = source_of(text, sizeof text - 1);
    struct errors errors = { 0 };
    struct item *root = document_parse(&source, &errors);
    char *found = written(root);

    (void)state;
    assert_int_equal(errors.count, 3);
    assert_string_equal(found, "{a: 1, b: 3}");
    g_free(found);
    item_free(root);
    errors_clear(&errors);
}

/* `count` times `part` between `before` and `after`. */
static char *repeated(const char *before, const char *part, size_t count, const char *after)
{
    GString *text = g_string_new(before);

    for (size_t i = 0; i < count; i++)
        g_string_append(text, part);
    g_string_append(text, after);
    return g_string_free(text, FALSE);
}

static void bounds_hold(void **state)
{
    GString *bomb = g_string_new("a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    GString *keys = g_string_new(NULL);
    char *text;

    (void)state;
    text = repeated("a: ", "[", 100000, "");
    expect_error(text, "1:35 nested more than 32 deep");
    g_free(text);
    text = repeated("", "{a: ", 5000, "");
    expect_error(text, "1:129 nested more than 32 deep");
    g_free(text);
    text = repeated("", "- ", 5000, "x");
    expect_error(text, "1:65 nested more than 32 deep");
    g_free(text);
    text = repeated("a: [", "1, ", 300000, "]");
    expect_error(text, "1:749999 more than 250000 values");
    g_free(text);
    for (char c = 'b'; c < 'j'; c++)
        g_string_append_printf(bomb, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c,
                               c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1,
                               c - 1);
    expect_error(bomb->str, "6:11 aliases make more than 250000 values");
    g_string_free(bomb, TRUE);
    for (int i = 0; i < 1001; i++)
        g_string_append_printf(keys, "k%d: 1\n", i);
    expect_error(keys->str, "1001:1 more than 1000 keys");
    g_string_free(keys, TRUE);
}

static void aliases_cannot_nest_deeper_than_text(void **state)
{
    GString *text = g_string_new("a0: &a0 [x]\n");

    (void)state;
    for (int i = 1; i < 40; i++)
        g_string_append_printf(text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    expect_error(text->str, "31:");
    g_string_free(text, TRUE);
}

/* Sets `path` to `value` in `text`; the tree is then `expected`, or the error is. */
static void expect_set(const char *text, const char *path, const char *value, const char *expected)
{
    const struct source source = source_of(text, strlen(text));
    const struct source option = { .option = (char *)"--set X",
                                   .option_path = (char *)path,
                                   .text = (char *)value,
                                   .bytes = strlen(value) };
    struct item *root = parse(&source);
    struct errors errors = { 0 };
    char *found;

    if (item_set(root, path, parse(&option), &errors))
        found = written(root);
    else
        found = g_strdup_printf("%s: %s", errors.list[0].path, errors.list[0].text);
    assert_string_equal(found, expected);
    g_free(found);
    item_free(root);
    errors_clear(&errors);
}

static void paths_are_set(void **state)
{
    char *deep = repeated("a", ".a", 1000, "");

    (void)state;
    expect_set("a: 1", "a", "2", "{a: 2}");
    expect_set("a: 1", "b", "[x]", "{a: 1, b: [x]}");
    expect_set("a: 1", "b.c.d", "2", "{a: 1, b: {c: {d: 2}}}");
    expect_set("a: {b: 1, c: 2}", "a.b", "{x: y}", "{a: {b: {x: y}, c: 2}}");
    expect_set("a: ~", "a.b", "1", "{a: {b: 1}}");
    expect_set("s: {v1.2: {k: 1}, v1: {k: 3}}", "s.v1.2.k", "9", "{s: {v1.2: {k: 9}, v1: {k: 3}}}");
    expect_set("a: 5", "a.b", "1",
               "--set X: `a` is not a section here, so nothing can be set inside it");
    expect_set("a: 5", "", "1", "--set X: is not a path of keys, as in network.loss");
    expect_set("a: 5", "b..c", "1", "--set X: is not a path of keys, as in network.loss");
    expect_set("b: 5", deep, "1", "--set X: is not a path of keys, as in network.loss");
    g_free(deep);
}

static void a_clone_stands_alone(void **state)
{
    static const char text[] = "a: {b: [1, 2]}";
    const struct source source = source_of(text, sizeof text - 1);
    struct item *root = parse(&source);
    struct item *clone = item_clone(root);
    struct errors errors = { 0 };
    char *found;

    (void)state;
    assert_true(item_set(clone, "a.b", item_clone(root), &errors));
    item_free(root);
    found = written(clone);
    assert_string_equal(found, "{a: {b: {a: {b: [1, 2]}}}}");
    g_free(found);
    item_free(clone);
}

/* Reads a file of these bytes; returns the source, or NULL and the first error's text. */
static struct source *read_bytes(const void *bytes, size_t count, char **error)
{
    char *folder = g_dir_make_tmp("document-XXXXXX", NULL);
    char *path = g_build_filename(folder, "a.yaml", NULL);
    struct errors errors = { 0 };
    struct source *source;

    assert_true(g_file_set_contents(path, bytes, (gssize)count, NULL));
    source = source_read(path, &errors);
    *error = errors.count > 0 ? g_strdup_printf("%d:%d %s", errors.list[0].line,
                                                errors.list[0].column, errors.list[0].text)
                              : NULL;
    errors_clear(&errors);
    remove(path);
    remove(folder);
    g_free(path);
    g_free(folder);
    return source;
}

static void files_are_utf8(void **state)
{
    char *error = NULL;
    struct source *source = read_bytes("\xef\xbb\xbf"
                                       "a: 1",
                                       7, &error);

    (void)state;
    assert_non_null(source);
    assert_int_equal(source->bytes, 4);
    assert_string_equal(source->text, "a: 1");
    source_free(source);
    assert_null(read_bytes("a: 1\nb: \xc3\xa4\xff", 11, &error));
    assert_true(g_str_has_prefix(error, "2:5 not valid UTF-8"));
    g_free(error);
    assert_null(read_bytes("a: \0", 4, &error));
    assert_true(g_str_has_prefix(error, "1:4 a NUL byte"));
    g_free(error);
    assert_null(read_bytes("SQLite format 3\0\x10\0", 18, &error));
    assert_true(g_str_has_prefix(error, "1:1 a database, not a scenario; "));
    g_free(error);
    assert_null(read_bytes("\xff\xfe"
                           "a\0",
                           4, &error));
    assert_true(g_str_has_prefix(error, "1:1 not valid UTF-8"));
    g_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_values_have_places),
        cmocka_unit_test(trees_are_written_back_safely),
        cmocka_unit_test(what_is_not_of_the_subset_is_refused),
        cmocka_unit_test(reading_goes_on_after_a_duplicate),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(aliases_cannot_nest_deeper_than_text),
        cmocka_unit_test(paths_are_set),
        cmocka_unit_test(a_clone_stands_alone),
        cmocka_unit_test(files_are_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
