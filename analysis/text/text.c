/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c - see text.h.  Widths come from GLib's tables of the Unicode standard. */
#include "analysis/text/text.h"

#include "base/printable.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

char *text_escape(const char *text)
{
    GString *out = g_string_new(NULL);
    char shown[PRINTABLE_BYTES];

    for (const char *at = text ? text : ""; printable_next(&at, shown);)
        g_string_append(out, shown);
    return g_string_free(out, FALSE);
}

static size_t character_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

size_t text_width(const char *text)
{
    size_t width = 0;

    for (; *text; text = g_utf8_next_char(text))
        width += character_width(g_utf8_get_char(text));
    return width;
}

char *text_shorten(const char *text, size_t columns)
{
    const char *at = text;
    size_t width = 0;

    if (text_width(text) <= columns)
        return g_strdup(text);
    while (width + character_width(g_utf8_get_char(at)) < columns) {
        width += character_width(g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
    return g_strdup_printf("%.*s…", (int)(at - text), text);
}

char *text_shorten_middle(const char *text, size_t columns, size_t head)
{
    size_t width = text_width(text), taken = 0;
    const char *at = text, *tail;

    if (width <= columns)
        return g_strdup(text);
    while (taken + character_width(g_utf8_get_char(at)) <= head) {
        taken += character_width(g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
    for (tail = at; width - taken > columns - head - 1; tail = g_utf8_next_char(tail))
        taken += character_width(g_utf8_get_char(tail));
    return g_strdup_printf("%.*s…%s", (int)(at - text), text, tail);
}

void text_print_lines(FILE *out, const char *text, size_t columns, int first, int indent)
{
    size_t column = (size_t)fprintf(out, "%*s", first, "");
    bool is_start = true; /* of a line */

    while (*text) {
        size_t length = strcspn(text, " ");
        char *word = g_strndup(text, length);
        size_t width = text_width(word);

        if (!is_start && column + 1 + width > columns)
            column = (size_t)fprintf(out, "\n%*s", indent, "") - 1;
        else if (!is_start)
            column += (size_t)fprintf(out, " ");
        fputs(word, out);
        column += width;
        is_start = false;
        g_free(word);
        text += length + (text[length] == ' ');
    }
    fputc('\n', out);
}

void text_number(char out[32], double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        char format[] = { '%', '.', '1', (char)('0' + digits % 10), 'g', '\0' };
        g_ascii_formatd(out, 32, format, value);
        if (g_ascii_strtod(out, NULL) == value)
            return;
    }
}

int text_terminal_width(FILE *file)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (!isatty(fileno(file)))
        return 0;
    if (columns && atoi(columns) > 0)
        return atoi(columns);
    if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80; /* the width of a terminal that does not say */
}

bool text_may_colour(FILE *file)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(fileno(file)) && !(none && *none) && term && strcmp(term, "dumb") != 0;
}
