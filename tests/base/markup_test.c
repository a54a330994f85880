/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that is not ours is text and nothing else in HTML, in SVG and in JSON inside a <script>:
 * no character of it is markup, ends a quote, or hides.
 */
#include "base/markup.h"

#include "base/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef void writer(GString *out, const char *text);

static void expect(writer *write, const char *text, const char *written)
{
    GString *out = g_string_new("before ");

    write(out, text);
    assert_true(g_str_has_prefix(out->str, "before "));
    assert_string_equal(out->str + strlen("before "), written);
    g_string_free(out, TRUE);
}

static void plain_text_stays(void **state)
{
    static const char *const texts[] = { "",       "push-pull 5 %",    "\xc3\xa4 e\xcc\x81",
                                         "日本語", "\xf0\x9f\x90\xb3", "`$(id)` {{x}} \\x1b" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        expect(markup_text, texts[i], texts[i]);
        expect(markup_lines, texts[i], texts[i]);
    }
    expect(markup_json, "日本語 `x` \xf0\x9f\x90\xb3", "\"日本語 `x` \xf0\x9f\x90\xb3\"");
    expect(markup_text, NULL, "");
}

static void markup_is_escaped(void **state)
{
    (void)state;
    expect(markup_text, "<script>alert('1' & \"2\")</script>",
           "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;");
    expect(markup_text, "&lt;]]>", "&amp;lt;]]&gt;");
    expect(markup_json, "</script><!--'&\"\\",
           "\"\\u003c/script\\u003e\\u003c!--\\u0027\\u0026\\\"\\\\\"");
}

static void what_hides_is_shown(void **state)
{
    (void)state;
    expect(markup_text, "a\nb\tc\x1b\x7f", "a\\nb\\tc\\x1b\\x7f");
    expect(markup_lines, "a\nb\tc\r\x1b", "a\nb\tc\\r\\x1b");
    expect(markup_text, "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b", "\\u202e\\u2066\\u200b");
    expect(markup_text, "\xef\xbf\xbe\xf3\xa0\x81\x81", "\\ufffe\\U000e0041");
    expect(markup_json, "\n\x1f\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae",
           "\"\\u000a\\u001f\\u2028\\u2029\\u202e\"");
    expect(markup_json, "\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"");
}

static void what_is_no_utf8_is_replaced(void **state)
{
    (void)state;
    expect(markup_text, "a\xff<\xc3", "a\xef\xbf\xbd&lt;\xef\xbf\xbd");
    expect(markup_lines, "\xe2\x80\n", "\xef\xbf\xbd\xef\xbf\xbd\n");
    expect(markup_json, "\xed\xa0\x80\xc0\xbc\"",
           "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"\"");
}

/* Whatever the code point: XML may hold what is written, and it is valid UTF-8. */
static void every_code_point_is_safe(void **state)
{
    (void)state;
    for (gunichar c = 1; c < 0x110000; c++) {
        char text[7] = "";
        GString *out = g_string_new(NULL);

        text[g_unichar_to_utf8(c, text)] = 0;
        markup_text(out, text);
        markup_json(out, text);
        assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
        assert_null(strpbrk(out->str, "<>'\n\r\t\x7f"));
        for (const char *at = out->str; *at; at = g_utf8_next_char(at))
            assert_true(printable_is_safe(g_utf8_get_char(at)));
        g_string_free(out, TRUE);
    }
}

/* As `openssl dgst -sha256 -binary | base64` has it. */
static void a_policy_names_what_is_ours(void **state)
{
    (void)state;
    expect(markup_digest, "doSomething();", "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),         cmocka_unit_test(markup_is_escaped),
        cmocka_unit_test(what_hides_is_shown),      cmocka_unit_test(what_is_no_utf8_is_replaced),
        cmocka_unit_test(every_code_point_is_safe), cmocka_unit_test(a_policy_names_what_is_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
