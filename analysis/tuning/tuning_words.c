/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning_words.c - see tuning_words.h. */
#include "analysis/tuning/tuning_words.h"

#include "analysis/study/summary.h"
#include "analysis/text/text.h"
#include "analysis/tuning/tuning_parts.h"
#include "analysis/verdict/cells.h"
#include "analysis/verdict/expectation.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 100, LISTED_MAX = 4 };

/* ---- which settings ---- */

/* True if none that is cheaper is as near to the goals. */
static bool is_on_frontier(const struct tuning *tuning, const struct tuning_setting *setting)
{
    if (setting->runs < TUNING_EXPLORED || !isfinite(setting->cost))
        return false;
    for (guint i = 0; i < tuning->settings->len; i++) {
        const struct tuning_setting *other = tuning_get(tuning, i);
        if (other != setting && other->runs >= TUNING_EXPLORED && other->cost <= setting->cost &&
            other->outlook.slack >= setting->outlook.slack)
            return false;
    }
    return true;
}

static int compare_costs(gconstpointer a, gconstpointer b)
{
    const struct tuning_setting *const *first = a, *const *second = b;

    if ((*first)->cost < (*second)->cost || (*first)->cost > (*second)->cost)
        return (*first)->cost < (*second)->cost ? -1 : 1;
    return (*first)->number < (*second)->number ? -1 : 1;
}

/* By cost: for people the frontier and what was tested, for programs all.  g_ptr_array_free(). */
static GPtrArray *choose_rows(const struct tuning *tuning, const struct table_style *style)
{
    GPtrArray *rows = g_ptr_array_new();

    for (guint i = 0; i < tuning->settings->len; i++) {
        struct tuning_setting *setting = tuning_get(tuning, i);
        if (style->format != TABLE_PEOPLE || setting->state != TUNING_TRIED ||
            is_on_frontier(tuning, setting))
            g_ptr_array_add(rows, setting);
    }
    g_ptr_array_sort(rows, compare_costs);
    return rows;
}

/* ---- estimates ---- */

static bool find_goal(const struct tuning_study *study, const struct study *stored,
                      const struct tuning_setting *setting, size_t goal, struct estimate *estimate,
                      struct errors *errors)
{
    const struct expression *e = &study->goals[goal].expression;
    struct finding finding;
    bool is_good = expectation_find(stored, setting->number, e->strategy, e, &finding, errors);

    *estimate = finding.estimate;
    return is_good;
}

static struct estimate cost_of(const struct tuning_study *study,
                               const struct tuning_setting *setting)
{
    const bool is_share = metric_describe(study->metric).unit == UNIT_SHARE;

    if (!isfinite(setting->cost))
        return (struct estimate){ setting->cost, NAN, NAN };
    return statistics_mean(setting->values[study->goal_count], setting->runs, is_share,
                           SUMMARY_CONFIDENCE);
}

/* `412 (408–415)`. */
static void put_estimate(struct table *table, struct estimate e, struct scale scale)
{
    struct cells_written w = cells_write(e, scale);
    char *text = !isnan(e.lower) && !isnan(e.upper) && isfinite(e.value)
                     ? g_strdup_printf("%s (%s–%s)", w.value, w.lower, w.upper)
                     : g_strdup(w.value);

    table_number(table, e.value, text);
    cells_estimate(table, e);
    g_free(text);
}

/* ---- the table ---- */

static const char *finding_word(const struct tuning *tuning, const struct tuning_setting *setting)
{
    switch (setting->state) {
    case TUNING_CHOSEN:
        return "chosen";
    case TUNING_ACCEPTED:
        return "meets";
    case TUNING_REJECTED:
        return "misses";
    case TUNING_UNPROVED:
        return "open";
    case TUNING_TRIED:
        break;
    }
    return tuning_is_missed(tuning, setting) ? "misses" : "";
}

/* `p99(t99, push)`, and with its unit. */
static char *goal_title(const struct expression *e)
{
    return g_strndup(e->text, (gsize)(strrchr(e->text, ')') - e->text) + 1);
}

