/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_tally.c - see network_tally.h. */
#include "sim/world/network_tally.h"

#include "sim/world/network.h"

struct tally *tally_new(struct run *run, const uint16_t *group_of, uint32_t groups)
{
    struct tally *tally = memory_get(&run->memory, 1, sizeof *tally);

    if (!tally)
        return NULL;
    *tally = (struct tally){ .group_of = group_of, .groups = groups };
    tally->nodes = memory_get(&run->memory, run->nodes, sizeof *tally->nodes);
    if (groups > 0)
        tally->between = memory_get(&run->memory, (size_t)groups * groups, sizeof *tally->between);
    return run->memory.is_short ? NULL : tally;
}

void tally_begin(struct tally *tally, uint32_t nodes)
{
    memset(tally->nodes, 0, nodes * sizeof *tally->nodes);
    if (tally->between)
        memset(tally->between, 0, (size_t)tally->groups * tally->groups * sizeof *tally->between);
}

static void keep_charge(struct run *run, struct tally_charges *charges, uint32_t place,
                        uint64_t bytes)
{
    if (memory_grow(&run->memory, &charges->of, &charges->capacity, (size_t)place + 1,
                    sizeof *charges->of))
        charges->of[place] = bytes;
}

void tally_send(struct tally *tally, struct run *run, const struct letter *letter, uint64_t bytes)
{
    struct tally_sums *sums = &tally->nodes[run->node.id].sent;

    sums->messages++;
    sums->bytes += bytes;
    if (tally->between) {
        sums = &tally->between[tally->group_of[run->node.id] * tally->groups +
                               tally->group_of[letter->to]];
        sums->messages++;
        sums->bytes += bytes;
    }
    if (handle_is_parcel(letter->load))
        keep_charge(run, &tally->parcels, letter->load >> 3, bytes);
    else if (handle_is_transfer(letter->load))
        keep_charge(run, &tally->transfers, letter->load >> 3, bytes);
}

void tally_handle(struct tally *tally, const struct run *run, uint32_t tag, uint32_t load)
{
    uint64_t *bytes = &tally->nodes[run->node.id].bytes_in;

    if (run->memory.is_short) /* it may not have been kept; the run is about to stop */
        return;
    if (handle_is_parcel(load))
        *bytes += tally->parcels.of[load >> 3];
    else if (handle_is_transfer(load))
        *bytes += tally->transfers.of[load >> 3];
    else
        *bytes += network_set_bytes(run, tag, set_of_handle(&run->pool, load));
}
