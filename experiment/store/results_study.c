/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_study.c - writing a study, its axes, points and strategies, into the database.
 *
 * All in one transaction and in plan order, so the numbers of points and strategies depend only
 * on which studies came before.  Points and strategies that are there already are shared; what a
 * study calls them and where they stand in it is its own.
 */
#include "experiment/store/results_private.h"

#include "experiment/store/database.h"

#include <glib.h>
#include <math.h>

enum study_statement {
    FIND_POINT,
    ADD_POINT,
    ADD_PARAM,
    LINK_POINT,
    ADD_AXIS,
    ADD_STRATEGY,
    LINK_STRATEGY,
    STUDY_STATEMENT_COUNT,
};

static const char *const study_texts[STUDY_STATEMENT_COUNT] = {
    [FIND_POINT] = "SELECT point_id FROM point WHERE hash = ?",
    [ADD_POINT] = "INSERT INTO point (hash) VALUES (?)",
    [ADD_PARAM] = "INSERT INTO param (study_id, position, path, text, number, unit) "
                  "VALUES (?, ?, ?, ?, ?, ?)",
    [LINK_POINT] = "INSERT INTO study_point (study_id, position, point_id, variant, params_json) "
                   "VALUES (?1, ?2, ?3, ?4, (SELECT json_group_object(path, CASE "
                   "WHEN number = CAST(number AS INTEGER) THEN CAST(number AS INTEGER) "
                   "ELSE coalesce(number, text) END) FROM param "
                   "WHERE study_id = ?1 AND position = ?2))",
    [ADD_AXIS] = "INSERT INTO study_axis (study_id, position, path) VALUES (?, ?, ?)",
    [ADD_STRATEGY] = "INSERT OR IGNORE INTO strategy (hash, stack) VALUES (?, ?)",
    [LINK_STRATEGY] = "INSERT INTO study_strategy (study_id, variant, position, strategy, "
                      "strategy_id) VALUES (?, ?, ?, ?, ?)",
};

/* Finds the world of a point, or adds it. */
static bool find_world(struct results *results, sqlite3_stmt *const *statements, size_t index,
                       struct errors *errors)
{
    const struct plan_point *point = &results->plan->points[index];
    int64_t *id = &results->point_ids[index];

    results_bind(statements[FIND_POINT], "t", point->hash);
    if (!results_look_up(results, statements[FIND_POINT], 0, id, errors) || *id != 0)
        return *id != 0;
    results_bind(statements[ADD_POINT], "t", point->hash);
    if (!results_step(results, statements[ADD_POINT], errors))
        return false;
    *id = sqlite3_last_insert_rowid(results->database);
    return true;
}

static bool add_point(struct results *results, sqlite3_stmt *const *statements, size_t index,
                      struct errors *errors)
{
    const struct plan_point *point = &results->plan->points[index];

    if (!find_world(results, statements, index, errors))
        return false;
    for (size_t i = 0; i < results->plan->axis_count; i++) {
        const struct point_param *param = plan_param(results->plan, index, i);
        results_bind(statements[ADD_PARAM], "iittdt", results->study_id, (int64_t)index,
                     results->plan->axes[i].path, param->text,
                     param->is_number ? param->number : NAN, param->unit);
        if (!results_step(results, statements[ADD_PARAM], errors))
            return false;
    }
    results_bind(statements[LINK_POINT], "iiii", results->study_id, (int64_t)index,
                 results->point_ids[index], (int64_t)point->variant);
    return results_step(results, statements[LINK_POINT], errors);
}

/* Of all stacks that the plan's strategies are somewhere: --only leaves some out. */
static bool each_stack(struct results *results, sqlite3_stmt *statement,
                       bool (*take)(struct results *, sqlite3_stmt *, size_t, struct errors *),
                       struct errors *errors)
{
    const struct plan *plan = results->plan;
    size_t count = plan->variant_count * (size_t)plan->strategy_count;
    bool *is_taken = g_new0(bool, plan->stack_count);
    bool is_good = true;

    for (size_t i = 0; i < count && is_good; i++) {
        size_t stack = plan->variants[i];
        if (!is_taken[stack])
            is_good = take(results, statement, stack, errors);
        is_taken[stack] = true;
    }
    g_free(is_taken);
    return is_good;
}

static bool add_stack(struct results *results, sqlite3_stmt *statement, size_t stack,
                      struct errors *errors)
{
    results_bind(statement, "tt", results->plan->stacks[stack].hash,
                 results->plan->stacks[stack].text);
    return results_step(results, statement, errors);
}

