/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_events.c - see html_events.h.
 *
 * The column `types` has a letter an event, and `times` the ticks since the one before; what else
 * an event has stands in columns that only events of its type have:
 *
 *   S  sent      from, to, kinds (twice the kind, + 1 over a connection), bytes (less those of the
 *                message of its kind before), carries (a set)
 *   A  arrived   ended (messages sent since)
 *   L  lost      ended, why
 *   K  learned   nodes, peers (+ 1; 0: nobody), learned (a set), layers (+ 1; 0: none)
 *   U D W P R    up, down, wiped, paused, resumed: nodes
 *   B  believed  nodes, peers (+ 1), states (enum belief)
 *   V  view      nodes, peers (+ 1), states (1: it came in)
 */
#include "analysis/replay/html_events.h"

#include "analysis/replay/html_columns.h"

#include <string.h>

enum column {
    TYPES,
    TIMES,
    FROM,
    TO,
    KINDS,
    BYTES,
    CARRIES,
    ENDED,
    WHY,
    NODES,
    PEERS,
    LEARNED,
    LAYERS,
    STATES,
    COLUMNS
};

static const char *const names[COLUMNS] = {
    [TYPES] = "types",   [TIMES] = "times",   [FROM] = "from",       [TO] = "to",
    [KINDS] = "kinds",   [BYTES] = "bytes",   [CARRIES] = "carries", [ENDED] = "ended",
    [WHY] = "why",       [NODES] = "nodes",   [PEERS] = "peers",     [LEARNED] = "learned",
    [LAYERS] = "layers", [STATES] = "states",
};

struct writer {
    struct html_scope *scope;
    GString *columns[COLUMNS];
    GString *sets;        /* count, ranges, and of each its distance and length less 1 */
    GHashTable *set_list; /* text of a set -> its number + 1 */
    GString *set_text;    /* of the latest */
    sim_time now;         /* in ticks */
    uint32_t sent;
    uint32_t *messages; /* by the recording's numbers: the page's + 1 */
    int64_t bytes[MODEL_STACK_MAX * MODEL_KINDS_MAX];
};

uint32_t html_kind(const struct recording *recording, uint8_t layer, uint8_t kind)
{
    uint32_t before = kind;

    for (uint8_t i = 0; i < layer; i++)
        for (const struct message_kind *k = recording_model(recording, i)->messages; k && k->name;
             k++)
            before++;
    return before;
}

static void add(struct writer *w, enum column column, uint64_t value)
{
    html_column_add(w->columns[column], value);
}

/* The number of a set, which is new or was met before. */
static uint32_t number_set(struct writer *w, const struct recorded_updates *updates)
{
    const struct recording *recording = w->scope->recording;
    update_id next = 0;
    uint32_t number;

    g_string_truncate(w->set_text, 0);
    html_column_add(w->set_text, updates->count);
    html_column_add(w->set_text, updates->kept);
    for (uint32_t i = 0; i < updates->kept; i++) {
        const struct recorded_range range = recording->ranges[updates->start + i];

        html_column_add(w->set_text, range.first - next);
        html_column_add(w->set_text, range.last - range.first);
        next = range.last + 1;
    }
    number = GPOINTER_TO_UINT(g_hash_table_lookup(w->set_list, w->set_text->str));
    if (number == 0) {
        number = g_hash_table_size(w->set_list) + 1;
        g_hash_table_insert(w->set_list, g_strdup(w->set_text->str), GUINT_TO_POINTER(number));
        g_string_append(w->sets, w->set_text->str);
    }
    return number - 1;
}

static void write_sent(struct writer *w, const struct recorded_event *event)
{
    const struct recorded_message *m = &w->scope->recording->messages[event->message];
    const uint32_t kind = html_kind(w->scope->recording, m->layer, m->kind);

    w->messages[event->message] = ++w->sent;
    add(w, FROM, html_scope_place(w->scope, m->from));
    add(w, TO, html_scope_place(w->scope, m->to));
    add(w, KINDS, 2 * kind + m->is_connection);
    html_column_add_signed(w->columns[BYTES], (int64_t)m->bytes - w->bytes[kind]);
    w->bytes[kind] = (int64_t)m->bytes;
    add(w, CARRIES, number_set(w, &m->carries));
}

static char letter_of(unsigned what)
{
    switch (what) {
    case SEEN_SENT:
        return 'S';
    case SEEN_ARRIVED:
        return 'A';
    case SEEN_LOST:
        return 'L';
    case SEEN_LEARNED:
        return 'K';
    case SEEN_UP:
        return 'U';
    case SEEN_DOWN:
        return 'D';
    case SEEN_WIPED:
        return 'W';
    case SEEN_PAUSED:
        return 'P';
    case SEEN_RESUMED:
        return 'R';
    case SEEN_BELIEF:
        return 'B';
    default:
        return 'V';
    }
}

static void write_end(struct writer *w, const struct recorded_event *event)
{
    add(w, ENDED, w->sent - w->messages[event->message]);
    if (event->what == SEEN_LOST)
        add(w, WHY, event->why);
}

static void write_of_node(struct writer *w, const struct recorded_event *event)
{
    const bool has_peer = event->what & (SEEN_LEARNED | SEEN_BELIEF | SEEN_VIEW);

    add(w, NODES, html_scope_place(w->scope, event->node));
    if (has_peer)
        add(w, PEERS,
            event->peer == OBSERVE_NOBODY ? 0 : 1 + html_scope_place(w->scope, event->peer));
    if (event->what == SEEN_LEARNED) {
        add(w, LEARNED, number_set(w, &event->learned));
        add(w, LAYERS, event->layer == RECORDED_BY_NONE ? 0 : event->layer + 1U);
    } else if (has_peer)
        add(w, STATES, event->what == SEEN_VIEW ? event->is_there : event->to);
}

static void write_event(struct writer *w, const struct recorded_event *event)
{
    const sim_time now = event->at / w->scope->tick;

    g_string_append_c(w->columns[TYPES], letter_of(event->what));
    add(w, TIMES, (uint64_t)(now - w->now));
    w->now = now;
    if (event->what == SEEN_SENT)
        write_sent(w, event);
    else if (event->what & (SEEN_ARRIVED | SEEN_LOST))
        write_end(w, event);
    else
        write_of_node(w, event);
}

void html_events_write(GString *out, struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    struct writer w = { .scope = scope,
                        .sets = g_string_new(NULL),
                        .set_text = g_string_new(NULL),
                        .set_list = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                        .messages = g_new0(uint32_t, recording->message_count) };

    for (int i = 0; i < COLUMNS; i++)
        w.columns[i] = g_string_new(NULL);
    html_scope_rewind(scope);
    for (size_t i = 0; i < scope->event_count; i++)
        if (html_scope_has(scope, &recording->events[i]))
            write_event(&w, &recording->events[i]);
    g_string_append_printf(out, "\"sets\":\"%s\",\"events\":{", w.sets->str);
    for (int i = 0; i < COLUMNS; i++) {
        g_string_append_printf(out, "%s\"%s\":\"%s\"", i > 0 ? "," : "", names[i],
                               w.columns[i]->str);
        g_string_free(w.columns[i], TRUE);
    }
    g_string_append_c(out, '}');
    g_string_free(w.sets, TRUE);
    g_string_free(w.set_text, TRUE);
    g_hash_table_destroy(w.set_list);
    g_free(w.messages);
}
