/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_runs.c - see fitting_runs.h. */
#include "analysis/fitting/fitting_runs.h"

#include "analysis/study/curve.h"
#include "experiment/store/database.h"
#include "sim/value/draw.h"

#include <glib.h>
#include <math.h>

struct seeing {
    const struct study *study;
    size_t point;
    const char *strategy;
    const struct glimpse *glimpse;
    struct trajectories runs;
    GArray *written; /* when the update of each run was, s; negative: never */
};

/* The runs are those of the trajectories, in their order. */
static bool read_written(struct seeing *s, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        s->study->database, s->study->path,
        "SELECT (SELECT min(injected_ns) / 1e9 FROM update_outcome o WHERE o.run_id = run.run_id) "
        "FROM run WHERE status = 'done' AND EXISTS (SELECT 1 FROM sample s "
        "WHERE s.run_id = run.run_id AND alive > 0) AND " STUDY_RUNS " ORDER BY replication",
        errors);
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(s->study, s->point, s->strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        double at = sqlite3_column_type(statement, 0) == SQLITE_NULL
                        ? -1
                        : sqlite3_column_double(statement, 0);
        g_array_append_val(s->written, at);
    }
    if (code != SQLITE_DONE)
        database_error(s->study->database, s->study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

/* A run from its update's injection on, which is at 0 and informs one node. */
static struct glimpse_curve curve_of(const struct seeing *s, size_t run)
{
    const double at = g_array_index(s->written, double, run);
    const size_t end = s->runs.starts[run + 1];
    size_t from = s->runs.starts[run], count = 1;
    double *times, *shares;

    while (from < end && s->runs.times[from] <= at)
        from++;
    times = g_new(double, end - from + 1);
    shares = g_new(double, end - from + 1);
    times[0] = 0;
    shares[0] = 1 / (double)s->glimpse->nodes;
    for (size_t i = from; i < end; i++, count++) {
        times[count] = s->runs.times[i] - at;
        shares[count] = s->runs.informed[i];
    }
    return (struct glimpse_curve){ times, shares, count };
}

/* So many runs together, from `first` on. */
static void see(const struct seeing *s, const size_t *runs, double *numbers)
{
    const size_t count = s->glimpse->broadcasts;
    struct glimpse_curve *curves = g_new(struct glimpse_curve, count);
    const uint64_t key =
        draw_key((uint64_t)s->study->points[s->point].position, (uint32_t)runs[0], PURPOSE_GLIMPSE);

    for (size_t i = 0; i < count; i++)
        curves[i] = curve_of(s, runs[i]);
    glimpse_of_runs(s->glimpse, curves, key, numbers);
    for (size_t i = 0; i < count; i++) {
        g_free((double *)curves[i].times);
        g_free((double *)curves[i].shares);
    }
    g_free(curves);
}

static size_t see_all(const struct seeing *s, size_t most, double *numbers)
{
    size_t *together = g_new(size_t, s->glimpse->broadcasts);
    size_t rows = 0, used = 0;

    for (size_t run = 0; run < s->runs.run_count && run < s->written->len && rows < most; run++) {
        if (g_array_index(s->written, double, run) < 0)
            continue;
        together[used++] = run;
        if (used < s->glimpse->broadcasts)
            continue;
        see(s, together, &numbers[rows++ * glimpse_numbers(s->glimpse)]);
        used = 0;
    }
    g_free(together);
    return rows;
}

bool fitting_runs_see(const struct study *study, size_t point, const char *strategy,
                      const struct glimpse *glimpse, size_t most, double *numbers, size_t *rows,
                      struct errors *errors)
{
    struct seeing s = { .study = study,
                        .point = point,
                        .strategy = strategy,
                        .glimpse = glimpse,
                        .written = g_array_new(FALSE, FALSE, sizeof(double)) };
    const bool is_good = trajectories_read(study, point, strategy, &s.runs, errors) &&
                         read_written(&s, errors);

    *rows = is_good ? see_all(&s, most, numbers) : 0;
    trajectories_clear(&s.runs);
    g_array_free(s.written, TRUE);
    return is_good;
}
