/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statistics.c - see statistics.h; known values are in tests/base/statistics_test.c. */
#include "base/statistics.h"

#include <assert.h>
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* ---- shares of runs ---- */

/* The lower limit where so few of `n` succeeded that Wilson's is too high. */
static double modified_lower(size_t successes, size_t n, double confidence, double lower)
{
    size_t few = n > 50 ? 3 : 2;

    if (successes == 0)
        return 0; /* exactly, not nearly */
    if (successes > few || successes == n)
        return lower;
    return fmin(lower, gsl_cdf_gamma_Pinv(1 - confidence, (double)successes, 1) / (double)n);
}

struct estimate statistics_proportion(size_t successes, size_t n, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double z = gsl_cdf_ugaussian_Pinv(0.5 + confidence / 2), size = (double)n, share, middle, half;

    assert(successes <= n);
    if (n == 0)
        return e;
    share = (double)successes / size;
    middle = (share + z * z / (2 * size)) / (1 + z * z / size);
    half = z / (1 + z * z / size) * sqrt(share * (1 - share) / size + z * z / (4 * size * size));
    e.value = share;
    e.lower = modified_lower(successes, n, confidence, middle - half);
    e.upper = 1 - modified_lower(n - successes, n, confidence, 1 - middle - half);
    return e;
}

/* ---- means of shares ---- */

/* The mean of values in 0..1 and a 0, all with random weights, against a level. */
struct weighing {
    const double *x;
    size_t n;
    bool is_mirrored; /* take 1 - x for x */
    double quantile;  /* wanted, of the standard normal distribution */
};

static double value_of(const struct weighing *w, size_t i)
{
    return i == w->n ? 0 : w->is_mirrored ? 1 - w->x[i] : w->x[i];
}

/*
 * The weights are exponential variables over their sum, so the mean is below `level` where the
 * sum of a_i E_i is below 0, a_i = x_i - level.  Its cumulants are K(s) = -sum log(1 - s a_i);
 * this finds the saddlepoint, K'(s) = 0, by Newton's steps that stay between the poles.
 */
static double saddlepoint(const struct weighing *w, double level)
{
    double most = 0, s = 0, low = -1 / level, high;

    for (size_t i = 0; i < w->n; i++)
        most = fmax(most, value_of(w, i) - level);
    high = 1 / most;
    for (int step = 0; step < 200; step++) {
        double slope = 0, curvature = 0, next;
        for (size_t i = 0; i <= w->n; i++) {
            double a = value_of(w, i) - level, term = a / (1 - s * a);
            slope += term;
            curvature += term * term;
        }
        if (slope > 0)
            high = s;
        else
            low = s;
        next = s - slope / curvature;
        if (!(next > low && next < high))
            next = low + (high - low) / 2;
        if (fabs(next - s) <= 1e-10 * fabs(next))
            return next;
        s = next;
    }
    return s;
}

/* Barndorff-Nielsen's r*, nearly normal: minus how far the weighted mean is to lie above
 * `level`, and what is wanted. */
static double surplus(double level, void *context)
{
    const struct weighing *w = context;
    double s = saddlepoint(w, level), cumulant = 0, curvature = 0, r, u;

    for (size_t i = 0; i <= w->n; i++) {
        double a = value_of(w, i) - level, term = a / (1 - s * a);
        cumulant -= log1p(-s * a);
        curvature += term * term;
    }
    r = copysign(sqrt(fmax(-2 * cumulant, 0)), s);
    u = s * sqrt(curvature);
    return (fabs(r) < 1e-6 ? r : r + log(u / r) / r) + w->quantile;
}

