/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entropy.c - how far replicas disagree, against time: the entropy of what they hold, or with
 * --metric staleness the share of them that lacks the newest value.
 *
 * Both are 0 where all hold the newest.  They differ on what is between: an old value that all but
 * a few hold has little entropy and much staleness.
 */
#include "analysis/figure/history.h"

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    const char *none = "no run has samples";
    const struct history drawn[] = {
        { .column = metric_table[METRIC_ENTROPY].name,
          .title = "how far replicas disagree",
          .label = "entropy of the replicas (bits)",
          .none = none,
          .unit = metric_table[METRIC_ENTROPY].unit },
        { .column = metric_table[METRIC_STALENESS].name,
          .title = "how many replicas are stale",
          .label = "stale replicas",
          .none = none,
          .unit = metric_table[METRIC_STALENESS].unit },
    };
    const struct history *chosen = history_choose(figure, drawn, G_N_ELEMENTS(drawn), errors);

    return chosen && figure_has_updates(figure, errors) ? history_draw(figure, chosen, errors)
                                                        : NULL;
}

const struct figure_kind figure_entropy = {
    .name = "entropy",
    .summary = "how far replicas disagree, as entropy or as the share that is stale, against time",
    .takes = FIGURE_METRIC | FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
