/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure.c - see measure.h. */
#include "sim/world/measure.h"
#include "sim/fault_kind.h"
#include "sim/world/fault.h"
#include "sim/world/holding.h"
#include "sim/world/knowledge.h"
#include "sim/world/measure_average.h"
#include "sim/world/measure_knowledge.h"
#include "sim/world/measure_models.h"
#include "sim/world/measure_recorded.h"
#include "sim/world/network.h"
#include "sim/world/network_tally.h"
#include "sim/world/overlay.h"

#include <math.h>
#include <stdlib.h>

/* ---- what is measured ---- */

static struct costs costs_so_far(const struct run *run)
{
    return (struct costs){ .sent = network_bytes(run),
                           .useful = run->census.useful,
                           .duplicates = run->census.duplicates,
                           .lost = run->lost,
                           .met_down = run->met_down,
                           .copied = run->effects.copied,
                           .dropped_queue = run->effects.dropped_queue,
                           .dropped_partition = run->effects.obstacles.dropped,
                           .dropped_inbox = run->dropped_inbox };
}

void measure_init(struct run *run)
{
    const struct sim_config *config = run->config;
    struct window *window = &run->window;
    const sim_time last = run_credit(run, config->stop.at);

    window->begin = run_credit(run, config->warmup + (run->round ? run->round - 1 : 0));
    window->end = run_credit(run, config->stop.at - config->cooldown);
    window->has_begun = window->begin == 0;
    if (window->begin > 0 && window->begin <= last)
        agenda_add(&run->agenda, window->begin, AGENDA_WINDOW, WINDOW_BEGIN);
    if (window->end < last && window->end >= 0)
        agenda_add(&run->agenda, window->end, AGENDA_WINDOW, WINDOW_END_AVERAGES);
}

/* Counters that nothing but the metrics reads start anew; of the others the present value is noted.
 */
void measure_begin(struct run *run)
{
    struct window *window = &run->window;

    window->has_begun = true;
    window->stale_begin = census_stale_area(&run->census, window->begin);
    window->before = costs_so_far(run);
    for (node_id i = 0; i < run->nodes; i++)
        run->replicas[i].handled &= REPLICA_DOWN;
    inboxes_begin(&run->inboxes, run->nodes, run->node.now);
    measure_models_begin(run);
    if (run->recording)
        recording_begin(run);
    if (run->tally)
        tally_begin(run->tally, run->nodes);
    if (run->detection.nodes)
        detection_begin(&run->detection, run_credit(run, run->node.now));
    if (run->average.held)
        average_begin(&run->average);
}

void measure_end_averages(struct run *run)
{
    run->window.has_ended = true;
    run->window.stale_end = census_stale_area(&run->census, run->window.end);
    if (run->detection.nodes)
        run->window.accuracy = detection_accuracy(&run->detection, run->window.end);
    if (run->recording)
        recording_end_averages(run);
}

/* ---- values ---- */

struct sim_metric *measure_add(struct sim_result *result, double value)
{
    struct sim_metric *metric = &result->metrics[result->metric_count++]; /* zeroed */

    metric->value = value;
    metric->never = isnan(value);
    return metric;
}

static void add_values(const struct values *values, struct sim_result *result)
{
    for (int id = 0; id < METRICS; id++)
        if (values->has[id]) {
            struct sim_metric *metric = measure_add(result, values->of[id]);

            memccpy(metric->name, metric_table[id].name, '\0', sizeof metric->name - 1);
        }
}

/* Updates held by no node that is up or can come back with its data. */
static uint32_t count_lost(struct run *run)
{
    struct set *lost = set_copy(run->census.everything);

    for (node_id i = 0; i < run->nodes && !set_is_empty(lost); i++) {
        struct set *held = knowledge_held(run, i);

        set_remove(&lost, held);
        set_free(held);
    }
    uint32_t count = set_count(lost);

    set_free(lost);
    return count;
}

/* True if nothing can change who knows what before `time`, the run having gone quiet or agreed:
 * nobody comes or goes, nothing is written or struck.  Uses up the agenda. */
