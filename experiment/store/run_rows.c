/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_rows.c - see run_rows.h. */
#include "experiment/store/run_rows.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <string.h>

/* What may differ between two files with the same results. */
static const char *const own_columns[] = { "run_id", "point_id", "strategy_id", "wall_ns", NULL };

/* ---- statements ---- */

bool run_reader_init(struct run_reader *reader, sqlite3 *database, const char *path,
                     const char *word, struct errors *errors)
{
    *reader = (struct run_reader){ .database = database, .path = path, .word = word };
    for (int i = 0; i < TABLE_COUNT; i++) {
        char *sql = g_strdup_printf("SELECT * FROM %s WHERE run_id = ? ORDER BY %s",
                                    results_tables[i].name, results_tables[i].order);
        reader->of[i] = database_prepare(database, path, sql, errors);
        g_free(sql);
        if (!reader->of[i])
            return false;
    }
    return true;
}

void run_reader_clear(struct run_reader *reader)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        g_clear_pointer(&reader->of[i], sqlite3_finalize);
}

sqlite3_stmt *run_rows_insert(sqlite3 *database, const char *path, const char *table,
                              struct errors *errors)
{
    char *select = g_strdup_printf("SELECT * FROM %s", table);
    sqlite3_stmt *rows = database_prepare(database, path, select, errors);
    sqlite3_stmt *insert = NULL;
    GString *sql = g_string_new(NULL);

    if (rows) {
        g_string_append_printf(sql, "INSERT INTO %s VALUES (?", table);
        for (int i = 1; i < sqlite3_column_count(rows); i++)
            g_string_append(sql, ", ?");
        g_string_append_c(sql, ')');
        insert = database_prepare(database, path, sql->str, errors);
    }
    sqlite3_finalize(rows);
    g_string_free(sql, TRUE);
    g_free(select);
    return insert;
}

bool run_adder_init(struct run_adder *adder, sqlite3 *database, const char *path,
                    struct errors *errors)
{
    *adder = (struct run_adder){ .database = database, .path = path };
    for (int i = 0; i < TABLE_COUNT; i++) {
        adder->to[i] = run_rows_insert(database, path, results_tables[i].name, errors);
        if (!adder->to[i])
            return false;
    }
    return true;
}

void run_adder_clear(struct run_adder *adder)
{
    for (int i = 0; i < TABLE_COUNT; i++)
        g_clear_pointer(&adder->to[i], sqlite3_finalize);
}

/* ---- copying ---- */

static bool failed(sqlite3 *database, const char *path, struct errors *errors)
{
    database_error(database, path, errors);
    return false;
}

static bool copy_row(sqlite3_stmt *row, enum results_table table, struct run_adder *adder,
                     const struct run_identity *to, struct errors *errors)
{
    sqlite3_stmt *statement = adder->to[table];
    bool is_done;

    for (int i = 0; i < sqlite3_column_count(row); i++)
        sqlite3_bind_value(statement, i + 1, sqlite3_column_value(row, i));
    sqlite3_bind_int64(statement, 1, to->run_id);
    if (table == TABLE_RUN) {
        sqlite3_bind_int64(statement, 2, to->point_id);
        sqlite3_bind_int64(statement, 3, to->strategy_id);
    }
    is_done =
        sqlite3_step(statement) == SQLITE_DONE || failed(adder->database, adder->path, errors);
    sqlite3_reset(statement);
    return is_done;
}

bool run_rows_copy(struct run_reader *from, int64_t run_id, struct run_adder *adder,
                   const struct run_identity *to, struct errors *errors)
{
    bool is_good = true;

    for (int i = 0; i < TABLE_COUNT && is_good; i++) {
        sqlite3_stmt *rows = from->of[i];
        int code = SQLITE_DONE;

        sqlite3_bind_int64(rows, 1, run_id);
        while (is_good && (code = sqlite3_step(rows)) == SQLITE_ROW)
            is_good = copy_row(rows, (enum results_table)i, adder, to, errors);
        if (is_good && code != SQLITE_DONE)
            is_good = failed(from->database, from->path, errors);
        sqlite3_reset(rows);
    }
    return is_good;
}

/* ---- comparing ---- */

