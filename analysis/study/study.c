/* SPDX-License-Identifier: GPL-3.0-or-later */
/* study.c - see study.h. */
#include "analysis/study/study.h"

#include "analysis/study/metric_place.h"
#include "analysis/study/study_points.h"
#include "base/nearest.h"
#include "base/quantity.h"
#include "experiment/store/database.h"

#include <glib.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

/* ---- statements ---- */

/* Makes a statement ready again whose last step returned `code`; false and an error if that was a
 * failure. */
static bool rewind_statement(const struct study *study, sqlite3_stmt *statement, int code,
                             struct errors *errors)
{
    bool is_done = code == SQLITE_DONE || code == SQLITE_ROW;

    if (!is_done)
        database_error(study->database, study->path, errors);
    sqlite3_reset(statement);
    return is_done;
}

bool study_rows(const struct study *study, const char *sql,
                void (*take)(void *context, sqlite3_stmt *row), void *context,
                struct errors *errors)
{
    return database_rows(study->database, study->path, sql, study->study_id, take, context, errors);
}

char *study_copy_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return g_strdup(text ? text : "");
}

/* Metrics that stand in the runs themselves, in base units. */
static const struct {
    const char *name, *sql;
} run_columns[] = {
    { "events", "events" },
    { "peak_bytes", "peak_bytes" },
    { "wall", "wall_ns / 1e9" },
    { "sim_end", "sim_end_ns / 1e9" },
    { "cut_off", "stop_reason = 'time'" },
    { "went_quiet", "stop_reason = 'quiet'" },
};

/* The statements give replication and value: a text if it never happened, NULL if it does not
 * apply.  Of a metric there may be several rows a run, of which one has its value. */
#define VALUES_OF_RUNS " WHERE " STUDY_RUNS " AND status = 'done' ORDER BY run_id"

static char *metrics_sql(void)
{
    GString *sql = g_string_new("SELECT replication, CASE metric_place(set_id)");

    for (int i = 0; i < METRICS_IN_ROW; i++)
        g_string_append_printf(sql, " WHEN %d THEN coalesce(v%d, 'never')", i, i);
    g_string_append(sql, " END FROM metric_value CROSS JOIN run USING (run_id)" VALUES_OF_RUNS);
    return g_string_free(sql, FALSE);
}

static char *of_runs_sql(void)
{
    GString *sql = g_string_new("SELECT replication, CASE ?4");

    for (size_t i = 0; i < G_N_ELEMENTS(run_columns); i++)
        g_string_append_printf(sql, " WHEN '%s' THEN %s", run_columns[i].name, run_columns[i].sql);
    g_string_append(sql, " END FROM run" VALUES_OF_RUNS);
    return g_string_free(sql, FALSE);
}

/* Prepares what is asked for each strategy at each point, once. */
static bool prepare_reading(struct study *study, struct errors *errors)
{
    char *metrics = metrics_sql(), *of_runs = of_runs_sql();

    study->place = g_new0(struct metric_place, 1);
    if (metric_place_init(study->place, study->database) != SQLITE_OK)
        database_error(study->database, study->path, errors);
    else
        study->read_values = database_prepare(study->database, study->path, metrics, errors);
    if (study->read_values)
        study->read_of_runs = database_prepare(study->database, study->path, of_runs, errors);
    if (study->read_of_runs)
        study->count_runs = database_prepare(
            study->database, study->path,
            "SELECT coalesce(sum(status = 'done'), 0), coalesce(sum(status = 'failed'), 0) "
            "FROM run WHERE " STUDY_RUNS,
            errors);
    g_free(of_runs);
    g_free(metrics);
    return study->count_runs != NULL;
}

/* ---- the frame of a study ---- */

