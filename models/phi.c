/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phi.c - see phi.h. */
#include "models/phi.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

const char *const phi_distributions[] = {
    [PHI_EXPONENTIAL] = "exponential",
    [PHI_NORMAL] = "normal",
    [PHI_LOGISTIC] = "logistic",
    NULL,
};
const char *const phi_logs[] = { [PHI_LOG_10] = "10", [PHI_LOG_E] = "e", NULL };
const char *const phi_comebacks[] = {
    [PHI_RECORDED] = "recorded",
    [PHI_SKIPPED] = "skipped",
    [PHI_ANEW] = "anew",
    NULL,
};

bool phi_needs_squares(const struct phi_params *params)
{
    return params->is_on && params->distribution != PHI_EXPONENTIAL;
}

bool phi_has_squares(const struct phi_judge *judge)
{
    return phi_needs_squares(&judge->params);
}

/* ---- what follows from the parameters ---- */

/* The y at which Akka's e^(-y (1.5976 + 0.070566 y^2)) has these odds against it: it rises with y.
 */
static double logistic_deviations(double log_odds)
{
    double low = -64, high = 64;

    for (int i = 0; i < 64; i++) {
        const double y = (low + high) / 2;

        if (y * (1.5976 + 0.070566 * y * y) < log_odds)
            low = y;
        else
            high = y;
    }
    return low;
}

/* With 24 significant bits, so that it is the same on machines whose libm differs. */
static double factor_of(const struct phi_params *p)
{
    const double nats = p->log == PHI_LOG_10 ? p->threshold * M_LN10 : p->threshold;
    const double tail = exp(-nats);

    switch ((enum phi_distribution)p->distribution) {
    case PHI_NORMAL:
        return (double)(float)gsl_cdf_ugaussian_Qinv(tail);
    case PHI_LOGISTIC:
        return (double)(float)logistic_deviations(log((1 - tail) / tail));
    case PHI_EXPONENTIAL:
        break;
    }
    return nats;
}

static uint32_t units_of(const struct phi_judge *judge, sim_time interval)
{
    const int shift = judge->unit_log2;

    return (uint32_t)((interval + ((sim_time)1 << shift >> 1)) >> shift);
}

void phi_prepare(struct phi_judge *judge, const struct phi_params *params)
{
    const sim_time first = params->initial + params->initial / 4;
    const double longest = (double)(first > params->max_interval ? first : params->max_interval);
    const int64_t block = (params->window + PHI_SUMS - 2) / (PHI_SUMS - 1);
    const double most = (double)(params->window + block + params->prior);

    judge->params = *params;
    judge->factor = factor_of(params);
    judge->block = (uint32_t)block;
    judge->unit_log2 = 0;
    while (most * (longest / (double)((sim_time)1 << judge->unit_log2) + 1) >= 0x1p32)
        judge->unit_log2++;
    judge->initial = units_of(judge, params->initial);
}

/* ---- what is heard ---- */

static void drop_oldest(const struct phi_judge *judge, struct phi *phi, struct phi_squares *squares)
{
    phi->total -= phi->sums[phi->oldest];
    phi->sums[phi->oldest] = 0;
    if (squares)
        squares->sums[phi->oldest] = 0;
    phi->count = (phi->count - judge->block) & 0x3fff;
    phi->oldest = (phi->oldest + 1) & 7;
}

static void record(const struct phi_judge *judge, struct phi *phi, struct phi_squares *squares,
                   uint32_t units)
{
    if (phi->filled == judge->block) {
        phi->newest = (phi->newest + 1) & 7;
        phi->filled = 0;
    }
    phi->sums[phi->newest] += units;
    phi->total += units;
    if (squares)
        squares->sums[phi->newest] += (uint64_t)units * units;
    phi->filled++;
    phi->count++;
    if (phi->count == judge->params.window + judge->block)
        drop_oldest(judge, phi, squares);
}

/* Nothing was heard yet, or it is not to count. */
static void begin(const struct phi_judge *judge, struct phi *phi, struct phi_squares *squares)
{
    const uint32_t quarter = judge->initial / 4;

    *phi = (struct phi){ .heard = phi->heard, .is_met = 1 };
    if (squares)
        *squares = (struct phi_squares){ { 0 } };
    if (judge->params.prior > 0)
        return;
    if (!phi_has_squares(judge)) {
        record(judge, phi, squares, judge->initial);
        return;
    }
    record(judge, phi, squares, judge->initial - quarter);
    record(judge, phi, squares, judge->initial + quarter);
}

