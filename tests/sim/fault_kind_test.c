/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the table of faults are complete: whoever asks one finds what its kind needs, and
 * what it says of its parameters is so.  (That scenarios take their examples:
 * scenario_faults_test.c.)
 */
#include "sim/fault_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_row_has_what_its_kind_needs(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_KINDS; i++) {
        const struct fault_kind *kind = &fault_kinds[i];
        const bool is_obstacle =
            kind->about == ABOUT_SIDES || kind->about == ABOUT_WAY || kind->about == ABOUT_SENDERS;

        assert_non_null(kind->name);
        assert_non_null(kind->example);
        assert_int_equal(kind->summary[strlen(kind->summary) - 1], '.');
        assert_true(kind->happen || (kind->needs & WORD_BATCH)); /* all at once, or in steps */
        assert_int_equal(kind->takes & kind->needs, 0);
        assert_int_equal(kind->takes & WORD_FOR, kind->end ? WORD_FOR : 0);
        assert_int_equal(((kind->takes | kind->needs) & WORD_BATCH) > 0, kind->step != NULL);
        assert_int_equal(((kind->takes | kind->needs) & WORD_PACE) > 0, kind->step != NULL);
        assert_int_equal((kind->needs & WORD_DOWN) > 0, kind->end_step != NULL);
        assert_int_equal(is_obstacle, kind->meet != NULL);
        assert_true(!is_obstacle || kind->node_bytes > 0);
        assert_true(kind->params == NULL || is_obstacle);
        assert_int_equal(kind->ends >> FAULT_KINDS, 0);
        for (int k = 0; k < FAULT_KINDS; k++) {
            assert_true(k == i || strcmp(fault_kinds[k].name, kind->name) != 0);
            if (kind->ends >> k & 1)
                assert_true(fault_kinds[k].takes & WORD_FOR);
        }
    }
}

/* What does nothing is a value that the parameter may have, in the words in which it is written. */
static void what_does_nothing_is_a_value(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_KINDS; i++) {
        const struct fault_kind *kind = &fault_kinds[i];
        char why[PARAM_WHY_MAX], text[QUANTITY_TEXT_MAX];
        struct sim_obstacle plan = { 0 };
        const struct param *row;

        if (kind->idle.param == NULL)
            continue;
        row = param_find(kind->params, kind->idle.param);
        assert_non_null(row);
        assert_true(param_set(row, &plan, kind->idle.value, why));
        param_get(row, &plan, text);
        assert_string_equal(text, kind->idle.value);
        assert_non_null(kind->idle.why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_what_its_kind_needs),
        cmocka_unit_test(what_does_nothing_is_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
