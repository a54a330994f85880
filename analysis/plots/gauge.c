/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gauge.c - how models stand against time: one of their gauges, which samples have with
 * `record.figures`, mean of the live nodes.
 */
#include "analysis/figure/history.h"
#include "experiment/store/database.h"

#include <string.h>

/* Adds the gauges that the first run of a strategy at a point has, if they are new. */
static bool add_names(const struct study *study, size_t point, const char *strategy,
                      GPtrArray *names, struct errors *errors)
{
    static const char sql[] = "SELECT DISTINCT name FROM figure_sample WHERE run_id IN "
                              "(SELECT run_id FROM run WHERE status = 'done' AND " STUDY_RUNS
                              " ORDER BY run_id LIMIT 1) ORDER BY name";
    sqlite3_stmt *statement = database_prepare(study->database, study->path, sql, errors);
    int code = SQLITE_ERROR;

    if (!statement)
        return false;
    study_bind(study, point, strategy, statement);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);

        if (name && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(name));
    }
    if (code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

/* The gauge that is meant, of those there are; NULL and an error: none, or it is not clear. */
static const char *choose(const char *wanted, const GPtrArray *names, struct errors *errors)
{
    GString *list = g_string_new(NULL);
    const char *chosen = NULL;

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        g_string_append_printf(list, "%s%s",
                               i == 0               ? ""
                               : i + 1 < names->len ? ", "
                                                    : " or ",
                               name);
        if (wanted ? strcmp(wanted, name) == 0 : names->len == 1)
            chosen = name;
    }
    if (names->len == 0)
        errors_add(errors, ERROR_SCENARIO,
                   "no run has samples of a model's gauge; `record: {figures: true}`");
    else if (!chosen && wanted)
        errors_add(errors, ERROR_SCENARIO, "--metric '%s': the runs have samples of %s", wanted,
                   list->str);
    else if (!chosen)
        errors_add(errors, ERROR_SCENARIO, "the kind gauge draws one of several: --metric %s",
                   list->str);
    g_string_free(list, TRUE);
    return chosen;
}

static struct canvas *draw_gauge(struct figure *figure, const char *name, struct errors *errors)
{
    const struct metric metric = metric_describe(name);
    const struct history history = {
        .gauge = name,
        .title = metric.label, /* a sentence: too long for an axis */
        .label = name,
        .none = "no run has samples of it",
        .unit = metric.unit,
    };

    return history_draw(figure, &history, errors);
}

static struct canvas *draw(struct figure *figure, struct errors *errors)
{
    const struct study *study = figure->study;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    struct canvas *canvas = NULL;
    const char *name = NULL;
    bool is_good = true;

    for (size_t i = 0; i < figure->point_count * study->strategy_count && is_good; i++)
        is_good = add_names(study, figure->points[i / study->strategy_count],
                            study->strategies[i % study->strategy_count], names, errors);
    if (is_good)
        name = choose(figure->options->metric, names, errors);
    if (name)
        canvas = draw_gauge(figure, name, errors);
    g_ptr_array_free(names, TRUE);
    return canvas;
}

const struct figure_kind figure_gauge = {
    .name = "gauge",
    .summary = "a model's own figure of how its nodes stand, against time",
    .takes = FIGURE_METRIC | FIGURE_UNTIL | FIGURE_RUNS,
    .draw = draw,
};
