/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param.c - what the types of parameters are: how each is read, bounded and written.
 */
#include "base/param.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A value of any type, between its text and its field. */
union value {
    int64_t integer;
    double real;
    bool flag;
    int choice;
};

enum { RANGE_SIDE_MAX = 40, PRESET_MAX = 1024 };

static bool refuse(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, PARAM_WHY_MAX, format, arguments);
    va_end(arguments);
    return false;
}

/* A row that contradicts itself: our own fault. */
static void broken(const struct param *row, const char *why)
{
    fprintf(stderr, "parameter table: %s: %s\n", row->name, why);
    abort();
}

static bool read_choice(const struct param *row, const char *text, int *choice, char *why)
{
    char all[PARAM_WHY_MAX] = "";

    for (int i = 0; row->words[i] != NULL; i++) {
        size_t used = strlen(all);
        if (strcmp(row->words[i], text) == 0) {
            *choice = i;
            return true;
        }
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", row->words[i]);
    }
    return row->words[1] == NULL
               ? refuse(why, "`%.40s` is not known; the only value is `%.60s`", text, all)
               : refuse(why, "`%.40s` is none of %.110s", text, all);
}

/* A count, or a size as negative bytes. */
static bool read_count_or_size(const char *text, int64_t *value, char *why)
{
    if (*text == 0 || strchr("0123456789", text[strlen(text) - 1]))
        return quantity_read_count(text, value, why);
    if (!quantity_read_size(text, value, NULL))
        return refuse(why, "`%.40s` is neither a count, as in 100, nor a size, as in 1400B or 64kB",
                      text);
    *value = -*value;
    return *value != 0 || refuse(why, "%.40s is too little: the least size is 1B", text);
}

static bool read_value(const struct param *row, const char *text, union value *value, char *why)
{
    switch (row->type) {
    case PARAM_TYPE_TIME:
    case PARAM_TYPE_INTERVAL:
        return quantity_read_time(text, &value->integer, why);
    case PARAM_TYPE_COUNT:
        return row->sizes != NULL ? read_count_or_size(text, &value->integer, why)
                                  : quantity_read_count(text, &value->integer, why);
    case PARAM_TYPE_SIZE:
        return quantity_read_size(text, &value->integer, why);
    case PARAM_TYPE_FRACTION:
        return quantity_read_fraction(text, &value->real, why);
    case PARAM_TYPE_REAL:
        return quantity_read_real(text, &value->real, why);
    case PARAM_TYPE_BOOL:
        value->flag = strcmp(text, "true") == 0;
        return value->flag || strcmp(text, "false") == 0 ||
               refuse(why, "`%.40s` is neither true nor false", text);
    case PARAM_TYPE_CHOICE:
        return read_choice(row, text, &value->choice, why);
    case PARAM_TYPE_END:
        break;
    }
    broken(row, "unknown type");
    return false;
}

static bool is_real(const struct param *row)
{
    return row->type == PARAM_TYPE_FRACTION || row->type == PARAM_TYPE_REAL;
}

/* True if `value` lies within the row's range, or its sizes; a row without one has no bounds. */
static bool is_in_range(const struct param *row, const union value *value)
{
    char why[PARAM_WHY_MAX], low_text[RANGE_SIDE_MAX];
    union value low = { 0 }, high = { 0 };
    const char *dots;

    if (row->range == NULL)
        return true;
    if (row->sizes != NULL && value->integer < 0) {
        const struct param sizes = { .type = PARAM_TYPE_SIZE, .range = row->sizes };

        return is_in_range(&sizes, &(union value){ .integer = -value->integer });
    }
    dots = strstr(row->range, "..");
    if (dots == NULL || dots - row->range >= RANGE_SIDE_MAX)
        broken(row, "range is not LOW..HIGH");
    snprintf(low_text, sizeof low_text, "%.*s", (int)(dots - row->range), row->range);
    if (!read_value(row, low_text, &low, why) || !read_value(row, dots + 2, &high, why))
        broken(row, why);
    return is_real(row) ? value->real >= low.real && value->real <= high.real
                        : value->integer >= low.integer && value->integer <= high.integer;
}

