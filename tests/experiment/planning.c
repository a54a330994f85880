/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planning.c - see planning.h. */
#include "tests/experiment/planning.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *written_file(const char *name, const char *text)
{
    char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
    char *path = g_build_filename(folder, name, NULL);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(folder);
    return path;
}

static void remove_file(char *path)
{
    char *folder = g_path_get_dirname(path);

    remove(path);
    remove(folder);
    g_free(folder);
    g_free(path);
}

struct plan *try_plan(const char *text, const struct plan_options *options, struct errors *errors)
{
    char *path = written_file("My study.yaml", text);
    struct plan *plan = plan_read(path, options, errors);

    remove_file(path);
    return plan;
}

struct plan *good_plan(const char *text, const struct plan_options *options)
{
    const struct plan_options none = { 0 };
    struct errors errors = { 0 };
    struct plan *plan = try_plan(text, options != NULL ? options : &none, &errors);

    errors_print(stderr, &errors);
    assert_non_null(plan);
    assert_int_equal(errors.count, 0);
    return plan;
}

void expect_point(const struct plan *plan, size_t point, const char *expected)
{
    GString *found = g_string_new(NULL);

    for (size_t i = 0; i < plan->axis_count; i++) {
        const struct point_param *p = plan_param(plan, point, i);
        g_string_append_printf(found, "%s=%s", plan->axes[i].path, p->text);
        if (p->is_number)
            g_string_append_printf(found, "(%g%s)", p->number, p->unit);
        g_string_append_c(found, ' ');
    }
    assert_string_equal(found->str, expected);
    g_string_free(found, TRUE);
}

void expect_error(const char *tail, const char *set_path, const char *set_value,
                  const char *sweep_path, const char *sweep_value, const char *expected)
{
    const struct setting set = { set_path, set_value }, sweep = { sweep_path, sweep_value };
    const struct plan_options options = { .sets = &set,
                                          .set_count = set_path != NULL,
                                          .sweeps = &sweep,
                                          .sweep_count = sweep_path != NULL };
    char *text = g_strconcat(SCENARIO, tail, NULL);
    struct errors errors = { 0 };
    struct plan *plan = try_plan(text, &options, &errors);
    const struct error *first = &errors.list[0];
    char *found;

    assert_null(plan);
    assert_true(errors.count > 0);
    found = g_strdup_printf("%d:%d %s%s%s", first->line, first->column,
                            first->path != NULL ? first->path : "", first->path != NULL ? ": " : "",
                            first->text);
    if (!g_str_has_prefix(found, expected))
        fail_msg("expected: %s\nfound:    %s", expected, found);
    g_free(found);
    g_free(text);
    errors_clear(&errors);
}
