/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crash_log.c - see crash_log.h. */
#include "sim/truth/crash_log.h"

#include <math.h>

void crash_log_init(struct crash_log *log, struct memory *memory)
{
    *log = (struct crash_log){ .memory = memory, .latest = SIM_NEVER };
}

static struct crash_bin *change_at(struct crash_log *log, sim_time time)
{
    struct crash_bin *bin = &log->bins[log_bin((uint64_t)time)];

    bin->last = time > bin->last ? time : bin->last;
    return bin;
}

/* ---- crashes ---- */

struct sim_detection *crash_log_row(struct crash_log *log, const struct crashed *crashed)
{
    const bool is_kept = crashed->row > 0 && crashed->row != CRASH_UNLISTED;

    return is_kept ? &log->rows[crashed->row - 1] : NULL;
}

static void list(struct crash_log *log, struct crashed *crashed, node_id node, sim_time now)
{
    if (log->count == CRASHES_MAX ||
        !memory_grow(log->memory, &log->rows, &log->capacity, log->count + 1, sizeof *log->rows))
        return;
    log->rows[log->count++] = (struct sim_detection){ .subject = node,
                                                      .crashed = now,
                                                      .suspected = SIM_NEVER,
                                                      .first = SIM_NEVER,
                                                      .t50 = SIM_NEVER,
                                                      .t99 = SIM_NEVER,
                                                      .all = SIM_NEVER };
    crashed->row = (uint32_t)log->count;
}

void crash_log_begin(struct crash_log *log, struct crashed *crashed, node_id node, double share,
                     sim_time now)
{
    if (!log->bins)
        log->bins = memory_get(log->memory, LOG_BINS, sizeof *log->bins);
    if (!log->bins)
        return;
    *crashed = (struct crashed){ .row = CRASH_UNLISTED };
    list(log, crashed, node, now);
    log->latest = now;
    change_at(log, 0)->crashes++;
    crash_log_spread(log, crashed, share, 0);
}

void crash_log_spread(struct crash_log *log, struct crashed *crashed, double share, sim_time time)
{
    change_at(log, time)->share += share - crashed->share;
    crashed->share = share;
}

/* One that is over at once was a node's starting anew: nobody could know.  It is the latest but for
 * those of other nodes at the same instant. */
void crash_log_end(struct crash_log *log, struct crashed *crashed, sim_time time)
{
    struct sim_detection *row = crash_log_row(log, crashed);
    struct crash_bin *bin = change_at(log, time);

    bin->share -= crashed->share;
    bin->crashes--;
    if (row && time == 0) {
        row->crashed = SIM_NEVER;
        log->count -= row == &log->rows[log->count - 1];
    }
    *crashed = (struct crashed){ 0 };
}

void crash_log_mistake(struct crash_log *log, sim_time now)
{
    if (log->latest != SIM_NEVER)
        change_at(log, now - log->latest)->mistakes++;
}

/* ---- the curve ---- */

static bool is_empty(const struct crash_bin *bin)
{
    return bin->share == 0 && bin->crashes == 0 && bin->mistakes == 0;
}

/* Between two points the curve is straight: where bins without a change come before one with, it is
 * level until that begins. */
size_t crash_log_curve(const struct crash_log *log, struct sim_spread *points)
{
    struct sim_spread at = { .share = NAN };
    double sum = 0;
    size_t count = 0;

    for (uint32_t i = 0; i < LOG_BINS && log->bins; i++) {
        const struct crash_bin *bin = &log->bins[i];

        if (is_empty(bin))
            continue;
        at.false_dead = 0;
        if (i > 0 && is_empty(bin - 1) && (bin->share != 0 || bin->crashes != 0)) {
            at.at = (sim_time)log_bin_start(i) - 1;
            points[count++] = at;
        }
        sum += bin->share;
        at.crashes += (uint64_t)bin->crashes;
        at = (struct sim_spread){ .at = bin->last,
                                  .crashes = at.crashes,
                                  .share = at.crashes > 0 ? sum / (double)at.crashes : NAN,
                                  .false_dead = bin->mistakes };
        points[count++] = at;
    }
    return count;
}
