/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_svg.c - gnuplot's picture as a part of a page; see page_parts.h.
 *
 * The picture is read as XML and written anew: only elements that draw, no attribute that could
 * run or load something, names with a prefix (gnuplot gives the same ones to every picture), and
 * without the many groups that hold nothing.  So whatever gnuplot makes of a name that a user
 * chose, text is all that it can be here.
 */
#include "analysis/page/page_parts.h"

#include "base/markup.h"

#include <string.h>

static const char *const drawing[] = {
    "svg",      "g",        "defs", "path",           "circle", "rect",   "ellipse", "line",
    "polyline", "polygon",  "text", "tspan",          "use",    "filter", "feFlood", "feComposite",
    "pattern",  "clipPath", "mask", "linearGradient", "stop",   NULL,
};

struct picture {
    GString *out;
    const char *prefix, *label;
    GPtrArray *pending; /* groups that have begun, not yet written: they may be empty */
    int skipped;        /* elements of what does not draw, within each other */
    bool is_text;       /* in a text */
};

static void write_pending(struct picture *picture)
{
    for (guint i = 0; i < picture->pending->len; i++)
        g_string_append(picture->out, g_ptr_array_index(picture->pending, i));
    g_ptr_array_set_size(picture->pending, 0);
}

static bool is_allowed(const char *name, const char *value)
{
    if (g_ascii_strncasecmp(name, "on", 2) == 0 || g_str_has_prefix(name, "xmlns") ||
        strcmp(name, "style") == 0)
        return false;
    if (strcmp(name, "href") == 0 || strcmp(name, "xlink:href") == 0)
        return *value == '#';
    return !strchr(name, ':') || strcmp(name, "xml:space") == 0;
}

static void add_attribute(const struct picture *picture, GString *tag, const char *name,
                          const char *value)
{
    const bool is_url = g_str_has_prefix(value, "url(#"); /* of a pattern in the picture */
    const bool is_link = strcmp(name, "href") == 0 || strcmp(name, "xlink:href") == 0;

    if (!is_allowed(name, value) || strstr(value + (is_url ? strlen("url(#") : 0), "url("))
        return;
    g_string_append_printf(tag, " %s=\"", is_link ? "href" : name);
    if (is_url) {
        g_string_append_printf(tag, "url(#%s", picture->prefix);
        markup_text(tag, value + strlen("url(#"));
    } else {
        g_string_append(tag, is_link ? "#" : "");
        g_string_append(tag, is_link || strcmp(name, "id") == 0 ? picture->prefix : "");
        markup_text(tag, is_link ? value + 1 : value);
    }
    g_string_append_c(tag, '"');
}

/* The outermost element: as wide as its place, and with a name. */
static void add_root(const struct picture *picture, GString *tag, const char **names,
                     const char **values)
{
    g_string_append(tag, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"");
    markup_text(tag, picture->label);
    g_string_append_c(tag, '"');
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], "viewBox") == 0)
            add_attribute(picture, tag, names[i], values[i]);
    g_string_append_c(tag, '>');
}

static void begin(GMarkupParseContext *context, const char *element, const char **names,
                  const char **values, gpointer data, GError **error)
{
    struct picture *picture = data;
    GString *tag;

    (void)context;
    (void)error;
    if (picture->skipped > 0 || !g_strv_contains(drawing, element)) {
        picture->skipped++;
        return;
    }
    tag = g_string_new(NULL);
    if (strcmp(element, "svg") == 0) {
        add_root(picture, tag, names, values);
    } else {
        g_string_append_printf(tag, "<%s", element);
        for (size_t i = 0; names[i]; i++)
            add_attribute(picture, tag, names[i], values[i]);
        g_string_append_c(tag, '>');
    }
    if (strcmp(element, "g") != 0) {
        write_pending(picture);
        g_string_append(picture->out, tag->str);
    } else {
        g_ptr_array_add(picture->pending, g_strdup(tag->str));
    }
    picture->is_text = strcmp(element, "text") == 0 || strcmp(element, "tspan") == 0;
    g_string_free(tag, TRUE);
}

static void end(GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
    struct picture *picture = data;

    (void)context;
    (void)error;
    if (picture->skipped > 0) {
        picture->skipped--;
        return;
    }
    if (strcmp(element, "g") == 0 && picture->pending->len > 0)
        g_ptr_array_set_size(picture->pending, (gint)picture->pending->len - 1);
    else
        g_string_append_printf(picture->out, "</%s>%s", element,
                               strcmp(element, "g") == 0 ? "\n" : "");
    if (strcmp(element, "text") == 0)
        picture->is_text = false;
}

static void text(GMarkupParseContext *context, const char *words, gsize bytes, gpointer data,
                 GError **error)
{
    struct picture *picture = data;

    (void)context;
    (void)bytes;
    (void)error;
    if (picture->skipped == 0 && picture->is_text)
        markup_text(picture->out, words);
}

char *page_svg(const char *svg, size_t bytes, const char *prefix, const char *label)
{
    static const GMarkupParser parser = { .start_element = begin,
                                          .end_element = end,
                                          .text = text };
    struct picture picture = { .out = g_string_sized_new(bytes),
                               .prefix = prefix,
                               .label = label,
                               .pending = g_ptr_array_new_with_free_func(g_free) };
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &picture, NULL);
    const bool is_good = g_markup_parse_context_parse(context, svg, (gssize)bytes, NULL) &&
                         g_markup_parse_context_end_parse(context, NULL);

    g_markup_parse_context_free(context);
    g_ptr_array_free(picture.pending, TRUE);
    return g_string_free(picture.out, !is_good);
}
