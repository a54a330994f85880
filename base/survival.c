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

/* A step of the estimate. */
struct stage {
    double time, share, greenwood;
    double hazard; /* sum of d / n^2 up to here: what being at risk so long costs a time */
    double weight; /* 1 / n here: what coming now gives it */
};

static GArray *list_stages(const struct survival_time *sorted, size_t n)
{
    struct progress p = { .sorted = sorted, .count = n, .share = 1 };
    GArray *stages = g_array_new(FALSE, FALSE, sizeof(struct stage));
    double hazard = 0;

    for (;;) {
        size_t at_risk, came;
        struct stage stage;

        while (p.next < n && !sorted[p.next].is_reached)
            p.next++;
        at_risk = n - p.next;
        came = p.next;
        if (!step(&p))
            return stages;
        came = p.next - came;
        hazard += (double)came / ((double)at_risk * (double)at_risk);
        stage = (struct stage){ p.time, p.share, p.greenwood, hazard, 1 / (double)at_risk };
        g_array_append_val(stages, stage);
    }
}

/* Variance of the log share at a stage, of runs with several times. */
static double variance_of_runs(const struct survival_time *sorted, size_t n, size_t runs,
                               const GArray *stages, size_t at)
{
    const struct stage *list = (const struct stage *)(const void *)stages->data;
    double *sums = g_new0(double, runs + 1), squares = 0;
    size_t passed = 0; /* stages up to the time of the one looked at */

    for (size_t i = 0; i < n; i++) {
        while (passed <= at && list[passed].time <= sorted[i].time)
            passed++;
        sums[sorted[i].run] -= passed > 0 ? list[passed - 1].hazard : 0;
        if (sorted[i].is_reached && passed > 0 && list[passed - 1].time == sorted[i].time)
            sums[sorted[i].run] += list[passed - 1].weight;
    }
    for (size_t run = 0; run < runs; run++)
        squares += sums[run] * sums[run];
    g_free(sums);
    return squares * (double)runs / (double)(runs - 1);
}

/* What the limits of a quantile are looked for in. */
struct search {
    const struct survival_time *sorted;
    size_t n, runs;
    const GArray *stages;
    double share, reach; /* wanted of those that take longer; in standard errors */
};

/* True if by the limit above the estimate (sign 1) or below it (-1) at most the share takes longer
 * at that stage. */
static bool is_past(const struct search *s, size_t at, int sign)
{
    const struct stage *stage = &g_array_index(s->stages, struct stage, at);
    double log_share = log(stage->share), variance = stage->greenwood;

    if (stage->share <= 0)
        return sign < 0;
    if (s->runs < s->n)
        variance = variance_of_runs(s->sorted, s->n, s->runs, s->stages, at);
    return exp(log_share * exp(-sign * s->reach * sqrt(variance) / fabs(log_share))) <= s->share;
}

/* The time of the first stage that is past; INFINITY if none is. */
static double first_past(const struct search *s, int sign)
{
    size_t low = 0, high = s->stages->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_past(s, middle, sign))
            high = middle;
        else
            low = middle + 1;
    }
    return low < s->stages->len ? g_array_index(s->stages, struct stage, low).time : INFINITY;
}

/* The last stage has no upper limit if all have come: then it is not past, and nothing is. */
static double upper_limit(const struct search *s)
{
    struct search all_but_last = *s;
    GArray stages = *s->stages;

    if (stages.len > 0 && g_array_index(s->stages, struct stage, stages.len - 1).share <= 0)
        stages.len--;
    all_but_last.stages = &stages;
    return first_past(&all_but_last, 1);
}

struct estimate survival_quantile(const struct survival_time *x, size_t n, size_t runs, double p,
                                  double confidence)
{
    const double tail = (1 - confidence) / 2, slack = 1e-12; /* of products that would be 1 - p */
    struct survival_time *sorted = sort(x, n);
    GArray *stages = list_stages(sorted, n);
    struct search search = { sorted, n, runs, stages, 1 - p, gsl_cdf_ugaussian_Pinv(1 - tail) };
    struct estimate e = { INFINITY, NAN, NAN };
    size_t i = 0;

    assert(p > 0 && p < 1 && runs <= n);
    if (runs < n && runs > 1)
        search.reach = gsl_cdf_tdist_Pinv(1 - tail, (double)runs - 1);
    while (i < stages->len && g_array_index(stages, struct stage, i).share > 1 - p + slack)
        i++;
    if (i < stages->len)
        e.value = g_array_index(stages, struct stage, i).time;
    if (n == 0)
        e.value = NAN;
    /* Nothing came sooner than the quantile, or later, with more than this chance. */
    if (runs > 1 && pow(1 - p, (double)runs) <= tail)
        e.lower = first_past(&search, -1);
    if (isinf(e.lower)) /* later than all that came, at least */
        e.lower = stages->len ? g_array_index(stages, struct stage, stages->len - 1).time : 0;
    if (runs > 1 && pow(p, (double)runs) <= tail)
        e.upper = upper_limit(&search);
    if (isinf(e.upper) && sorted[n - 1].is_reached) /* all came, but too few */
        e.upper = NAN;
    g_array_free(stages, TRUE);
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
    if (test.variance > 0 && first_count + second_count > 2) {
        double away = fabs(test.observed - test.expected) / sqrt(test.variance);
        test.p = 2 * gsl_cdf_tdist_Q(away, (double)(first_count + second_count - 2));
    }
    g_free(x);
    g_free(y);
    return test;
}
