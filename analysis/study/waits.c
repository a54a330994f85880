/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waits.c - see waits.h. */
#include "analysis/study/waits.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <math.h>

const char *const waits_metrics[WAITS_METRICS] = { "t50", "t90", "t99", "t999", "t_all" };

/* The row of an update: run, its time or NULL, until when it was waited for, if it was cut off. */
static void add(struct waits *waits, GArray *times, sqlite3_stmt *row, int64_t *last_run)
{
    bool is_reached = sqlite3_column_type(row, 1) != SQLITE_NULL;
    bool is_cut_off = !is_reached && sqlite3_column_int(row, 3) != 0;
    struct survival_time time = { .is_reached = is_reached };

    if (sqlite3_column_int64(row, 0) != *last_run)
        waits->runs++;
    *last_run = sqlite3_column_int64(row, 0);
    time.run = waits->runs - 1;
    time.time = is_reached   ? sqlite3_column_double(row, 1)
                : is_cut_off ? sqlite3_column_double(row, 2)
                             : INFINITY;
    waits->cut_off += is_cut_off;
    waits->never += !is_reached && !is_cut_off;
    g_array_append_val(times, time);
}

bool waits_read(const struct study *study, size_t point, const char *strategy, const char *metric,
                struct waits *waits, struct errors *errors)
{
    char *sql = g_strdup_printf("SELECT run_id, %s_ns / 1e9, (sim_end_ns - injected_ns) / 1e9, "
                                "stop_reason = 'time' FROM run CROSS JOIN update_outcome USING "
                                "(run_id) WHERE " STUDY_RUNS " AND status = 'done' ORDER BY run_id",
                                metric);
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    GArray *times = g_array_new(FALSE, FALSE, sizeof(struct survival_time));
    int64_t last_run = -1;
    int code = SQLITE_ERROR;

    *waits = (struct waits){ 0 };
    if (statement) {
        study_bind(study, point, strategy, statement);
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            add(waits, times, statement, &last_run);
        if (code != SQLITE_DONE)
            database_error(study->database, study->path, errors);
        sqlite3_finalize(statement);
    }
    waits->count = times->len;
    waits->times = (struct survival_time *)(void *)g_array_free(times, FALSE);
    g_free(sql);
    return code == SQLITE_DONE;
}

void waits_clear(struct waits *waits)
{
    g_free(waits->times);
    *waits = (struct waits){ 0 };
}
