/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agenda.c - see agenda.h. */
#include "sim/time/agenda.h"

enum {
    CHUNK_BATCH_MIN = 4,    /* chunks taken from memory at once: doubles each time, so that */
    CHUNK_BATCH_MAX = 4096, /* large runs have them in huge pages */
};

void agenda_init(struct agenda *agenda, struct memory *memory)
{
    *agenda = (struct agenda){ .memory = memory, .due = UINT64_MAX, .batch = CHUNK_BATCH_MIN };
    memory_grow(memory, &agenda->open, &agenda->open_capacity, AGENDA_CHUNK_ENTRIES,
                sizeof *agenda->open);
}

static bool is_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->time != b->time ? a->time < b->time : a->class < b->class;
}

static uint64_t due_of(const struct agenda_entry *entry)
{
    return (uint64_t)entry->time << 1 | (entry->class >= AGENDA_SAMPLE);
}

/* ---- slots ---- */

static struct agenda_chunk *new_chunk(struct agenda *agenda)
{
    struct agenda_chunk *chunk = agenda->spare;

    if (!chunk) {
        chunk = memory_get(agenda->memory, agenda->batch, sizeof *chunk);
        if (!chunk)
            return NULL;
        for (size_t i = 1; i < agenda->batch; i++)
            chunk[i - 1].next = &chunk[i];
        if (agenda->batch < CHUNK_BATCH_MAX)
            agenda->batch *= 2;
    }
    agenda->spare = chunk->next;
    chunk->next = NULL;
    chunk->count = 0;
    return chunk;
}

static void free_chunk(struct agenda *agenda, struct agenda_chunk *chunk)
{
    chunk->next = agenda->spare;
    agenda->spare = chunk;
}

/* Of the lowest digit of a level above the first. */
static int digit_shift(int level)
{
    return (level - 1) * AGENDA_DIGIT_BITS;
}

/* Puts an entry that is not before `limit` into its slot; false if memory is short. */
static bool append(struct agenda *agenda, const struct agenda_entry *entry)
{
    const uint64_t differing = (uint64_t)(entry->time ^ agenda->base);
    int level = 0;
    uint64_t place = entry->class;

    if (differing) {
        level = 1 + (63 - __builtin_clzll(differing)) / AGENDA_DIGIT_BITS;
        place = (uint64_t)entry->time >> digit_shift(level) & (AGENDA_SLOTS - 1);
    }
    struct agenda_slot *slot = &agenda->slots[level][place];

    if (!slot->last || slot->last->count == AGENDA_CHUNK_ENTRIES) {
        struct agenda_chunk *chunk = new_chunk(agenda);

        if (!chunk)
            return false;
        if (slot->last)
            slot->last->next = chunk;
        else
            slot->first = chunk;
        slot->last = chunk;
        agenda->occupied[level] |= (uint64_t)1 << place;
    }
    slot->last->entries[slot->last->count++] = *entry;
    return true;
}

/* The chunk that was added first; the caller gives it back. */
static struct agenda_chunk *take_chunk(struct agenda *agenda, int level, int place)
{
    struct agenda_slot *slot = &agenda->slots[level][place];
    struct agenda_chunk *chunk = slot->first;

    slot->first = chunk->next;
    if (!slot->first) {
        slot->last = NULL;
        agenda->occupied[level] &= ~((uint64_t)1 << place);
    }
    return chunk;
}

/* Moves the entries of a slot to the levels below, which are empty.  Some stay also when memory is
 * short: those of the last chunk find room in the ones before. */
static void spread(struct agenda *agenda, int level, int place)
{
    while (agenda->occupied[level] >> place & 1) {
        struct agenda_chunk *chunk = take_chunk(agenda, level, place);

        for (size_t i = 0; i < chunk->count; i++)
            append(agenda, &chunk->entries[i]);
        free_chunk(agenda, chunk);
    }
}

/* ---- what is open ---- */

/* Adds to what is open; false if memory is short. */
static bool insert(struct agenda *agenda, struct agenda_entry entry)
{
    size_t i = agenda->open_count;

    if (!memory_grow(agenda->memory, &agenda->open, &agenda->open_capacity, i + 1, sizeof entry))
        return false;
    for (; i > 0 && !is_before(&entry, &agenda->open[i - 1]); i--)
        agenda->open[i] = agenda->open[i - 1];
    agenda->open[i] = entry;
    agenda->open_count++;
    return true;
}

static void open_chunk(struct agenda *agenda, struct agenda_chunk *chunk)
{
    struct agenda_entry *open = agenda->open;

    for (size_t count = 0; count < chunk->count; count++) {
        const struct agenda_entry entry = chunk->entries[chunk->count - 1 - count];
        size_t i = count;

        for (; i > 0 && is_before(&open[i - 1], &entry); i--)
            open[i] = open[i - 1];
        open[i] = entry;
    }
    agenda->open_count = chunk->count;
    free_chunk(agenda, chunk);
}

/* The slot of what comes first outside `open`; false: there is none. */
static bool find_first(const struct agenda *agenda, int *level, int *place)
{
    for (*level = 0; *level < AGENDA_LEVELS; ++*level)
        if (agenda->occupied[*level]) {
            *place = __builtin_ctzll(agenda->occupied[*level]);
            return true;
        }
    return false;
}

/* Opens what comes first, nothing being open: the entries of an instant and class, as many as fit,
 * or those of a slot of time, spread as often as they do not fit. */
static void open_first(struct agenda *agenda)
{
    int level, place;

    while (find_first(agenda, &level, &place)) {
        const struct agenda_chunk *first = agenda->slots[level][place].first;
        struct agenda_entry limit = first->entries[0];

        if (level > 0) {
            const int shift = digit_shift(level);

            agenda->base = limit.time >> shift << shift;
            limit = (struct agenda_entry){ .time = agenda->base + ((sim_time)1 << shift) };
        }
        if (level == 0 || !first->next) {
            agenda->limit = limit;
            open_chunk(agenda, take_chunk(agenda, level, place));
            return;
        }
        spread(agenda, level, place);
    }
}

/* ---- the whole ---- */

void agenda_add(struct agenda *agenda, sim_time time, enum agenda_class class, uint32_t about)
{
    const struct agenda_entry entry = { time, class, about };

    if (is_before(&entry, &agenda->limit) ? insert(agenda, entry) : append(agenda, &entry))
        agenda->due = due_of(&entry) < agenda->due ? due_of(&entry) : agenda->due;
}

struct agenda_entry agenda_take(struct agenda *agenda)
{
    struct agenda_entry entry;

    if (agenda->open_count == 0) /* all was added since the last was taken */
        open_first(agenda);
    entry = agenda->open[--agenda->open_count];
    if (agenda->open_count == 0)
        open_first(agenda);
    agenda->due = agenda->open_count ? due_of(&agenda->open[agenda->open_count - 1]) : UINT64_MAX;
    return entry;
}
