/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning_goal.c - see tuning_goal.h. */
#include "analysis/tuning/tuning_goal.h"

#include "base/statistics.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

enum {
    COUNT_MAX = 512, /* values of a test, or LONGEST times what it takes without a failure */
    LONGEST = 8,
    LOOK_MIN = 16, /* values of the first test */
    ENOUGH = 16,   /* failures expected where a goal is just met, to count them, too */
};

/* Where it looks hopeless, or certain, in logarithms. */
static const double far_slack = 10;

/* How often a test shows it that is as long as it is said to need. */
static const double power = 0.6;

/* ---- reading ---- */

static enum expression_order opposite(enum expression_order order)
{
    static const enum expression_order orders[] = { [ORDER_LESS] = ORDER_AT_LEAST,
                                                    [ORDER_AT_MOST] = ORDER_MORE,
                                                    [ORDER_MORE] = ORDER_AT_MOST,
                                                    [ORDER_AT_LEAST] = ORDER_LESS };

    return orders[order];
}

static bool is_upward(enum expression_order order)
{
    return order == ORDER_MORE || order == ORDER_AT_LEAST;
}

/* A P: the share of runs in which the condition holds, or of those in which it does not. */
static void demand_probability(struct tuning_goal *goal)
{
    const struct expression *e = &goal->expression;
    const bool is_wanted = is_upward(e->bound.order);

    goal->run = e->has_condition ? e->condition : (struct expression_bound){ ORDER_MORE, 0 };
    if (!is_wanted)
        goal->run.order = opposite(goal->run.order);
    goal->failures = is_wanted ? 1 - e->bound.value : e->bound.value;
}

bool tuning_goal_read(const char *text, struct tuning_goal *goal, char why[EXPRESSION_WHY_MAX])
{
    struct tuning_goal read = { .is_share = true };
    const struct expression *e = &read.expression;

    if (!expression_read(text, &read.expression, why))
        return false;
    if (expression_is_relative(e))
        g_snprintf(why, EXPRESSION_WHY_MAX, "ratio and diff are to a baseline, which tune has not");
    else if (e->stat == STAT_MIN || e->stat == STAT_MAX)
        g_snprintf(why, EXPRESSION_WHY_MAX,
                   "runs cannot show what no run ever does; say how often, as in "
                   "P(t99 < 3s) >= 99.9%%");
    else if (e->stat == STAT_PROBABILITY)
        demand_probability(&read);
    else if (e->stat == STAT_QUANTILE) {
        read.run = e->bound;
        read.failures = is_upward(e->bound.order) ? e->quantile : 1 - e->quantile;
    } else {
        read.is_share = false;
        read.failures = 0.5;
    }
    if (e->stat == STAT_PROBABILITY && !(read.failures > 0 && read.failures < 1))
        g_snprintf(why, EXPRESSION_WHY_MAX,
                   "no number of runs can show that; say how often it may fail, as in >= 99.9%%");
    if (read.failures > 0 && read.failures < 1) {
        *goal = read;
        return true;
    }
    expression_clear(&read.expression);
    return false;
}

void tuning_goal_clear(struct tuning_goal *goal)
{
    expression_clear(&goal->expression);
    g_free(goal->acceptances);
}

/* ---- counting ---- */

/* Whether the run fails; one without a value does. */
static bool fails(const struct tuning_goal *goal, double value)
{
    const struct expression of_run = { .bound = goal->run };

    return !expression_holds(&of_run, value);
}

static size_t count_failures(const struct tuning_goal *goal, const double *values, size_t count)
{
    size_t failures = 0;

    for (size_t i = 0; i < count; i++)
        failures += fails(goal, values[i]);
    return failures;
}

/* P(B <= k) of a binomial variable. */
static double at_most(size_t k, double p, size_t n)
{
    return k >= n ? 1 : gsl_cdf_binomial_P((unsigned)k, p, (unsigned)n);
}

static double at_least(size_t k, double p, size_t n)
{
    return k == 0 ? 1 : gsl_cdf_binomial_Q((unsigned)k - 1, p, (unsigned)n);
}

/* What of alpha the n-th step of a test may use, from 0: 1/2, 1/6, 1/12, ..., in all 1. */
static double spend(double alpha, size_t n)
{
    return alpha / ((double)(n + 1) * (double)(n + 2));
}

/* The fewest runs of which so many failures have a probability of at most `most`. */
static size_t count_runs(const struct tuning_goal *goal, size_t failures, double most)
{
    size_t low = failures, high = failures + 1; /* low is too few */

    while (at_most(failures, goal->failures, high) > most) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (at_most(failures, goal->failures, middle) > most)
            low = middle;
        else
            high = middle;
    }
    return high;
}

