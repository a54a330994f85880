/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_expectations.c - what the scenario expects and what was found; see page_parts.h.
 *
 * The words are those that `run` ends with.
 */
#include "analysis/page/page_parts.h"

#include "analysis/verdict/expectation.h"
#include "base/markup.h"

#include <stdlib.h>
#include <string.h>

/* The expressions of the scenario, for expectation_free(). */
static struct expression *read_list(const struct page *page, size_t *count)
{
    const struct item *items = page->scenario ? item_get(page->scenario, "expect") : NULL;
    const bool is_list = items && items->kind == ITEM_LIST;
    struct expression *list = g_new0(struct expression, (is_list ? items->count : 0) + 1);
    char why[EXPRESSION_WHY_MAX];

    *count = 0;
    for (size_t i = 0; is_list && i < items->count; i++)
        if (items->children[i]->kind == ITEM_SCALAR &&
            expression_read(items->children[i]->text, &list[*count], why))
            (*count)++;
    return list;
}

/* `holds: P(converged) >= 99%: 100 % ...`, of which the first word is the verdict. */
static void add_line(GString *out, const char *line)
{
    static const struct {
        const char *word, *shown;
    } verdicts[] = {
        { "holds: ", "<strong class=\"good\">✓ holds</strong> " },
        { "does not hold: ", "<strong class=\"bad\">✗ does not hold</strong> " },
    };
    size_t i = 0;

    g_string_append(out, "<li>");
    while (i < G_N_ELEMENTS(verdicts) && !g_str_has_prefix(line, verdicts[i].word))
        i++;
    if (i < G_N_ELEMENTS(verdicts)) {
        g_string_append(out, verdicts[i].shown);
        line += strlen(verdicts[i].word);
    }
    markup_text(out, line);
    g_string_append(out, "</li>\n");
}

static void add_verdicts(GString *out, const char *lines, const struct expectation_count *count)
{
    char **list = g_strsplit(lines, "\n", 0);

    if (count->different > 0)
        g_string_append_printf(out, "<p><strong>%zu of %zu</strong> %s not hold.</p>\n",
                               count->different, count->judged,
                               count->different == 1 ? "does" : "do");
    else
        g_string_append_printf(out, "<p>%s hold%s.</p>\n",
                               count->judged == 1 ? "The one expectation" : "All expectations",
                               count->judged == 1 ? "s" : "");
    if (count->left_out > 0)
        g_string_append_printf(out,
                               "<p class=\"note\">%zu about strategies that are left out.</p>\n",
                               count->left_out);
    g_string_append(out, "<ul class=\"verdicts\">\n");
    for (size_t i = 0; list[i]; i++)
        if (*list[i])
            add_line(out, list[i]);
    g_string_append(out, "</ul>\n");
    g_strfreev(list);
}

static bool add_judged(GString *out, const struct page *page, const struct expression *list,
                       size_t count, struct errors *errors)
{
    struct expectation_count result;
    char *lines = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&lines, &bytes);
    bool is_good;

    if (!stream) {
        errors_add(errors, ERROR_IO, "no memory for the expectations");
        return false;
    }
    is_good = expectation_judge(stream, page->study, list, count, true, &result, errors);
    fclose(stream);
    if (is_good)
        add_verdicts(out, lines, &result);
    free(lines);
    return is_good;
}

bool page_add_expectations(GString *out, const struct page *page, struct errors *errors)
{
    size_t count;
    struct expression *list = read_list(page, &count);
    bool is_good = true;

    g_string_append(out, "<section id=\"expectations\">\n<h2>Expectations</h2>\n");
    if (count == 0)
        g_string_append(out, "<p class=\"note\">The scenario has none; its key "
                             "<code>expect</code> is for them.</p>\n");
    else if (page->study->shard)
        g_string_append(out, "<p class=\"note\">Not judged: this is a part of the study.</p>\n");
    else
        is_good = add_judged(out, page, list, count, errors);
    g_string_append(out, "</section>\n");
    expectation_free(list, count);
    return is_good;
}
