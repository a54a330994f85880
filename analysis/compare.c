/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.c - all comparisons of a study and their table; see compare.h. */
#include "analysis/compare.h"

#include "analysis/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static const char *const usual_metrics[] = { "t99", "bytes", NULL };

struct compare {
    const struct study *study;
    int axis;          /* compared; -1: strategies are */
    const char *first; /* text of the baseline on the axis */
    GArray *list;      /* struct comparison */
};

/* ---- what is compared with what ---- */

/* The values of all other axes at a point, as a key.  g_free() it. */
static char *other_values(const struct compare *compare, size_t point)
{
    GString *key = g_string_new(NULL);

    for (size_t axis = 0; axis < compare->study->axis_count; axis++)
        if ((int)axis != compare->axis) {
            const char *text = compare->study->points[point].values[axis].text;
            g_string_append_printf(key, "%zu:%s,", text ? strlen(text) : 0, text ? text : "");
        }
    return g_string_free(key, FALSE);
}

/* Maps other_values() to the point (plus 1) that has the baseline's value there. */
static GHashTable *baseline_points(const struct compare *compare)
{
    GHashTable *points = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < compare->study->point_count; i++)
        if (g_strcmp0(compare->study->points[i].values[compare->axis].text, compare->first) == 0)
            g_hash_table_insert(points, other_values(compare, i), GSIZE_TO_POINTER(i + 1));
    return points;
}

static bool add_comparison(struct compare *compare, const char *metric, struct compare_side subject,
                           struct compare_side baseline, struct errors *errors)
{
    const struct study *study = compare->study;
    struct comparison c = { .metric = metric_describe(metric),
                            .subject = subject,
                            .baseline = baseline };
    struct series x = { 0 }, y = { 0 };
    bool is_good =
        study_read(study, subject.point, study->strategies[subject.strategy], metric, &x, errors) &&
        study_read(study, baseline.point, study->strategies[baseline.strategy], metric, &y, errors);

    if (is_good) {
        comparison_fill(&c, &x, &y);
        g_array_append_val(compare->list, c);
    }
    series_clear(&x);
    series_clear(&y);
    return is_good;
}

static bool compare_strategies(struct compare *compare, const char *metric, size_t baseline,
                               struct errors *errors)
{
    const struct study *study = compare->study;

    for (size_t point = 0; point < study->point_count; point++)
        for (size_t s = 0; s < study->strategy_count; s++)
            if (s != baseline && !add_comparison(compare, metric, (struct compare_side){ point, s },
                                                 (struct compare_side){ point, baseline }, errors))
                return false;
    return true;
}

static bool compare_points(struct compare *compare, const char *metric, struct errors *errors)
{
    const struct study *study = compare->study;
    GHashTable *baselines = baseline_points(compare);
    bool is_good = true;

    for (size_t s = 0; is_good && s < study->strategy_count; s++)
        for (size_t point = 0; is_good && point < study->point_count; point++) {
            char *key = other_values(compare, point);
            size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(baselines, key));
            if (found > 0 && found - 1 != point)
                is_good = add_comparison(compare, metric, (struct compare_side){ point, s },
                                         (struct compare_side){ found - 1, s }, errors);
            g_free(key);
        }
    g_hash_table_destroy(baselines);
    return is_good;
}

/* Finds the axis and the baseline that the options name; *strategy is the baseline strategy. */
static bool choose_sides(struct compare *compare, const struct compare_options *options,
                         size_t *strategy, struct errors *errors)
{
    const struct study *study = compare->study;
    int found = 0;

    compare->axis = -1;
    if (!options->by) {
        if (options->baseline)
            found = study_find_strategy(study, options->baseline, errors);
        *strategy = found < 0 ? 0 : (size_t)found;
        if (found >= 0 && study->strategy_count < 2)
            errors_add(errors, ERROR_SCENARIO,
                       "study %lld has one strategy: there is nothing to compare it with; --by "
                       "compares the values of a swept parameter",
                       (long long)study->study_id);
        return found >= 0 && study->strategy_count >= 2;
    }
    compare->axis = study_find_axis(study, options->by, errors);
    if (compare->axis < 0)
        return false;
    for (size_t i = 0; i < study->point_count; i++) {
        const char *text = study->points[i].values[compare->axis].text;
        if (text && (!options->baseline || strcmp(text, options->baseline) == 0)) {
            compare->first = text;
            return true;
        }
    }
    errors_add(errors, ERROR_SCENARIO, "'%s' has no value '%s' in this study", options->by,
               options->baseline ? options->baseline : "");
    return false;
}

