/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event_queue.h - messages in flight and one-shot timers, in order of (time, class, number).
 *
 * A monotone bucket ring: time is cut in buckets of 2^shift ns; an event is appended to the chunks
 * of its bucket, and a bucket is sorted, stably, only when time reaches it.  Appending in
 * scheduling order and sorting stably keeps the number order without storing a number.  Events
 * beyond the ring wait in a wheel of coarser steps (far_wheel.h) and enter the ring, in scheduling
 * order, before anything can be put behind them there.  Events of the open bucket itself are
 * inserted where they belong.
 *
 * While there are few events, buckets would cost more than they save (a third of a run of 100
 * nodes): all lie in the open one then, sorted, with their times beside them and no offsets; it
 * starts at the first of them, anew after each event.  They turn into buckets once for ever.
 *
 * An event is 16 bytes (32 bytes cost a tenth to a third more time), appending one takes a store
 * and no branch on whether the message was lost: a lost one is written and its slot not kept.
 * Where it goes is out of the first cache in large runs, so it is written a few events later, when
 * its cache line has been fetched (worth nothing at 1e5 nodes, 12 % at 1e7).
 */
#ifndef SIM_TIME_EVENT_QUEUE_H
#define SIM_TIME_EVENT_QUEUE_H

#include "base/quantity.h"
#include "sim/time/bucket.h"
#include "sim/time/far_wheel.h"

#include <string.h>

enum {
    EVENT_OFFSET_BITS = 23,   /* so a bucket, which has half of them, is at most 4 ms wide */
    EVENTS_AHEAD = 16,        /* how far the caller may look past the next event */
    EVENTS_CHECKED = 1 << 16, /* of one bucket, which may fill for ever, between two pauses */
    EVENTS_BEHIND = 8,        /* appended, but not written yet */
};

/* An event and where it is to be written. */
struct late_event {
    struct event event;
    struct event *place;
};

struct event_queue {
    struct event *open; /* the open bucket, sorted, closed by an event at its end */
    size_t next;        /* of it: the next event to happen */
    size_t open_count;
    size_t pause;                          /* event_queue_pause() is due when `next` is here */
    sim_time until;                        /* what is later waits: it is the agenda's turn, or a new
                                              bucket's */
    sim_time start;                        /* of the open bucket */
    sim_time horizon;                      /* its end: the start of the first bucket behind it */
    sim_time reach;                        /* how far beyond the horizon the ring reaches, ns */
    int shift;                             /* a bucket's number is time >> shift */
    uint32_t offset_mask;                  /* and the offset in it time & offset_mask */
    uint64_t mask;                         /* buckets in the ring - 1 */
    struct late_event late[EVENTS_BEHIND]; /* number n at n % EVENTS_BEHIND; those written already
                                              go nowhere */
    uint32_t late_next;                    /* number of the next */
    uint32_t late_written;                 /* all below it are */
    struct event **ring; /* where the next event of each bucket goes, in its last chunk; NULL: the
                            bucket has no chunk.  A pointer a bucket keeps the ring in the cache */
    struct chunk_pool chunks;
    struct chunk *shortage; /* written to when memory is short: the run is about to stop */
    uint64_t waiting;       /* events in the ring, the open bucket apart */
    struct event nowhere;   /* where no late event goes */
    struct memory *memory;
    size_t open_capacity;
    struct sort_room room;
    struct far_wheel *far; /* what is beyond the ring's reach */
    uint64_t *keys; /* time << 1 | class of the open events while they are few; NULL: buckets */
    size_t passed;  /* and `next`: of these, so many have happened since event_queue_advance() */
};

/* `rate`: expected events a second; `usual_delay`, `short_delay`: how long most events wait, and a
 * delay that few fall below, ns.  They shape the buckets; any other load works, more slowly. */
void event_queue_init(struct event_queue *queue, struct memory *memory, double rate,
                      double usual_delay, double short_delay);

/* A chunk for the bucket whose next event would go to *end, linked behind its others; where its
 * first event goes, also noted in *end. */
__attribute__((noinline)) struct event *event_queue_extend(struct event_queue *queue,
                                                           struct event **end);

/* An event outside the ring: in the open bucket, or far away, or one of few. */
__attribute__((noinline)) void event_queue_put_outside(struct event_queue *queue, sim_time time,
                                                       struct event event);

/* Has to be called after an event that has brought `next` to `pause`.  True: it is time to look
 * whether the run is to go on. */
bool event_queue_pause(struct event_queue *queue);

/*
 * Opens the bucket of the earliest waiting event, or the one that `until` falls in if that is
 * earlier; the open bucket must be used up.  While there are few events, so many buckets from
 * there on count as one.
 */
void event_queue_advance(struct event_queue *queue, sim_time until, int64_t buckets);

/* Events that wait, in all. */
uint64_t event_queue_count(const struct event_queue *queue);

/* Whether there is room for an event at `end`. */
static inline bool event_queue_has_room(const struct event *end)
{
    return (uintptr_t)end % CHUNK_BYTES != 0;
}

/* `next` takes the turn of the oldest late event, which is written. */
static inline void event_queue_write_late(struct event_queue *queue, struct late_event next)
{
    struct late_event *late = &queue->late[queue->late_next++ % EVENTS_BEHIND];

    *late->place = late->event;
    *late = next;
}

/*
 * Schedules `event` (its offset bits zero) at `time`, not before the present.  keep = 0: the
 * message is lost; the call costs the same and leaves nothing.
 */
static inline void event_queue_put(struct event_queue *queue, sim_time time, struct event event,
                                   uint32_t keep)
{
    const uint64_t number = (uint64_t)time >> queue->shift;

    event.when |= ((uint32_t)time & queue->offset_mask) << 9;
    if (__builtin_expect((uint64_t)(time - queue->horizon) >= (uint64_t)queue->reach, 0)) {
        if (keep)
            event_queue_put_outside(queue, time, event);
        return;
    }
    struct event **end = &queue->ring[number & queue->mask], *place = *end;

    if (__builtin_expect(!event_queue_has_room(place), 0))
        place = event_queue_extend(queue, end);
    *end = place + keep;
    queue->waiting += keep;
    __builtin_prefetch(place, 1);
    event_queue_write_late(queue, (struct late_event){ event, place });
}

/* When an event of the open bucket happens; of the one that closes it: beyond the horizon. */
static inline sim_time event_queue_time(const struct event_queue *queue, struct event event)
{
    return queue->start + (event.when >> 9);
}

/* Its class. */
static inline uint32_t event_class(struct event event)
{
    return event.when >> 8 & 1;
}

#endif