/* The value of the top-level key `nodes`.  Reads events, so depth and aliases cost nothing. */
static double read_nodes(const char *yaml)
{
    yaml_parser_t parser;
    yaml_event_t event;
    int depth = 0;
    bool is_key = true, is_nodes = false, goes_on = true;
    double nodes = NAN;

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, strlen(yaml));
    while (goes_on && yaml_parser_parse(&parser, &event)) {
        bool starts =
            event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT;
        bool ends = event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT;
        depth -= ends;
        if (depth == 1 && event.type == YAML_SCALAR_EVENT) {
            const char *text = (const char *)event.data.scalar.value;
            int64_t count;
            if (!is_key && is_nodes && quantity_read_count(text, &count, NULL))
                nodes = (double)count;
            is_nodes = is_key && strcmp(text, "nodes") == 0;
        }
        if (depth == 1 && !starts)
            is_key = !is_key;
        if (depth == 0 && starts)
            is_key = true; /* the first key comes next */
        depth += starts;
        goes_on = event.type != YAML_STREAM_END_EVENT && isnan(nodes) &&
                  !(depth == 1 && event.type == YAML_SEQUENCE_START_EVENT); /* no mapping at all */
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return nodes;
}

/* A text of the study that begins "study 7: ...", about studies that the user may have meant. */
static void complain_no_study(const struct study *study, int64_t wanted, struct errors *errors)
{
    if (study->count == 0)
        errors_add(errors, ERROR_SCENARIO, "'%s' holds no study yet", study->path);
    else
        errors_add(errors, ERROR_SCENARIO, "'%s' has no study %lld; it holds %zu, from 1",
                   study->path, (long long)wanted, study->count);
}

static void take_study(void *context, sqlite3_stmt *row)
{
    struct study *study = context;
    char *yaml = study_copy_text(row, 2);

    study->study_id = sqlite3_column_int64(row, 0);
    study->name = study_copy_text(row, 1);
    study->nodes = read_nodes(yaml);
    study->seed = (uint64_t)sqlite3_column_int64(row, 3);
    study->replications_min = (size_t)sqlite3_column_int64(row, 4);
    study->version = study_copy_text(row, 5);
    study->scenario_sha256 = study_copy_text(row, 6);
    study->shard = g_strdup((const char *)sqlite3_column_text(row, 7));
    g_free(yaml);
}

static void take_count(void *count, sqlite3_stmt *row)
{
    *(size_t *)count = (size_t)sqlite3_column_int64(row, 0);
}

/* The study called `wanted`, 0 being the newest; false and an error if there is none. */
static bool read_study(struct study *study, int64_t wanted, struct errors *errors)
{
    study->study_id = wanted;
    if (!study_rows(study, "SELECT count(*) FROM study", take_count, &study->count, errors) ||
        !study_rows(study,
                    "SELECT study_id, name, scenario_yaml, seed, replications_min, version, "
                    "scenario_sha256, (SELECT value FROM meta WHERE key = 'shard ' || study_id) "
                    "FROM study WHERE ?1 = 0 OR study_id = ?1 ORDER BY study_id DESC LIMIT 1",
                    take_study, study, errors))
        return false;
    if (!study->name)
        complain_no_study(study, wanted, errors);
    return study->name != NULL;
}

static void take_name(void *names, sqlite3_stmt *row)
{
    g_ptr_array_add(names, study_copy_text(row, 0));
}

/* Reads one column of names into a list closed by NULL. */
static bool read_names(const struct study *study, const char *sql, char ***names, size_t *count,
                       struct errors *errors)
{
    GPtrArray *list = g_ptr_array_new();
    bool is_good = study_rows(study, sql, take_name, list, errors);

    *count = list->len;
    g_ptr_array_add(list, NULL);
    *names = (char **)g_ptr_array_free(list, FALSE);
    return is_good;
}

static bool read_frame(struct study *study, struct errors *errors)
{
    return read_names(study, "SELECT path FROM study_axis WHERE study_id = ? ORDER BY position",
                      &study->axes, &study->axis_count, errors) &&
           read_names(study,
                      "SELECT strategy FROM study_strategy WHERE study_id = ? AND variant = 0 "
                      "ORDER BY position",
                      &study->strategies, &study->strategy_count, errors) &&
           study_points_read(study, errors);
}

struct study *study_open(const char *path, int64_t study_id, struct errors *errors)
{
    sqlite3 *database = database_open(path, DATABASE_READ, errors);
    struct study *study;
    bool is_good;

    if (!database)
        return NULL;
    study = g_new0(struct study, 1);
    study->database = database;
    study->path = g_strdup(path);
    is_good = read_study(study, study_id, errors) && read_frame(study, errors) &&
              prepare_reading(study, errors);
    if (is_good && study->point_count == 0) {
        errors_add(errors, ERROR_IO, "'%s': study %lld has no points", path,
                   (long long)study->study_id);
        is_good = false;
    }
    if (is_good)
        return study;
    study_close(study);
    return NULL;
}

