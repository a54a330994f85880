/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify.c - see verify.h. */
#include "experiment/runner/verify_private.h"

#include "experiment/store/database.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* A study that is looked at. */
struct study {
    struct verify *verify;
    int64_t study_id;
    char *name, *scenario, *version, *command;
    char **strategies;   /* closed by NULL */
    struct plan *plan;   /* as it reads today */
    char *folder, *path; /* of the database of what is made again */
    struct results *results;
    struct run_reader again; /* the same when it is complete */
    GArray *runs;            /* struct chosen */
    GHashTable *wanted;      /* their numbers in it */
    uint32_t replications;   /* that the last of them asks for */
};

/* A run that is made again. */
struct chosen {
    size_t point;
    int strategy;
    uint32_t replication;
    int64_t stored, again; /* its numbers */
};

static char *copy_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return g_strdup(text ? text : "");
}

static int64_t *number_new(int64_t number)
{
    return g_memdup2(&number, sizeof number);
}

/* ---- the study as it reads today ---- */

/* The folder of the scenario that a command line of `run` names. */
static char *folder_of(const char *command)
{
    char **words = NULL, *folder = NULL;

    if (g_shell_parse_argv(command, NULL, &words, NULL))
        for (int i = 0; words[i] && !folder; i++)
            if (g_str_has_suffix(words[i], ".yaml") || g_str_has_suffix(words[i], ".yml"))
                folder = g_path_get_dirname(words[i]);
    g_strfreev(words);
    return folder ? folder : g_strdup(".");
}

/* Reads the scenario; false if it is none today, which is told. */
static bool read_plan(struct study *study)
{
    const struct verify_options *options = study->verify->options;
    char *folder = options->folder ? g_strdup(options->folder) : folder_of(study->command);
    char *file = g_strdup_printf("study %lld", (long long)study->study_id);
    char *path = g_build_filename(folder, file, NULL);
    struct errors errors = { .count = 0 };
    const struct plan_options as = { .only = (const char *const *)study->strategies,
                                     .only_count = g_strv_length(study->strategies),
                                     .text = study->scenario };

    study->plan = plan_read(path, &as, &errors);
    if (!study->plan)
        verify_found(study->verify,
                     g_strdup_printf("study %lld: study.scenario_yaml cannot be read: %s%s%s",
                                     (long long)study->study_id,
                                     errors.list[0].path ? errors.list[0].path : "",
                                     errors.list[0].path ? ": " : "", errors.list[0].text));
    errors_clear(&errors);
    g_free(path);
    g_free(file);
    g_free(folder);
    return study->plan != NULL;
}

/* ---- what the study consists of ---- */

static const struct {
    const char *table, *sql;
} frame[] = {
    { "study", "SELECT name, scenario_yaml, scenario_sha256, seed, replications_min, "
               "replications_max, until_metric, until_half_width, until_confidence FROM study "
               "WHERE study_id = ?" },
    { "study_axis", "SELECT position, path FROM study_axis WHERE study_id = ? ORDER BY position" },
    { "param", "SELECT position, path, text, number, unit FROM param WHERE study_id = ? "
               "ORDER BY position, path" },
    { "study_point", "SELECT position, hash, variant, params_json FROM study_point "
                     "JOIN point USING (point_id) WHERE study_id = ? ORDER BY position" },
    { "study_strategy", "SELECT position, variant, strategy, hash, stack FROM study_strategy "
                        "JOIN strategy USING (strategy_id) WHERE study_id = ? "
                        "ORDER BY variant, position" },
};
static const char views_sql[] = "SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND name "
                                "IN ('metric', 'run_summary', 'curve') ORDER BY name";

/* Compares what a query gives of number `id` of what is stored, and of `again` of what is made. */
static bool compare(struct study *study, const char *table, const char *sql, int64_t id,
                    int64_t again, char **difference)
{
    static const char *const but[] = { NULL };
    struct verify *verify = study->verify;
    struct run_reader *stored = &verify->stored, *made = &study->again;
    sqlite3_stmt *rows = database_prepare(stored->database, stored->path, sql, verify->errors);
    sqlite3_stmt *others = database_prepare(made->database, made->path, sql, verify->errors);
    bool is_good = rows && others;

    *difference = NULL;
    if (is_good && sqlite3_bind_parameter_count(rows) > 0) {
        sqlite3_bind_int64(rows, 1, id);
        sqlite3_bind_int64(others, 1, again);
    }
    is_good =
        is_good && rows_compare(table, stored, rows, made, others, but, difference, verify->errors);
    sqlite3_finalize(rows);
    sqlite3_finalize(others);
    return is_good;
}

