/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox.c - see inbox.h. */
#include "sim/net/inbox.h"

void inboxes_init(struct inboxes *inboxes, struct memory *memory, uint32_t nodes, uint64_t max)
{
    inboxes->nodes = memory_get(memory, nodes, sizeof *inboxes->nodes);
    inboxes->max = max;
    inboxes->memory = memory;
}

/* Room for one more, 1 up; 0 if memory is short. */
static uint32_t new_place(struct inboxes *inboxes)
{
    const uint32_t place = inboxes->free;

    if (place) {
        inboxes->free = inboxes->messages[place - 1].next;
        return place;
    }
    if (!memory_grow(inboxes->memory, &inboxes->messages, &inboxes->capacity, inboxes->count + 1,
                     sizeof *inboxes->messages))
        return 0;
    return ++inboxes->count;
}

bool inbox_put(struct inboxes *inboxes, uint32_t node, const struct inboxed *message)
{
    struct inbox *inbox = &inboxes->nodes[node];
    const bool goes_on = inbox->serving == 0 && !inbox->is_held; /* it will not wait */
    uint32_t place;

    if (inbox->count >= inboxes->max && !goes_on)
        return false;
    place = new_place(inboxes);
    if (!place)
        return false;
    inboxes->messages[place - 1] = *message;
    inboxes->messages[place - 1].next = 0;
    if (inbox->first)
        inboxes->messages[inbox->last - 1].next = place;
    else
        inbox->first = place;
    inbox->last = place;
    inbox->count++;
    if (!goes_on && inbox->count > inboxes->most)
        inboxes->most = inbox->count;
    return true;
}

bool inbox_may_take(const struct inboxes *inboxes, uint32_t node)
{
    const struct inbox *inbox = &inboxes->nodes[node];

    return inbox->first && !inbox->serving && !inbox->is_held;
}

/* The first that waits no longer does; its place. */
static uint32_t unlink_first(struct inboxes *inboxes, struct inbox *inbox)
{
    const uint32_t place = inbox->first;

    inbox->first = inboxes->messages[place - 1].next;
    inbox->count--;
    return place;
}

void inbox_take(struct inboxes *inboxes, uint32_t node, sim_time now, sim_time until)
{
    struct inbox *inbox = &inboxes->nodes[node];
    const uint32_t place = unlink_first(inboxes, inbox);
    const sim_time waited = now - inboxes->messages[place - 1].came;

    inbox->serving = place;
    inbox->taken++;
    inbox->busy += until - now;
    inbox->until = until;
    inboxes->taken++;
    inboxes->waited += (double)waited;
    if (waited > inboxes->waited_max)
        inboxes->waited_max = waited;
}

static struct inboxed free_place(struct inboxes *inboxes, uint32_t place)
{
    const struct inboxed message = inboxes->messages[place - 1];

    inboxes->messages[place - 1].next = inboxes->free;
    inboxes->free = place;
    return message;
}

struct inboxed inbox_finish(struct inboxes *inboxes, uint32_t node)
{
    struct inbox *inbox = &inboxes->nodes[node];
    const uint32_t place = inbox->serving;

    inbox->serving = 0;
    return free_place(inboxes, place);
}

bool inbox_drop(struct inboxes *inboxes, uint32_t node, sim_time now, struct inboxed *message)
{
    struct inbox *inbox = &inboxes->nodes[node];

    if (inbox->serving) {
        inbox->busy -= inbox_rest(inbox, now);
        *message = inbox_finish(inboxes, node);
        return true;
    }
    if (!inbox->first)
        return false;
    *message = free_place(inboxes, unlink_first(inboxes, inbox));
    return true;
}

void inboxes_begin(struct inboxes *inboxes, uint32_t nodes, sim_time now)
{
    inboxes->taken = 0;
    inboxes->waited = 0;
    inboxes->waited_max = 0;
    inboxes->most = 0;
    for (uint32_t i = 0; i < nodes && inboxes->nodes; i++) {
        struct inbox *inbox = &inboxes->nodes[i];

        inbox->busy = inbox_rest(inbox, now);
        inboxes->most = inbox->count > inboxes->most ? inbox->count : inboxes->most;
    }
}
