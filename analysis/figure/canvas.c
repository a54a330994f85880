/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.c - see canvas.h. */
#include "analysis/figure/canvas.h"

#include "analysis/text/text.h"

#include <assert.h>
#include <string.h>

/* Lengths in pixels, at the font of gnuplot_new(). */
enum {
    CHARACTER = 9,         /* a letter of the legend, generously */
    LEGEND_SAMPLE = 62,    /* the line before a name and the gap after it */
    LINE = 18,             /* of text, with what is between two */
    NAME_COLUMNS = 28,     /* a longer name is cut in the legend */
    NAME_COLUMNS_MAX = 64, /* if names differ only where they are cut */
    TEXT_SAMPLE = 12,      /* the same in a terminal, in columns */
    TEXT_LEGEND_ROWS = 4,  /* of a legend for which a terminal of 24 rows has room */
    TEXT_LEFT = 8,         /* left of a panel in a terminal, and right of it */
    TEXT_AROUND = 5,       /* above and below it, without legend */
    PANEL_MIN = 30,        /* a panel that is narrower or lower shows nothing */
    EDGE = 20,
    TITLE_HEIGHT = 34,
    SUBTITLE_HEIGHT = 24,
    LEGEND_HEIGHT = 21, /* of a row */
    PANEL_TITLE = 30,   /* above a panel, with or without a name */
    LEFT_OF_PANEL = 70, /* numbers of the y axis */
    Y_LABEL = 30,
    BELOW_PANEL = 38, /* numbers of the x axis */
    X_LABEL = 30,
    LEGEND_TAG = 100, /* first number of its labels and arrows in gnuplot */
};

static const char *const colours[] = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8B6914",
};
static const char *const dashes[] = {
    "1", "(7,3)", "(2,3)", "(9,3,2,3)", "(14,4)", "(9,3,2,3,2,3)", "(4,2)", "(14,4,4,4)",
};
static const int markers[] = { 7, 5, 9, 11, 13, 6, 4, 8 };

bool canvas_is_text(const struct canvas *canvas)
{
    return canvas->size.format == GNUPLOT_TEXT;
}

int canvas_line(size_t series)
{
    return (int)series + 1;
}

const char *canvas_colour(size_t series)
{
    return colours[series % G_N_ELEMENTS(colours)];
}

static double head_height(const struct canvas *canvas)
{
    return TITLE_HEIGHT + SUBTITLE_HEIGHT + 8.0 + (double)canvas->legend_rows * LEGEND_HEIGHT;
}

int canvas_panel_width(const struct canvas *canvas)
{
    int width = canvas->size.width;

    if (canvas_is_text(canvas))
        return MAX(width - TEXT_LEFT, 1);
    return MAX((width - EDGE - Y_LABEL) / (int)canvas->columns - LEFT_OF_PANEL, 1);
}

static int panel_height(const struct canvas *canvas)
{
    int height = canvas->size.height;

    if (canvas_is_text(canvas))
        return MAX(height - TEXT_AROUND - (int)canvas->legend_rows, 1);
    return (height - (int)head_height(canvas) - X_LABEL) / (int)canvas->rows - PANEL_TITLE -
           BELOW_PANEL - (int)canvas->slant;
}

size_t canvas_letters(const struct canvas *canvas)
{
    int letter = canvas_is_text(canvas) ? 1 : CHARACTER;

    return (size_t)MAX(canvas_panel_width(canvas) / letter, 1);
}

size_t canvas_lines(const struct canvas *canvas)
{
    int line = canvas_is_text(canvas) ? 1 : LINE;

    return (size_t)MAX(panel_height(canvas) / line, 1);
}

void canvas_slant(struct canvas *canvas, size_t letters)
{
    canvas->slant = (double)(letters * CHARACTER) * 0.6; /* the sine of about 37 degrees */
}

bool canvas_check_size(const struct canvas *canvas, struct errors *errors)
{
    bool fits = canvas_panel_width(canvas) >= PANEL_MIN && panel_height(canvas) >= PANEL_MIN;

    if (!fits && !canvas_is_text(canvas))
        errors_add(errors, ERROR_SCENARIO,
                   "%dx%d pixels are too small for %zu panel%s under a legend of %zu name%s",
                   canvas->size.width, canvas->size.height, canvas->panel_count,
                   canvas->panel_count == 1 ? "" : "s", canvas->series_count,
                   canvas->series_count == 1 ? "" : "s");
    return fits || canvas_is_text(canvas);
}

