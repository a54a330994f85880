/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording.c - see recording.h. */
#include "sim/world/recording.h"

/* ---- set up ---- */

/* Counts the nodes of a group among the replicas of their shards. */
static void count_replicas(struct run *run, struct part *part)
{
    const struct placement *placement = &run->placement;

    part->replicas = memory_get(&run->memory, placement->shards, sizeof *part->replicas);
    part->census.holders =
        memory_get(&run->memory, placement->shards, sizeof *part->census.holders);
    if (run->memory.is_short)
        return;
    for (uint32_t i = 0; i < part->nodes; i++) {
        const node_id node = numbering_inside(&run->numbering, part->first + i);
        const uint32_t count = placement_count(placement, node);

        for (uint32_t k = 0; k < count; k++)
            part->replicas[placement_of(placement, node, k)]++;
    }
    memcpy(part->census.holders, part->replicas, placement->shards * sizeof *part->replicas);
}

static void init_part(struct run *run, uint32_t group, uint32_t first, uint32_t end)
{
    struct recording *recording = run->recording;
    struct part *part = &recording->parts[group];
    const struct census *all = &run->census;

    part->first = first;
    part->nodes = end - first;
    for (uint32_t i = first; i < end; i++)
        recording->group_of[numbering_inside(&run->numbering, i)] = (uint16_t)group;
    census_init(&part->census, &run->memory, &run->placement,
                &(struct census_config){ .nodes = part->nodes,
                                         .updates = all->updates,
                                         .keys = all->keys,
                                         .has_versions = all->has_versions,
                                         .is_part = true });
    if (!placement_is_everywhere(&run->placement))
        count_replicas(run, part);
    if (recording->has_ages)
        ages_init(&part->ages, &run->memory, all->tracks, all->updates);
}

static void init_parts(struct run *run)
{
    const struct sim_config *config = run->config;
    struct recording *recording = run->recording;

    recording->part_count = (uint32_t)config->group_count;
    recording->parts = memory_get(&run->memory, recording->part_count, sizeof *recording->parts);
    recording->group_of = memory_get(&run->memory, run->nodes, sizeof *recording->group_of);
    for (uint32_t i = 0; i < recording->part_count && !run->memory.is_short; i++)
        init_part(run, i, i > 0 ? config->group_ends[i - 1] : 0, config->group_ends[i]);
}

void recording_init(struct run *run)
{
    const struct sim_config *config = run->config;
    struct recording *recording;

    if (!config->ages && !config->group_names)
        return;
    recording = run->recording = memory_get(&run->memory, 1, sizeof *recording);
    if (!recording)
        return;
    recording->has_ages = config->ages;
    if (config->ages)
        ages_init(&recording->ages, &run->memory, run->census.tracks, run->census.updates);
    if (config->group_names)
        init_parts(run);
    if (run->window.has_begun && !run->memory.is_short)
        recording_begin(run);
}

/* ---- ages ---- */

/* A replica comes to show an update, or no longer does: by itself, and as one of its group. */
static void change_ages(struct run *run, node_id node, update_id update, int by)
{
    struct recording *recording = run->recording;
    const sim_time now = run_credit(run, run->node.now);

    ages_change(&recording->ages, update, by, now);
    if (recording->parts)
        ages_change(&recording->parts[recording->group_of[node]].ages, update, by, now);
}

/* The same of all that a node shows.  Who knows a value knows all older ones of its key. */
static void change_all_ages(struct run *run, node_id node, int by)
{
    const struct track *tracks = run->census.tracks;
    const struct set *known = set_of_handle(&run->pool, run->replicas[node].known);

    for (update_id i = 0; set_next(known, &i); i++)
        if (tracks[i].newer == UPDATE_NONE || !set_has(known, tracks[i].newer))
            change_ages(run, node, i, by);
}

/* What the node whose turn it is shows of a key is now `update`. */
static void replace_shown(struct run *run, update_id update)
{
    const struct track *tracks = run->census.tracks;
    const struct set *known = set_of_handle(&run->pool, run->node.me->known);
    update_id older = tracks[update].older;

    while (older != UPDATE_NONE && !set_has(known, older))
        older = tracks[older].older;
    if (older != UPDATE_NONE)
        change_ages(run, run->node.id, older, -1);
    change_ages(run, run->node.id, update, 1);
}

/* ---- who knows what ---- */

static struct part *part_of(const struct run *run, node_id node)
{
    const struct recording *recording = run->recording;

    return recording->parts ? &recording->parts[recording->group_of[node]] : NULL;
}

uint32_t recording_replicas(const struct run *run, const struct part *part,
                            const struct track *track)
{
    return part->replicas ? part->replicas[placement_shard(&run->placement, track->key)]
                          : part->nodes;
}

