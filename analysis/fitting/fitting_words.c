/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fitting_words.c - see fitting_words.h. */
#include "analysis/fitting/fitting_words.h"

#include "analysis/text/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define TELLS_LITTLE 0.8 /* width of an interval, as a share of its range */
#define AT_AN_END                                                                                \
    0.3               /* likelihood of the outer twentieth of a range, which has 0.05 if nothing \
                         is known */
#define NOT_APART 0.8 /* correlation */

/* ---- the table ---- */

static struct table *make_table(const struct table_style *style)
{
    struct table *table = table_new(style);

    table_column(table, "parameter", "parameter", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "value", "value", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "", "95 % interval", COLUMN_PEOPLE);
    table_column(table, "lower", "", COLUMN_PROGRAMS);
    table_column(table, "upper", "", COLUMN_PROGRAMS);
    table_column(table, "width", "of its range", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "chance", "", COLUMN_PROGRAMS);
    table_column(table, "correlated_with", "", COLUMN_PROGRAMS);
    table_column(table, "correlation", "", COLUMN_PROGRAMS);
    table_column(table, "p", "", COLUMN_PROGRAMS);
    table_column(table, "explained", "", COLUMN_PROGRAMS);
    return table;
}

/* `push (92 %), pull (6 %)`: the likeliest until all others have less than 5 %. */
static char *write_choices(const struct fitting *fitting, size_t axis)
{
    const struct fitting_finding *finding = &fitting->findings[axis];
    const size_t count = fitting->choices[axis];
    GString *text = g_string_new(NULL);
    double sum = 0;

    for (size_t i = 0; i < count && sum < FITTING_CONFIDENCE; i++) {
        char *value = axis_pick_text(&fitting->axes[axis],
                                     ((double)finding->choices[i] + 0.5) / (double)count);
        g_string_append_printf(text, "%s%s (%.3g %%)", i == 0 ? "" : ", ", value,
                               100 * finding->chances[i]);
        sum += finding->chances[i];
        g_free(value);
    }
    return g_string_free(text, FALSE);
}

static void add_row(struct table *table, const struct fitting *fitting, size_t axis)
{
    const struct fitting_finding *finding = &fitting->findings[axis];
    const bool is_range = fitting->choices[axis] == 0;
    const bool has_other = finding->other != axis;
    char *interval = is_range ? g_strdup_printf("%s to %s", finding->lower, finding->upper)
                              : write_choices(fitting, axis);
    char width[32];

    g_snprintf(width, sizeof width, "%.2g %%", 100 * finding->width);
    table_row(table);
    table_text(table, fitting->request->vary[axis].path);
    table_text(table, finding->value);
    table_text(table, interval);
    table_text(table, is_range ? finding->lower : "");
    table_text(table, is_range ? finding->upper : "");
    if (is_range)
        table_number(table, finding->width, width);
    else
        table_text(table, "–");
    table_number(table, is_range ? NAN : finding->chances[0], NULL);
    table_text(table, has_other ? fitting->request->vary[finding->other].path : "");
    table_number(table, has_other ? finding->correlation : NAN, NULL);
    table_number(table, fitting->checked.p, NULL);
    table_number(table, fitting_is_explained(fitting), NULL);
    g_free(interval);
}

/* ---- sentences ---- */

static void say(FILE *out, const struct table_style *style, char *text)
{
    char *shown = text_escape(text);

    text_print_lines(out, shown, style->width > 0 ? (size_t)style->width : 100, 0, 2);
    g_free(shown);
    g_free(text);
}

/* A number of the glimpse as people have it: a time, or the share that is not informed. */
static char *write_number(const struct fitting *fitting, size_t number, double value)
{
    const struct glimpse *glimpse = &fitting->glimpse;
    const double horizon = log(glimpse->horizon);

    if (number == glimpse->count)
        return g_strdup_printf("%.3g %%",
                               100 * fmax(0, exp(value) - glimpse_smallest(glimpse) / 2));
    if (value >= horizon - 1e-9)
        return g_strdup_printf("more than %.3g s", glimpse->horizon);
    return g_strdup_printf("%.3g s", exp(value));
}

