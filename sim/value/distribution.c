/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distribution.c - quantile tables; see distribution.h.  What fills them is
 * distribution_family.h's.
 *
 * The 32-bit draw u stands for the probability (u + 1/2) / 2^32.  It is folded at one half; what is
 * left counts from the nearer tail and is cut into octaves (halvings towards the tail) of 64
 * segments each, between whose knots the quantile function is taken as linear.  The error of an
 * exponential variate is at most 3e-5 of its mean.  A draw costs a count of leading zeros, one
 * load and one multiplication.
 */
#include "sim/value/distribution_family.h"
#include "sim/value/draw.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEGMENTS_LOG2 = 6,
    SEGMENTS = 1 << SEGMENTS_LOG2,
    OCTAVES = 31, /* of the 31 bits below the folding bit */
    FRACTION_BITS = 31 - SEGMENTS_LOG2,
};

/*
 * The variates at the knots, from the end of the tail to the middle: 31 KiB, of which the few
 * octaves next to the middle make nine draws in ten.  The row before the last octave is for the
 * outermost draw: only its first place is asked for.
 */
enum { KNOTS = (1 + OCTAVES) * SEGMENTS + 1, UPPER = KNOTS };

struct distribution {
    sim_time *values; /* of a sample, ascending; NULL: the law is in the knots */
    uint32_t value_count;
    bool is_smooth; /* between the values of the sample, not these alone */
    bool is_constant;
    double mean;
    _Atomic(struct distribution *) residual; /* NULL: not asked for yet */
    sim_time knots[2 * KNOTS];               /* of the lower tail; from UPPER on, of the upper */
};

/* A quantile function, of a family or of a residual life; see distribution_family.h. */
struct quantile {
    double (*value)(void *about, double p, double q);
    void *about;
    bool is_exact;
};

static double spec_quantile(void *about, double p, double q)
{
    const struct distribution_spec *spec = about;

    return distribution_families[spec->kind].quantile(spec, p, q);
}

