/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure_test.c - text of users reaches gnuplot as text: nothing in it is executed, whatever
 * quotes, backquotes, macros, formats or markup it holds, and the SVG stays well-formed and shows
 * it.
 */
#include "analysis/figure/figure.h"
#include "tests/analysis/fixture.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Each would leave a file as a trace, or spoil script or SVG. */
static const char *const hostile[] = {
    "`touch /tmp/gossipsim-pwned`",
    "'; system 'touch /tmp/gossipsim-pwned'; print '",
    "''; system \"touch /tmp/gossipsim-pwned\"",
    "\" . system(\"touch /tmp/gossipsim-pwned\") . \"",
    "$(touch /tmp/gossipsim-pwned)",
    "a\n!touch /tmp/gossipsim-pwned\n",
    "@GPVAL_VERSION {/Symbol a}^b_c",
    "%s %n %1$s 5%",
    "</text><script>alert(1)</script> & &amp; <!-- ]]> \"x\"",
    "\\",
    "\033[2J\177\302\233",
    "'",
    "日本 \u202e",
    "",
    "&#x1b;",
    "&#27; &#x110000; &bogus; &",
    "\uffff \ufffe",
    "~a{.8-} \\U+202E ^{x}_{y} @z &{w}",
};
static const char trace[] = "/tmp/gossipsim-pwned";

static const struct canvas_size svg_size = { .format = GNUPLOT_SVG, .width = 800, .height = 500 };

/* A picture of the file's newest study; NULL and errors. */
static char *try_to_draw(const char *path, const char *kind, const struct canvas_size *size,
                         size_t *bytes, struct errors *errors)
{
    struct figure_options options = { .kind = figure_find(kind) };
    struct study *study = study_open(path, 0, errors);
    struct canvas *page = study ? figure_lay_out(study, &options, size, errors) : NULL;
    char *picture = page ? figure_draw(page, NULL, bytes, errors) : NULL;

    canvas_free(page);
    study_close(study);
    return picture;
}

static char *draw(const char *path, const char *kind, const struct canvas_size *size)
{
    struct errors errors = { 0 };
    size_t bytes = 0;
    char *picture = try_to_draw(path, kind, size, &bytes, &errors);

    if (!picture)
        fail_msg("%s", errors.count ? errors.list[0].text : "no picture and no error");
    assert_true(bytes > 500);
    return picture;
}

static void assert_well_formed(const char *svg)
{
    static const GMarkupParser nothing = { 0 };
    GMarkupParseContext *context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
    GError *wrong = NULL;

    if (!g_markup_parse_context_parse(context, svg, -1, &wrong) ||
        !g_markup_parse_context_end_parse(context, &wrong))
        fail_msg("%s", wrong->message);
    g_markup_parse_context_free(context);
    assert_null(strstr(svg, "]]>")); /* XML forbids it, GLib's parser lets it pass */
    assert_null(strstr(svg, "<script"));
}

/* The fixture with `name` as the name of its study and of a strategy. */
static char *make_named(const char *name)
{
    char *sql = sqlite3_mprintf("UPDATE study SET name = %Q; PRAGMA foreign_keys = OFF;"
                                "UPDATE study_strategy SET strategy = %Q WHERE position = 0;",
                                name, name);
    char *path = fixture_make("results.sql", sql);

    sqlite3_free(sql);
    return path;
}

/* All hostile names as strategies of one study. */
static char *make_hostile_strategies(void)
{
    GString *sql = g_string_new("PRAGMA foreign_keys = OFF;");
    char *path;

    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        char *row = sqlite3_mprintf("INSERT INTO study_strategy VALUES (1, 0, %d, %Q, 1);",
                                    10 + (int)i, hostile[i]);
        g_string_append(sql, row);
        sqlite3_free(row);
    }
    path = fixture_make("results.sql", sql->str);
    g_string_free(sql, TRUE);
    return path;
}

/* A sweep over three names, the first also that of the study and of the parameter. */
static char *make_hostile_sweep(size_t first)
{
    const char *name = hostile[first];
    char *sql = sqlite3_mprintf(
        "PRAGMA foreign_keys = OFF; UPDATE study SET name = %Q;"
        "UPDATE study_axis SET path = 'p' || %Q; UPDATE param SET path = 'p' || %Q, number = NULL;"
        "UPDATE param SET text = %Q WHERE position = 0;"
        "UPDATE param SET text = %Q WHERE position = 1;"
        "UPDATE param SET text = %Q WHERE position = 2;",
        name, name, name, name, hostile[(first + 1) % G_N_ELEMENTS(hostile)],
        hostile[(first + 2) % G_N_ELEMENTS(hostile)]);
    char *path = fixture_make("sweep.sql", sql);

    sqlite3_free(sql);
    return path;
}

static void assert_harmless(char *path, const char *kind)
{
    char *svg = draw(path, kind, &svg_size);

    assert_well_formed(svg);
    assert_false(g_file_test(trace, G_FILE_TEST_EXISTS));
    g_free(svg);
    fixture_remove(path);
}

/* A fault, with a key that is none, about the group of that name; JSON's strings are YAML's. */
static char *make_hostile_fault(const char *name)
{
    char *sql = sqlite3_mprintf(
        "UPDATE study SET scenario_yaml = 'faults: [{at: 1s, for: 2s, with: x, crash: '"
        " || json_quote(%Q) || '}, {at: 2s, every: 1ns, wipe: all}]';",
        name);
    char *path = fixture_make("results.sql", sql);

    sqlite3_free(sql);
    return path;
}

