/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * set_row.c - sets of updates: words in a pointer, or shared rows of bits.  See set.h.
 *
 * A row's count is cached and kept exact by every operation, so bytes and redundancy of a message
 * cost O(1).  The empty set is always the inline one.  Of a row only the words from its first
 * member to its last exist: an operation costs as many words as its operands have in common, or as
 * it copies, and a set of one member costs one.
 */
#include "sim/truth/set_row.h"

#include <assert.h>
#include <string.h>

#define UNCOUNTED UINT32_MAX /* the count of a plane, which is not kept */

/* ---- small ones and whole ones ---- */

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
    struct set *row = set_row_new(pool);

    set_row_bound(row, 0, (count + 63) / 64);
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
    uint64_t bit = (uint64_t)1 << i % 64;

    if (set_is_inline(*a))
        *a = set_row_zeroed(pool, i / 64, i / 64 + 1);
    else
        set_row_widen(*a, i / 64, i / 64 + 1);

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
    return set_is_inline(a) ? set_count_bits(set_bits(a)) : a->count;
}

bool set_is_equal(const struct set *a, const struct set *b)
{
    if (a == b)
        return true;
    if (set_is_inline(a) || set_is_inline(b) || a->count != b->count || a->low != b->low ||
        a->high != b->high)
        return false;
    return memcmp(&a->words[a->low], &b->words[a->low], (a->high - a->low) * sizeof *a->words) == 0;
}

bool set_has(const struct set *a, update_id i)
{
    if (set_is_inline(a))
        return i < SET_INLINE_MAX && (set_bits(a) >> (i + 2) & 1);
    return i / 64 >= a->low && i / 64 < a->high && (a->words[i / 64] >> i % 64 & 1);
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
    uint32_t high = a->high, w = *i / 64;
    uint64_t rest = 0;

    if (w < a->low)
        w = a->low - 1u;
    else if (w < high)
        rest = a->words[w] >> *i % 64 << *i % 64;
    else
        return false;
    while (!rest && ++w < high)
        rest = a->words[w];
    if (!rest)
        return false;
    *i = w * 64 + (update_id)__builtin_ctzll(rest);
    return true;
}

