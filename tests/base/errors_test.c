/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every error is printed in one form with the source line and a caret under the right character;
 * what a user's text could do to a terminal is escaped; errors beyond the list are counted.
 */
#include "base/errors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What errors_print() writes; the caller frees it. */
static char *printed(const struct errors *errors)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    assert_non_null(out);
    errors_print(out, errors);
    fclose(out);
    return text;
}

static void expect_at(const char *source, int line, int column, const char *expected)
{
    struct place place = { .file = "a.yaml",
                           .source = source,
                           .source_bytes = strlen(source),
                           .line = line,
                           .column = column };
    struct errors errors = { 0 };
    char *text;

    errors_add_at(&errors, &place, "nodes", "%d is wrong", 7);
    text = printed(&errors);
    assert_string_equal(text, expected);
    free(text);
    errors_clear(&errors);
}

static void an_error_names_its_place(void **state)
{
    (void)state;
    expect_at("a: 1\nnodes: 7\n", 2, 8,
              "a.yaml:2:8: error: nodes: 7 is wrong\n    nodes: 7\n           ^\n");
    expect_at("a: 1\r\nnodes: 7", 2, 8,
              "a.yaml:2:8: error: nodes: 7 is wrong\n    nodes: 7\n           ^\n");
    expect_at("", 0, 0, "a.yaml: error: nodes: 7 is wrong\n");
    expect_at("a", 9, 1, "a.yaml:9:1: error: nodes: 7 is wrong\n");
}

static void the_excerpt_is_clean_and_keeps_its_columns(void **state)
{
    char source[400];

    (void)state;
    expect_at("\xc3\xa4\t\x1b[1m\xe2\x80\xae: \xff"
              "7",
              1, 10,
              "a.yaml:1:10: error: nodes: 7 is wrong\n    \xc3\xa4 ?[1m?: ?7\n             ^\n");
    memset(source, 'x', sizeof source - 1);
    source[sizeof source - 1] = 0;
    source[199] = '7';
    struct place place = {
        .file = "f", .source = source, .source_bytes = sizeof source - 1, .line = 1, .column = 200
    };
    struct errors errors = { 0 };
    errors_add_at(&errors, &place, NULL, "long");
    assert_int_equal(strlen(errors.list[0].excerpt), 100);
    assert_int_equal(errors.list[0].excerpt[errors.list[0].caret - 1], '7');
    errors_clear(&errors);
}

static void hostile_text_is_escaped(void **state)
{
    struct place place = { .file = "x\x1b]0;t\x07.yaml", .line = 0 };
    struct errors errors = { 0 };
    char *text;

    (void)state;
    errors_add_at(&errors, &place, "a\nb", "`%s`", "\xe2\x80\xae\xff");
    text = printed(&errors);
    assert_string_equal(text, "x\\x1b]0;t\\x07.yaml: error: a\\nb: `\\u202e\\xff`\n");
    free(text);
    errors_clear(&errors);
}

static void bytes_that_are_no_text_are_not_excerpted(void **state)
{
    const char *const lines[] = { "\x80\xfe\x99garbage", "   \t ", "\xff", "\x80\xfe\x99\x81word" };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct place place = { .file = "x.yaml",
                               .line = 1,
                               .column = 1,
                               .source = lines[i],
                               .source_bytes = strlen(lines[i]) };
        struct errors errors = { 0 };
        char *text;

        errors_add_at(&errors, &place, NULL, "no text");
        text = printed(&errors);
        assert_string_equal(text, i == 0 ? "x.yaml:1:1: error: no text\n    ???garbage\n    ^\n"
                                         : "x.yaml:1:1: error: no text\n");
        free(text);
        errors_clear(&errors);
    }
}

static void errors_beyond_the_list_are_counted(void **state)
{
    struct errors errors = { 0 };
    char *text;

    (void)state;
    for (int i = 0; i < ERRORS_KEPT_MAX + 3; i++)
        errors_add(&errors, ERROR_IO, "number %d", i);
    assert_int_equal(errors.count, ERRORS_KEPT_MAX + 3);
    assert_int_equal(errors.list[19].kind, ERROR_IO);
    text = printed(&errors);
    assert_non_null(strstr(text, "gossipsim: error: number 0\n"));
    assert_non_null(strstr(text, "gossipsim: error: number 19\n"));
    assert_null(strstr(text, "number 20"));
    assert_non_null(strstr(text, "gossipsim: error: and 3 more\n"));
    free(text);
    errors_clear(&errors);
    assert_int_equal(errors.count, 0);
    errors_clear(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_names_its_place),
        cmocka_unit_test(the_excerpt_is_clean_and_keeps_its_columns),
        cmocka_unit_test(hostile_text_is_escaped),
        cmocka_unit_test(bytes_that_are_no_text_are_not_excerpted),
        cmocka_unit_test(errors_beyond_the_list_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
