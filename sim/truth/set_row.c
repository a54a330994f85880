/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_row.c - sets of updates: words in a pointer, or shared rows of bits.  See set.h.
 *
 * A row's count is cached and kept exact by every operation, so bytes and redundancy of a message
 * cost O(1).  The empty set is always the inline one.
 */
#include "sim/truth/set_row.h"

#include <assert.h>
#include <string.h>

/* Members of a word.  The compiler's own is a call where the processor may lack the instruction. */
static inline uint32_t count_bits(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(word * 0x0101010101010101u >> 56);
}

/* ---- rows ---- */

static bool make_rows(struct set_pool *pool)
{
    enum { ROWS = 1 << SET_SLAB_ROWS_LOG2 };
    uint32_t slab = pool->made >> SET_SLAB_ROWS_LOG2;

    if (pool->made >= (1u << 31) - ROWS) {
        pool->memory->is_short = true;
        return false;
    }
    if (!memory_grow(pool->memory, &pool->slabs, &pool->slab_capacity, slab + 1, sizeof(char *)))
        return false;
    pool->slabs[slab] = memory_get(pool->memory, ROWS, pool->row_bytes);
    if (!pool->slabs[slab])
        return false;
    for (uint32_t i = ROWS; i-- > 0;) {
        struct set *row = (void *)(pool->slabs[slab] + (size_t)i * pool->row_bytes);

        row->index = pool->made + i;
        row->pool = (void *)pool->free;
        pool->free = row;
    }
    pool->made += ROWS;
    return true;
}

void set_pool_init(struct set_pool *pool, struct memory *memory, uint32_t updates)
{
    *pool = (struct set_pool){ .memory = memory, .words = (updates + 63) / 64 };
    pool->row_bytes =
        (uint32_t)((sizeof(struct set) + pool->words * sizeof(uint64_t) + 63) / 64 * 64);
    if (updates <= SET_INLINE_MAX)
        return;
    if (!make_rows(pool))
        return;
    pool->shortage = pool->free; /* a row like others, so that its handle leads back to it */
    pool->free = (void *)pool->shortage->pool;
    pool->shortage->refs = 1u << 30;
    pool->shortage->count = 1;
    pool->shortage->pool = pool;
}

struct set *set_row_new(struct set_pool *pool)
{
    if (!pool->free && !make_rows(pool)) {
        pool->shortage->refs = 1u << 30;
        return pool->shortage;
    }
    struct set *row = pool->free;

    pool->free = (void *)row->pool;
    pool->taken++;
    row->pool = pool;
    row->refs = 1;
    return row;
}

void set_row_free(struct set *row)
{
    struct set_pool *pool = row->pool;

    row->pool = (void *)pool->free;
    pool->free = row;
}

static struct set *row_zeroed(struct set_pool *pool)
{
    struct set *row = set_row_new(pool);

    memset(row->words, 0, pool->words * sizeof *row->words);
    row->count = 0;
    return row;
}

/* A finished row: notes its count, and the empty one becomes the inline empty set. */
static struct set *finished(struct set *row, uint64_t count)
{
    row->count = (uint32_t)count;
    if (count)
        return row;
    row->count = 1;
    set_release(row);
    return SET_EMPTY;
}

static bool pool_is_inline(const struct set_pool *pool)
{
    return !pool->shortage;
}

struct set *set_single(struct set_pool *pool, update_id i)
{
    struct set *a = SET_EMPTY;

    set_put(pool, &a, i);
    return a;
}

struct set *set_first(struct set_pool *pool, uint32_t count)
{
    if (count == 0)
        return SET_EMPTY;
    if (pool_is_inline(pool))
        return set_of_bits((((uint64_t)1 << count) - 1) << 2);
    struct set *row = row_zeroed(pool);

    memset(row->words, 0xff, count / 64 * sizeof *row->words);
    if (count % 64)
        row->words[count / 64] = ((uint64_t)1 << count % 64) - 1;
    row->count = count;
    return row;
}

void set_put(struct set_pool *pool, struct set **a, update_id i)
{
    if (pool_is_inline(pool)) {
        *a = set_of_bits(set_bits(*a) | (uint64_t)4 << i);
        return;
    }
    if (set_is_inline(*a))
        *a = row_zeroed(pool);
    uint64_t bit = (uint64_t)1 << i % 64;

    (*a)->count += !((*a)->words[i / 64] & bit);
    (*a)->words[i / 64] |= bit;
}

