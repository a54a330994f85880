/* SPDX-License-Identifier: GPL-3.0-or-later */
/* witness.c - see witness.h. */
#include "tests/random/witness.h"

#include "sim/truth/census.h"
#include "tests/models/harness.h"
#include "tests/random/witness_swim.h"
#include "tests/sim/same_result.h"

#include <glib.h>
#include <math.h>

/* A message that was sent. */
struct letter {
    node_id from, to;
    const struct model *model;
    int kind;
    unsigned ended; /* times that it arrived or was lost */
};

struct witness {
    struct sim_observer observer;
    const struct sim_config *config;
    const char *violation; /* the first, or NULL */
    sim_time begin, latest;
    bool *is_down;
    GHashTable *letters; /* number -> struct letter */
    GHashTable *known;   /* node and update: known there at some time */
    bool *is_written;    /* by update */
    size_t updates;
    struct sim_probe probe;
    struct swim_laws *swim;
    uint64_t sent, bytes, ends, lost;       /* from 0 on */
    uint64_t measured_sent, measured_bytes; /* from `warmup` on */
    uint64_t measured_lost[WHY_INBOX + 1];
};

static void demand(struct witness *w, bool holds, const char *otherwise)
{
    if (!holds && !w->violation)
        w->violation = otherwise;
}

/* ---- messages ---- */

static void see_sent(struct witness *w, const struct sight *sight)
{
    struct letter *letter = g_new(struct letter, 1);

    *letter = (struct letter){ sight->node, sight->peer, sight->model, sight->kind, 0 };
    demand(w, !w->is_down[sight->node], "a node sent that was down");
    demand(
        w,
        g_hash_table_insert(w->letters, g_memdup2(&sight->message, sizeof sight->message), letter),
        "a message was sent twice");
    w->sent++;
    w->bytes += sight->bytes;
    if (sight->at < w->begin)
        return;
    w->measured_sent++;
    w->measured_bytes += sight->bytes;
}

static void see_end(struct witness *w, const struct sight *sight)
{
    struct letter *letter = g_hash_table_lookup(w->letters, &sight->message);
    const unsigned most = w->config->network.duplicate > 0 ? 2 : 1;

    if (!letter) {
        demand(w, false, "a message came to its end that was not sent");
        return;
    }
    demand(w,
           letter->from == sight->node && letter->to == sight->peer &&
               letter->model == sight->model && letter->kind == sight->kind,
           "a message is not what was sent");
    demand(w, letter->ended++ < most, "a message came to its end twice");
    demand(w, sight->what != SEEN_ARRIVED || !w->is_down[sight->peer],
           "a node that was down handled a message");
    demand(w, sight->why != WHY_DOWN || w->is_down[sight->peer],
           "a message was lost at a node that was up");
    w->ends++;
    w->lost += sight->what == SEEN_LOST;
    w->measured_lost[sight->why] += sight->at >= w->begin;
}

/* ---- knowledge ---- */

static int64_t known_at(const struct witness *w, node_id node, update_id update)
{
    return (int64_t)node * (int64_t)w->updates + (int64_t)update;
}

/* What a client writes, and older values of its key, which the node then counts as known; or what a
 * node has from the start. */
static void see_own(struct witness *w, const struct sight *sight)
{
    uint64_t fresh = 0;

    for (update_id i = 0; set_next(sight->set, &i); i++) {
        fresh += !w->is_written[i];
        w->is_written[i] = true;
    }
    demand(w, fresh <= 1, "a client wrote several updates at once");
}

static void see_told(struct witness *w, const struct sight *sight)
{
    for (update_id i = 0; set_next(sight->set, &i); i++) {
        const int64_t there = known_at(w, sight->peer, i);

        demand(w, g_hash_table_contains(w->known, &there),
               "a node learned from another what that never knew");
    }
}

static void see_learned(struct witness *w, const struct sight *sight)
{
    const bool is_told = sight->peer != OBSERVE_NOBODY;

    demand(w, !w->is_down[sight->node] || (!is_told && sight->at == 0),
           "a node learned that was down");
    for (update_id i = 0; set_next(sight->set, &i); i++)
        if (i >= w->updates) {
            demand(w, false, "a node learned what nobody wrote");
            return;
        }
    (is_told ? see_told : see_own)(w, sight);
    for (update_id i = 0; set_next(sight->set, &i); i++) {
        const int64_t here = known_at(w, sight->node, i);

        g_hash_table_add(w->known, g_memdup2(&here, sizeof here));
    }
}

