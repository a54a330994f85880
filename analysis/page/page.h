/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page.h - a study as one page of HTML that stands alone: `gossipsim report DB -o report.html`.
 *
 * What was asked, the answer in sentences, the summary table, figures, expectations, what the
 * metrics mean, parameters, and how to get the same again.  It loads nothing and can be read
 * without its script, which only sorts tables; a policy in its head forbids every other script and
 * every request.  All text of the study passes through base/markup.h, and of gnuplot's pictures
 * only known elements come through.  It is XML as well as HTML.
 *
 * The same database and options give the same page, byte by byte.
 */
#ifndef ANALYSIS_PAGE_PAGE_H
#define ANALYSIS_PAGE_PAGE_H

#include "analysis/study/study.h"
#include "analysis/verdict/report.h"
#include "base/errors.h"

#include <glib.h>

struct page_options {
    struct report_options table;    /* of the summary table; its style is not looked at */
    char *(*word)(const char *);    /* a word as a shell takes it; for command lines to copy */
    bool (*is_plain)(const char *); /* whether a text is such a line, and nothing else */
    const char *const *where;       /* what was chosen of the study, closed by NULL; NULL: all */
    const char *const *only;        /* likewise */
    long long study;                /* the study that was asked for; 0: the newest */
    const char *version;            /* of this program */
};

struct page;

/* Reads all that the page needs; NULL and errors if it cannot be read.  O(rows of the study). */
struct page *page_read(const struct study *study, const struct page_options *options,
                       struct errors *errors);

/* Draws the figures, several at a time.  False and an error if gnuplot is missing or fails: the
 * page then says so in their place. */
bool page_draw(struct page *page, struct errors *errors);

void page_write(FILE *out, const struct page *page);
void page_free(struct page *page);

#endif
