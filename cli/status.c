/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status.c - `gossipsim status`: how far the studies of a database are.
 *
 * What is missing is what the scenario asks for and has no row; runs that points share count once.
 * Under a rule for replications nobody knows how many there will be: each point then counts with
 * the most that any of its strategies has, at least the rule's minimum.  Of a shard only the runs
 * that are its own count.
 */
#include "analysis/text/table.h"
#include "analysis/text/text.h"
#include "base/printable.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "experiment/plan/plan_shard.h"
#include "experiment/store/database.h"
#include "experiment/store/results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A reason why runs failed, in one study and strategy. */
struct failure {
    int64_t runs;
    char *strategy, *error;
    char *params; /* of the first in plan order, as JSON */
    int64_t replication;
};

struct study_status {
    int64_t study_id;
    char *name, *created, *version, *command;
    int64_t points, strategies, replications_min, replications_max;
    char *shard;                        /* `2/4`; NULL: the file is for the whole study */
    uint32_t shard_number, shard_count; /* what it says; 1/1 */
    int64_t cells;                      /* points x strategies, those that share runs once */
    char *until;                        /* metric of the rule; NULL: none */
    int64_t total, done, failed;
    double seconds; /* mean of a run; NAN: none made */
    GArray *failures;
};

static const char study_query[] =
    "SELECT study_id, name, created_at, version, argv, replications_min, replications_max, "
    "until_metric, (SELECT count(*) FROM study_point p WHERE p.study_id = s.study_id), "
    "(SELECT count(*) FROM study_strategy g WHERE g.study_id = s.study_id AND variant = 0), "
    "(SELECT value FROM meta WHERE key = 'shard ' || study_id) "
    "FROM study s ORDER BY study_id";

/*
 * A row per cell, which is a world and a strategy that may stand at several points: how many
 * replications it should have, how many it has.  Under a rule a point has as many as the most of
 * those strategies that no other point shares, or else of all.  ?1 is the study, %u the number of
 * shards; the last column is the one, from 0, that has the cell's first replication or, under a
 * rule, all (plan_shard.h).
 */
static const char cell_query[] =
    "WITH place AS (SELECT p.position, p.point_id, p.variant, g.strategy_id, replications_min, "
    "replications_max, until_metric FROM study s JOIN study_point p USING (study_id) "
    "JOIN study_strategy g USING (study_id, variant) WHERE study_id = ?1), "
    "cell AS MATERIALIZED (SELECT point_id, strategy_id, "
    "count(DISTINCT position) > 1 AS is_shared, (SELECT coalesce(max(replication) + 1, 0) "
    "FROM run r WHERE r.point_id = c.point_id AND r.strategy_id = c.strategy_id "
    "AND replication < replications_max) AS most FROM place c GROUP BY point_id, strategy_id), "
    "wanted AS (SELECT position, max(replications_min, coalesce(max(most) FILTER "
    "(WHERE NOT is_shared), max(most))) AS replications, max(is_shared) AS shares "
    "FROM place JOIN cell USING (point_id, strategy_id) GROUP BY position), "
    "asked AS (SELECT point_id, strategy_id, max(replications) AS replications, "
    "max(replications_max) AS limited, until_metric, variant, shares "
    "FROM place JOIN wanted USING (position) GROUP BY point_id, strategy_id) "
    "SELECT replications, count(status) FILTER (WHERE status = 'done'), "
    "count(status) FILTER (WHERE status = 'failed'), total(wall_ns) / 1e9, "
    "CASE WHEN %u > 1 THEN shard_key((SELECT hash FROM point p WHERE p.point_id = a.point_id) || "
    "CASE WHEN until_metric IS NULL "
    "THEN (SELECT hash FROM strategy s WHERE s.strategy_id = a.strategy_id) "
    "WHEN shares THEN '' ELSE (SELECT group_concat(hash, '') FROM (SELECT hash "
    "FROM study_strategy g JOIN strategy USING (strategy_id) WHERE g.study_id = ?1 "
    "AND g.variant = a.variant ORDER BY g.position)) END) END "
    "FROM asked a LEFT JOIN run r ON r.point_id = a.point_id "
    "AND r.strategy_id = a.strategy_id AND replication < limited "
    "GROUP BY a.point_id, a.strategy_id";

