/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crash_recount.c - see crash_recount.h. */
#include "tests/sim/crash_recount.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void recount_crash(struct crash_recount *r, node_id node, sim_time at, double share)
{
    assert_true(r->crash_count < RECOUNT_CRASHES);
    r->ends[r->crash_count] = -1;
    r->crashes[r->crash_count++] = (struct sim_detection){ .subject = node,
                                                           .crashed = at,
                                                           .suspected = SIM_NEVER,
                                                           .first = SIM_NEVER,
                                                           .t50 = SIM_NEVER,
                                                           .t99 = SIM_NEVER,
                                                           .all = SIM_NEVER };
    recount_share(r, node, at, share);
}

struct sim_detection *recount_find(struct crash_recount *r, node_id node)
{
    for (uint32_t i = r->crash_count; i-- > 0;)
        if (r->crashes[i].subject == node && r->ends[i] < 0)
            return &r->crashes[i];
    return NULL;
}

void recount_end(struct crash_recount *r, node_id node, sim_time at)
{
    const struct sim_detection *crash = recount_find(r, node);

    if (crash)
        r->ends[crash - r->crashes] = at - crash->crashed;
}

void recount_share(struct crash_recount *r, node_id node, sim_time at, double share)
{
    const struct sim_detection *crash = recount_find(r, node);

    if (!crash)
        return;
    assert_true(r->change_count < RECOUNT_CHANGES);
    r->changes[r->change_count++] =
        (struct share_change){ (uint32_t)(crash - r->crashes), at - crash->crashed, share };
}

void recount_mistake(struct crash_recount *r, sim_time at)
{
    if (r->crash_count > 0)
        r->mistakes[r->mistake_count++] = at - r->crashes[r->crash_count - 1].crashed;
}

/* The mean share so long after a crash, of crashes that then last; NAN without any. */
static double mean_share(const struct crash_recount *r, sim_time age, double *crashes)
{
    static double shares[RECOUNT_CRASHES];
    double sum = 0;

    memset(shares, 0, sizeof shares);
    for (uint32_t i = 0; i < r->change_count; i++)
        if (r->changes[i].age <= age)
            shares[r->changes[i].crash] = r->changes[i].share;
    *crashes = 0;
    for (uint32_t i = 0; i < r->crash_count; i++)
        if (r->ends[i] > age) {
            sum += shares[i];
            ++*crashes;
        }
    return *crashes > 0 ? sum / *crashes : NAN;
}

static void compare_curve(const struct crash_recount *r, uint32_t number,
                          const struct sim_result *result)
{
    uint64_t mistakes = 0;

    for (size_t i = 0; i < result->spread_count; i++) {
        const struct sim_spread *point = &result->spread[i];
        double crashes, share = mean_share(r, point->at, &crashes);
        uint64_t so_far = 0;

        assert_true(i == 0 || point->at > point[-1].at);
        if ((double)point->crashes != crashes || isnan(point->share) != isnan(share) ||
            !(isnan(share) || fabs(point->share - share) < 1e-6))
            fail_msg("case %u: after %.9f s %g of %g crashes, the recount says %g of %g", number,
                     (double)point->at / 1e9, point->share, (double)point->crashes, share, crashes);
        mistakes += point->false_dead;
        for (uint32_t k = 0; k < r->mistake_count; k++)
            so_far += r->mistakes[k] <= point->at;
        assert_true(so_far == mistakes);
    }
    assert_true(mistakes == r->mistake_count);
}

void recount_compare(const struct crash_recount *r, uint32_t number,
                     const struct sim_result *result)
{
    size_t found = 0;

    for (uint32_t i = 0; i < r->crash_count; i++) {
        const struct sim_detection *mine = &r->crashes[i], *theirs = &result->detections[found];

        if (r->ends[i] == 0)
            continue; /* over at once */
        assert_true(found++ < result->detection_count);
        if (mine->subject != theirs->subject || mine->crashed != theirs->crashed ||
            mine->suspected != theirs->suspected || mine->first != theirs->first ||
            mine->t50 != theirs->t50 || mine->t99 != theirs->t99 || mine->all != theirs->all)
            fail_msg("case %u: the crash of node %u at %.9f s differs", number, mine->subject,
                     (double)mine->crashed / 1e9);
    }
    assert_int_equal(found, result->detection_count);
    compare_curve(r, number, result);
}
