/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * validation.c - measures rows of published figures and judges them; see validation.h.
 *
 * The runs of the distinct trials go to a pool of threads, those of the largest trials first so
 * that no thread is left alone with one at the end.
 */
#include "analysis/validation/validation.h"

#include "base/quantity.h"
#include "base/statistics.h"
#include "experiment/runner/pool.h"

#include <glib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_NS = 100000000 }; /* between two reports of progress */

/* Standard errors between a figure and what was published, at most. */
static const double errors_allowed = 4;

struct batch {
    const struct validation_trial *trial;
    struct validation_run *runs;
    int count;
};

struct measuring {
    const struct validation_options *options;
    struct batch *batches; /* largest networks first */
    size_t batch_count;
    struct pool *pool;
    double work;           /* nodes of all runs together, which is about what they cost */
    pthread_mutex_t lock;  /* of what follows */
    pthread_cond_t ended;  /* for the caller's thread */
    int left;              /* runs that have not ended */
    double done;           /* of the work */
    struct errors *errors; /* of the first run that failed */
};

/* ------------------------------------------------------------------------------- the runs */

static void *set_up_trial(const void *measuring, size_t batch)
{
    const struct measuring *m = measuring;

    return validation_world_new(m->batches[batch].trial, m->options->seed);
}

static const struct sim_config *config_of(const void *world, int part)
{
    return validation_world_config(world, part);
}

static uint64_t memory_of(void *world, int part, uint64_t enough)
{
    return validation_world_memory(world, part, enough);
}

static void free_world(void *world)
{
    validation_world_free(world);
}

static const struct pool_source trials = { set_up_trial, config_of, memory_of, free_world };

/* Tells why there is no result; the first complaint ends all other runs. */
static void complain(struct measuring *m, const struct batch *b, const struct pool_task *task)
{
    const struct validation_trial *trial = b->trial;
    char needed[QUANTITY_TEXT_MAX], available[QUANTITY_TEXT_MAX];

    if (m->errors->count > 0 || task->fate == POOL_CANCELLED)
        return;
    if (task->fate == POOL_REFUSED) {
        quantity_write_memory((double)task->memory_estimate, needed);
        quantity_write_memory((double)pool_memory_available(), available);
        errors_add(m->errors, ERROR_IO,
                   "a run of %s with %lld nodes needs about %s of memory; %s are available",
                   trial->model, (long long)trial->nodes, needed, available);
    } else {
        errors_add(m->errors, ERROR_IO, "%s with %s, %lld nodes: %s", trial->model,
                   trial->parameters, (long long)trial->nodes, task->result.error);
    }
    pool_cancel(m->pool);
}

/* Called by the pool's threads. */
static void take_ended(void *context, struct pool_counts counts)
{
    struct measuring *m = context;
    struct pool_task *task;

    (void)counts;
    while ((task = pool_take(m->pool))) {
        const struct batch *b = &m->batches[pool_point_index(task->point)];

        pthread_mutex_lock(&m->lock);
        if (task->fate == POOL_MADE && task->result.status == SIM_DONE)
            validation_keep(b->trial, task->strategy, &task->result, &b->runs[task->replication]);
        else
            complain(m, b, task);
        m->done += (double)b->trial->nodes;
        m->left--;
        pthread_cond_signal(&m->ended);
        pthread_mutex_unlock(&m->lock);
        pool_task_free(m->pool, task);
    }
}

static void give_runs(struct measuring *m)
{
    for (size_t i = 0; i < m->batch_count; i++) {
        struct pool_point *point = pool_point_new(&trials, m, i);

        for (int k = 0; k < m->batches[i].count; k++)
            for (int part = 0; part < validation_parts(m->batches[i].trial); part++)
                pool_give(m->pool, point, part, (uint32_t)k);
        pool_point_release(m->pool, point);
    }
}

/* Waits until all runs have ended, and tells how far they are. */
static void wait_for_runs(struct measuring *m)
{
    const struct validation_options *o = m->options;
    const gint64 begin = g_get_monotonic_time();

    pthread_mutex_lock(&m->lock);
    while (m->left > 0) {
        const int64_t until = pool_clock_ns() + PROGRESS_NS;
        double done;

        while (m->left > 0 && pool_wait(&m->ended, &m->lock, until))
            ;
        done = m->done / m->work;
        pthread_mutex_unlock(&m->lock);
        if (o->progress)
            o->progress(o->context, done,
                        (double)(g_get_monotonic_time() - begin) / G_TIME_SPAN_SECOND);
        pthread_mutex_lock(&m->lock);
    }
    pthread_mutex_unlock(&m->lock);
}

