/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * estimate.c - what a run will need, before it starts; see sim_estimate() in sim.h.
 *
 * What a run sets up is in estimate_setup.h.  What it does, and what it holds beyond that
 * (messages under way and queued, sets, records), comes from a survey with pilots.
 */
#include "sim/estimate/estimate_setup.h"
#include "sim/estimate/implied.h"
#include "sim/estimate/pilot.h"
#include "sim/estimate/survey.h"
#include "sim/estimate/timeline.h"
#include "sim/world/network.h"
#include "sim/world/run.h"

#include <math.h>

enum {
    CENSUS_ROWS = 6,
    SLAB_ROWS = 1 << SET_SLAB_ROWS_LOG2,
};

#define QUANTILE_99  ((uint32_t)(0.99 * UINT32_MAX))
#define CHUNKS_SPARE 1.25 /* chunks are made in batches */
#define ROWS_CERTAIN 3    /* rows a node of which no more are in use, beside those of messages */

static double row_bytes(double updates)
{
    return set_row_bytes((uint32_t)ceil(updates / 64));
}

/* ---- what is held beyond ---- */

/* Rows for what nodes should hold, where that is not all (placement.h), and for the census. */
static double common_rows(const struct sim_config *config, double updates)
{
    const double shards = fmax((double)config->store.shards, 1);
    const double replicas = (double)config->store.replicas;

    if (updates <= SET_INLINE_MAX)
        return 0;
    return CENSUS_ROWS * (1 + (config->group_names ? (double)config->group_count : 0)) +
           (replicas > 0 ? fmin(fmin((double)config->nodes, 2 * shards), updates * replicas) : 0);
}

/* What samples have beside them. */
static double gauges_of(const struct sim_config *config)
{
    double gauges = 0;

    for (int i = 0; config->figures && i < config->stack_count; i++)
        for (const struct model_figure *f = config->stack[i].model->figures; f && f->name; f++)
            gauges += f->kind == FIGURE_GAUGE;
    return gauges;
}

static double samples_bytes(const struct sim_config *config, double end)
{
    if (config->sample_every <= 0)
        return 0; /* some hundred */
    return DOUBLED * (sizeof(struct sim_sample) + sizeof(double) * gauges_of(config)) *
           fmin(end / (double)config->sample_every, SIM_SAMPLES_MAX);
}

/*
 * Bytes of so many events that wait.  Each bucket of the ring that has some has a chunk half full:
 * where latencies differ widely that is most of it.
 */
static double queue_bytes(const struct sim_config *config, double events)
{
    struct memory memory = { 0 };
    struct event_queue queue;
    double ring, spanned, used, in_chunk = CHUNK_EVENTS;

    network_init_queue(config, &memory, &queue);
    memory_clear(&memory);
    ring = (double)queue.mask + 1;
    spanned =
        1 + ldexp((double)distribution_value(config->network.latency, QUANTILE_99), -queue.shift);
    if (spanned > ring) {
        spanned = ring;
        in_chunk = CHUNK_FAR_EVENTS;
    }
    used = spanned * (1 - exp(-events / spanned));
    return ring * sizeof *queue.ring + CHUNKS_SPARE * CHUNK_BYTES * (events / in_chunk + used);
}

/*
 * Bytes of the arrays that hold so many bytes of records.  Of mails that are all written at once
 * their number is known: those of one update take the power of two from it on, and what a node of
 * several has outgrown is the next one's while there is one; later, nobody's.
 */
static double records_bytes(const struct sim_config *config, double records)
{
    const struct sim_workload *workload = &config->workload;
    const int64_t writers = workload->origin == ORIGIN_RANDOM  ? config->nodes
                            : workload->origin == ORIGIN_RANGE ? workload->origin_nodes
                                                               : 1;
    const double written_by = (double)workload->updates / fmax((double)writers, 1);
    double each, mails, rounded;

    implied_mails(config, &each, &mails);
    if (workload->arrival != ARRIVAL_AT_ONCE || mails <= 0)
        return DOUBLED * records;
    rounded = exp2(ceil(log2(fmax(each, RECORDS_MIN)))) / each;
    mails = fmin(mails * (double)workload->updates, records);
    return DOUBLED * (records - mails) + fmin(rounded * (1 + written_by / 4), DOUBLED) * mails;
}