/* The same, and tells of what is off; *is_same is then false. */
static bool check(struct study *study, const char *table, const char *sql, int64_t id,
                  int64_t again, bool *is_same)
{
    char *difference;

    if (!compare(study, table, sql, id, again, &difference))
        return false;
    if (difference) {
        *is_same = false;
        verify_found(study->verify,
                     g_strdup_printf("study %lld: %s", (long long)study->study_id, difference));
    }
    g_free(difference);
    return true;
}

static bool check_frame(struct study *study, bool *is_same)
{
    bool is_good = check(study, "sqlite_schema", views_sql, 0, 0, is_same);

    for (size_t i = 0; i < G_N_ELEMENTS(frame) && is_good; i++)
        is_good = check(study, frame[i].table, frame[i].sql, study->study_id, 1, is_same);
    return is_good;
}

/* ---- the database of what is made again ---- */

/* Numbers that no search asks for become others, and the study is found to differ. */
static void take_replications(void *context, sqlite3_stmt *row)
{
    struct replications *replications = context;

    replications->min = (uint32_t)CLAMP(sqlite3_column_int64(row, 0), 1, RESULTS_REPLICATIONS_MAX);
    replications->max = (uint32_t)CLAMP(sqlite3_column_int64(row, 1), 1, RESULTS_REPLICATIONS_MAX);
}

/* A search says how many replications there are, not the scenario of its settings. */
static bool read_search(struct study *study)
{
    return database_rows(study->verify->stored.database, study->verify->stored.path,
                         "SELECT replications_min, replications_max FROM study JOIN tuning "
                         "USING (study_id) WHERE study_id = ?1",
                         study->study_id, take_replications, &study->plan->replications,
                         study->verify->errors);
}

static bool make_database(struct study *study)
{
    struct errors *errors = study->verify->errors;
    GError *wrong = NULL;

    study->folder = g_dir_make_tmp("gossipsim-verify-XXXXXX", &wrong);
    if (!study->folder) {
        errors_add(errors, ERROR_IO, "cannot make a folder for what is made again: %s",
                   wrong->message);
        g_error_free(wrong);
        return false;
    }
    study->path = g_build_filename(study->folder, "again.db", NULL);
    study->results = results_open(study->path, errors);
    return study->results && read_search(study) &&
           results_add_study(study->results, study->plan, study->command, study->version, errors);
}

/* Reads from it, while it is written, too. */
static bool open_again(struct study *study)
{
    sqlite3 *database = database_open(study->path, DATABASE_READ, study->verify->errors);

    return database && run_reader_init(&study->again, database, study->path, "made again",
                                       study->verify->errors);
}

static void close_again(struct study *study)
{
    run_reader_clear(&study->again);
    g_clear_pointer(&study->again.database, sqlite3_close);
}

static void remove_database(struct study *study)
{
    struct errors nobody_asked = { .count = 0 };

    close_again(study);
    results_close(study->results, &nobody_asked);
    if (study->path)
        g_unlink(study->path);
    if (study->folder)
        g_rmdir(study->folder);
    errors_clear(&nobody_asked);
    g_free(study->path);
    g_free(study->folder);
}

/* ---- which runs ---- */

/* Of the runs of all studies, one after another, so many are chosen that are spread evenly. */
static bool is_chosen(const struct verify *verify, uint64_t number)
{
    const uint64_t sample = verify->options->sample, all = verify->outcome->stored;

    return sample == 0 || sample >= all || (number + 1) * sample / all > number * sample / all;
}

static void take_run(void *context, sqlite3_stmt *row)
{
    struct study *study = context;
    struct verify *verify = study->verify;
    struct chosen run = { .point = (size_t)sqlite3_column_int64(row, 0),
                          .strategy = sqlite3_column_int(row, 1),
                          .replication = (uint32_t)sqlite3_column_int64(row, 2),
                          .stored = sqlite3_column_int64(row, 3) };
    const uint64_t number = g_hash_table_size(verify->seen);

    if (!g_hash_table_add(verify->seen, number_new(run.stored)) || !is_chosen(verify, number))
        return;
    run.again = results_run_id(study->results, run.point, run.strategy, run.replication);
    g_hash_table_add(study->wanted, number_new(run.again));
    study->replications = MAX(study->replications, run.replication + 1);
    g_array_append_vals(study->runs, &run, 1);
}

