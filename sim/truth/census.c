/* SPDX-License-Identifier: GPL-3.0-or-later */
/* census.c - see census.h. */
#include "sim/truth/census.h"

#include <math.h>

static const uint32_t permille_missing[SHARES] = { 500, 100, 50, 10, 1, 0 };

/* Live holders of each shard, nobody being away yet. */
static void init_holders(struct census *census, struct memory *memory)
{
    const struct placement *placement = census->placement;

    if (placement_is_everywhere(placement))
        return;
    census->holders = memory_get(memory, placement->shards, sizeof *census->holders);
    for (uint32_t i = 0; i < placement->shards && census->holders; i++)
        census->holders[i] = placement->replicas;
}

void census_init(struct census *census, struct memory *memory, const struct placement *placement,
                 const struct census_config *config)
{
    size_t pairs;

    *census = (struct census){ .placement = placement,
                               .nodes = config->nodes,
                               .updates = config->updates,
                               .keys = config->keys,
                               .alive = config->nodes,
                               .struck = UPDATE_NONE,
                               .awaited = UPDATE_NONE,
                               .ceiling = UINT32_MAX,
                               .has_versions = config->has_versions };
    census->tracks = memory_get(memory, config->updates, sizeof *census->tracks);
    census->newest = memory_get(memory, config->keys, sizeof *census->newest);
    census->everything = census->watched = census->unfinished = census->deletions =
        census->current = SET_EMPTY;
    if (!config->is_part)
        init_holders(census, memory);
    if (!config->is_part && !__builtin_mul_overflow(config->nodes, config->updates, &pairs) &&
        pairs <= CENSUS_HOPS_MAX)
        census->hops =
            memory_get(memory, (size_t)placement->replicas * config->updates, sizeof *census->hops);
    if (config->wants_histograms) {
        census->delay_bins = memory_get(memory, DELAY_BINS, sizeof *census->delay_bins);
        census->hops_bins = memory_get(memory, HOPS_BINS, sizeof *census->hops_bins);
    }
    census->entropies = memory_get(memory, config->keys, sizeof *census->entropies);
    census->in_doubt = memory_get(memory, census_key_words(config->keys), sizeof *census->in_doubt);
    if (config->keys > 1 && config->nodes <= CENSUS_LOGS_MAX)
        census->logs = memory_get(memory, config->nodes + 1, sizeof *census->logs);
    if (census->newest)
        for (uint32_t key = 0; key < config->keys; key++)
            census->newest[key] = UPDATE_NONE;
}

/* Eight bins to a doubling: the leading bit and the three behind it. */
static int delay_bin(sim_time delay)
{
    if (delay < 8)
        return (int)delay;
    int top = 63 - __builtin_clzll((uint64_t)delay);

    return (top - 2) * 8 + (int)(delay >> (top - 3) & 7);
}

double census_delay_bin(int bin)
{
    return bin < 8 ? bin : ldexp(8 + bin % 8, bin / 8 - 1);
}

/* ---- shares reached ---- */

/* The deficit at which a share is reached among so many holders. */
static uint32_t share_deficit(uint32_t holders, int step)
{
    return (uint32_t)((uint64_t)holders * permille_missing[step] / 1000);
}

/* How many holders it takes for a share to be reached at this deficit. */
static uint64_t holders_needed(uint32_t deficit, int step)
{
    const uint64_t permille = permille_missing[step];

    if (deficit == 0)
        return 1;
    return permille ? (deficit * (uint64_t)1000 + permille - 1) / permille : UINT64_MAX;
}

/*
 * Notes every share that is reached now, and up to which deficit to look again.  A share is reached
 * because a node learns the update, because a node that lacked it goes, or because a node that
 * knows it comes.  The last happens to many updates at once; while every node is a holder, it
 * happens to none below `ceiling` live nodes.
 */