static double held_bytes(const struct sim_config *config, const struct survey *survey)
{
    const double updates = (double)(config->workload.updates + config->store.preload);
    const double *held = survey->figures;
    const double waiting =
        config->network.sharing == SHARING_FAIR ? sizeof(struct stream) : sizeof(struct waiting);
    double bytes = 0;

    bytes += queue_bytes(config, held[PROBE_QUEUED]);
    bytes += DOUBLED * sizeof(struct event) * held[PROBE_CROWD];
    bytes += DOUBLED * waiting * held[PROBE_WAITING];
    bytes += DOUBLED * sizeof(struct inboxed) * held[PROBE_INBOXED];
    bytes += DOUBLED * sizeof(struct kept) * held[PROBE_KEPT];
    bytes += DOUBLED * sizeof(struct parcel) * held[PROBE_PARCELS];
    bytes += held[PROBE_ITEMS];
    bytes += DOUBLED * sizeof(struct transfer) * held[PROBE_TRANSFERS];
    if (config->node_counts || config->group_names)
        bytes += DOUBLED * sizeof(uint64_t) * (held[PROBE_PARCELS] + held[PROBE_TRANSFERS]);
    bytes += records_bytes(config, held[PROBE_RECORDS]);
    if (updates > SET_INLINE_MAX)
        bytes += ceil((held[PROBE_ROWS] + common_rows(config, updates)) / SLAB_ROWS) * SLAB_ROWS *
                 row_bytes(updates);
    bytes += DOUBLED * sizeof(struct sim_fault_event) * timeline_log(config, (double)survey->end);
    return bytes + samples_bytes(config, (double)survey->end);
}

/* What waits for pauses to end, as far as pilots have not shown it, if a node gets `got` messages a
 * nanosecond: they keep what they carry, as those under way do. */
static void heed_pauses(const struct sim_config *config, struct survey *survey, double got)
{
    const struct standstill still = timeline_standstill(config, (double)survey->end);
    double *held = survey->figures;
    const double queued = fmax(held[PROBE_QUEUED], 1), inboxed = held[PROBE_INBOXED];
    double came = got * still.waited * (1 - still.share), sent = got * still.blocked;

    if (config->network.processing && config->network.inbox_max >= 0)
        came = fmin(came, (double)(config->nodes * (1 + config->network.inbox_max)));
    came = fmax(came - inboxed, 0);
    sent = fmax(sent - held[PROBE_KEPT], 0);
    held[PROBE_INBOXED] += came;
    held[PROBE_KEPT] += sent;
    held[PROBE_PARCELS] += (came + sent) * fmin(held[PROBE_PARCELS] / queued, 1);
    held[PROBE_ITEMS] += (came + sent) * held[PROBE_ITEMS] / queued;
}

/* The most that a run is likely to hold, without trying any of it. */
static double held_at_most(const struct sim_config *config)
{
    const double stop = (double)config->stop.at, latency = implied_latency(config, stop);
    const double nodes = (double)config->nodes, sends = implied_sends(config);
    const double updates = (double)(config->workload.updates + config->store.preload);
    struct survey most = { .end = config->stop.at };
    const double inboxes =
        config->network.inbox_max < 0 ? INFINITY : nodes * (1 + (double)config->network.inbox_max);
    double *held = most.figures, messages, records;

    implied_mails(config, &messages, &records);
    records *= implied_updates(config, (double)config->stop.at);
    messages *= implied_updates(config, latency * 1e9);
    held[PROBE_QUEUED] = messages + nodes * (1 + 4 * sends * latency);
    held[PROBE_CROWD] = held[PROBE_QUEUED];
    if (estimate_has_links(&config->network, false) || estimate_has_links(&config->network, true))
        held[PROBE_WAITING] = messages + nodes * sends * stop / 1e9;
    if (timeline_standstill(config, stop).waited > 0)
        held[PROBE_INBOXED] = held[PROBE_KEPT] = messages + nodes * 4 * sends * stop / 1e9;
    if (config->network.processing)
        held[PROBE_INBOXED] = fmin(messages + nodes * sends * stop / 1e9, inboxes);
    held[PROBE_PARCELS] = held[PROBE_QUEUED];
    held[PROBE_ROWS] = ROWS_CERTAIN * nodes + held[PROBE_QUEUED] + updates;
    held[PROBE_RECORDS] = records;
    return held_bytes(config, &most);
}