/* The lower limit of the mean of x, or of 1 - x. */
static double gaffke_lower(const double *x, size_t n, bool is_mirrored, double confidence)
{
    struct weighing w = { x, n, is_mirrored, gsl_cdf_ugaussian_Pinv(0.5 + confidence / 2) };
    gsl_function function = { .function = surplus, .params = &w };
    gsl_root_fsolver *solver;
    double sum = 0, most = 0, lower;

    for (size_t i = 0; i < n; i++) {
        sum += value_of(&w, i);
        most = fmax(most, value_of(&w, i));
    }
    if (most < 1e-100)
        return 0;
    solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_root_fsolver_set(solver, &function, 1e-12 * most, sum / (double)(n + 1));
    do {
        gsl_root_fsolver_iterate(solver);
        lower = gsl_root_fsolver_root(solver);
    } while (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
                                    gsl_root_fsolver_x_upper(solver), 0, 1e-7) == GSL_CONTINUE);
    gsl_root_fsolver_free(solver);
    return lower;
}

/* ---- means of amounts ---- */

/* How many values differ from the most frequent one, if that is more than half of them;
 * otherwise many (R. Boyer and J. Moore's majority vote). */
static size_t count_different(const double *x, size_t n)
{
    double candidate = x[0];
    size_t votes = 0, same = 0;

    for (size_t i = 0; i < n; i++) {
        if (votes == 0)
            candidate = x[i];
        if (x[i] == candidate)
            votes++;
        else
            votes--;
    }
    for (size_t i = 0; i < n; i++)
        same += x[i] == candidate;
    return n - same;
}

/* Hall's inverse transformation of a quantile of t; `skew` is the skewness over root n. */
static double untransform(double t, double skew)
{
    if (fabs(skew) < 1e-6)
        return t;
    return 3 / skew * (cbrt(1 + skew * (t - skew / 6)) - 1);
}

static struct estimate mean_of_amounts(const double *x, size_t n, double confidence)
{
    struct estimate e = { gsl_stats_mean(x, 1, n), NAN, NAN };
    double size = (double)n, squares = 0, cubes = 0, least = INFINITY, sd, skew, t, error;

    if (!isfinite(e.value) || n < MEAN_RUNS_MIN || count_different(x, n) < MEAN_DIFFERENT_MIN)
        return e;
    for (size_t i = 0; i < n; i++) {
        double deviation = x[i] - e.value;
        squares += deviation * deviation;
        cubes += deviation * deviation * deviation;
        least = fmin(least, x[i]);
    }
    sd = sqrt(squares / (size - 1));
    error = sd / sqrt(size);
    skew = cubes / (sd * sd * sd) * size / ((size - 1) * (size - 2));
    skew *= (1 + 5 / size) / sqrt(size);
    t = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, size - 1);
    e.lower = e.value - error * fmax(t, untransform(t, skew));
    e.upper = e.value - error * fmin(-t, untransform(-t, skew));
    if (least >= 0)
        e.lower = fmax(e.lower, 0);
    return e;
}

/* ---- means of shares ---- */

/* Between 0 and 1 shares vary as amounts do; runs at an end, or nearly all alike, show too little
 * of what there is. */
static struct estimate mean_of_shares(const double *x, size_t n, double confidence)
{
    struct estimate e = { gsl_stats_mean(x, 1, n), NAN, NAN };
    bool is_inside = true;

    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= 0 && x[i] <= 1))
            return e; /* a database that this program did not write */
        is_inside = is_inside && x[i] > 0 && x[i] < 1;
    }
    if (is_inside)
        e = mean_of_amounts(x, n, confidence);
    if (isnan(e.upper) && n >= MEAN_RUNS_MIN) {
        e.lower = gaffke_lower(x, n, false, confidence);
        e.upper = 1 - gaffke_lower(x, n, true, confidence);
    }
    if (e.upper > 1)
        e.upper = 1;
    return e;
}

struct estimate statistics_mean(const double *x, size_t n, bool is_share, double confidence)
{
    assert(confidence > 0 && confidence < 1);
    if (n == 0)
        return (struct estimate){ NAN, NAN, NAN };
    return is_share ? mean_of_shares(x, n, confidence) : mean_of_amounts(x, n, confidence);
}

double statistics_standard_error(const double *x, size_t n)
{
    return n < 2 ? NAN : gsl_stats_sd(x, 1, n) / sqrt((double)n);
}