static bool is_in(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Byte for byte, and of the same type. */
static bool is_equal(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
    int type = sqlite3_column_type(a, column), size;

    if (type != sqlite3_column_type(b, column))
        return false;
    if (type == SQLITE_INTEGER)
        return sqlite3_column_int64(a, column) == sqlite3_column_int64(b, column);
    if (type == SQLITE_FLOAT) {
        double left = sqlite3_column_double(a, column), right = sqlite3_column_double(b, column);
        return memcmp(&left, &right, sizeof left) == 0;
    }
    if (type == SQLITE_NULL)
        return true;
    size = sqlite3_column_bytes(a, column);
    return size == sqlite3_column_bytes(b, column) &&
           (size == 0 || memcmp(sqlite3_column_blob(a, column), sqlite3_column_blob(b, column),
                                (size_t)size) == 0);
}

/* A value as people read it, at most so long. */
static void put_value(GString *text, sqlite3_stmt *row, int column)
{
    const char *value = (const char *)sqlite3_column_text(row, column);

    if (sqlite3_column_type(row, column) == SQLITE_FLOAT)
        g_string_append_printf(text, "%.17g", sqlite3_column_double(row, column));
    else
        g_string_append_printf(text, "%.60s", value ? value : "NULL");
}

/* Which row of a table it is: by the column behind the ones that `but` names. */
static void put_place(GString *text, sqlite3_stmt *row, const char *const *but)
{
    int key = 0;

    while (key < sqlite3_column_count(row) && is_in(sqlite3_column_name(row, key), but))
        key++;
    if (key == sqlite3_column_count(row))
        return;
    g_string_append_printf(text, " at %s ", sqlite3_column_name(row, key));
    put_value(text, row, key);
}

/* A row that one has and the other lacks. */
static char *describe_row(const char *table, sqlite3_stmt *row, const char *const *but,
                          const struct run_reader *has, const struct run_reader *lacks)
{
    GString *text = g_string_new(table);

    put_place(text, row, but);
    g_string_append_printf(text, ": a row %s, none %s", has->word, lacks->word);
    return g_string_free(text, FALSE);
}

char *row_compare(const char *table, const struct run_reader *here, sqlite3_stmt *row_here,
                  const struct run_reader *there, sqlite3_stmt *row_there, const char *const *but)
{
    for (int i = 0; i < sqlite3_column_count(row_here); i++) {
        GString *text;

        if (is_in(sqlite3_column_name(row_here, i), but) || is_equal(row_here, row_there, i))
            continue;
        text = g_string_new(NULL);
        g_string_append_printf(text, "%s.%s", table, sqlite3_column_name(row_here, i));
        put_place(text, row_here, but);
        g_string_append(text, ": ");
        put_value(text, row_here, i);
        g_string_append_printf(text, " %s, ", here->word);
        put_value(text, row_there, i);
        g_string_append_printf(text, " %s", there->word);
        return g_string_free(text, FALSE);
    }
    return NULL;
}

bool rows_compare(const char *table, struct run_reader *here, sqlite3_stmt *rows_here,
                  struct run_reader *there, sqlite3_stmt *rows_there, const char *const *but,
                  char **difference, struct errors *errors)
{
    int code_here, code_there;

    *difference = NULL;
    do {
        code_here = sqlite3_step(rows_here);
        code_there = sqlite3_step(rows_there);
        if (code_here == SQLITE_ROW && code_there == SQLITE_ROW)
            *difference = row_compare(table, here, rows_here, there, rows_there, but);
        else if (code_here == SQLITE_ROW && code_there == SQLITE_DONE)
            *difference = describe_row(table, rows_here, but, here, there);
        else if (code_here == SQLITE_DONE && code_there == SQLITE_ROW)
            *difference = describe_row(table, rows_there, but, there, here);
    } while (code_here == SQLITE_ROW && code_there == SQLITE_ROW && !*difference);
    if (code_here != SQLITE_ROW && code_here != SQLITE_DONE)
        database_error(here->database, here->path, errors);
    if (code_there != SQLITE_ROW && code_there != SQLITE_DONE)
        database_error(there->database, there->path, errors);
    sqlite3_reset(rows_here);
    sqlite3_reset(rows_there);
    return (code_here == SQLITE_ROW || code_here == SQLITE_DONE) &&
           (code_there == SQLITE_ROW || code_there == SQLITE_DONE);
}

bool run_rows_compare(struct run_reader *here, int64_t run_here, struct run_reader *there,
                      int64_t run_there, char **difference, struct errors *errors)
{
    bool is_good = true;

    *difference = NULL;
    for (int i = 0; i < TABLE_COUNT && is_good && !*difference; i++) {
        sqlite3_bind_int64(here->of[i], 1, run_here);
        sqlite3_bind_int64(there->of[i], 1, run_there);
        is_good = rows_compare(results_tables[i].name, here, here->of[i], there, there->of[i],
                               own_columns, difference, errors);
    }
    return is_good;
}
