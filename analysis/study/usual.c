/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usual.c - see usual.h. */
#include "analysis/study/usual.h"

static bool has_metric(const struct study *study, const char *name)
{
    struct errors nobody_asked = { 0 };
    const bool is_there = study_check_metric(study, name, &nobody_asked);

    errors_clear(&nobody_asked);
    return is_there;
}

void usual_metrics(const struct study *study, const char *const *spread, const char *const *beliefs,
                   const char *names[USUAL_MAX])
{
    const bool has_spread = has_metric(study, spread[0]);
    size_t count = 0;

    for (size_t i = 0; beliefs[i] && !has_spread && count + 1 < USUAL_MAX; i++)
        if (has_metric(study, beliefs[i]))
            names[count++] = beliefs[i];
    for (size_t i = 0; count <= i && spread[i] && count + 1 < USUAL_MAX; i++)
        if (!has_spread || has_metric(study, spread[i]))
            names[count++] = spread[i];
    names[count] = NULL;
}
