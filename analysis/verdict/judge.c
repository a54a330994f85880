/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.c - see judge.h. */
#include "analysis/verdict/judge.h"

#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"

#include <glib.h>
#include <math.h>

enum { LINES_MAX = 20 }; /* of one expression: a sweep may have a hundred thousand points */

/* Why an estimate has no interval; nothing where none is due. */
static const char *lack_of_interval(const struct expression *expression)
{
    switch (expression->stat) {
    case STAT_MIN:
    case STAT_MAX:
        return "";
    case STAT_MEAN:
        return " (too few runs that differ for an interval)";
    case STAT_RATIO:
    case STAT_DIFFERENCE:
        return " (too few pairs for an interval)";
    case STAT_QUANTILE:
    case STAT_PROBABILITY:
        break;
    }
    return " (too few runs for an interval)";
}

char *judge_estimate_text(const struct expression *expression, struct estimate e)
{
    double size = isfinite(e.value) ? e.value : e.lower;
    struct scale scale = scale_choose(expression_unit(expression), size);
    struct cells_written w = cells_write(e, scale);
    GString *text = g_string_new(w.value);

    if (!isinf(e.value))
        g_string_append_printf(text, "%s%s", w.blank, w.unit);
    if (isinf(e.value) && isfinite(e.lower))
        g_string_append_printf(text, " (95 %% confidence from %s%s%s)", w.lower, w.blank, w.unit);
    else if (!isnan(e.lower) && !isnan(e.upper) && isfinite(e.value))
        g_string_append_printf(text, " (95 %% confidence %s to %s)", w.lower, w.upper);
    else if (isfinite(e.value))
        g_string_append(text, lack_of_interval(expression));
    return g_string_free(text, FALSE);
}

bool judge_is_open(const struct expression *expression, struct estimate e)
{
    return !isnan(e.lower) && !isnan(e.upper) &&
           expression_holds(expression, e.lower) != expression_holds(expression, e.upper);
}

/* The line of a place, without its end. */
static char *place_line(const struct judge *judge, bool holds, const char *found, const char *place)
{
    char *text = text_escape(judge->expression->text);
    char *line =
        g_strdup_printf("%s%s: %s%s%s: %s", judge->wanted ? "" : "--fail-if ",
                        holds ? "holds" : "does not hold", text, *place ? ", " : "", place, found);

    g_free(text);
    return line;
}

void judge_place(struct judge *judge, double value, const char *found, const char *place)
{
    bool holds = expression_holds(judge->expression, value);
    double margin = fabs(value - judge->expression->bound.value);
    char *line = place_line(judge, holds, found, place);

    judge->applied++;
    if (holds != judge->wanted) {
        judge->different++;
        if (judge->different <= LINES_MAX)
            fprintf(judge->out, "%s\n", line);
    } else if (!judge->closest || margin < judge->margin) {
        g_free(judge->closest);
        judge->closest = g_steal_pointer(&line);
        judge->margin = margin;
    }
    g_free(line);
}

void judge_end(struct judge *judge)
{
    if (judge->applied == 0) {
        char *line = place_line(judge, false, "no run has it", "");
        fprintf(judge->out, "%s\n", line);
        judge->different += judge->wanted;
        g_free(line);
    }
    if (judge->different > LINES_MAX)
        fprintf(judge->out, "and in %zu more places\n", judge->different - LINES_MAX);
    if (judge->different == 0 && judge->closest && judge->applied > 1)
        fprintf(judge->out, "%s; the closest of %zu\n", judge->closest, judge->applied);
    else if (judge->different == 0 && judge->closest)
        fprintf(judge->out, "%s\n", judge->closest);
    g_free(judge->closest);
    judge->closest = NULL;
}
