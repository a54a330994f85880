/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_figures.c - the figures of the page; see page_parts.h.
 *
 * Every kind is tried: a study that lacks what one shows says so, and the page lists these with
 * their reasons.  Of a sweep with more points than a kind can show, some are drawn: along one
 * parameter, where the figure is of one; the corners of a grid; else points that lie evenly between
 * the first and the last.  All is read before the first is drawn, and several are drawn at
 * a time: gnuplot takes longer than all the rest.
 */
#include "analysis/page/page_parts.h"

#include "analysis/figure/figure.h"
#include "analysis/figure/gnuplot_process.h"
#include "base/markup.h"

#include <string.h>

enum { DRAWN_AT_A_TIME = 4, CORNERS_MIN = 4, ALONG_MIN = 3 };

/* What the kinds show, in the order of the page; others follow with what they say of themselves. */
static const struct {
    const char *kind, *caption;
} captions[] = {
    { "convergence", "How updates spread: the mean share of the live nodes that are informed, "
                     "against time." },
    { "ccdf",
      "The share of runs with more than that: the further left a line falls, the sooner, or "
      "the less; where it stays above 0, some runs never got there." },
    { "cost", "What speed costs: the lower left is fast and cheap." },
    { "residue", "Who is left uninformed, against the traffic spent on it." },
    { "paired", "The difference to the first strategy, replication by replication." },
    { "sweep", "How the result depends on the swept parameter." },
    { "heat", "How it depends on two swept parameters together." },
    { "growth", "How it grows with the size, and the law that comes nearest." },
    { "frontier", "The settings that the search tried, and the one that it chose." },
    { "detection", "How the knowledge of a crash spreads." },
    { "overlay", "What the graph of the peers is like, against time." },
    { "estimate", "How far the estimates are off, against time." },
    { "entropy", "How far the replicas disagree, against time." },
    { "load", "How evenly the load is spread over the nodes." },
    { "rate", "What is sent a second, against time." },
    { "lag", "How far replicas are behind, against time." },
    { "gauge", "What a model shows of itself, against time." },
};

struct page_figure {
    const struct figure_kind *kind;
    const char *metric;    /* NULL: its usual one */
    struct canvas *canvas; /* NULL: left out */
    size_t points;         /* that are drawn */
    const char *which;     /* points these are, if not all */
    char *reason;          /* why it is left out */
    char *command;
    char *svg; /* finished; NULL: not drawn */
};

struct page_figures {
    const struct page *page;
    GPtrArray *list; /* struct page_figure, in the order of the page */
    char *failure;   /* what gnuplot said; NULL: nothing */
};

static const char *caption_of(const struct figure_kind *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(captions); i++)
        if (strcmp(captions[i].kind, kind->name) == 0)
            return captions[i].caption;
    return NULL;
}

static void free_figure(gpointer data)
{
    struct page_figure *figure = data;

    canvas_free(figure->canvas);
    g_free(figure->reason);
    g_free(figure->command);
    g_free(figure->svg);
    g_free(figure);
}

void page_figures_free(struct page_figures *figures)
{
    if (!figures)
        return;
    g_ptr_array_free(figures->list, TRUE);
    g_free(figures->failure);
    g_free(figures);
}

/* ---- reading ---- */

/* True if there is nothing of what the kind shows: figures of updates would be of nothing. */
static bool is_of_nothing(const struct study *study, const struct figure_kind *kind)
{
    static const char *const of_updates[] = { "convergence", "residue", "cost", "entropy", NULL };

    return g_strv_contains(of_updates, kind->name) && !page_has_metric(study, "t99");
}

/* What is drawn of studies in which nothing spreads and nobody is believed; NULL: the usual. */
static const char *choose_metric(const struct study *study, const struct figure_kind *kind)
{
    static const char *const of_any[] = { "ccdf", "paired", "sweep", "heat", "growth", NULL };

    return g_strv_contains(of_any, kind->name) && !page_has_metric(study, "t99") &&
                   !page_has_metric(study, "false_dead") && page_has_metric(study, "estimate_error")
               ? "estimate_error"
               : NULL;
}

