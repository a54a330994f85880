/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written in the notation of scenarios is read to exactly the value it names, whatever
 * the locale; everything else is refused with a reason and changes nothing; and what the writers
 * print reads back to the same value.
 */
#include "base/quantity.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void times_are_exact(void **state)
{
    static const struct {
        const char *text;
        sim_time value;
    } cases[] = {
        { "0s", 0 },
        { "40ms", 40 * SIM_MILLISECOND },
        { "1.5h", 5400 * SIM_SECOND },
        { "0.1ms", 100000 },
        { "1us", 1000 },
        { "7ns", 7 },
        { "3min", 180 * SIM_SECOND },
        { "1d", SIM_DAY },
        { "1e3ms", SIM_SECOND },
        { "1_000ms", SIM_SECOND },
        { "+1s", SIM_SECOND },
        { "-0s", 0 },
        { "0.000000001s", 1 },
        { "36525d", SIM_TIME_MAX },
        { "00012s", 12 * SIM_SECOND },
        { "1000e-3s", SIM_SECOND },
        { "0e99999999999s", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sim_time value = -1;
        assert_true(quantity_read_time(cases[i].text, &value, NULL));
        assert_int_equal(value, cases[i].value);
    }
}

static void bad_times_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "40", "40 lacks a unit; a time has one of the units ns us ms s min h d, as in 40ms" },
        { "", "`` is not a quantity" },
        { "s", "`s` is not a quantity" },
        { "1 s", "`1 s` has an unknown unit" },
        { " 1s", "` 1s` is not a quantity" },
        { "1s ", "unknown unit" },
        { "1sec", "unknown unit" },
        { "-5s", "-5s is negative" },
        { "0.1ns", "not a whole number of nanoseconds" },
        { "36525.1d", "longest time" },
        { "1e30s", "longest time" },
        { "1e-400s", "not a whole number" },
        { "99999999999999999999999999999999999999999999999999s", "not a quantity" },
        { "nans", "not a quantity" },
        { "infs", "not a quantity" },
        { "0x10s", "unknown unit" },
        { "1_s", "unknown unit" },
        { "_1s", "not a quantity" },
        { "1__0s", "unknown unit" },
        { "1.s", "not a quantity" },
        { ".5s", "not a quantity" },
        { "1,5s", "unknown unit" },
        { "1es", "not a quantity" },
        { "--1s", "not a quantity" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[QUANTITY_WHY_MAX] = "";
        sim_time value = 4711;
        assert_false(quantity_read_time(cases[i].text, &value, why));
        assert_int_equal(value, 4711);
        if (strstr(why, cases[i].why) == NULL)
            fail_msg("`%s`: %s", cases[i].text, why);
    }
}

static void counts_are_whole(void **state)
{
    int64_t value = -1;

    (void)state;
    assert_true(quantity_read_count("1000", &value, NULL));
    assert_int_equal(value, 1000);
    assert_true(quantity_read_count("10_000", &value, NULL));
    assert_int_equal(value, 10000);
    assert_true(quantity_read_count("1e6", &value, NULL));
    assert_int_equal(value, 1000000);
    assert_true(quantity_read_count("1.5e3", &value, NULL));
    assert_int_equal(value, 1500);
    assert_true(quantity_read_count("9223372036854775807", &value, NULL));
    assert_true(value == INT64_MAX);
    value = 5;
    assert_false(quantity_read_count("9223372036854775808", &value, NULL));
    assert_false(quantity_read_count("1e19", &value, NULL));
    assert_false(quantity_read_count("1e999999999999", &value, NULL));
    assert_false(quantity_read_count("1.5", &value, NULL));
    assert_false(quantity_read_count("1e-1", &value, NULL));
    assert_false(quantity_read_count("-1", &value, NULL));
    assert_false(quantity_read_count("5s", &value, NULL));
    assert_false(quantity_read_count("", &value, NULL));
    assert_false(quantity_read_count("0x10", &value, NULL));
    assert_int_equal(value, 5);
}

static void sizes_know_both_kinds_of_prefix(void **state)
{
    int64_t bytes = -1;

    (void)state;
    assert_true(quantity_read_size("200B", &bytes, NULL));
    assert_int_equal(bytes, 200);
    assert_true(quantity_read_size("1.5kB", &bytes, NULL));
    assert_int_equal(bytes, 1500);
    assert_true(quantity_read_size("2KiB", &bytes, NULL));
    assert_int_equal(bytes, 2048);
    assert_true(quantity_read_size("1GiB", &bytes, NULL));
    assert_int_equal(bytes, 1073741824);
    bytes = 3;
    assert_false(quantity_read_size("1.5B", &bytes, NULL));
    assert_false(quantity_read_size("200", &bytes, NULL));
    assert_false(quantity_read_size("1e15GB", &bytes, NULL));
    assert_false(quantity_read_size("200b", &bytes, NULL));
    assert_int_equal(bytes, 3);
}

static void shares_and_percents_are_the_same_numbers(void **state)
{
    double a = -1, b = -1;

    (void)state;
    for (int i = 0; i <= 1000; i++) {
        char percent[32], share[32];
        snprintf(percent, sizeof percent, "%d.%d%%", i / 10, i % 10);
        snprintf(share, sizeof share, "%d.%03d", i / 1000, i % 1000);
        assert_true(quantity_read_fraction(percent, &a, NULL));
        assert_true(quantity_read_fraction(share, &b, NULL));
        assert_true(a == b);
    }
    a = 0.5;
    assert_false(quantity_read_fraction("1.01", &a, NULL));
    assert_false(quantity_read_fraction("101%", &a, NULL));
    assert_false(quantity_read_fraction("-1%", &a, NULL));
    assert_false(quantity_read_fraction("5%%", &a, NULL));
    assert_false(quantity_read_fraction("nan", &a, NULL));
    assert_false(quantity_read_fraction("5s", &a, NULL));
    assert_true(a == 0.5);
}

