/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The agenda gives its entries back by time, then class, then in the order they were added, and
 * always says when the next is due and whether arrivals and timers of that instant come first.
 */
#include "sim/time/agenda.h"
#include "sim/value/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LIST_MAX = 4096, CLASSES = AGENDA_END + 1 };

/* An agenda and what it should hold, in order, the first entry last. */
struct trial {
    struct memory memory;
    struct agenda agenda;
    struct agenda_entry list[LIST_MAX];
    size_t count;
    sim_time now;
    uint32_t added;
};

static uint64_t key_of(sim_time time, uint32_t class)
{
    return (uint64_t)time << 1 | (class >= AGENDA_SAMPLE);
}

static void assert_due(const struct trial *t)
{
    uint64_t due = UINT64_MAX;

    if (t->count > 0)
        due = key_of(t->list[t->count - 1].time, t->list[t->count - 1].class);
    assert_true(t->agenda.due == due);
}

static struct trial *open_trial(void)
{
    struct trial *t = calloc(1, sizeof *t);

    agenda_init(&t->agenda, &t->memory);
    assert_due(t);
    return t;
}

static void add(struct trial *t, sim_time time, uint32_t class)
{
    size_t i = t->count++;

    assert_true(i < LIST_MAX);
    for (; i > 0 && (t->list[i - 1].time < time ||
                     (t->list[i - 1].time == time && t->list[i - 1].class <= class));
         i--)
        t->list[i] = t->list[i - 1];
    t->list[i] = (struct agenda_entry){ time, class, t->added };
    agenda_add(&t->agenda, time, (enum agenda_class) class, t->added++);
    assert_due(t);
}

static struct agenda_entry take(struct trial *t)
{
    const struct agenda_entry expected = t->list[--t->count];
    const struct agenda_entry taken = agenda_take(&t->agenda);

    assert_true(taken.time == expected.time);
    assert_int_equal(taken.class, expected.class);
    assert_int_equal(taken.about, expected.about);
    assert_due(t);
    if (t->count == 0)
        assert_null(agenda_next(&t->agenda));
    else
        assert_int_equal(agenda_next(&t->agenda)->about, t->list[t->count - 1].about);
    t->now = taken.time;
    return taken;
}

static void close_trial(struct trial *t)
{
    while (t->count > 0)
        take(t);
    memory_clear(&t->memory);
    free(t);
}

/* Entries come, by turns more and fewer, after delays below 2^`bits` ns, of any order of size. */
static void come_and_go(uint32_t bits, size_t most, uint32_t steps)
{
    const uint64_t key = draw_key(1, bits, 0);
    struct trial *t = open_trial();

    for (uint32_t step = 0; step < steps; step++) {
        const uint64_t chance = draw(key, 0, step), size = draw(key, 1, step);
        const bool grows = step / (2 * (uint32_t)most) % 2 == 0;

        if (t->count == 0 || (t->count < most && chance % 100 < (grows ? 70 : 30))) {
            sim_time delay = (sim_time)(draw(key, 2, step) >> (64 - bits) >> size % (bits + 1));

            if (t->now + delay > 2 * SIM_TIME_MAX)
                delay = 0;
            add(t, t->now + delay, (uint32_t)(chance >> 32) % CLASSES);
        } else
            take(t);
    }
    close_trial(t);
}

static void entries_come_in_order(void **state)
{
    (void)state;
    for (uint32_t bits = 1; bits <= 61; bits++)
        for (size_t most = 1; most <= LIST_MAX; most *= 8)
            come_and_go(bits, most, 3000);
}

/* As under churn: an entry leads to another, and so many are there all the while. */
static void as_many_come_as_go(void **state)
{
    static const sim_time spans[] = { 1, 50, SIM_MILLISECOND, 20 * SIM_SECOND, SIM_TIME_MAX / 64 };

    (void)state;
    for (size_t k = 0; k < sizeof spans / sizeof *spans; k++)
        for (uint32_t count = 1; count <= LIST_MAX; count *= 4) {
            struct trial *t = open_trial();

            for (uint32_t i = 0; i < count; i++)
                add(t, (sim_time)draw_below(draw(7, i, 0), (uint64_t)spans[k]), AGENDA_CHURN);
            for (uint32_t i = 0; i < 4 * count + 16 && t->now < SIM_TIME_MAX; i++) {
                const uint64_t bits = draw(7, i, 1);
                const struct agenda_entry entry = take(t);

                add(t, entry.time + 1 + (sim_time)draw_below(bits, (uint64_t)spans[k]),
                    entry.class);
            }
            close_trial(t);
        }
}

static void of_one_instant_the_classes_come_in_their_order(void **state)
{
    (void)state;
    for (uint32_t each = 1; each < LIST_MAX / CLASSES; each *= 3) {
        struct trial *t = open_trial();

        add(t, 0, AGENDA_SAMPLE);
        for (uint32_t i = 0; i < each; i++)
            for (int class = AGENDA_END; class >= 0; class --)
                add(t, 7 * SIM_SECOND, (uint32_t) class);
        take(t); /* brings the others to the fore */
        for (sim_time i = 1; i < 100; i++) {
            add(t, i, AGENDA_SAMPLE);
            take(t);
        }
        close_trial(t);
    }
}

/* Also of a class that has been, or of one that lies ahead, in a crowd or alone. */
static void entries_for_the_present_come_now(void **state)
{
    (void)state;
    for (uint32_t crowd = 0; crowd <= 300; crowd += 100) {
        struct trial *t = open_trial();

        for (uint32_t i = 0; i < crowd; i++)
            add(t, SIM_SECOND, AGENDA_INJECT);
        add(t, SIM_SECOND, AGENDA_COMMIT);
        add(t, SIM_SECOND + 1, AGENDA_FAULT);
        for (uint32_t i = 0; i < 3 * CLASSES; i++) {
            take(t);
            add(t, t->now, i % CLASSES);
        }
        close_trial(t);
    }
}

static void the_farthest_times_have_room(void **state)
{
    struct trial *t = open_trial();

    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        add(t, 2 * SIM_TIME_MAX, i % CLASSES);
        add(t, SIM_TIME_MAX + i % 3, i % CLASSES);
        add(t, 0, i % CLASSES);
    }
    close_trial(t);
}

/* Many that come and go need no more room than they did at first. */
static void memory_stays_bounded(void **state)
{
    enum { NODES = 20000, CHANGES = 40 * NODES };
    struct memory memory = { 0 };
    struct agenda agenda;
    uint64_t bytes = 0;

    (void)state;
    agenda_init(&agenda, &memory);
    for (uint32_t i = 0; i < NODES; i++)
        agenda_add(&agenda, (sim_time)(draw(3, i, 0) >> 30), AGENDA_CHURN, i);
    for (uint32_t i = 0; i < CHANGES; i++) {
        const struct agenda_entry entry = agenda_take(&agenda);

        agenda_add(&agenda, entry.time + (sim_time)(draw(3, entry.about, 1 + i) >> 30),
                   AGENDA_CHURN, entry.about);
        if (i == 2 * NODES)
            bytes = memory.bytes;
    }
    assert_true(memory.bytes == bytes);
    assert_true(bytes < 40 * NODES + (1 << 20));
    memory_clear(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_in_order),
        cmocka_unit_test(as_many_come_as_go),
        cmocka_unit_test(of_one_instant_the_classes_come_in_their_order),
        cmocka_unit_test(entries_for_the_present_come_now),
        cmocka_unit_test(the_farthest_times_have_room),
        cmocka_unit_test(memory_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