static bool stays_so(struct run *run, sim_time time)
{
    while (run->agenda.due >> 1 < (uint64_t)time) {
        const struct agenda_entry entry = agenda_take(&run->agenda);

        if (entry.class == AGENDA_CHURN || entry.class == AGENDA_INJECT ||
            (entry.class == AGENDA_FAULT &&
             fault_kinds[run->config->faults[fault_number(entry.about)].kind].about == ABOUT_NODES))
            return false;
    }
    return true;
}

/* Over the window, whenever the run ended; they do not apply if the rest cannot be told. */
static void add_averages(struct run *run, struct values *values)
{
    struct window *window = &run->window;

    if (window->end <= window->begin || (!window->has_ended && !stays_so(run, window->end)))
        return;
    if (!window->has_ended) /* the last value stays */
        measure_end_averages(run);
    set_value(values, METRIC_STALENESS_MEAN,
              (window->stale_end - window->stale_begin) / (double)(window->end - window->begin));
}

static void add_knowledge(struct run *run, struct values *values)
{
    struct census *census = &run->census;

    measure_knowledge(run, NULL, values);
    add_averages(run, values);
    set_value(values, METRIC_ENTROPY, census_entropy(census));
    set_value(values, METRIC_LOST_UPDATES, count_lost(run));
    if (run->config->workload.deletes > 0)
        set_value(values, METRIC_RESURRECTED, census->resurrected);
    if (run->fault_event_count > 0)
        set_value(values, METRIC_REPAIR_TIME,
                  run->repaired_at == SIM_NEVER
                      ? NAN
                      : (double)(run->repaired_at - run->fault_end) / 1e9);
}

static void add_hops(const struct census *census, struct values *values)
{
    uint64_t hops = 0, learned = 0, last = 0;
    uint32_t most = 0;

    for (update_id i = 0; i < census->begun; i++) {
        const struct track *track = &census->tracks[i];

        if (!track->is_measured)
            continue;
        hops += track->hops;
        learned += track->learned;
        last += track->hops_max;
        most = track->hops_max > most ? track->hops_max : most;
    }
    if (!census->hops || census->measured == 0)
        return;
    set_value(values, METRIC_HOPS_MAX, most);
    set_value(values, METRIC_LAST_HOP, (double)last / census->measured);
    if (learned > 0)
        set_value(values, METRIC_HOPS_MEAN, (double)hops / (double)learned);
}

static void add_load(const struct run *run, struct values *values)
{
    uint64_t sum = 0;
    uint32_t most = 0;

    for (node_id i = 0; i < run->nodes; i++) {
        uint32_t handled = run->replicas[i].handled & ~REPLICA_DOWN;

        sum += handled;
        most = handled > most ? handled : most;
    }
    set_value(values, METRIC_LOAD_MAX, most);
    set_value(values, METRIC_LOAD_MEAN, (double)sum / run->nodes);
}

/* Redundancy by what each update reached at any time, and not only in the end; who learns a newer
 * value of its key knows it without a copy. */
static void add_copies(const struct run *run, struct values *values)
{
    const struct census *census = &run->census;
    uint64_t copies = 0;
    uint32_t told = 0;
    double redundancy = 0;

    for (update_id i = 0; i < census->begun; i++) {
        const struct track *track = &census->tracks[i];
        const uint64_t sent = track->is_measured ? network_copies(run, i) : 0;

        copies += sent;
        if (!track->is_measured || track->learned == 0)
            continue;
        told++;
        redundancy += fmax((double)sent / (double)track->learned - 1, 0);
    }
    if (census->measured > 0)
        set_value(values, METRIC_M, (double)copies / run->nodes / census->measured);
    if (told > 0)
        set_value(values, METRIC_RMR, redundancy / told);
}

static void add_sent(struct values *values, const struct network_bytes *now,
                     const struct network_bytes *before)
{
    const double payload = (double)(now->payload - before->payload);
    const double digest = (double)(now->digest - before->digest);
    const double control = (double)(now->control - before->control);
    const double header = (double)(now->header - before->header);

    set_value(values, METRIC_MESSAGES, (double)(now->messages - before->messages));
    set_value(values, METRIC_BYTES, payload + digest + control + header);
    set_value(values, METRIC_BYTES_PAYLOAD, payload);
    set_value(values, METRIC_BYTES_DIGEST, digest);
    set_value(values, METRIC_BYTES_CONTROL, control);
    set_value(values, METRIC_BYTES_HEADER, header);
}