void study_end_reading(struct study *study)
{
    g_clear_pointer(&study->read_values, sqlite3_finalize);
    g_clear_pointer(&study->read_of_runs, sqlite3_finalize);
    g_clear_pointer(&study->count_runs, sqlite3_finalize);
    if (study->place)
        metric_place_clear(study->place);
    g_clear_pointer(&study->place, g_free);
    g_clear_pointer(&study->database, sqlite3_close);
}

void study_close(struct study *study)
{
    if (!study)
        return;
    study_points_clear(study);
    g_strfreev(study->axes);
    g_strfreev(study->strategies);
    g_free(study->name);
    g_free(study->version);
    g_free(study->scenario_sha256);
    g_free(study->shard);
    g_free(study->path);
    study_end_reading(study);
    g_free(study);
}

/* ---- names ---- */

static int find_name(const char *what, char **names, size_t count, const char *name,
                     struct errors *errors)
{
    char *list;

    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    list = g_strjoinv(", ", names);
    if (count == 0)
        errors_add(errors, ERROR_SCENARIO, "there is no %s '%s'; the study has none", what, name);
    else
        errors_add(errors, ERROR_SCENARIO, "there is no %s '%s'; the study has %s", what, name,
                   list);
    g_free(list);
    return -1;
}

int study_find_strategy(const struct study *study, const char *name, struct errors *errors)
{
    return find_name("strategy", study->strategies, study->strategy_count, name, errors);
}

int study_find_axis(const struct study *study, const char *path, struct errors *errors)
{
    return find_name("swept parameter", study->axes, study->axis_count, path, errors);
}

/* ---- values ---- */

int64_t study_cell(const struct study *study, size_t point, size_t strategy)
{
    const struct study_point *p = &study->points[point];

    return RESULTS_CELL(p->point_id,
                        study->strategy_ids[(size_t)p->variant * study->strategy_count + strategy]);
}

void study_bind(const struct study *study, size_t point, const char *strategy,
                sqlite3_stmt *statement)
{
    const struct study_point *p = &study->points[point];
    size_t place = 0;

    while (place < study->strategy_count && strcmp(study->strategies[place], strategy) != 0)
        place++;
    g_assert(place < study->strategy_count);
    sqlite3_bind_int64(statement, 1, p->point_id);
    sqlite3_bind_int64(statement, 2,
                       study->strategy_ids[(size_t)p->variant * study->strategy_count + place]);
    sqlite3_bind_int64(statement, 3, study->study_id);
}

bool study_count_runs(const struct study *study, size_t point, const char *strategy, size_t *done,
                      size_t *failed, struct errors *errors)
{
    sqlite3_stmt *statement = study->count_runs;
    int code;

    study_bind(study, point, strategy, statement);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *done = (size_t)sqlite3_column_int64(statement, 0);
        *failed = (size_t)sqlite3_column_int64(statement, 1);
    }
    return rewind_statement(study, statement, code, errors);
}

/* True for a metric that stands in the runs themselves. */
static bool is_of_runs(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(run_columns); i++)
        if (strcmp(run_columns[i].name, name) == 0)
            return true;
    return false;
}

double study_nodes(const struct study *study, size_t point)
{
    for (size_t axis = 0; axis < study->axis_count; axis++)
        if (strcmp(study->axes[axis], "nodes") == 0 && study->points[point].values[axis].text)
            return study->points[point].values[axis].number;
    return study->nodes;
}

/* True of NAME@GROUP and NAME@GROUP>OTHER. */
static bool is_of_group(const char *name)
{
    return strchr(name, '@') != NULL;
}

/* The name without its `/node`; *divisor is then the number of nodes, otherwise 1.  g_free(). */
static char *plain_name(const struct study *study, size_t point, const char *name, double *divisor)
{
    bool is_per_node = g_str_has_suffix(name, "/node") && !is_of_group(name);

    *divisor = is_per_node ? study_nodes(study, point) : 1;
    return g_strndup(name, strlen(name) - (is_per_node ? strlen("/node") : 0));
}

