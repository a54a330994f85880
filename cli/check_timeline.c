/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_timeline.c - see check_timeline.h. */
#include "cli/check_timeline.h"

#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/quantity.h"
#include "sim/fault_kind.h"

#include <glib.h>

enum { SHOWN_MAX = 12 }; /* entries */

/* How often it happens until `stop.at`. */
static int64_t times_of(const struct sim_fault *fault, const struct sim_config *config)
{
    return fault->every > 0 ? 1 + (config->stop.at - fault->at) / fault->every : 1;
}

/* Nodes that it is about: of all its sides. */
static int64_t nodes_of(const struct sim_fault *fault, const struct sim_config *config)
{
    const struct sim_obstacle *obstacle = fault->obstacle;
    const int64_t nodes = config->nodes;
    double share = 0;
    int64_t count = 0;

    if (obstacle == NULL)
        return fault_nodes(&fault->of, (uint32_t)nodes);
    for (size_t i = 0; i < obstacle->side_count; i++) {
        const struct sim_side *side = &obstacle->sides[i];

        share += side->part_count == 0 ? side->share : 0;
        for (size_t k = 0; k < side->part_count; k++)
            count += fault_nodes(&side->parts[k], (uint32_t)nodes);
    }
    return count + (int64_t)(share * (double)nodes + 0.5);
}

/* Nodes that it is about, of all its sides, as a text; `otherwise` if it is about none. */
static void write_nodes(const struct sim_fault *fault, const struct sim_config *config,
                        const char *otherwise, char text[24])
{
    if (fault_kinds[fault->kind].about == ABOUT_ALL)
        g_strlcpy(text, otherwise, 24);
    else
        g_snprintf(text, 24, "%lld", (long long)nodes_of(fault, config));
}

static void add_time(GString *text, const char *before, sim_time time)
{
    char written[QUANTITY_TEXT_MAX];

    quantity_write_time(time, written);
    g_string_append_printf(text, "%s%s%s", text->len > 0 ? ", " : "", before, written);
}

/* How long it lasts, and how often it comes; to be freed. */
static char *course_of(const struct sim_fault *fault, const struct sim_config *config)
{
    const uint32_t steps = fault_steps(fault, (uint32_t)config->nodes);
    const int64_t times = times_of(fault, config);
    GString *text = g_string_new(NULL);

    if (steps > 0) {
        g_string_append_printf(text, "%u step%s of %lld", steps, steps == 1 ? "" : "s",
                               (long long)fault->batch);
        add_time(text, "one each ", fault->pace);
    }
    if (fault->down > 0)
        add_time(text, "each down for ", fault->down);
    if (fault->lasts > 0)
        add_time(text, "for ", fault->lasts);
    if (fault->every > 0) {
        add_time(text, "again each ", fault->every);
        g_string_append_printf(text, ": %lld times", (long long)times);
    }
    return g_string_free(text, FALSE);
}

static gint by_time(gconstpointer a, gconstpointer b, gpointer faults)
{
    const struct sim_fault *list = faults;
    const size_t one = *(const size_t *)a, other = *(const size_t *)b;

    if (list[one].at != list[other].at)
        return list[one].at < list[other].at ? -1 : 1;
    return (one > other) - (one < other);
}

static void put_row(struct table *table, const struct setup *setup, size_t i)
{
    const struct sim_config *config = setup_config(setup, 0);
    const struct sim_fault *fault = &config->faults[i];
    char at[QUANTITY_TEXT_MAX], nodes[24];
    char *action = setup_fault(setup, i), *course = course_of(fault, config);

    quantity_write_time(fault->at, at);
    write_nodes(fault, config, "", nodes);
    table_row(table);
    table_text(table, at);
    table_text(table, action);
    table_text(table, nodes);
    table_text(table, course);
    g_free(action);
    g_free(course);
}

void check_timeline_print(const struct plan *plan, const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);
    const struct table_style style = { .format = TABLE_PEOPLE,
                                       .width = text_terminal_width(stdout),
                                       .colour = text_may_colour(stdout) };
    const size_t count = config->fault_count;
    struct table *table;
    size_t *order;

    if (count == 0)
        return;
    order = g_new(size_t, count);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    g_qsort_with_data(order, (gint)count, sizeof *order, by_time,
                      (gpointer)(uintptr_t)config->faults);
    table = table_new(&style);
    table_column(table, "at", "at", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "fault", "fault", COLUMN_ALL);
    table_column(table, "nodes", "nodes", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "course", "course", COLUMN_ALL);
    for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
        put_row(table, setup, order[i]);
    printf("\nfaults%s:\n", plan->point_count > 1 ? " at the first point" : "");
    table_print(stdout, table);
    if (count > SHOWN_MAX)
        printf("… and %zu more faults\n", count - SHOWN_MAX);
    table_free(table);
    g_free(order);
}

void check_timeline_json(const struct setup *setup)
{
    const struct sim_config *config = setup_config(setup, 0);

    putchar('[');
    for (size_t i = 0; i < config->fault_count; i++) {
        const struct sim_fault *fault = &config->faults[i];
        char *action = setup_fault(setup, i), nodes[24];

        write_nodes(fault, config, "null", nodes);
        printf("%s{\"at\": %.12g, \"fault\": ", i > 0 ? ",\n  " : "", (double)fault->at / 1e9);
        table_json_text(stdout, action);
        printf(", \"nodes\": %s, \"for\": %.12g, \"every\": %.12g, \"times\": %lld}", nodes,
               (double)fault->lasts / 1e9, (double)fault->every / 1e9,
               (long long)times_of(fault, config));
        g_free(action);
    }
    putchar(']');
}
