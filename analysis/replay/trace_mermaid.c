/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_mermaid.c - the first messages of a recording as a sequence diagram for Mermaid, which
 * Markdown pages show.
 *
 * An arrow is a message, at the time at which it was sent; a cross, one that was lost.  Nodes stand
 * in the order in which they first take part.  Of names nothing but letters, digits and what cannot
 * mean anything stays as it is: all else comes out as an entity, `#59;`.
 */
#include "analysis/replay/trace_format.h"
#include "analysis/replay/trace_row.h"
#include "base/printable.h"

#include <inttypes.h>
#include <string.h>

extern const struct trace_format trace_mermaid;

enum { MESSAGES_MAX = 60, UPDATES_SHOWN = 3 };

/* Also a word that would end a block. */
static void put_text(FILE *out, const char *text)
{
    char shown[PRINTABLE_BYTES];

    for (const char *rest = text; printable_next(&rest, shown); text = rest) {
        uint32_t character = 0;
        const bool is_plain = shown[1] == 0 &&
                              (g_ascii_isalnum(shown[0]) || strchr(" ._,()/=-", shown[0])) &&
                              g_ascii_strncasecmp(text, "end", 3) != 0;

        if (is_plain) {
            putc(shown[0], out);
            continue;
        }
        for (const char *c = shown; *c;) {
            const size_t bytes = printable_decode(c, strlen(c), &character);

            fprintf(out, "#%" PRIu32 ";", character);
            c += bytes;
        }
    }
}

/* The messages to show, the first after the beginning of the window. */
struct choice {
    const struct recorded_message *list[MESSAGES_MAX];
    size_t count, all;
};

static struct choice choose(const struct recording *recording, const struct trace_wishes *wishes)
{
    struct choice choice = { .count = 0 };

    for (size_t i = 1; i < recording->message_count; i++) {
        const struct recorded_message *message = &recording->messages[i];

        if (message->sent == SIM_NEVER || !trace_shows(wishes, message->sent))
            continue;
        choice.all++;
        if (choice.count < MESSAGES_MAX)
            choice.list[choice.count++] = message;
    }
    return choice;
}

static void put_participant(FILE *out, GHashTable *known, node_id node)
{
    if (g_hash_table_add(known, GUINT_TO_POINTER(node + 1)))
        fprintf(out, "    participant n%" PRIu32 " as node %" PRIu32 "\n", node, node);
}

static void put_participants(FILE *out, const struct choice *choice)
{
    GHashTable *known = g_hash_table_new(NULL, NULL);

    for (size_t i = 0; i < choice->count; i++) {
        put_participant(out, known, choice->list[i]->from);
        put_participant(out, known, choice->list[i]->to);
    }
    g_hash_table_destroy(known);
}

/* What it carries, if it is little: `, update 3`. */
static void put_updates(FILE *out, const struct recording *recording,
                        const struct recorded_message *message)
{
    GString *text;

    if (message->carries.count == 0)
        return;
    if (message->carries.count > UPDATES_SHOWN) {
        fprintf(out, ", %" PRIu32 " updates", message->carries.count);
        return;
    }
    text = g_string_new(NULL);
    trace_updates(text, recording, &message->carries);
    fprintf(out, ", update%s %s", message->carries.count == 1 ? "" : "s", text->str);
    g_string_free(text, TRUE);
}

static void put_message(FILE *out, const struct recording *recording,
                        const struct recorded_message *message)
{
    char sent[TRACE_TIME_TEXT], ended[TRACE_TIME_TEXT];

    trace_time_short(message->sent, sent);
    fprintf(out, "    n%" PRIu32 "%sn%" PRIu32 ": %s s ", message->from,
            message->why != WHY_NONE ? "-x" : "->>", message->to, sent);
    put_text(out, recording_kind(recording, message));
    put_updates(out, recording, message);
    if (message->why != WHY_NONE) {
        fprintf(out, ", lost (%s)", recording_why((enum why)message->why));
    } else if (message->ended != SIM_NEVER && message->ended != message->sent) {
        trace_time_short(message->ended, ended);
        fprintf(out, ", there at %s s", ended);
    }
    putc('\n', out);
}

static bool write_mermaid(FILE *out, const struct recording *recording,
                          const struct trace_wishes *wishes, struct errors *errors)
{
    const struct choice choice = choose(recording, wishes);
    const struct plan *plan = recording->plan;

    if (choice.count == 0) {
        errors_add(errors, ERROR_SCENARIO, "no message is sent in this time: there is no sequence");
        return false;
    }
    fputs("sequenceDiagram\n    title ", out);
    put_text(out, plan->name);
    fputs(", ", out);
    put_text(out, plan->strategies[recording->strategy]);
    fprintf(out, ", replication %" PRIu32 "\n", recording->replication);
    put_participants(out, &choice);
    for (size_t i = 0; i < choice.count; i++)
        put_message(out, recording, choice.list[i]);
    if (choice.count < choice.all)
        fprintf(out,
                "    Note over n%" PRIu32 ": the first %zu of %zu messages, --from and --until "
                "show others\n",
                choice.list[0]->from, choice.count, choice.all);
    return true;
}

const struct trace_format trace_mermaid = {
    .name = "mermaid",
    .ending = ".mmd",
    .summary = "the first 60 messages as a sequence diagram, for pages in Markdown",
    .takes = TRACE_WINDOW,
    .write = write_mermaid,
};