struct estimate statistics_student(const double *x, size_t n, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double reach;

    if (n > 0)
        e.value = gsl_stats_mean(x, 1, n);
    if (n < 2)
        return e;
    reach =
        gsl_cdf_tdist_Pinv(0.5 + confidence / 2, (double)n - 1) * statistics_standard_error(x, n);
    e.lower = e.value - reach;
    e.upper = e.value + reach;
    return e;
}

/* ---- quantiles ---- */

/* Type 7 of R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, 1996. */
static double sorted_quantile(const double *sorted, size_t n, double p)
{
    double position = p * ((double)n - 1);
    size_t below = (size_t)floor(position);
    double share = position - (double)below;

    if (share <= 0 || below + 1 >= n)
        return sorted[below];
    if (isinf(sorted[below + 1]))
        return INFINITY;
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

/* The first rank in 0..n whose binomial probability P(B <= rank) is above `tail`. */
static size_t first_above(double tail, double p, size_t n)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (gsl_cdf_binomial_P((unsigned)middle, p, (unsigned)n) > tail)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct estimate statistics_quantile(const double *x, size_t n, double p, double confidence)
{
    struct estimate e = { NAN, NAN, NAN };
    double tail = (1 - confidence) / 2;
    size_t low, high;
    double *sorted;

    assert(p > 0 && p < 1);
    assert(n < G_MAXUINT);
    if (n == 0)
        return e;
    sorted = g_memdup2(x, n * sizeof(*x));
    gsl_sort(sorted, 1, n);
    e.value = sorted_quantile(sorted, n, p);

    /* B values lie below the quantile, binomial(n, p): the lower limit is the last order
     * statistic x(low) with P(B < low) <= tail, the upper the first with P(B >= high) <= tail;
     * n - B, which lie above, are binomial(n, 1 - p). */
    low = first_above(tail, p, n);
    high = n + 1 - first_above(tail, 1 - p, n);
    if (low >= 1)
        e.lower = sorted[low - 1];
    if (high <= n)
        e.upper = sorted[high - 1];
    g_free(sorted);
    return e;
}

/* ---- pairs ---- */

struct pairing statistics_pairing(const double *x, const double *y, size_t n)
{
    struct pairing pairing = { NAN, NAN };
    double of_x, of_y, of_both, apart;

    if (n < MEAN_RUNS_MIN)
        return pairing;
    of_x = gsl_stats_variance(x, 1, n);
    of_y = gsl_stats_variance(y, 1, n);
    of_both = gsl_stats_covariance(x, 1, y, 1, n);
    if (of_x + of_y <= 0)
        return pairing;
    if (of_x > 0 && of_y > 0)
        pairing.correlation = fmax(-1, fmin(1, of_both / sqrt(of_x * of_y)));
    apart = of_x + of_y - 2 * of_both;
    pairing.gain = apart > 1e-12 * (of_x + of_y) ? (of_x + of_y) / apart : INFINITY;
    return pairing;
}

/* ---- tests ---- */

double statistics_sign_test(size_t a, size_t b)
{
    assert(a + b < G_MAXUINT);
    if (a + b == 0)
        return 1;
    return fmin(1, 2 * gsl_cdf_binomial_P((unsigned)MIN(a, b), 0.5, (unsigned)(a + b)));
}

size_t statistics_sign_pairs(size_t a, size_t b, double p)
{
    double share = (double)MIN(a, b) / (double)(a + b);

    for (size_t n = 1; n <= STATISTICS_PAIRS_MAX; n++) {
        size_t minority = (size_t)lround(share * (double)n);
        if (statistics_sign_test(minority, n - minority) <= p)
            return n;
    }
    return 0;
}

void statistics_holm(double *p, size_t n)
{
    size_t *order = g_new(size_t, n + 1);
    double reached = 0;

    if (n > 0)
        gsl_sort_index(order, p, 1, n);
    for (size_t i = 0; i < n; i++) {
        reached = fmax(reached, fmin(1, p[order[i]] * (double)(n - i)));
        p[order[i]] = reached;
    }
    g_free(order);
}
