/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ticks_test.c - ticks stand at round numbers, as many as have room; a logarithmic axis writes each
 * in a unit of its own, minutes and hours among them; no label leaves the page.
 */
#include "analysis/figure/ticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The labels of the axis, from low to high, with a blank after each. */
static char *labels_of(const struct ticks *ticks, char axis)
{
    struct gnuplot *gnuplot = gnuplot_new(GNUPLOT_SVG, 600, 400, false);
    size_t before = gnuplot->script->len;
    GString *labels = g_string_new(NULL);
    char **parts;

    ticks_set(ticks, axis, gnuplot);
    parts = g_strsplit(gnuplot->script->str + before, "'", -1);
    for (size_t i = 1; parts[i]; i += 2)
        if (*parts[i])
            g_string_append_printf(labels, "%s ", parts[i]);
    g_strfreev(parts);
    gnuplot_free(gnuplot);
    return g_string_free(labels, FALSE);
}

static void labels_suit_their_room(void **state)
{
    static const struct {
        struct ticks ticks;
        char axis;
        const char *labels;
    } cases[] = {
        { { 0, 33, false, UNIT_TIME, { 1, "s" }, 90 }, 'x', "0 5 10 15 20 25 30 " },
        { { 0, 33, false, UNIT_TIME, { 1, "s" }, 12 }, 'x', "0 20 " },
        { { 0, 33, false, UNIT_TIME, { 1, "s" }, 20 }, 'y', "0 5 10 15 20 25 30 " },
        { { 0, 33, false, UNIT_TIME, { 1, "s" }, 5 }, 'y', "0 20 " },
        { { 0, 3e6, false, UNIT_NUMBER, { 1, "" }, 90 },
          'x',
          "0 500000 1000000 1500000 2000000 2500000 " }, /* the last has no room on the page */
        { { 0.01, 40, true, UNIT_TIME, { 1, "s" }, 90 }, 'x', "10 ms 100 ms 1 s 10 s " },
        { { 0.01, 40, true, UNIT_TIME, { 1e3, "ms" }, 20 }, 'x', "10 ms 1 s " },
        { { 1, 80000, true, UNIT_TIME, { 1, "s" }, 90 }, 'x', "1 s 10 s 1 min 10 min 1 h 10 h " },
        { { 3, 40, true, UNIT_TIME, { 1, "s" }, 90 }, 'x', "5 s 10 s 20 s " },
        { { 1e-3, 1, true, UNIT_SHARE, { 100, "%" }, 20 }, 'y', "0.1 %% 1 %% 10 %% 100 %% " },
        { { 500, 3e6, true, UNIT_BYTES, { 1e-6, "MB" }, 20 }, 'y', "1 kB 10 kB 100 kB 1 MB " },
        { { 500, 3e6, true, UNIT_BYTES, { 1e-6, "MB" }, 4 }, 'y', "1 kB 100 kB " },
        { { 10, 2e6, true, UNIT_NUMBER, { 1, "" }, 90 }, 'x', "10 100 1000 10000 100000 1M " },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *labels = labels_of(&cases[i].ticks, cases[i].axis);
        assert_string_equal(labels, cases[i].labels);
        g_free(labels);
    }
}

/* Whatever the ends and the room, there is a label, and a place has no more than one. */
static void every_axis_has_labels(void **state)
{
    (void)state;
    for (size_t room = 3; room < 120; room += 9)
        for (double low = 1e-9; low < 1e9; low *= 7.3)
            for (double ratio = 10; ratio < 1e12; ratio *= 31) {
                struct ticks ticks = { low, low * ratio, true, UNIT_TIME, { 1, "s" }, room };
                char *log_labels = labels_of(&ticks, 'y'), *linear_labels;
                ticks.is_log = false;
                linear_labels = labels_of(&ticks, 'y');
                assert_true(*log_labels && *linear_labels);
                assert_true(strlen(log_labels) < 200 && strlen(linear_labels) < 400);
                g_free(log_labels);
                g_free(linear_labels);
            }
}

static void the_unit_stands_once(void **state)
{
    struct ticks ticks = { 1, 100, true, UNIT_TIME, { 1, "s" }, 90 };

    (void)state;
    assert_string_equal(ticks_unit(&ticks), "");
    ticks.is_log = false;
    assert_string_equal(ticks_unit(&ticks), "s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_suit_their_room),
        cmocka_unit_test(every_axis_has_labels),
        cmocka_unit_test(the_unit_stands_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