static bool fill(struct compare *compare, const struct compare_options *options,
                 struct errors *errors)
{
    const char *const *metrics = options->metrics ? options->metrics : usual_metrics;
    size_t baseline = 0;

    if (!choose_sides(compare, options, &baseline, errors))
        return false;
    for (size_t i = 0; metrics[i]; i++)
        if (!study_check_metric(compare->study, metrics[i], errors))
            return false;
    for (size_t i = 0; metrics[i]; i++)
        if (!(compare->axis >= 0 ? compare_points(compare, metrics[i], errors)
                                 : compare_strategies(compare, metrics[i], baseline, errors)))
            return false;
    return true;
}

/* ---- names ---- */

static const char *axis_text(const struct compare *compare, size_t point)
{
    const char *text = compare->study->points[point].values[compare->axis].text;

    return text ? text : "";
}

/* What a side is called in the table and in sentences; with `full` the strategy too. */
static char *side_name(const struct compare *compare, struct compare_side side, bool full)
{
    const char *strategy = compare->study->strategies[side.strategy];

    if (compare->axis < 0)
        return g_strdup(strategy);
    return g_strdup_printf("%s%s%s=%s", full ? strategy : "", full ? " at " : "at ",
                           compare->study->axes[compare->axis], axis_text(compare, side.point));
}

/* The other parameters of the point: "network.loss=5%: ", or "". */
static char *context(const struct compare *compare, size_t point)
{
    const struct study *study = compare->study;
    GString *text = g_string_new(NULL);

    for (size_t axis = 0; axis < study->axis_count; axis++)
        if ((int)axis != compare->axis && study->points[point].values[axis].text)
            g_string_append_printf(text, "%s%s=%s", text->len ? ", " : "", study->axes[axis],
                                   study->points[point].values[axis].text);
    g_string_append(text, text->len ? ": " : "");
    return g_string_free(text, FALSE);
}

static char *sentence(const struct compare *compare, const struct comparison *c)
{
    char *names[3] = { context(compare, c->subject.point), side_name(compare, c->subject, true),
                       side_name(compare, c->baseline, false) };
    char *said, *all;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *raw = names[i];
        names[i] = text_escape(raw);
        g_free(raw);
    }
    said = comparison_sentence(c, names[1], names[2]);
    all = g_strconcat(names[0], said, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_free(names[i]);
    g_free(said);
    return all;
}

static const char *verdict_word(const struct comparison *c)
{
    bool is_time = c->metric.unit == UNIT_TIME;

    switch (comparison_verdict(c)) {
    case VERDICT_LESS:
        return is_time ? "sooner" : "less";
    case VERDICT_MORE:
        return is_time ? "later" : "more";
    case VERDICT_SELDOMER:
        return "less often";
    case VERDICT_OFTENER:
        return "more often";
    case VERDICT_NONE:
        break;
    }
    return "–";
}

/* ---- the table ---- */

static struct table *make_table(const struct compare *compare)
{
    static const char *const numbers[] = { "difference", "difference_lower", "difference_upper",
                                           "ratio",      "ratio_lower",      "ratio_upper" };
    const struct study *study = compare->study;
    struct table *table = table_new();

    for (size_t axis = 0; axis < study->axis_count; axis++)
        if ((int)axis != compare->axis)
            table_column(table, study->axes[axis], study->axes[axis],
                         COLUMN_ALL | COLUMN_KEY | COLUMN_RIGHT);
    table_column(table, "metric", "metric", COLUMN_ALL | COLUMN_KEY);
    if (compare->axis >= 0)
        table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "subject", compare->axis < 0 ? "strategy" : study->axes[compare->axis],
                 COLUMN_ALL | COLUMN_KEY);
    table_column(table, "baseline", "against", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "pairs", "pairs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "pairs_both", "", COLUMN_PROGRAMS);
    table_column(table, "subject_never", "", COLUMN_PROGRAMS);
    table_column(table, "baseline_never", "", COLUMN_PROGRAMS);
    table_column(table, "", "difference", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "", "ratio", COLUMN_PEOPLE | COLUMN_RIGHT);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_column(table, numbers[i], "", COLUMN_PROGRAMS);
    table_column(table, "verdict", "verdict", COLUMN_ALL);
    table_column(table, "sentence", "", COLUMN_PROGRAMS);
    return table;
}