void tuning_goal_set_alpha(struct tuning_goal *goal, double alpha)
{
    size_t longest = COUNT_MAX, failures = 0;
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct tuning_acceptance));

    goal->alpha = alpha;
    while (goal->is_share) {
        struct tuning_acceptance one = { failures,
                                         count_runs(goal, failures, spend(alpha, list->len)) };
        if (failures == 0)
            longest = MAX(longest, LONGEST * one.runs);
        if (one.runs > longest)
            break;
        g_array_append_val(list, one);
        failures += MAX(1, failures / 3);
    }
    g_free(goal->acceptances);
    goal->acceptance_count = list->len;
    goal->acceptances = (struct tuning_acceptance *)(void *)g_array_free(list, FALSE);
}

size_t tuning_goal_longest(const struct tuning_goal *goal)
{
    return goal->is_share ? goal->acceptances[goal->acceptance_count - 1].runs : COUNT_MAX;
}

/* The first acceptance that allows so many failures; NULL: none does. */
static const struct tuning_acceptance *find_acceptance(const struct tuning_goal *goal,
                                                       size_t failures)
{
    for (size_t i = 0; i < goal->acceptance_count; i++)
        if (goal->acceptances[i].failures >= failures)
            return &goal->acceptances[i];
    return NULL;
}

/* The fewest runs that show it with that power if runs fail with probability `p`. */
static double runs_needed(const struct tuning_goal *goal, double p)
{
    for (size_t i = 0; i < goal->acceptance_count && p < goal->failures; i++)
        if (at_most(goal->acceptances[i].failures, p, goal->acceptances[i].runs) >= power)
            return (double)goal->acceptances[i].runs;
    return INFINITY;
}

/* ---- outlooks ---- */

/* Values that are numbers, as logarithms if they and the bound have one. */
struct sample {
    double *values;
    size_t count;
    size_t lost, won; /* values that are none: runs that fail, and that do not */
    double bound, mean, sd;
};

static struct sample sample_take(const struct tuning_goal *goal, double bound, const double *values,
                                 size_t count)
{
    struct sample sample = { .values = g_new(double, count + 1), .bound = bound };
    bool has_logarithms = bound > 0;

    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]))
            sample.values[sample.count++] = values[i];
        else if (goal->is_share && !fails(goal, values[i]))
            sample.won++;
        else
            sample.lost++;
    for (size_t i = 0; i < sample.count; i++)
        has_logarithms = has_logarithms && sample.values[i] > 0;
    for (size_t i = 0; i < sample.count && has_logarithms; i++)
        sample.values[i] = log(sample.values[i]);
    if (has_logarithms)
        sample.bound = log(bound);
    if (sample.count > 0)
        sample.mean = gsl_stats_mean(sample.values, 1, sample.count);
    if (sample.count > 1)
        sample.sd = gsl_stats_sd_m(sample.values, 1, sample.count, sample.mean);
    if (!has_logarithms && sample.count > 0) { /* in parts of the bound, or of what there is */
        double scale = fmax(fabs(bound), fmax(fabs(sample.mean), sample.sd));
        sample.bound /= scale > 0 ? scale : 1;
        sample.mean /= scale > 0 ? scale : 1;
        sample.sd /= scale > 0 ? scale : 1;
    }
    return sample;
}

/* By the number of failures alone, as where values are yes and no. */
static struct tuning_outlook look_at_failures(const struct tuning_goal *goal, size_t failures,
                                              size_t count)
{
    double found = (double)failures / (double)count;
    double p = fmax(found, goal->failures / 10);

    return (struct tuning_outlook){
        .slack = failures == 0 ? log1p((double)count * goal->failures) : log(goal->failures / p),
        .error = 1 / sqrt((double)failures + 1),
        .needed = runs_needed(goal, p),
    };
}

/* By a normal law fitted to the values. */
static struct tuning_outlook look_at_values(const struct tuning_goal *goal,
                                            const struct sample *sample, size_t failures,
                                            size_t count)
{
    const double sign = is_upward(goal->run.order) ? -1 : 1;
    double numbers = (double)sample->count / (double)count;
    double wanted = (1 - goal->failures - (double)sample->won / (double)count) / numbers;
    double room = sign * (sample->bound - sample->mean), z, p;

    if (wanted >= 1) /* too many runs are without a value */
        return (struct tuning_outlook){ -far_slack * (double)sample->lost / (double)count - 1, 0.5,
                                        INFINITY };
    if (wanted <= 0)
        return (struct tuning_outlook){ far_slack, 0.5, runs_needed(goal, 0) };
    z = gsl_cdf_ugaussian_Pinv(wanted);
    p = sample->sd > 0 ? gsl_cdf_ugaussian_Q(room / sample->sd) : room >= 0 ? 0 : 1;
    p = numbers * p + (double)sample->lost / (double)count;
    if ((double)count * goal->failures >= ENOUGH) /* no law fits all */
        p = (p + (double)failures / (double)count) / 2;
    return (struct tuning_outlook){
        .slack = room - z * sample->sd,
        .error = sample->sd * sqrt((1 + z * z / 2) / (double)sample->count),
        .needed = runs_needed(goal, p),
    };
}

