/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quantity.c - reads and writes numbers with units.
 *
 * A number is a decimal: sign, digits (with `_` between them), fraction, exponent.  It is taken
 * apart here, by one grammar in every locale: no hexadecimal, no `inf`, nothing before or after.
 * Integers (ns, bytes, counts) are computed exactly from the decimal, so `0.1ms` is 100000 ns and
 * what is not a whole number is refused; reals are the double nearest to the decimal, a percent
 * being an exponent lowered by two, so `0.7%` and `0.007` are one value.
 */
#include "base/quantity.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_MAX = 40,         /* significant digits of a number; no use writes more */
    INTEGER_DIGITS_MAX = 19, /* digits of INT64_MAX */
    EXPONENT_MAX = 9999,     /* far beyond every double; keeps sums of exponents small */
};

struct decimal {
    bool is_negative;
    char digits[DIGITS_MAX + 1]; /* without leading zeros; "" is zero */
    int count;
    int exponent; /* value = digits * 10^exponent */
};

struct unit {
    const char *name;
    int64_t scale;
};

static const struct unit time_units[] = {
    { "d", 86400 * SIM_SECOND },
    { "h", 3600 * SIM_SECOND },
    { "min", 60 * SIM_SECOND },
    { "s", SIM_SECOND },
    { "ms", SIM_MILLISECOND },
    { "us", SIM_MICROSECOND },
    { "ns", 1 },
    { NULL, 0 },
};
static const struct unit size_units[] = {
    { "GB", 1000000000 }, { "MB", 1000000 },  { "kB", 1000 },  { "B", 1 },
    { "GiB", 1 << 30 },   { "MiB", 1 << 20 }, { "KiB", 1024 }, { NULL, 0 },
};
static const struct unit bitrate_units[] = {
    { "bit/s", 1 },           { "kbit/s", 1000 }, { "Mbit/s", 1000000 },
    { "Gbit/s", 1000000000 }, { NULL, 0 },
};
static const struct unit rate_units[] = {
    { "/s", 1 }, { "/min", 60 }, { "/h", 3600 }, { NULL, 0 }
};

/* What a kind of quantity looks like, for messages. */
#define TIME_WANTED     "a time has one of the units ns us ms s min h d, as in 40ms"
#define SIZE_WANTED     "a size has one of the units B kB MB GB KiB MiB GiB, as in 200B"
#define BITRATE_WANTED  "a bit rate has one of the units bit/s kbit/s Mbit/s Gbit/s, as in 10Mbit/s"
#define RATE_WANTED     "a rate has one of the units /s /min /h, as in 10/s"
#define COUNT_WANTED    "a count is a whole number, as in 1000, 10_000 or 1e6"
#define FRACTION_WANTED "a share lies in 0..1, as in 0.05 or 5%%"
#define REAL_WANTED     "a number was expected, as in 1.5 or 2e-3"

