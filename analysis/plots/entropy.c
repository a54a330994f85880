/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entropy.c - how far replicas disagree, against time: the entropy of what they hold, or with
 * --metric staleness the share of them that lacks the newest value.
 *
 * Both are 0 where all hold the newest.  They differ on what is between: an old value that all but
 * a few hold has little entropy and much staleness.
 */
#include "analysis/figure/history.h"

#include <string.h>

static const struct {
    enum metric_id id; /* whose name is that of the samples' column */
    const char *title, *label;
} drawn[] = {
    { METRIC_ENTROPY, "how far replicas disagree", "entropy of the replicas (bits)" },
    { METRIC_STALENESS, "how many replicas are stale", "stale replicas" },
};

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    const char *name = figure->options->metric;

    for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++) {
        const struct metric *metric = &metric_table[drawn[i].id];
        const struct history history = {
            .column = metric->name,
            .title = drawn[i].title,
            .label = drawn[i].label,
            .none = "no run has samples",
            .unit = metric->unit,
        };

        if (!name || strcmp(metric->name, name) == 0)
            return figure_has_updates(figure, errors) ? history_draw(figure, &history, errors)
                                                      : NULL;
    }
    errors_add(errors, ERROR_SCENARIO, "--metric '%s': the kind entropy draws entropy or staleness",
               name);
    return NULL;
}

const struct figure_kind figure_entropy = {
    .name = "entropy",
    .summary = "how far replicas disagree, as entropy or as the share that is stale, against time",
    .takes = FIGURE_METRIC | FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
