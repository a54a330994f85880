/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_network.c - what limits links: network.bandwidth, network.downlink, network.queue.
 */
#include "experiment/language/scenario_schema.h"

#include <math.h>
#include <string.h>

#define UNLIMITED         "unlimited"
#define BANDWIDTH_MAX     1e12 /* bit/s */
#define BANDWIDTH_ALLOWED "1bit/s..1000Gbit/s"

static bool is_unlimited(const struct item *item)
{
    return item->kind == ITEM_SCALAR && strcmp(item->text, UNLIMITED) == 0;
}

static void read_bandwidth(const struct item *item, void *field, struct scenario_reader *reader)
{
    int64_t *bandwidth = field; /* 0: unlimited */
    char why[QUANTITY_WHY_MAX];
    double bits = 0;

    *bandwidth = 0;
    if (is_unlimited(item) ||
        scenario_is_wrong_word(item, UNLIMITED, "a bit rate, as in 10Mbit/s", reader))
        return;
    if (item->kind != ITEM_SCALAR || item_is_null(item))
        item_error(item, reader->errors, "a bit rate was expected, as in 10Mbit/s");
    else if (!quantity_read_bitrate(item->text, &bits, why))
        item_error(item, reader->errors, "%s", why);
    else if (!(bits >= 1 && bits <= BANDWIDTH_MAX))
        item_error(item, reader->errors, "%.40s is outside " BANDWIDTH_ALLOWED, item->text);
    else if (bits != floor(bits))
        item_error(item, reader->errors, "%.40s is not a whole number of bit/s", item->text);
    else
        *bandwidth = (int64_t)bits;
}

static void write_bandwidth(GString *out, const void *field, bool for_hash)
{
    const int64_t *bandwidth = field;
    char text[QUANTITY_TEXT_MAX] = UNLIMITED;

    (void)for_hash;
    if (*bandwidth > 0)
        quantity_write_bitrate(*bandwidth, text);
    g_string_append(out, text);
}

const struct key_kind kind_bandwidth = {
    .values = "`unlimited` or a bit rate, " BANDWIDTH_ALLOWED,
    .schema = "'anyOf':[{'const':'unlimited'},{" TEXT(NUMBER BITRATE_UNITS) "}]",
    .read = read_bandwidth,
    .write = write_bandwidth,
};

struct queue {
    int64_t bytes; /* -1: unlimited */
};
static const struct param queue_row =
    PARAM_SIZE(struct queue, bytes, NULL, "0B..1000GB", "that may wait");

static void read_queue(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct queue *queue = field;

    queue->bytes = -1;
    if (!is_unlimited(item) &&
        !scenario_is_wrong_word(item, UNLIMITED, "a size, as in 64KiB", reader))
        scenario_read_param(item, &queue_row, queue, reader);
}

static void write_queue(GString *out, const void *field, bool for_hash)
{
    const struct queue *queue = field;
    char text[QUANTITY_TEXT_MAX] = UNLIMITED;

    (void)for_hash;
    if (queue->bytes >= 0)
        quantity_write_size(queue->bytes, text);
    g_string_append(out, text);
}

const struct key_kind kind_queue = {
    .values = "`unlimited` or a size, 0B..1000GB",
    .schema = "'anyOf':[{'const':'unlimited'},{" TEXT(NUMBER SIZE_UNITS) "}]",
    .read = read_queue,
    .write = write_queue,
};