/* What was spent since measuring began. */
static void add_costs(const struct run *run, struct values *values)
{
    const struct costs now = costs_so_far(run), *before = &run->window.before;
    const uint64_t useful = now.useful - before->useful;

    add_sent(values, &now.sent, &before->sent);
    if (useful > 0)
        set_value(values, METRIC_REDUNDANCY,
                  (double)(now.duplicates - before->duplicates) / (double)useful);
    set_value(values, METRIC_DROPPED_LOSS, (double)(now.lost - before->lost));
    set_value(values, METRIC_DROPPED_DOWN, (double)(now.met_down - before->met_down));
    if (run->effects.copied_below)
        set_value(values, METRIC_DUPLICATED, (double)(now.copied - before->copied));
    if (run->effects.uplinks.nodes || run->effects.downlinks.nodes || run->pauses.nodes)
        set_value(values, METRIC_DROPPED_QUEUE,
                  (double)(now.dropped_queue - before->dropped_queue));
    if (run->effects.obstacles.of_fault)
        set_value(values, METRIC_DROPPED_PARTITION,
                  (double)(now.dropped_partition - before->dropped_partition));
}

/* How messages waited, and how busy nodes were with them. */
static void add_processing(const struct run *run, struct values *values)
{
    const struct inboxes *inboxes = &run->inboxes;
    const double measured = (double)(run->node.now - run->window.begin);
    double sum = 0, most = 0;

    set_value(values, METRIC_DROPPED_INBOX,
              (double)(run->dropped_inbox - run->window.before.dropped_inbox));
    set_value(values, METRIC_INBOX_MAX, inboxes->most);
    if (inboxes->taken > 0) {
        set_value(values, METRIC_INBOX_WAIT, inboxes->waited / (double)inboxes->taken / 1e9);
        set_value(values, METRIC_INBOX_WAIT_MAX, (double)inboxes->waited_max / 1e9);
    }
    for (node_id i = 0; i < run->nodes; i++) {
        const struct inbox *inbox = &inboxes->nodes[i];
        const double busy = (double)(inbox->busy - inbox_rest(inbox, run->node.now));

        sum += busy;
        most = busy > most ? busy : most;
    }
    if (measured <= 0)
        return;
    set_value(values, METRIC_BUSY, sum / run->nodes / measured);
    set_value(values, METRIC_BUSY_MAX, most / measured);
}

/* Costs a node and second; a run that ended when measuring began has none. */
static void add_rates(const struct run *run, struct values *values)
{
    const sim_time end = run_credit(run, run->node.now), begin = run->window.begin;
    const double seconds = end > begin ? (double)(end - begin) / 1e9 : 0;

    set_value(values, METRIC_MEASURED_TIME, seconds);
    if (seconds <= 0)
        return;
    set_value(values, METRIC_BYTES_RATE, values->of[METRIC_BYTES] / run->nodes / seconds);
    set_value(values, METRIC_MESSAGES_RATE, values->of[METRIC_MESSAGES] / run->nodes / seconds);
    set_value(values, METRIC_MESSAGES_RATE_IN, values->of[METRIC_LOAD_MEAN] / seconds);
}

_Static_assert(METRIC_JOIN_ALL == METRIC_SUSPECT_FIRST + (int)MILESTONES - 1, "a row for each");

/* What was awaited of crashes and returns: means over those that are decided, and never if one was
 * to be decided still. */
static void add_milestones(const struct detection *d, struct values *values)
{
    for (unsigned m = 0; m < MILESTONES; m++) {
        const struct milestone_times *times = &d->times[m];
        const double mean = times->missed ? NAN : times->sum / (double)times->reached / 1e9;

        if (m != MILESTONE_SUSPECT && times->reached + times->missed > 0)
            set_value(values, METRIC_SUSPECT_FIRST + m, mean);
    }
    if (d->times[MILESTONE_SUSPECT].reached > 0) /* others were not suspected first */
        set_value(values, METRIC_SUSPECT_FIRST,
                  d->times[MILESTONE_SUSPECT].sum / (double)d->times[MILESTONE_SUSPECT].reached /
                      1e9);
    if (values->has[METRIC_DETECT_FIRST])
        set_value(values, METRIC_DETECT_FIRST_MAX,
                  isnan(values->of[METRIC_DETECT_FIRST])
                      ? NAN
                      : (double)d->times[MILESTONE_FIRST].max / 1e9);
}

