/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shipped.c - see shipped.h. */
#include "tests/models/shipped.h"

#include "tests/models/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *value_of(const struct param *row, const struct shipped *shipped, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(shipped[i].name, row->name) == 0)
            return shipped[i].value;
    return row->fallback;
}

void check_preset(const char *model, const char *preset, const struct shipped *shipped,
                  size_t count)
{
    const struct param *rows = model_called(model)->params;
    char text[QUANTITY_TEXT_MAX], given[80];
    struct setup setup;

    snprintf(given, sizeof given, "preset=%s", preset);
    setup_init(&setup, 3);
    assert_true(setup_add(&setup, model, given));
    for (size_t i = 0; i < count; i++)
        assert_non_null(param_find(rows, shipped[i].name));
    for (const struct param *row = rows + 1; row->type != PARAM_TYPE_END; row++) {
        param_get(row, setup.configs[0], text);
        assert_string_equal(text, value_of(row, shipped, count));
    }
    setup_clear(&setup);
}
