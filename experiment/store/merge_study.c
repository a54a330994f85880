/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge_study.c - what a merge does about studies, worlds and stacks; see merge.h. */
#include "experiment/store/merge_private.h"

#include "experiment/store/database.h"

#include <string.h>

/* The strategies of study `s` as one text. */
#define STRATEGIES                                                                             \
    "(SELECT group_concat(quote(strategy), ', ') FROM (SELECT strategy FROM study_strategy g " \
    "WHERE g.study_id = s.study_id AND variant = 0 ORDER BY position))"

static int64_t *number_new(int64_t number)
{
    return g_memdup2(&number, sizeof number);
}

int64_t merge_number(GHashTable *numbers, int64_t number)
{
    const int64_t *found = g_hash_table_lookup(numbers, &number);

    return found ? *found : 0;
}

/* Calls `take` for each row of the source's query, in which `id` is ?1, until it says false. */
static bool each_row(struct merge_source *source, const char *sql, int64_t id,
                     bool (*take)(struct merge_source *, sqlite3_stmt *, void *, struct errors *),
                     void *context, struct errors *errors)
{
    sqlite3_stmt *rows = database_prepare(source->database, source->path, sql, errors);
    bool is_good = rows != NULL;
    int code = SQLITE_DONE;

    if (rows && sqlite3_bind_parameter_count(rows) > 0)
        sqlite3_bind_int64(rows, 1, id);
    while (is_good && (code = sqlite3_step(rows)) == SQLITE_ROW)
        is_good = take(source, rows, context, errors);
    if (is_good && code != SQLITE_DONE) {
        database_error(source->database, source->path, errors);
        is_good = false;
    }
    sqlite3_finalize(rows);
    return is_good;
}

static sqlite3_stmt *prepare_there(struct merge_source *source, const char *sql,
                                   struct errors *errors)
{
    struct results *results = source->merge->results;

    return database_prepare(results->database, results->path, sql, errors);
}

/* ---- worlds and stacks ---- */

struct numbering {
    GHashTable *numbers;
    sqlite3_stmt *find, *add; /* by the row's second column; its second, and third if it has one */
};

static bool number_row(struct merge_source *source, sqlite3_stmt *row, void *context,
                       struct errors *errors)
{
    struct results *results = source->merge->results;
    struct numbering *numbering = context;
    int64_t number;

    sqlite3_bind_value(numbering->find, 1, sqlite3_column_value(row, 1));
    if (!results_look_up(results, numbering->find, 0, &number, errors))
        return false;
    if (number == 0) {
        for (int i = 1; i < sqlite3_column_count(row); i++)
            sqlite3_bind_value(numbering->add, i, sqlite3_column_value(row, i));
        if (!results_step(results, numbering->add, errors))
            return false;
        number = sqlite3_last_insert_rowid(results->database);
    }
    g_hash_table_insert(numbering->numbers, number_new(sqlite3_column_int64(row, 0)),
                        number_new(number));
    return true;
}

/* Finds or adds all that the source's query gives, with its number first. */
static bool number_all(struct merge_source *source, const char *sql, GHashTable *numbers,
                       const char *find, const char *add, struct errors *errors)
{
    struct numbering numbering = { .numbers = numbers,
                                   .find = prepare_there(source, find, errors),
                                   .add = prepare_there(source, add, errors) };
    bool is_good =
        numbering.find && numbering.add && each_row(source, sql, 0, number_row, &numbering, errors);

    sqlite3_finalize(numbering.find);
    sqlite3_finalize(numbering.add);
    return is_good;
}

static bool check_limit(struct merge_source *source, const char *sql, int most, const char *what,
                        struct errors *errors)
{
    sqlite3_stmt *count = prepare_there(source, sql, errors);
    int64_t found = 0;
    bool is_good = count && results_look_up(source->merge->results, count, 0, &found, errors);

    sqlite3_finalize(count);
    if (is_good && found > most) {
        errors_add(errors, ERROR_IO, "'%s' would have more than %d different %s",
                   source->merge->results->path, most, what);
        is_good = false;
    }
    return is_good;
}

