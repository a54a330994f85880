/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * records.h - the records that a model keeps on each node, as arrays that grow and shrink.
 *
 * An array that a node has outgrown or no longer needs is the next node's: what all nodes of a
 * model hold at a time takes memory, not what each of them ever held.
 */
#ifndef SIM_VALUE_RECORDS_H
#define SIM_VALUE_RECORDS_H

#include "sim/value/memory.h"

/* Of one node. */
struct records {
    char *items;
    uint32_t count;
    uint32_t capacity; /* 0, or RECORDS_MIN doubled some times */
};

enum { RECORDS_MIN = 16, RECORDS_SIZES = 28 };

/* Of one model. */
struct records_pool {
    struct memory *memory;
    size_t size;                /* bytes of a record */
    void *spare[RECORDS_SIZES]; /* arrays given back, by the doublings of their capacity; each has
                                   the address of the next in its first bytes */
    void *shortage;             /* a record handed out when memory is short */
};

/* A pool of records of `size` bytes, > 0; NULL if memory is short. */
struct records_pool *records_pool_new(struct memory *memory, size_t size);

/* A zeroed record at the end; the array may move.  When memory is short, and the run about to stop,
 * a record that was handed out before. */
void *records_add(struct records_pool *pool, struct records *records);

/* Forgets all but the first `count`, of which there are as many; the array may move. */
void records_keep(struct records_pool *pool, struct records *records, uint32_t count);

#endif
