/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gaps of a Poisson process have its mean, whether it is a fraction of the clock's nanosecond
 * or hours, and the number of events in a time has its variance: nothing is rounded away.
 */
#include "law.h"
#include "sim/value/draw.h"
#include "sim/value/gap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Evenly spread draws, in a random order: their mean is that of the law to 1e-4. */
static void gaps_have_their_mean(void **state)
{
    enum { DRAWS = 1 << 16 };
    static const double means[] = { 0.3, 1, 1.7, 3, 1000, 2e8, 1e13, 1e17 };

    (void)state;
    for (size_t k = 0; k < sizeof means / sizeof *means; k++) {
        struct gap gap;
        double sum = 0;

        assert_true(gap_init(&gap, means[k]));
        for (uint32_t i = 0; i < DRAWS; i++)
            sum += (double)gap_next(&gap, (i * 40503u % DRAWS) << 16 | 0x8000);
        assert_true(fabs(sum / DRAWS / means[k] - 1) < 1e-4);
        gap_clear(&gap);
    }
}

/* At 1e9 a second: as many in a nanosecond as Poisson's law says, several or none. */
static void events_share_a_nanosecond(void **state)
{
    enum { EVENTS = 100000, MOST = 6 };
    double found[MOST] = { 0 }, p = exp(-1);
    sim_time now = 0, last = 0;
    uint32_t together = 0, empty = 0;
    struct gap gap;

    (void)state;
    assert_true(gap_init(&gap, 1));
    for (uint32_t i = 0; i < EVENTS; i++) {
        now += gap_next(&gap, (uint32_t)(draw(draw_key(1, 0, PURPOSE_CLOCK), 0, i) >> 32));
        if (now == last) {
            together++;
            continue;
        }
        if (together < MOST)
            found[together]++;
        empty += (uint32_t)(now - last - 1);
        last = now;
        together = 1;
    }
    assert_true(fabs(law_share(empty, (double)last, p)) < LAW_Z);
    for (int k = 1; k < MOST; k++) {
        p /= k;
        assert_true(fabs(law_share(found[k], (double)last, p)) < LAW_Z);
    }
    gap_clear(&gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_have_their_mean),
        cmocka_unit_test(events_share_a_nanosecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
