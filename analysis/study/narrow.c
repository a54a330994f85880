/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrow.c - see narrow.h. */
#include "analysis/study/narrow.h"

#include <glib.h>
#include <string.h>

/* Keeps the ids of the strategies that stay, variant by variant. */
static void narrow_ids(struct study *study, const bool *is_kept)
{
    int64_t variants = 0;
    size_t to = 0;

    for (size_t i = 0; i < study->point_count; i++)
        variants = MAX(variants, study->points[i].variant + 1);
    for (size_t from = 0; from < (size_t)variants * study->strategy_count; from++)
        if (is_kept[from % study->strategy_count])
            study->strategy_ids[to++] = study->strategy_ids[from];
}

static bool narrow_strategies(struct study *study, const struct narrow *narrow,
                              struct errors *errors)
{
    bool *is_kept = g_new0(bool, study->strategy_count + 1);
    size_t kept = 0;
    bool is_good = true;

    for (size_t i = 0; narrow->only[i]; i++) {
        int place = study_find_strategy(study, narrow->only[i], errors);
        is_good = is_good && place >= 0;
        if (place >= 0)
            is_kept[place] = true;
    }
    for (size_t i = 0; i < study->strategy_count; i++)
        is_kept[i] = is_kept[i] || g_strcmp0(narrow->keep, study->strategies[i]) == 0;
    if (is_good)
        narrow_ids(study, is_kept);
    for (size_t i = 0; is_good && i < study->strategy_count; i++) {
        if (is_kept[i])
            study->strategies[kept++] = study->strategies[i];
        else
            g_free(study->strategies[i]);
    }
    if (is_good) {
        study->strategies[kept] = NULL;
        study->strategy_count = kept;
    }
    g_free(is_kept);
    return is_good;
}

bool study_narrow(struct study *study, const struct narrow *narrow, struct errors *errors)
{
    return study_where(study, narrow->where, narrow->where_count, errors) &&
           (!narrow->only || narrow_strategies(study, narrow, errors));
}
