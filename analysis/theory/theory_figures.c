/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory_figures.c - see theory_figures.h. */
#include "analysis/theory/theory_figures.h"

#include <glib.h>
#include <math.h>
#include <string.h>

const char *const theory_metrics[THEORY_FIGURES] = {
    [THEORY_T50] = "t50",
    [THEORY_T90] = "t90",
    [THEORY_T99] = "t99",
    [THEORY_RESIDUE] = "residue",
    [THEORY_M] = "m",
    [THEORY_DETECTION] = "detect_first",
    [THEORY_FACTOR] = "variance_factor",
};

struct theory_figure theory_figure(const struct theory_prediction *p, int figure)
{
    const double *times = figure == THEORY_T50 ? p->t50 : figure == THEORY_T90 ? p->t90 : p->t99;
    const double other = figure == THEORY_RESIDUE     ? p->residue
                         : figure == THEORY_M         ? p->copies
                         : figure == THEORY_DETECTION ? p->law.detection
                                                      : p->law.factor;

    if (!p->applies)
        return (struct theory_figure){ NAN, NAN, NAN };
    if (figure <= THEORY_T99)
        return (struct theory_figure){ times[THEORY_MEDIAN], times[THEORY_FAST],
                                       times[THEORY_SLOW] };
    return (struct theory_figure){ other, NAN, NAN };
}

/* ---- the runs ---- */

struct ids {
    int64_t point, strategy;
    const char *point_hash, *stack_hash;
};

static void take_id(sqlite3_stmt *row, const char *hash, int64_t *id)
{
    const char *text = (const char *)sqlite3_column_text(row, 1);

    if (text && strcmp(text, hash) == 0)
        *id = sqlite3_column_int64(row, 0);
}

static void take_point(void *context, sqlite3_stmt *row)
{
    struct ids *ids = context;

    take_id(row, ids->point_hash, &ids->point);
}

static void take_strategy(void *context, sqlite3_stmt *row)
{
    struct ids *ids = context;

    take_id(row, ids->stack_hash, &ids->strategy);
}

bool theory_find(const struct study *study, const struct plan *plan, size_t point, int strategy,
                 struct theory_place *place)
{
    struct ids ids = { -1, -1, plan->points[point].hash,
                       plan->stacks[plan_stack(plan, point, strategy)].hash };
    struct errors errors = { .count = 0 };
    const bool is_good =
        study_rows(study,
                   "SELECT DISTINCT point_id, hash FROM study_point JOIN point USING (point_id) "
                   "WHERE study_id = ?1",
                   take_point, &ids, &errors) &&
        study_rows(study,
                   "SELECT DISTINCT strategy_id, hash FROM study_strategy JOIN strategy USING "
                   "(strategy_id) WHERE study_id = ?1",
                   take_strategy, &ids, &errors);

    errors_clear(&errors);
    for (size_t i = 0; is_good && i < study->point_count; i++)
        for (size_t s = 0; s < study->strategy_count; s++)
            if (study->points[i].point_id == ids.point &&
                study->strategy_ids[(size_t)study->points[i].variant * study->strategy_count + s] ==
                    ids.strategy) {
                *place = (struct theory_place){ i, study->strategies[s] };
                return true;
            }
    return false;
}

/* Whether the median is what is predicted. */
static bool is_time_of_runs(int figure)
{
    return figure <= THEORY_T99;
}

bool theory_measure(const struct study *study, const struct theory_place *place, int figure,
                    struct theory_measured *measured, struct errors *errors)
{
    struct series series;
    const bool is_good =
        study_read(study, place->point, place->strategy, theory_metrics[figure], &series, errors);
    struct summary summary;

    *measured = (struct theory_measured){ .estimate = { NAN, NAN, NAN } };
    if (is_good) {
        summary = is_time_of_runs(figure) ? summary_quantile(&series, 0.5) : summary_mean(&series);
        measured->runs = summary.runs;
        measured->estimate = summary.estimate;
        measured->early = summary_quantile(&series, 0.05).estimate.value;
        measured->late = summary_quantile(&series, 0.95).estimate.value;
    }
    series_clear(&series);
    return is_good;
}

/* ---- in words ---- */

char *theory_difference(int figure, double predicted, const struct theory_measured *m)
{
    const struct estimate *e = &m->estimate;
    const bool is_time = figure <= THEORY_T99 || figure == THEORY_DETECTION;
    double part;

    if (isnan(predicted) || isnan(e->value))
        return g_strdup("");
    if (isinf(predicted) || isinf(e->value))
        return g_strdup(isinf(predicted) && isinf(e->value) ? "both never"
                        : isinf(predicted)                  ? "never, but measured"
                                                            : "never measured");
    if (predicted >= e->lower && predicted <= e->upper)
        return g_strdup("agrees");
    if (fabs(predicted - e->value) <= 1e-3 * fabs(e->value) ||
        (figure == THEORY_RESIDUE && fabs(predicted - e->value) < 1e-4))
        return g_strdup("agrees");
    part = 100 * (predicted / e->value - 1);
    return g_strdup_printf(
        "%s%.2g %% %s", predicted >= m->early && predicted <= m->late ? "within the runs, " : "",
        fabs(part), is_time ? (part > 0 ? "later" : "earlier") : (part > 0 ? "more" : "less"));
}
