/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.c - the page as a whole: its head, its sections in their order; see page.h. */
#include "analysis/page/page_parts.h"

#include "analysis/text/text.h"
#include "base/markup.h"

#include <string.h>

/* page.css and page.js. */
extern const char page_css[], page_js[];

/* ---- what sections share ---- */

const char *page_setting(const struct page *page, const char *path)
{
    const struct item *item = page->scenario ? item_find(page->scenario, path) : NULL;

    return item && item->kind == ITEM_SCALAR && !item_is_null(item) ? item->text : NULL;
}

bool page_has_metric(const struct study *study, const char *name)
{
    struct errors nobody_asked = { .count = 0 };
    const bool is_there = study_check_metric(study, name, &nobody_asked);

    errors_clear(&nobody_asked);
    return is_there;
}

static void add_options(const struct page *page, GString *line, const char *option,
                        const char *const *values)
{
    for (size_t i = 0; values && values[i]; i++) {
        char *word = page->options->word(values[i]);
        g_string_append_printf(line, " %s %s", option, word);
        g_free(word);
    }
}

char *page_command(const struct page *page, const char *verb, const char *more)
{
    char *database = page->options->word(page->study->path);
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "gossipsim %s %s", verb, database);
    if (page->options->study > 0)
        g_string_append_printf(line, " --study %lld", page->options->study);
    if (strcmp(verb, "verify") != 0 && strcmp(verb, "export") != 0) {
        add_options(page, line, "--where", page->options->where);
        add_options(page, line, "--only", page->options->only);
    }
    g_string_append_printf(line, "%s%s", *more ? " " : "", more);
    g_free(database);
    return g_string_free(line, FALSE);
}

void page_add_command(GString *out, const char *command)
{
    g_string_append(out, "<pre class=\"command\">");
    markup_lines(out, command);
    g_string_append(out, "</pre>\n");
}

void page_add_lines(GString *out, const char *lines)
{
    char **list = g_strsplit(lines, "\n", 0);
    bool is_open = false;

    for (size_t i = 0; list[i]; i++) {
        if (!*list[i])
            continue;
        if (*list[i] != ' ' || !is_open)
            g_string_append(out, is_open ? "</p>\n<p>" : "<p>");
        else
            g_string_append_c(out, ' ');
        markup_text(out, g_strchug(list[i]));
        is_open = true;
    }
    g_string_append(out, is_open ? "</p>\n" : "");
    g_strfreev(list);
}

/* ---- the frame ---- */

/* A script or a style that is text in HTML and in XML. */
static char *enclose(const char *text)
{
    return g_strdup_printf("/*<![CDATA[*/\n%s/*]]>*/", text);
}

static void add_frame(GString *out, const struct page *page)
{
    char *css = enclose(page_css), *js = enclose(page_js);

    g_string_append(out, "<!DOCTYPE html>\n"
                         "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
                         "<meta charset=\"utf-8\"/>\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; base-uri 'none'; form-action 'none'; style-src '");
    markup_digest(out, css);
    g_string_append(out, "'; script-src '");
    markup_digest(out, js);
    g_string_append(out, "'\"/>\n"
                         "<meta name=\"viewport\" content=\"width=device-width, "
                         "initial-scale=1\"/>\n"
                         "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                         "<title>");
    markup_text(out, page->study->name);
    g_string_append_printf(out, " - gossipsim</title>\n<style>%s</style>\n</head>\n<body>\n", css);
    g_free(css);
    g_free(js);
}

static void add_end(GString *out, const struct page *page)
{
    char *js = enclose(page_js);

    g_string_append(out, "</main>\n<footer><p>Made by gossipsim ");
    markup_text(out, page->options->version);
    g_string_append(out, " from ");
    markup_text(out, page->study->path);
    g_string_append_printf(out, ".</p></footer>\n<script>%s</script>\n</body>\n</html>\n", js);
    g_free(js);
}

/* ---- all together ---- */

static void take_study(void *context, sqlite3_stmt *row)
{
    struct page *page = context;
    struct errors ignored = { 0 };

    page->yaml = study_copy_text(row, 0);
    page->argv = study_copy_text(row, 1);
    page->created = study_copy_text(row, 2);
    page->source = source_of_option("scenario", "", page->yaml, &ignored);
    if (page->source)
        page->scenario = document_parse(page->source, &ignored);
    errors_clear(&ignored);
}

static bool read_sections(struct page *page, const struct report *report, struct errors *errors)
{
    add_frame(page->before, page);
    if (!page_add_head(page->before, page, report, errors) ||
        !page_add_answer(page->before, page, errors) ||
        !page_add_differences(page->before, page, errors))
        return false;
    page_add_summary(page->before, page, report);
    page->figures = page_figures_read(page, errors);
    if (!page->figures || !page_add_expectations(page->after, page, errors))
        return false;
    page_add_metrics(page->after, report);
    page_add_scenario(page->after, page);
    if (!page_add_reproduction(page->after, page, errors))
        return false;
    add_end(page->after, page);
    return true;
}

struct page *page_read(const struct study *study, const struct page_options *options,
                       struct errors *errors)
{
    struct page *page = g_new0(struct page, 1);
    struct report_options how = options->table;
    struct report *report = NULL;
    bool is_good;

    how.style = (struct table_style){ .format = TABLE_PEOPLE };
    page->study = study;
    page->options = options;
    page->before = g_string_new(NULL);
    page->after = g_string_new(NULL);
    is_good =
        study_rows(study, "SELECT scenario_yaml, argv, created_at FROM study WHERE study_id = ?1",
                   take_study, page, errors);
    if (is_good)
        report = report_make(study, &how, errors);
    is_good = report && read_sections(page, report, errors);
    report_free(report);
    if (is_good)
        return page;
    page_free(page);
    return NULL;
}

bool page_draw(struct page *page, struct errors *errors)
{
    return page_figures_draw(page->figures, errors);
}

void page_write(FILE *out, const struct page *page)
{
    GString *figures = g_string_new(NULL);

    page_add_figures(figures, page->figures);
    fwrite(page->before->str, 1, page->before->len, out);
    fwrite(figures->str, 1, figures->len, out);
    fwrite(page->after->str, 1, page->after->len, out);
    g_string_free(figures, TRUE);
}

void page_free(struct page *page)
{
    if (!page)
        return;
    page_figures_free(page->figures);
    item_free(page->scenario);
    source_free(page->source);
    g_string_free(page->before, TRUE);
    g_string_free(page->after, TRUE);
    g_free(page->yaml);
    g_free(page->argv);
    g_free(page->created);
    g_free(page);
}