static void say_how_far(FILE *out, const struct fitting *fitting, const struct table_style *style)
{
    const struct fitting_check *check = &fitting->checked;
    char *what = check->number == fitting->glimpse.count
                     ? g_strdup("the share that never hears")
                     : g_strdup_printf("the time until %g %% are informed",
                                       100 * fitting->glimpse.shares[check->number]);
    char *seen = write_number(fitting, check->number, check->seen);
    char *low = write_number(fitting, check->number, check->low);
    char *high = write_number(fitting, check->number, check->high);

    char *runs = strcmp(low, high) == 0 ? g_strdup(low) : g_strdup_printf("%s to %s", low, high);

    say(out, style,
        g_strdup_printf("It is furthest off in %s: %s measured, %s in 95 %% of the runs.", what,
                        seen, runs));
    g_free(runs);
    g_free(what);
    g_free(seen);
    g_free(low);
    g_free(high);
}

static void say_check(FILE *out, const struct fitting *fitting, const struct table_style *style)
{
    const double p = fitting->checked.p;

    if (fitting_is_explained(fitting)) {
        say(out, style,
            g_strdup_printf("The best setting explains the curve: of %d runs of it, %.3g %% are as "
                            "unlike the others as the curve is (below %g %% it would not).",
                            FITTING_CHECKS, 100 * p, 100 * FITTING_LEVEL));
        return;
    }
    say(out, style,
        g_strdup_printf("No setting in these ranges explains the curve: of %d runs of the best "
                        "one, %s as unlike the others as the curve is (level %g %%).  The "
                        "intervals say nothing then.",
                        FITTING_CHECKS,
                        p * (FITTING_CHECKS + 1) < 1.5 ? "none is" : "hardly any is",
                        100 * FITTING_LEVEL));
    say_how_far(out, fitting, style);
}

static void say_of_axis(FILE *out, const struct fitting *fitting, size_t axis,
                        const struct table_style *style)
{
    const struct fitting_finding *finding = &fitting->findings[axis];
    const struct setting *vary = fitting->request->vary;

    if (fitting->choices[axis] > 0)
        return;
    if (finding->width > TELLS_LITTLE && fitting_is_explained(fitting))
        say(out, style,
            g_strdup_printf("The curve tells little of %s: the interval is most of its range.",
                            vary[axis].path));
    else if (finding->at_end > AT_AN_END)
        say(out, style,
            g_strdup_printf("%s lies at an end of its range, %s: what is beyond was not looked at.",
                            vary[axis].path, vary[axis].value));
    if (finding->other > axis && fabs(finding->correlation) > NOT_APART &&
        fitting_is_explained(fitting))
        say(out, style,
            g_strdup_printf("%s and %s cannot be told apart: the curve is as well explained by "
                            "more of the one and %s of the other (correlation %.2f).",
                            vary[axis].path, vary[finding->other].path,
                            finding->correlation > 0 ? "more" : "less", finding->correlation));
}

void fitting_words_print(FILE *out, const struct fitting *fitting, const struct table_style *style)
{
    const size_t axes = fitting->request->vary_count;
    struct table *table = make_table(style);

    for (size_t i = 0; i < axes; i++)
        add_row(table, fitting, i);
    table_print(out, table);
    table_free(table);
    if (style->format != TABLE_PEOPLE)
        return;
    putc('\n', out);
    say_check(out, fitting, style);
    for (size_t i = 0; i < axes; i++)
        say_of_axis(out, fitting, i, style);
    if (fitting->left_out > 0)
        say(out, style,
            g_strdup_printf("%zu of %zu settings were left out: their runs failed, or nothing was "
                            "written in them.",
                            fitting->left_out, fitting->table->point_count));
}
