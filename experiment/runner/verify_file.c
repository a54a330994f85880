/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify_file.c - what must hold in a database whatever its runs are; see verify.h. */
#include "experiment/runner/verify_private.h"

#include "experiment/store/database.h"

#include <string.h>

/* What a query finds is off: what it is, with its first column for %s. */
static const struct {
    const char *sql, *text;
} checks[] = {
    { "SELECT \"table\" || iif(rowid IS NULL, ': a row', ': row ' || rowid) FROM "
      "pragma_foreign_key_check LIMIT 20",
      "%s refers to something that is not there" },
    { "SELECT run_id FROM run WHERE run_id != point_id * 1000000000000 + strategy_id * 1000000 + "
      "replication LIMIT 20",
      "run %s: run.run_id does not follow from point, strategy and replication" },
    { "SELECT run_id FROM run r WHERE NOT EXISTS (SELECT 1 FROM study_point p "
      "JOIN study s USING (study_id) JOIN study_strategy g USING (study_id, variant) "
      "WHERE p.point_id = r.point_id AND g.strategy_id = r.strategy_id "
      "AND r.replication >= 0 AND r.replication < s.replications_max) LIMIT 20",
      "run %s belongs to no study" },
    { "SELECT run_id FROM run r WHERE status = 'done' AND NOT EXISTS "
      "(SELECT 1 FROM metric_value m WHERE m.run_id = r.run_id) LIMIT 20",
      "run %s is done and has no metrics" },
    { "SELECT DISTINCT set_id FROM metric_value WHERE set_id NOT IN (SELECT set_id FROM "
      "metric_name) LIMIT 20",
      "metric_value.set_id: there are no names of set %s" },
    { "SELECT DISTINCT set_id FROM metric_name WHERE set_id NOT IN (SELECT set_id FROM "
      "metric_value) LIMIT 20",
      "metric_name.set_id: no run has set %s" },
    { "SELECT point_id FROM point WHERE point_id NOT IN (SELECT point_id FROM study_point) "
      "LIMIT 20",
      "point %s is in no study" },
    { "SELECT strategy_id FROM strategy WHERE strategy_id NOT IN (SELECT strategy_id FROM "
      "study_strategy) LIMIT 20",
      "strategy %s is in no study" },
};

struct check {
    struct verify *verify;
    const char *text;
};

void verify_found(struct verify *verify, char *text)
{
    verify->outcome->off++;
    verify->options->found(verify->options->context, text);
    g_free(text);
}

static void take_finding(void *context, sqlite3_stmt *row)
{
    struct check *check = context;
    const char *what = (const char *)sqlite3_column_text(row, 0);
    const char *place = strstr(check->text, "%s");

    verify_found(check->verify, g_strdup_printf("%.*s%s%s", (int)(place - check->text), check->text,
                                                what ? what : "NULL", place + 2));
}

static void take_integrity(void *verify, sqlite3_stmt *row)
{
    const char *text = (const char *)sqlite3_column_text(row, 0);

    if (text && strcmp(text, "ok") != 0)
        verify_found(verify, g_strdup_printf("the file is damaged: %s", text));
}

bool verify_file(struct verify *verify, bool *is_whole)
{
    sqlite3 *database = verify->stored.database;
    const char *path = verify->stored.path;
    bool is_good = database_rows(database, path, "PRAGMA integrity_check(20)", 0, take_integrity,
                                 verify, verify->errors);

    *is_whole = verify->outcome->off == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(checks) && is_good && *is_whole; i++) {
        struct check check = { .verify = verify, .text = checks[i].text };

        is_good =
            database_rows(database, path, checks[i].sql, 0, take_finding, &check, verify->errors);
    }
    return is_good;
}
