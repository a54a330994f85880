/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.c - see fixture.h. */
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

static void execute(sqlite3 *database, const char *sql)
{
    char *wrong = NULL;

    if (sqlite3_exec(database, sql, NULL, NULL, &wrong) != SQLITE_OK)
        g_error("%s", wrong);
}

static void execute_file(sqlite3 *database, const char *path)
{
    char *sql = NULL;

    if (!g_file_get_contents(path, &sql, NULL, NULL))
        g_error("cannot read %s", path);
    execute(database, sql);
    g_free(sql);
}

char *fixture_make_shaped(const char *name, const char *before, const char *extra)
{
    char *folder = g_dir_make_tmp("fixture-XXXXXX", NULL);
    char *path = g_build_filename(folder, "test.db", NULL);
    char *file = g_build_filename("tests", "fixtures", name, NULL);
    sqlite3 *database;

    if (sqlite3_open(path, &database) != SQLITE_OK)
        g_error("cannot make %s", path);
    execute(database, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;");
    execute_file(database, "experiment/store/schema.sql");
    execute(database, "BEGIN");
    execute(database, before);
    execute_file(database, file);
    execute(database, "COMMIT");
    if (extra)
        execute(database, extra);
    execute_file(database, "tests/fixtures/metrics.sql");
    sqlite3_close(database);
    g_free(file);
    g_free(folder);
    return path;
}

char *fixture_make(const char *name, const char *extra)
{
    return fixture_make_shaped(name, "", extra);
}

void fixture_remove(char *path)
{
    char *folder = g_path_get_dirname(path);

    g_unlink(path);
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
}
