/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counters.c - see counters.h. */
#include "models/counters.h"

struct set *counters_not_larger(struct set *const *mine, const struct set *const *theirs,
                                int planes, const struct set *of)
{
    struct set *equal = set_copy(of); /* in all higher bits */
    struct set *result = set_new();

    for (int i = planes - 1; i >= 0; i--) {
        struct set *there = set_minus(theirs[i], mine[i]);
        struct set *here = set_minus(mine[i], theirs[i]);
        struct set *smaller = set_common(equal, there);

        set_add(&result, smaller);
        set_remove(&equal, there);
        set_remove(&equal, here);
        set_free(smaller);
        set_free(here);
        set_free(there);
    }
    set_add(&result, equal);
    set_free(equal);
    return result;
}

void counters_step(struct set **counters, int planes, const struct set *of, bool is_up)
{
    struct set *carry = set_copy(of);

    for (int i = 0; i < planes && !set_is_empty(carry); i++) {
        struct set *ones = set_common(counters[i], carry);
        struct set *zeros = set_minus(carry, ones);

        set_remove(&counters[i], ones);
        set_add(&counters[i], zeros);
        set_free(carry);
        carry = is_up ? ones : zeros;
        set_free(is_up ? zeros : ones);
    }
    set_free(carry);
}

struct set *counters_positive(struct set *const *counters, int planes, const struct set *of)
{
    struct set *result = set_new();

    for (int i = 0; i < planes - 1; i++)
        set_add(&result, counters[i]);
    set_remove(&result, counters[planes - 1]);
    struct set *positive = set_common(result, of);

    set_free(result);
    return positive;
}
