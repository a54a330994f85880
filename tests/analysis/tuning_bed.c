/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning_bed.c - see tuning_bed.h. */
#include "tests/analysis/tuning_bed.h"

#include "experiment/language/space.h"
#include "sim/value/draw.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double interval_of(double u)
{
    return 0.1 * pow(20, u);
}

static char **write_setting(void *context, const double *u)
{
    const struct tuning_bed *bed = context;
    char **texts = g_new0(char *, bed->problem.axes + 1);

    texts[0] = g_strdup_printf("%zu", 1 + space_choice(8, u[0]));
    if (bed->problem.axes > 1)
        texts[1] = g_strdup_printf("%.4g", interval_of(u[1]));
    if (bed->problem.axes > 2)
        texts[2] = g_strdup(space_choice(2, u[2]) == 0 ? "a" : "b");
    return texts;
}

static double takes(const struct tuning_bed *bed, double fanout, double interval, bool is_b)
{
    return bed->is_flat ? bed->takes : 8 * interval / log1p(fanout) * (is_b ? 1.2 : 1);
}

double tuning_bed_cost(const struct tuning_bed *bed, double fanout, double interval, bool is_b)
{
    return bed->is_flat ? 1 : fanout / interval * (is_b ? 0.9 : 1);
}

static void values_of(char *const *texts, double *fanout, double *interval, bool *is_b)
{
    *fanout = atof(texts[0]);
    *interval = texts[1] ? atof(texts[1]) : 0.5;
    *is_b = texts[1] && texts[2] && strcmp(texts[2], "b") == 0;
}

static double uniform(uint64_t key, uint32_t entity)
{
    return ((double)(draw(key, entity, 0) >> 12) + 0.5) * 0x1p-52;
}

/* Half of the factor's variance is the weather that all settings share. */
static double factor(const struct tuning_bed *bed, uint32_t replication, size_t number)
{
    const uint64_t key = draw_key(bed->seed, replication, PURPOSE_PATH);
    const double common = gsl_cdf_ugaussian_Pinv(uniform(key, 0));
    const double own = gsl_cdf_ugaussian_Pinv(uniform(key, (uint32_t)number + 2));

    if (uniform(key, 1) < bed->hangs)
        return INFINITY;
    return exp(bed->sigma * (common + own) * M_SQRT1_2);
}

static bool evaluate(void *context, struct tuning *tuning, struct errors *errors)
{
    const struct tuning_bed *bed = context;

    (void)errors;
    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        double fanout, interval;
        bool is_b;

        values_of(setting->texts, &fanout, &interval, &is_b);
        for (uint32_t r = setting->runs; r < setting->wanted; r++) {
            double time = takes(bed, fanout, interval, is_b) * factor(bed, r, i);
            for (size_t k = 0; k < bed->problem.goal_count; k++)
                setting->values[k][r] = time;
            setting->values[bed->problem.goal_count][r] =
                tuning_bed_cost(bed, fanout, interval, is_b);
        }
    }
    return true;
}

void tuning_bed_init(struct tuning_bed *bed, size_t axes, const char *goal, const char *second)
{
    char why[EXPRESSION_WHY_MAX];

    *bed = (struct tuning_bed){
        .sigma = 0.1, .seed = 1, .levels = { 8, 0, 2 }, .is_choice = { false, false, true }
    };
    if (!tuning_goal_read(goal, &bed->goals[0], why) ||
        (second && !tuning_goal_read(second, &bed->goals[1], why)))
        g_error("%s", why);
    bed->problem = (struct tuning_problem){ .axes = axes,
                                            .levels = bed->levels,
                                            .is_choice = bed->is_choice,
                                            .goals = bed->goals,
                                            .goal_count = second ? 2 : 1,
                                            .confidence = 0.95,
                                            .write = write_setting,
                                            .evaluate = evaluate,
                                            .context = bed };
}

void tuning_bed_clear(struct tuning_bed *bed)
{
    for (size_t i = 0; i < bed->problem.goal_count; i++)
        tuning_goal_clear(&bed->goals[i]);
}

/* A mean is missed by all runs or by none. */
static double failures(const struct tuning_bed *bed, double fanout, double interval, bool is_b)
{
    const struct tuning_goal *goal = &bed->goals[0];
    const double median = takes(bed, fanout, interval, is_b);

    if (!goal->is_share)
        return median * exp(bed->sigma * bed->sigma / 2) >= goal->expression.bound.value;
    return bed->hangs +
           (1 - bed->hangs) * gsl_cdf_ugaussian_Q(log(goal->run.value / median) / bed->sigma);
}

double tuning_bed_failures(const struct tuning_bed *bed, const struct tuning_setting *setting)
{
    double fanout, interval;
    bool is_b;

    values_of(setting->texts, &fanout, &interval, &is_b);
    return failures(bed, fanout, interval, is_b);
}

double tuning_bed_lowest(const struct tuning_bed *bed)
{
    double lowest = INFINITY;

    for (int fanout = 1; fanout <= 8; fanout++)
        for (int i = 0; i <= 2000; i++)
            for (int b = 0; b < (bed->problem.axes > 2 ? 2 : 1); b++) {
                double interval = bed->problem.axes > 1 ? interval_of(i / 2000.0) : 0.5;
                if (failures(bed, fanout, interval, b) <= bed->goals[0].failures)
                    lowest = fmin(lowest, tuning_bed_cost(bed, fanout, interval, b));
            }
    return lowest;
}
