/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_truth.c - see fitting_truth.h. */
#include "tests/analysis/fitting_truth.h"

#include "analysis/fitting/fitting_runs.h"
#include "experiment/runner/runner.h"
#include "sim/value/draw.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOME_NODES = 30, TIMES = 10 };

/* A folder with the scenario, curves and a database. */
struct bed {
    const struct truth_problem *problem;
    char *folder, *scenario, *database, *measured;
    uint64_t key;
    struct axis axes[FITTING_AXES_MAX];
    GPtrArray *sources;
};

static void stop_if(const struct errors *errors)
{
    if (errors->count == 0)
        return;
    errors_print(stderr, errors);
    abort();
}

static void begin(struct bed *bed, const struct truth_problem *problem, uint64_t seed)
{
    struct errors errors = { .count = 0 };

    *bed = (struct bed){ .problem = problem,
                         .folder = g_dir_make_tmp("fitting-XXXXXX", NULL),
                         .key = draw_key(seed, 0, PURPOSE_DESIGN),
                         .sources = g_ptr_array_new_with_free_func((GDestroyNotify)source_free) };
    bed->scenario = g_build_filename(bed->folder, "truth.yaml", NULL);
    bed->database = g_build_filename(bed->folder, "truth.db", NULL);
    bed->measured = g_build_filename(bed->folder, "measured.csv", NULL);
    g_file_set_contents(bed->scenario, problem->scenario, -1, NULL);
    for (size_t i = 0; i < problem->vary_count; i++)
        axis_read_option(&bed->axes[i], "--vary", &problem->vary[i], bed->sources, &errors);
    stop_if(&errors);
}

static void end(struct bed *bed)
{
    for (size_t i = 0; i < bed->problem->vary_count; i++)
        axis_clear(&bed->axes[i]);
    g_ptr_array_free(bed->sources, TRUE);
    g_unlink(bed->scenario);
    g_unlink(bed->database);
    g_unlink(bed->measured);
    g_rmdir(bed->folder);
    g_free(bed->scenario);
    g_free(bed->database);
    g_free(bed->measured);
    g_free(bed->folder);
}

/* ---- curves ---- */

static double share_at(const struct sim_result *run, double time)
{
    size_t i = 0;
    double before, after;

    while (i < run->sample_count && (double)run->samples[i].at < time)
        i++;
    if (i == 0 || i == run->sample_count)
        return run->samples[i ? i - 1 : 0].informed / run->samples[i ? i - 1 : 0].alive;
    before = run->samples[i - 1].informed / run->samples[i - 1].alive;
    after = run->samples[i].informed / run->samples[i].alive;
    return before + (after - before) * (time - (double)run->samples[i - 1].at) /
                        (double)(run->samples[i].at - run->samples[i - 1].at);
}

static void write_shares(FILE *out, const struct sim_result *run, enum truth_form form)
{
    fputs("time_ns,share\n", out);
    for (size_t i = 0; form == TRUTH_SHARES && i < run->sample_count; i++)
        fprintf(out, "%" PRId64 ",%.17g\n", run->samples[i].at,
                run->samples[i].informed / run->samples[i].alive);
    for (int i = 0; form == TRUTH_TEN_TIMES && i < TIMES; i++) {
        const double at = pow(2, i) * 100e6;
        fprintf(out, "%.0f,%.3f\n", at, share_at(run, at));
    }
}

/* When `rank` nodes are informed, between samples; those that do not hear have no such time. */
static void write_delay(FILE *out, const struct sim_result *run, uint32_t rank)
{
    size_t i = 0;
    double way;

    while (i < run->sample_count && run->samples[i].informed < rank)
        i++;
    if (i == run->sample_count) {
        fputs("never\n", out);
        return;
    }
    if (i == 0) {
        fputs("0ns\n", out);
        return;
    }
    way = (rank - run->samples[i - 1].informed) /
          (run->samples[i].informed - run->samples[i - 1].informed);
    fprintf(out, "%.0fns\n",
            (double)run->samples[i - 1].at +
                way * (double)(run->samples[i].at - run->samples[i - 1].at));
}

static void write_delays(FILE *out, const struct bed *bed, const struct sim_result *run,
                         size_t number)
{
    const uint32_t nodes = run->samples[0].alive;
    uint32_t left = nodes - 1, wanted = bed->problem->form == TRUTH_DELAYS ? left : SOME_NODES;

    for (uint32_t rank = 2; rank <= nodes; rank++, left--) {
        if (draw_below(draw(bed->key, (uint32_t)number, 1000 + rank), left) >= wanted)
            continue;
        write_delay(out, run, rank);
        wanted--;
    }
}

