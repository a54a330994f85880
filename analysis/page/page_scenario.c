/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_scenario.c - the parameters of the study, and how to get the same again; see page_parts.h.
 *
 * Fingerprints are hashes of all events of a run.  One digest stands for all: SHA-256 of their
 * texts, a line each, by point, strategy and replication.
 */
#include "analysis/page/page_parts.h"

#include "base/markup.h"
#include "experiment/store/database.h"

#include <string.h>

enum { VALUES_MAX = 24, FIRST_MAX = 5 };

/* ---- parameters ---- */

/* The models of a strategy: the maps in its stack. */
static void add_stack(GString *out, const struct page *page, const char *strategy)
{
    const struct item *all = page->scenario ? item_get(page->scenario, "strategies") : NULL;
    const struct item *stack = all ? item_get(all, strategy) : NULL;
    const char *separator = "";

    for (size_t i = 0; stack && i < stack->count; i++) {
        if (stack->children[i]->kind != ITEM_MAP)
            continue;
        g_string_append(out, separator);
        markup_text(out, stack->children[i]->key);
        separator = " + ";
    }
}

static void add_stacks(GString *out, const struct page *page)
{
    g_string_append(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">strategy</th>"
                         "<th scope=\"col\">models</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->study->strategy_count; i++) {
        g_string_append(out, "<tr><td>");
        markup_text(out, page->study->strategies[i]);
        g_string_append(out, "</td><td>");
        add_stack(out, page, page->study->strategies[i]);
        g_string_append(out, "</td></tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

/* The different values of an axis in the order of the sweep. */
static void add_values(GString *out, const struct study *study, size_t axis)
{
    GHashTable *met = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < study->point_count; i++) {
        char *value = study->points[i].values[axis].text;

        if (!value || !g_hash_table_add(met, value) || g_hash_table_size(met) > VALUES_MAX)
            continue;
        g_string_append(out, g_hash_table_size(met) > 1 ? ", " : "");
        markup_text(out, value);
    }
    if (g_hash_table_size(met) > VALUES_MAX)
        g_string_append_printf(out, " and %u more", g_hash_table_size(met) - VALUES_MAX);
    g_hash_table_destroy(met);
}

static void add_sweep(GString *out, const struct study *study)
{
    if (study->axis_count == 0)
        return;
    g_string_append(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">swept</th>"
                         "<th scope=\"col\">values</th></tr></thead>\n<tbody>\n");
    for (size_t axis = 0; axis < study->axis_count; axis++) {
        g_string_append(out, "<tr><td><code>");
        markup_text(out, study->axes[axis]);
        g_string_append(out, "</code></td><td>");
        add_values(out, study, axis);
        g_string_append(out, "</td></tr>\n");
    }
    g_string_append(out, "</tbody></table></div>\n");
}

void page_add_scenario(GString *out, const struct page *page)
{
    g_string_append(out, "<section id=\"scenario\">\n<h2>Parameters</h2>\n");
    add_stacks(out, page);
    add_sweep(out, page->study);
    g_string_append(out, "<details><summary>The completed scenario: every key, also those that the "
                         "file left to their defaults</summary>\n<pre tabindex=\"0\">");
    markup_lines(out, page->yaml);
    g_string_append(out, "</pre></details>\n</section>\n");
}

/* ---- again ---- */

struct prints {
    GChecksum *sum;
    size_t count;
    GString *first; /* rows of a table */
};

static void add_print(struct prints *prints, const struct study *study, size_t point,
                      size_t strategy, sqlite3_stmt *row)
{
    char *print = study_copy_text(row, 0);

    g_checksum_update(prints->sum, (const guchar *)print, (gssize)strlen(print));
    g_checksum_update(prints->sum, (const guchar *)"\n", 1);
    if (prints->count++ < FIRST_MAX) {
        char *name = study_point_name(study, point, -1);

        g_string_append(prints->first, "<tr><td>");
        markup_text(prints->first, name);
        g_string_append(prints->first, "</td><td>");
        markup_text(prints->first, study->strategies[strategy]);
        g_string_append_printf(prints->first, "</td><td class=\"n\">%lld</td><td><code>",
                               (long long)sqlite3_column_int64(row, 1));
        markup_text(prints->first, print);
        g_string_append(prints->first, "</code></td></tr>\n");
        g_free(name);
    }
    g_free(print);
}

static bool read_prints(const struct study *study, struct prints *prints, struct errors *errors)
{
    sqlite3_stmt *statement = database_prepare(
        study->database, study->path,
        "SELECT fingerprint, replication FROM run WHERE " STUDY_RUNS " AND status = 'done' "
        "ORDER BY run_id",
        errors);
    int code = SQLITE_DONE;

    for (size_t point = 0; statement && point < study->point_count; point++)
        for (size_t s = 0; code == SQLITE_DONE && s < study->strategy_count; s++) {
            study_bind(study, point, study->strategies[s], statement);
            while ((code = sqlite3_step(statement)) == SQLITE_ROW)
                add_print(prints, study, point, s, statement);
            sqlite3_reset(statement);
        }
    if (statement && code != SQLITE_DONE)
        database_error(study->database, study->path, errors);
    sqlite3_finalize(statement);
    return statement && code == SQLITE_DONE;
}

static void add_prints(GString *out, const struct prints *prints)
{
    if (prints->count == 0)
        return;
    g_string_append_printf(out,
                           "<p>Fingerprints of %zu run%s, whose digest is <code>%s</code>; the "
                           "first:</p>\n",
                           prints->count, prints->count == 1 ? "" : "s",
                           g_checksum_get_string(prints->sum));
    g_string_append(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">point</th>"
                         "<th scope=\"col\">strategy</th><th scope=\"col\" "
                         "class=\"n\">replication</th><th scope=\"col\">fingerprint</th></tr>"
                         "</thead>\n<tbody>\n");
    g_string_append(out, prints->first->str);
    g_string_append(out, "</tbody></table></div>\n");
}

static void add_commands(GString *out, const struct page *page)
{
    char *export = page_command(page, "export", "scenario >again.yaml");
    char *verify = page_command(page, "verify", "");
    char *all = g_strconcat(export, "\ngossipsim run again.yaml -o again.db\n", verify, NULL);

    if (page->options->is_plain(page->argv)) {
        g_string_append(out, "<p>The study was made by</p>\n");
        page_add_command(out, page->argv);
    } else {
        g_string_append(out, "<p>What the database has as the command that made the study is not "
                             "one that gossipsim writes, and is not shown.</p>\n");
    }
    g_string_append(out, "<p>These make it anew from the database alone (and the data files that "
                         "the scenario names, if it does), and run a sample of its runs again to "
                         "compare their fingerprints:</p>\n");
    page_add_command(out, all);
    g_free(all);
    g_free(export);
    g_free(verify);
}

bool page_add_reproduction(GString *out, const struct page *page, struct errors *errors)
{
    struct prints prints = { .sum = g_checksum_new(G_CHECKSUM_SHA256),
                             .first = g_string_new(NULL) };
    const bool is_good = read_prints(page->study, &prints, errors);

    g_string_append(out, "<section id=\"again\">\n<h2>How to get the same again</h2>\n");
    add_commands(out, page);
    g_string_append(out, "<p>Begun ");
    markup_text(out, page->created);
    g_string_append(out, " by version ");
    markup_text(out, page->study->version);
    g_string_append_printf(out,
                           ", seed %llu. SHA-256 of the completed scenario and its files: "
                           "<code>",
                           (unsigned long long)page->study->seed);
    markup_text(out, page->study->scenario_sha256);
    g_string_append(out, "</code>.</p>\n");
    add_prints(out, &prints);
    g_string_append(out, "</section>\n");
    g_checksum_free(prints.sum);
    g_string_free(prints.first, TRUE);
    return is_good;
}
