/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting.c - see fitting.h. */
#include "analysis/fitting/fitting.h"

#include "analysis/fitting/fitting_runs.h"
#include "base/statistics.h"

#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Seeds of settings: those of a master seed are 2^32 in a row. */
#define SEEDS        (UINT64_C(1) << 32)
#define SEED_MASTERS (UINT64_C(1) << 20)

/* ---- reading ---- */

static bool choose_strategy(struct fitting *fitting, struct errors *errors)
{
    const struct plan *plan = fitting->first;
    const char *wanted = fitting->request->strategy;
    char *names = g_strjoinv(", ", plan->strategies);

    if (!wanted && plan->strategy_count == 1)
        fitting->strategy = plan->strategies[0];
    for (int i = 0; wanted && i < plan->strategy_count; i++)
        if (strcmp(plan->strategies[i], wanted) == 0)
            fitting->strategy = plan->strategies[i];
    if (!fitting->strategy && wanted)
        errors_add(errors, ERROR_SCENARIO, "--strategy %s: there are %s", wanted, names);
    else if (!fitting->strategy)
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' has several strategies; --strategy says which was measured: %s",
                   fitting->request->scenario, names);
    g_free(names);
    return fitting->strategy != NULL;
}

/* What the scenario has to be like for its runs to be comparable with the curve. */
static bool check_scenario(struct fitting *fitting, struct errors *errors)
{
    const struct fitting_request *request = fitting->request;
    const struct plan *plan = fitting->first;
    const double last = fitting->measured.times[fitting->measured.count - 1];
    struct setup *setup;
    const struct sim_config *config;
    size_t before = errors->count;

    if (plan->axis_count > 0)
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' has a sweep; fit varies what --vary says, so leave the sweep out",
                   request->scenario);
    setup = errors->count == before ? plan_setup(plan, 0) : NULL;
    if (!setup) {
        if (errors->count == before)
            errors_add(errors, ERROR_IO, "out of memory");
        return false;
    }
    config = setup_config(setup, 0);
    if (config->workload.updates != 1 || config->store.preload > 0)
        errors_add(errors, ERROR_SCENARIO,
                   "the scenario writes %" PRId64 " updates%s; a measured curve is that of one: "
                   "--set workload.updates=1",
                   config->workload.updates, config->store.preload > 0 ? " and preloads some" : "");
    else if ((double)(config->stop.at - config->workload.at) / (double)SIM_SECOND < last)
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' goes on to %g s after the write, where the scenario has stopped: --set "
                   "stop.at=TIME",
                   request->measured, last);
    else
        glimpse_init(&fitting->glimpse, &fitting->measured, (size_t)config->nodes,
                     request->broadcasts, request->measured, errors);
    setup_free(setup);
    return errors->count == before;
}

/* What is wrong with varying it; NULL: nothing. */
static const char *why_not(const struct fitting_request *request, size_t number,
                           const struct axis *axis)
{
    const char *path = request->vary[number].path;

    for (size_t i = 0; i < number; i++)
        if (strcmp(path, request->vary[i].path) == 0)
            return "it is there twice";
    if (strcmp(path, "nodes") == 0)
        return "the size of what was measured is known: --set nodes=N";
    if (strcmp(path, "seed") == 0)
        return "every setting has a seed of its own";
    if (axis->count == 1)
        return "this is a single value, which --set gives; a range is FROM..TO";
    if (axis->count == 0 && axis->range.from > axis->range.to)
        return "the range is upside down";
    return NULL;
}

static bool read_axes(struct fitting *fitting, struct errors *errors)
{
    const struct fitting_request *request = fitting->request;
    const size_t before = errors->count;

    for (size_t i = 0; i < request->vary_count; i++) {
        const struct setting *vary = &request->vary[i];
        struct axis *axis = &fitting->axes[i];
        const char *why = NULL;
        if (axis_read_option(axis, "--vary", vary, fitting->sources, errors))
            why = why_not(request, i, axis);
        if (why)
            errors_add(errors, ERROR_SCENARIO, "--vary %s=%s: %s", vary->path, vary->value, why);
        fitting->choices[i] = axis->count;
    }
    return errors->count == before;
}

