/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_processing.c - `network.processing: {time: 12ms, queue: 1000}`.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

#define UNLIMITED "unlimited"

static const struct param queue_row =
    PARAM_COUNT(struct scenario_processing, queue, NULL, "0..1000000000", "messages that may wait");

static void read_queue(const struct item *item, struct scenario_processing *processing,
                       struct scenario_reader *reader)
{
    const bool is_word = item->kind == ITEM_SCALAR && strcmp(item->text, UNLIMITED) == 0;

    if (!is_word && !scenario_is_wrong_word(item, UNLIMITED, "a count, as in 1000", reader))
        scenario_read_param(item, &queue_row, processing, reader);
}

static void read_processing(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_processing *processing = field;

    processing->queue = -1;
    if (item->kind != ITEM_MAP) {
        item_error(item, reader->errors,
                   "`{time: 12ms, queue: 1000}` was expected, the queue only if it is limited");
        return;
    }
    if (item_get(item, "time") == NULL)
        item_error(item, reader->errors, "`time` is missing: how long a node needs for a message");
    for (size_t i = 0; i < item->count; i++) {
        const struct item *part = item->children[i];
        struct nearest nearest = { .word = part->key };

        nearest_offer(&nearest, "time");
        nearest_offer(&nearest, "queue");
        if (strcmp(part->key, "time") == 0)
            kind_random_time.read(part, &processing->time, reader);
        else if (strcmp(part->key, "queue") == 0)
            read_queue(part, processing, reader);
        else
            scenario_unknown(part, "parameter", nearest.best, "time, queue", reader);
    }
}

static void write_processing(GString *out, const void *field, bool for_hash)
{
    const struct scenario_processing *processing = field;

    g_string_append(out, "{time: ");
    kind_random_time.write(out, &processing->time, for_hash);
    if (processing->queue >= 0)
        g_string_append_printf(out, ", queue: %lld", (long long)processing->queue);
    g_string_append_c(out, '}');
}

static void clear_processing(void *field)
{
    struct scenario_processing *processing = field;

    kind_random_time.clear(&processing->time);
}

static bool is_none(const void *field)
{
    const struct scenario_processing *processing = field;

    return kind_random_time.is_none(&processing->time);
}

const struct key_kind kind_processing = {
    .values = "`{time: 12ms}`, a time or a [random quantity](#random-quantities), and `queue`, a "
              "count or `unlimited`",
    .schema =
        "'type':'object'," NO_OTHERS ",'required':['time'],'properties':{"
        "'time':{'anyOf':[" REF("random-quantity") "]},"
                                                   "'queue':{'anyOf':[{'const':'unlimited'},{'type'"
                                                   ":'integer','minimum':0},{" TEXT(NUMBER) "}]}}",
    .read = read_processing,
    .write = write_processing,
    .clear = clear_processing,
    .is_none = is_none,
};