const struct param *param_find(const struct param *rows, const char *name)
{
    for (; rows->type != PARAM_TYPE_END; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

/* Sets a row of the table, "name: value", as a preset has it. */
static void set_preset_value(const struct param *rows, void *config, char *pair)
{
    char why[PARAM_WHY_MAX], *colon = strstr(pair, ": ");
    const struct param *row;

    if (colon == NULL)
        broken(rows, "a preset's value is not `name: value`");
    *colon = 0;
    row = param_find(rows, pair);
    if (row == NULL)
        broken(rows, "a preset has a value for no row");
    if (!param_set(row, config, colon + 2, why))
        broken(row, why);
}

static void fill_by_preset(const struct param *rows, void *config,
                           const struct param_preset *preset)
{
    char text[PRESET_MAX], *rest = text;

    if (snprintf(text, sizeof text, "%s", preset->values) >= (int)sizeof text)
        broken(rows, "a preset is too long");
    param_defaults(rows, config);
    while (*rest != 0) {
        char *pair = rest, *end = strstr(rest, ", ");

        rest = end != NULL ? end + 2 : rest + strlen(rest);
        if (end != NULL)
            *end = 0;
        set_preset_value(rows, config, pair);
    }
}

bool param_set(const struct param *row, void *config, const char *text, char why[PARAM_WHY_MAX])
{
    char *field = (char *)config + row->offset;
    union value value = { 0 };

    if (row->none != NULL && strcmp(text, row->none) == 0)
        value.real = -1;
    else if (!read_value(row, text, &value, why))
        return false;
    else if (!is_in_range(row, &value))
        return refuse(why, "%.40s is outside %s%s%s", text, row->range,
                      row->sizes != NULL ? " and " : "", row->sizes != NULL ? row->sizes : "");
    if (row->type == PARAM_TYPE_BOOL)
        memcpy(field, &value.flag, sizeof value.flag);
    else if (row->type == PARAM_TYPE_CHOICE)
        memcpy(field, &value.choice, sizeof value.choice);
    else if (is_real(row))
        memcpy(field, &value.real, sizeof value.real);
    else
        memcpy(field, &value.integer, sizeof value.integer);
    if (row->presets != NULL)
        fill_by_preset(row + 1, config, &row->presets[value.choice]);
    return true;
}

void param_get(const struct param *row, const void *config, char text[QUANTITY_TEXT_MAX])
{
    const char *field = (const char *)config + row->offset;
    union value value = { 0 };

    if (row->type == PARAM_TYPE_BOOL)
        memcpy(&value.flag, field, sizeof value.flag);
    else if (row->type == PARAM_TYPE_CHOICE)
        memcpy(&value.choice, field, sizeof value.choice);
    else if (is_real(row))
        memcpy(&value.real, field, sizeof value.real);
    else
        memcpy(&value.integer, field, sizeof value.integer);

    switch (row->type) {
    case PARAM_TYPE_TIME:
    case PARAM_TYPE_INTERVAL:
        quantity_write_time(value.integer, text);
        break;
    case PARAM_TYPE_COUNT:
        if (row->sizes != NULL && value.integer < 0)
            quantity_write_size(-value.integer, text);
        else
            quantity_write_count(value.integer, text);
        break;
    case PARAM_TYPE_SIZE:
        quantity_write_size(value.integer, text);
        break;
    case PARAM_TYPE_FRACTION:
        if (row->none != NULL && value.real < 0)
            snprintf(text, QUANTITY_TEXT_MAX, "%s", row->none);
        else
            quantity_write_fraction(value.real, text);
        break;
    case PARAM_TYPE_REAL:
        quantity_write_real(value.real, text);
        break;
    case PARAM_TYPE_BOOL:
        snprintf(text, QUANTITY_TEXT_MAX, "%s", value.flag ? "true" : "false");
        break;
    case PARAM_TYPE_CHOICE:
        snprintf(text, QUANTITY_TEXT_MAX, "%s", row->words[value.choice]);
        break;
    case PARAM_TYPE_END:
        broken(row, "unknown type");
    }
}

void param_defaults(const struct param *rows, void *config)
{
    char why[PARAM_WHY_MAX];
    const struct param *first = rows;

    for (; rows->type != PARAM_TYPE_END; rows++)
        if (rows->fallback != NULL && !param_set(rows, config, rows->fallback, why))
            broken(rows, why);
    if (first->presets != NULL && !param_set(first, config, first->fallback, why))
        broken(first, why);
}

/* What a row accepts, in words: its range or its words. */
static void print_values(FILE *out, const struct param *row, int width)
{
    char text[PARAM_WHY_MAX] = "";

    if (row->type == PARAM_TYPE_BOOL)
        snprintf(text, sizeof text, "true|false");
    else if (row->range != NULL)
        snprintf(text, sizeof text, "%s", row->range);
    if (row->none != NULL || row->sizes != NULL)
        snprintf(text, sizeof text, "%s|%s", row->range,
                 row->none != NULL ? row->none : row->sizes);
    if (row->presets != NULL)
        snprintf(text, sizeof text, "one of those below");
    for (int i = 0; row->presets == NULL && row->words != NULL && row->words[i] != NULL; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? "|" : "", row->words[i]);
    }
    fprintf(out, "%-*s", width, text);
}

static void print_presets(FILE *out, const struct param *row)
{
    int width = 0;

    for (int i = 0; row->words[i] != NULL; i++)
        if ((int)strlen(row->words[i]) > width)
            width = (int)strlen(row->words[i]);
    fprintf(out, "\nvalues of `%s` (what differs from the defaults, and the source):\n", row->name);
    for (int i = 0; row->words[i] != NULL; i++) {
        const struct param_preset *preset = &row->presets[i];

        fprintf(out, "  %-*s  %s\n", width, row->words[i],
                preset->values[0] != 0 ? preset->values : "the defaults");
        fprintf(out, "  %-*s  (%s)\n", width, "", preset->source);
    }
}

void param_print(FILE *out, const struct param *rows)
{
    const struct param *first = rows;
    int width = 0;

    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++)
        if ((int)strlen(row->name) > width)
            width = (int)strlen(row->name);
    for (; rows->type != PARAM_TYPE_END; rows++) {
        fprintf(out, "  %-*s  %-11s  ", width, rows->name,
                rows->fallback != NULL ? rows->fallback : "required");
        print_values(out, rows, 28);
        fprintf(out, "  %s\n", rows->help);
    }
    if (first->presets != NULL)
        print_presets(out, first);
}
