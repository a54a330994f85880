/* SPDX-License-Identifier: GPL-3.0-or-later */
/* same_result.c - see same_result.h. */
#include "tests/sim/same_result.h"

#include <string.h>

/* Equal, or both not a number. */
static bool is_same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

static const char *metric_difference(const struct sim_result *a, const struct sim_result *b)
{
    if (a->metric_count != b->metric_count)
        return "the number of metrics";
    for (size_t i = 0; i < a->metric_count; i++) {
        const struct sim_metric *x = &a->metrics[i], *y = &b->metrics[i];

        if (strcmp(x->name, y->name) != 0 || x->never != y->never || !is_same(x->value, y->value))
            return x->name;
    }
    return NULL;
}

static bool has_same_samples(const struct sim_result *a, const struct sim_result *b)
{
    if (a->sample_count != b->sample_count)
        return false;
    for (size_t i = 0; i < a->sample_count; i++) {
        const struct sim_sample *x = &a->samples[i], *y = &b->samples[i];

        if (x->at != y->at || x->alive != y->alive || !is_same(x->informed, y->informed) ||
            !is_same(x->staleness, y->staleness) || !is_same(x->entropy, y->entropy) ||
            x->messages != y->messages || x->bytes_payload != y->bytes_payload ||
            x->bytes_digest != y->bytes_digest || x->bytes_control != y->bytes_control ||
            x->duplicates != y->duplicates || x->dropped != y->dropped ||
            x->in_flight != y->in_flight)
            return false;
    }
    return true;
}

static bool has_same_outcomes(const struct sim_result *a, const struct sim_result *b)
{
    if (a->outcome_count != b->outcome_count)
        return false;
    for (size_t i = 0; i < a->outcome_count; i++) {
        const struct sim_outcome *x = &a->outcomes[i], *y = &b->outcomes[i];

        if (x->origin != y->origin || x->injected != y->injected || x->t50 != y->t50 ||
            x->t90 != y->t90 || x->t95 != y->t95 || x->t99 != y->t99 || x->t999 != y->t999 ||
            x->t_all != y->t_all || x->t_last != y->t_last || x->t_settled != y->t_settled ||
            !is_same(x->t_avg, y->t_avg) || x->informed != y->informed ||
            x->hops_max != y->hops_max || x->copies != y->copies || x->bytes != y->bytes)
            return false;
    }
    return true;
}

static bool has_same_detections(const struct sim_result *a, const struct sim_result *b)
{
    if (a->detection_count != b->detection_count || a->spread_count != b->spread_count)
        return false;
    for (size_t i = 0; i < a->detection_count; i++) {
        const struct sim_detection *x = &a->detections[i], *y = &b->detections[i];

        if (x->subject != y->subject || x->crashed != y->crashed || x->suspected != y->suspected ||
            x->first != y->first || x->t50 != y->t50 || x->t99 != y->t99 || x->all != y->all)
            return false;
    }
    for (size_t i = 0; i < a->spread_count; i++) {
        const struct sim_spread *x = &a->spread[i], *y = &b->spread[i];

        if (x->at != y->at || x->crashes != y->crashes || !is_same(x->share, y->share) ||
            x->false_dead != y->false_dead)
            return false;
    }
    return true;
}

static bool has_same_rest(const struct sim_result *a, const struct sim_result *b)
{
    if (a->bin_count != b->bin_count || a->fault_count != b->fault_count)
        return false;
    for (size_t i = 0; i < a->bin_count; i++)
        if (strcmp(a->bins[i].name, b->bins[i].name) != 0 || a->bins[i].count != b->bins[i].count ||
            !is_same(a->bins[i].lo, b->bins[i].lo))
            return false;
    for (size_t i = 0; i < a->fault_count; i++)
        if (a->faults[i].at != b->faults[i].at || a->faults[i].nodes != b->faults[i].nodes)
            return false;
    return true;
}

const char *result_difference(const struct sim_result *a, const struct sim_result *b)
{
    if (a->status != b->status || strcmp(a->stop_reason, b->stop_reason) != 0 || a->end != b->end)
        return "how the run ended";
    if (a->events != b->events)
        return "the events";
    if (a->fingerprint != b->fingerprint)
        return "the fingerprint";
    if (!has_same_samples(a, b))
        return "a sample";
    if (!has_same_outcomes(a, b))
        return "an outcome";
    if (!has_same_detections(a, b))
        return "a detection";
    if (!has_same_rest(a, b))
        return "a histogram or a fault";
    return metric_difference(a, b);
}
