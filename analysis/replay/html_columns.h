/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_columns.h - columns of numbers as text, small in a page: five bits a digit, the least first,
 * each but a number's last with 32 added; the digits are A-Z, a-z, 0-9, - and _.  page/data.js
 * reads them.
 */
#ifndef ANALYSIS_REPLAY_HTML_COLUMNS_H
#define ANALYSIS_REPLAY_HTML_COLUMNS_H

#include <glib.h>
#include <stdint.h>

void html_column_add(GString *column, uint64_t value);

/* A number that may be negative: 2x, or -2x - 1. */
void html_column_add_signed(GString *column, int64_t value);

#endif