/* What nodes believe may go on changing where a run ended early, unless it had gone quiet. */
static void add_detection(struct run *run, struct values *values)
{
    const sim_time now = run_credit(run, run->node.now);
    const double hours = values->of[METRIC_MEASURED_TIME] / 3600;
    const bool is_quiet = run->stop_reason && strcmp(run->stop_reason, "quiet") == 0;
    struct detection *d = &run->detection;

    detection_end(d, now);
    add_milestones(d, values);
    set_value(values, METRIC_UNDETECTED, (double)d->undetected);
    set_value(values, METRIC_FALSE_DEAD, (double)d->false_dead);
    set_value(values, METRIC_FALSE_SUSPECT, (double)d->false_suspect);
    set_value(values, METRIC_FALSE_DEAD_AT_HEALTHY, (double)d->false_dead_at_healthy);
    if (hours > 0)
        set_value(values, METRIC_FALSE_DEAD_RATE, (double)d->false_dead / run->nodes / hours);
    if (d->mistakes > 0)
        set_value(values, METRIC_MISTAKE_TIME, d->mistake_time / (double)d->mistakes / 1e9);
    if (run->window.has_ended && !isnan(run->window.accuracy) &&
        (now >= run->window.end || is_quiet))
        set_value(values, METRIC_ACCURACY, run->window.accuracy);
}

static void add_overlay(const struct sim_overlay *row, struct values *values)
{
    const struct {
        enum metric_id id;
        double value;
    } found[] = {
        { METRIC_OUT_DEGREE_MEAN, row->out_degree_mean },
        { METRIC_IN_DEGREE_MEAN, row->in_degree_mean },
        { METRIC_IN_DEGREE_SD, row->in_degree_sd },
        { METRIC_IN_DEGREE_MIN, row->in_degree_min },
        { METRIC_IN_DEGREE_MAX, row->in_degree_max },
        { METRIC_DEAD_SHARE, row->dead_share },
        { METRIC_CLUSTERING, row->clustering },
        { METRIC_PATH_LENGTH, row->path_length },
        { METRIC_COMPONENTS, row->components },
        { METRIC_LARGEST, row->largest },
    };

    for (size_t i = 0; i < sizeof found / sizeof *found; i++)
        if (!isnan(found[i].value))
            set_value(values, found[i].id, found[i].value);
}

void measure(struct run *run, struct sim_result *result)
{
    struct values values = { 0 };

    result->metrics =
        calloc(METRICS + (size_t)run->layer_count * MEASURE_MODEL_MAX + measure_recorded_max(run),
               sizeof *result->metrics);
    if (!result->metrics)
        return;
    if (!run->window.has_begun) /* nothing that was spent counts */
        measure_begin(run);
    add_knowledge(run, &values);
    add_copies(run, &values);
    add_costs(run, &values);
    add_load(run, &values);
    add_rates(run, &values);
    if (run->inboxes.nodes)
        add_processing(run, &values);
    if (run->holding) {
        set_value(&values, METRIC_WRITE_WAIT, holding_mean(run));
        set_value(&values, METRIC_REFUSED_WRITES, (double)run->holding->gave_up);
    }
    add_hops(&run->census, &values);
    if (run->detection.nodes)
        add_detection(run, &values);
    if (run->average.held)
        measure_average(run, &values);
    if (run->provider)
        set_value(&values, METRIC_VIEW_SIZES, view_sizes_count(&run->view_sizes));
    if (run->overlay && run->overlay->count > 0)
        add_overlay(&run->overlay->rows[run->overlay->count - 1], &values);
    measure_recorded(run, &values);
    add_values(&values, result);
    measure_models(run, result);
    if (run->recording)
        measure_parts(run, result);
}