static bool make_runs(struct measuring *m)
{
    m->pool = pool_new(m->options->threads, pool_memory_available(), take_ended, m);
    if (!m->pool) {
        errors_add(m->errors, ERROR_IO, "no thread can be started");
        return false;
    }
    pthread_mutex_init(&m->lock, NULL);
    pool_cond_init(&m->ended);
    give_runs(m);
    wait_for_runs(m);
    pool_free(m->pool);
    pthread_cond_destroy(&m->ended);
    pthread_mutex_destroy(&m->lock);
    return m->errors->count == 0;
}

/* ------------------------------------------------------------------------------ the trials */

static void add_batch(struct measuring *m, const struct validation_trial *trial)
{
    struct batch *b = &m->batches[m->batch_count];

    for (size_t i = 0; i < m->batch_count; i++)
        if (m->batches[i].trial == trial)
            return;
    b->trial = trial;
    b->count = m->options->is_quick ? trial->quick_runs : trial->runs;
    b->runs = g_new0(struct validation_run, (size_t)b->count);
    m->batch_count++;
}

static int by_nodes(const void *a, const void *b)
{
    const struct batch *x = a, *y = b;

    if (x->trial->nodes != y->trial->nodes)
        return x->trial->nodes < y->trial->nodes ? 1 : -1;
    return 0;
}

static void collect(struct measuring *m, const struct validation_row *const *rows, size_t count)
{
    m->batches = g_new0(struct batch, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        add_batch(m, rows[i]->trial);
        if (rows[i]->base)
            add_batch(m, rows[i]->base);
    }
    qsort(m->batches, m->batch_count, sizeof *m->batches, by_nodes);
    for (size_t i = 0; i < m->batch_count; i++) {
        const int simulations = m->batches[i].count * validation_parts(m->batches[i].trial);

        m->left += simulations;
        m->work += (double)m->batches[i].trial->nodes * simulations;
    }
}

static const struct batch *runs_of(const struct measuring *m, const struct validation_trial *trial)
{
    size_t i = 0;

    while (m->batches[i].trial != trial)
        i++;
    return &m->batches[i];
}

/* ----------------------------------------------------------------------------- the verdicts */

struct mean {
    double value, error;
};

static struct mean mean_of(const double *x, int count)
{
    const size_t n = (size_t)count;

    return (struct mean){ gsl_stats_mean(x, 1, n), statistics_standard_error(x, n) };
}

/* Half a unit of the last digit of a number as printed. */
static double half_unit(const char *printed)
{
    const char *point = strchr(printed, '.');

    return 0.5 * pow(10, point ? -(double)strlen(point + 1) : 0);
}

/* Mean of the figure, and of its difference from the law (or of itself without one). */
static void measure(const struct validation_row *row, const struct batch *b, struct mean *figure,
                    struct mean *difference)
{
    double *x = g_new(double, (size_t)b->count), *d = g_new(double, (size_t)b->count);

    for (int i = 0; i < b->count; i++) {
        x[i] = row->figure(row, &b->runs[i]);
        d[i] = x[i] - (row->law ? row->law(row, &b->runs[i]) : 0);
    }
    *figure = mean_of(x, b->count);
    *difference = mean_of(d, b->count);
    g_free(x);
    g_free(d);
}

static double binomial_error(const struct validation_row *row, double share, int runs)
{
    const double per_run = row->share == SHARE_OF_NODES ? (double)row->trial->nodes : 1;

    if (row->share == SHARE_OF_NOTHING)
        return 0;
    return sqrt(share * (1 - share) / (per_run * runs));
}

static void judge(const struct measuring *m, const struct validation_row *row,
                  struct validation_outcome *o)
{
    const struct batch *b = runs_of(m, row->trial);
    struct mean figure, difference, base = { 0, 0 }, base_difference;
    double off, beyond;

