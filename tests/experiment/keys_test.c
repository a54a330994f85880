/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of keys says what is so: each default is written back in its own words, which hashes
 * and checks compare with; each kind has its schema; what a key depends on is a key, and the needs
 * that a default passes come last.
 */
#include "experiment/language/scenario_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct model *const models[] = { NULL };

static void defaults_are_written_as_they_stand(void **state)
{
    struct errors errors = { 0 };
    struct scenario_reader reader;
    struct scenario scenario;
    char file[] = "a.yaml", text[] = "gossipsim: 1\n";
    const struct source source = { .file = file, .text = text, .bytes = sizeof text - 1 };
    struct item *root = document_parse(&source, &errors);

    (void)state;
    scenario_reader_init(&reader, models, "a.yaml", &errors);
    assert_false(scenario_read(root, &reader, &scenario)); /* it lacks what it must have */
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        if (key->param.fallback == NULL)
            continue;
        if (!scenario_has_default(&scenario, key))
            fail_msg("default of %s", key->param.name);
    }
    scenario_clear(&scenario);
    scenario_reader_clear(&reader);
    item_free(root);
    errors_clear(&errors);
}

static void every_row_has_what_is_asked_of_it(void **state)
{
    (void)state;
    for (const struct key *key = scenario_keys; key->param.name != NULL; key++) {
        bool has_passed = false;

        assert_ptr_equal(scenario_find_key(key->param.name), key); /* no path twice */
        assert_non_null(key->param.help);
        assert_true(key->needs[KEY_NEEDS_MAX] == NULL);
        for (int i = 0; key->needs[i] != NULL; i++) {
            assert_non_null(scenario_find_key(key->needs[i]->because));
            assert_true(key->needs[i]->but_default || !has_passed);
            has_passed = has_passed || key->needs[i]->but_default;
        }
        if (key->kind == NULL)
            continue;
        assert_true((key->kind->values != NULL) != (key->kind->put_values != NULL));
        assert_true((key->kind->schema != NULL) != (key->kind->put_schema != NULL));
        assert_non_null(key->kind->read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_written_as_they_stand),
        cmocka_unit_test(every_row_has_what_is_asked_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
