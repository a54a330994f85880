/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot.c - see gnuplot.h. */
#include "analysis/figure/gnuplot.h"

#include "analysis/figure/gnuplot_process.h"
#include "analysis/text/text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static const char script_name[] = "plot.gp";

/* The file that a picture is drawn into, and how it begins. */
static const struct {
    const char *name, *beginning;
} pictures[] = {
    [GNUPLOT_SVG] = { "figure.svg", "<?xml" },
    [GNUPLOT_PNG] = { "figure.png", "\x89PNG" },
    [GNUPLOT_PDF] = { "figure.pdf", "%PDF" },
    [GNUPLOT_TEXT] = { "figure.txt", "" },
};

static const char *picture_name(enum gnuplot_format format)
{
    return pictures[format].name;
}

struct gnuplot *gnuplot_new(enum gnuplot_format format, int width, int height, bool colour)
{
    struct gnuplot *gnuplot = g_new0(struct gnuplot, 1);
    static const char font[] = "font 'DejaVu Sans,%d' background rgb 'white'";

    gnuplot->format = format;
    gnuplot->script = g_string_new("# Draw it with: gnuplot plot.gp\nset encoding utf8\n");
    gnuplot->names = g_ptr_array_new_with_free_func(g_free);
    gnuplot->data = g_ptr_array_new();
    if (format == GNUPLOT_TEXT)
        gnuplot_add(gnuplot, "set terminal dumb noenhanced size %d,%d %s", width, height,
                    colour ? "ansi256" : "mono");
    else if (format == GNUPLOT_SVG)
        gnuplot_add(gnuplot, "set terminal svg noenhanced size %d,%d ", width, height);
    else if (format == GNUPLOT_PNG)
        gnuplot_add(gnuplot, "set terminal pngcairo noenhanced size %d,%d ", width, height);
    else /* inches, of which a pixel is a 96th as in CSS */
        gnuplot_add(gnuplot, "set terminal pdfcairo noenhanced size %.3fin,%.3fin ", width / 96.0,
                    height / 96.0);
    if (format != GNUPLOT_TEXT)
        g_string_append_printf(gnuplot->script, font, format == GNUPLOT_SVG ? 14 : 11);
    gnuplot_add(gnuplot, "\nset output '%s'\n", picture_name(format));
    return gnuplot;
}

void gnuplot_free(struct gnuplot *gnuplot)
{
    for (size_t i = 0; i < gnuplot->data->len; i++)
        g_string_free(g_ptr_array_index(gnuplot->data, i), TRUE);
    g_ptr_array_free(gnuplot->data, TRUE);
    g_ptr_array_free(gnuplot->names, TRUE);
    g_string_free(gnuplot->script, TRUE);
    g_free(gnuplot);
}

void gnuplot_add(struct gnuplot *gnuplot, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(gnuplot->script, format, arguments);
    va_end(arguments);
}

GString *gnuplot_data(struct gnuplot *gnuplot, const char *name)
{
    GString *rows = g_string_new(NULL);

    g_ptr_array_add(gnuplot->names, g_strdup(name));
    g_ptr_array_add(gnuplot->data, rows);
    return rows;
}

/* U+FFFE and U+FFFF, which no XML may hold, as the escapes that controls have. */
static bool is_no_xml(const char *c)
{
    return g_str_has_prefix(c, "\xef\xbf\xbe") || g_str_has_prefix(c, "\xef\xbf\xbf");
}

/*
 * An apostrophe comes out as the typographic one: gnuplot 5.4 reads the doubled one of `'''a'`
 * as an empty string with another after it.  Into SVG gnuplot writes `]]>` as it is, where XML
 * forbids it, so it gets a blank; and it takes `&#x` for the start of a character by its number,
 * so the `&` is given by its number too.
 */
static char *quote(const struct gnuplot *gnuplot, const char *text, size_t columns, bool is_format)
{
    bool is_svg = gnuplot->format == GNUPLOT_SVG;
    char *safe = text_escape(text), *cut = text_shorten(safe, columns);
    GString *quoted = g_string_new("'");

    for (const char *c = cut; *c; c++) {
        if (*c == '\'')
            g_string_append(quoted, "’");
        else if (is_svg && g_str_has_prefix(c, "&#x"))
            g_string_append(quoted, "&#x26;");
        else if (is_no_xml(c))
            g_string_append_printf(quoted, "\\u%04x", g_utf8_get_char(c));
        else
            g_string_append_c(quoted, *c);
        if (is_no_xml(c))
            c += 2;
        if (*c == '%' && is_format)
            g_string_append_c(quoted, '%');
        if (*c == ']' && c[1] == '>')
            g_string_append_c(quoted, ' ');
    }
    g_string_append_c(quoted, '\'');
    g_free(cut);
    g_free(safe);
    return g_string_free(quoted, FALSE);
}

