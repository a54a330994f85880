/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log of crashes: where it stops listing them it still counts them in the curve, whose points
 * ascend, are right to a sixteenth of their time and level where nothing changes.  That it counts
 * rightly is tested in belief_ledger_test.c.
 */
#include "sim/truth/crash_log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void no_more_are_listed_than_there_is_room(void **state)
{
    enum { CRASHES = CRASHES_MAX + 1000 };
    static struct crashed crashed[CRASHES];
    struct sim_spread *points = calloc(CRASH_POINTS_MAX, sizeof *points);
    struct memory memory = { 0 };
    struct crash_log log;

    (void)state;
    crash_log_init(&log, &memory);
    for (uint32_t i = 0; i < CRASHES; i++) {
        crash_log_begin(&log, &crashed[i], i, 0, SIM_SECOND);
        assert_true((crash_log_row(&log, &crashed[i]) != NULL) == (i < CRASHES_MAX));
    }
    for (uint32_t i = 0; i < CRASHES; i++)
        crash_log_spread(&log, &crashed[i], i % 2 ? 0.5 : 1, 3 * SIM_SECOND);
    assert_int_equal(log.count, CRASHES_MAX);
    assert_int_equal(crash_log_curve(&log, points), 3); /* the crash, level until, what came */
    assert_true(points[0].at == 0 && points[0].share == 0 && points[0].crashes == CRASHES);
    assert_true(points[1].at >= 3 * SIM_SECOND / 16 * 15 && points[1].at < 3 * SIM_SECOND);
    assert_true(points[1].share == 0);
    assert_true(points[2].at == 3 * SIM_SECOND && fabs(points[2].share - 0.75) < 1e-9);
    memory_clear(&memory);
    free(points);
}

/* Times of all sizes, each twice as long as the one before, and a bit. */
static void points_ascend_and_are_near(void **state)
{
    struct sim_spread *points = calloc(CRASH_POINTS_MAX, sizeof *points);
    struct memory memory = { 0 };
    struct crashed crashed;
    struct crash_log log;
    size_t count, found = 0;

    (void)state;
    crash_log_init(&log, &memory);
    crash_log_begin(&log, &crashed, 5, 0, 0);
    for (int i = 0; i < 61; i++)
        crash_log_spread(&log, &crashed, (i + 1) / 64.,
                         ((sim_time)1 << i) + ((sim_time)1 << i) / 3);
    count = crash_log_curve(&log, points);
    for (size_t i = 1; i < count; i++) {
        assert_true(points[i].at > points[i - 1].at);
        if (points[i].share > points[i - 1].share) {
            const sim_time time = ((sim_time)1 << found) + ((sim_time)1 << found) / 3;

            assert_true(points[i].at == time && points[i].share == (double)(found + 1) / 64);
            assert_true(time - points[i - 1].at <= time / 16 + 1 || i == 1);
            found++;
        }
    }
    assert_int_equal(found, 61);
    crash_log_end(&log, &crashed, INT64_MAX / 2);
    crash_log_mistake(&log, INT64_MAX);
    count = crash_log_curve(&log, points);
    assert_true(isnan(points[count - 1].share) && points[count - 1].crashes == 0);
    assert_true(points[count - 1].at == INT64_MAX && points[count - 1].false_dead == 1);
    memory_clear(&memory);
    free(points);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_are_listed_than_there_is_room),
        cmocka_unit_test(points_ascend_and_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