/* ---- reading ---- */

bool set_is_empty(const struct set *a)
{
    return a == SET_EMPTY;
}

uint32_t set_count(const struct set *a)
{
    return set_is_inline(a) ? count_bits(set_bits(a)) : a->count;
}

bool set_is_equal(const struct set *a, const struct set *b)
{
    if (a == b)
        return true;
    if (set_is_inline(a) || set_is_inline(b) || a->count != b->count)
        return false;
    return memcmp(a->words, b->words, a->pool->words * sizeof *a->words) == 0;
}

bool set_has(const struct set *a, update_id i)
{
    if (set_is_inline(a))
        return i < SET_INLINE_MAX && (set_bits(a) >> (i + 2) & 1);
    return a->words[i / 64] >> i % 64 & 1;
}

bool set_next(const struct set *a, update_id *i)
{
    if (set_is_inline(a)) {
        uint64_t rest = *i < SET_INLINE_MAX ? set_bits(a) >> 2 >> *i : 0;

        if (!rest)
            return false;
        *i += (update_id)__builtin_ctzll(rest);
        return true;
    }
    uint32_t words = a->pool->words, w = *i / 64;

    if (w >= words)
        return false;
    uint64_t rest = a->words[w] >> *i % 64 << *i % 64;

    while (!rest && ++w < words)
        rest = a->words[w];
    if (!rest)
        return false;
    *i = w * 64 + (update_id)__builtin_ctzll(rest);
    return true;
}

/* ---- new sets ---- */

struct set *set_new(void)
{
    return SET_EMPTY;
}

struct set *set_copy(const struct set *a)
{
    return set_share(a);
}

void set_free(struct set *a)
{
    set_release(a);
}

/* row = f(a, b) word by word; the row may be a or b. */
static struct set *row_minus(struct set *row, const struct set *a, const struct set *b)
{
    uint64_t count = 0;

    for (uint32_t i = 0, words = row->pool->words; i < words; i++) {
        row->words[i] = a->words[i] & ~b->words[i];
        count += count_bits(row->words[i]);
    }
    return finished(row, count);
}

static struct set *row_common(struct set *row, const struct set *a, const struct set *b)
{
    uint64_t count = 0;

    for (uint32_t i = 0, words = row->pool->words; i < words; i++) {
        row->words[i] = a->words[i] & b->words[i];
        count += count_bits(row->words[i]);
    }
    return finished(row, count);
}

static struct set *row_join(struct set *row, const struct set *a, const struct set *b)
{
    uint64_t count = 0;

    for (uint32_t i = 0, words = row->pool->words; i < words; i++) {
        row->words[i] = a->words[i] | b->words[i];
        count += count_bits(row->words[i]);
    }
    return finished(row, count);
}

struct set *set_minus(const struct set *a, const struct set *b)
{
    if (set_is_inline(a) && set_is_inline(b))
        return set_of_bits(set_bits(a) & ~set_bits(b));
    if (a == SET_EMPTY || a == b)
        return SET_EMPTY;
    if (b == SET_EMPTY)
        return set_share(a);
    return row_minus(set_row_new(a->pool), a, b);
}

struct set *set_common(const struct set *a, const struct set *b)
{
    if (set_is_inline(a) && set_is_inline(b))
        return set_of_bits(set_bits(a) & set_bits(b));
    if (a == SET_EMPTY || b == SET_EMPTY)
        return SET_EMPTY;
    if (a == b)
        return set_share(a);
    return row_common(set_row_new(a->pool), a, b);
}

struct set *set_join(const struct set *a, const struct set *b)
{
    if (set_is_inline(a) && set_is_inline(b))
        return set_of_bits(set_bits(a) | set_bits(b));
    if (a == SET_EMPTY)
        return set_share(b);
    if (b == SET_EMPTY || a == b)
        return set_share(a);
    return row_join(set_row_new(a->pool), a, b);
}

/* ---- changes in place ---- */

static void replace(struct set **a, struct set *by)
{
    set_release(*a);
    *a = by;
}

/* A row of the same members that nobody else holds. */
static struct set *own_copy(struct set *a)
{
    struct set *copy = set_row_new(a->pool);

