/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest.c - edit distance with transposition, three rows of the table at a time.
 */
#include "base/nearest.h"

#include <stddef.h>
#include <string.h>

enum { WORD_MAX = 64 }; /* longer words have no neighbours */

static int least(int a, int b, int c)
{
    int ab = a < b ? a : b;

    return ab < c ? ab : c;
}

static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][WORD_MAX + 1];
    int *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *spare = before;
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int cost = a[i - 1] != b[j - 1];
            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        before = last;
        last = row;
        row = spare;
    }
    return last[b_length];
}

void nearest_offer(struct nearest *nearest, const char *known)
{
    size_t word_length = strlen(nearest->word), known_length = strlen(known);
    size_t shorter = word_length < known_length ? word_length : known_length;
    int found;

    if (word_length == 0 || word_length > WORD_MAX || known_length > WORD_MAX)
        return;
    found = distance(nearest->word, word_length, known, known_length);
    if ((size_t)found >= shorter || (size_t)found > (shorter + 2) / 3 ||
        (nearest->best != NULL && found >= nearest->distance))
        return;
    nearest->best = known;
    nearest->distance = found;
}

const char *nearest_among(const char *const *known, const char *word)
{
    struct nearest nearest = { .word = word };

    for (; *known != NULL; known++)
        nearest_offer(&nearest, *known);
    return nearest.best;
}
