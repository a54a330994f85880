/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that is not ours comes out visible: controls of both sets, what reorders, hides or breaks
 * text, and bytes that are no UTF-8; everything else as it was.
 */
#include "base/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const char *shown)
{
    char *found = NULL;
    size_t bytes;
    FILE *out = open_memstream(&found, &bytes);

    printable_put(out, text);
    fclose(out);
    assert_string_equal(found, shown);
    free(found);
}

static void plain_text_stays(void **state)
{
    static const char *const texts[] = {
        "",         "push-pull 5%",     "\xc3\xa4\xc3\xb6 e\xcc\x81",
        "日本語",   "\xf0\x9f\x90\xb3", "a\\x1b",
        "\xc2\xa0", "\xd7\xa9\xd7\x9c", "\xf4\x8f\xbf\xbd",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], texts[i]);
}

static void what_moves_a_terminal_is_escaped(void **state)
{
    (void)state;
    expect("\x1b]0;t\x07\n\t\r\x7f", "\\x1b]0;t\\x07\\n\\t\\r\\x7f");
    expect("\xc2\x9b"
           "31m\xc2\x85",
           "\\x9b31m\\x85");
    expect("\xe2\x80\xae\xe2\x81\xa6\xd8\x9c", "\\u202e\\u2066\\u061c");
    expect("\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf\xc2\xad", "\\u200b\\u200d\\ufeff\\xad");
    expect("\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029");
    expect("\xf3\xa0\x81\x81\xef\xb8\x8f\xe3\x85\xa4", "\\U000e0041\\ufe0f\\u3164");
    expect("\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\\uffff\\U0010ffff");
}

static void bytes_that_are_no_utf8_are_escaped(void **state)
{
    (void)state;
    expect("a\xff\xc3", "a\\xff\\xc3");
    expect("\xe2\x80", "\\xe2\\x80");
    expect("\xe2\x80"
           "a",
           "\\xe2\\x80a");
    expect("\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf"); /* overlong */
    expect("\xed\xa0\x80\xf5\x80\x80\x80", "\\xed\\xa0\\x80\\xf5\\x80\\x80\\x80");
}

/* No code point can pass whose bytes hold a control of either set. */
static void every_code_point_is_safe_or_escaped(void **state)
{
    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        char text[5] = { 0 };
        const char *at = text;
        char shown[PRINTABLE_BYTES];

        if (c < 0x80)
            text[0] = (char)c;
        else if (c < 0x800)
            memcpy(text, (char[]){ (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) }, 2);
        else if (c < 0x10000)
            memcpy(text,
                   (char[]){ (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
                             (char)(0x80 | (c & 0x3f)) },
                   3);
        else
            memcpy(text,
                   (char[]){ (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
                             (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) },
                   4);
        assert_true(printable_next(&at, shown));
        if (printable_is_safe(c) && !(c >= 0xd800 && c < 0xe000))
            assert_string_equal(shown, text);
        else
            assert_int_equal(shown[0], '\\');
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            assert_false(printable_is_safe(c));
    }
}

static void a_line_is_one_line(void **state)
{
    char *found = NULL;
    size_t bytes;
    FILE *out = open_memstream(&found, &bytes);

    (void)state;
    printable_line(out, "'%s' of %d", "a\nb\x1b", 3);
    fclose(out);
    assert_string_equal(found, "'a\\nb\\x1b' of 3\n");
    free(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),
        cmocka_unit_test(what_moves_a_terminal_is_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_are_escaped),
        cmocka_unit_test(every_code_point_is_safe_or_escaped),
        cmocka_unit_test(a_line_is_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
