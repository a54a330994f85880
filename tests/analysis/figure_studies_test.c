/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_studies_test.c - every kind of figure draws every kind of study, or says in one line why
 * not: studies with one of everything, with too much of everything, in which nothing ever arrives,
 * that span decades; and names come out in the picture as they are, whatever is in them, and the
 * same again.
 */
#include "analysis/figure/figure.h"
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct canvas_size svg_size = { .format = GNUPLOT_SVG };
static const struct canvas_size text_size = { .format = GNUPLOT_TEXT, .width = 80, .height = 24 };

/* The shapes of grid.sql. */
static const struct shape {
    const char *name;
    int strategies, xs, ys, runs, nodes, decades, never;
    const char *extra; /* SQL behind it */
} shapes[] = {
    { "usual", 3, 1, 1, 4, 100, 1, 0, "" },
    { "usual sweep", 2, 3, 2, 3, 100, 1, 0, "" },
    { "empty", 2, 3, 1, 2, 100, 1, 0,
      "PRAGMA foreign_keys = OFF; DELETE FROM run; DELETE FROM sample; DELETE FROM metric;" },
    { "single run", 1, 1, 1, 1, 100, 1, 0, "" },
    { "never", 2, 1, 1, 4, 100, 1, 1, "" },
    { "never in a sweep", 2, 3, 2, 3, 100, 1, 1, "" },
    { "40 strategies", 40, 1, 1, 2, 100, 1, 0, "" },
    { "60 points", 2, 12, 5, 2, 100, 1, 0, "" },
    { "60 points of one axis", 1, 60, 1, 2, 100, 1, 0, "" },
    { "5 decades", 2, 3, 2, 3, 100, 5, 0, "" },
    { "one node", 2, 2, 1, 2, 1, 0, 0, "UPDATE sample SET informed = alive" },
    { "nothing stored", 2, 3, 2, 2, 100, 1, 0,
      "DELETE FROM sample; DELETE FROM metric; DELETE FROM figure_sample; DELETE FROM overlay;"
      "DELETE FROM histogram; DELETE FROM detection_curve; DELETE FROM update_outcome;" },
    { "huge and tiny", 2, 3, 2, 2, 100, 1, 0,
      "UPDATE metric SET value = value * 1e300; UPDATE sample SET entropy = 1e-300, "
      "lag_max = 1e300, bytes_payload = 9e18; UPDATE figure_sample SET value = -1e300" },
    { "broken", 2, 3, 2, 2, 100, 1, 0,
      "UPDATE metric SET value = 9e999; UPDATE sample SET alive = 0, informed = -9e999, entropy = "
      "9e999, staleness = -1, t_ns = -t_ns, lag_max = 9e999, messages = -5; UPDATE histogram SET "
      "count = -count, hi = -9e999; UPDATE overlay SET clustering = 9e999; UPDATE detection_curve "
      "SET share = 9e999" },
};

/* What is refused of which shapes and by which kinds, and with which words; all else is drawn. */
static const struct refusal {
    const char *shapes, *kinds, *words;
} refusals[] = {
    { "|empty|", NULL, "no run is done" },
    { "|usual|single run|never|40 strategies|", "|sweep|growth|", "sweeps no parameter" },
    { "|usual|single run|never|40 strategies|60 points of one axis|one node|", "|heat|",
      "is of two parameters" },
    { "|usual|usual sweep|single run|never|never in a sweep|40 strategies|60 points|"
      "60 points of one axis|5 decades|one node|nothing stored|huge and tiny|broken|",
      "|frontier|", "no setting has 16 runs yet" },
    { "|single run|60 points of one axis|", "|paired|", "alone has nothing to differ from" },
    { "|never|never in a sweep|broken|", "|paired|", "no pair of runs in which both have t99" },
    { "|usual sweep|never in a sweep|60 points|5 decades|nothing stored|huge and tiny|broken|",
      "|load|", "at most 2 points of a sweep" },
    { "|usual sweep|never in a sweep|60 points|5 decades|nothing stored|huge and tiny|broken|",
      "|overlay|", "panels do not fit into one figure" },
    { "|40 strategies|60 points|60 points of one axis|", "|rate|", "do not fit into one figure" },
    { "|60 points|", "|ccdf|convergence|detection|entropy|estimate|gauge|lag|paired|",
      "panels do not fit into one figure" },
    { "|nothing stored|", "|ccdf|cost|growth|heat|paired|residue|sweep|", "has the metric" },
    { "|nothing stored|broken|", "|entropy|lag|rate|", "no run has samples" },
    { "|nothing stored|", "|gauge|", "no run has samples" },
    { "|nothing stored|", "|estimate|", "there are no estimates" },
    { "|nothing stored|broken|", "|detection|", "there is nothing to detect" },
};

