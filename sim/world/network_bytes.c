/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network_bytes.c - what messages carry, and what they are charged for; see network.h.
 */
#include "sim/world/network.h"

enum {
    CONTROL_BYTES = 8, /* sizes on the wire: docs/world.md */
    CHECKSUM_BYTES = 8,
};

/* ---- copies ---- */

/*
 * Counts the copies of each member: a vertical counter, plane k holding bit k of the counts of 64
 * updates.  A carry dies out after two planes on average.
 */
static void count_copies(struct run *run, const struct set *set)
{
    const uint32_t words = run->pool.words;
    const bool is_inline = set_is_inline(set);
    const uint64_t inline_word = is_inline ? set_bits(set) >> 2 : 0;

    for (uint32_t w = is_inline ? 0 : set->low, end = is_inline ? 1 : set->high; w < end; w++) {
        uint64_t carry = is_inline ? inline_word : set->words[w];

        for (uint64_t *plane = &run->copies[w]; carry; plane += words) {
            uint64_t old = *plane;

            *plane = old ^ carry;
            carry &= old;
        }
    }
}

uint64_t network_copies(const struct run *run, update_id update)
{
    uint64_t copies = 0;

    if (!run->copies) {
        for (uint32_t k = 0; k < run->layer_count * MODEL_KINDS_MAX; k++)
            copies += run->carries[k] & CARRIES_PAYLOAD ? run->traffic[k].members : 0;
        return copies;
    }
    for (unsigned k = 0; k < COPY_PLANES; k++) {
        uint64_t word = run->copies[(size_t)k * run->pool.words + update / 64];

        copies |= (word >> update % 64 & 1) << k;
    }
    return copies;
}

/* ---- what a message carries ---- */

/* Adds to *carried those of `rest`, none of them the newest of its key, that nothing in `set`
 * supersedes: member by member. */
static void carry_members(const struct run *run, const struct set *set, const struct set *rest,
                          struct set **carried)
{
    const struct track *tracks = run->census.tracks;

    for (update_id i = 0; set_next(rest, &i); i++) {
        update_id newer = tracks[i].newer;

        while (newer != UPDATE_NONE && !set_has(set, newer))
            newer = tracks[newer].newer;
        if (newer == UPDATE_NONE)
            set_put(run->placement.pool, carried, i);
    }
}

/* The same, key by key of those whose newest value `set` does not hold. */
static void carry_keys(const struct run *run, const struct set *set, struct set **carried)
{
    const struct track *tracks = run->census.tracks;
    struct set *missing = set_minus(run->census.current, set);
    update_id oldest = 0;

    set_next(set, &oldest);
    for (update_id i = 0; set_next(missing, &i); i++) {
        update_id older = tracks[i].older;

        while (older != UPDATE_NONE && older >= oldest && !set_has(set, older))
            older = tracks[older].older;
        if (older != UPDATE_NONE && older >= oldest)
            set_put(run->placement.pool, carried, older);
    }
    set_free(missing);
}

struct set *network_carried(const struct run *run, const struct set *set)
{
    const struct census *census = &run->census;
    struct set *carried, *rest;

    if (!census->has_versions)
        return set_copy(set);
    carried = set_common(set, census->current);
    if (set_count(set) <= census->keys_written) { /* fewer to look at than keys that are left */
        rest = set_minus(set, census->current);
        carry_members(run, set, rest, &carried);
        set_free(rest);
    } else
        carry_keys(run, set, &carried);
    return carried;
}

/* ---- bytes ---- */

/* Bytes of the values in a set, deletions apart. */
static uint64_t size_of_values(const struct run *run, const struct set *carried)
{
    uint64_t bytes = 0;

    for (update_id i = 0; set_next(carried, &i); i++)
        bytes += run->census.tracks[i].is_delete ? 0 : run_size_of(run, i);
    return bytes;
}

