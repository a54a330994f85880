/* SPDX-License-Identifier: GPL-3.0-or-later */
/* axis_shares.c - see axis_shares.h. */
#include "analysis/verdict/axis_shares.h"

#include "analysis/study/summary.h"
#include "analysis/study/usual.h"
#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"
#include "base/sensitivity.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two metrics where nobody names any: how soon, and at what cost. */
static const char *const spread[] = { "t99", "bytes_rate", NULL };
static const char *const beliefs[] = { "detect_t99", "bytes_rate", NULL };

static const char *const fates[] = {
    [SENSITIVITY_DONE] = "",
    [SENSITIVITY_CONSTANT] = "does not differ from point to point by more than noise",
    [SENSITIVITY_TOO_FEW] = "has too few points for so many parameters",
    [SENSITIVITY_TIED] = "cannot be told: parameters change together",
};

/* The values of one metric and strategy. */
struct sample {
    const struct study *study;
    size_t *axes, axis_count; /* of the study, those with several values */
    struct sensitivity_data data;
    double *x, *y;
    bool *is_word;
    size_t never; /* runs */
};

struct shares {
    const struct study *study;
    struct table *table;
    bool is_for_people;
    GString *notes;
    size_t ranked;          /* rows of ranks */
    bool has_grid, has_fit; /* which methods were used */
};

/* ---- what was run ---- */

static bool has_several_values(const struct study *study, size_t axis)
{
    for (size_t i = 1; i < study->point_count; i++)
        if (g_strcmp0(study->points[i].values[axis].text, study->points[0].values[axis].text) != 0)
            return true;
    return false;
}

/* A number for the value of an axis: of words their place among those seen. */
static double number_of(const struct study_value *value, GHashTable *words)
{
    const char *text = value->text != NULL ? value->text : "";

    if (!g_hash_table_contains(words, text))
        g_hash_table_insert(words, (gpointer)text, GUINT_TO_POINTER(g_hash_table_size(words)));
    return GPOINTER_TO_UINT(g_hash_table_lookup(words, text));
}

static void read_axis(struct sample *sample, const size_t *points, size_t count, size_t k)
{
    const struct study *study = sample->study;
    const size_t axis = sample->axes[k];
    GHashTable *words = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < count && !sample->is_word[k]; i++)
        sample->is_word[k] = isnan(study->points[points[i]].values[axis].number);
    for (size_t i = 0; i < count; i++) {
        const struct study_value *value = &study->points[points[i]].values[axis];

        sample->x[i * sample->axis_count + k] =
            sample->is_word[k] ? number_of(value, words) : value->number;
    }
    g_hash_table_destroy(words);
}

static bool is_of_use(const struct series *series)
{
    for (size_t r = 0; r < series->count; r++)
        if (!isnan(series->values[r]))
            return true;
    return false;
}

/* Reads the runs of all points that have any; the axes of these. */
static bool read_runs(struct sample *sample, const char *strategy, const char *metric,
                      struct errors *errors)
{
    const struct study *study = sample->study;
    struct series *series = g_new0(struct series, study->point_count);
    size_t *points = g_new(size_t, study->point_count), count = 0, width = 1;
    bool is_good = true;

    for (size_t i = 0; i < study->point_count && is_good; i++) {
        is_good = study_read(study, i, strategy, metric, &series[count], errors);
        if (is_good && is_of_use(&series[count])) {
            width = MAX(width, (size_t)series[count].replications[series[count].count - 1] + 1);
            points[count++] = i;
        } else if (is_good) {
            series_clear(&series[count]);
        }
    }
    sample->y = g_new(double, count *width + 1);
    for (size_t i = 0; i < count * width; i++)
        sample->y[i] = NAN;
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < series[i].count; r++)
            sample->y[i * width + (size_t)series[i].replications[r]] = series[i].values[r];
        series_clear(&series[i]);
    }
    sample->x = g_new(double, count * sample->axis_count + 1);
    for (size_t k = 0; k < sample->axis_count; k++)
        read_axis(sample, points, count, k);
    sample->data = (struct sensitivity_data){ .points = count,
                                              .axes = sample->axis_count,
                                              .replications = width,
                                              .x = sample->x,
                                              .is_word = sample->is_word,
                                              .y = sample->y };
    g_free(points);
    g_free(series);
    return is_good;
}