static void check_shares(struct census *census, struct track *track, sim_time now)
{
    const uint32_t holders = census_holders(census, track);

    if (census->is_changing || track->step == SHARES)
        return;
    while (track->step < SHARES && track->deficit <= share_deficit(holders, track->step) &&
           track->deficit < holders)
        track->reached[track->step++] = now - track->injected;
    if (track->step == SHARES) {
        track->threshold = 0;
        set_drop(&census->unfinished, (update_id)(track - census->tracks));
        return;
    }
    const uint64_t needed = holders_needed(track->deficit, track->step);

    if (needed < census->ceiling)
        census->ceiling = (uint32_t)needed;
    track->threshold = share_deficit(census->holders ? holders : census->ceiling - 1, track->step);
}

/* There are more holders of these updates. */
static void check_unfinished(struct census *census, const struct set *held, sim_time now)
{
    struct set *unfinished;

    if (census->is_changing || (!census->holders && census->alive < census->ceiling))
        return;
    unfinished = set_common(held, census->unfinished);
    census->ceiling = census->alive + census->alive / 16 + 2;
    for (update_id i = 0; set_next(unfinished, &i); i++)
        check_shares(census, &census->tracks[i], now);
    set_free(unfinished);
}

/* ---- staleness over time ---- */

double census_staleness(const struct census *census)
{
    return census->key_pairs ? (double)census->stale / (double)census->key_pairs : 0;
}

static void add_stale_area(struct census *census, sim_time now)
{
    if (now == census->stale_since)
        return;
    census->stale_area += census_staleness(census) * (double)(now - census->stale_since);
    census->stale_since = now;
}

double census_stale_area(struct census *census, sim_time now)
{
    add_stale_area(census, now);
    return census->stale_area;
}

/* ---- agreement ---- */

/* From now on there are live replicas of an update and all of them know it (by = 1), or no longer
 * (by = -1). */
static void count_agreed(struct census *census, struct track *track, sim_time now, int by)
{
    census->agreed += (uint32_t)by;
    if (census->struck != UPDATE_NONE && (update_id)(track - census->tracks) < census->struck)
        census->agreed_struck += (uint32_t)by;
    if (by > 0)
        track->settled = now;
}

/* A node has come as the first live holder of some shards (by = 1), or was the last (by = -1). */
static void count_agreed_held(struct census *census, const struct set *held, sim_time now, int by)
{
    const uint32_t left = by > 0 ? 1 : 0;

    for (update_id i = 0; set_next(held, &i); i++)
        if (census_holders(census, &census->tracks[i]) == left)
            count_agreed(census, &census->tracks[i], now, by);
}

void census_strike(struct census *census)
{
    census->struck = census->begun;
    census->awaited = census->injected;
    census->agreed_struck = census->agreed;
}

/* ---- events ---- */

static bool is_newest(const struct track *track)
{
    return track->newer == UPDATE_NONE;
}

/* A track, as it is until something becomes of its update. */
static struct track new_track(uint32_t key, sim_time now)
{
    struct track track = { .key = key,
                           .older = UPDATE_NONE,
                           .newer = UPDATE_NONE,
                           .origin = NODE_NONE,
                           .injected = now,
                           .activated = now,
                           .last = SIM_NEVER };

    for (int i = 0; i < SHARES; i++)
        track.reached[i] = SIM_NEVER;
    return track;
}

void census_inject(struct census *census, struct set_pool *pool, update_id update, uint32_t key,
                   bool is_delete, bool is_measured, sim_time now)
{
    struct track *track = &census->tracks[update];
    update_id older = census->newest[key];

    add_stale_area(census, now);
    census_doubt_key(census, key);
    for (; census->begun <= update; census->begun++)
        census->tracks[census->begun] = new_track(key, now);
    track->is_delete = is_delete;
    track->is_measured = is_measured;
    track->older = older;
    track->deficit = census_holders(census, track);
    if (older == UPDATE_NONE) {
        census->keys_written++;
        census->key_pairs += track->deficit;
    } else {
        census->stale -= census->tracks[older].deficit;
        census->tracks[older].newer = update;
        set_drop(&census->current, older);
    }
    census->newest[key] = update;
    census->stale += track->deficit;
    if (is_measured) {
        census->deficits += track->deficit;
        census->pairs += track->deficit;
        set_put(pool, &census->watched, update);
    }
    census->measured += is_measured;
    census->injected++;
    set_put(pool, &census->everything, update);
    set_put(pool, &census->unfinished, update);
    if (is_delete)
        set_put(pool, &census->deletions, update);
    if (census->has_versions)
        set_put(pool, &census->current, update);
    check_shares(census, track, now);
}

