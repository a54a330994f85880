/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The word that the user meant is the nearest by edit distance, if any is near at all; of equals
 * the first.
 */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void the_nearest_of_a_list_is_found(void **state)
{
    static const char *const words[] = { "push", "pull", "push-pull", NULL };

    (void)state;
    assert_ptr_equal(nearest_among(words, "pusch"), words[0]);
    assert_ptr_equal(nearest_among(words, "plul"), words[1]); /* two neighbours swapped: 1 */
    assert_ptr_equal(nearest_among(words, "push-pul"), words[2]);
    assert_ptr_equal(nearest_among(words, "puls"), words[1]);
    assert_null(nearest_among(words, "mail"));
    assert_null(nearest_among(words, ""));
    assert_null(nearest_among(words + 3, "push"));
}

static void of_equals_the_first_is_taken(void **state)
{
    static const char *const words[] = { "ab", "ac", NULL };

    (void)state;
    assert_ptr_equal(nearest_among(words, "ad"), words[0]);
}

static void a_word_with_nothing_in_common_is_not_meant(void **state)
{
    static const char *const words[] = { "10", "e", NULL };

    (void)state;
    assert_null(nearest_among(words, "8"));
    assert_ptr_equal(nearest_among(words, "e"), words[1]);
    assert_null(nearest_among(words, "1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_of_a_list_is_found),
        cmocka_unit_test(of_equals_the_first_is_taken),
        cmocka_unit_test(a_word_with_nothing_in_common_is_not_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