static void add_columns(struct table *table, const char *name, const char *unit)
{
    char *title = *unit ? g_strdup_printf("%s %s", name, unit) : g_strdup(name);
    char *lower = g_strconcat(name, "_lower", NULL), *upper = g_strconcat(name, "_upper", NULL);

    table_column(table, name, title, COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, name, name, COLUMN_PROGRAMS);
    table_column(table, lower, lower, COLUMN_PROGRAMS);
    table_column(table, upper, upper, COLUMN_PROGRAMS);
    g_free(title);
    g_free(lower);
    g_free(upper);
}

/* A scale that suits the largest of what is finite. */
static struct scale scale_for(enum metric_unit unit, const struct estimate *list, size_t count)
{
    double largest = 0;

    for (size_t i = 0; i < count; i++)
        if (isfinite(list[i].value))
            largest = fmax(largest, fabs(list[i].value));
    return scale_choose(unit, largest);
}

/* The estimates of all rows, goal by goal, then of the costs; NULL and errors. */
static struct estimate *read_estimates(const struct tuning_study *study, const struct study *stored,
                                       const GPtrArray *rows, struct errors *errors)
{
    struct estimate *list = g_new0(struct estimate, rows->len * (study->goal_count + 1) + 1);

    for (guint i = 0; i < rows->len; i++) {
        const struct tuning_setting *setting = g_ptr_array_index(rows, i);
        for (size_t k = 0; k < study->goal_count; k++)
            if (!find_goal(study, stored, setting, k, &list[k * rows->len + i], errors)) {
                g_free(list);
                return NULL;
            }
        list[study->goal_count * rows->len + i] = cost_of(study, setting);
    }
    return list;
}

static void fill_table(struct table *table, const struct tuning_study *study,
                       const struct study *stored, const GPtrArray *rows,
                       const struct estimate *estimates)
{
    const size_t count = study->goal_count + 1;
    struct scale *scales = g_new(struct scale, count);

    cells_axis_columns(table, stored, -1);
    for (size_t k = 0; k < count; k++) {
        const bool is_goal = k < study->goal_count;
        const struct expression *e = is_goal ? &study->goals[k].expression : NULL;
        char *title = e ? goal_title(e) : g_strdup(study->metric);
        scales[k] = scale_for(e ? expression_unit(e) : metric_describe(study->metric).unit,
                              estimates + k * rows->len, rows->len);
        add_columns(table, title, scales[k].unit);
        g_free(title);
    }
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "frontier", "frontier", COLUMN_PROGRAMS);
    table_column(table, "finding", "finding", COLUMN_ALL);
    for (guint i = 0; i < rows->len; i++) {
        const struct tuning_setting *setting = g_ptr_array_index(rows, i);
        table_row(table);
        cells_axis_values(table, stored, setting->number, -1);
        for (size_t k = 0; k < count; k++)
            put_estimate(table, estimates[k * rows->len + i], scales[k]);
        table_number(table, setting->runs, NULL);
        table_number(table, is_on_frontier(&study->tuning, setting), NULL);
        table_text(table, finding_word(&study->tuning, setting));
    }
    g_free(scales);
}

static bool print_table(FILE *out, const struct tuning_study *study, const struct study *stored,
                        const struct table_style *style, struct errors *errors)
{
    GPtrArray *rows = choose_rows(&study->tuning, style);
    struct estimate *estimates = read_estimates(study, stored, rows, errors);
    struct table *table = table_new(style);

    if (estimates) {
        fill_table(table, study, stored, rows, estimates);
        table_print(out, table);
    }
    table_free(table);
    g_ptr_array_free(rows, TRUE);
    g_free(estimates);
    return estimates != NULL;
}

/* ---- sentences ---- */

