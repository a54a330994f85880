/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markup.c - see markup.h. */
#include "base/markup.h"

#include "base/printable.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

/* What stands for the character in HTML and XML; NULL: itself. */
static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;"; /* `&apos;` is not of HTML 4 */
    default:
        return NULL;
    }
}

static void add(GString *out, const char *text, const char *kept)
{
    char shown[PRINTABLE_BYTES];
    uint32_t character;

    while (text && *text) {
        if (strchr(kept, *text)) {
            g_string_append_c(out, *text++);
        } else if (entity(*text)) {
            g_string_append(out, entity(*text++));
        } else if (printable_decode(text, strnlen(text, 4), &character) == 0) {
            g_string_append(out, replacement);
            text++;
        } else {
            printable_next(&text, shown);
            g_string_append(out, shown);
        }
    }
}

void markup_text(GString *out, const char *text)
{
    add(out, text, "");
}

void markup_lines(GString *out, const char *text)
{
    add(out, text, "\n\t");
}

static void add_json(GString *out, uint32_t c)
{
    if (c == '"' || c == '\\')
        g_string_append_printf(out, "\\%c", (int)c);
    else if (strchr("<>&'", (int)c) && c < 0x80)
        g_string_append_printf(out, "\\u%04x", c);
    else if (printable_is_safe(c))
        g_string_append_unichar(out, c);
    else if (c < 0x10000)
        g_string_append_printf(out, "\\u%04x", c);
    else /* the two halves of UTF-16 */
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

void markup_json(GString *out, const char *text)
{
    uint32_t character;
    size_t length;

    g_string_append_c(out, '"');
    for (; *text; text += length > 0 ? length : 1) {
        length = printable_decode(text, strnlen(text, 4), &character);
        if (length > 0)
            add_json(out, character);
        else
            g_string_append(out, replacement);
    }
    g_string_append_c(out, '"');
}

void markup_digest(GString *out, const char *text)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize bytes = sizeof digest;
    char *name;

    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
    g_checksum_get_digest(sum, digest, &bytes);
    name = g_base64_encode(digest, bytes);
    g_string_append_printf(out, "sha256-%s", name);
    g_free(name);
    g_checksum_free(sum);
}
