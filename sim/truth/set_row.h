/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_row.h - how a set is kept; for the engine only.
 *
 * A set pointer whose lowest two bits are 01 is the set itself: update i is bit i + 2.  Any other
 * points to a row.  In 32 bits, as replicas and events hold sets, it becomes a handle:
 *
 *   ..bits.. 01   the set itself, up to SET_INLINE_MAX updates
 *   .index.. .0   row number `index` of the pool (of up to 2^16 - 1 words)
 *   .index. 011   a parcel of sets and items in one message (network.h)
 *   .index. 111   a transfer, a message of a connection with what it carries (network_connection.h)
 */
#ifndef SIM_TRUTH_SET_ROW_H
#define SIM_TRUTH_SET_ROW_H

#include "sim/set.h"
#include "sim/value/memory.h"

enum {
    SET_INLINE_MAX = 30,
    SET_SLAB_ROWS_LOG2 = 10,
    HANDLE_PLACES_MAX = 1 << 29, /* parcels, and transfers: their index has 29 bits */
};

struct set_pool;

struct set {
    uint32_t refs, count, index;
    uint16_t low, high;    /* the words that exist: from `low` to before `high`, neither end 0 */
    struct set_pool *pool; /* while free: the next free row */
    uint64_t words[];
};

struct set_pool {
    struct memory *memory;
    char **slabs;
    size_t slab_capacity;
    struct set *free;     /* linked through `pool` */
    struct set *shortage; /* handed out when memory is short: the run is about to stop */
    uint32_t words;       /* per row */
    uint32_t row_bytes;
    uint32_t made;  /* rows ever made */
    uint64_t taken; /* rows ever handed out */
};

#define SET_EMPTY ((struct set *)1)

/* A pool for sets of up to `updates` members. */
void set_pool_init(struct set_pool *pool, struct memory *memory, uint32_t updates);

/* Bytes of a row with so many words. */
uint32_t set_row_bytes(uint32_t words);

/* A row with one reference: neither its words nor which of them exist nor its count are set. */
struct set *set_row_new(struct set_pool *pool);

/* A row whose words from `low` to before `high` exist and are 0, as its count is. */
struct set *set_row_zeroed(struct set_pool *pool, uint32_t low, uint32_t high);

/* Says which words of a row exist; makes words exist too, 0, and what lies between. */
void set_row_bound(struct set *row, uint32_t low, uint32_t high);
void set_row_widen(struct set *row, uint32_t low, uint32_t high);

/* Copies words from `low` to before `high`. */
void set_row_copy(struct set *row, const struct set *a, uint32_t low, uint32_t high);

/* A row that is done, with so many members: notes them, leaves out words that are 0 at either end,
 * and gives back an empty one, which becomes the inline empty set. */
struct set *set_row_finished(struct set *row, uint64_t count);

/* The set {i}, and the set of the first `count` updates, in the pool's kind. */
struct set *set_single(struct set_pool *pool, update_id i);
struct set *set_first(struct set_pool *pool, uint32_t count);

/* Adds i in place; the caller must be the only holder of *a. */
void set_put(struct set_pool *pool, struct set **a, update_id i);

/* Members of a word.  The compiler's own is a call where the processor may lack the instruction. */
static inline uint32_t set_count_bits(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(word * 0x0101010101010101u >> 56);
}

static inline bool set_is_inline(const struct set *a)
{
    return (uintptr_t)a & 1;
}

/* The members of an inline set, update i at bit i + 2. */
static inline uint64_t set_bits(const struct set *a)
{
    return (uint64_t)(uintptr_t)a & ~(uint64_t)3;
}

static inline struct set *set_of_bits(uint64_t bits)
{
    return (struct set *)(uintptr_t)(bits | 1);
}

static inline uint32_t set_handle(const struct set *a)
{
    return set_is_inline(a) ? (uint32_t)(uintptr_t)a : a->index << 1;
}

static inline bool handle_is_inline(uint32_t handle)
{
    return (handle & 3) == 1;
}

static inline bool handle_is_row(uint32_t handle)
{
    return !(handle & 1);
}

static inline bool handle_is_parcel(uint32_t handle)
{
    return (handle & 7) == 3;
}

static inline bool handle_is_transfer(uint32_t handle)
{
    return (handle & 7) == 7;
}

static inline struct set *set_of_inline(uint32_t handle)
{
    return (struct set *)(uintptr_t)handle;
}

/* The set of a handle that is one. */
static inline struct set *set_of_handle(const struct set_pool *pool, uint32_t handle)
{
    if (__builtin_expect(handle & 1, 1))
        return set_of_inline(handle);

    uint32_t index = handle >> 1;
    char *slab = pool->slabs[index >> SET_SLAB_ROWS_LOG2];

    return (struct set *)(void *)(slab + (size_t)(index & ((1u << SET_SLAB_ROWS_LOG2) - 1)) *
                                             pool->row_bytes);
}

static inline struct set *set_share(const struct set *a)
{
    struct set *shared = (struct set *)(uintptr_t)a;

    if (!set_is_inline(a))
        shared->refs++;
    return shared;
}

void set_row_free(struct set *row);

static inline void set_release(struct set *a)
{
    if (__builtin_expect(!set_is_inline(a), 0) && --a->refs == 0)
        set_row_free(a);
}

#endif
