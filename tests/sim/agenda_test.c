/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The agenda gives its entries back by time, then class, then in the order they were noted, and
 * always says when the next is due and whether arrivals and timers of that instant come first.
 */
#include "sim/agenda.h"
#include "sim/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static bool is_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return a->class != b->class ? a->class < b->class : a->number < b->number;
}

/* Takes the least of a plain list. */
static struct agenda_entry take_least(struct agenda_entry *list, size_t *count)
{
    size_t least = 0;

    for (size_t i = 1; i < *count; i++)
        if (is_before(&list[i], &list[least]))
            least = i;
    struct agenda_entry entry = list[least];

    list[least] = list[--*count];
    return entry;
}

static void assert_due(const struct agenda *agenda, const struct agenda_entry *list, size_t count)
{
    uint64_t due = UINT64_MAX;

    for (size_t i = 0; i < count; i++) {
        uint64_t key = (uint64_t)list[i].time << 1 | (list[i].class >= AGENDA_SAMPLE);

        due = key < due ? key : due;
    }
    assert_true(agenda->due == due);
    assert_int_equal(agenda->count, count);
}

static void entries_come_in_order(void **state)
{
    enum { STEPS = 4000, LIST = 600 };
    struct agenda_entry list[LIST];
    struct memory memory = { 0 };
    struct agenda agenda;
    size_t count = 0;
    uint64_t number = 0;

    (void)state;
    agenda_init(&agenda, &memory);
    assert_due(&agenda, list, 0);
    for (uint32_t step = 0; step < STEPS || count > 0; step++) {
        uint64_t bits = draw(draw_key(1, 0, 0), 0, step);
        bool adds = count == 0 || (step < STEPS && count < LIST && bits % 100 < 55);

        if (adds && step < STEPS) {
            sim_time time = (sim_time)(bits >> 20) % (step % 2 ? 50 : SIM_TIME_MAX);
            enum agenda_class class = (enum agenda_class)((bits >> 10) % (AGENDA_END + 1));

            agenda_add(&agenda, time, class, step);
            list[count++] = (struct agenda_entry){ time, class, step, number++ };
        } else if (count > 0) {
            struct agenda_entry least = take_least(list, &count), taken = agenda_take(&agenda);

            assert_int_equal(taken.time, least.time);
            assert_int_equal(taken.class, least.class);
            assert_int_equal(taken.about, least.about);
        }
        assert_due(&agenda, list, count);
    }
    memory_clear(&memory);
}

static void of_one_instant_the_classes_come_in_their_order(void **state)
{
    struct memory memory = { 0 };
    struct agenda agenda;

    (void)state;
    agenda_init(&agenda, &memory);
    for (uint32_t i = 0; i < 20; i++)
        for (int class = AGENDA_END; class >= 0; class --)
            agenda_add(&agenda, 7, (enum agenda_class) class, i);
    for (uint32_t class = 0; class <= AGENDA_END; class ++)
        for (uint32_t i = 0; i < 20; i++) {
            assert_int_equal(agenda.due, 7 << 1 | (class >= AGENDA_SAMPLE));
            struct agenda_entry entry = agenda_take(&agenda);

            assert_int_equal(entry.class, class);
            assert_int_equal(entry.about, i);
        }
    assert_true(agenda.due == UINT64_MAX);
    memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_in_order),
        cmocka_unit_test(of_one_instant_the_classes_come_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
