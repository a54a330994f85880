/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_recording.c - see html_recording.h. */
#include "analysis/replay/html_recording.h"

#include "analysis/replay/html_columns.h"
#include "analysis/replay/html_events.h"
#include "base/markup.h"

#include <inttypes.h>
#include <math.h>

enum {
    LINKS_MAX = 20000, /* more are no picture */
    FAULTS_MAX = 200,  /* marks of the timeline */
};

/* Begins the next member of an object. */
static void add_name(GString *out, const char *name)
{
    g_string_append_printf(out, ",\n\"%s\":", name);
}

static void add_column(GString *out, const char *name, GString *column)
{
    add_name(out, name);
    g_string_append_printf(out, "\"%s\"", column->str);
    g_string_free(column, TRUE);
}

/* ---- nodes ---- */

static void add_groups(GString *out, const struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    GString *groups = g_string_new(NULL);

    add_name(out, "groups");
    g_string_append_c(out, '[');
    for (size_t i = 0; i < recording->config.group_count; i++) {
        g_string_append(out, i > 0 ? "," : "");
        markup_json(out, setup_group(recording->setup, i));
    }
    g_string_append_c(out, ']');
    for (uint32_t i = 0; i < scope->shown && recording->config.group_count > 0; i++)
        html_column_add(groups, recording_group(recording, html_scope_number(scope, i)));
    add_column(out, "group", groups);
}

/* The nodes' numbers, where they are not their places. */
static void add_numbers(GString *out, const struct html_scope *scope)
{
    GString *numbers = g_string_new(NULL);

    for (uint32_t i = 0; i < scope->shown && scope->shown < scope->nodes; i++)
        html_column_add(numbers, html_scope_number(scope, i));
    add_column(out, "number", numbers);
}

/* Of a topology whose nodes are all there. */
static void add_links(GString *out, const struct html_scope *scope)
{
    const struct sim_graph *graph = scope->recording->config.graph;
    const bool is_picture = graph && scope->shown == scope->nodes &&
                            graph->start[graph->nodes] <= 2 * (uint64_t)LINKS_MAX;
    GString *links = g_string_new(NULL);
    uint32_t before = 0;

    for (uint32_t i = 0; is_picture && i < graph->nodes; i++)
        for (uint64_t k = graph->start[i]; k < graph->start[i + 1]; k++)
            if (graph->to[k] > i) {
                html_column_add(links, i - before);
                html_column_add(links, graph->to[k] - i - 1);
                before = i;
            }
    add_column(out, "links", links);
}

/* ---- messages and updates ---- */

/* What is said before the updates of a message; empty: it carries none. */
static const char *carries_word(enum carries carries)
{
    if (carries & CARRIES_PAYLOAD)
        return "values of";
    if (carries & CARRIES_IDENTITIES)
        return "names of";
    return carries & CARRIES_CHECKSUM ? "a checksum of" : "";
}

static void add_kinds(GString *out, const struct recording *recording)
{
    const char *separator = "";

    add_name(out, "models");
    g_string_append_c(out, '[');
    for (int i = 0; i < recording->config.stack_count; i++) {
        g_string_append(out, i > 0 ? "," : "");
        markup_json(out, recording->config.stack[i].model->name);
    }
    g_string_append_c(out, ']');
    add_name(out, "kinds");
    g_string_append_c(out, '[');
    for (int i = 0; i < recording->config.stack_count; i++) {
        const struct model *model = recording->config.stack[i].model;

        for (const struct message_kind *kind = model->messages; kind && kind->name; kind++) {
            g_string_append_printf(out, "%s{\"model\":", separator);
            markup_json(out, model->name);
            g_string_append(out, ",\"name\":");
            markup_json(out, kind->name);
            g_string_append_printf(out, ",\"carries\":\"%s\"}", carries_word(kind->carries));
            separator = ",";
        }
    }
    g_string_append_c(out, ']');
}

/* The key of each update that somebody has written. */
static void add_keys(GString *out, const struct recording *recording)
{
    GString *keys = g_string_new(NULL);

    for (size_t i = 0; i < recording->key_count; i++)
        html_column_add(keys, recording->keys[i]);
    add_column(out, "keys", keys);
}

/* ---- the run over time ---- */

static void add_shares(GString *out, const struct html_scope *scope, const char *name,
                       double (*value)(const struct sim_sample *sample))
{
    const struct sim_result *result = &scope->recording->result;
    const char *separator = "";

    g_string_append_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < result->sample_count && result->samples[i].at <= scope->end; i++) {
        const double x = value(&result->samples[i]);

        g_string_append(out, separator);
        if (isfinite(x))
            g_string_append_printf(out, "%.4g", x);
        else
            g_string_append(out, "null");
        separator = ",";
    }
    g_string_append_c(out, ']');
}

static double error_of(const struct sim_sample *sample)
{
    return sample->estimate_error;
}

static void add_samples(GString *out, const struct html_scope *scope)
{
    const struct sim_result *result = &scope->recording->result;
    sim_time now = 0;

    add_name(out, "samples");
    g_string_append(out, "{\"at\":\"");
    for (size_t i = 0; i < result->sample_count && result->samples[i].at <= scope->end; i++) {
        const sim_time at = result->samples[i].at / scope->tick;

        html_column_add(out, (uint64_t)(at - now));
        now = at;
    }
    g_string_append_c(out, '"');
    add_shares(out, scope, "error", error_of);
    g_string_append_c(out, '}');
}

/* As the scenario has them, each time that they happen. */
static void add_faults(GString *out, const struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    int marks = 0;

    add_name(out, "faults");
    g_string_append_c(out, '[');
    for (size_t i = 0; i < recording->config.fault_count; i++) {
        const struct sim_fault *fault = &recording->config.faults[i];
        char *name = setup_fault(recording->setup, i);

        for (sim_time at = fault->at; at <= scope->end && marks < FAULTS_MAX; at += fault->every) {
            const sim_time until = fault->lasts > 0 ? MIN(at + fault->lasts, scope->end) : -1;

            g_string_append_printf(out, "%s{\"at\":%" PRId64 ",\"until\":%" PRId64 ",\"name\":",
                                   marks++ > 0 ? "," : "", at / scope->tick,
                                   until < 0 ? until : until / scope->tick);
            markup_json(out, name);
            g_string_append_c(out, '}');
            if (fault->every == 0)
                break;
        }
        g_free(name);
    }
    g_string_append_c(out, ']');
}

void html_recording_write(GString *out, struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    const struct sim_config *config = &recording->config;

    g_string_append_printf(out,
                           "{\"format\":1,\n\"meta\":{\"shown\":%" PRIu32 ",\"nodesTotal\":%" PRIu32
                           ",\"updates\":%zu,\"tick\":%" PRId64 ",\"endTicks\":%" PRId64
                           ",\"fromTicks\":%" PRId64 ",\"round\":%" PRId64 "}",
                           scope->shown, scope->nodes, recording->key_count, scope->tick,
                           scope->end / scope->tick,
                           MIN(recording->options.from, scope->end) / scope->tick,
                           config->timing == TIMING_ROUNDS ? config->round / scope->tick : 0);
    add_groups(out, scope);
    add_numbers(out, scope);
    add_links(out, scope);
    add_kinds(out, recording);
    add_keys(out, recording);
    add_samples(out, scope);
    add_faults(out, scope);
    g_string_append(out, ",\n");
    html_events_write(out, scope);
    g_string_append_c(out, '}');
}
