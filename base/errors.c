/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.c - collects the user's errors and prints them with the line they are about.
 *
 * The user's text is never trusted: what could move a terminal is escaped in messages and replaced
 * by `?` in the excerpt, where each character must keep its one cell so that the caret stands
 * under the right one.  A long line is cut to
 * the part around the caret.
 */
#include "base/errors.h"

#include "base/printable.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EXCERPT_BEFORE = 60, EXCERPT_CHARACTERS = 100 };

/* Bytes of the line break at `s`, 0 if there is none: those that YAML knows. */
static size_t line_break(const char *s, size_t left)
{
    uint32_t c = 0;
    size_t length = left == 0 ? 0 : printable_decode(s, left, &c);

    if (length == 1 && c == '\r' && left > 1 && s[1] == '\n')
        return 2;
    return length > 0 && (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029)
               ? length
               : 0;
}

/* The line that `place` names, as an excerpt, or NULL; *caret becomes the caret's column in it. */
static char *excerpt_new(const struct place *place, int *caret)
{
    const char *s = place->source;
    const char *end = s + place->source_bytes;
    char *text = malloc(4 * EXCERPT_CHARACTERS + 1);
    size_t used = 0;
    int first, column = 1, clean = 0, unclean = 0;

    if (text == NULL)
        return NULL;
    for (int line = place->source_line > 0 ? place->source_line : 1;
         line < place->line && s < end;) {
        size_t length = line_break(s, (size_t)(end - s));
        line += length > 0;
        s += length > 0 ? length : 1;
    }
    first = place->column > EXCERPT_BEFORE ? place->column - EXCERPT_BEFORE : 1;
    while (s < end && column < first + EXCERPT_CHARACTERS &&
           line_break(s, (size_t)(end - s)) == 0) {
        uint32_t c = 0;
        size_t length = printable_decode(s, (size_t)(end - s), &c);
        bool is_clean = length > 0 && printable_is_safe(c);

        length = length > 0 ? length : 1;
        if (column >= first) {
            memcpy(text + used, is_clean ? s : c == '\t' ? " " : "?", is_clean ? length : 1);
            used += is_clean ? length : 1;
            clean += is_clean && c != ' ';
            unclean += !is_clean && c != '\t';
        }
        s += length;
        column++;
    }
    if (clean <= unclean) { /* an empty line shows nothing, nor do bytes that are not text */
        free(text);
        return NULL;
    }
    text[used] = 0;
    *caret = place->column - first + 1;
    return text;
}

static void append(struct errors *errors, enum error_kind kind, const struct place *place,
                   const char *path, const char *format, va_list arguments)
{
    struct error *error;

    if (errors->count++ >= ERRORS_KEPT_MAX)
        return;
    error = &errors->list[errors->count - 1];
    *error = (struct error){ .kind = kind };
    if (vasprintf(&error->text, format, arguments) < 0)
        error->text = NULL;
    error->path = path != NULL ? strdup(path) : NULL;
    if (place == NULL)
        return;
    error->file = place->file != NULL ? strdup(place->file) : NULL;
    error->line = place->line;
    error->column = place->column;
    if (place->source != NULL && place->line > 0)
        error->excerpt = excerpt_new(place, &error->caret);
}

void errors_add(struct errors *errors, enum error_kind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(errors, kind, NULL, NULL, format, arguments);
    va_end(arguments);
}

void errors_add_at(struct errors *errors, const struct place *place, const char *path,
                   const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(errors, ERROR_SCENARIO, place, path, format, arguments);
    va_end(arguments);
}

static void print_error(FILE *out, const struct error *error)
{
    printable_put(out, error->file != NULL ? error->file : "gossipsim");
    if (error->file != NULL && error->line > 0)
        fprintf(out, ":%d:%d", error->line, error->column);
    fputs(": error: ", out);
    if (error->path != NULL && error->path[0] != 0) {
        printable_put(out, error->path);
        fputs(": ", out);
    }
    printable_put(out, error->text != NULL ? error->text : "out of memory");
    fputc('\n', out);
    if (error->excerpt != NULL)
        fprintf(out, "    %s\n    %*s\n", error->excerpt, error->caret, "^");
}

void errors_print(FILE *out, const struct errors *errors)
{
    size_t kept = errors->count < ERRORS_KEPT_MAX ? errors->count : ERRORS_KEPT_MAX;

    for (size_t i = 0; i < kept; i++)
        print_error(out, &errors->list[i]);
    if (errors->count > kept)
        fprintf(out, "gossipsim: error: and %zu more\n", errors->count - kept);
}

void errors_clear(struct errors *errors)
{
    for (size_t i = 0; i < errors->count && i < ERRORS_KEPT_MAX; i++) {
        free(errors->list[i].file);
        free(errors->list[i].path);
        free(errors->list[i].text);
        free(errors->list[i].excerpt);
    }
    *errors = (struct errors){ 0 };
}
