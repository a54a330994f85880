/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_table.c - tables of the page, which its script can sort, and what their columns mean; see
 * page_parts.h.
 *
 * A cell that was made of a number bears it, so that columns sort by what they show and not by how
 * it is written.
 */
#include "analysis/page/page_parts.h"

#include "analysis/text/text.h"
#include "base/markup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 1000 }; /* of a sweep: a browser, and a reader, has enough of them */

static const char *const units[] = {
    [UNIT_TIME] = "time",     [UNIT_SHARE] = "share",   [UNIT_BYTES] = "size",
    [UNIT_COUNT] = "count",   [UNIT_NUMBER] = "number", [UNIT_BYTE_RATE] = "size a second",
    [UNIT_RATE] = "a second",
};

/* ---- one table ---- */

/* What a column is, in a sentence, for the pointer and for screen readers; NULL: it is plain. */
static const char *meaning(const struct report *report, const char *title)
{
    if (strcmp(title, "runs") == 0)
        return "Runs that are done, and how many there shall be.";
    if (g_str_has_prefix(title, "P(converged)"))
        return "Share of the runs in which every live node knew every update at the end.";
    for (size_t i = 0; report && i < report->metric_count; i++) {
        const char *name = report_column_name(report, i);
        const size_t length = strlen(name);

        if (strncmp(title, name, length) == 0 && (title[length] == ' ' || !title[length]))
            return report->metrics[i].meaning ? report->metrics[i].meaning
                                              : report->metrics[i].label;
    }
    return NULL;
}

static void add_titles(GString *out, const struct table *table, const struct report *report)
{
    g_string_append(out, "<thead><tr>");
    for (size_t i = 0; i < table_columns(table); i++) {
        unsigned flags;
        const char *title = table_title(table, i, &flags), *what = meaning(report, title);

        g_string_append_printf(out, "<th scope=\"col\"%s",
                               flags & COLUMN_RIGHT ? " class=\"n\"" : "");
        if (what) {
            g_string_append(out, " title=\"");
            markup_text(out, what);
            g_string_append_c(out, '"');
        }
        g_string_append_c(out, '>');
        markup_text(out, title);
        g_string_append(out, "</th>");
    }
    g_string_append(out, "</tr></thead>\n");
}

static void add_cell(GString *out, const struct table *table, size_t row, size_t column)
{
    unsigned flags;
    double value;
    const char *text = table_cell(table, row, column, &value);
    char number[32];

    table_title(table, column, &flags);
    g_string_append_printf(out, "<td%s", flags & COLUMN_RIGHT ? " class=\"n\"" : "");
    if (!isnan(value)) {
        text_number(number, value);
        g_string_append_printf(out, " data-v=\"%s\"", number);
    }
    g_string_append_c(out, '>');
    markup_text(out, text);
    g_string_append(out, "</td>");
}

void page_add_table(GString *out, const struct table *table, const struct report *report,
                    size_t rows)
{
    g_string_append(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                         "aria-label=\"table\"><table class=\"sort\">\n");
    add_titles(out, table, report);
    g_string_append(out, "<tbody>\n");
    for (size_t row = 0; row < table_rows(table) && row < rows; row++) {
        g_string_append(out, "<tr>");
        for (size_t column = 0; column < table_columns(table); column++)
            add_cell(out, table, row, column);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

/* ---- the summary ---- */

void page_add_summary(GString *out, const struct page *page, const struct report *report)
{
    struct table *table = report_table(report);
    char *caveats = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&caveats, &bytes);

    g_string_append(out, "<section id=\"table\">\n<h2>Summary</h2>\n");
    page_add_table(out, table, report, ROWS_MAX);
    if (table_rows(table) > ROWS_MAX) {
        char *command = page_command(page, "report", "--csv");
        g_string_append_printf(out,
                               "<p class=\"note\">The first %d of %zu rows; all of them are "
                               "printed by</p>\n",
                               ROWS_MAX, table_rows(table));
        page_add_command(out, command);
        g_free(command);
    }
    if (stream) {
        report_print_caveats(stream, report);
        fclose(stream);
        g_string_append(out, "<div class=\"notes\">\n");
        page_add_lines(out, caveats);
        g_string_append(out, "</div>\n");
        free(caveats);
    }
    g_string_append(out, "</section>\n");
    table_free(table);
}

/* ---- metrics ---- */

static void add_metric(GString *out, const struct metric *metric)
{
    g_string_append(out, "<dt><code>");
    markup_text(out, metric->name);
    g_string_append_printf(out, "</code> <small>%s%s</small></dt><dd>", units[metric->unit],
                           metric->may_never_come ? ", may never come" : "");
    markup_text(out, metric->meaning ? metric->meaning : metric->label);
    if (metric->meaning && g_str_has_suffix(metric->name, "/node"))
        g_string_append(out, " Divided by the number of nodes.");
    g_string_append(out, "</dd>\n");
}

void page_add_metrics(GString *out, const struct report *report)
{
    g_string_append(out, "<section id=\"metrics\">\n<h2>What the metrics mean</h2>\n<dl>\n");
    for (size_t i = 0; i < report->metric_count; i++)
        if (!report_is_repeated(report, i))
            add_metric(out, &report->metrics[i]);
    g_string_append(out, "</dl>\n<p class=\"note\"><code>gossipsim help metrics</code> lists all "
                         "that are measured.</p>\n</section>\n");
}
