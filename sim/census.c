/* SPDX-License-Identifier: GPL-3.0-or-later */
/* census.c - see census.h. */
#include "sim/census.h"

#include <math.h>

static const uint32_t permille_missing[SHARES] = { 500, 100, 10, 1, 0 };

void census_init(struct census *census, struct memory *memory, struct set_pool *pool,
                 const struct census_config *config)
{
    size_t pairs;

    *census = (struct census){ .nodes = config->nodes,
                               .updates = config->updates,
                               .keys = config->keys,
                               .alive = config->nodes,
                               .has_versions = config->keys < config->updates };
    census->tracks = memory_get(memory, config->updates, sizeof *census->tracks);
    census->unfinished = memory_get(memory, config->updates, sizeof *census->unfinished);
    census->newest = memory_get(memory, config->keys, sizeof *census->newest);
    census->everything = set_first(pool, 0);
    if (!__builtin_mul_overflow(config->nodes, config->updates, &pairs) && pairs <= CENSUS_HOPS_MAX)
        census->hops = memory_get(memory, pairs, sizeof *census->hops);
    if (config->wants_histograms) {
        census->delay_bins = memory_get(memory, DELAY_BINS, sizeof *census->delay_bins);
        census->hops_bins = memory_get(memory, HOPS_BINS, sizeof *census->hops_bins);
    }
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

static void set_threshold(const struct census *census, struct track *track)
{
    track->threshold = (uint32_t)((uint64_t)census->alive * permille_missing[track->step] / 1000);
}

/* Notes every share that is now reached. */
static void check_shares(const struct census *census, struct track *track, sim_time now)
{
    while (track->step < SHARES && track->deficit <= track->threshold &&
           track->deficit < census->alive) {
        track->reached[track->step++] = now - track->injected;
        if (track->step < SHARES)
            set_threshold(census, track);
    }
}

/* The number of live nodes has changed, and with it what a share means. */
static void check_unfinished(struct census *census, sim_time now)
{
    for (uint32_t i = 0; i < census->unfinished_count;) {
        struct track *track = &census->tracks[census->unfinished[i]];

        if (track->step < SHARES) {
            set_threshold(census, track);
            check_shares(census, track, now);
        }
        if (track->step < SHARES)
            i++;
        else
            census->unfinished[i] = census->unfinished[--census->unfinished_count];
    }
}

/* ---- staleness over time ---- */

double census_staleness(const struct census *census)
{
    double pairs = (double)census->alive * census->keys_written;

    return pairs > 0 ? (double)census->stale / pairs : 0;
}

static void add_stale_area(struct census *census, sim_time now)
{
    if (now == census->stale_since)
        return;
    census->stale_area += census_staleness(census) * (double)(now - census->stale_since);
    census->stale_since = now;
}

double census_staleness_mean(struct census *census, sim_time now)
{
    add_stale_area(census, now);
    return now > 0 ? census->stale_area / (double)now : census_staleness(census);
}

/* ---- events ---- */

static bool is_newest(const struct census *census, const struct track *track)
{
    return census->newest[track->key] == (update_id)(track - census->tracks);
}

void census_inject(struct census *census, struct set_pool *pool, update_id update, uint32_t key,
                   bool is_delete, bool is_measured, sim_time now)
{
    struct track *track = &census->tracks[update];
    update_id older = census->newest[key];

    add_stale_area(census, now);
    *track = (struct track){ .deficit = census->alive,
                             .key = key,
                             .is_delete = is_delete,
                             .is_measured = is_measured,
                             .older = older,
                             .newer = UPDATE_NONE,
                             .origin = NODE_NONE,
                             .injected = now,
                             .last = SIM_NEVER };
    for (int i = 0; i < SHARES; i++)
        track->reached[i] = SIM_NEVER;
    set_threshold(census, track);
    if (older == UPDATE_NONE)
        census->keys_written++;
    else {
        census->stale -= census->tracks[older].deficit;
        census->tracks[older].newer = update;
    }
    census->newest[key] = update;
    census->stale += track->deficit;
    census->deficits += track->deficit;
    census->complete += track->deficit == 0;
    census->measured += is_measured;
    census->unfinished[census->unfinished_count++] = update;
    census->injected++;
    set_put(pool, &census->everything, update);
}

void census_hold(struct census *census, update_id update, uint32_t holders)
{
    struct track *track = &census->tracks[update];

    track->deficit -= holders;
    census->deficits -= holders;
    census->stale -= is_newest(census, track) ? holders : 0;
    census->complete += holders > 0 && track->deficit == 0;
    track->last = track->injected;
    check_shares(census, track, track->injected);
}

static void note_hops(struct census *census, struct track *track, update_id update, node_id node,
                      node_id from)
{
    uint8_t *own = &census->hops[(size_t)node * census->updates + update];
    unsigned hops = 0;

    if (from != NODE_NONE)
        hops = census->hops[(size_t)from * census->updates + update] + 1u;
    if (hops >= HOPS_BINS)
        hops = HOPS_BINS - 1;
    *own = (uint8_t)hops;
    track->hops += hops;
    if (hops > track->hops_max)
        track->hops_max = hops;
    if (census->hops_bins && track->is_measured)
        census->hops_bins[hops]++;
}

void census_learn(struct census *census, update_id update, node_id node, node_id from, sim_time now)
{
    struct track *track = &census->tracks[update];

    add_stale_area(census, now);
    track->deficit--;
    census->deficits--;
    census->stale -= is_newest(census, track);
    census->complete += track->deficit == 0;
    track->learned += from != NODE_NONE;
    track->delay += (uint64_t)(now - track->injected);
    track->last = now;
    if (census->hops)
        note_hops(census, track, update, node, from);
    if (census->delay_bins && track->is_measured)
        census->delay_bins[delay_bin(now - track->injected)]++;
    if (track->deficit <= track->threshold)
        check_shares(census, track, now);
}

/* A node that lacks these updates comes (by = 1) or goes (by = -1). */
static void change_deficits(struct census *census, const struct set *known, int by)
{
    struct set *lacking = set_minus(census->everything, known);

    for (update_id i = 0; set_next(lacking, &i); i++) {
        struct track *track = &census->tracks[i];

        census->complete -= by > 0 && track->deficit == 0;
        track->deficit += (uint32_t)by;
        census->complete += by < 0 && track->deficit == 0;
        census->deficits += (uint64_t)by;
        if (is_newest(census, track))
            census->stale += (uint64_t)by;
    }
    set_free(lacking);
}

void census_up(struct census *census, const struct set *known, sim_time now)
{
    add_stale_area(census, now);
    change_deficits(census, known, 1);
    census->alive++;
    check_unfinished(census, now);
}

void census_down(struct census *census, const struct set *known, sim_time now)
{
    add_stale_area(census, now);
    change_deficits(census, known, -1);
    census->alive--;
    check_unfinished(census, now);
}

/* ---- readings ---- */

double census_informed(const struct census *census)
{
    if (census->injected == 0)
        return 0;
    return (double)census->alive - (double)census->deficits / census->injected;
}

/*
 * log2 from the four operations alone, so that it is the same on every machine (libm's differs in
 * the last bit): the series of the inverse hyperbolic tangent on [sqrt(1/2), sqrt(2)).
 */
static double portable_log2(double x)
{
    int exponent;
    double m = frexp(x, &exponent), sum = 0;

    if (m < 0.70710678118654752) {
        m *= 2;
        exponent--;
    }
    const double z = (m - 1) / (m + 1), square = z * z;

    for (int i = 21; i >= 1; i -= 2)
        sum = sum * square + 1.0 / i;
    return exponent + 2 * z * sum * 1.4426950408889634;
}

static double entropy_term(double share)
{
    return share > 0 && share < 1 ? -share * portable_log2(share) : 0;
}

double census_entropy(const struct census *census)
{
    double sum = 0;

    if (census->alive == 0 || census->keys_written == 0)
        return 0;
    for (uint32_t key = 0; key < census->keys; key++) {
        uint32_t knows_newer = 0;

        for (update_id i = census->newest[key]; i != UPDATE_NONE; i = census->tracks[i].older) {
            uint32_t knows = census->alive - census->tracks[i].deficit;

            sum += entropy_term((double)(knows - knows_newer) / census->alive);
            knows_newer = knows;
        }
        if (census->newest[key] != UPDATE_NONE)
            sum += entropy_term((double)(census->alive - knows_newer) / census->alive);
    }
    return sum / census->keys_written;
}
