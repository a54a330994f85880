/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help_metrics.c - see help_metrics.h.  All of it comes from the table of sim/metric.h. */
#include "cli/help_metrics.h"

#include "analysis/text/text.h"
#include "base/printable.h"
#include "cli/verb.h"
#include "sim/metric.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_COLUMNS = 96, INDENT = 6 };

static const char *const units[] = {
    [UNIT_TIME] = "time",   [UNIT_SHARE] = "share",   [UNIT_BYTES] = "size",
    [UNIT_COUNT] = "count", [UNIT_NUMBER] = "number", [UNIT_BYTE_RATE] = "size/s",
    [UNIT_RATE] = "rate",
};

static const char *const windows[] = {
    [WINDOW_UPDATES] = "measured updates", [WINDOW_PRESENCE] = "crashes, returns",
    [WINDOW_END] = "at the end",           [WINDOW_RUN] = "whole run",
    [WINDOW_MEASURED] = "measured time",   [WINDOW_HORIZON] = "horizon",
    [WINDOW_PROGRAM] = "the program",
};

/* With `record: {groups: true}`. */
static void print_by_group(void)
{
    GString *line = g_string_new(
        "NAME@GROUP is NAME of the nodes of a group alone, and NAME@GROUP>OTHER what these send to "
        "those of another, both with `record: {groups: true}` or as soon as `expect` names one. "
        "Between groups there are messages and bytes; by group there are");

    for (int i = 0; i < METRICS; i++)
        if (metric_table[i].by_group)
            g_string_append_printf(line, " %s", metric_table[i].name);
    g_string_append_c(line, '.');
    printf("\n");
    text_print_lines(stdout, line->str, LINE_MAX_COLUMNS, 0, 0);
    g_string_free(line, TRUE);
}

static void print_text(void)
{
    printf("The metrics of a run, each with its unit and over what it is taken; a time that may\n"
           "never come is `never` then. docs/metrics.md says what they share.\n\n");
    for (int i = 0; i < METRICS; i++) {
        const struct metric *metric = &metric_table[i];

        printf("  %-18s %s, %s%s\n", metric->name, units[metric->unit], windows[metric->window],
               metric->may_never_come ? ", may never come" : "");
        text_print_lines(stdout, metric->meaning, LINE_MAX_COLUMNS, INDENT, INDENT);
    }
    print_by_group();
    printf("\nNAME/node is NAME divided by the number of nodes, for sizes and counts.\n"
           "learned_by.MODEL is the share of the deliveries that were through a model of the\n"
           "stack; 'gossipsim models MODEL' lists what a model counts beside these.\n");
}

static void print_markdown(void)
{
    printf("| metric | unit | over | what it is |\n|---|---|---|---|\n");
    for (int i = 0; i < METRICS; i++) {
        const struct metric *metric = &metric_table[i];

        printf("| <a id=\"%s\"></a>`%s` | %s%s | %s | %s |\n", metric->name, metric->name,
               units[metric->unit], metric->may_never_come ? " or never" : "",
               windows[metric->window], metric->meaning);
    }
}

int help_metrics(int argc, char **argv)
{
    const int is_markdown = argc > 1 && strcmp(argv[1], "--markdown") == 0;

    if (argc > 1 + is_markdown) {
        printable_line(stderr, "gossipsim: error: help metrics: one argument too many: '%s'",
                       argv[1 + is_markdown]);
        return EXIT_USAGE;
    }
    if (is_markdown)
        print_markdown();
    else
        print_text();
    return EXIT_DONE;
}