static void write_curve(const struct bed *bed, const struct sim_result *run, size_t number)
{
    FILE *out = fopen(bed->measured, "w");

    if (bed->problem->form == TRUTH_SHARES || bed->problem->form == TRUTH_TEN_TIMES)
        write_shares(out, run, bed->problem->form);
    else
        write_delays(out, bed, run, number);
    fclose(out);
}

/* Measures a run at the places `u`. */
static void measure(const struct bed *bed, const double *u, size_t number)
{
    const struct truth_problem *problem = bed->problem;
    const bool is_sampled = problem->form == TRUTH_SHARES;
    struct setting sets[FITTING_AXES_MAX + 1];
    char seed[32];
    struct plan_options options = { .sets = sets,
                                    .set_count = problem->vary_count + (is_sampled ? 0 : 1),
                                    .replications = "1",
                                    .seed = seed };
    struct errors errors = { .count = 0 };
    struct sim_result run;
    struct setup *setup;
    struct plan *plan;

    g_snprintf(seed, sizeof seed, "%zu", 1000000 + number);
    for (size_t i = 0; i < problem->vary_count; i++)
        sets[i] = (struct setting){ problem->vary[i].path, axis_pick_text(&bed->axes[i], u[i]) };
    sets[problem->vary_count] = (struct setting){ "record.every", "2ms" };
    plan = plan_read(bed->scenario, &options, &errors);
    stop_if(&errors);
    setup = plan_setup(plan, 0);
    sim_run(setup_config(setup, 0), &run);
    write_curve(bed, &run, number);
    sim_result_clear(&run);
    setup_free(setup);
    plan_free(plan);
    for (size_t i = 0; i < problem->vary_count; i++)
        g_free((char *)sets[i].value);
}

/* ---- fits ---- */

static struct study *complete(const struct bed *bed, const struct plan *plan, struct errors *errors)
{
    const struct runner_options how = { .threads = 1 };
    struct runner_outcome outcome = { .total = 0 };
    struct results *results = results_open(bed->database, errors);
    int64_t study_id = 0;

    stop_if(errors);
    if (results_add_study(results, plan, "test", "test", errors) &&
        runner_run(results, plan, &how, &outcome, errors))
        study_id = results_study(results);
    runner_outcome_clear(&outcome);
    results_close(results, errors);
    stop_if(errors);
    return study_open(bed->database, study_id, errors);
}

/* What all fits look at. */
struct common_runs {
    struct fitting_runs *runs; /* of each setting of the table */
    double *u;                 /* and its places */
    size_t points, nodes;
    size_t choices[FITTING_AXES_MAX];
};

static struct fitting_request request_of(const struct bed *bed, size_t points)
{
    return (struct fitting_request){ .scenario = bed->scenario,
                                     .measured = bed->measured,
                                     .vary = bed->problem->vary,
                                     .vary_count = bed->problem->vary_count,
                                     .points = points,
                                     .broadcasts = 1 };
}

/* The table, made once: it does not depend on the curve that was measured last. */
static struct common_runs see_table(const struct bed *bed, size_t points)
{
    const struct fitting_request request = request_of(bed, points);
    const size_t axes = request.vary_count;
    struct errors errors = { .count = 0 };
    struct fitting *fitting = fitting_new(&request, &errors);
    struct space_points *design = space_points_new(SPACE_SOBOL, (unsigned)axes + 1, 0);
    struct common_runs seen = { .points = points };
    struct study *study;

    stop_if(&errors);
    study = complete(bed, fitting->table, &errors);
    seen.runs = g_new0(struct fitting_runs, points);
    seen.u = g_new(double, points *axes);
    seen.nodes = fitting->glimpse.nodes;
    memcpy(seen.choices, fitting->choices, sizeof seen.choices);
    for (size_t i = 0; i < points; i++) {
        double place[FITTING_AXES_MAX + 1];
        space_points_next(design, place);
        memcpy(&seen.u[i * axes], place, axes * sizeof *place);
        fitting_runs_read(study, i, fitting->strategy, &seen.runs[i], &errors);
    }
    stop_if(&errors);
    study_close(study);
    space_points_free(design);
    fitting_free(fitting);
    return seen;
}

