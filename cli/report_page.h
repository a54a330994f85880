/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report_page.h - `gossipsim report DB -o report.html`: the page of analysis/page as a file.
 */
#ifndef CLI_REPORT_PAGE_H
#define CLI_REPORT_PAGE_H

#include "analysis/verdict/report.h"
#include "cli/selection.h"

/* Writes the page of a study into the file; `database` is its path.  Returns an exit code. */
int report_page(struct selection *selection, const char *database, const char *file,
                const struct report_options *table);

#endif
