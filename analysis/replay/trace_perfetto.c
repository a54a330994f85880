/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_perfetto.c - a recording in the JSON trace-event format of Chrome, which ui.perfetto.dev
 * and chrome://tracing show.
 *
 * A group is a process and a node a thread; threads are numbered from 1, processes behind them, for
 * viewers give 0 a meaning of its own, and take a thread with the number of a process for its main
 * one.  The first process is the run itself: its faults, and counters of how many are up and
 * informed, from the samples.  What a node does takes no time, but slices of none cannot be seen or
 * bound to: each message sent or handled is a slice that lasts a thousandth of the run or until the
 * node's next event.  An arrow (`s` to `f`) leads from where a message is sent to where it first
 * arrives.  What happens at one instant, as all of a round does, is put a little apart, in its
 * order, so that slices of a node never overlap and no arrow leads back.
 *
 * Source: "Trace Event Format", Google, 2016; times are in microseconds.
 */
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "analysis/text/table.h"
#include "analysis/text/text.h"

#include <inttypes.h>
#include <math.h>

extern const struct trace_format trace_perfetto;

enum {
    NODE_THREAD = 1, /* of node 0 */
    PARTS_OF_A_RUN = 1000,
    PARTS_OF_A_GAP = 2,    /* what happens at one instant takes half of the time to the next */
    APART_MAX = 10 * 1000, /* ns */
};

struct writer {
    FILE *out;
    const struct recording *recording;
    const struct trace_wishes *wishes;
    const char *separator;
    sim_time *shown; /* of each event, when it is shown; ns */
    sim_time *next;  /* of each event, when the next of its node is */
    sim_time *ends;  /* of each message, when its arrival is shown, or SIM_NEVER */
    sim_time lasts;  /* a slice, at most */
};

/* ---- when what is shown ---- */

static bool is_of_message(const struct recorded_event *event)
{
    return event->message > 0;
}

/* On whose track an event stands. */
static node_id track_of(const struct recorded_event *event)
{
    const bool is_there =
        event->what == SEEN_ARRIVED ||
        (event->what == SEEN_LOST && (event->why == WHY_DOWN || event->why == WHY_INBOX));

    return is_there ? event->peer : event->node;
}

static void spread(struct writer *w)
{
    const struct recorded_event *events = w->recording->events;
    const size_t count = w->recording->event_count;

    for (size_t first = 0, end; first < count; first = end) {
        sim_time gap, step;

        for (end = first + 1; end < count && events[end].at == events[first].at;)
            end++;
        gap = (end < count ? events[end].at : events[first].at + w->lasts) - events[first].at;
        step = MIN(gap / PARTS_OF_A_GAP / (sim_time)(end - first), APART_MAX);
        for (size_t i = first; i < end; i++)
            w->shown[i] = events[i].at + step * (sim_time)(i - first);
    }
}

/* From the last event to the first: when the next of the same node is. */
static void look_ahead(struct writer *w)
{
    const struct recording *recording = w->recording;
    const size_t nodes = (size_t)recording->config.nodes;
    sim_time *next = g_new(sim_time, nodes);

    for (size_t i = 0; i < nodes; i++)
        next[i] = INT64_MAX;
    for (size_t i = recording->event_count; i-- > 0;) {
        const node_id track = track_of(&recording->events[i]);

        w->next[i] = next[track];
        next[track] = w->shown[i];
    }
    g_free(next);
    for (size_t i = 0; i < recording->message_count; i++)
        w->ends[i] = SIM_NEVER;
    for (size_t i = recording->event_count; i-- > 0;)
        if (recording->events[i].what == SEEN_ARRIVED &&
            trace_shows(w->wishes, recording->events[i].at))
            w->ends[recording->events[i].message] = w->shown[i];
}

/* ---- one event of the format ---- */

static size_t run_process(const struct writer *w)
{
    return (size_t)w->recording->config.nodes + NODE_THREAD;
}

static size_t group_process(const struct writer *w, size_t group)
{
    return run_process(w) + 1 + group;
}

static size_t node_process(const struct writer *w, node_id node)
{
    return group_process(w, recording_group(w->recording, node));
}

static void begin(struct writer *w, const char *phase, size_t process, size_t thread)
{
    fprintf(w->out, "%s{\"ph\": \"%s\", \"pid\": %zu, \"tid\": %zu", w->separator, phase, process,
            thread);
    w->separator = ",\n";
}

