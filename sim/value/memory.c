/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.c - see memory.h. */
#include "sim/value/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    LINE = 64,
    BLOCK_MIN = 16 << 10, /* shared blocks double from here, so that small runs take little */
    BLOCK_MAX = 256 << 10,
    ALONE_MIN = 64 << 10,
    HUGE_PAGE = 2 << 20,
    MAPPED_MIN = 1 << 20
};

struct memory_block {
    struct memory_block *older;
    void *mapping; /* NULL: the block itself was malloc'ed */
    size_t mapping_bytes;
    char padding[LINE - 3 * sizeof(void *)];
};

static void link_block(struct memory *memory, struct memory_block *block, size_t bytes)
{
    block->older = memory->blocks;
    memory->blocks = block;
    memory->bytes += bytes;
}

/* A mapping of its own on a 2 MiB boundary; the kernel zeroes it. */
static void *get_mapped(struct memory *memory, size_t bytes)
{
    size_t whole = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE + HUGE_PAGE;
    struct memory_block *block = malloc(sizeof *block);
    char *mapping = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (!block || mapping == MAP_FAILED) {
        if (mapping != MAP_FAILED)
            munmap(mapping, whole);
        free(block);
        memory->is_short = true;
        return NULL;
    }
    char *aligned = (char *)(((uintptr_t)mapping + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);

    madvise(aligned, whole - HUGE_PAGE, MADV_HUGEPAGE);
    block->mapping = mapping;
    block->mapping_bytes = whole;
    link_block(memory, block, bytes);
    return aligned;
}

/* One with room for a piece of `bytes`. */
static bool new_shared_block(struct memory *memory, size_t bytes)
{
    size_t size = memory->block ? memory->block : BLOCK_MIN;

    while (size < BLOCK_MAX && size < sizeof(struct memory_block) + bytes)
        size *= 2;
    struct memory_block *block = aligned_alloc(LINE, size);

    if (!block) {
        memory->is_short = true;
        return false;
    }
    block->mapping = NULL;
    link_block(memory, block, size);
    memory->next = (char *)block + sizeof *block;
    memory->end = (char *)block + size;
    memory->block = size < BLOCK_MAX ? 2 * size : BLOCK_MAX;
    return true;
}

/* A block for one piece too large to share one. */
static void *get_alone(struct memory *memory, size_t bytes)
{
    struct memory_block *block = aligned_alloc(LINE, sizeof *block + bytes);

    if (!block) {
        memory->is_short = true;
        return NULL;
    }
    block->mapping = NULL;
    link_block(memory, block, sizeof *block + bytes);
    return memset((char *)block + sizeof *block, 0, bytes);
}

void *memory_get(struct memory *memory, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX / 2) {
        memory->is_short = true;
        return NULL;
    }
    bytes = bytes ? (bytes + LINE - 1) / LINE * LINE : LINE;
    if (memory->limit > 0 && memory->bytes + bytes > memory->limit) {
        memory->is_short = true;
        return NULL;
    }
    if (bytes >= MAPPED_MIN)
        return get_mapped(memory, bytes);
    if (bytes >= ALONE_MIN)
        return get_alone(memory, bytes);
    if ((size_t)(memory->end - memory->next) < bytes && !new_shared_block(memory, bytes))
        return NULL;
    char *piece = memory->next;

    memory->next += bytes;
    return memset(piece, 0, bytes);
}

bool memory_enlarge(struct memory *memory, void *array, size_t *capacity, size_t wanted,
                    size_t size)
{
    void *old;
    size_t larger = *capacity ? *capacity : 16;

    while (larger < wanted)
        larger *= 2;
    void *grown = memory_get(memory, larger, size);

    if (!grown)
        return false;
    memcpy(&old, array, sizeof old);
    if (old)
        memcpy(grown, old, *capacity * size);
    memcpy(array, &grown, sizeof grown);
    *capacity = larger;
    return true;
}

void memory_count(struct memory *memory, uint64_t bytes)
{
    memory->bytes += bytes;
    memory->is_short = memory->is_short || (memory->limit > 0 && memory->bytes > memory->limit);
}

void memory_clear(struct memory *memory)
{
    while (memory->blocks) {
        struct memory_block *block = memory->blocks;

        memory->blocks = block->older;
        if (block->mapping)
            munmap(block->mapping, block->mapping_bytes);
        free(block);
    }
    *memory = (struct memory){ 0 };
}