static void set_styles(struct canvas *canvas)
{
    struct gnuplot *g = canvas->gnuplot;

    for (size_t i = 0; i < canvas->series_count; i++)
        gnuplot_add(g, "set linetype %d lc rgb '%s' lw 2.2 dt %s pt %d ps 0.9\n", canvas_line(i),
                    canvas_colour(i), dashes[i / G_N_ELEMENTS(colours) % G_N_ELEMENTS(dashes)],
                    markers[(i + i / G_N_ELEMENTS(colours)) % G_N_ELEMENTS(markers)]);
    if (canvas_is_text(canvas)) {
        gnuplot_add(g, "set border 3\nset tics nomirror\n");
        return;
    }
    gnuplot_add(g, "set border 3 lw 1 lc rgb '#404040'\n"
                   "set tics out nomirror scale 0.6 textcolor rgb '#404040'\n"
                   "set grid lt 1 lw 0.6 lc rgb '#dddddd'\n");
}

/* Divides the page: few columns, as curves want width. */
static void divide(struct canvas *canvas)
{
    canvas->columns = canvas->panel_count <= 3   ? canvas->panel_count
                      : canvas->panel_count <= 4 ? 2
                      : canvas->panel_count <= 9 ? 3
                                                 : 4;
    canvas->rows = (canvas->panel_count + canvas->columns - 1) / canvas->columns;
}

/* Cuts the names in the middle, a share of the columns before it; how many then differ. */
static size_t cut_names(char **cut, char **names, size_t count, size_t columns, double share)
{
    GHashTable *different = g_hash_table_new(g_str_hash, g_str_equal);
    size_t differ;

    for (size_t i = 0; i < count; i++) {
        g_free(cut[i]);
        cut[i] = text_shorten_middle(names[i], columns, (size_t)(share * (double)columns));
        g_hash_table_add(different, cut[i]);
    }
    differ = g_hash_table_size(different);
    g_hash_table_destroy(different);
    return differ;
}

/* The names for the legend: not cut if two rows have room for them, otherwise as short as leaves
 * them different. */
static char **shorten_names(const char *const *names, size_t count, size_t least, size_t room)
{
    static const double shares[] = { 0.5, 0.25, 0.75 };
    char **escaped = g_new0(char *, count + 1), **cut = g_new0(char *, count + 1);
    size_t columns = CLAMP(room, least, NAME_COLUMNS_MAX);
    bool differ = false;

    for (size_t i = 0; i < count; i++)
        escaped[i] = text_escape(names[i]);
    for (; !differ && columns <= NAME_COLUMNS_MAX; columns += 12)
        for (size_t k = 0; !differ && k < G_N_ELEMENTS(shares); k++)
            differ = cut_names(cut, escaped, count, columns, shares[k]) == count;
    g_strfreev(escaped);
    return cut;
}

/* Letters that each of `count` names may have if they stand in two rows. */
static size_t name_room(const struct canvas *canvas, size_t count)
{
    int width = canvas->size.width / (int)MAX((count + 1) / 2, 1);

    width = canvas_is_text(canvas) ? width - TEXT_SAMPLE
                                   : (width - 2 * EDGE - LEGEND_SAMPLE) / CHARACTER;
    return (size_t)MAX(width, 1);
}

/* Rows and columns of the legend. */
static void lay_out_legend(struct canvas *canvas)
{
    size_t name = 1, room, entry;

    for (size_t i = 0; i < canvas->series_count; i++)
        name = MAX(name, text_width(canvas->series[i]));
    entry = canvas_is_text(canvas) ? name + TEXT_SAMPLE : name * CHARACTER + LEGEND_SAMPLE;
    room = (size_t)MAX(canvas->size.width - 2 * (canvas_is_text(canvas) ? 0 : EDGE), 1) / entry;
    canvas->name_columns = name;
    canvas->legend_columns = CLAMP(room, 1, MAX(canvas->series_count, 1));
    canvas->legend_rows =
        (canvas->series_count + canvas->legend_columns - 1) / canvas->legend_columns;
}

/* The size that was asked for, or one at which the panels are of use, and with it the legend. */
static void choose_size(struct canvas *canvas, const char *const *series)
{
    bool is_free = canvas->size.width == 0;

    if (is_free)
        canvas->size.width = MAX(1000, 340 * (int)canvas->columns);
    canvas->series =
        shorten_names(series, canvas->series_count, MAX(canvas->size.names, NAME_COLUMNS),
                      name_room(canvas, canvas->series_count));
    lay_out_legend(canvas);
    if (is_free)
        canvas->size.height = MAX(600, 130 + 230 * (int)canvas->rows) +
                              LEGEND_HEIGHT * MAX((int)canvas->legend_rows - 2, 0);
    if (canvas_is_text(canvas)) /* a long legend must not squeeze the panel */
        canvas->size.height += (int)MAX(canvas->legend_rows, TEXT_LEGEND_ROWS) - TEXT_LEGEND_ROWS;
}