static bool number_parts(struct merge_source *source, struct errors *errors)
{
    return number_all(source, "SELECT point_id, hash FROM point ORDER BY point_id", source->points,
                      "SELECT point_id FROM point WHERE hash = ?",
                      "INSERT INTO point (hash) VALUES (?)", errors) &&
           number_all(source, "SELECT strategy_id, hash, stack FROM strategy ORDER BY strategy_id",
                      source->strategies, "SELECT strategy_id FROM strategy WHERE hash = ?",
                      "INSERT INTO strategy (hash, stack) VALUES (?, ?)", errors) &&
           check_limit(source, "SELECT max(point_id) FROM point", RESULTS_POINTS_MAX, "points",
                       errors) &&
           check_limit(source, "SELECT max(strategy_id) FROM strategy", RESULTS_STRATEGIES_MAX,
                       "strategies", errors);
}

/* ---- rows that are copied with other numbers ---- */

struct copying {
    sqlite3_stmt *add;
    int64_t study_id;  /* there; 0: the table has none */
    int number_column; /* has a number of `numbers`; -1: none */
    GHashTable *numbers;
};

static bool copy_row(struct merge_source *source, sqlite3_stmt *row, void *context,
                     struct errors *errors)
{
    const struct copying *copying = context;

    for (int i = 0; i < sqlite3_column_count(row); i++)
        sqlite3_bind_value(copying->add, i + 1, sqlite3_column_value(row, i));
    if (copying->study_id != 0)
        sqlite3_bind_int64(copying->add, 1, copying->study_id);
    if (copying->number_column >= 0)
        sqlite3_bind_int64(
            copying->add, copying->number_column + 1,
            merge_number(copying->numbers, sqlite3_column_int64(row, copying->number_column)));
    return results_step(source->merge->results, copying->add, errors);
}

/* Copies the rows of a table that a study of the source has. */
static bool copy_table(struct merge_source *source, const char *table, int64_t study_id,
                       struct copying copying, struct errors *errors)
{
    char *sql = g_strdup_printf("SELECT * FROM %s WHERE study_id = ?", table);
    bool is_good;

    copying.add = run_rows_insert(source->merge->results->database, source->merge->results->path,
                                  table, errors);
    is_good = copying.add && each_row(source, sql, study_id, copy_row, &copying, errors);
    sqlite3_finalize(copying.add);
    g_free(sql);
    return is_good;
}

/* ---- studies ---- */

/* A study as a file has it. */
struct study_row {
    int64_t study_id;
    char *name, *scenario, *sha256, *strategies, *version, *mark, *command;
    int64_t seed;
};

static const char study_sql[] =
    "SELECT study_id, name, scenario_yaml, scenario_sha256, " STRATEGIES ", version, "
    "(SELECT value FROM meta WHERE key = 'shard ' || study_id), argv, seed FROM study s "
    "ORDER BY study_id";

static char *copy_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);

    return g_strdup(text ? text : "");
}

static void take_study(struct study_row *study, sqlite3_stmt *row)
{
    *study = (struct study_row){ .study_id = sqlite3_column_int64(row, 0),
                                 .name = copy_text(row, 1),
                                 .scenario = copy_text(row, 2),
                                 .sha256 = copy_text(row, 3),
                                 .strategies = copy_text(row, 4),
                                 .version = copy_text(row, 5),
                                 .mark = copy_text(row, 6),
                                 .command = copy_text(row, 7),
                                 .seed = sqlite3_column_int64(row, 8) };
}

static void clear_study(struct study_row *study)
{
    g_free(study->name);
    g_free(study->scenario);
    g_free(study->sha256);
    g_free(study->strategies);
    g_free(study->version);
    g_free(study->mark);
    g_free(study->command);
    *study = (struct study_row){ .study_id = 0 };
}

/* What makes two studies of one name different, in words; `here` is the file `path`. */
static char *difference_of(const struct study_row *here, const struct study_row *there)
{
    char **ours, **theirs, *text = NULL;

    if (here->seed != there->seed)
        return g_strdup_printf("seed %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, here->seed,
                               there->seed);
    if (strcmp(here->strategies, there->strategies) != 0)
        return g_strdup_printf("strategies %.200s, not %.200s", here->strategies,
                               there->strategies);
    ours = g_strsplit(here->scenario, "\n", -1);
    theirs = g_strsplit(there->scenario, "\n", -1);
    for (int i = 0; !text && (ours[i] || theirs[i]); i++) {
        if (g_strcmp0(ours[i], theirs[i]) != 0)
            text = g_strdup_printf("`%.80s`, not `%.80s`", ours[i] ? g_strstrip(ours[i]) : "",
                                   theirs[i] ? g_strstrip(theirs[i]) : "");
        if (!ours[i] || !theirs[i])
            break;
    }
    g_strfreev(ours);
    g_strfreev(theirs);
    return text ? text : g_strdup("other contents of the files that it names");
}

