/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export_scenario.c - see export_scenario.h. */
#include "cli/export_scenario.h"

#include "base/printable.h"

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

static void put_scenario(void *out, sqlite3_stmt *row)
{
    char *created = study_copy_text(row, 1), *version = study_copy_text(row, 2);
    char *command = study_copy_text(row, 3), *yaml = study_copy_text(row, 0);
    char *head = g_strdup_printf("# %s, gossipsim %s: %s", created, version, command);

    printable_put(out, head);
    put_lines(out, yaml);
    g_free(head);
    g_free(created);
    g_free(version);
    g_free(command);
    g_free(yaml);
}

bool export_scenario(const struct study *study, FILE *out, struct errors *errors)
{
    return study_rows(study,
                      "SELECT scenario_yaml, created_at, version, argv FROM study "
                      "WHERE study_id = ?1",
                      put_scenario, out, errors);
}
