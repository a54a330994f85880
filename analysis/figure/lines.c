/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.c - see lines.h. */
#include "analysis/figure/lines.h"

#include "analysis/text/text.h"

#include <math.h>

enum {
    CROWDED_FROM = 6, /* series on the page from which on bands are faint, with an edge */
    POINT_DOWN = 10,  /* gnuplot's open triangles */
    POINT_UP = 8,
};
static const char guide_colour[] = "#999999";
#define FAINT "b0" /* transparency of faint lines: many make a cloud */

static void free_points(gpointer line)
{
    g_array_free(((struct line *)line)->points, TRUE);
}

struct lines *lines_new(void)
{
    struct lines *lines = g_new0(struct lines, 1);

    lines->list = g_array_new(FALSE, TRUE, sizeof(struct line));
    g_array_set_clear_func(lines->list, free_points);
    return lines;
}

void lines_free(struct lines *lines)
{
    g_array_free(lines->list, TRUE);
    g_free(lines);
}

struct line *lines_add(struct lines *lines, size_t series, enum line_kind kind, unsigned looks,
                       const char *columns)
{
    struct line line = { .series = series,
                         .kind = kind,
                         .looks = looks,
                         .columns = columns,
                         .points = g_array_new(FALSE, FALSE, sizeof(struct line_point)) };

    g_array_append_val(lines->list, line);
    return &g_array_index(lines->list, struct line, lines->list->len - 1);
}

void line_add(struct line *line, struct line_point point)
{
    g_array_append_val(line->points, point);
}

/* NAN stays. */
static double at_least(double value, double low)
{
    return value < low ? low : value;
}

/* The points again, with one at the foot where the line comes or goes, and gaps where it is
 * below. */
static void cut_line(struct line *line, double low)
{
    GArray *all = line->points;
    bool was_below = false;

    line->points = g_array_sized_new(FALSE, FALSE, sizeof(struct line_point), all->len);
    for (guint i = 0; i < all->len; i++) {
        const struct line_point *p = &g_array_index(all, struct line_point, i);
        const struct line_point *last = i > 0 ? p - 1 : p;
        const bool is_below = p->y < low;
        struct line_point shown = *p, foot = { last->x, low, low, low, NAN, NAN, NAN };

        shown.y = at_least(p->y, low);
        shown.lower = at_least(p->lower, low);
        shown.upper = at_least(p->upper, low);
        if (i > 0 && was_below && !is_below)
            line_add(line, foot);
        if (!is_below || !was_below)
            line_add(line, shown);
        else if (i + 1 < all->len) {
            shown.y = shown.lower = shown.upper = NAN;
            line_add(line, shown);
        }
        was_below = is_below;
    }
    g_array_free(all, TRUE);
}

void lines_cut_below(struct lines *lines, double low)
{
    for (guint i = 0; i < lines->list->len; i++)
        cut_line(&g_array_index(lines->list, struct line, i), low);
}

/* ---- data files ---- */

/* `panel1-series2.dat`, `panel1-series2-theory.dat`, `panel1-series2-runs.dat`,
 * `panel1-guide.dat`; a further line of the same series and kind has its place in the panel
 * behind. */
static char *file_name(const struct lines *lines, size_t panel, size_t place)
{
    const struct line *line = &g_array_index(lines->list, struct line, place);
    GString *name = g_string_new(NULL);
    size_t before = 0;

    for (size_t i = 0; i < place; i++) {
        const struct line *other = &g_array_index(lines->list, struct line, i);
        before += other->series == line->series && other->kind == line->kind &&
                  (other->looks & LINE_FAINT) == (line->looks & LINE_FAINT);
    }
    g_string_printf(name, "panel%zu", panel + 1);
    if (line->series == LINE_GUIDE)
        g_string_append(name, "-guide");
    else
        g_string_append_printf(name, "-series%zu", line->series + 1);
    if (line->series != LINE_GUIDE && line->kind == LINE_THEORY)
        g_string_append(name, "-theory");
    if (line->looks & LINE_FAINT)
        g_string_append(name, "-runs");
    if (before > 0)
        g_string_append_printf(name, "-%zu", before + 1);
    g_string_append(name, ".dat");
    return g_string_free(name, FALSE);
}

static void put_number(GString *rows, double value)
{
    char text[32];

    if (isfinite(value))
        g_string_append_printf(rows, "%s ", g_ascii_formatd(text, sizeof(text), "%.7g", value));
    else
        g_string_append(rows, "NaN ");
}

/* Columns: x, y, its limits, where an open marker stands, the limits of x. */
static void write_points(const struct line *line, GString *rows)
{
    char *columns = text_escape(line->columns); /* a name with a line end would end the comment */

    g_string_append_printf(rows, "# %s\n", columns);
    g_free(columns);
    for (guint i = 0; i < line->points->len; i++) {
        const struct line_point *p = &g_array_index(line->points, struct line_point, i);
        put_number(rows, p->x);
        put_number(rows, p->y);
        put_number(rows, p->lower);
        put_number(rows, p->upper);
        if (line->looks & (LINE_MARKED | LINE_BOXES))
            put_number(rows, p->beyond);
        if (line->looks & (LINE_BARS_X | LINE_BOXES)) {
            put_number(rows, p->x_lower);
            put_number(rows, p->x_upper);
        }
        g_string_append_c(rows, '\n');
    }
}

/* ---- what gnuplot draws ---- */

