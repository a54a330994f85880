/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.c - `gossipsim plot`: figures into a file, the terminal, or both.
 *
 * What kinds of figures there are, and which options mean something to them, comes from their
 * registry.
 */
#include "analysis/figure/figure.h"
#include "analysis/text/text.h"
#include "base/printable.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/selection.h"

#include <string.h>

enum { SIZE_MIN = 100, SIZE_MAX_PIXELS = 10000 };

static int run_plot(int argc, char **argv);
static void print_kinds(void);

const struct verb verb_plot = {
    .name = "plot",
    .arguments = "DB (-o FILE | --terminal) [options]",
    .summary = "draw figures of a study into a file or the terminal",
    .examples =
        "  gossipsim plot results/first.db --terminal\n"
        "  gossipsim plot results/first.db -o first.svg --until 30s\n"
        "  gossipsim plot results/sweep.db --kind sweep --where network.loss=5% -o sweep.png\n",
    .print_more = print_kinds,
    .rank = 50,
    .run = run_plot,
};

/* What the user wrote. */
struct wishes {
    struct selection selection;
    char *kind, *output, *metric, *by, *until, *scale, *with, *baseline, *keep, *size;
    struct measured measured; /* what --with names */
    gboolean terminal, runs, theory;
};

static void clear_wishes(struct wishes *w)
{
    selection_clear(&w->selection);
    g_free(w->kind);
    g_free(w->output);
    g_free(w->metric);
    g_free(w->by);
    g_free(w->until);
    g_free(w->with);
    measured_clear(&w->measured);
    g_free(w->scale);
    g_free(w->baseline);
    g_free(w->keep);
    g_free(w->size);
}

/* ---- the kinds ---- */

static void print_kinds(void)
{
    int width = 0;

    printf("\nkinds:\n");
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        width = MAX(width, (int)strlen((*kind)->name));
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        printf("  %-*s  %s\n", width, (*kind)->name, (*kind)->summary);
}

/* `convergence, residue or sweep` of the kinds that take one of the options `takes`, 0: of all;
 * with `default` behind the one that is.  g_free() it. */
static char *list_kinds(unsigned takes, bool with_default)
{
    GString *list = g_string_new(NULL);
    const struct figure_kind *last = NULL;

    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        if (takes == 0 || (*kind)->takes & takes)
            last = *kind;
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++)
        if (takes == 0 || (*kind)->takes & takes)
            g_string_append_printf(list, "%s%s%s",
                                   list->len == 0  ? ""
                                   : *kind == last ? " or "
                                                   : ", ",
                                   (*kind)->name,
                                   with_default && (*kind)->is_default ? " (default)" : "");
    return g_string_free(list, FALSE);
}

static const struct figure_kind *read_kind(const char *word)
{
    const struct figure_kind *kind = figure_find(word);
    char *kinds;

    if (kind)
        return kind;
    kinds = list_kinds(0, false);
    options_usage_error(&verb_plot, "--kind '%s': expected %s", word, kinds);
    g_free(kinds);
    return NULL;
}

/* ---- the other options ---- */

static bool read_format(const char *output, enum gnuplot_format *format)
{
    static const struct {
        const char *ending;
        enum gnuplot_format format;
    } endings[] = { { ".svg", GNUPLOT_SVG }, { ".png", GNUPLOT_PNG }, { ".pdf", GNUPLOT_PDF } };

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(output, endings[i].ending)) {
            *format = endings[i].format;
            return true;
        }
    options_usage_error(&verb_plot, "-o '%s': the name must end in .svg, .png or .pdf", output);
    return false;
}

static bool read_size(const char *text, int *width, int *height)
{
    char rest;

    if (sscanf(text, "%5dx%5d%c", width, height, &rest) == 2 && *width >= SIZE_MIN &&
        *height >= SIZE_MIN && *width <= SIZE_MAX_PIXELS && *height <= SIZE_MAX_PIXELS)
        return true;
    options_usage_error(
        &verb_plot, "--size '%s': expected WIDTHxHEIGHT in pixels, each %d to %d, as in 1000x600",
        text, SIZE_MIN, SIZE_MAX_PIXELS);
    return false;
}

static bool read_until(const char *text, sim_time *until)
{
    char why[QUANTITY_WHY_MAX] = "expected a time above 0, as in 30s";

    if (!text || (quantity_read_time(text, until, why) && *until > 0))
        return true;
    options_usage_error(&verb_plot, "--until '%s': %s", text, why);
    return false;
}