static int by_value(const void *left, const void *right)
{
    const double a = **(double *const *)left, b = **(double *const *)right;

    return (a > b) - (a < b);
}

/* Where some run never got there, all values become their ranks. */
static void rank_if_never(struct sample *sample)
{
    const size_t all = sample->data.points * sample->data.replications;
    double **sorted = g_new(double *, all + 1);
    size_t count = 0;

    for (size_t i = 0; i < all; i++) {
        sample->never += isinf(sample->y[i]) ? 1 : 0;
        if (!isnan(sample->y[i]))
            sorted[count++] = &sample->y[i];
    }
    qsort(sorted, count, sizeof *sorted, by_value);
    for (size_t i = 0, next; i < count && sample->never > 0; i = next) {
        const double value = *sorted[i];

        for (next = i + 1; next < count && *sorted[next] <= value; next++)
            ;
        for (size_t k = i; k < next; k++)
            *sorted[k] = (double)(i + next) / 2;
    }
    g_free(sorted);
}

/* ---- the table ---- */

static void add_row(struct shares *shares, const char *metric, const char *strategy,
                    const char *parameter, struct estimate share, const struct sample *sample,
                    const char *method)
{
    const struct cells_written w = cells_write(share, scale_choose(UNIT_SHARE, 1));
    char *text = isnan(share.lower) ? g_strdup(w.value)
                                    : g_strdup_printf("%s (%s–%s)", w.value, w.lower, w.upper);

    table_row(shares->table);
    table_text(shares->table, metric);
    table_text(shares->table, strategy);
    table_text(shares->table, parameter);
    table_text(shares->table, isnan(share.value) ? "" : text);
    cells_estimate(shares->table, share);
    table_text(shares->table, method);
    table_text(shares->table, sample->never > 0 ? "ranks" : "values");
    table_number(shares->table, (double)sample->data.points, NULL);
    g_free(text);
}

/* The place in `order` of axes by their share, the largest first. */
static int by_share(const void *left, const void *right, void *context)
{
    const struct sensitivity *found = context;
    const double a = found->axes[*(const size_t *)left].value;
    const double b = found->axes[*(const size_t *)right].value;

    return (a < b) - (a > b);
}

static void add_found(struct shares *shares, const char *metric, const char *strategy,
                      const struct sample *sample, struct sensitivity *found)
{
    const char *method = found->is_grid ? "anova" : "regression";
    size_t *order = g_new(size_t, sample->axis_count);

    for (size_t k = 0; k < sample->axis_count; k++)
        order[k] = k;
    g_qsort_with_data(order, (int)sample->axis_count, sizeof *order, by_share, found);
    for (size_t k = 0; k < sample->axis_count; k++)
        add_row(shares, metric, strategy, sample->study->axes[sample->axes[order[k]]],
                found->axes[order[k]], sample, method);
    add_row(shares, metric, strategy, "(interactions)", found->rest, sample, method);
    add_row(shares, metric, strategy, "(noise of one run)",
            (struct estimate){ found->noise, NAN, NAN }, sample, method);
    shares->has_grid |= found->is_grid;
    shares->has_fit |= !found->is_grid;
    g_free(order);
}

/* One metric of one strategy. */
static bool add_shares(struct shares *shares, struct sample *sample, const char *metric,
                       const char *strategy, struct errors *errors)
{
    struct sensitivity found;
    enum sensitivity_fate fate = SENSITIVITY_TOO_FEW;

    if (!read_runs(sample, strategy, metric, errors))
        return false;
    rank_if_never(sample);
    if (sample->data.points > 1)
        fate = sensitivity_find(&sample->data, SUMMARY_CONFIDENCE, &found);
    if (fate == SENSITIVITY_DONE) {
        add_found(shares, metric, strategy, sample, &found);
        sensitivity_clear(&found);
        if (sample->never > 0)
            g_string_append_printf(shares->notes,
                                   "%s of %s is taken by rank over the runs: in %zu it never "
                                   "happened.\n",
                                   metric, strategy, sample->never);
        return true;
    }
    add_row(shares, metric, strategy, "", (struct estimate){ NAN, NAN, NAN }, sample, "none");
    g_string_append_printf(shares->notes, "%s of %s %s.\n", metric, strategy, fates[fate]);
    return true;
}

