/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html_scope.c - see html_scope.h. */
#include "analysis/replay/html_scope.h"

#include <glib.h>
#include <string.h>

/* Ticks of a run, at least: a page is never wider, nor its clock finer. */
#define TICKS_MIN 100000000

enum { WORDS = SIM_UPDATES_MAX / 64 };

uint32_t html_scope_place(const struct html_scope *scope, node_id node)
{
    const uint64_t place = (uint64_t)node * scope->shown / scope->nodes;

    if (node == OBSERVE_NOBODY || html_scope_number(scope, (uint32_t)place) != node)
        return scope->shown;
    return (uint32_t)place;
}

node_id html_scope_number(const struct html_scope *scope, uint32_t place)
{
    return (node_id)(((uint64_t)place * scope->nodes + scope->shown - 1) / scope->shown);
}

static bool is_shown(const struct html_scope *scope, node_id node)
{
    return html_scope_place(scope, node) < scope->shown;
}

/* Notes what was learned; true if some of it is new to all. */
static bool is_first(struct html_scope *scope, const struct recorded_updates *learned)
{
    struct recorded_walk walk = { 0 };
    bool is_new = false;
    update_id update;

    while (recording_next(scope->recording, learned, &walk, &update)) {
        const uint64_t bit = UINT64_C(1) << update % 64;

        is_new = is_new || !(scope->written[update / 64] & bit);
        scope->written[update / 64] |= bit;
    }
    return is_new;
}

bool html_scope_has(struct html_scope *scope, const struct recorded_event *event)
{
    const struct recorded_message *message = &scope->recording->messages[event->message];

    switch (event->what) {
    case SEEN_SENT:
    case SEEN_ARRIVED:
    case SEEN_LOST:
        return message->sent != SIM_NEVER &&
               (is_shown(scope, message->from) || is_shown(scope, message->to));
    case SEEN_LEARNED: {
        const bool is_new = is_first(scope, &event->learned);

        return is_new || is_shown(scope, event->node);
    }
    case SEEN_BELIEF:
    case SEEN_VIEW:
        return is_shown(scope, event->node) && is_shown(scope, event->peer);
    case SEEN_UP:
    case SEEN_DOWN:
    case SEEN_WIPED:
    case SEEN_PAUSED:
    case SEEN_RESUMED:
        return is_shown(scope, event->node);
    default:
        return false;
    }
}

void html_scope_rewind(struct html_scope *scope)
{
    memset(scope->written, 0, WORDS * sizeof *scope->written);
}

/* Where the page ends, if not with the recording. */
static void find_end(struct html_scope *scope)
{
    const struct recording *recording = scope->recording;
    const sim_time end = MIN(recording->result.end, recording->options.until);

    for (size_t i = 0; i < recording->event_count; i++) {
        if (!html_scope_has(scope, &recording->events[i]))
            continue;
        if (scope->eligible == HTML_EVENTS_MAX) {
            scope->is_cut = true;
            break;
        }
        scope->event_count = i + 1;
        scope->eligible++;
    }
    scope->is_cut = scope->is_cut || recording->events_seen > recording->event_count;
    scope->end = scope->is_cut && scope->event_count > 0
                     ? recording->events[scope->event_count - 1].at
                     : end;
}

void html_scope_init(struct html_scope *scope, const struct recording *recording)
{
    const uint32_t nodes = (uint32_t)recording->config.nodes;

    *scope = (struct html_scope){ .recording = recording,
                                  .nodes = nodes,
                                  .shown = MIN(nodes, HTML_NODES_MAX),
                                  .tick = 1,
                                  .written = g_new0(uint64_t, WORDS) };
    find_end(scope);
    while (scope->end / 10 >= TICKS_MIN * scope->tick)
        scope->tick *= 10;
}

void html_scope_clear(struct html_scope *scope)
{
    g_free(scope->written);
}
