/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lots.c - see lots.h. */
#include "tests/models/lots.h"

static gsl_rng *dice;

void lots_begin(int number)
{
    dice = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(dice, (unsigned long)number + 1);
}

void lots_end(void)
{
    gsl_rng_free(dice);
    dice = NULL;
}

gsl_rng *lots_dice(void)
{
    return dice;
}

int lots_below(int limit)
{
    return (int)gsl_rng_uniform_int(dice, (unsigned long)limit);
}

bool lots_one_in(int n)
{
    return lots_below(n) == 0;
}

double lots_share(void)
{
    return gsl_rng_uniform(dice);
}

int64_t lots_part(int64_t time, double least, double most)
{
    return (int64_t)((least + (most - least) * lots_share()) * (double)time);
}
