/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest.h - which known word did the user mean?
 *
 * Offer every known word; the nearest one by edit distance (insert, delete, replace, swap two
 * neighbours: 1 each) is the suggestion, if it is near at all.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* { .word = text } before the first offer. */
struct nearest {
    const char *word; /* what the user wrote */
    const char *best; /* NULL: none is near */
    int distance;     /* of `best` */
};

/* `known` must live as long as the answer.  Cost O(length^2); the first of equals wins. */
void nearest_offer(struct nearest *nearest, const char *known);

/* The nearest to `word` of a list closed by NULL; NULL: none is near. */
const char *nearest_among(const char *const *known, const char *word);

#endif
