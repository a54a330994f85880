/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.c - see metric.h.  The definitions at length, with what they share: docs/metrics.md. */
#include "sim/metric.h"

#include <stddef.h>
#include <string.h>

const struct metric metric_table[METRICS] = {
#define ROW(id, name_, label_, meaning_, ...) \
    [METRIC_##id] = { .name = name_, .label = label_, .meaning = meaning_, __VA_ARGS__ },
#include "sim/metric.def"
};

const struct metric *metric_find(const char *name)
{
    for (int i = 0; i < METRICS; i++)
        if (strcmp(metric_table[i].name, name) == 0)
            return &metric_table[i];
    return NULL;
}