void phi_hear(const struct phi_judge *judge, struct phi *phi, struct phi_squares *squares,
              sim_time now, bool is_dead)
{
    const struct phi_params *p = &judge->params;
    const sim_time interval = now - phi->heard;

    if (!phi->is_met) {
        begin(judge, phi, squares);
    } else if (p->is_on) {
        const bool counts = interval <= p->max_interval &&
                            (p->comeback != PHI_SKIPPED || now < phi_due(judge, phi, squares));

        if (is_dead && p->comeback == PHI_ANEW)
            begin(judge, phi, squares);
        if (counts)
            record(judge, phi, squares, units_of(judge, interval));
    }
    phi->heard = now;
}

bool phi_is_enough(const struct phi_judge *judge, const struct phi *phi)
{
    return phi->is_met && (phi->count > 0 || !judge->params.is_on);
}

/* ---- verdicts ---- */

/* Of those in the window, and those that always count. */
struct moments {
    uint64_t count, sum, squares;
};

static struct moments moments_of(const struct phi_judge *judge, const struct phi *phi,
                                 const struct phi_squares *squares)
{
    const uint64_t window = (uint64_t)judge->params.window, prior = (uint64_t)judge->params.prior;
    const uint64_t out = phi->count > window ? phi->count - window : 0;
    struct moments m = {
        .count = phi->count - out + prior,
        .sum = phi->total - phi->sums[phi->oldest] * out / judge->block + prior * judge->initial,
    };

    if (!squares)
        return m;
    for (int i = 0; i < PHI_SUMS; i++)
        m.squares += squares->sums[i];
    m.squares -= squares->sums[phi->oldest] * out / judge->block;
    m.squares += prior * judge->initial * judge->initial;
    return m;
}

/* In units; 0 where the shares taken of the oldest sums were rounded against each other. */
static double deviation(const struct moments *m)
{
    const uint64_t above = m->count * m->squares, below = m->sum * m->sum;

    return above > below ? sqrt((double)(above - below)) / (double)m->count : 0;
}

/* Of silence, in nanoseconds. */
static double granted(const struct phi_judge *judge, const struct phi *phi,
                      const struct phi_squares *squares)
{
    const struct phi_params *p = &judge->params;
    const struct moments m = moments_of(judge, phi, squares);
    const double unit = (double)((sim_time)1 << judge->unit_log2);
    const double mean = (double)m.sum / (double)m.count * unit;

    if (!phi_has_squares(judge))
        return (double)p->pause + judge->factor * mean;
    return (double)p->pause + mean +
           judge->factor * fmax(deviation(&m) * unit, (double)p->min_deviation);
}

sim_time phi_due(const struct phi_judge *judge, const struct phi *phi,
                 const struct phi_squares *squares)
{
    double silence;

    if (!phi->is_met)
        return SIM_TIME_MAX;
    if (!judge->params.is_on)
        return phi->heard + judge->params.timeout;
    silence = granted(judge, phi, squares);
    if (silence >= (double)(SIM_TIME_MAX - phi->heard))
        return SIM_TIME_MAX;
    return phi->heard + (silence > 0 ? (sim_time)silence : 0);
}

double phi_level(const struct phi_judge *judge, const struct phi *phi,
                 const struct phi_squares *squares, sim_time now)
{
    const double silence = (double)(phi_due(judge, phi, squares) - phi->heard);

    return silence > 0 ? (double)(now - phi->heard) / silence : 1;
}

/* ---- a node that was stopped itself ---- */

void phi_watch_begin(struct phi_watch *watch, sim_time now)
{
    *watch = (struct phi_watch){ .looked = now, .stopped = -SIM_TIME_MAX };
}

bool phi_watch_look(const struct phi_judge *judge, struct phi_watch *watch, sim_time now)
{
    const sim_time pause = judge->params.is_on ? judge->params.local_pause : 0;

    if (pause > 0 && now - watch->looked > pause)
        watch->stopped = now;
    watch->looked = now;
    return pause == 0 || now - watch->stopped >= pause;
}