uint32_t network_weigh(struct run *run, struct traffic *traffic, const struct set *set,
                       bool has_payload)
{
    if (!run->weighs_closely) {
        if (has_payload)
            count_copies(run, set);
        return set_count(set);
    }
    struct set *carried = network_carried(run, set);
    struct set *deletions = set_common(carried, run->census.deletions);
    uint32_t members = set_count(carried);

    traffic->deletes += set_count(deletions);
    if (has_payload && run->copies)
        count_copies(run, carried);
    if (has_payload && run->payloads)
        run->payloads[traffic - run->traffic] += size_of_values(run, carried);
    set_free(deletions);
    set_free(carried);
    return members;
}

uint64_t network_bytes_beside(const struct run *run, int kind, const struct pack *pack)
{
    uint64_t bytes = (uint64_t)pack->hashes * CHECKSUM_BYTES + pack->extra_bytes;

    if (pack->item_count > 0)
        bytes += (uint64_t)pack->item_count * run->node.layer->model->messages[kind].item_bytes;
    return bytes;
}

/* What was sent of one kind; `values`: the bytes of the values, NULL if these are all alike. */
static struct network_bytes bytes_of(const struct run *run, const struct traffic *t,
                                     unsigned carries, const uint64_t *values)
{
    struct network_bytes bytes = { .messages = t->messages };

    bytes.digest = t->beside;
    if (carries == CARRIES_CONTROL)
        bytes.control = t->messages * CONTROL_BYTES;
    if (carries & CARRIES_CHECKSUM)
        bytes.digest += t->messages * CHECKSUM_BYTES;
    if (carries & CARRIES_IDENTITIES)
        bytes.digest += t->members * IDENTITY_BYTES;
    if (carries & CARRIES_PAYLOAD) {
        bytes.copies = t->members;
        bytes.payload =
            values ? *values
                   : (t->members - t->deletes) * (uint64_t)run->config->workload.size_bytes;
        bytes.payload += t->deletes * IDENTITY_BYTES;
    }
    bytes.header = t->messages * (uint64_t)run->config->network.header_bytes;
    return bytes;
}

struct network_bytes network_bytes_of(const struct run *run, uint32_t kind)
{
    return bytes_of(run, &run->traffic[kind], run->carries[kind],
                    run->payloads ? &run->payloads[kind] : NULL);
}

static uint64_t sum_of(const struct network_bytes *bytes)
{
    return bytes->payload + bytes->digest + bytes->control + bytes->header;
}

/* What one more of something adds; what takes away wraps around. */
static uint64_t toll_of(const struct run *run, uint32_t kind, struct traffic one)
{
    const struct network_bytes bytes =
        bytes_of(run, &one, run->carries[kind], run->payloads ? &(uint64_t){ 0 } : NULL);

    return sum_of(&bytes);
}

struct toll network_toll(const struct run *run, uint32_t kind)
{
    return (struct toll){ .message = toll_of(run, kind, (struct traffic){ .messages = 1 }),
                          .member = toll_of(run, kind, (struct traffic){ .members = 1 }),
                          .deletion = toll_of(run, kind, (struct traffic){ .deletes = 1 }) };
}

uint64_t network_set_bytes(const struct run *run, uint32_t tag, const struct set *set)
{
    struct set *carried = network_carried(run, set);
    struct set *deletions = set_common(carried, run->census.deletions);
    const uint64_t values = run->payloads ? size_of_values(run, carried) : 0;
    const struct traffic one = { 1, set_count(carried), set_count(deletions), 0 };
    const struct network_bytes bytes =
        bytes_of(run, &one, run->carries[tag], run->payloads ? &values : NULL);

    set_free(deletions);
    set_free(carried);
    return sum_of(&bytes);
}

struct network_bytes network_bytes(const struct run *run)
{
    struct network_bytes sum = { 0 };

    for (uint32_t k = 0; k < run->layer_count * MODEL_KINDS_MAX; k++) {
        if (run->traffic[k].messages == 0)
            continue; /* speed only: most layers have few kinds */

        const struct network_bytes bytes = network_bytes_of(run, k);

        sum.messages += bytes.messages;
        sum.payload += bytes.payload;
        sum.digest += bytes.digest;
        sum.control += bytes.control;
        sum.header += bytes.header;
        sum.copies += bytes.copies;
    }
    return sum;
}
