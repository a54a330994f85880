/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curve.c - see curve.h. */
#include "analysis/study/curve.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <gsl/gsl_sort.h>
#include <math.h>

enum { HORIZON_TIMES = 400 }; /* at which the horizon is looked for */

static void list_times(struct trajectories *t)
{
    size_t count = t->starts[t->run_count];

    t->distinct = g_memdup2(t->times, count * sizeof(*t->times));
    t->distinct_count = 0;
    if (count > 0)
        gsl_sort(t->distinct, 1, count);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || t->distinct[i] > t->distinct[t->distinct_count - 1])
            t->distinct[t->distinct_count++] = t->distinct[i];
}

/* By a query for run_id, seconds, shares, and whether the last of a run holds when it has ended. */
static bool read_by(const char *sql, const struct study *study, size_t point, const char *strategy,
                    struct trajectories *trajectories, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(size_t));
    GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
    GArray *informed = g_array_new(FALSE, FALSE, sizeof(double));
    double known = INFINITY, end = INFINITY;
    int64_t last_run = 0;
    size_t count = 0;
    int code = SQLITE_ERROR;

    if (statement) {
        study_bind(study, point, strategy, statement);
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            int64_t run = sqlite3_column_int64(statement, 0);
            double t = sqlite3_column_double(statement, 1);
            double share = sqlite3_column_double(statement, 2);
            if (!isfinite(share)) /* not of this program */
                continue;
            if (count == 0 || run != last_run) {
                g_array_append_val(starts, count);
                known = fmin(known, end);
            }
            g_array_append_val(times, t);
            g_array_append_val(informed, share);
            end = sqlite3_column_int(statement, 3) ? INFINITY : t;
            last_run = run;
            count++;
        }
        if (code != SQLITE_DONE)
            database_error(study->database, study->path, errors);
        sqlite3_finalize(statement);
    }
    trajectories->known = fmin(known, end);
    trajectories->run_count = starts->len;
    g_array_append_val(starts, count);
    trajectories->starts = (size_t *)(void *)g_array_free(starts, FALSE);
    trajectories->times = (double *)(void *)g_array_free(times, FALSE);
    trajectories->informed = (double *)(void *)g_array_free(informed, FALSE);
    trajectories->is_share = true;
    list_times(trajectories);
    return code == SQLITE_DONE;
}

bool trajectories_read(const struct study *study, size_t point, const char *strategy,
                       struct trajectories *trajectories, struct errors *errors)
{
    return read_by("SELECT run_id, t_ns / 1e9, informed / alive, 1 "
                   "FROM run JOIN sample USING (run_id) "
                   "WHERE alive > 0 AND status = 'done' AND " STUDY_RUNS
                   " ORDER BY replication, t_ns",
                   study, point, strategy, trajectories, errors);
}

bool trajectories_read_detection(const struct study *study, size_t point, const char *strategy,
                                 struct trajectories *trajectories, struct errors *errors)
{
    return read_by("SELECT run_id, t_ns / 1e9, share, 1 "
                   "FROM run JOIN detection_curve USING (run_id) "
                   "WHERE share IS NOT NULL AND status = 'done' AND " STUDY_RUNS
                   " ORDER BY replication, t_ns",
                   study, point, strategy, trajectories, errors);
}

bool trajectories_read_column(const struct study *study, size_t point, const char *strategy,
                              const char *column, struct trajectories *trajectories,
                              struct errors *errors)
{
    char *sql = g_strdup_printf("SELECT run_id, t_ns / 1e9, %s, stop_reason = 'converged' "
                                "FROM run JOIN sample USING (run_id) "
                                "WHERE %s IS NOT NULL AND status = 'done' AND " STUDY_RUNS
                                " ORDER BY replication, t_ns",
                                column, column);
    const bool is_good = read_by(sql, study, point, strategy, trajectories, errors);

    trajectories->is_share = false;
    g_free(sql);
    return is_good;
}

bool trajectories_read_gauge(const struct study *study, size_t point, const char *strategy,
                             const char *name, struct trajectories *trajectories,
                             struct errors *errors)
{
    char *sql = sqlite3_mprintf("SELECT run_id, t_ns / 1e9, value, 0 "
                                "FROM run JOIN figure_sample USING (run_id) WHERE name = %Q "
                                "AND value IS NOT NULL AND status = 'done' AND " STUDY_RUNS
                                " ORDER BY replication, t_ns",
                                name);
    const bool is_good = read_by(sql, study, point, strategy, trajectories, errors);

