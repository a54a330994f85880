/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_summary.c - a long list of comparisons, counted; see compare_parts.h. */
#include "analysis/verdict/compare_parts.h"

#include "analysis/text/text.h"

#include <math.h>
#include <string.h>

/* The comparisons of one metric and subject with the baseline, at all points. */
struct group {
    const struct comparison *first; /* names metric and sides */
    size_t count;
    size_t verdicts[VERDICT_MORE_OFTEN + 1];
    double ratio_min, ratio_max; /* of those that have one */
};

/* Metric, strategy and, with an axis, its value: what a group has in common.  g_free() it. */
static char *group_key(const struct compare *compare, const struct comparison *c)
{
    return g_strdup_printf("%s\n%zu\n%s", c->metric.name, c->subject.strategy,
                           compare->axis < 0 ? "" : compare_axis_text(compare, c->subject.point));
}

static void add_to_group(struct group *group, const struct comparison *c)
{
    double ratio = c->ratio.value;

    group->count++;
    group->verdicts[comparison_verdict(c)]++;
    if (!isfinite(ratio))
        return;
    group->ratio_min = isnan(group->ratio_min) ? ratio : fmin(group->ratio_min, ratio);
    group->ratio_max = isnan(group->ratio_max) ? ratio : fmax(group->ratio_max, ratio);
}

/* All groups in the order of the list; g_array_free() it. */
static GArray *make_groups(const struct compare *compare)
{
    GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *groups = g_array_new(FALSE, FALSE, sizeof(struct group));

    for (size_t i = 0; i < compare->list->len; i++) {
        const struct comparison *c = &g_array_index(compare->list, struct comparison, i);
        char *key = group_key(compare, c);
        size_t place = GPOINTER_TO_SIZE(g_hash_table_lookup(places, key)); /* from 1 */

        if (place == 0) {
            struct group group = { .first = c, .ratio_min = NAN, .ratio_max = NAN };
            g_array_append_val(groups, group);
            place = groups->len;
            g_hash_table_insert(places, key, GSIZE_TO_POINTER(place));
        } else {
            g_free(key);
        }
        add_to_group(&g_array_index(groups, struct group, place - 1), c);
    }
    g_hash_table_destroy(places);
    return groups;
}

static struct table *make_table(const struct compare *compare, const struct table_style *style)
{
    static const char *const counts[] = { "points",     "less, sooner", "more, later",
                                          "less often", "more often",   "no verdict" };
    struct table *table = table_new(style);

    table_column(table, "metric", "metric", COLUMN_PEOPLE | COLUMN_KEY);
    table_column(table, "strategy", "strategy", COLUMN_PEOPLE | COLUMN_KEY);
    if (compare->axis >= 0)
        table_column(table, "subject", compare->study->axes[compare->axis],
                     COLUMN_PEOPLE | COLUMN_KEY);
    table_column(table, "baseline", "against", COLUMN_PEOPLE | COLUMN_KEY);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        table_column(table, counts[i], counts[i], COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "ratio", "ratios", COLUMN_PEOPLE | COLUMN_RIGHT);
    return table;
}

static void add_row(struct table *table, const struct compare *compare, const struct group *group)
{
    static const enum verdict order[] = { VERDICT_LESS, VERDICT_MORE, VERDICT_LESS_OFTEN,
                                          VERDICT_MORE_OFTEN, VERDICT_NONE };
    const struct comparison *c = group->first;
    const struct study *study = compare->study;
    char least[32], most[32], *ratios, *baseline;

    table_row(table);
    table_text(table, c->metric.name);
    table_text(table, study->strategies[c->subject.strategy]);
    if (compare->axis >= 0)
        table_text(table, compare_axis_text(compare, c->subject.point));
    baseline = compare->axis < 0 ? compare_baseline_name(compare, c)
                                 : g_strdup(compare_axis_text(compare, c->baseline.point));
    table_text(table, baseline);
    g_free(baseline);
    table_number(table, (double)group->count, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        table_number(table, (double)group->verdicts[order[i]], NULL);
    scale_write(least, group->ratio_min, (struct scale){ 1, "" });
    scale_write(most, group->ratio_max, (struct scale){ 1, "" });
    ratios = strcmp(least, most) == 0 ? g_strdup(least) : g_strdup_printf("%s–%s", least, most);
    table_text(table, ratios);
    g_free(ratios);
}

static bool has_verdict(const GArray *groups)
{
    for (size_t i = 0; i < groups->len; i++) {
        const struct group *group = &g_array_index(groups, struct group, i);
        if (group->verdicts[VERDICT_NONE] < group->count)
            return true;
    }
    return false;
}

void compare_print_summary(FILE *out, const struct compare *compare,
                           const struct table_style *style)
{
    struct table *table = make_table(compare, style);
    GArray *groups = make_groups(compare);

    fprintf(out, "%u comparisons, counted by their verdicts:\n\n", compare->list->len);
    for (size_t i = 0; i < groups->len; i++)
        add_row(table, compare, &g_array_index(groups, struct group, i));
    table_print(out, table);
    fputc('\n', out);
    compare_print_nevers(out, compare);
    if (compare->base != compare->study)
        compare_print_studies(out, compare);
    fputs("Verdicts: sign tests at 5 %, for all of them together (Holm's correction).\n", out);
    if (!has_verdict(groups))
        fprintf(
            out,
            "So many tests at once leave no verdict: one takes at least %zu paired runs, if all "
            "of them go one way.\n--where, --only and --metric make fewer tests.\n",
            statistics_sign_pairs(
                1, 0, 0.05 / (double)g_array_index(compare->list, struct comparison, 0).tests));
    fputs("Ratios: the least and the greatest over the points.\n"
          "--all prints every comparison with its sentence; --where and --only show some of them, "
          "--csv and --json all.\n",
          out);
    g_array_free(groups, TRUE);
    table_free(table);
}
