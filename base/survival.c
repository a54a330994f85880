/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survival.c - see survival.h; published values are in tests/base/survival_test.c. */
#include "base/survival.h"

#include <assert.h>
#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

/* Earlier ones first; what came at a time before what was cut off then. */
static int by_time(const void *left, const void *right)
{
    const struct survival_time *a = left, *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (int)b->is_reached - (int)a->is_reached;
}

/* A sorted copy.  g_free() it. */
static struct survival_time *sort(const struct survival_time *x, size_t n)
{
    struct survival_time *sorted = g_new(struct survival_time, n + 1);

    for (size_t i = 0; i < n; i++) {
        assert(!isnan(x[i].time) && !(x[i].is_reached && isinf(x[i].time)));
        sorted[i] = x[i];
    }
    qsort(sorted, n, sizeof *sorted, by_time);
    return sorted;
}

/* How far the estimate has come in a sorted list. */
struct progress {
    const struct survival_time *sorted;
    size_t count, next; /* the next time to look at */
    double time;        /* the latest at which something came */
    double share;       /* that takes longer */
    double greenwood;   /* sum of d / (n (n - d)): variance of log share */
};

/* Goes on to the next time at which something came; false: there is none. */
static bool step(struct progress *p)
{
    size_t came = 0, at_risk;

    while (p->next < p->count && !p->sorted[p->next].is_reached)
        p->next++;
    if (p->next == p->count)
        return false;
    at_risk = p->count - p->next;
    p->time = p->sorted[p->next].time;
    while (p->next < p->count && p->sorted[p->next].time == p->time &&
           p->sorted[p->next].is_reached) {
        came++;
        p->next++;
    }
    p->greenwood += (double)came / ((double)at_risk * (double)(at_risk - came));
    p->share *= 1 - (double)came / (double)at_risk;
    return true;
}

struct survival_share survival_share(const struct survival_time *x, size_t n, double time)
{
    struct survival_time *sorted = sort(x, n);
    struct progress p = { .sorted = sorted, .count = n, .share = 1 }, ahead = p;
    struct survival_share share = { NAN, NAN };

    while (step(&ahead) && ahead.time <= time)
        p = ahead;
    if (n > 0)
        share.value = p.share;
    if (n > 0)
        share.error = p.share > 0 ? p.share * sqrt(p.greenwood) : 0;
    g_free(sorted);
    return share;
}

/* The limits of the share that takes longer, on the scale of log(-log). */
static void limits_of_share(const struct progress *p, double z, double *lower, double *upper)
{
    double log_share = log(p->share), reach = z * sqrt(p->greenwood) / fabs(log_share);

    *lower = p->share > 0 ? exp(log_share * exp(reach)) : 0;
    *upper = p->share > 0 ? exp(log_share * exp(-reach)) : 1;
}

struct estimate survival_quantile(const struct survival_time *x, size_t n, double p,
                                  double confidence)
{
    const double tail = (1 - confidence) / 2, z = gsl_cdf_ugaussian_Pinv(1 - tail);
    const double slack = 1e-12; /* of products that would be 1 - p if they were exact */
    struct survival_time *sorted = sort(x, n);
    struct progress progress = { .sorted = sorted, .count = n, .share = 1 };
    struct estimate e = { INFINITY, INFINITY, INFINITY };

    assert(p > 0 && p < 1);
    while (step(&progress)) {
        double lower, upper;

        limits_of_share(&progress, z, &lower, &upper);
        if (isinf(e.value) && progress.share <= 1 - p + slack)
            e.value = progress.time;
        if (isinf(e.lower) && lower <= 1 - p)
            e.lower = progress.time;
        if (isinf(e.upper) && upper <= 1 - p)
            e.upper = progress.time;
    }
    /* Nothing came sooner than the quantile, or later, with more than this chance. */
    if (n == 0 || pow(1 - p, (double)n) > tail)
        e.lower = NAN;
    if (n == 0 || pow(p, (double)n) > tail)
        e.upper = NAN;
    if (n == 0)
        e.value = NAN;
    g_free(sorted);
    return e;
}

/* Those among the sorted `x` from *at on that stand at `time`; *came counts those that came. */
static void pass(const struct survival_time *x, size_t n, size_t *at, double time, size_t *came)
{
    for (; *at < n && x[*at].time <= time; ++*at)
        *came += x[*at].is_reached;
}

struct survival_test survival_test(const struct survival_time *first, size_t first_count,
                                   const struct survival_time *second, size_t second_count)
{
    struct survival_time *x = sort(first, first_count), *y = sort(second, second_count);
    struct survival_test test = { .p = 1 };
    size_t i = 0, k = 0;

    while (i < first_count || k < second_count) {
        double n = (double)(first_count - i), all = n + (double)(second_count - k), deaths;
        double time =
            fmin(i < first_count ? x[i].time : INFINITY, k < second_count ? y[k].time : INFINITY);
        size_t came = 0, others = 0;

        pass(x, first_count, &i, time, &came);
        pass(y, second_count, &k, time, &others);
        deaths = (double)(came + others);
        test.observed += (double)came;
        test.expected += deaths * n / all;
        if (all > 1)
            test.variance += deaths * n / all * (1 - n / all) * (all - deaths) / (all - 1);
    }
    if (test.variance > 0) {
        double away = test.observed - test.expected;
        test.p = gsl_cdf_chisq_Q(away * away / test.variance, 1);
    }
    g_free(x);
    g_free(y);
    return test;
}