static const char failure_query[] =
    "SELECT count(DISTINCT run_id), strategy, error, params_json, min(place), replication FROM ("
    "SELECT g.strategy, r.run_id, r.error, p.params_json, r.replication, "
    "g.position AS strategy_place, "
    "row_number() OVER (ORDER BY p.position, g.position, r.replication) AS place "
    "FROM study s JOIN study_point p USING (study_id) "
    "JOIN study_strategy g USING (study_id, variant) "
    "JOIN run r USING (point_id, strategy_id) WHERE s.study_id = ? AND r.status = 'failed' "
    "AND r.replication < s.replications_max) "
    "GROUP BY strategy, error ORDER BY strategy_place, min(place)";

static char *copy_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

/* Of the replications of a cell, those of the shard; `first` as the query has it. */
static int64_t count_own(const struct study_status *study, int64_t replications, uint64_t first)
{
    const uint32_t count = study->shard_count;
    uint64_t begin;

    if (study->until)
        return first % count == study->shard_number - 1 ? replications : 0;
    begin = (study->shard_number - 1 + count - first % count) % count;
    return (replications - (int64_t)begin + count - 1) / count;
}

static void take_cell(void *context, sqlite3_stmt *row)
{
    struct study_status *study = context;
    /* More than there can be, in a file of somebody else, would add up to no number. */
    const int64_t asked = CLAMP(sqlite3_column_int64(row, 0), 0, RESULTS_REPLICATIONS_MAX);

    study->cells++;
    study->total += count_own(study, asked, (uint64_t)sqlite3_column_int64(row, 4));
    study->done += sqlite3_column_int64(row, 1);
    study->failed += sqlite3_column_int64(row, 2);
    study->seconds += sqlite3_column_double(row, 3);
}

static void take_failure(void *context, sqlite3_stmt *row)
{
    struct study_status *study = context;
    struct failure failure = { .runs = sqlite3_column_int64(row, 0),
                               .strategy = copy_text(row, 1),
                               .error = copy_text(row, 2),
                               .params = copy_text(row, 3),
                               .replication = sqlite3_column_int64(row, 5) };

    g_array_append_val(study->failures, failure);
}

static void take_study(void *studies, sqlite3_stmt *row)
{
    struct study_status study = { .study_id = sqlite3_column_int64(row, 0),
                                  .name = copy_text(row, 1),
                                  .created = copy_text(row, 2),
                                  .version = copy_text(row, 3),
                                  .command = copy_text(row, 4),
                                  .replications_min = sqlite3_column_int64(row, 5),
                                  .replications_max = sqlite3_column_int64(row, 6),
                                  .until = copy_text(row, 7),
                                  .points = sqlite3_column_int64(row, 8),
                                  .strategies = sqlite3_column_int64(row, 9),
                                  .shard = copy_text(row, 10),
                                  .failures = g_array_new(FALSE, FALSE, sizeof(struct failure)) };

    if (!study.shard || !plan_shard_read(study.shard, &study.shard_number, &study.shard_count))
        study.shard_number = study.shard_count = 1;
    g_array_append_vals(studies, &study, 1);
}

/* plan_shard_key() in SQL. */
static void compute_key(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *hashes = (const char *)sqlite3_value_text(values[0]);

    (void)count;
    if (hashes)
        sqlite3_result_int64(context, (int64_t)plan_shard_key(hashes));
}

