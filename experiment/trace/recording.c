/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording.c - see recording.h. */
#include "experiment/trace/recording.h"

#include <glib.h>
#include <string.h>

enum {
    RANGES_MAX = 1 << 27,
    CARRIED_LOOKED_AT = 2048, /* updates of a message */
};

/* While the run goes on. */
struct recorder {
    struct recording *recording;
    GArray *events, *messages, *ranges, *keys;
    GHashTable *numbers; /* the run's number of a message -> that of the recording */
    bool is_full;
};

/* ---- updates ---- */

/* Keeps what a set holds, in at most `ranges` ranges and looking at `looks` updates of it. */
static void keep_set(struct recorder *r, const struct set *set, uint32_t ranges, uint32_t looks,
                     struct recorded_updates *updates)
{
    struct recorded_range range = { 0, 0 };

    *updates = (struct recorded_updates){ .start = r->ranges->len, .count = set_count(set) };
    for (update_id i = 0; looks > 0 && set_next(set, &i); i++, looks--) {
        if (updates->kept > 0 && range.last + 1 == i) {
            range.last = i;
            g_array_index(r->ranges, struct recorded_range, r->ranges->len - 1) = range;
            continue;
        }
        if (updates->kept == ranges)
            return;
        range = (struct recorded_range){ i, i };
        g_array_append_val(r->ranges, range);
        updates->kept++;
    }
}

/* ---- messages ---- */