/* Whether the source has a study that is there. */
static bool source_has(const struct merge_source *source, const struct study_row *there,
                       struct errors *errors)
{
    sqlite3_stmt *rows = database_prepare(
        source->database, source->path,
        "SELECT 1 FROM study s WHERE scenario_sha256 = ? AND " STRATEGIES " = ?", errors);
    bool has = false;

    if (rows) {
        results_bind(rows, "tt", there->sha256, there->strategies);
        has = sqlite3_step(rows) == SQLITE_ROW;
    }
    sqlite3_finalize(rows);
    return has;
}

/* A study of the source that has no equal there, and is a shard, must not be meant for one that has
 * its name, unless the source has that as well. */
static bool check_name(const struct merge_source *source, const struct study_row *here,
                       const struct study_row *there, struct errors *errors)
{
    char *difference;

    if (here->mark[0] == 0 || strcmp(here->name, there->name) != 0 ||
        source_has(source, there, errors))
        return true;
    difference = difference_of(here, there);
    errors_add(errors, ERROR_IO,
               "'%s' holds shard %s of another study '%s' than '%s': %s; if both are wanted, merge "
               "the shards of each into a file of its own first",
               source->path, here->mark, here->name, source->merge->results->path, difference);
    g_free(difference);
    return false;
}

/* Looks for the study there: *found, with the number 0 if it is not. */
static bool find_there(struct merge_source *source, const struct study_row *here,
                       struct study_row *found, struct errors *errors)
{
    sqlite3_stmt *rows = prepare_there(source, study_sql, errors);
    int code = SQLITE_ERROR;

    *found = (struct study_row){ .study_id = 0 };
    while (rows && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        take_study(found, rows);
        if (strcmp(found->sha256, here->sha256) == 0 &&
            strcmp(found->strategies, here->strategies) == 0)
            break;
        clear_study(found);
    }
    if (rows && code != SQLITE_DONE && code != SQLITE_ROW)
        results_failed(source->merge->results, errors);
    sqlite3_finalize(rows);
    return code == SQLITE_DONE || code == SQLITE_ROW;
}

/* Whether a study that is not there may be added beside those that are. */
static bool may_add(struct merge_source *source, const struct study_row *here,
                    struct errors *errors)
{
    sqlite3_stmt *rows = prepare_there(source, study_sql, errors);
    bool is_good = rows != NULL;
    int code = SQLITE_DONE;

    while (is_good && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        struct study_row there;

        take_study(&there, rows);
        is_good = check_name(source, here, &there, errors);
        clear_study(&there);
    }
    if (is_good && code != SQLITE_DONE)
        is_good = results_failed(source->merge->results, errors);
    sqlite3_finalize(rows);
    return is_good;
}

/* Whether a study that is there may have more runs. */
static bool check_version(const struct merge_source *source, const struct study_row *here,
                          const struct study_row *there, struct errors *errors)
{
    if (strcmp(there->version, here->version) == 0)
        return true;
    errors_add(errors, ERROR_IO,
               "'%s' has study '%s' as made by version %s of the program, '%s' as by %s: their "
               "results do not belong together",
               source->path, here->name, here->version, source->merge->results->path,
               there->version);
    return false;
}

/* Does what a statement says with a study there, ?1, and a text, ?2. */
static bool change_there(struct merge_source *source, const char *sql, int64_t study_id,
                         const char *text, struct errors *errors)
{
    sqlite3_stmt *statement = prepare_there(source, sql, errors);
    bool is_good;

    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, study_id);
    if (text)
        sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    is_good = results_step(source->merge->results, statement, errors);
    sqlite3_finalize(statement);
    return is_good;
}

/* The study there is no shard any longer; its command line goes on with the whole. */
static bool make_whole(struct merge_source *source, int64_t study_id, const char *argv,
                       struct errors *errors)
{
    char *command = source->merge->command(argv, source->merge->results->path);
    bool is_good = change_there(source, "DELETE FROM meta WHERE key = 'shard ' || ?1", study_id,
                                NULL, errors) &&
                   change_there(source, "UPDATE study SET argv = ?2 WHERE study_id = ?1", study_id,
                                command, errors);

    g_free(command);
    return is_good;
}

