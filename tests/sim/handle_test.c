/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The handle of a parcel, or of a transfer, has room for so many of them and no more: the next is a
 * shortage of memory, not the handle of another.
 */
#include "sim/world/network.h"
#include "sim/world/network_connection.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct run run;

static void a_parcel_too_many_is_a_shortage(void **state)
{
    const struct pack pack = { .value = 1 };

    (void)state;
    run = (struct run){ .parcel_count = HANDLE_PLACES_MAX };
    assert_int_equal(network_parcel(&run, 0, SET_EMPTY, &pack, 1), 0);
    assert_true(run.memory.is_short);
    assert_int_equal(run.parcel_count, HANDLE_PLACES_MAX);
}

static void a_transfer_too_many_is_a_shortage(void **state)
{
    (void)state;
    run = (struct run){ .transfer_count = HANDLE_PLACES_MAX };
    connection_send(&run, 0, 0, set_handle(SET_EMPTY), 0);
    assert_true(run.memory.is_short);
    assert_int_equal(run.transfer_count, HANDLE_PLACES_MAX);
}

/* The last one that there is room for has a handle that leads back to it. */
static void the_last_handle_is_whole(void **state)
{
    const uint32_t last = (uint32_t)(HANDLE_PLACES_MAX - 1) << 3;

    (void)state;
    assert_true(handle_is_parcel(last | 3));
    assert_int_equal((last | 3) >> 3, HANDLE_PLACES_MAX - 1);
    assert_true(handle_is_transfer(last | 7));
    assert_int_equal((last | 7) >> 3, HANDLE_PLACES_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parcel_too_many_is_a_shortage),
        cmocka_unit_test(a_transfer_too_many_is_a_shortage),
        cmocka_unit_test(the_last_handle_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