static bool choose_runs(struct study *study)
{
    return database_rows(study->verify->stored.database, study->verify->stored.path,
                         "SELECT p.position, g.position, replication, run_id FROM study s "
                         "JOIN study_point p USING (study_id) JOIN study_strategy g "
                         "USING (study_id, variant) JOIN run USING (point_id, strategy_id) "
                         "WHERE study_id = ?1 AND replication >= 0 "
                         "AND replication < replications_max "
                         "ORDER BY p.position, replication, g.position",
                         study->study_id, take_run, study, study->verify->errors);
}

/* For the runner: whether a run is to be made. */
static bool is_wanted(const void *part, size_t point, int strategy, uint32_t replication)
{
    const struct study *study = part;
    int64_t number = results_run_id(study->results, point, strategy, replication);

    return g_hash_table_contains(study->wanted, &number);
}

/* ---- making and comparing ---- */

static bool make_runs(struct study *study)
{
    struct verify *verify = study->verify;
    struct runner_options options = verify->options->runner;
    struct runner_outcome outcome = { .total = 0 };
    bool is_good;

    options.part = (struct walk_part){ is_wanted, study };
    /* No rule: how many there are is known. */
    g_clear_pointer(&study->plan->replications.metric, g_free);
    study->plan->replications.min = study->plan->replications.max = study->replications;
    is_good = runner_run(study->results, study->plan, &options, &outcome, verify->errors);
    verify->outcome->refused += outcome.refused;
    verify->outcome->is_interrupted |= outcome.is_interrupted;
    runner_outcome_clear(&outcome);
    return is_good;
}

static void take_text(void *text, sqlite3_stmt *row)
{
    *(char **)text = copy_text(row, 0);
}

/* Tells that a run is off; takes the difference. */
static bool tell_run(struct study *study, const struct chosen *run, char *difference)
{
    struct verify *verify = study->verify;
    char *sql = g_strdup_printf("SELECT params_json FROM study_point WHERE study_id = ?1 AND "
                                "position = %zu",
                                run->point);
    char *params = NULL;
    bool is_good = database_rows(verify->stored.database, verify->stored.path, sql, study->study_id,
                                 take_text, &params, verify->errors);

    verify_found(verify, g_strdup_printf("study %lld, run %lld (point %s, strategy %s, replication "
                                         "%u): %s",
                                         (long long)study->study_id, (long long)run->stored,
                                         params ? params : "", study->strategies[run->strategy],
                                         run->replication, difference));
    g_free(difference);
    g_free(params);
    g_free(sql);
    return is_good;
}

/* Compares a run with what was made of it, and what it refers to; its names of metrics are those of
 * the sets that its rows name, which are the same then. */
static bool check_run(struct study *study, const struct chosen *run)
{
    static const char names[] = "SELECT set_id, name, place FROM metric_name WHERE set_id IN "
                                "(SELECT set_id FROM metric_value WHERE run_id = ?) "
                                "ORDER BY set_id, place";
    static const char graph[] = "SELECT nodes, links, degree_mean, degree_min, degree_max, "
                                "diameter, clustering, components, largest, is_exact "
                                "FROM topology JOIN run USING (point_id) WHERE run_id = ?";
    struct verify *verify = study->verify;
    char *difference = NULL;

    if (!run_rows_compare(&verify->stored, run->stored, &study->again, run->again, &difference,
                          verify->errors) ||
        (!difference &&
         !compare(study, "metric_name", names, run->stored, run->again, &difference)) ||
        (!difference && !compare(study, "topology", graph, run->stored, run->again, &difference)))
        return false;
    return !difference || tell_run(study, run, difference);
}