static uint64_t whole_bytes(double bytes)
{
    return bytes < 0x1p63 ? (uint64_t)bytes : UINT64_MAX;
}

/* ---- time ---- */

/* Nanoseconds of a core, as measured on one; others differ by a small factor. */
#define EVENT_NS      30.0  /* of a few nodes, all in the cache */
#define MISS_NS       100.0 /* more, of a run far larger than any cache */
#define CACHE_BYTES   64e6
#define CHANGE_NS     80.0 /* more, for a node that comes or goes */
#define LEARN_NS      20.0 /* a replica learns an update */
#define OP_NS         40.0 /* an operation on rows of bits, */
#define WORD_NS       1.0  /* and for each of their words */
#define VERSION_NS    1.5 /* to see whether one of them in a message is superseded, or a deletion */
#define SETUP_NODE_NS 60.0
#define BYTE_NS       0.3 /* to have it from the system */
#define MEMBER_NS     8.0 /* what one of the nodes takes where a model goes through all of them */
#define LACK_NS       5.0 /* to draw whether a replica lacks an entry */

static double seconds_of(const struct sim_config *config, const struct survey *survey, double bytes)
{
    const double updates = (double)(config->workload.updates + config->store.preload);
    const double keys = (double)(config->workload.keys + config->store.preload);
    const double *done = survey->figures, nodes = (double)config->nodes;
    const bool draws = config->store.missing > 0 || config->store.missing_shards > 0;
    const bool is_growing = pilot_has_renewals(config); /* until the end */
    double ns = nodes * SETUP_NODE_NS + bytes * BYTE_NS;

    ns += done[PROBE_WORK] * (EVENT_NS + MISS_NS * bytes / (bytes + CACHE_BYTES));
    ns += fmin(implied_changes(config, (double)survey->end), done[PROBE_WORK]) * CHANGE_NS;
    ns += done[PROBE_LEARNED] * LEARN_NS;
    ns += implied_looks(config) * (double)survey->end / 1e9 * MEMBER_NS;
    ns += done[PROBE_OPS] * (OP_NS + WORD_NS * updates / 64 / (is_growing ? 2 : 1));
    if (!is_growing && (config->workload.keys < config->workload.updates ||
                        config->workload.deletes > 0 || config->workload.draws_keys))
        ns += done[PROBE_MESSAGES] * fmin(updates, keys) * VERSION_NS;
    if (draws)
        ns += nodes * (double)config->store.preload * LACK_NS;
    return ns / 1e9;
}

/* ---- all of it ---- */

void sim_estimate(const struct sim_config *config, double budget, struct sim_estimate *estimate)
{
    struct survey survey = survey_run(config, budget);
    double bytes;

    heed_pauses(config, &survey,
                survey.figures[PROBE_MESSAGES] /
                    fmax((double)config->nodes * (double)survey.end, 1));
    bytes = estimate_setup_bytes(config) + held_bytes(config, &survey);

    *estimate = (struct sim_estimate){ .events = survey.figures[PROBE_WORK],
                                       .seconds = seconds_of(config, &survey, bytes),
                                       .memory = whole_bytes(bytes),
                                       .end = survey.end };
}

/* Whether messages may hold what no bound is known of: items, or the time of a connection. */
static bool sends_more(const struct sim_config *config)
{
    for (int i = 0; i < config->stack_count; i++) {
        const struct model *model = config->stack[i].model;

        if (model_connects(model, config->stack[i].config))
            return true;
        for (const struct message_kind *kind = model->messages; kind && kind->name; kind++)
            if (kind->item_size > 0)
                return true;
    }
    return false;
}

enum { CERTAIN_BYTES = 64 << 20 };

uint64_t sim_memory_estimate(const struct sim_config *config, uint64_t enough)
{
    const double at_most = estimate_setup_bytes(config) + held_at_most(config);
    struct sim_estimate estimate;

    if (at_most < fmax((double)enough, CERTAIN_BYTES) && !sends_more(config))
        return whole_bytes(at_most);
    sim_estimate(config, SIM_ESTIMATE_BUDGET, &estimate);
    return estimate.memory;
}
