/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_head.c - the study's name, what it is about and what was asked; see page_parts.h. */
#include "analysis/page/page_parts.h"

#include "base/markup.h"

#include <math.h>
#include <string.h>

enum { NAMED_MAX = 60 };

/* ---- a list of what was asked ---- */

static void add_term(GString *out, const char *term)
{
    g_string_append_printf(out, "<div><dt>%s</dt><dd>", term);
}

static void end_term(GString *out)
{
    g_string_append(out, "</dd></div>\n");
}

static void add_nodes(GString *out, const struct page *page)
{
    const bool is_swept = g_strv_contains((const char *const *)page->study->axes, "nodes");

    add_term(out, "Nodes");
    if (is_swept)
        g_string_append(out, "swept");
    else if (isfinite(page->study->nodes))
        g_string_append_printf(out, "%.0f", page->study->nodes);
    else
        g_string_append(out, "not known");
    end_term(out);
}

static void add_points(GString *out, const struct page *page)
{
    const struct study *study = page->study;

    if (study->axis_count == 0)
        return;
    add_term(out, "Points");
    g_string_append_printf(out, "%zu of a sweep over ", study->point_count);
    for (size_t i = 0; i < study->axis_count; i++) {
        g_string_append(out, i == 0 ? "" : i + 1 < study->axis_count ? ", " : " and ");
        g_string_append(out, "<code>");
        markup_text(out, study->axes[i]);
        g_string_append(out, "</code>");
    }
    end_term(out);
}

static void add_strategies(GString *out, const struct page *page)
{
    const struct study *study = page->study;

    add_term(out, study->strategy_count == 1 ? "Strategy" : "Strategies");
    if (study->strategy_count > 1)
        g_string_append_printf(out, "%zu: ", study->strategy_count);
    for (size_t i = 0; i < study->strategy_count && i < NAMED_MAX; i++) {
        g_string_append(out, i == 0 ? "" : ", ");
        markup_text(out, study->strategies[i]);
    }
    if (study->strategy_count > NAMED_MAX)
        g_string_append_printf(out, " and %zu more", study->strategy_count - NAMED_MAX);
    end_term(out);
}

/* `30 of each strategy`, or the rule for more. */
static void add_replications(GString *out, const struct page *page)
{
    const char *metric = page_setting(page, "replications.until.metric");
    const char *confidence = page_setting(page, "replications.until.confidence");
    const char *width = page_setting(page, "replications.until.half_width");
    const char *most = page_setting(page, "replications.max");

    add_term(out, "Runs");
    g_string_append_printf(out, "%zu ", page->study->replications_min);
    if (metric && width && most) {
        g_string_append(out, "to ");
        markup_text(out, most);
        g_string_append(out, " ");
    }
    g_string_append_printf(out, "of each strategy%s",
                           page->study->point_count > 1 ? " at each point" : "");
    if (metric && width && most) {
        g_string_append(out, ", until the interval of the mean of ");
        markup_text(out, metric);
        g_string_append(out, " is within ");
        markup_text(out, width);
        g_string_append(out, " of it");
        g_string_append(out, confidence ? " at a confidence of " : "");
        markup_text(out, confidence);
    }
    end_term(out);
}

/* When a run ends, in words. */
static void add_stop(GString *out, const struct page *page)
{
    const char *at = page_setting(page, "stop.at"), *when = page_setting(page, "stop.when");

    if (!at || !when)
        return;
    add_term(out, "A run ends");
    if (strcmp(when, "converged") == 0)
        g_string_append(out, "as soon as every live node knows every update and none is to come, "
                             "at the latest after ");
    else if (strcmp(when, "quiet") == 0)
        g_string_append(out, "as soon as nothing is under way and no node has work, at the latest "
                             "after ");
    else
        g_string_append(out, "after ");
    markup_text(out, at);
    end_term(out);
}

static void add_choice(GString *out, const char *option, const char *const *values)
{
    for (size_t i = 0; values && values[i]; i++) {
        g_string_append_printf(out, " <code>%s ", option);
        markup_text(out, values[i]);
        g_string_append(out, "</code>");
    }
}

/* That a part of the study is shown. */
static void add_selection(GString *out, const struct page *page)
{
    const struct page_options *o = page->options;

    if ((!o->where || !o->where[0]) && (!o->only || !o->only[0]))
        return;
    add_term(out, "Shown is a part");
    add_choice(out, "--where", o->where);
    add_choice(out, "--only", o->only);
    end_term(out);
}

/* ---- what a search was for ---- */

