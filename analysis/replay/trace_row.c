/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_row.c - see trace_row.h. */
#include "analysis/replay/trace_row.h"

#include "analysis/text/table.h"

#include <inttypes.h>
#include <string.h>

void trace_time(sim_time at, char out[TRACE_TIME_TEXT])
{
    char *end;

    g_snprintf(out, TRACE_TIME_TEXT, "%" PRId64 ".%09" PRId64, at / SIM_SECOND, at % SIM_SECOND);
    for (end = out + strlen(out); end[-1] == '0'; end--)
        end[-1] = 0;
    if (end[-1] == '.')
        end[-1] = 0;
}

void trace_time_short(sim_time at, char out[TRACE_TIME_TEXT])
{
    trace_time((at + SIM_MILLISECOND / 2) / SIM_MILLISECOND * SIM_MILLISECOND, out);
}

void trace_updates(GString *out, const struct recording *recording,
                   const struct recorded_updates *updates)
{
    uint64_t written = 0;

    for (uint32_t i = 0; i < updates->kept; i++) {
        const struct recorded_range *range = &recording->ranges[updates->start + i];

        g_string_append_printf(out, "%s%" PRIu32, i > 0 ? " " : "", range->first);
        if (range->last > range->first)
            g_string_append_printf(out, "-%" PRIu32, range->last);
        written += range->last - range->first + 1;
    }
    if (written < updates->count)
        g_string_append(out, " ...");
}

/* ---- the columns ---- */

/* Of an event of none: a message of which all is 0. */
static const struct recorded_message *message_of(const struct recording *recording,
                                                 const struct recorded_event *event)
{
    return &recording->messages[event->message];
}

/* Of an event that names updates; NULL: it names none. */
static const struct recorded_updates *updates_of(const struct recording *recording,
                                                 const struct recorded_event *event)
{
    if (event->what == SEEN_LEARNED)
        return &event->learned;
    return event->what == SEEN_SENT ? &message_of(recording, event)->carries : NULL;
}

static void write_time(GString *out, const struct recording *recording,
                       const struct recorded_event *event)
{
    char text[TRACE_TIME_TEXT];

    (void)recording;
    trace_time(event->at, text);
    g_string_append(out, text);
}

static void write_event(GString *out, const struct recording *recording,
                        const struct recorded_event *event)
{
    (void)recording;
    g_string_append(out, recording_what((enum seen)event->what));
}

static void write_node(GString *out, const struct recording *recording,
                       const struct recorded_event *event)
{
    (void)recording;
    g_string_append_printf(out, "%" PRIu32, event->node);
}

static void write_peer(GString *out, const struct recording *recording,
                       const struct recorded_event *event)
{
    (void)recording;
    if (event->peer != OBSERVE_NOBODY)
        g_string_append_printf(out, "%" PRIu32, event->peer);
}

static void write_model(GString *out, const struct recording *recording,
                        const struct recorded_event *event)
{
    const struct model *model = recording_model(recording, event->layer);

    if (model)
        g_string_append(out, model->name);
}

static void write_kind(GString *out, const struct recording *recording,
                       const struct recorded_event *event)
{
    if (event->message > 0)
        g_string_append(out, recording_kind(recording, message_of(recording, event)));
}

static void write_tag(GString *out, const struct recording *recording,
                      const struct recorded_event *event)
{
    (void)recording;
    if (event->what == SEEN_TIMER)
        g_string_append_printf(out, "%u", event->kind);
}

static void write_message(GString *out, const struct recording *recording,
                          const struct recorded_event *event)
{
    (void)recording;
    if (event->message > 0)
        g_string_append_printf(out, "%" PRIu32, event->message);
}

static void write_connection(GString *out, const struct recording *recording,
                             const struct recorded_event *event)
{
    if (event->message > 0 && message_of(recording, event)->is_connection)
        g_string_append(out, "true");
}

static void write_sent(GString *out, const struct recorded_event *event, uint64_t bytes)
{
    if (event->what == SEEN_SENT)
        g_string_append_printf(out, "%" PRIu64, bytes);
}

static void write_bytes(GString *out, const struct recording *recording,
                        const struct recorded_event *event)
{
    write_sent(out, event, message_of(recording, event)->bytes);
}

static void write_payload(GString *out, const struct recording *recording,
                          const struct recorded_event *event)
{
    write_sent(out, event, message_of(recording, event)->payload);
}

static void write_digest(GString *out, const struct recording *recording,
                         const struct recorded_event *event)
{
    write_sent(out, event, message_of(recording, event)->digest);
}

static void write_control(GString *out, const struct recording *recording,
                          const struct recorded_event *event)
{
    write_sent(out, event, message_of(recording, event)->control);
}

static void write_copies(GString *out, const struct recording *recording,
                         const struct recorded_event *event)
{
    write_sent(out, event, message_of(recording, event)->copies);
}

static void write_count(GString *out, const struct recording *recording,
                        const struct recorded_event *event)
{
    const struct recorded_updates *updates = updates_of(recording, event);

    if (updates)
        g_string_append_printf(out, "%" PRIu32, updates->count);
}

static void write_updates(GString *out, const struct recording *recording,
                          const struct recorded_event *event)
{
    const struct recorded_updates *updates = updates_of(recording, event);

    if (updates && updates->count > 0)
        trace_updates(out, recording, updates);
}

static void write_why(GString *out, const struct recording *recording,
                      const struct recorded_event *event)
{
    (void)recording;
    g_string_append(out, recording_why((enum why)event->why));
}

static void write_was(GString *out, const struct recording *recording,
                      const struct recorded_event *event)
{
    (void)recording;
    if (event->what == SEEN_BELIEF)
        g_string_append(out, recording_belief((enum belief)event->from));
}

static void write_is(GString *out, const struct recording *recording,
                     const struct recorded_event *event)
{
    (void)recording;
    if (event->what == SEEN_BELIEF)
        g_string_append(out, recording_belief((enum belief)event->to));
    else if (event->what == SEEN_VIEW)
        g_string_append(out, event->is_there ? "in" : "out");
}

const struct trace_column trace_columns[] = {
    { "time", true, write_time },
    { "event", false, write_event },
    { "node", true, write_node },
    { "peer", true, write_peer },
    { "model", false, write_model },
    { "kind", false, write_kind },
    { "tag", true, write_tag },
    { "message", true, write_message },
    { "connection", true, write_connection },
    { "bytes", true, write_bytes },
    { "payload", true, write_payload },
    { "digest", true, write_digest },
    { "control", true, write_control },
    { "copies", true, write_copies },
    { "count", true, write_count },
    { "updates", false, write_updates },
    { "why", false, write_why },
    { "was", false, write_was },
    { "is", false, write_is },
    { NULL, false, NULL },
};

void trace_members(FILE *out, const struct recording *recording, const struct recorded_event *event,
                   const char *first)
{
    GString *text = g_string_new(NULL);
    const char *separator = first;

    for (const struct trace_column *column = trace_columns; column->name; column++) {
        g_string_truncate(text, 0);
        column->write(text, recording, event);
        if (text->len == 0)
            continue;
        fprintf(out, "%s\"%s\": ", separator, column->name);
        separator = ", ";
        if (column->is_number)
            fputs(text->str, out);
        else
            table_json_text(out, text->str);
    }
    g_string_free(text, TRUE);
}