static bool find_stack(struct results *results, sqlite3_stmt *statement, size_t stack,
                       struct errors *errors)
{
    results_bind(statement, "t", results->plan->stacks[stack].hash);
    return results_look_up(results, statement, 0, &results->strategy_ids[stack], errors);
}

/* Reads the numbers that the file has for the plan's stacks; 0 for one that it lacks. */
static bool find_stacks(struct results *results, struct errors *errors)
{
    sqlite3_stmt *statement =
        database_prepare(results->database, results->path,
                         "SELECT strategy_id FROM strategy WHERE hash = ?", errors);
    bool is_good = statement && each_stack(results, statement, find_stack, errors);

    sqlite3_finalize(statement);
    return is_good;
}

static bool link_strategies(struct results *results, sqlite3_stmt *statement, struct errors *errors)
{
    const struct plan *plan = results->plan;

    for (uint32_t variant = 0; variant < plan->variant_count; variant++)
        for (int i = 0; i < plan->strategy_count; i++) {
            size_t stack = plan->variants[variant * (size_t)plan->strategy_count + (size_t)i];
            results_bind(statement, "iiiti", results->study_id, (int64_t)variant, (int64_t)i,
                         plan->strategies[i], results->strategy_ids[stack]);
            if (!results_step(results, statement, errors))
                return false;
        }
    return true;
}

bool results_study_add_parts(struct results *results, struct errors *errors)
{
    const struct plan *plan = results->plan;
    sqlite3_stmt *statements[STUDY_STATEMENT_COUNT] = { NULL };
    bool is_good = true;

    for (int i = 0; i < STUDY_STATEMENT_COUNT && is_good; i++) {
        statements[i] = database_prepare(results->database, results->path, study_texts[i], errors);
        is_good = statements[i] != NULL;
    }
    for (size_t i = 0; i < plan->axis_count && is_good; i++) {
        results_bind(statements[ADD_AXIS], "iit", results->study_id, (int64_t)i,
                     plan->axes[i].path);
        is_good = results_step(results, statements[ADD_AXIS], errors);
    }
    for (size_t i = 0; i < plan->point_count && is_good; i++)
        is_good = add_point(results, statements, i, errors);
    is_good = is_good && each_stack(results, statements[ADD_STRATEGY], add_stack, errors) &&
              find_stacks(results, errors) &&
              link_strategies(results, statements[LINK_STRATEGY], errors);
    for (int i = 0; i < STUDY_STATEMENT_COUNT; i++)
        sqlite3_finalize(statements[i]);
    return is_good;
}

bool results_study_insert(struct results *results, const char *argv, const char *version,
                          struct errors *errors)
{
    const struct plan *plan = results->plan;
    const struct replications *replications = &plan->replications;
    bool has_rule = replications->metric != NULL;
    GDateTime *now = g_date_time_new_now_utc();
    char *created = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    sqlite3_stmt *statement = database_prepare(
        results->database, results->path,
        "INSERT INTO study (name, scenario_yaml, scenario_sha256, seed, replications_min, "
        "replications_max, until_metric, until_half_width, until_confidence, argv, created_at, "
        "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        errors);
    bool is_added = false;

    if (statement) {
        results_bind(statement, "tttiiitddttt", plan->name, plan->scenario, plan->sha256,
                     (int64_t)plan->seed, (int64_t)replications->min, (int64_t)replications->max,
                     replications->metric, has_rule ? replications->half_width : NAN,
                     has_rule ? replications->confidence : NAN, argv, created, version);
        is_added = results_step(results, statement, errors);
        results->study_id = sqlite3_last_insert_rowid(results->database);
    }
    sqlite3_finalize(statement);
    g_free(created);
    g_date_time_unref(now);
    return is_added;
}

/* The strategies as a list of SQL literals, as the query below makes it of those in the database.
 */
static char *strategy_list(const struct plan *plan)
{
    GString *list = g_string_new(NULL);

    for (int i = 0; i < plan->strategy_count; i++) {
        char *literal = sqlite3_mprintf("%Q", plan->strategies[i]);
        g_string_append_printf(list, "%s%s", i > 0 ? "," : "", literal);
        sqlite3_free(literal);
    }
    return g_string_free(list, FALSE);
}

/* Number of the plan's study in the database, or 0. */
static bool find_study(struct results *results, const struct plan *plan, int64_t *study_id,
                       struct errors *errors)
{
    sqlite3_stmt *find =
        database_prepare(results->database, results->path,
                         "SELECT study_id FROM study s WHERE scenario_sha256 = ? AND ? = "
                         "(SELECT group_concat(quote(strategy), ',') FROM (SELECT strategy "
                         "FROM study_strategy g WHERE g.study_id = s.study_id AND variant = 0 "
                         "ORDER BY position))",
                         errors);
    char *strategies = strategy_list(plan);
    bool is_good = find != NULL;

