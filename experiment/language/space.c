/* SPDX-License-Identifier: GPL-3.0-or-later */
/* space.c - see space.h. */
#include "experiment/language/space.h"

#include "sim/value/draw.h"

#include <glib.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- points ---- */

struct space_points {
    unsigned axes;
    gsl_qrng *sobol; /* NULL: random */
    uint64_t key;
    uint32_t count; /* of random ones, so far */
};

struct space_points *space_points_new(enum space_design design, unsigned axes, uint64_t seed)
{
    struct space_points *points = g_new0(struct space_points, 1);

    points->axes = axes;
    if (design == SPACE_RANDOM)
        points->key = draw_key(seed, 0, PURPOSE_DESIGN);
    else if ((points->sobol = gsl_qrng_alloc(gsl_qrng_sobol, axes)) == NULL)
        g_error("no Sobol sequence of %u dimensions", axes);
    return points;
}

void space_points_free(struct space_points *points)
{
    if (points->sobol != NULL)
        gsl_qrng_free(points->sobol);
    g_free(points);
}

void space_points_next(struct space_points *points, double *u)
{
    if (points->sobol != NULL) {
        gsl_qrng_get(points->sobol, u);
        return;
    }
    for (unsigned i = 0; i < points->axes; i++)
        u[i] = (double)(draw(points->key, points->count, i) >> 11) * 0x1p-53;
    points->count++;
}

/* ---- ranges ---- */

/* Whether a number is written as a whole one. */
static bool is_written_whole(const char *text)
{
    return strpbrk(text, ".%") == NULL;
}

static enum space_fault fault(enum space_fault where, char *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum space_fault fault(enum space_fault where, char *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_vsnprintf(why, QUANTITY_WHY_MAX, format, arguments);
    va_end(arguments);
    return where;
}

/* Both ends are numbers: whether they go together. */
static enum space_fault fit(struct space_range *range, enum dimension first, enum dimension last,
                            const char *from, const char *to, char *why)
{
    if (MIN(first, last) <= DIMENSION_COUNT && MAX(first, last) > DIMENSION_COUNT)
        return last <= DIMENSION_COUNT
                   ? fault(SPACE_TO, why, "%.40s lacks a unit; `from` is %.40s", to, from)
                   : fault(SPACE_FROM, why, "%.40s lacks a unit; `to` is %.40s", from, to);
    if (MAX(first, last) > DIMENSION_COUNT && first != last)
        return fault(SPACE_BOTH, why, "`from` and `to` are of different kinds");
    if (range->from == range->to)
        return fault(SPACE_BOTH, why, "`from` and `to` are the same");
    if (range->is_log && !(range->from > 0 && range->to > 0))
        return fault(SPACE_BOTH, why, "a logarithmic scale needs `from` and `to` above 0");
    range->dimension = MIN(first, last);
    if (range->dimension == DIMENSION_COUNT && !(is_written_whole(from) && is_written_whole(to)))
        range->dimension = DIMENSION_NUMBER;
    return SPACE_RIGHT;
}

enum space_fault space_range_set(struct space_range *range, const char *from, const char *to,
                                 char *why)
{
    static const char wanted[] = "a number was expected, as in 100, 5%, 10s, 64KiB or 1Mbit/s";
    enum dimension first, last;

    if (!dimension_read(from, &range->from, &first))
        return fault(SPACE_FROM, why, "%s", wanted);
    if (!dimension_read(to, &range->to, &last))
        return fault(SPACE_TO, why, "%s", wanted);
    return fit(range, first, last, from, to, why);
}

bool space_range_read(struct space_range *range, const char *text, char *why)
{
    const char *dots = strstr(text, ".."), *scale = strchr(text, ':');
    const size_t length = scale != NULL ? (size_t)(scale - text) : strlen(text);
    char *from, *to;
    bool is_good;

    *why = 0;
    if (dots == NULL || dots >= text + length)
        return false;
    if (scale != NULL && strcmp(scale, ":log") != 0 && strcmp(scale, ":linear") != 0)
        return fault(SPACE_BOTH, why, "`%.40s`: :linear or :log was expected", scale) ==
               SPACE_RIGHT;
    *range = (struct space_range){ .is_log = scale != NULL && strcmp(scale, ":log") == 0 };
    from = g_strndup(text, (gsize)(dots - text));
    to = g_strndup(dots + 2, (gsize)(text + length - dots - 2));
    is_good = space_range_set(range, g_strstrip(from), g_strstrip(to), why) == SPACE_RIGHT;
    g_free(from);
    g_free(to);
    return is_good;
}

void space_range_write_ends(const struct space_range *range, char *from, char *to)
{
    dimension_write(range->from, range->dimension, from);
    dimension_write(range->to, range->dimension, to);
    if (range->dimension == DIMENSION_NUMBER && !strpbrk(from, ".e") && !strpbrk(to, ".e"))
        strcat(from, ".0"); /* a whole number of at most 16 bytes */
}

/* The power of ten to which `value` of a range is rounded; at least 1 of what is whole. */
static double step_at(const struct space_range *range, double value)
{
    const double width = fabs(range->to - range->from);
    const double largest = range->is_log ? fmin(value, width) / 1e3 : width / 1e4;
    const double step = floor(log10(largest));

    return range->dimension == DIMENSION_NUMBER || range->dimension == DIMENSION_RATE
               ? step
               : fmax(step, 0);
}

/* `value` to a whole number of 10^step: of whole numbers and exact powers, the quotient is the
 * number that the shortest decimal reads as. */
static double round_to(double value, double step)
{
    const double power = pow(10, fabs(step));

    return step >= 0 ? round(value / power) * power : round(value * power) / power;
}

void space_range_write(const struct space_range *range, double u, char *text)
{
    const double low = fmin(range->from, range->to), high = fmax(range->from, range->to);
    const double more = range->dimension == DIMENSION_COUNT ? 1 : 0;
    double value =
        range->is_log ? low * pow((high + more) / low, u) : low + (high + more - low) * u;

    value = more > 0 ? floor(value) : round_to(value, step_at(range, value));
    dimension_write(fmin(fmax(value, low), high), range->dimension, text);
}

size_t space_choice(size_t count, double u)
{
    return MIN((size_t)(u * (double)count), count - 1);
}
