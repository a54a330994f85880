/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory.h - all the memory of one run: taken piece by piece, given back at once.
 *
 * Small pieces share blocks; large ones are mappings on a 2 MiB boundary, so that all their pages
 * can be huge (a first touch of small pages is up to 8 % of a run of a million nodes).  When
 * memory is short, `is_short` stays set and NULL comes back: setting up checks it once at its
 * end, the event loop stops before the next event.
 */
#ifndef SIM_VALUE_MEMORY_H
#define SIM_VALUE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memory_block;

struct memory {
    struct memory_block *blocks;
    char *next, *end; /* the free part of the newest shared block */
    size_t block;     /* bytes of the next shared block; 0: the smallest */
    uint64_t bytes;   /* held now; only grows until memory_clear() */
    uint64_t limit;   /* more than that is a shortage; 0: none */
    bool is_short;
};

/* `count` zeroed items of `size` bytes, aligned to 64 bytes; NULL if memory is short. */
void *memory_get(struct memory *memory, size_t count, size_t size);

/* What memory_grow() does when there is no room left. */
bool memory_enlarge(struct memory *memory, void *array, size_t *capacity, size_t wanted,
                    size_t size);

/*
 * For arrays that grow: room for at least `wanted` items, the old ones copied, the new ones
 * zeroed; *capacity (in items) says how many there are then.  The old array is given back only
 * with everything else, so grow by doubling.  On shortage *array is left as it was.
 */
static inline bool memory_grow(struct memory *memory, void *array, size_t *capacity, size_t wanted,
                               size_t size)
{
    return wanted <= *capacity || memory_enlarge(memory, array, capacity, wanted, size);
}

/* Counts bytes that somebody else holds for this run. */
void memory_count(struct memory *memory, uint64_t bytes);

void memory_clear(struct memory *memory);

#endif