/* A plot command in the making. */
struct plot {
    struct canvas *canvas;
    bool has_elements;
};

/* The next element: the file, and behind it the rest. */
static void add(struct plot *plot, const char *file, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(struct plot *plot, const char *file, const char *format, ...)
{
    va_list arguments;
    char *rest;

    va_start(arguments, format);
    rest = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    gnuplot_add(plot->canvas->gnuplot, "%s    '%s' using %s notitle",
                plot->has_elements ? ", \\\n" : "", file, rest);
    plot->has_elements = true;
    g_free(rest);
}

/* Many bands must be faint where they lie over each other, so an edge shows where each ends. */
static void add_band(struct plot *plot, const struct line *line, const char *file)
{
    bool is_crowded = plot->canvas->series_count >= CROWDED_FROM;
    const char *colour = line->series == LINE_GUIDE ? guide_colour : canvas_colour(line->series);

    add(plot, file, "1:3:4 with filledcurves fc rgb '%s' fs transparent solid %s noborder", colour,
        is_crowded ? "0.07" : "0.18");
    for (int column = 3; is_crowded && column <= 4; column++)
        add(plot, file, "1:%d with lines lc rgb '#a0%s' lw 0.6 dt 1", column, colour + 1);
}

/* The style of a line as gnuplot has it; g_free() it. */
static char *style_of(const struct line *line, bool is_text)
{
    if (line->series == LINE_GUIDE && is_text)
        return g_strdup("lt -1 lc rgb '#202020'"); /* which terminals show as a middle grey */
    if (line->series == LINE_GUIDE)
        return g_strdup_printf("lt 1 lc rgb '%s' lw 1.2 dt '-'", guide_colour);
    if (line->kind == LINE_THEORY)
        return g_strdup_printf("lt %d lw 1.2 dt '-'", canvas_line(line->series));
    return g_strdup_printf("lt %d", canvas_line(line->series));
}

/* Open markers; where they stand there are no others. */
static void add_markers(struct plot *plot, const struct line *line, const char *file,
                        const char *style)
{
    bool is_text = canvas_is_text(plot->canvas);
    int marker = line->is_below ? POINT_DOWN : POINT_UP;

    if (!(line->looks & LINE_JOINED))
        add(plot, file, "1:(valid(5) ? NaN : $2) with points %s ps 1.2", style);
    if (is_text)
        add(plot, file, "1:5 with points %s ps 1.4 lw 1.6", style);
    else
        add(plot, file, "1:5 with points %s pt %d ps 1.4 lw 1.6", style, marker);
}

static void add_line(struct plot *plot, const struct line *line, const char *file)
{
    bool has_bars = !canvas_is_text(plot->canvas);
    char *style = style_of(line, !has_bars);

    if (line->looks & LINE_FAINT && has_bars)
        add(plot, file, "1:2 with lines lc rgb '#%s%s' lw 0.7 dt 1", FAINT,
            canvas_colour(line->series) + 1);
    else if (line->looks & LINE_FAINT)
        add(plot, file, "1:2 with dots lt %d", canvas_line(line->series));
    if (line->looks & LINE_LINKED)
        add(plot, file, "1:2 with lines %s lw 1", style);
    if (has_bars && (line->looks & LINE_BARS_X) && (line->looks & LINE_BARS))
        add(plot, file, "1:2:6:7:3:4 with xyerrorbars %s lw 1.4 pt 0", style);
    else if (has_bars && (line->looks & LINE_BARS_X))
        add(plot, file, "1:2:6:7 with xerrorbars %s lw 1.4 pt 0", style);
    else if (has_bars && (line->looks & LINE_BARS))
        add(plot, file, "1:2:3:4 with yerrorbars %s lw 1.4 pt 0", style);
    if (line->looks & LINE_BOXES)
        add(plot, file, "1:2:6:7:3:4 with boxxyerror %s lw 0.5 fs transparent solid 0.5 noborder",
            style);
    if (line->looks & LINE_JOINED)
        add(plot, file, "1:2 with %s %s", line->looks & LINE_MARKED ? "linespoints" : "lines",
            style);
    if (line->looks & LINE_MARKED)
        add_markers(plot, line, file, style);
    g_free(style);
}

static bool has_markers(const struct lines *lines)
{
    for (guint i = 0; i < lines->list->len; i++)
        if (g_array_index(lines->list, struct line, i).looks & LINE_MARKED)
            return true;
    return false;
}

void lines_plot(const struct lines *lines, struct canvas *canvas, size_t panel)
{
    struct plot plot = { .canvas = canvas };

    canvas_plot(canvas, panel, has_markers(lines));
    for (int pass = canvas_is_text(canvas) ? 1 : 0; pass < 2; pass++)
        for (guint i = 0; i < lines->list->len; i++) {
            const struct line *line = &g_array_index(lines->list, struct line, i);
            char *file = file_name(lines, panel, i);

            if (pass == 0 && line->looks & LINE_BAND)
                add_band(&plot, line, file);
            if (pass == 1) {
                write_points(line, gnuplot_data(canvas->gnuplot, file));
                add_line(&plot, line, file);
            }
            g_free(file);
        }
    /* Nothing to draw still needs some values: gnuplot finds no range among none, and gives up. */
    gnuplot_add(
        canvas->gnuplot,
        plot.has_elements ? "\n" : "    '+' using 1:($0 > 0 ? 1 : 0.1):('') with labels notitle\n");
}
