/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle_figures.c - the oracle's statistics, counted from scratch; see oracle.h. */
#include "tests/sim/oracle_state.h"

#include <assert.h>
#include <math.h>

uint32_t oracle_knowers(uint32_t update)
{
    uint32_t count = 0;

    for (node_id i = 0; i < oracle.node_count; i++)
        count += oracle.nodes[i].is_up && (oracle.nodes[i].known & oracle_bit(update));
    return count;
}

bool oracle_is_complete(void)
{
    for (uint32_t i = 0; i < oracle.injected; i++)
        if (oracle_knowers(i) < oracle_alive())
            return false;
    return oracle_alive() > 0 && oracle.left == 0;
}

static bool is_newest(uint32_t update)
{
    for (uint32_t i = update + 1; i < oracle.injected; i++)
        if (oracle.updates[i].key == oracle.updates[update].key)
            return false;
    return true;
}

static uint32_t keys_written(void)
{
    uint32_t keys = 0;

    for (uint32_t i = 0; i < oracle.injected; i++)
        keys += is_newest(i);
    return keys;
}

static double staleness(void)
{
    double stale = 0, pairs = (double)oracle_alive() * keys_written();

    for (uint32_t i = 0; i < oracle.injected; i++)
        stale += is_newest(i) ? oracle_alive() - oracle_knowers(i) : 0;
    return pairs > 0 ? stale / pairs : 0;
}

/* Mean over the keys of the entropy of what the live replicas hold as their newest value. */
static double entropy(void)
{
    double sum = 0, alive = oracle_alive();

    for (uint32_t newest = 0; newest < oracle.injected && alive > 0; newest++) {
        uint32_t holders[ORACLE_UPDATES_MAX + 1] = { 0 };

        if (!is_newest(newest))
            continue;
        for (node_id node = 0; node < oracle.node_count; node++) {
            uint32_t held = 0;

            for (uint32_t i = 0; i < oracle.injected; i++)
                if (oracle.updates[i].key == oracle.updates[newest].key &&
                    (oracle.nodes[node].known & oracle_bit(i)))
                    held = i + 1;
            holders[held] += oracle.nodes[node].is_up;
        }
        for (uint32_t i = 0; i <= oracle.injected; i++)
            sum -= holders[i] ? holders[i] / alive * log2(holders[i] / alive) : 0;
    }
    return keys_written() ? sum / keys_written() : 0;
}

void oracle_count_anew(void)
{
    if (!oracle.has_changed) /* speed only */
        return;
    oracle.has_changed = false;
    oracle.stale = staleness();
    static const uint64_t permille[] = { 500, 900, 950, 990, 999, 1000 };

    for (uint32_t i = 0; i < oracle.injected; i++) {
        struct oracle_update *u = &oracle.updates[i];

        if (oracle_alive() == 0 || oracle_knowers(i) < oracle_alive())
            u->settled = SIM_NEVER;
        else if (u->settled == SIM_NEVER)
            u->settled = oracle_credit();
        for (int s = 0; s < 6; s++)
            if (oracle.updates[i].reached[s] == SIM_NEVER && oracle_knowers(i) > 0 &&
                1000 * oracle_knowers(i) >= permille[s] * oracle_alive())
                oracle.updates[i].reached[s] = oracle_credit() - oracle.updates[i].injected;
    }
}

void oracle_take_sample(sim_time at)
{
    struct oracle_figures *f = oracle.f;
    uint64_t known = 0, flying = oracle.waiting_count, measured = 0;

    for (uint32_t i = 0; i < oracle.injected; i++) {
        measured += oracle.updates[i].is_measured;
        known += oracle.updates[i].is_measured ? oracle_knowers(i) : 0;
    }
    for (size_t i = 0; i < oracle.count; i++)
        flying += oracle.coming[i].class == ARRIVAL;
    assert(f->sample_count < ORACLE_SAMPLES_MAX);
    f->samples[f->sample_count++] =
        (struct sim_sample){ .at = at,
                             .alive = oracle_alive(),
                             .informed = measured ? (double)known / (double)measured : 0,
                             .staleness = staleness(),
                             .entropy = entropy(),
                             .messages = f->messages,
                             .bytes_payload = f->payload,
                             .bytes_digest = f->digest,
                             .bytes_control = f->control,
                             .duplicates = f->duplicates,
                             .dropped =
                                 f->lost + f->met_down + f->dropped_queue + f->dropped_partition,
                             .in_flight = flying };
}

static void add_outcome(const struct numbering *numbering, uint32_t i)
{
    const struct oracle_update *u = &oracle.updates[i];
    const double size = u->is_delete ? 16 : (double)u->size;

    oracle.f->outcomes[oracle.f->outcome_count++] =
        (struct sim_outcome){ .update = i,
                              .origin = numbering_outside(numbering, u->origin),
                              .injected = u->injected,
                              .t50 = u->reached[0],
                              .t90 = u->reached[1],
                              .t95 = u->reached[2],
                              .t99 = u->reached[3],
                              .t999 = u->reached[4],
                              .t_all = u->reached[5],
                              .t_last = u->last - u->injected,
                              .t_settled =
                                  u->settled == SIM_NEVER ? SIM_NEVER : u->settled - u->injected,
                              .t_avg = u->learned ? u->delay / (double)u->learned : NAN,
                              .informed = oracle_knowers(i),
                              .hops_max = (uint32_t)u->hops_max,
                              .copies = u->copies,
                              .bytes = (uint64_t)((double)u->copies * size) };
}

