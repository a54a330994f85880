/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.c - see rule.h. */
#include "models/rule.h"

#include <stdio.h>

bool rules_are_kept(const struct rule *rules, size_t count, const struct param *params,
                    uint64_t given, char why[PARAM_WHY_MAX])
{
    for (size_t i = 0; i < count; i++)
        if (given >> rules[i].row & 1 && !rules[i].has_effect) {
            snprintf(why, PARAM_WHY_MAX, "`%s` has an effect only with %s",
                     params[rules[i].row].name, rules[i].only_with);
            return false;
        }
    return true;
}