    measure(row, b, &figure, &difference);
    if (row->base)
        measure(row, runs_of(m, row->base), &base, &base_difference);
    o->runs = b->count;
    o->measured = figure.value - base.value;
    o->published =
        row->published ? g_ascii_strtod(row->published, NULL) : figure.value - difference.value;
    o->error =
        hypot(MAX(difference.error, binomial_error(row, o->published, b->count)), base.error);
    if (row->is_of_one_run)
        o->error *= sqrt(b->count + 1.0);
    o->leeway = row->window + (row->published ? half_unit(row->published) : 0);
    off = o->measured - o->published;
    beyond = fabs(off) - o->leeway;
    /* Rounding of the sums may leave an ulp between equal numbers. */
    if (beyond <= 1e-12 * fabs(o->published))
        beyond = 0;
    if (o->error <= 1e-12 * fabs(o->published))
        o->error = 0;
    o->deviation = beyond == 0 ? 0 : copysign(beyond / o->error, off);
    o->is_off = !(fabs(o->deviation) <= errors_allowed);
}

bool validation_measure(const struct validation_row *const *rows, size_t count,
                        const struct validation_options *options,
                        struct validation_outcome *outcomes, struct errors *errors)
{
    struct measuring m = { .options = options, .errors = errors };
    bool is_done;

    collect(&m, rows, count);
    is_done = make_runs(&m);
    for (size_t i = 0; i < count && is_done; i++)
        judge(&m, rows[i], &outcomes[i]);
    for (size_t i = 0; i < m.batch_count; i++)
        g_free(m.batches[i].runs);
    g_free(m.batches);
    return is_done;
}

/* -------------------------------------------------------------------------------- the table */

/* Decimals that show two significant digits of `error`, or `value` itself if it is exact. */
static int decimals(double error)
{
    if (error == 0)
        return 0;
    return CLAMP(1 - (int)floor(log10(error)), 0, 9);
}

static void table_published(struct table *table, const struct validation_row *row,
                            const struct validation_outcome *o)
{
    const int digits = decimals(o->error);
    char *shown;

    if (row->published)
        shown = g_strdup(row->published);
    else if (row->window > 0)
        shown = g_strdup_printf("%s = %.*f ± %g", row->formula, digits, o->published, row->window);
    else
        shown = g_strdup_printf("%s = %.*f", row->formula, digits, o->published);
    table_text(table, shown);
    g_free(shown);
}

static void table_measured(struct table *table, const struct validation_outcome *o)
{
    const int digits = decimals(o->error);
    char *shown;

    if (o->error == 0)
        shown = g_strdup_printf("%g exactly", o->measured);
    else
        shown = g_strdup_printf("%.*f ± %.*f", digits, o->measured, digits, o->error);
    table_text(table, shown);
    g_free(shown);
}

static void table_add(struct table *table, const struct validation_row *row,
                      const struct validation_outcome *o)
{
    char deviation[G_ASCII_DTOSTR_BUF_SIZE];

    g_snprintf(deviation, sizeof deviation, o->deviation == 0 ? "0" : "%+.1f", o->deviation);
    table_row(table);
    table_text(table, row->what);
    table_published(table, row, o);
    table_number(table, o->published, NULL);
    table_number(table, o->leeway, NULL);
    table_measured(table, o);
    table_number(table, o->measured, NULL);
    table_number(table, o->error, NULL);
    table_number(table, o->deviation, deviation);
    table_number(table, o->runs, NULL);
    table_text(table, o->is_off ? "OFF" : "agrees");
    table_text(table, row->source);
}

void validation_print(FILE *out, const struct validation_row *const *rows, size_t count,
                      const struct validation_outcome *outcomes, const struct table_style *style)
{
    struct table *table = table_new(style);

    table_column(table, "what", "what", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "", "published", COLUMN_PEOPLE);
    table_column(table, "published", "", COLUMN_PROGRAMS);
    table_column(table, "leeway", "", COLUMN_PROGRAMS);
    table_column(table, "", "measured ± SE", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "measured", "", COLUMN_PROGRAMS);
    table_column(table, "standard_error", "", COLUMN_PROGRAMS);
    table_column(table, "deviation", "off by (SE)", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "verdict", "verdict", COLUMN_ALL);
    table_column(table, "source", "published in", COLUMN_ALL);
    for (size_t i = 0; i < count; i++)
        table_add(table, rows[i], &outcomes[i]);
    table_print(out, table);
    table_free(table);
}