void census_hold(struct census *census, update_id update, uint32_t holders)
{
    struct track *track = &census->tracks[update];

    census_doubt_key(census, track->key);
    track->deficit -= holders;
    census->deficits -= track->is_measured ? holders : 0;
    census->stale -= is_newest(track) ? holders : 0;
    if (holders > 0 && track->deficit == 0)
        count_agreed(census, track, track->injected, 1);
    track->last = track->injected;
    check_shares(census, track, track->injected);
}

/* How far an update had come when a node learned it; NULL: the node is no replica.  Replicas of a
 * part count by their places. */
static uint8_t *hops_of(const struct census *census, const struct track *track, update_id update,
                        node_id node)
{
    const struct placement *placement = census->placement;
    int64_t place = node;

    if (!placement_is_everywhere(placement))
        place = placement_place(placement, placement_shard(placement, track->key), node);
    return place < 0 ? NULL : &census->hops[(size_t)place * census->updates + update];
}

static void note_hops(struct census *census, struct track *track, update_id update, node_id node,
                      node_id from, bool is_first)
{
    uint8_t *own = hops_of(census, track, update, node), *before = NULL;
    unsigned hops = from != NODE_NONE;

    if (from != NODE_NONE)
        before = hops_of(census, track, update, from);
    if (before)
        hops += *before;
    if (hops >= HOPS_BINS)
        hops = HOPS_BINS - 1;
    *own = (uint8_t)hops;
    if (!is_first)
        return;
    track->hops += hops;
    if (hops > track->hops_max)
        track->hops_max = hops;
    if (census->hops_bins && track->is_measured)
        census->hops_bins[hops]++;
}

/* One live replica fewer lacks it. */
static void lower_deficit(struct census *census, struct track *track, sim_time now)
{
    add_stale_area(census, now);
    census_doubt_key(census, track->key);
    track->deficit--;
    census->deficits -= track->is_measured;
    census->stale -= is_newest(track);
    if (track->deficit > 0)
        return;
    count_agreed(census, track, now, 1);
    if (track->is_undone && track->newer == UPDATE_NONE) {
        track->is_undone = false;
        census->resurrected--;
    }
}

/* Compiled twice, so that the census that every run has is called once, and inlined there. */
static inline __attribute__((always_inline)) void learn(struct census *census, update_id update,
                                                        node_id node, node_id from, bool is_first,
                                                        sim_time now)
{
    struct track *track = &census->tracks[update];

    lower_deficit(census, track, now);
    if (is_first)
        track->last = now;
    if (is_first && from != NODE_NONE) {
        track->learned++;
        track->delay += (uint64_t)(now - track->injected);
    }
    if (census->hops)
        note_hops(census, track, update, node, from, is_first);
    if (census->delay_bins && track->is_measured && is_first)
        census->delay_bins[delay_bin(now - track->injected)]++;
    if (track->deficit <= track->threshold)
        check_shares(census, track, now);
}

void census_learn(struct census *census, update_id update, node_id node, node_id from,
                  bool is_first, sim_time now)
{
    learn(census, update, node, from, is_first, now);
}

void census_learn_in_part(struct census *census, update_id update, node_id node, node_id from,
                          bool is_first, sim_time now)
{
    learn(census, update, node, from, is_first, now);
}

void census_excuse(struct census *census, update_id update, sim_time now)
{
    struct track *track = &census->tracks[update];

    lower_deficit(census, track, now);
    if (track->deficit <= track->threshold)
        check_shares(census, track, now);
}

