/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - see result.h. */
#include "sim/world/result.h"

#include "sim/value/log_bin.h"
#include "sim/world/lag.h"
#include "sim/world/measure.h"
#include "sim/world/measure_models.h"
#include "sim/world/network.h"
#include "sim/world/network_tally.h"
#include "sim/world/overlay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    EVEN_SAMPLES_MAX = 256, /* of automatic sampling; half of them stay when it thins out */
    EVEN_SAMPLES_MIN = 32,  /* the same of a small run; between them one for so many nodes, */
    SAMPLE_NODES = 8,
    SAMPLE_WORK = 64,       /* or for so many events, whichever is more */
    EARLY_SAMPLES_LOG2 = 2, /* beside them, to each doubling of the time */
};

/* ---- samples ---- */

/* True for the numbers of which only the leading bits are set: four to each doubling. */
static bool is_early(uint64_t number)
{
    int low = 63 - __builtin_clzll(number | 1) - EARLY_SAMPLES_LOG2;

    return low <= 0 || (number & (((uint64_t)1 << low) - 1)) == 0;
}

static bool looks_the_same(const struct sim_sample *a, const struct sim_sample *b)
{
    return a->alive == b->alive && a->informed == b->informed && a->staleness == b->staleness &&
           a->entropy == b->entropy && a->messages == b->messages &&
           (a->variance == b->variance || isnan(a->variance)) && a->duplicates == b->duplicates &&
           a->dropped == b->dropped && a->in_flight == b->in_flight;
}

static bool is_edge(const struct run *run, sim_time at)
{
    for (uint32_t i = 0; i < run->edge_count; i++)
        if (run->edges[i] == at)
            return true;
    return false;
}

static void move_sample(struct run *run, size_t from, size_t to)
{
    const size_t count = run->gauge_count;

    run->samples[to] = run->samples[from];
    for (size_t i = 0; i < count; i++)
        run->gauges[to * count + i] = run->gauges[from * count + i];
}

/*
 * Doubles the period and drops every other sample, except for a few early ones that show something
 * new: what happens within the first milliseconds of a run that goes on for an hour stays to be
 * seen.
 */
static void thin_out(struct run *run)
{
    struct sim_sample *const samples = run->samples;
    size_t kept = 0;

    run->sample_every *= 2;
    for (size_t i = 0; i < run->sample_count; i++) {
        const sim_time at = samples[i].at;

        if (at % run->sample_every == 0 || is_edge(run, at) ||
            (is_early((uint64_t)(at / run->sample_first)) &&
             !looks_the_same(&samples[i], &samples[kept - 1])))
            move_sample(run, i, kept++);
    }
    run->sample_count = kept;
}

/* Messages that were sent and will not arrive, except those that met a node that was down. */
static uint64_t count_gone(const struct run *run)
{
    return run->lost + run->effects.dropped_queue + run->effects.obstacles.dropped;
}

/*
 * How many even samples this run may have by now: more than there is to see would cost it more
 * than its events.  It counts nodes, too, because the period never falls again: a rumor among many
 * has few events at first and many later.
 */
static uint64_t even_samples_max(const struct run *run)
{
    const uint64_t by_nodes = run->nodes / SAMPLE_NODES, by_work = run_work(run) / SAMPLE_WORK;
    const uint64_t max = by_nodes > by_work ? by_nodes : by_work;

    if (max > EVEN_SAMPLES_MAX)
        return EVEN_SAMPLES_MAX;
    return max < EVEN_SAMPLES_MIN ? EVEN_SAMPLES_MIN : max;
}

static struct sim_sample look(struct run *run, sim_time at)
{
    const struct network_bytes bytes = network_bytes(run);
    struct average_state average = { .live = 0 };
    struct lag lag = { 0 };

    if (run->average.held)
        average = average_look(&run->average);
    if (run->config->lags)
        lag = lag_look(run, &run->census, at, 0, run->nodes);
    return (struct sim_sample){
        .at = at,
        .alive = run->census.alive,
        .informed = census_informed(&run->census),
        .staleness = census_staleness(&run->census),
        .entropy = census_entropy(&run->census),
        .variance = average.live > 0 ? average.variance : NAN,
        .estimate_error = average.live > 0 ? average.error : NAN,
        .lag_max = lag.replicas > 0 ? lag.max : NAN,
        .lag_mean = lag.replicas > 0 ? lag.mean : NAN,
        .stale_keys = lag.replicas > 0 ? lag.stale_keys : NAN,
        .messages = bytes.messages,
        .bytes_payload = bytes.payload,
        .bytes_digest = bytes.digest,
        .bytes_control = bytes.control,
        .duplicates = run->census.duplicates,
        .dropped = count_gone(run) + run->met_down + run->dropped_inbox,
        .in_flight = bytes.messages + run->effects.copied - count_gone(run) - run->arrivals,
    };
}

