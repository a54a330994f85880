/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agenda.c - see agenda.h. */
#include "sim/agenda.h"

void agenda_init(struct agenda *agenda, struct memory *memory)
{
    *agenda = (struct agenda){ .memory = memory, .due = UINT64_MAX };
}

static bool is_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    return a->class != b->class ? a->class < b->class : a->number < b->number;
}

static void note_due(struct agenda *agenda)
{
    const struct agenda_entry *first = agenda->heap;

    agenda->due = agenda->count == 0 ? UINT64_MAX
                                     : (uint64_t)first->time << 1 | (first->class >= AGENDA_SAMPLE);
}

void agenda_add(struct agenda *agenda, sim_time time, enum agenda_class class, uint32_t about)
{
    struct agenda_entry entry = { time, class, about, agenda->number++ };
    size_t i = agenda->count;

    if (!memory_grow(agenda->memory, &agenda->heap, &agenda->capacity, i + 1, sizeof entry))
        return;
    agenda->count++;
    for (; i > 0 && is_before(&entry, &agenda->heap[(i - 1) / 2]); i = (i - 1) / 2)
        agenda->heap[i] = agenda->heap[(i - 1) / 2];
    agenda->heap[i] = entry;
    note_due(agenda);
}

struct agenda_entry agenda_take(struct agenda *agenda)
{
    struct agenda_entry *heap = agenda->heap, top = heap[0], last = heap[--agenda->count];
    size_t i = 0, count = agenda->count;

    for (size_t child = 1; child < count; child = 2 * i + 1) {
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    note_due(agenda);
    return top;
}