    memcpy(copy->words, a->words, a->pool->words * sizeof *copy->words);
    copy->count = a->count;
    set_release(a);
    return copy;
}

static bool is_own_row(const struct set *a)
{
    return !set_is_inline(a) && a->refs == 1;
}

void set_add(struct set **a, const struct set *b)
{
    if (b == SET_EMPTY)
        return;
    if (is_own_row(*a))
        *a = row_join(*a, *a, b);
    else
        replace(a, set_join(*a, b));
}

void set_remove(struct set **a, const struct set *b)
{
    if (b == SET_EMPTY)
        return;
    if (is_own_row(*a) && *a != b)
        *a = row_minus(*a, *a, b);
    else
        replace(a, set_minus(*a, b));
}

void set_clear(struct set **a)
{
    replace(a, SET_EMPTY);
}

void set_drop(struct set **a, update_id i)
{
    if (!set_has(*a, i))
        return;
    if (set_is_inline(*a)) {
        *a = set_of_bits(set_bits(*a) & ~((uint64_t)4 << i));
        return;
    }
    if (!is_own_row(*a))
        *a = own_copy(*a);
    (*a)->words[i / 64] &= ~((uint64_t)1 << i % 64);
    *a = finished(*a, (*a)->count - 1);
}

/* ---- counters as bit planes ---- */

int set_tally_planes(unsigned limit)
{
    assert(limit > 0);
    return 32 - __builtin_clz(limit);
}

/*
 * One word of every plane: adds 1 where `add` has a bit, by a ripple carry from plane to plane,
 * and returns where the counter now equals `limit`, set back to 0 there.
 */
static uint64_t tally_word(uint64_t *word[], int planes, uint64_t add, unsigned limit)
{
    uint64_t carry = add, full = add;

    for (int k = 0; k < planes; k++) {
        uint64_t old = *word[k];

        *word[k] = old ^ carry;
        carry &= old;
        full &= limit >> k & 1 ? *word[k] : ~*word[k];
    }
    for (int k = 0; k < planes; k++)
        *word[k] &= ~full;
    return full;
}

static struct set *tally_inline(struct set **planes, const struct set *a, unsigned limit)
{
    int used = set_tally_planes(limit);
    uint64_t words[32], *word[32];

    for (int k = 0; k < used; k++) {
        words[k] = set_bits(planes[k]);
        word[k] = &words[k];
    }
    uint64_t full = tally_word(word, used, set_bits(a), limit);

    for (int k = 0; k < used; k++)
        planes[k] = set_of_bits(words[k]);
    return set_of_bits(full);
}

/* Planes are rows of their own even when all their bits are 0: their count is not kept. */
static void own_planes(struct set **planes, int used, struct set_pool *pool)
{
    for (int k = 0; k < used; k++) {
        if (set_is_inline(planes[k])) {
            planes[k] = row_zeroed(pool);
            planes[k]->count = 1;
        } else if (planes[k]->refs > 1)
            planes[k] = own_copy(planes[k]);
    }
}

struct set *set_tally(struct set **planes, const struct set *a, unsigned limit)
{
    int used = set_tally_planes(limit);
    uint64_t count = 0;

    if (a == SET_EMPTY)
        return SET_EMPTY;
    if (set_is_inline(a))
        return tally_inline(planes, a, limit);
    own_planes(planes, used, a->pool);
    struct set *full = set_row_new(a->pool);

    for (uint32_t i = 0, words = a->pool->words; i < words; i++) {
        uint64_t *word[32];

        for (int k = 0; k < used; k++)
            word[k] = &planes[k]->words[i];
        full->words[i] = a->words[i] ? tally_word(word, used, a->words[i], limit) : 0;
        count += count_bits(full->words[i]);
    }
    return finished(full, count);
}

void set_tally_reset(struct set **planes, const struct set *a, unsigned limit)
{
    for (int k = 0, used = set_tally_planes(limit); k < used; k++) {
        if (set_is_inline(a) || set_is_inline(planes[k])) {
            if (set_is_inline(planes[k]))
                planes[k] = set_of_bits(set_bits(planes[k]) & ~set_bits(a));
            continue;
        }
        if (planes[k]->refs > 1)
            planes[k] = own_copy(planes[k]);
        for (uint32_t i = 0, words = a->pool->words; i < words; i++)
            planes[k]->words[i] &= ~a->words[i];
    }
}
