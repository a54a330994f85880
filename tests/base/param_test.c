/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of a parameter table reads, bounds, defaults and writes its field and no other; a value
 * that does not fit leaves the field alone and the reason names what is allowed.  A preset fills
 * the rows behind it, and single ones of them can be set all the same.
 */
#include "base/param.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PUSH, PULL };
static const char *const modes[] = { [PUSH] = "push", [PULL] = "pull", NULL };

struct config {
    int64_t timeout, interval, fanout, size;
    double share, factor;
    bool enabled;
    int mode;
    int64_t nodes, limit;
};

static const struct param rows[] = {
    PARAM_TIME(struct config, timeout, "200ms", "0s..1h", "until a failure"),
    PARAM_INTERVAL(struct config, interval, "1s", "1us..365d", "between contacts"),
    PARAM_COUNT(struct config, fanout, "1", "1..1000", "partners"),
    PARAM_SIZE(struct config, size, "100B", "0B..1GB", "of an update"),
    PARAM_FRACTION(struct config, share, "5%", "0..50%", "of the nodes"),
    PARAM_REAL(struct config, factor, "1.5", "1..1e3", "of growth"),
    PARAM_BOOL(struct config, enabled, "true", "works"),
    PARAM_CHOICE(struct config, mode, "pull", modes, "direction"),
    PARAM_COUNT(struct config, nodes, NULL, "1..10", "must be given"),
    PARAM_COUNT(struct config, limit, "0", "0..1000", "of a message", .sizes = "1B..1MB"),
    PARAM_END,
};

static void defaults_fill_every_field_that_has_one(void **state)
{
    struct config c = { .nodes = 77 };

    (void)state;
    param_defaults(rows, &c);
    assert_int_equal(c.timeout, 200 * SIM_MILLISECOND);
    assert_int_equal(c.interval, SIM_SECOND);
    assert_int_equal(c.fanout, 1);
    assert_int_equal(c.size, 100);
    assert_true(c.share == 0.05);
    assert_true(c.factor == 1.5);
    assert_true(c.enabled);
    assert_int_equal(c.mode, PULL);
    assert_int_equal(c.nodes, 77);
}

static void what_is_got_can_be_set(void **state)
{
    struct config a = { .nodes = 3 }, b = { .nodes = 1 };
    char text[QUANTITY_TEXT_MAX], why[PARAM_WHY_MAX];

    (void)state;
    param_defaults(rows, &a);
    for (const struct param *row = rows; row->type != PARAM_TYPE_END; row++) {
        param_get(row, &a, text);
        assert_true(param_set(row, &b, text, why));
    }
    assert_int_equal(b.timeout, a.timeout);
    assert_int_equal(b.interval, a.interval);
    assert_int_equal(b.fanout, a.fanout);
    assert_int_equal(b.size, a.size);
    assert_true(b.share == a.share && b.factor == a.factor && b.enabled == a.enabled);
    assert_int_equal(b.mode, a.mode);
    assert_int_equal(b.nodes, a.nodes);
}

static void bounds_are_legal_and_beyond_is_not(void **state)
{
    struct config c = { 0 }, before;
    char why[PARAM_WHY_MAX] = "";

    (void)state;
    param_defaults(rows, &c);
    assert_true(param_set(param_find(rows, "fanout"), &c, "1000", why));
    assert_true(param_set(param_find(rows, "share"), &c, "50%", why));
    assert_true(param_set(param_find(rows, "timeout"), &c, "0s", why));
    memcpy(&before, &c, sizeof c);
    assert_false(param_set(param_find(rows, "fanout"), &c, "1001", why));
    assert_string_equal(why, "1001 is outside 1..1000");
    assert_false(param_set(param_find(rows, "fanout"), &c, "0", why));
    assert_false(param_set(param_find(rows, "share"), &c, "51%", why));
    assert_false(param_set(param_find(rows, "timeout"), &c, "61min", why));
    assert_false(param_set(param_find(rows, "factor"), &c, "nan", why));
    assert_false(param_set(param_find(rows, "size"), &c, "2GB", why));
    assert_false(param_set(param_find(rows, "enabled"), &c, "yes", why));
    assert_string_equal(why, "`yes` is neither true nor false");
    assert_false(param_set(param_find(rows, "mode"), &c, "pulll", why));
    assert_string_equal(why, "`pulll` is none of push, pull");
    assert_memory_equal(&before, &c, sizeof c);
}