static void forget(struct common_runs *seen)
{
    for (size_t i = 0; i < seen->points; i++)
        fitting_runs_clear(&seen->runs[i]);
    g_free(seen->runs);
    g_free(seen->u);
}

/* Whether the choice at `u` is among the likeliest that have 95 % together. */
static bool is_chosen(const struct posterior *posterior, size_t axis, size_t count, double u)
{
    const size_t truth = space_choice(count, u);
    const double own = posterior_chance(posterior, axis, truth, count);
    double likelier = 0;

    for (size_t i = 0; i < count; i++) {
        const double chance = posterior_chance(posterior, axis, i, count);
        likelier += chance > own || (chance >= own && i < truth) ? chance : 0;
    }
    return likelier < FITTING_CONFIDENCE;
}

static void count(const struct common_runs *seen, const struct posterior *posterior,
                  const double *u, struct truth_tally *tally)
{
    for (size_t i = 0; i < posterior->axes; i++) {
        const double low = posterior_quantile(posterior, i, 0.025);
        const double high = posterior_quantile(posterior, i, 0.975);
        if (seen->choices[i] > 0) {
            tally->covered[i] += is_chosen(posterior, i, seen->choices[i], u[i]);
            continue;
        }
        tally->covered[i] += u[i] >= low && u[i] <= high;
        tally->width[i] += high - low;
    }
    tally->tries++;
}

static void fit(const struct bed *bed, const struct common_runs *seen, const double *u,
                struct truth_tally *tally)
{
    struct posterior_table table = { .axes = bed->problem->vary_count,
                                     .u = seen->u,
                                     .choices = seen->choices };
    struct errors errors = { .count = 0 };
    struct posterior posterior;
    struct measured measured;
    struct glimpse glimpse;
    double file[GLIMPSE_NUMBERS_MAX], *numbers;

    measured_read(bed->measured, &measured, &errors);
    glimpse_init(&glimpse, &measured, seen->nodes, 1, bed->measured, &errors);
    stop_if(&errors);
    glimpse_of_file(&glimpse, file);
    table.numbers = glimpse_numbers(&glimpse);
    table.seen = numbers = g_new(double, seen->points *table.numbers);
    for (table.runs = 0; table.runs < seen->points; table.runs++)
        if (fitting_runs_see(&seen->runs[table.runs], &glimpse, 1,
                             &numbers[table.runs * table.numbers]) != 1)
            abort();
    posterior_find(&table, file, &posterior);
    count(seen, &posterior, u, tally);
    posterior_clear(&posterior);
    measured_clear(&measured);
    g_free(numbers);
}

/* The whole fit, with its check. */
static void judge(const struct bed *bed, size_t points, struct truth_tally *tally)
{
    const struct fitting_request request = request_of(bed, points);
    struct errors errors = { .count = 0 };
    struct fitting *fitting = fitting_new(&request, &errors);
    struct study *study;

    stop_if(&errors);
    study = complete(bed, fitting->table, &errors);
    fitting_find(fitting, study, &errors);
    study_close(study);
    stop_if(&errors);
    study = complete(bed, fitting->check, &errors);
    fitting_judge(fitting, study, &errors);
    study_close(study);
    stop_if(&errors);
    tally->unexplained += !fitting_is_explained(fitting);
    tally->judged++;
    fitting_free(fitting);
}

struct truth_tally truth_try(const struct truth_problem *problem, size_t tries, size_t judged,
                             size_t points, uint64_t seed)
{
    struct truth_tally tally = { .tries = 0 };
    struct common_runs seen = { .points = 0 };
    struct bed bed;

    begin(&bed, problem, seed);
    for (size_t i = 0; i < tries; i++) {
        double u[FITTING_AXES_MAX];
        for (size_t k = 0; k < problem->vary_count; k++)
            u[k] = (double)(draw(bed.key, (uint32_t)i, (uint32_t)k) >> 11) * 0x1p-53;
        measure(&bed, u, i);
        if (i == 0)
            seen = see_table(&bed, points);
        fit(&bed, &seen, u, &tally);
        if (i < judged)
            judge(&bed, points, &tally);
    }
    for (size_t k = 0; k < problem->vary_count; k++)
        tally.width[k] /= (double)tries;
    forget(&seen);
    end(&bed);
    return tally;
}