static double value_of(sqlite3_stmt *statement, double divisor)
{
    int type = sqlite3_column_type(statement, 1);

    return type == SQLITE_NULL   ? NAN
           : type == SQLITE_TEXT ? INFINITY
                                 : sqlite3_column_double(statement, 1) / divisor;
}

/* What gives the values of a metric, ready to step. */
static sqlite3_stmt *ask(const struct study *study, size_t point, const char *strategy,
                         const char *plain)
{
    sqlite3_stmt *statement = is_of_runs(plain) ? study->read_of_runs : study->read_values;

    study_bind(study, point, strategy, statement);
    if (statement == study->read_of_runs)
        sqlite3_bind_text(statement, 4, plain, -1, SQLITE_TRANSIENT);
    else
        metric_place_ask(study->place, plain);
    return statement;
}

bool study_read(const struct study *study, size_t point, const char *strategy, const char *name,
                struct series *series, struct errors *errors)
{
    double divisor;
    char *plain = plain_name(study, point, name, &divisor);
    sqlite3_stmt *statement = ask(study, point, strategy, plain);
    GArray *replications = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    int64_t latest = -1;
    int code;

    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t replication = sqlite3_column_int64(statement, 0);
        double value = value_of(statement, divisor);

        if (replication != latest) {
            g_array_append_val(replications, replication);
            g_array_append_val(values, value);
        } else if (!isnan(value))
            g_array_index(values, double, values->len - 1) = value;
        latest = replication;
    }
    g_free(plain);
    *series = (struct series){ .count = values->len,
                               .is_share = metric_describe(name).unit == UNIT_SHARE };
    series->replications = (int64_t *)(void *)g_array_free(replications, FALSE);
    series->values = (double *)(void *)g_array_free(values, FALSE);
    return rewind_statement(study, statement, code, errors);
}

void series_clear(struct series *series)
{
    g_free(series->replications);
    g_free(series->values);
    *series = (struct series){ 0 };
}

/* The names, but those of groups, of which there are many.  g_free(). */
static char *join_names(char **names, size_t count)
{
    GString *list = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        if (!is_of_group(names[i]))
            g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", names[i]);
    return g_string_free(list, FALSE);
}

bool study_check_metric(const struct study *study, const char *name, struct errors *errors)
{
    double divisor;
    char **names = NULL, *plain = plain_name(study, 0, name, &divisor), *list;
    size_t count = 0;
    bool is_known = is_of_runs(plain), has_groups = false;

    if (strchr(name, '(')) {
        errors_add(errors, ERROR_SCENARIO,
                   "'%s' is an expression, for the summary of `report --metric` and for --fail-if; "
                   "here the name of a metric is meant, as in t99",
                   name);
        g_free(plain);
        return false;
    }
    if (!is_known &&
        !read_names(study,
                    "SELECT DISTINCT name FROM metric_name WHERE set_id IN (SELECT set_id FROM "
                    "study_point JOIN study_strategy USING (study_id, variant) JOIN run USING "
                    "(point_id, strategy_id) JOIN metric_value USING (run_id) WHERE study_id = ?) "
                    "ORDER BY 1",
                    &names, &count, errors)) {
        g_free(plain);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        is_known = is_known || strcmp(names[i], plain) == 0;
        has_groups = has_groups || is_of_group(names[i]);
    }
    if (!is_known && is_of_group(plain) && !has_groups) {
        errors_add(errors, ERROR_SCENARIO,
                   "no run has the metric '%s'; metrics by group are recorded with `record: "
                   "{groups: true}`",
                   name);
    } else if (!is_known && count == 0) {
        errors_add(errors, ERROR_SCENARIO,
                   "no run has the metric '%s': none is done; `gossipsim status` says why", name);
    } else if (!is_known) {
        struct nearest nearest = { .word = plain };

        for (size_t i = 0; i < count; i++)
            nearest_offer(&nearest, names[i]);
        list = join_names(names, count);
        if (nearest.best != NULL)
            errors_add(errors, ERROR_SCENARIO, "no run has the metric '%s'; did you mean '%s'?",
                       name, nearest.best);
        else
            errors_add(errors, ERROR_SCENARIO, "no run has the metric '%s'; the runs have %s", name,
                       list);
        g_free(list);
    }
    g_strfreev(names);
    g_free(plain);
    return is_known;
}
