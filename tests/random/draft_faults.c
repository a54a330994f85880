/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft_faults.c - faults that need others: who crashed recovers, who was not there joins. */
#include "tests/random/draft.h"

static void put_time(struct draft *d, const char *before, double share)
{
    char text[QUANTITY_TEXT_MAX];
    const sim_time time = (sim_time)((double)d->horizon * share);

    quantity_write_time(time - time % SIM_MILLISECOND + SIM_MILLISECOND, text);
    g_string_append_printf(d->text, "%s%s", before, text);
}

/* At once, or in steps. */
static void put_steps(struct draft *d, struct dice *dice)
{
    if (dice_chance(dice, 0.3))
        return;
    g_string_append_printf(d->text, ", batch: %d", 1 + (int)dice_below(dice, (uint64_t)d->nodes));
    put_time(d, ", pace: ", dice_scale(dice, 1e-4, 0.2));
}

static void put_selector(struct draft *d, struct dice *dice, const char *action)
{
    g_string_append_printf(d->text, ", %s: ", action);
    if (dice_chance(dice, 0.5))
        g_string_append(d->text, "all}");
    else
        g_string_append_printf(d->text, "{count: %d}}",
                               1 + (int)dice_below(dice, (uint64_t)d->nodes));
}

void draft_faults(struct draft *d, const struct dice *dice)
{
    struct dice own = dice_of(dice, "pairs");
    const double begin = 0.5 * dice_unit(&own);

    if (dice_chance(&own, 0.4)) {
        put_time(d, "\n  - {at: ", begin);
        put_selector(d, &own, "crash");
        put_time(d, "\n  - {at: ", begin + 0.3 * dice_unit(&own));
        put_steps(d, &own);
        put_selector(d, &own, "recover");
    }
    if (dice_chance(&own, 0.2)) {
        put_time(d, "\n  - {at: ", begin);
        put_steps(d, &own);
        put_selector(d, &own, "leave");
    }
    if (d->has_absent) {
        put_time(d, "\n  - {at: ", 0.8 * dice_unit(&own));
        put_steps(d, &own);
        put_selector(d, &own, "join");
    }
}