/* The last word of a path if no other path ends in it, otherwise all of it. */
static const char *short_path(const struct study *stored, size_t axis)
{
    const char *path = stored->axes[axis], *dot = strrchr(path, '.');
    bool is_clear = dot != NULL;

    for (size_t i = 0; i < stored->axis_count && is_clear; i++)
        is_clear = i == axis || !g_str_has_suffix(stored->axes[i], dot);
    return is_clear ? dot + 1 : path;
}

/* `fanout=3, interval=450ms`, escaped. */
static char *setting_name(const struct study *stored, const struct tuning_setting *setting)
{
    GString *name = g_string_new(NULL);
    char *escaped;

    for (size_t i = 0; i < stored->axis_count; i++)
        g_string_append_printf(name, "%s%s=%s", i > 0 ? ", " : "", short_path(stored, i),
                               setting->texts[i]);
    escaped = text_escape(name->str);
    g_string_free(name, TRUE);
    return escaped;
}

static void say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(FILE *out, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    text_print_lines(out, text, WIDTH, 0, 0);
    g_free(text);
}

/* `412 B/s (95 % confidence 408 to 415)`. */
static char *cost_text(const struct tuning_study *study, const struct tuning_setting *setting)
{
    struct estimate e = cost_of(study, setting);
    struct scale scale = scale_choose(metric_describe(study->metric).unit, e.value);
    struct cells_written w = cells_write(e, scale);

    if (isnan(e.lower) || isnan(e.upper))
        return g_strdup_printf("%s%s%s", w.value, w.blank, w.unit);
    return g_strdup_printf("%s%s%s (95 %% confidence %s to %s)", w.value, w.blank, w.unit, w.lower,
                           w.upper);
}

/* True if the medians of the costs in the same replications cannot be told apart. */
static bool costs_alike(const struct tuning_study *study, const struct tuning_setting *a,
                        const struct tuning_setting *b)
{
    const uint32_t count = MIN(a->runs, b->runs);
    const double *of_a = a->values[study->goal_count], *of_b = b->values[study->goal_count];
    double *differences = g_new(double, count + 1);
    struct estimate e;

    for (uint32_t i = 0; i < count; i++)
        differences[i] = isfinite(of_a[i]) && isfinite(of_b[i]) ? of_a[i] - of_b[i] : 0;
    e = statistics_quantile(differences, count, 0.5, SUMMARY_CONFIDENCE);
    g_free(differences);
    return isnan(e.lower) || isnan(e.upper) || (e.lower <= 0 && e.upper >= 0);
}

/* The names of settings, at most some. */
static char *join_names(const struct study *stored, const GPtrArray *settings)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < settings->len && i < LISTED_MAX; i++) {
        char *name = setting_name(stored, g_ptr_array_index(settings, i));
        g_string_append_printf(text, "%s%s", i > 0 ? "; " : "", name);
        g_free(name);
    }
    if (settings->len > LISTED_MAX)
        g_string_append_printf(text, "; and %u more", settings->len - LISTED_MAX);
    return g_string_free(text, FALSE);
}

static void say_alike(FILE *out, const struct tuning_study *study, const struct study *stored,
                      const struct tuning_setting *chosen)
{
    GPtrArray *alike = g_ptr_array_new(), *cheaper = g_ptr_array_new();
    char *names;

    for (guint i = 0; i < study->tuning.settings->len; i++) {
        struct tuning_setting *setting = tuning_get(&study->tuning, i);
        const bool may_meet = setting->outlook.slack + setting->outlook.error >= 0 &&
                              setting->state != TUNING_REJECTED;
        if (setting == chosen || setting->runs < study->tuning.depth)
            continue;
        if (may_meet && costs_alike(study, setting, chosen))
            g_ptr_array_add(alike, setting);
        else if (may_meet && setting->cost < chosen->cost)
            g_ptr_array_add(cheaper, setting);
    }
    g_ptr_array_sort(alike, compare_costs);
    g_ptr_array_sort(cheaper, compare_costs);
    names = join_names(stored, alike);
    if (alike->len > 0)
        say(out, "Its cost cannot be told apart from that of %s.", names);
    g_free(names);
    names = join_names(stored, cheaper);
    if (cheaper->len > 0)
        say(out, "Cheaper, and perhaps good enough, which was not shown: %s.", names);
    g_free(names);
    g_ptr_array_free(alike, TRUE);
    g_ptr_array_free(cheaper, TRUE);
}

