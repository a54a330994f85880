/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * database.c - opening a results database; see database.h.
 *
 * The file is looked at before SQLite sees it, because SQLite takes a directory, a pipe or an
 * empty name for something else; then its application id and format number are checked, which
 * also makes SQLite read the header and notice what is not a database or cut short.  Last its
 * tables and views are compared with those that this version makes: somebody else's could mean
 * something else, or never end.
 */
#include "experiment/store/database.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const char results_schema[]; /* schema.sql, made a string by the Makefile */

/* Both stand in schema.sql, too. */
enum { APPLICATION_ID = 0x67737031, FORMAT = 9 };

/* Whether a run that was killed left a log: to read it, SQLite makes a file beside it. */
static bool has_log(const char *path)
{
    char *log = g_strconcat(path, "-wal", NULL);
    bool has = access(log, F_OK) == 0 && access(path, R_OK) == 0;

    g_free(log);
    return has;
}

void database_error(sqlite3 *database, const char *path, struct errors *errors)
{
    int system_errno = sqlite3_system_errno(database);

    switch (sqlite3_errcode(database) & 0xff) {
    case SQLITE_NOTADB:
        errors_add(errors, ERROR_IO, "'%s' is not a database", path);
        break;
    case SQLITE_CORRUPT:
        errors_add(errors, ERROR_IO, "'%s' is damaged: %s", path, sqlite3_errmsg(database));
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        errors_add(errors, ERROR_IO, "'%s' is locked by another program", path);
        break;
    case SQLITE_FULL:
        errors_add(errors, ERROR_IO, "cannot write '%s': the disk is full", path);
        break;
    case SQLITE_READONLY:
        errors_add(errors, ERROR_IO, "cannot write '%s': it is read-only", path);
        break;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        if ((sqlite3_errcode(database) & 0xff) == SQLITE_CANTOPEN && has_log(path)) {
            errors_add(errors, ERROR_IO,
                       "cannot use '%s': a part of it is in '%s-wal', which is read only where its "
                       "folder can be written; copy both",
                       path, path);
            break;
        }
        errors_add(errors, ERROR_IO, "cannot use '%s': %s", path,
                   system_errno ? strerror(system_errno) : sqlite3_errmsg(database));
        break;
    default:
        errors_add(errors, ERROR_IO, "'%s': %s", path, sqlite3_errmsg(database));
    }
}

sqlite3_stmt *database_prepare(sqlite3 *database, const char *path, const char *sql,
                               struct errors *errors)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        database_error(database, path, errors);
    return statement;
}