/* The study with so many of its points, evenly from the first to the last. */
static struct study thin_out(const struct study *study, size_t count)
{
    struct study part = *study;

    part.points = g_new(struct study_point, count);
    part.point_count = count;
    for (size_t i = 0; i < count; i++)
        part.points[i] = study->points[count == 1 ? 0 : i * (study->point_count - 1) / (count - 1)];
    return part;
}

/* The study with the points that have the first or the last value on every axis: of a grid. */
static struct study take_corners(const struct study *study)
{
    const struct study_value *first = study->points[0].values;
    const struct study_value *last = study->points[study->point_count - 1].values;
    struct study part = *study;

    part.points = g_new(struct study_point, study->point_count);
    part.point_count = 0;
    for (size_t i = 0; i < study->point_count; i++) {
        const struct study_value *values = study->points[i].values;
        bool is_corner = true;

        for (size_t axis = 0; axis < study->axis_count; axis++)
            is_corner = is_corner && (g_strcmp0(values[axis].text, first[axis].text) == 0 ||
                                      g_strcmp0(values[axis].text, last[axis].text) == 0);
        if (is_corner)
            part.points[part.point_count++] = study->points[i];
    }
    return part;
}

/* True if a point has the values of the first on all axes but one. */
static bool is_along(const struct study *study, size_t point, size_t but)
{
    for (size_t axis = 0; axis < study->axis_count; axis++)
        if (axis != but && g_strcmp0(study->points[point].values[axis].text,
                                     study->points[0].values[axis].text) != 0)
            return false;
    return true;
}

/* The study with the points that differ from the first in one axis alone: in the number of nodes,
 * if that is swept, else in the first. */
static struct study cut_along(const struct study *study, size_t *axis)
{
    struct study part = *study;

    *axis = 0;
    for (size_t i = 0; i < study->axis_count; i++)
        if (strcmp(study->axes[i], "nodes") == 0)
            *axis = i;
    part.points = g_new(struct study_point, study->point_count);
    part.point_count = 0;
    for (size_t i = 0; i < study->point_count; i++)
        if (is_along(study, i, *axis))
            part.points[part.point_count++] = study->points[i];
    return part;
}

/* The command that draws a figure; of a part with the values of its first point on all axes but
 * one. */
static char *command_of(const struct page *page, const struct page_figure *figure,
                        const struct study *part, size_t but)
{
    GString *more = g_string_new(NULL);
    char *command;

    for (size_t axis = 0; part != page->study && axis < part->axis_count; axis++) {
        const char *value = part->points[0].values[axis].text;
        char *setting = g_strconcat(part->axes[axis], "=", value, NULL);
        char *word = page->options->word(setting);

        if (value && axis != but)
            g_string_append_printf(more, "--where %s ", word);
        g_free(setting);
        g_free(word);
    }
    g_string_append_printf(more, "--kind %s", figure->kind->name);
    if (figure->metric)
        g_string_append_printf(more, " --metric %s", figure->metric);
    g_string_append_printf(more, " -o %s.svg", figure->kind->name);
    command = page_command(page, "plot", more->str);
    g_string_free(more, TRUE);
    return command;
}

/* Lays out the figure of a study or a part of it; false, with the reason, if that cannot be, and an
 * error too if it is that the file cannot be read. */
static bool lay_out(const struct page *page, struct page_figure *figure, const struct study *part,
                    size_t but, struct errors *wrong)
{
    static const struct canvas_size size = { .format = GNUPLOT_SVG };
    const struct figure_options options = { .kind = figure->kind, .metric = figure->metric };
    struct errors errors = { .count = 0 };

    figure->canvas = figure_lay_out(part, &options, &size, &errors);
    figure->points = part->point_count;
    g_free(figure->reason);
    figure->reason = figure->canvas ? NULL : g_strdup(errors.list[0].text);
    if (figure->canvas)
        figure->command = command_of(page, figure, part, but);
    else if (errors.list[0].kind == ERROR_IO)
        errors_add(wrong, ERROR_IO, "%s", figure->reason);
    errors_clear(&errors);
    return figure->canvas;
}

