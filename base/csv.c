/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.c - see csv.h.
 *
 * A line is kept as it was read, for errors, and in a copy of which quotes, separators and blanks
 * are cut away in place.
 */
#include "base/csv.h"

#include "base/input_file.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct csv {
    FILE *file;
    const char *name; /* borrowed, like errors */
    struct errors *errors;
    enum csv_separator separator;
    bool is_good;        /* no error of ours was added: reading goes on */
    int line;            /* of the row, from 1 */
    char *raw, *text;    /* the line, and what is left of it; both with room for `room` bytes */
    size_t bytes, room;  /* of `raw` */
    uint32_t *fields;    /* where each starts in `text`, which is where it starts in `raw`, */
    size_t count, spare; /* how many there are, and have room */
};

/* ---- errors ---- */

static void complain(struct csv *csv, int line, size_t offset, const char *format,
                     va_list arguments)
{
    struct place place = { .file = csv->name, .line = line, .column = 1 };
    char text[2 * QUANTITY_WHY_MAX];

    vsnprintf(text, sizeof text, format, arguments);
    if (line > 0) {
        place.source = csv->raw;
        place.source_bytes = csv->bytes;
        place.source_line = line;
        for (size_t i = 0; i < offset && i < csv->bytes; i++)
            place.column += ((unsigned char)csv->raw[i] & 0xc0) != 0x80;
    }
    if (csv->is_good)
        errors_add_at(csv->errors, &place, NULL, "%s", text);
    csv->is_good = false;
}

