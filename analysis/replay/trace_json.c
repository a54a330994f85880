/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_json.c - a recording as JSON, one object a line: the run first, then its events.
 */
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "analysis/text/table.h"
#include "analysis/text/text.h"

#include <inttypes.h>
#include <math.h>

extern const struct trace_format trace_json;

static void put_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, ", \"%s\": ", key);
    table_json_text(out, text);
}

static void put_time(FILE *out, const char *key, sim_time at)
{
    char text[TRACE_TIME_TEXT];

    trace_time(at, text);
    fprintf(out, ", \"%s\": %s", key, text);
}

static void put_point(FILE *out, const struct recording *recording)
{
    const struct plan *plan = recording->plan;

    fprintf(out, ", \"parameters\": {");
    for (size_t i = 0; i < plan->axis_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        table_json_text(out, plan->axes[i].path);
        fputs(": ", out);
        table_json_text(out, plan_param(plan, recording->point, i)->text);
    }
    putc('}', out);
}

static void put_groups(FILE *out, const struct recording *recording)
{
    const struct sim_config *config = &recording->config;
    uint32_t first = 0;

    fprintf(out, ", \"groups\": [");
    for (size_t i = 0; i < config->group_count; i++) {
        fprintf(out, "%s{\"name\": ", i > 0 ? ", " : "");
        table_json_text(out, setup_group(recording->setup, i));
        fprintf(out, ", \"first\": %" PRIu32 ", \"nodes\": %" PRIu32 "}", first,
                config->group_ends[i] - first);
        first = config->group_ends[i];
    }
    putc(']', out);
}

static void put_metrics(FILE *out, const struct sim_result *result)
{
    fprintf(out, ", \"metrics\": {");
    for (size_t i = 0; i < result->metric_count; i++) {
        const struct sim_metric *metric = &result->metrics[i];
        char value[32];

        fputs(i > 0 ? ", " : "", out);
        table_json_text(out, metric->name);
        text_number(value, metric->value);
        fprintf(out, ": %s", metric->never || !isfinite(metric->value) ? "null" : value);
    }
    putc('}', out);
}

/* The first line: which run it is, and what came of it. */
static void put_run(FILE *out, const struct recording *recording)
{
    const struct sim_result *result = &recording->result;
    const struct plan *plan = recording->plan;

    fprintf(out, "{\"event\": \"run\"");
    put_text(out, "scenario", plan->name);
    put_text(out, "strategy", plan->strategies[recording->strategy]);
    fprintf(out, ", \"replication\": %" PRIu32 ", \"seed\": %" PRIu64, recording->replication,
            recording->config.seed);
    put_point(out, recording);
    fprintf(out, ", \"nodes\": %" PRId64, recording->config.nodes);
    put_groups(out, recording);
    put_text(out, "status", result->status == SIM_DONE ? "done" : "failed");
    put_text(out, "stop_reason", result->stop_reason);
    put_time(out, "end", result->end);
    fprintf(out,
            ", \"fingerprint\": \"%016" PRIx64 "\", \"events\": %zu, \"events_seen\": %" PRIu64,
            result->fingerprint, recording->event_count, recording->events_seen);
    put_time(out, "noted_until", recording->noted_until);
    put_metrics(out, result);
    fputs("}\n", out);
}

static bool write_json(FILE *out, const struct recording *recording,
                       const struct trace_wishes *wishes, struct errors *errors)
{
    (void)errors;
    put_run(out, recording);
    for (size_t i = 0; i < recording->event_count; i++) {
        const struct recorded_event *event = &recording->events[i];

        if (!trace_shows(wishes, event->at))
            continue;
        trace_members(out, recording, event, "{");
        fputs("}\n", out);
    }
    return true;
}

const struct trace_format trace_json = {
    .name = "json",
    .ending = ".json",
    .summary = "one object a line: the run and its metrics first, then its events",
    .takes = TRACE_WINDOW,
    .write = write_json,
};