/* `-4.00 (-4.05 to -3.95) s`; "–" if there is nothing to show. */
static void add_estimate_text(struct table *table, struct estimate e, struct scale scale)
{
    char value[32], lower[32], upper[32], *shown;
    const char *space = *scale.unit ? " " : "";

    scale_write(value, e.value, scale);
    scale_write(lower, e.lower, scale);
    scale_write(upper, e.upper, scale);
    if (isnan(e.value))
        shown = g_strdup("–");
    else if (isnan(e.lower))
        shown = g_strdup_printf("%s%s%s", value, space, scale.unit);
    else
        shown = g_strdup_printf("%s (%s to %s)%s%s", value, lower, upper, space, scale.unit);
    table_text(table, shown);
    g_free(shown);
}

static void add_numbers(struct table *table, struct estimate e)
{
    table_number(table, e.value, NULL);
    table_number(table, e.lower, NULL);
    table_number(table, e.upper, NULL);
}

static void add_side(struct table *table, const struct compare *compare, struct compare_side side)
{
    table_text(table, compare->axis < 0 ? compare->study->strategies[side.strategy]
                                        : axis_text(compare, side.point));
}

static void add_row(struct table *table, const struct compare *compare, const struct comparison *c)
{
    const struct study *study = compare->study;
    char *said = sentence(compare, c);
    size_t neither = c->pairs - c->both - c->subject_never - c->baseline_never;
    char some[64];

    g_snprintf(some, sizeof some, "%zu of %zu", c->both, c->pairs);
    table_row(table);
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        const struct study_value *value = &study->points[c->subject.point].values[axis];
        if ((int)axis == compare->axis)
            continue;
        if (value->text && isfinite(value->number))
            table_number(table, value->number, value->text);
        else
            table_text(table, value->text);
    }
    table_text(table, c->metric.name);
    if (compare->axis >= 0)
        table_text(table, study->strategies[c->subject.strategy]);
    add_side(table, compare, c->subject);
    add_side(table, compare, c->baseline);
    table_number(table, (double)c->pairs, c->both < c->pairs ? some : NULL);
    table_number(table, (double)c->both, NULL);
    table_number(table, (double)(c->subject_never + neither), NULL);
    table_number(table, (double)(c->baseline_never + neither), NULL);
    add_estimate_text(table, c->difference, scale_choose(c->metric.unit, c->difference.value));
    add_estimate_text(table, c->ratio, (struct scale){ 1, "" });
    add_numbers(table, c->difference);
    add_numbers(table, c->ratio);
    table_text(table, verdict_word(c));
    table_text(table, said);
    g_free(said);
}

static void print_compare(FILE *out, const struct compare *compare, const struct table_style *style)
{
    struct table *table = make_table(compare);

    for (size_t i = 0; i < compare->list->len; i++)
        add_row(table, compare, &g_array_index(compare->list, struct comparison, i));
    table_print(out, table, style);
    table_free(table);
    if (style->format != TABLE_PEOPLE)
        return;
    fputs("\nIn brackets: 95 % confidence intervals, paired by replication.\n", out);
    for (size_t i = 0; i < compare->list->len; i++) {
        const struct comparison *c = &g_array_index(compare->list, struct comparison, i);
        if (c->both < c->pairs) {
            fputs("Pairs: `n of m` where a difference stands on the n pairs in which it happened "
                  "to both.\n",
                  out);
            break;
        }
    }
    fputc('\n', out);
    for (size_t i = 0; i < compare->list->len; i++) {
        char *said = sentence(compare, &g_array_index(compare->list, struct comparison, i));
        fprintf(out, "%s.\n", said);
        g_free(said);
    }
}

bool compare_print(FILE *out, const char *path, const struct compare_options *options,
                   struct errors *errors)
{
    struct study *study = study_open(path, options->study_id, errors);
    struct compare compare = { .study = study };
    bool is_good;

    if (!study)
        return false;
    compare.list = g_array_new(FALSE, FALSE, sizeof(struct comparison));
    is_good = fill(&compare, options, errors);
    if (is_good && compare.list->len == 0) {
        errors_add(errors, ERROR_SCENARIO, "'%s' has one value only: there is nothing to compare",
                   options->by);
        is_good = false;
    }
    if (is_good)
        print_compare(out, &compare, &options->style);
    g_array_free(compare.list, TRUE);
    study_close(study);
    return is_good;
}
