/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table_test.c - a table shows the same cells to people, as CSV and as JSON; columns line up by
 * the width people see; text of a hostile database comes out as text and moves no terminal; a
 * narrow terminal gets blocks that repeat the key columns.
 */
#include "analysis/text/table.h"
#include "analysis/text/text.h"

#include <glib.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Fills a table of that style and prints it.  Not inlined: gcc 12 would take what open_memstream()
 * stores for a pointer to a local. */
__attribute__((noinline)) static char *printed(void (*fill)(struct table *table),
                                               enum table_format format, int width)
{
    struct table *table = table_new(&(struct table_style){ .format = format, .width = width });
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    fill(table);
    table_print(out, table);
    fclose(out);
    table_free(table);
    return text;
}

static void assert_prints(void (*fill)(struct table *table), enum table_format format, int width,
                          const char *expected)
{
    char *text = printed(fill, format, width);

    assert_string_equal(text, expected);
    free(text);
}

static void small_table(struct table *table)
{
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "t99", "t99", COLUMN_PROGRAMS);
    table_column(table, "", "t99 s", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "m", "m", COLUMN_ALL | COLUMN_RIGHT);
    table_row(table);
    table_text(table, "push");
    table_number(table, 6.5, NULL);
    table_text(table, "6.50 (6.1–7.0)");
    table_number(table, 12, "12.0");
    table_row(table);
    table_text(table, "日本, \"x\"");
    table_number(table, INFINITY, NULL);
    table_text(table, "never");
    table_number(table, NAN, "–");
}

static void columns_line_up(void **state)
{
    (void)state;
    assert_prints(small_table, TABLE_PEOPLE, 0,
                  "strategy            t99 s     m\n"
                  "push       6.50 (6.1–7.0)  12.0\n"
                  "日本, \"x\"           never     –\n");
}

static void csv_quotes_and_marks_never(void **state)
{
    (void)state;
    assert_prints(small_table, TABLE_CSV, 0,
                  "strategy,t99,m\npush,6.5,12\n\"日本, \"\"x\"\"\",inf,\n");
}

static void json_leaves_out_what_does_not_apply(void **state)
{
    (void)state;
    assert_prints(small_table, TABLE_JSON, 0,
                  "[\n  {\"strategy\": \"push\", \"t99\": 6.5, \"m\": 12},\n"
                  "  {\"strategy\": \"日本, \\\"x\\\"\", \"t99\": null}\n]\n");
}

static void narrow_terminal_gets_blocks(void **state)
{
    (void)state;
    assert_prints(small_table, TABLE_PEOPLE, 26,
                  "strategy            t99 s\n"
                  "push       6.50 (6.1–7.0)\n"
                  "日本, \"x\"           never\n"
                  "\n"
                  "strategy      m\n"
                  "push       12.0\n"
                  "日本, \"x\"     –\n");
}

static void hostile_text_is_escaped(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        { "a\nb\tc\r", "a\\nb\\tc\\r" },
        { "\033[2J\007", "\\x1b[2J\\x07" },
        { "\xff\xc3", "\\xff\\xc3" },
        { "\xc2\x9b"
          "31m",
          "\\x9b31m" },
        { "\u202egnp", "\\u202egnp" },
        { "\u2028", "\\u2028" },
        { "caf\u00e9 `x`", "café `x`" },
        { NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *shown = text_escape(cases[i].text);
        assert_string_equal(shown, cases[i].shown);
        g_free(shown);
    }
}

static void text_is_cut_in_the_middle(void **state)
{
    static const struct {
        const char *text;
        size_t columns, head;
        const char *shown;
    } cases[] = {
        { "0123456789", 10, 5, "0123456789" },  { "0123456789a", 10, 5, "01234…789a" },
        { "0123456789a", 10, 0, "…23456789a" }, { "0123456789a", 10, 9, "012345678…" },
        { "日本日本日本", 6, 3, "日…本" },      { "", 1, 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *shown = text_shorten_middle(cases[i].text, cases[i].columns, cases[i].head);
        assert_string_equal(shown, cases[i].shown);
        g_free(shown);
    }
}

static void hostile_table(struct table *table)
{
    table_column(table, "s", "s", COLUMN_ALL | COLUMN_KEY);
    table_row(table);
    table_text(table, "\033[1m\n\xff");
}

static void hostile_cell_in_all_formats(void **state)
{
    (void)state;
    assert_prints(hostile_table, TABLE_PEOPLE, 0, "s\n\\x1b[1m\\n\\xff\n");
    assert_prints(hostile_table, TABLE_CSV, 0, "s\n\\x1b[1m\\n\\xff\n");
    assert_prints(hostile_table, TABLE_JSON, 0, "[\n  {\"s\": \"\\u001b[1m\\u000a\uFFFD\"}\n]\n");
}

static void long_table(struct table *table)
{
    char *name = g_strnfill(1000, 'x');

    name[999] = 'y';
    table_column(table, "s", "s", COLUMN_ALL | COLUMN_KEY);
    table_row(table);
    table_text(table, name);
    g_free(name);
}

static void long_text_is_cut_for_people_only(void **state)
{
    char *text = printed(long_table, TABLE_PEOPLE, 0);

    (void)state;
    assert_int_equal(text_width(strchr(text, '\n') + 1), 48 + 1); /* and the newline */
    assert_non_null(strstr(text, "xxxxxy\n"));                    /* where names often differ */
    free(text);
    text = printed(long_table, TABLE_CSV, 0);
    assert_int_equal(strlen(text), 2 + 1000 + 1);
    free(text);
}

static void table_without_rows(struct table *table)
{
    table_column(table, "a", "A", COLUMN_ALL);
}

static void empty_table_keeps_its_head(void **state)
{
    (void)state;
    assert_prints(table_without_rows, TABLE_PEOPLE, 0, "A\n");
    assert_prints(table_without_rows, TABLE_CSV, 0, "a\n");
    assert_prints(table_without_rows, TABLE_JSON, 0, "[]\n");
}

static void numbers_read_back(void **state)
{
    static const double values[] = { 0.1, 1.0 / 3, 1e300, 123456789, 5e-324, 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        char text[32];
        text_number(text, values[i]);
        assert_true(strtod(text, NULL) == values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up),
        cmocka_unit_test(csv_quotes_and_marks_never),
        cmocka_unit_test(json_leaves_out_what_does_not_apply),
        cmocka_unit_test(narrow_terminal_gets_blocks),
        cmocka_unit_test(hostile_text_is_escaped),
        cmocka_unit_test(text_is_cut_in_the_middle),
        cmocka_unit_test(hostile_cell_in_all_formats),
        cmocka_unit_test(long_text_is_cut_for_people_only),
        cmocka_unit_test(empty_table_keeps_its_head),
        cmocka_unit_test(numbers_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
