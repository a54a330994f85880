/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agenda.h - what happens to the run from outside: comings and goings, injections, samples.
 *
 * Entries come back in order of (time, class, number), number being the order in which they were
 * added.  A monotone radix heap: an entry lies at the level of the highest digit in which its time
 * differs from the present, in the slot of its own digit there.  The first slot is spread over the
 * levels below until what comes first fits one chunk, which is sorted: O(1) an entry, whatever the
 * times, for a few levels lie between a delay and the gap to the next entry.  Slots are appended to
 * and spread in order, so that no number needs storing; the lowest level has a slot a class, where
 * all entries are alike and none is sorted, however many share an instant.
 *
 * A churning node always has an entry, of 16 bytes.  With a binary heap, a run of a million of them
 * took twice as long, because of its cache misses.
 *
 * Source: R. Ahuja, K. Mehlhorn, J. Orlin, R. Tarjan, Faster algorithms for the shortest path
 * problem, Journal of the ACM 37(2), 1990: there with digits of one bit.
 */
#ifndef SIM_TIME_AGENDA_H
#define SIM_TIME_AGENDA_H

#include "base/quantity.h"
#include "sim/value/memory.h"

/* In the order in which things of one instant happen; arrivals and timers stand between the
 * commit and the sample. */
enum agenda_class {
    AGENDA_WINDOW, /* about: what is measured now, of enum window_about (world/measure.h) */
    AGENDA_FAULT,  /* about: the fault's number and what comes of it, as world/fault.h has it */
    AGENDA_CHURN,  /* about: the node that comes or goes; no node: the next that joins */
    AGENDA_INJECT, /* about: the update */
    AGENDA_COMMIT, /* the end of a round: what was learned in it counts from now on */
    AGENDA_SAMPLE, /* about: 0, or SAMPLE_OF_OVERLAY, as world/overlay.h has it */
    AGENDA_END,
};

struct agenda_entry {
    sim_time time;
    uint32_t class;
    uint32_t about;
};

enum {
    AGENDA_DIGIT_BITS = 6,
    AGENDA_SLOTS = 1 << AGENDA_DIGIT_BITS,
    AGENDA_LEVELS = 1 + 66 / AGENDA_DIGIT_BITS, /* the class; the digits of a time, lowest first */
    AGENDA_CHUNK_ENTRIES = 63,
};

struct agenda_chunk {
    struct agenda_chunk *next;
    size_t count;
    struct agenda_entry entries[AGENDA_CHUNK_ENTRIES];
};

/* Chunks in the order in which their entries were added; NULL: empty. */
struct agenda_slot {
    struct agenda_chunk *first, *last;
};

struct agenda {
    uint64_t due; /* of the first entry: time << 1, or 1 more if arrivals and timers of that
                     instant come first; UINT64_MAX: empty */
    struct agenda_entry *open; /* all before `limit`, the first of them at the end */
    size_t open_count, open_capacity;
    struct agenda_entry limit; /* its time and class */
    sim_time base;             /* not after anything in the slots; what these are relative to */
    uint64_t occupied[AGENDA_LEVELS]; /* bit a slot */
    struct agenda_slot slots[AGENDA_LEVELS][AGENDA_SLOTS];
    struct agenda_chunk *spare;
    size_t batch; /* chunks to make next time */
    struct memory *memory;
};

void agenda_init(struct agenda *agenda, struct memory *memory);

/* `time` must not be before that of the entry taken last.  Nothing is added if memory is short. */
void agenda_add(struct agenda *agenda, sim_time time, enum agenda_class class, uint32_t about);

/* The first entry, if `due` says that there is one. */
struct agenda_entry agenda_take(struct agenda *agenda);

/* The entry that would be taken next if none were added before that; NULL: there is none, or the
 * first has not been taken. */
static inline const struct agenda_entry *agenda_next(const struct agenda *agenda)
{
    return agenda->open_count > 0 ? &agenda->open[agenda->open_count - 1] : NULL;
}

#endif