struct canvas *canvas_new(const struct canvas_size *size, const char *title, const char *subtitle,
                          const char *const *series, size_t series_count, size_t panel_count)
{
    struct canvas *canvas = g_new0(struct canvas, 1);

    assert(panel_count >= 1 && panel_count <= CANVAS_PANELS_MAX);
    assert(series_count <= CANVAS_SERIES_MAX);
    canvas->size = *size;
    canvas->title = g_strdup(title);
    canvas->subtitle = g_strdup(subtitle);
    canvas->series_count = series_count;
    canvas->panel_count = panel_count;
    divide(canvas);
    choose_size(canvas, series);
    canvas->gnuplot =
        gnuplot_new(size->format, canvas->size.width, canvas->size.height, size->colour);
    set_styles(canvas);
    if (panel_count > 1 && !canvas_is_text(canvas))
        gnuplot_add(canvas->gnuplot, "set multiplot\n");
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (!canvas)
        return;
    gnuplot_free(canvas->gnuplot);
    g_strfreev(canvas->series);
    g_free(canvas->title);
    g_free(canvas->subtitle);
    g_free(canvas);
}

/* Title, subtitle and legend; `font` is the size of the title. */
static void set_head(struct canvas *canvas)
{
    struct gnuplot *g = canvas->gnuplot;
    double width = canvas->size.width, height = canvas->size.height;
    char *title = gnuplot_quote(canvas->gnuplot, canvas->title, (size_t)MAX(width / 11, 8));
    char *subtitle = gnuplot_quote(canvas->gnuplot, canvas->subtitle, (size_t)MAX(width / 7, 8));
    int font = canvas->size.format == GNUPLOT_SVG ? 18 : 14;

    gnuplot_add(g, "set label 1 %s at screen %.5f,%.5f left font ',%d'\n", title, EDGE / width,
                1 - TITLE_HEIGHT / 1.6 / height, font);
    gnuplot_add(g, "set label 2 %s at screen %.5f,%.5f left font ',%d' textcolor rgb '#606060'\n",
                subtitle, EDGE / width, 1 - (TITLE_HEIGHT + SUBTITLE_HEIGHT / 2.0) / height,
                font * 2 / 3);
    gnuplot_add(g, "unset key\n");
    g_free(title);
    g_free(subtitle);
}

/* Where panel (row, column) lies on the screen, 0..1 from the lower left corner. */
static void set_margins(struct canvas *canvas, size_t row, size_t column)
{
    double width = canvas->size.width, height = canvas->size.height;
    double head = head_height(canvas);
    double cell_width = (width - EDGE - Y_LABEL) / (double)canvas->columns;
    double cell_height = (height - head - X_LABEL) / (double)canvas->rows;
    double left = Y_LABEL + (double)column * cell_width + LEFT_OF_PANEL;
    double right = Y_LABEL + (double)(column + 1) * cell_width;
    double top = height - head - (double)row * cell_height - PANEL_TITLE;
    double bottom = height - head - (double)(row + 1) * cell_height + BELOW_PANEL + canvas->slant;

    gnuplot_add(canvas->gnuplot,
                "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
                "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
                left / width, right / width, top / height, bottom / height);
}

static void start_text_panel(struct canvas *canvas, const char *name, const char *x_label,
                             const char *y_label)
{
    char *title = name ? g_strdup_printf("%s: %s", canvas->title, name) : g_strdup(canvas->title);
    char *quoted = gnuplot_quote(canvas->gnuplot, title, (size_t)canvas->size.width);
    char *x = gnuplot_quote(canvas->gnuplot, x_label, (size_t)canvas->size.width);
    char *both = g_strdup_printf("%s  (up: %s)", x_label, y_label);

    g_free(x);
    x = gnuplot_quote(canvas->gnuplot, both, (size_t)canvas->size.width);
    gnuplot_add(canvas->gnuplot,
                "set title %s\nset xlabel %s\n"
                "set key below Left reverse width 3 maxrows %zu\n",
                quoted, x, canvas->legend_rows);
    g_free(both);
    g_free(x);
    g_free(quoted);
    g_free(title);
}