/* Along an axis, for the kinds that are of one; if that cannot be, why not all can is what counts.
 */
static void lay_out_along(const struct page *page, struct page_figure *figure,
                          struct errors *errors)
{
    size_t axis;
    struct study part = cut_along(page->study, &axis);
    char *reason = g_strdup(figure->reason);

    figure->which = ", which differ in one parameter alone";
    if (part.point_count < ALONG_MIN || !lay_out(page, figure, &part, axis, errors)) {
        g_free(figure->reason);
        figure->reason = g_steal_pointer(&reason);
    }
    g_free(reason);
    g_free(part.points);
}

/* The corners of the sweep, if it is a grid, or points that lie evenly. */
static void lay_out_some(const struct page *page, struct page_figure *figure, struct errors *errors)
{
    static const size_t fewer[] = { 6, 2, 1 };
    const size_t all = page->study->point_count;
    struct study part = take_corners(page->study);

    figure->which = ", those with the first and the last value of each parameter; the command "
                    "draws the first";
    if (part.point_count >= CORNERS_MIN && part.point_count < all)
        lay_out(page, figure, &part, SIZE_MAX, errors);
    g_free(part.points);
    for (size_t i = 0; i < G_N_ELEMENTS(fewer) && !figure->canvas; i++)
        if (fewer[i] < all) {
            figure->which = fewer[i] == 1 ? ""
                                          : ", evenly from the first to the last; the command "
                                            "draws the first";
            part = thin_out(page->study, fewer[i]);
            lay_out(page, figure, &part, SIZE_MAX, errors);
            g_free(part.points);
        }
}

/* Lays it out for all points, or if these are too many for fewer. */
static struct page_figure *read_figure(const struct page *page, const struct figure_kind *kind,
                                       struct errors *errors)
{
    struct page_figure *figure = g_new0(struct page_figure, 1);

    figure->kind = kind;
    figure->metric = choose_metric(page->study, kind);
    if (is_of_nothing(page->study, kind))
        figure->reason = g_strdup("there are no updates");
    else if (lay_out(page, figure, page->study, SIZE_MAX, errors))
        return figure;
    else if (page->study->axis_count > 1 && kind->takes & FIGURE_BY)
        lay_out_along(page, figure, errors);
    else
        lay_out_some(page, figure, errors);
    return figure;
}

struct page_figures *page_figures_read(const struct page *page, struct errors *errors)
{
    struct page_figures *figures = g_new0(struct page_figures, 1);
    const size_t before = errors->count;

    figures->page = page;
    figures->list = g_ptr_array_new_with_free_func(free_figure);
    for (size_t i = 0; i < G_N_ELEMENTS(captions); i++)
        if (figure_find(captions[i].kind))
            g_ptr_array_add(figures->list,
                            read_figure(page, figure_find(captions[i].kind), errors));
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        if (!caption_of(*kind))
            g_ptr_array_add(figures->list, read_figure(page, *kind, errors));
    if (errors->count == before)
        return figures;
    page_figures_free(figures);
    return NULL;
}

/* ---- drawing ---- */

static void draw_figure(struct page_figure *figure)
{
    struct errors errors = { .count = 0 };
    size_t bytes = 0;
    char *svg = figure_draw(figure->canvas, NULL, &bytes, &errors);
    char *prefix = g_strdup_printf("%s-", figure->kind->name);
    char *label = g_strdup_printf("%s. %s", figure->canvas->title,
                                  figure->canvas->subtitle ? figure->canvas->subtitle : "");

    figure->svg = svg ? page_svg(svg, bytes, prefix, label) : NULL;
    if (!figure->svg)
        figure->reason =
            g_strdup(errors.count > 0 ? errors.list[0].text : "gnuplot made no picture of it");
    errors_clear(&errors);
    g_free(label);
    g_free(prefix);
    g_free(svg);
}