static bool lists(const char *list, const char *word)
{
    char *entry = g_strdup_printf("|%s|", word);
    const bool is_in = !list || strstr(list, entry);

    g_free(entry);
    return is_in;
}

/* The words of a refusal; NULL: it is drawn. */
static const char *refused(const char *shape, const char *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (lists(refusals[i].shapes, shape) && lists(refusals[i].kinds, kind))
            return refusals[i].words;
    return NULL;
}

static char *make(const struct shape *shape, const char *extra)
{
    char *before =
        g_strdup_printf("CREATE TEMP TABLE shape (strategies, xs, ys, runs, nodes, decades, never);"
                        "INSERT INTO shape VALUES (%d, %d, %d, %d, %d, %d, %d);",
                        shape->strategies, shape->xs, shape->ys, shape->runs, shape->nodes,
                        shape->decades, shape->never);
    char *path = fixture_make_shaped("grid.sql", before, extra);

    g_free(before);
    return path;
}

/* No number that gnuplot cannot read stands in the script. */
static void assert_readable(const char *script, const char *shape, const char *kind)
{
    static const char *const wrong[] = { "nan", "inf]", "inf:", "[inf", ":inf", ",inf", "-inf" };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (strstr(script, wrong[i]))
            fail_msg("%s: %s: the script has %s", shape, kind, wrong[i]);
}

static void draw_or_say(const struct study *study, const struct figure_kind *kind,
                        const struct canvas_size *size, const char *shape)
{
    struct figure_options options = { .kind = kind, .has_runs = true };
    const char *words = refused(shape, kind->name);
    struct errors errors = { 0 };
    struct canvas *page = figure_lay_out(study, &options, size, &errors);

    if (words ? page != NULL || errors.count != 1 || !strstr(errors.list[0].text, words) : !page)
        fail_msg("%s: %s: %s", shape, kind->name,
                 errors.count ? errors.list[0].text : "drawn, or no word why not");
    if (page)
        assert_readable(page->gnuplot->script->str, shape, kind->name);
    canvas_free(page);
    errors_clear(&errors);
}

static void every_kind_draws_every_study(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        struct errors errors = { 0 };
        char *path = make(&shapes[i], shapes[i].extra);
        struct study *study = study_open(path, 0, &errors);

        assert_non_null(study);
        for (const struct figure_kind *const *kind = figure_registry; *kind; kind++) {
            draw_or_say(study, *kind, &svg_size, shapes[i].name);
            draw_or_say(study, *kind, &text_size, shapes[i].name);
        }
        study_close(study);
        fixture_remove(path);
    }
}

/* ---- names ---- */

/* What is said, and what stands in the picture: the same, but for what no picture can show. */
static const struct {
    const char *name, *shown;
} names[] = {
    { "`touch pwned`", "`touch pwned`" },
    { "'; system 'ls'; '", "’; system ’ls’; ’" },
    { "$(touch pwned)", "$(touch pwned)" },
    { "a\nb\tc", "a\\nb\\tc" },
    { "{/Symbol a}^b_c@d&{e}~f", "{/Symbol a}^b_c@d&{e}~f" },
    { "%s %n %1$s 5%%", "%s %n %1$s 5%%" },
    { "<b>&amp;\"x\"</b>", "<b>&amp;\"x\"</b>" },
    { "\342\200\256rtl", "\\u202ertl" },
    { "\033[2J\177", "\\x1b[2J\\x7f" },
    { "C:\\new \\101", "C:\\new \\101" },
    { "日本語", "日本語" },
};

/* All text of the picture, as xmllint reads it. */
static char *read_texts(const char *svg, size_t bytes)
{
    char *folder = g_dir_make_tmp("figure-XXXXXX", NULL), *texts = NULL;
    char *path = g_build_filename(folder, "x.svg", NULL);
    char *arguments[] = { (char[]){ "xmllint" },
                          (char[]){ "--nonet" },
                          (char[]){ "--xpath" },
                          (char[]){ "string(/)" },
                          path,
                          NULL };
    int status = -1;

    assert_true(g_file_set_contents(path, svg, (gssize)bytes, NULL));
    assert_true(g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &texts, NULL,
                             &status, NULL));
    assert_int_equal(status, 0);
    g_unlink(path);
    g_rmdir(folder);
    g_free(path);
    g_free(folder);
    return texts;
}