static bool add_metric(struct shares *shares, const char *metric, struct errors *errors)
{
    const struct study *study = shares->study;
    bool is_good = true;

    for (size_t s = 0; s < study->strategy_count && is_good; s++) {
        struct sample sample = { .study = study, .axes = g_new(size_t, study->axis_count + 1) };

        for (size_t k = 0; k < study->axis_count; k++)
            if (has_several_values(study, k))
                sample.axes[sample.axis_count++] = k;
        sample.is_word = g_new0(bool, sample.axis_count + 1);
        is_good = add_shares(shares, &sample, metric, study->strategies[s], errors);
        g_free(sample.axes);
        g_free(sample.is_word);
        g_free(sample.x);
        g_free(sample.y);
    }
    return is_good;
}

static void print_notes(FILE *out, const struct shares *shares)
{
    static const char meaning[] =
        "Share: of the variance of the points' means, what goes if the parameter is fixed (its "
        "first-order Sobol index), with 95 % confidence intervals; (interactions): what only "
        "combinations explain, and what the method misses. Noise is kept apart: its share in the "
        "variance of a single run.";
    static const char grid[] = "Method: main effects of the analysis of variance over all "
                               "combinations; jackknife over the replications.";
    static const char fit[] = "Method: least squares on cosines of the values' ranks, one constant "
                              "for each of few values or words; jackknife over the points.";

    putc('\n', out);
    text_print_lines(out, meaning, 100, 0, 4);
    if (shares->has_grid)
        text_print_lines(out, grid, 100, 0, 4);
    if (shares->has_fit)
        text_print_lines(out, fit, 100, 0, 4);
    if (shares->notes->len > 0) {
        char **lines = g_strsplit(shares->notes->str, "\n", -1);

        for (char **line = lines; **line != 0; line++) {
            char *safe = text_escape(*line);

            text_print_lines(out, safe, 100, 0, 4);
            g_free(safe);
        }
        g_strfreev(lines);
    }
}

static struct table *start_table(const struct table_style *style)
{
    struct table *table = table_new(style);

    table_column(table, "metric", "metric", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "parameter", "parameter", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "", "share %", COLUMN_PEOPLE | COLUMN_RIGHT);
    table_column(table, "share", "", COLUMN_PROGRAMS);
    table_column(table, "share_lower", "", COLUMN_PROGRAMS);
    table_column(table, "share_upper", "", COLUMN_PROGRAMS);
    table_column(table, "method", "", COLUMN_PROGRAMS);
    table_column(table, "of", "", COLUMN_PROGRAMS);
    table_column(table, "points", "", COLUMN_PROGRAMS);
    return table;
}

static bool may_tell(const struct study *study, struct errors *errors)
{
    for (size_t k = 0; k < study->axis_count; k++)
        if (has_several_values(study, k))
            return true;
    errors_add(errors, ERROR_SCENARIO,
               "study %lld has one point: a sweep tells which parameter matters",
               (long long)study->study_id);
    return false;
}

bool axis_shares_print(FILE *out, const struct study *study, const char *const *metrics,
                       const struct table_style *style, struct errors *errors)
{
    struct shares shares = { .study = study, .is_for_people = style->format == TABLE_PEOPLE };
    const char *usual[USUAL_MAX];
    bool is_good = may_tell(study, errors);

    usual_metrics(study, spread, beliefs, usual);
    metrics = metrics != NULL ? metrics : usual;
    for (size_t i = 0; metrics[i] != NULL; i++)
        is_good = study_check_metric(study, metrics[i], errors) && is_good;
    if (!is_good)
        return false;
    shares.table = start_table(style);
    shares.notes = g_string_new(NULL);
    for (size_t i = 0; metrics[i] != NULL && is_good; i++)
        is_good = add_metric(&shares, metrics[i], errors);
    if (is_good)
        table_print(out, shares.table);
    if (is_good && shares.is_for_people)
        print_notes(out, &shares);
    g_string_free(shares.notes, TRUE);
    table_free(shares.table);
    return is_good;
}
