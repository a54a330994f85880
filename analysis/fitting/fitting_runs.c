/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_runs.c - see fitting_runs.h. */
#include "analysis/fitting/fitting_runs.h"

#include "experiment/store/database.h"
#include "sim/value/draw.h"

#include <glib.h>

/* The runs are those of the curves, in their order. */
static bool read_written(const struct study *study, size_t point, const char *strategy,
                         struct fitting_runs *runs, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        study->database, study->path,
        "SELECT (SELECT min(injected_ns) / 1e9 FROM update_outcome o WHERE o.run_id = run.run_id) "
        "FROM run WHERE status = 'done' AND EXISTS (SELECT 1 FROM sample s "
        "WHERE s.run_id = run.run_id AND alive > 0) AND " STUDY_RUNS " ORDER BY replication",
        errors);
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    runs->written = g_new(double, runs->curves.run_count + 1);
    for (size_t i = 0; (code = sqlite3_step(statement)) == SQLITE_ROW; i++)
        if (i < runs->curves.run_count)
            runs->written[i] = sqlite3_column_type(statement, 0) == SQLITE_NULL
                                   ? -1
                                   : sqlite3_column_double(statement, 0);
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

bool fitting_runs_read(const struct study *study, size_t point, const char *strategy,
                       struct fitting_runs *runs, struct errors *errors)
{
    *runs = (struct fitting_runs){ .point = (uint64_t)study->points[point].position };
    return trajectories_read(study, point, strategy, &runs->curves, errors) &&
           read_written(study, point, strategy, runs, errors);
}

void fitting_runs_clear(struct fitting_runs *runs)
{
    trajectories_clear(&runs->curves);
    g_free(runs->written);
    runs->written = NULL;
}

/* A run from its update's injection on, which is at 0 and informs one node. */
static struct glimpse_curve curve_of(const struct fitting_runs *runs, size_t run, size_t nodes)
{
    const struct trajectories *t = &runs->curves;
    const size_t end = t->starts[run + 1];
    size_t from = t->starts[run], count = 1;
    double *times, *shares;

    while (from < end && t->times[from] <= runs->written[run])
        from++;
    times = g_new(double, end - from + 1);
    shares = g_new(double, end - from + 1);
    times[0] = 0;
    shares[0] = 1 / (double)nodes;
    for (size_t i = from; i < end; i++, count++) {
        times[count] = t->times[i] - runs->written[run];
        shares[count] = t->informed[i];
    }
    return (struct glimpse_curve){ times, shares, count };
}

/* So many runs together as there were broadcasts. */
static void see(const struct fitting_runs *runs, const struct glimpse *glimpse,
                const size_t *numbers_of, double *numbers)
{
    const size_t count = glimpse->broadcasts;
    struct glimpse_curve *curves = g_new(struct glimpse_curve, count);

    for (size_t i = 0; i < count; i++)
        curves[i] = curve_of(runs, numbers_of[i], glimpse->nodes);
    glimpse_of_runs(glimpse, curves,
                    draw_key(runs->point, (uint32_t)numbers_of[0], PURPOSE_GLIMPSE), numbers);
    for (size_t i = 0; i < count; i++) {
        g_free((double *)curves[i].times);
        g_free((double *)curves[i].shares);
    }
    g_free(curves);
}

size_t fitting_runs_see(const struct fitting_runs *runs, const struct glimpse *glimpse, size_t most,
                        double *numbers)
{
    size_t *together = g_new(size_t, glimpse->broadcasts);
    size_t rows = 0, used = 0;

    for (size_t run = 0; run < runs->curves.run_count && rows < most; run++) {
        if (runs->written[run] < 0)
            continue;
        together[used++] = run;
        if (used < glimpse->broadcasts)
            continue;
        see(runs, glimpse, together, &numbers[rows++ * glimpse_numbers(glimpse)]);
        used = 0;
    }
    g_free(together);
    return rows;
}
