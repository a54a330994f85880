/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables come apart as people mean them, whatever separates their fields; what is no table, or no
 * number where one is due, is an error with line and column; no file makes the reader wait or hold
 * more than a line.
 */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* All rows of a text as `a|b/c|d`, or the first error as `LINE:COLUMN what`. */
static char *rows(const char *text, size_t bytes, enum csv_separator separator)
{
    struct errors errors = { 0 };
    struct csv *csv = csv_of_text("t", text, bytes, separator, &errors);
    char *all = calloc(1, 10000);

    assert_non_null(csv);
    while (csv_next(csv)) {
        strcat(all, *all ? "/" : "");
        for (size_t i = 0; i < csv_count(csv); i++) {
            strcat(all, i > 0 ? "|" : "");
            strncat(all, csv_field(csv, i), 200);
        }
    }
    assert_int_equal(csv_is_good(csv), errors.count == 0);
    if (errors.count > 0)
        snprintf(all, 1000, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                 errors.list[0].text);
    csv_close(csv);
    errors_clear(&errors);
    return all;
}

static void expect(const char *text, const char *expected)
{
    char *found = rows(text, strlen(text), CSV_AS_FIRST_ROW);

    assert_string_equal(found, expected);
    free(found);
}

static void fields_are_what_people_mean(void **state)
{
    (void)state;
    expect("a,b\nc,d\n", "a|b/c|d");
    expect("a, b \r\n c,d", "a|b/c|d");
    expect("\xef\xbb\xbf# note, with commas\n\na;b\n  # another\nc,1;\n", "a|b/c,1|");
    expect("a\tb c\n\t\nd\t", "a|b c/d|");
    expect("  a   b\t \n1 2\n", "a|b/1|2");
    expect("a,,\n,\n", "a||/|");
    expect("one\ntwo\n", "one/two");
    expect("\"a, b\";\"say \"\"x\"\"\" ; \"\"\nc;d;e\n", "a, b|say \"x\"|/c|d|e");
    expect("\"a b\" \"c\"\n", "a b|c");
    expect("\"a;b\"\t2\n", "a;b|2");
    expect("", "");
    expect("# nothing\n\n", "");
}

static void what_is_no_table_is_an_error_with_its_place(void **state)
{
    char *found;

    (void)state;
    expect("a,b\nc,\"d\n", "2:3 a quote that is not closed on its line");
    expect("a,\"b\"c\n", "1:6 text behind the quotes of a field");
    expect("\xc3\xa4,\"b\"c\n", "1:6 text behind the quotes of a field");
    found = rows("a\n\0b\n", 5, CSV_COMMA);
    assert_string_equal(found, "2:1 a NUL byte: this is no text");
    free(found);
}

static void lines_and_rows_are_bounded(void **state)
{
    const size_t bytes = CSV_LINE_MAX + 2;
    char *text = malloc(bytes), *found;

    (void)state;
    memset(text, 'x', bytes);
    found = rows(text, bytes, CSV_COMMA);
    assert_string_equal(found, "1:1 a line of more than 1 MiB");
    free(found);
    memset(text, ',', bytes);
    found = rows(text, CSV_FIELDS_MAX, CSV_COMMA);
    assert_string_equal(found, "1:65537 more than 65536 fields");
    free(found);
    free(text);
}

/* Reads field 1 of the second row as a time; the error, or NULL and the value. */
static char *time_in(const char *text, sim_time unit, double scale, sim_time *value)
{
    struct errors errors = { 0 };
    struct csv *csv = csv_of_text("t", text, strlen(text), CSV_AS_FIRST_ROW, &errors);
    char *error = NULL;
    bool is_good;

    assert_true(csv_next(csv) && csv_next(csv));
    is_good = csv_read_time(csv, 1, unit, scale, value);
    assert_int_equal(is_good, errors.count == 0);
    if (!is_good) {
        assert_false(csv_next(csv));
        error = calloc(1, 400);
        snprintf(error, 400, "%d:%d %s", errors.list[0].line, errors.list[0].column,
                 errors.list[0].text);
    }
    csv_close(csv);
    errors_clear(&errors);
    return error;
}

