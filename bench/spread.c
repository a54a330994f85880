/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spread.c - see spread.h. */
#include "bench/spread.h"

#include "bench/launch.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

struct spread spread_of(const double *values, int count)
{
    double sorted[TURNS_MAX];

    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_value);
    return (struct spread){ sorted[0], (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
                            sorted[count - 1] };
}

FILE *table_create(const char *folder, const char *name, const char *header)
{
    char path[LAUNCH_TEXT_MAX];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *table = fopen(path, "w");

    if (!table)
        die("cannot write", path);
    fprintf(table, "%s\n", header);
    return table;
}

void table_close(FILE *table)
{
    if (fclose(table))
        die("cannot write", "results");
}
