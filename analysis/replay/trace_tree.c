/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_tree.c - see trace_tree.h. */
#include "analysis/replay/trace_tree.h"

#include <glib.h>
#include <inttypes.h>

static bool has_update(const struct recording *recording, const struct recorded_updates *updates,
                       update_id update)
{
    const struct recorded_range *ranges = &recording->ranges[updates->start];

    for (uint32_t i = 0; i < updates->kept && ranges[i].first <= update; i++)
        if (update <= ranges[i].last)
            return true;
    return false;
}

/* Tells why there is no tree. */
static void complain(const struct recording *recording, update_id update, bool is_chosen,
                     struct errors *errors)
{
    update_id last = 0;
    bool is_any = false;

    for (size_t i = 0; i < recording->event_count; i++) {
        const struct recorded_event *event = &recording->events[i];

        if (event->what == SEEN_LEARNED && event->learned.kept > 0) {
            const size_t at = event->learned.start + event->learned.kept - 1;

            last = MAX(last, recording->ranges[at].last);
            is_any = true;
        }
    }
    if (recording->events_seen > recording->event_count)
        errors_add(errors, ERROR_SCENARIO,
                   "nobody learned update %" PRIu32
                   " among the first %zu events of this run, which "
                   "are all that is noted; --limit N has more",
                   update, recording->event_count);
    else if (!is_any)
        errors_add(errors, ERROR_SCENARIO,
                   "nobody learned an update in this run: there is no tree");
    else if (is_chosen)
        errors_add(errors, ERROR_SCENARIO,
                   "--update %" PRIu32 ": nobody learned it; the last that anybody did is %" PRIu32,
                   update, last);
    else
        errors_add(errors, ERROR_SCENARIO,
                   "nobody learned update %" PRIu32 "; --update chooses another, up to %" PRIu32,
                   update, last);
}

bool trace_tree_grow(const struct recording *recording, update_id update, bool is_chosen,
                     struct trace_tree *tree, struct errors *errors)
{
    /* The place in the tree of each node, 1 up; 0: it has none. */
    uint32_t *places = g_new0(uint32_t, (size_t)recording->config.nodes);
    GArray *leaves = g_array_new(FALSE, FALSE, sizeof(struct trace_leaf));

    *tree = (struct trace_tree){ .update = update };
    for (size_t i = 0; i < recording->event_count; i++) {
        const struct recorded_event *event = &recording->events[i];
        struct trace_leaf leaf = { event->node, event->peer, event->at, 0, event->layer };

        if (event->what != SEEN_LEARNED || places[event->node] > 0 ||
            !has_update(recording, &event->learned, update))
            continue;
        if (event->peer != OBSERVE_NOBODY && places[event->peer] > 0)
            leaf.depth =
                g_array_index(leaves, struct trace_leaf, places[event->peer] - 1).depth + 1;
        g_array_append_val(leaves, leaf);
        places[event->node] = leaves->len;
        tree->depth = MAX(tree->depth, leaf.depth);
    }
    tree->count = leaves->len;
    tree->leaves = (struct trace_leaf *)(void *)g_array_free(leaves, FALSE);
    g_free(places);
    if (tree->count > 0)
        return true;
    complain(recording, update, is_chosen, errors);
    trace_tree_clear(tree);
    return false;
}

void trace_tree_clear(struct trace_tree *tree)
{
    g_free(tree->leaves);
    tree->leaves = NULL;
}