/* The axes of the settings, and one for their seeds. */
static bool plan_table(struct fitting *fitting, struct errors *errors)
{
    const struct fitting_request *request = fitting->request;
    const uint64_t from = fitting->first->seed % SEED_MASTERS * SEEDS;
    struct setting axes[FITTING_AXES_MAX + 1];
    char points[32], broadcasts[32], seeds[64];
    struct plan_options options = { .sets = request->sets,
                                    .set_count = request->set_count,
                                    .sweeps = axes,
                                    .sweep_count = request->vary_count + 1,
                                    .sweep_option = "--vary",
                                    .design = "sobol",
                                    .points = points,
                                    .only = &fitting->strategy,
                                    .only_count = 1,
                                    .replications = broadcasts };

    memcpy(axes, request->vary, request->vary_count * sizeof *axes);
    axes[request->vary_count] = (struct setting){ "seed", seeds };
    g_snprintf(points, sizeof points, "%zu", request->points);
    g_snprintf(broadcasts, sizeof broadcasts, "%zu", request->broadcasts);
    g_snprintf(seeds, sizeof seeds, "%" PRIu64 "..%" PRIu64, from, from + SEEDS - 1);
    fitting->table = plan_read(request->scenario, &options, errors);
    return fitting->table != NULL;
}

static bool read_all(struct fitting *fitting, struct errors *errors)
{
    const struct fitting_request *request = fitting->request;
    const struct plan_options options = { .sets = request->sets,
                                          .set_count = request->set_count,
                                          .seed = request->seed };

    if (!measured_read(request->measured, &fitting->measured, errors))
        return false;
    fitting->first = plan_read(request->scenario, &options, errors);
    return fitting->first && choose_strategy(fitting, errors) && check_scenario(fitting, errors) &&
           read_axes(fitting, errors) && plan_table(fitting, errors);
}

struct fitting *fitting_new(const struct fitting_request *request, struct errors *errors)
{
    struct fitting *fitting = g_new0(struct fitting, 1);

    fitting->request = request;
    fitting->sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    if (read_all(fitting, errors))
        return fitting;
    fitting_free(fitting);
    return NULL;
}

void fitting_free(struct fitting *fitting)
{
    if (!fitting)
        return;
    for (size_t i = 0; i < FITTING_AXES_MAX; i++) {
        struct fitting_finding *finding = &fitting->findings[i];
        g_free(finding->value);
        g_free(finding->lower);
        g_free(finding->upper);
        g_free(finding->choices);
        g_free(finding->chances);
        axis_clear(&fitting->axes[i]);
    }
    posterior_clear(&fitting->posterior);
    plan_free(fitting->first);
    plan_free(fitting->table);
    plan_free(fitting->check);
    measured_clear(&fitting->measured);
    g_ptr_array_free(fitting->sources, TRUE);
    g_free(fitting);
}

/* ---- what is found ---- */

/* The value at `u` as one writes it: of a range to three digits, which no interval needs more than,
 * but whole numbers. */
static char *write_value(const struct axis *axis, double u)
{
    char *text = axis_pick_text(axis, u), rounded[QUANTITY_TEXT_MAX];
    enum dimension dimension;
    double value;

    if (axis->count == 0 && axis->range.dimension != DIMENSION_COUNT &&
        dimension_read(text, &value, &dimension) && value > 0) {
        double step = pow(10, floor(log10(value)) - 2);
        char digits[40];
        g_snprintf(digits, sizeof digits, "%.15g", round(value / step) * step);
        value = fmin(fmax(g_ascii_strtod(digits, NULL), axis->range.from), axis->range.to);
        dimension_write(value, axis->range.dimension, rounded);
        g_free(text);
        text = g_strdup(rounded);
    }
    return text;
}

static void find_range(struct fitting *fitting, size_t axis)
{
    const struct posterior *posterior = &fitting->posterior;
    struct fitting_finding *finding = &fitting->findings[axis];
    const double low = posterior_quantile(posterior, axis, (1 - FITTING_CONFIDENCE) / 2);
    const double high = posterior_quantile(posterior, axis, (1 + FITTING_CONFIDENCE) / 2);

    finding->lower = write_value(&fitting->axes[axis], low);
    finding->upper = write_value(&fitting->axes[axis], high);
    finding->width = high - low;
    finding->at_end =
        fmax(posterior_chance(posterior, axis, 0, 20), posterior_chance(posterior, axis, 19, 20));
}

