/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body.h - the items of messages: arrays of records whose meaning only a model knows.
 *
 * A body is a copy of the sender's array, and belongs to the parcel (network.h) that all messages
 * and duplicates with these items share.  Bodies take powers of two of bytes; one that is given
 * back serves the next of its size, so that a run takes no memory for them in the steady state.  A
 * message without items never comes here.
 */
#ifndef SIM_VALUE_BODY_H
#define SIM_VALUE_BODY_H

#include "sim/value/memory.h"

enum { BODY_BYTES_MIN = 32, BODY_CLASSES = 40 };

struct body {
    union {
        struct body *next; /* while it is spare */
        struct {
            uint32_t count; /* items */
            uint32_t class; /* it takes BODY_BYTES_MIN << class bytes */
        };
    };
    char items[]; /* aligned as the largest integer is */
};

struct body_pool {
    struct memory *memory;
    struct body *spare[BODY_CLASSES];
    uint64_t bytes; /* of all bodies, spare ones too */
};

void body_pool_init(struct body_pool *pool, struct memory *memory);

/* A copy of `count` > 0 items of `size` bytes each; NULL if memory is short. */
struct body *body_new(struct body_pool *pool, const void *items, uint32_t count, size_t size);

void body_free(struct body_pool *pool, struct body *body);

#endif