/* `the goal p99(t99, push) < 3s`, `both goals`. */
static char *goals_phrase(const struct tuning_study *study)
{
    if (study->goal_count == 1)
        return g_strdup_printf("the goal %s", study->goals[0].expression.text);
    return g_strdup_printf("%s goals", study->goal_count == 2 ? "both" : "all");
}

static void say_chosen(FILE *out, const struct tuning_study *study, const struct study *stored)
{
    const struct tuning_setting *chosen = tuning_get(&study->tuning, study->tuning.chosen);
    char *name = setting_name(stored, chosen), *cost = cost_text(study, chosen);
    char *goals = goals_phrase(study), *escaped = text_escape(goals);

    say(out,
        "%s meets %s (confidence %.6g %%). It is the cheapest of which that was shown: %s, mean "
        "%s.",
        name, escaped, 100 * study->request->confidence, study->metric, cost);
    say_alike(out, study, stored, chosen);
    if (study->tuning.is_out_of_budget)
        say(out, "The budget of %llu runs was spent before cheaper ones were tested.",
            (unsigned long long)study->request->budget);
    g_free(escaped);
    g_free(goals);
    g_free(cost);
    g_free(name);
}

/* No setting was chosen: is there none, or was too little seen? */
static void say_none(FILE *out, const struct tuning_study *study, const struct study *stored)
{
    const struct tuning *tuning = &study->tuning;
    GPtrArray *ranked = tuning_ranked(tuning, 1);
    const struct tuning_setting *best = g_ptr_array_index(ranked, 0);
    char *name = setting_name(stored, best), *goals = goals_phrase(study);
    char *escaped = text_escape(goals);
    guint missed = 0;

    for (guint i = 0; i < tuning->settings->len; i++)
        missed += tuning_is_missed(tuning, tuning_get(tuning, i));
    if (tuning->is_out_of_budget)
        say(out, "No setting was shown to meet %s before the budget of %llu runs was spent.",
            escaped, (unsigned long long)study->request->budget);
    else if (missed == tuning->settings->len)
        say(out, "No setting meets %s: all %u that were tried miss it (confidence %.6g %%).",
            escaped, missed, 100 * study->request->confidence);
    else
        say(out,
            "No setting was found that meets %s: of %u that were tried %u miss it (confidence "
            "%.6g %%), and the others do not look like meeting it, or not so that it could be "
            "shown.",
            escaped, tuning->settings->len, missed, 100 * study->request->confidence);
    say(out, "%s comes nearest.", name);
    g_free(escaped);
    g_free(goals);
    g_free(name);
    g_ptr_array_free(ranked, TRUE);
}

bool tuning_words_print(FILE *out, const struct tuning_study *study, const struct study *stored,
                        const struct table_style *style, struct errors *errors)
{
    const struct tuning *tuning = &study->tuning;
    char *name;

    if (style->format != TABLE_PEOPLE)
        return print_table(out, study, stored, style, errors);
    name = text_escape(stored->name);
    fprintf(out, "%s: %u settings tried in %llu runs, %u of them tested, seed %llu\n\n", name,
            tuning->settings->len, (unsigned long long)tuning->runs, tuning->tests,
            (unsigned long long)stored->seed);
    g_free(name);
    if (!print_table(out, study, stored, style, errors))
        return false;
    fprintf(out, "\nThe frontier, and what was tested; in brackets 95 %% confidence intervals.\n");
    if (study->left_out > 0)
        say(out, "%u more settings are none: the scenario refuses their values together.",
            study->left_out);
    if (tuning->chosen != SIZE_MAX)
        say_chosen(out, study, stored);
    else
        say_none(out, study, stored);
    return true;
}
