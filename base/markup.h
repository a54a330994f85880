/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markup.h - text that is not ours, made safe for HTML, for SVG, and for JSON inside a <script>.
 *
 * Whatever of a scenario or a database stands in a page passes through here.  It comes out as text
 * and nothing else, with what cannot be seen, or hides or reorders other text, visible as
 * base/printable.h shows it to terminals; bytes that are no UTF-8 become U+FFFD.  What is ours, a
 * page allows by its digest, and nothing else.
 */
#ifndef BASE_MARKUP_H
#define BASE_MARKUP_H

#include <glib.h>

/* Appends `text` as the text of an element or as the value of an attribute in quotes of either
 * kind.  NULL is an empty text. */
void markup_text(GString *out, const char *text);

/* The same of a text of several lines, for elements that keep them: line ends and tabs stay. */
void markup_lines(GString *out, const char *text);

/* Appends `text` as a string of JSON, with its quotes, that reads back as it was and can neither
 * close a <script> nor begin a comment there. */
void markup_json(GString *out, const char *text);

/* Appends what a page's Content-Security-Policy calls a script or a style by: `sha256-` and the
 * digest of all that stands between its tags. */
void markup_digest(GString *out, const char *text);

#endif