static void take_tuning(void *context, sqlite3_stmt *row)
{
    GString *out = context;
    char *goals = study_copy_text(row, 0), *metric = study_copy_text(row, 1);
    char *strategy = study_copy_text(row, 2);

    add_term(out, "A search");
    g_string_append(out, "by <code>tune</code>, for the setting that meets <code>");
    markup_text(out, g_strchomp(goals));
    g_string_append(out, "</code> with the least <code>");
    markup_text(out, metric);
    g_string_append(out, "</code> of ");
    markup_text(out, strategy);
    g_string_append(out, sqlite3_column_type(row, 3) == SQLITE_NULL
                             ? "; it has not ended."
                             : "; its points are the settings that it tried.");
    end_term(out);
    g_free(goals);
    g_free(metric);
    g_free(strategy);
}

static void take_chosen(void *context, sqlite3_stmt *row)
{
    GString *list = context;
    char *path = study_copy_text(row, 0), *value = study_copy_text(row, 1);

    g_string_append(list, list->len > 0 ? ", <code>" : "<code>");
    markup_text(list, path);
    g_string_append_c(list, '=');
    markup_text(list, value);
    g_string_append(list, "</code>");
    g_free(path);
    g_free(value);
}

static bool add_tuning(GString *out, const struct page *page, struct errors *errors)
{
    GString *chosen = g_string_new(NULL);
    const bool is_good =
        study_rows(page->study,
                   "SELECT goals, metric, strategy, runs FROM tuning WHERE study_id = ?1",
                   take_tuning, out, errors) &&
        study_rows(page->study,
                   "SELECT path, text FROM tuning_finding JOIN param USING (study_id, position) "
                   "WHERE study_id = ?1 AND finding = 'chosen' ORDER BY path",
                   take_chosen, chosen, errors);

    if (chosen->len > 0) {
        add_term(out, "It chose");
        g_string_append(out, chosen->str);
        end_term(out);
    }
    g_string_free(chosen, TRUE);
    return is_good;
}

/* ---- how far it is ---- */

static void add_state(GString *out, const struct page *page, const struct report *report)
{
    const size_t done = report_count_runs(report);
    size_t made = 0, wanted = 0, failed = 0;

    for (size_t i = 0; i < report->row_count; i++) {
        made += report->rows[i].done + report->rows[i].failed;
        failed += report->rows[i].failed;
        wanted += report->rows[i].wanted;
    }
    add_term(out, "Done");
    g_string_append_printf(out, "%zu run%s", done, done == 1 ? "" : "s");
    if (failed > 0)
        g_string_append_printf(out,
                               "; <strong>%zu failed</strong> and %s counted nowhere: "
                               "<code>gossipsim status</code> says why",
                               failed, failed == 1 ? "is" : "are");
    end_term(out);
    if (made == wanted)
        return;
    g_string_append(out, "<div class=\"warn\"><dt>Not finished</dt><dd>");
    g_string_append_printf(out, "%zu of %zu runs are made", made, wanted);
    if (page->study->shard) {
        g_string_append(out, "; this is shard ");
        markup_text(out, page->study->shard);
        g_string_append(out, ", which <code>gossipsim merge</code> joins to the others");
    } else {
        g_string_append(out, "; <code>gossipsim run</code> makes the others");
    }
    end_term(out);
}

bool page_add_head(GString *out, const struct page *page, const struct report *report,
                   struct errors *errors)
{
    const char *description = page_setting(page, "description");
    const struct study *study = page->study;
    bool is_good;

    g_string_append(out, "<header>\n<h1>");
    markup_text(out, study->name);
    g_string_append(out, "</h1>\n");
    if (description) {
        g_string_append(out, "<p class=\"lead\">");
        markup_lines(out, description);
        g_string_append(out, "</p>\n");
    }
    g_string_append(out, "<dl class=\"asked\">\n");
    add_nodes(out, page);
    add_points(out, page);
    add_strategies(out, page);
    add_replications(out, page);
    add_term(out, "Seed");
    g_string_append_printf(out, "%llu", (unsigned long long)study->seed);
    end_term(out);
    add_stop(out, page);
    is_good = add_tuning(out, page, errors);
    add_selection(out, page);
    add_state(out, page, report);
    g_string_append(out, "</dl>\n");
    if (study->count > 1)
        g_string_append_printf(out,
                               "<p class=\"note\">Study %lld of the %zu in its database; "
                               "<code>--study</code> shows another.</p>\n",
                               (long long)study->study_id, study->count);
    g_string_append(out, "<nav><a href=\"#answer\">Answer</a> <a href=\"#table\">Table</a> "
                         "<a href=\"#figures\">Figures</a> "
                         "<a href=\"#expectations\">Expectations</a> "
                         "<a href=\"#metrics\">Metrics</a> "
                         "<a href=\"#scenario\">Scenario</a> "
                         "<a href=\"#again\">Reproduce</a></nav>\n</header>\n<main>\n");
    return is_good;
}
