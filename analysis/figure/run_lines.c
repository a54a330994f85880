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

static void add_point(const struct run_axes *axes, struct line *line, double time, double value)
{
    line_add(line, (struct line_point){ .x = time * axes->factor,
                                        .y = axes->shown(axes->context, value),
                                        .lower = NAN,
                                        .upper = NAN,
                                        .beyond = NAN,
                                        .x_lower = NAN,
                                        .x_upper = NAN });
}

static void add_run(const struct run_axes *axes, const struct trajectories *t, size_t run,
                    struct line *line)
{
    const size_t last = t->starts[run + 1];
    size_t i = t->starts[run];

    for (; i < last && t->times[i] <= axes->end; i++)
        if (t->times[i] >= axes->start)
            add_point(axes, line, t->times[i], t->informed[i]);
    if (i > t->starts[run] && i < last)
        add_point(axes, line, axes->end, trajectories_at(t, run, i, axes->end));
    add_point(axes, line, axes->end, NAN);
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
