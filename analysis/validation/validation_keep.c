/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validation_keep.c - what is kept of the runs of a trial; see validation.h. */
#include "analysis/validation/validation.h"

#include <math.h>
#include <string.h>

/* Times that never came are infinite, what the strategy does not have is 0. */
static double metric(const struct sim_result *result, const char *name)
{
    for (size_t i = 0; i < result->metric_count; i++)
        if (strcmp(result->metrics[i].name, name) == 0)
            return result->metrics[i].never ? INFINITY : result->metrics[i].value;
    return 0;
}

/* Sums of whole numbers, the same in any order. */
static void keep_verdicts(const struct validation_trial *trial, int part,
                          const struct sim_result *result, struct validation_run *run)
{
    struct validation_verdicts *of = &run->of[part / trial->stall_count];
    const double false_dead = metric(result, "false_dead@well");

    of->false_dead += false_dead;
    of->in_time += trial->stalls[part % trial->stall_count].runs >= 16 ? false_dead : 0;
    of->messages += metric(result, "messages");
}

/* The last of the updates, as far as there are so many. */
static void keep_updates(const struct sim_result *result, struct validation_run *run)
{
    const double live = metric(result, "alive");

    for (size_t i = 0; i < result->outcome_count && i < VALIDATION_UPDATES_KEPT; i++) {
        const struct sim_outcome *outcome = &result->outcomes[result->outcome_count - 1 - i];

        run->updates[i].reliability = outcome->informed / live;
        run->updates[i].payloads = (double)outcome->copies;
        run->updates[i].rmr = (double)outcome->copies / (outcome->informed - 1.0) - 1;
        run->updates[i].last_hop = outcome->hops_max;
    }
}

/* Updates are written on the second; a sample is a mean over those that have been. */
static void keep_delays(const struct sim_result *result, struct validation_run *run)
{
    double written = 0;

    for (size_t i = 1; i < result->sample_count; i++) {
        const struct sim_sample *sample = &result->samples[i], *before = sample - 1;
        const sim_time tenth = sample->at % SIM_SECOND / (SIM_SECOND / 10);

        if (tenth == 1)
            written += written < (double)result->outcome_count && sample->informed > 0;
        if (tenth >= 1 && tenth <= VALIDATION_DELAYS)
            run->within[tenth - 1] += written * (sample->informed - before->informed);
    }
}

/* Samples are a second apart. */
static void keep_lags(const struct sim_result *result, struct validation_run *run)
{
    static const int looks[VALIDATION_LOOKS] = { 20, 75, 90 };

    for (size_t i = 0; i < result->sample_count; i++) {
        const struct sim_sample *sample = &result->samples[i];
        const double at = (double)(sample->at / SIM_SECOND);

        for (int k = 0; k < VALIDATION_LOOKS; k++)
            if (at == looks[k]) {
                run->behind[k].max = sample->lag_max;
                run->behind[k].keys = sample->stale_keys;
            }
        if (at >= 40 && at < 75)
            run->stale_keys += sample->stale_keys / 35;
        if (sample->stale_keys > 0)
            run->fresh_from = at + 1;
    }
}

void validation_keep(const struct validation_trial *trial, int part,
                     const struct sim_result *result, struct validation_run *run)
{
    if (trial->stalls) {
        keep_verdicts(trial, part, result, run);
        return;
    }
    *run = (struct validation_run){
        .residue = metric(result, "residue"),
        .m = metric(result, "m"),
        .t_last = metric(result, "t_last"),
        .t_all = metric(result, "t_all"),
        .t_avg = metric(result, "t_avg"),
        .rmr = metric(result, "rmr"),
        .last_hop = metric(result, "last_hop"),
        .messages = metric(result, "messages"),
        .sends = metric(result, "ring-repair.sends"),
        .sent_again = metric(result, "direct-mail.retransmissions"),
        .probes = metric(result, "swim.probes"),
        .probes_failed = metric(result, "swim.probes_failed"),
        .verdicts = metric(result, "heartbeat.verdicts"),
        .detect_first = metric(result, "detect_first"),
        .suspect_first = metric(result, "suspect_first"),
        .variance_factor = metric(result, "variance_factor"),
        .mass_kept = metric(result, "mass_kept"),
        .clustering = metric(result, "clustering"),
        .path_length = metric(result, "path_length"),
        .in_degree = metric(result, "in_degree_mean"),
        .mesh = metric(result, "gossipsub.mesh"),
        .duplicates = metric(result, "gossipsub.duplicates"),
        .ihaves = metric(result, "gossipsub.ihaves"),
        .iwants = metric(result, "gossipsub.iwants"),
        .grafts = metric(result, "gossipsub.grafts"),
        .prunes = metric(result, "gossipsub.prunes"),
    };
    if (trial->view)
        keep_updates(result, run);
    if (trial->mesh)
        keep_delays(result, run);
    if (trial->own_keys > 0)
        keep_lags(result, run);
    for (size_t i = 0; i < result->sample_count; i++) {
        const sim_time at = result->samples[i].at;

        if (at % SIM_SECOND == 0 && at / SIM_SECOND < VALIDATION_ROUNDS_KEPT)
            run->lacking[at / SIM_SECOND] = 1 - result->samples[i].informed / (double)trial->nodes;
    }
}
