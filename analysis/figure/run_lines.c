/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_lines.c - see run_lines.h. */
#include "analysis/figure/run_lines.h"

#include <math.h>

enum {
    RUNS_MAX = 30,  /* of a series */
    LINES_MAX = 120 /* of all series */
};

static size_t count_shown(const struct figure *figure, size_t runs)
{
    const size_t fair = LINES_MAX / MAX(figure->series->len, 1);

    return figure->options->has_runs && runs > 1 ? MIN(runs, CLAMP(fair, 1, RUNS_MAX)) : 0;
}

static void add_run(const struct run_axes *axes, const struct trajectories *t, size_t run,
                    struct line *line)
{
    const size_t first = t->starts[run], last = t->starts[run + 1];
    struct line_point gap = { NAN, NAN, NAN, NAN, NAN, NAN, NAN };

    for (size_t i = first; i < last; i++)
        if (t->times[i] >= axes->start && t->times[i] <= axes->end) {
            gap.x = t->times[i] * axes->factor;
            gap.y = axes->shown(axes->context, t->informed[i]);
            line_add(line, gap);
        }
    gap.y = NAN;
    line_add(line, gap);
}

void run_lines_add(const struct figure *figure, const struct run_axes *axes, size_t series,
                   const struct trajectories *trajectories, struct lines *lines)
{
    const size_t count = count_shown(figure, trajectories->run_count);
    struct line *line;

    if (count == 0)
        return;
    line = lines_add(lines, series, LINE_DATA, LINE_FAINT, axes->columns);
    for (size_t run = 0; run < count; run++)
        add_run(axes, trajectories, run, line);
}

char *run_lines_words(const struct figure *figure, size_t most)
{
    const size_t count = count_shown(figure, most);

    return count == 0 ? g_strdup("")
           : count < most
               ? g_strdup_printf("; thin: the first %zu run%s", count, count == 1 ? "" : "s")
               : g_strdup("; thin: each run");
}
