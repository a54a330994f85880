/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No mutation of a scenario crashes the reader, and those it accepts survive a round trip.
 */
#include "tests/experiment/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- mutation ---- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static const char *const pieces[] = {
    "{",
    "}",
    "[",
    "]",
    ": ",
    "\n",
    "  ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "!!x ",
    "\"",
    "'",
    "|\n",
    "#",
    "? ",
    "---\n",
    "~",
    "1e999",
    "-1",
    "nan",
    "1ns",
    "36525d",
    "0",
    "100%",
    "\t",
    "\xff",
    "\xc3",
    "rounds",
    "weibull",
    "shape: ",
    "a: ",
    "nodes: 1",
    "0x1",
    "1_0",
    ",",
    "9223372036854775807",
    "churn: ",
    "strategies: ",
    "test-model: ",
    "{node: 0}",
    "\r",
};

/* One random change of a text. */
static void mutate(GString *text, uint64_t *random)
{
    gssize at = (gssize)(next(random) % (text->len + 1));
    gssize left = (gssize)text->len - at;
    gssize length = (gssize)(next(random) % 12);

    length = MIN(left, length);
    switch (next(random) % 8) {
    case 0:
        g_string_insert(text, at, pieces[next(random) % G_N_ELEMENTS(pieces)]);
        break;
    case 1:
        g_string_erase(text, at, length);
        break;
    case 2: { /* a stretch, somewhere else again */
        char *copy = g_strndup(text->str + at, (gsize)length);
        g_string_insert(text, (gssize)(next(random) % (text->len + 1)), copy);
        g_free(copy);
        break;
    }
    case 3:
        if (left > 0)
            text->str[at] = (char)(next(random) % 255 + 1);
        break;
    case 4:
    case 5:
    case 6: /* another number */
        while ((gsize)at < text->len && !g_ascii_isdigit(text->str[at]))
            at++;
        if ((gsize)at < text->len)
            text->str[at] = (char)('0' + next(random) % 10);
        break;
    default:
        g_string_erase(text, at, length);
        g_string_insert(text, at, pieces[next(random) % G_N_ELEMENTS(pieces)]);
        break;
    }
}

static void no_mutation_gets_through_unchecked(void **state)
{
    uint64_t random = 0x9e3779b97f4a7c15u;
    int accepted = 0, refused = 0;

    (void)state;
    for (int i = 0; i < 6000; i++) {
        GString *text = g_string_new(i % 3 == 0 ? START STRATEGIES : full_scenario);
        int changes = (int)(next(&random) % 3) + 1;
        struct outcome o;

        while (changes-- > 0)
            mutate(text, &random);
        if (!g_utf8_validate_len(text->str, text->len, NULL)) {
            g_string_free(text, TRUE);
            continue; /* source_read() refuses it */
        }
        read_text(&o, "a.yaml", text->str, text->len);
        if (o.is_good) {
            accepted++;
            g_free(round_trip(text->str, true));
        } else {
            refused++;
            assert_true(o.errors.count > 0);
        }
        outcome_clear(&o);
        g_string_free(text, TRUE);
    }
    print_message("%d accepted, %d refused\n", accepted, refused);
    /* Both happened, so both were tested. */
    assert_true(accepted > 200);
    assert_true(refused > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_mutation_gets_through_unchecked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