/* Whether a run was made, as all are but those that memory would not do for. */
static bool is_made(const struct study *study, const struct chosen *run, bool *is_there)
{
    sqlite3_stmt *rows = study->again.of[TABLE_RUN];
    int code;

    sqlite3_bind_int64(rows, 1, run->again);
    code = sqlite3_step(rows);
    *is_there = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        database_error(study->again.database, study->path, study->verify->errors);
    sqlite3_reset(rows);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static bool check_runs(struct study *study)
{
    for (guint i = 0; i < study->runs->len; i++) {
        const struct chosen *run = &g_array_index(study->runs, struct chosen, i);
        bool is_there;

        if (!is_made(study, run, &is_there) || (is_there && !check_run(study, run)))
            return false;
        study->verify->outcome->checked += is_there;
    }
    return true;
}

/* Makes the study again and compares it. */
static bool verify_parts(struct study *study)
{
    bool is_same = true;

    if (!make_database(study) || !open_again(study) || !check_frame(study, &is_same))
        return false;
    close_again(study);
    if (!is_same) {
        verify_found(study->verify, g_strdup_printf("study %lld is not what its scenario says: its "
                                                    "runs were not made again",
                                                    (long long)study->study_id));
        return true;
    }
    return choose_runs(study) && (study->runs->len == 0 || make_runs(study)) &&
           (study->verify->outcome->is_interrupted || (open_again(study) && check_runs(study)));
}

/* ---- all studies ---- */

static void take_study(void *studies, sqlite3_stmt *row)
{
    struct study study = { .study_id = sqlite3_column_int64(row, 0),
                           .name = copy_text(row, 1),
                           .scenario = copy_text(row, 2),
                           .version = copy_text(row, 3),
                           .command = copy_text(row, 4) };

    g_array_append_vals(studies, &study, 1);
}

static void take_name(void *names, sqlite3_stmt *row)
{
    g_ptr_array_add(names, copy_text(row, 0));
}

static bool verify_study(struct study *study)
{
    struct verify *verify = study->verify;
    GPtrArray *names = g_ptr_array_new();
    bool is_good = database_rows(verify->stored.database, verify->stored.path,
                                 "SELECT strategy FROM study_strategy WHERE study_id = ?1 AND "
                                 "variant = 0 ORDER BY position",
                                 study->study_id, take_name, names, verify->errors);

    g_ptr_array_add(names, NULL);
    study->strategies = (char **)g_ptr_array_free(names, FALSE);
    if (strcmp(study->version, verify->options->version) != 0) {
        char *text =
            g_strdup_printf("study %lld was made by version %s of the program, this is "
                            "%s: results may differ for that alone",
                            (long long)study->study_id, study->version, verify->options->version);
        verify->options->notice(verify->options->context, text);
        g_free(text);
    }
    if (is_good && read_plan(study)) {
        study->runs = g_array_new(FALSE, FALSE, sizeof(struct chosen));
        study->wanted = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
        is_good = verify_parts(study);
        remove_database(study);
        g_hash_table_destroy(study->wanted);
        g_array_free(study->runs, TRUE);
        plan_free(study->plan);
    }
    g_strfreev(study->strategies);
    return is_good;
}

static void clear_studies(GArray *studies)
{
    for (guint i = 0; i < studies->len; i++) {
        struct study *study = &g_array_index(studies, struct study, i);

        g_free(study->name);
        g_free(study->scenario);
        g_free(study->version);
        g_free(study->command);
    }
    g_array_free(studies, TRUE);
}

static void take_count(void *count, sqlite3_stmt *row)
{
    *(uint64_t *)count = (uint64_t)sqlite3_column_int64(row, 0);
}

static bool verify_studies(struct verify *verify)
{
    sqlite3 *database = verify->stored.database;
    const char *path = verify->stored.path;
    GArray *studies = g_array_new(FALSE, FALSE, sizeof(struct study));
    bool is_good = database_rows(database, path, "SELECT count(*) FROM run", 0, take_count,
                                 &verify->outcome->stored, verify->errors) &&
                   database_rows(database, path,
                                 "SELECT study_id, name, scenario_yaml, version, argv FROM study "
                                 "ORDER BY study_id",
                                 0, take_study, studies, verify->errors);

    for (guint i = 0; i < studies->len && is_good && !verify->outcome->is_interrupted; i++) {
        struct study *study = &g_array_index(studies, struct study, i);

        study->verify = verify;
        is_good = verify_study(study);
    }
    clear_studies(studies);
    return is_good;
}

bool verify_database(const char *path, const struct verify_options *options,
                     struct verify_outcome *outcome, struct errors *errors)
{
    struct verify verify = { .options = options, .outcome = outcome, .errors = errors };
    sqlite3 *database = database_open(path, DATABASE_READ, errors);
    bool is_whole = false, is_good;

    *outcome = (struct verify_outcome){ .stored = 0 };
    if (!database)
        return false;
    verify.seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    is_good = run_reader_init(&verify.stored, database, path, "stored", errors) &&
              verify_file(&verify, &is_whole) && (!is_whole || verify_studies(&verify));
    run_reader_clear(&verify.stored);
    sqlite3_close(database);
    g_hash_table_destroy(verify.seen);
    return is_good;
}
