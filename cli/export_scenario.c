/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_scenario.c - see export_scenario.h. */
#include "cli/export_scenario.h"

#include "base/printable.h"
#include "experiment/store/database.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

/* Puts an end of line and the text, on a terminal as that can bear it.  Changes the text. */
static void put_lines(FILE *out, char *text)
{
    if (!isatty(fileno(out))) {
        fprintf(out, "\n%s", text);
        return;
    }
    for (char *line = text, *end; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end)
            *end = '\0';
        putc('\n', out);
        printable_put(out, line);
    }
}

/* A text of the row that the statement stands on. */
static const char *text_of(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

bool export_scenario(const struct study *study, FILE *out, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        study->database, study->path,
        "SELECT scenario_yaml, created_at, version, argv FROM study WHERE study_id = ?", errors);
    bool is_good;
    char *text;

    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, study->study_id);
    is_good = sqlite3_step(statement) == SQLITE_ROW;
    if (is_good) {
        text = g_strdup_printf("# %s, gossipsim %s: %s", text_of(statement, 1),
                               text_of(statement, 2), text_of(statement, 3));
        printable_put(out, text);
        g_free(text);
        text = g_strdup(text_of(statement, 0));
        put_lines(out, text);
        g_free(text);
    } else {
        database_error(study->database, study->path, errors);
    }
    sqlite3_finalize(statement);
    return is_good;
}