/* Faults that cannot be read are not drawn, and nothing else is missing. */
static void a_scenario_that_is_none_spoils_nothing(void **state)
{
    static const char *const scenarios[] = {
        "",
        "[",
        "faults: {at: 1s}",
        "faults: [1, [], {}, {at: x, crash: all}, {at: 1s}]",
        "a: &a [*a]\nfaults: [{at: {b: c}, for: [1s], every: -1s}]",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        char *sql = sqlite3_mprintf("UPDATE study SET scenario_yaml = %Q;", scenarios[i]);
        char *path = fixture_make("results.sql", sql), *svg;
        svg = draw(path, "convergence", &svg_size);
        assert_well_formed(svg);
        g_free(svg);
        fixture_remove(path);
        sqlite3_free(sql);
    }
}

static void hostile_names_stay_text(void **state)
{
    (void)state;
    g_unlink(trace);
    assert_harmless(make_hostile_strategies(), "convergence");
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i += 2)
        assert_harmless(make_hostile_sweep(i), "sweep");
    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++)
        assert_harmless(make_hostile_fault(hostile[i]), "convergence");
}

static void the_text_is_shown(void **state)
{
    char *path = make_named("a<b> & `c` %d");
    char *svg = draw(path, "convergence", &svg_size);

    (void)state;
    assert_non_null(strstr(svg, "a&lt;b> &amp; `c` %d"));
    g_free(svg);
    fixture_remove(path);
    path = make_hostile_fault("a<b> `c`");
    svg = draw(path, "convergence", &svg_size);
    assert_non_null(strstr(svg, "crash a&lt;b> `c`"));
    assert_non_null(strstr(svg, "shaded and dotted: faults"));
    g_free(svg);
    fixture_remove(path);
}

static void quoting(void **state)
{
    static const struct {
        const char *text, *quoted, *tic;
    } cases[] = {
        { "a", "'a'", "'a'" },
        { "5%", "'5%'", "'5%%'" },
        { "it's", "'it’s'", "'it’s'" },
        { "a\nb", "'a\\nb'", "'a\\nb'" },
        { "0123456789abc", "'012345678…'", "'012345678…'" },
        { "]]>", "']] >'", "']] >'" },
        { "&#x1b;", "'&#x26;#x1b;'", "'&#x26;#x1b;'" },
        { "\xef\xbf\xbe", "'\\ufffe'", "'\\ufffe'" },
    };
    struct gnuplot *gnuplot = gnuplot_new(GNUPLOT_SVG, 600, 400, false);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *quoted = gnuplot_quote(gnuplot, cases[i].text, 10);
        char *tic = gnuplot_quote_tic(gnuplot, cases[i].text, 10);
        assert_string_equal(quoted, cases[i].quoted);
        assert_string_equal(tic, cases[i].tic);
        g_free(quoted);
        g_free(tic);
    }
    gnuplot_free(gnuplot);
}

/* The registry is what help, errors and completions are made of. */
static void kinds_have_names_in_order_and_one_default(void **state)
{
    size_t defaults = 0;

    (void)state;
    for (const struct figure_kind *const *kind = figure_registry; *kind; kind++) {
        const char *name = (*kind)->name;
        assert_true(*name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz")] == '\0');
        assert_true(*(*kind)->summary && !g_str_has_suffix((*kind)->summary, "."));
        assert_true(kind[1] == NULL || strcmp(name, kind[1]->name) < 0);
        assert_ptr_equal(figure_find(name), *kind);
        defaults += (*kind)->is_default;
    }
    assert_int_equal(defaults, 1);
    assert_true(figure_find(NULL)->is_default);
    assert_null(figure_find("pie"));
}

static void all_formats_are_what_they_say(void **state)
{
    char *path = fixture_make("sweep.sql", NULL);
    static const struct {
        enum gnuplot_format format;
        const char *begin;
    } cases[] = { { GNUPLOT_PNG, "\211PNG" }, { GNUPLOT_PDF, "%PDF" }, { GNUPLOT_SVG, "<?xml" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct canvas_size size = { .format = cases[i].format, .width = 600, .height = 400 };
        char *picture = draw(path, "sweep", &size);
        assert_memory_equal(picture, cases[i].begin, strlen(cases[i].begin));
        g_free(picture);
    }
    fixture_remove(path);
}

static void runs_without_samples_give_a_picture(void **state)
{
    char *path = fixture_make("results.sql", "DELETE FROM sample; DELETE FROM metric;");
    char *svg = draw(path, "convergence", &svg_size);

    (void)state;
    assert_well_formed(svg);
    g_free(svg);
    fixture_remove(path);
}

static void a_study_without_runs_is_refused(void **state)
{
    char *path = fixture_make("results.sql", "DELETE FROM sample; DELETE FROM metric;"
                                             "DELETE FROM run;");
    struct errors errors = { 0 };
    size_t bytes = 0;

    (void)state;
    assert_null(try_to_draw(path, "convergence", &svg_size, &bytes, &errors));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.list[0].text, "no run is done"));
    errors_clear(&errors);
    fixture_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_names_stay_text),
        cmocka_unit_test(a_scenario_that_is_none_spoils_nothing),
        cmocka_unit_test(the_text_is_shown),
        cmocka_unit_test(quoting),
        cmocka_unit_test(kinds_have_names_in_order_and_one_default),
        cmocka_unit_test(all_formats_are_what_they_say),
        cmocka_unit_test(runs_without_samples_give_a_picture),
        cmocka_unit_test(a_study_without_runs_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