static void put_text(struct writer *w, const char *key, const char *text)
{
    fprintf(w->out, ", \"%s\": ", key);
    table_json_text(w->out, text);
}

static void put_time(struct writer *w, const char *key, sim_time at)
{
    fprintf(w->out, ", \"%s\": %" PRId64 ".%03" PRId64, key, at / SIM_MICROSECOND,
            at % SIM_MICROSECOND);
}

static void begin_at(struct writer *w, const char *phase, node_id node, sim_time at)
{
    begin(w, phase, node_process(w, node), (size_t)node + NODE_THREAD);
    put_time(w, "ts", at);
}

static void end(struct writer *w)
{
    putc('}', w->out);
}

/* ---- who there is ---- */

static void name_process(struct writer *w, size_t process, const char *name)
{
    begin(w, "M", process, 0);
    fputs(", \"name\": \"process_name\", \"args\": {\"name\": ", w->out);
    table_json_text(w->out, name);
    fputs("}}", w->out);
    begin(w, "M", process, 0);
    fprintf(w->out, ", \"name\": \"process_sort_index\", \"args\": {\"sort_index\": %zu}}",
            process);
}

static void name_tracks(struct writer *w)
{
    const struct recording *recording = w->recording;
    const struct plan *plan = recording->plan;
    char *run = g_strdup_printf("%s: %s, replication %" PRIu32, plan->name,
                                plan->strategies[recording->strategy], recording->replication);

    name_process(w, run_process(w), run);
    g_free(run);
    if (recording->config.group_count == 0)
        name_process(w, group_process(w, 0), "nodes");
    for (size_t i = 0; i < recording->config.group_count; i++)
        name_process(w, group_process(w, i), setup_group(recording->setup, i));
    for (node_id node = 0; node < recording->config.nodes; node++) {
        begin(w, "M", node_process(w, node), (size_t)node + NODE_THREAD);
        fprintf(w->out, ", \"name\": \"thread_name\", \"args\": {\"name\": \"node %" PRIu32 "\"}}",
                node);
        begin(w, "M", node_process(w, node), (size_t)node + NODE_THREAD);
        fprintf(w->out,
                ", \"name\": \"thread_sort_index\", \"args\": {\"sort_index\": %" PRIu32 "}}",
                node);
    }
}

static void put_faults(struct writer *w)
{
    const struct sim_result *result = &w->recording->result;

    for (size_t i = 0; i < result->fault_count; i++) {
        const struct sim_fault_event *fault = &result->faults[i];

        if (!trace_shows(w->wishes, fault->at))
            continue;
        begin(w, "i", run_process(w), 0);
        put_time(w, "ts", fault->at);
        put_text(w, "name", fault->kind);
        fprintf(w->out, ", \"s\": \"g\", \"cat\": \"fault\", \"args\": {\"nodes\": %" PRIu32 "}",
                fault->nodes);
        end(w);
    }
}

static void put_counters(struct writer *w)
{
    const struct sim_result *result = &w->recording->result;

    for (size_t i = 0; i < result->sample_count; i++) {
        const struct sim_sample *sample = &result->samples[i];
        const double informed = sample->informed / sample->alive;
        char share[32];

        if (!trace_shows(w->wishes, sample->at))
            continue;
        text_number(share, isfinite(informed) ? informed : 0);
        begin(w, "C", run_process(w), 0);
        put_time(w, "ts", sample->at);
        fprintf(w->out, ", \"name\": \"informed\", \"args\": {\"share\": %s}", share);
        end(w);
        begin(w, "C", run_process(w), 0);
        put_time(w, "ts", sample->at);
        fprintf(w->out, ", \"name\": \"alive\", \"args\": {\"nodes\": %" PRIu32 "}", sample->alive);
        end(w);
    }
}

/* ---- messages ---- */

/* What became of an event, with its columns as arguments. */
static void put_arguments(struct writer *w, const struct recorded_event *event)
{
    trace_members(w->out, w->recording, event, ", \"args\": {");
    putc('}', w->out);
}

static void put_slice(struct writer *w, size_t i)
{
    const struct recorded_event *event = &w->recording->events[i];
    const struct recorded_message *message = &w->recording->messages[event->message];
    const sim_time lasts = MIN(w->lasts, w->next[i] - w->shown[i]);

    begin_at(w, "X", track_of(event), w->shown[i]);
    put_time(w, "dur", lasts);
    put_text(w, "name", recording_kind(w->recording, message));
    put_text(w, "cat", event->what == SEEN_SENT ? "sent" : "arrived");
    put_arguments(w, event);
    end(w);
}