/* The power of two that is next to `value`, 1 at least, or it; exact, as frexp() would find it. */
static double power_below(double value)
{
    const uint64_t exponent_bits = (uint64_t)0x7ff << 52;
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits &= exponent_bits;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

/* Whole nanoseconds; with at most 24 significant bits the same on machines whose libm differs. */
static sim_time rounded(double value, bool is_exact)
{
    double grid = 1;

    if (!(value > 0))
        return 0;
    if (value >= (double)SIM_TIME_MAX)
        return SIM_TIME_MAX;
    if (value >= 0x1p24 && !is_exact)
        grid = power_below(value) * 0x1p-23;
    return (sim_time)(floor(value / grid + 0.5) * grid);
}

/* The probability of a segment of an octave; the last one is the innermost of the tail. */
static double segment_probability(int octave)
{
    return 1.0 / (double)((uint64_t)1 << (SEGMENTS_LOG2 + 2 + octave));
}

/* Probability, counted from the tail, of the knot that begins a segment; the last octave is the
 * innermost of the tail and ends where no draw reaches further. */
static double knot_probability(int octave, int segment)
{
    return (SEGMENTS + segment) * segment_probability(octave) + 0x1p-33;
}

/* Place of that knot in the table; segment SEGMENTS is the first of the octave before. */
static int knot_index(int octave, int segment)
{
    return (OCTAVES - octave) * SEGMENTS + segment;
}

static sim_time knot(const struct quantile *quantile, bool upper, double tail)
{
    double t = tail < 0.5 ? tail : 0.5;

    return rounded(upper ? quantile->value(quantile->about, 1 - t, t)
                         : quantile->value(quantile->about, t, 1 - t),
                   quantile->is_exact);
}

/* Mean of the piecewise linear quantile function; `probability` runs outwards by octaves. */
static double table_mean(const struct distribution *d)
{
    double sum = 0;

    for (int tail = 0; tail <= UPPER; tail += UPPER)
        for (int octave = OCTAVES - 1; octave >= 0; octave--)
            for (int i = 0; i < SEGMENTS; i++) {
                const sim_time *k = &d->knots[tail + knot_index(octave, i)];

                sum += ((double)k[0] + (double)(k[1] - k[0]) / 2) * segment_probability(octave);
            }
    /* what lies beyond the last octave of either tail */
    sum += (double)d->knots[0] * 0x1p-32;
    sum += (double)d->knots[UPPER] * 0x1p-32;
    return sum;
}

static struct distribution *tabulate(const struct quantile *quantile)
{
    struct distribution *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    for (int tail = 0; tail <= UPPER; tail += UPPER) {
        for (int octave = 0; octave < OCTAVES; octave++)
            for (int i = 0; i <= SEGMENTS; i++)
                d->knots[tail + knot_index(octave, i)] =
                    knot(quantile, tail == UPPER, knot_probability(octave, i));
        for (int i = 0; i < SEGMENTS; i++)
            d->knots[tail + i] = d->knots[tail + SEGMENTS];
    }
    d->is_constant = distribution_value(d, 0) == distribution_value(d, UINT32_MAX);
    d->mean = table_mean(d);
    return d;
}

static int compare_times(const void *a, const void *b)
{
    const sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;

    return (x > y) - (x < y);
}

/* The law of a sample: each value alike, or what lies between them. */
static struct distribution *of_sample(const struct distribution_spec *spec)
{
    struct distribution *d = calloc(1, sizeof *d);
    const size_t count = spec->value_count;

    if (d)
        d->values = malloc(count * sizeof *d->values);
    if (!d || !d->values) {
        free(d);
        return NULL;
    }
    memcpy(d->values, spec->values, count * sizeof *d->values);
    qsort(d->values, count, sizeof *d->values, compare_times);
    d->value_count = (uint32_t)count;
    d->is_smooth = spec->is_smooth;
    d->is_constant = d->values[0] == d->values[count - 1];
    for (size_t i = 0; i < count; i++)
        d->mean += (double)d->values[i] / (double)count;
    return d;
}

struct distribution *distribution_new(const struct distribution_spec *spec)
{
    const struct distribution_family *family = &distribution_families[spec->kind];
    struct distribution_spec about = *spec;

    if (family->takes_values)
        return of_sample(spec);
    return tabulate(&(struct quantile){ spec_quantile, &about, family->is_exact });
}

/*
 * The distribution function of the residual life: F_e(x) = integral of (1 - F) from 0 to x, over
 * the mean.  Along one segment F is linear, so F_e is known at every knot of the table; the knots
 * are listed from the smallest variate to the largest and F_e is inverted between them.
 */
struct residual_knot {
    double value;        /* ns */
    double gain;         /* of F_e since the knot before */
    double below, above; /* F_e and 1 - F_e there */
};

enum {
    TABLE_KNOTS = 2 * OCTAVES * SEGMENTS + 3, /* of the residual law of a table */
    SAMPLE_PIECES = 2048,                     /* that a sample is cut into, or its values */
};

struct residual {
    int count;
    int at; /* of the knots: what was found last; what a table asks for next is mostly near */
    struct residual_knot knots[];
};

/* Whether a quantile lies beyond knot `i`. */
static bool is_beyond(const struct residual *r, int i, double p, double q)
{
    return p > 0.5 ? r->knots[i].above >= q : r->knots[i].below <= p;
}

/* The last knot beyond which a quantile lies, but for the very last one. */
static int find_knot(const struct residual *r, double p, double q)
{
    int low = 0, high = r->count - 1, step = 1;

    if (is_beyond(r, r->at, p, q)) {
        for (low = r->at; low + step < high && is_beyond(r, low + step, p, q); step *= 2)
            low += step;
        high = low + step < high ? low + step : high;
    } else {
        for (high = r->at; high - step > 0 && !is_beyond(r, high - step, p, q); step *= 2)
            high -= step;
        low = high - step > 0 ? high - step : 0;
    }
    while (high - low > 1) {
        const int middle = (low + high) / 2;

        if (is_beyond(r, middle, p, q))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double residual_quantile(void *about, double p, double q)
{
    struct residual *r = about;
    const bool upper = p > 0.5;

    r->at = find_knot(r, p, q);
    const struct residual_knot *a = &r->knots[r->at], *b = a + 1;
    double span = upper ? a->above - b->above : b->below - a->below;
    double share = span > 0 ? (upper ? a->above - q : p - a->below) / span : 1;

    return a->value + (b->value - a->value) * (share < 0 ? 0 : share > 1 ? 1 : share);
}

/* Adds a knot at `value`; between the last knot and it a share `survival` of lives goes on. */
static void add_knot(struct residual *r, double value, double survival, double mean)
{
    double gain = (value - r->knots[r->count - 1].value) * survival / mean;

    r->knots[r->count++] = (struct residual_knot){ .value = value, .gain = gain };
}

static struct residual *new_residual(size_t knots)
{
    struct residual *r = calloc(1, sizeof *r + knots * sizeof *r->knots);

    if (r)
        r->count = 1; /* at 0 */
    return r;
}

/* Between two values of a sample a known share of lives goes on: the same all the way, or with
 * `is_smooth` falling from half a value's share above its mean to half a share below. */
static struct residual *residual_of_sample(const struct distribution *d)
{
    const uint32_t count = d->value_count;
    const uint32_t pieces = d->is_smooth && count < SAMPLE_PIECES ? SAMPLE_PIECES / count : 1;
    struct residual *r = new_residual((size_t)count * pieces + 2);

    if (!r)
        return NULL;
    add_knot(r, (double)d->values[0], 1, d->mean);
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t k = 1; k <= pieces; k++) {
            const double below = (double)d->values[i - 1];
            const double share = (double)k / pieces;
            const double gone = i + (share - 0.5 / pieces - 0.5);

            add_knot(r, below + ((double)d->values[i] - below) * share, 1 - gone / count, d->mean);
        }
    return r;
}

static struct residual *residual_of_table(const struct distribution *d)
{
    struct residual *r = new_residual(TABLE_KNOTS);

    if (!r)
        return NULL;
    add_knot(r, (double)d->knots[0], 1, d->mean);
    for (int octave = OCTAVES - 1; octave >= 0; octave--)
        for (int i = 0; i < SEGMENTS; i++) {
            double p = knot_probability(octave, i), p_next = knot_probability(octave, i + 1);
            double next = (double)d->knots[knot_index(octave, i + 1)];

            add_knot(r, next, 1 - (p + p_next) / 2, d->mean);
        }
    for (int octave = 0; octave < OCTAVES; octave++)
        for (int i = SEGMENTS - 1; i >= 0; i--) {
            double q = knot_probability(octave, i), q_next = knot_probability(octave, i + 1);
            double start = (double)d->knots[UPPER + knot_index(octave, i)];

            add_knot(r, start, (q + q_next) / 2, d->mean);
        }
    return r;
}

static struct distribution *new_residual_table(const struct distribution *d)
{
    struct residual *r = d->values ? residual_of_sample(d) : residual_of_table(d);
    struct distribution *result;

    if (!r)
        return NULL;
    for (int i = 1; i < r->count; i++)
        r->knots[i].below = r->knots[i - 1].below + r->knots[i].gain;
    for (int i = r->count - 1; i > 0; i--) /* summed from its own end it keeps its digits */
        r->knots[i - 1].above = r->knots[i].above + r->knots[i].gain;
    result = tabulate(&(struct quantile){ residual_quantile, r, false });
    free(r);
    return result;
}

const struct distribution *distribution_residual(const struct distribution *d)
{
    /* made by distribution_new(), so no constant in truth */
    _Atomic(struct distribution *) *kept = &((struct distribution *)(uintptr_t)d)->residual;
    struct distribution *found = atomic_load(kept), *made;

    if (found)
        return found;
    made = new_residual_table(d); /* other threads may do so, too */
    if (!made || atomic_compare_exchange_strong(kept, &found, made))
        return made;
    distribution_free(made);
    return found;
}

void distribution_free(struct distribution *d)
{
    if (!d)
        return;
    distribution_free(d->residual);
    free(d->values);
    free(d);
}

/* The variate of a sample: cells of the same probability, each its value, or with `is_smooth` a
 * line from the middle of one to the middle of the next and level at both ends, so that the mean is
 * that of the values (Hyndman and Fan's type 5). */
static sim_time sample_value(const struct distribution *d, uint32_t u)
{
    const uint64_t count = d->value_count;

    if (!d->is_smooth)
        return d->values[u * count >> 32];

    const int64_t place = (int64_t)((2 * (uint64_t)u + 1) * count) - ((int64_t)1 << 32);
    const int64_t i = place >> 33, fraction = place & (((int64_t)1 << 33) - 1);

    if (place <= 0)
        return d->values[0];
    if (i + 1 >= (int64_t)count)
        return d->values[count - 1];
    return d->values[i] + (sim_time)((int128)(d->values[i + 1] - d->values[i]) * fraction >> 33);
}

sim_time distribution_value_of_table(const struct distribution *d, uint32_t u)
{
    const uint32_t upper = (uint32_t)((int32_t)u >> 31); /* all bits set, or none */
    const uint32_t tail = u ^ upper;                     /* 31 bits, from the nearer end */
    const int top = 31 ^ __builtin_clz(tail << 1 | 1);   /* its bits */
    const uint32_t scaled = (uint32_t)((uint64_t)tail << (32 - top)); /* the first one on top */
    const int segment = (int)(scaled >> FRACTION_BITS & (SEGMENTS - 1));
    const sim_time *k = &d->knots[((int)upper & UPPER) + top * SEGMENTS + segment];
    const uint32_t fraction = scaled & (((uint32_t)1 << FRACTION_BITS) - 1);

    return k[0] + (sim_time)((int128)(k[1] - k[0]) * fraction >> FRACTION_BITS);
}

sim_time distribution_value(const struct distribution *d, uint32_t u)
{
    return d->values ? sample_value(d, u) : distribution_value_of_table(d, u);
}

bool distribution_has_table(const struct distribution *d)
{
    return !d->values;
}

double distribution_mean(const struct distribution *d)
{
    return d->mean;
}

bool distribution_is_constant(const struct distribution *d)
{
    return d->is_constant;
}