/* ---- all of it ---- */

static void see(void *context, const struct sight *sight)
{
    struct witness *w = context;
    const char *broken;

    demand(w, sight->at >= w->latest, "time went back");
    demand(w, sight->at <= w->config->stop.at, "something happened after the end");
    w->latest = sight->at;
    switch (sight->what) {
    case SEEN_SENT:
        see_sent(w, sight);
        break;
    case SEEN_ARRIVED:
    case SEEN_LOST:
        see_end(w, sight);
        break;
    case SEEN_LEARNED:
        see_learned(w, sight);
        break;
    case SEEN_TIMER:
        demand(w, !w->is_down[sight->node], "a timer fired on a node that was down");
        break;
    case SEEN_UP:
    case SEEN_DOWN:
        demand(w, w->is_down[sight->node] == (sight->what == SEEN_UP), "a node went or came twice");
        w->is_down[sight->node] = sight->what == SEEN_DOWN;
        break;
    case SEEN_WIPED:
        demand(w, w->is_down[sight->node], "a node lost its data and was up");
        break;
    case SEEN_BELIEF:
        demand(w, sight->model->believes, "a belief of a model that has none");
        demand(w, !w->is_down[sight->node], "a node that was down changed its mind");
        break;
    case SEEN_VIEW:
        demand(w, sight->peer != sight->node, "a node is in its own view");
        demand(w, !w->is_down[sight->node], "the view of a node changed that was down");
        break;
    case SEEN_PAUSED:
        demand(w, !w->is_down[sight->node], "a node that was down stands still");
        break;
    case SEEN_RESUMED:
        break;
    }
    broken = swim_laws_see(w->swim, sight);
    demand(w, !broken, broken);
}

static void witness_open(struct witness *w, const struct sim_config *config)
{
    const sim_time round = config->timing == TIMING_ROUNDS ? config->round : 1;

    *w = (struct witness){ .config = config };
    w->observer = (struct sim_observer){ .wants = ~0u, .see = see, .context = w };
    w->begin = (config->warmup + round - 1) / round * round;
    w->updates = (size_t)(config->workload.updates + config->store.preload);
    w->is_down = g_new0(bool, (size_t)config->nodes);
    w->is_written = g_new0(bool, w->updates);
    for (int64_t i = 0; i < config->store.preload; i++)
        w->is_written[i] = true;
    w->letters = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    w->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    w->swim = swim_laws_new();
}

static void witness_close(struct witness *w)
{
    g_free(w->is_down);
    g_free(w->is_written);
    g_hash_table_destroy(w->letters);
    g_hash_table_destroy(w->known);
    swim_laws_free(w->swim);
}

/* ---- against the run's result ---- */

static bool is_other(const struct sim_result *result, const char *name, double value)
{
    return has_metric(result, name) &&
           fabs(metric(result, name) - value) > 1e-9 * fmax(1, fabs(value));
}

static const char *judge_losses(const struct witness *w, const struct sim_result *result)
{
    static const char *const names[] = { [WHY_LOSS] = "dropped_loss",
                                         [WHY_PARTITION] = "dropped_partition",
                                         [WHY_QUEUE] = "dropped_queue",
                                         [WHY_DOWN] = "dropped_down",
                                         [WHY_INBOX] = "dropped_inbox" };

    for (size_t i = WHY_LOSS; i < G_N_ELEMENTS(names); i++)
        if (has_metric(result, names[i]) ? is_other(result, names[i], (double)w->measured_lost[i])
                                         : w->measured_lost[i] > 0)
            return names[i];
    return NULL;
}