/* An end of the arrow of a message that is seen to be sent and to arrive. */
static void put_arrow(struct writer *w, size_t i)
{
    const struct recorded_event *event = &w->recording->events[i];
    const struct recorded_message *message = &w->recording->messages[event->message];
    const bool is_sent = event->what == SEEN_SENT;
    const sim_time arrives = w->ends[event->message];

    if (message->sent == SIM_NEVER || !trace_shows(w->wishes, message->sent) ||
        arrives == SIM_NEVER || (!is_sent && arrives != w->shown[i]))
        return;
    begin_at(w, is_sent ? "s" : "f", track_of(event), w->shown[i]);
    put_text(w, "name", recording_kind(w->recording, message));
    fprintf(w->out, ", \"cat\": \"message\", \"id\": %" PRIu32 "%s", event->message,
            is_sent ? "" : ", \"bp\": \"e\"");
    end(w);
}

/* ---- the rest ---- */

static char *name_of(const struct recording *recording, const struct recorded_event *event)
{
    const char *what = recording_what((enum seen)event->what);
    GString *name = g_string_new(NULL);

    switch ((enum seen)event->what) {
    case SEEN_LOST:
        g_string_printf(name, "%s lost: %s",
                        recording_kind(recording, &recording->messages[event->message]),
                        recording_why((enum why)event->why));
        break;
    case SEEN_LEARNED:
        g_string_append(name, "learned ");
        trace_updates(name, recording, &event->learned);
        break;
    case SEEN_BELIEF:
        g_string_printf(name, "node %" PRIu32 " is %s", event->peer,
                        recording_belief((enum belief)event->to));
        break;
    case SEEN_VIEW:
        g_string_printf(name, "node %" PRIu32 " %s", event->peer,
                        event->is_there ? "into the view" : "out of the view");
        break;
    case SEEN_TIMER:
        g_string_printf(name, "timer %u", event->kind);
        break;
    default:
        g_string_append(name, what);
    }
    return g_string_free(name, FALSE);
}

static void put_instant(struct writer *w, size_t i)
{
    const struct recorded_event *event = &w->recording->events[i];
    char *name = name_of(w->recording, event);

    begin_at(w, "i", track_of(event), w->shown[i]);
    put_text(w, "name", name);
    put_text(w, "cat", recording_what((enum seen)event->what));
    fputs(", \"s\": \"t\"", w->out);
    put_arguments(w, event);
    end(w);
    g_free(name);
}

static void put_events(struct writer *w)
{
    for (size_t i = 0; i < w->recording->event_count; i++) {
        const struct recorded_event *event = &w->recording->events[i];

        if (!trace_shows(w->wishes, event->at))
            continue;
        if (!is_of_message(event) || event->what == SEEN_LOST) {
            put_instant(w, i);
            continue;
        }
        put_slice(w, i);
        put_arrow(w, i);
    }
}

static bool write_perfetto(FILE *out, const struct recording *recording,
                           const struct trace_wishes *wishes, struct errors *errors)
{
    struct writer w = { .out = out,
                        .recording = recording,
                        .wishes = wishes,
                        .separator = "",
                        .shown = g_new(sim_time, recording->event_count + 1),
                        .next = g_new(sim_time, recording->event_count + 1),
                        .ends = g_new(sim_time, recording->message_count),
                        .lasts = MAX(recording->result.end / PARTS_OF_A_RUN, SIM_MICROSECOND) };

    (void)errors;
    spread(&w);
    look_ahead(&w);
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n", out);
    name_tracks(&w);
    put_faults(&w);
    put_counters(&w);
    put_events(&w);
    fprintf(out,
            "\n], \"otherData\": {\"fingerprint\": \"%016" PRIx64 "\", \"events\": %zu, "
            "\"events_seen\": %" PRIu64 "}}\n",
            recording->result.fingerprint, recording->event_count, recording->events_seen);
    g_free(w.shown);
    g_free(w.next);
    g_free(w.ends);
    return true;
}

const struct trace_format trace_perfetto = {
    .name = "perfetto",
    .summary = "trace events for ui.perfetto.dev: a track a node, arrows for messages",
    .takes = TRACE_WINDOW,
    .write = write_perfetto,
};