bool set_nth(const struct set *a, uint32_t index, update_id *i)
{
    uint64_t bits = set_is_inline(a) ? set_bits(a) >> 2 : 0;
    uint32_t w = 0;

    if (index >= set_count(a))
        return false;
    if (!set_is_inline(a)) {
        for (w = a->low; w + 1 < a->high && index >= set_count_bits(a->words[w]); w++)
            index -= set_count_bits(a->words[w]);
        bits = a->words[w];
    }
    for (; index > 0; index--)
        bits &= bits - 1;
    if (bits == 0) /* memory is short */
        return false;
    *i = w * 64 + (update_id)__builtin_ctzll(bits);
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

/* The words that both rows have. */
struct overlap {
    uint32_t low, high;
};

static struct overlap overlap_of(const struct set *a, const struct set *b)
{
    const uint32_t low = a->low > b->low ? a->low : b->low;
    const uint32_t high = a->high < b->high ? a->high : b->high;

    return (struct overlap){ low, high > low ? high : low };
}

/* Members of a row, also of a plane. */
static uint64_t count_row(const struct set *a)
{
    uint64_t count = 0;

    if (a->count != UNCOUNTED)
        return a->count;
    for (uint32_t i = a->low; i < a->high; i++)
        count += set_count_bits(a->words[i]);
    return count;
}

/* Members of a word that is likely to have all that it can. */
static uint64_t count_dense(uint64_t word)
{
    return word == UINT64_MAX ? 64 : set_count_bits(word);
}

/*
 * row = f(a, b) word by word; the row may be a.
 *
 * What replicas lack is mostly what was written last: a \ b often begins far behind where a does,
 * and no word before that is written.
 */
static struct set *row_minus(struct set *row, const struct set *a, const struct set *b)
{
    const struct overlap both = overlap_of(a, b);
    const uint32_t high = a->high;
    const uint64_t count = count_row(a);
    uint64_t gone = 0;
    uint32_t low = a->low, i = both.low;

    if (low == both.low) {
        for (; i < both.high && !(a->words[i] & ~b->words[i]); i++)
            gone += count_dense(a->words[i]);
        low = i;
    }
    if (row != a) {
        set_row_copy(row, a, low, i < high ? i : high);
        if (both.high < high)
            set_row_copy(row, a, both.high, high);
    }
    set_row_bound(row, low, high);
    for (; i < both.high; i++) {
        gone += set_count_bits(a->words[i] & b->words[i]);
        row->words[i] = a->words[i] & ~b->words[i];
    }
    return set_row_finished(row, count - gone);
}

static struct set *row_common(struct set *row, const struct set *a, const struct set *b)
{
    const struct overlap both = overlap_of(a, b);
    uint64_t count = 0;

    for (uint32_t i = both.low; i < both.high; i++) {
        row->words[i] = a->words[i] & b->words[i];
        count += set_count_bits(row->words[i]);
    }
    set_row_bound(row, both.low, both.high);
    return set_row_finished(row, count);
}

static struct set *row_join(struct set *row, const struct set *a, const struct set *b)
{
    uint64_t count = a->count;

    if (row != a) {
        set_row_bound(row, a->low, a->high);
        set_row_copy(row, a, a->low, a->high);
    }
    set_row_widen(row, b->low, b->high);
    for (uint32_t i = b->low; i < b->high; i++) {
        count += set_count_bits(b->words[i] & ~row->words[i]);
        row->words[i] |= b->words[i];
    }
    return set_row_finished(row, count);
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

struct set *set_only(const struct set *a, update_id i)
{
    struct set *one = SET_EMPTY;

    if (!set_has(a, i))
        return SET_EMPTY;
    if (set_is_inline(a))
        return set_of_bits((uint64_t)4 << i);
    set_put(a->pool, &one, i);
    return one;
}

struct set *set_below(const struct set *a, update_id limit)
{
    struct set *row;
    const uint32_t end = limit / 64;
    uint64_t count = 0;

    if (set_is_inline(a))
        return limit < SET_INLINE_MAX
                   ? set_of_bits(set_bits(a) & ((((uint64_t)1 << limit) - 1) << 2))
                   : set_share(a);
    if (end >= a->high)
        return set_share(a);
    if (end < a->low)
        return SET_EMPTY;
    row = set_row_new(a->pool);
    set_row_bound(row, a->low, end + 1);
    set_row_copy(row, a, a->low, end + 1);
    row->words[end] &= ((uint64_t)1 << limit % 64) - 1;
    for (uint32_t i = a->low; i <= end; i++)
        count += set_count_bits(row->words[i]);
    return set_row_finished(row, count);
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

    set_row_bound(copy, a->low, a->high);
    set_row_copy(copy, a, a->low, a->high);
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
    *a = set_row_finished(*a, (*a)->count - 1);
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

/* Planes are rows of their own, with all words, even when all their bits are 0. */
static void own_planes(struct set **planes, int used, struct set_pool *pool)
{
    for (int k = 0; k < used; k++) {
        if (set_is_inline(planes[k]))
            planes[k] = set_row_zeroed(pool, 0, pool->words);
        else if (planes[k]->refs > 1)
            planes[k] = own_copy(planes[k]);
        set_row_widen(planes[k], 0, pool->words); /* members may have been removed */
        planes[k]->count = UNCOUNTED;
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

    set_row_bound(full, a->low, a->high);
    for (uint32_t i = a->low; i < a->high; i++) {
        uint64_t *word[32];

        for (int k = 0; k < used; k++)
            word[k] = &planes[k]->words[i];
        full->words[i] = a->words[i] ? tally_word(word, used, a->words[i], limit) : 0;
        count += set_count_bits(full->words[i]);
    }
    return set_row_finished(full, count);
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
        const struct overlap both = overlap_of(planes[k], a);

        for (uint32_t i = both.low; i < both.high; i++)
            planes[k]->words[i] &= ~a->words[i];
        planes[k]->count = UNCOUNTED;
    }
}
