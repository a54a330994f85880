/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * param.h - parameters as tables.
 *
 * One row declares a parameter and is the only place that knows it: the row parses it, checks
 * its range, gives its default, prints its help, dumps it into the database and offers it as a
 * sweep axis.  Default and range are text in the notation of scenarios, read by the parser that
 * reads users' files, so what `gossipsim models NAME` prints is what a user may type.
 *
 * A choice in the first row may have presets: each of its words then stands for values of the other
 * rows, and whoever takes a word may still give some of them himself.
 */
#ifndef BASE_PARAM_H
#define BASE_PARAM_H

#include "base/quantity.h"

#include <stdio.h>

enum param_type {
    PARAM_TYPE_END,      /* closes a table */
    PARAM_TYPE_TIME,     /* sim_time; needs a unit */
    PARAM_TYPE_INTERVAL, /* sim_time; under `timing: rounds` a whole number of rounds */
    PARAM_TYPE_COUNT,    /* int64_t; no unit */
    PARAM_TYPE_SIZE,     /* int64_t bytes; needs a unit */
    PARAM_TYPE_FRACTION, /* double 0..1; `0.05` or `5%` */
    PARAM_TYPE_REAL,     /* double, finite */
    PARAM_TYPE_BOOL,     /* bool; true or false */
    PARAM_TYPE_CHOICE,   /* int; position of the word in `words` */
};

/* What a word of a choice fills the rows behind it with: their defaults, but for those of `values`,
 * "name: value, name: value". */
struct param_preset {
    const char *source; /* where the values are from: lower case, no full stop */
    const char *values;
};

struct param {
    const char *name;         /* as written in a scenario */
    enum param_type type;     /* also decides the C type of the field */
    size_t offset;            /* of the field in the config struct */
    const char *fallback;     /* value if the scenario is silent; NULL: the scenario must give it */
    const char *range;        /* a number's "LOW..HIGH", both legal; NULL for bool and choice */
    const char *const *words; /* a choice's words by the model's enum, closed by NULL */
    const char *help;         /* lower case, no full stop */
    const char *none;         /* of a share: a word for none at all, -1 in its field; NULL */
    const char *sizes; /* of a count: sizes may stand in its place, as negative bytes in its field:
                          their "LOW..HIGH", from 1B on; NULL */
    const struct param_preset *presets; /* of a choice that is the first row, by its words; NULL */
    bool is_young; /* what was stored before it was there counts as if it had its default: then it
                      is not written */
};

/*
 * The rows.  A field of the wrong C type does not compile.  (Times, sizes and counts are all
 * int64_t: the compiler cannot tell those three apart.  A count that is never negative may be
 * unsigned, a choice an enum.)  Behind the help further fields of the row may follow.
 */
#define PARAM_TIME(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, TIME, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_INTERVAL(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, INTERVAL, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_COUNT(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, COUNT, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_SIZE(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, SIZE, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_FRACTION(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, FRACTION, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_REAL(config, field, fallback, range, ...) \
    PARAM_NAMED(#field, REAL, config, field, fallback, range, NULL, __VA_ARGS__)
#define PARAM_BOOL(config, field, fallback, ...) \
    PARAM_NAMED(#field, BOOL, config, field, fallback, NULL, NULL, __VA_ARGS__)
#define PARAM_CHOICE(config, field, fallback, words, ...) \
    PARAM_NAMED(#field, CHOICE, config, field, fallback, NULL, words, __VA_ARGS__)

/* A row whose name is not its field's. */
#define PARAM_NAMED(name_, type_, config, field, fallback_, range_, words_, ...)                   \
    {                                                                                              \
        .name = (name_), .type = PARAM_TYPE_##type_, .offset = PARAM_OFFSET(type_, config, field), \
        .fallback = (fallback_), .range = (range_), .words = (words_), .help = __VA_ARGS__         \
    }

/* Of a field, which must have the C type that parameters of `type` have. */
#define PARAM_OFFSET(type, config, field) \
    (offsetof(config, field) + 0 * sizeof(char[PARAM_FITS_##type(((config *)0)->field)]))

#define PARAM_FITS_TIME(field)     _Generic(field, int64_t : 1, default : -1)
#define PARAM_FITS_INTERVAL(field) _Generic(field, int64_t : 1, default : -1)
#define PARAM_FITS_COUNT(field)    _Generic(field, int64_t : 1, uint64_t : 1, default : -1)
#define PARAM_FITS_SIZE(field)     _Generic(field, int64_t : 1, default : -1)
#define PARAM_FITS_FRACTION(field) _Generic(field, double : 1, default : -1)
#define PARAM_FITS_REAL(field)     _Generic(field, double : 1, default : -1)
#define PARAM_FITS_BOOL(field)     _Generic(field, bool : 1, default : -1)
#define PARAM_FITS_CHOICE(field)   _Generic(field, int : 1, unsigned : 1, default : -1)

#define PARAM_END              \
    {                          \
        .type = PARAM_TYPE_END \
    }

enum { PARAM_WHY_MAX = QUANTITY_WHY_MAX }; /* longest explanation, with its final 0 */

/* Row called `name`, or NULL. */
const struct param *param_find(const struct param *rows, const char *name);

/*
 * Sets one field of `config` from `text`.  Returns false and leaves the field alone if the text
 * is no value of the row's type or outside its range; `why` then says what was wrong and what
 * is allowed.  A row with presets sets those behind it, too: it has to come before them.
 */
bool param_set(const struct param *row, void *config, const char *text, char why[PARAM_WHY_MAX]);

/* Writes the field as a scenario would have it; `text` has QUANTITY_TEXT_MAX bytes. */
void param_get(const struct param *row, const void *config, char text[QUANTITY_TEXT_MAX]);

/* Fills `config` from the fallbacks (a field without one stays as it is).  A bad fallback is a bug:
 * it aborts. */
void param_defaults(const struct param *rows, void *config);

/* Prints the table for people, one line per row, and its presets. */
void param_print(FILE *out, const struct param *rows);

#endif