static struct tuning_outlook look_at_share(const struct tuning_goal *goal, const double *values,
                                           size_t count)
{
    const size_t failures = count_failures(goal, values, count);
    struct tuning_outlook counted = look_at_failures(goal, failures, count), outlook;
    struct sample sample = sample_take(goal, goal->run.value, values, count);

    if (sample.count < 3 ||
        !(goal->expression.has_condition || goal->expression.stat == STAT_QUANTILE)) {
        outlook = counted;
    } else {
        outlook = look_at_values(goal, &sample, failures, count);
        /* A law with two humps, as where some runs hang: believe what was counted. */
        if (failures > 0 && at_least(failures, goal->failures, count) < 0.1 &&
            counted.slack < outlook.slack)
            outlook = counted;
        else if (failures >= 3)
            outlook.needed = fmax(outlook.needed, counted.needed);
    }
    g_free(sample.values);
    return outlook;
}

static struct tuning_outlook look_at_mean(const struct tuning_goal *goal, const double *values,
                                          size_t count)
{
    const struct expression_bound *bound = &goal->expression.bound;
    const double sign = is_upward(bound->order) ? -1 : 1;
    struct tuning_outlook outlook = { -far_slack, 0.5, INFINITY };
    size_t finite = 0;
    double mean, sd, room;

    for (size_t i = 0; i < count; i++)
        finite += isfinite(values[i]) ? 1 : 0;
    if (finite < count || count < 2)
        return outlook;
    mean = gsl_stats_mean(values, 1, count);
    sd = gsl_stats_sd_m(values, 1, count, mean);
    room = sign * (bound->value - mean);
    if (mean > 0 && bound->value > 0)
        outlook.slack = sign * log(bound->value / mean);
    else
        outlook.slack = room / fmax(fmax(fabs(mean), fabs(bound->value)), 1e-300);
    outlook.error = sd / fmax(fabs(mean), 1e-300) / sqrt((double)count);
    if (room > 0) {
        double z = gsl_cdf_ugaussian_Qinv(spend(goal->alpha, 2)) + gsl_cdf_ugaussian_Pinv(power);
        outlook.needed = fmax(LOOK_MIN, z * z * sd * sd / (room * room));
    }
    if (outlook.needed > COUNT_MAX)
        outlook.needed = INFINITY;
    return outlook;
}

struct tuning_outlook tuning_goal_look(const struct tuning_goal *goal, const double *values,
                                       size_t count)
{
    return goal->is_share ? look_at_share(goal, values, count) : look_at_mean(goal, values, count);
}

/* ---- tests ---- */

static enum tuning_finding test_mean(const struct tuning_goal *goal, const double *values,
                                     size_t count, unsigned look)
{
    const bool is_share = metric_describe(goal->expression.metric).unit == UNIT_SHARE;
    const bool up = is_upward(goal->expression.bound.order);
    struct estimate e;

    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return isnan(values[i]) || !up ? TUNING_MISSES : TUNING_OPEN;
    e = statistics_mean(values, count, is_share, 1 - 2 * spend(goal->alpha, look));
    if (isnan(e.lower) || isnan(e.upper))
        return TUNING_OPEN;
    if (expression_holds(&goal->expression, up ? e.lower : e.upper))
        return TUNING_MEETS;
    return expression_holds(&goal->expression, up ? e.upper : e.lower) ? TUNING_OPEN
                                                                       : TUNING_MISSES;
}

enum tuning_finding tuning_goal_test(const struct tuning_goal *goal, const double *values,
                                     size_t count, unsigned look)
{
    const struct tuning_acceptance *acceptance;
    size_t failures;

    if (!goal->is_share)
        return test_mean(goal, values, count, look);
    failures = count_failures(goal, values, count);
    acceptance = find_acceptance(goal, failures);
    if (acceptance && count >= acceptance->runs)
        return TUNING_MEETS;
    return at_least(failures, goal->failures, count) <= spend(goal->alpha, look) ? TUNING_MISSES
                                                                                 : TUNING_OPEN;
}

size_t tuning_goal_next(const struct tuning_goal *goal, const double *values, size_t count)
{
    const struct tuning_acceptance *acceptance;
    size_t next = MAX(2 * count, LOOK_MIN);

    if (!goal->is_share)
        return next <= COUNT_MAX ? next : 0;
    acceptance = find_acceptance(goal, count_failures(goal, values, count));
    return acceptance ? CLAMP(acceptance->runs, count + 1, next) : 0;
}

double tuning_goal_doubt(const struct tuning_goal *goal, const double *values, size_t count)
{
    return goal->is_share ? at_least(count_failures(goal, values, count), goal->failures, count)
                          : 1;
}
