/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * distribution_family.c - the families of laws; see distribution_family.h.
 *
 * Some have two ways to say one thing (a mean or a scale).  As no such parameter may be 0, the one
 * that is was not given.
 */
#include "sim/value/distribution_family.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <string.h>

#define ANY      "0s..36525d"
#define POSITIVE "1ns..36525d"

/* The rows of `struct law`, which must fit where readers keep it. */
#define PARAMS(law, ...)                                                   \
    static const struct param law##_params[] = { __VA_ARGS__, PARAM_END }; \
    _Static_assert(sizeof(struct law) <= DISTRIBUTION_PARAMS_MAX, "parameters of a family")

/* A quantile by the functions of GSL for the nearer tail. */
#define NEARER(law, ...) \
    (p > 0.5 ? gsl_cdf_##law##_Qinv(q, __VA_ARGS__) : gsl_cdf_##law##_Pinv(p, __VA_ARGS__))

static bool refuse(char why[PARAM_WHY_MAX], const char *text)
{
    snprintf(why, PARAM_WHY_MAX, "%s", text);
    return false;
}

/* ---- constant: a, the value ---- */

struct constant {
    sim_time value;
};
PARAMS(constant, PARAM_TIME(struct constant, value, NULL, NULL, "always"));

static void specify_constant(const void *params, struct distribution_spec *spec)
{
    const struct constant *law = params;

    spec->a = (double)law->value;
}

static bool constant_is_zero(const struct distribution_spec *spec)
{
    return spec->a <= 0;
}

static double constant_quantile(const struct distribution_spec *spec, double p, double q)
{
    (void)p;
    (void)q;
    return spec->a;
}

/* ---- exponential: a, the mean ---- */

struct exponential {
    sim_time mean;
};
PARAMS(exponential, PARAM_TIME(struct exponential, mean, NULL, POSITIVE, "its mean"));

static void specify_exponential(const void *params, struct distribution_spec *spec)
{
    const struct exponential *law = params;

    spec->a = (double)law->mean;
}

static double exponential_quantile(const struct distribution_spec *spec, double p, double q)
{
    return NEARER(exponential, spec->a);
}

/* ---- uniform: a, the least, and b, the most ---- */

struct uniform {
    sim_time min, max;
};
PARAMS(uniform, PARAM_TIME(struct uniform, min, NULL, ANY, "least"),
       PARAM_TIME(struct uniform, max, NULL, ANY, "most"));

static bool check_uniform(const void *params, char why[PARAM_WHY_MAX])
{
    const struct uniform *law = params;

    return law->min < law->max || refuse(why, "`min` must be less than `max`");
}

static void specify_uniform(const void *params, struct distribution_spec *spec)
{
    const struct uniform *law = params;

    spec->a = (double)law->min;
    spec->b = (double)law->max;
}

static double uniform_quantile(const struct distribution_spec *spec, double p, double q)
{
    (void)q;
    return spec->a + (spec->b - spec->a) * p;
}

/* ---- normal: a, the mean, and b, the standard deviation; of what lies above 0 only ---- */

struct normal {
    sim_time mean, sd;
};
PARAMS(normal, PARAM_TIME(struct normal, mean, NULL, ANY, "its mean before the cut"),
       PARAM_TIME(struct normal, sd, NULL, POSITIVE, "standard deviation"));

static void specify_normal(const void *params, struct distribution_spec *spec)
{
    const struct normal *law = params;

    spec->a = (double)law->mean;
    spec->b = (double)law->sd;
}

static double normal_quantile(const struct distribution_spec *spec, double p, double q)
{
    const double above = gsl_cdf_ugaussian_P(spec->a / spec->b);

    (void)p;
    return spec->a + spec->b * gsl_cdf_ugaussian_Qinv(q * above);
}

/* ---- lognormal: a, the median, and b, the standard deviation of the logarithm ---- */

/* The 99th percentile of the standard normal distribution. */
#define NORMAL_P99 2.3263478740408411

struct lognormal {
    sim_time median, p99;
    double sigma;
};
PARAMS(lognormal, PARAM_TIME(struct lognormal, median, NULL, POSITIVE, "its median"),
       PARAM_TIME(struct lognormal, p99, NULL, POSITIVE, "99th percentile, or"),
       PARAM_REAL(struct lognormal, sigma, NULL, "0.001..10",
                  "standard deviation of the logarithm"));

static bool check_lognormal(const void *params, char why[PARAM_WHY_MAX])
{
    const struct lognormal *law = params;

    return law->p99 == 0 || law->median < law->p99 ||
           refuse(why, "`median` must be less than `p99`");
}

static void specify_lognormal(const void *params, struct distribution_spec *spec)
{
    const struct lognormal *law = params;

    spec->a = (double)law->median;
    spec->b =
        law->sigma > 0 ? law->sigma : log((double)law->p99 / (double)law->median) / NORMAL_P99;
}

static double lognormal_quantile(const struct distribution_spec *spec, double p, double q)
{
    return NEARER(lognormal, log(spec->a), spec->b);
}

/* ---- weibull: a, the scale, and b, the shape ---- */

struct weibull {
    double shape;
    sim_time mean, scale;
};
PARAMS(weibull, PARAM_REAL(struct weibull, shape, NULL, "0.1..100", "below 1: a heavy tail"),
       PARAM_TIME(struct weibull, mean, NULL, POSITIVE, "its mean, or"),
       PARAM_TIME(struct weibull, scale, NULL, POSITIVE, "its scale"));

static void specify_weibull(const void *params, struct distribution_spec *spec)
{
    const struct weibull *law = params;

    spec->a = law->mean > 0 ? (double)law->mean / tgamma(1 + 1 / law->shape) : (double)law->scale;
    spec->b = law->shape;
}

static double weibull_quantile(const struct distribution_spec *spec, double p, double q)
{
    return NEARER(weibull, spec->a, spec->b);
}

/* ---- pareto: a, the least, and b, the shape ---- */

struct pareto {
    double shape;
    sim_time min;
};
#define POWER "the mean is infinite up to 1"
PARAMS(pareto, PARAM_REAL(struct pareto, shape, NULL, "0.1..100", POWER),
       PARAM_TIME(struct pareto, min, NULL, POSITIVE, "least"));

static void specify_pareto(const void *params, struct distribution_spec *spec)
{
    const struct pareto *law = params;

    spec->a = (double)law->min;
    spec->b = law->shape;
}

static double pareto_quantile(const struct distribution_spec *spec, double p, double q)
{
    return NEARER(pareto, spec->b, spec->a);
}

/* Of a power law. */
static bool power_has_mean(const struct distribution_spec *spec)
{
    return spec->b > 1;
}

/* ---- lomax, a Pareto variate less its least: a, the scale, and b, the shape ---- */

struct lomax {
    double shape;
    sim_time scale;
};
PARAMS(lomax, PARAM_REAL(struct lomax, shape, NULL, "0.1..100", POWER),
       PARAM_TIME(struct lomax, scale, NULL, POSITIVE, "its scale"));

static void specify_lomax(const void *params, struct distribution_spec *spec)
{
    const struct lomax *law = params;

    spec->a = (double)law->scale;
    spec->b = law->shape;
}

static double lomax_quantile(const struct distribution_spec *spec, double p, double q)
{
    return p > 0.5 ? gsl_cdf_pareto_Qinv(q, spec->b, spec->a) - spec->a
                   : spec->a * expm1(-log1p(-p) / spec->b);
}

/* ---- gamma: a, the scale, and b, the shape ---- */

struct gamma {
    double shape;
    sim_time mean, scale;
};
PARAMS(gamma, PARAM_REAL(struct gamma, shape, NULL, "0.1..1000", "1: exponential"),
       PARAM_TIME(struct gamma, mean, NULL, POSITIVE, "its mean, or"),
       PARAM_TIME(struct gamma, scale, NULL, POSITIVE, "its scale"));

static void specify_gamma(const void *params, struct distribution_spec *spec)
{
    const struct gamma *law = params;

    spec->a = law->mean > 0 ? (double)law->mean / law->shape : (double)law->scale;
    spec->b = law->shape;
}

/*
 * GSL's own inverse gives up or errs at both ends of our range of shapes, so Newton's rule here
 * finds the logarithm y of the quantile of scale 1: log P(exp y) and log Q(exp y) are concave in y,
 * so from outside its steps come nearer and never overshoot.  It starts where P = x^shape /
 * Gamma(shape + 1), which is never less, or Q = 2^-33 at most.
 */
static double gamma_quantile(const struct distribution_spec *spec, double p, double q)
{
    const double shape = spec->b, reach = 33 * M_LN2;
    const bool upper = p > 0.5;
    double y = upper ? log(shape + sqrt(2 * shape * reach) + reach)
                     : (log(p) + gsl_sf_lngamma(shape + 1)) / shape;
    double step = 1;

    for (int i = 0; i < 200 && fabs(step) > 1e-12; i++) {
        double x = exp(y);
        double tail = upper ? gsl_cdf_gamma_Q(x, shape, 1) : gsl_cdf_gamma_P(x, shape, 1);

        step = tail / (x * gsl_ran_gamma_pdf(x, shape, 1)) * log(tail / (upper ? q : p));
        y += upper ? step : -step;
    }
    return spec->a * exp(y);
}

/* ---- empirical: a sample ---- */

struct empirical {
    bool smooth;
};
PARAMS(empirical,
       PARAM_BOOL(struct empirical, smooth, "false", "what lies between the values, too"));

static void specify_empirical(const void *params, struct distribution_spec *spec)
{
    const struct empirical *law = params;

    spec->is_smooth = law->smooth;
}

static bool sample_is_zero(const struct distribution_spec *spec)
{
    size_t i = 0;

    while (i < spec->value_count && spec->values[i] <= 0)
        i++;
    return i == spec->value_count;
}

/* ---- all of them, in the order of the reference ---- */

#define LAW(law) .params = law##_params, .specify = specify_##law, .quantile = law##_quantile

const struct distribution_family distribution_families[DISTRIBUTION_KINDS] = {
    [DISTRIBUTION_CONSTANT] = { LAW(constant), .is_exact = true, .is_constant = true,
                                .is_zero = constant_is_zero },
    [DISTRIBUTION_EXPONENTIAL] = { LAW(exponential), .name = "exponential",
                                   .example = "{exponential: {mean: 30s}}",
                                   .size_example = "{exponential: {mean: 2kB}}",
                                   .help = "memoryless" },
    [DISTRIBUTION_UNIFORM] = { LAW(uniform), .name = "uniform",
                               .example = "{uniform: {min: 10ms, max: 50ms}}",
                               .size_example = "{uniform: {min: 1kB, max: 5kB}}",
                               .help = "all values between two bounds are equally likely",
                               .check = check_uniform, .is_exact = true },
    [DISTRIBUTION_NORMAL] = { LAW(normal), .name = "normal",
                              .example = "{normal: {mean: 40ms, sd: 10ms}}",
                              .size_example = "{normal: {mean: 4kB, sd: 1kB}}",
                              .help = "the bell curve, cut at 0" },
    [DISTRIBUTION_LOGNORMAL] = { LAW(lognormal), .name = "lognormal",
                                 .example = "{lognormal: {median: 40ms, p99: 200ms}}",
                                 .size_example = "{lognormal: {median: 2kB, p99: 1MB}}",
                                 .help = "as round-trip times are", .either = { "p99", "sigma" },
                                 .check = check_lognormal },
    [DISTRIBUTION_WEIBULL] = { LAW(weibull), .name = "weibull",
                               .example = "{weibull: {shape: 0.6, mean: 2h}}",
                               .size_example = "{weibull: {shape: 0.6, mean: 2kB}}",
                               .help = "as session lengths are", .either = { "mean", "scale" } },
    [DISTRIBUTION_PARETO] = { LAW(pareto), .name = "pareto",
                              .example = "{pareto: {shape: 1.5, min: 1min}}",
                              .size_example = "{pareto: {shape: 1.5, min: 1kB}}",
                              .help = "a power law above a minimum", .has_mean = power_has_mean },
    [DISTRIBUTION_LOMAX] = { LAW(lomax), .name = "lomax",
                             .example = "{lomax: {shape: 1.5, scale: 1min}}",
                             .size_example = "{lomax: {shape: 1.5, scale: 1kB}}",
                             .help = "a power law from 0", .has_mean = power_has_mean },
    [DISTRIBUTION_GAMMA] = { LAW(gamma), .name = "gamma",
                             .example = "{gamma: {shape: 2, mean: 1h}}",
                             .size_example = "{gamma: {shape: 2, mean: 2kB}}",
                             .help = "a sum of memoryless stages", .either = { "mean", "scale" } },
    [DISTRIBUTION_EMPIRICAL] = { .name = "empirical",
                                 .example = "{empirical: {file: latencies.txt}}",
                                 .size_example = "{empirical: {file: sizes.txt}}",
                                 .help = "the values of a file, all equally likely",
                                 .params = empirical_params,
                                 .takes_values = true,
                                 .specify = specify_empirical,
                                 .is_zero = sample_is_zero },
};