static const char *judge_figures(const struct witness *w, const struct sim_result *result)
{
    const struct sim_sample *last = &result->samples[result->sample_count - 1];
    const double header = (double)w->config->network.header_bytes;

    if (last->messages != w->sent)
        return "the samples count other messages than were sent";
    if (last->bytes_payload + last->bytes_digest + last->bytes_control +
            w->sent * (uint64_t)w->config->network.header_bytes !=
        w->bytes)
        return "the bytes of the classes do not add up to those sent";
    if (last->dropped != w->lost)
        return "the samples count other losses than there were";
    if (w->sent + w->probe.copied != w->ends + last->in_flight + w->probe.inboxed)
        return "sent is not arrived, lost, under way and waiting together";
    if (is_other(result, "messages", (double)w->measured_sent))
        return "messages";
    if (is_other(result, "bytes", (double)w->measured_bytes))
        return "bytes";
    if (is_other(result, "bytes_header", (double)w->measured_sent * header))
        return "bytes_header";
    return judge_losses(w, result);
}

/* What all groups have of a metric, which adds up; and what they send each other. */
static double sum_of_groups(const struct sim_config *config, const struct sim_result *result,
                            const char *metric_name, bool is_between)
{
    double sum = 0;

    for (size_t i = 0; i < config->group_count; i++)
        for (size_t k = 0; k < (is_between ? config->group_count : 1); k++) {
            char *name = g_strconcat(metric_name, "@", config->group_names[i],
                                     is_between ? ">" : NULL, config->group_names[k], NULL);

            sum += metric(result, name);
            g_free(name);
        }
    return sum;
}

static const char *judge_groups(const struct sim_config *config, const struct sim_result *result)
{
    static const char *const sums[] = { "messages", "bytes", "alive" };

    for (size_t i = 0; config->group_names && i < G_N_ELEMENTS(sums); i++) {
        if (is_other(result, sums[i], sum_of_groups(config, result, sums[i], false)))
            return "a sum over groups";
        if (i < 2 && is_other(result, sums[i], sum_of_groups(config, result, sums[i], true)))
            return "a sum between groups";
    }
    return NULL;
}

/* What holds of any figures. */
static const char *judge_ranges(const struct sim_config *config, const struct sim_result *result)
{
    sim_time before = -1;

    for (size_t i = 0; i < result->sample_count; i++) {
        const struct sim_sample *s = &result->samples[i];

        if (s->at <= before || s->at > result->end)
            return "the samples are not in order";
        if (s->alive > config->nodes || s->informed < 0 ||
            s->informed > (double)config->nodes + 1e-9 || s->staleness < 0 ||
            s->staleness > 1 + 1e-9 || (s->entropy < 0 && s->entropy != CENSUS_UNKNOWN) ||
            s->variance < 0 || s->estimate_error < 0 || s->lag_mean < 0 || s->lag_max < 0 ||
            s->stale_keys < 0)
            return "a sample is out of range";
        before = s->at;
    }
    for (size_t i = 0; i < result->metric_count; i++) {
        const struct metric *row = metric_find(result->metrics[i].name);
        const double value = result->metrics[i].value;

        if (!result->metrics[i].never &&
            (!isfinite(value) || value < 0 || (row && row->unit == UNIT_SHARE && value > 1 + 1e-9)))
            return result->metrics[i].name;
    }
    return result->end <= config->stop.at ? NULL : "the run ended too late";
}

static const char *judge(const struct witness *w, const struct sim_result *plain,
                         const struct sim_result *seen)
{
    const char *difference = result_difference(plain, seen);

    if (difference)
        return difference;
    if (w->violation)
        return w->violation;
    if (plain->status == SIM_CANCELLED ||
        (plain->status == SIM_FAILED && !g_str_equal(plain->stop_reason, "events")))
        return "the run has failed";
    if (plain->status != SIM_DONE)
        return NULL;
    difference = judge_groups(w->config, plain);
    if (difference)
        return difference;
    difference = judge_ranges(w->config, plain);
    if (!difference)
        difference = swim_laws_judge(w->config, plain);
    return difference ? difference : judge_figures(w, plain);
}

const char *witness_run(const struct sim_config *config, struct sim_result *result)
{
    struct sim_config watched = *config;
    struct sim_result seen;
    struct witness witness;
    const char *difference;

    sim_run(config, result);
    witness_open(&witness, config);
    watched.observer = &witness.observer;
    watched.probe = &witness.probe;
    sim_run(&watched, &seen);
    difference = g_intern_string(judge(&witness, result, &seen));
    witness_close(&witness);
    sim_result_clear(&seen);
    if (difference)
        sim_result_clear(result);
    return difference;
}