    if (find) {
        results_bind(find, "tt", plan->sha256, strategies);
        is_good = results_look_up(results, find, 0, study_id, errors);
    }
    sqlite3_finalize(find);
    g_free(strategies);
    return is_good;
}

static bool find_or_add_study(struct results *results, const char *argv, const char *version,
                              struct errors *errors)
{
    bool is_new;

    if (!find_study(results, results->plan, &results->study_id, errors))
        return false;
    is_new = results->study_id == 0;
    return (!is_new || (results_study_insert(results, argv, version, errors) &&
                        results_study_add_parts(results, errors))) &&
           results_mark_shard(results, is_new, errors);
}

/* Reads where the points of the study stand in the file; false if some are lost.  That of a search
 * may have more. */
static bool read_points(struct results *results, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        results->database, results->path,
        "SELECT point_id FROM study_point WHERE study_id = ? ORDER BY position", errors);
    size_t count = results->plan->point_count, found = 0;
    int code;

    if (!statement)
        return false;
    results_bind(statement, "i", results->study_id);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (found < count)
            results->point_ids[found] = sqlite3_column_int64(statement, 0);
        found++;
    }
    if (code != SQLITE_DONE)
        results_failed(results, errors);
    else if (found < count)
        errors_add(errors, ERROR_IO,
                   "'%s' is damaged: study %" G_GINT64_FORMAT " has lost some of its points",
                   results->path, results->study_id);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE && found >= count;
}

int64_t results_study(const struct results *results)
{
    return results->study_id;
}

int64_t results_run_id(const struct results *results, size_t point, int strategy,
                       uint32_t replication)
{
    size_t stack = plan_stack(results->plan, point, strategy);

    return RESULTS_FIRST_RUN(results->point_ids[point], results->strategy_ids[stack]) + replication;
}

/* A number that run_id has no room for, or that is lost. */
static bool check_stack(struct results *results, sqlite3_stmt *statement, size_t stack,
                        struct errors *errors)
{
    int64_t id = results->strategy_ids[stack];

    (void)statement;
    if (id <= 0)
        errors_add(errors, ERROR_IO,
                   "'%s' is damaged: study %" G_GINT64_FORMAT " has lost some of its strategies",
                   results->path, results->study_id);
    else if (id > RESULTS_STRATEGIES_MAX)
        errors_add(errors, ERROR_IO, "'%s' has %d different strategies, more do not fit",
                   results->path, RESULTS_STRATEGIES_MAX);
    return id > 0 && id <= RESULTS_STRATEGIES_MAX;
}

static bool check_limits(struct results *results, struct errors *errors)
{
    g_assert(results->plan->replications.max <= RESULTS_REPLICATIONS_MAX);
    for (size_t i = 0; i < results->plan->point_count; i++)
        if (results->point_ids[i] > RESULTS_POINTS_MAX) {
            errors_add(errors, ERROR_IO, "'%s' has %d different points, more do not fit",
                       results->path, RESULTS_POINTS_MAX);
            return false;
        }
    return each_stack(results, NULL, check_stack, errors);
}

bool results_has_study(struct results *results, const struct plan *plan, bool *has,
                       struct errors *errors)
{
    int64_t study_id;

    if (!find_study(results, plan, &study_id, errors))
        return false;
    *has = study_id != 0;
    return true;
}

void results_study_take(struct results *results, const struct plan *plan)
{
    results->plan = plan;
    results->point_ids = g_renew(int64_t, results->point_ids, plan->point_count);
    results->strategy_ids = g_renew(int64_t, results->strategy_ids, plan->stack_count);
}

bool results_study_read(struct results *results, struct errors *errors)
{
    return read_points(results, errors) && find_stacks(results, errors) &&
           check_limits(results, errors);
}

bool results_add_study(struct results *results, const struct plan *plan, const char *argv,
                       const char *version, struct errors *errors)
{
    results_study_take(results, plan);
    if (results_begin(results, errors)) {
        if (find_or_add_study(results, argv, version, errors) &&
            results_study_read(results, errors))
            return results_commit(results, errors);
        results_roll_back(results);
    }
    return false;
}
