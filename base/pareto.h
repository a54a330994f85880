/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pareto.h - which of several offers none other beats: V. Pareto's frontier of two amounts that are
 * both to be low.
 */
#ifndef BASE_PARETO_H
#define BASE_PARETO_H

#include <stdbool.h>
#include <stddef.h>

struct pareto_offer {
    double x, y;         /* the less the better; an offer that is not finite in both is on no
                            frontier and beats none */
    bool is_on_frontier; /* no other is as good in both; of equal ones the first is */
};

/* Fills is_on_frontier.  O(count^2). */
void pareto_mark(struct pareto_offer *offers, size_t count);

#endif
