/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ahead.c - see ahead.h. */
#include "sim/value/ahead.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE __attribute__((target("avx512f,avx512dq")))
#else
#define WIDE
#endif

bool ahead_is_worthwhile(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#else
    return false;
#endif
}

void ahead_init(struct ahead *ahead)
{
    ahead->is_on = false;
    ahead->from = UINT32_MAX - 2 * AHEAD; /* too far below any place */
    ahead->turn = 0;
    for (int i = 0; i < AHEAD; i++) /* that of no node */
        ahead->links.counters[i] = ahead->peers.counters[i] = UINT64_MAX;
}

WIDE void ahead_make(struct ahead_draws *draws, uint64_t key)
{
    for (int i = 0; i < AHEAD; i++)
        draws->bits[i] = draw_bits(key, draws->counters[i]);
}