/* One label for all rows, as it may be longer than a panel is high. */
static void set_y_label(struct canvas *canvas, const char *text)
{
    double height = canvas->size.height, head = head_height(canvas);
    char *label = gnuplot_quote(canvas->gnuplot, text, (size_t)MAX(height / CHARACTER, 8));

    gnuplot_add(canvas->gnuplot, "set label 4 %s at screen %.5f,%.5f center rotate by 90\n", label,
                (double)EDGE / canvas->size.width, (height - head + X_LABEL) / 2 / height);
    g_free(label);
}

void canvas_panel(struct canvas *canvas, size_t panel, const char *name, const char *x_label,
                  const char *y_label)
{
    size_t row = panel / canvas->columns, column = panel % canvas->columns;
    bool is_lowest = panel + canvas->columns >= canvas->panel_count;
    size_t letters = (size_t)MAX(canvas->size.width / (int)canvas->columns / CHARACTER, 8);
    struct gnuplot *g = canvas->gnuplot;
    char *x, *safe, *cut, *title;

    gnuplot_add(g, "\n# ---- panel %zu\n", panel + 1);
    if (panel > 0)
        gnuplot_add(g, "unset label\nunset arrow\nunset object\n");
    if (canvas_is_text(canvas)) {
        start_text_panel(canvas, name, x_label, y_label);
        return;
    }
    if (panel == 0) {
        set_head(canvas);
        set_y_label(canvas, y_label);
    }
    set_margins(canvas, row, column);
    x = gnuplot_quote(g, is_lowest ? x_label : "", letters);
    safe = text_escape(name);
    cut = text_shorten_middle(safe, letters, letters / 3); /* its end is the value */
    title = gnuplot_quote(g, cut, letters);
    g_free(cut);
    g_free(safe);
    gnuplot_add(g, "set label 3 %s at graph 0, graph 1 offset %s,1.0 left\n", title,
                canvas->columns > 1 ? "-4" : "0");
    gnuplot_add(g, "set xlabel %s\n", x);
    g_free(x);
    g_free(title);
}

/* Entry `i` of the legend: a line, with a marker if asked for, and the name after it.  (The key of
 * gnuplot would wrap at the width of a panel.) */
static void set_legend_entry(struct canvas *canvas, size_t i, bool points)
{
    double width = canvas->size.width, height = canvas->size.height;
    double column = (width - 2 * EDGE) / (double)canvas->legend_columns;
    double x, y = height - TITLE_HEIGHT - SUBTITLE_HEIGHT - LEGEND_HEIGHT / 2.0 - 4 -
                  (double)(i / canvas->legend_columns) * LEGEND_HEIGHT;
    char *name = gnuplot_quote(canvas->gnuplot, canvas->series[i], NAME_COLUMNS_MAX);
    size_t tag = LEGEND_TAG + i;

    column = MIN(column, (double)canvas->name_columns * CHARACTER + LEGEND_SAMPLE);
    x = EDGE + (double)(i % canvas->legend_columns) * column;
    gnuplot_add(canvas->gnuplot,
                "set arrow %zu from screen %.5f,%.5f to screen %.5f,%.5f nohead lt %d\n"
                "set label %zu %s at screen %.5f,%.5f left\n",
                tag, x / width, y / height, (x + 32) / width, y / height, canvas_line(i), tag, name,
                (x + 40) / width, y / height);
    if (points)
        gnuplot_add(canvas->gnuplot, "set label %zu '' at screen %.5f,%.5f point lt %d ps 0.9\n",
                    tag + CANVAS_SERIES_MAX, (x + 16) / width, y / height, canvas_line(i));
    g_free(name);
}

void canvas_plot(struct canvas *canvas, size_t panel, bool points)
{
    for (size_t i = 0; i < canvas->series_count && panel == 0 && !canvas_is_text(canvas); i++)
        set_legend_entry(canvas, i, points);
    gnuplot_add(canvas->gnuplot, "plot \\\n");
    for (size_t i = 0; i < canvas->series_count && canvas_is_text(canvas); i++) {
        char *apart = g_strconcat(" ", canvas->series[i], NULL);
        char *name = gnuplot_quote(canvas->gnuplot, apart, NAME_COLUMNS_MAX + 1);
        gnuplot_add(canvas->gnuplot, "    keyentry with %s lt %d title %s, \\\n",
                    points ? "linespoints" : "lines", canvas_line(i), name);
        g_free(apart);
        g_free(name);
    }
}

void canvas_finish(struct canvas *canvas)
{
    if (canvas->panel_count > 1 && !canvas_is_text(canvas))
        gnuplot_add(canvas->gnuplot, "\nunset multiplot\n");
    gnuplot_add(canvas->gnuplot, "unset output\n");
}
