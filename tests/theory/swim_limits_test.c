/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The limits of swim are those of the paper and of memberlist's source: how often a piece of news
 * is told, with its steps where the number of members reaches a power; how long a suspicion lasts
 * at least, at most, and with each confirmation.
 *
 * Sources: hashicorp/memberlist at 1b4c746c, util.go (retransmitLimit(), suspicionTimeout()) and
 * suspicion.go (remainingSuspicionTime()); A. Das, I. Gupta, A. Motivala, SWIM, DSN 2002, section
 * 5, for the limits 3 ceil(ln(n + 1)).
 */
#include "models/swim.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct config config_of(const char *preset)
{
    char why[PARAM_WHY_MAX];
    struct config c = { 0 };

    param_defaults(swim_params, &c);
    assert_true(param_set(swim_params, &c, preset, why));
    return c;
}

static void transmit_limits_have_their_steps(void **state)
{
    static const struct {
        uint32_t members, limit;
    } lan[] = { { 1, 4 },      { 2, 4 },      { 9, 4 },      { 10, 8 },    { 30, 8 },
                { 99, 8 },     { 100, 12 },   { 999, 12 },   { 1000, 16 }, { 9999, 16 },
                { 10000, 20 }, { 99999, 20 }, { 100000, 24 } };
    /* 3 ceil(ln(n + 1)): the steps are where n + 1 passes 2.718, 7.389, 20.09, 54.6, ... 1096.6 */
    static const struct {
        uint32_t members, limit;
    } paper[] = { { 1, 3 },     { 2, 6 },     { 6, 6 },    { 7, 9 },   { 19, 9 },
                  { 20, 12 },   { 53, 12 },   { 54, 15 },  { 55, 15 }, { 1095, 21 },
                  { 1096, 24 }, { 8102, 27 }, { 8103, 30 } };
    const struct config a = config_of("memberlist-lan"), b = config_of("paper");
    struct config once = a;

    (void)state;
    for (size_t i = 0; i < sizeof lan / sizeof *lan; i++)
        assert_int_equal(swim_transmit_limit(&a, lan[i].members), lan[i].limit);
    for (size_t i = 0; i < sizeof paper / sizeof *paper; i++)
        assert_int_equal(swim_transmit_limit(&b, paper[i].members), paper[i].limit);
    once.retransmit_mult =
        1; /* with three nodes news is told once: one of the others hears of it */
    assert_int_equal(swim_transmit_limit(&once, 3), 1);
    assert_int_equal(swim_transmit_limit(&once, 9), 1);
    assert_int_equal(swim_transmit_limit(&once, 10), 2);
}

static void suspicions_last_as_long_as_they_should(void **state)
{
    static const struct {
        uint32_t members;
        sim_time seconds;
    } lan[] = { { 1, 4 }, { 5, 4 }, { 10, 4 }, { 100, 8 }, { 1000, 12 }, { 10000, 16 } };
    const struct config a = config_of("memberlist-lan"), b = config_of("memberlist-wan"),
                        c = config_of("paper");

    (void)state;
    for (size_t i = 0; i < sizeof lan / sizeof *lan; i++)
        assert_int_equal(swim_suspicion_min(&a, lan[i].members), lan[i].seconds * SIM_SECOND);
    /* log10(50) = 1.69897..., cut off behind three decimals */
    assert_int_equal(swim_suspicion_min(&a, 50), 4 * 1698 * SIM_MILLISECOND);
    assert_int_equal(swim_suspicion_min(&b, 500), 6 * 5 * 2698 * SIM_MILLISECOND);
    /* 3 ceil(ln(101)) = 15 periods of 2 s */
    assert_int_equal(swim_suspicion_min(&c, 100), 30 * SIM_SECOND);
}

static void confirmations_shorten_them(void **state)
{
    /* max - (max - min) ln(c + 1) / ln(k + 1), whole milliseconds of it */
    static const struct {
        sim_time min, max; /* s */
        uint32_t wanted, confirmed;
        sim_time ms;
    } table[] = {
        { 2, 30, 3, 0, 30000 }, { 2, 30, 3, 1, 16000 }, { 2, 30, 3, 2, 7810 },
        { 2, 30, 3, 3, 2000 },  { 2, 30, 3, 4, 2000 },  { 8, 48, 2, 0, 48000 },
        { 8, 48, 2, 1, 22762 }, { 8, 48, 2, 2, 8000 },  { 8, 48, 4, 1, 30772 },
        { 8, 48, 4, 3, 13545 }, { 8, 48, 0, 0, 8000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(swim_suspicion_timeout(table[i].min * SIM_SECOND,
                                                table[i].max * SIM_SECOND, table[i].confirmed,
                                                table[i].wanted),
                         table[i].ms * SIM_MILLISECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transmit_limits_have_their_steps),
        cmocka_unit_test(suspicions_last_as_long_as_they_should),
        cmocka_unit_test(confirmations_shorten_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
