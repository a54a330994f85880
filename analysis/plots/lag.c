/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lag.c - how far behind replicas are against time: one of the metrics that samples have with
 * `record.lag`.
 */
#include "analysis/figure/history.h"

#include <string.h>

static const struct {
    enum metric_id id;
    const char *title;
} drawn[] = {
    { METRIC_LAG_MAX, "how far behind replicas are" },
    { METRIC_LAG_MEAN, "how far behind replicas are" },
    { METRIC_STALE_KEYS, "how much of what replicas hold is old" },
};

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    const char *name = figure->options->metric;

    for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++) {
        const struct metric *metric = &metric_table[drawn[i].id];
        const struct history history = {
            .column = metric->name,
            .title = drawn[i].title,
            .label = metric->label,
            .none = "no run has samples of how far behind replicas are; `record: {lag: true}`",
            .unit = metric->unit,
        };

        if (!name || strcmp(metric->name, name) == 0)
            return history_draw(figure, &history, errors);
    }
    errors_add(errors, ERROR_SCENARIO,
               "--metric '%s': the kind lag draws lag_max, lag_mean or stale_keys", name);
    return NULL;
}

const struct figure_kind figure_lag = {
    .name = "lag",
    .summary = "how far behind replicas are, or how many keys are stale, against time",
    .takes = FIGURE_METRIC | FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