void oracle_look_at_window(void)
{
    if (!oracle.has_begun && oracle_credit() >= oracle.window_begin) {
        oracle.has_begun = true;
        oracle.stale_begin = oracle.stale_area;
        oracle.spent = *oracle.f;
        for (node_id i = 0; i < oracle.node_count; i++)
            oracle.nodes[i].handled = 0;
    }
    if (oracle_credit() >= oracle.window_end) {
        oracle.has_ended = true;
        oracle.stale_end = oracle.stale_area;
    }
}

/* Whether what was injected before the last fault is agreed upon. */
void oracle_look_for_repair(void)
{
    bool is_agreed = oracle_alive() > 0;

    for (uint32_t i = 0; i < oracle.struck; i++)
        is_agreed = is_agreed && oracle_knowers(i) == oracle_alive();
    if (oracle.has_struck && oracle.repaired_at == SIM_NEVER && is_agreed)
        oracle.repaired_at = oracle_credit();
}

/* The costs become those of the window. */
static void take_off_spent(void)
{
    struct oracle_figures *f = oracle.f, *spent = &oracle.spent;
    const double nodes = oracle.node_count;

    if (!oracle.has_begun)
        *spent = *f;
    f->messages -= spent->messages;
    f->lost -= spent->lost;
    f->met_down -= spent->met_down;
    f->dropped_queue -= spent->dropped_queue;
    f->dropped_partition -= spent->dropped_partition;
    f->duplicated -= spent->duplicated;
    f->useful -= spent->useful;
    f->duplicates -= spent->duplicates;
    f->payload -= spent->payload;
    f->digest -= spent->digest;
    f->control -= spent->control;
    for (node_id i = 0; i < oracle.node_count; i++) {
        if (!oracle.has_begun)
            oracle.nodes[i].handled = 0;
        f->load_max = fmax(f->load_max, oracle.nodes[i].handled);
        f->load_mean += oracle.nodes[i].handled / nodes;
    }
    f->measured_time = fmax(0, (double)(oracle_credit() - oracle.window_begin) / 1e9);
    f->messages_rate = (double)f->messages / nodes / f->measured_time;
    f->messages_rate_in = f->load_mean / f->measured_time;
    f->bytes_rate =
        (double)(f->payload + f->digest + f->control + 28 * f->messages) / nodes / f->measured_time;
}

/* Of what was stale between the ends of the window; NAN: it cannot be told. */
static double staleness_mean(bool stays_so)
{
    const sim_time now = oracle_credit(), begin = oracle.window_begin, end = oracle.window_end;
    double from = oracle.stale_begin, to = oracle.stale_end;

    if (end <= begin || (!oracle.has_ended && !stays_so))
        return NAN;
    if (!oracle.has_begun)
        from = oracle.stale_area + staleness() * (double)(begin - now);
    if (!oracle.has_ended)
        to = oracle.stale_area + staleness() * (double)(end - now);
    return (to - from) / (double)(end - begin);
}

void oracle_add_up(const struct numbering *numbering, bool stays_so)
{
    struct oracle_figures *f = oracle.f;
    double delay = 0, learned = 0, hops = 0, lacking = 0, copies = 0;
    double last_hop = 0, redundancy = 0, told = 0;
    uint128 held = 0;

    for (uint32_t i = 0; i < oracle.injected; i++) {
        const struct oracle_update *u = &oracle.updates[i];

        if (!u->is_measured)
            continue;
        for (int s = 0; s < 8; s++) {
            sim_time time = s < 6 ? u->reached[s] : u->last - u->injected;

            if (s == 7)
                time = u->settled == SIM_NEVER ? SIM_NEVER : u->settled - u->injected;
            double seconds = time == SIM_NEVER ? NAN : (double)time / 1e9;

            if (!(f->times[s] >= seconds)) /* NAN stays */
                f->times[s] = isnan(f->times[s]) ? NAN : seconds;
        }
        add_outcome(numbering, i);
        delay += u->delay / 1e9;
        learned += (double)u->learned;
        hops += (double)u->hops;
        copies += (double)u->copies;
        lacking += oracle_alive() ? oracle_alive() - oracle_knowers(i) : oracle.node_count;
        last_hop += (double)u->hops_max;
        if (u->learned > 0) {
            redundancy += fmax((double)u->copies / (double)u->learned - 1, 0);
            told++;
        }
        f->hops_max = fmax(f->hops_max, (double)u->hops_max);
    }
    for (node_id i = 0; i < oracle.node_count; i++)
        held |= oracle.nodes[i].known;
    f->t_avg = delay / learned;
    f->hops_mean = hops / learned;
    f->last_hop = last_hop / (double)f->outcome_count;
    f->rmr = redundancy / told;
    f->m = copies / oracle.node_count / (double)f->outcome_count;
    f->residue =
        lacking / (oracle_alive() ? oracle_alive() : oracle.node_count) / (double)f->outcome_count;
    f->has_converged =
        lacking <= 0 && (oracle.left == 0 || (oracle.config->cooldown > 0 && oracle.has_ended));
    f->lost_updates = oracle.injected - oracle_count(held);
    f->staleness = staleness();
    f->staleness_mean = staleness_mean(stays_so);
    f->entropy = entropy();
    f->repair_time = oracle.has_struck && oracle.repaired_at != SIM_NEVER
                         ? (double)(oracle.repaired_at - oracle.struck_at) / 1e9
                         : NAN;
    take_off_spent();
}