static void times_have_the_unit_of_their_column_or_their_own(void **state)
{
    sim_time value = 0;

    (void)state;
    assert_null(time_in("a,b\n1,35\n", SIM_MILLISECOND, 0.5, &value));
    assert_int_equal(value, 17500000);
    assert_null(time_in("a,b\n1,40ms\n", 0, 1, &value));
    assert_int_equal(value, 40000000);
    assert_null(time_in("a b\n1 0.1234\n", SIM_MICROSECOND, 1, &value));
    assert_int_equal(value, 123);
}

static void what_is_no_time_is_an_error_with_its_place(void **state)
{
    static const struct {
        const char *text;
        sim_time unit;
        const char *error;
    } cases[] = {
        { "a,b\n1\n", 1, "2:2 the line has 1 field; a number was expected as the 2." },
        { "a,b\n1,\n", 1, "2:3 field 2 is empty; a number was expected" },
        { "a,b\n1, nan\n", 1, "2:4 `nan` is not a number" },
        { "a,b\n1,inf\n", 1, "2:3 `inf` is not a number" },
        { "a,b\n1,-3\n", 1, "2:3 -3 is negative" },
        { "a,b\n1,40\n", 0, "2:3 40 lacks a unit" },
        { "a,b\n1,40ms\n", 1, "2:3 `40ms` is not a number" },
        { "a,b\n1,1e30\n", 1, "2:3 1e30 is too long" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sim_time value = 7;
        char *error = time_in(cases[i].text, cases[i].unit, 1, &value);

        assert_non_null(error);
        if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
            fail_msg("%s instead of %s", error, cases[i].error);
        assert_int_equal(value, 7);
        free(error);
    }
}

static void columns_are_found_by_name_also_in_lines_passed_over(void **state)
{
    static const char text[] = "# a, note\nfrom,avg\n1,2\n";
    struct errors errors = { 0 };
    struct csv *csv = csv_of_text("t", text, strlen(text), CSV_AS_FIRST_ROW, &errors);
    size_t field = 9;
    double value = 0;

    (void)state;
    csv_skip(csv, 2);
    assert_true(csv_find(csv, "avg", &field));
    assert_int_equal(field, 1);
    assert_false(csv_find(csv, "max", &field));
    assert_true(csv_next(csv));
    assert_int_equal(csv_line(csv), 3);
    assert_true(csv_read_real(csv, field, &value));
    assert_true(value == 2);
    assert_false(csv_next(csv));
    assert_true(csv_is_good(csv));
    csv_skip(csv, 5);
    csv_close(csv);
}

static void expect_refusal(const char *path, const char *why)
{
    struct errors errors = { 0 };

    assert_null(csv_open(path, CSV_COMMA, &errors));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.list[0].text, why));
    errors_clear(&errors);
}

static void only_regular_files_are_opened(void **state)
{
    char folder[] = "/tmp/csv_test.XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(path, "it is a pipe");
    unlink(path);
    expect_refusal(folder, "it is a directory");
    expect_refusal("/dev/null", "it is not a regular file");
    rmdir(folder);
    expect_refusal(folder, "No such file");
    assert_false(csv_next(NULL));
    assert_false(csv_is_good(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_what_people_mean),
        cmocka_unit_test(what_is_no_table_is_an_error_with_its_place),
        cmocka_unit_test(lines_and_rows_are_bounded),
        cmocka_unit_test(times_have_the_unit_of_their_column_or_their_own),
        cmocka_unit_test(what_is_no_time_is_an_error_with_its_place),
        cmocka_unit_test(columns_are_found_by_name_also_in_lines_passed_over),
        cmocka_unit_test(only_regular_files_are_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