bool database_rows(sqlite3 *database, const char *path, const char *sql, int64_t id,
                   void (*take)(void *context, sqlite3_stmt *row), void *context,
                   struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(database, path, sql, errors);
    int code;

    if (!statement)
        return false;
    if (sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, id);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        take(context, statement);
    if (code != SQLITE_DONE)
        database_error(database, path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

/* Begins what a reader sees: all of one moment. */
static bool begin(sqlite3 *database, const char *path, enum database_use use, struct errors *errors)
{
    bool is_good =
        use != DATABASE_READ || sqlite3_exec(database, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;

    if (!is_good)
        database_error(database, path, errors);
    return is_good;
}

/* False if the file cannot hold results for this use; it may be missing only for writing. */
static bool check_file(const char *path, enum database_use use, struct errors *errors)
{
    struct stat info;

    if (path[0] == '\0') {
        errors_add(errors, ERROR_IO, "the name of the database is empty");
        return false;
    }
    if (stat(path, &info) != 0) {
        if (errno == ENOENT && use == DATABASE_WRITE)
            return true;
        errors_add(errors, ERROR_IO, "cannot open '%s': %s", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(info.st_mode)) {
        errors_add(errors, ERROR_IO, "'%s' is %s, not a database", path,
                   S_ISDIR(info.st_mode) ? "a directory" : "no regular file");
        return false;
    }
    if (info.st_size == 0 && use == DATABASE_READ) {
        errors_add(errors, ERROR_IO, "'%s' is empty", path);
        return false;
    }
    return true;
}

static bool read_integer(sqlite3 *database, const char *path, const char *sql, int64_t *value,
                         struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(database, path, sql, errors);
    bool is_row;

    if (!statement)
        return false;
    is_row = sqlite3_step(statement) == SQLITE_ROW;
    if (is_row)
        *value = sqlite3_column_int64(statement, 0);
    else
        database_error(database, path, errors);
    sqlite3_finalize(statement);
    return is_row;
}

/* *is_new: there are no tables yet. */
static bool check_format(sqlite3 *database, const char *path, enum database_use use, bool *is_new,
                         struct errors *errors)
{
    int64_t application, format, tables;

    if (!read_integer(database, path, "SELECT count(*) FROM sqlite_schema", &tables, errors) ||
        !read_integer(database, path, "PRAGMA application_id", &application, errors) ||
        !read_integer(database, path, "PRAGMA user_version", &format, errors))
        return false;
    *is_new = tables == 0 && application == 0 && format == 0 && use == DATABASE_WRITE;
    if (*is_new)
        return true;
    if (application != APPLICATION_ID) {
        errors_add(errors, ERROR_IO, "'%s' is a database of another program", path);
        return false;
    }
    if (format != FORMAT) {
        errors_add(errors, ERROR_IO,
                   "'%s' has results in format %lld, this version reads and writes format %d: %s",
                   path, (long long)format, FORMAT,
                   format > FORMAT ? "a later version made it and can read it"
                                   : "metrics meant something else; run the scenario anew into "
                                     "another file (-o), or read this one with the version that "
                                     "made it");
        return false;
    }
    return true;
}

/* What schema.sql makes: type and name to the SQL that SQLite keeps of it, which is the statement's
 * text.  Each begins a line and ends one.  Not two views that nobody reads here. */
static GHashTable *expected_schema(void)
{
    GHashTable *schema = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *at = results_schema, *end;
    char type[8], name[32], *key;

    while ((at = strstr(at, "\nCREATE "))) {
        at++;
        end = strstr(at, ";\n");
        if (!end || sscanf(at, "CREATE %7[A-Z] %31[a-z_]", type, name) != 2)
            g_error("schema.sql: %.40s", at);
        key = g_strdup_printf("%s %s", strcmp(type, "TABLE") == 0 ? "table" : "view", name);
        g_hash_table_insert(schema, key, g_strndup(at, (gsize)(end - at)));
    }
    g_hash_table_remove(schema, "view run_summary");
    g_hash_table_remove(schema, "view curve");
    return schema;
}

/* True if the file has every part of the schema as it is.  Tables, views and indices beside it are
 * the user's, and nobody reads them here; a trigger would act on what is written. */
static bool is_schema_as_expected(sqlite3_stmt *statement, GHashTable *expected)
{
    guint found = 0;

    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        const char *sql = (const char *)sqlite3_column_text(statement, 1);
        const char *wanted = name ? g_hash_table_lookup(expected, name) : NULL;

        if (!name || (wanted && g_strcmp0(wanted, sql) != 0) || g_str_has_prefix(name, "trigger "))
            return false;
        found += wanted != NULL;
    }
    return found == g_hash_table_size(expected);
}

static bool check_schema(sqlite3 *database, const char *path, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        database, path, "SELECT type || ' ' || name, sql FROM sqlite_schema", errors);
    GHashTable *expected;
    bool is_good;

    if (!statement)
        return false;
    expected = expected_schema();
    is_good = is_schema_as_expected(statement, expected);
    if (!is_good)
        errors_add(errors, ERROR_IO, "'%s' has tables that differ from what this program makes",
                   path);
    g_hash_table_destroy(expected);
    sqlite3_finalize(statement);
    return is_good;
}

sqlite3 *database_open(const char *path, enum database_use use, struct errors *errors)
{
    int flags =
        use == DATABASE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3 *database = NULL;
    char *name;
    bool is_good, is_new = false;

    if (!check_file(path, use, errors))
        return NULL;
    /* A name such as `:memory:` or `file:x` must not mean anything but a file. */
    name = g_strconcat(path[0] == '/' ? "" : "./", path, NULL);
    is_good = sqlite3_open_v2(name, &database, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    g_free(name);
    if (!is_good) {
        database_error(database, path, errors);
    } else {
        sqlite3_busy_timeout(database, DATABASE_TIMEOUT_MS);
        /* Somebody else may have made the file: nothing in it is to be trusted. */
        sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        is_good = begin(database, path, use, errors) &&
                  check_format(database, path, use, &is_new, errors) &&
                  (is_new || check_schema(database, path, errors));
    }
    if (!is_good) {
        sqlite3_close(database);
        return NULL;
    }
    return database;
}