/* A size in the place of a count is negative in its field, and is written as it was read. */
static void a_count_may_be_a_size(void **state)
{
    static const struct {
        const char *given, *written, *why;
        int64_t value;
    } trials[] = {
        { "0", "0", "", 0 },
        { "1e3", "1000", "", 1000 },
        { "1B", "1B", "", -1 },
        { "1400B", "1400B", "", -1400 },
        { "64kB", "64kB", "", -64000 },
        { "1MB", "1MB", "", -1000000 },
        { "1001", NULL, "1001 is outside 0..1000 and 1B..1MB", 0 },
        { "2MB", NULL, "2MB is outside 0..1000 and 1B..1MB", 0 },
        { "0B", NULL, "0B is too little: the least size is 1B", 0 },
        { "-5", NULL, "-5 is negative", 0 },
        { "-5B", NULL, "`-5B` is neither a count, as in 100, nor a size, as in 1400B or 64kB", 0 },
        { "1.5B", NULL, "`1.5B` is neither a count, as in 100, nor a size, as in 1400B or 64kB",
          0 },
        { "7x", NULL, "`7x` is neither a count, as in 100, nor a size, as in 1400B or 64kB", 0 },
    };
    const struct param *row = param_find(rows, "limit");

    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        struct config c = { .limit = 7 };
        char text[QUANTITY_TEXT_MAX], why[PARAM_WHY_MAX] = "";

        assert_int_equal(param_set(row, &c, trials[i].given, why), trials[i].written != NULL);
        assert_string_equal(why, trials[i].why);
        param_get(row, &c, text);
        assert_string_equal(text, trials[i].written ? trials[i].written : "7");
        assert_int_equal(c.limit, trials[i].written ? trials[i].value : 7);
    }
}

static void find_knows_only_its_rows(void **state)
{
    (void)state;
    assert_ptr_equal(param_find(rows, "timeout"), rows);
    assert_null(param_find(rows, "time"));
    assert_null(param_find(rows, ""));
}

static void the_table_prints_every_row(void **state)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    assert_non_null(out);
    param_print(out, rows);
    fclose(out);
    assert_non_null(strstr(text, "  timeout   200ms        0s..1h"));
    assert_non_null(strstr(text, "push|pull"));
    assert_non_null(strstr(text, "  nodes     required     1..10 "));
    assert_non_null(strstr(text, "  0..1000|1B..1MB "));
    free(text);
}

/* ---- presets ---- */

struct clock {
    int preset;
    int64_t interval, count;
    bool enabled;
};
static const char *const preset_words[] = { "usual", "slow", NULL };
static const struct param_preset presets[] = {
    { "a book", "" },
    { "another", "interval: 1min, enabled: false" },
};
static const struct param clock_rows[] = {
    PARAM_CHOICE(struct clock, preset, "usual", preset_words, "values", .presets = presets),
    PARAM_INTERVAL(struct clock, interval, "1s", "1us..365d", "between ticks"),
    PARAM_COUNT(struct clock, count, "3", "1..10", "ticks"),
    PARAM_BOOL(struct clock, enabled, "true", "works"),
    PARAM_END,
};

static void a_preset_fills_the_rows_behind_it(void **state)
{
    struct clock c = { 0 };
    char why[PARAM_WHY_MAX];

    (void)state;
    param_defaults(clock_rows, &c);
    assert_true(c.interval == SIM_SECOND && c.count == 3 && c.enabled);
    c.count = 7;
    assert_true(param_set(clock_rows, &c, "slow", why));
    assert_true(c.preset == 1 && c.interval == 60 * SIM_SECOND && c.count == 3 && !c.enabled);
    assert_true(param_set(&clock_rows[3], &c, "true", why)); /* single ones can still be set */
    assert_true(c.interval == 60 * SIM_SECOND && c.enabled);
    assert_true(param_set(clock_rows, &c, "usual", why));
    assert_true(c.preset == 0 && c.interval == SIM_SECOND && c.enabled);
    assert_false(param_set(clock_rows, &c, "fast", why));
}

static void a_default_preset_holds_for_the_others_too(void **state)
{
    struct param changed[sizeof clock_rows / sizeof *clock_rows];
    struct clock c = { 0 };

    (void)state;
    memcpy(changed, clock_rows, sizeof changed);
    changed[0].fallback = "slow";
    param_defaults(changed, &c);
    assert_true(c.preset == 1 && c.interval == 60 * SIM_SECOND && c.count == 3 && !c.enabled);
}

static void presets_are_printed_with_their_source(void **state)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    assert_non_null(out);
    param_print(out, clock_rows);
    fclose(out);
    assert_non_null(strstr(text, "  usual  the defaults\n         (a book)\n"));
    assert_non_null(strstr(text, "  slow   interval: 1min, enabled: false\n         (another)\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_every_field_that_has_one),
        cmocka_unit_test(what_is_got_can_be_set),
        cmocka_unit_test(bounds_are_legal_and_beyond_is_not),
        cmocka_unit_test(a_count_may_be_a_size),
        cmocka_unit_test(find_knows_only_its_rows),
        cmocka_unit_test(the_table_prints_every_row),
        cmocka_unit_test(a_preset_fills_the_rows_behind_it),
        cmocka_unit_test(a_default_preset_holds_for_the_others_too),
        cmocka_unit_test(presets_are_printed_with_their_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
