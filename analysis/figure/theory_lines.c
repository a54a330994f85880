/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theory_lines.c - see theory_lines.h. */
#include "analysis/figure/theory_lines.h"

#include "analysis/theory/theory_figures.h"
#include "experiment/language/document.h"

#include <string.h>

struct theory_lines {
    const struct figure *figure;
    struct theory_prediction *list; /* point by point, strategy by strategy */
};

static void note(const struct figure *figure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a note, unless it is there. */
static void note(const struct figure *figure, const char *format, ...)
{
    GPtrArray *notes = figure->options->notes;
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (!notes || g_ptr_array_find_with_equal_func(notes, text, g_str_equal, NULL))
        g_free(text);
    else
        g_ptr_array_add(notes, text);
}

static void take_text(void *context, sqlite3_stmt *row)
{
    char **text = context;

    g_free(*text);
    *text = study_copy_text(row, 0);
}

/* Whether a key names a file, also at the end of the path of an axis. */
static bool names_file(const struct item *item)
{
    const char *dot = item->key ? strrchr(item->key, '.') : NULL;
    bool is_file = g_strcmp0(dot ? dot + 1 : item->key, "file") == 0;

    for (size_t i = 0; i < item->count && !is_file; i++)
        is_file = names_file(item->children[i]);
    return is_file;
}

/* The same of a scenario, however it is written; false where it cannot be read. */
static bool has_files(const char *text)
{
    struct errors ignored = { .count = 0 };
    struct source *source = source_of_option("scenario", "", text, &ignored);
    struct item *root = source ? document_parse(source, &ignored) : NULL;
    const bool is_so = root && names_file(root);

    item_free(root);
    source_free(source);
    errors_clear(&ignored);
    return is_so;
}

/* The plan of the study's scenario; NULL, and a note, if there is none to be had. */
static struct plan *read_plan(const struct figure *figure)
{
    struct errors ignored = { .count = 0 };
    struct plan_options options = { .text = NULL };
    struct plan *plan = NULL;
    char *text = NULL;

    if (study_rows(figure->study, "SELECT scenario_yaml FROM study WHERE study_id = ?1", take_text,
                   &text, &ignored) &&
        text) {
        options.text = text;
        if (has_files(text))
            note(figure, "theory: the scenario names files, which the database does not have");
        else if (!(plan = plan_read("scenario", &options, &ignored)))
            note(figure, "theory: the scenario of the study cannot be read");
    }
    errors_clear(&ignored);
    g_free(text);
    return plan;
}

static int find_strategy(const struct plan *plan, const char *name)
{
    for (int s = 0; s < plan->strategy_count; s++)
        if (strcmp(plan->strategies[s], name) == 0)
            return s;
    return -1;
}

/* Predicts a strategy if the plan has the point and strategy of the study there. */
static void predict(struct theory_lines *t, const struct plan *plan, const struct setup *setup,
                    size_t i, size_t strategy)
{
    const struct study *study = t->figure->study;
    const struct study_point *point = &study->points[t->figure->points[i]];
    const char *name = study->strategies[strategy];
    const int s = find_strategy(plan, name);
    struct theory_prediction *p = &t->list[i * study->strategy_count + strategy];
    struct theory_place place;

    if (s < 0 || !theory_find(study, plan, (size_t)point->position, s, &place)) {
        note(t->figure, "theory: %s: the scenario of the study has other runs there", name);
        return;
    }
    theory_predict(setup_config(setup, s), p);
    if (!p->applies)
        note(t->figure, "theory: %s: no law, since %s", name, p->law.why);
    else if (!p->has_curve)
        note(t->figure, "theory: %s: its law is not about how updates spread", name);
}

struct theory_lines *theory_lines_read(const struct figure *figure)
{
    struct theory_lines *t;
    struct plan *plan;

    if (!figure->options->theory)
        return NULL;
    t = g_new0(struct theory_lines, 1);
    t->figure = figure;
    t->list =
        g_new0(struct theory_prediction, figure->point_count * figure->study->strategy_count + 1);
    plan = read_plan(figure);
    for (size_t i = 0; plan && i < figure->point_count; i++) {
        const size_t position = (size_t)figure->study->points[figure->points[i]].position;
        struct setup *setup = position < plan->point_count ? plan_setup(plan, position) : NULL;

        for (size_t s = 0; setup && s < figure->study->strategy_count; s++)
            predict(t, plan, setup, i, s);
        setup_free(setup);
    }
    plan_free(plan);
    return t;
}

void theory_lines_free(struct theory_lines *lines)
{
    if (!lines)
        return;
    for (size_t i = 0; i < lines->figure->point_count * lines->figure->study->strategy_count; i++)
        theory_clear(&lines->list[i]);
    g_free(lines->list);
    g_free(lines);
}

const struct theory_prediction *theory_lines_of(const struct theory_lines *lines, size_t i,
                                                size_t strategy)
{
    const struct theory_prediction *p;

    if (!lines)
        return NULL;
    p = &lines->list[i * lines->figure->study->strategy_count + strategy];
    return p->applies && p->has_curve ? p : NULL;
}

bool theory_lines_exist(const struct theory_lines *lines)
{
    for (size_t i = 0; lines && i < lines->figure->point_count; i++)
        for (size_t s = 0; s < lines->figure->study->strategy_count; s++)
            if (theory_lines_of(lines, i, s))
                return true;
    return false;
}