/* The curve that is laid over. */
static bool read_measured(struct wishes *w, struct figure_options *options, int *code)
{
    struct errors errors = { 0 };
    const char *slash = strrchr(w->with, '/');
    const bool is_good = measured_read(w->with, &w->measured, &errors);

    if (!is_good)
        *code = options_fail(&errors);
    errors_clear(&errors);
    options->with = &w->measured;
    options->with_name = slash ? slash + 1 : w->with;
    return is_good;
}

static bool read_scale(const char *word, bool *is_log)
{
    *is_log = g_strcmp0(word, "log") == 0;
    if (!word || *is_log || strcmp(word, "linear") == 0)
        return true;
    options_usage_error(&verb_plot, "--scale '%s': expected linear or log", word);
    return false;
}

/* Options that the kind of figure, or the place where it goes, has no use for. */
static bool check_use(const struct wishes *w, const struct figure_kind *kind)
{
    const struct {
        const char *option;
        bool is_given;
        unsigned takes;
    } rules[] = {
        { "--metric", w->metric != NULL, FIGURE_METRIC },
        { "--by", w->by != NULL, FIGURE_BY },
        { "--until", w->until != NULL, FIGURE_UNTIL },
        { "--with", w->with != NULL, FIGURE_WITH },
        { "--scale", w->scale != NULL, FIGURE_SCALE },
        { "--baseline", w->baseline != NULL, FIGURE_BASELINE },
        { "--runs", w->runs, FIGURE_RUNS },
        { "--theory", w->theory, FIGURE_THEORY },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        if (rules[i].is_given && !(kind->takes & rules[i].takes)) {
            char *kinds = list_kinds(rules[i].takes, false);
            options_usage_error(&verb_plot, "%s: only with --kind %s", rules[i].option, kinds);
            g_free(kinds);
            return false;
        }
    if (w->size && !w->output)
        options_usage_error(&verb_plot, "--size: only with -o");
    return !w->size || w->output;
}

/* ---- output ---- */

static bool write_picture(const char *path, const char *database, const char *picture, size_t bytes,
                          struct errors *errors)
{
    struct output output;

    if (!output_open(&output, path, database, errors))
        return false;
    fwrite(picture, 1, bytes, output.stream);
    return output_close(&output, true, errors);
}

/* gnuplot's text pages begin with a form feed, which would clear some terminals. */
static void print_text(const char *picture, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (picture[i] != '\f')
            putchar(picture[i]);
}

/* Draws the pages, the one for a file and the one for the terminal; either may be NULL. */
static bool draw_pages(const struct wishes *wishes, const char *database, const struct canvas *page,
                       const struct canvas *text, struct errors *errors)
{
    bool is_good = true;
    size_t bytes = 0;
    char *picture;

    if (page) {
        picture = figure_draw(page, wishes->keep, &bytes, errors);
        is_good = picture && write_picture(wishes->output, database, picture, bytes, errors);
        g_free(picture);
    }
    if (is_good && text) {
        picture = figure_draw(text, page ? NULL : wishes->keep, &bytes, errors);
        is_good = picture != NULL;
        print_text(picture, is_good ? bytes : 0);
        g_free(picture);
    }
    return is_good;
}

/* Reads for all pages, then draws. */
static int draw(struct study *study, const struct wishes *wishes,
                const struct figure_options *options, const struct canvas_size *file_size)
{
    int width = text_terminal_width(stdout);
    struct canvas_size text_size = { .format = GNUPLOT_TEXT,
                                     .width = CLAMP(width ? width : 80, 40, 200),
                                     .height = 24,
                                     .colour = text_may_colour(stdout) };
    struct errors errors = { 0 };
    struct canvas *page = NULL, *text = NULL;
    bool is_good;
    int code;

    if (wishes->output)
        page = figure_lay_out(study, options, file_size, &errors);
    is_good = page || !wishes->output;
    if (is_good && wishes->terminal) {
        text = figure_lay_out(study, options, &text_size, &errors);
        is_good = text != NULL;
    }
    study_end_reading(study);
    is_good = is_good && draw_pages(wishes, study->path, page, text, &errors);
    canvas_free(page);
    canvas_free(text);
    code = is_good ? EXIT_DONE : options_fail(&errors);
    errors_clear(&errors);
    return code;
}

/* What could not be drawn, and why. */
static void say_notes(const GPtrArray *notes)
{
    fflush(stdout);
    for (size_t i = 0; i < notes->len; i++)
        printable_line(stderr, "%s", (const char *)g_ptr_array_index(notes, i));
}

static int check_and_draw(const char *database, struct wishes *wishes)
{
    struct figure_options options = { .metric = wishes->metric,
                                      .by = wishes->by,
                                      .baseline = wishes->baseline,
                                      .has_runs = wishes->runs,
                                      .theory = wishes->theory };
    struct canvas_size size = { .format = GNUPLOT_SVG };
    struct study *study;
    int code = EXIT_USAGE;

    if (!wishes->output && !wishes->terminal)
        return options_usage_error(&verb_plot, "plot: where to? -o FILE, --terminal or both");
    options.kind = read_kind(wishes->kind);
    if (!options.kind || (wishes->output && !read_format(wishes->output, &size.format)) ||
        (wishes->size && !read_size(wishes->size, &size.width, &size.height)) ||
        !read_until(wishes->until, &options.until) || !read_scale(wishes->scale, &options.is_log) ||
        !check_use(wishes, options.kind))
        return EXIT_USAGE;
    if (wishes->with && !read_measured(wishes, &options, &code))
        return code;
    study = selection_open(&wishes->selection, database, &code);
    options.notes = g_ptr_array_new_with_free_func(g_free);
    if (study)
        code = draw(study, wishes, &options, &size);
    study_close(study);
    if (code == EXIT_DONE)
        say_notes(options.notes);
    g_ptr_array_free(options.notes, TRUE);
    return code;
}

/* The description of an option that some kinds take: they stand before it.  g_free() it. */
static char *describe(unsigned takes, const char *text)
{
    char *kinds = list_kinds(takes, false), *description = g_strdup_printf("%s: %s", kinds, text);

    g_free(kinds);
    return description;
}

static int run_plot(int argc, char **argv)
{
    char *kinds = list_kinds(0, true);
    char *metric =
        describe(FIGURE_METRIC,
                 "the metric that is drawn (default: t99; cost: bytes_rate; rate: bytes; "
                 "lag: lag_max; load: messages; gauge: the only one; ccdf also takes delay, of "
                 "nodes)");
    char *by =
        describe(FIGURE_BY, "the parameter of the x axis (default: the first with several values)");
    char *until = describe(FIGURE_UNTIL, "end of the time axis, as in 30s");
    char *with = describe(FIGURE_WITH, "a measured curve to lay over it, as fit reads them");
    char *scale = describe(FIGURE_SCALE, "of the y axis, linear (default) or log");
    char *baseline = describe(FIGURE_BASELINE, "the strategy to differ from (default: the first)");
    char *runs = describe(FIGURE_RUNS, "also draw single runs, as thin lines");
    char *theory = describe(FIGURE_THEORY, "also draw what equations predict, dashed");
    struct wishes w = { 0 };
    char **files = NULL;
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &w.output,
          "the file; its ending decides: .svg, .png or .pdf", "FILE" },
        { "kind", 0, 0, G_OPTION_ARG_FILENAME, &w.kind, kinds, "KIND" },
        { "terminal", 0, 0, G_OPTION_ARG_NONE, &w.terminal,
          "draw in the terminal, also instead of -o", NULL },
        { "metric", 0, 0, G_OPTION_ARG_FILENAME, &w.metric, metric, "NAME" },
        { "by", 0, 0, G_OPTION_ARG_FILENAME, &w.by, by, "PATH" },
        { "where", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.where,
          "draw only points with this value (repeatable)", "PATH=VALUE" },
        { "only", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &w.selection.only,
          "draw this strategy, not the others (repeatable)", "STRATEGY" },
        { "until", 0, 0, G_OPTION_ARG_FILENAME, &w.until, until, "TIME" },
        { "with", 0, 0, G_OPTION_ARG_FILENAME, &w.with, with, "FILE" },
        { "scale", 0, 0, G_OPTION_ARG_FILENAME, &w.scale, scale, "SCALE" },
        { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &w.baseline, baseline, "STRATEGY" },
        { "runs", 0, 0, G_OPTION_ARG_NONE, &w.runs, runs, NULL },
        { "theory", 0, 0, G_OPTION_ARG_NONE, &w.theory, theory, NULL },
        { "size", 0, 0, G_OPTION_ARG_FILENAME, &w.size,
          "pixels (default: 1000x600, more for many panels)", "WxH" },
        { "keep", 0, 0, G_OPTION_ARG_FILENAME, &w.keep,
          "keep gnuplot's script and data in the folder DIR", "DIR" },
        { "study", 0, 0, G_OPTION_ARG_INT64, &w.selection.study,
          "the study to draw (default: the newest)", "N" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    int code = EXIT_DONE;

    if (options_parse(&verb_plot, entries, 1, 1, argc, argv, &files, &code))
        code = check_and_draw(files[0], &w);
    clear_wishes(&w);
    g_strfreev(files);
    g_free(kinds);
    g_free(metric);
    g_free(by);
    g_free(until);
    g_free(with);
    g_free(scale);
    g_free(baseline);
    g_free(runs);
    g_free(theory);
    return code;
}