    trajectories->is_share = false;
    sqlite3_free(sql);
    return is_good;
}

void trajectories_clear(struct trajectories *trajectories)
{
    g_free(trajectories->starts);
    g_free(trajectories->times);
    g_free(trajectories->informed);
    g_free(trajectories->distinct);
    *trajectories = (struct trajectories){ 0 };
}

double trajectories_at(const struct trajectories *t, size_t run, size_t after, double time)
{
    const double *times = t->times, *informed = t->informed;
    double way;

    if (after == t->starts[run])
        return informed[after];
    if (after == t->starts[run + 1])
        return informed[after - 1];
    way = (time - times[after - 1]) / (times[after] - times[after - 1]);
    return informed[after - 1] + way * (informed[after] - informed[after - 1]);
}

/* `estimate` makes a point of the curve of the values of so many runs. */
static void follow(const struct trajectories *t, const double *times, size_t count,
                   struct estimate (*estimate)(const double *values, size_t runs),
                   struct estimate *curve)
{
    size_t *next = g_memdup2(t->starts, t->run_count * sizeof(*next));
    double *values = g_new(double, t->run_count + 1);

    for (size_t i = 0; i < count; i++) {
        size_t used = 0;
        for (size_t run = 0; run < t->run_count; run++) {
            while (next[run] < t->starts[run + 1] && t->times[next[run]] <= times[i])
                next[run]++;
            if (next[run] > t->starts[run])
                values[used++] = trajectories_at(t, run, next[run], times[i]);
        }
        curve[i] = estimate(values, used);
        if (!t->is_share)
            continue;
        curve[i].lower = isnan(curve[i].lower) ? NAN : fmax(curve[i].lower, 0);
        curve[i].upper = isnan(curve[i].upper) ? NAN : fmin(curve[i].upper, 1);
    }
    g_free(values);
    g_free(next);
}

static struct estimate mean(const double *values, size_t runs)
{
    return statistics_student(values, runs, 0.95);
}

static struct estimate spread(const double *values, size_t runs)
{
    struct estimate estimate = statistics_student(values, runs, 0.95);

    estimate.lower = statistics_quantile(values, runs, 0.025, 0.95).value;
    estimate.upper = statistics_quantile(values, runs, 0.975, 0.95).value;
    return estimate;
}

void trajectories_curve(const struct trajectories *t, const double *times, size_t count,
                        struct estimate *curve)
{
    follow(t, times, count, mean, curve);
}

void trajectories_spread(const struct trajectories *t, const double *times, size_t count,
                         struct estimate *curve)
{
    follow(t, times, count, spread, curve);
}

size_t trajectories_times(const struct trajectories *t, double start, double end, double *times,
                          size_t times_max)
{
    size_t first = 0, last = t->distinct_count, shown, used = 0;

    while (first < last && t->distinct[first] <= start)
        first++;
    while (last > first && t->distinct[last - 1] >= end)
        last--;
    shown = MIN(last - first, times_max - 2);
    times[used++] = start;
    for (size_t i = 0; i < shown; i++) /* with the first and the last */
        times[used++] = t->distinct[first + (shown < 2 ? 0 : i * (last - first - 1) / (shown - 1))];
    times[used++] = end;
    return used;
}

struct horizon trajectories_horizon(const struct trajectories *t)
{
    double times[HORIZON_TIMES], lowest = INFINITY, highest = -INFINITY, near;
    struct estimate curve[HORIZON_TIMES];
    struct horizon horizon = { 0, 0, 0 };
    size_t count, first = 0, last;

    if (t->distinct_count == 0)
        return horizon;
    horizon.end = t->distinct[t->distinct_count - 1];
    count = trajectories_times(t, 0, horizon.end, times, HORIZON_TIMES);
    trajectories_curve(t, times, count, curve);
    for (size_t i = 0; i < count; i++) {
        lowest = fmin(lowest, curve[i].value);
        highest = fmax(highest, curve[i].value);
    }
    near = 0.01 * (highest - lowest);
    last = count - 1;
    while (first < last && !(curve[first].value >= highest - near))
        first++;
    while (last > 0 && fabs(curve[last - 1].value - curve[count - 1].value) <= near)
        last--;
    horizon.risen = times[first];
    horizon.settled = times[last];
    return horizon;
}