/* Fills `why`, if it is wanted, and returns false. */
static bool refuse(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *why, const char *format, ...)
{
    va_list arguments;

    if (why == NULL)
        return false;
    va_start(arguments, format);
    vsnprintf(why, QUANTITY_WHY_MAX, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits at *text, `_` only between two; adds them to `d`.  False: none, or too many. */
static bool scan_digits(const char **text, struct decimal *d, bool is_fraction)
{
    const char *s = *text;

    if (!is_digit(*s))
        return false;
    for (; is_digit(*s) || (*s == '_' && is_digit(s[1])); s++) {
        if (*s == '_')
            continue;
        if (is_fraction)
            d->exponent--;
        if (*s == '0' && d->count == 0)
            continue;
        if (d->count == DIGITS_MAX || d->exponent < -EXPONENT_MAX)
            return false;
        d->digits[d->count++] = *s;
    }
    *text = s;
    return true;
}

/* Reads the exponent at *text, if there is one. */
static bool scan_exponent(const char **text, struct decimal *d)
{
    const char *s = *text;
    bool is_negative;
    int value = 0;

    if (*s != 'e' && *s != 'E')
        return true;
    s++;
    is_negative = *s == '-';
    s += *s == '-' || *s == '+';
    if (!is_digit(*s))
        return false;
    for (; is_digit(*s); s++)
        value = value < EXPONENT_MAX ? 10 * value + (*s - '0') : value;
    d->exponent += is_negative ? -value : value;
    *text = s;
    return true;
}

/* Reads the number that `text` starts with; *rest is what follows it. */
static bool scan(const char *text, struct decimal *d, const char **rest)
{
    *d = (struct decimal){ 0 };
    d->is_negative = *text == '-';
    text += *text == '-' || *text == '+';
    if (!scan_digits(&text, d, false))
        return false;
    if (*text == '.') {
        text++;
        if (!scan_digits(&text, d, true))
            return false;
    }
    if (!scan_exponent(&text, d))
        return false;
    while (d->count > 0 && d->digits[d->count - 1] == '0') {
        d->count--;
        d->exponent++;
    }
    d->digits[d->count] = 0;
    if (d->count == 0)
        d->is_negative = false;
    *rest = text;
    return true;
}

enum whole { WHOLE, NOT_WHOLE, TOO_LARGE };

/* Divides one of the two by `prime`; false if neither is a multiple. */
static bool divide_either(uint64_t *a, uint64_t *b, uint64_t prime)
{
    uint64_t *divisible = *a % prime == 0 ? a : b;

    if (*divisible % prime != 0)
        return false;
    *divisible /= prime;
    return true;
}

/* d * scale as an integer of at most INT64_MAX; the sign is not looked at. */
static enum whole to_integer(const struct decimal *d, int64_t scale, int64_t *value)
{
    uint64_t digits = 0, factor = (uint64_t)scale, product;
    int exponent = d->exponent;

    if (d->count > 0 && d->count + exponent > INTEGER_DIGITS_MAX)
        return TOO_LARGE;
    if (d->count > INTEGER_DIGITS_MAX)
        return NOT_WHOLE;
    for (int i = 0; i < d->count; i++)
        digits = 10 * digits + (uint64_t)(d->digits[i] - '0');
    for (; d->count > 0 && exponent < 0; exponent++)
        if (!divide_either(&factor, &digits, 2) || !divide_either(&factor, &digits, 5))
            return NOT_WHOLE;
    for (; d->count > 0 && exponent > 0; exponent--)
        digits *= 10; /* at most 19 digits */
    if (__builtin_mul_overflow(digits, factor, &product) || product > INT64_MAX)
        return TOO_LARGE;
    *value = (int64_t)product;
    return WHOLE;
}

/* The double nearest to `d` * 10^shift; infinite if too large. */
static double to_real(const struct decimal *d, int shift)
{
    char text[DIGITS_MAX + 16];
    locale_t plain;
    double value;

    if (d->count == 0)
        return 0;
    snprintf(text, sizeof text, "%s%se%d", d->is_negative ? "-" : "", d->digits,
             d->exponent + shift);
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return INFINITY;
    value = strtod_l(text, NULL, plain);
    freelocale(plain);
    return value;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++)
        if (strcmp(units->name, name) == 0)
            return units;
    return NULL;
}

/* The number in `text` and its unit; says in `why` what is missing. */
static bool scan_with_unit(const char *text, const struct unit *units, const char *wanted,
                           struct decimal *d, const struct unit **unit, char *why)
{
    const char *rest = "";

    if (!scan(text, d, &rest))
        return refuse(why, "`%.40s` is not a quantity; %s", text, wanted);
    if (*rest == 0)
        return refuse(why, "%.40s lacks a unit; %s", text, wanted);
    *unit = find_unit(units, rest);
    if (*unit == NULL)
        return refuse(why, "`%.40s` has an unknown unit; %s", text, wanted);
    if (d->is_negative)
        return refuse(why, "%.40s is negative", text);
    return true;
}

bool quantity_read_time(const char *text, sim_time *value, char *why)
{
    const struct unit *unit = NULL;
    struct decimal d;
    int64_t ns = 0;
    enum whole whole;

    if (!scan_with_unit(text, time_units, TIME_WANTED, &d, &unit, why))
        return false;
    whole = to_integer(&d, unit->scale, &ns);
    if (whole == NOT_WHOLE)
        return refuse(why, "%.40s is not a whole number of nanoseconds", text);
    if (whole == TOO_LARGE || ns > SIM_TIME_MAX)
        return refuse(why, "%.40s is too long; the longest time is 36525d, 100 years", text);
    *value = ns;
    return true;
}

bool quantity_read_size(const char *text, int64_t *bytes, char *why)
{
    const struct unit *unit = NULL;
    struct decimal d;

    if (!scan_with_unit(text, size_units, SIZE_WANTED, &d, &unit, why))
        return false;
    switch (to_integer(&d, unit->scale, bytes)) {
    case NOT_WHOLE:
        return refuse(why, "%.40s is not a whole number of bytes", text);
    case TOO_LARGE:
        return refuse(why, "%.40s is too large for a size", text);
    default:
        return true;
    }
}

bool quantity_read_bitrate(const char *text, double *bits_per_second, char *why)
{
    const struct unit *unit = NULL;
    struct decimal d;
    int64_t whole = 0;
    double value;

    if (!scan_with_unit(text, bitrate_units, BITRATE_WANTED, &d, &unit, why))
        return false;
    value = to_integer(&d, unit->scale, &whole) == WHOLE ? (double)whole
                                                         : to_real(&d, 0) * (double)unit->scale;
    if (!isfinite(value))
        return refuse(why, "%.40s is too large for a bit rate", text);
    *bits_per_second = value;
    return true;
}

bool quantity_read_rate(const char *text, double *per_second, char *why)
{
    const struct unit *unit = NULL;
    struct decimal d;
    double value;

    if (!scan_with_unit(text, rate_units, RATE_WANTED, &d, &unit, why))
        return false;
    value = to_real(&d, 0) / (double)unit->scale;
    if (!isfinite(value))
        return refuse(why, "%.40s is too large for a rate", text);
    *per_second = value;
    return true;
}

bool quantity_read_count(const char *text, int64_t *value, char *why)
{
    const char *rest = "";
    struct decimal d;

    if (!scan(text, &d, &rest) || *rest != 0)
        return refuse(why, "`%.40s` is not a count; " COUNT_WANTED, text);
    if (d.is_negative)
        return refuse(why, "%.40s is negative", text);
    switch (to_integer(&d, 1, value)) {
    case NOT_WHOLE:
        return refuse(why, "%.40s is not whole; " COUNT_WANTED, text);
    case TOO_LARGE:
        return refuse(why, "%.40s is too large for a count", text);
    default:
        return true;
    }
}

bool quantity_read_fraction(const char *text, double *value, char *why)
{
    const char *rest = "";
    struct decimal d;
    double share;

    if (!scan(text, &d, &rest) || (*rest != 0 && strcmp(rest, "%") != 0))
        return refuse(why, "`%.40s` is not a share; " FRACTION_WANTED, text);
    share = to_real(&d, *rest == '%' ? -2 : 0);
    if (!(share >= 0 && share <= 1))
        return refuse(why, "%.40s is not a share; " FRACTION_WANTED, text);
    *value = share;
    return true;
}

bool quantity_read_real(const char *text, double *value, char *why)
{
    const char *rest = "";
    struct decimal d;
    double real;

    if (!scan(text, &d, &rest) || *rest != 0)
        return refuse(why, "`%.40s` is not a number; " REAL_WANTED, text);
    real = to_real(&d, 0);
    if (!isfinite(real))
        return refuse(why, "%.40s is too large", text);
    *value = real;
    return true;
}

/* Shortest of value/scale over the units that divide it; the first unit wins ties. */
static void write_with_unit(int64_t value, const struct unit *units, const char *zero, char *text)
{
    size_t best = SIZE_MAX;

    if (value == 0)
        snprintf(text, QUANTITY_TEXT_MAX, "%s", zero);
    for (; value != 0 && units->name != NULL; units++) {
        char candidate[QUANTITY_TEXT_MAX];
        if (value % units->scale != 0)
            continue;
        snprintf(candidate, sizeof candidate, "%lld%s", (long long)(value / units->scale),
                 units->name);
        if (strlen(candidate) < best) {
            best = strlen(candidate);
            memcpy(text, candidate, best + 1);
        }
    }
}

void quantity_write_time(sim_time value, char *text)
{
    write_with_unit(value, time_units, "0s", text);
}

void quantity_write_size(int64_t bytes, char *text)
{
    write_with_unit(bytes, size_units, "0B", text);
}

void quantity_write_bitrate(int64_t bits_per_second, char *text)
{
    write_with_unit(bits_per_second, bitrate_units, "0bit/s", text);
}

void quantity_write_count(int64_t value, char *text)
{
    snprintf(text, QUANTITY_TEXT_MAX, "%lld", (long long)value);
}

void quantity_write_real(double value, char *text)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain);

    if (value == floor(value) && fabs(value) < 1e15)
        snprintf(text, QUANTITY_TEXT_MAX, "%.0f", value);
    else
        for (int precision = 1; precision <= 17; precision++) {
            snprintf(text, QUANTITY_TEXT_MAX, "%.*g", precision, value);
            if (strtod(text, NULL) == value) /* both in the plain locale */
                break;
        }
    uselocale(before);
    if (plain != (locale_t)0)
        freelocale(plain);
}

void quantity_write_fraction(double value, char *text)
{
    quantity_write_real(value, text);
}

void quantity_write_rate(double per_second, char *text)
{
    quantity_write_real(per_second, text);
    strcat(text, "/s"); /* a real takes at most 24 bytes */
}

void quantity_write_short(double value, char *text)
{
    static const char *const prefixes[] = { "", "k", "M", "G", "T", "P", "E", NULL };
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(plain);
    int i = 0;

    for (; value >= 999.5 && prefixes[i + 1] != NULL; i++)
        value /= 1000;
    snprintf(text, QUANTITY_TEXT_MAX, "%.*f%s",
             i == 0 || value >= 99.95 ? 0
             : value < 9.995          ? 2
                                      : 1,
             value, prefixes[i]);
    uselocale(before);
    freelocale(plain);
}

void quantity_write_memory(double bytes, char *text)
{
    size_t length;

    quantity_write_short(bytes, text);
    length = strlen(text);
    snprintf(text + length, QUANTITY_TEXT_MAX - length, "B");
}