static void fail_at(struct csv *csv, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void fail_at(struct csv *csv, size_t offset, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(csv, csv->line, offset, format, arguments);
    va_end(arguments);
}

void csv_error(struct csv *csv, size_t field, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(csv, csv->line, field < csv->count ? csv->fields[field] : csv->bytes, format,
             arguments);
    va_end(arguments);
}

void csv_error_of_file(struct csv *csv, const char *format, ...)
{
    va_list arguments;

    if (csv == NULL)
        return;
    va_start(arguments, format);
    complain(csv, 0, 0, format, arguments);
    va_end(arguments);
}

/* ---- open and close ---- */

static struct csv *csv_new(FILE *file, const char *name, enum csv_separator separator,
                           struct errors *errors)
{
    struct csv *csv = calloc(1, sizeof *csv);

    if (file == NULL || csv == NULL) {
        errors_add(errors, ERROR_IO, "cannot read %s: %s", name, strerror(errno));
        if (file != NULL)
            fclose(file);
        free(csv);
        return NULL;
    }
    *csv = (struct csv){
        .file = file, .name = name, .errors = errors, .separator = separator, .is_good = true
    };
    return csv;
}

struct csv *csv_open(const char *path, enum csv_separator separator, struct errors *errors)
{
    const int number = input_file_open(
        path, CSV_BYTES_MAX, "it is a pipe; only a scenario may come through one", errors);
    FILE *file;

    if (number < 0)
        return NULL;
    file = fdopen(number, "r");
    if (file == NULL)
        close(number);
    return csv_new(file, path, separator, errors);
}

struct csv *csv_of_text(const char *name, const char *text, size_t bytes,
                        enum csv_separator separator, struct errors *errors)
{
    /* It is only read. */
    return csv_new(fmemopen((void *)(uintptr_t)text, bytes, "r"), name, separator, errors);
}

void csv_close(struct csv *csv)
{
    if (csv == NULL)
        return;
    fclose(csv->file);
    free(csv->raw);
    free(csv->text);
    free(csv->fields);
    free(csv);
}

/* ---- lines ---- */

/* Room for one more byte and a 0 in both copies of the line; false and an error. */
static bool make_room(struct csv *csv)
{
    const size_t room = csv->room == 0 ? 256 : 2 * csv->room;
    char *raw, *text;

    if (csv->bytes >= CSV_LINE_MAX) {
        fail_at(csv, 0, "a line of more than 1 MiB");
        return false;
    }
    if (csv->bytes + 2 <= csv->room)
        return true;
    raw = realloc(csv->raw, room);
    csv->raw = raw != NULL ? raw : csv->raw;
    text = realloc(csv->text, room);
    csv->text = text != NULL ? text : csv->text;
    if (raw == NULL || text == NULL) {
        fail_at(csv, 0, "out of memory");
        return false;
    }
    csv->room = room;
    return true;
}

/* Reads the next line without its end; false at the end of the file, and after an error. */
static bool read_line(struct csv *csv)
{
    int c = csv->is_good ? getc_unlocked(csv->file) : EOF;

    csv->bytes = csv->count = 0;
    if (c == EOF && csv->is_good && ferror(csv->file))
        csv_error_of_file(csv, "cannot be read: %s", strerror(errno));
    if (c == EOF)
        return false;
    csv->line++;
    for (; c != EOF && c != '\n'; c = getc_unlocked(csv->file)) {
        if (!make_room(csv))
            return false;
        csv->raw[csv->bytes++] = (char)c;
        if (c == 0) {
            fail_at(csv, csv->bytes - 1, "a NUL byte: this is no text");
            return false;
        }
    }
    if (!make_room(csv))
        return false;
    if (csv->bytes > 0 && csv->raw[csv->bytes - 1] == '\r')
        csv->bytes--;
    if (csv->line == 1 && csv->bytes >= 3 && memcmp(csv->raw, "\xef\xbb\xbf", 3) == 0) {
        csv->bytes -= 3;
        memmove(csv->raw, csv->raw + 3, csv->bytes);
    }
    csv->raw[csv->bytes] = 0;
    memcpy(csv->text, csv->raw, csv->bytes + 1);
    return true;
}

/* ---- fields ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The separator that the line has outside quotes; blanks at its ends separate nothing. */
static enum csv_separator separator_of(const char *s)
{
    bool is_quoted = false, has_semicolon = false, has_tab = false;

    for (s += strspn(s, " \t"); *s != 0; s++) {
        is_quoted ^= *s == '"';
        if (*s == ',' && !is_quoted)
            return CSV_COMMA;
        has_semicolon |= *s == ';' && !is_quoted;
        has_tab |= *s == '\t' && !is_quoted && s[strspn(s, " \t")] != 0;
    }
    return has_semicolon ? CSV_SEMICOLON : has_tab ? CSV_TAB : CSV_BLANKS;
}

static bool add_field(struct csv *csv, size_t start)
{
    if (csv->count == CSV_FIELDS_MAX) {
        fail_at(csv, start, "more than %d fields", CSV_FIELDS_MAX);
        return false;
    }
    if (csv->count == csv->spare) {
        const size_t spare = csv->spare == 0 ? 16 : 2 * csv->spare;
        uint32_t *fields = realloc(csv->fields, spare * sizeof *fields);

        if (fields == NULL) {
            fail_at(csv, start, "out of memory");
            return false;
        }
        csv->fields = fields;
        csv->spare = spare;
    }
    csv->fields[csv->count++] = (uint32_t)start;
    return true;
}

static bool is_separator(const struct csv *csv, char c)
{
    switch (csv->separator) {
    case CSV_SEMICOLON:
        return c == ';';
    case CSV_TAB:
        return c == '\t';
    case CSV_BLANKS:
        return is_blank(c);
    case CSV_AS_FIRST_ROW:
    case CSV_COMMA:
        break;
    }
    return c == ',';
}

/* Cuts a field in quotes that starts at `start`, moving its text there; where it ends, or 0 and an
 * error. */
static size_t cut_quoted(struct csv *csv, size_t start)
{
    char *text = csv->text;
    size_t from = start + 1, to = start;

    while (text[from] != 0 && (text[from] != '"' || text[from + 1] == '"')) {
        from += text[from] == '"';
        text[to++] = text[from++];
    }
    if (text[from] == 0) {
        fail_at(csv, start, "a quote that is not closed on its line");
        return 0;
    }
    text[to] = 0;
    for (from++; is_blank(text[from]) && !is_separator(csv, text[from]);)
        from++;
    if (text[from] != 0 && !is_separator(csv, text[from])) {
        fail_at(csv, from, "text behind the quotes of a field");
        return 0;
    }
    return from;
}

/* The same of one without quotes. */
static size_t cut_plain(struct csv *csv, size_t start)
{
    size_t end = start, last;

    while (csv->text[end] != 0 && !is_separator(csv, csv->text[end]))
        end++;
    for (last = end; last > start && is_blank(csv->text[last - 1]);)
        last--;
    if (last < end)
        csv->text[last] = 0;
    return end;
}

static size_t pass_blanks(const struct csv *csv, size_t at)
{
    while (is_blank(csv->text[at]) &&
           (csv->separator == CSV_BLANKS || !is_separator(csv, csv->text[at])))
        at++;
    return at;
}

/* Cuts the line into fields; false and an error. */
static bool cut(struct csv *csv)
{
    size_t at = pass_blanks(csv, 0), end;
    bool is_last = false;

    while (!is_last) {
        if (!add_field(csv, at))
            return false;
        end = csv->text[at] == '"' ? cut_quoted(csv, at) : cut_plain(csv, at);
        if (!csv->is_good)
            return false;
        at = csv->separator == CSV_BLANKS ? pass_blanks(csv, end) : end;
        is_last = csv->raw[at] == 0;
        if (!is_last && csv->separator != CSV_BLANKS)
            at = pass_blanks(csv, at + 1);
        csv->text[end] = 0;
    }
    return true;
}

static bool is_empty(const char *text)
{
    while (is_blank(*text))
        text++;
    return *text == 0 || *text == '#';
}

bool csv_next(struct csv *csv)
{
    if (csv == NULL)
        return false;
    do {
        if (!read_line(csv))
            return false;
    } while (is_empty(csv->text));
    if (csv->separator == CSV_AS_FIRST_ROW)
        csv->separator = separator_of(csv->text);
    return cut(csv);
}

void csv_skip(struct csv *csv, int64_t lines)
{
    struct errors unheeded = { 0 }, *const errors = csv != NULL ? csv->errors : NULL;
    bool is_there = false;

    for (int64_t i = 0; csv != NULL && i < lines && (is_there = read_line(csv)); i++)
        continue;
    if (!is_there)
        return;
    const enum csv_separator separator = csv->separator;

    if (separator == CSV_AS_FIRST_ROW)
        csv->separator = separator_of(csv->text);
    csv->errors = &unheeded; /* what it holds need not be a row */
    if (!cut(csv))
        csv->count = 0;
    csv->is_good = true;
    csv->errors = errors;
    csv->separator = separator;
    errors_clear(&unheeded);
}

/* ---- the row ---- */

bool csv_is_good(const struct csv *csv)
{
    return csv != NULL && csv->is_good;
}

size_t csv_count(const struct csv *csv)
{
    return csv->count;
}

const char *csv_field(const struct csv *csv, size_t field)
{
    return field < csv->count ? csv->text + csv->fields[field] : "";
}

int csv_line(const struct csv *csv)
{
    return csv->line;
}

bool csv_find(const struct csv *csv, const char *name, size_t *field)
{
    for (size_t i = 0; i < csv->count; i++)
        if (strcmp(csv_field(csv, i), name) == 0) {
            *field = i;
            return true;
        }
    return false;
}

/* True if there is something in the field; an error otherwise. */
static bool has_value(struct csv *csv, size_t field, const char *wanted)
{
    if (*csv_field(csv, field) != 0)
        return true;
    if (field < csv->count)
        csv_error(csv, field, "field %zu is empty; %s was expected", field + 1, wanted);
    else
        csv_error(csv, field, "the line has %zu field%s; %s was expected as the %zu.", csv->count,
                  csv->count == 1 ? "" : "s", wanted, field + 1);
    return false;
}

bool csv_read_real(struct csv *csv, size_t field, double *value)
{
    char why[QUANTITY_WHY_MAX];

    if (!has_value(csv, field, "a number"))
        return false;
    if (quantity_read_real(csv_field(csv, field), value, why))
        return true;
    csv_error(csv, field, "%s", why);
    return false;
}

bool csv_read_count(struct csv *csv, size_t field, int64_t *value)
{
    char why[QUANTITY_WHY_MAX];

    if (!has_value(csv, field, "a whole number"))
        return false;
    if (quantity_read_count(csv_field(csv, field), value, why))
        return true;
    csv_error(csv, field, "%s", why);
    return false;
}

typedef bool read_quantity(const char *text, int64_t *value, char *why);

/* A number of `unit`s, or if that is 0 what `read` makes of the field, times `scale`, rounded. */
static bool read_scaled(struct csv *csv, size_t field, int64_t unit, double scale,
                        read_quantity *read, double *number)
{
    char why[QUANTITY_WHY_MAX];
    int64_t value = 0;

    assert(unit >= 0 && scale > 0);
    if (unit > 0) {
        if (!csv_read_real(csv, field, number))
            return false;
        *number *= (double)unit;
    } else {
        if (!has_value(csv, field,
                       read == quantity_read_time ? "a time, as in 40ms" : "a size, as in 2kB"))
            return false;
        if (!read(csv_field(csv, field), &value, why)) {
            csv_error(csv, field, "%s", why);
            return false;
        }
        *number = (double)value;
    }
    *number = floor(*number * scale + 0.5);
    if (*number < 0)
        csv_error(csv, field, "%.40s is negative", csv_field(csv, field));
    return *number >= 0;
}

bool csv_read_time(struct csv *csv, size_t field, sim_time unit, double scale, sim_time *value)
{
    double number = 0;

    if (!read_scaled(csv, field, unit, scale, quantity_read_time, &number))
        return false;
    if (number > (double)SIM_TIME_MAX) {
        csv_error(csv, field, "%.40s is too long; the longest time is 36525d, 100 years",
                  csv_field(csv, field));
        return false;
    }
    *value = (sim_time)number;
    return true;
}

bool csv_read_size(struct csv *csv, size_t field, int64_t unit, double scale, int64_t most,
                   int64_t *value)
{
    char text[QUANTITY_TEXT_MAX];
    double number = 0;

    if (!read_scaled(csv, field, unit, scale, quantity_read_size, &number))
        return false;
    if (number > (double)most) {
        quantity_write_size(most, text);
        csv_error(csv, field, "%.40s is too large; at most %s", csv_field(csv, field), text);
        return false;
    }
    *value = (int64_t)number;
    return true;
}
