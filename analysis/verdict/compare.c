/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.c - all comparisons of a study and their words; see compare.h. */
#include "analysis/study/usual.h"
#include "analysis/verdict/compare_parts.h"

#include "analysis/text/text.h"

#include <glib.h>
#include <math.h>
#include <string.h>

static const char *const spread[] = { "t99", "bytes", "bytes_rate", NULL };
static const char *const beliefs[] = { "detect_t99", "false_dead", "bytes", "bytes_rate", NULL };

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
        if (study_value_is(&compare->study->points[i].values[compare->axis], compare->first))
            g_hash_table_insert(points, other_values(compare, i), GSIZE_TO_POINTER(i + 1));
    return points;
}

static bool read_side(const struct study *study, struct compare_side side, const char *metric,
                      struct series *series, struct errors *errors)
{
    return study_read(study, side.point, study->strategies[side.strategy], metric, series, errors);
}

static bool add_ends(const struct compare *compare, struct comparison *c, struct errors *errors)
{
    struct series x = { 0 }, y = { 0 };
    bool is_good = read_side(compare->study, c->subject, "sim_end", &x, errors) &&
                   read_side(compare->base, c->baseline, "sim_end", &y, errors);

    if (is_good)
        comparison_set_ends(c, &x, &y);
    series_clear(&x);
    series_clear(&y);
    return is_good;
}

bool compare_add(struct compare *compare, const char *metric, struct compare_side subject,
                 struct compare_side baseline, struct errors *errors)
{
    struct comparison c = { .metric = metric_describe(metric),
                            .subject = subject,
                            .baseline = baseline };
    struct series x = { 0 }, y = { 0 };
    bool is_good = read_side(compare->study, subject, metric, &x, errors) &&
                   read_side(compare->base, baseline, metric, &y, errors);

    if (is_good)
        comparison_fill(&c, &x, &y);
    series_clear(&x);
    series_clear(&y);
    if (is_good && comparison_is_of_costs(&c))
        is_good = add_ends(compare, &c, errors);
    if (is_good)
        g_array_append_val(compare->list, c);
    return is_good;
}

static bool compare_strategies(struct compare *compare, const char *metric, size_t baseline,
                               struct errors *errors)
{
    const struct study *study = compare->study;

    for (size_t point = 0; point < study->point_count; point++)
        for (size_t s = 0; s < study->strategy_count; s++)
            if (s != baseline && !compare_add(compare, metric, (struct compare_side){ point, s },
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
                is_good = compare_add(compare, metric, (struct compare_side){ point, s },
                                      (struct compare_side){ found - 1, s }, errors);
            g_free(key);
        }
    g_hash_table_destroy(baselines);
    return is_good;
}

/* Finds the baseline strategy that the options name. */
static bool choose_strategy(struct compare *compare, const struct compare_options *options,
                            int *strategy, struct errors *errors)
{
    *strategy = options->against ? -1 : 0;
    if (options->baseline) {
        *strategy = study_find_strategy(compare->base, options->baseline, errors);
        if (*strategy < 0)
            return false;
    }
    if (!options->against && compare->study->strategy_count < 2) {
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' is the only strategy here: there is nothing to compare it with; --by "
                   "compares the values of a swept parameter, --against two studies",
                   compare->study->strategies[0]);
        return false;
    }
    return true;
}

/* Finds the axis and the baseline that the options name; *strategy is the baseline strategy. */
static bool choose_sides(struct compare *compare, const struct compare_options *options,
                         int *strategy, struct errors *errors)
{
    const struct study *study = compare->study;

    compare->axis = -1;
    compare->base = options->against ? options->against : study;
    if (!options->by)
        return choose_strategy(compare, options, strategy, errors);
    compare->axis = study_find_axis(study, options->by, errors);
    if (compare->axis < 0)
        return false;
    for (size_t i = 0; i < study->point_count; i++) {
        const struct study_value *value = &study->points[i].values[compare->axis];
        if (value->text && (!options->baseline || study_value_is(value, options->baseline))) {
            compare->first = value->text;
            return true;
        }
    }
    errors_add(errors, ERROR_SCENARIO, "'%s' has no value '%s' in this study", options->by,
               options->baseline ? options->baseline : "");
    return false;
}

void compare_init(struct compare *compare, const struct study *study)
{
    *compare = (struct compare){ .study = study, .base = study };
    compare->list = g_array_new(FALSE, FALSE, sizeof(struct comparison));
    compare->metrics = g_array_new(FALSE, FALSE, sizeof(struct metric));
}

void compare_clear(struct compare *compare)
{
    g_array_free(compare->list, TRUE);
    g_array_free(compare->metrics, TRUE);
    never_notes_free(compare->nevers);
    never_notes_free(compare->base_nevers);
}

static bool fill_metric(struct compare *compare, const char *metric, int baseline,
                        struct errors *errors)
{
    struct metric described = metric_describe(metric);

    g_array_append_val(compare->metrics, described);
    return compare->base != compare->study ? compare_against(compare, metric, baseline, errors)
           : compare->axis >= 0            ? compare_points(compare, metric, errors)
                                : compare_strategies(compare, metric, (size_t)baseline, errors);
}

/* No two points differ in the axis alone: because it has one value, or by the design. */
static void refuse_nothing(const struct compare *compare, const char *by, struct errors *errors)
{
    const struct study *study = compare->study;
    bool has_several = false;

    for (size_t i = 1; i < study->point_count; i++)
        has_several = has_several || g_strcmp0(study->points[i].values[compare->axis].text,
                                               study->points[0].values[compare->axis].text) != 0;
    if (has_several)
        errors_add(errors, ERROR_SCENARIO,
                   "no two points of the sweep differ in '%s' alone: there are none to compare; "
                   "report --sensitivity tells which parameter matters",
                   by);
    else
        errors_add(errors, ERROR_SCENARIO, "'%s' has one value only: there is nothing to compare",
                   by);
}

