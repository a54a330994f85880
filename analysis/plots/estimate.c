/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * estimate.c - how estimates of a mean come right: the largest relative error of a live node's,
 * against time.
 */
#include "analysis/figure/history.h"

/* Below what is rounding anyway an error is as good as none. */
#define ERROR_MIN 1e-16

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    static const struct history history = {
        .column = "estimate_error",
        .title = "how estimates come right",
        .label = "largest relative error",
        .none = "there are no estimates: no strategy has a model that estimates a mean",
        .unit = UNIT_NUMBER,
        .least = ERROR_MIN,
    };

    return history_draw(figure, &history, errors);
}

const struct figure_kind figure_estimate = {
    .name = "estimate",
    .summary = "the largest relative error of an estimated mean, against time",
    .takes = FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
