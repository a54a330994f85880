/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric_place_test.c - the place of a metric by its set; what cannot be read is not missing. */
#include "analysis/study/metric_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The second set overflows when it is read. */
static const char names[] =
    "CREATE TABLE number (set_id, name, place); "
    "INSERT INTO number VALUES (1, 't99', 4), (2, 't99', -9223372036854775808); "
    "CREATE VIEW metric_name AS SELECT set_id, name, abs(place) AS place FROM number";

static int ask(sqlite3 *database, const char *sql, int *type, int *value)
{
    sqlite3_stmt *statement;
    int code;

    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    code = sqlite3_step(statement);
    *type = sqlite3_column_type(statement, 0);
    *value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

static void what_cannot_be_read_is_an_error(void **state)
{
    struct metric_place place = { 0 };
    sqlite3 *database;
    int type, value;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, names, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(metric_place_init(&place, database), SQLITE_OK);
    metric_place_ask(&place, "t99");
    assert_int_equal(ask(database, "SELECT metric_place(1)", &type, &value), SQLITE_ROW);
    assert_int_equal(value, 4);
    assert_int_equal(ask(database, "SELECT metric_place(3)", &type, &value), SQLITE_ROW);
    assert_int_equal(type, SQLITE_NULL);
    for (int i = 0; i < 2; i++) /* nor is it known from then on */
        assert_int_equal(ask(database, "SELECT metric_place(2)", &type, &value), SQLITE_ERROR);
    assert_int_equal(ask(database, "SELECT metric_place(1)", &type, &value), SQLITE_ROW);
    assert_int_equal(value, 4);
    metric_place_clear(&place);
    sqlite3_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
