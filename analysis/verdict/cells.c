/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c - see cells.h. */
#include "analysis/verdict/cells.h"

#include <math.h>

void cells_axis_columns(struct table *table, const struct study *study, int but)
{
    for (size_t axis = 0; axis < study->axis_count; axis++)
        if ((int)axis != but)
            table_column(table, study->axes[axis], study->axes[axis],
                         COLUMN_ALL | COLUMN_KEY | COLUMN_RIGHT);
}

void cells_axis_values(struct table *table, const struct study *study, size_t point, int but)
{
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        const struct study_value *value = &study->points[point].values[axis];
        if ((int)axis == but)
            continue;
        if (value->text && isfinite(value->number))
            table_number(table, value->number, value->text);
        else
            table_text(table, value->text);
    }
}

void cells_estimate(struct table *table, struct estimate e)
{
    table_number(table, e.value, NULL);
    table_number(table, e.lower, NULL);
    table_number(table, e.upper, NULL);
}

struct cells_written cells_write(struct estimate e, struct scale scale)
{
    struct cells_written written = { .blank = *scale.unit ? " " : "", .unit = scale.unit };

    scale_write(written.value, e.value, scale);
    scale_write(written.lower, e.lower, scale);
    scale_write(written.upper, e.upper, scale);
    return written;
}