/* Those who draw, each the next figure that nobody has taken. */
struct crew {
    GPtrArray *list;
    gint next;
};

static gpointer draw_some(gpointer data)
{
    struct crew *crew = data;
    guint i;

    while ((i = (guint)g_atomic_int_add(&crew->next, 1)) < crew->list->len) {
        struct page_figure *figure = g_ptr_array_index(crew->list, i);
        if (figure->canvas)
            draw_figure(figure);
    }
    return NULL;
}

bool page_figures_draw(struct page_figures *figures, struct errors *errors)
{
    struct crew crew = { .list = figures->list };
    GThread *threads[DRAWN_AT_A_TIME - 1];
    sigset_t before;

    (void)g_get_tmp_dir(); /* GLib notes it when it is first asked, under a lock of its own */
    gnuplot_hold(&before); /* every thread has files to remove */
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_try_new("figures", draw_some, &crew, NULL);
    draw_some(&crew);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        if (threads[i])
            g_thread_join(threads[i]);
    gnuplot_release(&before);
    for (guint i = 0; i < figures->list->len && !figures->failure; i++) {
        struct page_figure *figure = g_ptr_array_index(figures->list, i);
        if (figure->canvas && !figure->svg)
            figures->failure = g_strdup(figure->reason);
    }
    if (figures->failure)
        errors_add(errors, ERROR_IO, "%s", figures->failure);
    return !figures->failure;
}

/* ---- the section ---- */

/* With a capital and a full stop, if it has none. */
static void add_sentence(GString *out, const char *text)
{
    g_string_append_c(out, g_ascii_toupper(*text));
    markup_text(out, text + 1);
    g_string_append(out, g_str_has_suffix(text, ".") ? "" : ".");
}

static void add_figure(GString *out, const struct page_figures *figures,
                       const struct page_figure *figure)
{
    const char *caption = caption_of(figure->kind);
    const size_t all = figures->page->study->point_count;

    g_string_append_printf(out,
                           "<figure id=\"figure-%s\">\n<div class=\"card\" tabindex=\"0\" "
                           "role=\"region\" aria-label=\"figure\">\n",
                           figure->kind->name);
    g_string_append(out, figure->svg);
    g_string_append(out, "</div>\n<figcaption>");
    add_sentence(out, caption ? caption : figure->kind->summary);
    if (figure->points < all)
        g_string_append_printf(out, " Drawn %s %zu of the %zu points%s.",
                               figure->points == 1 ? "is" : "are", figure->points, all,
                               figure->which);
    g_string_append(out, "<code class=\"command\">");
    markup_text(out, figure->command);
    g_string_append(out, "</code></figcaption>\n</figure>\n");
}

static void add_left_out(GString *out, const struct page_figures *figures)
{
    size_t count = 0;

    for (guint i = 0; i < figures->list->len; i++) {
        const struct page_figure *figure = g_ptr_array_index(figures->list, i);
        if (figure->svg || (figure->canvas && g_strcmp0(figure->reason, figures->failure) == 0))
            continue;
        if (count++ == 0)
            g_string_append(out, "<details><summary>What is not drawn, and why</summary>\n<dl>\n");
        g_string_append_printf(out, "<dt><code>%s</code></dt><dd>", figure->kind->name);
        markup_text(out, figure->reason);
        g_string_append(out, "</dd>\n");
    }
    g_string_append(out, count > 0 ? "</dl></details>\n" : "");
}

void page_add_figures(GString *out, const struct page_figures *figures)
{
    g_string_append(out, "<section id=\"figures\">\n<h2>Figures</h2>\n");
    if (figures->failure) {
        g_string_append(out, "<p class=\"warn\">Figures are missing: ");
        markup_text(out, figures->failure);
        g_string_append(out, ".</p>\n");
    }
    for (guint i = 0; i < figures->list->len; i++) {
        const struct page_figure *figure = g_ptr_array_index(figures->list, i);
        if (figure->svg)
            add_figure(out, figures, figure);
    }
    add_left_out(out, figures);
    g_string_append(out, "</section>\n");
}