/* Beside the sample that comes next. */
static void keep_gauges(struct run *run)
{
    const size_t before = run->sample_count * run->gauge_count;

    if (memory_grow(&run->memory, &run->gauges, &run->gauge_capacity, before + run->gauge_count,
                    sizeof *run->gauges))
        measure_gauges(run, run->gauges + before);
}

static void keep_sample(struct run *run, struct sim_sample sample)
{
    if (run->gauge_count > 0)
        keep_gauges(run);
    if (memory_grow(&run->memory, &run->samples, &run->sample_capacity, run->sample_count + 1,
                    sizeof *run->samples) &&
        !run->memory.is_short)
        run->samples[run->sample_count++] = sample;
}

void result_sample_before(struct run *run)
{
    const sim_time at = run->node.now - 1;
    const sim_time last = run->sample_count ? run->samples[run->sample_count - 1].at : 0;

    if (run->config->sample_every > 0 || run->round || run->edge_count == SAMPLE_EDGES_MAX ||
        at <= last)
        return;
    run->edges[run->edge_count++] = at;
    keep_sample(run, look(run, at));
}

void result_sample(struct run *run, sim_time at)
{
    const uint64_t work = run_work(run), number = (uint64_t)(at / run->sample_every);
    struct sim_sample sample;

    if (run->sample_count > 0 && work == run->sampled + 1 &&
        !run->config->lags) { /* speed only: nothing happened */
        sample = run->samples[run->sample_count - 1];
        sample.at = at;
    } else
        sample = look(run, at);
    /* at an even number: the next then stands at a multiple of the doubled period, too */
    if (run->config->sample_every == 0 && number % 2 == 0 && number >= even_samples_max(run))
        thin_out(run);
    keep_sample(run, sample);
    run->sampled = work;
}

/* Those that were kept, with the gauges beside them. */
static void fill_samples(struct run *run, struct sim_result *result)
{
    const size_t gauges = run->gauge_count, count = run->sample_count;

    result->samples = calloc(count + 1, sizeof *result->samples);
    result->figures = calloc(count * gauges + 1, sizeof *result->figures);
    if (!result->samples || !result->figures) {
        run->memory.is_short = true;
        return;
    }
    if (count > 0)
        memcpy(result->samples, run->samples, count * sizeof *run->samples);
    result->sample_count = count;
    for (size_t i = 0; i < count * gauges; i++) {
        struct sim_figure_sample *figure = &result->figures[i];

        figure->at = run->samples[i / gauges].at;
        figure->value = run->gauges[i];
        measure_gauge_name(run, (uint32_t)(i % gauges), figure->name);
    }
    result->figure_count = count * gauges;
}

/* ---- outcomes and histograms ---- */

static struct sim_outcome outcome_of(const struct run *run, update_id i)
{
    const struct track *track = &run->census.tracks[i];
    const uint64_t copies = network_copies(run, i);
    const int64_t size = track->is_delete ? 16 : run_size_of(run, i);

    return (struct sim_outcome){
        .update = i,
        .origin = numbering_outside(&run->numbering, track->origin),
        .injected = track->injected,
        .t50 = track->reached[0],
        .t90 = track->reached[1],
        .t95 = track->reached[2],
        .t99 = track->reached[3],
        .t999 = track->reached[4],
        .t_all = track->reached[5],
        .t_last = track->last == SIM_NEVER ? SIM_NEVER : track->last - track->injected,
        .t_settled =
            census_is_agreed(&run->census, track) ? track->settled - track->injected : SIM_NEVER,
        .t_avg = track->learned ? (double)track->delay / (double)track->learned : NAN,
        .informed = census_holders(&run->census, track) - track->deficit,
        .hops_max = track->hops_max,
        .copies = copies,
        .bytes = copies * (uint64_t)size,
    };
}

static void fill_outcomes(const struct run *run, struct sim_result *result)
{
    result->outcomes = calloc(run->census.measured + 1, sizeof *result->outcomes);
    if (!result->outcomes)
        return;
    for (update_id i = 0; i < run->census.begun; i++)
        if (run->census.tracks[i].is_measured)
            result->outcomes[result->outcome_count++] = outcome_of(run, i);
}

static void fill_faults(struct run *run, struct sim_result *result)
{
    result->faults = calloc(run->fault_event_count + 1, sizeof *result->faults);
    if (!result->faults)
        return;
    if (run->fault_event_count > 0)
        memcpy(result->faults, run->fault_events, run->fault_event_count * sizeof *result->faults);
    result->fault_count = run->fault_event_count;
}