static void rates_and_reals(void **state)
{
    double value = -1;

    (void)state;
    assert_true(quantity_read_rate("10/s", &value, NULL));
    assert_true(value == 10);
    assert_true(quantity_read_rate("3/min", &value, NULL));
    assert_true(value == 0.05);
    assert_true(quantity_read_rate("3600/h", &value, NULL));
    assert_true(value == 1);
    assert_true(quantity_read_bitrate("10Mbit/s", &value, NULL));
    assert_true(value == 1e7);
    assert_true(
        quantity_read_bitrate("1.005kbit/s", &value, NULL)); /* 1.005 * 1000 is 1004.99... */
    assert_true(value == 1005);
    assert_true(quantity_read_bitrate("1.5bit/s", &value, NULL));
    assert_true(value == 1.5);
    assert_true(quantity_read_real("-2.5e-3", &value, NULL));
    assert_true(value == -0.0025);
    assert_true(quantity_read_real("1e-400", &value, NULL));
    assert_true(value == 0);
    value = 7;
    assert_false(quantity_read_rate("10", &value, NULL));
    assert_false(quantity_read_rate("-1/s", &value, NULL));
    assert_false(quantity_read_rate("1e400/s", &value, NULL));
    assert_false(quantity_read_bitrate("1e308Gbit/s", &value, NULL));
    assert_false(quantity_read_real("1e400", &value, NULL));
    assert_false(quantity_read_real("inf", &value, NULL));
    assert_false(quantity_read_real("nan", &value, NULL));
    assert_false(quantity_read_real("0x1p3", &value, NULL));
    assert_false(quantity_read_real("1.5x", &value, NULL));
    assert_true(value == 7);
}

static void what_is_written_is_read_back(void **state)
{
    static const int64_t integers[] = {
        0,
        1,
        999,
        1000,
        1024,
        1500,
        60000000000,
        90000000000,
        SIM_DAY,
        SIM_TIME_MAX,
        SIM_TIME_MAX - 1,
        123456789012345678,
    };
    static const double reals[] = { 0, 0.1, 1.0 / 3, 5e-324, 1e6, 123456.789, 0.007, 1 };
    char text[QUANTITY_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        int64_t value = -1;
        quantity_write_time(integers[i], text);
        assert_true(quantity_read_time(text, &value, NULL));
        assert_int_equal(value, integers[i]);
        quantity_write_size(integers[i], text);
        assert_true(quantity_read_size(text, &value, NULL));
        assert_int_equal(value, integers[i]);
        quantity_write_count(integers[i], text);
        assert_true(quantity_read_count(text, &value, NULL));
        assert_int_equal(value, integers[i]);
    }
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        double value = -1;
        quantity_write_real(reals[i], text);
        assert_true(quantity_read_real(text, &value, NULL));
        assert_true(value == reals[i]);
        quantity_write_rate(reals[i], text);
        assert_true(quantity_read_rate(text, &value, NULL));
        assert_true(value == reals[i]);
        if (reals[i] > 1)
            continue;
        quantity_write_fraction(reals[i], text);
        assert_true(quantity_read_fraction(text, &value, NULL));
        assert_true(value == reals[i]);
    }
}

static void writers_are_short(void **state)
{
    char text[QUANTITY_TEXT_MAX];

    (void)state;
    quantity_write_time(1500 * SIM_MILLISECOND, text);
    assert_string_equal(text, "1500ms");
    quantity_write_time(7200 * SIM_SECOND, text);
    assert_string_equal(text, "2h");
    quantity_write_time(0, text);
    assert_string_equal(text, "0s");
    quantity_write_size(2048, text);
    assert_string_equal(text, "2KiB");
    quantity_write_size(2000, text);
    assert_string_equal(text, "2kB");
    quantity_write_bitrate(56000, text);
    assert_string_equal(text, "56kbit/s");
    quantity_write_fraction(0.05, text);
    assert_string_equal(text, "0.05");
    quantity_write_rate(10, text);
    assert_string_equal(text, "10/s");
}

/* Three digits, also where rounding would make a fourth. */
static void short_texts_have_three_digits(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        { 0, "0" },           { 7, "7" },        { 999.4, "999" },   { 999.5, "1.00k" },
        { 9994, "9.99k" },    { 9996, "10.0k" }, { 99940, "99.9k" }, { 99960, "100k" },
        { 1.234e6, "1.23M" }, { 5e20, "500E" },
    };
    char text[QUANTITY_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        quantity_write_short(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
    quantity_write_memory(2.5e9, text);
    assert_string_equal(text, "2.50GB");
}

static void a_decimal_comma_changes_nothing(void **state)
{
    double value = 0;
    char text[QUANTITY_TEXT_MAX];

    (void)state;
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL && setlocale(LC_ALL, "fr_FR.UTF-8") == NULL)
        skip();
    assert_true(quantity_read_real("1.5", &value, NULL));
    assert_true(value == 1.5);
    assert_false(quantity_read_real("1,5", &value, NULL));
    quantity_write_real(1.5, text);
    assert_string_equal(text, "1.5");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(bad_times_are_refused_with_a_reason),
        cmocka_unit_test(counts_are_whole),
        cmocka_unit_test(sizes_know_both_kinds_of_prefix),
        cmocka_unit_test(shares_and_percents_are_the_same_numbers),
        cmocka_unit_test(rates_and_reals),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(writers_are_short),
        cmocka_unit_test(short_texts_have_three_digits),
        cmocka_unit_test(a_decimal_comma_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