static bool add_study(struct merge_source *source, const struct study_row *here,
                      struct errors *errors)
{
    struct results *results = source->merge->results;
    sqlite3_stmt *next =
        prepare_there(source, "SELECT coalesce(max(study_id), 0) + 1 FROM study", errors);
    int64_t id = 0;
    bool is_good = next && results_look_up(results, next, 0, &id, errors);
    const struct copying plain = { .study_id = id, .number_column = -1 };
    const struct copying points = { .study_id = id, .number_column = 2, .numbers = source->points };
    const struct copying strategies = { .study_id = id,
                                        .number_column = 4,
                                        .numbers = source->strategies };

    sqlite3_finalize(next);
    source->counts->studies++;
    return is_good && copy_table(source, "study", here->study_id, plain, errors) &&
           copy_table(source, "study_axis", here->study_id, plain, errors) &&
           copy_table(source, "param", here->study_id, plain, errors) &&
           copy_table(source, "study_point", here->study_id, points, errors) &&
           copy_table(source, "study_strategy", here->study_id, strategies, errors) &&
           copy_table(source, "tuning", here->study_id, plain, errors) &&
           copy_table(source, "tuning_finding", here->study_id, plain, errors) &&
           make_whole(source, id, here->command, errors);
}

static bool join_study(struct merge_source *source, sqlite3_stmt *row, void *context,
                       struct errors *errors)
{
    struct study_row here, there;
    bool is_good;

    (void)context;
    take_study(&here, row);
    is_good = find_there(source, &here, &there, errors);
    if (is_good && there.study_id == 0)
        is_good = may_add(source, &here, errors) && add_study(source, &here, errors);
    else if (is_good)
        is_good = check_version(source, &here, &there, errors) &&
                  (there.mark[0] == 0 || make_whole(source, there.study_id, there.command, errors));
    clear_study(&here);
    clear_study(&there);
    return is_good;
}

/* ---- what several runs refer to ---- */

/* A table of rows that files may share. */
struct sharing {
    const char *table;
    int keys; /* so many first columns say which row it is */
    struct copying copying;
    sqlite3_stmt *find;
};

/* Adds a row that is not there; one that is must be the same. */
static bool share_row(struct merge_source *source, sqlite3_stmt *row, void *context,
                      struct errors *errors)
{
    static const char *const but[] = { "point_id", NULL };
    struct sharing *sharing = context;
    char *difference = NULL;
    int code;

    for (int i = 0; i < sharing->keys; i++)
        sqlite3_bind_value(sharing->find, i + 1, sqlite3_column_value(row, i));
    if (sharing->copying.numbers)
        sqlite3_bind_int64(sharing->find, 1,
                           merge_number(sharing->copying.numbers, sqlite3_column_int64(row, 0)));
    code = sqlite3_step(sharing->find);
    if (code == SQLITE_ROW)
        difference = row_compare(sharing->table, &source->reader, row, &source->merge->reader,
                                 sharing->find, but);
    sqlite3_reset(sharing->find);
    if (code == SQLITE_DONE)
        return copy_row(source, row, &sharing->copying, errors);
    if (code != SQLITE_ROW)
        return results_failed(source->merge->results, errors);
    if (!difference)
        return true;
    errors_add(errors, ERROR_IO, "'%s' and '%s' do not agree: %s", source->path,
               source->merge->results->path, difference);
    g_free(difference);
    return false;
}

static bool share_table(struct merge_source *source, struct sharing sharing, const char *find,
                        struct errors *errors)
{
    struct results *results = source->merge->results;
    char *sql = g_strdup_printf("SELECT * FROM %s", sharing.table);
    bool is_good;

    sharing.find = prepare_there(source, find, errors);
    sharing.copying.add = run_rows_insert(results->database, results->path, sharing.table, errors);
    is_good = sharing.find && sharing.copying.add &&
              each_row(source, sql, 0, share_row, &sharing, errors);
    sqlite3_finalize(sharing.find);
    sqlite3_finalize(sharing.copying.add);
    g_free(sql);
    return is_good;
}

static bool share_tables(struct merge_source *source, struct errors *errors)
{
    const struct sharing topology = {
        .table = "topology",
        .keys = 1,
        .copying = { .number_column = 0, .numbers = source->points },
    };
    const struct sharing names = {
        .table = "metric_name",
        .keys = 2,
        .copying = { .number_column = -1 },
    };

    return share_table(source, topology, "SELECT * FROM topology WHERE point_id = ?", errors) &&
           share_table(source, names, "SELECT * FROM metric_name WHERE set_id = ? AND name = ?",
                       errors);
}

bool merge_studies(struct merge_source *source, struct errors *errors)
{
    return number_parts(source, errors) &&
           each_row(source, study_sql, 0, join_study, NULL, errors) && share_tables(source, errors);
}
