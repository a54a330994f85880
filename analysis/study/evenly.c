/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evenly.c - see evenly.h. */
#include "analysis/study/evenly.h"

#include "analysis/study/curve.h"
#include "base/nearest.h"

#include <glib.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

static const struct evenly_kind kinds[] = {
    { .name = "staleness", .sql = "staleness" },
    { .name = "entropy", .sql = "entropy" },
    { .name = "lag_max", .sql = "lag_max" },
    { .name = "lag_mean", .sql = "lag_mean" },
    { .name = "stale_keys", .sql = "stale_keys" },
    { .name = "in_flight", .sql = "in_flight" },
    { .name = "bytes_rate",
      .sql = "(bytes_payload + bytes_digest + bytes_control)",
      .is_count = true,
      .per_node = true,
      .has_headers = true },
    { .name = "messages_rate", .sql = "messages", .is_count = true, .per_node = true },
};

const struct evenly_kind *evenly_find(const char *name, struct errors *errors)
{
    struct nearest nearest = { .word = name };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
        nearest_offer(&nearest, kinds[i].name);
    }
    if (nearest.best)
        errors_add(errors, ERROR_SCENARIO, "there is no series '%s'; did you mean '%s'?", name,
                   nearest.best);
    else
        errors_add(errors, ERROR_SCENARIO,
                   "there is no series '%s'; there are staleness, entropy, lag_max, lag_mean, "
                   "stale_keys, in_flight, bytes_rate and messages_rate",
                   name);
    return NULL;
}

/* The median time between two samples of a run; 0: it has no two. */
static double period(const struct trajectories *t, size_t run)
{
    const double *times = t->times + t->starts[run];
    const size_t count = t->starts[run + 1] - t->starts[run];
    double *gaps, median;

    if (count < 2)
        return 0;
    gaps = g_new(double, count);
    for (size_t i = 0; i + 1 < count; i++)
        gaps[i] = times[i + 1] - times[i];
    gsl_sort(gaps, 1, count - 1);
    median = gaps[(count - 1) / 2];
    g_free(gaps);
    return median;
}

/* Values of a run at step, 2 step, ...; of counts their growth. */
static void fill_run(const struct trajectories *t, size_t run, bool is_count, double nodes,
                     struct evenly *evenly)
{
    const size_t end = t->starts[run + 1];
    double *values = evenly->values + run * evenly->count, before = 0;
    size_t next = t->starts[run];

    for (size_t i = 0; i < evenly->count; i++) {
        double time = (double)(i + 1) * evenly->step, value;

        while (next < end && t->times[next] <= time)
            next++;
        value = trajectories_at(t, run, next, time);
        values[i] = is_count ? (value - before) / evenly->step / nodes : value;
        before = value;
    }
}

/* Sums of a metric over the runs. */
static bool read_sum(const struct study *study, size_t point, const char *strategy,
                     const char *metric, double *sum, struct errors *errors)
{
    struct series series = { 0 };
    bool is_good = study_read(study, point, strategy, metric, &series, errors);

    *sum = 0;
    for (size_t i = 0; i < series.count; i++)
        *sum += isfinite(series.values[i]) ? series.values[i] : 0;
    series_clear(&series);
    return is_good;
}

/* The column of the samples; with headers, which are as long for each message.  g_free() it. */
static char *column_sql(const struct study *study, size_t point, const char *strategy,
                        const struct evenly_kind *kind, struct errors *errors)
{
    double headers, messages;
    char length[G_ASCII_DTOSTR_BUF_SIZE];

    if (!kind->has_headers)
        return g_strdup(kind->sql);
    if (!read_sum(study, point, strategy, "bytes_header", &headers, errors) ||
        !read_sum(study, point, strategy, "messages", &messages, errors))
        return NULL;
    g_ascii_dtostr(length, sizeof length, messages > 0 ? headers / messages : 0);
    return g_strdup_printf("(%s + %s * messages)", kind->sql, length);
}

bool evenly_read(const struct study *study, size_t point, const char *strategy,
                 const struct evenly_kind *kind, struct evenly *evenly, struct errors *errors)
{
    struct trajectories t = { 0 };
    double shortest = INFINITY;

    char *sql = column_sql(study, point, strategy, kind, errors);
    bool is_good = sql != NULL && trajectories_read_column(study, point, strategy, sql, &t, errors);

    *evenly = (struct evenly){ 0 };
    for (size_t run = 0; run < t.run_count; run++) {
        evenly->step = fmax(evenly->step, period(&t, run));
        shortest = fmin(shortest, t.times[t.starts[run + 1] - 1]);
    }
    if (t.run_count > 0 && evenly->step > 0) {
        evenly->runs = t.run_count;
        evenly->count = (size_t)floor(shortest / evenly->step * (1 + 1e-12));
        evenly->values = g_new(double, evenly->runs * evenly->count + 1);
    }
    for (size_t run = 0; run < evenly->runs; run++)
        fill_run(&t, run, kind->is_count, kind->per_node ? study_nodes(study, point) : 1, evenly);
    trajectories_clear(&t);
    g_free(sql);
    return is_good;
}

void evenly_clear(struct evenly *evenly)
{
    g_free(evenly->values);
    *evenly = (struct evenly){ 0 };
}