static bool read_cells(sqlite3 *database, const char *path, struct study_status *study,
                       struct errors *errors)
{
    char *sql = g_strdup_printf(cell_query, study->shard_count);
    bool is_good = database_rows(database, path, sql, study->study_id, take_cell, study, errors);

    g_free(sql);
    return is_good;
}

static bool read_studies(sqlite3 *database, const char *path, GArray *studies,
                         struct errors *errors)
{
    bool is_good = sqlite3_create_function(database, "shard_key", 1, SQLITE_UTF8, NULL, compute_key,
                                           NULL, NULL) == SQLITE_OK;

    if (!is_good)
        database_error(database, path, errors);
    is_good = is_good && database_rows(database, path, study_query, 0, take_study, studies, errors);
    for (guint i = 0; i < studies->len && is_good; i++) {
        struct study_status *study = &g_array_index(studies, struct study_status, i);
        is_good = read_cells(database, path, study, errors) &&
                  database_rows(database, path, failure_query, study->study_id, take_failure, study,
                                errors);
        study->seconds /= (double)(study->done + study->failed);
    }
    return is_good;
}

static void free_studies(GArray *studies)
{
    for (guint i = 0; i < studies->len; i++) {
        struct study_status *study = &g_array_index(studies, struct study_status, i);
        for (guint k = 0; k < study->failures->len; k++) {
            struct failure *failure = &g_array_index(study->failures, struct failure, k);
            g_free(failure->strategy);
            g_free(failure->error);
            g_free(failure->params);
        }
        g_array_free(study->failures, TRUE);
        g_free(study->name);
        g_free(study->created);
        g_free(study->version);
        g_free(study->command);
        g_free(study->until);
        g_free(study->shard);
    }
    g_array_free(studies, TRUE);
}

/* Seconds that the missing runs will take on the cores there are; NAN: unknown. */
static double seconds_left(const struct study_status *study)
{
    return study->seconds * (double)(study->total - study->done - study->failed) /
           options_threads(0);
}

/* ---------------------------------------------------------------------------- the printing */

static void put_text(const char *text)
{
    printable_put(stdout, text ? text : "");
}

static void print_study(const struct study_status *study)
{
    int64_t missing = study->total - study->done - study->failed;
    char left[PROGRESS_TIME_MAX];

    printf("study %lld, ", (long long)study->study_id);
    put_text(study->name);
    printf(": %lld point%s x %lld strateg%s x %lld", (long long)study->points,
           study->points == 1 ? "" : "s", (long long)study->strategies,
           study->strategies == 1 ? "y" : "ies", (long long)study->replications_min);
    if (study->until) {
        printf(" to %lld replications, until ", (long long)study->replications_max);
        put_text(study->until);
        printf(" is precise\n");
    } else {
        if (study->replications_max > study->replications_min)
            printf(" to %lld", (long long)study->replications_max);
        printf(" replication%s\n", study->replications_max == 1 ? "" : "s");
    }
    if (study->shard) {
        printf("  shard ");
        put_text(study->shard);
        printf(" of it, a part: what follows is about its runs only\n");
    }
    printf("  %lld of %lld runs done, %lld failed, %lld missing%s\n", (long long)study->done,
           (long long)study->total, (long long)study->failed, (long long)missing,
           study->cells < study->points * study->strategies
               ? "; runs that are the same at several points or strategies are made once"
               : "");
    for (guint i = 0; i < study->failures->len; i++) {
        const struct failure *failure = &g_array_index(study->failures, struct failure, i);
        printf("  failed: %lld of '", (long long)failure->runs);
        put_text(failure->strategy);
        printf("': ");
        put_text(failure->error);
        printf(" (first: point ");
        put_text(failure->params);
        printf(", replication %lld)\n", (long long)failure->replication);
    }
    if (missing == 0)
        return;
    if (isfinite(study->seconds)) {
        progress_time(seconds_left(study), left);
        printf("  about %s left on %d cores; ", left, options_threads(0));
    } else {
        printf("  ");
    }
    if (study->command && command_is_plain(study->command)) {
        printf("to go on: ");
        put_text(study->command);
        putchar('\n');
    } else {
        printf("to go on: run its scenario into this file again; the command that the database has "
               "is not one that gossipsim writes\n");
    }
}