void recording_inject(struct run *run, update_id update)
{
    struct recording *recording = run->recording;
    const struct track *track = &run->census.tracks[update];

    for (uint32_t i = 0; i < recording->part_count; i++) {
        struct part *part = &recording->parts[i];

        census_inject(&part->census, &run->pool, update, track->key, track->is_delete,
                      track->is_measured && recording_replicas(run, part, track) > 0,
                      track->injected);
    }
}

void recording_learn(struct run *run, const struct learning *learning)
{
    const node_id node = run->node.id;
    const sim_time now = run_credit(run, run->node.now);
    struct part *part = part_of(run, node);

    for (update_id i = 0; part && set_next(learning->learned, &i); i++)
        if (!set_has(learning->counted, i))
            census_learn_in_part(&part->census, i, node, learning->from,
                                 !set_has(learning->before, i), now);
    for (update_id i = 0; run->recording->has_ages && set_next(learning->news, &i); i++)
        replace_shown(run, i);
}

void recording_unlearn(struct run *run, update_id update)
{
    struct part *part = part_of(run, run->node.id);

    if (part)
        census_unlearn(&part->census, update, run_credit(run, run->node.now));
}

void recording_excuse(struct run *run, node_id node, update_id update)
{
    struct part *part = part_of(run, node);

    if (part)
        census_excuse(&part->census, update, run_credit(run, run->node.now));
}

/* How many live nodes of a group know each of so many updates; NULL if memory is short. */
static uint32_t *count_holders(const struct run *run, const struct part *part, uint32_t updates,
                               struct memory *memory)
{
    uint32_t *holders = memory_get(memory, updates, sizeof *holders);

    for (uint32_t i = 0; holders && i < part->nodes; i++) {
        const node_id node = numbering_inside(&run->numbering, part->first + i);
        const struct set *known = set_of_handle(&run->pool, run->replicas[node].known);

        for (update_id k = 0; !run_is_down(run, node) && set_next(known, &k); k++)
            holders[k]++;
    }
    return holders;
}

void recording_hold(struct run *run, uint32_t updates)
{
    struct recording *recording = run->recording;
    struct memory scratch = { 0 };

    for (uint32_t i = 0; i < recording->part_count; i++) {
        struct part *part = &recording->parts[i];
        const uint32_t *holders = count_holders(run, part, updates, &scratch);

        for (update_id k = 0; holders && k < updates; k++)
            census_hold(&part->census, k, holders[k]);
    }
    run->memory.is_short |= scratch.is_short;
    memory_clear(&scratch);
    for (node_id i = 0; recording->has_ages && i < run->nodes; i++)
        if (!run_is_down(run, i))
            change_all_ages(run, i, 1);
}

void recording_change(struct run *run, node_id node, const struct set *held, int by)
{
    struct part *part = part_of(run, node);

    if (part)
        (by > 0 ? census_up : census_down)(&part->census, node, held,
                                           run_credit(run, run->node.now));
    if (run->recording->has_ages)
        change_all_ages(run, node, by);
}

void recording_begin_change(struct run *run)
{
    for (uint32_t i = 0; i < run->recording->part_count; i++)
        census_begin_change(&run->recording->parts[i].census);
}

void recording_end_change(struct run *run)
{
    for (uint32_t i = 0; i < run->recording->part_count; i++)
        census_end_change(&run->recording->parts[i].census, run_credit(run, run->node.now));
}

/* ---- over time ---- */

void recording_accuse(struct run *run, const struct belief_change *change)
{
    struct recording *recording = run->recording;
    struct part *part;

    if (!recording->parts)
        return;
    part = &recording->parts[recording->group_of[change->subject]];
    part->false_dead++;
    part->false_dead_at_healthy += !change->is_disturbed;
}

void recording_begin(struct run *run)
{
    struct recording *recording = run->recording;
    const sim_time begin = run->window.begin;

    if (recording->has_ages)
        ages_begin(&recording->ages, begin);
    for (uint32_t i = 0; i < recording->part_count; i++) {
        struct part *part = &recording->parts[i];

        part->false_dead = part->false_dead_at_healthy = 0;
        part->stale_begin = census_stale_area(&part->census, begin);
        if (recording->has_ages)
            ages_begin(&part->ages, begin);
    }
}

void recording_end_averages(struct run *run)
{
    struct recording *recording = run->recording;
    const sim_time end = run->window.end;

    if (recording->has_ages)
        ages_end(&recording->ages, end);
    for (uint32_t i = 0; i < recording->part_count; i++) {
        struct part *part = &recording->parts[i];

        part->stale_end = census_stale_area(&part->census, end);
        if (recording->has_ages)
            ages_end(&part->ages, end);
    }
}
