/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * results_tuning.c - the study of a search, which grows as the search goes on.
 *
 * Each time it gets further points it is written anew, with its old points in their old places, in
 * one transaction: whenever it is looked at it is an ordinary study, whose scenario names all of
 * its points.  Its runs belong to worlds and stacks, and stay where they are.  A search that is
 * made again after an interruption comes past all its earlier stages; then nothing is taken away.
 */
#include "experiment/store/results_private.h"

#include "experiment/store/database.h"

static sqlite3_stmt *prepare(struct results *results, const char *sql, struct errors *errors)
{
    return database_prepare(results->database, results->path, sql, errors);
}

/* Steps and ends a statement that is bound; false if there is none. */
static bool finish(struct results *results, sqlite3_stmt *statement, struct errors *errors)
{
    bool is_good = statement && results_step(results, statement, errors);

    sqlite3_finalize(statement);
    return is_good;
}

/* Looks up a number of the search of that identity; 0: there is none. */
static bool find(struct results *results, const char *sql, const char *identity, int64_t *value,
                 struct errors *errors)
{
    sqlite3_stmt *statement = prepare(results, sql, errors);
    bool is_good = false;

    if (statement) {
        results_bind(statement, "t", identity);
        is_good = results_look_up(results, statement, 0, value, errors);
    }
    sqlite3_finalize(statement);
    return is_good;
}

static bool insert(struct results *results, const struct results_tuning *tuning, const char *argv,
                   const char *version, struct errors *errors)
{
    sqlite3_stmt *statement;

    if (!results_study_insert(results, argv, version, errors))
        return false;
    statement = prepare(results,
                        "INSERT INTO tuning (study_id, identity, goals, metric, strategy, "
                        "confidence) VALUES (?, ?, ?, ?, ?, ?)",
                        errors);
    if (statement)
        results_bind(statement, "ittttd", results->study_id, tuning->identity, tuning->goals,
                     tuning->metric, tuning->strategy, tuning->confidence);
    return finish(results, statement, errors);
}

/* Takes away what the study consists of, and brings its row up to date with the plan. */
static bool empty(struct results *results, struct errors *errors)
{
    static const char *const texts[] = { "DELETE FROM param WHERE study_id = ?",
                                         "DELETE FROM study_point WHERE study_id = ?",
                                         "DELETE FROM study_axis WHERE study_id = ?",
                                         "DELETE FROM study_strategy WHERE study_id = ?" };
    const struct plan *plan = results->plan;
    sqlite3_stmt *statement;
    bool is_good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(texts) && is_good; i++) {
        statement = prepare(results, texts[i], errors);
        if (statement)
            results_bind(statement, "i", results->study_id);
        is_good = finish(results, statement, errors);
    }
    if (!is_good)
        return false;
    statement = prepare(results,
                        "UPDATE study SET replications_min = ?, replications_max = ?, "
                        "scenario_yaml = ?, scenario_sha256 = ? WHERE study_id = ?",
                        errors);
    if (statement)
        results_bind(statement, "iitti", (int64_t)plan->replications.min,
                     (int64_t)plan->replications.max, plan->scenario, plan->sha256,
                     results->study_id);
    return finish(results, statement, errors);
}

/* Whether the study in the file lacks something of the plan. */
static bool is_outgrown(struct results *results, const struct results_tuning *tuning,
                        bool *is_outgrown, struct errors *errors)
{
    int64_t points, replications;

    if (!find(results,
              "SELECT count(*) FROM study_point JOIN tuning USING (study_id) WHERE identity = ?",
              tuning->identity, &points, errors) ||
        !find(results,
              "SELECT replications_max FROM study JOIN tuning USING (study_id) WHERE identity = ?",
              tuning->identity, &replications, errors))
        return false;
    *is_outgrown = (size_t)points < results->plan->point_count ||
                   replications < (int64_t)results->plan->replications.max;
    return true;
}

static bool grow(struct results *results, const struct results_tuning *tuning, const char *argv,
                 const char *version, struct errors *errors)
{
    bool is_small;

    if (!find(results, "SELECT study_id FROM tuning WHERE identity = ?", tuning->identity,
              &results->study_id, errors))
        return false;
    if (results->study_id == 0)
        return insert(results, tuning, argv, version, errors) &&
               results_study_add_parts(results, errors);
    return is_outgrown(results, tuning, &is_small, errors) &&
           (!is_small || (empty(results, errors) && results_study_add_parts(results, errors)));
}

bool results_add_tuning(struct results *results, const struct plan *plan,
                        const struct results_tuning *tuning, const char *argv, const char *version,
                        struct errors *errors)
{
    results_study_take(results, plan);
    if (!results_begin(results, errors))
        return false;
    if (grow(results, tuning, argv, version, errors) && results_study_read(results, errors))
        return results_commit(results, errors);
    results_roll_back(results);
    return false;
}

static bool store_end(struct results *results, unsigned tests, uint64_t runs, struct errors *errors)
{
    sqlite3_stmt *statement =
        prepare(results, "UPDATE tuning SET tests = ?, runs = ? WHERE study_id = ?", errors);

    if (statement)
        results_bind(statement, "iii", (int64_t)tests, (int64_t)runs, results->study_id);
    return finish(results, statement, errors);
}

static bool store_finding(struct results *results, size_t position, enum results_finding finding,
                          struct errors *errors)
{
    static const char *const words[] = { [RESULTS_CHOSEN] = "chosen",
                                         [RESULTS_MEETS] = "meets",
                                         [RESULTS_OPEN] = "open",
                                         [RESULTS_MISSES] = "misses" };
    sqlite3_stmt *statement = prepare(
        results,
        "INSERT OR REPLACE INTO tuning_finding (study_id, position, finding) VALUES (?, ?, ?)",
        errors);

    if (statement)
        results_bind(statement, "iit", results->study_id, (int64_t)position, words[finding]);
    return finish(results, statement, errors);
}

bool results_end_tuning(struct results *results, const enum results_finding *findings,
                        unsigned tests, uint64_t runs, struct errors *errors)
{
    bool is_good;

    if (!results_begin(results, errors))
        return false;
    is_good = store_end(results, tests, runs, errors);
    for (size_t i = 0; i < results->plan->point_count && is_good; i++)
        if (findings[i] != RESULTS_UNTESTED)
            is_good = store_finding(results, i, findings[i], errors);
    if (is_good)
        return results_commit(results, errors);
    results_roll_back(results);
    return false;
}
