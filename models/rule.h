/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule.h - parameters of a model that have an effect only with others: what most check() is made
 * of.
 */
#ifndef MODELS_RULE_H
#define MODELS_RULE_H

#include "base/param.h"

struct rule {
    int row;
    bool has_effect;
    const char *only_with; /* in Markdown */
};

/* Whether all rows given have an effect; if not, `why` says with what the first would have. */
bool rules_are_kept(const struct rule *rules, size_t count, const struct param *params,
                    uint64_t given, char why[PARAM_WHY_MAX]);

#endif
