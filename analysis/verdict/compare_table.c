/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_table.c - the table of all comparisons; see compare_parts.h. */
#include "analysis/verdict/compare_parts.h"

#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"

#include <math.h>

static struct table *make_table(const struct compare *compare, const struct table_style *style)
{
    static const char *const numbers[] = { "difference", "difference_lower", "difference_upper",
                                           "ratio",      "ratio_lower",      "ratio_upper" };
    const struct study *study = compare->study;
    struct table *table = table_new(style);

    cells_axis_columns(table, study, compare->axis);
    table_column(table, "metric", "metric", COLUMN_ALL | COLUMN_KEY);
    if (compare->axis >= 0)
        table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "subject", compare->axis < 0 ? "strategy" : study->axes[compare->axis],
                 COLUMN_ALL | COLUMN_KEY);
    table_column(table, "baseline", "against", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "pairs", "pairs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "", "worth", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "pairs_both", "", COLUMN_PROGRAMS);
    table_column(table, "subject_never", "", COLUMN_PROGRAMS);
    table_column(table, "baseline_never", "", COLUMN_PROGRAMS);
    table_column(table, "", "difference", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "", "ratio", COLUMN_PEOPLE | COLUMN_RIGHT);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_column(table, numbers[i], "", COLUMN_PROGRAMS);
    table_column(table, "correlation", "", COLUMN_PROGRAMS);
    table_column(table, "pairing_gain", "", COLUMN_PROGRAMS);
    table_column(table, "p_often", "", COLUMN_PROGRAMS);
    table_column(table, "p_much", "", COLUMN_PROGRAMS);
    table_column(table, "p_log_rank", "", COLUMN_PROGRAMS);
    table_column(table, "verdict", "verdict", COLUMN_ALL);
    table_column(table, "sentence", "", COLUMN_PROGRAMS);
    return table;
}

/* `-4.00 (-4.05 to -3.95) s`; "–" if there is nothing to show. */
static void add_estimate_text(struct table *table, struct estimate e, struct scale scale)
{
    struct cells_written w = cells_write(e, scale);
    char *shown;

    if (isnan(e.value))
        shown = g_strdup("–");
    else if (isnan(e.lower))
        shown = g_strdup_printf("%s%s%s", w.value, w.blank, w.unit);
    else
        shown = g_strdup_printf("%s (%s to %s)%s%s", w.value, w.lower, w.upper, w.blank, w.unit);
    table_text(table, shown);
    g_free(shown);
}

/* As many unpaired runs would tell as much of the difference. */
static void add_worth_text(struct table *table, const struct comparison *c)
{
    char shown[32] = "–";
    double worth = c->pairing.gain * (double)c->both;

    if (isfinite(worth))
        g_ascii_formatd(shown, sizeof shown, worth < 1e6 ? "%.0f" : "%.1e", worth);
    table_text(table, shown);
}

static void add_sides(struct table *table, const struct compare *compare,
                      const struct comparison *c)
{
    if (compare->axis >= 0) {
        table_text(table, compare_axis_text(compare, c->subject.point));
        table_text(table, compare_axis_text(compare, c->baseline.point));
    } else {
        char *baseline = compare_baseline_name(compare, c);

        table_text(table, compare->study->strategies[c->subject.strategy]);
        table_text(table, baseline);
        g_free(baseline);
    }
}

static void add_row(struct table *table, const struct compare *compare, const struct comparison *c)
{
    const struct study *study = compare->study;
    char *said = compare_sentence(compare, c);
    size_t neither = c->pairs - c->both - c->subject_never - c->baseline_never;
    char some[64];

    g_snprintf(some, sizeof some, "%zu of %zu", c->both, c->pairs);
    table_row(table);
    cells_axis_values(table, study, c->subject.point, compare->axis);
    table_text(table, c->metric.name);
    if (compare->axis >= 0)
        table_text(table, study->strategies[c->subject.strategy]);
    add_sides(table, compare, c);
    table_number(table, (double)c->pairs, c->both < c->pairs ? some : NULL);
    add_worth_text(table, c);
    table_number(table, (double)c->both, NULL);
    table_number(table, (double)(c->subject_never + neither), NULL);
    table_number(table, (double)(c->baseline_never + neither), NULL);
    add_estimate_text(table, c->difference, scale_choose(c->metric.unit, c->difference.value));
    add_estimate_text(table, c->ratio, (struct scale){ 1, "" });
    cells_estimate(table, c->difference);
    cells_estimate(table, c->ratio);
    table_number(table, c->pairing.correlation, NULL);
    table_number(table, c->pairing.gain, NULL);
    table_number(table, c->p_often, NULL);
    table_number(table, c->p_much, NULL);
    table_number(table, c->curves.p, NULL);
    table_text(table, compare_verdict_word(c));
    table_text(table, said);
    g_free(said);
}

static void print_method(FILE *out, const struct compare *compare)
{
    size_t tests = g_array_index(compare->list, struct comparison, 0).tests;

    fputs("\nDifference, ratio: medians over the paired runs, in brackets their 95 % confidence "
          "intervals.\nVerdict: sign test at 5 %",
          out);
    if (tests > 1)
        fprintf(out, ", for all %zu tests of this table together (Holm's correction)", tests);
    fputs(".\n"
          "Worth: how many unpaired runs of each would tell as much about the mean difference.\n",
          out);
}

/* True if somewhere a difference stands on some of the pairs only. */
static bool is_partial(const struct compare *compare)
{
    for (size_t i = 0; i < compare->list->len; i++) {
        const struct comparison *c = &g_array_index(compare->list, struct comparison, i);
        if (c->both < c->pairs)
            return true;
    }
    return false;
}

void compare_print_table(FILE *out, const struct compare *compare, const struct table_style *style)
{
    struct table *table = make_table(compare, style);

    for (size_t i = 0; i < compare->list->len; i++)
        add_row(table, compare, &g_array_index(compare->list, struct comparison, i));
    table_print(out, table);
    table_free(table);
    if (style->format != TABLE_PEOPLE)
        return;
    print_method(out, compare);
    if (is_partial(compare))
        fputs("Pairs: `n of m` where a difference stands on the n pairs in which it happened "
              "to both.\nLog-rank tests: whether it happens sooner or more often, taken together; "
              "p corrected for their number (Holm).\n",
              out);
    compare_print_nevers(out, compare);
    if (compare->base != compare->study)
        compare_print_studies(out, compare);
    fputc('\n', out);
    for (size_t i = 0; i < compare->list->len; i++) {
        char *said = compare_sentence(compare, &g_array_index(compare->list, struct comparison, i));
        fprintf(out, "%s.\n", said);
        g_free(said);
    }
}
