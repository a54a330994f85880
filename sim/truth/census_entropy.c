/* SPDX-License-Identifier: GPL-3.0-or-later */
/* census_entropy.c - how far the live replicas are from agreeing, in bits; see census.h. */
#include "sim/truth/census.h"

#include <math.h>

/*
 * log2 from the four operations alone, so that it is the same on every machine (libm's differs in
 * the last bit): the series of the inverse hyperbolic tangent on [sqrt(1/2), sqrt(2)).
 */
static double portable_log2(double x)
{
    int exponent;
    double m = frexp(x, &exponent), sum = 0;

    if (m < 0.70710678118654752) {
        m *= 2;
        exponent--;
    }
    const double z = (m - 1) / (m + 1), square = z * z;

    for (int i = 21; i >= 1; i -= 2)
        sum = sum * square + 1.0 / i;
    return exponent + 2 * z * sum * 1.4426950408889634;
}

/* c log2 c; a table keeps what has been asked for, since samples ask for the same again and again.
 */
static double count_log(const struct census *census, uint32_t c)
{
    if (c < 2)
        return 0;
    if (!census->logs)
        return c * portable_log2(c);
    if (census->logs[c] <= 0)
        census->logs[c] = c * portable_log2(c);
    return census->logs[c];
}

/* Of one key: its versions are held by differences of counts, and some hold none. */
static double key_entropy(const struct census *census, uint32_t key)
{
    const update_id newest = census->newest[key];
    const uint32_t holders = census_holders(census, &census->tracks[newest]);
    uint32_t knows_newer = 0;
    double sum = 0;

    if (holders == 0)
        return 0;
    /* who knows a version knows all older ones: behind one that all know, nobody holds any */
    for (update_id i = newest; i != UPDATE_NONE && knows_newer < holders;
         i = census->tracks[i].older) {
        uint32_t knows = holders - census->tracks[i].deficit;

        sum += count_log(census, knows - knows_newer);
        knows_newer = knows;
    }
    sum += count_log(census, holders - knows_newer);
    return (count_log(census, holders) - sum) / holders;
}

/* All keys may have another entropy than they had. */
static void doubt_all(const struct census *census)
{
    for (uint32_t key = 0; key < census->keys; key++)
        if (census->newest[key] != UPDATE_NONE)
            census_doubt_key(census, key);
}

double census_entropy(struct census *census)
{
    double sum = 0;

    if (census->holders_change)
        doubt_all(census);
    census->holders_change = false;
    for (uint32_t word = 0; word < census_key_words(census->keys); word++)
        for (uint64_t rest = census->in_doubt[word]; rest; rest &= rest - 1) {
            const uint32_t key = word * 64 + (uint32_t)__builtin_ctzll(rest);
            double *entropy = &census->entropies[key];

            if (*entropy < 0)
                *entropy = key_entropy(census, key);
            if (*entropy == 0)
                census->in_doubt[word] &= ~(rest & -rest);
            sum += *entropy;
        }
    return census->keys_written ? sum / census->keys_written : 0;
}
