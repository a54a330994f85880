/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steady_table.c - see steady_table.h. */
#include "analysis/verdict/steady_table.h"

#include "analysis/study/evenly.h"
#include "analysis/study/summary.h"
#include "analysis/text/text.h"
#include "analysis/verdict/cells.h"
#include "base/steady.h"

#include <glib.h>
#include <math.h>
#include <stdint.h>

/* What is found of a series at a point. */
struct level {
    size_t runs;
    double step, warmup; /* seconds; NAN: it does not settle */
    struct steady steady;
};

/* The mean over the runs, of which the warm-up is looked for: in single ones chance hides it. */
static double *average(const struct evenly *evenly)
{
    double *mean = g_new0(double, evenly->count + 1);

    for (size_t run = 0; run < evenly->runs; run++)
        for (size_t i = 0; i < evenly->count; i++)
            mean[i] += evenly->values[run * evenly->count + i] / (double)evenly->runs;
    return mean;
}

static bool find_level(const struct study *study, size_t point, const char *strategy,
                       const struct evenly_kind *kind, struct level *level, struct errors *errors)
{
    const bool is_share = metric_describe(kind->name).unit == UNIT_SHARE;
    struct evenly evenly;
    double *mean;
    size_t warmup;

    *level = (struct level){ .warmup = NAN, .steady = { .mean = { NAN, NAN, NAN } } };
    if (!evenly_read(study, point, strategy, kind, &evenly, errors))
        return false;
    mean = average(&evenly);
    warmup = steady_warmup(mean, evenly.count);
    level->runs = evenly.runs;
    level->step = evenly.step;
    if (warmup < SIZE_MAX) {
        level->warmup = (double)warmup * evenly.step;
        level->steady = steady_mean(evenly.values, evenly.runs, evenly.count, warmup, is_share,
                                    SUMMARY_CONFIDENCE);
    }
    g_free(mean);
    evenly_clear(&evenly);
    return true;
}

/* A series that ends because all is done has no level. */
static bool check_ends(const struct study *study, struct errors *errors)
{
    for (size_t point = 0; point < study->point_count; point++)
        for (size_t s = 0; s < study->strategy_count; s++) {
            struct series ends = { 0 };
            bool is_good = study_read(study, point, study->strategies[s], "cut_off", &ends, errors);
            bool goes_on = true;

            for (size_t i = 0; is_good && i < ends.count; i++)
                goes_on = goes_on && ends.values[i] == 1;
            series_clear(&ends);
            if (is_good && !goes_on)
                errors_add(errors, ERROR_SCENARIO,
                           "--steady: runs of '%s' end before `stop.at`, and what ends has no "
                           "steady state; `stop: {when: never}` lets them go on",
                           study->strategies[s]);
            if (!is_good || !goes_on)
                return false;
        }
    return true;
}

static struct table *make_table(const struct study *study, const struct table_style *style)
{
    static const char *const numbers[] = { "mean", "mean_lower", "mean_upper" };
    struct table *table = table_new(style);

    table_column(table, "series", "series", COLUMN_ALL | COLUMN_KEY);
    cells_axis_columns(table, study, -1);
    table_column(table, "strategy", "strategy", COLUMN_ALL | COLUMN_KEY);
    table_column(table, "runs", "runs", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "", "level", COLUMN_PEOPLE | COLUMN_RIGHT);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_column(table, numbers[i], "", COLUMN_PROGRAMS);
    table_column(table, "warmup", "warm-up", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "batches", "batches", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "batch_seconds", "of", COLUMN_ALL | COLUMN_RIGHT);
    table_column(table, "independent", "worth", COLUMN_ALL | COLUMN_RIGHT);
    return table;
}

static void add_seconds(struct table *table, double seconds, const char *otherwise)
{
    struct scale scale = scale_choose(UNIT_TIME, seconds);
    char number[32], *shown;

    scale_write(number, seconds, scale);
    shown = isnan(seconds) ? g_strdup(otherwise) : g_strdup_printf("%s %s", number, scale.unit);
    table_number(table, seconds, shown);
    g_free(shown);
}

static void add_level_text(struct table *table, const struct level *level, enum metric_unit unit)
{
    struct estimate e = level->steady.mean;
    struct cells_written w = cells_write(e, scale_choose(unit, e.value));
    char *shown = isnan(e.value)   ? g_strdup("–")
                  : isnan(e.lower) ? g_strdup_printf("%s%s%s", w.value, w.blank, w.unit)
                                   : g_strdup_printf("%s (%s–%s)%s%s", w.value, w.lower, w.upper,
                                                     w.blank, w.unit);

    table_text(table, shown);
    g_free(shown);
}

static void add_row(struct table *table, const struct study *study, size_t point, size_t strategy,
                    const char *name, const struct level *level)
{
    char worth[32];

    table_row(table);
    table_text(table, name);
    cells_axis_values(table, study, point, -1);
    table_text(table, study->strategies[strategy]);
    table_number(table, (double)level->runs, NULL);
    add_level_text(table, level, metric_describe(name).unit);
    cells_estimate(table, level->steady.mean);
    add_seconds(table, level->warmup, level->runs > 0 ? "does not settle" : "no samples");
    table_number(table, (double)level->steady.batches, NULL);
    add_seconds(table, level->steady.batch > 0 ? (double)level->steady.batch * level->step : NAN,
                "–");
    g_ascii_formatd(worth, sizeof worth, "%.0f", level->steady.independent);
    table_number(table, level->steady.independent, worth);
}

static void print_notes(FILE *out)
{
    fputs("\nLevel: mean after the warm-up that MSER-5 finds, with its 95 % confidence interval by "
          "batch means.\nWorth: how many independent values would tell as much as those after the "
          "warm-up. Where that is below\n100, or 30 a run, there is no interval: a later "
          "`stop.at`, with a "
          "`record.every` to match, gives more.\n",
          out);
}

/* The rows of a series. */
static bool add_rows(struct table *table, const struct study *study, const struct evenly_kind *kind,
                     struct errors *errors)
{
    for (size_t point = 0; point < study->point_count; point++)
        for (size_t s = 0; s < study->strategy_count; s++) {
            struct level level;

            if (!find_level(study, point, study->strategies[s], kind, &level, errors))
                return false;
            add_row(table, study, point, s, kind->name, &level);
        }
    return true;
}

bool steady_table_print(FILE *out, const struct study *study, const char *const *names,
                        const struct table_style *style, struct errors *errors)
{
    struct table *table;
    bool is_good = true;

    for (size_t i = 0; names[i]; i++)
        is_good = evenly_find(names[i], errors) && is_good;
    if (!is_good || !check_ends(study, errors))
        return false;
    table = make_table(study, style);
    for (size_t i = 0; is_good && names[i]; i++)
        is_good = add_rows(table, study, evenly_find(names[i], errors), errors);
    if (is_good)
        table_print(out, table);
    if (is_good && style->format == TABLE_PEOPLE)
        print_notes(out);
    table_free(table);
    return is_good;
}