bool compare_fill(struct compare *compare, const struct compare_options *options,
                  const char *metric, struct errors *errors)
{
    const char *const single[] = { metric, NULL };
    const char *usual[USUAL_MAX];
    const char *const *metrics = metric ? single : options->metrics ? options->metrics : usual;
    int baseline = 0;

    usual_metrics(compare->study, spread, beliefs, usual);

    if (!choose_sides(compare, options, &baseline, errors))
        return false;
    for (size_t i = 0; metrics[i]; i++)
        if (!study_check_metric(compare->study, metrics[i], errors) ||
            (options->metrics && !study_check_metric(compare->base, metrics[i], errors)))
            return false;
    for (size_t i = 0; metrics[i]; i++)
        if (!fill_metric(compare, metrics[i], baseline, errors))
            return false;
    if (compare->list->len == 0) {
        refuse_nothing(compare, options->by, errors);
        return false;
    }
    comparison_correct((struct comparison *)(void *)compare->list->data, compare->list->len);
    return true;
}

/* ---- names ---- */

const char *compare_axis_text(const struct compare *compare, size_t point)
{
    const char *text = compare->study->points[point].values[compare->axis].text;

    return text ? text : "";
}

char *compare_subject_name(const struct compare *compare, const struct comparison *c, bool full)
{
    const char *strategy = compare->study->strategies[c->subject.strategy];

    if (compare->axis < 0)
        return g_strdup(strategy);
    return g_strdup_printf("%s%s%s=%s", full ? strategy : "", full ? " at " : "at ",
                           compare->study->axes[compare->axis],
                           compare_axis_text(compare, c->subject.point));
}

char *compare_baseline_name(const struct compare *compare, const struct comparison *c)
{
    const char *strategy = compare->base->strategies[c->baseline.strategy];
    char *study, *name;

    if (compare->axis >= 0)
        return g_strdup_printf("at %s=%s", compare->study->axes[compare->axis],
                               compare_axis_text(compare, c->baseline.point));
    if (compare->base == compare->study)
        return g_strdup(strategy);
    study = compare_base_name(compare);
    name = g_strdup_printf("%s in %s", strategy, study);
    g_free(study);
    return name;
}

char *compare_sentence(const struct compare *compare, const struct comparison *c)
{
    char *names[3] = { study_point_name(compare->study, c->subject.point, compare->axis),
                       compare_subject_name(compare, c, true), compare_baseline_name(compare, c) };
    char *said, *all;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *raw = names[i];
        names[i] = text_escape(raw);
        g_free(raw);
    }
    said = comparison_sentence(c, names[1], names[2]);
    all = g_strconcat(names[0], *names[0] ? ": " : "", said, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_free(names[i]);
    g_free(said);
    return all;
}

const char *compare_verdict_word(const struct comparison *c)
{
    bool is_time = c->metric.unit == UNIT_TIME;

    switch (comparison_verdict(c)) {
    case VERDICT_LESS:
        return is_time ? "sooner" : c->ends_differ ? "less, windows differ" : "less";
    case VERDICT_MORE:
        return is_time ? "later" : c->ends_differ ? "more, windows differ" : "more";
    case VERDICT_LESS_OFTEN:
        return "less often";
    case VERDICT_MORE_OFTEN:
        return "more often";
    case VERDICT_NONE:
        break;
    }
    return "–";
}

static struct never_notes *read_nevers(const struct compare *compare, const struct study *study,
                                       bool *is_good, struct errors *errors)
{
    struct never_notes *notes = never_notes_new(
        study, (const struct metric *)(const void *)compare->metrics->data, compare->metrics->len);

    *is_good = *is_good && never_notes_read(notes, errors);
    return notes;
}

static bool read_all_nevers(struct compare *compare, struct errors *errors)
{
    bool is_good = true;

    compare->nevers = read_nevers(compare, compare->study, &is_good, errors);
    if (compare->base != compare->study)
        compare->base_nevers = read_nevers(compare, compare->base, &is_good, errors);
    return is_good;
}

static void print(FILE *out, const struct compare *compare, const struct compare_options *options)
{
    if (options->style.format == TABLE_PEOPLE && !options->all &&
        compare->list->len > COMPARE_ROWS_MAX)
        compare_print_summary(out, compare, &options->style);
    else
        compare_print_table(out, compare, &options->style);
}

bool compare_print(FILE *out, const struct study *study, const struct compare_options *options,
                   struct errors *errors)
{
    struct compare compare;
    bool is_good;

    compare_init(&compare, study);
    is_good = compare_fill(&compare, options, NULL, errors) &&
              (options->style.format != TABLE_PEOPLE || read_all_nevers(&compare, errors));
    if (is_good)
        print(out, &compare, options);
    compare_clear(&compare);
    return is_good;
}

bool compare_each(const struct study *study, const struct compare_options *options,
                  void (*take)(void *context, const struct comparison *comparison,
                               const char *sentence),
                  void *context, struct errors *errors)
{
    struct compare compare;
    bool is_good;

    compare_init(&compare, study);
    is_good = compare_fill(&compare, options, NULL, errors);
    for (size_t i = 0; is_good && i < compare.list->len; i++) {
        const struct comparison *c = &g_array_index(compare.list, struct comparison, i);
        char *said = compare_sentence(&compare, c);

        take(context, c, said);
        g_free(said);
    }
    compare_clear(&compare);
    return is_good;
}
