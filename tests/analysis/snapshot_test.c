/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot_test.c - whatever is read of a database is of one moment: a writer that commits before
 * every statement of a reader changes nothing of what that prints, draws or judges, and the next
 * one who opens the database sees it all.
 */
#include "analysis/figure/figure.h"
#include "analysis/verdict/compare.h"
#include "analysis/verdict/expectation.h"
#include "analysis/verdict/report.h"
#include "experiment/store/database.h"
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each time it runs another replication has failed. */
static const char change[] =
    "UPDATE run SET status = 'failed', error = 'meanwhile' "
    "WHERE replication = (SELECT max(replication) FROM run WHERE status = 'done')";

/* Who commits a change before each statement of the reader. */
struct writer {
    sqlite3 *database;
    size_t commits;
};

static int commit(unsigned event, void *context, void *statement, void *sql)
{
    struct writer *writer = context;

    (void)event;
    (void)statement;
    (void)sql;
    assert_int_equal(sqlite3_exec(writer->database, change, NULL, NULL, NULL), SQLITE_OK);
    writer->commits += sqlite3_changes(writer->database) > 0;
    return 0;
}

static struct study *open_study(const char *path)
{
    struct errors errors = { 0 };
    struct study *study = study_open(path, 0, &errors);

    if (!study)
        fail_msg("%s", errors.list[0].text);
    return study;
}

/* ---- what reads ---- */

static bool write_report(FILE *out, const struct study *study, struct errors *errors)
{
    struct report_options options = { .sort = "t99" };

    return report_print(out, study, &options, errors);
}

static bool write_comparison(FILE *out, const struct study *study, struct errors *errors)
{
    struct compare_options options = { .all = true };

    return compare_print(out, study, &options, errors);
}

static bool write_verdicts(FILE *out, const struct study *study, struct errors *errors)
{
    static const char *const texts[] = { "median(t99) < 1ms", "P(converged) > 99%", NULL };
    struct expectation_count result;
    struct expression *list;
    size_t count;
    bool is_good =
        expectation_read(study, "--fail-if", (char *const *)texts, &list, &count, errors);

    is_good = is_good && expectation_judge(out, study, list, count, true, &result, errors);
    expectation_free(list, count);
    return is_good;
}

static bool write_figure(FILE *out, const struct study *study, struct errors *errors)
{
    struct figure_options options = { .kind = figure_find("convergence") };
    struct canvas_size size = { .format = GNUPLOT_SVG, .width = 800, .height = 500 };
    size_t bytes;
    struct canvas *page = figure_lay_out(study, &options, &size, errors);
    char *picture = page ? figure_draw(page, NULL, &bytes, errors) : NULL;

    if (picture)
        fwrite(picture, 1, bytes, out);
    canvas_free(page);
    g_free(picture);
    return picture != NULL;
}

typedef bool write_fn(FILE *out, const struct study *study, struct errors *errors);

/* What is written of the study; free() it. */
static char *text_of(write_fn *write, const struct study *study)
{
    struct errors errors = { 0 };
    size_t length;
    char *text;
    FILE *out = open_memstream(&text, &length);

    if (!write(out, study, &errors))
        fail_msg("%s", errors.list[0].text);
    fclose(out);
    assert_true(length > 50);
    return text;
}

/* Written of a fresh database, with a writer at work or without. */
static void assert_one_moment(write_fn *write)
{
    char *path = fixture_make("results.sql", "PRAGMA journal_mode = WAL;");
    struct study *study = open_study(path);
    struct writer writer = { 0 };
    char *before = text_of(write, study), *during, *after;

    assert_int_equal(sqlite3_open(path, &writer.database), SQLITE_OK);
    sqlite3_trace_v2(study->database, SQLITE_TRACE_STMT, commit, &writer);
    during = text_of(write, study);
    sqlite3_trace_v2(study->database, 0, NULL, NULL);
    assert_true(writer.commits > 1);
    assert_string_equal(during, before);
    study_close(study);
    study = open_study(path);
    after = text_of(write, study);
    assert_string_not_equal(after, before);
    study_close(study);
    sqlite3_close(writer.database);
    free(before);
    free(during);
    free(after);
    fixture_remove(path);
}

static void a_report_is_of_one_moment(void **state)
{
    (void)state;
    assert_one_moment(write_report);
}

static void a_comparison_is_of_one_moment(void **state)
{
    (void)state;
    assert_one_moment(write_comparison);
}

static void verdicts_are_of_one_moment(void **state)
{
    (void)state;
    assert_one_moment(write_verdicts);
}

static void a_figure_is_of_one_moment(void **state)
{
    (void)state;
    assert_one_moment(write_figure);
}

static void count(void *runs, sqlite3_stmt *row)
{
    *(int64_t *)runs = sqlite3_column_int64(row, 0);
}

/* As `status` reads, with no study in hand. */
static void an_open_database_is_of_one_moment(void **state)
{
    static const char query[] = "SELECT count(*) FROM run WHERE status = 'done' AND run_id > ?1";
    char *path = fixture_make("results.sql", "PRAGMA journal_mode = WAL;");
    struct errors errors = { 0 };
    sqlite3 *reader = database_open(path, DATABASE_READ, &errors);
    struct writer writer = { 0 };
    int64_t before = 0, during = 0, none = -1;

    (void)state;
    assert_non_null(reader);
    assert_int_equal(sqlite3_open(path, &writer.database), SQLITE_OK);
    commit(0, &writer, NULL, NULL); /* after it was opened, before anything of it was read */
    assert_true(database_rows(reader, path, query, 0, count, &before, &errors));
    commit(0, &writer, NULL, NULL);
    assert_true(database_rows(reader, path, query, 0, count, &during, &errors));
    assert_true(before > 0);
    assert_int_equal(during, before);
    assert_true(database_rows(reader, path, query, INT64_MAX, count, &none, &errors));
    assert_int_equal(none, 0);
    assert_false(database_rows(reader, path, "SELECT nothing", 0, count, &none, &errors));
    assert_int_equal(errors.count, 1);
    errors_clear(&errors);
    sqlite3_close(reader);
    sqlite3_close(writer.database);
    fixture_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_of_one_moment),
        cmocka_unit_test(a_comparison_is_of_one_moment),
        cmocka_unit_test(verdicts_are_of_one_moment),
        cmocka_unit_test(a_figure_is_of_one_moment),
        cmocka_unit_test(an_open_database_is_of_one_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
