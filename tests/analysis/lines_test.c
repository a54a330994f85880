/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines_test.c - lines are of series, whatever these stand for: what was measured and what a law
 * says lie over each other in one colour, a guide needs no entry in the legend, and each line
 * leaves a data file of its own.
 */
#include "analysis/figure/lines.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const legend[] = { "first", "second" };

static void add_parabola(struct lines *lines, size_t series, enum line_kind kind, unsigned looks)
{
    struct line *line = lines_add(lines, series, kind, looks, "x, y, limits of y");

    for (double i = 0; i < 4; i++)
        line_add(line, (struct line_point){ .x = i,
                                            .y = i * i,
                                            .lower = i * i - 1,
                                            .upper = i == 2 ? NAN : i * i + 1,
                                            .beyond = i == 3 ? 10 : NAN });
}

/* A page with one panel of the lines, finished. */
static struct canvas *make_page(const struct lines *lines, enum gnuplot_format format)
{
    struct canvas_size size = { .format = format };
    struct canvas *canvas;

    if (format == GNUPLOT_TEXT) {
        size.width = 80;
        size.height = 24;
    }
    canvas = canvas_new(&size, "title", "subtitle", legend, 2, 1);
    canvas_panel(canvas, 0, NULL, "x", "y");
    lines_plot(lines, canvas, 0);
    canvas_finish(canvas);
    return canvas;
}

/* The element of the plot that draws the columns of a file; g_free() it. */
static char *element(const struct canvas *canvas, const char *file, const char *columns)
{
    char *start = g_strdup_printf("'%s' using %s with ", file, columns);
    const char *found = strstr(canvas->gnuplot->script->str, start);
    char *text = found ? g_strndup(found, strcspn(found, "\n")) : NULL;

    g_free(start);
    return text;
}

static const char *data_of(const struct canvas *canvas, const char *file)
{
    for (guint i = 0; i < canvas->gnuplot->names->len; i++)
        if (strcmp(g_ptr_array_index(canvas->gnuplot->names, i), file) == 0)
            return ((GString *)g_ptr_array_index(canvas->gnuplot->data, i))->str;
    return NULL;
}

static void assert_draws(const struct canvas *canvas)
{
    struct errors errors = { 0 };
    size_t bytes = 0;
    char *picture = gnuplot_run(canvas->gnuplot, NULL, &bytes, &errors);

    if (!picture)
        fail_msg("%s", errors.list[0].text);
    assert_true(bytes > 100);
    g_free(picture);
}

static void theory_lies_over_what_it_is_about(void **state)
{
    struct lines *lines = lines_new();
    struct canvas *canvas;
    char *measured, *theory;

    (void)state;
    add_parabola(lines, 1, LINE_DATA, LINE_JOINED | LINE_BAND);
    add_parabola(lines, 1, LINE_THEORY, LINE_JOINED);
    canvas = make_page(lines, GNUPLOT_SVG);
    measured = element(canvas, "panel1-series2.dat", "1:2");
    theory = element(canvas, "panel1-series2-theory.dat", "1:2");
    assert_non_null(measured);
    assert_non_null(theory);
    assert_non_null(strstr(measured, "lines lt 2 "));
    assert_non_null(strstr(theory, "lines lt 2 lw 1.2 dt '-' "));
    assert_true(strstr(canvas->gnuplot->script->str, theory) >
                strstr(canvas->gnuplot->script->str, measured)); /* above it */
    g_free(measured);
    g_free(theory);
    assert_draws(canvas);
    canvas_free(canvas);
    lines_free(lines);
}

static void a_guide_is_grey_and_without_entry(void **state)
{
    struct lines *lines = lines_new();
    struct canvas *canvas;
    char *guide;

    (void)state;
    add_parabola(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED);
    add_parabola(lines, LINE_GUIDE, LINE_THEORY, LINE_JOINED);
    canvas = make_page(lines, GNUPLOT_SVG);
    guide = element(canvas, "panel1-guide.dat", "1:2");
    assert_non_null(strstr(guide, "rgb '#999999'"));
    assert_non_null(data_of(canvas, "panel1-guide-2.dat"));
    g_free(guide);
    assert_draws(canvas);
    canvas_free(canvas);
    lines_free(lines);
}

/* Limits that are not known and values that the axis has no place for. */
static void each_line_leaves_its_data(void **state)
{
    struct lines *lines = lines_new();
    struct canvas *canvas;
    char *open;

    (void)state;
    add_parabola(lines, 0, LINE_DATA, LINE_JOINED | LINE_MARKED | LINE_BARS);
    add_parabola(lines, 1, LINE_DATA, LINE_JOINED);
    canvas = make_page(lines, GNUPLOT_SVG);
    assert_string_equal(data_of(canvas, "panel1-series1.dat"), "# x, y, limits of y\n"
                                                               "0 0 -1 1 NaN \n"
                                                               "1 1 0 2 NaN \n"
                                                               "2 4 3 NaN NaN \n"
                                                               "3 9 8 10 10 \n");
    assert_string_equal(data_of(canvas, "panel1-series2.dat"), "# x, y, limits of y\n"
                                                               "0 0 -1 1 \n"
                                                               "1 1 0 2 \n"
                                                               "2 4 3 NaN \n"
                                                               "3 9 8 10 \n");
    open = element(canvas, "panel1-series1.dat", "1:5");
    assert_non_null(strstr(open, " pt 8 ")); /* a triangle that points up: beyond is above */
    g_free(open);
    assert_draws(canvas);
    canvas_free(canvas);
    lines_free(lines);
}

static void a_terminal_has_no_bands_and_no_bars(void **state)
{
    struct lines *lines = lines_new();
    struct canvas *canvas;

    (void)state;
    add_parabola(lines, 0, LINE_DATA, LINE_JOINED | LINE_BAND);
    add_parabola(lines, 1, LINE_DATA, LINE_MARKED | LINE_BARS | LINE_BARS_X);
    canvas = make_page(lines, GNUPLOT_TEXT);
    assert_null(strstr(canvas->gnuplot->script->str, "filledcurves"));
    assert_null(strstr(canvas->gnuplot->script->str, "errorbars"));
    assert_draws(canvas);
    canvas_free(canvas);
    lines_free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(theory_lies_over_what_it_is_about),
        cmocka_unit_test(a_guide_is_grey_and_without_entry),
        cmocka_unit_test(each_line_leaves_its_data),
        cmocka_unit_test(a_terminal_has_no_bands_and_no_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