char *gnuplot_quote(const struct gnuplot *gnuplot, const char *text, size_t columns)
{
    return quote(gnuplot, text, columns, false);
}

char *gnuplot_quote_tic(const struct gnuplot *gnuplot, const char *text, size_t columns)
{
    return quote(gnuplot, text, columns, true);
}

/* ---- running ---- */

static bool write_file(const char *folder, const char *name, const GString *text,
                       struct errors *errors)
{
    char *path = g_build_filename(folder, name, NULL);
    GError *wrong = NULL;
    bool is_good = g_file_set_contents(path, text->str, (gssize)text->len, &wrong);

    if (!is_good)
        errors_add(errors, ERROR_IO, "cannot write '%s': %s", path, wrong->message);
    g_clear_error(&wrong);
    g_free(path);
    return is_good;
}

static bool write_files(const struct gnuplot *gnuplot, const char *folder, struct errors *errors)
{
    bool is_good = write_file(folder, script_name, gnuplot->script, errors);

    for (size_t i = 0; is_good && i < gnuplot->names->len; i++)
        is_good = write_file(folder, g_ptr_array_index(gnuplot->names, i),
                             g_ptr_array_index(gnuplot->data, i), errors);
    return is_good;
}

/* What gnuplot has drawn; NULL, and why it has not. */
static char *draw(const struct gnuplot *gnuplot, const char *folder, size_t *bytes, char **why)
{
    char *path = g_build_filename(folder, picture_name(gnuplot->format), NULL), *picture = NULL;
    GError *wrong = NULL;

    g_unlink(path); /* of an earlier time, or a link that leads elsewhere */
    *why = gnuplot_process(folder, script_name);
    if (!*why && !g_file_get_contents(path, &picture, bytes, &wrong))
        *why = g_error_matches(wrong, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                   ? g_strdup("gnuplot drew nothing and does not say why")
                   : g_strdup_printf("gnuplot drew nothing: %s", wrong->message);
    if (picture && !g_str_has_prefix(picture, pictures[gnuplot->format].beginning)) {
        *why = g_strdup("what gnuplot drew is no picture");
        g_clear_pointer(&picture, g_free);
    }
    g_clear_error(&wrong);
    g_free(path);
    return picture;
}

static void remove_folder(const struct gnuplot *gnuplot, const char *folder)
{
    const char *own[] = { script_name, picture_name(gnuplot->format) };

    for (size_t i = 0; i < gnuplot->names->len + G_N_ELEMENTS(own); i++) {
        const char *name = i < G_N_ELEMENTS(own)
                               ? own[i]
                               : g_ptr_array_index(gnuplot->names, i - G_N_ELEMENTS(own));
        char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
        g_free(path);
    }
    g_rmdir(folder);
}

/* A folder for gnuplot, `keep` if that is not NULL; NULL and an error. */
static char *make_folder(const char *keep, struct errors *errors)
{
    GError *wrong = NULL;
    char *folder;

    if (keep && g_mkdir_with_parents(keep, 0777) != 0) {
        errors_add(errors, ERROR_IO, "cannot make the folder '%s': %s", keep, g_strerror(errno));
        return NULL;
    }
    folder = keep ? g_strdup(keep) : g_dir_make_tmp("gossipsim-XXXXXX", &wrong);
    if (!folder) {
        errors_add(errors, ERROR_IO, "cannot make a folder for gnuplot: %s", wrong->message);
        g_error_free(wrong);
    }
    return folder;
}

char *gnuplot_run(const struct gnuplot *gnuplot, const char *keep, size_t *bytes,
                  struct errors *errors)
{
    char *folder, *picture = NULL, *why = NULL;
    sigset_t before;

    gnuplot_hold(&before);
    folder = make_folder(keep, errors);
    if (folder && write_files(gnuplot, folder, errors))
        picture = draw(gnuplot, folder, bytes, &why);
    if (why && keep)
        errors_add(errors, ERROR_IO, "%s; its script and data are in '%s'", why, keep);
    else if (why)
        errors_add(errors, ERROR_IO, "%s", why);
    if (folder && !keep)
        remove_folder(gnuplot, folder);
    gnuplot_release(&before);
    g_free(folder);
    g_free(why);
    return picture;
}
