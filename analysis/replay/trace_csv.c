/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_csv.c - a recording as CSV: a line of names, then an event a line.
 */
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "analysis/text/table.h"

extern const struct trace_format trace_csv;

static void put_names(FILE *out)
{
    for (const struct trace_column *column = trace_columns; column->name; column++)
        fprintf(out, "%s%s", column == trace_columns ? "" : ",", column->name);
    fputs("\n", out);
}

static void put_event(FILE *out, const struct recording *recording,
                      const struct recorded_event *event, GString *text)
{
    for (const struct trace_column *column = trace_columns; column->name; column++) {
        g_string_truncate(text, 0);
        column->write(text, recording, event);
        if (column != trace_columns)
            putc(',', out);
        if (column->is_number)
            fputs(text->str, out);
        else
            table_csv_text(out, text->str);
    }
    fputs("\n", out);
}

static bool write_csv(FILE *out, const struct recording *recording,
                      const struct trace_wishes *wishes, struct errors *errors)
{
    GString *text = g_string_new(NULL);

    (void)errors;
    put_names(out);
    for (size_t i = 0; i < recording->event_count; i++)
        if (trace_shows(wishes, recording->events[i].at))
            put_event(out, recording, &recording->events[i], text);
    g_string_free(text, TRUE);
    return true;
}

const struct trace_format trace_csv = {
    .name = "csv",
    .ending = ".csv",
    .summary = "a line an event, columns as docs/trace.md has them",
    .takes = TRACE_WINDOW,
    .write = write_csv,
};