static void find_choices(struct fitting *fitting, size_t axis)
{
    const size_t count = fitting->choices[axis];
    struct fitting_finding *finding = &fitting->findings[axis];

    finding->choices = g_new(size_t, count);
    finding->chances = g_new(double, count);
    for (size_t i = 0; i < count; i++) {
        double chance = posterior_chance(&fitting->posterior, axis, i, count);
        size_t place = i;
        for (; place > 0 && finding->chances[place - 1] < chance; place--) {
            finding->choices[place] = finding->choices[place - 1];
            finding->chances[place] = finding->chances[place - 1];
        }
        finding->choices[place] = i;
        finding->chances[place] = chance;
    }
    finding->value =
        axis_pick_text(&fitting->axes[axis], ((double)finding->choices[0] + 0.5) / (double)count);
}

/* The best setting has the likeliest choices, and of ranges the medians that go with these. */
static void find_values(struct fitting *fitting)
{
    const struct posterior *all = &fitting->posterior;
    const size_t axes = all->axes;
    struct posterior best = { .count = all->count,
                              .axes = axes,
                              .u = g_memdup2(all->u, all->count * axes * sizeof *all->u),
                              .weights =
                                  g_memdup2(all->weights, all->count * sizeof *all->weights) };

    for (size_t i = 0; i < axes; i++)
        if (fitting->choices[i] > 0) {
            const size_t likeliest = fitting->findings[i].choices[0], count = fitting->choices[i];
            if (posterior_chance(&best, i, likeliest, count) > 0)
                posterior_keep(&best, i, likeliest, count);
        }
    for (size_t i = 0; i < axes; i++)
        if (fitting->choices[i] == 0)
            fitting->findings[i].value =
                write_value(&fitting->axes[i], posterior_quantile(&best, i, 0.5));
    posterior_clear(&best);
}

static void find_correlations(struct fitting *fitting)
{
    const size_t count = fitting->request->vary_count;

    for (size_t a = 0; a < count; a++) {
        struct fitting_finding *finding = &fitting->findings[a];
        finding->other = a;
        for (size_t b = 0; b < count && fitting->choices[a] == 0; b++) {
            double correlation;
            if (a == b || fitting->choices[b] > 0)
                continue;
            correlation = posterior_correlation(&fitting->posterior, a, b);
            if (finding->other != a && fabs(correlation) <= fabs(finding->correlation))
                continue;
            finding->other = b;
            finding->correlation = correlation;
        }
    }
}

struct setting *fitting_settings(const struct fitting *fitting, size_t *count)
{
    const struct fitting_request *request = fitting->request;
    struct setting *settings = g_new(struct setting, request->set_count + request->vary_count);

    *count = 0;
    for (size_t i = 0; i < request->set_count; i++)
        settings[(*count)++] = request->sets[i];
    for (size_t i = 0; i < request->vary_count; i++)
        settings[(*count)++] =
            (struct setting){ request->vary[i].path, fitting->findings[i].value };
    return settings;
}

static bool plan_check(struct fitting *fitting, struct errors *errors)
{
    const struct fitting_request *request = fitting->request;
    char replications[32];
    struct plan_options options = { .only = &fitting->strategy,
                                    .only_count = 1,
                                    .replications = replications,
                                    .seed = request->seed };
    struct setting *settings = fitting_settings(fitting, &options.set_count);

    options.sets = settings;
    g_snprintf(replications, sizeof replications, "%zu", FITTING_CHECKS * request->broadcasts);
    fitting->check = plan_read(request->scenario, &options, errors);
    g_free(settings);
    return fitting->check != NULL;
}

/* Numbers of a point's runs, at most `most` rows. */
static bool look(const struct fitting *fitting, const struct study *study, size_t point,
                 size_t most, double *numbers, size_t *rows, struct errors *errors)
{
    struct fitting_runs runs;
    const bool is_good = fitting_runs_read(study, point, fitting->strategy, &runs, errors);

    *rows = is_good ? fitting_runs_see(&runs, &fitting->glimpse, most, numbers) : 0;
    fitting_runs_clear(&runs);
    return is_good;
}

