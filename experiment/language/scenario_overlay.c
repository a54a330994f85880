/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenario_overlay.c - `record.overlay: {every: 10s}`.
 */
#include "base/nearest.h"
#include "experiment/language/scenario_schema.h"

#include <string.h>

static const struct param every_row = PARAM_NAMED("every", TIME, struct sim_config, overlay_every,
                                                  NULL, "1us..36525d", NULL, "between rows");

static void read_overlay(const struct item *item, void *field, struct scenario_reader *reader)
{
    struct sim_config config = { .overlay_every = 0 };

    if (item->kind != ITEM_MAP || item_get(item, "every") == NULL) {
        item_error(item, reader->errors, "`{every: 10s}` was expected");
        return;
    }
    for (size_t i = 0; i < item->count; i++) {
        const struct item *part = item->children[i];

        if (strcmp(part->key, "every") == 0)
            scenario_read_param(part, &every_row, &config, reader);
        else
            scenario_unknown(part, "parameter", "every", "every", reader);
    }
    *(sim_time *)field = config.overlay_every;
}

static void write_overlay(GString *out, const void *field, bool for_hash)
{
    char text[QUANTITY_TEXT_MAX];

    (void)for_hash;
    quantity_write_time(*(const sim_time *)field, text);
    g_string_append_printf(out, "{every: %s}", text);
}

static bool is_none(const void *field)
{
    return *(const sim_time *)field == 0;
}

const struct key_kind kind_record_overlay = {
    .values = "`{every: 10s}`",
    .schema =
        "'type':'object'," NO_OTHERS ",'required':['every'],'properties':{'every':" REF("time") "}",
    .read = read_overlay,
    .write = write_overlay,
    .is_none = is_none,
};