/* The crashes that were kept, and how word of them spread. */
static void fill_detections(struct run *run, struct sim_result *result)
{
    const struct crash_log *log = &run->detection.log;

    result->detections = calloc(log->count + 1, sizeof *result->detections);
    result->spread = calloc(CRASH_POINTS_MAX, sizeof *result->spread);
    if (!result->detections || !result->spread) {
        run->memory.is_short = true;
        return;
    }
    for (size_t i = 0; i < log->count; i++) {
        struct sim_detection *detection = &result->detections[result->detection_count];

        if (log->rows[i].crashed == SIM_NEVER)
            continue;
        *detection = log->rows[i];
        detection->subject = numbering_outside(&run->numbering, detection->subject);
        result->detection_count++;
    }
    result->spread_count = crash_log_curve(log, result->spread);
}

static void add_bin(struct sim_result *result, const char *name, double lo, double hi,
                    uint64_t count)
{
    struct sim_bin *bin = &result->bins[result->bin_count];

    if (count == 0)
        return;
    result->bin_count++;
    *bin = (struct sim_bin){ .lo = lo, .hi = hi, .count = count };
    snprintf(bin->name, sizeof bin->name, "%s", name);
}

/* Loads in bins of one, or of doublings beyond 64; delays in seconds. */
static int load_bin(uint32_t load)
{
    return load < 64 ? (int)load : 64 + 25 - __builtin_clz(load);
}

static double load_bin_start(int bin)
{
    return bin < 64 ? bin : ldexp(1, bin - 64 + 6);
}

/* Of the last row of the overlay. */
static void add_in_degrees(const struct overlay *overlay, struct sim_result *result)
{
    const struct sim_overlay *row = &overlay->rows[overlay->count - 1];

    for (uint32_t i = 0; i < OVERLAY_BINS; i++) {
        const double lo = row->bin_first + (double)i * row->bin_width;

        add_bin(result, "in_degree", lo, lo + row->bin_width, row->bins[i]);
    }
}

static void fill_overlay(struct run *run, struct sim_result *result)
{
    const struct overlay *overlay = run->overlay;

    result->overlay = calloc(overlay->count + 1, sizeof *result->overlay);
    if (!result->overlay) {
        run->memory.is_short = true;
        return;
    }
    memcpy(result->overlay, overlay->rows, overlay->count * sizeof *overlay->rows);
    result->overlay_count = overlay->count;
    if (result->bins)
        add_in_degrees(overlay, result);
}

/* What each node has sent since the end of `warmup`. */
static void add_bytes(struct run *run, struct sim_result *result)
{
    uint64_t *counts = calloc(LOG_BINS, sizeof *counts);

    for (node_id i = 0; counts && i < run->nodes; i++)
        counts[log_bin(run->tally->nodes[i].sent.bytes)]++;
    for (uint32_t i = 0; counts && i < LOG_BINS; i++)
        add_bin(result, "bytes", (double)log_bin_start(i), (double)log_bin_start(i + 1), counts[i]);
    run->memory.is_short |= !counts;
    free(counts);
}

static void fill_histograms(struct run *run, struct sim_result *result)
{
    const struct census *census = &run->census;
    uint64_t loads[64 + 27] = { 0 };

    for (node_id i = 0; i < run->nodes; i++)
        loads[load_bin(run->replicas[i].handled & ~REPLICA_DOWN)]++;
    for (int i = 0; i < DELAY_BINS - 8; i++)
        add_bin(result, "delay", census_delay_bin(i) / 1e9, census_delay_bin(i + 1) / 1e9,
                census->delay_bins[i]);
    for (int i = 0; i < HOPS_BINS && census->hops; i++)
        add_bin(result, "hops", i, i + 1, census->hops_bins[i]);
    for (int i = 0; i < 64 + 26; i++)
        add_bin(result, "load", load_bin_start(i), load_bin_start(i + 1), loads[i]);
    if (run->tally)
        add_bytes(run, result);
}

void result_fill(struct run *run, struct sim_result *result)
{
    const sim_time end = run_credit(run, run->node.now);

    result->end = end;
    result->events = run->timers + run->arrivals;
    result->fingerprint = run->fingerprint;
    result->stop_reason = run->stop_reason;
    if (run->sample_count > 0 && run->samples[run->sample_count - 1].at == end)
        run->sample_count--; /* more has happened since */
    keep_sample(run, look(run, end));
    overlay_conclude(run);
    measure(run, result);
    fill_samples(run, result);
    fill_outcomes(run, result);
    fill_faults(run, result);
    if (run->detection.nodes)
        fill_detections(run, result);
    result->bins = calloc(DELAY_BINS + HOPS_BINS + 64 + 27 + OVERLAY_BINS +
                              (run->config->node_histograms ? LOG_BINS : 0),
                          sizeof *result->bins);
    if (run->config->node_histograms && result->bins)
        fill_histograms(run, result);
    if (run->overlay && run->overlay->count > 0)
        fill_overlay(run, result);
    result->peak_bytes = run->memory.bytes;
    if (!result->metrics || !result->outcomes || !result->faults || !result->bins)
        run->memory.is_short = true;
}