/* Rows of places and numbers of all settings; returns how many there are. */
static bool read_table(struct fitting *fitting, const struct study *study, double *u, double *seen,
                       size_t *runs, struct errors *errors)
{
    const size_t axes = fitting->request->vary_count, numbers = glimpse_numbers(&fitting->glimpse);
    struct space_points *points = space_points_new(SPACE_SOBOL, (unsigned)axes + 1, 0);
    bool is_good = true;

    *runs = 0;
    for (size_t i = 0; i < study->point_count && is_good; i++) {
        double place[FITTING_AXES_MAX + 1];
        size_t rows;
        space_points_next(points, place);
        is_good = look(fitting, study, i, 1, &seen[*runs * numbers], &rows, errors);
        memcpy(&u[*runs * axes], place, axes * sizeof *u);
        *runs += rows;
    }
    space_points_free(points);
    fitting->left_out = study->point_count - *runs;
    return is_good;
}

bool fitting_find(struct fitting *fitting, const struct study *study, struct errors *errors)
{
    const size_t axes = fitting->request->vary_count, numbers = glimpse_numbers(&fitting->glimpse);
    double *u = g_new(double, study->point_count *axes);
    double *seen = g_new(double, study->point_count *numbers);
    double file[GLIMPSE_NUMBERS_MAX];
    struct posterior_table table = {
        .axes = axes, .numbers = numbers, .u = u, .seen = seen, .choices = fitting->choices
    };
    bool is_good = read_table(fitting, study, u, seen, &table.runs, errors);

    if (is_good && table.runs < POSTERIOR_RUNS_MIN) {
        errors_add(errors, ERROR_IO,
                   "only %zu settings have runs that can be compared; %d are "
                   "needed",
                   table.runs, POSTERIOR_RUNS_MIN);
        is_good = false;
    }
    if (is_good) {
        glimpse_of_file(&fitting->glimpse, file);
        posterior_find(&table, file, &fitting->posterior);
        for (size_t i = 0; i < axes; i++)
            if (fitting->choices[i] > 0)
                find_choices(fitting, i);
            else
                find_range(fitting, i);
        find_values(fitting);
        find_correlations(fitting);
        is_good = plan_check(fitting, errors);
    }
    g_free(u);
    g_free(seen);
    return is_good;
}

/* ---- the check ---- */

/* The number in which the first row is furthest from the others, by their spread. */
static void find_furthest(struct fitting_check *check, const double *rows, size_t runs,
                          size_t numbers)
{
    double *column = g_new(double, runs), furthest = -1;

    for (size_t k = 0; k < numbers; k++) {
        double mean = 0, squares = 0, off;
        for (size_t i = 0; i < runs; i++)
            mean += rows[(i + 1) * numbers + k] / (double)runs;
        for (size_t i = 0; i < runs; i++)
            squares += pow(rows[(i + 1) * numbers + k] - mean, 2) / (double)runs;
        off = fabs(rows[k] - mean) / sqrt(squares + 1e-12);
        if (off <= furthest)
            continue;
        furthest = off;
        for (size_t i = 0; i < runs; i++)
            column[i] = rows[(i + 1) * numbers + k];
        check->number = k;
        check->seen = rows[k];
        check->low = statistics_quantile(column, runs, 0.025, 0.95).value;
        check->high = statistics_quantile(column, runs, 0.975, 0.95).value;
    }
    g_free(column);
}

bool fitting_judge(struct fitting *fitting, const struct study *study, struct errors *errors)
{
    const size_t numbers = glimpse_numbers(&fitting->glimpse);
    double *rows = g_new(double, (FITTING_CHECKS + 1) * numbers);
    size_t runs;
    bool is_good = look(fitting, study, 0, FITTING_CHECKS, &rows[numbers], &runs, errors);

    if (is_good && runs < FITTING_CHECKS / 2) {
        errors_add(errors, ERROR_IO, "only %zu runs of the best setting can be compared", runs);
        is_good = false;
    }
    if (is_good) {
        glimpse_of_file(&fitting->glimpse, rows);
        fitting->checked.p = posterior_check(rows, runs, numbers);
        find_furthest(&fitting->checked, rows, runs, numbers);
    }
    g_free(rows);
    return is_good;
}

bool fitting_is_explained(const struct fitting *fitting)
{
    return fitting->checked.p >= FITTING_LEVEL;
}