static void print_json_member(const char *name, const char *text)
{
    printf("\"%s\":", name);
    if (text)
        table_json_text(stdout, text);
    else
        printf("null");
    putchar(',');
}

static void print_study_json(const struct study_status *study)
{
    char left[32] = "null";

    printf("{\"study\":%lld,", (long long)study->study_id);
    print_json_member("name", study->name);
    print_json_member("created_at", study->created);
    print_json_member("version", study->version);
    print_json_member("command", study->command);
    printf("\"points\":%lld,\"strategies\":%lld,\"replications_min\":%lld,"
           "\"replications_max\":%lld,",
           (long long)study->points, (long long)study->strategies,
           (long long)study->replications_min, (long long)study->replications_max);
    print_json_member("until", study->until);
    print_json_member("shard", study->shard);
    if (isfinite(study->seconds))
        text_number(left, seconds_left(study));
    printf("\"runs\":%lld,\"done\":%lld,\"failed\":%lld,\"missing\":%lld,\"seconds_left\":%s,"
           "\"failures\":[",
           (long long)study->total, (long long)study->done, (long long)study->failed,
           (long long)(study->total - study->done - study->failed), left);
    for (guint i = 0; i < study->failures->len; i++) {
        const struct failure *failure = &g_array_index(study->failures, struct failure, i);
        printf("%s{\"runs\":%lld,", i > 0 ? "," : "", (long long)failure->runs);
        print_json_member("strategy", failure->strategy);
        print_json_member("error", failure->error);
        print_json_member("first_point", failure->params);
        printf("\"first_replication\":%lld}", (long long)failure->replication);
    }
    printf("]}");
}

static void print_studies(const GArray *studies, const char *path, bool is_written, bool is_json)
{
    if (is_json)
        printf("{\"is_being_written\":%s,\"studies\":[", is_written ? "true" : "false");
    else if (studies->len == 0)
        printable_line(stdout, "'%s' holds no study yet", path);
    for (guint i = 0; i < studies->len; i++) {
        const struct study_status *study = &g_array_index(studies, struct study_status, i);
        printf("%s", is_json && i > 0 ? "," : "");
        (is_json ? print_study_json : print_study)(study);
    }
    if (is_json)
        printf("]}\n");
    else if (is_written)
        printf("a run is writing it now\n");
}

/* --------------------------------------------------------------------------- the command */

static int run(int argc, char **argv);

const struct verb verb_status = {
    .name = "status",
    .arguments = "DB [options]",
    .summary = "how far a study is, what failed and why, the time left",
    .examples = "  gossipsim status results/first.db\n"
                "  gossipsim status results/first.db --json\n",
    .rank = 50,
    .run = run,
};

static int run(int argc, char **argv)
{
    struct errors errors = { .count = 0 };
    GArray *studies = g_array_new(FALSE, FALSE, sizeof(struct study_status));
    char **arguments = NULL;
    gboolean is_json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "print JSON", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    sqlite3 *database;
    bool is_written, is_read;
    int exit_code;

    if (!options_parse(&verb_status, entries, 1, 1, argc, argv, &arguments, &exit_code))
        goto out;
    exit_code = EXIT_DONE;
    is_written = results_are_being_written(arguments[0]);
    database = database_open(arguments[0], DATABASE_READ, &errors);
    is_read = database && read_studies(database, arguments[0], studies, &errors);
    sqlite3_close(database);
    if (is_read)
        print_studies(studies, arguments[0], is_written, is_json);
    else
        exit_code = options_fail(&errors);
out:
    free_studies(studies);
    g_strfreev(arguments);
    errors_clear(&errors);
    return exit_code;
}
