/* SPDX-License-Identifier: GPL-3.0-or-later */
/* delays.c - see delays.h. */
#include "analysis/study/delays.h"

#include "experiment/store/database.h"

#include <glib.h>

static const char bins_sql[] =
    "SELECT lo, hi, sum(count) FROM histogram WHERE name = 'delay' AND run_id IN (SELECT run_id "
    "FROM run WHERE status = 'done' AND " STUDY_RUNS ") GROUP BY lo, hi ORDER BY lo";

/* The residue r is the share of pairs of live replica and update of which the replica does not know
 * the update, and `informed` counts the others.  Where there are no others, all live nodes. */
static const char never_sql[] =
    "SELECT ifnull(sum(CASE WHEN r < 1 THEN round(known * r / (1 - r)) ELSE updates * alive END), "
    "0) FROM (SELECT (SELECT value FROM metric m WHERE m.run_id = run.run_id AND name = 'residue') "
    "AS r, (SELECT sum(informed) FROM update_outcome u WHERE u.run_id = run.run_id) AS known, "
    "(SELECT count(*) FROM update_outcome u WHERE u.run_id = run.run_id) AS updates, "
    "(SELECT alive FROM sample s WHERE s.run_id = run.run_id ORDER BY t_ns DESC LIMIT 1) AS alive "
    "FROM run WHERE status = 'done' AND " STUDY_RUNS ")";

/* Calls `take` with each row. */
static bool read_rows(const struct study *study, size_t point, const char *strategy,
                      const char *sql, void (*take)(sqlite3_stmt *row, GArray *bins, double *never),
                      GArray *bins, double *never, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        take(statement, bins, never);
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

static void take_bin(sqlite3_stmt *row, GArray *bins, double *never)
{
    const struct delay_bin bin = { sqlite3_column_double(row, 0), sqlite3_column_double(row, 1),
                                   sqlite3_column_double(row, 2) };

    (void)never;
    if (bin.low >= 0 && bin.high > bin.low && bin.count > 0)
        g_array_append_val(bins, bin);
}

static void take_never(sqlite3_stmt *row, GArray *bins, double *never)
{
    (void)bins;
    *never = MAX(sqlite3_column_double(row, 0), 0);
}

bool delays_read(const struct study *study, size_t point, const char *strategy,
                 struct delays *delays, struct errors *errors)
{
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(struct delay_bin));
    bool is_good;

    *delays = (struct delays){ 0 };
    is_good = read_rows(study, point, strategy, bins_sql, take_bin, bins, &delays->never, errors) &&
              (bins->len == 0 || read_rows(study, point, strategy, never_sql, take_never, bins,
                                           &delays->never, errors));
    delays->bin_count = bins->len;
    delays->bins = (struct delay_bin *)(void *)g_array_free(bins, FALSE);
    delays->all = delays->never;
    for (size_t i = 0; i < delays->bin_count; i++)
        delays->all += delays->bins[i].count;
    return is_good;
}

void delays_clear(struct delays *delays)
{
    g_free(delays->bins);
    *delays = (struct delays){ 0 };
}