void census_unlearn(struct census *census, update_id update, sim_time now)
{
    struct track *track = &census->tracks[update];

    add_stale_area(census, now);
    census_doubt_key(census, track->key);
    if (track->deficit == 0)
        count_agreed(census, track, now, -1);
    track->deficit++;
    census->deficits += track->is_measured;
    census->stale += is_newest(track);
}

void census_undo(struct census *census, update_id update)
{
    struct track *track = &census->tracks[update];

    if (track->newer != UPDATE_NONE || track->is_undone)
        return;
    track->is_undone = true;
    census->resurrected++;
}

/* Counts a node's shards among the live ones (by = 1) or not (by = -1); true if it is the first
 * live holder of one, or was the last. */
static bool count_holder(struct census *census, node_id node, int by)
{
    const struct placement *placement = census->placement;
    const uint32_t count = census->holders ? placement_count(placement, node) : 0;
    const uint32_t left = by > 0 ? 1 : 0;
    bool is_alone;

    census->alive += (uint32_t)by;
    is_alone = !census->holders && census->alive == left;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *holders = &census->holders[placement_of(placement, node, i)];

        *holders += (uint32_t)by;
        is_alone = is_alone || *holders == left;
    }
    return is_alone;
}

/* A node that should hold these updates and lacks some comes (by = 1) or goes (by = -1). */
static void change_deficits(struct census *census, const struct set *held, const struct set *known,
                            sim_time now, int by)
{
    struct set *lacking = set_minus(held, known);
    uint32_t measured = 0, newest = 0;

    for (update_id i = 0; set_next(lacking, &i); i++) {
        struct track *track = &census->tracks[i];

        if (by > 0 && track->deficit == 0)
            count_agreed(census, track, now, -1);
        track->deficit += (uint32_t)by;
        if (by < 0 && track->deficit == 0)
            count_agreed(census, track, now, 1);
        measured += track->is_measured;
        newest += is_newest(track);
        if (by < 0 && track->deficit <= track->threshold)
            check_shares(census, track, now);
    }
    census->deficits += (uint64_t)by * measured;
    census->stale += (uint64_t)by * newest;
    set_free(lacking);
}

static uint32_t count_common(const struct set *a, const struct set *b)
{
    struct set *common = set_common(a, b);
    const uint32_t count = set_count(common);

    set_free(common);
    return count;
}

static uint32_t count_measured(const struct census *census, const struct set *held)
{
    if (!census->holders) /* all; speed only */
        return census->measured;
    return count_common(held, census->watched);
}

static uint32_t count_keys(const struct census *census, const struct set *held)
{
    if (!census->holders) /* all; speed only */
        return census->keys_written;
    return census->has_versions ? count_common(held, census->current) : set_count(held);
}

static void change_presence(struct census *census, node_id node, const struct set *known,
                            sim_time now, int by)
{
    struct set *held = placement_restrict(census->placement, node, census->everything);
    bool is_alone;

    add_stale_area(census, now);
    census->pairs += (uint64_t)by * count_measured(census, held);
    census->key_pairs += (uint64_t)by * count_keys(census, held);
    is_alone = count_holder(census, node, by);
    census->holders_change = true;
    if (is_alone && by > 0)
        count_agreed_held(census, held, now, by);
    change_deficits(census, held, known, now, by);
    if (is_alone && by < 0)
        count_agreed_held(census, held, now, by);
    if (by > 0)
        check_unfinished(census, held, now);
    set_free(held);
}

void census_up(struct census *census, node_id node, const struct set *known, sim_time now)
{
    change_presence(census, node, known, now, 1);
}

void census_down(struct census *census, node_id node, const struct set *known, sim_time now)
{
    change_presence(census, node, known, now, -1);
}

void census_begin_change(struct census *census)
{
    census->is_changing = true;
}

void census_end_change(struct census *census, sim_time now)
{
    census->is_changing = false;
    census->ceiling = 0;
    check_unfinished(census, census->everything, now);
}

/* ---- readings ---- */

double census_informed(const struct census *census)
{
    if (census->pairs == 0)
        return 0;
    return census->alive * (double)(census->pairs - census->deficits) / (double)census->pairs;
}
