/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page_parts.h - what the parts of the page share: page.c puts it together, page_head.c says what
 * was asked, page_answer.c and page_difference.c what was found, page_table.c writes tables,
 * page_figures.c chooses figures and page_svg.c takes them in, page_expectations.c judges,
 * page_scenario.c has parameters and how to get the same again.
 *
 * Each part appends its section to a string.  Text of the study is appended by markup_text() and
 * its like only; formats hold what is ours.
 */
#ifndef ANALYSIS_PAGE_PAGE_PARTS_H
#define ANALYSIS_PAGE_PAGE_PARTS_H

#include "analysis/page/page.h"
#include "analysis/text/table.h"
#include "analysis/verdict/report_parts.h"
#include "experiment/language/document.h"

struct page_figures;

struct page {
    const struct study *study;
    const struct page_options *options;
    struct source *source;
    struct item *scenario; /* completed; NULL: it cannot be read */
    char *yaml, *argv, *created;
    GString *before, *after; /* the figures, finished */
    struct page_figures *figures;
};

/* ---- sections ---- */

bool page_add_head(GString *out, const struct page *page, const struct report *report,
                   struct errors *errors);
bool page_add_answer(GString *out, const struct page *page, struct errors *errors);
bool page_add_differences(GString *out, const struct page *page, struct errors *errors);
void page_add_summary(GString *out, const struct page *page, const struct report *report);
bool page_add_expectations(GString *out, const struct page *page, struct errors *errors);
void page_add_metrics(GString *out, const struct report *report);
void page_add_scenario(GString *out, const struct page *page);
bool page_add_reproduction(GString *out, const struct page *page, struct errors *errors);

/* Lays out the figures that the study has data for; NULL and errors if it cannot be read. */
struct page_figures *page_figures_read(const struct page *page, struct errors *errors);
bool page_figures_draw(struct page_figures *figures, struct errors *errors);
void page_add_figures(GString *out, const struct page_figures *figures);
void page_figures_free(struct page_figures *figures);

/* ---- what sections share ---- */

/* Appends a table of TABLE_PEOPLE that the page's script can sort, its first `rows` at most; a
 * metric of that name explains each column that `report` (NULL: none) has. */
void page_add_table(GString *out, const struct table *table, const struct report *report,
                    size_t rows);

/* Appends the lines that `print` writes as paragraphs; an indented line goes on with the last. */
void page_add_lines(GString *out, const char *text);

/* `gossipsim VERB DATABASE` with the options that choose of the study, and then `more`, whose words
 * are quoted.  g_free() it. */
char *page_command(const struct page *page, const char *verb, const char *more);

/* Appends a command line to copy. */
void page_add_command(GString *out, const char *command);

/* A picture of gnuplot's as it may stand in a page: known elements only, `prefix` before each of
 * its names, `label` for those who cannot see it.  NULL if it is no such picture.  g_free() it. */
char *page_svg(const char *svg, size_t bytes, const char *prefix, const char *label);

/* Whether the runs have a metric. */
bool page_has_metric(const struct study *study, const char *name);

/* The scalar at a path of the completed scenario; NULL: there is none. */
const char *page_setting(const struct page *page, const char *path);

#endif