/* Of a pointer that is a message's number: the sender stands in its upper half. */
static guint hash_number(gconstpointer number)
{
    return (guint)((uint64_t)(uintptr_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static uint8_t layer_of(const struct recorder *r, const struct model *model)
{
    const struct sim_config *config = &r->recording->config;

    for (int i = 0; i < config->stack_count; i++)
        if (config->stack[i].model == model)
            return (uint8_t)i;
    return RECORDED_BY_NONE;
}

/* A message that is new to the recording; returns its number there. */
static uint32_t add_message(struct recorder *r, const struct sight *sight)
{
    const uint32_t number = r->messages->len;
    struct recorded_message message = {
        .sent = sight->what == SEEN_SENT ? sight->at : SIM_NEVER,
        .ended = SIM_NEVER,
        .bytes = sight->bytes,
        .payload = sight->bytes_payload,
        .digest = sight->bytes_digest,
        .control = sight->bytes_control,
        .copies = sight->copies,
        .from = sight->node,
        .to = sight->peer,
        .layer = layer_of(r, sight->model),
        .kind = (uint8_t)sight->kind,
        .is_connection = sight->is_connection,
    };

    keep_set(r, sight->carried->set, RECORDING_CARRIED_MAX, CARRIED_LOOKED_AT, &message.carries);
    g_array_append_val(r->messages, message);
    g_hash_table_insert(r->numbers, (gpointer)(uintptr_t)sight->message, GUINT_TO_POINTER(number));
    return number;
}

/* The number of the message that a sight shows; 0: it was sent before the window, and is still to
 * be added. */
static uint32_t find_message(const struct recorder *r, const struct sight *sight)
{
    return GPOINTER_TO_UINT(
        g_hash_table_lookup(r->numbers, (gconstpointer)(uintptr_t)sight->message));
}

static void end_message(struct recorder *r, uint32_t number, const struct sight *sight)
{
    struct recorded_message *message = &g_array_index(r->messages, struct recorded_message, number);

    if (message->ends == 0) {
        message->ended = sight->at;
        message->why = (uint8_t)sight->why;
    }
    message->ends = (uint8_t)MIN(message->ends + 1, UINT8_MAX);
}

/* ---- events ---- */

static bool is_of_window(enum seen what)
{
    return what & (SEEN_SENT | SEEN_ARRIVED | SEEN_LOST | SEEN_TIMER);
}

/* Notes the keys of updates as they are written. */
static void note_keys(struct recorder *r, const struct set *written, const struct sight *sight)
{
    for (update_id i = 0; set_next(written, &i); i++) {
        if (r->keys->len <= i)
            g_array_set_size(r->keys, i + 1);
        g_array_index(r->keys, uint32_t, i) = observe_key(sight, i);
    }
}

/* Notes an event, of which there is room for one. */
static void note(struct recorder *r, const struct sight *sight)
{
    struct recorded_event event = {
        .at = sight->at,
        .node = sight->node,
        .peer = sight->peer,
        .what = (uint16_t)sight->what,
        .why = (uint8_t)sight->why,
        .layer = layer_of(r, sight->model),
        .kind = (uint8_t)sight->kind,
        .from = (uint8_t)sight->from,
        .to = (uint8_t)sight->to,
        .is_there = sight->is_there,
    };

    if (sight->what & (SEEN_SENT | SEEN_ARRIVED | SEEN_LOST)) {
        event.message = find_message(r, sight);
        if (event.message == 0)
            event.message = add_message(r, sight);
        if (sight->what != SEEN_SENT)
            end_message(r, event.message, sight);
    } else if (sight->what == SEEN_LEARNED)
        keep_set(r, sight->set, UINT32_MAX, UINT32_MAX, &event.learned);
    if (sight->what == SEEN_LEARNED && sight->peer == OBSERVE_NOBODY)
        note_keys(r, sight->set, sight);
    g_array_append_val(r->events, event);
}

static void see(void *context, const struct sight *sight)
{
    struct recorder *r = context;
    struct recording *recording = r->recording;
    const struct recording_options *options = &recording->options;
    const bool is_outside = sight->at < options->from || sight->at > options->until;

    if (is_outside && is_of_window(sight->what)) {
        const bool is_end = sight->what & (SEEN_ARRIVED | SEEN_LOST);
        const uint32_t number = is_end && !r->is_full ? find_message(r, sight) : 0;

        if (number > 0)
            end_message(r, number, sight);
        return;
    }
    recording->events_seen++;
    r->is_full = r->is_full || r->events->len >= options->events_max || r->ranges->len > RANGES_MAX;
    if (r->is_full)
        return;
    recording->noted_until = sight->at;
    note(r, sight);
}

/* ---- the run ---- */

static void make_run(struct recorder *r)
{
    struct recording *recording = r->recording;
    const struct sim_observer observer = { .wants = ~0u, .see = see, .context = r };
    const struct recorded_message none = { .sent = SIM_NEVER, .ended = SIM_NEVER };
    struct sim_config watched = recording->config;

    r->events = g_array_new(FALSE, FALSE, sizeof(struct recorded_event));
    r->messages = g_array_new(FALSE, FALSE, sizeof(struct recorded_message));
    r->ranges = g_array_new(FALSE, FALSE, sizeof(struct recorded_range));
    r->keys = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    r->numbers = g_hash_table_new(hash_number, g_direct_equal);
    g_array_append_val(r->messages, none);
    watched.observer = &observer;
    sim_run(&watched, &recording->result);
    if (!r->is_full)
        recording->noted_until = recording->result.end;
    g_hash_table_destroy(r->numbers);
    recording->event_count = r->events->len;
    recording->message_count = r->messages->len;
    recording->range_count = r->ranges->len;
    recording->key_count = r->keys->len;
    recording->keys = (uint32_t *)(void *)g_array_free(r->keys, FALSE);
    recording->events = (struct recorded_event *)(void *)g_array_free(r->events, FALSE);
    recording->messages = (struct recorded_message *)(void *)g_array_free(r->messages, FALSE);
    recording->ranges = (struct recorded_range *)(void *)g_array_free(r->ranges, FALSE);
}

struct recording *recording_make(const struct plan *plan, size_t point, int strategy,
                                 uint32_t replication, const struct recording_options *options,
                                 struct errors *errors)
{
    struct recording *recording;
    struct recorder recorder = { 0 };
    struct setup *setup = plan_setup(plan, point);

    if (!setup) {
        errors_add(errors, ERROR_IO, "out of memory");
        return NULL;
    }
    recording = g_new0(struct recording, 1);
    *recording = (struct recording){ .plan = plan,
                                     .point = point,
                                     .strategy = strategy,
                                     .replication = replication,
                                     .setup = setup,
                                     .config = *setup_config(setup, strategy),
                                     .options = *options };
    recording->config.replication = replication;
    if (options->stop_at > 0)
        recording->config.stop.at = MIN(recording->config.stop.at, options->stop_at);
    recorder.recording = recording;
    make_run(&recorder);
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    sim_result_clear(&recording->result);
    setup_free(recording->setup);
    g_free(recording->events);
    g_free(recording->messages);
    g_free(recording->ranges);
    g_free(recording->keys);
    g_free(recording);
}

/* Arrays grow by doubling; every message has at least two events. */
uint64_t recording_memory(uint64_t events)
{
    return events * (2 * sizeof(struct recorded_event) + sizeof(struct recorded_message));
}

/* ---- what it says ---- */

size_t recording_group(const struct recording *recording, node_id node)
{
    const struct sim_config *config = &recording->config;
    size_t first = 0, last = config->group_count > 0 ? config->group_count - 1 : 0;

    while (first < last) { /* the first that ends behind the node */
        const size_t middle = (first + last) / 2;

        if (config->group_ends[middle] > node)
            last = middle;
        else
            first = middle + 1;
    }
    return first;
}

const struct model *recording_model(const struct recording *recording, uint8_t layer)
{
    return layer == RECORDED_BY_NONE ? NULL : recording->config.stack[layer].model;
}

const char *recording_kind(const struct recording *recording, const struct recorded_message *m)
{
    return recording_model(recording, m->layer)->messages[m->kind].name;
}

const char *recording_what(enum seen what)
{
    switch (what) {
    case SEEN_SENT:
        return "sent";
    case SEEN_ARRIVED:
        return "arrived";
    case SEEN_LOST:
        return "lost";
    case SEEN_LEARNED:
        return "learned";
    case SEEN_TIMER:
        return "timer";
    case SEEN_UP:
        return "up";
    case SEEN_DOWN:
        return "down";
    case SEEN_WIPED:
        return "wiped";
    case SEEN_BELIEF:
        return "belief";
    case SEEN_VIEW:
        return "view";
    case SEEN_PAUSED:
        return "paused";
    case SEEN_RESUMED:
        return "resumed";
    }
    return "";
}

const char *recording_why(enum why why)
{
    static const char *const words[] = {
        [WHY_NONE] = "",       [WHY_LOSS] = "loss", [WHY_PARTITION] = "partition",
        [WHY_QUEUE] = "queue", [WHY_DOWN] = "down", [WHY_INBOX] = "inbox",
    };

    return words[why];
}

const char *recording_belief(enum belief belief)
{
    static const char *const words[BELIEFS] = { [BELIEF_NONE] = "none",
                                                [BELIEF_ALIVE] = "alive",
                                                [BELIEF_SUSPECT] = "suspect",
                                                [BELIEF_DEAD] = "dead" };

    return words[belief];
}

bool recording_next(const struct recording *recording, const struct recorded_updates *updates,
                    struct recorded_walk *walk, update_id *update)
{
    const struct recorded_range *range;

    if (walk->range == updates->kept)
        return false;
    range = &recording->ranges[updates->start + walk->range];
    *update = range->first + walk->place;
    if (*update < range->last) {
        walk->place++;
    } else {
        walk->place = 0;
        walk->range++;
    }
    return true;
}