/* Strategies, study, parameters, values, gauge and fault with these names, from number `first` on
 * and round again; a study that was tuned keeps the strategy that its goal names. */
static char *make_named(const struct shape *shape, size_t first, bool is_tuned)
{
    char *sql = sqlite3_mprintf("PRAGMA foreign_keys = OFF; CREATE TEMP TABLE hostile (i, name);");
    char *path;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        sql = sqlite3_mprintf("%zINSERT INTO hostile VALUES (%d, %Q);", sql,
                              (int)((i + G_N_ELEMENTS(names) - first) % G_N_ELEMENTS(names)),
                              names[i].name);
    sql = sqlite3_mprintf(
        "%zUPDATE study SET name = (SELECT name FROM hostile WHERE i = 0), scenario_yaml = "
        "'faults: [{at: 2s, crash: ' || (SELECT json_quote(name) FROM hostile WHERE i = 1) || "
        "'}]'; UPDATE study_strategy SET strategy = (SELECT name FROM hostile WHERE i = position) "
        "WHERE position >= %d; UPDATE study_axis SET path = (SELECT name FROM hostile WHERE "
        "i = position + 4); UPDATE param SET path = iif(path = 'nodes', (SELECT name FROM hostile "
        "WHERE i = 4), (SELECT name FROM hostile WHERE i = 5)); UPDATE figure_sample SET name = "
        "(SELECT name FROM hostile WHERE i = 6);",
        sql, (int)is_tuned);
    path = make(shape, sql);
    sqlite3_free(sql);
    return path;
}

/* Laid out again it is the same. */
static void assert_again(const struct study *study, const struct figure_options *options,
                         const struct gnuplot *first)
{
    struct errors errors = { 0 };
    struct canvas *page = figure_lay_out(study, options, &svg_size, &errors);
    const struct gnuplot *again = page->gnuplot;

    assert_string_equal(again->script->str, first->script->str);
    assert_int_equal(again->data->len, first->data->len);
    for (guint i = 0; i < again->data->len; i++) {
        const GString *left = again->data->pdata[i], *right = first->data->pdata[i];

        assert_string_equal(left->str, right->str);
    }
    canvas_free(page);
}

/* A goal that tune would not have written. */
static void a_goal_of_no_strategy_is_refused(void **state)
{
    const struct figure_options options = { .kind = figure_find("frontier") };
    struct errors errors = { 0 };
    char *path = make(&shapes[0], "UPDATE tuning SET goals = 'p90(t99) < 10s'");
    struct study *study = study_open(path, 0, &errors);

    (void)state;
    assert_null(figure_lay_out(study, &options, &svg_size, &errors));
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.list[0].text,
                        "the database has the goal 'p90(t99) < 10s', of no strategy");
    study_close(study);
    fixture_remove(path);
    errors_clear(&errors);
}

static void names_stand_in_the_picture_as_they_are(void **state)
{
    static const struct shape shape = { "named", 3, 2, 1, 16, 100, 1, 0, "" };
    static const struct shape grid = { "named grid", 3, 2, 2, 2, 100, 1, 0, "" };
    size_t first = 0;

    (void)state;
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++, first++) {
        const struct figure_options options = { .kind = *kind };
        const bool is_grid = strcmp((*kind)->name, "heat") == 0;
        const bool is_tuned = strcmp((*kind)->name, "frontier") == 0;
        char *path = make_named(is_grid ? &grid : &shape, first % G_N_ELEMENTS(names), is_tuned),
             *svg, *texts;
        struct errors errors = { 0 };
        struct study *study = study_open(path, 0, &errors);
        struct canvas *page = figure_lay_out(study, &options, &svg_size, &errors);
        const char *shown = names[first % G_N_ELEMENTS(names)].shown;
        size_t bytes = 0;

        svg = page ? figure_draw(page, NULL, &bytes, &errors) : NULL;
        if (!svg)
            fail_msg("%s: %s", (*kind)->name, errors.count ? errors.list[0].text : "no picture");
        texts = read_texts(svg, bytes);
        if (!strstr(texts, shown))
            fail_msg("%s: '%s' is not among: %s", (*kind)->name, shown, texts);
        assert_again(study, &options, page->gnuplot);
        g_free(texts);
        g_free(svg);
        canvas_free(page);
        study_close(study);
        fixture_remove(path);
        errors_clear(&errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_goal_of_no_strategy_is_refused),
        cmocka_unit_test(names_stand_in_the_picture_as_they_are),
        cmocka_unit_test(every_kind_draws_every_study),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
