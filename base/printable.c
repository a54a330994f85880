/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printable.c - which characters a terminal may get; see printable.h.
 *
 * The table holds what is invisible, or moves or hides other text: controls, line and paragraph
 * separators, bidirectional controls, characters without width or without ink, tags, and code
 * points that are no characters.  From the Unicode standard 15.0: General_Category Cc, Cf, Zl, Zp
 * and Default_Ignorable_Code_Point.  Characters that only join to their neighbours, as accents do,
 * pass.
 */
#include "base/printable.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    uint32_t first, last;
} unsafe[] = {
    { 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },   { 0x034f, 0x034f },
    { 0x0600, 0x0605 },   { 0x061c, 0x061c },   { 0x06dd, 0x06dd },   { 0x070f, 0x070f },
    { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
    { 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
    { 0x3164, 0x3164 },   { 0xd800, 0xdfff },   { 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },
    { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
    { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
    { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

size_t printable_decode(const char *s, size_t left, uint32_t *character)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t length = u[0] < 0x80                   ? 1
                    : u[0] >= 0xc2 && u[0] < 0xe0 ? 2
                    : u[0] >= 0xe0 && u[0] < 0xf0 ? 3
                    : u[0] >= 0xf0 && u[0] < 0xf5 ? 4
                                                  : 0;
    uint32_t c = length == 1 ? u[0] : u[0] & (0x7fU >> length);

    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (u[i] & 0x3fU);
    }
    if ((length == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
        (length == 4 && (c < 0x10000 || c > 0x10ffff)))
        return 0;
    *character = c;
    return length;
}

bool printable_is_safe(uint32_t character)
{
    if (character >= 0x10000 && (character & 0xfffe) == 0xfffe)
        return false;
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
        if (character <= unsafe[i].last)
            return character < unsafe[i].first;
    return true;
}

static void escape(uint32_t c, char out[PRINTABLE_BYTES])
{
    if (c == '\n' || c == '\t' || c == '\r')
        snprintf(out, PRINTABLE_BYTES, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
    else if (c < 0x100)
        snprintf(out, PRINTABLE_BYTES, "\\x%02x", (unsigned)c);
    else if (c < 0x10000)
        snprintf(out, PRINTABLE_BYTES, "\\u%04x", (unsigned)c);
    else
        snprintf(out, PRINTABLE_BYTES, "\\U%08x", (unsigned)c);
}

bool printable_next(const char **text, char out[PRINTABLE_BYTES])
{
    uint32_t c = (unsigned char)**text;
    size_t length;

    if (c == 0)
        return false;
    length = printable_decode(*text, strnlen(*text, 4), &c);
    if (length > 0 && printable_is_safe(c)) {
        memcpy(out, *text, length);
        out[length] = 0;
    } else {
        escape(c, out);
    }
    *text += length > 0 ? length : 1;
    return true;
}

void printable_put(FILE *out, const char *text)
{
    char shown[PRINTABLE_BYTES];

    while (printable_next(&text, shown))
        fputs(shown, out);
}

void printable_line(FILE *out, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    printable_put(out, text != NULL ? text : "out of memory");
    fputc('\n', out);
    free(text);
}
