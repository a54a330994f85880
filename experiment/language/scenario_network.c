/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_network.c - the keys of the network that are more than one number or word.
 */
#include "experiment/language/scenario_schema.h"
#include "sim/net/burst.h"

#include <math.h>
#include <string.h>

/* ---- network.loss ---- */

static const struct param share_row =
    PARAM_FRACTION(struct scenario_loss, mean, NULL, "0..1", "of the messages");
static const struct param burst_rows[] = {
    PARAM_FRACTION(struct scenario_loss, mean, NULL, "0..1", "share of the messages that are lost"),
    PARAM_REAL(struct scenario_loss, burst, NULL, "1..1e9", "mean number of them lost in a row"),
    PARAM_END,
};

static void read_bursts(const struct item *item, struct scenario_loss *loss,
                        struct scenario_reader *reader)
{
    uint64_t given = 0;
    char why[QUANTITY_WHY_MAX];

    if (!scenario_read_params(item, burst_rows, loss, &given, reader))
        return;
    for (int i = 0; burst_rows[i].type != PARAM_TYPE_END; i++)
        if (!(given >> i & 1))
            item_error(item, reader->errors, "`%s` is missing: %s", burst_rows[i].name,
                       burst_rows[i].help);
    if (given == 3 && !bursts_are_possible(loss->mean, loss->burst, why))
        item_error(item, reader->errors, "%s", why);
}

static void read_loss(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct scenario_loss *loss = field;

    *loss = (struct scenario_loss){ 0 };
    if (item->kind == ITEM_MAP)
        read_bursts(item, loss, reader);
    else
        scenario_read_param(item, &share_row, loss, reader);
}

static void write_loss(GString *out, const void *field, bool for_hash)
{
    const struct scenario_loss *loss = field;
    char mean[QUANTITY_TEXT_MAX], burst[QUANTITY_TEXT_MAX];

    (void)for_hash;
    quantity_write_fraction(loss->mean, mean);
    quantity_write_real(loss->burst, burst);
    if (loss->burst > 0)
        g_string_append_printf(out, "{mean: %s, burst: %s}", mean, burst);
    else
        g_string_append(out, mean);
}

static void check_loss(const struct item *root, const struct scenario *scenario,
                       struct errors *errors)
{
    const struct item *item = item_find(root, "network.loss");

    if (scenario->loss.burst > 0 && scenario->loss.mean <= 0 && !item_is_swept(item))
        item_error(item_get(item, "burst"), errors, "has no effect: no message is lost");
}

static void put_loss(GString *out)
{
    schema_put(out,
               "'anyOf':[{" A_SHARE "},{'type':'object'," NO_OTHERS ",'required':['mean','burst'],"
               "'properties':{");
    schema_params(out, burst_rows);
    schema_put(out, "}}]");
}

const struct key_kind kind_loss = {
    .values = "share, 0..1, or `{mean: 5%, burst: 4}`",
    .put_schema = put_loss,
    .read = read_loss,
    .write = write_loss,
    .check = check_loss,
};

/* ---- network.bandwidth, network.queue ---- */

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
