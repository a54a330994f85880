/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lag.c - how far behind replicas are against time: one of the metrics that samples have with
 * `record.lag`.
 */
#include "analysis/figure/history.h"

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    static const enum metric_id ids[] = { METRIC_LAG_MAX, METRIC_LAG_MEAN, METRIC_STALE_KEYS };
    struct history drawn[G_N_ELEMENTS(ids)];
    const struct history *chosen;

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        drawn[i] = (struct history){
            .column = metric_table[ids[i]].name,
            .title = ids[i] == METRIC_STALE_KEYS ? "how much of what replicas hold is old"
                                                 : "how far behind replicas are",
            .label = metric_table[ids[i]].label,
            .none = "no run has samples of how far behind replicas are; `record: {lag: true}`",
            .unit = metric_table[ids[i]].unit,
        };
    chosen = history_choose(figure, drawn, G_N_ELEMENTS(drawn), errors);
    return chosen ? history_draw(figure, chosen, errors) : NULL;
}

const struct figure_kind figure_lag = {
    .name = "lag",
    .summary = "how far behind replicas are, or how many keys are stale, against time",
    .takes = FIGURE_METRIC | FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
